"""One measure and side over the repetitions of a clip: its draws, what its view may add, and how well it was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.series import FROM_BOTH_FEET, NO_BOTH_FEET, SERIES, THIGH_LEVEL_DEG, is_far, refusal
from vidgait.kinematics.standing import POINTS, SIDES
from vidgait.measures import functions
from vidgait.measures.catalogue import CATALOGUE, MeasureSpec
from vidgait.measures.grading import Finding, quality_findings
from vidgait.measures.model_error import model_error
from vidgait.measures.spec import UNILATERAL
from vidgait.measures.stability import INDEX_MODELS, INDICES, WINDOWS
from vidgait.measures.view_bound import PELVIS_SERIES, WITH_PELVIS, growth, thigh_deg, view_bound

if TYPE_CHECKING:
    from vidgait.measures.draws import RepDraws
    from vidgait.measures.stability import IndexReading
    from vidgait.settings import Settings
    from vidgait.types import FloatArray, IntArray, Rep, Segment, Series, Side

__all__ = ["SPEED_SERIES", "TIMES", "Clip", "Column", "column_of", "model_sd", "movement_of", "rows_of", "view_refusal"]

SPEED_SERIES = "knee_flexion_velocity_deg_s"
NO_LENGTHS = "nobody stands in this clip, so how long the legs are is a guess"
HIDDEN = "not measurable: the far leg is hidden behind the near one"
POINTS_AT_CAMERA = "not measurable: at the bottom of so deep a bend the thigh points at the camera"
THIGH_SERIES = ("fppa_deg", "hip_adduction_deg", "dynamic_valgus_index_deg")
"""Which a thigh that points at the camera does not show."""
BOTH_HIPS = frozenset({*PELVIS_SERIES, "trunk_lean_stance_deg", "stance_length_percent"})
"""Of one leg, and yet read from both hips, shoulders or ankles."""

AGAINST_PELVIS = ("hip_adduction_bottom", "dynamic_valgus_index_bottom")
"""Their absolute readings, for which the pelvis has to be known against standing on both feet."""
PELVIS_CONTRADICTED = (
    "not measurable: what clothes, waistband and hip points show of the pelvis contradicts itself; tuck the top in and "
    "wear a waistband that stands out"
)
HIP_POINTS_ONLY = "the pelvis was read from the hip points alone, which show a quarter of a true drop"
UNEVEN_HOLD_DEG = 4.0

# Instants by movement, first match counts: a chair stand has no standing before it, but a full stand in it.
TIMES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "eccentric_time": (("eccentric_start", "eccentric_end"), ("start", "eccentric_end")),
    "pause_time": (("eccentric_end", "concentric_start"),),
    "concentric_time": (("concentric_start", "concentric_end"), ("concentric_start", "end")),
    "rep_time": (("start", "end"),),
    "hold_time": (("lifted", "lowered"), ("start", "end")),
}


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """What every measure of a clip is read from."""

    reps: Sequence[Rep]
    drawn: Sequence[RepDraws | None]
    """One for each of `reps`"""
    segments: Sequence[Segment]
    series: Sequence[Series]
    label: str | None
    """The movement"""
    rate_hz: float
    settings: Settings


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One measure and side over R repetitions of the clip."""

    rows: IntArray
    """(R,) which repetitions of the clip"""
    values: FloatArray
    """(D, R)"""
    bounds: FloatArray
    """(R,) of the view"""
    growths: FloatArray
    """(R,) factor of the model term"""
    findings: tuple[tuple[Finding, ...], ...]
    """(R,)"""
    refused: tuple[str | None, ...]
    """(R,) why that repetition cannot give it; its value is NaN then"""
    models: FloatArray | None = None
    """(R,) one SD of the model term, where it comes from other measures and not from the table"""
    parts: tuple[str, ...] = field(default=())
    """Of an index: what it was made of"""


def rows_of(clip: Clip, side: Side | None) -> IntArray:
    """The repetitions that a measure of this side is read in: in movements of one leg, those of that leg."""
    own = side is not None and clip.label in UNILATERAL
    return np.array([k for k, rep in enumerate(clip.reps) if not own or rep.side == side], dtype=int)


