"""Which frames are kept for the pelvis, and of whom."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.pelvis_pictures import Scene
from vidgait.evidence import PelvisCropper, crops_of
from vidgait.types import BLAZEPOSE, ClipPoses, Frame, FramePoses

SCENE = Scene(())
IMAGE = SCENE.frames()[0].image


def people(*points: np.ndarray) -> FramePoses:
    return FramePoses(np.stack(points), np.ones((len(points), 33)), None, BLAZEPOSE)


def kept_s(rate_hz: float, count: int, cropper: PelvisCropper | None = None) -> np.ndarray:
    cropper = cropper or PelvisCropper()
    times = np.arange(count) / rate_hz
    seen = people(SCENE.points())
    return np.array([time_s for time_s in times if cropper.cut(Frame(0, time_s, time_s, IMAGE), seen)])


@pytest.mark.parametrize(("rate_hz", "wanted_hz"), [(30, 15), (60, 15), (25, 12.5), (15, 15), (10, 10), (24, 12)])
def test_fifteen_a_second_at_most(rate_hz: float, wanted_hz: float) -> None:
    assert np.diff(kept_s(rate_hz, 60)) == pytest.approx(1 / wanted_hz, abs=1e-9)


def test_uneven_frame_times_keep_the_rate() -> None:
    times = np.cumsum(np.random.default_rng(1).choice([0.02, 0.033, 0.05], 200))
    cropper, seen = PelvisCropper(), people(SCENE.points())
    kept = [time_s for time_s in times if cropper.cut(Frame(0, time_s, time_s, IMAGE), seen)]
    assert 11 < len(kept) / (times[-1] - times[0]) < 17


def test_a_long_clip_is_looked_at_less_often() -> None:
    one = PelvisCropper().cut(Frame(0, 0.0, 0.0, IMAGE), people(SCENE.points()))[0].planes.nbytes
    gaps = np.diff(kept_s(30, 120, PelvisCropper(limit_bytes=10 * one)))
    assert gaps[:9] == pytest.approx(1 / 15)
    assert gaps[14] == pytest.approx(2 / 15)
    assert gaps[-1] >= 4 / 15 - 1e-9


def test_a_crop_knows_where_it_was() -> None:
    crop = PelvisCropper().cut(Frame(0, 0.0, 0.0, IMAGE), people(SCENE.points()))[0]
    height, width = crop.planes.shape[0] * 2 // 3, crop.planes.shape[1]
    hips = SCENE.points()[BLAZEPOSE.indices("left_hip", "right_hip")].mean(axis=0)
    assert width % 2 == height % 2 == 0
    assert crop.to_crop(hips) == pytest.approx([width / 2, height * 0.80 / 1.35], abs=1.5)
    assert crop.to_crop(hips + np.array([10, 0])) - crop.to_crop(hips) == pytest.approx([10 * crop.scale, 0])


def test_nobody_from_the_side_and_nobody_at_the_edge() -> None:
    narrow = SCENE.points()
    narrow[:, 0] = 180 + 0.1 * (narrow[:, 0] - 180)
    outside = SCENE.points() - np.array([175, 0])
    unseen = np.full((33, 2), np.nan)
    for points in (narrow, outside, unseen):
        assert PelvisCropper().cut(Frame(0, 0.0, 0.0, IMAGE), people(points)) == ()
    assert PelvisCropper().cut(Frame(0, 0.0, 0.0, IMAGE), FramePoses.nobody(BLAZEPOSE)) == ()


def test_a_crop_over_the_edge_repeats_the_rim() -> None:
    near = SCENE.points() - np.array([115, 0])
    (crop,) = PelvisCropper().cut(Frame(0, 0.0, 0.0, IMAGE), people(near))
    assert crop.corner_px[0] < 0
    assert (crop.planes[:10, :4] == crop.planes[:10, :1]).all()


def test_crops_of_one_of_two_people() -> None:
    """Rows of the same person differ from frame to frame."""
    a, b = SCENE.points(), SCENE.points() + np.array([30, 10])
    cropper = PelvisCropper()
    frames = [Frame(k, k / 15, k / 15, IMAGE) for k in range(4)]
    in_order = [(a, b), (b, a), (a,), (b, a)]
    crops = [crop for frame, seen in zip(frames, in_order, strict=True) for crop in cropper.cut(frame, people(*seen))]
    xy = np.concatenate([np.stack(seen) for seen in in_order])
    poses = ClipPoses(
        time_s=np.arange(4) / 15, media_time_s=np.arange(4) / 15, frame=np.array([0, 0, 1, 1, 2, 3, 3]), xy_px=xy,
        score=np.ones((7, 33)), xyz_m=None, skeleton=BLAZEPOSE, size_px=(360, 520),
    )  # fmt: skip
    ids = np.array([1, 2, 2, 1, 1, 2, 1])
    found, rows = crops_of(crops, poses, ids, 2)
    assert rows.tolist() == [0, 1, 3]
    assert [crop.person for crop in found] == [1, 0, 0]
    assert crops_of([], poses, ids, 1) == ([], pytest.approx(np.zeros(0)))
