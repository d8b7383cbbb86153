"""How far a person is turned off a line on the floor that runs from them to the camera.

A line that runs along the floor meets the horizon of the picture at one place, whatever its distance: its vanishing
point. With x to the right and y down from the middle of the levelled picture, focal length f (pixels) and a camera that
looks down by the pitch p, the horizon lies at y_h = -f tan(p), and a level direction at the azimuth a (to the right of
where the camera looks) vanishes at x_v = f tan(a) / cos(p). The two stated points give the line and so x_v and a. The
person's feet at (x, y) stand at the azimuth atan2(x, f cos(p) - y sin(p)). Somebody who looks along the line towards
the camera is turned by the difference of the two:

    turn = atan(x_v cos(p) / f) - atan2(x, f cos(p) - y sin(p))

+ looks to the picture's left, so shows more of the left side, as `Segment.yaw_deg` counts it. (From behind the same
turn is counted from 180.) For a level camera at the height h and the distance D this is about the slope of the line in
the picture (dx per dy) times h / D: a degree of roll costs about h / D degrees, 0.3 at one metre of height and 3.5 of
distance, and the unknown pitch costs a share of the turn, nothing for a person who is not turned.

A line ACROSS, parallel to the hips, would give turn = atan(f dy/dx / (y - y_h)): roll enters with D / h, three and a
half degrees a degree. It is not offered (benchmarks/stated_yaw.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.angles import level

if TYPE_CHECKING:
    from vidgait.types import FloatArray

__all__ = ["LineView", "turn_along_line_deg", "turn_with_error_deg"]

# One standard deviation each. Roll and pitch as the error engine draws them (a phone held or propped level by eye).
ROLL_SD_DEG = 1.5
PITCH_SD_DEG = 4.0
FOCAL_STATED_SHARE_SD, FOCAL_GUESSED_SHARE_SD = 0.03, 0.2
# A click, as a share of the picture's long side: 4 pixels of 1920.
CLICK_SHARE_SD = 0.002
# How the person stands along the line: feet and pelvis are placed to about a degree.
STANCE_SD_DEG = 1.0
# Stature where it is not stated, and the length that a stated one covers in the picture.
STATURE_M, STATURE_SD_M, STATURE_SHARE_SD = 1.70, 0.10, 0.03
CAMERA_HEIGHT_SD_M = 0.03
# Nobody films from lower or higher than this: draws whose horizon says so are no draws.
CAMERA_HEIGHT_RANGE_M = (0.05, 2.5)
DRAWS = 4000
SEED = 0
FEET_UNDER_HORIZON_PX = 10.0
FEW_DRAWS = 200


@dataclass(frozen=True, slots=True, eq=False)
class LineView:
    """What the picture shows of line and person, in pixels of the upright picture."""

    line_px: FloatArray
    """(2, 2) the stated points"""
    feet_px: FloatArray
    """(2,) where the person's feet stand on the floor"""
    body_px: float | None
    """Standing height in the picture"""
    size_px: tuple[int, int]
    focal_px: float
    focal_stated: bool
    roll_deg: float
    """As `Segment.roll_deg`"""
    height_m: float | None
    """The person's, where stated"""
    camera_height_m: float | None
    """The lens over the floor, where stated"""


@dataclass(frozen=True, slots=True, eq=False)
class _Guess:
    """(D,) draws of what the picture does not say; the first is the value itself."""

    roll_deg: FloatArray
    pitch_deg: FloatArray
    focal_px: FloatArray
    click_px: FloatArray
    """(D, 2, 2)"""
    m_per_px: FloatArray
    tape_m: FloatArray
    """By how much a stated camera height is off"""


