"""The room around the person: floor, back wall, light, and simple things standing about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from scripts.rendering.camera import picture_axes

if TYPE_CHECKING:
    from scripts.rendering.body import Body
    from scripts.rendering.geometry import Array
    from scripts.rendering.look import Colour

__all__ = ["FLOORS", "ROOMS", "WALLS", "Block", "Furnished", "Light", "Mesh", "Room", "room_mesh"]

FLOORS = ("wood", "rubber", "concrete", "grass", "tiles")
WALLS = ("plaster", "two_tone", "brick", "wallpaper", "hedge")


@dataclass(frozen=True, slots=True)
class Light:
    """One soft lamp and the light of the room."""

    direction: tuple[float, float, float] = (-0.45, -0.55, 0.95)
    """To the lamp, as seen by the camera: x to the picture's right, y away from the camera, z up."""
    lamp: float = 0.62
    room: float = 0.30
    warmth: float = 0.0
    """+ warm, - cold; 0.1 is much."""
    exposure: float = 1.0


@dataclass(frozen=True, slots=True)
class Room:
    floor: str = "wood"
    floor_colour: Colour = (0.62, 0.47, 0.33)
    wall: str = "plaster"
    wall_colour: Colour = (0.80, 0.80, 0.77)
    wall_accent: Colour = (0.30, 0.34, 0.38)
    wall_distance_m: float = 2.0
    things: tuple[str, ...] = ()
    """Of THINGS, in this order in the picture from the back."""


@dataclass(frozen=True, slots=True)
class Block:
    """Something the athlete sits on, steps on or jumps from: a box in the athlete's axes."""

    centre_m: tuple[float, float, float]
    size_m: tuple[float, float, float]
    """Along x (sideways), y (backwards) and z (up)."""
    colour: Colour = (0.55, 0.42, 0.28)


