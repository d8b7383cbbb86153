"""How far the pelvis has tilted sideways in the picture since quiet standing, read from cloth instead of hip points.

The pose network draws its hip line towards the trunk: of a true drop it shows about a quarter, and a leaning trunk
shows as a drop (`benchmarks/pelvic_drop.md`). Two readings of the pixels do better, each with faults of its own: the
registration of the cloth over the pelvis against its picture in quiet standing (`registration`), and the line of the
waistband or of a tucked shirt (`waistband`). Each says how far it may be off, or that it could not read a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.evidence import waistband
from vidgait.evidence.registration import Fit, Picture, Template, identity, turn_deg
from vidgait.types import Evidence

if TYPE_CHECKING:
    from vidgait.evidence.crops import Crop
    from vidgait.evidence.waistband import Lines
    from vidgait.types import BoolArray, FloatArray, IntArray, Track

__all__ = ["PELVIC_ROLL", "Stretch", "measure_pelvis", "mirrored"]

PELVIC_ROLL = "pelvic_roll"

PX = 100.0
"""Working pixels per torso length; the registration works on half as many."""
UP, DOWN, ASIDE, EDGE = 0.26, 0.06, 0.40, 0.08
"""Reach of the patch from the middle of the hips, and the width over which its weight falls off, in torso lengths."""
GOOD = 0.85
"""A patch that correlates better needs no second opinion."""
KEYFRAME_BELOW, KEYFRAME_EVERY, KEYFRAMES_MAX, HOP_COST = 0.93, 3, 3, 0.03
STANDING_MIN = 5
"""Fewer pictures of standing are no reference."""
ARMS = (("elbow", "wrist"), ("wrist", "index"), ("wrist", "pinky"))

# What makes a reading unusable.
CORRELATION_MIN, SEEN_MIN, NOISE_MAX_DEG, TURN_MAX_DEG = 0.5, 0.5, 3.0, 45.0
CONTRAST_MIN = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A part `[start_s, end_s)` of the clip in which the athlete is seen from the front or from behind."""

    start_s: float
    end_s: float
    roll_deg: float
    """Of the picture, clockwise."""
    standing: BoolArray
    """(T,) frames of the track in which they stand still."""


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """One crop of the athlete and what the track knows of that instant."""

    crop: Crop
    hip_px: FloatArray
    """(2,) middle of the hips, in crop pixels"""
    ratio: float
    """Crop pixels per working pixel"""
    arms: tuple[FloatArray, ...]
    """Bones of the forearms (2, 2), in crop pixels"""
    standing: bool

    def picture(self) -> Picture:
        return Picture(self.crop.planes, self.ratio, self.arms, waistband.ARM_THICK * PX * self.ratio)


@dataclass(frozen=True, slots=True, eq=False)
class _Turns:
    """What the registration read: (N,) each."""

    angle_deg: FloatArray
    correlation: FloatArray
    """Less HOP_COST for every key picture between this one and standing."""
    seen: FloatArray
    noise_deg: FloatArray


def measure_pelvis(crops: Sequence[Crop], frames: IntArray, track: Track, stretches: Sequence[Stretch]) -> Evidence:
    """Sideways tilt of the pelvis since quiet standing: degrees, clockwise in the picture, + and - as on a clock whose
    face is the picture. `value` (N, 2) and `sd` (N, 2) hold the registration and the waistband; NaN where one could not
    be read. `crops` are the athlete's, in order of time; `frames` (N,) says which frame of the track each belongs to.
    """
    parts = [_of_stretch(crops, frames, track, stretch) for stretch in stretches]
    times, values, sds = (np.concatenate(each) for each in zip(_NOTHING, *parts, strict=True))
    return Evidence(PELVIC_ROLL, times, values, sds)


def mirrored(evidence: Evidence) -> Evidence:
    """The same of the picture flipped left to right."""
    return replace(evidence, value=-evidence.value) if evidence.name == PELVIC_ROLL else evidence


_NOTHING = (np.zeros(0), np.zeros((0, 2)), np.zeros((0, 2)))


