"""Words and panels as sprites, in the font that ships with vidgait.

Pillow draws only masks. Pictures are (h, w, 4) RGBA whose colours are already multiplied by their opacity, so that
edges blend without fringes (Pillow itself takes no share of the ink where a pixel is clear). Sprites are remembered by
their content, because the same words stand in picture after picture.
"""

from __future__ import annotations

import functools
import io
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vidgait.outputs.canvas import Sprite

if TYPE_CHECKING:
    from vidgait.types import ImageArray

__all__ = [
    "Span",
    "Weight",
    "blank",
    "label",
    "line_height_px",
    "panel",
    "text_width_px",
    "tint",
    "words",
    "wrap",
    "write",
]

Weight = Literal["medium", "semibold"]

LINE = 1.25
"""Height of a line over the size of its letters."""

BASELINE = 0.985
"""Where letters stand, below the top of their line, over their size."""

SMOOTH = 4
"""Rounded corners are drawn this many times larger and shrunk."""


@dataclass(frozen=True, slots=True)
class Span:
    """Some words in one colour (`#rrggbb`) and weight."""

    text: str
    colour: str = "#ffffff"
    weight: Weight = "semibold"


@functools.cache
def _font_file(weight: Weight) -> bytes:
    return resources.files("vidgait.outputs").joinpath("fonts", f"vidgait-inter-{weight}.otf").read_bytes()


@functools.lru_cache(maxsize=64)
def _font(weight: Weight, size_px: int) -> ImageFont.FreeTypeFont:
    # The basic layout engine is in every build of Pillow; the other one is not and would move letters a little.
    return ImageFont.truetype(io.BytesIO(_font_file(weight)), size_px, layout_engine=ImageFont.Layout.BASIC)


def text_width_px(text: str, size_px: int, weight: Weight = "semibold") -> int:
    return round(_font(weight, size_px).getlength(_composed(text)))


def line_height_px(size_px: int) -> int:
    return round(LINE * size_px)


def wrap(text: str, size_px: int, width_px: int, weight: Weight = "semibold") -> list[str]:
    """Lines no wider than `width_px`, broken at spaces; a longer word stands alone."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_px(longer, size_px, weight) <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def blank(width_px: int, height_px: int) -> ImageArray:
    """A clear picture to write on, (h, w, 4)."""
    return np.zeros((max(2, height_px), max(2, width_px), 4), np.uint8)


def panel(width_px: int, height_px: int, colour: str, opacity: float, radius_px: float) -> ImageArray:
    """A rounded rectangle of one colour."""
    picture = blank(width_px, height_px)
    height, width = picture.shape[:2]
    mask = Image.new("L", (width * SMOOTH, height * SMOOTH), 0)
    corner = (mask.width - 1, mask.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(((0, 0), corner), radius_px * SMOOTH, fill=255)
    tint(picture, mask.resize((width, height), Image.Resampling.BOX), colour, opacity)
    return picture


def tint(
    picture: ImageArray, mask: Image.Image, colour: str, opacity: float = 1.0, left_px: int = 0, top_px: int = 0
) -> None:
    """Colour `picture` where `mask` (mode L) is, its corner at (left, top); what lies outside is cut off."""
    left, top = max(0, left_px), max(0, top_px)
    shape = np.asarray(mask)[top - top_px : picture.shape[0] - top_px, left - left_px : picture.shape[1] - left_px]
    part = picture[top : top + shape.shape[0], left : left + shape.shape[1]]
    cover = shape[..., None] * np.float32(opacity / 255)
    ink = np.array([*(int(colour[at : at + 2], 16) for at in (1, 3, 5)), 255], np.float32)
    part[:] = np.rint(part * (1 - cover) + ink * cover)


def write(picture: ImageArray, left_px: float, top_px: float, spans: Sequence[Span], size_px: int) -> float:
    """Write `spans` one after the other, the top of the line at `top_px`. Returns where the line ends."""
    for span in spans:
        font, text = _font(span.weight, size_px), _composed(span.text)
        width = font.getlength(text)
        left = math.floor(left_px)
        mask = Image.new("L", (math.ceil(width) + size_px, line_height_px(size_px) + size_px), 0)
        place = (left_px - left + 0.25 * size_px, BASELINE * size_px + 0.25 * size_px)
        ImageDraw.Draw(mask).text(place, text, 255, font, anchor="ls")
        edge = round(0.25 * size_px)
        tint(picture, mask, span.colour, 1.0, left - edge, round(top_px) - edge)
        left_px += width
    return left_px


@functools.lru_cache(maxsize=1024)
def label(spans: tuple[Span, ...], size_px: int, back: str, opacity: float = 0.72) -> Sprite:
    """One line of words on a rounded strip of colour `back`."""
    width = sum(text_width_px(span.text, size_px, span.weight) for span in spans)
    side = round(0.4 * size_px)
    picture = panel(width + 2 * side, line_height_px(size_px), back, opacity, 0.35 * size_px)
    write(picture, side, 0, spans, size_px)
    return Sprite.from_premultiplied(picture)


@functools.lru_cache(maxsize=1024)
def words(span: Span, size_px: int) -> Sprite:
    """Bare words, to be laid over a panel."""
    picture = blank(text_width_px(span.text, size_px, span.weight) + 2, line_height_px(size_px))
    write(picture, 0, 0, [span], size_px)
    return Sprite.from_premultiplied(picture)


def _composed(text: str) -> str:
    """File names from a Mac carry letters and accents apart; the font has them as one."""
    return unicodedata.normalize("NFC", text)
