"""What every page about a clip says besides its findings: title, facts, how it was filmed, which curves come first.

The HTML report and the PDF are two settings of this one text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from vidgait.outputs.facts import without_video
from vidgait.outputs.filming import check_footage
from vidgait.outputs.findings import movement_name
from vidgait.outputs.legs import is_one_legged
from vidgait.outputs.words import (
    clock,
    counted,
    from_where,
    full_stop,
    listed,
    plus_minus,
    series_note,
    series_title,
    short_unit,
    unit_after,
)
from vidgait.store import main_segment

if TYPE_CHECKING:
    from vidgait.outputs.filming import Check
    from vidgait.outputs.plots import Plot
    from vidgait.types import Analysis, Issue

__all__ = ["CAUTION", "SIGNS", "clip_facts", "curves_shown", "file_name", "filmed", "page_title"]

MAIN_CURVES = (
    "knee_flexion_deg",
    "hip_flexion_deg",
    "trunk_lean_deg",
    "ankle_dorsiflexion_deg",
    "fppa_deg",
    "knee_separation_hips_percent",
    "pelvic_obliquity_deg",
    "hip_shift_percent",
    "trunk_lateral_lean_deg",
)
"""Shown open, in this order; every other curve is folded below."""

LEG_CURVES = (
    "contralateral_pelvic_drop_deg",
    "trunk_lean_stance_deg",
    "hip_adduction_deg",
    "fppa_deg",
    "knee_flexion_deg",
    "knee_flexion_vertical_deg",
    "trunk_lean_deg",
    "hip_flexion_deg",
    "shank_inclination_deg",
)
"""The same of movements on one leg."""

OPEN_CURVES_MIN = 2

SIGNS = {"good": "✓", "fair": "•", "weak": "!"}
"""Beside the word, so that a glance is enough and no colour is needed."""

SEVERITY_WORDS = {"serious": "Important:", "warning": "Careful:", "info": "Note:"}

SLOW_MOTION = "slow_motion_suspected"
"""The issue that says what `VideoInfo.slowmo_hint` says; one of the two is enough."""

CAUTION = (
    "This page describes a movement as one camera saw it. It is not an examination, "
    "and says nothing about injury or its risk. With pain, numbness, after a fall or a sudden change, see a clinician."
)


def page_title(analysis: Analysis) -> str:
    """The movement and how often it was done."""
    name = movement_name(analysis.movement)
    if not name:
        return "Movement not recognised"
    done = [rep for rep in analysis.reps if rep.index > 0]
    noun = "hold" if done and all(rep.kind == "hold" for rep in done) else "repetition"
    return f"{name[0].upper()}{name[1:]}, {counted(len(done), noun)}"


def file_name(analysis: Analysis) -> str:
    """The video's own name, whatever system it was analysed on."""
    return analysis.video.path.replace("\\", "/").rsplit("/", 1)[-1]


def clip_facts(analysis: Analysis) -> list[str]:
    """What stands under the title: file, date, length, and what the user stated."""
    recorded = _date(analysis.video.recorded_at)
    time_s = analysis.poses.time_s
    subject = analysis.settings.get("subject", {})
    height_m, mass_kg = subject.get("height_m"), subject.get("mass_kg")
    return [
        *filter(None, [without_video(analysis)]),
        file_name(analysis),
        *([f"filmed {recorded}"] if recorded else []),
        f"{float(time_s[-1] - time_s[0]):.1f} s analysed",
        *([f"height {height_m:.2f} m as stated"] if height_m else []),
        *([f"mass {mass_kg:g} kg as stated"] if mass_kg else []),
    ]


def _date(recorded_at: str | None) -> str:
    if recorded_at is None:
        return ""
    try:
        moment = datetime.fromisoformat(recorded_at)
    except ValueError:
        return recorded_at
    return f"{moment.day} {moment:%B %Y, %H:%M}"


def filmed(analysis: Analysis) -> dict[str, Any]:
    """How the clip was filmed and how good it was: summary, checks, issues, notes, and what to do better."""
    checks = check_footage(analysis)
    issues = [_issue(analysis, issue) for issue in analysis.issues]
    warned = any(issue.code == SLOW_MOTION for issue in analysis.issues)
    slow = None if warned else analysis.video.slowmo_hint
    advice = [check.advice for check in checks if check.advice] + ([slow] if slow else [])
    unfilmed = without_video(analysis)
    return {
        "title": unfilmed or "What was filmed, and how good it was",
        "summary": _filmed_summary(analysis, checks),
        "checks": checks,
        "advice": [] if unfilmed else advice,
        "issues": [issue for issue in issues if issue["severity"] != "info"],
        "notes": [issue for issue in issues if issue["severity"] == "info"],
    }


