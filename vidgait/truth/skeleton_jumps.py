"""Counter-movement and drop jumps: the hips' height is prescribed, gravity bends the flight, and the legs follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from vidgait.truth.skeleton_gait import G_M_S2
from vidgait.truth.skeleton_motion import (
    SIDES,
    Body,
    Motion,
    both_sides,
    each_side,
    frame_times,
    progress,
    standing,
    thigh_of_knee_deg,
)

if TYPE_CHECKING:
    from vidgait.types import FloatArray, Side

__all__ = ["counter_movement_jump", "drop_jump"]

TAKE_OFF_KNEE_DEG = 20.0
TAKE_OFF_FOOT_DEG = -50.0
FOOT_S = 0.12
"""The heels leave the floor this long before the toes, and come down as long after them."""
STRETCH = 1.6
"""Duration of a push over way / take-off speed: 1 is constant speed, 2 constant acceleration."""
DIP_S, RECOVER_S = 0.55, 0.8
LANDING_KNEE_DEG = 65.0
STEP_OFF_S, STEP_OFF_M = 0.5, 0.35


@dataclass(frozen=True, slots=True)
class _Stage:
    """The hips' height between two times: a cubic with given heights and speeds at its ends, or a flight."""

    start_s: float
    end_s: float
    height_m: tuple[float, float]
    speed_m_s: tuple[float, float] = (0.0, 0.0)
    flight: bool = False

    def at(self, time_s: FloatArray) -> FloatArray:
        since, lasts = time_s - self.start_s, self.end_s - self.start_s
        if self.flight:
            return np.asarray(self.height_m[0] + self.speed_m_s[0] * since - G_M_S2 * since**2 / 2)
        x = since / max(lasts, 1e-9)
        (low, high), (first, last) = self.height_m, self.speed_m_s
        return np.asarray(
            (2 * x**3 - 3 * x**2 + 1) * low
            + (x**3 - 2 * x**2 + x) * lasts * first
            + (3 * x**2 - 2 * x**3) * high
            + (x**3 - x**2) * lasts * last
        )


def counter_movement_jump(
    height_m: float = 0.30,
    reps: int = 2,
    *,
    knee_deg: float = 90.0,
    rest_s: float = 1.2,
    valgus_deg: float | Mapping[Side, float] = 0.0,
    trunk_deg: float = 40.0,
    yaw_deg: float = 90.0,
    rate_hz: float = 60.0,
    time_s: FloatArray | None = None,
    body: Body | None = None,
) -> Motion:
    """Jumps of `height_m` (flight, by its duration) from a dip to `knee_deg`; `valgus_deg` and `trunk_deg` are reached
    at the lowest point of the dip."""
    body = body or Body()
    stand, low, off = (_hip_m(body, knee, foot) for knee, foot in _postures(knee_deg))
    stages: list[_Stage] = []
    events = []
    now = rest_s
    for _ in range(reps):
        one = [_Stage(now, now + DIP_S, (stand, low))]
        one += _push_and_flight(one[-1].end_s, low, off, height_m)
        one += _landing(one[-1].end_s, off, _hip_m(body, LANDING_KNEE_DEG, 0.0), stand, one[-1])
        instants = {"start": now, "bottom": one[0].end_s, "take_off": one[1].end_s, "landing": one[2].end_s}
        events.append({**instants, "end": one[-1].end_s})
        stages += one
        now = one[-1].end_s + rest_s
    values = {"knee_flexion_deg": knee_deg, "jump_height_m": height_m}
    motion = _jumps(stages, events, now, time_s, rate_hz, body, values)
    return _leaning(motion, body, knee_deg, trunk_deg, valgus_deg, yaw_deg)


