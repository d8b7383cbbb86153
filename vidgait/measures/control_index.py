"""Frontal control as one number from 0 to 100: a transparent composite for comparing a person with themselves.

Source: biomechanics specification, section 3.3. Each part scores 100 up to the mean of pain-free people and 0 from
three standard deviations beyond, straight in between; the index is their weighted mean. The anchors are of other
methods than ours (3-D laboratories, angles drawn by hand) and the weights are opinion: it monitors, it does not
classify. Hip adduction holds pelvic drop and shares the thigh's angle with FPPA, so both weigh more than listed; that
is deliberate, and the error takes it into account because all parts come from the same draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vidgait.types import FloatArray, Measure, Side

__all__ = [
    "BASELINE_PARTS",
    "INDEX_LABEL",
    "NO_BASELINE",
    "PARTS",
    "REQUIRED",
    "Baseline",
    "IndexPart",
    "PartSpec",
    "frontal_control_index",
    "index_model_sd",
    "index_parts",
    "index_with_model_error",
    "sub_score",
]

INDEX_LABEL = "Frontal control: monitoring index, compare with yourself"
NO_BASELINE = "left out: it is scored against the person's own baseline, and none is given"
_NAKAGAWA = "mean and mean + 3 SD of 40 people without pain, single-leg squat, 3-D laboratory (Nakagawa 2012)"
_HERRINGTON = (
    "mean and mean + 3 SD of 30 women without pain, single-leg squat, drawn by hand (Herrington 2014); for men no "
    "checked values exist"
)
_OWN = "mean and mean + 3 SD of the person's own sessions"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a person usually shows of one measure: mean and standard deviation over their own sessions."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class PartSpec:
    """One part of the index."""

    measure: str
    """Id in the catalogue."""
    name: str
    weight: float
    full: float | None
    """Up to here it scores 100; None: at the person's own mean."""
    zero: float | None
    """From here on it scores 0."""
    source: str
    required: bool = False
    either_way: bool = False
    """Its size counts, whichever its direction."""


PARTS: tuple[PartSpec, ...] = (
    PartSpec("pelvic_drop_bottom", "Pelvic drop", 0.25, 7.4, 18.8, _NAKAGAWA, required=True),
    PartSpec("trunk_lean_stance_bottom", "Trunk lean", 0.20, 6.7, 15.7, _NAKAGAWA, required=True, either_way=True),
    PartSpec("hip_adduction_bottom", "Hip adduction", 0.25, 10.8, 27.6, _NAKAGAWA, required=True),
    PartSpec("fppa_bottom", "Knee position (FPPA)", 0.15, 8.4, 23.7, _HERRINGTON),
    PartSpec("knee_sway", "Knee sway", 0.05, None, None, _OWN),
    PartSpec("pelvis_sway_hold", "Pelvis sway in the hold", 0.05, None, None, _OWN),
    PartSpec("time_to_stabilise", "Time to stabilise", 0.05, None, None, _OWN),
)
"""In the order of the specification. Nakagawa 2012, controls: drop 7.4 +- 3.8, trunk lean 6.7 +- 3.0, hip adduction
10.8 +- 5.6; Herrington 2014: FPPA 8.4 +- 5.1 degrees."""
REQUIRED = tuple(part.measure for part in PARTS if part.required)
BASELINE_PARTS = tuple(part.measure for part in PARTS if part.full is None)


@dataclass(frozen=True, slots=True)
class IndexPart:
    """One bar: a part in its own unit and what it scores."""

    measure: str
    name: str
    value: float | None
    error: float | None
    unit: str
    score: float | None
    """0 to 100; None where it is left out."""
    weight: float
    share: float | None
    """Of the index, with the parts at hand; None where it is left out."""
    full: float | None
    zero: float | None
    source: str
    why_none: str | None = None


def sub_score(value: FloatArray, full: float, zero: float) -> FloatArray:
    """100 up to `full`, 0 from `zero` on (which may be larger or smaller), straight between. Any shape; NaN stays."""
    return np.asarray(100.0 * (1.0 - np.clip((value - full) / (zero - full), 0.0, 1.0)))


def frontal_control_index(
    values: Mapping[str, FloatArray], baseline: Mapping[str, Baseline] | None = None
) -> FloatArray:
    """(D, R) index, 0 to 100, of parts `values` (D, R) by measure id; draw 0 is the value.

    NaN in repetitions in which a required part has no value in draw 0, and everywhere where one is not given. A part
    that is not required is left out of those repetitions whose draw 0 lacks it, in all draws alike. Parts against a
    baseline enter only with a `Baseline` of more than no spread."""
    if any(name not in values for name in REQUIRED):
        shape = next((value.shape for value in values.values()), (1, 0))
        return np.full(shape, np.nan)
    shape = values[REQUIRED[0]].shape
    total, weights = np.zeros(shape), np.zeros(shape)
    for part in PARTS:
        anchors = _anchors(part, baseline)
        if part.measure not in values or anchors is None:
            continue
        read = values[part.measure]
        there = np.isfinite(read[:1])
        score = sub_score(np.abs(read) if part.either_way else read, *anchors)
        total += np.where(there, part.weight * score, np.nan if part.required else 0.0)
        weights += np.where(there, part.weight, 0.0)
    return np.asarray(total / np.where(weights > 0, weights, np.nan))


