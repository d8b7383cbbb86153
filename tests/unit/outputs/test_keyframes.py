"""The pictures of the report: which ones, with what words, and how they look."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.support.analyses import synthetic_squat
from vidgait.outputs.keyframes import KeyFrame, plan_key_frames
from vidgait.outputs.overlay import OverlayPainter
from vidgait.settings import Settings
from vidgait.types import Analysis, ImageArray, Measure, Movement, PlanarFrame, View

SIZE = (720, 1280)


@pytest.fixture(scope="module")
def side() -> Analysis:
    return synthetic_squat("left", reps=3)


@pytest.fixture(scope="module")
def front() -> Analysis:
    return synthetic_squat("front", reps=2)


def by_kind(analysis: Analysis) -> dict[str, KeyFrame]:
    return {key.kind: key for key in plan_key_frames(analysis)}


def frame_at(key: KeyFrame, size_px: tuple[int, int] = SIZE) -> PlanarFrame:
    planes = np.full((size_px[1] * 3 // 2, size_px[0]), 128, np.uint8)
    return PlanarFrame(0, key.time_s, key.media_time_s, planes)


def picture_of(data: bytes) -> ImageArray:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture)


def with_values(analysis: Analysis, id: str, values: dict[tuple[int, str], float], noise: float = 2.0) -> Analysis:
    measures = tuple(
        Measure(id, "Some measure", value, "deg", side, rep, 1, noise, 5.0, grade="B")  # type: ignore[arg-type]
        for (rep, side), value in values.items()
    )
    return replace(analysis, measures=measures)


def test_from_the_side_the_deepest_and_the_shallowest_are_shown(side: Analysis) -> None:
    keys = by_kind(side)
    assert set(keys) == {"first", "best", "worst"}
    assert (keys["best"].rep, keys["worst"].rep) == (1, 3)
    assert "deepest" in keys["best"].caption
    assert "±" in keys["best"].caption
    assert "shallowest" in keys["worst"].caption
    for kind, rep in (("best", side.reps[0]), ("worst", side.reps[2])):
        assert keys[kind].time_s == pytest.approx(rep.instants["bottom"], abs=0.02)


def test_from_the_front_the_worse_knee_decides(front: Analysis) -> None:
    values = {(1, "left"): 2.0, (1, "right"): -15.0, (2, "left"): 6.0, (2, "right"): 5.0}
    keys = by_kind(with_values(front, "fppa_bottom", values))
    assert (keys["best"].rep, keys["worst"].rep) == (2, 1)
    assert "right" in keys["worst"].caption
    assert "15" in keys["worst"].caption


def test_a_difference_within_the_noise_is_called_so(front: Analysis) -> None:
    values = {(1, "left"): 5.0, (2, "left"): 6.0}
    keys = by_kind(with_values(front, "fppa_bottom", values))
    assert "less than the noise" in keys["worst"].caption
    assert "line best" not in keys["best"].caption and "furthest" not in keys["worst"].caption
    values = {(1, "left"): 5.0, (2, "left"): 16.0}
    keys = by_kind(with_values(front, "fppa_bottom", values))
    assert not keys["best"].alike and "furthest out of line" in keys["worst"].caption


def test_left_is_never_compared_with_right(front: Analysis) -> None:
    """The worse side of one repetition is the left, of the other the right; on neither side do they differ."""
    values = {(1, "left"): 20.0, (1, "right"): 2.0, (2, "left"): 19.0, (2, "right"): 3.0}
    keys = by_kind(with_values(front, "fppa_bottom", values))
    assert keys["best"].alike and keys["worst"].alike
    one_side = {(1, "left"): 2.0, (2, "right"): 20.0}
    assert set(by_kind(with_values(front, "fppa_bottom", one_side))) == {"first", "matched", "bottom"}


def test_a_number_that_may_not_be_shown_does_not_rank(side: Analysis) -> None:
    poor = tuple(replace(m, grade="D") if m.id == "thigh_inclination_bottom" else m for m in side.measures)
    assert "thigh" not in by_kind(replace(side, measures=poor))["best"].caption


def test_equal_repetitions_still_give_two_pictures(front: Analysis) -> None:
    keys = by_kind(with_values(front, "fppa_bottom", {(1, "left"): 5.0, (2, "left"): 5.0}))
    assert keys["best"].rep != keys["worst"].rep


def test_one_repetition_and_unmeasured_ones_give_one_bottom(side: Analysis) -> None:
    assert set(by_kind(replace(side, reps=side.reps[:1]))) == {"first", "bottom"}
    assert set(by_kind(replace(side, measures=()))) == {"first", "bottom"}


def test_excluded_repetitions_are_not_shown(side: Analysis) -> None:
    reps = (replace(side.reps[0], excluded="left out by you"), *side.reps[1:])
    assert by_kind(replace(side, reps=reps))["best"].rep == 2


def test_a_movement_without_repetitions_gives_samples(side: Analysis) -> None:
    keys = plan_key_frames(replace(side, reps=(), movement=Movement(None, 0.0, "none")))
    assert [key.kind for key in keys] == ["first", "sample", "sample", "sample"]
    assert len({key.name for key in keys}) == 4


def test_the_times_are_those_of_analysed_pictures_on_both_clocks() -> None:
    analysis = synthetic_squat("left", reps=2, start_media_s=5.0)
    for key in plan_key_frames(analysis):
        row = int(np.argmin(np.abs(analysis.clean.time_s - key.time_s)))
        assert key.time_s == analysis.clean.time_s[row]
        assert key.media_time_s == analysis.poses.media_time_s[row] == pytest.approx(key.time_s + 5.0)


def test_the_first_picture_waits_until_the_person_is_clear(side: Analysis) -> None:
    score = side.clean.score.copy()
    score[:12] *= 0.5
    key = by_kind(replace(side, clean=side.clean.replace(score=score)))["first"]
    assert key.time_s == side.clean.time_s[12]


def test_nobody_no_pictures(side: Analysis) -> None:
    nobody = side.clean.replace(xy_px=np.full_like(side.clean.xy_px, np.nan))
    assert plan_key_frames(replace(side, clean=nobody)) == ()


@pytest.mark.parametrize("view", ["left", "right", "front", "back"])
def test_the_first_picture_marks_left_and_right_and_names_the_option(view: View) -> None:
    analysis = synthetic_squat(view, reps=1)
    key = by_kind(analysis)["first"]
    painter = OverlayPainter(analysis, SIZE)
    picture = picture_of(painter.key_frame(frame_at(key), key))
    assert painter.written[:2] == ["L", "R"]
    assert "--mirrored" in painter.written[2]
    blue = np.argwhere((picture[..., 0] > 200) & (picture[..., 2] < 130)).mean(axis=0)
    orange = np.argwhere((picture[..., 2] > 200) & (picture[..., 0] < 110)).mean(axis=0)
    # From either side the near leg's letter stands ahead of the person, who looks to that side of the picture.
    left_is_left_in_the_picture = {"left": True, "right": True, "front": False, "back": True}[view]
    assert bool(blue[1] < orange[1]) == left_is_left_in_the_picture


def test_key_frames_carry_the_measured_value_with_its_error(side: Analysis) -> None:
    painter, key = OverlayPainter(side, SIZE), by_kind(side)["best"]
    painter.key_frame(frame_at(key), key)
    knee = side.find("knee_flexion_bottom", "left", 1)
    assert knee is not None
    assert knee.value is not None
    assert f"knee {knee.value:.0f}° ± 5°" in painter.written


def test_a_refused_measure_takes_its_number_off_the_picture(side: Analysis) -> None:
    measures = tuple(
        replace(one, value=None, why_none="hidden") if one.id == "knee_flexion_bottom" else one for one in side.measures
    )
    analysis = replace(side, measures=measures)
    painter, key = OverlayPainter(analysis, SIZE), by_kind(analysis)["best"]
    painter.key_frame(frame_at(key), key)
    assert not any(words.startswith("knee") for words in painter.written)
    assert any(words.startswith("trunk") for words in painter.written)


def test_a_key_frame_is_a_small_jpeg_around_the_athlete_and_leaves_the_frame_alone(side: Analysis) -> None:
    key = by_kind(side)["best"]
    for size_px in ((720, 1280), (2160, 3840), (64, 114), (1280, 720)):
        frame = frame_at(key, size_px)
        before = frame.planes.copy()
        data = OverlayPainter(side, size_px).key_frame(frame, key)
        assert (frame.planes == before).all()
        picture = picture_of(data)
        assert picture.shape[0] <= 900
        assert picture.shape[0] <= 2 * size_px[1]
    small = OverlayPainter(side, SIZE).key_frame(frame_at(key), key)
    assert len(small) < 150_000


def test_a_key_frame_of_an_instant_without_the_person_is_the_plain_picture(side: Analysis) -> None:
    key = replace(by_kind(side)["best"], media_time_s=99.0)
    painter = OverlayPainter(side, SIZE)
    assert picture_of(painter.key_frame(frame_at(key), key)).shape == (1280, 720, 3)
    assert painter.written == []


def test_key_frames_hide_faces_too() -> None:
    settings = Settings().merged({"output": {"blur_faces": True}})
    pictures = []
    for wanted in (settings, Settings()):
        analysis = synthetic_squat("front", reps=1, settings=wanted)
        key = by_kind(analysis)["bottom"]
        noise = np.random.default_rng(1).integers(40, 220, (1920, 720)).astype(np.uint8)
        data = OverlayPainter(analysis, SIZE).key_frame(PlanarFrame(0, key.time_s, key.media_time_s, noise), key)
        pictures.append(picture_of(data).astype(float))
    hidden, plain = pictures
    rough = [np.abs(np.diff(picture.mean(axis=2), axis=1)) for picture in (hidden, plain)]
    head = np.argwhere(rough[1] - rough[0] > 20)
    assert len(head) > 300, "a part of the picture lost its detail"


def test_of_stands_the_quickest_and_the_slowest_are_shown(side: Analysis) -> None:
    times = {1: 0.9, 2: 1.4, 3: 0.8}
    measures = tuple(
        Measure("concentric_time", "Way up", value, "s", None, rep, 1, 0.05, 0.1, grade="A")
        for rep, value in times.items()
    )
    reps = tuple(
        replace(rep, instants={"top": rep.start_s + 0.5, "concentric_end": rep.start_s + 0.5}) for rep in side.reps
    )
    analysis = replace(side, movement=Movement("sit_to_stand", 1.0, "named"), reps=reps, measures=measures)
    keys = by_kind(analysis)
    assert (keys["best"].rep, keys["worst"].rep) == (3, 2)
    assert "slowest" in keys["worst"].caption
    assert reps[1].start_s < keys["worst"].time_s < reps[1].instants["top"], "on the way up"
