"""Drawing on a BGR picture: lines, discs, and sprites of words and panels.

The annotated video is drawn on YUV planes (`outputs.canvas`); what a window shows is BGR, so only the ground differs:
letters and panels come from `outputs.text`, the skeleton from `outputs.overlay_skeleton`. Sprites are remembered by
their content, because making one costs a hundred times what laying it over the picture does.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from vidgait.outputs import text
from vidgait.outputs.canvas import Box, Colour
from vidgait.outputs.style import COLOURS, INK, PANEL

if TYPE_CHECKING:
    from vidgait.outputs.text import Weight
    from vidgait.types import FloatArray, ImageArray

__all__ = ["Bgr", "Ink", "Paper", "bgr_of", "count_ink", "fitted", "glyphs_width_px", "line", "panel", "width_px_of"]

Bgr = tuple[int, int, int]
OPACITY = 0.78
FRACTION_BITS = 4
"""OpenCV takes fixed-point coordinates: sixteenths of a pixel keep slow movements from stepping."""

REACH = 4
"""Points further away than this many picture sizes are not drawn: they are errors and would overflow."""

COUNT_GAP = 0.07
"""Between the digits of a large number, over the size of letters."""

LEAST_PX = 7
"""Letters are never made smaller than this."""

SHRINK = 0.94
"""One step, when words do not fit."""


def bgr_of(rgb: str) -> Bgr:
    """From `#rrggbb`."""
    red, green, blue = (int(rgb[at : at + 2], 16) for at in (1, 3, 5))
    return blue, green, red


_BGR: dict[Colour, Bgr] = {colour: bgr_of(name) for name, colour in COLOURS.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """A small picture with transparency: (h, w, 3) of colour times opacity, and of 255 minus opacity."""

    colour: ImageArray
    through: ImageArray

    @property
    def width_px(self) -> int:
        return int(self.colour.shape[1])

    @property
    def height_px(self) -> int:
        return int(self.colour.shape[0])

    @classmethod
    def from_premultiplied(cls, rgba: ImageArray) -> Ink:
        """From (h, w, 4) RGBA whose colours are already multiplied by their opacity."""
        colour = np.ascontiguousarray(rgba[..., 2::-1])
        return cls(colour, np.repeat(255 - rgba[..., 3:], 3, axis=2))


class Paper:
    """A BGR picture that is drawn on in place. `image` is (H, W, 3) uint8."""

    def __init__(self, image: ImageArray) -> None:
        self.image = image
        self.size_px = (image.shape[1], image.shape[0])
        self._reach_px = REACH * max(self.size_px)

    def strokes(self, lines: Sequence[FloatArray], *layers: tuple[Colour, float]) -> None:
        """Anti-aliased lines through (n, 2) points each; `layers` of (colour, width) from the bottom to the top.
        Lines with a missing or an absurd point are left out."""
        sixteenths = 1 << FRACTION_BITS
        drawn = [line_px for line_px in lines if np.abs(line_px).max(initial=0.0) < self._reach_px]
        places = [np.rint(line_px * sixteenths).astype(np.int32) for line_px in drawn]
        for colour, width_px in layers:
            thickness = max(1, round(width_px))
            cv2.polylines(self.image, places, False, _bgr(colour), thickness, cv2.LINE_AA, FRACTION_BITS)

    def discs(self, centres: FloatArray, *layers: tuple[Colour, float]) -> None:
        """A disc at each of (n, 2) places. `layers` are (colour, radius), the largest first."""
        sixteenths = 1 << FRACTION_BITS
        near = centres[np.abs(centres).max(axis=1, initial=0.0) < self._reach_px]
        places = np.rint(near * sixteenths).astype(int).tolist()
        for colour, radius_px in layers:
            radius = max(sixteenths, round(radius_px * sixteenths))
            for x, y in places:
                cv2.circle(self.image, (x, y), radius, _bgr(colour), -1, cv2.LINE_AA, FRACTION_BITS)

    def disc(self, x_px: float, y_px: float, radius_px: float, colour: Bgr) -> None:
        cv2.circle(self.image, (round(x_px), round(y_px)), max(1, round(radius_px)), colour, -1, cv2.LINE_AA)

    def ring(self, centre_px: FloatArray, radius_px: float, layers: Sequence[tuple[Bgr, float]]) -> None:
        """A circle in layers of (colour, width) from the bottom to the top; nothing round a missing or absurd place."""
        if np.abs(centre_px).max() < self._reach_px:
            x, y = (round(float(number)) for number in centre_px)
            for colour, width_px in layers:
                cv2.circle(self.image, (x, y), max(1, round(radius_px)), colour, max(1, round(width_px)), cv2.LINE_AA)

    @contextmanager
    def faded(self, box: Box, strength: float) -> Iterator[None]:
        """Whatever is drawn inside `box` in this block shows with `strength` (0 to 1) over what was there."""
        part = self._part(box)
        before = part.copy()
        yield
        if part.size:
            cv2.addWeighted(part, strength, before, 1 - strength, 0, dst=part)

    def fill(self, box: Box, colour: Bgr) -> None:
        if box.width > 0 and box.height > 0:
            cv2.rectangle(self.image, (box.left, box.top), (box.right - 1, box.bottom - 1), colour, cv2.FILLED)

    def dim(self, strength: float) -> None:
        """Make the whole picture darker: 1 leaves it, 0 is black."""
        cv2.convertScaleAbs(self.image, dst=self.image, alpha=strength)

    def lay(self, ink: Ink, left_px: float, top_px: float) -> Box:
        """Lay a sprite over the picture; what lies outside is cut off. Returns where it was put."""
        left, top = round(left_px), round(top_px)
        box = Box(left, top, left + ink.width_px, top + ink.height_px)
        target = self._part(box)
        if target.size:
            rows = slice(max(0, -top), max(0, -top) + target.shape[0])
            columns = slice(max(0, -left), max(0, -left) + target.shape[1])
            cv2.multiply(target, ink.through[rows, columns], dst=target, scale=1 / 255)
            cv2.add(target, ink.colour[rows, columns], dst=target)
        return box

    def write(self, words: str, left_px: float, top_px: float, size_px: int, colour: str = INK) -> float:
        """One line of words that stay the same for a while. Returns where it ends."""
        self.lay(line(words, size_px, colour), left_px, top_px)
        return left_px + width_px_of(words, size_px)

    def write_number(self, number: str, left_px: float, top_px: float, size_px: int, colour: str = INK) -> float:
        """Characters one by one, for what changes with every picture. Returns where it ends."""
        for character in number:
            self.lay(_glyph(character, size_px, colour), left_px, top_px)
            left_px += width_px_of(character, size_px)
        return left_px

    def _part(self, box: Box) -> ImageArray:
        width, height = self.size_px
        left, top = min(max(0, box.left), width), min(max(0, box.top), height)
        return self.image[top : max(top, min(height, box.bottom)), left : max(left, min(width, box.right))]


@functools.lru_cache(maxsize=64)
def panel(width_px: int, height_px: int, radius_px: int, colour: str = PANEL, opacity: float = OPACITY) -> Ink:
    """A rounded rectangle, half seen through. Smooth corners take time, so only they are drawn and the rest is filled:
    a new cue must not hold up the picture."""
    width, height = max(2, width_px), max(2, height_px)
    radius = max(1, min(radius_px, width // 2, height // 2))
    corners = text.panel(2 * radius, 2 * radius, colour, opacity, radius)
    picture = text.blank(width, height)
    picture[:] = corners[radius, radius]
    for rows in (slice(None, radius), slice(-radius, None)):
        for columns in (slice(None, radius), slice(-radius, None)):
            picture[rows, columns] = corners[rows, columns]
    return Ink.from_premultiplied(picture)


@functools.lru_cache(maxsize=1024)
def width_px_of(words: str, size_px: int) -> int:
    return text.text_width_px(words, size_px)


@functools.lru_cache(maxsize=128)
def line(words: str, size_px: int, colour: str, weight: Weight = "semibold") -> Ink:
    """One line of bare words."""
    return _written(words, size_px, colour, weight)


@functools.lru_cache(maxsize=512)
def _glyph(character: str, size_px: int, colour: str) -> Ink:
    return _written(character, size_px, colour, "semibold")


def _written(words: str, size_px: int, colour: str, weight: Weight) -> Ink:
    """Wider than the words are long: letters such as "j" and "7" reach over the end of their line."""
    spare_px = max(1, round(0.1 * size_px))
    picture = text.blank(text.text_width_px(words, size_px, weight) + spare_px, text.line_height_px(size_px))
    text.write(picture, 0, 0, [text.Span(words, colour, weight)], size_px)
    return Ink.from_premultiplied(picture)


@functools.lru_cache(maxsize=64)
def count_ink(count: str, size_px: int, colour: str) -> Ink:
    """A number with its digits as close as those of a headline: the font gives each digit the same width, which tears
    "11" apart when it is large."""
    digits = [_glyph(digit, size_px, colour) for digit in count]
    gap_px = max(1, round(COUNT_GAP * size_px))
    trimmed = []
    for digit in digits:
        shown = np.flatnonzero((digit.through < 255).any(axis=(0, 2)))
        inside = slice(int(shown[0]), int(shown[-1]) + 1) if len(shown) else slice(None)
        trimmed += [Ink(digit.colour[:, inside], digit.through[:, inside]), _gap(digits[0].height_px, gap_px)]
    parts = trimmed[:-1]
    return Ink(np.hstack([part.colour for part in parts]), np.hstack([part.through for part in parts]))


def _gap(height_px: int, width_px: int) -> Ink:
    return Ink(np.zeros((height_px, width_px, 3), np.uint8), np.full((height_px, width_px, 3), 255, np.uint8))


def glyphs_width_px(number: str, size_px: int) -> int:
    """How wide `Paper.write_number` writes it."""
    return sum(width_px_of(character, size_px) for character in number)


@functools.lru_cache(maxsize=256)
def fitted(words: str, width_px: int, height_px: int, largest_px: int, lines_max: int) -> tuple[int, tuple[str, ...]]:
    """The largest size of letters, and the lines, with which `words` fit into a box. The least size may not fit: then
    as many lines as there is room for."""
    size_px = max(LEAST_PX, largest_px)
    while True:
        lines = tuple(text.wrap(words, size_px, width_px))
        widest = max((text.text_width_px(one, size_px) for one in lines), default=0)
        tall = len(lines) * text.line_height_px(size_px)
        if (len(lines) <= lines_max and widest <= width_px and tall <= height_px) or size_px == LEAST_PX:
            return size_px, lines[:lines_max]
        size_px = max(LEAST_PX, min(size_px - 1, round(SHRINK * size_px)))


def _bgr(colour: Colour) -> Bgr:
    return _BGR[colour]
