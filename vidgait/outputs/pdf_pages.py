"""What stands on which page of the PDF. The words and numbers are those of the HTML report."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

from reportlab.platypus import BalancedColumns, CondPageBreak, Image, PageBreak, Spacer, Table, TableStyle

from vidgait.outputs import plots
from vidgait.outputs.control_bars import control_index
from vidgait.outputs.findings import findings, how_sure, key_measures
from vidgait.outputs.keyframes import plan_key_frames
from vidgait.outputs.leg_dots import dot_plots
from vidgait.outputs.leg_page import differences, leg_table, leg_title, legs_shown
from vidgait.outputs.legs import standing_legs
from vidgait.outputs.method import citation, method_paragraphs, provenance_entries
from vidgait.outputs.pdf_legs import control_parts, leg_dot_cell, leg_numbers, legs_beside, reading_parts, scale_parts
from vidgait.outputs.pdf_plots import Dot, DotPlot, curve, dots, legend
from vidgait.outputs.pdf_tables import BARE, bullets, checks_text, numbers_table, pairs_table, panel, rep_rows_table
from vidgait.outputs.pdf_type import HEIGHT, WIDTH, styled, words
from vidgait.outputs.report_content import CAUTION, clip_facts, curves_shown, filmed, page_title
from vidgait.outputs.report_legs import DOTS_LEGEND, matched_first
from vidgait.outputs.report_rows import curve_errors, refusals, rep_table
from vidgait.outputs.scale_rows import scale_tables
from vidgait.outputs.words import unit_after

if TYPE_CHECKING:
    from vidgait.outputs.findings import KeyMeasure
    from vidgait.outputs.keyframes import KeyFrame
    from vidgait.types import Analysis, Side

__all__ = ["story"]

PICTURE_MIN, PICTURE_MAX = 105.0, 250.0
"""Height of the pictures on the first page: what the words leave."""

PICTURES_MAX, LEG_ROWS_MAX = 3, 9


GAP = 8.0
DOT_PLOTS_MAX, DOT_HEIGHT = 6, 68.0
CURVES_MAX, CURVE_HEIGHT = 8, 62.0

ITEMS_ACROSS, ITEM_PICTURE_HEIGHT = 5, 150.0

Pictures = Mapping[str, bytes]


def story(analysis: Analysis, key_frames: Pictures) -> list[Any]:
    """All flowables of the PDF, in order."""
    return [
        *_first_page(analysis, key_frames),
        *_repetitions(analysis),
        *_curves(analysis),
        *_criteria(analysis, key_frames),
        *_method(analysis),
    ]


# ---------------------------------------------------------------------------------------------- page 1


def _first_page(analysis: Analysis, key_frames: Pictures) -> list[Any]:
    """Ends the page, unless there is more to say than it holds."""
    above = [
        words(page_title(analysis), "title"),
        words(" · ".join(("vidgait movement report", *clip_facts(analysis))), "facts"),
        *_filmed(analysis),
        words("What was seen", "heading"),
        _findings(analysis),
    ]
    below = [*_numbers(analysis), *control_parts(control_index(analysis)), Spacer(1, 3), words(CAUTION, "tiny_soft")]
    room = HEIGHT - _height(above) - _height(below) - 2
    content = [*above, *_pictures(analysis, key_frames, room), *below]
    return [*content, PageBreak()] if _height(content) <= HEIGHT else content


def _height(flowables: Sequence[Any]) -> float:
    """Together, one below the other."""
    total, after = 0.0, 0.0
    for flowable in flowables:
        total += float(flowable.wrap(WIDTH, HEIGHT)[1]) + max(after, float(flowable.getSpaceBefore()))
        after = float(flowable.getSpaceAfter())
    return total + after


def _filmed(analysis: Analysis) -> list[Any]:
    content = filmed(analysis)
    issues = [_issue(issue) for issue in content["issues"]]
    checks = [checks_text(content["checks"])] if content["checks"] else []
    gap = [Spacer(1, 2.5)] * bool(issues)
    return [words(content["title"], "heading"), words(content["summary"]), *checks, *gap, *issues]


def _issue(issue: Mapping[str, str]) -> Any:
    when = f" ({issue['when']})" if issue["when"] else ""
    return styled("<b>{}</b> {}{}", "item", issue["word"], issue["message"], when, bulletText="–")


def _findings(analysis: Analysis) -> Any:
    first, *rest = findings(analysis)
    said = dict.fromkeys((*differences(analysis), *rest))
    sure = styled("<b>How sure:</b> {}", "quiet", how_sure(analysis))
    return panel([words(first, "lead"), *(words(sentence) for sentence in said), sure])


def _numbers(analysis: Analysis) -> list[Any]:
    if legs_shown(analysis) and (table := leg_table(analysis)).rows:
        return [words("The main numbers", "heading"), *leg_numbers(table, table.rows[:LEG_ROWS_MAX])]
    numbers = numbers_table(analysis)
    return [words("The main numbers", "heading"), *numbers] if numbers else []


def _pictures(analysis: Analysis, key_frames: Pictures, room: float) -> list[Any]:
    """The legs side by side, each with its words; or what shows the set best."""
    planned = [key for key in plan_key_frames(analysis) if key.name in key_frames]
    if standing_legs(analysis):
        matched: dict[Side | None, tuple[bytes, str]] = {
            key.side: (key_frames[key.name], key.caption) for key in matched_first(planned)
        }
        turn = next((key for key in planned if key.kind in ("worst", "bottom")), None)
        if len(matched) == 1 and turn is not None:
            matched[None] = (key_frames[turn.name], turn.caption)
        heading = words(leg_title(analysis), "heading")
        return [heading, *legs_beside(analysis, matched, room - _height([heading]))]
    shown = _for_first_page(planned)
    if not shown:
        return []
    return [Spacer(1, GAP), _picture_row([(key_frames[key.name], key.caption) for key in shown], room - 2 * GAP)]


def _for_first_page(planned: Sequence[KeyFrame]) -> list[KeyFrame]:
    """What shows the set best; the first clear picture if there is no more."""
    matched = [key for key in planned if key.kind == "matched"]
    others = [key for key in planned if key.kind not in ("first", "matched", "item")]
    return [*matched, *others][:PICTURES_MAX] or list(planned[:1])


def _picture_row(pictures: Sequence[tuple[bytes, str]], room: float, across: int = 0) -> Any:
    """Pictures of one height side by side, each with its words below, in at most `room`; room for `across` of them."""
    across = max(across, len(pictures))
    width = (WIDTH - GAP * (across - 1)) / across
    images = [Image(io.BytesIO(data)) for data, _ in pictures]
    texts = [words(text, "caption") for _, text in pictures]
    text_height = max(float(text.wrap(width, HEIGHT)[1]) for text in texts)
    height = min(max(room - text_height - 6, PICTURE_MIN), PICTURE_MAX)
    height = min([height, *(width * image.imageHeight / image.imageWidth for image in images)])
    for image in images:
        image.drawHeight, image.drawWidth = height, height * image.imageWidth / image.imageHeight
        image.hAlign = "LEFT"
    style = TableStyle(
        [
            *BARE,
            ("RIGHTPADDING", (0, 0), (-1, -1), GAP),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return Table([images, texts], colWidths=[width + GAP * (width < WIDTH)] * len(images), style=style, hAlign="LEFT")


# ---------------------------------------------------------------------------------------------- repetitions


def _repetitions(analysis: Analysis) -> list[Any]:
    table = rep_table(analysis, plan_key_frames(analysis))
    if table is None:
        return []
    return [
        words("Every repetition", "heading"),
        *(_leg_dot_plots(analysis) or _dot_plots(analysis)),
        *_more_numbers(analysis),
        rep_rows_table(table),
        Spacer(1, 4),
        *(words(note, "quiet") for note in table.notes),
    ]


def _leg_dot_plots(analysis: Analysis) -> list[Any]:
    plots_of_legs = dot_plots(analysis)
    if not plots_of_legs or len({dot.rep for plot in plots_of_legs for dot in plot.dots}) < 2:
        return []
    width = (WIDTH - 2 * GAP) / 3
    cells = [leg_dot_cell(plot, width, DOT_HEIGHT) for plot in plots_of_legs]
    return [words(DOTS_LEGEND, "quiet"), _grid(cells, 3)]


def _more_numbers(analysis: Analysis) -> list[Any]:
    """What the first page had no room for."""
    rows = leg_table(analysis).rows[LEG_ROWS_MAX:] if legs_shown(analysis) else ()
    return [*leg_numbers(leg_table(analysis), rows), Spacer(1, GAP)] if rows else []


def _dot_plots(analysis: Analysis) -> list[Any]:
    found = [plot for key in key_measures(analysis) if (plot := _dot_plot(analysis, key))][:DOT_PLOTS_MAX]
    if not found:
        return []
    across = 2 if any(len(plot.dots) > 40 for plot in found) else 3
    drawn = [dots(plot, (WIDTH - (across - 1) * GAP) / across, DOT_HEIGHT) for plot in found]
    text = "Each mark is a repetition with its ±; the line and the pale band are the set’s own number with its ±."
    sides = [side for side in ("left", "right") if any(dot.side == side for plot in found for dot in plot.dots)]
    return [*_legend(sides, True), _grid(drawn, across), words(text, "quiet")]


def _legend(sides: Sequence[str], marks: bool) -> list[Any]:
    return [legend(sides, marks)] if len(sides) > 1 else []


def _grid(drawn: Sequence[Any], across: int) -> Any:
    """Drawings in rows; a row never falls on two pages."""
    rows = [list(drawn[start : start + across]) for start in range(0, len(drawn), across)]
    rows[-1] += [""] * (across - len(rows[-1]))
    style = [*BARE, ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 4)]
    width = (WIDTH + GAP) / across
    return Table(rows, colWidths=[width] * across, style=TableStyle(style), hAlign="LEFT")


def _dot_plot(analysis: Analysis, key: KeyMeasure) -> DotPlot | None:
    """Every repetition of one quantity; None where fewer than two have a number."""
    left_out = {rep.index for rep in analysis.reps if rep.excluded}
    sides: list[Side | None] = [measure.side for measure in key.sides]
    found = tuple(
        Dot(m.rep, m.value, m.error, m.side, m.rep not in left_out)
        for m in analysis.measures
        if m.id == key.id and m.side in sides and m.rep is not None and m.value is not None and m.grade != "D"
    )
    if len({dot.rep for dot in found}) < 2:
        return None
    bands = {m.side: (m.value, m.error) for m in key.sides if m.value is not None}
    unit = unit_after(key.sides[0].unit).strip()
    title = f"{key.sides[0].label}{f' ({unit})' if unit else ''}"
    return DotPlot(title, key.sides[0].unit, found, bands)


# ---------------------------------------------------------------------------------------------- curves


def _curves(analysis: Analysis) -> list[Any]:
    drawn = plots.make_plots(analysis, curve_errors(analysis))
    shown = curves_shown(analysis, drawn)
    if shown is None:
        return []
    by_id = {plot.id: plot for plot in drawn}
    bands, ticks = plots.rep_bands(analysis), plots.time_ticks(analysis.poses.time_s)
    width = (WIDTH - GAP) / 2
    cells = [
        _curve_cell(content, curve(by_id[content["id"]], bands, ticks, width, CURVE_HEIGHT), width)
        for content in shown["main"][:CURVES_MAX]
    ]
    sides = ["left", "right"] if shown["both_sides"] else []
    return [
        CondPageBreak(3 * CURVE_HEIGHT),
        words("Curves", "heading"),
        words(shown["legend"], "quiet"),
        *_legend(sides, False),
        _grid(cells, 2),
    ]


def _curve_cell(content: Mapping[str, Any], drawing: Any, width: float) -> Any:
    error = f", {content['error_text']}" if content["error_text"] else ""
    note = f"<br/>{content['note']}" if content["note"] else "<br/>&nbsp;"
    unit = f" ({content['unit_text'].strip()})" if content["unit_text"].strip() else ""
    title = styled("<b>{}</b>{}<font color='#55616e'>" + note + "</font>", "small", content["title"], f"{unit}{error}")
    return Table([[title], [drawing]], colWidths=[width], style=TableStyle(BARE))


# ---------------------------------------------------------------------------------------------- clinical scales


def _criteria(analysis: Analysis, key_frames: Pictures) -> list[Any]:
    """Items by scale, and below them the pictures that show them, by letter."""
    planned = [key for key in plan_key_frames(analysis) if key.name in key_frames]
    scales = scale_tables(analysis, planned)
    if not scales:
        return []
    named = [cell.picture for scale in scales for row in scale.rows for cell in row.cells if cell.picture]
    letters = dict(zip(dict.fromkeys(named), ascii_uppercase, strict=False))
    captions = {key.name: key.caption for key in planned}
    shown = [(key_frames[name], f"{letter}: {captions[name]}") for name, letter in letters.items()]
    rows = [shown[start : start + ITEMS_ACROSS] for start in range(0, len(shown), ITEMS_ACROSS)]
    return [
        CondPageBreak(180),
        words("Clinical scales, item by item", "heading"),
        *scale_parts(scales, letters),
        *(part for row in rows for part in (Spacer(1, 4), _picture_row(row, ITEM_PICTURE_HEIGHT, ITEMS_ACROSS))),
    ]


# ---------------------------------------------------------------------------------------------- method


def _method(analysis: Analysis) -> list[Any]:
    content = filmed(analysis)
    parts: list[Any] = reading_parts(analysis)
    refused = [(refusal.why, refusal.labels) for refusal in refusals(analysis)]
    if refused:
        parts += [CondPageBreak(90), words("Not given, and why", "heading"), pairs_table(refused)]
    if content["advice"]:
        parts += [bullets("Better next time", content["advice"])]
    if content["notes"]:
        parts += [words("Notes", "heading"), *(_issue(note) for note in content["notes"])]
    parts += [CondPageBreak(90), words("Method and limits", "heading")]
    told = [(paragraph["title"], paragraph["text"]) for paragraph in method_paragraphs(analysis)]
    made_with = "; ".join(f"{entry['name']}: {entry['value']}" for entry in provenance_entries(analysis))
    told += [("Made with", f"{made_with}."), ("How to cite", citation(analysis))]
    set_texts = [styled("<font size='9'><b>{}</b></font><br/>{}", "told", title, text) for title, text in told]
    return [*parts, BalancedColumns(set_texts, nCols=2, needed=60, innerPadding=2 * GAP, leftPadding=0, rightPadding=0)]
