"""Angles drawn at their joints: a dashed line that says from where the angle counts, an arc, and the number.

A number appears only where its `Series` has one for this very instant: what the view refuses is NaN there and stays
off the picture.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vidgait.outputs.canvas import Box, Canvas, Sprite, arc_points
from vidgait.outputs.style import COLOURS, INK, MIDDLE, MUTED, PANEL, Style, side_colour
from vidgait.outputs.text import Span, label
from vidgait.types import Analysis, FloatArray, IntArray, Segment, Series, Side

__all__ = [
    "AT_TURN",
    "Angle",
    "angles_of",
    "dashes_of",
    "draw_angles",
    "draw_level",
    "inward",
    "number",
    "refused_angles",
    "up_of",
    "write_labels",
]

Points = Mapping[str, FloatArray]
Key = tuple[str, Side | None]
"""Name of a series and its side."""

SIDES: tuple[Side | None, ...] = ("left", "right", None)

AT_TURN = "_bottom"
"""End of the id of a measure that reads a series at the turn of a repetition."""

COARSE = "knee_flexion_vertical_deg"
"""Knee flexion from how far the hip sinks, for views that refuse the angle itself: written with an "about" and without
an arc, because it is not the angle that the lines make in the picture."""

SHOWN = ("knee_flexion_deg", "hip_flexion_deg", "trunk_lean_deg", "ankle_dorsiflexion_deg", "fppa_deg", COARSE)
"""The series that may stand at a joint."""

ARC_SHARE = 0.3
"""Radius of an arc over the length of the shorter limb it joins."""

SIDEWAYS_LEAST_DEG = 0.5
"""A knee closer to straight than half a degree is written without a direction."""

SEEN_DEG = {"fppa_deg": 4.0}
"""Smaller angles are written but not drawn; 8 degrees for those that are not listed."""

FORESHORTENED = 0.5
"""From the front, a thigh that hangs less than this share of the shank's length points at the camera, as in a deep
squat: its direction in the picture says little about the knee, so no number is drawn."""

HINGED = ("hinge", "sit_to_stand")
"""Movements where the hip says more than the trunk."""


@dataclass(frozen=True, slots=True, eq=False)
class Angle:
    """One angle of one instant, ready to draw."""

    series: str
    side: Side | None
    name: str
    text: str
    vertex_px: FloatArray
    start: FloatArray
    """Unit vector the angle counts from."""
    end: FloatArray
    """Unit vector of the limb it counts to."""
    radius_px: float
    outward: FloatArray
    """Where the label goes: a picture direction."""


def number(value: float, unit: str = "°") -> str:
    """A whole number with a proper minus and its unit."""
    rounded = round(value)
    return f"{'−' if rounded < 0 else ''}{abs(rounded)}{unit}"


def angles_of(
    analysis: Analysis, row: int, points: Points, segment: Segment | None, refused: frozenset[Key] = frozenset()
) -> list[Angle]:
    """The angles that matter for the segment's view, at one row of the series."""
    if segment is None:
        return []
    makers = _frontal(points) if segment.view in ("front", "back") else _sagittal(points, segment, analysis)
    found = []
    for (name, side), make in makers.items():
        series = _series(analysis.series, name, side)
        if series is None or series.why_none or not np.isfinite(series.value[row]) or (name, side) in refused:
            continue
        angle = make(float(series.value[row]))
        if np.isfinite([*angle.vertex_px, *angle.start, *angle.end, angle.radius_px]).all():
            found.append(angle)
    precise = any(angle.series == "knee_flexion_deg" for angle in found)
    return [angle for angle in found if not (precise and angle.series == COARSE)]


def refused_angles(analysis: Analysis) -> frozenset[Key]:
    """Angles of which every measure of a repetition was refused: the picture must not say what the report does not.
    One refused instant, such as the bottom of a deep squat, leaves the others."""
    found: dict[Key, list[bool]] = {}
    for name, side in itertools.product(SHOWN, SIDES):
        for measure in analysis.measures:
            if measure.rep is not None and measure.side == side and measure.id.startswith(name.removesuffix("deg")):
                found.setdefault((name, side), []).append(measure.value is None)
    return frozenset(key for key, missing in found.items() if all(missing))


def _series(series: Sequence[Series], name: str, side: Side | None) -> Series | None:
    return next((one for one in series if one.name == name and one.side == side), None)


Makers = dict[Key, Callable[[float], Angle]]


