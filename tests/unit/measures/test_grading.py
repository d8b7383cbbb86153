"""Verdicts, by made-up bands: the catalogue has none yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vidgait.measures import CATALOGUE, Bands
from vidgait.measures.grading import USELESS, error_finding, quality_findings, verdict_of, worst
from vidgait.measures.view_bound import PELVIS_SERIES
from vidgait.types import Segment

MORE_IS_BETTER = replace(CATALOGUE[0], bands=Bands(good=90.0, poor=70.0, source="made up"))
LESS_IS_BETTER = replace(CATALOGUE[0], bands=Bands(good=10.0, poor=30.0, source="made up"))


@pytest.mark.parametrize(
    ("value", "error", "verdict"),
    [
        (96, 5, "good"),
        (95, 5, "good"),
        (94, 5, None),
        (80, 5, "watch"),
        (74, 5, None),
        (65, 5, "poor"),
        (80, 15, None),
    ],
)
def test_a_verdict_only_where_the_error_crosses_no_edge(value: float, error: float, verdict: str | None) -> None:
    assert verdict_of(MORE_IS_BETTER, value, error) == verdict
    assert verdict_of(LESS_IS_BETTER, 100 - value, error) == verdict


def test_without_bands_there_is_no_verdict() -> None:
    assert verdict_of(replace(CATALOGUE[0], bands=None), 80.0, 1.0) is None


FRONT = Segment(0.0, 5.0, "front", 0.0, 2.0, "camera", None, None, "none", 0.0, "level", 900.0, 450.0)
BY_ID = {spec.id: spec for spec in CATALOGUE}


def test_a_good_clip_gets_the_best_grade_and_no_reasons() -> None:
    assert worst(quality_findings(BY_ID["hip_shift_bottom"], FRONT, 30.0, 0.95, 1.0)) == ("A", ())


@pytest.mark.parametrize(("height_px", "grade"), [(900, "A"), (500, "B"), (250, "C"), (150, "D")])
def test_a_small_person_costs_grades(height_px: float, grade: str) -> None:
    small = replace(FRONT, body_height_px=height_px)
    found, reasons = worst(quality_findings(BY_ID["hip_shift_bottom"], small, 30.0, 0.95, 1.0))
    assert found == grade
    assert all("pixels tall" in reason for reason in reasons) and bool(reasons) == (grade != "A")


def test_no_pelvic_drop_of_a_small_person_is_more_than_a_trend() -> None:
    """Specification 11: between 400 and 600 px no claims about the pelvis."""
    pelvic = [spec for spec in CATALOGUE if spec.series in PELVIS_SERIES and spec.reading != "legs"]
    assert len(pelvic) >= 4
    for spec in pelvic:
        assert worst(quality_findings(spec, replace(FRONT, body_height_px=500.0), 30.0, 0.95, 1.0))[0] == "C", spec.id


def test_more_doubt_never_gives_a_better_grade() -> None:
    spec = BY_ID["knee_flexion_bottom"]
    side = replace(FRONT, view="left", yaw_deg=90.0)
    before = 0
    for score in (0.95, 0.75, 0.5):
        grade, _ = worst(quality_findings(spec, side, 30.0, score, 1.0))
        assert "ABCD".index(grade) >= before
        before = "ABCD".index(grade)
    assert before == "ABCD".index("C")
    assert worst(quality_findings(spec, side, 30.0, 0.95, 0.9))[0] == "B"
    assert worst(quality_findings(spec, side, 12.0, 0.95, 1.0))[0] == "C"


def test_a_frontal_projection_is_a_trend_unless_the_turn_is_known() -> None:
    fppa = BY_ID["fppa_bottom"]
    assert worst(quality_findings(fppa, FRONT, 30.0, 0.95, 1.0))[0] == "A"
    grade, (reason,) = worst(quality_findings(fppa, replace(FRONT, yaw_error_deg=6.0), 30.0, 0.95, 1.0))
    assert grade == "C" and "a trend only" in reason


def test_a_large_error_is_a_trend() -> None:
    spec = BY_ID["knee_flexion_bottom"]
    small, large = spec.coarse - 0.1, spec.coarse + 0.1
    assert error_finding(spec, small, small) == []
    assert [one.grade for one in error_finding(spec, large, large)] == ["C"]


def test_an_error_far_beyond_a_trend_is_no_number() -> None:
    spec = BY_ID["knee_flexion_bottom"]
    most = USELESS * spec.coarse
    assert [one.grade for one in error_finding(spec, most, most)] == ["C"]
    (finding,) = error_finding(spec, most + 0.1, most + 0.1)
    assert finding.grade == "D" and finding.reason.startswith("not resolvable: ")


def test_an_error_that_grows_with_the_value_leaves_a_large_value_a_trend() -> None:
    spec = BY_ID["knee_flexion_bottom"]
    assert [one.grade for one in error_finding(spec, 2 * USELESS * spec.coarse, spec.coarse)] == ["C"]
