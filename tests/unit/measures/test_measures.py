"""Every measure on people whose answer is known, filmed by a pinhole camera: sides, facings, views and signs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support import skeletons
from tests.support.skeletons import film, join, spoil, squat
from tests.support.stages import Counted, Measures, count, count_track, measure
from vidgait.kinematics.series import compute_series
from vidgait.measures import CATALOGUE, say
from vidgait.settings import ErrorSettings, Settings
from vidgait.tracking import mirror_poses

DEPTH_DEG = 100
SIDE_VIEWS = ((90, "left"), (-90, "right"))
FAR = {"left": "right", "right": "left"}


@pytest.fixture(scope="module", params=SIDE_VIEWS, ids=["left", "right"])
def from_the_side(request):
    yaw_deg, near = request.param
    motion = squat(DEPTH_DEG, reps=3, pause_s=0.4, yaw_deg=yaw_deg, heel_rise_deg=6, trunk_deg=40)
    return motion, near, measure(motion)


@pytest.fixture(scope="module", params=(0, 180), ids=["front", "back"])
def from_the_front(request):
    motion = squat(
        65, reps=3, pause_s=0.4, yaw_deg=request.param, valgus_deg={"left": 12, "right": -6}, hip_drop_deg=-5
    )
    return motion, at_heading(count(motion, noise_px=0.5), request.param)


def at_heading(counted: Counted, yaw_deg: float) -> Measures:
    """Measures where the heading is known: people made of lines lack the habits that its estimate allows for."""
    return counted.measures(segments=tuple(replace(one, yaw_deg=float(yaw_deg)) for one in counted.segments))


def at_bottom(motion, angle: np.ndarray) -> float:
    return float(np.interp(motion.instants["bottom"][0], motion.time_s, angle))


@pytest.mark.parametrize(
    ("id", "truth", "tolerance"),
    [
        ("knee_flexion_bottom", lambda m, s: m.knee_flexion_deg[s], 2.5),
        ("thigh_inclination_bottom", lambda m, s: m.thigh_deg[s], 2.5),
        ("shank_inclination_bottom", lambda m, s: m.shank_deg[s], 2.5),
        ("hip_flexion_bottom", lambda m, s: m.hip_flexion_deg[s], 3.0),
        ("ankle_dorsiflexion_bottom", lambda m, s: m.ankle_dorsiflexion_deg[s], 3.0),
    ],
)
def test_sagittal_angles_of_the_near_leg(from_the_side, id, truth, tolerance) -> None:
    motion, near, measures = from_the_side
    expected = at_bottom(motion, truth(motion, near))
    for rep in (None, 1, 2, 3):
        assert measures.find(id, near, rep).value == pytest.approx(expected, abs=tolerance)


def test_trunk_lean_is_forward_whichever_way_one_faces(from_the_side) -> None:
    assert from_the_side[2].find("trunk_lean_bottom").value == pytest.approx(40, abs=2)


def test_a_lifted_heel_is_positive(from_the_side) -> None:
    _, near, measures = from_the_side
    body = skeletons.Body()
    expected = 100 * (body.toe_length + body.heel_length) * np.sin(np.radians(6))
    assert measures.find("heel_rise_bottom", near).value == pytest.approx(expected, abs=0.5)


def test_knee_speed_on_the_way_up_is_extension(from_the_side) -> None:
    motion, near, measures = from_the_side
    speed = -np.gradient(motion.knee_flexion_deg[near], motion.time_s)
    found = measures.find("knee_velocity_peak_concentric", near).value
    assert 0.75 * speed.max() < found < 1.05 * speed.max()


def test_tempo(from_the_side) -> None:
    """The hips move with the square of the knee's bend at first, so the start is seen late, and the pause long."""
    measures = from_the_side[2]
    assert measures.find("eccentric_time").value == pytest.approx(1.05, abs=0.15)
    assert measures.find("pause_time").value == pytest.approx(0.4, abs=0.15)
    assert measures.find("concentric_time").value == pytest.approx(0.9, abs=0.15)
    parts = sum(measures.find(name).value for name in ("eccentric_time", "pause_time", "concentric_time"))
    assert measures.find("rep_time").value == pytest.approx(parts, abs=0.1)


