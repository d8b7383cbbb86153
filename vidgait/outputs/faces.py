"""Where faces are in every instant, of everybody who was seen: for making them unrecognisable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vidgait.types import BoolArray, ClipPoses, FloatArray, IntArray

__all__ = ["Faces", "heads_px"]

HOLD_S = 0.5
"""A head stays hidden this long before the first and after the last picture in which its person was found."""

BRIDGE_S = 2.0
"""Between two pictures in which the person was found, the head is led from one place to the other over this long."""

HELD_GROWTH = 1.3
"""A place that is only guessed is made larger, and larger still in the middle of a long gap."""

BRIDGE_GROWTH_PER_S = 0.6

SPREAD = 1.9
TRUNK_SHARE = 0.30
"""Radius of a head over the spread of eyes, ears and nose, and over the length of the trunk: the larger one holds. A
head is about 0.23 m high, ears and nose lie within 0.08 m of their middle, and the trunk is 0.5 m long."""

TRUNK_OVER_SHOULDERS = 1.3
"""Length of the trunk over the width of the shoulders, for people whose hips are not seen."""

HEAD_ABOVE = 0.4
"""Middle of the head above the shoulders, over the length of the trunk."""

ONE_SHOULDER_GROWTH = 1.8
"""The head stands beside a shoulder that is seen alone, on a side that is not known."""

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
        """(x, y, radius) of every head at this instant: found, or guessed: led over gaps of up to
        BRIDGE_S, and held at most HOLD_S beyond."""
        return [head for person in self._people for head in _heads_at(person, media_time_s, tolerance_s)]


def _heads_at(person: _Person, time_s: float, tolerance_s: float) -> list[FloatArray]:
    first, last = np.searchsorted(person.time_s, (time_s - tolerance_s, time_s + tolerance_s))
    if last > first:
        return list(person.heads[first:last])
    before = person.heads[first - 1] if first > 0 else None
    after = person.heads[first] if first < len(person.time_s) else None
    since_s = time_s - person.time_s[first - 1] if before is not None else np.inf
    until_s = person.time_s[first] - time_s if after is not None else np.inf
    guessed = []
    if before is not None and after is not None and since_s + until_s <= BRIDGE_S:
        led = before + (after - before) * since_s / (since_s + until_s)
        guessed.append(led * (1, 1, 1 + BRIDGE_GROWTH_PER_S * min(since_s, until_s)))
    if before is not None and since_s <= HOLD_S:
        guessed.append(before)
    if after is not None and until_s <= HOLD_S:
        guessed.append(after)
    return [head * (1, 1, HELD_GROWTH) for head in guessed]


def heads_px(poses: ClipPoses) -> FloatArray:
    """(P, 3) middle and radius of each head in pixels. From whatever parts of it have a place, however unsure: a face
    in profile or turned away is hidden like one in full view. Where no part has a place, a head-sized disc stands above
    the shoulders, one shoulder being enough. NaN where even they are missing."""
    skeleton = poses.skeleton
    parts = poses.xy_px[:, skeleton.indices(*HEAD)]
    shoulders, hips = (_middle(poses, part) for part in ("shoulder", "hip"))
    trunk = shoulders - hips
    left, right = (poses.xy_px[:, skeleton.index(f"{side}_shoulder")] for side in ("left", "right"))
    width_px = np.hypot(*(left - right).T)
    trunk_px = np.fmax(np.hypot(*trunk.T), TRUNK_OVER_SHOULDERS * width_px)
    seen: BoolArray = np.asarray(np.isfinite(trunk).all(axis=1))
    up = np.where(seen[:, None], trunk, np.outer(trunk_px, (0.0, -1.0)))
    known: BoolArray = np.asarray(np.isfinite(parts).all(axis=2))
    count = known.sum(axis=1)
    middle = np.where(known[..., None], parts, 0.0).sum(axis=1) / np.maximum(count, 1)[:, None]
    middle = np.where(count[:, None] > 0, middle, shoulders + HEAD_ABOVE * up)
    away = np.where(known, np.hypot(*np.moveaxis(parts - middle[:, None], -1, 0)), 0.0)
    beside = np.where((count == 0) & np.isnan(width_px), ONE_SHOULDER_GROWTH, 1.0)
    radius_px = np.fmax(SPREAD * away.max(axis=1, initial=0.0), TRUNK_SHARE * beside * trunk_px)
    return np.column_stack([middle, np.where(radius_px > 0, radius_px, np.nan)])


def _middle(poses: ClipPoses, part: str) -> FloatArray:
    """(P, 2) between left and right, or the one of them that has a place."""
    pair = poses.xy_px[:, poses.skeleton.indices(f"left_{part}", f"right_{part}")]
    first, second = pair[:, 0], pair[:, 1]
    one: FloatArray = np.where(np.isfinite(first), first, second)
    both = 0.5 * (first + second)
    return np.where(np.isfinite(both), both, one)
