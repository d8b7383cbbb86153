"""Drawing on planar YUV 4:2:0 pictures (I420, BT.709, limited range), as the decoder gives and the encoder takes them.

A trip through BGR and back costs several times what the drawing does. So every primitive is drawn three times: on Y at
full size, on U and V at half. Panels and words are made once as a `Sprite` and laid over the picture where they belong;
nothing ever touches the whole picture.

Coordinates are pixels of Y, x right and y down; whole numbers are the centres of pixels.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from vidgait.types import FloatArray, ImageArray

__all__ = ["Box", "Canvas", "Colour", "Sprite", "arc_points", "bgr_of_planes"]

FRACTION_BITS = 4
"""OpenCV takes fixed-point coordinates: sixteenths of a pixel keep slow movements from stepping."""

REACH = 4
"""Points further away than this many picture sizes are not drawn: they are errors and would overflow."""

FACE_CELLS = 5
"""A hidden face keeps this many brightness values across: far too few to know anybody by."""

Point = Sequence[float] | FloatArray


class Colour(NamedTuple):
    """A colour as it is stored in a BT.709 limited-range picture."""

    y: int
    u: int
    v: int

    @classmethod
    def of(cls, rgb: str) -> Colour:
        """From `#rrggbb`."""
        red, green, blue = (int(rgb[at : at + 2], 16) / 255 for at in (1, 3, 5))
        luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        return cls(
            round(16 + 219 * luma), round(128 + 224 * (blue - luma) / 1.8556), round(128 + 224 * (red - luma) / 1.5748)
        )


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle `[left, right) x [top, bottom)` in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def grown(self, by_px: int) -> Box:
        return Box(self.left - by_px, self.top - by_px, self.right + by_px, self.bottom + by_px)

    def within(self, size_px: tuple[int, int]) -> Box:
        """The part inside a picture, widened to even numbers; may be empty."""
        left, top = max(0, self.left) & ~1, max(0, self.top) & ~1
        right = max(left, min(size_px[0], (self.right + 1) & ~1))
        return Box(left, top, right, max(top, min(size_px[1], (self.bottom + 1) & ~1)))


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A small picture with transparency, ready to be laid over planes: three layers (Y, U, V) of colour times opacity,
    and of 255 minus opacity."""

    colour: tuple[ImageArray, ImageArray, ImageArray]
    through: tuple[ImageArray, ImageArray]
    """At full and at half size."""

    @property
    def size_px(self) -> tuple[int, int]:
        height, width = self.colour[0].shape
        return width, height

    @classmethod
    def from_premultiplied(cls, rgba: ImageArray) -> Sprite:
        """From (h, w, 4) RGBA whose colours are already multiplied by their opacity. Odd sizes become even."""
        height, width = rgba.shape[:2]
        even = np.zeros((height + height % 2, width + width % 2, 4), np.float32)
        even[:height, :width] = rgba
        small = even.reshape(even.shape[0] // 2, 2, even.shape[1] // 2, 2, 4).mean(axis=(1, 3))
        luma = _luma(even)
        layers = (
            luma * (219 / 255) + even[..., 3] * (16 / 255),
            (small[..., 2] - _luma(small)) * (224 / 255 / 1.8556) + small[..., 3] * (128 / 255),
            (small[..., 0] - _luma(small)) * (224 / 255 / 1.5748) + small[..., 3] * (128 / 255),
        )
        y, u, v = (_bytes(layer) for layer in layers)
        return cls((y, u, v), (_bytes(255 - even[..., 3]), _bytes(255 - small[..., 3])))


class Canvas:
    """The planes of one picture, drawn on in place.

    `planes` is (H * 3 / 2, W) uint8, contiguous, as in `PlanarFrame.planes`. Raises ValueError for anything else.
    """

    def __init__(self, planes: ImageArray) -> None:
        rows, width = planes.shape
        height = rows * 2 // 3
        if (
            planes.dtype != np.uint8
            or height * 3 != rows * 2
            or height % 2
            or width % 2
            or not planes.flags.c_contiguous
        ):
            raise ValueError("planes must be contiguous uint8 of shape (H * 3 / 2, W) with even H and W")
        chroma = planes.reshape(-1)[height * width :].reshape(2, height // 2, width // 2)
        self.size_px = (width, height)
        self._reach_px = REACH * max(self.size_px)
        self.planes: tuple[ImageArray, ImageArray, ImageArray] = (planes[:height], chroma[0], chroma[1])

    def strokes(self, lines: Sequence[FloatArray], *layers: tuple[Colour, float]) -> None:
        """Anti-aliased lines through (n, 2) points each, with round joints. `layers` are (colour, width) from the
        bottom to the top: the lower ones of all lines lie under the upper ones of all, as an outline should."""
        for places, plane, scale, channel in self._targets(lines):
            for colour, width_px in layers:
                thickness = max(1, round(width_px * scale))
                cv2.polylines(plane, places, False, colour[channel], thickness, cv2.LINE_AA, FRACTION_BITS)

    def polygon(self, points_px: FloatArray, colour: Colour) -> None:
        """Filled polygon through (n, 2) points."""
        for places, plane, _, channel in self._targets([points_px]):
            cv2.fillPoly(plane, places, colour[channel], cv2.LINE_AA, FRACTION_BITS)

    def discs(self, centres: FloatArray, *layers: tuple[Colour, float]) -> None:
        """A disc at each of (n, 2) places. `layers` are (colour, radius), the largest first."""
        for places, plane, scale, channel in self._targets(list(centres[:, None])):
            for colour, radius_px in layers:
                radius = max(1 << FRACTION_BITS, round(radius_px * scale * (1 << FRACTION_BITS)))
                for place in places:
                    x, y = place[0].tolist()
                    cv2.circle(plane, (x, y), radius, colour[channel], -1, cv2.LINE_AA, FRACTION_BITS)

    def rectangle(self, box: Box, colour: Colour) -> None:
        """Filled, opaque, its corners moved to even pixels."""
        box = box.within(self.size_px)
        for plane, value, half in zip(self.planes, colour, (1, 2, 2), strict=True):
            plane[box.top // half : box.bottom // half, box.left // half : box.right // half] = value

    def sprite(self, sprite: Sprite, left_px: float, top_px: float) -> Box:
        """Lay `sprite` over the picture, its corner moved to the nearest even pixel; what lies outside is cut off.
        Returns where it was put."""
        left, top = 2 * round(left_px / 2), 2 * round(top_px / 2)
        width, height = sprite.size_px
        box = Box(left, top, left + width, top + height)
        inside = box.within(self.size_px)
        if inside.width <= 0 or inside.height <= 0:
            return box
        through = (sprite.through[0], sprite.through[1], sprite.through[1])
        for plane, colour, clear, half in zip(self.planes, sprite.colour, through, (1, 2, 2), strict=True):
            rows, columns = _slices(inside, half, 0, 0)
            own_rows, own_columns = _slices(inside, half, left, top)
            target = plane[rows, columns]
            cv2.multiply(target, clear[own_rows, own_columns], dst=target, scale=1 / 255)
            cv2.add(target, colour[own_rows, own_columns], dst=target)
        return box

    @contextmanager
    def faded(self, box: Box, strength: float) -> Iterator[None]:
        """Whatever is drawn inside `box` in this block shows with `strength` (0 to 1) over what was there."""
        box = box.within(self.size_px)
        parts = [plane[_slices(box, half, 0, 0)] for plane, half in zip(self.planes, (1, 2, 2), strict=True)]
        before = [part.copy() for part in parts]
        yield
        for part, old in zip(parts, before, strict=True):
            if part.size:
                cv2.addWeighted(part, strength, old, 1 - strength, 0, dst=part)

    def hide(self, centre: Point, radius_px: float) -> None:
        """Make a round part of the picture unrecognisable for good: a few brightness values are all that is left."""
        x, y = float(centre[0]), float(centre[1])
        edge = Box(*(int(number) for number in (x - radius_px, y - radius_px, x + radius_px + 1, y + radius_px + 1)))
        box = edge.within(self.size_px)
        if box.width < 2 or box.height < 2:
            return
        for plane, half in zip(self.planes, (1, 2, 2), strict=True):
            part = plane[_slices(box, half, 0, 0)]
            cells = cv2.resize(part, (min(FACE_CELLS, part.shape[1]), min(FACE_CELLS, part.shape[0])), None, 0, 0, 3)
            smooth = cv2.resize(cells, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_LINEAR)
            rows = (np.arange(part.shape[0]) * half + box.top - y)[:, None]
            inside = rows**2 + (np.arange(part.shape[1]) * half + box.left - x) ** 2 <= radius_px**2
            np.copyto(part, smooth, where=inside)

    def bgr(self, box: Box | None = None) -> ImageArray:
        """(h, w, 3) BGR, full range, of the picture or of a part of it."""
        box = (box or Box(0, 0, *self.size_px)).within(self.size_px)
        parts = [plane[_slices(box, half, 0, 0)] for plane, half in zip(self.planes, (1, 2, 2), strict=True)]
        return bgr_of_planes(*parts)

    def _targets(
        self, lines: Sequence[FloatArray]
    ) -> Iterator[tuple[list[npt.NDArray[np.int32]], ImageArray, float, int]]:
        """For each plane: the lines in its fixed-point coordinates, the plane, its scale and its number. Lines with a
        missing or an absurd point are left out."""
        points_px = np.concatenate(lines) if lines else np.zeros((0, 2))
        if not np.abs(points_px).max(initial=0.0) < self._reach_px:  # so also for NaN
            lines = [line for line in lines if float(np.abs(line).max(initial=0.0)) < self._reach_px]
            points_px = np.concatenate(lines) if lines else np.zeros((0, 2))
        if not len(points_px):
            return
        edges = list(itertools.accumulate((len(line) for line in lines), initial=0))
        sixteenths = float(1 << FRACTION_BITS)
        full, half = (
            [fixed[start:end] for start, end in itertools.pairwise(edges)]
            for fixed in (
                np.rint(points_px * sixteenths).astype(np.int32),
                np.rint((points_px - 0.5) * (sixteenths / 2)).astype(np.int32),
            )
        )
        yield full, self.planes[0], 1.0, 0
        yield half, self.planes[1], 0.5, 1
        yield half, self.planes[2], 0.5, 2


def arc_points(centre: Point, radius_px: float, start_deg: float, end_deg: float) -> FloatArray:
    """(n, 2) points on a circle, close enough together to look round."""
    count = max(2, int(abs(end_deg - start_deg) / 6) + 2)
    angle = np.radians(np.linspace(start_deg, end_deg, count))
    points_px: FloatArray = np.asarray(centre, float) + radius_px * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return points_px


def bgr_of_planes(y: ImageArray, u: ImageArray, v: ImageArray) -> ImageArray:
    """BT.709 limited-range planes, U and V at half size, to (h, w, 3) full-range BGR."""
    size = (y.shape[1], y.shape[0])
    luma = (y.astype(np.float32) - 16) * (255 / 219)
    blue, red = (
        (cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR).astype(np.float32) - 128) * (255 / 224)
        for plane in (u, v)
    )
    green = luma - (0.0722 * 1.8556 * blue + 0.2126 * 1.5748 * red) / 0.7152
    return _bytes(np.stack([luma + 1.8556 * blue, green, luma + 1.5748 * red], axis=-1))


def _slices(box: Box, half: int, left: int, top: int) -> tuple[slice, slice]:
    rows = slice((box.top - top) // half, (box.bottom - top) // half)
    return rows, slice((box.left - left) // half, (box.right - left) // half)


def _luma(rgba: FloatArray) -> FloatArray:
    luma: FloatArray = rgba[..., :3] @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    return luma


def _bytes(values: FloatArray) -> ImageArray:
    rounded: ImageArray = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return rounded
