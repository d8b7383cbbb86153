"""How far the pelvis has tilted sideways since quiet standing, from pixel evidence and from landmarks.

The pose network draws its hip line towards the trunk, so that line alone shows about a quarter of a true drop, and a
leaning trunk shows as a drop. Three readings with different faults are joined frame by frame, each by its own SD: the
cloth over the pelvis and the waistband (`vidgait.evidence`), and the landmarks with that pull taken out again. A
reading that stands alone against the others loses weight, and readings that disagree widen the result's SD
(`benchmarks/pelvic_drop.md`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics import angles
from vidgait.kinematics.standing import (
    either,
    on_both_feet,
    on_legs,
    points_of,
    seen_median,
    segment_frames,
    standing_frames,
)

if TYPE_CHECKING:
    from vidgait.types import BoolArray, Evidence, FloatArray, Segment, Side, Track

__all__ = [
    "PELVIC_ROLL",
    "PelvicTilt",
    "carrying_legs",
    "joined",
    "lowered_share",
    "pelvic_tilt",
    "pulled_deg",
    "standing_level",
]

PELVIC_ROLL = "pelvic_roll"
"""Name of the evidence: degrees clockwise in the picture since quiet standing, (N, 2): cloth, waistband."""

OF_HIPS, OF_SHOULDERS, OF_LEAN = 0.43, -0.88, 1.40
"""Change of the tilt from the changes of hip line, shoulder line and sideways lean of the trunk: the spine bends
between pelvis and shoulders, so that the trunk leans by about the mean of both tilts."""
LANDMARK_SD_DEG, LANDMARK_SD_SHARE = 3.0, 0.25
FREEDOM = 3.0
"""Degrees of freedom of the t distribution that readings are taken to err with: outliers are expected."""
LEAST_SHARE = 0.9
"""Readings share faults (errors of cloth and waistband correlate by 0.6 over clips): together they are never better
than this share of the best one."""
GAIN_SD = 0.15
"""Cloth follows the bone in part."""
PULLED_DEG = 1.8
"""On one leg the thighs pull at the cloth. With the standing knee bent, that hides so much of a drop from the front and
from behind. With it straight, the free thigh does: it comes forward, which pulls up the cloth before it and down the
cloth behind it, so that from the front a drop reads as much too small and from behind as much too large. One size
for all of it, found on rendered people and judged by others (`benchmarks/pelvic_drop.md`); how large it is in real ones
is not known, and no error is made smaller for it."""
BENT_SHARE = 0.06
"""How much lower than in standing the hips are over the foot where the standing knee counts as bent: 40 degrees."""
BRIDGED_S = 0.3
SMOOTHED_S = 0.08
NOT_COUNTED_DEG = 60.0
SD_MAX_DEG, SD_MAX_SHARE = 4.0, 0.3
"""Readings that contradict one another by more, in degrees and as a share of the tilt, say nothing: refused."""


@dataclass(frozen=True, slots=True, eq=False)
class PelvicTilt:
    """Since quiet standing, in one segment; NaN outside it and where nothing could be read."""

    value_deg: FloatArray
    """(T,) + the person's right side lower"""
    sd_deg: FloatArray
    """(T,) one standard deviation against the truth"""
    seen: BoolArray
    """(T,) rests on pixels; else on landmarks alone"""


def standing_level(track: Track, segment: Segment) -> BoolArray:
    """(T,) frames of quiet standing from which the tilt is counted: on both feet, where the clip shows that."""
    standing = standing_frames(track, segment)
    both = on_both_feet(track, standing, segment.roll_deg)
    return both if both.any() else standing


