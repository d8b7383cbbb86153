"""The true value of a measure: the catalogue's own reading, applied to true series at true instants.

So a difference from the truth is an error of what was seen or of when it was read, never of a definition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.standing import SIDES
from vidgait.measures import functions, spec_of
from vidgait.measures.engine import SPEED_SERIES, TIMES

if TYPE_CHECKING:
    from vidgait.measures import MeasureSpec
    from vidgait.truth.reference import Reference
    from vidgait.types import FloatArray, Side

__all__ = ["over_set", "true_value"]

_SEARCH_STEPS = 201
"""How finely a repetition is searched for its fastest moment."""


def true_value(
    reference: Reference, spec: MeasureSpec, side: Side | None, sharp: Mapping[str, float], found: Mapping[str, float]
) -> float | None:
    """The true value of `spec` in one repetition, or None where the reference does not know it.

    `sharp` are the true instants of the repetition, by name; `found` those that the analysis found, which stand in
    for instants without a sharp definition, but never for durations.
    """
    if spec.reading == "time":
        pair = next((pair for pair in TIMES[spec.id] if set(pair) <= set(sharp)), None)
        return None if pair is None else max(sharp[pair[1]] - sharp[pair[0]], 0.0)
    if spec.reading in ("left_right", "both_legs"):
        left, right = (true_value(reference, spec_of(spec.parent), leg, sharp, found) for leg in SIDES)
        if left is None or right is None:
            return None
        return left - right if spec.reading == "left_right" else (left + right) / 2
    series = reference.series.get((spec.series, side))
    if series is None:
        return None
    instants = {**found, **sharp}
    if spec.series == SPEED_SERIES:
        return _fastest(reference.time_s, -series, instants, spec.half_window_s)
    at_s = _knee_60_s(reference, instants) if spec.instant == "knee_60" else instants.get(spec.instant)
    if at_s is None:
        return None
    standing_s = instants.get("top", instants.get("start"))
    return _read(reference.time_s, series, at_s, spec.half_window_s, standing_s if spec.reading == "change" else None)


def over_set(spec: MeasureSpec, values: Sequence[float]) -> float | None:
    """What the catalogue makes of the true values of the repetitions: their median, or how they differ."""
    column = np.array(values, float)[None]
    over = {"spread": functions.spread_of, "range": functions.range_of, "drift": functions.drift_per_rep}
    value = float(over.get(spec.reading, functions.median_of)(column)[0]) if column.size else np.nan
    return value if np.isfinite(value) else None


def _read(
    time_s: FloatArray, series: FloatArray, at_s: float, half_window_s: float, standing_s: float | None
) -> float | None:
    at, rows = np.array([[at_s]]), series[None]
    if standing_s is None:
        read = functions.read_at(rows, time_s, at, half_window_s)
    else:
        read = functions.read_change(rows, time_s, at, np.array([[standing_s]]), half_window_s)
    value = float(read[0, 0])
    return value if np.isfinite(value) else None


def _fastest(
    time_s: FloatArray, speed: FloatArray, instants: Mapping[str, float], half_window_s: float
) -> float | None:
    """The highest speed on the way up, as a mean over the catalogue's window."""
    first, last = instants.get("concentric_start"), instants.get("concentric_end", instants.get("end"))
    if first is None or last is None or last <= first:
        return None
    at = np.linspace(first, last, _SEARCH_STEPS)[None]
    read = functions.read_at(speed[None], time_s, at, half_window_s)
    return float(np.nanmax(read)) if np.isfinite(read).any() else None


def _knee_60_s(reference: Reference, instants: Mapping[str, float]) -> float | None:
    """When the knees, by their mean, last pass 60 degrees on the way down."""
    flexion = [reference.series.get(("knee_flexion_deg", side)) for side in SIDES]
    start_s, low_s = instants.get("start"), instants.get("bottom")
    known = [one for one in flexion if one is not None]
    if len(known) < 2 or start_s is None or low_s is None:
        return None
    both = np.mean(known, axis=0)
    down = np.flatnonzero((reference.time_s >= start_s) & (reference.time_s <= low_s) & np.isfinite(both))
    passes = np.flatnonzero((both[down][:-1] < 60.0) & (both[down][1:] >= 60.0))
    if not passes.size:
        return None
    before, after = down[passes[-1]], down[passes[-1] + 1]
    share = (60.0 - both[before]) / (both[after] - both[before])
    return float(reference.time_s[before] + share * (reference.time_s[after] - reference.time_s[before]))
