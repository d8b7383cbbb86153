"""FPPA and femoral adduction from the front and the back: where the error comes from, and what was tried against it.

    python -m scripts.benchmarks.frontal_angles RENDERS --keep FOLDER            # infer once, print the table
    python -m scripts.benchmarks.frontal_angles RENDERS --keep FOLDER --write    # and write the page in benchmarks/

RENDERS holds the calibration clips (scripts/render_samples.py --calibration). Numbers were chosen on found_* clips.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np

from vidgait.kinematics import series as module
from vidgait.kinematics.segments import find_segments
from vidgait.kinematics.series import compute_series, off_frontal_deg
from vidgait.kinematics.signals import clean_track
from vidgait.kinematics.standing import SIDES, standing_frames
from vidgait.pose import create_estimator
from vidgait.settings import Settings
from vidgait.tracking import mirror_poses
from vidgait.truth.reference import Reference, at_times
from vidgait.truth.rendered import read_rendered
from vidgait.truth.validation import analysed
from vidgait.types import ClipPoses, Segment, Track
from vidgait.video import open_video

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "benchmarks" / "frontal_angles.md"
CUTOFF_HZ = 6.0
SIGN_FROM_DEG = 3.0
POINTING_DEG = 75.0
"""Beyond this thigh inclination FPPA means nothing from the front, by definition of the series."""
SETTINGS = Settings()
Change = Callable[[Segment], Segment]


@dataclass(frozen=True)
class Scene:
    clip: str
    track: Track
    mirrored: Track
    segment: Segment
    reference: Reference
    true_focal_px: float
    true_yaw_deg: float

    def truth(self, name: str, side: str) -> np.ndarray:
        return at_times(self.reference.time_s, self.reference.series[name, side], self.track.time_s)


@dataclass(frozen=True)
class Way:
    """One way of reading the same points."""

    name: str
    segment: Change
    hips: float = np.inf
    own: float = 1.0
    mirrored: bool = False


def _plain(segment: Segment) -> Segment:
    return _straight(replace(segment, focal_px=None))


def _straight(segment: Segment) -> Segment:
    return replace(segment, yaw_deg=180.0 if segment.view == "back" else 0.0)


def _same(segment: Segment) -> Segment:
    return segment


HIPS, OWN = module.HIP_CENTRES_OVER_HEIGHT, module._OWN_ALIGNMENT
STEPS = (
    Way("points as read", _plain),
    Way("+ perspective undone, focal length guessed", _straight),
    Way("+ turn undone", _same),
    Way("+ hip points no wider than hip joints", _same, HIPS),
    Way("+ standing reading two thirds discounted: **kept**", _same, HIPS, OWN),
)
TRIED = (
    Way("kept, and mean with the mirrored picture", _same, HIPS, OWN, True),
    Way("kept, without the turn", _straight, HIPS, OWN),
    Way("kept, without perspective", partial(replace, focal_px=None), HIPS, OWN),
)


def scenes(folder: Path, keep: Path) -> Iterator[Scene]:
    for path in sorted(folder.glob("*.mp4")):
        reference = read_rendered(path.with_suffix(".json"))
        if reference.view not in ("front", "back"):
            continue
        analysis = analysed(path, keep, SETTINGS)
        mirrored = analysis.raw.replace(xy_px=_mirrored_xy(path, keep, analysis.raw))
        tracks = [clean_track(one, SETTINGS.signals, CUTOFF_HZ).track for one in (analysis.raw, mirrored)]
        found = find_segments(
            tracks[0], analysis.poses.size_px, SETTINGS.view, SETTINGS.subject, analysis.video.focal_px
        )
        stored = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        yield Scene(path.stem, *tracks, found[0], reference, stored["camera"]["focal_px"], float(stored["yaw_deg"]))


def _mirrored_xy(path: Path, keep: Path, raw: Track) -> np.ndarray:
    """(T, K, 2) of the clip shown to the network mirrored, turned back. Clips hold one person."""
    kept = keep / f"{path.stem}_mirrored.npy"
    if not kept.is_file():
        with open_video(path, SETTINGS.video) as reader, create_estimator(SETTINGS.pose) as estimator:
            flipped = (replace(one, image=np.ascontiguousarray(one.image[:, ::-1])) for one in reader.frames())
            people = [estimator.estimate([one])[0] for one in flipped]
            size_px = reader.info.size_px
        xy = np.stack([one.xy_px[0] if len(one.xy_px) else np.full(raw.xy_px.shape[1:], np.nan) for one in people])
        count = len(xy)
        poses = ClipPoses(
            time_s=raw.time_s, media_time_s=raw.time_s, frame=np.arange(count), xy_px=xy,
            score=np.ones(xy.shape[:2]), xyz_m=None, skeleton=raw.skeleton, size_px=size_px,
        )  # fmt: skip
        np.save(kept, mirror_poses(poses).xy_px)
    return np.load(kept)


@contextmanager
def _constants(way: Way) -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(patch.object(module, "HIP_CENTRES_OVER_HEIGHT", way.hips))
        stack.enter_context(patch.object(module, "_OWN_ALIGNMENT", way.own))
        yield


@dataclass(frozen=True)
class Result:
    """One leg of one clip."""

    change: np.ndarray
    true_change: np.ndarray
    absolute: np.ndarray
    femur: np.ndarray
    deepest: int


def results(scene: Scene, way: Way) -> list[Result]:
    track = scene.track
    if way.mirrored:
        track = track.replace(xy_px=(track.xy_px + scene.mirrored.xy_px) / 2)
    segment = way.segment(scene.segment)
    if (off_frontal_deg(scene.segment) or 0.0) > SETTINGS.view.yaw_gate_fppa_deg:
        return []
    with _constants(way):
        values = {(one.name, one.side): one.value for one in compute_series(track, (segment,), SETTINGS.view)}
    stands = standing_frames(scene.track, scene.segment)
    found = []
    for side in SIDES:
        true, shown = scene.truth("fppa_deg", side), values["fppa_deg", side]
        usable = scene.truth("thigh_inclination_deg", side) <= POINTING_DEG
        shown = np.where(usable, shown, np.nan)
        since, since_true = (one - np.nanmedian(one[stands]) for one in (shown, true))
        femur = values["femoral_adduction_deg", side] - scene.truth("femoral_adduction_deg", side)
        depth = np.where(usable, scene.truth("knee_flexion_deg", side), -np.inf)
        found.append(Result(since - since_true, since_true, shown - true, femur, int(np.argmax(depth))))
    return found


def line(way: Way, some: list[Scene]) -> str:
    each = [one for scene in some for one in results(scene, way)]
    sizes = {
        "change": [np.nanmean(np.abs(one.change)) for one in each],
        "deepest": [abs(one.change[one.deepest]) for one in each],
        "absolute": [np.nanmean(np.abs(one.absolute)) for one in each],
        "bias": [np.nanmean(one.absolute) for one in each],
        "femur": [np.nanmean(np.abs(one.femur)) for one in each],
    }
    big = wrong = 0
    for one in each:
        counted = (np.abs(one.true_change) > SIGN_FROM_DEG) & np.isfinite(one.change)
        big += int(counted.sum())
        wrong += int((counted & (np.sign(one.true_change + one.change) != np.sign(one.true_change))).sum())
    numbers = " | ".join(f"{np.mean(values):.2f}" for values in sizes.values())
    return f"| {way.name} | {len(each)} | {numbers} | {wrong} of {big} |"


HEAD = (
    "| points and their reading | legs | change | change, deepest | FPPA | bias | femoral adduction | wrong sign |",
    "|---|---|---|---|---|---|---|---|",
)


def table(some: list[Scene]) -> list[str]:
    exact = Way("kept, with the true heading and focal length", _same, HIPS, OWN)
    lines = [*HEAD, *(line(way, some) for way in (*STEPS, *TRIED))]
    told = [
        replace(
            one,
            segment=replace(one.segment, yaw_deg=one.true_yaw_deg, yaw_error_deg=0.0, focal_px=one.true_focal_px),
        )
        for one in some
    ]
    return [*lines, line(exact, told)]


TEXT = """# FPPA and femoral adduction from the front and the back

