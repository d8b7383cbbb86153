"""The noise model: what it sees in a clip, and whether its draws have the spread and the spectrum they promise."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.skeletons import Camera, film, join, spoil, squat, standing, times
from vidgait.kinematics.noise import NoiseModel, _quiet_stretches, draw, draw_offsets, estimate_noise, noise_table
from vidgait.kinematics.signals import CleanResult, body_height_px, clean_track, low_pass
from vidgait.settings import SignalSettings
from vidgait.types import BLAZEPOSE, FloatArray, Track

SIDE = Camera(size_px=(1920, 1080), distance_m=4.5)
LEGS = BLAZEPOSE.indices("left_hip", "left_knee", "left_ankle", "left_toe")
TINY = {
    "score_edges": [0.0, 0.8, 1.0],
    "keypoints": {
        "knee": {"jitter": [0.02, 0.001], "wander": [0.04, 0.002], "correlation_s": [0.5, 0.3], "offset": [0.05, 0.01]},
        "other": {"jitter": [0.001] * 2, "wander": [0.001] * 2, "correlation_s": [0.3] * 2, "offset": [0.01] * 2},
    },
}


def cleaned(track: Track) -> CleanResult:
    return clean_track(track, SignalSettings(), 6)


def model(jitter: float = 0.0, wander: float = 0.0, correlation_s: float = 0.3, offset: float = 0.0) -> NoiseModel:
    one = np.ones(2)
    return NoiseModel(jitter * one, wander * one, correlation_s * one, offset * one, "made up")


def test_the_table_that_ships_is_whole() -> None:
    table = noise_table()
    bins = len(table["score_edges"]) - 1
    assert table["source"]
    assert {"hip", "knee", "ankle", "heel", "toe", "shoulder", "other"} <= set(table["keypoints"])
    for row in table["keypoints"].values():
        for name in ("jitter", "wander", "correlation_s", "offset"):
            assert len(row[name]) == bins
            assert min(row[name]) > 0
        assert row["offset"][0] >= row["offset"][-1]


def test_table_values_follow_score_and_size() -> None:
    def estimate(distance_m: float, score: float) -> NoiseModel:
        camera = Camera(size_px=(1920, 1080), distance_m=distance_m)
        track = film(squat(90, 2, yaw_deg=90), camera, score={"left_knee": score, "right_knee": score})
        return estimate_noise(track, cleaned(track), (), TINY)

    knee = BLAZEPOSE.index("left_knee")
    height = body_height_px(film(squat(90, 2, yaw_deg=90), SIDE))
    near, far, unsure = estimate(4.5, 0.95), estimate(9.0, 0.95), estimate(4.5, 0.5)
    assert near.offset_sd_px[knee] == pytest.approx(0.01 * height)
    assert far.offset_sd_px[knee] == pytest.approx(near.offset_sd_px[knee] / 2, rel=0.05)
    assert unsure.sd_px[knee] == pytest.approx(20 * near.sd_px[knee])
    assert "table" in near.basis


@pytest.mark.parametrize("noise_px", [2.0, 5.0])
def test_quiet_standing_shows_the_wander(noise_px: float) -> None:
    camera = Camera(size_px=(3840, 2160), focal_px=6000, distance_m=6)
    truth = film(join(standing(6, yaw_deg=90), squat(90, 1, yaw_deg=90)), camera)
    noisy = spoil(truth, np.random.default_rng(0), noise_px=noise_px, correlation_s=0.25)
    found = estimate_noise(noisy, cleaned(noisy), (), TINY)
    still = estimate_noise(truth, cleaned(truth), (), TINY)
    assert "quiet standing" in found.basis
    total = np.hypot(found.sd_px, found.jitter_sd_px)[LEGS]
    assert total == pytest.approx(np.maximum(noise_px, np.hypot(still.sd_px, still.jitter_sd_px)[LEGS]), rel=0.4)


def test_a_slow_shift_of_weight_is_no_wander_of_the_network() -> None:
    """A person who goes 30 pixels in three seconds: still in each second, and yet elsewhere."""
    noisy = spoil(film(standing(9, yaw_deg=0), SIDE), np.random.default_rng(0), noise_px=1.0, correlation_s=0.1)
    pixels = noisy.xy_px.copy()
    pixels[..., 0] += np.interp(noisy.time_s, [3.0, 6.0], [0.0, 30.0])[:, None]
    shifting = noisy.replace(xy_px=pixels)
    found = estimate_noise(shifting, cleaned(shifting), (), TINY)
    assert "quiet standing" in found.basis
    # A tenth of the way: what fits into one place.
    assert found.sd_px[LEGS].max() < 3.0


@pytest.mark.parametrize("more", range(0, 40, 3))
def test_a_stay_may_be_shorter_than_the_lag_of_the_autocovariance(more: int) -> None:
    """Somebody who drifts all the time, at 60 pictures a second: the last piece is as short as the clip leaves it."""
    noisy = spoil(
        film(standing(time_s=np.arange(240 + more) / 60, yaw_deg=0), SIDE), np.random.default_rng(0), noise_px=1
    )
    pixels = noisy.xy_px.copy()
    pixels[..., 0] += 8 * noisy.time_s[:, None]
    drifting = noisy.replace(xy_px=pixels)
    found = estimate_noise(drifting, cleaned(drifting), (), TINY)
    assert "quiet standing" in found.basis and np.isfinite(found.sd_px).all()


def test_the_last_second_is_judged_by_a_window_of_its_own() -> None:
    """Uneven stamps: no second that starts at a frame reaches past 4.05 s."""
    time_s = np.array([*np.arange(0, 3.0, 0.05), 3.0, 3.2, 3.4, 3.6, 3.8, 4.05, 4.1, 4.15])
    track = film(standing(time_s=time_s), SIDE)
    (rows,) = _quiet_stretches(track, body_height_px(track))
    assert (rows[0], rows[-1]) == (0, time_s.size - 1)
    moving = track.xy_px.copy()
    moving[-2:] += (80.0, 0.0)
    (rows,) = _quiet_stretches(track.replace(xy_px=moving), body_height_px(track))
    assert rows[-1] < time_s.size - 3


def test_more_noise_gives_a_larger_model() -> None:
    truth = film(join(standing(4, yaw_deg=90), squat(90, 1, yaw_deg=90)), SIDE)
    totals = []
    for noise_px in (0.0, 1.0, 2.0, 4.0):  # up to 0.7 % of body height
        noisy = spoil(truth, np.random.default_rng(0), noise_px=noise_px, correlation_s=0.1)
        found = estimate_noise(noisy, cleaned(noisy), (), TINY)
        totals.append(np.hypot(found.sd_px, found.jitter_sd_px)[LEGS].mean())
    assert np.all(np.diff(totals) > 0)


def test_white_noise_is_seen_in_movement_too() -> None:
    truth = film(squat(100, 3, yaw_deg=90, rest_s=0.3, rate_hz=60), SIDE)
    noisy = spoil(truth, np.random.default_rng(0), noise_px=3.0)
    found = estimate_noise(noisy, cleaned(noisy), (), TINY)
    assert found.jitter_sd_px[LEGS] == pytest.approx(3.0, rel=0.25)
    assert "quiet" not in found.basis


@pytest.mark.parametrize("frames", [0, 1, 3])
def test_hardly_any_frames(frames: int) -> None:
    full = film(standing(1), SIDE)
    track = Track(full.time_s[:frames], full.xy_px[:frames], full.score[:frames], None, BLAZEPOSE)
    found = estimate_noise(track, cleaned(track), ())
    assert np.isfinite(found.offset_sd_px).all()


def spectrum_free_sd(values: FloatArray) -> float:
    return float(values[1:].std())


def test_draw_zero_is_the_clean_value_and_missing_stays_missing() -> None:
    clean = np.zeros((40, 2, 2))
    clean[10:15, 0] = np.nan
    result = draw(clean, model(1, 1, 0.3, 1), 50, np.random.default_rng(0), times(40 / 30, 30), 6)
    assert result.shape == (50, 40, 2, 2)
    assert np.array_equal(result[0], clean, equal_nan=True)
    assert np.isnan(result[:, 10:15, 0]).all()
    assert np.isfinite(np.delete(result, range(10, 15), axis=1)).all()


def test_draws_can_be_repeated() -> None:
    clean, time_s = np.zeros((30, 2, 2)), times(1, 30)
    first, again, other = (draw(clean, model(1, 1), 20, np.random.default_rng(s), time_s, 6) for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("rate_hz", [30.0, 60.0])
@pytest.mark.parametrize("correlation_s", [0.1, 0.5])
def test_draws_have_the_spread_that_the_low_pass_leaves(rate_hz: float, correlation_s: float) -> None:
    """Against noise made step by step and sent through the clip's own filter."""
    time_s = times(4, rate_hz)
    drawn = draw(np.zeros((time_s.size, 2, 2)), model(2, 3, correlation_s), 300, np.random.default_rng(0), time_s, 6)
    rng = np.random.default_rng(1)
    keep = np.exp(-1 / (rate_hz * correlation_s))
    wander = rng.standard_normal((time_s.size + 200, 300))
    for t in range(1, wander.shape[0]):
        wander[t] = keep * wander[t - 1] + np.sqrt(1 - keep**2) * wander[t]
    long_s = np.arange(wander.shape[0]) / rate_hz
    noise = low_pass(3 * wander + 2 * rng.standard_normal(wander.shape), long_s, 6, rate_hz)[100:-100]
    assert spectrum_free_sd(drawn) == pytest.approx(noise.std(), rel=0.05)
    lag = round(0.1 * rate_hz)
    ours = (drawn[1:, lag:] * drawn[1:, :-lag]).mean() / drawn[1:].var()
    theirs = (noise[lag:] * noise[:-lag]).mean() / noise.var()
    assert ours == pytest.approx(theirs, abs=0.05)
    assert drawn[1:, 0].std() == pytest.approx(drawn[1:, time_s.size // 2].std(), rel=0.15)
    ends = (drawn[1:, 0] * drawn[1:, -1]).mean() / drawn[1:].var()
    assert abs(ends) < 0.1


def test_uneven_stamps_have_the_same_spread() -> None:
    even, uneven = times(3, 30), times(3, 30, jitter=0.3)
    spread = [
        spectrum_free_sd(draw(np.zeros((90, 2, 2)), model(2, 3), 300, np.random.default_rng(0), t, 6))
        for t in (even, uneven)
    ]
    assert spread[1] == pytest.approx(spread[0], rel=0.08)


def test_offsets_are_shared_by_all_windows_of_a_clip() -> None:
    noise = model(offset=4.0)
    offsets = draw_offsets(noise, 400, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    first, second = (draw(np.zeros((20, 2, 2)), noise, 400, rng, times(20 / 30, 30), 6, offsets) for _ in range(2))
    assert np.array_equal(first, second)
    assert np.ptp(first, axis=1).max() < 1e-9
    assert first[1:, 0].std() == pytest.approx(4, rel=0.1)


def test_larger_noise_gives_wider_draws() -> None:
    time_s = times(2, 30)
    spreads = [
        spectrum_free_sd(draw(np.zeros((60, 2, 2)), model(s, s, 0.3, s), 100, np.random.default_rng(0), time_s, 6))
        for s in (1.0, 2.0, 4.0)
    ]
    assert spreads[1] == pytest.approx(2 * spreads[0])
    assert spreads[2] == pytest.approx(4 * spreads[0])


def test_one_frame() -> None:
    result = draw(np.zeros((1, 2, 2)), model(1, 1, 0.3, 1), 50, np.random.default_rng(0), np.array([0.5]), 6)
    assert result.shape == (50, 1, 2, 2)
    assert result[1:].std() > 0.5


def test_taking_some_keypoints() -> None:
    noise = NoiseModel(np.arange(3.0), np.arange(3.0) + 1, np.full(3, 0.2), np.arange(3.0) + 2, "made up")
    part = noise.take([2, 0])
    assert part.jitter_sd_px.tolist() == [2, 0]
    assert part.offset_sd_px.tolist() == [4, 2]
