"""A filter that looks back only: steady while a point rests, quick while it moves.

The One-Euro filter of Casiez, Roussel and Vogel (CHI 2012): a first-order low-pass whose cut-off rises with the speed.
Speeds are in body heights a second, so that the same numbers hold for every picture. For what is shown at once; numbers
that stay are worked out afresh from the raw points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vidgait.types import BoolArray, FloatArray

__all__ = ["OneEuro"]

SPEED_CUTOFF_HZ = 1.0
"""Of the speed's own low-pass, as in the paper."""


class OneEuro:
    """All keypoints of one person. `step` once a picture, in order of time."""

    def __init__(self, cutoff_min_hz: float, beta: float, gap_max_s: float) -> None:
        """`beta`: Hz more for each body height a second. A point unseen for longer than `gap_max_s` starts afresh."""
        self._cutoff_min_hz, self._beta, self._gap_max_s = cutoff_min_hz, beta, gap_max_s
        self.reset()

    def reset(self) -> None:
        self._time_s: FloatArray | None = None
        self._raw = self._smooth = self._speed = np.zeros((0, 2))

    def step(self, time_s: float, xy_px: FloatArray, height_px: float) -> FloatArray:
        """(K, 2) smoothed from (K, 2), NaN where unseen. `height_px` of the body. Raises ValueError where time does not
        rise."""
        known: BoolArray = np.asarray(np.isfinite(xy_px).all(axis=-1))
        if self._time_s is None:
            self._time_s = np.full(len(xy_px), -np.inf)
            self._raw, self._smooth = np.zeros_like(xy_px), np.zeros_like(xy_px)
            self._speed = np.zeros_like(xy_px)
        step_s = time_s - self._time_s
        if known.any() and step_s[known].min() <= 0:
            raise ValueError("time must rise from one step to the next")
        fresh = known & (step_s > self._gap_max_s)
        goes_on = known & ~fresh
        self._smooth[fresh], self._speed[fresh] = xy_px[fresh], 0.0
        self._follow(xy_px[goes_on], step_s[goes_on, None], goes_on, height_px)
        self._raw[known] = xy_px[known]
        self._time_s[known] = time_s
        return np.where(known[:, None], self._smooth, np.nan)

    def _follow(self, xy_px: FloatArray, step_s: FloatArray, rows: BoolArray, height_px: float) -> None:
        speed = (xy_px - self._raw[rows]) / height_px / step_s
        self._speed[rows] += _share(SPEED_CUTOFF_HZ, step_s) * (speed - self._speed[rows])
        # One cut-off for both coordinates, so that a turned picture gives the turned result.
        quick = np.linalg.norm(self._speed[rows], axis=-1, keepdims=True)
        share = _share(self._cutoff_min_hz + self._beta * quick, step_s)
        self._smooth[rows] += share * (xy_px - self._smooth[rows])


def _share(cutoff_hz: FloatArray | float, step_s: FloatArray) -> FloatArray:
    """How much of the way to the new value is gone: 1 / (1 + tau / step), tau = 1 / (2 pi cut-off)."""
    turned = 2 * np.pi * cutoff_hz * step_s
    share: FloatArray = turned / (1.0 + turned)
    return share
