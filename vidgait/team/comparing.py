"""Differences and their errors: between the legs of one athlete, and between an athlete and the rest of the group.

Errors are 95 % half-widths. A difference is only ever set against the error of that difference, and that against the
number of differences that were looked at (`limit_for`).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median, quantiles
from typing import TYPE_CHECKING, Literal

from scipy.special import ndtri

from vidgait.measures import CATALOGUE
from vidgait.measures.spec import UNILATERAL
from vidgait.outputs.facts import fact_of
from vidgait.team.groups import (
    FAMILIES,
    LEFT_RIGHT,
    Entry,
    Family,
    athlete_of,
    by_name,
    entries_of,
    family_of,
    is_far,
    is_usable,
)

if TYPE_CHECKING:
    from vidgait.team.groups import Group, TeamTest
    from vidgait.types import Measure, Side

__all__ = [
    "GROUP_MIN",
    "SPREAD_MIN",
    "Comparison",
    "Spread",
    "band_comparisons",
    "group_comparisons",
    "leg_comparisons",
    "leg_entries",
    "limit_for",
    "spread_of",
]

GROUP_MIN = 5
"""Athletes with a number before anybody is set against the others: with fewer, one unusual person moves the middle."""

SPREAD_MIN = 8
"""Athletes with a number before a group has quartiles: with fewer, a quarter of the group is not even two people."""

FENCE = 1.5
"""Of the width between the quartiles, beyond them: Tukey's rule for what lies apart from a group."""

FAMILY_CHANCE = 0.05
"""Of a team in which nobody differs from anybody, the chance that somebody is on the list all the same."""

BETWEEN_CLIPS = (
    "knee_flexion_bottom",
    "knee_flexion_vertical_bottom",
    "fppa_change",
    "hip_adduction_change",
    "pelvic_drop_bottom",
    "trunk_lean_stance_bottom",
    "pelvic_drop_hold",
    "trunk_lean_stance_hold",
)
"""What is compared where each leg was filmed by itself: what one clip of both legs would compare, and holds."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One difference, with everything that decides whether it is told."""

    kind: Literal["legs", "group", "band"]
    family: Family
    entry: Entry
    """Whose number, in which clip; of `legs` the measure is the difference itself."""
    test: str
    side: Side | None
    difference: float
    """`legs`: left less right. `group`: the athlete less the middle of the others. `band`: beyond the good edge."""
    error: float
    """95 % half-width of the difference."""
    reps: int
    """How many repetitions the number rests on."""
    reps_agreeing: int
    """How many of them lie on the same side."""
    middle: float | None = None
    others: int = 0
    apart: bool = True
    """Beyond what is usual in the group; true where the group is too small to say."""

    @property
    def ratio(self) -> float:
        """The difference over its error."""
        return abs(self.difference) / self.error

    @property
    def is_repeated(self) -> bool:
        """Seen in more than half of at least two repetitions, or in a hold, which is all one."""
        is_hold = self.entry.clip.movement is not None and self.entry.clip.movement.label == "single_leg_stance"
        return 2 * self.reps_agreeing > self.reps and (self.reps > 1 or is_hold)


@dataclass(frozen=True, slots=True)
class Spread:
    """What is usual in a group: its quartiles, and the fences beyond which somebody lies apart."""

    low: float
    middle: float
    high: float

    @property
    def fences(self) -> tuple[float, float]:
        reach = FENCE * (self.high - self.low)
        return self.low - reach, self.high + reach


def limit_for(count: int) -> float:
    """How many times its ± a difference must be when `count` differences are looked at (Bonferroni's inequality, for
    normal errors): 1 for one, 1.9 for 250, 2.1 for 1500. In 19 of 20 teams without any real difference nothing is
    beyond it, however the numbers depend on one another."""
    return float(ndtri(1 - FAMILY_CHANCE / (2 * max(count, 1))) / ndtri(1 - FAMILY_CHANCE / 2))


