"""The only reader and writer of `poses.npz` and `analysis.json`.

`analysis.json` is for people and other programs: every number, every issue, and what made them, against the published
schema in `schema/analysis.schema.json`. `poses.npz` holds the arrays: the raw points of everyone in every frame, the
raw and the clean track of the athlete, the series and all pixel evidence. Together they are the whole `Analysis`, so
everything can be made again without the video.

Both are deterministic: the same analysis gives the same bytes. Neither holds a folder, only the video's file name.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from vidgait.errors import OutputError, StoreError
from vidgait.settings import Settings
from vidgait.tempo import phases_of
from vidgait.types import (
    Analysis,
    ClipPoses,
    Criterion,
    Evidence,
    FloatArray,
    Issue,
    Measure,
    Movement,
    Pattern,
    Rep,
    Segment,
    Series,
    Skeleton,
    Track,
    VideoInfo,
)

__all__ = [
    "SCHEMA_VERSION",
    "analysis_schema",
    "analysis_to_mapping",
    "load_analysis",
    "load_poses",
    "main_segment",
    "save_analysis",
    "save_arrays",
    "save_results",
    "write_atomically",
]

SCHEMA_VERSION = 2
"""Raised when something is added to `analysis.json`. Nothing is ever taken away or renamed."""

ANALYSIS_FILE = "analysis.json"
POSES_FILE = "poses.npz"

Arrays = dict[str, Any]
T = TypeVar("T")


# ---------------------------------------------------------------------------------------------------- public


def save_analysis(folder: Path, analysis: Analysis) -> None:
    """Write `analysis.json` and `poses.npz` into `folder`, each in one step: never a half-written file.

    Raises OutputError where the folder cannot be written or the disk is full.
    """
    save_arrays(folder, analysis)
    save_results(folder, analysis)


def save_arrays(folder: Path, analysis: Analysis) -> None:
    """The half of `save_analysis` that takes time: `poses.npz`. Raises as it does."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **_arrays(analysis))
    write_atomically(folder / POSES_FILE, buffer.getvalue())


