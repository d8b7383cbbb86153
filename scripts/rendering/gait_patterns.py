"""How people walk and run: angles over one stride, from the contact of a foot to the next contact of the same foot.

Walking: thigh, knee and foot at a free speed, after the normative curves of Perry and Burnfield, Gait Analysis, 2nd ed.
(2010), chapters 3 to 6, and Winter, Biomechanics and Motor Control of Human Movement, 4th ed. (2009), appendix A: read
off at the points below to about two degrees. Running: about 3 m/s with a rearfoot contact, after Novacheck, The
biomechanics of running, Gait and Posture 7 (1998) 77-95. They are targets: in stance the planted foot decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import CubicSpline

if TYPE_CHECKING:
    from scripts.rendering.geometry import Array

__all__ = ["RUNNING", "WALKING", "ArmSwing", "FootCurve", "GaitPattern", "smooth_curve"]

Keys = Sequence[tuple[float, float]]
"""Percent of the stride and degrees; the first point, at 0 %, is also the last, at 100 %."""


def _closed(keys: Keys) -> tuple[Array, Array]:
    percent, degrees = np.array(keys, float).T
    return np.append(percent, 100.0) / 100, np.append(degrees, degrees[0])


def smooth_curve(keys: Keys) -> CubicSpline:
    """Periodic curve over the stride (0 to 1), continuous to its second derivative."""
    return CubicSpline(*_closed(keys), bc_type="periodic", extrapolate="periodic")


class FootCurve:
    """Pitch of the foot over the stride: exactly level while it is flat, a smooth curve elsewhere."""

    def __init__(self, keys: Keys) -> None:
        percent, degrees = np.array(keys, float).T
        self.flat_from, self.flat_to = (float(value) / 100 for value in percent[degrees == 0.0])
        lifted, down = percent / 100 >= self.flat_to, percent / 100 <= self.flat_from
        phase = np.concatenate([percent[lifted] / 100, percent[down] / 100 + 1])
        self._lifted = CubicSpline(phase, np.concatenate([degrees[lifted], degrees[down]]), bc_type="clamped")

    def __call__(self, phase: Array) -> Array:
        since = (np.asarray(phase) - self.flat_to) % 1.0 + self.flat_to
        return np.where(since <= self.flat_from + 1, self._lifted(since), 0.0)


@dataclass(frozen=True, slots=True)
class ArmSwing:
    """The arm of one side goes back when the foot of that side comes forward."""

    middle_deg: float
    swing_deg: float
    elbow_deg: float
    elbow_swing_deg: float
    inward: float = 0.0
    """Of the forearm, across the body."""


@dataclass(frozen=True, slots=True)
class GaitPattern:
    thigh: Keys
    """+ knee ahead of the hip."""
    knee: Keys
    foot: Keys
    """+ toes up."""
    toe_off: float
    """Fraction of the stride."""
    knee_until: float
    """Fraction of the stride up to which the standing knee should follow its curve; less so up to toe-off."""
    drop_at: float
    """Fraction of the stride where the pelvis is lowest on the swinging side."""
    arms: ArmSwing
    pelvic_tilt_deg: float
    pelvic_rotation_deg: float
    shoulder_rotation_deg: float


WALKING = GaitPattern(
    thigh=(
        (0, 23), (6, 22), (12, 20), (30, 2), (40, -8), (50, -17), (54, -18), (60, -11), (66, 1), (73, 14.5), (80, 24),
        (86, 28), (93, 26),
    ),
    knee=(
        (0, 5), (6, 11), (13, 18), (20, 16), (30, 9), (40, 5.5), (46, 8), (50, 12), (56, 26), (62, 44), (68, 60),
        (73, 64), (78, 60.5), (85, 42), (91, 19), (96, 7),
    ),
    foot=(
        (0, 20), (5, 7), (9, 0), (33, 0), (42, -7), (50, -21), (56, -39), (61, -57), (66, -61), (73, -46), (80, -21),
        (86, -1), (92, 14), (97, 20),
    ),
    toe_off=0.61,
    knee_until=0.5,
    drop_at=0.20,
    arms=ArmSwing(middle_deg=-2, swing_deg=19, elbow_deg=22, elbow_swing_deg=9),
    pelvic_tilt_deg=5.0,
    pelvic_rotation_deg=4.5,
    shoulder_rotation_deg=4.0,
)  # fmt: skip

RUNNING = GaitPattern(
    thigh=(
        (0, 27), (6, 26), (14, 10), (24, -10), (32, -23), (38, -24), (46, -12), (56, 14), (66, 34), (76, 42), (86, 38),
        (94, 30),
    ),
    knee=(
        (0, 15), (6, 30), (14, 43), (22, 34), (30, 20), (35, 18), (42, 38), (52, 80), (60, 97), (66, 98), (74, 80),
        (84, 42), (92, 16), (96, 12),
    ),
    foot=(
        (0, 7), (5, 0), (18, 0), (25, -18), (31, -38), (36, -55), (43, -76), (52, -88), (60, -83), (68, -64),
        (78, -30), (88, -2), (95, 7),
    ),
    toe_off=0.37,
    knee_until=0.37,
    drop_at=0.16,
    arms=ArmSwing(middle_deg=-8, swing_deg=30, elbow_deg=88, elbow_swing_deg=10, inward=0.25),
    pelvic_tilt_deg=12.0,
    pelvic_rotation_deg=6.0,
    shoulder_rotation_deg=9.0,
)  # fmt: skip
