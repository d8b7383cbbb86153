"""What `vidgait live` shows: the camera's picture, the skeleton, and what is to be read from three metres away.

`paint` is pure: the same picture and the same view give the same image. Nothing is remembered but sprites.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from vidgait.live import picture_panels as panels
from vidgait.live.picture_layout import Layout, lay_out
from vidgait.live.picture_paper import Paper, bgr_of
from vidgait.movements import MOVEMENTS
from vidgait.outputs.canvas import Box
from vidgait.outputs.overlay_skeleton import SkeletonPainter
from vidgait.outputs.style import INK, PANEL, WATCH, Style
from vidgait.types import BLAZEPOSE

if TYPE_CHECKING:
    from vidgait.live.state import LiveView
    from vidgait.types import FloatArray, ImageArray, Side, Skeleton

__all__ = ["KEYS", "Banner", "Extras", "banner_of", "better_column", "blank_reason", "paint"]

KEYS = "space pause, r reset, m mirror, f full screen, s numbers, h keys, q quit"
BONE_SHARE = 1.6
"""Bones are wider than in the annotated video, which is watched from nearer."""

JOINTS = ("knee", "hip", "heel", "ankle", "shoulder")
"""What a cue may be about that a ring can be drawn round."""

SIDES: tuple[Side, Side] = ("left", "right")
LEG_PARTS = ("_hip", "_knee", "_ankle", "_heel", "_toe")

LOST_S = 0.5
"""Who is not seen in a picture or two is not told so."""

DIM = 0.45
"""How much of the picture is left while it is paused."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What is shown besides the view, and where: the choices of whoever looks at it."""

    stats: bool = False
    help: bool = False
    column: Side | None = None
    """On which side of what is shown counter and readings stand; None: where they hide less of this very picture, so
    that they may jump to and fro."""


@dataclass(frozen=True, slots=True)
class Banner:
    """One sentence, the colour of its stripe, and a smaller line below it."""

    words: str
    colour: str
    small: str = ""


def paint(
    image: ImageArray,
    view: LiveView,
    mirror: bool = False,
    *,
    size_px: tuple[int, int] | None = None,
    skeleton: Skeleton = BLAZEPOSE,
    extras: Extras = Extras(),
) -> ImageArray:
    """A new BGR image that shows `view` over `image` (H, W, 3), the picture as filmed.

    `mirror` exchanges left and right of the picture, never of the words: left and right stay the person's own.
    `size_px` (width, height) of the result; as large as the picture unless given. The picture keeps its aspect.
    """
    source_px = (image.shape[1], image.shape[0])
    size_px = size_px or source_px
    column = extras.column or better_column(view, source_px, size_px, mirror, skeleton)
    layout = lay_out(source_px, size_px, column)
    shown = _ground(image, layout, mirror)
    if not view.paused:
        _draw_person(shown, view, layout, source_px, mirror, skeleton)
    paper = Paper(shown)
    if view.paused:
        paper.dim(DIM)
    top_px = _draw_words(paper, view, layout)
    _draw_small_print(paper, view, layout, extras, top_px)
    return shown


def better_column(
    view: LiveView,
    source_px: tuple[int, int],
    size_px: tuple[int, int],
    mirror: bool,
    skeleton: Skeleton = BLAZEPOSE,
    so_far: Side = "left",
) -> Side:
    """On which side counter and readings hide less of the person, the legs first; `so_far` unless the other is
    better."""
    other: Side = "right" if so_far == "left" else "left"
    hidden = {side: _hidden(view, lay_out(source_px, size_px, side), source_px, mirror, skeleton) for side in SIDES}
    return other if hidden[other] < hidden[so_far] else so_far


def _hidden(
    view: LiveView, layout: Layout, source_px: tuple[int, int], mirror: bool, skeleton: Skeleton
) -> tuple[int, int]:
    """How many keypoints of the legs, and of all, lie under words."""
    if view.state.points_px is None or view.paused:
        return 0, 0
    box = layout.picture
    points_px = _shown_points(view.state.points_px, source_px, (box.width, box.height), mirror)
    points_px = points_px + np.array((box.left, box.top))
    waiting = _is_waiting(view)
    boxes = [layout.checks] if waiting else [layout.counter, layout.readings, layout.bar]
    under = np.zeros(len(points_px), bool)
    for each in boxes:
        low, high = (each.left, each.top), (each.right, each.bottom)
        under |= ((points_px >= low) & (points_px < high)).all(axis=1)
    legs = [at for at, name in enumerate(skeleton.keypoints) if name.endswith(LEG_PARTS)]
    return int(under[legs].sum()), int(under.sum())


def _is_waiting(view: LiveView) -> bool:
    """Whether the guide has the word."""
    return view.state.stage in ("looking", "setting_up") and not view.state.reps and not view.paused


def banner_of(view: LiveView) -> Banner | None:
    """The one sentence that matters most now."""
    state = view.state
    if view.paused:
        return Banner("Paused", INK, "The space bar goes on")
    if view.advice:
        return Banner(view.advice[0].text, WATCH, view.advice[0].why)
    if state.points_px is None and (view.notice or state.lost_s >= LOST_S):
        # Where the camera is silent nobody can be asked to step into its picture.
        return Banner(view.notice or "I cannot see you", WATCH, "" if view.notice else "Step into the picture")
    if state.stage == "setting_up":
        return Banner("One moment", INK)
    if view.cue is not None:
        return Banner(view.cue.text, panels.TONES[view.cue.tone])
    return Banner("Ready: begin", panels.GOOD) if state.stage == "ready" else None


def blank_reason(view: LiveView) -> str | None:
    """Why no number of this instant may be shown: it would be an old one."""
    if view.paused:
        return "paused"
    return "not seen" if view.state.points_px is None else None


