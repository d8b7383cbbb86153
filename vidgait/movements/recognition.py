"""Which movement a clip shows.

Several readings of the same samples are tried (standing between excursions, sitting between excursions, one leg, a
split stance, the shoulders alone) and the one that the evidence favours is named, in words. What fits none is left
unnamed: no repetition of it is counted.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.errors import SettingsError
from vidgait.movements.carriage import ahead_of
from vidgait.movements.framework import leg_share
from vidgait.movements.hinge import HINGE
from vidgait.movements.lunge import LUNGE
from vidgait.movements.posture import BodySample, read_track
from vidgait.movements.readings import Excursion, Readings
from vidgait.movements.seat import SEATED_SCORE, seat_evidence
from vidgait.movements.single_leg_squat import SINGLE_LEG_SQUAT
from vidgait.movements.single_leg_stance import SINGLE_LEG_STANCE
from vidgait.movements.sit_to_stand import SIT_TO_STAND
from vidgait.movements.squat import SQUAT
from vidgait.movements.step_down import STEP_DOWN, goes_below
from vidgait.types import Movement, Segment, Series, Track

if TYPE_CHECKING:
    from vidgait.movements.framework import Cycle, MovementSpec

__all__ = ["MOVEMENTS", "cutoff_hz", "excursions_of", "recognise"]

MOVEMENTS: Mapping[str, MovementSpec] = {
    spec.id: spec for spec in (SQUAT, SIT_TO_STAND, SINGLE_LEG_SQUAT, STEP_DOWN, SINGLE_LEG_STANCE, LUNGE, HINGE)
}
DEFAULT_CUTOFF_HZ = 6.0

# A single shallow bend is too little to name a movement by: these are about 55 and 40 degrees of knee flexion.
ALONE_MIN = 0.12
SEVERAL_MIN = 0.05
# On one leg, where there is more to tell it by, 45 and 35 degrees.
ONE_LEG_ALONE_MIN = 0.07
ALONE_SHARE = 0.5
# One way this much quicker than the other is a fall or a catch: tempo work goes down three times as slowly as up.
ALONE_WAYS_SHARE = 0.3
# So is a way that takes less than this: nobody rises from a squat on one leg so quickly.
ALONE_WAY_MIN_S = 0.3
# Nobody changes the leg so quickly between two bends: shifting the weight and lifting the foot take longer.
CHANGE_MIN_S = 0.4
ONE_LEG_SEVERAL_MIN = 0.04
# Somebody who bows once, or picks something up, does not train hinges.
HINGES_MIN = 2
# Specification 4.1: overhead if both wrists are above the ears for this share of the repetitions.
OVERHEAD, OVERHEAD_SHARE = "overhead", 0.8
# A variant is named if more than half of the repetitions show it.
MOST = 0.5
# The feet move apart by this much, in leg lengths, in a lunge with a step.
STEP_MIN = 0.2
# Ahead of the standing foot by this much of the leg at the lowest point: a forward step-down.
FORWARD_MIN = 0.15
AT_TURN_S = 0.1


def cutoff_hz(movement_id: str | None) -> float:
    """Low-pass of the keypoints for a movement; 6 Hz where it is not known."""
    spec = MOVEMENTS.get(movement_id or "")
    return spec.cutoff_hz if spec else DEFAULT_CUTOFF_HZ


def recognise(
    track: Track,
    segments: Sequence[Segment],
    series: Sequence[Series],
    named: str | None = None,
    readings: Readings | None = None,
) -> Movement:
    """Name the movement. `named` is the user's own word for it; raises SettingsError if nobody knows that movement.
    `readings`: those of the same track and segments, where they have been made already."""
    readings = readings or Readings(read_track(track, segments))
    if named is not None:
        if named not in MOVEMENTS:
            raise SettingsError(f"Unknown movement '{named}'.", f"Known: {', '.join(MOVEMENTS)}, auto.")
        return _flagged(Movement(named, 1.0, "named by you"), readings, track)
    return _flagged(_recognised(readings, series, track), readings, track)


def _recognised(readings: Readings, series: Sequence[Series], track: Track) -> Movement:
    squats, stands, one_leg = readings.squats, readings.stands, readings.one_leg_bends
    most = _counted(one_leg) >= _counted(squats) and not _mostly_something_else(one_leg)
    if most and _enough(one_leg, ONE_LEG_ALONE_MIN, ONE_LEG_SEVERAL_MIN) and _stands_alone(one_leg, readings.samples):
        return _one_leg_movement(one_leg, readings, track)
    cycles = [one.cycle for one in squats], [one.cycle for one in stands]
    score, evidence = seat_evidence(readings.samples, *cycles, series, track)
    if score >= SEATED_SCORE and _enough(stands):
        return Movement(SIT_TO_STAND.id, _confidence(score - SEATED_SCORE), f"{_count(stands, 'stand')}: {evidence}")
    if _enough(squats) and not _mostly_something_else(squats):
        basis = f"{_count(squats, 'bend')} of both knees with the feet in place"
        return Movement(SQUAT.id, _confidence(SEATED_SCORE - score), basis)
    return _split_or_bowed_or_still(readings)


def _one_leg_movement(bends: Sequence[Excursion], readings: Readings, track: Track) -> Movement:
    counted = [one for one in bends if one.cycle.counted]
    legs = " and ".join(side for side in ("left", "right") if any(one.side == side for one in counted))
    below = np.mean([goes_below(readings.samples, one.cycle, one.side or "left") for one in counted])
    # Seen from behind, a foot that is held behind is nearer and seems lower than it is.
    ahead = [one for one in (_ahead(track, bend) for bend in counted) if one is not None]
    behind = bool(ahead) and float(np.median(ahead)) < -FORWARD_MIN
    spec = STEP_DOWN if below > MOST and not behind else SINGLE_LEG_SQUAT
    more = ", the other foot going below it" if spec is STEP_DOWN else ""
    basis = f"{_count(bends, 'bend')} on one leg ({legs}){more}"
    return Movement(spec.id, _confidence(min(len(counted), 3) + 1), basis)


def _stands_alone(bends: Sequence[Excursion], samples: Sequence[BodySample]) -> bool:
    """A single bend is believed only where the leg is seen to carry the body; a foot that goes down with the hips may
    be a stumble. Several are not believed where one leg takes over from the other at once, as in walking."""
    counted = [one for one in bends if one.cycle.counted]
    if len(counted) > 1:
        changes = [(a.cycle, b.cycle) for a, b in itertools.pairwise(counted) if a.side != b.side]
        steps = sum(b.start_s - a.end_s < CHANGE_MIN_S for a, b in changes)
        return steps <= len(counted) / 3
    cycle, side = counted[0].cycle, counted[0].side
    during = [sample for sample in samples if cycle.start_s <= sample.time_s <= cycle.end_s and sample.seen]
    if side is None or leg_share(during, side) < ALONE_SHARE:
        return False
    if min(cycle.turn_s - cycle.start_s, cycle.end_s - cycle.turn_s) < ALONE_WAY_MIN_S:
        return False
    down_s, up_s = _ways_s([sample.over_foot(side) for sample in during], cycle)
    return min(down_s, up_s) >= ALONE_WAYS_SHARE * max(down_s, up_s)


def _ways_s(during: Sequence[BodySample], cycle: Cycle) -> tuple[float, float]:
    """How long the hips take down and up through the middle third of their way: neither a rest at the bottom nor what
    they sink by when the other foot leaves the floor is in it."""
    low = min(sample.hip_height for sample in during)
    before = [sample for sample in reversed(during) if sample.time_s <= cycle.turn_s]
    after = [sample for sample in during if sample.time_s >= cycle.turn_s]
    third = cycle.excursion / 3
    down_s, up_s = (_passed_s(way, low + 2 * third) - _passed_s(way, low + third) for way in (before, after))
    return -down_s, up_s


def _passed_s(way: Sequence[BodySample], height: float) -> float:
    """When the hips are first above `height` on `way`; its last instant where they never are."""
    return next((sample.time_s for sample in way if sample.hip_height > height), way[-1].time_s)


def _split_or_bowed_or_still(readings: Readings) -> Movement:
    lunges, hinges = readings.lunges, readings.hinges
    if _enough(lunges) and not _mostly_something_else(lunges):
        basis = f"{_count(lunges, 'bend')} of both knees with one foot ahead of the other"
        return Movement(LUNGE.id, _confidence(min(_counted(lunges), 3)), basis)
    if _counted(hinges) >= HINGES_MIN and not _mostly_something_else(hinges):
        basis = f"{_count(hinges, 'bow')} of the trunk over hips that hardly sink"
        return Movement(HINGE.id, _confidence(min(_counted(hinges), 3)), basis)
    holds = [hold for hold in readings.holds if hold.counted]
    if holds:
        legs = " and ".join(side for side in ("left", "right") if any(hold.side == side for hold in holds))
        basis = f"{len(holds)} hold{'' if len(holds) == 1 else 's'} on one leg ({legs})"
        return Movement(SINGLE_LEG_STANCE.id, _confidence(2), basis)
    return Movement(None, 0.0, _why_none([*readings.squats, *readings.stands]))


def excursions_of(spec: MovementSpec, readings: Readings) -> list[Excursion]:
    """What a movement's repetitions are made of; nothing for holds."""
    found = {
        SQUAT.id: lambda: readings.squats,
        SIT_TO_STAND.id: lambda: readings.stands,
        SINGLE_LEG_SQUAT.id: lambda: readings.one_leg_bends,
        STEP_DOWN.id: lambda: readings.one_leg_bends,
        LUNGE.id: lambda: readings.lunges,
        HINGE.id: lambda: readings.hinges,
    }
    return found[spec.id]() if spec.id in found else []


