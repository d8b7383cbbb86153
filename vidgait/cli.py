"""The command line: parse, call one function, print, exit code.

Exit codes: 0 done, 1 something failed (one red line says what), 2 wrong command line, 130 interrupted.
"""

from __future__ import annotations

import functools
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from vidgait.cli_batch import batch
from vidgait.cli_live import live
from vidgait.cli_options import (
    TYPED,
    Audio,
    BlurFaces,
    CameraHeight,
    Debug,
    ExcludeRep,
    FloorLine,
    FullSize,
    Height,
    Json,
    Mass,
    Mirrored,
    Movement,
    OutFolder,
    Pair,
    Pdf,
    Person,
    Quiet,
    View,
    YawDeg,
    YawErrorDeg,
    as_typed,
    heading_options,
    missing_library,
)
from vidgait.cli_progress import Bars, bars_on_screen
from vidgait.errors import SettingsError, VidgaitError

__all__ = ["analyze", "app", "doctor", "main", "measures", "models", "report", "simulate", "validate"]

app = typer.Typer(
    name="vidgait",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Markerless motion capture for the legs, from one ordinary video.",
    epilog="Start with: vidgait analyze squat.mp4",
)

R = TypeVar("R")


def _run(work: Callable[[], R], as_json: bool, debug: bool, left: str = "nothing was left behind.") -> R:
    """Call `work`; turn what vidgait raises into one line and an exit code. `left`: what an interruption leaves."""
    try:
        return work()
    except VidgaitError as error:
        if debug:
            raise
        _say_error(error, as_json)
        raise typer.Exit(1) from None
    except ImportError as error:
        if debug:
            raise
        _say_error(missing_library(error), as_json)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        if debug:
            raise
        if as_json:
            print(json.dumps({"error": {"code": "interrupted", "message": "Interrupted.", "hint": ""}}))
        else:
            Console(stderr=True, soft_wrap=True).print(f"Interrupted; {left}", style="yellow")
        raise typer.Exit(130) from None


def _error_mapping(error: VidgaitError) -> dict[str, str]:
    return {"code": error.code, "message": error.message, "hint": error.hint}


def _say_error(error: VidgaitError, as_json: bool, prefix: str = "") -> None:
    if as_json:
        print(json.dumps({"error": _error_mapping(error)}))
    else:
        said = as_typed(f"{prefix}{error}", TYPED)
        Console(stderr=True, soft_wrap=True, highlight=False).print(said, style="red", markup=False)


def _given(**options: Any) -> dict[str, Any]:
    """Only what the user typed, so that every default stays in settings.py and a TOML file is not overruled."""
    return {name: value for name, value in options.items() if value is not None}


def _exclusions(numbers: list[int] | None) -> tuple[int, ...] | None:
    """0 stands for nothing, so that a saved choice can be taken back."""
    return tuple(number for number in numbers if number) if numbers else None


def _settings(config: Path | None) -> Any:
    from vidgait.settings import Settings

    return Settings() if config is None else Settings.from_toml(config)