def _of_stretch(
    crops: Sequence[Crop], frames: IntArray, track: Track, stretch: Stretch
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Times (N,), values and SDs (N, 2)."""
    views = _views(crops, frames, track, stretch)
    standing = np.array([view.standing for view in views], bool)
    if standing.sum() < STANDING_MIN:
        return _NOTHING
    reference = _reference(standing)
    turns = _follow_patch(views, reference)
    lines = _follow_line(views, reference, stretch.roll_deg)
    value = np.column_stack([turns.angle_deg, _steady(lines.slope_deg)])
    value = value - np.nanmedian(value[standing], axis=0)
    sd = np.column_stack([_sd_of_turns(turns, value[:, 0]), _sd_of_lines(lines, value[:, 1])])
    value[~np.isfinite(sd)] = np.nan
    return np.array([view.crop.time_s for view in views]), value, sd


def _views(crops: Sequence[Crop], frames: IntArray, track: Track, stretch: Stretch) -> list[_View]:
    hip = (track.point("left_hip") + track.point("right_hip")) / 2
    shoulder = (track.point("left_shoulder") + track.point("right_shoulder")) / 2
    lengths = np.hypot(*(hip - shoulder)[stretch.standing].T)
    if not np.isfinite(lengths).any():
        return []
    torso_px = float(np.nanmedian(lengths))
    views = []
    for crop, at in zip(crops, frames, strict=True):
        if stretch.start_s <= crop.time_s < stretch.end_s and np.isfinite(hip[at]).all():
            arms = tuple(crop.to_crop(bone) for bone in _forearms(track, int(at)))
            standing = bool(stretch.standing[at])
            views.append(_View(crop, crop.to_crop(hip[at]), crop.scale * torso_px / PX, arms, standing))
    return views


def _forearms(track: Track, at: int) -> list[FloatArray]:
    bones = [
        track.xy_px[at][track.skeleton.indices(f"{side}_{upper}", f"{side}_{lower}")]
        for side in ("left", "right")
        for upper, lower in ARMS
    ]
    return [bone for bone in bones if np.isfinite(bone).all()]


def _reference(standing: BoolArray) -> int:
    """The picture to compare with: well inside the longest stand, but not late in a very long one."""
    rows = np.flatnonzero(standing)
    runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    longest = max(runs, key=len)
    return int(longest[min(longest.size // 2, 7)])


# --- the cloth ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Key:
    """A picture to compare with, and how its patch lies against that of standing."""

    template: Template
    from_standing: FloatArray
    """(3, 3)"""
    hops: int


def _follow_patch(views: Sequence[_View], reference: int) -> _Turns:
    """Registers every view with the one at `reference`, outward from it in time."""
    count = len(views)
    turns = _Turns(np.full(count, np.nan), np.zeros(count), np.zeros(count), np.full(count, np.nan))
    window = _window()
    lift = np.array([0.0, (DOWN - UP) / 4 * PX])
    picture = views[reference].picture()
    home = identity(picture.place(views[reference].hip_px) + lift)
    standing = _Key(Template(picture, home, window), np.eye(3), 0)
    for order in (range(reference, count), range(reference - 1, -1, -1)):
        keys, last, last_hip, last_key = [standing], home, home[:, 2] - lift, reference
        for k in order:
            picture = views[k].picture()
            hip = picture.place(views[k].hip_px)
            guesses = _moved(last, hip - last_hip), identity(hip + lift)
            key, fit, last = _best_fit(keys, picture, guesses)
            last_hip = hip
            turns.angle_deg[k], turns.correlation[k] = turn_deg(last), fit.correlation - HOP_COST * key.hops
            turns.seen[k], turns.noise_deg[k] = fit.seen, fit.sd_deg
            lost = not CORRELATION_MIN < turns.correlation[k] < KEYFRAME_BELOW
            if not lost and abs(k - last_key) >= KEYFRAME_EVERY:
                keys.insert(1, _key(picture, last, window, key.hops + 1))
                keys, last_key = keys[: 1 + KEYFRAMES_MAX], k
    return turns


def _best_fit(
    keys: Sequence[_Key], picture: Picture, guesses: tuple[FloatArray, FloatArray]
) -> tuple[_Key, Fit, FloatArray]:
    """The key that fits best, its fit, and where the patch of standing lies. Standing itself is tried first, from where
    the patch was last and from upright at the hips, so that errors do not pile up."""
    best: tuple[float, _Key, Fit] | None = None
    for key in keys:
        back = np.linalg.inv(key.from_standing)
        for guess in guesses if key.hops == 0 else guesses[:1]:
            fit = key.template.align(picture, (_square(guess) @ back)[:2])
            merit = fit.correlation - HOP_COST * key.hops
            if best is None or merit > best[0]:
                best = merit, key, fit
            if fit.correlation > 0.9:
                break
        if best is not None and best[0] >= GOOD:
            break
    assert best is not None
    _, key, fit = best
    return key, fit, (_square(fit.affine) @ key.from_standing)[:2]


def _key(picture: Picture, affine: FloatArray, window: FloatArray, hops: int) -> _Key:
    from_standing = _square(affine)
    from_standing[:2, 2] = 0.0
    return _Key(Template(picture, identity(affine[:, 2]), window), from_standing, hops)


def _square(affine: FloatArray) -> FloatArray:
    return np.vstack([affine, [0.0, 0.0, 1.0]])


def _moved(affine: FloatArray, by: FloatArray) -> FloatArray:
    return np.column_stack([affine[:, :2], affine[:, 2] + by])


def _window() -> FloatArray:
    """(h, w) weight of the patch's pixels at half resolution, falling off towards its rim."""
    height, width = round((UP + DOWN) * PX / 2), round(2 * ASIDE * PX / 2)
    y, x = np.mgrid[0:height, 0:width]
    near = [
        np.clip(np.minimum(at, last - at) / (EDGE * PX / 2), 0, 1) for at, last in ((x, width - 1), (y, height - 1))
    ]
    weight: FloatArray = (near[0] * near[1]).astype(np.float32)
    return weight


def _sd_of_turns(turns: _Turns, angle_deg: FloatArray) -> FloatArray:
    """(N,) NaN where the patch was lost."""
    lost = 7.0 * np.clip(0.97 - turns.correlation, 0, None)
    sd: FloatArray = 0.35 + lost
    refused = (turns.correlation < CORRELATION_MIN) | (turns.seen < SEEN_MIN) | (turns.noise_deg > NOISE_MAX_DEG)
    return np.where(refused | ~(np.abs(angle_deg) < TURN_MAX_DEG), np.nan, sd)


# --- the line -------------------------------------------------------------------------------------------------------


def _follow_line(views: Sequence[_View], reference: int, roll_deg: float) -> Lines:
    """The waistband in every view, near its course in the one at `reference`."""
    turn = np.radians(roll_deg)
    level = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corner = np.array([-waistband.ASIDE, -waistband.ABOVE]) * waistband.PX_PER_TORSO
    found = []
    for view in views:
        axes = level * (view.ratio * PX / waistband.PX_PER_TORSO)
        matrix = np.column_stack([axes, view.hip_px + axes @ corner])
        found.append(waistband.edges_of(view.crop.planes, matrix, view.arms))
    edges, seen = (np.stack(each) for each in zip(*found, strict=True))
    course = waistband.trace_lines(edges[[reference]], seen[[reference]], None).rows[0]
    return waistband.trace_lines(edges, seen, course)


def _steady(slope_deg: FloatArray) -> FloatArray:
    """Running median of five: a jump to another edge is a step."""
    padded = np.concatenate([[np.nan] * 2, slope_deg, [np.nan] * 2])
    near = np.stack([padded[k : k + slope_deg.size] for k in range(5)])
    some = np.isfinite(near).any(axis=0)
    steady = np.full(slope_deg.shape, np.nan)
    steady[some] = np.nanmedian(near[:, some], axis=0)
    return steady


def _sd_of_lines(lines: Lines, slope_deg: FloatArray) -> FloatArray:
    sd: FloatArray = 0.6 * np.maximum(1.0, 4.0 / np.maximum(lines.contrast, 0.3)) ** 2
    return np.where((lines.contrast < CONTRAST_MIN) | ~np.isfinite(slope_deg), np.nan, sd)
