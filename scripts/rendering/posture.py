"""One instant of a movement with both feet planted: prescribed angles in, bone transforms out.

Prescribed: knee flexion in three dimensions, trunk lean, pelvic list, sideways shift and, if wanted, the frontal-plane
projection angle (FPPA) of each knee. The rest follows: the hips move forwards or backwards until the centre of mass is
over the feet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.rendering.balance import FOOT_MASS, SHANK_CENTRE, SHANK_MASS, THIGH_CENTRE, THIGH_MASS, upper_body
from scripts.rendering.body import SIDES, Body, lateral_sign
from scripts.rendering.geometry import Array, lean_forward, roll_left_down
from scripts.rendering.limbs import arm_rotations, flat_foot, knee_position, leg_rotations, spine_rotations

__all__ = ["BALANCE_PER_STATURE", "Posture", "Stance", "fppa_deg", "pose_body", "swivel_for_fppa", "upper_body_pose"]

BALANCE_PER_STATURE = -0.026
"""The centre of mass falls this far ahead of the ankles, about the middle of the foot."""
SWIVEL_LIMIT_RAD = 1.2
SIDE_BEND_GAIN = 1.17
"""First guess of how much further the chest bends than the trunk's line, for each degree between pelvis and line."""


@dataclass(frozen=True, slots=True)
class Stance:
    """How the feet stand; they do not move."""

    width_hips: float = 1.3
    """Ankle separation over hip separation."""
    toe_out_deg: float = 10.0
    arms: str = "forward"
    """forward, clasped (before the chest), crossed or hips."""
    feet_turned_deg: float = 0.0
    """Both feet turned to the person's left on top of that: 10 turned by 5 are 15 of the left and 5 of the right."""

    def toes_out_deg(self, side: str) -> float:
        return self.toe_out_deg + lateral_sign(side) * self.feet_turned_deg


@dataclass(frozen=True, slots=True)
class Posture:
    """What is prescribed at one instant."""

    depth: float
    """0 standing, 1 at the bottom: how far the arms and the FPPA have come."""
    knee_flexion_deg: float
    """Mean of both knees."""
    trunk_lean_deg: float
    pelvis_share: float = 0.85
    """Pelvic tilt over trunk lean: the rest is bending of the spine."""
    fppa_deg: tuple[float | None, float | None] = (None, None)
    """Left and right at depth 1, + knee medial; None: the knee follows the toes."""
    pelvic_list_deg: float = 0.0
    """+ right side down."""
    hip_shift_m: float = 0.0
    """+ to the person's left."""
    side_lean_deg: float = 0.0
    """Of the trunk, + to the person's left."""
    sway_m: float = 0.0
    seated: float = 0.0
    """1: the hips are carried by a seat at `seat_hip_y_m`; 0: by the feet alone."""
    seat_hip_y_m: float = 0.0


def fppa_deg(hip_m: Array, knee_m: Array, ankle_m: Array, side: str) -> float:
    """Hip-knee-ankle angle in the body's frontal plane, + knee medial (biomechanics.md 2.1: alpha_t - alpha_s)."""
    thigh, shank = (knee_m - hip_m)[[0, 2]], (ankle_m - knee_m)[[0, 2]]
    turn = thigh[0] * shank[1] - thigh[1] * shank[0]
    return lateral_sign(side) * float(np.degrees(np.arctan2(turn, thigh @ shank)))


def swivel_for_fppa(
    body: Body, side: str, leg: tuple[Array, Array, Array], target_deg: float | None, depth: float
) -> float:
    """Swing of the knee about the hip-ankle line, in radians, that gives an FPPA, by bisection. `leg`: hip, ankle and
    forward (3,). At depth 0 the knee follows the toes, at depth 1 it shows `target_deg` (None: it follows the toes).
    """
    if target_deg is None or depth <= 0:
        return 0.0
    hip, ankle, forward = leg

    def shown(swivel: float) -> float:
        return fppa_deg(hip, knee_position(body, hip, ankle, forward, swivel), ankle, side)

    natural = shown(0.0)
    wanted = natural + (target_deg - natural) * depth**1.2
    low, high = sorted((-SWIVEL_LIMIT_RAD, SWIVEL_LIMIT_RAD), key=shown)
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if shown(middle) < wanted else (low, middle)
    return middle


