"""From joint angles to points in space: the forward kinematics of the person made of lines.

World: metres, x to the image's right, y up, z towards the camera, floor at y = 0.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from vidgait.truth.skeleton_motion import SIDES, Body, Motion
from vidgait.types import BLAZEPOSE, FloatArray, Side

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["at_times", "heading_axes", "hips_anchored", "join", "local_points_m", "on_the_spot", "skeleton_m"]

Points = dict[str, FloatArray]

_LEVEL_THIGH_M = 0.02
"""A thigh that points at the viewer has no height of its own; this much stands in for it."""


def skeleton_m(motion: Motion, body: Body | None = None) -> FloatArray:
    """(T, 33, 3): the person in the world, as BLAZEPOSE's keypoints."""
    body = body or Body()
    local = local_points_m(motion, body)
    points = np.stack([local[name] for name in BLAZEPOSE.keypoints], axis=1)
    world: FloatArray = np.einsum("tki,tij->tkj", points, heading_axes(motion.yaw_deg))
    anchored, feet = _anchor_rows(motion)
    lift_m = 0.0 if motion.lift_m is None else motion.lift_m
    world[..., 1] += (lift_m - _soles_m(world, feet))[:, None]
    world[..., [0, 2]] += (motion.place_m - world[:, anchored].mean(axis=1)[:, [0, 2]])[:, None]
    return world


def hips_anchored(motion: Motion, body: Body | None = None) -> Motion:
    """The same motion with its place told by mid-hip and its height by the lower foot."""
    world = skeleton_m(motion, body)
    hips = world[:, _rows("left_hip", "right_hip")].mean(axis=1)
    return replace(motion, place_m=hips[:, [0, 2]], anchor="hips", lift_m=_soles_m(world, SIDES))


def join(*motions: Motion, body: Body | None = None) -> Motion:
    """One after the other, a frame apart. Arms and stance are those of the last. Instants and repetitions are shifted
    in time."""
    placed = [hips_anchored(motion, body) for motion in motions]
    step_s = float(np.median(np.diff(placed[-1].time_s)))
    lengths = [motion.time_s[-1] - motion.time_s[0] + step_s for motion in placed[:-1]]
    shifts = np.concatenate([[0.0], np.cumsum(lengths)])
    pairs = [(motion, shift - motion.time_s[0]) for motion, shift in zip(placed, shifts, strict=True)]
    names = dict.fromkeys(name for motion in placed for name in motion.instants)
    instants = {
        name: np.concatenate([np.asarray(motion.instants.get(name, ())) + shift for motion, shift in pairs])
        for name in names
    }
    arrays: dict[str, Any] = {name: _both(placed, name) for name in _SIDED}
    arrays |= {name: np.concatenate([getattr(motion, name) for motion in placed]) for name in _UNSIDED}
    if any(motion.ankle_out_m is not None for motion in placed):
        outs = [motion.ankle_out_m or dict.fromkeys(SIDES, np.zeros(motion.time_s.size)) for motion in placed]
        arrays["ankle_out_m"] = {side: np.concatenate([out[side] for out in outs]) for side in SIDES}
    return replace(
        placed[-1],
        time_s=np.concatenate([motion.time_s + shift for motion, shift in pairs]),
        **arrays,
        instants=instants,
        reps=tuple(_later(rep, shift) for motion, shift in pairs for rep in motion.reps),
    )


def on_the_spot(*motions: Motion, body: Body | None = None) -> tuple[Motion, ...]:
    """The same motions, each with the hips where those of the one before were left."""
    placed: list[Motion] = []
    for motion in (hips_anchored(one, body) for one in motions):
        back_m = placed[-1].place_m[-1] - motion.place_m[0] if placed else 0.0
        placed.append(replace(motion, place_m=motion.place_m + back_m))
    return tuple(placed)


def at_times(motion: Motion, time_s: FloatArray) -> Motion:
    """The same motion at other frame times, straight lines between its own."""

    def at(values: FloatArray) -> FloatArray:
        return np.asarray(np.interp(time_s, motion.time_s, values))

    arrays: dict[str, Any] = {name: {side: at(getattr(motion, name)[side]) for side in SIDES} for name in _SIDED}
    arrays |= {name: at(getattr(motion, name)) for name in _UNSIDED if name not in ("place_m", "lift_m")}
    place = np.stack([at(column) for column in motion.place_m.T], axis=1)
    lift = None if motion.lift_m is None else at(motion.lift_m)
    outs = motion.ankle_out_m
    out = None if outs is None else {side: at(outs[side]) for side in SIDES}
    return replace(motion, time_s=np.asarray(time_s, float), place_m=place, lift_m=lift, ankle_out_m=out, **arrays)


