"""When a repetition truly begins, turns and ends: vidgait's own definition of each event, applied to the exact curve.

A smooth movement has no first moment that anybody could see: a person who bends the knees by a minimum-jerk curve for
1.2 s has sunk by less than 1 mm after 0.15 s. So an event is defined by a speed (biomechanics specification, section
4.2; `vidgait.movements.phases`), and its truth is that definition on the true heights of shoulders and hips, without
noise, without a filter and between frames. What was prescribed stays in the truth file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import CubicSpline

from vidgait.kinematics.standing import SIDES
from vidgait.movements.phases import MARGIN_S, Ways, far_share_of, ways_of
from vidgait.movements.posture import BodySample
from vidgait.movements.single_leg_stance import Hold, hold_instants

if TYPE_CHECKING:
    from vidgait.truth.reference import TrueRep
    from vidgait.types import FloatArray, Side

__all__ = ["EVENTS", "Around", "holds", "lunge_events", "sit_to_stand_events", "squat_events"]

STEP_S = 0.001
HOLD_STEP_S = 0.005
LIFTED_LEGS = 0.015
"""A foot whose ankle is this share of the leg above the other one is off the floor."""

Points = Mapping[str, "FloatArray"]


@dataclass(frozen=True, slots=True)
class Around:
    """Where to look: the repetition that was prescribed for `[start_s, end_s)` and turns near `turn_s`."""

    start_s: float
    turn_s: float
    end_s: float
    leg: Side | None = None
    """That it is done on: heights are counted from its ankle."""


def squat_events(points_m: Points, time_s: FloatArray, around: Around) -> dict[str, float]:
    """start, eccentric_end, bottom, concentric_start and end of a bend of the knees. `points_m` are (T, 3), z up."""
    return _bend_events(points_m, time_s, around, _ankle_of(around.leg))


def lunge_events(points_m: Points, time_s: FloatArray, around: Around) -> dict[str, float]:
    """The same with heights over the lower ankle: that of the foot that stands while the other one steps."""
    return _bend_events(points_m, time_s, replace(around, leg=None), _lower_ankle)


def sit_to_stand_events(points_m: Points, time_s: FloatArray, around: Around) -> dict[str, float]:
    """concentric_start, concentric_end, top, eccentric_start and eccentric_end: hips on the seat, shoulders at the
    stand."""
    heights = _hips_and_shoulders(points_m, time_s, around, _ankle_of(None))
    hips, stand = (_ways(time_s, -height, around) for height in heights)
    return {
        "bottom": hips.fall_start_s,
        "concentric_start": hips.fall_start_s,
        "concentric_end": stand.fall_end_s,
        "top": stand.turn_s,
        "eccentric_start": stand.rise_start_s,
        "eccentric_end": hips.rise_end_s,
    }


EVENTS: Mapping[str, Callable[[Points, FloatArray, Around], dict[str, float]]] = {
    "squat": squat_events,
    "single_leg_squat": squat_events,
    "step_down": squat_events,
    "lunge": lunge_events,
    "sit_to_stand": sit_to_stand_events,
}
"""By movement: (points, frame times, where to look) -> instants."""


def _bend_events(points_m: Points, time_s: FloatArray, around: Around, floor: _Floor) -> dict[str, float]:
    hips, shoulders = _hips_and_shoulders(points_m, time_s, around, floor)
    turn_s = _ways(time_s, hips, around).turn_s
    ways = _ways(time_s, shoulders, around)
    return {
        "start": ways.fall_start_s,
        "eccentric_end": min(ways.fall_end_s, turn_s),
        "bottom": turn_s,
        "concentric_start": max(ways.rise_start_s, turn_s),
        "end": ways.rise_end_s,
    }


_Floor = Callable[[Points], "FloatArray"]
"""Points -> (T,) the height that others are counted from."""


def _ankle_of(leg: Side | None) -> _Floor:
    sides = SIDES if leg is None else (leg,)
    return lambda points_m: np.asarray(np.mean([points_m[f"{side}_ankle"][:, 2] for side in sides], axis=0))


def _lower_ankle(points_m: Points) -> FloatArray:
    return np.asarray(np.minimum(points_m["left_ankle"][:, 2], points_m["right_ankle"][:, 2]))


def _hips_and_shoulders(
    points_m: Points, time_s: FloatArray, around: Around, floor: _Floor
) -> tuple[FloatArray, FloatArray]:
    """(T,) heights in leg lengths, the shoulders' scaled to the hips' way in `[start_s, end_s]`."""
    leg_m, level_m = _leg_m(points_m), floor(points_m)
    hips, shoulders = (
        ((points_m[f"left_{part}"] + points_m[f"right_{part}"])[:, 2] / 2 - level_m) / leg_m
        for part in ("hip", "shoulder")
    )
    during = (time_s >= around.start_s) & (time_s <= around.end_s)
    return hips, shoulders * (np.ptp(hips[during]) / np.ptp(shoulders[during]))


def _leg_m(points_m: Points) -> float:
    lengths = [
        np.median(np.linalg.norm(points_m[f"{side}_{upper}"] - points_m[f"{side}_{lower}"], axis=1))
        for side in SIDES
        for upper, lower in (("hip", "knee"), ("knee", "ankle"))
    ]
    return float(np.sum(lengths) / 2)


def _ways(time_s: FloatArray, level: FloatArray, around: Around) -> Ways:
    """On a fine grid of a cubic spline through the frames."""
    first, last = max(around.start_s - MARGIN_S, time_s[0]), min(around.end_s + MARGIN_S, time_s[-1])
    curve, time = CubicSpline(time_s, level), np.arange(first, last, STEP_S)
    fine = curve(time)
    near = np.flatnonzero(np.abs(time - around.turn_s) <= (around.end_s - around.start_s) / 4)
    low = int(near[np.argmin(fine[near])])
    speed = curve(time, 1)
    return ways_of(time, fine, low, speed, speed, far_share_of(around.leg))


# --- holds ------------------------------------------------------------------------------------------------------------


def holds(points_m: Points, time_s: FloatArray, prescribed: Sequence[TrueRep]) -> tuple[TrueRep, ...]:
    """One hold for each time a foot leaves the floor, with start, lifted, lowered and end by vidgait's own definition.
    What was prescribed within one (a drop, then a lean) are changes of posture, not holds."""
    lift = (points_m["left_ankle"] - points_m["right_ankle"])[:, 2] / _leg_m(points_m)
    found = [_hold(lift, time_s, rep) for rep in prescribed]
    apart = [next(group) for _, group in groupby(found, key=lambda rep: (rep.side, rep.start_s))]
    return tuple(replace(rep, index=number) for number, rep in enumerate(apart, start=1))


def _hold(lift: FloatArray, time_s: FloatArray, rep: TrueRep) -> TrueRep:
    """`lift` (T,): left ankle above the right one, leg lengths."""
    if rep.side is None:
        return rep
    up = (lift if rep.side == "right" else -lift) > LIFTED_LEGS
    middle = int(np.argmin(np.abs(time_s - rep.middle_s)))
    before, after = np.flatnonzero(~up[: middle + 1]), np.flatnonzero(~up[middle:])
    first, last = (before[-1] + 1 if before.size else 0), (middle + after[0] - 1 if after.size else up.size - 1)
    if last <= first:
        return rep
    hold = Hold(rep.side, float(time_s[first]), float(time_s[last]), not before.size, not after.size)
    grid = np.arange(time_s[0], time_s[-1] + HOLD_STEP_S / 2, HOLD_STEP_S)
    curve = CubicSpline(time_s, lift)(grid)
    instants = hold_instants([_sample(float(at_s), float(one)) for at_s, one in zip(grid, curve, strict=True)], hold)
    return replace(rep, kind="hold", start_s=instants["start"], end_s=instants["end"], instants=instants)


def _sample(time_s: float, lift: float) -> BodySample:
    """Of which only the height of the feet is known."""
    nothing = float("nan")
    return BodySample(
        time_s=time_s,
        hip_height=1.0,
        shoulder_height=nothing,
        left_extension=nothing,
        right_extension=nothing,
        left_knee_height=nothing,
        right_knee_height=nothing,
        feet_apart=(nothing, lift),
        feet_px=nothing,
        wrists_over_ears=nothing,
        size_px=1.0,
        lift=lift,
    )
