"""How wrong the keypoints of this clip may be, and draws of what else they might have been.

The error of a keypoint has three parts: white jitter from frame to frame, a slow wander with a correlation time, and
an offset that stays the same for the whole clip. Jitter and wander are seen in quiet standing; the offset, and the
wander during movement, only against truth: a table made on rendered clips with exactly known joints
(`scripts/make_noise_table.py`), by keypoint and score, in shares of body height. What a clip shows of itself may only
raise the table's values: the filter's residual and a person standing still both miss part of the error.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.fft import irfft, next_fast_len, rfftfreq

from vidgait.kinematics.signals import body_height_px, frame_rate_hz
from vidgait.kinematics.swaps import exchange

if TYPE_CHECKING:
    from vidgait.kinematics.signals import CleanResult
    from vidgait.types import FloatArray, IntArray, Segment, Track

__all__ = ["NoiseModel", "draw", "draw_offsets", "estimate_noise", "noise_table"]

# A second is the shortest stretch that shows a wander of a few tenths of a second.
_QUIET_S = 1.0
# A person whose trunk, knees and ankles (mean of their points) stay within this SD (share of body height) in a second
# is standing still; a third of a second at either end may already belong to a movement.
_QUIET_SD, _ONSET_S = 0.006, 0.33
_LAG_S = 0.1
_CORRELATION_MIN_S, _CORRELATION_MAX_S = 0.05, 1.0


@dataclass(frozen=True, slots=True, eq=False)
class NoiseModel:
    """Standard deviations of one coordinate of each keypoint, in pixels, before any low-pass."""

    jitter_sd_px: FloatArray
    """(K,) white: independent from frame to frame"""
    sd_px: FloatArray
    """(K,) wander: first-order autocorrelated"""
    correlation_s: FloatArray
    """(K,) time after which the wander's correlation has fallen to 1/e"""
    offset_sd_px: FloatArray
    """(K,) constant over the clip"""
    basis: str
    """How it was obtained, in words"""

    def take(self, keypoints: Sequence[int] | IntArray) -> NoiseModel:
        """The model of some keypoints only, by index."""
        rows = np.asarray(keypoints, dtype=np.intp)
        parts = (self.jitter_sd_px, self.sd_px, self.correlation_s, self.offset_sd_px)
        jitter, sd, correlation, offset = (values[rows] for values in parts)
        return NoiseModel(jitter, sd, correlation, offset, self.basis)


