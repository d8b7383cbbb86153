from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support.analyses import synthetic_squat
from vidgait.outputs.filming import Check, check_footage, needed_sides
from vidgait.types import Analysis, Movement, View


def found(analysis: Analysis, name: str) -> Check:
    return next(check for check in check_footage(analysis) if check.name == name)


def with_segment(**changes: Any) -> Analysis:
    analysis = synthetic_squat("left")
    return replace(analysis, segments=(replace(analysis.segments[0], **changes),))


@pytest.mark.parametrize(
    ("view", "yaw_deg", "rating", "words"),
    [
        ("left", 90.0, "good", "from the person’s left, turned 0"),
        ("left", 70.0, "fair", "turned 20"),
        ("right", -55.0, "weak", "turned 35"),
        ("front", 2.0, "good", "from the front, turned 2"),
        ("front", -6.0, "fair", "from a true front view"),
        ("front", 15.0, "weak", "turned 15"),
        ("back", 180.0, "good", "from a true back view"),
        ("oblique", 50.0, "weak", "at an angle"),
        ("unknown", None, "weak", "could not be told"),
    ],
)
def test_direction(view: View, yaw_deg: float | None, rating: str, words: str) -> None:
    check = found(with_segment(view=view, yaw_deg=yaw_deg), "Camera direction")
    assert check.rating == rating
    assert words in check.found
    assert bool(check.advice) == (rating != "good")


def test_a_direction_that_is_hardly_known_is_not_called_good() -> None:
    check = found(with_segment(view="front", yaw_deg=1.0, yaw_error_deg=20.0), "Camera direction")
    assert check.rating == "fair" and "hard to tell" in check.advice


@pytest.mark.parametrize(
    ("height_px", "rating", "advice"), [(800.0, "good", ""), (500.0, "fair", "Come closer"), (790.0, "good", "")]
)
def test_size(height_px: float, rating: str, advice: str) -> None:
    check = found(with_segment(body_height_px=height_px), "Size in the picture")
    assert (check.rating, check.advice.startswith(advice)) == (rating, True)


def test_a_person_who_fills_a_small_picture_needs_more_pixels_not_less_distance() -> None:
    analysis = with_segment(body_height_px=330.0)
    check = found(replace(analysis, video=replace(analysis.video, size_px=(640, 360))), "Size in the picture")
    assert check.rating == "weak" and "resolution" in check.advice


def test_feet_out_of_the_picture() -> None:
    analysis = synthetic_squat("left")
    assert found(analysis, "Legs in the picture").rating == "good"
    height = analysis.video.size_px[1]
    low = analysis.raw.xy_px.copy()
    low[..., 1] += height - np.nanmax(low[..., 1])
    cut = found(replace(analysis, raw=analysis.raw.replace(xy_px=low)), "Legs in the picture")
    assert cut.rating == "weak" and "100%" in cut.found and cut.advice


def test_only_the_near_leg_must_be_seen_from_the_side() -> None:
    analysis = synthetic_squat("left")
    assert needed_sides(analysis.segments[0]) == ("left",)
    assert needed_sides(None) == ("left", "right")
    assert found(analysis, "Joints seen").rating == "good"
    hidden = analysis.raw.replace(score=np.full_like(analysis.raw.score, 0.4))
    assert found(replace(analysis, raw=hidden), "Joints seen").rating == "weak"


@pytest.mark.parametrize(("roll_deg", "rating"), [(0.4, "good"), (-3.0, "fair"), (35.0, "weak")])
def test_level(roll_deg: float, rating: str) -> None:
    assert found(with_segment(roll_deg=roll_deg), "Camera level").rating == rating


@pytest.mark.parametrize(
    ("label", "rate_hz", "rating"),
    [
        ("squat", 29.97, "good"),
        ("squat", 20.0, "fair"),
        ("squat", 8.0, "weak"),
        ("walk", 30.0, "fair"),
        ("run", 60.0, "fair"),
        ("squat_jump", 59.9, "good"),
        (None, 30.0, "good"),
    ],
)
def test_rate(label: str | None, rate_hz: float, rating: str) -> None:
    analysis = synthetic_squat("left")
    video = replace(analysis.video, capture_rate_hz=rate_hz)
    check = found(replace(analysis, video=video, movement=Movement(label, 1.0, "")), "Pictures a second")
    assert check.rating == rating


def test_nothing_known_is_not_called_good() -> None:
    analysis = synthetic_squat("left")
    bare = replace(analysis, segments=(), video=replace(analysis.video, capture_rate_hz=None))
    names = {check.name: check.rating for check in check_footage(bare)}
    assert names["Camera direction"] == "weak"
    assert not {"Size in the picture", "Camera level", "Pictures a second"} & set(names)
