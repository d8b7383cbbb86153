"""What a person wears: where clothes, hair and shoes are on a body, their colours, and the geometry they add.

Materials are scalar fields over the vertices, positive inside: they follow the skin exactly, and their borders stay
sharp at any picture size. Cloth is the skin moved outwards; shoes and a hair bun are meshes of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scripts.rendering.body import SIDES, SKIN_VERTEX_COUNT, Body, side_letter
from scripts.rendering.geometry import Array, blend_skin, unit
from scripts.rendering.rasteriser import vertex_normals

if TYPE_CHECKING:
    from scripts.rendering.garments import Garment

__all__ = ["FIELDS", "PATTERNS", "Colour", "Figure", "Look", "dress"]

Colour = tuple[float, float, float]
FIELDS = ("shirt", "shorts", "shoe", "hair", "lips", "eye", "sock", "brow", "cap")
PATTERNS = ("plain", "checked", "stripes", "blotches")
ARM_BONES = ("upperarm", "lowerarm", "wrist", "finger", "metacarpal")
LEG_BONES = ("upperleg", "lowerleg", "foot", "toe")
FACE_BONES = (
    "head jaw special oris eye orbicularis oculi levator risorius temporalis tongue".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Look:
    """Colours are sRGB, 0 to 1."""

    skin: Colour = (0.80, 0.58, 0.46)
    shirt: Colour = (0.13, 0.30, 0.55)
    shorts: Colour = (0.10, 0.10, 0.12)
    shoe: Colour = (0.75, 0.16, 0.12)
    shoe_accent: Colour = (0.92, 0.92, 0.90)
    hair: Colour = (0.12, 0.08, 0.05)
    sock: Colour = (0.88, 0.88, 0.88)
    lips: Colour = (0.60, 0.32, 0.29)
    sleeve: float = 0.45
    """Part of the upper arm; 0 and below: sleeveless."""
    shorts_length: float = 0.55
    """Part of the thigh; above 1 it covers the shank: 2.0 are long trousers or leggings."""
    loose_m: float = 0.012
    """How far the hem of the shorts stands off the thigh."""
    shirt_drop_m: float = 0.02
    """How far the shirt hangs below the waist; negative: tucked in, and from -0.2 down to a short sports top."""
    shirtless: bool = False
    loose_shirt: float = 0.0
    """Above 0 the shirt hangs from the chest, this part wider than the body; 0: it clings."""
    hem_gather: float = 1.0
    """Length of a hanging shirt's hem; below 1 it is gathered over the hips, as a hoodie's."""
    loose_legs: float = 0.0
    """Above 0 the legs of shorts or trousers hang from the groin, this part wider than the thigh."""
    waist_m: float = 0.16
    """Top of the shorts above the hip joints; at 0.10 they sit on the iliac crests, where the pelvis is one piece."""
    waistband: Colour | None = None
    """Of the uppermost 3.5 cm of the shorts."""
    shirt_pattern: str = "plain"
    shorts_pattern: str = "plain"
    """Of PATTERNS."""
    accent: Colour = (0.85, 0.83, 0.78)
    """Second colour of the patterns."""
    fold: float = 0.42
    """Depth of the cloth's folds."""
    long_hair: bool = False
    bun: bool = False
    bald: bool = False
    cap: Colour | None = None


