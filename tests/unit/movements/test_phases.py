"""When a repetition begins, turns and ends: known by hand on curves, and on simulated people within a frame."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from vidgait.kinematics.segments import find_segments
from vidgait.kinematics.signals import clean_track
from vidgait.movements import find_reps
from vidgait.movements.phases import START_SPEED_PER_S, curved_speed, local_speed, ways_of
from vidgait.movements.posture import BodySample
from vidgait.movements.single_leg_stance import Hold, hold_instants
from vidgait.settings import Settings
from vidgait.tracking import build_track, link_people
from vidgait.truth.phase_truth import EVENTS, Around
from vidgait.truth.simulation import Simulation, simulate
from vidgait.types import BLAZEPOSE, Movement, Rep

SETTINGS = Settings()


def reps_of(clip: Simulation, hide: tuple[str, ...] = ()) -> list[Rep]:
    raw = build_track(clip.poses, link_people(clip.poses), 0)
    if hide:
        score = raw.score.copy()
        score[:, BLAZEPOSE.indices(*hide)] = 0.0
        raw = raw.replace(score=score)
    track = clean_track(raw, SETTINGS.signals, 6.0).track
    segments = find_segments(track, clip.poses.size_px, SETTINGS.view, SETTINGS.subject)
    reps, _ = find_reps(Movement(clip.recipe.movement, 1.0, "named"), track, segments)
    return [rep for rep in reps if rep.index]


def true_events(clip: Simulation) -> list[dict[str, float]]:
    points = {name: np.array(xyz) for name, xyz in clip.truth["points_m"].items()}
    time_s = np.array(clip.truth["time_s"])
    middle = {"squat": lambda rep: rep["bottom_s"], "sit_to_stand": lambda rep: rep["standing_start_s"]}
    movement = clip.recipe.movement
    return [
        EVENTS[movement](points, time_s, Around(rep["start_s"], middle[movement](rep), rep["end_s"]))
        for rep in clip.truth["reps"]
    ]


def late_s(clip: Simulation, hide: tuple[str, ...] = ()) -> dict[str, np.ndarray]:
    """Found less true, by event, one per repetition."""
    truth, found = true_events(clip), reps_of(clip, hide)
    assert len(found) == len(truth)
    known = [{**rep.instants, "start": rep.start_s, "end": rep.end_s} for rep in found]
    return {
        name: np.array([one[name] - true[name] for one, true in zip(known, truth, strict=True)]) for name in truth[0]
    }


HOLD = Hold("right", 1.2, 3.8, cut_start=False, cut_end=False)


def lifted(time_s: float, lift: float) -> BodySample:
    """Of which only the feet are known."""
    return BodySample(
        time_s, 1.0, 1.4, 1.0, 1.0, 0.4, 0.4, (0.2, lift), 0.0, wrists_over_ears=-1.0, size_px=400.0, lift=lift
    )


# --- the rule itself --------------------------------------------------------------------------------------------------


def test_the_ends_are_where_the_speed_passes_the_limit() -> None:
    """A parabola's speed is 2 c (t - 1) inside [0, 2] after a ramp down at that speed: known at every instant."""
    time = np.linspace(-1, 3, 4001)
    level = np.where(np.abs(time - 1) <= 1, -(np.cos(np.pi * (time - 1) / 2) ** 2), 0.0)
    speed = np.where(np.abs(time - 1) <= 1, np.pi / 2 * np.sin(np.pi * (time - 1)), 0.0)
    ways = ways_of(time, level, int(np.argmin(level)), speed, speed)
    onset = np.arcsin(START_SPEED_PER_S / (np.pi / 2)) / np.pi
    assert ways.fall_start_s == pytest.approx(onset, abs=1e-4)
    assert ways.rise_end_s == pytest.approx(2 - onset, abs=1e-4)
    assert ways.turn_s == pytest.approx(1.0, abs=1e-4)
    assert ways.fall_end_s < 1 < ways.rise_start_s


