"""Which pictures of the clip the report shows, and what it says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from vidgait.outputs.facts import sentence
from vidgait.outputs.key_ranking import order_of
from vidgait.outputs.legs import compares_legs, counted_reps, rep_name, same_depth, standing_legs
from vidgait.outputs.overlay_phase import RISING
from vidgait.outputs.words import listed

if TYPE_CHECKING:
    from vidgait.outputs.legs import LegInstant, SameDepth
    from vidgait.types import Analysis, Criterion, IntArray, Measure, Rep, Side

__all__ = ["KeyFrame", "frame_of_item", "plan_key_frames"]

Kind = Literal["first", "matched", "best", "worst", "bottom", "item", "sample"]

ALIKE = "The two differ by less than the noise of this clip, so neither is marked."

CLEAR_SHARE = 0.9
"""The first picture is the first in which hips, knees and shoulders are nearly as sure as they ever get."""

SAMPLES = (0.2, 0.5, 0.8)
"""Shares of the seen clip that stand for it when there are no repetitions."""

SAME_S = 0.10
"""Two instants closer than this are shown by one picture."""

ITEMS_MAX = 6
"""Pictures for single items of clinical scales, beyond those that another picture already shows."""


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
    side: Side | None = None
    """The leg it is about."""


def plan_key_frames(analysis: Analysis) -> tuple[KeyFrame, ...]:
    """In order of time: the first clear picture; the legs at the same depth; the bottoms of the best and the worst
    repetition, of each leg where they have their own; what shows the items of clinical scales. Or samples."""
    seen = np.flatnonzero(np.isfinite(analysis.clean.xy_px).all(axis=2).sum(axis=1) > 8)
    if not len(seen):
        return ()
    bottoms = _bottoms(analysis, seen)
    keys = [_first(analysis, seen), *_matched(analysis, seen), *(bottoms or _samples(analysis, seen))]
    keys += _items(analysis, seen, keys)
    return tuple(sorted(keys, key=lambda key: key.time_s))


def frame_of_item(keys: Sequence[KeyFrame], item: Criterion) -> KeyFrame | None:
    """The picture that shows an item of a clinical scale: the nearest one, if it is of that very moment."""
    if item.time_s is None:
        return None
    near = [key for key in keys if key.kind != "first" and abs(key.time_s - item.time_s) <= SAME_S]
    return min(near, key=lambda key: abs(key.time_s - (item.time_s or 0.0)), default=None)


def _first(analysis: Analysis, seen: IntArray) -> KeyFrame:
    needed = analysis.clean.skeleton.indices(
        *(f"{side}_{part}" for part in ("shoulder", "hip", "knee") for side in ("left", "right"))
    )
    sureness = analysis.clean.score[seen][:, needed].mean(axis=1)
    row = seen[np.flatnonzero(sureness >= CLEAR_SHARE * np.percentile(sureness, 90))[0]]
    words = "Check the letters: L must be on the person's own left. If they are swapped, use --mirrored."
    return _key(analysis, "first", int(row), None, words, "first")


# ---------------------------------------------------------------------------------------------------- both legs


def _matched(analysis: Analysis, seen: IntArray) -> list[KeyFrame]:
    """The pictures that stand side by side at the top of the page."""
    found = same_depth(analysis)
    if found is None:
        return []
    reps = {rep.index: rep for rep in counted_reps(analysis)}
    return [_matched_one(analysis, seen, found, one, reps[one.rep]) for one in found.instants]


def _matched_one(analysis: Analysis, seen: IntArray, depth: SameDepth, one: LegInstant, rep: Rep) -> KeyFrame:
    legs = "Both legs" if one.side is None else f"{one.side.capitalize()} leg"
    where = depth.basis
    if depth.depth_deg is not None:
        where = f"at {'about ' if depth.coarse else ''}{depth.depth_deg:.0f}° of knee bend, {depth.basis}"
    name = "both_legs" if one.side is None else f"{one.side}_leg"
    name += "_in_the_hold" if rep.kind == "hold" else "_same_depth" if depth.depth_deg is not None else "_at_the_bottom"
    words = f"{legs}, {where} ({rep_name(rep)})."
    key = _key(analysis, name, _row(analysis, seen, one.time_s), rep.index, words, "matched")
    return replace(key, side=one.side)


# ---------------------------------------------------------------------------------------------------- repetitions


def _bottoms(analysis: Analysis, seen: IntArray) -> list[KeyFrame]:
    legs = standing_legs(analysis)
    if not legs:
        return _ends(analysis, seen, None)
    return [key for side in legs for key in _ends(analysis, seen, side)]


def _ends(analysis: Analysis, seen: IntArray, leg: Side | None) -> list[KeyFrame]:
    """The two ends of a set, or the only repetition."""
    reps = counted_reps(analysis, leg)
    if not reps:
        return []
    order = order_of(analysis, reps, leg)
    if order is None:
        return _only(analysis, seen, reps, leg)
    keys = []
    ranking = order.ranking
    ends: tuple[tuple[Kind, tuple[Rep, Measure], str, str, str], ...] = (
        ("best", order.first, ranking.first, ranking.marks[0], ranking.names[0]),
        ("worst", order.last, ranking.last, ranking.marks[1], ranking.names[1]),
    )
    for kind, (rep, measure), words, mark, name in ends:
        named = f"{_leg(leg)}{rep_name(rep)}"
        named = named[0].upper() + named[1:] + ("" if order.alike else f", {words}")
        stem = "bottom" if order.alike else name
        key = _turn(analysis, seen, rep, stem, f"{named}. {sentence(measure)}", leg)
        keys.append(replace(key, kind=kind, ranked_as=words, mark=mark, alike=order.alike))
    if order.alike:
        keys[1] = replace(keys[1], caption=f"{keys[1].caption} {ALIKE}")
    return keys


def _leg(side: Side | None) -> str:
    return "" if side is None else f"{side} leg, "


def _only(analysis: Analysis, seen: IntArray, reps: Sequence[Rep], leg: Side | None) -> list[KeyFrame]:
    """The first of repetitions that nothing ranks. A leg that already has its picture in a hold needs no other."""
    if reps[0].kind == "hold":
        return []
    of = f" of {len(reps)}" if leg is None else ""
    words = f"{_leg(leg)}{rep_name(reps[0])}{of}, at its turn."
    return [_turn(analysis, seen, reps[0], "bottom", words[0].upper() + words[1:], leg)]


def _turn(analysis: Analysis, seen: IntArray, rep: Rep, stem: str, caption: str, leg: Side | None) -> KeyFrame:
    row = _row(analysis, seen, _turn_s(analysis, rep))
    name = f"{'' if leg is None else f'{leg}_leg_'}{stem}_{'hold' if rep.kind == 'hold' else 'rep'}_{rep.index}"
    return replace(_key(analysis, name, row, rep.index, caption, "bottom"), side=leg)


def _turn_s(analysis: Analysis, rep: Rep) -> float:
    """The deepest point; of a movement that begins there, a third of the way up, where the trunk is bent most."""
    if analysis.movement.label in RISING and "top" in rep.instants:
        return 0.65 * rep.start_s + 0.35 * rep.instants["top"]
    return rep.instants.get("bottom", 0.5 * (rep.start_s + rep.end_s))


# ---------------------------------------------------------------------------------------------------- clinical scales


def _items(analysis: Analysis, seen: IntArray, planned: Sequence[KeyFrame]) -> list[KeyFrame]:
    """A picture for every fault of a scale that no planned picture shows, faults of scored items first."""
    keys: list[KeyFrame] = []
    shown = [item for item in analysis.criteria if item.met and item.time_s is not None]
    for item in sorted(shown, key=lambda item: not item.verified):
        if len(keys) < ITEMS_MAX and frame_of_item([*planned, *keys], item) is None:
            keys.append(_item(analysis, seen, item, planned, keys))
    return keys


def _item(
    analysis: Analysis, seen: IntArray, item: Criterion, planned: Sequence[KeyFrame], keys: Sequence[KeyFrame]
) -> KeyFrame:
    at = [f"{item.side} leg"] if item.side else []
    at += [f"repetition {item.rep}"] if item.rep is not None else []
    words = f"{item.says}{f' ({listed(at)})' if at else ''}."
    name = "_".join([*([f"{item.side}_leg"] if item.side else []), _file_word(item.id)])
    taken = {key.name for key in (*planned, *keys)}
    name = next(n for n in (name, *(f"{name}_{count}" for count in range(2, 99))) if n not in taken)
    key = _key(analysis, name, _row(analysis, seen, item.time_s or 0.0), item.rep, words, "item")
    return replace(key, side=item.side)


def _file_word(id: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in id.lower())


# ---------------------------------------------------------------------------------------------------- small things


def _samples(analysis: Analysis, seen: IntArray) -> list[KeyFrame]:
    if compares_legs(analysis):
        return []
    rows = sorted({int(seen[round(share * (len(seen) - 1))]) for share in SAMPLES})
    times = [analysis.poses.media_time_s[row] for row in rows]
    return [
        _key(analysis, f"sample_{number}", row, None, f"At {time_s:.1f} s.", "sample")
        for number, (row, time_s) in enumerate(zip(rows, times, strict=True), start=1)
    ]


def _row(analysis: Analysis, seen: IntArray, time_s: float) -> int:
    return int(seen[np.argmin(np.abs(analysis.clean.time_s[seen] - time_s))])


def _key(analysis: Analysis, name: str, row: int, rep: int | None, caption: str, kind: Kind) -> KeyFrame:
    time_s, media_time_s = float(analysis.clean.time_s[row]), float(analysis.poses.media_time_s[row])
    return KeyFrame(name, time_s, media_time_s, rep, caption, kind)
