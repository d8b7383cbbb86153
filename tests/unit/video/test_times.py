"""Every picture carries the time a player shows it at, and the time it was really taken at."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.support.clips import Sound, beep, flat, make_clip, moving_square, steady_times
from vidgait.errors import NoFramesError
from vidgait.settings import VideoSettings
from vidgait.video import open_video

SIZE_PX = (96, 64)
UNEVEN_S = [0.0, 0.033, 0.066, 0.2, 0.24, 0.25, 0.5, 1.0, 1.01, 1.3]


def grey_steps(index: int, time_s: float) -> np.ndarray:
    """Each picture one grey, 20 levels from the last, so that the picture tells its index."""
    return flat(SIZE_PX, (20 * (index % 12) + 10,) * 3)


def indices_seen(pictures: list[np.ndarray]) -> list[int]:
    return [round((float(picture.mean()) - 10) / 20) for picture in pictures]


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mov", "clip.mkv", "clip.webm"])
def test_variable_rate_is_kept(tmp_path: Path, name: str) -> None:
    codec = "libvpx-vp9" if name.endswith("webm") else "libx264"
    path = make_clip(tmp_path / name, grey_steps, UNEVEN_S, codec=codec)
    reader = open_video(path, VideoSettings())
    frames = list(reader.frames())
    tolerance = 1e-9 if name[-3:] in ("mp4", "mov") else 5e-4  # Matroska's clock ticks in milliseconds.
    assert [frame.index for frame in frames] == list(range(10))
    assert np.allclose([frame.media_time_s for frame in frames], UNEVEN_S, atol=tolerance, rtol=0)
    assert np.allclose([frame.time_s for frame in frames], UNEVEN_S, atol=tolerance, rtol=0)
    assert indices_seen([frame.image for frame in frames]) == list(range(10))
    assert reader.info.variable_rate
    assert reader.expected_frames == 10
    assert reader.issues == ()


@pytest.mark.parametrize("codec", ["libx264", "mpeg4", "mjpeg"])
def test_avi_has_no_presentation_times_but_a_steady_clock(tmp_path: Path, codec: str) -> None:
    pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    tick = Fraction(1, 25)
    path = make_clip(
        tmp_path / "clip.avi",
        grey_steps,
        steady_times(12, 25),
        codec=codec,
        pix_fmt=pix_fmt,
        time_base=tick,
        rate_hz=25,
    )
    frames = list(open_video(path, VideoSettings()).frames())
    assert np.allclose([frame.time_s for frame in frames], steady_times(12, 25), atol=1e-9)
    assert indices_seen([frame.image for frame in frames]) == list(range(12))


def test_edit_list_hides_what_lies_before_it(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", grey_steps, steady_times(12, 30, start_s=-4 / 30))
    reader = open_video(path, VideoSettings())
    frames = list(reader.frames())
    assert indices_seen([frame.image for frame in frames]) == list(range(4, 12))
    assert np.allclose([frame.media_time_s for frame in frames], steady_times(8), atol=1e-4)
    assert reader.expected_frames == 8


def test_start_offset_is_on_the_media_clock_only(tmp_path: Path) -> None:
    sound = Sound(beep(1.5))
    path = make_clip(tmp_path / "clip.mp4", grey_steps, steady_times(10, 30, start_s=0.7), sound=sound)
    frames = list(open_video(path, VideoSettings()).frames())
    assert frames[0].media_time_s == pytest.approx(0.7, abs=1e-4)
    assert frames[0].time_s == 0.0
    assert frames[9].time_s == pytest.approx(0.3, abs=1e-4)


def test_transport_streams_start_at_zero(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.ts", grey_steps, steady_times(10, 30, start_s=5.0))
    frames = list(open_video(path, VideoSettings()).frames())
    assert [frames[0].media_time_s, frames[0].time_s] == [0.0, 0.0]
    assert frames[9].media_time_s == pytest.approx(0.3, abs=1e-3)


@pytest.mark.parametrize("slowmo", [4.0, 8.0, 2.5])
def test_slow_motion_is_undone_on_the_real_clock(tmp_path: Path, slowmo: float) -> None:
    path = make_clip(tmp_path / "clip.mp4", grey_steps, UNEVEN_S)
    reader = open_video(path, VideoSettings(slowmo=slowmo))
    frames = list(reader.frames())
    assert np.allclose([frame.media_time_s for frame in frames], UNEVEN_S, atol=1e-9)
    assert np.allclose([frame.time_s for frame in frames], np.array(UNEVEN_S) / slowmo, atol=1e-9)
    assert reader.info.slowmo_factor == slowmo


def test_capture_rate_counts_real_time(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", grey_steps, steady_times(12, 30))
    assert open_video(path, VideoSettings(slowmo=4.0)).info.capture_rate_hz == pytest.approx(120, abs=0.05)
    info = open_video(path, VideoSettings()).info
    assert info.capture_rate_hz == pytest.approx(30, abs=0.01)
    assert not info.variable_rate


def repeated_stamps(path: Path) -> Path:
    """Matroska's clock ticks in milliseconds: two pictures 0.1 ms apart get the same stamp."""
    times = [*steady_times(5, 30), 4 / 30 + 0.0001, *steady_times(4, 30, start_s=0.2)]
    return make_clip(path, grey_steps, times, codec="mjpeg", pix_fmt="yuvj420p")


