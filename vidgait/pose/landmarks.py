"""The landmark network: the crop of one person in, 33 keypoints, their visibility and 33 points in metres out.

Follows MediaPipe's pose landmarks graph (Apache-2.0): 256 px crop whose border repeats the edge of the picture,
coarse points refined on heatmaps, two auxiliary points that give the person's region in the next frame.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vidgait.pose.regions import Region, from_points
from vidgait.pose.sampling import Sampler

if TYPE_CHECKING:
    from vidgait.types import FloatArray, ImageArray

__all__ = ["EDGE", "SIZE_PX", "LandmarkNetwork", "Pose", "refine", "to_camera"]

SIZE_PX = 256
KEYPOINTS = 33
CENTRE, EDGE = 33, 34
"""Auxiliary points: mid-hip, and the point that bounds the body."""
HEATMAP_CELL_PX = 4
WINDOW = 7
HEATMAP_PEAK_MIN = 0.5
"""A heatmap refines a point only where its own peak in the window is at least this sure."""
BATCH_MAX = 64


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """One person in one picture."""

    xy_px: FloatArray
    """(33, 2) image pixels"""
    visibility: FloatArray
    """(33,) in [0, 1]"""
    xyz_m: FloatArray
    """(33, 3) metres, hip-centred, x to the image's right, y up, z towards the camera"""
    presence: float
    """How sure the network is that the crop holds a person, in [0, 1]."""
    region: Region
    """Where it was looked for."""
    next_region: Region | None
    """Where to look for the same person in the next frame."""


class LandmarkNetwork:
    """Poses in regions of pictures. `session` is an ONNX Runtime session of `pose_landmarks.onnx`."""

    def __init__(self, session: Any, presence_min: float) -> None:
        self._session = session
        self._presence_min = presence_min
        self._sampler = Sampler(SIZE_PX)

    def poses(self, images: Sequence[ImageArray], regions: Sequence[Region]) -> list[Pose | None]:
        """The pose in each region of the picture beside it, None where the network sees nobody there."""
        found: list[Pose | None] = []
        for start in range(0, len(regions), BATCH_MAX):
            part = slice(start, start + BATCH_MAX)
            found += self._batch(images[part], regions[part])
        return found

    def _batch(self, images: Sequence[ImageArray], regions: Sequence[Region]) -> list[Pose | None]:
        maps = [region.to_image(SIZE_PX) for region in regions]
        # Black beyond the picture's edge instead of its edge repeated would move points by several pixels.
        crops = [self._sampler.square(image, m, repeat_edge=True) for image, m in zip(images, maps, strict=True)]
        outputs = self._session.run(["landmarks", "presence", "heatmap", "world"], {"image": np.stack(crops)})
        return [
            self._pose(region, to_image, *network)
            for region, to_image, *network in zip(regions, maps, *outputs, strict=True)
        ]

    def _pose(
        self,
        region: Region,
        to_image: FloatArray,
        landmarks: FloatArray,
        presence: FloatArray,
        heatmap: FloatArray,
        world: FloatArray,
    ) -> Pose | None:
        if not presence[0] >= self._presence_min:
            return None
        xy_px = refine(landmarks[: EDGE + 1, :2], heatmap) @ to_image[:, :2].T + to_image[:, 2]
        return Pose(
            xy_px=xy_px[:KEYPOINTS],
            visibility=_sigmoid(landmarks[:KEYPOINTS, 3].astype(np.float64)),
            xyz_m=to_camera(world[:KEYPOINTS], region.angle_rad),
            presence=float(presence[0]),
            region=region,
            next_region=from_points(xy_px[CENTRE], xy_px[EDGE]),
        )


_STEPS = np.arange(WINDOW) - WINDOW // 2


def refine(points_px: FloatArray, heatmap: FloatArray) -> FloatArray:
    """(K, 2) crop pixels: each point replaced by the weighted mean of its heatmap in the 7 x 7 window around it, where
    the window's peak is sure enough. points_px (K, 2); heatmap (>= K, 64, 64) logits. Only the windows are looked at:
    the sigmoid of whole heatmaps costs more than the rest of the decoding together."""
    cells = heatmap.shape[-1]
    points = points_px.astype(np.float64)
    # Truncation towards zero, and no upper limit for rows, are the official calculator's own.
    corner = np.trunc(points / HEATMAP_CELL_PX)
    inside = np.isfinite(corner).all(axis=1) & (corner >= 0).all(axis=1) & (corner[:, 0] < cells)
    centre = np.where(inside[:, None], corner, 0).astype(np.int64)
    columns, rows = centre[:, :1] + _STEPS, centre[:, 1:] + _STEPS
    in_columns, in_rows = (columns >= 0) & (columns < cells), (rows >= 0) & (rows < cells)
    window = heatmap[
        np.arange(len(points))[:, None, None],
        np.clip(rows, 0, cells - 1)[:, :, None],
        np.clip(columns, 0, cells - 1)[:, None, :],
    ]
    weight = _sigmoid(window.astype(np.float64)) * (in_rows[:, :, None] & in_columns[:, None, :])
    total = weight.sum(axis=(1, 2))
    sure = inside & (weight.max(axis=(1, 2)) >= HEATMAP_PEAK_MIN)
    total = np.where(sure, total, 1)
    refined = np.stack([(weight.sum(axis=1) * columns).sum(axis=1), (weight.sum(axis=2) * rows).sum(axis=1)], axis=1)
    return np.where(sure[:, None], refined / total[:, None] * HEATMAP_CELL_PX, points)


def to_camera(world: FloatArray, angle_rad: float) -> FloatArray:
    """(K, 3) metres, turned back by the crop's angle, with x to the image's right, y up and z towards the camera.
    `world` has y down and z away from the camera, as the network gives it."""
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    x, y, z = world.T.astype(np.float64)
    return np.stack([c * x - s * y, -(s * x + c * y), -z], axis=1)


def _sigmoid(logit: FloatArray) -> FloatArray:
    value: FloatArray = 1 / (1 + np.exp(-np.clip(logit, -100, 100)))
    return value
