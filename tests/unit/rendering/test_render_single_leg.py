"""Movements on one leg do what was prescribed, in balance and without passing through themselves."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from scripts.rendering.balance import centre_of_mass
from scripts.rendering.body import Body, load_body
from scripts.rendering.frontal_study import FRONTAL_STUDY
from scripts.rendering.one_leg import other_side
from scripts.rendering.pelvis_study import PELVIS_STUDY
from scripts.rendering.samples import SAMPLES
from scripts.rendering.single_leg import FREE_LEG, OneLegRep, SingleLeg
from scripts.rendering.truth import angles_of
from tests.support.clearance import leg_clearance_m

Joints = dict[str, np.ndarray]
SIDES = ("left", "right")
ON_ONE_LEG = {
    name: spec for name, spec in (SAMPLES | PELVIS_STUDY | FRONTAL_STUDY).items() if isinstance(spec.motion, SingleLeg)
}


@cache
def body(name: str) -> Body:
    return load_body(name)


def joints_at(motion: SingleLeg, times_s: list[float], name: str = "man_average") -> list[Joints]:
    return [body(name).posed_joints(pose) for pose in motion.poses(body(name), np.array(times_s))]


def bottom(motion: SingleLeg, name: str = "man_average") -> Joints:
    return joints_at(motion, [motion.reps()[0]["bottom_s"]], name)[0]


def spread(motion: SingleLeg, count: int) -> list[float]:
    return list(np.linspace(0, motion.duration_s - 0.02, count))


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("free", sorted(FREE_LEG))
@pytest.mark.parametrize("knee_deg, fppa_deg, drop_deg, lean_deg", [(60, 14, 9, 7), (45, -4, -6, -5), (70, 5, 0, 0)])
def test_the_bottom_has_the_prescribed_values(
    side: str, free: str, knee_deg: float, fppa_deg: float, drop_deg: float, lean_deg: float
) -> None:
    motion = SingleLeg(side, (OneLegRep(knee_deg, 26, fppa_deg, drop_deg, lean_deg),), free)
    angles = angles_of(bottom(motion, "woman_average"))
    assert angles[side]["knee_flexion_3d_deg"] == pytest.approx(knee_deg, abs=0.1)
    assert angles[side]["fppa_deg"] == pytest.approx(fppa_deg, abs=0.1)
    assert angles[side]["pelvic_drop_deg"] == pytest.approx(drop_deg, abs=0.1)
    assert angles[other_side(side)]["pelvic_drop_deg"] == pytest.approx(-drop_deg, abs=0.1)
    assert angles[side]["lateral_trunk_lean_deg"] == pytest.approx(lean_deg, abs=0.5)
    # The quiet sway of a standing person adds up to 0.35 degrees to the trunk.
    assert angles["both"]["trunk_inclination_deg"] == pytest.approx(26, abs=0.5)


@pytest.mark.parametrize("side", SIDES)
def test_a_drop_lowers_the_free_side_and_adducts_the_standing_hip(side: str) -> None:
    level, dropped, hiked = (bottom(SingleLeg(side, (OneLegRep(50, 20, 0.0, drop),))) for drop in (0, 8, -8))
    other = other_side(side)
    assert dropped[f"{other}_hip"][2] < dropped[f"{side}_hip"][2] - 0.02
    assert hiked[f"{other}_hip"][2] > hiked[f"{side}_hip"][2] + 0.02
    adduction = [angles_of(joints)[side]["hip_adduction_deg"] for joints in (hiked, level, dropped)]
    assert adduction[0] + 4 < adduction[1] < adduction[2] - 4


def test_the_left_leg_mirrors_the_right_leg() -> None:
    left, right = (SingleLeg(side, (OneLegRep(60, 24, 12, 7, 4),)) for side in SIDES)
    times_s = list(np.linspace(left.starts_s()[0], left.duration_s - 0.02, 7))
    for mine, mirrored in zip(joints_at(left, times_s), joints_at(right, times_s), strict=True):
        first, second = angles_of(mine), angles_of(mirrored)
        for side in SIDES:
            for name, value in first[side].items():
                # The body and its sway are not quite symmetrical.
                assert second[other_side(side)][name] == pytest.approx(value, abs=1.0), (side, name)


@pytest.mark.parametrize("name", sorted(ON_ONE_LEG))
def test_the_standing_foot_stays_and_the_body_is_over_it(name: str) -> None:
    spec, motion = ON_ONE_LEG[name], ON_ONE_LEG[name].motion
    frames = joints_at(motion, spread(motion, 10), spec.body)
    for point in ("ankle", "heel", "toe"):
        places = np.array([joints[f"{motion.side}_{point}"] for joints in frames])
        assert np.ptp(places, axis=0).max() < 0.001, point
    other = other_side(motion.side)
    for joints in frames:
        mass, foot = centre_of_mass(joints), joints[f"{motion.side}_ankle"]
        assert joints[f"{motion.side}_toe"][1] + 0.05 < mass[1] < joints[f"{motion.side}_heel"][1] - 0.02
        if joints[f"{other}_toe"][2] > joints[f"{motion.side}_toe"][2] + 0.002:
            assert abs(mass[0] - foot[0]) < 0.03, "balance needs the foot's width"
        else:
            assert joints["right_ankle"][0] - 0.03 < mass[0] < joints["left_ankle"][0] + 0.03


@pytest.mark.parametrize("name", sorted(ON_ONE_LEG))
def test_the_legs_do_not_touch_and_the_free_foot_stays_above_the_floor(name: str) -> None:
    spec = ON_ONE_LEG[name]
    one = body(spec.body)
    for pose in spec.motion.poses(one, np.array(spread(spec.motion, 8))):
        assert leg_clearance_m(spec.body, one.posed_joints(pose)) > 0
        skin = one.skin(pose)
        assert min(skin[one.foot_vertices[side], 2].min() for side in SIDES) > -0.002


def test_a_hold_is_level_in_time_and_says_so() -> None:
    hold = OneLegRep(7, 4, None, 9, -4, descent_s=0.8, pause_s=2.0, ascent_s=0.7)
    motion = SingleLeg("left", (hold,), "middle", label="single_leg_stance")
    rep = motion.reps()[0]
    assert (rep["kind"], rep["side"]) == ("hold", "left")
    times_s = list(np.linspace(rep["bottom_start_s"], rep["bottom_end_s"], 7))
    drops = [angles_of(joints)["left"]["pelvic_drop_deg"] for joints in joints_at(motion, times_s)]
    assert drops == pytest.approx([9] * 7, abs=0.1)
    before = angles_of(joints_at(motion, [rep["start_s"]])[0])["left"]
    assert before["pelvic_drop_deg"] == pytest.approx(0, abs=0.1)


def test_the_other_foot_comes_down_again_where_it_stood() -> None:
    motion = SingleLeg("right", (OneLegRep(40, 16),), lower_s=0.8, tail_s=0.3)
    first, last = joints_at(motion, [0.0, motion.duration_s - 0.01])
    for point in ("ankle", "heel", "toe"):
        assert last[f"left_{point}"] == pytest.approx(first[f"left_{point}"], abs=0.001)


def test_found_and_tested_bodies_are_apart() -> None:
    halves = {
        half: {spec.body for name, spec in (PELVIS_STUDY | FRONTAL_STUDY).items() if name.startswith(half)}
        for half in ("found", "tested")
    }
    assert not halves["found"] & halves["tested"]
    assert len(halves["found"] | halves["tested"]) >= 6
