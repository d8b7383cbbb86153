"""Readings and summaries by hand."""

from __future__ import annotations

import numpy as np
import pytest

from vidgait.measures import functions

TIME_S = np.arange(0, 2.0, 0.1)


def test_a_reading_is_the_local_mean_between_samples() -> None:
    series = np.stack([10 * TIME_S, 20 * TIME_S])
    read = functions.read_at(series, TIME_S, np.array([[1.0, 1.25], [1.0, 1.25]]))
    assert read == pytest.approx(np.array([[10, 12.5], [20, 25]]))


def test_each_draw_is_read_at_its_own_instant() -> None:
    series = np.tile(TIME_S, (2, 1))
    assert functions.read_at(series, TIME_S, np.array([[0.5], [0.7]]))[:, 0] == pytest.approx([0.5, 0.7])


def test_a_reading_where_most_is_missing_is_missing() -> None:
    series = TIME_S[None].copy()
    series[:, 8:13] = np.nan
    assert np.isnan(functions.read_at(series, TIME_S, np.array([[1.0]]))).all()
    assert np.isfinite(functions.read_at(series, TIME_S, np.array([[0.4]]))).all()


def test_a_depth_is_passed_where_it_is_passed_last_on_the_way_down() -> None:
    bent = np.concatenate([[0, 40, 70, 50], np.arange(50, 100, 5), [30, 80], np.zeros(4)]).astype(float)
    assert functions.passes_s(bent, TIME_S, 0.0, 1.3, 62.0) == pytest.approx(0.64)
    assert functions.passes_s(bent, TIME_S, 0.0, 0.3, 62.0) == pytest.approx(0.1 + 0.1 * 22 / 30)
    assert functions.passes_s(bent, TIME_S, 0.0, 1.3, 95.0) == pytest.approx(1.3), "the depth itself is reached"
    assert functions.passes_s(bent, TIME_S, 0.0, 1.3, 95.1) is None
    assert functions.passes_s(bent, TIME_S, 0.5, 1.3, 50.0) is None, "it begins deeper"
    bent[[6, 7]] = np.nan  # 60 and 65 degrees were not seen
    assert functions.passes_s(bent, TIME_S, 0.0, 1.3, 62.0) == pytest.approx(0.5 + 0.3 * 7 / 15)


def test_nothing_is_read_far_outside_the_series() -> None:
    series = np.stack([TIME_S, TIME_S])
    instants = np.array([[-0.04, -0.06, TIME_S[-1] + 0.04, TIME_S[-1] + 0.06]] * 2)
    read = functions.read_at(series, TIME_S, instants)
    assert np.isfinite(read).tolist() == [[True, False, True, False]] * 2
    moved = np.array([[0.02], [-0.12]])  # a draw that is pushed over the edge keeps its repetition
    assert np.isfinite(functions.read_at(series, TIME_S, moved)).all()


def test_a_change_is_against_standing() -> None:
    series = np.where(TIME_S < 0.9, 3.0, 11.0)[None]
    change = functions.read_change(series, TIME_S, np.array([[1.5]]), np.array([[0.4]]))
    assert change[0, 0] == pytest.approx(8.0)


def test_a_wild_sample_does_not_become_the_reading() -> None:
    series = np.zeros((1, 41))
    series[0, 20] = 100.0
    time_s = np.arange(41) / 30
    assert functions.read_at(series, time_s, np.array([[20 / 30]]))[0, 0] < 70


def test_summaries() -> None:
    values = np.array([[1.0, 2.0, 6.0, np.nan], [2.0, 3.0, 7.0, np.nan]])
    assert functions.median_of(values) == pytest.approx([2.0, 3.0])
    assert functions.spread_of(values) == pytest.approx([np.std([1, 2, 6], ddof=1)] * 2)
    assert np.isnan(functions.spread_of(values[:, :1])).all()
    assert np.isnan(functions.median_of(np.full((2, 3), np.nan))).all()


@pytest.mark.filterwarnings("error")
def test_a_draw_without_any_value_has_no_median_and_warns_nobody() -> None:
    median = functions.median_of(np.array([[1.0, 3.0], [np.nan, np.nan]]))
    assert median[0] == 2.0 and np.isnan(median[1])


def test_drift_is_the_slope_and_forgives_one_odd_repetition() -> None:
    values = np.array([[0.0, 2.0, 4.0, 60.0, 8.0, 10.0, 12.0]])
    assert functions.drift_per_rep(values)[0] == pytest.approx(2.0)


def test_time_between_is_never_negative() -> None:
    assert functions.between(np.array([[1.0, 2.0]]), np.array([[1.5, 1.0]])).tolist() == [[0.5, 0.0]]


def test_draws_move_an_instant_as_far_as_their_vertex_moves() -> None:
    time_s = np.arange(0, 2, 1 / 60)
    height = np.stack([(time_s - 1.0) ** 2, (time_s - 1.04) ** 2, (time_s - 1.6) ** 2])
    moved = functions.shifted_instants(height, time_s, np.array([1.0]))[:, 0]
    assert moved == pytest.approx([1.0, 1.04, 1.15])  # never more than 0.15 s


def test_a_range_is_that_of_two_repetitions_and_its_noise_leaves_out_what_all_share() -> None:
    rng = np.random.default_rng(1)
    true = np.array([10.0, 14.0, 12.0])
    shared, own = rng.normal(0, 20.0, (4000, 1)), rng.normal(0, 1.0, (4000, 3))
    values = np.vstack([true, true + shared + own])
    assert functions.range_of(values)[0] == pytest.approx(4.0)
    # The 95 % point of the range of three independent standard normal values is 3.31 (studentised range, many draws).
    assert functions.range_by_noise(values) == pytest.approx(3.31, abs=0.15)
    assert functions.range_by_noise(values[:, :1]) == 0.0
    assert np.isnan(functions.range_of(values[:, :1])).all()


def test_the_mean_over_a_hold_leaves_out_what_was_not_seen() -> None:
    time_s = np.arange(0.0, 4.0, 0.1)
    series = np.stack([time_s, 2 * time_s])
    assert functions.mean_over(series, time_s, 1.0, 3.0)[:, 0] == pytest.approx([2.0, 4.0])
    holes = np.where((time_s > 1.5) & (time_s < 2.0), np.nan, series)
    assert functions.mean_over(holes, time_s, 1.0, 3.0)[0, 0] == pytest.approx(2.06, abs=0.02)
    mostly = np.where((time_s > 1.2) & (time_s < 2.9), np.nan, series)
    assert np.isnan(functions.mean_over(mostly, time_s, 1.0, 3.0)).all()
    assert np.isnan(functions.mean_over(series, time_s, 9.0, 10.0)).all()


def test_the_slope_over_a_hold_is_that_of_a_line_whatever_its_height() -> None:
    time_s = np.arange(0.0, 4.0, 0.1)
    series = np.stack([5 + 1.5 * time_s, 3 - 0.5 * time_s])
    assert functions.slope_over(series, time_s, 1.0, 3.0)[:, 0] == pytest.approx([1.5, -0.5])
    holes = np.where((time_s > 1.5) & (time_s < 2.0), np.nan, series)
    assert functions.slope_over(holes, time_s, 1.0, 3.0)[:, 0] == pytest.approx([1.5, -0.5])
    mostly = np.where((time_s > 1.2) & (time_s < 2.9), np.nan, series)
    assert np.isnan(functions.slope_over(mostly, time_s, 1.0, 3.0)).all()
