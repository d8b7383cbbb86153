"""Which movement a clip shows, and its repetitions.

Several readings of the same samples are tried (standing between excursions, sitting between excursions) and the one
that the evidence favours is named, in words. What fits none is left unnamed: no repetition of it is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from vidgait.errors import SettingsError
from vidgait.movements.framework import Cycle, MovementSpec, RepMachine, RepRules
from vidgait.movements.phases import sit_to_stand_instants, squat_instants
from vidgait.movements.posture import BodySample, read_track
from vidgait.movements.sit_to_stand import SIT_TO_STAND
from vidgait.movements.squat import SQUAT
from vidgait.types import Issue, Movement, Rep, Segment, Series, Track

__all__ = ["MOVEMENTS", "cutoff_hz", "find_cycles", "find_reps", "recognise"]

MOVEMENTS: Mapping[str, MovementSpec] = {spec.id: spec for spec in (SQUAT, SIT_TO_STAND)}
DEFAULT_CUTOFF_HZ = 6.0

# A single shallow bend is too little to name a movement by: these are about 55 and 40 degrees of knee flexion.
ALONE_MIN = 0.12
SEVERAL_MIN = 0.05
# Specification 4.1: overhead if both wrists are above the ears for this share of the repetitions.
OVERHEAD, OVERHEAD_SHARE = "overhead", 0.8
# Fewer than half as deep as the set's median: a half repetition (specification 4.2).
HALF_REP_SHARE = 0.5
HALF_REP_MIN_REPS = 3

# A cut-off bend smaller than this is not worth a line.
PARTIAL_MIN = 0.15

SEATED_S = 0.3
SEATED_PER_RISE = 0.7
SEAT_BAND = 0.06
SEAT_DWELL_S = 0.8
SEAT_SD_MAX = 0.025
SEAT_HEIGHT_MIN = 0.33
SHANK_SEATED_DEG = 15.0
SHANK_SQUAT_DEG = 22.0
SEATED_SCORE = 2


def cutoff_hz(movement_id: str | None) -> float:
    """Low-pass of the keypoints for a movement; 6 Hz where it is not known."""
    spec = MOVEMENTS.get(movement_id or "")
    return spec.cutoff_hz if spec else DEFAULT_CUTOFF_HZ


def find_cycles(samples: Sequence[BodySample], rules: RepRules) -> list[Cycle]:
    """Every excursion of a clip, counted or not, in order of time."""
    machine = RepMachine(rules)
    cycles = [cycle for sample in samples for cycle in machine.push(sample)]
    return cycles + machine.finish()


def recognise(
    track: Track, segments: Sequence[Segment], series: Sequence[Series], named: str | None = None
) -> Movement:
    """Name the movement. `named` is the user's own word for it; raises SettingsError if nobody knows that movement."""
    samples = read_track(track, segments)
    if named is not None:
        if named not in MOVEMENTS:
            raise SettingsError(f"Unknown movement '{named}'.", f"Known: {', '.join(MOVEMENTS)}, auto.")
        return _flagged(Movement(named, 1.0, "named by you"), samples)
    squats = _squats(samples)
    stands = find_cycles(samples, SIT_TO_STAND.rules)
    score, evidence = _seat_evidence(samples, squats, stands, series, track)
    if score >= SEATED_SCORE and _enough(stands):
        return Movement(SIT_TO_STAND.id, _confidence(score - SEATED_SCORE), f"{_count(stands, 'stand')}: {evidence}")
    if _enough(squats) and not _mostly_something_else(squats):
        basis = f"{_count(squats, 'bend')} of both knees with the feet in place"
        return _flagged(Movement(SQUAT.id, _confidence(SEATED_SCORE - score), basis), samples)
    return Movement(None, 0.0, _why_none([*squats, *stands] or None))


