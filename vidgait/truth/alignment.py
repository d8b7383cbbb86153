"""Brings a reference onto the video's clock: by how much the two recordings were started apart.

Both show the same movement, so the curves of the same joint, laid over one another, agree best at the true offset. The
offset of the highest correlation is found on a fine grid and refined between its points by a parabola.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.errors import AlignmentError
from vidgait.kinematics.angles import angle_between_deg
from vidgait.kinematics.standing import SIDES
from vidgait.truth.reference import Reference, at_times
from vidgait.truth.results import Offset

if TYPE_CHECKING:
    from vidgait.truth.reference import Key
    from vidgait.types import Analysis, FloatArray

__all__ = ["CORRELATION_GOOD", "CORRELATION_MIN", "check_overlap", "find_offset", "shifted"]

CORRELATION_MIN = 0.7
"""Below this the two do not show the same movement. Right trials reached 0.93 and more in walking and chair stands
filmed at 30 degrees, 0.76 in a stumble towards the camera. Wrong trials of unlike movements mostly stay below, but
another squat reaches 0.95 with a squat: no correlation proves that it is the same trial."""
CORRELATION_GOOD = 0.9
STEP_S = 0.01
STEPS_MOST = 20_000
"""Long recordings are searched in coarser steps, so that the search ends; the parabola makes up for most of it."""
TIMES_LONGER_MOST = 20
"""A reference that lasts this many times the video has its times in another unit, or should be cut first."""
OVERLAP_MIN_S = 0.7
OVERLAP_SHARE_MIN = 0.5
"""At least this much of the shorter recording must lie inside the longer one."""
OVERLAP_WORTH = 0.05
"""A full overlap is worth this much more correlation than none: part of a movement always fits somewhere."""
RIVAL_WITHIN = 0.03
RIVAL_APART_S = 0.25
SEEN_MIN = 0.3

BEND = "knee bend in the picture"
GROUPS: Mapping[str, Mapping[str, str]] = {
    "side view": {"knee_flexion_deg": "knee_flexion_deg", "hip_flexion_deg": "hip_flexion_deg"},
    "heights": {
        "knee_flexion_vertical_deg": "knee_flexion_vertical_deg",
        "thigh_inclination_vertical_deg": "thigh_inclination_vertical_deg",
    },
    "picture": {BEND: "knee_flexion_deg"},
}
"""Curves of the video with those of the reference that go up and down with them. Each group is tried by itself; the one
that fits best is believed. The knee's bend in the picture, whatever the view, is no measurement, but it knows when. The
height of the hips does not: half of any dip fits half of any other."""


def shifted(reference: Reference, offset_s: float) -> Reference:
    """The reference on the video's clock. `offset_s`: its time less the video's."""
    reps = None
    if reference.reps is not None:
        reps = tuple(
            replace(
                rep,
                start_s=rep.start_s - offset_s,
                end_s=rep.end_s - offset_s,
                instants={name: at_s - offset_s for name, at_s in rep.instants.items()},
            )
            for rep in reference.reps
        )
    return replace(reference, time_s=reference.time_s - offset_s, reps=reps)


def find_offset(analysis: Analysis, reference: Reference) -> Offset:
    """Time in the reference less time in the video. Raises AlignmentError where no offset fits."""
    time_s = analysis.clean.time_s
    _check_lengths(time_s, reference)
    shown = {(one.name, one.side): one.value for one in analysis.series} | _bends(analysis)
    fits = [
        _fit(time_s, {key: shown[key] for key in pairs}, reference, pairs)
        for pairs in _shared(shown, reference)
        if pairs
    ]
    found = [fit for fit in fits if fit is not None]
    if not found:
        raise AlignmentError(
            f"{reference.name} and the video share no curve that shows how they lie in time.",
            "State the offset with --offset-s: time in the reference less time in the video.",
        )
    best = max(found, key=lambda fit: fit.correlation or 0.0)
    if (best.correlation or 0.0) < CORRELATION_MIN:
        raise AlignmentError(
            f"{reference.name} fits the video nowhere: the best correlation is {best.correlation:.2f}, "
            f"at {best.seconds:+.2f} s.",
            "Check that it is the same trial and that left and right are right, or state --offset-s.",
        )
    return best


def _check_lengths(time_s: FloatArray, reference: Reference) -> None:
    lasts_s, video_s = float(np.ptp(reference.time_s)), float(np.ptp(time_s))
    if lasts_s > TIMES_LONGER_MOST * video_s:
        raise AlignmentError(
            f"{reference.name} lasts {lasts_s:.0f} s and the video {video_s:.1f} s.",
            "If its times are milliseconds, say --map time=NAME[ms]; otherwise cut it, or state --offset-s.",
        )


def check_overlap(analysis: Analysis, reference: Reference) -> None:
    """Raises AlignmentError where a reference on the video's clock has no moment in common with the video."""
    time_s, other_s = analysis.clean.time_s, reference.time_s
    if other_s[0] > time_s[-1] or other_s[-1] < time_s[0]:
        raise AlignmentError(
            f"{reference.name} and the video have no moment in common: on the video's clock it lasts from "
            f"{other_s[0]:.1f} to {other_s[-1]:.1f} s, the video from {time_s[0]:.1f} to {time_s[-1]:.1f} s.",
            "Check --offset-s: time in the reference less time in the video.",
        )


