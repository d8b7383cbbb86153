"""Whether two repetitions of one clip differ by more than noise."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from vidgait.measures.catalogue import CATALOGUE

if TYPE_CHECKING:
    from vidgait.types import Measure

__all__ = ["resolvable_difference"]


def resolvable_difference(measures: Iterable[Measure], first: Measure, second: Measure) -> float:
    """The difference between two repetitions of one measure and side above which it is real.

    Taken from the measure's own range over the set, in which the errors that all repetitions share cancel; without
    one, both noises count in full."""
    ids = {spec.id for spec in CATALOGUE if spec.reading == "range" and spec.parent == first.id}
    for measure in measures:
        if measure.id in ids and measure.side == first.side and measure.noise is not None:
            return measure.noise
    return math.hypot(first.noise or 0.0, second.noise or 0.0)
