"""Who stands on which leg, told from one frame after the other.

Two things tell: where the body's middle is, sideways and in the direction of walking (over one foot, or between the
two), and how much higher one ankle is than the other. Neither is enough. A foot that is nearer to the camera is lower
in the picture, so one that is held ahead may look as low as the one that stands; in a side view both feet may be under
the body. On one leg the body's middle must be over its foot, from whatever direction one looks.

Forward-only: the ankles' difference in standing on both feet is learnt on the way.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidgait.types import FloatArray, Side

__all__ = ["Support", "SupportReader"]

# The body's middle, of hips and shoulders: arms, head and half the trunk against the other half and the legs.
SHOULDER_SHARE = 0.4
# The middle of the body may be anywhere over a foot; seen along the foot that is little, seen from the side its length.
BALANCE_MIN_APART = 0.10
FOOT_SHARE = 0.9
# A foot seen shorter than this (leg lengths) points at the camera: its ankle is its middle.
FOOT_SEEN_MIN = 0.08
FOOT_SEEN_SPAN = 0.12
# Of a heel-to-toe line, how far its middle lies ahead of the ankle.
MIDDLE_AHEAD = 0.3
# Farther than this (leg lengths) beyond both feet the body is over neither: sitting, falling, walking fast.
BEYOND_MAX = 0.25
# An ankle this much higher than the other (leg lengths; 7 cm) is lifted, if the body is not over it. From the side more
# is needed: there the far ankle of a deep squat is drawn up to 0.08 too high.
LIFT_MIN = 0.08
LIFT_MIN_SIDE = 0.12
# On a straight leg the ankles are where they seem to be; whoever was seen lifting a foot then keeps it up in the bend.
UPRIGHT_MIN = 0.93
# Until the person was seen standing on both feet, the difference may all be perspective: feet a stride apart in depth,
# filmed from three metres, differ by 0.21.
LIFT_MIN_UNKNOWN = 0.26
# Feet seen longer than this are not pointed at the camera: which foot the body is over is then not enough.
FRONTAL_FOOT_MAX = 0.16
SIDE_FOOT = 0.25
# So high it is lifted even where the body's middle cannot be told from between the feet.
LIFT_CLEAR = 0.14
# The body is over one foot: 0 is half way between them, 1 over it. A squat with the hips shifted reaches 0.5.
BALANCE_CLEAR = 0.65
BALANCE_LIKELY = 0.3
# Feet farther apart than this with the body between them are a split stance, whose rear ankle is up.
SPLIT_APART = 0.45
# What was true a moment ago holds until the evidence falls to this share.
HOLD_SHARE = 0.6
# Standing on both feet: ankles level and the body between them within this, perspective and a tilted camera allowed.
# The legs are then straight and alike; a lifted foot is on a bent leg or far from the other.
LEVEL_MAX = 0.25
LEVEL_SURE = 0.08
MIDDLE_MAX = 0.17
STRAIGHT_MIN = 0.86
ALIKE_MAX = 0.08
BESIDE_MAX = 0.35
# Nothing of it is learnt while feet or body move by more than this within the time.
QUIET = 0.035
QUIET_S = 0.3
LEARN_S = 0.5
# A third of the way to one foot is not learnt any more: the person may be shifting their weight for good.
LEARN_BALANCE_MAX = 0.3
# Somebody who has gone this far stands somewhere else, under another perspective; so does somebody who has turned: the
# middles of feet seen from the side lie 0.075 ahead of their ankles, half of that while one of them hangs down.
ELSEWHERE = 0.5
TURNED = 0.05


@dataclass(frozen=True, slots=True)
class Support:
    lift: float
    """Left ankle above the right one, leg lengths, less what it is in standing on both feet."""
    balance: float
    """+1 the body is over the left foot, -1 over the right one, 0 between them or unknown."""
    side: Side | None
    """The only leg that carries the body."""
    aside: float = 0.0
    """The body's middle to the right of the middle of the ankles, leg lengths."""


