"""Forward lunges: a step ahead, down until the rear knee is near the floor, up and back again.

The hips travel through three places: standing, the moment the front foot lands, and the lowest point, where the front
knee has the prescribed flexion. Both legs follow by inverse kinematics; the rear foot rolls over its toes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.interpolate import PchipInterpolator

from scripts.rendering.body import lateral_sign
from scripts.rendering.foothold import Foothold, foothold, toe_bend_deg
from scripts.rendering.limbs import leg_rotations
from scripts.rendering.motion import STANDING_KNEE_DEG, STANDING_LEAN_DEG, smooth_step, sway
from scripts.rendering.one_leg import other_side
from scripts.rendering.posture import Posture, Stance, pose_body, swivel_for_fppa, upper_body_pose

if TYPE_CHECKING:
    from scripts.rendering.body import Body
    from scripts.rendering.geometry import Array

__all__ = ["Lunge", "LungeRep"]

LANDING_KNEE_DEG = 24.0
LANDED_SHARE = 0.9
"""Of their way ahead, the hips have made this much when the foot lands."""
REAR_PITCH_DEG = -66.0
"""Of the rear foot at the lowest point, - heel up."""
STRAIGHTEST_REAR_KNEE_DEG = 10.0
"""The rear heel leaves the floor early enough to keep its knee from straightening."""
SWING_HEIGHT_M = 0.09
SWING_PITCH_DEG = 22.0
SHIFT_M = 0.03
"""The hips swing over the rear foot while the other one is in the air."""


@dataclass(frozen=True, slots=True)
class LungeRep:
    """One lunge: the values of the front leg at the lowest point, and its timing."""

    knee_flexion_deg: float = 90.0
    shank_deg: float = 8.0
    """Of the front shank, + knee ahead of the ankle; roughly, as the width of the hips is not in it."""
    trunk_lean_deg: float = 7.0
    fppa_deg: float | None = None
    """+ knee medial; None: the knee follows the toes."""
    pelvic_drop_deg: float = 0.0
    """+ the rear leg's side lower."""
    side_lean_deg: float = 0.0
    """Of the trunk, + over the front leg."""
    step_s: float = 0.6
    descent_s: float = 0.6
    pause_s: float = 0.15
    ascent_s: float = 0.55
    return_s: float = 0.6
    rest_s: float = 0.4

    @property
    def moving_s(self) -> float:
        return self.step_s + self.descent_s + self.pause_s + self.ascent_s + self.return_s

    def progress(self) -> PchipInterpolator:
        """Of time since the start: 0 standing, 1 when the front foot lands, 2 at the lowest point, and the way back."""
        spans = (0.0, self.step_s, self.descent_s, self.pause_s, self.ascent_s, self.return_s)
        times = np.cumsum(spans)
        return PchipInterpolator([-0.1, *times, times[-1] + 0.1], [0, 0, 1, 2, 2, 1, 0, 0])


@dataclass(frozen=True, slots=True)
class Lunge:
    """Lunges with one leg ahead, starting and ending on both feet."""

    side: str
    """Of the front leg."""
    repetitions: tuple[LungeRep, ...]
    step_per_stature: float = 0.5
    stance: Stance = field(default_factory=lambda: Stance(width_hips=1.0, toe_out_deg=5.0, arms="hips"))
    lead_s: float = 0.6
    tail_s: float = 0.3
    seed: int = 0
    label: str = "lunge"

    @property
    def duration_s(self) -> float:
        return self.lead_s + sum(rep.moving_s + rep.rest_s for rep in self.repetitions) + self.tail_s

    def starts_s(self) -> list[float]:
        spent = np.cumsum([0.0] + [rep.moving_s + rep.rest_s for rep in self.repetitions])
        return [self.lead_s + float(start) for start in spent[:-1]]

    def poses(self, body: Body, time_s: Array) -> list[Array]:
        ways = [(start, rep, rep.progress(), _Way(body, self, rep)) for start, rep in self._timed()]
        poses = []
        for time in time_s:
            started = max(sum(start <= time for start, *_ in ways) - 1, 0)
            start, rep, progress, way = ways[started]
            since = float(np.clip(time - start, 0, rep.moving_s))
            poses.append(way.pose(float(progress(since)), *sway(float(time), self.seed)))
        return poses

    def reps(self) -> list[dict[str, Any]]:
        return [_rep_truth(index + 1, self.side, start, rep) for index, (start, rep) in enumerate(self._timed())]

    def _timed(self) -> list[tuple[float, LungeRep]]:
        return list(zip(self.starts_s(), self.repetitions, strict=True))


