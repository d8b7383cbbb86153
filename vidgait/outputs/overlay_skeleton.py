"""The athlete's skeleton, one picture of it: left blue, right orange, the far leg and unsure parts faint."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from vidgait.outputs.canvas import Box, Colour
from vidgait.outputs.style import COLOURS, LEFT, MIDDLE, PANEL, RIGHT, Style, side_colour

if TYPE_CHECKING:
    from vidgait.types import FloatArray, Side, Skeleton

__all__ = ["Ground", "SkeletonPainter"]

SCORE_SURE = 0.5
"""Below this a point is drawn faint; the cleaning has already removed what is worse than unsure."""

FAINT = 0.5
LEG_PARTS = ("hip", "knee", "ankle", "heel", "toe")
JOINTS = ("shoulder", "elbow", "hip", "knee", "ankle", "toe")


class Ground(Protocol):
    """What a skeleton is drawn on: a `Canvas`, or the picture of a live window."""

    def strokes(self, lines: Sequence[FloatArray], *layers: tuple[Colour, float]) -> None: ...

    def discs(self, centres: FloatArray, *layers: tuple[Colour, float]) -> None: ...

    def faded(self, box: Box, strength: float) -> AbstractContextManager[None]: ...


@dataclass(frozen=True, slots=True)
class _Bone:
    start: int
    end: int
    colour: str
    leg: bool
    side: Side | None


@dataclass(frozen=True, slots=True)
class _Joint:
    at: int
    side: Side | None
    leg: bool


class SkeletonPainter:
    """Draws the bones of one layout. `near_side` of a picture makes the limbs of the other side faint."""

    def __init__(self, skeleton: Skeleton, style: Style) -> None:
        self._style = style
        self._bones = [_bone(skeleton, *edge) for edge in skeleton.edges]
        self._joints = [
            _Joint(skeleton.index(name), _side(name), _part(name) in LEG_PARTS)
            for name in skeleton.keypoints
            if _part(name) in JOINTS
        ]

    def paint(self, canvas: Ground, points_px: FloatArray, score: FloatArray, near_side: Side | None) -> None:
        """One picture. `points_px` (K, 2), NaN where nothing is drawn; `score` (K,)."""
        seen: list[bool] = np.isfinite(points_px.sum(axis=1)).tolist()
        if not any(seen):
            return
        sure: list[bool] = (score >= SCORE_SURE).tolist()
        shown = [bone for bone in self._bones if seen[bone.start] and seen[bone.end] and not _flat(bone, near_side)]
        faint = [bone for bone in shown if not (sure[bone.start] and sure[bone.end]) or _far(bone.side, near_side)]
        if faint:
            ends = points_px[[at for bone in faint for at in (bone.start, bone.end)]]
            with canvas.faded(_around(ends, self._style), FAINT):
                self._draw_bones(canvas, points_px, faint)
        clear = [bone for bone in shown if bone not in faint]
        self._draw_outlines(canvas, points_px, clear)
        self._draw_bones(canvas, points_px, clear)
        joints = [joint for joint in self._joints if seen[joint.at] and sure[joint.at]]
        self._draw_joints(canvas, points_px, [joint for joint in joints if not _far(joint.side, near_side)])

    def _draw_outlines(self, canvas: Ground, points_px: FloatArray, bones: Sequence[_Bone]) -> None:
        for leg in (False, True):
            lines = [points_px[[bone.start, bone.end]] for bone in bones if bone.leg is leg]
            canvas.strokes(lines, (COLOURS[PANEL], self._width_px(leg) + 2 * self._style.halo_px))

    def _draw_bones(self, canvas: Ground, points_px: FloatArray, bones: Sequence[_Bone]) -> None:
        for leg, colour in ((False, MIDDLE), (True, LEFT), (True, RIGHT)):
            same = [bone for bone in bones if bone.leg is leg and bone.colour == colour]
            lines = [points_px[[bone.start, bone.end]] for bone in same]
            canvas.strokes(lines, (COLOURS[colour], self._width_px(leg)))

    def _width_px(self, leg: bool) -> float:
        return self._style.bone_px if leg else 0.62 * self._style.bone_px

    def _draw_joints(self, canvas: Ground, points_px: FloatArray, joints: Sequence[_Joint]) -> None:
        for leg in (False, True):
            places = points_px[[joint.at for joint in joints if joint.leg is leg]]
            radius_px = self._style.joint_px if leg else 0.7 * self._style.joint_px
            canvas.discs(places, (COLOURS[PANEL], radius_px + self._style.halo_px), (COLOURS[MIDDLE], radius_px))


def _bone(skeleton: Skeleton, start: str, end: str) -> _Bone:
    side = _side(start) if _side(start) == _side(end) else None
    leg = side is not None and _part(start) in LEG_PARTS and _part(end) in LEG_PARTS
    return _Bone(skeleton.index(start), skeleton.index(end), side_colour(side) if leg else MIDDLE, leg, side)


def _far(side: Side | None, near_side: Side | None) -> bool:
    return near_side is not None and side is not None and side != near_side


def _flat(bone: _Bone, near_side: Side | None) -> bool:
    """From the side, the lines across the body are seen end on and the far side of the trunk hides behind the near
    one: they would only be clutter."""
    return near_side is not None and (bone.side is None or (_far(bone.side, near_side) and not bone.leg))


def _around(points_px: FloatArray, style: Style) -> Box:
    low, high = points_px.min(axis=0), points_px.max(axis=0)
    edge = style.bone_px + 2 * style.halo_px
    limits = np.clip(np.concatenate([low - edge, high + edge]), -1e6, 1e6).astype(int)
    return Box(*(int(number) for number in limits))


def _side(name: str) -> Side | None:
    if name.startswith("left_"):
        return "left"
    return "right" if name.startswith("right_") else None


def _part(name: str) -> str:
    return name.partition("_")[2]
