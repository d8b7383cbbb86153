"""From markers in space to series: which marker is which joint, which way is up, and where the person faces.

Joint centres are best. A marker on the outside of a joint does for the sagittal plane, where it lies in front of the
joint as the camera sees it; from the front it is off by half the joint's width, so nothing frontal is made of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import uniform_filter1d

from vidgait.errors import ReferenceFileError
from vidgait.kinematics.signals import frame_rate_hz
from vidgait.kinematics.standing import POINTS, SIDES
from vidgait.truth.person_points import (
    both_feet_of_points,
    from_standing,
    frontal_px,
    sagittal_px,
    series_of_points,
    standing_of_picture,
)
from vidgait.truth.reference import Reference

if TYPE_CHECKING:
    from vidgait.truth.column_map import Source
    from vidgait.truth.motion_files import Markers
    from vidgait.types import FloatArray

__all__ = ["reference_of_markers"]


@dataclass(frozen=True, slots=True)
class _Known:
    """A name that a joint goes by: {S} is L or R, {m} is L or r, as OpenSim's markers have it."""

    markers: tuple[str, ...]
    lateral: bool = False


_KNOWN: Mapping[str, tuple[_Known, ...]] = {
    "hip": (_Known(("{S}_HJC",)), _Known(("{S}HJC_study",)), _Known(("{S}HJC",)), _Known(("{S}Hip",))),
    "knee": (
        _Known(("{m}_knee_study", "{m}_mknee_study")),
        _Known(("{m}_knee", "{m}_mknee")),
        _Known(("{S}KJC",)),
        _Known(("{S}Knee",)),
        _Known(("{m}_knee",), lateral=True),
        _Known(("{S}KNE",), lateral=True),
    ),
    "ankle": (
        _Known(("{m}_ankle_study", "{m}_mankle_study")),
        _Known(("{m}_ankle", "{m}_mankle")),
        _Known(("{S}AJC",)),
        _Known(("{S}Ankle",)),
        _Known(("{m}_ankle",), lateral=True),
        _Known(("{S}ANK",), lateral=True),
    ),
    "heel": (_Known(("{m}_calc_study",)), _Known(("{m}_calc",)), _Known(("{S}Heel",)), _Known(("{S}HEE",))),
    "toe": (_Known(("{m}_toe_study",)), _Known(("{m}_toe",)), _Known(("{S}BigToe",)), _Known(("{S}TOE",))),
    "shoulder": (
        _Known(("{m}_shoulder_study",)),
        _Known(("{S}_Shoulder",)),
        _Known(("{S}Shoulder",)),
        _Known(("{S}SHO",)),
    ),
}
"""Best first: joint centres, then pairs of markers on both sides of a joint, then a marker on its outside. Names of
OpenCap, OpenSim's Rajagopal set, Vicon's Plug-in Gait, and OpenPose as Pose2Sim writes it."""

FACING_WINDOW_S = 0.5
"""The line from the right to the left hip and shoulder wobbles with the pelvis; its mean over this is where the person
faces."""
_FRONTAL_OF_LEGS = (
    "femoral_adduction_deg",
    "shank_adduction_deg",
    "hip_adduction_deg",
    "fppa_deg",
    "dynamic_valgus_index_deg",
    "knee_medial_displacement_percent",
    "knee_separation_hips_percent",
    "knee_separation_ankles_ratio",
    "hip_shift_percent",
)


