"""Repetitions of people whose repetitions are known."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from tests.support import skeletons
from tests.support.skeletons import Camera, film, join, spoil, squat, standing, walking, walking_in
from tests.support.stages import count, count_track
from vidgait.errors import SettingsError
from vidgait.movements import (
    MOVEMENTS,
    BodySample,
    RepMachine,
    RepRules,
    cutoff_hz,
    find_cycles,
    find_reps,
    read_track,
    recognise,
)


def bottoms(reps: list) -> np.ndarray:
    return np.array([rep.instants["bottom"] for rep in reps])


@pytest.mark.parametrize("yaw_deg", [0, 35, 60, 90, -45, -90, 180])
@pytest.mark.parametrize("depth_deg", [70, 125])
def test_every_view_and_depth(yaw_deg: float, depth_deg: float) -> None:
    motion = squat(depth_deg, reps=3, yaw_deg=yaw_deg, rest_s=0.6)
    counted = count(motion, noise_px=3)
    assert counted.movement.label == "squat"
    assert [rep.index for rep in counted.whole] == [1, 2, 3]
    assert bottoms(counted.whole) == pytest.approx(motion.instants["bottom"], abs=0.12)


@pytest.mark.parametrize("rate_hz", [5, 10, 24, 120])
def test_every_frame_rate(rate_hz: float) -> None:
    motion = squat(reps=2, rate_hz=rate_hz, yaw_deg=40)
    counted = count(motion)
    assert len(counted.whole) == 2
    assert bottoms(counted.whole) == pytest.approx(motion.instants["bottom"], abs=0.1 + 0.5 / rate_hz)


@pytest.mark.parametrize(("down_s", "up_s"), [(0.4, 0.4), (0.8, 3.0), (4.0, 4.0)])
def test_every_tempo(down_s: float, up_s: float) -> None:
    assert len(count(squat(reps=2, down_s=down_s, up_s=up_s)).whole) == 2
    assert len(count(squat(reps=2, down_s=down_s, up_s=up_s, rest_s=0.1, yaw_deg=90)).whole) == 2


def test_repetitions_do_not_overlap() -> None:
    reps = count(squat(reps=4, rest_s=0.1, down_s=0.8, up_s=0.8, yaw_deg=90), noise_px=4).whole
    assert len(reps) == 4
    assert all(first.end_s <= second.start_s for first, second in itertools.pairwise(reps))


def test_a_named_movement_without_a_repetition_has_none() -> None:
    assert count(standing(3.0), named="squat").reps == ()


def test_variable_frame_rate() -> None:
    time_s = skeletons.times(10.6, 30, jitter=0.45)
    motion = squat(reps=3, time_s=time_s)
    counted = count(motion)
    assert bottoms(counted.whole) == pytest.approx(motion.instants["bottom"], abs=0.12)


def test_a_pause_is_one_repetition_and_its_middle_the_bottom() -> None:
    motion = squat(reps=2, pause_s=3.0, yaw_deg=90)
    rep = count(motion).whole[0]
    assert len(count(motion).whole) == 2
    assert rep.instants["bottom"] == pytest.approx(motion.instants["bottom"][0], abs=0.15)
    assert rep.instants["concentric_start"] - rep.instants["eccentric_end"] == pytest.approx(3.0, abs=0.3)


def bent(knee_deg: np.ndarray, time_s: np.ndarray, **options: float) -> skeletons.Motion:
    """Both knees follow a curve, thigh and shank as in a squat."""
    stand = standing(time_s=time_s, **options)
    sides = skeletons.SIDES
    return replace(
        stand,
        thigh_deg=dict.fromkeys(sides, 0.6 * knee_deg),
        shank_deg=dict.fromkeys(sides, 0.4 * knee_deg),
        trunk_deg=0.4 * knee_deg,
    )


def curve(time_s: np.ndarray, *knots: tuple[float, float]) -> np.ndarray:
    at, value = np.array(knots).T
    k = np.clip(np.searchsorted(at, time_s) - 1, 0, at.size - 2)
    share = np.clip((time_s - at[k]) / (at[k + 1] - at[k]), 0, 1)
    return value[k] + (value[k + 1] - value[k]) * (0.5 - 0.5 * np.cos(np.pi * share))


def test_a_bounce_or_a_double_dip_is_one_repetition() -> None:
    time_s = skeletons.times(6)
    knee = curve(time_s, (0, 0), (1, 0), (2, 110), (2.4, 80), (2.8, 110), (4, 0), (6, 0))
    assert len(count(bent(knee, time_s)).whole) == 1


def test_a_half_repetition_is_counted_but_left_out_of_the_set() -> None:
    counted = count(squat([110, 105, 62, 108], reps=4, yaw_deg=90))
    assert [rep.excluded is not None for rep in counted.whole] == [False, False, True, False]
    assert "half as deep" in (counted.whole[2].excluded or "")


def test_swaying_and_a_quick_shallow_bend_are_nothing() -> None:
    time_s = skeletons.times(8)
    sway = 20 * (0.5 - 0.5 * np.cos(2 * np.pi * time_s / 2))
    assert not count(bent(sway, time_s)).whole
    bob = curve(time_s, (0, 0), (3, 0), (3.25, 62), (3.5, 0), (8, 0))
    assert not count(bent(bob, time_s)).whole


def test_cut_off_repetitions_are_partial_and_not_counted() -> None:
    motion = squat(reps=3, yaw_deg=90)
    track = film(motion)
    first, last = motion.instants["bottom"][0] - 0.1, motion.instants["bottom"][2] + 0.15
    rows = (track.time_s >= first) & (track.time_s <= last)
    cut = track.replace(
        time_s=track.time_s[rows], xy_px=track.xy_px[rows], score=track.score[rows], xyz_m=track.xyz_m[rows]
    )
    counted = count_track(cut)
    assert [(rep.kind, rep.index) for rep in counted.reps] == [("partial", 0), ("rep", 1), ("partial", 0)]


def test_walking_in_then_squatting() -> None:
    motion = walking_in(squat(reps=3))
    counted = count(motion)
    assert counted.movement.label == "squat"
    assert bottoms(counted.whole) == pytest.approx(motion.instants["bottom"], abs=0.12)
    assert {counted.segments[rep.segment].view for rep in counted.whole} == {"front"}


def test_walking_towards_and_away_from_the_camera() -> None:
    for yaw_deg in (0, 180):
        steps = walking(3.0, yaw_deg=yaw_deg)
        assert not count(steps, Camera(distance_m=5)).whole
    steps = walking(2.5, yaw_deg=180)
    then = squat(reps=2, yaw_deg=180, z_m=float(steps.place_m[-1, 1]))
    counted = count(join(steps, then), Camera(distance_m=5))
    starts_s = steps.time_s[-1] + then.instants["start"]
    assert [rep.start_s for rep in counted.whole] == pytest.approx(starts_s, abs=0.3), "no part of the walk is in it"


@pytest.mark.parametrize("yaw_deg", [0, 45, 90])
def test_a_bow_from_the_hips_is_no_squat(yaw_deg: float) -> None:
    time_s = skeletons.times(8)
    wave = 0.5 - 0.5 * np.cos(2 * np.pi * time_s / 2.5)
    bow = replace(bent(25 * wave, time_s, yaw_deg=yaw_deg), trunk_deg=80 * wave)
    assert count(bow).movement.label == "hinge"


@pytest.mark.parametrize("yaw_deg", [0, 60, 90])
def test_lunges_are_no_squats(yaw_deg: float) -> None:
    time_s = skeletons.times(8)
    wave = 0.5 - 0.5 * np.cos(2 * np.pi * time_s / 2.5)
    lunge = replace(
        standing(time_s=time_s, yaw_deg=yaw_deg),
        thigh_deg={"left": 25 + 60 * wave, "right": -20 - 5 * wave},
        shank_deg={"left": 5 * wave, "right": 20 + 65 * wave},
    )
    assert count(lunge).movement.label == "lunge"


def test_jumps_are_no_squats() -> None:
    time_s = skeletons.times(8, 60)
    beat = time_s % 2
    dip = np.interp(beat, [0, 0.5, 0.8, 1.2, 1.4, 1.8, 2], [0, 90, 0, 0, 70, 0, 0])
    height_m = np.where((beat > 0.8) & (beat < 1.2), 4.9 * (beat - 0.8) * (1.2 - beat), 0)
    track = film(bent(dip, time_s))
    rise_px = height_m * skeletons.CAMERA.focal_px / skeletons.CAMERA.distance_m
    track = track.replace(xy_px=track.xy_px - np.stack([0 * rise_px, rise_px], axis=-1)[:, None])
    counted = count_track(spoil(track, noise_px=1))
    assert counted.movement.label is None
    assert "leave the floor" in counted.movement.basis


def test_a_camera_that_tilts_is_no_jump() -> None:
    track = film(squat(reps=2, rest_s=1.5))
    lift_px = np.interp(track.time_s, [3.4, 3.6], [0, 150])
    track = track.replace(xy_px=track.xy_px - np.stack([0 * lift_px, lift_px], axis=-1)[:, None])
    assert len(count_track(spoil(track, noise_px=1)).whole) == 2


@pytest.mark.parametrize("yaw_deg", [0, 40, 90])
def test_sit_to_stand_starts_seated_and_counts_stands(yaw_deg: float) -> None:
    time_s = skeletons.times(12)
    knee = 95 - curve(time_s, (0, 0), (1, 0), (2, 95), (2.6, 95), (4, 0), (5, 0), (6, 95), (6.6, 95), (8, 0), (12, 0))
    lean = 30 * np.exp(-0.5 * (((time_s - 1.2) / 0.3) ** 2)) + 30 * np.exp(-0.5 * (((time_s - 5.2) / 0.3) ** 2))
    stand = bent(knee, time_s, yaw_deg=yaw_deg)
    sides = skeletons.SIDES
    chair = replace(
        stand, thigh_deg=dict.fromkeys(sides, 0.92 * knee), shank_deg=dict.fromkeys(sides, 0.08 * knee), trunk_deg=lean
    )
    counted = count(chair)
    assert counted.movement.label == "sit_to_stand"
    assert [rep.instants["top"] for rep in counted.whole] == pytest.approx([2.3, 6.3], abs=0.2)
    assert [rep.instants["bottom"] for rep in counted.whole] == pytest.approx([1.0, 5.0], abs=0.35)


def test_the_last_stand_counts_without_sitting_down() -> None:
    time_s = skeletons.times(5)
    knee = 95 - curve(time_s, (0, 0), (1.5, 0), (2.7, 95), (5, 95))
    stand = bent(knee, time_s, yaw_deg=90)
    counted = count(replace(stand, thigh_deg=dict.fromkeys(skeletons.SIDES, 0.92 * knee)))
    assert counted.movement.label == "sit_to_stand"
    assert len(counted.whole) == 1


def test_sitting_still_and_standing_still_are_nothing() -> None:
    time_s = skeletons.times(6)
    for knee in (np.full(time_s.size, 95.0), np.zeros(time_s.size)):
        counted = count(bent(knee, time_s, yaw_deg=30), noise_px=4)
        assert counted.movement.label is None
        assert counted.reps == ()


def test_overhead_squats_are_squats_and_say_so() -> None:
    overhead, forward = (count(squat(arms=arms)).movement for arms in ("overhead", "forward"))
    assert (overhead.label, overhead.flags) == ("squat", ("overhead",))
    assert "overhead" in overhead.basis
    assert forward.flags == ()
    assert "overhead" not in forward.basis


def test_the_named_movement_is_believed() -> None:
    time_s = skeletons.times(6)
    knee = curve(time_s, (0, 0), (1, 0), (2, 62), (3, 62), (4, 0), (6, 0))
    counted = count(replace(bent(knee, time_s), trunk_deg=0 * knee), named="squat")
    assert counted.movement.confidence == 1.0
    assert len(counted.whole) == 1


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(SettingsError, match="cartwheel"):
        recognise(film(standing()), (), (), "cartwheel")


def test_gaps_shorter_than_a_second_do_not_lose_a_repetition() -> None:
    motion = squat(reps=2, yaw_deg=90)
    whole = spoil(film(motion), noise_px=1, gaps_s=[(1.3, 1.8)])
    assert len(count_track(whole).whole) == 2


def test_a_repetition_whose_bottom_was_not_seen_is_left_out_of_the_set() -> None:
    motion = squat(reps=3, yaw_deg=0)
    low = motion.instants["bottom"][1]
    counted = count_track(spoil(film(motion), noise_px=1, gaps_s=[(low - 0.3, low + 0.3)]))
    assert [rep.excluded is not None for rep in counted.whole] == [False, True, False]


def test_a_repetition_belongs_to_the_segment_that_holds_most_of_it() -> None:
    """Cut through the clip by hand: the second repetition begins before the second view, the third lies within it."""
    counted = count(squat(reps=3, yaw_deg=0))
    (whole,) = counted.segments
    starts = [rep.start_s for rep in counted.whole]
    bottom_s = counted.whole[1].instants["bottom"]
    for first_end_s, second_start_s, turned in (
        (starts[1] - 0.2, starts[1] + 0.3, True),  # its start is in neither view
        (starts[1] - 0.2, bottom_s + 0.1, True),  # nor is its bottom
        (starts[1] - 0.3, starts[1] - 0.1, False),
    ):
        segments = (replace(whole, end_s=first_end_s), replace(whole, start_s=second_start_s))
        reps, _ = find_reps(counted.movement, counted.track, segments)
        assert [rep.segment for rep in reps] == [0, 1, 1]
        assert [rep.excluded for rep in reps] == [None, "the person turned during it" if turned else None, None]


def test_what_was_not_counted_is_said() -> None:
    time_s = skeletons.times(10)
    knee = curve(time_s, (0, 0), (1, 0), (2, 100), (3, 0), (5, 0), (6.2, 25), (7.5, 0), (10, 0))
    trunk = 0.4 * knee + curve(time_s, (0, 0), (5, 0), (6.2, 85), (7.5, 0), (10, 0))
    counted = count(replace(bent(knee, time_s, yaw_deg=90), trunk_deg=trunk))
    assert len(counted.whole) == 1
    assert all(issue.code == "rep_not_counted" for issue in counted.issues)


# --- the machine itself -------------------------------------------------------------------------------------------


def samples_of(motion: skeletons.Motion) -> list[BodySample]:
    return read_track(spoil(film(motion), noise_px=2))


def test_the_machine_never_looks_ahead() -> None:
    """What it has said of a prefix is what it says of the whole."""
    samples = samples_of(walking_in(squat(reps=3)))
    machine = RepMachine(MOVEMENTS["squat"].rules)
    said: list = []
    for number, sample in enumerate(samples):
        said += machine.push(sample)
        if number % 40 == 0:
            again = RepMachine(MOVEMENTS["squat"].rules)
            assert [cycle for one in samples[: number + 1] for cycle in again.push(one)] == said
    assert sum(cycle.counted for cycle in said) == 3


def test_live_and_recorded_count_alike() -> None:
    samples = samples_of(squat(reps=4))
    live = RepMachine(MOVEMENTS["squat"].rules)
    counted = sum(cycle.counted for sample in samples for cycle in live.push(sample))
    assert counted == sum(cycle.counted for cycle in find_cycles(samples, MOVEMENTS["squat"].rules))


def at_heights(*knots: tuple[float, float]) -> list[BodySample]:
    """A person whose hips are at these heights (s, leg lengths), and nothing else moves."""
    still = read_track(film(standing(knots[-1][0])))
    heights = curve(np.array([one.time_s for one in still]), *knots)
    return [replace(one, hip_height=float(height)) for one, height in zip(still, heights, strict=True)]


BY_HEIGHT = replace(MOVEMENTS["squat"].rules, judge=lambda *_: [])


def told_s(samples: list[BodySample], rules: RepRules = BY_HEIGHT) -> list[float]:
    machine = RepMachine(rules)
    return [sample.time_s for sample in samples for cycle in machine.push(sample) if cycle.counted]


@pytest.mark.parametrize("rate_hz", [15, 30, 60])
def test_a_repetition_is_said_within_three_tenths_of_a_second(rate_hz: float) -> None:
    motion = squat(reps=3, rest_s=2, rate_hz=rate_hz)
    late = np.subtract(told_s(samples_of(motion), MOVEMENTS["squat"].rules), motion.instants["end"])
    assert late.size == 3
    assert np.all(late <= 0.3)


def test_who_comes_to_rest_slowly_need_not_stand_quite_straight() -> None:
    """The way back is over where the hips rise no faster than a repetition ends with, though they rise on."""
    (told,) = told_s(at_heights((0, 1), (0.5, 1), (1.3, 0.6), (2.2, 0.95), (6, 0.99)))
    assert 2.2 < told < 2.5


def test_a_slow_way_up_is_not_over_before_its_end() -> None:
    (told,) = told_s(at_heights((0, 1), (1, 1), (3, 0.6), (9, 1), (12, 1)))
    assert told > 8


def test_who_stops_on_the_way_up_is_told_once() -> None:
    assert len(told_s(at_heights((0, 1), (0.5, 1), (1.3, 0.6), (2.2, 0.94), (3, 0.94), (3.5, 1), (6, 1)))) == 1


def test_a_rise_at_the_start_does_not_swallow_the_first_repetition() -> None:
    """The weight is shifted, the hips rise a little; then they go down past where they were between one picture and
    the next."""
    whole = at_heights((0, 0.9), (0.5, 0.9), (1.2, 1), (1.25, 1), (2, 0.6), (2.4, 0.6), (3.2, 1), (5, 1))
    seen = [one for one in whole if not 1.3 < one.time_s < 1.6]
    machine = RepMachine(BY_HEIGHT)
    cycles = [cycle for sample in seen for cycle in machine.push(sample)] + machine.finish()
    assert [cycle.cut for cycle in cycles] == ["start", None]
    assert cycles[0].end_s <= cycles[1].start_s
    assert cycles[1].turn_s == pytest.approx(2.2, abs=0.25)
    assert cycles[1].counted


def test_size_does_not_matter() -> None:
    motion = squat(reps=3, yaw_deg=45)
    near = [round(one.hip_height, 2) for one in read_track(film(motion, Camera(distance_m=3.5)))]
    small = film(motion, Camera(distance_m=3.5, focal_px=700, size_px=(504, 896)))
    assert near == pytest.approx([one.hip_height for one in read_track(small)], abs=0.02)


def test_the_filter_of_an_unknown_movement() -> None:
    assert cutoff_hz(None) == cutoff_hz("squat") == 6.0