def test_the_far_leg_and_the_other_plane_say_why_not(from_the_side) -> None:
    _, near, measures = from_the_side
    assert "far leg" in measures.find("knee_flexion_bottom", FAR[near]).why_none
    assert "from the side" in measures.find("fppa_change", near).why_none
    assert "from the side" in measures.find("pelvic_obliquity_bottom").why_none
    assert measures.find("fppa_change", near).value is None


def test_every_entry_of_the_catalogue_answers_or_says_why(from_the_side, from_the_front) -> None:
    for measures in (from_the_side[2], from_the_front[1]):
        assert {one.id for one in measures.all if one.rep is None} == {
            spec.id for spec in CATALOGUE if "squat" in spec.movements
        }
        assert all(one.why_none for one in measures.all if one.value is None)
    for id in ("knee_flexion_consistency_bottom", "knee_flexion_range_bottom", "knee_flexion_drift_bottom"):
        assert "film from the side" in from_the_front[1].find(id, "left").why_none


def test_fppa_and_its_change_by_side(from_the_front) -> None:
    _, measures = from_the_front
    for side, expected in (("left", 12), ("right", -6)):
        bottom, change = measures.find("fppa_bottom", side), measures.find("fppa_change", side)
        assert abs(bottom.value - expected) < max(bottom.error, 3)
        assert abs(change.value - expected) < max(change.error, 3)
        at_60 = measures.find("fppa_change_60_degrees", side)
        assert np.sign(at_60.value) == np.sign(expected)
    assert measures.find("fppa_left_right_change").value == pytest.approx(18, abs=5)
    assert measures.find("fppa_both_legs_change").value == pytest.approx(3, abs=3)
    assert np.sign(measures.find("knee_medial_displacement_bottom", "left").value) == 1


@pytest.mark.parametrize("yaw_deg", [0, 180], ids=["front", "back"])
def test_a_knee_that_bends_further_is_seen_from_the_front(yaw_deg: float) -> None:
    motion = squat(80, reps=3, pause_s=0.4, yaw_deg=yaw_deg)
    more = {"left": 1.2, "right": 1.0}
    thigh, shank = ({side: more[side] * part[side] for side in more} for part in (motion.thigh_deg, motion.shank_deg))
    uneven = measure(replace(motion, thigh_deg=thigh, shank_deg=shank))
    for rep in (None, 1, 2, 3):
        found = uneven.find("knee_flexion_left_right_bottom", None, rep)
        assert found.value == pytest.approx(16, abs=5)
    left, right = (uneven.find("knee_flexion_vertical_bottom", side) for side in ("left", "right"))
    assert found.noise < np.hypot(left.noise, right.noise), "what the camera adds to both legs cancels"
    assert measure(motion).find("knee_flexion_left_right_bottom").value == pytest.approx(0, abs=3)


def test_left_against_right_needs_a_front_view(from_the_side) -> None:
    assert "from the side" in from_the_side[2].find("knee_flexion_left_right_bottom").why_none


def test_pelvis_sign_is_the_persons_right_side_down(from_the_front) -> None:
    """hip_drop_deg = -5 lifts the left hip: the right side is lower, from the front and from the back."""
    assert from_the_front[1].find("pelvic_obliquity_bottom").value == pytest.approx(5, abs=1.5)


def test_the_trunk_leans_to_the_persons_right() -> None:
    for yaw_deg in (0, 180):
        motion = squat(65, reps=2, pause_s=0.4, yaw_deg=yaw_deg, trunk_deg=10)
        share = motion.thigh_deg["left"] / motion.thigh_deg["left"].max()
        found = measure(replace(motion, trunk_left_deg=-8 * share)).find("trunk_lateral_lean_bottom")
        assert found.value == pytest.approx(8, abs=2)


