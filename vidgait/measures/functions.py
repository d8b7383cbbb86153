"""The only two kinds of function a measure is made of.

A reading takes series at instants, `(D, T)` and `(D, R)` -> `(D, R)`; a summary takes repetitions, `(D, R)` -> `(D,)`.
D is draws (1 for the value itself), T samples, R repetitions. Missing is NaN. None is a bare maximum or minimum of a
noisy series: a reading averages over +-50 ms or more around an instant that was found on the hips' height.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vidgait.types import FloatArray

__all__ = [
    "UnreadableError",
    "between",
    "drift_per_rep",
    "mean_over",
    "median_of",
    "passes_s",
    "range_by_noise",
    "range_of",
    "read_at",
    "read_change",
    "shifted_instants",
    "slope_over",
    "span_of_means",
    "spread_of",
]

HALF_WINDOW_S = 0.05
UNSTEADY_SD = 1.0
STEADY_SHARE = 0.2
_POINTS = 5
# A cubic wants some samples more than it has numbers.
CUBIC_SAMPLES_MIN = 6


class UnreadableError(Exception):
    """A reading's own reason why a repetition has no value, in words for a coach."""


def read_at(
    series: FloatArray, time_s: FloatArray, instants_s: FloatArray, half_window_s: float = HALF_WINDOW_S
) -> FloatArray:
    """(D, R) mean of `series (D, T)` within +-`half_window_s` of `instants_s (D, R)`, between samples by straight
    lines. A window that reaches past the ends of the series is cut there; NaN where more than half of it is missing, or
    where the instant itself (that of draw 0, for all draws) lies more than half a window outside."""
    offsets = np.linspace(-half_window_s, half_window_s, _POINTS)
    at = np.clip(instants_s[..., None] + offsets, time_s[0], time_s[-1])
    after = np.clip(np.searchsorted(time_s, at), 1, time_s.size - 1)
    share = (at - time_s[after - 1]) / (time_s[after] - time_s[after - 1])
    rows = np.arange(series.shape[0])[:, None, None]
    low, high = series[rows, after - 1], series[rows, after]
    values = np.where(share <= 0, low, np.where(share >= 1, high, low + share * (high - low)))
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=-1)
    mean: FloatArray = np.where(2 * known.sum(axis=-1) >= _POINTS, total / np.maximum(known.sum(axis=-1), 1), np.nan)
    outside_s = np.maximum(time_s[0] - instants_s[:1], instants_s[:1] - time_s[-1])
    return np.where(np.isfinite(instants_s) & (outside_s <= half_window_s), mean, np.nan)


def read_change(
    series: FloatArray,
    time_s: FloatArray,
    instants_s: FloatArray,
    standing_s: FloatArray,
    half_window_s: float = HALF_WINDOW_S,
    standing_half_window_s: float = 0.15,
) -> FloatArray:
    """(D, R) reading at `instants_s` less the reading at `standing_s`, which takes a longer mean. What both share, as
    a keypoint that always sits too far outside, cancels."""
    standing = read_at(series, time_s, standing_s, standing_half_window_s)
    return read_at(series, time_s, instants_s, half_window_s) - standing


