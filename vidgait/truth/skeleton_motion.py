"""What a person made of lines does: joint angles over time, on a body of known lengths.

Conventions of `vidgait.types` and the biomechanics specification, section 0: thigh, shank and foot are inclinations in
the person's sagittal plane, FPPA is the angle in their frontal plane, left and right are their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from vidgait.types import FloatArray, Side

__all__ = [
    "SIDES",
    "VIEW_YAW_DEG",
    "Anchor",
    "Arms",
    "Body",
    "Motion",
    "Shape",
    "both_sides",
    "each_side",
    "frame_times",
    "other_side",
    "per_side",
    "progress",
    "standing",
    "thigh_of_knee_deg",
]

SIDES: tuple[Side, Side] = ("left", "right")
VIEW_YAW_DEG = {"front": 0.0, "left": 90.0, "right": -90.0, "back": 180.0}
Anchor = Literal["feet", "left", "right", "hips"]
Arms = Literal["hang", "forward", "overhead", "hips", "crossed"]
Shape = Literal["cosine", "minimum_jerk"]

# Thigh inclination against knee flexion in a squat with level feet (biomechanics, table of section 10.6).
_KNEE_DEG = (0.0, 30.0, 60.0, 90.0, 110.0, 120.0, 140.0)
_THIGH_DEG = (0.0, 17.0, 36.0, 58.0, 78.0, 90.0, 105.0)


@dataclass(frozen=True, slots=True)
class Body:
    """Segment lengths as fractions of stature, near Drillis and Contini's."""

    height_m: float = 1.75
    thigh: float = 0.245
    shank: float = 0.246
    ankle_height: float = 0.039
    toe_length: float = 0.110
    heel_length: float = 0.035
    hip_half_width: float = 0.052
    shoulder_half_width: float = 0.115
    trunk: float = 0.288
    upper_arm: float = 0.186
    forearm: float = 0.146
    hand: float = 0.06

    def length_m(self, name: str) -> float:
        return float(getattr(self, name)) * self.height_m


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """What a person does: every array is (T,), degrees unless named otherwise."""

    time_s: FloatArray
    thigh_deg: Mapping[Side, FloatArray]
    """inclination, + knee ahead of hip"""
    shank_deg: Mapping[Side, FloatArray]
    """inclination, + knee ahead of ankle"""
    foot_deg: Mapping[Side, FloatArray]
    """+ toes up"""
    fppa_deg: Mapping[Side, FloatArray]
    """+ knee medial of the line from hip to ankle, in the frontal plane"""
    trunk_deg: FloatArray
    """+ leans forward"""
    trunk_left_deg: FloatArray
    """+ leans to the person's left"""
    left_hip_down_deg: FloatArray
    """pelvic obliquity, + left side lower"""
    yaw_deg: FloatArray
    """as `Segment.yaw_deg`: 0 faces the camera, +90 shows the left side"""
    place_m: FloatArray
    """(T, 2): x and z on the floor of what `anchor` names"""
    anchor: Anchor = "feet"
    """What stays at `place_m`: the middle of the ankles, one ankle, or mid-hip. That foot (for feet and hips the lower
    one) is `lift_m` above the floor."""
    lift_m: FloatArray | None = None
    """(T,) 0 on the floor; None is 0"""
    stance_half_width_m: float | None = None
    """half the distance between the ankles; None puts each under its hip"""
    ankle_out_m: Mapping[Side, FloatArray] | None = None
    """how far each ankle is outside its own hip; None: as `stance_half_width_m` says"""
    toe_out_deg: float = 0.0
    arms: Arms = "hang"
    instants: Mapping[str, FloatArray] = field(default_factory=dict)
    """Exactly known events in time_s: `bottom`, `start`, `end`, `left_contact`, ..."""
    reps: tuple[Mapping[str, Any], ...] = ()
    """The repetitions, jumps or strides as a truth file lists them."""

    @property
    def knee_flexion_deg(self) -> dict[Side, FloatArray]:
        return {side: self.thigh_deg[side] + self.shank_deg[side] for side in SIDES}

    @property
    def hip_flexion_deg(self) -> dict[Side, FloatArray]:
        return {side: self.thigh_deg[side] + self.trunk_deg for side in SIDES}

    @property
    def ankle_dorsiflexion_deg(self) -> dict[Side, FloatArray]:
        return {side: self.shank_deg[side] + self.foot_deg[side] for side in SIDES}


def other_side(side: Side) -> Side:
    return "right" if side == "left" else "left"


def both_sides(value: FloatArray) -> dict[Side, FloatArray]:
    return dict.fromkeys(SIDES, value)


def each_side(value: float | Mapping[Side, float], missing: float = 0.0) -> dict[Side, float]:
    """One value for both sides, or one for each; `missing` for a side that is not named."""
    return {side: value.get(side, missing) if isinstance(value, Mapping) else value for side in SIDES}


def per_side(side: Side, of_side: FloatArray, of_other: FloatArray) -> dict[Side, FloatArray]:
    return {side: of_side, other_side(side): of_other}


def frame_times(duration_s: float, rate_hz: float = 30.0, jitter: float = 0.0, seed: int = 0) -> FloatArray:
    """Frame times from 0; `jitter` moves each by up to that share of a frame (variable frame rate, below 0.5)."""
    count = round(duration_s * rate_hz)
    shift = np.random.default_rng(seed).uniform(-jitter, jitter, count)
    times: FloatArray = (np.arange(count) + np.where(np.arange(count) > 0, shift, 0.0)) / rate_hz
    return times


def thigh_of_knee_deg(knee_deg: FloatArray) -> FloatArray:
    """Thigh inclination that goes with a knee flexion when both feet stay flat (specification, section 10.6)."""
    thigh: FloatArray = np.interp(knee_deg, _KNEE_DEG, _THIGH_DEG)
    return thigh


def progress(time_s: FloatArray, start_s: float, end_s: float, shape: Shape = "minimum_jerk") -> FloatArray:
    """(T,) 0 before `start_s`, 1 after `end_s`, smooth between: half a cosine, or the minimum-jerk curve of reaching
    movements (Flash and Hogan 1985), which starts and ends without acceleration."""
    share = np.clip((time_s - start_s) / max(end_s - start_s, 1e-9), 0.0, 1.0)
    if shape == "cosine":
        return np.asarray(0.5 - 0.5 * np.cos(np.pi * share))
    return np.asarray(share**3 * (share * (6 * share - 15) + 10))


def standing(
    duration_s: float = 2.0,
    *,
    yaw_deg: float = 0.0,
    x_m: float = 0.0,
    z_m: float = 0.0,
    rate_hz: float = 30.0,
    time_s: FloatArray | None = None,
    arms: Arms = "hang",
) -> Motion:
    """Quiet standing on straight legs: every angle 0."""
    time = frame_times(duration_s, rate_hz) if time_s is None else np.asarray(time_s, float)
    zero = np.zeros(time.size)
    return Motion(
        time_s=time,
        thigh_deg=both_sides(zero),
        shank_deg=both_sides(zero),
        foot_deg=both_sides(zero),
        fppa_deg=both_sides(zero),
        trunk_deg=zero,
        trunk_left_deg=zero,
        left_hip_down_deg=zero,
        yaw_deg=np.full(time.size, float(yaw_deg)),
        place_m=np.tile([float(x_m), float(z_m)], (time.size, 1)),
        arms=arms,
    )
