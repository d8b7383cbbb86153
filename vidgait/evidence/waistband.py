"""The slope of the strongest line from flank to flank over the pelvis: a waistband, or the hem of a tucked shirt.

Every picture is searched on its own, so nothing drifts. A line that bends alike to both sides, as when the pelvis tips
forward, keeps its slope; one that is hidden by an arm is not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidgait.types import FloatArray, ImageArray

__all__ = ["Lines", "edges_of", "trace_lines"]

ABOVE, BELOW, ASIDE = 0.30, 0.08, 0.24
"""Reach of the search from the middle of the hips, in torso lengths."""
PX_PER_TORSO = 100.0
BAND_PX = 12.0
"""How far the line may stray from its course in standing, one standard deviation."""
BEND = 0.3
"""Cost of one pixel up or down from column to column."""
SEEN_MIN = 0.6
ARM_THICK = 0.13
"""A forearm in torso lengths."""


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    slope_deg: FloatArray
    """(N,) clockwise in the levelled window, NaN where arms hide too much of it"""
    contrast: FloatArray
    """(N,) edge along the line over the mean of the window"""
    bend_px: FloatArray
    """(N,) how far the line sags in its middle against its ends, as a parabola; + ends up in the window"""
    rows: FloatArray
    """(N, W) where the line runs in the window"""


def edges_of(
    planes: ImageArray, window_to_crop: FloatArray, hidden_by: Sequence[FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Strength of edges across the line, (H, W), relative to their mean, and what arms leave free of it, both in the
    search window that `window_to_crop` (2, 3) maps to crop pixels. `hidden_by` are bones (2, 2) in crop pixels."""
    height, width = round((ABOVE + BELOW) * PX_PER_TORSO), round(2 * ASIDE * PX_PER_TORSO)
    rows = planes.shape[0] * 2 // 3
    colour = np.ascontiguousarray(planes[rows:].reshape(2, rows // 2, -1).transpose(1, 2, 0))
    halved = window_to_crop / 2
    halved[:, 2] -= 0.25
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size, border = (width, height), cv2.BORDER_REPLICATE
    luminance = cv2.warpAffine(planes[:rows], window_to_crop, size, flags=flags, borderMode=border)
    colours = cv2.warpAffine(colour, halved, size, flags=flags, borderMode=border)
    stack = cv2.GaussianBlur(np.dstack([luminance, colours]).astype(np.float32), (0, 0), 1.0)
    edge = np.sqrt((cv2.Sobel(stack, cv2.CV_32F, 0, 1) ** 2).sum(axis=2))
    seen = np.ones((height, width), np.float32)
    inverse = np.linalg.inv(np.vstack([window_to_crop, [0.0, 0.0, 1.0]]))[:2]
    for bone in hidden_by:
        a, b = np.round(bone @ inverse[:, :2].T + inverse[:, 2]).astype(int).tolist()
        cv2.line(seen, a, b, 0.0, round(ARM_THICK * PX_PER_TORSO))
    return edge * seen / (edge.mean() + 1e-6), seen


def trace_lines(edges: FloatArray, seen: FloatArray, course: FloatArray | None) -> Lines:
    """The best line in each window (N, H, W), near `course` (W,) where one is known."""
    height, width = edges.shape[1:]
    reward = edges.transpose(2, 0, 1).astype(np.float64)
    if course is not None:
        reward = reward - (((np.arange(height)[None] - course[:, None]) / BAND_PX) ** 2)[:, None]
    rows = _best_paths(reward)
    at = np.arange(len(edges))[:, None], rows, np.arange(width)[None]
    visible = seen[at] > 0.5
    strength = np.where(visible, edges[at], np.nan)
    slope, contrast = np.full(len(edges), np.nan), np.zeros(len(edges))
    for k, shown in enumerate(visible):
        x = np.flatnonzero(shown)
        if x.size >= SEEN_MIN * width and np.ptp(x) >= 0.7 * width:
            slope[k] = np.degrees(np.arctan(np.polyfit(x, rows[k, x], 1)[0]))
            contrast[k] = np.nanmedian(strength[k])
    return Lines(slope, contrast, _bends_px(rows), rows.astype(float))


def _bends_px(rows: FloatArray) -> FloatArray:
    """(N,) of lines (N, W)."""
    x = np.linspace(-1.0, 1.0, rows.shape[1])
    bend: FloatArray = -np.polyfit(x, rows.T.astype(float), 2)[0]
    return bend


def _best_paths(reward: FloatArray) -> FloatArray:
    """(N, W) rows of the left-to-right path of greatest `reward` (W, N, H) in each window, at most one row a column."""
    width, count, height = reward.shape
    score, back = reward[0].copy(), np.zeros((width, count, height), np.int8)
    wall = np.full((count, 1), -1e9)
    for x in range(1, width):
        options = np.stack([
            np.concatenate([wall, score[:, :-1] - BEND], axis=1), score,
            np.concatenate([score[:, 1:] - BEND, wall], axis=1),
        ])  # fmt: skip
        back[x] = options.argmax(axis=0) - 1
        score = options.max(axis=0) + reward[x]
    rows = np.zeros((count, width), int)
    rows[:, -1] = score.argmax(axis=1)
    every = np.arange(count)
    for x in range(width - 1, 0, -1):
        rows[:, x - 1] = rows[:, x] + back[x, every, rows[:, x]]
    return rows
