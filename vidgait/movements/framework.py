"""How repetitions are found: one machine, fed one sample at a time, for every cyclic strength movement.

    machine = RepMachine(SQUAT.rules)
    for sample in samples:              # a camera, or a clip
        for cycle in machine.push(sample): ...
    machine.finish()                    # what was cut off at the end

The machine follows the height of the hips over the ankles. It waits at a rest level (standing in a squat, seated in
sit-to-stand), notices an excursion from it, and closes the excursion when most of the way back has been made and the
person has settled. It never looks ahead; every threshold is one of `RepRules`, in leg lengths and seconds. Anything
else the body did meanwhile (a step, a jump, one leg only, a bow from the hips) is written down in the cycle as the
reason why it is not a repetition.

Source of the thresholds: biomechanics specification, sections 4.1 and 4.2.
"""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from vidgait.movements.phases import START_SPEED_PER_S

if TYPE_CHECKING:
    from vidgait.movements.posture import BodySample
    from vidgait.types import Side

__all__ = ["Checks", "Cycle", "MovementSpec", "RepMachine", "RepRules", "as_it_is", "both_legs_bend", "leg_share"]

Rest = Literal["high", "low"]
Checks = list[tuple[bool, str]]
"""Whether something speaks against a repetition, and what, in words."""


def as_it_is(sample: BodySample) -> BodySample:
    return sample


def both_legs_bend(low: BodySample, high: BodySample, during: Sequence[BodySample], rules: RepRules) -> Checks:
    """Both knees bend, side by side, on both feet, and the trunk does not do most of it."""
    left = high.left_extension - low.left_extension
    right = high.right_extension - low.right_extension
    hips, shoulders = high.hip_height - low.hip_height, high.shoulder_height - low.shoulder_height
    offset = abs(low.left_knee_height - low.right_knee_height)
    return [
        (max(leg_share(during, "left"), leg_share(during, "right")) > ONE_LEG_SHARE, "one leg carries the body"),
        (min(left, right) < rules.leg_share_min * max(left, right, 1e-9), "the knees do not bend together"),
        (np.fmax(left, right) < hips / 2, "the legs spread rather than bend"),
        (offset > rules.knee_offset_max, "one knee is far lower than the other, as in a lunge"),
        (shoulders > rules.bow_max * hips, "the trunk bows more than the hips sink"),
        (np.fmax(high.left_extension, high.right_extension) < rules.extension_min, "no full stand is reached"),
    ]


def leg_share(during: Sequence[BodySample], side: Side) -> float:
    """Share of the samples in which only that leg carries the body."""
    return sum(sample.stands_on == side for sample in during) / max(len(during), 1)


ONE_LEG_SHARE = 0.6
"""A squat with the hips far to one side may look like one leg for a moment."""


@dataclass(frozen=True, slots=True)
class RepRules:
    """Thresholds of one movement. Heights in leg lengths."""

    rest: Rest = "high"
    """Where the hips are between repetitions."""
    excursion_min: float = 0.08
    """An excursion below this is swaying: about 45 degrees of knee flexion."""
    fellow_share: float = 0.25
    """Less than this share of the median of the repetitions before it is fidgeting between them."""
    shallow: float = 0.18
    shallow_s: float = 1.0
    """An excursion smaller than `shallow` (about 70 degrees of knee flexion) and quicker than this is a bounce or a
    start, not a repetition."""
    duration_min_s: float = 0.6
    duration_max_s: float = 15.0
    """Longer ones are a rest. Tempo work reaches 4 s down, 2 s pause, 4 s up."""
    return_share: float = 0.75
    """This much of the way back closes an excursion; less is a bounce or a double dip inside it."""
    cut_share: float = 0.85
    """At the clip's end, this much of the way back still counts."""
    settle_s: float = 0.15
    """Time at the rest level after which a closed excursion is final: a take-off would show by then."""
    gap_max_s: float = 1.0
    """Unseen for longer than this, an excursion is lost."""
    leg_share_min: float = 0.4
    """The leg that shortens less does so by at least this share of the other: both knees bend together."""
    knee_offset_max: float = 0.17
    """Knees differ in height by less than this at the bottom; in a split stance the rear knee is near the floor."""
    bow_max: float = 2.3
    """Shoulders sink less than this many times as far as the hips. A squat with a 55 degree lean gives 1.6, a deadlift
    2.6, picking something up with straight legs more than 4."""
    extension_min: float = 0.0
    """At the upper end the straighter leg spans at least this much of its length: a stand must be a full one."""
    turn_counts: bool = False
    """Reaching the far end is the repetition, whether or not the way back is seen."""
    step: float = 0.30
    """The feet's distance changes by more than this in a step."""
    step_share_max: float = 0.2
    """An excursion with the feet that far out of place for more than this share of it is walking."""
    flight_per_s: float = 0.8
    """Both ankles rising faster than this (0.7 m/s) have left the floor: a jump of 3 cm."""
    fall_max_per_s: float = float("inf")
    """A rest level that the hips leave faster than this was a wrong point, not a rest: nobody falls so fast."""
    on_leg: Side | None = None
    """The leg whose bends these are: standing quietly on it is the rest level, whatever came before. A foot that is
    lifted towards the camera makes the whole person look larger, and the hips lower."""
    reads: Callable[[BodySample], BodySample] = as_it_is
    """What of the body is followed: the heights over both ankles, over one of them, the shoulders' height."""
    judge: Callable[[BodySample, BodySample, Sequence[BodySample], RepRules], Checks] = both_legs_bend
    """What else must be true of a repetition, of its lowest and highest sample and those of the way."""


