"""What to put right before it can begin, and what has gone wrong since: one line each, most urgent first.

Each gate opens and closes with hysteresis in its quantity and in time, so that no line flickers. The limits are those
of the quality gates (biomechanics section 11), widened where a live heading or height is less sure than that of a clip.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from vidgait.live.state import Advice
from vidgait.live.turning import Turning
from vidgait.settings import Settings
from vidgait.types import BLAZEPOSE

if TYPE_CHECKING:
    from vidgait.live.picture_facts import PictureFacts
    from vidgait.live.state import LiveState
    from vidgait.types import FloatArray, Skeleton

__all__ = ["Guide"]

HEAD = ("nose", "left_ear", "right_ear")
FEET = ("left_ankle", "right_ankle", "left_heel", "right_heel", "left_toe", "right_toe")
BODY = ("left_shoulder", "right_shoulder", "left_hip", "right_hip", "left_ankle", "right_ankle")

EDGE = 0.01
"""Share of the picture's side: nearer to an edge than this, a point is cut off; it is back beyond twice as much."""
TALL_MIN_PX, TALL_MIN_SHARE = 300.0, 0.55
"""Somebody who is smaller than both in pixels and as a share of the picture's height is too far away."""
SCORE_MIN = 0.3
STILL_S = 0.7
STILL_SHARE = 0.035
"""Of the body's height: hips, shoulders and ankles move less than this while somebody stands still."""
RELAPSE_S = 5.0
"""Away for longer than this, somebody sets up afresh."""
PATIENCE = 3.0
"""While working, something must be wrong this many times longer before it is said."""
BEARABLE = ("two_people", "too_dark", "too_bright", "step_closer", "lens_tilted", "turn")
BEARABLE_S = 8.0
"""While working, who has read of these for so long has decided to go on: no more of it until it was right again."""
LOW = 0.5
"""From this share of a repetition's depth on somebody has begun: too late to ask them to stand still."""
BEGUN_S = 3.0
"""Not before so long after that: they may be on their way up."""
HEADING_WAIT_S = 2.0
"""So long nobody begins before their heading is known; where it never is, it shall not hold them up."""


@dataclass(slots=True)
class _Latch:
    """On once something has been wrong for `on_s`, off once it has been right for `off_s`; in between as it was."""

    on_s: float
    off_s: float
    on: bool = False
    _since_s: float | None = None

    @property
    def wavers(self) -> bool:
        """About to go on."""
        return not self.on and self._since_s is not None

    def push(self, time_s: float, wrong: bool | None, patience: float = 1.0) -> bool:
        """`wrong`: None where nothing can be said, which changes nothing."""
        if wrong is None or wrong == self.on:
            self._since_s = None
            return self.on
        if self._since_s is None:
            self._since_s = time_s
        if time_s - self._since_s >= (self.off_s if self.on else self.on_s * patience) - 1e-9:
            self.on, self._since_s = wrong, None
        return self.on


def _beyond(value: float | None, on: float, off: float, latched: bool) -> bool | None:
    """Whether `value` exceeds `on`, or, once it did, still exceeds `off`, which is less; None where it is not known."""
    if value is None or not math.isfinite(value):
        return None
    return value > (off if latched else on)


@dataclass(frozen=True, slots=True)
class _Outline:
    """Where the person is in the picture, in shares of its height or width; NaN where it cannot be told."""

    tall: float
    head: float
    """Room over the head."""
    feet: float
    """Room around the feet: below, and to either side."""
    sides: float
    """Room to either side of shoulders and hips."""


