"""What runs in a worker process: one video after another with the same loaded networks."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vidgait.errors import DataError, VideoError, VideoFetchError, VideoWriteError, VidgaitError
from vidgait.team.storage import fetched

if TYPE_CHECKING:
    from vidgait.team.plan import Job

__all__ = ["Analyse", "Done", "ProgressFile", "analyse_file", "do_job", "read_progress", "start_worker"]

Analyse = Callable[["Job", "ProgressFile"], None]
"""Writes the results of a job into `job.out`, or raises a VidgaitError."""

LOOK_AT_PARENT_S = 0.5
SAY_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Done:
    """How a job ended. `code` None: well."""

    code: str | None = None
    reason: str | None = None
    hint: str | None = None
    lasting: bool = True
    """The same work would end the same again."""


def start_worker(parent: int) -> None:
    """Once in each process: networks are kept, and the process ends with the one that started it."""
    from vidgait.pose.runtime import keep_sessions

    # Ctrl-C reaches the whole group; the supervisor decides what becomes of the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_sessions()
    threading.Thread(target=_end_with, args=(parent,), name="vidgait-parent", daemon=True).start()


def _end_with(parent: int) -> None:
    """Nobody waits any more for a worker whose run was killed; it must not write beside the next run's."""
    while os.getppid() == parent:
        time.sleep(LOOK_AT_PARENT_S)
    os.kill(os.getpid(), signal.SIGTERM)


def do_job(job: Job, analyse: Analyse) -> Done:
    """Never raises what a video can be the cause of."""
    try:
        analyse(job, ProgressFile(job.progress))
    except VidgaitError as error:
        lasting = isinstance(error, DataError | VideoError) and not isinstance(error, VideoFetchError | VideoWriteError)
        return Done(error.code, error.message, error.hint, lasting)
    except MemoryError:
        return Done("out_of_memory", "There was not enough memory for this video.", "Use fewer --workers.", False)
    except Exception as error:
        return Done("crash", f"The analysis broke off: {type(error).__name__}.", "Please report this video.", False)
    finally:
        job.progress.unlink(missing_ok=True)
    return Done()


def analyse_file(job: Job, progress: ProgressFile) -> None:
    """`vidgait.analyze`, into the folder of the job. Raises as that does."""
    from vidgait.pipeline import analyze

    with fetched(job.place, job.name if job.hidden else None) as video:
        analyze(video, out=job.out, settings=job.settings, overwrite=True, progress=progress)


class ProgressFile:
    """Says in a file how far a video is: one that is killed in the middle takes no lock or pipe with it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._name = ""
        self._total: float | None = None
        self._said_s = float("-inf")

    def stage(self, name: str, total: float | None) -> None:
        self._name, self._total, self._said_s = name, total, float("-inf")
        self.advance(0)

    def advance(self, done: float) -> None:
        now_s = time.monotonic()
        if now_s - self._said_s < SAY_EVERY_S:
            return
        self._said_s = now_s
        share = f" {min(100, round(100 * done / self._total))} %" if self._total else ""
        # Progress is not worth a failed video, on a full disk for example.
        with suppress(OSError):
            self._path.write_text(f"{self._name}{share}", encoding="utf-8")


def read_progress(path: Path) -> str:
    """What the worker said last, or nothing."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
