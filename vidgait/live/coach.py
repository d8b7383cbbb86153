"""When something is said about the movement: one thing at a time, long enough to be read, seldom, and then praise.

What is a fault is decided in `faults.py` (finished repetitions) and `moving.py` (while somebody moves).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vidgait.live.faults import FAULTS, Finding, is_behind, judge, words
from vidgait.live.moving import Moving
from vidgait.live.state import LiveCue

if TYPE_CHECKING:
    from vidgait.live.state import LiveRep, LiveState, Tone
    from vidgait.types import Side

__all__ = ["Coach", "Given"]

SHOWN_S = 3.5
SHOWN_AT_LEAST_S = 2.0
"""Nothing takes the place of a sentence before it can have been read or heard."""
REPEAT_AFTER_REPS = 3
"""The same is not asked for again before this many further repetitions: somebody needs a few to change it. Who does not
change it hears of it ever more seldom: after twice, then three times as many."""
NEWS_S = 3.0
"""A repetition that ended longer ago is not spoken of any more."""
LOST_S = 0.5
REACTION_S = 0.8
"""A repetition that turned sooner after a cue cannot have been changed by it."""
CORRECTED_SHARE = 0.7
"""A fault is corrected when less than this share of what was spoken of is left, and it is none any more."""
URGENT = 5
"""From this urgency on a fault is said before praise for another."""

Key = tuple[str, "Side | None"]


@dataclass(slots=True)
class Given:
    """A cue that was given, for the summary."""

    fault: str
    text: str
    side: Side | None
    time_s: float
    reps_done: int
    """Repetitions that were announced by then."""
    amounts: dict[Key, float] = field(default_factory=dict)
    """By measure and side, how much of the fault there was; a cue given while somebody moved gets them when that
    repetition is done."""
    corrected: bool = False
    open: bool = True
    """A following repetition may still show that it was corrected."""


@dataclass(slots=True)
class Coach:
    """Fed with every state in order of time; gives the sentence to show with that picture, or None."""

    given: list[Given] = field(default_factory=list)
    _moving: Moving = field(default_factory=Moving)
    _judged: dict[int, LiveRep] = field(default_factory=dict)
    _cue: LiveCue | None = None
    _spoke_at_rep: int = -1

    def push(self, state: LiveState, held: bool = False) -> LiveCue | None:
        """`held`: something to put right has the word. What comes up meanwhile is not given, here or in the summary."""
        gone = state.lost_s >= LOST_S or state.stage in ("looking", "setting_up")
        if gone or state.points_px is None:
            self._cue = None if gone else self._cue  # after a picture or two without them it comes back
            self._moving.forget()
            return None
        fresh, praise = self._judge_new(state)
        fresh += [one for one in self._moving.push(state) if one.fault in FAULTS]
        self._expire(state.time_s)
        if held:
            return None
        if self._cue is None or state.time_s - self._cue.since_s >= SHOWN_AT_LEAST_S:
            self._say(state, fresh, praise)
        return self._cue

    def _expire(self, time_s: float) -> None:
        if self._cue is not None and time_s - self._cue.since_s >= SHOWN_S:
            self._cue = None

    def _judge_new(self, state: LiveState) -> tuple[list[Finding], list[Given]]:
        """What the repetitions that have just got their numbers show, and which cues they have answered."""
        fresh: list[Finding] = []
        praise: list[Given] = []
        for rep in state.reps:
            if rep.index in self._judged or not rep.measures:
                continue
            self._judged[rep.index] = rep
            if rep.excluded is not None:
                continue
            found = [one for one in judge(rep, self._before(rep), state.movement) if not is_behind(state, one.side)]
            answered = self._answered(rep, found)
            if state.time_s - rep.end_s <= NEWS_S:
                fresh += [one for one in found if one.bad]
                praise += answered
        return fresh, praise

    def _before(self, rep: LiveRep) -> list[LiveRep]:
        earlier = [one for index, one in sorted(self._judged.items()) if index < rep.index]
        return [one for one in earlier if one.side == rep.side and one.excluded is None]

    def _answered(self, rep: LiveRep, found: list[Finding]) -> list[Given]:
        """Open cues that this repetition shows to be corrected."""
        answered = []
        for given in self.given:
            about = [one for one in found if _is_same(given, one.fault, one.side)]
            if not given.open or not about:
                continue
            if rep.start_s <= given.time_s <= rep.end_s:
                given.amounts |= {(one.measure, one.side): one.amount for one in about}
            if rep.turn_s - given.time_s < REACTION_S:
                continue
            less = [_is_less(given, one) for one in about]
            if True in less and False not in less and not any(one.bad for one in about):
                given.corrected, given.open = True, False
                answered.append(given)
            elif rep.index > given.reps_done + REPEAT_AFTER_REPS:
                given.open = False
        return answered

    def _say(self, state: LiveState, fresh: list[Finding], praise: list[Given]) -> None:
        """The most urgent of what may be said now; at most one sentence for each repetition."""
        done = len(state.reps)
        if done == self._spoke_at_rep:
            return
        allowed = [one for one in fresh if self._may_repeat(one.fault, one.side, done)]
        allowed.sort(key=lambda one: (FAULTS[one.fault].urgency, one.weight), reverse=True)
        if allowed and (not praise or FAULTS[allowed[0].fault].urgency >= URGENT):
            top = allowed[0]
            same = [one for one in allowed if one.fault == top.fault]
            side = top.side if len({one.side for one in same}) == 1 else None
            amounts = {(one.measure, one.side): one.amount for one in same if side in (None, one.side)}
            text = words(top.fault, side)
            for before in self.given:
                before.open = before.open and before.fault != top.fault
            self.given.append(Given(top.fault, text, side, state.time_s, done, amounts))
            self._show(state, top.fault, text, "change", side)
        elif praise:
            best = max(praise, key=lambda one: FAULTS[one.fault].urgency)
            self._show(state, best.fault, words(best.fault, best.side, praise=True), "good", best.side)

    def _may_repeat(self, fault: str, side: Side | None, done: int) -> bool:
        same = [one for one in self.given if _is_same(one, fault, side)]
        in_vain = len(list(itertools.takewhile(lambda one: not one.corrected, reversed(same))))
        return not same or done - same[-1].reps_done >= REPEAT_AFTER_REPS * max(1, in_vain)

    def _show(self, state: LiveState, fault: str, text: str, tone: Tone, side: Side | None) -> None:
        self._spoke_at_rep = len(state.reps)
        self._cue = LiveCue(fault, text, tone, side, state.time_s)


def _is_same(given: Given, fault: str, side: Side | None) -> bool:
    """A cue to both sides is one to each."""
    return given.fault == fault and (given.side is None or given.side == side)


def _is_less(given: Given, finding: Finding) -> bool | None:
    """Whether little enough is left of what was spoken of to call it corrected; None where it was not known then."""
    before = given.amounts.get((finding.measure, finding.side))
    if before is None:
        return None
    return finding.amount < CORRECTED_SHARE * before and before - finding.amount >= finding.least
