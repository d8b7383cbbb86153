"""Series of a synthetic person with exactly known angles, from every view, with signs; and what the gates refuse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.skeletons import SIDES, Body, Camera, film, squat, standing, times, walking, walking_in
from vidgait.kinematics.camera import CameraShift
from vidgait.kinematics.series import (
    SERIES,
    compute_series,
    is_far,
    off_frontal_deg,
    off_sagittal_deg,
    series_from_points,
    velocity_per_s,
)
from vidgait.kinematics.standing import points_of, standing_reference
from vidgait.kinematics.view import facing_of, near_side_of, view_of
from vidgait.settings import ViewSettings
from vidgait.types import BLAZEPOSE, Segment, Track

# So far away that perspective is gone: what a formula promises must hold exactly.
FAR = Camera(focal_px=1500 * 1000, height_m=0.9, distance_m=3500.0)
BODY = Body()
PX_PER_M = FAR.focal_px / FAR.distance_m
DEFAULT = ViewSettings()


def segment(yaw_deg: float, **changes) -> Segment:
    """A segment whose yaw, scale and lengths are exactly known."""
    base = Segment(
        start_s=0.0,
        end_s=1e3,
        view=view_of(yaw_deg),
        yaw_deg=yaw_deg,
        yaw_error_deg=1.0,
        facing=facing_of(yaw_deg),
        near_side=near_side_of(yaw_deg),
        scale_m_per_px=1 / PX_PER_M,
        scale_basis="known",
        roll_deg=0.0,
        vertical_basis="known",
        body_height_px=BODY.height_m * PX_PER_M,
        leg_length_px=(BODY.length_m("thigh") + BODY.length_m("shank")) * PX_PER_M,
    )
    return replace(base, **changes)


def series_of(track: Track, *segments: Segment, view: ViewSettings = DEFAULT):
    return {(s.name, s.side): s for s in compute_series(track, segments, view)}


def at(track: Track, series, time_s: float) -> float:
    return float(np.interp(time_s, track.time_s, series.value))


def check(series, name, side, truth, tolerance=0.1):
    np.testing.assert_allclose(series[name, side].value, truth, atol=tolerance, err_msg=f"{name} {side}")


@pytest.mark.parametrize("yaw_deg", [90, -90], ids=["left side", "right side"])
def test_side_view_gives_every_sagittal_angle_of_both_legs(yaw_deg):
    motion = squat(110, reps=1, trunk_deg=35, heel_rise_deg=12, yaw_deg=yaw_deg)
    series = series_of(film(motion, FAR), segment(yaw_deg))
    for side in SIDES:
        check(series, "knee_flexion_deg", side, motion.knee_flexion_deg[side])
        check(series, "hip_flexion_deg", side, motion.hip_flexion_deg[side])
        check(series, "ankle_dorsiflexion_deg", side, motion.ankle_dorsiflexion_deg[side])
        check(series, "thigh_inclination_deg", side, motion.thigh_deg[side])
        check(series, "shank_inclination_deg", side, motion.shank_deg[side])
        check(series, "foot_inclination_deg", side, motion.foot_deg[side])
        foot = BODY.toe_length + BODY.heel_length
        check(series, "heel_rise_percent", side, -100 * foot * np.sin(np.radians(motion.foot_deg[side])), 0.05)
    check(series, "trunk_lean_deg", None, motion.trunk_deg)
    bottom = float(motion.instants["bottom"][0])
    assert motion.knee_flexion_deg["left"].max() == pytest.approx(110, abs=0.1)
    assert at(film(motion, FAR), series["trunk_lean_deg", None], bottom) > 30, "leaning forward is positive"


@pytest.mark.parametrize("yaw_deg", [0, 180], ids=["front", "back"])
def test_front_and_back_view_give_every_frontal_angle_with_its_sign(yaw_deg):
    motion = squat(70, reps=1, valgus_deg={"left": 12, "right": -5}, hip_drop_deg=6, trunk_deg=10, yaw_deg=yaw_deg)
    motion = replace(motion, trunk_left_deg=0.8 * motion.left_hip_down_deg)
    series = series_of(film(motion, FAR), segment(yaw_deg))
    for side in SIDES:
        check(series, "fppa_deg", side, motion.fppa_deg[side], 0.8)  # hip drop narrows the hips a little
    check(series, "pelvic_obliquity_deg", None, -motion.left_hip_down_deg)
    lean = np.degrees(np.arctan2(np.tan(np.radians(-motion.trunk_left_deg)), np.cos(np.radians(motion.trunk_deg))))
    check(series, "trunk_lateral_lean_deg", None, lean)
    assert np.ptp(series["pelvic_obliquity_deg", None].value) == pytest.approx(6, abs=0.1)
    assert np.nanmax(series["knee_medial_displacement_percent", "left"].value) > 1
    assert np.nanmin(series["knee_medial_displacement_percent", "right"].value) < -0.5


@pytest.mark.parametrize("yaw_deg", [0, 180], ids=["front", "back"])
def test_the_dynamic_valgus_index_is_fppa_plus_hip_adduction(yaw_deg):
    motion = squat(70, reps=1, valgus_deg={"left": 12, "right": -5}, hip_drop_deg=6, yaw_deg=yaw_deg)
    series = series_of(film(motion, FAR), segment(yaw_deg))
    for side, drop_deg in (("left", -motion.left_hip_down_deg), ("right", motion.left_hip_down_deg)):
        femur = series["femoral_adduction_deg", side].value
        check(series, "dynamic_valgus_index_deg", side, motion.fppa_deg[side] + femur + drop_deg, 0.8)
    turned = series_of(film(motion, FAR), segment(12))
    assert "film straight from the front" in turned["dynamic_valgus_index_deg", "left"].why_none


@pytest.mark.parametrize("yaw_deg", [0, 180], ids=["front", "back"])
def test_pelvic_drop_counts_the_other_side_lower_against_standing(yaw_deg):
    motion = squat(60, reps=1, hip_drop_deg=5, yaw_deg=yaw_deg)
    series = series_of(film(motion, FAR), segment(yaw_deg))
    check(series, "contralateral_pelvic_drop_deg", "right", motion.left_hip_down_deg)
    check(series, "contralateral_pelvic_drop_deg", "left", -motion.left_hip_down_deg)
    rolled = series_of(film(motion, replace(FAR, roll_deg=4)), segment(yaw_deg))  # a roll that nobody undid
    check(rolled, "contralateral_pelvic_drop_deg", "right", motion.left_hip_down_deg, 0.2)


@pytest.mark.parametrize("yaw_deg, outward", [(0, 1), (180, -1)], ids=["front", "back"])
def test_toe_out_from_the_front_by_hand(yaw_deg, outward):
    """The left toe lies half a foot's length to the outside: 30 degrees."""
    track = film(standing(1.0, yaw_deg=yaw_deg), FAR)
    foot_px = 0.44 * BODY.length_m("trunk") * PX_PER_M
    xy = track.xy_px.copy()
    for side, sign in (("left", 1), ("right", -1)):
        heel, toe = BLAZEPOSE.indices(f"{side}_heel", f"{side}_toe")
        xy[:, toe, 0] = xy[:, heel, 0] + sign * outward * foot_px / 2
    series = series_of(track.replace(xy_px=xy), segment(yaw_deg))
    for side in SIDES:
        check(series, "foot_progression_deg", side, 30.0, 1.0)


