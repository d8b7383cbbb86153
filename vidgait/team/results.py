"""What a batch knows when it is done: plain values, the same whichever engine ran it and in whatever order.

Paths are relative to the folder that was given, with forward slashes. No clock time is kept of the run itself, so that
two runs over the same videos say the same to the byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from vidgait.types import Issue, Measure, Movement, Rep

__all__ = ["ClipResult", "State", "TeamResult", "Who"]

State = Literal["done", "failed", "skipped"]
"""`skipped`: not analysed on purpose (the twin of a Live Photo, an empty file), and why."""


@dataclass(frozen=True, slots=True)
class Who:
    """Whose video it is and of what, as the manifest or the names say it. None: not said."""

    athlete: str | None = None
    test: str | None = None
    """In the words of whoever filmed it; what was really seen is the movement."""
    side: Literal["left", "right"] | None = None
    date: str | None = None
    """ISO 8601 day."""
    height_m: float | None = None
    mass_kg: float | None = None
    load_kg: float | None = None
    source: str = "nothing"
    """Where it was read: `manifest`, `names`, `manifest and names`, or `nothing`."""


@dataclass(frozen=True, slots=True, eq=False)
class ClipResult:
    """What became of one video."""

    path: str
    who: Who
    state: State
    key: str
    """Of content, settings and versions: the same key is the same work. Empty where the file could not be read."""
    folder: str | None = None
    """Of its results, relative to the batch's output folder."""
    code: str | None = None
    """Stable code of the failure or of why it was skipped."""
    reason: str | None = None
    hint: str | None = None
    attempts: int = 1
    """How often a failure was tried; 0 of what was left out."""
    movement: Movement | None = None
    view: str | None = None
    duration_s: float | None = None
    frames: int = 0
    reps: tuple[Rep, ...] = ()
    measures: tuple[Measure, ...] = ()
    issues: tuple[Issue, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class TeamResult:
    """All of a folder's videos, in order of their paths."""

    clips: tuple[ClipResult, ...]
    settings: Mapping[str, Any]
    anonymous: bool = False

    @property
    def failed(self) -> tuple[ClipResult, ...]:
        return tuple(clip for clip in self.clips if clip.state == "failed")

    @property
    def done(self) -> tuple[ClipResult, ...]:
        return tuple(clip for clip in self.clips if clip.state == "done")
