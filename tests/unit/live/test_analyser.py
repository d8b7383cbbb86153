"""One person seen live: the count of the recorded clip, told soon, whoever walks by; blank once lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache

import numpy as np
import pytest

from vidgait.kinematics.one_euro import OneEuro
from vidgait.kinematics.segments import find_segments
from vidgait.kinematics.signals import clean_track
from vidgait.live import analyser
from vidgait.live.analyser import LiveAnalyser
from vidgait.live.athlete import Athlete
from vidgait.live.schedule import DropSchedule, drop_bursts, drop_share, keep_all
from vidgait.live.state import LiveState
from vidgait.movements import find_reps
from vidgait.settings import Settings
from vidgait.tracking import build_track, link_people
from vidgait.truth.simulation import Simulation, simulate
from vidgait.types import BLAZEPOSE, FramePoses, Movement

SCHEDULES = {"all": keep_all, "30 %": drop_share(0.3), "bursts": drop_bursts(6, 40, first=11)}
KINDS = (("squat", "left"), ("squat", "front"), ("single_leg_squat", "front"), ("lunge", "left"))
NOBODY = FramePoses.nobody(BLAZEPOSE)


@cache
def clip_of(movement: str, view: str) -> Simulation:
    return simulate(movement, view=view, reps=3, network_noise=True, seed=5)


def pictures(clip: Simulation, drop: DropSchedule = keep_all) -> Iterator[tuple[float, FramePoses]]:
    poses = clip.poses
    for index, time_s in enumerate(poses.time_s):
        rows = np.flatnonzero(poses.frame == index)
        world = None if poses.xyz_m is None else poses.xyz_m[rows]
        if not drop(index):
            yield float(time_s), FramePoses(poses.xy_px[rows], poses.score[rows], world, poses.skeleton)


def analyser_of(
    clip: Simulation, movement: str, work: Callable[[Callable[[], None]], object] = lambda job: job()
) -> LiveAnalyser:
    return LiveAnalyser(Settings().with_options({"movement": movement}), clip.poses.size_px, work=work)


def offline_count(clip: Simulation) -> int:
    settings = Settings()
    track = clean_track(build_track(clip.poses, link_people(clip.poses), 0), settings.signals, 6.0).track
    segments = find_segments(track, clip.poses.size_px, settings.view, settings.subject)
    reps, _ = find_reps(Movement(clip.recipe.movement, 1.0, "named"), track, segments)
    return sum(rep.index > 0 for rep in reps)


# --- counting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("movement", "view"), KINDS)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_count_is_that_of_the_recorded_clip(movement: str, view: str, schedule: str) -> None:
    clip = clip_of(movement, view)
    live = analyser_of(clip, movement, work=lambda job: None)
    for time_s, people in pictures(clip, SCHEDULES[schedule]):
        live.push(time_s, people)
    reps = live.finish()
    assert offline_count(clip) == len(clip.truth["reps"]) >= 1
    assert [rep.index for rep in reps] == list(range(1, offline_count(clip) + 1))
    assert all(rep.start_s < rep.turn_s <= rep.end_s <= rep.announced_s for rep in reps)


def test_numbers_of_a_finished_repetition_come_from_the_job_and_not_before() -> None:
    clip = clip_of("squat", "left")
    jobs: list[Callable[[], None]] = []
    live = analyser_of(clip, "squat", work=jobs.append)
    for time_s, people in pictures(clip):
        told = live.push(time_s, people).announced
        assert told is None or not told.measures
    for job in jobs:
        job()
    reps = live.finish()
    assert any(measure.id == "knee_flexion_bottom" for rep in reps for measure in rep.measures)
    assert all(measure.rep == rep.index for rep in reps for measure in rep.measures)


def test_after_a_reset_the_count_begins_again_and_late_jobs_are_forgotten() -> None:
    clip = clip_of("squat", "left")
    jobs: list[Callable[[], None]] = []
    live = analyser_of(clip, "squat", work=jobs.append)
    for time_s, people in pictures(clip):
        live.push(time_s, people)
    live.reset()
    for job in jobs:
        job()
    state = live.push(0.0, next(people for _, people in pictures(clip)))
    assert state.reps == () and state.view == "unknown"


def test_a_job_that_fails_is_not_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a thread nobody hears of its exception: the view and the name come from the next job then."""
    clip = clip_of("squat", "left")
    failed: list[str] = []

    def fails_once(name: str) -> None:
        real = getattr(analyser, name)

        def job(*details: object) -> object:
            if name not in failed:
                failed.append(name)
                raise ValueError(name)
            return real(*details)

        monkeypatch.setattr(analyser, name, job)

    def in_a_thread(job: Callable[[], None]) -> None:
        with suppress(ValueError):
            job()

    fails_once("look")
    fails_once("name_movement")
    live = analyser_of(clip, "auto", work=in_a_thread)
    for time_s, people in pictures(clip):
        state = live.push(time_s, people)
    assert set(failed) == {"look", "name_movement"}
    assert state.view == "left"
    assert (live.movement, len(live.finish())) == ("squat", offline_count(clip))


