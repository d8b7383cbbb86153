"""What is filmed is kept with its real times, and the loop never waits for it."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.support.live_fakes import picture
from vidgait.errors import VideoWriteError
from vidgait.live import recording as room
from vidgait.live.recording import Recorder
from vidgait.settings import VideoSettings
from vidgait.types import Frame
from vidgait.video import open_video, writer


def frame(index: int, time_s: float, level: int = 90, size_px: tuple[int, int] = (64, 48)) -> Frame:
    return Frame(index, time_s, time_s, picture(level, size_px))


def test_pictures_come_back_with_their_times_and_colours(tmp_path: Path) -> None:
    times_s = [0.0, 0.031, 0.070, 0.1, 0.3, 0.3337]
    recorder = Recorder(tmp_path / "recording.mp4")
    coloured = np.zeros((48, 64, 3), np.uint8)
    coloured[:] = (40, 90, 200)
    for index, time_s in enumerate(times_s):
        recorder.offer(Frame(index, time_s, time_s, coloured))
    assert recorder.running
    assert recorder.close() == tmp_path / "recording.mp4"
    with open_video(tmp_path / "recording.mp4", VideoSettings()) as reader:
        frames = list(reader.frames())
    assert [one.time_s for one in frames] == pytest.approx(times_s, abs=2e-5)
    assert frames[2].image.reshape(-1, 3).mean(axis=0) == pytest.approx([40, 90, 200], abs=4)
    assert (recorder.written, recorder.left_out) == (6, 0)


def test_odd_sizes_lose_their_last_row_and_column(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "recording.mp4")
    for index in range(4):
        recorder.offer(frame(index, index / 30, size_px=(65, 49)))
    assert recorder.close() is not None
    with open_video(tmp_path / "recording.mp4", VideoSettings()) as reader:
        assert reader.info.size_px == (64, 48)


def test_an_encoder_that_is_too_slow_costs_pictures_and_not_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    write = writer.VideoWriter.write

    def slowly(self: writer.VideoWriter, one: object) -> None:
        go_on.wait(20.0)
        write(self, one)  # type: ignore[arg-type]

    monkeypatch.setattr(writer.VideoWriter, "write", slowly)
    monkeypatch.setattr(room, "WAITING_BYTES", 0)
    recorder = Recorder(tmp_path / "recording.mp4")
    for index in range(50):
        recorder.offer(frame(index, index / 30))
    assert recorder.left_out >= 50 - room.WAITING_MIN - 1
    go_on.set()
    assert recorder.close() is not None
    assert recorder.written + recorder.left_out == 50


def test_a_disk_that_refuses_ends_the_recording_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: writer.VideoWriter, one: object) -> None:
        raise VideoWriteError("recording.mp4 could not be written: the disk is full.")

    monkeypatch.setattr(writer.VideoWriter, "write", full)
    recorder = Recorder(tmp_path / "recording.mp4")
    recorder.offer(frame(0, 0.0))
    assert recorder._thread is not None
    recorder._thread.join(10.0)
    recorder.offer(frame(1, 0.1))
    assert recorder.notice == "The recording stopped: the disk is full"
    assert not recorder.running
    assert recorder.close() is None
    assert str(recorder.error) == "The recording stopped: the disk is full. Nothing of it could be kept."
    assert list(tmp_path.iterdir()) == []


def test_an_encoder_that_fails_in_any_way_is_told_and_does_not_go_on_to_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: writer.VideoWriter, one: object) -> None:
        raise ValueError("odd")

    monkeypatch.setattr(writer.VideoWriter, "write", fails)
    recorder = Recorder(tmp_path / "recording.mp4")
    recorder.offer(frame(0, 0.0))
    assert recorder.close() is None
    assert not recorder.running and recorder.notice == "The recording stopped: ValueError: odd"
    assert str(recorder.error) == "The recording stopped: ValueError: odd. Nothing of it could be kept."


def test_nothing_filmed_leaves_nothing(tmp_path: Path) -> None:
    assert Recorder(tmp_path / "recording.mp4").close() is None
    assert list(tmp_path.iterdir()) == []


FILMING = """
import os, resource, signal, sys, time
from pathlib import Path
import numpy as np
from vidgait.live.recording import Recorder
from vidgait.types import Frame
limit_bytes, killed = int(sys.argv[2]), sys.argv[3] == "killed"
resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))
noise = np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8)
recorder = Recorder(Path(sys.argv[1]) / "recording.mp4", lambda text: print(text, flush=True))
for index in range(150):
    recorder.offer(Frame(index, index / 30, index / 30, np.roll(noise, index * 7, 0)))
while killed and recorder.written < 150:
    time.sleep(0.01)
if killed:
    os.kill(os.getpid(), signal.SIGKILL)
print(recorder.close())
print(recorder.error)
"""


def filmed(folder: Path, limit_bytes: int, ending: str) -> tuple[str, list[float]]:
    """What is said, and the times of the pictures that can be seen afterwards."""
    command = [sys.executable, "-c", FILMING, str(folder), str(limit_bytes), ending]
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    with open_video(folder / "recording.mp4", VideoSettings()) as reader:
        return done.stdout, [one.time_s for one in reader.frames()]


@pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")
def test_a_killed_program_leaves_what_it_has_filmed(tmp_path: Path) -> None:
    _, times_s = filmed(tmp_path, 10**9, "killed")
    assert times_s == pytest.approx([index / 30 for index in range(len(times_s))], abs=2e-5)
    assert len(times_s) >= 90  # of 150: the last fragments may be lost
    assert [path.name for path in tmp_path.iterdir()] == ["recording.mp4"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")
def test_a_full_disk_is_told_at_once_and_keeps_what_fits(tmp_path: Path) -> None:
    said, times_s = filmed(tmp_path, 2_500_000, "closed")
    at_once, path, at_the_end = said.splitlines()
    assert at_once == "The recording stopped: the disk is full. The session goes on."
    assert path == str(tmp_path / "recording.mp4")
    assert 30 <= len(times_s) < 150
    kept = f"{path} holds the first {len(times_s) / 30:.0f} s."
    assert at_the_end.startswith(f"The recording stopped: the disk is full. {kept} Free some space")
    assert (tmp_path / "recording.mp4").stat().st_size <= 2_500_000
    assert [one.name for one in tmp_path.iterdir()] == ["recording.mp4"]


def test_a_recording_that_ends_well_has_one_index_in_front(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "recording.mp4")
    for index in range(90):
        recorder.offer(frame(index, index / 30, level=index))
    assert recorder.close() is not None
    content = (tmp_path / "recording.mp4").read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")
    assert b"moof" not in content
    assert [path.name for path in tmp_path.iterdir()] == ["recording.mp4"]
