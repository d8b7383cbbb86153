"""Both parts of a clip together are the clip, whoever follows them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support.clips import make_clip, moving_square
from vidgait import first_pass
from vidgait.first_pass import Sighting, joined, look, parts_of
from vidgait.pose import create_estimator
from vidgait.settings import PoseSettings, VideoSettings
from vidgait.types import BLAZEPOSE, Frame, FramePoses, PlanarFrame
from vidgait.video import VideoReader, open_video
from vidgait.video.reel import picture_bytes

SIZE_PX = (96, 64)
SAMPLE = Path(__file__).parents[2] / "sample_videos" / "squat_side.mp4"


class Noting:
    """An estimator that finds in each frame one person who stands where the frame's time says."""

    skeleton = BLAZEPOSE
    batch_frames = 3

    def __init__(self, fails_at_s: float = float("inf")) -> None:
        self.threads: set[int] = set()
        self.fails_at_s = fails_at_s

    def twin(self) -> Noting:
        twin = Noting(self.fails_at_s)
        twin.threads = self.threads
        return twin

    def estimate(self, frames: list[Frame]) -> list[FramePoses]:
        self.threads.add(threading.get_ident())
        if any(frame.time_s >= self.fails_at_s for frame in frames):
            raise RuntimeError("no more")
        shape = (1, len(BLAZEPOSE.keypoints))
        return [FramePoses(np.full((*shape, 2), frame.time_s), np.ones(shape), None, BLAZEPOSE) for frame in frames]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    times_s = [index / 30 for index in range(90)]
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", moving_square(SIZE_PX), times_s, options={"g": "20"})


def seen(path: Path, estimator: Noting, settings: VideoSettings | None = None) -> tuple[list[Sighting], list[float]]:
    reader = open_video(path, settings or VideoSettings())
    told: list[int] = []
    found, reels, issues = look(reader, estimator, SIZE_PX, told.append)  # type: ignore[arg-type]
    assert not issues
    assert told == sorted(told)
    assert told[-1] == len(found)
    return found, [frame.media_time_s for reel in reels for frame in reel.play()]


@pytest.mark.parametrize("settings", [VideoSettings(), VideoSettings(start_s=0.3, end_s=2.6), VideoSettings(slowmo=2)])
def test_every_frame_is_seen_once_and_in_order(clip: Path, settings: VideoSettings) -> None:
    estimator = Noting()
    found, played = seen(clip, estimator, settings)
    frames = list(open_video(clip, settings).frames())
    assert [one.time_s for one in found] == [frame.time_s for frame in frames]
    assert [one.media_time_s for one in found] == played == [frame.media_time_s for frame in frames]
    assert [one.people.xy_px[0, 0, 0] for one in found] == [frame.time_s for frame in frames]
    assert len(estimator.threads) == 2


