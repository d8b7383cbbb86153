"""The colour of every pixel: cloth, skin, things, floor and wall under one lamp with soft shadows. Compiled by numba.

Colours inside are linear. Textures hang on the rest shape, so they move with the cloth.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["LIGHT_BLOCK", "PALETTE", "SETTINGS", "room_layers", "shade", "shade_room"]

PALETTE = (
    "skin", "shirt", "shorts", "shoe", "hair", "sock", "lips", "floor", "wall", "wall_accent", "shoe_accent", "cap",
    "waistband", "accent",
)  # fmt: skip
SETTINGS = (
    "fold", "shirt_pattern", "shorts_pattern", "band_z", "sole_z", "lamp", "room_light", "warmth",
    "floor_style", "wall_style", "wall_distance", "focal",
)  # fmt: skip
SKIN, SHIRT, SHORTS, SHOE, HAIR, SOCK, LIPS, FLOOR, WALL, WALL_ACCENT, SHOE_ACCENT, CAP, WAISTBAND, ACCENT = range(14)
EYE = 14
FLOOR_LIFT_M = 0.004
INSIDE = -0.25
"""Cosine to the view below which a surface is seen from within, as the far side of a hanging hem."""
LIGHT_BLOCK = 32
"""Side of a block of the light's depth map; at least the widest look of a soft shadow, in map pixels."""
LOOKS = np.array([[np.sqrt((k + 0.5) / 16) * f(k * 2.399963) for f in (np.cos, np.sin)] for k in range(16)])
"""Where a soft shadow looks, spread over the unit disc in a sunflower spiral."""
FOLD, SHIRT_PATTERN, SHORTS_PATTERN, BAND_Z, SOLE_Z, LAMP, ROOM_LIGHT, WARMTH = range(8)
FLOOR_STYLE, WALL_STYLE, WALL_DISTANCE, FOCAL = range(8, 12)


@njit(cache=True, fastmath=True)
def _hash(x, y):  # type: ignore[no-untyped-def]
    """A fixed random number in 0 to 1 for a grid point."""
    n = np.int64(x) * 374761393 + np.int64(y) * 668265263
    n = (n ^ (n >> 13)) * 1274126177
    return ((n ^ (n >> 16)) & 0xFFFF) / 65535.0


@njit(cache=True, fastmath=True)
def _noise(x, y):  # type: ignore[no-untyped-def]
    """Smooth noise, 0 to 1, one bump a unit."""
    xi, yi = np.floor(x), np.floor(y)
    fx, fy = x - xi, y - yi
    fx, fy = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy)
    top = _hash(xi, yi) * (1 - fx) + _hash(xi + 1, yi) * fx
    bottom = _hash(xi, yi + 1) * (1 - fx) + _hash(xi + 1, yi + 1) * fx
    return top * (1 - fy) + bottom * fy


@njit(cache=True, fastmath=True, inline="always")
def _lit(px, py, pz, axes, low, depth, nearest, scale, radius_px, bias_m):  # type: ignore[no-untyped-def]
    """Part of the lamp that reaches a point, 0 to 1: 16 looks into the light's depth map."""
    x = axes[0, 0] * px + axes[0, 1] * py + axes[0, 2] * pz
    y = axes[1, 0] * px + axes[1, 1] * py + axes[1, 2] * pz
    z = axes[2, 0] * px + axes[2, 1] * py + axes[2, 2] * pz
    u, v, size = (x - low[0]) * scale, (y - low[1]) * scale, depth.shape[0]
    if u < -radius_px or v < -radius_px or u > size + radius_px or v > size + radius_px:
        return 1.0
    block_u, block_v = min(max(int(u), 0), size - 1) // LIGHT_BLOCK, min(max(int(v), 0), size - 1) // LIGHT_BLOCK
    if nearest[block_v, block_u] > z - bias_m:
        return 1.0
    clear = 0.0
    for look in range(16):
        i, j = int(u + radius_px * LOOKS[look, 0]), int(v + radius_px * LOOKS[look, 1])
        if i < 0 or j < 0 or i >= size or j >= size or depth[j, i] > z - bias_m:
            clear += 1.0
    return clear / 16


