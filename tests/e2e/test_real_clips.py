"""Repetitions on real footage, against what a person sees in it (INDEX.md beside the clips).

Each clip is analysed once, from its pixels, by the public function.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest

import vidgait
from vidgait.types import Analysis

pytestmark = [pytest.mark.clips, pytest.mark.slow]

# Frames of the lowest points, and INDEX.md's tolerance in frames.
SQUATS = {
    "lnewco/bad_IMG_7032.mov": ([43], 2),
    "lnewco/bad_IMG_7033.mov": ([32], 2),
    "lnewco/good_IMG_7026.mov": ([39], 2),
    "lnewco/good_IMG_7027.mov": ([37], 2),
    "lnewco/good_IMG_7051.mov": ([46], 2),
    "lnewco/good_IMG_7052.mov": ([29], 2),
    "squat_mirror/squat.mp4": ([316, 520], 4),
    "tfjs/pose_squats.mp4": ([10, 34], 1),
}
STANDS = {"opencap/STS/video.mp4": [69, 237, 399, 556, 711]}
NOTHING = (
    "opencap/walk/video.mp4",
    "opencap/walk_ts/video.mp4",
    "pose2sim/SinglePerson/cam01.mp4",
    "pose2sim/SinglePerson/cam02.mp4",
    "pose2sim/SinglePerson/cam03.mp4",
    "pose2sim/SinglePerson/cam04.mp4",
    "pose2sim/MultiPerson/cam02.mp4",
    "sports2d/demo.mp4",
    "sports2d/demo4.mp4",
    "sports2d/demo5.mp4",
    "tfjs/pose_1.mp4",
)
EYE_S = 0.15


@functools.cache
def analysed(path: Path) -> Analysis:
    return vidgait.analyze(path)


def counted(analysis: Analysis) -> list[vidgait.types.Rep]:
    return [rep for rep in analysis.reps if rep.kind == "rep"]


@pytest.mark.parametrize("name", SQUATS)
def test_squats_are_counted_and_their_bottoms_found(clips: Path, name: str) -> None:
    frames, tolerance = SQUATS[name]
    analysis = analysed(clips / name)
    time_s = analysis.clean.time_s
    assert analysis.movement.label == "squat"
    reps = counted(analysis)
    assert [rep.index for rep in reps] == list(range(1, len(frames) + 1))
    allowed_s = max(EYE_S, (tolerance + 1) * float(np.median(np.diff(time_s))))
    assert [rep.instants["bottom"] for rep in reps] == pytest.approx(time_s[frames].tolist(), abs=allowed_s)


@pytest.mark.parametrize("name", [name for name in SQUATS if name.startswith("lnewco")])
def test_overhead_squats_are_flagged(clips: Path, name: str) -> None:
    assert "overhead" in analysed(clips / name).movement.basis


def test_the_cut_off_squat_is_partial(clips: Path) -> None:
    analysis = analysed(clips / "tfjs/pose_squats.mp4")
    partial = [rep for rep in analysis.reps if rep.kind == "partial"]
    assert [rep.index for rep in partial] == [0]
    assert partial[0].instants["bottom"] == pytest.approx(analysis.clean.time_s[59], abs=0.4)


@pytest.mark.parametrize("name", STANDS)
def test_stands_from_a_bench(clips: Path, name: str) -> None:
    analysis = analysed(clips / name)
    assert analysis.movement.label == "sit_to_stand"
    stands = [rep.instants["top"] for rep in counted(analysis)]
    assert stands == pytest.approx(analysis.clean.time_s[STANDS[name]].tolist(), abs=EYE_S)


@pytest.mark.parametrize("name", NOTHING)
def test_nothing_is_counted_where_nobody_squats(clips: Path, name: str) -> None:
    analysis = analysed(clips / name)
    assert analysis.movement.label is None
    assert analysis.reps == ()
    assert analysis.measures == ()
    assert analysis.movement.basis


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("lnewco/good_IMG_7051.mov", ("knee_flexion_bottom", "thigh_inclination_bottom", "trunk_lean_bottom")),
        ("squat_mirror/squat.mp4", ("knee_flexion_bottom", "hip_flexion_bottom", "shank_inclination_bottom")),
        (
            "lnewco/good_IMG_7052.mov",
            ("knee_separation_ankles", "hip_shift_bottom", "thigh_inclination_vertical_bottom"),
        ),
    ],
)
def test_usable_clips_are_answered(clips: Path, name: str, ids: tuple[str, ...]) -> None:
    measures = analysed(clips / name).measures
    for id in ids:
        found = [one for one in measures if one.id == id and one.rep is None and one.value is not None]
        assert found, id
        assert all(one.error >= one.noise for one in found)
