"""Says and sounds what the views of a session bring: cues, what to put right first, a tone for each repetition."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidgait.live.state import LiveView
    from vidgait.live.tone import Tone
    from vidgait.live.voice import Voice

__all__ = ["Announcer"]

NEWS_S = 1.0
"""A cue that began longer ago is not spoken any more."""
ADVICE_AFTER_S = 1.0
"""Advice is spoken once it has been first for so long."""
ADVICE_EVERY_S = 5.0
"""The same advice is spoken again after this, then after twice as long, and so on."""


@dataclass(slots=True)
class Announcer:
    """Fed with every view in order of time, as the loop's `listen`. Either part may be missing."""

    voice: Voice | None = None
    tone: Tone | None = None
    _cue: tuple[str, float] | None = field(default=None, init=False)
    _told: int = field(default=0, init=False)
    _advice: tuple[str, float] | None = field(default=None, init=False)
    """Id of the first advice, and since when it has been first."""
    _advised: tuple[str, float] | None = field(default=None, init=False)
    """Which was spoken last, and when."""
    _again_s: float = field(default=ADVICE_EVERY_S, init=False)

    def push(self, view: LiveView) -> None:
        if view.paused:
            return
        if self.tone is not None and len(view.state.reps) > self._told:
            self.tone.play()
        self._told = len(view.state.reps)
        if self.voice is not None:
            self._speak(view, self.voice)

    def _speak(self, view: LiveView, voice: Voice) -> None:
        cue, time_s = view.cue, view.state.time_s
        if cue is not None:
            if (cue.id, cue.since_s) != self._cue and time_s - cue.since_s <= NEWS_S:
                voice.speak(cue.text)
            self._cue = (cue.id, cue.since_s)
            return
        first = view.advice[0] if view.advice else None
        if first is None or self._advice is None or first.id != self._advice[0]:
            self._advice = None if first is None else (first.id, time_s)
        elif time_s - self._advice[1] >= ADVICE_AFTER_S and self._may_advise(first.id, time_s):
            voice.speak(first.text)
            same = self._advised is not None and self._advised[0] == first.id
            self._again_s = 2 * self._again_s if same else ADVICE_EVERY_S
            self._advised = (first.id, time_s)

    def _may_advise(self, id: str, time_s: float) -> bool:
        """Another at once, the same only after a while."""
        return self._advised is None or self._advised[0] != id or time_s - self._advised[1] >= self._again_s

    def close(self) -> None:
        for part in (self.voice, self.tone):
            if part is not None:
                part.close()
