"""One instant on one leg: the standing foot planted, the other leg lifted or on its way, the body balanced over it.

Prescribed: knee flexion of the standing leg, its FPPA, the pelvic list, trunk lean and where the free leg is held. The
hips move sideways and forwards until the centre of mass is over the standing foot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.rendering.balance import FOOT_MASS, SHANK_CENTRE, SHANK_MASS, THIGH_CENTRE, THIGH_MASS, upper_body
from scripts.rendering.body import SIDES, Body, lateral_sign
from scripts.rendering.geometry import Array, lean_forward, roll_left_down, unit
from scripts.rendering.limbs import flat_foot, knee_position, leg_rotations
from scripts.rendering.posture import BALANCE_PER_STATURE, Posture, Stance, swivel_for_fppa, upper_body_pose

__all__ = ["FreeLeg", "OneLegPosture", "between", "other_side", "pose_on_one_leg"]

LIFT_ARC_M = 0.02
"""The foot leaves the floor upwards: this much above the straight way."""


def other_side(side: str) -> str:
    return "right" if side == "left" else "left"


@dataclass(frozen=True, slots=True)
class FreeLeg:
    """How a lifted leg is held."""

    thigh_deg: float
    """Of the thigh, + ahead of the vertical."""
    knee_deg: float
    abduction_deg: float
    plantarflexion_deg: float = 5.0


def between(first: FreeLeg, second: FreeLeg, fraction: float) -> FreeLeg:
    """`first` at 0, `second` at 1."""
    return FreeLeg(
        first.thigh_deg + fraction * (second.thigh_deg - first.thigh_deg),
        first.knee_deg + fraction * (second.knee_deg - first.knee_deg),
        first.abduction_deg + fraction * (second.abduction_deg - first.abduction_deg),
        first.plantarflexion_deg + fraction * (second.plantarflexion_deg - first.plantarflexion_deg),
    )


@dataclass(frozen=True, slots=True)
class OneLegPosture:
    """What is prescribed at one instant."""

    side: str
    """Of the standing leg: left or right."""
    upper: Posture
    """Trunk, pelvis and arms; `knee_flexion_deg` and its side of `fppa_deg` are the standing leg's."""
    free: FreeLeg
    loaded: float = 1.0
    """0: the weight is between the feet; 1: over the standing foot."""
    lifted: float = 1.0
    """0: the other foot stands beside it; 1: the leg is held as `free` says."""


