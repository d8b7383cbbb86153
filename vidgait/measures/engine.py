"""The error engine: every measure of a clip with its value, its noise, its error and how far it may be trusted.

Three numbers, never mixed. `noise` is the 95 % half-width of the draws. `error` adds the bound of the view and the
calibrated model term: 1.96 * sqrt((noise / 1.96)^2 + model^2 + bound^2 / 3) (specification 10.7). `mdc` is for change
between clips only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.pelvis import pelvic_tilt
from vidgait.kinematics.series import SERIES, THIGH_LEVEL_DEG, is_far, off_frontal_deg, off_sagittal_deg, refusal
from vidgait.kinematics.signals import frame_rate_hz
from vidgait.kinematics.standing import POINTS, SIDES, standing_reference
from vidgait.measures import functions
from vidgait.measures.catalogue import CATALOGUE, MeasureSpec
from vidgait.measures.draws import ClipDraws, RepDraws, draw_clip, draw_rep
from vidgait.measures.grading import Finding, error_finding, quality_findings, rep_finding, verdict_of, worst
from vidgait.measures.model_error import model_error
from vidgait.types import Measure

if TYPE_CHECKING:
    from vidgait.kinematics.noise import NoiseModel
    from vidgait.settings import Settings
    from vidgait.types import Evidence, FloatArray, Movement, Rep, Segment, Series, Side, Track

__all__ = ["SPEED_SERIES", "TIMES", "measure_clip", "view_refusal"]

Z = 1.96
# From how far apart the true and the read adduction of a thigh (10 degrees) lie when the camera is turned, per degree
# (specification 10.6: 1.75 degrees at 15).
SAGITTAL_BOUND_PER_DEG = 0.12
# The hips travel this share of body height behind the ankles in a squat; a turned camera sees it as a shift.
HIPS_BEHIND_PERCENT = 12.0
# tan 36 + tan 24: thigh and shank at 60 degrees of knee flexion (specification 10.6).
LEAK_AT_60 = 1.17
GROWTH_MAX = 3.0
SPEED_SERIES = "knee_flexion_velocity_deg_s"
FORWARD_SERIES = ("thigh_inclination_vertical_deg", "knee_flexion_vertical_deg", "trunk_lean_vertical_deg")
"""What a turned camera shows as sideways movement is judged by these."""
TILT_SERIES = "pelvic_obliquity_deg"
READ = frozenset({*FORWARD_SERIES, *(spec.series for spec in CATALOGUE)})
"""The series that are kept of each draw."""
NO_REPS = "no repetition to measure"
HIDDEN = "not measurable: the far leg is hidden behind the near one"
POINTS_AT_CAMERA = "not measurable: at the bottom of so deep a squat the thigh points at the camera"
TOO_SHALLOW = "the knees do not pass 60 degrees on the way down"

# Instants by movement, first match counts: a chair stand has no standing before it, but a full stand in it.
TIMES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "eccentric_time": (("eccentric_start", "eccentric_end"), ("start", "eccentric_end")),
    "pause_time": (("eccentric_end", "concentric_start"),),
    "concentric_time": (("concentric_start", "concentric_end"), ("concentric_start", "end")),
    "rep_time": (("start", "end"),),
}


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """One measure and side over the repetitions of the clip."""

    values: FloatArray
    """(D, R)"""
    bounds: FloatArray
    """(R,) of the view"""
    growths: FloatArray
    """(R,) factor of the model term"""
    findings: tuple[tuple[Finding, ...], ...]
    """(R,)"""
    refused: tuple[str | None, ...]
    """(R,) why the view of that repetition cannot give it; its value is NaN then"""


def measure_clip(
    track: Track,
    noise: NoiseModel,
    segments: Sequence[Segment],
    series: Sequence[Series],
    movement: Movement,
    reps: Sequence[Rep],
    settings: Settings,
    evidence: Sequence[Evidence] = (),
) -> tuple[Measure, ...]:
    """Everything the catalogue has for this movement: per repetition in order of time, then for the set.

    `reps` may hold partial and excluded ones: partial ones are not measured, excluded ones only by themselves. Empty
    for a movement that was not recognised."""
    counted = [rep for rep in reps if rep.kind == "rep"]
    label = movement.label
    known = [spec for spec in CATALOGUE if label in spec.movements]
    specs = [spec if label in spec.mdc_movements else replace(spec, mdc=None) for spec in known]
    if not specs or not segments:
        return ()
    drawn = _draw_all(track, noise, segments, movement, counted, settings, evidence) if counted else []
    kept = [rep.excluded is None for rep in counted]
    columns: dict[tuple[str, Side | None], _Column] = {}
    measures: list[Measure] = []
    for spec in specs:
        for side in _sides(spec):
            refused = [view_refusal(spec, side, segments[rep.segment], settings) for rep in counted]
            why_none = _refused(spec, side, refused, series)
            if why_none is not None:
                measures.append(_none(spec, side, None, why_none))
                continue
            column = _gated(_column(spec, side, counted, drawn, columns, segments, track, movement), refused)
            columns[spec.id, side] = column
            if spec.level != "set":
                measures += [_of_rep(spec, side, rep, k, column) for k, rep in enumerate(counted)]
            measures.append(_of_set(spec, side, column, np.array(kept)))
    return tuple(measures)


def _draw_all(
    track: Track,
    noise: NoiseModel,
    segments: Sequence[Segment],
    movement: Movement,
    reps: Sequence[Rep],
    settings: Settings,
    evidence: Sequence[Evidence],
) -> list[RepDraws | None]:
    clip: ClipDraws = draw_clip(track, noise, movement.label, settings)
    used = {rep.segment for rep in reps}
    standing = {number: standing_reference(track, segments[number]) for number in used}
    tilts = {number: pelvic_tilt(track, segments[number], evidence) for number in used}
    return [
        draw_rep(clip, track, segments[rep.segment], standing[rep.segment], rep, READ, tilts[rep.segment])
        for rep in reps
    ]


def _sides(spec: MeasureSpec) -> tuple[Side | None, ...]:
    return SIDES if spec.sided else (None,)


# --- values -------------------------------------------------------------------------------------------------------


def _column(
    spec: MeasureSpec,
    side: Side | None,
    reps: Sequence[Rep],
    drawn: Sequence[RepDraws | None],
    columns: Mapping[tuple[str, Side | None], _Column],
    segments: Sequence[Segment],
    track: Track,
    movement: Movement,
) -> _Column:
    if spec.reading in ("left_right", "both_legs"):
        return _of_both_legs(spec, drawn, reps, segments, track, movement)
    if spec.over_reps:
        return columns.get((spec.parent, side), _empty(len(reps)))
    count = next((one.time_s.size and len(next(iter(one.values.values()))) for one in drawn if one), 1)
    read = [np.full((count, 1), np.nan) if one is None else _read(spec, side, one, movement) for one in drawn]
    rate_hz = frame_rate_hz(track.time_s)
    findings, bounds, growths = [], [], []
    for rep, one in zip(reps, drawn, strict=True):
        segment = segments[rep.segment]
        found = [] if one is None else _quality(spec, side, one, segment, rep, rate_hz)
        if one is not None and spec.series == "fppa_deg" and spec.instant == "bottom" and _points_at_camera(one, side):
            found = [Finding("D", POINTS_AT_CAMERA)]
        findings.append(tuple(found))
        bounds.append(0.0 if one is None else _view_bound(spec, side, one, segment, rate_hz))
        growths.append(1.0 if one is None else _growth(spec, side, one))
    values = np.concatenate(read, axis=1) if read else np.full((1, 0), np.nan)
    return _Column(values, np.array(bounds), np.array(growths), tuple(findings), (None,) * len(reps))


def _empty(reps: int) -> _Column:
    return _Column(np.full((1, reps), np.nan), np.zeros(reps), np.ones(reps), ((),) * reps, (None,) * reps)


def _gated(column: _Column, refused: Sequence[str | None]) -> _Column:
    """Without the repetitions whose view cannot give the measure: one view never vouches for another."""
    shut = np.array([why is not None for why in refused])
    return replace(column, values=np.where(shut, np.nan, column.values), refused=tuple(refused))


def _of_both_legs(
    spec: MeasureSpec,
    drawn: Sequence[RepDraws | None],
    reps: Sequence[Rep],
    segments: Sequence[Segment],
    track: Track,
    movement: Movement,
) -> _Column:
    parent = next(one for one in CATALOGUE if one.id == spec.parent)
    left, right = (_column(parent, side, reps, drawn, {}, segments, track, movement) for side in SIDES)
    growths = np.maximum(left.growths, right.growths)
    if spec.reading == "left_right":
        findings = tuple((*a, *b) for a, b in zip(left.findings, right.findings, strict=True))
        return _Column(left.values - right.values, left.bounds + right.bounds, growths, findings, left.refused)
    # The camera's turn is in both legs with opposite signs: neither its bound nor its grade stays.
    findings = tuple(
        tuple(finding for finding in (*a, *b) if "camera's angle" not in finding.reason)
        for a, b in zip(left.findings, right.findings, strict=True)
    )
    bounds = 0.2 * (left.bounds + right.bounds) / 2
    return _Column((left.values + right.values) / 2, bounds, growths, findings, left.refused)


def _read(spec: MeasureSpec, side: Side | None, one: RepDraws, movement: Movement) -> FloatArray:
    """(D, 1)"""
    missing = np.full((len(one.instants["start"]), 1), np.nan)
    if spec.reading == "time":
        known = next((pair for pair in TIMES[spec.id] if set(pair) <= set(one.instants)), None)
        if known is None or (spec.id == "rep_time" and "concentric_end" in one.instants and not _sat_down(one)):
            return missing
        return functions.between(one.instants[known[0]], one.instants[known[1]])
    values, at = one.values.get((spec.series, side)), one.instants.get(spec.instant.format(side=side))
    if values is None or at is None:
        return missing
    if spec.reading == "at":
        read = functions.read_at(values, one.time_s, at, spec.half_window_s)
        return -read if spec.series == SPEED_SERIES else read
    standing = one.instants["top" if movement.label == "sit_to_stand" else "start"]
    return functions.read_change(values, one.time_s, at, standing, spec.half_window_s)


def _sat_down(one: RepDraws) -> bool:
    return "eccentric_end" in one.instants


# --- the view and the gates ---------------------------------------------------------------------------------------


def _refused(
    spec: MeasureSpec, side: Side | None, refused: Sequence[str | None], series: Sequence[Series]
) -> str | None:
    """Why no repetition of this clip can give this measure, or None. `refused` (R,) is what each one's view says."""
    if not refused:
        return NO_REPS
    if all(refused):
        return refused[0]
    if spec.reading in ("at", "change") and not spec.leaks:
        found = next((one for one in series if (one.name, one.side) == (spec.series, side)), None)
        return found.why_none if found else None
    return None


