"""From where the camera sees the person: heading (yaw) frame by frame and over a stretch, view and facing.

Yaw: 0 faces the camera, +90 shows the left side (the person looks to the picture's left), -90 the right side, +-180 the
back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.angles import wrap_deg

if TYPE_CHECKING:
    from vidgait.types import BoolArray, Facing, FloatArray, Side, Track, View

__all__ = ["circular_median_deg", "facing_of", "frame_yaw_deg", "near_side_of", "stretch_yaw_deg", "view_of"]

# A view is named front, back or side within these turns; the rest is oblique.
_FRONT_WITHIN_DEG = 20.0
_SIDE_WITHIN_DEG = 25.0
_YAW_ERROR_DEG = 12.0


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
    """Where the person looks in the picture: the nearest of left, right, the camera, away; in oblique views the side
    they incline to."""
    view = view_of(yaw_deg)
    if view in ("front", "back"):
        return "camera" if view == "front" else "away"
    return "image_left" if yaw_deg > 0 else "image_right"


def near_side_of(yaw_deg: float) -> Side | None:
    """The leg nearer to the camera; None from the front and the back."""
    if view_of(yaw_deg) in ("front", "back"):
        return None
    return "left" if yaw_deg > 0 else "right"


def frame_yaw_deg(track: Track) -> FloatArray:
    """(T,) heading in every frame, NaN where it cannot be told: from the hip and shoulder axes of the pose network's
    3-D prior."""
    if track.xyz_m is None:
        return np.full(track.time_s.shape, np.nan)
    across = np.zeros((track.time_s.size, 3))
    for part in ("hip", "shoulder"):
        left, right = track.skeleton.indices(f"left_{part}", f"right_{part}")
        across += track.xyz_m[:, left] - track.xyz_m[:, right]
    yaw: FloatArray = np.degrees(np.arctan2(across[:, 2], across[:, 0]))
    return yaw


def stretch_yaw_deg(track: Track, frames: BoolArray, yaw_deg: FloatArray) -> tuple[float | None, float | None]:
    """Heading over a stretch of frames and its 95 % half-width."""
    seen = yaw_deg[frames & np.isfinite(yaw_deg)]
    if not seen.size:
        return None, None
    return circular_median_deg(seen), _YAW_ERROR_DEG


def circular_median_deg(angle_deg: FloatArray) -> float:
    """The median of directions: turned to lie around their mean first, so that -179 and 179 are neighbours."""
    radians = np.radians(angle_deg)
    mean = float(np.degrees(np.arctan2(np.sin(radians).mean(), np.cos(radians).mean())))
    return float(wrap_deg(mean + np.median(wrap_deg(angle_deg - mean))))
