"""The phases of one repetition, from its instants: the one place that says when somebody goes down, waits, comes up.

The video, the tables and the stored result all ask here, so that they cannot disagree.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from vidgait.types import Rep

__all__ = ["Phase", "PhaseKind", "phase_at", "phases_of", "rises_first"]

PhaseKind = Literal["eccentric", "pause", "concentric"]


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch `[start_s, end_s)` of a repetition: eccentric (down), pause, or concentric (up)."""

    kind: PhaseKind
    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


def phases_of(rep: Rep) -> tuple[Phase, ...]:
    """In order of time, only what the instants of `rep` bound: a repetition that the clip cuts off lacks a phase.

    A squat goes down first, a stand from a chair up first. The pause lies between the two ways and may be empty; where
    only the turn (`bottom`, or `top` of a stand) is known, it parts the ways and no pause is claimed.
    """
    at = rep.instants
    ways: list[Phase] = []
    if "eccentric_end" in at:
        ways.append(Phase("eccentric", at.get("eccentric_start", rep.start_s), at["eccentric_end"]))
    if "concentric_start" in at:
        ways.append(Phase("concentric", at["concentric_start"], at.get("concentric_end", rep.end_s)))
    if not ways:
        return _parted_by_turn(rep)
    ways.sort(key=lambda way: way.start_s)
    pauses = [Phase("pause", first.end_s, max(first.end_s, last.start_s)) for first, last in itertools.pairwise(ways)]
    return (ways[0], *pauses, *ways[1:])


def _parted_by_turn(rep: Rep) -> tuple[Phase, ...]:
    down_first: tuple[PhaseKind, PhaseKind] = ("eccentric", "concentric")
    kinds = down_first[::-1] if "top" in rep.instants else down_first
    turn_s = rep.instants.get("top", rep.instants.get("bottom", rep.start_s))
    if not rep.start_s < turn_s < rep.end_s:
        return ()
    return Phase(kinds[0], rep.start_s, turn_s), Phase(kinds[1], turn_s, rep.end_s)


def phase_at(rep: Rep, time_s: float) -> PhaseKind | None:
    """The phase that `time_s` lies in, or None outside all of them."""
    return next((phase.kind for phase in phases_of(rep) if phase.start_s <= time_s < phase.end_s), None)


def rises_first(rep: Rep) -> bool | None:
    """Whether the way up comes before the way down; None where not both are known."""
    kinds = [phase.kind for phase in phases_of(rep)]
    if not {"eccentric", "concentric"} <= set(kinds):
        return None
    return kinds[0] == "concentric"