@njit(cache=True, fastmath=True)
def _blend(out, values, a, b, c, w1, w2):  # type: ignore[no-untyped-def]
    """Value at a point of a triangle, into `out`: array expressions would allocate for every pixel."""
    w0 = 1 - w1 - w2
    for part in range(out.size):
        out[part] = w0 * values[a, part] + w1 * values[b, part] + w2 * values[c, part]


@njit(cache=True, fastmath=True)
def _along_ray(out, eye, ray, distance):  # type: ignore[no-untyped-def]
    for part in range(3):
        out[part] = eye[part] + distance * ray[part]


@njit(cache=True, fastmath=True)
def _normalise(vector):  # type: ignore[no-untyped-def]
    length = np.sqrt(vector[0] ** 2 + vector[1] ** 2 + vector[2] ** 2 + 1e-12)
    for part in range(3):
        vector[part] /= length


@njit(cache=True, fastmath=True)
def _scale(colour, factor):  # type: ignore[no-untyped-def]
    for channel in range(3):
        colour[channel] *= factor


@njit(cache=True, fastmath=True)
def _set(colour, other):  # type: ignore[no-untyped-def]
    for channel in range(3):
        colour[channel] = other[channel]


@njit(cache=True, fastmath=True)
def _grey(colour, value):  # type: ignore[no-untyped-def]
    for channel in range(3):
        colour[channel] = value


@njit(cache=True, fastmath=True)
def _material(field, ragged):  # type: ignore[no-untyped-def]
    """Which surface the fields of a point make it. `ragged` frays the hairline."""
    if field[5] > 0.5:
        return EYE
    if field[2] > 0:
        return SHOE
    if field[6] > 0:
        return SOCK
    if field[0] > 0:
        return SHIRT
    if field[1] > 0:
        return SHORTS
    if field[8] > 0:
        return CAP
    return HAIR if field[3] + ragged > 0 else SKIN


@njit(cache=True, fastmath=True)
def _mixed(colour, other, share):  # type: ignore[no-untyped-def]
    share = min(max(share, 0.0), 1.0)
    for channel in range(3):
        colour[channel] = colour[channel] * (1 - share) + other[channel] * share


@njit(cache=True)
def _skin_colour(colour, field, rest, palette):  # type: ignore[no-untyped-def]
    x, y, z = rest
    grain = 0.06 * (_noise(x * 90 + z * 37 + 11, z * 90 - y * 50) - 0.5) + 0.05 * (
        _noise(x * 14 + 3, z * 14 + y * 9) - 0.5
    )
    _scale(colour, 1 + grain)
    _mixed(colour, palette[LIPS], 0.75 * field[4])
    _mixed(colour, palette[HAIR], 0.85 * field[7])


@njit(cache=True)
def _folds(rest, normal, depth, finer):  # type: ignore[no-untyped-def]
    """Tilt the normal as creased cloth would; `finer` 1 for cloth."""
    x, z = finer * (rest[0] * 16 + rest[1] * 9), finer * (rest[2] * 9 + rest[0] * 5)
    here = _noise(x, z) + 0.5 * _noise(2.1 * x + 7, 2.1 * z)
    right = _noise(x + 0.12, z) + 0.5 * _noise(2.1 * (x + 0.12) + 7, 2.1 * z)
    above = _noise(x, z + 0.12) + 0.5 * _noise(2.1 * x + 7, 2.1 * (z + 0.12))
    normal[0] += depth * (here - right)
    normal[1] += 0.3 * depth * (right - above)
    normal[2] += depth * (here - above)


