"""What page and process say to one another.

The page sends pictures as binary messages: 16 bytes (`VG`, version, nothing, number as unsigned 32 bits, capture time
in ms as a double, little-endian) and then a JPEG or a WebP. Orders are texts in JSON with a `do`. The process answers
a picture by its number, and that answers all before it: with a view, or with why it was not looked at. Points are
shares of the picture times 10 000; what is missing is null.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from vidgait.live.web.limits import BadMessageError, Limits

if TYPE_CHECKING:
    from vidgait.live.state import LiveCue, LiveReading, LiveRep, LiveState, LiveStats, LiveView
    from vidgait.types import FloatArray

__all__ = [
    "Choice",
    "Order",
    "Shot",
    "encode",
    "read_order",
    "read_shot",
    "view_message",
]

VERSION = 1
_HEADER = struct.Struct("<2sBxId")
SHARE = 10_000
SHOWN_MEASURES = 6

Deed = Literal["start", "choose", "pause", "resume", "reset", "finish"]
DEEDS: tuple[Deed, ...] = ("start", "choose", "pause", "resume", "reset", "finish")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture as it came, not decoded yet."""

    number: int
    capture_ms: float
    """On the page's own clock: counts only against other pictures of the same page."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Choice:
    """What the page's chooser says."""

    movement: str = "auto"
    view: str = "auto"


@dataclass(frozen=True, slots=True)
class Order:
    do: Deed
    key: str = ""
    """Of `start`: names the camera, so that it finds its count again when the connection broke."""
    choice: Choice | None = None


def read_shot(message: bytes, limits: Limits) -> Shot:
    """Raises BadMessageError. The picture itself is not looked at."""
    if len(message) > limits.message_bytes:
        raise BadMessageError("too long a message")
    if len(message) <= _HEADER.size:
        raise BadMessageError("too short a message")
    magic, version, number, capture_ms = _HEADER.unpack_from(message)
    if magic != b"VG" or version != VERSION:
        raise BadMessageError("not a picture of this page: load it again")
    if not (math.isfinite(capture_ms) and 0.0 <= capture_ms < 1e12):
        raise BadMessageError("a capture time that is none")
    return Shot(number, capture_ms, message[_HEADER.size :])


def read_order(text: str, limits: Limits, movements: Iterable[str], views: Iterable[str]) -> Order:
    """Raises BadMessageError for whatever is not an order with values out of what may be chosen."""
    if len(text) > limits.text_bytes:
        raise BadMessageError("too long an order")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise BadMessageError("an order that is not JSON") from None
    if not isinstance(said, dict) or said.get("do") not in DEEDS:
        raise BadMessageError("an order nobody knows")
    choice = _choice(said, movements, views) if said["do"] in ("start", "choose") else None
    key = said.get("key", "")
    if said["do"] == "start" and not (isinstance(key, str) and _KEY.fullmatch(key)):
        raise BadMessageError("a start without a key")
    return Order(said["do"], key if said["do"] == "start" else "", choice)


def _choice(said: Mapping[str, Any], movements: Iterable[str], views: Iterable[str]) -> Choice:
    movement, view = said.get("movement", "auto"), said.get("view", "auto")
    if movement not in tuple(movements) or view not in tuple(views):
        raise BadMessageError("a movement or a view nobody knows")
    return Choice(movement, view)


def encode(message: Mapping[str, Any]) -> str:
    """Compact JSON. A number that is none would be no JSON: it raises ValueError here rather than in the browser."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def view_message(
    view: LiveView, size_px: tuple[int, int], camera: int, number: int, capture_ms: float, score_min: float
) -> dict[str, Any]:
    """One view as the page draws it. `number` and `capture_ms` are those of the picture, sent back as they came."""
    state = view.state
    return {
        "type": "view",
        "camera": camera,
        "n": number,
        "t": capture_ms,
        "size": list(size_px),
        "points": _shares(state.points_px, state.score, size_px, score_min),
        **_state(state),
        "advice": [{"id": one.id, "text": one.text, "why": one.why} for one in view.advice],
        "cue": None if view.cue is None else _cue(view.cue),
        "stats": _stats(view.stats),
        "paused": view.paused,
        "recording": view.recording,
        "notice": view.notice,
    }


def _state(state: LiveState) -> dict[str, Any]:
    announced = state.announced
    return {
        "stage": state.stage,
        "view": state.view,
        "near": state.near_side,
        "movement": state.movement,
        "phase": state.phase,
        "depth": _number(state.depth_share, 3),
        "readings": [_reading(reading) for reading in state.readings],
        "count": len(state.reps),
        "sides": {side: sum(rep.side == side for rep in state.reps) for side in ("left", "right")},
        "announced": None if announced is None else _rep(announced),
        "last": _rep(state.reps[-1]) if state.reps else None,
        "lost_s": _number(state.lost_s, 1),
    }


def _shares(
    points_px: FloatArray | None, score: FloatArray | None, size_px: tuple[int, int], score_min: float
) -> list[int | None] | None:
    """x, y, x, y, ... of (K, 2) pixels; null for a point that is missing or too unsure to draw."""
    if points_px is None:
        return None
    flat: list[int | None] = []
    for k, (x_px, y_px) in enumerate(points_px.tolist()):
        seen = math.isfinite(x_px) and math.isfinite(y_px) and (score is None or float(score[k]) >= score_min)
        flat += [round(SHARE * x_px / size_px[0]), round(SHARE * y_px / size_px[1])] if seen else [None, None]
    return flat


def _number(value: float | None, digits: int) -> float | None:
    return round(float(value), digits) if value is not None and math.isfinite(value) else None


def _reading(reading: LiveReading) -> dict[str, Any]:
    return {
        "name": reading.name,
        "label": reading.label,
        "side": reading.side,
        "value": _number(reading.value, 1),
        "error": _number(reading.error, 1),
        "unit": reading.unit,
        "why": reading.why_none,
    }


def _rep(rep: LiveRep) -> dict[str, Any]:
    """Its measures too, as far as they are worked out and say something."""
    said = [measure for measure in rep.measures if measure.value is not None][:SHOWN_MEASURES]
    return {
        "index": rep.index,
        "side": rep.side,
        "start": _number(rep.start_s, 2),
        "end": _number(rep.end_s, 2),
        "excluded": rep.excluded,
        "measures": [
            {
                "label": measure.label,
                "side": measure.side,
                "value": _number(measure.value, 1),
                "error": _number(measure.error, 1),
                "unit": measure.unit,
            }
            for measure in said
        ],
    }


def _cue(cue: LiveCue) -> dict[str, Any]:
    return {"id": cue.id, "text": cue.text, "tone": cue.tone, "side": cue.side, "since": _number(cue.since_s, 2)}


def _stats(stats: LiveStats) -> dict[str, Any]:
    return {
        "captured": stats.captured,
        "processed": stats.processed,
        "dropped": stats.dropped,
        "rate": _number(stats.rate_hz, 1),
        "stages": [[name, _number(ms, 1)] for name, ms in stats.stages_ms],
    }
