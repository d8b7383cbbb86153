"""What a validation found: every number beside its truth, clip by clip. `accuracy` sums it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from vidgait.types import BoolArray, FloatArray, Side, View

__all__ = [
    "ClipCheck",
    "Leg",
    "MeasureCheck",
    "Offset",
    "PatternCheck",
    "RepCheck",
    "SeriesCheck",
    "Validation",
    "YawCheck",
]

Leg = Literal["near", "far", "stance", "free"]
"""In side and oblique views the leg towards the camera, or the one behind it; from the front and the back, in clips
whose repetitions are all on one leg, that leg (the leading one of a lunge) and the other."""


@dataclass(frozen=True, slots=True)
class MeasureCheck:
    """One measure of one repetition, or of the set, beside its truth."""

    id: str
    unit: str
    side: Side | None
    leg: Leg | None
    rep: int | None
    """Number of the true repetition; None for the set."""
    truth: float
    value: float | None
    error: float | None
    """95 % half-width as stated."""
    inside: bool
    """Whether the true view can give it: a value is expected inside, a refusal outside."""
    why_none: str | None


@dataclass(frozen=True, slots=True)
class PatternCheck:
    """What pelvis, trunk and knee do together in one repetition, by the rule applied to true numbers and as shown."""

    rep: int
    """Number of the true repetition."""
    side: Side | None
    truth: str | None
    """None where the rules have no name for it."""
    shown: str | None
    inside: bool
    """Whether the true view can give what the label rests on."""
    why_none: str | None


@dataclass(frozen=True, slots=True, eq=False)
class SeriesCheck:
    """One series beside its truth, at the video's frames; NaN where unknown."""

    name: str
    unit: str
    side: Side | None
    leg: Leg | None
    time_s: FloatArray
    """(T,)"""
    truth: FloatArray
    """(T,)"""
    shown: FloatArray
    """(T,)"""
    sd: FloatArray | None
    """(T,) as stated, or None where vidgait states none"""
    inside: BoolArray
    """(T,) whether the true view can give it"""


@dataclass(frozen=True, slots=True)
class RepCheck:
    """One true repetition and what became of it."""

    index: int
    kind: str
    side: Side | None
    found: int | None
    """Number of the counted repetition that is the same one, or None: missed."""
    timing_s: Mapping[str, float]
    """Found less true, by instant."""


@dataclass(frozen=True, slots=True)
class YawCheck:
    """The heading of one stretch of the clip."""

    start_s: float
    end_s: float
    truth_deg: float
    shown_deg: float | None
    error_deg: float | None
    """95 % half-width as stated."""


@dataclass(frozen=True, slots=True)
class Offset:
    """By how much the clock of a reference is ahead of the video's: time in the reference less time in the video."""

    seconds: float
    correlation: float | None
    """Of the two curves after the shift; None where the user stated the offset."""
    judged_by: tuple[str, ...] = ()
    """The series that were laid over one another."""
    rival_s: float | None = None
    """Another offset that fits nearly as well, as in periodic movement."""


@dataclass(frozen=True, slots=True, eq=False)
class ClipCheck:
    """One clip held against its reference."""

    name: str
    reference: str
    """What the truth is, in words."""
    movement: str | None
    movement_found: str | None
    view: View
    yaw_deg: float | None
    frames: int
    frame_s: float
    """Median time between frames."""
    on_athlete: float | None
    """Share of the frames with a pose in which it lies on the person that the truth is of."""
    counts_reps: bool
    """Whether vidgait counts repetitions of this movement, and the reference knows them."""
    reps: tuple[RepCheck, ...]
    extra: int
    """Counted repetitions that are none."""
    measures: tuple[MeasureCheck, ...]
    sets: tuple[MeasureCheck, ...]
    series: tuple[SeriesCheck, ...]
    yaw: tuple[YawCheck, ...]
    offset: Offset | None
    notes: tuple[str, ...]
    patterns: tuple[PatternCheck, ...] = ()
    side: Side | None = None
    """The leg on which all of it is done; None for both legs, or one after the other."""

    @property
    def missed(self) -> int:
        return sum(rep.found is None for rep in self.reps) if self.counts_reps else 0


@dataclass(frozen=True, slots=True, eq=False)
class Validation:
    """All clips, and with what they were analysed."""

    clips: tuple[ClipCheck, ...]
    provenance: Mapping[str, Any]
    """`vidgait`, `onnxruntime`, `backend` and `weights` (file to sha256)."""
    failed: Mapping[str, str]
    """Clips that could not be analysed, with the reason in one line."""