def column_of(
    spec: MeasureSpec, side: Side | None, clip: Clip, columns: Mapping[tuple[str, Side | None], Column]
) -> Column:
    """`columns` holds those that were made before: what an index or a spread is made of."""
    rows = rows_of(clip, side)
    if spec.reading in ("left_right", "both_legs"):
        column = _of_both_legs(spec, clip, rows)
    elif spec.reading == "index":
        return _of_parts(spec, side, rows, columns)
    elif spec.over_reps:
        column = columns.get((spec.parent, side)) or _empty(rows)
    else:
        column = _of_leg(spec, side, clip, rows)
    views = [view_refusal(spec, side, clip.segments[clip.reps[k].segment], clip.settings) for k in rows]
    refused = tuple(view or own for view, own in zip(views, column.refused, strict=True))
    # One view never vouches for another.
    shut = np.array([why is not None for why in refused], bool)
    return replace(column, values=np.where(shut, np.nan, column.values), refused=refused)


def _empty(rows: IntArray) -> Column:
    count = rows.size
    return Column(rows, np.full((1, count), np.nan), np.zeros(count), np.ones(count), ((),) * count, (None,) * count)


def _of_leg(spec: MeasureSpec, side: Side | None, clip: Clip, rows: IntArray) -> Column:
    count = next((len(one.instants["start"]) for one in clip.drawn if one), 1)
    values = np.full((count, rows.size), np.nan)
    bounds, growths = np.zeros(rows.size), np.ones(rows.size)
    findings: list[tuple[Finding, ...]] = []
    refused: list[str | None] = []
    for k, row in enumerate(rows):
        rep, one = clip.reps[row], clip.drawn[row]
        segment = clip.segments[rep.segment]
        if one is None:
            findings.append(())
            refused.append(None)
            continue
        why = NO_BOTH_FEET if spec.series in FROM_BOTH_FEET and (spec.series, side) not in one.values else None
        try:
            values[:, k] = _read(spec, side, one, rep, clip.label)[:, 0]
        except functions.UnreadableError as reason:
            why = str(reason)
        bounds[k] = view_bound(spec, side, one, segment, clip.rate_hz)
        growths[k] = growth(spec, side, one)
        why = why or _why_no_pelvis(spec, side, one, values[0, k])
        findings.append(
            (*_quality(spec, side, one, segment, rep, clip.rate_hz), *_pelvis_findings(spec, one, rep, side))
        )
        refused.append(why)
    return Column(rows, values, bounds, growths, tuple(findings), tuple(refused))


def _why_no_pelvis(spec: MeasureSpec, side: Side | None, one: RepDraws, value: float) -> str | None:
    """Where the tilt of the pelvis is missing though pixels were read, and where an angle against the pelvis has no
    standing on both feet to be counted from."""
    if spec.id in AGAINST_PELVIS and ("contralateral_pelvic_drop_deg", side) not in one.values and one.tilted:
        return NO_BOTH_FEET
    if not one.tilted or np.isfinite(value) or spec.series not in (*PELVIS_SERIES, *WITH_PELVIS):
        return None
    tilt = one.values.get(("pelvic_obliquity_deg", None))
    near = np.abs(one.time_s - float(one.instants.get("bottom", one.instants["start"])[0, 0])) <= spec.half_window_s
    return PELVIS_CONTRADICTED if tilt is not None and not np.isfinite(tilt[0, near]).any() else None


def _pelvis_findings(spec: MeasureSpec, one: RepDraws, rep: Rep, side: Side | None) -> list[Finding]:
    found = []
    if spec.series in WITH_PELVIS and not one.tilted:
        found.append(Finding("C", HIP_POINTS_ONLY))
    values = one.values.get((spec.series, side))
    if spec.reading == "hold" and rep.kind == "hold" and values is not None:
        span = functions.span_of_means(values[0], one.time_s, *one.held_s())
        if span > UNEVEN_HOLD_DEG:
            found.append(Finding("C", f"it moves by {span:.0f}° during the hold, which a mean hides"))
    return found


