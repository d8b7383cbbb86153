"""Which pictures of the clip the report shows, and what it says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from vidgait.measures import resolvable_difference, say
from vidgait.outputs.overlay_phase import RISING

if TYPE_CHECKING:
    from vidgait.types import Analysis, IntArray, Measure, Rep

__all__ = ["KeyFrame", "plan_key_frames"]

Kind = Literal["first", "best", "worst", "bottom", "sample"]

CLEAR_SHARE = 0.9
"""The first picture is the first in which hips, knees and shoulders are nearly as sure as they ever get."""

SAMPLES = (0.2, 0.5, 0.8)
"""Shares of the seen clip that stand for it when there are no repetitions."""


@dataclass(frozen=True, slots=True)
class _Ranking:
    """By which measure repetitions are ranked."""

    id: str
    more_is_better: bool
    """Otherwise the best is the one closest to zero."""
    best: str
    worst: str


RANKINGS = (
    _Ranking("thigh_inclination_bottom", True, "the deepest", "the shallowest"),
    _Ranking("knee_flexion_bottom", True, "the deepest", "the shallowest"),
    _Ranking("fppa_change", False, "knees moved in or out least", "a knee moved in or out most"),
    _Ranking("fppa_bottom", False, "knees in line best", "a knee furthest out of line"),
    _Ranking("fppa_change_60_degrees", False, "knees moved in or out least", "a knee moved in or out most"),
    _Ranking("thigh_inclination_vertical_bottom", True, "the deepest", "the shallowest"),
)
RISING_RANKINGS = (_Ranking("concentric_time", False, "the quickest to stand up", "the slowest to stand up"),)
"""For movements that begin at the bottom: how deep that is, the bench decides.

The first ranking that has a number for every counted repetition is used."""


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """One picture of the report. `name` is unique within a clip and fit for a file name."""

    name: str
    time_s: float
    media_time_s: float
    rep: int | None
    caption: str
    kind: Kind


def plan_key_frames(analysis: Analysis) -> tuple[KeyFrame, ...]:
    """In order of time: the first clear picture, then the bottoms of the best and the worst repetition, or samples."""
    seen = np.flatnonzero(np.isfinite(analysis.clean.xy_px).all(axis=2).sum(axis=1) > 8)
    if not len(seen):
        return ()
    keys = [_first(analysis, seen), *(_bottoms(analysis, seen) or _samples(analysis, seen))]
    return tuple(sorted(keys, key=lambda key: key.time_s))


def _first(analysis: Analysis, seen: IntArray) -> KeyFrame:
    needed = analysis.clean.skeleton.indices(
        *(f"{side}_{part}" for part in ("shoulder", "hip", "knee") for side in ("left", "right"))
    )
    sureness = analysis.clean.score[seen][:, needed].mean(axis=1)
    row = seen[np.flatnonzero(sureness >= CLEAR_SHARE * np.percentile(sureness, 90))[0]]
    words = "Check the letters: L must be on the person's own left. If they are swapped, use --mirrored."
    return _key(analysis, "first", int(row), None, words, "first")


def _bottoms(analysis: Analysis, seen: IntArray) -> list[KeyFrame]:
    reps = [rep for rep in analysis.reps if rep.index > 0 and rep.excluded is None]
    if not reps:
        return []
    ranked = _ranked(analysis, reps) if len(reps) > 1 else None
    if ranked is None:
        rep = reps[0]
        return [_bottom(analysis, seen, rep, "bottom", f"Repetition {rep.index} of {len(reps)}, at its turn.")]
    ranking, best, worst, alike = ranked
    note = " The difference is within the noise of this clip." if alike else ""
    return [
        _bottom(analysis, seen, best, "best", _caption(analysis, ranking, best, ranking.best)),
        _bottom(analysis, seen, worst, "worst", _caption(analysis, ranking, worst, ranking.worst) + note),
    ]


def _ranked(analysis: Analysis, reps: Sequence[Rep]) -> tuple[_Ranking, Rep, Rep, bool] | None:
    """The ranking used, the best and the worst repetition, and whether noise alone could tell them apart."""
    for ranking in RISING_RANKINGS if analysis.movement.label in RISING else RANKINGS:
        found = [_deciding(analysis, ranking, rep) for rep in reps]
        known = [measure for measure in found if measure is not None]
        if len(known) < len(reps):
            continue
        goodness = [_goodness(ranking, measure) for measure in known]
        best, worst = int(np.argmax(goodness)), int(np.argmin(goodness))
        if best == worst:
            worst = (best + 1) % len(reps)
        resolved = resolvable_difference(analysis.measures, known[best], known[worst])
        return ranking, reps[best], reps[worst], goodness[best] - goodness[worst] <= resolved
    return None


def _deciding(analysis: Analysis, ranking: _Ranking, rep: Rep) -> Measure | None:
    """The measure of the side that is worse off."""
    found = [
        measure
        for measure in analysis.measures
        if measure.id == ranking.id and measure.rep == rep.index and measure.value is not None
    ]
    return min(found, key=lambda measure: _goodness(ranking, measure), default=None)


def _goodness(ranking: _Ranking, measure: Measure) -> float:
    value = measure.value or 0.0
    return value if ranking.more_is_better else -abs(value)


def _caption(analysis: Analysis, ranking: _Ranking, rep: Rep, words: str) -> str:
    measure = _deciding(analysis, ranking, rep)
    said = "" if measure is None else f" {say(measure)}"
    return f"Repetition {rep.index}, {words}.{said}"


def _bottom(analysis: Analysis, seen: IntArray, rep: Rep, kind: Kind, caption: str) -> KeyFrame:
    time_s = _turn_s(analysis, rep)
    row = int(seen[np.argmin(np.abs(analysis.clean.time_s[seen] - time_s))])
    return _key(analysis, f"{kind}_rep_{rep.index}", row, rep.index, caption, kind)


def _turn_s(analysis: Analysis, rep: Rep) -> float:
    """The deepest point; of a movement that begins there, a third of the way up, where the trunk is bent most."""
    if analysis.movement.label in RISING and "top" in rep.instants:
        return 0.65 * rep.start_s + 0.35 * rep.instants["top"]
    return rep.instants.get("bottom", 0.5 * (rep.start_s + rep.end_s))


def _samples(analysis: Analysis, seen: IntArray) -> list[KeyFrame]:
    rows = sorted({int(seen[round(share * (len(seen) - 1))]) for share in SAMPLES})
    times = [analysis.poses.media_time_s[row] for row in rows]
    return [
        _key(analysis, f"sample_{number}", row, None, f"At {time_s:.1f} s.", "sample")
        for number, (row, time_s) in enumerate(zip(rows, times, strict=True), start=1)
    ]


def _key(analysis: Analysis, name: str, row: int, rep: int | None, caption: str, kind: Kind) -> KeyFrame:
    time_s, media_time_s = float(analysis.clean.time_s[row]), float(analysis.poses.media_time_s[row])
    return KeyFrame(name, time_s, media_time_s, rep, caption, kind)