@njit(cache=True)
def _pattern(colour, pattern, rest, palette):  # type: ignore[no-untyped-def]
    """What is printed on or woven into the cloth."""
    x, y, z = rest
    if pattern < 0.5:
        return
    if pattern < 1.5:
        if (int(np.floor(x / 0.035) + np.floor(z / 0.035)) % 2) == 0:
            _scale(colour, 0.55)
    elif pattern < 2.5:
        if z / 0.05 - np.floor(z / 0.05) < 0.42:
            _set(colour, palette[ACCENT])
    else:
        u, v = 11 * x + 5 * y, 11 * z - 7 * y
        blotch = _noise(u, v) + 0.6 * _noise(2.3 * u + 9, 2.3 * v + 4)
        if blotch > 0.92:
            _set(colour, palette[ACCENT])
        elif blotch < 0.62:
            _scale(colour, 0.45)


@njit(cache=True)
def _cloth_colour(colour, material, field, rest, normal, palette, settings):  # type: ignore[no-untyped-def]
    x, _, z = rest
    edge = field[0] if material == SHIRT else field[1]
    _pattern(colour, settings[SHIRT_PATTERN] if material == SHIRT else settings[SHORTS_PATTERN], rest, palette)
    _folds(rest, normal, settings[FOLD], 1.0)
    _scale(colour, 1 + 0.10 * (_hash(int(x * 900), int(z * 900)) - 0.5))
    if 0.016 < edge < 0.022:
        _scale(colour, 0.75)
    if material == SHORTS and z > settings[BAND_Z]:
        _set(colour, palette[WAISTBAND])
        _scale(colour, 0.94 + 0.12 * (int(np.floor(x * 400)) % 2))


@njit(cache=True)
def _shoe_colour(colour, field, rest, palette, settings):  # type: ignore[no-untyped-def]
    if field[2] > 1.5:
        _set(colour, palette[SHOE_ACCENT])
    if rest[2] < settings[SOLE_Z] + 0.024:
        _grey(colour, 0.62)
        if rest[2] < settings[SOLE_Z] + 0.006:
            _grey(colour, 0.25)


@njit(cache=True)
def _eye_colour(colour, field):  # type: ignore[no-untyped-def]
    code = field[5]
    if code > 1.82:
        _grey(colour, 0.02)
    elif code > 1.55:
        colour[0], colour[1], colour[2] = 0.12, 0.075, 0.045
    else:
        colour[0], colour[1], colour[2] = 0.55, 0.53, 0.51


@njit(cache=True)
def _figure_colour(colour, field, rest, normal, palette, settings):  # type: ignore[no-untyped-def]
    """Fill in the colour; returns gloss and how far light wraps around the surface."""
    material = _material(field, 0.006 * (_noise(rest[0] * 260 + 5, rest[2] * 90 + rest[1] * 200) - 0.5))
    if material == EYE:
        _eye_colour(colour, field)
        return 0.35, 0.25
    _set(colour, palette[material])
    if material == SKIN:
        _skin_colour(colour, field, rest, palette)
        return 0.12, 0.35
    if material in (SHIRT, SHORTS):
        _cloth_colour(colour, material, field, rest, normal, palette, settings)
        return 0.02, 0.25
    if material == SHOE:
        _shoe_colour(colour, field, rest, palette, settings)
        return 0.10, 0.25
    if material == HAIR:
        _scale(colour, 1 + 0.7 * (_noise(rest[0] * 300, rest[2] * 60 + rest[1] * 120) - 0.5))
        _folds(rest, normal, 0.25, 4.0)
        return 0.08, 0.25
    return 0.03, 0.25


@njit(cache=True)
def _surface_light(pixel, colour, normal, view, light, lit, gloss, wrap, settings):  # type: ignore[no-untyped-def]
    """Room light, wrapped lamp light, a little light from the camera's side, and a highlight."""
    toward = normal[0] * light[0] + normal[1] * light[1] + normal[2] * light[2]
    facing = max(normal[0] * view[0] + normal[1] * view[1] + normal[2] * view[2], 0.0)
    lamp = max((toward + wrap) / (1 + wrap), 0.0) * (0.22 + 0.78 * lit) * settings[LAMP]
    ambient = settings[ROOM_LIGHT] * (1 + 0.8 * (0.5 + 0.5 * normal[2])) + 0.13 * facing
    x, y, z = light[0] + view[0], light[1] + view[1], light[2] + view[2]
    shine = normal[0] * x + normal[1] * y + normal[2] * z
    shine = max(shine / np.sqrt(x * x + y * y + z * z), 0.0) ** 24 * gloss * lit
    warm = settings[WARMTH]
    for channel in range(3):
        tint = 1 + warm * (1 - channel)
        pixel[channel] = colour[channel] * (ambient + lamp * tint) + shine * settings[LAMP]


