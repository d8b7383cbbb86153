"""Squares out of pictures: which pixel lands where, known by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidgait.pose.regions import Region
from vidgait.pose.sampling import Sampler


def ramp(height: int, width: int) -> np.ndarray:
    """Blue is the column, green the row, red the sum, so that a bilinear sample says where it was taken."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x, y, x + y], axis=-1).astype(np.uint8)


def test_the_identity_gives_the_picture_back() -> None:
    image = ramp(64, 64)
    assert (Sampler(64).square(image, np.eye(2, 3), repeat_edge=True) == image).all()


def test_a_shift_a_scale_and_a_quarter_turn() -> None:
    image, sampler = ramp(100, 120), Sampler(16)
    shifted = sampler.square(image, np.array([[1.0, 0, 40], [0, 1, 20]]), repeat_edge=True)
    assert shifted[3, 5].tolist() == [45, 23, 68]
    half = sampler.square(image, np.array([[2.0, 0, 10], [0, 2, 30]]), repeat_edge=True)
    assert half[3, 5].tolist() == [20, 36, 56]
    turned = sampler.square(image, np.array([[0.0, -1, 60], [1, 0, 30]]), repeat_edge=True)
    assert turned[3, 5].tolist() == [57, 35, 92]


@given(st.floats(10, 60), st.floats(10, 60), st.floats(20, 60), st.floats(-3.1, 3.1))
def test_every_pixel_comes_from_where_the_region_says(x: float, y: float, side: float, angle: float) -> None:
    """Within half a grey level, which is half a pixel here, and the 1/32 px of the rounding."""
    to_image = Region(x, y, side, angle).to_image(32)
    square = Sampler(32).square(ramp(110, 110), to_image, repeat_edge=True).astype(float)
    columns, rows = np.meshgrid(np.arange(32), np.arange(32))
    wanted = np.stack([columns, rows, np.ones_like(rows)], axis=-1) @ to_image.T
    inside = ((wanted >= 0) & (wanted <= 109)).all(axis=-1)
    assert np.abs(square[..., :2] - wanted)[inside].max(initial=0) <= 0.5 + 1 / 32 + 1e-6


def test_positions_are_rounded_to_a_thirty_second() -> None:
    image = np.zeros((2, 3, 3), np.uint8)
    image[:, 1] = 128
    values = []
    for shift in (0.0, 1 / 64 - 0.001, 1 / 64 + 0.001, 1 / 32, 0.5):
        to_image = np.array([[0.0, 0, shift], [0, 0, 0]])
        values.append(int(Sampler(4).square(image, to_image, repeat_edge=True)[0, 0, 0]))
    assert values == [0, 0, 4, 4, 64]


def test_outside_the_picture() -> None:
    image = np.zeros((40, 40, 3), np.uint8)
    image[:, :20] = (10, 20, 30)
    to_image = Region(20.0, 20.0, 400.0, 0.0).to_image(256)
    repeated = Sampler(256).square(image, to_image, repeat_edge=True)
    assert repeated[0, 0].tolist() == [10, 20, 30]
    assert repeated[0, -1].tolist() == [0, 0, 0]
    assert not Sampler(256).square(image, to_image, repeat_edge=False)[0, 0].any()


@pytest.mark.parametrize("far", [1e5, -1e5, 1e12, -1e12])
def test_a_region_far_away_wraps_nowhere(far: float) -> None:
    image = np.full((40, 40, 3), 200, np.uint8)
    to_image = Region(far, far, 300.0, 0.3).to_image(64)
    assert not Sampler(64).square(image, to_image, repeat_edge=False).any()
    assert (Sampler(64).square(image, to_image, repeat_edge=True) == 200).all()


def test_a_sampler_forgets_the_last_square() -> None:
    sampler, image = Sampler(32), ramp(90, 90)
    first = sampler.square(image, np.eye(2, 3), repeat_edge=True)
    kept = first.copy()
    sampler.square(image, np.array([[2.0, 0, 3], [0, 2, 9]]), repeat_edge=True)
    assert (first == kept).all()
    assert (sampler.square(image, np.eye(2, 3), repeat_edge=True) == kept).all()


def test_frozen_and_turned_pictures_are_accepted() -> None:
    image = ramp(50, 80)
    turned = np.rot90(image)
    turned.flags.writeable = False
    square = Sampler(16).square(turned, np.eye(2, 3), repeat_edge=True)
    assert (square == np.ascontiguousarray(turned)[:16, :16]).all()
