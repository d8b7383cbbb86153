"""The repetitions of a named movement, and what was seen but not counted."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.movements.carriage import arms, free_leg
from vidgait.movements.phases import far_share_of, sit_to_stand_instants, squat_instants
from vidgait.movements.posture import BodySample, read_track
from vidgait.movements.readings import Excursion, Readings
from vidgait.movements.recognition import MOVEMENTS, excursions_of
from vidgait.movements.single_leg_squat import SINGLE_LEG_SQUAT
from vidgait.movements.single_leg_stance import SINGLE_LEG_STANCE, Hold, hold_instants
from vidgait.movements.sit_to_stand import SIT_TO_STAND
from vidgait.movements.step_down import STEP_DOWN
from vidgait.types import Issue, Movement, Rep, Segment, Track

if TYPE_CHECKING:
    from vidgait.movements.framework import Cycle, MovementSpec

__all__ = ["find_reps"]

# Fewer than half as deep as the set's median: a half repetition (specification 4.2).
HALF_REP_SHARE = 0.5
HALF_REP_MIN_REPS = 3
# A cut-off bend smaller than this is not worth a line; on one leg, half of it.
PARTIAL_MIN = 0.15
ONE_LEG_PARTIAL_MIN = 0.07
# A gap in the points longer than this may hide the instant it lies at.
GAP_S = 0.25
NEAR_S = 0.15
# A rest longer than this, and than so many of the set's usual ones, begins a new set.
SET_REST_S = 8.0
SET_REST_TIMES = 3.0
# In a one-leg repetition the person stands on that leg at its ends, if they do so for this long around the bend.
ON_LEG_MIN_S = 0.2
# Only where the hips have not sunk by more than this share of the bend is it asked who stands on what.
UPPER_SHARE = 0.15

ONE_LEGGED = (SINGLE_LEG_SQUAT.id, STEP_DOWN.id, SINGLE_LEG_STANCE.id)


def find_reps(
    movement: Movement, track: Track, segments: Sequence[Segment], readings: Readings | None = None
) -> tuple[tuple[Rep, ...], tuple[Issue, ...]]:
    """The repetitions of a named movement, and what was seen but not counted. Nothing for an unnamed one. `readings`:
    those of the same track and segments, where they have been made already."""
    spec = MOVEMENTS.get(movement.label or "")
    if spec is None:
        return (), ()
    readings = readings or Readings(read_track(track, segments))
    if spec is SINGLE_LEG_STANCE:
        reps = _hold_reps(readings.holds, readings.samples, segments)
        found: list[Excursion] = []
    else:
        found = excursions_of(spec, readings)
        reps = _apart(_cyclic_reps(found, spec, readings.samples, segments))
    return tuple(_in_sets([_carried(rep, track, spec) for rep in reps])), tuple(_not_counted(found, track))


def _cyclic_reps(
    found: Sequence[Excursion], spec: MovementSpec, samples: Sequence[BodySample], segments: Sequence[Segment]
) -> list[Rep]:
    half = {side: _half_rep_limit([one.cycle for one in found if one.side == side]) for side in (None, "left", "right")}
    least = ONE_LEG_PARTIAL_MIN if spec.id in ONE_LEGGED else PARTIAL_MIN
    reps: list[Rep] = []
    for one in found:
        cycle, limit = one.cycle, half[one.side]
        if cycle.rejected or (not cycle.counted and cycle.excursion < max(limit, least)):
            continue
        index = sum(rep.kind == "rep" for rep in reps) + 1 if cycle.counted else 0
        rep = _rep(one, index, spec, segments, limit)
        reps.append(_on_the_leg(rep, one, samples) if spec.id in ONE_LEGGED else rep)
    return reps


def _apart(reps: Sequence[Rep]) -> list[Rep]:
    """No repetition reaches into the next one: its last rest may be the first of the other."""
    following = [*(rep.start_s for rep in reps), float("inf")][1:]
    return [replace(rep, end_s=min(rep.end_s, start_s)) for rep, start_s in zip(reps, following, strict=True)]


def _half_rep_limit(cycles: Sequence[Cycle]) -> float:
    sizes = [cycle.excursion for cycle in cycles if cycle.counted]
    return HALF_REP_SHARE * float(np.median(sizes)) if len(sizes) >= HALF_REP_MIN_REPS else 0.0


def _rep(one: Excursion, index: int, spec: MovementSpec, segments: Sequence[Segment], half: float) -> Rep:
    cycle = one.cycle
    if spec is SIT_TO_STAND:
        instants = sit_to_stand_instants(one.samples, cycle)
    else:
        instants = squat_instants(one.samples, cycle, far_share_of(one.side if spec.id in ONE_LEGGED else None))
    start_s = instants.pop("start", cycle.start_s)
    end_s = instants.pop("end", instants.get("eccentric_end", cycle.end_s) if spec is SIT_TO_STAND else cycle.end_s)
    if spec is SIT_TO_STAND:
        start_s = instants["concentric_start"]
    turn_s = instants.get("bottom", cycle.turn_s)
    segment = _segment_of(segments, start_s, end_s)
    excluded = None
    if cycle.counted and cycle.excursion < half:
        excluded = "less than half as deep as the other repetitions"
    elif cycle.counted and not _seen_at(one.samples, turn_s):
        excluded = "the legs were not seen at the lowest point"
    elif cycle.counted and segments and not _inside(segments[segment], start_s, turn_s):
        excluded = "the person turned during it"
    return Rep(
        index=index,
        kind="rep" if cycle.counted else "partial",
        start_s=float(start_s),
        end_s=float(max(end_s, start_s)),
        side=one.side,
        instants={name: float(at) for name, at in instants.items()},
        segment=segment,
        excluded=excluded,
    )


def _on_the_leg(rep: Rep, one: Excursion, samples: Sequence[BodySample]) -> Rep:
    """The repetition without what happened on both feet: lifting the foot before the bend, setting it down after."""
    upper = one.cycle.rest_height - UPPER_SHARE * one.cycle.excursion
    high = {sample.time_s for sample in one.samples if sample.seen and sample.hip_height > upper}
    samples = [sample for sample in samples if sample.time_s in high]
    down_s = rep.instants.get("eccentric_end", rep.instants.get("concentric_start", rep.start_s))
    up_s = rep.instants.get("concentric_start", down_s)
    before = [s for s in samples if rep.start_s <= s.time_s <= down_s]
    after = [s for s in samples if up_s <= s.time_s <= rep.end_s]
    off = [s.time_s for s in before if s.stands_on != rep.side]
    on = [s.time_s for s in after if s.stands_on != rep.side]
    start_s = max(off, default=rep.start_s)
    end_s = min(on, default=rep.end_s)
    return replace(
        rep,
        start_s=start_s if down_s - start_s >= ON_LEG_MIN_S else rep.start_s,
        end_s=end_s if end_s - up_s >= ON_LEG_MIN_S else rep.end_s,
    )


def _seen_at(samples: Sequence[BodySample], time_s: float) -> bool:
    """No gap longer than may be bridged touches the instant."""
    spacing = float(np.median(np.diff([sample.time_s for sample in samples])))
    seen = np.array([sample.time_s for sample in samples if sample.seen])
    before, after = seen[:-1], seen[1:]
    near = (before <= time_s + NEAR_S) & (after >= time_s - NEAR_S)
    return not bool((near & (after - before > max(GAP_S, 2.5 * spacing))).any())


def _segment_of(segments: Sequence[Segment], start_s: float, end_s: float) -> int:
    """The segment that holds most of a repetition; the nearest where none holds any of it."""
    overlaps = [min(end_s, one.end_s) - max(start_s, one.start_s) for one in segments]  # negative: the distance
    return int(np.argmax(overlaps)) if overlaps else 0


def _inside(segment: Segment, *times_s: float) -> bool:
    return all(segment.start_s <= time_s < segment.end_s for time_s in times_s)


def _not_counted(found: Sequence[Excursion], track: Track) -> list[Issue]:
    issues = []
    for cycle in (one.cycle for one in found):
        if cycle.rejected and cycle.cut is None:
            first, last = (int(np.searchsorted(track.time_s, at)) for at in (cycle.start_s, cycle.end_s))
            message = f"A movement at {cycle.turn_s:.1f} s was not counted: {'; '.join(cycle.rejected)}."
            issues.append(Issue("rep_not_counted", "info", message, (first, min(last, track.time_s.size - 1))))
    return issues


# --- holds, sets, posture -----------------------------------------------------------------------------------------


def _hold_reps(holds: Sequence[Hold], samples: Sequence[BodySample], segments: Sequence[Segment]) -> list[Rep]:
    reps: list[Rep] = []
    for hold in holds:
        if not hold.counted:
            continue
        instants = hold_instants(samples, hold)
        start_s, end_s = instants.pop("start"), instants.pop("end")
        segment = _segment_of(segments, start_s, end_s)
        turned = bool(segments) and not _inside(segments[segment], instants["lifted"], instants["lowered"])
        reps.append(
            Rep(
                index=len(reps) + 1,
                kind="hold",
                start_s=float(start_s),
                end_s=float(end_s),
                side=hold.side,
                instants={name: float(at) for name, at in instants.items()},
                segment=segment,
                excluded="the person turned during it" if turned else None,
            )
        )
    return reps


def _carried(rep: Rep, track: Track, spec: MovementSpec) -> Rep:
    start_s, end_s = rep.instants.get("lifted", rep.start_s), rep.instants.get("lowered", rep.end_s)
    found: Mapping[str, str | None] = {
        "free_leg": free_leg(track, start_s, end_s, rep.side) if rep.side and spec.id in ONE_LEGGED else None,
        "arms": arms(track, start_s, end_s),
    }
    return replace(rep, posture={name: word for name, word in found.items() if word is not None})


def _in_sets(reps: Sequence[Rep]) -> list[Rep]:
    """A longer rest begins a set, and so does the other leg, unless the legs take turns."""
    if not reps:
        return []
    rests_s = [max(second.start_s - first.end_s, 0.0) for first, second in itertools.pairwise(reps)]
    limit_s = max(SET_REST_S, SET_REST_TIMES * float(np.median(rests_s))) if rests_s else SET_REST_S
    runs = [len(list(run)) for _, run in itertools.groupby(rep.side for rep in reps)]
    in_turn = len(runs) > 2 and float(np.median(runs)) == 1
    number, numbered = 1, [replace(reps[0], set_index=1)]
    for (first, second), rest_s in zip(itertools.pairwise(reps), rests_s, strict=True):
        number += rest_s > limit_s or (first.side != second.side and not in_turn)
        numbered.append(replace(second, set_index=number))
    return numbered