class Figure:
    """A dressed body ready to be rendered. `rest_m` is the undressed place of every vertex, which textures hang on.
    The vertices of hanging garments come last.
    """

    def __init__(
        self, body: Body, look: Look, rest_m: Array, fields: Array, faces: np.ndarray, garments: Sequence[Garment] = ()
    ) -> None:
        self.body = body
        self.look = look
        self.garments = garments
        self.body_faces = faces
        starts = np.cumsum([len(rest_m), *(len(garment.rest_m) for garment in garments)])
        self.faces = np.vstack([faces] + [part.faces + start for part, start in zip(garments, starts, strict=False)])
        self.rest_m = np.vstack([rest_m] + [garment.rest_m for garment in garments])
        self.fields = np.vstack([fields] + [_garment_fields(garment) for garment in garments])

    def skin(self, transforms: Array, since_last_s: float | None = None) -> Array:
        """Vertices (V, 3) after `pose`. Hanging cloth moves on by `since_last_s` from the last call; None: it starts
        anew and comes to rest in this pose.
        """
        skin_m = self.body.skin(transforms)
        if not self.garments:
            return skin_m
        normals = vertex_normals(skin_m, self.body_faces)
        worn_m, worn_normals = np.zeros((0, 3)), np.zeros((0, 3))
        for garment in self.garments:
            carried_m = blend_skin(transforms, garment.rest_m, garment.weight_index, garment.weight)
            under_m = np.vstack([skin_m[garment.collides], worn_m[: garment.layers_under]])
            under_normals = np.vstack([normals[garment.collides], worn_normals[: garment.layers_under]])
            if since_last_s is None:
                garment.cloth.settle(carried_m, under_m, under_normals)
            else:
                garment.cloth.advance(since_last_s, carried_m[: garment.cloth.sheet.held], under_m, under_normals)
            worn_m = np.vstack([worn_m, garment.cloth.place_m])
            worn_normals = np.vstack([worn_normals, vertex_normals(garment.cloth.place_m, garment.faces)])
        return np.vstack([skin_m, worn_m])


def _garment_fields(garment: Garment) -> Array:
    fields = np.full((len(garment.rest_m), len(FIELDS)), -1.0)
    fields[:, FIELDS.index(garment.field)] = garment.to_hem_m
    return fields


@dataclass(frozen=True, slots=True, eq=False)
class _Regions:
    """Skin weights summed over parts of the body, (V,), and places along the limbs."""

    arm: Array
    leg: Array
    head: Array
    along_upper_arm: Array
    along_thigh: Array
    along_shank: Array
    upper_arm_m: float


def _regions(body: Body) -> _Regions:
    names = np.array(body.bones)[body.weight_index]

    def share(prefixes: tuple[str, ...] | list[str]) -> Array:
        matches = np.array([[name.startswith(tuple(prefixes)) for name in row] for row in names])
        return (body.weight * matches).sum(1)

    def along(start: str, end: str) -> Array:
        values = {}
        for side in SIDES:
            origin = body.joints_m[f"{side}_{start}"]
            line = body.joints_m[f"{side}_{end}"] - origin
            values[side] = (body.vertices_m - origin) @ line / (line @ line)
        return np.where(body.vertices_m[:, 0] > 0, values["left"], values["right"])

    length = float(np.linalg.norm(body.joints_m["left_elbow"] - body.joints_m["left_shoulder"]))
    return _Regions(
        share(ARM_BONES),
        share(LEG_BONES),
        share(FACE_BONES),
        along("shoulder", "elbow"),
        along("hip", "knee"),
        along("knee", "ankle"),
        length,
    )


def _shirt_field(body: Body, look: Look, regions: _Regions) -> Array:
    x, y, z = body.vertices_m.T
    neck = body.heads_m[body.bone_index["neck01"]]
    hem = z - (body.mid_hip_m[2] + 0.03 - look.shirt_drop_m)
    collar = (neck[2] - 0.012) + 0.35 * (y - neck[1]) - z
    field = np.minimum(np.where(abs(x) < 0.10, collar, 0.05), hem)
    shoulder_x, _, shoulder_z = body.joints_m["left_shoulder"]
    beyond_shoulder = (abs(x) > shoulder_x) & (z > shoulder_z - 0.15)
    sleeve = (look.sleeve - regions.along_upper_arm) * regions.upper_arm_m
    field = np.where((regions.arm > 0.3) | beyond_shoulder, sleeve, field)
    if look.shirtless:
        return np.full(len(x), -0.1)
    return np.where(regions.head > 0.5, -0.1, field)


