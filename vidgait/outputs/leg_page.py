"""The first section of a page about one leg or both: what each leg shows, how sure, and how far the legs differ.

Words and numbers only; the HTML page and the PDF set them. Nothing is coloured by a limit of ours: a difference is
marked where it exceeds its own error, and what other people showed stands beside a number with its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidgait.kinematics.series import off_frontal_deg, off_sagittal_deg
from vidgait.measures import CATALOGUE
from vidgait.measures.patterns import LABELS
from vidgait.outputs.facts import fact_of, is_a_trend, is_of_far_leg, sentence, without_video
from vidgait.outputs.legs import compares_legs, counted_reps, is_frontal, same_depth, standing_legs
from vidgait.outputs.words import NO_BREAK, counted, from_where, full_stop, listed, number, quantity, unit_after
from vidgait.store import main_segment

if TYPE_CHECKING:
    from vidgait.types import Analysis, Measure, Pattern, Side

__all__ = [
    "LegCell",
    "LegColumn",
    "LegRow",
    "LegTable",
    "Reference",
    "difference_of",
    "differences",
    "leg_columns",
    "leg_summary",
    "leg_table",
    "leg_title",
    "legs_shown",
    "main_measures",
    "short_label",
]

MAIN = (
    "pelvic_drop_bottom",
    "pelvic_drop_hold",
    "pelvic_drop_slope_hold",
    "trunk_lean_stance_bottom",
    "trunk_lean_stance_hold",
    "hip_adduction_bottom",
    "fppa_change",
    "fppa_change_60_degrees",
    "fppa_bottom",
    "knee_sway",
    "pelvis_sway_hold",
    "time_to_stabilise",
    "hold_time",
    "knee_flexion_bottom",
    "knee_flexion_vertical_bottom",
    "thigh_inclination_bottom",
    "shank_inclination_bottom",
    "ankle_dorsiflexion_bottom",
)
"""What is compared between the legs, in this order; the rest is in the table of all measures."""

TOLD = (
    "pelvic_drop_bottom",
    "pelvic_drop_hold",
    "trunk_lean_stance_bottom",
    "trunk_lean_stance_hold",
    "fppa_change",
    "knee_flexion_bottom",
    "thigh_inclination_bottom",
)
"""Of a leg that stands alone on the page, what is told in sentences."""

TOLD_MAX = 3

TOGETHER = ("pelvic_obliquity_bottom", "trunk_lateral_lean_bottom", "hip_shift_bottom", "knee_separation_hips")
"""Of a movement on two legs: one number for both."""

OF_ONE_LEG = ("trunk_lean_bottom", "stance_length")
"""Of a movement on one leg, what has no side of its own."""

COMPARED_BY = {"hip_adduction_bottom": "hip_adduction_change"}
"""Legs are compared by the change from standing, in which what the network adds to both cancels."""

COARSE = {"knee_flexion_vertical_bottom": "knee_flexion_bottom"}
"""Only where the real one is missing."""

PATTERN_NAMES = {
    "drop": "Drop",
    "lean": "Lean (Duchenne-type)",
    "combined": "Drop and lean",
    "knee_led": "Knee-led",
    "stable": "Stable",
}

SIDES: tuple[Side, Side] = ("left", "right")


@dataclass(frozen=True, slots=True)
class LegColumn:
    """One leg at the head of the page."""

    side: Side
    done: str
    """`5 repetitions`"""
    posture: str
    """How the free leg and the arms were held; empty where it was not told."""
    pattern: str
    """Name of the pattern, or that it is open; empty where the movement has none."""
    pattern_says: str
    pattern_basis: str


@dataclass(frozen=True, slots=True)
class LegCell:
    text: str
    grade: str
    why_none: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What other people showed, measured in another way."""

    text: str
    """`7.4° (SD 3.8°), Nakagawa 2012`"""
    note: str
    """Who they were, how it was measured, and where it stands."""


