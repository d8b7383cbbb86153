"""What a session is as a file: `session.json`, and its published schema."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any

from vidgait.provenance import software
from vidgait.session.checks import counted, name_of
from vidgait.store import main_segment

if TYPE_CHECKING:
    from vidgait.types import Analysis, Comparison, Session

__all__ = ["SESSION_FILE", "session_json", "session_schema", "session_to_mapping"]

SESSION_FILE = "session.json"
SCHEMA_VERSION = 1


def session_schema() -> dict[str, Any]:
    """The published JSON Schema (draft 2020-12) of `session.json`."""
    text = resources.files("vidgait").joinpath("schema", "session.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def session_json(session: Session, folders: Sequence[str | None] = (None, None)) -> bytes:
    """`session.json`. `folders`: where each clip's own results lie, seen from this file."""
    mapping = session_to_mapping(session, folders)
    return (json.dumps(mapping, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def session_to_mapping(session: Session, folders: Sequence[str | None] = (None, None)) -> dict[str, Any]:
    """What `session.json` holds, as plain dicts, lists, strings and numbers. Missing is None; nothing is NaN."""
    clips = zip(session.analyses, session.roles, folders, strict=True)
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": session.link.kind,
        "movement": session.analyses[0].movement.label,
        "clips": [_clip(analysis, role, folder) for analysis, role, folder in clips],
        "link": _fields(session.link) | {"reps": [list(pair) for pair in session.link.reps]},
        "comparisons": [_comparison(one) for one in session.comparisons],
        "measures": [_measure(one) for one in session.measures],
        "issues": [_fields(one) | {"frames": None} for one in session.issues],
        "provenance": software(("vidgait", "numpy", "scipy")),
    }


def _clip(analysis: Analysis, role: str, folder: str | None) -> dict[str, Any]:
    main = main_segment(analysis)
    return {
        "role": role,
        "file": name_of(analysis),
        "folder": folder,
        "input_sha256": analysis.provenance.get("input_sha256"),
        "view": "unknown" if main is None else main.view,
        "yaw_deg": None if main is None else main.yaw_deg,
        "yaw_error_deg": None if main is None else main.yaw_error_deg,
        "near_side": None if main is None else main.near_side,
        "reps": len(counted(analysis)),
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    parts = {name: _measure(getattr(one, name)) for name in ("left", "right", "difference")}
    return {"id": one.left.id, **parts, "clear": one.clear}


def _measure(measure: Any) -> dict[str, Any]:
    return _fields(measure) | {"reasons": list(measure.reasons)}


def _fields(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
