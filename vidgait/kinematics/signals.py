"""Raw keypoints of one person -> clean ones: what the network was unsure of is masked, impossible points removed,
exchanged legs put right, short gaps filled, and the rest low-passed. Points first; angles are made from clean points.

Every step keeps what it cannot decide missing: no gap longer than the limit is ever bridged.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import CubicSpline, PchipInterpolator
from scipy.signal import butter, sosfiltfilt

from vidgait.kinematics.blends import blended
from vidgait.kinematics.swaps import LEG_PARTS, SwapResult, exchange, find_swaps, no_swaps
from vidgait.types import BoolArray, FloatArray, IntArray, Issue, Severity, Track

if TYPE_CHECKING:
    from vidgait.settings import SignalSettings

__all__ = [
    "CleanResult",
    "body_height_px",
    "clean_track",
    "fill_gaps",
    "frame_rate_hz",
    "hampel",
    "implausible_jumps",
    "low_pass",
    "unbroken_stretches",
    "usable_cutoff_hz",
]

# Shoulder to ankle over hip and knee, as a share of stature (.288 + .245 + .246: Drillis and Contini).
_CHAIN_OF_STATURE = 0.779
# Faster than this (body heights a second) is no movement of a person: 12 m/s, and 15 m/s for feet, at 1.75 m.
_SPEED_MAX, _SPEED_MAX_FOOT = 6.9, 8.6
# A point closer to its neighbours than this share of body height is never an outlier, however still they are: that is
# the networks' ordinary noise, and the low-pass deals with it.
_HAMPEL_FLOOR = 0.01
# A median needs two neighbours on each side; below about 17 frames a second the Hampel window is too short to judge.
_HAMPEL_SIDE_MIN = 2
_MAD_TO_SD = 1.4826
# The cut-off stays under this share of the Nyquist frequency.
_NYQUIST_SHARE = 0.8
_PAD_S = 1.0
# Time stamps this even (share of a frame) need no resampling.
_EVEN_TOLERANCE = 0.005
_REPAIRED_REPORT_SHARE, _AMBIGUOUS_REPORT_SHARE = 0.05, 0.05
# Legs that are missing in more frames than this are not in the picture, or not to be told from what is around them.
_NOT_SEEN_SHARE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class CleanResult:
    track: Track
    """A new track; the raw one is untouched."""
    swaps: SwapResult
    """Frames whose legs or arms were exchanged back"""
    filled: BoolArray
    """(T, K) points that were interpolated"""
    issues: tuple[Issue, ...]
    cutoff_hz: float
    """The low-pass that was really used"""

    @property
    def swapped(self) -> BoolArray:
        """(T,) frames whose legs were exchanged back"""
        return self.swaps.legs

    @property
    def ambiguous(self) -> BoolArray:
        """(T,) frames in which it stays unclear which leg is which"""
        return self.swaps.ambiguous


def clean_track(raw: Track, settings: SignalSettings, cutoff_hz: float) -> CleanResult:
    """Cleans `raw` with a low-pass of `cutoff_hz` (-3 dB after both passes; `settings.cutoff_hz` goes first).

    In a side view the network doubts the far leg for whole stretches. Masking leaves it missing there rather than
    guessed; hips and shoulders keep high scores in every view, so the near leg and the trunk lose nothing."""
    height = body_height_px(raw)
    known = _known(raw.xy_px)
    swaps = no_swaps(raw.time_s.size)
    if settings.swap_repair:
        swaps = find_swaps(raw.time_s, raw.xy_px, raw.score, raw.skeleton, height)
    xy = exchange(raw.xy_px, swaps, raw.skeleton)
    score = exchange(raw.score, swaps, raw.skeleton)
    unsure = _known(xy) & (score < settings.score_min)
    xy[unsure] = np.nan
    mixed = np.zeros(score.shape, bool)
    if settings.swap_repair:
        mixed = blended(raw.time_s, xy, score, raw.skeleton, height)
    xy[mixed] = np.nan
    jumps = implausible_jumps(raw.time_s, xy, _speed_limits(raw) * height, settings.gap_max_s)
    xy[jumps] = np.nan
    outliers = hampel(raw.time_s, xy, settings.hampel_window_s, settings.hampel_sds, _HAMPEL_FLOOR * height)
    xy[outliers] = np.nan
    xy, filled = fill_gaps(raw.time_s, xy, settings.gap_max_s)
    wanted = settings.cutoff_hz or cutoff_hz
    used = usable_cutoff_hz(raw.time_s, wanted)
    xy = _low_pass_stretches(raw.time_s, xy, used, settings.gap_max_s)
    seen = _known(xy)
    world = None if raw.xyz_m is None else exchange(raw.xyz_m, swaps, raw.skeleton)
    steps = _steps(settings, swaps, unsure, mixed, jumps, outliers, filled, used)
    track = raw.replace(xy_px=xy, score=np.where(seen, score, 0.0), xyz_m=world, steps=raw.steps + steps)
    issues = (
        *_rate_issues(raw, wanted, used),
        *_swap_issues(known, swaps),
        *_repair_issues(raw, known, (mixed | jumps | outliers | filled) & known),
        *(_unseen_issues(raw, known, seen) or _gap_issues(raw, known, seen, settings.gap_max_s)),
    )
    return CleanResult(track, swaps, filled & seen, issues, used)


def frame_rate_hz(time_s: FloatArray) -> float:
    """Frames a second by the median spacing; 0 for fewer than two frames."""
    return 0.0 if time_s.size < 2 else 1.0 / float(np.median(np.diff(time_s)))


def body_height_px(track: Track) -> float:
    """Stature in pixels from shoulder to ankle along the better side, 80th percentile over frames: bending and
    foreshortening only shorten it. NaN-free; 1 where nothing was seen."""
    sides = []
    for side in ("left", "right"):
        chain = [track.point(f"{side}_{part}") for part in ("shoulder", "hip", "knee", "ankle")]
        sides.append(sum(np.linalg.norm(b - a, axis=1) for a, b in itertools.pairwise(chain)))
    lengths = np.fmax(*sides)
    lengths = lengths[np.isfinite(lengths)]
    return float(np.percentile(lengths, 80)) / _CHAIN_OF_STATURE if lengths.size else 1.0


def usable_cutoff_hz(time_s: FloatArray, cutoff_hz: float) -> float:
    """`cutoff_hz`, lowered to 0.8 of the Nyquist frequency where the frame rate does not carry it."""
    rate = frame_rate_hz(time_s)
    return min(cutoff_hz, _NYQUIST_SHARE * rate / 2) if rate > 0 else cutoff_hz


def _known(xy_px: FloatArray) -> BoolArray:
    return np.asarray(np.isfinite(xy_px).all(axis=-1), dtype=bool)


def _speed_limits(track: Track) -> FloatArray:
    foot = [name.endswith(("ankle", "heel", "toe")) for name in track.skeleton.keypoints]
    return np.where(foot, _SPEED_MAX_FOOT, _SPEED_MAX)


def implausible_jumps(time_s: FloatArray, xy_px: FloatArray, speed_max_px_s: FloatArray, longest_s: float) -> BoolArray:
    """(T, K) points that jump away faster than anybody moves and are back within `longest_s`.

    A point that stays away is no spike: it may be the truth, and is left to the eye of the other steps."""
    bad = np.zeros(xy_px.shape[:2], bool)
    spacing = 1.0 / frame_rate_hz(time_s) if time_s.size > 1 else 0.0
    for column in range(xy_px.shape[1]):
        seen = np.flatnonzero(np.isfinite(xy_px[:, column]).all(axis=-1))
        points, times, limit = xy_px[seen, column], time_s[seen], float(speed_max_px_s[column])
        steps = np.maximum(np.diff(times), 0.5 * spacing)
        fast = np.linalg.norm(np.diff(points, axis=0), axis=1) > limit * steps
        last = -1
        for leave in np.flatnonzero(fast):
            if leave < last:
                continue
            for back in np.flatnonzero(fast[leave + 1 :]) + leave + 1:
                away = times[back + 1] - times[leave]
                if away > longest_s + spacing:
                    break
                if np.linalg.norm(points[back + 1] - points[leave]) <= limit * away:
                    bad[seen[leave + 1 : back + 1], column] = True
                    last = back + 1
                    break
    return bad


def hampel(time_s: FloatArray, xy_px: FloatArray, window_s: float, sds: float, floor_px: float) -> BoolArray:
    """(T, K) points of which a coordinate lies more than `sds` robust standard deviations (1.4826 MAD, at least
    `floor_px`) from the median of a window `window_s` wide around them. Hampel 1974, J Am Stat Assoc 69:383.

    Points with fewer than two neighbours on one side, as at the ends, are not judged."""
    side = int(0.5 * window_s * frame_rate_hz(time_s) + 0.5)
    bad = np.zeros(xy_px.shape[:2], bool)
    if side < _HAMPEL_SIDE_MIN or time_s.size <= 2 * side:
        return bad
    near = np.abs(_windows(time_s, side) - time_s[:, None]) <= 0.75 * window_s
    for column in range(xy_px.shape[1]):
        for axis in (0, 1):
            values = xy_px[:, column, axis]
            around = np.where(near, _windows(values, side), np.nan)
            known = np.isfinite(around)
            sides = np.minimum(known[:, :side].sum(axis=1), known[:, side + 1 :].sum(axis=1))
            judged = known[:, side] & (sides >= _HAMPEL_SIDE_MIN)
            middle = np.nanmedian(around[judged], axis=1)
            spread = _MAD_TO_SD * np.nanmedian(np.abs(around[judged] - middle[:, None]), axis=1)
            bad[judged, column] |= np.abs(values[judged] - middle) > np.maximum(sds * spread, floor_px)
    return bad


def _windows(values: FloatArray, side: int) -> FloatArray:
    """(T,) -> (T, 2 * side + 1), NaN beyond the ends."""
    padded = np.pad(values.astype(float), side, constant_values=np.nan)
    windows: FloatArray = np.lib.stride_tricks.sliding_window_view(padded, 2 * side + 1)
    return windows


def _missing_s(time_s: FloatArray, before: IntArray, after: IntArray) -> FloatArray:
    """How long a point was missing between two samples: their distance less one ordinary frame spacing."""
    spacing = float(np.median(np.diff(time_s))) if time_s.size > 1 else 0.0
    missing: FloatArray = time_s[after] - time_s[before] - spacing
    return missing


def unbroken_stretches(time_s: FloatArray, known: BoolArray, gap_max_s: float) -> list[IntArray]:
    """Indices of `known (T,)` samples, cut wherever more than `gap_max_s` is missing between two of them."""
    seen = np.flatnonzero(known)
    if seen.size == 0:
        return []
    cuts = np.flatnonzero(_missing_s(time_s, seen[:-1], seen[1:]) > gap_max_s + 1e-6)
    return np.split(seen, cuts + 1)


def fill_gaps(time_s: FloatArray, xy_px: FloatArray, gap_max_s: float) -> tuple[FloatArray, BoolArray]:
    """Fills gaps `xy_px (T, K, 2)` up to `gap_max_s` with a monotone cubic (PCHIP: Fritsch and Carlson 1980), which
    cannot overshoot. Longer gaps, and the ends, stay NaN. Returns the points and which were filled (T, K)."""
    result = xy_px.copy()
    filled = np.zeros(xy_px.shape[:2], bool)
    for column in range(xy_px.shape[1]):
        for rows in unbroken_stretches(time_s, _known(xy_px[:, column]), gap_max_s):
            span = np.arange(rows[0], rows[-1] + 1)
            if rows.size < 2 or rows.size == span.size:
                continue
            lost = np.setdiff1d(span, rows, assume_unique=True)
            result[lost, column] = PchipInterpolator(time_s[rows], xy_px[rows, column])(time_s[lost])
            filled[lost, column] = True
    return result, filled


def low_pass(values: FloatArray, time_s: FloatArray, cutoff_hz: float, rate_hz: float) -> FloatArray:
    """Zero-phase Butterworth of one unbroken stretch, `values (T, ...)` at `time_s (T,)`, any spacing.

    A second-order filter runs forwards and backwards, so the gain after both passes is
    1 / (1 + (tan(pi f / rate) / tan(pi d / rate))^4) with the design frequency d. Setting it to 1/sqrt(2) at the
    stated cut-off gives tan(pi d / rate) = tan(pi cutoff / rate) / (sqrt(2) - 1)^(1/4): exact, where Winter's 0.802
    is its analogue limit. Uneven stamps are brought to an even grid of `rate_hz` by a cubic spline and back. The ends
    are reflected through their last point for a second, more than once where the stretch is shorter. One or two
    samples are returned as they are."""
    if time_s.size < 3:
        return values.copy()
    even = np.abs(np.diff(time_s) * rate_hz - 1).max() < _EVEN_TOLERANCE
    if even:
        return _low_pass_even(values, cutoff_hz, rate_hz)
    # Stamps closer than a tenth of a frame would turn noise into slope.
    apart = np.concatenate([[True], np.diff(time_s) * rate_hz > 0.1])
    count = max(3, int(np.ceil((time_s[-1] - time_s[0]) * rate_hz - 1e-9)) + 1)
    grid = np.linspace(time_s[0], time_s[-1], count)
    evened = CubicSpline(time_s[apart], values[apart], axis=0)(grid)
    smooth = _low_pass_even(evened, cutoff_hz, (count - 1) / float(grid[-1] - grid[0]))
    result: FloatArray = CubicSpline(grid, smooth, axis=0)(time_s)
    return result


def _low_pass_even(values: FloatArray, cutoff_hz: float, rate_hz: float) -> FloatArray:
    if cutoff_hz >= rate_hz / 2:
        return values.copy()
    warped = np.tan(np.pi * cutoff_hz / rate_hz) / (np.sqrt(2) - 1) ** 0.25
    sections = butter(2, 2 * np.arctan(warped) / np.pi, output="sos")
    pad = int(np.ceil(_PAD_S * rate_hz))
    widths = [(pad, pad)] + [(0, 0)] * (values.ndim - 1)
    longer = np.pad(values, widths, mode="reflect", reflect_type="odd")
    smooth: FloatArray = sosfiltfilt(sections, longer, axis=0, padtype=None)[pad : pad + values.shape[0]]
    return smooth


def _low_pass_stretches(time_s: FloatArray, xy_px: FloatArray, cutoff_hz: float, gap_max_s: float) -> FloatArray:
    result = xy_px.copy()
    rate_hz = frame_rate_hz(time_s)
    known = _known(xy_px)
    patterns, which = np.unique(known, axis=1, return_inverse=True)
    for n in range(patterns.shape[1]):  # keypoints that are missing in the same frames go together
        columns = np.flatnonzero(which.ravel() == n)
        for rows in unbroken_stretches(time_s, patterns[:, n], gap_max_s):
            block = np.ix_(rows, columns)
            result[block] = low_pass(xy_px[block], time_s[rows], cutoff_hz, rate_hz)
    return result


def _steps(
    settings: SignalSettings,
    swaps: SwapResult,
    unsure: BoolArray,
    mixed: BoolArray,
    jumps: BoolArray,
    outliers: BoolArray,
    filled: BoolArray,
    cutoff_hz: float,
) -> tuple[str, ...]:
    repair = f"exchanged legs put right in {int(swaps.legs.sum())} frames, arms in {int(swaps.arms.sum())}"
    return (
        repair if settings.swap_repair else "exchanged legs and arms not looked for",
        f"masked {int(unsure.sum())} points with a score under {settings.score_min:g}",
        f"removed {int(mixed.sum())} points drawn to the other leg",
        f"removed {int(jumps.sum())} points that jumped away and back",
        f"removed {int(outliers.sum())} outliers (Hampel, {settings.hampel_window_s:g} s, {settings.hampel_sds:g} SD)",
        f"filled {int(filled.sum())} points in gaps up to {settings.gap_max_s:g} s (PCHIP)",
        f"low-passed at {cutoff_hz:.3g} Hz (zero-phase Butterworth, -3 dB after both passes)",
    )


def _rate_issues(raw: Track, wanted_hz: float, used_hz: float) -> list[Issue]:
    if used_hz >= wanted_hz:
        return []
    message = (
        f"At {frame_rate_hz(raw.time_s):.3g} frames a second the low-pass had to be lowered from {wanted_hz:.3g} to "
        f"{used_hz:.3g} Hz: fast parts of the movement are flattened."
    )
    return [Issue("low_frame_rate", "warning", message)]


def _swap_issues(known: BoolArray, swaps: SwapResult) -> list[Issue]:
    present = max(1, int(known.any(axis=1).sum()))
    issues = []
    if swaps.legs.any():
        rows = np.flatnonzero(swaps.legs)
        share = rows.size / present
        message = f"Left and right leg were exchanged by the pose network in {rows.size} frames and put right."
        severity: Severity = "warning" if share > _AMBIGUOUS_REPORT_SHARE else "info"
        issues.append(Issue("legs_exchanged", severity, message, (int(rows[0]), int(rows[-1]))))
    if swaps.ambiguous.sum() > _AMBIGUOUS_REPORT_SHARE * present:
        rows = np.flatnonzero(swaps.ambiguous)
        message = (
            f"In {100 * rows.size / present:.0f} % of the frames it is not clear which leg is which: do not trust the "
            "far leg."
        )
        issues.append(Issue("legs_ambiguous", "serious", message, (int(rows[0]), int(rows[-1]))))
    return issues


def _leg_columns(track: Track) -> dict[str, int]:
    names = [f"{side}_{part}" for side in ("left", "right") for part in LEG_PARTS]
    return {name: track.skeleton.index(name) for name in names}


def _repair_issues(raw: Track, known: BoolArray, repaired: BoolArray) -> list[Issue]:
    share = repaired.sum(axis=0) / np.maximum(1, known.sum(axis=0))
    worst = {name: share[k] for name, k in _leg_columns(raw).items() if share[k] > _REPAIRED_REPORT_SHARE}
    if not worst:
        return []
    listed = ", ".join(f"{name.replace('_', ' ')} {100 * part:.0f} %" for name, part in worst.items())
    return [Issue("points_repaired", _severity(worst), f"Many points had to be repaired: {listed}.")]


def _severity(names: Iterable[str]) -> Severity:
    """One leg alone is the ordinary case from the side, where the near one hides the far one: nothing to warn of."""
    return "warning" if len({name.split("_")[0] for name in names}) > 1 else "info"


def _unseen_issues(raw: Track, known: BoolArray, seen: BoolArray) -> list[Issue]:
    """Knees or ankles of which neither is seen in most frames that show the person."""
    present = known.any(axis=1)
    if not present.any():
        return []
    share = {}
    for part in ("knee", "ankle"):
        either: BoolArray = np.any(seen[:, raw.skeleton.indices(f"left_{part}", f"right_{part}")], axis=1)
        share[part] = 1.0 - float(either[present].mean())
    if max(share.values()) <= _NOT_SEEN_SHARE:
        return []
    what = "legs" if share["knee"] > _NOT_SEEN_SHARE else "feet"
    message = (
        f"The {what} are not seen in {100 * max(share.values()):.0f} % of the frames, so most numbers are missing: "
        "film the whole body from head to feet, with some floor below the shoes and nothing in front of the legs."
    )
    return [Issue("legs_not_seen", "warning", message)]


def _gap_issues(raw: Track, known: BoolArray, seen: BoolArray, gap_max_s: float) -> list[Issue]:
    """Leg points that are missing for longer than may be filled while the person is in the picture."""
    present = np.flatnonzero(known.any(axis=1))
    lost = {}
    for name, k in _leg_columns(raw).items():
        share = float((~seen[present, k]).mean()) if present.size else 0.0
        if share > _REPAIRED_REPORT_SHARE:
            lost[name] = share
    if not lost:
        return []
    listed = ", ".join(f"{name.replace('_', ' ')} {100 * share:.0f} %" for name, share in lost.items())
    message = f"Not seen surely enough for longer than {gap_max_s:g} s at a time, left out: {listed} of the frames."
    return [Issue("long_gaps", _severity(lost), message)]
