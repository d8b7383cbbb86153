"""How far two clocks are apart, found from the curves: the answer is always known here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.validation import TIME_S, analysis_of, reference_of_series, true_squat_rep
from vidgait.errors import AlignmentError
from vidgait.truth import alignment
from vidgait.truth.alignment import check_overlap, find_offset, shifted
from vidgait.truth.reference import Reference
from vidgait.types import FloatArray

LEFT, RIGHT = ("knee_flexion_deg", "left"), ("knee_flexion_deg", "right")
LAB_S = np.arange(1000) / 100.0
"""Ten seconds at 100 Hz."""


def bends(time_s: FloatArray) -> FloatArray:
    """Three bends of unlike depth and length, so that only one offset fits."""
    dips = [(1.0, 0.25, 90.0), (2.3, 0.4, 60.0), (3.9, 0.3, 110.0)]
    total: FloatArray = 5.0 + np.sum([d * np.exp(-(((time_s - at) / w) ** 2)) for at, w, d in dips], axis=0)
    return total


def laboratory(offset_s: float, spread_deg: float = 0.0) -> Reference:
    """A reference whose clock is `offset_s` ahead of the video's."""
    noise = np.random.default_rng(1).normal(0.0, spread_deg, LAB_S.size) if spread_deg else 0.0
    knee = bends(LAB_S - offset_s) + noise
    return reference_of_series({LEFT: knee, RIGHT: knee}, reps=None, time_s=LAB_S)


VIDEO = analysis_of("left", series={LEFT: bends(TIME_S), RIGHT: bends(TIME_S)})


@pytest.mark.parametrize("offset_s", [0.0, 0.1, -0.1, 1.0 / 3.0, 3.217, -0.4])
def test_a_curve_shifted_by_so_much_gives_so_much(offset_s: float) -> None:
    found = find_offset(VIDEO, laboratory(offset_s))
    assert found.seconds == pytest.approx(offset_s, abs=0.002), "a fifteenth of a frame"
    assert found.correlation == pytest.approx(1.0, abs=1e-3)
    assert found.rival_s is None


def test_noise_gain_and_offset_of_the_curve_do_not_matter() -> None:
    video = analysis_of("left", series={LEFT: 0.7 * bends(TIME_S) + 12.0})
    assert find_offset(video, laboratory(0.25, spread_deg=3.0)).seconds == pytest.approx(0.25, abs=0.01)


def test_what_was_shifted_lies_on_the_video(offset_s: float = 0.75) -> None:
    reference = laboratory(offset_s)
    moved = shifted(reference, find_offset(VIDEO, reference).seconds)
    assert np.interp(TIME_S, moved.time_s, moved.series[LEFT]) == pytest.approx(bends(TIME_S), abs=0.6)


def test_repetitions_move_with_their_clock() -> None:
    reference = reference_of_series({}, reps=[true_squat_rep(1, 1.0, 2.0, 3.0)])
    moved = shifted(reference, 0.5)
    assert moved.reps is not None
    assert (moved.reps[0].start_s, moved.reps[0].end_s, moved.reps[0].instants["bottom"]) == (0.5, 2.5, 1.5)


def test_another_movement_is_refused_in_one_line() -> None:
    straight = reference_of_series({LEFT: np.where(LAB_S % 0.5 < 0.25, 0.0, 20.0)}, reps=None, time_s=LAB_S)
    with pytest.raises(AlignmentError) as caught:
        find_offset(VIDEO, straight)
    assert caught.value.code == "alignment"
    assert "correlation" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_left_for_right_is_refused() -> None:
    video = analysis_of("left", series={LEFT: bends(TIME_S), RIGHT: np.roll(bends(TIME_S), 30)})
    knee = bends(LAB_S)
    exchanged = reference_of_series({LEFT: np.roll(knee, 100), RIGHT: -knee}, reps=None, time_s=LAB_S)
    with pytest.raises(AlignmentError):
        find_offset(video, exchanged)


def test_nothing_in_common_and_too_short_are_refused() -> None:
    with pytest.raises(AlignmentError, match="share no curve"):
        find_offset(VIDEO, reference_of_series({("fppa_deg", "left"): bends(LAB_S)}, reps=None, time_s=LAB_S))
    brief = LAB_S[:20]
    with pytest.raises(AlignmentError):
        find_offset(VIDEO, reference_of_series({LEFT: bends(brief)}, reps=None, time_s=brief))


def test_even_movement_has_a_rival_and_says_so() -> None:
    video = analysis_of("left", series={LEFT: 50 - 45 * np.cos(2 * np.pi * TIME_S)})
    even = reference_of_series({LEFT: 50 - 45 * np.cos(2 * np.pi * LAB_S)}, reps=None, time_s=LAB_S)
    found = find_offset(video, even)
    assert found.rival_s is not None
    assert (found.rival_s - found.seconds) % 1.0 == pytest.approx(0.0, abs=0.03)


def test_gaps_do_not_move_it() -> None:
    seen = bends(TIME_S)
    seen[40:55], seen[100:104] = np.nan, np.nan
    video = replace(VIDEO, series=tuple(replace(one, value=seen) for one in VIDEO.series))
    assert find_offset(video, laboratory(0.4)).seconds == pytest.approx(0.4, abs=0.02)


def test_a_reference_in_another_unit_is_noticed_before_any_search() -> None:
    long_s = np.arange(1000) * 14.0
    reference = reference_of_series({LEFT: bends(long_s)}, reps=None, time_s=long_s)
    with pytest.raises(AlignmentError, match=r"13986 s and the video .*--map time=NAME\[ms\]"):
        find_offset(VIDEO, reference)


def test_a_long_reference_is_searched_in_coarser_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth as many steps as the two recordings have hundredths of a second find the place all the same."""
    monkeypatch.setattr(alignment, "STEPS_MOST", 150)
    assert find_offset(VIDEO, laboratory(1.234)).seconds == pytest.approx(1.234, abs=0.03)


def test_two_recordings_with_no_moment_in_common_are_refused() -> None:
    check_overlap(VIDEO, laboratory(0.0))
    with pytest.raises(AlignmentError, match=r"no moment in common.*-400\.0 to -390\.0 s"):
        check_overlap(VIDEO, shifted(laboratory(0.0), 400.0))
