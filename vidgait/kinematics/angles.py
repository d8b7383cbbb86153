"""Angles and distances of legs and trunk in the picture: pure geometry on `(..., 2)` arrays of pixels.

Pixels have x right and y **down**; the picture must already be upright (`level`). Formulas and signs are those of the
measurement specification, sections 0.2 to 0.4, 1.1 and 2.1. They lean on ISB recommendations (Wu 2002, 2005).

- `forward` is +1 where the person faces the picture's right, -1 where they face its left (side views).
- `medial` is the picture direction, +1 right or -1 left, that points from a leg to the body's midline (front and back
  views, see `medial_direction`).

Inclinations are measured against gravity by atan2, never by acos of a dot product, which loses the sign and is
ill-conditioned at 0 and 180 degrees. Missing points (NaN) give NaN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from vidgait.types import FloatArray, Side

__all__ = [
    "angle_between_deg",
    "ankle_dorsiflexion_deg",
    "distance_px",
    "femoral_adduction_deg",
    "flexion_from_extent_deg",
    "foot_inclination_deg",
    "foot_progression_deg",
    "fppa_deg",
    "hip_adduction_deg",
    "hip_flexion_deg",
    "hip_shift_percent",
    "inclination_from_extent_deg",
    "knee_flexion_deg",
    "knee_medial_displacement_percent",
    "knee_separation_ankles_ratio",
    "knee_separation_hips_percent",
    "level",
    "medial_direction",
    "midpoint",
    "pelvic_drop_deg",
    "pelvic_obliquity_deg",
    "shank_adduction_deg",
    "shank_inclination_deg",
    "thigh_inclination_deg",
    "trunk_lateral_lean_deg",
    "trunk_lean_deg",
    "wrap_deg",
]

# How a squat with level feet shares knee flexion between thigh and shank (section 10.6, extended to a full squat).
_SQUAT_KNEE_DEG = (0.0, 30.0, 60.0, 90.0, 110.0, 120.0, 140.0, 150.0)
_SQUAT_THIGH_DEG = (0.0, 17.0, 36.0, 58.0, 78.0, 90.0, 105.0, 111.0)

Sign = float | npt.NDArray[np.floating]


def wrap_deg(angle_deg: npt.ArrayLike) -> FloatArray:
    """Any angle as the same direction in (-180, 180]."""
    wrapped: FloatArray = 180.0 - np.mod(180.0 - np.asarray(angle_deg, float), 360.0)
    return wrapped


def level(points_px: FloatArray, roll_deg: npt.ArrayLike) -> FloatArray:
    """Points as an upright camera would see them. `roll_deg` is by how much upright things lean to the right
    (clockwise) in the picture; it must broadcast against `points_px[..., 0]`. Turns about the picture's origin."""
    roll = np.radians(np.asarray(roll_deg, float))
    x, y = points_px[..., 0], points_px[..., 1]
    return np.stack([x * np.cos(roll) + y * np.sin(roll), -x * np.sin(roll) + y * np.cos(roll)], axis=-1)


def midpoint(a: FloatArray, b: FloatArray) -> FloatArray:
    middle: FloatArray = (a + b) / 2
    return middle


def distance_px(a: FloatArray, b: FloatArray) -> FloatArray:
    length: FloatArray = np.hypot(a[..., 0] - b[..., 0], a[..., 1] - b[..., 1])
    return length


def angle_between_deg(a: FloatArray, vertex: FloatArray, b: FloatArray) -> FloatArray:
    """The interior angle at `vertex`, 0 to 180, without a sign: 180 for a straight limb."""
    u, v = a - vertex, b - vertex
    cross = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    angle: FloatArray = np.degrees(np.arctan2(np.abs(cross), (u * v).sum(axis=-1)))
    return angle


def _atan2_deg(across: FloatArray, along: FloatArray) -> FloatArray:
    angle: FloatArray = np.degrees(np.arctan2(across, along))
    return angle


def _hanging_deg(upper: FloatArray, lower: FloatArray, towards: Sign) -> FloatArray:
    """By how much the lower point of a hanging segment is off the vertical towards `towards` (picture direction)."""
    return _atan2_deg((lower[..., 0] - upper[..., 0]) * towards, lower[..., 1] - upper[..., 1])


# Sagittal plane ------------------------------------------------------------------------------------------------------


def trunk_lean_deg(mid_hip: FloatArray, mid_shoulder: FloatArray, forward: Sign) -> FloatArray:
    """Hip-to-shoulder line against the vertical, + leaning forward (section 0.4, theta_trunk)."""
    return _atan2_deg((mid_shoulder[..., 0] - mid_hip[..., 0]) * forward, mid_hip[..., 1] - mid_shoulder[..., 1])


def thigh_inclination_deg(hip: FloatArray, knee: FloatArray, forward: Sign) -> FloatArray:
    """Thigh against the vertical, + knee ahead of the hip; 90 where the thigh is horizontal, more where the hip is
    below the knee (theta_thigh)."""
    return _hanging_deg(hip, knee, forward)


