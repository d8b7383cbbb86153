"""From a person's joints in space to the series that vidgait reads from a picture, by the same formulas.

The joints are projected onto the person's own sagittal and frontal planes, as two ideal cameras would see them, and the
functions of `vidgait.kinematics.angles` do the rest: truth and picture never differ by a definition. Points are (T, 3)
metres: x to the person's left, y backwards, z up, turned with the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics import angles
from vidgait.kinematics.mass import centre_of_mass_px
from vidgait.kinematics.series import FROM_BOTH_FEET, FROM_STANDING, velocity_per_s
from vidgait.kinematics.standing import POINTS, SIDES, standing_mask
from vidgait.types import BLAZEPOSE, Track

if TYPE_CHECKING:
    from vidgait.truth.reference import Key
    from vidgait.types import BoolArray, FloatArray, Side

__all__ = [
    "FORWARD",
    "both_feet_of_points",
    "from_standing",
    "frontal_px",
    "sagittal_px",
    "series_of_points",
    "standing_of_picture",
]

Points = Mapping[str, "FloatArray"]

FORWARD = 1.0
LIFTED_LEGS = 0.03
"""A foot whose ankle is this share of the leg higher than the other one is off the floor."""
OFF_CENTRE = 0.25
"""Hips this share of the feet's distance aside of the middle between the feet stand more on one leg than on both."""


def sagittal_px(point_m: FloatArray) -> FloatArray:
    """(T, 2) as seen from the person's right: forward is the picture's right, y down."""
    return np.stack([-point_m[:, 1], -point_m[:, 2]], axis=1)


def frontal_px(point_m: FloatArray) -> FloatArray:
    """(T, 2) as seen from the front: the person's left is at the picture's right, y down."""
    return np.stack([point_m[:, 0], -point_m[:, 2]], axis=1)


def standing_of_picture(points_px: Points, time_s: FloatArray) -> BoolArray:
    """(T,) quiet standing, by vidgait's own rule applied to true points in a picture. All False where points lack."""
    if not set(POINTS) <= set(points_px):
        return np.zeros(time_s.shape, bool)
    xy_px = np.full((time_s.size, len(BLAZEPOSE.keypoints), 2), np.nan)
    for name in POINTS:
        xy_px[:, BLAZEPOSE.index(name)] = points_px[name]
    track = Track(time_s, xy_px, np.ones(xy_px.shape[:2]), None, BLAZEPOSE)
    return standing_mask(track, np.ones(time_s.shape, bool))[0]


def both_feet_of_points(points_m: Points) -> BoolArray | None:
    """(T,) both feet are on one level and the hips between them, from before or behind; None where points lack. What
    pelvis and trunk do on one leg is counted from quiet standing of this kind."""
    if not all(_both(points_m, part) for part in ("hip", "knee", "ankle")):
        return None
    left, right = points_m["left_ankle"], points_m["right_ankle"]
    aside = np.abs((_middle(points_m, "hip") - _middle(points_m, "ankle"))[:, 0])
    leg_m = float(np.median([_leg_m(points_m, side) for side in SIDES]))
    both: BoolArray = (np.abs((left - right)[:, 2]) < LIFTED_LEGS * leg_m) & (
        aside <= OFF_CENTRE * np.abs((left - right)[:, 0])
    )
    return both


def series_of_points(points_m: Points, time_s: FloatArray, stature_m: float | None) -> dict[Key, FloatArray]:
    """Every series whose points are there, (T,) each; those of FROM_STANDING not yet less their standing value."""
    side_view = {name: sagittal_px(xyz) for name, xyz in points_m.items()}
    front_view = {name: frontal_px(xyz) for name, xyz in points_m.items()}
    found: dict[Key, FloatArray] = {}
    for side in SIDES:
        found |= _sagittal_leg(side_view, side, time_s, stature_m)
        found |= _frontal_leg(front_view, points_m, side)
    found |= _trunk(side_view, front_view)
    found |= _hips(front_view, points_m, stature_m)
    found |= _stance_length(points_m)
    found |= _over_the_foot(front_view, stature_m)
    return found | _of_heights(found, points_m)


