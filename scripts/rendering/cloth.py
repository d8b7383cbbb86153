"""Cloth that hangs: a tube of points on threads, held at its upper rim, falling by its own weight over a moving body.

What it is: position-based dynamics (Müller et al., Position Based Dynamics, J. Vis. Commun. 2007) of a mesh of points
and distance constraints, many small steps a frame with few passes each (as Macklin et al., Small Steps in Physics
Simulation, SCA 2019). Threads resist stretch fully and compression hardly, so that cloth gathers instead of buckling;
shear and bending are soft. Points stay outside the skin, with friction on it. So a hem hangs from what carries it,
slides over hips and thighs when they move, and lags and swings a little.

What it is not: it knows no touch of cloth with cloth (folds may pass through each other), none with arms and hands, no
wind, no seams, and its stiffness is set by eye, not measured on fabric. The tube's upper rim is glued to the skin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from scripts.rendering.geometry import Array

__all__ = ["Cloth", "Sheet", "tube_sheet"]

STEP_HZ = 600.0
"""Small steps a second; stiffness and friction below belong to it."""
PASSES = 3
"""Over all threads, each step; one would let long legs sag by some per cent."""
NEIGHBOUR_LOOKS_HZ = 120.0
"""How often each point looks for the skin next to it."""
NEIGHBOURS = 3
GAP_M = 0.004
"""Between a cloth's point and the skin."""
DEEPEST_PUSH_M = 0.006
"""A point inside the skin leaves it by at most this a step."""
FRICTION = 0.12
AIR_PER_S = 2.5
SETTLE_S = 0.9
SETTLE_AIR_PER_S = 8.0
GRAVITY_M_S2 = 9.81
STRETCH, COMPRESSION, SHEAR, BENDING = 1.0, 0.004, 0.002, 0.001
"""Part of a thread's error that one pass takes back."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Threads of a mesh: `pairs` (P, 2) of points, their length at rest (P,) and what part of an error too long and
    too short they take back a step, `pull` and `push` (P,). The first `held` points are carried by the body.
    """

    pairs: np.ndarray
    length_m: Array
    pull: Array
    push: Array
    held: int


def tube_sheet(rest_m: Array, rings: int, points: int, held_rings: int) -> Sheet:
    """Threads of a tube whose points (rings * points, 3) go around ring by ring from the top."""
    index = np.arange(rings * points).reshape(rings, points)
    after = np.roll(index, -1, axis=1)
    threads = [
        (index, after, STRETCH, COMPRESSION),
        (index[:-1], index[1:], STRETCH, COMPRESSION),
        (index[:-1], after[1:], SHEAR, 0.5 * SHEAR),
        (after[:-1], index[1:], SHEAR, 0.5 * SHEAR),
        (index, np.roll(index, -2, axis=1), 0.0, BENDING),
        (index[:-2], index[2:], 0.0, BENDING),
    ]
    pairs = np.vstack([np.column_stack([first.ravel(), second.ravel()]) for first, second, _, _ in threads])
    pull = np.concatenate([np.full(first.size, value) for first, _, value, _ in threads])
    push = np.concatenate([np.full(first.size, value) for first, _, _, value in threads])
    length_m = np.linalg.norm(rest_m[pairs[:, 0]] - rest_m[pairs[:, 1]], axis=1)
    return Sheet(pairs, length_m, pull, push, held_rings * points)


@njit(cache=True)
def _take_back(place, sheet_pairs, length, pull, push, held):  # type: ignore[no-untyped-def]
    """One pass over all threads, in place."""
    for thread in range(len(sheet_pairs)):
        a, b = sheet_pairs[thread, 0], sheet_pairs[thread, 1]
        free_a, free_b = (1.0 if a >= held else 0.0), (1.0 if b >= held else 0.0)
        if free_a + free_b == 0.0:
            continue
        dx, dy, dz = place[b, 0] - place[a, 0], place[b, 1] - place[a, 1], place[b, 2] - place[a, 2]
        now = np.sqrt(dx * dx + dy * dy + dz * dz) + 1e-12
        error = now - length[thread]
        part = (pull[thread] if error > 0 else push[thread]) * error / now / (free_a + free_b)
        place[a, 0] += free_a * part * dx
        place[a, 1] += free_a * part * dy
        place[a, 2] += free_a * part * dz
        place[b, 0] -= free_b * part * dx
        place[b, 1] -= free_b * part * dy
        place[b, 2] -= free_b * part * dz


