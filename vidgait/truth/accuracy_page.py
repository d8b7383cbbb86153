"""The accuracy table as one HTML file that opens anywhere, offline: every table, and every curve over its truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from vidgait.measures import spec_of
from vidgait.outputs import plots
from vidgait.outputs.words import counted, series_title, unit_after
from vidgait.truth.accuracy_text import (
    CLIP_HEADS,
    GOAL_HEADS,
    READING,
    SERIES_HEADS,
    VALUE_HEADS,
    clip_cells,
    goal_cells,
    number_text,
    offset_text,
    refused_rightly,
    series_cells,
    value_cells,
    worth_showing,
)
from vidgait.truth.goals import goals_of

if TYPE_CHECKING:
    from vidgait.truth.accuracy import Row
    from vidgait.truth.accuracy_file import AccuracyTable
    from vidgait.truth.results import ClipCheck, SeriesCheck, Validation

__all__ = ["accuracy_page"]

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
POOR_BAND, POOR_ANSWERS = 0.90, 0.90
BANDED_MIN, FLAGGED_MIN = 5, 2
"""One value outside a band of few says nothing of the band, and one value says nothing at all."""
CONTENTS_FROM = 3
"""So many clips need a table of contents."""
SPAN_MIN = {"deg": 20.0, "deg/s": 60.0, "ratio": 0.3, "leg lengths": 0.2}
"""Least height of a curve's axis, so that noise is not blown up to fill the box; 6 for other units."""

INSTANTS = {
    "start": "Start",
    "eccentric_start": "Way down begins",
    "eccentric_end": "Way down ends",
    "bottom": "Bottom",
    "concentric_start": "Way up begins",
    "concentric_end": "Way up ends",
    "lifted": "Free foot has come to rest",
    "lowered": "Free foot begins to come down",
    "end": "End",
    "pattern": "Label",
    "yaw": "Turn against the camera",
    "yaw_within_20_of_front": "Turn, within 20° of a front or back view",
}

SECTIONS = (
    (("measure",), "Measures, repetition by repetition", VALUE_HEADS, value_cells),
    (("set",), "Differences between the repetitions of a set", VALUE_HEADS, value_cells),
    (
        ("pattern",),
        "What pelvis, trunk and knee do together: labels (in band: the right one)",
        VALUE_HEADS,
        value_cells,
    ),
    (("series",), "Curves, frame by frame", SERIES_HEADS, series_cells),
    (("timing", "yaw"), "Instants (seconds) and the turn against the camera (degrees)", VALUE_HEADS, value_cells),
)


