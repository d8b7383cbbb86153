"""The simulator: exact angles without noise, mirror symmetry, seeds, gaps, swaps, frame times, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import vidgait
from vidgait.errors import SettingsError
from vidgait.kinematics.angles import fppa_deg, knee_flexion_deg, medial_direction
from vidgait.kinematics.heading import heading_table, prior_yaw_deg
from vidgait.kinematics.view import stretch_yaw_deg
from vidgait.tracking import mirror_poses
from vidgait.truth.recipe import SIMULATED, Recipe, camera_of, motion_of
from vidgait.truth.rendered import reference_of
from vidgait.truth.simulation import Gap, Simulation, simulate
from vidgait.truth.skeleton_film import LEG
from vidgait.truth.skeleton_motion import SIDES, Body
from vidgait.truth.skeleton_pose import skeleton_m
from vidgait.types import BLAZEPOSE, Track

FAR: dict[str, Any] = {"distance_m": 40.0, "focal_px": 16_000.0, "camera_height_m": 0.9}
"""Nearly parallel light: what is left is the angle itself."""


def point(simulation: Simulation, name: str) -> np.ndarray:
    return simulation.poses.xy_px[:, BLAZEPOSE.index(name)]


def true(simulation: Simulation, side: str, name: str) -> np.ndarray:
    return np.array(simulation.truth["angles_deg"][side][name])


# --- what is prescribed is what is there ------------------------------------------------------------------------------


@pytest.mark.parametrize("movement", [name for name in SIMULATED if name != "standing"])
@pytest.mark.parametrize("view", ["left", "right"])
def test_the_picture_from_the_side_shows_the_true_knee(movement: str, view: str) -> None:
    clip = simulate(movement, view=view, **FAR)
    joints = [point(clip, f"{view}_{part}") for part in ("hip", "knee", "ankle")]
    shown = knee_flexion_deg(*joints, forward=1.0 if view == "right" else -1.0)
    np.testing.assert_allclose(shown, true(clip, view, "knee_flexion_deg"), atol=0.5)


@pytest.mark.parametrize(
    "movement, knee_deg", [("squat", 100), ("lunge", 90), ("single_leg_squat", 60), ("step_down", 55)]
)
def test_the_knee_bends_as_far_as_prescribed(movement: str, knee_deg: float) -> None:
    clip = simulate(movement, knee_deg=knee_deg, side="right", rate_hz=100)
    assert true(clip, "right", "knee_flexion_deg").max() == pytest.approx(knee_deg, abs=0.1)
    assert [rep["prescribed"]["knee_flexion_deg"] for rep in clip.truth["reps"]] == [knee_deg] * 3


@pytest.mark.parametrize("movement", ["squat", "lunge", "single_leg_squat", "step_down"])
@pytest.mark.parametrize("side", SIDES)
def test_fppa_is_the_prescribed_one_at_the_bottom_in_truth_and_picture(movement: str, side: str) -> None:
    wanted = {"fppa_left_deg": 12.0} if side == "left" else {"fppa_right_deg": 12.0}
    clip = simulate(movement, view="front", side=side, knee_deg=60, pause_s=0.4, **wanted, **FAR)
    at = int(np.argmin(np.abs(clip.poses.time_s - clip.truth["reps"][0]["bottom_s"])))
    assert true(clip, side, "fppa_deg")[at] == pytest.approx(12.0, abs=0.1)
    hip, knee, ankle = (point(clip, f"{side}_{part}")[at] for part in ("hip", "knee", "ankle"))
    assert float(fppa_deg(hip, knee, ankle, medial_direction(side, "front"))) == pytest.approx(12.0, abs=0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("movement", ["single_leg_stance", "single_leg_squat", "step_down"])
@pytest.mark.parametrize("side", SIDES)
def test_drop_and_lean_of_one_leg_movements_have_the_stance_legs_sign(movement: str, side: str) -> None:
    clip = simulate(movement, side=side, pelvic_drop_deg=8, side_lean_deg=5)
    drop, lean = (true(clip, side, name) for name in ("pelvic_drop_deg", "lateral_trunk_lean_deg"))
    assert (drop.max(), lean.max()) == pytest.approx((8, 5), abs=0.1)
    assert (drop.min(), lean.min()) == pytest.approx((0, 0), abs=1e-6)
    other = "right" if side == "left" else "left"
    hips = {one: np.array(clip.truth["points_m"][f"{one}_hip"])[:, 2] for one in SIDES}
    assert (hips[other] - hips[side]).min() < -0.02, "the free side is the lower one"


def test_both_feet_stay_where_they_are_in_a_squat_with_a_tilted_pelvis() -> None:
    motion = motion_of(Recipe("squat", pelvic_drop_deg=8, knee_deg=100))
    world = skeleton_m(motion)
    ankles = world[:, BLAZEPOSE.indices("left_ankle", "right_ankle")]
    assert np.ptp(ankles[..., 1], axis=0).max() < 0.004
    assert np.ptp(ankles[..., 2], axis=0).max() < 0.004
    assert motion.knee_flexion_deg["right"].max() > motion.knee_flexion_deg["left"].max() + 3


@pytest.mark.parametrize("movement", list(SIMULATED))
def test_bones_keep_their_length_and_feet_stay_above_the_floor(movement: str) -> None:
    world, body = skeleton_m(motion_of(Recipe(movement))), Body()
    for side in SIDES:
        hip, knee, ankle = (world[:, BLAZEPOSE.index(f"{side}_{part}")] for part in LEG[:3])
        for one, two, name in ((hip, knee, "thigh"), (knee, ankle, "shank")):
            np.testing.assert_allclose(np.linalg.norm(one - two, axis=1), body.length_m(name), rtol=1e-9)
    feet = BLAZEPOSE.indices(*(f"{side}_{part}" for side in SIDES for part in ("heel", "toe")))
    assert world[:, feet, 1].min() > -0.005


@pytest.mark.parametrize("movement", ["counter_movement_jump", "drop_jump"])
def test_a_jump_flies_as_gravity_bends_it(movement: str) -> None:
    clip = simulate(movement, jump_height_m=0.32, rate_hz=240)
    jump = clip.truth["reps"][0]
    assert jump["landing_s"] - jump["take_off_s"] == pytest.approx(2 * np.sqrt(2 * 0.32 / 9.81), abs=1e-4)
    time_s = np.array(clip.truth["time_s"])
    hip = np.array(clip.truth["points_m"]["left_hip"])[:, 2]
    flying = (time_s > jump["take_off_s"]) & (time_s < jump["landing_s"])
    curvature = 2 * np.polyfit(time_s[flying], hip[flying], 2)[0]
    assert curvature == pytest.approx(-9.81, rel=0.02)
    speed = np.diff(hip) / np.diff(time_s)
    assert np.abs(np.diff(speed)).max() < 0.5, "the speed of 2.5 m/s does not jump at take-off or landing"


@pytest.mark.parametrize("movement, share", [("walk", 0.62), ("run", 0.40)])
def test_the_standing_foot_stays_and_the_stride_is_the_published_one(movement: str, share: float) -> None:
    clip = simulate(movement, duration_s=3)
    stride = clip.truth["reps"][0]
    assert (stride["toe_off_s"] - stride["contact_s"]) / (stride["end_s"] - stride["start_s"]) == pytest.approx(share)
    time_s, ankle = np.array(clip.truth["time_s"]), np.array(clip.truth["points_m"]["left_ankle"])
    contact = next(rep["contact_s"] for rep in clip.truth["reps"] if rep["side"] == "left")
    middle = (time_s > contact + 0.12) & (time_s < contact + 0.4 * (stride["toe_off_s"] - stride["contact_s"]) + 0.1)
    assert np.abs(np.gradient(ankle[:, 1], time_s))[middle].max() < 0.15
    knee = true(clip, "left", "knee_flexion_deg")
    if movement == "walk":
        assert knee[middle].max() < 20
    assert knee.max() == pytest.approx({"walk": 62.4, "run": 92.6}[movement], abs=1)


# --- the network's habits ---------------------------------------------------------------------------------------------


def heading_error_deg(yaw_deg: float, view: str, **changes: Any) -> tuple[float, float]:
    """Shown less true, and the stated half-width, with the noise and the settings that go with the points."""
    clip = simulate("squat", reps=2, view=view, yaw_deg=yaw_deg, network_noise=True, **changes)
    poses = clip.poses
    track = Track(poses.time_s, poses.xy_px, poses.score, poses.xyz_m, poses.skeleton)
    habits = clip.settings().view.heading_habits
    shown, half_width = stretch_yaw_deg(track, np.ones(track.time_s.shape, bool), habits)
    assert shown is not None and half_width is not None
    return (shown - clip.truth["yaw_deg"] + 180) % 360 - 180, half_width


@pytest.mark.parametrize("habits", [True, False])
@pytest.mark.parametrize("view", ["front", "back"])
def test_the_heading_of_simulated_people_is_right_on_average(view: str, habits: bool) -> None:
    clips = [(yaw_deg, seed) for yaw_deg in (-15, -6, 0, 6, 15) for seed in range(2)]
    found = [heading_error_deg(yaw_deg, view, seed=seed, network_habits=habits) for yaw_deg, seed in clips]
    errors, half_widths = np.array(found).T
    assert abs(errors.mean()) < 1.0
    assert (np.abs(errors) < half_widths).all()


def test_the_prior_of_simulated_people_is_turned_as_the_networks_and_the_picture_is_not() -> None:
    carried, exact = (simulate("standing", yaw_deg=6, network_habits=habits).poses for habits in (True, False))
    np.testing.assert_array_equal(carried.xy_px, exact.xy_px)
    entry = heading_table()["front two_feet"]
    for poses, wanted in ((exact, 6.0), (carried, entry["offset_deg"][1] + entry["gain"][1] * 6.0)):
        track = Track(poses.time_s, poses.xy_px, poses.score, poses.xyz_m, poses.skeleton)
        assert prior_yaw_deg(track) == pytest.approx(wanted, abs=0.2)


def test_an_analysis_is_told_which_habits_the_points_have() -> None:
    given = vidgait.Settings.from_mapping({"movement": "squat", "view": {"view": "front"}})
    told = simulate("squat", network_habits=False).settings(given)
    assert (told.movement, told.view.view, told.view.heading_habits) == ("squat", "front", "none")
    assert simulate("squat").settings().view.heading_habits == "prior"


def test_curves_of_the_users_own_are_the_movement() -> None:
    at_s = [0.0, 1.0, 2.0, 3.0]
    curves = {"time_s": at_s, "left_knee_flexion_deg": [0, 80, 80, 0], "trunk_inclination_deg": [0, 30, 30, 0]}
    clip = simulate("standing", duration_s=3.5, curves=curves, view="left")
    time_s = np.array(clip.truth["time_s"])
    np.testing.assert_allclose(
        true(clip, "left", "knee_flexion_deg"), np.interp(time_s, at_s, [0, 80, 80, 0]), atol=0.01
    )
    np.testing.assert_allclose(true(clip, "right", "knee_flexion_deg"), 0, atol=0.01)
    np.testing.assert_allclose(true(clip, "both", "trunk_inclination_deg").max(), 30, atol=0.01)
    assert clip.truth["reps"] == [], "what was prescribed may no longer be true"


def test_the_truth_of_a_person_who_turns_turns_with_them() -> None:
    turn_deg = np.linspace(-10, 50, 120)
    clip = simulate("standing", duration_s=4, curves={"yaw_deg": turn_deg})
    yaw_deg = reference_of("turns", clip.truth).yaw_deg
    np.testing.assert_allclose(yaw_deg, turn_deg, atol=0.01)


def test_stated_times_of_curves_hold_even_where_there_are_as_many_values_as_frames() -> None:
    frames = simulate("standing", duration_s=4).poses.time_s.size
    at_s = np.linspace(0, 2, frames)
    clip = simulate("standing", duration_s=4, curves={"time_s": at_s, "left_knee_flexion_deg": 40 * at_s})
    expected = np.minimum(40 * np.array(clip.truth["time_s"]), 80)
    np.testing.assert_allclose(true(clip, "left", "knee_flexion_deg"), expected, atol=0.01)


# --- camera -----------------------------------------------------------------------------------------------------------


def test_the_truths_camera_projects_the_truths_points_onto_its_pixels() -> None:
    clip = simulate("squat", yaw_deg=33, pitch_deg=6, roll_deg=-4, distance_m=3, camera_height_m=1.4)
    camera = clip.truth["camera"]
    points = np.array(clip.truth["points_m"]["right_knee"])
    seen = (points - np.array(camera["position_m"])) @ np.array(camera["axes_right_down_forward"]).T
    pixels = camera["focal_px"] * seen[:, :2] / seen[:, 2:] + np.array(camera["centre_px"])
    np.testing.assert_allclose(pixels, clip.truth["points_px"]["right_knee"], atol=0.05)
    np.testing.assert_allclose(pixels, point(clip, "right_knee"), atol=0.05)


@pytest.mark.parametrize("yaw_deg", [0.0, 20.0, 90.0, -130.0])
def test_mirrored_is_the_other_side_from_the_other_side(yaw_deg: float) -> None:
    one = simulate("squat", fppa_left_deg=12, yaw_deg=yaw_deg, pelvic_drop_deg=4, side_lean_deg=3)
    other = simulate("squat", fppa_right_deg=12, yaw_deg=-yaw_deg, pelvic_drop_deg=-4, side_lean_deg=-3)
    mirrored = mirror_poses(one.poses).xy_px
    np.testing.assert_allclose(mirrored - mirrored[:1, :1], other.poses.xy_px - other.poses.xy_px[:1, :1], atol=1e-6)
    np.testing.assert_allclose(true(one, "left", "fppa_deg"), true(other, "right", "fppa_deg"), atol=1e-9)


# --- faults -----------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_points_and_another_does_not() -> None:
    noisy: dict[str, Any] = {"noise_px": 2, "offset_px": 3, "network_noise": True, "jitter": 0.3, "dropped": 0.1}
    first, again, other = (simulate("squat", seed=seed, **noisy) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.poses.xy_px, again.poses.xy_px)
    assert first.truth_json() == again.truth_json()
    assert first.poses.xy_px.shape != other.poses.xy_px.shape or not np.array_equal(
        first.poses.xy_px, other.poses.xy_px
    )


def test_noise_has_the_declared_size_and_memory() -> None:
    clean = simulate("standing", duration_s=30)
    white, slow = (
        (simulate("standing", duration_s=30, noise_px=2.0, noise_correlation_s=memory).poses.xy_px - clean.poses.xy_px)
        for memory in (0.0, 0.2)
    )
    for noise, expected in ((white, 0.0), (slow, np.exp(-1 / 30 / 0.2))):
        assert noise.std() == pytest.approx(2.0, rel=0.1)
        assert np.corrcoef(noise[:-1].ravel(), noise[1:].ravel())[0, 1] == pytest.approx(expected, abs=0.05)
    offset = simulate("standing", offset_px=5).poses.xy_px - simulate("standing").poses.xy_px
    assert np.ptp(offset, axis=0).max() < 1e-9 and 3 < offset[0].std() < 7


def test_gaps_are_where_they_were_declared() -> None:
    clip = simulate("squat", gaps=[Gap(1.0, 1.5), Gap(2.0, 2.5, ("left_knee",))])
    seen_at = clip.poses.time_s[clip.poses.frame]
    assert not ((seen_at >= 1.0) & (seen_at < 1.5)).any(), "nobody has a row then"
    knee = clip.poses.xy_px[:, BLAZEPOSE.index("left_knee")]
    lost = np.isnan(knee).any(axis=1)
    assert (seen_at[lost].min(), seen_at[lost].max()) == pytest.approx((2.0, 2.467), abs=0.01)
    assert np.isfinite(clip.poses.xy_px[:, BLAZEPOSE.index("right_knee")]).all()
    assert clip.poses.time_s.size == len(clip.truth["time_s"])


def test_swaps_exchange_the_legs_and_nothing_else() -> None:
    clean, swapped = simulate("squat", yaw_deg=30), simulate("squat", yaw_deg=30, swaps=[(1.0, 1.5)])
    during = (clean.poses.time_s >= 1.0) & (clean.poses.time_s < 1.5)
    for part, exchanged in (("knee", True), ("shoulder", False)):
        there, here = point(clean, f"right_{part}" if exchanged else f"left_{part}"), point(swapped, f"left_{part}")
        np.testing.assert_array_equal(here[during], there[during])
        np.testing.assert_array_equal(here[~during], point(clean, f"left_{part}")[~during])
    assert clean.poses.xyz_m is not None and swapped.poses.xyz_m is not None
    left, right = BLAZEPOSE.indices("left_hip", "right_hip")
    np.testing.assert_array_equal(swapped.poses.xyz_m[during, left], clean.poses.xyz_m[during, right])
    np.testing.assert_array_equal(swapped.poses.xyz_m[~during], clean.poses.xyz_m[~during])


def test_irregular_and_dropped_frames_show_the_moment_they_were_taken() -> None:
    clip = simulate("squat", jitter=0.4, dropped=0.2, seed=3)
    spacing = np.diff(clip.poses.time_s)
    assert (spacing > 0).all() and np.ptp(spacing) > 0.02 and spacing.max() > 0.05
    dense = simulate("squat", rate_hz=1000)
    knee = np.interp(clip.poses.time_s, dense.poses.time_s, true(dense, "left", "knee_flexion_deg"))
    np.testing.assert_allclose(true(clip, "left", "knee_flexion_deg"), knee, atol=0.01)
    given = np.cumsum(np.random.default_rng(0).uniform(0.01, 0.08, 120))
    np.testing.assert_array_equal(simulate("squat", time_s=given).poses.time_s, given)


def test_joints_outside_the_picture_are_guesses() -> None:
    clip = simulate("walk", duration_s=8)
    outside = (clip.poses.xy_px < 0).any(axis=-1) | (clip.poses.xy_px > np.array([1920, 1080])).any(axis=-1)
    assert outside.any() and not outside.all()
    assert (clip.poses.score[outside] < 0.3).all() and (clip.poses.score[~outside] > 0.9).all()


@pytest.mark.parametrize("what", ["stands", "crosses"])
def test_a_second_person_is_in_the_poses_and_not_the_athlete(what: str) -> None:
    clip = simulate("squat", reps=2, second_person=what)
    assert np.bincount(clip.poses.frame).max() == 2
    assert len(clip.truth["others"]) == 1
    quick = vidgait.Settings.from_mapping({"error": {"draws": 50}})
    analysis = vidgait.analyze_poses(clip.poses, movement="squat", settings=quick)
    hip = np.array(clip.truth["points_px"]["left_hip"])
    assert np.nanmax(np.abs(analysis.clean.point("left_hip") - hip)) < 5
    assert sum(rep.index > 0 for rep in analysis.reps) == 2


# --- what it refuses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change, words",
    [
        ({"movement": "cartwheel"}, "Unknown movement"),
        ({"knee_deg": 200}, "knee_deg must be a number from 5 to 150"),
        ({"reps": 2.5}, "reps must be a whole number"),
        ({"noise_px": float("nan")}, "noise_px"),
        ({"knee_degrees": 90}, "Did you mean 'knee_deg'"),
        ({"view": "above"}, "Unknown view"),
        ({"second_person": "dances"}, "Unknown second_person"),
        ({"time_s": [0, 1, 1]}, "rising"),
        ({"gaps": [Gap(2, 1)]}, "empty"),
        ({"gaps": [Gap(1, 2, ("left_elbows",))]}, "no keypoint"),
        ({"curves": {"knee": [1, 2]}}, "no curve"),
        ({"curves": {"fppa_deg": [1, 2]}}, "2 values for"),
        ({"curves": {"fppa_deg": "deep"}}, "no number"),
        ({"curves": {"fppa_deg": float("inf")}}, "no number"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(change: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        simulate(**({"movement": "squat"} | change))


def test_a_recipe_can_be_changed_and_stays_what_it_is() -> None:
    recipe = Recipe("squat", knee_deg=70)
    assert simulate(recipe, noise_px=1).recipe == replace(recipe, noise_px=1)
    assert camera_of(replace(recipe, width_px=640, height_px=480)).size_px == (640, 480)