def _rep_truth(index: int, side: str, start_s: float, rep: LungeRep) -> dict[str, Any]:
    contact_s = start_s + rep.step_s
    lowest_s = contact_s + rep.descent_s
    return {
        "index": index,
        "kind": "rep",
        "side": side,
        "start_s": round(start_s, 6),
        "contact_s": round(contact_s, 6),
        "bottom_start_s": round(lowest_s, 6),
        "bottom_s": round(lowest_s + rep.pause_s / 2, 6),
        "bottom_end_s": round(lowest_s + rep.pause_s, 6),
        "toe_off_s": round(lowest_s + rep.pause_s + rep.ascent_s, 6),
        "end_s": round(start_s + rep.moving_s, 6),
        "prescribed": {
            "knee_flexion_deg": rep.knee_flexion_deg,
            "trunk_inclination_deg": rep.trunk_lean_deg,
            "fppa_deg": rep.fppa_deg,
            "pelvic_drop_deg": rep.pelvic_drop_deg,
            "lateral_trunk_lean_deg": rep.side_lean_deg,
        },
    }


class _Way:
    """One repetition of one body, as a function of its progress."""

    def __init__(self, body: Body, lunge: Lunge, rep: LungeRep) -> None:
        self.body, self.rep, self.stance = body, rep, lunge.stance
        self.front, self.rear = lunge.side, other_side(lunge.side)
        self.feet = {side: foothold(body, side, lunge.stance.toe_out_deg) for side in (self.front, self.rear)}
        half_width = body.hip_width_m * lunge.stance.width_hips / 2
        self.places = {side: np.array([lateral_sign(side) * half_width, 0.0, 0.0]) for side in self.feet}
        self.step_m = lunge.step_per_stature * body.stature_m
        standing = self._standing_mid_hip()
        lowest = self._lowest_mid_hip()
        landing = self._landing_mid_hip(standing[1] + LANDED_SHARE * (lowest[1] - standing[1]))
        self.y_m = PchipInterpolator([0, 1, 2], [standing[1], landing[1], lowest[1]])
        self.z_m = PchipInterpolator([0, 1, 2], [standing[2], landing[2], lowest[2]])

    def pose(self, progress: float, sway_m: float, sway_deg: float) -> Array:
        """Bone transforms (B, 4, 4)."""
        upper = self._upper(progress, sway_deg)
        pelvis, rotations = upper_body_pose(self.body, self.stance.arms, upper)
        shift_m = lateral_sign(self.rear) * SHIFT_M * np.sin(np.pi * min(progress, 1.0))
        mid_hip = np.array([sway_m + shift_m, float(self.y_m(progress)), float(self.z_m(progress))])
        fppa_deg = {self.front: self.rep.fppa_deg, self.rear: None}
        hips = {side: mid_hip + pelvis @ (self.body.joints_m[f"{side}_hip"] - self.body.mid_hip_m) for side in fppa_deg}
        for side, ankle, bones in (self._front_foot(progress), self._rear_foot(progress, hips[self.rear])):
            forward = self.feet[side].turn @ np.array([0.0, -1.0, 0.0])
            swivel = swivel_for_fppa(self.body, side, (hips[side], ankle, forward), fppa_deg[side], upper.depth)
            foot = bones[f"foot.{side[0].upper()}"]
            rotations |= leg_rotations(self.body, side, hips[side], ankle, forward, swivel, foot) | bones
        return self.body.pose(rotations, pelvis, mid_hip)

    def _upper(self, progress: float, sway_deg: float = 0.0) -> Posture:
        rep, depth, leaning = self.rep, smooth_step(progress - 1), smooth_step(progress / 2)
        outwards = lateral_sign(self.front)
        return Posture(
            depth,
            rep.knee_flexion_deg,
            STANDING_LEAN_DEG + sway_deg + (rep.trunk_lean_deg - STANDING_LEAN_DEG) * leaning,
            pelvic_list_deg=outwards * rep.pelvic_drop_deg * depth,
            side_lean_deg=outwards * rep.side_lean_deg * depth,
        )

    def _standing_mid_hip(self) -> Array:
        standing = Posture(0.0, STANDING_KNEE_DEG, STANDING_LEAN_DEG)
        joints = self.body.posed_joints(pose_body(self.body, self.stance, standing))
        return (joints["left_hip"] + joints["right_hip"]) / 2

    def _front_ankle(self) -> Array:
        return self.places[self.front] + np.array([0.0, -self.step_m, self.body.ankle_height_m])

    def _lowest_mid_hip(self) -> Array:
        shank, thigh = np.radians(self.rep.shank_deg), np.radians(self.rep.knee_flexion_deg - self.rep.shank_deg)
        behind = self.body.thigh_m * np.sin(thigh) - self.body.shank_m * np.sin(shank)
        return self._above_the_front_foot(-self.step_m + behind, self.rep.knee_flexion_deg, 2.0)

    def _landing_mid_hip(self, y_m: float) -> Array:
        return self._above_the_front_foot(y_m, LANDING_KNEE_DEG, 1.0)

    def _above_the_front_foot(self, y_m: float, knee_deg: float, progress: float) -> Array:
        """The mid-hip point at `y_m` in the middle of the body whose height gives the front knee its flexion."""
        body = self.body
        pelvis, _ = upper_body_pose(body, self.stance.arms, self._upper(progress))
        offset = pelvis @ (body.joints_m[f"{self.front}_hip"] - body.mid_hip_m)
        ankle = self._front_ankle()
        square = body.thigh_m**2 + body.shank_m**2 + 2 * body.thigh_m * body.shank_m * np.cos(np.radians(knee_deg))
        aside = np.array([0.0, y_m]) + offset[:2] - ankle[:2]
        return np.array([0.0, y_m, ankle[2] - offset[2] + float(np.sqrt(square - aside @ aside))])

    def _front_foot(self, progress: float) -> tuple[str, Array, dict[str, Array]]:
        foot, made = self.feet[self.front], smooth_step(progress)
        arc = float(np.sin(np.pi * made))
        pitch_deg = SWING_PITCH_DEG * arc * (2 * made - 1)
        moved = np.array([0.0, -made * self.step_m, self.body.ankle_height_m + SWING_HEIGHT_M * arc])
        return self.front, self.places[self.front] + moved, foot.rotations(pitch_deg, 0.0)

    def _rear_foot(self, progress: float, hip: Array) -> tuple[str, Array, dict[str, Array]]:
        foot, place = self.feet[self.rear], self.places[self.rear]
        pitch_deg = REAR_PITCH_DEG * smooth_step((progress - 0.3) / 1.7)
        least_deg = 1 + (STRAIGHTEST_REAR_KNEE_DEG - 1) * min(progress / 0.5, 1.0)
        pitch_deg = self._bent_enough(foot, hip, pitch_deg, least_deg)
        return self.rear, foot.ankle_m(place, pitch_deg), foot.rotations(pitch_deg, toe_bend_deg(pitch_deg))

    def _bent_enough(self, foot: Foothold, hip: Array, pitch_deg: float, least_deg: float) -> float:
        """`pitch_deg`, or the smallest lift of the heel that leaves the rear knee `least_deg` of flexion."""
        body, place = self.body, self.places[self.rear]
        square = body.thigh_m**2 + body.shank_m**2 + 2 * body.thigh_m * body.shank_m * np.cos(np.radians(least_deg))

        def reached(pitch: float) -> bool:
            return float(np.sum((foot.ankle_m(place, pitch) - hip) ** 2)) <= square

        low, high = pitch_deg, -80.0
        if reached(low):
            return low
        for _ in range(24):
            middle = (low + high) / 2
            low, high = (low, middle) if reached(middle) else (middle, high)
        return high
