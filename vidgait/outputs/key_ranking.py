"""Which repetition stands at either end of a set, by the numbers that all of them have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidgait.measures import resolvable_difference
from vidgait.outputs.facts import is_of_far_leg
from vidgait.outputs.legs import is_one_legged
from vidgait.outputs.overlay_phase import RISING

if TYPE_CHECKING:
    from vidgait.types import Analysis, Measure, Rep, Side

__all__ = ["LEG_RANKINGS", "RANKINGS", "RISING_RANKINGS", "Order", "Ranking", "goodness", "order_of"]

SIDES: tuple[Side | None, ...] = ("left", "right", None)


@dataclass(frozen=True, slots=True)
class Ranking:
    """By which measure repetitions are ranked."""

    id: str
    more_is_better: bool
    """Otherwise the first is the one closest to zero."""
    first: str
    last: str
    marks: tuple[str, str]
    """The same in a word each that judges nobody, for the table."""
    names: tuple[str, str]
    """The same for file names."""


DEPTH = ("deepest", "shallowest")
KNEES = ("least", "most")
KNEE_NAMES = ("knees_moved_least", "knees_moved_most")


def _depth(id: str) -> Ranking:
    return Ranking(id, True, "the deepest", "the shallowest", DEPTH, DEPTH)


def _knees(id: str, first: str, last: str) -> Ranking:
    return Ranking(id, False, first, last, KNEES, KNEE_NAMES)


MOVED = ("knees moved in or out least", "a knee moved in or out most")
RANKINGS = (
    _depth("thigh_inclination_bottom"),
    _depth("knee_flexion_bottom"),
    _knees("fppa_change", *MOVED),
    _knees("fppa_bottom", "knees least out of line", "a knee furthest out of line"),
    _knees("fppa_change_60_degrees", *MOVED),
    _depth("thigh_inclination_vertical_bottom"),
)
RISING_RANKINGS = (
    Ranking("concentric_time", False, "the quickest to stand up", "the slowest to stand up",
            ("quickest", "slowest"), ("quickest", "slowest")),
)  # fmt: skip
"""For movements that begin at the bottom: how deep that is, the bench decides.

The first ranking that has a number for every counted repetition is used."""

LEVEL = ("most level", "least level")
PELVIS = ("the hips stay most level", "the hips tilt most")
TRUNK = ("the trunk stays most upright", "the trunk leans sideways most")
LEG_RANKINGS = (
    Ranking("pelvic_drop_bottom", False, *PELVIS, LEVEL, ("hips_most_level", "hips_least_level")),
    Ranking("pelvic_drop_hold", False, *PELVIS, LEVEL, ("hips_most_level", "hips_least_level")),
    Ranking("trunk_lean_stance_bottom", False, *TRUNK, ("upright", "leans"), ("trunk_upright", "trunk_leans")),
    Ranking("trunk_lean_stance_hold", False, *TRUNK, ("upright", "leans"), ("trunk_upright", "trunk_leans")),
    Ranking("fppa_change", False, "the knee moves in or out least", "the knee moves in or out most",
            KNEES, ("knee_moved_least", "knee_moved_most")),
    _depth("knee_flexion_bottom"),
    _depth("knee_flexion_vertical_bottom"),
)  # fmt: skip
"""For one leg: the one of these by which its repetitions lie furthest apart, against what can be told apart."""


@dataclass(frozen=True, slots=True)
class Order:
    """What ranks the repetitions, and which come out first and last."""

    ranking: Ranking
    first: tuple[Rep, Measure]
    last: tuple[Rep, Measure]
    apart: float
    """How far the last is from the first, over what can be told apart in this clip."""

    @property
    def alike(self) -> bool:
        return self.apart <= 1


def order_of(analysis: Analysis, reps: Sequence[Rep], leg: Side | None = None) -> Order | None:
    """Of the repetitions of one `leg`, or of all. Left is never compared with right: the side on which the repetitions
    differ most, against what can be told apart, decides."""
    if len(reps) < 2:
        return None
    if leg is not None:
        found = [_of_side(analysis, ranking, side, reps) for ranking in LEG_RANKINGS for side in (leg, None)]
        return max(filter(None, found), key=lambda order: order.apart, default=None)
    if is_one_legged(analysis):
        return None
    for ranking in RISING_RANKINGS if analysis.movement.label in RISING else RANKINGS:
        orders = [_of_side(analysis, ranking, side, reps) for side in SIDES]
        known = [order for order in orders if order is not None]
        if known:
            return max(known, key=lambda order: order.apart)
    return None


def _of_side(analysis: Analysis, ranking: Ranking, side: Side | None, reps: Sequence[Rep]) -> Order | None:
    found = [analysis.find(ranking.id, side, rep.index) for rep in reps]
    known = [(rep, m) for rep, m in zip(reps, found, strict=True) if m and m.value is not None and m.grade != "D"]
    if len(known) < len(reps) or any(is_of_far_leg(analysis, measure) for _, measure in known):
        return None
    known.sort(key=lambda pair: goodness(ranking, pair[1]))
    last, first = known[0], known[-1]
    resolved = resolvable_difference(analysis.measures, first[1], last[1])
    apart = goodness(ranking, first[1]) - goodness(ranking, last[1])
    return Order(ranking, first, last, apart / max(resolved, 1e-9))


def goodness(ranking: Ranking, measure: Measure) -> float:
    """The higher, the nearer to the first place."""
    value = measure.value or 0.0
    return value if ranking.more_is_better else -abs(value)
