"""Small pictures of the pelvis, kept while the clip is decoded for the first time.

Who the athlete is, where they stand still and from where they are filmed is known only after the whole clip has been
seen. Decoding it again would cost as much as finding the joints did, so a small crop about the hips of everyone who is
seen from the front or from behind is kept instead: some 35 kB each, at most `RATE_MAX_HZ` of them a second, and fewer
late in a long clip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from vidgait.types import ClipPoses, FloatArray, Frame, FramePoses, ImageArray, IntArray, Skeleton

__all__ = ["Crop", "PelvisCropper", "crops_of"]

PX_PER_TORSO = 100.0
"""Resolution of the crops. A torso length is the distance from mid-shoulder to mid-hip in standing."""
RATE_MAX_HZ = 15.0
ABOVE, BELOW, ASIDE = 0.80, 0.55, 0.75
"""Reach of a crop from the middle of the hips, in torso lengths."""
SHOULDERS_OVER_TORSO = 0.67
"""As the pose network places its points; keeps the size where the trunk leans towards the camera."""
WIDTH_MIN = 0.17
"""Hips or shoulders narrower than this in torso lengths: seen from the side."""
INSIDE_MIN = 0.8
"""Share of a crop that must lie in the picture."""
LIMIT_BYTES = 50_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """The surroundings of one person's pelvis at one instant."""

    time_s: float
    """Of the frame."""
    person: int
    """Row of the person in that frame's poses."""
    planes: ImageArray
    """(H * 3 / 2, W) uint8: I420, H and W even"""
    scale: float
    """Crop pixels per picture pixel, at most 1."""
    corner_px: tuple[int, int]
    """(x, y) of the picture pixel at the crop's top left"""

    def to_crop(self, points_px: FloatArray) -> FloatArray:
        """Picture pixels (..., 2) to crop pixels; centres of pixels have whole coordinates in both."""
        moved: FloatArray = (points_px + 0.5 - np.asarray(self.corner_px)) * self.scale - 0.5
        return moved


class PelvisCropper:
    """Cuts crops of everyone out of a clip's frames, which come in order of time: `RATE_MAX_HZ` a second at most, and
    half as many whenever they have taken another `limit_bytes`."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = self._room = limit_bytes
        self._step_s = 1.0 / RATE_MAX_HZ
        self._last_s = -np.inf
        self._before_s = -np.inf

    def cut(self, frame: Frame, people: FramePoses) -> tuple[Crop, ...]:
        """Crops of this frame, if it is its turn."""
        if not self._is_due(frame.time_s):
            return ()
        self._last_s = frame.time_s
        crops = [_cut(frame, person, xy_px, people.skeleton) for person, xy_px in enumerate(people.xy_px)]
        kept = tuple(crop for crop in crops if crop is not None)
        self._room -= sum(crop.planes.nbytes for crop in kept)
        if self._room < 0:
            self._room = self._limit_bytes
            self._step_s *= 2
        return kept

    def _is_due(self, time_s: float) -> bool:
        """The frame nearest to its turn: half a frame early is better than half a frame late."""
        spacing_s, self._before_s = time_s - self._before_s, time_s
        return bool(time_s - self._last_s > self._step_s - 0.5 * min(spacing_s, self._step_s))


def crops_of(crops: Sequence[Crop], poses: ClipPoses, person_ids: IntArray, person: int) -> tuple[list[Crop], IntArray]:
    """One person's crops in order of time, and the frame of the clip (N,) each belongs to."""
    frames = np.searchsorted(poses.time_s, [crop.time_s for crop in crops])
    rows = np.searchsorted(poses.frame, frames) + [crop.person for crop in crops]
    own = np.flatnonzero(person_ids[rows] == person) if len(crops) else np.zeros(0, int)
    return [crops[int(k)] for k in own], frames[own]


def _cut(frame: Frame, person: int, xy_px: FloatArray, skeleton: Skeleton) -> Crop | None:
    """None where the person is seen from the side, is too small, or stands at the picture's edge."""
    left_hip, right_hip, left_shoulder, right_shoulder = xy_px[
        skeleton.indices("left_hip", "right_hip", "left_shoulder", "right_shoulder")
    ]
    hip, shoulder = (left_hip + right_hip) / 2, (left_shoulder + right_shoulder) / 2
    shoulders_px = abs(left_shoulder[0] - right_shoulder[0])
    torso_px = max(float(np.hypot(*(hip - shoulder))), shoulders_px / SHOULDERS_OVER_TORSO)
    narrow = WIDTH_MIN * torso_px
    if not torso_px >= 1 or shoulders_px < narrow or abs(left_hip[0] - right_hip[0]) < narrow:
        return None
    scale = min(1.0, PX_PER_TORSO / torso_px)
    size = np.array([2 * ASIDE, ABOVE + BELOW]) * torso_px * scale
    width, height = (2 * max(4, round(float(side) / 2)) for side in size)
    corner = np.round(hip - np.array([ASIDE, ABOVE]) * torso_px).astype(int)
    picture = _window(frame.image, corner, np.round(np.array([width, height]) / scale).astype(int))
    if picture is None:
        return None
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    planes = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2YUV_I420), np.uint8)
    return Crop(frame.time_s, person, planes, width / picture.shape[1], (int(corner[0]), int(corner[1])))


def _window(image: ImageArray, corner: np.ndarray, size: np.ndarray) -> ImageArray | None:
    """A part of the picture, its rim repeated beyond the edge; None where too much of it lies outside."""
    height, width = image.shape[:2]
    low, high = corner, corner + size
    inside_low, inside_high = np.clip(low, 0, [width, height]), np.clip(high, 0, [width, height])
    if np.prod(inside_high - inside_low) < INSIDE_MIN * np.prod(size):
        return None
    part = image[inside_low[1] : inside_high[1], inside_low[0] : inside_high[0]]
    before, after = inside_low - low, high - inside_high
    if before.any() or after.any():
        sides = (int(before[1]), int(after[1]), int(before[0]), int(after[0]))
        part = np.asarray(cv2.copyMakeBorder(part, *sides, cv2.BORDER_REPLICATE), np.uint8)
    return part
