from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pytest

from tests.support.analyses import synthetic_squat
from tests.support.one_leg import one_leg
from vidgait.errors import BackendMissingError
from vidgait.known_poses import analyze_poses
from vidgait.outputs.findings import findings, how_sure
from vidgait.outputs.keyframes import plan_key_frames
from vidgait.outputs.method import citation, method_paragraphs
from vidgait.outputs.overlay import OverlayPainter
from vidgait.outputs.pdf import render_pdf, write_pdf
from vidgait.outputs.report_content import CAUTION, page_title
from vidgait.outputs.report_rows import refusals, rep_table
from vidgait.outputs.words import quantity
from vidgait.pipeline import report
from vidgait.settings import Settings
from vidgait.types import Analysis, Issue, Measure, Movement, PlanarFrame

MARGIN = 40.0
"""Points that stay white on every side."""

HEADINGS = ("Every repetition", "Curves", "Method and limits", "Not given, and why", "Better next time", "Notes")


def pictures(analysis: Analysis) -> dict[str, bytes]:
    """Key frames on a grey ground."""
    width, height = analysis.video.size_px
    drawn = {}
    for key in plan_key_frames(analysis):
        planes = np.full((height * 3 // 2, width), 128, np.uint8)
        frame = PlanarFrame(0, key.time_s, key.media_time_s, planes)
        drawn[key.name] = OverlayPainter(analysis, (width, height)).key_frame(frame, key)
    return drawn


def made(analysis: Analysis) -> pdfium.PdfDocument:
    return pdfium.PdfDocument(render_pdf(analysis, pictures(analysis)))


def text_of(document: pdfium.PdfDocument) -> str:
    return plain(" ".join(page.get_textpage().get_text_range() for page in document))


def plain(text: str) -> str:
    """Without the spaces that a line break or a no-break space makes."""
    return re.sub(r"\s+", "", text.replace("\ufffe", "").replace("\u00a0", ""))


def refused(analysis: Analysis) -> Analysis:
    """Every number of it refused."""
    gone = tuple(replace(m, value=None, error=None, grade="D", why_none="seen too badly") for m in analysis.measures)
    return replace(analysis, measures=gone)


def long_name(analysis: Analysis) -> Analysis:
    name = "Übung_Łukasz_Ångström_" + "x" * 230 + ".mp4"
    return replace(
        analysis, video=replace(analysis.video, path=f"/home/someone_else/{unicodedata.normalize('NFD', name)}")
    )


CASES: dict[str, tuple[Callable[[], Analysis], int, int]] = {
    "squat from the front": (lambda: synthetic_squat("front", reps=5), 2, 4),
    "squat from the side": (lambda: synthetic_squat("left", reps=5), 2, 4),
    "one leg after the other": (one_leg, 2, 4),
    "stance": (lambda: one_leg(label="single_leg_stance", hold=True), 2, 4),
    "twenty on one leg": (lambda: one_leg(reps=20), 2, 4),
    "sixty": (lambda: synthetic_squat("left", reps=60), 2, 4),
    "no repetition": (lambda: synthetic_squat("left", reps=0), 1, 2),
    "everything refused": (lambda: refused(one_leg()), 2, 4),
    "not recognised": (
        lambda: replace(synthetic_squat("left", reps=0), movement=Movement(None, 0.0, "no bends")),
        1,
        2,
    ),
    "a long name": (lambda: long_name(one_leg()), 2, 4),
    "many warnings": (lambda: warned(synthetic_squat("front", reps=3)), 2, 5),
}


def warned(analysis: Analysis) -> Analysis:
    said = "The camera moved & the light was <bad>: what was seen then may be off by more than its ± says. "
    issues = tuple(Issue(f"warning_{n}", "warning", f"{said}{n}", (3 * n, 3 * n + 20)) for n in range(14))
    return replace(analysis, issues=issues)


@pytest.fixture(scope="module")
def documents() -> dict[str, tuple[Analysis, pdfium.PdfDocument]]:
    return {name: (analysis := make(), made(analysis)) for name, (make, _, _) in CASES.items()}


Documents = dict[str, tuple[Analysis, pdfium.PdfDocument]]


@pytest.mark.parametrize("name", CASES)
def test_it_has_as_many_sheets_as_promised_and_numbers_them(name: str, documents: Documents) -> None:
    document = documents[name][1]
    assert CASES[name][1] <= len(document) <= CASES[name][2]
    for number, page in enumerate(document, 1):
        assert f"{number} / {len(document)}" in page.get_textpage().get_text_range()
        assert [round(side) for side in page.get_size()] == [595, 842]


@pytest.mark.parametrize("name", CASES)
def test_nothing_leaves_the_margins(name: str, documents: Documents) -> None:
    for page in documents[name][1]:
        text = page.get_textpage()
        width, height = page.get_size()
        for at in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(at)
            if right > left:
                assert left > MARGIN and right < width - MARGIN and bottom > 20 and top < height - 20


@pytest.mark.parametrize("name", CASES)
def test_it_says_what_the_page_says(name: str, documents: Documents) -> None:
    analysis, document = documents[name]
    text = text_of(document)
    said = [page_title(analysis), *findings(analysis), how_sure(analysis), CAUTION, citation(analysis)]
    said += [paragraph["text"] for paragraph in method_paragraphs(analysis)]
    said += [part for refusal in refusals(analysis) for part in (refusal.why, refusal.labels)]
    said += [issue.message for issue in analysis.issues]
    for sentence in said:
        assert plain(sentence) in text


@pytest.mark.parametrize("name", CASES)
def test_no_heading_stands_alone_at_the_foot_of_a_sheet(name: str, documents: Documents) -> None:
    for page in documents[name][1]:
        lines = page.get_textpage().get_text_range().split("\r\n")
        assert lines[-1].strip() not in HEADINGS  # what runs along the edges is set first


def test_the_numbers_are_those_of_the_analysis(documents: Documents) -> None:
    for name in ("one leg after the other", "squat from the side"):
        analysis, document = documents[name]
        text = text_of(document)
        table = rep_table(analysis, plan_key_frames(analysis))
        assert table is not None
        for row in table.rows:
            for cell in row.cells:
                assert plain(cell.text + cell.error) in text
    analysis, document = documents["one leg after the other"]
    first = plain(document[0].get_textpage().get_text_range())
    for id in ("pelvic_drop_bottom", "hip_adduction_bottom", "frontal_control_index"):
        for side in ("left", "right"):
            measure = analysis.find(id, side)  # type: ignore[arg-type]
            assert measure is not None
            assert plain(quantity(measure.value, measure.error, measure.unit)) in first


def test_the_first_sheet_holds_what_is_handed_over(documents: Documents) -> None:
    document = documents["one leg after the other"][1]
    first = document[0].get_textpage().get_text_range()
    for words in (
        "What was filmed",
        "Left leg",
        "Right leg",
        "Nakagawa 2012",
        "compare with yourself",
        "Left less right",
    ):
        assert words in first
    assert sum(1 for item in document[0].get_objects() if item.type == pdfium.raw.FPDF_PAGEOBJ_IMAGE) == 2


def test_the_index_never_stands_without_its_parts() -> None:
    analysis = one_leg()
    only = replace(analysis, measures=tuple(m for m in analysis.measures if m.id == "frontal_control_index"))
    assert "58±11of100" not in text_of(made(only))


def test_the_same_analysis_gives_the_same_bytes() -> None:
    shown = pictures(one_leg())
    assert render_pdf(one_leg(), shown) == render_pdf(one_leg(), dict(shown))


def test_the_letters_are_in_the_file() -> None:
    data = render_pdf(one_leg(), {})
    embedded = data.count(b"/FontFile2 ")
    assert embedded == data.count(b"/Type /FontDescriptor") >= 2
    assert set(re.findall(rb"/BaseFont /(\S+)", data)) == {b"AAAAAA+Inter-Regular", b"AAAAAA+Inter-SemiBold"}


def test_it_names_the_clip_and_its_language_but_no_folder(documents: Documents) -> None:
    analysis = long_name(one_leg())
    data = render_pdf(analysis, {})
    document = pdfium.PdfDocument(data)
    title = document.get_metadata_dict()["Title"]
    assert title.startswith("Single-leg squat, 6 repetitions – Übung_Łukasz_Ångström_")
    assert b"/Lang (en)" in data
    assert "someone_else" not in text_of(document) and b"someone_else" not in data
    assert all("someone_else" not in value for value in document.get_metadata_dict().values())
    assert "Übung_Łukasz_Ångström_xxx" in text_of(document)


def test_markup_in_names_and_messages_is_only_letters() -> None:
    analysis = synthetic_squat("left", reps=3)
    analysis = replace(
        analysis,
        video=replace(analysis.video, path="a <b>&amp; \x1b[31m\udcff 深蹲.mp4"),
        issues=(Issue("odd", "warning", "1 < 2 & </para>"),),
    )
    text = text_of(made(analysis))
    assert "a<b>&amp;[31m?" in text and "1<2&</para>" in text


def test_sides_differ_in_brightness_and_in_shape() -> None:
    """So a black-and-white print still tells them apart."""
    from vidgait.outputs.pdf_type import side_colour

    def brightness(colour: Any) -> float:
        return 0.2126 * float(colour.red) + 0.7152 * float(colour.green) + 0.0722 * float(colour.blue)

    assert brightness(side_colour("right")) - brightness(side_colour("left")) > 0.2


def test_a_set_of_sixty_repeats_its_heading_and_loses_no_row(documents: Documents) -> None:
    analysis, document = documents["sixty"]
    text = text_of(document)
    table = rep_table(analysis, plan_key_frames(analysis))
    assert table is not None and len(table.rows) > 24
    for row in table.rows:
        assert plain(row.name + row.mark + row.start) in text


def test_folder_and_settings_decide_whether_there_is_one(tmp_path: Path) -> None:
    folder = tmp_path / "squat"
    wanted = Settings().with_options({"pdf": True})
    analyze_poses(synthetic_squat(reps=3).poses, name="squat.mp4", out=folder, settings=wanted)
    first = (folder / "report.pdf").read_bytes()
    assert first.startswith(b"%PDF-")
    report(folder)
    assert (folder / "report.pdf").read_bytes() == first
    report(folder, pdf=False)
    assert not (folder / "report.pdf").exists()
    report(folder, pdf=True)
    assert (folder / "report.pdf").read_bytes() == first


def test_asking_for_a_pdf_keeps_the_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "squat"
    analyze_poses(synthetic_squat(reps=3).poses, name="squat.mp4", out=folder)
    (folder / "annotated.mp4").write_bytes(b"video")
    again = report(folder, pdf=True)
    assert (folder / "annotated.mp4").exists()
    assert not any(issue.code == "pictures_left_out" for issue in again.issues)


def test_a_missing_package_is_named_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    wanted = Settings().with_options({"pdf": True})
    with pytest.raises(BackendMissingError, match=r"reportlab.*pip install reportlab"):
        analyze_poses(synthetic_squat(reps=1).poses, name="squat.mp4", out=tmp_path / "x", settings=wanted)
    assert not (tmp_path / "x").exists()


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"report\.pdf"):
        write_pdf(tmp_path / "nowhere" / "report.pdf", synthetic_squat(reps=1), {})
    assert not list(tmp_path.iterdir())


def test_numbers_without_errors_and_without_a_side_are_set_too() -> None:
    analysis = synthetic_squat("left", reps=3)
    bare = tuple(Measure(m.id, m.label, m.value, m.unit, m.side, m.rep, m.n, grade="B") for m in analysis.measures)
    assert len(made(replace(analysis, measures=bare))) >= 2
