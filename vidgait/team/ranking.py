"""Who to look at first, and why. The rule:

1. Three kinds of difference are looked at: left against right of one athlete; an athlete against the middle of all
   others who did the same test, where at least five have the number; and numbers that a cited band calls `watch` or
   `poor`. Of numbers that tell the same thing (a *family*) one is compared in each test. Numbers of grade C (trends),
   of the leg behind the other one, times and speeds are not ranked by.
2. A difference counts when it exceeds its error by a factor that grows with how many differences were looked at in the
   whole team (Bonferroni): without any real difference, 19 of 20 teams have an empty list.
3. It must show in more than half of the repetitions, of which there must be two, or in a hold.
4. Against the group it must also be unusual: outside Tukey's fences of the others. Groups below eight have no
   quartiles, so there only the error decides.
5. Athletes are in order of how many topics stand out (depth at knee, hip and ankle is one), then by how many times its
   error the largest is. Being different is neither good nor bad: it is where to look first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidgait.team.comparing import Comparison, band_comparisons, group_comparisons, leg_comparisons, limit_for
from vidgait.team.groups import by_name, groups_of, is_trend, team_tests

if TYPE_CHECKING:
    from vidgait.team.results import TeamResult

__all__ = ["Ranked", "Ranking", "rank"]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One athlete with what stands out, the largest first."""

    athlete: str
    findings: tuple[Comparison, ...]

    @property
    def topics(self) -> tuple[str, ...]:
        """What stands out, in order of size: what goes together in a body is one topic."""
        return tuple(dict.fromkeys(one.family.topic for one in self.findings))


@dataclass(frozen=True, slots=True)
class Ranking:
    """The list, and what it rests on."""

    athletes: tuple[Ranked, ...]
    compared: int
    """How many differences were looked at."""
    limit: float
    """How many times its error a difference had to be."""
    expected_by_chance: float
    """How many would exceed their plain ± if nobody differed from anybody."""
    beyond_error: int
    """How many do."""
    trends: tuple[Comparison, ...]
    """Differences that would be on the list if their numbers were good enough (grade C), the largest first. Nobody is
    ranked by them; they say what is worth filming better."""


def rank(result: TeamResult) -> Ranking:
    """By the rule at the top of this module. The order of `result.clips` changes nothing."""
    looked_at: list[Comparison] = []
    trends: list[Comparison] = []
    for test in team_tests(result):
        looked_at += [*leg_comparisons(test), *band_comparisons(test)]
        trends += leg_comparisons(test, is_trend)
        for group in groups_of(test):
            looked_at += group_comparisons(group)
            trends += group_comparisons(group, is_trend)
    limit = limit_for(len(looked_at))
    # Trends are looked at as well, so they have to pass the stricter limit of both together.
    stricter = limit_for(len(looked_at) + len(trends))
    told = [one for one in looked_at if _is_told(one, limit)]
    weak = [one for one in trends if _is_told(one, stricter)]
    return Ranking(
        athletes=_in_order(told),
        compared=len(looked_at),
        limit=limit,
        expected_by_chance=0.05 * len(looked_at),
        beyond_error=sum(one.ratio > 1 for one in looked_at),
        trends=tuple(sorted(weak, key=lambda one: (-one.ratio, one.entry.athlete, one.test, str(one.side)))),
    )


def _is_told(one: Comparison, limit: float) -> bool:
    return one.ratio > limit and one.is_repeated and one.apart


def _in_order(told: Sequence[Comparison]) -> tuple[Ranked, ...]:
    by_athlete: dict[str, list[Comparison]] = {}
    for one in told:
        by_athlete.setdefault(one.entry.athlete, []).append(one)
    ranked = [
        Ranked(athlete, tuple(sorted(found, key=lambda one: (-one.ratio, one.test, one.kind, str(one.side)))))
        for athlete, found in by_athlete.items()
    ]
    return tuple(sorted(ranked, key=lambda one: (-len(one.topics), -one.findings[0].ratio, by_name(one.athlete))))
