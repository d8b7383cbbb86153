"""`vidgait batch`: parse, run, print. The rest is in `vidgait.team`."""

from __future__ import annotations

import json
import math
import shutil
from contextlib import ExitStack
from dataclasses import asdict
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vidgait.cli_options import Audio, BlurFaces, Debug, Height, Json, Mass, Movement, Pdf, Quiet, View

if TYPE_CHECKING:
    from vidgait.team.estimates import Estimate
    from vidgait.team.results import TeamResult
    from vidgait.team.run import Understood

__all__ = ["Engine", "batch"]

LOG_FILE = "batch.log"
ROWS_SHOWN = 40


class Engine(StrEnum):
    """What runs the videos."""

    local = "local"
    ray = "ray"


def batch(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="Folder with the videos, at any depth; or a URL: s3://, gs://, ...")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for the results.", show_default="FOLDER/vidgait_batch")
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option(help="Who is in which video: a CSV with path, athlete, test, side, date, ...")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Videos at a time.", show_default="what cores and memory allow")
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="Worker processes of this machine, or a Ray cluster (extra 'ray').")
    ] = Engine.local,
    address: Annotated[str | None, typer.Option(help="Of the Ray cluster.", show_default="Ray is started here")] = None,
    gpu_share: Annotated[
        float, typer.Option("--gpu-share", help="With Ray: part of a GPU for each worker, as 0.25.")
    ] = 0.0,
    timeout_s: Annotated[
        float | None, typer.Option("--timeout-s", help="Give a video up after so long.", show_default="3600")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume/--redo", help="Keep what an earlier run has done, or do all again.")
    ] = True,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first video that fails.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what was understood, and do nothing.")] = False,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Ids instead of names, everywhere.")] = False,
    secret: Annotated[
        str,
        typer.Option(help="With --anonymous: only who has it can find out whose id is whose.", envvar="VIDGAIT_SECRET"),
    ] = "",
    names_key: Annotated[
        Path | None,
        typer.Option(
            "--names-key", help="With --anonymous: write whose id is whose to this CSV, apart from the results."
        ),
    ] = None,
    movement: Movement = None,
    view: View = None,
    height_m: Height = None,
    mass_kg: Mass = None,
    video: Annotated[bool | None, typer.Option("--video/--no-video", help="Write the annotated videos.")] = None,
    audio: Audio = None,
    blur_faces: BlurFaces = None,
    pdf: Pdf = None,
    config: Annotated[Path | None, typer.Option(help="Settings in a TOML file; flags win over it.")] = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Measure a whole folder of videos, and make one page about the team.

    A video that fails does not stop the others. A run that was stopped goes on where it was when it is started again.
    """
    from vidgait.settings import Settings
    from vidgait.team.run import TIMEOUT_S, results_place, understand
    from vidgait.team.run import batch as run_batch

    target = results_place(folder, out)
    who: dict[str, Any] = {"manifest": manifest, "workers": workers, "anonymous": anonymous, "secret": secret}
    given = {
        "movement": movement, "view": view, "height_m": height_m, "mass_kg": mass_kg, "write_video": video,
        "audio": audio, "blur_faces": blur_faces, "pdf": pdf,
    }  # fmt: skip
    settings = (Settings() if config is None else Settings.from_toml(config)).with_options(
        {name: value for name, value in given.items() if value is not None}
    )
    if dry_run or not (quiet or as_json):
        understood = understand(folder, **who)
        expected = understood.estimate(settings.output.video) if dry_run else None
        _show(understood, target, expected, as_json)
    if dry_run:
        return
    result = _with_progress(
        quiet or as_json,
        target / LOG_FILE,
        lambda watcher: run_batch(
            folder,
            out=target,
            engine=engine.value,
            address=address,
            gpu_share=gpu_share,
            timeout_s=TIMEOUT_S if timeout_s is None else timeout_s,
            redo=not resume,
            fail_fast=fail_fast,
            names_key=names_key,
            settings=settings,
            watcher=watcher,
            **who,
        ),
    )
    _tell(result, target, as_json, quiet)
    if result.failed:
        raise typer.Exit(1)


def _with_progress(quiet: bool, log: Path, work: Any) -> TeamResult:
    from vidgait.team.progress import BatchProgress

    with ExitStack() as stack:
        result: TeamResult = work(stack.enter_context(BatchProgress(Console(stderr=True), log, quiet)))
    return result


def _show(understood: Understood, target: Path, expected: Estimate | None, as_json: bool) -> None:
    """What was understood, before anything is done; all of it, and what it will take, where that is `expected`."""
    if as_json:
        print(json.dumps(_understood_mapping(understood, expected)))
        return
    console = Console()
    shown = understood.planned if expected else understood.planned[:ROWS_SHOWN]
    table = Table(box=None, pad_edge=False)
    for name in ("video", "athlete", "test", "side", "date", "height", "mass", "load", "said by"):
        table.add_column(name, overflow="fold")
    for planned in shown:
        who = planned.who
        said = (planned.shown, planned.athlete, who.test, who.side, who.date, who.height_m, who.mass_kg, who.load_kg)
        table.add_row(*(Text("–" if one is None else str(one)) for one in said), who.source)
    console.print(table)
    if len(shown) < len(understood.planned):
        console.print(f"... and {len(understood.planned) - len(shown)} more; --dry-run shows all.", highlight=False)
    for one in understood.shown_left_out:
        console.print(f"left out: {one.path}: {one.reason}", markup=False, highlight=False)
    if expected is not None:
        console.print(_estimate_text(understood, target, expected), highlight=False, soft_wrap=True)


def _estimate_text(understood: Understood, target: Path, expected: Estimate) -> str:
    needed = timedelta(seconds=60 * math.ceil(expected.work_s / 60))
    disk = f"{expected.disk_bytes / 1e6:.0f} MB of {_free_bytes(target) / 1e9:.0f} GB free"
    return (
        f"{len(understood.planned)} videos with about {expected.frames} frames; {understood.workers} at a time on this "
        f"machine, about {str(needed)[:-3]} h; results about {disk}."
    )


def _free_bytes(target: Path) -> int:
    return shutil.disk_usage(next(place for place in (target, *target.parents) if place.exists())).free


def _understood_mapping(understood: Understood, expected: Estimate | None) -> dict[str, Any]:
    videos = [
        {"path": one.shown, "folder": one.folder, "athlete": one.athlete}
        | {name: getattr(one.who, name) for name in one.who.__slots__ if name != "athlete"}
        for one in understood.planned
    ]
    left_out = [{"path": one.path, "code": one.code, "reason": one.reason} for one in understood.shown_left_out]
    plan = {"videos": videos, "left_out": left_out, "workers": understood.workers}
    return plan if expected is None else plan | {"expected": asdict(expected)}


def _tell(result: TeamResult, target: Path, as_json: bool, quiet: bool) -> None:
    from vidgait.team.run import BATCH_FILE, batch_mapping

    if as_json:
        print(json.dumps(batch_mapping(result)))
    elif not quiet:
        counts = batch_mapping(result)["counts"]
        print(f"{counts['done']} done, {counts['failed']} failed, {counts['skipped']} left out.")
        print(f"The team: {target / 'team.html'}")
        print(f"Each video: {target / BATCH_FILE}")
