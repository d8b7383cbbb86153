"""Pictures of the beginning of a clip, kept between the two passes.

Decoding 1080p costs as much as finding joints in it, and pass two needs the pictures that pass one has just decoded.
A bounded part of them stays in memory at the size they will be drawn; only the rest is decoded again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vidgait.video.reader import open_video

if TYPE_CHECKING:
    from vidgait.settings import VideoSettings
    from vidgait.types import Frame, PlanarFrame
    from vidgait.video.reader import VideoReader

__all__ = ["Reel"]

LIMIT_BYTES = 300_000_000
"""With the networks, the codecs and the arrays a run stays below 1 GB, however long the clip."""


class Reel:
    """Fill it in pass one (`watch`), empty it in pass two (`play`)."""

    def __init__(self, size_px: tuple[int, int], limit_bytes: int = LIMIT_BYTES) -> None:
        """`size_px`: (width, height) of the pictures to keep, even numbers."""
        self._size_px = size_px
        self._room = limit_bytes
        self._kept: deque[PlanarFrame] = deque()
        self._complete = True
        self._resume_s: float | None = None
        """Media time from which pass two has to decode again; None: from where pass one began."""

    def watch(self, reader: VideoReader) -> Iterator[Frame]:
        """The frames of `reader`, keeping the planes of the first ones."""
        for frame, planar in reader.frames_with_planes(self._size_px, self._has_room):
            if planar is not None:
                self._kept.append(planar)
                self._room -= planar.planes.nbytes
            elif self._complete:
                self._complete = False
                if self._kept:
                    # Half way between two pictures: rounding can neither repeat nor lose one.
                    self._resume_s = (self._kept[-1].media_time_s + frame.media_time_s) / 2
            yield frame

    def _has_room(self) -> bool:
        if self._room < self._size_px[0] * self._size_px[1] * 3 // 2:
            self._room = 0
        return self._room > 0

    def play(self, path: Path, settings: VideoSettings) -> Iterator[PlanarFrame]:
        """Every frame once, in order of time; kept ones are let go as they are handed out."""
        while self._kept:
            yield self._kept.popleft()
        if not self._complete:
            start_s = settings.start_s if self._resume_s is None else self._resume_s
            with open_video(path, replace(settings, start_s=start_s)) as reader:
                yield from reader.planar_frames(self._size_px)
