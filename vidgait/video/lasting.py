"""Write a video that can be played whatever ends it: a full disk, a crash, a computer that is switched off.

An ordinary MP4 is worth nothing until its index is written, which is at the end. Here the pictures go out in fragments
that each bring their own index; only where all went well the file is put in order, with one index in front of it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from vidgait.video.libav import av
from vidgait.video.writer import INDEX_IN_FRONT, VideoWriter, unfinished_path

__all__ = ["LastingWriter", "keep_whole_fragments", "make_seekable"]

FRAGMENTS = {
    "movflags": "frag_keyframe+empty_moov+default_base_moof",
    "frag_duration": "1000000",
    "flush_packets": "1",
}
"""A fragment a second, on the disk at once: that much is lost at most."""
BOX_HEAD_BYTES, LONG_HEAD_BYTES = 8, 16


class LastingWriter(VideoWriter):
    """Writes to `path` itself, from the first picture on. What `abort()`, a failed `write()` or a failed `close()`
    leaves there can be played up to the last whole fragment; nothing stays where there is none."""

    def _target(self) -> Path:
        return self._path

    def _container_options(self) -> Mapping[str, str]:
        return FRAGMENTS

    def _finish(self) -> None:
        make_seekable(self._path)

    def _discard(self) -> None:
        if not keep_whole_fragments(self._path):
            self._path.unlink(missing_ok=True)


def keep_whole_fragments(path: Path) -> bool:
    """Cuts off a last fragment that was not written whole. False where no whole one is there: the file is then left as
    it was. Raises OSError.

    A fragment is a `moof` box with its `mdat` (ISO/IEC 14496-12, section 8.8)."""
    with path.open("r+b") as file:
        whole, whole_end, before = False, 0, b""
        for kind, end in _boxes(file.fileno()):
            if kind == b"mdat" and before == b"moof":
                whole, whole_end = True, end
            before = kind
        if whole:
            file.truncate(whole_end)
    return whole


def _boxes(file: int) -> list[tuple[bytes, int]]:
    """Kind and end of each box that is there whole, in bytes from the beginning of the file."""
    size, at = os.fstat(file).st_size, 0
    found = []
    while at + BOX_HEAD_BYTES <= size:
        os.lseek(file, at, os.SEEK_SET)
        head = os.read(file, LONG_HEAD_BYTES)
        long = int.from_bytes(head[:4]) == 1
        length = int.from_bytes(head[8:16]) if long else int.from_bytes(head[:4])
        at += length
        if length < BOX_HEAD_BYTES or at > size:
            break
        found.append((head[4:8], at))
    return found


def make_seekable(path: Path) -> bool:
    """The same pictures and times with one index in front, as every player likes it best. False, and the file as it
    was, where that cannot be done: no room for a second one, for instance."""
    part = unfinished_path(path)
    try:
        _copy(path, part)
        part.replace(path)
    except (av.FFmpegError, OSError):
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        return False
    return True


def _copy(source: Path, target: Path) -> None:
    with (
        av.open(str(source)) as pictures,
        av.open(str(target), "w", format="mp4", container_options=INDEX_IN_FRONT) as output,
    ):
        stream = pictures.streams.video[0]
        copied = output.add_stream_from_template(stream)
        for packet in pictures.demux(stream):
            if packet.dts is not None:  # the last one only says that it is the last
                packet.stream = copied
                output.mux(packet)
