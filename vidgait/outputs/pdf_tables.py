"""Tables of the PDF: checks, main numbers, repetitions, refusals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reportlab.platypus import Table, TableStyle

from vidgait.outputs.facts import fact_of
from vidgait.outputs.findings import key_measures
from vidgait.outputs.pdf_type import INK, LEFT, LINE, PANEL, RIGHT, WIDTH, styled, words
from vidgait.outputs.report_content import SIGNS
from vidgait.outputs.words import number, quantity, short_unit, unit_after

if TYPE_CHECKING:
    from vidgait.outputs.filming import Check
    from vidgait.outputs.findings import KeyMeasure
    from vidgait.outputs.report_rows import Cell, Column, RepRow, RepTable
    from vidgait.types import Analysis, Measure

__all__ = ["checks_table", "numbers_table", "pairs_table", "panel", "rep_rows_table"]

ROWS_MAX = 9
"""Of the main numbers; the rest is in measures.csv and report.html."""

TIGHT = 24
"""With more repetitions than this a row has one line, so that a long set stays on its pages."""

NO_PADDING = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 5),
    ("TOPPADDING", (0, 0), (-1, -1), 1.6),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.2),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]
RULED = [
    *NO_PADDING,
    ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
    ("LINEBELOW", (0, 1), (-1, -1), 0.35, LINE),
    ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
]


def _table(rows: Sequence[Sequence[Any]], widths: Sequence[float], style: Sequence[Any], **more: Any) -> Any:
    return Table(rows, colWidths=widths, style=TableStyle(list(style)), hAlign="LEFT", **more)


def panel(content: Sequence[Any], width: float = WIDTH) -> Any:
    """Paragraphs on a pale ground."""
    style = [
        ("BACKGROUND", (0, 0), (-1, -1), PANEL),
        ("LEFTPADDING", (0, 0), (-1, -1), 8),
        ("RIGHTPADDING", (0, 0), (-1, -1), 8),
        ("TOPPADDING", (0, 0), (-1, -1), 6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    return _table([[list(content)]], [width], style)


def checks_table(checks: Sequence[Check]) -> Any:
    """How good the footage was, in two columns: sign, name and rating, what was found."""
    cells = [_check(check) for check in checks]
    half = (len(cells) + 1) // 2
    rows = [[*cells[row], *(cells[row + half] if row + half < len(cells) else ["", ""])] for row in range(half)]
    column = (WIDTH - 2 * 12) / 2
    return _table(rows, [12, column, 12, column], [*NO_PADDING, ("TOPPADDING", (0, 0), (-1, -1), 0.6)])


def _check(check: Check) -> list[Any]:
    text = styled("<b>{}</b> ({}): {}", "small", check.name, check.rating, check.found)
    return [words(SIGNS[check.rating], "small_bold"), text]


# ---------------------------------------------------------------------------------------------- main numbers


def numbers_table(analysis: Analysis) -> Any | None:
    """The set's own numbers with their errors, left beside right, and what they can be compared with."""
    keys = key_measures(analysis)[:ROWS_MAX]
    if not keys:
        return None
    sided = any(measure.side for key in keys for measure in key.sides)
    heads = ["Number of the set", *(["Left", "Right"] if sided else ["Value"]), "Grade", "Compared with"]
    rows = [[words(head, "small_bold_right" if head in ("Left", "Right", "Value") else "small_bold") for head in heads]]
    rows += [_number_row(analysis, key, sided) for key in keys]
    widths = [150.0, *([74.0, 74.0] if sided else [88.0]), 36.0]
    style = [*RULED, *_spans(keys, sided)]
    return _table(rows, [*widths, WIDTH - sum(widths)], style, repeatRows=1)


def _spans(keys: Sequence[KeyMeasure], sided: bool) -> list[Any]:
    """A number without a side stands across both columns."""
    if not sided:
        return []
    return [("SPAN", (1, row), (2, row)) for row, key in enumerate(keys, 1) if key.sides[0].side is None]


def _number_row(analysis: Analysis, key: KeyMeasure, sided: bool) -> list[Any]:
    first = key.sides[0]
    label = words(f"{first.label}{_unit_note(first)}", "small")
    grade = words(max(measure.grade for measure in key.sides), "small")
    if not sided or first.side is None:
        cells = [words(_shown(first), "small_bold_right"), *([""] if sided else [])]
    else:
        of_side = {measure.side: measure for measure in key.sides}
        cells = [words(_shown(of_side.get(side)), "small_bold_right") for side in ("left", "right")]  # type: ignore[call-overload]
    return [label, *cells, grade, words(compared_with(analysis, key), "small_soft")]


