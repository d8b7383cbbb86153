"""A recording can be played whatever ends it, and is put in order where all goes well."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vidgait.settings import VideoSettings
from vidgait.types import PlanarFrame
from vidgait.video import LastingWriter, lasting, open_video
from vidgait.video.lasting import keep_whole_fragments, make_seekable

SIZE_PX = (160, 120)


def write(writer: LastingWriter, pictures: int) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (SIZE_PX[1] * 3 // 2, SIZE_PX[0]), dtype=np.uint8)
    for index in range(pictures):
        writer.write(PlanarFrame(index, index / 25, index / 25, np.roll(noise, index, 1)))


def times(path: Path) -> list[float]:
    with open_video(path, VideoSettings()) as reader:
        return [frame.time_s for frame in reader.frames()]


def in_fragments(path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Four seconds, not put in order at the end."""
    monkeypatch.setattr(lasting, "make_seekable", lambda path: False)
    with LastingWriter(path, SIZE_PX) as writer:
        write(writer, 100)
    return path.read_bytes()


def test_an_exception_keeps_what_was_written(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="stop"), LastingWriter(tmp_path / "out.mp4", SIZE_PX) as writer:
        write(writer, 60)
        raise RuntimeError("stop")
    found_s = times(tmp_path / "out.mp4")
    assert len(found_s) >= 58  # the encoder may hold a picture back
    assert found_s == pytest.approx([index / 25 for index in range(len(found_s))], abs=2e-5)


def test_nothing_written_leaves_nothing(tmp_path: Path) -> None:
    LastingWriter(tmp_path / "out.mp4", SIZE_PX).abort()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cut", [-1, -3_000, -200_000])
def test_half_a_fragment_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    path = tmp_path / "out.mp4"
    content = in_fragments(path, monkeypatch)
    assert content.count(b"moof") >= 4
    whole = content[: content.rindex(b"mfra") - 4]
    path.write_bytes(whole[:cut])
    assert keep_whole_fragments(path)
    kept = path.read_bytes()
    assert 0 < len(kept) <= len(whole) + cut and content.startswith(kept)
    assert content[len(kept) + 4 : len(kept) + 8] == b"moof"  # cut between two fragments
    found_s = times(path)
    assert 25 <= len(found_s) < 100
    assert found_s == pytest.approx([index / 25 for index in range(len(found_s))], abs=2e-5)


def test_a_file_without_a_whole_fragment_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.mp4"
    content = in_fragments(path, monkeypatch)
    for beginning in (b"", content[:5], content[: content.index(b"moof") + 20], b"\0" * 64):
        path.write_bytes(beginning)
        assert not keep_whole_fragments(path)
        assert path.read_bytes() == beginning


def test_putting_in_order_changes_no_picture_and_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.mp4"
    in_fragments(path, monkeypatch)
    with open_video(path, VideoSettings()) as reader:
        before = [(frame.time_s, frame.image.copy()) for frame in reader.frames()]
    monkeypatch.undo()
    assert make_seekable(path)
    with open_video(path, VideoSettings()) as reader:
        after = [(frame.time_s, frame.image) for frame in reader.frames()]
    assert len(after) == len(before) == 100
    for (time_s, image), (was_s, was) in zip(after, before, strict=True):
        assert time_s == was_s and np.array_equal(image, was)


def test_what_cannot_be_put_in_order_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"no video")
    assert not make_seekable(path)
    assert path.read_bytes() == b"no video"
    assert [one.name for one in tmp_path.iterdir()] == ["out.mp4"]
