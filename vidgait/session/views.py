"""Front and side view of the same set: frontal angles at the knee flexion that the side view measures.

From the front, depth can only be guessed from how far the hips sink; from the side it is an angle. The moment at which
the near knee passes 45, 60, 75 and 90 degrees on the way down is read in the side clip and looked up in the front clip.
Two-legged movements: the near knee stands for both.

The error of such a number is that of the same change in the front clip alone (its camera, its network), together with
what the offset's error and the knee angle's error make of the slope there, in quadrature.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vidgait.errors import PairError
from vidgait.kinematics.standing import SIDES
from vidgait.measures.draws import standing_s
from vidgait.measures.functions import passes_s, read_at
from vidgait.session.alignment import HIPS, Alignment, align
from vidgait.session.checks import check_pair, name_of, view_of_clip
from vidgait.store import main_segment
from vidgait.types import Issue, Measure, Session, SessionLink

if TYPE_CHECKING:
    from vidgait.types import Analysis, FloatArray, Rep, Series, Side

__all__ = ["DEPTHS_DEG", "join_views"]

DEPTHS_DEG = (45, 60, 75, 90)
KNEE = "knee_flexion_deg"
HALF_WINDOW_S = 0.05
STANDING_HALF_WINDOW_S = 0.15


@dataclass(frozen=True, slots=True)
class _Quantity:
    """One frontal series, and the measures of the front clip whose error its change has, the nearest first."""

    series: str
    id: str
    label: str
    unit: str
    like: tuple[str, ...]


QUANTITIES = (
    _Quantity(
        "fppa_deg",
        "fppa_change",
        "Knee movement inward (FPPA change)",
        "deg",
        ("fppa_change_{depth}_degrees", "fppa_change"),
    ),
    _Quantity("hip_adduction_deg", "hip_adduction_change", "Hip adduction, change", "deg", ("hip_adduction_change",)),
    _Quantity(
        "knee_medial_displacement_percent",
        "knee_medial_displacement_change",
        "Knee inside the hip-ankle line, change",
        "% leg length",
        ("knee_medial_displacement_bottom",),
    ),
)


def join_views(first: Analysis, second: Analysis) -> Session:
    """The two clips as one session, the frontal one first. Raises PairError where they are not two views of one set."""
    check_pair(first, second)
    front, side = _by_role(first, second)
    found = align(front, side)
    knee = _knee(side)
    measures = tuple(_measures(front, side, found, knee))
    basis = (
        f"the hips' heights agree to {found.correlation:.3f} of 1 in every repetition, which fit within "
        f"{found.apart_s:.2f} s of one another"
    )
    link = SessionLink(
        "two_views", basis, found.offset_s, found.error_s, tuple((a.index, b.index) for a, b in found.reps)
    )
    return Session((front, side), ("front", "side"), link, measures=measures, issues=_issues(found))


def _by_role(first: Analysis, second: Analysis) -> tuple[Analysis, Analysis]:
    roles = {"front": "front", "back": "front", "left": "side", "right": "side"}
    found = [roles.get(view_of_clip(one)) for one in (first, second)]
    for one, role in zip((first, second), found, strict=True):
        if role is None:
            view = view_of_clip(one)
            where = "at an angle" if view == "oblique" else "from a direction that is not clear"
            raise PairError(
                f"{name_of(one)} was filmed {where}: a pair of views needs one from the front or behind and one from "
                "the side.",
                "State what is seen with --view, if it is known better.",
            )
    if found[0] == found[1]:
        where = "from the front or behind" if found[0] == "front" else "from the side"
        raise PairError(f"Both clips were filmed {where}: a pair of views needs one of each.")
    return (first, second) if found[0] == "front" else (second, first)


def _knee(side: Analysis) -> Series:
    """Flexion of the near knee. Raises PairError where the side clip has none."""
    segment = main_segment(side)
    near = segment.near_side if segment is not None else None
    found = next((one for one in side.series if one.name == KNEE and one.side == near), None)
    if found is None or not np.isfinite(found.value).any():
        why = "the near knee was not seen" if found is None or found.why_none is None else found.why_none
        raise PairError(f"{name_of(side)} gives no knee flexion: {why}.")
    return found


def _issues(found: Alignment) -> tuple[Issue, ...]:
    issues = []
    if len(found.reps) == 1:
        message = "One repetition was matched: that both clips show the same one cannot be checked by its rhythm."
        issues.append(Issue("one_repetition", "warning", message))
    if all(rep.side is None for rep, _ in found.reps):
        message = "The side view shows the knee nearer to the camera; it stands for both knees here."
        issues.append(Issue("near_knee_for_both", "info", message))
    return tuple(issues)


def _measures(front: Analysis, side: Analysis, found: Alignment, knee: Series) -> list[Measure]:
    result = []
    for quantity in QUANTITIES:
        for leg in SIDES:
            series = next((one for one in front.series if (one.name, one.side) == (quantity.series, leg)), None)
            pairs = [pair for pair in found.reps if pair[0].side in (None, leg)]
            if series is None or not pairs:
                continue
            for depth in DEPTHS_DEG:
                reps = [_of_rep(quantity, leg, depth, series, pair, front, side, found, knee) for pair in pairs]
                if any(one.value is not None for one in reps):
                    result += [*reps, _of_set(quantity, leg, depth, reps, front)]
    return result


def _of_rep(
    quantity: _Quantity,
    leg: Side,
    depth_deg: int,
    series: Series,
    pair: tuple[Rep, Rep],
    front: Analysis,
    side: Analysis,
    found: Alignment,
    knee: Series,
) -> Measure:
    id, label = _named(quantity, depth_deg)
    rep, partner = pair
    at_s = passes_s(knee.value, side.clean.time_s, partner.start_s, partner.instants["bottom"], depth_deg)
    if at_s is None:
        return Measure(id, label, None, quantity.unit, leg, rep.index, why_none=f"the knee does not reach {depth_deg}°")
    front_s = at_s - found.offset_s
    like = _like(quantity, leg, depth_deg, rep.index, front)
    if like is None or like.value is None or like.error is None:
        why = (like.why_none if like is not None else series.why_none) or "not measured in the front view"
        return Measure(id, label, None, quantity.unit, leg, rep.index, why_none=why)
    value = _read(series.value, front.clean.time_s, front_s, HALF_WINDOW_S)
    standing = _read(series.value, front.clean.time_s, _standing_s(front, rep), STANDING_HALF_WINDOW_S)
    if not math.isfinite(value - standing):
        return Measure(id, label, None, quantity.unit, leg, rep.index, why_none="the joints were not seen then")
    rate = _slope(series.value, front.clean.time_s, front_s)
    bend = _slope(knee.value, side.clean.time_s, at_s)
    deeper = side.find("knee_flexion_bottom", knee.side, partner.index)
    knee_error = (deeper.error if deeper is not None else None) or 0.0
    by_depth = rate / bend * knee_error if abs(bend) > 1.0 else 0.0
    return Measure(
        id,
        label,
        value - standing,
        quantity.unit,
        leg,
        rep.index,
        n=1,
        noise=math.hypot(like.noise or 0.0, rate * found.error_s),
        error=math.hypot(like.error, rate * found.error_s, by_depth),
        grade=like.grade,
        reasons=like.reasons,
        source="two views",
    )


def _of_set(quantity: _Quantity, leg: Side, depth_deg: int, reps: list[Measure], front: Analysis) -> Measure:
    id, label = _named(quantity, depth_deg)
    known = [one for one in reps if one.value is not None]
    like = _like(quantity, leg, depth_deg, None, front)
    # Repetitions share camera and network: the set errs like its middle repetition, never less than the set's own.
    error = float(np.median([one.error or 0.0 for one in known]))
    noise = float(np.median([one.noise or 0.0 for one in known]))
    return Measure(
        id,
        label,
        float(np.median([one.value or 0.0 for one in known])),
        quantity.unit,
        leg,
        None,
        n=len(known),
        noise=noise,
        error=max(error, (like.error if like is not None else None) or 0.0),
        grade=known[0].grade if like is None else like.grade,
        reasons=known[0].reasons if like is None else like.reasons,
        source="two views",
    )


def _named(quantity: _Quantity, depth_deg: int) -> tuple[str, str]:
    return f"{quantity.id}_at_knee_{depth_deg}", f"{quantity.label}, at {depth_deg}° of knee flexion (side view)"


def _like(quantity: _Quantity, leg: Side, depth_deg: int, rep: int | None, front: Analysis) -> Measure | None:
    """The front clip's own measure of the same kind: the first that has a number, else the last that was refused."""
    found = [front.find(name.format(depth=depth_deg), leg, rep) for name in quantity.like]
    known = [one for one in found if one is not None]
    return next((one for one in known if one.value is not None), known[-1] if known else None)


def _standing_s(front: Analysis, rep: Rep) -> float:
    """What the front clip's own changes are counted from: the full stand of a chair stand, or the standing before the
    start."""
    hips = next((one for one in front.series if one.name == HIPS and one.side is None), None)
    if "top" in rep.instants or hips is None:
        return rep.instants.get("top", rep.start_s)
    return standing_s(hips.value, front.clean.time_s, rep.start_s)


def _read(values: FloatArray, time_s: FloatArray, at_s: float, half_window_s: float) -> float:
    return float(read_at(values[None], time_s, np.array([[at_s]]), half_window_s)[0, 0])


def _slope(values: FloatArray, time_s: FloatArray, at_s: float) -> float:
    """Change a second over +-0.1 s; 0 where it was not seen."""
    ends = [_read(values, time_s, at_s + shift, 0.02) for shift in (-0.1, 0.1)]
    slope = (ends[1] - ends[0]) / 0.2
    return slope if math.isfinite(slope) else 0.0
