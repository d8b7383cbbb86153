"""The table as a file, and whether a worse one is noticed."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from vidgait.errors import ReferenceFileError
from vidgait.truth.accuracy import Reps, Row
from vidgait.truth.accuracy_file import AccuracyTable, ClipRows, load_accuracy, to_json, what_is_worse
from vidgait.truth.accuracy_page import accuracy_page
from vidgait.truth.accuracy_terminal import accuracy_terminal
from vidgait.truth.accuracy_text import accuracy_markdown
from vidgait.truth.goals import goals_of
from vidgait.truth.results import Leg, Validation
from vidgait.types import Side

KNEE = Row(
    "measure", "knee_flexion_bottom", "deg", leg="near", n=100, bias=-1.0, mae=2.0, banded=100, covered=95, signed=100,
    wrong_signs=1, asked_inside=100, answered_inside=98, asked_outside=50, answered_outside=0,
    refusals={"too dark": 2},
)  # fmt: skip
TIMING = Row("timing", "start", "s", n=4, bias=0.02, mae=0.03)
SILENT = Row("measure", "fppa_bottom", "deg", asked_outside=8)


def clip(name: str, *rows: Row, view: str = "left", reps: Reps | None = None) -> ClipRows:
    return ClipRows(name, "squat", "squat", view, 90.0, 150, 0.0333, 1.0, reps or Reps(true=4), rows)


def table(*clips: ClipRows) -> AccuracyTable:
    return AccuracyTable({"vidgait": "0.1.0", "weights": {"a.onnx": "abc"}}, clips)


BEFORE = table(clip("one", KNEE, TIMING, SILENT), clip("two", KNEE, view="right"))


def with_knee(**changes: object) -> AccuracyTable:
    return table(clip("one", replace(KNEE, **changes), TIMING, SILENT))  # type: ignore[arg-type]


def test_the_same_table_is_not_worse() -> None:
    assert what_is_worse(BEFORE, BEFORE) == []


@pytest.mark.parametrize(
    "worse",
    [
        with_knee(mae=2.21),
        with_knee(answered_inside=95),
        with_knee(answered_outside=2),
        with_knee(covered=92),
        with_knee(wrong_signs=4),
        with_knee(n=0, bias=None, mae=None, banded=0, covered=0, signed=0, wrong_signs=0, answered_inside=0),
        table(clip("one", TIMING, SILENT)),
        table(clip("one", KNEE, replace(TIMING, mae=0.041), SILENT)),
        table(clip("one", KNEE, TIMING, SILENT, reps=Reps(true=4, missed=1))),
        table(clip("one", KNEE, TIMING, SILENT, reps=Reps(true=4, extra=1))),
        table(clip("one", KNEE, TIMING, SILENT, reps=Reps(not_counted_yet=4))),
    ],
    ids=[
        "error grown by 0.21", "answers lost", "answers where none belong", "band too narrow", "wrong signs",
        "all refused", "row gone", "later", "missed", "invented", "no longer counted",
    ],
)  # fmt: skip
def test_a_worse_table_is_caught(worse: AccuracyTable) -> None:
    lines = what_is_worse(BEFORE, worse)
    assert len(lines) >= 1
    assert all("\n" not in line for line in lines)


@pytest.mark.parametrize(
    "fine",
    [
        with_knee(mae=2.19),
        with_knee(mae=1.0, bias=0.5),
        with_knee(answered_inside=96),
        with_knee(covered=93),
        with_knee(covered=100, wrong_signs=0, answered_inside=100),
        table(clip("one", KNEE, replace(TIMING, mae=0.039), SILENT)),
    ],
    ids=["within 0.2", "better", "two points", "two points of the band", "all better", "within a hundredth"],
)
def test_what_is_allowed_is_not_caught(fine: AccuracyTable) -> None:
    assert what_is_worse(BEFORE, fine) == []


def test_five_per_cent_of_a_large_error_are_allowed() -> None:
    large = table(clip("one", replace(KNEE, mae=20.0)))
    assert what_is_worse(large, table(clip("one", replace(KNEE, mae=20.9)))) == []
    assert len(what_is_worse(large, table(clip("one", replace(KNEE, mae=21.1))))) == 1


def test_only_clips_of_both_tables_are_compared() -> None:
    """`two` was not analysed again; a clip that is new cannot be worse than before."""
    again = table(clip("one", KNEE, TIMING, SILENT), clip("new", replace(KNEE, mae=50.0)))
    assert what_is_worse(BEFORE, again) == []
    assert what_is_worse(BEFORE, table(clip("two", replace(KNEE, mae=3.0), view="right"))) != []


def test_the_file_says_what_the_table_says(tmp_path: Path) -> None:
    path = tmp_path / "accuracy.json"
    path.write_text(to_json(BEFORE), encoding="utf-8")
    again = load_accuracy(path)
    assert again == BEFORE
    assert to_json(again) == to_json(BEFORE)
    assert what_is_worse(again, with_knee(mae=2.5)) != []


@pytest.mark.parametrize("text", ["", "{}", '{"schema": "other"}', '{"schema": "vidgait-accuracy-1"}', "[1]"])
def test_a_damaged_file_is_one_clear_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "accuracy.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReferenceFileError, match=r"accuracy\.json") as caught:
        load_accuracy(path)
    assert caught.value.code == "reference"
    assert "\n" not in str(caught.value)


def test_the_text_names_what_it_rests_on_and_hides_no_refusal() -> None:
    text = accuracy_markdown(BEFORE, Validation((), {}, {"lost": "it is no video"}))
    wanted = (
        "0.1.0",
        "`a.onnx` sha256 `abc`",
        "| knee_flexion_bottom, near leg | 100 | -1.00 | 2.00 | 95 % |",
        "98 % of 100",
        "too dark (2)",
        "- lost: it is no video",
        "Refused, as this view demands: `fppa_bottom`",
    )
    for words in wanted:
        assert words in text, words


def test_goals_are_judged_on_the_clips_they_speak_of() -> None:
    side = Row("series", "knee_flexion_deg", "deg", leg="near", n=10, mae=2.9)
    far = Row("series", "knee_flexion_deg", "deg", leg="far", n=10, mae=9.0)
    late = Row("timing", "start", "s", n=4, mae=0.05, banded=4, covered=3)
    met = {goal.words: goal.met for goal in goals_of(table(clip("one", side, far, late)))}
    assert met["Squat from the side, near leg: knee"] is True
    assert "Squat from the side, near leg: hip" not in met
    assert met["Instants of repetitions"] is False
    assert met["Repetitions"] is True
    assert "Walking from the side, near leg: knee" not in met
    worse = {goal.words: goal.met for goal in goals_of(table(clip("one", replace(side, mae=3.1))))}
    assert worse["Squat from the side, near leg: knee"] is False


def test_somebody_elses_data_have_no_goals() -> None:
    assert goals_of(table(replace(clip("one", KNEE), movement=None))) == ()


FPPA = "Front and back: FPPA curve, constant offset taken off (walking and running left out)"


def fppa(name: str, movement: str, n: int, left_deg: float, leg: Leg | None = None) -> ClipRows:
    row = Row("series", "fppa_deg", "deg", leg=leg, n=n, mae=9.0, mae_without_offset=left_deg, asked_inside=n)
    return replace(clip(name, row, view="front"), movement=movement)


def test_the_change_of_fppa_is_judged_as_a_curve_without_its_offset() -> None:
    """300 frames at 2 degrees and 100 at 4 are 2.5; the walk is another matter, and so is the measure's own row."""
    clips = (
        fppa("two legs", "squat", 300, 2.0),
        fppa("one leg", "single_leg_squat", 100, 4.0, "stance"),
        fppa("gait", "walk", 1000, 8.0),
        clip("a measure", Row("measure", "fppa_change", "deg", n=3, mae=8.0, asked_inside=3), view="front"),
    )
    goal = next(goal for goal in goals_of(table(*clips)) if goal.words == FPPA)
    assert goal.met
    assert goal.found == "2.50° over 400 values of 2 clips"


