"""The report as a PDF: what a physio hands over or files, on two to four sheets of paper.

The same words, numbers and pictures as the HTML report, set anew (`pdf_pages`), with vector drawings and with the
letters in the file. The same analysis gives the same bytes: nothing in it comes from a clock.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportlab.graphics.shapes import STATE_DEFAULTS
from reportlab.lib.pagesizes import A4
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from vidgait.outputs.method import citation
from vidgait.outputs.pdf_pages import story
from vidgait.outputs.pdf_type import (
    BOLD,
    FOOT,
    HEIGHT,
    LINE,
    MARGIN,
    REGULAR,
    SOFT,
    WIDTH,
    plain,
    register_fonts,
    text_width,
)
from vidgait.outputs.report_content import file_name, page_title
from vidgait.store import write_atomically

if TYPE_CHECKING:
    from vidgait.types import Analysis

__all__ = ["render_pdf", "write_pdf"]

RUNNING = 7.2


def write_pdf(path: Path, analysis: Analysis, key_frames: Mapping[str, bytes]) -> None:
    """Write the PDF. `key_frames`: JPEG bytes by the name of `plan_key_frames`. Raises OutputError."""
    write_atomically(path, render_pdf(analysis, key_frames))


def render_pdf(analysis: Analysis, key_frames: Mapping[str, bytes]) -> bytes:
    """The file's bytes. Set twice, because the first sheet says how many there are."""
    register_fonts()
    sheets, _ = _set(analysis, key_frames, 0)
    return _set(analysis, key_frames, sheets)[1]


def _set(analysis: Analysis, key_frames: Mapping[str, bytes], sheets: int) -> tuple[int, bytes]:
    """How many sheets it takes, and the file; `sheets` is what is printed as their number."""
    buffer = io.BytesIO()
    document = BaseDocTemplate(
        buffer, pagesize=A4, invariant=1, pageCompression=1, lang="en", title=plain(_title(analysis)),
        author="vidgait", subject="Movement report", creator=plain(citation(analysis)), displayDocTitle=True,
        initialFontName=REGULAR, initialFontSize=8.8,
    )  # fmt: skip
    frame = Frame(MARGIN, FOOT, WIDTH, HEIGHT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0, id="text")

    def decorate(canvas: Any, document: Any) -> None:
        _decorate(canvas, document.page, sheets, analysis)

    document.addPageTemplates([PageTemplate("sheet", [frame], onPage=decorate)])
    with _embedded_letters():
        document.build(story(analysis, key_frames))
    return int(document.page), buffer.getvalue()


@contextmanager
def _embedded_letters() -> Iterator[None]:
    """reportlab begins every drawing in Helvetica, which would then be named in the file without being in it."""
    before = STATE_DEFAULTS["fontName"]
    STATE_DEFAULTS["fontName"] = REGULAR
    try:
        yield
    finally:
        STATE_DEFAULTS["fontName"] = before


def _title(analysis: Analysis) -> str:
    return f"{page_title(analysis)} – {file_name(analysis)}"


def _decorate(canvas: Any, page: int, sheets: int, analysis: Analysis) -> None:
    """Running title from the second sheet on, page numbers on all."""
    right = MARGIN + WIDTH
    canvas.saveState()
    canvas.setFillColor(SOFT)
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    if page > 1:
        canvas.setFont(REGULAR, RUNNING)
        canvas.drawString(MARGIN, A4[1] - 30, _shortened(_title(analysis), WIDTH))
        canvas.line(MARGIN, A4[1] - 35, right, A4[1] - 35)
    canvas.setFont(REGULAR, RUNNING)
    canvas.drawString(MARGIN, 26, "Made on this computer; nothing was uploaded. Left and right are the person’s own.")
    canvas.setFont(BOLD, RUNNING)
    canvas.drawRightString(right, 26, f"{page} / {sheets}")
    canvas.restoreState()


def _shortened(text: str, width: float) -> str:
    """As much of it as fits on the line."""
    text = plain(text)
    if text_width(text, REGULAR, RUNNING) <= width:
        return text
    while text and text_width(f"{text}…", REGULAR, RUNNING) > width:
        text = text[:-1]
    return f"{text}…"
