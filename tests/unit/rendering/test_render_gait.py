"""Rendered people walk and run like people: planted feet, free swing, free fall, and known instants."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from scripts.rendering.balance import centre_of_mass
from scripts.rendering.body import SIDES, Body, load_body
from scripts.rendering.free_fall import GRAVITY_M_S2
from scripts.rendering.gait import Run, Walk
from scripts.rendering.truth import angles_of

Joints = dict[str, np.ndarray]
Gait = Walk | Run
WALK, RUN = Walk(duration_s=4.0), Run(duration_s=3.0)
GAITS = pytest.mark.parametrize("gait", [WALK, RUN], ids=lambda gait: gait.label)
BODIES = ("man_average", "woman_heavy", "man_tall_lean")
SAMPLES = 50


@cache
def body(name: str = "man_average") -> Body:
    return load_body(name)


def suited(gait: Gait, name: str) -> Gait:
    return gait.suited_to(body(name).thigh_m + body(name).shank_m)


@cache
def stride(gait: Gait, name: str = "man_average") -> tuple[np.ndarray, list[Joints], list[np.ndarray]]:
    """Fraction of the left stride, joints and bone transforms, over one stride that starts at a left contact."""
    at = np.arange(SAMPLES) / SAMPLES
    gait = suited(gait, name)
    poses = gait.poses(body(name), at * gait.stride_s)
    return at, [body(name).posed_joints(pose) for pose in poses], poses


def angle(gait: Gait, key: str, side: str = "left", name: str = "man_average") -> np.ndarray:
    return np.array([angles_of(joints)[side][key] for joints in stride(gait, name)[1]])


def point(gait: Gait, key: str, name: str = "man_average") -> np.ndarray:
    return np.array([joints[key] for joints in stride(gait, name)[1]])


def joints_at(gait: Gait, time_s: np.ndarray) -> list[Joints]:
    return [body().posed_joints(pose) for pose in gait.poses(body(), time_s)]


@GAITS
@pytest.mark.parametrize("name", BODIES)
def test_the_standing_foot_stays_where_it_is(gait: Gait, name: str) -> None:
    at, pattern, fitted = stride(gait, name)[0], gait.plan().pattern, suited(gait, name)
    belt = np.zeros((SAMPLES, 3))
    belt[:, 1] = 0.0 if gait.travel else fitted.speed_m_s * at * fitted.stride_s
    percent, degrees = np.array(pattern.foot).T
    flat_from, flat_to = percent[degrees == 0] / 100
    spans = {"heel": (0, flat_to), "toe": (flat_from, pattern.toe_off), "ankle": (flat_from, flat_to)}
    for part, (first, last) in spans.items():
        places = (point(gait, f"left_{part}", name) - belt)[(at >= first) & (at <= last)]
        assert np.ptp(places, axis=0).max() < 0.001, part


@GAITS
def test_on_a_treadmill_the_foot_goes_with_the_belt(gait: Gait) -> None:
    gait = replace(gait, travel=False)
    at = stride(gait)[0]
    flat = (at > 0.10) & (at < 0.17)
    speed = np.diff(point(gait, "left_toe")[flat, 1]) / (suited(gait, "man_average").stride_s / SAMPLES)
    assert speed == pytest.approx(suited(gait, "man_average").speed_m_s, abs=1e-6)
    hips = (point(gait, "left_hip") + point(gait, "right_hip"))[:, 1] / 2
    assert abs(hips).max() < 0.08
    assert len(gait.blocks(body())) > 0


@GAITS
def test_travelling_crosses_the_origin_half_way(gait: Gait) -> None:
    gait = replace(gait, duration_s=4.0, travel=True)
    start, middle, end = (joints["left_hip"][1] for joints in joints_at(gait, np.array([0.0, 2.0, 4.0])))
    assert start - end == pytest.approx(4.0 * gait.speed_m_s, abs=0.1)
    assert abs(middle) < 0.1
    assert gait.blocks(body()) == ()


@pytest.mark.parametrize("name", BODIES)
def test_the_knee_in_walking(name: str) -> None:
    at, knee = stride(WALK, name)[0], angle(WALK, "knee_flexion_deg", name=name)
    assert knee[0] < 8, "nearly straight at contact"
    assert 14 < knee[(at > 0.08) & (at < 0.2)].max() < 20, "loading bends it"
    assert knee[(at > 0.2) & (at < 0.45)].max() < 20, "mid-stance"
    assert knee[(at > 0.3) & (at < 0.45)].min() < 8, "nearly straight again in terminal stance"
    assert 59 < knee[at > 0.6].max() < 66, "swing"
    assert 0.70 < at[knee.argmax()] < 0.80


@pytest.mark.parametrize("name", BODIES)
def test_the_swinging_foot_clears_the_floor(name: str) -> None:
    at, _, poses = stride(WALK, name)
    lowest = np.array([body(name).skin(pose)[body(name).foot_vertices["left"], 2].min() for pose in poses])
    assert lowest.min() > -0.004, "never in the floor"
    assert lowest[(at > 0.68) & (at < 0.92)].min() > 0.010


@GAITS
def test_heel_first_toes_last(gait: Gait) -> None:
    foot = angle(gait, "foot_inclination_deg")
    level = foot[int(0.14 * SAMPLES)]
    assert foot[0] > level + 5, "toes up at contact"
    assert foot[int(gait.plan().pattern.toe_off * SAMPLES)] < level - 35, "heel up at the end of stance"
    ankle = 90 - angle(gait, "shank_inclination_deg") - foot
    assert ankle.min() > 90 - 25, "dorsiflexion"
    assert ankle.max() < 90 + 45, "plantar flexion"


@GAITS
def test_the_pelvis_drops_on_the_swinging_side(gait: Gait) -> None:
    at, drop = stride(gait)[0], angle(gait, "pelvic_drop_deg")
    asked = gait.plan().pelvic_drop_deg[0]
    assert drop.max() == pytest.approx(asked, abs=0.3)
    assert at[drop.argmax()] == pytest.approx(gait.plan().pattern.drop_at, abs=0.03)
    assert drop.min() == pytest.approx(-asked, abs=0.3)


@GAITS
def test_arms_swing_against_the_legs(gait: Gait) -> None:
    joints = stride(gait)[1]
    left_contact, right_contact = joints[0], joints[SAMPLES // 2]
    assert left_contact["left_wrist"][1] > left_contact["right_wrist"][1] + 0.2
    assert right_contact["right_wrist"][1] > right_contact["left_wrist"][1] + 0.2
    # The hip of the leg that comes forward leads.
    assert left_contact["left_hip"][1] < left_contact["right_hip"][1]


@GAITS
def test_left_and_right_are_alike_half_a_stride_apart(gait: Gait) -> None:
    for key in ("knee_flexion_deg", "thigh_inclination_deg", "foot_inclination_deg", "pelvic_drop_deg"):
        later = np.roll(angle(gait, key, "right"), -SAMPLES // 2)
        assert angle(gait, key) == pytest.approx(later, abs=0.3), key


@GAITS
@pytest.mark.parametrize("name", BODIES)
def test_joints_stay_in_their_range_and_move_smoothly(gait: Gait, name: str) -> None:
    for side in SIDES:
        knee = angle(gait, "knee_flexion_3d_deg", side, name)
        assert knee.min() >= 0
        assert knee.max() < 115
        # Degrees in 1/50 of a stride; people reach about 600 degrees a second in running.
        assert abs(np.diff(np.append(knee, knee[0]))).max() < 11
        thigh = angle(gait, "thigh_inclination_deg", side, name)
        assert thigh.min() > -30
        assert thigh.max() < 60


def _least_distance(first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray]) -> float:
    share = np.linspace(0, 1, 25)[:, None]
    one, other = (start + share * (end - start) for start, end in (first, second))
    return float(np.linalg.norm(one[:, None] - other[None], axis=2).min())


@GAITS
@pytest.mark.parametrize("name", BODIES)
def test_the_legs_do_not_pass_through_each_other(gait: Gait, name: str) -> None:
    for joints in stride(gait, name)[1]:
        bones = {
            side: [(joints[f"{side}_{a}"], joints[f"{side}_{b}"]) for a, b in
                   (("knee", "ankle"), ("heel", "toe"))]
            for side in SIDES
        }  # fmt: skip
        for left in bones["left"]:
            for right in bones["right"]:
                assert _least_distance(left, right) > 0.07
        assert np.linalg.norm(joints["left_knee"] - joints["right_knee"]) > 0.11


@GAITS
@pytest.mark.parametrize("side", SIDES)
def test_contact_and_toe_off_are_where_the_foot_meets_the_floor(gait: Gait, side: str) -> None:
    one = next(rep for rep in gait.reps() if rep["side"] == side and rep["start_s"] > 0.1)
    around = np.array([-0.03, 0.0])
    heel = [joints[f"{side}_heel"][2] for joints in joints_at(gait, one["contact_s"] + around)]
    toe = [joints[f"{side}_toe"][2] for joints in joints_at(gait, one["toe_off_s"] - around)]
    standing = joints_at(gait, np.array([one["contact_s"] + 0.15 * gait.stride_s]))[0]
    assert heel[1] == pytest.approx(standing[f"{side}_heel"][2], abs=0.001)
    assert toe[1] == pytest.approx(standing[f"{side}_toe"][2], abs=0.001)
    assert heel[0] > heel[1] + 0.001
    assert toe[0] > toe[1] + 0.0005


@GAITS
def test_strides_are_complete_and_in_order(gait: Gait) -> None:
    reps = gait.reps()
    assert [rep["index"] for rep in reps] == list(range(1, len(reps) + 1))
    starts = [rep["start_s"] for rep in reps]
    assert np.diff(starts) == pytest.approx(gait.stride_s / 2, abs=1e-5)
    for rep in reps:
        assert rep["kind"] == "stride"
        assert rep["end_s"] - rep["start_s"] == pytest.approx(gait.stride_s, abs=1e-5)
        assert rep["start_s"] < rep["toe_off_s"] < rep["end_s"] <= gait.duration_s + 1e-6
    last_possible = gait.duration_s - gait.stride_s
    assert starts[-1] > last_possible - gait.stride_s / 2


def test_a_limp_has_a_stiff_knee_and_a_short_step() -> None:
    limp = Walk(
        duration_s=3.0, travel=False, swing_knee_deg=(63.0, 40.0), right_step_length=0.42, right_step_time=0.46,
        pelvic_drop_deg=(8.0, 3.0),
    )  # fmt: skip
    assert angle(limp, "knee_flexion_deg", "left").max() == pytest.approx(62, abs=3)
    assert angle(limp, "knee_flexion_deg", "right").max() == pytest.approx(40, abs=6)
    drop = angle(limp, "pelvic_drop_deg")
    assert drop.max() == pytest.approx(8, abs=0.5)
    assert drop.min() == pytest.approx(-3, abs=0.5)
    over_ground = replace(limp, travel=True)
    times_s = np.array([0.2, 0.66, 1.2]) * limp.stride_s
    first, second, third = joints_at(over_ground, times_s)
    stride_m = limp.plan().stride_m
    assert first["left_toe"][1] - second["right_toe"][1] == pytest.approx(0.42 * stride_m, abs=0.002)
    assert second["right_toe"][1] - third["left_toe"][1] == pytest.approx(0.58 * stride_m, abs=0.002)


def test_a_stride_that_the_legs_cannot_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="too long for the legs of 'woman_heavy'"):
        replace(RUN, speed_m_s=3.2).poses(body("woman_heavy"), np.zeros(1))


def test_running_has_flights_in_free_fall() -> None:
    first, second = RUN.reps()[:2]
    assert 0.24 < RUN.contact_s < 0.27
    assert first["toe_off_s"] < second["contact_s"] - 0.05
    time_s = np.linspace(first["toe_off_s"] + 0.004, second["contact_s"] - 0.004, 15)
    frames = joints_at(RUN, time_s)
    mass = np.array([centre_of_mass(joints) for joints in frames])
    assert 2 * np.polyfit(time_s, mass[:, 2], 2)[0] == pytest.approx(-GRAVITY_M_S2, rel=0.01)
    for axis in (0, 1):
        assert mass[:, axis] == pytest.approx(np.polyval(np.polyfit(time_s, mass[:, axis], 1), time_s), abs=0.0005)
    standing = joints_at(RUN, np.array([0.12 * RUN.stride_s]))[0]
    for joints in frames:
        for side in SIDES:
            assert joints[f"{side}_heel"][2] > standing["left_heel"][2]
            assert joints[f"{side}_toe"][2] > standing["left_toe"][2]


@pytest.mark.parametrize("name", BODIES)
def test_the_knee_in_running(name: str) -> None:
    at, knee = stride(RUN, name)[0], angle(RUN, "knee_flexion_deg", name=name)
    assert 41 < knee[at < 0.25].max() < 45
    assert 92 < knee.max() < 105
    assert knee[0] < 25
    assert angle(RUN, "thigh_inclination_deg", name=name).min() < -12, "the leg stays behind at push-off"