def shank_inclination_deg(knee: FloatArray, ankle: FloatArray, forward: Sign) -> FloatArray:
    """Shank against the vertical, + knee ahead of the ankle (theta_shank)."""
    return _hanging_deg(knee, ankle, -np.asarray(forward, float))


def foot_inclination_deg(heel: FloatArray, toe: FloatArray, forward: Sign) -> FloatArray:
    """Heel-to-toe line against the horizontal, + toes up (theta_foot). A flat shoe reads its own constant, not 0."""
    return _atan2_deg(heel[..., 1] - toe[..., 1], (toe[..., 0] - heel[..., 0]) * forward)


def knee_flexion_deg(hip: FloatArray, knee: FloatArray, ankle: FloatArray, forward: Sign) -> FloatArray:
    """Thigh plus shank inclination: 0 straight, + flexion, - hyperextension (section 1.1). Independent of roll."""
    return wrap_deg(thigh_inclination_deg(hip, knee, forward) + shank_inclination_deg(knee, ankle, forward))


def hip_flexion_deg(
    mid_hip: FloatArray, mid_shoulder: FloatArray, hip: FloatArray, knee: FloatArray, forward: Sign
) -> FloatArray:
    """Thigh inclination plus trunk lean, + flexion (section 1.1). The trunk line includes lumbar flexion: about 10
    degrees below pelvis-referenced curves in standing; compare changes, not absolute values, with such norms."""
    return wrap_deg(thigh_inclination_deg(hip, knee, forward) + trunk_lean_deg(mid_hip, mid_shoulder, forward))


def ankle_dorsiflexion_deg(
    knee: FloatArray, ankle: FloatArray, heel: FloatArray, toe: FloatArray, forward: Sign, standing_deg: Sign = 0.0
) -> FloatArray:
    """Shank plus foot inclination less the same sum in quiet standing on a flat foot (`standing_deg`),
    + dorsiflexion (section 1.1)."""
    total = shank_inclination_deg(knee, ankle, forward) + foot_inclination_deg(heel, toe, forward)
    return wrap_deg(total - standing_deg)


# Any view ------------------------------------------------------------------------------------------------------------


def inclination_from_extent_deg(extent_px: FloatArray, standing_px: Sign) -> FloatArray:
    """How far a segment is off the vertical, 0 to 180 and without a sign, from its vertical extent (+ where the upper
    point is above the lower one) over its extent in standing: acos of the ratio, needing no view (section 2.1).
    Coarse: a thigh at a true 60 to 70 degrees read 2 to 14 degrees too little on squats rendered from the front."""
    ratio = np.clip(extent_px / np.asarray(standing_px, float), -1.0, 1.0)
    angle: FloatArray = np.degrees(np.arccos(ratio))
    return angle


def flexion_from_extent_deg(extent_px: FloatArray, standing_px: Sign) -> FloatArray:
    """Knee flexion from the vertical extent of the whole leg, hip to ankle, over its extent in standing, for a leg that
    bends as in a squat (thigh and shank inclinations of section 10.6). For matching depth from the front and for
    repetitions in oblique views; coarse: +-10 degrees, and it cannot tell 0 from 10 (section 2.1).

    Not read from thigh and shank apart: from the front a pose network's knee slides along the leg as it bends, which
    cost 11 to 23 degrees at a true 90 on rendered squats; hip and ankle alone stayed within 10."""
    knee_deg = np.arange(_SQUAT_KNEE_DEG[-1] + 1)
    thigh = np.radians(np.interp(knee_deg, _SQUAT_KNEE_DEG, _SQUAT_THIGH_DEG))
    share = (np.cos(thigh) + np.cos(np.radians(knee_deg) - thigh)) / 2  # thigh and shank are equally long
    ratio = extent_px / np.asarray(standing_px, float)
    flexion: FloatArray = np.interp(-ratio, -share, knee_deg)
    return np.where(np.isfinite(ratio), flexion, np.nan)


# Frontal plane -------------------------------------------------------------------------------------------------------


def medial_direction(side: Side, view: Literal["front", "back"]) -> float:
    """Picture direction, +1 right or -1 left, from this leg to the midline: the person's left is at the picture's
    right from the front, at its left from the back. Decided once per segment, so that crossing hips cannot flip it."""
    return -1.0 if (side == "left") == (view == "front") else 1.0


def femoral_adduction_deg(hip: FloatArray, knee: FloatArray, medial: Sign) -> FloatArray:
    """Thigh against the vertical, + knee medial of the hip (alpha_t, section 0.4)."""
    return _hanging_deg(hip, knee, medial)


def shank_adduction_deg(knee: FloatArray, ankle: FloatArray, medial: Sign) -> FloatArray:
    """Shank against the vertical, + ankle medial of the knee (alpha_s, section 0.4)."""
    return _hanging_deg(knee, ankle, medial)