def find_reps(
    movement: Movement, track: Track, segments: Sequence[Segment], series: Sequence[Series]
) -> tuple[tuple[Rep, ...], tuple[Issue, ...]]:
    """The repetitions of a named movement, and what was seen but not counted. Nothing for an unnamed one."""
    spec = MOVEMENTS.get(movement.label or "")
    if spec is None:
        return (), ()
    samples = read_track(track, segments)
    cycles = _squats(samples) if spec is SQUAT else find_cycles(samples, spec.rules)
    half = _half_rep_limit(cycles)
    reps: list[Rep] = []
    for cycle in cycles:
        if cycle.rejected or (not cycle.counted and cycle.excursion < max(half, PARTIAL_MIN)):
            continue
        index = sum(rep.kind == "rep" for rep in reps) + 1 if cycle.counted else 0
        reps.append(_rep(cycle, index, spec, samples, segments, half))
    return tuple(_apart(reps)), tuple(_not_counted(cycles, track))


def _apart(reps: Sequence[Rep]) -> list[Rep]:
    """No repetition reaches into the next one: its last rest may be the first of the other."""
    following = [*(rep.start_s for rep in reps), float("inf")][1:]
    return [replace(rep, end_s=min(rep.end_s, start_s)) for rep, start_s in zip(reps, following, strict=True)]


def _squats(samples: Sequence[BodySample]) -> list[Cycle]:
    """With the usual rules or, where they find no deep squat in the whole clip, with those for very shallow ones: at
    40 degrees of knee flexion the hips sink by only 6 % of the leg's length."""
    cycles = find_cycles(samples, SQUAT.rules)
    if max((cycle.excursion for cycle in cycles if cycle.counted), default=0.0) >= SQUAT.rules.shallow:
        return cycles
    shallow = find_cycles(samples, SHALLOW_RULES)
    sizes = [cycle.excursion for cycle in shallow if cycle.counted]
    rejected = sum(bool(cycle.rejected) for cycle in shallow)
    alike = len(sizes) >= SHALLOW_REPS_MIN and min(sizes) >= SHALLOW_ALIKE * max(sizes)
    return shallow if alike and rejected <= SHALLOW_REJECTED_SHARE * len(sizes) else cycles


# So small a movement is believed only from straight legs, more than once, alike, and with little else going on.
SHALLOW_RULES = replace(SQUAT.rules, excursion_min=0.05, extension_min=0.85)
SHALLOW_REPS_MIN = 2
SHALLOW_ALIKE = 0.5
SHALLOW_REJECTED_SHARE = 0.3


def _enough(cycles: Sequence[Cycle]) -> bool:
    sizes = [cycle.excursion for cycle in cycles if cycle.counted]
    return bool(sizes) and (max(sizes) >= ALONE_MIN if len(sizes) == 1 else float(np.median(sizes)) >= SEVERAL_MIN)


def _mostly_something_else(cycles: Sequence[Cycle]) -> bool:
    """One that passes among many of its size that do not (the last of several jumps) names no movement."""
    sizes = [cycle.excursion for cycle in cycles if cycle.counted]
    alike = [cycle for cycle in cycles if cycle.rejected and cycle.excursion >= 0.6 * float(np.median(sizes))]
    return len(alike) > 2 * len(sizes)


def _count(cycles: Sequence[Cycle], word: str) -> str:
    count = sum(cycle.counted for cycle in cycles)
    return f"{count} {word}{'' if count == 1 else 's'}"


def _confidence(margin: int) -> float:
    return (0.6, 0.75, 0.85, 0.9, 0.95)[min(max(margin, 0), 4)]


def _why_none(cycles: Sequence[Cycle] | None) -> str:
    reasons = Counter(reason for cycle in cycles or () for reason in cycle.rejected)
    if not reasons:
        return "no repeated bending of the knees was seen"
    return f"not a movement that is known yet: {reasons.most_common(1)[0][0]}"


