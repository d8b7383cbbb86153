"""Stepping down from a box: one leg lowers the body until the other heel touches the floor before the box, and back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scripts.rendering.one_leg import FreeLeg, OneLegPosture, between, other_side, pose_on_one_leg
from scripts.rendering.scene import Block

if TYPE_CHECKING:
    from scripts.rendering.body import Body
    from scripts.rendering.geometry import Array
    from scripts.rendering.single_leg import SingleLeg

__all__ = ["StepDown"]

AHEAD = FreeLeg(thigh_deg=31.0, knee_deg=24.0, abduction_deg=3.0)
"""The free leg before the box, while the other one is still straight."""
REACHING = FreeLeg(thigh_deg=25.0, knee_deg=6.0, abduction_deg=4.0, plantarflexion_deg=5.0)
"""At the touch; the thigh's angle is solved for."""
TOUCH_M = 0.003
"""Height of the sole at the touch: less than a millimetre of sway must not push it through the floor."""
HIGHEST_THIGH_DEG = 60.0
BOX_COLOUR = (0.20, 0.22, 0.25)
OVERHANG_M = 0.035
"""How far the toes stand over the edge."""


@dataclass(frozen=True, slots=True)
class StepDown:
    """The repetitions of `on_one_leg`, standing on a box; its `free` does not count."""

    on_one_leg: SingleLeg
    box_height_m: float = 0.15
    label: str = "step_down"

    @property
    def seed(self) -> int:
        return self.on_one_leg.seed

    @property
    def duration_s(self) -> float:
        return self.on_one_leg.duration_s

    def reps(self) -> list[dict[str, Any]]:
        """As of `on_one_leg`; the heel touches from `contact_s` to `toe_off_s`."""
        reps = self.on_one_leg.reps()
        return [rep | {"contact_s": rep["bottom_start_s"], "toe_off_s": rep["bottom_end_s"]} for rep in reps]

    def poses(self, body: Body, time_s: Array) -> list[Array]:
        touching = [self._touching(body, rep["bottom_s"]) for rep in self.reps()]
        poses = []
        for time in time_s:
            posture = self.on_one_leg.posture_at(float(time))
            started = [rep["start_s"] <= time for rep in self.reps()]
            touch = touching[max(sum(started) - 1, 0)]
            free = between(AHEAD, touch, posture.upper.depth)
            poses.append(self._on_the_box(body, replace(posture, free=free)))
        return poses

    def blocks(self, body: Body) -> tuple[Block, ...]:
        """The box under the feet; its front edge is a little behind the tips of the toes."""
        front_y_m = float(body.joints_m["left_toe"][1] - body.joints_m["left_ankle"][1]) + OVERHANG_M
        width_m, depth_m = 0.62, 0.42
        centre_m = (0.0, front_y_m + depth_m / 2, self.box_height_m / 2 - 0.001)
        return (Block(centre_m, (width_m, depth_m, self.box_height_m - 0.002), BOX_COLOUR),)

    def _on_the_box(self, body: Body, posture: OneLegPosture) -> Array:
        pose = pose_on_one_leg(body, self.on_one_leg.stance, posture)
        pose[:, 2, 3] += self.box_height_m
        return pose

    def _touching(self, body: Body, time_s: float) -> FreeLeg:
        """How the free leg is held when its heel touches the floor, by bisection.

        Raises ValueError if the standing knee bends too little for that.
        """
        posture = self.on_one_leg.posture_at(time_s)
        low, high = 0.0, HIGHEST_THIGH_DEG
        if self._sole_height_m(body, replace(posture, free=replace(REACHING, thigh_deg=low))) > TOUCH_M:
            raise ValueError("the heel does not reach the floor: bend the standing knee more, or lower the box")
        for _ in range(16):
            middle = (low + high) / 2
            lowered = self._sole_height_m(body, replace(posture, free=replace(REACHING, thigh_deg=middle))) < TOUCH_M
            low, high = (middle, high) if lowered else (low, middle)
        return replace(REACHING, thigh_deg=high)

    def _sole_height_m(self, body: Body, posture: OneLegPosture) -> float:
        foot = body.foot_vertices[other_side(posture.side)]
        return float(body.skin(self._on_the_box(body, posture))[foot, 2].min())
