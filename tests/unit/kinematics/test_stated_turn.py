"""A stated turn and a line on the floor: geometry known by hand, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.skeletons import CAMERA, Camera, film, join, squat, standing
from vidgait.errors import SettingsError
from vidgait.kinematics.camera import trusted_turn_deg
from vidgait.kinematics.floor_line import LineView, turn_along_line_deg, turn_with_error_deg
from vidgait.kinematics.segments import find_segments
from vidgait.kinematics.stated_turn import unmirrored
from vidgait.settings import Settings, SubjectSettings, ViewSettings


def segments_of(track, **view):
    return find_segments(
        track, CAMERA.size_px, ViewSettings(heading_habits="none", **view), SubjectSettings(), CAMERA.focal_px
    )


def line_px(camera: Camera, yaw_deg: float, *, beside_m: float = 0.0, back: bool = False):
    """Two points of a line on the floor from the person (turned by `yaw_deg`) straight ahead, or straight back."""
    turn = np.radians(yaw_deg)
    ahead = np.array([-np.sin(turn), 0.0, np.cos(turn)]) * (-1.0 if back else 1.0)
    across = np.array([ahead[2], 0.0, -ahead[0]])
    return camera.project(np.array([ahead * 0.3, ahead * 1.6]) + beside_m * across)


def stated(points) -> tuple[float, ...]:
    return tuple(float(value) for value in np.ravel(points))


@pytest.mark.parametrize("yaw_deg", [-20.0, -5.0, 0.0, 12.0])
@pytest.mark.parametrize("pitch_deg", [-5.0, 0.0, 12.0])
@pytest.mark.parametrize("height_m, x_m", [(0.4, 0.0), (1.6, 0.6)])
def test_the_formula_is_exact_for_a_known_camera(yaw_deg, pitch_deg, height_m, x_m):
    camera = Camera(height_m=height_m, pitch_deg=pitch_deg)
    feet_m = np.array([x_m, 0.0, 0.0])
    sight_deg = np.degrees(np.arctan2(x_m, camera.distance_m))
    facing = np.radians(yaw_deg + sight_deg)  # the line of sight to somebody at the side is turned itself
    ahead = np.array([-np.sin(facing), 0.0, np.cos(facing)])
    middle = np.array(camera.size_px) / 2
    line = camera.project(np.array([feet_m + 0.2 * ahead, feet_m + 1.5 * ahead])) - middle
    feet = camera.project(feet_m) - middle
    turn = turn_along_line_deg(line, feet, np.array(camera.focal_px), np.array(pitch_deg))
    assert turn == pytest.approx(yaw_deg, abs=1e-6)


@pytest.mark.parametrize("order", [1, -1])
def test_the_line_may_lie_beside_the_person_and_run_either_way(order):
    track = film(squat(60, reps=2, yaw_deg=6))
    (one,) = segments_of(track, floor_line=stated(line_px(CAMERA, 6, beside_m=0.3)[::order]))
    assert one.yaw_source == "floor_line"
    assert one.yaw_deg == pytest.approx(6, abs=0.7)
    assert one.yaw_error_deg < 4


def test_from_behind_it_is_counted_from_180():
    track = film(squat(60, reps=2, yaw_deg=-174))
    (one,) = segments_of(track, floor_line=stated(line_px(CAMERA, -174, back=True)))
    assert one.view == "back"
    assert one.yaw_deg == pytest.approx(-174, abs=0.8)


@pytest.mark.parametrize("height_m", [0.4, 1.0, 1.6])
def test_the_error_holds_what_the_camera_may_be(height_m):
    """Cameras drawn by the stated rules: 95 % of the turns lie within their errors, and no error is absurdly wide."""
    rng, held, widths = np.random.default_rng(7), [], []
    for _ in range(200):
        yaw, roll, pitch = rng.uniform(-10, 10), rng.normal(0, 1.5), rng.normal(0, 4)
        camera = Camera(height_m=height_m, pitch_deg=pitch, roll_deg=roll)
        clicks = line_px(camera, yaw) + rng.normal(0, 3, (2, 2))
        seen = LineView(clicks, camera.project(np.zeros(3)), 750.0, camera.size_px, 1500.0, True, 0.0, 1.75, None)
        turn, error = turn_with_error_deg(seen)
        held.append(abs(turn - yaw) <= error)
        widths.append(error)
    assert 0.9 <= np.mean(held) <= 1.0
    assert np.median(widths) < 6


def test_a_stated_lens_height_takes_the_pitch_out():
    camera = Camera(height_m=0.5, pitch_deg=-5)
    body_px = float(np.diff(camera.project(np.array([[0, 1.75, 0], [0, 0, 0.0]]))[:, 1])[0])
    seen = LineView(
        line_px(camera, 8), camera.project(np.zeros(3)), body_px, camera.size_px, 1500.0, True, 0.0, 1.75, None
    )
    unknown, wide = turn_with_error_deg(seen)
    known, narrow = turn_with_error_deg(replace(seen, camera_height_m=0.5))
    assert abs(known - 8) < 0.5 < abs(unknown - 8) < wide
    assert narrow < wide


def test_what_is_stated_is_believed_and_not_drawn_to_zero():
    track = film(squat(60, reps=2, yaw_deg=8))
    (one,) = segments_of(track, yaw_deg=9.0, yaw_error_deg=2.0)
    assert (one.yaw_deg, one.yaw_error_deg, one.yaw_source) == (9.0, 2.0, "stated")
    assert "stated" in one.yaw_basis
    assert trusted_turn_deg(one) == 9.0
    assert 0 < trusted_turn_deg(segments_of(track)[0]) < 8


def test_a_stated_turn_holds_only_where_the_person_faces_that_way():
    front, side = squat(60, reps=2, yaw_deg=4), squat(60, reps=2, yaw_deg=90)
    found = segments_of(film(join(front, standing(1.0, yaw_deg=90), side)), yaw_deg=2.0)
    assert [one.yaw_source for one in found] == ["stated", "picture"]
    assert found[1].view == "left"


def test_a_stated_side_view_names_the_near_leg():
    (one,) = segments_of(film(squat(60, reps=2, yaw_deg=-85)), yaw_deg=-90.0)
    assert (one.view, one.near_side, one.facing) == ("right", "right", "image_right")


@pytest.mark.parametrize(
    "view, says",
    [
        ({"yaw_deg": 90.0}, "fits nothing in this clip"),
        ({"floor_line": (10.0, 1500.0, 900.0, 1520.0)}, "runs across the picture"),
        ({"floor_line": (540.0, 1500.0, 5400.0, 9000.0)}, "outside the picture"),
        ({"floor_line": (540.0, 1400.0, 1000.0, 1600.0)}, "beside the camera"),
    ],
)
def test_nonsense_is_refused_in_one_line(view, says):
    with pytest.raises(SettingsError, match=says) as caught:
        segments_of(film(squat(60, reps=2)), **view)
    assert "\n" not in str(caught.value.message)


def test_a_line_ahead_says_nothing_of_somebody_seen_from_the_side():
    with pytest.raises(SettingsError, match="from the front or the back"):
        segments_of(film(squat(60, reps=2, yaw_deg=90)), floor_line=(540.0, 1400.0, 540.0, 1700.0))


def test_a_mirrored_picture_mirrors_the_line():
    view = unmirrored(ViewSettings(floor_line=(100.0, 1400.0, 200.0, 1700.0)), 1080)
    assert view.floor_line == (979.0, 1400.0, 879.0, 1700.0)
    assert unmirrored(ViewSettings(), 1080) == ViewSettings()


@pytest.mark.parametrize(
    "options, says",
    [
        ({"yaw_deg": 200.0}, "between -180 and 180"),
        ({"yaw_error_deg": 0.0}, "between 0.5 and 45"),
        ({"floor_line": (1.0, 2.0, 3.0)}, "four numbers"),
        ({"floor_line": (-1.0, 2.0, 3.0, 90.0)}, "four numbers"),
        ({"floor_line": (1.0, 2.0, 3.0, 4.0)}, "pixels apart"),
        ({"floor_line": (1.0, 2.0, 3.0, 90.0), "yaw_deg": 3.0}, "give one of them"),
        ({"camera_height_m": 1.0}, "beside floor_line"),
        ({"floor_line": (1.0, 2.0, 3.0, 90.0), "camera_height_m": 9.0}, "between 0.05 and 3"),
    ],
)
def test_settings_refuse_what_cannot_be(options, says):
    with pytest.raises(SettingsError, match=says):
        Settings().with_options(options)


def test_the_later_word_takes_the_place_of_the_earlier():
    line = Settings().with_options({"floor_line": (500.0, 1400.0, 500.0, 1700.0), "camera_height_m": 1.0})
    turned = line.with_options({"yaw_deg": 3.0})
    assert (turned.view.yaw_deg, turned.view.floor_line, turned.view.camera_height_m) == (3.0, None, None)
    assert turned.with_options({"floor_line": (1.0, 2.0, 3.0, 90.0)}).view.yaw_deg is None
    assert Settings.from_mapping(line.to_mapping()) == line