class _OneLeg:
    """The legs below a pelvis of given orientation, as a function of where the hips are."""

    def __init__(self, body: Body, stance: Stance, posture: OneLegPosture, pelvis: Array) -> None:
        self.body = body
        self.posture = posture
        self.side, self.free_side = posture.side, other_side(posture.side)
        half_width = body.hip_width_m * stance.width_hips / 2
        toe_out = np.radians(stance.toe_out_deg)
        self.planted = {side: np.array([lateral_sign(side) * half_width, 0.0, body.ankle_height_m]) for side in SIDES}
        self.hip_offsets = {side: pelvis @ (body.joints_m[f"{side}_hip"] - body.mid_hip_m) for side in SIDES}
        self.forward = {side: np.array([lateral_sign(side) * np.sin(toe_out), -np.cos(toe_out), 0.0]) for side in SIDES}
        ahead = np.array([0.0, -1.0, 0.0])
        self.forward[self.free_side] = unit(
            (1 - posture.lifted) * self.forward[self.free_side] + posture.lifted * ahead
        )
        flexion = np.radians(posture.upper.knee_flexion_deg)
        self.reach_m = float(
            np.sqrt(body.thigh_m**2 + body.shank_m**2 + 2 * body.thigh_m * body.shank_m * np.cos(flexion))
        )

    def mid_hip(self, x_m: float, y_m: float) -> Array:
        """The mid-hip point whose height gives the standing knee its flexion."""
        offset, ankle = self.hip_offsets[self.side], self.planted[self.side]
        aside = np.array([x_m, y_m]) + offset[:2] - ankle[:2]
        height = np.sqrt(max(self.reach_m**2 - float(aside @ aside), 0.0))
        return np.array([x_m, y_m, ankle[2] + height - offset[2]])

    def ankle(self, side: str, mid_hip: Array) -> Array:
        if side == self.side or self.posture.lifted <= 0:
            return self.planted[side]
        lifted = self.posture.lifted
        held = mid_hip + self.hip_offsets[side] + self._held_ankle()
        return (1 - lifted) * self.planted[side] + lifted * held + [0, 0, LIFT_ARC_M * np.sin(np.pi * lifted)]

    def _held_ankle(self) -> Array:
        """From the free leg's hip, when it is held as prescribed."""
        free = self.posture.free
        thigh, shank = np.radians(free.thigh_deg), np.radians(free.thigh_deg - free.knee_deg)
        down = self.body.thigh_m * np.cos(thigh) + self.body.shank_m * np.cos(shank)
        ahead = self.body.thigh_m * np.sin(thigh) + self.body.shank_m * np.sin(shank)
        return self._outwards() @ np.array([0.0, -ahead, -down])

    def _outwards(self) -> Array:
        return roll_left_down(-lateral_sign(self.free_side) * self.posture.free.abduction_deg)

    def free_foot(self, toe_out_deg: float) -> Array:
        """Rotation of the free foot: flat on the floor, or as the shank and the ankle carry it."""
        free, lifted = self.posture.free, self.posture.lifted
        pitch_deg = (free.knee_deg - free.thigh_deg + free.plantarflexion_deg) * lifted**1.5
        outwards = roll_left_down(-lateral_sign(self.free_side) * free.abduction_deg * lifted)
        return outwards @ lean_forward(pitch_deg) @ flat_foot(self.body, self.free_side, toe_out_deg * (1 - lifted))

    def centre_of_mass(self, mid_hip: Array, upper_moment: Array, upper_mass: float) -> Array:
        """(2,): x and y. `upper_moment`: of the upper body about the mid-hip point."""
        moment = upper_moment[:2] + upper_mass * mid_hip[:2]
        for side in SIDES:
            hip, ankle = mid_hip + self.hip_offsets[side], self.ankle(side, mid_hip)
            knee = knee_position(self.body, hip, ankle, self.forward[side], 0.0)
            moment = moment + THIGH_MASS * ((1 - THIGH_CENTRE) * hip + THIGH_CENTRE * knee)[:2]
            moment = moment + SHANK_MASS * ((1 - SHANK_CENTRE) * knee + SHANK_CENTRE * ankle)[:2]
            moment = moment + FOOT_MASS * (ankle[:2] - [0, 0.035 * self.body.stature_m])
        return moment

    def balanced(self, upper_moment: Array, upper_mass: float) -> Array:
        """The mid-hip point that balances the body: the centre of mass moves almost as far as the hips do."""
        posture, body = self.posture, self.body
        wanted = np.array(
            [posture.loaded * self.planted[self.side][0] + posture.upper.sway_m, BALANCE_PER_STATURE * body.stature_m]
        )
        place = wanted.copy()
        for _ in range(30):
            error = self.centre_of_mass(self.mid_hip(*place), upper_moment, upper_mass) - wanted
            place = place - error
            if float(np.abs(error).max()) < 1e-6:
                break
        return self.mid_hip(*place)


def pose_on_one_leg(body: Body, stance: Stance, posture: OneLegPosture) -> Array:
    """Bone transforms (B, 4, 4)."""
    pelvis, rotations = upper_body_pose(body, stance.arms, posture.upper)
    legs = _OneLeg(body, stance, posture, pelvis)
    moment, mass = upper_body(body.posed_joints(body.pose(rotations, pelvis, np.zeros(3))))
    mid_hip = legs.balanced(moment, mass)
    feet = {
        posture.side: flat_foot(body, posture.side, stance.toe_out_deg),
        legs.free_side: legs.free_foot(stance.toe_out_deg),
    }
    for side, target_deg in zip(SIDES, posture.upper.fppa_deg, strict=True):
        hip, ankle, forward = mid_hip + legs.hip_offsets[side], legs.ankle(side, mid_hip), legs.forward[side]
        wanted_deg = target_deg if side == posture.side else None
        swivel = swivel_for_fppa(body, side, (hip, ankle, forward), wanted_deg, posture.upper.depth)
        rotations |= leg_rotations(body, side, hip, ankle, forward, swivel, feet[side])
    return body.pose(rotations, pelvis, mid_hip)
