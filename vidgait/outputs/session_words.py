"""What the page of a session says: sentences and table cells, in the words of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidgait.measures.catalogue import CATALOGUE
from vidgait.outputs.summary import bullet
from vidgait.outputs.words import (
    NO_BREAK,
    counted,
    from_where,
    full_stop,
    listed,
    number,
    plus_minus,
    quantity,
    short_unit,
    unit_after,
)
from vidgait.store import main_segment

if TYPE_CHECKING:
    from vidgait.types import Analysis, Comparison, Measure, Session, Side

__all__ = [
    "clip_facts_of",
    "leg_findings",
    "leg_rows",
    "leg_sure",
    "next_steps",
    "refused_rows",
    "session_text",
    "session_title",
    "view_depths",
    "view_findings",
    "view_reps",
    "view_sure",
]

LEADING = (
    "fppa_change_60_degrees",
    "fppa_change_45_degrees",
    "fppa_change",
    "hip_adduction_change",
    "pelvic_drop_bottom",
    "pelvic_drop_hold",
    "trunk_lean_stance_bottom",
    "trunk_lean_stance_hold",
    "knee_flexion_bottom",
    "knee_flexion_vertical_bottom",
)
"""Rows that come first, in this order; what is read at the same depth before what is not."""
FRONT_COLUMNS = ("fppa_change", "pelvic_obliquity_bottom", "trunk_lateral_lean_bottom", "knee_separation_hips")
SIDE_COLUMNS = ("knee_flexion_bottom", "hip_flexion_bottom", "ankle_dorsiflexion_bottom", "trunk_lean_bottom")
SENTENCES_MAX = 4


def session_title(session: Session) -> str:
    label = (session.analyses[0].movement.label or "movement").replace("single_leg", "single-leg").replace("_", " ")
    if session.link.kind == "left_right":
        return f"{label.capitalize()}: left leg beside right leg"
    return f"{label.capitalize()}: one set from two sides"


def clip_facts_of(analysis: Analysis) -> list[str]:
    segment = main_segment(analysis)
    facts = [analysis.video.path.replace("\\", "/").rsplit("/", 1)[-1]]
    if segment is not None:
        turned = ""
        if segment.yaw_deg is not None and segment.yaw_error_deg is not None:
            off = segment.yaw_deg - 90.0 * round(segment.yaw_deg / 90.0)
            turned = f", turned {number(abs(off), 5)} ±{NO_BREAK}{number(segment.yaw_error_deg, 5)}°"
        facts.append(f"filmed {from_where(segment.view)}{turned}")
    used = [rep for rep in analysis.reps if rep.is_used]
    held = bool(used) and all(rep.kind == "hold" for rep in used)
    facts.append(counted(len(used), "hold" if held else "repetition"))
    return facts


# ---------------------------------------------------------------------------------------------------- left and right


def leg_rows(session: Session) -> list[dict[str, Any]]:
    """One row a quantity, with the difference drawn on the scale of its own error. What only one leg has is shown if it
    is one of the leading ones."""
    rows = [one for one in _ordered(session) if one.difference.value is not None or _half_known(one)]
    return [_leg_row(one) for one in rows]


def _half_known(one: Comparison) -> bool:
    return one.left.id in LEADING and (one.left.value is None) != (one.right.value is None)


def _ordered(session: Session) -> list[Comparison]:
    places = {name: place for place, name in enumerate(LEADING)}
    return sorted(session.comparisons, key=lambda one: places.get(one.left.id, len(places)))


def _leg_row(one: Comparison) -> dict[str, Any]:
    difference, error = one.difference.value or 0.0, one.difference.error or 0.0
    reach = 1.15 * max(abs(difference) + error, 1e-9)
    return {
        "label": one.left.label,
        "sign": _sign(one.left.id),
        "unit": one.left.unit if short_unit(one.left.unit) != one.left.unit else "",
        "left": _value(one.left),
        "right": _value(one.right),
        "difference": _value(one.difference),
        "drawn": one.clear is not None,
        "reading": _reading(one),
        "apart": one.clear,
        "leading": one.left.id in LEADING,
        "trend": one.difference.grade == "C",
        "at": 50 + 50 * difference / reach,
        "from": 50 + 50 * (difference - error) / reach,
        "to": 50 + 50 * (difference + error) / reach,
    }


def _value(measure: Measure) -> str:
    return quantity(measure.value, measure.error, short_unit(measure.unit))


def _sign(id: str) -> str:
    return next((spec.sign for spec in CATALOGUE if spec.id == id), "")


def _reading(one: Comparison) -> str:
    if one.clear is None:
        return f"not compared: {one.difference.why_none}"
    if not one.clear:
        return "cannot be told apart"
    return f"{'left' if (one.difference.value or 0.0) > 0 else 'right'} more"


def leg_findings(session: Session) -> list[str]:
    """First what differs beyond its error, then how much of the rest does not."""
    rows = [one for one in _ordered(session) if one.clear is not None]
    clear = [one for one in rows if one.clear]
    reps = [sum(rep.is_used for rep in one.reps) for one in session.analyses]
    kind = "holds" if all(rep.kind == "hold" for one in session.analyses for rep in one.reps if rep.index) else "reps"
    words = {"holds": "hold", "reps": "repetition"}[kind]
    said = [f"{counted(reps[0], words)} on the left leg and {reps[1]} on the right were compared."]
    leading = [one for one in clear if one.left.id in LEADING][:SENTENCES_MAX]
    said += [_leg_sentence(one) for one in leading]
    others = [f"{one.left.label[:1].lower()}{one.left.label[1:]}" for one in clear if one not in leading]
    if others:
        also = "also " if leading else ""
        said.append(full_stop(f"The legs {also}differ by more than the error in: {listed(others)}"))
    if not clear:
        said.append("No difference between the legs is larger than its measurement error.")
    elif len(rows) > len(clear):
        said.append(
            f"In {len(rows) - len(clear)} of {counted(len(rows), 'quantity', 'quantities')} the legs cannot be told "
            "apart."
        )
    return said


def _leg_sentence(one: Comparison) -> str:
    left, right, unit = one.left, one.right, short_unit(one.left.unit)
    size = number(abs(one.difference.value or 0.0), one.difference.error)
    more = "left" if (one.difference.value or 0.0) > 0 else "right"
    trend = ", trend only" if one.difference.grade == "C" else ""
    return full_stop(
        f"{left.label}: left {_value(left)}, right {_value(right)}. On the {more} {size}{unit_after(unit)} more, which "
        f"is more than the error of a difference ({plus_minus(one.difference.error, unit)}{trend})"
    )


def leg_sure(session: Session) -> list[str]:
    """How the error of a difference comes about, and what is not in it."""
    yaw = [main_segment(one) for one in session.analyses]
    turns = [one.yaw_error_deg for one in yaw if one is not None and one.yaw_error_deg is not None]
    known = f" Here they are known to ±{NO_BREAK}{number(max(turns), 5)}° at worst." if turns else ""
    return [
        "Each leg was filmed by itself, so noise and the camera’s angle err independently: the ± of a difference is "
        "the root of the sum of both squares. A fixed share, such as 10 %, is not used.",
        "What the pose network does to both legs alike, mirrored, cancels in a difference; it is counted in full all "
        "the same, so the ± is rather too wide. A habit that favours one side of the body would not cancel, and is not "
        "in the ±.",
        f"From the front a few degrees of turn look like a knee that moves inwards.{known} That both clips show the "
        "same person, on the same day and with the same task, is taken on trust.",
        "Many differences are looked at, each with a one in twenty chance of standing out by itself: look for several "
        "that tell the same.",
        "A difference beyond its error is a measured one. Whether it matters is another question, and one session does "
        "not answer it.",
    ]


# ---------------------------------------------------------------------------------------------------- two views


def view_findings(session: Session) -> list[str]:
    link = session.link
    offset, error = link.offset_s or 0.0, link.offset_error_s or 0.0
    stated = f"{max(error, 0.01):.2f} s"
    if abs(offset) <= max(error, 0.01):
        started = f"both cameras started together (within ± {stated})"
    else:
        order = "later" if offset < 0 else "earlier"
        started = f"the side camera started {abs(offset):.2f} ± {stated} {order} than the other one"
    said = [f"{counted(len(link.reps), 'repetition')} of both clips were matched one by one; {started}."]
    deepest = _deepest(session)
    if deepest is not None:
        depth, measures = deepest
        said.append(
            f"From standing to {depth}° of knee flexion, as the side view measures it, from the front "
            f"{listed([_knee_words(one) for one in measures])}."
        )
    return said


def _knee_words(one: Measure) -> str:
    value, error = one.value or 0.0, one.error or 0.0
    name = f"the {one.side} knee moves"
    size = f"{number(abs(value), error)} {plus_minus(one.error, short_unit(one.unit))}"
    if abs(value) <= error:
        return f"{name} {size}: too little, for its error, to say which way"
    return f"{name} {size} {'inwards' if value > 0 else 'outwards'}"


def _deepest(session: Session) -> tuple[str, list[Measure]] | None:
    """The set's FPPA at the greatest matched depth up to 60 degrees."""
    for depth in ("60", "45"):
        found = [
            one
            for one in session.measures
            if one.id == f"fppa_change_at_knee_{depth}" and one.rep is None and one.value is not None
        ]
        if found:
            return depth, found
    return None