def accuracy_page(table: AccuracyTable, validation: Validation) -> str:
    """The page as text. The same validation gives the same text."""
    environment = Environment(
        loader=PackageLoader("vidgait.truth", "page_parts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    source, _, _ = environment.loader.get_source(environment, "accuracy.css")  # type: ignore[union-attr]
    return environment.get_template("accuracy.html.j2").render(
        policy=POLICY,
        style=Markup(source),
        made_with=_made_with(table.made_with),
        summary=_summary(table),
        reading=READING.replace("*", "").replace("\n", " "),
        goal_heads=GOAL_HEADS,
        goals=[(*goal_cells(one)[:3], "yes" if one.met else "no") for one in goals_of(table)],
        clip_heads=CLIP_HEADS,
        clips=[clip_cells(clip) for clip in table.clips],
        notes=[(clip.name, note) for clip in validation.clips for note in (offset_text(clip), *clip.notes) if note],
        views=[_view(view, rows) for view, rows in table.views.items()],
        curves=[_clip(clip) for clip in validation.clips],
        contents=len(table.clips) >= CONTENTS_FROM,
        failed=sorted(validation.failed.items()),
        width=plots.WIDTH,
        height=plots.HEIGHT,
    )


def _made_with(made: Mapping[str, Any]) -> list[tuple[str, str]]:
    entries = [("command", made.get("command")), ("vidgait", made.get("vidgait"))]
    entries += [("ONNX Runtime", made.get("onnxruntime")), ("backend", made.get("backend"))]
    entries += [(name, f"sha256 {sha256}") for name, sha256 in sorted(made.get("weights", {}).items())]
    return [(name, str(value)) for name, value in entries if value]


def _summary(table: AccuracyTable) -> str:
    reps = table.reps
    parts = [counted(len(table.clips), "clip")]
    if reps.true:
        parts.append(f"{reps.true - reps.missed} of {reps.true} repetitions counted, {reps.extra} invented")
    if reps.not_counted_yet:
        parts.append(f"{counted(reps.not_counted_yet, 'repetition')} of movements that are not counted yet")
    return "; ".join(parts) + "."


# --- tables -----------------------------------------------------------------------------------------------------------


def _view(view: str, rows: Sequence[Row]) -> dict[str, Any]:
    sections = []
    for kinds, title, heads, cells in SECTIONS:
        shown = [row for row in rows if row.kind in kinds and worth_showing(row)]
        if shown:
            sections.append({"title": title, "heads": heads, "rows": [_table_row(row, cells(row)) for row in shown]})
    refused = [_title(row) for row in rows if refused_rightly(row) and row.kind == "measure"]
    return {"name": view, "sections": sections, "refused": list(dict.fromkeys(refused))}


def _table_row(row: Row, cells: Sequence[str]) -> dict[str, Any]:
    return {
        "title": _title(row),
        "id": row.id,
        "leg": row.leg,
        "unit": row.unit,
        "cells": cells[1:],
        "weak": _weak(row),
    }


def _title(row: Row) -> str:
    if row.kind in ("measure", "set"):
        return spec_of(row.id).label
    return series_title(row.id) if row.kind == "series" else INSTANTS.get(row.id, row.id.replace("_", " ").capitalize())


def _weak(row: Row) -> str:
    """What a reader should not miss in this row, in words; empty where all is well."""
    found: list[str] = []
    if max(row.n, row.asked_inside) < FLAGGED_MIN:
        return ""
    if row.coverage is not None and row.banded >= BANDED_MIN and row.coverage < POOR_BAND:
        found.append("the band is too narrow")
    if row.wrong_signs:
        found.append("wrong signs")
    if row.answered_inside_share is not None and row.answered_inside_share < POOR_ANSWERS:
        found.append("often not answered")
    if row.answered_outside and row.kind == "measure":
        found.append("answered where it should be refused")
    return ", ".join(found)


# --- curves -----------------------------------------------------------------------------------------------------------


def _clip(clip: ClipCheck) -> dict[str, Any]:
    names = dict.fromkeys(one.name for one in clip.series if _drawable(one))
    figures = [_figure(clip, [one for one in clip.series if one.name == name and _drawable(one)]) for name in names]
    times = clip.series[0].time_s if clip.series else np.zeros(0)
    return {
        "name": clip.name,
        "about": f"{(clip.movement or clip.movement_found or 'movement').replace('_', ' ')}, {clip.view}",
        "figures": figures,
        "time_ticks": plots.time_ticks(times) if times.size > 1 else (),
    }


def _drawable(one: SeriesCheck) -> bool:
    return bool((np.isfinite(one.shown) & np.isfinite(one.truth)).sum() > 1)


def _figure(clip: ClipCheck, both: Sequence[SeriesCheck]) -> dict[str, Any]:
    low, high, ticks = _axis(both)
    return {
        "title": series_title(both[0].name),
        "unit": unit_after(both[0].unit).strip(),
        "ticks": ticks,
        "lines": [_line(one, low, high) for one in both],
        "alt": f"{series_title(both[0].name)} of {clip.name} over time, shown and true",
    }


def _axis(both: Sequence[SeriesCheck]) -> tuple[float, float, tuple[plots.Tick, ...]]:
    values = np.concatenate([part[np.isfinite(part)] for one in both for part in (one.shown, one.truth)])
    low, high = float(values.min()), float(values.max())
    lacking = SPAN_MIN.get(both[0].unit, 6.0) - (high - low)
    if lacking > 0:
        low, high = low - lacking / 2, high + lacking / 2
    return plots.axis(low, high)


def _line(one: SeriesCheck, low: float, high: float) -> dict[str, Any]:
    off = one.shown - one.truth
    off = off[np.isfinite(off)]
    label = " ".join(word for word in (one.side or "", f"({one.leg})" if one.leg else "") if word)
    return {
        "side": one.side or "middle",
        "far": one.leg == "far",
        "label": label,
        "error": number_text(float(np.abs(off).mean()), one.unit) + unit_after(one.unit),
        "bias": number_text(float(off.mean()), one.unit, sign=True) + unit_after(one.unit),
        "true": plots.line_path(one.time_s, one.truth, low, high),
        "shown": plots.line_path(one.time_s, one.shown, low, high),
    }
