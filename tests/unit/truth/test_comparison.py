"""What a comparison must find when every difference is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support.validation import (
    TIME_S,
    analysis_of,
    measure,
    reference_of_series,
    squat_rep,
    true_squat_rep,
    wave,
)
from vidgait.kinematics.pelvis import PELVIC_ROLL
from vidgait.truth.accuracy import Reps, Row, combined, reps_of, rows_of
from vidgait.truth.comparison import NOT_COUNTED, compare
from vidgait.truth.reference import TrueRep, at_times
from vidgait.truth.results import ClipCheck
from vidgait.types import Evidence, Pattern, Rep, Side

KNEE = ("knee_flexion_deg", "left")
FAR_KNEE = ("knee_flexion_deg", "right")
FPPA = ("fppa_deg", "left")


def row(check: ClipCheck, kind: str, id: str, leg: str | None = None) -> Row:
    return next(one for one in rows_of(check) if (one.kind, one.id, one.leg) == (kind, id, leg))


def test_a_curve_two_degrees_too_high_has_a_bias_of_two() -> None:
    truth = wave(TIME_S)
    check = compare("clip", analysis_of(series={KNEE: truth + 2.0}), reference_of_series({KNEE: truth}))
    found = row(check, "series", "knee_flexion_deg", "near")
    assert found.n == TIME_S.size
    assert (found.bias, found.mae, found.mae_without_offset) == pytest.approx((2.0, 2.0, 0.0))
    assert found.wrong_signs == 0
    assert found.answered_inside_share == 1.0


def test_errors_that_cancel_have_no_bias_but_a_size() -> None:
    truth = np.full(TIME_S.shape, 20.0)
    off = np.where(np.arange(TIME_S.size) % 2, 3.0, -3.0)
    check = compare("clip", analysis_of(series={KNEE: truth + off}), reference_of_series({KNEE: truth}))
    found = row(check, "series", "knee_flexion_deg", "near")
    assert (found.bias, found.mae) == pytest.approx((0.0, 3.0))


def test_only_shown_frames_count_and_missing_ones_are_said() -> None:
    truth = wave(TIME_S)
    shown = truth + 1.0
    shown[: TIME_S.size // 2] = np.nan
    check = compare("clip", analysis_of(series={KNEE: shown}), reference_of_series({KNEE: truth}))
    found = row(check, "series", "knee_flexion_deg", "near")
    assert found.n == TIME_S.size - TIME_S.size // 2
    assert found.answered_inside_share == pytest.approx(0.5)


def test_a_wrong_sign_is_one_only_where_the_true_angle_is_above_three_degrees() -> None:
    truth = np.zeros(TIME_S.shape)
    truth[:10], truth[10:30], truth[30:40] = 2.9, 5.0, -5.0
    check = compare(
        "clip",
        analysis_of("front", series={FPPA: np.full(TIME_S.shape, -1.0)}),
        reference_of_series({FPPA: truth}, "front"),
    )
    found = row(check, "series", "fppa_deg")
    assert (found.signed, found.wrong_signs) == (30, 20)


def test_near_and_far_leg_have_rows_of_their_own() -> None:
    truth = wave(TIME_S)
    shown = {KNEE: truth + 1.0, FAR_KNEE: truth + 6.0}
    check = compare(
        "clip", analysis_of("left", series=shown), reference_of_series({KNEE: truth, FAR_KNEE: truth}, "left")
    )
    assert row(check, "series", "knee_flexion_deg", "near").bias == pytest.approx(1.0)
    assert row(check, "series", "knee_flexion_deg", "far").bias == pytest.approx(6.0)
    front = compare("clip", analysis_of("front"), reference_of_series({}, "front"))
    assert {one.leg for one in rows_of(front)} <= {None}


def test_the_gate_is_that_of_the_true_view_not_of_the_one_that_was_read() -> None:
    """A clip from 40 degrees that was taken for a front view: its FPPA should have been refused."""
    analysis = analysis_of("front", series={FPPA: np.full(TIME_S.shape, 4.0)})
    check = compare("clip", analysis, reference_of_series({FPPA: np.full(TIME_S.shape, 8.0)}, "oblique"))
    found = next(one for one in rows_of(check) if one.id == "fppa_deg")
    assert (found.asked_inside, found.answered_outside_share) == (0, 1.0)
    assert row(check, "yaw", "yaw").bias == pytest.approx(-40.0)


def test_the_band_of_a_series_is_judged_where_a_spread_is_stated() -> None:
    truth = np.zeros(TIME_S.shape)
    check = compare(
        "clip", analysis_of("front", series={FPPA: truth + 2.0}), reference_of_series({FPPA: truth}, "front")
    )
    stated = [replace(one, sd=np.where(np.arange(TIME_S.size) < 30, 1.1, 0.9)) for one in check.series]
    found = row(replace(check, series=tuple(stated)), "series", "fppa_deg")
    assert (found.banded, found.covered) == (TIME_S.size, 30)
    assert row(check, "series", "fppa_deg").coverage is None


# --- repetitions and instants -----------------------------------------------------------------------------------------


def test_missed_and_invented_repetitions() -> None:
    true = [true_squat_rep(1, 0.2, 0.8, 1.4), true_squat_rep(2, 1.6, 2.2, 2.8)]
    found = [squat_rep(1, 0.2, 0.8, 1.4), squat_rep(2, 3.0, 3.5, 4.0)]
    check = compare("clip", analysis_of(reps=found), reference_of_series({}, reps=true))
    assert [(rep.index, rep.found) for rep in check.reps] == [(1, 1), (2, None)]
    assert reps_of(check) == Reps(true=2, missed=1, extra=1)


def test_one_count_is_not_two_repetitions() -> None:
    true = [true_squat_rep(1, 0.2, 0.8, 1.4), true_squat_rep(2, 1.6, 2.2, 2.8)]
    check = compare("clip", analysis_of(reps=[squat_rep(1, 0.2, 1.5, 2.8)]), reference_of_series({}, reps=true))
    assert [rep.found for rep in check.reps] == [1, None]


def test_timing_is_found_less_true_and_any_moment_of_the_rest_is_the_bottom() -> None:
    true = [true_squat_rep(1, 0.5, 1.5, 2.5)]
    check = compare("clip", analysis_of(reps=[squat_rep(1, 0.6, 1.57, 2.45)]), reference_of_series({}, reps=true))
    assert check.reps[0].timing_s == pytest.approx(
        {"start": 0.1, "eccentric_end": 0.07, "bottom": 0.0, "concentric_start": 0.07, "end": -0.05}
    )
    late = compare("clip", analysis_of(reps=[squat_rep(1, 0.6, 1.75, 2.45)]), reference_of_series({}, reps=true))
    assert late.reps[0].timing_s["bottom"] == pytest.approx(0.15)
    assert row(check, "timing", "start").bias == pytest.approx(0.1)


def test_a_movement_that_is_not_known_yet_has_no_missed_repetitions() -> None:
    true = [true_squat_rep(1, 0.5, 1.5, 2.5)]
    reference = reference_of_series({}, reps=true, movement="drop_jump")
    check = compare("clip", analysis_of(movement=None), reference)
    assert reps_of(check) == Reps(not_counted_yet=1)
    wrong = compare("clip", analysis_of(reps=[squat_rep(1, 0.5, 1.5, 2.5)]), reference)
    assert wrong.movement_found == "squat"


# --- measures ---------------------------------------------------------------------------------------------------------


def test_a_measure_is_held_against_the_same_reading_of_the_truth() -> None:
    """The knee is at 95 for longer than the reading's tenth of a second, so that the true value is 95 exactly."""
    truth = np.full(TIME_S.shape, 10.0)
    truth[(TIME_S > 1.2) & (TIME_S < 1.8)] = 95.0
    shown = measure("knee_flexion_bottom", 92.0, 4.0, side="left", rep=1)
    check = compare(
        "clip",
        analysis_of(reps=[squat_rep(1, 0.5, 1.6, 2.5)], measures=[shown]),
        reference_of_series({KNEE: truth}, reps=[true_squat_rep(1, 0.5, 1.5, 2.5)]),
    )
    found = row(check, "measure", "knee_flexion_bottom", "near")
    assert (found.n, found.bias, found.mae, found.coverage) == (1, pytest.approx(-3.0), pytest.approx(3.0), 1.0)
    assert found.answered_inside_share == 1.0


