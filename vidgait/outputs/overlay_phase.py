"""Where in which repetition one instant lies: what the counter, the phase and the tempo bar show. No drawing here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidgait.tempo import phases_of

if TYPE_CHECKING:
    from vidgait.types import Analysis, Rep

__all__ = ["RISING", "Moment", "moment_at"]

RISING = ("sit_to_stand",)
"""Movements whose repetitions begin at the bottom."""

WORDS: dict[bool, dict[str, str]] = {
    False: {"eccentric": "going down", "pause": "pause", "concentric": "coming up", "rest": "standing"},
    True: {"eccentric": "sitting down", "pause": "standing", "concentric": "standing up", "rest": "seated"},
}


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
    phases = phases_of(rep)
    phase = next((phase for phase in phases if time_s < phase.end_s), phases[-1] if phases else None)
    word = WORDS[rising][phase.kind] if phase else "moving"
    return Moment(count, total, word if rep.index else f"{word} (partial)", rep, True)
