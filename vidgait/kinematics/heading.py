"""The heading of somebody filmed nearly from the front or the back, to a degree or two: what frontal angles need.

Four cues tell how far the person is turned off the front or back, and each is wrong in a way of its own: the feet
(turned out unequally), the pose network's 3-D prior in upright and in bent frames (the network itself sees people a few
degrees turned who are not), and the way shoulders and hips travel in a squat (hips that shift, trunks that lean). Each
cue's offset, gain and error, and how the errors go together, were measured on rendered people whose heading is known
(`heading_table.json`, made by `scripts/benchmarks/yaw.py`; figures in `benchmarks/yaw.md`). The answer is the
generalised least-squares mean of the cues that are there, and its error says what they allow.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from vidgait.kinematics.angles import distance_px, midpoint, wrap_deg
from vidgait.kinematics.standing import SIDES, either, on_planted_feet, points_of, seen_median

if TYPE_CHECKING:
    from vidgait.types import BoolArray, FloatArray, Track

__all__ = [
    "CUES",
    "FITTED_WITHIN_DEG",
    "FOOT_OVER_TRUNK",
    "Footing",
    "circular_median_deg",
    "combined_deg",
    "cues_deg",
    "footing_of",
    "frames_that_go",
    "habits_of",
    "heading_table",
    "prior_reading_deg",
    "prior_yaw_deg",
    "sine_of_feet",
    "sine_of_travel",
    "upright_frames",
]

Footing = Literal["two_feet", "one_foot", "moving"]
"""Both feet on the floor for good; one lifted, or far before the other; feet that go."""

CUES = ("feet", "prior_upright", "prior_bent", "travel")

# Length of a foot over that of the trunk (mid-hip to mid-shoulder), as the pose network places its points.
FOOT_OVER_TRUNK = 0.44
FITTED_WITHIN_DEG = 32.0
"""How far from a front or back view the cues were measured."""
# Where nothing is left of what was measured there: by a side view the prior is taken to read true.
_HABITS_GONE_DEG = 60.0
# Engineering choices: what counts as bent, as a lifted foot, and as travel worth reading.
_UPRIGHT_SHARE = 0.93
_TOO_LONG = 1.12
_LIFTED_LEGS = 0.12
_STAYS_LEGS = 0.08
_DEEP_ENOUGH = 0.25
_FRAMES_MIN = 3
# A step takes half a second: feet are judged over a little more than two, every so often.
_STEPS_S = 1.2
_JUDGED_EVERY_S = 0.2
# A step to the side between two sets goes nowhere.
_GOES_SHARE = 0.1
_HALF_WIDTHS_PER_SD = 1.96
# The 95th percentile of chi-square over its degrees of freedom, for three of them: a disagreement of the cues below
# it is chance, and was found to say nothing about the error.
_BEYOND_CHANCE = 2.6


@functools.cache
def heading_table() -> dict[str, Any]:
    """By view and footing ("front two_feet", ...): `offset_deg` and `gain` of each cue in CUES, `covariance_deg2` of
    their errors, and `widening`, by which the error must be multiplied to hold. Read from the package on first use."""
    text = resources.files("vidgait.kinematics").joinpath("heading_table.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


def habits_of(view: Literal["front", "back"], footing: Footing, habits: str = "all") -> Mapping[str, Any]:
    """The entry of the table for points with all of the network's `habits`, with those of its 3-D `prior` only, or with
    `none`. Exact points travel as far as the person is turned: a gain of 1. The gain of the feet stays, as it is that
    of a foot's length, and so do the errors."""
    entry: dict[str, Any] = heading_table()[f"{view} {footing}"]
    exact = {"all": (), "prior": ("travel",), "none": ("prior_upright", "prior_bent", "travel")}[habits]
    kept = [cue not in exact for cue in CUES]
    return entry | {
        "offset_deg": np.where(kept, entry["offset_deg"], 0.0),
        "gain": np.where(kept, entry["gain"], 1.0),
    }


def prior_reading_deg(yaw_deg: FloatArray, bent: BoolArray, footing: Footing) -> FloatArray:
    """(T,) what the shipped network's 3-D prior reads where the hip and shoulder axes truly are turned by `yaw_deg`
    (T,), in `bent` or upright frames (T,). Between where the habits were measured and a side view they fade out; where
    the feet go they were not measured, and none are given."""
    if footing == "moving":
        return yaw_deg
    nominal = np.where(np.abs(wrap_deg(yaw_deg)) > 90.0, 180.0, 0.0)
    off = wrap_deg(yaw_deg - nominal)
    reads = np.empty(off.shape)
    for at, view in ((0.0, "front"), (180.0, "back")):
        entry = heading_table()[f"{view} {footing}"]
        cue = np.where(bent & (footing == "two_feet"), CUES.index("prior_bent"), CUES.index("prior_upright"))
        offset, gain = (np.asarray(entry[name])[cue] for name in ("offset_deg", "gain"))
        reads = np.where(nominal == at, offset + gain * off, reads)
    share = (_HABITS_GONE_DEG - np.abs(off)) / (_HABITS_GONE_DEG - FITTED_WITHIN_DEG)
    return np.asarray(wrap_deg(yaw_deg + np.clip(share, 0.0, 1.0) * (reads - off)))


