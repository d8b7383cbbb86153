"""Crops, heatmap refinement and world points by hand, without the network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from vidgait.pose.landmarks import LandmarkNetwork, refine, to_camera
from vidgait.pose.regions import Region

COLD = -50.0


def heatmaps(*peaks: tuple[int, int, int, float]) -> np.ndarray:
    """(39, 64, 64) cold logits with (keypoint, row, column, logit) peaks."""
    maps = np.full((39, 64, 64), COLD, np.float32)
    for keypoint, row, column, logit in peaks:
        maps[keypoint, row, column] = logit
    return maps


def test_a_sure_peak_moves_the_point_to_its_cell() -> None:
    points = np.array([[101.0, 81.0]])
    assert refine(points, heatmaps((0, 21, 27, 4.0))) == pytest.approx(np.array([[27 * 4.0, 21 * 4.0]]))


def test_two_cells_are_weighted_by_their_probability() -> None:
    points = np.array([[101.0, 81.0]])
    maps = heatmaps((0, 20, 25, math.log(3)), (0, 20, 27, 0.0))  # 0.75 and 0.5
    assert refine(points, maps) == pytest.approx(np.array([[4 * (0.75 * 25 + 0.5 * 27) / 1.25, 80.0]]))


@pytest.mark.parametrize(
    "maps",
    [
        heatmaps((0, 20, 25, -0.1)),  # the peak is below one half
        heatmaps((0, 20, 29, 9.0)),  # outside the 7 x 7 window around column 25
        heatmaps((1, 20, 25, 9.0)),  # another keypoint's map
    ],
)
def test_an_unsure_window_leaves_the_point(maps: np.ndarray) -> None:
    points = np.array([[101.3, 81.7]])
    assert refine(points, maps) == pytest.approx(points)


def test_points_outside_the_crop_stay_and_the_window_is_cut_at_its_edge() -> None:
    points = np.array([[-9.0, 40.0], [300.0, 40.0], [1.0, 1.0], [np.nan, 3.0]])
    maps = heatmaps((0, 10, 0, 9.0), (1, 10, 63, 9.0), (2, 0, 2, 9.0), (3, 0, 0, 9.0))
    refined = refine(points, maps)
    assert refined[:2] == pytest.approx(points[:2])
    assert refined[2] == pytest.approx([8.0, 0.0], abs=0.01)
    assert np.isnan(refined[3, 0])


def test_refinement_against_a_plain_loop() -> None:
    rng = np.random.default_rng(3)
    points, maps = rng.uniform(-10, 270, (39, 2)), rng.normal(0, 3, (39, 64, 64))
    assert refine(points, maps) == pytest.approx(plain_refine(points, maps))


def plain_refine(points: np.ndarray, maps: np.ndarray) -> np.ndarray:
    out = points.copy()
    for k, (column, row) in enumerate((points / 4).astype(int)):
        if not (0 <= column < 64 and row >= 0):
            continue
        x0, x1, y0, y1 = max(0, column - 3), min(64, column + 4), max(0, row - 3), min(64, row + 4)
        window = 1 / (1 + np.exp(-maps[k, y0:y1, x0:x1]))
        if window.size and window.max() >= 0.5:
            out[k, 0] = (window.sum(0) * np.arange(x0, x1)).sum() / window.sum() * 4
            out[k, 1] = (window.sum(1) * np.arange(y0, y1)).sum() / window.sum() * 4
    return out


def test_world_points_are_turned_back_with_y_up_and_z_to_the_camera() -> None:
    world = np.array([[0.0, -1.0, 0.2], [1.0, 0.0, 0.0]])  # a head above the hips and a hand to the image's right
    assert to_camera(world, 0.0) == pytest.approx(np.array([[0.0, 1.0, -0.2], [1.0, 0.0, 0.0]]))
    # The crop was turned clockwise by a quarter: what is up in it points to the image's right.
    assert to_camera(world, math.pi / 2) == pytest.approx(np.array([[1.0, 0.0, -0.2], [0.0, -1.0, 0.0]]))


class FakeNetwork:
    """Gives each crop the same pose: a vertical line of points, mid-hip in the middle, body edge above."""

    def __init__(self, presence: Sequence[float]) -> None:
        self.presence = list(presence)
        self.batches: list[int] = []

    def run(self, names: list[str], inputs: dict[str, Any]) -> list[np.ndarray]:
        assert names == ["landmarks", "presence", "heatmap", "world"]
        count = len(inputs["image"])
        assert inputs["image"].shape[1:] == (256, 256, 3)
        assert inputs["image"].dtype == np.uint8
        self.batches.append(count)
        landmarks = np.zeros((count, 39, 5), np.float32)
        landmarks[:, :, 0], landmarks[:, :, 1] = 128, np.linspace(28, 228, 39)
        landmarks[:, 33, :2], landmarks[:, 34, :2] = (128, 128), (128, 48)
        presence = np.array([[self.presence.pop(0)] for _ in range(count)], np.float32)
        return [landmarks, presence, np.stack([heatmaps()] * count), np.zeros((count, 39, 3), np.float32)]


def test_the_network_reads_every_crop_once_and_drops_the_absent() -> None:
    fake = FakeNetwork([0.9, 0.2, 0.5])
    image = np.zeros((100, 100, 3), np.uint8)
    regions = [Region(50.0, 50.0, 128.0, 0.0)] * 3
    first, second, third = LandmarkNetwork(fake, 0.5).poses([image] * 3, regions)
    assert fake.batches == [3]
    assert second is None
    assert first is not None and third is not None
    assert first.xy_px.shape == (33, 2)
    assert first.visibility == pytest.approx(np.full(33, 0.5))
    assert first.xy_px[0] == pytest.approx([50.0, 50.0 - 50.0])
    # The next region: mid-hip at the middle, the body edge 80 crop pixels above it, half an image pixel each.
    assert first.next_region == Region(50.0, 50.0, pytest.approx(2 * 1.25 * 40), pytest.approx(0.0))


def test_long_lists_are_cut_into_batches() -> None:
    fake = FakeNetwork([1.0] * 70)
    image = np.zeros((10, 10, 3), np.uint8)
    found = LandmarkNetwork(fake, 0.5).poses([image] * 70, [Region(5.0, 5.0, 10.0, 0.0)] * 70)
    assert len(found) == 70
    assert fake.batches == [64, 6]
