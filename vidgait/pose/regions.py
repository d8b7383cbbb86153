"""Rotated squares around people, in image pixels.

A region follows MediaPipe's rule (AlignmentPointsRectsCalculator and RectTransformationCalculator, Apache-2.0):
centre = mid-hip point, side = 2 * 1.25 * distance to the point that bounds the body, turned so that the line from
the first to the second point is upright.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vidgait.types import FloatArray

__all__ = ["Region", "between", "from_points", "same_place"]

MARGIN = 1.25
"""The margin the landmark network was trained with."""
SAME_PLACE = 0.2
SAME_SIZE = 1.7


@dataclass(frozen=True, slots=True)
class Region:
    x_px: float
    y_px: float
    side_px: float
    angle_rad: float
    """Clockwise turn of the person against the picture, in (-pi, pi]."""

    def to_image(self, size_px: int) -> FloatArray:
        """(2, 3) float64: crop pixels of a `size_px` square -> image pixels."""
        scale = self.side_px / size_px
        c, s = math.cos(self.angle_rad) * scale, math.sin(self.angle_rad) * scale
        half = size_px / 2
        return np.array([[c, -s, self.x_px - half * (c - s)], [s, c, self.y_px - half * (s + c)]])


def from_points(centre_px: FloatArray, edge_px: FloatArray) -> Region | None:
    """The region of a body from its two alignment points, each (2,); None where they coincide or are not finite."""
    dx, dy = float(edge_px[0] - centre_px[0]), float(edge_px[1] - centre_px[1])
    side = 2 * MARGIN * math.hypot(dx, dy)
    if not math.isfinite(side) or side < 1.0:
        return None
    return Region(float(centre_px[0]), float(centre_px[1]), side, _wrapped(math.pi / 2 - math.atan2(-dy, dx)))


def between(first: Region, second: Region, share: float) -> Region:
    """Linear interpolation, `share` 0 at the first and 1 at the second, the angle the short way round."""
    turn = _wrapped(second.angle_rad - first.angle_rad)
    return Region(
        first.x_px + share * (second.x_px - first.x_px),
        first.y_px + share * (second.y_px - first.y_px),
        first.side_px + share * (second.side_px - first.side_px),
        _wrapped(first.angle_rad + share * turn),
    )


def same_place(first: Region, second: Region) -> bool:
    """Whether two regions of one picture are so alike that they hold one person."""
    distance = math.hypot(first.x_px - second.x_px, first.y_px - second.y_px)
    large, small = max(first.side_px, second.side_px), min(first.side_px, second.side_px)
    return distance < SAME_PLACE * large and large < SAME_SIZE * small


def _wrapped(angle_rad: float) -> float:
    return angle_rad - 2 * math.pi * math.floor((angle_rad + math.pi) / (2 * math.pi))
