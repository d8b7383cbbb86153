"""The composite of the specification, section 3.3, on numbers whose answer is known by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vidgait.measures.control_index import (
    BASELINE_PARTS,
    NO_BASELINE,
    PARTS,
    REQUIRED,
    Baseline,
    frontal_control_index,
    index_model_sd,
    index_parts,
    index_with_model_error,
    sub_score,
)
from vidgait.types import Measure

PFP_MEANS = {
    "pelvic_drop_bottom": 10.3,
    "trunk_lean_stance_bottom": 9.3,
    "hip_adduction_bottom": 14.8,
    "fppa_bottom": 16.8,
}
"""Of people with patellofemoral pain (Nakagawa 2012, Herrington 2014): the specification's own check."""


def columns(**values: float) -> dict[str, np.ndarray]:
    return {name: np.full((1, 1), value) for name, value in values.items()}


def index_of(**values: float) -> float:
    return float(frontal_control_index(columns(**values))[0, 0])


def measure(id: str, value: float | None, error: float = 3.0, rep: int | None = None, side: str = "left") -> Measure:
    why_none = None if value is not None else "not measurable from the side"
    return Measure(id, id, value, "deg", side, rep, 1, error / 2, error, grade="B", why_none=why_none)


def test_the_weights_are_those_of_the_specification() -> None:
    assert [part.weight for part in PARTS] == [0.25, 0.20, 0.25, 0.15, 0.05, 0.05, 0.05]
    assert sum(part.weight for part in PARTS) == pytest.approx(1.0)
    assert REQUIRED == ("pelvic_drop_bottom", "trunk_lean_stance_bottom", "hip_adduction_bottom")


def test_anchors_are_control_mean_and_three_sds_beyond() -> None:
    controls = {"pelvic_drop_bottom": (7.4, 3.8), "trunk_lean_stance_bottom": (6.7, 3.0)}
    controls |= {"hip_adduction_bottom": (10.8, 5.6), "fppa_bottom": (8.4, 5.1)}
    for part in PARTS[:4]:
        mean, sd = controls[part.measure]
        assert (part.full, part.zero) == (mean, pytest.approx(mean + 3 * sd))


def test_sub_scores_of_people_with_pain_are_those_of_the_worked_check() -> None:
    scores = [float(sub_score(np.array(PFP_MEANS[part.measure]), part.full, part.zero)) for part in PARTS[:4]]
    assert [round(score) for score in scores] == [75, 71, 76, 45]
    weighted = (0.25 * 74.56 + 0.20 * 71.11 + 0.25 * 76.19 + 0.15 * 45.10) / 0.85
    assert index_of(**PFP_MEANS) == pytest.approx(weighted, abs=0.02)


def test_scores_stop_at_both_anchors() -> None:
    assert sub_score(np.array([-5.0, 7.4, 13.1, 18.8, 40.0]), 7.4, 18.8) == pytest.approx([100, 100, 50, 0, 0])


def test_a_lean_either_way_counts_and_a_hike_does_not() -> None:
    level = {**PFP_MEANS, "pelvic_drop_bottom": 0.0}
    assert index_of(**{**level, "trunk_lean_stance_bottom": -9.3}) == pytest.approx(index_of(**level))
    assert index_of(**{**level, "pelvic_drop_bottom": -15.0}) == pytest.approx(index_of(**level))


@pytest.mark.parametrize("lost", REQUIRED)
def test_no_index_without_one_of_the_first_three(lost: str) -> None:
    assert np.isnan(index_of(**{**PFP_MEANS, lost: np.nan}))
    rest = {name: value for name, value in PFP_MEANS.items() if name != lost}
    assert np.isnan(index_of(**rest))


def test_without_fppa_the_other_weights_carry_it() -> None:
    expected = (0.25 * 74.561 + 0.20 * 71.111 + 0.25 * 76.190) / 0.70
    assert index_of(**{**PFP_MEANS, "fppa_bottom": np.nan}) == pytest.approx(expected, abs=0.01)
    rest = {name: value for name, value in PFP_MEANS.items() if name != "fppa_bottom"}
    assert index_of(**rest) == pytest.approx(expected, abs=0.01)


