"""The report: one HTML file that opens anywhere, offline, with the video beside it.

This module gathers what the page shows; the words come from `report_content`, `findings`, `filming`, `words` and the
catalogue, the drawings from `plots`, the look from `report_parts`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from vidgait.outputs import plots
from vidgait.outputs.findings import findings, how_sure
from vidgait.outputs.keyframes import plan_key_frames
from vidgait.outputs.method import citation, method_paragraphs, provenance_entries
from vidgait.outputs.report_content import CAUTION, SIGNS, clip_facts, curves_shown, file_name, filmed, page_title
from vidgait.outputs.report_legs import legs_content
from vidgait.outputs.report_pictures import page_pictures
from vidgait.outputs.report_rows import curve_errors, meanings, measure_groups, refusals, remarks, rep_table
from vidgait.outputs.words import counted
from vidgait.store import write_atomically

if TYPE_CHECKING:
    from vidgait.types import Analysis

__all__ = ["render_report", "write_report"]

POLICY = (
    "default-src 'none'; img-src data:; media-src 'self' file: blob:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)
"""Even a mistake cannot make the page ask the network for anything."""


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
        filmed=filmed(analysis),
        seen={"findings": findings(analysis), "how_sure": how_sure(analysis), "caution": CAUTION},
        reps=rep_table(analysis, plan_key_frames(analysis)),
        pictures=_pictures(analysis, key_frames),
        legs=legs_content(analysis, key_frames),
        curves=curves_shown(analysis, drawn),
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
        "title": page_title(analysis),
        "video": file_name(analysis),
        "facts": clip_facts(analysis),
        "wide": width > height,
        "aspect": f"{width} / {height}",
        "video_source": None if video_name is None else quote(video_name),
        "footer": f"Made by {citation(analysis)} Open source, on this computer; nothing was uploaded.",
    }


def _pictures(analysis: Analysis, key_frames: Mapping[str, bytes]) -> list[dict[str, str]]:
    """All but those that stand side by side at the top."""
    others = [key for key in plan_key_frames(analysis) if key.kind != "matched"]
    return page_pictures(analysis, key_frames, others)


# ---------------------------------------------------------------------------------------------------- curves


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