@dataclass(slots=True)
class Guide:
    """Fed with every picture in order of time. `advice` is empty once everything is in order."""

    settings: Settings = field(default_factory=Settings)
    skeleton: Skeleton = BLAZEPOSE
    passed: bool = False
    """Everything has been in order once since somebody came: the work may begin, and goes on whatever is said."""
    _gates: dict[str, _Latch] = field(default_factory=dict)
    _turning: Turning = field(init=False)
    _still: deque[tuple[float, FloatArray]] = field(default_factory=deque)
    _came_s: float | None = None
    _low_s: float | None = None
    _borne_s: dict[str, float] = field(default_factory=dict)
    """Since when each of BEARABLE has been said while working."""

    def __post_init__(self) -> None:
        self._turning = Turning(self.settings.movement, self.settings.view.view, self.settings.view.yaw_deg)
        self.reset()

    def reset(self) -> None:
        """As at the beginning."""
        self.passed = False
        self._gates = {
            "nobody": _Latch(0.5, 0.3, on=True),
            "two_people": _Latch(0.5, 1.0),
            "too_dark": _Latch(0.7, 1.0),
            "too_bright": _Latch(0.7, 1.0),
            "step_back": _Latch(0.4, 0.6),
            "feet_cut_off": _Latch(0.4, 0.6),
            "head_cut_off": _Latch(0.4, 0.6),
            "step_closer": _Latch(0.5, 0.6),
            "lens_tilted": _Latch(0.7, 0.7),
            "turn": _Latch(0.6, 0.5),
        }
        self._still.clear()
        self._turning.reset()
        self._came_s = self._low_s = None
        self._borne_s.clear()

    def push(self, state: LiveState, facts: PictureFacts | None, size_px: tuple[int, int]) -> tuple[Advice, ...]:
        """What to say with this picture, most urgent first. `size_px` is (width, height)."""
        self._look_at_light(state, facts)
        absent = state.points_px is None or state.stage == "looking"
        self._push("nobody", state, absent)
        if absent:
            return self._without_anybody(state)
        self._look_at_person(state, _outline(state, self.skeleton, size_px), size_px)
        still = self._stands_still(state)
        self._look_at_heading(state, still)
        wrong = self._wrong()
        if not wrong and not self.passed:
            wavers = self._waits_for_heading(state) or any(gate.wavers for gate in self._gates.values())
            if state.stage != "working" and (wavers or not still):
                return () if self._has_begun(state) else (WORDS["stand_still"],)
            self.passed = True
        return tuple(self._advice(id) for id in self._without_what_is_borne(state, wrong))

    def _look_at_heading(self, state: LiveState, still: bool) -> None:
        """Who walks is not asked to turn; who has been asked to may move while they do."""
        self._turning.push(state)
        asked = self._gates["turn"].on
        tells = state.phase == "rest" and (still or asked)
        self._push("turn", state, self._turning.is_wrong(asked) if tells else None)

    def _has_begun(self, state: LiveState) -> bool:
        if state.depth_share >= LOW:
            self._low_s = state.time_s
        return self._low_s is not None and state.time_s - self._low_s < BEGUN_S

    def _waits_for_heading(self, state: LiveState) -> bool:
        if self._came_s is None:
            self._came_s = state.time_s
        return self._turning.is_undecided and state.time_s - self._came_s < HEADING_WAIT_S

    def _without_what_is_borne(self, state: LiveState, wrong: list[str]) -> list[str]:
        self._borne_s = {id: since_s for id, since_s in self._borne_s.items() if id in wrong}
        if not self.passed and state.stage != "working":
            return wrong
        for id in wrong:
            self._borne_s.setdefault(id, state.time_s)
        return [id for id in wrong if id not in BEARABLE or state.time_s - self._borne_s[id] < BEARABLE_S]

    def _push(self, id: str, state: LiveState, wrong: bool | None) -> None:
        self._gates[id].push(state.time_s, wrong, PATIENCE if state.stage == "working" else 1.0)

    def _wrong(self) -> list[str]:
        """Without what another line says already."""
        wrong = [id for id, gate in self._gates.items() if gate.on]
        if "step_back" in wrong:
            wrong = [id for id in wrong if id not in ("feet_cut_off", "head_cut_off", "step_closer")]
        if "nobody" in wrong:
            wrong = [id for id in wrong if id in ("nobody", "too_dark", "too_bright")]
        return wrong

    def _without_anybody(self, state: LiveState) -> tuple[Advice, ...]:
        """Nobody: what was known of how they stood is over."""
        self._still.clear()
        if state.lost_s > RELAPSE_S and state.stage != "working":
            self.reset()
        return tuple(self._advice(id) for id in self._wrong())

    def _look_at_light(self, state: LiveState, facts: PictureFacts | None) -> None:
        dark, bright = self._gates["too_dark"], self._gates["too_bright"]
        self._push("too_dark", state, _beyond(None if facts is None else -facts.bright, -0.27, -0.32, dark.on))
        self._push("too_bright", state, _beyond(None if facts is None else facts.burnt_share, 0.5, 0.4, bright.on))

    def _look_at_person(self, state: LiveState, outline: _Outline, size_px: tuple[int, int]) -> None:
        gates, resting = self._gates, state.phase == "rest"
        cut = {
            id: _beyond(-room, -EDGE, -2 * EDGE, gates[id].on)
            for id, room in (
                ("feet_cut_off", outline.feet),
                ("head_cut_off", outline.head),
                ("step_back", outline.sides),
            )
        }
        both = cut["feet_cut_off"] and cut["head_cut_off"]
        tall = _beyond(outline.tall, 0.97, 0.93, gates["step_back"].on) if resting else None
        self._push("step_back", state, True if both or tall else cut["step_back"])
        self._push("feet_cut_off", state, cut["feet_cut_off"])
        self._push("head_cut_off", state, cut["head_cut_off"])
        far = _beyond(-outline.tall / _least_share(size_px), -1.0, -1.12, gates["step_closer"].on)
        self._push("step_closer", state, far if resting else None)
        self._push("lens_tilted", state, _beyond(abs(state.roll_deg), 7.0, 5.0, gates["lens_tilted"].on))
        self._push("two_people", state, _beyond(state.rival_share, 0.8, 0.65, gates["two_people"].on))

    def _stands_still(self, state: LiveState) -> bool:
        """Hips, shoulders and ankles have stayed where they are for STILL_S."""
        assert state.points_px is not None
        points_px = state.points_px[self.skeleton.indices(*BODY)]
        self._still.append((state.time_s, points_px))
        while self._still[-1][0] - self._still[0][0] > STILL_S + 0.2:
            self._still.popleft()
        if self._still[-1][0] - self._still[0][0] < STILL_S - 1e-9:
            return False
        seen = np.stack([points for _, points in self._still])
        known = np.isfinite(seen).all(axis=(0, 2))
        if np.count_nonzero(known) < 3:
            return False
        seen = seen[:, known]
        tall_px, moved_px = float(np.ptp(seen[-1, :, 1])), float(np.max(np.ptp(seen, axis=0)))
        return moved_px < STILL_SHARE * max(tall_px, 1.0)

    def _advice(self, id: str) -> Advice:
        if id == "turn":
            return self._turning.advice()
        return WORDS[id]