@njit(cache=True)
def _floor_colour(colour, x, y, palette, settings):  # type: ignore[no-untyped-def]
    _set(colour, palette[FLOOR])
    style = settings[FLOOR_STYLE]
    if style < 0.5:
        plank = np.floor(x / 0.14)
        along = y / 1.2 + _hash(plank, 7) * 3
        grain = 0.10 * (_noise(x * 60 + plank * 13, y * 3) - 0.5) + 0.06 * (_noise(x * 160, y * 8) - 0.5)
        seam = 0.72 if x / 0.14 - plank < 0.02 or along - np.floor(along) < 0.004 else 1.0
        _scale(colour, (0.85 + 0.3 * _hash(plank, np.floor(along))) * (1 + grain) * seam)
    elif style < 1.5:
        speck = _hash(int(np.floor(x * 260)), int(np.floor(y * 260)))
        if speck > 0.965:
            _scale(colour, 2.6)
        _scale(colour, 1 + 0.15 * (_noise(x * 40, y * 40) - 0.5))
        u, v = x - np.floor(x), y - np.floor(y)
        if u < 0.006 or v < 0.006:
            _scale(colour, 0.6)
    elif style < 2.5:
        _scale(colour, 1 + 0.22 * (_noise(x * 2.1, y * 2.1) - 0.5) + 0.10 * (_noise(x * 17, y * 17) - 0.5))
    elif style < 3.5:
        blades = _noise(x * 90 + 3, y * 40) + 0.7 * _noise(x * 37, y * 150)
        _scale(colour, 0.55 + 0.55 * blades + 0.35 * (_noise(x * 1.1, y * 1.1) - 0.5))
    else:
        column, row = np.floor(x / 0.30), np.floor(y / 0.30)
        joint = x / 0.30 - column < 0.02 or y / 0.30 - row < 0.02
        _scale(colour, 0.62 if joint else 0.94 + 0.12 * _hash(column, row))


@njit(cache=True)
def _hedge_colour(colour, s, z, palette):  # type: ignore[no-untyped-def]
    """Leaves up to a ragged edge, and the sky above."""
    edge = 1.55 + 0.25 * _noise(s * 1.3, 3) + 0.12 * _noise(s * 7, 9) + 0.05 * _noise(s * 25, 1)
    if z < edge:
        leaf = _noise(s * 14, z * 14) + 0.6 * _noise(s * 37 + 5, z * 37) + 0.4 * _hash(int(s * 70), int(z * 70))
        _scale(colour, 0.25 + 0.75 * leaf * (0.55 + 0.3 * z))
    else:
        _set(colour, palette[WALL_ACCENT])
        cloud = _noise(s * 0.5 + 4, z * 1.4) + 0.5 * _noise(s * 1.3, z * 3.1)
        _grey_mixed(colour, 0.95, 0.6 * max(cloud - 0.55, 0.0))


@njit(cache=True)
def _grey_mixed(colour, value, share):  # type: ignore[no-untyped-def]
    for channel in range(3):
        colour[channel] = colour[channel] * (1 - share) + value * share


@njit(cache=True)
def _wallpaper_colour(colour, s, z, palette):  # type: ignore[no-untyped-def]
    """Stripes with diamonds on every other one: edges at every angle, near the person's own contrast."""
    stripe = np.floor(s / 0.16)
    if stripe % 2 == 0:
        _mixed(colour, palette[WALL_ACCENT], 0.55)
    u, v = s / 0.16 - stripe - 0.5, z / 0.24 - np.floor(z / 0.24) - 0.5
    if stripe % 2 == 1 and 0.14 < abs(u) + abs(v) < 0.30:
        _mixed(colour, palette[WALL_ACCENT], 0.8)


