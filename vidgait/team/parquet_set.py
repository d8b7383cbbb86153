"""All clips of a batch as four tables: `measures`, `reps`, `issues` and `provenance` (one row a clip, failed ones too).

    parquet/measures/movement=squat/part-00000.parquet

Each table is a folder of its own, partitioned by movement, that pandas (`pd.read_parquet(folder)`), DuckDB
(`read_parquet('.../*/*.parquet', hive_partitioning=true)`) and R (`arrow::open_dataset(folder)`) read as one table.
Every file has the table's whole schema, also an empty one, so a column never changes its type. Rows are in order of the
clips' paths, so what stands there follows from the clips alone; a run that was resumed writes the same bytes, and
leaves alone the files that are right already. Missing is null, never 0. Full precision is kept.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from vidgait.errors import OutputError
from vidgait.store import write_atomically

if TYPE_CHECKING:
    from vidgait.team.results import ClipResult, TeamResult

__all__ = ["PARQUET", "SCHEMAS", "clip_rows", "write_parquet_set"]

PARQUET = "parquet"
"""Name of the folder."""

CLIPS_A_FILE = 2000
"""About a hundred thousand rows of measures in a file, which is what the readers like."""

NO_MOVEMENT = "none"
"""Partition of clips without a recognised movement, failed ones too."""

_TEXT, _REAL, _COUNT = pa.string(), pa.float64(), pa.int64()

_WHO = (("path", _TEXT), ("athlete", _TEXT), ("test", _TEXT))

SCHEMAS: dict[str, pa.Schema] = {
    "measures": pa.schema(
        [
            *_WHO,
            ("id", _TEXT),
            ("label", _TEXT),
            ("side", _TEXT),
            ("rep", _COUNT),
            ("value", _REAL),
            ("unit", _TEXT),
            ("n", _COUNT),
            ("noise", _REAL),
            ("error", _REAL),
            ("mdc", _REAL),
            ("grade", _TEXT),
            ("verdict", _TEXT),
            ("why_none", _TEXT),
            ("reasons", pa.list_(_TEXT)),
            ("source", _TEXT),
        ]
    ),
    "reps": pa.schema(
        [
            *_WHO,
            ("rep", _COUNT),
            ("kind", _TEXT),
            ("side", _TEXT),
            ("set_index", _COUNT),
            ("start_s", _REAL),
            ("end_s", _REAL),
            ("bottom_s", _REAL),
            ("instants_s", _TEXT),
            ("posture", _TEXT),
            ("excluded", _TEXT),
        ]
    ),
    "issues": pa.schema(
        [
            *_WHO,
            ("code", _TEXT),
            ("severity", _TEXT),
            ("message", _TEXT),
            ("first_frame", _COUNT),
            ("last_frame", _COUNT),
        ]
    ),
    "provenance": pa.schema(
        [
            *_WHO,
            ("side", _TEXT),
            ("date", _TEXT),
            ("height_m", _REAL),
            ("mass_kg", _REAL),
            ("load_kg", _REAL),
            ("who_source", _TEXT),
            ("state", _TEXT),
            ("code", _TEXT),
            ("reason", _TEXT),
            ("hint", _TEXT),
            ("attempts", _COUNT),
            ("key", _TEXT),
            ("folder", _TEXT),
            ("view", _TEXT),
            ("duration_s", _REAL),
            ("frames", _COUNT),
            ("reps", _COUNT),
            ("movement_confidence", _REAL),
            ("movement_flags", pa.list_(_TEXT)),
            ("input_sha256", _TEXT),
            ("vidgait_version", _TEXT),
            ("provenance", _TEXT),
        ]
    ),
}
"""Columns by table, besides `movement`, which is in the folders' names. Units are in the names, or in `unit`."""


def write_parquet_set(folder: Path, result: TeamResult) -> None:
    """Write the tables under `folder`. Files of an earlier state that are no longer wanted go away, last; whatever else
    lies there stays. A run that was killed in between is put right by the next one. Raises OutputError."""
    for name in SCHEMAS:
        wanted = dict(_files(name, result.clips))
        try:
            for path, table in wanted.items():
                _write(folder / name / path, table)
            _remove_others(folder / name, set(wanted))
        except OSError as error:
            # Errors of this program say what they are about; a bare one comes from the file system.
            if isinstance(error, OutputError):
                raise
            said = error.strerror or str(error)
            raise OutputError(f"Cannot write the tables of {name}: {said}.", "Choose another --out.") from None