def _of_both_legs(spec: MeasureSpec, clip: Clip, rows: IntArray) -> Column:
    parent = next(one for one in CATALOGUE if one.id == spec.parent)
    left, right = (_of_leg(parent, side, clip, rows) for side in SIDES)
    growths = np.maximum(left.growths, right.growths)
    if spec.reading == "left_right":
        findings = tuple((*a, *b) for a, b in zip(left.findings, right.findings, strict=True))
        return Column(rows, left.values - right.values, left.bounds + right.bounds, growths, findings, left.refused)
    # The camera's turn is in both legs with opposite signs: neither its bound nor its grade stays.
    findings = tuple(
        tuple(finding for finding in (*a, *b) if "camera's angle" not in finding.reason)
        for a, b in zip(left.findings, right.findings, strict=True)
    )
    bounds = 0.2 * (left.bounds + right.bounds) / 2
    return Column(rows, (left.values + right.values) / 2, bounds, growths, findings, left.refused)


# --- an index of other measures -----------------------------------------------------------------------------------


def _of_parts(
    spec: MeasureSpec,
    side: Side | None,
    rows: IntArray,
    columns: Mapping[tuple[str, Side | None], Column],
) -> Column:
    """The function of the parts' columns. Its model term is what those of its parts make of it together, its bound what
    theirs move it by when they all err the same way, as one turned camera does; its findings are those of its parts
    (specification 3.3)."""
    found = {id: columns.get((id, side)) or columns.get((id, None)) for id in (*spec.parts, *spec.optional_parts)}
    parts = {id: column for id, column in found.items() if column is not None}
    missing = [id for id in spec.parts if id not in parts]
    if missing or not rows.size:
        why = f"not measurable: it needs {_label(missing[0])}, which this clip does not give" if missing else None
        return replace(_empty(rows), refused=(why,) * rows.size)
    index = INDICES[spec.id]
    at = {id: np.searchsorted(column.rows, rows) for id, column in parts.items()}
    count = max(len(column.values) for column in parts.values())
    values = {id: np.broadcast_to(c.values[:, at[id]], (count, rows.size)) for id, c in parts.items()}
    now = {id: value[:1] for id, value in values.items()}
    sds = {id: np.array([_part_model_sd(id, column, k) for k in at[id]]) for id, column in parts.items()}
    models = INDEX_MODELS[spec.id](values, sds)
    bounds = _moved_by(index, now, {id: column.bounds[at[id]] for id, column in parts.items()})
    findings = tuple(
        tuple(finding for id in spec.parts for finding in parts[id].findings[at[id][k]]) for k in range(rows.size)
    )
    refused = tuple(
        next((w for id in spec.parts if (w := parts[id].refused[at[id][k]])), None) for k in range(rows.size)
    )
    return Column(rows, index(values), bounds, np.ones(rows.size), findings, refused, models=models, parts=tuple(parts))


def _label(id: str) -> str:
    return next((spec.label.lower() for spec in CATALOGUE if spec.id == id), id)


def _part_model_sd(id: str, column: Column, k: int) -> float:
    spec = next(one for one in CATALOGUE if one.id == id)
    if column.models is not None:
        return float(column.models[k])
    return float(column.growths[k]) * model_sd(spec, float(np.nan_to_num(column.values[0, k])))


def _moved_by(index: IndexReading, now: Mapping[str, FloatArray], by: Mapping[str, FloatArray]) -> FloatArray:
    """(R,) how far the index moves at most with all parts `now` (1, R) higher, or all lower, by `by` (R,)."""
    ends = [index({id: value + sign * by[id] for id, value in now.items()}) for sign in (1.0, -1.0)]
    moved: FloatArray = np.nan_to_num(np.max(np.abs(np.stack(ends) - index(now)), axis=0)[0])
    return moved


# --- values -------------------------------------------------------------------------------------------------------


