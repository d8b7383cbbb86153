"""When two cameras saw the same moment of the same set: found in the movement, stated with its error, or refused.

Hips go up and down alike in every view. Repetitions are matched one by one, in order; each is then laid over its
partner where the hips' heights agree best. Two recordings of one set agree in every repetition; two sets differ in
number, in the times between bottoms, or in the shape of single repetitions. Two sets done to a metronome may agree:
nothing in two silent clips can tell those from one set.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from vidgait.errors import PairError
from vidgait.session.checks import counted, name_of

if TYPE_CHECKING:
    from vidgait.types import Analysis, FloatArray, Rep

__all__ = ["HIPS", "Alignment", "align"]

HIPS = "hip_height_leg_lengths"
STEP_S = 0.005
SEARCH_S = 0.4
"""Around the middle difference of the bottoms: a bottom with a pause is found that roughly."""
AROUND_REP_S = 0.3
APART_MAX_S = 0.07
"""Single repetitions of one set agree within this; the next set of the same person usually differs by more
(benchmarks/two_views.md)."""
BOTTOMS_APART_MAX_S = 0.5
CORRELATION_MIN = 0.97
DEPTH_RATIO_MIN, DEPTH_RATIO_MAX = 0.65, 1.25
"""Front over side. Lines without pictures sink alike in both views; one rendered set sinks 0.76 times as far from the
front, where the hips travel away from the camera and the network draws them high. Nothing makes them sink farther."""
SLOW_RATIO, SLOW_RATIO_ONE = 1.15, 1.25


@dataclass(frozen=True, slots=True)
class Alignment:
    """`offset_s` is `time_s` of the second clip less that of the first, for the same moment."""

    offset_s: float
    error_s: float
    """95 % half-width"""
    reps: tuple[tuple[Rep, Rep], ...]
    correlation: float
    """Of the hips' heights over all repetitions"""
    apart_s: float
    """By how much the repetition that fits worst is off the common offset"""


def align(first: Analysis, second: Analysis) -> Alignment:
    """`first` from the front or behind, `second` from the side. Raises PairError, with the reason, where the two cannot
    be the same set."""
    reps = _matched(first, second)
    ours, theirs = _hips(first), _hips(second)
    rough = np.array([_bottom_s(b) - _bottom_s(a) for a, b in reps])
    middle = float(np.median(rough))
    _check_tempo(rough - middle, reps)
    fits = [_fit(first, second, ours, theirs, a, middle) for a, _ in reps]
    offsets = np.array([offset for offset, _ in fits])
    offset = float(np.median(offsets))
    apart = float(np.abs(offsets - offset).max())
    correlation = min(corr for _, corr in fits)
    if correlation < CORRELATION_MIN or apart > APART_MAX_S:
        _refuse_shape(correlation, apart)
    _check_depth(ours, theirs, first, second, reps)
    spread = _half_width(offsets) if len(offsets) > 1 else APART_MAX_S / 2
    frames_s = [float(np.median(np.diff(one.clean.time_s))) for one in (first, second)]
    error = math.hypot(spread, math.hypot(*frames_s) / 4)
    return Alignment(offset, error, reps, correlation, apart)


def _half_width(offsets_s: FloatArray) -> float:
    """95 % half-width of their mean, by Student's t: two or three repetitions say little about their own scatter."""
    quantile = float(stdtrit(len(offsets_s) - 1, 0.975))
    return quantile * float(np.std(offsets_s, ddof=1)) / math.sqrt(len(offsets_s))


def _matched(first: Analysis, second: Analysis) -> tuple[tuple[Rep, Rep], ...]:
    ours, theirs = counted(first), counted(second)
    if len(ours) != len(theirs):
        raise PairError(
            f"These are not two views of one set: {name_of(first)} has {_repetitions(len(ours))}, {name_of(second)} "
            f"{len(theirs)}.",
            "Give clips of the same set. A repetition that one camera missed is left out with --exclude-rep.",
        )
    if any("bottom" not in rep.instants for rep in (*ours, *theirs)):
        raise PairError("Two views are joined on the lowest points of repetitions, and this movement has none.")
    sides = [[rep.side for rep in reps] for reps in (ours, theirs)]
    if sides[0] != sides[1]:
        raise PairError("These are not two views of one set: the legs do not take turns alike.")
    return tuple(zip(ours, theirs, strict=True))


def _repetitions(count: int) -> str:
    return f"{count} repetition{'' if count == 1 else 's'}"


