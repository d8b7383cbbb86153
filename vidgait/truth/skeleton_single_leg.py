"""Movements on one leg: stance, squat, step-down. Each begins and ends standing on both feet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.truth.skeleton_motion import (
    Body,
    Motion,
    Shape,
    frame_times,
    per_side,
    progress,
    standing,
    thigh_of_knee_deg,
)
from vidgait.truth.skeleton_pose import local_points_m
from vidgait.truth.skeleton_strength import rep_list, rep_share

if TYPE_CHECKING:
    from vidgait.types import FloatArray, Side

__all__ = ["single_leg_squat", "single_leg_stance", "step_down"]

BOTH_FEET_S = 1.2
SHIFT_S = 0.6
LIFT_S = 0.6
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
    down = 1.0 if side == "right" else -1.0
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
) -> Motion:
    """Squats on `side`, the other foot held behind. `knee_deg`, `valgus_deg` (FPPA), `drop_deg` (the other side of the
    pelvis sinks), `trunk_deg` and `side_lean_deg` (toward `side`) are reached at the bottom."""
    tempo_s = (down_s, pause_s, up_s)
    active_s = reps * (sum(tempo_s) + rest_s) + rest_s
    time = _times(time_s, active_s, rate_hz)
    base, up = _on_one_leg(time, side, active_s, yaw_deg, body or Body(), shape)
    starts = BOTH_FEET_S + SHIFT_S + LIFT_S + rest_s + (sum(tempo_s) + rest_s) * np.arange(reps)
    share = rep_share(time, starts, tempo_s, shape)
    knee = knee_deg * share
    thigh = thigh_of_knee_deg(knee)
    moved = replace(
        base,
        thigh_deg=per_side(side, thigh, 5.0 * up + 15.0 * share),
        shank_deg=per_side(side, knee - thigh, 75.0 * up - 5.0 * share),
        foot_deg=per_side(side, np.zeros(time.size), -20.0 * up),
    )
    values = {"valgus_deg": valgus_deg, "drop_deg": drop_deg, "trunk_deg": trunk_deg, "lean_deg": side_lean_deg}
    return _one_leg_reps(moved, side, share, starts, tempo_s, knee_deg, values)


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
) -> Motion:
    """Forward step-downs: `side` stays on a step, the other heel reaches down to the floor ahead and comes back. The
    step is as high as the heel reaches with these angles at the bottom."""
    body = body or Body()
    tempo_s = (down_s, pause_s, up_s)
    active_s = reps * (sum(tempo_s) + rest_s) + rest_s
    time = _times(time_s, active_s, rate_hz)
    base, up = _on_one_leg(time, side, active_s, yaw_deg, body, shape)
    starts = BOTH_FEET_S + SHIFT_S + LIFT_S + rest_s + (sum(tempo_s) + rest_s) * np.arange(reps)
    share = rep_share(time, starts, tempo_s, shape)
    knee = knee_deg * share
    thigh = thigh_of_knee_deg(knee)
    moved = replace(
        base,
        thigh_deg=per_side(side, thigh, 30.0 * up - 8.0 * share),
        shank_deg=per_side(side, knee - thigh, -10.0 * up - 8.0 * share),
        foot_deg=per_side(side, np.zeros(time.size), 5.0 * up),
    )
    values = {"valgus_deg": valgus_deg, "drop_deg": drop_deg, "trunk_deg": trunk_deg, "lean_deg": side_lean_deg}
    motion = _one_leg_reps(moved, side, share, starts, tempo_s, knee_deg, values)
    return replace(motion, lift_m=np.full(time.size, _step_height_m(motion, body, side)))


def _times(time_s: FloatArray | None, active_s: float, rate_hz: float) -> FloatArray:
    if time_s is not None:
        return np.asarray(time_s, float)
    return frame_times(2 * (BOTH_FEET_S + SHIFT_S + LIFT_S) + active_s, rate_hz)


def _on_one_leg(
    time_s: FloatArray, side: Side, active_s: float, yaw_deg: float, body: Body, shape: Shape
) -> tuple[Motion, FloatArray]:
    """Both feet, a shift of the hips over the standing foot, one leg for `active_s`, and back. Also (T,) how far the
    other foot is up, 0 to 1."""
    up_s = BOTH_FEET_S + SHIFT_S
    back_s = up_s + LIFT_S + active_s
    shifted = progress(time_s, BOTH_FEET_S, up_s, shape) - progress(
        time_s, back_s + LIFT_S, back_s + LIFT_S + SHIFT_S, shape
    )
    up = progress(time_s, up_s, up_s + LIFT_S, shape) - progress(time_s, back_s, back_s + LIFT_S, shape)
    shift_m = SHIFT_PER_HIP_WIDTH * body.length_m("hip_half_width") * shifted
    stand = replace(
        standing(time_s=time_s, yaw_deg=yaw_deg, arms="hips"),
        ankle_out_m=per_side(side, -shift_m, shift_m),
        anchor=side,
    )
    return stand, up


def _one_leg_reps(
    moved: Motion,
    side: Side,
    share: FloatArray,
    starts_s: FloatArray,
    tempo_s: tuple[float, float, float],
    knee_deg: float,
    values: dict[str, float],
) -> Motion:
    """What trunk, pelvis and knee do at the bottom, and the list of repetitions."""
    down = 1.0 if side == "right" else -1.0
    prescribed = {
        "knee_flexion_deg": knee_deg,
        "trunk_inclination_deg": values["trunk_deg"],
        f"fppa_{side}_deg": values["valgus_deg"],
        "pelvic_drop_deg": values["drop_deg"],
        "lateral_trunk_lean_deg": values["lean_deg"],
    }
    zero = np.zeros(share.size)
    return replace(
        moved,
        fppa_deg=per_side(side, values["valgus_deg"] * share, zero),
        left_hip_down_deg=down * values["drop_deg"] * share,
        trunk_deg=values["trunk_deg"] * share,
        trunk_left_deg=-down * values["lean_deg"] * share,
        instants={"start": starts_s, "bottom": starts_s + tempo_s[0] + tempo_s[1] / 2, "end": starts_s + sum(tempo_s)},
        reps=tuple(rep | {"side": side} for rep in rep_list(starts_s, tempo_s, prescribed)),
    )


def _step_height_m(motion: Motion, body: Body, side: Side) -> float:
    """How far the free heel sinks below the standing foot."""
    points = local_points_m(motion, body)
    free = "right" if side == "left" else "left"
    stands = np.minimum(points[f"{side}_heel"][:, 1], points[f"{side}_toe"][:, 1])
    reaches = np.minimum(points[f"{free}_heel"][:, 1], points[f"{free}_toe"][:, 1])
    return float(max((stands - reaches).max(), 0.0))