def test_the_first_part_is_kept_whole_before_any_of_the_second(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = open_video(clip, VideoSettings()).cut
    assert cut is not None
    monkeypatch.setattr(first_pass, "REEL_BYTES", (cut.first_pictures + 5) * picture_bytes(SIZE_PX))
    reader = open_video(clip, VideoSettings())
    _, reels, _ = look(reader, Noting(), SIZE_PX, lambda done: None)  # type: ignore[arg-type]
    again: list[float] = []
    decode = VideoReader.planar_frames

    def noted(self: VideoReader, size_px: tuple[int, int]) -> Iterator[PlanarFrame]:
        for frame in decode(self, size_px):
            again.append(frame.media_time_s)
            yield frame

    monkeypatch.setattr(VideoReader, "planar_frames", noted)
    played = [frame.media_time_s for reel in reels for frame in reel.play()]
    assert len(played) == 90
    assert again == played[cut.first_pictures + 5 :]


def test_a_clip_that_cannot_be_cut_is_followed_by_one(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", moving_square(SIZE_PX), [index / 30 for index in range(40)])
    assert parts_of(open_video(path, VideoSettings())) == 1
    estimator = Noting()
    found, played = seen(path, estimator)
    assert len(found) == len(played) == 40
    assert len(estimator.threads) == 1


@pytest.mark.parametrize("fails_at_s", [0.5, 2.5])
def test_a_failure_in_either_part_is_raised_and_ends_every_thread(clip: Path, fails_at_s: float) -> None:
    before = threading.active_count()
    with pytest.raises(RuntimeError, match="no more"):
        seen(clip, Noting(fails_at_s))
    assert threading.active_count() == before


def person(y_px: float) -> FramePoses:
    """Somebody 1000 px tall, shifted down by `y_px`."""
    points = np.stack([np.full(33, 100.0), np.linspace(0, 1000, 33) + y_px], axis=-1)
    return FramePoses(points[None], np.ones((1, 33)), None, BLAZEPOSE)


def sightings(times_s: list[float], people: FramePoses) -> list[Sighting]:
    return [Sighting(time_s, time_s, people) for time_s in times_s]


def test_points_pass_over_from_one_part_to_the_other() -> None:
    found = joined(sightings([0, 1, 2, 3, 4], person(0)), sightings([2, 3, 4, 5, 6], person(40)))
    assert [one.time_s for one in found] == [0, 1, 2, 3, 4, 5, 6]
    assert [one.people.xy_px[0, 0, 1] for one in found] == [0, 0, 10, 20, 30, 40, 40]


def test_somebody_else_is_not_mixed_in() -> None:
    found = joined(sightings([0, 1, 2], person(0)), sightings([1, 2, 3], person(300)))
    assert [one.people.xy_px[0, 0, 1] for one in found] == [0, 0, 0, 300]
    found = joined(sightings([0, 1, 2], person(0)), sightings([1, 2, 3], FramePoses.nobody(BLAZEPOSE)))
    assert [len(one.people.xy_px) for one in found] == [1, 1, 1, 0]


def test_two_followers_see_nearly_what_one_would(tmp_path: Path) -> None:
    """The sample is written again with more key frames, so that it can be cut."""
    images = [frame.image for frame in open_video(SAMPLE, VideoSettings(start_s=1.0, end_s=3.2)).frames()]
    path = make_clip(
        tmp_path / "squat.mp4",
        lambda index, _: images[index],
        [i / 30 for i in range(len(images))],
        options={"g": "16"},
    )
    reader = open_video(path, VideoSettings())
    assert reader.cut is not None
    with create_estimator(PoseSettings()) as alone, create_estimator(PoseSettings(), 2) as estimator:
        expected = [alone.estimate([frame])[0] for frame in reader.frames()]
        found, _, _ = look(reader, estimator, None, lambda _: None)
    near_leg = [BLAZEPOSE.index(f"right_{name}") for name in ("hip", "knee", "ankle")]
    apart_px = [
        np.linalg.norm(one.people.xy_px[0, near_leg] - wanted.xy_px[0, near_leg], axis=-1)
        for one, wanted in zip(found, expected, strict=True)
    ]
    body_px = 930
    assert np.median(apart_px) < 0.005 * body_px
    assert np.max(apart_px) < 0.02 * body_px


@pytest.mark.parametrize("share", [0.2, 0.75])
def test_damage_in_either_part_is_said_once_and_where_it_is(tmp_path: Path, share: float) -> None:
    """Frames of the second part are numbered on from those of the first."""
    clean = make_clip(
        tmp_path / "clip.mp4", moving_square((192, 108)), [i / 30 for i in range(150)], options={"g": "25"}
    )
    content = bytearray(clean.read_bytes())
    start, end = int(share * len(content)), int((share + 0.05) * len(content))
    content[start:end] = np.random.default_rng(7).integers(0, 256, end - start, dtype=np.uint8).tobytes()
    path = tmp_path / "broken.mp4"
    path.write_bytes(content)
    whole = open_video(path, VideoSettings())
    times_s = [frame.media_time_s for frame in whole.frames()]
    assert whole.cut is not None
    assert [issue.code for issue in whole.issues] == ["video_corrupt"]
    found, _, issues = look(open_video(path, VideoSettings()), Noting(), None, lambda _: None)  # type: ignore[arg-type]
    assert [one.media_time_s for one in found] == times_s
    assert issues == whole.issues
