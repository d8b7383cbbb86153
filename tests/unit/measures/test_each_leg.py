"""Movements on one leg: which repetitions each leg's numbers rest on, what stands between the legs, and what is refused
with which words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import vidgait
from tests.support import skeletons
from tests.support.stages import Counted, Measures, count_track
from vidgait.kinematics.standing import on_both_feet, standing_frames, standing_reference
from vidgait.measures import CATALOGUE, spec_of
from vidgait.measures.spec import ON_ONE_LEG, UNILATERAL
from vidgait.settings import Settings
from vidgait.tracking import mirror_poses
from vidgait.truth.simulation import simulate
from vidgait.truth.skeleton_single_leg import single_leg_squat, single_leg_stance
from vidgait.types import Analysis, Measure

OTHER = {"left": "right", "right": "left"}
DROP, LEAN = 8, 6


@cache
def both_legs(view: str = "front", movement: str = "single_leg_squat", **how: float) -> Analysis:
    """Two repetitions on each leg; only the left knee falls in."""
    changes = {"pelvic_drop_deg": DROP, "side_lean_deg": LEAN, "noise_px": 0.5} | how
    if movement == "single_leg_squat":
        changes = {"fppa_left_deg": 12.0} | changes
    clip = simulate(movement, view=view, legs="both", reps=2, network_habits=False, focal_px=1920.0, **changes)
    return vidgait.analyze_poses(clip.poses, settings=stated(view, **how))


def stated(view: str, yaw_deg: float = 0.0, draws: int = 80, **_: float) -> Settings:
    facing = {"front": 0.0, "back": 180.0, "left": 90.0, "right": -90.0}[view]
    told = {"heading_habits": "none", "yaw_deg": facing + yaw_deg}
    return Settings.from_mapping({"error": {"draws": draws}, "view": told})


def count(motion, noise_px: float = 0.5) -> Counted:
    raw = skeletons.spoil(skeletons.film(motion), np.random.default_rng(0), noise_px=noise_px)
    return count_track(raw, settings=stated("front"))


def only_on_one_leg(side: str, reps: int = 3) -> Counted:
    """Filmed from when the other foot is already up to before it comes down."""
    motion = single_leg_squat(reps=reps, side=side, drop_deg=DROP, side_lean_deg=LEAN, rest_s=1.4)
    raw = skeletons.spoil(skeletons.film(motion), np.random.default_rng(0), noise_px=0.5)
    up = (raw.time_s > motion.reps[0]["start_s"] - 1.2) & (raw.time_s < motion.reps[-1]["end_s"] + 1.2)
    cut = raw.replace(time_s=raw.time_s[up] - raw.time_s[up][0], xy_px=raw.xy_px[up], score=raw.score[up])
    return count_track(cut.replace(xyz_m=raw.xyz_m[up]), settings=stated("front"))


def test_a_sided_measure_reads_the_repetitions_of_its_own_leg() -> None:
    analysis = both_legs()
    legs = {rep.index: rep.side for rep in analysis.reps}
    assert list(legs.values()) == ["left", "left", "right", "right"]
    for one in analysis.measures:
        if one.side is not None and one.rep is not None:
            assert legs[one.rep] == one.side, one.id
    for side in ("left", "right"):
        found = analysis.find("fppa_change", side)
        assert found is not None
        assert found.n == 2


@pytest.mark.parametrize("view", ["front", "back"])
def test_signs_are_those_of_the_standing_leg(view: str) -> None:
    analysis = both_legs(view)
    for side in ("left", "right"):
        assert value(analysis, "pelvic_drop_bottom", side) == pytest.approx(DROP, abs=1)
        assert value(analysis, "pelvic_drop_change", side) == pytest.approx(DROP, abs=1)
        assert value(analysis, "trunk_lean_stance_bottom", side) == pytest.approx(LEAN, abs=1)
        assert value(analysis, "fppa_change", side) == pytest.approx(12 if side == "left" else 0, abs=1.5)
    assert value(analysis, "hip_adduction_change", "left") > value(analysis, "hip_adduction_change", "right") + 4


@pytest.mark.parametrize("view", ["front", "back"])
def test_a_pelvis_that_is_hiked_and_a_trunk_that_leans_away_are_negative(view: str) -> None:
    analysis = both_legs(view, pelvic_drop_deg=-6.0, side_lean_deg=-5.0)
    for side in ("left", "right"):
        assert value(analysis, "pelvic_drop_bottom", side) == pytest.approx(-6, abs=1)
        assert value(analysis, "trunk_lean_stance_bottom", side) == pytest.approx(-5, abs=1)


def test_left_less_right_is_the_difference_of_the_medians() -> None:
    analysis = both_legs()
    for id in ("fppa_change", "pelvic_drop_bottom", "trunk_lean_stance_bottom", "knee_flexion_vertical_bottom"):
        between = analysis.find(f"{id}_left_right")
        left, right = (analysis.find(id, side) for side in ("left", "right"))
        assert between is not None
        assert left is not None
        assert right is not None
        assert between.value == pytest.approx(left.value - right.value, abs=1e-4)
        # A turned camera adds to one leg what it takes from the other: then both noises count in full.
        assert between.noise <= 1.05 * (left.noise + right.noise)
        assert between.n == 2
    assert value(analysis, "fppa_change_left_right") == pytest.approx(12, abs=2)


def test_what_both_legs_share_cancels_in_their_difference() -> None:
    """The trunk's line and the zero of both feet are the same for either leg: only the sign differs, so what shifts a
    lean on one leg shifts it the other way on the other one. The depth of the knees shares the camera."""
    analysis = both_legs()
    between = analysis.find("knee_flexion_vertical_bottom_left_right")
    one = analysis.find("knee_flexion_vertical_bottom", "left")
    assert between is not None
    assert one is not None
    assert between.noise < 1.2 * one.noise


def test_one_leg_alone_has_no_rows_for_the_other_and_says_why_there_is_no_difference() -> None:
    measures = count(single_leg_squat(reps=2, side="right")).measures(stated("front"))
    assert {one.side for one in measures.all} == {None, "right"}
    found = measures.find("fppa_change_left_right")
    assert found.value is None
    assert found.why_none == "needs repetitions on both legs: this clip has none on the left one"


def test_without_standing_on_both_feet_the_drop_is_refused_with_how_to_film_and_the_change_is_given() -> None:
    counted = only_on_one_leg("left")
    assert [rep.side for rep in counted.whole] == ["left"] * 3
    measures = counted.measures(stated("front"))
    for id in ("pelvic_drop_bottom", "trunk_lean_stance_bottom"):
        refused = measures.find(id, "left")
        assert refused.value is None
        assert "both feet" in refused.why_none
        assert "stand still on both feet" in refused.why_none
    assert measures.find("pelvic_drop_change", "left").value == pytest.approx(DROP, abs=1.5)
    assert measures.find("fppa_change", "left").value is not None


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("lift_deg", [20, 45])
@pytest.mark.parametrize("yaw_deg", [0, 180])
def test_standing_on_one_leg_is_told_from_standing_on_both(side: str, lift_deg: float, yaw_deg: float) -> None:
    motion = single_leg_stance(4.0, side=side, lift_deg=lift_deg, drop_deg=DROP, side_lean_deg=LEAN, yaw_deg=yaw_deg)
    counted = count_track(skeletons.film(motion), settings=stated("front" if yaw_deg == 0 else "back"))
    (segment,) = counted.segments
    both = on_both_feet(counted.track, standing_frames(counted.track, segment), segment.roll_deg)
    hold = motion.reps[0]
    held = (counted.track.time_s > hold["start_s"]) & (counted.track.time_s < hold["end_s"])
    assert both.sum() > 30
    assert not (both & held).any()
    standing = standing_reference(counted.track, segment)
    assert standing.both_feet
    assert abs(segment.roll_deg) < 0.2, "a lean over one leg is no roll of the camera"


def test_a_hold_is_measured() -> None:
    analysis = both_legs(movement="single_leg_stance")
    assert [rep.kind for rep in analysis.reps] == ["hold", "hold"]
    for side in ("left", "right"):
        assert value(analysis, "pelvic_drop_hold", side) == pytest.approx(DROP, abs=0.5)
        assert value(analysis, "trunk_lean_stance_hold", side) == pytest.approx(LEAN, abs=0.5)
        assert value(analysis, "pelvic_drop_slope_hold", side) == pytest.approx(0, abs=0.1)
        assert value(analysis, "hold_time", side) == pytest.approx(6, abs=0.3)
        found = analysis.find("pelvic_drop_hold", side)
        assert found is not None
        assert not any("repetition" in reason for reason in found.reasons), "one hold is enough"


def test_a_pelvis_that_keeps_sinking_has_a_slope() -> None:
    motion = single_leg_stance(8.0, side="right", drop_deg=8.0)
    hold = motion.reps[0]
    sinking = np.clip((motion.time_s - hold["start_s"]) / 8.0, 0, 1)
    motion = replace(motion, left_hip_down_deg=motion.left_hip_down_deg * sinking)
    measures = count(motion).measures(stated("front"))
    assert measures.find("pelvic_drop_slope_hold", "right").value == pytest.approx(1.0, abs=0.1)
    assert measures.find("pelvic_drop_hold", "right").value == pytest.approx(4, abs=0.5)


def test_mirrored_pictures_exchange_the_legs() -> None:
    motion = single_leg_squat(reps=2, side="left", valgus_deg=12, drop_deg=DROP, side_lean_deg=LEAN)
    track = skeletons.film(motion)
    poses = mirror_poses(skeletons.clip_poses([track]))
    flipped = track.replace(xy_px=poses.xy_px, score=poses.score, xyz_m=poses.xyz_m)
    plain, mirror = (count_track(one, settings=stated("front")).measures(stated("front")) for one in (track, flipped))
    for id in ("fppa_change", "hip_adduction_bottom", "pelvic_drop_bottom", "trunk_lean_stance_bottom"):
        assert mirror.find(id, "right").value == pytest.approx(plain.find(id, "left").value, abs=0.2)


# --- the camera's angle -------------------------------------------------------------------------------------------

LEAKING = [spec.id for spec in CATALOGUE if spec.leaks and "single_leg_squat" in spec.movements]


@cache
def at_yaw(yaw_deg: float, error_deg: float, draws: int = 80) -> Measures:
    counted = count(single_leg_squat(reps=3, side="left", valgus_deg=12, drop_deg=DROP))
    turned = tuple(replace(one, yaw_deg=yaw_deg, yaw_error_deg=error_deg) for one in counted.segments)
    return counted.measures(stated("front", draws=draws), segments=turned)


def test_every_measure_that_leaks_has_the_yaw_in_its_error() -> None:
    sharp, vague = at_yaw(0, 1), at_yaw(0, 8)
    read = [id for id in LEAKING if spec_of(id).sided and spec_of(id).reading in ("at", "change", "window")]
    assert {"fppa_bottom", "hip_adduction_bottom", "dynamic_valgus_index_bottom"} <= set(read)
    for id in read:
        if id == "knee_sway":
            continue  # a turn that stays does not sway
        assert vague.find(id, "left").noise > 1.2 * sharp.find(id, "left").noise, id
        assert vague.find(id, "left").grade == "C"
        assert any("a trend only" in reason for reason in vague.find(id, "left").reasons)


def test_a_turn_that_is_only_half_believed_is_in_the_error_too() -> None:
    """A turn read off the picture is undone as far as it is trusted; the rest may be there or not. It adds little to
    8 degrees of doubt: fewer draws do not show it."""
    straight, turned = at_yaw(0, 8, draws=1000), at_yaw(6, 8, draws=1000)
    for id in ("fppa_change", "hip_adduction_change", "trunk_lean_stance_bottom"):
        assert turned.find(id, "left").error > straight.find(id, "left").error


def test_beyond_the_gate_it_is_refused_and_what_does_not_leak_is_given() -> None:
    measures = at_yaw(12, 2)
    for id in ("fppa_bottom", "fppa_change", "hip_adduction_change", "dynamic_valgus_index_bottom"):
        assert "turned about 12 degrees" in measures.find(id, "left").why_none
    for id in ("pelvic_drop_bottom", "trunk_lean_stance_bottom"):
        assert measures.find(id, "left").value is not None


def test_the_mean_of_both_legs_is_for_two_legs_and_says_what_it_hides() -> None:
    spec = spec_of("fppa_both_legs_change")
    assert not set(spec.movements) & set(UNILATERAL)
    assert "Hides a true difference" in spec.does_not_mean


def test_the_far_leg_is_refused_from_the_side() -> None:
    analysis = both_legs("left")
    near, far = (analysis.find("knee_flexion_bottom", side) for side in ("left", "right"))
    assert near is not None
    assert far is not None
    assert near.value == pytest.approx(65, abs=2)
    assert "far leg" in far.why_none
    between = analysis.find("knee_flexion_bottom_left_right")
    assert between is not None
    assert between.why_none.startswith("no number for the right leg: not measurable: the far leg")


def test_references_are_cited_for_the_squat_on_one_leg_only() -> None:
    cited = {norm for spec in CATALOGUE for norm in spec.norms}
    assert {norm.movement for norm in cited} == {"single_leg_squat"}
    assert all(norm.who and norm.source and norm.method for norm in cited)
    assert set(ON_ONE_LEG) < set(UNILATERAL)


def value(analysis: Analysis, id: str, side: str | None = None) -> float:
    found: Measure | None = analysis.find(id, side)  # type: ignore[arg-type]
    assert found is not None, id
    assert found.value is not None, (id, found.why_none)
    return found.value
