"""Words and panels as sprites, in the font that ships with vidgait.

Pillow draws onto images whose colours are already multiplied by their opacity: only then do edges of letters blend
without dark fringes. Everything is remembered by its content, because the same words stand in picture after picture.
"""

from __future__ import annotations

import functools
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vidgait.outputs.canvas import Sprite

__all__ = [
    "Span",
    "Weight",
    "blank",
    "label",
    "laid_over",
    "line_height_px",
    "panel",
    "sprite_of",
    "text_width_px",
    "words",
    "wrap",
    "write",
]

Weight = Literal["medium", "semibold"]
Ink = tuple[int, int, int, int]

LINE = 1.25
"""Height of a line over the size of its letters."""

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


def blank(width_px: int, height_px: int) -> Image.Image:
    """A clear image to write on."""
    return Image.new("RGBA", (max(2, width_px), max(2, height_px)), (0, 0, 0, 0))


def panel(width_px: int, height_px: int, colour: str, opacity: float, radius_px: float) -> Image.Image:
    """A rounded rectangle of one colour."""
    size = (max(2, width_px), max(2, height_px))
    mask = Image.new("L", (size[0] * SMOOTH, size[1] * SMOOTH), 0)
    corner = (mask.width - 1, mask.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(((0, 0), corner), radius_px * SMOOTH, fill=255)
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    image.paste(_ink(colour, opacity), (0, 0), mask.resize(size, Image.Resampling.BOX))
    return image


def laid_over(image: Image.Image, top: Image.Image) -> Image.Image:
    """`top`, an ordinary RGBA image of the same size, over `image`, whose colours are multiplied by their opacity."""
    below, above = np.asarray(image, float), np.asarray(top.convert("RGBa"), float)
    mixed = above + below * (1 - above[..., 3:] / 255)
    return Image.fromarray(np.clip(np.rint(mixed), 0, 255).astype(np.uint8), "RGBA")


def write(image: Image.Image, left_px: float, top_px: float, spans: Sequence[Span], size_px: int) -> float:
    """Write `spans` one after the other, the top of the line at `top_px`. Returns where the line ends."""
    draw = ImageDraw.Draw(image)
    baseline = top_px + 0.5 * (line_height_px(size_px) - size_px) + 0.86 * size_px
    for span in spans:
        font, text = _font(span.weight, size_px), _composed(span.text)
        draw.text((left_px, baseline), text, _ink(span.colour, 1.0), font, anchor="ls")
        left_px += font.getlength(text)
    return left_px


def sprite_of(image: Image.Image) -> Sprite:
    return Sprite.from_premultiplied(np.asarray(image))


@functools.lru_cache(maxsize=1024)
def label(spans: tuple[Span, ...], size_px: int, back: str | None, opacity: float = 0.72) -> Sprite:
    """One line of words on a rounded strip of colour `back`; without `back`, with a dark edge around the letters."""
    width = sum(text_width_px(span.text, size_px, span.weight) for span in spans)
    height, side = line_height_px(size_px), round(0.4 * size_px)
    if back is None:
        return sprite_of(_outlined(spans, size_px, width + 2 * side, height))
    image = panel(width + 2 * side, height, back, opacity, 0.35 * size_px)
    write(image, side, 0, spans, size_px)
    return sprite_of(image)


@functools.lru_cache(maxsize=1024)
def words(span: Span, size_px: int) -> Sprite:
    """Bare words, to be laid over a panel."""
    image = blank(text_width_px(span.text, size_px, span.weight) + 2, line_height_px(size_px))
    write(image, 0, 0, [span], size_px)
    return sprite_of(image)


def _outlined(spans: Sequence[Span], size_px: int, width_px: int, height_px: int) -> Image.Image:
    image = blank(width_px, height_px)
    draw = ImageDraw.Draw(image)
    left = 0.4 * size_px
    baseline = 0.5 * (height_px - size_px) + 0.86 * size_px
    edge = max(1, round(0.08 * size_px))
    for span in spans:
        font, text = _font(span.weight, size_px), _composed(span.text)
        draw.text((left, baseline), text, _ink("#101216", 0.8), font, anchor="ls", stroke_width=edge)
        draw.text((left, baseline), text, _ink(span.colour, 1.0), font, anchor="ls")
        left += font.getlength(text)
    return image


def _composed(text: str) -> str:
    """File names from a Mac carry letters and accents apart; the font has them as one."""
    return unicodedata.normalize("NFC", text)


def _ink(rgb: str, opacity: float) -> Ink:
    red, green, blue = (round(int(rgb[at : at + 2], 16) * opacity) for at in (1, 3, 5))
    return red, green, blue, round(255 * opacity)
