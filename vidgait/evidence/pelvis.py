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
UP, DOWN, ASIDE, EDGE = 0.28, -0.05, 0.42, 0.08
"""Reach of the patch from the middle of the hips, and the width over which its weight falls off, in torso lengths."""
GOOD = 0.85
"""A patch that correlates better needs no second opinion."""
KEYFRAME_BELOW, KEYFRAME_EVERY, KEYFRAMES_MAX, HOP_COST = 0.93, 3, 3, 0.03
STANDING_MIN = 5
"""Fewer pictures of standing are no reference."""
PARTS = ("shoulder", "hip", "ankle")
ARMS = (("elbow", "wrist"), ("wrist", "index"), ("wrist", "pinky"))

# What makes a reading unusable. A hem that hangs as low as the hip joints is pushed about by the thighs.
CORRELATION_MIN, SEEN_MIN, NOISE_MAX_DEG, TURN_MAX_DEG = 0.5, 0.5, 2.5, 45.0
CONTRAST_MIN, HEIGHT_MIN = 3.0, 0.015
CLOSING_MAX_DEG = 4.0

# What a reading may be off by (one SD, degrees), found on rendered people (benchmarks/pelvic_drop.md). Nothing slides
# while they stand as they stood; once they have moved, cloth and skin have too.
STILL_SD_DEG, MOVED_SD_DEG, SHARE_SD = 0.3, 1.2, 0.15
SD_PER_LOST_CORRELATION, CORRELATION_OF_STANDING, SD_PER_NOISE = 6.0, 0.98, 0.5
SD_OF_FAINT_LINE, CLEAR_CONTRAST, SD_PER_BEND_PX, SD_PER_LOWNESS, LOW = 2.0, 5.0, 0.1, 20.0, 0.08
# Changes that count as having moved: of the height of the hips, of one foot over the other and of the hips towards one
# foot, as shares of leg length, and of the lines through shoulders and hips. On one leg the free thigh pulls at cloth.
LOWERED, LIFTED, ASIDE_LEGS, MOVED_SHOULDERS_DEG, MOVED_HIPS_DEG = 0.15, 0.08, 0.05, 8.0, 5.0
MOVED_MAX = 1.85
QUIET, QUIET_KEPT = 0.15, 8
"""Less moved than this is a quiet stand; so many of its first pictures are read."""
AS_BEFORE = 0.4
"""Less moved than this: standing as in the reference."""


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
    moved: float
    """0 as in standing, to MOVED_MAX"""

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
    views = _worth_reading(_views(crops, frames, track, stretch))
    standing = np.array([view.standing for view in views], bool)
    if standing.sum() < STANDING_MIN:
        return _NOTHING
    reference = _reference(standing)
    turns = _follow_patch(views, reference)
    lines = _follow_line(views, reference, stretch.roll_deg)
    value = np.column_stack([turns.angle_deg, _steady(lines.slope_deg)])
    level = [_median(column[standing]) for column in value.T]
    value = value - level
    moved = np.array([view.moved for view in views])
    sd = np.column_stack([_sd_of_turns(turns, value[:, 0], moved), _sd_of_lines(lines, value[:, 1], moved, reference)])
    sd = _with_closing(value, sd, standing & (moved < AS_BEFORE))
    return np.array([view.crop.time_s for view in views]), np.where(np.isfinite(sd), value, np.nan), sd


