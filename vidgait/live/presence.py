"""For how long, and how well, somebody was seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from vidgait.types import BLAZEPOSE

if TYPE_CHECKING:
    from vidgait.live.state import LiveState

__all__ = ["Presence"]

LEGS = ("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle")
GAP_MAX_S = 1.0
"""A longer pause between two pictures (the camera was away) counts for neither."""


@dataclass(slots=True)
class Presence:
    """Adds up the states of a session in order of time."""

    watched_s: float = 0.0
    """From picture to picture, without what was paused."""
    seen_s: float = 0.0
    _scores: list[float] = field(default_factory=list)
    """Mean score of the legs for each second in which somebody was seen."""
    _second: list[float] = field(default_factory=list)
    _before_s: float | None = None

    def push(self, state: LiveState) -> None:
        passed_s = 0.0 if self._before_s is None else max(0.0, state.time_s - self._before_s)
        self._before_s = state.time_s
        if passed_s > GAP_MAX_S:
            return
        self.watched_s += passed_s
        if state.points_px is None:
            return
        self.seen_s += passed_s
        if state.score is not None and len(state.score) == len(BLAZEPOSE.keypoints):
            self._second.append(_leg_score(state))
        if self.seen_s >= len(self._scores) + 1 and self._second:
            self._scores.append(fmean(self._second))
            self._second.clear()

    @property
    def seen_share(self) -> float | None:
        """Part of the time in which somebody was seen; None before two pictures."""
        return self.seen_s / self.watched_s if self.watched_s > 0 else None

    @property
    def leg_score(self) -> float | None:
        """How sure the network was of hip, knee and ankle of the better seen leg, 0 to 1, mean over the seconds."""
        known = [*self._scores, *([fmean(self._second)] if self._second else [])]
        return fmean(known) if known else None


def _leg_score(state: LiveState) -> float:
    assert state.score is not None
    scores = state.score[BLAZEPOSE.indices(*LEGS)].reshape(3, 2)
    return float(np.max(np.nanmean(np.nan_to_num(scores), axis=0)))
