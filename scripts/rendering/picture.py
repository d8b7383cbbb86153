"""One frame: skin, rasterise, shade, and what a phone's sensor adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scripts.rendering.body import SIDES
from scripts.rendering.geometry import Array, unit
from scripts.rendering.look import PATTERNS
from scripts.rendering.rasteriser import draw_light_depth, draw_triangles, vertex_normals
from scripts.rendering.scene import FLOORS, WALLS, Light, Mesh, Room
from scripts.rendering.shading import LIGHT_BLOCK, PALETTE, SETTINGS, room_layers, shade, shade_room

if TYPE_CHECKING:
    from scripts.rendering.camera import Camera
    from scripts.rendering.look import Figure

__all__ = ["Studio"]

WAISTBAND_M = 0.035
LIGHT_MAP_SIZE = 1024
WIDE_LIGHT_M = 3.0
"""Two people apart take a larger map."""
LIGHT_REACH_M = 3.0
"""People farther from the athlete than this throw no shadow into the picture."""
LightMap = tuple[Array, Array, Array, Array, float]


def _linear(colour: Array | tuple[float, float, float]) -> Array:
    """sRGB 0 to 1 to linear light, by the usual power approximation."""
    return np.asarray(colour, float) ** 2.2


def _palette(figure: Figure, room: Room) -> Array:
    """(P, 3), linear."""
    look = figure.look
    colours = {
        "waistband": look.waistband or look.shorts,
        "cap": look.cap or look.hair,
        "floor": room.floor_colour,
        "wall": room.wall_colour,
        "wall_accent": room.wall_accent,
    }
    return np.array([_linear(colours.get(name) or getattr(look, name)) for name in PALETTE])


def _settings(figure: Figure, room: Room, light: Light, focal_px: float) -> Array:
    values = {
        "fold": figure.look.fold,
        "shirt_pattern": float(PATTERNS.index(figure.look.shirt_pattern)),
        "shorts_pattern": float(PATTERNS.index(figure.look.shorts_pattern)),
        "band_z": figure.body.mid_hip_m[2] + figure.look.waist_m - WAISTBAND_M,
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


def _light_map(vertices: Array, faces: np.ndarray, people: Array, direction: Array) -> LightMap:
    """The lamp's view of the scene: its axes, the corner of its map, the depth map, the smallest depth of every
    block of the map and its neighbours (most of the room is in no shadow at all), and map pixels a metre.

    It covers the vertices `people` (P, 3): shadows of what falls outside are left out.
    """
    across = unit(np.cross(direction, [0.0, 1.0, 0.1]))
    axes = np.stack([across, np.cross(direction, across), -direction])
    places = vertices @ axes.T
    covered = people @ axes.T
    low = covered.min(0)[:2] - 0.25
    width_m = np.ptp(covered[:, :2], axis=0).max() + 0.5
    size = LIGHT_MAP_SIZE if width_m < WIDE_LIGHT_M else 2 * LIGHT_MAP_SIZE
    scale = size / width_m
    depth = np.full((size, size), 1e9, np.float32)
    flat = np.column_stack([(places[:, :2] - low) * scale, places[:, 2]])
    draw_light_depth(flat, faces, depth)
    blocks = depth.reshape(size // LIGHT_BLOCK, LIGHT_BLOCK, -1, LIGHT_BLOCK).min(axis=(1, 3))
    return axes, low, depth, cv2.erode(blocks, np.ones((3, 3), np.uint8)), float(scale)


def _near_first(skins: Sequence[Array]) -> Array:
    """Vertices of the athlete, and of others no farther away than their shadows reach."""
    middle = skins[0].mean(0)
    away_m = [np.linalg.norm(skin[:, :2] - middle[:2], axis=1) for skin in skins[1:]]
    return np.vstack([skins[0], *(skin[far < LIGHT_REACH_M] for skin, far in zip(skins[1:], away_m, strict=True))])


def _feet(figures: Sequence[Figure], skins: Sequence[Array]) -> Array:
    """Middle and height of each foot of everybody, (2 N, 3)."""
    pairs = zip(figures, skins, strict=True)
    feet = [skin[figure.body.foot_vertices[side]] for figure, skin in pairs for side in SIDES]
    return np.array([[*foot.mean(0)[:2], max(foot[:, 2].min(), 0.0)] for foot in feet])


class Studio:
    """A dressed person in a room, and perhaps others, ready to be photographed again and again. The empty room is kept
    between frames.
    """

    def __init__(
        self,
        figure: Figure,
        room: Room,
        things: Mesh,
        light: Light,
        supersampling: float,
        others: Sequence[Figure] = (),
    ) -> None:
        self.figures = [figure, *others]
        self.room = room
        self.things = things
        self.light = light
        self.supersampling = supersampling
        vertex_counts = [len(one.rest_m) for one in self.figures]
        starts = np.cumsum([0, *vertex_counts])
        meshes = [one.faces for one in self.figures] + [things.faces]
        self.faces = np.vstack([faces + start for faces, start in zip(meshes, starts, strict=True)])
        self.face_ends = np.cumsum([len(one.faces) for one in self.figures])
        self.rest_m = np.vstack([one.rest_m for one in self.figures])
        self.fields = np.vstack([one.fields for one in self.figures])
        self.palettes = np.stack([_palette(one, room) for one in self.figures])
        self.thing_colours = _linear(things.colours)
        self._layers: tuple[Array, Array, Array] | None = None
        self._layers_camera: Camera | None = None

    def photograph(
        self,
        transforms: Array,
        camera: Camera,
        noise: float,
        random: np.random.Generator,
        others: Sequence[Array] = (),
        since_last_s: float | None = None,
    ) -> np.ndarray:
        """The picture (H, W, 3), 8-bit sRGB. `noise` is its standard deviation in grey levels; `transforms` (B, 4, 4)
        pose the person and `others` the other people. Hanging cloth moves on by `since_last_s`; None: it comes to rest.
        """
        fine = camera.scaled(self.supersampling)
        poses = [transforms, *others]
        skins = [figure.skin(pose, since_last_s) for figure, pose in zip(self.figures, poses, strict=True)]
        vertices = np.vstack([*skins, self.things.vertices_m])
        seen, weight_1, weight_2 = _visible(fine, vertices, self.faces)
        direction = _light_direction(self.light, _away(camera.yaw_deg))
        light_map = _light_map(vertices, self.faces, _near_first(skins), direction)
        image = np.empty((*seen.shape, 3), np.float32)
        shade_room(image, seen, self._room_layers(fine, direction), _feet(self.figures, skins), light_map)
        shade(
            image, seen, weight_1, weight_2, self.faces, vertices, vertex_normals(vertices, self.faces),
            self.rest_m, self.fields, self.face_ends, self.thing_colours,
            fine.axes, fine.centre_px, direction, light_map, self.palettes, self._settings(fine),
        )  # fmt: skip
        return _develop(image, camera.size_px, noise, random)

    def _settings(self, fine: Camera) -> Array:
        """(N, S): one row a person; the room's part is the same in all."""
        return np.stack([_settings(figure, self.room, self.light, fine.focal_px) for figure in self.figures])

    def _room_layers(self, fine: Camera, direction: Array) -> tuple[Array, Array, Array]:
        kept = self._layers_camera
        if self._layers is None or kept is None or not _same_view(kept, fine):
            width, height = fine.size_px
            layers = tuple(np.empty((height, width, 3), np.float32) for _ in range(3))
            away = _away(fine.yaw_deg)
            palette, settings = self.palettes[0], self._settings(fine)[0]
            room_layers(*layers, fine.position_m, fine.axes, fine.centre_px, away, direction, palette, settings)
            self._layers, self._layers_camera = layers, fine
        return self._layers


def _same_view(first: Camera, second: Camera) -> bool:
    return np.array_equal(first.centre_px, second.centre_px) and np.array_equal(first.axes, second.axes)


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
