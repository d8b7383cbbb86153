"""One stride of a walk or a run: the angles of `gait_patterns` with feet that stay where they stand.

Everything repeats with the stride. Places are given in axes that move along with the person at the mean speed, so a
standing foot moves backwards here, as on a treadmill. `at` is the fraction of the left foot's stride, 0 at its contact.
A leg in stance follows from hip and foot. A leg in swing has the pattern's angles, shifted so that they and their rates
meet the stance before and after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from scripts.rendering.balance import FOOT_MASS, SHANK_CENTRE, SHANK_MASS, THIGH_CENTRE, THIGH_MASS, upper_body
from scripts.rendering.body import SIDES, Body, lateral_sign
from scripts.rendering.foothold import foothold, toe_bend_deg
from scripts.rendering.gait_patterns import FootCurve, GaitPattern, smooth_curve
from scripts.rendering.geometry import Array, lean_forward, roll_left_down, turn_left, unit
from scripts.rendering.limbs import arm_rotations, leg_rotations, spine_rotations

__all__ = ["GRID", "GaitCycle", "GaitPlan", "LegPath", "MidHip"]

GRID = 120
"""Samples of a stride; curves run between them as splines."""
RATE_STEP = 0.004
"""Fraction of the stride over which rates at toe-off are taken."""
BEND_LOST_AT = 0.35
"""Fraction of the swing after which the toes are straight."""
SWING_FADE = 0.4
"""Part of the swing over which the stance before it or after it still shows."""
KNEE_OUT_DEG = 4.0
"""Direction of the knee's bend, out of straight ahead."""
STRAIGHT_KNEE_DEG = 1.5

MidHip = Callable[[Array], Array]


@dataclass(frozen=True, slots=True, eq=False)
class GaitPlan:
    """What is asked of a gait. Pairs are left, right."""

    pattern: GaitPattern
    stride_s: float
    speed_m_s: float
    step_width_m: float
    toe_out_deg: float
    trunk_lean_deg: float
    pelvic_drop_deg: tuple[float, float]
    """In stance of that side, + the other side low."""
    contact: tuple[float, float] = (0.0, 0.5)
    """When each foot comes down, fraction of the stride."""
    placed: tuple[float, float] = (0.0, 0.5)
    """Where, fraction of the stride length."""
    swing_knee_deg: tuple[float, float] = (63.0, 63.0)
    stance_knee_shift_deg: tuple[float, float] = (0.0, 0.0)
    """Added to the knee of that side from contact to mid-stance."""

    @property
    def stride_m(self) -> float:
        return self.stride_s * self.speed_m_s


@dataclass(frozen=True, slots=True, eq=False)
class LegPath:
    """A leg at N times: hip, knee, ankle (N, 3), pitch of the foot and bend of the toes (N,)."""

    hip_m: Array
    knee_m: Array
    ankle_m: Array
    pitch_deg: Array
    bend_deg: Array


def _smooth(fraction: Array) -> Array:
    x = np.clip(fraction, 0, 1)
    return x * x * (3 - 2 * x)


def _between(fraction: Array, ends: Array, rate: Array, fade: float) -> Array:
    """From ends[0] with `rate` at 0 to ends[1] at 1, each gone a part `fade` of the way to the other (cubics)."""
    since, until = np.clip(fraction / fade, 0, 1), np.clip((1 - fraction) / fade, 0, 1)
    first = (1 - _smooth(since)) * ends[0] + since * (1 - since) ** 2 * rate * fade
    return first + (1 - _smooth(until)) * ends[1]