def clip_rows(table: str, clip: ClipResult) -> list[dict[str, Any]]:
    """What one clip adds to a table of SCHEMAS, without `movement`."""
    who = {"path": clip.path, "athlete": clip.who.athlete, "test": clip.who.test}
    return [who | row for row in _ROWS[table](clip)]


def _files(name: str, clips: Sequence[ClipResult]) -> Iterator[tuple[str, pa.Table]]:
    """Path within the table's folder, and what belongs there; one empty file where the table has no row at all."""
    found = False
    for movement, own in _partitions(clips).items():
        for number, start in enumerate(range(0, len(own), CLIPS_A_FILE)):
            rows = [row for clip in own[start : start + CLIPS_A_FILE] for row in clip_rows(name, clip)]
            if rows:
                found = True
                yield _place(movement, number), pa.Table.from_pylist(rows, schema=SCHEMAS[name])
    if not found:
        yield _place(NO_MOVEMENT, 0), SCHEMAS[name].empty_table()


def _place(movement: str, number: int) -> str:
    return f"movement={movement}/part-{number:05d}.parquet"


def _partitions(clips: Iterable[ClipResult]) -> dict[str, list[ClipResult]]:
    found: dict[str, list[ClipResult]] = {}
    for clip in sorted(clips, key=lambda one: one.path):
        label = clip.movement.label if clip.movement is not None else None
        # The label names a folder, so it is letters, whatever version of vidgait it comes from.
        found.setdefault(re.sub("[^a-z_]", "_", label or NO_MOVEMENT), []).append(clip)
    return dict(sorted(found.items()))


def _write(path: Path, table: pa.Table) -> None:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    content = buffer.getvalue()
    path.parent.mkdir(parents=True, exist_ok=True)
    if not (path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content):
        write_atomically(path, content)


_OURS = re.compile(r"movement=[a-z_]+/part-\d{5}\.parquet")


def _remove_others(folder: Path, wanted: set[str]) -> None:
    for path in sorted(folder.glob("movement=*/part-*.parquet")):
        place = path.relative_to(folder).as_posix()
        if place not in wanted and _OURS.fullmatch(place):
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()


# ---------------------------------------------------------------------------------------------------- rows


def _measure_rows(clip: ClipResult) -> Iterator[dict[str, Any]]:
    names = [name for name in SCHEMAS["measures"].names if name not in ("path", "athlete", "test", "reasons")]
    for measure in clip.measures:
        yield {name: getattr(measure, name) for name in names} | {"reasons": list(measure.reasons)}


def _rep_rows(clip: ClipResult) -> Iterator[dict[str, Any]]:
    for rep in clip.reps:
        yield {
            "rep": rep.index,
            "kind": rep.kind,
            "side": rep.side,
            "set_index": rep.set_index,
            "start_s": rep.start_s,
            "end_s": rep.end_s,
            "bottom_s": rep.instants.get("bottom"),
            "instants_s": _json(dict(rep.instants)),
            "posture": _json(dict(rep.posture)),
            "excluded": rep.excluded,
        }


def _issue_rows(clip: ClipResult) -> Iterator[dict[str, Any]]:
    for issue in clip.issues:
        first, last = issue.frames if issue.frames is not None else (None, None)
        said = {"code": issue.code, "severity": issue.severity, "message": issue.message}
        yield said | {"first_frame": first, "last_frame": last}


def _provenance_rows(clip: ClipResult) -> Iterator[dict[str, Any]]:
    who = {name: getattr(clip.who, name) for name in ("side", "date", "height_m", "mass_kg", "load_kg")}
    names = ("state", "code", "reason", "hint", "attempts", "key", "folder", "view", "duration_s", "frames")
    made = clip.provenance
    yield (
        who
        | {name: getattr(clip, name) for name in names}
        | {
            "who_source": clip.who.source,
            "reps": sum(rep.index > 0 for rep in clip.reps),
            "movement_confidence": clip.movement.confidence if clip.movement else None,
            "movement_flags": list(clip.movement.flags) if clip.movement else None,
            "input_sha256": made.get("input_sha256"),
            "vidgait_version": (made.get("packages") or {}).get("vidgait"),
            "provenance": _json(made) if made else None,
        }
    )


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


_ROWS = {"measures": _measure_rows, "reps": _rep_rows, "issues": _issue_rows, "provenance": _provenance_rows}