def _shorts_field(body: Body, look: Look, regions: _Regions) -> Array:
    below_waist = body.vertices_m[:, 2] < body.mid_hip_m[2] + look.waist_m
    on_body = below_waist & (regions.arm < 0.3) & (regions.head < 0.3)
    to_hem = (look.shorts_length - regions.along_thigh) * body.thigh_m
    if look.shorts_length > 1:
        to_hem = (look.shorts_length - 1 - regions.along_shank) * body.shank_m
    return np.where(on_body, to_hem, -0.2)


def _hair_field(body: Body, look: Look, regions: _Regions, eye: Array) -> Array:
    x, y, z = body.vertices_m.T
    if look.bald:
        return np.full(len(x), -0.1)
    neck_z = body.heads_m[body.bone_index["neck01"]][2]
    behind_ear = y - (eye[1] + 0.075)
    fall = np.clip(behind_ear * 2.2, 0, 0.24 if look.long_hair else 0.16)
    hairline = eye[2] + 0.050 - np.where(behind_ear < 0, 0, fall)
    hairline = hairline - np.where((behind_ear < 0) & (abs(x) > 0.062), 0.03, 0)
    ear = (abs(x) > 0.073) & (z < eye[2] + 0.03) & (abs(y - (eye[1] + 0.10)) < 0.045)
    scalp = (regions.head > 0.3) | ((z > neck_z + 0.05) & (behind_ear > 0))
    return np.where(scalp, z - hairline, -0.1) - np.where(ear, 0.1, 0)


def _cap_field(body: Body, look: Look, regions: _Regions, eye: Array) -> Array:
    if look.cap is None:
        return np.full(len(body.vertices_m), -0.1)
    _, y, z = body.vertices_m.T
    rim = eye[2] + 0.045 + 0.12 * np.clip(eye[1] + 0.10 - y, 0, 0.1)
    return np.where(regions.head > 0.3, z - rim, -0.1)


def _brow_field(body: Body, eyes: dict[str, Array]) -> Array:
    x, y, z = body.vertices_m.T
    field = np.full(len(x), -1.0)
    for eye in eyes.values():
        aside = abs(x - eye[0] * 1.02)
        arch_z = eye[2] + 0.021 - 0.25 * np.clip(aside - 0.008, 0, 1)
        near = (y < eye[1] + 0.03) & (abs(x) > 0.012) & (aside < 0.022)
        field = np.maximum(field, np.where(near, 1.0 - abs(z - arch_z) / 0.005, -1))
    return field


def _lips_field(body: Body, regions: _Regions, eye: Array) -> Array:
    x, y, z = body.vertices_m.T
    mouth_z = np.mean([body.heads_m[body.bone_index[bone]][2] for bone in ("oris01", "oris05")])
    ellipse = 1.3 - np.hypot(x / 0.024, (z - mouth_z) / 0.010)
    return np.where((y < eye[1] + 0.005) & (regions.head > 0.5), ellipse, -1)


def _paint_eyes(body: Body, fields: Array) -> dict[str, Array]:
    """Eye code: 1 at the rim to 2 at the centre of the pupil. Returns the eyes' centres."""
    centres = {}
    for group, side in ((1, "left"), (2, "right")):
        vertices = np.unique(body.faces[body.face_group == group])
        places = body.vertices_m[vertices]
        centre = places.mean(0)
        radius = np.linalg.norm(places - centre, axis=1).max()
        off_axis = np.hypot(places[:, 0] - centre[0], places[:, 2] - centre[2]) / radius
        fields[vertices] = -1
        fields[vertices, FIELDS.index("eye")] = np.where(places[:, 1] < centre[1], 2 - off_axis, 1)
        centres[side] = centre
    return centres