def test_sway_enters_only_against_a_baseline() -> None:
    without = index_of(**PFP_MEANS)
    values = columns(**PFP_MEANS, knee_sway=1.3)
    assert float(frontal_control_index(values)[0, 0]) == pytest.approx(without)
    own = {"knee_sway": Baseline(1.0, 0.2)}  # 1.3 is half way from the mean to three SDs beyond
    expected = (0.85 * without + 0.05 * 50) / 0.90
    assert float(frontal_control_index(values, own)[0, 0]) == pytest.approx(expected)
    assert float(frontal_control_index(values, {"knee_sway": Baseline(1.0, 0.0)})[0, 0]) == pytest.approx(without)


def draws_of(sd: dict[str, float], count: int = 4001, seed: int = 1, **values: float) -> dict[str, np.ndarray]:
    """Independent normal draws around each value."""
    rng = np.random.default_rng(seed)
    found = {}
    for name, value in values.items():
        column = value + sd.get(name, 0.0) * rng.standard_normal((count, 1))
        column[0] = value
        found[name] = column
    return found


def test_draws_give_the_formula_of_the_specification() -> None:
    """u = sqrt(sum((w 100 / (b - a))^2 u_i^2)) / sum(w), for parts inside their anchors and small errors."""
    sd = {"pelvic_drop_bottom": 0.5, "trunk_lean_stance_bottom": 0.4, "hip_adduction_bottom": 0.6, "fppa_bottom": 0.7}
    slopes = [(part.weight * 100 / (part.zero - part.full) * sd[part.measure]) ** 2 for part in PARTS[:4]]
    expected = np.sqrt(sum(slopes)) / 0.85
    assert frontal_control_index(draws_of(sd, **PFP_MEANS))[1:].std() == pytest.approx(expected, rel=0.05)


def test_a_thigh_error_shared_by_two_parts_weighs_more_than_two_apart() -> None:
    """Hip adduction and FPPA hold the same thigh: errors of both add up instead of averaging out."""
    thigh = np.random.default_rng(0).standard_normal((4001, 1))
    thigh[0] = 0.0
    values = {name: np.full((4001, 1), value) for name, value in PFP_MEANS.items()}
    values["hip_adduction_bottom"] = values["hip_adduction_bottom"] + thigh
    values["fppa_bottom"] = values["fppa_bottom"] + thigh
    together = (0.25 * 100 / 16.8 + 0.15 * 100 / 15.3) / 0.85
    assert frontal_control_index(values)[1:].std() == pytest.approx(together, rel=0.05)


def test_model_errors_share_pelvis_and_thigh() -> None:
    values = {name: np.full((20001, 2), value) for name, value in PFP_MEANS.items()}
    sd = {"pelvic_drop_bottom": 0.3, "hip_adduction_bottom": 0.5, "trunk_lean_stance_bottom": 0.2, "fppa_bottom": 0.4}
    found = index_with_model_error(values, sd)
    assert found[0] == pytest.approx(frontal_control_index(values)[0])
    assert found[:, 0] == pytest.approx(found[:, 1])  # the same error in every repetition
    w, x, y, z = (part.weight * 100 / (part.zero - part.full) for part in PARTS[:4])
    pelvis = w * 0.3 + y * 0.3
    thigh = y * 0.4 + z * 0.4 / np.sqrt(2)
    expected = np.sqrt(pelvis**2 + thigh**2 + (x * 0.2) ** 2 + (z * 0.4) ** 2 / 2) / 0.85
    assert found[1:].std() == pytest.approx(expected, rel=0.03)


def test_more_error_gives_a_wider_index() -> None:
    values = {name: np.full((2001, 1), value) for name, value in PFP_MEANS.items()}
    sds = [dict.fromkeys(PFP_MEANS, size) for size in (0.5, 1.0, 2.0)]
    spreads = [index_with_model_error(values, sd)[1:].std() for sd in sds]
    assert spreads[0] < spreads[1] < spreads[2]


