"""Where things stand in the live picture. Pure geometry of sizes only, so nothing moves while somebody works out.

Words stand above the person and beside them, the bar on the other side; the lower middle, where the legs are, stays
free. Where the picture is narrower than what is shown (a phone's upright stream in a laptop's window), the words stand
beside it and hide nothing.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidgait.outputs.canvas import Box

if TYPE_CHECKING:
    from vidgait.types import Side

__all__ = ["Layout", "lay_out"]

WIDE = 1.2
"""Width over height from which words stand beside the person rather than in the corners above."""

BESIDE = 0.4
"""Share of the width that must be left free beside the picture for all words to stand there."""


BARELY_BESIDE = 0.2
"""Share of the width that must be left free for the column at least."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes in pixels of what is shown. They may be small, but never leave the picture."""

    size_px: tuple[int, int]
    picture: Box
    """Where the camera's picture lies; the rest of the ground is plain."""
    banner: Box
    """The cue: one short sentence."""
    guide: Box
    """What to put right; there while nothing else is."""
    checks: Box
    counter: Box
    readings: Box
    bar: Box
    foot: Box
    """Small print: keys and statistics."""
    notice: Box
    """A line about the camera, along the upper edge of this box."""
    recording: Box
    """The red dot, in the upper right corner of this box."""
    margin_px: int


@functools.lru_cache(maxsize=16)
def lay_out(source_px: tuple[int, int], size_px: tuple[int, int], column: Side = "left") -> Layout:
    """For a camera picture of `source_px` shown in `size_px` (width, height), both at least 2. `column`: on which side
    of what is shown counter and readings stand."""
    width, height = size_px
    scale = min(width / source_px[0], height / source_px[1])
    shown = (min(width, round(source_px[0] * scale)), min(height, round(source_px[1] * scale)))
    if width < WIDE * height:
        layout = _tall(_picture_box(shown, size_px, (width - shown[0]) // 2), size_px)
    else:
        free_px = width - shown[0]
        picture = _picture_box(shown, size_px, free_px)
        layout = _beside(picture, size_px) if free_px > BESIDE * width else _wide(picture, size_px)
    return layout if column == "left" else _swapped(layout)


def _picture_box(shown: tuple[int, int], size_px: tuple[int, int], left_px: int) -> Box:
    top = (size_px[1] - shown[1]) // 2
    return Box(left_px, top, left_px + shown[0], top + shown[1])


def _wide(picture: Box, size_px: tuple[int, int]) -> Layout:
    """The banner above, a column at the left, the bar at the right."""
    width, height = size_px
    edge = round(0.02 * height)
    free_px = picture.left - 2 * edge
    column = free_px if free_px > BARELY_BESIDE * width else round(0.27 * width)
    top = edge + round(0.15 * height) + edge
    middle = top + round(0.31 * height)
    low = height - edge
    bar = width - edge - round(0.13 * height)
    foot = round(0.036 * height)
    return Layout(
        size_px,
        picture,
        banner=Box(edge, edge, width - edge, top - edge),
        guide=Box(edge, edge, width - edge, round(0.36 * height)),
        checks=Box(edge, round(0.36 * height) + edge, edge + column, low),
        counter=Box(edge, top, edge + column, middle),
        readings=Box(edge, middle + edge, edge + column, low),
        bar=Box(bar, round(0.34 * height), width - edge, low),
        foot=Box(edge + column + edge, height - foot, bar - edge, height),
        notice=Box(edge + column + edge, top, bar - edge, middle),
        recording=Box(bar, top, width - edge, middle),
        margin_px=edge,
    )


def _tall(picture: Box, size_px: tuple[int, int]) -> Layout:
    """The banner above, counter and readings in the corners below it, beside the head."""
    width, height = size_px
    edge = round(0.02 * width)
    side = round(0.33 * width)
    top = edge + round(0.115 * height) + edge
    low = round(0.45 * height)
    bottom = height - edge
    foot = round(0.03 * height)
    return Layout(
        size_px,
        picture,
        banner=Box(edge, edge, width - edge, top - edge),
        guide=Box(edge, edge, width - edge, round(0.26 * height)),
        checks=Box(edge, round(0.26 * height) + edge, width // 2, round(0.52 * height)),
        counter=Box(edge, top, edge + side, top + round(0.19 * height)),
        readings=Box(width - edge - side, top, width - edge, low),
        bar=Box(edge, low + edge, edge + round(0.14 * width), bottom - foot),
        foot=Box(0, height - foot, width, height),
        notice=Box(edge + round(0.16 * width), bottom - 5 * foot, width - edge, bottom),
        recording=Box(width - edge - side, bottom - 7 * foot, width - edge, bottom),
        margin_px=edge,
    )


def _beside(picture: Box, size_px: tuple[int, int]) -> Layout:
    """Everything to the left of the picture, which nothing covers."""
    height = size_px[1]
    edge = round(0.02 * height)
    right = picture.left - edge
    top = edge + round(0.36 * height) + edge
    low = height - round(0.1 * height)
    bar = right - round(0.16 * height)
    middle = edge + (bar - 2 * edge) // 2
    foot = round(0.036 * height)
    return Layout(
        size_px,
        picture,
        banner=Box(edge, edge, right, top - edge),
        guide=Box(edge, edge, right, round(0.5 * height)),
        checks=Box(edge, round(0.5 * height) + edge, right, low),
        counter=Box(edge, top, middle, low),
        readings=Box(middle + edge, top, bar - edge, low),
        bar=Box(bar, top, right, low),
        foot=Box(0, height - foot, right, height),
        notice=Box(picture.left + edge, round(0.09 * height), picture.right - edge, top),
        recording=Box(picture.left + edge, edge, picture.right - edge, top),
        margin_px=edge,
    )


def _swapped(layout: Layout) -> Layout:
    """The same with left and right of what is shown exchanged."""
    width = layout.size_px[0]

    def across(box: Box) -> Box:
        return Box(width - box.right, box.top, width - box.left, box.bottom)

    return Layout(
        layout.size_px,
        across(layout.picture),
        banner=across(layout.banner),
        guide=across(layout.guide),
        checks=across(layout.checks),
        counter=across(layout.counter),
        readings=across(layout.readings),
        bar=across(layout.bar),
        foot=across(layout.foot),
        notice=across(layout.notice),
        recording=across(layout.recording),
        margin_px=layout.margin_px,
    )