def _ground(image: ImageArray, layout: Layout, mirror: bool) -> ImageArray:
    """The camera's picture at its place, the rest plain."""
    box, size_px = layout.picture, layout.size_px
    fits = (image.shape[1], image.shape[0]) == (box.width, box.height)
    picture = image if fits else cv2.resize(image, (box.width, box.height), interpolation=cv2.INTER_LINEAR)
    if (box.width, box.height) == size_px:
        turned = cv2.flip(picture, 1) if mirror else picture.copy() if fits else picture
        return np.asarray(turned, np.uint8)
    shown: ImageArray = np.empty((size_px[1], size_px[0], 3), np.uint8)
    _fill_around(Paper(shown), box)
    part = shown[box.top : box.bottom, box.left : box.right]
    if mirror:
        cv2.flip(picture, 1, dst=part)
    else:
        part[:] = picture
    return shown


def _fill_around(paper: Paper, box: Box) -> None:
    width, height = paper.size_px
    for strip in (
        Box(0, 0, box.left, height),
        Box(box.right, 0, width, height),
        Box(box.left, 0, box.right, box.top),
        Box(box.left, box.bottom, box.right, height),
    ):
        paper.fill(strip, bgr_of(PANEL))


def _draw_person(
    shown: ImageArray,
    view: LiveView,
    layout: Layout,
    source_px: tuple[int, int],
    mirror: bool,
    skeleton: Skeleton,
) -> None:
    state = view.state
    if state.points_px is None or state.score is None:
        return
    box = layout.picture
    paper = Paper(shown[box.top : box.bottom, box.left : box.right])
    points_px = _shown_points(state.points_px, source_px, paper.size_px, mirror)
    near_side = state.near_side if state.view in ("left", "right") else None
    painter, ring_px = _skeleton_painter(skeleton, paper.size_px)
    painter.paint(paper, points_px, state.score, near_side)
    joint = _joint_of(view, skeleton)
    if joint is not None:
        colour = bgr_of(panels.TONES[view.cue.tone] if view.cue else INK)
        paper.ring(points_px[joint], ring_px, ((bgr_of(PANEL), 0.5 * ring_px), (colour, 0.28 * ring_px)))


def _joint_of(view: LiveView, skeleton: Skeleton) -> int | None:
    """The keypoint that the cue is about, where it names one joint of one side."""
    cue = view.cue
    if cue is None or cue.side is None or view.advice:
        return None
    part = next((part for part in JOINTS if part in cue.text.lower()), None)
    name = f"{cue.side}_{part}"
    return skeleton.index(name) if name in skeleton.keypoints else None


def _shown_points(
    points_px: FloatArray, source_px: tuple[int, int], shown_px: tuple[int, int], mirror: bool
) -> FloatArray:
    """(K, 2) pixels of the picture as shown. Rows stay: a person's left knee is their left knee in a mirror too."""
    moved: FloatArray = (points_px + 0.5) * (np.array(shown_px, float) / np.array(source_px, float)) - 0.5
    if mirror:
        moved[:, 0] = shown_px[0] - 1 - moved[:, 0]
    return moved


@functools.lru_cache(maxsize=8)
def _skeleton_painter(skeleton: Skeleton, size_px: tuple[int, int]) -> tuple[SkeletonPainter, float]:
    """And the radius of a ring round a joint."""
    style = Style.of(size_px)
    return SkeletonPainter(skeleton, replace(style, bone_px=BONE_SHARE * style.bone_px)), 5 * style.joint_px


def _draw_words(paper: Paper, view: LiveView, layout: Layout) -> int:
    """Everything but the small print. Returns where the words at the top end."""
    state, banner = view.state, banner_of(view)
    if _is_waiting(view) and banner is not None:
        bottom = panels.draw_advice(paper, layout.guide, banner.words, banner.small, banner.colour)
        if state.points_px is not None or not view.notice:  # without a picture nothing is in order
            panels.draw_checks(paper, layout.checks, view.advice, state.points_px is not None)
        return bottom
    if banner is not None:
        panels.draw_cue(paper, layout.banner, banner.words, banner.colour)
    stale = blank_reason(view)
    panels.draw_counter(paper, layout.counter, state, _movement_words(state.movement))
    panels.draw_readings(paper, layout.readings, state.readings, stale)
    panels.draw_bar(paper, layout.bar, "rest" if stale else state.phase, None if stale else state.depth_share)
    return layout.banner.bottom


def _draw_small_print(paper: Paper, view: LiveView, layout: Layout, extras: Extras, top_px: int) -> None:
    waiting = view.paused or view.state.stage in ("looking", "setting_up")
    lines = [panels.stats_words(view.stats)] if extras.stats else []
    panels.draw_foot(paper, layout.foot, [*lines, KEYS] if extras.help or waiting else lines)
    top_px += layout.margin_px
    banner = banner_of(view)
    if view.notice and (banner is None or banner.words != view.notice):
        panels.draw_notice(paper, layout.notice, _below(layout.notice, top_px), view.notice)
    if view.recording:
        size_px = max(9, round(0.045 * min(paper.size_px)))
        panels.draw_recording(paper, layout.recording.right, _below(layout.recording, top_px), size_px)


def _below(box: Box, top_px: int) -> int:
    """The upper edge of a box, or further down where words above reach into it."""
    return max(box.top, top_px) if box.top < top_px < box.bottom else box.top


def _movement_words(movement: str | None) -> str:
    """What is counted, as far as it is known."""
    if movement is None:
        return "Repetitions"
    known = MOVEMENTS.get(movement)
    return movement.replace("_", " ").capitalize() if known is None else known.label