_SIDED = ("thigh_deg", "shank_deg", "foot_deg", "fppa_deg")
_UNSIDED = ("trunk_deg", "trunk_left_deg", "left_hip_down_deg", "yaw_deg", "place_m", "lift_m")


def _both(motions: Sequence[Motion], name: str) -> dict[Side, FloatArray]:
    return {side: np.concatenate([getattr(motion, name)[side] for motion in motions]) for side in SIDES}


def _later(rep: Mapping[str, Any], shift_s: float) -> dict[str, Any]:
    return {name: value + shift_s if name.endswith("_s") else value for name, value in rep.items()}


def local_points_m(motion: Motion, body: Body) -> Points:
    """Every keypoint as (T, 3) in forward, up, left of the person, mid-hip at the origin."""
    drop = np.radians(motion.left_hip_down_deg)
    lean, aside = np.radians(motion.trunk_deg), np.radians(motion.trunk_left_deg)
    left = _vector(0 * drop, -np.sin(drop), np.cos(drop))
    trunk = _unit(_vector(np.sin(lean), np.cos(lean), np.tan(aside) * np.maximum(np.cos(lean), 0.05)))
    neck = body.length_m("trunk") * trunk
    points = _head_m(body, neck, trunk)
    for side in SIDES:
        sign = _outward(side)
        points |= _leg_m(motion, body, side, sign * body.length_m("hip_half_width") * left)
        shoulder = neck + _vector(0 * drop, 0 * drop, sign * body.length_m("shoulder_half_width") + 0 * drop)
        points |= _arm_m(motion, body, side, shoulder, trunk)
    return points


def _rows(*names: str) -> list[int]:
    return BLAZEPOSE.indices(*names)


def _soles_m(world: FloatArray, feet: Sequence[Side]) -> FloatArray:
    """(T,) height of the lowest heel or toe."""
    rows = _rows(*(f"{side}_{part}" for side in feet for part in ("heel", "toe")))
    return np.asarray(world[:, rows, 1].min(axis=1))


def _outward(side: Side) -> float:
    return 1.0 if side == "left" else -1.0


def _anchor_rows(motion: Motion) -> tuple[list[int], tuple[Side, ...]]:
    """The keypoints that stay at `place_m`, and the feet that `lift_m` is counted from."""
    if motion.anchor == "hips":
        return _rows("left_hip", "right_hip"), SIDES
    feet: tuple[Side, ...] = SIDES if motion.anchor == "feet" else (motion.anchor,)
    return _rows(*(f"{side}_ankle" for side in feet)), feet


def heading_axes(yaw_deg: FloatArray) -> FloatArray:
    """(T, 3, 3), rows: forward, up and left of the person in the world."""
    yaw = np.radians(yaw_deg)
    zero, one = np.zeros_like(yaw), np.ones_like(yaw)
    rows = [
        _vector(-np.sin(yaw), zero, np.cos(yaw)),
        _vector(zero, one, zero),
        _vector(np.cos(yaw), zero, np.sin(yaw)),
    ]
    return np.stack(rows, axis=1)


def _vector(forward: FloatArray, up: FloatArray, left: FloatArray) -> FloatArray:
    return np.stack(np.broadcast_arrays(forward, up, left), axis=-1)


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / np.linalg.norm(vector, axis=-1, keepdims=True))


def _ankle_out_m(motion: Motion, body: Body, side: Side) -> FloatArray:
    if motion.ankle_out_m is not None:
        return motion.ankle_out_m[side]
    half = motion.stance_half_width_m
    return np.full(motion.time_s.size, 0.0 if half is None else half - body.length_m("hip_half_width"))