def test_knee_separations() -> None:
    motion = squat(60, reps=2, pause_s=0.4, valgus_deg=10)
    measures = measure(motion)
    assert measures.find("knee_separation_ankles").value < 0.8
    assert measures.find("knee_separation_hips").value < 90
    wide = measure(squat(60, reps=2, pause_s=0.4, valgus_deg=-10))
    assert wide.find("knee_separation_ankles").value > 1.1


def test_the_sagittal_plane_is_refused_from_the_front(from_the_front) -> None:
    refused = from_the_front[1].find("knee_flexion_bottom", "left")
    assert refused.value is None
    assert "film from the side" in refused.why_none


@pytest.mark.parametrize("yaw_deg", [0, 40, 90])
def test_coarse_depth_answers_in_every_view(yaw_deg: float) -> None:
    motion = squat(DEPTH_DEG, reps=2, pause_s=0.4, yaw_deg=yaw_deg)
    measures = measure(motion)
    for side in ("left", "right") if yaw_deg < 90 else ("left",):
        assert measures.find("knee_flexion_vertical_bottom", side).value == pytest.approx(DEPTH_DEG, abs=12)
        thigh = at_bottom(motion, motion.thigh_deg[side])
        assert measures.find("thigh_inclination_vertical_bottom", side).value == pytest.approx(thigh, abs=12)


def test_a_very_deep_squat_has_no_fppa_at_the_bottom_but_one_at_60_degrees() -> None:
    measures = measure(squat(130, reps=3, pause_s=0.4))
    assert "points at the camera" in measures.find("fppa_bottom", "left").why_none
    assert measures.find("fppa_change_60_degrees", "left").value is not None


def test_an_oblique_view_refuses_fppa_and_sagittal_angles_and_still_answers_most() -> None:
    measures = measure(squat(reps=3, yaw_deg=45))
    for id in ("fppa_change", "knee_flexion_bottom"):
        assert measures.find(id, "left").why_none
    assert measures.find("rep_time").value
    assert measures.find("knee_flexion_vertical_bottom", "left").value


def test_a_usable_clip_answers_most_of_its_measures(from_the_side, from_the_front) -> None:
    for plane, measures in (("sagittal", from_the_side[2]), ("frontal", from_the_front[1])):
        ids = {
            one.id
            for one in CATALOGUE
            if one.plane in (plane, "any") and one.reps_min <= 3 and "squat" in one.movements
        }
        answered = {one.id for one in measures.all if one.value is not None}
        assert len(ids & answered) >= 0.9 * len(ids), sorted(ids - answered)


def test_drift_and_consistency_over_the_set() -> None:
    deeper = np.linspace(80, 110, 7)
    measures = measure(squat(deeper, reps=7, yaw_deg=90))
    drift = measures.find("knee_flexion_drift_bottom", "left")
    assert drift.value == pytest.approx(5, abs=0.7)
    assert drift.n == 7
    spread = measures.find("knee_flexion_consistency_bottom", "left")
    assert spread.value == pytest.approx(np.std(deeper, ddof=1), abs=1)
    few = measure(squat(reps=5, yaw_deg=90)).find("knee_flexion_drift_bottom", "left")
    assert few.value is None
    assert "needs 6 repetitions" in few.why_none


def test_an_excluded_repetition_is_shown_but_not_in_the_set() -> None:
    counted = count(squat([100, 100, 45 + 35, 100], reps=4, yaw_deg=90))
    reps = tuple(replace(rep, excluded="left out by you") if rep.index == 3 else rep for rep in counted.reps)
    measures = replace(counted, reps=reps).measures()
    assert measures.find("knee_flexion_bottom", "left").n == 3
    assert measures.find("knee_flexion_bottom", "left").value == pytest.approx(100, abs=2.5)
    assert measures.find("knee_flexion_bottom", "left", 3).value == pytest.approx(80, abs=2.5)


