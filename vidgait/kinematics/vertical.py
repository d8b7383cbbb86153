"""How far the picture is rolled against gravity, read from how the athlete stands.

A person who stands quietly has ankles, hips and shoulders above each other. That line is a plumb line with its own
error (posture), so small leans are left alone, and nothing is corrected where the line is bent or unsteady: a leaning
or squatting person must never pass as a tilted camera.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.angles import wrap_deg
from vidgait.kinematics.standing import either, points_of, seen_median

if TYPE_CHECKING:
    from vidgait.types import BoolArray, FloatArray, Track

__all__ = ["camera_roll"]

# Engineering choices: how far quiet standing itself may lean (95 %), seen from the front or back, and what a full side
# view adds.
_POSTURE_FRONT_DEG = 2.0
_POSTURE_SIDE_MORE_DEG = 4.0
# Legs and trunk of an upright person differ by less than this; the line is steady within _STEADY_DEG.
_BENT_DEG = 8.0
_STEADY_DEG = 2.0
_SUSPICIOUS_DEG = 10.0


def camera_roll(track: Track, frames: BoolArray, standing: BoolArray, yaw_deg: float | None) -> tuple[float, str]:
    """Roll in degrees, clockwise positive (upright things lean to the picture's right), and its basis in words. 0 with
    the reason where it cannot be told."""
    if not standing.any():
        return 0.0, _without_standing(seen_median(_lean_deg(*_line(track, frames, "ankle", "shoulder"))))
    body = _lean_deg(*_line(track, standing, "ankle", "shoulder"))
    legs, trunk = (_lean_deg(*_line(track, standing, *ends)) for ends in (("ankle", "hip"), ("hip", "shoulder")))
    roll, spread = seen_median(body), float(np.nanstd(body)) if np.isfinite(body).any() else np.nan
    bent = abs(float(wrap_deg(seen_median(trunk) - seen_median(legs))))
    if not (spread <= _STEADY_DEG and bent <= _BENT_DEG):
        return 0.0, f"taken as upright: standing is unsteady or bent ({spread:.0f}, {bent:.0f} degrees)"
    from_side = 1.0 if yaw_deg is None else abs(float(np.sin(np.radians(yaw_deg))))
    posture = _POSTURE_FRONT_DEG + _POSTURE_SIDE_MORE_DEG * from_side
    if abs(roll) <= posture:
        return 0.0, f"taken as upright: the athlete stands at {roll:+.1f} degrees, within +-{posture:.0f} of posture"
    return roll, f"how the athlete stands, +-{posture:.0f} degrees"


def _without_standing(lean_deg: float) -> str:
    """A body that leans through the whole clip may be a tilted camera or a fall: it is told, never corrected."""
    basis = "taken as upright: no standing was seen"
    if abs(lean_deg) > _SUSPICIOUS_DEG:
        basis += f", and the body leans {lean_deg:+.0f} degrees: the camera may be tilted"
    return basis


def _line(track: Track, frames: BoolArray, lower: str, upper: str) -> tuple[FloatArray, FloatArray]:
    points = points_of(track)
    return either(points, lower)[frames], either(points, upper)[frames]


def _lean_deg(lower: FloatArray, upper: FloatArray) -> FloatArray:
    """(T,) by how much the line leans to the picture's right."""
    lean: FloatArray = np.degrees(np.arctan2(upper[:, 0] - lower[:, 0], lower[:, 1] - upper[:, 1]))
    return lean
