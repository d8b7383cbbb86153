"""The error engine: every measure of a clip with its value, its noise, its error and how far it may be trusted.

Three numbers, never mixed. `noise` is the 95 % half-width of the draws. `error` adds the bound of the view and the
calibrated model term: 1.96 * sqrt((noise / 1.96)^2 + model^2 + bound^2 / 3) (specification 10.7). `mdc` is for change
between clips only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.pelvis import pelvic_tilt
from vidgait.kinematics.signals import frame_rate_hz
from vidgait.kinematics.standing import SIDES, standing_reference
from vidgait.measures import functions
from vidgait.measures.catalogue import CATALOGUE, MeasureSpec
from vidgait.measures.columns import (
    SPEED_SERIES,
    TIMES,
    Clip,
    Column,
    column_of,
    model_sd,
    movement_of,
    rows_of,
    view_refusal,
)
from vidgait.measures.draws import ClipDraws, RepDraws, draw_clip, draw_rep
from vidgait.measures.grading import Finding, error_finding, rep_finding, verdict_of, worst
from vidgait.measures.model_error import error_half_width, model_error
from vidgait.measures.view_bound import FORWARD_SERIES, PELVIS_SERIES
from vidgait.types import Measure

if TYPE_CHECKING:
    from vidgait.kinematics.noise import NoiseModel
    from vidgait.settings import Settings
    from vidgait.types import Evidence, FloatArray, Movement, Rep, Segment, Series, Side, Track

__all__ = ["SPEED_SERIES", "TIMES", "measure_clip", "view_refusal"]

READ = frozenset({*FORWARD_SERIES, *(name for spec in CATALOGUE for name in (spec.series, *spec.also_reads) if name)})
"""The series that are kept of each draw."""
NO_REPS = "no repetition to measure"
UNSEEN = "the joints were not seen well enough"
ENOUGH_REPS: Mapping[str, int] = {"single_leg_squat": 3, "single_leg_stance": 1}
"""For a set on one leg (specification 4.4); of other movements five are asked for."""

Columns = dict[tuple[str, "Side | None"], Column]


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
    for a movement that was not recognised. In movements on one leg a sided measure is read in the repetitions of its
    own leg; a leg that did none has no rows."""
    counted = [rep for rep in reps if rep.kind in ("rep", "hold")]
    label = movement.label
    known = [spec for spec in CATALOGUE if label in spec.movements]
    if label is None or not known or not segments:
        return ()
    specs = [replace(spec, movements=(label,), mdc=spec.mdc if label in spec.mdc_movements else None) for spec in known]
    drawn = _draw_all(track, noise, segments, movement, counted, settings, evidence) if counted else []
    clip = Clip(counted, drawn, segments, series, label, frame_rate_hz(track.time_s), settings)
    columns: Columns = {}
    # An index is made of other measures, wherever it stands in the catalogue.
    for spec in sorted(specs, key=lambda one: one.reading == "index"):
        if spec.reading != "legs":
            columns |= {(spec.id, side): column_of(spec, side, clip, columns) for side in _sides(spec, clip)}
    return tuple(measure for spec in specs for measure in _measures_of(spec, clip, columns))


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


def _sides(spec: MeasureSpec, clip: Clip) -> tuple[Side | None, ...]:
    """Legs that did nothing in this clip have no rows."""
    if not spec.sided:
        return (None,)
    return tuple(side for side in SIDES if not clip.reps or rows_of(clip, side).size)


def _measures_of(spec: MeasureSpec, clip: Clip, columns: Columns) -> list[Measure]:
    if spec.reading == "legs":
        return [_of_legs(spec, clip, columns)]
    measures = []
    for side in _sides(spec, clip):
        column = columns[spec.id, side]
        why_none = _refused(spec, side, column, clip)
        if why_none is not None:
            measures.append(_none(spec, side, None, why_none))
            continue
        if spec.level != "set":
            measures += [_of_rep(spec, side, clip.reps[row], k, column) for k, row in enumerate(column.rows)]
        measures.append(_of_set(spec, side, column, clip))
    return measures


def _refused(spec: MeasureSpec, side: Side | None, column: Column, clip: Clip) -> str | None:
    """Why no repetition of this clip can give this measure, or None."""
    if not column.rows.size:
        return NO_REPS
    if all(column.refused):
        return column.refused[0]
    if spec.reading in ("at", "change") and not spec.leaks:
        found = next((one for one in clip.series if (one.name, one.side) == (spec.series, side)), None)
        return found.why_none if found else None
    return None


# --- measures -----------------------------------------------------------------------------------------------------


def _none(spec: MeasureSpec, side: Side | None, rep: int | None, why: str, reasons: tuple[str, ...] = ()) -> Measure:
    return Measure(spec.id, spec.label, None, spec.unit, side, rep, why_none=why, reasons=reasons, mdc=spec.mdc)


def _of_rep(spec: MeasureSpec, side: Side | None, rep: Rep, k: int, column: Column) -> Measure:
    if (why_none := column.refused[k]) is not None:
        return _none(spec, side, rep.index, why_none)
    values = column.values[:, k]
    model = _model(spec, column, np.array([k]), float(values[0]))
    return _measure(spec, side, rep.index, values, float(column.bounds[k]), model, list(column.findings[k]), 1)


