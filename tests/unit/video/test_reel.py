"""What is kept between the passes plus what is decoded again is the clip, once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.clips import make_clip, moving_square
from vidgait.settings import VideoSettings
from vidgait.video import Reel, open_video

SIZE_PX = (96, 64)
PICTURE_BYTES = 96 * 64 * 3 // 2
UNEVEN_S = [0.0, 0.033, 0.1, 0.133, 0.2, 0.21, 0.3, 0.333, 0.4, 0.5, 0.52, 0.6]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "clip.mp4", moving_square(SIZE_PX), UNEVEN_S, options={"g": "4"})


@pytest.mark.parametrize("room", [0, 1, 3, 5, 11, 12, 50])
@pytest.mark.parametrize("settings", [VideoSettings(), VideoSettings(start_s=0.1, end_s=0.5), VideoSettings(slowmo=4)])
def test_every_picture_comes_once_however_many_were_kept(clip: Path, room: int, settings: VideoSettings) -> None:
    reader = open_video(clip, settings)
    reel = Reel(reader, SIZE_PX, room * PICTURE_BYTES)
    expected = list(reader.planar_frames(SIZE_PX))
    watched = [frame.media_time_s for frame in reel.watch()]
    assert watched == [frame.media_time_s for frame in expected]
    played = list(reel.play())
    assert [frame.time_s for frame in played] == [frame.time_s for frame in expected]
    assert [frame.media_time_s for frame in played] == watched
    for got, wanted in zip(played, expected, strict=True):
        np.testing.assert_array_equal(got.planes, wanted.planes)


def test_a_frame_is_the_same_with_and_without_its_planes(clip: Path) -> None:
    reader = open_video(clip, VideoSettings())
    for plain, watched in zip(reader.frames(), Reel(reader, SIZE_PX, 50 * PICTURE_BYTES).watch(), strict=True):
        np.testing.assert_array_equal(plain.image, watched.image)


def test_memory_is_given_back_while_playing(clip: Path) -> None:
    reel = Reel(open_video(clip, VideoSettings()), SIZE_PX, 50 * PICTURE_BYTES)
    assert len(list(reel.watch())) == len(UNEVEN_S)
    playing = reel.play()
    next(playing)
    assert len(list(playing)) == len(UNEVEN_S) - 1
    assert not list(reel.play())


@pytest.mark.parametrize("room", [0, 1, 3, 50])
@pytest.mark.parametrize("settings", [VideoSettings(), VideoSettings(start_s=0.1, end_s=0.5), VideoSettings(slowmo=4)])
def test_two_parts_are_the_whole(clip: Path, room: int, settings: VideoSettings) -> None:
    reader = open_video(clip, settings)
    expected = list(reader.planar_frames(SIZE_PX))
    first = Reel(reader.part(None, 0.31), SIZE_PX, room * PICTURE_BYTES)
    second = Reel(reader.part(0.15, None), SIZE_PX, room * PICTURE_BYTES, from_s=0.31)
    assert [frame.media_time_s for frame in first.watch()] + [
        frame.media_time_s for frame in second.watch() if frame.media_time_s >= 0.31
    ] == [frame.media_time_s for frame in expected]
    played = [*first.play(), *second.play()]
    assert [frame.time_s for frame in played] == [frame.time_s for frame in expected]
    for got, wanted in zip(played, expected, strict=True):
        np.testing.assert_array_equal(got.planes, wanted.planes)


def test_a_part_without_pictures_is_no_error(clip: Path) -> None:
    assert list(open_video(clip, VideoSettings()).part(0.605, None).frames()) == []


@pytest.mark.parametrize("frames_between", ["0", "2"])
def test_a_part_that_knows_its_key_frame_starts_there(tmp_path: Path, frames_between: str) -> None:
    """With and without pictures that are stored before they are shown."""
    times_s = [index / 30 for index in range(90)]
    options = {"g": "30", "bf": frames_between, "sc_threshold": "0"}
    reader = open_video(
        make_clip(tmp_path / "clip.mp4", moving_square(SIZE_PX), times_s, options=options), VideoSettings()
    )
    assert reader.cut is not None
    whole = [frame for frame in reader.frames() if frame.media_time_s > reader.cut.again_s]
    part = reader.part(reader.cut.again_s, None, key_s=reader.cut.key_s)
    found = list(part.frames())
    assert [frame.media_time_s for frame in found] == [frame.media_time_s for frame in whole]
    for got, wanted in zip(found, whole, strict=True):
        np.testing.assert_array_equal(got.image, wanted.image)
    assert not part.issues
