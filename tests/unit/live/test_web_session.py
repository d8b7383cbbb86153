"""A live session as the browser's server uses it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support import live_fakes
from vidgait.errors import OutputError
from vidgait.live import web_session as room
from vidgait.live.clock import SimulatedClock
from vidgait.live.session import Finished
from vidgait.live.web_session import BrowserSession, Recordings, session_maker
from vidgait.settings import Settings, VideoSettings
from vidgait.video import open_video


@dataclass(frozen=True)
class Choice:
    movement: str = "squat"
    view: str = "front"


def summary(finished: Finished) -> Mapping[str, Any]:
    return {"title": f"{len(finished.reps)} repetition", "lines": []}


def made(clock: SimulatedClock, recordings: Recordings | None = None) -> BrowserSession:
    return BrowserSession(live_fakes.session(clock, 0.02), summary, clock, ExitStack(), recordings)


def test_views_carry_how_long_this_process_took() -> None:
    clock = SimulatedClock()
    session = made(clock)
    views = []
    for frame in live_fakes.clip(30):
        clock.wait_until(frame.time_s)
        views.append(session.push(frame))
    assert views[-1].stats.lag_ms == pytest.approx(20.0)
    assert views[-1].stats.processed > 10
    assert not views[-1].recording
    assert session.finish() == {"title": "1 repetition", "lines": []}
    session.close()


def test_pause_and_reset_reach_the_session() -> None:
    clock = SimulatedClock()
    session = made(clock)
    frames = live_fakes.clip(4)
    session.push(next(frames))
    session.pause(True)
    assert session.push(next(frames)).paused
    session.pause(False)
    session.reset()
    assert not session.push(next(frames)).paused


def test_each_session_has_a_recording_of_its_own(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "out")
    for _ in range(2):
        session = made(SimulatedClock(), recordings)
        for frame in live_fakes.clip(5):
            assert session.push(frame).recording
        session.close()
    out = tmp_path / "out"
    assert recordings.finished == [out / "recording.mp4", out / "session-2" / "recording.mp4"]
    for path in recordings.finished:
        with open_video(path, VideoSettings()) as reader:
            assert len(list(reader.frames())) == 5


def test_a_session_that_cannot_record_leaves_no_network_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every picture asks for another one then."""
    clock, estimators = SimulatedClock(), list[live_fakes.Estimator]()

    def estimator(_: object) -> live_fakes.Estimator:
        estimators.append(live_fakes.Estimator(clock))
        return estimators[-1]

    monkeypatch.setattr(room, "live_estimator", estimator)
    (tmp_path / "file").touch()
    make = session_maker(Settings(), summary, Recordings(tmp_path / "file" / "out"), clock)
    with pytest.raises(OutputError, match=r"^.*out cannot be made: .*\. Start again without --record\.$"):
        make(Choice(), (640, 480), 1)
    assert [one.closed for one in estimators] == [True]


def test_a_folder_for_nothing_goes_again(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    Recordings(folder).tidy()
    assert not folder.exists()


def test_the_choice_of_the_page_becomes_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, seen = SimulatedClock(), list[tuple[Settings, tuple[int, int]]]()

    def make(settings: Settings, size_px: tuple[int, int], *_: object, **__: object) -> object:
        seen.append((settings, size_px))
        return live_fakes.session(clock)

    monkeypatch.setattr(room, "live_estimator", lambda pose: live_fakes.Estimator(clock))
    monkeypatch.setattr(room, "make_session", make)
    session_maker(Settings(), summary)(Choice(), (640, 480), 1).close()
    settings, size_px = seen[0]
    assert (settings.movement, settings.view.view, size_px) == ("squat", "front", (640, 480))
