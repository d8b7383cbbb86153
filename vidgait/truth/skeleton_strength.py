"""Movements on both feet: squat, sit-to-stand, hinge, lunge. Standing or sitting before, between and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from vidgait.truth.skeleton_motion import (
    SIDES,
    Arms,
    Body,
    Motion,
    Shape,
    both_sides,
    each_side,
    frame_times,
    other_side,
    per_side,
    progress,
    standing,
    thigh_of_knee_deg,
)
from vidgait.truth.skeleton_pose import local_points_m

if TYPE_CHECKING:
    from vidgait.types import FloatArray, Side

__all__ = ["hinge", "lunge", "rep_list", "rep_share", "sit_to_stand", "squat"]

SEATED_SHANK_DEG = 12.0
SEATED_LEAN_DEG = 5.0
# Of a rise from a chair: the trunk leans over the first part, the hips leave the seat when it has leaned most.
LEAN_SHARE, SEAT_OFF_SHARE = 0.42, 0.28
# A lunge stands split, front thigh ahead; the rear foot is on its toes.
SPLIT_THIGH_DEG, SPLIT_SHANK_DEG = 28.0, -18.0
LOW_SHANK_DEG = 8.0
REAR_FOOT_DEG, REAR_FOOT_LOW_DEG = -30.0, -60.0
REAR_REACH = 0.985
# Of a hinge's knee flexion, the part that the shank leans ahead.
HINGE_SHANK_SHARE = 0.15


def rep_share(
    time_s: FloatArray, starts_s: FloatArray, tempo_s: tuple[float, float, float], shape: Shape = "minimum_jerk"
) -> FloatArray:
    """(T,) 0 between repetitions, 1 at their far point. `tempo_s`: there, pause, back."""
    down_s, pause_s, up_s = tempo_s
    share = np.zeros(time_s.size)
    for start in starts_s:
        turn = start + down_s
        share += progress(time_s, start, turn, shape) - progress(time_s, turn + pause_s, turn + pause_s + up_s, shape)
    return share


def rep_list(
    starts_s: FloatArray, tempo_s: tuple[float, float, float], prescribed: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Repetitions as a truth file lists them; `prescribed` holds one value for all, or a sequence of one a rep."""
    down_s, pause_s, up_s = tempo_s
    return [
        {
            "index": index + 1,
            "kind": "rep",
            "side": None,
            "start_s": float(start),
            "bottom_start_s": float(start + down_s),
            "bottom_s": float(start + down_s + pause_s / 2),
            "bottom_end_s": float(start + down_s + pause_s),
            "end_s": float(start + down_s + pause_s + up_s),
            "prescribed": {name: _one(value, index) for name, value in prescribed.items()},
        }
        for index, start in enumerate(starts_s)
    ]


def _one(value: Any, index: int) -> float:
    return float(value) if np.ndim(value) == 0 else float(value[index])


