"""Letters, colours and measures of the PDF: what is set how large, in which font.

Sizes are points (1/72 inch). Left is dark and right is light, so that a black-and-white print still tells them apart;
marks and dashes differ as well.
"""

from __future__ import annotations

import functools
import io
import re
import unicodedata
from collections.abc import Callable
from importlib import resources
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

__all__ = [
    "BOLD",
    "FOOT",
    "HEIGHT",
    "INK",
    "LEFT",
    "LINE",
    "MARGIN",
    "MIDDLE",
    "PANEL",
    "REGULAR",
    "RIGHT",
    "SOFT",
    "WIDTH",
    "plain",
    "register_fonts",
    "side_colour",
    "side_hex",
    "styled",
    "text_width",
    "words",
]

REGULAR, BOLD = "vidgait-regular", "vidgait-semibold"
FILES = {REGULAR: "vidgait-inter-regular.ttf", BOLD: "vidgait-inter-semibold.ttf"}

MARGIN = 45.0
"""Left and right; 16 mm, which any printer can reach."""
WIDTH: float = A4[0] - 2 * MARGIN
"""Of the text."""
FOOT = 44.0
"""From the lower edge of the sheet to the text."""
HEIGHT: float = A4[1] - 42.0 - FOOT
"""Of the text, between running title and page number."""

INK, SOFT, LINE, PANEL = (HexColor(name) for name in ("#17202a", "#55616e", "#ccd4dc", "#f2f5f8"))
LEFT, RIGHT, MIDDLE = (HexColor(name) for name in ("#0f4c86", "#dd7a14", "#4a4f57"))

JOINED = {"keepWithNext": 1}
"""A heading never stands alone at the foot of a sheet."""

_STYLES: dict[str, dict[str, Any]] = {
    "brand": {"fontSize": 7.6, "leading": 10, "textColor": SOFT},
    "title": {"fontName": BOLD, "fontSize": 18, "leading": 22, "spaceAfter": 1},
    "facts": {"fontSize": 8.4, "leading": 11.4, "textColor": SOFT},
    "heading": {"fontName": BOLD, "fontSize": 11.6, "leading": 14.5, "spaceBefore": 7.5, "spaceAfter": 2.5} | JOINED,
    "subheading": {"fontName": BOLD, "fontSize": 9, "leading": 12, "spaceBefore": 6, "spaceAfter": 1.5} | JOINED,
    "body": {"fontSize": 8.5, "leading": 11.4, "spaceAfter": 2.8},
    "lead": {"fontName": BOLD, "fontSize": 8.5, "leading": 11.4, "spaceAfter": 2.8},
    "quiet": {"fontSize": 7.7, "leading": 10.4, "textColor": SOFT, "spaceAfter": 2.5},
    "item": {"fontSize": 8.2, "leading": 11, "leftIndent": 9, "bulletIndent": 0, "spaceAfter": 2},
    "told": {"fontSize": 7.2, "leading": 9.3, "spaceBefore": 6, "allowOrphans": 0, "allowWidows": 0},
    "small": {"fontSize": 7.2, "leading": 9.2},
    "small_soft": {"fontSize": 7.2, "leading": 9.2, "textColor": SOFT},
    "tiny_soft": {"fontSize": 6.6, "leading": 8.5, "textColor": SOFT},
    "small_right": {"fontSize": 7.2, "leading": 9.2, "alignment": TA_RIGHT},
    "small_bold": {"fontName": BOLD, "fontSize": 7.2, "leading": 9.2},
    "small_bold_right": {"fontName": BOLD, "fontSize": 7.2, "leading": 9.2, "alignment": TA_RIGHT},
    "small_centre": {"fontSize": 7.2, "leading": 9.2, "alignment": TA_CENTER},
    "small_bold_centre": {"fontName": BOLD, "fontSize": 7.2, "leading": 9.2, "alignment": TA_CENTER},
    "caption_bold": {"fontName": BOLD, "fontSize": 7.7, "leading": 10.2, "spaceAfter": 2},
    "caption": {"fontSize": 7.7, "leading": 10.2},
}  # fmt: skip

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]+")


@functools.cache
def register_fonts() -> None:
    """Make the fonts known to reportlab; once, and only when a PDF is made."""
    for name, file in FILES.items():
        data = resources.files("vidgait.outputs").joinpath("fonts", file).read_bytes()
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(data)))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


@functools.cache
def _style(name: str) -> Any:
    base = {"fontName": REGULAR, "fontSize": 8.8, "leading": 12, "textColor": INK, "splitLongWords": 1}
    base |= {"bulletFontName": REGULAR, "bulletFontSize": 8.2}
    return ParagraphStyle(name, **(base | _STYLES[name]))


def plain(text: str) -> str:
    """Letters with their accents in one, as the font has them; nothing that only a terminal understands."""
    whole = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    return _UNPRINTABLE.sub(" ", whole)


def words(text: str, style: str = "body", **more: Any) -> Any:
    """A paragraph of plain text; `<` and `&` are only letters in it."""
    return Paragraph(escape(plain(text)), _style(style), **more)


def styled(template: str, style: str = "body", *texts: str, **more: Any) -> Any:
    """A paragraph of markup of ours, `{}` in it replaced by plain texts."""
    return Paragraph(template.format(*(escape(plain(text)) for text in texts)), _style(style), **more)


def text_width(text: str, font: str, size: float) -> float:
    register_fonts()
    measured: Callable[[str, str, float], float] = pdfmetrics.stringWidth
    return measured(plain(text), font, size)


def side_colour(side: str | None) -> Any:
    return {"left": LEFT, "right": RIGHT}.get(side or "", MIDDLE)


def side_hex(side: str | None) -> str:
    """The side's colour for letters, which are thin and need it darker than lines."""
    return {"left": "0f4c86", "right": "a84d08"}.get(side or "", "4a4f57")