def test_what_no_single_camera_gives_says_so_in_every_view():
    motion = squat(60, reps=1)
    for yaw_deg in (0, 45, 90, 180):
        tilt = series_of(film(motion, FAR), segment(yaw_deg))["pelvic_tilt_deg", None]
        assert np.isnan(tilt.value).all()
        assert "one camera" in tilt.why_none


@pytest.mark.parametrize("yaw_deg", [0, 180], ids=["front", "back"])
@pytest.mark.parametrize("side", SIDES)
def test_hip_adduction_is_femoral_adduction_plus_drop_of_the_other_side(side, yaw_deg):
    sign = 1 if side == "right" else -1  # the other side of a right leg is the left
    motion = squat(60, reps=1, valgus_deg=10, hip_drop_deg=sign * 5, yaw_deg=yaw_deg)
    series = series_of(film(motion, FAR), segment(yaw_deg))
    expected = series["femoral_adduction_deg", side].value + 5 * motion.left_hip_down_deg * sign / 5
    check(series, "hip_adduction_deg", side, expected)
    assert np.nanmax(series["femoral_adduction_deg", side].value) > 3


@pytest.mark.parametrize("yaw_deg", [0, 180], ids=["front", "back"])
def test_hip_shift_counts_toward_the_persons_right_and_separations_by_hand(yaw_deg):
    motion = replace(standing(1.0, yaw_deg=yaw_deg), stance_half_width_m=0.2)
    track = film(motion, FAR)
    xy = track.xy_px.copy()
    person_right = -1 if yaw_deg == 0 else 1
    upper = [i for i, name in enumerate(BLAZEPOSE.keypoints) if name.split("_", 1)[-1] in ("hip", "shoulder")]
    xy[:, upper, 0] += person_right * 0.03 * BODY.height_m * PX_PER_M
    series = series_of(track.replace(xy_px=xy), segment(yaw_deg))
    check(series, "hip_shift_percent", None, np.full(track.time_s.size, 3.0), 0.01)
    hips = 2 * BODY.length_m("hip_half_width")
    knees = hips + (0.4 - hips) * BODY.thigh / (BODY.thigh + BODY.shank)  # on the straight line to the ankle
    check(series, "knee_separation_hips_percent", None, 100 * knees / hips, 0.1)
    check(series, "knee_separation_ankles_ratio", None, knees / 0.4, 0.001)


