"""What if the camera were turned, the network noisier, the knee further in? True beside shown, measure by measure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vidgait.measures import spec_of
from vidgait.movements import MOVEMENTS
from vidgait.movements.phases import START_SPEED_PER_S
from vidgait.outputs.words import counted, listed, series_title, sided
from vidgait.truth.comparison import compare
from vidgait.truth.rendered import reference_of

if TYPE_CHECKING:
    from vidgait.truth.results import ClipCheck, MeasureCheck, SeriesCheck
    from vidgait.truth.simulation import Simulation
    from vidgait.types import Analysis, Side

__all__ = ["SeriesRow", "WhatIf", "WhatIfRow", "what_if", "what_if_mapping", "what_if_text"]


@dataclass(frozen=True, slots=True)
class WhatIfRow:
    """One measure, the median over the repetitions."""

    id: str
    label: str
    unit: str
    side: Side | None
    truth: float
    shown: float | None
    error: float | None
    """95 % half-width as stated."""
    n: int
    why_none: str | None

    @property
    def inside(self) -> bool | None:
        """Whether the truth lies within what is stated; None for a refused measure."""
        return None if self.shown is None or self.error is None else abs(self.shown - self.truth) <= self.error


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One series over the frames in which something is shown."""

    name: str
    unit: str
    side: Side | None
    bias: float | None
    """mean of shown less true"""
    mean_error: float | None
    """mean size of it"""
    answered: float
    """share of the frames with a truth in which something is shown"""
    why_none: str | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer."""

    movement: str
    movement_shown: str | None
    reps_kind: str
    """What the truth counts: rep, jump, stride or hold."""
    reps_true: int
    reps_counted: int | None
    """None for a movement whose repetitions vidgait does not count."""
    yaw_true_deg: float
    yaw_shown_deg: float | None
    yaw_error_deg: float | None
    measures: tuple[WhatIfRow, ...]
    series: tuple[SeriesRow, ...]


def what_if(simulation: Simulation, analysis: Analysis) -> WhatIf:
    """Holds the analysis of `simulation.poses` against its truth."""
    reference = reference_of(simulation.name, simulation.truth, kind="simulated, exactly known")
    check = compare(simulation.name, analysis, reference)
    longest = max(analysis.segments, key=lambda segment: segment.end_s - segment.start_s, default=None)
    return WhatIf(
        movement=simulation.recipe.movement,
        movement_shown=analysis.movement.label,
        reps_kind=next((str(rep["kind"]) for rep in simulation.truth["reps"]), "rep"),
        reps_true=len(simulation.truth["reps"]),
        reps_counted=sum(rep.index > 0 for rep in analysis.reps) if check.counts_reps else None,
        yaw_true_deg=float(simulation.truth["yaw_deg"]),
        yaw_shown_deg=None if longest is None else longest.yaw_deg,
        yaw_error_deg=None if longest is None else longest.yaw_error_deg,
        measures=tuple(_measure_rows(check)),
        series=tuple(_series_rows(check, analysis)),
    )


def _measure_rows(check: ClipCheck) -> Iterator[WhatIfRow]:
    keys = dict.fromkeys((one.id, one.side) for one in check.measures)
    sets = {(one.id, one.side): one for one in check.sets}
    for key in keys:
        reps = [one for one in check.measures if (one.id, one.side) == key]
        yield _row(key, reps, sets.get(key))


def _row(key: tuple[str, Side | None], reps: Sequence[MeasureCheck], whole: MeasureCheck | None) -> WhatIfRow:
    """That of the set where there is one, else of the repetitions."""
    spec = spec_of(key[0])
    answered = [one for one in reps if one.value is not None]
    value = error = None
    if answered:
        value = float(np.median([one.value for one in answered if one.value is not None]))
        errors = [one.error for one in answered if one.error is not None]
        error = float(np.median(errors)) if errors else None
    if whole is not None and whole.value is not None:
        value, error = whole.value, whole.error
    return WhatIfRow(
        id=key[0],
        label=spec.label,
        unit=spec.unit,
        side=key[1],
        truth=float(np.median([one.truth for one in answered or reps])),
        shown=value,
        error=error,
        n=len(answered),
        why_none=None if answered else reps[0].why_none,
    )


def _series_rows(check: ClipCheck, analysis: Analysis) -> Iterator[SeriesRow]:
    why = {(one.name, one.side): one.why_none for one in analysis.series}
    for one in check.series:
        yield _series_row(one, why.get((one.name, one.side)))


def _series_row(one: SeriesCheck, why_none: str | None) -> SeriesRow:
    known = np.isfinite(one.truth)
    off = (one.shown - one.truth)[known & np.isfinite(one.shown)]
    return SeriesRow(
        name=one.name,
        unit=one.unit,
        side=one.side,
        bias=float(off.mean()) if off.size else None,
        mean_error=float(np.abs(off).mean()) if off.size else None,
        answered=off.size / max(int(known.sum()), 1),
        why_none=why_none if not off.size else None,
    )


def what_if_mapping(simulation: Simulation, result: WhatIf) -> dict[str, Any]:
    """What `--json` prints."""
    return {"recipe": asdict(simulation.recipe), **asdict(result)}


# --- words -----------------------------------------------------------------------------------------------------------

WIDTH = 46
PAGE = 90
KINDS = {"rep": "repetition"}
"""What the truth counts, in words where its own name is none."""
SERIES_NOTES = (
    "bias: mean of shown less true; error: mean size of the difference;",
    "given: share of the frames in which something is shown",
)
UNITS = {"deg": "°", "deg/s": " °/s", "s": " s", "ratio": ""}


def what_if_text(simulation: Simulation, result: WhatIf, every_series: bool = False) -> str:
    """A table for a terminal. Series are listed for movements without measures, or on demand."""
    lines = _head(simulation, result)
    answered = [row for row in result.measures if row.shown is not None]
    if answered:
        lines += ["", f"{'median of the repetitions':{WIDTH}} {'true':>9} {'shown':>9} {'±':>7} {'off by':>9}"]
        lines += [_measure_line(row) for row in answered]
        notes = [note for holds, note in _notes(answered) if holds]
        lines += ["", *notes] if notes else []
    if every_series or not answered:
        lines += ["", f"{'frame by frame':{WIDTH}} {'bias':>9} {'error':>9} {'given':>7}"]
        lines += [_series_line(row) for row in result.series if row.bias is not None]
        lines += ["", *SERIES_NOTES]
    refusals = _refusals(result, every_series or not answered)
    if refusals:
        lines += ["", "Not given, and why:"]
        lines += [line for why, names in refusals.items() for line in _bullet(f"{why}: {'; '.join(names)}")]
    return "\n".join(lines)


def _notes(rows: Sequence[WhatIfRow]) -> list[tuple[bool, str]]:
    limit = f"{START_SPEED_PER_S:g} leg lengths a second"
    return [
        (any(row.inside is False for row in rows), "* the true value lies outside shown ±"),
        (
            any(row.unit == "s" for row in rows),
            f"Times run only while the body moves faster than {limit}, true ones too:\n"
            "they are shorter than the times that were asked for.",
        ),
    ]


def _bullet(sentence: str) -> list[str]:
    return textwrap.wrap(sentence, PAGE, initial_indent="- ", subsequent_indent="  ")


def _head(simulation: Simulation, result: WhatIf) -> list[str]:
    movement = simulation.recipe.movement
    shown = "not recognised" if result.movement_shown is None else f"recognised as {_words(result.movement_shown)}"
    turn = "not known from the points"
    if result.yaw_shown_deg is not None:
        turn = f"shown as {result.yaw_shown_deg:.1f} ± {result.yaw_error_deg or 0.0:.0f}°"
    lines = [
        f"Simulated: {_words(movement)}, {shown}",
        f"Heading: truly {result.yaw_true_deg:.1f}° (0 faces the camera, 90 shows the left side), {turn}",
    ]
    if not result.reps_true:
        return [*lines, "Repetitions: none to count"]
    if result.reps_counted is not None:
        return [*lines, f"Repetitions: {result.reps_true} in truth, {result.reps_counted} counted"]
    true = counted(result.reps_true, KINDS.get(result.reps_kind, result.reps_kind))
    known = listed([spec.label.lower() for spec in MOVEMENTS.values()])
    why = (
        f"In truth: {true}. vidgait does not count this movement yet (it counts {known}), so there are no "
        "measures of a repetition; curves are compared frame by frame instead."
    )
    return [*lines, *textwrap.wrap(why, PAGE)]


def _words(movement: str) -> str:
    return movement.replace("_", " ")


def _measure_line(row: WhatIfRow) -> str:
    name = sided(row.label, row.side)
    assert row.shown is not None
    error = "" if row.error is None else _number(row.error, row.unit)
    mark = " *" if row.inside is False else ""
    off = _number(row.shown - row.truth, row.unit, sign=True)
    return (
        f"{name[:WIDTH]:{WIDTH}} {_number(row.truth, row.unit):>9} {_number(row.shown, row.unit):>9} {error:>7} "
        f"{off:>9}{mark}"
    )


def _series_line(row: SeriesRow) -> str:
    name = sided(series_title(row.name), row.side)
    assert row.bias is not None and row.mean_error is not None
    return (
        f"{name[:WIDTH]:{WIDTH}} {_number(row.bias, row.unit, sign=True):>9} {_number(row.mean_error, row.unit):>9} "
        f"{100 * row.answered:>5.0f} %"
    )


def _number(value: float, unit: str, sign: bool = False) -> str:
    digits = 2 if unit in ("s", "ratio", "leg lengths") else 1
    mark = UNITS.get(unit, " %" if unit.startswith("%") else "")
    return f"{round(value, digits) + 0.0:{'+' if sign else ''}.{digits}f}{mark}"


def _refusals(result: WhatIf, of_series: bool) -> Mapping[str, list[str]]:
    """What is not given, by the reason."""
    why: dict[str, list[str]] = {}
    rows = [(row.why_none, row.label, row.side) for row in result.measures if row.shown is None]
    if of_series:
        rows += [(row.why_none, series_title(row.name), row.side) for row in result.series if row.bias is None]
    for reason, label, side in rows:
        names = why.setdefault(reason or "no reason stated", [])
        name = sided(label, side)
        both = sided(label, "left") if side == "right" else ""
        if both and both in names:
            names[names.index(both)] = label
        elif name not in names:
            names.append(name)
    return why
