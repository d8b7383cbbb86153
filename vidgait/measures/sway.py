"""How much knee and pelvis sway beyond what the keypoints' own noise shows, and when somebody comes to rest.

Definitions: biomechanics specification, section 3.3. All readings take one repetition or hold in all draws, (D, T), and
give (D, 1); draw 0 is the value. The noise floor is the same quantity of the difference between each draw and the
value: the noise of this clip (its table, and what its quiet standing shows) through the same band. It is taken off in
quadrature, and a sway of less than twice the floor is not given: "not resolvable".

Reversals of the knee (hysteresis 0.5 % of leg length) are not given: noise of 0.35 to 0.6 % RMS, the floor on
rendered people of 600 to 950 px, makes them by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.series import velocity_per_s
from vidgait.kinematics.signals import frame_rate_hz, low_pass
from vidgait.measures.functions import UnreadableError

if TYPE_CHECKING:
    from vidgait.measures.draws import RepDraws
    from vidgait.types import BoolArray, FloatArray, Rep, Side

__all__ = [
    "HEIGHT_SERIES",
    "KNEE_SERIES",
    "MASS_SERIES",
    "PELVIS_SERIES",
    "above_noise",
    "knee_sway",
    "pelvis_sway",
    "settled_after_s",
    "sway_band",
    "time_to_stabilise",
]

KNEE_SERIES = "knee_medial_displacement_percent"
PELVIS_SERIES = "pelvis_over_foot_percent"
MASS_SERIES = "mass_over_foot_percent"
HEIGHT_SERIES = "hip_height_leg_lengths"

BAND_LOW_HZ, BAND_HIGH_HZ = 1.0, 6.0
"""Of knee sway. The clip's own low-pass is its upper end where it ends at 6 Hz or below."""
RATE_MIN_HZ = 20.0
"""Fewer pictures a second do not hold the band."""
FLOORS_MIN = 2.0
SEEN_MIN = 0.9
# The movement's own path: what of the knee's position follows the height of the hips, as a cubic.
PATH_DEGREE = 3
HOLD_MIN_S = 2.0
# Time to stabilise: within three SDs of the final position and slower than 0.05 m/s, here as a share of a stature of
# 1.75 m, for the next second (specification 3.3). The centre of mass is low-passed first. Whoever stands stiller than
# that is given 1 % of stature all the same: three SDs of a sway below the points' noise are passed by chance.
REST_SPEED_PERCENT_S = 100 * 0.05 / 1.75
REST_SDS, REST_FOR_S = 3.0, 1.0
REST_REACH_MIN_PERCENT = 1.0
MASS_CUTOFF_HZ, COURSE_CUTOFF_HZ = 1.5, 1.0
"""On 200 simulated holds with the network's errors, whose trunk swings at first, 162 are read, 0.2 s off on average; of
a low-pass of 2 Hz 41 are, for its noise mostly moves as fast as somebody at rest may, no closer. At 1.25 Hz draws no
longer hold the error (86 % of it)."""
# Noise alone must seldom pass the speed limit within that second.
SPEED_SDS_MIN = 2.0


def knee_sway(one: RepDraws, side: Side | None, rep: Rep) -> FloatArray:
    """(D, 1) % leg length: RMS of the 1 to 6 Hz band of the knee's medial displacement from `rep.start_s` to
    `rep.end_s`, without the part that goes with the depth of the bend, noise taken off.

    Raises UnreadableError where frames are too few, or the sway does not stand out of the noise."""
    _check_rate(one)
    values, height = _seen(one, KNEE_SERIES, side), one.values[HEIGHT_SERIES, None]
    time_s, rows = _known_stretch(values, one.time_s, rep.start_s, rep.end_s)
    band = sway_band(values[:, rows], time_s, height[0, rows], one.cutoff_hz)
    return above_noise(band[:, _inside(time_s, rep.start_s, rep.end_s)], "knee sway", "% of leg length")