class SupportReader:
    """`read` once a frame, in order of time; points (2,) pixels, x right, y up."""

    def __init__(self) -> None:
        self._level = self._middle = 0.0
        self._learnt_at = self._learnt_ahead = self._time_s = math.nan
        self._recent: deque[tuple[float, float, float, float, float]] = deque()
        self._side: Side | None = None

    def read(
        self,
        time_s: float,
        left_ankle: FloatArray,
        right_ankle: FloatArray,
        feet: Sequence[FloatArray],
        hip: FloatArray,
        shoulder: FloatArray,
        legs: tuple[float, float],
        size_px: float,
    ) -> Support:
        """`feet`: left heel, right heel, left toe, right toe; `legs`: how long left and right look, leg lengths."""
        apart = (left_ankle - right_ankle) / size_px
        if not (math.isfinite(apart[0]) and math.isfinite(hip[0])):
            self._side = None
            return Support(0.0, 0.0, None)
        body = hip if math.isnan(shoulder[0]) else hip + SHOULDER_SHARE * (shoulder - hip)
        ahead = [_middle_ahead(toe - heel, size_px) for heel, toe in ((feet[0], feet[2]), (feet[1], feet[3]))]
        foot = _mean_length(ahead)
        left, right = float(left_ankle[0]) / size_px + ahead[0], float(right_ankle[0]) / size_px + ahead[1]
        offset = float(body[0]) / size_px - (left + right) / 2
        place = float(body[0]) / size_px
        straight = min(legs) > STRAIGHT_MIN and abs(legs[0] - legs[1]) < ALIKE_MAX and abs(apart[0]) < BESIDE_MAX
        level_max = LEVEL_MAX if straight else LEVEL_SURE
        self._forget_before_turn(sum(ahead) / len(ahead))
        self._learn(time_s, (float(apart[0]), float(apart[1]), offset, place), foot, level_max)
        balance = _balance(offset - self._middle, left - right, foot)
        lift = float(apart[1]) - self._level
        upright = max(legs) > UPRIGHT_MIN
        self._side = self._decide(lift, balance, math.hypot(*apart), foot, upright)
        self._time_s = time_s
        aside = float((body - (left_ankle + right_ankle) / 2)[0]) / size_px
        return Support(lift, balance, self._side, aside)

    def _forget_before_turn(self, ahead: float) -> None:
        """`ahead`: how far the feet point to the picture's right, on average."""
        if abs(ahead - self._learnt_ahead) > TURNED:
            self._level = self._middle = 0.0
            self._learnt_at = math.nan
        if math.isnan(self._learnt_at):
            self._learnt_ahead = ahead

    def _decide(self, lift: float, balance: float, apart: float, foot: float, upright: bool) -> Side | None:
        over: Side = "left" if balance > 0 else "right"
        lower: Side = "right" if lift > 0 else "left"
        agrees = abs(balance) if over == lower else -abs(balance)
        stays, falls = (HOLD_SHARE if self._side == side else 1.0 for side in (over, lower))
        sideways = max(0.0, min(1.0, (foot - FRONTAL_FOOT_MAX) / (SIDE_FOOT - FRONTAL_FOOT_MAX)))
        least = LIFT_MIN if upright else LIFT_MIN + sideways * (LIFT_MIN_SIDE - LIFT_MIN)
        clear = least if upright else LIFT_CLEAR
        if math.isnan(self._learnt_at):
            least = clear = LIFT_MIN_UNKNOWN
        together = apart < SPLIT_APART
        if abs(balance) >= stays * BALANCE_CLEAR and (
            (sideways == 0.0 and together) or (over != lower and abs(lift) > stays * least)
        ):
            return over
        if abs(lift) >= falls * least and agrees >= falls * BALANCE_LIKELY:
            return lower
        if sideways > 0.0 and abs(lift) >= falls * clear and agrees > -BALANCE_LIKELY and together:
            return lower
        return None

    def _learn(self, time_s: float, now: tuple[float, float, float, float], foot: float, level_max: float) -> None:
        """What standing on both feet looks like: nearer feet lower, and the body aside where the camera is tilted."""
        self._recent.append((time_s, *now))
        while self._recent[0][0] < time_s - QUIET_S - 1e-6:
            self._recent.popleft()
        apart, up, offset, place = now
        known = abs(place - self._learnt_at) < ELSEWHERE
        passed_s = time_s - self._recent[0][0]
        spans = [max(column) - min(column) for column in list(zip(*self._recent, strict=True))[1:]]
        quiet = passed_s >= 0.7 * QUIET_S and max(spans) < QUIET
        if not quiet or abs(up) > level_max or abs(offset) > MIDDLE_MAX:
            return
        balance = _balance(offset - self._middle, apart, foot)
        if known and (self._side is not None or abs(balance) > LEARN_BALANCE_MAX):
            return
        share = 1.0 - math.exp(-(time_s - self._time_s) / LEARN_S) if known else 1.0
        self._level += share * (up - self._level)
        self._middle += share * (offset - self._middle)
        self._learnt_at = place if not known else self._learnt_at


def _middle_ahead(heel_to_toe: FloatArray, size_px: float) -> float:
    """How far the middle of a foot is beside its ankle, leg lengths; 0 for a foot that points at the camera."""
    seen = float(heel_to_toe[0]) / size_px
    if not math.isfinite(seen):
        return 0.0
    return MIDDLE_AHEAD * seen * max(0.0, min(1.0, (abs(seen) - FOOT_SEEN_MIN) / FOOT_SEEN_SPAN))


def _mean_length(ahead: Sequence[float]) -> float:
    """The feet's length in the picture, leg lengths, of what `_middle_ahead` says of each."""
    return sum(abs(one) for one in ahead) / len(ahead) / MIDDLE_AHEAD


def _balance(offset: float, apart: float, foot: float) -> float:
    """`offset`: the body's middle beside the middle of the feet; `apart`: left foot beside the right one; `foot`: a
    foot's length; all as seen, in leg lengths."""
    if abs(offset) - abs(apart) / 2 > BEYOND_MAX:
        return 0.0
    least = BALANCE_MIN_APART + FOOT_SHARE * foot
    return max(-1.0, min(1.0, 2 * offset * math.copysign(1.0, apart) / max(abs(apart), least)))