@dataclass(frozen=True, slots=True)
class LegRow:
    id: str
    label: str
    sign: str
    cells: tuple[LegCell, ...]
    """One for each leg of the page, or one for both together."""
    difference: str
    """Left less right with its error; empty where there is none."""
    differs: bool | None
    """Whether it exceeds its error; None where that cannot be said."""
    difference_says: str
    reference: Reference | None
    trend_only: bool


@dataclass(frozen=True, slots=True)
class LegTable:
    sides: tuple[Side, ...]
    rows: tuple[LegRow, ...]
    missing: tuple[tuple[str, str], ...]
    """Labels of what neither leg has, by reason."""
    notes: tuple[str, ...]
    """Of the references, each said once; none where no row has one."""


def legs_shown(analysis: Analysis) -> tuple[Side, ...]:
    """The legs that the page compares: those that stood, or both of a movement on two."""
    if not compares_legs(analysis):
        return ()
    return standing_legs(analysis) or SIDES


def leg_title(analysis: Analysis) -> str:
    """What the first section shows."""
    depth, sides = same_depth(analysis), legs_shown(analysis)
    if depth is None or not sides:
        return ""
    if len(sides) == 1:
        return f"The {sides[0]} leg"
    if depth.depth_deg is None:
        return "Both legs side by side"
    return "Both legs at the same depth"


def leg_summary(analysis: Analysis) -> tuple[str, ...]:
    """What was filmed and how well, then how the legs differ or what the only one shows, in a few sentences."""
    return tuple(filter(None, (_filmed(analysis), *_one_leg(analysis), *differences(analysis))))


def _one_leg(analysis: Analysis) -> tuple[str, ...]:
    """What the only leg shows, where there is no other one to compare with."""
    sides = legs_shown(analysis)
    if len(sides) != 1:
        return ()
    found = (analysis.find(id, sides[0]) for id in main_measures(analysis) if id in TOLD)
    return tuple(sentence(measure) for measure in found if measure is not None)[:TOLD_MAX]


def _filmed(analysis: Analysis) -> str:
    segment = main_segment(analysis)
    if segment is None:
        return ""
    text = f"{'Seen' if without_video(analysis) else 'Filmed'} {from_where(segment.view)}"
    frontal = is_frontal(analysis)
    off_deg = off_frontal_deg(segment) if frontal else off_sagittal_deg(segment)
    if off_deg is not None and segment.yaw_error_deg is not None:
        turn = quantity(off_deg, max(segment.yaw_error_deg, 2.0), "deg")
        plane = ("back" if segment.view == "back" else "front") if frontal else "side"
        text += f", the body turned {turn} from a true {plane} view"
    grades = sorted({m.grade for m in _set_measures(analysis) if m.value is not None})
    if grades:
        kinds = f"{grades[0]} to {grades[-1]}" if len(grades) > 1 else grades[0]
        text += f"; numbers below are of grade {kinds}"
    return f"{text}."


def _set_measures(analysis: Analysis) -> list[Measure]:
    return [m for m in analysis.measures if m.rep is None and m.id in MAIN]


def differences(analysis: Analysis) -> tuple[str, ...]:
    """What can be told apart between the legs, and what cannot."""
    if len(legs_shown(analysis)) < 2:
        return ()
    judged = [(row, row.differs) for row in leg_table(analysis).rows if row.differs is not None]
    apart = [row for row, differs in judged if differs]
    alike = [row for row, differs in judged if not differs]
    if not judged:
        return ("How far the legs differ cannot be said from this clip.",)
    said = [f"The legs differ beyond the error in {_named(apart)}."] if apart else []
    if alike:
        begin = "No difference beyond the error" if said else "The legs do not differ beyond the error"
        said.append(f"{begin} in {listed([short_label(row.label) for row in alike])}.")
    return tuple(said)


def _named(rows: Sequence[LegRow]) -> str:
    return listed([f"{short_label(row.label)} ({row.difference_says})" for row in rows])


