"""Every sagittal and frontal quantity over time, each only where the view supports it.

One implementation serves the value (one draw) and the error engine (many draws): `series_from_points`. Arrays are
(D, T): draws, then time. Signs are those of `angles`; side-less quantities count + toward the person's right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics import angles, camera
from vidgait.kinematics.camera import CameraShift
from vidgait.kinematics.heading import frames_that_go
from vidgait.kinematics.mass import centre_of_mass_px
from vidgait.kinematics.pelvis import pelvic_tilt
from vidgait.kinematics.standing import (
    SIDES,
    Standing,
    either,
    on_legs,
    points_of,
    segment_frames,
    standing_reference,
)
from vidgait.kinematics.view import FOOT_OVER_TRUNK
from vidgait.types import Series

if TYPE_CHECKING:
    from typing import Literal

    from vidgait.kinematics.camera import Lengths, Points
    from vidgait.settings import ViewSettings
    from vidgait.types import Evidence, FloatArray, Segment, Side, Track

__all__ = [
    "FROM_BOTH_FEET",
    "FROM_STANDING",
    "NO_BOTH_FEET",
    "SERIES",
    "THIGH_LEVEL_DEG",
    "CameraShift",
    "SeriesSpec",
    "compute_series",
    "is_far",
    "off_frontal_deg",
    "off_sagittal_deg",
    "refusal",
    "series_from_points",
    "velocity_per_s",
]

Values = dict[tuple[str, "Side | None"], "FloatArray"]

FROM_BOTH_FEET = ("contralateral_pelvic_drop_deg", "trunk_lean_stance_deg")
"""Series that are counted from quiet standing on both feet, so that what a leg's own stance adds is in them."""
FROM_STANDING = ("ankle_dorsiflexion_deg", "heel_rise_percent", *FROM_BOTH_FEET)
"""Series that are counted from quiet standing."""
NO_BOTH_FEET = (
    "not measurable: it is counted from standing on both feet, and the clip shows none; stand still on both feet for a "
    "second before the first repetition"
)
_FROM_HEIGHTS = ("knee_flexion_vertical_deg", "thigh_inclination_vertical_deg")
_LEG = ("hip", "knee", "ankle", "heel", "toe")

# Hip joint centres lie 14 % of the distance between the front spines inside of each of these (Bell, Brand and Pedersen
# 1989), and those 0.14 to 0.145 of stature apart: 0.10 to 0.104. The pose network places its hip points 0.118 to 0.128
# apart, on rendered and on real people.
HIP_CENTRES_OVER_HEIGHT = 0.104
# Hip-knee-ankle alignment of healthy adults has a standard deviation of 2.8 degrees about -1 (0.5 to 1.5 of varus,
# PMC3560206, table 2); what the network adds in standing, one of 4 (+5 on rendered people, -5 to +4 on real ones). The
# share of a standing reading that is the person's own is the ratio of the variances.
_OWN_ALIGNMENT = 2.8**2 / (2.8**2 + 4.0**2)


@dataclass(frozen=True, slots=True)
class SeriesSpec:
    name: str
    unit: str
    plane: Literal["sagittal", "frontal", "any"]
    sided: bool = True
    leaks: bool = False
    """Reads forward movement as sideways movement when the person is turned a little, as FPPA does: the tighter
    `yaw_gate_fppa_deg` holds."""
    why_never: str | None = None
    """Why one camera cannot give it from anywhere."""