def test_refusing_everything_reaches_no_goal() -> None:
    silent = Row("series", "knee_flexion_deg", "deg", leg="near", asked_inside=100)
    goal = next(goal for goal in goals_of(table(clip("one", silent))) if goal.words.endswith("near leg: knee"))
    assert (goal.met, goal.found) == (False, "no value was given")


def test_goals_are_on_the_terminal_and_only_those_at_hand() -> None:
    console = Console(width=80, record=True, file=StringIO())
    console.print(accuracy_terminal(table(fppa("one", "squat", 50, 3.5)), Validation((), {}, {})))
    said = console.export_text()
    assert re.search(r"^no +Front and back:", said, re.MULTILINE)
    assert "Walking from the side" not in said
    assert "3.50°" in said


def test_names_are_whole_in_eighty_columns() -> None:
    other = replace(clip("single_leg_squat_right", KNEE), movement="single_leg_squat", reps=Reps(0, 0, 3, 3))
    theirs = replace(clip("mine", view="oblique"), movement=None, movement_found="sit_to_stand")
    console = Console(width=80, record=True, file=StringIO())
    console.print(accuracy_terminal(table(other, theirs), Validation((), {}, {})))
    said = console.export_text()
    assert "single_leg_squat_right" in said
    assert max(map(len, said.splitlines())) <= 80
    assert "vidgait" in said  # whose word sit_to_stand is


