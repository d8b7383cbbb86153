"""From where the camera sees the person: heading (yaw) frame by frame and over a stretch, view and facing.

Yaw: 0 faces the camera, +90 shows the left side (the person looks to the picture's left), -90 the right side, +-180 the
back; against the line of sight, so that somebody at the picture's edge is judged as the camera sees them.

The heading is a direction with a sine and a cosine, and the picture shows both: what points forward (the feet) gives
the sine, what points sideways (shoulders and hips) the cosine with its sign, which tells front from back. Where those
are out of sight the pose network's own 3-D prior steps in. Close to a front or back view `heading` makes more of it.
`benchmarks/yaw.md` compares the ways that were tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.angles import distance_px, wrap_deg
from vidgait.kinematics.heading import (
    FITTED_WITHIN_DEG,
    FOOT_OVER_TRUNK,
    circular_median_deg,
    combined_deg,
    cues_deg,
    footing_of,
    habits_of,
    prior_yaw_deg,
    sine_of_feet,
    upright_frames,
)
from vidgait.kinematics.standing import either, points_of, seen_median

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
# Within FITTED_WITHIN_DEG of a front or back view `heading` answers where the feet stay planted. It is asked from
# further out, as feet that are not turned out alike put the rough estimate off by up to 15 degrees.
_REFINED_FROM_DEG = 45.0
# How much the network's prior counts beside the picture: little on planted feet, as much where the feet swing.
_PRIOR_WEIGHT_PLANTED = 0.15
_PRIOR_WEIGHT_MOVING = 1.0
# 95 % half-widths away from a front or back view (benchmarks/yaw.md): on planted feet, and where feet move.
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


def cosine_of_widths(points: Mapping[str, FloatArray]) -> FloatArray:
    """(T,) cosine of the heading from the signed widths of shoulders and hips: negative where the person's left is at
    the picture's left, which is the view from behind."""
    shoulders = (points["left_shoulder"] - points["right_shoulder"])[:, 0] / _SHOULDERS_OVER_TRUNK
    hips = (points["left_hip"] - points["right_hip"])[:, 0] / _HIPS_OVER_TRUNK
    return _mean_of_seen(shoulders, hips) / _trunk_px(points)


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


def stretch_yaw_deg(track: Track, frames: BoolArray, habits: str = "all") -> tuple[float | None, float | None]:
    """Heading over a stretch of frames and its 95 % half-width, or None where nothing tells it. `habits` says which of
    the network's the points have (`ViewSettings.heading_habits`)."""
    points = {name: xy[frames] for name, xy in points_of(track).items()}
    footing = footing_of(points, track.time_s[frames])
    yaw, error = _rough_yaw_deg(track, frames, points, footing != "moving")
    if np.isnan(yaw):
        return None, None
    nominal = 0.0 if abs(yaw) <= 90 else 180.0
    if footing == "moving" or abs(float(wrap_deg(yaw - nominal))) > _REFINED_FROM_DEG:
        return yaw, error
    table = habits_of("back" if nominal else "front", footing, habits)
    off, half_width = combined_deg(cues_deg(track, frames, nominal, footing), table)
    return (float(wrap_deg(nominal + off)), half_width) if abs(off) <= FITTED_WITHIN_DEG else (yaw, error)


def _rough_yaw_deg(
    track: Track, frames: BoolArray, points: Mapping[str, FloatArray], planted: bool
) -> tuple[float, float]:
    """Good to some ten degrees from any side: feet, widths and the network's prior."""
    upright = upright_frames(points) if planted else np.ones(int(frames.sum()), bool)
    sine, cosine = (seen_median(cue[upright]) for cue in (sine_of_feet(points), cosine_of_widths(points)))
    priors = prior_yaw_deg(track)[frames][upright]
    prior = circular_median_deg(priors[np.isfinite(priors)]) if np.isfinite(priors).any() else np.nan
    yaw = float(_heading_deg(sine, cosine, prior, _PRIOR_WEIGHT_PLANTED if planted else _PRIOR_WEIGHT_MOVING))
    seen = float(_heading_deg(sine, cosine, np.nan, 0.0))
    base = _ERROR_PLANTED_DEG if planted else _ERROR_MOVING_DEG
    return yaw, float(np.hypot(base, np.nan_to_num(wrap_deg(seen - prior)) / 2))


def _trunk_px(points: Mapping[str, FloatArray]) -> FloatArray:
    trunk = distance_px(either(points, "hip"), either(points, "shoulder"))
    return np.where(trunk > 0, trunk, np.nan)


def _mean_of_seen(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.where(np.isnan(a), b, np.where(np.isnan(b), a, (a + b) / 2))
