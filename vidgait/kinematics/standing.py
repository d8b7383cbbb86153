"""Quiet standing: the reference from which posture, lengths and the vertical are read.

Standing is recognised without knowing the view or the vertical: legs as long as they get in this clip and straight in
the picture, trunk in line with them, feet side by side, and nothing moving.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import label

from vidgait.kinematics.angles import angle_between_deg, distance_px, midpoint

if TYPE_CHECKING:
    from vidgait.types import BoolArray, FloatArray, Segment, Side, Track

__all__ = [
    "POINTS",
    "SIDES",
    "Standing",
    "points_of",
    "segment_frames",
    "standing_frames",
    "standing_mask",
    "standing_reference",
]

SIDES: tuple[Side, Side] = ("left", "right")
POINTS = tuple(f"{side}_{part}" for part in ("shoulder", "hip", "knee", "ankle", "heel", "toe") for side in SIDES)
"""The keypoints that series are made of."""

# Thresholds of recognition, all engineering choices. A leg keeps 97 % of its length (hip to ankle) up to 28 degrees
# of knee flexion; adults' leg (hip to ankle) is about 1.7 times the trunk (Drillis and Contini), and 1.3 leaves room
# for keypoint bias while it excludes sitting and squatting through a whole clip.
_LEG_SHARE = 0.97
_TRUNK_SHARE = 0.93
_LEG_OVER_TRUNK_MIN = 1.3
_STRAIGHT_KNEE_DEG = 160.0
_STRAIGHT_BODY_DEG = 160.0
_FEET_APART_LEGS = 0.75
_FEET_LEVEL_LEGS = 0.15
_SPEED_LEGS_S = 0.15
_SPEED_WINDOW_S = 0.3
_SHORTEST_S = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """How this person stands in one segment, as read from the picture."""

    frames: BoolArray
    """(T,) of quiet standing inside the segment."""
    pose_px: Mapping[str, FloatArray]
    """(2,) per keypoint (or (D, 2) for draws): the median standing pose, mid-hip at the origin, as in the picture
    (roll not undone). Empty where no quiet standing was seen."""
    thigh_px: Mapping[Side, float]
    """Length in standing; without standing the 95th percentile of the length in the picture."""
    shank_px: Mapping[Side, float]
    trunk_px: float
    basis: str
    """Where the lengths come from, in words."""


def points_of(track: Track) -> dict[str, FloatArray]:
    """The keypoints of POINTS, (T, 2) each."""
    return {name: track.point(name) for name in POINTS}


def segment_frames(track: Track, segment: Segment) -> BoolArray:
    """(T,) frames inside `[start_s, end_s)`."""
    inside: BoolArray = (track.time_s >= segment.start_s) & (track.time_s < segment.end_s)
    return inside


def standing_frames(track: Track, segment: Segment) -> BoolArray:
    """(T,) frames of quiet symmetric standing inside the segment."""
    return standing_mask(track, segment_frames(track, segment))


def standing_mask(track: Track, frames: BoolArray) -> BoolArray:
    """The same for any selection of frames (T,)."""
    points = {name: xy[frames] for name, xy in points_of(track).items()}
    result = np.zeros(frames.shape, bool)
    time = track.time_s[frames]
    if time.size >= 3:
        result[frames] = _long_enough(_posture(points) & _still(points, time), time)
    return result


def _posture(points: Mapping[str, FloatArray]) -> BoolArray:
    """(T,) upright on straight legs, feet side by side."""
    shoulder, hip, knee, ankle = (_mid(points, part) for part in ("shoulder", "hip", "knee", "ankle"))
    leg, trunk = distance_px(hip, ankle), distance_px(shoulder, hip)
    longest, tallest = _high(leg), _high(trunk)
    feet = points["left_ankle"] - points["right_ankle"]
    along = (hip - ankle) / np.where(leg > 0, leg, np.nan)[:, None]
    level = np.abs((feet * along).sum(axis=1))
    apart = np.abs(feet[:, 0] * along[:, 1] - feet[:, 1] * along[:, 0])
    checks = [
        leg > _LEG_SHARE * longest,
        trunk > _TRUNK_SHARE * tallest,
        leg > _LEG_OVER_TRUNK_MIN * tallest,
        angle_between_deg(hip, knee, ankle) > _STRAIGHT_KNEE_DEG,
        angle_between_deg(shoulder, hip, ankle) > _STRAIGHT_BODY_DEG,
        ~(apart > _FEET_APART_LEGS * longest),
        ~(level > _FEET_LEVEL_LEGS * longest),
    ]
    posture: BoolArray = np.logical_and.reduce(checks)
    return posture


def _still(points: Mapping[str, FloatArray], time_s: FloatArray) -> BoolArray:
    """(T,) hips and shoulders over the ankles, and the ankles to each other, move less than _SPEED_LEGS_S leg lengths a
    second over _SPEED_WINDOW_S. A shaking or following camera moves all of them alike and does not matter."""
    ankle = _mid(points, "ankle")
    leg_px = _high(distance_px(_mid(points, "hip"), ankle))
    moving = [_mid(points, "shoulder") - ankle, _mid(points, "hip") - ankle]
    moving.append(points["left_ankle"] - points["right_ankle"])
    before = np.clip(np.searchsorted(time_s, time_s - _SPEED_WINDOW_S / 2), 0, time_s.size - 1)
    after = np.clip(np.searchsorted(time_s, time_s + _SPEED_WINDOW_S / 2), 0, time_s.size - 1)
    lasted_s = np.maximum(time_s[after] - time_s[before], 1e-6)
    still = np.ones(time_s.shape, bool)
    for place in moving:
        still &= distance_px(place[after], place[before]) / lasted_s < _SPEED_LEGS_S * leg_px
    return still


def _long_enough(mask: BoolArray, time_s: FloatArray) -> BoolArray:
    """Without runs shorter than _SHORTEST_S."""
    runs, count = label(mask)
    kept = np.zeros(mask.shape, bool)
    for run in range(1, count + 1):
        rows = np.flatnonzero(runs == run)
        kept[rows] = time_s[rows[-1]] - time_s[rows[0]] >= _SHORTEST_S
    return kept


def standing_reference(track: Track, segment: Segment) -> Standing:
    """Pose and lengths of the person in quiet standing, with a stated substitute where there is none."""
    inside = segment_frames(track, segment)
    standing = standing_mask(track, inside)
    points = points_of(track)
    if standing.any():
        pose = _median_pose({name: xy[standing] for name, xy in points.items()})
        return Standing(standing, pose, *_pose_lengths(pose), basis="the athlete's quiet standing")
    seen = {name: xy[inside] for name, xy in points.items()}
    return Standing(standing, {}, *_longest_lengths(seen), basis="the longest the legs appear; no quiet standing seen")


def _median_pose(points: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    hip = _mid(points, "hip")
    return {name: _nan_median(xy - hip) for name, xy in points.items()}


def _nan_median(values: FloatArray) -> FloatArray:
    seen = np.isfinite(values).all(axis=1)
    return np.median(values[seen], axis=0) if seen.any() else np.full(values.shape[1], np.nan)


def _pose_lengths(pose: Mapping[str, FloatArray]) -> tuple[dict[Side, float], dict[Side, float], float]:
    thigh = {side: float(distance_px(pose[f"{side}_hip"], pose[f"{side}_knee"])) for side in SIDES}
    shank = {side: float(distance_px(pose[f"{side}_knee"], pose[f"{side}_ankle"])) for side in SIDES}
    return thigh, shank, float(distance_px(_mid(pose, "shoulder"), _mid(pose, "hip")))


def _longest_lengths(points: Mapping[str, FloatArray]) -> tuple[dict[Side, float], dict[Side, float], float]:
    thigh = {side: _high(distance_px(points[f"{side}_hip"], points[f"{side}_knee"])) for side in SIDES}
    shank = {side: _high(distance_px(points[f"{side}_knee"], points[f"{side}_ankle"])) for side in SIDES}
    return thigh, shank, _high(distance_px(_mid(points, "shoulder"), _mid(points, "hip")))


def _mid(points: Mapping[str, FloatArray], part: str) -> FloatArray:
    return midpoint(points[f"left_{part}"], points[f"right_{part}"])


def _high(values: FloatArray) -> float:
    """95th percentile of what was seen: the longest, safe against single wild points. NaN of nothing."""
    seen = values[np.isfinite(values)]
    return float(np.percentile(seen, 95)) if seen.size else float("nan")
