"""Sideways tilt of the pelvis on rendered people against truth: benchmarks/pelvic_drop.md.

    python -m scripts.benchmarks.pelvic_drop FOLDER --render   # make the clips that are missing there (an hour)
    python -m scripts.benchmarks.pelvic_drop FOLDER            # print the tables
    python -m scripts.benchmarks.pelvic_drop FOLDER --write    # and put them into benchmarks/pelvic_drop.md

Poses are inferred once and kept beside the clips. `found_*` clips are for finding numbers, `tested_*` for judging.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from scripts.benchmarks.marked_page import write_part
from scripts.benchmarks.pelvic_clips import TWO_FEET
from scripts.rendering.calibration import CALIBRATION
from scripts.rendering.clip import ClipSpec, write_clip
from scripts.rendering.frontal_study import FRONTAL_STUDY
from scripts.rendering.pelvis_study import PELVIS_STUDY
from vidgait.evidence import PelvisCropper
from vidgait.first_pass import gather_evidence
from vidgait.kinematics import angles
from vidgait.kinematics.pelvis import carrying_legs, lowered_share, pelvic_tilt, pulled_deg, standing_level
from vidgait.kinematics.segments import find_segments
from vidgait.kinematics.signals import clean_track
from vidgait.kinematics.standing import SIDES
from vidgait.pose import create_estimator
from vidgait.settings import PoseSettings, Settings
from vidgait.tracking import build_track, choose_athlete, link_people
from vidgait.types import BLAZEPOSE, BoolArray, ClipPoses, FloatArray, FramePoses, Segment, Track
from vidgait.video import open_video

PAGE = Path(__file__).resolve().parents[2] / "benchmarks" / "pelvic_drop.md"
WAYS = ("hip line", "cloth", "waistband", "joined")
LARGE_DEG = 3.0
BENT_FROM = 0.05
FRAMES_MIN = 5


@dataclass(frozen=True, slots=True, eq=False)
class OneLeg:
    """Frames of a clip on one leg: errors of the joined value in degrees, + for a drop that reads too large."""

    error_deg: FloatArray
    before_deg: FloatArray
    """Without what is given back of the thighs' pull."""
    bent: BoolArray
    """The standing knee is."""


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """One clip: errors (T,) of each way in degrees, NaN where it gives none."""

    name: str
    view: str
    yaw_deg: float
    truth_deg: FloatArray
    error_deg: dict[str, FloatArray]
    sd_deg: FloatArray
    """Of the joined value."""
    one_leg: tuple[OneLeg, ...]
    crop_ms: float
    read_ms: float
    """Processor time per frame of the clip."""

    @property
    def tested(self) -> bool:
        return self.name.startswith("tested")

    def value_at_peak(self, way: str) -> float:
        at = int(np.argmax(np.abs(self.truth_deg)))
        return float(self.truth_deg[at] + self.error_deg[way][at])


def specs() -> dict[str, ClipSpec]:
    """Front and back views only; oblique ones to see them refused or doubted."""
    flat = {
        name: spec for name, spec in CALIBRATION.items() if name.split("_")[1] in ("front", "back") or "que_20" in name
    }
    return {**PELVIS_STUDY, **TWO_FEET, **FRONTAL_STUDY, **flat}


def measure(path: Path) -> Result:
    """Raises ValueError where nobody is seen from the front or the back."""
    poses = _poses(path)
    ids = link_people(poses)
    athlete, _ = choose_athlete(poses, ids, "auto")
    settings = Settings()
    track = clean_track(build_track(poses, ids, athlete), settings.signals, 6.0).track
    segments = find_segments(track, poses.size_px, settings.view, settings.subject)
    segment = max(segments, key=lambda one: one.end_s - one.start_s)
    if segment.view not in ("front", "back"):
        raise ValueError(f"{path.stem}: seen as {segment.view}")
    crops, crop_ms = _crops(path, poses)
    began = time.process_time()
    evidence = gather_evidence(crops, poses, ids, athlete, track, [segment])
    read_ms = 1e3 * (time.process_time() - began) / track.time_s.size
    standing = standing_level(track, segment)
    truth = _truth_deg(path, track.time_s)
    truth = truth - np.median(truth[standing])
    tilt = pelvic_tilt(track, segment, evidence)
    if tilt is None:
        raise ValueError(f"{path.stem}: no standing")
    hips = angles.pelvic_obliquity_deg(*(angles.level(track.point(f"{side}_hip"), segment.roll_deg) for side in SIDES))
    values = {"hip line": hips - np.nanmedian(hips[standing]), "joined": tilt.value_deg}
    sign = 1.0 if segment.view == "back" else -1.0
    for way, column in zip(("cloth", "waistband"), sign * evidence[0].value.T, strict=True):
        known = np.isfinite(column)
        near = np.abs(track.time_s[:, None] - evidence[0].time_s[known]).min(axis=1, initial=np.inf) < 0.15
        read = np.interp(track.time_s, evidence[0].time_s[known], column[known]) if known.any() else np.nan
        values[way] = np.where(near, read, np.nan)
    errors = {way: value - truth for way, value in values.items()}
    return Result(
        path.stem, segment.view, segment.yaw_deg or 0.0, truth, errors, tilt.sd_deg,
        _on_one_leg(track, segment, standing, errors["joined"]), crop_ms, read_ms,
    )  # fmt: skip


