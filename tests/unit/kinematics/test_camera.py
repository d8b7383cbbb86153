"""Perspective and turn undone in front and back views: a near, turned camera reads what a far, straight one does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.skeletons import SIDES, Body, Camera, film, squat
from vidgait.kinematics.camera import trusted_turn_deg, with_knees_as_high, with_optics
from vidgait.kinematics.series import compute_series
from vidgait.settings import ViewSettings
from vidgait.types import Segment, Track

NEAR = Camera(size_px=(1080, 1920), focal_px=1500.0, height_m=0.9, distance_m=2.6)
BODY = Body()
PX_PER_M = NEAR.focal_px / NEAR.distance_m
OUTWARD = {"left": -15.0, "right": -15.0}


def segment(yaw_deg: float, error_deg: float = 0.1, **changes) -> Segment:
    base = Segment(
        start_s=0.0,
        end_s=1e3,
        view="back" if abs(yaw_deg) > 90 else "front",
        yaw_deg=yaw_deg,
        yaw_error_deg=error_deg,
        facing="away" if abs(yaw_deg) > 90 else "camera",
        near_side=None,
        scale_m_per_px=None,
        scale_basis="not stated",
        roll_deg=0.0,
        vertical_basis="known",
        body_height_px=BODY.height_m * PX_PER_M,
        leg_length_px=(BODY.length_m("thigh") + BODY.length_m("shank")) * PX_PER_M,
    )
    return replace(base, **changes)


def fppa_error_deg(track: Track, one: Segment, truth, low_knees: bool = False) -> float:
    """Largest over both legs and all frames."""
    found = {(s.name, s.side): s.value for s in compute_series(track, (one,), ViewSettings(low_knees=low_knees))}
    return max(float(np.nanmax(np.abs(found["fppa_deg", side] - truth[side]))) for side in SIDES)


@pytest.mark.parametrize("yaw_deg", [0, 180], ids=["front", "back"])
def test_a_known_focal_length_undoes_a_near_camera(yaw_deg):
    motion = squat(75, reps=1, trunk_deg=25, valgus_deg=OUTWARD, yaw_deg=yaw_deg)
    track = film(motion, NEAR)
    plain = fppa_error_deg(track, segment(yaw_deg), motion.fppa_deg)
    squared = fppa_error_deg(track, with_optics(segment(yaw_deg), NEAR.size_px, NEAR.focal_px), motion.fppa_deg)
    assert plain > 3, "knees come nearer to the camera and show further apart"
    assert squared < 1


def test_from_behind_knees_stay_as_high_as_the_network_drew_them():
    afar = {name: np.array([[[10.0, 200.0]]]) for name in ("left_knee", "right_knee", "left_hip")}
    seen = {name: np.array([[[13.0, 190.0]]]) for name in afar}
    kept = with_knees_as_high(afar, seen)
    assert {name: xy[0, 0].tolist() for name, xy in kept.items()} == {
        "left_knee": [10.0, 190.0], "right_knee": [10.0, 190.0], "left_hip": [10.0, 200.0],
    }  # fmt: skip


def test_a_guessed_focal_length_is_better_than_none():
    motion = squat(75, reps=1, trunk_deg=25, valgus_deg=OUTWARD)
    track = film(motion, NEAR)
    guessed = with_optics(segment(0), NEAR.size_px, None)
    assert guessed.focal_px == max(NEAR.size_px)
    assert "guessed" in guessed.focal_basis
    plain = fppa_error_deg(track, segment(0), motion.fppa_deg)
    assert fppa_error_deg(track, guessed, motion.fppa_deg) < 0.6 * plain


@pytest.mark.parametrize("nominal_deg", [0, 180], ids=["front", "back"])
@pytest.mark.parametrize("off_deg", [-6, 5])
def test_a_known_turn_is_undone(nominal_deg, off_deg):
    yaw_deg = nominal_deg + off_deg
    motion = squat(75, reps=1, trunk_deg=25, valgus_deg={"left": 12, "right": 0}, yaw_deg=yaw_deg)
    track = film(motion, NEAR)
    straight = with_optics(segment(nominal_deg), NEAR.size_px, NEAR.focal_px)
    turned = with_optics(segment(yaw_deg), NEAR.size_px, NEAR.focal_px)
    assert fppa_error_deg(track, straight, motion.fppa_deg) > 6
    assert fppa_error_deg(track, turned, motion.fppa_deg) < 1.5


def test_an_unsure_turn_is_trusted_less():
    assert trusted_turn_deg(segment(6, error_deg=1e-6)) == pytest.approx(6)
    assert trusted_turn_deg(segment(6, error_deg=4 * 1.96)) == pytest.approx(3)
    assert trusted_turn_deg(segment(-174, error_deg=4 * 1.96)) == pytest.approx(3)
    assert trusted_turn_deg(segment(177, error_deg=1e-6)) == pytest.approx(-3)


@pytest.mark.parametrize("roll_deg", [0, 6])
def test_the_middle_of_the_picture_turns_with_it(roll_deg):
    camera = replace(NEAR, roll_deg=roll_deg)
    motion = squat(75, reps=1, trunk_deg=25, valgus_deg=OUTWARD)
    one = with_optics(segment(0, roll_deg=float(roll_deg)), camera.size_px, camera.focal_px)
    assert fppa_error_deg(film(motion, camera), one, motion.fppa_deg) < 1


def test_hip_points_wider_than_hip_joints_are_moved_together():
    body = replace(BODY, hip_half_width=0.062)
    motion = squat(75, reps=1, trunk_deg=25)
    joints, wide = film(motion, NEAR), film(motion, NEAR, body)
    far = segment(0)
    read = [
        {(s.name, s.side): s.value for s in compute_series(track, (far,), ViewSettings())} for track in (joints, wide)
    ]
    # The wide person's legs still go from ankles under the wide hips: only the hip points come in.
    inward = np.degrees(np.arctan(0.010 / BODY.thigh))
    for side in SIDES:
        change = read[1]["femoral_adduction_deg", side] - read[0]["femoral_adduction_deg", side]
        assert change[0] == pytest.approx(-inward, abs=0.2)


def test_a_third_of_what_standing_shows_is_left_in():
    track = film(squat(75, reps=1, trunk_deg=25), NEAR)
    index = track.skeleton.index("left_knee")
    moved = track.xy_px.copy()
    moved[:, index, 0] -= 0.02 * PX_PER_M * BODY.height_m  # toward the midline, throughout
    series = {(s.name, s.side): s for s in compute_series(track.replace(xy_px=moved), (segment(0),), ViewSettings())}
    assert series["fppa_deg", "left"].value[0] == pytest.approx(9.3 / 3, abs=0.3)
    assert series["fppa_deg", "right"].value[0] == pytest.approx(0, abs=0.1)
