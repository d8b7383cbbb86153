"""What the camera's angle may add to a measure at most (biomechanics specification, sections 2.2 and 10.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.camera import trusted_turn_deg
from vidgait.kinematics.series import off_frontal_deg, off_sagittal_deg
from vidgait.kinematics.standing import SIDES
from vidgait.measures import functions

if TYPE_CHECKING:
    from vidgait.measures.draws import RepDraws
    from vidgait.measures.spec import MeasureSpec
    from vidgait.types import Segment, Side

__all__ = ["FORWARD_SERIES", "PELVIS_SERIES", "WITH_PELVIS", "growth", "thigh_deg", "view_bound"]

# From how far apart the true and the read adduction of a thigh (10 degrees) lie when the camera is turned, per degree
# (specification 10.6: 1.75 degrees at 15).
SAGITTAL_BOUND_PER_DEG = 0.12
# The hips travel this share of body height behind the ankles in a squat; a turned camera sees it as a shift.
HIPS_BEHIND_PERCENT = 12.0
# tan 36 + tan 24: thigh and shank at 60 degrees of knee flexion (specification 10.6).
LEAK_AT_60 = 1.17
GROWTH_MAX = 3.0
HIP_POINTS_GROWTH = 1.6
"""Of the model term of an angle against a pelvis read from the hip points alone: 3 degrees of its own and 3.5 of the
pelvis."""
FORWARD_SERIES = ("thigh_inclination_vertical_deg", "knee_flexion_vertical_deg", "trunk_lean_vertical_deg")
"""What a turned camera shows as sideways movement is judged by these."""
PELVIS_SERIES = ("pelvic_obliquity_deg", "contralateral_pelvic_drop_deg", "pelvic_drop_from_level_deg")
"""The tilt of the pelvis, which pixel evidence can give."""
WITH_PELVIS = ("hip_adduction_deg", "dynamic_valgus_index_deg")
"""Angles of a leg against the pelvis."""
TRUNK_SERIES = ("trunk_lateral_lean_deg", "trunk_lean_stance_deg")
# How often thigh and shank come into a projection: FPPA is thigh less shank, hip adduction the thigh alone, and the
# dynamic valgus index the sum of both.
_THIGHS_AND_SHANKS = {"hip_adduction_deg": (1.0, 0.0), "dynamic_valgus_index_deg": (2.0, 1.0)}


def view_bound(spec: MeasureSpec, side: Side | None, one: RepDraws, segment: Segment, rate_hz: float) -> float:
    """What the view may add at most, in the measure's unit."""
    if spec.reading == "time":
        return 1.0 / rate_hz
    if spec.plane == "any" or spec.reading in ("slope", "window"):
        return 0.0
    if spec.plane == "sagittal":
        off = off_sagittal_deg(segment) or 0.0
        return SAGITTAL_BOUND_PER_DEG * off if spec.unit == "deg" else 0.0
    # What is trusted of the turn has been taken out of the picture; how well it is known is in the draws.
    turned = np.sin(np.radians(abs((off_frontal_deg(segment) or 0.0) - abs(trusted_turn_deg(segment)))))
    if spec.leaks:
        degrees = float(np.degrees(np.arctan(turned * _leak(spec, side, one))))
        return degrees if spec.unit == "deg" else 100 * float(np.tan(np.radians(degrees / 4)))
    if spec.series in TRUNK_SERIES:
        lean = _forward_lean(spec, one, "trunk_lean_vertical_deg", None)
        return float(np.degrees(np.arctan(turned * np.tan(np.radians(min(lean, 75))))))
    return HIPS_BEHIND_PERCENT * float(turned) if spec.series == "hip_shift_percent" else 0.0


def growth(spec: MeasureSpec, side: Side | None, one: RepDraws) -> float:
    """The model term of a projection is that of 60 degrees of knee flexion, and grows with the leak beyond. Pixel
    evidence says itself how far it may be off: the term of the hip line it replaces is gone. It does not say how it
    creeps while nothing moves: a slope keeps its term. Without pixels an angle against the pelvis errs more."""
    if spec.series in PELVIS_SERIES and one.tilted and spec.reading != "slope":
        return 0.0
    hip_points = HIP_POINTS_GROWTH if spec.series in WITH_PELVIS and not one.tilted else 1.0
    if not (spec.leaks and spec.unit == "deg" and spec.instant == "bottom"):
        return hip_points
    thighs, shanks = _THIGHS_AND_SHANKS.get(spec.series, (1.0, 1.0))
    usual = LEAK_AT_60 * (0.62 * thighs + 0.38 * shanks)
    return hip_points * min(max(_leak(spec, side, one) / usual, 1.0), GROWTH_MAX)


def thigh_deg(one: RepDraws, side: Side | None) -> float:
    """Coarse inclination of the thigh at the bottom."""
    return _read_forward(one, "thigh_inclination_vertical_deg", side, "bottom")


def _leak(spec: MeasureSpec, side: Side | None, one: RepDraws) -> float:
    """tan of thigh plus tan of shank inclination: how much of a turn, or of a point's depth, a frontal projection
    shows (specification 2.2)."""
    sides = (side,) if side else SIDES
    thighs, shanks = _THIGHS_AND_SHANKS.get(spec.series, (1.0, 1.0))
    depth = float(np.mean([_forward_lean(spec, one, "thigh_inclination_vertical_deg", each) for each in sides]))
    knee = float(np.mean([_forward_lean(spec, one, "knee_flexion_vertical_deg", each) for each in sides]))
    shank = min(max(knee - depth, 0.0), 60.0)
    return float(thighs * np.tan(np.radians(min(depth, 80.0))) + shanks * np.tan(np.radians(shank)))


def _forward_lean(spec: MeasureSpec, one: RepDraws, name: str, side: Side | None) -> float:
    return _read_forward(one, name, side, spec.instant or "hold")


def _read_forward(one: RepDraws, name: str, side: Side | None, instant: str) -> float:
    values = one.values[name, side][:1]
    at = one.instants.get(instant)
    if instant == "hold":
        read = float(functions.mean_over(values, one.time_s, *one.held_s())[0, 0])
    else:
        read = float("nan") if at is None else float(functions.read_at(values, one.time_s, at[:1])[0, 0])
    return read if np.isfinite(read) else 60.0