def _on_one_leg(track: Track, segment: Segment, standing: BoolArray, error_deg: FloatArray) -> tuple[OneLeg, ...]:
    given, found = pulled_deg(track, segment, standing), []
    for side, carries in carrying_legs(track, segment).items():
        bent = lowered_share(track, segment, standing, side) > BENT_FROM
        held = carries & np.isfinite(error_deg)
        drop = 1.0 if side == "left" else -1.0
        if held.sum() >= FRAMES_MIN:
            found.append(OneLeg(drop * error_deg[held], drop * (error_deg - given)[held], bent[held]))
    return tuple(found)


def _truth_deg(path: Path, time_s: FloatArray) -> FloatArray:
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    across = np.array(truth["points_m"]["left_hip"]) - np.array(truth["points_m"]["right_hip"])
    right_down = np.degrees(np.arctan2(across[:, 2], np.hypot(across[:, 0], across[:, 1])))
    return np.interp(time_s, truth["time_s"], right_down)


def _poses(path: Path) -> ClipPoses:
    kept = path.with_suffix(".poses.npz")
    if not kept.is_file() or kept.stat().st_mtime < path.stat().st_mtime:
        _infer(path, kept)
    saved = np.load(kept)
    size_px = int(saved["size_px"][0]), int(saved["size_px"][1])
    names = ("time_s", "media_time_s", "frame", "xy_px", "score", "xyz_m")
    return ClipPoses(**{name: saved[name] for name in names}, skeleton=BLAZEPOSE, size_px=size_px)


def _infer(path: Path, kept: Path) -> None:
    with open_video(path, Settings().video) as reader, create_estimator(PoseSettings(threads=1)) as estimator:
        frames = [(frame.time_s, frame.media_time_s, estimator.estimate([frame])[0]) for frame in reader.frames()]
        size_px = reader.info.size_px
    people = [each for _, _, each in frames]
    np.savez(
        kept, time_s=[each[0] for each in frames], media_time_s=[each[1] for each in frames],
        frame=np.repeat(np.arange(len(people)), [len(each.xy_px) for each in people]),
        xy_px=np.concatenate([each.xy_px for each in people]), score=np.concatenate([each.score for each in people]),
        xyz_m=np.concatenate([each.xyz_m for each in people if each.xyz_m is not None]), size_px=size_px,
    )  # fmt: skip


def _crops(path: Path, poses: ClipPoses) -> tuple[list, float]:
    cropper, crops, spent_s = PelvisCropper(), [], 0.0
    first = np.searchsorted(poses.frame, np.arange(poses.time_s.size + 1))
    with open_video(path, Settings().video) as reader:
        for frame in reader.frames():
            rows = slice(first[frame.index], first[frame.index + 1])
            people = FramePoses(poses.xy_px[rows], poses.score[rows], None, BLAZEPOSE)
            began = time.process_time()
            crops += cropper.cut(frame, people)
            spent_s += time.process_time() - began
    return crops, 1e3 * spent_s / poses.time_s.size


# --- tables ---------------------------------------------------------------------------------------------------------


def tables(results: list[Result]) -> str:
    straight = [one for one in results if "oblique" not in one.name]
    halves = (("found-on", [r for r in straight if not r.tested]), ("tested-on", [r for r in straight if r.tested]))
    parts = [_summary(halves), f"### On one leg\n\n{_one_leg(halves)}"]
    parts += [f"### {title.capitalize()} clips\n\n{_by_clip(half)}" for title, half in halves]
    parts.append(
        f"### Turned 17 to 20 degrees, not in the means\n\n{_by_clip([r for r in results if r not in straight])}"
    )
    return "\n\n".join(parts)


