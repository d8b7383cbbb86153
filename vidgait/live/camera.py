"""Cameras and streams: a thread grabs every picture as it comes, so that nothing old waits in a driver's buffer.

The thread is `Grabber`; what it grabs from is a `Device`. This file holds the webcam; `stream` the network.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from vidgait.errors import CameraError
from vidgait.live.capture import Captured, NewestSlot, SourceCounts, Tap
from vidgait.live.schedule import DropSchedule, keep_all
from vidgait.types import Frame

if TYPE_CHECKING:
    from vidgait.live.clock import Clock
    from vidgait.types import ImageArray

__all__ = [
    "CAMERA_PATIENCE",
    "CvDevice",
    "Device",
    "Grabber",
    "Patience",
    "camera",
    "fitted",
    "is_picture",
    "quiet_opencv",
]

SMALLEST_SIDE_PX = 32
"""As for files: smaller pictures are icons or broken."""
WAITING_SAID_S = 1.0
"""A camera that takes no longer than this for its first picture is not spoken of."""
IDLE_S = 0.01
"""Pause after what was no picture, so that a camera that fails at once does not take a whole core."""


class Device(Protocol):
    """Something that OpenCV has opened."""

    @property
    def finite(self) -> bool:
        """It is a recording, with an end, and delivers as fast as it is asked."""
        ...

    def grab(self) -> bool:
        """Waits for the next picture; False where none comes."""
        ...

    def retrieve(self) -> ImageArray | None: ...

    def position_s(self) -> float:
        """Of the grabbed picture in a recording."""
        ...

    def release(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, and what to say meanwhile."""

    open_s: float
    """Until the first picture."""
    silent_s: float
    """Without a picture, until it is said."""
    give_up_s: float
    """Without a picture, until it is over."""
    again_s: float
    """Between two tries to open it again."""
    waiting: str
    silent: str
    broken: str
    over: tuple[str, str]
    """Message and hint of the CameraError."""
    never: tuple[str, str]
    """The same where there was no picture at all."""


