"""Keeps what the camera films, in a thread of its own: the loop never waits for it."""

from __future__ import annotations

import queue
import threading
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


class Recorder:
    """Writes every picture it is offered to `path`, with its real time, until `close()`."""

    def __init__(self, path: Path) -> None:
        """`path` must be in a folder that exists."""
        self.path = path
        self.written = self.left_out = 0
        self.error: VidgaitError | None = None
        self._queue: queue.Queue[Frame | None] | None = None
        self._thread: threading.Thread | None = None
        self._size: tuple[int, ...] = ()

    @property
    def running(self) -> bool:
        return self._thread is not None and self.error is None

    @property
    def notice(self) -> str | None:
        return None if self.error is None else "The recording stopped"

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
            self.error = error
        except Exception as error:  # nobody else hears of it, and it would go on saying that it records
            self.error = VideoWriteError(f"The recording failed ({type(error).__name__}: {error}).")

    def _write_all(self, waiting: queue.Queue[Frame | None]) -> None:
        from vidgait.video import VideoWriter
        from vidgait.video.picture import PlaneMaker

        height, width = self._size[:2]
        size_px = (width - width % 2, height - height % 2)
        maker = PlaneMaker(size_px)
        with VideoWriter(self.path, size_px) as writer:
            while (frame := waiting.get()) is not None:
                writer.write(maker.planar_frame(frame))
                self.written += 1

    def close(self) -> Path | None:
        """Writes what still waits and closes the file. None where there was nothing to write, or it failed."""
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
        return self.path if self.error is None and self.written else None
