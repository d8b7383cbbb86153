"""Counter-movement jumps and drop jumps.

In the air the centre of mass falls freely. On the floor its height is a polynomial that joins rest and flight without a
jump in force, so take-off and landing are where the ground reaction is zero. Times are prescribed and the same for
every body; so is how deep the knees bend, except at the touch of the floor, where it follows from the height.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.polynomial import Polynomial
from scipy.optimize import brentq

from scripts.rendering.body import SIDES
from scripts.rendering.figure import Figure, Frame
from scripts.rendering.free_fall import GRAVITY_M_S2, quintic
from scripts.rendering.jump_phases import (
    STANDING_KNEE_DEG,
    Flight,
    FootPitch,
    Habits,
    Instant,
    OnFeet,
    Phase,
    StepOff,
    hanging,
    on_feet,
)
from scripts.rendering.motion import smooth_step
from scripts.rendering.posture import BALANCE_PER_STATURE
from scripts.rendering.scene import Block

if TYPE_CHECKING:
    from scripts.rendering.body import Body
    from scripts.rendering.geometry import Array

__all__ = ["CounterMovementJump", "DropJump", "Jump"]

TAKE_OFF_KNEE_DEG, TAKE_OFF_PITCH_DEG = 17.0, -50.0
HEEL_UP_FROM_KNEE_DEG = 70.0
"""In push-off the heels rise once the knees are straighter than this."""
LANDING_PITCH_DEG, HEEL_DOWN_AT_KNEE_DEG = -40.0, 52.0
BALL_SHARE = 0.75
"""In a jump the centre of mass is this far on the way from the ankles to the balls of the feet."""
DEEPEST_KNEE_DEG = 125.0
SETTLING_M_S2 = 5.0
"""Acceleration at the lowest point of a landing that ends in standing."""
ARM_DEG = {"stand": 2.0, "bottom": -12.0, "take_off": 100.0, "landing": 90.0, "deep": 25.0, "ready": 15.0, "low": 30.0}
BACK_SWING_DEG = -38.0
"""Of the arms, half-way through the dip."""
TIPPING_S = 0.22
"""The last part of the step off the box, in which the body begins to fall."""
STEP_DOWN_M, STEP_DOWN_M_S = 0.04, 0.40
"""How far the centre of mass has sunk, and its speed, when the last foot leaves the box."""
CLEARS_BOX_DEG = (40.0, 18.0)
"""How far the knee and the toes of the last foot come up as it leaves the box."""
LEAVES_BEFORE_EDGE_M = -0.05
"""Place of the centre of mass at that time, from the tip of the toes."""
TOUCH_HIGHER_M = 0.068
"""Centre of mass at the first touch of the floor over its height in standing."""
STEPPING_LEAN_DEG = 12.0
BRAKED_SHARE = 0.5
"""Of the way that the speed forwards would go while braking."""
TOES_BEHIND_EDGE_M = 0.03
BRAKING_SHORTER_M = 0.03
"""Way of the centre of mass from first touch to the lowest point: so much less than from there to take-off."""
PUSH_SPEED_SHARE = 0.7
"""Mean speed of the push-off over the speed at its end; that of braking after a drop over the speed at touch."""
HANG = np.array([0.0, 0.0, *([10.0, 0.0, 0.0, -6.0, 0.0, 0.0] * 2)])
"""Half-way through a flight, as in `jump_phases`: knees bend and toes hang."""


@dataclass(frozen=True, slots=True)
class Jump:
    """One jump. Pairs are left, right."""

    height_m: float = 0.30
    """Rise of the centre of mass above its place at take-off."""
    dip_knee_deg: float = 88.0
    """Knee flexion at the lowest point before take-off."""
    landing_knee_deg: float = 78.0
    """At the lowest point after landing."""
    landing_fppa_deg: tuple[float | None, float | None] = (None, None)
    """At that point, + knee medial; None: the knee follows the toes."""
    landing_lower_m: float = 0.03
    """Centre of mass at landing below its place at take-off: the ankles and, after a swing, the arms are lower."""

    @property
    def take_off_m_s(self) -> float:
        return float(np.sqrt(2 * GRAVITY_M_S2 * self.height_m))

    @property
    def landing_m_s(self) -> float:
        return float(np.sqrt(2 * GRAVITY_M_S2 * (self.height_m + self.landing_lower_m)))

    @property
    def push_s(self) -> float:
        """From the lowest point to take-off: with it the force at the lowest point is about twice the weight."""
        return _push_way_m(self.dip_knee_deg) / (PUSH_SPEED_SHARE * self.take_off_m_s)

    @property
    def flight_s(self) -> float:
        return (self.take_off_m_s + self.landing_m_s) / GRAVITY_M_S2


def _push_way_m(knee_deg: float) -> float:
    """About how far the centre of mass of a mean adult is raised from there to take-off."""
    return float(0.12 + 0.25 * (knee_deg / 88) ** 2)


def _rising_heel(lowest_knee_deg: float) -> FootPitch:
    start = min(HEEL_UP_FROM_KNEE_DEG, lowest_knee_deg - 2)
    return lambda knee: TAKE_OFF_PITCH_DEG * max((start - knee) / (start - TAKE_OFF_KNEE_DEG), 0.0) ** 2


def _falling_heel(landing_knee_deg: float) -> FootPitch:
    room = HEEL_DOWN_AT_KNEE_DEG - landing_knee_deg
    return lambda knee: LANDING_PITCH_DEG * (1 - smooth_step((knee - landing_knee_deg) / room))


def _flat(_: float) -> float:
    return 0.0


class _Jumper:
    """Builds the phases of jumps one after the other."""

    def __init__(self, body: Body, width_hips: float, toe_out_deg: float, lean_deg: float, arms: str) -> None:
        self.figure = Figure(body, toe_out_deg, arms)
        self.habits = Habits(body.hip_width_m * width_hips / 2, lean_deg)
        self.standing_y_m = BALANCE_PER_STATURE * body.stature_m
        self.jumping_y_m = BALL_SHARE * float(self.figure.feet["left"].ball_m[1])
        self.phases: list[Phase] = []
        self.touch_knee_deg = 0.0
        self.touch_m = (0.0, 0.0)

    def body_at(
        self, knee_deg: float, pitch_deg: float, arm: str, y_m: float, floor_m: tuple[float, float] = (0.0, 0.0)
    ) -> tuple[Instant, float]:
        return on_feet(self.figure, self.habits, floor_m, knee_deg, pitch_deg, ARM_DEG[arm], floor_m[0] + y_m)

    def standing_z_m(self) -> float:
        return self.body_at(STANDING_KNEE_DEG, 0.0, "stand", self.standing_y_m)[1]

    def take_off_z_m(self) -> float:
        return self.body_at(TAKE_OFF_KNEE_DEG, TAKE_OFF_PITCH_DEG, "take_off", self.jumping_y_m)[1]

    def lowest_z_m(self, knee_deg: float, arm: str) -> float:
        return self.body_at(knee_deg, 0.0, arm, self.jumping_y_m)[1]

    def step_off(self, drop: DropJump) -> None:
        """From the box to the first touch of the floor."""
        stands_y_m = drop.box_y_m(self)
        standing, z = self.body_at(STANDING_KNEE_DEG, 0.0, "stand", self.standing_y_m, (stands_y_m, drop.box_m))
        edge = stands_y_m + float(self.figure.feet["left"].toe_m[1])
        here, there = (stands_y_m + self.standing_y_m, 0.0, 0.0), (edge + LEAVES_BEFORE_EDGE_M, -drop.step_m_s, 0.0)
        y_path = quintic(drop.step_s, here, there)
        sinking = quintic(drop.step_s - TIPPING_S, (z, 0.0, 0.0), (z - STEP_DOWN_M / 2, 0.0, 0.0))
        tipping = quintic(TIPPING_S, (z - STEP_DOWN_M / 2, 0.0, 0.0), (z - STEP_DOWN_M, -STEP_DOWN_M_S, -GRAVITY_M_S2))
        reaching = hanging(self.figure, Frame(STEPPING_LEAN_DEG, ARM_DEG["landing"]), 16.0, 20.0, -14.0)
        wait = OnFeet(
            self.figure, self.habits, (stands_y_m, drop.box_m), drop.lead_s, Polynomial([here[0]]), Polynomial([z]),
            _flat, lambda _: ARM_DEG["stand"], (STANDING_KNEE_DEG, DEEPEST_KNEE_DEG),
        )  # fmt: skip
        self.phases.append(wait)
        step = StepOff(
            self.figure, drop.stepping, drop.step_s, standing, reaching, y_path, (sinking, tipping), TIPPING_S,
            lift_deg=34.0, heel_off_deg=24.0,
        )  # fmt: skip
        self.phases.append(step)
        z_left = z - STEP_DOWN_M
        end = step.at(drop.step_s)
        x_m = float((end.mid_hip_m + self.figure.centre_of_mass(end.frame, end.legs))[0])
        # The body drifts back over the middle of the landing feet.
        start = np.array([x_m, there[0], z_left])
        velocity = np.array([-x_m / drop.fall_s, -drop.step_m_s, -STEP_DOWN_M_S])
        y_touch = there[0] - drop.step_m_s * drop.fall_s
        z_touch = z_left - STEP_DOWN_M_S * drop.fall_s - GRAVITY_M_S2 / 2 * drop.fall_s**2
        landing, self.touch_knee_deg = self.landing(z_touch, y_touch, "ready")
        bumps = np.zeros(14)
        trailing = 2 + 6 * (1 - SIDES.index(drop.stepping))
        bumps[trailing], bumps[trailing + 3] = CLEARS_BOX_DEG
        self.phases.append(Flight(self.figure, drop.fall_s, start, velocity, step, landing, bumps))
        self.touch_m = (y_touch, z_touch)

    def bounce(self, drop: DropJump) -> None:
        """On the floor between the fall and the jump."""
        y, z = self.touch_m
        low = self.lowest_z_m(drop.contact_knee_deg, "low")
        up = _rising(drop.push_s, low, self.take_off_z_m(), drop.jump.take_off_m_s)
        down = quintic(drop.brake_s, (z, -drop.touch_m_s, -GRAVITY_M_S2), (low, 0.0, float(up.deriv(2)(0.0))))
        halt = quintic(drop.brake_s, (y, -drop.step_m_s, 0.0), (self.jumping_y_m, 0.0, 0.0))
        heel = _falling_heel(self.touch_knee_deg)
        valgus: dict[str, Any] = {
            "fppa_deg": drop.contact_fppa_deg, "fppa_knees_deg": (self.touch_knee_deg, drop.contact_knee_deg)
        }  # fmt: skip
        arms = ("ready", "low")
        self.phases.append(self._on_feet(drop.brake_s, halt, down, heel, arms, self.touch_knee_deg - 2, **valgus))
        self._push(drop.push_s, up, drop.contact_knee_deg, "low", **valgus)

    def landing(self, mass_z_m: float, mass_y_m: float, arm: str) -> tuple[Instant, float]:
        """The body that touches the floor with its centre of mass there, and its knee flexion."""

        def too_high(knee_deg: float) -> float:
            return self.body_at(knee_deg, LANDING_PITCH_DEG, arm, mass_y_m)[1] - mass_z_m

        knee_deg = float(brentq(too_high, 4.0, HEEL_DOWN_AT_KNEE_DEG - 4, xtol=1e-6))
        return self.body_at(knee_deg, LANDING_PITCH_DEG, arm, mass_y_m)[0], knee_deg

    def stand(self, duration_s: float) -> None:
        y, z = Polynomial([self.standing_y_m]), Polynomial([self.standing_z_m()])
        self.phases.append(self._on_feet(duration_s, y, z, _flat, ("stand", "stand")))

    def _on_feet(
        self, duration_s: float, y: Polynomial, z: Polynomial, pitch_at: FootPitch, arms: tuple[str, str],
        least_knee_deg: float = STANDING_KNEE_DEG, back_deg: float = 0.0, **valgus: Any,
    ) -> OnFeet:  # fmt: skip
        first, last = ARM_DEG[arms[0]], ARM_DEG[arms[1]]
        return OnFeet(
            self.figure, self.habits, (0.0, 0.0), duration_s, y, z, pitch_at,
            lambda fraction: first + (last - first) * smooth_step(fraction) + back_deg * np.sin(np.pi * fraction) ** 2,
            (least_knee_deg, DEEPEST_KNEE_DEG),
            **valgus,
        )  # fmt: skip

    def dip_and_push(self, jump: Jump, dip_s: float) -> None:
        low, top = self.lowest_z_m(jump.dip_knee_deg, "bottom"), self.take_off_z_m()
        up = _rising(jump.push_s, low, top, jump.take_off_m_s)
        force = float(up.deriv(2)(0.0))
        down = quintic(dip_s, (self.standing_z_m(), 0.0, 0.0), (low, 0.0, force))
        forward = quintic(dip_s, (self.standing_y_m, 0.0, 0.0), (self.jumping_y_m, 0.0, 0.0))
        self.phases.append(self._on_feet(dip_s, forward, down, _flat, ("stand", "bottom"), back_deg=BACK_SWING_DEG))
        self._push(jump.push_s, up, jump.dip_knee_deg, "bottom")

    def _push(self, push_s: float, up: Polynomial, knee_deg: float, arm: str, **valgus: Any) -> None:
        still = Polynomial([self.jumping_y_m])
        heel = _rising_heel(knee_deg)
        self.phases.append(self._on_feet(push_s, still, up, heel, (arm, "take_off"), TAKE_OFF_KNEE_DEG - 3, **valgus))

    def fly_and_land(self, jump: Jump, absorb_s: float, rise_s: float) -> None:
        z = self.take_off_z_m()
        landing, knee_deg = self.landing(z - jump.landing_lower_m, self.jumping_y_m, "landing")
        start, velocity = np.array([0.0, self.jumping_y_m, z]), np.array([0.0, 0.0, jump.take_off_m_s])
        self.phases.append(Flight(self.figure, jump.flight_s, start, velocity, self.phases[-1], landing, HANG))
        low = self.lowest_z_m(jump.landing_knee_deg, "deep")
        touching = (z - jump.landing_lower_m, -jump.landing_m_s, -GRAVITY_M_S2)
        settled, still = (low, 0.0, SETTLING_M_S2), Polynomial([self.jumping_y_m])
        valgus: dict[str, Any] = {
            "fppa_deg": jump.landing_fppa_deg,
            "fppa_knees_deg": (knee_deg, jump.landing_knee_deg),
        }
        down, heel = quintic(absorb_s, touching, settled), _falling_heel(knee_deg)
        self.phases.append(self._on_feet(absorb_s, still, down, heel, ("landing", "deep"), knee_deg - 2, **valgus))
        up = quintic(rise_s, settled, (self.standing_z_m(), 0.0, 0.0))
        back = quintic(rise_s, (self.jumping_y_m, 0.0, 0.0), (self.standing_y_m, 0.0, 0.0))
        self.phases.append(self._on_feet(rise_s, back, up, _flat, ("deep", "stand"), **valgus))

    def poses(self, time_s: Array) -> list[Array]:
        starts = np.cumsum([0.0] + [phase.duration_s for phase in self.phases])
        poses = []
        for time in time_s:
            index = min(int(np.searchsorted(starts, time, side="right")) - 1, len(self.phases) - 1)
            instant = self.phases[index].at(min(float(time - starts[index]), self.phases[index].duration_s))
            poses.append(self.figure.pose(instant.frame, instant.legs, instant.mid_hip_m))
        return poses


def _rising(duration_s: float, low_m: float, top_m: float, speed_m_s: float) -> Polynomial:
    """From rest at `low_m` to free flight at `top_m` with an upward speed: the polynomial of degree four."""
    t = duration_s
    rows = [[t**2, t**3, t**4], [2 * t, 3 * t**2, 4 * t**3], [2, 6 * t, 12 * t**2]]
    bent = np.linalg.solve(rows, [top_m - low_m, speed_m_s, -GRAVITY_M_S2])
    return Polynomial([low_m, 0.0, *bent])


@dataclass(frozen=True, slots=True)
class CounterMovementJump:
    """Jumps for height from standing, one after the other, landing where they started."""

    jumps: tuple[Jump, ...] = (Jump(),)
    lead_s: float = 0.6
    dip_s: float = 0.48
    absorb_s: float = 0.22
    rise_s: float = 0.8
    rest_s: float = 0.6
    width_hips: float = 1.25
    toe_out_deg: float = 8.0
    lean_deg: float = 42.0
    """Of the trunk with the knees bent by 90 degrees."""
    arms: str = "hips"
    """hips or swing."""
    seed: int = 0
    label: str = "counter_movement_jump"

    def _jump_s(self, jump: Jump) -> float:
        return self.dip_s + jump.push_s + jump.flight_s + self.absorb_s + self.rise_s + self.rest_s

    @property
    def duration_s(self) -> float:
        return self.lead_s + sum(self._jump_s(jump) for jump in self.jumps)

    def poses(self, body: Body, time_s: Array) -> list[Array]:
        jumper = _Jumper(body, self.width_hips, self.toe_out_deg, self.lean_deg, self.arms)
        jumper.stand(self.lead_s)
        for jump in self.jumps:
            jumper.dip_and_push(jump, self.dip_s)
            jumper.fly_and_land(jump, self.absorb_s, self.rise_s)
            jumper.stand(self.rest_s)
        return jumper.poses(time_s)

    def reps(self) -> list[dict[str, Any]]:
        reps = []
        start_s = self.lead_s
        for index, jump in enumerate(self.jumps):
            bottom_s = start_s + self.dip_s
            instants = {"start_s": start_s, "bottom_s": bottom_s} | _air(
                jump, bottom_s + jump.push_s, self.absorb_s, self.rise_s
            )
            reps.append(_jump_truth(index + 1, instants, jump))
            start_s += self._jump_s(jump)
        return reps


def _air(jump: Jump, take_off_s: float, absorb_s: float, rise_s: float) -> dict[str, float]:
    landing_s = take_off_s + jump.flight_s
    return {
        "take_off_s": take_off_s,
        "landing_s": landing_s,
        "landing_bottom_s": landing_s + absorb_s,
        "end_s": landing_s + absorb_s + rise_s,
    }


def _jump_truth(index: int, instants: dict[str, float], jump: Jump, **more: float) -> dict[str, Any]:
    return {
        "index": index,
        "kind": "jump",
        "side": None,
        **{name: round(value, 6) for name, value in instants.items()},
        "flight_s": round(jump.flight_s, 6),
        "jump_height_m": jump.height_m,
        **{name: round(value, 6) for name, value in more.items()},
        "prescribed": {
            "knee_flexion_deg": jump.dip_knee_deg,
            "landing_knee_flexion_deg": jump.landing_knee_deg,
            "landing_fppa_left_deg": jump.landing_fppa_deg[0],
            "landing_fppa_right_deg": jump.landing_fppa_deg[1],
        },
    }


@dataclass(frozen=True, slots=True)
class DropJump:
    """One step off a box, a short contact with both feet, a jump and a landing. The landing feet are at the origin."""

    jump: Jump = Jump(height_m=0.28)
    box_m: float = 0.30
    contact_knee_deg: float = 66.0
    """Knee flexion at the lowest point of the first contact."""
    contact_fppa_deg: tuple[float | None, float | None] = (None, None)
    """Left and right at that point, + knee medial; None: the knee follows the toes."""
    stepping: str = "left"
    """The leg that leaves the box first."""
    lead_s: float = 0.5
    step_s: float = 0.7
    step_m_s: float = 0.95
    """Forwards, when the last foot leaves the box."""
    absorb_s: float = 0.22
    rise_s: float = 0.8
    rest_s: float = 0.5
    width_hips: float = 1.25
    toe_out_deg: float = 8.0
    lean_deg: float = 36.0
    """Of the trunk with the knees bent by 90 degrees."""
    arms: str = "hips"
    """hips or swing."""
    seed: int = 0
    label: str = "drop_jump"

    @property
    def _fallen_m(self) -> float:
        return self.box_m - STEP_DOWN_M - TOUCH_HIGHER_M

    @property
    def touch_m_s(self) -> float:
        """Downwards, at the first touch of the floor."""
        return float(np.sqrt(STEP_DOWN_M_S**2 + 2 * GRAVITY_M_S2 * self._fallen_m))

    @property
    def fall_s(self) -> float:
        return (self.touch_m_s - STEP_DOWN_M_S) / GRAVITY_M_S2

    @property
    def push_s(self) -> float:
        return _push_way_m(self.contact_knee_deg) / (PUSH_SPEED_SHARE * self.jump.take_off_m_s)

    @property
    def brake_s(self) -> float:
        """From the first touch to the lowest point."""
        way_m = _push_way_m(self.contact_knee_deg) - BRAKING_SHORTER_M
        return way_m / (PUSH_SPEED_SHARE * self.touch_m_s)

    @property
    def _contact_start_s(self) -> float:
        return self.lead_s + self.step_s + self.fall_s

    @property
    def duration_s(self) -> float:
        landed = self._contact_start_s + self.brake_s + self.push_s + self.jump.flight_s
        return landed + self.absorb_s + self.rise_s + self.rest_s

    def box_y_m(self, jumper: _Jumper) -> float:
        """Where the feet stand on the box, so that the centre of mass comes to rest over the landing feet."""
        braked = BRAKED_SHARE * self.step_m_s * self.brake_s
        toe = float(jumper.figure.feet["left"].toe_m[1])
        return jumper.jumping_y_m + braked + self.step_m_s * self.fall_s - toe - LEAVES_BEFORE_EDGE_M

    def _jumper(self, body: Body) -> _Jumper:
        return _Jumper(body, self.width_hips, self.toe_out_deg, self.lean_deg, self.arms)

    def blocks(self, body: Body) -> tuple[Block, ...]:
        jumper = self._jumper(body)
        front = self.box_y_m(jumper) + float(jumper.figure.feet["left"].toe_m[1]) - TOES_BEHIND_EDGE_M
        return (Block((0.0, front + 0.25, self.box_m / 2), (0.60, 0.50, self.box_m)),)

    def poses(self, body: Body, time_s: Array) -> list[Array]:
        jumper = self._jumper(body)
        jumper.step_off(self)
        jumper.bounce(self)
        jumper.fly_and_land(self.jump, self.absorb_s, self.rise_s)
        jumper.stand(self.rest_s)
        return jumper.poses(time_s)

    def reps(self) -> list[dict[str, Any]]:
        contact_s = self._contact_start_s
        bottom_s = contact_s + self.brake_s
        instants = {
            "start_s": self.lead_s,
            "box_off_s": self.lead_s + self.step_s,
            "contact_s": contact_s,
            "bottom_s": bottom_s,
        } | _air(self.jump, bottom_s + self.push_s, self.absorb_s, self.rise_s)
        return [_jump_truth(1, instants, self.jump, contact_time_s=self.brake_s + self.push_s, box_m=self.box_m)]
