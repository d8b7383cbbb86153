"""Clinical rating scales item by item, leg beside leg, each with the picture that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidgait.measures.criteria import TOTAL
from vidgait.outputs.keyframes import frame_of_item
from vidgait.outputs.legs import is_frontal
from vidgait.outputs.words import full_stop, listed, quantity

if TYPE_CHECKING:
    from vidgait.outputs.keyframes import KeyFrame
    from vidgait.types import Analysis, Criterion, Side

__all__ = ["ItemCell", "ItemRow", "ScaleTable", "scale_tables"]

TITLES = {
    "lateral_step_down": "Lateral step-down scale",
    "single_leg_squat_segments": "Single-leg squat, five segments",
    "crossley_single_leg_squat": "Single-leg squat, five domains",
    "trendelenburg": "Trendelenburg test",
}

NEAR_LIMIT = "within its error of"
NOT_VERIFIED = "not scored: the scale’s own rule was not read in its source"


@dataclass(frozen=True, slots=True)
class ItemCell:
    """One item on one leg."""

    seen: str
    """`seen`, `not seen` or `open`."""
    value: str
    points: str
    why: str
    picture: str
    """Name of the key frame that shows it, or nothing."""
    rep: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    says: str
    rule: str
    cells: tuple[ItemCell, ...]


@dataclass(frozen=True, slots=True)
class ScaleTable:
    title: str
    source: str
    note: str
    """Why nothing is scored, where nothing is."""
    scored: bool
    sides: tuple[Side | None, ...]
    rows: tuple[ItemRow, ...]
    totals: tuple[str, ...]
    """The sum of each leg, or why there is none; empty where the scale has no sum."""
    total_says: str


def scale_tables(analysis: Analysis, key_frames: Sequence[KeyFrame]) -> tuple[ScaleTable, ...]:
    """Every scale that was looked at, in the order of the analysis; from the side, where they are not made for, only
    those of which some item can be told."""
    by_scale: dict[str, list[Criterion]] = {}
    for item in analysis.criteria:
        by_scale.setdefault(item.scale, []).append(item)
    frontal = is_frontal(analysis)
    return tuple(
        _table(scale, items, key_frames)
        for scale, items in by_scale.items()
        if frontal or any(item.met is not None for item in items)
    )


def _table(scale: str, items: Sequence[Criterion], key_frames: Sequence[KeyFrame]) -> ScaleTable:
    singles = [item for item in items if item.id != TOTAL]
    sides = tuple(dict.fromkeys(item.side for item in items))
    ids = list(dict.fromkeys(item.id for item in singles))
    verified = all(item.verified for item in singles)
    scored = any(item.points is not None for item in singles) and verified
    totals = {item.side: item for item in items if item.id == TOTAL}
    return ScaleTable(
        title=TITLES.get(scale, scale.replace("_", " ").capitalize()),
        source=full_stop(listed(list(dict.fromkeys(item.source for item in items)))),
        note="" if verified else full_stop(NOT_VERIFIED),
        scored=scored,
        sides=sides,
        rows=tuple(_row([item for item in singles if item.id == id], sides, key_frames) for id in ids),
        totals=tuple(_total(totals.get(side)) for side in sides) if totals else (),
        total_says=next((item.says for item in totals.values()), ""),
    )


def _row(items: Sequence[Criterion], sides: Sequence[Side | None], key_frames: Sequence[KeyFrame]) -> ItemRow:
    by_side = {item.side: item for item in items}
    cells = tuple(_cell(by_side.get(side), key_frames) for side in sides)
    return ItemRow(items[0].says, items[0].rule, cells)


def _cell(item: Criterion | None, key_frames: Sequence[KeyFrame]) -> ItemCell:
    if item is None:
        return ItemCell("–", "", "", "", "", "")
    seen = "open" if item.met is None else "seen" if item.met else "not seen"
    key = frame_of_item(key_frames, item) if item.met else None
    return ItemCell(
        seen=seen,
        value="" if item.value is None else quantity(item.value, item.error, item.unit),
        points="" if item.points is None else f"{item.points} point{'' if item.points == 1 else 's'}",
        why=_why(item),
        picture="" if key is None else key.name,
        rep="" if item.rep is None or not item.met else f"repetition {item.rep}",
    )


def _why(item: Criterion) -> str:
    """Said per item only where the note of the whole scale does not say it; the number stands beside it."""
    if item.value is not None and NEAR_LIMIT in (item.why_none or ""):
        return f"{NEAR_LIMIT} the limit"
    return "" if not item.verified and item.met is not None else item.why_none or ""


def _total(item: Criterion | None) -> str:
    if item is None:
        return "–"
    return f"{item.points}" if item.points is not None else item.why_none or "no sum"
