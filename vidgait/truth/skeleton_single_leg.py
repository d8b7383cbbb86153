"""Movements on one leg: stance, squat, step-down. Each begins and ends standing on both feet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from vidgait.truth.skeleton_motion import (
    Body,
    Motion,
    Shape,
    frame_times,
    other_side,
    per_side,
    progress,
    standing,
    thigh_of_knee_deg,
)
from vidgait.truth.skeleton_pose import local_points_m
from vidgait.truth.skeleton_strength import rep_list, rep_share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vidgait.types import FloatArray, Side

__all__ = ["Direction", "FreeLeg", "single_leg_squat", "single_leg_stance", "step_down"]

BOTH_FEET_S = 1.2
SHIFT_S = 0.6
LIFT_S = 0.6
FreeLeg = Literal["front", "middle", "behind"]
Direction = Literal["forward", "lateral"]
TOUCH_SHARE = 0.8
"""Of a rest between repetitions: the time in which a free foot goes to the floor and up again."""
SHIFT_PER_HIP_WIDTH = 0.75
"""How far the hips move over the standing foot, of half the hip width: the foot is then a little outside the middle."""


def single_leg_stance(
    hold_s: float = 6.0,
    *,
    side: Side = "left",
    drop_deg: float = 0.0,
    side_lean_deg: float = 0.0,
    lift_deg: float = 45.0,
    yaw_deg: float = 0.0,
    rate_hz: float = 30.0,
    time_s: FloatArray | None = None,
    body: Body | None = None,
    shape: Shape = "minimum_jerk",
) -> Motion:
    """Standing on `side`, the other thigh lifted by `lift_deg`. `drop_deg`: the other side of the pelvis sinks;
    `side_lean_deg`: the trunk leans toward `side`. Both are reached when the foot is up and held to the end."""
    time = _times(time_s, hold_s, rate_hz)
    base, up = _on_one_leg(time, side, hold_s, yaw_deg, body or Body(), shape)
    down = _hip_down_sign(side)
    start, end = BOTH_FEET_S + SHIFT_S + LIFT_S, BOTH_FEET_S + SHIFT_S + LIFT_S + hold_s
    hold = {"index": 1, "kind": "hold", "side": side, "start_s": start, "end_s": end}
    prescribed = {"pelvic_drop_deg": drop_deg, "lateral_trunk_lean_deg": side_lean_deg}
    zero = np.zeros(time.size)
    return replace(
        base,
        thigh_deg=per_side(side, zero, lift_deg * up),
        shank_deg=per_side(side, zero, 35.0 * up),
        left_hip_down_deg=down * drop_deg * up,
        trunk_left_deg=-down * side_lean_deg * up,
        instants={"start": np.array([start]), "end": np.array([end])},
        reps=({**hold, "prescribed": prescribed},),
    )


def single_leg_squat(
    knee_deg: float = 65.0,
    reps: int = 3,
    *,
    side: Side = "left",
    down_s: float = 1.2,
    pause_s: float = 0.2,
    up_s: float = 1.0,
    rest_s: float = 1.0,
    valgus_deg: float = 0.0,
    drop_deg: float = 0.0,
    trunk_deg: float = 25.0,
    side_lean_deg: float = 0.0,
    yaw_deg: float = 0.0,
    rate_hz: float = 30.0,
    time_s: FloatArray | None = None,
    body: Body | None = None,
    shape: Shape = "minimum_jerk",
    free_leg: FreeLeg = "behind",
    touch_down: bool = False,
) -> Motion:
    """Squats on `side`, the other foot held ahead, beside (`middle`) or behind. `knee_deg`, `valgus_deg` (FPPA),
    `drop_deg` (the other side of the pelvis sinks), `trunk_deg` and `side_lean_deg` (toward `side`) are reached at the
    bottom. `touch_down`: the free foot touches the floor in the middle of every rest between repetitions."""
    bends = _Set(reps, (down_s, pause_s, up_s), rest_s, knee_deg, valgus_deg, drop_deg, trunk_deg, side_lean_deg)
    bends = replace(bends, touches=touch_down)
    time = _times(time_s, bends.lasts_s, rate_hz)
    return _knee_bends(HELD[free_leg], bends, side, time, yaw_deg, body or Body(), shape)


def step_down(
    knee_deg: float = 60.0,
    reps: int = 3,
    *,
    side: Side = "left",
    down_s: float = 1.2,
    pause_s: float = 0.0,
    up_s: float = 1.2,
    rest_s: float = 1.0,
    valgus_deg: float = 0.0,
    drop_deg: float = 0.0,
    trunk_deg: float = 20.0,
    side_lean_deg: float = 0.0,
    yaw_deg: float = 0.0,
    rate_hz: float = 30.0,
    time_s: FloatArray | None = None,
    body: Body | None = None,
    shape: Shape = "minimum_jerk",
    direction: Direction = "forward",
) -> Motion:
    """Step-downs: `side` stays on a step, the other heel reaches down to the floor, ahead of the step or beside it
    (`lateral`), and comes back. The step is as high as the heel reaches with these angles at the bottom."""
    body = body or Body()
    bends = _Set(reps, (down_s, pause_s, up_s), rest_s, knee_deg, valgus_deg, drop_deg, trunk_deg, side_lean_deg)
    time = _times(time_s, bends.lasts_s, rate_hz)
    free = REACHING_AHEAD if direction == "forward" else REACHING_ASIDE
    motion = _knee_bends(free, bends, side, time, yaw_deg, body, shape)
    return replace(motion, lift_m=np.full(time.size, _step_height_m(motion, body, side)))


@dataclass(frozen=True, slots=True)
class _FreeLeg:
    """The other leg: (inclination while it is up, what the bend adds to it), degrees, and its foot's."""

    thigh_deg: tuple[float, float]
    shank_deg: tuple[float, float]
    foot_deg: float
    aside: float = 0.0
    """How far the foot is held outward, of the stature."""


