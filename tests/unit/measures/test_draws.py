"""Where draws of the keypoints put the instants of a repetition."""

import numpy as np
import pytest

from vidgait.measures.draws import drawn_instants_s
from vidgait.types import FloatArray, Rep

TIME_S = np.arange(0.0, 4.0, 1 / 60)
LATER_S = 0.02
"""Small, for draws are moved to first order only."""
BEND = Rep(1, "rep", 1.0, 3.0, instants={"eccentric_end": 1.9, "bottom": 2.0, "concentric_start": 2.1})
RISE = Rep(1, "rep", 1.0, 3.0, instants={"bottom": 1.0, "concentric_start": 1.0, "concentric_end": 1.9, "top": 2.0})


def _height(moved_s: float, length: float = 1.0) -> FloatArray:
    """(2, T) of a body that sinks and rises once, from 1 to 3 s; draw 1 does so `moved_s` later."""
    return np.stack([length * np.cos(np.pi * (TIME_S - late)) for late in (0.0, moved_s)])


def _moved(hips: FloatArray, shoulders: FloatArray, rep: Rep) -> dict[str, float]:
    return {name: float(at[1, 0] - at[0, 0]) for name, at in drawn_instants_s(hips, shoulders, TIME_S, rep).items()}


def test_the_lowest_point_goes_with_the_hips_and_the_rest_with_the_shoulders() -> None:
    moved = _moved(_height(LATER_S), _height(0.0, 300.0), BEND)
    assert moved.pop("bottom") == pytest.approx(LATER_S, rel=0.1)
    assert list(moved.values()) == pytest.approx([0.0] * 4)
    moved = _moved(_height(0.0), _height(LATER_S, 300.0), BEND)
    assert moved.pop("bottom") == 0.0
    assert list(moved.values()) == pytest.approx([LATER_S] * 4, rel=0.1)


def test_a_rise_begins_with_the_hips_and_ends_with_the_shoulders() -> None:
    moved = _moved(_height(0.0), _height(LATER_S), RISE)
    assert {name for name, by in moved.items() if by > LATER_S / 2} == {"concentric_end", "top"}


def test_where_shoulders_are_not_seen_throughout_the_hips_tell_all() -> None:
    shoulders = _height(0.0)
    shoulders[:, 40] = np.nan
    assert list(_moved(_height(LATER_S), shoulders, BEND).values()) == pytest.approx([LATER_S] * 5, rel=0.1)


def test_a_hold_stays_where_its_foot_put_it() -> None:
    hold = Rep(1, "hold", 1.0, 3.0, instants={"lifted": 1.2})
    assert set(_moved(_height(LATER_S), _height(LATER_S), hold).values()) == {0.0}
