"""Hand-made live values for the tests of the guide, the coach and the summary."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from vidgait.live.state import LiveRep, LiveState
from vidgait.types import BLAZEPOSE, FloatArray, Measure, Side

__all__ = ["SIZE_PX", "measure", "rep", "standing_px", "state"]

SIZE_PX = (720, 1280)
_HEIGHTS = {"shoulder": 0.2, "hip": 0.5, "knee": 0.74, "ankle": 0.95, "heel": 0.98, "toe": 1.0, "ear": 0.03}


def standing_px(tall: float = 0.8, top: float = 0.1, middle: float = 0.5) -> FloatArray:
    """(33, 2) somebody upright who faces the camera: `tall`, `top` and `middle` in shares of SIZE_PX."""
    points = np.zeros((33, 2))
    for row, name in enumerate(BLAZEPOSE.keypoints):
        side, _, part = name.partition("_")
        beside = {"left": 0.06, "right": -0.06}.get(side, 0.0)
        height = 0.0 if name == "nose" else _HEIGHTS.get(part, 0.3)
        points[row] = (middle + beside) * SIZE_PX[0], (top + height * tall) * SIZE_PX[1]
    return points


def state(time_s: float = 0.0, **changes: Any) -> LiveState:
    """Somebody who stands in the middle, faces the camera and squats; repetitions are under way."""
    plain = LiveState(
        time_s=time_s,
        stage="working",
        points_px=standing_px(),
        score=np.ones(33),
        roll_deg=0.0,
        view="front",
        facing="camera",
        near_side=None,
        yaw_deg=0.0,
        movement="squat",
        phase="rest",
        depth_share=0.0,
        readings=(),
        reps=(),
    )
    return replace(plain, **changes)


def measure(id: str, value: float | None, side: Side | None = None, noise: float = 3.0, **changes: Any) -> Measure:
    return Measure(id, "Label", value, "deg", side, noise=noise, error=noise + 2, grade="A", **changes)


def rep(index: int, *measures: Measure, side: Side | None = None, excluded: str | None = None) -> LiveRep:
    """The repetition with this index takes from 3 * index - 2 to 3 * index seconds."""
    start_s = 3.0 * index - 2.0
    return LiveRep(index, side, start_s, start_s + 1.0, start_s + 2.0, start_s + 2.2, measures, excluded)
