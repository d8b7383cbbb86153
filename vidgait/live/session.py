"""One person in front of one camera: pose, analysis, guidance and cues put together.

Pure apart from the pose network that it is handed: no camera, no window, no disk. The window's loop and the browser's
server both push pictures into it and show the views that come out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from vidgait.live.presence import Presence
from vidgait.live.state import LiveStats, LiveView

if TYPE_CHECKING:
    from vidgait.live.clock import Clock
    from vidgait.live.coach import Given
    from vidgait.live.state import Advice, LiveCue, LiveRep, LiveState
    from vidgait.pose import PoseEstimator
    from vidgait.types import Frame, FramePoses, ImageArray

__all__ = ["Analyser", "Coaching", "Finished", "Guidance", "LiveSession", "Parts"]


SETTLINGS = 2
"""At the end a job may name the movement, whose repetitions then are jobs of their own."""


class Analyser(Protocol):
    @property
    def movement(self) -> str | None:
        """Id; None until it is known."""
        ...

    def push(self, time_s: float, people: FramePoses, ready: bool = True) -> LiveState: ...

    def reset(self) -> None: ...

    def finish(self) -> tuple[LiveRep, ...]:
        """May be called again, and knows more where jobs have ended meanwhile."""
        ...


class Guidance(Protocol):
    @property
    def passed(self) -> bool:
        """Everything was in order once since somebody came, so that the work may begin."""
        ...

    def push(self, state: LiveState, facts: Any, size_px: tuple[int, int]) -> tuple[Advice, ...]: ...


class Coaching(Protocol):
    @property
    def given(self) -> Sequence[Given]:
        """All cues so far."""
        ...

    def push(self, state: LiveState, held: bool = False) -> LiveCue | None:
        """`held`: something else has the word, so that no cue is given now."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What is made afresh when the count begins again."""

    guide: Guidance
    coach: Coaching


@dataclass(frozen=True, slots=True)
class Finished:
    """What is left when a session ends."""

    reps: tuple[LiveRep, ...]
    movement: str | None
    given: tuple[Given, ...] = ()
    """The cues, in order of time."""
    presence: Presence | None = None
    """For how long somebody was seen, and how well."""


class LiveSession:
    """Pictures of one size in, views out. Pictures must come in the order of their time."""

    def __init__(
        self,
        estimator: PoseEstimator,
        analyser: Analyser,
        make_parts: Callable[[], Parts],
        facts_of: Callable[[ImageArray], Any],
        clock: Clock,
        settle: Callable[[], object] = lambda: None,
    ) -> None:
        """`facts_of` looks at a picture as a whole (light, contrast) for the guide; `settle` waits until all jobs that
        the analyser has given away are done."""
        self._settle = settle
        self._estimator, self._analyser, self._facts_of, self._clock = estimator, analyser, facts_of, clock
        self._make_parts = make_parts
        self._parts = make_parts()
        self._presence = Presence()
        self._ready = False
        self._paused = False
        self._last: LiveView | None = None
        self.stages_ms: dict[str, float] = {}
        """How long each stage took for the last picture."""

    def push(self, frame: Frame) -> LiveView:
        """What is known with this picture. While paused nobody looks at it, and no number is shown."""
        if self._paused and self._last is not None:
            self.stages_ms = {}
            return self._blank(self._last, frame.time_s)
        began_s = self._clock.now_s()
        people = self._estimator.estimate([frame])[0]
        seen_s = self._clock.now_s()
        state = self._analyser.push(frame.time_s, people, ready=self._ready)
        analysed_s = self._clock.now_s()
        size_px = (frame.image.shape[1], frame.image.shape[0])
        advice = self._parts.guide.push(state, self._facts_of(frame.image), size_px)
        cue = self._parts.coach.push(state, held=bool(advice))
        self._presence.push(state)
        done_s = self._clock.now_s()
        self._ready = self._parts.guide.passed
        self.stages_ms = {
            "joints": 1e3 * (seen_s - began_s),
            "analysis": 1e3 * (analysed_s - seen_s),
            "advice": 1e3 * (done_s - analysed_s),
        }
        self._last = LiveView(state, advice, cue, LiveStats(), paused=self._paused)
        return self._last

    @staticmethod
    def _blank(view: LiveView, time_s: float) -> LiveView:
        state = replace(view.state, time_s=time_s, points_px=None, score=None, readings=(), announced=None)
        return LiveView(state, (), None, view.stats, paused=True)

    def pause(self, paused: bool) -> None:
        self._paused = paused

    @property
    def paused(self) -> bool:
        return self._paused

    def reset(self) -> None:
        """The count begins again; so do the guide, the coach and what they know of the athlete."""
        self._analyser.reset()
        self._parts = self._make_parts()
        self._presence = Presence()
        self._ready = False
        if self._last is not None:  # is what is shown while paused
            nothing = replace(self._last.state, reps=(), announced=None, movement=self._analyser.movement)
            self._last = replace(self._last, state=replace(nothing, stage="looking"), advice=(), cue=None)

    def finish(self) -> Finished:
        """All repetitions, also what is closed only at the end, with their numbers."""
        for _ in range(SETTLINGS):
            self._analyser.finish()
            self._settle()
        reps = self._analyser.finish()
        return Finished(reps, self._analyser.movement, tuple(self._parts.coach.given), self._presence)

    def close(self) -> None:
        self._estimator.close()
