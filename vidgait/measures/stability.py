"""How quietly somebody stands and moves on one leg: sway, time to stabilise, and the composite index.

A measure whose reading is `window` names its function in WINDOWS, one whose reading is `index` in INDICES; the engine
gives both noise, model term, bound, grade and reasons as it does for every other measure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidgait.measures.draws import RepDraws
    from vidgait.measures.spec import MeasureSpec
    from vidgait.types import FloatArray, Rep, Side

__all__ = ["INDICES", "STABILITY", "WINDOWS", "IndexReading", "WindowReading"]

WindowReading = Callable[["RepDraws", "Side | None", "Rep"], "FloatArray"]
"""One repetition in all draws -> (D, 1), NaN where it cannot be read. Pure. `RepDraws.values` holds the series that
the spec names in `series` and `also_reads`, (D, T) each, by (name, side); `RepDraws.instants` (D, 1) by name. To say
why there is no value raise `functions.UnreadableError` with words that begin "not measurable" or "not resolvable"."""
IndexReading = Callable[[Mapping[str, "FloatArray"]], "FloatArray"]
"""The columns (D, R) of the spec's `parts` and `optional_parts` by id -> (D, R). Pure, repetition by repetition.
Optional parts without a value are NaN, or absent where the clip has none."""

STABILITY: tuple[MeasureSpec, ...] = ()
WINDOWS: Mapping[str, WindowReading] = {}
INDICES: Mapping[str, IndexReading] = {}