def from_standing(
    series: Mapping[Key, FloatArray], standing: BoolArray, both_feet: BoolArray | None = None
) -> dict[Key, FloatArray]:
    """`series` with those of FROM_STANDING less their median over `standing`, and those of FROM_BOTH_FEET over the part
    of it that is on `both_feet`; they are left out where nobody stands so."""
    zeroed = {}
    on_both = standing if both_feet is None else standing & both_feet
    for key, value in series.items():
        if key[0] not in FROM_STANDING:
            zeroed[key] = value
            continue
        counted_from = on_both if key[0] in FROM_BOTH_FEET else standing
        if np.isfinite(value[counted_from]).any():
            zeroed[key] = value - float(np.nanmedian(value[counted_from]))
    return zeroed


def _sagittal_leg(points: Points, side: Side, time_s: FloatArray, stature_m: float | None) -> dict[Key, FloatArray]:
    found: dict[Key, FloatArray] = {}
    hip, knee, ankle, heel, toe = (points.get(f"{side}_{part}") for part in ("hip", "knee", "ankle", "heel", "toe"))
    if hip is not None and knee is not None:
        found["thigh_inclination_deg", side] = angles.thigh_inclination_deg(hip, knee, FORWARD)
        if _both(points, "hip") and _both(points, "shoulder"):
            trunk = _middle(points, "hip"), _middle(points, "shoulder")
            found["hip_flexion_deg", side] = angles.hip_flexion_deg(*trunk, hip, knee, FORWARD)
        if ankle is not None:
            flexion = angles.knee_flexion_deg(hip, knee, ankle, FORWARD)
            found["knee_flexion_deg", side] = flexion
            found["knee_flexion_velocity_deg_s", side] = velocity_per_s(flexion, time_s)
    if knee is not None and ankle is not None:
        found["shank_inclination_deg", side] = angles.shank_inclination_deg(knee, ankle, FORWARD)
        if heel is not None and toe is not None:
            found["ankle_dorsiflexion_deg", side] = angles.ankle_dorsiflexion_deg(knee, ankle, heel, toe, FORWARD)
    if heel is not None and toe is not None:
        found["foot_inclination_deg", side] = angles.foot_inclination_deg(heel, toe, FORWARD)
        if stature_m:
            found["heel_rise_percent", side] = 100 * (toe - heel)[:, 1] / stature_m
    return found


def _frontal_leg(points: Points, points_m: Points, side: Side) -> dict[Key, FloatArray]:
    found: dict[Key, FloatArray] = {}
    medial = angles.medial_direction(side, "front")
    hip, knee, ankle, heel, toe = (points.get(f"{side}_{part}") for part in ("hip", "knee", "ankle", "heel", "toe"))
    if hip is not None and knee is not None:
        found["femoral_adduction_deg", side] = angles.femoral_adduction_deg(hip, knee, medial)
    if knee is not None and ankle is not None:
        found["shank_adduction_deg", side] = angles.shank_adduction_deg(knee, ankle, medial)
    if heel is not None and toe is not None:
        foot_m = np.linalg.norm(points_m[f"{side}_toe"] - points_m[f"{side}_heel"], axis=1)
        found["foot_progression_deg", side] = angles.foot_progression_deg(heel, toe, medial, foot_m)
    if hip is None or knee is None or ankle is None:
        return found
    fppa = angles.fppa_deg(hip, knee, ankle, medial)
    leg_m = _leg_m(points_m, side)
    found["fppa_deg", side] = fppa
    found["knee_medial_displacement_percent", side] = angles.knee_medial_displacement_percent(
        hip, knee, ankle, medial, leg_m
    )
    if _both(points, "hip"):
        left, right = points["left_hip"], points["right_hip"]
        adduction = angles.hip_adduction_deg(left, right, knee, side, medial)
        found["hip_adduction_deg", side] = adduction
        found["dynamic_valgus_index_deg", side] = fppa + adduction
    return found


def _trunk(side_view: Points, front_view: Points) -> dict[Key, FloatArray]:
    if not (_both(side_view, "hip") and _both(side_view, "shoulder")):
        return {}
    to_right = angles.medial_direction("left", "front")
    lean = angles.trunk_lateral_lean_deg(_middle(front_view, "hip"), _middle(front_view, "shoulder"), to_right)
    return {
        ("trunk_lean_deg", None): angles.trunk_lean_deg(
            _middle(side_view, "hip"), _middle(side_view, "shoulder"), FORWARD
        ),
        ("trunk_lateral_lean_deg", None): lean,
        ("trunk_lean_stance_deg", "left"): -lean,
        ("trunk_lean_stance_deg", "right"): lean,
    }


