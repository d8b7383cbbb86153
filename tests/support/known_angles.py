"""The true value of a measure of a simulated clip, from its true angles and its true instants alone: what the engine
must find without noise. Written apart from the engine and from `vidgait.truth.expected` on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from vidgait.measures import MeasureSpec, spec_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vidgait.types import FloatArray, Side

__all__ = ["known_value"]

SIDES: tuple[Side, Side] = ("left", "right")
STANDING_HALF_WINDOW_S = 0.15
_PLAIN = {
    "thigh_inclination_deg": "thigh_inclination_deg",
    "knee_flexion_deg": "knee_flexion_deg",
    "hip_flexion_deg": "hip_flexion_deg",
    "shank_inclination_deg": "shank_inclination_deg",
    "fppa_deg": "fppa_deg",
    "hip_adduction_deg": "hip_adduction_deg",
    "thigh_inclination_vertical_deg": "thigh_inclination_deg",
    "knee_flexion_vertical_deg": "knee_flexion_deg",
    "pelvic_drop_from_level_deg": "pelvic_drop_deg",
}
_SINCE_STANDING = {
    "contralateral_pelvic_drop_deg": ("pelvic_drop_deg",),
    "trunk_lean_stance_deg": ("lateral_trunk_lean_deg",),
    "ankle_dorsiflexion_deg": ("shank_inclination_deg", "foot_inclination_deg"),
}
_UNSIDED: Mapping[str, tuple[str, str]] = {
    "trunk_lean_deg": ("both", "trunk_inclination_deg"),
    "pelvic_obliquity_deg": ("left", "pelvic_drop_deg"),
    "trunk_lateral_lean_deg": ("right", "lateral_trunk_lean_deg"),
}


def known_value(truth: Mapping[str, Any], spec: MeasureSpec, side: Side | None, rep: Mapping[str, Any]) -> float | None:
    """In degrees (a second), or None for measures whose truth is no angle. `rep` is one of the truth's own."""
    if spec.reading in ("left_right", "both_legs"):
        left, right = (known_value(truth, spec_of(spec.parent), leg, rep) for leg in SIDES)
        if left is None or right is None:
            return None
        return left - right if spec.reading == "left_right" else (left + right) / 2
    time_s = np.array(truth["time_s"])
    angle = _angle(truth, spec.series, side)
    if angle is None or spec.unit not in ("deg", "deg/s"):
        return None
    held = (time_s >= rep["start_s"]) & (time_s <= rep["end_s"])
    if spec.reading == "hold":
        return float(angle[held].mean())
    if spec.reading == "slope":
        return float(np.polyfit(time_s[held], angle[held], 1)[0])
    at_s = _instant_s(truth, spec, rep)
    if at_s is None:
        return None
    value = _mean(time_s, angle, at_s, spec.half_window_s)
    return value - _mean(time_s, angle, rep["start_s"], STANDING_HALF_WINDOW_S) if spec.reading == "change" else value


def _angle(truth: Mapping[str, Any], series: str, side: Side | None) -> FloatArray | None:
    angles = truth["angles_deg"]
    if side is None:
        place = _UNSIDED.get(series)
        return np.array(angles[place[0]][place[1]]) if place else None
    if series in _PLAIN:
        return np.array(angles[side][_PLAIN[series]])
    if series == "dynamic_valgus_index_deg":
        return np.array(angles[side]["fppa_deg"]) + np.array(angles[side]["hip_adduction_deg"])
    if series in _SINCE_STANDING:
        total = np.sum([angles[side][name] for name in _SINCE_STANDING[series]], axis=0)
        return np.asarray(total - total[0])  # every simulated clip begins in standing on both feet
    return None


def _instant_s(truth: Mapping[str, Any], spec: MeasureSpec, rep: Mapping[str, Any]) -> float | None:
    if not spec.instant.startswith("knee_"):
        return float({"bottom": rep.get("bottom_s"), "upright": rep["end_s"]}[spec.instant] or np.nan)
    legs = SIDES if rep["side"] is None else (rep["side"],)
    bent = np.mean([truth["angles_deg"][leg]["knee_flexion_deg"] for leg in legs], axis=0)
    time_s = np.array(truth["time_s"])
    down = (time_s >= rep["start_s"]) & (time_s <= rep["bottom_s"])
    wanted = float(spec.instant.removeprefix("knee_"))
    return float(np.interp(wanted, bent[down], time_s[down])) if bent[down].max() >= wanted else None


def _mean(time_s: FloatArray, values: FloatArray, at_s: float, half_window_s: float) -> float:
    return float(np.interp(at_s + np.linspace(-half_window_s, half_window_s, 41), time_s, values).mean())