@runtime_checkable
class Furnished(Protocol):
    """A movement that brings its own blocks: a step, a box to jump from."""

    def blocks(self, body: Body) -> tuple[Block, ...]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Flat-shaded triangles: vertices (3 F, 3), faces (F, 3), sRGB colours (F, 3)."""

    vertices_m: Array
    faces: np.ndarray
    colours: Array


def _flat(corners: Array, faces: list[list[int]], colour: Colour) -> Mesh:
    """A mesh in which no two triangles share a vertex, so that every edge is sharp; faces look outwards."""
    triangles = corners[np.array(faces)]
    normal = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    inward = ((triangles.mean(1) - corners.mean(0)) * normal).sum(1) < 0
    triangles[inward] = triangles[inward][:, ::-1]
    count = len(triangles)
    return Mesh(triangles.reshape(-1, 3), np.arange(3 * count).reshape(-1, 3), np.tile(np.array(colour), (count, 1)))


def _box(centre: tuple[float, float, float], size: tuple[float, float, float], colour: Colour) -> Mesh:
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    quads = [[0, 1, 3, 2], [4, 5, 7, 6], [0, 1, 5, 4], [2, 3, 7, 6], [0, 2, 6, 4], [1, 3, 7, 5]]
    faces = [[quad[0], quad[a], quad[a + 1]] for quad in quads for a in (1, 2)]
    return _flat(np.array(centre) + signs * np.array(size) / 2, faces, colour)


def _cylinder(centre: tuple[float, float, float], radius: float, length: float, axis: int, colour: Colour) -> Mesh:
    sides = 20
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = np.roll(np.stack([np.zeros(sides), radius * np.cos(angle), radius * np.sin(angle)], 1), axis, axis=1)
    along = np.roll(np.array([length / 2, 0, 0]), axis)
    corners = np.vstack([ring - along, ring + along, [-along, along]]) + np.array(centre)
    faces = []
    for side in range(sides):
        after = (side + 1) % sides
        faces += [[side, after, sides + after], [side, sides + after, sides + side]]
        faces += [[side, after, 2 * sides], [sides + side, sides + after, 2 * sides + 1]]
    return _flat(corners, faces, colour)


def _dumbbell_rack(right_m: float, away_m: float) -> list[Mesh]:
    steel, rubber, chrome = (0.16, 0.17, 0.19), (0.10, 0.10, 0.11), (0.62, 0.63, 0.65)
    parts = [_box((right_m + side * 0.52, away_m, 0.45), (0.06, 0.40, 0.9), steel) for side in (-1, 1)]
    for level, height in enumerate((0.30, 0.72)):
        parts.append(_box((right_m, away_m, height), (1.04, 0.34, 0.03), steel))
        radius = 0.085 - 0.018 * level
        for place in np.linspace(-0.42, 0.42, 4):
            x, z = right_m + float(place), height + 0.015 + radius
            parts.append(_cylinder((x, away_m, z), 0.016, 0.30, 1, chrome))
            parts += [_cylinder((x, away_m + end * 0.11, z), radius, 0.09, 1, rubber) for end in (-1, 1)]
    return parts


def _jump_box(right_m: float, away_m: float) -> list[Mesh]:
    wood, red = (0.70, 0.55, 0.36), (0.70, 0.20, 0.15)
    kettlebell = [
        _cylinder((right_m + 0.1, away_m - 0.05, 0.68), 0.085, 0.14, 2, red),
        _box((right_m + 0.1, away_m - 0.05, 0.80), (0.13, 0.03, 0.025), red),
        _box((right_m + 0.045, away_m - 0.05, 0.77), (0.025, 0.03, 0.07), red),
        _box((right_m + 0.155, away_m - 0.05, 0.77), (0.025, 0.03, 0.07), red),
    ]
    return [_box((right_m, away_m, 0.305), (0.62, 0.5, 0.61), wood), *kettlebell]


def _plate_stack(right_m: float, away_m: float) -> list[Mesh]:
    colours: list[Colour] = [(0.12, 0.12, 0.13), (0.15, 0.28, 0.55), (0.12, 0.12, 0.13), (0.75, 0.62, 0.15)]
    return [
        _cylinder((right_m, away_m, 0.04 + 0.075 * level), 0.225, 0.065, 2, colour)
        for level, colour in enumerate(colours)
    ]


def _window(right_m: float, away_m: float) -> list[Mesh]:
    frame, pane = (0.90, 0.90, 0.90), (0.93, 0.96, 1.0)
    bars = [_box((right_m + x, away_m - 0.02, 1.95), (0.035, 0.05, 1.0), frame) for x in (-0.42, 0.0, 0.42)]
    rails = [_box((right_m, away_m - 0.02, z), (0.87, 0.05, 0.035), frame) for z in (1.45, 1.95, 2.45)]
    return [_box((right_m, away_m, 1.95), (0.86, 0.02, 1.0), pane), *bars, *rails]


def _squat_rack(right_m: float, away_m: float) -> list[Mesh]:
    steel, rubber, chrome = (0.55, 0.12, 0.10), (0.10, 0.10, 0.11), (0.66, 0.67, 0.69)
    posts = [_box((right_m + side * 0.55, away_m, 1.1), (0.07, 0.07, 2.2), steel) for side in (-1, 1)]
    beam = _box((right_m, away_m, 2.17), (1.17, 0.07, 0.07), steel)
    bar = _cylinder((right_m, away_m - 0.08, 1.35), 0.014, 2.1, 0, chrome)
    plates = [_cylinder((right_m + side * 0.78, away_m - 0.08, 1.35), 0.225, 0.09, 0, rubber) for side in (-1, 1)]
    return [*posts, beam, bar, *plates]


def _sofa(right_m: float, away_m: float) -> list[Mesh]:
    cloth = (0.42, 0.46, 0.42)
    arms = [_box((right_m + side * 0.72, away_m, 0.30), (0.16, 0.75, 0.60), cloth) for side in (-1, 1)]
    return [
        _box((right_m, away_m, 0.22), (1.30, 0.75, 0.44), cloth),
        _box((right_m, away_m + 0.28, 0.55), (1.30, 0.2, 0.7), cloth),
        *arms,
    ]


def _plant(right_m: float, away_m: float) -> list[Mesh]:
    pot, leaf = (0.75, 0.72, 0.68), (0.16, 0.34, 0.16)
    leaves = [
        _box(
            (right_m + 0.13 * float(np.cos(k * 2.4)), away_m + 0.1 * float(np.sin(k * 2.4)), 0.45 + 0.08 * k),
            size,
            leaf,
        )
        for k, size in enumerate([(0.34, 0.06, 0.05), (0.06, 0.3, 0.08), (0.28, 0.08, 0.06)] * 3)
    ]
    return [_cylinder((right_m, away_m, 0.16), 0.14, 0.32, 2, pot), *leaves]


def _shelf(right_m: float, away_m: float) -> list[Mesh]:
    """Books of all colours: upright edges beside the person."""
    wood = (0.45, 0.32, 0.20)
    colours: list[Colour] = [
        (0.55, 0.16, 0.14),
        (0.18, 0.30, 0.42),
        (0.75, 0.70, 0.58),
        (0.20, 0.34, 0.22),
        (0.15,) * 3,
    ]
    parts = [_box((right_m + side * 0.42, away_m, 0.9), (0.03, 0.3, 1.8), wood) for side in (-1, 1)]
    for level in range(5):
        z = 0.05 + 0.42 * level
        parts.append(_box((right_m, away_m, z), (0.84, 0.3, 0.03), wood))
        for book in range(0 if level == 4 else 13):
            height = 0.22 + 0.09 * ((book * 7 + level * 5) % 5) / 5
            x = right_m - 0.36 + 0.057 * book
            parts.append(
                _box((x, away_m - 0.03, z + 0.015 + height / 2), (0.048, 0.2, height), colours[(book * 3 + level) % 5])
            )
    return parts


def _table(right_m: float, away_m: float) -> list[Mesh]:
    wood = (0.52, 0.38, 0.24)
    legs = [_box((right_m + x, away_m + y, 0.36), (0.05, 0.05, 0.72), wood) for x in (-0.5, 0.5) for y in (-0.28, 0.28)]
    vase = _cylinder((right_m + 0.2, away_m, 0.86), 0.06, 0.22, 2, (0.30, 0.42, 0.52))
    return [_box((right_m, away_m, 0.74), (1.15, 0.68, 0.04), wood), vase, *legs]


def _floor_lamp(right_m: float, away_m: float) -> list[Mesh]:
    metal, shade = (0.25, 0.24, 0.23), (0.95, 0.88, 0.70)
    return [
        _cylinder((right_m, away_m, 0.02), 0.14, 0.03, 2, metal),
        _cylinder((right_m, away_m, 0.75), 0.012, 1.5, 2, metal),
        _cylinder((right_m, away_m, 1.60), 0.17, 0.28, 2, shade),
    ]


def _pictures(right_m: float, away_m: float) -> list[Mesh]:
    frame = (0.14, 0.13, 0.12)
    canvases: list[Colour] = [(0.62, 0.30, 0.20), (0.20, 0.35, 0.50), (0.80, 0.74, 0.60)]
    parts = []
    for index, canvas in enumerate(canvases):
        x, z = right_m + 0.55 * index, 1.65 + 0.12 * (index % 2)
        parts += [
            _box((x, away_m, z), (0.42, 0.03, 0.54), frame),
            _box((x, away_m - 0.02, z), (0.34, 0.02, 0.46), canvas),
        ]
    return parts


def _tree(right_m: float, away_m: float) -> list[Mesh]:
    bark, leaf = (0.33, 0.25, 0.18), (0.20, 0.34, 0.14)
    turns = np.arange(26) * 2.399963
    crown = []
    for index, turn in enumerate(turns):
        radius, height = 0.75 * np.sqrt((index % 9) / 9), 1.9 + 1.3 * index / 26
        centre = (right_m + radius * float(np.cos(turn)), away_m + radius * float(np.sin(turn)), height)
        crown.append(_box(centre, (0.55, 0.5, 0.34), (leaf[0], leaf[1] * (0.8 + 0.4 * (index % 3) / 2), leaf[2])))
    return [_cylinder((right_m, away_m, 1.0), 0.11, 2.0, 2, bark), *crown]


def _bench(right_m: float, away_m: float) -> list[Mesh]:
    wood, iron = (0.48, 0.34, 0.22), (0.16, 0.17, 0.17)
    slats = [_box((right_m, away_m + y, 0.45), (1.5, 0.1, 0.035), wood) for y in (-0.16, -0.04, 0.08)]
    backs = [_box((right_m, away_m + 0.18, z), (1.5, 0.03, 0.09), wood) for z in (0.62, 0.76, 0.90)]
    legs = [_box((right_m + x, away_m, 0.22), (0.05, 0.36, 0.44), iron) for x in (-0.6, 0.6)]
    return [*slats, *backs, *legs]


THINGS = {
    "dumbbell_rack": (_dumbbell_rack, 0.72, -0.30),
    "jump_box": (_jump_box, -0.78, -0.38),
    "plate_stack": (_plate_stack, -0.25, -0.35),
    "window": (_window, -0.62, -0.03),
    "squat_rack": (_squat_rack, -0.1, -0.25),
    "sofa": (_sofa, 0.55, -0.45),
    "plant": (_plant, -0.85, -0.30),
    "shelf": (_shelf, -0.75, -0.20),
    "table": (_table, 0.85, -0.60),
    "floor_lamp": (_floor_lamp, 1.05, -0.25),
    "pictures": (_pictures, -0.30, -0.03),
    "tree": (_tree, -1.9, -1.6),
    "bench": (_bench, 1.1, -2.4),
}
"""Builder, place to the picture's right of the person, and place from the wall (negative: before it), metres."""

