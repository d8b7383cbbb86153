"""Walking and running, across the picture or on a treadmill.

Walking: the height and the forward movement of the pelvis are the low harmonics of the stride that bring the knees of
the standing legs closest to the pattern. Running: the centre of mass falls freely while both feet are in the air; on
the floor its height is the polynomial of degree five that meets the flight without a jump in force. The pelvis follows
from it, and its mean height from the knee at mid-stance. The centre of mass is higher at take-off than at contact, as
in people (Cavagna, J Exp Biol 209 (2006) 2051-2060).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import least_squares

from scripts.rendering.body import SIDES, Body
from scripts.rendering.free_fall import GRAVITY_M_S2, quintic
from scripts.rendering.gait_cycle import GRID, GaitCycle, GaitPlan, MidHip
from scripts.rendering.gait_patterns import RUNNING, WALKING
from scripts.rendering.scene import Block

if TYPE_CHECKING:
    from scripts.rendering.geometry import Array

__all__ = ["Run", "Walk"]

FINE_GRID = 400
"""Samples of a running stride, so that the centre of mass falls freely between them as well."""
TAKE_OFF_HIGHER_M = 0.02
HEIGHT_HARMONICS, FORWARD_HARMONICS = 8, 4
"""Of the stride; the even ones alone when left and right are alike."""
OVERREACH_WEIGHT = 8.0
LEAST_KNEE_DEG = 3.0
PUSH_OFF_WEIGHT = 0.25
SMALL_WEIGHT = 0.02
"""Of the harmonics themselves: what the knees do not decide stays small."""
BELT_COLOUR, RAIL_COLOUR = (0.13, 0.13, 0.14), (0.55, 0.56, 0.58)
MEAN_LEG_M = 0.867
"""Hip to ankle of the body that the default speeds are for."""
LONGEST_OVERREACH_M = 0.002
KEPT = 4
"""Solved gaits in memory: a clip may be posed in parts."""
TREADMILL = (
    Block((0.0, 0.0, 0.0005), (0.52, 1.9, 0.001), BELT_COLOUR),
    Block((0.31, 0.0, 0.006), (0.10, 1.9, 0.012), RAIL_COLOUR),
    Block((-0.31, 0.0, 0.006), (0.10, 1.9, 0.012), RAIL_COLOUR),
)
"""Let into the floor, so that nothing hides the feet."""


def _harmonics(at: Array, orders: Array, weights: Array) -> Array:
    """Sum of sines and cosines of the stride (N,); `weights` (2 K,)."""
    angle = 2 * np.pi * at[:, None] * orders
    return np.asarray(np.concatenate([np.sin(angle), np.cos(angle)], axis=1) @ weights)


@dataclass(frozen=True, slots=True)
class Walk:
    """Steady walking. Pairs are left, right."""

    speed_m_s: float = 1.25
    cadence_per_min: float = 110.0
    """Steps."""
    duration_s: float = 5.0
    travel: bool = True
    """Across the floor, at the origin half-way through; otherwise on a treadmill."""
    pelvic_drop_deg: tuple[float, float] = (4.0, 4.0)
    """In stance of that side."""
    swing_knee_deg: tuple[float, float] = (63.0, 63.0)
    stance_knee_shift_deg: tuple[float, float] = (0.0, 0.0)
    """Added to the knee of that side from its contact to mid-stance: a bent (or straighter) knee."""
    right_step_time: float = 0.5
    """From the left contact to the right contact, fraction of the stride."""
    right_step_length: float = 0.5
    """Of the right step, fraction of the stride length."""
    trunk_lean_deg: float = 4.0
    step_width_m: float = 0.13
    toe_out_deg: float = 7.0
    sway_m: float = 0.018
    start_at: float = 0.0
    """Fraction of the stride, from the left contact, where the clip starts."""
    seed: int = 0
    label: str = "walk"

    @property
    def stride_s(self) -> float:
        return 120.0 / self.cadence_per_min

    def suited_to(self, leg_m: float) -> Walk:
        """The same gait of a person with other legs, hip to ankle; see `_suited`."""
        return replace(self, **_suited(self, leg_m))

    def plan(self) -> GaitPlan:
        return GaitPlan(
            WALKING, self.stride_s, self.speed_m_s, self.step_width_m, self.toe_out_deg, self.trunk_lean_deg,
            self.pelvic_drop_deg, (0.0, self.right_step_time), (0.0, self.right_step_length),
            self.swing_knee_deg, self.stance_knee_shift_deg,
        )  # fmt: skip

    def poses(self, body: Body, time_s: Array) -> list[Array]:
        """Bone transforms (B, 4, 4) at every time. ValueError where the stride is too long for the body."""
        return _poses(*_walking(self, body), time_s, self)

    def blocks(self, _: Body) -> tuple[Block, ...]:
        return () if self.travel else TREADMILL

    def reps(self) -> list[dict[str, Any]]:
        return _strides(self)


@dataclass(frozen=True, slots=True)
class Run:
    """Steady running with both feet in the air after each push-off. Pairs are left, right."""

    speed_m_s: float = 2.7
    cadence_per_min: float = 172.0
    duration_s: float = 4.0
    travel: bool = False
    """Across the floor, at the origin half-way through; otherwise on a treadmill."""
    mid_stance_knee_deg: float = 43.0
    swing_knee_deg: tuple[float, float] = (98.0, 98.0)
    pelvic_drop_deg: tuple[float, float] = (5.0, 5.0)
    trunk_lean_deg: float = 8.0
    step_width_m: float = 0.09
    toe_out_deg: float = 6.0
    start_at: float = 0.0
    seed: int = 0
    label: str = "run"

    @property
    def stride_s(self) -> float:
        return 120.0 / self.cadence_per_min

    @property
    def contact_s(self) -> float:
        return RUNNING.toe_off * self.stride_s

    def suited_to(self, leg_m: float) -> Run:
        """The same gait of a person with other legs, hip to ankle; see `_suited`."""
        return replace(self, **_suited(self, leg_m))

    def plan(self) -> GaitPlan:
        return GaitPlan(
            RUNNING, self.stride_s, self.speed_m_s, self.step_width_m, self.toe_out_deg, self.trunk_lean_deg,
            self.pelvic_drop_deg, swing_knee_deg=self.swing_knee_deg,
        )  # fmt: skip

    def poses(self, body: Body, time_s: Array) -> list[Array]:
        """Bone transforms (B, 4, 4) at every time. ValueError where the stride is too long for the body."""
        return _poses(*_running(self, body), time_s, self)

    def blocks(self, _: Body) -> tuple[Block, ...]:
        return () if self.travel else TREADMILL

    def reps(self) -> list[dict[str, Any]]:
        return _strides(self)


def _suited(gait: Walk | Run, leg_m: float) -> dict[str, Any]:
    """Speed and cadence, taken as those of a leg of MEAN_LEG_M, of a dynamically similar gait: the same speed squared
    over gravity times leg length (Alexander and Jayes, J Zool 201 (1983) 135-152).
    """
    scale = float(np.sqrt(leg_m / MEAN_LEG_M))
    return {"speed_m_s": gait.speed_m_s * scale, "cadence_per_min": gait.cadence_per_min / scale}


@lru_cache(maxsize=KEPT)
def _walking(walk: Walk, body: Body) -> tuple[GaitCycle, MidHip]:
    cycle = GaitCycle(body, walk.plan())
    return cycle, _reachable(cycle, _walking_hips(cycle, walk.sway_m))


@lru_cache(maxsize=KEPT)
def _running(run: Run, body: Body) -> tuple[GaitCycle, MidHip]:
    cycle = GaitCycle(body, run.plan())
    return cycle, _reachable(cycle, _running_hips(cycle, run.mid_stance_knee_deg))


def _reachable(cycle: GaitCycle, mid_hip: MidHip) -> MidHip:
    """The same path. ValueError where a straight leg would not reach its foothold."""
    phase = np.linspace(0, cycle.plan.pattern.toe_off, GRID)
    for side, leg in cycle.legs.items():
        reach = np.linalg.norm(leg.standing_ankle(phase) - cycle.hip(side, mid_hip)(phase + leg.contact), axis=1)
        if reach.max() > cycle.body.thigh_m + cycle.body.shank_m + LONGEST_OVERREACH_M:
            raise ValueError(f"a stride of {cycle.plan.stride_m:.2f} m is too long for the legs of '{cycle.body.name}'")
    return mid_hip


def _poses(cycle: GaitCycle, mid_hip: MidHip, time_s: Array, gait: Walk | Run) -> list[Array]:
    speed_m_s = gait.speed_m_s if gait.travel else 0.0
    middle_y_m = float(mid_hip(cycle.at[:-1])[:, 1].mean())
    poses = []
    for time in time_s:
        ahead_m = speed_m_s * (float(time) - gait.duration_s / 2)
        at = gait.start_at + float(time) / gait.stride_s
        poses.append(cycle.pose(at, mid_hip, np.array([0.0, -ahead_m - middle_y_m, 0.0])))
    return poses


def _strides(gait: Walk | Run) -> list[dict[str, Any]]:
    """Every stride that begins and ends in the clip, in the order of their contacts."""
    plan = gait.plan()
    strides = []
    for side, contact in zip(SIDES, plan.contact, strict=True):
        first = (contact - gait.start_at) % 1.0 * gait.stride_s
        count = int((gait.duration_s - first) / gait.stride_s + 1e-9)
        for start_s in first + gait.stride_s * np.arange(count):
            strides.append(_stride_truth(gait, plan, side, float(start_s)))
    strides.sort(key=lambda stride: stride["start_s"])
    return [{"index": index + 1} | stride for index, stride in enumerate(strides)]


def _stride_truth(gait: Walk | Run, plan: GaitPlan, side: str, start_s: float) -> dict[str, Any]:
    return {
        "kind": "stride",
        "side": side,
        "start_s": round(start_s, 6),
        "contact_s": round(start_s, 6),
        "toe_off_s": round(start_s + plan.pattern.toe_off * plan.stride_s, 6),
        "end_s": round(start_s + plan.stride_s, 6),
        "prescribed": {
            "speed_m_s": gait.speed_m_s,
            "cadence_per_min": gait.cadence_per_min,
            "stride_m": round(plan.stride_m, 6),
            "pelvic_drop_deg": plan.pelvic_drop_deg[SIDES.index(side)],
        },
    }


def _walking_hips(cycle: GaitCycle, sway_m: float) -> MidHip:
    plan = cycle.plan
    alike = (
        plan.contact == (0.0, 0.5)
        and plan.placed == (0.0, 0.5)
        and all(len(set(pair)) == 1 for pair in (plan.pelvic_drop_deg, plan.swing_knee_deg, plan.stance_knee_shift_deg))
    )
    step = 2 if alike else 1
    up = np.arange(step, HEIGHT_HARMONICS + 1.0, step)
    forward = np.arange(step, FORWARD_HARMONICS + 1.0, step)

    def path(weights: Array) -> MidHip:
        height, along = np.split(weights, [1 + 2 * len(up)])

        def mid_hip(at: Array) -> Array:
            # The body moves over the standing foot.
            x = sway_m * np.cos(2 * np.pi * (at - plan.contact[0] - 0.3))
            y = along[0] + _harmonics(at, forward, along[1:])
            return np.stack([x, y, height[0] + _harmonics(at, up, height[1:])], axis=1)

        return mid_hip

    leg_m = cycle.body.thigh_m + cycle.body.shank_m
    start = np.zeros(2 + 2 * len(up) + 2 * len(forward))
    start[0], start[1 + 2 * len(up)] = 0.97 * leg_m + cycle.body.ankle_height_m, 0.28 * plan.stride_m
    small = np.full(len(start), SMALL_WEIGHT)
    small[0] = small[1 + 2 * len(up)] = 0.0
    found = least_squares(
        lambda weights: np.concatenate([_knee_errors(cycle, path(weights)), small * weights]), start, xtol=1e-10
    )
    return path(found.x)


def _knee_errors(cycle: GaitCycle, mid_hip: MidHip) -> Array:
    """Metres by which each standing leg is longer than with the pattern's knee, and than a leg can be."""
    errors = []
    for side in SIDES:
        leg = cycle.legs[side]
        phase = leg.phase(cycle.at[:-1])
        at, phase = cycle.at[:-1][phase <= cycle.plan.pattern.toe_off], phase[phase <= cycle.plan.pattern.toe_off]
        reach = np.linalg.norm(leg.standing_ankle(phase) - cycle.hip(side, mid_hip)(at), axis=1)
        weight = np.where(phase <= cycle.plan.pattern.knee_until, 1.0, PUSH_OFF_WEIGHT)
        errors.append(weight * (reach - leg.reach_of(np.asarray(leg.knee(phase)))))
        errors.append(OVERREACH_WEIGHT * np.maximum(reach - leg.reach_of(np.array(LEAST_KNEE_DEG)), 0.0))
    return np.concatenate(errors) / np.sqrt(GRID)