@dataclass(frozen=True, slots=True)
class MovementSpec:
    """One movement the program knows."""

    id: str
    label: str
    cutoff_hz: float
    """Low-pass of the keypoints (specification 10.3)."""
    rules: RepRules
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cycle:
    """One excursion from rest and back, as the machine saw it. Times in s."""

    start_s: float
    turn_s: float
    """The farthest point: the bottom of a squat, the full stand of a sit-to-stand."""
    end_s: float
    rest_height: float
    turn_height: float
    end_height: float
    cut: Literal["start", "end", None] = None
    """Cut off by the clip's start or end, or by leaving the picture."""
    rejected: tuple[str, ...] = ()
    """Why it is no repetition, in words."""

    @property
    def excursion(self) -> float:
        return abs(self.rest_height - self.turn_height)

    @property
    def counted(self) -> bool:
        return not self.rejected and self.cut is None


@dataclass(slots=True)
class _Excursion:
    """What is remembered of the excursion in progress."""

    begin: BodySample
    turn: BodySample
    last: BodySample
    rest: float
    high_back: BodySample | None = None
    closed_at_s: float | None = None
    from_start: bool = False
    stepping_s: float = 0.0
    airborne: bool = False
    samples: list[BodySample] = field(default_factory=list)


class RepMachine:
    """Forward-only. `push` returns the cycles that became final with this sample (none or one)."""

    def __init__(self, rules: RepRules) -> None:
        self.rules = rules
        self._sign = 1.0 if rules.rest == "high" else -1.0
        self._recent: deque[BodySample] = deque()
        self._rest: BodySample | None = None
        self._first: BodySample | None = None
        self._excursion: _Excursion | None = None
        self._last: BodySample | None = None
        self._flight = _FlightWatch(rules.flight_per_s)
        self._counted: list[float] = []
        self._tallest = self._alone_s = -np.inf

    @property
    def phase(self) -> str:
        """`rest`, `away` or `back`, for a live display."""
        if self._excursion is None:
            return "rest"
        return "back" if self._excursion.high_back is not None else "away"

    @property
    def away(self) -> float:
        """How far the person is from the rest level now, in leg lengths; 0 at rest, and before anything was seen."""
        if self._last is None or (self._excursion is None and self._rest is None):
            return 0.0
        rest = self._excursion.rest if self._excursion is not None else self._height(self._rest or self._last)
        return max(0.0, rest - self._height(self._last))

    def push(self, sample: BodySample) -> list[Cycle]:
        if not sample.seen:
            return []
        sample = self.rules.reads(sample)
        done: list[Cycle] = []
        if self._last is not None and sample.time_s - self._last.time_s > self.rules.gap_max_s:
            done += self.finish()
            self._forget()
        self._remember(sample)
        self._watch_support(sample)
        if self._settles_on_the_leg(sample):
            self._rest, self._first, self._excursion = sample, None, None
        if self._rest is None:
            self._rest = self._first = sample
        elif self._excursion is None:
            self._wait(sample)
        else:
            done += self._follow(sample)
        self._last = sample
        return done

    def finish(self) -> list[Cycle]:
        """The excursion that the clip's end, or leaving the picture, cut off; final if it was nearly over."""
        going, self._excursion = self._excursion, None
        if going is None:
            return []
        way = abs(going.rest - self._height(going.turn))
        back = self._height(going.last) - self._height(going.turn)
        over = going.high_back is not None and back >= self.rules.cut_share * way
        over = (over or self.rules.turn_counts) and not going.from_start
        return [self._close(going, cut=None if over else "end")]

    def _height(self, sample: BodySample) -> float:
        """Rest is high in this frame of mind, whatever the movement."""
        return self._sign * sample.hip_height

    def _forget(self) -> None:
        self._rest = self._first = self._excursion = self._last = None
        self._recent.clear()

    def _remember(self, sample: BodySample) -> None:
        self._recent.append(sample)
        while self._recent[0].time_s < sample.time_s - RECENT_S:
            self._recent.popleft()
        if self._flight.lands(self._recent) and self._excursion is not None:
            self._excursion.airborne = True

    def _wait(self, sample: BodySample) -> None:
        rest = self._rest
        assert rest is not None
        sunk = self._height(rest) - REST_LEAK_PER_S * (sample.time_s - rest.time_s) - self._height(sample)
        if _steps(self._recent, self.rules.step) or sunk <= 0 or self._falls(sample):
            self._rest = sample
            self._risen_from_start(sample)
        elif sunk >= self.rules.excursion_min:
            self._excursion = _Excursion(rest, sample, sample, self._height(rest))
            self._excursion.airborne = sample.time_s - self._flight.landed_s < LANDING_S

    def _watch_support(self, sample: BodySample) -> None:
        """How high the hips have been since the leg began to carry the body alone."""
        if sample.stands_on == self.rules.on_leg:
            anew = sample.time_s - self._alone_s > ONSET_GAP_S
            self._tallest = self._height(sample) if anew else max(self._tallest, self._height(sample))
            self._alone_s = sample.time_s

    def _settles_on_the_leg(self, sample: BodySample) -> bool:
        """What was seen on both feet is no rest level of this leg, and an excursion that began there none of its bends,
        once the person rests on it, the other foot lifted and not let down."""
        side, begin = self.rules.on_leg, self._rest if self._excursion is None else self._excursion.begin
        if side is None or begin is None or begin.stands_on == side:
            return False
        heights = [one.hip_height for one in self._recent if one.stands_on == side]
        lasts_s = sample.time_s - self._recent[0].time_s
        if len(heights) < len(self._recent) or lasts_s < SETTLED_S or max(heights) - min(heights) > SETTLED_RANGE:
            return False
        if self._height(sample) < self._tallest - SETTLED_DROP:
            return False
        sinks = (sample.lift - begin.lift) * (1.0 if side == "left" else -1.0)
        return sinks < max(LET_DOWN_SHARE * (self._height(begin) - self._height(sample)), LET_DOWN_MIN)

    def _falls(self, sample: BodySample) -> bool:
        last = self._last
        if last is None:
            return False
        fall = self._height(last) - self._height(sample)
        return fall > self.rules.fall_max_per_s * (sample.time_s - last.time_s) + FALL_MIN

    def _risen_from_start(self, sample: BodySample) -> None:
        """A clip that begins inside a repetition: the first thing that happens is the way back."""
        first = self._first
        if first is None:
            return
        if self._height(sample) < self._height(first):
            self._first = sample
        elif self._height(sample) - self._height(first) >= self.rules.excursion_min:
            self._excursion = _Excursion(first, first, sample, self._height(sample), from_start=True)
            self._first = None

    def _follow(self, sample: BodySample) -> list[Cycle]:
        going = self._excursion
        assert going is not None
        self._watch_feet(going, sample)
        going.last = sample
        if going.closed_at_s is not None:
            return self._settle(going, sample)
        if self._height(sample) < self._height(going.turn):
            if going.from_start and going.high_back is not None:
                return self._begins_after(going, sample)
            going.turn, going.high_back = sample, None
        elif going.high_back is None or self._height(sample) > self._height(going.high_back):
            going.high_back = sample
        if going.from_start:
            going.rest = max(going.rest, self._height(sample))
        return self._closing(going, sample)

    def _begins_after(self, going: _Excursion, sample: BodySample) -> list[Cycle]:
        """A clip that began with a small rise, as when the weight is shifted onto one leg: the descent that goes on
        below where it began is the first that is seen whole."""
        self._rest, self._first, self._excursion = going.high_back, None, None
        self._wait(sample)
        return [self._close(going, cut="start")]

    def _closing(self, going: _Excursion, sample: BodySample) -> list[Cycle]:
        way = going.rest - self._height(going.turn)
        back = self._height(sample) - self._height(going.turn)
        high = going.high_back
        if high is not None and back >= 0:
            best = self._height(high) - self._height(going.turn)
            level = best >= (1.0 - LEVEL_SHARE) * way and not going.from_start
            rested_s = self._rested_s(sample, high, way, best)
            enough = best >= self.rules.return_share * way and best >= self.rules.excursion_min / 2
            if enough and (level or rested_s > 0 or best - back >= STALL_DROP):
                going.closed_at_s = sample.time_s - rested_s
                return self._settle(going, sample)
        if sample.time_s - going.begin.time_s > self.rules.duration_max_s:
            self._rest, self._excursion, self._first = sample, None, None
        return []

    def _rested_s(self, sample: BodySample, high: BodySample, way: float, best: float) -> float:
        """For how long the way back has been over, s; 0 while it goes on. Few people stop at once: near the rest level,
        a new highest point with every picture is no way back any more."""
        if sample.time_s - high.time_s >= STALL_S:
            return sample.time_s - high.time_s
        then = next(one for one in self._recent if sample.time_s - one.time_s <= STALL_S + SAMPLE_S)
        lasts_s = sample.time_s - then.time_s
        creeps = self._height(sample) - self._height(then) <= START_SPEED_PER_S * lasts_s
        near = best >= self.rules.cut_share * way
        return lasts_s if near and creeps and lasts_s >= STALL_S - SAMPLE_S else 0.0

    def _settle(self, going: _Excursion, sample: BodySample) -> list[Cycle]:
        """Closed, but a jump may still follow, or the next descent."""
        high = going.high_back
        assert high is not None and going.closed_at_s is not None
        if self._height(sample) >= self._height(high):
            going.high_back = high = sample
        sinks = self._height(high) - self._height(sample) >= self.rules.excursion_min / 2
        if self._flight.open or (not sinks and sample.time_s - going.closed_at_s < self.rules.settle_s):
            return []
        self._rest, self._first, self._excursion = high, None, None
        if sinks:
            self._wait(sample)
        return [self._close(going, cut="start" if going.from_start else None)]

    def _watch_feet(self, going: _Excursion, sample: BodySample) -> None:
        moved = np.hypot(*np.subtract(sample.feet_apart, going.begin.feet_apart))
        if moved > self.rules.step:
            going.stepping_s += sample.time_s - going.last.time_s
        going.samples.append(sample)

    def _close(self, going: _Excursion, cut: Literal["start", "end", None]) -> Cycle:
        end = going.high_back or going.last
        cycle = Cycle(
            start_s=going.begin.time_s,
            turn_s=going.turn.time_s,
            end_s=end.time_s if cut != "end" else going.last.time_s,
            rest_height=self._sign * going.rest,
            turn_height=going.turn.hip_height,
            end_height=end.hip_height,
            cut=cut or ("start" if going.from_start else None),
        )
        cycle = replace(cycle, rejected=tuple(self._reasons(going, cycle)))
        if cycle.counted:
            self._counted.append(cycle.excursion)
        return cycle

    def _reasons(self, going: _Excursion, cycle: Cycle) -> list[str]:
        rules, lasted_s = self.rules, cycle.end_s - cycle.start_s
        rest = (going.high_back or going.last) if going.from_start else going.begin
        low, high = (going.turn, rest) if rules.rest == "high" else (rest, going.turn)
        whole = cycle.cut is None and not rules.turn_counts
        smallest = min(cycle.excursion, abs(cycle.end_height - cycle.turn_height)) if whole else cycle.excursion
        checks: list[tuple[bool, str]] = [
            (smallest < rules.excursion_min, "the hips hardly move"),
            (
                bool(self._counted) and cycle.excursion < rules.fellow_share * statistics.median(self._counted),
                "far smaller than the repetitions before it",
            ),
            (whole and lasted_s < rules.duration_min_s, "too quick for a repetition"),
            (
                whole and cycle.excursion < rules.shallow and lasted_s < rules.shallow_s,
                "a quick shallow bend, as before a jump or in a bounce",
            ),
            (going.airborne, "the feet leave the floor"),
            (going.stepping_s > rules.step_share_max * max(lasted_s, 1e-9), "the feet step"),
            *rules.judge(low, high, going.samples, rules),
        ]
        return [reason for fails, reason in checks if bool(fails)]


