"""Holds one analysis against its reference: every repetition, measure, series and the heading. Pure: arrays in,
numbers out. The reference must be on the video's clock already (`alignment`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.angles import wrap_deg
from vidgait.kinematics.pelvis import pelvic_tilt
from vidgait.kinematics.series import SERIES, refusal
from vidgait.kinematics.standing import SIDES, segment_frames
from vidgait.kinematics.view import circular_median_deg, near_side_of, view_of
from vidgait.measures import CATALOGUE
from vidgait.measures.engine import view_refusal
from vidgait.measures.patterns import MOVEMENTS_WITH_PATTERNS
from vidgait.measures.spec import UNILATERAL
from vidgait.movements import MOVEMENTS
from vidgait.settings import Settings
from vidgait.store import main_segment
from vidgait.truth.expected import TrueMoments, between_legs, over_set, true_pattern, true_value
from vidgait.truth.reference import TrueRep, at_times
from vidgait.truth.results import ClipCheck, MeasureCheck, PatternCheck, RepCheck, SeriesCheck, YawCheck

if TYPE_CHECKING:
    from vidgait.measures import MeasureSpec
    from vidgait.truth.reference import Key, Reference
    from vidgait.truth.results import Leg, Offset
    from vidgait.types import Analysis, FloatArray, IntArray, Pattern, Rep, Segment, Side

__all__ = ["NOT_COUNTED", "compare"]

NOT_COUNTED = "the repetition was not counted"
ON_PERSON_SHARE = 0.25
"""A pose whose mid-hip lies within this share of the true ankle-to-shoulder length of the true mid-hip is of that
person."""

OVERLAP_SHARE = 0.5
"""A counted repetition is a true one if they share this much of the shorter of the two."""

Pair = tuple[TrueRep, "Rep | None"]


def compare(name: str, analysis: Analysis, reference: Reference, offset: Offset | None = None) -> ClipCheck:
    """Everything about one clip. `offset` is only passed on."""
    time_s = analysis.clean.time_s
    settings = Settings.from_mapping(analysis.settings)
    segments = [_true_segment(segment, reference) for segment in analysis.segments]
    pairs, extra = _pairs(analysis, reference)
    main = main_segment(analysis)
    true_main = None if main is None else segments[analysis.segments.index(main)]
    near = None if true_main is None else true_main.near_side
    movement = reference.movement or analysis.movement.label
    whole = [] if true_main is None else [(one, *_of_rep(one, segments, true_main)) for one in pairs]
    measures = tuple(
        check
        for pair, found, at in whole
        for check in _measures(analysis, reference, movement, pair, found, at, settings)
    )
    left_out = {true.index for true, found in pairs if found is not None and found.excluded is not None}
    of_set = [one for one in measures if one.rep not in left_out]
    return ClipCheck(
        name=name,
        reference=reference.kind,
        movement=reference.movement,
        movement_found=analysis.movement.label,
        view=reference.view or ("unknown" if true_main is None else true_main.view),
        yaw_deg=None if reference.yaw_deg is None else circular_median_deg(reference.yaw_deg),
        frames=time_s.size,
        frame_s=float(np.median(np.diff(time_s))),
        on_athlete=_on_athlete(analysis, reference),
        counts_reps=reference.reps is not None and reference.movement in MOVEMENTS,
        reps=tuple(_rep_check(true, found) for true, found in pairs) if reference.reps is not None else (),
        extra=extra,
        measures=measures,
        sets=tuple(_sets(analysis, movement, of_set)),
        patterns=tuple(_patterns(analysis, reference, movement, pairs, measures)),
        side=_stance_side(reference),
        series=tuple(_series(analysis, reference, segments, near, settings)),
        yaw=tuple(_yaw(analysis, reference)),
        offset=offset,
        notes=reference.notes,
    )


# --- views ------------------------------------------------------------------------------------------------------------


def _true_segment(segment: Segment, reference: Reference) -> Segment:
    """The segment as it would be if its heading were known exactly; as it is where the reference does not say."""
    yaw = _true_yaw_deg(segment, reference)
    if yaw is None:
        return segment
    return replace(segment, view=view_of(yaw), yaw_deg=yaw, yaw_error_deg=0.0, near_side=near_side_of(yaw))


def _true_yaw_deg(segment: Segment, reference: Reference) -> float | None:
    if reference.yaw_deg is None:
        return None
    inside = (reference.time_s >= segment.start_s) & (reference.time_s < segment.end_s)
    known = reference.yaw_deg[inside & np.isfinite(reference.yaw_deg)]
    return circular_median_deg(known) if known.size else None


def _yaw(analysis: Analysis, reference: Reference) -> Iterator[YawCheck]:
    for segment in analysis.segments:
        truth = _true_yaw_deg(segment, reference)
        if truth is not None:
            shown = None if segment.yaw_deg is None else truth + float(wrap_deg(segment.yaw_deg - truth))
            yield YawCheck(segment.start_s, segment.end_s, truth, shown, segment.yaw_error_deg)


def _on_athlete(analysis: Analysis, reference: Reference) -> float | None:
    """The truth is of one person: is the pose that was measured theirs?"""
    needed = [f"{side}_{part}" for side in SIDES for part in ("hip", "shoulder", "ankle")]
    if not set(needed) <= set(reference.points_px):
        return None
    time_s = analysis.clean.time_s
    true = {name: at_times(reference.time_s, reference.points_px[name], time_s) for name in needed}
    hip, shoulder, ankle = ((true[f"left_{part}"] + true[f"right_{part}"]) / 2 for part in ("hip", "shoulder", "ankle"))
    found = (analysis.clean.point("left_hip") + analysis.clean.point("right_hip")) / 2
    share = np.linalg.norm(found - hip, axis=1) / np.linalg.norm(shoulder - ankle, axis=1)
    seen = np.isfinite(share)
    return float((share[seen] < ON_PERSON_SHARE).mean()) if seen.any() else None


# --- repetitions ------------------------------------------------------------------------------------------------------


def _pairs(analysis: Analysis, reference: Reference) -> tuple[list[Pair], int]:
    """Each true repetition with the counted one of the same leg that shares most of it, and how many counted ones are
    left over. A reference that knows no repetitions is read where the analysis found them. What is counted in a
    movement that vidgait does not count was taken for another one: all of it is invented."""
    counted = [rep for rep in analysis.reps if rep.index > 0]
    if reference.reps is None:
        return [(_as_true(rep), rep) for rep in counted], 0
    if reference.movement not in MOVEMENTS:
        return [(true, None) for true in reference.reps], len(counted)
    free = list(counted)
    pairs: list[Pair] = []
    for true in reference.reps:
        fitting = [rep for rep in free if _same_leg(rep, true, reference.movement) and _overlaps(rep, true)]
        best = max(fitting, key=lambda rep: _overlap_s(rep, true), default=None)
        if best is not None:
            free.remove(best)
        pairs.append((true, best))
    return pairs, len(free)


def _same_leg(rep: Rep, true: TrueRep, movement: str | None) -> bool:
    return movement not in UNILATERAL or true.side is None or rep.side == true.side


def _overlaps(rep: Rep, true: TrueRep) -> bool:
    return _overlap_s(rep, true) >= OVERLAP_SHARE * _shorter_s(rep, true)


def _overlap_s(rep: Rep, true: TrueRep) -> float:
    return min(rep.end_s, true.end_s) - max(rep.start_s, true.start_s)


def _shorter_s(rep: Rep, true: TrueRep) -> float:
    return min(rep.end_s - rep.start_s, true.end_s - true.start_s)


def _as_true(rep: Rep) -> TrueRep:
    return TrueRep(rep.index, rep.kind, rep.side, rep.start_s, rep.end_s)


def _known(rep: Rep) -> dict[str, float]:
    return {"start": rep.start_s, "end": rep.end_s, **rep.instants}


def _rep_check(true: TrueRep, found: Rep | None) -> RepCheck:
    if found is None:
        return RepCheck(true.index, true.kind, true.side, None, {})
    known = _known(found)
    timing = {name: _late_s(name, known[name], true.instants) for name in true.instants if name in known}
    return RepCheck(true.index, true.kind, true.side, found.index, timing)


def _late_s(name: str, found_s: float, sharp: Mapping[str, float]) -> float:
    """Found less true. The bottom of a squat is held for a while: any moment of it is right."""
    first, last = sharp[name], sharp[name]
    if name == "bottom":
        first, last = sharp.get("eccentric_end", first), sharp.get("concentric_start", last)
    return found_s - min(max(found_s, first), last)


# --- measures ---------------------------------------------------------------------------------------------------------


def _of_rep(pair: Pair, segments: Sequence[Segment], otherwise: Segment) -> tuple[Rep | None, Segment]:
    """The counted repetition and its true view."""
    found = pair[1]
    return found, otherwise if found is None else segments[found.segment]


def _measures(
    analysis: Analysis,
    reference: Reference,
    movement: str | None,
    pair: Pair,
    found: Rep | None,
    segment: Segment,
    settings: Settings,
) -> Iterator[MeasureCheck]:
    """Every measure of one repetition that the reference knows. A repetition that was not counted is asked for, too."""
    true = pair[0]
    leg = true.side if movement in UNILATERAL else None
    moments = TrueMoments(true.instants, {} if found is None else _known(found), leg, true.kind)
    for spec, side in _asked(movement, leg):
        if spec.over_reps or spec.reading == "legs":
            continue
        truth = true_value(reference, spec, side, moments)
        if truth is None:
            continue
        measure = None if found is None else analysis.find(spec.id, side, found.index)
        if found is not None and measure is None:
            measure = analysis.find(spec.id, side)  # refused for all repetitions alike
        yield MeasureCheck(
            id=spec.id,
            unit=spec.unit,
            side=side,
            leg=_leg(side, segment.near_side, leg or _stance_side(reference)),
            rep=true.index,
            truth=truth,
            value=None if measure is None else measure.value,
            error=None if measure is None else measure.error,
            inside=view_refusal(spec, side, segment, settings) is None,
            why_none=NOT_COUNTED if measure is None else measure.why_none,
        )


def _asked(movement: str | None, leg: Side | None = None) -> Iterator[tuple[MeasureSpec, Side | None]]:
    """`leg`: the only one of which something is asked."""
    sides: Sequence[Side] = SIDES if leg is None else (leg,)
    for spec in CATALOGUE:
        if movement in spec.movements:
            for side in sides if spec.sided else (None,):
                yield spec, side


def _sets(analysis: Analysis, movement: str | None, of_reps: Sequence[MeasureCheck]) -> Iterator[MeasureCheck]:
    """The numbers of the whole set, their truth being that of the repetitions that went into them: `of_reps`."""
    for spec, side in _asked(movement):
        source = spec.parent if spec.over_reps or spec.reading == "legs" else spec.id
        of_source = [one for one in of_reps if one.id == source and one.value is not None]
        used = [one for one in of_source if spec.reading == "legs" or one.side == side]
        if spec.reading == "legs":
            truth = between_legs({leg: [one.truth for one in used if one.side == leg] for leg in SIDES})
        else:
            truth = over_set(spec, [one.truth for one in used])
        measure = analysis.find(spec.id, side)
        if truth is None or len(used) < spec.reps_min or measure is None:
            continue
        yield MeasureCheck(
            id=spec.id,
            unit=spec.unit,
            side=side,
            leg=None if spec.reading == "legs" else used[0].leg,
            rep=None,
            truth=truth,
            value=measure.value,
            error=measure.error,
            inside=used[0].inside,
            why_none=measure.why_none,
        )


def _patterns(
    analysis: Analysis,
    reference: Reference,
    movement: str | None,
    pairs: Iterable[Pair],
    of_reps: Sequence[MeasureCheck],
) -> Iterator[PatternCheck]:
    """What the true numbers are called beside what the clip was called, one repetition after the other. A repetition
    that was not counted has no label."""
    if movement not in MOVEMENTS_WITH_PATTERNS or reference.reps is None:
        return
    for true, found in pairs:
        own = [one for one in of_reps if one.rep == true.index and one.side == true.side]
        label = true_pattern({one.id: one.truth for one in own})
        named = None if found is None else _pattern_of(analysis, true.side, found.index)
        inside = bool(own) and all(one.inside for one in own if one.id in ("pelvic_drop_bottom", "fppa_bottom"))
        shown, why_none = (None, NOT_COUNTED) if named is None else (named.label, named.why_none)
        yield PatternCheck(true.index, true.side, label, shown, inside, why_none)


def _pattern_of(analysis: Analysis, side: Side | None, rep: int) -> Pattern | None:
    return next((one for one in analysis.patterns if (one.side, one.rep) == (side, rep)), None)


def _leg(side: Side | None, near_side: Side | None, stance_side: Side | None) -> Leg | None:
    if side is None:
        return None
    if near_side is not None:
        return "near" if side == near_side else "far"
    if stance_side is not None:
        return "stance" if side == stance_side else "free"
    return None


def _stance_side(reference: Reference) -> Side | None:
    """The leg on which all of it is done; None for both legs, or one after the other."""
    sides = {rep.side for rep in reference.reps or ()}
    return sides.pop() if len(sides) == 1 else None


# --- series -----------------------------------------------------------------------------------------------------------


def _series(
    analysis: Analysis,
    reference: Reference,
    segments: Sequence[Segment],
    near_side: Side | None,
    settings: Settings,
) -> Iterator[SeriesCheck]:
    time_s = analysis.clean.time_s
    numbers = _segment_of_frames(time_s, segments)
    specs = {spec.name: spec for spec in SERIES}
    sds = _stated_sds(analysis)
    stance_side = _stance_side(reference)
    for one in analysis.series:
        key = (one.name, one.side)
        if key not in reference.series or one.name not in specs:
            continue
        truth = at_times(reference.time_s, reference.series[key], time_s)
        supported = np.array(
            [refusal(specs[one.name], segment, settings.view) is None for segment in segments] or [True]
        )
        yield SeriesCheck(
            name=one.name,
            unit=one.unit,
            side=one.side,
            leg=_leg(one.side, near_side, stance_side),
            time_s=time_s,
            truth=truth,
            shown=one.value,
            sd=sds.get(key),
            inside=supported[numbers],
        )


def _segment_of_frames(time_s: FloatArray, segments: Sequence[Segment]) -> IntArray:
    """(T,) number of the segment of each frame, or of the nearest one: a frame without a view is still asked for."""
    if not segments:
        return np.zeros(time_s.shape, int)
    away = [np.maximum(segment.start_s - time_s, time_s - segment.end_s) for segment in segments]
    nearest: IntArray = np.argmin(away, axis=0)
    return nearest


def _stated_sds(analysis: Analysis) -> dict[Key, FloatArray]:
    """(T,) by series: the standard deviations that come frame by frame. Only pixel evidence states any: that of the
    pelvis, for the series that it replaces."""
    sd_deg = np.full(analysis.clean.time_s.shape, np.nan)
    for segment in analysis.segments:
        tilt = pelvic_tilt(analysis.clean, segment, analysis.evidence)
        if tilt is not None:
            inside = segment_frames(analysis.clean, segment)
            sd_deg[inside] = tilt.sd_deg[inside]
    if not np.isfinite(sd_deg).any():
        return {}
    drops: dict[Key, FloatArray] = {("contralateral_pelvic_drop_deg", side): sd_deg for side in SIDES}
    return drops | {("pelvic_obliquity_deg", None): sd_deg}
