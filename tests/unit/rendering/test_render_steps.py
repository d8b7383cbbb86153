"""Stepping down and lunging: planted feet stay, prescribed values are reached, nothing passes through anything."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from scripts.rendering.balance import centre_of_mass
from scripts.rendering.body import Body, load_body
from scripts.rendering.lunge import Lunge, LungeRep
from scripts.rendering.one_leg import other_side
from scripts.rendering.single_leg import OneLegRep, SingleLeg
from scripts.rendering.step_down import StepDown
from scripts.rendering.truth import angles_of
from tests.support.clearance import leg_clearance_m

SIDES = ("left", "right")
BODIES = ("man_average", "woman_heavy", "woman_tall")
SOLE_M = 0.012
Joints = dict[str, np.ndarray]


@cache
def body(name: str) -> Body:
    return load_body(name)


def step_down(side: str = "left", knee_deg: float = 80.0) -> StepDown:
    return StepDown(SingleLeg(side, (OneLegRep(knee_deg, 20, 9, 6, 3),)), box_height_m=0.15)


def lunge(side: str = "left") -> Lunge:
    return Lunge(side, (LungeRep(90, fppa_deg=9, pelvic_drop_deg=4, side_lean_deg=3),))


def joints_at(motion: StepDown | Lunge, times_s: list[float], name: str) -> list[Joints]:
    return [body(name).posed_joints(pose) for pose in motion.poses(body(name), np.array(times_s))]


def between(motion: StepDown | Lunge, start: str, end: str, count: int) -> list[float]:
    rep = motion.reps()[0]
    return list(np.linspace(rep[start] + 1e-6, rep[end] - 1e-6, count))


def spread_m(frames: list[Joints], name: str) -> float:
    return float(np.ptp([joints[name] for joints in frames], axis=0).max())


@pytest.mark.parametrize("motion", [step_down("left"), step_down("right"), lunge("left"), lunge("right")], ids=str)
def test_the_lowest_point_has_the_prescribed_values(motion: StepDown | Lunge) -> None:
    rep = motion.reps()[0]
    angles = angles_of(joints_at(motion, [rep["bottom_s"]], "woman_average")[0])
    leading, other = angles[rep["side"]], angles[other_side(rep["side"])]
    prescribed = rep["prescribed"]
    assert leading["knee_flexion_3d_deg"] == pytest.approx(prescribed["knee_flexion_deg"], abs=0.5)
    assert leading["fppa_deg"] == pytest.approx(prescribed["fppa_deg"], abs=0.2)
    assert leading["pelvic_drop_deg"] == pytest.approx(prescribed["pelvic_drop_deg"], abs=0.1)
    assert other["pelvic_drop_deg"] == pytest.approx(-prescribed["pelvic_drop_deg"], abs=0.1)
    assert leading["lateral_trunk_lean_deg"] == pytest.approx(prescribed["lateral_trunk_lean_deg"], abs=0.5)
    # The quiet sway of a standing person adds up to 0.35 degrees to the trunk.
    assert angles["both"]["trunk_inclination_deg"] == pytest.approx(prescribed["trunk_inclination_deg"], abs=0.6)


@pytest.mark.parametrize("name", BODIES)
def test_the_heel_touches_the_floor_before_the_box(name: str) -> None:
    motion = step_down()
    one = body(name)
    edge = motion.blocks(one)[0]
    front_y_m = edge.centre_m[1] - edge.size_m[1] / 2
    for time in between(motion, "contact_s", "toe_off_s", 3):
        pose = motion.poses(one, np.array([time]))[0]
        foot = one.skin(pose)[one.foot_vertices["right"]]
        assert foot[:, 2].min() == pytest.approx(0.003, abs=0.003)
        assert foot[:, 1].max() + SOLE_M < front_y_m, "the heel is in the box"


@pytest.mark.parametrize("name", BODIES)
def test_one_leg_on_the_box_balances(name: str) -> None:
    motion = step_down()
    frames = joints_at(motion, list(np.linspace(0, motion.duration_s - 0.02, 9)), name)
    for point in ("ankle", "heel", "toe"):
        assert spread_m(frames, f"left_{point}") < 0.001
    for joints in frames:
        mass = centre_of_mass(joints)
        assert joints["left_toe"][1] + 0.05 < mass[1] < joints["left_heel"][1] - 0.02
        assert joints["left_ankle"][2] > 0.15
        assert leg_clearance_m(name, joints) > 0
    up = joints_at(motion, [motion.reps()[0]["start_s"]], name)[0]
    assert abs(centre_of_mass(up)[0] - up["left_ankle"][0]) < 0.01


def test_a_knee_that_bends_too_little_for_the_box_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not reach the floor"):
        step_down(knee_deg=50).poses(body("man_average"), np.array([0.0]))


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("side", SIDES)
def test_a_lunge_keeps_its_planted_feet_and_its_balance(side: str, name: str) -> None:
    motion, rear = lunge(side), other_side(side)
    planted = joints_at(motion, between(motion, "contact_s", "toe_off_s", 9), name)
    for point in ("ankle", "heel", "toe"):
        assert spread_m(planted, f"{side}_{point}") < 0.001
    everything = planted + joints_at(motion, list(np.linspace(0, motion.duration_s - 0.02, 12)), name)
    assert spread_m(everything, f"{rear}_toe") < 0.001
    for joints in planted:
        mass = centre_of_mass(joints)
        assert joints[f"{side}_toe"][1] < mass[1] < joints[f"{rear}_toe"][1]
        assert joints["right_ankle"][0] < mass[0] < joints["left_ankle"][0]
        assert joints[f"{rear}_knee"][2] > 0.09, "the knee is in the floor"
    for joints in everything:
        assert leg_clearance_m(name, joints) > 0


@pytest.mark.parametrize("name", BODIES)
def test_a_lunging_leg_never_straightens_and_no_foot_sinks(name: str) -> None:
    motion, one = lunge(), body(name)
    knees = []
    for pose in motion.poses(one, np.arange(0, motion.duration_s, 0.1)):
        angles = angles_of(one.posed_joints(pose))
        knees.append([angles[side]["knee_flexion_3d_deg"] for side in SIDES])
        skin = one.skin(pose)
        assert min(skin[one.foot_vertices[side], 2].min() for side in SIDES) > -0.002
    assert np.min(knees) > 3
    assert np.abs(np.diff(knees, axis=0)).max() < 55, "degrees in a tenth of a second"


@pytest.mark.parametrize("make", [step_down, lunge])
def test_left_mirrors_right(make: type[StepDown] | type[Lunge]) -> None:
    left, right = make("left"), make("right")
    times_s = between(left, "start_s", "end_s", 6)
    pairs = zip(joints_at(left, times_s, "man_average"), joints_at(right, times_s, "man_average"), strict=True)
    for mine, mirrored in pairs:
        first, second = angles_of(mine), angles_of(mirrored)
        for side in SIDES:
            for name, value in first[side].items():
                # The body and its sway are not quite symmetrical.
                assert second[other_side(side)][name] == pytest.approx(value, abs=1.5), (side, name)
