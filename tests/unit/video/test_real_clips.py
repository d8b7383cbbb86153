"""Real footage: as many pictures as players show, at their times, by INDEX.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from vidgait.settings import OutputSettings, VideoSettings
from vidgait.video import open_video, output_size

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.clips


@pytest.mark.parametrize(
    ("name", "size_px", "count", "rate_hz", "last_s"),
    [
        ("opencap/STS/video.mp4", (720, 1280), 798, 60, 797 / 60),
        ("opencap/walk/video.mp4", (720, 1280), 75, 60, 74 / 60),
        ("opencap/walk_ts/video.mp4", (720, 1280), 89, 60, 88 / 60),
        ("pose2sim/SinglePerson/cam02.mp4", (1080, 1920), 100, 60, 99 / 60),
        ("pose2sim/SinglePerson/cam03.mp4", (1088, 1920), 100, 60, 99 / 60),
        ("lnewco/bad_IMG_7032.mov", (1080, 1920), 87, 30, 86 / 30),
        ("tfjs/pose_squats.mp4", (720, 1280), 65, 5, 12.8),
    ],
)
def test_pictures_and_times(
    clips: Path, name: str, size_px: tuple[int, int], count: int, rate_hz: float, last_s: float
) -> None:
    reader = open_video(clips / name, VideoSettings())
    size = output_size(reader.info, OutputSettings(long_side_px=320))
    frames = list(reader.planar_frames(size))
    assert reader.info.size_px == size_px
    assert len(frames) == reader.expected_frames == count
    assert (frames[0].time_s, frames[0].media_time_s) == (0.0, 0.0)
    assert frames[-1].media_time_s == pytest.approx(last_s, abs=1e-3)
    assert reader.info.capture_rate_hz == pytest.approx(rate_hz, rel=1e-3)
    assert not reader.info.variable_rate
    assert np.all(np.diff([frame.time_s for frame in frames]) > 0)
    assert reader.issues == ()
