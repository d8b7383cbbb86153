"""One frame: skin, rasterise, shade, and what a phone's sensor adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scripts.rendering.body import SIDES
from scripts.rendering.geometry import Array, unit
from scripts.rendering.rasteriser import draw_light_depth, draw_triangles, vertex_normals
from scripts.rendering.scene import FLOORS, WALLS, Light, Mesh, Room
from scripts.rendering.shading import LIGHT_BLOCK, PALETTE, SETTINGS, room_layers, shade, shade_room

if TYPE_CHECKING:
    from scripts.rendering.camera import Camera
    from scripts.rendering.look import Figure

__all__ = ["Studio"]

LIGHT_MAP_SIZE = 1024


def _linear(colour: Array | tuple[float, float, float]) -> Array:
    """sRGB 0 to 1 to linear light, by the usual power approximation."""
    return np.asarray(colour, float) ** 2.2


def _palette(figure: Figure, room: Room) -> Array:
    colours = {
        "floor": room.floor_colour,
        "wall": room.wall_colour,
        "wall_accent": room.wall_accent,
    }
    return np.array([_linear(colours.get(name) or getattr(figure.look, name)) for name in PALETTE])


def _settings(figure: Figure, room: Room, light: Light, focal_px: float) -> Array:
    values = {
        "fold": figure.look.fold,
        "checked": float(figure.look.checked),
        "sole_z": figure.body.floor_z_m,
        "lamp": light.lamp * light.exposure,
        "room_light": light.room * light.exposure,
        "warmth": light.warmth,
        "floor_style": float(FLOORS.index(room.floor)),
        "wall_style": float(WALLS.index(room.wall)),
        "wall_distance": room.wall_distance_m,
        "focal": focal_px,
    }
    return np.array([values[name] for name in SETTINGS])


def _away(yaw_deg: float) -> Array:
    """Horizontal direction away from the camera."""
    yaw = np.radians(yaw_deg)
    return np.array([-np.sin(yaw), np.cos(yaw), 0.0])


def _light_direction(light: Light, away: Array) -> Array:
    right = np.array([away[1], -away[0], 0.0])
    x, y, z = light.direction
    return unit(x * right + y * away + np.array([0, 0, z]))


def _light_map(
    vertices: Array, faces: np.ndarray, person: int, direction: Array
) -> tuple[Array, Array, Array, Array, float]:
    """The lamp's view of the scene: its axes, the corner of its map, the depth map, the smallest depth of every
    block of the map and its neighbours (most of the room is in no shadow at all), and map pixels a metre.

    It covers the first `person` vertices: shadows of things that fall outside are left out.
    """
    across = unit(np.cross(direction, [0.0, 1.0, 0.1]))
    axes = np.stack([across, np.cross(direction, across), -direction])
    places = vertices @ axes.T
    low = places[:person].min(0)[:2] - 0.25
    scale = LIGHT_MAP_SIZE / (np.ptp(places[:person, :2], axis=0).max() + 0.5)
    depth = np.full((LIGHT_MAP_SIZE, LIGHT_MAP_SIZE), 1e9, np.float32)
    flat = np.column_stack([(places[:, :2] - low) * scale, places[:, 2]])
    draw_light_depth(flat, faces, depth)
    blocks = depth.reshape(LIGHT_MAP_SIZE // LIGHT_BLOCK, LIGHT_BLOCK, -1, LIGHT_BLOCK).min(axis=(1, 3))
    return axes, low, depth, cv2.erode(blocks, np.ones((3, 3), np.uint8)), float(scale)


def _feet(figure: Figure, vertices: Array) -> Array:
    """Middle and height of each foot, (2, 3)."""
    feet = [vertices[figure.body.foot_vertices[side]] for side in SIDES]
    return np.array([[*foot.mean(0)[:2], max(foot[:, 2].min(), 0.0)] for foot in feet])


def _padded(values: Array, count: int) -> Array:
    return np.vstack([values, np.zeros((count, values.shape[1]))])


class Studio:
    """A dressed person in a room, ready to be photographed again and again. The empty room is kept between frames."""

    def __init__(self, figure: Figure, room: Room, things: Mesh, light: Light, supersampling: float) -> None:
        self.figure = figure
        self.room = room
        self.things = things
        self.light = light
        self.supersampling = supersampling
        self.faces = np.vstack([figure.faces, things.faces + len(figure.rest_m)])
        self.rest_m = _padded(figure.rest_m, len(things.vertices_m))
        self.palette = _palette(figure, room)
        self._layers: tuple[Array, Array, Array] | None = None
        self._layers_centre = np.zeros(2)

    def photograph(self, transforms: Array, camera: Camera, noise: float, random: np.random.Generator) -> np.ndarray:
        """The picture (H, W, 3), 8-bit sRGB. `noise` is its standard deviation in grey levels."""
        fine = camera.scaled(self.supersampling)
        person = self.figure.body.skin(transforms)
        vertices = np.vstack([person, self.things.vertices_m])
        seen, weight_1, weight_2 = _visible(fine, vertices, self.faces)
        direction = _light_direction(self.light, _away(camera.yaw_deg))
        light_map = _light_map(vertices, self.faces, len(person), direction)
        image = np.empty((*seen.shape, 3), np.float32)
        shade_room(image, seen, self._room_layers(fine, direction), _feet(self.figure, person), light_map)
        shade(
            image, seen, weight_1, weight_2, self.faces, vertices, vertex_normals(vertices, self.faces),
            self.rest_m, self.figure.fields, len(self.figure.faces), _linear(self.things.colours),
            fine.axes, fine.centre_px, direction, light_map, self.palette, self._settings(fine),
        )  # fmt: skip
        return _develop(image, camera.size_px, noise, random)

    def _settings(self, fine: Camera) -> Array:
        return _settings(self.figure, self.room, self.light, fine.focal_px)

    def _room_layers(self, fine: Camera, direction: Array) -> tuple[Array, Array, Array]:
        if self._layers is None or not np.array_equal(self._layers_centre, fine.centre_px):
            width, height = fine.size_px
            layers = tuple(np.empty((height, width, 3), np.float32) for _ in range(3))
            away = _away(fine.yaw_deg)
            room_layers(
                *layers, fine.position_m, fine.axes, fine.centre_px, away, direction, self.palette, self._settings(fine)
            )
            self._layers, self._layers_centre = layers, fine.centre_px
        return self._layers


def _visible(camera: Camera, vertices: Array, faces: np.ndarray) -> tuple[np.ndarray, Array, Array]:
    """Triangle seen in each pixel (H, W) and the weights of its second and third corner."""
    width, height = camera.size_px
    inverse_depth, weight_1, weight_2 = (np.zeros((height, width), np.float32) for _ in range(3))
    seen = np.full((height, width), -1, np.int32)
    draw_triangles(camera.project(vertices), faces, inverse_depth, seen, weight_1, weight_2)
    return seen, weight_1, weight_2


def _develop(image: Array, size_px: tuple[int, int], noise: float, random: np.random.Generator) -> np.ndarray:
    """Linear light to 8-bit sRGB with a soft shoulder, and noise that is correlated as after a phone's demosaicing."""
    small = np.clip(cv2.resize(image, size_px, interpolation=cv2.INTER_AREA), 0, 4)
    small = np.float32(255) * (small / (1 + np.float32(0.12) * small)) ** np.float32(1 / 2.2)
    if noise > 0:
        grain = np.float32(noise * 1.6) * random.standard_normal(small.shape, dtype=np.float32)
        small += cv2.GaussianBlur(grain, (0, 0), 0.7)
    return np.clip(small, 0, 255).astype(np.uint8)
