"""Lines over the athlete from the front: the pelvis against level, the trunk against the vertical, the knee against
the line from hip to ankle.

Pelvis and trunk are drawn at the angle that was measured, which counts from standing and for the pelvis rests on the
clothes over it: a line through the two hip points would show a quarter of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.outputs.overlay_angles import Angle, dashes_of, up_of, write_labels
from vidgait.outputs.style import COLOURS, INK, MIDDLE, PANEL, side_colour

if TYPE_CHECKING:
    from vidgait.outputs.canvas import Box, Canvas
    from vidgait.outputs.leg_readings import LegReading
    from vidgait.outputs.style import Style
    from vidgait.types import FloatArray, Segment, Side

__all__ = ["draw_leg_lines"]

Points = Mapping[str, "FloatArray"]

PELVIS_REACH = 1.15
"""Half the length of the pelvis line, over the distance between the hips."""

CHEST = (0.62, 0.3)
"""Where the trunk is named: up and to the side of the leg that stands, over the length of the trunk."""

SERIES = {"pelvis": "pelvic_obliquity_deg", "trunk": "trunk_lateral_lean_deg", "knee": "fppa_deg"}


def draw_leg_lines(
    canvas: Canvas,
    points: Points,
    segment: Segment,
    readings: Sequence[LegReading],
    style: Style,
    taken: Sequence[Box],
    written: list[str],
    *,
    with_errors: bool,
) -> None:
    """Draw every reading and write its number, with its error where `with_errors`. Readings whose joints are not
    seen are left out."""
    shown = [(reading, angle) for reading in readings if (angle := _angle(points, segment, reading, with_errors))]
    for reading, angle in shown:
        if reading.part == "knee":
            _draw_knee(canvas, points, angle, style)
        else:
            _draw_against(canvas, reading, angle, style)
    labels = [_label_place(reading, angle) for reading, angle in shown]
    write_labels(canvas, labels, style, taken, written, points)


def _label_place(reading: LegReading, angle: Angle) -> Angle:
    """The pelvis is named at the end of its line and the trunk at the chest, where it hides neither the
    face nor another line."""
    if reading.part == "knee":
        return angle
    place = angle.start if reading.part == "pelvis" else CHEST[0] * angle.start + CHEST[1] * angle.outward
    return replace(angle, vertex_px=angle.vertex_px + angle.radius_px * place, radius_px=0.0)


def _angle(points: Points, segment: Segment, reading: LegReading, with_errors: bool) -> Angle | None:
    """Where the reference line and the measured line start and run, and where the label goes."""
    lines = _knee(points, reading.side) if reading.part == "knee" else _middle_line(points, segment, reading)
    vertex, start, end, radius_px, outward = lines
    if not np.isfinite([*vertex, *start, *end, radius_px, *outward]).all():
        return None
    name = f"{(reading.side or '')[:1].upper()} knee" if reading.part == "knee" else reading.part
    text = reading.text(with_error=with_errors)
    return Angle(SERIES[reading.part], reading.side, name, text, vertex, start, end, radius_px, outward)


Lines = tuple["FloatArray", "FloatArray", "FloatArray", float, "FloatArray"]


def _knee(points: Points, side: Side | None) -> Lines:
    hip, knee, ankle = (points[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))
    other = points["right_knee" if side == "left" else "left_knee"]
    away = np.array([-1.0 if (knee - other)[0] < 0 else 1.0, 0.0])
    return knee, _unit(knee - hip), _unit(ankle - knee), 0.0, away


def _middle_line(points: Points, segment: Segment, reading: LegReading) -> Lines:
    """The level or upright line through the middle of the hips, and the one that leaves it by the reading."""
    stance: Side = reading.side or "left"
    free: Side = "right" if stance == "left" else "left"
    hips = points[f"{free}_hip"] - points[f"{stance}_hip"]
    middle = 0.5 * (points["left_hip"] + points["right_hip"])
    up = up_of(segment)
    level = np.array([-up[1], up[0]])
    to_free = level if hips @ level > 0 else -level
    turn = np.radians(reading.value)
    if reading.part == "pelvis":
        end = np.cos(turn) * to_free - np.sin(turn) * up
        return middle, to_free, end, PELVIS_REACH * _length(hips), to_free
    # Over the leg that stands; on two legs, toward the right: the free side of a left leg.
    towards = -to_free if reading.side else to_free
    shoulders = 0.5 * (points["left_shoulder"] + points["right_shoulder"])
    end = np.cos(turn) * up + np.sin(turn) * towards
    return middle, up, end, _length(shoulders - middle), -to_free


def _draw_knee(canvas: Canvas, points: Points, angle: Angle, style: Style) -> None:
    """The straight line from hip to ankle, beside which the knee lies: an arc would say no more."""
    hip, ankle = (points[f"{angle.side}_{part}"] for part in ("hip", "ankle"))
    dashes = dashes_of(hip, ankle, 3 * style.thin_px)
    canvas.strokes(dashes, (COLOURS[PANEL], style.thin_px + style.halo_px), (COLOURS[INK], 0.8 * style.thin_px))


def _draw_against(canvas: Canvas, reading: LegReading, angle: Angle, style: Style) -> None:
    """The dashed reference and the measured line; the pelvis reaches to both sides."""
    backwards = 1.0 if reading.part == "pelvis" else 0.0
    ends = [
        (angle.vertex_px - backwards * angle.radius_px * way, angle.vertex_px + angle.radius_px * way)
        for way in (angle.start, angle.end)
    ]
    dark, thin_px = COLOURS[PANEL], style.thin_px
    dashes = dashes_of(*ends[0], 3 * thin_px)
    canvas.strokes(dashes, (dark, thin_px + style.halo_px), (COLOURS[MIDDLE], 0.7 * thin_px))
    colour = COLOURS[side_colour(reading.side)]
    canvas.strokes([np.array(ends[1])], (dark, 1.7 * thin_px + 2 * style.halo_px), (colour, 1.7 * thin_px))


def _unit(vector: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        unit: FloatArray = vector / _length(vector)
    return unit


def _length(vector: FloatArray) -> float:
    return float(np.hypot(vector[0], vector[1]))
