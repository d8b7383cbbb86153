"""Damaged files: the good part is handed out, the rest is said."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.clips import make_clip, moving_square, steady_times
from vidgait.errors import NoFramesError, VideoOpenError
from vidgait.settings import VideoSettings
from vidgait.video import open_video

if TYPE_CHECKING:
    from pathlib import Path

    from vidgait.types import Frame

SIZE_PX = (192, 108)
DRAW = moving_square(SIZE_PX)


def clean_clip(path: Path, codec: str = "libx264", **changes: object) -> Path:
    options = {"libx264": {"g": "30"}, "libx265": {"x265-params": "log-level=none:keyint=30:min-keyint=30"}}
    settings = {"options": options.get(codec, {"g": "30"}), "container_options": {"movflags": "+faststart"}, **changes}
    if path.suffix != ".mp4":
        settings.pop("container_options")
    return make_clip(path, DRAW, steady_times(150), codec=codec, **settings)  # type: ignore[arg-type]


def damaged(path: Path, low: float, high: float) -> Path:
    """Noise between these shares of the file's bytes."""
    content = bytearray(path.read_bytes())
    start, end = int(low * len(content)), int(high * len(content))
    content[start:end] = np.random.default_rng(7).integers(0, 256, end - start, dtype=np.uint8).tobytes()
    broken = path.with_stem("broken")
    broken.write_bytes(content)
    return broken


def worst_difference(frames: list[Frame]) -> float:
    """Largest mean difference to the picture that was drawn for that time."""
    drawn = [DRAW(round(frame.media_time_s * 30), frame.media_time_s).astype(int) for frame in frames]
    return max(float(np.abs(frame.image - picture).mean()) for frame, picture in zip(frames, drawn, strict=True))


@pytest.mark.parametrize(("codec", "name"), [("libx264", "clip.mp4"), ("libx265", "clip.mp4"), ("libx264", "clip.mkv")])
def test_a_corrupt_stretch_is_skipped(tmp_path: Path, codec: str, name: str) -> None:
    clean = clean_clip(tmp_path / name, codec)
    usual = worst_difference(list(open_video(clean, VideoSettings()).frames()))
    reader = open_video(damaged(clean, 0.45, 0.5), VideoSettings())
    frames = list(reader.frames())
    assert 80 <= len(frames) <= 140
    assert frames[-1].media_time_s == pytest.approx(149 / 30, abs=1e-3)
    assert worst_difference(frames) < usual + 1.0  # Nothing smeared gets through.
    issues = [issue for issue in reader.issues if issue.code == "video_corrupt"]
    assert issues
    for issue in issues:
        assert issue.frames is not None
        before, after = issue.frames
        assert frames[after].media_time_s - frames[before].media_time_s > 1.5 / 30
        assert f"between {frames[before].media_time_s:.2f} s and {frames[after].media_time_s:.2f} s" in issue.message
    holes = np.flatnonzero(np.diff([frame.media_time_s for frame in frames]) > 1.5 / 30)
    assert [(before, before + 1) for before in holes] == [issue.frames for issue in issues]


def test_both_passes_leave_out_the_same(tmp_path: Path) -> None:
    reader = open_video(damaged(clean_clip(tmp_path / "clip.mp4"), 0.3, 0.36), VideoSettings())
    full = [(frame.index, frame.time_s, frame.media_time_s) for frame in reader.frames()]
    first_issues = reader.issues
    planar = [(frame.index, frame.time_s, frame.media_time_s) for frame in reader.planar_frames((160, 90))]
    assert planar == full
    assert len(full) < 150
    assert reader.issues == first_issues != ()


def test_damage_outside_the_asked_stretch_is_not_reported(tmp_path: Path) -> None:
    broken = damaged(clean_clip(tmp_path / "clip.mp4"), 0.45, 0.5)
    for settings in (VideoSettings(end_s=1.5), VideoSettings(start_s=4.2)):
        reader = open_video(broken, settings)
        assert list(reader.frames())
        assert reader.issues == ()


def test_long_distance_between_key_frames(tmp_path: Path) -> None:
    """With one key frame in all, the rest is taken up again after two seconds, and that is said."""
    reader = open_video(damaged(clean_clip(tmp_path / "clip.mp4", options={"g": "600"}), 0.4, 0.42), VideoSettings())
    frames = list(reader.frames())
    assert frames[-1].media_time_s == pytest.approx(149 / 30, abs=1e-3)
    steps = np.diff([frame.media_time_s for frame in frames])
    assert 2.0 <= steps.max() <= 3.0
    assert "smeared" in reader.issues[0].message


@pytest.mark.parametrize(
    ("name", "code"), [("clip.mp4", "video_truncated"), ("clip.mkv", "video_truncated"), ("clip.avi", "video_corrupt")]
)
def test_a_truncated_file_gives_what_it_has(tmp_path: Path, name: str, code: str) -> None:
    """AVI's header follows the length of the file, so there only the last, halved picture tells."""
    changes = {"codec": "mpeg4", "time_base": Fraction(1, 30)} if name.endswith("avi") else {}
    clean = clean_clip(tmp_path / name, **changes)  # type: ignore[arg-type]
    content = clean.read_bytes()
    cut = tmp_path / f"cut_{name}"
    cut.write_bytes(content[: len(content) // 2])
    reader = open_video(cut, VideoSettings())
    frames = list(reader.frames())
    assert 40 <= len(frames) <= 110
    assert code in [issue.code for issue in reader.issues]


def test_a_truncated_file_with_nothing_to_decode_is_refused(tmp_path: Path) -> None:
    ending_index = clean_clip(tmp_path / "clip.mp4", container_options={}).read_bytes()
    (tmp_path / "no_index.mp4").write_bytes(ending_index[: len(ending_index) // 2])
    with pytest.raises(VideoOpenError, match="not a video that can be opened"):
        open_video(tmp_path / "no_index.mp4", VideoSettings())
    leading_index = clean_clip(tmp_path / "fast.mp4").read_bytes()
    (tmp_path / "no_data.mp4").write_bytes(leading_index[: leading_index.index(b"mdat") + 8])
    with pytest.raises(NoFramesError, match="no picture that can be decoded"):
        open_video(tmp_path / "no_data.mp4", VideoSettings())
