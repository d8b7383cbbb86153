"""What is filmed is kept with its real times, and the loop never waits for it."""

from __future__ import annotations

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
    assert recorder.notice == "The recording stopped"
    assert not recorder.running
    assert recorder.close() is None
    assert "disk is full" in str(recorder.error)


def test_an_encoder_that_fails_in_any_way_is_told_and_does_not_go_on_to_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: writer.VideoWriter, one: object) -> None:
        raise ValueError("odd")

    monkeypatch.setattr(writer.VideoWriter, "write", fails)
    recorder = Recorder(tmp_path / "recording.mp4")
    recorder.offer(frame(0, 0.0))
    assert recorder.close() is None
    assert not recorder.running and recorder.notice == "The recording stopped"
    assert str(recorder.error) == "The recording failed (ValueError: odd)."


def test_nothing_filmed_leaves_nothing(tmp_path: Path) -> None:
    assert Recorder(tmp_path / "recording.mp4").close() is None
    assert list(tmp_path.iterdir()) == []
