"""When the frames of a clip are shown: a steady rate, or the uneven times that phones write."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scripts.rendering.geometry import Array

__all__ = ["VARIABLE_TIME_BASE", "UnevenTimes", "frame_times_s"]

VARIABLE_TIME_BASE = Fraction(1, 90000)
"""Presentation times of an uneven file are whole multiples of this, in seconds; phones use it as well."""
WIDEST_JITTER = 0.35
"""Part of a frame's interval: times can never change their order."""


@dataclass(frozen=True, slots=True)
class UnevenTimes:
    """A variable frame rate: each effect is one that phones show, and is drawn from the clip's own seed."""

    jitter_s: float = 0.0015
    """Standard deviation of every presentation time about its even place; cut at 0.35 of an interval."""
    dropped: float = 0.02
    """Share of frames that are missing, one here and one there."""
    gaps: tuple[tuple[float, float], ...] = ()
    """(start_s, length_s): no frame is shown later than the start and earlier than the end."""
    slowed: tuple[tuple[float, float, float], ...] = ()
    """(start_s, end_s, rate_hz): another rate for a while, as in the dark."""


def frame_times_s(duration_s: float, rate_hz: float, uneven: UnevenTimes | None, seed: int) -> Array:
    """Presentation times (T,), from 0, all below `duration_s`."""
    if uneven is None:
        return np.arange(round(duration_s * rate_hz)) / rate_hz
    even_s, interval_s = _at_changing_rate(duration_s, rate_hz, uneven.slowed)
    random = np.random.default_rng(seed + 2000)
    jitter_s = uneven.jitter_s * random.standard_normal(len(even_s))
    times_s = even_s + np.clip(jitter_s, -WIDEST_JITTER * interval_s, WIDEST_JITTER * interval_s)
    kept = random.uniform(size=len(even_s)) >= uneven.dropped
    for start_s, length_s in uneven.gaps:
        kept &= (times_s <= start_s) | (times_s >= start_s + length_s)
    times_s[0], kept[0] = 0.0, True
    base_s = float(VARIABLE_TIME_BASE)
    return np.round(times_s[kept] / base_s) * base_s


def _at_changing_rate(
    duration_s: float, rate_hz: float, slowed: tuple[tuple[float, float, float], ...]
) -> tuple[Array, Array]:
    """Even times (T,) and the interval that follows each of them."""
    times_s, intervals_s, time_s = [], [], 0.0
    while time_s < duration_s - 1e-9:
        rate_now_hz = next((rate for start_s, end_s, rate in slowed if start_s <= time_s < end_s), rate_hz)
        times_s.append(time_s)
        intervals_s.append(1 / rate_now_hz)
        time_s += 1 / rate_now_hz
    return np.array(times_s), np.array(intervals_s)
