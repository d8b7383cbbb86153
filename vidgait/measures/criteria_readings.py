"""What the items of clinical scales look at and no measure of the catalogue holds: hands, toes, the free foot.

Each reading is of one repetition: a value with its error, and the instant that shows it. Errors are those of the
keypoints' own noise, of the camera's angle, and of what a picture from one side cannot tell; each says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from vidgait.kinematics import angles
from vidgait.kinematics.series import off_frontal_deg
from vidgait.measures.model_error import model_error

if TYPE_CHECKING:
    from vidgait.kinematics.noise import NoiseModel
    from vidgait.types import BoolArray, FloatArray, Measure, Rep, Segment, Series, Side, Track

__all__ = [
    "Material",
    "Reading",
    "UnseenError",
    "foot_angle",
    "foot_moves",
    "free_foot_height",
    "hand_off_hip",
    "knee_inside_toe",
    "pelvis_on_thigh",
    "pelvis_shift",
    "pelvis_sinks",
]

Z = 1.96
START_S = 0.2
NEAR_S = 0.1
ELBOW_BENT_DEG = 140.0
HAND_AT_HIP_PERCENT = 17.0
# Knee and toe are about this far apart in depth at most, in percent of body height; a turned camera shows it sideways.
KNEE_TOE_DEPTH_PERCENT = 6.0
# So far the hips move back over the standing foot in a bend; a turned camera shows it sideways.
HIPS_BACK_PERCENT = 8.0
# Besides noise, on rendered people who stand on one leg (set on the `found` clips and the samples, held on the `tested`
# ones). The length of the foot is taken from the trunk's, and the toe point lies somewhere in the tip of the shoe. A
# foot ahead looks lower than it is, one behind higher, and how far ahead it is one camera does not tell.
FOOT_ANGLE_ERROR_DEG = 10.0
DEPTH_AS_HEIGHT_PERCENT, LEVEL_FOOT_PERCENT = 22.0, 12.0
SETTLED_S = 1.0
RANGE_PER_SD = 3.3


class UnseenError(Exception):
    """Why a repetition does not show it, in words for a coach."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One number of one repetition."""

    value: float
    error: float
    """95 % half-width"""
    time_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What criteria are read from."""

    track: Track
    noise: NoiseModel
    segments: Sequence[Segment]
    series: Sequence[Series]
    reps: Sequence[Rep]
    measures: Sequence[Measure]

    def segment(self, rep: Rep) -> Segment:
        return self.segments[rep.segment]

    def curve(self, name: str, side: Side) -> FloatArray:
        found = next((one for one in self.series if (one.name, one.side) == (name, side)), None)
        if found is None or not np.isfinite(found.value).any():
            raise UnseenError((found.why_none if found else None) or "not measurable in this clip")
        return found.value

    def find(self, id: str, side: Side, rep: int | None) -> Measure | None:
        return next((one for one in self.measures if (one.id, one.side, one.rep) == (id, side, rep)), None)

    def jitter_percent(self, names: Sequence[str], size_px: float, offsets: bool) -> float:
        """One SD of what these points' sum errs by sideways, in percent of `size_px`."""
        rows = self.track.skeleton.indices(*names)
        squares = self.noise.jitter_sd_px[rows] ** 2 + self.noise.sd_px[rows] ** 2
        if offsets:
            squares = squares + self.noise.offset_sd_px[rows] ** 2
        return 100 * float(np.sqrt(squares.sum())) / size_px


def hand_off_hip(clip: Material, side: Side, rep: Rep) -> Reading:
    """How far a hand moves from where it lay on the hip at the start of the repetition, % body height, the hand that
    moves farther. Raises UnseenError where neither hand starts on a hip."""
    height = _height_px(clip, rep)
    inside, start = _during(clip, rep), _around(clip, rep.start_s, START_S)
    found = []
    for hand in ("left", "right"):
        wrist, hip = clip.track.point(f"{hand}_wrist"), clip.track.point(f"{hand}_hip")
        apart = wrist - hip
        first = _median(apart[start])
        elbow = angles.angle_between_deg(
            clip.track.point(f"{hand}_shoulder")[start], clip.track.point(f"{hand}_elbow")[start], wrist[start]
        )
        bent = np.isfinite(elbow).any() and float(np.nanmedian(elbow)) < ELBOW_BENT_DEG
        if not bent or not 100 * np.hypot(*first) / height < HAND_AT_HIP_PERCENT:
            continue
        moved = 100 * np.hypot(*(apart - first).T) / height
        found.append(_largest(clip, moved, inside, 2 * clip.jitter_percent([f"{hand}_wrist"], height, False)))
    if not found:
        raise UnseenError("the hands do not lie on the hips at the start, as the test asks")
    return max(found, key=lambda one: one.value)