def test_a_repeated_stamp_is_left_out_and_said(tmp_path: Path) -> None:
    reader = open_video(repeated_stamps(tmp_path / "clip.mkv"), VideoSettings())
    times = [frame.time_s for frame in reader.frames()]
    assert len(times) == 9
    assert np.all(np.diff(times) > 0)
    assert [issue.code for issue in reader.issues] == ["video_time_stamps"]
    assert reader.issues[0].frames == (4, 5)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.avi", "clip.ts"])
@pytest.mark.parametrize(("start_s", "end_s"), [(2.0, 3.5), (None, 1.0), (4.05, None), (0.0, 0.1)])
def test_a_stretch_is_cut_out_at_exact_times(
    tmp_path: Path, name: str, start_s: float | None, end_s: float | None
) -> None:
    options = {"g": "40"}
    tick = Fraction(1, 25)
    path = make_clip(
        tmp_path / name, moving_square(SIZE_PX), steady_times(130, 25), options=options, time_base=tick, rate_hz=25
    )
    whole = {round(f.media_time_s, 4): f for f in open_video(path, VideoSettings()).frames()}
    wanted = [t for t in whole if (start_s or 0) <= t < (end_s or 99)]
    reader = open_video(path, VideoSettings(start_s=start_s, end_s=end_s))
    part = list(reader.frames())
    assert [round(frame.media_time_s, 4) for frame in part] == wanted
    assert [frame.index for frame in part] == list(range(len(wanted)))
    for frame in part[:: max(1, len(part) // 5)]:
        same = whole[round(frame.media_time_s, 4)]
        assert frame.time_s == same.time_s
        assert np.array_equal(frame.image, same.image)
    assert abs((reader.expected_frames or 0) - len(wanted)) <= 1
    assert reader.issues == ()


def test_a_stretch_outside_the_clip_is_refused(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", grey_steps, steady_times(10))
    with pytest.raises(NoFramesError, match="between 20 s and its end") as caught:
        list(open_video(path, VideoSettings(start_s=20.0)).frames())
    assert "--start" in caught.value.hint


@pytest.mark.parametrize("times_s", [UNEVEN_S, steady_times(12, 30, -0.1)])
def test_planar_frames_are_the_same_instants(tmp_path: Path, times_s: list[float]) -> None:
    reader = open_video(make_clip(tmp_path / "clip.mp4", grey_steps, times_s), VideoSettings(slowmo=2.0))
    full = [(frame.index, frame.time_s, frame.media_time_s) for frame in reader.frames()]
    planar = [(frame.index, frame.time_s, frame.media_time_s) for frame in reader.planar_frames((48, 32))]
    assert planar == full


def test_iterators_do_not_disturb_each_other(tmp_path: Path) -> None:
    reader = open_video(make_clip(tmp_path / "clip.mp4", grey_steps, UNEVEN_S), VideoSettings())
    both = list(zip(reader.frames(), reader.planar_frames((96, 64)), strict=True))
    assert len(both) == 10
    assert all(frame.time_s == planar.time_s for frame, planar in both)


def test_one_picture_is_a_clip(tmp_path: Path) -> None:
    reader = open_video(make_clip(tmp_path / "clip.mp4", grey_steps, [0.0]), VideoSettings())
    assert [frame.time_s for frame in reader.frames()] == [0.0]
    assert reader.info.capture_rate_hz is None


def test_unknown_duration_is_none(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mkv", grey_steps, steady_times(10), container_options={"live": "1"})
    reader = open_video(path, VideoSettings())
    assert reader.info.duration_s is None
    assert len(list(reader.frames())) == 10
    assert reader.issues == ()


def test_a_bare_stream_has_no_times_to_trust(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.h264", grey_steps, steady_times(10, 25), container="h264", rate_hz=25)
    with pytest.raises(NoFramesError, match="no time stamps"):
        open_video(path, VideoSettings())


def test_memory_does_not_grow_with_the_clip(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", moving_square((640, 480)), steady_times(150))
    frames = open_video(path, VideoSettings()).frames()
    for _ in range(40):
        next(frames)
    before = _resident_bytes()
    for frame in frames:
        assert frame.image.shape == (480, 640, 3)
    assert _resident_bytes() - before < 40e6  # The 110 remaining pictures would take 101 MB.


def _resident_bytes() -> int:
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("the system does not tell how much memory is in use")
    return int(statm.read_text(encoding="utf-8").split()[1]) * 4096