def _over_the_foot(points: Points, stature_m: float | None) -> dict[Key, FloatArray]:
    """Pelvis and centre of mass beside each foot, of points seen from the front. The mass is that of vidgait's own
    points and segments."""
    if not stature_m or not all(_both(points, part) for part in ("shoulder", "hip", "knee", "ankle", "heel", "toe")):
        return {}
    middles = {"pelvis_over_foot_percent": _middle(points, "hip"), "mass_over_foot_percent": centre_of_mass_px(points)}
    found: dict[Key, FloatArray] = {}
    for side in SIDES:
        foot = np.mean([points[f"{side}_{part}"] for part in ("ankle", "heel", "toe")], axis=0)
        medial = angles.medial_direction(side, "front")
        for name, middle in middles.items():
            found[name, side] = angles.hip_shift_percent(middle, foot, medial, stature_m)
    return found


def _stance_length(points_m: Points) -> dict[Key, FloatArray]:
    """How far one ankle is before the other, of the mean leg's length."""
    if not all(_both(points_m, part) for part in ("hip", "knee", "ankle")):
        return {}
    leg_m = float(np.mean([np.median(_leg_m(points_m, side)) for side in SIDES]))
    apart_m = np.abs(points_m["left_ankle"][:, 1] - points_m["right_ankle"][:, 1])
    return {("stance_length_percent", None): 100 * apart_m / leg_m}


def _hips(points: Points, points_m: Points, stature_m: float | None) -> dict[Key, FloatArray]:
    """What needs both hips, knees or ankles. The pelvis is judged by its own width, however the body is turned."""
    found: dict[Key, FloatArray] = {}
    if not _both(points, "hip"):
        return found
    across = points_m["left_hip"] - points_m["right_hip"]
    width = np.hypot(across[:, 0], across[:, 1])
    level, zero = np.stack([width, -points_m["left_hip"][:, 2]], axis=1), np.zeros(width.shape)
    right = np.stack([zero, -points_m["right_hip"][:, 2]], axis=1)
    found["pelvic_obliquity_deg", None] = angles.pelvic_obliquity_deg(level, right)
    for side in SIDES:
        drop = angles.pelvic_drop_deg(level, right, side)
        found["contralateral_pelvic_drop_deg", side] = found["pelvic_drop_from_level_deg", side] = drop
    if not _both(points, "ankle"):
        return found
    if stature_m:
        found["hip_shift_percent", None] = angles.hip_shift_percent(
            _middle(points, "hip"),
            _middle(points, "ankle"),
            angles.medial_direction("left", "front"),
            stature_m,
        )
    if _both(points, "knee"):
        knees, hips, ankles = ((points[f"left_{part}"], points[f"right_{part}"]) for part in ("knee", "hip", "ankle"))
        found["knee_separation_hips_percent", None] = angles.knee_separation_hips_percent(*knees, *hips)
        found["knee_separation_ankles_ratio", None] = angles.knee_separation_ankles_ratio(*knees, *ankles)
    return found


def _of_heights(found: Mapping[Key, FloatArray], points_m: Points) -> dict[Key, FloatArray]:
    """What vidgait estimates from heights is meant as the angle itself."""
    meant: dict[Key, FloatArray] = {}
    for side in SIDES:
        if ("knee_flexion_deg", side) in found:
            meant["knee_flexion_vertical_deg", side] = found["knee_flexion_deg", side]
        if ("thigh_inclination_deg", side) in found:
            meant["thigh_inclination_vertical_deg", side] = np.abs(found["thigh_inclination_deg", side])
    if ("trunk_lean_deg", None) in found:
        meant["trunk_lean_vertical_deg", None] = np.abs(found["trunk_lean_deg", None])
    if all(_both(points_m, part) for part in ("hip", "knee", "ankle")):
        floor = np.minimum(points_m["left_ankle"][:, 2], points_m["right_ankle"][:, 2])
        leg_m = np.median([_leg_m(points_m, side) for side in SIDES])
        meant["hip_height_leg_lengths", None] = (_middle(points_m, "hip")[:, 2] - floor) / leg_m
    return meant


def _leg_m(points_m: Points, side: Side) -> FloatArray:
    """(T,) thigh plus shank in space."""
    hip, knee, ankle = (points_m[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))
    length: FloatArray = np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1)
    return length


def _both(points: Points, part: str) -> bool:
    return f"left_{part}" in points and f"right_{part}" in points


def _middle(points: Points, part: str) -> FloatArray:
    return angles.midpoint(points[f"left_{part}"], points[f"right_{part}"])