def _counted(found: Sequence[Excursion]) -> int:
    return sum(one.cycle.counted for one in found)


def _enough(found: Sequence[Excursion], alone_min: float = ALONE_MIN, several_min: float = SEVERAL_MIN) -> bool:
    sizes = [one.cycle.excursion for one in found if one.cycle.counted]
    return bool(sizes) and (max(sizes) >= alone_min if len(sizes) == 1 else float(np.median(sizes)) >= several_min)


def _mostly_something_else(found: Sequence[Excursion]) -> bool:
    """One that passes among many of its size that do not (the last of several jumps) names no movement."""
    cycles = [one.cycle for one in found]
    sizes = [cycle.excursion for cycle in cycles if cycle.counted] or [0.0]
    alike = [cycle for cycle in cycles if cycle.rejected and cycle.excursion >= 0.6 * float(np.median(sizes))]
    return len(alike) > 2 * len(sizes)


def _count(found: Sequence[Excursion], word: str) -> str:
    count = _counted(found)
    return f"{count} {word}{'' if count == 1 else 's'}"


def _confidence(margin: int) -> float:
    return (0.6, 0.75, 0.85, 0.9, 0.95)[min(max(margin, 0), 4)]


def _why_none(found: Sequence[Excursion]) -> str:
    reasons = Counter(reason for one in found for reason in one.cycle.rejected)
    if not reasons:
        return "no repeated bending of the knees was seen"
    return f"not a movement that is known yet: {reasons.most_common(1)[0][0]}"


