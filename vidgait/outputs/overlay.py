"""Paints the cleaned result into pictures of the clip, and makes the key frames of the report.

Pictures and results are joined by what a player's clock shows, never by counting: a picture without an analysed
counterpart within half a frame spacing gets no skeleton and no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from vidgait.outputs.canvas import Box, Canvas
from vidgait.outputs.cues import plan_cues
from vidgait.outputs.faces import Faces
from vidgait.outputs.findings import movement_name
from vidgait.outputs.key_picture import LEGS_SIDE_SHARE, SIDE_SHARE, KeyPicture, mark_sides, with_errors
from vidgait.outputs.leg_lines import draw_leg_lines
from vidgait.outputs.leg_readings import readings_at
from vidgait.outputs.legs import compares_legs, stance_rep_at
from vidgait.outputs.overlay_angles import angles_of, draw_angles, draw_level, refused_angles
from vidgait.outputs.overlay_layout import occupancy, place
from vidgait.outputs.overlay_panels import (
    CounterPanel,
    CuePanel,
    TraceLine,
    TracePanel,
    counter_size_px,
    panel_width_px,
    trace_size_px,
)
from vidgait.outputs.overlay_skeleton import SkeletonPainter
from vidgait.outputs.style import Style, side_colour
from vidgait.outputs.text import text_width_px

if TYPE_CHECKING:
    from vidgait.outputs.keyframes import KeyFrame
    from vidgait.outputs.leg_readings import LegReading
    from vidgait.types import Analysis, FloatArray, ImageArray, PlanarFrame, Segment, Series, Side

__all__ = ["OverlayPainter", "title_of", "trace_lines"]

JPEG_QUALITY = 85
TRACES = (
    ("knee_flexion_deg", "knee flexion"),
    ("hip_height_leg_lengths", "hip height"),
    ("fppa_deg", "knee in ↑ out ↓"),
)
"""The quantity of the trace: the first that the clip has."""

TRACE_SPANS = {"knee flexion": 30.0, "hip height": 0.15, "knee in ↑ out ↓": 20.0}
"""The least that the whole height of a trace stands for, in the unit of its quantity."""

COUNTER_HIDES, TRACE_HIDES = 0.20, 0.06
"""A panel that would hide more than this share of the athlete is left out."""

VIEWS = {"left": "left side", "right": "right side", "front": "front", "back": "back", "oblique": "oblique"}


class OverlayPainter:
    """For one analysis and one size of picture (width, height). Not for several threads at once."""

    def __init__(self, analysis: Analysis, size_px: tuple[int, int]) -> None:
        self._analysis = analysis
        self._size_px = size_px
        self._style = Style.of(size_px)
        self._scale = np.array(size_px, float) / np.array(analysis.video.size_px, float)
        self._media_s = np.asarray(analysis.poses.media_time_s, float)
        spacing_s = float(np.median(np.diff(self._media_s))) if len(self._media_s) > 1 else 0.0
        self._tolerance_s = 0.5 * spacing_s + 1e-6
        self._points = analysis.clean.xy_px * self._scale
        self._skeleton = SkeletonPainter(analysis.clean.skeleton, self._style)
        blur = bool(analysis.settings.get("output", {}).get("blur_faces", False))
        self._refused = refused_angles(analysis)
        self._faces = Faces(analysis.poses, analysis.person_ids) if blur else None
        self.written: list[str] = []
        """Every word of the last picture, in the order of writing."""
        self._lay_out()

    def paint(self, frame: PlanarFrame) -> None:
        """Draw on `frame` in place. Pictures before and after the analysed stretch stay as they are, but for faces."""
        self.written = []
        canvas = Canvas(frame.planes)
        self._hide_faces(canvas, frame.media_time_s)
        if not self._covers(frame.media_time_s):
            return
        row = self._row(frame.media_time_s)
        time_s = float(np.interp(frame.media_time_s, self._media_s, self._analysis.clean.time_s))
        if row is not None:
            near_side = self._near_side(row)
            self._skeleton.paint(canvas, self._points[row], self._analysis.clean.score[row], near_side)
        taken = self._paint_panels(canvas, row, time_s)
        if row is not None:
            self._paint_angles(canvas, row, time_s, taken)

    def key_frame(self, frame: PlanarFrame, key: KeyFrame) -> bytes:
        """A JPEG of the athlete at `key`, cropped, with skeleton and angles; `frame` itself is not changed."""
        self.written = []
        canvas = Canvas(frame.planes.copy())
        self._hide_faces(canvas, frame.media_time_s)
        row = self._row(frame.media_time_s)
        if row is None or not np.isfinite(self._points[row]).any():
            return _jpeg(canvas.bgr())
        readings = self._leg_readings(key.rep, float(self._analysis.clean.time_s[row]))
        picture = KeyPicture(canvas, self._points[row], LEGS_SIDE_SHARE if readings else SIDE_SHARE)
        near_side = self._near_side(row)
        SkeletonPainter(self._analysis.clean.skeleton, picture.style).paint(
            picture.canvas, picture.points_px, self._analysis.clean.score[row], near_side
        )
        if key.kind == "first":
            self.written += mark_sides(picture, self._named(picture.points_px), self._segment(row))
        else:
            self._draw_key_angles(picture, key, row, readings)
        return _jpeg(picture.canvas.bgr())

    def _draw_key_angles(self, picture: KeyPicture, key: KeyFrame, row: int, readings: Sequence[LegReading]) -> None:
        """Lines for pelvis, trunk and knees where legs are compared; else the angles of the view."""
        named, segment, style = self._named(picture.points_px), self._segment(row), picture.style
        if readings and segment is not None:
            draw_leg_lines(picture.canvas, named, segment, readings, style, (), self.written, with_errors=True)
            return
        draw_level(picture.canvas, named, segment, style)
        angles = with_errors(self._analysis, key, angles_of(self._analysis, row, named, segment, self._refused))
        draw_angles(picture.canvas, angles, style, (), self.written)

    def _leg_readings(self, index: int | None, time_s: float) -> tuple[LegReading, ...]:
        """Of a hold its means: one picture of it is as good as another."""
        rep = next((rep for rep in self._analysis.reps if index and rep.index == index), None)
        if rep is None or not compares_legs(self._analysis):
            return ()
        return readings_at(self._analysis, rep, None if rep.kind == "hold" else time_s)

    def _paint_angles(self, canvas: Canvas, row: int, time_s: float, taken: Sequence[Box]) -> None:
        """Of the leg that stands, while one does: the free leg's angles mean nothing."""
        named, segment = self._named(self._points[row]), self._segment(row)
        rep = stance_rep_at(self._analysis, time_s)
        readings = () if rep is None else readings_at(self._analysis, rep, time_s)
        if readings and segment is not None:
            draw_leg_lines(canvas, named, segment, readings, self._style, taken, self.written, with_errors=False)
            return
        draw_level(canvas, named, segment, self._style)
        angles = angles_of(self._analysis, row, named, segment, self._refused)
        if rep is not None:
            angles = [angle for angle in angles if angle.side in (rep.side, None)]
        draw_angles(canvas, angles, self._style, taken, self.written, named)

    def _paint_panels(self, canvas: Canvas, row: int | None, time_s: float) -> list[Box]:
        """Returns what is covered by them."""
        cue = None
        if self._counter is not None:
            self._counter.paint(canvas, time_s, self.written)
        if self._trace is not None:
            self._trace.paint(canvas, row, time_s, self.written)
        if self._cue is not None:
            cue = self._cue.paint(canvas, time_s, self.written)
        return [*self._boxes, cue] if cue else self._boxes

    def _named(self, points_px: FloatArray) -> dict[str, FloatArray]:
        return dict(zip(self._analysis.clean.skeleton.keypoints, points_px, strict=True))

    def _hide_faces(self, canvas: Canvas, media_time_s: float) -> None:
        if self._faces is None:
            return
        for x, y, radius in self._faces.at(media_time_s, self._tolerance_s):
            canvas.hide((x * self._scale[0], y * self._scale[1]), radius * float(self._scale.max()))

    def _covers(self, media_time_s: float) -> bool:
        if not len(self._media_s):
            return False
        return bool(self._media_s[0] - self._tolerance_s <= media_time_s <= self._media_s[-1] + self._tolerance_s)

    def _row(self, media_time_s: float) -> int | None:
        """The analysed picture of this instant, or None."""
        if not len(self._media_s):
            return None
        row = int(np.argmin(np.abs(self._media_s - media_time_s)))
        return row if abs(self._media_s[row] - media_time_s) <= self._tolerance_s else None

    def _segment(self, row: int) -> Segment | None:
        time_s = self._analysis.clean.time_s[row]
        return next((one for one in self._analysis.segments if one.start_s <= time_s < one.end_s), None)

    def _near_side(self, row: int) -> Side | None:
        """In a side view, where the other leg is hardly seen."""
        segment = self._segment(row)
        return segment.near_side if segment and segment.view in ("left", "right") else None

    def _lay_out(self) -> None:
        """Choose the corners once, the counter first."""
        analysis, style, size_px = self._analysis, self._style, self._size_px
        share = occupancy(analysis.clean, analysis.video.size_px)
        title = title_of(analysis, style, panel_width_px(style))
        counter_px = counter_size_px(style, title, bool(analysis.reps))
        counter = place(share, size_px, counter_px, style.margin_px, (), COUNTER_HIDES)
        self._boxes: list[Box] = []
        self._counter: CounterPanel | None = None
        self._cue: CuePanel | None = None
        self._trace: TracePanel | None = None
        if counter is None:
            return
        self._boxes.append(counter)
        self._counter = CounterPanel(analysis, title, style, counter)
        self._cue = CuePanel(plan_cues(analysis), style, counter, size_px)
        self._place_trace(share, counter)

    def _place_trace(self, share: FloatArray, counter: Box) -> None:
        found = trace_lines(self._analysis)
        box = place(share, self._size_px, trace_size_px(self._style), self._style.margin_px, [counter], TRACE_HIDES)
        if found is None or box is None:
            return
        title, lines = found
        self._boxes.append(box)
        self._trace = TracePanel(
            title, self._analysis.clean.time_s, lines, self._analysis.reps, self._style, box, TRACE_SPANS[title]
        )


def trace_lines(analysis: Analysis) -> tuple[str, list[TraceLine]] | None:
    """Title and curves of the trace: one side's in a side view, both sides' otherwise."""
    near = {segment.near_side for segment in analysis.segments}
    for name, title in TRACES:
        shown = [one for one in analysis.series if one.name == name and np.isfinite(one.value).sum() > 1]
        one_sided = [one for one in shown if one.side in near]
        chosen: Sequence[Series] = one_sided if one_sided and None not in near else shown
        if chosen:
            return title, [TraceLine(one.value, side_colour(one.side)) for one in chosen]
    return None


def title_of(analysis: Analysis, style: Style, width_px: int) -> str:
    """Movement and view, as much of it as there is room for."""
    movement = movement_name(analysis.movement).capitalize()
    longest = max(analysis.segments, key=lambda segment: segment.end_s - segment.start_s, default=None)
    view = VIEWS.get(longest.view, "") if longest else ""
    title = ""
    for words in ((movement, view), (movement or view,)):
        title = " · ".join(word for word in words if word)
        if text_width_px(title, style.small_px, "medium") <= width_px - style.small_px:
            break
    return title


def _jpeg(image: ImageArray) -> bytes:
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise ValueError("a key frame without pixels")
    return bytes(data)
