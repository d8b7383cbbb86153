"""Which leg stands, and the instants at which the two legs can be compared: at the same depth, or in a hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median_low
from typing import TYPE_CHECKING

import numpy as np

from vidgait.measures.functions import passes_s
from vidgait.measures.spec import UNILATERAL
from vidgait.store import main_segment

if TYPE_CHECKING:
    from vidgait.types import Analysis, FloatArray, Rep, Series, Side

__all__ = [
    "DEPTH_DEG",
    "LegInstant",
    "SameDepth",
    "compares_legs",
    "counted_reps",
    "is_frontal",
    "is_one_legged",
    "rep_name",
    "same_depth",
    "series_of",
    "shown_series",
    "stance_rep_at",
    "standing_legs",
]

TWO_LEGGED = ("squat",)
"""Two-legged movements in which one knee is compared with the other, seen from the front or from behind."""

DEPTH_DEG = 60.0
"""Knee flexion at which two legs are compared (specification 2.1); less where one of them does not go so far."""

BOTTOM = "at the bottom"

AROUND_S = 0.3
"""Curves of a leg begin and end this much outside of its repetitions."""

SIDES: tuple[Side, Side] = ("left", "right")

TYPICAL = ("fppa_change", "pelvic_drop_bottom", "pelvic_drop_hold", "knee_flexion_bottom")
"""The repetition that stands for a leg is the middle one by the first of these that has a number for all."""


@dataclass(frozen=True, slots=True)
class LegInstant:
    """One picture of the comparison. `side` is the leg it is about; None: both legs in one picture."""

    side: Side | None
    rep: int
    time_s: float


@dataclass(frozen=True, slots=True)
class SameDepth:
    """The instants that stand side by side, left before right."""

    instants: tuple[LegInstant, ...]
    depth_deg: float | None
    """Knee flexion at all of them; None for a hold, or where it could not be told."""
    coarse: bool
    """Whether the depth is only an estimate, from how far the hips sink."""
    basis: str
    """What makes them comparable, in words."""


def counted_reps(analysis: Analysis, side: Side | None = None) -> tuple[Rep, ...]:
    """The repetitions and holds that the set's numbers rest on, those of one leg where one is given."""
    return tuple(rep for rep in analysis.reps if rep.is_used and side in (None, rep.side))


def standing_legs(analysis: Analysis) -> tuple[Side, ...]:
    """The legs that have repetitions of their own, left first; none for two-legged movements."""
    if analysis.movement.label not in UNILATERAL:
        return ()
    return tuple(side for side in SIDES if counted_reps(analysis, side))


def is_one_legged(analysis: Analysis) -> bool:
    return bool(standing_legs(analysis))


def is_frontal(analysis: Analysis) -> bool:
    """Seen from the front or from behind, for most of the clip."""
    segment = main_segment(analysis)
    return segment is not None and segment.view in ("front", "back")


def compares_legs(analysis: Analysis) -> bool:
    """Whether the page begins with the legs side by side."""
    if is_one_legged(analysis):
        return True
    return analysis.movement.label in TWO_LEGGED and is_frontal(analysis) and bool(counted_reps(analysis))


def stance_rep_at(analysis: Analysis, time_s: float) -> Rep | None:
    """The repetition or hold on one leg that is under way."""
    reps = (rep for rep in analysis.reps if rep.side is not None and rep.start_s <= time_s < rep.end_s)
    return next(reps, None) if analysis.movement.label in UNILATERAL else None


def rep_name(rep: Rep) -> str:
    """`repetition 3`, `hold 2`."""
    return f"{'hold' if rep.kind == 'hold' else 'repetition'} {rep.index}"


def series_of(analysis: Analysis, name: str, side: Side | None) -> Series | None:
    """The series with this name and side, or None where it has no value at all."""
    found = (one for one in analysis.series if (one.name, one.side) == (name, side))
    return next((one for one in found if np.isfinite(one.value).any()), None)


def shown_series(analysis: Analysis) -> tuple[Series, ...]:
    """The series as curves show them: in movements on one leg each leg's only while it stands, for the free leg's
    angles mean nothing, and what one leg says of the pelvis is the other's with the sign turned."""
    if not is_one_legged(analysis):
        return analysis.series
    away_s = {side: _away_s(analysis, side) for side in SIDES}
    stands = {side: away_s[side] <= AROUND_S for side in SIDES}
    stands["left"] &= away_s["left"] <= away_s["right"]
    stands["right"] &= away_s["right"] < away_s["left"]
    return tuple(
        one if one.side is None else replace(one, value=np.where(stands[one.side], one.value, np.nan))
        for one in analysis.series
    )


def _away_s(analysis: Analysis, side: Side) -> FloatArray:
    """(T,) how far every instant is from the nearest repetition of a leg; infinite where it has none."""
    time_s = analysis.clean.time_s
    away_s = np.full(time_s.shape, np.inf)
    for rep in analysis.reps:
        if rep.side == side:
            away_s = np.minimum(away_s, np.maximum(0.0, np.maximum(rep.start_s - time_s, time_s - rep.end_s)))
    return away_s


