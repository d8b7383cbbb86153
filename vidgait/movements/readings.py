"""The same clip, read as each movement would have it: the excursions that every machine found.

One reading does not exclude another; `recognition` decides which one names the clip, and `repetitions` makes
repetitions of that one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from vidgait.movements.framework import Cycle, RepMachine, RepRules
from vidgait.movements.hinge import HINGE
from vidgait.movements.lunge import LUNGE, front_leg
from vidgait.movements.single_leg_squat import ONE_LEG_RULES, OTHER_LEG
from vidgait.movements.single_leg_stance import Hold, HoldMachine
from vidgait.movements.sit_to_stand import SIT_TO_STAND
from vidgait.movements.squat import SQUAT

if TYPE_CHECKING:
    from vidgait.movements.posture import BodySample
    from vidgait.types import Side

__all__ = ["ALL_RULES", "Excursion", "Readings", "find_cycles", "find_holds"]

# So small a movement is believed only from straight legs, more than once, alike, and with little else going on.
SHALLOW_RULES = replace(SQUAT.rules, excursion_min=0.05, extension_min=0.85)
ALL_RULES = (
    SQUAT.rules,
    SHALLOW_RULES,
    SIT_TO_STAND.rules,
    *ONE_LEG_RULES.values(),
    LUNGE.rules,
    HINGE.rules,
)
"""Of every machine that a reading is made with."""
SHALLOW_REPS_MIN = 2
SHALLOW_ALIKE = 0.5
SHALLOW_REJECTED_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Excursion:
    """A cycle, whose leg did it, and the samples it was read from: their heights are the ones it is about."""

    cycle: Cycle
    side: Side | None
    samples: Sequence[BodySample]


def find_cycles(samples: Iterable[BodySample], rules: RepRules) -> list[Cycle]:
    """Every excursion of a clip, counted or not, in order of time."""
    machine = RepMachine(rules)
    cycles = [cycle for sample in samples for cycle in machine.push(sample)]
    return cycles + machine.finish()


def find_holds(samples: Iterable[BodySample]) -> list[Hold]:
    """Every stretch on one leg, counted or not, in order of time."""
    machine = HoldMachine()
    holds = [hold for sample in samples for hold in machine.push(sample)]
    return holds + machine.finish()


class Readings:
    """Each reading is made when it is first asked for."""

    def __init__(
        self,
        samples: Sequence[BodySample],
        cycles: Callable[[RepRules], Sequence[Cycle]] | None = None,
        holds: Sequence[Hold] | None = None,
    ) -> None:
        """`cycles` and `holds`: what machines that were fed as it happened have found; None finds them in `samples`."""
        self.samples = samples
        self._known_cycles, self._known_holds = cycles, holds

    def _cycles(self, rules: RepRules) -> list[Cycle]:
        if self._known_cycles is not None:
            return list(self._known_cycles(rules))
        return find_cycles(self.samples, rules)

    @cached_property
    def squats(self) -> list[Excursion]:
        """With the usual rules or, where they find no deep squat in the whole clip, with those for very shallow ones:
        at 40 degrees of knee flexion the hips sink by only 6 % of the leg's length."""
        cycles = self._cycles(SQUAT.rules)
        if max((cycle.excursion for cycle in cycles if cycle.counted), default=0.0) < SQUAT.rules.shallow:
            shallow = self._cycles(SHALLOW_RULES)
            sizes = [cycle.excursion for cycle in shallow if cycle.counted]
            rejected = sum(bool(cycle.rejected) for cycle in shallow)
            alike = len(sizes) >= SHALLOW_REPS_MIN and min(sizes) >= SHALLOW_ALIKE * max(sizes)
            cycles = shallow if alike and rejected <= SHALLOW_REJECTED_SHARE * len(sizes) else cycles
        return [Excursion(cycle, None, self.samples) for cycle in cycles]

    @cached_property
    def stands(self) -> list[Excursion]:
        return [Excursion(cycle, None, self.samples) for cycle in self._cycles(SIT_TO_STAND.rules)]

    @cached_property
    def one_leg_bends(self) -> list[Excursion]:
        """Of both legs, in order of time. What a machine saw of the other leg's bends is left out."""
        found: list[Excursion] = []
        for side, rules in ONE_LEG_RULES.items():
            over = [rules.reads(sample) for sample in self.samples]
            cycles = self._cycles(rules)
            found += [Excursion(cycle, side, over) for cycle in cycles if OTHER_LEG not in cycle.rejected]
        return sorted(found, key=lambda one: one.cycle.turn_s)

    @cached_property
    def lunges(self) -> list[Excursion]:
        over = [LUNGE.rules.reads(sample) for sample in self.samples]
        return [
            Excursion(cycle, front_leg(_at(self.samples, cycle.turn_s)), over) for cycle in self._cycles(LUNGE.rules)
        ]

    @cached_property
    def hinges(self) -> list[Excursion]:
        by = [HINGE.rules.reads(sample) for sample in self.samples]
        return [Excursion(cycle, None, by) for cycle in self._cycles(HINGE.rules)]

    @cached_property
    def holds(self) -> list[Hold]:
        return find_holds(self.samples) if self._known_holds is None else list(self._known_holds)


def _at(samples: Sequence[BodySample], time_s: float) -> BodySample:
    return min((one for one in samples if one.seen), key=lambda sample: abs(sample.time_s - time_s))
