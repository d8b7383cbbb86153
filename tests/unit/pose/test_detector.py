"""The detector's geometry by hand, without the network."""

from __future__ import annotations

import numpy as np
import pytest

from vidgait.pose.detector import anchors, decode, letterbox, weighted_suppression
from vidgait.pose.sampling import Sampler


def test_anchors_are_cell_centres_in_the_order_of_the_layers() -> None:
    centres = anchors()
    assert centres.shape == (2254, 2)
    # 28 x 28 cells with 2, 14 x 14 with 2, 7 x 7 with 3 layers of 2.
    assert centres[0] == pytest.approx(centres[1])
    assert centres[0] == pytest.approx([0.5 / 28, 0.5 / 28])
    assert centres[2] == pytest.approx([1.5 / 28, 0.5 / 28])
    assert centres[2 * 28] == pytest.approx([0.5 / 28, 1.5 / 28])
    assert centres[1568] == pytest.approx([0.5 / 14, 0.5 / 14])
    assert centres[1568 + 392 : 1568 + 392 + 6] == pytest.approx(np.full((6, 2), 0.5 / 7))
    assert centres[-1] == pytest.approx([6.5 / 7, 6.5 / 7])


@pytest.mark.parametrize(("height", "width"), [(480, 640), (1920, 1080), (2, 2), (224, 224), (33, 901)])
def test_letterbox_keeps_the_whole_picture_and_its_shape(height: int, width: int) -> None:
    image = np.full((height, width, 3), 200, np.uint8)
    square, to_image = letterbox(image, Sampler(224))
    assert square.shape == (224, 224, 3)
    longest = max(height, width)
    assert to_image @ [112, 112, 1] == pytest.approx([width / 2, height / 2])
    assert to_image[0, 0] == to_image[1, 1] == pytest.approx(longest / 224)
    if longest / min(height, width) > 1.1:
        assert not square[0, 0].any(), "the bars are black"


def test_decode_places_boxes_and_points_at_their_anchor() -> None:
    boxes = np.zeros((3, 12), np.float32)
    boxes[1] = [22.4, -22.4, 44.8, 89.6, 0, 0, 0, -56, 11.2, 0, 0, 0]
    logits = np.array([-200.0, 2.0, -1.0], np.float32)
    scores, corners, points = decode(boxes, logits, np.full((3, 2), 0.5), 0.5)
    assert scores == pytest.approx([1 / (1 + np.exp(-2))])
    assert corners[0] == pytest.approx([0.5, 0.2, 0.7, 0.6])
    assert points[0] == pytest.approx(np.array([[0.5, 0.5], [0.5, 0.25], [0.55, 0.5], [0.5, 0.5]]))


def test_suppression_averages_one_person_by_score_and_keeps_two_apart() -> None:
    corners = np.array([[0.1, 0.1, 0.3, 0.5], [0.12, 0.1, 0.32, 0.5], [0.6, 0.1, 0.8, 0.5]])
    points = np.array([np.full((4, 2), 0.2), np.full((4, 2), 0.3), np.full((4, 2), 0.7)])
    merged = weighted_suppression(np.array([0.6, 0.9, 0.8]), corners, points)
    assert len(merged) == 2
    assert merged[0] == pytest.approx(np.full((4, 2), (0.6 * 0.2 + 0.9 * 0.3) / 1.5))
    assert merged[1] == pytest.approx(np.full((4, 2), 0.7))


def test_suppression_of_nothing_and_of_boxes_without_area() -> None:
    none = np.zeros((0, 4))
    assert weighted_suppression(np.zeros(0), none, np.zeros((0, 4, 2))) == []
    flat = np.full((2, 4), 0.5)
    assert len(weighted_suppression(np.array([0.9, 0.8]), flat, np.zeros((2, 4, 2)))) == 2