def pelvic_tilt(track: Track, segment: Segment, evidence: Sequence[Evidence] = ()) -> PelvicTilt | None:
    """Tilt of the pelvis in a segment seen from the front or from behind; None without quiet standing to count from,
    and where its pixels were never looked at: then nothing is known but the hip line.

    The evidence is turned into the person's own right by the segment's view."""
    looked = [one for one in evidence if one.name == PELVIC_ROLL and _reaches(one, segment)]
    standing = standing_level(track, segment)
    if not looked or not standing.any():
        return None
    landmarks, landmark_sd = _from_landmarks(track, segment, standing)
    readings, sds = [landmarks], [landmark_sd]
    for one in looked:
        value, sd = _at_frames(one, track.time_s)
        readings += list((value if segment.view == "back" else -value).T)
        sds += list(sd.T)
    inside = segment_frames(track, segment)
    within = np.where(inside, np.stack(readings), np.nan)
    value, sd = joined(within, np.stack(sds))
    value = value + pulled_deg(track, segment, standing)
    seen: BoolArray = np.asarray(np.isfinite(within[1:]).any(axis=0))
    value, sd = _smoothed(track.time_s, value, sd)
    sure = sd <= np.maximum(SD_MAX_DEG, SD_MAX_SHARE * np.abs(value))
    return PelvicTilt(np.where(sure, value, np.nan), np.where(sure, sd, np.nan), seen & sure)


def pulled_deg(track: Track, segment: Segment, standing: BoolArray) -> FloatArray:
    """(T,) what the readings lack on one leg, + the person's right side lower; 0 on both feet."""
    lacks = np.zeros(track.time_s.shape)
    for side, carries in carrying_legs(track, segment).items():
        bent = np.clip(np.nan_to_num(lowered_share(track, segment, standing, side)) / BENT_SHARE, 0, 1)
        straight = (1 - bent) * (1.0 if segment.view == "front" else -1.0)
        right_down = PULLED_DEG if side == "left" else -PULLED_DEG
        lacks += np.where(carries, right_down * (bent + straight), 0.0)
    return lacks


def lowered_share(track: Track, segment: Segment, standing: BoolArray, side: Side) -> FloatArray:
    """(T,) how much lower over this foot than in standing the hips are, as a share of their height in standing."""
    points = {name: angles.level(xy, segment.roll_deg) for name, xy in points_of(track).items()}
    height = points[f"{side}_ankle"][:, 1] - either(points, "hip")[:, 1]
    share: FloatArray = 1 - height / seen_median(height[standing])
    return share


def carrying_legs(track: Track, segment: Segment) -> dict[Side, BoolArray]:
    """(T,) frames in which the hips are over one foot, for each leg; empty from the side. Where the other foot is
    hidden, as by the standing leg, it is as in the nearest frame that shows both."""
    points = points_of(track)
    both_seen = np.isfinite(points["left_ankle"] + points["right_ankle"]).all(axis=1) & segment_frames(track, segment)
    shown = np.flatnonzero(both_seen)
    if not shown.size:
        return {}
    at_shown = np.interp(np.arange(both_seen.size), shown, np.arange(shown.size))
    nearest = shown[np.rint(at_shown).astype(int)]
    return {side: over[nearest] for side, over in on_legs(points, segment).items() if side is not None}


def _reaches(evidence: Evidence, segment: Segment) -> bool:
    return bool(((evidence.time_s >= segment.start_s) & (evidence.time_s < segment.end_s)).any())


def _from_landmarks(track: Track, segment: Segment, standing: BoolArray) -> tuple[FloatArray, FloatArray]:
    """(T,) each: value and SD, from hip line and shoulder line."""
    points = {name: angles.level(xy, segment.roll_deg) for name, xy in points_of(track).items()}
    hips, shoulders = (
        angles.pelvic_obliquity_deg(points[f"left_{part}"], points[f"right_{part}"]) for part in ("hip", "shoulder")
    )
    right = angles.medial_direction("left", "back" if segment.view == "back" else "front")
    lean = angles.trunk_lateral_lean_deg(either(points, "hip"), either(points, "shoulder"), right)
    lines = [_since_standing(line, standing) for line in (hips, shoulders, lean)]
    value = OF_HIPS * lines[0] + OF_SHOULDERS * lines[1] + OF_LEAN * lines[2]
    # Beyond this the hips have been taken for one another.
    value = np.where(np.abs(lines[0]) < NOT_COUNTED_DEG, value, np.nan)
    return value, np.hypot(LANDMARK_SD_DEG, LANDMARK_SD_SHARE * value)