def test_the_band_must_hold_the_truth() -> None:
    truth = np.full(TIME_S.shape, 50.0)
    shown = [measure("knee_flexion_bottom", 55.0, error, side="left", rep=rep) for rep, error in ((1, 4.9), (2, 5.1))]
    reps = [squat_rep(1, 0.5, 1.0, 1.5), squat_rep(2, 2.0, 2.5, 3.0)]
    true = [true_squat_rep(1, 0.5, 1.0, 1.5), true_squat_rep(2, 2.0, 2.5, 3.0)]
    check = compare("clip", analysis_of(reps=reps, measures=shown), reference_of_series({KNEE: truth}, reps=true))
    assert row(check, "measure", "knee_flexion_bottom", "near").coverage == 0.5


def test_refusing_everything_does_not_pass() -> None:
    truth = wave(TIME_S)
    refused = measure("knee_flexion_bottom", None, side="left", why_none="not measurable: too dark")
    check = compare(
        "clip",
        analysis_of(reps=[squat_rep(1, 0.5, 1.0, 1.5)], measures=[refused]),
        reference_of_series({KNEE: truth}, reps=[true_squat_rep(1, 0.5, 1.0, 1.5)]),
    )
    found = row(check, "measure", "knee_flexion_bottom", "near")
    assert (found.n, found.answered_inside_share) == (0, 0.0)
    assert found.refusals == {"not measurable: too dark": 1}


