"""What a repetition, or a moment of one, gives a coach to say: pure rules over measures and readings.

Everything is compared with the athlete's own first repetitions, by the same rule as in the annotated video
(`outputs/cues.py`), with their own standing posture (the knees), or with a cited band where the catalogue has one. The
least differences below only make it quieter: they are what a person would see, not norms.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from vidgait.measures import resolvable_difference
from vidgait.outputs.cues import FIRST_REPS, change_of, verdict_of_rep

if TYPE_CHECKING:
    from vidgait.live.state import LiveRep, LiveState
    from vidgait.types import Measure, Side

__all__ = ["FAULTS", "RULES", "Fault", "Finding", "Rule", "applies", "is_behind", "judge", "words"]


@dataclass(frozen=True, slots=True)
class Fault:
    """How one thing is asked for, and praised when it has been done. `{side}` is the person's own."""

    text: str
    praise: str
    urgency: int
    """The higher one is said first."""
    not_in: tuple[str, ...] = ()
    """Movements of which it is a part, not a fault."""
    both: str = ""
    """How it is asked for of both sides at once, and praised, where a side is named otherwise."""
    both_praise: str = ""


FAULTS: dict[str, Fault] = {
    "knee_in": Fault("{side} knee out", "{side} knee: good", 6, (), "Knees out", "Knees: good"),
    "hip_drop": Fault("Keep your hips level", "Hips level: good", 5),
    "trunk_side": Fault("Upper body upright", "Upright: good", 4),
    "trunk": Fault("Chest up", "Chest up: good", 3, ("hinge", "sit_to_stand")),
    "depth": Fault("A little deeper", "Good depth", 2, ("hinge", "sit_to_stand")),
    "too_quick": Fault("Slower on the way down", "Good tempo", 1, ("sit_to_stand",)),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """Which direction of a measure is the fault, and how much of it a person would see."""

    fault: str
    sign: int
    least: float
    """In the unit of the measure: a smaller difference is not spoken of, however exact."""
    least_share: float = 0.0
    """The same as a share of the first repetitions."""


RULES: dict[str, Rule] = {
    "fppa_change": Rule("knee_in", +1, 6.0),
    "fppa_bottom": Rule("knee_in", +1, 6.0),
    "pelvic_drop_bottom": Rule("hip_drop", +1, 4.0),
    "trunk_lean_stance_bottom": Rule("trunk_side", +1, 6.0),
    "trunk_lean_bottom": Rule("trunk", +1, 8.0),
    "thigh_inclination_bottom": Rule("depth", -1, 8.0),
    "knee_flexion_bottom": Rule("depth", -1, 10.0),
    "thigh_inclination_vertical_bottom": Rule("depth", -1, 10.0),
    "eccentric_time": Rule("too_quick", -1, 0.3, 0.3),
}

KNEE_IN_SEEN_DEG = 10.0
"""A knee that moves inwards from the own standing by more than this, and more than its error, is said to, from the
first repetition on."""


EARLY_REPS = 4
"""The first two that agree among so many set the standard: one odd repetition at the beginning does not spoil it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one repetition, looked at."""

    fault: str
    side: Side | None
    bad: bool
    amount: float
    """How far in the direction of the fault, in the unit of the measure: from the first repetitions, or from standing.
    """
    measure: str
    """Id of the measure it rests on; amounts are compared within one."""
    weight: float = 0.0
    """How far beyond what can be told apart."""
    least: float = 0.0
    """How much less of it a person would see."""


def words(fault: str, side: Side | None, praise: bool = False) -> str:
    known = FAULTS[fault]
    text = known.praise if praise else known.text
    if side is None:
        text = (known.both_praise if praise else known.both) or text
    said = text.replace("{side}", side or "").strip()
    return said[:1].upper() + said[1:]


def applies(fault: str, movement: str | None) -> bool:
    return movement is not None and movement not in FAULTS[fault].not_in


def is_behind(state: LiveState, side: Side | None) -> bool:
    """Whether that leg is the far one, of which nothing is told."""
    turned = state.view not in ("front", "back")
    return turned and side is not None and state.near_side is not None and side != state.near_side


def judge(rep: LiveRep, before: Sequence[LiveRep], movement: str | None) -> tuple[Finding, ...]:
    """Of every fault that its measures can answer. `before`: earlier repetitions of the same leg that count, in order.
    FIRST_REPS of them that agree, among the first EARLY_REPS, are compared with; until there are as many only the knees
    are judged."""
    first = before[:EARLY_REPS]
    found = []
    for measure in rep.measures:
        rule = RULES.get(measure.id)
        if rule is None or not applies(rule.fault, movement) or measure.value is None or measure.grade == "D":
            continue
        found += _by_band(measure, rule) + _from_standing(measure) + _from_first(rep, measure, rule, first)
    return tuple(_without_excuse(found, rep, first))


def _by_band(measure: Measure, rule: Rule) -> list[Finding]:
    remark = verdict_of_rep(measure)
    if remark is None:
        return []
    bad = measure.verdict == "poor"
    amount = rule.sign * (measure.value or 0.0)
    return [Finding(rule.fault, measure.side, bad, amount, f"band:{measure.id}", 2.0 * bad, rule.least)]


def _from_standing(measure: Measure) -> list[Finding]:
    if measure.id != "fppa_change" or measure.value is None or measure.error is None:
        return []
    limit = max(KNEE_IN_SEEN_DEG, measure.error)
    bad = measure.value > limit
    least = RULES[measure.id].least
    return [Finding("knee_in", measure.side, bad, measure.value, "standing", measure.value / limit, least)]


def _from_first(rep: LiveRep, measure: Measure, rule: Rule, first: Sequence[LiveRep]) -> list[Finding]:
    known = _standard(measure, rule, first)
    if not known or measure.noise is None:
        return []
    pool = [one for each in (*first, rep) for one in each.measures]
    remark = change_of(pool, measure, known)
    values = [one.value or 0.0 for one in known]
    amount = rule.sign * ((measure.value or 0.0) - median(values))
    least = max(rule.least, rule.least_share * abs(median(values)))
    # Beyond each of them, not only beyond their middle.
    beyond_all = min(rule.sign * ((measure.value or 0.0) - value) for value in values) > least / 2
    bad = remark is not None and amount > least and beyond_all
    weight = remark.weight[1] if remark and bad else 0.0
    return [Finding(rule.fault, measure.side, bad, amount, measure.id, weight, least)]


def _standard(measure: Measure, rule: Rule, first: Sequence[LiveRep]) -> Sequence[Measure]:
    """The earliest repetitions that agree within what can be told apart, or within what a person would see."""
    known = [one for earlier in first if (one := _same(earlier, measure)) is not None]
    for last in range(FIRST_REPS, len(known) + 1):
        for some in itertools.combinations(known[: last - 1], FIRST_REPS - 1):
            standard = (*some, known[last - 1])
            if _agree(standard, rule):
                return standard
    return ()


def _agree(standard: Sequence[Measure], rule: Rule) -> bool:
    ordered = sorted(standard, key=lambda one: one.value or 0.0)
    low, high = ordered[0], ordered[-1]
    seen = max(rule.least, rule.least_share * abs(high.value or 0.0))
    return (high.value or 0.0) - (low.value or 0.0) <= max(seen, resolvable_difference(standard, high, low))


def _same(rep: LiveRep, measure: Measure) -> Measure | None:
    wanted = (measure.id, measure.side)
    found = (one for one in rep.measures if (one.id, one.side) == wanted)
    return next((one for one in found if one.value is not None and one.noise is not None), None)


def _without_excuse(found: list[Finding], rep: LiveRep, first: Sequence[LiveRep]) -> list[Finding]:
    """Who goes deeper than at first leans further: that is no fault."""
    deeper = any(_is_deeper(measure, first) for measure in rep.measures)
    return [one for one in found if not (deeper and one.fault in ("trunk", "trunk_side") and one.bad)]


def _is_deeper(measure: Measure, first: Sequence[LiveRep]) -> bool:
    rule = RULES.get(measure.id)
    if rule is None or rule.fault != "depth" or measure.value is None:
        return False
    known = [one.value or 0.0 for one in _standard(measure, rule, first)]
    return bool(known) and measure.value - median(known) > rule.least / 2
