"""Regions: squares around bodies, known by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidgait.pose.regions import Region, between, from_points, same_place


def test_an_upright_person_has_an_upright_region() -> None:
    region = from_points(np.array([100.0, 200.0]), np.array([100.0, 120.0]))
    assert region == Region(100.0, 200.0, pytest.approx(2 * 1.25 * 80), pytest.approx(0.0))


@pytest.mark.parametrize(
    ("edge", "angle_deg"),
    [((180.0, 200.0), 90.0), ((20.0, 200.0), -90.0), ((100.0, 280.0), -180.0), ((150.0, 150.0), 45.0)],
)
def test_the_region_turns_with_the_person(edge: tuple[float, float], angle_deg: float) -> None:
    region = from_points(np.array([100.0, 200.0]), np.array(edge))
    assert region is not None
    assert math.degrees(region.angle_rad) == pytest.approx(angle_deg)


@pytest.mark.parametrize("edge", [(100.0, 200.0), (math.nan, 1.0), (math.inf, 1.0)])
def test_points_without_extent_make_no_region(edge: tuple[float, float]) -> None:
    assert from_points(np.array([100.0, 200.0]), np.array(edge)) is None


def test_the_crop_maps_centre_and_corners() -> None:
    upright = Region(50.0, 60.0, 512.0, 0.0).to_image(256)
    assert upright @ [128, 128, 1] == pytest.approx([50.0, 60.0])
    assert upright @ [0, 0, 1] == pytest.approx([50.0 - 256, 60.0 - 256])
    turned = Region(50.0, 60.0, 512.0, math.pi / 2).to_image(256)
    # Turned clockwise by a quarter: the top of the crop is to the right in the picture.
    assert turned @ [128, 0, 1] == pytest.approx([50.0 + 256, 60.0])


@given(
    st.floats(-500, 500), st.floats(-500, 500), st.floats(5, 500), st.floats(-3, 3), st.floats(0.2, 5), st.floats(-3, 3)
)
def test_scaling_and_turning_the_points_scales_and_turns_the_region(
    x: float, y: float, length: float, angle: float, factor: float, turn: float
) -> None:
    def at(length: float, angle: float) -> Region:
        edge = np.array([x + length * math.sin(angle), y - length * math.cos(angle)])
        region = from_points(np.array([x, y]), edge)
        assert region is not None
        return region

    first, second = at(length, angle), at(length * factor, angle + turn)
    assert second.side_px == pytest.approx(first.side_px * factor, rel=1e-6)
    difference = second.angle_rad - first.angle_rad - turn
    assert math.cos(difference) == pytest.approx(1.0, abs=1e-9)


def test_between_goes_the_short_way_round() -> None:
    first = Region(0.0, 0.0, 100.0, math.radians(170))
    second = Region(10.0, 20.0, 200.0, math.radians(-170))
    middle = between(first, second, 0.5)
    assert (middle.x_px, middle.y_px, middle.side_px) == (5.0, 10.0, 150.0)
    assert abs(math.degrees(middle.angle_rad)) == pytest.approx(180.0)
    assert between(first, second, 0.0).x_px == 0.0
    assert between(first, second, 1.0).y_px == 20.0


def test_same_place_looks_at_distance_and_size() -> None:
    here = Region(100.0, 100.0, 200.0, 0.0)
    assert same_place(here, Region(130.0, 100.0, 220.0, 1.0))
    assert not same_place(here, Region(150.0, 100.0, 200.0, 0.0))
    assert not same_place(here, Region(100.0, 100.0, 400.0, 0.0))
