"""Heading near a front or back view: cues, how they are put together, and how far the answer may be off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.skeletons import film, spoil, squat, standing, walking
from vidgait.kinematics import heading, view
from vidgait.kinematics.standing import points_of
from vidgait.tracking import build_track, link_people
from vidgait.truth.simulation import simulate
from vidgait.truth.skeleton_film import network_habits
from vidgait.types import BLAZEPOSE, Track

TWO = {"offset_deg": [0.0, -4.0], "gain": [1.0, 0.5], "covariance_deg2": [[4.0, 0.0], [0.0, 1.0]], "widening": 1.0}


def every(track: Track) -> np.ndarray:
    return np.ones(track.time_s.shape, bool)


def lifted(track: Track, up_px: float) -> Track:
    """The left foot held off the floor, beside the knee of the other leg."""
    xy = track.xy_px.copy()
    for name in ("left_ankle", "left_heel", "left_toe"):
        xy[:, BLAZEPOSE.index(name), 1] -= up_px
    return track.replace(xy_px=xy)


def test_one_cue_is_its_reading_with_offset_and_gain_undone():
    value, half_width = heading.combined_deg(np.array([np.nan, 1.0]), TWO)
    assert value == pytest.approx((1.0 + 4.0) / 0.5)
    assert half_width == pytest.approx(1.96 * 1.0 / 0.5)


def test_cues_that_agree_are_weighed_by_their_variances():
    value, half_width = heading.combined_deg(np.array([6.0, -1.0]), TWO)  # both say 6
    assert value == pytest.approx(6.0)
    assert half_width == pytest.approx(1.96 / np.sqrt(1 / 4 + 0.5**2 / 1))


def test_cues_that_differ_by_more_than_their_errors_widen_the_answer():
    agreeing, differing = (heading.combined_deg(np.array([feet, -1.0]), TWO) for feet in (6.0, 30.0))
    assert differing[1] > 2 * agreeing[1]
    assert 6.0 < differing[0] < 30.0


def test_widening_scales_the_half_width_alone():
    plain, wide = (heading.combined_deg(np.array([6.0, -1.0]), TWO | {"widening": by}) for by in (1.0, 1.5))
    assert wide[0] == plain[0]
    assert wide[1] == pytest.approx(1.5 * plain[1])


def test_no_cue_gives_no_answer():
    assert np.isnan(heading.combined_deg(np.full(2, np.nan), TWO)).all()


def test_the_table_that_ships_is_whole():
    for key, entry in heading.heading_table().items():
        side, footing = key.split()
        assert side in ("front", "back")
        assert footing in ("two_feet", "one_foot", "moving")
        covariance = np.array(entry["covariance_deg2"])
        assert covariance.shape == (len(heading.CUES),) * 2
        assert np.linalg.eigvalsh((covariance + covariance.T) / 2).min() > 0
        assert entry["widening"] >= 1
        assert entry["offset_deg"][0] == entry["offset_deg"][3] == 0, "feet and travel know no left and right"


@pytest.mark.parametrize("yaw_deg", [0, 7, -12, 20, 165, -170])
def test_travel_tells_the_turn_of_a_squat(yaw_deg):
    points = points_of(film(squat(100, reps=2, yaw_deg=yaw_deg)))
    truth = np.degrees(np.arcsin(np.sin(np.radians(yaw_deg))))
    assert np.degrees(np.arcsin(heading.sine_of_travel(points))) == pytest.approx(truth, abs=1.5)


@pytest.mark.parametrize("fppa_deg", [{"left": 15.0, "right": 0.0}, {"left": 0.0, "right": 12.0}])
def test_one_knee_that_falls_in_hardly_passes_as_a_turn(fppa_deg):
    still = squat(90, reps=2)
    depth = still.thigh_deg["left"] / still.thigh_deg["left"].max()
    valgus = {side: fppa_deg[side] * depth for side in ("left", "right")}
    points = points_of(film(replace(still, fppa_deg=valgus)))
    assert abs(np.degrees(heading.sine_of_travel(points))) < 4.0


def test_standing_still_has_no_travel_and_no_bent_prior():
    track = film(standing(2.0, yaw_deg=5))
    feet, upright, bent, travel = heading.cues_deg(track, every(track), 0.0, "two_feet")
    assert upright == pytest.approx(5, abs=0.5)
    assert feet == pytest.approx(5, abs=1.5)
    assert np.isnan([bent, travel]).all()


def footing(track) -> str:
    return heading.footing_of(points_of(track), track.time_s)


def test_footing():
    assert footing(film(standing(2.0))) == "two_feet"
    assert footing(lifted(film(standing(2.0)), 120.0)) == "one_foot"
    assert footing(film(walking(3.0, yaw_deg=90, start_x_m=1.5))) == "moving"


@pytest.mark.parametrize("view", ["front", "back", "left"])
def test_one_foot_and_then_the_other_is_one_foot(view):
    clip = simulate("single_leg_squat", view=view, legs="both", reps=3)
    assert footing(build_track(clip.poses, link_people(clip.poses), 0)) == "one_foot"


@pytest.mark.parametrize("yaw_deg", [0, 90])
@pytest.mark.parametrize("onward", [True, False])
def test_who_walks_moves_wherever_to(yaw_deg, onward):
    assert footing(film(walking(4.0, yaw_deg=yaw_deg, start_x_m=1.5 if onward and yaw_deg else 0.0))) == "moving"


def test_a_leg_that_comes_and_goes_leaves_the_other_foot_planted():
    track = film(standing(4.0))
    up = 150.0 * (track.time_s > 1.5)
    points = points_of(lifted(track, 0.0))
    for name in ("left_ankle", "left_heel", "left_toe"):
        points[name] = points[name] - np.column_stack([np.zeros_like(up), up])
    assert heading.footing_of(points, track.time_s) == "one_foot"


def test_what_is_not_seen_has_no_footing_and_no_heading():
    track = film(standing(1.0))
    nobody = track.replace(xy_px=np.full_like(track.xy_px, np.nan), xyz_m=None)
    assert footing(nobody) == "moving"
    assert view.stretch_yaw_deg(nobody, every(nobody)) == (None, None)


@pytest.mark.parametrize("yaw_deg", [0, -8, 15, 165, -172])
def test_a_network_with_habits_is_read_right(yaw_deg):
    """A prior that is turned as the shipped network's reads right where that is undone, and exact points where it is
    not."""
    exact = spoil(film(squat(90, reps=2, yaw_deg=yaw_deg)), noise_px=1.5, correlation_s=0.1)
    turned = network_habits(exact)
    for track, habits in ((turned, "prior"), (exact, "none")):
        yaw, half_width = view.stretch_yaw_deg(track, every(track), habits)
        assert off(yaw, yaw_deg) < 2.0 < half_width


def test_what_is_undone_without_being_there_is_an_error_and_so_is_what_is_left_in():
    exact = film(squat(90, reps=2))
    for track, habits in ((exact, "prior"), (network_habits(exact), "none")):
        yaw, _ = view.stretch_yaw_deg(track, every(track), habits)
        assert off(yaw, 0) > 1.5


def off(yaw_deg, truth_deg):
    return abs((yaw_deg - truth_deg + 180) % 360 - 180)


@pytest.mark.parametrize("view_name, nominal_deg", [("front", 0.0), ("back", 180.0)])
@pytest.mark.parametrize("bent, cue", [(False, 1), (True, 2)])
def test_the_prior_reads_what_the_table_says(view_name, nominal_deg, bent, cue):
    entry = heading.heading_table()[f"{view_name} two_feet"]
    for turned_deg in (-20.0, 0.0, 20.0):
        yaw = np.array([(nominal_deg + turned_deg + 180) % 360 - 180])
        reads = heading.prior_reading_deg(yaw, np.array([bent]), "two_feet")[0]
        assert off(reads, nominal_deg + entry["offset_deg"][cue] + entry["gain"][cue] * turned_deg) < 1e-9


def test_habits_fade_out_to_the_side_and_are_not_known_of_feet_that_go():
    yaw = np.linspace(-180.0, 179.0, 360)
    standing = heading.prior_reading_deg(yaw, np.zeros(360, bool), "two_feet")
    by_the_side = np.abs(np.abs(yaw) - 90) < 29
    np.testing.assert_array_equal(standing[by_the_side], yaw[by_the_side])
    steps = np.diff(np.unwrap(standing, period=360.0))
    assert (steps > 0).all() and steps.max() < 2.5, "no jumps, and never backwards"
    np.testing.assert_array_equal(heading.prior_reading_deg(yaw, np.zeros(360, bool), "moving"), yaw)


def test_exact_points_keep_the_length_of_the_feet_alone():
    entry = heading.heading_table()["front two_feet"]
    gains = {name: heading.habits_of("front", "two_feet", name)["gain"] for name in ("all", "prior", "none")}
    np.testing.assert_array_equal(gains["all"], entry["gain"])
    np.testing.assert_array_equal(gains["prior"], [*entry["gain"][:3], 1.0])
    np.testing.assert_array_equal(gains["none"], [entry["gain"][0], 1.0, 1.0, 1.0])
    assert not heading.habits_of("front", "two_feet", "none")["offset_deg"].any()


def test_the_more_is_seen_the_surer_the_heading():
    still, moving = film(standing(2.0)), film(squat(90, reps=2))
    half_widths = [view.stretch_yaw_deg(track, every(track))[1] for track in (moving, still, still.replace(xyz_m=None))]
    assert half_widths[0] < half_widths[1] < half_widths[2]


def test_feet_that_both_point_aside_do_not_decide_the_heading():
    """The rough estimate believes them; hips, shoulders and the prior know better."""
    track = film(squat(90, reps=2, yaw_deg=16))
    xy = track.xy_px.copy()
    points = points_of(track)
    trunk_px = float(np.median(points["left_hip"][:, 1] - points["left_shoulder"][:, 1]))
    for name in ("left_toe", "right_toe"):
        xy[:, BLAZEPOSE.index(name), 0] -= 0.45 * heading.FOOT_OVER_TRUNK * trunk_px
    aside = track.replace(xy_px=xy)
    points = points_of(aside)
    rough = np.degrees(np.arctan2(np.median(view.sine_of_feet(points)), np.median(view.cosine_of_widths(points))))
    yaw, half_width = view.stretch_yaw_deg(aside, every(aside), "none")
    assert rough > 32
    assert abs(yaw - 16) < min(4.0, half_width)


def test_a_half_turn_is_left_to_the_rough_estimate():
    track = film(squat(90, reps=2, yaw_deg=42))
    yaw, half_width = view.stretch_yaw_deg(track, every(track))
    assert half_width >= 10
    assert abs(yaw - 42) < half_width


def test_somebody_who_passes_in_front_does_not_decide_the_heading():
    """For 8 % of the frames the points lie on a nearer person, who walks across."""
    base = film(squat(100, reps=2, yaw_deg=4))
    count = base.time_s.size
    passing = np.arange(count) >= count - round(0.08 * count)
    crossing = film(squat(100, reps=2, yaw_deg=-80))
    middle = np.nanmean(base.xy_px, axis=(0, 1))
    nearer = middle + 1.4 * (crossing.xy_px - middle)
    mixed = base.replace(xy_px=np.where(passing[:, None, None], nearer, base.xy_px))
    alone, _ = view.stretch_yaw_deg(base, every(base), "none")
    both, _ = view.stretch_yaw_deg(mixed, every(mixed), "none")
    assert alone is not None
    assert both is not None
    assert abs(both - alone) < 3.0
