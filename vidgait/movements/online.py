"""The readings of somebody who is still moving: the machines of a recorded clip, fed as it happens."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidgait.movements.framework import RepMachine
from vidgait.movements.readings import ALL_RULES, Excursion, Readings
from vidgait.movements.recognition import MOVEMENTS, excursions_of
from vidgait.movements.single_leg_stance import SINGLE_LEG_STANCE, HoldMachine

if TYPE_CHECKING:
    from vidgait.movements.framework import Cycle, RepRules
    from vidgait.movements.posture import BodySample
    from vidgait.movements.single_leg_stance import Hold
    from vidgait.types import Side

REMEMBERED_S = 60.0
"""Samples of longer ago are forgotten; what was found in them is not."""

__all__ = ["Done", "OnlineReadings"]


@dataclass(frozen=True, slots=True)
class Done:
    """A repetition or a hold that counts. Times in s."""

    side: Side | None
    start_s: float
    turn_s: float
    end_s: float


class OnlineReadings:
    """One for each person and session. Samples in order of time."""

    def __init__(self) -> None:
        self._samples: deque[BodySample] = deque()
        self._machines = {rules: RepMachine(rules) for rules in ALL_RULES}
        self._cycles: dict[RepRules, list[Cycle]] = {rules: [] for rules in ALL_RULES}
        self._hold_machine = HoldMachine()
        self._holds: list[Hold] = []

    def push(self, sample: BodySample) -> bool:
        """Whether anything became final with this sample."""
        self._samples.append(sample)
        while self._samples[0].time_s < sample.time_s - REMEMBERED_S:
            self._samples.popleft()
        before = self._found()
        for rules, machine in self._machines.items():
            self._cycles[rules] += machine.push(sample)
        self._holds += self._hold_machine.push(sample)
        return self._found() > before

    def finish(self) -> None:
        """Nothing more comes: what is going on becomes final."""
        for rules, machine in self._machines.items():
            self._cycles[rules] += machine.finish()
        self._holds += self._hold_machine.finish()

    def _found(self) -> int:
        return sum(map(len, self._cycles.values())) + len(self._holds)

    def readings(self) -> Readings:
        """What has become final so far, as a clip that ends here would be read, but for what is under way."""
        return Readings(list(self._samples), lambda rules: self._cycles[rules], self._holds)

    def done(self, movement_id: str) -> list[Done]:
        """What counts of that movement, in order of time."""
        spec = MOVEMENTS[movement_id]
        if spec is SINGLE_LEG_STANCE:
            counted = [hold for hold in self._holds if hold.counted]
            return [Done(hold.side, hold.start_s, hold.end_s, hold.end_s) for hold in counted]
        found = excursions_of(spec, self.readings())
        return [_done(one) for one in found if one.cycle.counted]

    def away(self, movement_id: str | None) -> float:
        """How far from rest the person is now, in leg lengths, by the machines of that movement; without one, by those
        of a squat. 0 at rest."""
        spec = MOVEMENTS.get(movement_id or "", MOVEMENTS["squat"])
        if spec.id in ONE_LEGGED:
            return max(machine.away for rules, machine in self._machines.items() if rules.on_leg is not None)
        return self._machines[spec.rules].away

    def under_way(self, movement_id: str | None) -> bool:
        """Whether an excursion from rest has begun and is not over."""
        spec = MOVEMENTS.get(movement_id or "", MOVEMENTS["squat"])
        if spec.id in ONE_LEGGED:
            return any(one.phase != "rest" for rules, one in self._machines.items() if rules.on_leg is not None)
        return self._machines[spec.rules].phase != "rest"


ONE_LEGGED = ("single_leg_squat", "step_down")


def _done(one: Excursion) -> Done:
    return Done(one.side, one.cycle.start_s, one.cycle.turn_s, one.cycle.end_s)
