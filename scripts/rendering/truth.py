"""The truth of a clip, recomputed from the final joints: nothing is taken from what was prescribed but the timing.

Angles follow the project's signs. The person faces -y without turning, so their own sagittal plane is the world's y-z
plane and their frontal plane the x-z plane; the camera has no part in the angles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from scripts.rendering.balance import centre_of_mass
from scripts.rendering.body import SIDES, lateral_sign
from scripts.rendering.geometry import Array, unit
from scripts.rendering.posture import fppa_deg

if TYPE_CHECKING:
    from scripts.rendering.camera import Camera

__all__ = ["SCHEMA", "angles_of", "truth_of"]

SCHEMA = "vidgait-truth-1"
UNSIDED = "both"


def _forward(vector: Array) -> float:
    return -float(vector[1])


def _medial(vector: Array, side: str) -> float:
    return -lateral_sign(side) * float(vector[0])


def _angle_deg(opposite: float, adjacent: float) -> float:
    return float(np.degrees(np.arctan2(opposite, adjacent)))


def _leg_angles(joints: Mapping[str, Array], side: str) -> dict[str, float]:
    hip, knee, ankle, heel, toe = (joints[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle", "heel", "toe"))
    thigh, shank, foot = knee - hip, ankle - knee, toe - heel
    bend = float(np.degrees(np.arccos(np.clip(unit(thigh) @ unit(shank), -1, 1))))
    thigh_deg = _angle_deg(_forward(thigh), -thigh[2])
    shank_deg = _angle_deg(-_forward(shank), -shank[2])
    return {
        "knee_flexion_3d_deg": bend,
        "knee_flexion_deg": thigh_deg + shank_deg,
        "thigh_inclination_deg": thigh_deg,
        "shank_inclination_deg": shank_deg,
        "foot_inclination_deg": _angle_deg(float(foot[2]), _forward(foot)),
        "fppa_deg": fppa_deg(hip, knee, ankle, side),
        "femoral_adduction_deg": _angle_deg(_medial(thigh, side), -thigh[2]),
    }


def _trunk_angles(joints: Mapping[str, Array], side: str, trunk: Array) -> dict[str, float]:
    other = "right" if side == "left" else "left"
    pelvis = joints[f"{side}_hip"] - joints[f"{other}_hip"]
    return {
        "pelvic_drop_deg": _angle_deg(float(pelvis[2]), float(np.hypot(pelvis[0], pelvis[1]))),
        "lateral_trunk_lean_deg": _angle_deg(-_medial(trunk, side), float(trunk[2])),
    }


def angles_of(joints: Mapping[str, Array]) -> dict[str, dict[str, float]]:
    """Angles of one frame in degrees: {"left": {...}, "right": {...}, "both": {...}}."""
    shoulders = (joints["left_shoulder"] + joints["right_shoulder"]) / 2
    trunk = shoulders - (joints["left_hip"] + joints["right_hip"]) / 2
    lean_deg = _angle_deg(_forward(trunk), float(trunk[2]))
    angles: dict[str, dict[str, float]] = {}
    for side in SIDES:
        angles[side] = _leg_angles(joints, side) | _trunk_angles(joints, side, trunk)
        angles[side]["hip_flexion_deg"] = angles[side]["thigh_inclination_deg"] + lean_deg
        angles[side]["hip_adduction_deg"] = angles[side]["femoral_adduction_deg"] + angles[side]["pelvic_drop_deg"]
    angles[UNSIDED] = {"trunk_inclination_deg": lean_deg}
    return angles


def _rounded(values: Sequence[float] | Array, digits: int) -> list[Any]:
    return (np.asarray(values, float).round(digits) + 0.0).tolist()


def truth_of(frames: Sequence[Mapping[str, Array]], time_s: Array, cameras: Sequence[Camera]) -> dict[str, Any]:
    """Joints, pixels and angles of every frame, as columns over time (T)."""
    angles = [angles_of(joints) for joints in frames]
    points_m = {name: np.array([joints[name] for joints in frames]) for name in frames[0]}
    points_m["centre_of_mass"] = np.array([centre_of_mass(joints) for joints in frames])
    pixels = {
        name: np.array([camera.project(point)[:2] for camera, point in zip(cameras, points, strict=True)])
        for name, points in points_m.items()
    }
    offset = np.array([camera.centre_px - cameras[0].centre_px for camera in cameras])
    return {
        "schema": SCHEMA,
        "time_s": _rounded(time_s, 6),
        "camera": cameras[0].describe(),
        "camera_offset_px": _rounded(offset, 3),
        "points_px": {name: _rounded(points, 2) for name, points in pixels.items()},
        "points_m": {name: _rounded(points, 4) for name, points in points_m.items()},
        "angles_deg": {
            group: {name: _rounded([frame[group][name] for frame in angles], 3) for name in angles[0][group]}
            for group in angles[0]
        },
    }