class Grabber:
    """A `Source` fed by a thread. A device that breaks off is opened again until patience ends."""

    focal_px: float | None = None

    def __init__(
        self,
        open_device: Callable[[], Device],
        patience: Patience,
        clock: Clock,
        *,
        drop: DropSchedule = keep_all,
        tap: Tap | None = None,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        """`open_device` raises CameraError. `wait` stands in for the thread's pauses in tests."""
        self._open_device, self._patience, self._clock = open_device, patience, clock
        self._drop, self._tap = drop, tap
        self._stopping = threading.Event()
        self._wait = wait or self._stopping.wait
        self._slot = NewestSlot()
        self._error: CameraError | None = None
        self._notice: str | None = None
        self._over = False
        self._captured = self._lost = self._garbage = 0
        self._first_s: float | None = None
        self._last_time_s = -1.0
        self._good_s = clock.now_s()
        self._size: tuple[int, ...] | None = None
        self._device_size: tuple[int, ...] | None = None
        """Of the device that is open now: it may come back with another one."""
        self._thread: threading.Thread | None = None

    def start(self) -> Grabber:
        self._good_s = self._clock.now_s()
        self._thread = threading.Thread(target=self.run, name="vidgait-camera", daemon=True)
        self._thread.start()
        return self

    @property
    def counts(self) -> SourceCounts:
        return SourceCounts(self._captured, self._slot.dropped + self._lost, self._garbage)

    @property
    def ended(self) -> bool:
        return self._over and self._error is None and self._slot.empty

    @property
    def notice(self) -> str | None:
        silence_s = self._silence_s()
        if self._first_s is None:
            return f"{self._patience.waiting}: {int(silence_s)} s" if silence_s >= WAITING_SAID_S else None
        if self._notice is None and silence_s > self._patience.silent_s:
            return self._patience.silent
        return self._notice

    def newest(self, wait_s: float) -> Captured | None:
        captured = self._slot.take(wait_s)
        if captured is not None:
            return captured
        if self._error is not None:
            raise self._error
        limit_s = self._patience.open_s if self._first_s is None else self._patience.give_up_s
        if not self._over and self._silence_s() > limit_s:
            raise self._lost_patience()
        return None

    def close(self) -> None:
        """Waits a moment for the thread; one that hangs in a driver ends with the program."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(2.0)

    def _lost_patience(self) -> CameraError:
        return CameraError(*(self._patience.never if self._first_s is None else self._patience.over))

    def _silence_s(self) -> float:
        return self._clock.now_s() - self._good_s

    # --- in the thread ----------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Until the end, `close()`, or the end of patience."""
        try:
            while not self._stopping.is_set():
                device = self._opened()
                if device is None:
                    continue
                try:
                    if self._grab_all(device):
                        return
                finally:
                    device.release()
                self._notice = self._patience.broken
                self._wait(self._patience.again_s)
        except CameraError as error:
            self._error = error
        except Exception as error:
            self._error = CameraError(f"The camera failed ({type(error).__name__}: {error}).")
        finally:
            self._over = True
            self._slot.wake()

    def _opened(self) -> Device | None:
        """None: not yet again. Raises CameraError at once where it never worked, and when patience ends."""
        try:
            return self._open_device()
        except CameraError:
            if self._first_s is None:
                raise
            if self._silence_s() > self._patience.give_up_s:
                raise self._lost_patience() from None
            self._wait(self._patience.again_s)
            return None

    def _grab_all(self, device: Device) -> bool:
        """True where it came to its end; False where it broke off."""
        began_s = self._clock.now_s()
        self._device_size = None
        while not self._stopping.is_set():
            if device.grab():
                captured_s = self._clock.now_s()
                if device.finite:
                    captured_s = self._paced(began_s + device.position_s())
                self._take(device, captured_s)
            elif device.finite:
                return True
            else:
                self._wait(IDLE_S)
                if self._broken_off():
                    return False
        return True

    def _paced(self, due_s: float) -> float:
        left_s = due_s - self._clock.now_s()
        if left_s > 0.0:
            self._wait(left_s)
        return self._clock.now_s()

    def _broken_off(self) -> bool:
        """A hiccup of the driver is not yet a break. Raises CameraError when patience ends."""
        if self._silence_s() > self._patience.give_up_s:
            raise self._lost_patience()
        return self._silence_s() > self._patience.silent_s

    def _take(self, device: Device, captured_s: float) -> None:
        try:
            image = device.retrieve()
        except cv2.error:
            image = None
        if image is None or not is_picture(image) or (self._device_size or image.shape) != image.shape:
            self._garbage += 1
            self._wait(IDLE_S)
            if self._silence_s() > self._patience.give_up_s:
                raise self._lost_patience()
            return
        self._device_size, self._notice, self._good_s = image.shape, None, captured_s
        self._size = self._size or image.shape
        self._offer(fitted(image, self._size), captured_s)

    def _offer(self, image: ImageArray, captured_s: float) -> None:
        self._first_s = captured_s if self._first_s is None else self._first_s
        time_s = captured_s - self._first_s
        if time_s <= self._last_time_s:
            return
        self._last_time_s = time_s
        frame = Frame(self._captured, time_s, time_s, image)
        self._captured += 1
        if self._tap is not None:
            self._tap(frame)
        if self._drop(frame.index):
            self._lost += 1
        else:
            self._slot.put(Captured(frame, captured_s))


def is_picture(image: ImageArray) -> bool:
    """Whether this is (H, W, 3) uint8 and large enough to show a person."""
    whole = isinstance(image, np.ndarray) and image.ndim == 3 and image.shape[2] == 3 and image.dtype == np.uint8
    return bool(whole and min(image.shape[:2]) >= SMALLEST_SIDE_PX)


def fitted(image: ImageArray, shape: tuple[int, ...]) -> ImageArray:
    """The picture at the size (H, W, 3) of `shape`, black where it is narrower: angles stay what they are, and count
    and recording go on."""
    if image.shape == shape:
        return image
    scale = min(shape[0] / image.shape[0], shape[1] / image.shape[1])
    height, width = round(scale * image.shape[0]), round(scale * image.shape[1])
    top, left = (shape[0] - height) // 2, (shape[1] - width) // 2
    whole = np.zeros(shape, np.uint8)
    whole[top : top + height, left : left + width] = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return whole


class CvDevice:
    """An opened `cv2.VideoCapture`."""

    def __init__(self, capture: cv2.VideoCapture, finite: bool = False) -> None:
        self._capture, self.finite = capture, finite

    def grab(self) -> bool:
        return bool(self._capture.grab())

    def retrieve(self) -> ImageArray | None:
        ok, image = self._capture.retrieve()
        return np.asarray(image, np.uint8) if ok and image is not None else None

    def position_s(self) -> float:
        return float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000.0

    def release(self) -> None:
        self._capture.release()


CAMERA_PATIENCE = Patience(
    open_s=20.0,
    silent_s=1.0,
    give_up_s=6.0,
    again_s=0.5,
    waiting="Waiting for the camera",
    silent="No picture from the camera",
    broken="The camera broke off: trying again",
    over=(
        "The camera sends no pictures any more.",
        "Was it unplugged, or has another program taken it? Plug it in and start again.",
    ),
    never=(
        "The camera opens but sends no picture that can be read.",
        "Another program may be using it; close that, plug the camera in again, or try another one with --camera 1.",
    ),
)


def camera(number: int, clock: Clock, *, drop: DropSchedule = keep_all, tap: Tap | None = None) -> Grabber:
    """The webcam with this number (0 is the first). Raises CameraError where it is missing; what else is wrong comes
    with `newest`."""
    _check_there(number)
    return Grabber(lambda: _open_camera(number), CAMERA_PATIENCE, clock, drop=drop, tap=tap).start()


def _open_camera(number: int) -> CvDevice:
    """Raises CameraError for one that is missing or does not open."""
    _check_there(number)
    quiet_opencv()
    capture = cv2.VideoCapture(number, cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY)
    if not capture.isOpened():
        capture.release()
        raise CameraError(
            f"Camera {number} does not open.",
            "Another program may be using it, this one may not be allowed to, or there is none with this number:"
            " 'vidgait doctor' lists them.",
        )
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return CvDevice(capture)


def _check_there(number: int) -> None:
    """Only Linux tells without opening it."""
    if sys.platform == "linux" and not Path(f"/dev/video{number}").exists():
        raise CameraError(
            f"There is no camera {number}.", "Plug one in, or choose another: 'vidgait doctor' lists them."
        )


def quiet_opencv() -> None:
    """What it prints about a camera that fails is not for users; they are told in a line."""
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