@njit(cache=True)
def _wall_colour(colour, s, z, palette, settings):  # type: ignore[no-untyped-def]
    _set(colour, palette[WALL])
    style = settings[WALL_STYLE]
    if style > 3.5:
        _hedge_colour(colour, s, z, palette)
        return
    if style > 2.5:
        _wallpaper_colour(colour, s, z, palette)
    elif style > 1.5:
        row = np.floor(z / 0.085)
        u = s / 0.24 + 0.5 * (row % 2)
        joint = z / 0.085 - row < 0.12 or u - np.floor(u) < 0.045
        if joint:
            _set(colour, palette[WALL_ACCENT])
        else:
            _scale(colour, 0.75 + 0.5 * _hash(np.floor(u), row))
        _scale(colour, 1 + 0.15 * (_noise(s * 60, z * 60) - 0.5))
        return
    elif style > 0.5:
        if z < 1.12:
            _set(colour, palette[WALL_ACCENT])
        elif z < 1.16:
            _grey(colour, 0.75)
    _scale(colour, 1 + 0.03 * (_noise(s * 30, z * 30) - 0.5) + 0.05 * (_noise(s * 1.3 + 3, z * 1.3) - 0.5))
    if z < 0.10:
        _grey(colour, 0.62)
    elif z < 0.105:
        _scale(colour, 0.6)


@njit(cache=True, fastmath=True, inline="always")
def _under_feet(x, y, feet):  # type: ignore[no-untyped-def]
    """Light left under and around the feet. `feet` (2 N, 3): middle of the foot x, y and its height."""
    left = 1.0
    for foot in range(feet.shape[0]):
        dx, dy = x - feet[foot, 0], y - feet[foot, 1]
        if abs(dx) > 0.3 or abs(dy) > 0.6:
            continue
        near = np.exp(-(dx * dx / 0.055**2 + dy * dy / 0.13**2) * 0.5) * np.exp(-feet[foot, 2] / 0.06)
        left *= 1 - 0.55 * near
    return left


@njit(cache=True)
def room_layers(room_lit, lamp_lit, places, eye, axes, centre, away, light, palette, settings):  # type: ignore[no-untyped-def]
    """The empty room, once for a camera that stands still. Fills, each (H, W, 3): what the light of the room and what
    the lamp add where nothing shades it, and the place on floor or wall in the world.
    """
    height, width = places.shape[:2]
    colour, ray = np.zeros(3), np.zeros(3)
    for y in range(height):
        for x in range(width):
            _ray(ray, x, y, axes, centre, settings)
            to_floor = -eye[2] / ray[2] if ray[2] < -1e-5 else 1e9
            speed = ray[0] * away[0] + ray[1] * away[1]
            before = settings[WALL_DISTANCE] - (eye[0] * away[0] + eye[1] * away[1])
            to_wall = before / speed if speed > 1e-5 else 1e9
            place = places[y, x]
            if to_floor < to_wall:
                _along_ray(place, eye, ray, to_floor)
                place[2] = FLOOR_LIFT_M
                _floor_colour(colour, place[0], place[1], palette, settings)
                fade = 0.75 + 0.25 * np.exp(-0.04 * to_floor)
                of_room, of_lamp = 1.5 * settings[ROOM_LIGHT] * fade, settings[LAMP] * light[2] * fade
            else:
                _along_ray(place, eye, ray, to_wall)
                s, z = -place[0] * away[1] + place[1] * away[0], place[2]
                _wall_colour(colour, s, z, palette, settings)
                glow = 0.80 + 0.16 * np.exp(-((s - 0.8) ** 2) / 6 - (z - 1.7) ** 2 / 3)
                glow *= 1 - 0.25 * np.exp(-max(z, 0.0) / 0.25)
                of_room, of_lamp = 0.0, glow * (2.0 * settings[ROOM_LIGHT] + 0.65 * settings[LAMP])
            for channel in range(3):
                tint = colour[channel] * (1 + settings[WARMTH] * (1 - channel))
                room_lit[y, x, channel] = of_room * tint
                lamp_lit[y, x, channel] = of_lamp * tint


