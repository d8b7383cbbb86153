"""What else the body does in a repetition that changes its numbers: where the free leg is held, and the arms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.angles import midpoint

if TYPE_CHECKING:
    from vidgait.types import BoolArray, FloatArray, Side, Track

__all__ = ["ahead_of", "arms", "free_leg"]

# The free foot is ahead of the standing one, or behind it, by at least this share of the leg: two thirds of a foot.
AHEAD_MIN = 0.2
# Where the wrists are between hips (0) and shoulders (1), and how straight the elbows are.
HIPS_RANGE = (-0.35, 0.4)
FRONT_MIN = 0.55
STRAIGHT_DEG = 45.0
ARMS_SHARE = 0.6
HIP_REACH = 0.75


def free_leg(track: Track, start_s: float, end_s: float, side: Side) -> str | None:
    """front, middle or behind; None where the network gave no depth."""
    ahead = ahead_of(track, start_s, end_s, side)
    if ahead is None:
        return None
    return "front" if ahead > AHEAD_MIN else "behind" if ahead < -AHEAD_MIN else "middle"


def ahead_of(track: Track, start_s: float, end_s: float, side: Side) -> float | None:
    """How far the foot of the other side is ahead of that of `side`, median over the stretch, in leg lengths, by the
    network's 3-D points: across the line of the hips, level with the floor."""
    rows = (track.time_s >= start_s) & (track.time_s <= end_s)
    if track.xyz_m is None or not rows.any():
        return None
    other: Side = "right" if side == "left" else "left"
    points = {name: track.xyz_m[rows, track.skeleton.index(name)] for name in _NAMES}
    left = points["left_hip"] - points["right_hip"]
    left[:, 1] = 0.0
    forward = np.cross(left, [0.0, 1.0, 0.0])
    length = np.linalg.norm(forward, axis=1, keepdims=True)
    leg = np.linalg.norm(points[f"{side}_hip"] - points[f"{side}_knee"], axis=1)
    leg += np.linalg.norm(points[f"{side}_knee"] - points[f"{side}_ankle"], axis=1)
    between = points[f"{other}_ankle"] - points[f"{side}_ankle"]
    ahead = (between * forward / np.maximum(length, 1e-9)).sum(axis=1) / leg
    finite = ahead[np.isfinite(ahead)]
    return float(np.median(finite)) if finite.size else None


_NAMES = tuple(f"{side}_{part}" for side in ("left", "right") for part in ("hip", "knee", "ankle"))


def arms(track: Track, start_s: float, end_s: float) -> str | None:
    """overhead, front, hips, sides or other; None where the arms are not seen."""
    rows = (track.time_s >= start_s) & (track.time_s <= end_s)
    found = [one for side in ("left", "right") if (one := _arm(track, rows, side)) is not None]
    if not found:
        return None
    return found[0] if len(set(found)) == 1 else "other"


def _arm(track: Track, rows: BoolArray, side: str) -> str | None:
    shoulder, elbow, wrist, hip, ear = (
        track.point(f"{side}_{part}")[rows] for part in ("shoulder", "elbow", "wrist", "hip", "ear")
    )
    trunk = midpoint(track.point("left_shoulder"), track.point("right_shoulder"))[rows]
    trunk = trunk - midpoint(track.point("left_hip"), track.point("right_hip"))[rows]
    length = np.linalg.norm(trunk, axis=1)
    level = (hip - wrist)[:, 1] / np.maximum(np.abs(trunk[:, 1]), 1e-9)
    bend = np.degrees(np.abs(_turn(elbow - shoulder, wrist - elbow)))
    reach = np.linalg.norm(wrist - hip, axis=1) / np.maximum(length, 1e-9)
    above = (ear - wrist)[:, 1]
    values = np.stack([level, bend, reach, above], axis=1)
    values = values[np.isfinite(values).all(axis=1)]
    return _named(values) if len(values) else None


def _named(values: FloatArray) -> str:
    level, bend, reach, above = values.T
    straight = bend < STRAIGHT_DEG
    kinds = {
        "overhead": above > 0,
        "front": (above <= 0) & (level > FRONT_MIN) & (reach > HIP_REACH),
        "hips": ~straight & (level > HIPS_RANGE[0]) & (level < HIPS_RANGE[1]) & (reach < HIP_REACH),
        "sides": straight & (level < HIPS_RANGE[1]),
    }
    return next((name for name, true in kinds.items() if true.mean() >= ARMS_SHARE), "other")


def _turn(first: FloatArray, second: FloatArray) -> FloatArray:
    cross = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    return np.asarray(np.arctan2(cross, (first * second).sum(axis=1)))
