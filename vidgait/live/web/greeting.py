"""What a page is told first: how points are joined, and what may be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vidgait.movements import MOVEMENTS
from vidgait.settings import VIEWS
from vidgait.types import BLAZEPOSE

__all__ = ["Greeting", "make_greeting"]

VIEW_LABELS = {
    "auto": "Automatic",
    "front": "From the front",
    "back": "From behind",
    "left": "My left side",
    "right": "My right side",
    "oblique": "At an angle",
}


@dataclass(frozen=True, slots=True)
class Greeting:
    message: Mapping[str, Any]
    movements: tuple[str, ...]
    views: tuple[str, ...]


def make_greeting(
    *,
    recording: bool,
    movement: str = "auto",
    view: str = "auto",
    voice: bool = False,
    tone: bool = False,
    mirror: bool | None = None,
    stats: bool = False,
) -> Greeting:
    """What is chosen to begin with; all but `recording` can be changed on the page. `mirror`: None is as in a mirror,
    but for a camera on the back of a phone."""
    skeleton = BLAZEPOSE
    movements = {"auto": "Automatic", **{name: spec.label for name, spec in MOVEMENTS.items()}}
    views = {name: VIEW_LABELS.get(name, name) for name in VIEWS}
    message = {
        "type": "hello",
        "edges": [[skeleton.index(a), skeleton.index(b)] for a, b in skeleton.edges],
        "keypoints": list(skeleton.keypoints),
        "movements": [[name, label] for name, label in movements.items()],
        "views": [[name, label] for name, label in views.items()],
        "chosen": {"movement": movement, "view": view},
        "sound": {"voice": voice, "tone": tone},
        "recording": recording,
        "mirror": mirror,
        "stats": stats,
        "in_flight": 2,
        "long_side_px": 640,
    }
    return Greeting(message, tuple(movements), tuple(views))