def _knee_out_m(motion: Motion, body: Body, side: Side, ankle_out_m: FloatArray) -> FloatArray:
    """How far the knee is outside its hip, so that the frontal projection shows exactly the FPPA: by bisection, as the
    heights of thigh and shank depend on it themselves."""
    thigh_m, shank_m = body.length_m("thigh"), body.length_m("shank")
    thigh, shank = (np.cos(np.radians(angle[side])) for angle in (motion.thigh_deg, motion.shank_deg))
    low, high = -0.6 * thigh_m + 0 * ankle_out_m, 0.6 * thigh_m + 0 * ankle_out_m
    wanted = np.radians(motion.fppa_deg[side])
    for _ in range(50):
        knee_out = (low + high) / 2
        aside = np.clip(ankle_out_m - knee_out, -0.95 * shank_m, 0.95 * shank_m)
        thigh_up = np.maximum(np.sqrt(thigh_m**2 - knee_out**2) * thigh, _LEVEL_THIGH_M)
        shank_up = np.maximum(np.sqrt(shank_m**2 - aside**2) * shank, _LEVEL_THIGH_M)
        medial = np.arctan2(-knee_out, thigh_up) + np.arctan2(aside, shank_up)
        low = np.where(medial > wanted, knee_out, low)
        high = np.where(medial > wanted, high, knee_out)
    return (low + high) / 2


def _leg_m(motion: Motion, body: Body, side: Side, hip: FloatArray) -> Points:
    outward = _outward(side)
    thigh, shank, foot = (np.radians(angle[side]) for angle in (motion.thigh_deg, motion.shank_deg, motion.foot_deg))
    ankle_out = _ankle_out_m(motion, body, side)
    knee_out = _knee_out_m(motion, body, side, ankle_out)
    long = np.sqrt(body.length_m("thigh") ** 2 - knee_out**2)
    short = np.sqrt(body.length_m("shank") ** 2 - (ankle_out - knee_out) ** 2)
    knee = hip + _vector(long * np.sin(thigh), -long * np.cos(thigh), outward * knee_out)
    ankle = knee + _vector(-short * np.sin(shank), -short * np.cos(shank), outward * (ankle_out - knee_out))
    turn = np.radians(motion.toe_out_deg)
    ahead = _vector(np.cos(foot) * np.cos(turn), np.sin(foot), outward * np.cos(foot) * np.sin(turn))
    up = _vector(-np.sin(foot) * np.cos(turn), np.cos(foot), -outward * np.sin(foot) * np.sin(turn))
    sole = ankle - body.length_m("ankle_height") * up
    return {
        f"{side}_hip": hip,
        f"{side}_knee": knee,
        f"{side}_ankle": ankle,
        f"{side}_heel": sole - body.length_m("heel_length") * ahead,
        f"{side}_toe": sole + body.length_m("toe_length") * ahead,
    }


def _arm_m(motion: Motion, body: Body, side: Side, shoulder: FloatArray, trunk: FloatArray) -> Points:
    down, ahead = np.array([0.0, -1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    outward = np.array([0.0, 0.0, _outward(side)])
    upper, lower = {
        "hang": (down, down),
        "forward": (ahead, ahead),
        "overhead": (trunk, trunk),
        "hips": (0.8 * down + 0.6 * outward, 0.8 * down - 0.6 * outward),
        "crossed": (0.8 * down + 0.6 * ahead, -0.6 * down - 0.8 * outward),
    }[motion.arms]
    elbow = shoulder + body.length_m("upper_arm") * upper
    wrist = elbow + body.length_m("forearm") * lower
    hand = wrist + body.length_m("hand") * lower
    points = {"shoulder": shoulder, "elbow": elbow, "wrist": wrist, "index": hand, "pinky": hand, "thumb": hand}
    return {f"{side}_{name}": point for name, point in points.items()}


def _head_m(body: Body, neck: FloatArray, trunk: FloatArray) -> Points:
    ahead, left = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])
    middle = neck + 0.11 * body.height_m * trunk
    points: Points = {"nose": middle + 0.06 * body.height_m * ahead}
    for side in SIDES:
        sign = _outward(side)
        points[f"{side}_ear"] = middle + sign * 0.042 * body.height_m * left
        points[f"{side}_mouth"] = (
            middle + 0.05 * body.height_m * ahead + body.height_m * (sign * 0.012 * left - 0.02 * trunk)
        )
        for part, aside in (("eye_inner", 0.01), ("eye", 0.018), ("eye_outer", 0.026)):
            points[f"{side}_{part}"] = middle + body.height_m * (0.05 * ahead + 0.02 * trunk + sign * aside * left)
    return points
