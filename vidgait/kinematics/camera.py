"""From the picture to the upright, square-on picture that the formulas of `angles` are made for, and what a slightly
different camera would have shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics import angles
from vidgait.kinematics.scale import LEG_OVER_HEIGHT
from vidgait.kinematics.standing import SIDES, Standing, either

if TYPE_CHECKING:
    from vidgait.types import FloatArray, Segment, Side

__all__ = [
    "CameraShift",
    "Lengths",
    "Points",
    "forward_direction",
    "from_afar",
    "lengths_px",
    "moved",
    "square_front",
    "square_on",
    "trusted_turn_deg",
    "upright",
    "with_knees_as_high",
    "with_optics",
]

Points = Mapping[str, "FloatArray"]

# Within this turn from a side view the narrowing by the cosine is undone; beyond, planar movement is too strong an
# assumption (measurement specification, section 10.6).
_UNTURN_LIMIT_DEG = 20.0
_TURN_MAX_DEG = 60.0
# Where the file does not state the focal length: the long side of the picture. Phones film with 0.72 to 0.85 of it and
# with 1.5 at twofold zoom. On squats rendered with 0.8 to 1.8, any guess from 0.75 to 1.45 was better than none
# (benchmarks/frontal_angles.md).
_FOCAL_OVER_LONG_SIDE = 1.0
# How far people who are asked to face the camera, and aim so, are off it (one standard deviation).
_AIMED_WITHIN_DEG = 4.0
_HALF_WIDTHS_PER_SD = 1.96
# Perspective is undone by at most this change of scale: a point cannot be much nearer than the ankles.
_SCALE_MIN, _SCALE_MAX = 0.8, 1.25
# Toe and heel ahead of and behind the ankle over leg length (foot 0.152, leg 0.491 of stature: Drillis and Contini).
_TOE_OVER_LEG = 0.23
_HEEL_OVER_LEG = -0.08


@dataclass(frozen=True, slots=True, eq=False)
class CameraShift:
    """By how much the camera of each draw differs from the segment's best estimate: (D,) each, or one number."""

    yaw_deg: FloatArray | float = 0.0
    """+ as `Segment.yaw_deg`"""
    pitch_deg: FloatArray | float = 0.0
    """+ the camera looks further down"""
    roll_deg: FloatArray | float = 0.0
    """+ as `Segment.roll_deg`"""
    length_ratio: FloatArray | float = 1.0
    """Standing lengths of the draw over the segment's."""


@dataclass(frozen=True, slots=True, eq=False)
class Lengths:
    """Standing lengths in pixels, each a number or (D, 1)."""

    thigh: Mapping[Side, FloatArray]
    """vertical extent in standing"""
    shank: Mapping[Side, FloatArray]
    trunk: FloatArray
    leg: FloatArray
    body: FloatArray


def _column(value: FloatArray | float) -> FloatArray:
    return np.asarray(value, float).reshape(-1, 1)


def with_optics(segment: Segment, size_px: tuple[int, int], focal_px: float | None) -> Segment:
    """The segment with what undoing perspective needs: the focal length that the file states, or a guess, and the
    middle of the picture."""
    return replace(
        segment,
        focal_px=focal_px or _FOCAL_OVER_LONG_SIDE * max(size_px),
        focal_basis="stated in the file" if focal_px else "guessed: the long side of the picture",
        centre_x_px=(size_px[0] - 1) / 2,
        centre_y_px=(size_px[1] - 1) / 2,
    )


def trusted_turn_deg(segment: Segment) -> float:
    """By how much the person is taken to be turned off a true front or back view, + as `Segment.yaw_deg`: the estimate
    and what people do who aim straight, each weighted by the inverse of its variance. What was stated or laid out on
    the floor says how this person was aimed, and stays as it is."""
    yaw = float(segment.yaw_deg or 0.0)
    off = yaw - 180.0 * round(yaw / 180.0)
    if segment.yaw_source != "picture":
        return off
    error = (segment.yaw_error_deg or 0.0) / _HALF_WIDTHS_PER_SD
    return off * _AIMED_WITHIN_DEG**2 / (_AIMED_WITHIN_DEG**2 + error**2)


def from_afar(points: Points, lengths: Lengths, segment: Segment, leg: Side | None = None) -> dict[str, FloatArray]:
    """A front or back view as a far camera would show it: perspective undone where the segment states the optics.
    `points` are upright. `leg`: the one that carries the hips, where the other one does not stand beside it.

    How far a point is ahead of the ankles comes from the vertical extents of shank, thigh and trunk. A point `a` ahead
    is shown larger by 1 / (1 - a / focal length) about the middle of the picture (all in pixels at the ankles)."""
    plain, ahead = dict(points), _ahead_px(points, lengths, segment, leg)
    if segment.focal_px:
        for _ in range(3):  # extents change a little with perspective
            plain = _from_afar(points, ahead, segment)
            ahead = _ahead_px(plain, lengths, segment, leg)
    return plain