# --- variants -----------------------------------------------------------------------------------------------------


def _flagged(movement: Movement, readings: Readings, track: Track) -> Movement:
    spec = MOVEMENTS.get(movement.label or "")
    counted = [one for one in excursions_of(spec, readings) if one.cycle.counted] if spec else []
    if not counted:
        return movement
    if spec is SQUAT and _arms_up(readings.samples, counted):
        basis = f"{movement.basis}; overhead squat: arms up throughout"
        return replace(movement, basis=basis, flags=(OVERHEAD,))
    if spec is STEP_DOWN:
        forward = [ahead > FORWARD_MIN for one in counted if (ahead := _ahead(track, one)) is not None]
        if forward:
            return replace(movement, flags=("forward" if np.mean(forward) > MOST else "lateral",))
    if spec is LUNGE:
        steps = [_feet_move(readings.samples, one) for one in counted]
        return replace(movement, flags=("forward" if np.mean(steps) > MOST else "split_squat",))
    if spec is HINGE and np.mean([_low_hands(readings.samples, one) for one in counted]) > MOST:
        return replace(movement, flags=("deadlift",))
    return movement


def _ahead(track: Track, one: Excursion) -> float | None:
    """How far the free foot is ahead of the other at the lowest point, leg lengths."""
    at_s = one.cycle.turn_s
    return ahead_of(track, at_s - AT_TURN_S, at_s + AT_TURN_S, one.side or "left")


def _arms_up(samples: Sequence[BodySample], counted: Sequence[Excursion]) -> bool:
    inside = [
        sample.wrists_over_ears
        for one in counted
        for sample in samples
        if one.cycle.start_s <= sample.time_s <= one.cycle.end_s and np.isfinite(sample.wrists_over_ears)
    ]
    return bool(inside and np.mean(np.array(inside) > 0) >= OVERHEAD_SHARE)


def _feet_move(samples: Sequence[BodySample], one: Excursion) -> bool:
    seen = [sample for sample in samples if sample.seen]
    low = min(seen, key=lambda sample: abs(sample.time_s - one.cycle.turn_s))
    high = min(seen, key=lambda sample: abs(sample.time_s - one.cycle.start_s))
    return bool(np.hypot(*np.subtract(low.feet_apart, high.feet_apart)) > STEP_MIN)


def _low_hands(samples: Sequence[BodySample], one: Excursion) -> bool:
    seen = [sample for sample in samples if sample.seen]
    return min(seen, key=lambda sample: abs(sample.time_s - one.cycle.turn_s)).wrists_over_knees < 0
