"""Analyses of movements on one leg for the tests of what is drawn and written, with numbers chosen by hand.

The figure is that of `synthetic_squat("front")`; what it does is of no matter here, what is said of it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tests.support.analyses import synthetic_squat
from vidgait.types import Analysis, Criterion, Measure, Movement, Pattern, Rep, Series, Side

__all__ = ["one_leg", "one_leg_of"]

VALUES: dict[str, tuple[str, str, float, float, float]] = {
    "pelvic_drop_bottom": ("Pelvic drop", "deg", 4.0, 10.0, 2.5),
    "trunk_lean_stance_bottom": ("Trunk lean over the stance leg", "deg", 2.0, 6.0, 3.0),
    "hip_adduction_bottom": ("Hip adduction", "deg", 9.0, 19.0, 5.0),
    "fppa_bottom": ("Knee position (FPPA)", "deg", 2.0, 14.0, 9.0),
    "fppa_change": ("Knee movement inward (FPPA change)", "deg", 1.0, 13.0, 7.0),
    "knee_flexion_vertical_bottom": ("Knee flexion, coarse", "deg", 66.0, 61.0, 12.0),
    "frontal_control_index": ("Frontal control index", "", 92.0, 58.0, 11.0),
}
"""Label, unit, value of the left leg and of the right, and their error."""

DIFFERENCES = ("pelvic_drop_bottom", "trunk_lean_stance_bottom", "fppa_change")


def one_leg(view: Any = "front", *, reps: int = 6, label: str = "single_leg_squat", hold: bool = False) -> Analysis:
    """A clip in which the legs take turns, the left one first, the right one worse."""
    analysis = synthetic_squat(view, reps=reps)
    return one_leg_of(replace(analysis, reps=tuple(_bend(at) for at in range(reps))), label=label, hold=hold)


def _bend(at: int) -> Rep:
    """When the figure bends, by the recipe of `squat_points`."""
    start_s = 1.2 + 2.4 * at
    instants = {"eccentric_end": start_s + 1.0, "bottom": start_s + 1.1, "concentric_start": start_s + 1.2}
    return Rep(at + 1, "rep", start_s, start_s + 2.2, None, instants)


def one_leg_of(analysis: Analysis, *, label: str = "single_leg_squat", hold: bool = False) -> Analysis:
    half = (len(analysis.reps) + 1) // 2
    reps = tuple(_one_legged(rep, "left" if at < half else "right", hold) for at, rep in enumerate(analysis.reps))
    measures = tuple(m for id in VALUES for m in _measures(_name(id, hold), id, reps))
    return replace(
        analysis,
        movement=Movement(label, 0.9, "one foot is off the floor"),
        reps=reps,
        series=(*analysis.series, *_drops(analysis)),
        measures=measures,
        criteria=_criteria(reps),
        patterns=_patterns(reps),
    )


def _name(id: str, hold: bool) -> str:
    return id.replace("_bottom", "_hold") if hold and id.startswith(("pelvic_drop", "trunk_lean")) else id


def _one_legged(rep: Rep, side: Side, hold: bool) -> Rep:
    instants = {"lifted": rep.start_s + 0.4, "lowered": rep.end_s - 0.4} if hold else rep.instants
    return replace(
        rep,
        side=side,
        kind="hold" if hold else rep.kind,
        instants=instants,
        set_index=1 if side == "left" else 2,
        posture={"free_leg": "behind", "arms": "hips"},
    )


def _measures(id: str, key: str, reps: tuple[Rep, ...]) -> list[Measure]:
    label, unit, left, right, error = VALUES[key]
    found = []
    sides: tuple[tuple[Side, float], ...] = (("left", left), ("right", right))
    for side, value in sides:
        own = [rep for rep in reps if rep.side == side]
        common: dict[str, Any] = {"unit": unit, "side": side, "noise": error / 2, "error": error, "grade": "B"}
        for at, rep in enumerate(own):
            found.append(Measure(id, label, value + 0.8 * (at - 1), rep=rep.index, n=1, **common))
        if own:
            found.append(Measure(id, label, value, n=len(own), **common))
    if key in DIFFERENCES:
        name = f"{label}, left less right"
        found.append(Measure(f"{id}_left_right", name, left - right, unit, None, None, 6, error / 3, error / 2))
        found[-1] = replace(found[-1], grade="B")
    return found


def _drops(analysis: Analysis) -> list[Series]:
    tilt = np.interp(analysis.clean.time_s, [0.0, 1.0], [0.0, 1.0])
    name = "contralateral_pelvic_drop_deg"
    lean = Series("trunk_lateral_lean_deg", "deg", None, 2.0 * tilt)
    return [Series(name, "deg", "left", 3.0 * tilt), Series(name, "deg", "right", -3.0 * tilt), lean]


def _criteria(reps: tuple[Rep, ...]) -> tuple[Criterion, ...]:
    last = reps[-1]
    bottom_s = last.instants.get("bottom", 0.5 * (last.start_s + last.end_s))
    return (
        Criterion(
            "lateral_step_down", "trunk", "The trunk leans to one side", "more than 5° (our limit)", "Piva 2006",
            True, "right", True, 1, last.index, bottom_s, 6.0, 3.0, "deg",
        ),
        Criterion(
            "lateral_step_down", "pelvis", "The pelvis does not stay level", "more than 5° (our limit)", "Piva 2006",
            True, "right", None, None, why_none="within its error of the limit",
        ),
        Criterion(
            "single_leg_squat", "overall", "Overall impression", "balance, smoothness, depth", "Crossley 2011",
            False, "right", True, None, last.index, bottom_s,
        ),
    )  # fmt: skip


def _patterns(reps: tuple[Rep, ...]) -> tuple[Pattern, ...]:
    found = [
        Pattern("left", "stable", "pelvic drop 4 ± 2.5° and trunk lean 2 ± 3°: neither is high"),
        Pattern("right", None, "pelvic drop 10 ± 2.5°", None, "too close to the limit of 11.2° to say"),
    ]
    return tuple(one for one in found if any(rep.side == one.side for rep in reps))