def index_model_sd(values: Mapping[str, FloatArray], model_sd: Mapping[str, FloatArray]) -> FloatArray:
    """(R,) what the model terms of the parts, one SD (R,) by measure id, add to the noise of the index of `values`
    (D, R): one SD, 0 where there is no index or there are no draws.

    Noise and model term are drawn together, as scores that end at 0 and 100 do not add up. An index of 100 can only be
    too high: the farther of both sides counts."""
    noisy = np.nan_to_num(frontal_control_index(values))
    if len(noisy) < 2:
        return np.zeros(noisy.shape[1])
    together = np.nan_to_num(index_with_model_error(values, model_sd))
    low, high = np.percentile(together[1:], [2.5, 97.5], axis=0)
    total = np.maximum(high - noisy[0], noisy[0] - low)
    noise = np.ptp(np.percentile(noisy[1:], [2.5, 97.5], axis=0), axis=0) / 2
    return np.asarray(np.sqrt(np.maximum(total**2 - noise**2, 0.0)) / 1.96)


def index_with_model_error(
    values: Mapping[str, FloatArray],
    model_sd: Mapping[str, FloatArray],
    baseline: Mapping[str, Baseline] | None = None,
    seed: int = 0,
) -> FloatArray:
    """(D, R) the index with what the pose network errs by (`model_sd`, one standard deviation (R,) by measure id) drawn
    into its parts, alike in all repetitions.

    One error of the pelvis is in drop and in hip adduction, one of the thigh in hip adduction and in FPPA, as in their
    definitions (hip adduction is the thigh's angle plus the drop), so parts do not err independently. Draw 0 stays."""
    draws = next((value.shape[0] for value in values.values()), 1)
    unit = np.random.default_rng([seed, 2]).standard_normal((7, draws, 1))
    unit[:, 0] = 0.0
    pelvis, trunk, thigh, shank, *own = unit
    sd = {part.measure: np.asarray(model_sd.get(part.measure, 0.0), float) for part in PARTS}
    drop_sd, hip_sd = sd["pelvic_drop_bottom"], sd["hip_adduction_bottom"]
    shared = np.minimum(drop_sd, hip_sd)
    shifts = {
        "pelvic_drop_bottom": drop_sd * pelvis,
        "trunk_lean_stance_bottom": sd["trunk_lean_stance_bottom"] * trunk,
        "hip_adduction_bottom": shared * pelvis + np.sqrt(hip_sd**2 - shared**2) * thigh,
        "fppa_bottom": sd["fppa_bottom"] * (thigh + shank) / np.sqrt(2.0),
    }
    shifts |= {name: sd[name] * one for name, one in zip(BASELINE_PARTS, own, strict=True)}
    return frontal_control_index({name: read + shifts[name] for name, read in values.items()}, baseline)


def _anchors(part: PartSpec, baseline: Mapping[str, Baseline] | None) -> tuple[float, float] | None:
    """Where it scores 100 and 0; None where that needs a baseline that is not there."""
    if part.full is not None and part.zero is not None:
        return part.full, part.zero
    own = (baseline or {}).get(part.measure)
    return (own.mean, own.mean + 3 * own.sd) if own is not None and own.sd > 0 else None


def index_parts(
    measures: Sequence[Measure],
    side: Side | None,
    rep: int | None = None,
    baseline: Mapping[str, Baseline] | None = None,
) -> tuple[IndexPart, ...]:
    """The bars of the index of one leg, for the set or one repetition: all seven, in order, those that are left out
    with the reason. Sub-scores are of the values shown; that of the set is of the set's medians, while the index is
    the median of the repetitions' indices, so their weighted mean may differ from it a little."""
    found = {one.measure: _bar(one, measures, side, rep, baseline) for one in PARTS}
    at_hand = sum(bar.weight for bar in found.values() if bar.score is not None)
    return tuple(_with_share(bar, at_hand) for bar in found.values())


def _with_share(bar: IndexPart, at_hand: float) -> IndexPart:
    return replace(bar, share=bar.weight / at_hand if bar.score is not None else None)


def _bar(
    part: PartSpec,
    measures: Sequence[Measure],
    side: Side | None,
    rep: int | None,
    baseline: Mapping[str, Baseline] | None,
) -> IndexPart:
    one = next((each for each in measures if (each.id, each.side, each.rep) == (part.measure, side, rep)), None)
    anchors = _anchors(part, baseline)
    score, why_none = None, None
    if one is None or one.value is None:
        why_none = (one.why_none if one else None) or "not measured in this movement"
    if anchors is None:
        why_none = NO_BASELINE
    elif one is not None and one.value is not None:
        score = float(sub_score(np.array(abs(one.value) if part.either_way else one.value), *anchors))
    full, zero = anchors or (None, None)
    return IndexPart(
        part.measure,
        part.name,
        one.value if one else None,
        one.error if one else None,
        one.unit if one else "",
        score,
        part.weight,
        None,
        full,
        zero,
        part.source,
        why_none,
    )
