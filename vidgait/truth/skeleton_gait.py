"""Walking and running along the heading, from published joint angles.

Curves: treadmill walking at 1.26 m/s (Fukuchi 2018, PeerJ 6:e4640) and running at 2.5 m/s (Fukuchi 2017, PeerJ
5:e3298), both CC BY 4.0, as read in the biomechanics specification, table A of section 5.5. Their hip angle is counted
from the pelvis; the thigh's inclination is that less the forward tilt of the pelvis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.interpolate import CubicSpline

from vidgait.truth.skeleton_motion import SIDES, Body, Motion, each_side, frame_times, standing

if TYPE_CHECKING:
    from vidgait.types import FloatArray, Side

__all__ = ["G_M_S2", "RUN", "WALK", "Gait", "run", "walk"]

G_M_S2 = 9.81


@dataclass(frozen=True, slots=True)
class Gait:
    """One stride from foot contact to the next of the same foot, at every 4 % of it (25 values; degrees)."""

    hip_deg: tuple[float, ...]
    knee_deg: tuple[float, ...]
    ankle_deg: tuple[float, ...]
    toe_off: float
    """share of the stride at which the foot leaves the floor"""
    cadence: float
    """steps a minute"""
    pelvis_tilt_deg: float
    trunk_deg: float
    drop_at: float
    """share of the stride at which the other side of the pelvis is lowest"""


WALK = Gait(
    hip_deg=(31.9, 31.0, 30.8, 28.9, 24.5, 20.2, 16.1, 11.7, 7.4, 3.6, 0.0, -3.2, -6.0, -7.7, -7.4, -4.2, 1.9, 9.4,
             16.9, 23.4, 28.6, 32.3, 34.2, 34.1, 32.8),
    knee_deg=(2.4, 6.9, 13.4, 17.8, 17.3, 15.7, 13.4, 10.4, 7.6, 5.4, 3.9, 3.8, 5.6, 10.0, 17.9, 30.2, 44.6, 56.3,
              61.9, 61.5, 56.0, 46.1, 32.3, 16.5, 4.3),
    ankle_deg=(2.9, -1.7, -3.0, 1.3, 4.5, 6.7, 8.2, 9.1, 10.0, 10.7, 11.4, 11.7, 11.3, 9.3, 4.1, -4.4, -10.6, -8.4,
               -3.0, 1.5, 4.7, 6.3, 6.0, 3.8, 2.4),
    toe_off=0.62,
    cadence=112.0,
    pelvis_tilt_deg=11.5,
    trunk_deg=3.0,
    drop_at=0.16,
)  # fmt: skip
RUN = Gait(
    hip_deg=(32.9, 31.8, 31.7, 31.3, 28.5, 23.5, 17.2, 10.3, 4.1, -0.5, -2.9, -3.1, -1.2, 1.6, 5.1, 10.0, 17.4, 26.1,
             33.8, 39.6, 42.9, 43.4, 41.4, 37.9, 34.9),
    knee_deg=(10.7, 18.0, 29.9, 39.6, 42.9, 41.3, 36.2, 29.0, 21.6, 16.4, 15.8, 21.3, 32.7, 47.4, 62.4, 76.0, 86.5,
              92.1, 91.4, 84.7, 72.9, 56.9, 38.6, 21.7, 11.4),
    ankle_deg=(2.8, 1.5, 6.4, 13.8, 19.4, 22.4, 21.6, 15.9, 6.0, -5.3, -14.0, -18.2, -18.6, -16.9, -14.9, -12.1, -8.0,
               -4.0, -1.0, 1.1, 2.1, 2.7, 3.3, 3.6, 3.6),
    toe_off=0.40,
    cadence=164.0,
    pelvis_tilt_deg=13.0,
    trunk_deg=8.0,
    drop_at=0.18,
)  # fmt: skip

_STEP = 0.04
_FINE = 500
"""Samples of one stride from which the speed over the floor is read."""


def walk(duration_s: float = 4.0, **options: Any) -> Motion:
    """A steady walk; `options` as `run`."""
    return _along(WALK, duration_s, **options)


def run(duration_s: float = 3.0, **options: Any) -> Motion:
    """A steady run along the heading that passes the middle of the picture at half time unless `start_x_m` is given.

    Options: `cadence` (steps a minute), `yaw_deg`, `start_x_m`, `z_m`, `rate_hz` or `time_s`, `body`, `drop_deg`
    (largest drop of the pelvis' free side in stance), `valgus_deg` (largest FPPA in stance, a number or one a side),
    `trunk_deg`, `knee_scale` (flexion over the published curve's, a number or one a side). Instants:
    `left_contact`, `left_toe_off`, `right_contact`, `right_toe_off`.
    """
    return _along(RUN, duration_s, **options)


def _along(
    gait: Gait,
    duration_s: float,
    *,
    cadence: float | None = None,
    yaw_deg: float = 90.0,
    start_x_m: float | None = None,
    z_m: float = 0.0,
    rate_hz: float = 30.0,
    time_s: FloatArray | None = None,
    body: Body | None = None,
    drop_deg: float = 0.0,
    valgus_deg: float | Mapping[Side, float] = 0.0,
    trunk_deg: float | None = None,
    knee_scale: float | Mapping[Side, float] = 1.0,
) -> Motion:
    time = frame_times(duration_s, rate_hz) if time_s is None else np.asarray(time_s, float)
    body = body or Body()
    stride_s = 120.0 / (cadence or gait.cadence)
    phase = {"left": time / stride_s, "right": time / stride_s + 0.5}
    scale = each_side(knee_scale, missing=1.0)
    valgus = each_side(valgus_deg)
    legs = {side: _leg_deg(gait, phase[side], scale[side]) for side in SIDES}
    drop = {side: drop_deg * _stance_bell(phase[side], gait) for side in SIDES}
    heading = np.array([-np.sin(np.radians(yaw_deg)), np.cos(np.radians(yaw_deg))])
    travel = _travelled_m(gait, body, stride_s, time)
    start = np.array([0.0, z_m]) - heading * (travel[0] + travel[-1]) / 2
    if start_x_m is not None:
        start = np.array([start_x_m, z_m]) - heading * travel[0]
    return replace(
        standing(time_s=time, yaw_deg=yaw_deg),
        thigh_deg={side: legs[side][0] for side in SIDES},
        shank_deg={side: legs[side][1] for side in SIDES},
        foot_deg={side: legs[side][2] for side in SIDES},
        fppa_deg={side: valgus[side] * _stance_bell(phase[side], gait) for side in SIDES},
        left_hip_down_deg=drop["right"] - drop["left"],
        trunk_deg=np.full(time.size, gait.trunk_deg if trunk_deg is None else trunk_deg),
        place_m=start + travel[:, None] * heading,
        anchor="hips",
        lift_m=_lift_m(phase["left"], gait, stride_s),
        instants=_events(gait, stride_s, time),
        reps=_strides(gait, stride_s, time),
    )


def _curve(values: tuple[float, ...], phase: FloatArray) -> FloatArray:
    knots = np.append(np.arange(len(values)) * _STEP, 1.0)
    spline = CubicSpline(knots, [*values, values[0]], bc_type="periodic")
    return np.asarray(spline(phase % 1.0))


def _leg_deg(gait: Gait, phase: FloatArray, knee_scale: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Inclinations of thigh, shank and foot."""
    thigh = _curve(gait.hip_deg, phase) - gait.pelvis_tilt_deg
    shank = knee_scale * _curve(gait.knee_deg, phase) - thigh
    return thigh, shank, _curve(gait.ankle_deg, phase) - shank


def _stance_bell(phase: FloatArray, gait: Gait) -> FloatArray:
    """1 at `drop_at` of the stride, 0 through the swing."""
    within = phase % 1.0
    rise = np.clip(within / gait.drop_at, 0.0, 1.0)
    fall = np.clip((gait.toe_off - within) / (gait.toe_off - gait.drop_at), 0.0, 1.0)
    return np.asarray(np.sin(np.pi / 2 * np.minimum(rise, fall)) ** 2)


def _travelled_m(gait: Gait, body: Body, stride_s: float, time_s: FloatArray) -> FloatArray:
    """(T,) way of the hips: as far as the standing foot goes back under them; at its mean speed while flying."""
    phase = np.arange(_FINE) / _FINE
    thigh, shank, _ = (np.radians(angle) for angle in _leg_deg(gait, phase, 1.0))
    ahead = body.length_m("thigh") * np.sin(thigh) - body.length_m("shank") * np.sin(shank)
    speed = -np.gradient(np.concatenate([ahead, ahead, ahead]), 1 / _FINE)[_FINE : 2 * _FINE]
    half = _FINE // 2
    share = phase[:half]
    first, last = 0.06, min(gait.toe_off, 0.5) - 0.06
    standing_foot = (share >= first) & (share < last)
    step = np.where(standing_foot, speed[:half], float(speed[:half][standing_foot].mean()))
    smooth = np.convolve(np.tile(step, 3), np.ones(half // 5) / (half // 5), mode="same")[half : 2 * half]
    ways = np.concatenate([[0.0], np.cumsum(np.tile(smooth, 2)) / _FINE])
    strides = time_s / stride_s
    within = np.interp(strides % 1.0, np.linspace(0, 1, _FINE + 1), ways)
    return np.asarray(np.floor(strides) * ways[-1] + within)


def _lift_m(phase: FloatArray, gait: Gait, stride_s: float) -> FloatArray:
    """(T,) height of the lower foot in a flight that gravity bends: from toe-off to the other foot's contact."""
    flight_s = max(0.5 - gait.toe_off, 0.0) * stride_s
    since_s = ((phase % 0.5) - gait.toe_off) * stride_s
    return np.asarray(np.maximum(0.5 * G_M_S2 * since_s * (flight_s - since_s), 0.0))


def _events(gait: Gait, stride_s: float, time_s: FloatArray) -> dict[str, FloatArray]:
    count = np.arange(np.floor(time_s[0] / stride_s) - 1, np.ceil(time_s[-1] / stride_s) + 2)
    found = {}
    for side, ahead in (("left", 0.0), ("right", 0.5)):
        for name, share in (("contact", 0.0), ("toe_off", gait.toe_off)):
            at = (count + share - ahead) * stride_s
            found[f"{side}_{name}"] = at[(at >= time_s[0] - 1e-9) & (at <= time_s[-1] + 1e-9)]
    return found


def _strides(gait: Gait, stride_s: float, time_s: FloatArray) -> tuple[dict[str, Any], ...]:
    """Whole strides, in order of time."""
    events = _events(gait, stride_s, time_s)
    whole = [
        {
            "kind": "stride",
            "side": side,
            "start_s": float(start),
            "contact_s": float(start),
            "toe_off_s": float(start + gait.toe_off * stride_s),
            "end_s": float(start + stride_s),
            "prescribed": {"cadence": 120.0 / stride_s},
        }
        for side in SIDES
        for start in events[f"{side}_contact"]
        if start + stride_s <= time_s[-1] + 1e-9
    ]
    ordered = sorted(whole, key=lambda stride: float(stride["start_s"]))  # type: ignore[arg-type]
    return tuple({"index": index + 1, **stride} for index, stride in enumerate(ordered))