def short_label(label: str) -> str:
    """A label within a sentence: `knee flexion (coarse)` for "Knee flexion, coarse"."""
    name, comma, rest = label.partition(", ")
    text = f"{name} ({rest})" if comma else name
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


# ---------------------------------------------------------------------------------------------------- each leg


def leg_columns(analysis: Analysis) -> tuple[LegColumn, ...]:
    """One for each leg that has repetitions of its own; none for movements on two legs."""
    return tuple(_column(analysis, side) for side in standing_legs(analysis))


def _column(analysis: Analysis, side: Side) -> LegColumn:
    reps = counted_reps(analysis, side)
    noun = "hold" if all(rep.kind == "hold" for rep in reps) else "repetition"
    sets = len({rep.set_index for rep in reps})
    done = counted(len(reps), noun) + (f" in {sets} sets" if sets > 1 else "")
    told = analysis.patterns if is_frontal(analysis) else ()
    pattern = next((one for one in told if (one.side, one.rep) == (side, None)), None)
    name, says, basis = ("", "", "") if pattern is None else _pattern_words(pattern)
    return LegColumn(side, done, _posture(analysis, side), name, says, basis)


def _pattern_words(pattern: Pattern) -> tuple[str, str, str]:
    basis = full_stop(pattern.basis) if pattern.basis else ""
    if pattern.label is None:
        return "Open", full_stop(pattern.why_none or "the errors leave it open"), "" if pattern.why_none else basis
    return PATTERN_NAMES.get(pattern.label, pattern.label), full_stop(LABELS.get(pattern.label, "")), basis


def _posture(analysis: Analysis, side: Side) -> str:
    """`free leg behind, arms on the hips`; what changed between repetitions is said so."""
    said = []
    for name, word in (("free_leg", "free leg"), ("arms", "arms")):
        kinds = list(dict.fromkeys(r.posture[name] for r in counted_reps(analysis, side) if name in r.posture))
        if kinds:
            said.append(f"{word} {listed([POSTURES.get(kind, kind) for kind in kinds])}")
    return ", ".join(said)


POSTURES = {
    "front": "in front",
    "middle": "beside the standing leg",
    "behind": "behind",
    "hips": "on the hips",
    "sides": "at the sides",
    "overhead": "overhead",
    "other": "held in another way",
}


# ---------------------------------------------------------------------------------------------------- table


def main_measures(analysis: Analysis) -> tuple[str, ...]:
    """Ids of what is compared between the legs and has a number for at least one of them, in order."""
    sides = legs_shown(analysis)
    given = {m.id for m in _set_measures(analysis) if m.side in sides and m.value is not None and m.grade != "D"}
    return tuple(id for id in MAIN if id in given and COARSE.get(id) not in given)


def leg_table(analysis: Analysis) -> LegTable:
    """The numbers of the legs side by side."""
    sides = legs_shown(analysis)
    rows = [_row(analysis, id, sides) for id in main_measures(analysis)]
    ids = OF_ONE_LEG if standing_legs(analysis) else TOGETHER
    together = [m for id in ids if (m := analysis.find(id)) is not None and m.value is not None]
    rows += [_together(measure) for measure in together if measure.grade != "D"]
    missing = _missing(analysis, sides)
    notes = dict.fromkeys(row.reference.note for row in rows if row.reference is not None)
    return LegTable(sides, tuple(rows), missing, tuple(notes))


def _row(analysis: Analysis, id: str, sides: Sequence[Side]) -> LegRow:
    found = [analysis.find(id, side) for side in sides]
    first = next(m for m in found if m is not None)
    difference = difference_of(analysis, id) if len(sides) > 1 else None
    cells = tuple(_cell(analysis, m) for m in found)
    return LegRow(
        id=id,
        label=first.label,
        sign=_sign(id),
        cells=cells,
        difference="" if difference is None else quantity(difference.value, difference.error, difference.unit),
        differs=_differs(difference),
        difference_says=_difference_says(difference) + _by_change(difference, id),
        reference=_reference(analysis, id),
        trend_only=is_a_trend(id),
    )


