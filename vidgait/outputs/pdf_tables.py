"""Tables of the PDF: checks, main numbers, repetitions, refusals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reportlab.platypus import KeepTogether, Spacer, Table, TableStyle

from vidgait.outputs.facts import fact_of
from vidgait.outputs.findings import key_measures
from vidgait.outputs.pdf_type import INK, LINE, PANEL, REGULAR, WIDTH, side_hex, styled, words
from vidgait.outputs.report_content import SIGNS
from vidgait.outputs.words import NO_BREAK, full_stop, number, quantity, short_unit, unit_after

if TYPE_CHECKING:
    from vidgait.outputs.filming import Check
    from vidgait.outputs.findings import KeyMeasure
    from vidgait.outputs.report_rows import Cell, Column, RepRow, RepTable
    from vidgait.types import Analysis, Measure, Side

__all__ = [
    "BARE",
    "RULED",
    "References",
    "bullets",
    "checks_text",
    "numbers_table",
    "pairs_table",
    "panel",
    "rep_rows_table",
]

ROWS_MAX = 9
"""Of the main numbers; the rest is in measures.csv and report.html."""

INDEX = "frontal_control_index"
"""Never shown without its parts, so not in a table."""

LEFT_RIGHT = ("_left_right", "_left_right_change", "_left_right_bottom")
"""How the comparison of the legs is named after what it compares."""

TEMPO_WEIGHT = 1.35
"""Three times with their strokes need more room than one number."""

TIGHT = 14
"""With more repetitions than this a row has one line, so that a long set stays on its pages."""

NO_PADDING = [
    ("FONT", (0, 0), (-1, -1), REGULAR, 6, 7),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 5),
    ("TOPPADDING", (0, 0), (-1, -1), 1.6),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.2),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]
BARE = [
    ("FONT", (0, 0), (-1, -1), REGULAR, 6, 7),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
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
        *BARE,
        ("BACKGROUND", (0, 0), (-1, -1), PANEL),
        ("LEFTPADDING", (0, 0), (-1, -1), 8),
        ("RIGHTPADDING", (0, 0), (-1, -1), 8),
        ("TOPPADDING", (0, 0), (-1, -1), 6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    return _table([[list(content)]], [width], style)


def checks_text(checks: Sequence[Check]) -> Any:
    """How good the footage was: sign, name and rating, what was found; one after the other."""
    template = " &nbsp; ".join(f"{{}}{NO_BREAK}<b>{{}}</b>{NO_BREAK}({{}}): {{}}." for _ in checks)
    texts = [
        text
        for check in checks
        for text in (SIGNS[check.rating], check.name.replace(" ", NO_BREAK), check.rating, check.found)
    ]
    return styled(template, "small", *texts)


# ---------------------------------------------------------------------------------------------- main numbers


def numbers_table(analysis: Analysis) -> list[Any]:
    """The set's own numbers with their errors, left beside right, and what they can be compared with; the references
    below. Nothing where no number may be shown."""
    keys = _rows_shown(analysis)
    if not keys:
        return []
    columns = _value_columns(analysis, keys)
    heads = [words("Of the set", "small_bold"), *(words(column, "small_bold_right") for column in columns)]
    rows = [[*heads, words("Grade", "small_bold_centre"), words("Compared with", "small_bold")]]
    references = References()
    rows += [_number_row(analysis, key, columns, references) for key in keys]
    widths = [150.0, *([64.0] * len(columns) if len(columns) > 1 else [88.0]), 40.0]
    style = [*RULED, *_spans(keys, len(columns))]
    table = _table(rows, [*widths, WIDTH - sum(widths)], style, repeatRows=1)
    said = [words(text, "small_soft") for text in references.said()]
    return [table, Spacer(1, 3), *said]


def _rows_shown(analysis: Analysis) -> list[KeyMeasure]:
    """The first of the main numbers; a comparison of the legs stands in the row of what it compares."""
    keys = key_measures(analysis)
    beside = {f"{key.id}{ending}" for key in keys for ending in LEFT_RIGHT}
    return [key for key in keys if key.id not in beside and key.id != INDEX][:ROWS_MAX]


def _value_columns(analysis: Analysis, keys: Sequence[KeyMeasure]) -> list[str]:
    if not any(measure.side for key in keys for measure in key.sides):
        return ["Value"]
    return ["Left", "Right", *(["Left less right"] if any(_difference(analysis, key) for key in keys) else [])]


class References:
    """Sources, numbered in the order in which they are first needed."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, source: str) -> str:
        return f"[{self._numbers.setdefault(source, len(self._numbers) + 1)}]"

    def said(self) -> list[str]:
        return [f"[{number}] {full_stop(source)}" for source, number in self._numbers.items()]


