"""True values of measures where arithmetic gives the answer."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.validation import reference_of_series
from vidgait.measures import CATALOGUE, spec_of
from vidgait.truth.expected import over_set, true_value
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
    return true_value(reference(), spec_of(id), side, SHARP, found)  # type: ignore[arg-type]


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
    assert true_value(reference(), spec_of("rep_time"), None, {}, SHARP) is None


def test_found_instants_stand_in_for_those_without_a_sharp_definition() -> None:
    spec = spec_of("knee_flexion_bottom")
    assert true_value(reference(), spec, "left", {}, {"bottom": 2.1}) == pytest.approx(100.0)
    assert true_value(reference(), spec, "left", {}, {}) is None


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
