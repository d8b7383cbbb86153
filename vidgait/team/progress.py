"""How a run goes, for a person: bars on a terminal, plain lines without one, and a log file in any case."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from vidgait.team.worker import read_progress

if TYPE_CHECKING:
    from vidgait.team.ledger import Entry

__all__ = ["BatchProgress", "ended_line", "left_text", "stage_and_share", "time_left_s"]


class BatchProgress:
    """A `Watcher` that shows and logs. To be used as a context."""

    def __init__(
        self, console: Console, log: Path, quiet: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._log_path = log
        self._console = console
        self._quiet = quiet
        self._clock = clock
        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"), TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"), console=console, transient=True,
            disable=quiet or not console.is_terminal,
        )  # fmt: skip
        self._all: TaskID | None = None
        self._running: dict[str, tuple[TaskID, Path]] = {}
        self._total = self._already = self._ended = self._failed = 0
        self._start_s = 0.0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def looked(self, done: int, total: int) -> None:
        if self._all is None:
            self._all = self._bars.add_task("Looking at what is done", total=total, count="", left="")
        self._bars.update(self._all, completed=done, count=f"{done}/{total}")

    def start(self, total: int, already: int, workers: int | None) -> None:
        self._total, self._already, self._start_s = total, already, self._clock()
        if self._all is not None:
            self._bars.remove_task(self._all)
        count = f"{already}/{total}"
        self._all = self._bars.add_task("All videos", total=total, completed=already, count=count, left="")
        kept = f", {already} of them known from before" if already else ""
        at_a_time = "" if workers is None else f"; {workers} at a time"
        self._say(f"{total} videos{kept}{at_a_time}")

    def begun(self, shown: str, progress: Path) -> None:
        before, _ = self._running.pop(shown, (None, None))
        if before is not None:
            self._bars.remove_task(before)
        self._running[shown] = (self._bars.add_task(f"  {shown}", total=None, count="", left=""), progress)
        self._log(f"begun   {shown}")

    def ended(self, shown: str, entry: Entry) -> None:
        task, _ = self._running.pop(shown, (None, None))
        if task is not None:
            self._bars.remove_task(task)
        self._ended += 1
        self._failed += entry.state == "failed"
        done = self._already + self._ended
        left_s = time_left_s(self._clock() - self._start_s, self._ended, self._total - done)
        if self._all is not None:
            count = f"{done}/{self._total}"
            self._bars.update(self._all, completed=done, count=count, left=left_text(left_s))
        self._say(f"{done}/{self._total} {ended_line(shown, entry)}", left_text(left_s), entry.state == "failed")

    def tick(self) -> None:
        for shown, (task, progress) in self._running.items():
            stage, share = stage_and_share(read_progress(progress))
            count = "" if share is None else f"{share} %"
            # Without a share the bar only says that something is going on.
            self._bars.update(task, total=None if share is None else 100, completed=share or 0, count=count)
            self._bars.update(task, description=f"  {shown}: {stage}" if stage else f"  {shown}")

    def _say(self, line: str, left: str = "", failed: bool = False) -> None:
        self._log(line)
        if self._quiet:
            return
        shown = f"{line} ({left})" if left and not self._console.is_terminal else line
        self._console.print(shown, markup=False, highlight=False, soft_wrap=True, style="red" if failed else None)

    def _log(self, line: str) -> None:
        try:
            self._log_path.parent.mkdir(parents=True, exist_ok=True)
            with self._log_path.open("a", encoding="utf-8", errors="backslashreplace") as log:
                log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}\n")
        except OSError:
            # A full disk is told by the results that cannot be written; the log does not stop them.
            return


def stage_and_share(said: str) -> tuple[str, int | None]:
    """`("Finding joints", 47)` of what a worker said, `Finding joints 47 %`; the share None where it said none."""
    match = re.fullmatch(r"(.*) (\d+) %", said)
    return (match[1], int(match[2])) if match else (said, None)


def time_left_s(spent_s: float, ended: int, left: int) -> float | None:
    """From how long the videos of this run took; None before the first has ended."""
    return spent_s / ended * left if ended else None


def left_text(left_s: float | None) -> str:
    """`about 0:12:30 left`."""
    if left_s is None or left_s <= 0:
        return ""
    return f"about {timedelta(seconds=round(left_s))} left"


def ended_line(shown: str, entry: Entry) -> str:
    """One line about one video."""
    again = " (at the second try)" if entry.attempts > 1 else ""
    if entry.state == "done":
        return f"done {shown}{again}"
    return f"FAILED {shown}: {entry.code}: {entry.reason}"