Made by `python -m scripts.benchmarks.frontal_angles RENDERS --keep FOLDER --write`. Squats rendered with known joints,
seen from the front and the back, inside the gate for FPPA; degrees, mean absolute error over all frames of a leg, then
over legs. Numbers were chosen on found clips; tested clips only judge them.
*Change* is counted from quiet standing; *wrong sign* counts frames whose true change exceeds 3 degrees. Frames whose
thigh points at the camera (75 degrees or more) are left out: the program shows no FPPA there. The rendered hip joints
lie 0.104 of stature apart, an anatomical estimate; the program's 0.104 comes from the literature, not from them.
"""
NOTES = """## Where the error comes from

- **Turn.** A leg bent by 90 degrees reads 2.2 degrees for each degree of turn (measurement specification, section
  10.6). The heading may not lean on the knees: one knee falling in looks like a turn, and undoing it would take away
  what is to be measured (18 degrees between left and right became 12 with a heading that used the knees' travel).
- **Perspective.** A knee that comes forward is shown larger, so further from the midline: -3 to -8 degrees in a squat
  filmed from 3 to 3.6 m, more from nearer. Phones rarely store their focal length; the long side of the picture lies
  between a phone's 0.72 to 0.85 of it and 1.5 at twofold zoom.
- **Hip points** lie 0.118 to 0.128 of stature apart in standing, on rendered people and on four real ones, hip joints
  0.10 to 0.104 (Bell 1989).
- **Standing.** Straight legs read +5 on rendered people (true -0.7) and -5 to +4 on four real ones: this offset is no
  constant that could be subtracted, and not the person's own alignment either, which varies by 2.8 degrees (hip-knee-
  ankle angles of healthy adults, PMC3560206). A third of the standing reading is left in, the ratio of the variances.
