"""What is said of repetitions: rarely, one thing at a time, never inside the error, and praise afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support.live_states import measure, rep, state
from vidgait.live.coach import REPEAT_AFTER_REPS, Coach
from vidgait.live.state import LiveReading, LiveRep
from vidgait.types import Side


def play(coach: Coach, reps: list[LiveRep], until_s: float | None = None, **changes: Any) -> list[tuple[int, str, str]]:
    """Sentences as they begin: after which repetition, words, tone. Measures come 0.4 s after the end."""
    said, last = [], None
    end_s = until_s or reps[-1].end_s + 3
    for t in np.arange(0, end_s, 1 / 15):
        done = tuple(one for one in reps if one.end_s + 0.4 <= t)
        cue = coach.push(state(float(t), reps=done, **changes))
        if cue is not None and (last is None or cue.since_s != last.since_s):
            said.append((len(done), cue.text, cue.tone))
        last = cue
    return said


def depths(*values: float, noise: float = 3.0) -> list[LiveRep]:
    return [rep(at, measure("thigh_inclination_bottom", value, "left", noise)) for at, value in enumerate(values, 1)]


def knees(*values: float, side: Side = "left") -> list[LiveRep]:
    return [rep(at, measure("fppa_change", value, side)) for at, value in enumerate(values, 1)]


SIDE = {"view": "left", "near_side": "left", "facing": "image_left", "yaw_deg": 90.0}


def test_shallower_than_at_first_is_asked_to_go_deeper_and_praised() -> None:
    coach = Coach()
    said = play(coach, depths(90, 91, 75, 89, 90), **SIDE)
    assert said == [(3, "A little deeper", "change"), (4, "Good depth", "good")]
    assert [(one.text, one.corrected) for one in coach.given] == [("A little deeper", True)]


@pytest.mark.parametrize(
    ("reps", "why"),
    [
        (depths(90, 91, 88, 92, 90), "nothing differs"),
        (depths(90, 91, 75, 74, 76, noise=20), "the difference is inside the noise"),
        (depths(90, 70, 75, 74, 76), "the first one was odd"),
        (depths(90, 70, 50, 30, 10), "no two of the first ones agree"),
        (depths(90, 75), "the first ones are compared with nothing"),
        (depths(60, 61, 90, 95, 91), "deeper is no fault"),
    ],
)
def test_silent(reps: list[LiveRep], why: str) -> None:
    assert play(Coach(), reps, **SIDE) == [], why


@pytest.mark.parametrize(("last_s", "expected"), [(0.6, ["Slower on the way down"]), (1.0, []), (1.8, [])])
def test_quicker_down_than_at_first_is_told_also_below_a_second(last_s: float, expected: list[str]) -> None:
    times = [replace(measure("eccentric_time", value, noise=0.1), unit="s") for value in (1.2, 1.25, last_s)]
    said = play(Coach(), [rep(at, one) for at, one in enumerate(times, 1)])
    assert [text for _, text, _ in said] == expected


def test_silent_of_the_far_leg_and_of_what_the_view_refuses() -> None:
    assert play(Coach(), depths(90, 91, 75, 75), **(SIDE | {"near_side": "right", "view": "right"})) == []
    refused = [rep(at, measure("thigh_inclination_bottom", None, "left", why_none="front")) for at in range(1, 6)]
    assert play(Coach(), refused) == []


@pytest.mark.parametrize("changes", [{"points_px": None}, {"lost_s": 0.6}, {"stage": "setting_up"}, {"movement": None}])
def test_silent_while_lost_or_not_begun_or_unknown(changes: dict[str, Any]) -> None:
    assert play(Coach(), depths(90, 91, 75, 75), **(SIDE | changes)) == []


def test_a_cue_goes_at_once_when_somebody_is_lost() -> None:
    coach, reps = Coach(), tuple(knees(20))
    assert coach.push(state(4.0, reps=reps)) is not None
    assert coach.push(state(4.1, reps=reps, points_px=None, lost_s=0.1)) is None


def test_a_cue_comes_back_with_whoever_was_not_seen_in_a_picture_or_two_and_not_later() -> None:
    coach, reps = Coach(), tuple(knees(20))
    first = coach.push(state(4.0, reps=reps))
    assert coach.push(state(4.1, reps=reps, points_px=None, lost_s=0.1)) is None
    assert coach.push(state(4.2, reps=reps)) == first
    assert coach.push(state(4.8, reps=reps, points_px=None, lost_s=0.6)) is None
    assert coach.push(state(4.9, reps=reps)) is None


def test_a_knee_that_moves_in_beyond_its_error_is_told_from_the_first_repetition() -> None:
    assert play(Coach(), knees(20)) == [(1, "Left knee out", "change")]
    assert play(Coach(), knees(20, side="right")) == [(1, "Right knee out", "change")]
    assert play(Coach(), knees(9)) == []
    uncertain = [rep(1, measure("fppa_change", 14, "left", noise=14))]
    assert play(Coach(), uncertain) == []


def test_both_knees_get_one_sentence() -> None:
    both = [rep(1, measure("fppa_change", 20, "left"), measure("fppa_change", 25, "right"))]
    assert play(Coach(), both) == [(1, "Knees out", "change")]


def test_the_same_is_not_repeated_with_every_repetition() -> None:
    """Ever more seldom."""
    said = play(Coach(), knees(*[20] * 20))
    assert [done for done, *_ in said] == [
        1,
        1 + REPEAT_AFTER_REPS,
        1 + 3 * REPEAT_AFTER_REPS,
        1 + 6 * REPEAT_AFTER_REPS,
    ]


def test_what_was_corrected_once_is_asked_for_as_soon_as_at_first() -> None:
    said = play(Coach(), knees(20, 20, 20, 20, 2, 2, 2, 20))
    assert [(done, tone) for done, _, tone in said] == [(1, "change"), (4, "change"), (5, "good"), (8, "change")]


def test_an_odd_first_or_second_repetition_does_not_spoil_the_standard() -> None:
    assert play(Coach(), depths(90, 62, 89, 90, 66), **SIDE) == [(5, "A little deeper", "change")]


def test_knees_come_before_depth_and_only_one_is_said() -> None:
    reps = [
        rep(at, measure("fppa_change", knee, "left"), measure("thigh_inclination_vertical_bottom", depth, "left"))
        for at, (knee, depth) in enumerate([(0, 90), (0, 90), (20, 70)], 1)
    ]
    assert play(Coach(), reps) == [(3, "Left knee out", "change")]


def test_who_goes_deeper_may_lean_further() -> None:
    def lean(at: int, degrees: float, depth: float) -> LiveRep:
        return rep(at, measure("trunk_lean_bottom", degrees), measure("thigh_inclination_bottom", depth, "left"))

    assert play(Coach(), [lean(1, 30, 80), lean(2, 30, 80), lean(3, 45, 80)], **SIDE) == [(3, "Chest up", "change")]
    assert play(Coach(), [lean(1, 30, 80), lean(2, 30, 80), lean(3, 45, 92)], **SIDE) == []
    hinge = SIDE | {"movement": "hinge"}
    assert play(Coach(), [lean(1, 30, 80), lean(2, 30, 80), lean(3, 45, 80)], **hinge) == []


def test_an_excluded_repetition_is_neither_judged_nor_a_standard() -> None:
    reps = depths(90, 91, 75)
    left_out = [rep(3, *reps[2].measures, excluded="less than half as deep")]
    assert play(Coach(), reps[:2] + left_out, **SIDE) == []


def test_a_cue_stays_for_as_long_as_it_takes_to_read() -> None:
    coach, reps = Coach(), tuple(knees(20))
    shown = [coach.push(state(4 + t / 30, reps=reps)) is not None for t in range(180)]
    assert shown.index(False) / 30 == pytest.approx(3.5, abs=0.05)
    assert not any(shown[shown.index(False) :])


def squat_of_readings(coach: Coach, values: list[float], error: float | None = 4.0) -> list[str]:
    """Squats of 3 s whose live knee reading is as in `values` below three quarters of the depth."""
    said = []
    for t in np.arange(0, 3 * len(values), 1 / 30):
        at, phase = int(t // 3), t % 3
        deep = 0.5 < phase < 1.5
        done = tuple(rep(i) for i in range(1, at + 1))
        reading = LiveReading("fppa_deg", "Knee", "left", values[at], error, "deg")
        now = state(float(t), reps=done, readings=(reading,), depth_share=0.9 * deep, phase="down" if deep else "rest")
        cue = coach.push(now)
        said.append("" if cue is None else cue.text)
    return said


def test_a_knee_that_caves_in_is_told_while_it_does() -> None:
    said = squat_of_readings(Coach(), [0, 1, 0, 15])
    first = next(at for at, text in enumerate(said) if text)
    assert said[first] == "Left knee out"
    assert 9.5 + 0.25 <= first / 30 <= 9.5 + 0.4


def caving(coach: Coach, live: list[float], done: list[float]) -> list[tuple[int, str]]:
    """Squats of 3 s: the reading is as in `live` while somebody is down, and the measure, which has more error, as in
    `done` 0.4 s after the end. Sentences as they begin."""
    said, last = [], None
    for t in np.arange(0, 3 * len(live), 1 / 30):
        at, down = int(t // 3), 0.5 < t % 3 < 1.5
        reps = tuple(
            LiveRep(one, None, 3 * one - 2.6, 3 * one - 2.0, 3 * one - 1.2, 3 * one - 1.0, found)
            for one in range(1, len(live) + 1)
            if 3 * one - 1.0 <= t and (found := (measure("fppa_change", done[one - 1], "left", 24.0),))
        )
        reading = LiveReading("fppa_deg", "Knee", "left", live[at], 6.0, "deg")
        phase = "down" if down else "rest"
        cue = coach.push(state(float(t), reps=reps, readings=(reading,), depth_share=0.9 * down, phase=phase))
        if cue is not None and (last is None or cue.since_s != last.since_s):
            said.append((at + 1, cue.text))
        last = cue
    return said


def test_a_number_inside_its_error_is_no_correction() -> None:
    coach = Coach()
    assert caving(coach, [0, 0, 20, 20], [0, 0, 17, 17]) == [(3, "Left knee out")]
    assert not coach.given[0].corrected


@pytest.mark.parametrize("again", [4, 5, 6])
def test_what_was_told_while_moving_is_praised_when_less_of_it_is_left(again: int) -> None:
    coach, knee = Coach(), [0, 0, *[20] * (again - 3), 0]
    assert caving(coach, list(knee), [0.85 * one for one in knee]) == [(3, "Left knee out"), (again, "Left knee: good")]
    assert coach.given[0].corrected


def test_readings_inside_their_error_or_without_one_say_nothing() -> None:
    assert not any(squat_of_readings(Coach(), [0, 1, 0, 15], error=16.0))
    assert not any(squat_of_readings(Coach(), [0, 1, 0, 15], error=None))
    assert not any(squat_of_readings(Coach(), [0, 1, 0, 5]))


def test_while_something_is_to_be_put_right_no_cue_is_given_and_none_is_counted() -> None:
    coach, reps = Coach(), depths(90, 91, 75)
    for t in np.arange(0, reps[-1].end_s + 3, 1 / 15):
        done = tuple(one for one in reps if one.end_s + 0.4 <= t)
        assert coach.push(state(float(t), reps=done, **SIDE), held=True) is None
    assert coach.given == []


def test_a_cue_that_was_covered_comes_back_as_the_same() -> None:
    coach, reps = Coach(), depths(90, 91, 75)
    play(coach, reps, until_s=reps[-1].end_s + 1.0, **SIDE)
    begun_s, done = coach.given[0].time_s, tuple(reps)
    assert coach.push(state(begun_s + 1.5, reps=done, **SIDE), held=True) is None
    cue = coach.push(state(begun_s + 2.0, reps=done, **SIDE))
    assert cue is not None and cue.since_s == begun_s
    assert len(coach.given) == 1
