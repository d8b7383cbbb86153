"""The table of `sample_videos/README.md`: what each clip shows, and its truth in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from scripts.rendering.clip import ClipSpec
    from scripts.rendering.geometry import Array

__all__ = ["END", "SHOWS", "START", "picture_times_s", "table"]

START, END = "<!-- clips: made by render_samples.py --readme -->", "<!-- end of clips -->"
SHOWS = {
    "squat_front": "from the front; the **right** knee falls inwards more each time, the left stays slightly outside",
    "squat_side": "right side; the second is cut short, the third rests at the bottom",
    "squat_left": "left side; very deep, shallow, and one that bounces at the bottom",
    "squat_back": "from behind, in a loose shirt and loose shorts",
    "squat_oblique": "turned 20 degrees; a pause at the bottom, the left knee falls inwards",
    "squat_valgus_both": "from the front; both knees fall inwards, in the second the pelvis drops and shifts as well",
    "squat_dark": "from the front; nothing to find, in dark clothes before a dark wall, from an unsteady hand",
    "single_leg_squat_right": "on the right leg; knee inwards, pelvis drops, trunk leans over the leg",
    "single_leg_squat_left": "on the left leg with the other one ahead; knee and pelvis in line",
    "single_leg_stance": "Trendelenburg, left leg: a drop with the trunk leaning away, then the trunk over the leg",
    "single_leg_stance_back": "on the right leg, from behind: a drop, then a hike",
    "step_down": "from a box of 15 cm, standing on the left leg; the right heel touches the floor",
    "lunge": "left leg ahead, left side",
    "counter_movement_jump": "right side, arms swing",
    "drop_jump": "from a box of 30 cm, from the front; the left knee falls inwards at the contact and at the landing",
    "walk_side": "through the picture, right side",
    "walk_front": "towards the camera; the pelvis drops more while the left leg stands",
    "run_side": "on a treadmill, left side",
    "run_front": "on a treadmill, from the front; the pelvis drops more while the right leg stands",
    "two_people": "from the front; a second person walks through between camera and athlete",
    "turned_file": "right side; the file is stored turned and says so, as phones held upright do",
    "uneven_times": "from the front; frame times jitter, frames are missing, and for a second half of them",
}
SQUATS, ON_ONE_LEG = ("squat", "sit_to_stand"), ("single_leg_squat", "single_leg_stance", "step_down", "lunge")
SMALL_DEG = 1.5
"""Smaller values are not worth a word."""
PICTURES = 4


def _at(truth: Mapping[str, Any], group: str, name: str, times_s: list[float]) -> Array:
    return np.interp(times_s, truth["time_s"], truth["angles_deg"][group][name])


def _list(values: Array) -> str:
    """1, 2 and 3: whole degrees."""
    return ", ".join(f"{value:.0f}".replace("-0", "0") if abs(value) < 0.5 else f"{value:.0f}" for value in values)


def _worth_a_word(label: str, values: Array) -> list[str]:
    return [f"{label} {_list(values)}"] if np.abs(values).max() > SMALL_DEG else []


def _fppa(truth: Mapping[str, Any], label: str, side: str, times_s: list[float]) -> list[str]:
    """Not for side views, where nobody can see it."""
    if truth["view"] in ("left", "right"):
        return []
    return _worth_a_word(label, _at(truth, side, "fppa_deg", times_s))


def _two_legs(truth: Mapping[str, Any], bottoms_s: list[float]) -> list[str]:
    knees = [_at(truth, side, "knee_flexion_3d_deg", bottoms_s) for side in ("left", "right")]
    words = [f"knees {_list((knees[0] + knees[1]) / 2)}"]
    for side in ("left", "right"):
        words += _fppa(truth, f"FPPA {side}", side, bottoms_s)
    return words + _worth_a_word("pelvis down on the right", _at(truth, "left", "pelvic_drop_deg", bottoms_s))


def _one_leg(truth: Mapping[str, Any], bottoms_s: list[float]) -> list[str]:
    side = truth["reps"][0]["side"]
    words = [f"{side} knee {_list(_at(truth, side, 'knee_flexion_3d_deg', bottoms_s))}"]
    words += _fppa(truth, "FPPA", side, bottoms_s)
    words += _worth_a_word("pelvic drop", _at(truth, side, "pelvic_drop_deg", bottoms_s))
    return words + _worth_a_word("trunk over that leg", _at(truth, side, "lateral_trunk_lean_deg", bottoms_s))


def _jumps(truth: Mapping[str, Any]) -> list[str]:
    words = [
        f"{rep['jump_height_m'] * 100:.0f} cm, {rep['flight_s'] * 1000:.0f} ms in the air" for rep in truth["reps"]
    ]
    landed_s = [rep["landing_bottom_s"] for rep in truth["reps"]]
    for side in ("left", "right"):
        words += _fppa(truth, f"FPPA after landing, {side}", side, landed_s)
    return words


def _gait(truth: Mapping[str, Any]) -> list[str]:
    words = []
    for side in ("left", "right"):
        angles = truth["angles_deg"][side]
        knee, drop = np.max(angles["knee_flexion_deg"]), np.max(angles["pelvic_drop_deg"])
        words.append(f"{side} knee to {knee:.0f} in swing, pelvic drop to {drop:.0f}")
    return words


def _truth_words(truth: Mapping[str, Any]) -> str:
    reps, movement = truth["reps"], truth["movement"]
    count = f"{len(reps)} {reps[0].get('kind', 'rep')}{'s' if len(reps) > 1 else ''}"
    bottoms_s = [rep["bottom_s"] for rep in reps if "bottom_s" in rep]
    if movement in SQUATS:
        words = _two_legs(truth, bottoms_s)
    elif movement in ON_ONE_LEG:
        words = _one_leg(truth, bottoms_s)
    elif movement in ("walk", "run"):
        words = _gait(truth)
    else:
        words = _jumps(truth)
    return "; ".join([count, *words])


def _row(spec: ClipSpec, truth: Mapping[str, Any]) -> str:
    seconds = truth["time_s"][-1] + 1 / spec.rate_hz
    width, height = spec.size_px
    file = f"{width}x{height}, {'about ' if spec.uneven else ''}{spec.rate_hz}/s, {seconds:.1f} s"
    picture = f"![{spec.name}](pictures/{spec.name}.jpg)"
    return f"| {picture} | `{spec.name}.mp4`: {SHOWS[spec.name]} | {_truth_words(truth)} | {spec.body}; {file} |"


def table(specs: Mapping[str, ClipSpec], truths: Mapping[str, Mapping[str, Any]]) -> str:
    """Markdown, from `START` to `END`; angles in degrees at the lowest points."""
    head = ["| | clip | truth at the lowest points, degrees | body, picture |", "|---|---|---|---|"]
    return "\n".join([START, *head, *(_row(spec, truths[name]) for name, spec in specs.items()), END])


def picture_times_s(truth: Mapping[str, Any]) -> list[float]:
    """When to look for the small picture of a clip: at its start and where its repetitions show what they are."""
    last_s = truth["time_s"][-1]
    if truth["movement"] in ("walk", "run"):
        return list(np.linspace(0.1 * last_s, 0.9 * last_s, PICTURES))
    times_s = [0.0]
    for rep in truth["reps"]:
        times_s += [rep["bottom_s"]] if "bottom_s" in rep else []
        times_s += [rep["take_off_s"] + rep["flight_s"] / 2, rep["landing_bottom_s"]] if "flight_s" in rep else []
    return times_s[:PICTURES]