def _unit_note(measure: Measure) -> str:
    worded = measure.unit.startswith("% ") or measure.unit == "leg lengths"
    return f" ({measure.unit})" if worded else ""


def _shown(measure: Measure | None) -> str:
    if measure is None:
        return "–"
    return quantity(measure.value, measure.error, short_unit(measure.unit))


def compared_with(analysis: Analysis, key: KeyMeasure) -> str:
    """The reference with its source, or that there is none."""
    fact = fact_of(key.id)
    if fact is None:
        return "no reference"
    verdicts = list(dict.fromkeys(measure.verdict for measure in key.sides if measure.verdict))
    if fact.bands is not None and verdicts:
        return f"{', '.join(verdicts)} ({fact.bands.source.rstrip('.')})"
    found = [
        f"{number(norm.value, norm.sd)} ± {number(norm.sd, norm.sd)}{unit_after(fact.unit)}: {norm.who}; "
        f"{norm.method} ({norm.source})"
        for norm in getattr(fact, "norms", ())
        if norm.movement == analysis.movement.label
    ]
    return "; ".join(found) or "no reference"


# ---------------------------------------------------------------------------------------------- repetitions


def rep_rows_table(table: RepTable) -> Any:
    """One row a repetition, the set's own numbers last; the heading stands again on the next page."""
    tight = len(table.rows) > TIGHT
    rows: list[list[Any]] = [
        [words("Rep", "small_bold"), words("Starts", "small_bold"), *(_head(column) for column in table.columns)]
    ]
    rows += [_rep_row(row, tight) for row in table.rows]
    if table.set_row is not None:
        cells = [_cell(cell, tight, bold=True) for cell in table.set_row.cells]
        rows.append([words(table.set_row.name, "small_bold"), "", *cells])
    widths = [58.0, 34.0]
    share = min(96.0, (WIDTH - sum(widths)) / max(len(table.columns), 1))
    style = list(RULED)
    if tight:
        style += [("TOPPADDING", (0, 1), (-1, -1), 0.4), ("BOTTOMPADDING", (0, 1), (-1, -1), 0.8)]
    if table.set_row is not None:
        style += [("LINEABOVE", (0, -1), (-1, -1), 0.8, INK), ("SPAN", (0, -1), (1, -1))]
    return _table(rows, [*widths, *[share] * len(table.columns)], style, repeatRows=1)


def _head(column: Column) -> Any:
    side = "" if column.side is None else f"<br/><font color='#{_hex(column.side)}'>{column.side}</font>"
    unit = f"<br/><font color='#55616e'>{column.unit}</font>" if column.unit else ""
    return styled("{}" + side + unit, "small_bold_right", column.label)


def _hex(side: str) -> str:
    return str({"left": LEFT, "right": RIGHT}[side].hexval())[2:]


def _rep_row(row: RepRow, tight: bool) -> list[Any]:
    note = row.left_out or row.mark
    name = styled("<b>{}</b> <font color='#55616e'>{}</font>", "small", row.name, note)
    return [name, words(row.start, "small"), *(_cell(cell, tight) for cell in row.cells)]


def _cell(cell: Cell, tight: bool, bold: bool = False) -> Any:
    first = f"{cell.text} {cell.error}" if tight and cell.error else cell.text
    rest = [part for part in ("" if tight else cell.error, cell.verdict) if part]
    below = "".join("<br/><font color='#55616e'>{}</font>" for _ in rest)
    return styled("{}" + below, "small_bold_right" if bold else "small_right", first, *rest)


def pairs_table(pairs: Sequence[tuple[str, str]], first: float = 0.34) -> Any:
    """Term and text, as in a list of definitions; rows may fall on two pages, a row may not."""
    rows = [[words(term, "small_bold"), words(text, "small")] for term, text in pairs]
    style = [*NO_PADDING, ("LINEBELOW", (0, 0), (-1, -2), 0.35, LINE)]
    return _table(rows, [first * WIDTH, (1 - first) * WIDTH], style)
