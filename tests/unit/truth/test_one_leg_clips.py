"""Whole simulated clips of one leg against their own truth: no noise, so what is found must be what was done."""

from __future__ import annotations

import pytest

import vidgait
from vidgait.settings import Settings
from vidgait.truth.accuracy import Reps, reps_of, rows_of
from vidgait.truth.comparison import compare
from vidgait.truth.rendered import reference_of
from vidgait.truth.results import ClipCheck
from vidgait.truth.simulation import simulate

EXACT_DEG = 0.5
SETTINGS = Settings().merged({"view": {"heading_habits": "none", "yaw_deg": 0.0}, "error": {"draws": 50}})


def checked(movement: str, **recipe: object) -> ClipCheck:
    # Points alone do not tell the focal length, which is taken for the long side; and unlike legs look like a turn.
    clip = simulate(movement, network_habits=False, focal_px=1920.0, distance_m=4.5, **recipe)  # type: ignore[arg-type]
    return compare("made", vidgait.analyze_poses(clip.poses, settings=SETTINGS), reference_of("made", clip.truth))


@pytest.mark.parametrize("legs", ["alternating", "both"])
def test_each_leg_is_matched_with_its_own_repetitions(legs: str) -> None:
    check = checked(
        "single_leg_squat", reps=2 if legs == "both" else 4, legs=legs, fppa_left_deg=8.0, fppa_right_deg=2.0
    )
    assert reps_of(check) == Reps(true=4)
    assert {rep.side for rep in check.reps} == {"left", "right"}
    by_side = {one.side: one.truth for one in check.measures if one.id == "fppa_bottom"}
    assert by_side["left"] == pytest.approx(8.0, abs=0.1)
    assert by_side["right"] == pytest.approx(2.0, abs=0.1)
    # Of an absolute FPPA two thirds of the standing reading are taken for the network's habit: only changes are exact.
    for id in ("fppa_change", "hip_adduction_change", "pelvic_drop_bottom", "trunk_lean_stance_bottom"):
        shown = [one for one in check.measures if one.id == id]
        assert len(shown) == 4
        for one in shown:
            assert one.value == pytest.approx(one.truth, abs=EXACT_DEG), (one.id, one.side, one.rep)
    between = {one.id: one for one in check.sets if one.id.endswith("_left_right")}
    assert between["fppa_change_left_right"].truth == pytest.approx(6.0, abs=0.2)
    assert between["fppa_change_left_right"].value == pytest.approx(6.0, abs=EXACT_DEG)


def test_a_hold_has_its_drop_and_its_time() -> None:
    check = checked("single_leg_stance", duration_s=5.0, side="right", pelvic_drop_deg=7.0, side_lean_deg=3.0)
    assert reps_of(check) == Reps(true=1)
    found = {one.id: one for one in check.measures}
    assert found["pelvic_drop_hold"].value == pytest.approx(7.0, abs=EXACT_DEG)
    assert found["pelvic_drop_hold"].truth == pytest.approx(7.0, abs=0.2)
    assert found["trunk_lean_stance_hold"].value == pytest.approx(found["trunk_lean_stance_hold"].truth, abs=EXACT_DEG)
    assert found["hold_time"].value == pytest.approx(found["hold_time"].truth, abs=0.15)


def test_the_label_of_exact_numbers_is_the_true_one() -> None:
    """A drop of 20 degrees is far beyond every limit, so that the label is not left open."""
    check = checked("single_leg_squat", reps=3, side="left", pelvic_drop_deg=20.0)
    shown = {(one.truth, one.shown) for one in check.patterns}
    assert shown <= {("drop", "drop"), ("drop", None)}
    row = next(one for one in rows_of(check) if one.kind == "pattern")
    assert row.asked_inside == 3
    assert row.covered == row.banded
