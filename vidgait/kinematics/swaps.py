"""Left and right limbs that a pose network exchanged, found over the whole clip.

Networks confuse the legs for runs of 1 to 15 frames where one passes the other in a side view. A point that jumps
away and back is easily seen, but a run that begins or ends where the legs coincide shows only in the velocities: legs
that cross keep their speed, labels that bounce exchange it. Whole bodies are turned round, too, where a front is taken
for a back.

So each way of labelling the clip is judged by how well two steadily moving limbs explain it. Every survivor of a
Viterbi search over {keep, exchange} carries its own constant-velocity Kalman filter of both limbs (per-survivor
processing: Raheli, Polydoros and Tzou 1995, IEEE Trans Commun 43:354), and pays for each frame that contradicts the
network. Lengths are in body heights, so that the constants hold for every picture size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vidgait.types import BoolArray, FloatArray, IntArray, Skeleton

__all__ = ["LEG_PARTS", "SwapResult", "exchange", "find_swaps", "no_swaps"]

LEG_PARTS = ("hip", "knee", "ankle", "heel", "toe")
# Where a network takes a front for a back, the arms change sides with the legs. Fingers follow their wrist.
_ARM_PARTS = ("shoulder", "elbow", "wrist")
_HAND_PARTS = ("pinky", "index", "thumb")

# Random error of a keypoint at full and at no confidence (share of body height).
_SD_SURE, _SD_UNSURE = 0.010, 0.030
# White acceleration that a leg may have between frames, in body heights / s^2: a foot in swing reaches about 25.
_ACCELERATION_SD = 20.0
_START_SPEED_SD = 2.0
# The points of a limb err together: they count as a third as many.
_INDEPENDENT_SHARE = 0.3
# A point that is simply wrong may not decide: its cost stops growing here (3 standard deviations).
_COST_MAX = 5.0
_GATE = 25.0
# Cost of each change of label, and of each second spent contradicting the network (for legs: what the arms do).
_CHANGE_COST = 3.0
_CONTRADICTION_COST_PER_S = 8.0
# Labels remembered by a survivor: as many frames may pass before a decision is forced.
_MEMORY_BITS = 5
_RESTART_GAP_S = 0.35
# A step to one's own last place this much shorter than to the other's is no exchange.
_CLEARLY_OWN = 0.3
# Closer than this (median over the points of the limbs), it makes no difference which is which.
_SEPARATE = 0.03


@dataclass(frozen=True, slots=True, eq=False)
class SwapResult:
    legs: BoolArray
    """(T,) frames whose legs must be exchanged"""
    arms: BoolArray
    """(T,) frames whose arms and shoulders must be exchanged"""
    ambiguous: BoolArray
    """(T,) frames with separate legs where reading the clip forwards and backwards gives different answers"""


def no_swaps(frames: int) -> SwapResult:
    return SwapResult(np.zeros(frames, bool), np.zeros(frames, bool), np.zeros(frames, bool))


def find_swaps(
    time_s: FloatArray, xy_px: FloatArray, score: FloatArray, skeleton: Skeleton, body_height_px: float
) -> SwapResult:
    """Which frames of `xy_px (T, K, 2)` have left and right exchanged, legs and arms each for themselves.

    `score (T, K)` weighs the points; NaN points do not count. Frames that are apart by more than 0.35 s are judged
    independently, each stretch in favour of the labels that the network gives it for longer."""

    def limbs(parts: tuple[str, ...]) -> tuple[FloatArray, FloatArray]:
        sides = [skeleton.indices(*(f"{side}_{part}" for part in parts)) for side in ("left", "right")]
        sure = np.stack([score[:, rows] for rows in sides], axis=1)
        variance = (_SD_UNSURE + (_SD_SURE - _SD_UNSURE) * np.clip(sure, 0, 1)) ** 2
        return np.stack([xy_px[:, rows] for rows in sides], axis=1) / body_height_px, variance

    arms, _ = _find(time_s, *limbs(_ARM_PARTS), np.zeros(time_s.size, bool))
    # Legs are expected to go with the arms: where these are exchanged, the whole body is turned round.
    legs, ambiguous = _find(time_s, *limbs(LEG_PARTS), arms)
    return SwapResult(legs, arms, ambiguous)


def exchange(values: FloatArray, swaps: SwapResult, skeleton: Skeleton) -> FloatArray:
    """A copy of `values (T, K, ...)` with left and right exchanged where `swaps` says so."""
    result = values.copy()
    for rows, parts in ((swaps.legs, LEG_PARTS), (swaps.arms, _ARM_PARTS + _HAND_PARTS)):
        left, right = (skeleton.indices(*(f"{side}_{part}" for part in parts)) for side in ("left", "right"))
        order = np.arange(len(skeleton.keypoints))
        order[left], order[right] = right, left
        result[rows] = result[rows][:, order]
    return result


def _find(
    time_s: FloatArray, limbs: FloatArray, variance: FloatArray, expected: BoolArray
) -> tuple[BoolArray, BoolArray]:
    """Exchanged and ambiguous frames (T,) of one pair of limbs (T, 2, points, 2); `expected` where nothing is known."""
    swapped = np.zeros(time_s.size, bool)
    unlike = np.zeros(time_s.size, bool)
    seen = np.flatnonzero(np.isfinite(limbs).all(axis=-1).any(axis=-1).all(axis=-1))
    for rows in _stretches(time_s, seen):
        if not expected[rows].any() and not _questionable(limbs[rows]):
            continue
        forward, cost = _search(time_s[rows], limbs[rows], variance[rows], expected[rows])
        back = rows[::-1]
        backward, cost_back = _search(-time_s[back], limbs[back], variance[back], expected[back])
        backward = backward[::-1]
        swapped[rows] = forward if cost <= cost_back else backward
        unlike[rows] = forward != backward
    return swapped, unlike & _separate(limbs)


def _stretches(time_s: FloatArray, seen: IntArray) -> list[IntArray]:
    breaks = np.flatnonzero(np.diff(time_s[seen]) > max(_RESTART_GAP_S, 2.5 * _spacing_s(time_s)))
    return [rows for rows in np.split(seen, breaks + 1) if rows.size >= 3]


def _questionable(limbs: FloatArray) -> bool:
    """Whether labels could change anywhere: not where each limb always stays far closer to its own last place than
    to the other's, as in a squat seen from the front."""
    own = np.linalg.norm(limbs[1:] - limbs[:-1], axis=-1)
    other = np.linalg.norm(limbs[1:] - limbs[:-1, ::-1], axis=-1)
    close = own > _CLEARLY_OWN * other  # False for NaN
    return bool((close.sum(axis=(1, 2)) * 2 > np.isfinite(own).sum(axis=(1, 2))).any())