def reference_of_markers(markers: Markers, mapped: Mapping[str, Source]) -> Reference:
    """A reference from marker points. `mapped` names markers of joints (`left_knee`) and wins over known names.
    Raises ReferenceFileError where hips and knees are not among them."""
    joints, lateral = _joints(markers, mapped)
    for side in SIDES:
        for part in ("hip", "knee"):
            if f"{side}_{part}" not in joints:
                raise ReferenceFileError(
                    f"{markers.name} has no marker known as {side} {part}.",
                    f"Name it with --map {side}_{part}=MARKER, or MARKER+MARKER for the middle of two. "
                    f"Markers: {', '.join(markers.points_m)}.",
                )
    points_m = _turned_with_person(joints, markers.time_s)
    standing = np.logical_and.reduce(
        [
            standing_of_picture({name: plane(xyz) for name, xyz in points_m.items()}, markers.time_s)
            for plane in (sagittal_px, frontal_px)
        ]
    )
    series = from_standing(series_of_points(points_m, markers.time_s, None), standing, both_feet_of_points(points_m))
    notes = []
    if lateral:
        series = {key: value for key, value in series.items() if key[0] not in _FRONTAL_OF_LEGS}
        notes.append(
            f"{', '.join(lateral)} lie on the outside of their joints: used for the sagittal plane only; the frontal "
            "plane needs joint centres or a marker on each side"
        )
    return Reference(markers.name, "markers", markers.time_s, series, notes=tuple(notes))


def _joints(markers: Markers, mapped: Mapping[str, Source]) -> tuple[dict[str, FloatArray], list[str]]:
    """(T, 3) by joint, and the names of those markers that lie on the outside of a knee or an ankle."""
    joints: dict[str, FloatArray] = {}
    lateral: list[str] = []
    for joint in POINTS:
        if joint in mapped:
            joints[joint] = _middle(markers, mapped[joint].named_in(markers.points_m))
            continue
        side, _, part = joint.partition("_")
        for known in _KNOWN[part]:
            names = tuple(_named(name, side) for name in known.markers)
            if set(names) <= set(markers.points_m):
                joints[joint] = _middle(markers, names)
                lateral += names if known.lateral else ()
                break
    return joints, lateral


def _named(name: str, side: str) -> str:
    return name.format(S=side[0].upper(), m="L" if side == "left" else "r")


def _middle(markers: Markers, names: tuple[str, ...]) -> FloatArray:
    unknown = next((name for name in names if name not in markers.points_m), None)
    if unknown is not None:
        raise ReferenceFileError(
            f"{markers.name} has no marker '{unknown}'.", f"Markers: {', '.join(markers.points_m)}."
        )
    middle: FloatArray = np.mean([markers.points_m[name] for name in names], axis=0)
    return middle


def _turned_with_person(joints: Mapping[str, FloatArray], time_s: FloatArray) -> dict[str, FloatArray]:
    """(T, 3) each, x to the person's left, y backwards, z up. Up is the axis of the file along which the shoulders (or
    hips) stand above the ankles (or knees); left is along the lines through both hips and both shoulders, seen from
    above."""
    top = next(part for part in ("shoulder", "hip") if f"left_{part}" in joints)
    bottom = next(part for part in ("ankle", "knee") if f"left_{part}" in joints)
    above = np.nanmean(joints[f"left_{top}"] - joints[f"left_{bottom}"], axis=0)
    axis = int(np.argmax(np.abs(above)))
    up = np.zeros(3)
    up[axis] = np.sign(above[axis])
    across = joints["left_hip"] - joints["right_hip"]
    if {"left_shoulder", "right_shoulder"} <= set(joints):
        across = across + joints["left_shoulder"] - joints["right_shoulder"]
    across = across - (across @ up)[:, None] * up
    left = _smoothed(across / np.linalg.norm(across, axis=1, keepdims=True), time_s)
    left = left / np.linalg.norm(left, axis=1, keepdims=True)
    back = np.cross(up, left)
    return {
        name: np.stack([(xyz * left).sum(axis=1), (xyz * back).sum(axis=1), xyz @ up], axis=1)
        for name, xyz in joints.items()
    }


def _smoothed(direction: FloatArray, time_s: FloatArray) -> FloatArray:
    """Moving mean of (T, 3), with gaps filled by the last direction that was known."""
    known = np.isfinite(direction).all(axis=1)
    if not known.any():
        return direction
    nearest = np.interp(np.arange(known.size), np.flatnonzero(known), np.flatnonzero(known)).round().astype(int)
    frames = max(int(FACING_WINDOW_S * frame_rate_hz(time_s)), 1)
    smooth: FloatArray = uniform_filter1d(direction[nearest], frames, axis=0, mode="nearest")
    return smooth