def test_the_model_term_of_the_index_by_repetition() -> None:
    """A repetition below every anchor can only be judged too well, one without an index has no error."""
    rows = [(PFP_MEANS[name], 0.0, np.nan if name == "pelvic_drop_bottom" else 10.0) for name in PFP_MEANS]
    values = {name: np.tile(row, (2001, 1)) for name, row in zip(PFP_MEANS, rows, strict=True)}
    small, large = ({name: np.full(3, sd) for name in PFP_MEANS} for sd in (0.4, 8.0))
    inside, below, none = index_model_sd(values, small)
    slopes = [part.weight * 100 / (part.zero - part.full) * 0.4 for part in PARTS[:4]]
    # With equal SDs hip adduction errs by the pelvis alone, and FPPA by half thigh and half shank.
    expected = np.sqrt((slopes[0] + slopes[2]) ** 2 + slopes[1] ** 2 + slopes[3] ** 2) / 0.85
    assert inside == pytest.approx(expected, rel=0.1)
    assert below == pytest.approx(0.0)
    assert none == 0.0
    assert index_model_sd(values, large)[1] > 1.0
    assert index_model_sd({name: value[:1] for name, value in values.items()}, large) == pytest.approx(np.zeros(3))


def test_noise_and_model_term_together_reach_further_than_each_alone() -> None:
    """Each alone stays below the anchors here; both together do not."""
    at = {"pelvic_drop_bottom": 5.0, "trunk_lean_stance_bottom": 0.0, "hip_adduction_bottom": 5.0, "fppa_bottom": 0.0}
    values = draws_of({"pelvic_drop_bottom": 1.0}, **at)
    assert np.ptp(np.percentile(frontal_control_index(values), [2.5, 97.5])) < 0.3
    model = {"pelvic_drop_bottom": np.array([1.0])}
    quiet = {name: np.repeat(value[:1], len(value), axis=0) for name, value in values.items()}
    assert index_model_sd(values, model)[0] > index_model_sd(quiet, model)[0]


def test_the_bars_show_parts_in_their_own_units() -> None:
    measures = [measure(name, value) for name, value in PFP_MEANS.items()]
    bars = index_parts(measures, "left")
    assert [bar.measure for bar in bars] == [part.measure for part in PARTS]
    assert [round(bar.score) for bar in bars[:4]] == [75, 71, 76, 45]
    assert [bar.value for bar in bars[:4]] == list(PFP_MEANS.values())
    assert all(bar.error == 3.0 and bar.unit == "deg" for bar in bars[:4])
    assert sum(bar.share for bar in bars if bar.share is not None) == pytest.approx(1.0)
    assert all(bar.why_none == NO_BASELINE and bar.score is None for bar in bars if bar.measure in BASELINE_PARTS)
    assert all("2012" in bar.source or "2014" in bar.source for bar in bars[:4])


def test_the_bars_say_why_a_part_is_left_out() -> None:
    measures = [measure(name, value) for name, value in PFP_MEANS.items()]
    measures[3] = measure("fppa_bottom", None)
    bar = index_parts(measures, "left")[3]
    assert (bar.score, bar.value, bar.share, bar.why_none) == (None, None, None, "not measurable from the side")
    assert index_parts(measures, "right")[0].why_none == "not measured in this movement"


def test_the_bars_of_one_repetition_and_a_baseline() -> None:
    measures = [measure(name, value, rep=2) for name, value in PFP_MEANS.items()]
    measures.append(replace(measure("knee_sway", 1.3, 0.2, rep=2), unit="% leg length"))
    bars = index_parts(measures, "left", 2, {"knee_sway": Baseline(1.0, 0.2)})
    sway = next(bar for bar in bars if bar.measure == "knee_sway")
    assert (sway.score, sway.full, sway.zero) == (pytest.approx(50), 1.0, pytest.approx(1.6))
    assert sway.share == pytest.approx(0.05 / 0.90)
