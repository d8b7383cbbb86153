"""Where faces are in every instant, of everybody who was seen: for making them unrecognisable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vidgait.types import BoolArray, ClipPoses, FloatArray, IntArray

__all__ = ["Faces", "heads_px"]

HOLD_S = 0.5
"""A head stays hidden this long before, between and after pictures in which its person was found."""

HELD_GROWTH = 1.3
"""A place that is only guessed is made larger."""

SPREAD = 1.9
TRUNK_SHARE = 0.30
"""Radius of a head over the spread of eyes, ears and nose, and over the length of the trunk: the larger one holds. A
head is about 0.23 m high, ears and nose lie within 0.08 m of their middle, and the trunk is 0.5 m long."""

HEAD = ("nose", "left_eye", "right_eye", "left_ear", "right_ear")


@dataclass(frozen=True, slots=True, eq=False)
class _Person:
    time_s: FloatArray
    heads: FloatArray
    """(n, 3) x, y and radius"""


class Faces:
    """Heads of a clip on its media clock, in source pixels."""

    def __init__(self, poses: ClipPoses, person_ids: IntArray) -> None:
        heads, time_s = heads_px(poses), poses.media_time_s[poses.frame]
        known = np.isfinite(heads).all(axis=1)
        self._people = [
            _Person(time_s[known & (person_ids == person)], heads[known & (person_ids == person)])
            for person in np.unique(person_ids)
        ]

    def at(self, media_time_s: float, tolerance_s: float) -> list[FloatArray]:
        """(x, y, radius) of every head at this instant: found, or held from pictures at most HOLD_S away."""
        return [head for person in self._people for head in _heads_at(person, media_time_s, tolerance_s)]


def _heads_at(person: _Person, time_s: float, tolerance_s: float) -> list[FloatArray]:
    first, last = np.searchsorted(person.time_s, (time_s - tolerance_s, time_s + tolerance_s))
    if last > first:
        return list(person.heads[first:last])
    held = []
    if first > 0 and time_s - person.time_s[first - 1] <= HOLD_S:
        held.append(person.heads[first - 1])
    if first < len(person.time_s) and person.time_s[first] - time_s <= HOLD_S:
        held.append(person.heads[first])
    if len(held) == 2:
        held.append((held[0] + held[1]) / 2)
    return [head * (1, 1, HELD_GROWTH) for head in held]


def heads_px(poses: ClipPoses) -> FloatArray:
    """(P, 3) middle and radius of each head in pixels, from whatever parts of it have a place, however unsure; where
    none has, from the shoulders. NaN where even they are missing."""
    skeleton = poses.skeleton
    parts = poses.xy_px[:, skeleton.indices(*HEAD)]
    shoulders, hips = (
        poses.xy_px[:, skeleton.indices(f"left_{part}", f"right_{part}")].mean(axis=1) for part in ("shoulder", "hip")
    )
    trunk = shoulders - hips
    trunk_px = np.hypot(trunk[:, 0], trunk[:, 1])
    known: BoolArray = np.asarray(np.isfinite(parts).all(axis=2))
    count = known.sum(axis=1)
    middle = np.where(known[..., None], parts, 0.0).sum(axis=1) / np.maximum(count, 1)[:, None]
    middle = np.where(count[:, None] > 0, middle, shoulders + 0.4 * trunk)
    away = np.where(known, np.hypot(*np.moveaxis(parts - middle[:, None], -1, 0)), 0.0)
    radius_px = np.fmax(SPREAD * away.max(axis=1), TRUNK_SHARE * trunk_px)
    return np.column_stack([middle, radius_px])
