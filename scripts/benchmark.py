#!/usr/bin/env python
"""Measurements that go into benchmarks/. `python scripts/benchmark.py --help` lists them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

# OpenCV before PyAV: the other way round its windows hang on Linux.
import cv2  # noqa: F401
import typer

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "benchmarks"

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)


@app.callback()
def _commands() -> None:
    """Keeps the commands' names even while there is only one."""


@app.command()
def parity(
    clips: Annotated[list[Path], typer.Argument(help="clips with one person")],
    reference_python: Annotated[
        Path | None,
        typer.Option(help="Python with mediapipe >= 1.2; else VIDGAIT_MEDIAPIPE_PYTHON, else .venv-mediapipe is made"),
    ] = None,
    write: Annotated[bool, typer.Option(help="write benchmarks/parity.md and .json")] = False,
) -> None:
    """blazepose against MediaPipe's own runtime: exit code 1 where a clip is further off than allowed."""
    from benchmarks.parity import measure
    from benchmarks.parity import write as write_tables

    python = reference_python or _mediapipe_python()
    results = []
    for clip, name in zip(clips, _names(clips), strict=True):
        result = measure(clip, python, name)
        results.append(result)
        worst = max(result.video_percent.values())
        typer.echo(
            f"{name}: {result.frames} frames, found {result.detected_official} and {result.detected_vidgait}, "
            f"worst joint {worst:.2f} %, unsmoothed {max(result.unsmoothed_percent.values()):.2f} %, "
            f"single pictures {max(result.stills_percent.values()):.3f} %: {'ok' if result.passed else 'TOO FAR'}"
        )
    if write:
        write_tables(results, TABLES)
    if not all(result.passed for result in results):
        raise typer.Exit(1)


@app.command()
def speed(
    clips: Annotated[list[Path], typer.Argument(help="clips to time")],
    baseline_python: Annotated[
        Path | None, typer.Option(help="Python with mediapipe 0.10.21, for scripts/baseline_plain.py")
    ] = None,
    repeats: Annotated[int, typer.Option(help="counted runs of each program, after one warm-up")] = 5,
    write: Annotated[bool, typer.Option(help="write benchmarks/speed.md and .json")] = False,
) -> None:
    """Whole runs against the plain script of today and against one decode plus one encode, taking turns."""
    sys.path.insert(0, str(ROOT))
    from scripts.benchmarks.speed import speed as time_clip
    from scripts.benchmarks.speed import speed_markdown, write_speed

    results = [time_clip(clip.resolve(), baseline_python, repeats) for clip in clips]
    typer.echo(speed_markdown(results))
    if write:
        write_speed(results, TABLES)


@app.command()
def memory(
    clip: Annotated[Path, typer.Argument(help="a clip that is repeated until it is long enough")],
    minutes: Annotated[list[float] | None, typer.Option(help="lengths to try; repeatable")] = None,
    write: Annotated[bool, typer.Option(help="write benchmarks/memory.md")] = False,
) -> None:
    """Peak memory of whole runs over clips of growing length."""
    sys.path.insert(0, str(ROOT))
    from scripts.benchmarks.memory import memory_markdown, peak_by_length

    text = memory_markdown(clip.name, peak_by_length(clip.resolve(), minutes or [1.0, 3.0, 10.0]))
    typer.echo(text)
    if write:
        (TABLES / "memory.md").write_text(text, encoding="utf-8")


@app.command()
def reps(
    clips_per_kind: Annotated[int, typer.Option(help="random clips of each kind")] = 40,
    write: Annotated[bool, typer.Option(help="write benchmarks/reps.md")] = False,
) -> None:
    """Counting of repetitions on people made of lines whose repetitions are known."""
    sys.path.insert(0, str(ROOT))
    from scripts.benchmarks.reps import page

    text = page(clips_per_kind)
    typer.echo(text)
    if write:
        (TABLES / "reps.md").write_text(text, encoding="utf-8")


