"""Progress on the terminal, beside the results and never among them."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn

__all__ = ["Bars", "bars_on_screen"]


class Bars:
    """Progress per stage with the time left, on stderr, where it does not get in the way of results."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def stage(self, name: str, total: float | None) -> None:
        self.clear()
        self._task = self._bars.add_task(name, total=total)

    def advance(self, done: float) -> None:
        if self._task is not None:
            self._bars.update(self._task, completed=done)

    def clear(self) -> None:
        """The bar of a finished stage goes."""
        if self._task is not None:
            self._bars.remove_task(self._task)
            self._task = None


def bars_on_screen(quiet: bool) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal)
