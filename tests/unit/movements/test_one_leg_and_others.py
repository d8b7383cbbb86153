"""Movements on one leg, in a split stance and from the hips, on simulated people whose repetitions are known."""

from __future__ import annotations

import numpy as np
import pytest

from vidgait.kinematics.segments import find_segments
from vidgait.kinematics.series import compute_series
from vidgait.kinematics.signals import clean_track
from vidgait.movements import HoldMachine, RepMachine, find_reps, read_track, recognise
from vidgait.movements.readings import find_cycles
from vidgait.movements.single_leg_squat import ONE_LEG_RULES
from vidgait.tracking import build_track, link_people
from vidgait.truth.simulation import Simulation, simulate
from vidgait.types import Issue, Movement, Rep, Track

VIEWS = ("front", "back", "left", "right")


def cleaned(clip: Simulation) -> Track:
    return clean_track(build_track(clip.poses, link_people(clip.poses), 0), clip.settings().signals, 6.0).track


def counted(clip: Simulation) -> tuple[Movement, list[Rep], tuple[Issue, ...]]:
    settings, track = clip.settings(), cleaned(clip)
    segments = find_segments(track, clip.poses.size_px, settings.view, settings.subject)
    series = compute_series(track, segments, settings.view)
    movement = recognise(track, segments, series)
    reps, issues = find_reps(movement, track, segments)
    return movement, [rep for rep in reps if rep.index], issues


def true_sides(clip: Simulation) -> list[str | None]:
    return [rep["side"] for rep in clip.truth["reps"]]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("free_leg", ["front", "behind"])
def test_a_squat_on_one_leg_from_everywhere(view: str, free_leg: str) -> None:
    clip = simulate("single_leg_squat", view=view, side="right", free_leg=free_leg, reps=2, network_noise=True)
    movement, reps, _ = counted(clip)
    assert movement.label == "single_leg_squat"
    assert [rep.side for rep in reps] == ["right", "right"]
    assert {rep.posture["free_leg"] for rep in reps} == {free_leg}
    truth = [rep["bottom_s"] for rep in clip.truth["reps"]]
    assert [rep.instants["bottom"] for rep in reps] == pytest.approx(truth, abs=0.15)


def test_the_foot_beside_the_other_is_told_from_the_front() -> None:
    movement, reps, _ = counted(simulate("single_leg_squat", free_leg="middle", reps=2))
    assert movement.label == "single_leg_squat"
    assert {rep.posture["free_leg"] for rep in reps} == {"middle"}


@pytest.mark.parametrize("view", ["front", "left"])
def test_a_shallow_one_counts(view: str) -> None:
    movement, reps, _ = counted(simulate("single_leg_squat", view=view, knee_deg=40, reps=3, network_noise=True))
    assert movement.label == "single_leg_squat"
    assert len(reps) == 3


def test_hips_that_sink_when_the_foot_leaves_the_floor_make_no_slow_way_down() -> None:
    clip = simulate("single_leg_squat", free_leg="middle", reps=1, knee_deg=55, down_s=0.8, up_s=0.5, rest_s=2.5)
    (rep,), view = clip.truth["reps"], clip.settings().view
    track = cleaned(clip)
    segments = find_segments(track, clip.poses.size_px, view, clip.settings().subject)
    above = [k for k, name in enumerate(track.skeleton.keypoints) if not name.endswith(("ankle", "heel", "toe"))]
    from_s, to_s = rep["start_s"] - 1.9, rep["end_s"]
    sunk = np.interp(track.time_s, [from_s, from_s + 0.4, rep["bottom_s"], to_s], [0.0, 0.03, 0.03, 0.0])
    pixels = track.xy_px.copy()
    pixels[:, above, 1] += (segments[0].leg_length_px or 0.0) * sunk[:, None]
    sinking = track.replace(xy_px=pixels)
    assert recognise(sinking, segments, compute_series(sinking, segments, view)).label == "single_leg_squat"


@pytest.mark.parametrize(("up_s", "label"), [(0.5, "single_leg_squat"), (0.2, None)])
def test_who_catches_themselves_has_not_squatted(up_s: float, label: str | None) -> None:
    clip = simulate("single_leg_squat", reps=1, knee_deg=60, down_s=0.5, up_s=up_s)
    assert counted(clip)[0].label == label


def test_a_toe_touch_between_repetitions_changes_nothing() -> None:
    clip = simulate("single_leg_squat", touch_down=True, rest_s=1.5, reps=3, network_noise=True)
    movement, reps, _ = counted(clip)
    assert movement.label == "single_leg_squat"
    assert [rep.side for rep in reps] == true_sides(clip)
    assert {rep.set_index for rep in reps} == {1}


