"""The prescribed movement is the movement that the body makes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from scripts.rendering.body import SIDES, Body, load_body
from scripts.rendering.calibration import CALIBRATION
from scripts.rendering.motion import Motion, SitToStand, Squat, SquatRep
from scripts.rendering.posture import Stance
from scripts.rendering.samples import SAMPLES
from scripts.rendering.truth import angles_of

Joints = dict[str, np.ndarray]
SQUAT = Squat((SquatRep(knee_flexion_deg=95, trunk_lean_deg=36),), Stance(arms="clasped"))


@cache
def body(name: str = "man_average") -> Body:
    return load_body(name)


def joints_at(motion: Motion, times_s: list[float], name: str = "man_average") -> list[Joints]:
    poses = motion.poses(body(name), np.array(times_s))
    return [body(name).posed_joints(pose) for pose in poses]


def bottom(motion: Motion, name: str = "man_average") -> Joints:
    return joints_at(motion, [motion.reps()[0]["bottom_s"]], name)[0]


@pytest.mark.parametrize("name", ["man_heavy", "man_tall_lean", "woman_average", "woman_heavy"])
@pytest.mark.parametrize("knee_deg, lean_deg", [(40, 20), (90, 35), (115, 44)])
def test_the_bottom_has_the_prescribed_knee_and_trunk(name: str, knee_deg: float, lean_deg: float) -> None:
    motion = Squat((SquatRep(knee_flexion_deg=knee_deg, trunk_lean_deg=lean_deg),))
    angles = angles_of(bottom(motion, name))
    for side in SIDES:
        assert angles[side]["knee_flexion_3d_deg"] == pytest.approx(knee_deg, abs=0.5)
    # The quiet sway of a standing person adds up to 0.35 degrees to the trunk.
    assert angles["both"]["trunk_inclination_deg"] == pytest.approx(lean_deg, abs=0.5)


@pytest.mark.parametrize("left_deg, right_deg", [(12, -5), (-10, 15), (8, 8)])
def test_the_bottom_has_the_prescribed_fppa(left_deg: float, right_deg: float) -> None:
    motion = Squat((SquatRep(knee_flexion_deg=80, fppa_deg=(left_deg, right_deg)),))
    angles = angles_of(bottom(motion))
    assert angles["left"]["fppa_deg"] == pytest.approx(left_deg, abs=0.5)
    assert angles["right"]["fppa_deg"] == pytest.approx(right_deg, abs=0.5)


def test_the_bottom_has_the_prescribed_pelvic_list() -> None:
    motion = Squat((SquatRep(knee_flexion_deg=80, pelvic_list_deg=6, hip_shift_m=0.03),))
    joints = bottom(motion)
    angles = angles_of(joints)
    assert angles["left"]["pelvic_drop_deg"] == pytest.approx(6, abs=0.5)
    assert angles["right"]["pelvic_drop_deg"] == pytest.approx(-6, abs=0.5)
    assert joints["right_hip"][2] < joints["left_hip"][2]
    mean_knee = (angles["left"]["knee_flexion_3d_deg"] + angles["right"]["knee_flexion_3d_deg"]) / 2
    assert mean_knee == pytest.approx(80, abs=0.5)


def test_mirroring_the_motion_swaps_the_sides() -> None:
    rep = SquatRep(knee_flexion_deg=85, fppa_deg=(14, -3), pelvic_list_deg=5, hip_shift_m=0.03, side_lean_deg=4)
    mirrored = replace(rep, fppa_deg=(-3, 14), pelvic_list_deg=-5, hip_shift_m=-0.03, side_lean_deg=-4)
    first, second = (angles_of(bottom(Squat((one,)))) for one in (rep, mirrored))
    for side, other in (("left", "right"), ("right", "left")):
        for name, value in first[side].items():
            # The body and its sway are not quite symmetrical.
            assert second[other][name] == pytest.approx(value, abs=1.0), name
    assert first["left"]["fppa_deg"] > 10 > first["right"]["fppa_deg"]
    assert first["left"]["lateral_trunk_lean_deg"] > 3 > second["left"]["lateral_trunk_lean_deg"]


def test_a_standing_person_reads_about_zero() -> None:
    angles = angles_of(joints_at(SQUAT, [0.0])[0])
    for side in SIDES:
        assert angles[side]["knee_flexion_deg"] == pytest.approx(4, abs=0.5)
        assert abs(angles[side]["fppa_deg"]) < 2
        assert abs(angles[side]["pelvic_drop_deg"]) < 0.2
    assert angles["both"]["trunk_inclination_deg"] == pytest.approx(3, abs=0.5)


def test_flexion_signs_at_the_bottom() -> None:
    angles = angles_of(bottom(SQUAT))["left"]
    assert angles["thigh_inclination_deg"] > 40
    assert 15 < angles["shank_inclination_deg"] < 45
    assert angles["knee_flexion_deg"] == pytest.approx(
        angles["thigh_inclination_deg"] + angles["shank_inclination_deg"], abs=1e-9
    )


@pytest.mark.parametrize("motion", [SQUAT, SitToStand()], ids=lambda motion: motion.label)
def test_the_feet_stay_planted(motion: Motion) -> None:
    frames = joints_at(motion, list(np.linspace(0, motion.duration_s - 0.01, 25)))
    for side in SIDES:
        for point in ("ankle", "heel", "toe"):
            places = np.array([joints[f"{side}_{point}"] for joints in frames])
            assert np.ptp(places, axis=0).max() < 1e-6, (side, point)


def test_the_shoe_soles_stay_on_the_floor() -> None:
    one = body()
    for pose in SQUAT.poses(one, np.array([0.0, 1.9])):
        skin = one.skin(pose)
        for side in SIDES:
            assert skin[one.foot_vertices[side], 2].min() == pytest.approx(0.0, abs=0.004)


def moving_specs() -> list[str]:
    return [name for name, spec in (SAMPLES | CALIBRATION).items() if isinstance(spec.motion, Squat)]


@pytest.mark.parametrize("name", moving_specs())
def test_the_body_is_balanced_and_does_not_pass_through_itself(name: str) -> None:
    from scripts.rendering.balance import centre_of_mass

    spec = (SAMPLES | CALIBRATION)[name]
    times_s = [0.0] + [time for rep in spec.motion.reps() for time in (rep["start_s"] + 0.5, rep["bottom_s"])]
    for joints in joints_at(spec.motion, times_s, spec.body):
        mass = centre_of_mass(joints)
        assert joints["left_toe"][1] + 0.05 < mass[1] < joints["left_heel"][1] - 0.02
        assert joints["right_ankle"][0] < mass[0] < joints["left_ankle"][0]
        assert joints["left_knee"][0] - joints["right_knee"][0] > 0.115, "the knees touch"
        for side in SIDES:
            assert joints[f"{side}_wrist"][1] < joints[f"{side}_hip"][1] + 0.25, "a hand in the back"
            assert _distance_to_thigh(joints, side) > 0.06, "a hand in the thigh"


def _distance_to_thigh(joints: Joints, side: str) -> float:
    hip, knee, wrist = joints[f"{side}_hip"], joints[f"{side}_knee"], joints[f"{side}_wrist"]
    line = knee - hip
    along = np.clip((wrist - hip) @ line / (line @ line), 0, 1)
    return float(np.linalg.norm(wrist - hip - along * line))


def test_reps_say_when_the_lowest_point_is() -> None:
    motion = SAMPLES["squat_side"].motion
    times_s = np.arange(0, motion.duration_s, 1 / 12)
    height = np.array([joints["left_hip"][2] for joints in joints_at(motion, list(times_s))])
    for rep in motion.reps():
        inside = (times_s >= rep["start_s"]) & (times_s < rep["end_s"])
        lowest = times_s[inside][height[inside].argmin()]
        assert rep["bottom_start_s"] - 0.09 <= lowest <= rep["bottom_end_s"] + 0.09


def test_a_bounce_gives_back_part_of_the_depth_and_takes_it_again() -> None:
    motion = Squat((SquatRep(knee_flexion_deg=100, pause_s=0.5, bounce=0.2),))
    rep = motion.reps()[0]
    middle_s = (rep["bottom_start_s"] + rep["bottom_end_s"]) / 2
    knees = [
        angles_of(joints)["left"]["knee_flexion_3d_deg"]
        for joints in joints_at(motion, [rep["bottom_start_s"], middle_s, rep["bottom_end_s"]])
    ]
    assert knees == pytest.approx([100, 100 - 0.2 * 96, 100], abs=0.5)
    assert rep["bottom_s"] == rep["bottom_start_s"], "the middle is not the lowest point"


def test_rising_from_a_seat_starts_and_ends_seated() -> None:
    motion = SitToStand(count=1)
    rep = motion.reps()[0]
    seated, standing, again = joints_at(motion, [0.0, rep["standing_start_s"] + 0.1, motion.duration_s - 0.05])
    knee = [angles_of(joints)["left"]["knee_flexion_3d_deg"] for joints in (seated, standing, again)]
    assert knee == pytest.approx([92, 4, 92], abs=0.5)
    assert seated["left_hip"] == pytest.approx(again["left_hip"], abs=0.005)
    assert standing["left_hip"][2] - seated["left_hip"][2] > 0.3