class _Legs:
    """The two legs below a pelvis of given orientation, as a function of where the hips are."""

    def __init__(self, body: Body, stance: Stance, posture: Posture, pelvis: Array) -> None:
        self.body = body
        self.posture = posture
        half_width = body.hip_width_m * stance.width_hips / 2
        self.ankles = {side: np.array([lateral_sign(side) * half_width, 0.0, body.ankle_height_m]) for side in SIDES}
        self.hip_offsets = {side: pelvis @ (body.joints_m[f"{side}_hip"] - body.mid_hip_m) for side in SIDES}
        toe_out = {side: np.radians(stance.toes_out_deg(side)) for side in SIDES}
        self.forward = {
            side: np.array([lateral_sign(side) * np.sin(out), -np.cos(out), 0.0]) for side, out in toe_out.items()
        }

    def mid_hip(self, y_m: float) -> Array:
        """The mid-hip point at `y_m` whose height gives the prescribed mean knee flexion, by bisection."""
        low, high = 0.1, self.body.thigh_m + self.body.shank_m + self.body.ankle_height_m
        x_m = self.posture.hip_shift_m + self.posture.sway_m
        for _ in range(34):
            middle = np.array([x_m, y_m, (low + high) / 2])
            too_low = self._mean_flexion_deg(middle) > self.posture.knee_flexion_deg
            low, high = (middle[2], high) if too_low else (low, middle[2])
        return middle

    def _mean_flexion_deg(self, mid_hip: Array) -> float:
        body = self.body
        total = 0.0
        for side in SIDES:
            reach = mid_hip + self.hip_offsets[side] - self.ankles[side]
            cosine = (reach @ reach - body.thigh_m**2 - body.shank_m**2) / (2 * body.thigh_m * body.shank_m)
            total += np.degrees(np.arccos(min(max(cosine, -1.0), 1.0)))
        return total / 2

    def balance_error_m(self, y_m: float, upper_moment: Array, upper_mass: float) -> float:
        """How far the centre of mass is behind its place. `upper_moment`: of the upper body about the mid-hip point."""
        mid_hip = self.mid_hip(y_m)
        moment = upper_moment[1] + upper_mass * y_m
        for side in SIDES:
            hip, ankle = mid_hip + self.hip_offsets[side], self.ankles[side]
            knee = knee_position(self.body, hip, ankle, self.forward[side], 0.0)
            moment += THIGH_MASS * ((1 - THIGH_CENTRE) * hip[1] + THIGH_CENTRE * knee[1])
            moment += SHANK_MASS * ((1 - SHANK_CENTRE) * knee[1] + SHANK_CENTRE * ankle[1])
            moment += FOOT_MASS * (ankle[1] - 0.035 * self.body.stature_m)
        return float(moment - BALANCE_PER_STATURE * self.body.stature_m)

    def balanced_y(self, upper_moment: Array, upper_mass: float) -> float:
        """Hip position that balances the body, by the secant method; the error is almost linear in it."""
        before, now = 0.0, 0.1
        error_before = self.balance_error_m(before, upper_moment, upper_mass)
        for _ in range(6):
            error = self.balance_error_m(now, upper_moment, upper_mass)
            if abs(error) < 1e-5 or error == error_before:
                break
            before, now, error_before = now, now - error * (now - before) / (error - error_before), error
        return now

    def swivel_rad(self, side: str, hip: Array, target_deg: float | None) -> float:
        """Swing of the knee about the hip-ankle line that gives the prescribed FPPA."""
        ankle, forward = self.ankles[side], self.forward[side]
        return swivel_for_fppa(self.body, side, (hip, ankle, forward), target_deg, self.posture.depth)