def knee_inside_toe(clip: Material, side: Side, rep: Rep) -> Reading:
    """How far the knee is medial of the toe point at the bottom, % body height, + medial."""
    height, segment = _height_px(clip, rep), clip.segment(rep)
    at_s = _bottom_s(rep)
    names = [f"{side}_knee", f"{side}_toe"]
    knee, toe = (angles.level(clip.track.point(name), segment.roll_deg) for name in names)
    inward = 100 * (knee - toe)[:, 0] * angles.medial_direction(side, _frontal(segment)) / height
    leak = _leak_percent(segment, KNEE_TOE_DEPTH_PERCENT)
    error = float(np.hypot(Z * clip.jitter_percent(names, height, True), leak))
    return Reading(_mean(inward[_around(clip, at_s, NEAR_S)]), error, at_s)


def foot_angle(clip: Material, side: Side, rep: Rep) -> Reading:
    """Toe-out of the standing foot at the bottom, degrees, by how long the foot looks."""
    segment, at_s = clip.segment(rep), _bottom_s(rep)
    read = _mean(clip.curve("foot_progression_deg", side)[_around(clip, at_s, NEAR_S)])
    return Reading(read, float(np.hypot(FOOT_ANGLE_ERROR_DEG, segment.yaw_error_deg or 0.0)), at_s)


def foot_moves(clip: Material, side: Side, rep: Rep) -> Reading:
    """Range of the standing foot's heel and toe sideways over the repetition, % body height, without the highest and
    lowest 5 %."""
    height, inside = _height_px(clip, rep), _during(clip, rep)
    names = [f"{side}_heel", f"{side}_toe"]
    heel, toe = (clip.track.point(name)[:, 0] for name in names)
    place = 100 * (heel + toe) / (2 * height)
    seen = place[inside & np.isfinite(place)]
    if seen.size < 5:
        raise UnseenError("the standing foot was not seen well enough")
    noise = RANGE_PER_SD * clip.jitter_percent(names, height, False) / 2
    spread = float(np.percentile(seen, 95) - np.percentile(seen, 5))
    farthest = np.abs(np.where(inside, place - np.median(seen), np.nan))
    return Reading(float(np.sqrt(max(spread**2 - noise**2, 0.0))), noise, _time_of(clip, farthest))


def free_foot_height(clip: Material, side: Side, rep: Rep) -> Reading:
    """How high the free foot is in the picture over the standing one where it is lowest, % leg length, in the middle
    four fifths of the repetition. A foot ahead of the body looks lower than it is, one behind higher."""
    segment = clip.segment(rep)
    leg = segment.leg_length_px
    if not leg:
        raise UnseenError("the leg's length is not known")
    other = "right" if side == "left" else "left"
    lows = [
        np.fmax(*(angles.level(clip.track.point(f"{one}_{p}"), segment.roll_deg)[:, 1] for p in ("heel", "toe")))
        for one in (side, other)
    ]
    edge = 0.1 * (rep.end_s - rep.start_s)
    inside = (clip.track.time_s >= rep.start_s + edge) & (clip.track.time_s <= rep.end_s - edge)
    height = np.where(inside, 100 * (lows[0] - lows[1]) / leg, np.nan)
    if np.isfinite(height).sum() < 5:
        raise UnseenError("the feet were not seen well enough")
    error = LEVEL_FOOT_PERCENT if rep.posture.get("free_leg") == "middle" else DEPTH_AS_HEIGHT_PERCENT
    return Reading(float(np.nanpercentile(height, 5)), error, _time_of(clip, -height))


def pelvis_shift(clip: Material, side: Side, rep: Rep) -> Reading:
    """How far the pelvis moves sideways over the standing foot from the start to the bottom, % body height, whichever
    way."""
    curve, at_s = clip.curve("pelvis_over_foot_percent", side), _bottom_s(rep)
    moved = _mean(curve[_around(clip, at_s, NEAR_S)]) - _mean(curve[_around(clip, rep.start_s, START_S)])
    names = [f"{side}_hip", f"{side}_ankle"]
    noise = Z * np.sqrt(2) * clip.jitter_percent(names, _height_px(clip, rep), False)
    return Reading(abs(moved), float(np.hypot(noise, _leak_percent(clip.segment(rep), HIPS_BACK_PERCENT))), at_s)


