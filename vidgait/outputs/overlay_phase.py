"""Where in which repetition one instant lies: what the counter, the phase and the tempo bar show. No drawing here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from vidgait.types import Analysis, Rep

__all__ = ["Moment", "Part", "moment_at", "parts_of"]

Kind = Literal["down", "pause", "up"]

RISING = ("sit_to_stand",)
"""Movements whose repetitions begin at the bottom."""

WORDS: dict[bool, dict[str, str]] = {
    False: {"down": "going down", "pause": "pause", "up": "coming up", "rest": "standing"},
    True: {"down": "sitting down", "pause": "standing", "up": "standing up", "rest": "seated"},
}

TURNS: dict[bool, tuple[tuple[str, ...], ...]] = {
    False: (("eccentric_end", "concentric_start"), ("bottom",)),
    True: (("concentric_end", "eccentric_start"), ("top",)),
}
"""Names of the instants that part a repetition, the most telling first; for movements that rise first under True."""


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a repetition with one direction."""

    kind: Kind
    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Moment:
    """What the panel says at one instant."""

    count: int
    """The counted repetition that is under way or was the last one; 0 before the first."""
    total: int
    word: str
    rep: Rep | None
    """Under way now, or the last one of all; None before the first."""
    active: bool
    """Whether `rep` is under way."""


def moment_at(analysis: Analysis, time_s: float) -> Moment:
    reps = sorted(analysis.reps, key=lambda rep: rep.start_s)
    rising = analysis.movement.label in RISING
    total = sum(rep.index > 0 for rep in reps)
    begun = [rep for rep in reps if rep.start_s <= time_s]
    count = max((rep.index for rep in begun), default=0)
    if not begun:
        return Moment(0, total, WORDS[rising]["rest"], None, False)
    rep = begun[-1]
    if time_s >= rep.end_s:
        return Moment(count, total, WORDS[rising]["rest"], rep, False)
    part = next((part for part in parts_of(rep, rising) if time_s < part.end_s), None)
    word = WORDS[rising][part.kind] if part else ""
    return Moment(count, total, word if rep.index else f"{word} (partial)", rep, True)


def parts_of(rep: Rep, rising: bool) -> tuple[Part, ...]:
    """Down, pause and up (or the reverse); a pause may be empty. Nothing where no instant inside the rep is known."""
    turns = _turns(rep, rising)
    if not turns:
        return ()
    kinds: Sequence[Kind] = ("up", "pause", "down") if rising else ("down", "pause", "up")
    edges = (rep.start_s, turns[0], turns[-1], rep.end_s)
    return tuple(Part(kind, start, end) for kind, start, end in zip(kinds, edges, edges[1:], strict=False))


def _turns(rep: Rep, rising: bool) -> list[float]:
    for names in TURNS[rising]:
        times = [rep.instants[name] for name in names if name in rep.instants]
        if len(times) == len(names) and all(rep.start_s <= time <= rep.end_s for time in times):
            return sorted(times)
    return []