def view_refusal(spec: MeasureSpec, side: Side | None, segment: Segment, settings: Settings) -> str | None:
    """Why a view cannot give a measure, in words for a coach, or None where it can. Validation asks the same of the
    true view, to tell a right refusal from a wrong one."""
    if spec.reading == "time":
        return None
    both = "fppa_deg" if spec.leaks else "pelvic_obliquity_deg"  # either gate of a true front view
    name = both if spec.reading in ("both_legs", "left_right") else spec.series
    refused = next((refusal(one, segment, settings.view) for one in SERIES if one.name == name), None)
    hidden = is_far(segment, side) and (spec.plane == "sagittal" or segment.view in ("left", "right"))
    return refused or (HIDDEN if hidden else None)


def _quality(
    spec: MeasureSpec, side: Side | None, one: RepDraws, segment: Segment, rep: Rep, rate_hz: float
) -> list[Finding]:
    sides = (side,) if side else SIDES
    if side is None and segment.near_side is not None:
        sides = (segment.near_side,)
    columns = [POINTS.index(f"{each}_{part}") for each in sides for part in spec.needs]
    inside = (one.time_s >= rep.start_s) & (one.time_s <= rep.end_s)
    turn_s = rep.instants.get("bottom", rep.start_s)
    near = np.abs(one.time_s - turn_s) <= max(0.25, float(np.abs(one.time_s - turn_s).min()))
    score = np.median(one.score[near][:, columns], axis=0).min()
    seen_share = float(one.known[inside][:, columns].all(axis=1).mean()) if inside.any() else 0.0
    return quality_findings(spec, segment, rate_hz, float(score), seen_share)


