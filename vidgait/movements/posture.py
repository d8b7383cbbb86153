"""What a rep machine sees of a person: one small sample an instant, in leg lengths, made forward in time only.

`BodyReader` turns one frame's pixels into one `BodySample`. It never looks ahead, so the live mode and a recorded clip
count alike. Heights and distances are divided by the leg's length in pixels, which is followed as the person walks
towards the camera or away from it.
"""

from __future__ import annotations

import math
import statistics
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.movements.support import SupportReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidgait.types import FloatArray, Segment, Side, Skeleton, Track

__all__ = ["BodyReader", "BodySample", "read_track"]

# The leg (hip to ankle) against other parts that stay in view when the knees bend, as BlazePose draws them. Lower
# bounds: a part seen at a slant only looks shorter, so the largest candidate is the best guess of the leg.
LEG_PER_TRUNK = 1.25
LEG_PER_SHANK = 1.9
SIZE_SMOOTH_S = 0.3
# A crouching person seen from the front looks up to a third smaller by these parts than when standing.
SIZE_OVER_SEEN_MAX = 1.5
# How fast the size follows a person who walks away, once they look smaller than before.
SIZE_FALL_S = 20.0


@dataclass(frozen=True, slots=True)
class BodySample:
    """One instant of one person. Lengths in leg lengths, y up, NaN where unseen."""

    time_s: float
    hip_height: float
    """mid-hip above mid-ankle"""
    shoulder_height: float
    """mid-shoulder above mid-ankle"""
    left_extension: float
    """hip to ankle in the picture, whatever its direction"""
    right_extension: float
    left_knee_height: float
    """knee above its own ankle"""
    right_knee_height: float
    feet_apart: tuple[float, float]
    """left ankle minus right ankle (x, y)"""
    feet_px: float
    """mid-ankle in the picture, pixels upward from any fixed line"""
    wrists_over_ears: float
    """lower wrist above the upper ear"""
    size_px: float
    """the leg length all of this was divided by"""
    body_aside: float = 0.0
    """middle of hips and shoulders to the picture's right of the mid-ankle"""
    wrists_over_knees: float = float("nan")
    """mean of the wrists above the mean of the knees"""
    lift: float = 0.0
    """left ankle above the right one, against standing on both feet"""
    balance: float = 0.0
    """whose foot the body is over: + the left one's, - the right one's; near 0 between them"""
    stands_on: Side | None = None
    """the only leg that carries the body; None: both do, or nobody can tell"""
    soles_px: tuple[float, float] = (float("nan"), float("nan"))
    """mean of ankle, heel and toe, left and right foot, as `feet_px`: those that stand, where one is over a foot"""

    @property
    def seen(self) -> bool:
        return bool(np.isfinite(self.hip_height))

    def over_foot(self, side: Side) -> BodySample:
        """The same instant with heights counted from the ankle of `side`, and with the other foot forgotten."""
        sign = 1.0 if side == "left" else -1.0
        above = self.feet_apart[1] / 2 * sign
        return replace(
            self,
            hip_height=self.hip_height - above,
            shoulder_height=self.shoulder_height - above,
            feet_px=self.feet_px + above * self.size_px,
            feet_apart=(0.0, 0.0),
            body_aside=self.body_aside - self.feet_apart[0] / 2 * sign,
            soles_px=(self.soles_px[0 if side == "left" else 1],) * 2,
        )

    def over_lower_foot(self) -> BodySample:
        """Heights counted from the lower ankle: the one that stands while the other steps."""
        return replace(self.over_foot("left" if self.feet_apart[1] < 0 else "right"), feet_apart=self.feet_apart)

    def by_shoulders(self) -> BodySample:
        """The shoulders' height in place of the hips': what a hinge moves."""
        return replace(self, hip_height=self.shoulder_height)


_POINTS = (
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_shoulder",
    "right_shoulder",
    "left_wrist",
    "right_wrist",
    "left_ear",
    "right_ear",
    "left_heel",
    "right_heel",
    "left_toe",
    "right_toe",
)
_PAIRS = ((0, 1), (4, 5), (6, 7))
"""Hips, ankles and shoulders in _POINTS."""