# --- who is followed, and who is lost ---------------------------------------------------------------------------------


def both(one: FramePoses, other_xy_px: np.ndarray) -> FramePoses:
    return FramePoses(
        np.concatenate([other_xy_px[None], one.xy_px]), np.repeat(one.score, 2, axis=0), None, one.skeleton
    )


def test_a_taller_passer_by_does_not_take_over() -> None:
    clip = clip_of("squat", "front")
    athlete = Athlete(clip.poses.size_px)
    shots = list(pictures(clip))
    width = clip.poses.size_px[0]
    for index, (time_s, people) in enumerate(shots):
        middle = people.xy_px[0].mean(axis=0)
        passer = (people.xy_px[0] - middle) * 1.3 + [width * index / len(shots), middle[1]]
        seen = athlete.push(time_s, people if index == 0 else both(people, passer))
        assert seen is not None
        assert np.array_equal(seen.xy_px, people.xy_px[0])
        assert index == 0 or seen.rival_share == pytest.approx(1.3, rel=1e-6)


def test_numbers_are_blank_as_soon_as_nobody_is_seen_and_the_stage_after_half_a_second() -> None:
    clip = clip_of("squat", "left")
    live = analyser_of(clip, "squat")
    state: LiveState | None = None
    for time_s, people in pictures(clip):
        state = live.push(time_s, people)
        if time_s > 1.2:
            break
    assert state is not None and state.readings and state.points_px is not None
    gone = live.push(state.time_s + 0.1, NOBODY)
    assert gone.points_px is None and gone.readings == () and gone.stage != "looking"
    late = live.push(state.time_s + 0.6, NOBODY)
    assert late.stage == "looking" and late.lost_s == pytest.approx(0.6)


# --- the filter -------------------------------------------------------------------------------------------------------


def test_one_euro_keeps_a_point_at_rest_and_starts_afresh_after_a_gap() -> None:
    smooth = OneEuro(1.5, 18.0, 0.25)
    still = np.array([[100.0, 50.0]])
    for time_s in (0.0, 0.03, 0.1, 0.11):
        assert np.array_equal(smooth.step(time_s, still, 400.0), still)
    assert np.isnan(smooth.step(0.2, np.full((1, 2), np.nan), 400.0)).all()
    assert np.array_equal(smooth.step(0.5, still + 80, 400.0), still + 80)
    with pytest.raises(ValueError, match="time must rise"):
        smooth.step(0.5, still, 400.0)


def test_one_euro_first_step_by_hand() -> None:
    """Speed 40 px in 0.1 s at 400 px: 1 height a second; its low-pass at 1 Hz takes a = 0.6283 / 1.6283 of it."""
    smooth = OneEuro(1.5, 18.0, 0.25)
    smooth.step(0.0, np.array([[0.0, 0.0]]), 400.0)
    speed = 0.2 * np.pi / (1 + 0.2 * np.pi)
    turned = 0.2 * np.pi * (1.5 + 18.0 * speed)
    assert smooth.step(0.1, np.array([[40.0, 0.0]]), 400.0)[0, 0] == pytest.approx(40 * turned / (1 + turned))


def test_one_euro_smooths_trembling_and_follows_movement() -> None:
    rng = np.random.default_rng(3)
    time_s = np.arange(0, 6, 1 / 30)
    smooth = OneEuro(1.5, 18.0, 0.25)
    moving = np.where(time_s < 3, 0.0, (time_s - 3) * 200.0)
    raw = moving + rng.normal(0, 0.8, time_s.size)
    out = np.array([smooth.step(t, np.array([[x, 0.0]]), 400.0)[0, 0] for t, x in zip(time_s, raw, strict=True)])
    still = (time_s > 1) & (time_s < 3)
    assert out[still].std() < 0.6 * raw[still].std()
    assert abs((out - moving)[time_s > 4].mean()) < 200.0 * 0.05, "less than 50 ms behind"