class _Leg:
    """One leg through the stride, for hips that move on a given path."""

    def __init__(self, body: Body, plan: GaitPlan, side: str) -> None:
        index = SIDES.index(side)
        pattern = plan.pattern
        self.body, self.side, self.plan = body, side, plan
        self.contact, self.ahead = plan.contact[index], plan.contact[index] - plan.placed[index]
        self.foot = foothold(body, side, plan.toe_out_deg)
        self.line_x_m = lateral_sign(side) * plan.step_width_m / 2
        self.thigh, self.pitch = smooth_curve(pattern.thigh), FootCurve(pattern.foot)
        self.knee = smooth_curve(_scaled_knee(pattern, plan.swing_knee_deg[index], plan.stance_knee_shift_deg[index]))
        out = np.radians(KNEE_OUT_DEG)
        self.forward = np.array([lateral_sign(side) * np.sin(out), -np.cos(out), 0.0])
        grid = np.linspace(-0.05, pattern.toe_off + 0.05, 400)
        self.rolled = CubicSpline(grid, [self._rolled(float(phase)) for phase in grid])

    def _rolled(self, phase: float) -> Array:
        return self.foot.ankle_m(np.array([self.line_x_m, 0.0, 0.0]), float(self.pitch(phase)))

    def phase(self, at: Array) -> Array:
        return (at - self.contact) % 1.0

    def standing_ankle(self, phase: Array) -> Array:
        """Ankle (N, 3) over a foot that stands still."""
        ankle = np.array(self.rolled(phase))
        ankle[:, 1] += self.plan.stride_m * (phase + self.ahead)
        return ankle

    def reach_of(self, knee_deg: Array) -> Array:
        """Hip to ankle, metres, by the cosine rule."""
        thigh, shank = self.body.thigh_m, self.body.shank_m
        return np.sqrt(thigh**2 + shank**2 + 2 * thigh * shank * np.cos(np.radians(knee_deg)))

    def bent_by(self, reach_m: Array) -> Array:
        """Knee flexion, degrees, of a leg with that reach; straight where it cannot reach."""
        thigh, shank = self.body.thigh_m, self.body.shank_m
        cosine = (reach_m**2 - thigh**2 - shank**2) / (2 * thigh * shank)
        return np.degrees(np.arccos(np.clip(cosine, -1, np.cos(np.radians(STRAIGHT_KNEE_DEG)))))

    def _stance_angles(self, hip_m: Array, ankle_m: Array) -> Array:
        """Knee flexion and inclination of the line from hip to ankle, + ankle ahead: (2, N) degrees."""
        line = ankle_m - hip_m
        return np.stack([self.bent_by(np.linalg.norm(line, axis=1)), np.degrees(np.arctan2(-line[:, 1], -line[:, 2]))])

    def _pattern_angles(self, phase: Array) -> Array:
        knee = np.asarray(self.knee(phase))
        thigh, shank = np.radians(self.thigh(phase)), np.radians(self.thigh(phase) - knee)
        ahead = self.body.thigh_m * np.sin(thigh) + self.body.shank_m * np.sin(shank)
        down = self.body.thigh_m * np.cos(thigh) + self.body.shank_m * np.cos(shank)
        return np.stack([knee, np.degrees(np.arctan2(ahead, down))])

    def _ends(self, hip: MidHip) -> tuple[Array, Array, Array]:
        """The ends of the swing: what to add to the pattern's two angles at toe-off and at contact (2, 2), its rate per
        swing at toe-off (2,), and the ankle's sideways place (2,). A foot may come down with a bump, so the rates
        before contact are the pattern's.
        """
        toe_off = self.plan.pattern.toe_off
        phase = np.array([toe_off - RATE_STEP, toe_off, 0.0])
        ankle = self.standing_ankle(phase)
        added = self._stance_angles(hip(phase + self.contact), ankle) - self._pattern_angles(phase)
        return added[:, 1:].T, (added[:, 1] - added[:, 0]) * (1 - toe_off) / RATE_STEP, ankle[1:, 0]

    def path(self, at: Array, hip: MidHip) -> LegPath:
        """The leg at `at` (N,); `hip` gives the hip joint's place at any time."""
        phase = self.phase(at)
        hips = hip(at)
        standing = phase <= self.plan.pattern.toe_off
        ankle = self.standing_ankle(np.minimum(phase, self.plan.pattern.toe_off))
        ankle[~standing] = self._swinging_ankle(phase[~standing], hips[~standing], hip)
        pitch = np.asarray(self.pitch(phase))
        return LegPath(hips, self._knees(hips, ankle), ankle, pitch, self._bend(phase, pitch))

    def _swinging_ankle(self, phase: Array, hip_m: Array, hip: MidHip) -> Array:
        toe_off = self.plan.pattern.toe_off
        swung = (phase - toe_off) / (1 - toe_off)
        added, rate, sideways = self._ends(hip)
        both = _between(swung, added[:, :, None], rate[:, None], SWING_FADE) + self._pattern_angles(phase)
        knee, incline = np.maximum(both[0], STRAIGHT_KNEE_DEG), np.radians(both[1])
        x = _between(swung, sideways, np.zeros(1), 1.0) - hip_m[:, 0]
        sagittal = np.sqrt(self.reach_of(knee) ** 2 - x**2)
        return hip_m + np.stack([x, -sagittal * np.sin(incline), -sagittal * np.cos(incline)], axis=1)

    def _knees(self, hip_m: Array, ankle_m: Array) -> Array:
        """As `limbs.knee_position` without swivel, for many."""
        thigh, shank = self.body.thigh_m, self.body.shank_m
        line = unit(ankle_m - hip_m)
        reach = np.minimum(np.linalg.norm(ankle_m - hip_m, axis=1), (thigh + shank) * 0.99999)
        along = (thigh**2 - shank**2 + reach**2) / (2 * reach)
        aside = np.sqrt(np.maximum(thigh**2 - along**2, 0))
        ahead = unit(self.forward - (line @ self.forward)[:, None] * line)
        return hip_m + along[:, None] * line + aside[:, None] * ahead

    def _bend(self, phase: Array, pitch: Array) -> Array:
        toe_off = self.plan.pattern.toe_off
        left = toe_bend_deg(float(self.pitch(toe_off))) * (
            1 - _smooth((phase - toe_off) / (1 - toe_off) / BEND_LOST_AT)
        )
        return np.where(phase <= toe_off, [toe_bend_deg(float(value)) for value in pitch], left)


