"""What pelvis, trunk and knees show at one instant, with the numbers and the errors of the repetition it belongs to.

Nothing here is measured anew: an instant's number is the catalogue's number of the repetition, moved by how far the
curve has moved since the instant that number was read at. So both start from the same standing, and a number that the
catalogue refuses appears nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from vidgait.outputs.legs import DEPTH_DEG, is_frontal, series_of

if TYPE_CHECKING:
    from vidgait.types import Analysis, FloatArray, Rep, Side

__all__ = ["LegReading", "readings_at"]

Part = Literal["pelvis", "trunk", "knee"]

HALF_WINDOW_S = {"pelvis": 0.25, "trunk": 0.05, "knee": 0.05}
"""A pelvis is read as a mean over half a second, as everywhere else: its noise is three times that of a thigh."""

PARTS: tuple[Part, ...] = ("trunk", "pelvis", "knee")

DEPTH_WITHIN_DEG = 6.0
"""A number of 60 degrees is shown at a depth this close to it."""

NEAREST_ZERO_DEG = 0.5
"""Closer to zero than this, a number has no direction."""


@dataclass(frozen=True, slots=True)
class LegReading:
    """One angle of one instant."""

    part: Part
    side: Side | None
    """The leg it is about; None for pelvis and trunk in a movement on two legs, counted toward the right."""
    value: float
    """Degrees: pelvis + the free side lower, trunk + towards the standing leg, knee + inwards."""
    error: float | None
    moved: bool = False
    """Of a knee: how far it moved from standing, not where it is."""

    @property
    def way(self) -> str:
        """The direction in words; nothing where there is none."""
        if abs(self.value) < NEAREST_ZERO_DEG:
            return ""
        if self.part == "knee":
            return "in" if self.value > 0 else "out"
        if self.side is None:
            towards = "right" if self.value > 0 else "left"
            return f"{towards} lower" if self.part == "pelvis" else f"to the {towards}"
        if self.part == "pelvis":
            return "drop" if self.value > 0 else "hike"
        return "over leg" if self.value > 0 else "away"

    def text(self, *, with_error: bool = True) -> str:
        """`12° ± 9° in`."""
        error = f" ± {max(1, round(self.error))}°" if with_error and self.error is not None else ""
        return f"{'moved ' if self.moved else ''}{abs(round(self.value))}°{error} {self.way}".rstrip()


def readings_at(analysis: Analysis, rep: Rep, time_s: float | None) -> tuple[LegReading, ...]:
    """Trunk, pelvis and knee of the leg that stands (both knees on two legs), at one instant or, for None, the numbers
    of the repetition or hold themselves. Nothing unless seen from the front or from behind, and nothing that the
    catalogue refuses."""
    if not is_frontal(analysis):
        return ()
    sides: tuple[Side, ...] = ("left", "right") if rep.side is None else (rep.side,)
    keys: list[tuple[Part, Side | None]] = [(part, rep.side) for part in PARTS if part != "knee"]
    keys += [("knee", side) for side in sides]
    found = (_reading(analysis, rep, part, side, time_s) for part, side in keys)
    return tuple(reading for reading in found if reading is not None)


def _reading(analysis: Analysis, rep: Rep, part: Part, side: Side | None, time_s: float | None) -> LegReading | None:
    curve = _curve(analysis, part, side)
    measure = analysis.find(_measure_id(part, side, rep), side, rep.index)
    if part == "knee" and (measure is None or measure.value is None):
        return _moved_knee(analysis, rep, side, time_s)
    if curve is None or measure is None or measure.value is None or measure.grade == "D":
        return None
    if time_s is None:
        return LegReading(part, side, measure.value, measure.error)
    half_s = HALF_WINDOW_S[part]
    now = _mean(analysis, curve, time_s - half_s, time_s + half_s)
    then = _mean(analysis, curve, *_read_over(rep, half_s))
    value = measure.value + now - then
    return LegReading(part, side, value, measure.error) if np.isfinite(value) else None


def _moved_knee(analysis: Analysis, rep: Rep, side: Side | None, time_s: float | None) -> LegReading | None:
    """Where the bottom is refused, as in a deep squat, what the catalogue says of 60 degrees, at that depth only."""
    measure = analysis.find("fppa_change_60_degrees", side, rep.index)
    depth = series_of(analysis, "knee_flexion_vertical_deg", side)
    if measure is None or measure.value is None or measure.grade == "D" or depth is None or time_s is None:
        return None
    now_deg = _mean(analysis, depth.value, time_s - HALF_WINDOW_S["knee"], time_s + HALF_WINDOW_S["knee"])
    near = abs(now_deg - DEPTH_DEG) <= DEPTH_WITHIN_DEG and time_s <= rep.instants.get("bottom", rep.end_s)
    return LegReading("knee", side, measure.value, measure.error, moved=True) if near else None


def _measure_id(part: Part, side: Side | None, rep: Rep) -> str:
    if part == "knee":
        return "fppa_bottom"
    if side is None:
        return {"pelvis": "pelvic_obliquity_bottom", "trunk": "trunk_lateral_lean_bottom"}[part]
    stem = {"pelvis": "pelvic_drop", "trunk": "trunk_lean_stance"}[part]
    return f"{stem}_{'hold' if rep.kind == 'hold' else 'bottom'}"


def _curve(analysis: Analysis, part: Part, side: Side | None) -> FloatArray | None:
    """(T,) the series behind a part, with the sign of its measure."""
    names: dict[tuple[Part, bool], str] = {
        ("knee", True): "fppa_deg",
        ("pelvis", True): "contralateral_pelvic_drop_deg",
        ("pelvis", False): "pelvic_obliquity_deg",
        ("trunk", True): "trunk_lateral_lean_deg",
        ("trunk", False): "trunk_lateral_lean_deg",
    }
    series = series_of(analysis, names[part, side is not None], None if part == "trunk" else side)
    if series is None:
        return None
    return -series.value if part == "trunk" and side == "left" else series.value


def _read_over(rep: Rep, half_s: float) -> tuple[float, float]:
    """The stretch that the measure of a repetition is read over."""
    if rep.kind == "hold":
        return rep.instants.get("lifted", rep.start_s), rep.instants.get("lowered", rep.end_s)
    bottom_s = rep.instants.get("bottom", 0.5 * (rep.start_s + rep.end_s))
    return bottom_s - half_s, bottom_s + half_s


def _mean(analysis: Analysis, curve: FloatArray, start_s: float, end_s: float) -> float:
    time_s = analysis.clean.time_s
    rows = (time_s >= start_s - 1e-6) & (time_s <= end_s + 1e-6) & np.isfinite(curve)
    return float(np.mean(curve[rows])) if rows.any() else float("nan")