def flags(row: Row) -> int:
    return accuracy_page(table(clip("one", row)), Validation((), {}, {})).count('class="flag"')


def test_one_value_raises_no_flag() -> None:
    poor = replace(KNEE, n=1, banded=1, covered=0, signed=1, wrong_signs=1, asked_inside=1, answered_inside=1)
    assert flags(poor) == 0
    assert flags(replace(poor, n=9, banded=9, asked_inside=9, answered_inside=9)) == 1


def test_many_clips_have_a_table_of_contents() -> None:
    one = accuracy_page(table(clip("one", KNEE)), Validation((), {}, {}))
    many = accuracy_page(table(*(clip(name, KNEE) for name in "abc")), Validation((), {}, {}))
    assert "<nav" not in one
    assert '<a href="#view-1">Left view</a>' in many
    assert 'id="view-1"' in many


# --- one leg at a time, from before and from behind -------------------------------------------------------------------


def on_leg(name: str, side: Side, view: str, *rows: Row) -> ClipRows:
    return replace(clip(name, *rows, view=view), movement="single_leg_squat", side=side)


def cell(id: str, n: int, mae: float, **more: int) -> Row:
    asked = {"asked_inside": n, "answered_inside": n} | more
    return Row("measure", id, "deg", leg="stance", n=n, mae=mae, **asked)  # type: ignore[arg-type]


def test_the_frontal_goals_are_judged_for_each_facing_and_leg() -> None:
    clips = (
        on_leg("a", "left", "front", cell("fppa_change", 2, 2.0), cell("pelvic_drop_bottom", 2, 2.5)),
        on_leg("b", "left", "front", cell("fppa_change", 2, 5.0), cell("pelvic_drop_hold", 6, 1.0)),
        on_leg("c", "right", "back", cell("hip_adduction_bottom", 3, 2.0)),
    )
    met = {goal.words: (goal.met, goal.found) for goal in goals_of(table(*clips))}
    assert met["Front, left leg: FPPA change"] == (False, "3.50° over 4 repetitions of 2 clips")
    assert met["Front, left leg: pelvic drop"] == (True, "1.38° over 8 repetitions of 2 clips")
    assert met["Back, right leg: hip adduction"][0]
    assert "Front, right leg: FPPA change" not in met


def test_what_is_not_answered_inside_and_what_is_outside_are_goals_of_their_own() -> None:
    quiet = replace(cell("fppa_change", 8, 1.0, asked_inside=10, answered_inside=8), signed=4, wrong_signs=1)
    talks = replace(cell("hip_adduction_bottom", 1, 1.0, asked_inside=0, answered_inside=0), asked_outside=10)
    one = on_leg("a", "left", "front", quiet, replace(talks, answered_outside=1))
    met = {goal.words.partition("pelvic drop")[2]: (goal.met, goal.found) for goal in goals_of(table(one))}
    assert met[", answered inside the gate"] == (False, "80 % of 10 cells")
    assert met[", answered outside the gate"] == (False, "10 % of 10 cells")
    assert met[" above 3°"] == (False, "1 of 4 cells")


def test_a_wrong_label_misses_its_goal() -> None:
    labels = Row("pattern", "pattern", "", leg="stance", n=5, banded=5, covered=4, asked_inside=6, answered_inside=5)
    goal = next(goal for goal in goals_of(table(clip("one", labels))) if goal.words.startswith("Labels"))
    assert (goal.met, goal.found) == (False, "1 of 5 labels")
    assert "Labels of pelvis, trunk and knee together" in accuracy_markdown(
        table(clip("one", labels)), Validation((), {}, {})
    )