@app.command()
def analyze(
    videos: Annotated[list[Path], typer.Argument(metavar="VIDEO...", help="One or more video files.")],
    out: OutFolder = Path("vidgait_out"),
    movement: Movement = None,
    view: View = None,
    yaw_deg: YawDeg = None,
    yaw_error_deg: YawErrorDeg = None,
    floor_line: FloorLine = None,
    camera_height_m: CameraHeight = None,
    person: Person = None,
    height_m: Height = None,
    mass_kg: Mass = None,
    start: Annotated[float | None, typer.Option(help="Start at this second of the video.")] = None,
    end: Annotated[float | None, typer.Option(help="Stop at this second of the video.")] = None,
    slowmo: Annotated[
        float | None, typer.Option(help="How many times slower than life the file plays.", show_default="1")
    ] = None,
    mirrored: Mirrored = None,
    backend: Annotated[
        str | None, typer.Option(help="Pose network: blazepose or mediapipe.", show_default="blazepose")
    ] = None,
    device: Annotated[
        str | None, typer.Option(help="auto, cpu, cuda, tensorrt, coreml, dml, openvino.", show_default="auto")
    ] = None,
    exclude_rep: ExcludeRep = None,
    video: Annotated[bool | None, typer.Option("--video/--no-video", help="Write the annotated video.")] = None,
    audio: Audio = None,
    full_size: FullSize = None,
    blur_faces: BlurFaces = None,
    pdf: Pdf = None,
    config: Annotated[Path | None, typer.Option(help="Settings in a TOML file; flags win over it.")] = None,
    pair: Pair = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace results that exist already.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Measure a movement in a video: angles, repetitions and scores, an annotated video and a report."""
    options = _given(
        movement=movement, view=view, person=person, height_m=height_m, mass_kg=mass_kg, start=start, end=end,
        slowmo=slowmo, mirrored=mirrored, backend=backend, device=device, write_video=video, audio=audio,
        full_size=full_size, blur_faces=blur_faces, pdf=pdf,
        exclude_reps=_exclusions(exclude_rep),
    )  # fmt: skip

    def work() -> int:
        turn = heading_options(yaw_deg, yaw_error_deg, floor_line, camera_height_m)
        if pair is not None:
            return _pair(videos, pair, out, options | turn, config, overwrite, as_json, quiet)
        return _analyze(videos, out, options | turn, config, overwrite, as_json, quiet, debug)

    failed = _run(work, as_json, debug)
    if failed:
        raise typer.Exit(1)


def _analyze(
    videos: list[Path],
    out: Path,
    options: dict[str, Any],
    config: Path | None,
    overwrite: bool,
    as_json: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """How many videos failed."""
    settings = _settings(config).with_options(options)
    from vidgait.outputs.summary import summary_mapping, summary_text
    from vidgait.pipeline import analyze_all

    results: list[dict[str, Any]] = []
    failed = 0
    with bars_on_screen(quiet or as_json) as bars:
        progress = Bars(bars)
        for outcome in analyze_all(videos, out, settings=settings, overwrite=overwrite, progress=progress):
            progress.clear()
            if outcome.error is not None and debug:
                raise outcome.error
            failed += outcome.error is not None
            if as_json:
                error = None if outcome.error is None else _error_mapping(outcome.error)
                results.append(summary_mapping(outcome.video, outcome.folder, outcome.analysis) | {"error": error})
            elif outcome.error is not None:
                _say_error(outcome.error, False, f"{outcome.video}: " if len(videos) > 1 else "")
            elif not quiet and outcome.analysis is not None:
                print(summary_text(outcome.folder, outcome.analysis))
    if as_json:
        print(json.dumps(results[0] if len(videos) == 1 else {"results": results}))
    return failed


def _pair(
    videos: list[Path],
    kind: str,
    out: Path,
    options: dict[str, Any],
    config: Path | None,
    overwrite: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Always 0: what does not belong together raises."""
    settings = _settings(config).with_options(options)
    from vidgait.outputs.session_words import session_text
    from vidgait.session import pair_folder, pair_of, session_to_mapping

    with bars_on_screen(quiet or as_json) as bars:
        session = pair_of(videos, kind, out=out, settings=settings, overwrite=overwrite, progress=Bars(bars))
    if as_json:
        print(json.dumps(session_to_mapping(session)))
    elif not quiet:
        print(session_text(session, str(pair_folder(videos, out) / "session.html")))
    return 0


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that 'vidgait analyze' made.")],
    video: Annotated[Path | None, typer.Option(help="The original video, to draw it again.")] = None,
    movement: Movement = None,
    view: View = None,
    yaw_deg: YawDeg = None,
    yaw_error_deg: YawErrorDeg = None,
    floor_line: FloorLine = None,
    camera_height_m: CameraHeight = None,
    person: Person = None,
    height_m: Height = None,
    mass_kg: Mass = None,
    mirrored: Mirrored = None,
    exclude_rep: ExcludeRep = None,
    audio: Audio = None,
    full_size: FullSize = None,
    blur_faces: BlurFaces = None,
    pdf: Pdf = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Make the report and the tables again from saved results, without looking for joints again."""

    def work() -> None:
        from vidgait.outputs.summary import summary_mapping, summary_text
        from vidgait.pipeline import report as make_report

        options = _given(
            movement=movement, view=view, person=person, height_m=height_m, mass_kg=mass_kg, mirrored=mirrored,
            blur_faces=blur_faces, audio=audio, full_size=full_size, pdf=pdf, exclude_reps=_exclusions(exclude_rep),
        )  # fmt: skip
        options |= heading_options(yaw_deg, yaw_error_deg, floor_line, camera_height_m)
        with bars_on_screen(quiet or as_json) as bars:
            analysis = make_report(folder, video=video, progress=Bars(bars), **options)
        if as_json:
            print(json.dumps(summary_mapping(Path(analysis.video.path), folder, analysis)))
        elif not quiet:
            print(summary_text(folder, analysis))

    _run(work, as_json, debug)


@app.command()
def validate(
    target: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR | VIDEO]",
            help="A folder of videos with truth files, or one video (or analysed folder) with --truth.",
            show_default="sample_videos",
        ),
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="Reference of VIDEO: truth .json, OpenSim .mot, .trc, or .csv.")
    ] = None,
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="NAME=COLUMN",
            help="Which column is which: knee_flexion_deg:left=-KneeL[rad], time=Time; repeatable.",
        ),
    ] = None,
    offset_s: Annotated[
        float | None,
        typer.Option("--offset-s", help="Time in the reference less time in the video, instead of finding it."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for accuracy.md and accuracy.json.")] = None,
    html: Annotated[bool, typer.Option("--html", help="Write accuracy.html too, with every curve.")] = False,
    analyses: Annotated[
        Path | None, typer.Option(help="Keep the analyses in this folder, and take them from it.")
    ] = None,
    movement: Movement = None,
    view: View = None,
    person: Person = None,
    height_m: Height = None,
    mirrored: Mirrored = None,
    config: Annotated[Path | None, typer.Option(help="Settings in a TOML file; flags win over it.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace tables that exist already.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Hold every number against a known truth or your laboratory's reference, and say how far off each is."""
    options = _given(movement=movement, view=view, person=person, height_m=height_m, mirrored=mirrored)

    def work() -> int:
        from vidgait.truth.accuracy_file import table_of, to_json
        from vidgait.truth.accuracy_terminal import accuracy_terminal
        from vidgait.truth.validation import validate as run

        with bars_on_screen(quiet or as_json) as bars:
            settings = _settings(config)
            result = run(
                target, truth=truth, maps=maps or (), offset_s=offset_s, out=out, html=html, overwrite=overwrite,
                analyses=analyses, settings=settings, progress=Bars(bars), **options,
            )  # fmt: skip
        if as_json:
            print(to_json(table_of(result)), end="")
        elif not quiet:
            Console(highlight=False).print(accuracy_terminal(table_of(result), result))
            if out is not None:
                print("\n".join(["", f"Table:  {out / 'accuracy.md'}", *([f"Page:   {out / 'accuracy.html'}"] * html)]))
        return len(result.failed)

    if _run(work, as_json, debug):
        raise typer.Exit(1)


# fmt: off
@app.command()
def simulate(
    movement: Annotated[str, typer.Option("--movement", metavar="NAME", help="squat, sit_to_stand, lunge, hinge, single_leg_squat, single_leg_stance, step_down, walk, run, counter_movement_jump, drop_jump, standing.")] = "squat",  # noqa: E501
    reps: Annotated[int | None, typer.Option(help="Repetitions or jumps.", show_default="3")] = None,
    side: Annotated[str | None, typer.Option(help="Standing or leading leg: left, right.", show_default="left")] = None,
    legs: Annotated[str | None, typer.Option(help="On one leg, and lunges: one, both (a set each), alternating.", show_default="one")] = None,  # noqa: E501
    free_leg: Annotated[str | None, typer.Option(help="Single-leg squat: other foot front, middle or behind.", show_default="behind")] = None,  # noqa: E501
    touch_down: Annotated[bool | None, typer.Option("--touch-down", help="It touches the floor between repetitions.")] = None,  # noqa: E501
    direction: Annotated[str | None, typer.Option(help="Step-down: forward, lateral.", show_default="forward")] = None,
    knee_deg: Annotated[float | None, typer.Option(help="Knee flexion at the lowest point.")] = None,
    fppa_left_deg: Annotated[float | None, typer.Option(help="Left FPPA there, + knee inward.")] = None,
    fppa_right_deg: Annotated[float | None, typer.Option(help="Right FPPA there, + knee inward.")] = None,
    pelvic_drop_deg: Annotated[float | None, typer.Option(help="Free (on two feet: right) side of the pelvis lower.")] = None,  # noqa: E501
    trunk_deg: Annotated[float | None, typer.Option(help="Forward lean of the trunk at the lowest point.")] = None,
    side_lean_deg: Annotated[float | None, typer.Option(help="Lean toward the standing leg (on two feet: right).")] = None,  # noqa: E501
    heel_rise_deg: Annotated[float | None, typer.Option(help="How far the heels rise in a squat.")] = None,
    down_s: Annotated[float | None, typer.Option(help="Time of the way down.")] = None,
    pause_s: Annotated[float | None, typer.Option(help="Time of the pause.")] = None,
    up_s: Annotated[float | None, typer.Option(help="Time of the way up.")] = None,
    rest_s: Annotated[float | None, typer.Option(help="Time between repetitions.")] = None,
    duration_s: Annotated[float | None, typer.Option(help="Time of a walk, a run, a stance.")] = None,
    cadence: Annotated[float | None, typer.Option(help="Steps a minute.")] = None,
    jump_height_m: Annotated[float | None, typer.Option(help="Height of the jump.")] = None,
    body_height_m: Annotated[float | None, typer.Option(help="Body height.", show_default="1.75")] = None,
    view: Annotated[str | None, typer.Option(help="front, back, left or right.", show_default="suits the movement")] = None,  # noqa: E501
    yaw_deg: Annotated[float | None, typer.Option(help="Turn away from that view, + shows more of the left side.")] = None,  # noqa: E501
    distance_m: Annotated[float | None, typer.Option(help="Distance of the camera.")] = None,
    camera_height_m: Annotated[float | None, typer.Option(help="Height of the camera.", show_default="1")] = None,
    pitch_deg: Annotated[float | None, typer.Option(help="The camera looks down.")] = None,
    roll_deg: Annotated[float | None, typer.Option(help="The picture is turned clockwise.")] = None,
    focal_px: Annotated[float | None, typer.Option(help="Focal length.", show_default="1500")] = None,
    width_px: Annotated[int | None, typer.Option(help="Width of the picture.")] = None,
    height_px: Annotated[int | None, typer.Option(help="Height of the picture.")] = None,
    rate_hz: Annotated[float | None, typer.Option(help="Frames a second.", show_default="30; gait and jumps 60")] = None,  # noqa: E501
    jitter: Annotated[float | None, typer.Option(help="Frames come up to this share of a frame early or late.")] = None,
    dropped: Annotated[float | None, typer.Option(help="Share of frames that are missing.")] = None,
    noise_px: Annotated[float | None, typer.Option(help="Noise of every joint, as SD of each coordinate.")] = None,
    noise_correlation_s: Annotated[float | None, typer.Option(help="How long the noise remembers; 0 is white.")] = None,
    offset_px: Annotated[float | None, typer.Option(help="SD of what each joint is off by all the time.")] = None,
    network_noise: Annotated[bool | None, typer.Option("--network-noise", help="The noise that the shipped network has.")] = None,  # noqa: E501
    network_habits: Annotated[bool | None, typer.Option("--network-habits/--exact-3d", help="Turn the 3-D points as the shipped network does near a front or back view.", show_default="network-habits")] = None,  # noqa: E501
    gap: Annotated[list[str] | None, typer.Option(metavar="START:END[:KEYPOINTS]", help="Nothing is seen then; repeatable.")] = None,  # noqa: E501
    swap: Annotated[list[str] | None, typer.Option(metavar="START:END", help="The legs are taken for one another then; repeatable.")] = None,  # noqa: E501
    second_person: Annotated[str | None, typer.Option(help="none, stands or crosses.", show_default="none")] = None,
    curves: Annotated[Path | None, typer.Option(help="CSV with time_s and angles of your own, as left_knee_flexion_deg.")] = None,  # noqa: E501
    seed: Annotated[int | None, typer.Option(help="Of all randomness: the same seed gives the same points.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write the analysis and its truth to this folder.")] = None,  # noqa: E501
    config: Annotated[Path | None, typer.Option(help="Settings of the analysis in a TOML file.")] = None,
    every_series: Annotated[bool, typer.Option("--series", help="Every series too, frame by frame.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace results that exist already.")] = False,
    as_json: Json = False, quiet: Quiet = False, debug: Debug = False,
) -> None:
    """What if? Simulates a person and a camera, measures them, and prints true beside shown for every number."""
    given = {name: value for name, value in locals().items() if value is not None}
    own = ("gap", "swap", "curves", "out", "config", "every_series", "overwrite", "as_json", "quiet", "debug")
    changes = {name: value for name, value in given.items() if name not in own}

    def work() -> str:
        from vidgait.truth.what_if import what_if_mapping, what_if_text
        from vidgait.truth.what_if_run import run_what_if

        if curves is not None and not curves.is_file():
            raise SettingsError(f"There is no file {curves}.", "Check the path given with --curves.")
        try:
            simulation, result = run_what_if(
                changes, gaps=gap or (), swaps=swap or (), curves=curves, out=out, overwrite=overwrite,
                settings=_settings(config),
            )  # fmt: skip
        except SettingsError as error:
            raise SettingsError(as_typed(error.message, changes), as_typed(error.hint, changes)) from error
        if as_json:
            return json.dumps(what_if_mapping(simulation, result))
        return what_if_text(simulation, result, every_series)

    text = _run(work, as_json, debug)
    if not quiet:
        print(text)
# fmt: on


@app.command()
def measures() -> None:
    """Print every number vidgait can say, with its unit, sign, valid views and error."""
    from vidgait.measures import catalogue_markdown

    print(catalogue_markdown(), end="")


@app.command()
def models(as_json: Json = False, debug: Debug = False) -> None:
    """List the pose networks that ship with vidgait, and whether their files are whole."""
    from vidgait.doctor import models_mapping, models_text

    print(_run(lambda: json.dumps(models_mapping(), indent=2) if as_json else models_text(), as_json, debug))


@app.command()
def doctor(as_json: Json = False) -> None:
    """Check this machine: versions, providers and why each is or is not usable, codecs, cameras, weights."""
    from vidgait.doctor import examine, findings_text

    findings = examine()
    print(json.dumps([finding.to_mapping() for finding in findings], indent=2) if as_json else findings_text(findings))
    if any(finding.state == "broken" for finding in findings):
        raise typer.Exit(1)


@app.command("live")
@functools.wraps(live)
def _live(**options: Any) -> None:
    _run(lambda: live(**options), options["as_json"], options["debug"])


@app.command("batch")
@functools.wraps(batch)
def _batch(**options: Any) -> None:
    left = "what is done is kept: the same command goes on from there."
    _run(lambda: batch(**options), options["as_json"], options["debug"], left)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"vidgait {version('vidgait')}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass


def _terminate(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


def main() -> None:
    """Entry point of the `vidgait` command."""
    # As clean as Ctrl-C: the default action would leave half-made files behind.
    signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may use a code page without "±" or "°"; a replaced character beats a traceback. What goes
        # into a file or another program is UTF-8 everywhere.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", **({} if stream.isatty() else {"encoding": "utf-8"}))
    app()


if __name__ == "__main__":
    main()
