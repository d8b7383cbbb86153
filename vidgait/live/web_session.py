"""A live session as the browser's server wants it: one camera, one choice, one size of picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from vidgait.errors import OutputError
from vidgait.live.assembly import live_estimator, make_session
from vidgait.live.capture import SourceCounts
from vidgait.live.clock import RealClock
from vidgait.live.recording import RECORDING, Recorder
from vidgait.live.stats import Meter

if TYPE_CHECKING:
    from vidgait.live.clock import Clock
    from vidgait.live.session import Finished, LiveSession
    from vidgait.live.state import LiveView
    from vidgait.settings import Settings
    from vidgait.types import Frame

__all__ = ["BrowserSession", "Chosen", "Recordings", "session_maker"]

Summary = Callable[["Finished"], Mapping[str, Any] | None]


class Chosen(Protocol):
    """What was chosen on the page."""

    @property
    def movement(self) -> str: ...

    @property
    def view(self) -> str: ...


class Recordings:
    """Where the pictures of browsers are kept; a file of its own for each session."""

    def __init__(self, folder: Path, say: Callable[[str], None] = print) -> None:
        """`say` is told of recordings that end before their time."""
        self._folder, self.say = folder, say
        self._count = 0
        self.finished: list[Path] = []

    def tidy(self) -> None:
        """Where nothing was recorded, the folder goes again."""
        if self._folder.is_dir() and not any(self._folder.iterdir()):
            self._folder.rmdir()

    def recorder(self) -> Recorder:
        """Raises OutputError."""
        folder = self._folder if self._count == 0 else self._folder / f"session-{self._count + 1}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder} cannot be made: {error.strerror}.", "Start again without --record.") from None
        self._count += 1
        return Recorder(folder / RECORDING, self.say)


class BrowserSession:
    """Made for one camera's pictures of one size."""

    def __init__(
        self,
        session: LiveSession,
        summary: Summary,
        clock: Clock,
        closing: ExitStack,
        recordings: Recordings | None = None,
    ) -> None:
        self._session, self._summary, self._clock, self._closing = session, summary, clock, closing
        self._recordings = recordings
        self._recorder = recordings.recorder() if recordings is not None else None
        self._meter = Meter()
        self._looked = 0

    def push(self, frame: Frame) -> LiveView:
        """What is known with this picture. The lag is what this process adds; the page adds the way there and back."""
        began_s = self._clock.now_s()
        if self._recorder is not None:
            self._recorder.offer(frame)
        view = self._session.push(frame)
        done_s = self._clock.now_s()
        self._looked += 1
        self._meter.drawn(began_s, done_s, self._session.stages_ms)
        stats = self._meter.now(done_s, SourceCounts(self._looked))
        recorder = self._recorder
        return replace(
            view,
            stats=stats,
            recording=recorder is not None and recorder.running,
            notice=recorder.notice if recorder is not None else None,
        )

    def pause(self, paused: bool) -> None:
        self._session.pause(paused)

    def reset(self) -> None:
        self._session.reset()

    def finish(self) -> Mapping[str, Any] | None:
        return self._summary(self._session.finish())

    def close(self) -> None:
        """Closes the recording too, which may take a moment."""
        try:
            self._closing.close()
        finally:
            if self._recorder is not None and self._recordings is not None:
                path = self._recorder.close()
                if path is not None:
                    self._recordings.finished.append(path)
                if self._recorder.error is not None:
                    self._recordings.say(str(self._recorder.error))


def session_maker(
    settings: Settings, summary: Summary, recordings: Recordings | None = None, clock: Clock | None = None
) -> Callable[[Chosen, tuple[int, int], int], BrowserSession]:
    """What the server calls for each camera."""
    clock = clock or RealClock()

    def make(chosen: Chosen, size_px: tuple[int, int], camera: int) -> BrowserSession:
        options = settings.with_options({"movement": chosen.movement, "view": chosen.view})
        with ExitStack() as undo:
            closing = undo.enter_context(ExitStack())
            estimator = closing.enter_context(live_estimator(options.pose))
            session = make_session(options, size_px, clock, estimator, closing=closing)
            made = BrowserSession(session, summary, clock, closing, recordings)
            undo.pop_all()  # from here on it closes what it is made of itself
            return made

    return make
