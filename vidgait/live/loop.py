"""The loop: newest picture in, view out, shown, until it ends."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import TYPE_CHECKING, Protocol

import numpy as np

from vidgait.live.state import nothing_seen
from vidgait.live.stats import Meter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidgait.live.capture import Captured, Source
    from vidgait.live.clock import Clock
    from vidgait.live.state import LiveView
    from vidgait.types import Frame, ImageArray

__all__ = ["Ending", "Looked", "Loop", "Screen", "Stop", "stop_on_signals"]

POLL_S = 0.05
"""How long to wait for a picture before keys are looked at again."""
NOTICE_EVERY_S = 0.25
"""While no picture comes, the last one is shown again this often with the notice."""
STALE_S = 0.5
"""After so long without a picture its numbers are old ones, before the source itself calls it silent."""
BLANK_SHAPE = (720, 1280, 3)
SILENT = "No new picture"


class Looked(Protocol):
    """What the loop asks of a session."""

    stages_ms: dict[str, float]

    def push(self, frame: Frame) -> LiveView: ...

    def pause(self, paused: bool) -> None: ...

    def reset(self) -> None: ...


class Screen(Protocol):
    def show(self, image: ImageArray, view: LiveView) -> None: ...

    def keys(self) -> Sequence[str]: ...


@dataclass(slots=True)
class Stop:
    """Set by Ctrl-C, looked at between two pictures, so that nothing is left half done."""

    asked: bool = False


Ending = str
"""`end`: nothing more comes. `quit`: a key or the closed window. `stopped`: Ctrl-C."""


@dataclass(slots=True)
class Loop:
    source: Source
    make_session: Callable[[Frame], Looked]
    """Made for the first picture, whose size it has."""
    clock: Clock
    screen: Screen | None = None
    """None: headless."""
    listen: Callable[[LiveView], None] = lambda view: None
    """Told of every new view: voice, tones, an overall log."""
    recording: Callable[[], bool] = lambda: False
    notice: Callable[[], str | None] = lambda: None
    """Of anything but the source, such as a recording that failed."""
    meter: Meter | None = None
    session: Looked | None = None
    _paused: bool = False
    _last: tuple[Captured, LiveView] | None = None
    _shown_s: float = 0.0
    _looked_s: float = 0.0
    """When the last picture was shown for the first time."""

    def run(self, stop: Stop) -> Ending:
        """Until the source ends, somebody quits, or `stop` is asked for. Raises what the source raises."""
        self.meter = self.meter or Meter()
        while not stop.asked:
            captured = self.source.newest(POLL_S)
            if captured is not None:
                keys = self._look(captured)
            elif self.source.ended:
                return "end"
            else:
                keys = self._wait()
            if self._obey(keys):
                return "quit"
        return "stopped"

    def _look(self, captured: Captured) -> Sequence[str]:
        """Looks at a picture and shows it; returns the keys that were pressed."""
        assert self.meter is not None
        if self.session is None:
            self.session = self.make_session(captured.frame)
        stats = self.meter.now(self.clock.now_s(), self.source.counts)
        view = replace(
            self.session.push(captured.frame),
            stats=stats,
            recording=self.recording(),
            notice=self.source.notice or self.notice(),
        )
        looked_s = self.clock.now_s()
        keys: Sequence[str] = ()
        if self.screen is not None:
            self.screen.show(captured.frame.image, view)
            keys = self.screen.keys()  # OpenCV's windows are drawn while keys are asked for
        drawn_s = self.clock.now_s()
        self._last, self._shown_s, self._looked_s = (captured, view), drawn_s, drawn_s
        drawing = {"drawing": 1e3 * (drawn_s - looked_s)} if self.screen is not None else {}
        self.meter.drawn(captured.captured_s, drawn_s, self.session.stages_ms | drawing)
        self.listen(view)
        return keys

    def _wait(self) -> Sequence[str]:
        """No picture came. Where that lasts the last one stays, and its numbers go."""
        if self.screen is None:
            return ()
        now_s = self.clock.now_s()
        if self._last is None:
            self._say_waiting(now_s)
            return self.screen.keys()
        notice = self.source.notice or (SILENT if now_s - self._looked_s >= STALE_S else None)
        if notice is not None and now_s - self._shown_s >= NOTICE_EVERY_S:
            captured, view = self._last
            state = replace(view.state, points_px=None, score=None, readings=(), announced=None)
            self.screen.show(captured.frame.image, replace(view, state=state, advice=(), cue=None, notice=notice))
            self._shown_s = now_s
        return self.screen.keys()

    def _say_waiting(self, now_s: float) -> None:
        """There was no picture at all yet: the window is not to stand there without a word."""
        if self.screen is None or not self.source.notice or now_s - self._shown_s < NOTICE_EVERY_S:
            return
        self.screen.show(np.zeros(BLANK_SHAPE, np.uint8), nothing_seen(self.source.notice))
        self._shown_s = now_s

    def _obey(self, keys: Sequence[str]) -> bool:
        """True: quit. What only changes the look, the window does itself."""
        for key in keys:
            if key == "quit":
                return True
            if key == "pause" and self.session is not None:
                self._paused = not self._paused
                self.session.pause(self._paused)
            elif key == "reset" and self.session is not None:
                self.session.reset()
        return False


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Ctrl-C (and the system's polite end, and that of a terminal that is closed) asks once; a second Ctrl-C interrupts
    as ever. Main thread only."""
    stop = Stop()

    def ask(number: int, frame: FrameType | None) -> None:
        if stop.asked:
            raise KeyboardInterrupt
        stop.asked = True

    numbers = [signal.SIGINT, signal.SIGTERM]
    hang_up: signal.Signals | None = getattr(signal, "SIGHUP", None)  # not on Windows
    # Started with nohup, it goes on when the terminal is closed.
    if hang_up is not None and signal.getsignal(hang_up) != signal.SIG_IGN:
        numbers.append(hang_up)
    before = {number: signal.signal(number, ask) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