@pytest.mark.parametrize("yaw_deg", [0, 35, 90, -60, 180])
def test_what_needs_no_view_is_there_in_every_view(yaw_deg):
    motion = squat(110, reps=1, yaw_deg=yaw_deg)
    series = series_of(film(motion, FAR), segment(yaw_deg))
    for side in SIDES:
        check(series, "knee_flexion_vertical_deg", side, motion.knee_flexion_deg[side], 0.5)
        check(series, "thigh_inclination_vertical_deg", side, motion.thigh_deg[side], 0.5)
    check(series, "trunk_lean_vertical_deg", None, motion.trunk_deg, 0.5)
    height = series["hip_height_leg_lengths", None].value
    assert height.max() == pytest.approx(1.0, abs=1e-3)
    thigh, shank = (np.radians(angle["left"]) for angle in (motion.thigh_deg, motion.shank_deg))
    expected = (BODY.thigh * np.cos(thigh) + BODY.shank * np.cos(shank)) / (BODY.thigh + BODY.shank)
    np.testing.assert_allclose(height, expected, atol=1e-3)


def test_standing_reads_zero_from_the_side_and_from_the_front():
    side = series_of(film(standing(1.0, yaw_deg=90), FAR), segment(90))
    for name in ("knee_flexion_deg", "hip_flexion_deg", "ankle_dorsiflexion_deg", "heel_rise_percent"):
        check(side, name, "left", 0.0, 0.01)
    front = series_of(film(standing(1.0), FAR), segment(0))
    for name in ("fppa_deg", "femoral_adduction_deg", "hip_adduction_deg", "knee_flexion_vertical_deg"):
        check(front, name, "right", 0.0, 0.01)
    for name in ("pelvic_obliquity_deg", "trunk_lateral_lean_deg", "hip_shift_percent"):
        check(front, name, None, 0.0, 0.01)


@pytest.mark.parametrize("off_deg, bias_deg", [(0, 0.0), (10, 0.0), (20, 0.0), (28, -6.0)])
def test_a_turn_up_to_20_degrees_is_undone_and_not_more(off_deg, bias_deg):
    motion = squat(90, reps=1, yaw_deg=90 - off_deg)
    track = film(motion, FAR)
    series = series_of(track, segment(90 - off_deg))
    bottom = float(motion.instants["bottom"][0])
    assert at(track, series["knee_flexion_deg", "left"], bottom) == pytest.approx(90 + bias_deg, abs=0.7)


