"""The truth of a simulated clip, in the schema of the rendered ones (`vidgait-truth-1`, sample_videos/README.md).

Everything is recomputed from the posed points; only the timing of repetitions is taken from what was prescribed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from vidgait.kinematics import angles
from vidgait.truth.person_points import FORWARD, frontal_px, sagittal_px
from vidgait.truth.rendered import SCHEMA
from vidgait.truth.skeleton_motion import SIDES, VIEW_YAW_DEG, Body, Motion, other_side
from vidgait.truth.skeleton_pose import heading_axes, skeleton_m
from vidgait.types import BLAZEPOSE, FloatArray, Side

if TYPE_CHECKING:
    from vidgait.truth.skeleton_film import Camera

__all__ = ["angles_deg", "truth_mapping"]

_PARTS = ("hip", "knee", "ankle", "heel", "toe", "shoulder", "elbow", "wrist", "ear")
POINTS = ("nose", *(f"{side}_{part}" for side in SIDES for part in _PARTS))
VIEW_WITHIN_DEG = 15.0

Points = Mapping[str, FloatArray]


def truth_mapping(
    name: str,
    movement: str,
    motion: Motion,
    camera: Camera,
    body: Body,
    *,
    others: Sequence[FloatArray] = (),
    seed: int = 0,
) -> dict[str, Any]:
    """`others`: (T, 33, 2) pixels of further people. Points in metres are turned with the person: x to their left, y
    backwards, z up."""
    world = skeleton_m(motion, body)
    pixels = camera.project(world)
    own = _own_frame(world, motion)
    points_m = {point: own[:, BLAZEPOSE.index(point)] for point in POINTS}
    yaw_deg = float(np.median(motion.yaw_deg))
    return {
        "schema": SCHEMA,
        "name": name,
        "movement": movement,
        "body": "lines",
        "stature_m": body.height_m,
        "view": _view_name(yaw_deg),
        "yaw_deg": yaw_deg,
        "heading_deg": _rounded(motion.yaw_deg, 3),
        "rate_hz": round(1.0 / float(np.median(np.diff(motion.time_s))), 4),
        "seed": seed,
        "reps": [_rounded_rep(rep) for rep in motion.reps],
        "time_s": _rounded(motion.time_s, 6),
        "camera": _camera(camera, yaw_deg),
        "camera_offset_px": [[0.0, 0.0]] * motion.time_s.size,
        "points_px": _pixels(pixels),
        "points_m": {point: _rounded(xyz, 5) for point, xyz in points_m.items()},
        "angles_deg": {
            group: {angle: _rounded(values, 3) for angle, values in of_group.items()}
            for group, of_group in angles_deg(points_m).items()
        },
        "others": [{"points_px": _pixels(one)} for one in others],
    }


def angles_deg(points_m: Points) -> dict[str, dict[str, FloatArray]]:
    """Angles (T,) of points (T, 3) in the person's own axes: {"left": {...}, "right": {...}, "both": {...}}, by the
    formulas of `kinematics.angles`, in the person's own sagittal and frontal planes."""
    side_view = {name: sagittal_px(xyz) for name, xyz in points_m.items()}
    front_view = {name: frontal_px(xyz) for name, xyz in points_m.items()}
    lean = angles.trunk_lean_deg(_middle(side_view, "hip"), _middle(side_view, "shoulder"), FORWARD)
    found: dict[str, dict[str, FloatArray]] = {side: _leg(side_view, front_view, points_m, side) for side in SIDES}
    trunk = _middle(points_m, "shoulder") - _middle(points_m, "hip")
    for side, outward in (("left", 1.0), ("right", -1.0)):
        found[side]["hip_flexion_deg"] = found[side]["thigh_inclination_deg"] + lean
        found[side]["hip_adduction_deg"] = found[side]["femoral_adduction_deg"] + found[side]["pelvic_drop_deg"]
        found[side]["lateral_trunk_lean_deg"] = np.degrees(np.arctan2(outward * trunk[:, 0], trunk[:, 2]))
    return found | {"both": {"trunk_inclination_deg": lean}}


