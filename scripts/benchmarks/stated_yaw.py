"""What a stated turn and a line on the floor are worth: FPPA of simulated squats at the bottom, against the truth.

    python -m scripts.benchmarks.stated_yaw            # print the tables (four minutes)
    python -m scripts.benchmarks.stated_yaw --write    # and put them into benchmarks/stated_yaw.md

People made of lines, without keypoint noise: what is left is the camera. So that the body does not tell its turn better
than real ones do, both feet are turned to one side (SD 3.5 degrees) and the network's 3-D points follow them by a
third, as rendered people showed (benchmarks/yaw.md).
"""

from __future__ import annotations

import argparse
import itertools
from collections import defaultdict
from pathlib import Path

import numpy as np

from scripts.benchmarks.marked_page import write_part
from vidgait.known_poses import analyze_poses
from vidgait.settings import Settings
from vidgait.truth.skeleton_film import Camera, clip_poses, network_habits
from vidgait.truth.skeleton_motion import Body, Motion
from vidgait.truth.skeleton_pose import skeleton_m
from vidgait.truth.skeleton_strength import squat
from vidgait.types import BLAZEPOSE, ClipPoses, FloatArray, Track

PAGE = Path(__file__).resolve().parents[2] / "benchmarks" / "stated_yaw.md"
YAWS_DEG = (-10.0, -5.0, 0.0, 5.0, 10.0)
CAMERA_HEIGHTS_M = (0.4, 1.0, 1.6)
PITCHES_DEG = (-5.0, 0.0, 5.0)
ROLLS_DEG = (-2.0, 2.0)
FOOT_TURN_SD_DEG, PRIOR_FOLLOWS = 3.5, 1 / 3
STATED_SD_DEG, STANCE_SD_DEG, CLICK_SD_PX = 1.5, 1.0, 3.0
FPPA_DEG = {"left": 10.0, "right": 0.0}
KNEE_DEG = 75.0
FOCAL_PX = 1500.0
OPEN_GATE_DEG = 20.0
LINE_LENGTHS_M = (1.5, 1.2, 0.9, 0.6, 0.4, 0.3)
"""The longest that lies in the picture is clicked."""
MODES = (
    "read from the body",
    "`--yaw-deg`, off by SD 1.5",
    "`--floor-line`",
    "`--floor-line`, `--camera-height-m`",
)
ACROSS = "a line across the floor, camera taken as level (not offered)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    tables = _tables()
    print(tables)
    if write:
        write_part(PAGE, "tables", tables)


def _tables() -> str:
    rng = np.random.default_rng(0)
    rows: dict[str, list[tuple[float, float, float, float, float, float, float]]] = defaultdict(list)
    for yaw, height, pitch, roll in itertools.product(YAWS_DEG, CAMERA_HEIGHTS_M, PITCHES_DEG, ROLLS_DEG):
        camera = Camera(focal_px=FOCAL_PX, height_m=height, pitch_deg=pitch, roll_deg=roll)
        poses = _clip(yaw, camera, rng.normal(0, FOOT_TURN_SD_DEG))
        line_yaw = yaw + rng.normal(0, STANCE_SD_DEG)
        line = _line_px(camera, line_yaw) + rng.normal(0, CLICK_SD_PX, (2, 2))
        clicked = tuple(float(value) for value in line.ravel())
        told = (
            {},
            {"yaw_deg": yaw + rng.normal(0, STATED_SD_DEG)},
            {"floor_line": clicked},
            {"floor_line": clicked, "camera_height_m": height, "height_m": Body().height_m},
        )
        for mode, options in zip(MODES, told, strict=True):
            rows[mode] += _errors(poses, options, yaw, height)
        off = _by_line_across(camera, line_yaw, rng) - yaw
        rows[ACROSS].append((yaw, height, off, *[np.nan] * 4))
    return _turns(rows) + "\n\n" + _fppa(rows)


def _errors(poses: ClipPoses, options: dict, yaw: float, height: float) -> list:
    view = {"heading_habits": "prior", "yaw_gate_fppa_deg": OPEN_GATE_DEG}
    analysis = analyze_poses(
        poses, settings=Settings.from_mapping({"movement": "squat", "view": view, "error": {"draws": 60}}), **options
    )
    segment = analysis.segments[0]
    result = []
    for side, truth in FPPA_DEG.items():
        found = analysis.find("fppa_bottom", side)
        change = analysis.find("fppa_change_60_degrees", side)
        off = np.nan if found is None or found.value is None else found.value - truth
        of_change = np.nan if change is None or change.value is None else change.value - truth * 60.0 / KNEE_DEG
        error = np.nan if found is None or found.error is None else found.error
        result.append((yaw, height, segment.yaw_deg - yaw, segment.yaw_error_deg, off, error, of_change))
    return result