def _sagittal(points: Points, segment: Segment, analysis: Analysis) -> Makers:
    """Knee, ankle and trunk (or hip) of the leg nearer to the camera."""
    side = segment.near_side
    if side is None:
        return {}
    hip, knee, ankle, heel, toe, shoulder = (
        points[f"{side}_{part}"] for part in ("hip", "knee", "ankle", "heel", "toe", "shoulder")
    )
    middle_hip, middle_shoulder = _middle(points, "hip", side), _middle(points, "shoulder", side)
    ahead = np.array([_forward(segment, heel, toe), 0.0])
    up = up_of(segment)
    radius_px = min((px for px in (_length(knee - hip), _length(ankle - knee)) if np.isfinite(px)), default=np.nan)

    def angle(series: str, name: str, at: FloatArray, start: FloatArray, end: FloatArray, out: FloatArray) -> Makers:
        key_side = None if series == "trunk_lean_deg" else side
        parts = (at, _unit(start), _unit(end), ARC_SHARE * radius_px, out)
        return {(series, key_side): lambda value: Angle(series, key_side, name, number(value), *parts)}

    across = np.array([-(toe - heel)[1], (toe - heel)[0]])
    square = across if across @ up > 0 else -across
    found = angle("knee_flexion_deg", "knee", knee, knee - hip, ankle - knee, ahead)
    if analysis.movement.label in HINGED:
        found |= angle("hip_flexion_deg", "hip", hip, hip - shoulder, knee - hip, -ahead)
    else:
        found |= angle("trunk_lean_deg", "trunk", middle_hip, up, middle_shoulder - middle_hip, -ahead)
    if segment.view not in ("left", "right"):
        other = points["right_knee" if side == "left" else "left_knee"]
        away = np.array([_sign(knee - other), 0.0])
        found |= angle(COARSE, "knee about", knee, knee - hip, ankle - knee, away)
    return found | angle("ankle_dorsiflexion_deg", "ankle", ankle, square, knee - ankle, -ahead)


def _frontal(points: Points) -> Makers:
    """The knees against the line from hip to ankle."""
    found: Makers = {}
    sides: tuple[tuple[Side, Side], ...] = (("left", "right"), ("right", "left"))
    for side, other in sides:
        hip, knee, ankle = (points[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))
        if not knee[1] - hip[1] > FORESHORTENED * _length(ankle - knee):
            continue
        away = np.array([_sign(knee - points[f"{other}_knee"]), 0.0])
        radius_px = 2.2 * ARC_SHARE * _length(ankle - knee)
        parts = (knee, _unit(knee - hip), _unit(ankle - knee), radius_px, away)
        found["fppa_deg", side] = _knee_angle(side, parts)
    return found


def _knee_angle(
    side: Side, parts: tuple[FloatArray, FloatArray, FloatArray, float, FloatArray]
) -> Callable[[float], Angle]:
    return lambda value: Angle("fppa_deg", side, f"{side[0].upper()} knee", inward(value), *parts)


def inward(value_deg: float) -> str:
    """A frontal-plane knee angle in words: positive is towards the other knee."""
    if abs(value_deg) < SIDEWAYS_LEAST_DEG:
        return "0°"
    return f"{number(abs(value_deg))} {'in' if value_deg > 0 else 'out'}"


def draw_angles(
    canvas: Canvas,
    angles: Sequence[Angle],
    style: Style,
    taken: Sequence[Box],
    written: list[str],
    points: Points | None = None,
) -> None:
    """Draw lines and arcs, then their labels as `write_labels` does."""
    for angle in angles:
        if angle.series != COARSE:
            _draw_arc(canvas, angle, style)
    write_labels(canvas, angles, style, taken, written, points)


def write_labels(
    canvas: Canvas,
    angles: Sequence[Angle],
    style: Style,
    taken: Sequence[Box],
    written: list[str],
    points: Points | None = None,
) -> None:
    """Names and numbers where they hide neither one another nor `taken`, nor, where there is room, the legs and the
    trunk of the person at `points`. Adds their texts to `written`."""
    occupied, body = list(taken), _body_points(points or {})
    for angle in angles:
        sprite = label((Span(f"{angle.name} ", MUTED, "medium"), Span(angle.text, INK)), style.text_px, PANEL)
        box = _free_place(angle, sprite, style, canvas.size_px, occupied, body)
        if box is not None:
            canvas.sprite(sprite, box.left, box.top)
            occupied.append(box)
            written.append(f"{angle.name} {angle.text}")


def draw_level(canvas: Canvas, points: Points, segment: Segment | None, style: Style) -> None:
    """From the front or the back, a level line behind which the hips can be compared. It has no number: the two hip
    points follow a real drop of the pelvis only in part."""
    if segment is None or segment.view not in ("front", "back"):
        return
    across = points["left_hip"] - points["right_hip"]
    if np.isfinite(across).all():
        up = up_of(segment)
        half = 1.1 * _length(across) * np.array([-up[1], up[0]])
        middle = 0.5 * (points["left_hip"] + points["right_hip"])
        dashes = dashes_of(middle - half, middle + half, 3 * style.thin_px)
        canvas.strokes(dashes, (COLOURS[PANEL], style.thin_px + style.halo_px), (COLOURS[MIDDLE], 0.6 * style.thin_px))


