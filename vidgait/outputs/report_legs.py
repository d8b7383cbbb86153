"""What the HTML page shows of one leg or both, gathered for its templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vidgait.outputs.control_bars import control_index
from vidgait.outputs.keyframes import plan_key_frames
from vidgait.outputs.leg_dots import dot_plots
from vidgait.outputs.leg_page import leg_columns, leg_summary, leg_table, leg_title, legs_shown
from vidgait.outputs.leg_words import evidence, next_checks, permitted
from vidgait.outputs.legs import is_frontal
from vidgait.outputs.report_pictures import page_pictures, thumbnail
from vidgait.outputs.scale_rows import scale_tables

if TYPE_CHECKING:
    from vidgait.outputs.keyframes import KeyFrame
    from vidgait.types import Analysis

__all__ = ["DOTS_LEGEND", "legs_content", "matched_first"]

DOTS_LEGEND = (
    "A dot is a repetition with its number. What does not overlap, differs: dots by their whiskers, legs by their "
    "bands; a line is a leg’s own number. The error against the truth, in words above each plot, is larger and moves "
    "all dots together."
)


LINES_NOTE = (
    "Solid lines across and upright are what was measured: pelvis against level, trunk against the vertical. Dashed "
    "from hip to ankle: the line beside which the knee lies. Left and right are the person’s own."
)


def matched_first(keys: Sequence[KeyFrame]) -> list[KeyFrame]:
    """The pictures that stand side by side, left before right."""
    return sorted((key for key in keys if key.kind == "matched"), key=lambda key: key.side or "")


def legs_content(analysis: Analysis, key_frames: Mapping[str, bytes]) -> dict[str, Any] | None:
    """None for movements in which no legs are compared."""
    if not legs_shown(analysis):
        return None
    keys = plan_key_frames(analysis)
    scales = scale_tables(analysis, keys)
    return {
        "title": leg_title(analysis),
        "lines_note": LINES_NOTE if is_frontal(analysis) else "",
        "summary": leg_summary(analysis),
        "pairs": _pairs(analysis, key_frames, matched_first(keys)),
        "table": leg_table(analysis),
        "dots": dot_plots(analysis),
        "dots_legend": DOTS_LEGEND,
        "control": control_index(analysis),
        "scales": scales,
        "thumbs": _thumbs(scales, key_frames),
        "permitted": permitted(analysis),
        "evidence": evidence(analysis),
        "next_checks": next_checks(analysis),
    }


def _pairs(analysis: Analysis, key_frames: Mapping[str, bytes], matched: Sequence[KeyFrame]) -> list[dict[str, Any]]:
    """A leg's picture and words together; on two legs one picture of both."""
    pictures = {picture["name"]: picture for picture in page_pictures(analysis, key_frames, matched)}
    by_side = {key.side: pictures.get(key.name) for key in matched}
    columns = leg_columns(analysis)
    if not columns:
        return [{"column": None, "picture": picture} for picture in by_side.values() if picture]
    return [{"column": column, "picture": by_side.get(column.side)} for column in columns]


def _thumbs(scales: Sequence[Any], key_frames: Mapping[str, bytes]) -> dict[str, str]:
    wanted = {cell.picture for scale in scales for row in scale.rows for cell in row.cells if cell.picture}
    return {name: thumbnail(key_frames[name]) for name in sorted(wanted) if name in key_frames}
