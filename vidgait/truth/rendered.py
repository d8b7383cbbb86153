"""Reads the truth file of a rendered clip (schema `vidgait-truth-1`, described in sample_videos/README.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vidgait.errors import ReferenceFileError
from vidgait.kinematics.series import velocity_per_s
from vidgait.kinematics.standing import SIDES
from vidgait.truth.person_points import both_feet_of_points, from_standing, series_of_points, standing_of_picture
from vidgait.truth.phase_truth import EVENTS, Around, holds
from vidgait.truth.reference import Reference, TrueRep

if TYPE_CHECKING:
    from vidgait.truth.reference import Key
    from vidgait.types import FloatArray

__all__ = ["SCHEMA", "is_truth_file", "read_rendered", "reference_of"]

SCHEMA = "vidgait-truth-1"

_OF_LEGS = (
    "knee_flexion_deg",
    "thigh_inclination_deg",
    "shank_inclination_deg",
    "foot_inclination_deg",
    "hip_flexion_deg",
    "fppa_deg",
    "femoral_adduction_deg",
    "hip_adduction_deg",
)
"""Angles that the file states under vidgait's own names; the others come from its points."""

_BEND = {
    "start_s": "start",
    "bottom_start_s": "eccentric_end",
    "bottom_s": "bottom",
    "bottom_end_s": "concentric_start",
    "end_s": "end",
}
_INSTANTS = {
    "squat": _BEND,
    "single_leg_squat": _BEND,
    "step_down": _BEND,
    "lunge": _BEND,
    "sit_to_stand": {
        "standing_start_s": "concentric_end",
        "standing_end_s": "eccentric_start",
        "end_s": "eccentric_end",
    },
}
"""Prescribed instants of the file under the names of `vidgait.types.Rep.instants`; where `phase_truth` knows the
movement the events of the exact curves take their place. Other movements: the file's name without its `_s`."""


def is_truth_file(path: Path) -> bool:
    """Whether a JSON file calls itself a truth file. Reads its text, not its numbers."""
    try:
        return path.suffix == ".json" and f'"{SCHEMA}"' in path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def read_rendered(path: Path) -> Reference:
    """The truth of one rendered clip. Raises ReferenceFileError with one line that says what is wrong."""
    stored = _json(path)
    try:
        return reference_of(path.stem, stored)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        what = f"{type(error).__name__}: {error}".removesuffix(": ")
        raise ReferenceFileError(
            f"{path.name} is not a whole truth file ({what}).", "sample_videos/README.md describes what it must hold."
        ) from None


def _json(path: Path) -> Mapping[str, Any]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReferenceFileError(f"{path.name} cannot be read: {error.strerror}.", "Check --truth.") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ReferenceFileError(f"{path.name} is not valid JSON: {error}.") from None
    if not isinstance(stored, dict) or stored.get("schema") != SCHEMA:
        raise ReferenceFileError(
            f"{path.name} is no truth file: its schema is not {SCHEMA}.", "Give a .mot, .trc or .csv file, or a truth."
        )
    return stored


def reference_of(name: str, stored: Mapping[str, Any], kind: str = "rendered, exactly known") -> Reference:
    """The same from a truth that was never a file. Raises KeyError, TypeError or ValueError where it is not whole."""
    time_s = np.array(stored["time_s"], float)
    if time_s.ndim != 1 or time_s.size < 2 or not (np.diff(time_s) > 0).all():
        raise ValueError("time_s must hold two or more ascending times")
    points_m = _columns(stored["points_m"], time_s.size, 3)
    points_px = _columns(stored["points_px"], time_s.size, 2)
    series = series_of_points(points_m, time_s, stored["stature_m"])
    series |= _stated(stored["angles_deg"], time_s)
    return Reference(
        name=name,
        kind=kind,
        time_s=time_s,
        series=from_standing(series, standing_of_picture(points_px, time_s), both_feet_of_points(points_m)),
        movement=stored["movement"],
        reps=_reps(stored, points_m, time_s),
        view=stored["view"],
        yaw_deg=_yaw_deg(stored, points_m),
        points_px=points_px,
        clip=stored.get("name"),
        size_px=_size_px(stored["camera"]),
        on_video_clock=True,
    )


def _size_px(camera: Mapping[str, Any]) -> tuple[int, int] | None:
    if "size_px" not in camera:
        return None
    width, height = camera["size_px"]
    return int(width), int(height)


