"""People made of lines who drop, lean, or let the knee fall in, on each leg and from each side, and what is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import vidgait
from tests.support.stages import Counted, Measures
from vidgait.kinematics.noise import estimate_noise
from vidgait.kinematics.segments import find_segments
from vidgait.kinematics.series import compute_series
from vidgait.kinematics.signals import clean_track
from vidgait.measures import find_criteria, find_patterns, index_parts, measure_clip
from vidgait.settings import ErrorSettings, Settings, SignalSettings
from vidgait.tracking import build_track, choose_athlete, link_people
from vidgait.types import Criterion, Measure, Movement, Pattern, Rep

VIEWS = ("front", "back")
SIDES = ("left", "right")
LATERAL = Movement("step_down", 1.0, "named", ("lateral",))


@dataclass(frozen=True)
class Read(Counted):
    """A clip with what the catalogue says of it."""

    found: tuple[Measure, ...]

    def find(self, id: str, side: str, rep: int | None = None) -> Measure:
        return Measures(self.found).find(id, side, rep)

    def criteria(self, movement: Movement | None = None, **changes: Any) -> dict[tuple[str, str], Criterion]:
        whole = {"measures": self.found, "track": self.track, "reps": self.reps} | changes
        found = find_criteria(
            whole["track"], self.noise, self.segments, self.series, movement or self.movement, whole["reps"],
            whole["measures"],
        )  # fmt: skip
        return {(one.scale, one.id): one for one in found}

    def exact(self) -> tuple[Measure, ...]:
        """As if the numbers had no error, to see what the rules make of them."""
        return tuple(replace(one, error=0.0) if one.value is not None else one for one in self.found)

    def pattern(self, rep: int | None = None, exact: bool = True) -> Pattern:
        found = find_patterns(self.movement, self.reps, self.exact() if exact else self.found)
        return next(one for one in found if one.rep == rep)


@cache
def read(movement: str, side: str, view: str = "front", reps: int = 1, **recipe: Any) -> Read:
    """With the repetitions and the heading that are true, so that only the numbers are judged."""
    film = vidgait.simulate(movement, side=side, view=view, reps=reps, **recipe)
    settings = replace(film.settings(), error=ErrorSettings(draws=50))
    ids = link_people(film.poses)
    raw = build_track(film.poses, ids, choose_athlete(film.poses, ids, "auto")[0])
    cleaned = clean_track(raw, settings.signals, 6.0)
    found = find_segments(cleaned.track, film.poses.size_px, settings.view, settings.subject)
    heading = {"front": (0.0, "camera"), "back": (180.0, "away")}[view]
    known = {"view": view, "yaw_deg": heading[0], "facing": heading[1], "yaw_error_deg": 1.0, "near_side": None}
    segments = tuple(replace(one, **known) for one in found)
    series = compute_series(cleaned.track, segments, settings.view)
    movements = Movement(movement, 1.0, "named")
    noise = estimate_noise(raw, cleaned, segments)
    counted = tuple(_rep(one) for one in film.truth["reps"])
    measures = measure_clip(cleaned.track, noise, segments, series, movements, counted, settings)
    return Read(cleaned.track, noise, segments, series, movements, counted, (), measures)


def _rep(one: dict[str, Any]) -> Rep:
    if one["kind"] == "hold":
        still = {"lifted": one["start_s"], "lowered": one["end_s"]}
        return Rep(1, "hold", one["start_s"] - 0.3, one["end_s"] + 0.3, one["side"], still)
    instants = {"bottom": one["bottom_s"], "eccentric_end": one["bottom_start_s"]}
    return Rep(one["index"], "rep", one["start_s"], one["end_s"], one["side"], instants, posture={"free_leg": "behind"})


def recipe_of(label: str, side: str) -> dict[str, float]:
    """What the person does at the bottom, and the label that the rules give it."""
    return {
        "drop": {"pelvic_drop_deg": 16.0},
        "lean": {"side_lean_deg": 15.0},
        "combined": {"pelvic_drop_deg": 16.0, "side_lean_deg": 15.0},
        "knee_led": {f"fppa_{side}_deg": 20.0},
        "stable": {},
    }[label]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("label", ["drop", "lean", "combined", "knee_led", "stable"])
def test_each_pattern_on_each_leg_from_each_side(label: str, side: str, view: str) -> None:
    person = read("single_leg_squat", side, view, **recipe_of(label, side))
    for rep in (None, 1):
        found = person.pattern(rep)
        assert (found.side, found.label) == (side, label), found


@pytest.mark.parametrize("side", SIDES)
def test_a_step_down_is_labelled_by_the_same_rules(side: str) -> None:
    person = read("step_down", side, reps=2, **recipe_of("drop", side))
    assert [person.pattern(rep).label for rep in (None, 1, 2)] == ["drop"] * 3


def test_noise_alone_is_stable_or_open_never_a_fault() -> None:
    for seed in range(3):
        person = read("single_leg_squat", "left", network_noise=True, seed=seed)
        for rep in (None, 1):
            assert person.pattern(rep, exact=False).label in (None, "stable")


def test_the_index_falls_with_every_fault_and_comes_with_its_parts() -> None:
    sound = read("single_leg_squat", "left").find("frontal_control_index", "left").value
    assert sound == pytest.approx(100, abs=1)
    for label in ("drop", "lean", "combined", "knee_led"):
        person = read("single_leg_squat", "left", **recipe_of(label, "left"))
        one = person.find("frontal_control_index", "left")
        assert one.value < sound - 5
        assert one.error > one.noise > 0
        bars = index_parts(person.found, "left")
        shown = sum(bar.share * bar.score for bar in bars if bar.score is not None)
        assert shown == pytest.approx(one.value, abs=1.0)


def test_no_index_from_the_side_and_the_words_stay_honest() -> None:
    film = vidgait.simulate("single_leg_squat", view="left")
    analysis = vidgait.analyze_poses(film.poses, settings=film.settings(), movement="single_leg_squat")
    one = analysis.find("frontal_control_index", "left")
    assert one.value is None
    assert "from the side" in one.why_none
    assert "compare with yourself" in one.label


# --- sway ---------------------------------------------------------------------------------------------------------


def swaying(
    person: Read, parts: tuple[str, ...], amplitude: float, rate_hz: float, cutoff_hz: float | None = None
) -> Read:
    """The same person with joints that move sideways, `amplitude` px."""
    xy = person.track.xy_px.copy()
    rows = person.track.skeleton.indices(*parts)
    xy[:, rows, 0] += amplitude * np.sin(2 * np.pi * rate_hz * person.track.time_s)[:, None]
    track = person.track.replace(xy_px=xy)
    settings = Settings(error=ErrorSettings(draws=50), signals=SignalSettings(cutoff_hz=cutoff_hz))
    measures = measure_clip(track, person.noise, person.segments, person.series, person.movement, person.reps, settings)
    return replace(person, track=track, found=measures)


@pytest.mark.parametrize("view", VIEWS)
def test_a_knee_that_sways_is_measured_and_one_that_does_not_is_not_resolvable(view: str) -> None:
    person = read("single_leg_squat", "left", view, fppa_left_deg=8.0)
    still = person.find("knee_sway", "left")
    assert still.value is None
    assert still.why_none.startswith("not resolvable: knee sway reads")
    leg_px = person.segments[0].leg_length_px
    moved = swaying(person, ("left_knee",), 0.025 * leg_px, 3.0)
    one = moved.find("knee_sway", "left")
    expected = 2.5 / np.sqrt(2) * 0.97  # the band keeps 97 % of three oscillations a second
    assert one.value == pytest.approx(expected, rel=0.15)
    assert abs(one.value - expected) < one.error


def test_what_shakes_faster_than_six_hertz_is_no_sway_whatever_the_low_pass_lets_through() -> None:
    person = read("single_leg_squat", "left", fppa_left_deg=8.0)
    amplitude = 0.025 * person.segments[0].leg_length_px
    assert swaying(person, ("left_knee",), amplitude, 3.0, 12.0).find("knee_sway", "left").value > 1.5
    shaken = swaying(person, ("left_knee",), amplitude, 11.0, 12.0).find("knee_sway", "left")
    assert shaken.value is None or shaken.value < 0.2


def test_noise_of_the_network_is_no_sway() -> None:
    for seed in range(2):
        person = read("single_leg_squat", "right", network_noise=True, seed=seed)
        assert person.find("knee_sway", "right").value is None
        stance = read("single_leg_stance", "right", duration_s=6.0, network_noise=True, seed=seed)
        assert stance.find("pelvis_sway_hold", "right").value is None


@pytest.mark.parametrize("side", SIDES)
def test_a_pelvis_that_sways_in_a_hold_is_measured(side: str) -> None:
    person = read("single_leg_stance", side, duration_s=10.0)
    above = tuple(name for name in person.track.skeleton.keypoints if "hip" in name or "shoulder" in name)
    moved = swaying(person, above, 0.012 * person.segments[0].body_height_px, 0.5)
    one = moved.find("pelvis_sway_hold", side)
    assert one.value == pytest.approx(1.2 / np.sqrt(2), rel=0.15)
    assert one.unit == "% body height"


# --- criteria -----------------------------------------------------------------------------------------------------


def test_the_lateral_step_down_is_scored_only_when_it_is_lateral() -> None:
    person = read("step_down", "right", side_lean_deg=14.0)
    forward = person.criteria(Movement("step_down", 1.0, "named", ("forward",)), measures=person.exact())
    lateral = person.criteria(LATERAL, measures=person.exact())
    for found, points in ((forward, None), (lateral, 1)):
        trunk = found["lateral_step_down", "trunk"]
        assert (trunk.met, trunk.points) == (True, points)
        assert trunk.value == pytest.approx(14, abs=4)
        assert trunk.verified
    assert "for the lateral step-down" in forward["lateral_step_down", "trunk"].why_none
    assert ("lateral_step_down", "total") not in forward


def test_a_sum_is_given_only_when_every_item_is_judged() -> None:
    person = read("step_down", "left", **recipe_of("drop", "left"))
    found = person.criteria(LATERAL, measures=person.exact())
    total = found["lateral_step_down", "total"]
    items = [one for (_, id), one in found.items() if id != "total"]
    open_ones = [one.id for one in items if one.points is None]
    assert (total.points is None) == bool(open_ones)
    if open_ones:
        assert all(id in total.why_none for id in open_ones)
    else:
        assert total.points == sum(one.points for one in items)
    assert found["lateral_step_down", "pelvis"].points == 1


def test_an_item_within_its_error_of_the_limit_stays_open() -> None:
    person = read("step_down", "left")
    level = tuple(
        replace(one, value=4.0, error=2.0) if one.id == "trunk_lean_stance_bottom" else one for one in person.found
    )
    trunk = person.criteria(LATERAL, measures=level)["lateral_step_down", "trunk"]
    assert (trunk.met, trunk.points) == (None, None)
    assert trunk.why_none == "4 ± 2 is within its error of the limit of 5"
    clear = tuple(replace(one, error=0.5) if one.id == "trunk_lean_stance_bottom" else one for one in level)
    trunk = person.criteria(LATERAL, measures=clear)["lateral_step_down", "trunk"]
    assert (trunk.met, trunk.points) == (False, 0)


def test_items_show_the_repetition_and_the_instant_of_the_worst() -> None:
    person = read("single_leg_squat", "left", reps=3)
    worst = {1: 6.0, 2: -12.0, 3: 7.0, None: 7.0}
    changed = tuple(
        replace(one, value=worst[one.rep], error=0.5) if one.id == "trunk_lean_stance_bottom" else one
        for one in person.found
    )
    trunk = person.criteria(measures=changed)["single_leg_squat_segments", "trunk"]
    assert (trunk.rep, trunk.met, trunk.points) == (2, True, 1)
    assert trunk.time_s == person.reps[1].instants["bottom"]
    assert trunk.value == 7.0


def test_scales_that_were_not_read_are_shown_and_never_scored() -> None:
    squat = read("single_leg_squat", "left", **recipe_of("combined", "left"))
    hold = read("single_leg_stance", "left", duration_s=6.0, side_lean_deg=14.0)
    for person, scale in ((squat, "crossley_single_leg_squat"), (hold, "trendelenburg")):
        items = [one for (name, _), one in person.criteria(measures=person.exact()).items() if name == scale]
        assert len(items) >= 3
        assert all(not one.verified and one.points is None and one.why_none for one in items)
        assert any(one.met for one in items)
    assert not any(id == "total" for name, id in squat.criteria() if name == "crossley_single_leg_squat")


def test_a_knee_inside_the_toe_on_each_leg_and_side() -> None:
    for side in SIDES:
        for view in VIEWS:
            sound = read("single_leg_squat", side, view).criteria()["single_leg_squat_segments", "knee"]
            fallen = read("single_leg_squat", side, view, **recipe_of("knee_led", side))
            knee = fallen.criteria()["single_leg_squat_segments", "knee"]
            assert knee.value > sound.value + 1.0, (side, view)
            assert sound.met is not True


def test_a_hand_that_leaves_the_hip_is_seen() -> None:
    person = read("step_down", "left")
    assert person.criteria(LATERAL)["lateral_step_down", "arms"].met is not True
    xy = person.track.xy_px.copy()
    first = person.reps[0]
    out = (person.track.time_s > first.start_s + 0.8) & (person.track.time_s < first.end_s - 0.2)
    height = person.segments[0].body_height_px
    xy[np.ix_(out, [person.track.skeleton.index("right_wrist")])] += np.array([-0.25 * height, -0.1 * height])
    one_rep = person.reps[:1]
    arms = person.criteria(LATERAL, track=person.track.replace(xy_px=xy), reps=one_rep)["lateral_step_down", "arms"]
    assert (arms.met, arms.points) == (True, 1)
    assert first.start_s + 0.8 < arms.time_s < first.end_s - 0.2
    hanging = person.track.xy_px.copy()
    rows = person.track.skeleton.indices("left_elbow", "right_elbow", "left_wrist", "right_wrist")
    shoulders = person.track.skeleton.indices("left_shoulder", "right_shoulder")
    for row, shoulder, share in zip(rows, shoulders * 2, (0.15, 0.15, 0.3, 0.3), strict=True):
        hanging[:, row] = hanging[:, shoulder] + np.array([0.0, share * height])
    arms = person.criteria(LATERAL, track=person.track.replace(xy_px=hanging))["lateral_step_down", "arms"]
    assert arms.points is None
    assert "do not lie on the hips" in arms.why_none


def test_one_camera_never_clears_the_pelvis_of_turning() -> None:
    pelvis = read("single_leg_squat", "left").criteria()["single_leg_squat_segments", "pelvis"]
    assert (pelvis.met, pelvis.points) == (None, None)
    assert "turns" in pelvis.why_none


def test_a_pelvis_that_sinks_during_the_hold() -> None:
    person = read("single_leg_stance", "right", duration_s=8.0)
    name, side = "contralateral_pelvic_drop_deg", "right"
    rep = person.reps[0]
    sinking = np.clip(person.track.time_s - rep.instants["lifted"], 0, None)  # a degree a second
    series = tuple(
        replace(one, value=sinking) if (one.name, one.side) == (name, side) else one for one in person.series
    )
    found = replace(person, series=series).criteria(measures=person.exact())["trendelenburg", "sinks"]
    assert found.value == pytest.approx(7.0, abs=0.2)  # the last of eight seconds against the first
    assert found.met
    assert found.time_s == pytest.approx(rep.instants["lifted"] + 4.6, abs=0.2)


def test_no_scale_for_other_movements_and_none_without_repetitions() -> None:
    person = read("single_leg_squat", "left")
    assert person.criteria(Movement("squat", 1.0, "named")) == {}
    assert person.criteria(reps=()) == {}
    assert person.criteria(Movement(None, 0.0, "")) == {}