def test_a_missed_repetition_is_not_answered_either() -> None:
    check = compare(
        "clip",
        analysis_of(),
        reference_of_series({KNEE: wave(TIME_S)}, reps=[true_squat_rep(1, 0.5, 1.0, 1.5)]),
    )
    assert row(check, "measure", "knee_flexion_bottom", "near").refusals == {NOT_COUNTED: 1}


def test_the_hidden_leg_is_rightly_refused() -> None:
    check = compare(
        "clip",
        analysis_of("left", reps=[squat_rep(1, 0.5, 1.0, 1.5)]),
        reference_of_series({FAR_KNEE: wave(TIME_S)}, "left", reps=[true_squat_rep(1, 0.5, 1.0, 1.5)]),
    )
    found = row(check, "measure", "knee_flexion_bottom", "far")
    assert (found.asked_inside, found.asked_outside, found.answered_outside) == (0, 1, 0)


def test_the_set_is_held_against_the_repetitions_that_went_into_it() -> None:
    truth = np.interp(TIME_S, [1.4, 1.6, 3.4, 3.6], [80.0, 80.0, 90.0, 90.0])
    reps = [squat_rep(1, 0.5, 1.5, 2.0), squat_rep(2, 2.5, 3.5, 4.0)]
    true = [true_squat_rep(1, 0.5, 1.5, 2.0), true_squat_rep(2, 2.5, 3.5, 4.0)]
    shown = [
        measure("knee_flexion_bottom", 81.0, 5.0, side="left", rep=1),
        measure("knee_flexion_bottom", 93.0, 5.0, side="left", rep=2),
        measure("knee_flexion_bottom", 87.0, 5.0, side="left"),
        measure("knee_flexion_range_bottom", 12.0, 1.0, side="left"),
    ]
    check = compare("clip", analysis_of(reps=reps, measures=shown), reference_of_series({KNEE: truth}, reps=true))
    found = {one.id: (one.truth, one.value) for one in check.sets}
    assert found["knee_flexion_bottom"] == (pytest.approx(85.0), 87.0)
    assert found["knee_flexion_range_bottom"] == (pytest.approx(10.0), 12.0)


def test_a_repetition_that_the_set_leaves_out_is_no_part_of_its_truth() -> None:
    truth = np.interp(TIME_S, [1.4, 1.6, 2.4, 2.6, 3.4, 3.6], [80.0, 80.0, 90.0, 90.0, 20.0, 20.0])
    moments = [(1, 0.5, 1.5, 2.0), (2, 2.0, 2.5, 3.0), (3, 3.0, 3.5, 4.0)]
    reps = [squat_rep(*one) for one in moments]
    reps[2] = replace(reps[2], excluded="less than half as deep as the other repetitions")
    shown = [
        *(measure("knee_flexion_bottom", deg, 5.0, side="left", rep=rep) for rep, deg in ((1, 81), (2, 93), (3, 22))),
        measure("knee_flexion_range_bottom", 12.0, 1.0, side="left"),
    ]
    true = [true_squat_rep(*one) for one in moments]
    check = compare("clip", analysis_of(reps=reps, measures=shown), reference_of_series({KNEE: truth}, reps=true))
    assert {one.id: one.truth for one in check.sets}["knee_flexion_range_bottom"] == pytest.approx(10.0)
    assert [one.rep for one in check.measures if one.id == "knee_flexion_bottom" and one.side == "left"] == [1, 2, 3]


def test_without_true_repetitions_measures_are_read_where_they_were_found() -> None:
    truth = np.full(TIME_S.shape, 40.0)
    shown = measure("knee_flexion_bottom", 42.0, 4.0, side="left", rep=1)
    reference = reference_of_series({KNEE: truth}, reps=None, movement=None)
    check = compare("clip", analysis_of(reps=[squat_rep(1, 0.5, 1.0, 1.5)], measures=[shown]), reference)
    assert row(check, "measure", "knee_flexion_bottom", "near").bias == pytest.approx(2.0)
    assert not check.counts_reps
    assert not any(one.unit == "s" for one in check.measures), "durations need true instants"


