"""From the columns of a table to series: OpenSim coordinates, columns of vidgait's own tables, and what `--map` names.

Signs are those of the biomechanics specification, section 0.3. Where a definition differs the reference says so in its
notes; nothing is shifted to fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vidgait.errors import ReferenceFileError
from vidgait.kinematics.series import SERIES, velocity_per_s
from vidgait.kinematics.standing import SIDES
from vidgait.outputs.tables import series_column
from vidgait.truth.column_map import TIME
from vidgait.truth.reference import Reference

if TYPE_CHECKING:
    from vidgait.truth.column_map import Source
    from vidgait.truth.motion_files import Table
    from vidgait.truth.reference import Key
    from vidgait.types import FloatArray

__all__ = ["reference_of_table"]

TIME_NAMES = ("time", "time_s", "t", "seconds")
TRANSLATIONS = ("pelvis_tx", "pelvis_ty", "pelvis_tz")
SPACING_MOST_S = 0.5
"""Two rows a second show no movement; times in milliseconds look like that."""
RADIANS_MOST = 7.0
"""No joint turns further than once round: larger numbers are degrees."""

_KNEE = "knee_angle_{}"
_NOTE_ZERO = (
    "ankle_dorsiflexion_deg: the reference has its own zero, vidgait counts from quiet standing: look at the error "
    "without offset"
)
_NOTE_PELVIS = (
    "hip_flexion_deg: the reference's is against the pelvis, vidgait's against the trunk: they differ by 10 degrees or "
    "more, and by what the back bends"
)
_NOTE_TRUNK = "hip_flexion_deg: hip_flexion less lumbar_extension, which is thigh against trunk, as vidgait means it"
_NOTE_KNEE = "knee_flexion_deg: knee_angle is negative in flexion here (gait2392); its sign was turned"
_NOTE_RADIANS = "the file does not say whether its angles are degrees; by their size they are {}"


def reference_of_table(table: Table, mapped: Mapping[str, Source], kind: str) -> Reference:
    """A reference from named columns. `mapped` wins over what is known by name. Raises ReferenceFileError where there
    is no time, or nothing that vidgait measures."""
    time_s = _time_s(table, mapped)
    angles, unit_note = _in_degrees(table)
    series, notes = _opensim(angles)
    series |= _own(table)
    for target, source in mapped.items():
        if target != TIME:
            name, _, side = target.partition(":")
            key: Key = (name, "left" if side == "left" else "right" if side else None)
            series[key] = source.factor * _column(table, _of_source(table, source))
    if not series:
        raise ReferenceFileError(
            f"{table.name} holds no joint angle that is known by name.",
            f"Name columns with --map knee_flexion_deg:left=COLUMN. Columns: {_listed(table)}.",
        )
    series = _derived(series, time_s)
    return Reference(table.name, kind, time_s, series, notes=(*table.notes, *unit_note, *notes))


def _time_s(table: Table, mapped: Mapping[str, Source]) -> FloatArray:
    source = mapped.get(TIME)
    lower = {name.lower(): name for name in table.columns}
    named = next((lower[name] for name in TIME_NAMES if name in lower), None)
    if source is None and named is None:
        raise ReferenceFileError(
            f"{table.name} has no column of times.", f"Name it with --map time=COLUMN. Columns: {_listed(table)}."
        )
    time_s = _column(table, str(named)) if source is None else source.factor * _column(table, _of_source(table, source))
    if not np.isfinite(time_s).all() or not (np.diff(time_s) > 0).all():
        raise ReferenceFileError(f"The times of {table.name} do not ascend.", "Sort the rows, or map another column.")
    spacing_s = float(np.median(np.diff(time_s)))
    if spacing_s > SPACING_MOST_S:
        column = str(named) if source is None else _of_source(table, source)
        raise ReferenceFileError(
            f"{table.name} lasts {np.ptp(time_s):.0f} s with a row every {spacing_s:.3g} s, too few for a movement.",
            f'If its times are milliseconds, say --map time="{column}[ms]".',
        )
    return time_s


def _of_source(table: Table, source: Source) -> str:
    return source.named_in(table.columns)[0]


def _column(table: Table, name: str) -> FloatArray:
    if name not in table.columns:
        raise ReferenceFileError(f"{table.name} has no column '{name}'.", f"Columns: {_listed(table)}.")
    return table.columns[name]


def _listed(table: Table) -> str:
    names = list(table.columns)
    return ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")


def _in_degrees(table: Table) -> tuple[dict[str, FloatArray], tuple[str, ...]]:
    """The rotational columns in degrees, and a note where the file does not say what they are. Only `.mot` files can be
    in radians: a CSV says so in the map."""
    turns = {name: values for name, values in table.columns.items() if name not in TRANSLATIONS}
    degrees = table.in_degrees
    note: tuple[str, ...] = ()
    known = [turns[name] for name in _coordinates() if name in turns]
    if degrees is None and known:
        largest = max(float(np.nanmax(np.abs(values), initial=0.0)) for values in known)
        degrees = largest > RADIANS_MOST
        note = (_NOTE_RADIANS.format("degrees" if degrees else "radians"),)
    if degrees or degrees is None:
        return turns, note
    return {name: np.degrees(values) for name, values in turns.items()}, note


def _coordinates() -> list[str]:
    sided = ("knee_angle", "hip_flexion", "hip_adduction", "ankle_angle")
    whole = ["pelvis_tilt", "pelvis_list", "lumbar_extension", "lumbar_bending"]
    return [f"{name}_{side}" for name in sided for side in "lr"] + whole


def _opensim(angles: Mapping[str, FloatArray]) -> tuple[dict[Key, FloatArray], list[str]]:
    """Series from OpenSim's coordinates, and what must be said about them."""
    series: dict[Key, FloatArray] = {}
    notes: list[str] = []
    turned = any(_flexes_negative(angles.get(_KNEE.format(side))) for side in "lr")
    tilt, extension = angles.get("pelvis_tilt"), angles.get("lumbar_extension")
    for side, letter in zip(SIDES, "lr", strict=True):
        knee, hip = angles.get(_KNEE.format(letter)), angles.get(f"hip_flexion_{letter}")
        if knee is not None:
            series["knee_flexion_deg", side] = -knee if turned else knee
        if f"ankle_angle_{letter}" in angles:
            series["ankle_dorsiflexion_deg", side] = angles[f"ankle_angle_{letter}"]
        if f"hip_adduction_{letter}" in angles:
            series["hip_adduction_deg", side] = angles[f"hip_adduction_{letter}"]
        if hip is not None:
            series["hip_flexion_deg", side] = hip if extension is None else hip - extension
        if hip is not None and tilt is not None:
            series["thigh_inclination_deg", side] = hip + tilt
        if hip is not None and tilt is not None and knee is not None:
            series["shank_inclination_deg", side] = series["knee_flexion_deg", side] - hip - tilt
    if tilt is not None and extension is not None:
        series["trunk_lean_deg", None] = -(tilt + extension)
    series |= _sideways(angles)
    notes += [_NOTE_KNEE] if turned else []
    if ("hip_flexion_deg", "left") in series or ("hip_flexion_deg", "right") in series:
        notes.append(_NOTE_PELVIS if extension is None else _NOTE_TRUNK)
    notes += [_NOTE_ZERO] if any(name == "ankle_dorsiflexion_deg" for name, _ in series) else []
    return series, notes


