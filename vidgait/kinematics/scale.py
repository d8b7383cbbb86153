"""Lengths of the person in pixels, and metres per pixel from a stated height.

Segment ratios of stature are those of Drillis and Contini (1966), as printed in Winter 2009, fig. 4.1: thigh 0.245,
shank 0.246, eyes at 0.936. The skeleton has no crown of the head, so standing height is read from eyes to heels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.angles import distance_px, level, midpoint
from vidgait.kinematics.standing import SIDES

if TYPE_CHECKING:
    from vidgait.types import BoolArray, FloatArray, Track

__all__ = ["body_height_px", "leg_length_px", "metres_per_px"]

_EYES_OVER_HEIGHT = 0.936
_LEG_OVER_HEIGHT = 0.491
_LONGEST_PERCENTILE = 95


def body_height_px(track: Track, frames: BoolArray, standing: BoolArray, roll_deg: float) -> float | None:
    """Stature in pixels: eyes to heels in quiet standing over 0.936, else the longest leg over 0.491. None where
    neither was seen."""
    if standing.any():
        eyes = level(midpoint(track.point("left_eye"), track.point("right_eye"))[standing], roll_deg)
        heels = level(midpoint(track.point("left_heel"), track.point("right_heel"))[standing], roll_deg)
        tall = _median(heels[:, 1] - eyes[:, 1])
        if tall is not None and tall > 0:
            return tall / _EYES_OVER_HEIGHT
    leg = leg_length_px(track, frames, standing)
    return None if leg is None else leg / _LEG_OVER_HEIGHT


def leg_length_px(track: Track, frames: BoolArray, standing: BoolArray) -> float | None:
    """Thigh plus shank, mean of both legs: the median in quiet standing, else the 95th percentile of what was seen."""
    legs = [_leg_px(track, side) for side in SIDES]
    if standing.any():
        lengths = [length for leg in legs if (length := _median(leg[standing])) is not None]
    else:
        lengths = [_longest(leg[frames]) for leg in legs if np.isfinite(leg[frames]).any()]
    return float(np.mean(lengths)) if lengths else None


def metres_per_px(
    height_m: float | None, body_px: float | None, leg_px: float | None, stood: bool
) -> tuple[float | None, str]:
    """Metres a pixel and where they come from, or None and why there are none."""
    if height_m is None:
        return None, "no scale: the athlete's height was not stated"
    if body_px is None or leg_px is None:
        return None, "no scale: head to heels were never seen together"
    how = "eyes to heels in quiet standing" if stood else "the longest the legs appear, as no quiet standing was seen"
    return height_m / body_px, f"stated height {height_m:.2f} m over {body_px:.0f} px ({how})"


def _leg_px(track: Track, side: str) -> FloatArray:
    hip, knee, ankle = (track.point(f"{side}_{part}") for part in ("hip", "knee", "ankle"))
    return distance_px(hip, knee) + distance_px(knee, ankle)


def _median(values: FloatArray) -> float | None:
    seen = values[np.isfinite(values)]
    return float(np.median(seen)) if seen.size else None


def _longest(values: FloatArray) -> float:
    return float(np.percentile(values[np.isfinite(values)], _LONGEST_PERCENTILE))
