"""A file as if it were being filmed: each picture at its own time, and those that come too late are dropped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

from vidgait.concurrency import Ahead
from vidgait.live.capture import Captured, SourceCounts, Tap
from vidgait.live.schedule import DropSchedule, keep_all

if TYPE_CHECKING:
    from pathlib import Path

    from vidgait.live.clock import Clock
    from vidgait.settings import VideoSettings
    from vidgait.types import Frame

__all__ = ["Player", "play_file"]


class Player:
    """Plays `frames` (rising `time_s`) by the clock, from the first time that it is asked.

    The capture time of a picture is the moment it was due.
    """

    notice: str | None = None
    focal_px: float | None = None
    """As the file states it."""

    def __init__(
        self,
        frames: Iterator[Frame],
        clock: Clock,
        *,
        drop: DropSchedule = keep_all,
        tap: Tap | None = None,
        closing: ExitStack | None = None,
    ) -> None:
        self._frames, self._clock, self._drop, self._tap = frames, clock, drop, tap
        self._closing = closing or ExitStack()
        self._start_s: float | None = None
        self._next: Frame | None = None
        self._captured = self._dropped = self._number = 0

    @property
    def counts(self) -> SourceCounts:
        return SourceCounts(self._captured, self._dropped)

    @property
    def ended(self) -> bool:
        return self._start_s is not None and self._next is None

    def newest(self, wait_s: float) -> Captured | None:
        """As `Source.newest`. Raises VideoError where the file cannot be read."""
        if self._start_s is None:
            self._next = next(self._frames, None)
            self._start_s = self._clock.now_s() - (self._next.time_s if self._next else 0.0)
        if self._next is None:
            return None
        self._clock.wait_until(min(self._start_s + self._next.time_s, self._clock.now_s() + wait_s))
        return self._latest_due(self._start_s, self._clock.now_s())

    def _latest_due(self, start_s: float, now_s: float) -> Captured | None:
        latest: Captured | None = None
        while self._next is not None and start_s + self._next.time_s <= now_s:
            frame, self._next = self._next, next(self._frames, None)
            if not self._capture(frame):
                continue
            self._dropped += latest is not None
            latest = Captured(frame, start_s + frame.time_s)
        return latest

    def _capture(self, frame: Frame) -> bool:
        """Counts it; False where the schedule drops it."""
        self._captured += 1
        self._number += 1
        if self._tap is not None:
            self._tap(frame)
        dropped = self._drop(self._number - 1)
        self._dropped += dropped
        return not dropped

    def close(self) -> None:
        self._closing.close()


def play_file(
    path: Path, video: VideoSettings, clock: Clock, *, drop: DropSchedule = keep_all, tap: Tap | None = None
) -> Player:
    """A player of a video file that decodes a few pictures ahead. Raises VideoOpenError, NoFramesError."""
    from vidgait.video import open_video

    with ExitStack() as stack:
        reader = stack.enter_context(open_video(path, video))
        frames = stack.enter_context(Ahead(reader.frames()))
        player = Player(frames, clock, drop=drop, tap=tap, closing=stack.pop_all())
        player.focal_px = reader.info.focal_px
        return player
