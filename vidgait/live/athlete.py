"""Who of the people in the picture is the athlete, decided as it happens.

At first the tallest one near the middle; from then on whoever is where the athlete just was. A passer-by does not take
over, however near the camera. Somebody who was away for a while is chosen afresh.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vidgait.types import FloatArray, FramePoses

__all__ = ["Athlete", "Seen"]

BODY = tuple(f"{side}_{part}" for part in ("shoulder", "hip", "knee", "ankle") for side in ("left", "right"))
STEP_BASE, STEP_PER_S = 0.10, 1.2
"""From one picture to the next the body's middle moves by less than this, in body heights, and so much more a second:
a quick walk is one body height a second."""
STEP_MAX_S = 1.0
"""However long the athlete was away, they come back near where they left."""
AFRESH_S = 3.0
OFF_CENTRE_COSTS = 0.6
"""Somebody at the picture's edge counts as this much less tall than in its middle."""
CHAIN_OF_STATURE = 0.779
"""Shoulder to ankle over hip and knee, as a share of stature (Drillis and Contini)."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The athlete in one picture."""

    xy_px: FloatArray
    """(K, 2)"""
    score: FloatArray
    """(K,)"""
    xyz_m: FloatArray | None
    """(K, 3)"""
    height_px: float
    rival_share: float
    """How tall the next tallest person is, over the athlete; 0: nobody else."""


class Athlete:
    """One for each session; `push` once a picture, in order of time."""

    def __init__(self, size_px: tuple[int, int]) -> None:
        self._size_px = size_px
        self.reset()

    def reset(self) -> None:
        self._middle_px: FloatArray | None = None
        self._height_px = 0.0
        self._time_s = -math.inf

    def push(self, time_s: float, people: FramePoses) -> Seen | None:
        """None: the athlete is not in the picture."""
        if not len(people.xy_px):
            return None
        bodies = people.xy_px[:, people.skeleton.indices(*BODY)]
        middles, heights = bodies.mean(axis=1), _heights_px(bodies)
        row = self._row(time_s, middles, heights)
        if row is None:
            return None
        self._middle_px, self._time_s = middles[row], time_s
        self._height_px = float(heights[row])
        others = np.delete(heights, row)
        return Seen(
            people.xy_px[row],
            people.score[row],
            None if people.xyz_m is None else people.xyz_m[row],
            self._height_px,
            float(others.max() / self._height_px) if others.size and self._height_px > 0 else 0.0,
        )

    def _row(self, time_s: float, middles: FloatArray, heights: FloatArray) -> int | None:
        away_s = time_s - self._time_s
        if self._middle_px is None or away_s > AFRESH_S:
            return int(np.argmax(self._worth(middles, heights)))
        moved = np.linalg.norm(middles - self._middle_px, axis=-1) / max(self._height_px, 1.0)
        nearest = int(np.argmin(moved))
        return nearest if moved[nearest] <= STEP_BASE + STEP_PER_S * min(away_s, STEP_MAX_S) else None

    def _worth(self, middles: FloatArray, heights: FloatArray) -> FloatArray:
        off = np.abs(middles[:, 0] / self._size_px[0] - 0.5) * 2
        worth: FloatArray = heights * (1.0 - OFF_CENTRE_COSTS * np.clip(off, 0.0, 1.0))
        return worth


def _heights_px(bodies: FloatArray) -> FloatArray:
    """(N,) statures from (N, 8, 2), by the better side."""
    chain = bodies.reshape(bodies.shape[0], 4, 2, 2)
    lengths = np.linalg.norm(np.diff(chain, axis=1), axis=-1).sum(axis=1)
    heights: FloatArray = np.fmax(lengths[:, 0], lengths[:, 1]) / CHAIN_OF_STATURE
    return heights