def _summary(halves: tuple[tuple[str, list[Result]], ...]) -> str:
    head = "| clips | way | mean error | mean of largest | answered | wrong sign, true > 3 |\n|---|---|---|---|---|---|"
    rows = [head]
    for title, half in halves:
        for way in WAYS:
            errors = [np.abs(one.error_deg[way]) for one in half]
            known = [error[np.isfinite(error)] for error in errors]
            known = [error for error in known if error.size]
            wrong, large = (sum(each) for each in zip(*(_wrong(one, way) for one in half), strict=True))
            answered = 100 * np.mean([np.isfinite(error).mean() for error in errors])
            means = f"{np.mean([e.mean() for e in known]):.2f} | {np.mean([e.max() for e in known]):.1f}"
            rows.append(f"| {title} ({len(half)}) | {way} | {means} | {answered:.0f} % | {wrong} of {large} |")
    rows.append("")
    for title, half in halves:
        covered = [_covered(one) for one in half]
        sure = sum(_surely_wrong(one) for one in half)
        rows.append(
            f"{title.capitalize()}: the 95 % band of the joined value holds the truth in "
            f"{100 * np.mean(covered):.1f} % of the frames (mean over clips; worst clip {100 * min(covered):.0f} %). "
            f"In {sure} frames it excludes zero on the wrong side of a true tilt above {LARGE_DEG:.0f} degrees.\n"
        )
    cost = np.median([[one.crop_ms, one.read_ms] for _, half in halves for one in half], axis=0)
    rows.append(f"Processor time per frame of the clip: {cost[0]:.2f} ms for crops, {cost[1]:.2f} ms for reading them.")
    return "\n".join(rows)


def _one_leg(halves: tuple[tuple[str, list[Result]], ...]) -> str:
    columns = ("clips", "seen from", "standing knee", "clips", "bias before", "after", "mean error before", "after")
    rows = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for title, half in halves:
        for view in ("front", "back"):
            for knee in ("straight", "bent"):
                legs = [
                    (leg.before_deg[chosen], leg.error_deg[chosen])
                    for one in half
                    if one.view == view
                    for leg in one.one_leg
                    if (chosen := leg.bent == (knee == "bent")).sum() >= FRAMES_MIN
                ]
                bias = [np.mean([each[k].mean() for each in legs]) for k in (0, 1)]
                size = [np.mean([np.abs(each[k]).mean() for each in legs]) for k in (0, 1)]
                numbers = " | ".join(f"{value:+.1f}" for value in bias) + " | " + " | ".join(f"{v:.1f}" for v in size)
                rows.append(f"| {title} | {view} | {knee} | {len(legs)} | {numbers} |")
    return "\n".join(rows)


def _wrong(one: Result, way: str) -> tuple[int, int]:
    value = one.truth_deg + one.error_deg[way]
    large = (np.abs(one.truth_deg) > LARGE_DEG) & np.isfinite(value)
    return int((np.sign(value) != np.sign(one.truth_deg))[large].sum()), int(large.sum())


def _surely_wrong(one: Result) -> int:
    value = one.truth_deg + one.error_deg["joined"]
    sure = (np.abs(value) > 1.96 * one.sd_deg) & (np.abs(one.truth_deg) > LARGE_DEG)
    return int((sure & (np.sign(value) != np.sign(one.truth_deg))).sum())


def _covered(one: Result) -> float:
    known = np.isfinite(one.sd_deg)
    return float((np.abs(one.error_deg["joined"]) <= 1.96 * one.sd_deg)[known].mean()) if known.any() else 1.0


def _by_clip(results: list[Result]) -> str:
    columns = ("clip", "view", "true peak", *WAYS, "mean error", "largest", "SD there", "in band")
    rows = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for one in sorted(results, key=lambda each: each.name):
        error = np.abs(one.error_deg["joined"])
        worst = int(np.nanargmax(error)) if np.isfinite(error).any() else 0
        peak = float(one.truth_deg[np.argmax(np.abs(one.truth_deg))])
        read = " | ".join(_number(one.value_at_peak(way)) for way in WAYS)
        rows.append(
            f"| {one.name} | {one.view} {one.yaw_deg:.0f} | {peak:.1f} | {read} | {np.nanmean(error):.2f} | "
            f"{error[worst]:.1f} | {one.sd_deg[worst]:.1f} | {100 * _covered(one):.0f} % |"
        )
    return "\n".join(rows)


def _number(value: float) -> str:
    return f"{value:.1f}" if np.isfinite(value) else "none"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--render", action="store_true")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    results = []
    for name, spec in specs().items():
        path = chosen.folder / f"{name}.mp4"
        if chosen.render and not path.is_file():
            write_clip(spec, chosen.folder)
        if not path.is_file():
            print(f"{name}: not rendered")
            continue
        try:
            results.append(measure(path))
        except ValueError as error:
            print(error)
    text = tables(results)
    print(text)
    if chosen.write:
        write_part(PAGE, "tables", text)


if __name__ == "__main__":
    main()
