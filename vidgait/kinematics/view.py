"""From where the camera sees the person: heading (yaw) frame by frame and over a stretch, view and facing.

Yaw: 0 faces the camera, +90 shows the left side (the person looks to the picture's left), -90 the right side, +-180 the
back; against the line of sight, so that somebody at the picture's edge is judged as the camera sees them.

The heading is a direction with a sine and a cosine, and the picture shows both: what points forward (feet, and the
knees' travel in a squat) gives the sine, what points sideways (shoulders and hips) the cosine with its sign, which
tells front from back. Where those are out of sight the pose network's own 3-D prior steps in. `benchmarks/yaw.md`
compares the ways that were tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.angles import distance_px, midpoint, wrap_deg
from vidgait.kinematics.standing import SIDES, either, on_planted_feet, points_of, seen_median

if TYPE_CHECKING:
    from vidgait.types import BoolArray, Facing, FloatArray, Side, Track, View

__all__ = [
    "FOOT_OVER_TRUNK",
    "circular_median_deg",
    "cosine_of_widths",
    "facing_of",
    "frame_yaw_deg",
    "near_side_of",
    "prior_yaw_deg",
    "sine_of_feet",
    "sine_of_travel",
    "stretch_yaw_deg",
    "view_of",
]

# A view is named front, back or side within these turns; the rest is oblique.
_FRONT_WITHIN_DEG = 20.0
_SIDE_WITHIN_DEG = 25.0

# Lengths across and along the body over the length of the trunk (mid-hip to mid-shoulder), as the pose network places
# its points; found on rendered people turned through a full circle (benchmarks/yaw.md). Only their ratio matters.
_SHOULDERS_OVER_TRUNK = 0.67
_HIPS_OVER_TRUNK = 0.40
FOOT_OVER_TRUNK = 0.44

# Travel of knees and hips counts only in movement on planted feet that is deep enough to show, and near a front or back
# view, where the sine matters most and perspective least.
_DEEP_ENOUGH = 0.25
_TRAVEL_FRAMES = 5
_TRAVEL_WITHIN_DEG = 25.0
# How much the network's prior counts beside the picture: little on planted feet, as much where the feet swing.
_PRIOR_WEIGHT_PLANTED = 0.15
_PRIOR_WEIGHT_MOVING = 1.0
_UPRIGHT_SHARE = 0.93
# 95 % half-widths (benchmarks/yaw.md): on planted feet near a front or back view, on planted feet elsewhere, else.
_ERROR_FRONT_DEG = 6.0
_ERROR_FRONT_WITHIN_DEG = 35.0
_ERROR_PLANTED_DEG = 10.0
_ERROR_MOVING_DEG = 20.0


def view_of(yaw_deg: float) -> View:
    """The name of a heading."""
    off_front = abs(float(wrap_deg(yaw_deg)))
    if off_front <= _FRONT_WITHIN_DEG:
        return "front"
    if off_front >= 180 - _FRONT_WITHIN_DEG:
        return "back"
    if abs(off_front - 90) <= _SIDE_WITHIN_DEG:
        return "left" if yaw_deg > 0 else "right"
    return "oblique"


def facing_of(yaw_deg: float) -> Facing:
    """Where the person looks in the picture: the camera, away, or the side they incline to in all other views."""
    view = view_of(yaw_deg)
    if view in ("front", "back"):
        return "camera" if view == "front" else "away"
    return "image_left" if yaw_deg > 0 else "image_right"


def near_side_of(yaw_deg: float) -> Side | None:
    """The leg nearer to the camera; None from the front and the back."""
    if view_of(yaw_deg) in ("front", "back"):
        return None
    return "left" if yaw_deg > 0 else "right"


def sine_of_feet(points: Mapping[str, FloatArray]) -> FloatArray:
    """(T,) sine of the heading from the heel-to-toe lines, mean of both feet, so that equal toe-out cancels."""
    feet = [(points[f"{side}_toe"] - points[f"{side}_heel"])[:, 0] for side in SIDES]
    return -_mean_of_seen(*feet) / (FOOT_OVER_TRUNK * _trunk_px(points))


def cosine_of_widths(points: Mapping[str, FloatArray]) -> FloatArray:
    """(T,) cosine of the heading from the signed widths of shoulders and hips: negative where the person's left is at
    the picture's left, which is the view from behind."""
    shoulders = (points["left_shoulder"] - points["right_shoulder"])[:, 0] / _SHOULDERS_OVER_TRUNK
    hips = (points["left_hip"] - points["right_hip"])[:, 0] / _HIPS_OVER_TRUNK
    return _mean_of_seen(shoulders, hips) / _trunk_px(points)


def prior_yaw_deg(track: Track) -> FloatArray:
    """(T,) heading from the hip and shoulder axes of the pose network's 3-D prior; NaN without one."""
    if track.xyz_m is None:
        return np.full(track.time_s.shape, np.nan)
    across = np.zeros((track.time_s.size, 3))
    for part in ("hip", "shoulder"):
        left, right = track.skeleton.indices(f"left_{part}", f"right_{part}")
        across += track.xyz_m[:, left] - track.xyz_m[:, right]
    yaw: FloatArray = np.degrees(np.arctan2(across[:, 2], across[:, 0]))
    return yaw


