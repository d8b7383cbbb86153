"""How close `blazepose` is to MediaPipe's own runtime with the same networks on the same decoded pictures.

Both sides follow one person through the clip. Three comparisons, each as the median distance in percent of body
height, for hips, knees, ankles, heels and toes:

- *video*: the official video mode, which smooths its points (One-Euro), against ours with that same smoothing added.
  This is the criterion.
- *unsmoothed*: the same official points against ours as they are; what is added is the official filter's delay.
- *stills*: the official image mode against ours with the detector on every such frame. There is no memory of earlier
  frames here, so that differences cannot build up: it checks cropping, networks and decoding alone.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from benchmarks.one_euro import smooth

from vidgait.pose.blazepose import DETECTOR_FILE, LANDMARKS_FILE, Follower
from vidgait.pose.detector import PersonDetector
from vidgait.pose.landmarks import LandmarkNetwork, Pose
from vidgait.pose.runtime import session
from vidgait.pose.weights import weights_path
from vidgait.settings import PoseSettings, VideoSettings
from vidgait.types import BLAZEPOSE, Frame
from vidgait.video import open_video

__all__ = ["JOINTS", "ClipParity", "markdown", "measure", "write"]

JOINTS = tuple(f"{side}_{part}" for part in ("hip", "knee", "ankle", "heel", "toe") for side in ("left", "right"))
TASK_FILE = "pose_landmarker_full.task"
REFERENCE = Path(__file__).with_name("reference_poses.py")
STILLS_EVERY = 10
FILLING = 12
"""Frames handed over at once."""
LIMIT_PERCENT = 1.0
STATURE_OVER_CHAIN = 1.12
"""Stature over the chain ankle, knee, hip, shoulder, nose: the foot and the top of the head are not in it."""

XY = np.ndarray


@dataclass(frozen=True)
class ClipParity:
    clip: str
    reference: str
    frames: int
    detected_official: int
    detected_vidgait: int
    body_height_px: float
    video_percent: dict[str, float]
    unsmoothed_percent: dict[str, float]
    stills_percent: dict[str, float]
    p95_video_percent: float

    @property
    def passed(self) -> bool:
        allowed = max(1.0, 0.01 * self.frames)
        close = abs(self.detected_official - self.detected_vidgait) <= allowed
        return close and all(value < LIMIT_PERCENT for value in self.video_percent.values())


def measure(clip: Path, reference_python: Path, name: str | None = None) -> ClipParity:
    """Run both sides over one clip. Frames go to the other environment as they were decoded."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        ours = _both(clip, reference_python, folder)
        with np.load(folder / "reference.npz") as loaded:
            official = {key: loaded[key] for key in loaded.files}
    return _compare(name or clip.name, official, ours)


@dataclass(frozen=True)
class _Ours:
    time_s: np.ndarray
    """(T,) whole milliseconds, as the official runtime was told"""
    xy_px: XY
    scale_px: np.ndarray
    stills: XY


def _both(clip: Path, reference_python: Path, folder: Path) -> _Ours:
    """Our poses; the reference leaves its own in the folder."""
    command = [str(part) for part in (reference_python, REFERENCE, weights_path(TASK_FILE))]
    command += [str(folder / "frames"), str(folder / "reference.npz")]
    following, fresh = _strategies()
    times_ms: list[int] = []
    poses: list[Pose | None] = []
    stills: list[Pose | None] = []
    with (
        open_video(clip, VideoSettings()) as reader,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process,
    ):
        width, height = reader.info.size_px
        _tell(process, {"width": width, "height": height, "stills_every": STILLS_EVERY})
        frames = reader.frames()
        while filling := list(itertools.islice(frames, FILLING)):
            (folder / "frames").write_bytes(b"".join(frame.image.tobytes() for frame in filling))
            first = len(times_ms)
            for frame in filling:
                times_ms.append(max(round(frame.time_s * 1000), times_ms[-1] + 1 if times_ms else 0))
            _tell(process, times_ms[first:])
            poses += [_first(following, frame) for frame in filling]
            stills += [_first(fresh(), frame) for k, frame in enumerate(filling, first) if k % STILLS_EVERY == 0]
            _await(process)
    if process.returncode:
        raise RuntimeError(f"the reference failed: run {' '.join(command)} by hand")
    scale = [pose.next_region.side_px if pose is not None and pose.next_region else np.nan for pose in poses]
    return _Ours(np.array(times_ms) / 1000, _points(poses), np.array(scale), _points(stills))


def _tell(process: subprocess.Popen[str], values: object) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(values) + "\n")
    process.stdin.flush()


