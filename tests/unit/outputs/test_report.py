from __future__ import annotations

import io
import itertools
import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.support.analyses import synthetic_squat
from vidgait.outputs.keyframes import plan_key_frames
from vidgait.outputs.report import render_report, write_report
from vidgait.outputs.report_rows import curve_errors, measure_groups, refusals, remarks, rep_table
from vidgait.outputs.summary import summary_text
from vidgait.types import Analysis, Issue, Measure, Movement, Rep

VOID = {"meta", "img", "input", "br", "link", "path", "line", "rect"}


class Reader(HTMLParser):
    """Tags in order, attributes, the visible text, and whether every element is closed where it should be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.text = re.sub(r"\s+", " ", " ".join(self.words)).replace("\u00a0", " ")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def jpeg(width: int = 300, height: int = 500, *, noise: bool = False) -> bytes:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (height, width, 3)) if noise else np.full((height, width, 3), 90)
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def pictures(analysis: Analysis, picture: bytes | None = None) -> dict[str, bytes]:
    return {key.name: picture or jpeg() for key in plan_key_frames(analysis)}


@pytest.fixture(scope="module")
def squat() -> Analysis:
    return synthetic_squat("left", reps=4)


@pytest.fixture(scope="module")
def page(squat: Analysis) -> Reader:
    return Reader(render_report(squat, pictures(squat), "annotated.mp4"))


def test_the_page_is_well_formed_and_in_order(page: Reader) -> None:
    assert not page.open
    sections = [attributes["id"] for attributes in page.all("section")]
    assert sections == ["filmed", "seen", "reps", "pictures", "curves", "measures", "method"]
    headings = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1 and headings.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(headings))
    ids = Counter(attributes["id"] for _, attributes in page.tags if attributes.get("id"))
    assert max(ids.values()) == 1
    named = {attributes["aria-labelledby"] for _, attributes in page.tags if attributes.get("aria-labelledby")}
    assert named <= set(ids)


def test_nothing_points_outside(squat: Analysis) -> None:
    text = render_report(squat, pictures(squat), "annotated.mp4")
    page = Reader(text)
    for _, attributes in page.tags:
        for name in ("src", "href", "poster", "srcset", "action", "data"):
            value = attributes.get(name)
            assert value is None or value.startswith(("data:image/jpeg;base64,", "#")) or value == "annotated.mp4"
    assert not re.search(r"https?://|@import|url\(", text)


def test_every_picture_has_words(page: Reader) -> None:
    images = page.all("img")
    assert len(images) == 3
    assert all(len(image["alt"] or "") > 20 for image in images)
    assert all(svg.get("aria-label") for svg in page.all("svg"))
    assert "--mirrored" in page.text


def test_repetitions_carry_their_errors_and_marks(squat: Analysis) -> None:
    table = rep_table(squat, plan_key_frames(squat))
    assert table is not None
    assert [row.name for row in table.rows] == ["1", "2", "3", "4"]
    knee = next(i for i, column in enumerate(table.columns) if column.id == "knee_flexion_bottom")
    for row, rep in zip(table.rows, squat.reps, strict=True):
        measure = squat.find("knee_flexion_bottom", "left", rep.index)
        assert measure is not None and measure.value is not None
        cell = row.cells[knee]
        assert cell.text == f"{measure.value:.0f}°"
        assert cell.error.replace("\u00a0", " ") == "± 5°"
    assert {row.mark for row in table.rows} == {"deepest", "shallowest", ""}
    assert all(len(row.cells) == len(table.columns) for row in table.rows)
    assert [row.name for row in table.set_rows] == ["Whole set (4)"]


def test_partial_and_excluded_repetitions_say_why(squat: Analysis) -> None:
    first = replace(squat.reps[0], excluded="the arms hide the hip")
    changed = replace(squat, reps=(first, *squat.reps[1:], Rep(0, "partial", 10.5, 11.0)))
    table = rep_table(changed, ())
    assert table is not None
    assert table.rows[0].left_out == "the arms hide the hip"
    assert (table.rows[-1].name, table.rows[-1].left_out) == ("part", "not complete")
    assert {cell.text for cell in table.rows[-1].cells} == {"–"}
    assert [row.name for row in table.set_rows] == ["Whole set (3)"]


def test_tempo_is_one_column_in_the_order_of_the_movement(squat: Analysis) -> None:
    table = rep_table(squat, ())
    assert table is not None
    at = next(i for i, column in enumerate(table.columns) if column.id == "tempo")
    assert table.columns[at].label == "Tempo: down / up"
    cell = table.rows[0].cells[at]
    assert re.fullmatch(r"\d\.\d / \d\.\d\ss", cell.text) and re.fullmatch(r"±\s0\.1\ss", cell.error)
    stand = {"concentric_start": 1.0, "concentric_end": 2.0, "eccentric_start": 2.5, "eccentric_end": 4.0}
    stands = tuple(replace(rep, instants=stand) for rep in squat.reps)
    table = rep_table(replace(squat, reps=stands), ())
    assert table is not None and table.columns[at].label == "Tempo: up / down"
    one_way = tuple(m for m in squat.measures if (m.id, m.rep) != ("concentric_time", 1))
    table = rep_table(replace(squat, measures=one_way), ())
    assert table is not None and re.fullmatch(r"\d\.\d / –\ss", table.rows[0].cells[at].text)


def test_repetitions_are_only_marked_when_they_differ(squat: Analysis) -> None:
    same = tuple(replace(m, value=90.0) if m.id == "thigh_inclination_bottom" and m.rep else m for m in squat.measures)
    alike = replace(squat, measures=tuple(m for m in same if m.id != "knee_flexion_bottom"))
    table = rep_table(alike, plan_key_frames(alike))
    assert table is not None and {row.mark for row in table.rows} == {""}
    assert any("too alike" in note for note in table.notes)
    assert "less than the noise" in Reader(render_report(alike, pictures(alike), None)).text


def test_the_table_marks_what_the_pictures_show(squat: Analysis) -> None:
    """Depth ranks first: a knee angle that differs does not part repetitions that are equally deep."""
    level = tuple(replace(m, value=90.0) if m.id == "thigh_inclination_bottom" and m.rep else m for m in squat.measures)
    keys = plan_key_frames(replace(squat, measures=level))
    table = rep_table(replace(squat, measures=level), keys)
    assert table is not None and {row.mark for row in table.rows} == {""}
    stands = tuple(
        Measure("concentric_time", "Way up", 1.0 + 0.5 * rep.index, "s", None, rep.index, 1, 0.05, 0.1, grade="A")
        for rep in squat.reps
    )
    rising = replace(squat, measures=stands, movement=Movement("sit_to_stand", 1.0, "named"))
    table = rep_table(rising, plan_key_frames(rising))
    assert table is not None and [row.mark for row in table.rows] == ["quickest", "", "", "slowest"]
    assert any("“slowest”: repetition 4, the slowest to stand up" in note for note in table.notes)
    assert not any("best" in note or "worst" in note for note in table.notes)


EMPTY = (
    r"</h[23]>\s*(<h[123]|</section>|</details>)",
    r"<(ul|ol|dl|table|tbody|p|div|figure|section|details)[^>]*>\s*</\1>",
    r"</summary>\s*</details>",
)


@pytest.mark.parametrize("kept", ["all", "no pictures", "no video", "nothing", "not recognised", "nobody"])
def test_a_page_with_less_in_it_has_no_empty_parts(squat: Analysis, kept: str) -> None:
    shown, video = pictures(squat), "annotated.mp4"
    analysis = squat
    if kept in ("not recognised", "nobody"):
        analysis = replace(squat, movement=Movement(None, 0.0, "no repeated bend"), reps=(), measures=())
    if kept == "nobody":
        analysis = replace(analysis, series=(), segments=())
    given = {} if kept in ("no pictures", "nothing", "nobody") else shown
    text = render_report(analysis, given, None if kept in ("no video", "nothing", "nobody") else video)
    page = Reader(text)
    assert not page.open
    assert not [found for pattern in EMPTY if (found := re.search(pattern, text))]
    assert ("Key pictures" in page.text) == bool(given)
    assert ("pictures below" in page.text) is False
    assert ("Video and curves" in page.text) == (kept not in ("no video", "nothing", "nobody"))


def test_what_the_blur_does_not_hide_is_said(squat: Analysis) -> None:
    blurred = replace(squat, settings=dict(squat.settings) | {"output": {"blur_faces": True}})
    assert "look through the video before you share it" in Reader(render_report(blurred, {}, None)).text
    assert "before you share it" not in Reader(render_report(squat, {}, None)).text


def test_a_knee_seen_from_the_front_is_called_a_trend() -> None:
    front = synthetic_squat("front", reps=3)
    sides: list[Any] = ["left", "right"]
    knees = tuple(
        Measure("fppa_change", "Knee movement", 3.0, "deg", side, rep, 1, 2.0, 5.0, grade="C")
        for side in sides
        for rep in (None, 1, 2, 3)
    )
    text = Reader(render_report(replace(front, measures=knees), {}, None)).text
    assert text.count("rend only unless the camera is exactly in front") >= 4, "finding, table, meanings, method"


def test_suspected_slow_motion_is_said_once(squat: Analysis) -> None:
    hint = "The file looks like slow motion; give --slowmo 8."
    hinted = replace(squat, video=replace(squat.video, slowmo_hint=hint), issues=())
    assert Reader(render_report(hinted, {}, None)).text.count(hint) == 1
    issue = Issue("slow_motion_suspected", "warning", hint)
    warned = Reader(render_report(replace(hinted, issues=(issue,)), {}, None)).text
    assert warned.count(hint) == 1 and f"Careful: {hint}" in re.sub(r"\s+", " ", warned)


def test_a_side_never_stands_in_the_table_without_the_other(squat: Analysis) -> None:
    sides: list[Any] = ["left", "right"]
    columns = [("single", None), *((f"paired_{number}", side) for number in range(5) for side in sides)]
    many = tuple(Measure(id, "Some angle", 3.0, "deg", side, 1, 1, 1.0, 2.0, grade="B") for id, side in columns)
    table = rep_table(replace(squat, measures=many), ())
    assert table is not None
    assert [column.id for column in table.columns] == ["single", *(f"paired_{n}" for n in range(3) for _ in sides)]


def test_colour_only_with_a_verdict(squat: Analysis) -> None:
    plain = render_report(squat, {}, None)
    assert 'class="verdict' not in plain and "No number is judged good or bad" in Reader(plain).text
    measures = tuple(replace(m, verdict="watch") if m.rep == 2 else m for m in squat.measures)
    judged = render_report(replace(squat, measures=measures), {}, None)
    assert 'class="verdict watch"' in judged and "judged by a published band" in Reader(judged).text


def test_a_simulated_person_is_called_one_and_nobody_is_told_how_to_film(squat: Analysis) -> None:
    assert (
        "Better next time"
        in Reader(render_report(replace(squat, video=replace(squat.video, capture_rate_hz=12.0)), {}, None)).text
    )
    pose = {"backend": "none", "source": "simulated by vidgait simulate"}
    simulated = replace(
        squat, video=replace(squat.video, capture_rate_hz=12.0), provenance={**squat.provenance, "pose": pose}
    )
    text = Reader(render_report(simulated, {}, None)).text
    assert text.count("Simulated points, no video") >= 3
    for word in ("Better next time", "Film with", "What was filmed", "A neural network marks"):
        assert word not in text
    given = replace(simulated, provenance={"pose": {"backend": "none", "source": "a laboratory"}})
    assert "Points given by the user, no video" in Reader(render_report(given, {}, None)).text
    assert "Simulated points, no video." in summary_text(Path("out"), simulated)


def test_the_change_between_clips_is_a_dash_where_nobody_measured_it(squat: Analysis) -> None:
    text = Reader(render_report(squat, {}, None)).text
    assert "Between clips" not in text and "largest difference in the set" in text
    first, *others = (m for m in squat.measures if m.value is not None)
    known = replace(squat, measures=(replace(first, mdc=8.9), *others))
    assert "Between clips" in Reader(render_report(known, {}, None)).text
    rows = [row for group in measure_groups(known) for row in group.rows]
    assert sum(row.mdc == "–" for row in rows) == len(rows) - 1


def test_refused_measures_say_why(squat: Analysis, page: Reader) -> None:
    (refusal,) = refusals(squat)
    assert refusal.why == "Not measurable from the side"
    assert refusal.why in page.text and "FPPA" in refusal.labels
    hidden = Measure("odd", "Odd one", 4.2, "deg", "left", 1, 1, 0.5, 1.0, grade="D", reasons=("blurred",))
    table = rep_table(replace(squat, measures=(hidden,)), ())
    assert table is not None and table.columns == ()
    (group,) = measure_groups(replace(squat, measures=(hidden,)))
    assert (group.rows[0].grade, group.rows[0].remarks) == ("D", "1")
    assert remarks(replace(squat, measures=(hidden,))) == ("blurred",)


def test_a_measure_that_both_sides_lack_is_named_once(squat: Analysis) -> None:
    def refused(side: Any) -> Measure:
        return Measure("fppa_bottom", "Knee position", None, "deg", side, why_none="film from the front")

    both = replace(squat, measures=(refused("left"), refused("right")))
    one = replace(squat, measures=(refused("left"),))
    assert [refusal.labels for refusal in (*refusals(both), *refusals(one))] == [
        "Knee position",
        "Knee position (left)",
    ]


def test_a_choice_among_several_people_is_explained(squat: Analysis) -> None:
    ids = squat.person_ids.copy()
    ids[:5] = 1
    text = Reader(render_report(replace(squat, person_ids=ids, athlete_basis="the largest one."), {}, None)).text
    assert "One of 2 people in the picture was measured. The largest one. " in text


def test_what_a_minus_sign_means_is_said_where_there_is_one(squat: Analysis) -> None:
    assert "minus sign" not in Reader(render_report(squat, {}, None)).text
    lower = tuple(replace(m, value=-3.0) if m.id == "trunk_lean_bottom" else m for m in squat.measures)
    assert "minus sign means the other way" in Reader(render_report(replace(squat, measures=lower), {}, None)).text


def test_names_cannot_break_the_page(squat: Analysis) -> None:
    evil = "</script><script>alert(1)</script>\"'<img src=x onerror=alert(1)>.mp4"
    issue = Issue("odd", "warning", "<b>bold</b> & </section>", (10, 20))
    attacked = replace(
        squat,
        video=replace(squat.video, path=f"/home/anna/{evil}"),
        issues=(issue,),
        athlete_basis="<i>largest</i>",
        provenance={"<u>": "</dl>"},
    )
    text = render_report(attacked, pictures(squat), "an<no>tated & 1.mp4")
    page = Reader(text)
    assert not page.open
    assert len(page.all("script")) == len(Reader(render_report(squat, {}, None)).all("script"))
    assert not {"b", "i", "u"} & {tag for tag, attributes in page.tags if not attributes}
    assert "anna" not in text
    assert page.all("video")[0]["src"] == "an%3Cno%3Etated%20%26%201.mp4"
    assert "0:00.3 to 0:00.7" in page.text


def test_the_data_of_the_script_cannot_end_it(squat: Analysis) -> None:
    text = render_report(squat, {}, "annotated.mp4")
    data = text.split('id="page-data">')[1].split("</script>")[0]
    assert "<" not in data
    loaded = json.loads(data)
    assert len(loaded["time"]) == len(loaded["video"]) == len(squat.poses.time_s)


def test_without_a_video_the_curves_stand_alone(squat: Analysis) -> None:
    page = Reader(render_report(squat, pictures(squat), None))
    assert page.all("video") == [] and len(page.all("svg")) > 3
    assert "annotated.mp4" not in page.text


def test_an_unrecognised_movement_is_said_plainly(squat: Analysis) -> None:
    unknown = replace(squat, movement=Movement(None, 0.2, "no known movement"), reps=(), measures=())
    page = Reader(render_report(unknown, {}, "annotated.mp4"))
    assert "Movement not recognised" in page.text
    sections = [attributes["id"] for attributes in page.all("section")]
    assert "reps" not in sections and "curves" in sections


def test_a_clip_with_nothing_in_it_still_makes_a_page(squat: Analysis) -> None:
    nothing = np.full_like(squat.clean.xy_px, np.nan)
    empty = replace(
        squat,
        raw=squat.raw.replace(xy_px=nothing, score=np.zeros(nothing.shape[:2])),
        clean=squat.clean.replace(xy_px=nothing),
        segments=(),
        series=(),
        reps=(),
        measures=(),
        movement=Movement(None, 0.0, "nothing seen"),
    )
    page = Reader(render_report(empty, {}, None))
    assert not page.open and "nan" not in page.text.lower().split()


@pytest.mark.parametrize("view", ["front", "back", "oblique", "right"])
def test_every_view_makes_a_page_without_gaps(view: Any) -> None:
    text = Reader(render_report(synthetic_squat(view), {}, None)).text
    assert not re.search(r"\b(nan|None|inf)\b", text)


def test_the_page_stays_small_whatever_the_clip(tmp_path: Path) -> None:
    long = synthetic_squat("left", reps=6, time_s=np.arange(18_000) / 30.0)
    write_report(tmp_path / "report.html", long, pictures(long, jpeg(900, 1200, noise=True)), "annotated.mp4")
    assert (tmp_path / "report.html").stat().st_size < 3_000_000


def test_the_same_analysis_gives_the_same_page(squat: Analysis) -> None:
    assert render_report(squat, pictures(squat), "a.mp4") == render_report(squat, pictures(squat), "a.mp4")


def test_the_band_of_a_curve_is_the_error_of_what_is_read_from_it(squat: Analysis) -> None:
    errors = curve_errors(squat)
    assert errors["knee_flexion_deg", "left"] == 5.0
    assert ("knee_flexion_deg", "right") not in errors
    assert errors["trunk_lean_deg", None] == 4.0
