"""Tables for spreadsheets and statistics: every measure, and every frame.

Units are in the column names; an empty cell is a missing value, never 0. `frames.csv` and `frames.parquet` have the
same columns; Parquet keeps full precision and carries units and provenance in its metadata, CSV rounds to 6 decimals.
`measures.csv` has words with ± and ° in it and so begins with a byte order mark (read it as `utf-8-sig`): without one
Excel shows two wrong letters for each. `frames.csv` is plain ASCII and has none.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vidgait.store import SCHEMA_VERSION, analysis_to_mapping, write_atomically
from vidgait.tempo import phase_at

if TYPE_CHECKING:
    from vidgait.types import Analysis, FloatArray, IntArray, Measure, Side

__all__ = [
    "MEASURE_COLUMNS",
    "UNIT_SUFFIXES",
    "frame_table",
    "series_column",
    "write_frames_csv",
    "write_frames_parquet",
    "write_measures_csv",
]

MEASURE_COLUMNS = (
    "id",
    "label",
    "side",
    "rep",
    "value",
    "unit",
    "n",
    "noise",
    "error",
    "mdc",
    "grade",
    "verdict",
    "why_none",
    "reasons",
    "source",
)

UNIT_SUFFIXES = ("leg_lengths", "m_s", "deg_s", "deg", "ratio", "percent", "px", "hz", "m", "s")
"""Endings of series names that are units, the longer ones first."""

CSV_DECIMALS = 6
"""A microsecond, a micrometre: far below what any number here means, and it keeps the file readable."""


def write_measures_csv(path: Path, analysis: Analysis) -> None:
    """One row a measure, also those without a value, which say why. Raises OutputError."""
    rows = ([_cell(_measure_entry(measure, column)) for column in MEASURE_COLUMNS] for measure in analysis.measures)
    write_atomically(path, _csv(MEASURE_COLUMNS, rows).encode("utf-8-sig"))


def write_frames_csv(path: Path, analysis: Analysis) -> None:
    """The columns of `frame_table` as text. Raises OutputError."""
    table = frame_table(analysis)
    write_atomically(path, _csv(table.column_names, zip(*map(_texts, table.columns), strict=True)).encode())


def write_frames_parquet(path: Path, analysis: Analysis) -> None:
    """The columns of `frame_table` with their units and what made them. Raises OutputError."""
    buffer = io.BytesIO()
    pq.write_table(frame_table(analysis), buffer, compression="zstd")
    write_atomically(path, buffer.getvalue())


def frame_table(analysis: Analysis) -> pa.Table:
    """One row an analysed frame.

    `frame` (from 0), `time_s`, `media_time_s`, `segment` and `view`, `rep` (1-based, counted ones only), the `leg` it
    belongs to, if to one, and its `phase`, each series by side, then the clean keypoints in pixels (origin top left,
    y down).
    """
    time_s = analysis.poses.time_s
    segment = _interval_at(time_s, [(s.start_s, s.end_s) for s in analysis.segments])
    counted = [rep for rep in analysis.reps if rep.index > 0]
    rep = _interval_at(time_s, [(r.start_s, r.end_s) for r in counted])
    columns: dict[str, tuple[pa.Array, str]] = {
        "frame": (pa.array(np.arange(len(time_s))), "count"),
        "time_s": (pa.array(time_s), "s"),
        "media_time_s": (pa.array(analysis.poses.media_time_s), "s"),
        "segment": (_picked(segment, lambda row, _: row, pa.int64()), "count"),
        "view": (_picked(segment, lambda row, _: analysis.segments[row].view, pa.string()), ""),
        "rep": (_picked(rep, lambda row, _: counted[row].index, pa.int64()), "count"),
        "leg": (_picked(rep, lambda row, _: counted[row].side, pa.string()), ""),
        "phase": (_picked(rep, lambda row, at: phase_at(counted[row], float(time_s[at])), pa.string()), ""),
    }
    columns |= {series_column(s.name, s.side): (_numbers(s.value), s.unit) for s in analysis.series}
    columns |= _keypoint_columns(analysis)
    fields = [pa.field(name, array.type, metadata={"unit": unit}) for name, (array, unit) in columns.items()]
    schema = pa.schema(fields, metadata={"vidgait": json.dumps(_about(analysis), ensure_ascii=False)})
    return pa.table([array for array, _ in columns.values()], schema=schema)


def series_column(name: str, side: Side | None) -> str:
    """The side goes before the unit: `knee_flexion_deg` of the left is `knee_flexion_left_deg`."""
    if side is None:
        return name
    for unit in UNIT_SUFFIXES:
        if name.endswith(f"_{unit}"):
            return f"{name.removesuffix(f'_{unit}')}_{side}_{unit}"
    return f"{name}_{side}"


def _measure_entry(measure: Measure, column: str) -> Any:
    return "; ".join(measure.reasons) if column == "reasons" else getattr(measure, column)


def _interval_at(time_s: FloatArray, intervals: Sequence[tuple[float, float]]) -> IntArray:
    """(T,) index of the interval each time lies in, the later one where two overlap, -1 for none."""
    found = np.full(len(time_s), -1)
    for index, (start_s, end_s) in enumerate(intervals):
        found[(time_s >= start_s) & (time_s < end_s)] = index
    return found


def _picked(rows: IntArray, pick: Callable[[int, int], Any], kind: pa.DataType) -> pa.Array:
    return pa.array([None if row < 0 else pick(int(row), at) for at, row in enumerate(rows)], kind)


def _numbers(values: FloatArray) -> pa.Array:
    return pa.array(np.asarray(values, dtype=float), mask=~np.isfinite(values))


def _keypoint_columns(analysis: Analysis) -> dict[str, tuple[pa.Array, str]]:
    track = analysis.clean
    return {
        f"{keypoint}_{axis}_px": (_numbers(track.xy_px[:, row, column]), "px")
        for row, keypoint in enumerate(track.skeleton.keypoints)
        for column, axis in enumerate("xy")
    }


def _about(analysis: Analysis) -> dict[str, Any]:
    mapping = analysis_to_mapping(analysis)
    kept = {name: mapping[name] for name in ("subject", "movement", "track", "provenance", "settings")}
    refused = {series_column(s.name, s.side): s.why_none for s in analysis.series if s.why_none}
    return {
        "schema_version": SCHEMA_VERSION,
        "video": mapping["video"]["path"],
        "pixels": "origin top left, x right, y down, of the analysed picture",
        "time_s": "real time, slow motion undone; media_time_s is what a player shows",
        "why_empty": refused,
        **kept,
    }


def _texts(column: pa.ChunkedArray) -> list[str]:
    """The cells of one column. Numbers are rounded all at once: there are a hundred columns of them."""
    if not pa.types.is_floating(column.type):
        return [_cell(value) for value in column.to_pylist()]
    values = np.round(column.to_numpy(), CSV_DECIMALS)
    return [
        "" if missing else repr(value) for value, missing in zip(values.tolist(), ~np.isfinite(values), strict=True)
    ]


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return ""
    return repr(round(value, CSV_DECIMALS)) if isinstance(value, float) else str(value)


def _csv(header: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