def _clip(yaw_deg: float, camera: Camera, foot_turn_deg: float) -> ClipPoses:
    motion = squat(KNEE_DEG, reps=2, valgus_deg=FPPA_DEG, yaw_deg=yaw_deg, shape="minimum_jerk")
    return clip_poses([network_habits(_film(motion, camera, foot_turn_deg))], camera.size_px)


def _film(motion: Motion, camera: Camera, foot_turn_deg: float) -> Track:
    """As `skeleton_film.film`, both feet turned about the heels, and the 3-D points by a share of it."""
    world = skeleton_m(motion)
    for side in ("left", "right"):
        heel, toe = BLAZEPOSE.indices(f"{side}_heel", f"{side}_toe")
        world[:, toe] = world[:, heel] + _about_vertical(world[:, toe] - world[:, heel], foot_turn_deg)
    hips = world[:, BLAZEPOSE.indices("left_hip", "right_hip")].mean(axis=1, keepdims=True)
    prior = _about_vertical(world - hips, PRIOR_FOLLOWS * foot_turn_deg) @ camera.axes().T
    score = np.full(world.shape[:2], 0.98)
    return Track(motion.time_s.copy(), camera.project(world), score, prior, BLAZEPOSE)


def _about_vertical(vector_m: FloatArray, yaw_deg: float) -> FloatArray:
    """Turned so that a heading grows by `yaw_deg`: what points at the camera turns to the picture's left."""
    turn = np.radians(yaw_deg)
    x, y, z = np.moveaxis(vector_m, -1, 0)
    return np.stack([x * np.cos(turn) - z * np.sin(turn), y, x * np.sin(turn) + z * np.cos(turn)], axis=-1)


def _line_px(camera: Camera, yaw_deg: float, across: bool = False) -> FloatArray:
    turn = np.radians(yaw_deg)
    ahead = np.array([-np.sin(turn), 0.0, np.cos(turn)])
    if across:
        side = np.array([ahead[2], 0.0, -ahead[0]])
        return camera.project(np.array([-0.6 * side, 0.6 * side]))
    ends = [camera.project(np.array([0.0 * ahead, length * ahead])) for length in LINE_LENGTHS_M]
    return next(end for end in ends if (end > 10).all() and (end < np.array(camera.size_px) - 10).all())


def _by_line_across(camera: Camera, yaw_deg: float, rng: np.random.Generator) -> float:
    """The turn that a line across the floor would give where neither roll nor pitch is known."""
    (x1, y1), (x2, y2) = _line_px(camera, yaw_deg, across=True) + rng.normal(0, CLICK_SD_PX, (2, 2))
    under_px = (y1 + y2) / 2 - camera.size_px[1] / 2
    guess_px = float(max(camera.size_px))
    turn = np.degrees(np.arctan(guess_px * (y2 - y1) / (x2 - x1) / max(under_px, 30.0)))
    return float(turn)


def _turns(rows: dict) -> str:
    head = (
        "| how the turn is known | camera at | mean absolute error of the turn | 95th percentile | "
        "stated half-width | held |"
    )
    lines = [head, "|---|---|---|---|---|---|"]
    for mode, height in itertools.product((*MODES, ACROSS), CAMERA_HEIGHTS_M):
        kept = np.array([row for row in rows[mode] if row[1] == height])
        off, stated = np.abs(kept[:, 2]), kept[:, 3]
        held = f"{100 * np.mean(off <= stated):.0f} %" if np.isfinite(stated).all() else "-"
        width = f"{np.median(stated):.1f}" if np.isfinite(stated).all() else "-"
        lines.append(f"| {mode} | {height:g} m | {off.mean():.1f} | {np.percentile(off, 95):.1f} | {width} | {held} |")
    return "\n".join(lines)


def _fppa(rows: dict) -> str:
    head = (
        "| how the turn is known | true turn | answered | FPPA: mean absolute error | 95th percentile | bias | "
        "change at 60°: mean absolute error | stated half-width | held |"
    )
    lines = [head, "|" + "---|" * 9]
    for mode, yaws in itertools.product(MODES, ((0.0,), (-5.0, 5.0), (-10.0, 10.0))):
        kept = np.array([row for row in rows[mode] if row[0] in yaws])
        seen = kept[np.isfinite(kept[:, 4])]
        off = np.abs(seen[:, 4])
        name = "0" if yaws == (0.0,) else f"±{yaws[1]:.0f}"
        lines.append(
            f"| {mode} | {name} | {100 * len(seen) / len(kept):.0f} % | {off.mean():.1f} | "
            f"{np.percentile(off, 95):.1f} | {seen[:, 4].mean():+.1f} | {np.nanmean(np.abs(seen[:, 6])):.1f} | "
            f"{np.median(seen[:, 5]):.0f} | {100 * np.mean(off <= seen[:, 5]):.0f} % |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
