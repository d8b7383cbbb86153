"""Loose clothes cut to a body: the lower part of a shirt and the legs of shorts or trousers, as tubes that hang.

A tube's cut is found on the body at rest. Going down, each ring is as wide as the widest ring above it, because cloth
hangs from what stands out, times the looseness that the look asks for; then `cloth` lets it fall. Under it the same
garment is painted on the skin, so nothing shows through where a tube is pushed into the body.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import ConvexHull, cKDTree

from scripts.rendering.body import SIDES, Body, lateral_sign
from scripts.rendering.cloth import Cloth, tube_sheet
from scripts.rendering.geometry import Array, frame_from

if TYPE_CHECKING:
    from scripts.rendering.look import Look

__all__ = ["Garment", "cut_garments"]

RING_SPACING_M = 0.016
SHIRT_POINTS, LEG_POINTS = 64, 40
SLICE_M = 0.014
"""Half the thickness of the slice of skin that a ring is measured on."""
FEWEST = 24
"""Vertices a ring is measured on at least; where the mesh is coarse the slice is thicker."""
HELD_RINGS = 2
EASE_RINGS = 5
"""Rings over which a tube opens from the skin to its full looseness."""
CHEST = 0.60
"""Where a hanging shirt leaves the skin, from the hips (0) to the shoulders (1)."""
GROIN = 0.24
"""Where a leg of loose shorts leaves the skin, as part of the thigh."""
TROUSERS_HANG = 0.45
"""How much of the thigh's width a long leg keeps further down; shorts and shirts keep all."""
BOUND_TO = 4
SLIDES_M = 0.25
"""Skin farther than this from a garment at rest never touches it."""
OFF_SKIN_M = 0.010


@dataclass(frozen=True, slots=True, eq=False)
class Garment:
    """`rest_m` (V, 3) at the body's rest, triangles `faces`, distance to the hem `to_hem_m` (V,), the bones that would
    carry each point, `weight_index` and `weight` (V, W), and what it must stay outside of: the skin `collides` (C,)
    and the first `layers_under` vertices of the garments cut before it.
    """

    field: str
    rest_m: Array
    faces: np.ndarray
    to_hem_m: Array
    weight_index: np.ndarray
    weight: Array
    collides: np.ndarray
    cloth: Cloth
    layers_under: int = 0


def cut_garments(
    body: Body, look: Look, painted_m: Array, arm: Array, leg: Array, head: Array, shoes: np.ndarray
) -> list[Garment]:
    """The hanging garments of a look, the inner ones first.

    They are cut on the painted skin (V, 3), of which the arms, legs and head have the shares `arm`, `leg`, `head` (V,).
    `shoes` are vertices of the dressed body that trousers fall upon.
    """
    garments = []
    if look.loose_legs > 0:
        legs = [_leg(body, look, painted_m, leg > 0.35, side) for side in SIDES]
        garments += [replace(one, collides=np.concatenate([one.collides, shoes])) for one in legs]
    if look.loose_shirt > 0:
        shirt = _shirt(body, look, painted_m, (arm < 0.3) & (head < 0.3))
        garments.append(replace(shirt, layers_under=sum(len(garment.rest_m) for garment in garments)))
    return garments


def _shirt(body: Body, look: Look, painted_m: Array, trunk: np.ndarray) -> Garment:
    shoulder_z = body.joints_m["left_shoulder"][2]
    hip_z = body.mid_hip_m[2]
    top_z, hem_z = hip_z + CHEST * (shoulder_z - hip_z), hip_z + 0.03 - look.shirt_drop_m
    origin = np.array([0.0, body.mid_hip_m[1], top_z])
    usable = trunk & (painted_m[:, 2] > hem_z - 0.10)
    axes = np.array([[1.0, 0, 0], [0, -1.0, 0], [0, 0, -1.0]]).T
    tube = _Tube(origin, axes, top_z - hem_z, SHIRT_POINTS, look.loose_shirt, 1.0, look.hem_gather)
    return _cut("shirt", body, painted_m, usable, usable, tube)