def spread_of(values: Sequence[float], people: int | None = None) -> Spread | None:
    """Quartiles (linear between the ranks, as spreadsheets do it), or None for a group below SPREAD_MIN `people`: as
    many as there are values, if not said."""
    if (len(values) if people is None else people) < SPREAD_MIN:
        return None
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return Spread(low, middle, high)


# ---------------------------------------------------------------------------------------------------- the group


def group_comparisons(group: Group, of: Callable[[Measure], bool] = is_usable) -> tuple[Comparison, ...]:
    """Everybody with such a number (by default a good one) against the middle of all others. Empty below GROUP_MIN.

    The error of such a difference is the root of the sum of the squares of both ±: the athlete's own, and the typical
    one of the others, not made smaller by their number, because what a pose network errs by it errs by in all of them.
    """
    family = family_of(group.measure_id)
    usable = [entry for entry in group.entries if of(entry.measure)]
    if family is None or len(usable) < GROUP_MIN:
        return ()
    values = sorted(entry.measure.value or 0.0 for entry in usable)
    errors = sorted(entry.measure.error or 0.0 for entry in usable)
    return tuple(_against_others(group.test, family, entry, values, errors) for entry in usable)


def _against_others(
    test: str, family: Family, entry: Entry, values: Sequence[float], errors: Sequence[float]
) -> Comparison:
    """`values` and `errors` of all usable entries, rising."""
    value, error = entry.measure.value or 0.0, entry.measure.error or 0.0
    others = _without(values, value)
    middle = median(others)
    difference = value - middle
    spread = spread_of(others, len(values))
    reps = _rep_values(entry)
    return Comparison(
        kind="group",
        family=family,
        entry=entry,
        test=test,
        side=entry.measure.side,
        difference=difference,
        error=math.hypot(error, median(_without(errors, error))),
        reps=len(reps) or entry.measure.n,
        reps_agreeing=sum((rep - middle) * difference > 0 for rep in reps) if reps else entry.measure.n,
        middle=middle,
        others=len(others),
        apart=spread is None or not spread.fences[0] <= value <= spread.fences[1],
    )


def _without(rising: Sequence[float], value: float) -> list[float]:
    at = bisect_left(rising, value)
    return [*rising[:at], *rising[at + 1 :]]


def _rep_values(entry: Entry) -> list[float]:
    """Of the repetitions that the set's number rests on."""
    used = {rep.index for rep in entry.clip.reps if rep.is_used}
    same = (m for m in entry.clip.measures if (m.id, m.side) == (entry.measure.id, entry.measure.side))
    return [m.value for m in same if m.rep in used and m.value is not None]


# ---------------------------------------------------------------------------------------------------- the legs


def leg_entries(test: TeamTest) -> tuple[tuple[Family, tuple[Comparison, ...]], ...]:
    """Left less right of every athlete, one number of each family; also trends (grade C), which nobody is ranked by."""
    found = []
    for family in FAMILIES:
        choices = [_of_id(test, family, id) for id in _leg_ids(family)] + [
            _of_two_clips(test, family, id) for id in family.ids if id in BETWEEN_CLIPS and test.movement in UNILATERAL
        ]
        best = max(choices, key=lambda one: (sum(is_usable(c.entry.measure) for c in one), len(one)), default=())
        if best:
            found.append((family, best))
    return tuple(found)


def leg_comparisons(test: TeamTest, of: Callable[[Measure], bool] = is_usable) -> tuple[Comparison, ...]:
    """Those with such a number, by default with a grade that can be ranked by."""
    return tuple(one for _, found in leg_entries(test) for one in found if of(one.entry.measure))


def _leg_ids(family: Family) -> list[str]:
    """Left-right differences of the catalogue that belong to a family."""
    return [spec.id for spec in CATALOGUE if spec.reading in LEFT_RIGHT and spec.parent in family.ids]


def _of_id(test: TeamTest, family: Family, measure_id: str) -> tuple[Comparison, ...]:
    entries = (one for one in entries_of(test, measure_id, None) if one.measure.error)
    return tuple(_of_one_clip(test.title, family, entry) for entry in entries)