SERIES: tuple[SeriesSpec, ...] = (
    SeriesSpec("knee_flexion_deg", "deg", "sagittal"),
    SeriesSpec("knee_flexion_velocity_deg_s", "deg/s", "sagittal"),
    SeriesSpec("hip_flexion_deg", "deg", "sagittal"),
    SeriesSpec("ankle_dorsiflexion_deg", "deg", "sagittal"),
    SeriesSpec("thigh_inclination_deg", "deg", "sagittal"),
    SeriesSpec("shank_inclination_deg", "deg", "sagittal"),
    SeriesSpec("foot_inclination_deg", "deg", "sagittal"),
    SeriesSpec("heel_rise_percent", "% body height", "sagittal"),
    SeriesSpec("trunk_lean_deg", "deg", "sagittal", sided=False),
    SeriesSpec("stance_length_percent", "% leg length", "sagittal", sided=False),
    SeriesSpec(
        "pelvic_tilt_deg",
        "deg",
        "sagittal",
        sided=False,
        why_never="not measurable with one camera: seen from the side the two hip points lie on one another, and two "
        "points show no forward tilt of the pelvis",
    ),
    SeriesSpec("fppa_deg", "deg", "frontal", leaks=True),
    SeriesSpec("femoral_adduction_deg", "deg", "frontal", leaks=True),
    SeriesSpec("shank_adduction_deg", "deg", "frontal", leaks=True),
    SeriesSpec("hip_adduction_deg", "deg", "frontal", leaks=True),
    SeriesSpec("dynamic_valgus_index_deg", "deg", "frontal", leaks=True),
    SeriesSpec("foot_progression_deg", "deg", "frontal", leaks=True),
    SeriesSpec("knee_medial_displacement_percent", "% leg length", "frontal", leaks=True),
    SeriesSpec("knee_separation_hips_percent", "% hip distance", "frontal", sided=False),
    SeriesSpec("knee_separation_ankles_ratio", "ratio", "frontal", sided=False),
    SeriesSpec("pelvic_obliquity_deg", "deg", "frontal", sided=False),
    SeriesSpec("contralateral_pelvic_drop_deg", "deg", "frontal"),
    SeriesSpec("pelvic_drop_from_level_deg", "deg", "frontal"),
    SeriesSpec("trunk_lateral_lean_deg", "deg", "frontal", sided=False),
    SeriesSpec("trunk_lean_stance_deg", "deg", "frontal"),
    SeriesSpec("hip_shift_percent", "% body height", "frontal", sided=False),
    SeriesSpec("pelvis_over_foot_percent", "% body height", "frontal"),
    SeriesSpec("mass_over_foot_percent", "% body height", "frontal"),
    SeriesSpec("knee_flexion_vertical_deg", "deg", "any"),
    SeriesSpec("thigh_inclination_vertical_deg", "deg", "any"),
    SeriesSpec("trunk_lean_vertical_deg", "deg", "any", sided=False),
    SeriesSpec("hip_height_leg_lengths", "leg lengths", "any", sided=False),
)


def is_far(segment: Segment, side: Side | None) -> bool:
    """The leg behind the other one in a side or oblique view: shown, but kept out of scores."""
    return side is not None and segment.near_side is not None and side != segment.near_side


def off_sagittal_deg(segment: Segment) -> float | None:
    """Turn from a true side view, 0 to 90, or None where the yaw is unknown."""
    return None if segment.yaw_deg is None else abs(abs(float(angles.wrap_deg(segment.yaw_deg))) - 90.0)


def off_frontal_deg(segment: Segment) -> float | None:
    """Turn from a true front or back view, 0 to 90, or None where the yaw is unknown."""
    off = off_sagittal_deg(segment)
    return None if off is None else 90.0 - off


def refusal(spec: SeriesSpec, segment: Segment, view: ViewSettings) -> str | None:
    """Why this view cannot give the quantity, in words for a coach, or None where it can."""
    if spec.why_never is not None:
        return spec.why_never
    if spec.plane == "any":
        return None
    if segment.view == "unknown" or segment.yaw_deg is None:
        return "not measurable: it is not clear from where the person was filmed"
    off_side, off_front = off_sagittal_deg(segment) or 0.0, off_frontal_deg(segment) or 0.0
    if spec.plane == "sagittal":
        if segment.view in ("left", "right") or off_side <= view.yaw_gate_sagittal_deg:
            return None if off_side <= view.yaw_gate_sagittal_deg else _turned(off_side, "side")
        where = {"front": "the front", "back": "behind"}.get(segment.view, "an oblique angle")
        return f"not measurable from {where}: film from the side"
    if segment.view in ("left", "right"):
        return "not measurable from the side: film from the front"
    gate = view.yaw_gate_fppa_deg if spec.leaks else view.yaw_gate_frontal_deg
    return None if off_front <= gate else _turned(off_front, "back" if segment.view == "back" else "front")


def _turned(off_deg: float, view: str) -> str:
    where = "behind" if view == "back" else f"the {view}"
    return f"not measurable: turned about {off_deg:.0f} degrees from a true {view} view; film straight from {where}"


THIGH_LEVEL_DEG = 75.0
"""Seen from the front, a thigh this close to level points at the camera: hip and knee fall on one another, and the
angle between them means nothing."""


