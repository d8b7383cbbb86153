"""What every pose backend promises, in one class, and how the backends agree on a clip that ships."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.support.remote_pose import RemoteMediapipe
from vidgait.pose import PoseEstimator, create_estimator
from vidgait.pose.blazepose import BlazePose
from vidgait.pose.replay import ReplayEstimator
from vidgait.settings import PoseSettings, VideoSettings
from vidgait.types import BLAZEPOSE, ClipPoses, Frame, FramePoses
from vidgait.video import open_video

ROOT = Path(__file__).resolve().parents[2]
FRAMES = 30
BACKENDS = ("blazepose", "blazepose in batches", "mediapipe", "mediapipe elsewhere", "replay")
Maker = Callable[[], PoseEstimator]


@pytest.fixture(scope="module")
def sample() -> Path:
    found = sorted((ROOT / "sample_videos").glob("*squat*.mp4"))
    if not found:
        pytest.skip("no squat among sample_videos/")
    return found[0]


@pytest.fixture(scope="module")
def frames(sample: Path) -> list[Frame]:
    """Every other frame of the first seconds."""
    with open_video(sample, VideoSettings()) as reader:
        picked = []
        for frame in reader.frames():
            if frame.index % 2 == 0:
                frame.image.flags.writeable = False
                picked.append(frame)
            if len(picked) == FRAMES:
                break
    return picked


@pytest.fixture(scope="module")
def reference(frames: list[Frame]) -> list[FramePoses]:
    with create_estimator(PoseSettings(device="cpu", max_people=1)) as estimator:
        return estimator.estimate(frames)


def other_python() -> Path:
    named = os.environ.get("VIDGAIT_MEDIAPIPE_PYTHON")
    if not named:
        pytest.skip("VIDGAIT_MEDIAPIPE_PYTHON does not name a Python with mediapipe; scripts/test.sh makes one")
    return Path(named)


@pytest.fixture(scope="module", params=BACKENDS)
def make(request: pytest.FixtureRequest, frames: list[Frame], reference: list[FramePoses]) -> Maker:
    settings = PoseSettings(device="cpu", max_people=1)
    if request.param == "blazepose":
        return lambda: create_estimator(settings)
    if request.param == "blazepose in batches":
        return lambda: BlazePose(settings, batched=True)
    if request.param == "replay":
        return lambda: ReplayEstimator(clip_poses(frames, reference))
    if request.param == "mediapipe elsewhere":
        python = other_python()
        return lambda: RemoteMediapipe(python, settings)
    if importlib.util.find_spec("mediapipe") is None:
        pytest.skip('the extra is absent: pip install "vidgait[mediapipe]"')
    return lambda: create_estimator(PoseSettings(backend="mediapipe", max_people=1))


@pytest.fixture(scope="module")
def found(make: Maker, frames: list[Frame]) -> list[FramePoses]:
    """The backend's answer for all frames in one call."""
    with make() as made:
        return made.estimate(frames)


@pytest.fixture
def estimator(make: Maker) -> Iterator[PoseEstimator]:
    with make() as made:
        yield made


def clip_poses(frames: Sequence[Frame], poses: Sequence[FramePoses]) -> ClipPoses:
    counts = [len(one.xy_px) for one in poses]
    height, width = frames[0].image.shape[:2]
    return ClipPoses(
        time_s=np.array([frame.time_s for frame in frames]),
        media_time_s=np.array([frame.media_time_s for frame in frames]),
        frame=np.repeat(np.arange(len(frames)), counts),
        xy_px=np.concatenate([one.xy_px for one in poses]),
        score=np.concatenate([one.score for one in poses]),
        xyz_m=np.concatenate([one.xyz_m for one in poses if one.xyz_m is not None]),
        skeleton=BLAZEPOSE,
        size_px=(width, height),
    )


def row(keypoint: str) -> int:
    return BLAZEPOSE.index(keypoint)