def test_the_pose_of_somebody_else_shows() -> None:
    analysis = analysis_of()
    needed = [f"{side}_{part}" for side in ("left", "right") for part in ("hip", "shoulder", "ankle")]
    own = {name: analysis.clean.point(name) for name in needed}
    assert compare("clip", analysis, reference_of_series({}, points_px=own)).on_athlete == 1.0
    beside = {name: xy + np.array([600.0, 0.0]) for name, xy in own.items()}
    assert compare("clip", analysis, reference_of_series({}, points_px=beside)).on_athlete == 0.0


# --- sums -------------------------------------------------------------------------------------------------------------


def test_rows_of_clips_are_weighted_by_their_values() -> None:
    few = Row("measure", "x", "deg", n=1, bias=4.0, mae=4.0, banded=1, covered=0, asked_inside=2, answered_inside=1)
    many = Row("measure", "x", "deg", n=3, bias=0.0, mae=2.0, banded=3, covered=3, asked_inside=3, answered_inside=3)
    both = combined([few, many])
    assert (both.clips, both.n, both.bias, both.mae) == (2, 4, pytest.approx(1.0), pytest.approx(2.5))
    assert (both.coverage, both.answered_inside_share) == (0.75, 0.8)


def test_times_between_samples_and_beside_gaps() -> None:
    time_s, values = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 10.0, np.nan, 30.0])
    found = at_times(time_s, values, np.array([0.5, 1.0, 1.5, 3.0, 3.1, -0.1]))
    assert found == pytest.approx([5.0, 10.0, np.nan, 30.0, np.nan, np.nan], nan_ok=True)


def test_the_spread_of_the_pelvis_is_that_of_its_evidence() -> None:
    """Read from pixels throughout, with a spread of two degrees: the series has a band, and other series have none."""
    plain = analysis_of("front")
    count = TIME_S.size
    evidence = Evidence(PELVIC_ROLL, TIME_S, np.zeros((count, 2)), np.full((count, 2), 2.0))
    drop, inward = ("contralateral_pelvic_drop_deg", "left"), ("fppa_deg", "left")
    flat = np.zeros(count)
    analysis = analysis_of("front", series={drop: flat, inward: flat}, evidence=(evidence,))
    check = compare("clip", analysis, reference_of_series({drop: flat + 1.0, inward: flat}, "front"))
    sds = {one.name: one.sd for one in check.series}
    assert sds["fppa_deg"] is None
    assert sds["contralateral_pelvic_drop_deg"] is not None
    assert row(check, "series", "contralateral_pelvic_drop_deg").coverage == 1.0
    without = compare("clip", replace(plain, series=analysis.series), reference_of_series({drop: flat}, "front"))
    assert row(without, "series", "contralateral_pelvic_drop_deg").coverage is None


def test_what_is_done_on_one_leg_has_rows_for_that_leg() -> None:
    flat = np.zeros(TIME_S.shape)
    right = ("fppa_deg", "right")
    reps = [replace(true_squat_rep(1, 0.5, 1.5, 2.5), side="left")]
    analysis = analysis_of("front", series={FPPA: flat + 1.0, right: flat + 4.0}, movement=None)
    reference = reference_of_series({FPPA: flat, right: flat}, "front", reps=reps, movement="single_leg_squat")
    check = compare("clip", analysis, reference)
    assert row(check, "series", "fppa_deg", "stance").bias == pytest.approx(1.0)
    assert row(check, "series", "fppa_deg", "free").bias == pytest.approx(4.0)


def test_no_instants_of_a_movement_that_was_taken_for_another() -> None:
    true = [true_squat_rep(1, 0.5, 1.5, 2.5)]
    reference = reference_of_series({}, reps=true, movement="drop_jump")
    check = compare("clip", analysis_of(reps=[squat_rep(1, 0.6, 1.5, 2.5)]), reference)
    assert not [one for one in rows_of(check) if one.kind == "timing"]


def test_repetitions_counted_in_a_movement_that_is_not_counted_are_invented() -> None:
    """A jump read as a squat: its one repetition was found, but as one of another movement."""
    reps = [true_squat_rep(1, 1.0, 2.0, 3.0)]
    reference = reference_of_series({}, "front", reps=reps, movement="drop_jump")
    check = compare("clip", analysis_of("front", reps=[squat_rep(1, 1.0, 2.0, 3.0)]), reference)
    assert check.extra == 1
    assert reps_of(check) == Reps(extra=1, not_counted_yet=1)
    assert [rep.found for rep in check.reps] == [None]


