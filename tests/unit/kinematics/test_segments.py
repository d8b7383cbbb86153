"""Segments: one per view and facing, decided once; heading, vertical, scale and standing with their bases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.skeletons import (
    CAMERA,
    Body,
    Camera,
    film,
    join,
    spoil,
    squat,
    standing,
    times,
    walking,
    walking_in,
)
from vidgait.kinematics.segments import find_segments
from vidgait.kinematics.standing import standing_frames, standing_reference
from vidgait.kinematics.view import facing_of, near_side_of, view_of
from vidgait.settings import SubjectSettings, ViewSettings
from vidgait.types import BLAZEPOSE, Track

FAR = Camera(focal_px=150000, height_m=0.9, distance_m=350.0)


def segments_of(track: Track, view: str = "auto", height_m: float | None = None):
    exact = ViewSettings(view=view, heading_habits="none")
    return find_segments(track, CAMERA.size_px, exact, SubjectSettings(height_m=height_m))


def only(track: Track, **options):
    found = segments_of(track, **options)
    assert len(found) == 1, [(s.start_s, s.end_s, s.view, s.yaw_deg) for s in found]
    return found[0]


def off(yaw_deg: float, truth_deg: float) -> float:
    return abs((yaw_deg - truth_deg + 180) % 360 - 180)


@pytest.mark.parametrize("prior", [True, False], ids=["with prior", "picture only"])
@pytest.mark.parametrize("yaw_deg", [0, 12, -15, 35, -50, 75, 90, -90, 105, 130, -140, 165, 180, -170])
def test_a_set_of_squats_is_one_segment_with_its_heading(yaw_deg, prior):
    track = spoil(film(squat(100, reps=3, yaw_deg=yaw_deg, z_m=-1.0)), noise_px=2.0, correlation_s=0.1)
    track = track if prior else track.replace(xyz_m=None)
    one = only(track)
    assert off(one.yaw_deg, yaw_deg) < one.yaw_error_deg
    assert off(one.yaw_deg, yaw_deg) < 8
    assert one.start_s == 0
    assert one.end_s > track.time_s[-1]
    assert one.near_side == (None if one.view in ("front", "back") else "left" if yaw_deg > 0 else "right")


@pytest.mark.parametrize(
    "yaw_deg, view, facing, near",
    [
        (0, "front", "camera", None),
        (20, "front", "camera", None),
        (21, "oblique", "image_left", "left"),
        (-45, "oblique", "image_right", "right"),
        (65, "left", "image_left", "left"),
        (-90, "right", "image_right", "right"),
        (115, "left", "image_left", "left"),
        (-130, "oblique", "image_right", "right"),
        (170, "back", "away", None),
        (-180, "back", "away", None),
    ],
)
def test_names_of_headings(yaw_deg, view, facing, near):
    assert (view_of(yaw_deg), facing_of(yaw_deg), near_side_of(yaw_deg)) == (view, facing, near)


@pytest.mark.parametrize("yaw_deg", [0, 90, -90])
@pytest.mark.parametrize("arms", ["overhead", "hips", "forward"])
def test_arms_and_very_deep_squats_do_not_cut_a_set(yaw_deg, arms):
    motion = squat([130, 60, 125, 90], reps=4, pause_s=1.0, trunk_deg=55, yaw_deg=yaw_deg, arms=arms)
    only(spoil(film(motion), noise_px=4.0, correlation_s=0.2))


def test_jittering_prior_does_not_cut_a_set():
    track = film(squat(100, reps=3, yaw_deg=45))
    rng = np.random.default_rng(3)
    xyz = track.xyz_m + 0.08 * rng.standard_normal(track.xyz_m.shape)
    only(track.replace(xyz_m=xyz))


@pytest.mark.parametrize("from_left, entry", [(True, "right"), (False, "left")])
def test_walking_in_and_turning_to_the_camera_makes_two_segments(from_left, entry):
    motion = walking_in(squat(90, reps=2), from_left=from_left)
    first, second = segments_of(spoil(film(motion), noise_px=2.0))
    assert (first.view, second.view) == (entry, "front")
    assert first.end_s <= second.start_s
    turned = motion.time_s[np.flatnonzero(np.abs(motion.yaw_deg) < 20)[0]]
    assert second.start_s == pytest.approx(turned, abs=0.5)


def test_a_walker_who_turns_round_has_two_segments():
    there, back = walking(3.0, yaw_deg=90, start_x_m=1.5), walking(3.0, yaw_deg=-90, start_x_m=-1.5)
    turn = replace(standing(0.8), yaw_deg=np.linspace(90, -90, 24), place_m=np.tile(there.place_m[-1], (24, 1)))
    found = segments_of(film(join(there, turn, back)))
    assert [s.view for s in found] == ["left", "right"]
    assert [s.facing for s in found] == ["image_left", "image_right"]


def test_leaving_and_coming_back_makes_two_segments_and_a_short_gap_does_not():
    track = film(squat(80, reps=3, yaw_deg=90))
    away = spoil(track, gaps_s=[(4.0, 5.5)])
    first, second = segments_of(away)
    assert first.end_s == pytest.approx(4.0, abs=0.05)
    assert second.start_s == pytest.approx(5.5, abs=0.05)
    only(spoil(track, gaps_s=[(4.0, 4.3)]))


def test_nobody_gives_no_segment():
    track = film(standing(1.0))
    assert segments_of(track.replace(xy_px=np.full_like(track.xy_px, np.nan))) == ()


def test_one_frame_is_a_segment_that_holds_it_and_claims_no_duration():
    track = film(standing(1.0))
    one = only(Track(track.time_s[:1], track.xy_px[:1], track.score[:1], track.xyz_m[:1], BLAZEPOSE))
    assert one.start_s <= track.time_s[0] < one.end_s < track.time_s[0] + 1e-6
    assert one.view == "front"


@pytest.mark.parametrize("stated, yaw_deg", [("front", 0), ("back", 180), ("left", 90), ("right", -90)])
def test_a_stated_view_is_believed(stated, yaw_deg):
    one = only(film(squat(80, reps=1, yaw_deg=50)), view=stated)
    assert one.view == stated
    assert off(one.yaw_deg, yaw_deg) <= one.yaw_error_deg
    near = only(film(squat(80, reps=1, yaw_deg=yaw_deg + 10)), view=stated)
    assert off(near.yaw_deg, yaw_deg + 10) < 8, "the estimate refines a stated view that agrees with it"


def test_a_stated_oblique_view_keeps_the_estimate():
    one = only(film(squat(80, reps=1, yaw_deg=15)), view="oblique")
    assert one.view == "oblique"
    assert off(one.yaw_deg, 15) < 8


@pytest.mark.parametrize("roll_deg", [-25, -8, 9, 30])
@pytest.mark.parametrize("yaw_deg", [0, 90, -60, 180])
def test_a_rolled_camera_is_found_from_standing(yaw_deg, roll_deg):
    one = only(film(squat(90, reps=2, yaw_deg=yaw_deg), replace(FAR, roll_deg=roll_deg)))
    assert one.roll_deg == pytest.approx(roll_deg, abs=1.0)
    assert off(one.yaw_deg, yaw_deg) < 8
    assert "stands" in one.vertical_basis


def test_small_leans_are_posture():
    one = only(film(squat(90, reps=2, yaw_deg=90), replace(FAR, roll_deg=3)))
    assert one.roll_deg == 0
    assert "posture" in one.vertical_basis


@pytest.mark.parametrize("yaw_deg", [0, 90])
def test_leaning_and_squatting_never_pass_as_roll(yaw_deg):
    leaning = replace(standing(3.0, yaw_deg=yaw_deg), trunk_deg=np.full(90, 30.0), trunk_left_deg=np.full(90, 12.0))
    assert only(film(leaning)).roll_deg == 0
    whole = squat(110, reps=1, trunk_deg=45, pause_s=4.0, yaw_deg=yaw_deg)
    held = film(whole)
    deep = whole.knee_flexion_deg["left"] > 100
    squatting = only(held.replace(xy_px=np.where(deep[:, None, None], held.xy_px, np.nan)))
    assert squatting.roll_deg == 0
    assert "upright" in squatting.vertical_basis


def test_walking_is_not_standing_and_a_lean_through_the_clip_is_told():
    track = film(walking(4.0), replace(FAR, roll_deg=20))
    one = only(track)
    assert not standing_frames(track, one).any()
    assert one.roll_deg == 0
    assert "camera may be tilted" in one.vertical_basis


def test_standing_is_found_between_repetitions_and_not_in_them():
    motion = squat(100, reps=3, rest_s=1.5, yaw_deg=90)
    track = spoil(film(motion), noise_px=1.5, correlation_s=0.2)
    stands = standing_frames(track, only(track))
    knee = motion.knee_flexion_deg["left"]
    assert stands[knee < 0.5].mean() > 0.9
    assert not stands[knee > 30].any()


def test_without_a_rest_the_upright_moments_stand_in():
    motion = squat(100, reps=3, rest_s=0.0, down_s=0.7, up_s=0.6, yaw_deg=0)
    track = film(motion)
    stands = standing_frames(track, only(track))
    assert stands.any()
    assert motion.knee_flexion_deg["left"][stands].max() < 45


def test_single_leg_stance_is_not_symmetric_standing():
    motion = standing(2.0, yaw_deg=90)
    lifted = {"left": np.zeros(60), "right": np.full(60, 30.0)}
    motion = replace(motion, thigh_deg=lifted, shank_deg={"left": np.zeros(60), "right": np.full(60, 60.0)})
    track = film(motion)
    assert not standing_frames(track, only(track)).any()


@pytest.mark.parametrize("yaw_deg", [0, 90, 45])
def test_scale_comes_from_the_stated_height(yaw_deg):
    body = Body(height_m=1.75)
    one = only(film(squat(90, reps=1, yaw_deg=yaw_deg), FAR, body), height_m=1.75)
    truth = FAR.distance_m / FAR.focal_px
    assert one.scale_m_per_px == pytest.approx(truth, rel=0.05)
    assert one.body_height_px == pytest.approx(1.75 / truth, rel=0.05)
    assert one.leg_length_px == pytest.approx((body.thigh + body.shank) * 1.75 / truth, rel=0.02)
    assert "1.75 m" in one.scale_basis


def test_without_a_height_there_is_no_scale_and_it_says_why():
    one = only(film(standing(1.0)))
    assert one.scale_m_per_px is None
    assert "height was not stated" in one.scale_basis


def test_without_standing_lengths_come_from_the_longest_legs():
    track = film(walking(4.0), FAR)
    one = only(track, height_m=1.75)
    truth = FAR.distance_m / FAR.focal_px
    assert one.leg_length_px == pytest.approx(0.491 * 1.75 / truth, rel=0.05)
    assert "no standing" in one.scale_basis
    assert standing_reference(track, one).pose_px == {}


def test_cropped_feet_leave_no_body_height():
    track = film(standing(1.0))
    xy = track.xy_px.copy()
    below = [i for i, n in enumerate(BLAZEPOSE.keypoints) if n.split("_", 1)[-1] in ("knee", "ankle", "heel", "toe")]
    xy[:, below] = np.nan
    one = only(track.replace(xy_px=xy), height_m=1.8)
    assert one.body_height_px is None
    assert one.leg_length_px is None
    assert one.scale_m_per_px is None
    assert "seen" in one.scale_basis
    assert one.view == "front", "the prior still tells the heading"


def test_mirroring_the_picture_mirrors_the_segment():
    track = film(squat(90, reps=2, yaw_deg=60))
    flipped = track.replace(
        xy_px=track.xy_px[:, BLAZEPOSE.mirror_order()] * [-1, 1] + [CAMERA.size_px[0] - 1, 0],
        xyz_m=track.xyz_m[:, BLAZEPOSE.mirror_order()] * [-1, 1, 1],
    )
    a, b = only(track), only(flipped)
    assert b.yaw_deg == pytest.approx(-a.yaw_deg)
    assert (a.near_side, b.near_side) == ("left", "right")
    assert (a.facing, b.facing) == ("image_left", "image_right")


def test_frame_rate_and_its_jitter_do_not_matter():
    clocks = [times(7.4, rate, jitter) for rate, jitter in ((15, 0.0), (30, 0.3), (120, 0.0))]
    results = [only(film(squat(90, reps=2, yaw_deg=70, time_s=time))) for time in clocks]
    assert max(r.yaw_deg for r in results) - min(r.yaw_deg for r in results) < 1
    assert max(r.leg_length_px for r in results) / min(r.leg_length_px for r in results) < 1.01


def test_a_far_side_that_is_hidden_throughout_does_not_matter():
    track = film(squat(90, reps=2, yaw_deg=90))
    hidden = [i for i, name in enumerate(BLAZEPOSE.keypoints) if name.startswith("right_")]
    xy = track.xy_px.copy()
    xy[:, hidden] = np.nan
    one = only(track.replace(xy_px=xy))
    assert one.view == "left"
    assert standing_frames(track.replace(xy_px=xy), one).any()


def test_a_stated_view_is_cut_by_absence_only():
    motion = walking_in(squat(90, reps=1))
    assert len(segments_of(film(motion))) == 2
    assert len(segments_of(film(motion), view="front")) == 1
