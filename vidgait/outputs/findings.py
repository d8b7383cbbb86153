"""What was seen, in plain sentences, and how sure.

Measured: angles and times. Estimated: lengths in metres and speeds. Never a diagnosis, never a risk. A difference is
only called one when it is larger than the noise of this clip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from vidgait.measures import resolvable_difference
from vidgait.movements import MOVEMENTS
from vidgait.outputs.facts import (
    TREND_ONLY,
    fact_of,
    is_a_trend,
    is_estimated,
    is_of_far_leg,
    sentence_of_sides,
    without_video,
)
from vidgait.outputs.leg_page import differences
from vidgait.outputs.legs import is_one_legged, standing_legs
from vidgait.outputs.words import (
    NO_BREAK,
    clock,
    counted,
    from_where,
    listed,
    number,
    plus_minus,
    quantity,
    sided,
    unit_after,
)
from vidgait.store import main_segment

if TYPE_CHECKING:
    from vidgait.types import Analysis, Measure, Movement, Rep

__all__ = [
    "STANDS_FOR",
    "VARIANTS",
    "KeyMeasure",
    "counting_sentence",
    "drift_sentence",
    "findings",
    "how_sure",
    "key_measures",
    "legs_sentence",
    "measure_sentence",
    "movement_name",
    "spread_sentence",
]

SENTENCES_MAX = 5

HEADLINES_MAX = SENTENCES_MAX - 2
"""Room for how many were counted, and for how they changed."""

HEADLINES = (
    "thigh_inclination_bottom",
    "knee_flexion_bottom",
    "trunk_lean_bottom",
    "fppa_change",
    "knee_separation_hips",
    "hip_shift_bottom",
    "knee_flexion_vertical_bottom",
    "rep_time",
)
"""What a coach asks first, in this order; then the rest of the catalogue in its own order."""

LEG_HEADLINES = (
    "pelvic_drop_bottom",
    "pelvic_drop_hold",
    "trunk_lean_stance_bottom",
    "trunk_lean_stance_hold",
    "fppa_change",
    "hold_time",
    "knee_flexion_bottom",
    "trunk_lean_bottom",
    "knee_flexion_vertical_bottom",
)
"""The same of movements on one leg."""

HINGE_HEADLINES = ("hip_flexion_bottom", "trunk_lean_bottom", "knee_flexion_bottom", "hip_flexion_top", "rep_time")
"""The same where the hips do the work."""

NEVER_ALONE = ("frontal_control_index",)
"""Shown where its parts are, and nowhere else."""

VARIANTS = {
    ("squat", "overhead"): "overhead squat",
    ("lunge", "split_squat"): "split squat",
    ("hinge", "deadlift"): "deadlift",
    ("step_down", "forward"): "forward step-down",
    ("step_down", "lateral"): "lateral step-down",
}
"""What coaches call a movement that was done in this way."""

STANDS_FOR = {"knee_flexion_vertical_bottom": "knee_flexion_bottom"}
"""A coarse number is only said where the real one is missing."""


@dataclass(frozen=True, slots=True)
class KeyMeasure:
    """One quantity of the set, both sides together."""

    id: str
    sides: tuple[Measure, ...]


def movement_name(movement: Movement) -> str:
    """`sit to stand`, or its variant, `overhead squat`; empty where the movement was not recognised."""
    if movement.label is None:
        return ""
    for flag in movement.flags:
        if (movement.label, flag) in VARIANTS:
            return VARIANTS[movement.label, flag]
    known = MOVEMENTS.get(movement.label)
    return movement.label.replace("_", " ") if known is None else known.label.lower()


def counting_sentence(analysis: Analysis) -> str:
    """What was recognised and how many were counted, and what was not counted and why."""
    name = movement_name(analysis.movement)
    if not name:
        return (
            f"The movement was not recognised ({analysis.movement.basis}), so nothing is counted or scored. "
            "The angles and curves below are measured all the same."
        )
    done = [rep for rep in analysis.reps if rep.index > 0]
    if not done:
        return f"The movement looks like {_article(name)}, but no whole repetition was found."
    times = f"between {clock(done[0].start_s)} and {clock(done[-1].end_s)}"
    verb = "was" if len(done) == 1 else "were"
    sentence = f"{counted(len(done), name, _plural(name))} {verb} counted{_by_leg(done)}, {times}."
    return " ".join([sentence, *_not_counted(analysis.reps)])


def _by_leg(done: Sequence[Rep]) -> str:
    """`, 3 on the left leg and 2 on the right leg`; of holds how long they were. Nothing on two legs."""
    said = []
    for side in ("left", "right"):
        own = [rep for rep in done if rep.side == side]
        if own and own[0].kind == "hold":
            said.append(f"{listed([_hold_s(rep) for rep in own])} on the {side} leg")
        elif own:
            said.append(f"{len(own) if len(own) < len(done) else ''} on the {side} leg".strip())
    return f", {listed(said)}" if said else ""


def _hold_s(rep: Rep) -> str:
    start_s, end_s = rep.instants.get("lifted", rep.start_s), rep.instants.get("lowered", rep.end_s)
    return f"{end_s - start_s:.1f}{NO_BREAK}s"


def _plural(name: str) -> str:
    """`squats`, `lunges`, `sit-to-stand repetitions`: names of several words do not take an s."""
    return f"repetitions of {name}" if " " in name else f"{name}s"


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _not_counted(reps: Sequence[Rep]) -> list[str]:
    partial = sum(rep.index == 0 for rep in reps)
    left_out = [rep for rep in reps if rep.index > 0 and rep.excluded]
    said = []
    if partial:
        verb = "was" if partial == 1 else "were"
        said.append(f"{counted(partial, 'other')} {verb} not complete and {verb} not counted.")
    reasons: dict[str, list[str]] = {}
    for rep in left_out:
        reasons.setdefault(rep.excluded or "", []).append(str(rep.index))
    for why, names in reasons.items():
        subject = f"Repetition {names[0]} is" if len(names) == 1 else f"Repetitions {listed(names)} are"
        said.append(f"{subject} not part of the set’s numbers: {why}.")
    return said


def key_measures(analysis: Analysis) -> tuple[KeyMeasure, ...]:
    """The set's own numbers that may be shown, what a coach asks first in front, both sides together. Nothing of the
    leg that is behind the other one."""
    of_set = [m for m in analysis.measures if m.rep is None and m.value is not None and m.grade != "D"]
    of_set = [m for m in of_set if not is_of_far_leg(analysis, m)]
    ids = list(dict.fromkeys(m.id for m in of_set if _is_plain(m.id) and m.id not in NEVER_ALONE))
    first = _headlines(analysis)
    ids.sort(key=lambda id: first.index(id) if id in first else len(first))
    wanted = [id for id in ids if STANDS_FOR.get(id) not in ids]
    return tuple(KeyMeasure(id, tuple(m for m in of_set if m.id == id)) for id in wanted)


def _headlines(analysis: Analysis) -> tuple[str, ...]:
    if is_one_legged(analysis):
        return LEG_HEADLINES
    return HINGE_HEADLINES if analysis.movement.label == "hinge" else HEADLINES


def _is_plain(id: str) -> bool:
    """Spread and drift speak about other numbers and come after them."""
    fact = fact_of(id)
    return fact is None or not fact.over_reps


def measure_sentence(key: KeyMeasure, *, say_count: bool = True) -> str:
    """`The left knee bends to 97 ± 5° at the bottom (measured, middle value of 5 repetitions).`"""
    first = key.sides[0]
    verb = "estimated" if is_estimated(first) else "measured"
    if is_a_trend(first.id):
        verb = f"{verb}; {TREND_ONLY[0].lower()}{TREND_ONLY[1:]}"
    over = f", middle value of {counted(first.n, 'repetition')}" if first.n > 1 and say_count else ""
    return f"{sentence_of_sides(key.sides).rstrip('.')} ({verb}{over})."


def drift_sentence(analysis: Analysis) -> str:
    """The first drift over the set that is larger than its error, or nothing."""
    for measure in analysis.measures:
        fact = fact_of(measure.id)
        if fact is None or fact.reading != "drift" or measure.value is None or measure.error is None:
            continue
        if is_of_far_leg(analysis, measure):
            continue
        if measure.grade != "D" and abs(measure.value) > measure.error:
            name = sided(measure.label, measure.side)
            return f"{name}: {quantity(measure.value, measure.error, measure.unit)}, a trend beyond its error."
    return ""


def spread_sentence(analysis: Analysis, key: KeyMeasure) -> str:
    """How far the repetitions of one quantity lie apart, for the side where that stands out most against what noise
    alone would show. Of the repetitions that the set's numbers rest on; empty below three."""
    best: tuple[float, str] | None = None
    left_out = {rep.index for rep in analysis.reps if rep.excluded}
    for measure in key.sides:
        same = [m for m in analysis.measures if (m.id, m.side) == (measure.id, measure.side)]
        known = [m for m in same if m.rep is not None and m.rep not in left_out and m.value is not None]
        if len(known) >= 3:
            low, high = (pick(known, key=lambda m: m.value or 0.0) for pick in (min, max))
            resolved = resolvable_difference(analysis.measures, low, high)
            apart = (high.value or 0.0) - (low.value or 0.0)
            said = _apart(low, high, resolved) if apart > resolved else _alike(high.unit, resolved)
            best = max(best or (-1.0, ""), (apart / max(resolved, 1e-9), said))
    return best[1] if best else ""