def _view_bound(spec: MeasureSpec, side: Side | None, one: RepDraws, segment: Segment, rate_hz: float) -> float:
    """What the view may add at most, in the measure's unit (specification 2.2 and 10.6)."""
    if spec.reading == "time":
        return 1.0 / rate_hz
    if spec.plane == "any":
        return 0.0
    if spec.plane == "sagittal":
        off = off_sagittal_deg(segment) or 0.0
        return SAGITTAL_BOUND_PER_DEG * off if spec.unit == "deg" else 0.0
    turned = np.sin(np.radians(off_frontal_deg(segment) or 0.0))
    if spec.leaks:
        degrees = float(np.degrees(np.arctan(turned * _leak(side, one))))
        return degrees if spec.unit == "deg" else 100 * float(np.tan(np.radians(degrees / 4)))
    if spec.series == "trunk_lateral_lean_deg":
        lean = _forward_lean(one, "trunk_lean_vertical_deg", None)
        return float(np.degrees(np.arctan(turned * np.tan(np.radians(min(lean, 75))))))
    return HIPS_BEHIND_PERCENT * float(turned) if spec.series == "hip_shift_percent" else 0.0


def _leak(side: Side | None, one: RepDraws) -> float:
    """tan of thigh plus tan of shank inclination at the bottom: how much of a turn, or of a point's depth, a frontal
    projection shows (specification 2.2)."""
    sides = (side,) if side else SIDES
    depth = float(np.mean([_forward_lean(one, "thigh_inclination_vertical_deg", each) for each in sides]))
    knee = float(np.mean([_forward_lean(one, "knee_flexion_vertical_deg", each) for each in sides]))
    return float(np.tan(np.radians(min(depth, 80.0))) + np.tan(np.radians(min(max(knee - depth, 0.0), 60.0))))


