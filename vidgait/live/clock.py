"""The clock of the live loop. The only module that reads a real one; everything else is handed one."""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ["Clock", "RealClock", "SimulatedClock"]


class Clock(Protocol):
    """Seconds that only rise, from an arbitrary beginning."""

    def now_s(self) -> float: ...

    def wait_until(self, time_s: float) -> None:
        """Returns at once where that time has passed."""
        ...


class RealClock:
    """The machine's own; setting its time of day does not move it."""

    def now_s(self) -> float:
        return time.perf_counter()

    def wait_until(self, time_s: float) -> None:
        left_s = time_s - self.now_s()
        if left_s > 0.0:
            time.sleep(left_s)


class SimulatedClock:
    """Stands still until it is told otherwise; waiting costs nothing. For tests and for clips that are replayed."""

    def __init__(self, now_s: float = 0.0) -> None:
        self._now_s = now_s

    def now_s(self) -> float:
        return self._now_s

    def wait_until(self, time_s: float) -> None:
        self._now_s = max(self._now_s, time_s)

    def advance(self, seconds: float) -> None:
        """As if something had taken so long."""
        self._now_s += max(seconds, 0.0)