def compute_series(
    track: Track, segments: tuple[Segment, ...], view: ViewSettings, evidence: Sequence[Evidence] = ()
) -> tuple[Series, ...]:
    """Every quantity of SERIES over the whole clip, NaN outside the segments that support it; where no segment does,
    `why_none` says why. The same for every side; `is_far` tells the hidden leg. What was read of the pelvis in the
    pixels (`evidence`) takes the place of the hip line. Angles from heights are NaN while the person walks or runs:
    legs swing, and somebody who comes nearer grows."""
    keys = [(spec, side) for spec in SERIES for side in (SIDES if spec.sided else (None,))]
    values: Values = {(spec.name, side): np.full(track.time_s.shape, np.nan) for spec, side in keys}
    goes = np.zeros(track.time_s.shape, bool)
    for segment in segments:
        inside = segment_frames(track, segment)
        points = {name: xy[None, inside] for name, xy in points_of(track).items()}
        goes[inside] = frames_that_go({name: xy[0] for name, xy in points.items()}, track.time_s[inside])
        standing = standing_reference(track, segment)
        tilt = pelvic_tilt(track, segment, evidence)
        tilt_deg = None if tilt is None else tilt.value_deg[None, inside]
        for leg, held in on_legs({name: xy[0] for name, xy in points.items()}, segment).items():
            if not held.any():
                continue
            drawn = series_from_points(
                points, track.time_s[inside], segment, standing, view, tilt_deg=tilt_deg, leg=leg
            )
            for key, value in drawn.items():
                values[key][inside] = np.where(held, value[0], values[key][inside])
    for side in SIDES:
        pointing = values["thigh_inclination_vertical_deg", side] > THIGH_LEVEL_DEG
        for name in ("fppa_deg", "hip_adduction_deg", "dynamic_valgus_index_deg"):
            values[name, side][pointing] = np.nan
        for name in _FROM_HEIGHTS:
            values[name, side][goes] = np.nan
    return tuple(
        Series(spec.name, spec.unit, side, value, _why_none(spec, value, segments, view, bool(goes.any())))
        for spec, side in keys
        for value in (values[spec.name, side],)
    )


def _why_none(
    spec: SeriesSpec, value: FloatArray, segments: tuple[Segment, ...], view: ViewSettings, goes: bool
) -> str | None:
    if np.isfinite(value).any():
        return None
    if not segments:
        return "not measurable: the person is not in the picture long enough"
    longest = max(segments, key=lambda segment: segment.end_s - segment.start_s)
    refused = refusal(spec, longest, view)
    if refused is None and spec.name in FROM_BOTH_FEET:
        return NO_BOTH_FEET
    if refused is None and spec.name in FROM_STANDING:
        return "not measurable: it is counted from quiet standing, and the clip shows none"
    if spec.name in _FROM_HEIGHTS and goes:
        return "not measurable: it is estimated from heights over feet that stay, and the person walks or runs"
    return refused or "not measurable: the points it needs were never seen well enough"


def series_from_points(
    points: Mapping[str, FloatArray],
    time_s: FloatArray,
    segment: Segment,
    standing: Standing,
    view: ViewSettings,
    shift: CameraShift | None = None,
    tilt_deg: FloatArray | None = None,
    leg: Side | None = None,
) -> Values:
    """The quantities that this segment's view supports, (D, T) each, keyed by (name, side).

    `tilt_deg` (D, T): `pelvic_tilt`, or draws of it, in place of the hip line. `leg`: the one that carries the hips,
    standing alone or in front of the other; None where both do.

    `points`: pixels (D, T, 2) for every name of POINTS, as in the picture (roll not undone). `standing` is that of the
    segment; for draws with a constant offset per keypoint give it the same offset (`pose_px` may be (D, 2)). Gates are
    decided on the segment, never on a draw.
    """
    shift = shift or CameraShift()
    as_seen = {name: np.reshape(xy, (-1, 1, 2)) for name, xy in standing.pose_px.items()}
    pose = camera.upright(as_seen, segment, shift)
    lengths = camera.lengths_px(pose, standing, segment, shift)
    level = camera.moved(camera.upright(points, segment, shift), lengths, segment, shift, leg)
    allowed = {spec.name for spec in SERIES if refusal(spec, segment, view) is None}
    frontal = segment.view in ("front", "back")
    afar = camera.from_afar(level, lengths, segment, leg) if frontal else level
    low_knees = segment.view == "back" and view.draws_knees_low
    of_thighs = level if low_knees and leg is None else afar
    values = _view_free(level, lengths, leg) | _from_heights(afar, of_thighs, lengths, frontal)
    if "knee_flexion_deg" in allowed:
        flat, stand = (camera.square_on(each, segment, shift) for each in (level, pose))
        values |= _sagittal(flat, stand, camera.forward_direction(segment), lengths, time_s)
    if "pelvic_obliquity_deg" in allowed:
        seen = camera.with_knees_as_high(afar, level) if low_knees and leg is not None else afar
        square = camera.square_front(seen, lengths, segment, leg)
        values |= _frontal(square, pose, "back" if segment.view == "back" else "front", lengths)
        values |= {} if tilt_deg is None else _with_tilt(values, tilt_deg)
        if standing.both_feet and tilt_deg is None:
            values |= _with_standing_level(values)
        if not standing.both_feet:
            values = {key: value for key, value in values.items() if key[0] not in FROM_BOTH_FEET}
    wanted = {key: value for key, value in values.items() if key[0] in allowed}
    draws = max((len(value) for value in wanted.values()), default=1)
    return {key: np.broadcast_to(value, (draws, time_s.size)) for key, value in wanted.items()}