def pose_body(body: Body, stance: Stance, posture: Posture) -> Array:
    """Bone transforms (B, 4, 4)."""
    pelvis, rotations = upper_body_pose(body, stance.arms, posture)
    legs = _Legs(body, stance, posture, pelvis)
    moment, mass = upper_body(body.posed_joints(body.pose(rotations, pelvis, np.zeros(3))))
    y_m = legs.balanced_y(moment, mass)
    mid_hip = legs.mid_hip((1 - posture.seated) * y_m + posture.seated * posture.seat_hip_y_m)
    for side, target in zip(SIDES, posture.fppa_deg, strict=True):
        hip = mid_hip + legs.hip_offsets[side]
        swivel = legs.swivel_rad(side, hip, target)
        foot = flat_foot(body, side, stance.toes_out_deg(side))
        rotations |= leg_rotations(body, side, hip, legs.ankles[side], legs.forward[side], swivel, foot)
    return body.pose(rotations, pelvis, mid_hip)


def upper_body_pose(body: Body, arms: str, posture: Posture) -> tuple[Array, dict[str, Array]]:
    """World rotation of the pelvis and of the bones above it, for `arms` as `Stance` names them.

    The spine curves, so the chest leans more than the line from hips to shoulders: it is turned until that line has the
    prescribed lean.
    """
    pelvis = roll_left_down(-posture.pelvic_list_deg) @ lean_forward(posture.pelvis_share * posture.trunk_lean_deg)
    chest_lean_deg = posture.trunk_lean_deg
    chest_side_deg = posture.side_lean_deg + SIDE_BEND_GAIN * (posture.side_lean_deg + posture.pelvic_list_deg)
    for _ in range(4):
        chest = roll_left_down(chest_side_deg) @ lean_forward(chest_lean_deg)
        head = roll_left_down(0.4 * chest_side_deg) @ lean_forward(2 + 0.25 * posture.trunk_lean_deg)
        rotations = spine_rotations(pelvis, chest, head)
        trunk = _trunk_line(body.posed_joints(body.pose(rotations, pelvis, np.zeros(3))))
        chest_lean_deg += posture.trunk_lean_deg - float(np.degrees(np.arctan2(-trunk[1], trunk[2])))
        chest_side_deg += posture.side_lean_deg - float(np.degrees(np.arctan2(trunk[0], trunk[2])))
    for side in SIDES:
        rotations |= _arms(body, arms, side, chest, posture)
    return pelvis, rotations


def _trunk_line(joints: dict[str, Array]) -> Array:
    hips = joints["left_hip"] + joints["right_hip"]
    return (joints["left_shoulder"] + joints["right_shoulder"] - hips) / 2


def _arms(body: Body, style: str, side: str, chest: Array, posture: Posture) -> dict[str, Array]:
    """Directions are the left arm's: x outwards, y backwards, z up."""
    raised = min(max(posture.depth * 1.6, 0.0), 1.0)
    hanging_upper, hanging_fore = np.array([0.20, 0.02, -1.0]), np.array([0.10, -0.25, -1.0])
    if style == "forward":
        up = np.radians(10 + 75 * raised + posture.trunk_lean_deg * raised)
        upper = np.array([0.20 - 0.07 * raised, -np.sin(up), -np.cos(up)])
        fore = np.array([0.03, -np.sin(up + 0.12), -np.cos(up + 0.12)])
        return arm_rotations(body, side, chest, upper, fore, 0.0)
    if style == "clasped":
        upper = (1 - raised) * hanging_upper + raised * np.array([0.18, -0.62, -0.75])
        fore = (1 - raised) * hanging_fore + raised * np.array([-0.50, -0.55, 0.62])
        return arm_rotations(body, side, chest, upper, fore, 25.0 * raised)
    if style == "crossed":
        upper, fore = np.array([0.25, -0.35, -0.9]), np.array([-0.75, -0.55, 0.35])
        return arm_rotations(body, side, chest, upper, fore)
    if style == "hips":
        return arm_rotations(body, side, chest, np.array([0.75, 0.35, -0.75]), np.array([-0.75, -0.45, -0.55]))
    raise ValueError(f"unknown arms '{style}'")
