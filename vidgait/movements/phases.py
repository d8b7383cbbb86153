"""When exactly: the instants of one cycle, from the hips' height around it, after the fact.

Counting is done by the forward-only machine; nothing here adds or drops a repetition. Heights in leg lengths, y up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vidgait.movements.framework import Cycle
    from vidgait.movements.posture import BodySample
    from vidgait.types import FloatArray

__all__ = ["height_signal", "local_speed", "sit_to_stand_instants", "squat_instants"]

# Slower than this, the hips rest (specification 4.2); in a slow repetition, this share of its own peak speed.
REST_SPEED_PER_S = 0.04
REST_SPEED_SHARE = 0.15
# The speed at which a repetition begins and ends: lower, as the hips sink with the square of the knees' bend at first.
START_SPEED_PER_S = 0.025
START_SPEED_SHARE = 0.06
# A repetition ends where the hips rest within this share of the excursion from the far side.
FAR_SHARE = 0.05
# Rests within this share of the excursion from the lowest sample belong to the turning point.
TURN_SHARE = 0.06
TURN_HALF_WINDOW_S = 0.13
SPEED_HALF_WINDOW_S = 0.1


def height_signal(samples: Sequence[BodySample], around_s: float) -> tuple[FloatArray, FloatArray]:
    """(N,) time and (N,) hip height of the seen samples, all in the leg length at `around_s`: within one repetition a
    leg does not grow, so a correction of the size must not look like movement."""
    seen = [sample for sample in samples if sample.seen]
    size_px = min(seen, key=lambda sample: abs(sample.time_s - around_s)).size_px
    return (
        np.array([sample.time_s for sample in seen]),
        np.array([sample.hip_height * sample.size_px / size_px for sample in seen]),
    )


def local_speed(time_s: FloatArray, value: FloatArray, half_window_s: float = SPEED_HALF_WINDOW_S) -> FloatArray:
    """(N,) slope of a straight line fitted within +-`half_window_s` of each sample, and over its two neighbours at
    least. Works on uneven times."""
    count = time_s.size
    if count < 2:
        return np.zeros(count)
    first = np.minimum(np.searchsorted(time_s, time_s - half_window_s - 1e-9), np.maximum(np.arange(count) - 1, 0))
    last = np.maximum(np.searchsorted(time_s, time_s + half_window_s + 1e-9), np.minimum(np.arange(count) + 2, count))
    sums = [np.concatenate([[0.0], np.cumsum(part)]) for part in _moments(time_s, value)]
    n, t, y, tt, ty = (part[last] - part[first] for part in sums)
    speed: FloatArray = (n * ty - t * y) / np.maximum(n * tt - t * t, 1e-12)
    return speed


def _moments(time_s: FloatArray, value: FloatArray) -> list[FloatArray]:
    time, level = time_s - time_s.mean(), value - value.mean()
    return [np.ones_like(time), time, level, time * time, time * level]


def squat_instants(samples: Sequence[BodySample], cycle: Cycle) -> dict[str, float]:
    """start, eccentric_end, bottom, concentric_start, end. A cut-off repetition has what it shows."""
    time_s, height = height_signal(samples, cycle.turn_s)
    turn_s, fall, rise = _around_turn(time_s, height, cycle)
    instants: dict[str, float] = {}
    if cycle.cut != "start":
        instants |= {"start": fall[0], "eccentric_end": fall[1]}
    if cycle.cut is None or fall[1] < turn_s < rise[0] or cycle.start_s < turn_s < cycle.end_s:
        instants["bottom"] = turn_s
    if cycle.cut != "end":
        instants |= {"concentric_start": rise[0], "end": rise[1]}
    return instants


def sit_to_stand_instants(samples: Sequence[BodySample], cycle: Cycle) -> dict[str, float]:
    """bottom (the hips begin to rise: the same as concentric_start), concentric_end, top (full stand),
    eccentric_start, eccentric_end (seated again). The last three may lack the sitting down."""
    time_s, height = height_signal(samples, cycle.turn_s)
    top_s, up, down = _around_turn(time_s, -height, cycle)
    instants = {"bottom": up[0], "concentric_start": up[0], "concentric_end": up[1], "top": top_s}
    if cycle.end_s > cycle.turn_s and abs(cycle.end_height - cycle.turn_height) > 0.5 * cycle.excursion:
        instants |= {"eccentric_start": down[0], "eccentric_end": down[1]}
    return instants


def _around_turn(
    time_s: FloatArray, height: FloatArray, cycle: Cycle
) -> tuple[float, tuple[float, float], tuple[float, float]]:
    """Of a signal that falls to a minimum and rises again: the turning point, [start, end) of the fall, of the rise."""
    inside = np.flatnonzero((time_s >= cycle.start_s - MARGIN_S) & (time_s <= cycle.end_s + MARGIN_S))
    time, level = time_s[inside], height[inside]
    speed = local_speed(time, level)
    core = (time >= cycle.start_s) & (time <= cycle.end_s)
    low = int(np.flatnonzero(core)[np.argmin(level[core])])
    rests = _rests(time, level, low)
    first, last = float(rests.min()), float(rests.max())
    begin = _rest_beyond(time[: low + 1][::-1], level[: low + 1][::-1], speed[: low + 1][::-1])
    end = _rest_beyond(time[low:], level[low:], speed[low:])
    return (first + last) / 2, (min(begin, first), first), (last, max(end, last))


MARGIN_S = 0.3


def _rests(time: FloatArray, level: FloatArray, low: int) -> FloatArray:
    """Times at which the hips rest in the low region, or turn from falling to rising there. The middle of the first and
    the last is the turning point: for a V its vertex, however unlike its two sides are; for a pause its middle."""
    before, after = level[: low + 1].max(), level[low:].max()
    edge = level[low] + TURN_SHARE * (min(before, after) - level[low])
    below = np.flatnonzero(level <= edge)
    near = slice(max(int(below[0]) - 1, 0), min(int(below[-1]) + 2, level.size))
    speed = local_speed(time[near], level[near], TURN_HALF_WINDOW_S)
    limit = min(REST_SPEED_PER_S, REST_SPEED_SHARE * float(np.abs(local_speed(time, level)).max()))
    still = np.flatnonzero(np.abs(speed) <= limit) + near.start
    crossed = np.flatnonzero((speed[:-1] < 0) & (speed[1:] >= 0))
    share = speed[crossed] / (speed[crossed] - speed[crossed + 1])
    crossings = time[crossed + near.start] + share * np.diff(time)[crossed + near.start]
    rests = np.concatenate([time[still], crossings])
    return rests if rests.size else time[low : low + 1]


def _rest_beyond(time: FloatArray, level: FloatArray, speed: FloatArray) -> float:
    """Going away from the minimum: when the hips come to rest on the far side."""
    excursion = float(level.max() - level[0])
    limit = min(START_SPEED_PER_S, START_SPEED_SHARE * float(np.abs(speed).max()))
    arrived = int(np.argmax(level >= level.max() - FAR_SHARE * excursion))
    still = np.flatnonzero(np.abs(speed[arrived:]) < limit)
    return float(time[arrived + int(still[0]) if still.size else int(np.argmax(level))])
