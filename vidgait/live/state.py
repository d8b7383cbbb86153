"""What the live rooms hand to one another. Plain values: no pixels, no clocks, no camera.

    frame  ->  people  ->  LiveState (analyser)  ->  + advice (guide)  + cue (coach)  =  LiveView  ->  window, page

Times are `time_s` of the source: seconds on its own clock from its first picture. Left and right are the person's own,
whether or not the picture is shown mirrored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from vidgait.types import Facing, FloatArray, Measure, Side, View

__all__ = [
    "Advice",
    "LiveCue",
    "LiveReading",
    "LiveRep",
    "LiveState",
    "LiveStats",
    "LiveView",
    "Phase",
    "Stage",
    "Tone",
    "nothing_seen",
]

Stage = Literal["looking", "setting_up", "ready", "working"]
"""`looking`: nobody is seen. `setting_up`: somebody is, but the gates of the guide have not passed. `ready`: they have,
and no repetition is under way or done yet. `working`: afterwards."""
Phase = Literal["rest", "down", "bottom", "up", "hold"]
Tone = Literal["good", "watch", "change"]


@dataclass(frozen=True, slots=True)
class LiveReading:
    """One of the two or three quantities that matter now."""

    name: str
    """Of the series, with its unit: `knee_flexion_deg`."""
    label: str
    """As a coach says it: "Knee"."""
    side: Side | None
    value: float | None
    """None where it is not seen, or not measurable in this view."""
    error: float | None
    """95 % half-width; stored, not drawn."""
    unit: str
    why_none: str | None = None


@dataclass(frozen=True, slots=True)
class LiveRep:
    """One counted repetition or hold, announced when it ended."""

    index: int
    """1-based, in order of time."""
    side: Side | None
    start_s: float
    turn_s: float
    end_s: float
    announced_s: float
    """When it was told; never earlier than `end_s`."""
    measures: tuple[Measure, ...] = ()
    """Of this repetition, as a recorded clip would have them; empty until they are worked out, a moment later."""
    excluded: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LiveState:
    """What is known of the person at one picture."""

    time_s: float
    stage: Stage
    points_px: FloatArray | None
    """(K, 2) smoothed, in pixels of the picture as filmed; NaN where unseen; None: nobody, or lost."""
    score: FloatArray | None
    """(K,)"""
    roll_deg: float
    """Of the picture against gravity, clockwise positive, as far as it is known; 0 before."""
    view: View
    facing: Facing
    near_side: Side | None
    yaw_deg: float | None
    movement: str | None
    """Id; None until it is recognised."""
    phase: Phase
    depth_share: float
    """How far down, 0 at rest, 1 at the depth of the deepest repetition so far (of a first one, of a usual squat)."""
    readings: tuple[LiveReading, ...]
    reps: tuple[LiveRep, ...]
    """All of them so far."""
    announced: LiveRep | None = None
    """The repetition that is told with this picture."""
    lost_s: float = 0.0
    """For how long nobody has been seen."""
    rival_share: float = 0.0
    """How tall the next tallest person in the picture is, over the athlete; 0: nobody else is seen."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to put right before it can begin, or that went wrong since."""

    id: str
    """`nobody`, `step_back`, `step_closer`, `feet_cut_off`, `head_cut_off`, `too_dark`, `too_bright`, `lens_tilted`,
    `turn`, `stand_still`, `two_people`."""
    text: str
    """What to do, in a few words that can be read from three metres."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class LiveCue:
    """One short sentence about the movement."""

    id: str
    text: str
    """At most five words or so."""
    tone: Tone
    side: Side | None
    since_s: float


@dataclass(frozen=True, slots=True)
class LiveStats:
    """How well the loop keeps up. Medians over the last seconds, ms."""

    captured: int = 0
    processed: int = 0
    dropped: int = 0
    rate_hz: float = 0.0
    """Processed pictures a second."""
    lag_ms: float | None = None
    """Capture to drawn, median."""
    lag_worst_ms: float | None = None
    """95th percentile."""
    stages_ms: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LiveView:
    """Everything a window or a page shows with one picture."""

    state: LiveState
    advice: tuple[Advice, ...]
    """Most urgent first; empty when everything is in order."""
    cue: LiveCue | None
    stats: LiveStats
    paused: bool = False
    recording: bool = False
    notice: str | None = None
    """A line about the camera: "The stream broke off: trying again"."""


def nothing_seen(notice: str) -> LiveView:
    """Before the first picture: nothing but why there is none."""
    state = LiveState(
        time_s=0.0,
        stage="looking",
        points_px=None,
        score=None,
        roll_deg=0.0,
        view="unknown",
        facing="unknown",
        near_side=None,
        yaw_deg=None,
        movement=None,
        phase="rest",
        depth_share=0.0,
        readings=(),
        reps=(),
    )
    return LiveView(state, (), None, LiveStats(), notice=notice)