def _bends(analysis: Analysis) -> dict[Key, FloatArray]:
    """(T,) degrees by which each leg looks bent, without a sign."""
    bends: dict[Key, FloatArray] = {}
    for side in SIDES:
        hip, knee, ankle = (analysis.clean.point(f"{side}_{part}") for part in ("hip", "knee", "ankle"))
        bends[BEND, side] = 180.0 - angle_between_deg(hip, knee, ankle)
    return bends


def _shared(shown: Mapping[Key, FloatArray], reference: Reference) -> Iterator[dict[Key, Key]]:
    """For each group the curves of the video with those of the reference, as far as both are there."""

    def seen(curves: Mapping[Key, FloatArray], key: Key) -> bool:
        return key in curves and bool(np.isfinite(curves[key]).mean() >= SEEN_MIN)

    for group in GROUPS.values():
        pairs: dict[Key, Key] = {}
        for ours, theirs in group.items():
            for side in (*SIDES, None):
                if seen(shown, (ours, side)) and seen(reference.series, (theirs, side)):
                    pairs[ours, side] = (theirs, side)
        yield pairs


def _fit(
    time_s: FloatArray, shown: Mapping[Key, FloatArray], reference: Reference, pairs: Mapping[Key, Key]
) -> Offset | None:
    """The offset at which these curves fit best, or None where they are too short."""
    step_s = max(STEP_S, float(np.ptp(time_s) + np.ptp(reference.time_s)) / STEPS_MOST)
    video_s = np.arange(time_s[0], time_s[-1], step_s)
    other_s = np.arange(reference.time_s[0], reference.time_s[-1], step_s)
    video = np.stack([_filled(at_times(time_s, shown[key], video_s)) for key in pairs])
    other = np.stack([at_times(reference.time_s, reference.series[key], other_s) for key in pairs.values()])
    offsets, score, share = _scores(video, other, step_s)
    known = np.isfinite(score)
    if not known.any():
        return None
    worth = np.where(known, score - OVERLAP_WORTH * (1 - share), -np.inf)
    best = int(np.argmax(worth))
    rival = _rival(worth, offsets * step_s, best)
    first_s = float(reference.time_s[0] - time_s[0])
    return Offset(
        seconds=float(first_s + (offsets[best] + _between(score, best)) * step_s),
        correlation=float(score[best]),
        judged_by=tuple(name if side is None else f"{name} {side}" for name, side in pairs),
        rival_s=None if rival is None else float(first_s + offsets[rival] * step_s),
    )


def _filled(values: FloatArray) -> FloatArray:
    """Short gaps do not matter here; the ends stay missing."""
    known = np.flatnonzero(np.isfinite(values))
    if not known.size:
        return values
    filled = np.interp(np.arange(values.size), known, values[known])
    filled[: known[0]] = np.nan
    filled[known[-1] + 1 :] = np.nan
    return filled


def _scores(video: FloatArray, other: FloatArray, step_s: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(L,) offsets in grid steps, mean correlation of the curves at each, and the share of the shorter one that
    overlaps. NaN where too little does."""
    n, m = video.shape[1], other.shape[1]
    least = max(int(OVERLAP_SHARE_MIN * min(n, m)), int(OVERLAP_MIN_S / step_s))
    offsets = np.arange(least - n, m - least + 1)
    score, share = np.full(offsets.size, np.nan), np.zeros(offsets.size)
    for number, offset in enumerate(offsets):
        first, last = max(0, -offset), min(n, m - offset)
        if last - first < least:
            continue
        score[number] = _correlation(video[:, first:last], other[:, first + offset : last + offset])
        share[number] = (last - first) / min(n, m)
    return offsets, score, share


def _correlation(a: FloatArray, b: FloatArray) -> float:
    """Mean over the curves (S, N) of Pearson's r, each weighted by how much it moves."""
    known = np.isfinite(a) & np.isfinite(b)
    count = known.sum(axis=1)
    if (count < 10).all():
        return float("nan")
    count = np.maximum(count, 1)
    da = np.where(known, a - (np.where(known, a, 0).sum(axis=1) / count)[:, None], 0)
    db = np.where(known, b - (np.where(known, b, 0).sum(axis=1) / count)[:, None], 0)
    size = np.sqrt((da * da).sum(axis=1) * (db * db).sum(axis=1))
    return float((da * db).sum() / size.sum()) if size.sum() > 0 else float("nan")


def _between(score: FloatArray, best: int) -> float:
    """Where between the grid's points the parabola through the best one and its neighbours has its top."""
    if not 0 < best < score.size - 1:
        return 0.0
    left, middle, right = score[best - 1 : best + 2]
    bend = left - 2 * middle + right
    return 0.0 if not np.isfinite(bend) or bend >= 0 else float(np.clip((left - right) / (2 * bend), -0.5, 0.5))


def _rival(worth: FloatArray, offsets_s: FloatArray, best: int) -> int | None:
    """Another peak that is nearly as good, or None."""
    apart = np.abs(offsets_s - offsets_s[best]) > RIVAL_APART_S
    inner = worth[1:-1]
    peak = np.zeros(worth.shape, bool)
    peak[1:-1] = (inner >= worth[:-2]) & (inner >= worth[2:])
    others = np.where(apart & peak, worth, -np.inf)
    second = int(np.argmax(others))
    return second if others[second] >= worth[best] - RIVAL_WITHIN else None