def _spacing_s(time_s: FloatArray) -> float:
    return float(np.median(np.diff(time_s))) if time_s.size > 1 else 0.0


def _separate(legs: FloatArray) -> BoolArray:
    distance = np.linalg.norm(legs[:, 0, 1:] - legs[:, 1, 1:], axis=-1)
    filled = np.where(np.isfinite(distance), distance, 0.0)
    return np.asarray(np.median(filled, axis=1) > _SEPARATE)


@dataclass(slots=True, eq=False)
class _Filters:
    """Constant-velocity filters of S survivors x 2 limbs x N points."""

    place: FloatArray
    speed: FloatArray
    """(S, 2, N, 2)"""
    place_var: FloatArray
    cross_var: FloatArray
    speed_var: FloatArray
    """(S, 2, N)"""

    @classmethod
    def start(cls, legs: FloatArray, survivors: int) -> _Filters:
        shape = (survivors, *legs.shape[:2])
        known = np.asarray(np.isfinite(legs).all(axis=-1), dtype=bool)
        guess = np.where(known[..., None], legs, np.nanmean(legs, axis=1, keepdims=True))
        return cls(
            place=np.broadcast_to(guess, (*shape, 2)).copy(),
            speed=np.zeros((*shape, 2)),
            place_var=np.broadcast_to(np.where(known, _SD_SURE**2, 0.25**2), shape).copy(),
            cross_var=np.zeros(shape),
            speed_var=np.full(shape, _START_SPEED_SD**2),
        )

    def predict(self, step_s: float) -> None:
        self.place += step_s * self.speed
        self.place_var += (
            step_s * (2 * self.cross_var + step_s * self.speed_var) + (_ACCELERATION_SD * step_s**2) ** 2 / 4
        )
        self.cross_var += step_s * self.speed_var + _ACCELERATION_SD**2 * step_s**3 / 2
        self.speed_var += (_ACCELERATION_SD * step_s) ** 2

    def cost(self, legs: FloatArray, variance: FloatArray) -> FloatArray:
        """(S,) how badly each survivor explains one frame (negative log likelihood, bounded a point)."""
        spread = self.place_var + variance
        squared = ((legs - self.place) ** 2).sum(axis=-1) / spread
        cost = np.minimum(squared / 2, _COST_MAX) + np.log(spread / _SD_SURE**2)
        cost[~np.isfinite(cost)] = 0.0
        total: FloatArray = _INDEPENDENT_SHARE * cost.sum(axis=(1, 2))
        return total

    def survive(self, parents: IntArray) -> None:
        for name in ("place", "speed", "place_var", "cross_var", "speed_var"):
            setattr(self, name, getattr(self, name)[parents])

    def update(self, legs: FloatArray, variance: FloatArray) -> None:
        """`legs (S, 2, N, 2)`, `variance (S, 2, N)`. Missing points and those far off leave their filter as it is."""
        miss = legs - self.place
        spread = self.place_var + variance
        use = (miss**2).sum(axis=-1) / spread < _GATE  # False for NaN
        gain_place = np.where(use, self.place_var / spread, 0.0)
        gain_speed = np.where(use, self.cross_var / spread, 0.0)
        miss = np.where(use[..., None], miss, 0.0)
        self.place += gain_place[..., None] * miss
        self.speed += gain_speed[..., None] * miss
        self.speed_var -= gain_speed * self.cross_var
        self.cross_var *= 1 - gain_place
        self.place_var *= 1 - gain_place


