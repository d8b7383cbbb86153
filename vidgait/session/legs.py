"""Left against right, each leg in a clip of its own.

Which clip is which leg is read from the movement, never from a file name. The error of a difference is that of two
independent measurements, the root of the sum of both squares: noise and the camera's angle are drawn anew in every
clip. What the pose network does to both legs alike, mirrored, cancels in the difference, so the stated error is rather
too wide than too narrow for it; a habit that favours one side of the body does not cancel and is in no error here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vidgait.errors import PairError
from vidgait.measures.catalogue import CATALOGUE
from vidgait.session.checks import check_pair, counted, movement_name, name_of, posture_of, view_of_clip
from vidgait.types import Comparison, Issue, Measure, Session, SessionLink

if TYPE_CHECKING:
    from vidgait.types import Analysis, Grade, Side

__all__ = ["leg_of", "pair_legs"]

BASIS = "which leg is which was read from the movement"
DEPTHS = ("knee_flexion_bottom", "knee_flexion_vertical_bottom")
"""What says how deep a leg went, the better one first."""
REPS_FEW = 3
FRONTAL_VIEWS = ("front", "back")
POSTURES = {"free_leg": "the free leg", "arms": "the arms"}


def pair_legs(first: Analysis, second: Analysis) -> Session:
    """The two clips as one session, the left leg first. Raises PairError where they are not those of two legs."""
    check_pair(first, second)
    by_leg = {leg_of(first): first, leg_of(second): second}
    if len(by_leg) == 1:
        side = leg_of(first)
        raise PairError(
            f"Both clips show the {side} leg.",
            "Pair a clip of each leg. If one of them is mirrored, analyse it with --mirrored and pair the folders.",
        )
    left, right = by_leg["left"], by_leg["right"]
    _check_views(left, right)
    comparisons = _comparisons(left, right)
    if not comparisons:
        raise PairError("The two clips have no number in common that could be compared.")
    return Session(
        analyses=(left, right),
        roles=("left", "right"),
        link=SessionLink("left_right", BASIS),
        comparisons=comparisons,
        issues=_issues(left, right, comparisons),
    )


def leg_of(analysis: Analysis) -> Side:
    """The leg that stands, or is in front, in all repetitions. Raises PairError where there is no such leg."""
    sides = {rep.side for rep in counted(analysis)}
    if sides == {"left"}:
        return "left"
    if sides == {"right"}:
        return "right"
    if None in sides:
        raise PairError(
            f"{name_of(analysis)} shows a {movement_name(analysis)}, which is done on both legs at once.",
            "Its own report compares the legs: vidgait analyze.",
        )
    raise PairError(
        f"{name_of(analysis)} shows both legs in turn, so there is nothing to pair.",
        "Its own report compares the legs: vidgait analyze.",
    )


def _check_views(left: Analysis, right: Analysis) -> None:
    views = {view_of_clip(one) for one in (left, right)}
    if "unknown" in views:
        unclear = name_of(left if view_of_clip(left) == "unknown" else right)
        raise PairError(f"It is not clear from where {unclear} was filmed.", "State it with --view.")
    frontal = [view in FRONTAL_VIEWS for view in (view_of_clip(left), view_of_clip(right))]
    if frontal[0] != frontal[1]:
        raise PairError(
            f"The legs were filmed from different sides: {name_of(left)} {_from(left)}, {name_of(right)} "
            f"{_from(right)}.",
            "Film both legs from the same side: from the front for knee and pelvis, or each from its own side.",
        )


def _from(analysis: Analysis) -> str:
    view = view_of_clip(analysis)
    return {"front": "from the front", "back": "from behind", "oblique": "at an angle"}.get(view, f"from the {view}")


def _comparisons(left: Analysis, right: Analysis) -> tuple[Comparison, ...]:
    """In the order of the catalogue; only what both clips have a line for."""
    found = []
    for spec in CATALOGUE:
        if spec.over_reps or spec.reading in ("left_right", "legs", "both_legs"):
            continue
        sides: tuple[Side | None, Side | None] = ("left", "right") if spec.sided else (None, None)
        if not (spec.sided or spec.reading == "time"):
            continue
        one, other = left.find(spec.id, sides[0]), right.find(spec.id, sides[1])
        if one is not None and other is not None:
            found.append(_compared(one, other))
    return tuple(found)


def _compared(left: Measure, right: Measure) -> Comparison:
    name, label = f"{left.id}_left_right", f"{left.label}: left less right"
    if left.value is None or right.value is None:
        side, blank = ("left", left) if left.value is None else ("right", right)
        why = f"{side} leg: {blank.why_none or 'no number'}"
        return Comparison(left, right, Measure(name, label, None, left.unit, why_none=why), None)
    error = math.hypot(left.error or 0.0, right.error or 0.0)
    worse: Grade = max(left.grade, right.grade)
    difference = Measure(
        name,
        label,
        left.value - right.value,
        left.unit,
        n=min(left.n, right.n),
        noise=math.hypot(left.noise or 0.0, right.noise or 0.0),
        error=error,
        grade=worse,
        reasons=tuple(dict.fromkeys((*left.reasons, *right.reasons))),
        source=left.source if left.source == right.source else f"{left.source}, {right.source}",
    )
    return Comparison(left, right, difference, abs(left.value - right.value) > error)


def _issues(left: Analysis, right: Analysis, comparisons: tuple[Comparison, ...]) -> tuple[Issue, ...]:
    found = []
    depth = next((one for name in DEPTHS for one in comparisons if one.left.id == name and one.clear is not None), None)
    if depth is not None and depth.clear:
        deeper = "left" if (depth.difference.value or 0.0) > 0 else "right"
        message = f"The {deeper} leg went deeper: compare what is read at the same depth, not at the bottom."
        found.append(Issue("depth_differs", "warning", message))
    for name, words in POSTURES.items():
        held = [posture_of(one, name) for one in (left, right)]
        if held[0] != held[1] and None not in held:
            message = f"The clips differ in {words} (left: {held[0]}, right: {held[1]}), which changes these numbers."
            found.append(Issue("posture_differs", "warning", message))
    views = [_from(one) for one in (left, right)]
    if views[0] != views[1] and "front" in "".join(views):
        found.append(Issue("view_differs", "info", f"The left leg was filmed {views[0]}, the right one {views[1]}."))
    few = [side for side, one in (("left", left), ("right", right)) if 0 < len(counted(one)) < REPS_FEW]
    if few and all(rep.kind == "rep" for one in (left, right) for rep in counted(one)):
        message = f"Fewer than {REPS_FEW} repetitions of the {' and the '.join(few)} leg: a first look, no more."
        found.append(Issue("few_repetitions", "warning", message))
    return tuple(found)
