"""One line for each repetition: what a cited band says, or how it differs from the athlete's own first repetitions.

Nothing is said that the noise of this clip could explain.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Literal

from vidgait.measures import resolvable_difference
from vidgait.outputs.facts import is_of_far_leg
from vidgait.tempo import phases_of

if TYPE_CHECKING:
    from vidgait.types import Analysis, Measure, Rep

__all__ = [
    "CHANGES",
    "FIRST_REPS",
    "LEAST_S",
    "Cue",
    "Remark",
    "Tone",
    "change_of",
    "plan_cues",
    "said_change",
    "verdict_of_rep",
    "with_unit",
]

FIRST_REPS = 2
"""The repetitions that later ones are compared with."""

LEAST_S = 0.2
"""A change of a tempo below this is nothing that anybody notices, however exactly it was measured."""

LINGER_S = 3.0
"""How long the last cue stays."""

CHANGES: dict[str, tuple[str, str]] = {
    "knee_flexion_bottom": ("knee bends {} more", "knee bends {} less"),
    "hip_flexion_bottom": ("hip bends {} more", "hip bends {} less"),
    "thigh_inclination_bottom": ("{} deeper", "{} less deep"),
    "trunk_lean_bottom": ("trunk leans {} more", "trunk {} more upright"),
    "ankle_dorsiflexion_bottom": ("ankle bends {} more", "ankle bends {} less"),
    "pelvic_drop_bottom": ("free hip {} lower", "free hip {} higher"),
    "trunk_lean_stance_bottom": ("trunk leans {} more over the leg", "trunk leans {} less over the leg"),
    "fppa_bottom": ("{side} knee {} further in", "{side} knee {} further out"),
    "fppa_change": ("{side} knee {} further in", "{side} knee {} further out"),
    "thigh_inclination_vertical_bottom": ("{} deeper", "{} less deep"),
    "eccentric_time": ("{} slower down", "{} faster down"),
    "concentric_time": ("{} slower up", "{} faster up"),
}
"""How a higher and a lower value than at first are said."""

URGENCY = {"poor": 3.0, "watch": 2.0, None: 1.0, "good": 0.0}
Tone = Literal["good", "watch", "change"]


@dataclass(frozen=True, slots=True)
class Cue:
    """Shown in `[start_s, end_s)`."""

    start_s: float
    end_s: float
    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Remark:
    """What could be said of one number of one repetition."""

    text: str
    tone: Tone
    weight: tuple[float, float]
    """How urgent, and how far beyond what the noise could explain."""
    difference: float = 0.0
    """From the first repetitions, in the unit of the measure; 0 for a verdict."""


def plan_cues(analysis: Analysis) -> tuple[Cue, ...]:
    """In order of time, at most one for each counted repetition, never two at once."""
    reps = sorted((rep for rep in analysis.reps if rep.is_used), key=lambda rep: rep.start_s)
    cues = []
    for rep, later in itertools.zip_longest(reps, reps[1:]):
        remarks = [*_verdicts(analysis, rep), *_changes(analysis, reps, rep)]
        if remarks:
            best = max(remarks, key=lambda remark: remark.weight)
            end_s = rep.end_s + LINGER_S if later is None else min(rep.end_s + LINGER_S, _turn(later))
            cues.append(Cue(_turn(rep), end_s, best.text, best.tone))
    return tuple(cues)


def _turn(rep: Rep) -> float:
    """When the last phase of the repetition begins: what happened at its turn is known then."""
    phases = phases_of(rep)
    return phases[-1].start_s if phases else rep.end_s


def _verdicts(analysis: Analysis, rep: Rep) -> list[Remark]:
    remarks = [verdict_of_rep(measure) for measure in analysis.measures if measure.rep == rep.index]
    return [remark for remark in remarks if remark is not None]


def verdict_of_rep(measure: Measure) -> Remark | None:
    """What a cited band says of one number; None where there is no band, or the error leaves it open."""
    if measure.verdict is None or measure.value is None:
        return None
    tone: Tone = "good" if measure.verdict == "good" else "watch"
    said = f"{_capital(measure.verdict)}: {_uncapital(measure.label)} {with_unit(measure)}"
    return Remark(said, tone, (URGENCY.get(measure.verdict, 1.0), 0.0))


def _changes(analysis: Analysis, reps: Sequence[Rep], rep: Rep) -> list[Remark]:
    """Differences from the first repetitions, of the same leg, that exceed the noise of both."""
    same = [one for one in reps if one.side == rep.side]
    first = [one.index for one in same[:FIRST_REPS]]
    if rep.index in first or len(same) <= FIRST_REPS:
        return []
    found = []
    for measure in analysis.measures:
        if measure.rep != rep.index or measure.id not in CHANGES or measure.value is None or measure.noise is None:
            continue
        if is_of_far_leg(analysis, measure):
            continue
        before = [analysis.find(measure.id, measure.side, index) for index in first]
        known = [one for one in before if one is not None and one.value is not None and one.noise is not None]
        if len(known) == len(first):
            remark = change_of(analysis.measures, measure, known)
            found += [remark] if remark else []
    return found


def change_of(measures: Sequence[Measure], measure: Measure, before: Sequence[Measure]) -> Remark | None:
    """How one number of a repetition differs from the same of the first ones, `before`; None where noise could be why,
    or where no change of it is ever told. `measures`: all of the set, for what can be told apart in it."""
    if measure.id not in CHANGES:
        return None
    difference = (measure.value or 0.0) - median(one.value or 0.0 for one in before)
    noise = resolvable_difference(measures, measure, max(before, key=lambda one: one.noise or 0.0))
    if abs(difference) <= noise or _is_too_small(abs(difference), measure.unit):
        return None
    text = f"{said_change(measure, difference)} than at first"
    return Remark(text, "change", (URGENCY[None], abs(difference) / max(noise, 1e-9)), difference)


def _is_too_small(amount: float, unit: str) -> bool:
    """To be noticed, or to be written as anything but 0."""
    return (unit == "s" and amount < LEAST_S) or not any(digit in _amount(amount, unit) for digit in "123456789")


def said_change(measure: Measure, difference: float) -> str:
    """`Left knee 6° further in`. The measure must be one of CHANGES."""
    said = CHANGES[measure.id][0 if difference > 0 else 1]
    said = said.replace("{side}", measure.side or "").replace("{}", _amount(abs(difference), measure.unit)).strip()
    return _capital(said)


def with_unit(measure: Measure) -> str:
    """Value and error as a person writes them: "118° ± 5°"; without a known error, the value alone."""
    if measure.value is None:
        return ""
    value = ("−" if measure.value < 0 else "") + _amount(abs(measure.value), measure.unit)
    return value if measure.error is None else f"{value} ± {_amount(measure.error, measure.unit)}"


def _amount(value: float, unit: str) -> str:
    if unit == "deg":
        return f"{value:.0f}°"
    if unit.startswith("%"):
        return f"{value:.0f} %"
    return f"{value:.2f}" if unit == "ratio" else f"{value:.1f} {unit}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _uncapital(text: str) -> str:
    """Without the capital of a sentence; abbreviations stay."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