def _flagged(movement: Movement, samples: Sequence[BodySample]) -> Movement:
    if movement.label != SQUAT.id:
        return movement
    inside = [
        sample.wrists_over_ears
        for cycle in _squats(samples)
        if cycle.counted
        for sample in samples
        if cycle.start_s <= sample.time_s <= cycle.end_s and np.isfinite(sample.wrists_over_ears)
    ]
    if inside and np.mean(np.array(inside) > 0) >= OVERHEAD_SHARE:
        basis = f"{movement.basis}; overhead squat: arms up throughout"
        return replace(movement, basis=basis, flags=(OVERHEAD,))
    return movement


# --- squat or chair? ----------------------------------------------------------------------------------------------


def _seat_evidence(
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


# --- repetitions --------------------------------------------------------------------------------------------------


def _half_rep_limit(cycles: Sequence[Cycle]) -> float:
    sizes = [cycle.excursion for cycle in cycles if cycle.counted]
    return HALF_REP_SHARE * float(np.median(sizes)) if len(sizes) >= HALF_REP_MIN_REPS else 0.0


def _rep(
    cycle: Cycle,
    index: int,
    spec: MovementSpec,
    samples: Sequence[BodySample],
    segments: Sequence[Segment],
    half: float,
) -> Rep:
    read = squat_instants if spec is SQUAT else sit_to_stand_instants
    instants = read(samples, cycle)
    start_s = instants.pop("start", cycle.start_s)
    end_s = instants.pop("end", instants.get("eccentric_end", cycle.end_s) if spec is SIT_TO_STAND else cycle.end_s)
    if spec is SIT_TO_STAND:
        start_s = instants["concentric_start"]
    turn_s = instants.get("bottom", cycle.turn_s)
    segment = _segment_of(segments, start_s, end_s)
    excluded = None
    if cycle.counted and cycle.excursion < half:
        excluded = "less than half as deep as the other repetitions"
    elif cycle.counted and not _seen_at(samples, turn_s):
        excluded = "the legs were not seen at the lowest point"
    elif cycle.counted and segments and not _inside(segments[segment], start_s, turn_s):
        excluded = "the person turned during it"
    return Rep(
        index=index,
        kind="rep" if cycle.counted else "partial",
        start_s=float(start_s),
        end_s=float(max(end_s, start_s)),
        instants={name: float(at) for name, at in instants.items()},
        segment=segment,
        excluded=excluded,
    )


def _seen_at(samples: Sequence[BodySample], time_s: float) -> bool:
    """No gap longer than may be bridged touches the instant."""
    spacing = float(np.median(np.diff([sample.time_s for sample in samples])))
    seen = np.array([sample.time_s for sample in samples if sample.seen])
    before, after = seen[:-1], seen[1:]
    near = (before <= time_s + NEAR_S) & (after >= time_s - NEAR_S)
    return not bool((near & (after - before > max(GAP_S, 2.5 * spacing))).any())


NEAR_S = 0.15


def _segment_of(segments: Sequence[Segment], start_s: float, end_s: float) -> int:
    """The segment that holds most of a repetition; the nearest where none holds any of it."""
    overlaps = [min(end_s, one.end_s) - max(start_s, one.start_s) for one in segments]  # negative: the distance
    return int(np.argmax(overlaps)) if overlaps else 0


def _inside(segment: Segment, *times_s: float) -> bool:
    return all(segment.start_s <= time_s < segment.end_s for time_s in times_s)


def _not_counted(cycles: Sequence[Cycle], track: Track) -> list[Issue]:
    found = []
    for cycle in cycles:
        if cycle.rejected and cycle.cut is None:
            first, last = (int(np.searchsorted(track.time_s, at)) for at in (cycle.start_s, cycle.end_s))
            message = f"A movement at {cycle.turn_s:.1f} s was not counted: {'; '.join(cycle.rejected)}."
            found.append(Issue("rep_not_counted", "info", message, (first, min(last, track.time_s.size - 1))))
    return found