def with_knees_as_high(afar: Points, seen: Points) -> dict[str, FloatArray]:
    """`afar`, but knees at the height of `seen`, from before the perspective was undone. From behind the network draws
    bent knees 9 to 26 pixels low (people 600 pixels tall), about where a far camera would show them. On rendered found
    clips hip adduction on one leg is 2.4 degrees off instead of 3.3 (benchmarks/frontal_suite.md, with what lost)."""
    knees = {}
    for name in ("left_knee", "right_knee"):
        knees[name] = np.stack(np.broadcast_arrays(afar[name][..., 0], seen[name][..., 1]), axis=-1)
    return {**afar, **knees}


def square_front(plain: Points, lengths: Lengths, segment: Segment, leg: Side | None = None) -> dict[str, FloatArray]:
    """`plain` points, from afar, as a camera straight ahead would show them: a point `a` ahead of the ankles is seen
    beside its place by a sin(psi) on a person turned by psi, and knees that travel forward would read as knees that
    fall inwards (measurement specification, section 2.2)."""
    ahead = _ahead_px(plain, lengths, segment, leg)
    turn = np.radians(trusted_turn_deg(segment))
    away = -1.0 if segment.view == "back" else 1.0
    middle = _footing(plain, leg)[..., 0]
    result = {}
    for name, xy in plain.items():
        x = middle + (xy[..., 0] - middle + away * np.sin(turn) * ahead[name]) / np.cos(turn)
        result[name] = np.stack(np.broadcast_arrays(x, xy[..., 1]), axis=-1)
    return result


def _footing(points: Points, leg: Side | None) -> FloatArray:
    """(D, T, 2) where the person stands: the ankle of `leg`, or the middle of those that are seen. A foot that is held
    behind the body, hidden from the front, takes nothing away from the leg that stands."""
    return either(points, "ankle") if leg is None else points[f"{leg}_ankle"]


def _from_afar(points: Points, ahead: Mapping[str, FloatArray], segment: Segment) -> dict[str, FloatArray]:
    """Perspective undone: every point moved along its ray to the depth of the ankles."""
    centre = angles.level(np.array([segment.centre_x_px, segment.centre_y_px]), segment.roll_deg)
    towards = -1.0 if segment.view == "back" else 1.0
    result = {}
    for name, xy in points.items():
        scale = np.clip(1.0 - towards * ahead[name] / (segment.focal_px or np.inf), _SCALE_MIN, _SCALE_MAX)
        result[name] = centre + (xy - centre) * scale[..., None]
    return result


def forward_direction(segment: Segment) -> float:
    """+1 where the person faces the picture's right, -1 its left; from the front or back where they incline to."""
    if segment.facing in ("image_left", "image_right"):
        return 1.0 if segment.facing == "image_right" else -1.0
    return -1.0 if (segment.yaw_deg or 0.0) > 0 else 1.0


def upright(points: Points, segment: Segment, shift: CameraShift) -> dict[str, FloatArray]:
    """Roll undone."""
    roll = segment.roll_deg + _column(shift.roll_deg)
    return {name: angles.level(xy, roll) for name, xy in points.items()}


def square_on(points: Points, segment: Segment, shift: CameraShift) -> dict[str, FloatArray]:
    """A side view as from a right angle: x divided by the cosine of the turn, so that every inclination becomes
    atan(tan(angle) / cos(turn)), up to _UNTURN_LIMIT_DEG (for movement in one plane, section 10.6). A draw that is
    turned further is stretched by the same rule, so that draws differ where the value is left uncorrected."""
    off = abs(float(segment.yaw_deg or 0.0)) - 90.0
    further = np.sign(segment.yaw_deg or 1.0) * _column(shift.yaw_deg)
    turned = np.cos(np.radians(np.clip(off + further, -_TURN_MAX_DEG, _TURN_MAX_DEG)))
    kept = np.cos(np.radians(off)) if abs(off) > _UNTURN_LIMIT_DEG else 1.0
    wider = np.stack(np.broadcast_arrays(kept / turned, 1.0), axis=-1)
    return {name: xy * wider for name, xy in points.items()}