def _scaled_knee(pattern: GaitPattern, swing_knee_deg: float, shift_deg: float) -> list[tuple[float, float]]:
    """The knee's curve with the given peak in swing and a shift from contact to mid-stance, gone before toe-off."""
    peak = max(degrees for _, degrees in pattern.knee)
    keys = []
    for percent, degrees in pattern.knee:
        swung = float(
            np.interp(percent / 100, [pattern.toe_off - 0.1, pattern.toe_off + 0.06, 0.86, 0.97], [0, 1, 1, 0])
        )
        planted = float(np.interp(percent / 100, [0.4, 0.55, 0.9, 1.0], [1, 0, 0, 1]))
        keys.append((percent, degrees * (1 + swung * (swing_knee_deg / peak - 1)) + planted * shift_deg))
    return keys


class GaitCycle:
    """A body in a gait: its upper body through the stride, its legs, and its centre of mass."""

    def __init__(self, body: Body, plan: GaitPlan) -> None:
        self.body, self.plan = body, plan
        self.legs = {side: _Leg(body, plan, side) for side in SIDES}
        self.at = np.arange(GRID + 1) / GRID
        self.chest_lean_deg = self._chest_lean_deg()
        offsets: dict[str, list[Array]] = {side: [] for side in SIDES}
        moments = []
        for at in self.at[:-1]:
            pelvis, rotations = self.upper_rotations(float(at))
            moment, self.upper_mass = upper_body(body.posed_joints(body.pose(rotations, pelvis, np.zeros(3))))
            moments.append(moment)
            for side in SIDES:
                offsets[side].append(pelvis @ (body.joints_m[f"{side}_hip"] - body.mid_hip_m))
        self.moment = self.closed(np.array(moments))
        self.hip_offset = {side: self.closed(np.array(places)) for side, places in offsets.items()}

    def closed(self, samples: Array) -> CubicSpline:
        """A periodic curve through samples (N, ...) spread evenly over the stride."""
        at = np.arange(len(samples) + 1) / len(samples)
        return CubicSpline(at, np.concatenate([samples, samples[:1]]), bc_type="periodic", extrapolate="periodic")

    def hip(self, side: str, mid_hip: MidHip) -> MidHip:
        return lambda at: mid_hip(at) + np.asarray(self.hip_offset[side](at))

    def leg(self, side: str, at: Array, mid_hip: MidHip) -> LegPath:
        return self.legs[side].path(at, self.hip(side, mid_hip))

    def centre_of_mass(self, at: Array, mid_hip: MidHip) -> Array:
        """(N, 3)."""
        places = mid_hip(at)
        moment = np.asarray(self.moment(at)) + self.upper_mass * places
        for side in SIDES:
            leg = self.leg(side, at, mid_hip)
            foot = self.legs[side].foot
            bent = zip(leg.pitch_deg, leg.bend_deg, strict=True)
            middle = [foot.middle_m(float(pitch), float(bend)) for pitch, bend in bent]
            moment = moment + THIGH_MASS * ((1 - THIGH_CENTRE) * leg.hip_m + THIGH_CENTRE * leg.knee_m)
            moment = moment + SHANK_MASS * ((1 - SHANK_CENTRE) * leg.knee_m + SHANK_CENTRE * leg.ankle_m)
            moment = moment + FOOT_MASS * (leg.ankle_m + np.array(middle))
        return moment / (self.upper_mass + 2 * (THIGH_MASS + SHANK_MASS + FOOT_MASS))

    def pose(self, at: float, mid_hip: MidHip, shift_m: Array) -> Array:
        """Bone transforms (B, 4, 4), moved by `shift_m` (3,)."""
        when = np.array([at])
        pelvis, rotations = self.upper_rotations(at)
        for side in SIDES:
            leg, path = self.legs[side], self.leg(side, when, mid_hip)
            foot = leg.foot.rotations(float(path.pitch_deg[0]), float(path.bend_deg[0]))
            flat = foot[f"foot.{side[0].upper()}"]
            bones = leg_rotations(self.body, side, path.hip_m[0], path.ankle_m[0], leg.forward, 0.0, flat)
            rotations |= bones | foot
        return self.body.pose(rotations, pelvis, mid_hip(when)[0] + shift_m)

    def upper_rotations(self, at: float) -> tuple[Array, dict[str, Array]]:
        """Pelvis, and the bones above it."""
        pattern = self.plan.pattern
        wave = float(np.cos(2 * np.pi * (at - self.plan.contact[0])))
        # The hip of the leg that comes forward leads, the shoulder of that side stays behind.
        pelvis = (
            turn_left(-pattern.pelvic_rotation_deg * wave)
            @ roll_left_down(-self._list_deg(at))
            @ lean_forward(pattern.pelvic_tilt_deg)
        )
        lean = roll_left_down(-0.15 * self._list_deg(at)) @ lean_forward(self.chest_lean_deg)
        chest = turn_left(pattern.shoulder_rotation_deg * wave) @ lean
        rotations = spine_rotations(pelvis, chest, lean_forward(2 + 0.3 * self.plan.trunk_lean_deg))
        for side, contact in zip(SIDES, self.plan.contact, strict=True):
            rotations |= _arm(self.body, side, chest, pattern, at - contact)
        return pelvis, rotations

    def _list_deg(self, at: float) -> float:
        """+ right side down."""
        total = 0.0
        for side, contact, drop_deg in zip(SIDES, self.plan.contact, self.plan.pelvic_drop_deg, strict=True):
            apart = (at - contact - self.plan.pattern.drop_at + 0.5) % 1.0 - 0.5
            total += lateral_sign(side) * drop_deg * float(np.cos(np.pi * min(abs(apart), 0.25) / 0.5)) ** 2
        return total

    def _chest_lean_deg(self) -> float:
        """Lean of the chest that gives the line from hips to shoulders its lean: the spine curves between them."""
        self.chest_lean_deg = self.plan.trunk_lean_deg
        for _ in range(4):
            pelvis, rotations = self.upper_rotations(self.plan.contact[0] + 0.25)
            joints = self.body.posed_joints(self.body.pose(rotations, pelvis, np.zeros(3)))
            hips = joints["left_hip"] + joints["right_hip"]
            trunk = joints["left_shoulder"] + joints["right_shoulder"] - hips
            self.chest_lean_deg += self.plan.trunk_lean_deg - float(np.degrees(np.arctan2(-trunk[1], trunk[2])))
        return self.chest_lean_deg


def _arm(body: Body, side: str, chest: Array, pattern: GaitPattern, since_contact: float) -> dict[str, Array]:
    swing = pattern.arms
    back = float(np.cos(2 * np.pi * (since_contact - 0.03)))
    upper = np.radians(swing.middle_deg - swing.swing_deg * back)
    fore = upper + np.radians(swing.elbow_deg - swing.elbow_swing_deg * back)
    across = swing.inward * (1 - 0.6 * back)
    upper_arm = np.array([0.20, -np.sin(upper), -np.cos(upper)])
    return arm_rotations(body, side, chest, upper_arm, np.array([0.06 - across, -np.sin(fore), -np.cos(fore)]))
