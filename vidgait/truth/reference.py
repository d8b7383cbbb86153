"""What an analysis is held against: series over time, and, where they are known, repetitions and the camera's angle.

Every reader (`rendered`, `motion_files`) makes a `Reference`; the comparison knows no file format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vidgait.types import FloatArray, Side, View

__all__ = ["Key", "Reference", "TrueRep", "at_times"]

Key = tuple[str, "Side | None"]
"""A series by its name and side, as in `vidgait.types.Series`."""


@dataclass(frozen=True, slots=True)
class TrueRep:
    """One repetition as it was done, in seconds of the reference."""

    index: int
    """1-based."""
    kind: str
    side: Side | None
    start_s: float
    end_s: float
    instants: Mapping[str, float] = field(default_factory=dict)
    """By the names of `vidgait.types.Rep.instants`; only what has a sharp definition."""

    @property
    def middle_s(self) -> float:
        """Its lowest moment, or else the middle between its ends."""
        return self.instants.get("bottom", (self.start_s + self.end_s) / 2)


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """The truth of one clip, or what another system says of it."""

    name: str
    kind: str
    """Where it comes from, in words."""
    time_s: FloatArray
    """(T,) ascending."""
    series: Mapping[Key, FloatArray]
    """(T,) each, with the names, units and signs of `vidgait.kinematics.series.SERIES`; NaN where unknown."""
    movement: str | None = None
    reps: tuple[TrueRep, ...] | None = None
    """None where the reference does not say."""
    view: View | None = None
    yaw_deg: FloatArray | None = None
    """(T,) heading against the line of sight, as `vidgait.types.Segment.yaw_deg`."""
    points_px: Mapping[str, FloatArray] = field(default_factory=dict)
    """(T, 2) by keypoint."""
    clip: str | None = None
    """The clip that a truth file says it is of."""
    size_px: tuple[int, int] | None = None
    """(width, height) of its picture."""
    on_video_clock: bool = False
    """Its times are those of the video, so that nothing has to be aligned."""
    notes: tuple[str, ...] = ()
    """What is compared with what, where the definitions differ."""


def at_times(reference_s: FloatArray, values: FloatArray, time_s: FloatArray) -> FloatArray:
    """(T, ...) `values` of `reference_s` at other times, by straight lines between two known neighbours; NaN outside
    and beside a gap. Exact samples are taken as they are, even beside a gap."""
    if reference_s.size < 2:
        return np.full((time_s.size, *values.shape[1:]), np.nan)
    after = np.clip(np.searchsorted(reference_s, time_s), 1, reference_s.size - 1)
    low_s, high_s = reference_s[after - 1], reference_s[after]
    share = (time_s - low_s) / (high_s - low_s)
    wide = share.reshape((-1,) + (1,) * (values.ndim - 1))
    low, high = values[after - 1], values[after]
    between = np.where(wide <= _EXACT, low, np.where(wide >= 1 - _EXACT, high, low + wide * (high - low)))
    outside = (share < -_EXACT) | (share > 1 + _EXACT)
    between[outside] = np.nan
    return between


_EXACT = 1e-3
"""Share of a sample's spacing within which a time is that of the sample: files round their times."""
