"""Angles over time that the user gives, laid over a movement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vidgait.errors import SettingsError
from vidgait.truth.skeleton_motion import SIDES, Motion, thigh_of_knee_deg

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vidgait.types import FloatArray, Side

__all__ = ["CURVES", "with_curves"]

TIME = "time_s"
OF_LEGS = (
    "knee_flexion_deg",
    "hip_flexion_deg",
    "thigh_inclination_deg",
    "shank_inclination_deg",
    "foot_inclination_deg",
    "fppa_deg",
    "pelvic_drop_deg",
    "lateral_trunk_lean_deg",
)
CURVES = (*OF_LEGS, "trunk_inclination_deg", "yaw_deg")
"""Names of a truth file. Those of legs may be led by `left_` or `right_`; without it they hold for both."""


def with_curves(motion: Motion, curves: Mapping[str, npt.ArrayLike]) -> Motion:
    """`motion` with the given angles in place of its own, degrees: one number, one for each of `curves["time_s"]`,
    straight lines between, or, without such times, one a frame.

    A knee flexion without an inclination keeps the thigh's, or takes the one of a squat where the movement leaves the
    leg straight. Prescribed repetitions are dropped from the truth: they may no longer be true. Raises SettingsError
    for names that are no curve and arrays that fit no time.
    """
    given = {name: _on_frames(name, values, curves, motion.time_s) for name, values in curves.items() if name != TIME}
    changes: dict[str, Any] = {"reps": (), "instants": {}}
    trunk = given.get("trunk_inclination_deg", motion.trunk_deg)
    legs = [_leg(motion, side, given, trunk) for side in SIDES]
    for name in ("thigh_deg", "shank_deg", "foot_deg", "fppa_deg"):
        changes[name] = {side: leg[name] for side, leg in zip(SIDES, legs, strict=True)}
    for field, curve in (("left_hip_down_deg", "pelvic_drop_deg"), ("trunk_left_deg", "lateral_trunk_lean_deg")):
        sign = -1.0 if curve == "pelvic_drop_deg" else 1.0
        if f"left_{curve}" in given:
            changes[field] = sign * given[f"left_{curve}"]
        elif f"right_{curve}" in given:
            changes[field] = -sign * given[f"right_{curve}"]
    return replace(motion, trunk_deg=trunk, yaw_deg=given.get("yaw_deg", motion.yaw_deg), **changes)


def _on_frames(name: str, values: npt.ArrayLike, curves: Mapping[str, npt.ArrayLike], time_s: FloatArray) -> FloatArray:
    plain = name.removeprefix("left_").removeprefix("right_")
    one_sided = plain in ("pelvic_drop_deg", "lateral_trunk_lean_deg")
    if plain not in CURVES or (plain != name and plain not in OF_LEGS) or (one_sided and plain == name):
        raise SettingsError(f"There is no curve '{name}'.", f"Known, some after left_ or right_: {', '.join(CURVES)}.")
    try:
        array = np.asarray(values, float)
    except (TypeError, ValueError):
        raise SettingsError(f"The curve '{name}' holds something that is no number.") from None
    if not np.isfinite(array).all():
        raise SettingsError(f"The curve '{name}' holds a value that is no number.")
    if array.ndim == 0 or (TIME not in curves and array.shape == time_s.shape):
        return np.broadcast_to(array, time_s.shape).copy()
    at_s = np.asarray(curves.get(TIME, ()), float)
    if array.shape != at_s.shape or array.ndim != 1 or (np.diff(at_s) <= 0).any():
        raise SettingsError(
            f"The curve '{name}' has {array.size} values for {time_s.size} frames.",
            "Give one value a frame, or rising times in 'time_s' with one value each.",
        )
    return np.asarray(np.interp(time_s, at_s, array))


def _leg(motion: Motion, side: Side, given: Mapping[str, FloatArray], trunk: FloatArray) -> dict[str, FloatArray]:
    def curve(name: str) -> FloatArray | None:
        return given.get(f"{side}_{name}", given.get(name))

    thigh, shank, knee, hip = (
        curve(name)
        for name in ("thigh_inclination_deg", "shank_inclination_deg", "knee_flexion_deg", "hip_flexion_deg")
    )
    if thigh is None and hip is not None:
        thigh = hip - trunk
    if thigh is None and knee is not None and shank is not None:
        thigh = knee - shank
    if thigh is None:
        straight = knee is not None and not motion.knee_flexion_deg[side].any()
        thigh = thigh_of_knee_deg(knee) if straight and knee is not None else motion.thigh_deg[side]
    if knee is not None:
        shank = knee - thigh
    foot, fppa = curve("foot_inclination_deg"), curve("fppa_deg")
    return {
        "thigh_deg": thigh,
        "shank_deg": motion.shank_deg[side] if shank is None else shank,
        "foot_deg": motion.foot_deg[side] if foot is None else foot,
        "fppa_deg": motion.fppa_deg[side] if fppa is None else fppa,
    }
