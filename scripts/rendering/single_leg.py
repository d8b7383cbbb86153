"""Movements on one leg: squats, and standing with a pelvis that drops, hikes or stays level.

The person stands on both feet, shifts the weight over one, lifts the other and begins. Prescribed values have the signs
of the standing leg.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from scripts.rendering.body import lateral_sign
from scripts.rendering.motion import STANDING_KNEE_DEG, STANDING_LEAN_DEG, smooth_step, sway
from scripts.rendering.one_leg import FreeLeg, OneLegPosture, between, pose_on_one_leg
from scripts.rendering.posture import Posture, Stance

if TYPE_CHECKING:
    from scripts.rendering.body import Body
    from scripts.rendering.geometry import Array

__all__ = ["FREE_LEG", "OneLegRep", "SingleLeg"]

FREE_LEG = {
    "front": (FreeLeg(34.0, 22.0, 5.0), FreeLeg(52.0, 24.0, 9.0)),
    "middle": (FreeLeg(30.0, 72.0, 5.0), FreeLeg(46.0, 96.0, 11.0)),
    "behind": (FreeLeg(-2.0, 62.0, 5.0), FreeLeg(2.0, 92.0, 8.0)),
}
"""Of the free leg: standing upright, and at a standing knee flexion of 60 degrees."""
FULL_FREE_LEG_DEG = 60.0
ONE_LEG_KNEE_DEG = 6.0


@dataclass(frozen=True, slots=True)
class OneLegRep:
    """One squat or one hold: the values at its end of the way, and its timing."""

    knee_flexion_deg: float = 60.0
    trunk_lean_deg: float = 24.0
    fppa_deg: float | None = None
    """+ knee medial; None: the knee follows the toes."""
    pelvic_drop_deg: float = 0.0
    """+ the free side lower, - higher (hike)."""
    side_lean_deg: float = 0.0
    """Of the trunk, + over the standing leg."""
    descent_s: float = 1.1
    pause_s: float = 0.2
    ascent_s: float = 0.9
    rest_s: float = 0.3

    @property
    def moving_s(self) -> float:
        return self.descent_s + self.pause_s + self.ascent_s

    def depth_at(self, since_start_s: float) -> float:
        """0 upright to 1 as prescribed, at a time after the start."""
        if since_start_s < self.descent_s + self.pause_s:
            return smooth_step(since_start_s / self.descent_s)
        return smooth_step(1 - (since_start_s - self.descent_s - self.pause_s) / self.ascent_s)


@dataclass(frozen=True, slots=True)
class SingleLeg:
    """Repetitions on one leg. Starts on both feet; ends on one, or on both again with `lower_s` above 0."""

    side: str
    """Of the standing leg."""
    repetitions: tuple[OneLegRep, ...]
    free: str = "behind"
    """Where the other leg is held: front, middle or behind."""
    stance: Stance = field(default_factory=lambda: Stance(width_hips=0.66, toe_out_deg=6.0, arms="hips"))
    lead_s: float = 0.5
    lift_s: float = 1.0
    settle_s: float = 0.2
    tail_s: float = 0.2
    lower_s: float = 0.0
    seed: int = 0
    label: str = "single_leg_squat"
    """single_leg_squat or single_leg_stance."""

    @property
    def _lowering_from_s(self) -> float:
        busy_s = sum(rep.moving_s + rep.rest_s for rep in self.repetitions)
        return self.lead_s + self.lift_s + self.settle_s + busy_s

    @property
    def duration_s(self) -> float:
        return self._lowering_from_s + self.lower_s + self.tail_s

    def starts_s(self) -> list[float]:
        spent = np.cumsum([0.0] + [rep.moving_s + rep.rest_s for rep in self.repetitions])
        return [self.lead_s + self.lift_s + self.settle_s + float(start) for start in spent[:-1]]

    def _off_both_feet(self, time_s: float) -> float:
        """0 on both feet, 1 on one: progress in time, whichever way it goes."""
        if self.lower_s > 0 and time_s > self._lowering_from_s:
            return max(0.0, 1 - (time_s - self._lowering_from_s) / self.lower_s)
        return min(max((time_s - self.lead_s) / self.lift_s, 0.0), 1.0)

    def posture_at(self, time_s: float) -> OneLegPosture:
        side_m, lean_deg = sway(time_s, self.seed)
        moved = self._off_both_feet(time_s)
        loaded, lifted = smooth_step(moved / 0.7), smooth_step((moved - 0.4) / 0.6)
        knee_deg = STANDING_KNEE_DEG + (ONE_LEG_KNEE_DEG - STANDING_KNEE_DEG) * loaded
        upright, low = FREE_LEG[self.free]
        for start_s, rep in zip(self.starts_s(), self.repetitions, strict=True):
            if start_s <= time_s < start_s + rep.moving_s:
                depth = rep.depth_at(time_s - start_s)
                upper = self._working(rep, depth, lean_deg, side_m)
                share = (upper.knee_flexion_deg - ONE_LEG_KNEE_DEG) / (FULL_FREE_LEG_DEG - ONE_LEG_KNEE_DEG)
                return OneLegPosture(self.side, upper, between(upright, low, share))
        standing = Posture(0.0, knee_deg, STANDING_LEAN_DEG + lean_deg, sway_m=side_m)
        return OneLegPosture(self.side, standing, upright, loaded, lifted)

    def _working(self, rep: OneLegRep, depth: float, lean_deg: float, side_m: float) -> Posture:
        outwards = lateral_sign(self.side)
        return Posture(
            depth,
            knee_flexion_deg=ONE_LEG_KNEE_DEG + (rep.knee_flexion_deg - ONE_LEG_KNEE_DEG) * depth,
            trunk_lean_deg=STANDING_LEAN_DEG + lean_deg + (rep.trunk_lean_deg - STANDING_LEAN_DEG) * depth,
            fppa_deg=(rep.fppa_deg, None) if self.side == "left" else (None, rep.fppa_deg),
            pelvic_list_deg=outwards * rep.pelvic_drop_deg * depth,
            side_lean_deg=outwards * rep.side_lean_deg * depth,
            sway_m=side_m,
        )

    def poses(self, body: Body, time_s: Array) -> list[Array]:
        return [pose_on_one_leg(body, self.stance, self.posture_at(float(time))) for time in time_s]

    def reps(self) -> list[dict[str, Any]]:
        pairs = zip(self.starts_s(), self.repetitions, strict=True)
        kind = "hold" if self.label == "single_leg_stance" else "rep"
        return [
            {
                "index": index + 1,
                "kind": kind,
                "side": self.side,
                "start_s": round(start, 6),
                "bottom_start_s": round(start + rep.descent_s, 6),
                "bottom_s": round(start + rep.descent_s + rep.pause_s / 2, 6),
                "bottom_end_s": round(start + rep.descent_s + rep.pause_s, 6),
                "end_s": round(start + rep.moving_s, 6),
                "prescribed": {
                    "knee_flexion_deg": rep.knee_flexion_deg,
                    "trunk_inclination_deg": rep.trunk_lean_deg,
                    "fppa_deg": rep.fppa_deg,
                    "pelvic_drop_deg": rep.pelvic_drop_deg,
                    "lateral_trunk_lean_deg": rep.side_lean_deg,
                },
            }
            for index, (start, rep) in enumerate(pairs)
        ]
