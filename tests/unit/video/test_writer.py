"""The annotated video plays everywhere, keeps the source's timing and sound, and nothing else of it."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.support.clips import Sound, beep, corner_patches, make_clip, moving_square, read_corners, steady_times
from vidgait.errors import VideoWriteError
from vidgait.settings import VideoSettings
from vidgait.types import PlanarFrame
from vidgait.video import VideoWriter, open_video
from vidgait.video.libav import av

SIZE_PX = (160, 120)
UNEVEN_S = [0.0, 0.033, 0.066, 0.2, 0.24, 0.25, 0.5, 1.0, 1.01, 1.3]


def written(source: Path, out: Path, video: VideoSettings | None = None, sound: bool = True) -> tuple[Path, tuple]:
    video = video or VideoSettings()
    reader = open_video(source, video)
    with VideoWriter(out, SIZE_PX, source if sound else None, video) as writer:
        for frame in reader.planar_frames(SIZE_PX):
            writer.write(frame)
        issues = writer.close()
    return out, issues


def sound_times(path: Path) -> tuple[float, float]:
    """(first, last) second at which the sound is loud."""
    with av.open(str(path)) as container:
        loud = [
            float(frame.pts * frame.time_base)
            for frame in container.decode(audio=0)
            if np.abs(frame.to_ndarray().astype(float)).mean() > 0.05
        ]
    return loud[0], loud[-1]


def grey(index: int, time_s: float) -> PlanarFrame:
    planes = np.full((SIZE_PX[1] * 3 // 2, SIZE_PX[0]), 128, np.uint8)
    return PlanarFrame(index, time_s, time_s, planes)


def test_what_comes_out_is_plain_h264(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "in.mp4", [corner_patches(SIZE_PX)] * 10, sound=Sound(beep(0.3)))
    out, issues = written(source, tmp_path / "out.mp4")
    assert issues == ()
    content = out.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert b"avc1" in content
    with av.open(str(out)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        frame = next(container.decode(video))
        assert (video.codec_context.name, video.codec_context.pix_fmt, audio.codec_context.name) == (
            "h264",
            "yuv420p",
            "aac",
        )
        assert not video.codec_context.has_b_frames
        assert (frame.color_range, frame.colorspace, frame.color_trc, frame.color_primaries) == (1, 1, 1, 1)
    assert read_corners(next(open_video(out, VideoSettings()).frames()).image) == [0, 1, 2, 3]


def test_variable_timing_is_kept(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "in.mp4", moving_square(SIZE_PX), UNEVEN_S)
    out, _ = written(source, tmp_path / "out.mp4")
    times = [frame.media_time_s for frame in open_video(out, VideoSettings()).frames()]
    assert times == pytest.approx(UNEVEN_S, abs=1e-5)


def test_slow_motion_keeps_its_media_time(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "in.mp4", moving_square(SIZE_PX), steady_times(12))
    out, _ = written(source, tmp_path / "out.mp4", VideoSettings(slowmo=4.0))
    times = [frame.media_time_s for frame in open_video(out, VideoSettings()).frames()]
    assert times == pytest.approx(steady_times(12), abs=1e-5)


def test_a_late_first_picture_stays_late(tmp_path: Path) -> None:
    source = make_clip(
        tmp_path / "in.mp4", moving_square(SIZE_PX), steady_times(30, start_s=0.5), sound=Sound(beep(1.4))
    )
    out, _ = written(source, tmp_path / "out.mp4")
    times = [frame.media_time_s for frame in open_video(out, VideoSettings()).frames()]
    assert times == pytest.approx(steady_times(30, start_s=0.5), abs=1e-4)
    assert sound_times(out)[0] < 0.05


def burst(start_s: float, end_s: float, whole_s: float) -> np.ndarray:
    samples = beep(whole_s)
    time_s = np.arange(len(samples)) / 44100
    return samples * ((time_s >= start_s) & (time_s < end_s))


@pytest.mark.parametrize(
    ("codec", "name"),
    [("aac", "in.mp4"), ("libmp3lame", "in.mp4"), ("pcm_s16le", "in.mov"), ("libopus", "in.mkv"), ("aac", "in.ts")],
)
def test_sound_stays_where_it_was(tmp_path: Path, codec: str, name: str) -> None:
    rate_hz = 48000 if codec == "libopus" else 44100
    sound = Sound(burst(1.0, 1.5, 2.5), rate_hz, codec)
    source = make_clip(tmp_path / name, moving_square(SIZE_PX), steady_times(75), sound=sound)
    out, issues = written(source, tmp_path / "out.mp4")
    first, last = sound_times(out)
    block_s = 2048 / 44100
    stretch = 44100 / rate_hz  # The samples were made for 44100 Hz.
    assert first == pytest.approx(1.0 * stretch, abs=block_s)
    assert last == pytest.approx(1.5 * stretch, abs=block_s)
    assert issues == ()


@pytest.mark.parametrize("codec", ["aac", "libmp3lame"])
def test_sound_is_cut_with_the_pictures(tmp_path: Path, codec: str) -> None:
    sound = Sound(burst(1.0, 1.5, 3.0), codec=codec)
    source = make_clip(tmp_path / "in.mp4", moving_square(SIZE_PX), steady_times(90), sound=sound)
    out, _ = written(source, tmp_path / "out.mp4", VideoSettings(start_s=0.61, end_s=2.0))
    offset_s = 19 / 30  # The first picture at or after 0.61 s plays at zero.
    assert sound_times(out)[0] == pytest.approx(1.0 - offset_s, abs=0.05)
    with av.open(str(out)) as container:
        assert float(container.duration / 1e6) == pytest.approx(2.0 - offset_s, abs=0.06)
    times = [frame.media_time_s for frame in open_video(out, VideoSettings()).frames()]
    assert times[0] == 0.0
    assert times[-1] == pytest.approx(59 / 30 - offset_s, abs=1e-4)


def test_sound_that_cannot_be_decoded_is_dropped_and_said(tmp_path: Path) -> None:
    sound = Sound(beep(1.0), codec="flac")
    source = make_clip(tmp_path / "in.mkv", moving_square(SIZE_PX), steady_times(30), sound=sound)
    content = bytearray(source.read_bytes())
    with av.open(str(source)) as container:
        places = [(packet.pos, bytes(packet)) for packet in container.demux(audio=0) if packet.size]
    for _, payload in places:
        at = content.find(payload)
        content[at : at + len(payload)] = b"\x55" * len(payload)
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(content)
    out, issues = written(broken, tmp_path / "out.mp4")
    assert [issue.code for issue in issues] == ["audio_dropped"]
    assert not open_video(out, VideoSettings()).info.has_audio


def shift_back(source: Path, target: Path, number: int, by_ms: int) -> Path:
    """A Matroska file one of whose packets of sound claims to be earlier. A block holds its time, relative to its
    cluster, in two bytes three before the payload."""
    content = bytearray(source.read_bytes())
    with av.open(str(source)) as container:
        payload = [bytes(packet) for packet in container.demux(audio=0) if packet.size][number]
    at = content.index(payload)
    stamp_ms = int.from_bytes(content[at - 3 : at - 1], "big", signed=True)
    content[at - 3 : at - 1] = (stamp_ms - by_ms).to_bytes(2, "big", signed=True)
    target.write_bytes(content)
    return target


def test_broken_stamps_of_sound_cost_the_sound_and_not_the_run(tmp_path: Path) -> None:
    """AAC is copied, and MP4 takes no packet that comes before the last one."""
    source = make_clip(tmp_path / "in.mkv", moving_square(SIZE_PX), steady_times(60), sound=Sound(beep(2.0)))
    broken = shift_back(source, tmp_path / "broken.mkv", 44, 500)
    out, issues = written(broken, tmp_path / "out.mp4")
    assert [issue.code for issue in issues] == ["audio_dropped"]
    assert " s on: the time stamps" in issues[0].message
    assert len(list(open_video(out, VideoSettings()).frames())) == 60
    assert sound_times(out)[1] == pytest.approx(1.0, abs=0.2)


def test_a_late_packet_of_sound_that_is_coded_anew_is_left_out(tmp_path: Path) -> None:
    time_s = np.arange(2 * 44100) / 44100
    sound = Sound(burst(1.5, 1.8, 2.0) + 1e-3 * np.sin(3e3 * time_s**2), codec="pcm_s16le")  # No two packets alike.
    source = make_clip(tmp_path / "in.mkv", moving_square(SIZE_PX), steady_times(60), sound=sound)
    broken = shift_back(source, tmp_path / "broken.mkv", 30, 500)
    out, issues = written(broken, tmp_path / "out.mp4")
    assert [issue.code for issue in issues] == ["audio_cut"]
    assert sound_times(out) == pytest.approx((1.5, 1.8), abs=2048 / 44100)


@pytest.mark.parametrize("codec", ["aac", "pcm_s16le", "libopus"])
def test_a_hole_in_the_sound_stays_a_hole(tmp_path: Path, codec: str) -> None:
    rate_hz = 48000 if codec == "libopus" else 44100
    sound = Sound(burst(1.5, 1.8, 2.5), rate_hz, codec)
    whole = make_clip(tmp_path / "whole.mkv", moving_square(SIZE_PX), steady_times(75), sound=sound)
    source = tmp_path / "in.mkv"
    with av.open(str(whole)) as container, av.open(str(source), "w") as out:
        streams = {
            stream.index: out.add_stream_from_template(stream, opaque=True)
            for stream in (container.streams.video[0], container.streams.audio[0])
        }
        for packet in container.demux():
            in_hole = packet.stream.type == "audio" and 0.4 < float((packet.pts or 0) * packet.time_base) < 1.2
            if packet.size and not in_hole:
                packet.stream = streams[packet.stream.index]
                out.mux(packet)
    out_path, issues = written(source, tmp_path / "out.mp4")
    stretch = 44100 / rate_hz  # The samples were made for 44100 Hz.
    assert sound_times(out_path) == pytest.approx((1.5 * stretch, 1.8 * stretch), abs=2048 / 44100)
    assert issues == ()


@pytest.mark.parametrize("codec", ["aac", "pcm_s16le"])
def test_sound_that_the_file_does_not_take_is_dropped_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str
) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("'mp4' format does not support it")

    monkeypatch.setattr("vidgait.video.audio.AudioCarrier.attach", refuse)
    sound = Sound(beep(0.3), codec=codec)
    source = make_clip(tmp_path / "in.mov", moving_square(SIZE_PX), steady_times(10), sound=sound)
    out, issues = written(source, tmp_path / "out.mp4")
    assert [issue.code for issue in issues] == ["audio_dropped"]
    reader = open_video(out, VideoSettings())
    assert not reader.info.has_audio
    assert len(list(reader.frames())) == 10


def test_no_sound_wanted_or_none_there(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "in.mp4", moving_square(SIZE_PX), steady_times(10), sound=Sound(beep(0.3)))
    out, issues = written(source, tmp_path / "out.mp4", sound=False)
    assert not open_video(out, VideoSettings()).info.has_audio
    silent = make_clip(tmp_path / "silent.mp4", moving_square(SIZE_PX), steady_times(10))
    assert written(silent, tmp_path / "out2.mp4")[1] == issues == ()


def test_no_tag_of_the_source_is_carried_over(tmp_path: Path) -> None:
    tags = {
        "com.apple.quicktime.location.ISO6709": "+46.9480+007.4474+540/",
        "com.apple.quicktime.make": "Apple",
        "com.apple.quicktime.model": "iPhone 99",
        "creation_time": "2026-05-01T10:00:00.000000Z",
        "title": "secret",
    }
    source = make_clip(
        tmp_path / "in.mov",
        moving_square(SIZE_PX),
        steady_times(10),
        metadata=tags,
        sound=Sound(beep(0.3)),
        container_options={"movflags": "use_metadata_tags"},
    )
    with av.open(str(source)) as container:
        assert "+46.9480+007.4474+540/" in container.metadata.values()
    content = written(source, tmp_path / "out.mp4")[0].read_bytes()
    for word in (b"46.9480", b"Apple", b"iPhone", b"secret", b"location"):
        assert word not in content
    with av.open(str(tmp_path / "out.mp4")) as container:
        for metadata in (container.metadata, *(stream.metadata for stream in container.streams)):
            assert not {"creation_time", "title", "location"} & set(metadata)


def test_key_frames_are_close_enough_to_seek(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "in.mp4", moving_square(SIZE_PX), steady_times(150))
    out, _ = written(source, tmp_path / "out.mp4")
    with av.open(str(out)) as container:
        keys = [
            float(packet.pts * packet.time_base)
            for packet in container.demux(video=0)
            if packet.size and packet.is_keyframe
        ]
    assert max(np.diff(keys)) <= 2.01


def test_a_finished_file_replaces_an_old_one_and_a_failed_one_does_not(tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    out.write_bytes(b"old")
    with pytest.raises(RuntimeError, match="stop"), VideoWriter(out, SIZE_PX) as writer:
        writer.write(grey(0, 0.0))
        raise RuntimeError("stop")
    assert out.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    with VideoWriter(out, SIZE_PX) as writer:
        writer.write(grey(0, 0.0))
        assert out.read_bytes() == b"old"
    assert out.read_bytes() != b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_abort_and_close_may_be_called_again(tmp_path: Path) -> None:
    writer = VideoWriter(tmp_path / "out.mp4", SIZE_PX)
    writer.write(grey(0, 0.0))
    writer.abort()
    writer.abort()
    assert list(tmp_path.iterdir()) == []
    with VideoWriter(tmp_path / "out.mp4", SIZE_PX) as writer:
        writer.write(grey(0, 0.0))
        assert writer.close() == writer.close() == ()
        writer.abort()
    assert (tmp_path / "out.mp4").exists()


def test_wrong_use_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="even"):
        VideoWriter(tmp_path / "out.mp4", (161, 120))
    with pytest.raises(VideoWriteError, match="no picture"), VideoWriter(tmp_path / "out.mp4", SIZE_PX):
        pass
    with pytest.raises(ValueError, match="after"), VideoWriter(tmp_path / "out.mp4", SIZE_PX) as writer:
        writer.write(grey(0, 0.5))
        writer.write(grey(1, 0.5))
    with pytest.raises(VideoWriteError, match=r"out\.mp4 could not be written: no such file"):
        VideoWriter(tmp_path / "nowhere" / "out.mp4", SIZE_PX)
    assert list(tmp_path.iterdir()) == []


FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from vidgait.errors import VideoWriteError
from vidgait.types import PlanarFrame
from vidgait.video import VideoWriter
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
noise = np.random.default_rng(0).integers(0, 256, (360, 320), dtype=np.uint8)
try:
    with VideoWriter(Path(sys.argv[1]) / "out.mp4", (320, 240)) as writer:
        for index in range(int(sys.argv[3])):
            writer.write(PlanarFrame(index, index / 30, index / 30, np.roll(noise, index * 7, 0)))
except VideoWriteError as error:
    print(error.message, "|", error.hint)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the limit is one of POSIX")
@pytest.mark.parametrize(("limit_bytes", "pictures"), [(100_000, 60), (20_000, 3), (0, 3)])
def test_a_full_disk_is_one_clear_line(tmp_path: Path, limit_bytes: int, pictures: int) -> None:
    """While pictures are written, and only at the end, when buffers are emptied and the index is moved."""
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path), str(limit_bytes), str(pictures)]
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    assert done.stdout.startswith("out.mp4 could not be written: the disk is full. | Free"), done.stderr
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_time_base_is_fine_enough(tmp_path: Path) -> None:
    """30000/1001 and 240 pictures a second keep their times within 6 microseconds."""
    for rate_hz in (Fraction(30000, 1001), Fraction(240)):
        times = [float(index / rate_hz) for index in range(20)]
        with VideoWriter(tmp_path / "out.mp4", SIZE_PX) as writer:
            for index, time_s in enumerate(times):
                writer.write(grey(index, time_s))
        seen = [frame.media_time_s for frame in open_video(tmp_path / "out.mp4", VideoSettings()).frames()]
        assert seen == pytest.approx(times, abs=6e-6)
