"""Where everybody's dot goes: pure geometry of the drawings of `team.html`, in the units of their view boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from vidgait.outputs.facts import fact_of
from vidgait.outputs.plots import SPAN_MIN, Tick, axis
from vidgait.outputs.words import plus_minus, quantity, short_unit, unit_after
from vidgait.team.comparing import Comparison, spread_of
from vidgait.team.groups import by_name
from vidgait.team.team_words import group_side

if TYPE_CHECKING:
    from vidgait.team.groups import Entry, Family, Group

__all__ = ["Dot", "LegPlot", "StripPlot", "StripRow", "leg_plot", "strip_plot"]

WIDTH = 340.0
LEFT_EDGE, RIGHT_EDGE = 8.0, 332.0
DOT = 4.2
GAP = 9.4
"""Between the middles of dots that would lie on one another."""
ROWS_MAX = 15
"""Of dots above one another; further ones lie on those that are there."""
NAME_HEIGHT = 15.0
LEG_HEIGHT, LEG_TOP, LEG_BOTTOM, LEG_LEFT = 170.0, 14.0, 156.0, 34.0
LEG_STEP_MAX = 26.0

Marked = frozenset[str]
"""Athletes that stand out here."""


@dataclass(frozen=True, slots=True)
class Dot:
    athlete: str
    x: float
    y: float
    reach: float
    """Its ± in the drawing."""
    says: str
    trend: bool
    marked: bool
    clear: bool = False
    """Beyond its own ±."""


@dataclass(frozen=True, slots=True)
class StripRow:
    name: str
    """Which leg; empty where it is neither."""
    side: str
    name_y: float
    height: float
    inked: tuple[float, float]
    """Top and bottom of the dots."""
    dots: tuple[Dot, ...]
    middle: float
    box: tuple[float, float] | None
    """Where the middle half of the group lies; None for small groups."""


@dataclass(frozen=True, slots=True)
class StripPlot:
    """Everybody's number on one line, or one line a leg."""

    title: str
    sign: str
    unit: str
    error_says: str
    error_at: tuple[float, float]
    """The ends of the typical ± around the middle."""
    count: int
    trend_only: bool
    height: float
    rows: tuple[StripRow, ...]
    ticks: tuple[Tick, ...]
    """`share` is the place along the width, in view box units."""
    marked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LegPlot:
    """Left less right of everybody with its ±, in order of size."""

    title: str
    sign: str
    unit: str
    trend_only: bool
    width: float
    height: float
    zero: float
    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    beyond: int
    marked: tuple[str, ...]


def strip_plot(groups: Sequence[Group], marked: Marked) -> StripPlot:
    """Of the groups of one quantity: one, or one a leg. A group of its own scale is never mixed with another unit."""
    first = groups[0]
    entries = [entry for group in groups for entry in group.entries]
    values = [entry.measure.value or 0.0 for entry in entries]
    error, middle = median(entry.measure.error or 0.0 for entry in entries), median(values)
    # Wide enough for the typical ±: dots that cannot be told apart shall not look far apart.
    low, high, ticks = _axis(min(*values, middle - error), max(*values, middle + error), first.unit)
    scale = (RIGHT_EDGE - LEFT_EDGE) / (high - low)
    rows, top = [], 4.0
    for group in groups:
        row = _row(group, low, scale, top, marked)
        rows.append(row)
        top += row.height
    fact = fact_of(first.measure_id)
    return StripPlot(
        title=first.label,
        sign="" if fact is None else fact.sign,
        unit=unit_after(short_unit(first.unit)),
        error_says=plus_minus(error, short_unit(first.unit)),
        error_at=(_at(middle - error, low, scale), _at(middle + error, low, scale)),
        count=len({entry.athlete for entry in entries}),
        trend_only=all(entry.measure.grade == "C" for entry in entries),
        height=top + 30.0,
        rows=tuple(rows),
        ticks=tuple(Tick(tick.label, LEFT_EDGE + (1 - tick.share) * (RIGHT_EDGE - LEFT_EDGE)) for tick in ticks),
        marked=tuple(sorted({entry.athlete for entry in entries} & marked, key=by_name)),
    )