def test_a_set_on_each_leg_is_two_sets() -> None:
    clip = simulate("single_leg_squat", legs="both", reps=2, side="right", network_noise=True)
    _, reps, _ = counted(clip)
    assert [(rep.side, rep.set_index) for rep in reps] == [("right", 1), ("right", 1), ("left", 2), ("left", 2)]


def test_legs_in_turn_are_one_set() -> None:
    clip = simulate("single_leg_squat", legs="alternating", reps=4, network_noise=True)
    _, reps, _ = counted(clip)
    assert [rep.side for rep in reps] == ["left", "right", "left", "right"]
    assert {rep.set_index for rep in reps} == {1}


def test_mirrored_pictures_change_sides() -> None:
    left, right = (counted(simulate("step_down", side=side, reps=2))[1] for side in ("left", "right"))
    assert [rep.side for rep in left] == ["left", "left"]
    assert [rep.side for rep in right] == ["right", "right"]
    for one, other in zip(left, right, strict=True):
        assert one.instants["bottom"] == pytest.approx(other.instants["bottom"], abs=0.02)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("direction", ["forward", "lateral"])
def test_step_downs(view: str, direction: str) -> None:
    movement, reps, _ = counted(simulate("step_down", view=view, direction=direction, reps=2))
    assert movement.label == "step_down"
    assert movement.flags == (direction,)
    assert [rep.side for rep in reps] == ["left", "left"]


@pytest.mark.parametrize("view", ["front", "back", "left"])
def test_a_hold_lies_between_lifted_and_lowered(view: str) -> None:
    clip = simulate("single_leg_stance", view=view, duration_s=5.0, side="right", network_noise=True)
    movement, reps, _ = counted(clip)
    assert movement.label == "single_leg_stance"
    assert [(rep.kind, rep.side) for rep in reps] == [("hold", "right")]
    (truth,) = clip.truth["reps"]
    assert reps[0].start_s <= reps[0].instants["lifted"] == pytest.approx(truth["start_s"], abs=0.2)
    assert reps[0].end_s >= reps[0].instants["lowered"] == pytest.approx(truth["end_s"], abs=0.2)


@pytest.mark.parametrize("side", ["left", "right"])
def test_split_squats_and_hinges(side: str) -> None:
    movement, reps, _ = counted(simulate("lunge", side=side, reps=2, network_noise=True))
    assert (movement.label, movement.flags) == ("lunge", ("split_squat",))
    assert [rep.side for rep in reps] == [side, side]
    movement, reps, _ = counted(simulate("hinge", reps=3, network_noise=True))
    assert movement.label == "hinge"
    assert len(reps) == 3


def test_one_bow_is_no_hinge() -> None:
    assert counted(simulate("hinge", reps=1))[0].label is None
    assert counted(simulate("hinge", reps=3, trunk_deg=35))[0].label is None


@pytest.mark.parametrize("movement", ["walk", "run", "counter_movement_jump", "drop_jump", "standing"])
@pytest.mark.parametrize("view", ["front", "left"])
def test_nothing_else_is_counted(movement: str, view: str) -> None:
    found, reps, _ = counted(simulate(movement, view=view, network_noise=True))
    assert found.label is None
    assert reps == []


def test_what_does_not_fit_is_refused() -> None:
    from vidgait.errors import SettingsError

    with pytest.raises(SettingsError, match="does not fit"):
        simulate("squat", free_leg="front")
    with pytest.raises(SettingsError, match="does not fit"):
        simulate("lunge", heel_rise_deg=5)


def test_live_and_recorded_count_alike() -> None:
    """One sample after the other, never looking ahead: what is final stays."""
    samples = read_track(cleaned(simulate("single_leg_squat", reps=3, network_noise=True)))
    live = RepMachine(ONE_LEG_RULES["left"])
    cycles = [cycle for sample in samples for cycle in live.push(sample)] + live.finish()
    assert cycles == find_cycles(samples, ONE_LEG_RULES["left"])
    assert sum(cycle.counted for cycle in cycles) == 3


def test_a_hold_is_final_when_the_foot_is_down() -> None:
    samples = read_track(cleaned(simulate("single_leg_stance", duration_s=3.0)))
    machine = HoldMachine()
    found = [(sample.time_s, hold) for sample in samples for hold in machine.push(sample)]
    assert [hold.side for _, hold in found if hold.counted] == ["left"]
    assert all(known_s >= hold.end_s for known_s, hold in found)
    assert np.isfinite([hold.start_s for _, hold in found]).all()
