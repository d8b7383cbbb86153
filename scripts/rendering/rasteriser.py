"""Which triangle is seen in each pixel, and which surface the light sees first. Compiled by numba."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from scripts.rendering.geometry import Array

__all__ = ["draw_light_depth", "draw_triangles", "vertex_normals"]

NEAR_M = 0.05


@njit(cache=True, fastmath=True)
def _pixel_range(low, high, size):  # type: ignore[no-untyped-def]
    """First and last pixel whose centre lies between `low` and `high`."""
    return max(int(np.ceil(low - 0.5)), 0), min(int(np.floor(high - 0.5)), size - 1)


@njit(cache=True, fastmath=True)
def draw_triangles(points, faces, inverse_depth, seen, weight_1, weight_2):  # type: ignore[no-untyped-def]
    """Z-buffer. `points` (V, 3): pixel x, y and depth in metres. Filled in place, each (H, W): the inverse depth, the
    index of the triangle seen (-1: none) and its perspective-correct barycentric weights of corners 1 and 2.
    """
    height, width = inverse_depth.shape
    for triangle in range(faces.shape[0]):
        a, b, c = faces[triangle, 0], faces[triangle, 1], faces[triangle, 2]
        x0, y0, z0 = points[a, 0], points[a, 1], points[a, 2]
        x1, y1, z1 = points[b, 0], points[b, 1], points[b, 2]
        x2, y2, z2 = points[c, 0], points[c, 1], points[c, 2]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if z0 <= NEAR_M or z1 <= NEAR_M or z2 <= NEAR_M or abs(area) < 1e-9:
            continue
        x_first, x_last = _pixel_range(min(x0, x1, x2), max(x0, x1, x2), width)
        y_first, y_last = _pixel_range(min(y0, y1, y2), max(y0, y1, y2), height)
        for y in range(y_first, y_last + 1):
            for x in range(x_first, x_last + 1):
                w1 = ((x + 0.5 - x0) * (y2 - y0) - (x2 - x0) * (y + 0.5 - y0)) / area
                w2 = ((x1 - x0) * (y + 0.5 - y0) - (x + 0.5 - x0) * (y1 - y0)) / area
                w0 = 1 - w1 - w2
                if w0 < -1e-6 or w1 < -1e-6 or w2 < -1e-6:
                    continue
                nearness = w0 / z0 + w1 / z1 + w2 / z2
                if nearness > inverse_depth[y, x]:
                    inverse_depth[y, x] = nearness
                    seen[y, x] = triangle
                    weight_1[y, x] = w1 / z1 / nearness
                    weight_2[y, x] = w2 / z2 / nearness


@njit(cache=True, fastmath=True)
def draw_light_depth(points, faces, depth):  # type: ignore[no-untyped-def]
    """Orthographic depth map of the light, in place: `points` (V, 3) map x, y and distance; smallest distance wins."""
    height, width = depth.shape
    for triangle in range(faces.shape[0]):
        a, b, c = faces[triangle, 0], faces[triangle, 1], faces[triangle, 2]
        x0, y0, z0 = points[a, 0], points[a, 1], points[a, 2]
        x1, y1, z1 = points[b, 0], points[b, 1], points[b, 2]
        x2, y2, z2 = points[c, 0], points[c, 1], points[c, 2]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if abs(area) < 1e-12:
            continue
        x_first, x_last = _pixel_range(min(x0, x1, x2), max(x0, x1, x2), width)
        y_first, y_last = _pixel_range(min(y0, y1, y2), max(y0, y1, y2), height)
        for y in range(y_first, y_last + 1):
            for x in range(x_first, x_last + 1):
                w1 = ((x + 0.5 - x0) * (y2 - y0) - (x2 - x0) * (y + 0.5 - y0)) / area
                w2 = ((x1 - x0) * (y + 0.5 - y0) - (x + 0.5 - x0) * (y1 - y0)) / area
                w0 = 1 - w1 - w2
                if w0 >= 0 and w1 >= 0 and w2 >= 0:
                    depth[y, x] = min(depth[y, x], w0 * z0 + w1 * z1 + w2 * z2)


def vertex_normals(vertices: Array, faces: np.ndarray) -> Array:
    """Area-weighted unit normals (V, 3)."""
    corners = vertices[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.stack(
        [
            np.bincount(faces.ravel(), weights=np.repeat(normal[:, axis], 3), minlength=len(vertices))
            for axis in range(3)
        ],
        axis=1,
    )
    return total / (np.linalg.norm(total, axis=1, keepdims=True) + 1e-12)