def pelvis_sway(one: RepDraws, side: Side | None, rep: Rep) -> FloatArray:
    """(D, 1) % body height: SD of the pelvis beside the standing ankle over the quiet part of a hold, noise taken off.
    Raises UnreadableError as `knee_sway`, and where the hold is too short."""
    values = _seen(one, PELVIS_SERIES, side)
    first_s, last_s = _quiet_part(rep)
    inside = _inside(one.time_s, first_s, last_s) & np.isfinite(values).all(axis=0)
    if inside.sum() < SEEN_MIN * _inside(one.time_s, first_s, last_s).sum():
        raise UnreadableError("not measurable: hips and standing foot were not seen throughout the hold")
    held = values[:, inside]
    return above_noise(held - held.mean(axis=1, keepdims=True), "pelvis sway", "% of body height")


def time_to_stabilise(one: RepDraws, side: Side | None, rep: Rep) -> FloatArray:
    """(D, 1) seconds from the start of the hold, where the free foot has left the floor, to the first moment from which
    the centre of mass stays near its final place and slow for a second. Sideways only.

    Raises UnreadableError for short holds, where nobody comes to rest, and where noise alone looks like movement."""
    values = _seen(one, MASS_SERIES, side)
    first_s, last_s = _quiet_part(rep)
    _check_rate(one)
    time_s, rows = _known_stretch(values, one.time_s, rep.start_s, last_s)
    smooth = low_pass(values[:, rows].T, time_s, MASS_CUTOFF_HZ, frame_rate_hz(time_s)).T
    if SPEED_SDS_MIN * _noise_rms(velocity_per_s(smooth, time_s)) > REST_SPEED_PERCENT_S:
        raise UnreadableError(
            "not resolvable: the noise of the points alone moves as fast as the limit of being at rest"
        )
    # A draw is to hold the noise once, as the value does: its own goes on a course that has lost most of the clip's.
    course = low_pass(smooth[0], time_s, COURSE_CUTOFF_HZ, frame_rate_hz(time_s))
    smooth[1:] += course - smooth[0]
    speed = velocity_per_s(smooth, time_s)
    final = _inside(time_s, last_s - max(REST_FOR_S, (last_s - first_s) / 3), last_s)
    took = np.array([settled_after_s(x, v, time_s, final, rep.start_s) for x, v in zip(smooth, speed, strict=True)])
    if not np.isfinite(took[0]):
        raise UnreadableError("not measurable: the body does not come to rest within the hold")
    return np.where(np.isfinite(took), took, last_s - rep.start_s)[:, None]


def sway_band(values: FloatArray, time_s: FloatArray, height: FloatArray, cutoff_hz: float) -> FloatArray:
    """(D, T) what is left between 1 and 6 Hz of `values (D, T)`, which went through a low-pass of `cutoff_hz`, when the
    part that follows the height of the hips (T,) is taken out as a cubic. A knee that moves in and out with the bend is
    no sway, nor is a turned camera, which shows forward movement as sideways one; in quick repetitions both reach into
    the band."""
    spread = float(height.std())
    path = np.vander((height - height.mean()) / (spread if spread > 1e-6 else 1.0), PATH_DEGREE + 1)
    along = path @ np.linalg.pinv(path)
    aside = values - values @ along.T
    rate_hz = frame_rate_hz(time_s)
    band: FloatArray = aside - low_pass(aside.T, time_s, BAND_LOW_HZ, rate_hz).T
    if cutoff_hz > BAND_HIGH_HZ:  # what ends there already is not filtered twice
        band = low_pass(band.T, time_s, BAND_HIGH_HZ, rate_hz).T
    return band


