"""One session from its first picture to its summary: opens what was asked for, runs the loop, closes everything."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidgait.errors import VidgaitError
from vidgait.live.assembly import live_estimator, load_parts, make_session, warm_up
from vidgait.live.clock import RealClock
from vidgait.live.loop import Loop, stop_on_signals
from vidgait.live.recording import RECORDING, Recorder
from vidgait.live.schedule import DropSchedule, keep_all
from vidgait.live.session import Finished
from vidgait.live.stats import Meter, SessionStats

if TYPE_CHECKING:
    from vidgait.live.announcer import Announcer
    from vidgait.live.capture import Source, Tap
    from vidgait.live.clock import Clock
    from vidgait.live.loop import Ending, Screen
    from vidgait.live.session import LiveSession
    from vidgait.live.state import LiveView
    from vidgait.settings import Settings
    from vidgait.types import Frame

__all__ = ["LiveChoice", "LiveOutcome", "open_source", "record_folder", "run_live"]


@dataclass(frozen=True, slots=True)
class LiveChoice:
    """What is asked for besides the settings of the analysis."""

    camera: int = 0
    source: str | None = None
    """A file or an address; None: the camera."""
    record: Path | None = None
    """A folder."""
    headless: bool = False
    mirror: bool | None = None
    """Show it as in a mirror. None: a camera yes, a file or a stream no."""
    stats: bool = False
    voice: bool = False
    tone: bool = False


@dataclass(frozen=True, slots=True)
class LiveOutcome:
    ending: Ending
    finished: Finished
    stats: SessionStats
    recording: Path | None = None
    left_out: int = 0
    """Pictures that the recording lacks because the encoder was too slow."""
    errors: tuple[VidgaitError, ...] = field(default=())
    """What ended the session, or the recording, before its time."""


def open_source(choice: LiveChoice, settings: Settings, clock: Clock, drop: DropSchedule, tap: Tap | None) -> Source:
    """Raises VideoOpenError, NoFramesError, and CameraError for an address nobody knows; the rest comes later."""
    if choice.source is None:
        from vidgait.live.camera import camera

        return camera(choice.camera, clock, drop=drop, tap=tap)
    from vidgait.live.stream import is_address, stream

    if is_address(choice.source):
        return stream(choice.source, clock, drop=drop, tap=tap)
    from vidgait.live.player import play_file

    return play_file(Path(choice.source), settings.video, clock, drop=drop, tap=tap)


def record_folder(folder: Path, overwrite: bool) -> Path:
    """Made where it is not there. Raises OutputError."""
    from vidgait.errors import OutputError
    from vidgait.outputs.folder import check_target

    check_target(folder, overwrite)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be made: {error.strerror}.", "Choose another place with --record."
        ) from None
    return folder


def run_live(
    settings: Settings,
    choice: LiveChoice,
    *,
    clock: Clock | None = None,
    drop: DropSchedule = keep_all,
    overwrite: bool = False,
    listen: Callable[[LiveView], None] = lambda view: None,
    say: Callable[[str], None] = lambda text: None,
) -> LiveOutcome:
    """Runs until the source ends, somebody quits or Ctrl-C is pressed; what was recorded is then closed and playable.

    `listen` is told of every view, `say` of what the person should know beforehand.

    Raises what stops it before the first picture: CameraError, VideoError, ModelError, DisplayError, OutputError.
    """
    clock = clock or RealClock()
    with ExitStack() as stack:
        recorder = None
        if choice.record is not None:
            recorder = Recorder(record_folder(choice.record, overwrite) / RECORDING, say)
            stack.callback(_tidy, recorder, choice.record)
            stack.callback(recorder.close)
        source = open_source(choice, settings, clock, drop, recorder.offer if recorder else None)
        stack.callback(source.close)
        screen = None if choice.headless else _window(choice, stack)
        estimator = stack.enter_context(live_estimator(settings.pose))
        warm_up(estimator)
        load_parts()

        def make(frame: Frame) -> LiveSession:
            say("Ctrl-C ends it." if choice.headless else "q in the window ends it; h shows the keys.")
            size_px = (frame.image.shape[1], frame.image.shape[0])
            return make_session(settings, size_px, clock, estimator, focal_px=source.focal_px, closing=stack)

        announcer = _announcer(choice, say)
        stack.callback(announcer.close)

        def heard(view: LiveView) -> None:
            announcer.push(view)
            listen(view)

        loop = Loop(source, make, clock, screen, heard, meter=Meter())
        if recorder is not None:
            loop.recording, loop.notice = lambda: recorder.running, lambda: recorder.notice
        return _run(loop, recorder)


def _run(loop: Loop, recorder: Recorder | None) -> LiveOutcome:
    errors: list[VidgaitError] = []
    ending = "broken"
    with stop_on_signals() as stop:
        try:
            ending = loop.run(stop)
        except VidgaitError as error:
            if loop.session is None:
                raise
            errors.append(error)
        loop.source.close()
        path = recorder.close() if recorder is not None else None
    if recorder is not None and recorder.error is not None:
        errors.append(recorder.error)
    session: Any = loop.session
    finished = session.finish() if session is not None else Finished((), None)
    assert loop.meter is not None
    return LiveOutcome(
        ending,
        finished,
        loop.meter.whole(loop.source.counts),
        path,
        recorder.left_out if recorder is not None else 0,
        tuple(errors),
    )


def _announcer(choice: LiveChoice, say: Callable[[str], None]) -> Announcer:
    from vidgait.live.announcer import Announcer
    from vidgait.live.tone import find_tone
    from vidgait.live.voice import NO_VOICE, find_voice

    voice = find_voice() if choice.voice else None
    if choice.voice and voice is None:
        say(NO_VOICE)
    return Announcer(voice, find_tone() if choice.tone else None)


def _window(choice: LiveChoice, stack: ExitStack) -> Screen:
    from vidgait.live.window import Window

    mirror = choice.source is None if choice.mirror is None else choice.mirror
    return stack.enter_context(Window(mirror=mirror, stats=choice.stats))


def _tidy(recorder: Recorder, folder: Path) -> None:
    """A folder made for nothing goes."""
    if not recorder.path.exists() and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