def _check_tempo(apart_s: FloatArray, reps: tuple[tuple[Rep, Rep], ...]) -> None:
    """The times between bottoms, or how long a single repetition lasts, whose ends are found less exactly."""
    worst = float(np.abs(apart_s).max())
    if len(reps) > 1:
        ratio = (_bottom_s(reps[-1][1]) - _bottom_s(reps[0][1])) / (_bottom_s(reps[-1][0]) - _bottom_s(reps[0][0]))
        limit, said = SLOW_RATIO, f"their lowest points lie up to {worst:.1f} s apart"
    else:
        ((first, second),) = reps
        ratio = (second.end_s - second.start_s) / (first.end_s - first.start_s)
        limit, said = SLOW_RATIO_ONE, f"the repetition lasts {ratio:.2f} times as long in the second"
    if worst > BOTTOMS_APART_MAX_S or not 1 / limit <= ratio <= limit:
        raise PairError(
            f"These are not two views of one set: {said}.",
            "Give clips of the same set; if one is slow motion, analyse it with --slowmo and pair the folders.",
        )


def _refuse_shape(correlation: float, apart_s: float) -> None:
    raise PairError(
        f"These are not two views of one set: single repetitions fit {apart_s:.2f} s apart (one set: within "
        f"{APART_MAX_S:.2f} s), and the hips' movement agrees to {correlation:.2f} of 1.",
        "Give clips of the same set.",
    )


def _check_depth(
    ours: FloatArray, theirs: FloatArray, first: Analysis, second: Analysis, reps: tuple[tuple[Rep, Rep], ...]
) -> None:
    """Hips sink about as far in both views, over the leg's length; the first clip is the one from the front."""
    sunk = [
        [_sinks(hips, one.clean.time_s, rep) for rep in (pair[k] for pair in reps)]
        for k, (hips, one) in enumerate(((ours, first), (theirs, second)))
    ]
    ratio = float(np.median(np.array(sunk[0]) / np.array(sunk[1])))
    if not DEPTH_RATIO_MIN <= ratio <= DEPTH_RATIO_MAX:
        raise PairError(
            f"These are not two views of one set: the hips sink {ratio:.1f} times as far in {name_of(first)}.",
            "Give clips of the same set.",
        )


def _sinks(hips: FloatArray, time_s: FloatArray, rep: Rep) -> float:
    inside = (time_s >= rep.start_s) & (time_s <= rep.end_s) & np.isfinite(hips)
    return max(float(np.ptp(hips[inside])), 1e-3) if inside.any() else float("nan")


def _fit(
    first: Analysis, second: Analysis, ours: FloatArray, theirs: FloatArray, rep: Rep, middle_s: float
) -> tuple[float, float]:
    """Offset and correlation where one repetition of the first clip fits the second best, refined by a parabola."""
    grid = np.arange(rep.start_s - AROUND_REP_S, rep.end_s + AROUND_REP_S, STEP_S)
    grid = grid[(grid >= first.clean.time_s[0]) & (grid <= first.clean.time_s[-1])]
    lags = np.arange(middle_s - SEARCH_S, middle_s + SEARCH_S + STEP_S / 2, STEP_S)
    one = _at(ours, first.clean.time_s, grid)
    fits = np.array([_correlation(one, _at(theirs, second.clean.time_s, grid + lag)) for lag in lags])
    if not np.isfinite(fits).any():
        return middle_s, 0.0
    best = int(np.nanargmax(fits))
    shift = 0.0
    if 0 < best < lags.size - 1 and np.isfinite(fits[best - 1 : best + 2]).all():
        before, top, after = fits[best - 1 : best + 2]
        bend = before - 2 * top + after
        shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return float(lags[best] + shift * STEP_S), float(fits[best])


def _correlation(one: FloatArray, other: FloatArray) -> float:
    """Of what both show, at least half of the repetition."""
    known = np.isfinite(one) & np.isfinite(other)
    if 2 * known.sum() < one.size:
        return float("nan")
    a, b = one[known] - one[known].mean(), other[known] - other[known].mean()
    size = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum()) / size if size > 0 else float("nan")


def _at(values: FloatArray, time_s: FloatArray, at_s: FloatArray) -> FloatArray:
    known = np.isfinite(values)
    if known.sum() < 2:
        return np.full(at_s.shape, np.nan)
    return np.interp(at_s, time_s[known], values[known], left=np.nan, right=np.nan)


def _hips(analysis: Analysis) -> FloatArray:
    found = next((one for one in analysis.series if one.name == HIPS and one.side is None), None)
    if found is None or not np.isfinite(found.value).any():
        raise PairError(f"The height of the hips was not seen in {name_of(analysis)}.", "Film the whole body.")
    return found.value


def _bottom_s(rep: Rep) -> float:
    return rep.instants["bottom"]
