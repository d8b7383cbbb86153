"""What somebody is asked to do before it can begin, in which order, and that no line flickers."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from tests.support.live_states import SIZE_PX, standing_px, state
from vidgait.live.guide import Guide
from vidgait.live.picture_facts import PictureFacts, picture_facts
from vidgait.live.turning import Turning, difference_deg
from vidgait.settings import Settings

GOOD = PictureFacts(bright=0.7, burnt_share=0.0)
BLAZE_FEET = slice(27, 33)


def run(
    guide: Guide, seconds: float, start_s: float = 0.0, facts: PictureFacts = GOOD, **changes: Any
) -> list[list[str]]:
    """Ids of the advice with every picture, thirty a second."""
    times = start_s + np.arange(round(30 * seconds)) / 30
    changes = {"stage": "setting_up"} | changes
    return [[one.id for one in guide.push(state(float(t), **changes), facts, SIZE_PX)] for t in times]


def switches(said: Iterable[list[str]]) -> int:
    return sum(a != b for a, b in itertools.pairwise(said))


def test_somebody_in_order_passes_after_standing_still() -> None:
    guide = Guide()
    said = run(guide, 2.0)
    assert said[0] == ["nobody"]
    assert ["stand_still"] in said
    assert said[-1] == [] and guide.passed
    assert switches(said) == 2


def test_nobody_is_said_alone_and_at_once_and_nothing_has_passed() -> None:
    guide = Guide()
    assert run(guide, 2.0, points_px=None, stage="looking", lost_s=9.0)[-1] == ["nobody"]
    assert not guide.passed


def test_who_does_not_stand_still_is_asked_to() -> None:
    guide = Guide()
    for t in np.arange(0, 3, 1 / 30):
        middle = 0.5 + 0.1 * np.sin(2 * np.pi * t)
        said = guide.push(state(float(t), stage="setting_up", points_px=standing_px(middle=middle)), GOOD, SIZE_PX)
    assert [one.id for one in said] == ["stand_still"]


def without(points: Any, rows: slice) -> Any:
    points = points.copy()
    points[rows] = np.nan
    return points


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"points_px": standing_px(tall=0.8, top=0.25)}, ["feet_cut_off"]),
        ({"points_px": without(standing_px(), BLAZE_FEET)}, ["feet_cut_off"]),
        ({"points_px": standing_px(tall=0.8, top=-0.03)}, ["head_cut_off"]),
        ({"points_px": standing_px(tall=1.1, top=-0.05)}, ["step_back"]),
        ({"points_px": standing_px(middle=0.03)}, ["step_back"]),
        ({"points_px": standing_px(tall=0.2, top=0.5)}, ["step_closer"]),
        ({"roll_deg": -9.0}, ["lens_tilted"]),
        ({"rival_share": 0.95}, ["two_people"]),
        ({"yaw_deg": 40.0, "view": "oblique"}, ["turn"]),
        ({"facts": PictureFacts(0.2, 0.0)}, ["too_dark"]),
        ({"facts": PictureFacts(1.0, 0.7)}, ["too_bright"]),
        (
            {"facts": PictureFacts(0.2, 0.0), "roll_deg": 9.0, "rival_share": 0.9},
            ["two_people", "too_dark", "lens_tilted"],
        ),
    ],
)
def test_each_gate_says_what_is_wrong(changes: dict[str, Any], expected: list[str]) -> None:
    guide = Guide()
    assert run(guide, 3.0, **changes)[-1] == expected
    assert not guide.passed


def test_a_value_that_shakes_about_a_limit_does_not_flicker() -> None:
    guide, rng = Guide(), np.random.default_rng(0)
    said = []
    for t in np.arange(0, 20, 1 / 30):
        tall = 0.245 + 0.015 * rng.standard_normal()
        now = state(float(t), stage="setting_up", points_px=standing_px(tall=tall), roll_deg=6 + rng.standard_normal())
        said.append([one.id for one in guide.push(now, GOOD, SIZE_PX)])
    assert switches(said[60:]) <= 1


def test_a_moment_is_not_worth_a_word_while_working() -> None:
    guide = Guide()
    run(guide, 2.0)
    cut = standing_px(tall=0.8, top=0.25)
    assert not any(run(guide, 0.9, 2.0, stage="working", points_px=cut))
    assert not any(run(guide, 0.5, 2.9, stage="working"))
    assert run(guide, 2.0, 3.4, stage="working", points_px=cut)[-1] == ["feet_cut_off"]
    assert run(guide, 1.0, 5.4, stage="working")[-1] == []


def test_a_deep_squat_is_not_too_far_away_nor_a_turn() -> None:
    guide = Guide()
    run(guide, 2.0)
    low = standing_px(tall=0.2, top=0.6)
    assert not any(run(guide, 4.0, 2.0, stage="working", phase="down", points_px=low, yaw_deg=40.0))


@pytest.mark.parametrize(
    ("yaw_deg", "movement", "text"),
    [
        (20.0, "single_leg_squat", "Turn 20° to your left"),
        (-20.0, "single_leg_squat", "Turn 20° to your right"),
        (58.0, "squat", "Turn 30° to your right"),
        (-58.0, "hinge", "Turn 30° to your left"),
        (150.0, "squat", "Turn 30° to your right"),
        (-160.0, "squat", "Turn 20° to your left"),
    ],
)
def test_the_way_to_turn_is_the_persons_own(yaw_deg: float, movement: str, text: str) -> None:
    """Facing the camera, a turn to the own right shows the left side, which is a positive heading."""
    turning = Turning(movement)
    for t in np.arange(0, 1, 0.1):
        turning.push(state(float(t), yaw_deg=yaw_deg, movement=None))
    assert turning.is_wrong(False)
    assert turning.advice().text == text


def test_nobody_is_turned_whose_view_was_stated_at_an_angle() -> None:
    guide = Guide(Settings().with_options({"view": "oblique"}))
    assert run(guide, 3.0, yaw_deg=40.0, view="oblique")[-1] == []


def test_who_walks_is_not_asked_to_turn() -> None:
    guide = Guide()
    for t in np.arange(0, 4, 1 / 30):
        walker = standing_px(middle=0.2 + 0.15 * t)
        said = guide.push(state(float(t), stage="setting_up", points_px=walker, yaw_deg=40.0), GOOD, SIZE_PX)
    assert [one.id for one in said] == ["stand_still"]


def test_nobody_begins_before_their_heading_is_known_unless_it_stays_unknown() -> None:
    guide = Guide()
    assert run(guide, 1.5, yaw_deg=None, view="unknown")[-1] == ["stand_still"]
    assert run(guide, 1.5, 1.5, yaw_deg=40.0)[-1] == ["turn"]
    assert not guide.passed
    assert run(Guide(), 4.0, yaw_deg=None, view="unknown")[-1] == []


def test_what_somebody_goes_on_with_is_not_said_for_the_whole_set() -> None:
    guide = Guide()
    run(guide, 2.0)
    said = run(guide, 20.0, 2.0, stage="working", yaw_deg=50.0)
    assert 7 <= said.count(["turn"]) / 30 <= 9 and said[-1] == []
    run(guide, 3.0, 22.0, stage="working")
    assert run(guide, 4.0, 25.0, stage="working", yaw_deg=50.0)[-1] == ["turn"]


def test_a_coach_beside_somebody_who_works_is_not_sent_away_for_the_whole_set() -> None:
    """In the window advice stands in the place of every cue."""
    guide = Guide()
    run(guide, 2.0)
    said = run(guide, 20.0, 2.0, stage="working", rival_share=0.95)
    assert ["two_people"] in said and said[-1] == []


def test_missing_feet_are_said_for_as_long_as_they_are_missing() -> None:
    guide = Guide()
    run(guide, 2.0)
    cut = standing_px(tall=0.8, top=0.25)
    assert run(guide, 20.0, 2.0, stage="working", points_px=cut)[-1] == ["feet_cut_off"]


def test_who_has_gone_down_is_not_asked_to_stand_still() -> None:
    guide = Guide()
    low = standing_px(tall=0.6, top=0.3)
    assert run(guide, 0.6)[-1] == ["stand_still"]
    assert run(guide, 0.6, 0.6, points_px=low, phase="down", depth_share=0.8)[-1] == []
    assert run(guide, 0.6, 1.2, points_px=standing_px(tall=0.7, top=0.2), phase="up", depth_share=0.3)[-1] == []
    assert not guide.passed


def test_the_aim_does_not_jump_between_two_views() -> None:
    turning = Turning("squat")
    said = set()
    for t in np.arange(0, 10, 0.1):
        turning.push(state(float(t), yaw_deg=45 + 3 * np.sin(t), movement=None))
        if t > 1:
            said.add(turning.advice().text)
    assert len(said) == 1


@pytest.mark.parametrize(("to_deg", "from_deg", "way_deg"), [(-170, 170, 20), (170, -170, -20), (90, 0, 90)])
def test_headings_differ_the_short_way_round(to_deg: float, from_deg: float, way_deg: float) -> None:
    assert difference_deg(to_deg, from_deg) == way_deg


def test_light_is_read_from_the_picture() -> None:
    assert picture_facts(np.zeros((480, 640, 3), np.uint8)) == PictureFacts(0.0, 0.0)
    white = picture_facts(np.full((1080, 1920, 3), 255, np.uint8))
    assert white.bright == pytest.approx(1) and white.burnt_share == 1
    half = np.zeros((10, 10, 3), np.uint8)
    half[:5] = 255
    assert picture_facts(half).burnt_share == 0.5