def test_roll_of_the_camera_is_undone():
    motion = squat(100, reps=1, yaw_deg=90)
    level, rolled = film(motion, FAR), film(motion, replace(FAR, roll_deg=17))
    a, b = series_of(level, segment(90)), series_of(rolled, segment(90, roll_deg=17))
    for key, series in a.items():
        np.testing.assert_allclose(b[key].value, series.value, atol=0.02, err_msg=str(key))
    uncorrected = series_of(rolled, segment(90))
    shift = uncorrected["trunk_lean_deg", None].value - a["trunk_lean_deg", None].value
    np.testing.assert_allclose(shift, -17, atol=0.1, err_msg="roll adds 1:1 to an inclination")
    check(uncorrected, "knee_flexion_deg", "left", a["knee_flexion_deg", "left"].value, 0.05)


@pytest.mark.parametrize("yaw_deg", [90, 0])
def test_mirroring_swaps_sides_and_keeps_signs(yaw_deg):
    motion = squat(80, reps=1, valgus_deg={"left": 10, "right": 3}, hip_drop_deg=4, yaw_deg=yaw_deg)
    track = film(motion, FAR)
    flipped = track.xy_px[:, BLAZEPOSE.mirror_order()] * [-1, 1]
    a = series_of(track, segment(yaw_deg))
    b = series_of(track.replace(xy_px=flipped), segment(-yaw_deg))
    toward_right = ("pelvic_obliquity_deg", "trunk_lateral_lean_deg", "hip_shift_percent")
    for (name, side), series in a.items():
        other = None if side is None else SIDES[1 - SIDES.index(side)]
        sign = -1 if name in toward_right else 1
        np.testing.assert_allclose(b[name, other].value, sign * series.value, atol=1e-6, err_msg=name)


def test_scale_and_shift_of_pixels_leave_everything():
    motion = squat(100, reps=1, yaw_deg=-90)
    track = film(motion, FAR)
    half = segment(-90, body_height_px=segment(-90).body_height_px / 2, leg_length_px=segment(-90).leg_length_px / 2)
    a, b = series_of(track, segment(-90)), series_of(track.replace(xy_px=track.xy_px / 2 + [37, -12]), half)
    for key, series in a.items():
        np.testing.assert_allclose(b[key].value, series.value, atol=1e-6, err_msg=str(key))


def test_resampling_time_leaves_values():
    motions = [squat(100, reps=1, yaw_deg=90, time_s=times(4.2, rate, jitter)) for rate, jitter in ((30, 0), (60, 0.3))]
    tracks = [film(motion, FAR) for motion in motions]
    results = [series_of(track, segment(90)) for track in tracks]
    for instant in (1.0, 1.7, 2.2, 2.9):
        for name, tolerance in (("knee_flexion_deg", 0.5), ("knee_flexion_velocity_deg_s", 4.0)):
            slow, fast = (at(t, r[name, "left"], instant) for t, r in zip(tracks, results, strict=True))
            assert slow == pytest.approx(fast, abs=tolerance)


def test_velocity_is_the_slope_over_true_time():
    time = np.array([0.0, 0.1, 0.3, 0.35, 0.5])
    np.testing.assert_allclose(velocity_per_s(40 * time[None] + 3, time), np.full((1, 5), 40.0))
    gap = velocity_per_s(np.array([0.0, 1.0, np.nan, 3.0, 4.0]), np.arange(5.0))
    assert np.isnan(gap[1:4]).all()
    assert gap[0] == gap[4] == 1
    assert np.isnan(velocity_per_s(np.array([1.0]), np.array([0.0]))).all()


def test_refused_series_are_there_empty_and_say_why():
    motion = squat(80, reps=1)
    front, side = series_of(film(motion, FAR), segment(0)), series_of(film(motion, FAR), segment(90))
    expected = {(spec.name, side) for spec in SERIES for side in (SIDES if spec.sided else (None,))}
    assert set(front) == set(side) == expected
    assert front["knee_flexion_deg", "left"].why_none == "not measurable from the front: film from the side"
    assert side["fppa_deg", "left"].why_none == "not measurable from the side: film from the front"
    oblique = series_of(film(motion, FAR), segment(45))
    assert oblique["knee_flexion_deg", "left"].why_none == "not measurable from an oblique angle: film from the side"
    assert "film straight from the front" in oblique["pelvic_obliquity_deg", None].why_none
    for series in (*front.values(), *side.values(), *oblique.values()):
        assert np.isnan(series.value).all() == (series.why_none is not None), series.name