RECENT_S = 0.35
# The rest level follows a slow drift (camera, posture) but not a slow repetition, which moves at 0.05 a second.
REST_LEAK_PER_S = 0.01
LEVEL_SHARE = 0.05
STALL_S = 0.2
SAMPLE_S = 0.02
"""Half a picture of a slow camera: so far its pictures may lie beside a time that is asked for."""
STALL_DROP = 0.02


class _FlightWatch:
    """Jumps: both ankles rise in the picture faster than feet on a floor can, the hips with them, and come down again.
    A hand-held camera that tilts lifts the feet too, but does not set them down."""

    def __init__(self, rise_per_s: float) -> None:
        self.open = False
        self.landed_s = -np.inf
        self._rise_per_s = rise_per_s
        self._floor_px = self._since_s = self._best = 0.0

    def lands(self, recent: Sequence[BodySample]) -> bool:
        now = recent[-1]
        if not self.open:
            self._take_off(recent)
            return False
        rise = (now.feet_px - self._floor_px) / now.size_px
        self._best = max(self._best, rise)
        self.open = now.time_s - self._since_s < FLIGHT_MAX_S
        if rise > self._best / 2:
            return False
        self.open, self.landed_s = False, now.time_s
        return True

    def _take_off(self, recent: Sequence[BodySample]) -> None:
        now = recent[-1]
        then = next(s for s in recent if now.time_s - s.time_s <= TAKE_OFF_S)
        span_s = now.time_s - then.time_s
        if span_s < TAKE_OFF_S / 3:
            return
        feet = (now.feet_px - then.feet_px) / now.size_px
        hips = feet + now.hip_height - then.hip_height
        apart = np.hypot(*np.subtract(now.feet_apart, then.feet_apart))
        if min(feet, hips) > max(self._rise_per_s * span_s, FLIGHT_MIN) and apart < feet:
            self.open, self._floor_px, self._since_s, self._best = True, then.feet_px, then.time_s, feet