def turn_along_line_deg(
    line_px: FloatArray, feet_px: FloatArray, focal_px: FloatArray, pitch_deg: FloatArray
) -> FloatArray:
    """The turn of somebody who looks along the line towards the camera, by the formula of the module.

    `line_px` (..., 2, 2) and `feet_px` (..., 2) are levelled and counted from the picture's middle (x right, y down),
    `focal_px` and `pitch_deg` (+ looks down) broadcast against (...). Degrees, + shows more of the left side."""
    pitch = np.radians(pitch_deg)
    (x1, y1), (x2, y2) = (np.moveaxis(line_px[..., k, :], -1, 0) for k in (0, 1))
    horizon = -focal_px * np.tan(pitch)
    vanishing = x1 + (horizon - y1) * (x2 - x1) / (y2 - y1)
    line = np.arctan2(vanishing * np.cos(pitch), focal_px)
    person = np.arctan2(feet_px[..., 0], focal_px * np.cos(pitch) - feet_px[..., 1] * np.sin(pitch))
    turn: FloatArray = np.degrees(line - person)
    return turn


def turn_with_error_deg(seen: LineView) -> tuple[float, float]:
    """The turn and its 95 % half-width: draws of roll, pitch (or camera height, where stated), focal length, clicks and
    how the person stands. NaN for both where no camera between the floor and 2.5 m could see this."""
    guess = _draws(seen)
    middle = (np.array(seen.size_px) - 1) / 2
    line = level(seen.line_px + guess.click_px - middle, guess.roll_deg[:, None])
    feet = level(seen.feet_px - middle, guess.roll_deg)
    pitch = guess.pitch_deg
    if seen.camera_height_m is not None and seen.body_px:
        pitch = _pitch_by_height_deg(seen.camera_height_m + guess.tape_m, feet, guess)
    under_px = feet[:, 1] + guess.focal_px * np.tan(np.radians(pitch))
    height_m = under_px * guess.m_per_px
    low, high = CAMERA_HEIGHT_RANGE_M
    possible = (under_px > FEET_UNDER_HORIZON_PX) & ~(height_m < low) & ~(height_m > high)
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = turn_along_line_deg(line, feet, guess.focal_px, pitch)
    drawn = turn[1:][possible[1:] & np.isfinite(turn[1:])]
    if drawn.size < FEW_DRAWS:
        return float("nan"), float("nan")
    value = turn[0] if possible[0] and np.isfinite(turn[0]) else np.median(drawn)
    # The range around the value: draws that no camera could have made may leave it off their middle.
    half = float(np.percentile(np.abs(drawn - value), 95))
    return float(value), float(np.hypot(half, 1.96 * STANCE_SD_DEG))


def _draws(seen: LineView) -> _Guess:
    rng = np.random.default_rng(SEED)
    unit = rng.standard_normal((10, DRAWS + 1))
    unit[:, 0] = 0.0
    focal_sd = FOCAL_STATED_SHARE_SD if seen.focal_stated else FOCAL_GUESSED_SHARE_SD
    stature_m = seen.height_m if seen.height_m is not None else STATURE_M + STATURE_SD_M * unit[3]
    body_px = np.nan if seen.body_px is None else seen.body_px * np.exp(STATURE_SHARE_SD * unit[4])
    return _Guess(
        roll_deg=seen.roll_deg + ROLL_SD_DEG * unit[0],
        pitch_deg=PITCH_SD_DEG * unit[1],
        focal_px=seen.focal_px * np.exp(focal_sd * unit[2]),
        click_px=CLICK_SHARE_SD * max(seen.size_px) * np.moveaxis(unit[6:].reshape(2, 2, -1), -1, 0),
        m_per_px=np.broadcast_to(stature_m / body_px, unit[0].shape),
        tape_m=CAMERA_HEIGHT_SD_M * unit[5],
    )


def _pitch_by_height_deg(camera_height_m: FloatArray, feet: FloatArray, guess: _Guess) -> FloatArray:
    """The pitch that puts the horizon at the lens's height over the feet: what is as high as the lens lies on it."""
    pitch: FloatArray = np.degrees(np.arctan2(camera_height_m / guess.m_per_px - feet[:, 1], guess.focal_px))
    return pitch