def _paint(body: Body, look: Look, regions: _Regions) -> Array:
    fields = np.full((len(body.vertices_m), len(FIELDS)), -1.0)
    eyes = {
        side: body.vertices_m[np.unique(body.faces[body.face_group == group])].mean(0)
        for group, side in ((1, "left"), (2, "right"))
    }
    z, ankle_z = body.vertices_m[:, 2], body.joints_m["left_ankle"][2]
    painted = {
        "shirt": _shirt_field(body, look, regions),
        "shorts": _shorts_field(body, look, regions),
        "hair": _hair_field(body, look, regions, eyes["left"]),
        "cap": _cap_field(body, look, regions, eyes["left"]),
        "lips": _lips_field(body, regions, eyes["left"]),
        "sock": np.where(z < ankle_z + 0.15, ankle_z + 0.055 - z, -0.1),
        "brow": _brow_field(body, eyes),
    }
    for name, field in painted.items():
        fields[:, FIELDS.index(name)] = field
    _paint_eyes(body, fields)
    return fields


def _cloth_offset(look: Look, fields: Array, regions: _Regions) -> Array:
    """How far cloth and hair stand off the skin (V,), metres."""

    def edge(field: Array, width: float) -> Array:
        return np.clip((field + 0.004) / width, 0, 1)

    shirt, shorts, hair, sock, cap = (
        fields[:, FIELDS.index(name)] for name in ("shirt", "shorts", "hair", "sock", "cap")
    )
    hem = min(look.shorts_length, 1.0)
    flare = np.clip((regions.along_thigh - 0.12) / max(hem - 0.12, 0.05), 0, 1)
    offset = np.where(shirt < 0, (0.007 + look.loose_m * flare) * edge(shorts, 0.006), 0)
    offset = np.maximum(offset, 0.010 * edge(shirt, 0.012))
    offset = np.maximum(offset, 0.012 * np.clip(hair / 0.02, 0, 1))
    offset = np.maximum(offset, 0.016 * np.clip(cap / 0.006, 0, 1))
    offset = np.maximum(offset, 0.0025 * np.clip((sock + 0.003) / 0.006, 0, 1))
    offset[SKIN_VERTEX_COUNT:] = 0
    return offset


def dress(body: Body, look: Look) -> Figure:
    """Dress `body`: its vertices, weights and faces are extended in place, so a body is dressed once."""
    # numba compiles cloth on its first import; truth, which needs only the names of looks, must not wait for it.
    from scripts.rendering.garments import cut_garments

    regions = _regions(body)
    fields = _paint(body, look, regions)
    skin_faces = body.faces[body.face_group == 0]
    normals = vertex_normals(body.vertices_m, skin_faces)
    rest = body.vertices_m.copy()
    foot_low = _covered_by_shoe(body)
    body.vertices_m = body.vertices_m + normals * _cloth_offset(look, fields, regions)[:, None]
    faces = [body.faces[~foot_low[body.faces].all(1)]]
    parts = [_shoe(body, rest, side) for side in SIDES] + _headwear(body, look)
    for part in parts:
        faces.append(part.faces + len(body.vertices_m))
        body.vertices_m = np.vstack([body.vertices_m, part.vertices_m])
        rest = np.vstack([rest, part.vertices_m])
        body.weight_index = np.vstack([body.weight_index, _padded(part.bones, body.weight.shape[1])])
        body.weight = np.vstack([body.weight, _padded(part.weights, body.weight.shape[1])])
        fields = np.vstack([fields, part.fields])
    skin = slice(0, SKIN_VERTEX_COUNT)
    shares = regions.arm[skin], regions.leg[skin], regions.head[skin]
    shoes = np.flatnonzero(fields[:, FIELDS.index("shoe")] > 0)
    garments = cut_garments(body, look, body.vertices_m[skin], *shares, shoes)
    return Figure(body, look, rest, fields, np.ascontiguousarray(np.vstack(faces)), garments)


def _padded(values: np.ndarray, columns: int) -> np.ndarray:
    return np.pad(values, ((0, 0), (0, columns - values.shape[1])))