def pelvis_on_thigh(clip: Material, side: Side, rep: Rep) -> Reading:
    """Angle between pelvis and standing thigh, a mean over a hold: 90 degrees less hip adduction, the drop since
    standing on both feet included."""
    time_s, curve = clip.track.time_s, clip.curve("hip_adduction_deg", side)
    first_s, last_s = rep.instants.get("lifted", rep.start_s), rep.instants.get("lowered", rep.end_s)
    read = 90.0 - _mean(curve[(time_s >= first_s) & (time_s <= last_s)])
    model, held = model_error("hip_adduction_bottom"), clip.find("pelvic_drop_hold", side, rep.index)
    drop = held.error if held and held.error is not None else 0.0
    return Reading(read, float(np.hypot(drop, Z * model.sd if model else 0.0)), (first_s + last_s) / 2)


def pelvis_sinks(clip: Material, side: Side, rep: Rep) -> Reading:
    """How much farther the free side of the pelvis is lowered at most than in the first second of a hold, degrees, in
    means over a second; the instant is where that passes 4 degrees, or else where it is largest."""
    time_s, curve = clip.track.time_s, clip.curve("contralateral_pelvic_drop_deg", side)
    first_s, last_s = rep.instants.get("lifted", rep.start_s), rep.instants.get("lowered", rep.end_s)
    middles = np.arange(first_s + SETTLED_S / 2, last_s - SETTLED_S / 2 + 1e-9, 0.1)
    means = np.array([_mean(curve[np.abs(time_s - at) <= SETTLED_S / 2]) for at in middles])
    if means.size < 2 or not np.isfinite(means[0]):
        raise UnseenError("the hold is too short, or the pelvis was not seen at its beginning")
    lower = means - means[0]
    held = clip.find("pelvic_drop_hold", side, rep.index)
    error = np.sqrt(2) * (held.noise if held and held.noise is not None else 2.0)
    passed = np.flatnonzero(lower > 4.0)
    row = int(passed[0]) if passed.size else int(np.nanargmax(lower))
    return Reading(float(np.nanmax(lower)), float(error), float(middles[row]))


# --- small things ---------------------------------------------------------------------------------------------------


def _height_px(clip: Material, rep: Rep) -> float:
    height = clip.segment(rep).body_height_px
    if not height:
        raise UnseenError("the size of the person in the picture is not known")
    return height


def _frontal(segment: Segment) -> Literal["front", "back"]:
    if segment.view not in ("front", "back"):
        raise UnseenError("not measurable from here: film from the front")
    return segment.view


def _leak_percent(segment: Segment, depth_percent: float) -> float:
    """How much of a distance in depth the camera's turn may show sideways."""
    turned = abs(off_frontal_deg(segment) or 0.0) + (segment.yaw_error_deg or 0.0)
    return depth_percent * float(np.sin(np.radians(min(turned, 90.0))))


def _bottom_s(rep: Rep) -> float:
    return rep.instants.get("bottom", (rep.start_s + rep.end_s) / 2)


def _during(clip: Material, rep: Rep) -> BoolArray:
    return np.asarray((clip.track.time_s >= rep.start_s) & (clip.track.time_s <= rep.end_s), bool)


def _around(clip: Material, at_s: float, half_s: float) -> BoolArray:
    return np.asarray(np.abs(clip.track.time_s - at_s) <= half_s, bool)


def _mean(values: FloatArray) -> float:
    seen = values[np.isfinite(values)]
    if not seen.size:
        raise UnseenError("the joints were not seen well enough at that moment")
    return float(seen.mean())


def _median(points: FloatArray) -> FloatArray:
    seen = points[np.isfinite(points).all(axis=1)]
    return np.median(seen, axis=0) if seen.size else np.full(2, np.nan)


def _time_of(clip: Material, values: FloatArray) -> float:
    return float(clip.track.time_s[int(np.nanargmax(values))])


def _largest(clip: Material, values: FloatArray, inside: BoolArray, sd: float) -> Reading:
    """The 95th percentile: no single wild point decides."""
    kept = np.where(inside, values, np.nan)
    if np.isfinite(kept).sum() < 5:
        raise UnseenError("the hands were not seen well enough")
    return Reading(float(np.nanpercentile(kept, 95)), Z * sd, _time_of(clip, kept))