@njit(cache=True, fastmath=True)
def shade_room(image, seen, layers, feet, light_map):  # type: ignore[no-untyped-def]
    """The pixels of `image` (H, W, 3) where no triangle is seen: the empty room under the shadows."""
    room_lit, lamp_lit, places = layers
    axes, low, depth, nearest, scale = light_map
    for y in range(seen.shape[0]):
        for x in range(seen.shape[1]):
            if seen[y, x] >= 0:
                continue
            px, py, pz = places[y, x, 0], places[y, x, 1], places[y, x, 2]
            if pz <= FLOOR_LIFT_M:
                lamp = 0.22 + 0.78 * _lit(px, py, pz, axes, low, depth, nearest, scale, 0.022 * scale, 0.004)
                room = _under_feet(px, py, feet)
            else:
                lamp = 0.72 + 0.28 * _lit(px, py, pz, axes, low, depth, nearest, scale, 0.035 * scale, 0.02)
                room = 1.0
            for channel in range(3):
                image[y, x, channel] = room_lit[y, x, channel] * room + lamp_lit[y, x, channel] * lamp


@njit(cache=True, fastmath=True)
def _ray(ray, x, y, axes, centre, settings):  # type: ignore[no-untyped-def]
    """Direction through a pixel, with depth 1."""
    dx, dy = (x + 0.5 - centre[0]) / settings[FOCAL], (y + 0.5 - centre[1]) / settings[FOCAL]
    for part in range(3):
        ray[part] = axes[0, part] * dx + axes[1, part] * dy + axes[2, part]


@njit(cache=True)
def shade(  # type: ignore[no-untyped-def]
    image, seen, weight_1, weight_2, faces, vertices, normals, rest, fields, figure_ends, thing_colours,
    axes, centre, light, light_map, palettes, settings,
):  # fmt: skip
    """The pixels of `image` (H, W, 3) where a triangle is seen, in linear colour. Triangles before `figure_ends[k]` are
    those of person k, with row k of `palettes` (N, P, 3) and `settings` (N, S); the rest are things.
    """
    height, width = seen.shape
    colour, point, normal, place, view = np.zeros(3), np.zeros(3), np.zeros(3), np.zeros(3), np.zeros(3)
    field = np.zeros(fields.shape[1])
    lamp_axes, low, depth, nearest, scale = light_map
    for y in range(height):
        for x in range(width):
            triangle = seen[y, x]
            if triangle < 0:
                continue
            a, b, c = faces[triangle, 0], faces[triangle, 1], faces[triangle, 2]
            w1, w2 = weight_1[y, x], weight_2[y, x]
            _blend(point, vertices, a, b, c, w1, w2)
            _blend(normal, normals, a, b, c, w1, w2)
            who = 0
            while who < figure_ends.size and triangle >= figure_ends[who]:
                who += 1
            if who < figure_ends.size:
                _blend(field, fields, a, b, c, w1, w2)
                _blend(place, rest, a, b, c, w1, w2)
                gloss, wrap = _figure_colour(colour, field, place, normal, palettes[who], settings[who])
            else:
                gloss, wrap = 0.06, 0.1
                _set(colour, thing_colours[triangle - figure_ends[-1]])
            _normalise(normal)
            _ray(view, x, y, axes, centre, settings[0])
            _scale(view, -1.0)
            _normalise(view)
            if normal[0] * view[0] + normal[1] * view[1] + normal[2] * view[2] < INSIDE:
                _scale(normal, -1.0)
            _along_ray(point, point, normal, 0.01)
            lit = _lit(point[0], point[1], point[2], lamp_axes, low, depth, nearest, scale, 0.008 * scale, 0.012)
            _surface_light(image[y, x], colour, normal, view, light, lit, gloss, wrap, settings[0])
