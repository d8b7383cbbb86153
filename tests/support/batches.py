"""Folders of pretended videos: files whose text says what a worker shall meet, and whose results are those of simulated
people. They go through everything of a batch but decoding and the pose network, in a second instead of a minute."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import vidgait
from vidgait.errors import NoPersonError, VideoOpenError
from vidgait.known_poses import analyze_poses
from vidgait.outputs.folder import result_folder
from vidgait.team.plan import Job
from vidgait.team.storage import fetched
from vidgait.team.worker import ProgressFile

__all__ = ["calls_of", "pretend", "videos"]


def videos(folder: Path, said: Mapping[str, str]) -> Path:
    """Files by relative path, with what they say: `good SEED`, `nobody`, `no video`, `crash`, `kill`, `kill once`,
    `hang`, `half` (hangs with half-made results), or `slow SEED` (waits for a file `go` in the results' marker)."""
    for path, text in said.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return folder


def pretend(job: Job, progress: ProgressFile) -> None:
    """In place of `worker.analyse_file`."""
    with fetched(job.place, job.name if job.hidden else None) as video:
        kind, _, number = video.read_text().partition(" ")
    calls = _note_call(job)
    progress.stage("Looking", 10)
    if kind == "kill" and (number != "once" or calls == 1):
        os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    if kind == "hang":
        time.sleep(120)
    if kind == "half":
        with result_folder(job.out, True) as folder:
            (folder / "measures.csv").write_text("half")
            time.sleep(120)
    while kind == "slow" and not (job.progress.parent / "go").exists():
        time.sleep(0.05)
    if kind == "crash":
        raise ZeroDivisionError
    if kind == "nobody":
        raise NoPersonError("Nobody was found.", "Film the whole person.")
    if kind == "no":
        raise VideoOpenError(f"{job.name} is not a video.", "Copy it again.")
    clip = vidgait.simulate("squat", reps=2, seed=int(number) if number.isdigit() else 1)
    settings = clip.settings(job.settings)
    analyze_poses(clip.poses, name=Path(job.name).name, out=job.out, settings=settings, overwrite=True)


def _note_call(job: Job) -> int:
    """How often this job was begun, this time included. The note lies beside the progress, out of the results' way."""
    note = job.progress.with_suffix(".calls")
    with note.open("a") as calls:
        calls.write(f"{job.name}\n")
    return len(note.read_text().splitlines())


def calls_of(out: Path) -> dict[str, int]:
    """How often each file's work was begun in a folder of results, by name."""
    notes = [note.read_text().splitlines() for note in out.glob(".vidgait-batch/*.calls")]
    return {names[0]: len(names) for names in notes}
