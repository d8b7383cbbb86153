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

from vidgait.kinematics.angles import angle_between_deg, distance_px, level, midpoint

if TYPE_CHECKING:
    from vidgait.types import BoolArray, FloatArray, Segment, Side, Track

__all__ = [
    "NO_STANDING",
    "POINTS",
    "SIDES",
    "Standing",
    "either",
    "leg_px",
    "on_both_feet",
    "on_legs",
    "on_planted_feet",
    "points_of",
    "seen_median",
    "segment_frames",
    "standing_frames",
    "standing_mask",
    "standing_reference",
]

SIDES: tuple[Side, Side] = ("left", "right")
POINTS = tuple(f"{side}_{part}" for part in ("shoulder", "hip", "knee", "ankle", "heel", "toe") for side in SIDES)
"""The keypoints that series are made of."""

# Thresholds of recognition, all engineering choices. Hip to ankle keeps 94 % of its length up to 40 degrees of knee
# flexion, but nobody holds that still. Legs shorter than the trunk (standing shows them 1.1 to 1.5 times as long, arms
# overhead or a high camera included) exclude sitting and squatting through a whole clip. One foot off the floor shows
# in that leg's own length.
_LEG_SHARE = 0.94
_ONE_LEG_SHARE = 0.88
_TRUNK_SHARE = 0.90
_LEG_OVER_TRUNK_MIN = 1.0
_STRAIGHT_KNEE_DEG = 157.0
_STRAIGHT_BODY_DEG = 160.0
_FEET_APART_LEGS = 0.75
_FEET_LEVEL_LEGS = 0.25
_SPEED_LEGS_S = 0.25
_SPEED_WINDOW_S = 0.3
_SHORTEST_S = 0.2
NO_STANDING = "no standing was seen"
_PLANTED_LEGS = 0.2
# Hips this share of the feet's distance aside of the middle between the feet, or ankles this share of the leg apart in
# height: more on one leg than on both.
_OFF_CENTRE = 0.25
_ONE_FOOT_UP_LEGS = 0.06
# The hips are over one foot where they are at most this share as far from it, sideways, as from the other one.
_OVER_ONE_FOOT = 0.5
_ROLL_MAX_DEG = 5.0
_PLANTED_FRAMES = 5


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """How this person stands in one segment, as read from the picture."""

    frames: BoolArray
    """(T,) of standing inside the segment, see `standing_frames`."""
    pose_px: Mapping[str, FloatArray]
    """(2,) per keypoint (or (D, 2) for draws): the median standing pose, mid-hip at the origin, as in the picture
    (roll not undone). Empty where no standing was seen."""
    thigh_px: Mapping[Side, float]
    """Length in standing; without standing the 95th percentile of the length in the picture."""
    shank_px: Mapping[Side, float]
    trunk_px: float
    basis: str
    """Where the lengths come from, in words."""
    both_feet: bool = False
    """The pose is one on both feet, with the hips between them: what pelvis and trunk do on one leg is counted from
    it. Told from the front and from behind only."""


def points_of(track: Track) -> dict[str, FloatArray]:
    """The keypoints of POINTS, (T, 2) each."""
    return {name: track.point(name) for name in POINTS}


def segment_frames(track: Track, segment: Segment) -> BoolArray:
    """(T,) frames inside `[start_s, end_s)`."""
    inside: BoolArray = (track.time_s >= segment.start_s) & (track.time_s < segment.end_s)
    return inside


def standing_frames(track: Track, segment: Segment) -> BoolArray:
    """(T,) frames of quiet symmetric standing inside the segment; where nobody stands still but the feet stay planted,
    as between repetitions without a rest, the upright moments. Empty in walking."""
    return standing_mask(track, segment_frames(track, segment))[0]


def standing_mask(track: Track, frames: BoolArray) -> tuple[BoolArray, str]:
    """The same for any selection of frames (T,), and in words what was found."""
    points = {name: xy[frames] for name, xy in points_of(track).items()}
    result = np.zeros(frames.shape, bool)
    time = track.time_s[frames]
    if time.size < 3:
        return result, NO_STANDING
    posture = _posture(points)
    quiet = _long_enough(posture & _still(points, time), time)
    if quiet.any():
        result[frames] = quiet
        return result, "quiet standing"
    if posture.any() and on_planted_feet(points):
        result[frames] = posture
        return result, "upright moments, as nobody stands still"
    return result, NO_STANDING


