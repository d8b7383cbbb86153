"""The composite of frontal control as bars of its parts, each in its own unit, for all legs on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidgait.measures.control_index import INDEX_LABEL, index_parts
from vidgait.outputs.legs import counted_reps, standing_legs
from vidgait.outputs.words import full_stop, listed, number, quantity, unit_after

if TYPE_CHECKING:
    from vidgait.measures.control_index import IndexPart
    from vidgait.types import Analysis, Side

__all__ = ["ControlBar", "ControlIndex", "ControlPart", "control_index"]

INDEX = "frontal_control_index"

ROOM = 1.3
"""How far a scale reaches at least, over where a part scores nothing."""


@dataclass(frozen=True, slots=True)
class ControlBar:
    """The part of one leg. Shares of the scale from 0 (left) to 1."""

    side: Side
    value: str
    score: str
    start: float
    end: float
    """From zero to the value."""
    low: float
    high: float
    """The value less and plus its error."""


@dataclass(frozen=True, slots=True)
class ControlPart:
    name: str
    weight: str
    """How much of the index it makes up, in percent."""
    origin: float
    full: float
    zero: float
    """Where its value is nothing, and where it scores 100 and 0, as shares of the scale."""
    full_text: str
    zero_text: str
    bars: tuple[ControlBar, ...]


@dataclass(frozen=True, slots=True)
class ControlIndex:
    title: str
    totals: tuple[tuple[Side, str], ...]
    """`72 ± 9` of 100, by leg."""
    parts: tuple[ControlPart, ...]
    left_out: tuple[tuple[str, str], ...]
    """Parts that do not enter, and why."""
    sources: tuple[str, ...]
    rests_on: str


def control_index(analysis: Analysis) -> ControlIndex | None:
    """The index with its parts; None where no leg has one: it never stands without them."""
    totals = [(side, analysis.find(INDEX, side)) for side in standing_legs(analysis)]
    known = [(side, m) for side, m in totals if m is not None and m.value is not None and m.grade != "D"]
    if not known:
        return None
    sides = [side for side, _ in known]
    by_side = {side: index_parts(analysis.measures, side) for side in sides}
    columns = list(zip(*by_side.values(), strict=True))
    scored = [column for column in columns if any(part.score is not None for part in column)]
    if not scored:
        return None
    lacking = [column[0] for column in columns if column not in scored]
    sources = dict.fromkeys(
        f"{_names(scored, source)}: {source}" for column in scored for source in (column[0].source,)
    )
    return ControlIndex(
        title=INDEX_LABEL,
        totals=tuple((side, quantity(m.value, m.error, "")) for side, m in known),
        parts=tuple(_part(column, sides) for column in scored),
        left_out=_left_out(lacking),
        sources=tuple(full_stop(source) for source in sources),
        rests_on=_rests_on(analysis, sides),
    )


def _names(scored: Sequence[tuple[IndexPart, ...]], source: str) -> str:
    names = [column[0].name for column in scored if column[0].source == source]
    return listed([names[0], *(name if name[1:2].isupper() else name[0].lower() + name[1:] for name in names[1:])])


def _left_out(parts: Sequence[IndexPart]) -> tuple[tuple[str, str], ...]:
    by_reason: dict[str, list[str]] = {}
    for part in parts:
        by_reason.setdefault((part.why_none or "not measured").removeprefix("left out: "), []).append(part.name)
    return tuple((listed(names), why) for why, names in by_reason.items())


def _rests_on(analysis: Analysis, sides: Sequence[Side]) -> str:
    counts = [f"{len(counted_reps(analysis, side))} on the {side}" for side in sides]
    return f"Middle value of the repetitions: {listed(counts)}."


def _part(column: Sequence[IndexPart], sides: Sequence[Side]) -> ControlPart:
    first = next(part for part in column if part.score is not None)
    full, zero = first.full or 0.0, first.zero or 0.0
    ends = [(part.value or 0.0) + sign * (part.error or 0.0) for part in column for sign in (-1, 1)]
    low, high = min(0.0, *ends), max(ROOM * zero, *ends)
    span = high - low

    def share(value: float) -> float:
        return (value - low) / span

    unit = unit_after(first.unit)
    return ControlPart(
        name=first.name,
        weight=f"{100 * (first.share or 0.0):.0f}",
        origin=share(0.0),
        full=share(full),
        zero=share(zero),
        full_text=f"{number(full, 1.0)}{unit}",
        zero_text=f"{number(zero, 1.0)}{unit}",
        bars=tuple(
            ControlBar(
                side=side,
                value=quantity(part.value, part.error, part.unit),
                score="–" if part.score is None else f"{part.score:.0f}",
                start=share(min(0.0, part.value or 0.0)),
                end=share(max(0.0, part.value or 0.0)),
                low=share((part.value or 0.0) - (part.error or 0.0)),
                high=share((part.value or 0.0) + (part.error or 0.0)),
            )
            for side, part in zip(sides, column, strict=True)
            if part.value is not None
        ),
    )
