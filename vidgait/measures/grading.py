"""How far a number may be trusted: the gates of the biomechanics specification, section 11, as a grade with reasons.

A all gates pass, B a minor one fails, C show as a trend only, D no number. Decided once, on the value itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.series import off_frontal_deg, off_sagittal_deg
from vidgait.measures.view_bound import PELVIS_SERIES

if TYPE_CHECKING:
    from vidgait.measures.catalogue import MeasureSpec
    from vidgait.types import Grade, Segment

__all__ = ["Finding", "error_finding", "quality_findings", "rep_finding", "verdict_of", "worst"]

GRADES: tuple[Grade, ...] = ("A", "B", "C", "D")
USELESS = 3.0
"""So many times the error that makes a number a trend, and it is no number any more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A gate that did not pass."""

    grade: Grade
    reason: str


def worst(findings: list[Finding]) -> tuple[Grade, tuple[str, ...]]:
    """The grade, and every reason that lowers it, worst first and each once."""
    ordered = sorted(findings, key=lambda finding: -GRADES.index(finding.grade))
    grade = ordered[0].grade if ordered else GRADES[0]
    return grade, tuple(dict.fromkeys(finding.reason for finding in ordered))


def quality_findings(
    spec: MeasureSpec, segment: Segment, rate_hz: float, score: float, seen_share: float
) -> list[Finding]:
    """`score`: median confidence of the needed keypoints around the instant; `seen_share`: share of frames in which
    they were all seen."""
    findings = [*_rate(spec, rate_hz), *_seen(score, seen_share)]
    if spec.reading != "time":
        findings += [*_size(spec, segment), *_turn(spec, segment)]
    return findings


def _size(spec: MeasureSpec, segment: Segment) -> list[Finding]:
    height_px = segment.body_height_px
    if height_px is None or height_px >= 600:
        return []
    size = f"the person is only {height_px:.0f} pixels tall in the picture"
    if height_px < 200:
        return [Finding("D", size)]
    pelvis = spec.series in PELVIS_SERIES
    return [Finding("C" if height_px < 300 or pelvis else "B", size)]


def _turn(spec: MeasureSpec, segment: Segment) -> list[Finding]:
    off_side, off_front, error = off_sagittal_deg(segment), off_frontal_deg(segment), segment.yaw_error_deg or 0.0
    if spec.plane == "any" or off_side is None or off_front is None:
        return []
    if spec.plane == "sagittal":
        turned = f"turned about {off_side:.0f}° from a true side view"
        return [Finding("B", turned)] if off_side > 15 else []
    if spec.leaks and off_front + error > 3:
        known = f"the camera's angle is only known to ±{error:.0f}°"
        if off_front > max(3.0, error):
            known = f"the camera's angle is {off_front:.0f}° off, known to ±{error:.0f}°"
        return [Finding("C", f"{known}, and this measure needs ±3°: a trend only, compare within this clip")]
    return [Finding("B", f"turned about {off_front:.0f}° from a true front view")] if off_front > 10 else []


def _rate(spec: MeasureSpec, rate_hz: float) -> list[Finding]:
    """Specification 11: 30 frames a second for squats, one class lower with a warning."""
    if rate_hz >= 23.5:
        return []
    words = f"only {rate_hz:.0f} frames a second"
    if spec.reading == "time" or "velocity" in spec.series:
        return [Finding("C" if rate_hz >= 14 or spec.reading == "time" else "D", words)]
    return [Finding("B" if rate_hz >= 14 else "C", words)]


def _seen(score: float, seen_share: float) -> list[Finding]:
    findings = []
    if np.isfinite(score) and score < 0.8:
        grade: Grade = "B" if score >= 0.65 else "C"
        findings.append(Finding(grade, f"the pose network is unsure of these joints (confidence {score:.2f})"))
    if seen_share < 0.95:
        words = f"these joints are seen in {100 * seen_share:.0f} % of the time"
        findings.append(Finding("B" if seen_share >= 0.85 else "C", words))
    return findings


def rep_finding(reps: int) -> list[Finding]:
    """Specification 4.4: at least five squats for a set."""
    if reps >= 5:
        return []
    words = f"rests on {reps} repetition{'' if reps == 1 else 's'}"
    return [Finding("B" if reps >= 3 else "C", words)]


def error_finding(spec: MeasureSpec, error: float, at_zero: float) -> list[Finding]:
    """Of the half-width of the 95 % band, and of what it would be about a value of 0: a reading that is large, and
    uncertain in proportion, is no less large."""
    if at_zero > USELESS * spec.coarse:
        return [Finding("D", f"not resolvable: known to ±{at_zero:.1f} {spec.unit} at best, which says nothing")]
    return [Finding("C", "the error is large: a trend at best")] if error > spec.coarse else []


def verdict_of(spec: MeasureSpec, value: float, error: float) -> str | None:
    """By a cited band, and only where the error leaves no doubt between which of its edges the value lies."""
    if spec.bands is None:
        return None
    sign = 1.0 if spec.bands.good > spec.bands.poor else -1.0
    low, high = sign * value - error, sign * value + error
    good, poor = sign * spec.bands.good, sign * spec.bands.poor
    if low >= good:
        return "good"
    if high <= poor:
        return "poor"
    return "watch" if low > poor and high < good else None
