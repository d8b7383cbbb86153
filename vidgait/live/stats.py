"""How well the loop keeps up: pictures a second, and how old a picture is when it is drawn."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from vidgait.live.state import LiveStats

if TYPE_CHECKING:
    from vidgait.live.capture import SourceCounts

__all__ = ["Meter", "SessionStats", "stats_mapping", "stats_text"]

WINDOW_S = 3.0
"""What the window shows is of the last seconds."""
REFRESH_S = 0.5
"""Numbers that change with every picture cannot be read."""
KEPT = 200_000
"""Pictures whose lag is kept for the end: two hours; of a longer session the last two."""


@dataclass(frozen=True, slots=True)
class SessionStats:
    """Of the whole session."""

    duration_s: float
    captured: int
    processed: int
    dropped: int
    garbage: int
    rate_hz: float | None
    lag_ms: float | None
    """Capture to drawn (without a window: to done), median."""
    lag_worst_ms: float | None
    """95th percentile."""
    stages_ms: tuple[tuple[str, float], ...]
    """Median of each."""


@dataclass(slots=True)
class _Drawn:
    at_s: float
    lag_ms: float
    stages_ms: Mapping[str, float]


@dataclass(slots=True)
class Meter:
    """Takes the times of each picture; gives the numbers. Reads no clock."""

    _recent: deque[_Drawn] = field(default_factory=deque)
    _lags_ms: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    _stages_ms: dict[str, deque[float]] = field(default_factory=dict)
    _processed: int = 0
    _first_s: float | None = None
    _last_s: float = 0.0
    _shown: LiveStats = field(default_factory=LiveStats)
    _shown_at_s: float = -np.inf

    def drawn(self, captured_s: float, drawn_s: float, stages_ms: Mapping[str, float]) -> None:
        """A picture captured at `captured_s` was drawn at `drawn_s`, both by the loop's clock."""
        lag_ms = 1e3 * (drawn_s - captured_s)
        self._processed += 1
        self._first_s = drawn_s if self._first_s is None else self._first_s
        self._last_s = drawn_s
        self._lags_ms.append(lag_ms)
        for name, spent_ms in stages_ms.items():
            self._stages_ms.setdefault(name, deque(maxlen=KEPT // 10)).append(spent_ms)
        self._recent.append(_Drawn(drawn_s, lag_ms, dict(stages_ms)))
        while drawn_s - self._recent[0].at_s > WINDOW_S:
            self._recent.popleft()

    def now(self, now_s: float, counts: SourceCounts) -> LiveStats:
        """Of the last seconds; counts of the whole session."""
        if now_s - self._shown_at_s < REFRESH_S:
            return self._shown
        recent = [one for one in self._recent if now_s - one.at_s <= WINDOW_S]
        lags_ms = [one.lag_ms for one in recent]
        self._shown_at_s = now_s
        self._shown = LiveStats(
            captured=counts.captured,
            processed=self._processed,
            dropped=counts.dropped,
            rate_hz=_rate_hz([one.at_s for one in recent]) or 0.0,
            lag_ms=_percentile(lags_ms, 50),
            lag_worst_ms=_percentile(lags_ms, 95),
            stages_ms=_medians([one.stages_ms for one in recent]),
        )
        return self._shown

    def whole(self, counts: SourceCounts) -> SessionStats:
        duration_s = 0.0 if self._first_s is None else self._last_s - self._first_s
        return SessionStats(
            duration_s=duration_s,
            captured=counts.captured,
            processed=self._processed,
            dropped=counts.dropped,
            garbage=counts.garbage,
            rate_hz=(self._processed - 1) / duration_s if duration_s > 0.0 else None,
            lag_ms=_percentile(self._lags_ms, 50),
            lag_worst_ms=_percentile(self._lags_ms, 95),
            stages_ms=tuple((name, float(np.median(values))) for name, values in self._stages_ms.items()),
        )


def _rate_hz(times_s: list[float]) -> float | None:
    span_s = times_s[-1] - times_s[0] if len(times_s) > 1 else 0.0
    return (len(times_s) - 1) / span_s if span_s > 0.0 else None


def _percentile(values: Iterable[float], percent: float) -> float | None:
    values = list(values)
    return float(np.percentile(values, percent)) if values else None


def _medians(rows: list[Mapping[str, float]]) -> tuple[tuple[str, float], ...]:
    names = dict.fromkeys(name for row in rows for name in row)
    return tuple((name, float(np.median([row[name] for row in rows if name in row]))) for name in names)


def stats_text(stats: SessionStats) -> str:
    """For `--stats`, a few lines."""
    lines = [
        f"Pictures: {stats.captured} captured, {stats.processed} processed, {stats.dropped} dropped"
        + (f", {stats.garbage} unreadable" if stats.garbage else "")
    ]
    if stats.rate_hz is not None:
        lines.append(f"Processed a second: {stats.rate_hz:.1f}")
    if stats.lag_ms is not None and stats.lag_worst_ms is not None:
        lines.append(f"Lag, capture to drawn: median {stats.lag_ms:.0f} ms, 95 % below {stats.lag_worst_ms:.0f} ms")
    if stats.stages_ms:
        lines.append("Stages, median ms: " + ", ".join(f"{name} {spent:.1f}" for name, spent in stats.stages_ms))
    return "\n".join(lines)


def stats_mapping(stats: SessionStats) -> dict[str, object]:
    """For `--json`."""
    return {
        "duration_s": round(stats.duration_s, 2),
        "captured": stats.captured,
        "processed": stats.processed,
        "dropped": stats.dropped,
        "garbage": stats.garbage,
        "rate_hz": None if stats.rate_hz is None else round(stats.rate_hz, 2),
        "lag_ms": None if stats.lag_ms is None else round(stats.lag_ms, 1),
        "lag_worst_ms": None if stats.lag_worst_ms is None else round(stats.lag_worst_ms, 1),
        "stages_ms": {name: round(spent, 2) for name, spent in stats.stages_ms},
    }
