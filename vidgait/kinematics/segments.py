"""Cutting the clip into stretches with one view, one facing and one scale, decided once per stretch.

Two steps: stretches in which the person is seen, then a piecewise constant heading through each by dynamic programming.
Leaving a heading costs nothing within a dead zone, so that squats, swinging arms and noise cannot cut a stretch; a turn
that lasts pays for a cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.angles import level, wrap_deg
from vidgait.kinematics.camera import with_optics
from vidgait.kinematics.scale import leg_length_px, metres_per_px, stature_px
from vidgait.kinematics.standing import either, on_both_feet, points_of, standing_mask
from vidgait.kinematics.stated_turn import with_stated_turn
from vidgait.kinematics.vertical import camera_roll
from vidgait.kinematics.view import (
    circular_median_deg,
    facing_of,
    frame_yaw_deg,
    near_side_of,
    stretch_yaw_deg,
    view_of,
)
from vidgait.types import Segment

if TYPE_CHECKING:
    from vidgait.settings import SubjectSettings, ViewSettings
    from vidgait.types import BoolArray, FloatArray, IntArray, Track, View

__all__ = ["find_segments"]

# Engineering choices: an absence this long, or a stretch this short, ends or drops a segment.
_GAP_S = 0.5
_SHORTEST_S = 0.6
# Cost of a heading: nothing within the dead zone, then the square of the excess, per second; one cut costs _CUT_S.
_HEADINGS_DEG = np.arange(-180.0, 180.0, 15.0)
_DEAD_ZONE_DEG = 25.0
_EXCESS_DEG = 20.0
_COST_MAX = 4.0
_CUT_S = 2.5
_SAME_HEADING_DEG = 40.0
# Frames at the ends of a stretch that are still turning are left out.
_TURNING_DEG = 40.0

_NOMINAL_YAW_DEG: dict[View, float] = {"front": 0.0, "back": 180.0, "left": 90.0, "right": -90.0}
_STATED_WITHIN_DEG = 30.0


def find_segments(
    track: Track,
    size_px: tuple[int, int],
    view: ViewSettings,
    subject: SubjectSettings,
    focal_px: float | None = None,
) -> tuple[Segment, ...]:
    """The segments of a cleaned track in order of time; they never overlap, and moments of absence or of turning lie
    between them. `view.view` other than "auto" is believed, and then only absence cuts;
    `subject.height_m` gives the scale. `focal_px` is the camera's, where the file states it. A stated turn or
    floor line takes the place of the heading that was read (`stated_turn`); raises SettingsError where it fits nothing
    that is seen."""
    stretches = _seen_stretches(track)
    if view.view == "auto":
        yaw = frame_yaw_deg(track)
        stretches = [part for stretch in stretches for part in _split_by_heading(stretch, track.time_s, yaw)]
    found = tuple(with_optics(_segment(track, rows, view, subject), size_px, focal_px) for rows in stretches)
    return with_stated_turn(found, track, size_px, view, subject)


def _seen_stretches(track: Track) -> list[IntArray]:
    """Frame indices of each stretch in which a hip and a shoulder are seen, bridging absences under _GAP_S. One of each
    is enough: from the side the far ones may be hidden throughout."""
    points = points_of(track)
    seen = np.flatnonzero(np.isfinite(either(points, "hip") + either(points, "shoulder")).all(axis=1))
    if not seen.size:
        return []
    cuts = np.flatnonzero(np.diff(track.time_s[seen]) > _GAP_S) + 1
    parts = [np.arange(part[0], part[-1] + 1) for part in np.split(seen, cuts)]
    long_enough = [part for part in parts if _lasts_s(track.time_s, part) >= _SHORTEST_S]
    return long_enough or [max(parts, key=len)]


def _lasts_s(time_s: FloatArray, rows: IntArray) -> float:
    return float(time_s[rows[-1]] - time_s[rows[0]])


def _split_by_heading(rows: IntArray, time_s: FloatArray, yaw_deg: FloatArray) -> list[IntArray]:
    """One stretch cut where the heading changes for good."""
    known = rows[np.isfinite(yaw_deg[rows])]
    if known.size < 3:
        return [rows]
    state = _best_headings(yaw_deg[known], time_s[known])
    pieces = np.split(known, np.flatnonzero(np.diff(state)) + 1)
    pieces = _merged(pieces, yaw_deg)
    if len(pieces) == 1:
        return [rows]
    trimmed = [_without_turning(piece, yaw_deg) for piece in pieces]
    kept = [piece for piece in trimmed if _lasts_s(time_s, piece) >= _SHORTEST_S]
    return kept or [max(trimmed, key=len)]


def _best_headings(yaw_deg: FloatArray, time_s: FloatArray) -> IntArray:
    """(T,) index into _HEADINGS_DEG of the cheapest piecewise constant heading (Viterbi)."""
    off = np.abs(wrap_deg(yaw_deg[:, None] - _HEADINGS_DEG))
    rate = np.minimum((np.maximum(off - _DEAD_ZONE_DEG, 0) / _EXCESS_DEG) ** 2, _COST_MAX)
    rate += 1e-3 * off / 180  # among free headings, the nearest
    cost = rate * np.minimum(np.gradient(time_s), _GAP_S)[:, None]
    total, came_from = cost[0].copy(), np.zeros(cost.shape, np.intp)
    for t in range(1, len(cost)):
        best = int(np.argmin(total))
        stay = total <= total[best] + _CUT_S
        came_from[t] = np.where(stay, np.arange(total.size), best)
        total = np.where(stay, total, total[best] + _CUT_S) + cost[t]
    state = np.empty(len(cost), np.intp)
    state[-1] = int(np.argmin(total))
    for t in range(len(cost) - 1, 0, -1):
        state[t - 1] = came_from[t, state[t]]
    return state


def _merged(pieces: list[IntArray], yaw_deg: FloatArray) -> list[IntArray]:
    """Neighbours whose headings differ little, joined again."""
    result = [pieces[0]]
    for piece in pieces[1:]:
        turn = circular_median_deg(yaw_deg[piece]) - circular_median_deg(yaw_deg[result[-1]])
        if abs(float(wrap_deg(turn))) < _SAME_HEADING_DEG:
            result[-1] = np.concatenate([result[-1], piece])
        else:
            result.append(piece)
    return result


def _without_turning(piece: IntArray, yaw_deg: FloatArray) -> IntArray:
    """A piece without the frames at its ends in which the person still turns."""
    off = np.abs(wrap_deg(yaw_deg[piece] - circular_median_deg(yaw_deg[piece])))
    settled = np.flatnonzero(off < _TURNING_DEG)
    return np.arange(piece[settled[0]], piece[settled[-1]] + 1)


def _segment(track: Track, rows: IntArray, view: ViewSettings, subject: SubjectSettings) -> Segment:
    frames = np.zeros(track.time_s.shape, bool)
    frames[rows] = True
    yaw, error, label = _heading(track, frames, view)
    standing, posture = standing_mask(track, frames)
    if label in ("front", "back"):
        # Who stands on one leg leans over it, and lifts a hip: no measure of the vertical, nor of the legs.
        both = on_both_feet(track, standing)
        standing = both if both.any() else standing
    roll, vertical_basis = camera_roll(track, frames, standing, yaw)
    if roll:
        yaw, error, label = _heading(track.replace(xy_px=level(track.xy_px, roll)), frames, view)
    body_px, leg_px = stature_px(track, frames, standing, roll), leg_length_px(track, frames, standing)
    scale, scale_basis = metres_per_px(subject.height_m, body_px, posture)
    return Segment(
        start_s=float(track.time_s[rows[0]]),
        end_s=_end_s(track.time_s, int(rows[-1])),
        view=label,
        yaw_deg=yaw,
        yaw_error_deg=error,
        facing="unknown" if yaw is None else facing_of(yaw),
        near_side=None if yaw is None or label in ("front", "back") else near_side_of(yaw),
        scale_m_per_px=scale,
        scale_basis=scale_basis,
        roll_deg=roll,
        vertical_basis=vertical_basis,
        body_height_px=body_px,
        leg_length_px=leg_px,
    )


def _heading(track: Track, frames: BoolArray, view: ViewSettings) -> tuple[float | None, float | None, View]:
    """Yaw, its error and the label; a stated view is believed, and the estimate only refines it."""
    yaw, error = stretch_yaw_deg(track, frames, view.heading_habits)
    if view.view == "auto":
        return yaw, error, "unknown" if yaw is None else view_of(yaw)
    stated: View = view.view  # type: ignore[assignment]
    nominal = _NOMINAL_YAW_DEG.get(stated)
    if nominal is None or yaw is None:
        return (yaw if nominal is None else nominal), error or _STATED_WITHIN_DEG, stated
    off = float(wrap_deg(yaw - nominal))
    if abs(off) <= _STATED_WITHIN_DEG:
        return yaw, error, stated
    return nominal, _STATED_WITHIN_DEG, stated


def _end_s(time_s: FloatArray, last: int) -> float:
    """Just after the last frame: the next frame's time, or one typical spacing on. A clip of one frame has no spacing:
    its segment holds that instant and claims no duration."""
    if last + 1 < time_s.size:
        return float(time_s[last + 1])
    if time_s.size == 1:
        return float(np.nextafter(time_s[last], np.inf))
    return float(time_s[last] + np.median(np.diff(time_s)))
