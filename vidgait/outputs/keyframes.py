"""Which pictures of the clip the report shows, and what it says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from vidgait.measures import resolvable_difference
from vidgait.outputs.facts import is_of_far_leg, sentence
from vidgait.outputs.overlay_phase import RISING

if TYPE_CHECKING:
    from vidgait.types import Analysis, IntArray, Measure, Rep, Side

__all__ = ["KeyFrame", "plan_key_frames"]

Kind = Literal["first", "best", "worst", "bottom", "sample"]

SIDES: tuple[Side | None, ...] = ("left", "right", None)

ALIKE = "The two differ by less than the noise of this clip, so neither is marked."

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
    marks: tuple[str, str]
    """The same in a word each that judges nobody, for the table."""


DEPTH = ("deepest", "shallowest")
KNEES = ("least", "most")
RANKINGS = (
    _Ranking("thigh_inclination_bottom", True, "the deepest", "the shallowest", DEPTH),
    _Ranking("knee_flexion_bottom", True, "the deepest", "the shallowest", DEPTH),
    _Ranking("fppa_change", False, "knees moved in or out least", "a knee moved in or out most", KNEES),
    _Ranking("fppa_bottom", False, "knees least out of line", "a knee furthest out of line", KNEES),
    _Ranking("fppa_change_60_degrees", False, "knees moved in or out least", "a knee moved in or out most", KNEES),
    _Ranking("thigh_inclination_vertical_bottom", True, "the deepest", "the shallowest", DEPTH),
)
RISING_RANKINGS = (
    _Ranking("concentric_time", False, "the quickest to stand up", "the slowest to stand up", ("quickest", "slowest")),
)
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
    ranked_as: str = ""
    """Of the best and the worst: what makes it so, "the deepest"."""
    mark: str = ""
    """`ranked_as` in one word, "deepest"."""
    alike: bool = False
    """Of the best and the worst: noise alone could make the difference, so neither may be called so."""


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
    order = _ranked(analysis, reps) if len(reps) > 1 else None
    if order is None:
        rep = reps[0]
        return [_bottom(analysis, seen, rep, "bottom", f"Repetition {rep.index} of {len(reps)}, at its turn.")]
    keys = []
    first, last = order.ranking.marks
    marks: tuple[tuple[Kind, tuple[Rep, Measure], str, str], ...] = (
        ("best", order.best, order.ranking.best, first),
        ("worst", order.worst, order.ranking.worst, last),
    )
    for kind, (rep, measure), words, mark in marks:
        named = f"Repetition {rep.index}" if order.alike else f"Repetition {rep.index}, {words}"
        key = _bottom(analysis, seen, rep, kind, f"{named}. {sentence(measure)}")
        keys.append(replace(key, ranked_as=words, mark=mark, alike=order.alike))
    if order.alike:
        keys[1] = replace(keys[1], caption=f"{keys[1].caption} {ALIKE}")
    return keys


@dataclass(frozen=True, slots=True)
class _Order:
    """What ranks the repetitions of this clip, and which come out first and last."""

    ranking: _Ranking
    best: tuple[Rep, Measure]
    worst: tuple[Rep, Measure]
    apart: float
    """How much worse the worst is, over what can be told apart in this clip."""

    @property
    def alike(self) -> bool:
        return self.apart <= 1


def _ranked(analysis: Analysis, reps: Sequence[Rep]) -> _Order | None:
    """By the first ranking that has a number for every repetition. Left is never compared with right: the side on
    which the repetitions differ most, against what can be told apart, decides."""
    for ranking in RISING_RANKINGS if analysis.movement.label in RISING else RANKINGS:
        orders = [_of_side(analysis, ranking, side, reps) for side in SIDES]
        known = [order for order in orders if order is not None]
        if known:
            return max(known, key=lambda order: order.apart)
    return None


def _of_side(analysis: Analysis, ranking: _Ranking, side: Side | None, reps: Sequence[Rep]) -> _Order | None:
    found = [analysis.find(ranking.id, side, rep.index) for rep in reps]
    known = [(rep, m) for rep, m in zip(reps, found, strict=True) if m and m.value is not None and m.grade != "D"]
    if len(known) < len(reps) or any(is_of_far_leg(analysis, measure) for _, measure in known):
        return None
    known.sort(key=lambda pair: _goodness(ranking, pair[1]))
    worst, best = known[0], known[-1]
    resolved = resolvable_difference(analysis.measures, best[1], worst[1])
    apart = _goodness(ranking, best[1]) - _goodness(ranking, worst[1])
    return _Order(ranking, best, worst, apart / max(resolved, 1e-9))


def _goodness(ranking: _Ranking, measure: Measure) -> float:
    value = measure.value or 0.0
    return value if ranking.more_is_better else -abs(value)


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
