"""Faults that show while somebody moves: live readings against those of the own first repetitions."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from vidgait.live.faults import Finding, applies, is_behind
from vidgait.outputs.cues import FIRST_REPS

if TYPE_CHECKING:
    from vidgait.live.state import LiveReading, LiveState
    from vidgait.types import Side

__all__ = ["Moving"]

WATCHED: dict[str, tuple[str, float]] = {
    "fppa_deg": ("knee_in", 8.0),
    "contralateral_pelvic_drop_deg": ("hip_drop", 5.0),
    "trunk_lean_stance_deg": ("trunk_side", 8.0),
    "trunk_lean_deg": ("trunk", 10.0),
}
"""Series, the fault that more of it is, and the least difference in degrees: more than for a finished repetition, whose
numbers are better."""

DEEP = 0.75
"""Compared from this share of the usual depth on: higher up, everything differs with the depth."""
DEEPER = 1.1
"""Beyond this share more lean is no fault."""
LASTS_S = 0.25
LEAVE_SHARE = 0.6
"""A fault is over below this share of what made it one."""

Key = tuple[str, "Side | None"]


@dataclass(slots=True)
class Moving:
    """One for each session. Readings without an error are never spoken of."""

    _deep: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Of the repetition under way."""
    _first: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Median of each of the first repetitions."""
    _since_s: dict[Key, float] = field(default_factory=dict)
    _told: int = 0

    def forget(self) -> None:
        """Somebody was lost: what was under way counts for nothing."""
        self._deep.clear()
        self._since_s.clear()

    def push(self, state: LiveState) -> tuple[Finding, ...]:
        """Faults that have lasted, at this picture."""
        if len(state.reps) > self._told:
            self._fold(state)
        if state.depth_share < DEEP or state.phase == "rest":
            self._since_s.clear()
            return ()
        found = [self._look(state, reading) for reading in state.readings if reading.name in WATCHED]
        return tuple(one for one in found if one is not None)

    def _fold(self, state: LiveState) -> None:
        """A repetition is done: among the first, it sets the standard."""
        self._told = len(state.reps)
        for key, values in self._deep.items():
            if len(self._first[key]) < FIRST_REPS and state.reps[-1].excluded is None:
                self._first[key].append(median(values))
        self._deep.clear()

    def _look(self, state: LiveState, reading: LiveReading) -> Finding | None:
        fault, least = WATCHED[reading.name]
        key = reading.name, reading.side
        if reading.value is None or not math.isfinite(reading.value) or reading.error is None:
            self._since_s.pop(key, None)
            return None
        if is_behind(state, reading.side) or not applies(fault, state.movement):
            return None
        self._deep[key].append(reading.value)
        if len(self._first[key]) < FIRST_REPS or (fault == "trunk" and state.depth_share > DEEPER):
            return None
        return self._lasting(state.time_s, key, fault, reading.value - max(self._first[key]), max(least, reading.error))

    def _lasting(self, time_s: float, key: Key, fault: str, amount: float, limit: float) -> Finding | None:
        if amount < LEAVE_SHARE * limit or (key not in self._since_s and amount <= limit):
            self._since_s.pop(key, None)
            return None
        began_s = self._since_s.setdefault(key, time_s)
        if time_s - began_s < LASTS_S - 1e-9:
            return None
        return Finding(fault, key[1], True, amount, key[0], amount / limit)
