"""The page about one leg and the other: what stands on it, what is marked, and what is never said."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.analyses import synthetic_squat
from tests.support.one_leg import one_leg
from tests.unit.outputs.test_report import Reader, jpeg, pictures
from vidgait.outputs.control_bars import control_index
from vidgait.outputs.findings import findings
from vidgait.outputs.leg_dots import dot_plots
from vidgait.outputs.leg_page import leg_columns, leg_summary, leg_table, leg_title
from vidgait.outputs.leg_words import evidence, next_checks, permitted
from vidgait.outputs.report import render_report, write_report
from vidgait.outputs.report_rows import rep_table
from vidgait.outputs.scale_rows import scale_tables
from vidgait.outputs.summary import summary_text
from vidgait.outputs.words import NO_BREAK
from vidgait.types import Analysis, Criterion, Measure, Pattern

NEVER = ("diagnos", "weak gluteus", "instability", "injury risk", "elastic", "abnormal", "normal range")


@pytest.fixture(scope="module")
def both() -> Analysis:
    return one_leg(reps=6)


@pytest.fixture(scope="module")
def page(both: Analysis) -> str:
    return render_report(both, pictures(both), None)


def plain(text: str) -> str:
    return text.replace(NO_BREAK, " ")


def changed(analysis: Analysis, id: str, **to: Any) -> Analysis:
    measures = tuple(replace(m, **to) if m.id == id and m.rep is None else m for m in analysis.measures)
    return replace(analysis, measures=measures)


def test_the_legs_come_first_and_the_page_is_well_formed(page: str) -> None:
    assert not Reader(page).open
    sections = re.findall(r'<section id="([^"]+)"', page)
    assert sections[:3] == ["legs", "filmed", "seen"]
    assert sections.index("leg-reps") < sections.index("control") < sections.index("scales") < sections.index("reading")
    assert len(sections) == len(set(sections))


def test_it_says_nothing_that_it_must_not(page: str) -> None:
    text = plain(re.sub(r"<style>.*?</style>|<script.*?</script>|<[^>]+>", " ", page, flags=re.S)).lower()
    for words in NEVER:
        assert words not in text, words


def test_squats_from_the_side_have_no_such_section() -> None:
    squat = synthetic_squat("left", reps=2)
    assert 'id="legs"' not in render_report(squat, pictures(squat), None)


def test_the_first_words_are_how_it_was_filmed(both: Analysis) -> None:
    said = [plain(sentence) for sentence in leg_summary(both)]
    assert said[0].startswith("Filmed from the front") and "±" in said[0] and "grade" in said[0]
    assert "pelvic drop (6.0° more on the right)" in said[1]


def test_a_difference_is_marked_only_beyond_its_own_error(both: Analysis) -> None:
    rows = {row.id: row for row in leg_table(both).rows}
    assert rows["pelvic_drop_bottom"].differs
    assert rows["hip_adduction_bottom"].differs is None
    close = changed(both, "pelvic_drop_bottom_left_right", value=-1.0)
    row = next(row for row in leg_table(close).rows if row.id == "pelvic_drop_bottom")
    assert row.differs is False and row.difference_says == "within its error"
    assert "No difference beyond the error in pelvic drop" in plain(leg_summary(close)[2])


def test_a_reference_is_lent_to_no_other_movement(both: Analysis) -> None:
    rows = {row.id: row for row in leg_table(both).rows}
    reference = rows["pelvic_drop_bottom"].reference
    assert reference is not None and "Nakagawa 2012" in reference.text and "7.4" in reference.text
    assert rows["fppa_change"].reference is None
    table = leg_table(one_leg(reps=4, label="step_down"))
    assert not table.notes and all(row.reference is None for row in table.rows)


def test_what_may_not_be_shown_is_a_dash_with_its_reason(both: Analysis) -> None:
    lost = changed(both, "pelvic_drop_bottom", value=None, grade="D", why_none="the clothes could not be followed")
    assert "pelvic_drop_bottom" not in {row.id for row in leg_table(lost).rows}
    assert ("The clothes could not be followed", "pelvic drop") in leg_table(lost).missing


def test_each_leg_has_its_pattern_in_words_or_why_it_is_open(both: Analysis) -> None:
    left, right = leg_columns(both)
    assert (left.pattern, right.pattern) == ("Stable", "Open")
    assert "limit of 11.2°" in right.pattern_says
    assert left.posture == "free leg behind, arms on the hips"


def test_dots_that_do_not_overlap_differ(both: Analysis) -> None:
    plot = next(plot for plot in dot_plots(both) if plot.id == "pelvic_drop_bottom")
    assert [dot.rep for dot in plot.dots] == [1, 2, 3, 4, 5, 6]
    assert [dot.x for dot in plot.dots] == sorted(dot.x for dot in plot.dots)
    left, right = plot.bands
    assert right.low < left.high, "the bands are apart: up is a smaller share"
    close = changed(both, "pelvic_drop_bottom_left_right", error=7.0)
    left, right = next(plot for plot in dot_plots(close) if plot.id == "pelvic_drop_bottom").bands
    assert right.low > left.high
    for dot in plot.dots:
        assert 0 <= dot.high < dot.y < dot.low <= 1


def test_one_repetition_is_no_plot() -> None:
    assert dot_plots(one_leg(reps=1)) == ()


def test_the_index_stands_with_its_parts_or_not_at_all(both: Analysis, page: str) -> None:
    control = control_index(both)
    assert control is not None and "compare with yourself" in control.title
    assert [part.name for part in control.parts] == [
        "Pelvic drop",
        "Trunk lean",
        "Hip adduction",
        "Knee position (FPPA)",
    ]
    assert sum(float(part.weight) for part in control.parts) == pytest.approx(100, abs=2)
    for part in control.parts:
        assert 0 < part.full < part.zero < 1
        for bar in part.bars:
            assert 0 <= bar.low <= bar.high <= 1 and 0 <= bar.start <= bar.end <= 1
    assert any("Nakagawa 2012" in source for source in control.sources)
    without = replace(both, measures=tuple(m for m in both.measures if m.id == "frontal_control_index"))
    assert control_index(without) is None
    table = rep_table(both, ())
    assert table is not None and "frontal_control_index" not in {column.id for column in table.columns}
    assert not any("control" in sentence for sentence in findings(both))


def test_items_of_scales_show_their_frame_and_unverified_ones_no_points(both: Analysis, page: str) -> None:
    tables = scale_tables(both, ())
    assert [table.scored for table in tables] == [True, False]
    assert tables[0].rows[0].cells[0].points == "1 point"
    assert tables[0].rows[1].cells[0].seen == "open"
    assert "not scored" in tables[1].note.lower()
    assert page.count('class="thumb"') == 2
    for name in re.findall(r'class="thumb" href="#picture-([^"]+)"', page):
        assert f'id="picture-{name}"' in page


def test_the_sum_of_a_scale_is_not_an_item() -> None:
    total = Criterion(
        "lateral_step_down", "total", "Sum", "points", "Piva 2006", True, "left", None, None, why_none="no sum: arms"
    )
    table = scale_tables(replace(one_leg(reps=2), criteria=(total,)), ())[0]
    assert not table.rows and table.totals == ("no sum: arms",)


def test_the_hip_is_spoken_of_only_where_a_pattern_points_to_it(both: Analysis) -> None:
    assert permitted(both) == ""
    drop = replace(both, patterns=(Pattern("right", "drop", "pelvic drop 14 ± 2°"),))
    said = permitted(drop)
    assert said.startswith("Right leg: the pattern is compatible with") and "dynamometer" in said
    assert len(evidence(drop)) == 2 and any("dynamometer" in check for check in next_checks(drop))
    side = one_leg("left", reps=2)
    assert evidence(side) == ()


def test_what_to_check_next_names_the_other_leg_and_what_was_held_differently(both: Analysis) -> None:
    assert any("right leg, filmed from the same spot" in check for check in next_checks(one_leg(reps=1)))
    reps = tuple(replace(r, posture={"free_leg": "front"}) if r.side == "right" else r for r in both.reps)
    assert any("free leg was held differently" in check for check in next_checks(replace(both, reps=reps)))
    assert not any("held differently" in check for check in next_checks(both))


def test_each_leg_has_its_own_row_at_the_end_of_the_table(both: Analysis) -> None:
    table = rep_table(both, ())
    assert table is not None
    assert [row.leg for row in table.rows] == ["left"] * 3 + ["right"] * 3
    assert [row.name for row in table.set_rows] == ["Left leg (3)", "Right leg (3)"]
    assert all(cell.text != "–" for row in table.rows for cell in row.cells)


def test_the_summary_counts_by_leg_and_stays_short(both: Analysis, tmp_path: Any) -> None:
    text = summary_text(tmp_path, both)
    assert "3 on the left leg and 3 on the right" in plain(" ".join(text.split()))
    assert all(len(line) <= 80 for line in text.splitlines() if "/" not in line)
    assert len(text.splitlines()) < 40


def test_holds_are_told_with_their_seconds() -> None:
    holds = one_leg(reps=2, label="single_leg_stance", hold=True)
    assert "1.4 s on the left leg and 1.4 s on the right leg" in plain(findings(holds)[0])
    assert leg_title(holds) == "Both legs side by side"


def test_no_measures_still_make_a_page(both: Analysis) -> None:
    bare = replace(both, measures=(), criteria=(), patterns=())
    text = render_report(bare, {}, None)
    assert 'id="legs"' in text and 'id="control"' not in text and 'id="scales"' not in text


def test_a_movement_on_two_legs_compares_them_in_one_picture() -> None:
    squat = synthetic_squat("front", reps=2)
    given = (
        Measure("fppa_change", "Knee movement inward", 3.0, "deg", "left", None, 2, 2.0, 5.0, grade="C"),
        Measure("fppa_change", "Knee movement inward", 13.0, "deg", "right", None, 2, 2.0, 5.0, grade="C"),
        Measure("fppa_left_right_change", "left less right", -10.0, "deg", None, None, 2, 2.0, 4.0, grade="C"),
        Measure("hip_shift_bottom", "Hip shift", 1.0, "% body height", None, None, 2, 1.0, 2.0, grade="B"),
    )
    squat = replace(squat, measures=(*(m for m in squat.measures if m.rep is not None), *given))
    table = leg_table(squat)
    knees, shift = (next(row for row in table.rows if row.id == id) for id in ("fppa_change", "hip_shift_bottom"))
    assert knees.differs and len(knees.cells) == 2 and len(shift.cells) == 1
    assert leg_columns(squat) == ()
    assert render_report(squat, pictures(squat), None).count('<figure class="leg">') == 1


def test_the_page_stays_small_with_all_its_pictures(tmp_path: Path) -> None:
    many = one_leg(reps=6)
    path = tmp_path / "report.html"
    write_report(path, many, pictures(many, jpeg(900, 1200, noise=True)), "annotated.mp4")
    assert path.stat().st_size < 3_000_000


def test_the_side_view_gives_what_it_can_and_no_pattern() -> None:
    side = one_leg("left", reps=2)
    lean = Measure("trunk_lean_bottom", "Trunk lean", 25.0, "deg", None, None, 2, 2.0, 5.0, grade="B")
    opened = tuple(replace(item, met=None, points=None) for item in side.criteria)
    side = replace(side, measures=(lean,), criteria=opened)
    assert [column.pattern for column in leg_columns(side)] == ["", ""]
    assert [row.id for row in leg_table(side).rows] == ["trunk_lean_bottom"]
    assert scale_tables(side, ()) == ()
    assert leg_summary(side)[0].startswith("Filmed from the person’s left")
    simulated = replace(side, provenance={"pose": {"backend": "none", "source": "simulated points"}})
    assert leg_summary(simulated)[0].startswith("Seen from the person’s left")
