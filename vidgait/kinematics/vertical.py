"""How far the picture is rolled against gravity, read from how the athlete stands.

A person who stands quietly has ankles, hips and shoulders above each other. That line is a plumb line with its own
error (posture), so small leans are left alone, and nothing is corrected where the line is bent or unsteady: a leaning
or squatting person must never pass as a tilted camera.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.angles import midpoint, wrap_deg

if TYPE_CHECKING:
    from vidgait.types import BoolArray, FloatArray, Track

__all__ = ["camera_roll"]

# Engineering choices: how far quiet standing itself may lean (95 %), seen from the front or back and from elsewhere.
_POSTURE_FRONT_DEG = 2.0
_POSTURE_SIDE_DEG = 5.0
_FRONT_WITHIN_DEG = 30.0
# Legs and trunk of an upright person differ by less than this; the line is steady within _STEADY_DEG.
_BENT_DEG = 8.0
_STEADY_DEG = 2.0


def camera_roll(track: Track, frames: BoolArray, standing: BoolArray, yaw_deg: float | None) -> tuple[float, str]:
    """Roll in degrees, clockwise positive (upright things lean to the picture's right), and its basis in words. 0 with
    the reason where it cannot be told."""
    if not standing.any():
        return 0.0, "taken as upright: the athlete does not stand quietly"
    ankle, hip, shoulder = (_mid(track, part)[standing] for part in ("ankle", "hip", "shoulder"))
    body, legs, trunk = _lean_deg(ankle, shoulder), _lean_deg(ankle, hip), _lean_deg(hip, shoulder)
    roll, spread = float(np.nanmedian(body)), float(np.nanstd(body))
    bent = abs(float(wrap_deg(np.nanmedian(trunk) - np.nanmedian(legs))))
    if spread > _STEADY_DEG or bent > _BENT_DEG:
        return 0.0, f"taken as upright: standing is unsteady or bent ({spread:.0f}, {bent:.0f} degrees)"
    off_front = 90.0 if yaw_deg is None else min(abs(yaw_deg), 180 - abs(yaw_deg))
    posture = _POSTURE_FRONT_DEG if off_front <= _FRONT_WITHIN_DEG else _POSTURE_SIDE_DEG
    if abs(roll) <= posture:
        return 0.0, f"taken as upright: quiet standing leans {roll:+.1f} degrees, within +-{posture:.0f} of posture"
    return roll, f"quiet standing, +-{posture:.0f} degrees"


def _mid(track: Track, part: str) -> FloatArray:
    return midpoint(track.point(f"left_{part}"), track.point(f"right_{part}"))


def _lean_deg(lower: FloatArray, upper: FloatArray) -> FloatArray:
    """(T,) by how much the line leans to the picture's right."""
    lean: FloatArray = np.degrees(np.arctan2(upper[:, 0] - lower[:, 0], lower[:, 1] - upper[:, 1]))
    return lean