def drop_jump(
    height_m: float = 0.25,
    reps: int = 1,
    *,
    box_m: float = 0.30,
    knee_deg: float = 75.0,
    rest_s: float = 1.2,
    valgus_deg: float | Mapping[Side, float] = 0.0,
    trunk_deg: float = 35.0,
    yaw_deg: float = 90.0,
    rate_hz: float = 60.0,
    time_s: FloatArray | None = None,
    body: Body | None = None,
) -> Motion:
    """A drop from a box of `box_m`, both feet at once, and a jump of `height_m` straight after. `reps` other than 1
    raise ValueError: nobody is carried back onto the box."""
    if reps != 1:
        raise ValueError("A simulated drop jump has one repetition.")
    body = body or Body()
    stand, low, off = (_hip_m(body, knee, foot) for knee, foot in _postures(knee_deg))
    fall_s = float(np.sqrt(2 * box_m / G_M_S2))
    ready = _Stage(rest_s, rest_s + STEP_OFF_S, (stand + box_m, off + box_m))
    fall = _Stage(ready.end_s, ready.end_s + fall_s, (off + box_m, off), (0.0, -G_M_S2 * fall_s), flight=True)
    absorb_s = STRETCH * (off - low) / (G_M_S2 * fall_s)
    absorb = _Stage(fall.end_s, fall.end_s + absorb_s, (off, low), (-G_M_S2 * fall_s, 0.0))
    stages = [ready, fall, absorb, *_push_and_flight(absorb.end_s, low, off, height_m)]
    stages += _landing(stages[-1].end_s, off, _hip_m(body, LANDING_KNEE_DEG, 0.0), stand, stages[-1])
    event = {"start": rest_s, "contact": fall.end_s, "bottom": absorb.end_s, "take_off": stages[3].end_s}
    event |= {"landing": stages[4].end_s, "end": stages[-1].end_s}
    values = {"knee_flexion_deg": knee_deg, "jump_height_m": height_m, "box_height_m": box_m}
    motion = _jumps(stages, [event], event["end"] + rest_s, time_s, rate_hz, body, values)
    motion = _leaning(motion, body, knee_deg, trunk_deg, valgus_deg, yaw_deg)
    way = STEP_OFF_M * (progress(motion.time_s, ready.start_s, fall.end_s) - 1.0)
    heading = np.array([-np.sin(np.radians(yaw_deg)), np.cos(np.radians(yaw_deg))])
    lift_m = motion.lift_m
    assert lift_m is not None
    on_box = np.where(motion.time_s < ready.end_s, box_m, lift_m)
    return replace(motion, place_m=motion.place_m + way[:, None] * heading, lift_m=on_box)


def _postures(knee_deg: float) -> tuple[tuple[float, float], ...]:
    """Knee and foot angle when standing, at the lowest point and at take-off."""
    return (0.0, 0.0), (knee_deg, 0.0), (TAKE_OFF_KNEE_DEG, TAKE_OFF_FOOT_DEG)


def _push_and_flight(start_s: float, low_m: float, off_m: float, jump_m: float) -> list[_Stage]:
    speed = float(np.sqrt(2 * G_M_S2 * jump_m))
    push = _Stage(start_s, start_s + STRETCH * (off_m - low_m) / speed, (low_m, off_m), (0.0, speed))
    flight_s = 2 * speed / G_M_S2
    return [push, _Stage(push.end_s, push.end_s + flight_s, (off_m, off_m), (speed, -speed), flight=True)]


def _landing(start_s: float, off_m: float, low_m: float, stand_m: float, flight: _Stage) -> list[_Stage]:
    speed = -flight.speed_m_s[1]
    absorb = _Stage(start_s, start_s + STRETCH * (off_m - low_m) / speed, (off_m, low_m), (-speed, 0.0))
    return [absorb, _Stage(absorb.end_s, absorb.end_s + RECOVER_S, (low_m, stand_m))]


def _hip_m(body: Body, knee_deg: float, foot_deg: float) -> float:
    """Hip over floor."""
    return float(_leg_extent_m(body, np.array(knee_deg)) + _ankle_m(body, np.array(foot_deg)))


