"""The smoothing that MediaPipe's Tasks runtime adds in its video mode with one person.

Settings and order of steps as in MediaPipe's pose_landmarks_detector_graph.cc and one_euro_filter.cc (Apache-2.0). It
delays slow movement, so vidgait does not use it; the comparison with that runtime needs it on both sides.
"""

from __future__ import annotations

import numpy as np

__all__ = ["smooth"]

MIN_CUTOFF_HZ = 0.05
BETA = 80.0
DERIVATIVE_CUTOFF_HZ = 1.0
FIRST_RATE_HZ = 30.0


def smooth(xy_px: np.ndarray, time_s: np.ndarray, scale_px: np.ndarray) -> np.ndarray:
    """(T, K, 2) smoothed as the official runtime does: starts anew after every frame without a person (NaN).

    time_s (T,); scale_px (T,) side of the region that each frame's pose gives for the next one.
    """
    out = np.full_like(xy_px, np.nan)
    state: _State | None = None
    for index, points in enumerate(xy_px):
        if np.isnan(points).any():
            state = None
            continue
        state = state or _State()
        out[index] = state.step(points, time_s[index], scale_px[index])
    return out


class _State:
    """The filter of all coordinates of one person."""

    def __init__(self) -> None:
        self._time_s = 0.0
        self._rate_hz = FIRST_RATE_HZ
        self._last: np.ndarray | None = None
        self._smooth = self._speed = np.zeros(0)

    def step(self, points: np.ndarray, time_s: float, scale_px: float) -> np.ndarray:
        if time_s <= self._time_s:
            return points
        if self._time_s:
            self._rate_hz = 1 / (time_s - self._time_s)
        self._time_s = time_s
        if self._last is None:
            self._smooth, self._speed = points, np.zeros_like(points)
        else:
            speed = (points - self._last) / scale_px * self._rate_hz
            self._speed = self._speed + self._share(np.full_like(speed, DERIVATIVE_CUTOFF_HZ)) * (speed - self._speed)
            share = self._share(MIN_CUTOFF_HZ + BETA * np.abs(self._speed))
            self._smooth = self._smooth + share * (points - self._smooth)
        self._last = points
        return self._smooth

    def _share(self, cutoff_hz: np.ndarray) -> np.ndarray:
        return 1 / (1 + self._rate_hz / (2 * np.pi * cutoff_hz))
