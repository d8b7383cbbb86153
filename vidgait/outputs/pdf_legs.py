"""The parts of the PDF that are about one leg or both: pictures and patterns, numbers, index, clinical scales."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reportlab.platypus import Image, KeepTogether, Spacer, Table, TableStyle

from vidgait.outputs.leg_page import LegColumn, leg_columns
from vidgait.outputs.leg_words import evidence, next_checks, permitted
from vidgait.outputs.pdf_leg_plots import control_scale, leg_dots
from vidgait.outputs.pdf_tables import BARE, RULED, References, bullets
from vidgait.outputs.pdf_type import WIDTH, side_hex, styled, words

if TYPE_CHECKING:
    from vidgait.outputs.control_bars import ControlIndex, ControlPart
    from vidgait.outputs.leg_dots import LegDots
    from vidgait.outputs.leg_page import LegCell, LegColumn, LegRow, LegTable
    from vidgait.outputs.scale_rows import ItemCell, ScaleTable
    from vidgait.types import Analysis, Side

__all__ = ["control_parts", "leg_dot_cell", "leg_numbers", "legs_beside", "reading_parts", "scale_parts"]

GAP = 14.0
LEG_PICTURE_MIN, LEG_PICTURE_MAX, LEG_PICTURE_SHARE = 120.0, 250.0, 0.56
"""Height of a leg's picture, and how much of its column it may take."""

Picture = tuple[bytes, str]
"""JPEG and caption."""


