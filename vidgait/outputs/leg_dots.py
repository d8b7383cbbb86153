"""Every repetition of each leg as a dot, so that one sees which differences are larger than the error.

What does not overlap, differs: a dot's whisker is half of what two repetitions of this clip must be apart to differ, a
leg's band half of what the legs must be apart. The error against the truth, which all dots of a clip share, is told in
words, because it moves all of them together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from vidgait.measures import resolvable_difference
from vidgait.outputs.facts import fact_of, is_a_trend
from vidgait.outputs.leg_page import difference_of, legs_shown, main_measures
from vidgait.outputs.legs import counted_reps
from vidgait.outputs.plots import SPAN_MIN, Tick, axis
from vidgait.outputs.words import plus_minus, short_unit, unit_after

if TYPE_CHECKING:
    from vidgait.measures.spec import Norm
    from vidgait.types import Analysis, Measure, Side

__all__ = ["LegBand", "LegDot", "LegDots", "dot_plots"]

PLOTS_MAX = 6

Share = Callable[[float], float]

GAP = 1.0
"""Between the dots of the legs, in steps between dots."""


@dataclass(frozen=True, slots=True)
class LegDot:
    """Shares of the drawing from 0 (left, top) to 1."""

    side: Side
    rep: int
    x: float
    y: float
    low: float
    high: float
    """Ends of the whisker, the lower one further down."""
    says: str


@dataclass(frozen=True, slots=True)
class LegBand:
    side: Side
    left: float
    right: float
    middle: float
    """The leg's own number."""
    low: float
    high: float
    """Edges of its band; both at `middle` where no difference of the legs is known."""


@dataclass(frozen=True, slots=True)
class LegDots:
    id: str
    title: str
    sign: str
    unit: str
    dots: tuple[LegDot, ...]
    bands: tuple[LegBand, ...]
    ticks: tuple[Tick, ...]
    norm_y: float | None
    """Where the mean of a cited study lies, if it lies in the drawing."""
    norm_says: str
    error_says: str
    trend_only: bool


def dot_plots(analysis: Analysis) -> tuple[LegDots, ...]:
    """One plot for each of the main measures that has a number for single repetitions, at most PLOTS_MAX."""
    sides = legs_shown(analysis)
    plots = (_plot(analysis, id, sides) for id in main_measures(analysis))
    return tuple(plot for plot in plots if plot is not None)[:PLOTS_MAX]


def _plot(analysis: Analysis, id: str, sides: Sequence[Side]) -> LegDots | None:
    by_side = {side: _given(analysis, id, side) for side in sides}
    every = [m for found in by_side.values() for m in found]
    if len(every) < 2:
        return None
    half = _half_apart(analysis, every)
    values = [m.value or 0.0 for m in every]
    difference = difference_of(analysis, id)
    leg_half = 0.0 if difference is None or difference.error is None else 0.5 * difference.error
    reach = max(half, leg_half)
    low, high, ticks = _axis(min(values) - reach, max(values) + reach, every[0].unit)
    fact, norm = fact_of(id), _norm(analysis, id)

    def share(value: float) -> float:
        return min(max((high - value) / (high - low), 0.0), 1.0)

    norm_y = share(norm.value) if norm is not None and low <= norm.value <= high else None
    return LegDots(
        id=id,
        title=every[0].label,
        sign="" if fact is None else fact.sign,
        unit=unit_after(short_unit(every[0].unit)),
        dots=tuple(_dots(by_side, half, share)),
        bands=tuple(_bands(analysis, id, by_side, leg_half, share)),
        ticks=ticks,
        norm_y=norm_y,
        norm_says="" if norm is None or norm_y is None else f"mean of {norm.who}, other method",
        error_says=plus_minus(median(m.error or 0.0 for m in every), every[0].unit),
        trend_only=is_a_trend(id),
    )


def _given(analysis: Analysis, id: str, side: Side) -> list[Measure]:
    """The numbers of the counted repetitions, in order of time."""
    own = counted_reps(analysis, side) or tuple(rep for rep in counted_reps(analysis) if rep.side is None)
    found = [analysis.find(id, side, rep.index) for rep in sorted(own, key=lambda rep: rep.start_s)]
    return [m for m in found if m is not None and m.value is not None and m.grade != "D"]


def _half_apart(analysis: Analysis, every: Sequence[Measure]) -> float:
    """Half of what two repetitions of one leg must be apart to differ; of one repetition, half of its noise."""
    first, *rest = every
    same = [other for other in rest if other.side == first.side]
    if not same:
        return 0.5 * (first.noise or 0.0)
    return 0.5 * resolvable_difference(analysis.measures, first, same[0])


def _axis(low: float, high: float, unit: str) -> tuple[float, float, tuple[Tick, ...]]:
    lacking = 0.5 * SPAN_MIN.get(unit, 4.0 if unit == "s" else 10.0) - (high - low)
    if lacking > 0:
        low, high = low - lacking / 2, high + lacking / 2
    return axis(low, high)


def _norm(analysis: Analysis, id: str) -> Norm | None:
    fact = fact_of(id)
    norms = () if fact is None else fact.norms
    return next((norm for norm in norms if norm.movement == analysis.movement.label), None)


def _places(by_side: dict[Side, list[Measure]]) -> dict[Side, tuple[float, float]]:
    """Where the dots of each leg begin, and the step between dots, as shares of the width."""
    counts = {side: len(found) for side, found in by_side.items() if found}
    steps = sum(counts.values()) + GAP * (len(counts) - 1)
    places, start = {}, 0.5
    for side, count in counts.items():
        places[side] = (start / steps, 1 / steps)
        start += count + GAP
    return places


def _dots(by_side: dict[Side, list[Measure]], half: float, share: Share) -> list[LegDot]:
    found = []
    for side, (start, step) in _places(by_side).items():
        for at, measure in enumerate(by_side[side]):
            value, rep = measure.value or 0.0, measure.rep or 0
            ends = (share(value - half), share(value + half))
            found.append(LegDot(side, rep, start + at * step, share(value), *ends, _says(measure)))
    return found


def _says(measure: Measure) -> str:
    value = f"{measure.value or 0.0:.1f}{unit_after(short_unit(measure.unit))}".replace("-", "−")
    return f"{measure.side}, repetition {measure.rep}: {value}"


def _bands(analysis: Analysis, id: str, by_side: dict[Side, list[Measure]], half: float, share: Share) -> list[LegBand]:
    found = []
    for side, (start, step) in _places(by_side).items():
        own = analysis.find(id, side)
        if own is not None and own.value is not None:
            edges = (start - 0.5 * step, start + (len(by_side[side]) - 0.5) * step)
            found.append(
                LegBand(side, *edges, share(own.value), share(own.value - half), share(own.value + half))
            )  # fmt: skip
    return found
