"""Legs that the network exchanged are put right, and nothing else is touched."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.skeletons import Camera, film, spoil, squat, standing, walking
from vidgait.kinematics.signals import body_height_px, clean_track
from vidgait.kinematics.swaps import SwapResult, exchange, find_swaps
from vidgait.settings import SignalSettings
from vidgait.types import BLAZEPOSE, BoolArray, Track

SIDE = Camera(size_px=(1920, 1080), distance_m=4.5)
HEIGHT_PX = 580.0


def found(track: Track) -> BoolArray:
    return find_swaps(track.time_s, track.xy_px, track.score, BLAZEPOSE, body_height_px(track)).legs


@pytest.mark.parametrize("yaw_deg", [90.0, -90.0, 60.0])
@pytest.mark.parametrize("rate_hz", [25.0, 60.0])
@pytest.mark.parametrize("noise", [0.003, 0.010])
@pytest.mark.parametrize("frames", [5, 10, 15])
def test_runs_that_begin_or_end_at_a_crossing(yaw_deg: float, rate_hz: float, noise: float, frames: int) -> None:
    motion = walking(4, yaw_deg=yaw_deg, rate_hz=rate_hz)
    knees = film(motion, SIDE).point("left_ankle") - film(motion, SIDE).point("right_ankle")
    crossings = motion.time_s[np.flatnonzero(np.diff(np.sign(knees[:, 0])))]
    middle = float(crossings[len(crossings) // 2])
    swaps = [(middle, middle + (frames - 0.5) / rate_hz), (crossings[1] - (frames - 0.5) / rate_hz, crossings[1])]
    track = spoil(
        film(motion, SIDE),
        np.random.default_rng(0),
        noise_px=noise * HEIGHT_PX,
        correlation_s=0.1,
        swaps_s=swaps,
    )
    truth = np.zeros(motion.time_s.size, bool)
    for start, end in swaps:
        truth |= (motion.time_s >= start) & (motion.time_s < end)
    wrong = found(track) != truth
    apart = np.abs(knees[:, 0]) > 0.05 * HEIGHT_PX
    assert not (wrong & apart).any()
    assert wrong.sum() <= 2


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "motion",
    [
        walking(4),
        walking(4, yaw_deg=-90, rate_hz=60),
        squat(110, 2, yaw_deg=90),
        squat(110, 2, yaw_deg=0, valgus_deg=20),
        squat(90, 2, yaw_deg=45, rate_hz=5),
        standing(3, yaw_deg=90),
    ],
    ids=["walk", "walk 60 Hz", "squat side", "squat front", "squat 5 Hz", "stand side"],
)
def test_clips_without_swaps_are_left_alone(motion, seed: int) -> None:  # type: ignore[no-untyped-def]
    track = spoil(film(motion, SIDE), np.random.default_rng(seed), noise_px=0.008 * HEIGHT_PX, correlation_s=0.1)
    assert not found(track).any()


def test_a_swap_that_comes_and_goes_in_one_frame() -> None:
    track = spoil(film(walking(4), SIDE), np.random.default_rng(1), noise_px=3, swaps_s=[(1.1, 1.12), (2.5, 2.52)])
    assert (
        np.flatnonzero(found(track)).tolist()
        == np.flatnonzero((np.abs(track.time_s - 1.1) < 0.01) | (np.abs(track.time_s - 2.5) < 0.01)).tolist()
    )


def test_left_of_the_network_stays_left_through_a_gap() -> None:
    track = spoil(film(walking(6), SIDE), np.random.default_rng(2), noise_px=3, gaps_s=[(2.5, 3.4)])
    assert not found(track).any()


def test_missing_points_do_not_count() -> None:
    names = ["right_ankle", "right_heel", "right_toe"]
    track = spoil(film(walking(4), SIDE), np.random.default_rng(3), noise_px=3, gaps_s=[(1, 2)], keypoints=names)
    assert not found(track).any()


def test_the_mirror_image_gives_the_same_answer() -> None:
    track = spoil(film(walking(4), SIDE), np.random.default_rng(4), noise_px=4, swaps_s=[(1.0, 1.3)])
    order = BLAZEPOSE.mirror_order()
    flipped = (1919 - track.xy_px * (1, -1))[:, order] * (1, -1) + (0, 1919)
    flipped[..., 1] = track.xy_px[:, order, 1]
    mirrored = track.replace(xy_px=flipped, score=track.score[:, order])
    assert np.array_equal(found(mirrored), found(track))


def test_hopeless_legs_are_called_ambiguous() -> None:
    rng = np.random.default_rng(5)
    truth = film(walking(6), SIDE)
    coin = rng.random(truth.time_s.size) < 0.5
    xy = exchange(truth.xy_px, SwapResult(coin, ~coin, coin), BLAZEPOSE) + rng.normal(0, 60, truth.xy_px.shape)
    result = clean_track(truth.replace(xy_px=xy), SignalSettings(), 6)
    assert result.ambiguous.mean() > 0.05
    assert "legs_ambiguous" in {issue.code for issue in result.issues}


def test_exchanging_twice_changes_nothing() -> None:
    track = film(walking(2), SIDE)
    rows = np.arange(track.time_s.size) % 3 == 0
    swaps = SwapResult(rows, ~rows, rows)
    once = exchange(track.xy_px, swaps, BLAZEPOSE)
    left, right = BLAZEPOSE.indices("left_toe", "right_toe")
    assert np.array_equal(once[rows, left], track.xy_px[rows, right])
    assert np.array_equal(once[rows, BLAZEPOSE.index("left_wrist")], track.point("left_wrist")[rows])
    assert np.array_equal(once[~rows, BLAZEPOSE.index("left_wrist")], track.point("right_wrist")[~rows])
    assert np.array_equal(exchange(once, swaps, BLAZEPOSE), track.xy_px)


@pytest.mark.parametrize(("start_s", "end_s"), [(0.0, 1.5), (1.5, 2.8), (3.5, 5.0)])
def test_a_body_turned_round_is_turned_back(start_s: float, end_s: float) -> None:
    """A front taken for a back for over a second, also at the ends of the clip."""
    truth = spoil(film(squat(60, 1, rest_s=1.5), SIDE), np.random.default_rng(6), noise_px=3)
    rows = (truth.time_s >= start_s) & (truth.time_s < end_s)
    turned = exchange(truth.xy_px, SwapResult(rows, rows, rows), BLAZEPOSE)
    swaps = find_swaps(truth.time_s, turned, truth.score, BLAZEPOSE, HEIGHT_PX)
    assert np.array_equal(swaps.legs, rows)
    assert np.array_equal(swaps.arms, rows)
