"""Rotations and unit vectors. World axes: x to the person's left, y backwards, z up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Array",
    "about_axis",
    "blend_skin",
    "frame_from",
    "lean_forward",
    "roll_left_down",
    "rotation_fraction",
    "shortest_rotation",
    "turn_left",
    "unit",
]

Array = NDArray[np.float64]


def unit(vector: Array) -> Array:
    """`vector` (..., 3) scaled to length 1; a zero vector stays zero."""
    return vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-12)


def lean_forward(angle_deg: float) -> Array:
    """Rotation about x: + tips the top of a segment forward (towards -y)."""
    angle = np.radians(angle_deg)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])


def roll_left_down(angle_deg: float) -> Array:
    """Rotation about y: + lowers the person's left side and tips the top of a segment to the left."""
    angle = np.radians(angle_deg)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])


def turn_left(angle_deg: float) -> Array:
    """Rotation about z: + turns a person who faces -y towards their left (+x)."""
    angle = np.radians(angle_deg)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])


def about_axis(axis: Array, angle_rad: float) -> Array:
    """Rotation about any axis (Rodrigues)."""
    x, y, z = unit(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle_rad) * cross + (1 - np.cos(angle_rad)) * cross @ cross


def shortest_rotation(start: Array, end: Array) -> Array:
    """The smallest rotation that takes the direction `start` to the direction `end`."""
    start, end = unit(start), unit(end)
    axis = np.cross(start, end)
    sine = float(np.linalg.norm(axis))
    return np.eye(3) if sine < 1e-9 else about_axis(axis, float(np.arctan2(sine, start @ end)))


def rotation_fraction(rotation: Array, fraction: float) -> Array:
    """The part `fraction` (0 to 1) of a rotation, about its own axis."""
    angle = float(np.arccos(np.clip((np.trace(rotation) - 1) / 2, -1, 1)))
    if angle < 1e-6:
        return np.eye(3)
    axis = np.array([rotation[2, 1] - rotation[1, 2], rotation[0, 2] - rotation[2, 0], rotation[1, 0] - rotation[0, 1]])
    return about_axis(axis, angle * fraction)


def frame_from(along: Array, across: Array) -> Array:
    """Right-handed axes as columns: z along the segment, x as near to `across` as can be."""
    z = unit(along)
    x = unit(across - (across @ z) * z)
    return np.stack([x, np.cross(z, x), z], axis=1)


def blend_skin(transforms: Array, vertices_m: Array, weight_index: NDArray[np.integer], weight: Array) -> Array:
    """Vertices (V, 3) carried by bone transforms (B, 4, 4) with weights (V, W) of the bones `weight_index` (V, W):
    linear blend skinning.
    """
    blended = np.zeros((len(weight), 12))
    flat = transforms[:, :3, :].reshape(len(transforms), 12)
    for column in range(weight.shape[1]):
        blended += weight[:, column, None] * flat[weight_index[:, column]]
    matrix = blended.reshape(-1, 3, 4)
    return np.einsum("vij,vj->vi", matrix[:, :, :3], vertices_m) + matrix[:, :, 3]
