"""Where in which repetition one instant lies: what the counter, the phase and the tempo bar show. No drawing here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidgait.tempo import phases_of

if TYPE_CHECKING:
    from vidgait.types import Analysis, Rep, Side

__all__ = ["RISING", "Moment", "moment_at"]

RISING = ("sit_to_stand",)
"""Movements whose repetitions begin at the bottom."""

WORDS: dict[bool, dict[str, str]] = {
    False: {"eccentric": "going down", "pause": "pause", "concentric": "coming up", "rest": "standing"},
    True: {"eccentric": "sitting down", "pause": "standing", "concentric": "standing up", "rest": "seated"},
}
HOLDING, REST = "on one leg", "on two legs"


@dataclass(frozen=True, slots=True)
class Moment:
    """What the panel says at one instant."""

    count: int
    """The counted repetition that is under way or was the last one; 0 before the first. Of one leg, where repetitions
    belong to one."""
    total: int
    word: str
    rep: Rep | None
    """Under way now, or the last one of all; None before the first."""
    active: bool
    """Whether `rep` is under way."""
    side: Side | None = None
    """The leg it is about."""
    clock: str = ""
    """Of a hold: how long the leg has stood, or stood."""


def moment_at(analysis: Analysis, time_s: float) -> Moment:
    reps = sorted(analysis.reps, key=lambda rep: rep.start_s)
    begun = [rep for rep in reps if rep.start_s <= time_s]
    rep = begun[-1] if begun else None
    side = rep.side if rep is not None else next((rep.side for rep in reps if rep.side is not None), None)
    numbers = [each.index for each in reps if each.index > 0 and each.side == side]
    begun_numbers = [each.index for each in begun if each.index > 0 and each.side == side]
    count = max(begun_numbers, default=0) if side is None else len(begun_numbers)
    word, active = _word(analysis, rep, time_s)
    return Moment(count, len(numbers), word, rep, active, side, _clock(rep, time_s))


def _word(analysis: Analysis, rep: Rep | None, time_s: float) -> tuple[str, bool]:
    """What is going on, and whether it is part of a repetition."""
    rising = analysis.movement.label in RISING
    holds = any(each.kind == "hold" for each in analysis.reps)
    if rep is None or time_s >= rep.end_s:
        return (REST if holds else WORDS[rising]["rest"]), False
    if rep.kind == "hold":
        return HOLDING, True
    phases = phases_of(rep)
    phase = next((phase for phase in phases if time_s < phase.end_s), phases[-1] if phases else None)
    word = WORDS[rising][phase.kind] if phase else "moving"
    return (word if rep.index else f"{word} (partial)"), True


def _clock(rep: Rep | None, time_s: float) -> str:
    """Seconds since the free foot came to rest off the floor, until it is lowered."""
    if rep is None or rep.kind != "hold":
        return ""
    lifted_s, lowered_s = rep.instants.get("lifted", rep.start_s), rep.instants.get("lowered", rep.end_s)
    return f"{max(min(time_s, lowered_s) - lifted_s, 0.0):.1f} s"