def _view_free(points: Points, lengths: Lengths, carrying: Side | None) -> Values:
    """What needs no view: vertical extents. The height of the hips is that over the foot of the leg that carries them,
    or else over the lower foot."""
    values: Values = {}
    shoulder, hip = either(points, "shoulder")[..., 1], either(points, "hip")[..., 1]
    lower = np.fmax(points["left_ankle"][..., 1], points["right_ankle"][..., 1])
    floor = lower if carrying is None else points[f"{carrying}_ankle"][..., 1]
    values["trunk_lean_vertical_deg", None] = angles.inclination_from_extent_deg(hip - shoulder, lengths.trunk)
    values["hip_height_leg_lengths", None] = (floor - hip) / lengths.leg
    return values


def _from_heights(points: Points, of_thighs: Points, lengths: Lengths, frontal: bool) -> Values:
    """Depth from how much lower things are than in standing. A front view shows how far a thigh slants sideways, and
    what that takes of its height is not taken for depth.

    `of_thighs`: the same points, or with the perspective left in for the network's habit of drawing the knees of a
    squat too low from behind. Perspective lifts them by as much: thighs are 2.3 degrees off on a rendered squat and 7.3
    with it undone (2.3 and 6.9, 2.4 and 6.4, 8.7 and 21 on three others, with which it was not chosen)."""
    values: Values = {}
    for side in SIDES:
        hip, knee, ankle = (points[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))
        thigh, shank = (
            _in_depth(lower - upper, length, frontal)
            for upper, lower, length in ((hip, knee, lengths.thigh[side]), (knee, ankle, lengths.shank[side]))
        )
        values["knee_flexion_vertical_deg", side] = angles.flexion_from_extent_deg(
            ankle[..., 1] - hip[..., 1], thigh + shank
        )
        seen = of_thighs[f"{side}_knee"] - of_thighs[f"{side}_hip"]
        in_depth = thigh if of_thighs is points else _in_depth(seen, lengths.thigh[side], frontal)
        values["thigh_inclination_vertical_deg", side] = angles.inclination_from_extent_deg(seen[..., 1], in_depth)
    return values


def _in_depth(segment_px: FloatArray, length_px: FloatArray, frontal: bool) -> FloatArray:
    """Length of a segment's projection on the sagittal plane."""
    aside = segment_px[..., 0] if frontal else np.zeros_like(segment_px[..., 0])
    longest: FloatArray = np.sqrt(np.clip(length_px**2 - aside**2, (length_px / 2) ** 2, None))
    return longest


