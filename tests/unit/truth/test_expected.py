"""True values of measures where arithmetic gives the answer."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.validation import reference_of_series
from vidgait.measures import CATALOGUE, spec_of
from vidgait.truth.expected import TrueMoments, between_legs, over_set, true_pattern, true_value
from vidgait.truth.reference import Reference

TIME_S = np.arange(0, 6.0, 0.02)
SHARP = {"start": 1.0, "eccentric_end": 2.0, "bottom": 2.1, "concentric_start": 2.2, "end": 3.7}


STANDING = 2.0 + (0.0 + 0.0 + 0.0 + 0.75 + 1.5) / 5
"""What the FPPA below is around the start: a mean of five readings up to 0.15 s before and after it."""


def reference() -> Reference:
    """The knee bends from 0 at 1 s to 100 at 2 s, rests, and extends at 66.7 degrees a second to 0 at 3.7 s."""
    knee = np.interp(TIME_S, [1.0, 2.0, 2.2, 3.7], [0.0, 100.0, 100.0, 0.0])
    inward = np.interp(TIME_S, [1.0, 2.0, 2.2, 3.7], [2.0, 12.0, 12.0, 2.0])
    speed = np.gradient(knee, TIME_S)
    series = {
        ("knee_flexion_deg", "left"): knee,
        ("knee_flexion_deg", "right"): knee,
        ("knee_flexion_velocity_deg_s", "left"): speed,
        ("fppa_deg", "left"): inward,
        ("fppa_deg", "right"): 0.5 * inward,
    }
    return reference_of_series(series, time_s=TIME_S)


def value(id: str, side: str | None = None, **found: float) -> float | None:
    return true_value(reference(), spec_of(id), side, TrueMoments(SHARP, found))  # type: ignore[arg-type]


def test_readings_changes_and_legs() -> None:
    assert value("knee_flexion_bottom", "left") == pytest.approx(100.0)
    assert value("fppa_bottom", "left") == pytest.approx(12.0)
    assert value("fppa_change", "left") == pytest.approx(12.0 - STANDING, abs=1e-6)
    left, right = value("fppa_change", "left"), value("fppa_change", "right")
    assert left is not None
    assert right is not None
    assert value("fppa_left_right_change") == pytest.approx(left - right)
    assert value("fppa_both_legs_change") == pytest.approx((left + right) / 2)


def test_the_knee_at_sixty_degrees_and_its_speed() -> None:
    assert value("fppa_change_60_degrees", "left") == pytest.approx(8.0 - STANDING, abs=1e-6)
    assert value("knee_velocity_peak_concentric", "left") == pytest.approx(100 / 1.5, abs=0.1)


def test_durations_need_true_instants() -> None:
    assert value("eccentric_time") == pytest.approx(1.0)
    assert value("pause_time") == pytest.approx(0.2)
    assert value("concentric_time") == pytest.approx(1.5)
    assert value("rep_time") == pytest.approx(2.7)
    assert true_value(reference(), spec_of("rep_time"), None, TrueMoments({}, SHARP)) is None


def test_found_instants_stand_in_for_those_without_a_sharp_definition() -> None:
    spec = spec_of("knee_flexion_bottom")
    assert true_value(reference(), spec, "left", TrueMoments({}, {"bottom": 2.1})) == pytest.approx(100.0)
    assert true_value(reference(), spec, "left", TrueMoments({}, {})) is None


def test_what_the_reference_does_not_know_has_no_truth() -> None:
    assert value("trunk_lean_bottom") is None
    assert value("knee_flexion_left_right_bottom") is None


def test_over_the_set() -> None:
    by_reading = {spec.reading: spec for spec in CATALOGUE}
    assert over_set(spec_of("knee_flexion_bottom"), [1.0, 5.0, 2.0]) == 2.0
    assert over_set(by_reading["range"], [1.0, 5.0, 2.0]) == 4.0
    assert over_set(by_reading["spread"], [1.0, 5.0, 3.0]) == pytest.approx(2.0)
    assert over_set(by_reading["drift"], [1.0, 3.0, 5.0]) == pytest.approx(2.0)
    assert over_set(by_reading["spread"], [1.0]) is None
    assert over_set(spec_of("knee_flexion_bottom"), []) is None


# --- on one leg -------------------------------------------------------------------------------------------------------


def test_a_hold_is_read_from_lifted_to_lowered() -> None:
    """The drop grows by 2 degrees a second from 1 s on; held from 2 to 4 s."""
    drop = np.clip(2.0 * (TIME_S - 1.0), 0.0, None)
    held = reference_of_series({("contralateral_pelvic_drop_deg", "left"): drop}, time_s=TIME_S)
    sharp = {"start": 1.0, "lifted": 2.0, "lowered": 4.0, "end": 5.0}
    moments = TrueMoments(sharp, {}, "left", "hold")
    assert true_value(held, spec_of("pelvic_drop_hold"), "left", moments) == pytest.approx(4.0)
    assert true_value(held, spec_of("pelvic_drop_slope_hold"), "left", moments) == pytest.approx(2.0)
    assert true_value(held, spec_of("hold_time"), "left", moments) == pytest.approx(2.0)
    assert true_value(held, spec_of("pelvic_drop_hold"), "right", moments) is None


def test_matched_depth_is_that_of_the_leg_that_stands() -> None:
    """The left knee passes 45 degrees at 1.45 s, the mean of both a third later."""
    knee = np.interp(TIME_S, [1.0, 2.0], [0.0, 100.0])
    series = {
        ("knee_flexion_deg", "left"): knee,
        ("knee_flexion_deg", "right"): 0.5 * knee,
        ("fppa_deg", "left"): np.interp(TIME_S, [1.0, 2.0], [0.0, 20.0]),
    }
    one, spec = reference_of_series(series, time_s=TIME_S), spec_of("fppa_change_45_degrees")
    alone = true_value(one, spec, "left", TrueMoments(SHARP, {}, "left"))
    both = true_value(one, spec, "left", TrueMoments(SHARP, {}))
    standing = 20.0 * (0.075 + 0.15) / 5
    assert alone == pytest.approx(9.0 - standing, abs=0.05)
    assert both == pytest.approx(12.0 - standing, abs=0.05)


def test_the_legs_medians_are_compared_only_where_both_legs_have_one() -> None:
    assert between_legs({"left": [1.0, 9.0, 4.0], "right": [1.0]}) == 3.0
    assert between_legs({"left": [1.0], "right": []}) is None


def test_a_pattern_needs_all_its_numbers() -> None:
    exact = {"pelvic_drop_bottom": 12.0, "trunk_lean_stance_bottom": 0.0, "fppa_bottom": 0.0}
    assert true_pattern(exact) == "drop"
    assert true_pattern(dict.fromkeys(exact, 0.0)) == "stable"
    assert true_pattern({"pelvic_drop_bottom": 12.0}) is None


def test_an_index_is_that_of_its_true_parts() -> None:
    ids = {spec.id: spec for spec in CATALOGUE}
    flat = np.zeros(TIME_S.shape)
    names = ("contralateral_pelvic_drop_deg", "trunk_lean_stance_deg", "hip_adduction_deg", "fppa_deg")
    level = reference_of_series({(name, "left"): flat for name in names}, time_s=TIME_S)
    moments = TrueMoments(SHARP, {}, "left")
    assert true_value(level, ids["frontal_control_index"], "left", moments) == pytest.approx(100.0)
    worst = reference_of_series({(name, "left"): flat + 40.0 for name in names}, time_s=TIME_S)
    assert true_value(worst, ids["frontal_control_index"], "left", moments) == pytest.approx(0.0)


def test_sway_is_that_of_the_true_curve_with_no_noise_to_take_off() -> None:
    """A sine of 2 % about any middle has a root mean square of 1.41 %."""
    sways = 7.0 + 2.0 * np.sin(2 * np.pi * TIME_S)
    one = reference_of_series({("pelvis_over_foot_percent", "left"): sways}, time_s=TIME_S)
    sharp = {"start": 0.5, "lifted": 1.0, "lowered": 5.0, "end": 5.5}
    moments = TrueMoments(sharp, {}, "left", "hold")
    assert true_value(one, spec_of("pelvis_sway_hold"), "left", moments) == pytest.approx(2**0.5, abs=0.02)
    assert true_value(one, spec_of("time_to_stabilise"), "left", moments) is None
