"""Best and worst repetition, and what changed over a set: only where it exceeds what can be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from vidgait.measures import resolvable_difference
from vidgait.outputs.cues import CHANGES, FIRST_REPS, LEAST_S, said_change
from vidgait.outputs.key_ranking import LEG_RANKINGS, RANKINGS, RISING_RANKINGS, Ranking, goodness

if TYPE_CHECKING:
    from vidgait.live.state import LiveRep
    from vidgait.types import Measure, Side

__all__ = ["Ends", "ends_of", "find_drift"]

RISING = ("sit_to_stand",)
DRIFT_REPS_MIN = 4
SAYS_THE_SAME = {
    "thigh_inclination_bottom": "knee_flexion_bottom",
    "hip_flexion_bottom": "knee_flexion_bottom",
    "thigh_inclination_vertical_bottom": "knee_flexion_bottom",
    "fppa_bottom": "fppa_change",
}
"""What is left out where its better known fellow has drifted too."""
SIDES: tuple[Side | None, ...] = ("left", "right", None)

End = tuple["LiveRep", "Measure", str]


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends of the order that a ranking gives."""

    best: End
    worst: End
    difference: float
    """How far they are apart, in the unit of the measure: at least 0."""
    resolved: float
    """And how far what can be told apart."""

    @property
    def apart(self) -> float:
        return self.difference / max(self.resolved, 1e-9)

    @property
    def alike(self) -> bool:
        return self.apart <= 1


def ends_of(reps: Sequence[LiveRep], movement: str | None) -> Ends | None:
    """By the rankings of the report's key pictures. Left is never compared with right: of one-legged movements, the leg
    on which the repetitions differ most is told of. None for fewer than two, or where nothing is known of all."""
    if any(rep.side for rep in reps):
        found = [_ends(_of(reps, leg), ranking, leg) for ranking in LEG_RANKINGS for leg in ("left", "right")]
        return max(filter(None, found), key=lambda ends: ends.apart, default=None)
    for ranking in RISING_RANKINGS if movement in RISING else RANKINGS:
        known = [ends for side in SIDES if (ends := _ends(reps, ranking, side)) is not None]
        if known:
            return max(known, key=lambda ends: ends.apart)
    return None


def _of(reps: Sequence[LiveRep], leg: Side | None) -> list[LiveRep]:
    return [rep for rep in reps if rep.side == leg]


def _ends(reps: Sequence[LiveRep], ranking: Ranking, side: Side | None) -> Ends | None:
    known = [(rep, one) for rep in reps if (one := _find(rep, ranking.id, side)) is not None]
    if len(known) < 2 or len(known) < len(reps):
        return None
    known.sort(key=lambda pair: goodness(ranking, pair[1]))
    (worst, low), (best, high) = known[0], known[-1]
    resolved = resolvable_difference([one for rep in reps for one in rep.measures], high, low)
    difference = goodness(ranking, high) - goodness(ranking, low)
    return Ends((best, high, ranking.first), (worst, low, ranking.last), difference, resolved)


def _find(rep: LiveRep, id: str, side: Side | None) -> Measure | None:
    found = (one for one in rep.measures if (one.id, one.side) == (id, side) and one.grade != "D")
    return next((one for one in found if one.value is not None and one.noise is not None), None)


def find_drift(reps: Sequence[LiveRep]) -> tuple[str, ...]:
    """How the last repetitions differ from the first ones of the same leg, in words; empty for short sets."""
    said = []
    for leg in SIDES:
        same = _of(reps, leg)
        if len(same) >= DRIFT_REPS_MIN:
            known = {id: [words for side in SIDES if (words := _drift(same, id, side))] for id in CHANGES}
            said += [words for id in CHANGES for words in known[id] if not known.get(SAYS_THE_SAME.get(id, ""))]
    return tuple(said)


def _drift(reps: Sequence[LiveRep], id: str, side: Side | None) -> str:
    first = [_find(rep, id, side) for rep in reps[:FIRST_REPS]]
    last = [_find(rep, id, side) for rep in reps[-FIRST_REPS:]]
    known_first, known_last = [one for one in first if one], [one for one in last if one]
    if len(known_first) < FIRST_REPS or len(known_last) < FIRST_REPS:
        return ""
    difference = _middle(known_last) - _middle(known_first)
    noisiest = [max(known, key=lambda one: one.noise or 0.0) for known in (known_last, known_first)]
    pool = [one for rep in reps for one in rep.measures]
    if abs(difference) <= resolvable_difference(pool, *noisiest) or not _is_apart(known_first, known_last):
        return ""
    if known_last[-1].unit == "s" and abs(difference) < LEAST_S:
        return ""
    said = said_change(known_last[-1], difference)
    return f"{said} at the end than at first"


def _is_apart(first: Sequence[Measure], last: Sequence[Measure]) -> bool:
    """The nearest two are at least half as far apart as the middles: one odd repetition is no drift."""
    before, after = [one.value or 0.0 for one in first], [one.value or 0.0 for one in last]
    gap = max(min(after) - max(before), min(before) - max(after))
    return gap >= abs(_middle(last) - _middle(first)) / 2


def _middle(measures: Sequence[Measure]) -> float:
    return median(one.value or 0.0 for one in measures)
