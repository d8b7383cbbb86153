"""Squat or chair: what speaks for a seat under the lowest points.

Points are counted for it; a squat that starts from a stand has a hard time to look seated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vidgait.movements.framework import Cycle
    from vidgait.movements.posture import BodySample
    from vidgait.types import Series, Track

__all__ = ["SEATED_SCORE", "seat_evidence"]

SEATED_S = 0.3
SEATED_PER_RISE = 0.7
SEAT_BAND = 0.06
SEAT_DWELL_S = 0.8
SEAT_SD_MAX = 0.025
SEAT_HEIGHT_MIN = 0.33
SHANK_SEATED_DEG = 15.0
SHANK_SQUAT_DEG = 22.0
SEATED_SCORE = 2


def seat_evidence(
    samples: Sequence[BodySample],
    squats: Sequence[Cycle],
    stands: Sequence[Cycle],
    series: Sequence[Series],
    track: Track,
) -> tuple[int, str]:
    """Points for a chair, and the reasons in words. A squat that starts from a stand has a hard time to look seated."""
    counted = [cycle for cycle in stands if cycle.counted]
    if not counted:
        return 0, ""
    seen = [sample for sample in samples if sample.seen]
    seat = float(np.median([cycle.rest_height for cycle in counted]))
    middle = (seat + float(np.median([cycle.turn_height for cycle in counted]))) / 2
    starts, ends = _starts_seated(seen, counted[0]), _ends_seated(seen, middle)
    lows = [cycle.rest_height for cycle in counted]
    dwell_s = [_dwell_s(seen, cycle.turn_s, cycle.turn_height) for cycle in squats if not cycle.rejected]
    shank_deg = _shank_at(series, track, [cycle.start_s for cycle in counted])
    points = [
        (2 if starts else -2, "starts seated" if starts else ""),
        (int(ends), "ends seated" if ends else ""),
        (int(bool(dwell_s) and np.median(dwell_s) >= SEAT_DWELL_S), "rests on the seat"),
        (int(len(lows) > 1 and np.std(lows) <= SEAT_SD_MAX), "the hips return to one height"),
        (int(shank_deg < SHANK_SEATED_DEG) - int(shank_deg > SHANK_SQUAT_DEG), "the shanks stay upright"),
        (-int(seat < SEAT_HEIGHT_MIN), ""),
    ]
    return sum(point for point, _ in points), ", ".join(words for point, words in points if point > 0 and words)


def _starts_seated(seen: Sequence[BodySample], first: Cycle) -> bool:
    """The clip begins at rest on the seat: longer there than a squat filmed from its bottom would be, whose lowest
    tenth takes a third to a half as long as its rise from there."""
    low, high = first.rest_height, first.turn_height
    before = [sample for sample in seen if sample.time_s <= first.turn_s]
    share = [(sample.hip_height - low) / (high - low) for sample in before]
    last = max((k for k, part in enumerate(share) if part <= 0.1), default=None)
    if last is None or last == len(before) - 1 or max(share[: last + 1]) > 0.3:
        return False
    stay_s = before[last].time_s - seen[0].time_s
    arrived_s = next((one.time_s for one, part in zip(before, share, strict=True) if part >= 0.9), first.turn_s)
    return stay_s >= max(SEATED_S, SEATED_PER_RISE * (arrived_s - before[last].time_s))


def _ends_seated(seen: Sequence[BodySample], middle: float) -> bool:
    heights = np.array([sample.hip_height for sample in seen if seen[-1].time_s - sample.time_s <= SEATED_S])
    low, high = np.percentile(heights, [10, 90])
    return bool(heights.max() < middle and high - low <= SEAT_BAND)


def _dwell_s(seen: Sequence[BodySample], turn_s: float, height: float) -> float:
    near = [s.time_s for s in seen if abs(s.hip_height - height) <= SEAT_BAND / 2]
    k = int(np.searchsorted(near, turn_s))
    first = last = turn_s
    for time_s in near[k:]:
        if time_s - last > GAP_S:
            break
        last = time_s
    for time_s in reversed(near[:k]):
        if first - time_s > GAP_S:
            break
        first = time_s
    return last - first


GAP_S = 0.25


def _shank_at(series: Sequence[Series], track: Track, times_s: Sequence[float]) -> float:
    """Median shank inclination at those instants over the sides that have it; NaN from the front."""
    rows = [int(np.argmin(np.abs(track.time_s - time_s))) for time_s in times_s]
    values = [one.value[rows] for one in series if one.name == "shank_inclination_deg" and one.why_none is None]
    flat = np.concatenate(values) if values else np.array([])
    flat = flat[np.isfinite(flat)]
    return float(np.median(flat)) if flat.size else float("nan")
