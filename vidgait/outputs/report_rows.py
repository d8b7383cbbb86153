"""The rows of the report's tables: repetitions, all measures, and what was refused and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from vidgait.outputs.facts import TREND_ONLY, fact_of, is_a_trend
from vidgait.outputs.findings import STANDS_FOR
from vidgait.outputs.legs import counted_reps, is_one_legged, standing_legs
from vidgait.outputs.words import (
    NO_BREAK,
    clock,
    full_stop,
    listed,
    number,
    plus_minus,
    quantity,
    short_unit,
    sided,
    unit_after,
)
from vidgait.tempo import rises_first

if TYPE_CHECKING:
    from vidgait.measures.catalogue import MeasureSpec
    from vidgait.outputs.keyframes import KeyFrame
    from vidgait.types import Analysis, Measure, Rep, Side

__all__ = [
    "Cell",
    "Column",
    "Meaning",
    "MeasureGroup",
    "MeasureRow",
    "Refusal",
    "RepRow",
    "RepTable",
    "SetRow",
    "curve_errors",
    "meanings",
    "measure_groups",
    "refusals",
    "remarks",
    "rep_table",
]

COLUMNS_MAX = 8
"""What fits on a sheet of paper; the rest is in the table of all measures."""


COLUMNS_FIRST = (
    "thigh_inclination_bottom",
    "knee_flexion_bottom",
    "hip_flexion_bottom",
    "trunk_lean_bottom",
    "fppa_change",
    "knee_separation_hips",
    "hip_shift_bottom",
    "knee_flexion_vertical_bottom",
    "tempo",
)
"""In this order; then the rest of the catalogue in its own."""

LEG_COLUMNS_FIRST = (
    "pelvic_drop_bottom",
    "pelvic_drop_hold",
    "trunk_lean_stance_bottom",
    "trunk_lean_stance_hold",
    "hip_adduction_bottom",
    "fppa_change",
    "hold_time",
    "knee_flexion_bottom",
    "knee_flexion_vertical_bottom",
    "trunk_lean_bottom",
    "tempo",
)
"""The same of movements on one leg, where each row is of the leg that stands."""

NOT_IN_TABLE = ("rep_time", "frontal_control_index")
"""Said by the tempo; and never without its parts."""

TEMPO = {"eccentric_time": "down", "pause_time": "pause", "concentric_time": "up"}
"""Shown as one column, as coaches write it; a stand from a chair goes up first."""


@dataclass(frozen=True, slots=True)
class Column:
    id: str
    label: str
    side: Side | None
    unit: str


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    error: str = ""
    verdict: str | None = None


@dataclass(frozen=True, slots=True)
class RepRow:
    name: str
    leg: Side | None
    """The leg that stands, where repetitions belong to one."""
    start: str
    start_s: float
    cells: tuple[Cell, ...]
    mark: str
    left_out: str
    """Why the repetition does not count, or nothing."""


@dataclass(frozen=True, slots=True)
class SetRow:
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    label: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class RepTable:
    columns: tuple[Column, ...]
    rows: tuple[RepRow, ...]
    set_rows: tuple[SetRow, ...]
    notes: tuple[str, ...]
    meanings: tuple[Meaning, ...]
    """Of the columns."""


@dataclass(frozen=True, slots=True)
class MeasureRow:
    rep: str
    value: str
    noise: str
    mdc: str
    n: str
    grade: str
    remarks: str


@dataclass(frozen=True, slots=True)
class MeasureGroup:
    """One measure of one side: the set's own number first, then those of the repetitions."""

    id: str
    label: str
    side: Side | None
    rows: tuple[MeasureRow, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    why: str
    labels: str


def rep_table(analysis: Analysis, key_frames: Sequence[KeyFrame]) -> RepTable | None:
    """One row a repetition, partial ones included, in order of time; None where there are none."""
    if not analysis.reps:
        return None
    columns = _columns(analysis)
    reps = sorted(analysis.reps, key=lambda rep: rep.start_s)
    rows = tuple(_rep_row(analysis, rep, columns, key_frames) for rep in reps)
    ids = dict.fromkeys(id for column in columns for id in (TEMPO if column.id == "tempo" else (column.id,)))
    return RepTable(columns, rows, _set_rows(analysis, columns), _notes(analysis, columns, key_frames), _meanings(ids))


def _set_rows(analysis: Analysis, columns: Sequence[Column]) -> tuple[SetRow, ...]:
    """The set's own numbers; of movements on one leg a row for each leg. None of a single repetition."""
    legs = standing_legs(analysis)
    found = []
    for side in legs or (None,):
        used = len(counted_reps(analysis, side))
        cells = tuple(_cell(analysis, column, None, side) for column in columns)
        if used > 1 and any(cell.text != "–" for cell in cells):
            found.append(SetRow(f"{'Whole set' if side is None else f'{side.capitalize()} leg'} ({used})", cells))
    return tuple(found)


def _columns(analysis: Analysis) -> tuple[Column, ...]:
    found: dict[tuple[str, Side | None], Column] = {}
    one_legged = is_one_legged(analysis)
    for measure in analysis.measures:
        if measure.rep is not None and measure.value is not None and measure.grade != "D":
            side = None if one_legged else measure.side
            column = Column(measure.id, measure.label, side, _unit_words(measure.unit))
            found.setdefault((measure.id, side), column)
    ids = {column.id for column in found.values()}
    wanted = [c for c in found.values() if STANDS_FOR.get(c.id) not in ids and c.id not in (*TEMPO, *NOT_IN_TABLE)]
    parts = _tempo_parts(analysis)
    if parts:
        wanted.append(Column("tempo", f"Tempo: {' / '.join(TEMPO[id] for id in parts)}", None, ""))
    first = LEG_COLUMNS_FIRST if is_one_legged(analysis) else COLUMNS_FIRST
    wanted.sort(key=lambda c: first.index(c.id) if c.id in first else len(first))
    return _whole_pairs(wanted, COLUMNS_MAX)


def _whole_pairs(columns: Sequence[Column], most: int) -> tuple[Column, ...]:
    """The first `most` columns, but never the left of a measure without its right."""
    kept, cut = columns[:most], {column.id for column in columns[most:]}
    return tuple(column for column in kept if column.id not in cut)


def _tempo_parts(analysis: Analysis) -> list[str]:
    """Ids of the phases that have a number, in the order in which they are done."""
    given = {m.id for m in analysis.measures if m.rep is not None and m.value is not None and m.grade != "D"}
    rising = any(rises_first(rep) for rep in analysis.reps)
    return [id for id in (reversed(TEMPO) if rising else TEMPO) if id in given]


def _unit_words(unit: str) -> str:
    """Units that the cell does not show are said in the heading."""
    return unit if unit.startswith("% ") or unit == "leg lengths" else ""


def _rep_row(analysis: Analysis, rep: Rep, columns: Sequence[Column], key_frames: Sequence[KeyFrame]) -> RepRow:
    marked = [key for key in _ranked(key_frames) if rep.index > 0 and key.rep == rep.index and not key.alike]
    mark = marked[0].mark if marked else ""
    partial = rep.index == 0
    leg = rep.side if rep.side in standing_legs(analysis) else None
    cells = tuple(Cell("–") if partial else _cell(analysis, c, rep.index, leg) for c in columns)
    return RepRow(
        name="part" if partial else str(rep.index),
        leg=leg,
        start=clock(rep.start_s),
        start_s=round(rep.start_s, 3),
        cells=cells,
        mark=mark,
        left_out=rep.excluded or ("not complete" if partial else ""),
    )


def _ranked(key_frames: Sequence[KeyFrame]) -> list[KeyFrame]:
    return sorted((key for key in key_frames if key.kind in ("best", "worst")), key=lambda key: key.kind)


def _cell(analysis: Analysis, column: Column, rep: int | None, leg: Side | None) -> Cell:
    if column.id == "tempo":
        return _tempo_cell(analysis, rep)
    measure = analysis.find(column.id, column.side or leg, rep) or analysis.find(column.id, None, rep)
    if measure is None or measure.value is None or measure.grade == "D":
        return Cell("–")
    unit = short_unit(measure.unit)
    value = f"{number(measure.value, measure.error)}{unit_after(unit)}"
    return Cell(value, plus_minus(measure.error, unit), measure.verdict)


def _tempo_cell(analysis: Analysis, rep: int | None) -> Cell:
    """`0.8 / 0.2 / 0.7 s`, with the largest of the errors."""
    phases = [analysis.find(id, None, rep) for id in _tempo_parts(analysis)]
    values = [None if m is None or m.grade == "D" else m.value for m in phases]
    if all(value is None for value in values):
        return Cell("–")
    text = " / ".join("–" if value is None else f"{value:.1f}" for value in values)
    errors = [m.error for m in phases if m is not None and m.error is not None]
    return Cell(f"{text}{unit_after('s')}", f"±{NO_BREAK}{max(errors):.1f}{unit_after('s')}" if errors else "")


def _notes(analysis: Analysis, columns: Sequence[Column], key_frames: Sequence[KeyFrame]) -> tuple[str, ...]:
    if not columns:
        return ("No number could be given for single repetitions; the reasons are under “All measures”.",)
    notes = ["Under each number stands its ±. The last row is the middle value (median) of the counted repetitions."]
    shown = {column.id for column in columns}
    trends = list(dict.fromkeys(column.label for column in columns if is_a_trend(column.id)))
    if trends:
        notes.append(f"{listed(trends)}: {TREND_ONLY[0].lower()}{TREND_ONLY[1:]}.")
    if any(m.id in shown and m.rep is not None and (m.value or 0.0) < 0 for m in analysis.measures):
        notes.append("A minus sign means the other way: outwards instead of inwards, to the left, backwards, lower.")
    if any(measure.verdict for measure in analysis.measures if measure.id in shown):
        notes.append("A tinted number is judged by a published band; its source is under “What they mean” below.")
    else:
        notes.append("No number is judged good or bad here: no checked source gives a band for them.")
    marks = _ranked(key_frames)
    if any(key.alike for key in marks):
        notes.append("The repetitions are too alike to mark one against another.")
    elif marks:
        said = [f"“{key.mark}”: repetition {key.rep}, {key.ranked_as}" for key in marks]
        notes.append(f"Marked {'; '.join(said)}.")
    return tuple(notes)


def measure_groups(analysis: Analysis) -> tuple[MeasureGroup, ...]:
    """Every measure that has a value, in the order of the catalogue."""
    groups: dict[tuple[str, Side | None], list[Measure]] = {}
    for measure in analysis.measures:
        if measure.value is not None:
            groups.setdefault((measure.id, measure.side), []).append(measure)
    numbers = {remark: str(number) for number, remark in enumerate(remarks(analysis), 1)}
    return tuple(
        MeasureGroup(id, same[0].label, side, tuple(_row(m, numbers) for m in sorted(same, key=lambda m: m.rep or 0)))
        for (id, side), same in groups.items()
    )


def remarks(analysis: Analysis) -> tuple[str, ...]:
    """Why grades are not better: said once each and numbered, for the same reason holds for many numbers."""
    given = [reason for measure in analysis.measures if measure.value is not None for reason in measure.reasons]
    return tuple(dict.fromkeys(given))


def _row(measure: Measure, numbers: Mapping[str, str]) -> MeasureRow:
    return MeasureRow(
        rep="set" if measure.rep is None else str(measure.rep),
        value=quantity(measure.value, measure.error, measure.unit),
        noise=plus_minus(measure.noise, measure.unit),
        mdc=plus_minus(measure.mdc, measure.unit).removeprefix("±").strip() or "–",
        n=str(measure.n),
        grade=measure.grade,
        remarks=", ".join([*(numbers[reason] for reason in measure.reasons), *filter(None, [measure.verdict])]),
    )


def refusals(analysis: Analysis) -> tuple[Refusal, ...]:
    """What could not be measured, gathered by reason; a measure that both sides lack is named once."""
    by_reason: dict[str, dict[str, list[Side | None]]] = {}
    for measure in analysis.measures:
        if measure.value is None:
            why = measure.why_none or "not measurable in this clip"
            by_reason.setdefault(why, {}).setdefault(measure.label, []).append(measure.side)
    return tuple(
        Refusal(full_stop(why)[:-1], listed([_which(label, sides) for label, sides in labels.items()]))
        for why, labels in by_reason.items()
    )


def _which(label: str, sides: Sequence[Side | None]) -> str:
    distinct = set(sides)
    return sided(label, sides[0]) if len(distinct) == 1 else label


def meanings(analysis: Analysis) -> tuple[Meaning, ...]:
    """What each measure that is given means and does not mean, with its sources, from the catalogue."""
    return _meanings(dict.fromkeys(measure.id for measure in analysis.measures if measure.value is not None))


def _meanings(given: Iterable[str]) -> tuple[Meaning, ...]:
    facts = [fact for id in given if (fact := fact_of(id)) is not None and not fact.over_reps]
    return tuple(Meaning(fact.label, _meaning(fact), _sources(fact)) for fact in facts)


def _meaning(fact: MeasureSpec) -> str:
    sign = f" Sign: {fact.sign}." if fact.sign else ""
    trend = f" {TREND_ONLY}: a few degrees that it is turned change this number." if is_a_trend(fact.id) else ""
    return f"{fact.means} {fact.does_not_mean}{trend}{sign}"


def _sources(fact: MeasureSpec) -> str:
    bands = f"Band: {fact.bands.source}" if fact.bands is not None else ""
    published = f"Published: {fact.published}" if fact.published else ""
    change = f"Between clips: {fact.mdc_source}" if fact.mdc_source else ""
    return " ".join(f"{text.rstrip('.')}." for text in (bands, published, change) if text)


def curve_errors(analysis: Analysis) -> dict[tuple[str, Side | None], float]:
    """Half-width of a curve's band: the middle error of the numbers that are read from it at single repetitions."""
    errors: dict[tuple[str, Side | None], list[float]] = {}
    for measure in analysis.measures:
        fact = fact_of(measure.id)
        if fact is not None and fact.reading == "at" and fact.series and measure.rep is not None and measure.error:
            errors.setdefault((fact.series, measure.side), []).append(measure.error)
    return {curve: median(found) for curve, found in errors.items()}