def on_planted_feet(points: Mapping[str, FloatArray]) -> bool:
    """Both feet are seen and stay where they are against each other, as in a squat, and unlike walking."""
    apart = points["left_ankle"] - points["right_ankle"]
    leg = distance_px(either(points, "hip"), either(points, "ankle"))
    seen = np.isfinite(apart).all(axis=1) & np.isfinite(leg)
    if seen.sum() < _PLANTED_FRAMES:
        return False
    spread = np.percentile(apart[seen], 90, axis=0) - np.percentile(apart[seen], 10, axis=0)
    return bool(np.hypot(*spread) < _PLANTED_LEGS * np.percentile(leg[seen], 90))


def _posture(points: Mapping[str, FloatArray]) -> BoolArray:
    """(T,) upright on straight legs, feet side by side."""
    shoulder, hip, knee, ankle = (either(points, part) for part in ("shoulder", "hip", "knee", "ankle"))
    leg, trunk = distance_px(hip, ankle), distance_px(shoulder, hip)
    longest, tallest = _high(leg), _high(trunk)
    feet = points["left_ankle"] - points["right_ankle"]
    along = (hip - ankle) / np.where(leg > 0, leg, np.nan)[:, None]
    stepped = np.abs((feet * along).sum(axis=1))
    apart = np.abs(feet[:, 0] * along[:, 1] - feet[:, 1] * along[:, 0])
    checks = [
        leg > _LEG_SHARE * longest,
        trunk > _TRUNK_SHARE * tallest,
        leg > _LEG_OVER_TRUNK_MIN * tallest,
        angle_between_deg(hip, knee, ankle) > _STRAIGHT_KNEE_DEG,
        angle_between_deg(shoulder, hip, ankle) > _STRAIGHT_BODY_DEG,
        ~(apart > _FEET_APART_LEGS * longest),
        ~(stepped > _FEET_LEVEL_LEGS * longest),
    ]
    for side in SIDES:
        one = leg_px(points, side)
        checks.append(~(one < _ONE_LEG_SHARE * _high(one)))
    posture: BoolArray = np.logical_and.reduce(checks)
    return posture


def _still(points: Mapping[str, FloatArray], time_s: FloatArray) -> BoolArray:
    """(T,) hips and shoulders over the ankles, and the ankles to each other, move less than _SPEED_LEGS_S leg lengths a
    second over _SPEED_WINDOW_S. A shaking or following camera moves all of them alike and does not matter."""
    shoulder, hip, ankle = (either(points, part) for part in ("shoulder", "hip", "ankle"))
    longest = _high(distance_px(hip, ankle))
    moving = [shoulder - ankle, hip - ankle, points["left_ankle"] - points["right_ankle"]]
    before = np.clip(np.searchsorted(time_s, time_s - _SPEED_WINDOW_S / 2), 0, time_s.size - 1)
    after = np.clip(np.searchsorted(time_s, time_s + _SPEED_WINDOW_S / 2), 0, time_s.size - 1)
    lasted_s = np.maximum(time_s[after] - time_s[before], 1e-6)
    still = np.ones(time_s.shape, bool)
    for place in moving:
        still &= ~(distance_px(place[after], place[before]) / lasted_s > _SPEED_LEGS_S * longest)
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
    """Pose and lengths of the person in quiet standing, with a stated substitute where there is none. Seen from the
    front or from behind it is standing on both feet, where the clip shows that."""
    inside = segment_frames(track, segment)
    standing, basis = standing_mask(track, inside)
    points = points_of(track)
    frontal = segment.view in ("front", "back")
    both = on_both_feet(track, standing, segment.roll_deg) if frontal else np.zeros_like(standing)
    standing = both if both.any() else standing
    if standing.any():
        pose = _median_pose({name: xy[standing] for name, xy in points.items()})
        return Standing(standing, pose, *_pose_lengths(pose), basis=basis, both_feet=bool(both.any()))
    seen = {name: xy[inside] for name, xy in points.items()}
    return Standing(standing, {}, *_longest_lengths(seen), basis=f"the longest the legs appear; {NO_STANDING}")


def on_both_feet(track: Track, standing: BoolArray, roll_deg: float = 0.0) -> BoolArray:
    """(T,) which of the frames of quiet standing are on both feet, seen from the front or from behind: the hips between
    the feet, and neither foot off the floor. Who stands on one leg with the other foot just off the floor also stands
    still, but with the hips over one foot. `roll_deg`: that of the picture, where it is known."""
    # As in the picture first: a lean on one leg may have been taken for a roll of the camera. At last by the feet: a
    # roll that nobody undid turns the line from foot to foot with it.
    for turned_deg in (0.0, roll_deg, _roll_of_feet_deg(track, standing)):
        both: BoolArray = standing & _feet_share_the_load(track, turned_deg)
        if both.any():
            return both
    return np.zeros_like(standing)