def _read(spec: MeasureSpec, side: Side | None, one: RepDraws, rep: Rep, label: str | None) -> FloatArray:
    """(D, 1)"""
    missing = np.full((len(one.instants["start"]), 1), np.nan)
    if spec.reading == "time":
        return _time(spec, one, missing)
    if spec.reading == "window":
        return WINDOWS[spec.id](one, side, rep)
    values = one.values.get((spec.series, side))
    if values is None:
        return missing
    if spec.reading in ("hold", "slope"):
        over = functions.mean_over if spec.reading == "hold" else functions.slope_over
        return over(values, one.time_s, *one.held_s())
    at = one.instants.get(spec.instant.format(side=side))
    if at is None:
        return missing
    if spec.reading == "at":
        read = functions.read_at(values, one.time_s, at, spec.half_window_s)
        return -read if spec.series == SPEED_SERIES else read
    standing = one.instants["top" if label == "sit_to_stand" else "standing"]
    return functions.read_change(values, one.time_s, at, standing, spec.half_window_s)


def _time(spec: MeasureSpec, one: RepDraws, missing: FloatArray) -> FloatArray:
    known = next((pair for pair in TIMES[spec.id] if set(pair) <= set(one.instants)), None)
    sat_down = "eccentric_end" in one.instants
    if known is None or (spec.id == "rep_time" and "concentric_end" in one.instants and not sat_down):
        return missing
    return functions.between(one.instants[known[0]], one.instants[known[1]])


def movement_of(spec: MeasureSpec) -> str | None:
    """Of a clip, to whose movement its specs are narrowed."""
    return spec.movements[0] if len(spec.movements) == 1 else None


def model_sd(spec: MeasureSpec, value: float) -> float:
    """Of the measure itself; a difference between legs carries that of both."""
    movement = movement_of(spec)
    entry = model_error(spec.id, movement) or model_error(spec.parent, movement)
    if entry is None:
        return 0.0
    return entry.sd_at(value) * (2**0.5 if spec.reading == "left_right" else 1.0)


# --- the view and the gates ---------------------------------------------------------------------------------------


def view_refusal(spec: MeasureSpec, side: Side | None, segment: Segment, settings: Settings) -> str | None:
    """Why a view cannot give a measure, in words for a coach, or None where it can. Validation asks the same of the
    true view, to tell a right refusal from a wrong one."""
    if spec.reading == "time" or spec.plane == "any":
        hidden = is_far(segment, side) and segment.view in ("left", "right") and spec.reading != "time"
        return HIDDEN if hidden else None
    # Either gate of a true front view, for what has no series of its own.
    gate = "fppa_deg" if spec.leaks else "pelvic_obliquity_deg" if spec.plane == "frontal" else "knee_flexion_deg"
    name = spec.series if spec.series and spec.reading not in ("both_legs", "left_right") else gate
    refused = next((refusal(one, segment, settings.view) for one in SERIES if one.name == name), None)
    hidden = is_far(segment, side) and (spec.plane == "sagittal" or segment.view in ("left", "right"))
    return refused or (HIDDEN if hidden else None)


def _quality(
    spec: MeasureSpec, side: Side | None, one: RepDraws, segment: Segment, rep: Rep, rate_hz: float
) -> list[Finding]:
    if spec.series in THIGH_SERIES and spec.instant == "bottom" and thigh_deg(one, side) > THIGH_LEVEL_DEG:
        return [Finding("D", POINTS_AT_CAMERA)]
    sides = (side,) if side and spec.series not in BOTH_HIPS else SIDES
    if side is None and segment.near_side is not None and spec.series not in BOTH_HIPS:
        sides = (segment.near_side,)
    columns = [POINTS.index(f"{each}_{part}") for each in sides for part in spec.needs]
    inside = (one.time_s >= rep.start_s) & (one.time_s <= rep.end_s)
    turn_s = rep.instants.get("bottom", rep.start_s)
    near = np.abs(one.time_s - turn_s) <= max(0.25, float(np.abs(one.time_s - turn_s).min()))
    if rep.kind == "hold" and inside.any():
        near = inside
    lengths = (
        [Finding("B", NO_LENGTHS)] if not one.stood and spec.plane != "sagittal" and spec.reading != "time" else []
    )
    score = np.median(one.score[near][:, columns], axis=0).min()
    seen_share = float(one.known[inside][:, columns].all(axis=1).mean()) if inside.any() else 0.0
    return [*lengths, *quality_findings(spec, segment, rate_hz, float(score), seen_share)]