def save_results(folder: Path, analysis: Analysis) -> None:
    """The other half: `analysis.json`. Raises as `save_analysis` does."""
    text = json.dumps(analysis_to_mapping(analysis), indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(folder / ANALYSIS_FILE, (text + "\n").encode())


def load_analysis(folder: Path) -> Analysis:
    """The analysis that `save_analysis` wrote into `folder`, arrays bit for bit.

    Raises StoreError, with one line that says which file and why, when something is missing, damaged or newer than
    this version of vidgait.
    """
    stored = _read_json(folder)
    arrays = _read_npz(folder)
    return _decoded(ANALYSIS_FILE, folder, lambda: _analysis(stored, arrays))


def load_poses(folder: Path) -> ClipPoses:
    """Only the raw points of everyone, from `poses.npz`. Raises StoreError as `load_analysis` does."""
    arrays = _read_npz(folder)
    return _decoded(POSES_FILE, folder, lambda: _poses(arrays))


def analysis_schema() -> dict[str, Any]:
    """The published JSON Schema (draft 2020-12) of `analysis.json`."""
    text = resources.files("vidgait").joinpath("schema", "analysis.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def analysis_to_mapping(analysis: Analysis) -> dict[str, Any]:
    """What `analysis.json` holds, as plain dicts, lists, strings and numbers. Missing is None; nothing is NaN."""
    mapping = {
        "schema_version": SCHEMA_VERSION,
        "video": _video_out(analysis.video),
        "subject": _subject_out(analysis),
        "segments": [_fields(segment) for segment in analysis.segments],
        "view": _view_summary(analysis),
        "movement": _fields(analysis.movement),
        "reps": [_rep_out(rep, analysis.movement) for rep in analysis.reps],
        "measures": [_fields(measure) for measure in analysis.measures],
        "criteria": [_fields(criterion) for criterion in analysis.criteria],
        "patterns": [_fields(pattern) for pattern in analysis.patterns],
        "issues": [_fields(issue) for issue in analysis.issues],
        "series": [{"name": s.name, "unit": s.unit, "side": s.side, "why_none": s.why_none} for s in analysis.series],
        "track": {"steps": analysis.clean.steps, "frames": len(analysis.clean.time_s)},
        "provenance": analysis.provenance,
        "settings": analysis.settings,
    }
    plain: dict[str, Any] = _plain(mapping)
    return plain


def main_segment(analysis: Analysis) -> Segment | None:
    """The view in which most of the counted repetitions were done, or else most of the clip; None if there is none."""

    def weight(index: int) -> tuple[float, float]:
        segment = analysis.segments[index]
        counted = sum(rep.end_s - rep.start_s for rep in analysis.reps if rep.segment == index and rep.index > 0)
        return counted, segment.end_s - segment.start_s

    if not analysis.segments:
        return None
    return analysis.segments[max(range(len(analysis.segments)), key=weight)]


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to a temporary name beside `path` and move it into place. Raises OutputError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        reason = error.strerror or type(error).__name__
        raise OutputError(f"Cannot write {path.name}: {reason}.") from error


# ---------------------------------------------------------------------------------------------------- out


def _fields(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


def _video_out(video: VideoInfo) -> dict[str, Any]:
    values = _fields(video)
    values["path"] = _file_name(video.path)
    values["rate_hz"] = None if video.rate_hz is None else float(video.rate_hz)
    values["rate_ratio"] = None if video.rate_hz is None else str(video.rate_hz)
    return values


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _subject_out(analysis: Analysis) -> dict[str, Any]:
    given = analysis.settings.get("subject", {})
    return {
        "person": analysis.athlete,
        "basis": analysis.athlete_basis,
        "height_m": given.get("height_m"),
        "mass_kg": given.get("mass_kg"),
    }


def _view_summary(analysis: Analysis) -> dict[str, Any]:
    main = main_segment(analysis)
    if main is None:
        return {"label": "unknown", "yaw": None, "error": None}
    return {"label": main.view, "yaw": main.yaw_deg, "error": main.yaw_error_deg}


def _rep_out(rep: Rep, movement: Movement) -> dict[str, Any]:
    values = _fields(rep)
    if "bottom" in rep.instants or movement.label == "squat":
        values |= _tempo(rep)
    return values


def _tempo(rep: Rep) -> dict[str, float | None]:
    """Seconds of each phase, None where the instants that bound it were not found."""
    lasts = {phase.kind: phase.duration_s for phase in phases_of(rep)}
    return {
        "bottom_s": rep.instants.get("bottom"),
        "eccentric_s": lasts.get("eccentric"),
        "pause_s": lasts.get("pause"),
        "concentric_s": lasts.get("concentric"),
    }


def _plain(value: Any) -> Any:
    """`value` in JSON's own types: tuples and arrays as lists, paths as file names, what is not finite as None."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Path):
        return value.name
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def _arrays(analysis: Analysis) -> Arrays:
    poses = analysis.poses
    about = {
        "schema_version": SCHEMA_VERSION,
        "size_px": poses.size_px,
        "skeleton": _fields(poses.skeleton),
        "evidence": [evidence.name for evidence in analysis.evidence],
    }
    arrays: Arrays = {
        "about": np.array(json.dumps(about)),
        "time_s": poses.time_s,
        "media_time_s": poses.media_time_s,
        "frame": poses.frame,
        "person": analysis.person_ids,
        "xy_px": poses.xy_px,
        "score": poses.score,
        **_track_arrays("raw", analysis.raw),
        **_track_arrays("clean", analysis.clean),
        "series": _stacked([series.value for series in analysis.series], len(poses.time_s)),
    }
    if poses.xyz_m is not None:
        arrays["xyz_m"] = poses.xyz_m
    for index, evidence in enumerate(analysis.evidence):
        arrays |= {f"evidence_{index}_{part}": getattr(evidence, part) for part in ("time_s", "value", "sd")}
    return arrays


def _stacked(rows: list[FloatArray], frames: int) -> FloatArray:
    return np.stack(rows) if rows else np.zeros((0, frames))


def _track_arrays(prefix: str, track: Track) -> Arrays:
    arrays: Arrays = {
        f"{prefix}_time_s": track.time_s,
        f"{prefix}_xy_px": track.xy_px,
        f"{prefix}_score": track.score,
        f"{prefix}_steps": np.array(json.dumps(track.steps)),
    }
    if track.xyz_m is not None:
        arrays[f"{prefix}_xyz_m"] = track.xyz_m
    return arrays


# ---------------------------------------------------------------------------------------------------- in


def _read_json(folder: Path) -> dict[str, Any]:
    path = folder / ANALYSIS_FILE
    hint = "Run `vidgait analyze` on the video again."
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoreError(
            f"There is no {ANALYSIS_FILE} in '{folder.name}'.", "Is this a folder that vidgait wrote?"
        ) from None
    except OSError as error:
        raise StoreError(f"Cannot read {ANALYSIS_FILE} in '{folder.name}': {error.strerror}.") from error
    except ValueError as error:
        raise StoreError(f"{ANALYSIS_FILE} in '{folder.name}' is damaged: it is not valid JSON.", hint) from error
    version = stored.get("schema_version") if isinstance(stored, dict) else None
    if not isinstance(version, int):
        raise StoreError(f"{ANALYSIS_FILE} in '{folder.name}' was not written by vidgait: it has no schema_version.")
    _refuse_newer(version, ANALYSIS_FILE, folder)
    result: dict[str, Any] = stored
    return result


def _refuse_newer(version: int, file: str, folder: Path) -> None:
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{file} in '{folder.name}' has schema {version}, and this vidgait reads up to {SCHEMA_VERSION}.",
            "It was written by a newer vidgait: update this one.",
        )


def _read_npz(folder: Path) -> Arrays:
    path = folder / POSES_FILE
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except FileNotFoundError:
        raise StoreError(
            f"There is no {POSES_FILE} in '{folder.name}'.", "Is this a folder that vidgait wrote?"
        ) from None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, AttributeError) as error:
        hint = "Run `vidgait analyze` on the video again."
        raise StoreError(f"{POSES_FILE} in '{folder.name}' is damaged and cannot be read.", hint) from error
    about = _decoded(POSES_FILE, folder, lambda: json.loads(str(arrays["about"])))
    _refuse_newer(_decoded(POSES_FILE, folder, lambda: int(about["schema_version"])), POSES_FILE, folder)
    return arrays


def _decoded(file: str, folder: Path, decode: Callable[[], T]) -> T:
    try:
        return decode()
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        detail = f"'{error.args[0]}' is missing" if isinstance(error, KeyError) and error.args else str(error)
        raise StoreError(f"{file} in '{folder.name}' is damaged: {detail}.") from error


def _analysis(stored: dict[str, Any], arrays: Arrays) -> Analysis:
    poses = _poses(arrays)
    analysis = Analysis(
        video=_video(stored["video"]),
        settings=Settings.from_mapping(stored["settings"]).to_mapping(),
        poses=poses,
        person_ids=arrays["person"],
        athlete=stored["subject"]["person"],
        athlete_basis=stored["subject"]["basis"],
        raw=_track("raw", arrays, poses.skeleton),
        clean=_track("clean", arrays, poses.skeleton),
        evidence=_evidence(arrays),
        segments=tuple(_record(Segment, values) for values in stored["segments"]),
        series=_series(stored["series"], arrays["series"]),
        movement=_record(Movement, stored["movement"], flags=tuple(stored["movement"].get("flags", ()))),
        reps=tuple(_record(Rep, values) for values in stored["reps"]),
        measures=tuple(_record(Measure, values, reasons=tuple(values["reasons"])) for values in stored["measures"]),
        issues=tuple(_record(Issue, values, frames=_pair(values["frames"])) for values in stored["issues"]),
        provenance=stored["provenance"],
        criteria=tuple(_record(Criterion, values) for values in stored.get("criteria", ())),
        patterns=tuple(_record(Pattern, values) for values in stored.get("patterns", ())),
    )
    frames = len(poses.time_s)
    if len(analysis.clean.time_s) != frames or stored["track"]["frames"] != frames:
        raise ValueError(f"{ANALYSIS_FILE} and {POSES_FILE} belong to different runs")
    return analysis


def _record(cls: type[T], values: Mapping[str, Any], **decoded: Any) -> T:
    """A dataclass from the entries of `values` that it has fields for. A missing required field raises TypeError."""
    names = {field.name for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    return cls(**({name: value for name, value in values.items() if name in names} | decoded))


def _video(values: Mapping[str, Any]) -> VideoInfo:
    ratio = values["rate_ratio"]
    rate = None if ratio is None else Fraction(ratio)
    return _record(VideoInfo, values, size_px=_pair(values["size_px"]), rate_hz=rate)


def _pair(values: list[int] | None) -> tuple[int, int] | None:
    return None if values is None else (values[0], values[1])


def _poses(arrays: Arrays) -> ClipPoses:
    about = json.loads(str(arrays["about"]))
    width, height = about["size_px"]
    return ClipPoses(
        time_s=arrays["time_s"],
        media_time_s=arrays["media_time_s"],
        frame=arrays["frame"],
        xy_px=arrays["xy_px"],
        score=arrays["score"],
        xyz_m=arrays.get("xyz_m"),
        skeleton=_skeleton(about["skeleton"]),
        size_px=(width, height),
    )


def _skeleton(values: Mapping[str, Any]) -> Skeleton:
    return Skeleton(
        name=values["name"],
        keypoints=tuple(values["keypoints"]),
        edges=tuple((a, b) for a, b in values["edges"]),
        mirror_pairs=tuple((a, b) for a, b in values["mirror_pairs"]),
    )


def _track(prefix: str, arrays: Arrays, skeleton: Skeleton) -> Track:
    return Track(
        time_s=arrays[f"{prefix}_time_s"],
        xy_px=arrays[f"{prefix}_xy_px"],
        score=arrays[f"{prefix}_score"],
        xyz_m=arrays.get(f"{prefix}_xyz_m"),
        skeleton=skeleton,
        steps=tuple(json.loads(str(arrays[f"{prefix}_steps"]))),
    )


def _evidence(arrays: Arrays) -> tuple[Evidence, ...]:
    names = json.loads(str(arrays["about"]))["evidence"]
    parts = ("time_s", "value", "sd")
    return tuple(
        Evidence(name, **{part: arrays[f"evidence_{index}_{part}"] for part in parts})
        for index, name in enumerate(names)
    )


def _series(described: list[dict[str, Any]], values: FloatArray) -> tuple[Series, ...]:
    if len(described) != len(values):
        raise ValueError(f"{len(described)} series are described and {len(values)} stored")
    return tuple(_record(Series, about, value=value) for about, value in zip(described, values, strict=True))