def _model(spec: MeasureSpec, column: Column, usable: FloatArray, value: float) -> float:
    """One SD of the model term of repetitions (indices or mask), together."""
    if column.models is not None:
        return float(np.median(column.models[usable]))
    return float(np.median(column.growths[usable])) * model_sd(spec, value)


def _at_zero(spec: MeasureSpec, model: float, value: float) -> float:
    """A model term without what grows with the value."""
    sd = model_sd(spec, value)
    return model * model_sd(spec, 0.0) / sd if sd else model


def _kept(column: Column, clip: Clip) -> FloatArray:
    return np.array([clip.reps[row].excluded is None for row in column.rows], bool)


def _usable(column: Column, clip: Clip) -> FloatArray:
    """(R,) counted in the set, and read."""
    return np.asarray(_kept(column, clip) & np.isfinite(column.values[0]))


def _unusable(spec: MeasureSpec, column: Column, clip: Clip) -> str:
    """Why none is."""
    kept = _kept(column, clip)
    refused = next((column.refused[k] for k in np.flatnonzero(kept) if column.refused[k]), None)
    return (refused or _too_shallow(spec) or UNSEEN) if kept.any() else NO_REPS


def _too_shallow(spec: MeasureSpec) -> str | None:
    """Why a measure at a matched depth has no value."""
    bend = spec.instant.removeprefix("knee_")
    return f"the knee does not pass {bend} degrees on the way down" if bend != spec.instant else None


def _of_set(spec: MeasureSpec, side: Side | None, column: Column, clip: Clip) -> Measure:
    usable = _usable(column, clip)
    values = column.values[:, usable]
    count = values.shape[1]
    if not count:
        return _none(spec, side, None, _unusable(spec, column, clip))
    if count < spec.reps_min:
        return _none(spec, side, None, f"needs {spec.reps_min} repetitions, and {count} could be used")
    findings = _set_findings(spec, column, usable, clip)
    if spec.over_reps:
        over = {"spread": functions.spread_of, "range": functions.range_of, "drift": functions.drift_per_rep}
        known_noise = functions.range_by_noise(values) if spec.reading == "range" else None
        summed = over[spec.reading](values)
        # What the model errs by in all repetitions alike is not in their differences: only a term of their own is.
        own = model_error(spec.id, movement_of(spec))
        model = own.sd_at(float(np.nan_to_num(summed[0]))) if own else 0.0
        return _measure(spec, side, None, summed, 0.0, model, findings, count, known_noise)
    median = functions.median_of(values)
    bound, model = float(np.median(column.bounds[usable])), _model(spec, column, usable, float(median[0]))
    return _measure(spec, side, None, median, bound, model, findings, count)


def _set_findings(spec: MeasureSpec, column: Column, usable: FloatArray, clip: Clip) -> list[Finding]:
    count = int(usable.sum())
    findings = [finding for k in np.flatnonzero(usable) for finding in column.findings[k]]
    few = count < ENOUGH_REPS.get(clip.label or "", count + 1)
    return [*_shared(findings, count), *(rep_finding(count) if few else [])]


def _of_legs(spec: MeasureSpec, clip: Clip, columns: Columns) -> Measure:
    """Median over the repetitions of the left leg less that over those of the right, draw by draw."""
    if not clip.reps:
        return _none(spec, None, None, NO_REPS)
    medians, bounds, models, findings, counts = [], [], [], [], []
    parent = next(one for one in CATALOGUE if one.id == spec.parent)
    for side in SIDES:
        column = columns.get((spec.parent, side))
        if column is None:
            why = f"needs repetitions on both legs: this clip has none on the {side} one"
            return _none(spec, None, None, why)
        usable = _usable(column, clip)
        if not usable.any():
            return _none(spec, None, None, f"no number for the {side} leg: {_unusable(parent, column, clip)}")
        medians.append(functions.median_of(column.values[:, usable]))
        bounds.append(float(np.median(column.bounds[usable])))
        models.append(_model(parent, column, usable, float(medians[-1][0])))
        findings += _set_findings(spec, column, usable, clip)
        counts.append(int(usable.sum()))
    return _measure(spec, None, None, medians[0] - medians[1], sum(bounds), math.hypot(*models), findings, min(counts))


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
    model: float,
    findings: list[Finding],
    count: int,
    known_noise: float | None = None,
) -> Measure:
    """`draws` (D,), the value first. `model` is one SD of the calibrated term; 0 where it cancels. `known_noise` takes
    the place of the draws' own half-width."""
    value = float(draws[0])
    if not np.isfinite(value):
        return _none(spec, side, rep, _too_shallow(spec) or f"{UNSEEN} at that moment")
    noise = _half_width(draws[1:]) if known_noise is None else known_noise
    error = error_half_width(noise, model, bound)
    at_zero = error_half_width(noise, _at_zero(spec, model, value), bound)
    grade, reasons = worst([*findings, *error_finding(spec, error, at_zero)])
    if grade == "D":
        why = reasons[0] if reasons[0].startswith("not ") else f"not measurable: {reasons[0]}"
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
        source="evidence" if spec.series in PELVIS_SERIES and model == 0.0 and not spec.over_reps else "2-D",
    )


def _half_width(draws: FloatArray) -> float:
    known = draws[np.isfinite(draws)]
    if known.size < 2:
        return 0.0
    low, high = np.percentile(known, [2.5, 97.5])
    return float(high - low) / 2