def _median(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def _with_closing(value: FloatArray, sd: FloatArray, standing: BoolArray) -> FloatArray:
    """SDs widened by what each reading says of standing as before, which should be nothing; NaN where that is too
    much."""
    widened = np.full(sd.shape, np.nan)
    for column in range(sd.shape[1]):
        known = value[standing & np.isfinite(value[:, column]), column]
        closing = float(np.sqrt(np.mean(known**2))) if known.size else np.inf
        if closing <= CLOSING_MAX_DEG:
            widened[:, column] = np.hypot(sd[:, column], closing)
    return widened


def _views(crops: Sequence[Crop], frames: IntArray, track: Track, stretch: Stretch) -> list[_View]:
    hip = (track.point("left_hip") + track.point("right_hip")) / 2
    shoulder = (track.point("left_shoulder") + track.point("right_shoulder")) / 2
    lengths = np.hypot(*(hip - shoulder)[stretch.standing].T)
    if not np.isfinite(lengths).any():
        return []
    torso_px = float(np.nanmedian(lengths))
    moved = _moved_since(track, stretch.standing)
    views = []
    for crop, at in zip(crops, frames, strict=True):
        if stretch.start_s <= crop.time_s < stretch.end_s and np.isfinite(hip[at]).all():
            arms = tuple(crop.to_crop(bone) for bone in _forearms(track, int(at)))
            standing = bool(stretch.standing[at])
            ratio = crop.scale * torso_px / PX
            views.append(_View(crop, crop.to_crop(hip[at]), ratio, arms, standing, float(moved[at])))
    return views


def _worth_reading(views: Sequence[_View]) -> list[_View]:
    """All but two of three pictures late in a long quiet stand, in which nothing changes."""
    kept: list[_View] = []
    quiet = 0
    for view in views:
        quiet = quiet + 1 if view.standing and view.moved < QUIET else 0
        if quiet <= QUIET_KEPT or quiet % 3 == 0:
            kept.append(view)
    return kept


def _moved_since(track: Track, standing: BoolArray) -> FloatArray:
    """(T,) how far the athlete is from how they stood, 0 to MOVED_MAX, which also stands where they are not seen."""
    left, right = ({part: track.point(f"{side}_{part}") for part in PARTS} for side in ("left", "right"))
    hips, feet = ((left[part] + right[part]) / 2 for part in ("hip", "ankle"))
    height = np.fmax(left["ankle"][:, 1], right["ankle"][:, 1]) - hips[:, 1]
    leg_px = _median(height[standing])
    shoulder_deg, hip_deg = (_slope_deg(left[part] - right[part]) for part in ("shoulder", "hip"))
    changes = (
        (height / leg_px, LOWERED),
        ((left["ankle"] - right["ankle"])[:, 1] / leg_px, LIFTED),
        ((hips - feet)[:, 0] / leg_px, ASIDE_LEGS),
        (shoulder_deg, MOVED_SHOULDERS_DEG),
        (hip_deg, MOVED_HIPS_DEG),
    )
    moved = _root_of_squares(*((each - _median(each[standing])) / much for each, much in changes))
    return np.where(np.isfinite(moved), np.minimum(moved, MOVED_MAX), MOVED_MAX)


def _slope_deg(across_px: FloatArray) -> FloatArray:
    slope: FloatArray = np.degrees(np.arctan2(across_px[:, 1], np.abs(across_px[:, 0])))
    return slope


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


def _sd_of_turns(turns: _Turns, angle_deg: FloatArray, moved: FloatArray) -> FloatArray:
    """(N,) NaN where the patch was lost."""
    lost = SD_PER_LOST_CORRELATION * np.clip(CORRELATION_OF_STANDING - turns.correlation, 0, None)
    sd = _root_of_squares(
        STILL_SD_DEG, MOVED_SD_DEG * moved, SHARE_SD * angle_deg, lost, SD_PER_NOISE * turns.noise_deg
    )
    refused = (turns.correlation < CORRELATION_MIN) | (turns.seen < SEEN_MIN) | (turns.noise_deg > NOISE_MAX_DEG)
    return np.where(refused | ~(np.abs(angle_deg) < TURN_MAX_DEG), np.nan, sd)


def _root_of_squares(*parts: FloatArray | float) -> FloatArray:
    total: FloatArray = np.sqrt(np.sum([np.square(part) for part in np.broadcast_arrays(*parts)], axis=0))
    return total


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
    """Running median of five, fewer at the ends: a jump to another edge is a step."""
    steady = np.full(slope_deg.shape, np.nan)
    for k in range(slope_deg.size):
        reach = min(2, k, slope_deg.size - 1 - k)
        steady[k] = _median(slope_deg[k - reach : k + reach + 1])
    return steady


def _sd_of_lines(lines: Lines, slope_deg: FloatArray, moved: FloatArray, reference: int) -> FloatArray:
    """(N,) NaN where no line could be read."""
    height = waistband.ABOVE - float(lines.rows[reference].mean()) / waistband.PX_PER_TORSO
    faint = SD_OF_FAINT_LINE * np.clip(CLEAR_CONTRAST / np.maximum(lines.contrast, 0.3) - 1, 0, None)
    low = SD_PER_LOWNESS * max(0.0, LOW - height) * moved
    bent = SD_PER_BEND_PX * (lines.bend_px - lines.bend_px[reference])
    sd = _root_of_squares(STILL_SD_DEG, MOVED_SD_DEG * moved, SHARE_SD * slope_deg, faint, low, bent)
    refused = (lines.contrast < CONTRAST_MIN) | (height < HEIGHT_MIN)
    return np.where(refused | ~np.isfinite(slope_deg), np.nan, sd)