WORDS: dict[str, Advice] = {
    one.id: one
    for one in (
        Advice("nobody", "Step into the picture", "Nobody is seen"),
        Advice("two_people", "One person only, please", "Two people are about equally large in the picture"),
        Advice("too_dark", "Too dark: more light", "Joints are not found reliably in the dark"),
        Advice("too_bright", "Too bright: less light", "Turn away from the window or the lamp"),
        Advice("step_back", "Step back", "Your whole body must be in the picture"),
        Advice("feet_cut_off", "Show your feet", "Step back, or tip the camera down"),
        Advice("head_cut_off", "Show your head", "Step back, or tip the camera up"),
        Advice("step_closer", "Step closer", "You are too small in the picture"),
        Advice("lens_tilted", "Level the camera", "It leans to one side"),
        Advice("stand_still", "Stand still for a moment", "So that your upright posture is known"),
    )
}


def _least_share(size_px: tuple[int, int]) -> float:
    """Of the picture's height, how tall somebody must be: small pictures ask for more of it."""
    return min(TALL_MIN_PX / size_px[1], TALL_MIN_SHARE)


def _outline(state: LiveState, skeleton: Skeleton, size_px: tuple[int, int]) -> _Outline:
    """Room around the person; a point that a leg or a head must have and that is not seen is cut off."""
    assert state.points_px is not None
    share = state.points_px / np.array(size_px, float)
    if state.score is not None:
        share = np.where((state.score >= SCORE_MIN)[:, None], share, np.nan)
    head, feet = share[skeleton.indices(*HEAD)], share[skeleton.indices(*_near(state, FEET))]
    trunk = share[skeleton.indices(*_near(state, BODY[:4]))]
    top, bottom = _or_nan(np.min, head[:, 1]), _or_nan(np.max, feet[:, 1])
    return _Outline(
        tall=bottom - top,
        head=top if math.isfinite(top) else _unseen_head(trunk),
        feet=_room(feet, below=True) if np.isfinite(feet).all() else _unseen_feet(share, skeleton),
        sides=_room(trunk, below=False),
    )


def _near(state: LiveState, names: tuple[str, ...]) -> tuple[str, ...]:
    """From the side, only the near leg and shoulder count: the far ones hide behind them."""
    if state.view in ("left", "right") and state.near_side is not None:
        return tuple(name for name in names if name.startswith(state.near_side))
    return names


def _room(points: FloatArray, below: bool) -> float:
    """The least distance to the left and right edge, and to the lower one."""
    sides = np.minimum(points[:, 0], 1 - points[:, 0])
    return _or_nan(np.min, np.concatenate((sides, 1 - points[:, 1]) if below else (sides,)))


def _unseen_head(trunk: FloatArray) -> float:
    """Shoulders at the upper edge have their head outside; otherwise it may be turned away."""
    return 0.0 if _or_nan(np.min, trunk[:, 1]) < 0.12 else math.nan


def _unseen_feet(share: FloatArray, skeleton: Skeleton) -> float:
    """Feet that are not seen are missing, wherever they are; unless hardly anything is seen."""
    knees = share[skeleton.indices("left_knee", "right_knee", "left_hip", "right_hip"), 1]
    return 0.0 if np.isfinite(knees).any() else math.nan


def _or_nan(reduce: Callable[[FloatArray], float], values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(reduce(known)) if len(known) else math.nan
