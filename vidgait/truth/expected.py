"""The true value of a measure: the catalogue's own reading, applied to true series at true instants.

So a difference from the truth is an error of what was seen or of when it was read, never of a definition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.standing import POINTS, SIDES
from vidgait.measures import CATALOGUE, functions, spec_of
from vidgait.measures.draws import RepDraws, standing_s, upright_s
from vidgait.measures.engine import SPEED_SERIES, TIMES
from vidgait.measures.patterns import label_of
from vidgait.measures.stability import INDICES, WINDOWS
from vidgait.types import Rep

if TYPE_CHECKING:
    from vidgait.measures import MeasureSpec
    from vidgait.truth.reference import Reference
    from vidgait.types import FloatArray, RepKind, Side

__all__ = ["TrueMoments", "between_legs", "over_set", "true_pattern", "true_value"]

_SEARCH_STEPS = 201
"""How finely a repetition is searched for its fastest moment."""
_MATCHED = "knee_"
"""Instants at which the knee passes so many degrees on the way down."""


@dataclass(frozen=True, slots=True)
class TrueMoments:
    """When to read one repetition."""

    sharp: Mapping[str, float]
    """Its true instants, by name."""
    found: Mapping[str, float]
    """Those that the analysis found: they stand in for instants without a sharp definition, never for durations."""
    leg: Side | None = None
    """That it is done on."""
    kind: str = "rep"

    @property
    def known(self) -> Mapping[str, float]:
        return {**self.found, **self.sharp}

    @property
    def held_s(self) -> tuple[float, float] | None:
        """From where the free foot has come to rest to where it is lowered."""
        known = self.known
        first, last = known.get("lifted", known.get("start")), known.get("lowered", known.get("end"))
        return None if first is None or last is None or last <= first else (first, last)


def true_value(reference: Reference, spec: MeasureSpec, side: Side | None, moments: TrueMoments) -> float | None:
    """The true value of `spec` in one repetition, or None where the reference does not know it."""
    if spec.reading == "time":
        sharp = moments.sharp
        pair = next((pair for pair in TIMES[spec.id] if set(pair) <= set(sharp)), None)
        return None if pair is None else max(sharp[pair[1]] - sharp[pair[0]], 0.0)
    if spec.reading in ("left_right", "both_legs"):
        left, right = (true_value(reference, spec_of(spec.parent), leg, moments) for leg in SIDES)
        if left is None or right is None:
            return None
        return left - right if spec.reading == "left_right" else (left + right) / 2
    if spec.reading == "window":
        return _window(reference, spec, side, moments)
    if spec.reading == "index":
        return _index(reference, spec, side, moments)
    series = reference.series.get((spec.series, side))
    return None if series is None else _of_series(reference, spec, moments, series)


def _of_series(reference: Reference, spec: MeasureSpec, moments: TrueMoments, series: FloatArray) -> float | None:
    if spec.reading in ("hold", "slope"):
        if moments.held_s is None:
            return None
        over = functions.mean_over if spec.reading == "hold" else functions.slope_over
        try:
            return _number(over(series[None], reference.time_s, *moments.held_s))
        except functions.UnreadableError:
            return None
    instants = moments.known
    if spec.series == SPEED_SERIES:
        return _fastest(reference.time_s, -series, instants, spec.half_window_s)
    at_s = instants.get(spec.instant)
    if spec.instant == "upright":
        lean = reference.series.get(("trunk_lean_vertical_deg", None))
        at_s = None if lean is None or "end" not in instants else upright_s(lean, reference.time_s, instants["end"])
    if spec.instant.startswith(_MATCHED):
        at_s = _matched_s(reference, moments, float(spec.instant.removeprefix(_MATCHED)))
    if at_s is None:
        return None
    counted_from_s = _standing_s(reference, instants) if spec.reading == "change" else None
    return _read(reference.time_s, series, at_s, spec.half_window_s, counted_from_s)


def _standing_s(reference: Reference, instants: Mapping[str, float]) -> float | None:
    """What a change is counted from: the full stand of a chair stand, or the standing before the start."""
    height, start_s = reference.series.get(("hip_height_leg_lengths", None)), instants.get("start")
    if "top" in instants or start_s is None or height is None:
        return instants.get("top", start_s)
    return standing_s(height, reference.time_s, start_s)


def over_set(spec: MeasureSpec, values: Sequence[float]) -> float | None:
    """What the catalogue makes of the true values of the repetitions: their median, or how they differ."""
    column = np.array(values, float)[None]
    over = {"spread": functions.spread_of, "range": functions.range_of, "drift": functions.drift_per_rep}
    return _number(over.get(spec.reading, functions.median_of)(column)) if column.size else None


def between_legs(values: Mapping[Side, Sequence[float]]) -> float | None:
    """The median of the repetitions on the left leg less that of those on the right one; None without both."""
    if not all(values.get(side) for side in SIDES):
        return None
    return float(np.median(values["left"]) - np.median(values["right"]))


def true_pattern(values: Mapping[str, float]) -> str | None:
    """The label of true values by measure; None where one lacks, or where the rules name nothing."""
    needed = ("pelvic_drop_bottom", "trunk_lean_stance_bottom", "fppa_bottom")
    known = [values[name] for name in needed if name in values]
    return label_of(*known) if len(known) == len(needed) else None


def _number(values: FloatArray) -> float | None:
    value = float(values.reshape(-1)[0])
    return value if np.isfinite(value) else None


def _read(
    time_s: FloatArray, series: FloatArray, at_s: float, half_window_s: float, standing_s: float | None
) -> float | None:
    at, rows = np.array([[at_s]]), series[None]
    if standing_s is None:
        return _number(functions.read_at(rows, time_s, at, half_window_s))
    return _number(functions.read_change(rows, time_s, at, np.array([[standing_s]]), half_window_s))


def _fastest(
    time_s: FloatArray, speed: FloatArray, instants: Mapping[str, float], half_window_s: float
) -> float | None:
    """The highest speed on the way up, as a mean over the catalogue's window."""
    first, last = instants.get("concentric_start"), instants.get("concentric_end", instants.get("end"))
    if first is None or last is None or last <= first:
        return None
    at = np.linspace(first, last, _SEARCH_STEPS)[None]
    read = functions.read_at(speed[None], time_s, at, half_window_s)
    return float(np.nanmax(read)) if np.isfinite(read).any() else None


