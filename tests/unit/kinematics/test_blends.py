"""Knees drawn together where one leg passes the other: found where they are, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.skeletons import film, spoil, squat
from vidgait.kinematics.blends import blended
from vidgait.kinematics.signals import body_height_px, clean_track
from vidgait.settings import SignalSettings
from vidgait.truth.skeleton_gait import run, walk
from vidgait.types import Track

KNEES = ("left_knee", "right_knee")


def unsure(track: Track) -> Track:
    """As a network scores the hidden leg."""
    return track.replace(score=np.full(track.score.shape, 0.7))


def found(track: Track) -> np.ndarray:
    return blended(track.time_s, track.xy_px, track.score, track.skeleton, body_height_px(track))


def knees_apart_px(track: Track) -> np.ndarray:
    return np.hypot(*(track.point(KNEES[0]) - track.point(KNEES[1])).T)


def mixed_up(track: Track, rows: slice, share: float) -> Track:
    """Each knee moved toward the other by `share` of their distance: 1 exchanges them."""
    left, right = track.skeleton.indices(*KNEES)
    xy = track.xy_px.copy()
    across = (xy[rows, right] - xy[rows, left]) * share
    xy[rows, left] += across
    xy[rows, right] -= across
    return track.replace(xy_px=xy)


@pytest.mark.parametrize("rate_hz", [25.0, 30.0, 60.0, 120.0])
@pytest.mark.parametrize("motion", [walk, run])
def test_nothing_is_found_in_legs_that_pass_cleanly(motion, rate_hz):
    track = spoil(film(motion(yaw_deg=90, rate_hz=rate_hz)), np.random.default_rng(3), noise_px=3.0)
    assert not found(unsure(track)).any()
    assert not found(unsure(film(squat(110, yaw_deg=90)))).any()


@pytest.mark.parametrize("share", [0.45, 0.7, 1.0])
@pytest.mark.parametrize("frames", [1, 2, 3])
def test_knees_drawn_to_each_other_are_found_to_the_frame(share, frames):
    track = unsure(film(walk(yaw_deg=90)))
    apart = knees_apart_px(track)
    first = next(t for t in range(20, 60) if apart[t - 1 : t + frames + 1].min() > 0.1 * body_height_px(track))
    rows = slice(first, first + frames)
    wrong = found(mixed_up(track, rows, share))
    expected = np.zeros(track.time_s.size, bool)
    expected[rows] = True
    for name in KNEES:
        np.testing.assert_array_equal(wrong[:, track.skeleton.index(name)], expected)
    assert wrong.sum() == 2 * frames, "no other joint is touched"


def test_what_the_network_is_sure_of_stays():
    track = film(walk(yaw_deg=90))
    sure = track.replace(score=np.full(track.score.shape, 0.99))
    assert not found(mixed_up(sure, slice(30, 33), 1.0)).any()


def test_the_clean_track_is_led_across():
    track = unsure(film(walk(yaw_deg=90)))
    rows = slice(30, 33)
    assert knees_apart_px(track)[rows].min() > 0.05 * body_height_px(track)
    settings = SignalSettings()
    good, repaired, left_as_is = (
        clean_track(*one, 6.0)
        for one in (
            (track, settings),
            (mixed_up(track, rows, 0.6), settings),
            (mixed_up(track, rows, 0.6), SignalSettings(swap_repair=False)),
        )
    )
    off = [
        np.nanmax(np.abs(one.track.point("left_knee") - good.track.point("left_knee"))) / body_height_px(track)
        for one in (repaired, left_as_is)
    ]
    assert off[0] < 0.012 < 0.04 < off[1]
    assert any("drawn to the other leg" in step for step in repaired.track.steps)
