"""Rendered people jump like people: free fall in the air, still feet on the floor, instants where they say."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from scripts.rendering.balance import centre_of_mass
from scripts.rendering.body import SIDES, Body, load_body
from scripts.rendering.free_fall import GRAVITY_M_S2, quintic
from scripts.rendering.jumps import CounterMovementJump, DropJump, Jump
from scripts.rendering.truth import angles_of

Joints = dict[str, np.ndarray]
Motion = CounterMovementJump | DropJump
CMJ = CounterMovementJump((Jump(height_m=0.31, dip_knee_deg=90, landing_knee_deg=80, landing_fppa_deg=(14, -4)),))
DROP = DropJump(arms="swing")
MOTIONS = pytest.mark.parametrize("motion", [CMJ, DROP], ids=lambda motion: motion.label)


@cache
def body(name: str = "man_average") -> Body:
    return load_body(name)


@cache
def joints_at(motion: Motion, times_s: tuple[float, ...], name: str = "man_average") -> list[Joints]:
    return [body(name).posed_joints(pose) for pose in motion.poses(body(name), np.array(times_s))]


@cache
def standing() -> Joints:
    return joints_at(CMJ, (0.0,))[0]


def spans_in_air(motion: Motion) -> list[tuple[float, float]]:
    rep = motion.reps()[0]
    spans = [(rep["take_off_s"], rep["landing_s"])]
    return spans + ([(rep["box_off_s"], rep["contact_s"])] if "box_off_s" in rep else [])


def knees_deg(joints: Joints) -> list[float]:
    return [angles_of(joints)[side]["knee_flexion_3d_deg"] for side in SIDES]


@MOTIONS
@pytest.mark.parametrize("name", ["man_average", "woman_heavy"])
def test_the_centre_of_mass_falls_freely_in_the_air(motion: Motion, name: str) -> None:
    for start, end in spans_in_air(motion):
        time_s = np.linspace(start + 0.002, end - 0.002, 15)
        mass = np.array([centre_of_mass(joints) for joints in joints_at(motion, tuple(time_s), name)])
        assert 2 * np.polyfit(time_s, mass[:, 2], 2)[0] == pytest.approx(-GRAVITY_M_S2, rel=0.002)
        parabola = np.polyval(np.polyfit(time_s, mass[:, 2], 2), time_s)
        assert mass[:, 2] == pytest.approx(parabola, abs=1e-4)
        assert mass[:, 1] == pytest.approx(np.polyval(np.polyfit(time_s, mass[:, 1], 1), time_s), abs=1e-4)


@MOTIONS
def test_the_jump_is_as_high_as_it_says(motion: Motion) -> None:
    rep = motion.reps()[0]
    top_s = rep["take_off_s"] + motion.jumps[0].take_off_m_s / GRAVITY_M_S2 if motion is CMJ else None
    top_s = top_s or rep["take_off_s"] + motion.jump.take_off_m_s / GRAVITY_M_S2
    left, top = (centre_of_mass(joints)[2] for joints in joints_at(motion, (rep["take_off_s"], top_s)))
    assert top - left == pytest.approx(rep["jump_height_m"], abs=0.001)
    assert rep["landing_s"] - rep["take_off_s"] == pytest.approx(rep["flight_s"], abs=1e-5)
    # Flight time alone tells the height to about the difference of the postures at both ends.
    assert GRAVITY_M_S2 * rep["flight_s"] ** 2 / 8 == pytest.approx(rep["jump_height_m"], abs=0.02)


@MOTIONS
def test_feet_leave_and_touch_the_floor_when_the_truth_says(motion: Motion) -> None:
    on_floor = standing()["left_toe"][2]
    rep = motion.reps()[0]
    instants = [(rep["take_off_s"], 1), (rep["landing_s"], -1)] + ([(rep["contact_s"], -1)] if motion is DROP else [])
    for instant_s, into_air in instants:
        at, later = joints_at(motion, (instant_s, instant_s + 0.02 * into_air))
        for side in SIDES:
            assert at[f"{side}_toe"][2] == pytest.approx(on_floor, abs=0.001)
            assert later[f"{side}_toe"][2] > on_floor + 0.005


@MOTIONS
def test_feet_stand_still_on_the_floor(motion: Motion) -> None:
    rep = motion.reps()[0]
    spans = [(rep["landing_s"], rep["end_s"])]
    spans += [(rep["contact_s"], rep["take_off_s"])] if motion is DROP else [(rep["start_s"], rep["take_off_s"])]
    for start, end in spans:
        frames = joints_at(motion, tuple(np.linspace(start, end, 16)))
        for side in SIDES:
            toes = np.array([joints[f"{side}_toe"] for joints in frames])
            assert np.ptp(toes, axis=0).max() < 0.001


def test_the_other_foot_stands_on_the_box_until_it_leaves() -> None:
    rep = DROP.reps()[0]
    frames = joints_at(DROP, tuple(np.linspace(0, rep["box_off_s"], 12)))
    toes = np.array([joints["right_toe"] for joints in frames])
    assert np.ptp(toes, axis=0).max() < 0.001
    assert toes[0, 2] - standing()["right_toe"][2] == pytest.approx(DROP.box_m, abs=0.001)
    assert frames[-1]["left_toe"][1] < frames[0]["left_toe"][1] - 0.3, "the left foot has stepped forward"


@pytest.mark.parametrize("name", ["man_average", "woman_heavy", "man_tall_lean"])
def test_no_foot_passes_through_the_box_or_the_floor(name: str) -> None:
    (box,) = DROP.blocks(body(name))
    front, top = box.centre_m[1] - box.size_m[1] / 2, box.size_m[2]
    rep = DROP.reps()[0]
    time_s = np.linspace(rep["start_s"], rep["landing_bottom_s"], 40)
    for pose in DROP.poses(body(name), time_s):
        skin = body(name).skin(pose)
        for side in SIDES:
            foot = skin[body(name).foot_vertices[side]]
            assert foot[:, 2].min() > -0.004
            over = foot[foot[:, 1] > front]
            assert len(over) == 0 or over[:, 2].min() > top - 0.006


@pytest.mark.parametrize("name", ["man_average", "woman_heavy"])
def test_knees_bend_as_prescribed(name: str) -> None:
    rep = CMJ.reps()[0]
    times_s = (rep["bottom_s"], rep["take_off_s"], rep["landing_s"], rep["landing_bottom_s"])
    dip, left, touch, landed = (knees_deg(joints) for joints in joints_at(CMJ, times_s, name))
    assert dip == pytest.approx([90, 90], abs=0.5)
    assert left == pytest.approx([17, 17], abs=1)
    assert landed == pytest.approx([80, 80], abs=0.5)
    assert all(5 < knee < 35 for knee in touch)
    contact = joints_at(DROP, (DROP.reps()[0]["bottom_s"],), name)[0]
    assert knees_deg(contact) == pytest.approx([DROP.contact_knee_deg] * 2, abs=0.5)


def test_the_lowest_points_are_where_the_truth_says() -> None:
    rep = CMJ.reps()[0]
    for key in ("bottom_s", "landing_bottom_s"):
        around = tuple(rep[key] + np.array([-0.04, 0.0, 0.04]))
        before, at, after = (centre_of_mass(joints)[2] for joints in joints_at(CMJ, around))
        assert at < before
        assert at < after


def test_landing_has_the_prescribed_fppa() -> None:
    rep = CMJ.reps()[0]
    touch, landed = (angles_of(joints) for joints in joints_at(CMJ, (rep["landing_s"], rep["landing_bottom_s"])))
    assert landed["left"]["fppa_deg"] == pytest.approx(14, abs=0.5)
    assert landed["right"]["fppa_deg"] == pytest.approx(-4, abs=0.5)
    assert abs(touch["left"]["fppa_deg"] - touch["right"]["fppa_deg"]) < 0.5


@MOTIONS
def test_nothing_jumps_between_the_phases(motion: Motion) -> None:
    time_s = np.arange(0, motion.duration_s, 1 / 60)
    frames = joints_at(motion, tuple(time_s))
    for key in ("left_hip", "right_knee", "left_ankle", "right_toe", "left_wrist", "nose"):
        path = np.array([joints[key] for joints in frames])
        fastest = np.linalg.norm(np.diff(path, axis=0), axis=1).max() * 60
        assert fastest < (12 if "wrist" in key else 8), key
    for joints in frames:
        assert all(0 <= knee < 120 for knee in knees_deg(joints))
        assert joints["left_ankle"][0] - joints["right_ankle"][0] > 0.12


def test_two_jumps_follow_each_other() -> None:
    motion = CounterMovementJump((Jump(height_m=0.25), Jump(height_m=0.33)))
    first, second = motion.reps()
    assert first["end_s"] < second["start_s"]
    assert second["end_s"] <= motion.duration_s
    assert second["flight_s"] > first["flight_s"]
    assert (first["kind"], second["index"], second["jump_height_m"]) == ("jump", 2, 0.33)


def test_an_unknown_way_of_holding_the_arms_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown arms 'up'"):
        CounterMovementJump(arms="up").poses(body(), np.zeros(1))


def test_a_quintic_joins_two_states() -> None:
    path = quintic(0.4, (1.0, -2.0, -9.8), (0.6, 0.0, 3.0))
    for order, (start, end) in enumerate([(1.0, 0.6), (-2.0, 0.0), (-9.8, 3.0)]):
        assert path.deriv(order)(0.0) == pytest.approx(start)
        assert path.deriv(order)(0.4) == pytest.approx(end)