HELD: Mapping[FreeLeg, _FreeLeg] = {
    "behind": _FreeLeg((5.0, 15.0), (75.0, -5.0), -20.0),
    "middle": _FreeLeg((22.0, 30.0), (24.0, 20.0), -5.0),
    "front": _FreeLeg((32.0, 20.0), (-28.0, -18.0), 5.0),
}
REACHING_AHEAD = _FreeLeg((30.0, -8.0), (-10.0, -8.0), 5.0)
REACHING_ASIDE = _FreeLeg((6.0, -4.0), (-6.0, 4.0), 5.0, aside=0.06)


@dataclass(frozen=True, slots=True)
class _Set:
    """Bends of the standing knee: how many, how quick, and what is reached at the bottom."""

    reps: int
    tempo_s: tuple[float, float, float]
    rest_s: float
    knee_deg: float
    valgus_deg: float
    drop_deg: float
    trunk_deg: float
    side_lean_deg: float
    touches: bool = False
    """The free foot touches the floor between repetitions."""

    @property
    def lasts_s(self) -> float:
        return self.reps * (sum(self.tempo_s) + self.rest_s) + self.rest_s

    def starts_s(self) -> FloatArray:
        cycle_s = sum(self.tempo_s) + self.rest_s
        return np.asarray(BOTH_FEET_S + SHIFT_S + LIFT_S + self.rest_s + cycle_s * np.arange(self.reps))

    def prescribed(self, side: Side) -> dict[str, float]:
        return {
            "knee_flexion_deg": self.knee_deg,
            "trunk_inclination_deg": self.trunk_deg,
            f"fppa_{side}_deg": self.valgus_deg,
            "pelvic_drop_deg": self.drop_deg,
            "lateral_trunk_lean_deg": self.side_lean_deg,
        }


def _times(time_s: FloatArray | None, active_s: float, rate_hz: float) -> FloatArray:
    if time_s is not None:
        return np.asarray(time_s, float)
    return frame_times(2 * (BOTH_FEET_S + SHIFT_S + LIFT_S) + active_s, rate_hz)


