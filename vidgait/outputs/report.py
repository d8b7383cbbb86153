"""The report: one HTML file that opens anywhere, offline, with the video beside it.

This module gathers what the page shows; the words come from `findings`, `filming`, `words` and the catalogue, the
drawings from `plots`, the look from `report_parts`.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image

from vidgait.outputs import plots
from vidgait.outputs.facts import without_video
from vidgait.outputs.filming import check_footage
from vidgait.outputs.findings import findings, how_sure, movement_name
from vidgait.outputs.keyframes import plan_key_frames
from vidgait.outputs.method import citation, method_paragraphs, provenance_entries
from vidgait.outputs.report_rows import curve_errors, meanings, measure_groups, refusals, remarks, rep_table
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
from vidgait.store import main_segment, write_atomically

if TYPE_CHECKING:
    from vidgait.outputs.filming import Check
    from vidgait.outputs.plots import Plot
    from vidgait.types import Analysis, Issue

__all__ = ["render_report", "write_report"]

POLICY = (
    "default-src 'none'; img-src data:; media-src 'self' file: blob:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)
"""Even a mistake cannot make the page ask the network for anything."""

PICTURES_MAX_BYTES = 1_600_000
"""Of all key frames together, before base64 makes a third more of it: the page stays under 3 MB."""

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


def write_report(path: Path, analysis: Analysis, key_frames: Mapping[str, bytes], video_name: str | None) -> None:
    """Write the page. `key_frames`: JPEG bytes by the name of `plan_key_frames`; `video_name`: the annotated video in
    the same folder, or None. Raises OutputError."""
    write_atomically(path, render_report(analysis, key_frames, video_name).encode())


def render_report(analysis: Analysis, key_frames: Mapping[str, bytes], video_name: str | None) -> str:
    """The page as text. The same analysis gives the same text."""
    environment = Environment(
        loader=PackageLoader("vidgait.outputs", "report_parts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawn = plots.make_plots(analysis, curve_errors(analysis))
    return environment.get_template("report.html.j2").render(
        page=_page(analysis, video_name),
        policy=POLICY,
        signs=SIGNS,
        style=_part(environment, "report.css"),
        script=_part(environment, "report.js"),
        filmed=_filmed(analysis),
        seen={"findings": findings(analysis), "how_sure": how_sure(analysis), "caution": CAUTION},
        reps=rep_table(analysis, plan_key_frames(analysis)),
        pictures=_pictures(analysis, key_frames),
        curves=_curves(analysis, drawn),
        trace_frame=_trace_frame(analysis),
        data=_json(plots.page_data(analysis, drawn)),
        measures={
            "summary": _measures_summary(analysis),
            "groups": measure_groups(analysis),
            "remarks": remarks(analysis),
            "meanings": meanings(analysis),
            "refused": refusals(analysis),
            "any_mdc": any(measure.mdc is not None and measure.value is not None for measure in analysis.measures),
        },
        method={
            "paragraphs": method_paragraphs(analysis),
            "provenance": provenance_entries(analysis),
            "cite": citation(analysis),
        },
    )


def _part(environment: Environment, name: str) -> Markup:
    """A file of ours as it is: it holds no foreign text."""
    if environment.loader is None:
        raise TypeError("the environment has no loader")
    return Markup(environment.loader.get_source(environment, name)[0])


def _json(value: Any) -> Markup:
    """JSON that can stand inside a script element: no `<` can end it."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return Markup(text.replace("<", "\\u003c"))


# ---------------------------------------------------------------------------------------------------- head


def _page(analysis: Analysis, video_name: str | None) -> dict[str, Any]:
    width, height = analysis.video.size_px
    return {
        "title": _title(analysis),
        "video": _file_name(analysis),
        "facts": _facts(analysis),
        "wide": width > height,
        "aspect": f"{width} / {height}",
        "video_source": None if video_name is None else quote(video_name),
        "footer": f"Made by {citation(analysis)} Open source, on this computer; nothing was uploaded.",
    }


def _title(analysis: Analysis) -> str:
    name = movement_name(analysis.movement)
    if not name:
        return "Movement not recognised"
    done = sum(rep.index > 0 for rep in analysis.reps)
    return f"{name[0].upper()}{name[1:]}, {counted(done, 'repetition')}"


def _file_name(analysis: Analysis) -> str:
    return analysis.video.path.replace("\\", "/").rsplit("/", 1)[-1]


def _facts(analysis: Analysis) -> list[str]:
    recorded = _date(analysis.video.recorded_at)
    time_s = analysis.poses.time_s
    subject = analysis.settings.get("subject", {})
    height_m, mass_kg = subject.get("height_m"), subject.get("mass_kg")
    return [
        *filter(None, [without_video(analysis)]),
        _file_name(analysis),
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


# ---------------------------------------------------------------------------------------------------- filmed


def _filmed(analysis: Analysis) -> dict[str, Any]:
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


# ---------------------------------------------------------------------------------------------------- pictures


def _pictures(analysis: Analysis, key_frames: Mapping[str, bytes]) -> list[dict[str, str]]:
    planned = [key for key in plan_key_frames(analysis) if key.name in key_frames]
    given = [key_frames[key.name] for key in planned]
    total = sum(len(picture) for picture in given)
    share = min(1.0, PICTURES_MAX_BYTES / total) if total else 1.0
    return [
        {
            "data": base64.b64encode(_at_most(picture, int(share * len(picture)))).decode(),
            "alt": f"Picture of the athlete at {clock(key.time_s)}: {key.caption}",
            "caption": key.caption,
        }
        for key, picture in zip(planned, given, strict=True)
    ]


def _at_most(picture: bytes, limit: int) -> bytes:
    """The same JPEG in at most `limit` bytes, smaller if need be."""
    while len(picture) > limit:
        with Image.open(io.BytesIO(picture)) as image:
            smaller = image.convert("RGB")
        smaller.thumbnail((round(0.8 * smaller.width), round(0.8 * smaller.height)))
        if min(smaller.size) < 64:
            return picture
        buffer = io.BytesIO()
        smaller.save(buffer, "JPEG", quality=80)
        picture = buffer.getvalue()
    return picture


# ---------------------------------------------------------------------------------------------------- curves


def _curves(analysis: Analysis, drawn: Sequence[Plot]) -> dict[str, Any] | None:
    if not drawn:
        return None
    ranked = sorted(drawn, key=lambda p: MAIN_CURVES.index(p.name) if p.name in MAIN_CURVES else len(MAIN_CURVES))
    known = sum(plot.name in MAIN_CURVES for plot in ranked)
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


def _trace_frame(analysis: Analysis) -> dict[str, Any]:
    """What all curves share: their size, the repetitions and the time axis."""
    return {
        "bands": plots.rep_bands(analysis),
        "time_ticks": plots.time_ticks(analysis.poses.time_s),
        "width": plots.WIDTH,
        "height": plots.HEIGHT,
    }


def _measures_summary(analysis: Analysis) -> str:
    if not analysis.measures:
        return ""
    given = sum(measure.value is not None for measure in analysis.measures)
    refused = len(analysis.measures) - given
    text = f"{counted(given, 'number')} with their errors"
    return f"{text}, and {refused} that this clip cannot give, with the reason" if refused else text
