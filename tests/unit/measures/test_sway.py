"""Sway on signals whose answer is known by hand: an oscillation of known size, and noise alone."""

from __future__ import annotations

import numpy as np
import pytest

from vidgait.kinematics.signals import low_pass
from vidgait.measures.draws import RepDraws
from vidgait.measures.functions import UnreadableError
from vidgait.measures.sway import (
    HEIGHT_SERIES,
    KNEE_SERIES,
    MASS_SERIES,
    PELVIS_SERIES,
    above_noise,
    knee_sway,
    pelvis_sway,
    settled_after_s,
    time_to_stabilise,
)
from vidgait.types import Rep

RATE_HZ = 30.0
DRAWS = 80
HOLD = Rep(1, "hold", 1.0, 13.0, "left", {"lifted": 2.0, "lowered": 12.5})


def times(length_s: float) -> np.ndarray:
    return np.arange(int(length_s * RATE_HZ)) / RATE_HZ


def noise(shape: tuple[int, ...], sd: float, time_s: np.ndarray, seed: int = 0) -> np.ndarray:
    """As the clip's low-pass of 6 Hz leaves white jitter of this SD."""
    white = sd * np.random.default_rng(seed).standard_normal(shape)
    return low_pass(white.T, time_s, 6.0, RATE_HZ).T


def drawn(
    name: str,
    true: np.ndarray,
    time_s: np.ndarray,
    sd: float,
    height: np.ndarray | None = None,
    seed: int = 0,
    cutoff_hz: float = 6.0,
):
    """The points err by `sd`, and the draws' noise model knows it."""
    seen = true + noise((1, time_s.size), sd, time_s, seed)[0]
    values = np.tile(seen, (DRAWS, 1))
    values[1:] += noise((DRAWS - 1, time_s.size), sd, time_s, seed + 1)
    still = np.ones(time_s.size) if height is None else height
    series = {(name, "left"): values, (HEIGHT_SERIES, None): np.tile(still, (DRAWS, 1))}
    points = np.ones((time_s.size, 12))
    return RepDraws(time_s, series, {}, points, points, cutoff_hz=cutoff_hz)


def bend(time_s: np.ndarray, start_s: float, end_s: float) -> np.ndarray:
    """0 standing, 1 at the bottom."""
    share = np.clip((time_s - start_s) / (end_s - start_s), 0, 1)
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * share))


def knee(sway: float, inward: float, sd: float, rep_s: float = 2.4, rate: float = 2.5, seed: int = 0):
    """A knee that moves inward with the bend and oscillates on top."""
    time_s = times(rep_s + 1.0)
    rep = Rep(1, "rep", 0.5, 0.5 + rep_s, "left", {"bottom": 0.5 + rep_s / 2})
    depth = bend(time_s, rep.start_s, rep.end_s)
    true = inward * depth + sway * np.sqrt(2) * np.sin(2 * np.pi * rate * time_s)
    return drawn(KNEE_SERIES, true, time_s, sd, 1 - 0.3 * depth, seed), rep


@pytest.mark.parametrize("rate", [2.0, 3.0, 4.0])
def test_a_known_sway_is_read(rate: float) -> None:
    one, rep = knee(sway=1.5, inward=5.0, sd=0.3, rate=rate)
    kept = 1 - 1 / (1 + (np.sqrt(2) - 1) * rate**4)  # what taking off the slow part below 1 Hz leaves of this rate
    assert knee_sway(one, "left", rep)[0, 0] == pytest.approx(1.5 * kept, rel=0.06)


