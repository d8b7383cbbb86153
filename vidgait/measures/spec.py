"""What one entry of the catalogue holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "BOTH",
    "CYCLIC",
    "HOLDS",
    "KNEE_BENDS",
    "ON_ONE_LEG",
    "SQUAT_LIKE",
    "UNILATERAL",
    "Bands",
    "MeasureSpec",
    "Norm",
    "OverReps",
]

Reading = Literal[
    "at", "change", "hold", "slope", "window", "index", "time", "left_right", "both_legs", "legs", "spread", "range",
    "drift",
]  # fmt: skip
OverReps = Literal["spread", "range", "drift"]
Plane = Literal["sagittal", "frontal", "any"]

BOTH = ("squat", "sit_to_stand")
"""Bends of both knees together."""
ON_ONE_LEG = ("single_leg_squat", "step_down")
"""Bends of the knee of the leg that stands."""
KNEE_BENDS = (*BOTH, *ON_ONE_LEG, "lunge")
"""Movements whose depth is in the knees."""
CYCLIC = (*KNEE_BENDS, "hinge")
"""Movements of repetitions."""
SQUAT_LIKE = (*BOTH, *ON_ONE_LEG)
"""Whose knee flexion can be told from the height of the hips: thigh and shank share it as in a squat, and not as in a
lunge."""
HOLDS = ("single_leg_stance",)
UNILATERAL = (*ON_ONE_LEG, "lunge", *HOLDS)
"""Movements in which each repetition is that of one leg (`Rep.side`): sided measures are read on that leg only."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Good, watch and poor, from a checked source. Edges in the measure's unit; `good` lies beyond the first."""

    good: float
    poor: float
    source: str


@dataclass(frozen=True, slots=True)
class Norm:
    """What a study found in people, to be cited beside a number; never a band to judge by."""

    value: float
    sd: float
    who: str
    """Of whom, and how many."""
    source: str
    movement: str
    method: str
    """How it was measured, and why it is not the same as here."""


@dataclass(frozen=True, slots=True)
class MeasureSpec:
    id: str
    label: str
    unit: str
    sign: str
    """Which direction is positive, in words."""
    plane: Plane
    reading: Reading
    says: str
    """The sentence a coach reads, with {side}, {value} and {error}."""
    means: str
    does_not_mean: str
    series: str = ""
    """Name of the series it reads; empty for times."""
    also_reads: tuple[str, ...] = ()
    """Further series that a `window` function asks for."""
    sided: bool = False
    movements: tuple[str, ...] = BOTH
    instant: str = "bottom"
    half_window_s: float = 0.05
    needs: tuple[str, ...] = ("hip", "knee", "ankle")
    """Keypoints, without the side."""
    parent: str = ""
    """The measure that is compared between sides, or summed up over repetitions."""
    parts: tuple[str, ...] = ()
    """Of an `index`: the measures it cannot do without."""
    optional_parts: tuple[str, ...] = ()
    """Of an `index`: measures that join where they have a value."""
    reps_min: int = 1
    coarse: float = 15.0
    """An error above this leaves a trend at best."""
    leaks: bool = False
    """Reads forward movement as sideways movement when the person is turned a little (specification 2.2)."""
    published: str = ""
    """Published error, with its source."""
    mdc: float | None = None
    """Published smallest detectable change between two clips."""
    mdc_movements: tuple[str, ...] = ()
    """In which it was measured; no other movement is given it."""
    mdc_source: str = ""
    bands: Bands | None = None
    norms: tuple[Norm, ...] = ()

    @property
    def views(self) -> str:
        return {"sagittal": "side", "frontal": "front or back", "any": "any"}[self.plane]

    @property
    def level(self) -> str:
        """`set` for what only exists over repetitions; every other measure is given per repetition and per set."""
        return "set" if self.over_reps or self.reading == "legs" else "rep and set"

    @property
    def over_reps(self) -> bool:
        """Speaks about how another measure differs between repetitions."""
        return self.reading in ("spread", "range", "drift")