def test_events_lie_between_coarse_frames() -> None:
    fine, coarse = np.linspace(0, 2, 2001), np.linspace(0, 2, 25)

    def curve(time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return -(np.sin(np.pi * time / 2) ** 2), -np.pi / 2 * np.sin(np.pi * time)

    exact, rough = (ways_of(t, curve(t)[0], int(np.argmin(curve(t)[0])), *[curve(t)[1]] * 2) for t in (fine, coarse))
    assert rough.fall_start_s == pytest.approx(exact.fall_start_s, abs=0.005)
    assert rough.fall_start_s not in coarse


def test_a_pause_is_as_long_as_it_is_held() -> None:
    time = np.linspace(0, 5, 501)
    level = np.interp(time, [1, 2, 3.5, 4], [0, -1, -1, 0])
    low = int(np.flatnonzero(time >= 2.5)[0])
    ways = ways_of(time, level, low, local_speed(time, level, 0.03), local_speed(time, level, 0.03))
    assert (ways.fall_end_s, ways.rise_start_s) == pytest.approx((2.0, 3.5), abs=0.03)
    assert (ways.fall_start_s, ways.rise_end_s) == pytest.approx((1.0, 4.0), abs=0.04)


def test_a_curved_speed_keeps_what_a_straight_line_smears() -> None:
    """A cubic's slope is exact, whatever the window; a straight line over the same window is not."""
    time = np.sort(np.random.default_rng(3).uniform(0, 2, 90))
    level, exact = time**3 - 2 * time**2, 3 * time**2 - 4 * time
    middle = (time > time[0] + 0.2) & (time < time[-1] - 0.2)
    assert curved_speed(time, level, 0.4)[middle] == pytest.approx(exact[middle], abs=1e-9)
    assert np.abs(local_speed(time, level, 0.4) - exact)[middle].max() > 0.1


def test_a_curved_speed_is_no_noisier_than_a_straight_line_over_its_share() -> None:
    time = np.arange(0, 200, 1 / 30)
    noise = np.random.default_rng(5).normal(0, 0.01, time.size)
    curved, straight = curved_speed(time, noise, 0.25), local_speed(time, noise, 0.1)
    assert curved.std() < 1.05 * straight.std()


@pytest.mark.parametrize("frames", [0, 1, 2, 3, 5])
def test_a_curved_speed_of_few_samples_is_that_of_a_straight_line(frames: int) -> None:
    time = np.arange(frames) / 30
    assert curved_speed(time, 3 * time, 0.25) == pytest.approx(np.full(frames, 3.0 if frames > 1 else 0.0))


@pytest.mark.parametrize("late", [0.0, 0.3, 0.7])
def test_a_hold_begins_and_ends_between_the_frames(late: float) -> None:
    """A foot that is lifted and lowered at a known, even speed, filmed a share `late` of a frame later. The window of
    the speed holds 6 or 7 frames of 30 a second, so at a kink it tells a third of a frame apart."""

    def instants(rate_hz: float) -> dict[str, float]:
        time = np.arange(0, 5, 1 / rate_hz) + late / 30
        lift = np.interp(time, [1, 1.5, 3.5, 4], [0, 0.2, 0.2, 0])
        return hold_instants([lifted(float(t), float(one)) for t, one in zip(time, lift, strict=True)], HOLD)

    for name, at_s in instants(30).items():
        assert at_s == pytest.approx(instants(1000)[name], abs=0.4 / 30), name
    assert instants(1000)["start"] == pytest.approx(1.05, abs=0.002)
    assert instants(1000)["end"] == pytest.approx(3.95, abs=0.002)


def test_a_foot_that_stops_half_way_down_rested_before_that() -> None:
    time = np.arange(0, 5, 1 / 30)
    lift = np.interp(time, [1, 1.4, 3.5, 3.7, 4.1, 4.3], [0, 0.2, 0.2, 0.1, 0.1, 0])
    instants = hold_instants([lifted(float(t), float(one)) for t, one in zip(time, lift, strict=True)], HOLD)
    assert instants["lowered"] == pytest.approx(3.5, abs=0.1)
    assert instants["end"] == pytest.approx(4.26, abs=0.02)


# --- on people --------------------------------------------------------------------------------------------------------

FAR: dict[str, Any] = {"distance_m": 9.0, "focal_px": 3800.0}


@pytest.mark.parametrize("rate_hz", [30, 60])
@pytest.mark.parametrize("view", ["left", "front", "back"])
def test_without_noise_every_event_is_within_a_frame(view: str, rate_hz: float) -> None:
    clip = simulate("squat", reps=2, rate_hz=rate_hz, pause_s=0.3, down_s=1.0, up_s=0.8, view=view, **FAR)
    for name, late in late_s(clip).items():
        assert np.abs(late).max() <= 1 / 30, (name, late)


@pytest.mark.parametrize("view", ["front", "back"])
def test_a_near_camera_adds_little(view: str) -> None:
    """Shoulders that lean away from a camera below them seem to sink a little sooner, towards it a little later."""
    clip = simulate("squat", reps=2, pause_s=0.3, view=view, yaw_deg=20)
    for name, late in late_s(clip).items():
        assert np.abs(late).max() <= 0.05, (name, late)


def test_uneven_frames_do_not_move_the_events() -> None:
    for name, late in late_s(simulate("squat", reps=2, jitter=0.4, dropped=0.15, pause_s=0.3, seed=4)).items():
        assert np.abs(late).max() <= 1.5 / 30, (name, late)


def test_with_the_networks_noise_events_are_right_on_average() -> None:
    clips = [simulate("squat", reps=3, view="left", network_noise=True, pause_s=0.2, seed=seed) for seed in range(3)]
    late = [late_s(clip) for clip in clips]
    for name in late[0]:
        off = np.concatenate([one[name] for one in late])
        assert abs(off.mean()) <= 1 / 30 and off.std() <= 0.06, (name, off)


def test_a_chair_stand_without_noise_is_within_two_frames() -> None:
    """At the full stand the hips barely move, so the limit is passed at a glance."""
    for name, late in late_s(simulate("sit_to_stand", reps=2, pause_s=0.6)).items():
        assert np.abs(late).max() <= 2 / 30, (name, late)


def test_shoulders_that_are_not_seen_leave_it_to_the_hips() -> None:
    clip = simulate("squat", reps=2, view="left", pause_s=0.3)
    for name, late in late_s(clip, hide=("left_shoulder", "right_shoulder")).items():
        assert np.abs(late).max() <= 0.12, (name, late)


def test_a_stir_of_the_camera_is_no_start() -> None:
    """A hand that drifts a little moves feet and shoulders alike."""
    clip = simulate("squat", reps=2, view="left")
    sway = 4.0 * np.sin(2 * np.pi * 0.5 * clip.poses.time_s[clip.poses.frame])
    shaken = replace(clip, poses=replace(clip.poses, xy_px=clip.poses.xy_px + sway[:, None, None]))
    for name, late in late_s(shaken).items():
        assert np.abs(late).max() <= 0.08, (name, late)


def test_ankles_that_wander_do_not_move_the_events() -> None:
    """Feet that stand do not: what the network does with their ankles for a second is none of the floor's movement."""
    clip = simulate("squat", reps=2, pause_s=0.3, view="left", **FAR)
    time_s = clip.poses.time_s[clip.poses.frame]
    wandering = clip.poses.xy_px.copy()
    wandering[:, BLAZEPOSE.indices("left_ankle", "right_ankle"), 1] += 4.0 * np.sin(2 * np.pi * time_s)[:, None]
    for name, late in late_s(replace(clip, poses=replace(clip.poses, xy_px=wandering))).items():
        assert np.abs(late).max() <= 1 / 30, (name, late)
