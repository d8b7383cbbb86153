"""Network cameras: rtsp:// and http:// through OpenCV's FFmpeg, with time limits, opened again when they break off."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import cv2

from vidgait.errors import CameraError
from vidgait.live.camera import CvDevice, Grabber, Patience, quiet_opencv
from vidgait.live.schedule import DropSchedule, keep_all

if TYPE_CHECKING:
    from vidgait.live.capture import Tap
    from vidgait.live.clock import Clock

__all__ = ["STREAM_PATIENCE", "is_address", "shown_address", "stream"]

SCHEMES = ("rtsp", "rtsps", "http", "https")
OPEN_MS, READ_MS = 8_000, 4_000
FFMPEG_ENVIRONMENT = {
    "OPENCV_FFMPEG_CAPTURE_OPTIONS": "rtsp_transport;tcp|fflags;nobuffer|flags;low_delay",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
}
"""TCP because a lost packet of UDP smears the picture for a second; no buffer because nobody looks at old pictures.
And FFmpeg is to say nothing itself."""

STREAM_PATIENCE = Patience(
    open_s=20.0,
    silent_s=2.0,
    give_up_s=60.0,
    again_s=2.0,
    waiting="Waiting for the stream",
    silent="No picture from the stream",
    broken="The stream broke off: trying again",
    over=("The stream broke off and did not come back.", "Check the camera and the network, and start again."),
    never=("The stream opens but no picture of it can be read.", "Choose H.264 or MJPEG in the camera's own settings."),
)


def is_address(source: str) -> bool:
    """Whether this names a stream rather than a file."""
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", source))


def shown_address(address: str) -> str:
    """Without the user name and the password that many cameras want in it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def stream(address: str, clock: Clock, *, drop: DropSchedule = keep_all, tap: Tap | None = None) -> Grabber:
    """The stream at this address. Raises CameraError for one of another kind; the rest comes with `newest`."""
    scheme = address.partition(":")[0].lower()
    if scheme not in SCHEMES:
        raise CameraError(
            f"vidgait cannot read {scheme}:// addresses.", f"Known: {', '.join(f'{one}://' for one in SCHEMES)}."
        )
    return Grabber(lambda: _open_stream(address), STREAM_PATIENCE, clock, drop=drop, tap=tap).start()


def _open_stream(address: str) -> CvDevice:
    quiet_opencv()
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_MS]
    with _little_delay():
        capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, limits)
    if not capture.isOpened():
        capture.release()
        raise CameraError(
            f"Nothing can be seen at {shown_address(address)}.",
            "Check the address, user name and password, and that this computer is in the camera's network.",
        )
    finite = capture.get(cv2.CAP_PROP_FRAME_COUNT) > 0
    return CvDevice(capture, finite)


@contextmanager
def _little_delay() -> Iterator[None]:
    """OpenCV takes FFmpeg's options from the environment only; what the user has set there stays."""
    ours = {name: value for name, value in FFMPEG_ENVIRONMENT.items() if name not in os.environ}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)
