"""Where panels go: into the corner where the athlete is seldom seen, over the whole clip and once for all pictures."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from vidgait.outputs.canvas import Box

if TYPE_CHECKING:
    from vidgait.types import FloatArray, Track

__all__ = ["occupancy", "place"]

GRID = 72
"""Cells along the longer side of the picture."""

FRAMES_MAX = 160
"""More pictures than this, evenly taken, say nothing new about where somebody is."""

LIMB_SHARE, HEAD_SHARE = 0.10, 0.10
"""Thickness of a limb and radius of a head over the height of the body, roughly."""


def occupancy(track: Track, source_px: tuple[int, int]) -> FloatArray:
    """(rows, columns) share of pictures in which the athlete covers each cell of the picture."""
    cell_px = max(source_px) / GRID
    columns, rows = (max(1, round(side / cell_px)) for side in source_px)
    total = np.zeros((rows, columns))
    points = track.xy_px / np.array(source_px) * (columns, rows)
    seen = np.flatnonzero(np.isfinite(points).any(axis=(1, 2)))
    if not len(seen):
        return total
    edges = [track.skeleton.indices(*edge) for edge in track.skeleton.edges]
    chosen = seen[:: max(1, len(seen) // FRAMES_MAX)]
    for frame in chosen:
        total += _silhouette(points[frame], edges, (rows, columns))
    share: FloatArray = total / len(chosen)
    return share


def _silhouette(points: FloatArray, edges: Sequence[Sequence[int]], shape: tuple[int, int]) -> FloatArray:
    picture = np.zeros(shape, np.uint8)
    height = float(np.nanmax(points[:, 1]) - np.nanmin(points[:, 1]))
    thickness = max(1, round(LIMB_SHARE * min(height, 2 * GRID)))
    limits = (-GRID, 2 * GRID)
    for ends in edges:
        if np.isfinite(points[list(ends)]).all():
            start, end = (tuple(int(x) for x in np.clip(np.rint(points[at]), *limits)) for at in ends)
            cv2.line(picture, start, end, 1, thickness)
    whole = np.isfinite(points).all(axis=1)
    if whole.sum() > 2:  # the trunk and head are filled: the hull of the first points of the layout
        hull = cv2.convexHull(np.clip(np.rint(points[whole][:13]), *limits).astype(np.int32))
        cv2.fillConvexPoly(picture, hull, 1)
    if np.isfinite(points[0]).all():  # the nose, in every layout; hair reaches higher than any keypoint
        middle = np.clip(np.rint(points[0]), *limits).astype(int)
        cv2.circle(picture, (int(middle[0]), int(middle[1])), max(1, round(HEAD_SHARE * height)), 1, -1)
    silhouette: FloatArray = picture.astype(float)
    return silhouette


def place(
    share: FloatArray,
    size_px: tuple[int, int],
    panel_px: tuple[int, int],
    margin_px: int,
    taken: Sequence[Box],
    hides_max: float,
) -> Box | None:
    """The corner for a panel of `panel_px` that hides the athlete least, top left first; None if it fits nowhere or
    would hide them for more than `hides_max` (0 to 1) of its area, on average."""
    width, height = panel_px
    lefts = (margin_px, size_px[0] - margin_px - width)
    tops = (margin_px, size_px[1] - margin_px - height)
    boxes = [Box(left, top, left + width, top + height) for top, left in itertools.product(tops, lefts)]
    free = [
        box
        for box in boxes
        if _holds(size_px, box) and not any(box.grown(margin_px // 2).overlaps(other) for other in taken)
    ]
    best = min(free, key=lambda box: round(_hidden(share, size_px, box), 3), default=None)
    return best if best and _hidden(share, size_px, best) <= hides_max else None


def _holds(size_px: tuple[int, int], box: Box) -> bool:
    return box.left >= 0 and box.top >= 0 and box.right <= size_px[0] and box.bottom <= size_px[1]


def _hidden(share: FloatArray, size_px: tuple[int, int], box: Box) -> float:
    """Which share of the athlete lies under the panel, over the whole clip: 0 to 1."""
    rows, columns = share.shape
    left, right = (round(x / size_px[0] * columns) for x in (box.left, box.right))
    top, bottom = (round(y / size_px[1] * rows) for y in (box.top, box.bottom))
    part = share[top : max(bottom, top + 1), left : max(right, left + 1)]
    return float(part.sum() / max(share.sum(), 1e-9))