def _spans(keys: Sequence[KeyMeasure], columns: int) -> list[Any]:
    """A number without a side stands across both columns."""
    if columns < 2:
        return []
    return [("SPAN", (1, row), (2, row)) for row, key in enumerate(keys, 1) if key.sides[0].side is None]


def _difference(analysis: Analysis, key: KeyMeasure) -> Measure | None:
    """The left leg's number less the right's, where the legs are compared."""
    found = (analysis.find(f"{key.id}{ending}") for ending in LEFT_RIGHT)
    return next((m for m in found if m is not None and m.value is not None and m.grade != "D"), None)


def _number_row(analysis: Analysis, key: KeyMeasure, columns: Sequence[str], references: References) -> list[Any]:
    first = key.sides[0]
    label = words(f"{first.label}{_unit_note(first)}", "small")
    grade = words(max(measure.grade for measure in key.sides), "small_centre")
    of_side: dict[Side | None, Measure] = {measure.side: measure for measure in key.sides}
    if len(columns) < 2:
        cells = [words(_shown(first), "small_bold_right")]
    elif first.side is None:
        cells = [words(_shown(first), "small_bold_centre"), *[""] * (len(columns) - 1)]
    else:
        cells = [
            words(_shown(of_side.get("left")), "small_bold_right"),
            words(_shown(of_side.get("right")), "small_bold_right"),
        ]
        cells += [words(_shown(_difference(analysis, key)), "small_right")] * (len(columns) - 2)
    return [label, *cells, grade, words(_compared_with(analysis, key, references), "small_soft")]


def _unit_note(measure: Measure) -> str:
    worded = measure.unit.startswith("% ") or measure.unit == "leg lengths"
    return f" ({measure.unit})" if worded else ""


def _shown(measure: Measure | None) -> str:
    if measure is None:
        return "–"
    return quantity(measure.value, measure.error, short_unit(measure.unit))


def _compared_with(analysis: Analysis, key: KeyMeasure, references: References) -> str:
    """The band or the numbers of other people, with the mark of the source; or that there is none."""
    fact = fact_of(key.id)
    if fact is None:
        return "no reference"
    verdicts = list(dict.fromkeys(measure.verdict for measure in key.sides if measure.verdict))
    if fact.bands is not None and verdicts:
        return f"{', '.join(verdicts)} {references.mark(fact.bands.source)}"
    found = [
        f"{number(norm.value, norm.sd)} ± {number(norm.sd, norm.sd)}{unit_after(fact.unit)} "
        + references.mark(f"{norm.who}; {norm.method} ({norm.source})")
        for norm in fact.norms
        if norm.movement == analysis.movement.label
    ]
    return ", ".join(found) or "no reference"


def bullets(title: str, texts: Sequence[str]) -> Any:
    """A heading and its points, on one sheet."""
    return KeepTogether([words(title, "heading"), *(words(text, "item", bulletText="–") for text in texts)])


# ---------------------------------------------------------------------------------------------- repetitions


def rep_rows_table(table: RepTable) -> Any:
    """One row a repetition, the set's own numbers last; the heading stands again on the next page."""
    tight = len(table.rows) > TIGHT
    rows: list[list[Any]] = [
        [words("Rep", "small_bold"), words("Starts", "small_bold"), *(_head(column) for column in table.columns)]
    ]
    rows += [_rep_row(row, tight) for row in table.rows]
    for set_row in table.set_rows:
        cells = [_cell(cell, tight, bold=True) for cell in set_row.cells]
        rows.append([words(set_row.name, "small_bold"), "", *cells])
    widths = [58.0, 34.0]
    weights = [TEMPO_WEIGHT if column.id == "tempo" else 1.0 for column in table.columns]
    share = min(96.0, (WIDTH - sum(widths)) / max(sum(weights), 1.0))
    style = list(RULED)
    if tight:
        style += [("TOPPADDING", (0, 1), (-1, -1), 0.4), ("BOTTOMPADDING", (0, 1), (-1, -1), 0.8)]
    if table.set_rows:
        first = -len(table.set_rows)
        style += [("LINEABOVE", (0, first), (-1, first), 0.8, INK)]
        style += [("SPAN", (0, row), (1, row)) for row in range(first, 0)]
    return _table(rows, [*widths, *(share * weight for weight in weights)], style, repeatRows=1)


def _head(column: Column) -> Any:
    side = "" if column.side is None else f"<br/><font color='#{side_hex(column.side)}'>{column.side}</font>"
    unit = f"<br/><font color='#55616e'>{column.unit}</font>" if column.unit else ""
    return styled("{}" + side + unit, "small_bold_right", column.label)


def _rep_row(row: RepRow, tight: bool) -> list[Any]:
    note = " ".join(filter(None, (row.leg, row.left_out or row.mark)))
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
