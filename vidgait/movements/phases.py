"""When exactly: the instants of one cycle, from the body's height around it, after the fact.

Counting is done by the forward-only machine; nothing here adds or drops a repetition. Heights in leg lengths, y up.

An event is where the speed passes a limit (specification 4.2), between frames. A movement that begins without a jerk
has no sharper beginning: a minimum-jerk squat of 1.2 s passes the limit 0.15 s after its first, unseen, millimetre.
Going back from there to where a fitted smooth curve begins was tried and lost: it is exact for the curve that is
assumed, and on real squats up to a second early.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vidgait.movements.framework import Cycle
    from vidgait.movements.posture import BodySample
    from vidgait.types import FloatArray, IntArray, Side

__all__ = [
    "MARGIN_S",
    "START_SPEED_PER_S",
    "Ways",
    "crossing_s",
    "curved_speed",
    "far_share_of",
    "height_signals",
    "local_speed",
    "sit_to_stand_instants",
    "squat_instants",
    "ways_of",
]

# Slower than this, the body rests (specification 4.2); in a slow repetition, this share of its own peak speed.
REST_SPEED_PER_S = 0.06
REST_SPEED_SHARE = 0.15
# The speed at which a repetition begins and ends (specification 4.2).
START_SPEED_PER_S = 0.05
START_SPEED_SHARE = 0.12
# A repetition ends where the body rests within this share of the excursion from the far side.
FAR_SHARE = 0.05
# The stand on one leg from which a bend begins is lower than that on both feet by up to a fifth of the bend (found on
# rendered squats and step-downs: with 0.05 the shift of weight and the lifting of the foot belonged to the bend).
ONE_LEG_FAR_SHARE = 0.2
# Rests within this share of the excursion from the lowest sample belong to the turning point.
TURN_SHARE = 0.06
TURN_HALF_WINDOW_S = 0.12
SPEED_HALF_WINDOW_S = 0.25
# So much of a window a straight line gets in place of a cubic; a cubic wants some samples more than it has numbers.
STRAIGHT_SHARE = 0.4
CUBIC_SAMPLES_MIN = 6
# Planted feet do not move, so what their points do within this time is noise (bending knees pull at them for as long as
# they bend); a hand that holds the camera drifts more slowly.
FEET_HALF_WINDOW_S = 0.6
# How far around a repetition its signals are looked at.
MARGIN_S = 0.3
AROUND_S = 1.0


@dataclass(frozen=True, slots=True)
class Ways:
    """When a signal that falls and rises again does so, s: [fall_start, fall_end), the turn, [rise_start, rise_end)."""

    fall_start_s: float
    fall_end_s: float
    turn_s: float
    rise_start_s: float
    rise_end_s: float


def height_signals(samples: Sequence[BodySample], cycle: Cycle) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """(N,) time, and (N,) height of hips and of shoulders over the floor, around a cycle, seen samples only, in the leg
    length at its turn: within one repetition a leg does not grow, so a correction of the size must not look like
    movement.

    The shoulders are scaled to the hips' way so that a speed means the same for both. They move further than the hips
    and are seen best: on rendered squats they tell the start within 0.02 s (SD), the hips within 0.07. None where they
    are not seen all the time."""
    near = [sample for sample in samples if cycle.start_s - AROUND_S <= sample.time_s <= cycle.end_s + AROUND_S]
    seen = [sample for sample in near if sample.seen]
    size_px = min(seen, key=lambda sample: abs(sample.time_s - cycle.turn_s)).size_px
    time_s = np.array([sample.time_s for sample in seen])
    floor_px = _floor_px(time_s, seen)
    hips = (np.array([one.hip_height * one.size_px + one.feet_px for one in seen]) - floor_px) / size_px
    shoulders = (np.array([one.shoulder_height * one.size_px + one.feet_px for one in seen]) - floor_px) / size_px
    core = (time_s >= cycle.start_s) & (time_s <= cycle.end_s)
    if not np.isfinite(shoulders).all() or core.sum() < 3:
        return time_s, hips, None
    way, hip_way = np.ptp(shoulders[core]), np.ptp(hips[core])
    return time_s, hips, shoulders * (hip_way / way) if way > hip_way / 2 else None


def _floor_px(time_s: FloatArray, seen: Sequence[BodySample]) -> FloatArray:
    """(N,) where the floor is in the picture, px upward."""
    soles_px = np.array([sample.soles_px for sample in seen]).mean(axis=1)
    if not np.isfinite(soles_px).all():
        soles_px = np.array([sample.feet_px for sample in seen])
    return _moving_median(time_s, soles_px, FEET_HALF_WINDOW_S)


def _moving_median(time_s: FloatArray, value: FloatArray, half_window_s: float) -> FloatArray:
    first = np.searchsorted(time_s, time_s - half_window_s - 1e-9)
    last = np.searchsorted(time_s, time_s + half_window_s + 1e-9)
    return np.array([np.median(value[a:b]) for a, b in zip(first, last, strict=True)])


def local_speed(time_s: FloatArray, value: FloatArray, half_window_s: float) -> FloatArray:
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


def curved_speed(time_s: FloatArray, value: FloatArray, half_window_s: float) -> FloatArray:
    """(N,) slope of a cubic fitted within +-`half_window_s` of each sample. A movement that sets out or turns within
    the window keeps its speed, which a straight line would smear: for the same noise the window may be wider by
    `STRAIGHT_SHARE`. Where half the window is not seen on either side, or too few samples for a cubic, the straight
    line of `local_speed`."""
    speed = local_speed(time_s, value, STRAIGHT_SHARE * half_window_s)
    first = np.searchsorted(time_s, time_s - half_window_s - 1e-9)
    count = np.searchsorted(time_s, time_s + half_window_s + 1e-9) - first
    reach_s = np.minimum(time_s - time_s[:1], time_s[-1:] - time_s)
    fits = np.flatnonzero((reach_s >= half_window_s / 2 - 1e-9) & (count >= CUBIC_SAMPLES_MIN))
    if fits.size:
        at = np.arange(int(count[fits].max()))
        rows = np.minimum(first[fits, None] + at, time_s.size - 1)
        since = (time_s[rows] - time_s[fits, None]) / half_window_s
        used = (at < count[fits, None])[:, None, :]
        powers = np.stack([np.ones_like(since), since, since**2, since**3], axis=1) * used
        products = (powers @ (value[rows] - value[fits, None])[..., None])[..., 0]
        fitted = np.linalg.solve(powers @ np.swapaxes(powers, 1, 2), products[..., None])
        speed[fits] = fitted[:, 1, 0] / half_window_s
    return speed


def far_share_of(leg: Side | None) -> float:
    """Within which share of the excursion from the far side a bend on `leg`, or on both (None), begins and ends."""
    return FAR_SHARE if leg is None else ONE_LEG_FAR_SHARE


def squat_instants(samples: Sequence[BodySample], cycle: Cycle, far_share: float = FAR_SHARE) -> dict[str, float]:
    """start, eccentric_end, bottom, concentric_start, end. A cut-off repetition has what it shows. The bottom is that
    of the hips; when the body moves is read from the shoulders where they are seen. `far_share`: `far_share_of`."""
    time_s, height, trunk = height_signals(samples, cycle)
    hips = _around_turn(time_s, height, cycle, far_share)
    ways = hips if trunk is None else _around_turn(time_s, trunk, cycle, far_share)
    turn_s = hips.turn_s
    fall_end_s, rise_start_s = min(ways.fall_end_s, turn_s), max(ways.rise_start_s, turn_s)
    instants: dict[str, float] = {}
    if cycle.cut != "start":
        instants |= {"start": min(ways.fall_start_s, fall_end_s), "eccentric_end": fall_end_s}
    if cycle.cut is None or fall_end_s < turn_s < rise_start_s or cycle.start_s < turn_s < cycle.end_s:
        instants["bottom"] = turn_s
    if cycle.cut != "end":
        instants |= {"concentric_start": rise_start_s, "end": max(ways.rise_end_s, rise_start_s)}
    return instants


def sit_to_stand_instants(samples: Sequence[BodySample], cycle: Cycle) -> dict[str, float]:
    """bottom (the hips begin to rise: the same as concentric_start), concentric_end, top (full stand),
    eccentric_start, eccentric_end (seated again). The last three may lack the sitting down. On the seat the hips tell,
    as the trunk leans before the person rises; at the stand the shoulders, as it is full when the trunk is up."""
    time_s, height, trunk = height_signals(samples, cycle)
    hips = _around_turn(time_s, -height, cycle)
    stand = hips if trunk is None else _around_turn(time_s, -trunk, cycle)
    instants = {"bottom": hips.fall_start_s, "concentric_start": hips.fall_start_s}
    instants |= {"concentric_end": max(stand.fall_end_s, hips.fall_start_s), "top": stand.turn_s}
    if cycle.end_s > cycle.turn_s and abs(cycle.end_height - cycle.turn_height) > 0.5 * cycle.excursion:
        end_s = hips.rise_end_s
        instants |= {"eccentric_start": min(stand.rise_start_s, end_s), "eccentric_end": end_s}
    return instants


def _around_turn(time_s: FloatArray, height: FloatArray, cycle: Cycle, far_share: float = FAR_SHARE) -> Ways:
    inside = (time_s >= cycle.start_s - MARGIN_S) & (time_s <= cycle.end_s + MARGIN_S)
    speed = curved_speed(time_s, height, SPEED_HALF_WINDOW_S)[inside]
    turning = curved_speed(time_s, height, TURN_HALF_WINDOW_S)[inside]
    time, level = time_s[inside], height[inside]
    core = (time >= cycle.start_s) & (time <= cycle.end_s)
    low = int(np.flatnonzero(core)[np.argmin(level[core])])
    return ways_of(time, level, low, speed, turning, far_share)


def ways_of(
    time: FloatArray,
    level: FloatArray,
    low: int,
    speed: FloatArray,
    turning: FloatArray,
    far_share: float = FAR_SHARE,
) -> Ways:
    """The events of a signal (N,) that is lowest at `low`, by the rules above; between samples the speed is taken as a
    straight line. `speed` is used away from the turn, `turning` around it: they may be smoothed differently, and are
    the same for a curve that is known exactly."""
    rests = _rests(time, level, low, turning, float(np.abs(speed).max()))
    first, last = float(rests.min()), float(rests.max())
    before = slice(low, None, -1)
    begin = _rest_beyond(time[before], level[before], speed[before], far_share)
    end = _rest_beyond(time[low:], level[low:], speed[low:], far_share)
    return Ways(min(begin, first), first, (first + last) / 2, last, max(end, last))


def _low_region(level: FloatArray, low: int) -> slice:
    before, after = level[: low + 1].max(), level[low:].max()
    edge = level[low] + TURN_SHARE * (min(before, after) - level[low])
    below = np.flatnonzero(level <= edge)
    return slice(max(int(below[0]) - 1, 0), min(int(below[-1]) + 2, level.size))


def _rests(time: FloatArray, level: FloatArray, low: int, turning: FloatArray, peak: float) -> FloatArray:
    """Times at which the body rests in the low region, or turns from falling to rising there. The middle of the first
    and the last is the turning point: for a V its vertex, however unlike its two sides are; for a pause its middle."""
    near = _low_region(level, low)
    at, speed = time[near], turning[near]
    limit = min(REST_SPEED_PER_S, REST_SPEED_SHARE * peak)
    slow = np.abs(speed) - limit
    still = slow <= 0
    edges = np.flatnonzero(still[:-1] != still[1:])
    crossed = np.flatnonzero((speed[:-1] < 0) & (speed[1:] >= 0))
    rests = np.concatenate([at[still], crossing_s(at, slow, edges), crossing_s(at, speed, crossed)])
    return rests if rests.size else time[low : low + 1]


def crossing_s(time_s: FloatArray, value: FloatArray, before: IntArray | int) -> FloatArray:
    """When `value` (N,) passes 0 on a straight line from the sample `before` to the next one; (M,) for M of them."""
    share = value[before] / (value[before] - value[before + 1])
    return np.asarray(time_s[before] + share * (time_s[before + 1] - time_s[before]))


def _rest_beyond(time: FloatArray, level: FloatArray, speed: FloatArray, far_share: float) -> float:
    """Going away from the minimum: when the body comes to rest on the far side."""
    excursion = float(level.max() - level[0])
    limit = min(START_SPEED_PER_S, START_SPEED_SHARE * float(np.abs(speed).max()))
    arrived = int(np.argmax(level >= level.max() - far_share * excursion))
    quick = np.abs(speed) - limit
    still = np.flatnonzero(quick[arrived:] < 0)
    if not still.size:
        return float(time[int(np.argmax(level))])
    first = arrived + int(still[0])
    if first == arrived:
        return float(time[first])
    return float(crossing_s(time, quick, first - 1))