@pytest.mark.parametrize("cutoff_hz", [6.5, 12.0, np.inf])
def test_the_band_ends_at_six_hertz_though_the_clip_lets_more_through(cutoff_hz: float) -> None:
    time_s = times(3.4)
    rep = Rep(1, "rep", 0.5, 2.9, "left", {"bottom": 1.7})
    slow, quick = (np.sqrt(2) * np.sin(2 * np.pi * rate * time_s) for rate in (3.0, 11.0))
    filtered = low_pass(slow + quick, time_s, 6.0, RATE_HZ)
    expected = knee_sway(drawn(KNEE_SERIES, filtered, time_s, 0.05), "left", rep)[0, 0]
    one = drawn(KNEE_SERIES, slow + quick, time_s, 0.05, cutoff_hz=cutoff_hz)
    assert knee_sway(one, "left", rep)[0, 0] == pytest.approx(expected, rel=0.02)
    assert expected == pytest.approx(1.0, abs=0.06)  # and not the 1.4 of both together


def test_without_noise_it_is_read_closely() -> None:
    one, rep = knee(sway=1.0, inward=0.0, sd=1e-6)
    assert knee_sway(one, "left", rep)[0, 0] == pytest.approx(1.0, rel=0.06)


def test_noise_is_taken_off() -> None:
    """Just over twice the floor, what is read with the noise in it is 10 % too much."""
    found = []
    for seed in range(0, 60, 3):
        one, rep = knee(sway=1.0, inward=5.0, sd=0.7, seed=seed)
        try:
            found.append(knee_sway(one, "left", rep)[0, 0])
        except UnreadableError:
            continue
    assert len(found) > 10
    assert np.median(found) == pytest.approx(1.0, abs=0.08)


@pytest.mark.parametrize("sd", [0.1, 0.5, 2.0])
def test_noise_alone_is_never_a_sway(sd: float) -> None:
    for seed in range(0, 30, 3):
        one, rep = knee(sway=0.0, inward=0.0, sd=sd, seed=seed)
        with pytest.raises(UnreadableError, match="not resolvable"):
            knee_sway(one, "left", rep)


def test_a_knee_that_falls_inward_smoothly_is_no_sway() -> None:
    one, rep = knee(sway=0.0, inward=8.0, sd=0.3)
    with pytest.raises(UnreadableError, match=r"noise 0\.\d\d"):
        knee_sway(one, "left", rep)


def test_the_spread_of_the_draws_covers_the_truth() -> None:
    inside = 0
    for seed in range(0, 90, 3):
        one, rep = knee(sway=1.5, inward=5.0, sd=0.6, seed=seed)
        read = knee_sway(one, "left", rep)[:, 0]
        half = (np.percentile(read[1:], 97.5) - np.percentile(read[1:], 2.5)) / 2
        inside += abs(read[0] - 1.5) <= half
    assert inside >= 25


def test_too_few_frames_and_holes_are_refused() -> None:
    one, rep = knee(sway=1.0, inward=0.0, sd=0.1)
    slow = RepDraws(one.time_s * 2, one.values, {}, one.score, one.known)
    with pytest.raises(UnreadableError, match="15 frames a second"):
        knee_sway(slow, "left", rep)
    one.values[KNEE_SERIES, "left"][:, 50] = np.nan
    with pytest.raises(UnreadableError, match="not seen throughout"):
        knee_sway(one, "left", rep)
    with pytest.raises(UnreadableError, match="not seen well enough"):
        knee_sway(one, "right", rep)


def test_a_hole_outside_the_repetition_does_not_matter() -> None:
    one, rep = knee(sway=1.5, inward=0.0, sd=0.1)
    one.values[KNEE_SERIES, "left"][:, :5] = np.nan
    assert knee_sway(one, "left", rep)[0, 0] == pytest.approx(1.5, rel=0.1)


def test_pelvis_sway_of_a_hold() -> None:
    time_s = times(14)
    true = 3.0 + 0.8 * np.sqrt(2) * np.sin(2 * np.pi * 0.4 * time_s)  # ten and a half seconds: 4.2 cycles
    read = pelvis_sway(drawn(PELVIS_SERIES, true, time_s, 0.2), "left", HOLD)
    assert read[0, 0] == pytest.approx(0.8, rel=0.06)
    with pytest.raises(UnreadableError, match="not resolvable: pelvis sway"):
        pelvis_sway(drawn(PELVIS_SERIES, np.full(time_s.size, 3.0), time_s, 0.2), "left", HOLD)


