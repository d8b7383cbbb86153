"""The picture of a key frame: the athlete cut out of the whole, at a size for a page, with marks and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from vidgait.outputs.canvas import Box, Canvas
from vidgait.outputs.cues import with_unit
from vidgait.outputs.overlay_angles import AT_TURN, Angle, inward
from vidgait.outputs.style import COLOURS, INK, PANEL, Style, side_colour
from vidgait.outputs.text import Span, label, text_width_px, wrap

if TYPE_CHECKING:
    from vidgait.outputs.keyframes import KeyFrame
    from vidgait.types import Analysis, FloatArray, ImageArray, Segment, Side

__all__ = ["LEGS_SIDE_SHARE", "SIDE_SHARE", "KeyPicture", "mark_sides", "with_errors"]

HEIGHT_MIN_PX, HEIGHT_MAX_PX = 640, 900
ENLARGED_MAX = 2.0
"""A small athlete is enlarged up to this, for letters and lines that stay sharp on a page."""

ABOVE_SHARE, BELOW_SHARE = 0.20, 0.10
"""Space above the highest point, which leaves the top of a head out, and below the feet, over the athlete's height."""

SIDE_SHARE = 0.32
"""Space left and right, over the height of the picture: for the labels."""

LEGS_SIDE_SHARE = 0.42
"""The same where the lines of a leg are named with their errors, which takes more words."""

TEXT_SHARE = 0.030
"""Letters are larger than in the video: on a page the picture is small."""

HINT = "If L and R are swapped, use --mirrored"


class KeyPicture:
    """A part of `canvas` around the points of one person, as high as a page wants it."""

    def __init__(self, canvas: Canvas, points_px: FloatArray, side_share: float = SIDE_SHARE) -> None:
        box = _around(points_px, canvas.size_px, side_share)
        scale = min(ENLARGED_MAX, max(1.0, HEIGHT_MIN_PX / box.height), HEIGHT_MAX_PX / box.height)
        width, height = (max(2, 2 * round(side * scale / 2)) for side in (box.width, box.height))
        planes = [
            cv2.resize(
                plane[box.top // half : box.bottom // half, box.left // half : box.right // half],
                (width // half, height // half),
                interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC,
            )
            for plane, half in zip(canvas.planes, (1, 2, 2), strict=True)
        ]
        flat: ImageArray = np.concatenate([plane.reshape(-1) for plane in planes])
        self.canvas = Canvas(flat.reshape(height * 3 // 2, width))
        self.points_px: FloatArray = (points_px - (box.left, box.top)) * (width / box.width, height / box.height)
        self.style = Style.of((width, height), TEXT_SHARE)


def _around(points_px: FloatArray, size_px: tuple[int, int], side_share: float) -> Box:
    low, high = np.nanmin(points_px, axis=0), np.nanmax(points_px, axis=0)
    height = float(high[1] - low[1])
    beside = side_share * (1 + ABOVE_SHARE + BELOW_SHARE) * height
    corners = [low[0] - beside, low[1] - ABOVE_SHARE * height, high[0] + beside, high[1] + BELOW_SHARE * height]
    limits = np.clip(corners, -1e6, 1e6)
    box = Box(*(int(number) for number in limits)).within(size_px)
    return box if box.width > 8 and box.height > 8 else Box(0, 0, *size_px)


def with_errors(analysis: Analysis, key: KeyFrame, angles: Sequence[Angle]) -> list[Angle]:
    """The angles with the measured value and its ± where the catalogue has one for this repetition; without those
    that the catalogue refuses."""
    found = []
    for angle in angles:
        measure = analysis.find(angle.series.removesuffix("_deg") + AT_TURN, angle.side, key.rep)
        if key.rep is None or measure is None:
            found.append(angle)
        elif measure.value is not None:
            error = "" if measure.error is None else f" ± {measure.error:.0f}°"
            shown = inward(measure.value) + error if angle.series == "fppa_deg" else with_unit(measure)
            found.append(replace(angle, text=shown))
    return found


def mark_sides(picture: KeyPicture, points: Mapping[str, FloatArray], segment: Segment | None) -> list[str]:
    """Big L and R beside the athlete, and what to do if they are wrong. Returns the words."""
    written = []
    size = round(2.2 * picture.style.text_px)
    for side, letter in (("left", "L"), ("right", "R")):
        place = _badge_place(points, side, segment, size)  # type: ignore[arg-type]
        if place is None:
            continue
        joint, spot = place
        width, height = picture.canvas.size_px
        spot = np.clip(spot, (size, size), (width - size, height - size))
        colour = COLOURS[side_colour(side)]
        dark, thin_px = COLOURS[PANEL], picture.style.thin_px
        leader = np.array([joint, spot])
        picture.canvas.strokes([leader], (dark, thin_px + 2 * picture.style.halo_px), (colour, thin_px))
        picture.canvas.discs(spot[None], (dark, 0.85 * size), (colour, 0.72 * size))
        sprite = label((Span(letter, PANEL),), size, PANEL, 0.0)
        picture.canvas.sprite(sprite, spot[0] - sprite.size_px[0] / 2, spot[1] - sprite.size_px[1] / 2)
        written.append(letter)
    return [*written, *_hint(picture)]


def _badge_place(
    points: Mapping[str, FloatArray], side: Side, segment: Segment | None, size_px: int
) -> tuple[FloatArray, FloatArray] | None:
    """The joint a letter belongs to, and where the letter stands: outside of the shoulder from the front, before and
    behind the knees from the side."""
    other = "right" if side == "left" else "left"
    sideways = segment is not None and segment.near_side is not None
    parts = ("knee", "hip", "shoulder", "ankle") if sideways else ("shoulder", "hip", "knee")
    part = next((part for part in parts if np.isfinite(points[f"{side}_{part}"]).all()), None)
    if part is None:
        return None
    joint, opposite = points[f"{side}_{part}"], points[f"{other}_{part}"]
    direction = np.sign(joint[0] - opposite[0]) if np.isfinite(opposite).all() else 1.0
    if sideways and segment is not None:
        direction = 1.0 if segment.facing == "image_right" else -1.0
        direction = direction if side == segment.near_side else -direction
    return joint, joint + np.array([(direction or 1.0) * 2.6 * size_px, 0.0])


def _hint(picture: KeyPicture) -> list[str]:
    width, height = picture.canvas.size_px
    text_px = picture.style.text_px
    lines = wrap(HINT, text_px, width - 2 * text_px)
    if any(text_width_px(line, text_px) > width - text_px for line in lines):
        return []
    sprites = [label((Span(line, INK),), text_px, PANEL) for line in lines]
    top = height - picture.style.margin_px - sum(sprite.size_px[1] for sprite in sprites)
    for sprite in sprites:
        top = picture.canvas.sprite(sprite, (width - sprite.size_px[0]) / 2, top).bottom
    return [HINT]