@pytest.mark.parametrize("yaw_deg, fppa, others", [(3, True, True), (12, False, True), (25, False, False)])
def test_fppa_has_the_tighter_gate(yaw_deg, fppa, others):
    series = series_of(film(squat(60, reps=1, yaw_deg=yaw_deg), FAR), segment(yaw_deg))
    assert (series["fppa_deg", "left"].why_none is None) == fppa
    assert (series["knee_separation_hips_percent", None].why_none is None) == others
    wide = ViewSettings(yaw_gate_fppa_deg=30, yaw_gate_frontal_deg=30)
    assert series_of(film(squat(60, reps=1), FAR), segment(yaw_deg), view=wide)["fppa_deg", "left"].why_none is None


@pytest.mark.parametrize(
    "yaw_deg, allowed", [(90, True), (62, True), (-61, True), (118, True), (55, False), (0, False)]
)
def test_sagittal_gate(yaw_deg, allowed):
    series = series_of(film(squat(60, reps=1, yaw_deg=yaw_deg), FAR), segment(yaw_deg))
    assert (series["knee_flexion_deg", "left"].why_none is None) == allowed


def test_unknown_view_and_no_segment_say_so():
    track = film(standing(1.0), FAR)
    unknown = replace(segment(0), view="unknown", yaw_deg=None, yaw_error_deg=None, facing="unknown", near_side=None)
    series = series_of(track, unknown)
    assert "not clear" in series["knee_flexion_deg", "left"].why_none
    assert series["hip_height_leg_lengths", None].why_none is None
    assert "not in the picture" in series_of(track)["hip_height_leg_lengths", None].why_none


def test_without_standing_the_ankle_has_no_reference():
    motion = squat(90, reps=1, yaw_deg=90)
    track = film(motion, FAR)
    deep = motion.knee_flexion_deg["left"] > 60
    xy = np.where(deep[:, None, None], track.xy_px, np.nan)
    series = series_of(track.replace(xy_px=xy), segment(90))
    assert "quiet standing" in series["ankle_dorsiflexion_deg", "left"].why_none
    assert np.isfinite(series["knee_flexion_deg", "left"].value[deep]).all()


def test_values_stay_inside_their_segment():
    track = film(squat(60, reps=2, yaw_deg=90), FAR)
    early = segment(90, end_s=2.0)
    value = series_of(track, early)["knee_flexion_deg", "left"].value
    assert np.isfinite(value[track.time_s < 2.0]).all()
    assert np.isnan(value[track.time_s >= 2.0]).all()


def test_a_missing_far_leg_is_missing_and_the_trunk_is_not():
    track = film(squat(60, reps=1, yaw_deg=90), FAR)
    xy = track.xy_px.copy()
    xy[:, BLAZEPOSE.indices("right_hip", "right_knee", "right_shoulder")] = np.nan
    series = series_of(track.replace(xy_px=xy), segment(90))
    assert "never seen well enough" in series["knee_flexion_deg", "right"].why_none
    check(series, "knee_flexion_deg", "left", squat(60, reps=1).knee_flexion_deg["left"])
    check(series, "trunk_lean_deg", None, squat(60, reps=1).trunk_deg)


@pytest.mark.parametrize("yaw_deg, far", [(90, "right"), (-90, "left"), (40, "right"), (0, None), (180, None)])
def test_the_far_leg_is_told(yaw_deg, far):
    assert {side for side in SIDES if is_far(segment(yaw_deg), side)} == ({far} if far else set())
    assert not is_far(segment(yaw_deg), None)