def test_movement_before_and_after_the_quiet_part_is_not_sway() -> None:
    time_s = times(14)
    true = 8.0 * (time_s < 1.9) - 5.0 * (time_s > 12.6) + 0.8 * np.sqrt(2) * np.sin(2 * np.pi * 0.5 * time_s)
    read = pelvis_sway(drawn(PELVIS_SERIES, true, time_s, 0.05), "left", HOLD)
    assert read[0, 0] == pytest.approx(0.8, rel=0.06)


def test_a_short_hold_is_refused() -> None:
    rep = Rep(1, "hold", 1.0, 3.0, "left", {"lifted": 1.4, "lowered": 2.8})
    time_s = times(5)
    for read, name in ((pelvis_sway, PELVIS_SERIES), (time_to_stabilise, MASS_SERIES)):
        with pytest.raises(UnreadableError, match="shorter than 2 s"):
            read(drawn(name, np.zeros(time_s.size), time_s, 0.1), "left", rep)


def coming_to_rest(time_s: np.ndarray, rest_s: float) -> np.ndarray:
    """Moves over the foot by 5 % at 5 % a second until `rest_s`, with a trace of quiet sway."""
    return np.asarray(np.interp(time_s, [rest_s - 1.0, rest_s], [5.0, 0.0]) + 0.1 * np.sin(2 * np.pi * 0.7 * time_s))


@pytest.mark.parametrize("rest_s", [2.0, 3.0, 4.5])
def test_time_to_stabilise_counts_from_the_foot_off(rest_s: float) -> None:
    time_s = times(14)
    one = drawn(MASS_SERIES, coming_to_rest(time_s, rest_s), time_s, 0.05)
    assert time_to_stabilise(one, "left", HOLD)[0, 0] == pytest.approx(rest_s - HOLD.start_s, abs=0.25)


def test_who_never_comes_to_rest_is_told_so() -> None:
    time_s = times(14)
    restless = 3.0 * np.sin(2 * np.pi * 0.5 * time_s)  # up to 9 % of body height a second
    with pytest.raises(UnreadableError, match="does not come to rest"):
        time_to_stabilise(drawn(MASS_SERIES, restless, time_s, 0.05), "left", HOLD)


def test_noise_as_fast_as_the_limit_is_said() -> None:
    time_s = times(14)
    with pytest.raises(UnreadableError, match="not resolvable"):
        time_to_stabilise(drawn(MASS_SERIES, coming_to_rest(time_s, 2.0), time_s, 1.0), "left", HOLD)


def test_the_second_of_rest_must_fit_into_the_hold() -> None:
    time_s = times(4)
    place = np.where(time_s < 3.2, 5 * np.sin(20 * time_s), 0.0)
    assert np.isnan(settled_after_s(place, np.gradient(place, time_s), time_s, time_s > 3.2, 0.0))


def test_who_stands_stiller_than_the_points_are_read_need_not_stand_stiller_yet() -> None:
    time_s = times(10)
    place = np.interp(time_s, [1.0, 2.0, 4.0, 6.0], [5.0, 0.6, 0.6, 0.0])  # 0.6 % off its last place is at rest
    took_s = settled_after_s(place, np.gradient(place, time_s), time_s, time_s > 7.0, 0.5)
    assert took_s == pytest.approx(1.5, abs=0.1)


def test_equal_draws_take_nothing_off() -> None:
    band = np.tile(np.sqrt(2) * np.sin(np.linspace(0, 20 * np.pi, 1000, endpoint=False)), (5, 1))
    assert above_noise(band, "it", "")[:, 0] == pytest.approx(np.ones(5))
