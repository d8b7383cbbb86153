"""Where a clip is cut in two, so that both parts can be decoded and looked at side by side.

One person's joints are followed from picture to picture, which no second core can help with; but two parts of a clip
can be followed at once. The second part starts at a key frame, where decoding can start, and finds its people anew.
Its first pictures belong to the first part too: a first look is rougher than one that follows another, and the two
parts have to meet without a jump.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["OVERLAP_PICTURES", "Cut", "find_cut"]

PICTURES_MIN = 60
"""Below this the overlap costs what the second core gives."""
OVERLAP_PICTURES = 8
"""A quarter of a second: longer than the low-pass filter's memory, so that passing over leaves no step in a curve."""
OFF_MIDDLE_MAX = 0.2
"""How far from the middle, as a share of the clip, a key frame may lie: the longer part is waited for."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Media times. The first two lie half way between pictures, so that rounding can neither repeat nor lose one."""

    again_s: float
    """Where the second part begins, just before a key frame,"""
    at_s: float
    """and where the first part ends."""
    key_s: Fraction
    """The key frame's own time."""
    first_pictures: int
    """How many pictures the first part has."""


def find_cut(
    stamps_s: Sequence[Fraction], key_stamps_s: Sequence[Fraction], start_s: float | None, end_s: float | None
) -> Cut | None:
    """The best place for a cut of the pictures in `[start_s, end_s)`, or None where there is no good one.

    `stamps_s`: presentation times of all pictures, in any order; `key_stamps_s`: those of the key frames.
    """
    low, high = start_s or 0.0, float("inf") if end_s is None else end_s
    shown = sorted(stamp for stamp in set(stamps_s) if low <= stamp < high)
    if len(shown) < PICTURES_MIN:
        return None
    middle = (len(shown) - OVERLAP_PICTURES) / 2
    places = [bisect.bisect_left(shown, key) for key in set(key_stamps_s) if shown[0] < key <= shown[-1]]
    place = min(places, key=lambda place: abs(place - middle), default=0)
    if not abs(place - middle) <= OFF_MIDDLE_MAX * len(shown):
        return None
    end = place + OVERLAP_PICTURES
    return Cut(_before(shown, place), _before(shown, end), shown[place], end)


def _before(shown: Sequence[Fraction], place: int) -> float:
    return float((shown[place - 1] + shown[place]) / 2)