@pytest.mark.parametrize("yaw_deg, off_side, off_front", [(90, 0, 90), (-75, 15, 75), (170, 80, 10), (0, 90, 0)])
def test_how_far_off_a_true_view(yaw_deg, off_side, off_front):
    assert off_sagittal_deg(segment(yaw_deg)) == pytest.approx(off_side)
    assert off_frontal_deg(segment(yaw_deg)) == pytest.approx(off_front)


# The tables of section 10.6: pinhole at infinity, planar leg.
FPPA_SHIFT = {
    (17, 13): {1: 0.5, 5: 2.7, 10: 5.3, 20: 10.5, 45: 21.5},
    (36, 24): {1: 1.2, 5: 5.8, 10: 11.6, 20: 22.6, 45: 44.7},
    (58, 32): {1: 2.2, 5: 11.1, 10: 21.7, 20: 40.8, 45: 72.4},
}
KNEE_SHIFT = {
    (10, 10): {10: -0.3, 20: -1.2, 45: -5.8},
    (36, 24): {10: -0.7, 20: -3.0, 45: -15.3},
    (78, 32): {10: -0.6, 20: -2.3, 45: -12.9},
}


def planar(thigh_deg, shank_deg, yaw_deg):
    """Standing, then a held squat with these inclinations, too short to pass for standing itself."""
    motion = standing(2.0, yaw_deg=yaw_deg)
    held = (motion.time_s >= 1.4).astype(float)
    motion = replace(
        motion,
        thigh_deg=dict.fromkeys(SIDES, thigh_deg * held),
        shank_deg=dict.fromkeys(SIDES, shank_deg * held),
    )
    return film(motion, FAR)


@pytest.mark.parametrize("inclinations", FPPA_SHIFT, ids=str)
def test_a_turned_front_view_reads_the_false_valgus_of_the_table(inclinations):
    for yaw, shift in FPPA_SHIFT[inclinations].items():
        series = series_of(planar(*inclinations, yaw), segment(0))  # the yaw is not known
        assert series["fppa_deg", "left"].value[-1] == pytest.approx(shift, abs=0.06)
        assert series["fppa_deg", "right"].value[-1] == pytest.approx(-shift, abs=0.06)


@pytest.mark.parametrize("inclinations", KNEE_SHIFT, ids=str)
def test_a_turned_side_view_reads_the_lost_flexion_of_the_table(inclinations):
    for yaw, shift in KNEE_SHIFT[inclinations].items():
        series = series_of(planar(*inclinations, 90 - yaw), segment(90))
        assert series["knee_flexion_deg", "left"].value[-1] == pytest.approx(sum(inclinations) + shift, abs=0.06)


def draws_of(track, one, shift):
    points = {name: xy[None] for name, xy in points_of(track).items()}
    return series_from_points(points, track.time_s, one, standing_reference(track, one), DEFAULT, shift)


def test_draws_of_yaw_show_the_same_false_valgus():
    shift = CameraShift(yaw_deg=np.array([0.0, 1.0, 5.0, 10.0, -5.0]))
    draws = draws_of(planar(36, 24, 0), segment(0), shift)
    assert draws["fppa_deg", "left"].shape == (5, 60)
    np.testing.assert_allclose(draws["fppa_deg", "left"][:, -1], [0, 1.2, 5.8, 11.6, -5.8], atol=0.06)
    np.testing.assert_allclose(draws["fppa_deg", "right"][:, -1], [0, -1.2, -5.8, -11.6, 5.8], atol=0.06)
    back = draws_of(planar(36, 24, 180), segment(180), CameraShift(yaw_deg=np.array([5.0])))
    turned = series_of(planar(36, 24, -175), segment(180))
    assert back["fppa_deg", "left"][0, -1] == pytest.approx(turned["fppa_deg", "left"].value[-1], abs=0.06)