def _bounce_m(plan: GaitPlan) -> Callable[[Array], Array]:
    """Height of the centre of mass over its height at contact, for any fraction of the stride."""
    step_s, contact_s = plan.stride_s / 2, plan.pattern.toe_off * plan.stride_s
    flight_s = step_s - contact_s
    up_m_s = GRAVITY_M_S2 * flight_s / 2 - TAKE_OFF_HIGHER_M / flight_s
    down_m_s = GRAVITY_M_S2 * flight_s - up_m_s
    on_floor = quintic(contact_s, (0.0, -down_m_s, -GRAVITY_M_S2), (TAKE_OFF_HIGHER_M, up_m_s, -GRAVITY_M_S2))

    def height(at: Array) -> Array:
        since = (at - plan.contact[0]) % 0.5 * plan.stride_s
        flown = since - contact_s
        in_air = TAKE_OFF_HIGHER_M + up_m_s * flown - GRAVITY_M_S2 / 2 * flown**2
        return np.where(since < contact_s, on_floor(since), in_air)

    return height


def _running_hips(cycle: GaitCycle, mid_stance_knee_deg: float) -> MidHip:
    bounce = _bounce_m(cycle.plan)
    leg_m = cycle.body.thigh_m + cycle.body.shank_m

    def path(weights: Array, samples: int, rounds: int) -> MidHip:
        at = np.arange(samples) / samples
        target = np.stack([np.zeros(samples), np.full(samples, weights[1]), weights[0] + bounce(at)], axis=1)
        return _hips_under(cycle, at, target, rounds)

    def errors(weights: Array) -> Array:
        mid_hip = path(weights, GRID, 4)
        return np.concatenate(
            [_mid_stance_errors(cycle, mid_hip, mid_stance_knee_deg), 0.3 * _knee_errors(cycle, mid_hip)]
        )

    start = np.array([leg_m + 0.12, 0.17 * cycle.plan.stride_m])
    found = least_squares(errors, start, xtol=1e-8, diff_step=1e-4)
    return path(found.x, FINE_GRID, 10)


def _mid_stance_errors(cycle: GaitCycle, mid_hip: MidHip, knee_deg: float) -> Array:
    """Radians by which the most bent knee in stance differs from what was asked."""
    errors = []
    for side in SIDES:
        leg = cycle.legs[side]
        phase = np.linspace(0.06, 0.24, 19)
        line = leg.standing_ankle(phase) - cycle.hip(side, mid_hip)(phase + leg.contact)
        errors.append(np.radians(leg.bent_by(np.linalg.norm(line, axis=1)).max() - knee_deg))
    return np.array(errors)


def _hips_under(cycle: GaitCycle, at: Array, target_m: Array, rounds: int) -> MidHip:
    """The path of the mid-hip point that brings the centre of mass to `target_m` (N, 3) at `at` (N,)."""
    places = target_m.copy()
    for _ in range(rounds):
        places += target_m - cycle.centre_of_mass(at, cycle.closed(places))
    return cycle.closed(places)