def _row(group: Group, low: float, scale: float, top: float, marked: Marked) -> StripRow:
    entries = sorted(group.entries, key=lambda entry: (entry.measure.value or 0.0, entry.athlete))
    xs = [LEFT_EDGE + ((entry.measure.value or 0.0) - low) * scale for entry in entries]
    shifts = _swarm(xs)
    half = max((abs(shift) for shift in shifts), default=0.0)
    name = group_side(group)
    head = NAME_HEIGHT if name else 4.0
    height = head + 2 * half + 2 * DOT + 6.0
    y = top + head + half + DOT
    values = [entry.measure.value or 0.0 for entry in entries]
    spread = spread_of(values)
    box = None if spread is None else (_at(spread.low, low, scale), _at(spread.high, low, scale))
    dots = tuple(
        _dot(entry, x, y + shift, scale, marked, name) for entry, x, shift in zip(entries, xs, shifts, strict=True)
    )
    side = group.side or "middle"
    inked = (y - half - DOT - 1.5, y + half + DOT + 1.5)
    return StripRow(name, side, top + 11.0, height, inked, dots, _at(median(values), low, scale), box)


def _at(value: float, low: float, scale: float) -> float:
    return LEFT_EDGE + (value - low) * scale


def _dot(entry: Entry, x: float, y: float, scale: float, marked: Marked, name: str) -> Dot:
    measure = entry.measure
    size = quantity(measure.value, measure.error, short_unit(measure.unit))
    trend = ", a trend only" if measure.grade == "C" else ""
    leg = f", {measure.side}" if name and measure.side else ""
    reach = (measure.error or 0.0) * scale
    return Dot(
        entry.athlete, x, y, reach, f"{entry.athlete}{leg}: {size}{trend}", measure.grade == "C",
        entry.athlete in marked,
    )  # fmt: skip


def _swarm(xs: Sequence[float]) -> list[float]:
    """How far up or down each dot moves so that it lies on no other; `xs` rising."""
    placed: list[tuple[float, float]] = []
    tries = [0.0]
    for step in range(1, ROWS_MAX // 2 + 1):
        tries += [-step * GAP, step * GAP]
    for x in xs:
        near = [(other, shift) for other, shift in placed[-4 * ROWS_MAX :] if x - other < GAP]
        free = (
            shift for shift in tries if all((x - other) ** 2 + (shift - at) ** 2 >= GAP**2 * 0.98 for other, at in near)
        )
        placed.append((x, next(free, 0.0)))
    return [shift for _, shift in placed]


def _axis(low: float, high: float, unit: str) -> tuple[float, float, tuple[Tick, ...]]:
    lacking = 0.5 * SPAN_MIN.get(unit, 4.0 if unit in ("s", "% body height", "% leg length") else 10.0) - (high - low)
    if lacking > 0:
        low, high = low - lacking / 2, high + lacking / 2
    return axis(low, high)


# ---------------------------------------------------------------------------------------------------- legs


def leg_plot(family: Family, found: Sequence[Comparison], marked: Marked) -> LegPlot:
    """Bars in order of the difference; what does not reach zero is beyond its error."""
    ordered = sorted(found, key=lambda one: (-one.difference, one.entry.athlete))
    first = ordered[0].entry.measure
    reach = [(one.difference - one.error, one.difference + one.error) for one in ordered]
    low, high, ticks = _axis(min(0.0, *(r[0] for r in reach)), max(0.0, *(r[1] for r in reach)), first.unit)
    scale = (LEG_BOTTOM - LEG_TOP) / (high - low)
    step = min(LEG_STEP_MAX, (WIDTH - LEG_LEFT - 8.0) / len(ordered))
    dots = tuple(
        _leg_dot(one, LEG_LEFT + 4.0 + (at + 0.5) * step, LEG_TOP + (high - one.difference) * scale, scale, marked)
        for at, one in enumerate(ordered)
    )
    fact = fact_of(first.id)
    return LegPlot(
        title=first.label.removesuffix(", left less right"),
        sign="" if fact is None else fact.sign,
        unit=unit_after(short_unit(first.unit)),
        trend_only=all(one.entry.measure.grade == "C" for one in ordered),
        width=WIDTH,
        height=LEG_HEIGHT,
        zero=LEG_TOP + high * scale,
        dots=dots,
        ticks=tuple(Tick(tick.label, LEG_TOP + tick.share * (LEG_BOTTOM - LEG_TOP)) for tick in ticks),
        beyond=sum(one.ratio > 1 for one in ordered),
        marked=tuple(sorted({one.entry.athlete for one in ordered} & marked, key=by_name)),
    )


def _leg_dot(one: Comparison, x: float, y: float, scale: float, marked: Marked) -> Dot:
    measure = one.entry.measure
    size = quantity(abs(one.difference), one.error, short_unit(measure.unit))
    trend = measure.grade == "C"
    told = f"{size} more on the {'left' if one.difference > 0 else 'right'}"
    if one.ratio <= 1:
        told += ", cannot be told apart"
    says = f"{one.entry.athlete}: {told}{', a trend only' if trend else ''}"
    return Dot(
        one.entry.athlete, x, y, one.error * scale, says, trend, one.entry.athlete in marked, one.ratio > 1
    )  # fmt: skip
