"""Primitives change the pixels they should, colour included, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidgait.outputs.canvas import Box, Canvas, Colour, Sprite, arc_points

if TYPE_CHECKING:
    from vidgait.types import ImageArray

WIDTH, HEIGHT = 96, 64
RED = Colour.of("#ff0000")
GREY = (126, 128, 128)


def grey_planes(width: int = WIDTH, height: int = HEIGHT) -> ImageArray:
    planes = np.full((height * 3 // 2, width), 128, np.uint8)
    planes[:height] = GREY[0]
    return planes


def changed(canvas: Canvas, channel: int = 0) -> np.ndarray:
    return np.argwhere(canvas.planes[channel] != GREY[channel])


def test_colours_are_bt709_limited_range() -> None:
    assert Colour.of("#ffffff") == (235, 128, 128)
    assert Colour.of("#000000") == (16, 128, 128)
    assert Colour.of("#ff0000") == (63, 102, 240)
    assert Colour.of("#00ff00") == (173, 42, 26)
    assert Colour.of("#0000ff") == (32, 240, 118)


@pytest.mark.parametrize(
    "planes",
    [
        np.zeros((95, 96), np.uint8),
        np.zeros((96, 95), np.uint8),
        np.zeros((96, 96), np.float32),
        np.zeros((96, 192), np.uint8)[:, ::2],
    ],
)
def test_planes_of_another_layout_are_refused(planes: ImageArray) -> None:
    with pytest.raises(ValueError, match="contiguous uint8"):
        Canvas(planes)


def test_planes_are_those_of_pyav() -> None:
    frame = av.VideoFrame(8, 6, "yuv420p")
    for plane, value in zip(frame.planes, (10, 20, 30), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    canvas = Canvas(np.ascontiguousarray(frame.to_ndarray()))
    assert [plane.shape for plane in canvas.planes] == [(6, 8), (3, 4), (3, 4)]
    assert [set(plane.ravel().tolist()) for plane in canvas.planes] == [{10}, {20}, {30}]


def test_a_height_that_is_not_a_multiple_of_four_keeps_u_and_v_apart() -> None:
    planes = grey_planes(8, 6)
    Canvas(planes).rectangle(Box(0, 0, 8, 6), RED)
    assert planes.ravel().tolist() == [63] * 48 + [102] * 12 + [240] * 12


def test_a_rectangle_fills_exactly_its_box() -> None:
    planes = grey_planes()
    canvas = Canvas(planes)
    canvas.rectangle(Box(10, 20, 30, 26), RED)
    wanted = np.full((HEIGHT, WIDTH), GREY[0])
    wanted[20:26, 10:30] = RED.y
    assert (canvas.planes[0] == wanted).all()
    for channel in (1, 2):
        half = np.full((HEIGHT // 2, WIDTH // 2), 128)
        half[10:13, 5:15] = RED[channel]
        assert (canvas.planes[channel] == half).all()


def test_a_stroke_lies_on_its_line_in_every_plane() -> None:
    canvas = Canvas(grey_planes())
    canvas.strokes([np.array([[10.0, 30.0], [60.0, 30.0]])], (RED, 4.0))
    assert (canvas.planes[0][29:32, 12:58] == RED.y).all()
    rows, columns = changed(canvas).T
    assert rows.min() >= 26
    assert rows.max() <= 34
    assert columns.min() >= 6
    assert columns.max() <= 64
    for channel in (1, 2):
        assert (canvas.planes[channel][15, 7:29] == RED[channel]).mean() > 0.9
        rows, columns = changed(canvas, channel).T
        assert rows.min() >= 12
        assert rows.max() <= 18


def test_upper_layers_lie_over_the_lower_layers_of_every_line() -> None:
    canvas = Canvas(grey_planes())
    cross = [np.array([[10.0, 30.0], [60.0, 30.0]]), np.array([[35.0, 10.0], [35.0, 50.0]])]
    canvas.strokes(cross, (Colour.of("#000000"), 8.0), (RED, 2.0))
    assert canvas.planes[0][30, 35] == RED.y
    assert canvas.planes[0][30, 33] == RED.y, "the outline of the second line must not cut the first"


def test_half_pixels_move_the_edge() -> None:
    pictures = []
    for offset in (0.0, 0.5):
        canvas = Canvas(grey_planes())
        canvas.strokes([np.array([[10.0, 30.0 + offset], [60.0, 30.0 + offset]])], (RED, 3.0))
        pictures.append(canvas.planes[0][25:36, 30].astype(int) - GREY[0])
    centres = [float((np.arange(11) * picture).sum() / picture.sum()) for picture in pictures]
    assert centres[1] - centres[0] == pytest.approx(0.5, abs=0.15)


def test_a_disc_has_its_centre_and_area() -> None:
    canvas = Canvas(grey_planes())
    canvas.discs(np.array([[40.0, 30.0]]), (RED, 8.0))
    covered = (canvas.planes[0].astype(float) - GREY[0]) / (RED.y - GREY[0])
    # OpenCV reaches half a pixel beyond the radius.
    assert np.pi * 8**2 <= covered.sum() <= np.pi * 8.6**2
    assert np.argwhere(covered > 0.5).mean(axis=0) == pytest.approx([30, 40], abs=0.2)
    assert canvas.planes[2][15, 20] == RED.v


def test_a_polygon_is_filled() -> None:
    canvas = Canvas(grey_planes())
    canvas.polygon(np.array([[20.0, 10.0], [40.0, 10.0], [40.0, 30.0], [20.0, 30.0]]), RED)
    assert (canvas.planes[0][11:30, 21:40] == RED.y).all()
    assert canvas.planes[0][40, 30] == GREY[0]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -1e7, 1e7])
def test_missing_and_absurd_points_draw_nothing(bad: float) -> None:
    canvas = Canvas(grey_planes())
    canvas.strokes([np.array([[10.0, 10.0], [bad, 20.0]])], (RED, 3.0))
    canvas.discs(np.array([[bad, 20.0]]), (RED, 3.0))
    canvas.polygon(np.array([[10.0, 10.0], [bad, 20.0], [30.0, 30.0]]), RED)
    assert not len(changed(canvas))


def test_one_bad_line_does_not_take_the_others_with_it() -> None:
    canvas = Canvas(grey_planes())
    canvas.strokes([np.full((2, 2), np.nan), np.array([[10.0, 10.0], [30.0, 10.0]])], (RED, 3.0))
    assert canvas.planes[0][10, 20] == RED.y


def rgba(width: int, height: int, colour: tuple[int, int, int], opacity: float) -> ImageArray:
    pixel = [round(value * opacity) for value in (*colour, 255)]
    return np.broadcast_to(np.array(pixel, np.uint8), (height, width, 4))


def test_an_opaque_sprite_replaces_and_a_clear_one_changes_nothing() -> None:
    canvas = Canvas(grey_planes())
    box = canvas.sprite(Sprite.from_premultiplied(rgba(10, 6, (255, 0, 0), 1.0)), 20, 10)
    assert box == Box(20, 10, 30, 16)
    assert (canvas.planes[0][10:16, 20:30] == RED.y).all()
    assert (canvas.planes[2][5:8, 10:15] == RED.v).all()
    assert len(changed(canvas)) == 60
    assert len(changed(canvas, 2)) == 15
    canvas.sprite(Sprite.from_premultiplied(rgba(10, 6, (0, 0, 0), 0.0)), 60, 30)
    assert len(changed(canvas)) == 60


def test_half_opacity_is_half_way() -> None:
    canvas = Canvas(grey_planes())
    canvas.sprite(Sprite.from_premultiplied(rgba(10, 6, (255, 0, 0), 0.5)), 20, 10)
    for channel, half in ((0, 1), (1, 2), (2, 2)):
        middle = canvas.planes[channel][12 // half, 24 // half]
        assert middle == pytest.approx((GREY[channel] + RED[channel]) / 2, abs=1.5)


def test_odd_sprites_become_even() -> None:
    assert Sprite.from_premultiplied(rgba(7, 5, (255, 0, 0), 1.0)).size_px == (8, 6)


@settings(max_examples=60, deadline=None)
@given(st.integers(-30, 110), st.integers(-30, 80), st.integers(1, 40), st.integers(1, 40))
def test_a_sprite_anywhere_changes_only_what_lies_under_it(left: int, top: int, width: int, height: int) -> None:
    canvas = Canvas(grey_planes())
    box = canvas.sprite(Sprite.from_premultiplied(rgba(width, height, (255, 0, 0), 1.0)), left, top)
    inside = box.within((WIDTH, HEIGHT))
    for channel, half in ((0, 1), (2, 2)):
        outside = np.ones((HEIGHT // half, WIDTH // half), bool)
        outside[inside.top // half : inside.bottom // half, inside.left // half : inside.right // half] = False
        assert (canvas.planes[channel][outside] == GREY[channel]).all()
    if width % 2 == 0 and height % 2 == 0:
        assert len(changed(canvas)) == max(0, inside.width) * max(0, inside.height)


def test_fading_shows_what_was_drawn_with_its_strength() -> None:
    canvas = Canvas(grey_planes())
    with canvas.faded(Box(0, 0, 50, 40), 0.25):
        canvas.rectangle(Box(10, 10, 30, 20), RED)
    assert canvas.planes[0][15, 20] == pytest.approx(GREY[0] + 0.25 * (RED.y - GREY[0]), abs=1)
    assert canvas.planes[2][7, 10] == pytest.approx(128 + 0.25 * (RED.v - 128), abs=1)
    assert len(changed(canvas)) == 200


def test_fading_outside_the_picture_is_nothing() -> None:
    canvas = Canvas(grey_planes())
    with canvas.faded(Box(200, 200, 300, 300), 0.5):
        canvas.rectangle(Box(200, 200, 300, 300), RED)
    assert not len(changed(canvas))


def test_hiding_removes_detail_inside_and_leaves_the_rest() -> None:
    planes = np.random.default_rng(0).integers(16, 235, (HEIGHT * 3 // 2, WIDTH)).astype(np.uint8)
    before, canvas = Canvas(planes.copy()), Canvas(planes)
    canvas.hide((40.0, 30.0), 16.0)
    rows, columns = np.indices((HEIGHT, WIDTH))
    away = np.hypot(columns - 40, rows - 30)
    assert (canvas.planes[0][away > 16.01] == before.planes[0][away > 16.01]).all()
    inside = canvas.planes[0][away < 15].astype(float)
    assert inside.std() < 0.4 * before.planes[0][away < 15].std()
    assert np.abs(np.diff(canvas.planes[0][30, 28:52].astype(int))).max() < 25
    assert (canvas.planes[1] != before.planes[1]).any()


@pytest.mark.parametrize("centre", [(-5.0, 10.0), (95.0, 63.0), (-100.0, 0.0), (48.0, 200.0)])
def test_hiding_at_the_edge_and_beyond_is_safe(centre: tuple[float, float]) -> None:
    Canvas(grey_planes()).hide(centre, 12.0)


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#ff0000", "#00ff00", "#3070c0"])
def test_bgr_gives_the_colour_back(colour: str) -> None:
    canvas = Canvas(grey_planes())
    canvas.rectangle(Box(0, 0, WIDTH, HEIGHT), Colour.of(colour))
    blue, green, red = canvas.bgr()[30, 30].astype(int)
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    assert np.abs(np.array([red, green, blue]) - wanted).max() <= 2


def test_bgr_of_a_part_has_its_size() -> None:
    assert Canvas(grey_planes()).bgr(Box(10, 12, 30, 20)).shape == (8, 20, 3)


def test_arcs_run_clockwise_on_the_picture() -> None:
    points = arc_points((10.0, 20.0), 5.0, 0.0, 90.0)
    assert np.hypot(*(points - (10, 20)).T) == pytest.approx(np.full(len(points), 5.0))
    assert points[0] == pytest.approx([15, 20])
    assert points[-1] == pytest.approx([10, 25])


def test_boxes_know_whether_they_overlap() -> None:
    box = Box(10, 10, 20, 20)
    assert box.overlaps(Box(19, 19, 30, 30))
    assert not box.overlaps(Box(20, 10, 30, 20))
    assert box.grown(2) == Box(8, 8, 22, 22)
    assert Box(-5, 3, 99, 7).within((96, 64)) == Box(0, 2, 96, 8)