class TestEveryBackend:
    def test_one_answer_a_frame_in_the_common_form(
        self, estimator: PoseEstimator, frames: list[Frame], found: list[FramePoses]
    ) -> None:
        assert len(found) == len(frames)
        for one in found:
            people = len(one.xy_px)
            assert one.skeleton is estimator.skeleton
            assert one.xy_px.shape == (people, len(one.skeleton.keypoints), 2)
            assert one.score.shape == one.xy_px.shape[:2]
            assert one.xyz_m is None or one.xyz_m.shape == (*one.xy_px.shape[:2], 3)
            assert np.isfinite(one.xy_px).all()
            assert ((one.score >= 0) & (one.score <= 1)).all()

    def test_the_person_is_found_and_stands_upright(self, frames: list[Frame], found: list[FramePoses]) -> None:
        assert sum(len(one.xy_px) == 1 for one in found) >= 0.95 * len(frames)
        for one in found:
            if not len(one.xy_px):
                continue
            height, width = frames[0].image.shape[:2]
            assert ((one.xy_px[0] > [-0.1 * width, -0.1 * height]) & (one.xy_px[0] < [1.1 * width, 1.1 * height])).all()
            assert one.xy_px[0, row("nose"), 1] < one.xy_px[0, row("left_hip"), 1] < one.xy_px[0, row("left_heel"), 1]

    def test_metres_have_y_up_and_their_origin_at_the_hips(self, found: list[FramePoses]) -> None:
        one = next(one for one in found if len(one.xy_px))
        assert one.xyz_m is not None
        assert one.xyz_m[0, row("nose"), 1] > 0.2
        assert one.xyz_m[0, row("left_ankle"), 1] < -0.3
        middle = one.xyz_m[0, BLAZEPOSE.indices("left_hip", "right_hip")].mean(axis=0)
        assert np.linalg.norm(middle) < 0.1
        # The metres point to the same side of the picture as the pixels.
        pixels = one.xy_px[0] - one.xy_px[0, BLAZEPOSE.indices("left_hip", "right_hip")].mean(axis=0)
        assert np.corrcoef(pixels[:, 0], one.xyz_m[0, :, 0])[0, 1] > 0.5

    def test_frames_may_come_in_parts(self, make: Maker, frames: list[Frame], found: list[FramePoses]) -> None:
        with make() as made:
            parts = [one for start in range(0, len(frames), 9) for one in made.estimate(frames[start : start + 9])]
        assert distance_percent(found, parts) < 0.5

    def test_backends_agree(self, reference: list[FramePoses], found: list[FramePoses]) -> None:
        """Within 2 % of body height, which leaves room for the smoothing of the official runtime."""
        assert distance_percent(reference, found) < 2.0

    def test_no_frames_give_no_answers(self, estimator: PoseEstimator) -> None:
        assert estimator.estimate([]) == []

    @pytest.mark.parametrize("size", [(120, 90), (2, 2), (3, 700)])
    def test_an_empty_picture_holds_nobody(self, estimator: PoseEstimator, size: tuple[int, int]) -> None:
        grey = np.full((*size, 3), 127, np.uint8)
        found = estimator.estimate([Frame(0, 1000.0, 1000.0, grey), Frame(1, 1000.04, 1000.04, grey)])
        assert [len(one.xy_px) for one in found] == [0, 0]

    def test_it_describes_itself_for_the_record(self, estimator: PoseEstimator) -> None:
        described = estimator.describe()
        assert described["backend"]
        assert json.loads(json.dumps(described)) == described
        assert str(ROOT) not in json.dumps(described)

    def test_closing_twice_is_harmless(self, make: Maker) -> None:
        made = make()
        made.close()
        made.close()


def distance_percent(first: Sequence[FramePoses], second: Sequence[FramePoses]) -> float:
    """Median distance of the legs' keypoints over frames where both see one person, in percent of nose to ankle."""
    parts = ("hip", "knee", "ankle", "heel", "toe")
    legs = BLAZEPOSE.indices(*(f"{side}_{part}" for part in parts for side in ("left", "right")))
    both = [(a.xy_px[0], b.xy_px[0]) for a, b in zip(first, second, strict=True) if len(a.xy_px) == len(b.xy_px) == 1]
    assert len(both) >= 0.9 * len(first)
    tall = max(float(np.linalg.norm(a[row("nose")] - a[row("left_ankle")])) for a, _ in both)
    return float(np.median([np.linalg.norm(a[legs] - b[legs], axis=1) for a, b in both])) / tall * 100


@pytest.mark.slow
def test_parity_with_the_official_runtime_on_a_shipped_clip(sample: Path) -> None:
    """The whole command, as the committed table is made; exit code 0 only within its limits."""
    command = [sys.executable, str(ROOT / "scripts" / "benchmark.py"), "parity", str(sample)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    said = subprocess.run(
        [*command, "--reference-python", str(other_python())], capture_output=True, text=True, env=environment
    )
    assert said.returncode == 0, said.stdout + said.stderr
    assert "ok" in said.stdout