def _growth(spec: MeasureSpec, side: Side | None, one: RepDraws) -> float:
    """The model term of a projection is that of 60 degrees of knee flexion, and grows with the leak beyond. Pixel
    evidence says itself how far it may be off: the term of the hip line it replaces is gone."""
    if spec.series == TILT_SERIES and one.tilted:
        return 0.0
    if not (spec.leaks and spec.unit == "deg" and spec.instant == "bottom"):
        return 1.0
    return min(max(_leak(side, one) / LEAK_AT_60, 1.0), GROWTH_MAX)


def _points_at_camera(one: RepDraws, side: Side | None) -> bool:
    return _forward_lean(one, "thigh_inclination_vertical_deg", side) > THIGH_LEVEL_DEG


def _forward_lean(one: RepDraws, name: str, side: Side | None) -> float:
    values, at = one.values[name, side][:1], one.instants.get("bottom")
    read = float("nan") if at is None else float(functions.read_at(values, one.time_s, at[:1])[0, 0])
    return read if np.isfinite(read) else 60.0


# --- measures -----------------------------------------------------------------------------------------------------


def _none(spec: MeasureSpec, side: Side | None, rep: int | None, why: str, reasons: tuple[str, ...] = ()) -> Measure:
    return Measure(spec.id, spec.label, None, spec.unit, side, rep, why_none=why, reasons=reasons, mdc=spec.mdc)