def _sideways(angles: Mapping[str, FloatArray]) -> dict[Key, FloatArray]:
    tilted = angles.get("pelvis_list")
    if tilted is None:
        return {}
    series: dict[Key, FloatArray] = {("pelvic_obliquity_deg", None): tilted}
    if "lumbar_bending" in angles:
        series["trunk_lateral_lean_deg", None] = tilted + angles["lumbar_bending"]
    return series


def _flexes_negative(knee: FloatArray | None) -> bool:
    """A knee bends further than it overextends."""
    return knee is not None and -float(np.nanmin(knee)) > max(float(np.nanmax(knee)), 15.0)


def _own(table: Table) -> dict[Key, FloatArray]:
    """Columns named as in vidgait's own `frames.csv`."""
    series: dict[Key, FloatArray] = {}
    for spec in SERIES:
        for side in SIDES if spec.sided else (None,):
            column = series_column(spec.name, side)
            if column in table.columns:
                series[spec.name, side] = table.columns[column]
    return series


def _derived(series: Mapping[Key, FloatArray], time_s: FloatArray) -> dict[Key, FloatArray]:
    """With the speed of the knee, and the angles that vidgait estimates from heights."""
    more: dict[Key, FloatArray] = {}
    for side in SIDES:
        knee, thigh = series.get(("knee_flexion_deg", side)), series.get(("thigh_inclination_deg", side))
        if knee is not None:
            more["knee_flexion_velocity_deg_s", side] = velocity_per_s(knee, time_s)
            more["knee_flexion_vertical_deg", side] = knee
        if thigh is not None:
            more["thigh_inclination_vertical_deg", side] = np.abs(thigh)
    lean = series.get(("trunk_lean_deg", None))
    if lean is not None:
        more["trunk_lean_vertical_deg", None] = np.abs(lean)
    return more | dict(series)
