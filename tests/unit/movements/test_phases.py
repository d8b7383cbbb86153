"""When a repetition begins, turns and ends: known by hand on curves, and on simulated people within a frame."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from vidgait.kinematics.segments import find_segments
from vidgait.kinematics.signals import clean_track
from vidgait.movements import find_reps
from vidgait.movements.phases import START_SPEED_PER_S, local_speed, ways_of
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
