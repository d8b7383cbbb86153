"""The catalogue's facts as the pages use them: by id, and its sentences the right way round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidgait.kinematics.series import is_far
from vidgait.measures.catalogue import CATALOGUE
from vidgait.outputs.words import NO_BREAK, listed, number, quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidgait.measures.catalogue import MeasureSpec
    from vidgait.types import Analysis, Measure

__all__ = [
    "TREND_ONLY",
    "fact_of",
    "is_a_trend",
    "is_estimated",
    "is_of_far_leg",
    "sentence",
    "sentence_of_sides",
    "without_video",
]

SPECS = {spec.id: spec for spec in CATALOGUE}

PLAIN = ((" medially", " inwards"), (" medial of the line", " inside the line"))
"""The catalogue's terms in words that nobody has to look up."""

OPPOSITES = (
    (" inwards", " outwards"),
    (" inside the line", " outside the line"),
    (" further in than", " further out than"),
    (" to the right", " to the left"),
    (" forward", " backward"),
    (" sinks ", " rises "),
    (" more than in standing", " less than in standing"),
    (" higher than in standing", " lower than in standing"),
    (" lower than on both feet", " higher than on both feet"),
    (" more toward the standing leg than", " less toward the standing leg than"),
    (" toward the ", " away from the "),
    (" toward it", " away from it"),
    (" adducted against", " abducted against"),
    (" adducts by ", " abducts by "),
    (" more than on the right", " less than on the right"),
    (" more than the right", " less than the right"),
    (" further than the right", " less far than the right"),
)
"""A negative number is said as a positive one the other way: nobody has to turn a minus sign into a direction."""

TREND_ONLY = "Trend only unless the camera is exactly in front or behind"

PARALLEL_DEG = 90.0
ESTIMATED_UNITS = ("m", "m/s", "cm", "deg/s", "N", "W")
"""Speeds, and what rests on the scale of the picture or on a model of the body."""


def fact_of(measure_id: str) -> MeasureSpec | None:
    """The catalogue's entry, or None for a measure of another version of vidgait."""
    return SPECS.get(measure_id)


def is_a_trend(measure_id: str) -> bool:
    """Whether the measure compares one knee with the line from hip to ankle from the front. A camera that is turned by
    a few degrees changes it, and no estimate of the camera's direction is good enough for more than grade C."""
    fact = fact_of(measure_id)
    return fact is not None and fact.plane == "frontal" and fact.leaks and fact.series in ("", "fppa_deg")


def is_of_far_leg(analysis: Analysis, measure: Measure) -> bool:
    """Whether the number is of a leg that was behind the other one in a repetition it may rest on. Such numbers stand
    in the tables with their errors; nothing is told or ranked by them."""
    reps = [rep for rep in analysis.reps if rep.index > 0 and measure.rep in (None, rep.index)]
    return any(is_far(analysis.segments[rep.segment], measure.side) for rep in reps)


def without_video(analysis: Analysis) -> str:
    """`Simulated points, no video`; empty where a pose network looked at a video."""
    pose = analysis.provenance.get("pose") or {}
    if pose.get("backend") != "none":
        return ""
    simulated = str(pose.get("source", "")).startswith("simulated")
    return f"{'Simulated points' if simulated else 'Points given by the user'}, no video"


def is_estimated(measure: Measure) -> bool:
    """Whether the number is estimated rather than measured."""
    return measure.unit in ESTIMATED_UNITS or "_vertical" in measure.id or measure.source != "2-D"


def sentence(measure: Measure) -> str:
    """What the catalogue says of this number, with the direction in words."""
    fact = fact_of(measure.id)
    if fact is None or measure.value is None or measure.error is None:
        return f"{measure.label}: {quantity(measure.value, measure.error, measure.unit)}."
    says, value = _plainly(fact.says), measure.value
    turned = next((pair for pair in OPPOSITES if pair[0] in says), None)
    if turned is not None and value < 0:
        says, value = says.replace(*turned), -value
    says = says.replace(" ± ", f"{NO_BREAK}±{NO_BREAK}").replace("{error} ", f"{{error}}{NO_BREAK}")
    shown = {"value": number(value, measure.error), "error": number(measure.error, measure.error)}
    text = says.format(side=measure.side or "", **shown)
    return f"{text.rstrip('.')}{_in_words(measure, turned is not None)}."


def _plainly(says: str) -> str:
    for term, plain in PLAIN:
        says = says.replace(term, plain)
    return says


def _in_words(measure: Measure, directed: bool) -> str:
    """What the error lets one say: against parallel for depth, against zero for what has a direction."""
    value, error = measure.value or 0.0, measure.error or 0.0
    if measure.id == "thigh_inclination_bottom":
        if abs(value - PARALLEL_DEG) <= error:
            return ": at parallel, within its error"
        return ": deeper than parallel" if value > PARALLEL_DEG else ": shallower than parallel"
    return ": too little, for its error, to say which way" if directed and abs(value) <= error else ""


def sentence_of_sides(sides: Sequence[Measure]) -> str:
    """One sentence for both sides, or one for each where a direction has to be said."""
    first = sentence(sides[0])
    if len(sides) < 2:
        return first
    fact = fact_of(sides[0].id)
    if fact is not None and any(term in fact.says for term, _ in PLAIN):
        return _knees(sides, _plainly(fact.says))
    if fact is not None and any(word in _plainly(fact.says) for word, _ in OPPOSITES):
        return _same_way(sides) or " ".join(sentence(measure) for measure in sides)
    others = [f"the {m.side} {quantity(m.value, m.error, m.unit)}" for m in sides[1:]]
    return f"{first.rstrip('.')}; {listed(others)}."


def _same_way(sides: Sequence[Measure]) -> str:
    """What both sides do in the same direction, said once; nothing where they do not."""
    if len({(measure.value or 0.0) < 0 for measure in sides}) > 1:
        return ""
    tails = [_in_words(measure, True) for measure in sides]
    first = sentence(sides[0]).rstrip(".").removesuffix(tails[0])
    others = [f"{quantity(abs(m.value or 0.0), m.error, m.unit)} on the {m.side}" for m in sides[1:]]
    if len(set(tails)) == 1:
        return f"{first}; {listed(others)}{tails[0]}."
    told = [f"{other}{tail}" for other, tail in zip(others, tails[1:], strict=True)]
    return f"{first}{tails[0]}; {listed(told)}."


def _knees(sides: Sequence[Measure], says: str) -> str:
    """`the left knee moves 2 ± 17° outwards; the right 11 ± 16° inwards`, with what both have in common said once."""
    pair = next(pair for pair in OPPOSITES if pair[0] in says)
    tails = [_in_words(measure, True) for measure in sides]
    first = sentence(sides[0]).rstrip(".").removesuffix(tails[0])
    others = []
    for measure in sides[1:]:
        way = pair[(measure.value or 0.0) < 0].split()[0]
        others.append(f"the {measure.side} {quantity(abs(measure.value or 0.0), measure.error, measure.unit)} {way}")
    if all(tails):
        return f"{first}; {listed(others)}: both too little, for their errors, to say which way."
    told = [f"{other}{tail}" for other, tail in zip(others, tails[1:], strict=True)]
    return f"{first}{tails[0]}; {listed(told)}."