def _paced(
    reps: int, tempo_s: tuple[float, float, float], rest_s: float, rate_hz: float, time_s: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Frame times (T,), those given or enough for all of it, and the starts (R,) of repetitions with a rest before,
    between and after."""
    cycle_s = rest_s + sum(tempo_s)
    if time_s is None:
        time_s = frame_times(reps * cycle_s + rest_s, rate_hz)
    return time_s, rest_s + cycle_s * np.arange(reps)


def _turns(starts_s: FloatArray, tempo_s: tuple[float, float, float]) -> dict[str, FloatArray]:
    """Instants (R,) of movements that go down and come up."""
    down_s, pause_s, _ = tempo_s
    return {"start": starts_s, "bottom": starts_s + down_s + pause_s / 2, "end": starts_s + sum(tempo_s)}


def squat(
    depth_deg: float | Sequence[float] = 100.0,
    reps: int = 3,
    *,
    down_s: float = 1.2,
    pause_s: float = 0.0,
    up_s: float = 1.0,
    rest_s: float = 1.0,
    valgus_deg: float | Mapping[Side, float] = 0.0,
    trunk_deg: float = 40.0,
    side_lean_deg: float = 0.0,
    hip_drop_deg: float = 0.0,
    heel_rise_deg: float = 0.0,
    yaw_deg: float = 0.0,
    x_m: float = 0.0,
    z_m: float = 0.0,
    rate_hz: float = 30.0,
    time_s: FloatArray | None = None,
    arms: Arms = "forward",
    shape: Shape = "cosine",
) -> Motion:
    """Squats with standing before, between and after. Depth is knee flexion at the bottom, one value or one a rep;
    `valgus_deg` (FPPA), `trunk_deg`, `side_lean_deg` (to the left), `hip_drop_deg` (left hip lower; the
    left knee then bends more and the right one less, so that both feet stay down) and `heel_rise_deg` are reached at
    the bottom and are 0 in standing."""
    depths = np.broadcast_to(np.asarray(depth_deg, float), (reps,))
    tempo_s = (down_s, pause_s, up_s)
    time_s, starts = _paced(reps, tempo_s, rest_s, rate_hz, time_s)
    share = np.zeros(time_s.size)
    knee = np.zeros(time_s.size)
    for start, deep in zip(starts, depths, strict=True):
        one = rep_share(time_s, np.array([start]), tempo_s, shape)
        share, knee = share + one, knee + deep * one
    thigh = thigh_of_knee_deg(knee)
    valgus = each_side(valgus_deg)
    prescribed = {
        "knee_flexion_deg": depths,
        "trunk_inclination_deg": trunk_deg,
        **{f"fppa_{side}_deg": valgus[side] for side in SIDES},
    }
    motion = replace(
        standing(time_s=time_s, yaw_deg=yaw_deg, x_m=x_m, z_m=z_m, arms=arms),
        thigh_deg=both_sides(thigh),
        shank_deg=both_sides(knee - thigh),
        foot_deg=both_sides(-heel_rise_deg * share),
        fppa_deg={side: valgus[side] * share for side in SIDES},
        trunk_deg=trunk_deg * share,
        trunk_left_deg=side_lean_deg * share,
        left_hip_down_deg=hip_drop_deg * share,
        instants=_turns(starts, tempo_s),
        reps=tuple(rep_list(starts, tempo_s, prescribed)),
    )
    return _planted(motion)


def sit_to_stand(
    knee_deg: float = 92.0,
    reps: int = 3,
    *,
    rise_s: float = 1.3,
    stand_s: float = 0.5,
    lower_s: float = 1.5,
    rest_s: float = 0.8,
    trunk_deg: float = 40.0,
    valgus_deg: float | Mapping[Side, float] = 0.0,
    yaw_deg: float = 90.0,
    rate_hz: float = 30.0,
    time_s: FloatArray | None = None,
    shape: Shape = "minimum_jerk",
) -> Motion:
    """Rising from a seat and sitting down again, arms crossed; starts and ends seated. `knee_deg` is the flexion on the
    seat; `valgus_deg` (FPPA) is largest half way up. The trunk leans to `trunk_deg` before the hips leave the seat."""
    time_s, starts = _paced(reps, (rise_s, stand_s, lower_s), rest_s, rate_hz, time_s)
    ends = starts + rise_s + stand_s + lower_s
    risen, lean = np.zeros(time_s.size), np.zeros(time_s.size)
    events: list[dict[str, Any]] = []
    for index, (start, seated) in enumerate(zip(starts, ends, strict=True)):
        top, sink = start + rise_s, start + rise_s + stand_s
        seat_off, touch = start + SEAT_OFF_SHARE * rise_s, seated - SEAT_OFF_SHARE * lower_s
        risen += progress(time_s, seat_off, top, shape) - progress(time_s, sink, touch, shape)
        lean += _bump(time_s, start, start + LEAN_SHARE * rise_s, top, shape)
        lean += _bump(time_s, sink, seated - LEAN_SHARE * lower_s, seated, shape)
        instants = {"start_s": start, "standing_start_s": top, "standing_end_s": sink, "end_s": seated}
        prescribed = {"knee_flexion_deg": knee_deg, "trunk_inclination_deg": trunk_deg}
        events.append({"index": index + 1, "kind": "rep", "side": None, **instants, "prescribed": prescribed})
    knee = knee_deg * (1 - risen)
    shank = SEATED_SHANK_DEG * (1 - risen)
    valgus = each_side(valgus_deg)
    return replace(
        standing(time_s=time_s, yaw_deg=yaw_deg, arms="crossed"),
        thigh_deg=both_sides(knee - shank),
        shank_deg=both_sides(shank),
        fppa_deg={side: valgus[side] * 4 * risen * (1 - risen) for side in SIDES},
        trunk_deg=SEATED_LEAN_DEG * (1 - risen) + (trunk_deg - SEATED_LEAN_DEG) * lean,
        instants={"start": starts, "top": starts + rise_s + stand_s / 2, "end": ends},
        reps=tuple(events),
    )


def _bump(time_s: FloatArray, start_s: float, peak_s: float, end_s: float, shape: Shape) -> FloatArray:
    return progress(time_s, start_s, peak_s, shape) - progress(time_s, peak_s, end_s, shape)


def hinge(
    knee_deg: float = 20.0,
    reps: int = 3,
    *,
    down_s: float = 1.2,
    pause_s: float = 0.2,
    up_s: float = 1.0,
    rest_s: float = 1.0,
    trunk_deg: float = 75.0,
    yaw_deg: float = 90.0,
    rate_hz: float = 30.0,
    time_s: FloatArray | None = None,
    shape: Shape = "minimum_jerk",
) -> Motion:
    """Bends from the hips to `trunk_deg` with the arms hanging; the shanks stay upright, so the hips go back as the
    knees bend by `knee_deg`."""
    tempo_s = (down_s, pause_s, up_s)
    time_s, starts = _paced(reps, tempo_s, rest_s, rate_hz, time_s)
    share = rep_share(time_s, starts, tempo_s, shape)
    shank = HINGE_SHANK_SHARE * knee_deg * share
    prescribed = {"knee_flexion_deg": knee_deg, "trunk_inclination_deg": trunk_deg}
    return replace(
        standing(time_s=time_s, yaw_deg=yaw_deg, arms="hang"),
        thigh_deg=both_sides(knee_deg * share - shank),
        shank_deg=both_sides(shank),
        trunk_deg=trunk_deg * share,
        instants=_turns(starts, tempo_s),
        reps=tuple(rep_list(starts, tempo_s, prescribed)),
    )


def lunge(
    knee_deg: float = 92.0,
    reps: int = 3,
    *,
    side: Side = "left",
    down_s: float = 1.2,
    pause_s: float = 0.2,
    up_s: float = 1.0,
    rest_s: float = 1.0,
    valgus_deg: float = 0.0,
    trunk_deg: float = 10.0,
    yaw_deg: float = 90.0,
    rate_hz: float = 30.0,
    time_s: FloatArray | None = None,
    body: Body | None = None,
    shape: Shape = "minimum_jerk",
) -> Motion:
    """Split lunges on the spot: `side` is the front leg, whose foot stays flat; the other stands on its toes, and its
    angles follow from the hips. `knee_deg` and `valgus_deg` (FPPA) are the front leg's at the bottom."""
    body = body or Body()
    tempo_s = (down_s, pause_s, up_s)
    time_s, starts = _paced(reps, tempo_s, rest_s, rate_hz, time_s)
    share = rep_share(time_s, starts, tempo_s, shape)
    thigh = SPLIT_THIGH_DEG + (knee_deg - LOW_SHANK_DEG - SPLIT_THIGH_DEG) * share
    shank = SPLIT_SHANK_DEG + (LOW_SHANK_DEG - SPLIT_SHANK_DEG) * share
    foot = REAR_FOOT_DEG + (REAR_FOOT_LOW_DEG - REAR_FOOT_DEG) * share
    zero = np.zeros(time_s.size)
    front = replace(
        standing(time_s=time_s, yaw_deg=yaw_deg, arms="hips"),
        thigh_deg=per_side(side, thigh, zero),
        shank_deg=per_side(side, shank, zero),
        foot_deg=per_side(side, zero, foot),
        fppa_deg=per_side(side, valgus_deg * share, zero),
        trunk_deg=trunk_deg * share,
        anchor=side,
    )
    rear_thigh, rear_shank = _rear_leg_deg(front, body, side, foot)
    reps_true = rep_list(starts, tempo_s, {"knee_flexion_deg": knee_deg, f"fppa_{side}_deg": valgus_deg})
    return replace(
        front,
        thigh_deg=per_side(side, thigh, rear_thigh),
        shank_deg=per_side(side, shank, rear_shank),
        instants=_turns(starts, tempo_s),
        reps=tuple(rep | {"side": side} for rep in reps_true),
    )


def _rear_leg_deg(front: Motion, body: Body, side: Side, foot_deg: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Thigh and shank inclination of the rear leg, whose toes stay where they are: two links from hip to ankle."""
    points = local_points_m(front, body)
    hip = points[f"{other_side(side)}_hip"] - points[f"{side}_ankle"]  # (T, 3) forward, up, left
    height_m, toe_m = body.length_m("ankle_height"), body.length_m("toe_length")
    foot = np.radians(foot_deg)
    ankle_over_toe = np.stack(
        [-toe_m * np.cos(foot) - height_m * np.sin(foot), height_m * np.cos(foot) - toe_m * np.sin(foot)], axis=1
    )
    hip = np.stack([hip[:, 0], hip[:, 1] + height_m], axis=1)  # now over the floor
    reach_m = REAR_REACH * (body.length_m("thigh") + body.length_m("shank"))
    drop_m = hip[0, 1] - ankle_over_toe[0, 1]
    toe_forward_m = hip[0, 0] - np.sqrt(max(reach_m**2 - drop_m**2, 0.0)) - ankle_over_toe[0, 0]
    return _two_links_deg(np.array([toe_forward_m, 0.0]) + ankle_over_toe - hip, body)


def _two_links_deg(line_m: FloatArray, body: Body) -> tuple[FloatArray, FloatArray]:
    """Thigh and shank inclination that reach from the hip along `line_m` (T, 2: forward, up) to the ankle, knee ahead;
    an ankle out of reach is aimed at."""
    thigh_m, shank_m = body.length_m("thigh"), body.length_m("shank")
    distance = np.minimum(np.hypot(line_m[:, 0], line_m[:, 1]), thigh_m + shank_m)
    along = np.arctan2(line_m[:, 0], -line_m[:, 1])
    cosine = (thigh_m**2 + distance**2 - shank_m**2) / (2 * thigh_m * distance)
    at_hip = np.arccos(np.clip(cosine, -1.0, 1.0))
    cosine = (shank_m**2 + distance**2 - thigh_m**2) / (2 * shank_m * distance)
    at_ankle = np.arccos(np.clip(cosine, -1.0, 1.0))
    return np.degrees(along + at_hip), np.degrees(at_ankle - along)


def _planted(motion: Motion) -> Motion:
    """Both feet on the floor though the pelvis tilts: the leg under the lower side bends more, the other less. Of any
    body, as only proportions count."""
    if not motion.left_hip_down_deg.any():
        return motion
    body = Body()
    half_m = body.length_m("hip_half_width") * np.sin(np.radians(motion.left_hip_down_deg))
    thigh, shank = (np.radians(angle["left"]) for angle in (motion.thigh_deg, motion.shank_deg))
    ahead = body.length_m("thigh") * np.sin(thigh) - body.length_m("shank") * np.sin(shank)
    down = body.length_m("thigh") * np.cos(thigh) + body.length_m("shank") * np.cos(shank)
    legs = {
        side: _two_links_deg(np.stack([ahead, -(down - lower * half_m)], axis=1), body)
        for side, lower in zip(SIDES, (1.0, -1.0), strict=True)
    }
    return replace(
        motion,
        thigh_deg={side: legs[side][0] for side in SIDES},
        shank_deg={side: legs[side][1] for side in SIDES},
    )
