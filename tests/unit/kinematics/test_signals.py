"""Cleaning: what is repaired, what must stay missing, and what the low-pass really does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.skeletons import Camera, film, spoil, squat, standing, times, walking
from vidgait.kinematics.signals import (
    body_height_px,
    clean_track,
    fill_gaps,
    hampel,
    implausible_jumps,
    low_pass,
    usable_cutoff_hz,
)
from vidgait.settings import SignalSettings
from vidgait.types import BLAZEPOSE, Track

SETTINGS = SignalSettings()
SIDE = Camera(size_px=(1920, 1080), distance_m=4.5)
KNEE = BLAZEPOSE.index("left_knee")


def gain(cutoff_hz: float, frequency_hz: float, time_s: np.ndarray, rate_hz: float) -> tuple[float, float]:
    """Amplitude ratio and time shift of a sinusoid, fitted away from the ends."""
    wave = np.sin(2 * np.pi * frequency_hz * time_s)
    smooth = low_pass(wave, time_s, cutoff_hz, rate_hz)
    middle = (time_s > 2) & (time_s < time_s[-1] - 2)
    basis = np.stack([np.sin(2 * np.pi * frequency_hz * time_s), np.cos(2 * np.pi * frequency_hz * time_s)], 1)
    (sine, cosine), *_ = np.linalg.lstsq(basis[middle], smooth[middle], rcond=None)
    return float(np.hypot(sine, cosine)), float(np.arctan2(cosine, sine) / (2 * np.pi * frequency_hz))


@pytest.mark.parametrize("rate_hz", [25.0, 29.97, 60.0, 120.0, 240.0])
@pytest.mark.parametrize("cutoff_hz", [2.0, 6.0, 10.0])
def test_the_stated_cutoff_is_the_half_power_point_after_both_passes(rate_hz: float, cutoff_hz: float) -> None:
    amplitude, shift_s = gain(cutoff_hz, cutoff_hz, times(12, rate_hz), rate_hz)
    assert amplitude == pytest.approx(np.sqrt(0.5), rel=0.01)
    assert shift_s == pytest.approx(0, abs=1e-6)


def test_the_passband_is_flat_and_the_stopband_is_gone() -> None:
    time_s = times(12, 60)
    assert gain(6, 1.0, time_s, 60)[0] == pytest.approx(1, abs=0.005)
    assert gain(6, 24.0, time_s, 60)[0] < 0.01


@pytest.mark.parametrize("frequency_hz", [1.0, 3.0, 6.0])
def test_uneven_stamps_give_the_same_gain_and_no_delay(frequency_hz: float) -> None:
    amplitude, shift_s = gain(6, frequency_hz, times(12, 30, jitter=0.3, seed=3), 30)
    even, _ = gain(6, frequency_hz, times(12, 30), 30)
    assert amplitude == pytest.approx(even, rel=0.02)
    assert shift_s == pytest.approx(0, abs=0.001)


@pytest.mark.parametrize("samples", [1, 2, 3, 4, 7])
def test_short_stretches_survive(samples: int) -> None:
    line = 5.0 + 2.0 * np.arange(samples)
    assert low_pass(line, np.arange(samples) / 30, 6, 30) == pytest.approx(line, abs=1e-6)


def test_close_stamps_do_not_turn_noise_into_spikes() -> None:
    time_s = np.sort(np.concatenate([times(4, 30), times(4, 30)[10:100:9] + 0.0005]))
    noise = np.random.default_rng(0).standard_normal(time_s.size)
    assert np.abs(low_pass(noise, time_s, 6, 30)).max() < 3


def test_the_cutoff_stays_below_nyquist() -> None:
    assert usable_cutoff_hz(times(10, 5), 6) == pytest.approx(2)
    assert usable_cutoff_hz(times(10, 30), 6) == 6


def test_clean_points_stay_where_they_are() -> None:
    track = film(squat(100, 2, yaw_deg=90), SIDE)
    result = clean_track(track, SETTINGS, 6)
    assert np.abs(result.track.xy_px - track.xy_px).max() < 0.002 * body_height_px(track)
    assert not result.swapped.any()
    assert not result.filled.any()
    assert result.issues == ()
    assert track.steps == ()
    assert len(result.track.steps) == 7


def test_noise_is_reduced() -> None:
    truth = film(squat(100, 3, yaw_deg=90, rate_hz=60), SIDE)
    noisy = spoil(truth, np.random.default_rng(0), noise_px=3)
    cleaned = clean_track(noisy, SETTINGS, 6).track.xy_px
    assert (cleaned - truth.xy_px).std() < 0.55 * (noisy.xy_px - truth.xy_px).std()


@pytest.mark.parametrize("rate_hz", [25.0, 60.0])
def test_the_time_base_does_not_matter(rate_hz: float) -> None:
    motion = squat(100, 2, yaw_deg=90, rate_hz=rate_hz)
    even = clean_track(film(motion, SIDE), SETTINGS, 6).track
    other_s = times(float(motion.time_s[-1]), 40, jitter=0.25, seed=1)
    other = clean_track(film(squat(100, 2, yaw_deg=90, time_s=other_s), SIDE), SETTINGS, 6).track
    inside = (other_s > 0.5) & (other_s < motion.time_s[-1] - 0.5)
    for axis in (0, 1):
        expected = np.interp(other_s, even.time_s, even.point("left_knee")[:, axis])
        assert np.abs(other.point("left_knee")[inside, axis] - expected[inside]).max() < 1.0


@pytest.mark.parametrize(("missing_s", "filled"), [(0.1, True), (0.2, True), (0.25, False), (1.0, False)])
@pytest.mark.parametrize("rate_hz", [20.0, 30.0, 60.0])
def test_gaps_are_filled_up_to_the_limit(missing_s: float, filled: bool, rate_hz: float) -> None:
    truth = film(squat(90, 2, yaw_deg=90, rate_hz=rate_hz), SIDE)
    frames = round(missing_s * rate_hz)
    start_s = float(truth.time_s[50])
    gap = (start_s - 1e-6, start_s + (frames - 0.5) / rate_hz)
    result = clean_track(spoil(truth, gaps_s=[gap], keypoints=["left_knee"]), SETTINGS, 6)
    lost = slice(50, 50 + frames)
    assert np.isfinite(result.track.xy_px[lost, KNEE]).all() == filled
    assert result.filled[lost, KNEE].all() == filled
    assert np.isfinite(np.delete(result.track.xy_px, KNEE, axis=1)).all()
    if filled:
        assert np.abs(result.track.xy_px[lost, KNEE] - truth.xy_px[lost, KNEE]).max() < 6


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_no_long_gap_ever_becomes_a_number(seed: int) -> None:
    rng = np.random.default_rng(seed)
    time_s = np.cumsum(rng.uniform(0.02, 0.05, 150))
    xy = np.cumsum(rng.standard_normal((150, 3, 2)), axis=0)
    xy[rng.random((150, 3)) < rng.uniform(0, 0.9)] = np.nan
    filled_xy, filled = fill_gaps(time_s, xy, 0.2)
    known = np.isfinite(xy).all(-1)
    assert np.array_equal(np.isfinite(filled_xy).all(-1), known | filled)
    assert not (known & filled).any()
    for k in range(3):
        seen = np.flatnonzero(known[:, k])
        for row in np.flatnonzero(filled[:, k]):
            before, after = seen[seen < row].max(), seen[seen > row].min()
            assert time_s[after] - time_s[before] - np.median(np.diff(time_s)) <= 0.2 + 1e-6


def test_a_hole_in_time_is_not_filtered_across() -> None:
    time_s = np.concatenate([times(2, 30), 3 + times(2, 30)])
    left = film(standing(time_s=time_s, x_m=0.0), SIDE).xy_px
    right = film(standing(time_s=time_s, x_m=1.0), SIDE)
    moved = right.replace(xy_px=np.where(time_s[:, None, None] < 2.5, left, right.xy_px))
    cleaned = clean_track(moved, SETTINGS, 6).track.xy_px
    assert np.abs(cleaned - moved.xy_px).max() < 0.01


def test_low_scores_are_masked_and_the_near_leg_keeps_its_points() -> None:
    track = film(squat(90, 2, yaw_deg=90), SIDE, score={"right_knee": 0.2, "right_ankle": 0.1})
    result = clean_track(track, SETTINGS, 6)
    assert np.isnan(result.track.point("right_knee")).all()
    assert (result.track.score[:, BLAZEPOSE.index("right_knee")] == 0).all()
    assert np.isfinite(result.track.point("left_knee")).all()
    assert np.isfinite(result.track.point("right_hip")).all()
    issue = next(issue for issue in result.issues if issue.code == "long_gaps")
    assert "right knee 100 %" in issue.message
    assert "left knee" not in issue.message
    assert issue.severity == "info", "a far leg that is hidden is the ordinary side view"
    assert "legs_not_seen" not in [issue.code for issue in result.issues]


@pytest.mark.parametrize("parts, word", [(("ankle", "heel", "toe"), "feet"), (("knee", "ankle"), "legs")])
def test_legs_out_of_the_picture_are_said_in_plain_words(parts: tuple[str, ...], word: str) -> None:
    hidden = {f"{side}_{part}": 0.2 for side in ("left", "right") for part in parts}
    result = clean_track(film(squat(90, 2), SIDE, score=hidden), SETTINGS, 6)
    (issue,) = result.issues
    assert (issue.code, issue.severity) == ("legs_not_seen", "warning")
    assert f"The {word} are not seen in 100 % of the frames" in issue.message
    assert "film the whole body" in issue.message


def test_gaps_in_both_legs_are_a_warning() -> None:
    track = spoil(film(squat(90, 2), SIDE), gaps_s=[(1.0, 1.8)], keypoints=["left_knee", "right_knee"])
    (issue,) = clean_track(track, SETTINGS, 6).issues
    assert (issue.code, issue.severity) == ("long_gaps", "warning")


def test_a_point_that_jumps_away_and_back_is_replaced() -> None:
    truth = film(squat(90, 2, yaw_deg=90), SIDE)
    xy = truth.xy_px.copy()
    xy[60:63, KNEE] += (300, 0)
    result = clean_track(truth.replace(xy_px=xy), SETTINGS, 6)
    assert np.abs(result.track.xy_px[:, KNEE] - truth.xy_px[:, KNEE]).max() < 4
    assert result.filled[60:63, KNEE].all()


def test_a_point_that_stays_away_is_not_called_a_spike() -> None:
    time_s = times(2, 30)
    xy = np.zeros((60, 1, 2))
    xy[30:] = 500
    assert not implausible_jumps(time_s, xy, np.array([1000.0]), 0.2).any()


def test_hampel_finds_spikes_and_leaves_movement_alone() -> None:
    time_s = times(4, 30)
    xy = np.stack([200 * np.sin(2 * np.pi * time_s), 30 * time_s], axis=-1)[:, None]
    assert not hampel(time_s, xy, 0.23, 3, 2.0).any()
    xy[40, 0, 1] += 25
    assert np.flatnonzero(hampel(time_s, xy, 0.23, 3, 2.0)).tolist() == [40]


def test_hampel_does_not_judge_five_frames_a_second() -> None:
    time_s = times(10, 5)
    assert not hampel(time_s, np.random.default_rng(0).normal(size=(50, 2, 2)), 0.23, 3, 0.0).any()


def test_five_frames_a_second_survive_with_a_lower_cutoff_and_say_so() -> None:
    truth = film(squat(90, 2, yaw_deg=90, down_s=2, up_s=2, rate_hz=5), SIDE)
    result = clean_track(truth, SETTINGS, 6)
    assert result.cutoff_hz == pytest.approx(2)
    assert [issue.code for issue in result.issues] == ["low_frame_rate"]
    assert np.abs(result.track.xy_px - truth.xy_px).max() < 0.01 * body_height_px(truth)


def test_the_users_cutoff_goes_first() -> None:
    track = film(squat(60, 1), SIDE)
    assert clean_track(track, replace(SETTINGS, cutoff_hz=3.0), 6).cutoff_hz == 3


def test_repairs_are_reported_by_joint() -> None:
    truth = film(standing(6), SIDE)
    gaps = [(start, start + 0.15) for start in np.arange(0.5, 5.5, 0.5)]
    result = clean_track(spoil(truth, gaps_s=gaps, keypoints=["left_heel"]), SETTINGS, 6)
    assert result.filled[:, BLAZEPOSE.index("left_heel")].sum() > 30
    assert not result.issues, "filled gaps of what the network did not see are no repair of what it did"
    xy = truth.xy_px.copy()
    xy[5::12, BLAZEPOSE.index("left_heel")] += 200
    issue = clean_track(truth.replace(xy_px=xy), SETTINGS, 6).issues[0]
    assert (issue.code, "left heel 8 %" in issue.message) == ("points_repaired", True)
    assert issue.severity == "info"
    xy[5::12, BLAZEPOSE.index("right_heel")] += 200
    assert clean_track(truth.replace(xy_px=xy), SETTINGS, 6).issues[0].severity == "warning"


@pytest.mark.parametrize("frames", [0, 1, 2, 5])
def test_hardly_any_frames(frames: int) -> None:
    full = film(standing(1), SIDE)
    world = None if full.xyz_m is None else full.xyz_m[:frames]
    track = Track(full.time_s[:frames], full.xy_px[:frames], full.score[:frames], world, BLAZEPOSE)
    assert clean_track(track, SETTINGS, 6).track.xy_px.shape == (frames, 33, 2)


def test_nobody_at_all() -> None:
    track = spoil(film(standing(2), SIDE), gaps_s=[(0, 2)])
    result = clean_track(track, SETTINGS, 6)
    assert np.isnan(result.track.xy_px).all()
    assert body_height_px(track) == 1


def test_swap_repair_can_be_switched_off() -> None:
    track = spoil(film(walking(4), SIDE), swaps_s=[(1.0, 1.3)])
    assert clean_track(track, SETTINGS, 6).swapped.any()
    assert not clean_track(track, replace(SETTINGS, swap_repair=False), 6).swapped.any()


def test_the_world_prior_is_exchanged_with_the_legs() -> None:
    track = spoil(film(walking(4), SIDE), swaps_s=[(1.0, 1.3)])
    result = clean_track(track, SETTINGS, 6)
    rows = np.flatnonzero(result.swapped)
    left, right = BLAZEPOSE.indices("left_knee", "right_knee")
    assert track.xyz_m is not None
    assert result.track.xyz_m is not None
    assert np.array_equal(result.track.xyz_m[rows, left], track.xyz_m[rows, right])
