"""Analyses and references made to order, so that a test of validation knows every difference between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tests.support.analyses import synthetic_squat
from vidgait.truth.reference import Key, Reference, TrueRep
from vidgait.types import Analysis, FloatArray, Measure, Movement, Rep, Series, Side, View

__all__ = ["TIME_S", "analysis_of", "measure", "reference_of_series", "squat_rep", "true_squat_rep", "wave"]

TIME_S = np.arange(150) / 30.0
"""Five seconds at 30 frames a second."""
YAW_DEG: Mapping[View, float] = {"front": 0.0, "back": 180.0, "left": 90.0, "right": -90.0, "oblique": 40.0}


def wave(time_s: FloatArray, period_s: float = 2.0, low: float = 5.0, high: float = 95.0) -> FloatArray:
    """A knee that bends and straightens."""
    return low + (high - low) * (0.5 - 0.5 * np.cos(2 * np.pi * time_s / period_s))


def analysis_of(
    view: View = "left",
    series: Mapping[Key, FloatArray] | None = None,
    reps: Sequence[Rep] = (),
    measures: Sequence[Measure] = (),
    movement: str | None = "squat",
    **parts: Any,
) -> Analysis:
    """An analysis that shows exactly these series, repetitions and measures, in one segment of `view`."""
    plain = synthetic_squat("left" if view == "oblique" else view, time_s=TIME_S, reps=1)
    yaw = YAW_DEG[view]
    near: Side | None = None if view in ("front", "back") else "left" if yaw > 0 else "right"
    segment = replace(plain.segments[0], start_s=0.0, end_s=10.0, view=view, yaw_deg=yaw, near_side=near)
    shown = [Series(name, "deg", side, value) for (name, side), value in (series or {}).items()]
    return replace(
        plain,
        segments=(segment,),
        series=tuple(shown),
        reps=tuple(reps),
        measures=tuple(measures),
        movement=Movement(movement, 1.0, "made to order"),
        **parts,
    )


def reference_of_series(
    series: Mapping[Key, FloatArray],
    view: View = "left",
    reps: Sequence[TrueRep] | None = (),
    movement: str | None = "squat",
    time_s: FloatArray = TIME_S,
    **parts: Any,
) -> Reference:
    return Reference(
        name="made",
        kind="made to order",
        time_s=time_s,
        series=series,
        movement=movement,
        reps=None if reps is None else tuple(reps),
        view=view,
        yaw_deg=np.full(time_s.shape, YAW_DEG[view]),
        on_video_clock=True,
        **parts,
    )


def true_squat_rep(index: int, start_s: float, bottom_s: float, end_s: float) -> TrueRep:
    """Rests 0.1 s on either side of its lowest moment."""
    instants = {
        "start": start_s,
        "eccentric_end": bottom_s - 0.1,
        "bottom": bottom_s,
        "concentric_start": bottom_s + 0.1,
        "end": end_s,
    }
    return TrueRep(index, "rep", None, start_s, end_s, instants)


def squat_rep(index: int, start_s: float, bottom_s: float, end_s: float) -> Rep:
    instants = {"eccentric_end": bottom_s - 0.1, "bottom": bottom_s, "concentric_start": bottom_s + 0.1}
    return Rep(index, "rep", start_s, end_s, instants=instants)


def measure(id: str, value: float | None, error: float | None = None, **parts: Any) -> Measure:
    return Measure(id, id, value, "deg", error=error, **parts)
