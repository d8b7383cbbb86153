"""`vidgait live`: parse, run, print. The rest is in `vidgait.live`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from vidgait.cli_options import TYPED, Debug, Height, Json, Movement, Quiet, View, as_typed
from vidgait.cli_progress import Bars, bars_on_screen
from vidgait.errors import SettingsError, VidgaitError

if TYPE_CHECKING:
    from vidgait.live.running import LiveChoice, LiveOutcome
    from vidgait.live.session import Finished
    from vidgait.settings import Settings

__all__ = ["live"]

PORT = 8765


@dataclass(frozen=True, slots=True)
class _Spoken:
    """How to say it."""

    as_json: bool
    quiet: bool

    def note(self, text: str) -> None:
        """Beside the results, never among them."""
        if not self.quiet and not self.as_json:
            Console(stderr=True, soft_wrap=True, highlight=False).print(text, markup=False)


def live(
    camera: Annotated[int | None, typer.Option(help="Number of the camera.", show_default="0", min=0)] = None,
    source: Annotated[
        str | None,
        typer.Option(help="A video file, played as fast as life, or a stream: rtsp://, http://.", metavar="FILE|URL"),
    ] = None,
    movement: Movement = None,
    view: View = None,
    height_m: Height = None,
    record: Annotated[
        Path | None, typer.Option(help="Keep what is filmed in this folder, and analyse it at the end.", metavar="DIR")
    ] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Open no window.")] = False,
    mirror: Annotated[
        bool | None,
        typer.Option("--mirror/--no-mirror", help="Show the picture as in a mirror.", show_default="a camera's only"),
    ] = None,
    stats: Annotated[bool, typer.Option("--stats", help="Show and print how well it keeps up.")] = False,
    voice: Annotated[bool, typer.Option("--voice", help="Speak the cues.")] = False,
    tone: Annotated[bool, typer.Option("--tone", help="A tone for every repetition.")] = False,
    web: Annotated[bool, typer.Option("--web", help="Serve a page that uses the browser's camera.")] = False,
    host: Annotated[
        str | None, typer.Option(help="With --web: 0.0.0.0 lets other devices in.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[int | None, typer.Option(help="With --web.", show_default=str(PORT), min=0, max=65535)] = None,
    tls: Annotated[bool, typer.Option("--tls", help="With --web: encrypted, so that phones allow the camera.")] = False,
    config: Annotated[Path | None, typer.Option(help="Settings in a TOML file; flags win over it.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace results that exist already.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Form feedback at the camera: repetitions counted, angles and cues, in a window or in a browser.

    Ctrl-C, q or the end of the file ends it; then it prints what was done.
    """
    from vidgait.live.running import LiveChoice

    _check_options(camera, source, web, host, port, tls)
    settings = _settings(config, movement=movement, view=view, height_m=height_m)
    choice = LiveChoice(camera or 0, source, record, headless, mirror, stats, voice, tone)
    spoken = _Spoken(as_json, quiet)
    if web:
        _serve(settings, choice, host or "127.0.0.1", PORT if port is None else port, tls, overwrite, spoken)
    else:
        _run_here(settings, choice, overwrite, spoken)


def _check_options(
    camera: int | None, source: str | None, web: bool, host: str | None, port: int | None, tls: bool
) -> None:
    """Raises typer.BadParameter for what contradicts itself."""
    if camera is not None and source is not None:
        raise typer.BadParameter("--camera and --source both say where pictures come from: give one of them.")
    if web and (camera is not None or source is not None):
        raise typer.BadParameter("--web takes the browser's own camera: leave --camera and --source out.")
    if not web and (host is not None or port is not None or tls):
        raise typer.BadParameter("--host, --port and --tls belong to --web.")


def _settings(config: Path | None, **options: Any) -> Settings:
    from vidgait.movements import MOVEMENTS
    from vidgait.settings import Settings

    settings = Settings() if config is None else Settings.from_toml(config)
    settings = settings.with_options({name: value for name, value in options.items() if value is not None})
    if settings.movement not in ("auto", *MOVEMENTS):
        known = ", ".join(("auto", *MOVEMENTS))
        raise SettingsError(f"Unknown movement '{settings.movement}'.", f"Known: {known}.")
    return settings