def _alike(unit: str, resolved: float) -> str:
    text = f"{number(resolved, resolved)}{unit_after(unit)}"
    return f"The repetitions differ by less than can be told apart in this clip ({text})."


def _apart(low: Measure, high: Measure, resolved: float) -> str:
    first, last = sorted((low, high), key=lambda m: m.rep or 0)
    unit = unit_after(low.unit)
    texts = [f"{number(m.value or 0.0, m.error or resolved)}{unit} (repetition {m.rep})" for m in (first, last)]
    name = f"{low.label} on the {low.side}" if low.side else low.label
    return (
        f"{name}: from {texts[0]} to {texts[1]}; "
        f"differences above {number(resolved, resolved)}{unit} can be told apart in this clip."
    )


def findings(analysis: Analysis) -> tuple[str, ...]:
    """Two to five sentences for the top of the page."""
    keys = key_measures(analysis) if analysis.movement.label else ()
    keys = tuple(key for key in keys if not _is_no_pause(key))
    between = legs_sentence(analysis)
    change = between or drift_sentence(analysis) or (spread_sentence(analysis, keys[0]) if keys else "")
    if between:
        keys = tuple(key for key in keys if _reading(key.sides[0]) != "legs")
    shown = keys[: HEADLINES_MAX if change else HEADLINES_MAX + 1]
    measured = [measure_sentence(key, say_count=key is shown[0]) for key in shown]
    said = [counting_sentence(analysis), *measured[:1], change, *measured[1:]]
    if between:
        said = [counting_sentence(analysis), change, *measured]
    return tuple(one for one in said if one)