def _draw_arc(canvas: Canvas, angle: Angle, style: Style) -> None:
    """Nothing for an angle too small to see: lines would only lie on top of each other."""
    start_deg = float(np.degrees(np.arctan2(angle.start[1], angle.start[0])))
    end_deg = float(np.degrees(np.arctan2(angle.end[1], angle.end[0])))
    turn_deg = (end_deg - start_deg + 180) % 360 - 180
    if abs(turn_deg) < SEEN_DEG.get(angle.series, 8.0):
        return
    dark = COLOURS[PANEL]
    reach = angle.vertex_px + 1.35 * angle.radius_px * angle.start
    dashes = dashes_of(angle.vertex_px, reach, 3 * style.thin_px)
    canvas.strokes(dashes, (dark, style.thin_px + 1.4 * style.halo_px), (COLOURS[MIDDLE], style.thin_px))
    arc = arc_points(angle.vertex_px, angle.radius_px, start_deg, start_deg + turn_deg)
    colour = COLOURS[side_colour(angle.side)]
    canvas.strokes([arc], (dark, style.thin_px + 2 * style.halo_px), (colour, 1.3 * style.thin_px))


def dashes_of(start: FloatArray, end: FloatArray, length_px: float) -> list[FloatArray]:
    """A dashed line, as strokes of `length_px` each."""
    count = max(2, int(_length(end - start) / (2 * length_px)))
    steps = start + np.linspace(0, 1, 2 * count)[:, None] * (end - start)
    return list(steps.reshape(count, 2, 2))


def _body_points(points: Points) -> FloatArray:
    """(N, 2) places along the legs and the trunk."""
    bones = (("shoulder", "hip"), ("hip", "knee"), ("knee", "ankle"), ("ankle", "toe"))
    steps = np.linspace(0.0, 1.0, 9)[:, None]
    found = [
        points[f"{side}_{start}"] + steps * (points[f"{side}_{end}"] - points[f"{side}_{start}"])
        for side in ("left", "right")
        for start, end in bones
        if points
    ]
    along = np.concatenate(found) if found else np.zeros((0, 2))
    return along[np.isfinite(along).all(axis=1)]


def _free_place(
    angle: Angle,
    sprite: Sprite,
    style: Style,
    size_px: tuple[int, int],
    occupied: Sequence[Box],
    body: FloatArray,
) -> Box | None:
    """Beside the joint on its outward side; where the picture ends there, as far out as it goes, above or below; or
    else on the other side. The first of these that hides the least of the body."""
    free = []
    for left, top in _places(angle, sprite.size_px, style, size_px):
        corner = (2 * round(left / 2), 2 * round(top / 2))
        box = Box(corner[0], corner[1], corner[0] + sprite.size_px[0], corner[1] + sprite.size_px[1])
        inside = box.left >= 0 and box.top >= 0 and box.right <= size_px[0] and box.bottom <= size_px[1]
        if inside and not any(box.overlaps(other) for other in occupied):
            free.append(box)
    return free[int(np.argmin(_covered(free, body)))] if free else None


def _covered(boxes: Sequence[Box], points: FloatArray) -> IntArray:
    """How much of `points` (N, 2) lies in each box, in coarse steps: a label must not jump for a sliver of a leg."""
    left, top, right, bottom = np.array([(box.left, box.top, box.right, box.bottom) for box in boxes]).T[..., None]
    x, y = points.T
    inside: IntArray = ((x >= left) & (x <= right) & (y >= top) & (y <= bottom)).sum(axis=1) // 3
    return inside


def _places(
    angle: Angle, label_px: tuple[int, int], style: Style, size_px: tuple[int, int]
) -> Iterator[tuple[float, float]]:
    """Corners to try for a label, the best first."""
    width, height = label_px
    away_px = 1.2 * style.text_px + (0.2 * style.text_px if angle.series == "fppa_deg" else 0.55 * angle.radius_px)
    x, y = (float(number) for number in angle.vertex_px)
    for direction in (float(angle.outward[0]), -float(angle.outward[0])):
        left = x + direction * away_px - (0 if direction > 0 else width)
        inside = min(max(left, 0.0), size_px[0] - width)
        shifts = (0.0, -1.1, 1.1, -2.2, 2.2) if abs(inside - left) < 1 else (-1.4, 1.4, -2.5, 2.5)
        yield from ((inside, y - height / 2 + shift * height) for shift in shifts)


def up_of(segment: Segment) -> FloatArray:
    """Unit vector against gravity, in the picture."""
    roll = np.radians(segment.roll_deg)
    return np.array([np.sin(roll), -np.cos(roll)])


def _forward(segment: Segment, heel: FloatArray, toe: FloatArray) -> float:
    facing = {"image_left": -1.0, "image_right": 1.0}.get(segment.facing)
    return facing if facing is not None else _sign(toe - heel)


def _middle(points: Points, part: str, near: Side) -> FloatArray:
    middle: FloatArray = 0.5 * (points[f"left_{part}"] + points[f"right_{part}"])
    return middle if np.isfinite(middle).all() else points[f"{near}_{part}"]


def _sign(vector: FloatArray) -> float:
    """Which way it points in the picture: +1 right, -1 left; +1 where nobody knows."""
    return -1.0 if vector[0] < 0 else 1.0


def _length(vector: FloatArray) -> float:
    return float(np.hypot(vector[0], vector[1]))


def _unit(vector: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        unit: FloatArray = vector / np.hypot(vector[0], vector[1])
    return unit