def _leg(side_view: Points, front_view: Points, points_m: Points, side: Side) -> dict[str, FloatArray]:
    hip, knee, ankle, heel, toe = (side_view[f"{side}_{part}"] for part in ("hip", "knee", "ankle", "heel", "toe"))
    front_hip, front_knee, front_ankle = (front_view[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))
    medial = angles.medial_direction(side, "front")
    pelvis = points_m[f"{side}_hip"] - points_m[f"{other_side(side)}_hip"]
    return {
        "knee_flexion_3d_deg": _bend_deg(*(points_m[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))),
        "knee_flexion_deg": angles.knee_flexion_deg(hip, knee, ankle, FORWARD),
        "thigh_inclination_deg": angles.thigh_inclination_deg(hip, knee, FORWARD),
        "shank_inclination_deg": angles.shank_inclination_deg(knee, ankle, FORWARD),
        "foot_inclination_deg": angles.foot_inclination_deg(heel, toe, FORWARD),
        "fppa_deg": angles.fppa_deg(front_hip, front_knee, front_ankle, medial),
        "femoral_adduction_deg": angles.femoral_adduction_deg(front_hip, front_knee, medial),
        "pelvic_drop_deg": np.degrees(np.arctan2(pelvis[:, 2], np.hypot(pelvis[:, 0], pelvis[:, 1]))),
    }


def _bend_deg(hip: FloatArray, knee: FloatArray, ankle: FloatArray) -> FloatArray:
    thigh, shank = knee - hip, ankle - knee
    across = np.linalg.norm(np.cross(thigh, shank), axis=1)
    return np.asarray(np.degrees(np.arctan2(across, (thigh * shank).sum(axis=1))))


def _middle(points: Points, part: str) -> FloatArray:
    return angles.midpoint(points[f"left_{part}"], points[f"right_{part}"])


def _own_frame(world: FloatArray, motion: Motion) -> FloatArray:
    """(T, K, 3): to the left, backwards, up of the person."""
    forward_up_left = np.einsum("tkj,tij->tki", world, heading_axes(motion.yaw_deg))
    return np.stack([forward_up_left[..., 2], -forward_up_left[..., 0], forward_up_left[..., 1]], axis=-1)


def _camera(camera: Camera, yaw_deg: float) -> dict[str, Any]:
    """The pinhole in the axes of a person who faces `yaw_deg`."""
    own = heading_axes(np.array([yaw_deg]))[0][[2, 0, 1]] * np.array([[1.0], [-1.0], [1.0]])
    right, up, back = camera.axes()
    axes = np.stack([right, -up, -back]) @ own.T
    return {
        "position_m": _rounded(own @ camera.position_m(), 6),
        "axes_right_down_forward": _rounded(axes, 9),
        "focal_px": camera.focal_px,
        "centre_px": [size / 2 for size in camera.size_px],
        "size_px": list(camera.size_px),
        # That of the camera: a camera turned clockwise turns the picture the other way.
        "roll_deg": -camera.roll_deg,
    }


def _view_name(yaw_deg: float) -> str:
    for name, centre in VIEW_YAW_DEG.items():
        if abs((yaw_deg - centre + 180) % 360 - 180) <= VIEW_WITHIN_DEG:
            return name
    return "oblique"


def _pixels(xy_px: FloatArray) -> dict[str, Any]:
    return {point: _rounded(xy_px[:, BLAZEPOSE.index(point)], 3) for point in POINTS}


def _rounded(values: FloatArray, digits: int) -> list[Any]:
    rounded: list[Any] = (np.asarray(values, float).round(digits) + 0.0).tolist()
    return rounded


def _rounded_rep(rep: Mapping[str, Any]) -> dict[str, Any]:
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in rep.items()}