def footing_of(points: Mapping[str, FloatArray], time_s: FloatArray) -> Footing:
    """How the person stands over a stretch of frames: on one foot and then on the other, which no one foot stays
    through, is on one foot still."""
    footing = _footing_at_once(points)
    seen = np.isfinite(either(points, "hip") + either(points, "ankle")).any()
    if footing == "moving" and seen and frames_that_go(points, time_s).mean() < _GOES_SHARE:
        return "one_foot"
    return footing


def _footing_at_once(points: Mapping[str, FloatArray]) -> Footing:
    """The same of a stretch in which the legs do not change places."""
    leg = distance_px(either(points, "hip"), either(points, "ankle"))
    if not np.isfinite(leg).any():
        return "moving"
    longest = float(np.percentile(leg[np.isfinite(leg)], 90))
    planted = on_planted_feet(points)
    apart = abs(seen_median(points["left_ankle"][:, 1] - points["right_ankle"][:, 1]))
    if planted and not apart > _LIFTED_LEGS * longest:
        return "two_feet"
    stays = any(_wander_px(points[f"{side}_ankle"]) < _STAYS_LEGS * longest for side in SIDES)
    return "one_foot" if planted or stays else "moving"


def frames_that_go(points: Mapping[str, FloatArray], time_s: FloatArray) -> BoolArray:
    """(T,) frames in which the person is seen to walk or run: in the second around them neither foot stays."""
    going = np.zeros(time_s.shape, bool)
    if on_planted_feet(points) or not time_s.size:
        return going
    seen = np.isfinite(either(points, "ankle") + either(points, "hip")).all(axis=1)
    for middle in np.arange(time_s[0], time_s[-1] + _JUDGED_EVERY_S, _JUDGED_EVERY_S):
        # At the ends the window stays inside: half a step proves nothing.
        within = np.clip(middle, time_s[0] + _STEPS_S / 2, max(time_s[-1] - _STEPS_S / 2, time_s[0] + _STEPS_S / 2))
        around = seen & (np.abs(time_s - within) <= _STEPS_S / 2)
        if around.any() and _footing_at_once({name: xy[around] for name, xy in points.items()}) == "moving":
            going |= np.abs(time_s - middle) <= _JUDGED_EVERY_S / 2 + 1e-9
    return going


def _wander_px(place: FloatArray) -> float:
    """How far a point moves about in the picture, rare excursions left out."""
    seen = place[np.isfinite(place).all(axis=1)]
    if len(seen) < _FRAMES_MIN:
        return float("inf")
    return float(np.hypot(*(np.percentile(seen, 90, axis=0) - np.percentile(seen, 10, axis=0))))


def upright_frames(points: Mapping[str, FloatArray]) -> BoolArray:
    """(T,) frames on long legs: leaning and deep postures distort shoulders and hips. All of them where none is. Legs
    longer than those of the standing person belong to somebody who passes in front."""
    leg = distance_px(either(points, "hip"), either(points, "ankle"))
    standing = np.nanpercentile(leg, 90)
    upright = (leg > _UPRIGHT_SHARE * standing) & (leg < _TOO_LONG * standing)
    return upright if upright.any() else np.ones(leg.shape, bool)


def sine_of_feet(points: Mapping[str, FloatArray]) -> FloatArray:
    """(T,) sine of the heading from the heel-to-toe lines, mean of both feet, so that equal toe-out cancels."""
    left, right = ((points[f"{side}_toe"] - points[f"{side}_heel"])[:, 0] for side in SIDES)
    trunk = distance_px(either(points, "hip"), either(points, "shoulder"))
    mean = np.where(np.isnan(left), right, np.where(np.isnan(right), left, (left + right) / 2))
    return -mean / (FOOT_OVER_TRUNK * np.where(trunk > 0, trunk, np.nan))


def prior_yaw_deg(track: Track) -> FloatArray:
    """(T,) heading from the hip and shoulder axes of the pose network's 3-D prior; NaN without one."""
    if track.xyz_m is None:
        return np.full(track.time_s.shape, np.nan)
    across = np.zeros((track.time_s.size, 3))
    for part in ("hip", "shoulder"):
        left, right = track.skeleton.indices(f"left_{part}", f"right_{part}")
        across += track.xyz_m[:, left] - track.xyz_m[:, right]
    yaw: FloatArray = np.degrees(np.arctan2(across[:, 2], across[:, 0]))
    return yaw


