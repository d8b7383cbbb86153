from __future__ import annotations

from typing import Any

import pytest

from vidgait.outputs import words


@pytest.mark.parametrize(
    ("value", "error", "unit", "text"),
    [
        (97.26, 5.2, "deg", "97 ± 5°"),
        (-8.4, 6.0, "deg", "−8 ± 6°"),
        (-0.2, 6.0, "deg", "0 ± 6°"),
        (97.26, 1.24, "deg", "97.3 ± 1.2°"),
        (0.9712, 0.15, "ratio", "0.97 ± 0.15"),
        (1.234, 0.06, "s", "1.23 ± 0.06 s"),
        (3.21, 2.4, "% body height", "3 ± 2 % body height"),
        (97.26, None, "deg", "97°"),
        (0.5, None, "", "0.50"),
        (None, 5.0, "deg", "–"),
        (float("nan"), 5.0, "deg", "–"),
        (12.0, float("nan"), "deg", "12°"),
    ],
)
def test_a_number_shows_what_its_error_allows(value: Any, error: Any, unit: str, text: str) -> None:
    assert words.quantity(value, error, unit).replace("\u00a0", " ") == text


def test_no_line_ends_inside_a_number() -> None:
    assert " " not in words.quantity(97.0, 5.0, "s")


@pytest.mark.parametrize(("time_s", "text"), [(0, "0:00.0"), (3.44, "0:03.4"), (59.97, "1:00.0"), (725.0, "12:05.0")])
def test_clock(time_s: float, text: str) -> None:
    assert words.clock(time_s) == text


def test_lists_and_counts() -> None:
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b"]) == "a and b"
    assert words.listed(["a", "b", "c"], "or") == "a, b or c"
    assert words.counted(1, "squat") == "1 squat"
    assert words.counted(0, "squat") == "0 squats"
    assert words.counted(2, "sit to stand", "sit to stands") == "2 sit to stands"


def test_words_from_elsewhere_become_sentences() -> None:
    assert words.full_stop("the largest one. ") == "The largest one."
    assert words.full_stop("FPPA is up") == "FPPA is up."
    assert words.sided("Knee", "left") == "Knee (left)"


def test_curves_have_names() -> None:
    assert words.series_title("knee_flexion_deg") == "Knee flexion"
    assert words.series_title("knee_flexion_velocity_deg_s") == "Knee flexion velocity"
    assert words.series_title("fppa_deg") == "Knee position from the front (FPPA)"
    assert words.series_note("no_such_series_deg") == ""
    assert words.short_unit("% body height") == "percent"
    assert words.short_unit("leg lengths") == ""
