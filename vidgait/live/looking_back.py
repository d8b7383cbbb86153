"""What live work asks of the past: the functions of a recorded clip on the last seconds of raw points.

Nothing here is needed within one picture, so all of it may run in a thread of its own.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.noise import estimate_noise
from vidgait.kinematics.segments import find_segments
from vidgait.kinematics.series import compute_series
from vidgait.kinematics.signals import clean_track
from vidgait.kinematics.standing import standing_reference
from vidgait.measures import measure_clip
from vidgait.movements import cutoff_hz, find_reps, recognise
from vidgait.settings import ErrorSettings
from vidgait.types import Track

if TYPE_CHECKING:
    from vidgait.kinematics.standing import Standing
    from vidgait.live.athlete import Seen
    from vidgait.movements.online import Done
    from vidgait.settings import Settings
    from vidgait.types import FloatArray, Measure, Rep, Segment, Skeleton

__all__ = ["Look", "Past", "RepReading", "look", "name_movement", "read_rep"]

DRAWS = 50
"""The fewest that settings allow: their spread is within a tenth of that of 200."""
SAME_REP_S = 0.7
"""A repetition found again lies this near to the one that was counted."""
SHORTEST_S = 0.7
"""Less of the past shows no view."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How the person stands in front of the camera now."""

    segment: Segment
    standing: Standing


@dataclass(frozen=True, slots=True, eq=False)
class RepReading:
    """The numbers of one repetition."""

    measures: tuple[Measure, ...]
    excluded: str | None
    look: Look


class Past:
    """The raw points of the last seconds."""

    def __init__(self, skeleton: Skeleton, window_s: float) -> None:
        self._skeleton, self._window_s = skeleton, window_s
        self._rows: deque[tuple[float, Seen | None]] = deque()

    def push(self, time_s: float, seen: Seen | None) -> None:
        self._rows.append((time_s, seen))
        while self._rows[0][0] < time_s - self._window_s:
            self._rows.popleft()

    def clear(self) -> None:
        self._rows.clear()

    def track(self, from_s: float = -np.inf) -> Track | None:
        """From that time on; None where nobody was seen for long enough."""
        rows = [row for row in self._rows if row[0] >= from_s]
        known = [time_s for time_s, seen in rows if seen is not None]
        if not known or known[-1] - known[0] < SHORTEST_S:
            return None
        shape = (len(rows), len(self._skeleton.keypoints))
        xy_px, score, xyz_m = np.full((*shape, 2), np.nan), np.zeros(shape), np.full((*shape, 3), np.nan)
        for row, (_, seen) in enumerate(rows):
            if seen is not None:
                xy_px[row], score[row] = seen.xy_px, seen.score
                if seen.xyz_m is not None:
                    xyz_m[row] = seen.xyz_m
        has_world = any(seen is not None and seen.xyz_m is not None for _, seen in rows)
        time_s: FloatArray = np.array([time_s for time_s, _ in rows])
        return Track(time_s, xy_px, score, xyz_m if has_world else None, self._skeleton)


def look(raw: Track, size_px: tuple[int, int], settings: Settings, focal_px: float | None) -> Look | None:
    """View, turn, roll and lengths in the latest stretch of `raw`; None where nobody is seen in it."""
    clean = clean_track(raw, settings.signals, cutoff_hz(None)).track
    return _latest(clean, find_segments(clean, size_px, settings.view, settings.subject, focal_px))


def _latest(clean: Track, segments: tuple[Segment, ...]) -> Look | None:
    if not segments or segments[-1].body_height_px is None:
        return None
    return Look(segments[-1], standing_reference(clean, segments[-1]))


def name_movement(
    raw: Track, size_px: tuple[int, int], settings: Settings, focal_px: float | None
) -> tuple[str | None, Look | None]:
    """What the past shows, by the same rules as for a recorded clip."""
    clean = clean_track(raw, settings.signals, cutoff_hz(None)).track
    segments = find_segments(clean, size_px, settings.view, settings.subject, focal_px)
    if not segments:
        return None, None
    series = compute_series(clean, segments, settings.view)
    return recognise(clean, segments, series).label, _latest(clean, segments)


def read_rep(
    raw: Track,
    done: Done,
    index: int,
    movement_id: str,
    size_px: tuple[int, int],
    settings: Settings,
    focal_px: float | None,
) -> RepReading | None:
    """The numbers of the repetition `done`, numbered `index`, as a clip that ends here would have them. None where the
    clip's functions do not find it, so that nothing is said of it."""
    cleaned = clean_track(raw, settings.signals, settings.signals.cutoff_hz or cutoff_hz(movement_id))
    clean = cleaned.track
    segments = find_segments(clean, size_px, settings.view, settings.subject, focal_px)
    if not segments:
        return None
    series = compute_series(clean, segments, settings.view)
    movement = recognise(clean, segments, series, movement_id)
    reps, _ = find_reps(movement, clean, segments)
    rep = _the_same(reps, done)
    if rep is None:
        return None
    few = replace(settings, error=ErrorSettings(draws=DRAWS, seed=settings.error.seed))
    numbered = replace(rep, index=index)
    noise = estimate_noise(raw, cleaned, segments)
    measures = measure_clip(clean, noise, segments, series, movement, [numbered], few)
    own = tuple(measure for measure in measures if measure.rep == index)
    segment = segments[rep.segment]
    return RepReading(own, rep.excluded, Look(segment, standing_reference(clean, segment)))


def _the_same(reps: tuple[Rep, ...], done: Done) -> Rep | None:
    """Partial ones too are left out: they have no numbers."""
    counted = [rep for rep in reps if rep.index > 0 and rep.side == done.side]
    near = [(abs(_turn_s(rep) - done.turn_s), rep) for rep in counted]
    best = min(near, key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and best[0] <= SAME_REP_S else None


def _turn_s(rep: Rep) -> float:
    return rep.instants.get("bottom", rep.instants.get("eccentric_end", rep.end_s))