def _columns(stored: Mapping[str, Any], rows: int, width: int) -> dict[str, FloatArray]:
    columns = {name: np.array(values, float) for name, values in stored.items()}
    for name, values in columns.items():
        if values.shape != (rows, width):
            raise ValueError(f"{name} has shape {values.shape}, not {(rows, width)}")
    return columns


def _stated(angles: Mapping[str, Mapping[str, Sequence[float]]], time_s: FloatArray) -> dict[Key, FloatArray]:
    """The series that the file states itself, to more digits than its points give."""
    stated: dict[Key, FloatArray] = {}
    for side in SIDES:
        for name in _OF_LEGS:
            stated[name, side] = np.array(angles[side][name], float)
        stated["knee_flexion_vertical_deg", side] = stated["knee_flexion_deg", side]
        stated["thigh_inclination_vertical_deg", side] = np.abs(stated["thigh_inclination_deg", side])
        stated["knee_flexion_velocity_deg_s", side] = velocity_per_s(stated["knee_flexion_deg", side], time_s)
        drop = np.array(angles[side]["pelvic_drop_deg"], float)
        stated["contralateral_pelvic_drop_deg", side] = stated["pelvic_drop_from_level_deg", side] = drop
        stated["trunk_lean_stance_deg", side] = np.array(angles[side]["lateral_trunk_lean_deg"], float)
    lean = np.array(angles["both"]["trunk_inclination_deg"], float)
    stated["trunk_lean_deg", None], stated["trunk_lean_vertical_deg", None] = lean, np.abs(lean)
    stated["pelvic_obliquity_deg", None] = np.array(angles["left"]["pelvic_drop_deg"], float)
    stated["trunk_lateral_lean_deg", None] = np.array(angles["right"]["lateral_trunk_lean_deg"], float)
    for key, values in stated.items():
        if values.shape != time_s.shape:
            raise ValueError(f"{key[0]} has {values.size} values for {time_s.size} frames")
    return stated


def _rep(stored: Mapping[str, Any], movement: str) -> TrueRep:
    names = _INSTANTS.get(movement)
    if names is None:
        names = {key: key.removesuffix("_s") for key in stored if key.endswith("_s")}
    instants = {ours: float(stored[theirs]) for theirs, ours in names.items() if stored.get(theirs) is not None}
    return TrueRep(
        index=int(stored["index"]),
        kind=stored.get("kind", "rep"),
        side=stored.get("side"),
        start_s=float(stored["start_s"]),
        end_s=float(stored["end_s"]),
        instants=instants,
    )


def _reps(stored: Mapping[str, Any], points_m: Mapping[str, FloatArray], time_s: FloatArray) -> tuple[TrueRep, ...]:
    movement = stored["movement"]
    prescribed = [_rep(rep, movement) for rep in stored["reps"]]
    if movement == "single_leg_stance":
        return holds(points_m, time_s, prescribed)
    return tuple(_ruled(rep, movement, points_m, time_s) for rep in prescribed)


def _ruled(rep: TrueRep, movement: str, points_m: Mapping[str, FloatArray], time_s: FloatArray) -> TrueRep:
    """With the events of the exact curves in place of the prescribed ones, which nobody could see (`phase_truth`)."""
    read = EVENTS.get(movement)
    if read is None or rep.start_s < time_s[0] or rep.end_s > time_s[-1]:
        return rep
    around = Around(rep.start_s, rep.middle_s, rep.end_s, rep.side)
    return replace(rep, instants=read(points_m, time_s, around))


def _yaw_deg(stored: Mapping[str, Any], points_m: Mapping[str, FloatArray]) -> FloatArray:
    """(T,) heading against the line of sight: the person looks along -y, the camera stands where the file says. Its
    points turn with a person who turns (`heading_deg`, simulated clips only); its camera is that of `yaw_deg`."""
    person = (points_m["left_hip"] + points_m["right_hip"]) / 2
    turn = np.radians(np.array(stored["heading_deg"], float) - stored["yaw_deg"]) if "heading_deg" in stored else 0.0
    left, back, _ = np.array(stored["camera"]["position_m"], float)
    left, back = left * np.cos(turn) - back * np.sin(turn), back * np.cos(turn) + left * np.sin(turn)
    yaw: FloatArray = np.degrees(np.arctan2(left - person[:, 0], person[:, 1] - back))
    return yaw
