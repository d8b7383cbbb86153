"""When a repetition truly begins, turns and ends: vidgait's own definition of each event, applied to the exact curve.

A smooth movement has no first moment that anybody could see: a person who bends the knees by a minimum-jerk curve for
1.2 s has sunk by less than 1 mm after 0.15 s. So an event is defined by a speed (biomechanics specification, section
4.2; `vidgait.movements.phases`), and its truth is that definition on the true heights of shoulders and hips, without
noise, without a filter and between frames. What was prescribed stays in the truth file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import CubicSpline

from vidgait.movements.phases import MARGIN_S, Ways, ways_of

if TYPE_CHECKING:
    from vidgait.types import FloatArray

__all__ = ["EVENTS", "sit_to_stand_events", "squat_events"]

STEP_S = 0.001

Points = Mapping[str, "FloatArray"]


def squat_events(points_m: Points, time_s: FloatArray, start_s: float, low_s: float, end_s: float) -> dict[str, float]:
    """start, eccentric_end, bottom, concentric_start and end of the squat that was prescribed for
    `[start_s, end_s)` and is lowest near `low_s`. `points_m` are (T, 3), z up."""
    hips, shoulders = _hips_and_shoulders(points_m, time_s, start_s, end_s)
    turn_s = _ways(time_s, hips, start_s, low_s, end_s).turn_s
    ways = _ways(time_s, shoulders, start_s, low_s, end_s)
    return {
        "start": ways.fall_start_s,
        "eccentric_end": min(ways.fall_end_s, turn_s),
        "bottom": turn_s,
        "concentric_start": max(ways.rise_start_s, turn_s),
        "end": ways.rise_end_s,
    }


def sit_to_stand_events(
    points_m: Points, time_s: FloatArray, start_s: float, top_s: float, end_s: float
) -> dict[str, float]:
    """concentric_start, concentric_end, top, eccentric_start and eccentric_end of the stand that was prescribed for
    `[start_s, end_s)`: hips on the seat, shoulders at the stand."""
    hips, stand = (
        _ways(time_s, -height, start_s, top_s, end_s)
        for height in _hips_and_shoulders(points_m, time_s, start_s, end_s)
    )
    return {
        "bottom": hips.fall_start_s,
        "concentric_start": hips.fall_start_s,
        "concentric_end": stand.fall_end_s,
        "top": stand.turn_s,
        "eccentric_start": stand.rise_start_s,
        "eccentric_end": hips.rise_end_s,
    }


def _hips_and_shoulders(
    points_m: Points, time_s: FloatArray, start_s: float, end_s: float
) -> tuple[FloatArray, FloatArray]:
    """(T,) heights, the shoulders' scaled to the hips' way in `[start_s, end_s]`."""
    hips, shoulders = _over_ankles(points_m, "hip"), _over_ankles(points_m, "shoulder")
    during = (time_s >= start_s) & (time_s <= end_s)
    return hips, shoulders * (np.ptp(hips[during]) / np.ptp(shoulders[during]))


EVENTS = {"squat": squat_events, "sit_to_stand": sit_to_stand_events}
"""By movement: (points, frame times, prescribed start, turn and end) -> instants."""


def _over_ankles(points_m: Points, part: str) -> FloatArray:
    """(T,) in leg lengths."""
    height = {name: (points_m[f"left_{name}"] + points_m[f"right_{name}"])[:, 2] / 2 for name in (part, "ankle")}
    leg_m = np.median([_length(points_m, side, *pair) for side in ("left", "right") for pair in _LEG], axis=1)
    return np.asarray((height[part] - height["ankle"]) / (leg_m.sum() / 2))


_LEG = (("hip", "knee"), ("knee", "ankle"))


def _length(points_m: Points, side: str, upper: str, lower: str) -> FloatArray:
    return np.asarray(np.linalg.norm(points_m[f"{side}_{upper}"] - points_m[f"{side}_{lower}"], axis=1))


def _ways(time_s: FloatArray, level: FloatArray, start_s: float, turn_s: float, end_s: float) -> Ways:
    """On a fine grid of a cubic spline through the frames."""
    first, last = max(start_s - MARGIN_S, time_s[0]), min(end_s + MARGIN_S, time_s[-1])
    curve, time = CubicSpline(time_s, level), np.arange(first, last, STEP_S)
    fine = curve(time)
    near = np.flatnonzero(np.abs(time - turn_s) <= (end_s - start_s) / 4)
    low = int(near[np.argmin(fine[near])])
    speed = curve(time, 1)
    return ways_of(time, fine, low, speed, speed)
