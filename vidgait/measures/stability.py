"""How quietly somebody stands and moves on one leg: sway, time to stabilise, and the composite index.

A measure whose reading is `window` names its function in WINDOWS, one whose reading is `index` in INDICES; the engine
gives both noise, model term, bound, grade and reasons as it does for every other measure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from vidgait.measures.control_index import INDEX_LABEL, REQUIRED, frontal_control_index, index_model_sd
from vidgait.measures.spec import HOLDS, ON_ONE_LEG, MeasureSpec
from vidgait.measures.sway import (
    HEIGHT_SERIES,
    KNEE_SERIES,
    MASS_SERIES,
    PELVIS_SERIES,
    knee_sway,
    pelvis_sway,
    time_to_stabilise,
)

if TYPE_CHECKING:
    from vidgait.measures.draws import RepDraws
    from vidgait.types import FloatArray, Rep, Side

__all__ = ["INDEX_MODELS", "INDICES", "STABILITY", "WINDOWS", "IndexModel", "IndexReading", "WindowReading"]

WindowReading = Callable[["RepDraws", "Side | None", "Rep"], "FloatArray"]
"""One repetition in all draws -> (D, 1), NaN where it cannot be read. Pure. `RepDraws.values` holds the series that
the spec names in `series` and `also_reads`, (D, T) each, by (name, side); `RepDraws.instants` (D, 1) by name. To say
why there is no value raise `functions.UnreadableError` with words that begin "not measurable" or "not resolvable"."""
IndexReading = Callable[[Mapping[str, "FloatArray"]], "FloatArray"]
"""The columns (D, R) of the spec's `parts` and `optional_parts` by id -> (D, R). Pure, repetition by repetition.
Optional parts without a value are NaN, or absent where the clip has none."""

IndexModel = Callable[[Mapping[str, "FloatArray"], Mapping[str, "FloatArray"]], "FloatArray"]
"""Columns of the parts (D, R) and one SD of their model terms (R,), by id -> one SD (R,) of the index beyond its noise:
what parts share is in it once."""

_STUDY = "No published value is comparable: other bands, other cameras. Compare with the same person."

STABILITY: tuple[MeasureSpec, ...] = (
    MeasureSpec(
        "knee_sway",
        "Knee sway",
        "% leg length",
        "",
        "frontal",
        "window",
        "The {side} knee sways from side to side by {value} ± {error} % of leg length.",
        "Root mean square of the knee's sideways movement between 1 and 6 times a second over the repetition, without "
        "what goes with the bend; the points' own noise is taken off, and a sway of less than twice that is not given.",
        "Not balance, and not a muscle. " + _STUDY,
        series=KNEE_SERIES,
        also_reads=(HEIGHT_SERIES,),
        sided=True,
        movements=ON_ONE_LEG,
        instant="",
        leaks=True,
        coarse=1.0,
    ),
    MeasureSpec(
        "pelvis_sway_hold",
        "Pelvis sway while standing on one leg",
        "% body height",
        "",
        "frontal",
        "window",
        "Standing on the {side} leg, the pelvis sways by {value} ± {error} % of body height (SD).",
        "Standard deviation of mid-hip beside the standing ankle over the hold; the points' own noise is taken off, "
        "and a sway of less than twice that is not given.",
        "Not balance, and not a force. " + _STUDY,
        series=PELVIS_SERIES,
        sided=True,
        movements=HOLDS,
        instant="",
        needs=("hip", "ankle"),
        coarse=1.0,
    ),
    MeasureSpec(
        "time_to_stabilise",
        "Time to stabilise",
        "s",
        "",
        "frontal",
        "window",
        "On the {side} leg the body comes to rest {value} ± {error} s after the other foot leaves the floor.",
        "From when the free foot has left the floor until the centre of mass (de Leva 1996, head and arms carried with "
        "the trunk) stays within three SDs, or 1 % of body height, of its final place and slower than 0.05 m/s for a "
        "second, sideways.",
        "Not the time to stabilise of a force plate, whose values cannot be carried over. " + _STUDY,
        series=MASS_SERIES,
        sided=True,
        movements=HOLDS,
        instant="",
        needs=("shoulder", "hip", "knee", "ankle"),
        coarse=1.0,
    ),
    MeasureSpec(
        "frontal_control_index",
        INDEX_LABEL,
        "points",
        "100 is at or below the mean of people without pain in every part, 0 three SDs beyond in every part",
        "frontal",
        "index",
        "The frontal control index of the {side} leg is {value} ± {error} of 100; compare with yourself only.",
        "Weighted mean of scores for pelvic drop (0.25), trunk lean (0.20), hip adduction (0.25) and knee position "
        "(0.15); each scores 100 up to the mean of people without pain and 0 from three SDs beyond (Nakagawa 2012 in a "
        "3-D laboratory; Herrington 2014, women, by hand). Sway would join (0.05 each) against the person's own "
        "baseline; none is given, so it is left out.",
        "Not a classification and not a norm: the scores of people with and without pain overlap widely, the anchors "
        "come from other methods, and the weights are opinion. Never read it without its parts.",
        sided=True,
        movements=ON_ONE_LEG,
        instant="",
        parts=REQUIRED,
        optional_parts=("fppa_bottom",),
        leaks=True,
        coarse=25.0,
    ),
)
WINDOWS: Mapping[str, WindowReading] = {
    "knee_sway": knee_sway,
    "pelvis_sway_hold": pelvis_sway,
    "time_to_stabilise": time_to_stabilise,
}
INDICES: Mapping[str, IndexReading] = {"frontal_control_index": frontal_control_index}
INDEX_MODELS: Mapping[str, IndexModel] = {"frontal_control_index": index_model_sd}
