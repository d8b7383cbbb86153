"""One session from beginning to end, with stand-ins for camera and network: whatever ends it, what was done is told and
what was filmed is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import live_fakes
from vidgait.errors import CameraError, OutputError
from vidgait.live import running as room
from vidgait.live.capture import Captured, SourceCounts, Tap
from vidgait.live.clock import SimulatedClock
from vidgait.live.running import LiveChoice, LiveOutcome, run_live
from vidgait.settings import Settings, VideoSettings
from vidgait.types import Frame
from vidgait.video import open_video


class Camera:
    """Films `good` pictures and is then unplugged."""

    focal_px: float | None = None
    notice: str | None = None
    ended = False

    def __init__(self, clock: SimulatedClock, good: int, tap: Tap | None) -> None:
        self.frames: Iterator[Frame] = live_fakes.clip(good)
        self.clock, self.tap, self.closed = clock, tap, False
        self.counts = SourceCounts()

    def newest(self, wait_s: float) -> Captured | None:
        frame = next(self.frames, None)
        if frame is None:
            raise CameraError("The camera sends no pictures any more.", "Was it unplugged?")
        self.clock.wait_until(frame.time_s)
        if self.tap is not None:
            self.tap(frame)
        return Captured(frame, self.clock.now_s())

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimulatedClock:
    clock = SimulatedClock()
    monkeypatch.setattr(room, "live_estimator", lambda pose: live_fakes.Estimator(clock))
    monkeypatch.setattr(room, "make_session", lambda *_, **__: live_fakes.session(clock))
    return clock


def run(clock: SimulatedClock, good: int, record: Path | None, monkeypatch: pytest.MonkeyPatch) -> LiveOutcome:
    monkeypatch.setattr(room, "open_source", lambda choice, settings, at, drop, tap: Camera(clock, good, tap))
    return run_live(Settings(), LiveChoice(record=record, headless=True), clock=clock)


def test_a_camera_that_is_unplugged_leaves_the_summary_and_the_recording(
    clock: SimulatedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = run(clock, 12, tmp_path / "out", monkeypatch)
    assert [str(error) for error in outcome.errors] == ["The camera sends no pictures any more. Was it unplugged?"]
    assert len(outcome.finished.reps) == 1
    assert outcome.stats.processed == 12
    assert outcome.recording == tmp_path / "out" / "recording.mp4"
    with open_video(outcome.recording, VideoSettings()) as reader:
        assert len(list(reader.frames())) == 12


def test_a_camera_that_never_worked_raises_and_leaves_no_folder(
    clock: SimulatedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CameraError, match="no pictures any more"):
        run(clock, 0, tmp_path / "out", monkeypatch)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_results_is_not_touched(
    clock: SimulatedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "analysis.json").write_text("{}", encoding="utf-8")
    with pytest.raises(OutputError, match="exists already"):
        run(clock, 3, tmp_path, monkeypatch)
    assert [path.name for path in tmp_path.iterdir()] == ["analysis.json"]


def test_a_bug_in_the_middle_still_closes_the_recording(
    clock: SimulatedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = live_fakes.session(clock)
    look = session.push
    looked: list[Frame] = []

    def fails_late(frame: Frame) -> object:
        looked.append(frame)
        if len(looked) > 5:
            raise RuntimeError("boom")
        return look(frame)

    monkeypatch.setattr(session, "push", fails_late)
    monkeypatch.setattr(room, "make_session", lambda *_, **__: session)
    with pytest.raises(RuntimeError, match="boom"):
        run(clock, 12, tmp_path / "out", monkeypatch)
    with open_video(tmp_path / "out" / "recording.mp4", VideoSettings()) as reader:
        assert len(list(reader.frames())) == 6