def above_noise(band: FloatArray, what: str, unit: str) -> FloatArray:
    """(D, 1) root mean square of `band (D, T)` less that of noise, in quadrature.

    Draw 0 holds the clip's noise once, every other draw twice (its own on top), so that much is taken off each; what
    noise could not have made smaller than nothing is 0. Raises UnreadableError below twice the floor."""
    floor = _noise_rms(band)
    power = np.mean(band**2, axis=1)
    if float(np.sqrt(power[0])) < FLOORS_MIN * floor:
        seen, limit = float(np.sqrt(power[0])), FLOORS_MIN * floor
        raise UnreadableError(
            f"not resolvable: {what} reads {seen:.2f} {unit}, and the points' own noise {floor:.2f}; only more than "
            f"{limit:.2f} can be told from it"
        )
    copies = np.where(np.arange(len(power)) == 0, 1.0, 2.0)
    return np.asarray(np.sqrt(np.maximum(power - copies * floor**2, 0.0)))[:, None]


def settled_after_s(
    place: FloatArray, speed: FloatArray, time_s: FloatArray, final: BoolArray, start_s: float
) -> float:
    """Seconds from `start_s` to the first sample from which `place (T,)` lies within three SDs of its mean over `final`
    (T,) and `speed` (T,) stays under the limit for a second; NaN where there is none."""
    middle, spread = float(place[final].mean()), float(place[final].std())
    reach = max(REST_SDS * spread, REST_REACH_MIN_PERCENT)
    calm = (np.abs(place - middle) <= reach) & (np.abs(speed) < REST_SPEED_PERCENT_S)
    restless_s = np.append(time_s[~calm], np.inf)
    until_s = time_s + REST_FOR_S
    rests = calm & (time_s >= start_s) & (until_s <= time_s[-1] + 1e-6)
    rests &= restless_s[np.searchsorted(restless_s, time_s)] > until_s + 1e-6
    return float(time_s[rests][0] - start_s) if rests.any() else float("nan")


def _noise_rms(values: FloatArray) -> float:
    """Root mean square of what the draws (D, T) add to draw 0."""
    added = values[1:] - values[:1]
    return float(np.sqrt(np.mean(added**2))) if added.size else 0.0


def _inside(time_s: FloatArray, first_s: float, last_s: float) -> BoolArray:
    return np.asarray((time_s >= first_s - 1e-9) & (time_s <= last_s + 1e-9), bool)


def _seen(one: RepDraws, name: str, side: Side | None) -> FloatArray:
    values = one.values.get((name, side))
    if values is None or not np.isfinite(values[0]).any():
        raise UnreadableError("not measurable: the joints were not seen well enough")
    return np.asarray(values, float)


def _check_rate(one: RepDraws) -> None:
    rate_hz = frame_rate_hz(one.time_s)
    if rate_hz < RATE_MIN_HZ:
        raise UnreadableError(
            f"not resolvable: {rate_hz:.0f} frames a second are too few for sway up to {BAND_HIGH_HZ:.0f} Hz"
        )


def _known_stretch(
    values: FloatArray, time_s: FloatArray, first_s: float, last_s: float
) -> tuple[FloatArray, BoolArray]:
    """Times and rows of the unbroken stretch of `values (D, T)` around `[first_s, last_s]`. Raises UnreadableError
    where a sample inside is missing: a filter would spread the hole."""
    known = np.asarray(np.isfinite(values).all(axis=0), bool)
    if not known[_inside(time_s, first_s, last_s)].all() or not _inside(time_s, first_s, last_s).any():
        raise UnreadableError("not measurable: the joints were not seen throughout")
    lost = np.flatnonzero(~known)
    before, after = lost[time_s[lost] < first_s], lost[time_s[lost] > last_s]
    rows = np.zeros(known.shape, bool)
    rows[(before[-1] + 1 if before.size else 0) : (after[0] if after.size else known.size)] = True
    return time_s[rows], rows


def _quiet_part(rep: Rep) -> tuple[float, float]:
    first_s = rep.instants.get("lifted", rep.start_s)
    last_s = rep.instants.get("lowered", rep.end_s)
    if last_s - first_s < HOLD_MIN_S:
        raise UnreadableError(f"not measurable: the hold is shorter than {HOLD_MIN_S:g} s")
    return first_s, last_s
