"""Measures how wrong keypoints are on rendered clips with exact truth, and writes the noise table of the package.

    python scripts/render_samples.py --calibration FOLDER
    python scripts/make_noise_table.py FOLDER

Reads every FOLDER/found_*.mp4 with its truth FOLDER/found_*.json; clips named tested_* are never read. The error of a
keypoint is split in two. What follows the posture (a cubic in knee flexion, for each clip) is the same in every
repetition: what clips of one view share of it is a bias of the model, which is calibrated elsewhere and only reported
here; what differs between clips is `offset`. The rest changes from moment to moment, and its autocovariance splits it
into white `jitter` and first-order `wander`.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vidgait.kinematics.signals import body_height_px
from vidgait.kinematics.swaps import exchange, find_swaps
from vidgait.pose import create_estimator
from vidgait.settings import PoseSettings, VideoSettings
from vidgait.tracking import build_track, choose_athlete, link_people
from vidgait.types import BLAZEPOSE, ClipPoses, FloatArray, Track
from vidgait.video import open_video

TABLE = Path(__file__).resolve().parents[1] / "vidgait" / "kinematics" / "noise_table.json"
PARTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe", "ear")
SCORE_EDGES = (0.0, 0.5, 0.8, 1.0)
LAGS_S = np.arange(0.05, 0.51, 0.05)
# Rows of fewer frames than this in a score bin are not measured but scaled from the bin above.
FRAMES_MIN = 150
POSTURES_DEG = np.arange(0.0, 111.0, 10.0)
STEP_DOWN = 1.6
# How much offsets differ between clips cannot be told from fewer.
CLIPS_MIN = 6


@dataclass(frozen=True)
class Errors:
    """One keypoint of one clip, in shares of body height; x forward or medial, y down."""

    part: str
    view: str
    score: float
    rate_hz: float
    error: FloatArray
    """(T, 2), NaN where not found"""
    flexion_deg: FloatArray
    """(T,) true knee flexion"""

    def by_posture(self) -> tuple[FloatArray, FloatArray]:
        """What follows the posture, at POSTURES_DEG (P, 2; NaN beyond the clip's range), and the rest (T, 2)."""
        known = np.isfinite(self.error[:, 0])
        powers = (self.flexion_deg[:, None] / 100) ** np.arange(4)
        weights, *_ = np.linalg.lstsq(powers[known], self.error[known], rcond=None)
        posture = ((POSTURES_DEG[:, None] / 100) ** np.arange(4)) @ weights
        low, high = np.percentile(self.flexion_deg[known], [1, 99])
        inside = (low - 5 <= POSTURES_DEG) & (high + 5 >= POSTURES_DEG)
        posture[~inside] = np.nan
        return posture, self.error - powers @ weights


def poses_of(clip: Path) -> ClipPoses:
    """Runs the pose network over one clip."""
    with open_video(clip, VideoSettings()) as video, create_estimator(PoseSettings(device="cpu")) as estimator:
        frames, found = [], []
        for frame in video.frames():
            frames.append((frame.time_s, frame.media_time_s))
            found.append(estimator.estimate([frame])[0])
        size_px = video.info.size_px
    return ClipPoses(
        time_s=np.array([time for time, _ in frames]),
        media_time_s=np.array([time for _, time in frames]),
        frame=np.repeat(np.arange(len(found)), [len(people.xy_px) for people in found]),
        xy_px=np.concatenate([people.xy_px for people in found]),
        score=np.concatenate([people.score for people in found]),
        xyz_m=None,
        skeleton=BLAZEPOSE,
        size_px=size_px,
    )


def athlete_of(poses: ClipPoses) -> Track:
    """The raw track with exchanged sides put right, as the noise model sees it."""
    ids = link_people(poses)
    track = build_track(poses, ids, choose_athlete(poses, ids, "auto")[0])
    swaps = find_swaps(track.time_s, track.xy_px, track.score, track.skeleton, body_height_px(track))
    xy, score = (exchange(values, swaps, track.skeleton) for values in (track.xy_px, track.score))
    return track.replace(xy_px=xy, score=score)


def errors_of(track: Track, truth: dict[str, Any]) -> Iterator[Errors]:
    """The error of every keypoint that the truth has. x is turned to point forward in side views, and to the middle
    of the body from the front and the back, so that biases of both sides and facings agree."""
    height = body_height_px(track)
    rate_hz = 1.0 / float(np.median(np.diff(track.time_s)))
    view = {"left": "side", "right": "side"}.get(truth["view"], truth["view"])
    true_s = np.asarray(truth["time_s"])
    ahead = np.sign(-np.sin(np.radians(truth["yaw_deg"])))
    bend = np.mean([truth["angles_deg"][side]["knee_flexion_3d_deg"] for side in ("left", "right")], axis=0)
    bend = np.interp(track.time_s, true_s, bend)
    middle = np.mean([truth["points_px"][f"{side}_hip"] for side in ("left", "right")], axis=0)
    for side in ("left", "right"):
        for part in PARTS:
            name = f"{side}_{part}"
            points = np.asarray(truth["points_px"][name], float)
            true = np.stack([np.interp(track.time_s, true_s, points[:, axis]) for axis in (0, 1)], axis=1)
            k = track.skeleton.index(name)
            inward = np.sign(np.median(middle[:, 0] - np.asarray(truth["points_px"][f"{side}_hip"])[:, 0]))
            sign = ahead if view in ("side", "oblique") else inward
            error = (track.xy_px[:, k] - true) / height * (sign or 1.0, 1.0)
            hidden = side != truth["view"] and view == "side"
            where = f"{view} far" if hidden else view
            yield Errors(part, where, float(np.median(track.score[:, k])), rate_hz, error, bend)


def score_bin(score: float) -> int:
    return int(np.clip(np.searchsorted(SCORE_EDGES, score, side="right") - 1, 0, len(SCORE_EDGES) - 2))


def spread(errors: list[Errors]) -> dict[str, float]:
    """Jitter and wander (SD, shares of body height) and correlation time of one keypoint in one score bin."""
    variance, covariance, step = [], [], []
    for item in errors:
        _, rest = item.by_posture()
        lags = np.maximum(1, np.round(LAGS_S * item.rate_hz).astype(int))
        variance.append(np.nanmean(rest**2))
        covariance.append([np.nanmean(rest[lag:] * rest[:-lag]) for lag in lags])
        step.append(np.nanmean((rest[1:] - rest[:-1]) ** 2) / 2)
    pooled = np.mean(covariance, axis=0)
    # Wander falls as exp(-lag / tau): a straight line through the logarithms while they are well above zero.
    use = pooled > 0.2 * pooled[0]
    slope, level = np.polyfit(LAGS_S[use], np.log(pooled[use]), 1)
    correlation_s = float(np.clip(-1 / min(slope, -1e-3), 0.05, 2.0))
    wander = min(float(np.exp(level)), float(np.mean(variance)))
    return {
        "jitter": float(np.sqrt(max(np.mean(variance) - wander, 0.1 * np.mean(step)))),
        "wander": float(np.sqrt(wander)),
        "correlation_s": correlation_s,
    }


def mean_known(values: FloatArray) -> FloatArray:
    """Mean over the first axis without NaN; NaN where nothing is known."""
    known = np.isfinite(values)
    return np.where(known, values, 0.0).sum(axis=0) / np.where(known.any(axis=0), known.sum(axis=0), np.nan)


def offsets(errors: list[Errors]) -> tuple[dict[str, list[float]], float]:
    """Bias [x, y] by view, in standing and at 80 degrees, and the SD of one coordinate of the clips around the bias of
    their view at the same posture, in shares of body height."""
    views = defaultdict(list)
    for item in errors:
        views[item.view].append(item.by_posture()[0])
    squares, bias = [], {}
    for view, clips in sorted(views.items()):
        shared = mean_known(np.array(clips))
        bias[view] = [round(float(value), 4) for posture in (0, 8) for value in shared[posture]]
        if len(clips) > 1:
            squares.append((np.array(clips) - shared) ** 2 * len(clips) / (len(clips) - 1))
    return bias, float(np.sqrt(np.nanmean(np.concatenate(squares)))) if squares else float("nan")


def row_of(errors: list[Errors]) -> dict[str, Any]:
    """One keypoint's row of the table. A score bin that was seen too little takes the bin above times STEP_DOWN."""
    bins: list[dict[str, float] | None] = []
    for n in range(len(SCORE_EDGES) - 1):
        inside = [item for item in errors if score_bin(item.score) == n]
        frames = sum(int(np.isfinite(item.error[:, 0]).sum()) for item in inside)
        enough = len(inside) >= 4 and np.isfinite(offsets(inside)[1]) and frames >= FRAMES_MIN
        bins.append(spread(inside) | {"offset": offsets(inside)[1], "clips": len(inside)} if enough else None)
    last = spread(errors) | {"offset": offsets(errors)[1], "clips": 0}
    for n in range(len(bins) - 1, -1, -1):
        if bins[n] is None:
            bins[n] = {
                name: value * (STEP_DOWN if name in ("jitter", "wander", "offset") else 1)
                for name, value in last.items()
            }
            bins[n]["clips"] = 0
        last = bins[n]
    table: dict[str, Any] = {
        name: [round(float(values[name]), 5) for values in bins]
        for name in ("jitter", "wander", "correlation_s", "offset")
    }
    # A lower score never promises a smaller error.
    for name in ("jitter", "wander", "offset"):
        table[name] = [max(table[name][n:]) for n in range(len(table[name]))]
    return table | {"clips_per_bin": [int(values["clips"]) for values in bins], "bias": offsets(errors)[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the rendered calibration clips and their truth lie")
    folder = parser.parse_args().folder
    clips = [clip for clip in sorted(folder.glob("found_*.mp4")) if clip.with_suffix(".json").is_file()]
    if len(clips) < CLIPS_MIN:
        parser.error(
            f"{len(clips)} clips found_*.mp4 with truth in {folder.name}; {CLIPS_MIN} are the least to judge by"
        )
    everything: dict[str, list[Errors]] = defaultdict(list)
    for clip in clips:
        truth = json.loads(clip.with_suffix(".json").read_text(encoding="utf-8"))
        track = athlete_of(poses_of(clip))
        for item in errors_of(track, truth):
            everything[item.part].append(item)
        print(f"{clip.stem}: {track.time_s.size} frames, body height {body_height_px(track):.0f} px", flush=True)
    rows = {part: row_of(items) for part, items in everything.items()}
    rows["other"] = rows["wrist"]
    table = {
        "about": "Keypoint errors of the BlazePose networks: standard deviations of one coordinate, in shares of body "
        "height, by keypoint and by the lower edge of the score.",
        "source": f"Measured on {len(clips)} rendered clips with exact truth by scripts/make_noise_table.py: "
        + ", ".join(clip.stem.removeprefix("found_") for clip in clips)
        + ". Score bins with clips_per_bin 0 were not seen enough and are scaled from the bin above by "
        f"{STEP_DOWN:g}. Real people in loose clothes differ more; that is in the model term of each measure, which "
        "also rests on published studies of real people.",
        "score_edges": list(SCORE_EDGES),
        "keypoints": rows,
    }
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    for part, row in rows.items():
        print(
            part,
            {name: row[name] for name in ("jitter", "wander", "correlation_s", "offset", "clips_per_bin")},
            row["bias"],
        )


if __name__ == "__main__":
    main()