@functools.cache
def noise_table() -> dict[str, Any]:
    """The table that ships: `score_edges` (B + 1,) and, by keypoint without side, `jitter`, `wander`, `offset` (B,) in
    shares of body height and `correlation_s` (B,). Read from the package on first use."""
    text = resources.files("vidgait.kinematics").joinpath("noise_table.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


def estimate_noise(
    raw: Track, clean: CleanResult, segments: Sequence[Segment], table: dict[str, Any] | None = None
) -> NoiseModel:
    """The noise of one clip: the larger of the table's values for its scores and size, of what quiet standing shows,
    and of what the low-pass took away."""
    heights = [segment.body_height_px for segment in segments if segment.body_height_px]
    height = float(np.median(heights)) if heights else body_height_px(raw)
    jitter, sd, correlation, offset = _from_table(raw, clean, table or noise_table(), height)
    jitter = np.fmax(jitter, _residual_sd_px(raw, clean))
    basis = f"table of rendered clips, at {height:.0f} px body height and the scores of this clip"
    quiet = _quiet_stretches(clean.track, height)
    if quiet:
        seen_jitter, seen_sd, seen_correlation = _standing_noise_px(_exchanged(raw, clean), quiet, raw.time_s)
        correlation = np.where(seen_sd > sd, seen_correlation, correlation)
        jitter, sd = np.fmax(jitter, seen_jitter), np.fmax(sd, seen_sd)
        basis += f"; and {sum(float(np.ptp(raw.time_s[rows])) for rows in quiet):.1f} s of quiet standing"
    return NoiseModel(jitter, sd, correlation, offset, basis)


def _from_table(raw: Track, clean: CleanResult, table: dict[str, Any], height_px: float) -> tuple[FloatArray, ...]:
    """Jitter, wander, correlation time and offset of each keypoint (K,)."""
    scores = np.where(clean.track.score > 0, clean.track.score, np.nan)
    seen = np.isfinite(scores).any(axis=0)
    score = np.full(scores.shape[1], float(table["score_edges"][0]))
    score[seen] = np.nanmedian(scores[:, seen], axis=0)
    bins = np.clip(np.searchsorted(table["score_edges"], score, side="right") - 1, 0, len(table["score_edges"]) - 2)
    rows = [table["keypoints"][_part(name, table)] for name in raw.skeleton.keypoints]

    def column(name: str) -> FloatArray:
        return np.array([row[name][b] for row, b in zip(rows, bins, strict=True)], float)

    jitter, wander, offset = (height_px * column(name) for name in ("jitter", "wander", "offset"))
    return jitter, wander, column("correlation_s"), offset


def _part(keypoint: str, table: dict[str, Any]) -> str:
    part = keypoint.removeprefix("left_").removeprefix("right_")
    return part if part in table["keypoints"] else "other"


def _exchanged(raw: Track, clean: CleanResult) -> FloatArray:
    """(T, K, 2) raw points with left and right put right, without those that cleaning removed."""
    xy = exchange(raw.xy_px, clean.swaps, raw.skeleton)
    xy[clean.filled | ~np.isfinite(clean.track.xy_px).all(axis=-1)] = np.nan
    return xy


def _residual_sd_px(raw: Track, clean: CleanResult) -> FloatArray:
    """(K,) white noise that would leave the residual seen above the cut-off; NaN where it cannot be told."""
    rate_hz = frame_rate_hz(raw.time_s)
    taken_share = 1 - 2 * clean.cutoff_hz / rate_hz if rate_hz > 0 else 0.0
    result = np.full(raw.xy_px.shape[1], np.nan)
    if taken_share <= 0.1:
        return result
    residual = np.abs(_exchanged(raw, clean) - clean.track.xy_px)
    for k in range(result.size):
        values = residual[:, k][np.isfinite(residual[:, k]).all(axis=-1)]
        if values.shape[0] >= 10:
            result[k] = 1.4826 * np.median(values) / np.sqrt(taken_share)
    return result


def _quiet_stretches(track: Track, height_px: float) -> list[IntArray]:
    """Runs of frames in which trunk, knees and ankles stand still. Means over several points tell movement, which they
    share, from noise, which they do not."""
    groups = (("shoulder", "hip"), ("knee",), ("ankle",))
    columns = [
        track.skeleton.indices(*(f"{side}_{p}" for p in parts for side in ("left", "right"))) for parts in groups
    ]
    points = np.stack([track.xy_px[:, rows].mean(axis=1) for rows in columns], axis=1)
    points = np.where(np.isfinite(points), points, points[:, :1])  # legs that are not seen follow the trunk
    time = track.time_s
    quiet = np.zeros(time.size, bool)
    for first, last in _windows(time):
        spread = points[first : last + 1].std(axis=0).max()  # NaN where the trunk is not seen
        if last - first >= 3 and spread < _QUIET_SD * height_px:
            quiet[first : last + 1] = True
    rows = np.flatnonzero(quiet)
    runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    kept = [_without_onset(run, time) for run in runs]
    return [stay for run in kept for stay in _in_one_place(run, points, height_px) if stay.size >= 4]


def _in_one_place(run: IntArray, points: FloatArray, height_px: float) -> list[IntArray]:
    """A run cut where the person has moved away from where it began: who shifts their weight slowly is still in every
    second, and yet goes somewhere."""
    pieces = []
    while run.size:
        away = points[run] - points[run[0]]
        count = np.arange(1, run.size + 1)[:, None, None]
        spread = np.sqrt(np.maximum((away**2).cumsum(axis=0) / count - (away.cumsum(axis=0) / count) ** 2, 0.0))
        gone = np.flatnonzero(spread.max(axis=(1, 2)) >= _QUIET_SD * height_px)
        end = int(gone[0]) if gone.size else run.size
        pieces.append(run[:end])
        run = run[end:]
    return pieces


def _windows(time_s: FloatArray) -> list[tuple[int, int]]:
    """First and last frame of every shortest window of at least _QUIET_S, one from each frame on, and the one that ends
    with the clip: with uneven stamps no other need reach the last frames."""
    if not time_s.size or time_s[-1] - time_s[0] < _QUIET_S - 1e-9:
        return []
    ends = np.searchsorted(time_s, time_s + _QUIET_S - 1e-9)
    windows = [(first, int(last)) for first, last in enumerate(ends) if last < time_s.size]
    final = int(np.searchsorted(time_s, time_s[-1] - _QUIET_S + 1e-9, side="right")) - 1
    return [*windows, (final, time_s.size - 1)]


def _without_onset(run: IntArray, time_s: FloatArray) -> IntArray:
    """The run without its ends, where a movement may have begun, unless the clip itself ends there."""
    if run.size == 0:
        return run
    start = time_s[run[0]] + (_ONSET_S if run[0] > 0 else 0.0)
    end = time_s[run[-1]] - (_ONSET_S if run[-1] < time_s.size - 1 else 0.0)
    kept: IntArray = run[(time_s[run] >= start) & (time_s[run] <= end)]
    return kept


def _standing_noise_px(
    xy_px: FloatArray, quiet: Sequence[IntArray], time_s: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Jitter, wander and its correlation time (K,) from how keypoints move while the person does not. The split
    follows from the autocovariance at one frame and at a tenth of a second, pooled over keypoints; a body's own sway
    counts as wander."""
    step_s = 1.0 / frame_rate_hz(time_s)
    lag = max(2, round(_LAG_S / step_s))
    sums = np.zeros((3, xy_px.shape[1]))
    counts = np.zeros((3, xy_px.shape[1]))
    for rows in quiet:
        values = _centred(xy_px[rows])
        for n, shift in enumerate((0, 1, lag)):
            product = values[: max(len(rows) - shift, 0)] * values[shift:]  # none in a stay shorter than that
            sums[n] += np.nansum(product, axis=(0, 2))
            counts[n] += np.isfinite(product).sum(axis=(0, 2))
    covariance = sums / np.maximum(counts, 1)
    pooled = covariance.sum(axis=1) / max(float(covariance[0].sum()), 1e-12)
    correlation_s, wander_share = _split(pooled[1], pooled[2], step_s, lag)
    total = np.sqrt(np.maximum(covariance[0], 0.0))
    jitter, wander = total * np.sqrt(1 - wander_share), total * np.sqrt(wander_share)
    return jitter, wander, np.full(total.size, correlation_s)


def _centred(values: FloatArray) -> FloatArray:
    known = np.isfinite(values)
    mean = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    centred: FloatArray = values - mean
    return centred


def _split(at_frame: float, at_lag: float, step_s: float, lag: int) -> tuple[float, float]:
    """Correlation time, and the wander's share of the variance, of first-order wander plus white noise whose
    autocorrelation is `at_frame` one frame and `at_lag` `lag` frames apart."""
    if at_frame <= 0.02:
        return _CORRELATION_MIN_S, 0.0
    fall = np.log(at_frame / max(at_lag, 1e-3))
    correlation_s = _CORRELATION_MAX_S if fall <= 0 else (lag - 1) * step_s / float(fall)
    correlation_s = float(np.clip(correlation_s, _CORRELATION_MIN_S, _CORRELATION_MAX_S))
    return correlation_s, float(np.clip(at_frame * np.exp(step_s / correlation_s), 0.0, 1.0))


def draw_offsets(model: NoiseModel, draws: int, rng: np.random.Generator) -> FloatArray:
    """(D, K, 2) offsets of the whole clip, 0 in draw 0: hand the same ones to `draw` for every window of the clip, so
    that what all repetitions share cancels where it should."""
    offsets: FloatArray = rng.standard_normal((draws, model.offset_sd_px.size, 2)) * model.offset_sd_px[:, None]
    offsets[0] = 0.0
    return offsets


def draw(
    clean_px: FloatArray,
    model: NoiseModel,
    draws: int,
    rng: np.random.Generator,
    time_s: FloatArray,
    cutoff_hz: float,
    offsets_px: FloatArray | None = None,
) -> FloatArray:
    """(D, T, K, 2): what the points of a window `clean_px (T, K, 2)` at `time_s (T,)` might have been. Draw 0 is the
    clean value itself.

    Jitter and wander are made with the spectrum that the clip's low-pass of `cutoff_hz` leaves of them, longer than
    the window by a second and three correlation times, so neither its ends nor the transform's period show."""
    if offsets_px is None:
        offsets_px = draw_offsets(model, draws, rng)
    rate_hz = frame_rate_hz(time_s)
    result = np.empty((draws, *clean_px.shape))
    result[:] = clean_px
    if time_s.size < 2:
        result[1:] += (
            rng.standard_normal((draws - 1, *clean_px.shape)) * np.hypot(model.jitter_sd_px, model.sd_px)[:, None]
        )
        return np.asarray(result + offsets_px[:, None])
    place = (time_s - time_s[0]) * rate_hz
    count = int(np.ceil(place[-1])) + 2
    period = next_fast_len(count + int(rate_hz * (1.0 + 3.0 * float(model.correlation_s.max()))), real=True)
    shape = _amplitude(model, period, rate_hz, cutoff_hz)
    for n in range(1, draws):  # one draw at a time keeps the memory at one draw
        parts = rng.standard_normal((2, *shape.shape, 2))
        wave = irfft((parts[0] + 1j * parts[1]) * shape[..., None], n=period, axis=0)[:count]
        result[n] += _at(wave, place)
    return np.asarray(result + offsets_px[:, None])


def _amplitude(model: NoiseModel, period: int, rate_hz: float, cutoff_hz: float) -> FloatArray:
    """(F, K) amplitude of each frequency of `irfft` of unit complex normals."""
    frequency = rfftfreq(period, 1 / rate_hz)[:, None]
    keep = np.exp(-1 / (rate_hz * model.correlation_s))
    wander = (1 - keep**2) / (1 - 2 * keep * np.cos(2 * np.pi * frequency / rate_hz) + keep**2)
    power = model.sd_px**2 * wander + model.jitter_sd_px**2
    gain = np.ones_like(frequency)
    if cutoff_hz < rate_hz / 2:
        inside = np.minimum(frequency, 0.4999 * rate_hz)
        warped = np.tan(np.pi * inside / rate_hz) / np.tan(np.pi * cutoff_hz / rate_hz)
        gain = 1 / (1 + (np.sqrt(2) - 1) * warped**4)
    amplitude: FloatArray = gain * np.sqrt(power * period / 2)
    amplitude[0] *= np.sqrt(2)  # the constant is real: its imaginary half is not used
    if period % 2 == 0:
        amplitude[-1] *= np.sqrt(2)
    return amplitude


def _at(wave: FloatArray, place: FloatArray) -> FloatArray:
    """`wave (N, ...)` between its samples, linearly; exact where `place` is whole."""
    below = np.minimum(place.astype(np.intp), wave.shape[0] - 2)
    share = (place - below).reshape(-1, *([1] * (wave.ndim - 1)))
    between: FloatArray = wave[below] * (1 - share) + wave[below + 1] * share
    return between
