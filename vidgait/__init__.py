"""Markerless motion capture for the legs, from one ordinary video.

>>> import vidgait
>>> result = vidgait.analyze("squat.mp4", height_m=1.80)             # doctest: +SKIP
>>> result.find("knee_flexion_bottom", side="left").value            # doctest: +SKIP

`analyze`, `batch`, `report` and `validate` do what the commands of the same names do, `pair` what `analyze --pair`
does, and `load_analysis` reads what they wrote. Everything they return is documented in `vidgait.types`,
`vidgait.team.results` and `vidgait.truth.results`, everything they raise in `vidgait.errors`, everything that can be
set in `vidgait.settings`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vidgait.errors import VidgaitError
    from vidgait.known_poses import analyze_poses
    from vidgait.pipeline import Outcome, analyze, analyze_all, report
    from vidgait.session import pair
    from vidgait.settings import Settings
    from vidgait.store import load_analysis
    from vidgait.team.results import ClipResult, TeamResult
    from vidgait.team.run import batch
    from vidgait.truth.simulation import simulate
    from vidgait.truth.validation import validate
    from vidgait.types import Analysis, Issue, Measure, Movement, Rep, Segment, Series, Session, Track, VideoInfo

__all__ = [
    "Analysis",
    "ClipResult",
    "Issue",
    "Measure",
    "Movement",
    "Outcome",
    "Rep",
    "Segment",
    "Series",
    "Session",
    "Settings",
    "TeamResult",
    "Track",
    "VideoInfo",
    "VidgaitError",
    "analyze",
    "analyze_all",
    "analyze_poses",
    "batch",
    "load_analysis",
    "pair",
    "report",
    "simulate",
    "validate",
]

_PLACES = {
    "VidgaitError": "errors",
    "Outcome": "pipeline",
    "analyze": "pipeline",
    "analyze_all": "pipeline",
    "analyze_poses": "known_poses",
    "ClipResult": "team.results",
    "TeamResult": "team.results",
    "batch": "team.run",
    "pair": "session",
    "report": "pipeline",
    "Settings": "settings",
    "load_analysis": "store",
    "simulate": "truth.simulation",
    "validate": "truth.validation",
}


def __getattr__(name: str) -> Any:
    """Loaded when first asked for, so that `import vidgait` is instant and needs no codec and no network."""
    if name not in __all__:
        raise AttributeError(f"module 'vidgait' has no attribute '{name}'")
    return getattr(import_module(f"vidgait.{_PLACES.get(name, 'types')}"), name)


def __dir__() -> list[str]:
    return list(__all__)