@njit(cache=True)
def _keep_outside(place, before, near, skin, skin_before, normal, held):  # type: ignore[no-untyped-def]
    """Push points out of the skin next to them, and let the skin drag what touches it, in place."""
    count = near.shape[1]
    for point in range(held, len(place)):
        depth = GAP_M
        n = np.zeros(3)
        moved = np.zeros(3)
        for neighbour in range(count):
            v = near[point, neighbour]
            for axis in range(3):
                n[axis] += normal[v, axis] / count
                moved[axis] += (skin[v, axis] - skin_before[v, axis]) / count
                depth -= (place[point, axis] - skin[v, axis]) * normal[v, axis] / count
        if depth <= 0:
            continue
        size = np.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]) + 1e-9
        push = min(depth, DEEPEST_PUSH_M)
        slide = np.zeros(3)
        along = 0.0
        for axis in range(3):
            n[axis] /= size
            place[point, axis] += push * n[axis]
            slide[axis] = place[point, axis] - before[point, axis] - moved[axis]
            along += slide[axis] * n[axis]
        for axis in range(3):
            place[point, axis] -= FRICTION * (slide[axis] - along * n[axis])


@njit(cache=True)
def _steps(place, speed, skin_path, held_path, normal, near, threads, step_s, air):  # type: ignore[no-untyped-def]
    """Small steps in place. `skin_path` (S + 1, C, 3) and `held_path` (S + 1, H, 3) go from before to after."""
    pairs, length, pull, push = threads
    held = held_path.shape[1]
    keep = np.exp(-air * step_s)
    for step in range(1, len(skin_path)):
        before = place.copy()
        for point in range(held, len(place)):
            for axis in range(3):
                speed[point, axis] *= keep
                place[point, axis] += step_s * speed[point, axis]
            place[point, 2] -= step_s * step_s * GRAVITY_M_S2
        place[:held] = held_path[step]
        for _ in range(PASSES):
            _take_back(place, pairs, length, pull, push, held)
        _keep_outside(place, before, near, skin_path[step], skin_path[step - 1], normal, held)
        speed[:] = (place - before) / step_s


def _path(start: Array, end: Array, count: int) -> Array:
    """`count` + 1 places from `start` to `end`, evenly."""
    share = np.linspace(0, 1, count + 1)[:, None, None]
    return (1 - share) * start + share * end


class Cloth:
    """The state of one sheet as time goes on."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.place_m = np.zeros((0, 3))
        self._speed_m_s = np.zeros((0, 3))
        self._skin_m = np.zeros((0, 3))

    def settle(self, carried_m: Array, skin_m: Array, normals: Array) -> None:
        """Start anew: fall from `carried_m` (V, 3), where the body itself would carry the cloth, and come to rest."""
        self.place_m, self._speed_m_s, self._skin_m = carried_m.copy(), np.zeros_like(carried_m), skin_m
        self.advance(SETTLE_S, carried_m[: self.sheet.held], skin_m, normals, SETTLE_AIR_PER_S)
        self._speed_m_s[:] = 0

    def advance(
        self, passed_s: float, held_m: Array, skin_m: Array, normals: Array, air_per_s: float = AIR_PER_S
    ) -> None:
        """Move on by `passed_s` while the body moves evenly to `held_m` (H, 3) and `skin_m` (C, 3)."""
        looks = max(1, round(passed_s * NEIGHBOUR_LOOKS_HZ))
        steps = max(1, round(passed_s * STEP_HZ / looks))
        held_path = _path(self.place_m[: self.sheet.held], held_m, looks * steps)
        skin_path_ends = _path(self._skin_m, skin_m, looks)
        sheet = self.sheet
        threads = (sheet.pairs, sheet.length_m, sheet.pull, sheet.push)
        for look in range(looks):
            _, near = cKDTree(skin_path_ends[look + 1]).query(self.place_m, k=NEIGHBOURS)
            skin_path = _path(skin_path_ends[look], skin_path_ends[look + 1], steps)
            held = held_path[look * steps : (look + 1) * steps + 1]
            _steps(
                self.place_m, self._speed_m_s, skin_path, held, normals, near, threads,
                passed_s / (looks * steps), air_per_s,
            )  # fmt: skip
        self._skin_m = skin_m