def _covered_by_shoe(body: Body) -> np.ndarray:
    covered = np.zeros(len(body.vertices_m), bool)
    for side in SIDES:
        foot = body.foot_vertices[side]
        covered[foot] = body.vertices_m[foot, 2] < body.joints_m[f"{side}_ankle"][2] - 0.022
    return covered


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A mesh of its own that follows one or two bones."""

    vertices_m: Array
    faces: np.ndarray
    bones: np.ndarray
    weights: Array
    fields: Array


def _tube_faces(rings: int, points: int) -> np.ndarray:
    """Triangles between consecutive rings of points."""
    ring, point = np.meshgrid(np.arange(rings - 1), np.arange(points), indexing="ij")
    first, second = ring * points + point, ring * points + (point + 1) % points
    quads = np.stack([first, second, second + points, first + points], axis=-1).reshape(-1, 4)
    return np.vstack([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int64)


def _outward(vertices: Array, faces: np.ndarray) -> np.ndarray:
    """The same triangles, wound so that their normals point away from the middle."""
    normals = vertex_normals(vertices, faces)
    inward = float(((vertices - vertices.mean(0)) * normals).sum()) < 0
    return faces[:, ::-1].copy() if inward else faces


SHOE_RINGS, SHOE_POINTS = 30, 28
SHOE_HEIGHT_M = ([0, 0.12, 0.30, 0.42, 0.6, 0.8, 1], [0.098, 0.100, 0.092, 0.086, 0.068, 0.053, 0.045])
"""Height of the upper along the shoe, from heel to tip."""


def _smoothed(values: Array) -> Array:
    return np.convolve(np.pad(values, 2, mode="edge"), np.ones(5) / 5, "valid")


def _shoe(body: Body, rest: Array, side: str) -> _Part:
    """A lofted shoe: super-elliptic rings fitted to the outline of the foot, bending at the ball."""
    along = body.foot_direction[side]
    across = np.cross([0, 0, 1.0], along)
    heel = body.joints_m[f"{side}_heel"] * [1, 1, 0] + [0, 0, body.floor_z_m]
    foot = rest[body.foot_vertices[side]]
    local = foot[foot[:, 2] < body.joints_m[f"{side}_ankle"][2] - 0.012] - heel
    forward, aside = local @ along, local @ across
    back, front = forward.min() - 0.012, forward.max() + 0.014
    place = 0.5 - 0.5 * np.cos(np.pi * np.linspace(0, 1, SHOE_RINGS))
    near = [abs(forward - (back + part * (front - back))) < 0.03 for part in place]
    inner = _smoothed(np.array([aside[mask].min() for mask in near]))
    outer = _smoothed(np.array([aside[mask].max() for mask in near]))
    rings = [
        heel + (back + part * (front - back)) * along + ring[:, :1] * across + ring[:, 1:] * [0, 0, 1.0]
        for part, ring in zip(place, _shoe_rings(place, (inner + outer) / 2, (outer - inner) / 2 + 0.008), strict=True)
    ]
    vertices = np.vstack(rings)
    bend = np.repeat(np.clip((place - 0.68) / 0.12, 0, 1), SHOE_POINTS)
    bones = [body.bone_index[f"{bone}.{side_letter(side)}"] for bone in ("foot", "toe2-1")]
    return _Part(
        vertices,
        _outward(vertices, _tube_faces(SHOE_RINGS, SHOE_POINTS)),
        np.tile(bones, (len(vertices), 1)),
        np.stack([1 - bend, bend], axis=1),
        _shoe_fields(place),
    )


def _shoe_rings(place: Array, centre: Array, half_width: Array) -> list[Array]:
    """Cross sections, each (points, 2): across and up."""
    angle = np.linspace(0, 2 * np.pi, SHOE_POINTS, endpoint=False)
    cos, sin = np.cos(angle), np.sin(angle)
    height = _smoothed(np.interp(place, *SHOE_HEIGHT_M))
    from_middle = abs(2 * place - 1)
    taper = np.sqrt(np.clip(1 - from_middle**6, 0, 1))
    taper_up = np.sqrt(np.clip(1 - from_middle ** np.where(place > 0.5, 4.5, 9.0), 0, 1))
    narrowing = np.where(sin < 0, 1.0, 1 - 0.22 * np.clip(sin, 0, 1) ** 2)
    rings = []
    for ring in range(SHOE_RINGS):
        wide = half_width[ring] * max(taper[ring], 0.03)
        x = centre[ring] + wide * np.sign(cos) * abs(cos) ** 0.55 * narrowing
        top = height[ring] * (0.35 + 0.65 * taper_up[ring])
        up = 0.018 + (top - 0.018) * abs(sin) ** 0.85
        rings.append(np.stack([x, np.where(sin > 0, up, 0.018 - 0.018 * abs(sin) ** 0.35)], axis=1))
    return rings


def _shoe_fields(place: Array) -> Array:
    """Shoe code: 1 the upper, 2 laces and heel tab in the accent colour."""
    angle = np.linspace(0, 2 * np.pi, SHOE_POINTS, endpoint=False)
    part, turn = np.repeat(place, SHOE_POINTS), np.tile(angle, len(place))
    laces = (part > 0.42) & (part < 0.72) & (abs(turn - np.pi / 2) < 0.55)
    heel_tab = (part < 0.10) & (np.sin(turn) > 0.3)
    fields = np.full((len(part), len(FIELDS)), -1.0)
    fields[:, FIELDS.index("shoe")] = np.where(laces | heel_tab, 2.0, 1.0)
    return fields


def _headwear(body: Body, look: Look) -> list[_Part]:
    return ([_bun(body)] if look.bun else []) + ([_brim(body)] if look.cap else [])


def _brim(body: Body) -> _Part:
    """The brim of a cap: a thin curved plate before the forehead."""
    eye = body.vertices_m[np.unique(body.faces[body.face_group == 1])].mean(0)
    aside, ahead = np.meshgrid(np.linspace(-1, 1, 15), np.linspace(0, 1, 6))
    reach = 0.075 * np.sqrt(np.clip(1 - (0.95 * aside) ** 2, 0, 1))
    x = 0.072 * aside
    y = eye[1] - 0.012 + 0.060 * aside**2 - ahead * reach
    z = eye[2] + 0.057 - 0.018 * aside**2 - 0.022 * ahead
    top = np.stack([x, y, z], axis=-1)
    vertices = np.vstack([top, top - [0, 0, 0.004]]).reshape(-1, 3)
    row, column = np.meshgrid(np.arange(5), np.arange(14), indexing="ij")
    first = (row * 15 + column).ravel()
    upper = np.vstack([np.stack(three, axis=1) for three in _quad(first, first + 1, first + 16, first + 15)])
    faces = np.vstack([upper, upper[:, ::-1] + top.size // 3])
    fields = np.full((len(vertices), len(FIELDS)), -1.0)
    fields[:, FIELDS.index("cap")] = 0.05
    bones = np.full((len(vertices), 1), body.bone_index["head"])
    return _Part(vertices, faces, bones, np.ones((len(vertices), 1)), fields)


def _quad(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> list[tuple[np.ndarray, ...]]:
    return [(a, b, c), (a, c, d)]


def _bun(body: Body) -> _Part:
    """A knot of hair at the back of the head."""
    head = body.joints_m["left_ear"] * [0, 1, 1]
    centre = head + np.array([0, 0.115, 0.075])
    polar, around = np.meshgrid(np.linspace(0.02, np.pi - 0.02, 12), np.linspace(0, 2 * np.pi, 18, endpoint=False))
    direction = np.stack([np.sin(polar) * np.cos(around), np.cos(polar), np.sin(polar) * np.sin(around)], axis=-1)
    vertices = centre + 0.042 * unit(direction).transpose(1, 0, 2).reshape(-1, 3)
    fields = np.full((len(vertices), len(FIELDS)), -1.0)
    fields[:, FIELDS.index("hair")] = 0.05
    bones = np.full((len(vertices), 1), body.bone_index["head"])
    return _Part(vertices, _outward(vertices, _tube_faces(12, 18)), bones, np.ones((len(vertices), 1)), fields)