def _of_one_clip(test: str, family: Family, entry: Entry) -> Comparison:
    value = entry.measure.value or 0.0
    reps = _rep_values(entry)
    if reps:
        count, agreeing = len(reps), sum(rep * value > 0 for rep in reps)
    else:
        fact = fact_of(entry.measure.id)
        count, agreeing = _agreeing(entry, "" if fact is None else fact.parent, value)
    return Comparison("legs", family, entry, test, None, value, entry.measure.error or 0.0, count, agreeing)


def _agreeing(entry: Entry, parent: str, difference: float) -> tuple[int, int]:
    """Repetitions of either leg, and how many of them lie on their leg's side of the middle between the legs."""
    legs = [_rep_values(Entry(entry.athlete, entry.clip, m)) for m in _set_measures(entry, parent)]
    return _on_their_side(legs, difference)


def _set_measures(entry: Entry, id: str) -> list[Measure]:
    found = {m.side: m for m in entry.clip.measures if m.id == id and m.rep is None}
    return [found[side] for side in ("left", "right") if side in found]


def _on_their_side(legs: Sequence[Sequence[float]], difference: float) -> tuple[int, int]:
    if len(legs) != 2 or not all(legs):
        return 0, 0
    between = (median(legs[0]) + median(legs[1])) / 2
    left = sum((value - between) * difference > 0 for value in legs[0])
    return len(legs[0]) + len(legs[1]), left + sum((value - between) * difference < 0 for value in legs[1])


def _of_two_clips(test: TeamTest, family: Family, measure_id: str) -> tuple[Comparison, ...]:
    """Of athletes who filmed each leg by itself: errors of two clips are independent, and both count in full."""
    found = []
    left, right = ({one.athlete: one for one in entries_of(test, measure_id, side)} for side in ("left", "right"))
    for athlete in sorted(left.keys() & right.keys(), key=by_name):
        one, other = left[athlete], right[athlete]
        if one.clip is other.clip or is_far(one.clip, "left") or is_far(other.clip, "right"):
            continue
        found.append(_between_clips(test.title, family, one, other))
    return tuple(found)


def _between_clips(test: str, family: Family, left: Entry, right: Entry) -> Comparison:
    value = (left.measure.value or 0.0) - (right.measure.value or 0.0)
    error = math.hypot(left.measure.error or 0.0, right.measure.error or 0.0)
    worse = max(left.measure, right.measure, key=lambda one: one.grade)
    label = f"{left.measure.label}, left less right"
    measure = replace(
        worse, label=label, value=value, error=error, noise=None, side=None, n=min(left.measure.n, right.measure.n)
    )
    count, agreeing = _on_their_side([_rep_values(left), _rep_values(right)], value)
    entry = Entry(left.athlete, left.clip, measure)
    return Comparison("legs", family, entry, test, None, value, error, count, agreeing)


# ---------------------------------------------------------------------------------------------------- cited bands


def band_comparisons(test: TeamTest) -> tuple[Comparison, ...]:
    """Numbers that a cited band calls `watch` or `poor`: how far they are beyond the edge of what it calls good."""
    found = []
    for clip in test.clips:
        for measure in clip.measures:
            fact, family = fact_of(measure.id), family_of(measure.id)
            if measure.rep is not None or measure.verdict not in ("watch", "poor") or not is_usable(measure):
                continue
            if fact is None or fact.bands is None or family is None or is_far(clip, measure.side):
                continue
            beyond = (measure.value or 0.0) - fact.bands.good
            entry = Entry(athlete_of(clip), clip, measure)
            reps = _rep_values(entry)
            agreeing = sum((rep - fact.bands.good) * beyond > 0 for rep in reps)
            error = measure.error or 0.0
            found.append(
                Comparison("band", family, entry, test.title, measure.side, beyond, error, len(reps), agreeing)
            )
    return tuple(found)