def _leg(body: Body, look: Look, painted_m: Array, leg: np.ndarray, side: str) -> Garment:
    hip, knee, ankle = (body.joints_m[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
    own = leg & (painted_m[:, 0] * lateral_sign(side) > 0)
    start = hip + GROIN * (knee - hip)
    if look.shorts_length <= 1:
        length_m = (look.shorts_length - GROIN) * body.thigh_m
        axes, hang = frame_from(knee - hip, np.array([1.0, 0, 0])), 1.0
    else:
        end = knee + (look.shorts_length - 1) * (ankle - knee)
        length_m = float(np.linalg.norm(end - start))
        axes, hang = frame_from(end - start, np.array([1.0, 0, 0])), TROUSERS_HANG
    tube = _Tube(start, axes, length_m, LEG_POINTS, look.loose_legs, hang, 1.0)
    return _cut("shorts", body, painted_m, own, leg, tube)


@dataclass(frozen=True, slots=True, eq=False)
class _Tube:
    """`axes` columns: across, across, and down the tube, from `origin` in the middle of its upper rim."""

    origin_m: Array
    axes: Array
    length_m: float
    points: int
    looseness: float
    """How much longer than the body under it a ring is, as a part of its length."""
    hang: float
    """1: a ring is as wide as the widest above it; 0: as wide as the body under it."""
    gather: float
    """Length of the hem as a part of the ring above; below 1 it is gathered, as a hoodie's."""


def _cut(field: str, body: Body, painted_m: Array, usable: np.ndarray, touched: np.ndarray, tube: _Tube) -> Garment:
    """A garment that is measured on the skin `usable` (V,) and stays outside of the skin `touched` (V,) near it."""
    rings = max(4, round(tube.length_m / RING_SPACING_M)) + 1
    down_m = np.linspace(0, tube.length_m, rings)
    local = (painted_m - tube.origin_m) @ tube.axes
    outlines = _widened(_outlines(local[usable], down_m, tube.points), tube)
    rest_m = np.vstack(
        [np.column_stack([ring, np.full(tube.points, down)]) for ring, down in zip(outlines, down_m, strict=True)]
    )
    rest_m = rest_m @ tube.axes.T + tube.origin_m
    near_m, near = cKDTree(painted_m[usable]).query(rest_m, k=BOUND_TO)
    index, weight = _bound(body, np.flatnonzero(usable)[near], 1 / (near_m + 0.005))
    collides = np.flatnonzero(touched & _near(painted_m, rest_m, SLIDES_M))
    sheet = tube_sheet(rest_m, rings, tube.points, HELD_RINGS)
    to_hem_m = np.repeat(down_m[-1] - down_m, tube.points) + 0.004
    return Garment(field, rest_m, _tube_faces(rings, tube.points), to_hem_m, index, weight, collides, Cloth(sheet))


def _near(points_m: Array, others_m: Array, reach_m: float) -> np.ndarray:
    distance_m, _ = cKDTree(others_m).query(points_m, distance_upper_bound=reach_m)
    return np.isfinite(distance_m)


def _outlines(local: Array, down_m: Array, points: int) -> list[Array]:
    """Convex outlines (points, 2) of the slices at every height, seen from their middles at even angles."""
    outlines = []
    for down in down_m:
        off_m = abs(local[:, 2] - down)
        half_m = max(SLICE_M, float(np.partition(off_m, FEWEST)[FEWEST]))
        outlines.append(_radial(local[off_m <= half_m, :2], points))
    return outlines


def _radial(ring: Array, points: int) -> Array:
    """The convex hull of a ring (N, 2) where even angles about its middle meet it."""
    hull = ConvexHull(ring)
    middle = (ring[hull.vertices].max(0) + ring[hull.vertices].min(0)) / 2
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    direction = np.column_stack([np.cos(angle), np.sin(angle)])
    # Hull edges: normal . x + offset <= 0.
    speed = direction @ hull.equations[:, :2].T
    room = -(hull.equations[:, :2] @ middle + hull.equations[:, 2])
    reach = np.where(speed > 1e-9, room / np.maximum(speed, 1e-9), np.inf).min(1)
    return middle + reach[:, None] * direction


def _widened(outlines: list[Array], tube: _Tube) -> list[Array]:
    """Outlines as the cloth is cut: hanging from what stands out above, loose, and gathered at the hem."""
    widest = outlines[0]
    cut = []
    for ring, outline in enumerate(outlines):
        widest = _radial(np.vstack([widest, outline]), tube.points)
        hanging = outline + tube.hang * (widest - outline)
        middle = hanging.mean(0)
        opened = min(max(ring - HELD_RINGS + 1, 0) / EASE_RINGS, 1.0)
        outward = hanging - middle
        off_skin = 1 + OFF_SKIN_M * 0.3 / np.linalg.norm(outward, axis=1, keepdims=True)
        gather = tube.gather if ring >= len(outlines) - 3 else 1.0
        cut.append(middle + outward * off_skin * (1 + tube.looseness * opened) * gather)
    return cut


def _bound(body: Body, near: np.ndarray, closeness: Array) -> tuple[np.ndarray, Array]:
    """Skin weights of each point: those of the skin next to it, nearer vertices more."""
    share = closeness / closeness.sum(1, keepdims=True)
    index = body.weight_index[near].reshape(len(near), -1)
    weight = (body.weight[near] * share[:, :, None]).reshape(len(near), -1)
    return index, weight


def _tube_faces(rings: int, points: int) -> np.ndarray:
    ring, point = np.meshgrid(np.arange(rings - 1), np.arange(points), indexing="ij")
    first, second = ring * points + point, ring * points + (point + 1) % points
    quads = np.stack([first, second, second + points, first + points], axis=-1).reshape(-1, 4)
    return np.vstack([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int64)