ROOMS = {
    "studio": Room(),
    "gym": Room(
        "rubber", (0.24, 0.25, 0.27), "two_tone", (0.80, 0.80, 0.78), (0.20, 0.36, 0.44), 2.2,
        ("window", "dumbbell_rack", "jump_box"),
    ),
    "gym_side": Room(
        "rubber", (0.24, 0.25, 0.27), "two_tone", (0.80, 0.80, 0.78), (0.20, 0.36, 0.44), 2.2,
        ("squat_rack", "plate_stack", "dumbbell_rack"),
    ),
    "box_gym": Room(
        "concrete", (0.50, 0.50, 0.49), "brick", (0.62, 0.40, 0.32), (0.72, 0.68, 0.62), 2.4,
        ("squat_rack", "plate_stack"),
    ),
    "living_room": Room(
        "wood", (0.55, 0.40, 0.27), "plaster", (0.86, 0.83, 0.76), (0.3, 0.3, 0.3), 1.9, ("sofa", "plant"),
    ),
    "clinic": Room("concrete", (0.66, 0.69, 0.70), "two_tone", (0.90, 0.91, 0.91), (0.70, 0.80, 0.80), 1.6, ()),
    "dark_gym": Room(
        "rubber", (0.12, 0.12, 0.13), "brick", (0.26, 0.25, 0.26), (0.20, 0.19, 0.19), 2.4, ("dumbbell_rack",),
    ),
    "wallpaper": Room(
        "wood", (0.46, 0.32, 0.21), "wallpaper", (0.72, 0.66, 0.52), (0.34, 0.42, 0.40), 1.7, ("floor_lamp", "plant"),
    ),
    "furnished": Room(
        "wood", (0.60, 0.47, 0.34), "plaster", (0.70, 0.72, 0.66), (0.3, 0.3, 0.3), 1.8,
        ("pictures", "shelf", "table", "floor_lamp"),
    ),
    "garden": Room(
        "grass", (0.28, 0.40, 0.16), "hedge", (0.22, 0.36, 0.14), (0.55, 0.70, 0.92), 6.5, ("tree", "bench"),
    ),
    "yard": Room("concrete", (0.58, 0.57, 0.55), "hedge", (0.30, 0.36, 0.18), (0.74, 0.80, 0.88), 4.5, ("bench",)),
    "hall": Room(
        "tiles", (0.74, 0.71, 0.66), "two_tone", (0.82, 0.80, 0.72), (0.52, 0.30, 0.22), 2.6, ("plate_stack",),
    ),
}  # fmt: skip


def room_mesh(room: Room, yaw_deg: float, blocks: Sequence[Block] | None = None) -> Mesh:
    """All things of a room, turned towards the camera, and the blocks, which stay with the athlete."""
    axes = picture_axes(yaw_deg)
    meshes = []
    for name in room.things:
        build, right_m, from_wall_m = THINGS[name]
        for mesh in build(right_m, room.wall_distance_m + from_wall_m):
            meshes.append(Mesh(mesh.vertices_m @ axes, mesh.faces, mesh.colours))
    meshes += [_box(block.centre_m, block.size_m, block.colour) for block in blocks or ()]
    return _joined(meshes)


def _joined(meshes: list[Mesh]) -> Mesh:
    if not meshes:
        return Mesh(np.zeros((0, 3)), np.zeros((0, 3), int), np.zeros((0, 3)))
    starts = np.cumsum([0] + [len(mesh.vertices_m) for mesh in meshes])
    return Mesh(
        np.vstack([mesh.vertices_m for mesh in meshes]),
        np.vstack([mesh.faces + start for mesh, start in zip(meshes, starts, strict=False)]),
        np.vstack([mesh.colours for mesh in meshes]),
    )