def sine_of_travel(points: Mapping[str, FloatArray], footing: Footing = "two_feet") -> float:
    """Sine of the heading from a squat: hips travel back from the knees and shoulders forward from the hips, and both
    show sideways in the picture as far as the person is turned. How far they travel comes from how much thigh and trunk
    shorten vertically. On one foot the trunk alone tells it. NaN for anything but movement that is deep enough.

    The knees' own travel over the ankles is left out: knees follow the feet, and fall in unequally."""
    lines = {"trunk": _middle(points, "shoulder") - _middle(points, "hip")}
    if footing == "two_feet":
        lines["thigh"] = _middle(points, "hip") - _middle(points, "knee")
    seen = np.isfinite(sum(lines.values())).all(axis=1)
    if footing == "moving" or seen.sum() < _FRAMES_MIN:
        return float("nan")
    leg = distance_px(either(points, "hip"), either(points, "ankle"))[seen]
    stands = leg >= np.nanpercentile(leg, 90)
    sums = [_travel_sums(line[seen], stands, -1.0 if name == "thigh" else 1.0) for name, line in lines.items()]
    aside, squares = np.sum(sums, axis=0)
    return float(np.clip(aside / squares, -1.0, 1.0)) if squares > 0 else float("nan")


def _travel_sums(line: FloatArray, stands: BoolArray, sign: float) -> tuple[float, float]:
    """Numerator and denominator of the regression of a segment's sideways on its forward travel."""
    length, upright = np.median(np.hypot(*line[stands].T)), np.median(line[stands, 0])
    ahead = sign * np.sqrt(np.clip(length**2 - line[:, 1] ** 2, 0.0, None))
    deep = np.abs(ahead) > _DEEP_ENOUGH * length
    if deep.sum() < _FRAMES_MIN - 1:
        return 0.0, 0.0
    return -float((ahead[deep] * (line[deep, 0] - upright)).sum()), float((ahead[deep] ** 2).sum())


def cues_deg(track: Track, frames: BoolArray, nominal_deg: float, footing: Footing) -> FloatArray:
    """(4,) how far the person is turned off `nominal_deg` (0 front, 180 back) by each of CUES, as it reads: neither
    its offset nor its gain undone. NaN where a cue has nothing to go by; on one foot all frames count as upright."""
    points = {name: xy[frames] for name, xy in points_of(track).items()}
    upright = upright_frames(points) if footing == "two_feet" else np.ones(int(frames.sum()), bool)
    towards = -1.0 if abs(nominal_deg) > 90 else 1.0
    sines = [seen_median(sine_of_feet(points)[upright]), sine_of_travel(points, footing)]
    feet, travel = (towards * float(np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))) for sine in sines)
    prior = prior_yaw_deg(track)[frames]
    upright_deg, bent_deg = (_off_deg(prior[part], nominal_deg) for part in (upright, ~upright))
    return np.array([feet, upright_deg, bent_deg, travel])


def _off_deg(yaw_deg: FloatArray, nominal_deg: float) -> float:
    seen = yaw_deg[np.isfinite(yaw_deg)]
    return float(wrap_deg(circular_median_deg(seen) - nominal_deg)) if seen.size >= _FRAMES_MIN - 1 else float("nan")


def combined_deg(cues: FloatArray, table: Mapping[str, Any]) -> tuple[float, float]:
    """Generalised least-squares mean of the cues (4,) that are there, and its 95 % half-width: what the cues' errors
    allow, widened where the cues differ by more than chance. NaN of nothing."""
    seen = np.isfinite(cues)
    if not seen.any():
        return float("nan"), float("nan")
    offset, gain = (np.asarray(table[name], float)[seen] for name in ("offset_deg", "gain"))
    weight = np.linalg.inv(np.asarray(table["covariance_deg2"], float)[np.ix_(seen, seen)])
    information = gain @ weight @ gain
    value = float(gain @ weight @ (cues[seen] - offset) / information)
    left_over = cues[seen] - offset - gain * value
    disagreement = float(left_over @ weight @ left_over) / max(int(seen.sum()) - 1, 1)
    sd = np.sqrt(max(1.0, disagreement / _BEYOND_CHANCE) / information) * table["widening"]
    return value, float(_HALF_WIDTHS_PER_SD * sd)


def _middle(points: Mapping[str, FloatArray], part: str) -> FloatArray:
    return midpoint(points[f"left_{part}"], points[f"right_{part}"])


def circular_median_deg(angle_deg: FloatArray) -> float:
    """The median of directions: turned to lie around their mean first, so that -179 and 179 are neighbours."""
    radians = np.radians(angle_deg)
    mean = float(np.degrees(np.arctan2(np.sin(radians).mean(), np.cos(radians).mean())))
    return float(wrap_deg(mean + np.median(wrap_deg(angle_deg - mean))))
