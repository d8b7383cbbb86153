"""Pictures as they come: the newest wins, whatever came before it and was not looked at is dropped and counted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from vidgait.types import Frame

__all__ = ["Captured", "NewestSlot", "Source", "SourceCounts", "Tap"]

Tap = Callable[["Frame"], None]
"""Told of every captured picture, dropped or not; must return at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Captured:
    frame: Frame
    captured_s: float
    """By the clock of the loop."""


@dataclass(frozen=True, slots=True)
class SourceCounts:
    captured: int = 0
    dropped: int = 0
    """Captured, but a newer one came before anybody looked."""
    garbage: int = 0
    """What came was no picture."""


class Source(Protocol):
    """Where pictures come from."""

    focal_px: float | None
    """Where it is known."""

    @property
    def counts(self) -> SourceCounts: ...

    @property
    def ended(self) -> bool:
        """Nothing will come any more, and nothing is left."""
        ...

    @property
    def notice(self) -> str | None:
        """What is wrong at the moment, in a line for the person; None: nothing."""
        ...

    def newest(self, wait_s: float) -> Captured | None:
        """The newest picture that was not handed out yet; waits up to `wait_s` for one. Raises CameraError where none
        will ever come again."""
        ...

    def close(self) -> None: ...


class NewestSlot:
    """Holds one picture between two threads: the newest."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: Captured | None = None
        self.put_count = 0
        self.dropped = 0

    def put(self, captured: Captured) -> None:
        with self._changed:
            self.put_count += 1
            self.dropped += self._held is not None
            self._held = captured
            self._changed.notify_all()

    def wake(self) -> None:
        """Lets whoever waits look around."""
        with self._changed:
            self._changed.notify_all()

    def take(self, wait_s: float) -> Captured | None:
        with self._changed:
            if self._held is None and wait_s > 0.0:
                self._changed.wait(wait_s)
            held, self._held = self._held, None
            return held

    @property
    def empty(self) -> bool:
        with self._changed:
            return self._held is None