def _on_one_leg(
    time_s: FloatArray,
    side: Side,
    active_s: float,
    yaw_deg: float,
    body: Body,
    shape: Shape,
    touches_s: Sequence[float] | FloatArray = (),
    rest_s: float = 1.0,
    aside: float = 0.0,
) -> tuple[Motion, FloatArray]:
    """Both feet, a shift of the hips over the standing foot, one leg for `active_s`, and back; `aside` of the stature
    outward with the free one. At `touches_s` it touches the floor, within a rest of `rest_s`. Also (T,) how far the
    other foot is up, 0 to 1."""
    up_s = BOTH_FEET_S + SHIFT_S
    back_s = up_s + LIFT_S + active_s
    shifted = progress(time_s, BOTH_FEET_S, up_s, shape) - progress(
        time_s, back_s + LIFT_S, back_s + LIFT_S + SHIFT_S, shape
    )
    up = progress(time_s, up_s, up_s + LIFT_S, shape) - progress(time_s, back_s, back_s + LIFT_S, shape)
    for touch_s in touches_s:
        half_s = TOUCH_SHARE * rest_s / 2
        up -= progress(time_s, touch_s - half_s, touch_s, shape) - progress(time_s, touch_s, touch_s + half_s, shape)
    shift_m = SHIFT_PER_HIP_WIDTH * body.length_m("hip_half_width") * shifted
    stand = replace(
        standing(time_s=time_s, yaw_deg=yaw_deg, arms="hips"),
        ankle_out_m=per_side(side, -shift_m, shift_m + aside * body.height_m * up),
        anchor=side,
    )
    return stand, up


def _knee_bends(
    free: _FreeLeg, bends: _Set, side: Side, time_s: FloatArray, yaw_deg: float, body: Body, shape: Shape
) -> Motion:
    """Onto one leg, the bends, and back."""
    starts, tempo_s = bends.starts_s(), bends.tempo_s
    touches_s = starts[1:] - bends.rest_s / 2 if bends.touches else starts[:0]
    base, up = _on_one_leg(time_s, side, bends.lasts_s, yaw_deg, body, shape, touches_s, bends.rest_s, free.aside)
    share = rep_share(time_s, starts, tempo_s, shape)
    knee = bends.knee_deg * share
    thigh = thigh_of_knee_deg(knee)
    down = _hip_down_sign(side)
    zero = np.zeros(share.size)
    return replace(
        base,
        thigh_deg=per_side(side, thigh, free.thigh_deg[0] * up + free.thigh_deg[1] * share),
        shank_deg=per_side(side, knee - thigh, free.shank_deg[0] * up + free.shank_deg[1] * share),
        foot_deg=per_side(side, zero, free.foot_deg * up),
        fppa_deg=per_side(side, bends.valgus_deg * share, zero),
        left_hip_down_deg=down * bends.drop_deg * share,
        trunk_deg=bends.trunk_deg * share,
        trunk_left_deg=-down * bends.side_lean_deg * share,
        instants={"start": starts, "bottom": starts + tempo_s[0] + tempo_s[1] / 2, "end": starts + sum(tempo_s)},
        reps=tuple(rep | {"side": side} for rep in rep_list(starts, tempo_s, bends.prescribed(side))),
    )


def _hip_down_sign(side: Side) -> float:
    """Of `left_hip_down_deg` when the pelvis sinks on the free side."""
    return 1.0 if side == "right" else -1.0


def _step_height_m(motion: Motion, body: Body, side: Side) -> float:
    """How far the free heel sinks below the standing foot."""
    points = local_points_m(motion, body)
    free = other_side(side)
    stands = np.minimum(points[f"{side}_heel"][:, 1], points[f"{side}_toe"][:, 1])
    reaches = np.minimum(points[f"{free}_heel"][:, 1], points[f"{free}_toe"][:, 1])
    return float(max((stands - reaches).max(), 0.0))