def _sagittal(points: Points, pose: Points, forward: float, lengths: Lengths, time_s: FloatArray) -> Values:
    """Side view: `points` and the standing `pose` upright and square-on."""
    mid_hip, mid_shoulder = either(points, "hip"), either(points, "shoulder")
    apart_px = np.abs(points["left_ankle"][..., 0] - points["right_ankle"][..., 0])
    values: Values = {
        ("trunk_lean_deg", None): angles.trunk_lean_deg(mid_hip, mid_shoulder, forward),
        ("stance_length_percent", None): 100 * apart_px / lengths.leg,
    }
    for side in SIDES:
        hip, knee, ankle, heel, toe = (points[f"{side}_{part}"] for part in _LEG)
        flexion = angles.knee_flexion_deg(hip, knee, ankle, forward)
        values["knee_flexion_deg", side] = flexion
        values["knee_flexion_velocity_deg_s", side] = velocity_per_s(flexion, time_s)
        values["hip_flexion_deg", side] = angles.hip_flexion_deg(mid_hip, mid_shoulder, hip, knee, forward)
        values["thigh_inclination_deg", side] = angles.thigh_inclination_deg(hip, knee, forward)
        values["shank_inclination_deg", side] = angles.shank_inclination_deg(knee, ankle, forward)
        values["foot_inclination_deg", side] = angles.foot_inclination_deg(heel, toe, forward)
        if pose:
            _, knee0, ankle0, heel0, toe0 = (pose[f"{side}_{part}"] for part in _LEG)
            reference = angles.ankle_dorsiflexion_deg(knee0, ankle0, heel0, toe0, forward)
            values["ankle_dorsiflexion_deg", side] = angles.ankle_dorsiflexion_deg(
                knee, ankle, heel, toe, forward, reference
            )
            rise = (toe - heel)[..., 1] - (toe0 - heel0)[..., 1]
            values["heel_rise_percent", side] = 100 * rise / lengths.body
    return values


def _frontal(points: Points, pose: Points, view: Literal["front", "back"], lengths: Lengths) -> Values:
    """Front and back views: `points` and the standing `pose` upright."""
    left, right = ({part: points[f"{side}_{part}"] for part in _LEG} for side in SIDES)
    mid_hip, mid_shoulder, mid_ankle = (_middle(points, part) for part in ("hip", "shoulder", "ankle"))
    person_right = angles.medial_direction("left", view)
    centres = _hip_centres(points, pose, lengths)
    stands = _hip_centres(pose, pose, lengths) if pose else None
    mass = centre_of_mass_px(points)
    values: Values = {
        ("pelvic_obliquity_deg", None): angles.pelvic_obliquity_deg(left["hip"], right["hip"]),
        ("trunk_lateral_lean_deg", None): angles.trunk_lateral_lean_deg(mid_hip, mid_shoulder, person_right),
        ("hip_shift_percent", None): angles.hip_shift_percent(mid_hip, mid_ankle, person_right, lengths.body),
        ("knee_separation_hips_percent", None): angles.knee_separation_hips_percent(
            left["knee"], right["knee"], centres["left"], centres["right"]
        ),
        ("knee_separation_ankles_ratio", None): angles.knee_separation_ankles_ratio(
            left["knee"], right["knee"], left["ankle"], right["ankle"]
        ),
    }
    for side, leg in zip(SIDES, (left, right), strict=True):
        medial = angles.medial_direction(side, view)
        values |= _frontal_leg(leg | {"hip": centres[side]}, centres, side, medial, lengths)
        if stands:
            stance = {part: pose[f"{side}_{part}"] for part in _LEG} | {"hip": stands[side]}
            values |= _less_standing_offset(values, _frontal_leg(stance, stands, side, medial, lengths), side)
        foot = (leg["ankle"] + leg["heel"] + leg["toe"]) / 3  # of a foot that stays, three points err less than one
        for name, middle in (("pelvis_over_foot_percent", mid_hip), ("mass_over_foot_percent", mass)):
            values[name, side] = angles.hip_shift_percent(middle, foot, medial, lengths.body)
        drop = angles.pelvic_drop_deg(left["hip"], right["hip"], side)
        values["pelvic_drop_from_level_deg", side] = drop
        if pose:
            standing = angles.pelvic_drop_deg(pose["left_hip"], pose["right_hip"], side)
            values["contralateral_pelvic_drop_deg", side] = drop - standing
            lean = values["trunk_lateral_lean_deg", None] - angles.trunk_lateral_lean_deg(
                _middle(pose, "hip"), _middle(pose, "shoulder"), person_right
            )
            values["trunk_lean_stance_deg", side] = lean if side == "right" else -lean
    return values


