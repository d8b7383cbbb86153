"""Angles against answers known by hand, with signs, both facings, sides and views."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidgait.kinematics import angles

FACINGS = (1.0, -1.0)


def hanging(angle_deg: float, forward: float, start: tuple[float, float] = (100.0, 100.0), length: float = 80.0):
    """The end of a segment that hangs from `start` and swings `angle_deg` toward `forward`; y is down."""
    turn = np.radians(angle_deg)
    return np.array([start[0] + forward * length * np.sin(turn), start[1] + length * np.cos(turn)])


def shifted(point, across: float, down: float):
    return point + np.array([across, down])


def side_leg(thigh_deg: float, shank_deg: float, forward: float):
    hip = np.array([100.0, 100.0])
    knee = hanging(thigh_deg, forward)
    ankle = hanging(-shank_deg, forward, tuple(knee))
    return hip, knee, ankle


def shoulder_over(hip, lean_deg: float, towards: float):
    turn = np.radians(lean_deg)
    return hip + 90.0 * np.array([towards * np.sin(turn), -np.cos(turn)])


@pytest.mark.parametrize("forward", FACINGS)
def test_standing_reads_zero_everywhere(forward):
    hip, knee, ankle = side_leg(0, 0, forward)
    shoulder = shoulder_over(hip, 0, forward)
    heel, toe = shifted(ankle, -forward * 10, 8), shifted(ankle, forward * 30, 8)
    assert angles.thigh_inclination_deg(hip, knee, forward) == pytest.approx(0)
    assert angles.shank_inclination_deg(knee, ankle, forward) == pytest.approx(0)
    assert angles.knee_flexion_deg(hip, knee, ankle, forward) == pytest.approx(0)
    assert angles.trunk_lean_deg(hip, shoulder, forward) == pytest.approx(0)
    assert angles.hip_flexion_deg(hip, shoulder, hip, knee, forward) == pytest.approx(0)
    assert angles.foot_inclination_deg(heel, toe, forward) == pytest.approx(0)
    assert angles.ankle_dorsiflexion_deg(knee, ankle, heel, toe, forward) == pytest.approx(0)


@pytest.mark.parametrize("forward", FACINGS)
def test_thigh_horizontal_shank_30_trunk_40_is_knee_120_hip_130(forward):
    hip, knee, ankle = side_leg(90, 30, forward)
    shoulder = shoulder_over(hip, 40, forward)
    assert angles.thigh_inclination_deg(hip, knee, forward) == pytest.approx(90)
    assert angles.shank_inclination_deg(knee, ankle, forward) == pytest.approx(30)
    assert angles.trunk_lean_deg(hip, shoulder, forward) == pytest.approx(40)
    assert angles.knee_flexion_deg(hip, knee, ankle, forward) == pytest.approx(120)
    assert angles.hip_flexion_deg(hip, shoulder, hip, knee, forward) == pytest.approx(130)


@pytest.mark.parametrize("forward", FACINGS)
def test_flexion_passes_180_and_hyperextension_is_negative(forward):
    assert angles.knee_flexion_deg(*side_leg(110, 45, forward), forward) == pytest.approx(155)
    assert angles.knee_flexion_deg(*side_leg(-4, -3, forward), forward) == pytest.approx(-7)
    assert angles.hip_flexion_deg(*_trunk_and_thigh(110, 75, forward), forward) == pytest.approx(-175)


def _trunk_and_thigh(thigh_deg, lean_deg, forward):
    hip, knee, _ = side_leg(thigh_deg, 0, forward)
    return hip, shoulder_over(hip, lean_deg, forward), hip, knee


@pytest.mark.parametrize("forward", FACINGS)
def test_foot_and_ankle_count_toes_up_and_dorsiflexion_positive(forward):
    heel = np.array([0.0, 0.0])
    toe = np.array([forward * 30 * np.cos(np.radians(20)), -30 * np.sin(np.radians(20))])
    assert angles.foot_inclination_deg(heel, toe, forward) == pytest.approx(20)
    knee, ankle = np.array([0.0, -90.0]), np.array([0.0, -10.0])
    assert angles.ankle_dorsiflexion_deg(knee, ankle, heel, toe, forward) == pytest.approx(20)
    assert angles.ankle_dorsiflexion_deg(knee, ankle, heel, toe, forward, 5.0) == pytest.approx(15)


def front_leg(femur_deg: float, shank_deg: float, medial: float):
    """Thigh and shank that both swing toward the midline by these angles."""
    hip = np.array([100.0, 100.0])
    knee = hanging(femur_deg, medial)
    return hip, knee, hanging(shank_deg, medial, tuple(knee))


@pytest.mark.parametrize("view", ["front", "back"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_medial_knee_reads_positive_fppa_for_both_legs_from_front_and_back(side, view):
    medial = angles.medial_direction(side, view)
    hip, knee, ankle = front_leg(10, -6, medial)
    assert angles.femoral_adduction_deg(hip, knee, medial) == pytest.approx(10)
    assert angles.shank_adduction_deg(knee, ankle, medial) == pytest.approx(-6)
    assert angles.fppa_deg(hip, knee, ankle, medial) == pytest.approx(16)
    assert angles.knee_medial_displacement_percent(hip, knee, ankle, medial, 160.0) > 0
    hip, knee, ankle = front_leg(-10, 6, medial)
    assert angles.fppa_deg(hip, knee, ankle, medial) == pytest.approx(-16)
    assert angles.knee_medial_displacement_percent(hip, knee, ankle, medial, 160.0) < 0


def test_medial_direction_points_to_the_midline():
    assert angles.medial_direction("left", "front") == -1, "from the front the left leg is at the picture's right"
    assert angles.medial_direction("right", "front") == 1
    assert angles.medial_direction("left", "back") == 1
    assert angles.medial_direction("right", "back") == -1


def test_knee_medial_displacement_is_the_distance_from_the_line():
    hip, knee, ankle = np.array([0.0, 0.0]), np.array([10.0, 40.0]), np.array([0.0, 100.0])
    assert angles.knee_medial_displacement_percent(hip, knee, ankle, 1.0, 100.0) == pytest.approx(10)
    assert angles.knee_medial_displacement_percent(hip, knee, ankle, -1.0, 200.0) == pytest.approx(-5)


@pytest.mark.parametrize("left_x, right_x", [(120.0, 80.0), (80.0, 120.0)], ids=["front", "back"])
def test_obliquity_counts_the_right_side_lower_and_drop_the_other_side_of_the_stance(left_x, right_x):
    left, right = np.array([left_x, 100.0]), np.array([right_x, 100.0 + 40 * np.tan(np.radians(8))])
    assert angles.pelvic_obliquity_deg(left, right) == pytest.approx(8)
    assert angles.pelvic_drop_deg(left, right, "left") == pytest.approx(8)
    assert angles.pelvic_drop_deg(left, right, "right") == pytest.approx(-8)


@pytest.mark.parametrize("view", ["front", "back"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_hip_adduction_is_femoral_adduction_plus_drop(side, view):
    medial = angles.medial_direction(side, view)
    hip, knee, _ = front_leg(7, 0, medial)
    other = shifted(hip, medial * 40.0, 40 * np.tan(np.radians(5)))
    left, right = (hip, other) if side == "left" else (other, hip)
    assert angles.hip_adduction_deg(left, right, knee, side, medial) == pytest.approx(12)


@pytest.mark.parametrize("person_right", [-1.0, 1.0], ids=["front", "back"])
def test_trunk_lean_and_hip_shift_count_toward_the_persons_right(person_right):
    hip = np.array([100.0, 100.0])
    shoulder = shoulder_over(hip, 6, person_right)
    assert angles.trunk_lateral_lean_deg(hip, shoulder, person_right) == pytest.approx(6)
    ankle = shifted(hip, -person_right * 9.0, 160.0)
    assert angles.hip_shift_percent(hip, ankle, person_right, 300.0) == pytest.approx(3)


def test_knee_separations_by_hand():
    left, right = np.array([130.0, 0.0]), np.array([70.0, 3.0])
    near, far = np.array([120.0, 0.0]), np.array([80.0, 0.0])
    assert angles.knee_separation_hips_percent(left, right, near, far) == pytest.approx(150)
    assert angles.knee_separation_ankles_ratio(left, right, near, far) == pytest.approx(1.5)
    assert np.isnan(angles.knee_separation_ankles_ratio(left, right, near, near)), "no distance, no ratio"


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("view", ["front", "back"])
def test_foot_progression_is_positive_toes_out(side, view):
    medial = angles.medial_direction(side, view)
    heel = np.array([100.0, 100.0])
    toe = shifted(heel, -medial * 15.0, 4.0)
    assert angles.foot_progression_deg(heel, toe, medial, 30.0) == pytest.approx(30)


@pytest.mark.parametrize("thigh, shank", [(0, 0), (17, 13), (36, 24), (58, 32), (78, 32), (90, 30)])
def test_flexion_from_the_extent_of_a_squatting_leg(thigh, shank):
    extent = 80 * np.cos(np.radians(thigh)) + 80 * np.cos(np.radians(shank))
    assert angles.flexion_from_extent_deg(np.array(extent), 160.0) == pytest.approx(thigh + shank, abs=0.2)


def test_extents_at_their_ends():
    assert angles.flexion_from_extent_deg(np.array([170.0, -40.0]), 160.0) == pytest.approx([0, 150])
    assert np.isnan(angles.flexion_from_extent_deg(np.array(np.nan), 160.0))
    assert angles.inclination_from_extent_deg(np.array(-20.0), 40.0) == pytest.approx(120), "hip below the knee"
    assert angles.inclination_from_extent_deg(np.array(44.0), 40.0) == 0, "longer than in standing counts as upright"


def test_level_undoes_a_clockwise_roll():
    up = np.array([np.sin(np.radians(20)), -np.cos(np.radians(20))])  # upright things lean to the right
    assert angles.level(up, 20.0) == pytest.approx([0, -1])


@pytest.mark.parametrize("angle, wrapped", [(0, 0), (180, 180), (-180, 180), (190, -170), (-190, 170), (720, 0)])
def test_wrap(angle, wrapped):
    assert angles.wrap_deg(angle) == pytest.approx(wrapped)


def test_angle_between_is_180_when_straight_and_unsigned():
    a, v, b = np.array([0.0, -1.0]), np.zeros(2), np.array([0.0, 2.0])
    assert angles.angle_between_deg(a, v, b) == pytest.approx(180)
    assert angles.angle_between_deg(a, v, np.array([3.0, 0.0])) == pytest.approx(90)
    assert angles.angle_between_deg(a, v, np.array([-3.0, 0.0])) == pytest.approx(90)


def test_missing_points_give_nan_and_shapes_are_kept():
    hip, knee, ankle = (np.zeros((3, 5, 2)) + point for point in side_leg(40, 20, 1.0))
    knee[1, 2] = np.nan
    flexion = angles.knee_flexion_deg(hip, knee, ankle, 1.0)
    assert flexion.shape == (3, 5)
    assert np.isnan(flexion[1, 2])
    assert np.isfinite(np.delete(flexion.ravel(), 7)).all()


coordinate = st.floats(-500, 500)
point = st.tuples(coordinate, coordinate).map(np.array)


def apart(*points):
    return all(np.linalg.norm(a - b) > 1 for a, b in itertools.pairwise(points))


def turns_alike(a, b):
    """The same direction, whatever side of +-180 it was written on."""
    return np.allclose(angles.wrap_deg(np.asarray(a) - b), 0, atol=1e-6)


@given(point, point, point, st.floats(0.1, 20), point)
def test_scale_and_shift_leave_angles(hip, knee, ankle, scale, shift):
    if not apart(hip, knee, ankle):
        return
    moved = [scale * p + shift for p in (hip, knee, ankle)]
    assert turns_alike(angles.knee_flexion_deg(hip, knee, ankle, 1.0), angles.knee_flexion_deg(*moved, 1.0))
    assert turns_alike(angles.fppa_deg(hip, knee, ankle, 1.0), angles.fppa_deg(*moved, 1.0))


@given(point, point, point)
def test_mirroring_the_picture_and_the_direction_leaves_angles(hip, knee, ankle):
    if not apart(hip, knee, ankle):
        return
    flip = np.array([-1.0, 1.0])
    mirrored = [p * flip for p in (hip, knee, ankle)]
    assert turns_alike(angles.knee_flexion_deg(hip, knee, ankle, 1.0), angles.knee_flexion_deg(*mirrored, -1.0))
    assert turns_alike(angles.fppa_deg(hip, knee, ankle, -1.0), angles.fppa_deg(*mirrored, 1.0))


@given(point, point, point, st.floats(-60, 60))
def test_roll_cancels_in_joint_angles_and_adds_to_inclinations(hip, knee, ankle, roll):
    if not apart(hip, knee, ankle):
        return
    rolled = [angles.level(p, -roll) for p in (hip, knee, ankle)]
    assert turns_alike(angles.knee_flexion_deg(*rolled, 1.0), angles.knee_flexion_deg(hip, knee, ankle, 1.0))
    assert turns_alike(angles.fppa_deg(*rolled, 1.0), angles.fppa_deg(hip, knee, ankle, 1.0))
    lean, before = angles.trunk_lean_deg(rolled[1], rolled[0], 1.0), angles.trunk_lean_deg(knee, hip, 1.0)
    assert turns_alike(lean, before + roll)
