"""Verdicts, by made-up bands: the catalogue has none yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vidgait.measures import CATALOGUE, Bands
from vidgait.measures.grading import verdict_of

MORE_IS_BETTER = replace(CATALOGUE[0], bands=Bands(good=90.0, poor=70.0, source="made up"))
LESS_IS_BETTER = replace(CATALOGUE[0], bands=Bands(good=10.0, poor=30.0, source="made up"))


@pytest.mark.parametrize(
    ("value", "error", "verdict"),
    [
        (96, 5, "good"),
        (95, 5, "good"),
        (94, 5, None),
        (80, 5, "watch"),
        (74, 5, None),
        (65, 5, "poor"),
        (80, 15, None),
    ],
)
def test_a_verdict_only_where_the_error_crosses_no_edge(value: float, error: float, verdict: str | None) -> None:
    assert verdict_of(MORE_IS_BETTER, value, error) == verdict
    assert verdict_of(LESS_IS_BETTER, 100 - value, error) == verdict


def test_without_bands_there_is_no_verdict() -> None:
    assert verdict_of(replace(CATALOGUE[0], bands=None), 80.0, 1.0) is None
