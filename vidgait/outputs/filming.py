"""What was filmed and how good it was, in words, and what to film better next time.

The limits are those of the quality gates (biomechanics section 11). They judge the footage, not the person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from vidgait.kinematics.series import off_frontal_deg, off_sagittal_deg
from vidgait.outputs.words import from_where, number
from vidgait.store import main_segment

if TYPE_CHECKING:
    from vidgait.types import Analysis, Segment, Side, YawSource

__all__ = ["Check", "Rating", "check_footage", "needed_sides"]

Rating = Literal["good", "fair", "weak"]

RATE_GOOD_HZ = {"walk": 50.0, "run": 120.0, "hops": 120.0, "drop_jump": 120.0}
"""Slower than this and the instants are too coarse; other jumps need 60, everything else 30 pictures a second."""

RATE_TOLERANCE = 0.95
"""29.97 pictures a second count as 30, and a phone's 57 as 60."""

YAW_ERROR_MAX_DEG = 15.0
"""A direction known less well than this cannot be called good, whatever it is."""

TURN_WORDS: dict[YawSource, str] = {
    "picture": "",
    "stated": " (as stated by you)",
    "floor_line": " (from the line on the floor and the body)",
}
"""Where the turn of the person comes from."""

LEG = ("hip", "knee", "ankle")
FEET = ("heel", "toe")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing about the footage: what was found, how good it is, and what to do about it if it is not good."""

    name: str
    found: str
    rating: Rating
    advice: str
    """Empty where nothing needs to change."""


def needed_sides(segment: Segment | None) -> tuple[Side, ...]:
    """The legs that matter: the near one from the side, both from front and back."""
    if segment is not None and segment.view in ("left", "right") and segment.near_side is not None:
        return (segment.near_side,)
    return ("left", "right")


def check_footage(analysis: Analysis) -> tuple[Check, ...]:
    """Every check, in the order in which a person would set up a camera."""
    checks: tuple[Callable[[Analysis], Check | None], ...] = (
        _direction,
        _size,
        _whole_body,
        _visibility,
        _level,
        _rate,
    )
    return tuple(found for check in checks if (found := check(analysis)) is not None)


def _direction(analysis: Analysis) -> Check:
    segment = main_segment(analysis)
    if segment is None or segment.yaw_deg is None:
        where = from_where(segment.view if segment is not None else "unknown")
        return Check("Camera direction", where, "weak", "Film straight from the side or straight from the front.")
    side_on, front_on = off_sagittal_deg(segment) or 0.0, off_frontal_deg(segment) or 0.0
    off_deg, plane = min((side_on, "side"), (front_on, "front"))
    if segment.view == "back":
        plane = "back"
    error = "" if segment.yaw_error_deg is None else f" ±\u00a0{number(segment.yaw_error_deg, segment.yaw_error_deg)}"
    found = f"{from_where(segment.view)}, turned {number(off_deg, 5)}{error}° from a true {plane} view"
    found += TURN_WORDS[segment.yaw_source]
    good_deg, fair_deg = (15.0, 30.0) if plane == "side" else (3.0, 8.0)
    if segment.yaw_error_deg is not None and segment.yaw_error_deg > YAW_ERROR_MAX_DEG:
        advice = "How far the person is turned was hard to tell: show both feet and shoulders, and stand still first."
        return Check("Camera direction", found, "fair" if off_deg <= fair_deg else "weak", advice)
    if off_deg <= good_deg and segment.view != "oblique":
        return Check("Camera direction", found, "good", "")
    if segment.view == "oblique":
        advice = "Film straight from the side (how deep, how the trunk leans) or straight from the front (the knees)."
        return Check("Camera direction", found, "weak", advice)
    advice = f"Turn the person or move the camera until it looks straight at the {plane} of the body."
    if plane != "side":
        advice += " From the front a few degrees already change what the knees seem to do."
    return Check("Camera direction", found, "fair" if off_deg <= fair_deg else "weak", advice)


def _size(analysis: Analysis) -> Check | None:
    segment = main_segment(analysis)
    if segment is None or segment.body_height_px is None:
        return None
    height_px = segment.body_height_px
    share = height_px / analysis.video.size_px[1]
    found = f"about {height_px:.0f} pixels tall, {min(share, 1):.0%} of the picture’s height"
    if height_px >= 600:
        return Check("Size in the picture", found, "good", "")
    width_px, picture_px = analysis.video.size_px
    closer = "Come closer" if width_px <= picture_px else "Come closer, or turn the phone upright"
    how = closer if share < 0.6 else "Film with a higher resolution (1080p)"
    advice = f"{how}: the person should be at least 600 pixels tall."
    return Check("Size in the picture", found, "fair" if height_px >= 400 else "weak", advice)


def _columns(analysis: Analysis, parts: tuple[str, ...]) -> list[int]:
    sides = needed_sides(main_segment(analysis))
    return analysis.raw.skeleton.indices(*(f"{side}_{part}" for side in sides for part in parts))


def _whole_body(analysis: Analysis) -> Check | None:
    points_px = analysis.raw.xy_px[:, _columns(analysis, LEG + FEET)]
    seen = np.isfinite(points_px).all(axis=(1, 2))
    if not seen.any():
        return None
    size_px = np.array(analysis.video.size_px)
    margin = np.minimum(points_px[seen], size_px - points_px[seen]).min(axis=(1, 2)) / size_px.min()
    cut = float(np.mean(margin < 0.01))
    if cut <= 0.01:
        return Check("Legs in the picture", "whole, feet included", "good", "")
    found = f"cut off by the edge in {max(cut, 0.01):.0%} of the pictures"
    return Check("Legs in the picture", found, "fair" if cut < 0.15 else "weak", "Leave room below the feet.")


def _visibility(analysis: Analysis) -> Check | None:
    score = analysis.raw.score[:, _columns(analysis, LEG)].min(axis=1)
    if not len(score):
        return None
    unclear = float(np.mean(score < 0.5))
    typical = float(np.median(score))
    found = f"the network is sure of hip, knee and ankle in {1 - unclear:.0%} of the pictures"
    if typical >= 0.8 and unclear <= 0.05:
        return Check("Joints seen", found, "good", "")
    advice = "More light, close-fitting trousers, and nothing between the camera and the legs (bar, bench, arms)."
    return Check("Joints seen", found, "fair" if typical >= 0.65 or unclear <= 0.15 else "weak", advice)


def _level(analysis: Analysis) -> Check | None:
    segment = main_segment(analysis)
    if segment is None:
        return None
    roll_deg = segment.roll_deg
    if abs(roll_deg) < 1.5:
        return Check("Camera level", "level", "good", "")
    found = f"tilted by {abs(roll_deg):.0f}°, already corrected (by {segment.vertical_basis})"
    rating: Rating = "fair" if abs(roll_deg) <= 5 else "weak"
    return Check("Camera level", found, rating, "Hold the phone level, or better: lean it on something.")


def _rate(analysis: Analysis) -> Check | None:
    rate_hz = analysis.video.capture_rate_hz
    if rate_hz is None:
        return None
    needed_hz = _rate_needed_hz(analysis.movement.label)
    found = f"{rate_hz:.0f}" + (", unevenly spaced (accounted for)" if analysis.video.variable_rate else "")
    if rate_hz >= RATE_TOLERANCE * needed_hz:
        return Check("Pictures a second", found, "good", "")
    advice = f"Film with {needed_hz:.0f} pictures a second or more: times are coarse below that."
    return Check("Pictures a second", found, "fair" if rate_hz >= needed_hz / 2 else "weak", advice)


def _rate_needed_hz(movement: str | None) -> float:
    if movement is None:
        return 30.0
    return RATE_GOOD_HZ.get(movement, 60.0 if movement.endswith("_jump") else 30.0)