def _filmed_summary(analysis: Analysis, checks: Sequence[Check]) -> str:
    segment = main_segment(analysis)
    view = from_where("unknown" if segment is None else segment.view)
    if unfilmed := without_video(analysis):
        return f"{unfilmed}: there was no camera and no pose network, so this says nothing about filming. Seen {view}."
    where = f"Filmed {view}."
    views = dict.fromkeys(segment.view for segment in analysis.segments)
    turned = f"The person turns: {len(analysis.segments)} stretches were judged one by one." if len(views) > 1 else ""
    people = len({int(person) for person in np.unique(analysis.person_ids) if person >= 0})
    who = (
        f"One of {people} people in the picture was measured. {full_stop(analysis.athlete_basis)}" if people > 1 else ""
    )
    weak, fair = ([c.name[0].lower() + c.name[1:] for c in checks if c.rating == grade] for grade in ("weak", "fair"))
    if weak:
        judged = f"What limits the numbers: {listed(weak)}."
    elif fair:
        judged = f"Good enough to measure. What could be better: {listed(fair)}."
    else:
        judged = "The footage is good."
    return " ".join(part for part in (where, who, turned, judged) if part)


def _issue(analysis: Analysis, issue: Issue) -> dict[str, str]:
    return {
        "severity": issue.severity,
        "word": SEVERITY_WORDS[issue.severity],
        "message": issue.message,
        "when": _when(analysis, issue.frames),
    }


def _when(analysis: Analysis, frames: tuple[int, int] | None) -> str:
    last = len(analysis.poses.time_s) - 1
    if frames is None or last < 0:
        return ""
    start, end = (clock(float(analysis.poses.time_s[min(max(frame, 0), last)])) for frame in frames)
    return f"at {start}" if start == end else f"{start} to {end}"


def curves_shown(analysis: Analysis, drawn: Sequence[Plot]) -> dict[str, Any] | None:
    """The curves that come first, the rest, and the words beside them; None where there is no curve."""
    if not drawn:
        return None
    first = LEG_CURVES if is_one_legged(analysis) else MAIN_CURVES
    ranked = sorted(drawn, key=lambda p: first.index(p.name) if p.name in first else len(first))
    known = sum(plot.name in first for plot in ranked)
    shown = [_shown(plot) for plot in ranked]
    split = max(known, OPEN_CURVES_MIN)
    sides = {line.side for plot in drawn for line in plot.lines}
    return {
        "main": shown[:split],
        "more": shown[split:],
        "more_words": counted(len(shown[split:]), "more curve"),
        "both_sides": {"left", "right"} <= sides,
        "legend": _legend(analysis, drawn),
    }


def _legend(analysis: Analysis, drawn: Sequence[Plot]) -> str:
    parts = ["Left and right are the person’s own."]
    if any(rep.index > 0 for rep in analysis.reps):
        parts.append("Shaded: the counted repetitions with their numbers.")
    if is_one_legged(analysis):
        parts.append("Each leg is shown while it stands.")
    if any(plot.error is not None for plot in drawn):
        parts.append("The pale band around a curve is its ±.")
    if any(line.far for plot in drawn for line in plot.lines):
        parts.append("Dashed: the leg farther from the camera, partly hidden; look, but do not judge by it.")
    factor = analysis.video.slowmo_factor
    if factor != 1:
        parts.append(f"Times are those of the real movement; the video plays {factor:g} times slower.")
    return " ".join([*parts, "Gaps are moments in which a joint was not seen well enough."])


def _shown(plot: Plot) -> dict[str, Any]:
    title, unit = series_title(plot.name), unit_after(plot.unit)
    sides = listed([line.side for line in plot.lines if line.side])
    return {
        "id": plot.id,
        "title": title,
        "note": series_note(plot.name),
        "unit_text": unit_after(short_unit(plot.unit)),
        "tick_unit": "°" if unit == "°" else "",
        "error_text": plus_minus(plot.error, plot.unit),
        "lines": plot.lines,
        "ticks": plot.ticks,
        "alt": f"{title}{f' {sides}' if sides else ''} over time; the axis runs from "
        f"{plot.ticks[0].label} to {plot.ticks[-1].label}{unit}",
    }