# --- on one leg -------------------------------------------------------------------------------------------------------


def on_leg(rep: Rep | TrueRep, side: Side) -> Any:
    return replace(rep, side=side)


def test_a_repetition_of_the_other_leg_is_another_one() -> None:
    """At the right time, on the wrong leg: one is missed and one is invented. On both feet there is no side to ask."""
    true = [on_leg(true_squat_rep(1, 0.5, 1.0, 1.5), "left"), on_leg(true_squat_rep(2, 2.0, 2.5, 3.0), "right")]
    found = [on_leg(squat_rep(1, 0.5, 1.0, 1.5), "left"), on_leg(squat_rep(2, 2.0, 2.5, 3.0), "left")]
    reference = reference_of_series({}, "front", reps=true, movement="single_leg_squat")
    check = compare("clip", analysis_of("front", reps=found, movement="single_leg_squat"), reference)
    assert [rep.found for rep in check.reps] == [1, None]
    assert reps_of(check) == Reps(true=2, missed=1, extra=1)
    as_squats = compare("clip", analysis_of("front", reps=[squat_rep(1, 0.5, 1.0, 1.5)]), reference)
    assert reps_of(as_squats) == Reps(true=2, missed=2, extra=1)


def test_only_the_leg_of_the_repetition_is_asked_for_and_legs_are_compared_by_their_medians() -> None:
    flat = np.zeros(TIME_S.shape)
    inward = {"left": np.where(TIME_S < 1.75, 10.0, 12.0), "right": flat + 4.0}
    true = [
        on_leg(true_squat_rep(1, 0.5, 1.0, 1.5), "left"),
        on_leg(true_squat_rep(2, 2.0, 2.5, 3.0), "left"),
        on_leg(true_squat_rep(3, 3.2, 3.7, 4.2), "right"),
    ]
    found = [
        on_leg(squat_rep(k, rep.start_s, rep.instants["bottom"], rep.end_s), rep.side) for k, rep in enumerate(true, 1)
    ]
    shown = [
        measure("hip_adduction_bottom", 9.0, 4.0, side="left", rep=1),
        measure("hip_adduction_bottom", 13.0, 4.0, side="left", rep=2),
        measure("hip_adduction_bottom", 5.0, 4.0, side="right", rep=3),
    ]
    series = {("hip_adduction_deg", side): value for side, value in inward.items()}
    reference = reference_of_series(series, "front", reps=true, movement="single_leg_squat")
    check = compare("clip", analysis_of("front", reps=found, measures=shown, movement="single_leg_squat"), reference)
    asked = [
        (one.rep, one.side, one.truth, one.value, one.leg) for one in check.measures if one.id == "hip_adduction_bottom"
    ]
    assert asked == [
        (1, "left", 10.0, 9.0, "stance"),
        (2, "left", 12.0, 13.0, "stance"),
        (3, "right", 4.0, 5.0, "stance"),
    ]


def test_a_wrong_label_is_counted_and_an_open_one_is_not_answered() -> None:
    """True: a drop, then a stable one. Shown: lean, then nothing."""
    flat = np.zeros(TIME_S.shape)
    series = {
        ("contralateral_pelvic_drop_deg", "left"): np.where(TIME_S < 1.75, 15.0, 2.0),
        ("trunk_lean_stance_deg", "left"): flat + 1.0,
        ("fppa_deg", "left"): flat + 2.0,
    }
    true = [on_leg(true_squat_rep(1, 0.5, 1.0, 1.5), "left"), on_leg(true_squat_rep(2, 2.0, 2.5, 3.0), "left")]
    found = [on_leg(squat_rep(1, 0.5, 1.0, 1.5), "left"), on_leg(squat_rep(2, 2.0, 2.5, 3.0), "left")]
    named = (Pattern("left", "lean", "", 1), Pattern("left", None, "", 2, "it may be drop or stable"))
    reference = reference_of_series(series, "front", reps=true, movement="single_leg_squat")
    check = compare("clip", analysis_of("front", reps=found, movement="single_leg_squat", patterns=named), reference)
    assert [(one.truth, one.shown) for one in check.patterns] == [("drop", "lean"), ("stable", None)]
    found_row = row(check, "pattern", "pattern", "stance")
    assert (found_row.n, found_row.covered, found_row.asked_inside, found_row.answered_inside) == (1, 0, 2, 1)
    assert found_row.refusals == {"left open": 1}
