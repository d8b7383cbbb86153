"""Moments in which a pose network puts a joint of one leg where the other leg's is, or somewhere between the two.

Where the far leg passes behind the near one, the network sometimes draws both knees toward each other or half
exchanges them, for two or three frames, while the other joints of both legs stay right: no exchange of whole legs
(`swaps`) repairs that, and no median notices it, as both knees are moving fast. What shows it is the line from one
joint to the other: it shrinks or turns round and comes back, against what the frames on both sides lead to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vidgait.types import BoolArray, FloatArray, IntArray, Skeleton

__all__ = ["blended"]

_PARTS = ("knee", "ankle", "heel", "toe")
# Longest moment that is left out, so that it can be filled again: four frames at 30 a second.
_LONGEST_S = 0.115
# Two frames on each side lead the line across; where they lie further apart nothing is said. Roughness is judged over
# as many more.
_LEAD = 2
_SPAN_MAX_S = 0.28
# A frame that is this far (share of body height) from where two on each side lead to makes one look closer.
_ROUGH = 0.02
# In a blend the line must be this long, shrink to less than _SHRUNK of its length in every frame and to less than _GONE
# in one of them, and miss its place by _MISS.
_LONG_ENOUGH = 0.03
_SHRUNK, _GONE = 0.7, 0.45
_MISS = 0.03
# Without the blend the line must run smoothly: this share of its roughness is left at most.
_SMOOTHED = 0.25
_RATE_HZ = 30.0
# The network is unsure of one of the two.
_SCORE_MAX = 0.85


def blended(
    time_s: FloatArray, xy_px: FloatArray, score: FloatArray, skeleton: Skeleton, body_height_px: float
) -> BoolArray:
    """(T, K) points that are the other leg's, or between the two. `xy_px (T, K, 2)`, `score (T, K)`; exchanged legs
    must have been put right before."""
    wrong = np.zeros(score.shape, bool)
    group = _groups(time_s)
    for part in _PARTS:
        pair = skeleton.indices(f"left_{part}", f"right_{part}")
        line = (xy_px[:, pair[0]] - xy_px[:, pair[1]]) / body_height_px
        sure = score[:, pair].min(axis=1)
        of_group = _wrong_moments(_means(time_s, group), _means(line, group), _means(sure, group) < _SCORE_MAX)
        wrong[:, pair] = of_group[group][:, None]
    return wrong


def _groups(time_s: FloatArray) -> IntArray:
    """(T,) number of the group of each frame: fast clips are judged at about _RATE_HZ, as jitter between frames that
    are close together leads the line anywhere."""
    spacing_s = float(np.median(np.diff(time_s))) if time_s.size > 1 else 1.0
    return np.arange(time_s.size) // max(round(1.0 / (_RATE_HZ * spacing_s)), 1)


def _means(values: FloatArray, group: IntArray) -> FloatArray:
    """Mean of each group along axis 0; NaN where one is missing."""
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    counts = np.diff(np.append(starts, group.size))
    sums: FloatArray = np.add.reduceat(values, starts, axis=0)
    return sums / counts.reshape(-1, *(1,) * (values.ndim - 1))


def _wrong_moments(time_s: FloatArray, line: FloatArray, unsure: BoolArray) -> BoolArray:
    """(T,) frames whose line (T, 2) is not where its neighbours lead to: the moments whose loss smooths it most."""
    found: list[tuple[float, IntArray]] = []
    if time_s.size <= 2 * _LEAD:
        return np.zeros(time_s.size, bool)
    known: BoolArray = np.asarray(np.isfinite(line).all(axis=1))
    off = _off_course(time_s, line)
    looked_at = unsure & (np.convolve(off > _ROUGH, np.ones(5), "same") > 0)
    for first in np.flatnonzero(known & looked_at):
        for last in range(first, time_s.size):
            if time_s[last] - time_s[first] > _LONGEST_S or not known[last]:
                break
            rows: IntArray = np.arange(first, last + 1)
            gain = _smoothing(time_s, line, known, rows)
            if gain > 0:
                found.append((gain, rows))
    wrong = np.zeros(time_s.size, bool)
    for _, moment in sorted(found, key=lambda one: -one[0]):
        if not wrong[max(moment[0] - _LEAD, 0) : moment[-1] + _LEAD + 1].any():
            wrong[moment] = True
    return wrong


def _smoothing(time_s: FloatArray, line: FloatArray, known: BoolArray, rows: IntArray) -> float:
    """How much roughness (sum of squares) goes when these frames are led across by two on each side; 0 where that is
    no blend."""
    lead = np.r_[rows[0] - _LEAD : rows[0], rows[-1] + 1 : rows[-1] + 1 + _LEAD]
    if lead[0] < 0 or lead[-1] >= time_s.size or not known[lead].all() or np.ptp(time_s[lead]) > _SPAN_MAX_S:
        return 0.0
    expected = _through_four(time_s[lead], line[lead], time_s[rows])
    length = np.hypot(*expected.T)
    along = (line[rows] * expected).sum(axis=1) / np.maximum(length, _LONG_ENOUGH) ** 2
    shrunk = (length > _LONG_ENOUGH) & (along < _SHRUNK) & (np.hypot(*(line[rows] - expected).T) > _MISS)
    if not shrunk.all() or along.min() > _GONE:
        return 0.0
    around = slice(max(lead[0] - _LEAD, 0), lead[-1] + _LEAD + 1)
    led = line.copy()
    led[rows] = expected
    before, after = (np.nansum(_off_course(time_s[around], one[around]) ** 2) for one in (line, led))
    return float(before - after) if after < _SMOOTHED * before else 0.0


def _off_course(time_s: FloatArray, line: FloatArray) -> FloatArray:
    """(T,) distance of each frame from where the two before and the two after lead to; 0 where some are missing."""
    off = np.zeros(time_s.size)
    if time_s.size > 2 * _LEAD:
        steps = (0, 1, 3, 4)
        count = time_s.size - 4
        at = np.stack([time_s[k : k + count] for k in steps])
        values = np.stack([line[k : k + count] for k in steps])
        middle = slice(_LEAD, _LEAD + count)
        miss = line[middle] - (_weights(at, time_s[middle])[..., None] * values).sum(axis=0)
        off[middle] = np.nan_to_num(np.hypot(*miss.T))
    return off


def _through_four(at_s: FloatArray, values: FloatArray, wanted_s: FloatArray) -> FloatArray:
    """(N, 2) of the cubic through four points (4, 2)."""
    result: FloatArray = _weights(at_s[:, None], wanted_s).T @ values
    return result


def _weights(at_s: FloatArray, wanted_s: FloatArray) -> FloatArray:
    """(4, N) of the cubic through four instants `at_s (4, N or 1)`, at `wanted_s (N,)` (Lagrange)."""
    weights = np.ones((len(at_s), wanted_s.size))
    for j in range(len(at_s)):
        for m in range(len(at_s)):
            if m != j:
                weights[j] *= (wanted_s - at_s[m]) / (at_s[j] - at_s[m])
    return weights