def view_depths(session: Session) -> dict[str, Any]:
    """Frontal quantities of the set, a row each leg, a column each depth that the side view measured."""
    known = [one for one in session.measures if one.rep is None and one.value is not None]
    depths = sorted({_depth_of(one) for one in known})
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for one in known:
        name, leg = one.id.rsplit("_", 1)[0], one.side or ""
        unit = one.unit if short_unit(one.unit) != one.unit else ""
        blank = {"label": one.label.split(", at ")[0], "unit": unit, "side": leg, "cells": {}, "trend": False}
        row = rows.setdefault((name, leg), blank)
        row["cells"][_depth_of(one)] = _value(one)
        row["trend"] = row["trend"] or one.grade == "C"
    lines = [row | {"cells": [row["cells"].get(depth, "–") for depth in depths]} for row in rows.values()]
    return {"depths": depths, "rows": lines}


def _depth_of(measure: Measure) -> int:
    return int(measure.id.rsplit("_", 1)[1])


def view_reps(session: Session) -> dict[str, Any]:
    """Every matched repetition: depth and trunk from the side, knees and pelvis from the front."""
    front, side = session.analyses
    segment = main_segment(side)
    near = None if segment is None else segment.near_side
    columns: list[tuple[str, str, Analysis, str, Side | None]] = []
    for names, analysis, where in ((SIDE_COLUMNS, side, "side"), (FRONT_COLUMNS, front, "front")):
        for name in names:
            sides: tuple[Side | None, ...] = (near, None) if where == "side" else ("left", "right", None)
            columns += [(where, name, analysis, str(leg or ""), leg) for leg in sides if _answered(analysis, name, leg)]
    heads = []
    for where, name, analysis, leg_name, leg in columns:
        found = next(one for one in analysis.measures if one.id == name and one.side == leg)
        heads.append({"where": where, "label": found.label, "side": leg_name if where == "front" else ""})
    rows = []
    for first, second in session.link.reps:
        cells = []
        for where, name, analysis, _, leg in columns:
            cells.append(_cell(analysis.find(name, leg, second if where == "side" else first)))
        rows.append({"name": str(first) if first == second else f"{first} ({second} from the side)", "cells": cells})
    from_side = sum(head["where"] == "side" for head in heads)
    return {"heads": heads, "rows": rows, "from_side": from_side, "from_front": len(heads) - from_side}


