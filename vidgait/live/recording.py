"""Keeps what the camera films, in a thread of its own: the loop never waits for it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from vidgait.errors import VideoWriteError, VidgaitError
from vidgait.live.background import step_back

if TYPE_CHECKING:
    from vidgait.types import Frame

__all__ = ["RECORDING", "Recorder"]

RECORDING = "recording.mp4"
WAITING_BYTES = 256 * 2**20
"""Pictures that wait for the encoder: three seconds at 1280 x 720. What does not fit is left out and counted."""
WAITING_MIN = 4
FULL_HINT = "Free some space, or choose another place with --record."


class Recorder:
    """Writes every picture it is offered to `path`, with its real time, until `close()`. Whatever ends it before, what
    was filmed until then can be played."""

    def __init__(self, path: Path, say: Callable[[str], None] = lambda text: None) -> None:
        """`path` must be in a folder that exists. `say` is told at once that the recording has ended before its time;
        from the thread that writes."""
        self.path = path
        self._say = say
        self.written = self.left_out = 0
        self.error: VidgaitError | None = None
        self._queue: queue.Queue[Frame | None] | None = None
        self._thread: threading.Thread | None = None
        self._size: tuple[int, ...] = ()
        self._reason = ""

    @property
    def running(self) -> bool:
        return self._thread is not None and self.error is None

    @property
    def notice(self) -> str | None:
        return None if self.error is None else f"The recording stopped{self._reason}"

    def offer(self, frame: Frame) -> None:
        """Returns at once. The picture must not be changed afterwards. For one thread only."""
        if self.error is not None:
            return
        if self._queue is None:
            self._begin(frame)
        if self._queue is None or frame.image.shape != self._size:
            self.left_out += 1
            return
        try:
            self._queue.put_nowait(frame)
        except queue.Full:
            self.left_out += 1

    def _begin(self, frame: Frame) -> None:
        self._size = frame.image.shape
        self._queue = queue.Queue(max(WAITING_MIN, WAITING_BYTES // frame.image.nbytes))
        self._thread = threading.Thread(target=self._work, args=(self._queue,), name="vidgait-recording", daemon=True)
        self._thread.start()

    def _work(self, waiting: queue.Queue[Frame | None]) -> None:
        step_back()
        try:
            self._write_all(waiting)
        except VidgaitError as error:
            self._fail(error.message.rpartition("written: ")[2].rstrip("."), error.hint)
        except Exception as error:  # nobody else hears of it, and it would go on saying that it records
            self._fail(f"{type(error).__name__}: {error}")

    def _fail(self, reason: str, hint: str = "") -> None:
        self._reason = f": {reason}"
        kept_s = self._kept_s()
        kept = f"{self.path} holds the first {kept_s:.0f} s." if kept_s else "Nothing of it could be kept."
        self.error = VideoWriteError(f"The recording stopped: {reason}. {kept}", FULL_HINT if hint else "")
        self._say(f"The recording stopped: {reason}. The session goes on.")

    def _kept_s(self) -> float:
        """Of what was written, how much is in the file: the last fragment may be lost."""
        if not self.path.exists():
            return 0.0
        from vidgait.settings import VideoSettings
        from vidgait.video import open_video

        try:
            with open_video(self.path, VideoSettings()) as reader:
                return reader.info.duration_s or 0.0
        except VidgaitError:
            return 0.0

    def _write_all(self, waiting: queue.Queue[Frame | None]) -> None:
        from vidgait.video import LastingWriter
        from vidgait.video.picture import PlaneMaker

        height, width = self._size[:2]
        size_px = (width - width % 2, height - height % 2)
        maker = PlaneMaker(size_px)
        with LastingWriter(self.path, size_px) as writer:
            while (frame := waiting.get()) is not None:
                writer.write(maker.planar_frame(frame))
                self.written += 1

    def close(self) -> Path | None:
        """Writes what still waits and closes the file. None where there is none: nothing was filmed, or nothing of it
        could be kept."""
        if self._thread is None or self._queue is None:
            return None
        while self._thread.is_alive():
            try:
                self._queue.put(None, timeout=0.2)
                break
            except queue.Full:
                continue
        self._thread.join()
        self._thread = None
        return self.path if self.written and self.path.exists() else None