def mean_over(series: FloatArray, time_s: FloatArray, first_s: float, last_s: float) -> FloatArray:
    """(D, 1) mean of `series (D, T)` over `[first_s, last_s]`; NaN where less than half of it was seen."""
    held = series[:, (time_s >= first_s) & (time_s <= last_s)]
    known = np.isfinite(held)
    if not held.size:
        return np.full((len(series), 1), np.nan)
    mean = np.where(known, held, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.asarray(np.where(2 * known.sum(axis=1) >= held.shape[1], mean, np.nan))[:, None]


def span_of_means(
    series: FloatArray, time_s: FloatArray, first_s: float, last_s: float, window_s: float = 1.0
) -> float:
    """How far the means of `series (T,)` over windows of `window_s` within `[first_s, last_s]` lie apart; 0 where there
    are fewer than two."""
    edges = np.arange(first_s, last_s - window_s + 1e-9, window_s / 2)
    means = [float(mean_over(series[None], time_s, start, start + window_s)[0, 0]) for start in edges]
    known = [mean for mean in means if np.isfinite(mean)]
    return max(known) - min(known) if len(known) > 1 else 0.0


def slope_over(series: FloatArray, time_s: FloatArray, first_s: float, last_s: float) -> FloatArray:
    """(D, 1) slope per second of the straight line of least squares through `series (D, T)` over `[first_s, last_s]`;
    NaN where less than half of it was seen. Raises UnreadableError where no line describes draw 0: it varies about it
    by more than `UNSTEADY_SD` (its unit), and that is more than `STEADY_SHARE` of its variance (of a step a line leaves
    a quarter)."""
    inside = (time_s >= first_s) & (time_s <= last_s)
    inside &= np.isfinite(series).all(axis=0)
    if 2 * inside.sum() < ((time_s >= first_s) & (time_s <= last_s)).sum() or inside.sum() < 3:
        return np.full((len(series), 1), np.nan)
    at = time_s[inside] - time_s[inside].mean()
    slopes = np.asarray(series[:, inside] @ at / (at @ at), float)
    about = series[0, inside] - series[0, inside].mean()
    left = float(np.std(about - slopes[0] * at))
    if left > UNSTEADY_SD and left**2 > STEADY_SHARE * float(np.var(about)):
        raise UnreadableError("not measurable: it goes up and down during the hold, and no straight line describes it")
    return slopes[:, None]


def passes_s(bent: FloatArray, time_s: FloatArray, from_s: float, to_s: float, depth_deg: float) -> float | None:
    """When `bent (T,)` last passes `depth_deg` from below within `[from_s, to_s]`, between its samples by a straight
    line; None where it does not."""
    rows = np.flatnonzero((time_s >= from_s) & (time_s <= to_s) & np.isfinite(bent))
    passes = np.flatnonzero((bent[rows][:-1] < depth_deg) & (bent[rows][1:] >= depth_deg))
    if not passes.size:
        return None
    before, after = rows[passes[-1]], rows[passes[-1] + 1]
    share = (depth_deg - bent[before]) / (bent[after] - bent[before])
    return float(time_s[before] + share * (time_s[after] - time_s[before]))


def between(first_s: FloatArray, second_s: FloatArray) -> FloatArray:
    """(D, R) time from one instant to another, never negative."""
    return np.maximum(second_s - first_s, 0.0)


def median_of(values: FloatArray) -> FloatArray:
    """(D,) median over repetitions, of those that have a value; NaN for a draw in which none has."""
    found = np.full(values.shape[0], np.nan)
    some = np.isfinite(values).any(axis=1)
    found[some] = np.nanmedian(values[some], axis=1)
    return found


def spread_of(values: FloatArray) -> FloatArray:
    """(D,) standard deviation over repetitions (n - 1)."""
    known = np.isfinite(values).all(axis=0)
    if known.sum() < 2:
        return np.full(values.shape[0], np.nan)
    return np.asarray(np.std(values[:, known], axis=1, ddof=1))


def range_of(values: FloatArray) -> FloatArray:
    """(D,) how far the two repetitions lie apart that are farthest apart in draw 0."""
    known = np.flatnonzero(np.isfinite(values).all(axis=0))
    if known.size < 2:
        return np.full(values.shape[0], np.nan)
    highest, lowest = known[values[0, known].argmax()], known[values[0, known].argmin()]
    return np.asarray(values[:, highest] - values[:, lowest])


def range_by_noise(values: FloatArray) -> float:
    """The largest difference between equal repetitions that noise alone would show 19 times out of 20.

    What a draw adds to every repetition alike (a turned camera, an offset keypoint) cancels in it; that the largest of
    several differences is looked at is allowed for."""
    known = np.isfinite(values).all(axis=0)
    added = values[1:, known] - values[:1, known]
    return float(np.percentile(np.ptp(added, axis=1), 95)) if added.size else 0.0


def drift_per_rep(values: FloatArray) -> FloatArray:
    """(D,) Theil-Sen slope over the repetition number: the median of the slopes of all pairs (Sen 1968)."""
    known = np.flatnonzero(np.isfinite(values).all(axis=0))
    if known.size < 2:
        return np.full(values.shape[0], np.nan)
    slopes = [(values[:, b] - values[:, a]) / (b - a) for a, b in itertools.combinations(known, 2)]
    return np.asarray(np.median(slopes, axis=0))


def shifted_instants(
    height: FloatArray, time_s: FloatArray, instants_s: FloatArray, half_window_s: float = 0.25, most_s: float = 0.15
) -> FloatArray:
    """(D, R) where each draw of a height `(D, T)`, of hips or shoulders, puts the instants `(R,)` found on draw 0.

    Every instant of a repetition is where the body's speed passes a limit, so to first order a draw whose speed differs
    there by dv passes it dv / a earlier, a being the acceleration. Both come from a cubic within +-`half_window_s`, as
    the speed did by which the instant was found. No draw moves an instant by more than `most_s`: repetitions are never
    found anew."""
    return np.stack([_shifted(height, time_s, float(at), half_window_s, most_s) for at in instants_s], axis=1)


def _shifted(height: FloatArray, time_s: FloatArray, at_s: float, half_window_s: float, most_s: float) -> FloatArray:
    near = np.flatnonzero(np.abs(time_s - at_s) <= half_window_s + 1e-9)
    if near.size < 4:
        near = np.sort(np.argsort(np.abs(time_s - at_s))[:4])
    near = near[np.isfinite(height[0, near])]
    if near.size < 3 or not np.isfinite(at_s):
        return np.full(height.shape[0], at_s)
    t = time_s[near] - at_s
    powers = np.stack([np.ones_like(t), t, t**2, t**3], axis=1)[:, : 4 if near.size >= CUBIC_SAMPLES_MIN else 3]
    fit = np.linalg.pinv(powers) @ height[:, near].T
    speed, acceleration = fit[1], 2 * fit[2]
    slope = acceleration[0] if abs(acceleration[0]) > 1e-6 else 1e-6
    shift: FloatArray = np.clip(-(speed - speed[0]) / slope, -most_s, most_s)
    return at_s + shift