SETTLED_S = 0.25
SETTLED_RANGE = 0.015
SETTLED_DROP = 0.1
"""More than this below the highest on that leg is a bend. Lifting the other foot moves the heights by less."""
ONSET_GAP_S = 0.3
LET_DOWN_SHARE = 0.6
"""A foot that sinks by this share of what the hips sink is let down from a step."""
LET_DOWN_MIN = 0.03
FALL_MIN = 0.03
"""So little may be noise, whatever the speed."""
TAKE_OFF_S = 0.12
FLIGHT_MIN = 0.05
FLIGHT_MAX_S = 0.9
"""A jump of one metre."""
LANDING_S = 0.3
"""A dip that begins this soon after a landing belongs to it."""


def _steps(recent: Sequence[BodySample], step: float) -> bool:
    """The distance between the feet, or their place in the picture's height, has just changed (somebody walks towards
    the camera or away from it): the rest level starts anew."""
    then, now = recent[0], recent[-1]
    moved = abs(now.feet_px - then.feet_px) > FEET_STAY * now.size_px
    return bool(moved or np.hypot(*np.subtract(now.feet_apart, then.feet_apart)) > step / 2)


FEET_STAY = 0.06
"""Within RECENT_S, as a share of the leg's length: a walk away from the camera moves the feet by 0.1 in that time."""
