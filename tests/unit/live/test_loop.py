"""The loop on a simulated clock: what is shown, counted and obeyed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.live_fakes import Analyser, Coach, Estimator, Guide, Screen, clip, picture, session
from vidgait.errors import CameraError
from vidgait.live.capture import Captured, SourceCounts
from vidgait.live.clock import SimulatedClock
from vidgait.live.loop import Loop, Stop, stop_on_signals
from vidgait.live.picture import banner_of
from vidgait.live.player import Player
from vidgait.live.session import LiveSession, Parts
from vidgait.live.state import LiveState, LiveView
from vidgait.types import Frame, FramePoses, ImageArray


class Breaks:
    """A camera that delivers `good` pictures, is silent with a notice for `silent_s`, and then fails."""

    focal_px: float | None = None

    def __init__(self, clock: SimulatedClock, good: int, silent_s: float) -> None:
        self.clock, self.good, self.until_s = clock, good, silent_s
        self.counts, self.ended = SourceCounts(), False
        self.notice: str | None = None

    def newest(self, wait_s: float) -> Captured | None:
        self.clock.advance(wait_s)
        if self.good:
            self.good -= 1
            now_s = self.clock.now_s()
            return Captured(Frame(0, now_s, now_s, picture()), now_s)
        self.notice = "The camera broke off: trying again"
        self.until_s -= wait_s
        if self.until_s < 0.0:
            raise CameraError("The camera sends no pictures any more.")
        return None

    def close(self) -> None:
        pass


def test_headless_looks_at_every_picture_when_it_is_quick() -> None:
    clock, heard = SimulatedClock(), list[LiveView]()
    loop = Loop(Player(clip(90), clock), lambda frame: session(clock, 0.01), clock, listen=heard.append)
    assert loop.run(Stop()) == "end"
    assert len(heard) == 90
    assert loop.meter is not None
    stats = loop.meter.whole(loop.source.counts)
    assert (stats.captured, stats.processed, stats.dropped) == (90, 90, 0)
    assert stats.rate_hz == pytest.approx(30.0)
    assert stats.lag_ms == pytest.approx(10.0)
    assert dict(stats.stages_ms)["joints"] == pytest.approx(10.0)


def test_a_slow_network_drops_pictures_and_keeps_the_lag_bounded() -> None:
    clock = SimulatedClock()
    screen = Screen(clock, cost_s=0.005)
    loop = Loop(Player(clip(600), clock), lambda frame: session(clock, 0.060), clock, screen)
    loop.run(Stop())
    assert loop.meter is not None
    stats = loop.meter.whole(loop.source.counts)
    assert stats.rate_hz == pytest.approx(1 / 0.065, rel=0.02)
    assert stats.dropped + stats.processed == 600
    assert stats.lag_worst_ms is not None
    assert stats.lag_worst_ms <= 65.0 + 1000 / 30
    assert screen.views[-1].stats.dropped > 250
    assert screen.views[-1].stats.lag_ms == pytest.approx(stats.lag_ms, abs=20)


def test_keys_pause_reset_and_quit() -> None:
    clock = SimulatedClock()
    screen = Screen(clock, keys={10: "pause", 20: "pause", 30: "reset", 40: "quit"})
    live = session(clock)
    loop = Loop(Player(clip(900), clock), lambda frame: live, clock, screen)
    assert loop.run(Stop()) == "quit"
    assert len(screen.views) == 40
    assert [view.paused for view in screen.views] == [10 <= index < 20 for index in range(40)]
    assert all(view.state.points_px is None and view.state.readings == () for view in screen.views[10:20])
    assert live._analyser.resets == 1  # type: ignore[attr-defined]
    assert len(live._estimator.times_s) == 30, "nobody looks while it is paused"  # type: ignore[attr-defined]


def test_a_reset_while_it_is_paused_is_seen_at_once() -> None:
    class Counts(Analyser):
        def push(self, time_s: float, people: FramePoses, ready: bool = True) -> LiveState:
            return replace(super().push(time_s, people, ready), reps=super().finish())

    clock = SimulatedClock()
    screen = Screen(clock, keys={10: "pause", 20: "reset", 30: "quit"})
    parts = Parts(Guide(), Coach())
    live = LiveSession(Estimator(clock), Counts(), lambda: parts, lambda image: None, clock)
    Loop(Player(clip(90), clock), lambda frame: live, clock, screen).run(Stop())
    assert [len(view.state.reps) for view in screen.views] == [1] * 20 + [0] * 10
    assert all(view.paused for view in screen.views[10:])


def test_the_analyser_is_told_when_the_gates_have_passed() -> None:
    clock = SimulatedClock()
    live = session(clock, guide_pictures=4)
    Loop(Player(clip(8), clock), lambda frame: live, clock).run(Stop())
    ready = [ready for _, ready in live._analyser.pushed]  # type: ignore[attr-defined]
    assert ready == [False] * 5 + [True] * 3


def test_a_silent_camera_blanks_the_numbers_says_so_and_then_fails() -> None:
    clock = SimulatedClock()
    screen = Screen(clock)
    loop = Loop(Breaks(clock, 3, 2.0), lambda frame: session(clock), clock, screen)
    with pytest.raises(CameraError, match="no pictures any more"):
        loop.run(Stop())
    told = [view for view in screen.views if view.notice]
    assert len(told) >= 5
    assert all(view.state.points_px is None and view.cue is None for view in told)
    assert not any(view.notice for view in screen.views[:3])


def test_numbers_older_than_half_a_second_are_blanked_before_the_camera_is_called_silent() -> None:
    class Hangs(Breaks):
        """Says nothing while it hangs, as a driver does."""

        def newest(self, wait_s: float) -> Captured | None:
            captured = super().newest(wait_s)
            self.notice = None
            return captured

    clock, shown_s = SimulatedClock(), list[float]()

    class Watched(Screen):
        def show(self, image: ImageArray, view: LiveView) -> None:
            super().show(image, view)
            shown_s.append(clock.now_s())

    screen = Watched(clock)
    with pytest.raises(CameraError):
        Loop(Hangs(clock, 3, 0.9), lambda frame: session(clock), clock, screen).run(Stop())
    blank = [at for at, view in zip(shown_s, screen.views, strict=True) if view.state.points_px is None]
    assert blank[0] - shown_s[2] == pytest.approx(0.5, abs=0.06)
    assert all(view.cue is None and view.notice for view in screen.views[3:])


def test_stop_is_looked_at_between_two_pictures() -> None:
    clock, stop = SimulatedClock(), Stop()

    def heard(view: LiveView) -> None:
        stop.asked = view.state.time_s > 1.0

    loop = Loop(Player(clip(900), clock), lambda frame: session(clock), clock, listen=heard)
    assert loop.run(stop) == "stopped"
    assert clock.now_s() < 1.2


def test_one_interrupt_asks_and_the_second_one_interrupts() -> None:
    with stop_on_signals() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.asked
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no such signal here")
@pytest.mark.parametrize("before", [signal.SIG_DFL, signal.SIG_IGN])
def test_a_terminal_that_is_closed_ends_it_politely(before: signal.Handlers) -> None:
    """Its default is the end of the program at once, which would leave a recording that nothing can play. With nohup
    it is ignored, and stays so."""
    found = signal.signal(signal.SIGHUP, before)
    try:
        with stop_on_signals() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert stop.asked == (before is signal.SIG_DFL)
        assert signal.getsignal(signal.SIGHUP) is before
    finally:
        signal.signal(signal.SIGHUP, found)


def test_a_session_is_made_for_the_size_of_the_first_picture() -> None:
    clock, sizes = SimulatedClock(), []

    def frames() -> Iterator[Frame]:
        for frame in clip(3):
            yield replace(frame, image=picture(size_px=(80, 60)))

    def make(frame: Frame) -> object:
        sizes.append(frame.image.shape[:2])
        return session(clock)

    Loop(Player(frames(), clock), make, clock).run(Stop())  # type: ignore[arg-type]
    assert sizes == [(60, 80)]


def test_advice_and_cue_are_never_given_together() -> None:
    clock = SimulatedClock()
    looked = session(clock, guide_pictures=3)
    views = [looked.push(frame) for frame in clip(6)]
    assert [bool(view.advice) for view in views] == [True] * 3 + [False] * 3
    assert [view.cue is None for view in views] == [True] * 3 + [False] * 3


def test_before_the_first_picture_the_window_says_what_it_waits_for() -> None:
    clock = SimulatedClock()
    views: list[LiveView] = []

    class Silent:
        focal_px = None
        counts = SourceCounts()
        ended = False

        @property
        def notice(self) -> str | None:
            return f"Waiting for the camera: {int(clock.now_s())} s" if clock.now_s() >= 1.0 else None

        def newest(self, wait_s: float) -> Captured | None:
            clock.advance(wait_s)
            if clock.now_s() > 4.6:
                raise CameraError("The camera opens but sends no picture that can be read.")
            return None

        def close(self) -> None: ...

    class Window:
        def show(self, image: ImageArray, view: LiveView) -> None:
            assert image.shape[2] == 3 and not image.any()
            views.append(view)

        def keys(self) -> tuple[str, ...]:
            return ()

    loop = Loop(Silent(), lambda frame: session(clock), clock, Window())
    with pytest.raises(CameraError):
        loop.run(Stop())
    assert list(dict.fromkeys(view.notice for view in views)) == [
        f"Waiting for the camera: {s} s" for s in (1, 2, 3, 4)
    ]
    banner = banner_of(views[0])
    assert banner is not None and banner.words == "Waiting for the camera: 1 s"
