"""The turn of the person as the user states it, or as a line on the floor tells it, in place of the one read from the
body. (A floor line and the body are put together by their errors; what is stated is believed as it is.)

It holds for every segment in which the person faces that way: those whose own heading lies within 30 degrees (and its
error) of it. A clip in which the person turns round keeps the heading that was read in its other segments.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.errors import SettingsError
from vidgait.kinematics.angles import wrap_deg
from vidgait.kinematics.floor_line import LineView, turn_with_error_deg
from vidgait.kinematics.standing import either, segment_frames, standing_frames
from vidgait.kinematics.view import facing_of, near_side_of, view_of

if TYPE_CHECKING:
    from vidgait.settings import SubjectSettings, ViewSettings
    from vidgait.types import FloatArray, Segment, Track, YawSource

__all__ = ["unmirrored", "with_stated_turn"]

FITS_WITHIN_DEG = 30.0
# From a floor line: more than this is no line that runs towards the camera.
LINE_TURN_MAX_DEG = 30.0
ACROSS_DEG = 20.0
FLOOR_LINE_WORDS = "--floor-line must lie on the floor and run from the person towards the camera"


def with_stated_turn(
    segments: tuple[Segment, ...],
    track: Track,
    size_px: tuple[int, int],
    view: ViewSettings,
    subject: SubjectSettings,
) -> tuple[Segment, ...]:
    """`segments` with the stated heading where it fits. Raises SettingsError where it fits none of them, or where the
    line cannot be one on the floor."""
    if view.floor_line is not None:
        return _by_floor_line(segments, track, size_px, view, subject)
    if view.yaw_deg is None or not segments:
        return segments
    yaw, words = view.yaw_deg, f"stated: {view.yaw_deg:+.0f} ± {view.yaw_error_deg:.0f} degrees"
    sure = view.view != "auto"
    result = [
        _turned(one, yaw, view.yaw_error_deg, "stated", words, sure) if _fits(one, yaw) else one for one in segments
    ]
    if not any(one.yaw_source == "stated" for one in result):
        seen = " and ".join(_seen(one) for one in segments)
        raise SettingsError(
            f"--yaw-deg {yaw:g} fits nothing in this clip, where the person is seen {seen}.",
            "0 faces the camera, + shows more of the left side, 90 all of it, -90 the right side, 180 the back.",
        )
    return tuple(result)


def unmirrored(view: ViewSettings, width_px: int) -> ViewSettings:
    """The floor line of a mirrored picture, as its points were clicked, where it lies in the picture that is measured
    (`tracking.mirror_poses`)."""
    if view.floor_line is None:
        return view
    x1, y1, x2, y2 = view.floor_line
    return replace(view, floor_line=(width_px - 1 - x1, y1, width_px - 1 - x2, y2))


def _by_floor_line(
    segments: tuple[Segment, ...],
    track: Track,
    size_px: tuple[int, int],
    view: ViewSettings,
    subject: SubjectSettings,
) -> tuple[Segment, ...]:
    line = np.array(view.floor_line, float).reshape(2, 2)
    _check_line(line, size_px)
    result, why = [], ["nobody is seen from the front or the back"]
    for one in segments:
        nominal = _nominal_deg(one)
        found = None if nominal is None else _line_turn(one, track, line, size_px, view, subject)
        if nominal is None or found is None:
            result.append(one)
            continue
        turn, error = found
        yaw = float(wrap_deg(nominal + turn))
        if not (np.isfinite(turn) and abs(turn) <= LINE_TURN_MAX_DEG):
            why.append(_too_much(turn))
        elif not _fits(one, yaw):
            why.append(f"along it the person would be turned {turn:+.0f}°, and is seen {_seen(one)}")
        else:
            one = _along_line(one, yaw, error, view.view != "auto")
        result.append(one)
    if not any(one.yaw_source == "floor_line" for one in result):
        raise SettingsError(f"--floor-line does not fit this clip: {why[-1]}.", f"{FLOOR_LINE_WORDS}.")
    return tuple(result)


def _along_line(segment: Segment, yaw_deg: float, error_deg: float, named: bool) -> Segment:
    """The heading that the line gives and the one that was read from the body, which err independently of one another,
    each weighted by the inverse of its variance; half of what they differ by beyond both errors widens the result."""
    words = f"from the line on the floor: {yaw_deg:+.1f} ± {error_deg:.1f} degrees"
    if segment.yaw_deg is None or segment.yaw_error_deg is None:
        return _turned(segment, yaw_deg, error_deg, "floor_line", words, named)
    read_error = segment.yaw_error_deg
    words += f", and from the body: {segment.yaw_deg:+.1f} ± {read_error:.1f}"
    apart = float(wrap_deg(segment.yaw_deg - yaw_deg))
    both = float(wrap_deg(yaw_deg + apart * error_deg**2 / (error_deg**2 + read_error**2)))
    beyond = max(abs(apart) - float(np.hypot(error_deg, read_error)), 0.0)
    error = 1.0 / float(np.hypot(1.0 / error_deg, 1.0 / read_error))
    return _turned(segment, both, float(np.hypot(error, beyond / 2)), "floor_line", words, named)


def _check_line(line: FloatArray, size_px: tuple[int, int]) -> None:
    if (line > np.array(size_px)).any():
        width, height = size_px
        raise SettingsError(
            f"--floor-line lies outside the picture, which is {width} x {height} pixels.",
            "Give pixels of the original video, x from the left and y from the top.",
        )
    along = line[1] - line[0]
    if np.degrees(np.arctan2(abs(along[1]), abs(along[0]))) < ACROSS_DEG:
        raise SettingsError("--floor-line runs across the picture.", f"{FLOOR_LINE_WORDS}.")


def _line_turn(
    segment: Segment,
    track: Track,
    line: FloatArray,
    size_px: tuple[int, int],
    view: ViewSettings,
    subject: SubjectSettings,
) -> tuple[float, float] | None:
    """Turn along the line and its error; None where the feet were not seen."""
    standing = standing_frames(track, segment)
    frames = standing if standing.any() else segment_frames(track, segment)
    points = {name: track.point(name)[frames] for name in track.skeleton.keypoints}
    feet = (either(points, "heel") + either(points, "toe")) / 2
    known = np.isfinite(feet).all(axis=1)
    if not known.any():
        return None
    return turn_with_error_deg(
        LineView(
            line_px=line,
            feet_px=np.median(feet[known], axis=0),
            body_px=segment.body_height_px,
            size_px=size_px,
            focal_px=segment.focal_px or float(max(size_px)),
            focal_stated=segment.focal_basis.startswith("stated"),
            roll_deg=segment.roll_deg,
            height_m=subject.height_m,
            camera_height_m=view.camera_height_m,
        )
    )


def _nominal_deg(segment: Segment) -> float | None:
    """0 from the front, 180 from the back; None from where a line ahead does not run towards the camera."""
    if segment.yaw_deg is None:
        return None
    off = abs(float(wrap_deg(segment.yaw_deg)))
    if min(off, 180.0 - off) > FITS_WITHIN_DEG + (segment.yaw_error_deg or 0.0):
        return None
    return 0.0 if off <= 90 else 180.0


def _fits(segment: Segment, yaw_deg: float) -> bool:
    """A segment whose own heading nobody could tell takes the user's word for it."""
    if segment.yaw_deg is None:
        return True
    limit = FITS_WITHIN_DEG + (segment.yaw_error_deg or 0.0)
    return abs(float(wrap_deg(segment.yaw_deg - yaw_deg))) <= limit


def _turned(segment: Segment, yaw_deg: float, error_deg: float, source: YawSource, words: str, named: bool) -> Segment:
    label = segment.view if named else view_of(yaw_deg)
    return replace(
        segment,
        yaw_deg=yaw_deg,
        yaw_error_deg=error_deg,
        yaw_source=source,
        yaw_basis=words,
        view=label,
        facing=facing_of(yaw_deg),
        near_side=None if label in ("front", "back") else near_side_of(yaw_deg),
    )


def _seen(segment: Segment) -> str:
    if segment.yaw_deg is None:
        return "from no clear side"
    return f"at {segment.yaw_deg:+.0f} ± {segment.yaw_error_deg or 0.0:.0f}°"


def _too_much(turn_deg: float) -> str:
    if np.isfinite(turn_deg):
        return f"it runs {abs(turn_deg):.0f}° beside the camera"
    return "no camera between the floor and 2.5 m could see it so"
