"""The person detector: a whole picture in, one region for each person out.

Numbers from MediaPipe's pose detector graph (Apache-2.0): 224 px letterboxed, 2254 anchors of fixed size, scores as
logits, weighted non-maximum suppression. Of the four keypoints, the first is the mid-hip and the second bounds the
body.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from vidgait.pose.regions import Region, from_points
from vidgait.pose.sampling import Sampler

if TYPE_CHECKING:
    from vidgait.types import FloatArray, ImageArray

__all__ = ["PersonDetector", "anchors", "decode", "letterbox", "weighted_suppression"]

SIZE_PX = 224
STRIDES = (8, 16, 32, 32, 32)
"""One entry a layer; layers of equal stride share a grid."""
ANCHORS_A_LAYER = 2
LOGIT_LIMIT = 100.0
OVERLAP = 0.5
"""Boxes above this intersection over union are one person."""


class PersonDetector:
    """Regions of people in whole pictures. `session` is an ONNX Runtime session of `pose_detector.onnx`."""

    def __init__(self, session: Any, score_min: float) -> None:
        self._session = session
        self._score_min = score_min
        self._anchors = anchors()
        self._sampler = Sampler(SIZE_PX)

    def detect(self, images: Sequence[ImageArray]) -> list[list[Region]]:
        """For each (H, W, 3) BGR picture its people, the surest first. One batch."""
        prepared = [letterbox(image, self._sampler) for image in images]
        boxes, logits = self._session.run(None, {"image": np.stack([crop for crop, _ in prepared])})
        rows = zip(boxes, logits, prepared, strict=True)
        return [self._regions(box, logit, to_image) for box, logit, (_, to_image) in rows]

    def _regions(self, boxes: FloatArray, logits: FloatArray, to_image: FloatArray) -> list[Region]:
        scores, corners, points = decode(boxes, logits, self._anchors, self._score_min)
        found = []
        for merged in weighted_suppression(scores, corners, points):
            centre, edge = merged[:2] * SIZE_PX @ to_image[:, :2].T + to_image[:, 2]
            region = from_points(centre, edge)
            if region is not None:
                found.append(region)
        return found


def anchors() -> FloatArray:
    """(2254, 2) centres (x, y) in [0, 1], in the order of the network's rows."""
    rows, layer = [], 0
    while layer < len(STRIDES):
        stride = STRIDES[layer]
        layers = sum(other == stride for other in STRIDES[layer:])
        cells = SIZE_PX // stride
        y, x = np.mgrid[0:cells, 0:cells]
        centres = (np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) / cells
        rows.append(np.repeat(centres, ANCHORS_A_LAYER * layers, axis=0))
        layer += layers
    return np.concatenate(rows)


def letterbox(image: ImageArray, sampler: Sampler) -> tuple[ImageArray, FloatArray]:
    """The picture in a 224 px square with black bars, and the (2, 3) matrix from the square to the picture."""
    height, width = image.shape[:2]
    scale = max(height, width) / SIZE_PX
    left, top = (SIZE_PX - width / scale) / 2, (SIZE_PX - height / scale) / 2
    to_image = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
    return sampler.square(image, to_image, repeat_edge=False), to_image


def decode(
    boxes: FloatArray, logits: FloatArray, centres: FloatArray, score_min: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Candidates above `score_min`: scores (M,), corners (M, 4) as x0 y0 x1 y1, keypoints (M, 4, 2), all in [0, 1]
    of the square. boxes (A, 12), logits (A,), centres (A, 2)."""
    scores = 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -LOGIT_LIMIT, LOGIT_LIMIT)))
    keep = np.flatnonzero(scores >= score_min)
    raw, anchor = boxes[keep].astype(np.float64) / SIZE_PX, centres[keep]
    centre, half = raw[:, :2] + anchor, raw[:, 2:4] / 2
    points = raw[:, 4:].reshape(-1, 4, 2) + anchor[:, None]
    return scores[keep], np.concatenate([centre - half, centre + half], axis=1), points


def weighted_suppression(scores: FloatArray, corners: FloatArray, points: FloatArray) -> list[FloatArray]:
    """Keypoints (4, 2) of each person, the surest first: candidates that overlap the best one are averaged with
    their scores as weights (MediaPipe's WEIGHTED algorithm)."""
    merged = []
    left = np.argsort(-scores, kind="stable")
    while len(left):
        same = _overlap(corners[left[0]], corners[left]) > OVERLAP
        same[0] = True
        together = left[same]
        merged.append(np.average(points[together], axis=0, weights=scores[together]))
        left = left[~same]
    return merged


def _overlap(box: FloatArray, boxes: FloatArray) -> FloatArray:
    """Intersection over union of (4,) with (M, 4)."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    shared: FloatArray = np.clip(high - low, 0, None).prod(axis=1)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    union: FloatArray = area + (box[2:] - box[:2]).prod() - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