def _hip_centres(points: Points, pose: Points, lengths: Lengths) -> dict[Side, FloatArray]:
    """Hip points, moved together along their line where they stand wider apart than any hip joints do."""
    left, right = points["left_hip"], points["right_hip"]
    if not pose:
        return {"left": left, "right": right}
    apart = angles.distance_px(pose["left_hip"], pose["right_hip"])
    share = np.clip(HIP_CENTRES_OVER_HEIGHT * lengths.body / np.where(apart > 0, apart, np.nan), None, 1.0)
    inward = (right - left) * (1.0 - share[..., None]) / 2
    return {"left": left + inward, "right": right - inward}


def _less_standing_offset(values: Values, standing: Values, side: Side) -> Values:
    """What a straight leg reads in standing is more the network's habit than the person's own alignment: only
    _OWN_ALIGNMENT of it is left in."""
    lost = 1.0 - _OWN_ALIGNMENT
    angle, beside = (lost * standing[name, side] for name in ("fppa_deg", "knee_medial_displacement_percent"))
    return {
        ("fppa_deg", side): values["fppa_deg", side] - angle,
        ("dynamic_valgus_index_deg", side): values["dynamic_valgus_index_deg", side] - angle,
        ("knee_medial_displacement_percent", side): values["knee_medial_displacement_percent", side] - beside,
    }


def _with_standing_level(values: Values) -> Values:
    """Hip adduction against a pelvis that is level in standing on both feet: hip points that sit a centimetre wrong
    tilt the line between them by four degrees, in standing and at the bottom alike."""
    replaced: Values = {}
    for side in SIDES:
        drop = values["contralateral_pelvic_drop_deg", side]
        replaced["hip_adduction_deg", side] = values["femoral_adduction_deg", side] + drop
        replaced["dynamic_valgus_index_deg", side] = values["fppa_deg", side] + replaced["hip_adduction_deg", side]
    return replaced


def _with_tilt(values: Values, tilt_deg: FloatArray) -> Values:
    """What hangs on the tilt of the pelvis, from a tilt since quiet standing (D, T), + right side lower. Standing is
    taken as level."""
    replaced: Values = {("pelvic_obliquity_deg", None): tilt_deg}
    for side in SIDES:
        drop = tilt_deg if side == "left" else -tilt_deg
        replaced["contralateral_pelvic_drop_deg", side] = drop
        replaced["pelvic_drop_from_level_deg", side] = drop
        replaced["hip_adduction_deg", side] = values["femoral_adduction_deg", side] + drop
        replaced["dynamic_valgus_index_deg", side] = values["fppa_deg", side] + replaced["hip_adduction_deg", side]
    return replaced


def _frontal_leg(leg: Points, hips: Mapping[Side, FloatArray], side: Side, medial: float, lengths: Lengths) -> Values:
    hip, knee, ankle = leg["hip"], leg["knee"], leg["ankle"]
    fppa = angles.fppa_deg(hip, knee, ankle, medial)
    hip_adduction = angles.hip_adduction_deg(hips["left"], hips["right"], knee, side, medial)
    foot_px = FOOT_OVER_TRUNK * lengths.trunk
    return {
        ("fppa_deg", side): fppa,
        ("dynamic_valgus_index_deg", side): fppa + hip_adduction,
        ("foot_progression_deg", side): angles.foot_progression_deg(leg["heel"], leg["toe"], medial, foot_px),
        ("femoral_adduction_deg", side): angles.femoral_adduction_deg(hip, knee, medial),
        ("shank_adduction_deg", side): angles.shank_adduction_deg(knee, ankle, medial),
        ("hip_adduction_deg", side): hip_adduction,
        ("knee_medial_displacement_percent", side): angles.knee_medial_displacement_percent(
            hip, knee, ankle, medial, lengths.leg
        ),
    }


def _middle(points: Points, part: str) -> FloatArray:
    return angles.midpoint(points[f"left_{part}"], points[f"right_{part}"])


def velocity_per_s(value: FloatArray, time_s: FloatArray) -> FloatArray:
    """Central difference over true time along the last axis (section 1.1); one-sided at the ends, NaN beside a gap."""
    if time_s.size < 2:
        return np.full(value.shape, np.nan)
    before = np.maximum(np.arange(time_s.size) - 1, 0)
    after = np.minimum(np.arange(time_s.size) + 1, time_s.size - 1)
    slope: FloatArray = (value[..., after] - value[..., before]) / (time_s[after] - time_s[before])
    return np.where(np.isfinite(value), slope, np.nan)