def _run_here(settings: Settings, choice: LiveChoice, overwrite: bool, spoken: _Spoken) -> None:
    from vidgait.live.running import run_live

    outcome = run_live(settings, choice, overwrite=overwrite, say=spoken.note)
    _tell(outcome, choice.stats, spoken)
    if outcome.recording is not None:
        if outcome.left_out:
            spoken.note(f"The recording lacks {outcome.left_out} pictures: the encoder was too slow.")
        _report([outcome.recording], settings, spoken)
    for error in outcome.errors:
        if not spoken.as_json:
            _say(error)
    if outcome.errors:
        raise typer.Exit(1)


def _tell(outcome: LiveOutcome, stats: bool, spoken: _Spoken) -> None:
    from vidgait.live.stats import stats_mapping, stats_text
    from vidgait.live.summary import summarise, summary_mapping, summary_text

    finished = outcome.finished
    summary = summarise(finished.reps, finished.movement, finished.given, finished.presence)
    if spoken.as_json:
        said = summary_mapping(summary) | {"stats": stats_mapping(outcome.stats), "ending": outcome.ending}
        said["recording"] = None if outcome.recording is None else str(outcome.recording)
        failed = [{"code": one.code, "message": one.message, "hint": one.hint} for one in outcome.errors]
        said["error"] = failed[0] if failed else None
        print(json.dumps(said))
    elif not spoken.quiet:
        print(summary_text(summary))
        if stats:
            print(stats_text(outcome.stats))


def _say(error: VidgaitError) -> None:
    said = as_typed(str(error), TYPED)
    Console(stderr=True, soft_wrap=True, highlight=False).print(said, style="red", markup=False)


def _report(recordings: list[Path], settings: Settings, spoken: _Spoken) -> None:
    """The offline report beside each recording. One that cannot be made is said, and the recording stays."""
    from vidgait.outputs.summary import summary_text
    from vidgait.pipeline import analyze

    for recording in recordings:
        try:
            with bars_on_screen(spoken.quiet or spoken.as_json) as bars:
                folder = recording.parent
                analysis = analyze(recording, out=folder, settings=settings, overwrite=True, progress=Bars(bars))
        except VidgaitError as error:
            spoken.note(f"The recording is {recording}; no report could be made of it: {error}")
        except KeyboardInterrupt:
            spoken.note(f"The recording is {recording}; 'vidgait analyze {recording}' makes the report.")
            raise typer.Exit(130) from None
        else:
            if not spoken.quiet and not spoken.as_json:
                print(f"\n{summary_text(folder, analysis)}")
                print(f"Recording: {recording}")


def _serve(
    settings: Settings, choice: LiveChoice, host: str, port: int, tls: bool, overwrite: bool, spoken: _Spoken
) -> None:
    from vidgait.live.running import record_folder
    from vidgait.live.summary import summary_rows
    from vidgait.live.web.server import require_web

    require_web(tls=tls)
    if choice.headless:
        spoken.note("--web opens no window: --headless changes nothing.")
    from vidgait.live.web.greeting import make_greeting
    from vidgait.live.web.server import serve_site
    from vidgait.live.web_session import Recordings, session_maker

    say = _to_stderr if spoken.as_json else print
    sets: list[dict[str, Any]] = []
    recordings = None if choice.record is None else Recordings(record_folder(choice.record, overwrite), say)
    maker = session_maker(settings, _gathering(sets) if spoken.as_json else summary_rows, recordings)
    greeting = make_greeting(
        recording=recordings is not None,
        movement=settings.movement,
        view=settings.view.view,
        voice=choice.voice,
        tone=choice.tone,
        mirror=choice.mirror,
        stats=choice.stats,
    )
    try:
        serve_site(maker, greeting, host=host, port=port, tls=tls, say=say)
    finally:
        if recordings is not None:
            recordings.tidy()
    kept = [] if recordings is None else recordings.finished
    if spoken.as_json:
        print(json.dumps({"sets": sets, "recordings": [str(path) for path in kept]}))
    _report(kept, settings, spoken)


def _to_stderr(text: str) -> None:
    """Links are needed whatever is printed; with --json the results alone go to the standard output."""
    print(text, file=sys.stderr, flush=True)


def _gathering(sets: list[dict[str, Any]]) -> Callable[[Finished], Mapping[str, Any] | None]:
    """What a page is told of a set that has ended; every one with a repetition goes into `sets` too."""
    from vidgait.live.summary import summarise, summary_mapping, summary_rows

    def told(finished: Finished) -> Mapping[str, Any] | None:
        if finished.reps:
            sets.append(summary_mapping(summarise(finished.reps, finished.movement, finished.given, finished.presence)))
        return summary_rows(finished)

    return told