class BodyReader:
    """Forward-only: `read` once a frame, in order of time."""

    def __init__(self, skeleton: Skeleton) -> None:
        self._rows = skeleton.indices(*_POINTS)
        self._recent: deque[tuple[float, float]] = deque()
        self._size_px = float("nan")
        self._time_s = float("nan")
        self._apart_px: dict[int, FloatArray] = {}
        self._sole_px: dict[int, float] = {}
        self._support = SupportReader()

    def read(self, time_s: float, xy_px: FloatArray, roll_deg: float = 0.0) -> BodySample:
        """`xy_px` (K, 2), NaN where unseen; `roll_deg` of the picture against gravity, clockwise positive."""
        points = self._paired(_upright(xy_px[self._rows], roll_deg))
        left_hip, right_hip, left_knee, right_knee, left_ankle, right_ankle, *upper = points
        left_shoulder, right_shoulder, left_wrist, right_wrist, left_ear, right_ear, *feet = upper
        hip, shoulder = _middle(left_hip, right_hip), _middle(left_shoulder, right_shoulder)
        ankle = _middle(left_ankle, right_ankle)
        lengths = [
            _length(left_hip - left_ankle),
            _length(right_hip - right_ankle),
            LEG_PER_TRUNK * _length(shoulder - hip),
            LEG_PER_SHANK * _length(left_knee - left_ankle),
            LEG_PER_SHANK * _length(right_knee - right_ankle),
        ]
        size = self._follow_size(time_s, lengths)
        apart = (left_ankle - right_ankle) / size
        legs = (lengths[0] / size, lengths[1] / size)
        support = self._support.read(time_s, left_ankle, right_ankle, feet, hip, shoulder, legs, size)
        return BodySample(
            time_s=time_s,
            hip_height=float((hip - ankle)[1] / size),
            shoulder_height=float((shoulder - ankle)[1] / size),
            left_extension=lengths[0] / size,
            right_extension=lengths[1] / size,
            left_knee_height=float((left_knee - left_ankle)[1] / size),
            right_knee_height=float((right_knee - right_ankle)[1] / size),
            feet_apart=(float(apart[0]), float(apart[1])),
            feet_px=float(ankle[1]),
            wrists_over_ears=float((min(left_wrist[1], right_wrist[1]) - max(left_ear[1], right_ear[1])) / size),
            size_px=size,
            body_aside=support.aside,
            wrists_over_knees=float((left_wrist + right_wrist - left_knee - right_knee)[1] / 2 / size),
            lift=support.lift,
            balance=support.balance,
            stands_on=support.side,
            soles_px=(self._sole(0, left_ankle, feet), self._sole(1, right_ankle, feet)),
        )

    def _sole(self, foot: int, ankle: FloatArray, feet: Sequence[FloatArray]) -> float:
        """Height of a foot by its three points; where its heel or toe is hidden, by the ankle as they were last seen
        against it."""
        heel, toe = feet[foot], feet[foot + 2]
        below = float((heel[1] + toe[1] - 2 * ankle[1]) / 3)
        if math.isfinite(below):
            self._sole_px[foot] = below
        return float(ankle[1]) + self._sole_px.get(foot, 0.0)

    def _paired(self, points: FloatArray) -> FloatArray:
        """A hip or ankle that is hidden for a while is put beside its partner, where it was last seen against it:
        otherwise the middle of the two would jump with every loss of the far leg."""
        points = points.copy()
        for left, right in _PAIRS:
            apart = points[left] - points[right]
            if not math.isnan(apart[0]):
                self._apart_px[left] = apart
            elif left in self._apart_px and not math.isnan(points[left][0]):
                points[right] = points[left] - self._apart_px[left]
            elif left in self._apart_px and not math.isnan(points[right][0]):
                points[left] = points[right] + self._apart_px[left]
        return points

    def _follow_size(self, time_s: float, lengths_px: Sequence[float]) -> float:
        known = [length for length in lengths_px if math.isfinite(length)]
        if not known:
            return self._size_px
        self._recent.append((time_s, max(known)))
        while self._recent[0][0] < time_s - SIZE_SMOOTH_S:
            self._recent.popleft()
        seen = statistics.median([length for _, length in self._recent])
        if not np.isfinite(self._size_px) or seen > self._size_px:
            self._size_px = seen
        else:
            fall = 1.0 - math.exp(-(time_s - self._time_s) / SIZE_FALL_S)
            self._size_px = min(self._size_px + fall * (seen - self._size_px), SIZE_OVER_SEEN_MAX * seen)
        self._time_s = time_s
        return self._size_px


def read_track(track: Track, segments: Sequence[Segment] = ()) -> list[BodySample]:
    """A whole clip through one `BodyReader`, with each segment's roll undone. T samples."""
    reader = BodyReader(track.skeleton)
    roll_deg = np.zeros(track.time_s.size)
    for segment in segments:
        roll_deg[(track.time_s >= segment.start_s) & (track.time_s < segment.end_s)] = segment.roll_deg
    return [
        reader.read(float(time_s), xy_px, float(roll))
        for time_s, xy_px, roll in zip(track.time_s, track.xy_px, roll_deg, strict=True)
    ]


def _upright(xy_px: FloatArray, roll_deg: float) -> FloatArray:
    """Pixels to an x-right, y-up plane with gravity straight down."""
    roll = np.radians(roll_deg)
    x, y = xy_px[:, 0], -xy_px[:, 1]
    return np.stack([x * np.cos(roll) - y * np.sin(roll), x * np.sin(roll) + y * np.cos(roll)], axis=1)


def _middle(left: FloatArray, right: FloatArray) -> FloatArray:
    """Of two points, or the one that is known."""
    if math.isnan(left[0]):
        return right
    return left if math.isnan(right[0]) else (left + right) / 2


def _length(vector: FloatArray) -> float:
    return math.hypot(vector[0], vector[1])