def fppa_deg(hip: FloatArray, knee: FloatArray, ankle: FloatArray, medial: Sign) -> FloatArray:
    """Frontal plane projection angle: femoral less shank adduction, + knee medial of the hip-ankle line ("valgus"; the
    sign of Munro 2012 and Herrington, the opposite of Willson and Davis) (section 2.1). Independent of roll."""
    return wrap_deg(femoral_adduction_deg(hip, knee, medial) - shank_adduction_deg(knee, ankle, medial))


def pelvic_obliquity_deg(left_hip: FloatArray, right_hip: FloatArray) -> FloatArray:
    """Hip line against the horizontal, + the person's right side lower (OpenSim pelvis_list, section 0.3). The same
    from the front and from the back."""
    return _atan2_deg(right_hip[..., 1] - left_hip[..., 1], np.abs(right_hip[..., 0] - left_hip[..., 0]))


def pelvic_drop_deg(left_hip: FloatArray, right_hip: FloatArray, stance: Side) -> FloatArray:
    """Hip line against the horizontal, + the side opposite the stance leg lower (delta, section 0.4)."""
    obliquity = pelvic_obliquity_deg(left_hip, right_hip)
    return obliquity if stance == "left" else -obliquity


def hip_adduction_deg(
    left_hip: FloatArray, right_hip: FloatArray, knee: FloatArray, side: Side, medial: Sign
) -> FloatArray:
    """Thigh against the pelvis, + adduction: femoral adduction plus pelvic drop seen from this leg (section 2.1)."""
    hip = left_hip if side == "left" else right_hip
    return wrap_deg(femoral_adduction_deg(hip, knee, medial) + pelvic_drop_deg(left_hip, right_hip, side))


def trunk_lateral_lean_deg(mid_hip: FloatArray, mid_shoulder: FloatArray, person_right: Sign) -> FloatArray:
    """Hip-to-shoulder line against the vertical, + to the person's right (OpenSim lumbar_bending, section 0.3).
    `person_right` is the picture direction of their right: -1 from the front, +1 from the back. For lean toward a
    stance leg take it as it is for the right leg and negate it for the left."""
    return trunk_lean_deg(mid_hip, mid_shoulder, person_right)


def knee_separation_ankles_ratio(
    left_knee: FloatArray, right_knee: FloatArray, left_ankle: FloatArray, right_ankle: FloatArray
) -> FloatArray:
    """Horizontal knee distance over ankle distance (KASR, Mizner 2012), below 1 = knees inside the ankles."""
    ratio: FloatArray = np.abs(right_knee[..., 0] - left_knee[..., 0]) / _width_px(left_ankle, right_ankle)
    return ratio


def knee_separation_hips_percent(
    left_knee: FloatArray, right_knee: FloatArray, left_hip: FloatArray, right_hip: FloatArray
) -> FloatArray:
    """Horizontal knee distance in percent of hip distance (Noyes 2005)."""
    percent: FloatArray = 100 * np.abs(right_knee[..., 0] - left_knee[..., 0]) / _width_px(left_hip, right_hip)
    return percent


def _width_px(left: FloatArray, right: FloatArray) -> FloatArray:
    """Horizontal distance; NaN where the two coincide, so that nothing is divided by zero."""
    width = np.abs(right[..., 0] - left[..., 0])
    return np.where(width > 0, width, np.nan)


def knee_medial_displacement_percent(
    hip: FloatArray, knee: FloatArray, ankle: FloatArray, medial: Sign, leg_length_px: Sign
) -> FloatArray:
    """Distance of the knee from the line hip-ankle in percent of the standing leg length, + medial (section 2.1, after
    Krosshaug 2016)."""
    along, to_knee = ankle - hip, knee - hip
    length = np.hypot(along[..., 0], along[..., 1])
    cross = to_knee[..., 0] * along[..., 1] - to_knee[..., 1] * along[..., 0]
    percent: FloatArray = 100 * medial * cross / np.where(length > 0, length, np.nan) / leg_length_px
    return percent


def hip_shift_percent(
    mid_hip: FloatArray, mid_ankle: FloatArray, person_right: Sign, body_height_px: Sign
) -> FloatArray:
    """Mid-hip against mid-ankle, horizontally, in percent of body height, + to the person's right (section 2.1, pelvic
    shift). `person_right`: -1 from the front, +1 from the back."""
    percent: FloatArray = 100 * (mid_hip[..., 0] - mid_ankle[..., 0]) * person_right / body_height_px
    return percent


def foot_progression_deg(heel: FloatArray, toe: FloatArray, medial: Sign, foot_length_px: Sign) -> FloatArray:
    """Toe-out proxy from the front or the back: asin of the toe's lateral distance from the heel over the foot's
    length (from the front a share of another length stands for it), + toes out. Grade C at best (section 2.1)."""
    ratio = (heel[..., 0] - toe[..., 0]) * medial / foot_length_px
    angle: FloatArray = np.degrees(np.arcsin(np.clip(ratio, -1.0, 1.0)))
    return angle