def legs_beside(analysis: Analysis, pictures: Mapping[Side | None, Picture], room: float) -> list[Any]:
    """Each leg's picture with its words beside it, one leg beside the other, in `room` if that is enough."""
    columns: dict[Side | None, LegColumn] = {column.side: column for column in leg_columns(analysis)}
    cells = [_leg(columns.get(side), pictures.get(side), room) for side in dict.fromkeys((*columns, *pictures))]
    if not cells:
        return []
    width = (WIDTH + GAP) / 2
    padding = [*BARE, ("RIGHTPADDING", (0, 0), (-1, -1), GAP), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return [Table([cells], colWidths=[width] * len(cells), style=TableStyle(padding), hAlign="LEFT")]


def _leg(column: LegColumn | None, picture: Picture | None, room: float) -> Any:
    told = [] if column is None else _told(column)
    width = (WIDTH - GAP) / 2
    if picture is None:
        return told
    image = Image(io.BytesIO(picture[0]))
    slope = float(image.imageHeight / image.imageWidth)
    image.drawHeight = min(max(room, LEG_PICTURE_MIN), LEG_PICTURE_MAX, LEG_PICTURE_SHARE * width * slope)
    image.drawWidth = image.drawHeight / slope
    told.insert(min(2, len(told)), words(picture[1], "small_soft"))
    beside = [image.drawWidth + 7, width - image.drawWidth - 7]
    style = TableStyle([*BARE, ("VALIGN", (0, 0), (-1, -1), "TOP")])
    return Table([[image, told]], colWidths=beside, style=style, hAlign="LEFT")


def _told(column: LegColumn) -> list[Any]:
    done = "; ".join(part for part in (column.done, column.posture) if part)
    told = [_leg_name(column.side), words(done, "small_soft")]
    if column.pattern:
        said = styled("<b>Pattern: {}.</b> {}", "caption", column.pattern, column.pattern_says)
        told += [Spacer(1, 4), said, Spacer(1, 2), words(column.pattern_basis, "small_soft")]
    return told


def _leg_name(side: Side) -> Any:
    return styled(f"<font color='#{side_hex(side)}'><b>{{}} leg</b></font>", "caption", side.capitalize())


# ---------------------------------------------------------------------------------------------- numbers


def leg_numbers(table: LegTable, rows: Sequence[LegRow]) -> list[Any]:
    """Some rows of the numbers side by side, with what other people showed; the sources below."""
    two, compared = len(table.sides) > 1, any(row.reference for row in rows)
    heads = [words("Value ± error, grade", "small_bold")]
    heads += [_side_head(side, "small_bold_right") for side in table.sides]
    heads += [words("Left less right", "small_bold_right")] * two
    heads += [words("People without pain, other method" if compared else "Compared with", "small_bold")]
    references = References()
    cells = [_leg_row(row, table, references, two) for row in rows]
    widths = [176.0, *[60.0] * len(table.sides), *[66.0] * two]
    spans = [("SPAN", (1, at), (2, at)) for at, row in enumerate(rows, 1) if two and len(row.cells) == 1]
    inset = ("LEFTPADDING", (-1, 0), (-1, -1), 6)
    set_table = Table(
        [heads, *cells], colWidths=[*widths, WIDTH - sum(widths)], style=TableStyle([*RULED, inset, *spans]),
        hAlign="LEFT", repeatRows=1,
    )  # fmt: skip
    return [set_table, Spacer(1, 3), *(words(text, "tiny_soft") for text in references.said())]


def _side_head(side: Side | None, style: str) -> Any:
    return styled(f"<font color='#{side_hex(side)}'>{{}}</font>", style, (side or "both").capitalize())


def _leg_row(row: LegRow, table: LegTable, references: References, two: bool) -> list[Any]:
    trend = " <font color='#55616e' size='6'>trend only</font>" if row.trend_only else ""
    cells = [styled("{}" + trend, "small", row.label)]
    together = len(row.cells) < len(table.sides)
    cells += [_leg_cell(cell, centred=together) for cell in row.cells]
    cells += [""] * (len(table.sides) - len(row.cells))
    if two:
        cells.append(_difference(row))
    reference = row.reference
    said = "no reference" if reference is None else f"{reference.text} {references.mark(reference.note)}"
    return [*cells, words(said, "small_soft")]


def _leg_cell(cell: LegCell, *, centred: bool) -> Any:
    style = "small_centre" if centred else "small_right"
    why = "<br/><font color='#55616e'>{}</font>" if cell.why_none else ""
    return styled("<b>{}</b> <font color='#55616e'>{}</font>" + why, style, cell.text, cell.grade, cell.why_none)


def _difference(row: LegRow) -> Any:
    """In bold where it exceeds its error."""
    if not row.difference:
        return words("–" if len(row.cells) > 1 else "", "small_right")
    return words(row.difference, "small_bold_right" if row.differs else "small_right")


# ---------------------------------------------------------------------------------------------- repetitions


def leg_dot_cell(plot: LegDots, width: float, height: float) -> Any:
    """A plot under its words."""
    trend = "; trend only" if plot.trend_only else ""
    norm = f"; dotted: {plot.norm_says}" if plot.norm_says else ""
    unit = f" ({plot.unit.strip()})" if plot.unit.strip() else ""
    title = styled("<b>{}</b>{}", "small", plot.title, unit)
    note = words(f"{plot.sign}; {plot.error_says} against the truth{trend}{norm}".removeprefix("; "), "tiny_soft")
    drawing = leg_dots(plot, width, height)
    return Table([[title], [note], [drawing]], colWidths=[width], style=TableStyle(BARE))


# ---------------------------------------------------------------------------------------------- index


def control_parts(control: ControlIndex | None) -> list[Any]:
    """The monitoring index with its parts in their own units; never the index alone."""
    if control is None or not control.parts:
        return []
    apart = "&nbsp;&nbsp;&nbsp;&nbsp;"
    totals = apart.join(f"{_side_word(side)} <b>{{}}</b> of 100" for side, _ in control.totals)
    cells = [_control_cell(part) for part in control.parts]
    rows = [cells[at : at + 2] for at in range(0, len(cells), 2)]
    rows[-1] += [""] * (2 - len(rows[-1]))
    style = [*BARE, ("RIGHTPADDING", (0, 0), (-1, -1), GAP), ("BOTTOMPADDING", (0, 0), (-1, -1), 5)]
    return [
        words(control.title, "heading"),
        styled(totals, "caption", *(total for _, total in control.totals)),
        Spacer(1, 2),
        Table(rows, colWidths=[(WIDTH + GAP) / 2] * 2, style=TableStyle(style), hAlign="LEFT"),
        words(_control_note(control), "tiny_soft"),
    ]


def _side_word(side: Side) -> str:
    return f"<font color='#{side_hex(side)}'><b>{side.capitalize()}</b></font>"


def _control_cell(part: ControlPart) -> Any:
    """Name and weight, each leg's number and what it scores; below them the scale."""
    width = (WIDTH - GAP) / 2
    name = styled("<b>{}</b> <font color='#55616e'>{} %</font>", "small", part.name, part.weight)
    values = "&nbsp;&nbsp;".join(f"{_side_word(bar.side)} {{}}: <b>{{}}</b>" for bar in part.bars)
    texts = [text for bar in part.bars for text in (bar.value, bar.score)]
    rows = [[name, styled(values, "small_right", *texts)], [control_scale(part, width), ""]]
    style = TableStyle([*BARE, ("SPAN", (0, 1), (1, 1))])
    return Table(rows, colWidths=[0.42 * width, 0.58 * width], style=style)


def _control_note(control: ControlIndex) -> str:
    left_out = " ".join(f"Left out: {names}: {why}." for names, why in control.left_out)
    sources = " ".join(control.sources)
    return (
        "Made of these parts and of nothing else, each with its weight. A part scores 100 up to the first mark and 0 "
        f"from the second on; thin lines are the error. {control.rests_on} {left_out} Marks: {sources} They were "
        "measured in other ways than here, and the weights are opinion: it monitors one person over time, filmed in "
        "the same way, and does not sort people into good and bad."
    )


# ---------------------------------------------------------------------------------------------- clinical scales


def scale_parts(scales: Sequence[ScaleTable], letters: Mapping[str, str]) -> list[Any]:
    """Every item of every scale, leg beside leg; `letters` names the pictures that show them."""
    parts: list[Any] = []
    for scale in scales:
        title = f"{scale.title}{'' if scale.scored else ' (not scored)'}"
        note = f"{scale.note} Source: {scale.source}".strip()
        parts += [
            words(title, "subheading"),
            _scale_table(scale, letters),
            Spacer(1, 3),
            words(note, "small_soft"),
        ]
    return parts


def _scale_table(scale: ScaleTable, letters: Mapping[str, str]) -> Any:
    heads = [words("Item", "small_bold"), words("Rule", "small_bold")]
    heads += [_side_head(side, "small_bold") for side in scale.sides]
    rows = [
        [words(row.says, "small"), words(row.rule, "small_soft"), *(_item(cell, letters) for cell in row.cells)]
        for row in scale.rows
    ]
    style = list(RULED)
    if scale.totals:
        rows.append(
            [words(scale.total_says, "small_bold"), "", *(words(total, "small_bold") for total in scale.totals)]
        )
        style.append(("SPAN", (0, -1), (1, -1)))
    share = 118.0 if len(scale.sides) > 1 else 150.0
    first = 0.42 * (WIDTH - share * len(scale.sides))
    widths = [first, WIDTH - share * len(scale.sides) - first, *[share] * len(scale.sides)]
    return Table([heads, *rows], colWidths=widths, style=TableStyle(style), hAlign="LEFT", repeatRows=1)


def _item(cell: ItemCell, letters: Mapping[str, str]) -> Any:
    shown = f"picture {letters[cell.picture]}" if cell.picture in letters else ""
    more = ", ".join(part for part in (cell.points, cell.value, cell.rep, shown) if part)
    why = "<br/><font color='#55616e'>{}</font>" if cell.why else "{}"
    return styled("<b>{}</b>{}" + why, "small", cell.seen, f", {more}" if more else "", cell.why)


# ---------------------------------------------------------------------------------------------- reading


def reading_parts(analysis: Analysis) -> list[Any]:
    """What it may mean, the evidence for and against, and what to check next."""
    said, checks = [permitted(analysis), *evidence(analysis)], next_checks(analysis)
    texts = [words(text, "body" if place == 0 else "small") for place, text in enumerate(said) if text]
    parts = [KeepTogether([words("What it may mean", "heading"), *texts])] if texts else []
    return [*parts, *([bullets("What to check next", checks)] if checks else [])]