@pytest.mark.parametrize("yaw_deg", [90, -90, 105, 65])
def test_draws_of_yaw_change_a_side_view_as_another_turn_would(yaw_deg):
    further = 8.0
    draws = draws_of(planar(58, 32, yaw_deg), segment(yaw_deg), CameraShift(yaw_deg=np.array([0.0, further])))
    value = series_of(planar(58, 32, yaw_deg), segment(yaw_deg))["knee_flexion_deg", "left"].value[-1]
    assert draws["knee_flexion_deg", "left"][0, -1] == pytest.approx(value)
    off = np.radians(abs(yaw_deg) - 90)
    more = off + np.radians(further) * np.sign(yaw_deg)
    kept = 1 / np.cos(more) if abs(np.degrees(off)) <= 20 else np.cos(off) / np.cos(more)
    seen = [np.tan(np.radians(angle)) * np.cos(off) * kept for angle in (58, 32)]
    assert draws["knee_flexion_deg", "left"][1, -1] == pytest.approx(np.degrees(np.arctan(seen)).sum(), abs=0.05)


def test_draws_of_roll_add_to_inclinations_and_lengths_to_percentages():
    track = film(squat(90, reps=1, yaw_deg=90), FAR)
    roll = draws_of(track, segment(90), CameraShift(roll_deg=np.array([0.0, 4.0])))
    np.testing.assert_allclose(np.diff(roll["trunk_lean_deg", None], axis=0), 4.0, atol=1e-6)
    np.testing.assert_allclose(np.diff(roll["knee_flexion_deg", "left"], axis=0), 0.0, atol=1e-6)
    longer = draws_of(track, segment(90), CameraShift(length_ratio=np.array([1.0, 1.1])))
    height = longer["hip_height_leg_lengths", None]
    np.testing.assert_allclose(height[0] / height[1], 1.1)


def test_draws_of_pitch_shorten_the_vertical():
    draws = draws_of(planar(0, 0, 90), segment(90), CameraShift(pitch_deg=np.array([0.0, 10.0])))
    height = draws["hip_height_leg_lengths", None][:, -1]
    assert height[1] / height[0] == pytest.approx(np.cos(np.radians(10)), abs=1e-3)


def test_one_offset_in_points_and_standing_pose_cancels_in_the_ankle():
    track = film(squat(90, reps=1, yaw_deg=90), FAR)
    one = segment(90)
    reference = standing_reference(track, one)
    offset = np.array([6.0, -4.0])
    points = {name: (xy + offset * (name == "left_toe"))[None] for name, xy in points_of(track).items()}
    pose = {name: xy + offset * (name == "left_toe") for name, xy in reference.pose_px.items()}
    moved = replace(reference, pose_px=pose)
    clean = draws_of(track, one, None)["ankle_dorsiflexion_deg", "left"]
    draws = series_from_points(points, track.time_s, one, moved, DEFAULT)
    np.testing.assert_allclose(draws["ankle_dorsiflexion_deg", "left"], clean, atol=1e-6)
    alone = series_from_points(points, track.time_s, one, reference, DEFAULT)
    assert np.abs(alone["ankle_dorsiflexion_deg", "left"] - clean).min() > 1


HEIGHTS = ("knee_flexion_vertical_deg", "thigh_inclination_vertical_deg")


@pytest.mark.parametrize("yaw_deg", [0, 45, 90])
def test_angles_from_heights_are_refused_while_somebody_walks(yaw_deg):
    series = series_of(film(walking(4.0, yaw_deg=yaw_deg)), segment(yaw_deg))
    for name in HEIGHTS:
        assert "walks or runs" in series[name, "left"].why_none
        assert np.isnan(series[name, "left"].value).all()
    assert series["trunk_lean_vertical_deg", None].why_none is None


def test_a_squat_after_walking_in_keeps_its_angles_from_heights():
    motion = walking_in(squat(90, reps=2, yaw_deg=0), duration_s=3.0)
    track = film(motion)
    series = series_of(track, segment(0))
    squats = track.time_s > motion.instants["bottom"][0] - 0.5
    for name in HEIGHTS:
        assert np.isfinite(series[name, "left"].value[squats]).all()
        assert np.isnan(series[name, "left"].value[track.time_s < 2.5]).all()


def test_who_is_not_seen_does_not_walk():
    track = film(standing(2.0))
    unseen = track.replace(xy_px=np.full_like(track.xy_px, np.nan))
    assert "walks" not in series_of(unseen, segment(0))["knee_flexion_vertical_deg", "left"].why_none