def _leg_extent_m(body: Body, knee_deg: FloatArray) -> FloatArray:
    thigh = thigh_of_knee_deg(knee_deg)
    down = body.length_m("thigh") * np.cos(np.radians(thigh))
    return np.asarray(down + body.length_m("shank") * np.cos(np.radians(knee_deg - thigh)))


def _ankle_m(body: Body, foot_deg: FloatArray) -> FloatArray:
    """Ankle over floor for a foot on its toes (negative) or flat."""
    foot = np.radians(foot_deg)
    return np.asarray(body.length_m("ankle_height") * np.cos(foot) - body.length_m("toe_length") * np.sin(foot))


def _jumps(
    stages: list[_Stage],
    events: list[dict[str, float]],
    end_s: float,
    time_s: FloatArray | None,
    rate_hz: float,
    body: Body,
    values: Mapping[str, float],
) -> Motion:
    """Leg angles and lift that give the stages' heights; standing between them."""
    time = frame_times(end_s, rate_hz) if time_s is None else np.asarray(time_s, float)
    lift, foot = np.zeros(time.size), np.zeros(time.size)
    stand = _hip_m(body, 0.0, 0.0)
    boxed = np.where(time < stages[0].end_s, stages[0].height_m[0] - stand, 0.0)
    height = stand + boxed
    for stage in stages:
        inside = (time >= stage.start_s) & (time < stage.end_s)
        height[inside] = stage.at(time[inside])
        if stage.flight:
            lift[inside] = height[inside] - stage.height_m[1]
            foot += _toes_down(time, stage, end_of_fall=stage.speed_m_s[0] == 0.0)
    foot = np.maximum(foot * TAKE_OFF_FOOT_DEG, TAKE_OFF_FOOT_DEG)
    bends = np.linspace(0.0, 140.0, 1401)
    extents = _leg_extent_m(body, bends)
    knee = np.interp(-(height - lift - boxed - _ankle_m(body, foot)), -extents, bends)
    thigh = thigh_of_knee_deg(knee)
    names = sorted({name for event in events for name in event})
    return replace(
        standing(time_s=time, arms="hips"),
        thigh_deg=both_sides(thigh),
        shank_deg=both_sides(knee - thigh),
        foot_deg=both_sides(foot),
        lift_m=np.maximum(lift, 0.0),
        instants={name: np.array([event[name] for event in events]) for name in names},
        reps=tuple(_jump(index + 1, event, values) for index, event in enumerate(events)),
    )


def _toes_down(time_s: FloatArray, flight: _Stage, end_of_fall: bool) -> FloatArray:
    """(T,) 0 for a flat foot, 1 for one that points down: before, during and after a flight."""
    rise_s = FOOT_S if not end_of_fall else STEP_OFF_S / 2
    up = progress(time_s, flight.start_s - rise_s, flight.start_s, "cosine")
    return up - progress(time_s, flight.end_s, flight.end_s + FOOT_S, "cosine")


def _jump(index: int, event: Mapping[str, float], values: Mapping[str, float]) -> dict[str, Any]:
    times = {f"{name}_s": at for name, at in event.items()}
    return {"index": index, "kind": "jump", "side": None, **times, "prescribed": dict(values)}


def _leaning(
    motion: Motion,
    body: Body,
    knee_deg: float,
    trunk_deg: float,
    valgus_deg: float | Mapping[Side, float],
    yaw_deg: float,
) -> Motion:
    """Trunk and FPPA in proportion to the bend of the knees."""
    share = np.minimum(motion.knee_flexion_deg["left"] / knee_deg, 1.0)
    valgus = each_side(valgus_deg)
    return replace(
        motion,
        trunk_deg=trunk_deg * share,
        fppa_deg={side: valgus[side] * share for side in SIDES},
        yaw_deg=np.full(motion.time_s.size, float(yaw_deg)),
    )
