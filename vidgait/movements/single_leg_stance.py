"""Standing on one leg (Trendelenburg, balance): the free foot leaves the floor, rests in the air, and comes down.

A hold lasts as long as the foot stays up; what changes meanwhile (a drop, a lean) is for the measures to say. The
machine is forward-only; when exactly the foot left the floor and came to rest is read afterwards, from its height.

Source: biomechanics specification, sections 3.2 and 4.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from vidgait.movements.framework import MovementSpec
from vidgait.movements.phases import crossing_s, local_speed
from vidgait.movements.single_leg_squat import ONE_LEG_RULES

if TYPE_CHECKING:
    from vidgait.movements.posture import BodySample
    from vidgait.types import FloatArray, Side

__all__ = ["SINGLE_LEG_STANCE", "Hold", "HoldMachine", "hold_instants"]

# A step of a slow walk or march stands on one leg for up to 0.8 s.
HOLD_MIN_S = 1.2
# The support may be lost for so long (a wobble, a hidden foot) without the hold being over.
LOST_MAX_S = 0.3
# The free ankle is this much higher than the other at least: weight on one leg with both feet down is no hold.
LIFTED_MIN = 0.05
# The hips stay at their height: less than the smallest bend that counts as a squat on one leg.
SINK_MAX = 0.05
# The free foot rests where it moves more slowly than this, leg lengths a second, or than this share of its lifting.
REST_SPEED_PER_S = 0.06
REST_SPEED_SHARE = 0.15
# It is on the floor within this height.
ON_FLOOR = 0.015
AROUND_S = 1.0
SPEED_HALF_WINDOW_S = 0.1

SINGLE_LEG_STANCE = MovementSpec(
    id="single_leg_stance",
    label="Single-leg stance",
    cutoff_hz=6.0,
    rules=ONE_LEG_RULES["left"],
    note="One leg, the other foot off the floor for more than a second; each hold is one repetition.",
)


@dataclass(frozen=True, slots=True)
class Hold:
    """`[start_s, end_s)` on one leg, as the machine saw it."""

    side: Side
    start_s: float
    end_s: float
    cut_start: bool
    """The clip begins during it."""
    cut_end: bool
    rejected: tuple[str, ...] = ()

    @property
    def counted(self) -> bool:
        return not self.rejected


@dataclass(slots=True)
class _Standing:
    side: Side
    cut_start: bool
    samples: list[BodySample] = field(default_factory=list)


class HoldMachine:
    """Forward-only. `push` returns the holds that became final with this sample (none or one)."""

    def __init__(self) -> None:
        self._standing: _Standing | None = None
        self._seen_any = False

    def push(self, sample: BodySample) -> list[Hold]:
        if not sample.seen:
            return []
        going, done = self._standing, []
        if going is not None:
            lost_s = sample.time_s - going.samples[-1].time_s
            if sample.stands_on == going.side and lost_s <= LOST_MAX_S:
                going.samples.append(sample)
            elif lost_s > LOST_MAX_S or sample.stands_on is not None:
                done = [self._close(going, cut_end=False)]
                self._standing = None
        if self._standing is None and sample.stands_on is not None:
            self._standing = _Standing(sample.stands_on, not self._seen_any, [sample])
        self._seen_any = True
        return done

    def finish(self) -> list[Hold]:
        """The hold that the clip's end cut off."""
        going, self._standing = self._standing, None
        return [] if going is None else [self._close(going, cut_end=True)]

    def _close(self, going: _Standing, cut_end: bool) -> Hold:
        first, last = going.samples[0].time_s, going.samples[-1].time_s
        sign = -1.0 if going.side == "left" else 1.0
        lift = float(np.median([sign * sample.lift for sample in going.samples]))
        heights = [sample.over_foot(going.side).hip_height for sample in going.samples]
        low, high = np.percentile(heights, [5, 95])
        checks = (
            (last - first < HOLD_MIN_S, "too short for a hold"),
            (lift < LIFTED_MIN, "the other foot is not lifted"),
            (high - low > SINK_MAX, "the hips sink and rise"),
        )
        reasons = tuple(reason for fails, reason in checks if fails)
        return Hold(going.side, first, last, going.cut_start, cut_end, reasons)


def hold_instants(samples: Sequence[BodySample], hold: Hold) -> dict[str, float]:
    """start (the foot leaves the floor), lifted (it has come to rest), lowered (it begins to come down), end (it is on
    the floor), by the free ankle's height over the other one. What the clip cuts off is where it begins or ends."""
    near = [s for s in samples if s.seen and hold.start_s - AROUND_S <= s.time_s <= hold.end_s + AROUND_S]
    sign = -1.0 if hold.side == "left" else 1.0
    time_s = np.array([sample.time_s for sample in near])
    height = np.array([sign * sample.lift for sample in near])
    speed = local_speed(time_s, height, SPEED_HALF_WINDOW_S)
    middle = int(np.searchsorted(time_s, (hold.start_s + hold.end_s) / 2))
    middle = min(max(middle, 0), time_s.size - 1)
    back = slice(middle, None, -1)
    off_s, rest_s = _edges(time_s[back], height[back], -speed[back])
    on_s, lowered_s = _edges(time_s[middle:], height[middle:], speed[middle:])
    start_s = hold.start_s if hold.cut_start else min(off_s, rest_s)
    end_s = hold.end_s if hold.cut_end else max(on_s, lowered_s)
    lifted_s = start_s if hold.cut_start else rest_s
    lowered_s = end_s if hold.cut_end else lowered_s
    return {"start": start_s, "lifted": lifted_s, "lowered": max(lowered_s, lifted_s), "end": end_s}


def _edges(time_s: FloatArray, height: FloatArray, speed: FloatArray) -> tuple[float, float]:
    """Going outward from the middle of a hold: when the foot is on the floor, and when it last rested in the air.
    `speed` is negative where the foot sinks on the way outward."""
    up = float(np.median(height[: max(height.size // 3, 1)]))
    over = height - max(ON_FLOOR, 0.1 * up)
    down = np.flatnonzero(over <= 0)
    floor = int(down[0]) if down.size else height.size - 1
    floor_s = float(crossing_s(time_s, over, floor - 1)) if down.size and floor else float(time_s[floor])
    quick = -speed[: floor + 1]
    quick -= min(REST_SPEED_PER_S, REST_SPEED_SHARE * float(quick.max()))
    rests = np.flatnonzero((quick <= 0) & (height[: floor + 1] > 0.7 * up))
    last = int(rests[-1]) if rests.size else floor
    if last == floor:
        return floor_s, floor_s
    return floor_s, float(crossing_s(time_s, quick, last)) if quick[last + 1] > 0 else float(time_s[last])