@app.command()
def movements(
    clips_per_view: Annotated[int, typer.Option(help="random clips of each kind and view")] = 4,
    write: Annotated[bool, typer.Option(help="write benchmarks/movements.md")] = False,
) -> None:
    """Telling movements apart, on simulated people, by movement and view."""
    sys.path.insert(0, str(ROOT))
    from scripts.benchmarks.movements import page

    text = page(clips_per_view)
    typer.echo(text)
    if write:
        (TABLES / "movements.md").write_text(text, encoding="utf-8")


@app.command()
def live(
    clip: Annotated[Path, typer.Argument(help="a clip of repetitions")],
    baseline_python: Annotated[
        Path | None, typer.Option(help="Python with mediapipe 0.10.21, for scripts/baseline_plain_live.py")
    ] = None,
    seconds: Annotated[float, typer.Option(help="length of one run")] = 30.0,
    repeats: Annotated[int, typer.Option(help="runs of each program at each size")] = 3,
    movement: Annotated[str, typer.Option(help="what is done in the clip")] = "squat",
    write: Annotated[bool, typer.Option(help="write benchmarks/live.md and .json")] = False,
) -> None:
    """Pictures a second and lag of the live loop beside the plain script, at 640x480 and 1280x720."""
    sys.path.insert(0, str(ROOT))
    from scripts.benchmarks.live import live as run
    from scripts.benchmarks.live import live_markdown, write_live

    results = run(clip.resolve(), baseline_python, seconds, repeats, movement)
    typer.echo(live_markdown(clip.name, seconds, results))
    if write:
        write_live(clip.name, seconds, results, TABLES)


@app.command()
def soak(
    clip: Annotated[Path, typer.Argument(help="a clip of repetitions")],
    minutes: Annotated[float, typer.Option(help="length of the session")] = 10.0,
    movement: Annotated[str, typer.Option(help="what is done in the clip")] = "squat",
    write: Annotated[bool, typer.Option(help="write benchmarks/soak.md")] = False,
) -> None:
    """Memory and lag of one long live session."""
    sys.path.insert(0, str(ROOT))
    from scripts.benchmarks.soak import soak as run
    from scripts.benchmarks.soak import soak_markdown

    text = soak_markdown(clip.name, minutes, run(clip.resolve(), minutes, movement))
    typer.echo(text)
    if write:
        (TABLES / "soak.md").write_text(text, encoding="utf-8")


@app.command()
def batch(
    clips: Annotated[list[Path], typer.Argument(help="clips of 10 to 30 s; a dozen videos are made of them")],
    repeats: Annotated[int, typer.Option(help="turns")] = 2,
    workers: Annotated[list[int] | None, typer.Option(help="videos at a time; may be given several times")] = None,
    write: Annotated[bool, typer.Option(help="write benchmarks/batch.md and .json")] = False,
) -> None:
    """A dozen videos through `vidgait.batch`, against a loop in one warm process and the command line."""
    from benchmarks.batch import batch_markdown, measure_batch

    from vidgait.team.estimates import worker_count

    found = measure_batch([clip.resolve() for clip in clips], repeats, workers or [worker_count(None, 12)])
    text = batch_markdown(found)
    typer.echo(text)
    if write:
        (TABLES / "batch.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        (TABLES / "batch.md").write_text(text, encoding="utf-8")


def _names(clips: list[Path]) -> list[str]:
    """Paths from the folder that all clips share, so that two `video.mp4` stay apart."""
    whole = [clip.resolve() for clip in clips]
    shared = Path(os.path.commonpath([clip.parent for clip in whole]))
    return [clip.relative_to(shared).as_posix() for clip in whole]


def _mediapipe_python() -> Path:
    """A second environment: mediapipe brings another OpenCV, which would overwrite ours."""
    if named := os.environ.get("VIDGAIT_MEDIAPIPE_PYTHON"):
        return Path(named)
    folder = ROOT / ".venv-mediapipe"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    if subprocess.run([str(python), "-c", "import mediapipe"], capture_output=True).returncode:
        subprocess.run([str(python), "-m", "pip", "install", "-q", "mediapipe>=1.2"], check=True)
    return python


if __name__ == "__main__":
    app()
