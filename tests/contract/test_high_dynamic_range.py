"""A phone that films in HDR gives the joints that the same scene gives in an ordinary video."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.support.clips import Colour, make_clip
from tests.support.hdr import lifted
from vidgait.pose import create_estimator
from vidgait.settings import PoseSettings, VideoSettings
from vidgait.types import BLAZEPOSE, Frame, FramePoses
from vidgait.video import open_video

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_videos" / "squat_front.mp4"
FRAMES = 15
EVERY = 8
"""So that standing and the bottom of a squat are both among them."""
LEGS = BLAZEPOSE.indices(
    *(f"{side}_{part}" for part in ("hip", "knee", "ankle", "heel", "toe") for side in ("left", "right"))
)


def joints(frames: Sequence[Frame]) -> list[FramePoses]:
    with create_estimator(PoseSettings(device="cpu", max_people=1)) as estimator:
        return estimator.estimate(frames)


@pytest.fixture(scope="module")
def ordinary() -> list[Frame]:
    with open_video(SAMPLE, VideoSettings()) as reader:
        return [frame for frame in reader.frames() if frame.index % EVERY == 0][:FRAMES]


@pytest.fixture(scope="module")
def wanted(ordinary: list[Frame]) -> list[FramePoses]:
    return joints(ordinary)


def distances_percent(first: Sequence[FramePoses], second: Sequence[FramePoses]) -> np.ndarray:
    """(T, 10) distance of the legs' keypoints in percent of body height (nose to lowest heel, at its tallest, which is
    a little less than the body: the percentage is a little too large)."""
    assert all(len(one.xy_px) == 1 for one in (*first, *second))
    a, b = (np.array([one.xy_px[0] for one in poses]) for poses in (first, second))
    heels = a[:, BLAZEPOSE.indices("left_heel", "right_heel"), 1].max(axis=1)
    tall_px = (heels - a[:, BLAZEPOSE.index("nose"), 1]).max()
    return np.linalg.norm(a[:, LEGS] - b[:, LEGS], axis=2) / tall_px * 100


@pytest.mark.slow
@pytest.mark.parametrize(
    ("transfer", "codec", "pix_fmt"),
    [("HLG", "libx265", "yuv420p10le"), ("PQ", "libx265", "yuv420p10le"), ("HLG", "libx264", "yuv420p")],
)
def test_joints_are_those_of_the_ordinary_picture(
    tmp_path: Path, ordinary: list[Frame], wanted: list[FramePoses], transfer: str, codec: str, pix_fmt: str
) -> None:
    """Median within 1 % of body height."""
    path = make_clip(
        tmp_path / "clip.mov",
        lambda index, _: lifted(ordinary[index].image, transfer),
        [frame.media_time_s for frame in ordinary],
        codec=codec,
        pix_fmt=pix_fmt,
        colour=Colour("bt2020", transfer, "bt2020"),
    )
    with open_video(path, VideoSettings()) as reader:
        assert reader.info.transfer == transfer
        frames = list(reader.frames())
    assert [frame.media_time_s for frame in frames] == pytest.approx([one.media_time_s for one in ordinary], abs=1e-4)
    far = distances_percent(wanted, joints(frames))
    assert np.median(far) < 1.0, f"{np.median(far, axis=0).round(2)} % by keypoint"


def test_the_pictures_hold_a_whole_squat(wanted: list[FramePoses]) -> None:
    """Else the comparison would only be of somebody who stands."""
    knee, hip = BLAZEPOSE.index("left_knee"), BLAZEPOSE.index("left_hip")
    gap_px = np.array([one.xy_px[0, knee, 1] - one.xy_px[0, hip, 1] for one in wanted])
    assert gap_px.min() < 0.5 * gap_px.max()