def _since_standing(line_deg: FloatArray, standing: BoolArray) -> FloatArray:
    known = line_deg[standing & np.isfinite(line_deg)]
    return angles.wrap_deg(line_deg - (np.median(known) if known.size else np.nan))


def _at_frames(evidence: Evidence, time_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(T, M) value and SD at the frames' times; NaN further than BRIDGED_S / 2 from what was read."""
    value, sd = (np.full((time_s.size, evidence.value.shape[1]), np.nan) for _ in range(2))
    for column in range(evidence.value.shape[1]):
        known = np.isfinite(evidence.value[:, column] + evidence.sd[:, column])
        if not known.any():
            continue
        at = evidence.time_s[known]
        after = np.clip(np.searchsorted(at, time_s), 0, at.size - 1)
        before = np.maximum(after - 1, 0)
        near = np.minimum(np.abs(at[after] - time_s), np.abs(time_s - at[before])) <= BRIDGED_S / 2
        value[near, column] = np.interp(time_s[near], at, evidence.value[known, column])
        sd[near, column] = np.interp(time_s[near], at, evidence.sd[known, column])
    return value, sd


def joined(readings: FloatArray, sds: FloatArray) -> tuple[FloatArray, FloatArray]:
    """One value and its SD, (T,) each, from readings (K, T) and their SDs; NaN where nothing was read.

    Weighted by inverse variance, times the weight of a t distribution about the result, so that of three readings the
    odd one out loses its say, though not its part in the scatter. The SD is that of the weighted mean and of the
    readings' scatter about it; the first, the landmarks, is no witness against two that agree."""
    known = np.isfinite(readings) & np.isfinite(sds)
    precision = np.where(known, 1 / np.where(known, sds, 1.0) ** 2, 0.0)
    filled = np.where(known, readings, 0.0)
    value = _weighted_median(filled, precision)
    for _ in range(8):
        odd = (filled - value) ** 2 * precision
        weight = precision * (FREEDOM + 1) / (FREEDOM + odd)
        total = np.maximum(weight.sum(axis=0), 1e-12)
        value = (weight * filled).sum(axis=0) / total
    heard = precision.copy()
    heard[0] = np.where(known[1:].sum(axis=0) >= 2, 0.0, precision[0])
    scatter = (heard * (filled - value) ** 2).sum(axis=0) / np.maximum(heard.sum(axis=0), 1e-12)
    best = np.sqrt(1 / np.maximum(precision.max(axis=0), 1e-12))
    formal = np.maximum(1 / np.sqrt(np.maximum(precision.sum(axis=0), 1e-12)), LEAST_SHARE * best)
    sd = np.sqrt(formal**2 + scatter + (GAIN_SD * value) ** 2)
    some = known.any(axis=0)
    return np.where(some, value, np.nan), np.where(some, sd, np.nan)


def _weighted_median(values: FloatArray, weights: FloatArray) -> FloatArray:
    """(T,) of (K, T): the smallest value with half of the weight at or below it."""
    order = np.argsort(values, axis=0)
    ordered = np.take_along_axis(values, order, axis=0)
    share = np.cumsum(np.take_along_axis(weights, order, axis=0), axis=0)
    first = np.argmax(share >= 0.5 * share[-1], axis=0)
    median: FloatArray = np.take_along_axis(ordered, first[None], axis=0)[0]
    return median


def _smoothed(time_s: FloatArray, value: FloatArray, sd: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gaussian mean over time, each instant weighted by its precision. The SD stays: its faults are slow ones."""
    known = np.flatnonzero(np.isfinite(value))
    smooth, wider = np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    for at in known:
        low, high = np.searchsorted(time_s, [time_s[at] - 3 * SMOOTHED_S, time_s[at] + 3 * SMOOTHED_S])
        near = np.arange(low, high)
        near = near[np.isfinite(value[near])]
        weight = np.exp(-0.5 * ((time_s[near] - time_s[at]) / SMOOTHED_S) ** 2) / sd[near] ** 2
        smooth[at] = weight @ value[near] / weight.sum()
        wider[at] = weight @ sd[near] / weight.sum()
    return smooth, wider
