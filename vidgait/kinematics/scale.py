"""Lengths of the person in pixels, and metres per pixel from a stated height.

The skeleton has no crown of the head, so standing height is read from eyes to heels. Drillis and Contini (1966, as
printed in Winter 2009, fig. 4.1) put the eyes at 0.936 of stature and give thigh plus shank 0.491; a pose network's
heel lies above the sole and its hip below the joint, and on rendered people of known stature its points give the
slightly smaller ratios used here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.angles import level
from vidgait.kinematics.standing import NO_STANDING, SIDES, either, leg_px, points_of, seen_median

if TYPE_CHECKING:
    from vidgait.types import BoolArray, FloatArray, Track

__all__ = ["LEG_OVER_HEIGHT", "leg_length_px", "metres_per_px", "stature_px"]

_EYES_OVER_HEIGHT = 0.915
LEG_OVER_HEIGHT = 0.456
_LONGEST_PERCENTILE = 95


def stature_px(track: Track, frames: BoolArray, standing: BoolArray, roll_deg: float) -> float | None:
    """Stature in pixels: eyes to heels in quiet standing over their share of stature, else the longest leg over its
    share. None where neither was seen. (`signals.body_height_px` is a rougher one, for thresholds of cleaning, that
    needs neither segments nor clean points.)"""
    if standing.any():
        eyes = level(_either(track, "eye")[standing], roll_deg)
        heels = level(_either(track, "heel")[standing], roll_deg)
        tall = seen_median(heels[:, 1] - eyes[:, 1])
        if tall > 0:  # False for NaN
            return tall / _EYES_OVER_HEIGHT
    leg = leg_length_px(track, frames, standing)
    return None if leg is None else leg / LEG_OVER_HEIGHT


def leg_length_px(track: Track, frames: BoolArray, standing: BoolArray) -> float | None:
    """Thigh plus shank, mean of both legs: the median in quiet standing, else the 95th percentile of what was seen."""
    points = points_of(track)
    legs = [leg_px(points, side) for side in SIDES]
    if standing.any():
        lengths = [length for leg in legs if np.isfinite(length := seen_median(leg[standing]))]
    else:
        lengths = [_longest(leg[frames]) for leg in legs if np.isfinite(leg[frames]).any()]
    return float(np.mean(lengths)) if lengths else None


def metres_per_px(height_m: float | None, body_px: float | None, posture: str) -> tuple[float | None, str]:
    """Metres a pixel and where they come from, or None and why there are none. `posture` is `standing_mask`'s."""
    if height_m is None:
        return None, "no scale: the athlete's height was not stated"
    if body_px is None:
        return None, "no scale: neither the whole body nor a whole leg was seen"
    how = f"the longest the legs appear; {posture}" if posture == NO_STANDING else f"eyes to heels; {posture}"
    return height_m / body_px, f"stated height {height_m:.2f} m over {body_px:.0f} px ({how})"


def _either(track: Track, part: str) -> FloatArray:
    return either({f"{side}_{part}": track.point(f"{side}_{part}") for side in SIDES}, part)


def _longest(values: FloatArray) -> float:
    return float(np.percentile(values[np.isfinite(values)], _LONGEST_PERCENTILE))
