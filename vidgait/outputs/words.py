"""Numbers and names as people read them. Pure functions, used wherever a page speaks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vidgait.outputs.tables import UNIT_SUFFIXES

if TYPE_CHECKING:
    from vidgait.types import Side, View

__all__ = [
    "NO_BREAK",
    "clock",
    "counted",
    "from_where",
    "full_stop",
    "listed",
    "number",
    "plus_minus",
    "quantity",
    "series_note",
    "series_title",
    "short_unit",
    "sided",
    "unit_after",
]

SERIES_TITLES = {
    "fppa_deg": "Knee position from the front (FPPA)",
    "femoral_adduction_deg": "Thigh, tilted inwards",
    "shank_adduction_deg": "Shank, tilted inwards",
    "knee_medial_displacement_percent": "Knee inside the hip–ankle line",
    "knee_separation_hips_percent": "Distance between the knees, against the hips",
    "knee_separation_ankles_ratio": "Distance between the knees, against the ankles",
    "pelvic_obliquity_deg": "Pelvis, tilted sideways",
    "trunk_lateral_lean_deg": "Trunk, leaning sideways",
    "trunk_lean_deg": "Trunk, leaning forward",
    "contralateral_pelvic_drop_deg": "Pelvis, free side lower",
    "pelvic_drop_from_level_deg": "Pelvis, free side below level",
    "trunk_lean_stance_deg": "Trunk, leaning over the standing leg",
    "hip_adduction_deg": "Hip adduction",
    "pelvis_over_foot_percent": "Pelvis, beside the standing foot",
    "mass_over_foot_percent": "Centre of mass, beside the standing foot",
    "stance_length_percent": "Distance between the feet, front to back",
    "hip_shift_percent": "Hips, shifted sideways",
    "knee_flexion_vertical_deg": "Knee flexion, estimated from heights",
    "thigh_inclination_vertical_deg": "Thigh, estimated from heights",
    "trunk_lean_vertical_deg": "Trunk lean, estimated from heights",
    "hip_height_leg_lengths": "Height of the hips",
    "thigh_inclination_deg": "Thigh, from the vertical",
    "shank_inclination_deg": "Shank, from the vertical",
    "foot_inclination_deg": "Foot, from the floor",
    "heel_rise_percent": "Heel, above the floor",
}
"""Names of curves that a reader would stumble over; the others read well as they are."""

SERIES_NOTES = {
    "knee_flexion_deg": "0° is a straight leg, more is more bent",
    "hip_flexion_deg": "between thigh and trunk; 0° is upright, more is more bent",
    "ankle_dorsiflexion_deg": "0° as in standing, more is the shin further over the foot",
    "thigh_inclination_deg": "0° is upright, 90° is level: hips as low as the knees",
    "shank_inclination_deg": "0° is upright, more is the knee further forward",
    "trunk_lean_deg": "0° is upright, more is further forward",
    "fppa_deg": "up: knee towards the middle of the body; down: knee outwards",
    "femoral_adduction_deg": "up: knee towards the middle of the body",
    "hip_adduction_deg": "up: thigh towards the middle of the body, against the pelvis",
    "knee_medial_displacement_percent": "up: knee towards the middle of the body",
    "knee_separation_hips_percent": "100 % is as far apart as the hips",
    "knee_separation_ankles_ratio": "1 is as far apart as the ankles; below 1 the knees are inside",
    "pelvic_obliquity_deg": "up: the person's right side is lower",
    "contralateral_pelvic_drop_deg": "up: the side of the free leg is lower than in standing on both feet",
    "pelvic_drop_from_level_deg": "up: the side of the free leg is lower",
    "trunk_lean_stance_deg": "up: towards the leg that stands",
    "pelvis_over_foot_percent": "up: towards the middle of the body",
    "mass_over_foot_percent": "up: towards the middle of the body",
    "stance_length_percent": "100 % is the length of a leg",
    "trunk_lateral_lean_deg": "up: towards the person's right",
    "hip_shift_percent": "up: towards the person's right",
    "hip_height_leg_lengths": "1 is about standing",
}

NO_BREAK = "\u00a0"
"""A space at which no line ends: a number stays with its error and its unit."""

UNITS_AFTER = {
    "deg": "°",
    "deg/s": "°/s",
    "deg/rep": "° per repetition",
    "s/rep": "\u00a0s per repetition",
    "ratio": "",
    "percent": "\u00a0%",
    "count": "",
}

FROM_WHERE = {
    "front": "from the front",
    "back": "from behind",
    "left": "from the person’s left",
    "right": "from the person’s right",
    "oblique": "at an angle, between front and side",
    "unknown": "from a direction that could not be told",
}


def number(value: float, error: float | None = None) -> str:
    """Rounded to what its error allows: a ±5 value shows no decimals. Negative numbers get a real minus sign."""
    text = f"{value:.{_decimals(value if error is None else error)}f}"
    return text.replace("-", "−") if float(text) else text.replace("-", "")


def _decimals(scale: float) -> int:
    """Two digits of the error at most: 0.12, 1.2, 12. Without an error, three digits of the value."""
    size = abs(scale)
    return 2 if size < 0.95 else 1 if size < 2 else 0


def unit_after(unit: str) -> str:
    """What follows the number: `°` at once, words after a space."""
    if unit in UNITS_AFTER:
        return UNITS_AFTER[unit]
    return f"{NO_BREAK}{unit}" if unit else ""


def short_unit(unit: str) -> str:
    """Beside a number the sign is enough where a heading says the rest: `% body height` is `percent`."""
    if unit.startswith("% "):
        return "percent"
    return "" if unit == "leg lengths" else unit


def plus_minus(error: float | None, unit: str = "") -> str:
    if error is None or not math.isfinite(error):
        return ""
    return f"±{NO_BREAK}{number(error, error)}{unit_after(unit)}"


def quantity(value: float | None, error: float | None, unit: str) -> str:
    """`97 ± 5°`, or a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    if error is None or not math.isfinite(error):
        return f"{number(value)}{unit_after(unit)}"
    return f"{number(value, error)}{NO_BREAK}{plus_minus(error, unit)}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def full_stop(text: str) -> str:
    """A sentence out of words from elsewhere: a capital first, exactly one full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('. ')}."


def counted(count: int, one: str, many: str | None = None) -> str:
    """`1 repetition`, `5 repetitions`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def clock(time_s: float) -> str:
    """`0:03.4`: minutes, seconds, tenths."""
    tenths = round(max(time_s, 0.0) * 10)
    return f"{tenths // 600}:{tenths % 600 // 10:02d}.{tenths % 10}"


def from_where(view: View) -> str:
    return FROM_WHERE[view]


def sided(label: str, side: Side | None) -> str:
    return label if side is None else f"{label} ({side})"


def series_title(name: str) -> str:
    """A curve's name in words, without its unit."""
    if name in SERIES_TITLES:
        return SERIES_TITLES[name]
    ending = next((f"_{unit}" for unit in UNIT_SUFFIXES if name.endswith(f"_{unit}")), "")
    return name.removesuffix(ending).replace("_", " ").capitalize()


def series_note(name: str) -> str:
    """What up and down mean on the curve, or nothing where the name says it."""
    return SERIES_NOTES.get(name, "")
