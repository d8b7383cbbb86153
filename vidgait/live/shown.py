"""The two or three quantities that matter now, from the smoothed points of one picture.

The same geometry as for a recorded clip (`series_from_points`) in the view that the last look found. Errors are stored
ones: the model term of the measure that is read at the bottom, and how far the smoothed points lag and tremble.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.series import SERIES, off_frontal_deg, refusal, series_from_points
from vidgait.kinematics.standing import POINTS
from vidgait.live.state import LiveReading
from vidgait.measures.model_error import error_half_width, model_error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vidgait.live.looking_back import Look
    from vidgait.settings import ViewSettings
    from vidgait.types import FloatArray, Segment, Side, Skeleton

__all__ = ["ON_ONE_LEG", "Quantity", "shown"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A series that is shown, and the measure whose stored error it has."""

    name: str
    label: str
    measure: str
    leak: float = 0.0
    """Degrees of it that a turn of one degree adds at 60 degrees of knee flexion (biomechanics 10.6)."""


KNEE = Quantity("knee_flexion_deg", "Knee bend", "knee_flexion_bottom")
HIP = Quantity("hip_flexion_deg", "Hip bend", "hip_flexion_bottom")
TRUNK = Quantity("trunk_lean_deg", "Trunk lean", "trunk_lean_bottom")
KNEE_IN = Quantity("fppa_deg", "Knee in", "fppa_bottom", 1.17)
DEPTH = Quantity("knee_flexion_vertical_deg", "Knee bend", "knee_flexion_vertical_bottom")
DROP = Quantity("contralateral_pelvic_drop_deg", "Hip drop", "pelvic_drop_bottom")
TRUNK_SIDE = Quantity("trunk_lean_stance_deg", "Trunk to the side", "trunk_lean_stance_bottom")

FROM_THE_SIDE: Mapping[str, tuple[Quantity, ...]] = {"hinge": (HIP, TRUNK, KNEE)}
FROM_THE_FRONT: Mapping[str, tuple[Quantity, ...]] = {
    "hinge": (DEPTH,),
    "sit_to_stand": (DEPTH,),
    "single_leg_stance": (DROP, TRUNK_SIDE),
}
ON_ONE_LEG = ("single_leg_squat", "step_down", "single_leg_stance")
LIVE_NOISE_DEG = 4.0
"""95 % half-width of what the smoothed points add to a clip's own errors: 1 to 4 degrees at any speed, 1 to 3 while it
is slow (benchmarks/live_reps.md)."""


def shown(
    points_px: FloatArray,
    time_s: float,
    skeleton: Skeleton,
    now: Look | None,
    movement: str | None,
    leg: Side | None,
    view: ViewSettings,
) -> tuple[LiveReading, ...]:
    """`points_px` (K, 2), NaN where unseen. `leg`: the only one that stands. Nothing before the first look."""
    if now is None:
        return ()
    points = {name: points_px[None, None, skeleton.index(name)] for name in POINTS}
    values = series_from_points(points, np.array([time_s]), now.segment, now.standing, view, leg=leg)
    return tuple(
        _reading(quantity, side, values, now, movement, view) for quantity, side in _wanted(now.segment, movement, leg)
    )


def _wanted(segment: Segment, movement: str | None, leg: Side | None) -> Sequence[tuple[Quantity, Side | None]]:
    on_one = movement in ON_ONE_LEG
    if segment.view in ("front", "back"):
        if on_one:
            quantities = FROM_THE_FRONT.get(movement or "", (KNEE_IN, DROP, TRUNK_SIDE))
            return [(one, leg) for one in quantities] if leg else []
        chosen = FROM_THE_FRONT.get(movement or "")
        if chosen is not None:
            return [(one, side) for one in chosen for side in ("left", "right")]
        return [(KNEE_IN, "left"), (KNEE_IN, "right"), (DEPTH, "left")]
    chosen = FROM_THE_SIDE.get(movement or "", (KNEE, HIP, TRUNK))
    side = leg if on_one and leg else segment.near_side
    return [(one, None if one is TRUNK else side) for one in chosen if one is TRUNK or side]


def _reading(
    quantity: Quantity,
    side: Side | None,
    values: Mapping[tuple[str, Side | None], FloatArray],
    now: Look,
    movement: str | None,
    view: ViewSettings,
) -> LiveReading:
    spec = next(one for one in SERIES if one.name == quantity.name)
    why = refusal(spec, now.segment, view)
    found = values.get((quantity.name, side))
    value = None if found is None or not math.isfinite(found[0, 0]) else float(found[0, 0])
    if why is None and found is None:
        why = "not measurable: it is counted from quiet standing on both feet"
    error = None if value is None else _error(quantity, value, now.segment, movement)
    label = "Depth (knee)" if quantity is DEPTH and movement is None else quantity.label
    return LiveReading(quantity.name, label, side, value, error, spec.unit, why)


def _error(quantity: Quantity, value: float, segment: Segment, movement: str | None) -> float | None:
    """95 % half-width; None where none is stored."""
    term = model_error(quantity.measure, movement)
    if term is None:
        return None
    turned = (segment.yaw_error_deg or 0.0) + (off_frontal_deg(segment) or 0.0) if quantity.leak else 0.0
    return error_half_width(LIVE_NOISE_DEG, term.sd_at(value), quantity.leak * turned)
