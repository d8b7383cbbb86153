"""Pictures of the beginning of a clip, kept between the two passes.

Decoding 1080p costs as much as finding joints in it, and pass two needs the pictures that pass one has just decoded.
A bounded part of them stays in memory at the size they will be drawn; only the rest is decoded again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidgait.types import Frame, PlanarFrame
    from vidgait.video.reader import VideoReader

__all__ = ["Reel", "picture_bytes"]


def picture_bytes(size_px: tuple[int, int]) -> int:
    """Of one kept picture of `size_px` (width, height): luma, and a quarter of it for each colour."""
    return size_px[0] * size_px[1] * 3 // 2


class Reel:
    """The pictures of one reader. Fill it in pass one (`watch`), empty it in pass two (`play`)."""

    def __init__(
        self,
        reader: VideoReader,
        size_px: tuple[int, int],
        limit_bytes: int,
        from_s: float | None = None,
    ) -> None:
        """`size_px`: (width, height) of the pictures to keep, even numbers. `from_s`: media time before which nothing
        is kept or played."""
        self._reader = reader
        self._size_px = size_px
        self._room = limit_bytes
        self._from_s = from_s
        self._kept: deque[PlanarFrame] = deque()
        self._complete = True
        self._resume_s = from_s
        """Media time from which pass two has to decode again; None: from where the reader begins."""

    def watch(self) -> Iterator[Frame]:
        """All frames of the reader, keeping the planes of the first ones from `from_s` on."""
        for frame, planar in self._reader.frames_with_planes(self._size_px, self._wanted):
            if planar is not None:
                self._kept.append(planar)
                self._room -= planar.planes.nbytes
            elif self._complete and not self._too_early(frame.media_time_s):
                self._complete = False
                if self._kept:
                    # Half way between two pictures: rounding can neither repeat nor lose one.
                    self._resume_s = (self._kept[-1].media_time_s + frame.media_time_s) / 2
            yield frame

    def _too_early(self, media_time_s: float) -> bool:
        return self._from_s is not None and media_time_s < self._from_s

    def _wanted(self, media_time_s: float) -> bool:
        if self._too_early(media_time_s):
            return False
        if self._room < picture_bytes(self._size_px):
            self._room = 0
        return self._room > 0

    def play(self) -> Iterator[PlanarFrame]:
        """Every frame once, in order of time. Kept ones are let go as they are handed out."""
        while self._kept:
            yield self._kept.popleft()
        if not self._complete:
            yield from self._reader.part(self._resume_s, None).planar_frames(self._size_px)
