"""What tags say, and what they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.clips import corner_patches, make_clip, moving_square, steady_times
from vidgait.settings import VideoSettings
from vidgait.video import open_video
from vidgait.video.metadata import Tags, focal_length, recording_time, slow_motion_hint, was_reencoded

if TYPE_CHECKING:
    from pathlib import Path

IPHONE = {
    "com.apple.quicktime.make": "Apple",
    "com.apple.quicktime.model": "iPhone 14",
    "com.apple.quicktime.creationdate": "2026-05-01T18:30:05+0200",
    "creation_time": "2026-05-01T16:30:05.000000Z",
}
IPHONE_VIDEO = {
    "com.apple.quicktime.camera.focal_length.35mm_equivalent": "26",
    "handler_name": "Core Media Video",
    "encoder": "HEVC",
}


def test_focal_length_from_the_35_mm_equivalent() -> None:
    tags = Tags.of(IPHONE, IPHONE_VIDEO)
    assert focal_length(tags, (1080, 1920)) == (pytest.approx(1386.67, abs=0.01), "35 mm equivalent of 26 mm")
    assert focal_length(tags, (1920, 1080))[0] == focal_length(tags, (1080, 1920))[0]
    assert focal_length(Tags.of(IPHONE, {}), (1080, 1920)) == (None, None)
    nonsense = Tags.of({}, {"com.apple.quicktime.camera.focal_length.35mm_equivalent": "0"})
    assert focal_length(nonsense, (1080, 1920)) == (None, None)


def test_recording_time_with_its_zone_goes_first() -> None:
    assert recording_time(Tags.of(IPHONE, {})) == (
        "2026-05-01T18:30:05+02:00",
        "QuickTime creation date of the recording",
    )
    plain = Tags.of({"creation_time": "2026-05-01T16:30:05.000000Z"}, {})
    assert recording_time(plain) == ("2026-05-01T16:30:05+00:00", "creation time of the file")
    assert recording_time(Tags.of({}, {})) == (None, None)
    assert recording_time(Tags.of({"creation_time": "1970-01-01T00:00:00Z"}, {})) == (None, None)
    assert recording_time(Tags.of({"creation_time": "yesterday"}, {})) == (None, None)
    assert recording_time(Tags.of({"date": "2024/07/02 12:59:41"}, {})) == ("2024-07-02T12:59:41", "tag 'date'")


def test_marks_of_editors_and_devices() -> None:
    assert was_reencoded(Tags.of(IPHONE, IPHONE_VIDEO)) is False
    assert was_reencoded(Tags.of({"com.android.version": "14"}, {"handler_name": "VideoHandle"})) is False
    assert was_reencoded(Tags.of({"encoder": "Lavf58.45.100"}, {})) is True
    assert was_reencoded(Tags.of({**IPHONE, "software": "CapCut"}, {})) is True
    assert was_reencoded(Tags.of({}, {}), "x264 - core 164") is True
    assert was_reencoded(Tags.of({}, {"handler_name": "VideoHandler"})) is None


def test_slow_motion_is_betrayed_by_the_capture_rate() -> None:
    android = Tags.of({"com.android.capture.fps": "240.000000"}, {})
    assert "--slowmo 8" in (slow_motion_hint(android, 30.0, 1.0) or "")
    assert slow_motion_hint(android, 30.0, 8.0) is None
    assert slow_motion_hint(android, 240.0, 1.0) is None
    assert slow_motion_hint(Tags.of({}, {}), 30.0, 1.0) is None
    assert "240 pictures a second" in (slow_motion_hint(Tags.of({}, {}), 240.0, 1.0) or "")
    assert slow_motion_hint(Tags.of({"com.android.capture.fps": "fast"}, {}), 30.0, 1.0) is None


def test_tags_of_a_real_file(tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "clip.mov",
        moving_square((96, 64)),
        steady_times(30),
        metadata={**IPHONE, "com.apple.quicktime.camera.focal_length.35mm_equivalent": "26"},
        container_options={"movflags": "use_metadata_tags"},
        rotation_deg=90,
    )
    info = open_video(path, VideoSettings()).info
    assert info.recorded_at == "2026-05-01T18:30:05+02:00"
    assert info.focal_px == pytest.approx(96 * 26 / 36)
    assert info.reencoded is True  # It was made by x264.
    assert info.size_px == (64, 96)
    assert (info.codec, info.transfer, info.has_audio, info.rate_hz) == ("h264", "SDR", False, 30)
    assert info.duration_s == pytest.approx(1.0, abs=0.01)
    assert "Apple" not in repr(info)


def test_capture_rate_tag_of_a_real_file(tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "clip.mp4",
        [corner_patches((96, 64))] * 20,
        metadata={"com.android.capture.fps": "120.000000"},
        container_options={"movflags": "use_metadata_tags"},
    )
    assert "--slowmo 4" in (open_video(path, VideoSettings()).info.slowmo_hint or "")
    assert open_video(path, VideoSettings(slowmo=4.0)).info.slowmo_hint is None
