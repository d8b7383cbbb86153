"""A whole body from a few numbers: trunk, arms, and two legs that stand on the floor or hang in the air.

Left and right arms do the same. Used by the jumps, which ask for a place of the centre of mass and get a place of the
hips.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import RectBivariateSpline

from scripts.rendering.balance import FOOT_MASS, SHANK_CENTRE, SHANK_MASS, THIGH_CENTRE, THIGH_MASS, upper_body
from scripts.rendering.body import SIDES, Body, lateral_sign, side_letter
from scripts.rendering.foothold import Foothold, foothold
from scripts.rendering.geometry import Array, lean_forward
from scripts.rendering.limbs import arm_rotations, knee_position, leg_rotations, spine_rotations

__all__ = ["Figure", "Frame", "Leg"]

PELVIS_SHARE = 0.85
LEANS_DEG = np.arange(-12.0, 73.0, 7.0)
ARMS_DEG = np.arange(-80.0, 181.0, 20.0)
"""Between these, moments of the upper body are interpolated."""


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """Where a leg is, seen from its hip."""

    ankle_m: Array
    """From the hip joint (3,)."""
    pitch_deg: float
    bend_deg: float
    swivel_rad: float = 0.0


@dataclass(frozen=True, slots=True)
class Frame:
    """The upper body of an instant."""

    lean_deg: float
    arm_deg: float
    """Of the upper arms against the trunk, + forward."""


class Figure:
    """One body with given feet and way of holding its arms: `hips` or `swing`."""

    def __init__(self, body: Body, toe_out_deg: float, arms: str) -> None:
        if arms not in ("hips", "swing"):
            raise ValueError(f"unknown arms '{arms}'")
        self.body, self.arms = body, arms
        self.feet: dict[str, Foothold] = {side: foothold(body, side, toe_out_deg) for side in SIDES}
        turn = np.radians(toe_out_deg)
        self.forward = {side: np.array([lateral_sign(side) * np.sin(turn), -np.cos(turn), 0.0]) for side in SIDES}

    def hip_offset(self, side: str, frame: Frame) -> Array:
        """From the mid-hip point (3,)."""
        rest = self.body.joints_m[f"{side}_hip"] - self.body.mid_hip_m
        return np.asarray(lean_forward(PELVIS_SHARE * frame.lean_deg) @ rest)

    @cached_property
    def _chest_leans_deg(self) -> Array:
        """For each of LEANS_DEG the lean of the chest with which the line from hips to shoulders has it."""
        found = []
        for lean_deg in LEANS_DEG:
            chest_deg = lean_deg
            for _ in range(4):
                trunk = self._trunk(lean_deg, chest_deg)
                chest_deg += lean_deg - float(np.degrees(np.arctan2(-trunk[1], trunk[2])))
            found.append(chest_deg)
        return np.array(found)

    def _trunk(self, lean_deg: float, chest_deg: float) -> Array:
        pelvis = lean_forward(PELVIS_SHARE * lean_deg)
        rotations = spine_rotations(pelvis, lean_forward(chest_deg), np.eye(3))
        joints = self.body.posed_joints(self.body.pose(rotations, pelvis, np.zeros(3)))
        return joints["left_shoulder"] + joints["right_shoulder"] - joints["left_hip"] - joints["right_hip"]

    def rotations(self, frame: Frame) -> tuple[Array, dict[str, Array]]:
        """Pelvis and the bones above it."""
        pelvis = lean_forward(PELVIS_SHARE * frame.lean_deg)
        chest = lean_forward(float(np.interp(frame.lean_deg, LEANS_DEG, self._chest_leans_deg)))
        rotations = spine_rotations(pelvis, chest, lean_forward(2 + 0.25 * frame.lean_deg))
        for side in SIDES:
            rotations |= arm_rotations(self.body, side, chest, *self._arm(frame.arm_deg))
        return pelvis, rotations

    def _arm(self, arm_deg: float) -> tuple[Array, Array]:
        if self.arms == "hips":
            return np.array([0.75, 0.35, -0.75]), np.array([-0.75, -0.45, -0.55])
        upper = np.radians(arm_deg)
        fore = upper + np.radians(28 - 0.08 * arm_deg)
        return np.array([0.20, -np.sin(upper), -np.cos(upper)]), np.array([0.04, -np.sin(fore), -np.cos(fore)])

    @cached_property
    def _moments(self) -> list[RectBivariateSpline]:
        table = np.array([[self._moment(Frame(lean, arm)) for arm in ARMS_DEG] for lean in LEANS_DEG])
        return [RectBivariateSpline(LEANS_DEG, ARMS_DEG, table[:, :, axis]) for axis in range(3)]

    def _moment(self, frame: Frame) -> Array:
        pelvis, rotations = self.rotations(frame)
        joints = self.body.posed_joints(self.body.pose(rotations, pelvis, np.zeros(3)))
        return upper_body(joints)[0]

    def upper_moment(self, frame: Frame) -> Array:
        """Mass share times place from the mid-hip point (3,) of head, trunk and arms."""
        return np.array([float(spline(frame.lean_deg, frame.arm_deg)[0, 0]) for spline in self._moments])

    def centre_of_mass(self, frame: Frame, legs: dict[str, Leg], upper: Array | None = None) -> Array:
        """From the mid-hip point (3,). `upper`: `upper_moment` of the same frame."""
        moment = self.upper_moment(frame) if upper is None else upper
        for side in SIDES:
            hip, leg, foot = self.hip_offset(side, frame), legs[side], self.feet[side]
            ankle = hip + leg.ankle_m
            knee = knee_position(self.body, hip, ankle, self.forward[side], leg.swivel_rad)
            middle = foot.middle_m(leg.pitch_deg, leg.bend_deg)
            moment = moment + THIGH_MASS * ((1 - THIGH_CENTRE) * hip + THIGH_CENTRE * knee)
            moment = moment + SHANK_MASS * ((1 - SHANK_CENTRE) * knee + SHANK_CENTRE * ankle)
            moment = moment + FOOT_MASS * (ankle + middle)
        return np.asarray(moment)

    def pose(self, frame: Frame, legs: dict[str, Leg], mid_hip_m: Array) -> Array:
        """Bone transforms (B, 4, 4)."""
        pelvis, rotations = self.rotations(frame)
        for side in SIDES:
            leg, hip = legs[side], mid_hip_m + self.hip_offset(side, frame)
            foot = self.feet[side].rotations(leg.pitch_deg, leg.bend_deg)
            flat = foot[f"foot.{side_letter(side)}"]
            ankle = hip + leg.ankle_m
            bones = leg_rotations(self.body, side, hip, ankle, self.forward[side], leg.swivel_rad, flat)
            rotations |= bones | foot
        return self.body.pose(rotations, pelvis, mid_hip_m)

    def reach_m(self, knee_deg: float) -> float:
        """Hip to ankle with that knee flexion, by the cosine rule."""
        thigh, shank = self.body.thigh_m, self.body.shank_m
        return float(np.sqrt(thigh**2 + shank**2 + 2 * thigh * shank * np.cos(np.radians(knee_deg))))

    def knee_deg(self, leg: Leg) -> float:
        thigh, shank = self.body.thigh_m, self.body.shank_m
        cosine = (leg.ankle_m @ leg.ankle_m - thigh**2 - shank**2) / (2 * thigh * shank)
        return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