def _together(measure: Measure) -> LegRow:
    cell = LegCell(quantity(measure.value, measure.error, measure.unit), measure.grade, "")
    return LegRow(measure.id, measure.label, _sign(measure.id), (cell,), "", None, "", None, is_a_trend(measure.id))


def _sign(id: str) -> str:
    fact = fact_of(id)
    return "" if fact is None else fact.sign


def _cell(analysis: Analysis, measure: Measure | None) -> LegCell:
    if measure is None or measure.value is None or measure.grade == "D":
        why = "" if measure is None else measure.why_none or "too uncertain to show"
        return LegCell("–", "", why or "not measured")
    note = "seen behind the other leg" if is_of_far_leg(analysis, measure) else ""
    return LegCell(quantity(measure.value, measure.error, measure.unit), measure.grade, note)


def difference_of(analysis: Analysis, id: str) -> Measure | None:
    """Left less right of a measure, where the catalogue has one and it may be shown."""
    parents = (id, COMPARED_BY.get(id))
    ids = [spec.id for spec in CATALOGUE if spec.parent in parents and spec.reading in ("legs", "left_right")]
    found = (analysis.find(each) for each in ids)
    return next((m for m in found if m is not None and m.value is not None and m.grade != "D"), None)


def _differs(difference: Measure | None) -> bool | None:
    if difference is None or difference.value is None or difference.error is None:
        return None
    return abs(difference.value) > difference.error


def _difference_says(difference: Measure | None) -> str:
    differs = _differs(difference)
    if difference is None or differs is None:
        return ""
    if not differs:
        return "within its error"
    value = difference.value or 0.0
    amount = f"{number(abs(value), difference.error)}{unit_after(difference.unit)}"
    return f"{amount} more on the {'left' if value > 0 else 'right'}"


def _by_change(difference: Measure | None, id: str) -> str:
    return "" if difference is None or id not in COMPARED_BY else ", by the change from the start"


def _reference(analysis: Analysis, id: str) -> Reference | None:
    """The first study of this very movement; none is lent to another one."""
    fact = fact_of(id)
    norms = [] if fact is None else [norm for norm in fact.norms if norm.movement == analysis.movement.label]
    if not norms or fact is None:
        return None
    unit = unit_after(fact.unit)
    text = "; ".join(
        f"{number(n.value, 1.0)}{unit} (SD{NO_BREAK}{number(n.sd, 1.0)}{unit}), {n.source.partition(',')[0]}"
        for n in norms
    )
    return Reference(text, " ".join(f"{full_stop(n.source)} {full_stop(n.who)} {full_stop(n.method)}" for n in norms))


def _missing(analysis: Analysis, sides: Sequence[Side]) -> tuple[tuple[str, str], ...]:
    """What neither leg has, gathered by reason."""
    shown = set(main_measures(analysis))
    reasons: dict[str, str] = {}
    for measure in _of_sides(analysis, sides):
        if measure.id not in shown and measure.id not in COARSE and not _has_coarse(shown, measure.id):
            reasons.setdefault(short_label(measure.label), measure.why_none or "too uncertain to show")
    by_reason: dict[str, list[str]] = {}
    for label, why in reasons.items():
        by_reason.setdefault(why, []).append(label)
    return tuple((full_stop(why)[:-1], listed(labels)) for why, labels in by_reason.items())


def _has_coarse(shown: Iterable[str], id: str) -> bool:
    return any(COARSE.get(each) == id for each in shown)


def _of_sides(analysis: Analysis, sides: Sequence[Side]) -> list[Measure]:
    frontal = is_frontal(analysis)
    found = [m for m in _set_measures(analysis) if m.side in sides]
    return [m for m in found if (fact := fact_of(m.id)) is None or not frontal or fact.plane != "sagittal"]
