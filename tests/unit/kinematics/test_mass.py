"""The centre of mass of figures whose answer is known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from vidgait.kinematics.mass import ARM, FOOT, HEAD, SHANK, THIGH, TRUNK, centre_of_mass_px
from vidgait.kinematics.standing import POINTS


def figure(**moved: tuple[float, float]) -> dict[str, np.ndarray]:
    heights = {"shoulder": 0, "hip": 500, "knee": 900, "ankle": 1300, "heel": 1330, "toe": 1340}
    points = {name: np.array([0.0, heights[name.split("_")[1]]]) for name in POINTS}
    return points | {name: np.array(at, float) for name, at in moved.items()}


def test_the_masses_add_up_to_the_body() -> None:
    """de Leva's columns sum to 100 %; the mean of both sexes does too, within rounding."""
    assert pytest.approx(100, abs=0.2) == HEAD + TRUNK + 2 * (ARM + THIGH + SHANK + FOOT)


def test_a_symmetric_figure_has_it_in_its_middle_at_the_height_of_the_pelvis() -> None:
    x, y = centre_of_mass_px(figure())
    assert x == pytest.approx(0.0)
    assert 400 < y < 550  # somewhat above the hip joints


def test_a_shin_moves_it_by_its_share_of_mass() -> None:
    before = centre_of_mass_px(figure())
    after = centre_of_mass_px(figure(left_toe=(100, 1340), left_heel=(100, 1330)))
    assert after[0] - before[0] == pytest.approx(100 * FOOT / 100, rel=0.01)


def test_it_moves_with_the_figure_and_is_missing_with_a_point() -> None:
    shifted = {name: xy + np.array([30.0, -20.0]) for name, xy in figure().items()}
    assert centre_of_mass_px(shifted) - centre_of_mass_px(figure()) == pytest.approx([30.0, -20.0])
    assert np.isnan(centre_of_mass_px(figure(right_knee=(np.nan, np.nan)))).all()