- **The network itself** is what is left: with the true heading and focal length the change is hardly better. A thigh
  that points at the camera is short in the picture, and 1 % of stature aside is 5 degrees there.

## Tried and lost

- Mean of the network's points with those of the mirrored picture: 0.03 degrees better for the change on found clips,
  for twice the inference. On tested clips, which may not choose, 0.17 and ten wrong signs fewer: the first thing to try
  again on new clips.
- Regression of what is left on the body's pose (own and other knee, flexion, trunk lean, pelvis, hip shift, heading),
  fitted on found clips: 1.28 to 1.06 on them, but 2.06 with the clip left out, and 1.70 to 1.77 on tested clips. Trunk
  lean alone: 1.28 to 1.17, 1.20 left out, 1.70 to 1.65.
- The knee's height from hip, ankle and a table of how squats share flexion, as the knee point slides along the leg:
  0.1 to 0.3 worse at the bottom. The same table for how far hip and knee are ahead: 0.1 worse on found clips.
- One constant off the standing reading (-4.6, rendered people): right on renders alone.
- A heading from the feet alone (2.0 degrees RMS): the change is 0.3 worse on found clips than with all cues.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("renders", type=Path)
    parser.add_argument("--keep", type=Path, required=True, help="folder for the analyses, made once")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    every = list(scenes(options.renders, options.keep))
    parts = [TEXT]
    for group in ("found", "tested"):
        some = [one for one in every if one.clip.startswith(group)]
        parts += [f"## {group.capitalize()} clips", "", *table(some), ""]
    text = "\n".join([*parts, NOTES])
    print(text)
    if options.write:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