def _cell(found: Measure | None) -> dict[str, str]:
    if found is None or found.value is None:
        return {"value": "–", "error": ""}
    unit = short_unit(found.unit)
    return {"value": f"{number(found.value, found.error)}{unit_after(unit)}", "error": plus_minus(found.error, unit)}


def _answered(analysis: Analysis, name: str, side: Side | None) -> bool:
    """Whether some repetition has this number."""
    found = (one for one in analysis.measures if (one.id, one.side) == (name, side))
    return any(one.rep is not None and one.value is not None for one in found)


def view_sure(session: Session) -> list[str]:
    link = session.link
    return [
        full_stop(f"That both clips show one set was read from the movement: {link.basis}"),
        "Two different sets done to a metronome could fit as well: nothing in two silent clips tells those apart.",
        "The ± of a frontal angle at a matched depth is that of the front clip, with what the offset and the side "
        "view’s knee angle may be off by. How far knees seem to move inwards depends on the front camera’s angle "
        "more than on anything else.",
    ]


# ---------------------------------------------------------------------------------------------------- both


def refused_rows(session: Session) -> list[str]:
    """What could not be compared, and why."""
    if session.link.kind == "left_right":
        missing = [one for one in _ordered(session) if one.difference.value is None and not _half_known(one)]
        return [f"{one.left.label}: {one.difference.why_none}" for one in missing]
    why: dict[str, str] = {}
    for one in session.measures:
        if one.rep is not None and one.value is None and one.why_none:
            why.setdefault(f"{one.label} ({one.side}), repetition {one.rep}", one.why_none)
    return [f"{name}: {reason}" for name, reason in why.items()]


def next_steps(session: Session) -> list[str]:
    if session.link.kind == "left_right":
        return [
            "Film both legs once more on another day: a difference that comes back the same way is worth acting on.",
            "Ask about pain and look at strength and range of movement: a camera sees neither.",
        ]
    return [
        "Keep both cameras where they are for the next set: then the two sets can be compared.",
        "For knees, let the front camera look straight along the feet, or state how the person is turned.",
    ]


def session_text(session: Session, page: str) -> str:
    """What the command line prints."""
    lines = leg_findings(session) if session.link.kind == "left_right" else view_findings(session)
    warnings = [issue.message for issue in session.issues if issue.severity != "info"]
    said = [row for line in lines for row in bullet(line)] + [row for line in warnings for row in bullet(line, "! ")]
    return "\n".join([session_title(session), "", *said, "", f"Page: {page}"]).replace(NO_BREAK, " ")