def on_legs(points: Mapping[str, FloatArray], segment: Segment) -> dict[Side | None, BoolArray]:
    """(T,) frames in which the hips are over one foot, or only that foot is seen, for each leg, and all others (None),
    of points (T, 2). From the side it cannot be told, and does not matter."""
    feet = {side: points[f"{side}_ankle"] for side in SIDES}
    if segment.view not in ("front", "back"):
        return {None: np.ones(len(feet["left"]), bool)}
    hips = either(points, "hip")
    aside = {side: np.abs(level(hips - xy, segment.roll_deg)[:, 0]) for side, xy in feet.items()}
    seen = {side: np.isfinite(value) for side, value in aside.items()}
    left: BoolArray = (aside["left"] < _OVER_ONE_FOOT * aside["right"]) | (seen["left"] & ~seen["right"])
    right: BoolArray = (aside["right"] < _OVER_ONE_FOOT * aside["left"]) | (seen["right"] & ~seen["left"])
    return {None: ~(left | right), "left": left, "right": right}


def _roll_of_feet_deg(track: Track, standing: BoolArray) -> float:
    """By how much the line from foot to foot is turned clockwise in the picture while standing; 0 where it is turned
    further than a camera that is meant to be level."""
    line = track.point("left_ankle")[standing] - track.point("right_ankle")[standing]
    angle_deg = seen_median(np.degrees(np.arctan(line[:, 1] / np.where(line[:, 0] == 0, np.nan, line[:, 0]))))
    return angle_deg if abs(angle_deg) <= _ROLL_MAX_DEG else 0.0


def _feet_share_the_load(track: Track, roll_deg: float) -> BoolArray:
    points = {name: level(xy, roll_deg) for name, xy in points_of(track).items()}
    left, right = points["left_ankle"], points["right_ankle"]
    aside = np.abs((points["left_hip"] + points["right_hip"] - left - right)[:, 0]) / 2
    leg = _high(distance_px(either(points, "hip"), either(points, "ankle")))
    share: BoolArray = (aside <= _OFF_CENTRE * np.abs(left - right)[:, 0]) & (
        np.abs(left - right)[:, 1] <= _ONE_FOOT_UP_LEGS * leg
    )
    return share


def _median_pose(points: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    hip = either(points, "hip")
    return {name: _nan_median(xy - hip) for name, xy in points.items()}


def _nan_median(values: FloatArray) -> FloatArray:
    seen = np.isfinite(values).all(axis=1)
    return np.median(values[seen], axis=0) if seen.any() else np.full(values.shape[1], np.nan)


def _pose_lengths(pose: Mapping[str, FloatArray]) -> tuple[dict[Side, float], dict[Side, float], float]:
    thigh = {side: float(distance_px(pose[f"{side}_hip"], pose[f"{side}_knee"])) for side in SIDES}
    shank = {side: float(distance_px(pose[f"{side}_knee"], pose[f"{side}_ankle"])) for side in SIDES}
    return thigh, shank, float(distance_px(either(pose, "shoulder"), either(pose, "hip")))


def _longest_lengths(points: Mapping[str, FloatArray]) -> tuple[dict[Side, float], dict[Side, float], float]:
    thigh = {side: _high(distance_px(points[f"{side}_hip"], points[f"{side}_knee"])) for side in SIDES}
    shank = {side: _high(distance_px(points[f"{side}_knee"], points[f"{side}_ankle"])) for side in SIDES}
    return thigh, shank, _high(distance_px(either(points, "shoulder"), either(points, "hip")))


def leg_px(points: Mapping[str, FloatArray], side: Side) -> FloatArray:
    """(T,) thigh plus shank in the picture."""
    hip, knee, ankle = (points[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))
    return distance_px(hip, knee) + distance_px(knee, ankle)


def either(points: Mapping[str, FloatArray], part: str) -> FloatArray:
    """The middle of both sides, or the one that is seen."""
    left, right = points[f"left_{part}"], points[f"right_{part}"]
    return np.where(np.isnan(left), right, np.where(np.isnan(right), left, midpoint(left, right)))


def seen_median(values: FloatArray) -> float:
    """Median of what was seen; NaN of nothing."""
    seen = values[np.isfinite(values)]
    return float(np.median(seen)) if seen.size else float("nan")


def _high(values: FloatArray) -> float:
    """95th percentile of what was seen: the longest, safe against single wild points. NaN of nothing."""
    seen = values[np.isfinite(values)]
    return float(np.percentile(seen, 95)) if seen.size else float("nan")