def _of_rep(spec: MeasureSpec, side: Side | None, rep: Rep, k: int, column: _Column) -> Measure:
    if (why_none := column.refused[k]) is not None:
        return _none(spec, side, rep.index, why_none)
    bound, growth, findings = float(column.bounds[k]), float(column.growths[k]), list(column.findings[k])
    return _measure(spec, side, rep.index, column.values[:, k], bound, findings, 1, growth)


def _of_set(spec: MeasureSpec, side: Side | None, column: _Column, kept: FloatArray) -> Measure:
    usable = kept & np.isfinite(column.values[0])
    values = column.values[:, usable]
    count = values.shape[1]
    if not count:
        refused = next((column.refused[k] for k in np.flatnonzero(kept) if column.refused[k]), None)
        unseen = refused or "the joints were not seen well enough"
        return _none(spec, side, None, unseen if kept.any() else NO_REPS)
    if count < spec.reps_min:
        return _none(spec, side, None, f"needs {spec.reps_min} repetitions, and {count} could be used")
    findings = [finding for k in np.flatnonzero(usable) for finding in column.findings[k]]
    findings = [*_shared(findings, count), *rep_finding(spec, count)]
    if spec.over_reps:
        over = {"spread": functions.spread_of, "range": functions.range_of, "drift": functions.drift_per_rep}
        known_noise = functions.range_by_noise(values) if spec.reading == "range" else None
        return _measure(spec, side, None, over[spec.reading](values), 0.0, findings, count, 0.0, known_noise)
    bound, growth = float(np.median(column.bounds[usable])), float(np.median(column.growths[usable]))
    return _measure(spec, side, None, functions.median_of(values), bound, findings, count, growth)


def _shared(findings: Sequence[Finding], reps: int) -> list[Finding]:
    """What holds for at least half of the repetitions holds for the set."""
    grades: dict[str, list[Finding]] = {}
    for finding in findings:
        grades.setdefault(finding.reason.split("(")[0].rstrip("0123456789 %"), []).append(finding)
    return [
        sorted(same, key=lambda one: one.grade)[len(same) // 2] for same in grades.values() if 2 * len(same) >= reps
    ]


def _measure(
    spec: MeasureSpec,
    side: Side | None,
    rep: int | None,
    draws: FloatArray,
    bound: float,
    findings: list[Finding],
    count: int,
    growth: float,
    known_noise: float | None = None,
) -> Measure:
    """`draws` (D,), the value first. `growth` multiplies the calibrated term; 0 where it cancels. `known_noise` takes
    the place of the draws' own half-width."""
    value = float(draws[0])
    if not np.isfinite(value):
        unseen = "the joints were not seen well enough at that moment"
        return _none(spec, side, rep, TOO_SHALLOW if spec.instant == "knee_60" else unseen)
    noise = _half_width(draws[1:]) if known_noise is None else known_noise
    model = growth * _model_sd(spec, value)
    error = float(np.hypot(noise, Z * np.hypot(model, bound / np.sqrt(3))))
    grade, reasons = worst([*findings, *error_finding(spec, error)])
    if grade == "D":
        why = reasons[0] if reasons[0].startswith("not measurable") else f"not measurable: {reasons[0]}"
        return _none(spec, side, rep, why, reasons)
    return Measure(
        spec.id,
        spec.label,
        value,
        spec.unit,
        side,
        rep,
        n=count,
        noise=noise,
        error=error,
        mdc=spec.mdc,
        grade=grade,
        reasons=reasons,
        verdict=verdict_of(spec, value, error),
        source="evidence" if spec.series == TILT_SERIES and growth == 0.0 else "2-D",
    )


def _half_width(draws: FloatArray) -> float:
    known = draws[np.isfinite(draws)]
    if known.size < 2:
        return 0.0
    low, high = np.percentile(known, [2.5, 97.5])
    return float(high - low) / 2


def _model_sd(spec: MeasureSpec, value: float) -> float:
    """Of the measure itself; a difference between legs carries that of both."""
    entry = model_error(spec.id) or model_error(spec.parent)
    if entry is None:
        return 0.0
    return entry.sd_at(value) * (2**0.5 if spec.reading == "left_right" else 1.0)
