"""What stands on which page of the PDF. The words and numbers are those of the HTML report."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reportlab.platypus import CondPageBreak, Image, KeepTogether, PageBreak, Spacer, Table, TableStyle

from vidgait.outputs import plots
from vidgait.outputs.findings import findings, how_sure, key_measures
from vidgait.outputs.keyframes import plan_key_frames
from vidgait.outputs.method import citation, method_paragraphs, provenance_entries
from vidgait.outputs.pdf_plots import Dot, DotPlot, curve, dots, legend
from vidgait.outputs.pdf_tables import checks_table, numbers_table, pairs_table, panel, rep_rows_table
from vidgait.outputs.pdf_type import HEIGHT, WIDTH, styled, words
from vidgait.outputs.report_content import CAUTION, clip_facts, curves_shown, filmed, page_title
from vidgait.outputs.report_rows import curve_errors, refusals, rep_table
from vidgait.outputs.words import unit_after

if TYPE_CHECKING:
    from vidgait.outputs.findings import KeyMeasure
    from vidgait.outputs.keyframes import KeyFrame
    from vidgait.types import Analysis, Side

__all__ = ["story"]

PICTURE_MIN, PICTURE_MAX = 105.0, 250.0
"""Height of the pictures on the first page: what the words leave."""

GAP = 8.0
DOT_PLOTS_MAX, DOT_HEIGHT = 6, 92.0
CURVES_MAX, CURVE_HEIGHT = 8, 74.0

Pictures = Mapping[str, bytes]


def story(analysis: Analysis, key_frames: Pictures) -> list[Any]:
    """All flowables of the PDF, in order."""
    return [
        *_first_page(analysis, key_frames),
        PageBreak(),
        *_repetitions(analysis),
        *_curves(analysis),
        *_method(analysis),
    ]


# ---------------------------------------------------------------------------------------------- page 1


def _first_page(analysis: Analysis, key_frames: Pictures) -> list[Any]:
    above = [
        words("vidgait · movement report", "brand"),
        words(page_title(analysis), "title"),
        words(" · ".join(clip_facts(analysis)), "facts"),
        *_filmed(analysis),
        words("What was seen", "heading"),
        _findings(analysis),
    ]
    below = [*_numbers(analysis), *_how_sure(analysis)]
    room = HEIGHT - _height(above) - _height(below) - 2 * GAP
    return [*above, Spacer(1, GAP), *_pictures(analysis, key_frames, room), *below]


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
    checks = [checks_table(content["checks"])] if content["checks"] else []
    return [words(content["title"], "heading"), words(content["summary"]), *checks, *issues]


def _issue(issue: Mapping[str, str]) -> Any:
    when = f" ({issue['when']})" if issue["when"] else ""
    return styled("<b>{}</b> {}{}", "item", issue["word"], issue["message"], when, bulletText="–")


def _findings(analysis: Analysis) -> Any:
    first, *rest = findings(analysis)
    return panel([words(first, "lead"), *(words(sentence) for sentence in rest)])


def _numbers(analysis: Analysis) -> list[Any]:
    table = numbers_table(analysis)
    return [] if table is None else [words("The main numbers", "heading"), table]


def _how_sure(analysis: Analysis) -> list[Any]:
    return [words("How sure", "heading"), words(how_sure(analysis)), words(CAUTION, "quiet")]


def _pictures(analysis: Analysis, key_frames: Pictures, room: float) -> list[Any]:
    planned = [key for key in plan_key_frames(analysis) if key.name in key_frames]
    shown = [key for key in planned if key.kind != "first"] or planned
    if not shown:
        return []
    return [picture_row([(key_frames[key.name], _caption(key)) for key in shown[:3]], room)]


def _caption(key: KeyFrame) -> str:
    return key.caption


def picture_row(pictures: Sequence[tuple[bytes, str]], room: float) -> Any:
    """Pictures of one height side by side, each with its words below, in at most `room`."""
    width = (WIDTH - GAP * (len(pictures) - 1)) / len(pictures)
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
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), GAP),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
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
        *_dot_plots(analysis),
        rep_rows_table(table),
        Spacer(1, 4),
        *(words(note, "quiet") for note in table.notes),
    ]


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
    style = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0)]
    style += [("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 4)]
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
    return Table([[title], [drawing]], colWidths=[width], style=TableStyle(_BARE))


_BARE = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
]


# ---------------------------------------------------------------------------------------------- method


def _method(analysis: Analysis) -> list[Any]:
    content = filmed(analysis)
    parts: list[Any] = []
    refused = [(refusal.why, refusal.labels) for refusal in refusals(analysis)]
    if refused:
        parts += [CondPageBreak(90), words("Not given, and why", "heading"), pairs_table(refused)]
    if content["advice"]:
        parts += [_list("Better next time", content["advice"])]
    if content["notes"]:
        parts += [words("Notes", "heading"), *(_issue(note) for note in content["notes"])]
    parts += [CondPageBreak(90), words("Method and limits", "heading")]
    for paragraph in method_paragraphs(analysis):
        parts.append(KeepTogether([words(paragraph["title"], "subheading"), words(paragraph["text"], "small")]))
    made_with = "; ".join(f"{entry['name']}: {entry['value']}" for entry in provenance_entries(analysis))
    parts += [
        KeepTogether([words("Made with", "subheading"), words(f"{made_with}.", "small_soft")]),
        KeepTogether([words("How to cite", "subheading"), words(citation(analysis), "small")]),
    ]
    return parts


def _list(title: str, texts: Sequence[str]) -> Any:
    return KeepTogether([words(title, "heading"), *(words(text, "item", bulletText="–") for text in texts)])