def lengths_px(pose: Points, standing: Standing, segment: Segment, shift: CameraShift) -> Lengths:
    """Standing lengths from the upright standing pose, or from what stood in for it."""
    ratio = _column(shift.length_ratio)

    def extent(upper: str, lower: str, substitute: float) -> FloatArray:
        measured = pose[lower][..., 1] - pose[upper][..., 1] if pose else _column(substitute)
        return ratio * np.where(measured > 0, measured, np.nan)

    thigh = {side: extent(f"{side}_hip", f"{side}_knee", standing.thigh_px[side]) for side in SIDES}
    shank = {side: extent(f"{side}_knee", f"{side}_ankle", standing.shank_px[side]) for side in SIDES}
    trunk = (
        extent("left_shoulder", "left_hip", standing.trunk_px)
        + extent("right_shoulder", "right_hip", standing.trunk_px)
    ) / 2
    leg = _column(np.nan if segment.leg_length_px is None else segment.leg_length_px) * ratio
    body = _column(segment.body_height_px) * ratio if segment.body_height_px else leg / LEG_OVER_HEIGHT
    return Lengths(thigh, shank, trunk, leg, body)


def moved(
    points: Points, lengths: Lengths, segment: Segment, shift: CameraShift, leg: Side | None = None
) -> dict[str, FloatArray]:
    """What each draw's camera would have shown: turned by its yaw, tilted by its pitch. How far a point is ahead of the
    ankles comes from the vertical extents of shank, thigh and trunk (as in a squat: knees ahead, hips back, trunk
    ahead). Only front and back views are turned here; in side views `square_on` does it."""
    yaw, pitch = np.radians(_column(shift.yaw_deg)), np.radians(_column(shift.pitch_deg))
    if not (np.any(yaw) or np.any(pitch)):
        return dict(points)
    now = np.radians(float(segment.yaw_deg or 0.0))
    frontal = segment.view in ("front", "back")
    sideways = -(np.sin(now + yaw) - np.sin(now)) if frontal else np.zeros_like(yaw)
    narrowed = np.cos(now + yaw) / np.cos(now) if frontal else np.ones_like(yaw)
    middle = _footing(points, leg)
    ahead = _ahead_px(points, lengths, segment, leg)
    result = {}
    for name, xy in points.items():
        x = middle[..., 0] + (xy[..., 0] - middle[..., 0]) * narrowed + sideways * ahead[name]
        y = middle[..., 1] + (xy[..., 1] - middle[..., 1]) * np.cos(pitch) + np.cos(now) * np.sin(pitch) * ahead[name]
        result[name] = np.stack(np.broadcast_arrays(x, y), axis=-1)
    return result


def _ahead_px(points: Points, lengths: Lengths, segment: Segment, leg: Side | None = None) -> dict[str, FloatArray]:
    """How far each point is ahead of its ankle in the sagittal plane, (D, T) pixels; hips and shoulders ahead of the
    ankle of `leg`, where one is named: a leg in the air does not say where they are. A front view shows how far a
    segment slants sideways, and what that takes of its height is not taken for depth."""
    frontal = segment.view in ("front", "back")
    result: dict[str, FloatArray] = {}
    for side in SIDES:
        knee, ankle = (points[f"{side}_{part}"] for part in ("knee", "ankle"))
        result[f"{side}_ankle"] = np.zeros_like(ankle[..., 1])
        result[f"{side}_toe"] = np.broadcast_to(_TOE_OVER_LEG * lengths.leg, ankle.shape[:-1])
        result[f"{side}_heel"] = np.broadcast_to(_HEEL_OVER_LEG * lengths.leg, ankle.shape[:-1])
        result[f"{side}_knee"] = _depth_px(ankle - knee, lengths.shank[side], frontal)
    # The trunk is one: shoulders stay level over a pelvis that drops on one side.
    trunk = either(points, "hip") - either(points, "shoulder")
    for side in SIDES:
        from_leg = leg or side
        thigh = points[f"{from_leg}_knee"] - points[f"{from_leg}_hip"]
        result[f"{side}_hip"] = result[f"{from_leg}_knee"] - _depth_px(thigh, lengths.thigh[from_leg], frontal)
        result[f"{side}_shoulder"] = result[f"{side}_hip"] + _depth_px(trunk, lengths.trunk, frontal)
    return result


def _depth_px(segment_px: FloatArray, length_px: FloatArray, frontal: bool) -> FloatArray:
    seen = (segment_px**2).sum(axis=-1) if frontal else segment_px[..., 1] ** 2
    depth: FloatArray = np.sqrt(np.clip(length_px**2 - seen, 0.0, None))
    return depth