def _matched_s(reference: Reference, moments: TrueMoments, bend_deg: float) -> float | None:
    """When the knee of the repetition's leg, or both by their mean, last passes `bend_deg` on the way down."""
    legs = SIDES if moments.leg is None else (moments.leg,)
    flexion = [reference.series.get(("knee_flexion_deg", side)) for side in legs]
    start_s, low_s = moments.known.get("start"), moments.known.get("bottom")
    known = [one for one in flexion if one is not None]
    if len(known) < len(legs) or start_s is None or low_s is None:
        return None
    return functions.passes_s(np.mean(known, axis=0), reference.time_s, start_s, low_s, bend_deg)


# --- made of several series or measures -------------------------------------------------------------------------------


def _window(reference: Reference, spec: MeasureSpec, side: Side | None, moments: TrueMoments) -> float | None:
    """The catalogue's own function of one repetition, given the true curves as if they were the only draw."""
    known = moments.known
    wanted = {spec.series, *spec.also_reads}
    values = {key: value[None] for key, value in reference.series.items() if key[0] in wanted}
    if not wanted <= {name for name, _ in values} or not {"start", "end"} <= set(known):
        return None
    rep = Rep(1, _KINDS.get(moments.kind, "rep"), known["start"], known["end"], moments.leg, known)
    seen = np.ones((reference.time_s.size, len(POINTS)))
    one = RepDraws(reference.time_s, values, {name: np.array([[at_s]]) for name, at_s in known.items()}, seen, seen)
    try:
        return _number(WINDOWS[spec.id](one, side, rep))
    except functions.UnreadableError:
        return None


_KINDS: Mapping[str, RepKind] = {"hold": "hold"}


def _index(reference: Reference, spec: MeasureSpec, side: Side | None, moments: TrueMoments) -> float | None:
    """The catalogue's own function of the true parts."""
    specs = {one.id: one for one in CATALOGUE}
    parts = {id: true_value(reference, specs[id], side, moments) for id in spec.parts if id in specs}
    if len(parts) < len(spec.parts) or None in parts.values():
        return None
    return _number(INDICES[spec.id]({id: np.array([[value]]) for id, value in parts.items()}))
