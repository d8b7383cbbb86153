"""Time stamps: which pictures of a stream reach the viewer, in what order, and which were lost. Pure."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from vidgait.types import Issue

__all__ = ["DamageLog", "StampLedger", "spacing"]

STEADY_TOLERANCE = 0.25
"""Spacings that all lie within this share of their median count as a constant rate: rounding of a coarse clock (1 ms in
Matroska) stays under it, a dropped picture does not."""


class StampLedger:
    """Stamps that went into the decoder and have not come out yet."""

    def __init__(self) -> None:
        self._waiting: list[int] = []
        self._doubtful: set[int] = set()
        self._started = False

    def fed(self, stamp: int) -> None:
        heapq.heappush(self._waiting, stamp)

    def doubt(self, stamp: int) -> None:
        """The packet with this stamp stands next to one that failed, in decoding order. Damage seldom begins and ends
        between two packets, and a decoder passes a half-broken picture on as good."""
        self._doubtful.add(stamp)

    def is_doubtful(self, stamp: int) -> bool:
        return stamp in self._doubtful

    def shown(self, stamp: int) -> list[int]:
        """A picture with `stamp` came out, in presentation order: the earlier stamps still waiting are lost. Before
        the first picture nothing is lost: a stream may start between key frames."""
        lost: list[int] = []
        while self._waiting and self._waiting[0] <= stamp:
            waiting = heapq.heappop(self._waiting)
            if waiting < stamp and self._started:
                lost.append(waiting)
        self._started = True
        return lost

    def next_in_order(self) -> int | None:
        """The earliest waiting stamp, taken out: for containers that state decoding times only (AVI), where the n-th
        picture shown has the n-th of these."""
        return heapq.heappop(self._waiting) if self._waiting else None

    def left_over(self) -> list[int]:
        """What never came out."""
        return sorted(self._waiting) if self._started else []


@dataclass(frozen=True, slots=True)
class _Hole:
    at: int
    """Index of the analysed frame after it."""
    before_s: Fraction | None
    after_s: Fraction | None
    """Media times of the good frames on both sides; None at the ends of the clip."""
    unhealed: bool

    def message(self) -> str:
        if self.after_s is None:
            where = "at the end" if self.before_s is None else f"after {float(self.before_s):.2f} s"
        elif self.before_s is None:
            where = f"before {float(self.after_s):.2f} s"
        else:
            where = f"between {float(self.before_s):.2f} s and {float(self.after_s):.2f} s"
        note = " Pictures right after may still be smeared." if self.unhealed else ""
        return f"Pictures {where} could not be decoded and were left out.{note}"


class DamageLog:
    """Counts what was left out between analysed frames of `[start_s, end_s)`, and makes one issue of each stretch, with
    the analysed frames on both sides of the hole."""

    def __init__(self, start_s: float | None = None, end_s: float | None = None) -> None:
        """Media times; None for the clip's own beginning and end."""
        self._start_s = -math.inf if start_s is None else start_s
        self._end_s = math.inf if end_s is None else end_s
        self._analysed = 0
        self._lost = 0
        self._misplaced = 0
        self._unhealed = False
        self._last_s: Fraction | None = None
        self._holes: list[_Hole] = []
        self._misplacements: list[tuple[int, int]] = []

    def lost(self, media_times_s: Iterable[Fraction]) -> None:
        """Pictures with these times could not be decoded, or lean on one that could not."""
        self._lost += sum(self._start_s <= time_s < self._end_s for time_s in media_times_s)

    def resumed_unhealed(self) -> None:
        """The next good frame comes without a key frame after the damage: traces of it may be left."""
        self._unhealed = True

    def out_of_order(self, media_time_s: Fraction | None) -> None:
        """A picture whose stamp is missing or does not come after the last one was left out."""
        self._misplaced += media_time_s is None or self._start_s <= media_time_s < self._end_s

    @property
    def misplaced(self) -> int:
        """Pictures left out for their stamps since the last analysed frame."""
        return self._misplaced

    def analysed(self, media_time_s: Fraction) -> None:
        """The next good frame is handed on."""
        self._settle(media_time_s)
        self._last_s = media_time_s
        self._analysed += 1

    def _settle(self, next_s: Fraction | None) -> None:
        if self._lost:
            self._holes.append(_Hole(self._analysed, self._last_s, next_s, self._unhealed))
        if self._misplaced:
            self._misplacements.append((self._analysed, self._misplaced))
        self._lost, self._misplaced, self._unhealed = 0, 0, False

    def issues(self) -> tuple[Issue, ...]:
        """All so far, the end of the clip included."""
        self._settle(None)
        last = max(0, self._analysed - 1)
        found = [
            Issue("video_corrupt", "warning", hole.message(), (max(0, hole.at - 1), min(hole.at, last)))
            for hole in self._holes
        ]
        if self._misplacements:
            count = sum(number for _, number in self._misplacements)
            span = (max(0, self._misplacements[0][0] - 1), min(self._misplacements[-1][0], last))
            reason = "with a time stamp that was missing, repeated or ran backwards"
            number = "One picture" if count == 1 else f"{count} pictures"
            message = f"{number} {reason} {'was' if count == 1 else 'were'} left out."
            found.append(Issue("video_time_stamps", "warning", message, span))
        return tuple(found)


def spacing(stamps_s: Sequence[Fraction]) -> tuple[float | None, bool]:
    """(median spacing in seconds or None, whether the spacing varies) of presentation stamps in any order."""
    steps = np.diff(np.unique(np.array([float(stamp) for stamp in stamps_s])))
    if not len(steps):
        return None, False
    median = float(np.median(steps))
    return median, bool(np.any(np.abs(steps - median) > STEADY_TOLERANCE * median))
