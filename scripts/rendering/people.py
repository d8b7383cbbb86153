"""Other people in the picture: who they are, what they do, and where they walk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from scripts.rendering.camera import picture_axes
from scripts.rendering.geometry import Array, turn_left
from scripts.rendering.look import Look

if TYPE_CHECKING:
    from scripts.rendering.body import Body
    from scripts.rendering.motion import Motion

__all__ = ["Companion", "Waypoint", "companion_poses"]


@dataclass(frozen=True, slots=True)
class Waypoint:
    """Where the origin of a person's own movement is on the floor at a time, as the camera sees it.

    The origin is where the athlete stands.
    """

    time_s: float
    right_m: float = 0.0
    """To the right in the picture."""
    away_m: float = 0.0
    """Away from the camera; negative: between the camera and the athlete."""


@dataclass(frozen=True, slots=True)
class Companion:
    """A second person. They face one way all the time and move straight and evenly between the points of their path;
    before the first and after the last they stay there. A movement that carries its person along, as walking does,
    adds to the path: give it one point.
    """

    body: str
    motion: Motion
    look: Look = field(default_factory=Look)
    path: tuple[Waypoint, ...] = (Waypoint(0.0, 1.0, 0.6),)
    yaw_deg: float = 0.0
    """Towards the camera: 0 faces it, +90 shows their left side (they face the picture's left), 180 their back."""
    motion_start_s: float = 0.0
    """Time of the clip at which their movement begins; they hold its first pose before, and its last one after."""


def companion_poses(companion: Companion, body: Body, time_s: Array, camera_yaw_deg: float) -> list[Array]:
    """Bone transforms (B, 4, 4) of `companion` at every time, in the world of an athlete seen at `camera_yaw_deg`."""
    motion = companion.motion
    own_s = np.clip(time_s - companion.motion_start_s, 0.0, motion.duration_s - 1e-6)
    placed = np.eye(4)
    placed[:3, :3] = turn_left(camera_yaw_deg - companion.yaw_deg)
    poses = []
    for pose, place in zip(motion.poses(body, own_s), _places(companion, time_s, camera_yaw_deg), strict=True):
        placed[:3, 3] = place
        poses.append(placed @ pose)
    return poses


def _places(companion: Companion, time_s: Array, camera_yaw_deg: float) -> Array:
    """(T, 3) in the world."""
    at_s = [point.time_s for point in companion.path]
    right_m = np.interp(time_s, at_s, [point.right_m for point in companion.path])
    away_m = np.interp(time_s, at_s, [point.away_m for point in companion.path])
    return np.column_stack([right_m, away_m, np.zeros(len(time_s))]) @ picture_axes(camera_yaw_deg)