def test_mirrored_pictures_exchange_the_sides() -> None:
    motion = squat(65, reps=2, pause_s=0.4, valgus_deg={"left": 12, "right": -6}, hip_drop_deg=-5)
    track = spoil(film(motion), noise_px=0.5)
    poses = mirror_poses(skeletons.clip_poses([track]))
    flipped = track.replace(xy_px=poses.xy_px, score=poses.score, xyz_m=poses.xyz_m)
    plain, mirror = (at_heading(count_track(one), 0.0) for one in (track, flipped))
    for side in ("left", "right"):
        here, there = plain.find("fppa_change", side), mirror.find("fppa_change", FAR[side])
        assert there.value == pytest.approx(here.value, abs=1.0)
    for id in ("pelvic_obliquity_bottom", "hip_shift_bottom"):
        assert mirror.find(id).value == pytest.approx(-plain.find(id).value, abs=0.5)


def two_views(first_deg: float, second_deg: float) -> Counted:
    """Two repetitions in each of two views."""
    motion = join(*(squat(65, reps=2, pause_s=0.4, yaw_deg=yaw_deg) for yaw_deg in (first_deg, second_deg)))
    counted = count(motion, noise_px=0.5)
    if len(counted.segments) == 1:  # too small a turn to be cut
        cut_s = float(np.mean(motion.instants["bottom"][1:3]))
        (whole,) = counted.segments
        views = ((first_deg, {"end_s": cut_s}), (second_deg, {"start_s": cut_s}))
        segments = tuple(replace(whole, yaw_deg=float(yaw_deg), **part) for yaw_deg, part in views)
        series = compute_series(counted.track, segments, Settings().view)
        reps = tuple(replace(rep, segment=int(rep.start_s > cut_s)) for rep in counted.reps)
        counted = replace(counted, segments=segments, series=series, reps=reps)
    assert [rep.segment for rep in counted.whole] == [0, 0, 1, 1]
    return counted


def test_each_repetition_is_judged_by_its_own_view() -> None:
    """Filmed from the left, then from the right: each leg has the repetitions in which it is the near one."""
    measures = two_views(90, -90).measures()
    for side, near, far in (("left", (1, 2), (3, 4)), ("right", (3, 4), (1, 2))):
        for rep in near:
            assert measures.find("knee_flexion_bottom", side, rep).value == pytest.approx(65, abs=2.5)
        for rep in far:
            hidden = measures.find("knee_flexion_bottom", side, rep)
            assert hidden.value is None
            assert "far leg" in hidden.why_none
        assert measures.find("knee_flexion_bottom", side).n == 2
        assert measures.find("knee_flexion_range_bottom", side).n == 2
    assert measures.find("trunk_lean_bottom").n == 4


def test_a_true_front_view_does_not_open_the_gate_for_a_turned_one() -> None:
    measures = two_views(5, 15).measures()
    for rep, given in ((1, True), (2, True), (3, False), (4, False)):
        for id in ("fppa_bottom", "fppa_change"):
            found = measures.find(id, "left", rep)
            assert (found.value is not None) == given
            assert given or "turned about 15 degrees" in found.why_none
        assert (measures.find("fppa_left_right_change", None, rep).value is not None) == given
        assert measures.find("fppa_both_legs_change", None, rep).value is not None
    assert measures.find("fppa_change", "left").n == 2
    assert measures.find("fppa_both_legs_change").n == 4


def test_an_unknown_movement_has_no_measures() -> None:
    assert count(skeletons.walking(3.0)).measures().all == ()


def test_no_repetition_is_no_number() -> None:
    measures = count(skeletons.standing(3.0), named="squat").measures()
    assert {one.why_none for one in measures.all} == {"no repetition to measure"}


# --- errors -------------------------------------------------------------------------------------------------------