def legs_sentence(analysis: Analysis) -> str:
    """How far the legs differ, where each has repetitions of its own; nothing otherwise."""
    return " ".join(differences(analysis)) if len(standing_legs(analysis)) > 1 else ""


def _is_no_pause(key: KeyMeasure) -> bool:
    """A pause shorter than its error is nothing to tell."""
    first = key.sides[0]
    return first.id == "pause_time" and (first.value or 0.0) <= (first.error or 0.0)


def _reading(measure: Measure) -> str:
    fact = fact_of(measure.id)
    return "" if fact is None else fact.reading


def how_sure(analysis: Analysis) -> str:
    """One paragraph on what the numbers of this clip can carry."""
    segment = main_segment(analysis)
    seen = "seen" if without_video(analysis) else "filming"
    where = "" if segment is None else f", {seen} {from_where(segment.view)}"
    shown = [m for m in analysis.measures if m.value is not None and m.error is not None]
    if not shown:
        return f"This rests on one camera{where}; no number could be given with an error, so none is judged."
    angles = [m.error or 0.0 for m in shown if m.unit == "deg" and _is_plain(m.id)]
    apart = [m.noise or 0.0 for m in shown if m.unit == "deg" and _reading(m) == "range"]
    said = [f"This rests on one camera{where}."]
    if angles:
        said.append(f"Angles are typically good to {plus_minus(median(angles), 'deg')} against the truth.")
    if apart and median(apart) < median(angles):
        finer = f"{number(median(apart), median(apart))}{unit_after('deg')}"
        said.append(
            f"Repetitions of this clip can be compared with each other more finely: for a typical angle, "
            f"differences above {finer} can be told apart, because what is off is off in the same way in all of them."
        )
    said.append("Each number carries its own ±: the true value is within it 19 times out of 20.")
    return " ".join(said)
