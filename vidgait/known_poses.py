"""The pipeline without pass one: from points that are known already to an analysis.

For simulated people and for points from another program. Nothing is decoded and nothing inferred, so there is no
annotated video and no key frame; everything else is as `analyze` makes it, and `report` can make it again.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from vidgait.errors import NoPersonError, SettingsError, SkeletonError
from vidgait.pipeline import check_length, measure_poses
from vidgait.provenance import software
from vidgait.settings import Options, Settings
from vidgait.types import BLAZEPOSE, Analysis, ClipPoses, VideoInfo

if TYPE_CHECKING:
    from vidgait.types import FloatArray

__all__ = ["analyze_poses"]

STEADY = 0.1
"""Frames that come within this share of the usual spacing are steady, as for a video."""


def analyze_poses(
    poses: ClipPoses,
    *,
    name: str = "points",
    source: str = "points given by the caller",
    out: str | Path | None = None,
    settings: Settings | None = None,
    overwrite: bool = False,
    **options: Unpack[Options],
) -> Analysis:
    """Analyse everyone's points in every frame as if a pose network had just found them.

    `name` stands where the video's file name would, `source` says where the points come from; both are kept with the
    results. `out` is the folder for the report and the tables; without it nothing is written. `options` are those of
    `analyze`; those about decoding and drawing have no effect.

    Points that the shipped pose network did not find have none of its habits: say so with
    `Settings.from_mapping({"view": {"heading_habits": "none"}})`, for simulated ones with `Simulation.settings`.

    Raises TooShortError, NoPersonError or SkeletonError for poses that hold no movement, SettingsError for a name that
    is no file name or poses whose arrays do not fit together, OutputError for `out`.
    """
    _check(poses, name)
    return measure_poses(
        _video_of(poses, name),
        poses,
        _provenance(poses, source),
        (settings or Settings()).with_options(options),
        out=None if out is None else Path(out),
        overwrite=overwrite,
    )


def _check(poses: ClipPoses, name: str) -> None:
    if not name or Path(name).name != name:
        raise SettingsError(f"'{name}' cannot stand for a file name.", "Give a plain name without a folder.")
    if poses.skeleton.keypoints != BLAZEPOSE.keypoints:
        raise SkeletonError(f"Points of the {poses.skeleton.name} skeleton cannot be analysed, only BlazePose's 33.")
    if not (np.isfinite(poses.time_s).all() and (np.diff(poses.time_s) > 0).all()):
        raise SettingsError("The frame times must be finite and rise from frame to frame.")
    check_length(poses.time_s)
    rows = poses.frame.size
    if not rows or not np.isfinite(poses.xy_px).any():
        raise NoPersonError("There is nobody in these poses.")
    fits = poses.xy_px.shape == (rows, len(BLAZEPOSE.keypoints), 2) and poses.score.shape == poses.xy_px.shape[:2]
    if not fits or poses.frame.max() >= poses.time_s.size or (np.diff(poses.frame) < 0).any():
        raise SettingsError("These poses do not fit together: a row of points and scores for each ascending frame.")


def _video_of(poses: ClipPoses, name: str) -> VideoInfo:
    spacing_s: FloatArray = np.diff(poses.time_s)
    usual_s = float(np.median(spacing_s))
    return VideoInfo(
        path=name,
        size_px=poses.size_px,
        rate_hz=None,
        capture_rate_hz=1.0 / usual_s,
        duration_s=float(poses.media_time_s[-1] - poses.media_time_s[0]) + usual_s,
        variable_rate=bool((np.abs(spacing_s - usual_s) > STEADY * usual_s).any()),
        rotation_deg=0,
        codec="none",
    )


def _provenance(poses: ClipPoses, source: str) -> dict[str, Any]:
    return {
        "input_sha256": _hash(poses),
        "pose": {"backend": "none", "source": source, "skeleton": poses.skeleton.name},
        **software(("vidgait", "numpy", "scipy")),
    }


def _hash(poses: ClipPoses) -> str:
    digest = hashlib.sha256()
    for array in (poses.time_s, poses.frame, poses.xy_px, poses.score):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