def test_a_published_change_is_not_lent_to_a_movement_it_was_not_measured_in(from_the_front) -> None:
    """8.9 degrees of FPPA are from single-leg squats and landings; nobody measured the squat on two legs."""
    _, measures = from_the_front
    assert measures.find("fppa_bottom", "left").mdc is None


def test_error_is_at_least_noise(from_the_side, from_the_front) -> None:
    for measures in (from_the_side[2], from_the_front[1]):
        answered = [one for one in measures.all if one.value is not None]
        assert answered
        assert all(one.error >= one.noise >= 0 for one in answered)


def test_more_keypoint_noise_gives_wider_noise() -> None:
    counted = count(squat(reps=3, yaw_deg=90))
    noisier = replace(counted.noise, sd_px=3 * counted.noise.sd_px, jitter_sd_px=3 * counted.noise.jitter_sd_px)
    many = Settings(error=ErrorSettings(draws=1000))  # the constant offsets are most of it
    plain, loud = counted.measures(many), replace(counted, noise=noisier).measures(many)
    for id, wider in (("knee_flexion_bottom", 1.05), ("knee_flexion_consistency_bottom", 2.0)):
        small, large = plain.find(id, "left"), loud.find(id, "left")
        assert large.noise > wider * small.noise
        assert large.value == small.value


def test_more_yaw_error_gives_wider_fppa_error_but_not_for_both_legs() -> None:
    counted = count(squat(65, reps=3, pause_s=0.3))
    found = {}
    for error in (2.0, 10.0):
        segments = tuple(replace(one, yaw_error_deg=error) for one in counted.segments)
        found[error] = counted.measures(segments=segments)
    change = [found[error].find("fppa_change", "left").noise for error in (2.0, 10.0)]
    assert change[1] > 1.3 * change[0]
    both = [found[error].find("fppa_both_legs_change").noise for error in (2.0, 10.0)]
    assert both[1] < 1.15 * both[0]


def test_a_set_is_less_noisy_than_a_repetition() -> None:
    """At 4 px: at 1 px nearly all of it is the camera, which repetitions share."""
    counted = count(squat(reps=6, yaw_deg=90), noise_px=4.0)
    shared_nothing = replace(counted.noise, offset_sd_px=0 * counted.noise.offset_sd_px)
    measures = replace(counted, noise=shared_nothing).measures()
    single = np.median([measures.find("shank_inclination_bottom", "left", rep).noise for rep in range(1, 7)])
    assert measures.find("shank_inclination_bottom", "left").noise < single


def test_what_repetitions_share_cancels_in_their_drift() -> None:
    counted = count(squat(reps=7, yaw_deg=90))
    measures = counted.measures()
    assert (
        measures.find("knee_flexion_drift_bottom", "left").noise
        < 0.3 * measures.find("knee_flexion_bottom", "left").noise
    )


def test_the_same_seed_gives_the_same_numbers() -> None:
    counted = count(squat(reps=2, yaw_deg=90))
    assert counted.measures().all == counted.measures().all
    other = counted.measures(Settings(error=ErrorSettings(seed=1)))
    assert (
        other.find("knee_flexion_bottom", "left").value == counted.measures().find("knee_flexion_bottom", "left").value
    )


def test_grades_say_why() -> None:
    measures = measure(squat(reps=2, yaw_deg=70))
    found = measures.find("knee_flexion_bottom", "left")
    assert found.grade in ("B", "C")
    assert any("true side view" in reason for reason in found.reasons)
    assert any("2 repetitions" in reason for reason in found.reasons)
    slow = measure(squat(reps=5, yaw_deg=90, rate_hz=10)).find("eccentric_time")
    assert slow.grade == "C"
    assert any("frames a second" in reason for reason in slow.reasons)


def test_every_number_can_be_said(from_the_side, from_the_front) -> None:
    for measures in (from_the_side[2], from_the_front[1]):
        for one in measures.all:
            sentence = say(one)
            assert "{" not in sentence
            assert sentence.endswith(".")
