"""A pinhole camera without lens distortion. Pixels: origin top left, x right, y down; pixel centres are at +0.5."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scripts.rendering.geometry import Array, unit

__all__ = ["VIEW_YAW_DEG", "Camera", "picture_axes", "place_camera", "view_name"]

VIEW_YAW_DEG = {"front": 0.0, "left": 90.0, "right": -90.0, "back": 180.0}
"""What the camera sees of the person, and the yaw of the person towards the camera: + shows the left side."""


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    position_m: Array
    axes: Array
    """(3, 3), rows: right, down and forward of the picture, in the world."""
    focal_px: float
    centre_px: Array
    size_px: tuple[int, int]
    yaw_deg: float
    roll_deg: float = 0.0

    def project(self, points_m: Array) -> Array:
        """Points (..., 3) in the world to (..., 3): x and y in pixels, depth in metres."""
        local = (np.asarray(points_m) - self.position_m) @ self.axes.T
        depth = local[..., 2:]
        return np.concatenate([self.focal_px * local[..., :2] / depth + self.centre_px, depth], axis=-1)

    def shifted(self, offset_px: Array) -> Camera:
        """The same camera with its picture moved: a small hand movement."""
        return replace(self, centre_px=self.centre_px + offset_px)

    def rolled(self, roll_deg: float) -> Camera:
        """The same camera turned clockwise about its own line of sight, so that the picture turns the other way."""
        roll = np.radians(roll_deg)
        right, down, forward = self.axes
        turned_right = np.cos(roll) * right + np.sin(roll) * down
        axes = np.stack([turned_right, np.cross(forward, turned_right), forward])
        return replace(self, axes=axes, roll_deg=self.roll_deg + roll_deg)

    def scaled(self, factor: float) -> Camera:
        """The same view with `factor` times as many pixels a side."""
        width, height = self.size_px
        return replace(
            self,
            focal_px=self.focal_px * factor,
            centre_px=self.centre_px * factor,
            size_px=(round(width * factor), round(height * factor)),
        )

    def describe(self) -> dict[str, Any]:
        return {
            "position_m": self.position_m.round(6).tolist(),
            "axes_right_down_forward": self.axes.round(9).tolist(),
            "focal_px": round(self.focal_px, 4),
            "centre_px": self.centre_px.round(4).tolist(),
            "size_px": list(self.size_px),
            "roll_deg": round(self.roll_deg, 4),
        }


def place_camera(
    yaw_deg: float,
    distance_m: float,
    height_m: float,
    target_m: Array,
    focal_px: float,
    size_px: tuple[int, int],
    roll_deg: float = 0.0,
) -> Camera:
    """A camera `distance_m` from the target on the floor plan, looking at it.

    `yaw_deg` is the person's yaw as vidgait defines it: 0 faces the camera, +90 shows the left side, 180 the back.
    `roll_deg` turns the camera clockwise, so the picture turns counter-clockwise.
    """
    yaw = np.radians(yaw_deg)
    position = np.array([target_m[0] + distance_m * np.sin(yaw), target_m[1] - distance_m * np.cos(yaw), height_m])
    forward = unit(target_m - position)
    right = unit(np.cross(forward, [0.0, 0.0, 1.0]))
    down = np.cross(forward, right)
    centre = np.array([size_px[0] / 2, size_px[1] / 2])
    level = Camera(position, np.stack([right, down, forward]), focal_px, centre, size_px, yaw_deg)
    return level.rolled(roll_deg)


def picture_axes(yaw_deg: float) -> Array:
    """Rows: the picture's right, away from the camera and up in the world, for a level camera at this yaw."""
    cos, sin = np.cos(np.radians(yaw_deg)), np.sin(np.radians(yaw_deg))
    return np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1.0]])


def view_name(yaw_deg: float) -> str:
    """front, back, left, right, or oblique where the camera is more than 15 degrees off all of them."""
    for name, centre in VIEW_YAW_DEG.items():
        if abs((yaw_deg - centre + 180) % 360 - 180) <= 15:
            return name
    return "oblique"
