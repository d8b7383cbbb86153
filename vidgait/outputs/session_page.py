"""The page of a session: two clips on one page that opens anywhere, offline, in the look of the report."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from vidgait.outputs.keyframes import plan_key_frames
from vidgait.outputs.method import citation
from vidgait.outputs.session_words import (
    clip_facts_of,
    leg_findings,
    leg_rows,
    leg_sure,
    next_steps,
    refused_rows,
    session_title,
    view_depths,
    view_findings,
    view_reps,
    view_sure,
)

if TYPE_CHECKING:
    from vidgait.outputs.keyframes import KeyFrame
    from vidgait.types import Analysis, FloatArray, Session

__all__ = ["SESSION_PAGE", "render_session"]

SESSION_PAGE = "session.html"
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""Even a mistake cannot make the page ask the network for anything, or run anything."""
KINDS = ("matched", "bottom", "best", "worst", "sample", "first")
"""The picture that says most first."""
HIPS = "hip_height_leg_lengths"


def render_session(
    session: Session,
    pictures: Sequence[Mapping[str, bytes]] = ({}, {}),
    folders: Sequence[str | None] = (None, None),
) -> str:
    """The page as text. `pictures`: JPEG bytes by the names of `plan_key_frames`, of each clip; `folders`: where each
    clip's own results lie, seen from the page. The same session gives the same text."""
    environment = Environment(
        loader=PackageLoader("vidgait.outputs", "report_parts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    legs = session.link.kind == "left_right"
    return environment.get_template("session.html.j2").render(
        title=session_title(session),
        policy=POLICY,
        style=Markup(_source(environment, "report.css") + _source(environment, "session.css")),
        legs=legs,
        clips=_clips(session, pictures, folders),
        wide=all(one.video.size_px[0] > one.video.size_px[1] for one in session.analyses),
        findings=leg_findings(session) if legs else view_findings(session),
        sure=leg_sure(session) if legs else view_sure(session),
        issues=session.issues,
        rows=leg_rows(session) if legs else [],
        depths=None if legs else view_depths(session),
        reps=None if legs else view_reps(session),
        curves=None if legs else _hip_curves(session),
        refused=refused_rows(session),
        steps=next_steps(session),
        cite=citation(session.analyses[0]),
    )


def _source(environment: Environment, name: str) -> str:
    """A file of ours as it is: it holds no foreign text."""
    if environment.loader is None:
        raise TypeError("the environment has no loader")
    return environment.loader.get_source(environment, name)[0]


def _clips(
    session: Session, pictures: Sequence[Mapping[str, bytes]], folders: Sequence[str | None]
) -> list[dict[str, Any]]:
    names = {"left": "Left leg", "right": "Right leg", "front": "From the front", "side": "From the side"}
    result = []
    for analysis, role, given, folder in zip(session.analyses, session.roles, pictures, folders, strict=True):
        key = _key_frame(analysis, role, given)
        result.append(
            {
                "role": role,
                "name": _clip_role(analysis, names[role]),
                "facts": clip_facts_of(analysis),
                "report": None if folder is None else quote(f"{folder}/report.html"),
                "picture": None if key is None else base64.b64encode(given[key.name]).decode(),
                "caption": "" if key is None else key.caption,
            }
        )
    return result


def _clip_role(analysis: Analysis, name: str) -> str:
    """`From behind` where the frontal clip was filmed from there."""
    views = {segment.view for segment in analysis.segments}
    return "From behind" if name == "From the front" and "back" in views and "front" not in views else name


def _key_frame(analysis: Analysis, role: str, given: Mapping[str, bytes]) -> KeyFrame | None:
    """The picture that shows the clip best: the leg at the depth at which legs are compared, else a lowest point."""
    planned = [key for key in plan_key_frames(analysis) if key.name in given]
    side = role if role in ("left", "right") else None

    def rank(key: KeyFrame) -> tuple[bool, int]:
        return key.side != side, KINDS.index(key.kind) if key.kind in KINDS else len(KINDS)

    return min(planned, key=rank, default=None)


# ---------------------------------------------------------------------------------------------------- curves

BOX = (600.0, 120.0)


def _hip_curves(session: Session) -> dict[str, Any] | None:
    """The hips' height in both clips on one clock: the picture of how well they fit."""
    offset_s = session.link.offset_s or 0.0
    front, side = session.analyses
    curves = [(one.clean.time_s - shift, _hips(one)) for one, shift in ((front, 0.0), (side, offset_s))]
    if any(value is None for _, value in curves):
        return None
    known = [(time_s, value) for time_s, value in curves if value is not None]
    start = min(float(time_s[0]) for time_s, _ in known)
    end = max(float(time_s[-1]) for time_s, _ in known)
    low = min(float(value[value == value].min()) for _, value in known)
    high = max(float(value[value == value].max()) for _, value in known)
    lines = [_polyline(time_s, value, (start, end), (low, high)) for time_s, value in known]
    return {"front": lines[0], "side": lines[1], "start_s": start, "end_s": end}


def _hips(analysis: Analysis) -> FloatArray | None:
    found = next((one.value for one in analysis.series if one.name == HIPS and one.side is None), None)
    return None if found is None or not (found == found).any() else found


def _polyline(
    time_s: FloatArray, value: FloatArray, span: tuple[float, float], limits: tuple[float, float]
) -> list[str]:
    """SVG points of every unbroken stretch."""
    parts: list[list[str]] = [[]]
    for at_s, height in zip(time_s, value, strict=True):
        if height != height:
            parts.append([])
            continue
        x = BOX[0] * (at_s - span[0]) / (span[1] - span[0])
        y = BOX[1] * (limits[1] - height) / max(limits[1] - limits[0], 1e-6)
        parts[-1].append(f"{x:.1f},{y:.1f}")
    return [" ".join(part) for part in parts if len(part) > 1]
