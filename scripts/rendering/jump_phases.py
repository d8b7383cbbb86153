"""The phases of a jump: on both feet, in the air, and stepping off a box.

The path of the centre of mass is given; the body follows. On the feet the knees bend as far as its height asks, heels
and trunk go with the knees. In the air the legs go from the posture they left the floor with to the one they land in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.optimize import brentq

from scripts.rendering.body import SIDES, lateral_sign
from scripts.rendering.figure import Figure, Frame, Leg
from scripts.rendering.foothold import toe_bend_deg
from scripts.rendering.free_fall import GRAVITY_M_S2
from scripts.rendering.motion import smooth_step
from scripts.rendering.posture import swivel_for_fppa

if TYPE_CHECKING:
    from numpy.polynomial import Polynomial

    from scripts.rendering.geometry import Array

__all__ = [
    "STANDING_KNEE_DEG",
    "Flight",
    "FootPitch",
    "Habits",
    "Instant",
    "OnFeet",
    "Phase",
    "StepOff",
    "hanging",
    "on_feet",
]

STANDING_LEAN_DEG, STANDING_KNEE_DEG = 3.0, 4.0
RATE_STEP_S = 0.002
SWING_ON_S = {"knee": 0.08, "incline": 0.08, "pitch": 0.05, "other": 0.16}
"""How long a limb keeps moving as it did on the floor."""

FootPitch = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Habits:
    """How somebody jumps, whatever the jump."""

    half_width_m: float
    """Of the stance, at the ankles."""
    lean_deg: float
    """Of the trunk with the knees bent by 90 degrees."""

    def lean_at(self, knee_deg: float) -> float:
        bent = max(knee_deg - STANDING_KNEE_DEG, 0.0) / (90 - STANDING_KNEE_DEG)
        return STANDING_LEAN_DEG + (self.lean_deg - STANDING_LEAN_DEG) * bent**1.3


@dataclass(frozen=True, slots=True, eq=False)
class Instant:
    """A whole body at one time."""

    frame: Frame
    legs: dict[str, Leg]
    mid_hip_m: Array


class Phase(Protocol):
    @property
    def duration_s(self) -> float: ...

    def at(self, since_s: float) -> Instant: ...


def _standing_legs(figure: Figure, frame: Frame, mid_hip_m: Array, ankles_m: dict[str, Array], pitch: float) -> Instant:
    bend = toe_bend_deg(pitch)
    legs = {side: Leg(ankles_m[side] - mid_hip_m - figure.hip_offset(side, frame), pitch, bend) for side in SIDES}
    return Instant(frame, legs, mid_hip_m)


def on_feet(
    figure: Figure, habits: Habits, floor_m: tuple[float, float], knee_deg: float, pitch_deg: float, arm_deg: float,
    mass_y_m: float,
) -> tuple[Instant, float]:  # fmt: skip
    """The body on both feet, and the height of its centre of mass.

    `floor_m`: where the feet stand, y and z. The hips go to where the centre of mass is at `mass_y_m`.
    """
    frame = Frame(habits.lean_at(knee_deg), arm_deg)
    place = {side: np.array([lateral_sign(side) * habits.half_width_m, *floor_m]) for side in SIDES}
    ankles = {side: figure.feet[side].ankle_m(place[side], pitch_deg) for side in SIDES}
    reach = figure.reach_m(knee_deg)

    def standing(y_m: float) -> Instant:
        heights = []
        for side in SIDES:
            offset = figure.hip_offset(side, frame)
            aside, ahead, _ = ankles[side] - offset - [0.0, y_m, 0.0]
            heights.append(ankles[side][2] - offset[2] + np.sqrt(reach**2 - aside**2 - ahead**2))
        return _standing_legs(figure, frame, np.array([0.0, y_m, np.mean(heights)]), ankles, pitch_deg)

    upper = figure.upper_moment(frame)

    def mass(instant: Instant) -> Array:
        return instant.mid_hip_m + figure.centre_of_mass(frame, instant.legs, upper)

    # The place of the mass is almost linear in that of the hips: three steps of the secant method.
    before, now = mass_y_m, mass_y_m + 0.05
    error_before = mass(standing(before))[1] - mass_y_m
    for _ in range(3):
        error = mass(standing(now))[1] - mass_y_m
        if abs(error) < 1e-8:
            break
        before, now, error_before = now, now - error * (now - before) / (error - error_before), error
    instant = standing(now)
    return instant, float(mass(instant)[2])


@dataclass(frozen=True, slots=True, eq=False)
class OnFeet:
    """Both feet on the floor at `floor_m` (y and z)."""

    figure: Figure
    habits: Habits
    floor_m: tuple[float, float]
    duration_s: float
    mass_y_m: Polynomial
    mass_z_m: Polynomial
    pitch_at: FootPitch
    """Of the feet, for a knee flexion."""
    arm_at: Callable[[float], float]
    """For a fraction of the phase."""
    knees_deg: tuple[float, float]
    """Between these the knee is looked for."""
    fppa_deg: tuple[float | None, float | None] = (None, None)
    fppa_knees_deg: tuple[float, float] = (0.0, 90.0)
    """Knee flexion where the FPPA begins to differ from the natural one, and where it is the one that was asked for."""

    def at(self, since_s: float) -> Instant:
        arm_deg = self.arm_at(since_s / self.duration_s)
        y_m, z_m = float(self.mass_y_m(since_s)), float(self.mass_z_m(since_s))

        def standing(knee_deg: float) -> tuple[Instant, float]:
            return on_feet(self.figure, self.habits, self.floor_m, knee_deg, self.pitch_at(knee_deg), arm_deg, y_m)

        def too_high(knee_deg: float) -> float:
            return standing(knee_deg)[1] - z_m

        low, high = self.knees_deg
        knee_deg = low if too_high(low) <= 0 else brentq(too_high, low, high, xtol=1e-5)
        return self._with_knees_turned(standing(knee_deg)[0], knee_deg)

    def _with_knees_turned(self, instant: Instant, knee_deg: float) -> Instant:
        first, last = self.fppa_knees_deg
        share = min(max((knee_deg - first) / (last - first), 0.0), 1.0)
        legs = {}
        for side, target_deg in zip(SIDES, self.fppa_deg, strict=True):
            leg = instant.legs[side]
            line = (np.zeros(3), leg.ankle_m, self.figure.forward[side])
            swivel = swivel_for_fppa(self.figure.body, side, line, target_deg, share)
            legs[side] = Leg(leg.ankle_m, leg.pitch_deg, leg.bend_deg, swivel)
        return Instant(instant.frame, legs, instant.mid_hip_m)


def _numbers(figure: Figure, instant: Instant) -> Array:
    """Lean and arm, then for each leg: knee, inclination (+ ankle ahead), sideways place, pitch, bend, swivel."""
    values = [instant.frame.lean_deg, instant.frame.arm_deg]
    for side in SIDES:
        leg = instant.legs[side]
        incline = float(np.degrees(np.arctan2(-leg.ankle_m[1], -leg.ankle_m[2])))
        values += [figure.knee_deg(leg), incline, leg.ankle_m[0], leg.pitch_deg, leg.bend_deg, leg.swivel_rad]
    return np.array(values)


def _leg(figure: Figure, values: Array) -> Leg:
    knee_deg, incline_deg, aside, pitch, bend, swivel = (float(value) for value in values)
    down = np.sqrt(figure.reach_m(max(knee_deg, 1.0)) ** 2 - aside**2)
    incline = np.radians(incline_deg)
    return Leg(np.array([aside, -down * np.sin(incline), -down * np.cos(incline)]), pitch, bend, swivel)


def _body(figure: Figure, numbers: Array) -> tuple[Frame, dict[str, Leg]]:
    legs = {side: _leg(figure, numbers[2 + 6 * index : 8 + 6 * index]) for index, side in enumerate(SIDES)}
    return Frame(float(numbers[0]), float(numbers[1])), legs


LEG_SWING_ON_S = [SWING_ON_S[name] for name in ("knee", "incline", "incline", "pitch", "pitch", "other")]
SWINGS_ON_S = np.array([SWING_ON_S["other"]] * 2 + LEG_SWING_ON_S * 2)


class Flight:
    """In the air, from the end of one phase to the start of the next.

    `start_m` (3,) and `velocity_m_s` (3,) of the centre of mass; `bumps` is added half-way, in the order of `_numbers`.
    """

    def __init__(
        self, figure: Figure, duration_s: float, start_m: Array, velocity_m_s: Array, before: Phase, landing: Instant,
        bumps: Array,
    ) -> None:  # fmt: skip
        self.figure, self.duration_s, self.bumps = figure, duration_s, bumps
        self.start_m, self.velocity_m_s = start_m, velocity_m_s
        left = before.duration_s
        self.leaving = _numbers(figure, before.at(left))
        self.rates = (self.leaving - _numbers(figure, before.at(left - RATE_STEP_S))) / RATE_STEP_S
        self.touching = _numbers(figure, landing)

    def mass_m(self, since_s: float) -> Array:
        fallen = np.array([0.0, 0.0, GRAVITY_M_S2 / 2 * since_s**2])
        return np.asarray(self.start_m + self.velocity_m_s * since_s - fallen)

    def at(self, since_s: float) -> Instant:
        fraction = since_s / self.duration_s
        fading = np.clip(since_s / np.minimum(SWINGS_ON_S, self.duration_s), 0, 1)
        moved = (self.touching - self.leaving) * smooth_step(fraction) + self.rates * since_s * (1 - fading) ** 2
        bump = self.bumps * np.sin(np.pi * fraction) ** 2
        frame, legs = _body(self.figure, self.leaving + moved + bump)
        return Instant(frame, legs, self.mass_m(since_s) - self.figure.centre_of_mass(frame, legs))


@dataclass(frozen=True, slots=True, eq=False)
class StepOff:
    """One leg steps forward off a box while the other still stands on it."""

    figure: Figure
    stepping: str
    duration_s: float
    standing: Instant
    """At the start."""
    reaching: Instant
    """Its legs and trunk are those of the stepping leg and the trunk at the end."""
    mass_y_m: Polynomial
    mass_z_m: tuple[Polynomial, Polynomial]
    """Until the body begins to fall, and from then on."""
    falling_s: float
    """How long the second of them lasts."""
    lift_deg: float
    """Knee flexion added to the stepping leg half-way."""
    heel_off_deg: float
    """How far the heel of the standing foot rises."""

    def at(self, since_s: float) -> Instant:
        fraction = since_s / self.duration_s
        start, end = (_numbers(self.figure, instant) for instant in (self.standing, self.reaching))
        numbers = start + (end - start) * smooth_step(fraction)
        first = 2 + 6 * SIDES.index(self.stepping)
        numbers[first] += self.lift_deg * np.sin(np.pi * fraction) ** 2
        frame, legs = _body(self.figure, numbers)
        pitch = -self.heel_off_deg * smooth_step((fraction - 0.45) / 0.75) / smooth_step(0.55 / 0.75)
        sunk_s = self.duration_s - self.falling_s
        first_part, last_part = self.mass_z_m
        z_m = first_part(since_s) if since_s < sunk_s else last_part(since_s - sunk_s)
        return self._over_support(frame, legs, pitch, np.array([self.mass_y_m(since_s), z_m]))

    def _over_support(self, frame: Frame, legs: dict[str, Leg], pitch_deg: float, mass_yz_m: Array) -> Instant:
        side = SIDES[1 - SIDES.index(self.stepping)]
        foot, offset = self.figure.feet[side], self.figure.hip_offset(side, frame)
        flat = self.standing.mid_hip_m + self.figure.hip_offset(side, self.standing.frame)
        flat = flat + self.standing.legs[side].ankle_m - [0.0, 0.0, foot.height_m]
        ankle = foot.ankle_m(flat, pitch_deg)
        mid_hip = self.standing.mid_hip_m.copy()
        for _ in range(12):
            legs = legs | {side: Leg(ankle - mid_hip - offset, pitch_deg, toe_bend_deg(pitch_deg))}
            mass = mid_hip + self.figure.centre_of_mass(frame, legs)
            mid_hip[1:] += mass_yz_m - mass[1:]
        return Instant(frame, legs, mid_hip)


def hanging(figure: Figure, frame: Frame, knee_deg: float, incline_deg: float, pitch_deg: float) -> Instant:
    """Both legs as they hang from the hips, the line from hip to ankle inclined (+ ankle ahead)."""
    legs = {side: _leg(figure, np.array([knee_deg, incline_deg, 0.0, pitch_deg, 0.0, 0.0])) for side in SIDES}
    return Instant(frame, legs, np.zeros(3))