def sine_of_travel(points: Mapping[str, FloatArray]) -> float | None:
    """Sine of the heading from a squat: knees travel forward over planted ankles and hips back from the knees, and both
    show sideways in the picture as far as the person is turned. How far they travel forward comes from how much shank
    and thigh shorten vertically. None for anything but movement on two planted feet that is deep enough."""
    if not on_planted_feet(points):
        return None
    hip, knee, ankle = (_middle(points, part) for part in ("hip", "knee", "ankle"))
    seen = np.isfinite(hip + knee + ankle).all(axis=1)
    if seen.sum() < _TRAVEL_FRAMES:
        return None
    hip, knee, ankle = hip[seen], knee[seen], ankle[seen]
    leg = ankle[:, 1] - hip[:, 1]
    stands = leg >= np.percentile(leg, 90)
    shank, thigh = _travel_sums(knee - ankle, stands, 1.0), _travel_sums(hip - knee, stands, -1.0)
    squares = shank[1] + thigh[1]
    return float(np.clip((shank[0] + thigh[0]) / squares, -1.0, 1.0)) if squares > 0 else None


def _travel_sums(line: FloatArray, stands: BoolArray, sign: float) -> tuple[float, float]:
    """Numerator and denominator of the regression of a segment's sideways on its forward travel."""
    length, upright = np.median(-line[stands, 1]), np.median(line[stands, 0])
    ahead = sign * np.sqrt(np.clip(length**2 - line[:, 1] ** 2, 0.0, None))
    deep = np.abs(ahead) > _DEEP_ENOUGH * length
    if deep.sum() < _TRAVEL_FRAMES:
        return 0.0, 0.0
    return -float((ahead[deep] * (line[deep, 0] - upright)).sum()), float((ahead[deep] ** 2).sum())


def frame_yaw_deg(track: Track) -> FloatArray:
    """(T,) heading in every frame, NaN where nothing tells it. Good enough to cut the clip; `stretch_yaw_deg` is the
    better estimate of one stretch."""
    points = points_of(track)
    return _heading_deg(sine_of_feet(points), cosine_of_widths(points), prior_yaw_deg(track), _PRIOR_WEIGHT_MOVING)


def _heading_deg(
    sine: FloatArray | float, cosine: FloatArray | float, prior_deg: FloatArray | float, prior_weight: float
) -> FloatArray:
    """The sum of the picture's direction (at most of length 1) and the prior's, or whichever there is."""
    sine, cosine, prior = np.asarray(sine), np.asarray(cosine), np.radians(prior_deg)
    seen = np.isfinite(sine + cosine)
    long = np.maximum(np.hypot(sine, cosine), 1.0)
    ahead = np.where(seen, cosine / long, 0.0) + prior_weight * np.nan_to_num(np.cos(prior))
    aside = np.where(seen, sine / long, 0.0) + prior_weight * np.nan_to_num(np.sin(prior))
    return np.where(seen | np.isfinite(prior), np.degrees(np.arctan2(aside, ahead)), np.nan)


def stretch_yaw_deg(track: Track, frames: BoolArray) -> tuple[float | None, float | None]:
    """Heading over a stretch of frames and its 95 % half-width, or None where nothing tells it."""
    points = {name: xy[frames] for name, xy in points_of(track).items()}
    planted = on_planted_feet(points)
    upright = _upright(points) if planted else np.ones(int(frames.sum()), bool)
    sine, cosine = (seen_median(cue[upright]) for cue in (sine_of_feet(points), cosine_of_widths(points)))
    priors = prior_yaw_deg(track)[frames][upright]
    prior = circular_median_deg(priors[np.isfinite(priors)]) if np.isfinite(priors).any() else np.nan
    travel = sine_of_travel(points)
    if travel is not None and abs(sine) < abs(cosine) * np.tan(np.radians(_TRAVEL_WITHIN_DEG)):
        sine = (sine + travel) / 2
    weight = _PRIOR_WEIGHT_PLANTED if planted else _PRIOR_WEIGHT_MOVING
    yaw = float(_heading_deg(sine, cosine, prior, weight))
    if np.isnan(yaw):
        return None, None
    seen = float(_heading_deg(sine, cosine, np.nan, 0.0))
    return yaw, _yaw_error_deg(yaw, planted, float(np.nan_to_num(wrap_deg(seen - prior))))


def _yaw_error_deg(yaw_deg: float, planted: bool, disagreement_deg: float) -> float:
    """95 % half-width: by situation, and wider where the picture and the network's prior disagree."""
    near_front = min(abs(yaw_deg), 180 - abs(yaw_deg)) <= _ERROR_FRONT_WITHIN_DEG
    base = (_ERROR_FRONT_DEG if near_front else _ERROR_PLANTED_DEG) if planted else _ERROR_MOVING_DEG
    return float(np.hypot(base, disagreement_deg / 2))


def _upright(points: Mapping[str, FloatArray]) -> BoolArray:
    """(T,) frames on long legs: leaning and deep postures distort shoulders and hips. All of them where none is."""
    leg = distance_px(either(points, "hip"), either(points, "ankle"))
    upright = leg > _UPRIGHT_SHARE * np.nanpercentile(leg, 95)
    return upright if upright.any() else np.ones(leg.shape, bool)


def _middle(points: Mapping[str, FloatArray], part: str) -> FloatArray:
    return midpoint(points[f"left_{part}"], points[f"right_{part}"])


def _trunk_px(points: Mapping[str, FloatArray]) -> FloatArray:
    trunk = distance_px(either(points, "hip"), either(points, "shoulder"))
    return np.where(trunk > 0, trunk, np.nan)


def _mean_of_seen(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.where(np.isnan(a), b, np.where(np.isnan(b), a, (a + b) / 2))


def circular_median_deg(angle_deg: FloatArray) -> float:
    """The median of directions: turned to lie around their mean first, so that -179 and 179 are neighbours."""
    radians = np.radians(angle_deg)
    mean = float(np.degrees(np.arctan2(np.sin(radians).mean(), np.cos(radians).mean())))
    return float(wrap_deg(mean + np.median(wrap_deg(angle_deg - mean))))