def same_depth(analysis: Analysis) -> SameDepth | None:
    """Where the legs are compared: at 60 degrees of knee flexion on the way down, else as deep as both legs go; in a
    hold, in its middle. None where there is nothing to compare."""
    if not compares_legs(analysis):
        return None
    legs: tuple[Side | None, ...] = standing_legs(analysis) or (None,)
    if all(rep.kind == "hold" for rep in counted_reps(analysis)):
        holds = [_typical(analysis, side) for side in legs]
        found = tuple(LegInstant(hold.side, hold.index, _middle_s(hold)) for hold in holds)
        return SameDepth(found, None, False, "in the middle of the hold, with the means of all of it")
    return _at_depth(analysis, legs)


def _middle_s(hold: Rep) -> float:
    start_s, end_s = hold.instants.get("lifted", hold.start_s), hold.instants.get("lowered", hold.end_s)
    return 0.5 * (start_s + end_s)


def _at_depth(analysis: Analysis, legs: Sequence[Side | None]) -> SameDepth:
    if not is_frontal(analysis):
        # Angles of a side view are the catalogue's, and those are read at the bottom.
        reps = [_typical(analysis, side) for side in legs]
        return SameDepth(tuple(LegInstant(rep.side, rep.index, _bottom_s(rep)) for rep in reps), None, False, BOTTOM)
    reached = {side: _reached(analysis, side) for side in legs}
    if any(not depths for depths in reached.values()):
        reps = [_typical(analysis, side) for side in legs]
        turns = tuple(LegInstant(rep.side, rep.index, _bottom_s(rep)) for rep in reps)
        return SameDepth(turns, None, False, "at the bottom; how far the knee bends there could not be told")
    deepest = min(max(depths.values()) for depths in reached.values())
    depth_deg = min(DEPTH_DEG, deepest)
    found = tuple(_instant(analysis, side, reached[side], depth_deg) for side in legs)
    basis = "on the way down"
    if deepest < DEPTH_DEG:
        basis = "the deepest that both legs reach" if len(legs) > 1 else "the deepest it goes"
    return SameDepth(found, depth_deg, _is_coarse(analysis, legs), basis)


def _reached(analysis: Analysis, side: Side | None) -> dict[int, float]:
    """Largest knee flexion of each repetition of a leg on its way down, where it is known."""
    found = {}
    for rep in counted_reps(analysis, side):
        depth = _way_down(analysis, rep, side)[1]
        if np.isfinite(depth).any():
            found[rep.index] = float(np.nanmax(depth))
    return found


def _way_down(analysis: Analysis, rep: Rep, side: Side | None) -> tuple[FloatArray, FloatArray]:
    """Times and knee flexion from the start of a repetition to its turn."""
    time_s = analysis.clean.time_s
    rows = np.flatnonzero((time_s >= rep.start_s) & (time_s <= _bottom_s(rep)))
    return time_s[rows], _flexion_deg(analysis, side)[rows]


def _flexion_deg(analysis: Analysis, side: Side | None) -> FloatArray:
    """(T,) knee flexion of a leg, or of both on average; NaN where it is not known."""
    if side is None:
        both: FloatArray = 0.5 * (_flexion_deg(analysis, "left") + _flexion_deg(analysis, "right"))
        return both
    found = (series_of(analysis, name, side) for name in ("knee_flexion_deg", "knee_flexion_vertical_deg"))
    known = next((one for one in found if one is not None), None)
    return np.full(analysis.clean.time_s.shape, np.nan) if known is None else known.value


def _is_coarse(analysis: Analysis, legs: Sequence[Side | None]) -> bool:
    return any(series_of(analysis, "knee_flexion_deg", side or "left") is None for side in legs)


def _instant(analysis: Analysis, side: Side | None, reached: dict[int, float], depth_deg: float) -> LegInstant:
    """Of the repetitions that go as deep, the typical one, when it last passes that depth, as the catalogue reads it;
    the first that was seen of one that begins deeper."""
    deep = [index for index, depth in reached.items() if depth >= depth_deg]
    rep = _typical(analysis, side, deep)
    time_s, flexion_deg = _way_down(analysis, rep, side)
    at_s = passes_s(flexion_deg, time_s, rep.start_s, _bottom_s(rep), depth_deg)
    if at_s is None:
        at_s = float(time_s[np.flatnonzero(flexion_deg >= depth_deg)[0]])
    return LegInstant(side, rep.index, at_s)


def _typical(analysis: Analysis, side: Side | None, among: Sequence[int] | None = None) -> Rep:
    """The middle repetition of a leg, by the first of TYPICAL that has a number for all of them."""
    reps = [rep for rep in counted_reps(analysis, side) if among is None or rep.index in among]
    for id in TYPICAL:
        found = [analysis.find(id, side, rep.index) for rep in reps]
        values = [m.value for m in found if m is not None and m.value is not None]
        if len(values) == len(reps):
            return reps[values.index(median_low(values))]
    return reps[(len(reps) - 1) // 2]


def _bottom_s(rep: Rep) -> float:
    return rep.instants.get("bottom", 0.5 * (rep.start_s + rep.end_s))
