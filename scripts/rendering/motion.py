"""Movements as prescribed angles over time: squats, and rising from a seat.

A movement is sampled at any times; it knows when each of its repetitions starts, reaches its lowest point and ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from scripts.rendering.posture import Posture, Stance, pose_body

if TYPE_CHECKING:
    from scripts.rendering.body import Body
    from scripts.rendering.geometry import Array

__all__ = ["STANDING_KNEE_DEG", "STANDING_LEAN_DEG", "Motion", "SitToStand", "Squat", "SquatRep", "smooth_step", "sway"]

STANDING_KNEE_DEG = 4.0
STANDING_LEAN_DEG = 3.0


class Motion(Protocol):
    """What a clip needs of a movement."""

    label: str
    seed: int

    @property
    def duration_s(self) -> float: ...

    def poses(self, body: Body, time_s: Array) -> list[Array]:
        """Bone transforms (B, 4, 4) at every time."""
        ...

    def reps(self) -> list[dict[str, Any]]:
        """For the truth file: index, start_s, bottom_s, end_s and what was prescribed."""
        ...


def smooth_step(fraction: float) -> float:
    """0 to 1 with zero velocity and acceleration at both ends (quintic)."""
    x = min(max(fraction, 0.0), 1.0)
    return x * x * x * (x * (6 * x - 15) + 10)


@dataclass(frozen=True, slots=True)
class SquatRep:
    """One repetition: the values at its lowest point and its timing."""

    knee_flexion_deg: float = 100.0
    trunk_lean_deg: float = 38.0
    fppa_deg: tuple[float | None, float | None] = (None, None)
    """Left, right; + knee medial; None: the knee follows the toes."""
    pelvic_list_deg: float = 0.0
    hip_shift_m: float = 0.0
    side_lean_deg: float = 0.0
    descent_s: float = 1.2
    pause_s: float = 0.1
    ascent_s: float = 1.0
    rest_s: float = 0.4
    bounce: float = 0.0
    """Part of the depth given back and taken again during the pause."""

    @property
    def moving_s(self) -> float:
        return self.descent_s + self.pause_s + self.ascent_s

    def depth_at(self, since_start_s: float) -> float:
        """0 standing to 1 lowest, at a time after the start of the descent."""
        if since_start_s < self.descent_s:
            return smooth_step(since_start_s / self.descent_s)
        held_s = since_start_s - self.descent_s
        if held_s < self.pause_s:
            return 1 - self.bounce * float(np.sin(np.pi * held_s / self.pause_s)) ** 2
        return smooth_step(1 - (held_s - self.pause_s) / self.ascent_s)


def sway(time_s: float, seed: int) -> tuple[float, float]:
    """Quiet movement of a standing person: sideways in metres, lean in degrees."""
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi, 4)
    side = 0.003 * np.sin(2 * np.pi * 0.23 * time_s + phase[0]) + 0.001 * np.sin(2 * np.pi * 0.61 * time_s + phase[1])
    lean = 0.25 * np.sin(2 * np.pi * 0.27 * time_s + phase[2]) + 0.1 * np.sin(2 * np.pi * 0.7 * time_s + phase[3])
    return float(side), float(lean)


@dataclass(frozen=True, slots=True)
class Squat:
    """A set of squats that starts and ends standing."""

    repetitions: tuple[SquatRep, ...]
    stance: Stance = field(default_factory=Stance)
    lead_s: float = 0.7
    tail_s: float = 0.5
    seed: int = 0
    label: str = "squat"

    @property
    def duration_s(self) -> float:
        return self.lead_s + sum(rep.moving_s + rep.rest_s for rep in self.repetitions) + self.tail_s

    def starts_s(self) -> list[float]:
        spent = np.cumsum([0.0] + [rep.moving_s + rep.rest_s for rep in self.repetitions])
        return [self.lead_s + float(start) for start in spent[:-1]]

    def posture_at(self, time_s: float) -> Posture:
        side, lean = sway(time_s, self.seed)
        standing = Posture(0.0, STANDING_KNEE_DEG, STANDING_LEAN_DEG + lean, sway_m=side)
        for start_s, rep in zip(self.starts_s(), self.repetitions, strict=True):
            if start_s <= time_s < start_s + rep.moving_s:
                return _squatting(standing, rep, rep.depth_at(time_s - start_s))
        return standing

    def poses(self, body: Body, time_s: Array) -> list[Array]:
        return [pose_body(body, self.stance, self.posture_at(float(time))) for time in time_s]

    def reps(self) -> list[dict[str, Any]]:
        pairs = zip(self.starts_s(), self.repetitions, strict=True)
        return [_rep_truth(index + 1, start, rep) for index, (start, rep) in enumerate(pairs)]


def _squatting(standing: Posture, rep: SquatRep, depth: float) -> Posture:
    return replace(
        standing,
        depth=depth,
        knee_flexion_deg=STANDING_KNEE_DEG + (rep.knee_flexion_deg - STANDING_KNEE_DEG) * depth,
        trunk_lean_deg=standing.trunk_lean_deg + (rep.trunk_lean_deg - STANDING_LEAN_DEG) * depth,
        fppa_deg=rep.fppa_deg,
        pelvic_list_deg=rep.pelvic_list_deg * depth,
        hip_shift_m=rep.hip_shift_m * depth,
        side_lean_deg=rep.side_lean_deg * depth,
    )


def _rep_truth(index: int, start_s: float, rep: SquatRep) -> dict[str, Any]:
    bottom_s = start_s + rep.descent_s
    prescribed = {
        "knee_flexion_deg": rep.knee_flexion_deg,
        "trunk_inclination_deg": rep.trunk_lean_deg,
        "fppa_left_deg": rep.fppa_deg[0],
        "fppa_right_deg": rep.fppa_deg[1],
    }
    return {
        "index": index,
        "start_s": round(start_s, 6),
        "bottom_start_s": round(bottom_s, 6),
        # A bounce is lowest at both ends of the pause.
        "bottom_s": round(bottom_s + (rep.pause_s / 2 if rep.bounce == 0 else 0.0), 6),
        "bottom_end_s": round(bottom_s + rep.pause_s, 6),
        "end_s": round(start_s + rep.moving_s, 6),
        "prescribed": prescribed,
    }


@dataclass(frozen=True, slots=True)
class SitToStand:
    """Rising from a seat and sitting down again, a number of times; starts and ends seated, arms crossed.

    A repetition is a rise and the way back. The trunk leans first, then the hips leave the seat and balance takes over.
    """

    count: int = 2
    seated_knee_deg: float = 92.0
    peak_lean_deg: float = 42.0
    rise_s: float = 1.3
    stand_s: float = 0.5
    lower_s: float = 1.5
    sit_s: float = 0.6
    lead_s: float = 0.6
    stance: Stance = field(default_factory=lambda: Stance(width_hips=1.1, toe_out_deg=8.0, arms="crossed"))
    seed: int = 0
    label: str = "sit_to_stand"
    seated_shank_deg: float = 14.0

    @property
    def _cycle_s(self) -> float:
        return self.rise_s + self.stand_s + self.lower_s + self.sit_s

    @property
    def duration_s(self) -> float:
        return self.lead_s + self.count * self._cycle_s

    def _risen(self, time_s: float) -> float:
        """0 seated, 1 standing: progress in time of the rise, whichever way it goes."""
        since = (time_s - self.lead_s) % self._cycle_s if time_s >= self.lead_s else -1.0
        if since < 0:
            return 0.0
        if since < self.rise_s:
            return since / self.rise_s
        if since < self.rise_s + self.stand_s:
            return 1.0
        return max(0.0, 1 - (since - self.rise_s - self.stand_s) / self.lower_s)

    def posture_at(self, body: Body, time_s: float) -> Posture:
        side, lean = sway(time_s, self.seed)
        progress = self._risen(time_s)
        extended = smooth_step((progress - 0.28) / 0.72)
        leaning = smooth_step(progress / 0.42) * (1 - smooth_step((progress - 0.42) / 0.58))
        return Posture(
            depth=0.0,
            knee_flexion_deg=self.seated_knee_deg + (STANDING_KNEE_DEG - self.seated_knee_deg) * extended,
            trunk_lean_deg=STANDING_LEAN_DEG + lean + (self.peak_lean_deg - STANDING_LEAN_DEG) * leaning,
            sway_m=side * extended,
            seated=1 - smooth_step(extended / 0.45),
            seat_hip_y_m=self.seat_hip_y_m(body),
        )

    def seat_hip_y_m(self, body: Body) -> float:
        """How far behind the ankles the hips rest on the seat."""
        shank, thigh = np.radians(self.seated_shank_deg), np.radians(self.seated_knee_deg - self.seated_shank_deg)
        return float(body.thigh_m * np.sin(thigh) - body.shank_m * np.sin(shank))

    def poses(self, body: Body, time_s: Array) -> list[Array]:
        return [pose_body(body, self.stance, self.posture_at(body, float(time))) for time in time_s]

    def reps(self) -> list[dict[str, Any]]:
        starts = [self.lead_s + index * self._cycle_s for index in range(self.count)]
        return [
            {
                "index": index + 1,
                "start_s": round(start, 6),
                "standing_start_s": round(start + self.rise_s, 6),
                "standing_end_s": round(start + self.rise_s + self.stand_s, 6),
                "end_s": round(start + self.rise_s + self.stand_s + self.lower_s, 6),
                "prescribed": {"knee_flexion_deg": self.seated_knee_deg, "trunk_inclination_deg": self.peak_lean_deg},
            }
            for index, start in enumerate(starts)
        ]
