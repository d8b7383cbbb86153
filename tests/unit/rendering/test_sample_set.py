"""The shipped clips are what their list says, in size, number, content and words."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scripts.rendering.catalogue import END, SHOWS, START, picture_times_s, table
from scripts.rendering.samples import SAMPLES
from tests.support.clearance import leg_clearance_m

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = ROOT / "sample_videos"
JOINTS = ("hip", "knee", "ankle", "heel", "toe")
TRAVELLING = ("walk_side", "walk_front")


@cache
def truth(name: str) -> dict[str, Any]:
    return dict(json.loads((SHIPPED / f"{name}.json").read_text(encoding="utf-8")))


def test_the_folder_holds_the_list_and_nothing_else() -> None:
    names = {path.stem for path in SHIPPED.iterdir() if path.suffix in (".mp4", ".json")}
    assert names == set(SAMPLES) == set(SHOWS)
    assert {path.stem for path in (SHIPPED / "pictures").iterdir()} == set(SAMPLES)


def test_the_set_covers_what_it_should() -> None:
    specs = list(SAMPLES.values())
    assert len(specs) >= 20
    assert len({spec.body for spec in specs}) >= 8
    assert {spec.motion.label for spec in specs} == {
        "squat", "single_leg_squat", "single_leg_stance", "step_down", "lunge", "counter_movement_jump", "drop_jump",
        "walk", "run",
    }  # fmt: skip
    assert {truth(spec.name)["view"] for spec in specs} == {"front", "left", "right", "back", "oblique"}
    assert {spec.size_px for spec in specs} == {(720, 1280), (1280, 720)}
    assert {rep["side"] for spec in specs for rep in truth(spec.name)["reps"] if "side" in rep} >= {"left", "right"}


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_clip_is_small_and_of_a_useful_length(name: str) -> None:
    assert (SHIPPED / f"{name}.mp4").stat().st_size < 1_000_000
    assert (SHIPPED / f"{name}.json").stat().st_size < 320_000
    assert (SHIPPED / "pictures" / f"{name}.jpg").stat().st_size < 40_000
    assert 3.9 < truth(name)["time_s"][-1] < 12


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_file_shows_its_frames_when_the_truth_says(name: str) -> None:
    import av

    with av.open(str(SHIPPED / f"{name}.mp4")) as container:
        stream = container.streams.video[0]
        shown = sorted(
            float(packet.pts * packet.time_base) for packet in container.demux(stream) if packet.pts is not None
        )
        stored = (stream.codec_context.width, stream.codec_context.height)
    assert shown == pytest.approx(truth(name)["time_s"], abs=2e-5)
    assert (stored[::-1] if SAMPLES[name].rotation_deg % 180 else stored) == SAMPLES[name].size_px


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_person_is_in_the_picture(name: str) -> None:
    width, height = SAMPLES[name].size_px
    places = np.array(list(truth(name)["points_px"].values()))
    inside = ((places >= 0) & (places < [width, height])).all(axis=2).all(axis=0)
    assert inside.mean() > (0.9 if name in TRAVELLING else 0.999)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_no_leg_passes_through_the_other_one(name: str) -> None:
    points = {
        f"{side}_{joint}": np.array(truth(name)["points_m"][f"{side}_{joint}"])
        for side in ("left", "right")
        for joint in JOINTS
    }
    for frame in range(0, len(truth(name)["time_s"]), 5):
        joints = {joint: places[frame] for joint, places in points.items()}
        assert leg_clearance_m(SAMPLES[name].body, joints) > 0, frame


def test_the_readme_says_what_the_truth_says() -> None:
    text = (SHIPPED / "README.md").read_text(encoding="utf-8")
    shown = START + text.split(START)[1].split(END)[0] + END
    assert shown == table(SAMPLES, {name: truth(name) for name in SAMPLES})


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_small_pictures_look_where_the_clip_is(name: str) -> None:
    times_s = picture_times_s(truth(name))
    assert 2 <= len(times_s) <= 4
    assert times_s == sorted(times_s)
    assert times_s[-1] < truth(name)["time_s"][-1]


def test_ten_small_frames_show_the_person_where_the_truth_says(tmp_path: Path) -> None:
    """Through the command, compiled as in use: nose and knees are skin, and the nose goes down with the squat."""
    import av

    name = "single_leg_squat_right"
    command = [sys.executable, str(ROOT / "scripts" / "render_samples.py"), "--only", name, "--out", str(tmp_path)]
    subprocess.run([*command, "--frames", "10", "--scale", "0.25"], check=True, timeout=300, capture_output=True)
    part = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
    with av.open(str(tmp_path / f"{name}.mp4")) as container:
        frames = [frame.to_ndarray(format="rgb24").astype(float) for frame in container.decode(video=0)]
    assert len(frames) == len(part["time_s"]) == 10
    assert frames[0].shape == (320, 180, 3)
    for point in ("nose", "left_knee", "right_knee"):
        for frame, (x, y) in zip(frames, part["points_px"][point], strict=True):
            red, green, blue = frame[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2].mean(axis=(0, 1))
            assert red > green + 10 > blue + 10, point
    heights = [y for _, y in part["points_px"]["nose"]]
    assert max(heights) > min(heights) + 15
    step = len(truth(name)["time_s"]) // 10
    shipped = np.array(truth(name)["points_px"]["nose"])[: step * 10 : step]
    assert np.array(part["points_px"]["nose"]) == pytest.approx(shipped / 4, abs=0.3)