def _await(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    if not process.stdout.readline():
        raise RuntimeError("the reference stopped: is mediapipe >= 1.2 installed in its environment?")


def _strategies():  # type: ignore[no-untyped-def]
    """A follower of one person, and a maker of fresh ones."""
    settings = PoseSettings()
    detector = PersonDetector(session(weights_path(DETECTOR_FILE), "cpu")[0], settings.detection_score)
    landmarks = LandmarkNetwork(session(weights_path(LANDMARKS_FILE), "cpu")[0], settings.presence_score)

    def fresh() -> Follower:
        return Follower(detector, landmarks, 1, settings.search_every_s)

    return fresh(), fresh


def _first(follower: Follower, frame: Frame) -> Pose | None:
    people = follower.estimate([frame])[0]
    return people[0] if people else None


def _points(poses: Sequence[Pose | None]) -> XY:
    nobody = np.full((len(BLAZEPOSE.keypoints), 2), np.nan)
    return np.array([nobody if pose is None else pose.xy_px for pose in poses]).reshape(-1, *nobody.shape)


def _compare(name: str, official: dict[str, np.ndarray], ours: _Ours) -> ClipParity:
    wanted = official["xy_px"]
    height_px = body_height_px(wanted)
    smoothed = smooth(ours.xy_px, ours.time_s, ours.scale_px)
    return ClipParity(
        clip=name,
        reference=f"mediapipe {official['version']}",
        frames=len(wanted),
        detected_official=int(np.isfinite(wanted[:, 0, 0]).sum()),
        detected_vidgait=int(np.isfinite(ours.xy_px[:, 0, 0]).sum()),
        body_height_px=round(height_px, 1),
        video_percent=_medians(smoothed, wanted, height_px),
        unsmoothed_percent=_medians(ours.xy_px, wanted, height_px),
        stills_percent=_medians(ours.stills, official["still_xy_px"], height_px),
        p95_video_percent=round(float(np.nanpercentile(_distances(smoothed, wanted, height_px), 95)), 3),
    )


def body_height_px(xy_px: XY) -> float:
    """Stature in the picture, from the chain of segments, so that a deep squat is as tall as a stand: the 90th
    percentile over the clip, as segments look shorter when they point at the camera, never longer."""

    def length(first: Sequence[str], second: Sequence[str]) -> np.ndarray:
        ends = [np.mean([xy_px[:, BLAZEPOSE.index(name)] for name in names], axis=0) for names in (first, second)]
        distance: np.ndarray = np.linalg.norm(ends[0] - ends[1], axis=-1)
        return distance

    def both(part: str) -> tuple[str, str]:
        return f"left_{part}", f"right_{part}"

    chain = sum(
        np.mean([length([f"{side}_{a}"], [f"{side}_{b}"]) for side in ("left", "right")], axis=0)
        for a, b in (("ankle", "knee"), ("knee", "hip"))
    )
    chain = chain + length(both("hip"), both("shoulder")) + length(both("shoulder"), ["nose"])
    return float(np.nanpercentile(chain, 90)) * STATURE_OVER_CHAIN


def _distances(first: XY, second: XY, height_px: float) -> np.ndarray:
    columns = BLAZEPOSE.indices(*JOINTS)
    distance: np.ndarray = np.linalg.norm(first[:, columns] - second[:, columns], axis=-1) / height_px * 100
    return distance


def _medians(first: XY, second: XY, height_px: float) -> dict[str, float]:
    distance = _distances(first, second, height_px)
    return {joint: round(float(np.nanmedian(distance[:, k])), 3) for k, joint in enumerate(JOINTS)}


def write(results: Sequence[ClipParity], folder: Path) -> None:
    values = [asdict(result) | {"passed": result.passed} for result in results]
    (folder / "parity.json").write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    (folder / "parity.md").write_text(markdown(results), encoding="utf-8")


def markdown(results: Sequence[ClipParity]) -> str:
    """The committed page."""
    lines = ["# `blazepose` against MediaPipe's own runtime", "", *_INTRODUCTION, ""]
    lines += ["| clip | frames | found official | found vidgait | body height px | worst joint, video | pass |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for one in results:
        worst = max(one.video_percent, key=one.video_percent.__getitem__)
        lines.append(
            f"| {one.clip} | {one.frames} | {one.detected_official} | {one.detected_vidgait} | "
            f"{one.body_height_px:.0f} | {worst} {one.video_percent[worst]:.2f} | {'yes' if one.passed else '**no**'} |"
        )
    for title, field in _TABLES:
        lines += ["", f"## {title}", "", "| clip | " + " | ".join(JOINTS) + " |", "|---" * (len(JOINTS) + 1) + "|"]
        for one in results:
            row = " | ".join(f"{getattr(one, field)[joint]:.2f}" for joint in JOINTS)
            lines.append(f"| {one.clip} | {row} |")
    return "\n".join(lines) + "\n"


_TABLES = (
    ("Video mode, the official smoothing on both sides", "video_percent"),
    ("Video mode, our points unsmoothed", "unsmoothed_percent"),
    ("Single pictures", "stills_percent"),
)
_INTRODUCTION = (
    "Made by `python scripts/benchmark.py parity CLIP... --write`. Median distance over the frames of a clip, in",
    "percent of body height. Both sides have the same networks, the same decoded pictures and follow one person",
    "(RunningMode.VIDEO, `num_poses=1`, time in whole milliseconds, which is all that runtime takes).",
    "",
    "The official video mode smooths its points with a One-Euro filter (minimum cut-off 0.05 Hz, beta 80, derivative",
    "cut-off 1 Hz, scaled by the region's side); its image mode and its next regions are not smoothed. vidgait leaves",
    "smoothing to `kinematics`, which looks both ways in time and does not delay. So the first table adds exactly",
    "that filter to our points, and is the criterion: every joint below 1 %, and frames with a person that differ by",
    "at most one or 1 %. The second compares our points as they are, and so holds the delay of the official filter.",
    f"The third compares the image mode on every {STILLS_EVERY}th frame, where nothing is carried over.",
    "",
    "What is left is the order in which two inference engines add up, which the loop from each pose to the next crop",
    "lets grow. mediapipe 0.10.21 and 1.2.2, compared in the same way, differ by 0.2 to 0.5 % from each other on",
    "lnewco/good_IMG_7051.mov, and by 0.2 to 0.6 % on pose2sim/SinglePerson/cam02.mp4.",
)