def _search(time_s: FloatArray, legs: FloatArray, variance: FloatArray, expected: BoolArray) -> tuple[BoolArray, float]:
    """Best labelling (T,) of one stretch and its cost. State: the last `_MEMORY_BITS` labels, the newest lowest."""
    states = 1 << _MEMORY_BITS
    half = states >> 1
    state = np.arange(states)
    both = np.stack([legs, legs[:, ::-1]])  # [label]
    both_var = np.stack([variance, variance[:, ::-1]])
    filters = _Filters.start(legs[0], states)
    swapped_start = np.flatnonzero(state & 1)
    filters.place[swapped_start] = filters.place[swapped_start][:, ::-1]
    # Beginning or ending exchanged costs a change too: otherwise a wrong run would be put right by exchanging the rest.
    total = np.where(state < 2, _CHANGE_COST * (state & 1 != expected[0]), np.inf)
    parents = np.zeros((time_s.size, states), np.int16)
    elder = np.stack([state >> 1, (state >> 1) | half])  # the two states that may come before each
    for t in range(1, time_s.size):
        step_s = float(time_s[t] - time_s[t - 1])
        filters.predict(step_s)
        cost = np.stack([filters.cost(both[label, t], both_var[label, t]) for label in (0, 1)])
        label = state & 1
        extra = _CHANGE_COST * (elder & 1 != label) + _CONTRADICTION_COST_PER_S * step_s * (label != expected[t])
        offered = total[elder] + cost[label, elder] + extra
        chosen = offered.argmin(axis=0)
        parents[t] = elder[chosen, state]
        total = offered[chosen, state]
        filters.survive(parents[t])
        filters.update(both[label, t], both_var[label, t])
    total = total + _CHANGE_COST * (state & 1 != expected[-1])
    labels = np.zeros(time_s.size, bool)
    best = int(total.argmin())
    cost_best = float(total[best])
    for t in range(time_s.size - 1, -1, -1):
        labels[t] = best & 1
        best = int(parents[t, best])
    return labels, cost_best
