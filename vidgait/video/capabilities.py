"""What this machine can decode, encode and film with: for `vidgait doctor`."""

from __future__ import annotations

import sys
from pathlib import Path

from vidgait.video.libav import av, cv2

__all__ = ["list_cameras", "missing_codecs", "opencv_version"]

DECODERS = ("h264", "hevc", "vp9", "av1", "mpeg4", "mjpeg", "aac")
ENCODERS = ("libx264", "aac")

LAST_CAMERA = 4
"""Where the system does not list its cameras, this many are tried."""


def opencv_version() -> str:
    """Version of the OpenCV that is really loaded, whichever distribution its files came from."""
    return str(cv2.__version__)


def missing_codecs() -> list[str]:
    """Codecs vidgait relies on that this FFmpeg build lacks; empty when all is well."""
    wanted = [(name, "r") for name in DECODERS] + [(name, "w") for name in ENCODERS]
    missing = []
    for name, mode in wanted:
        try:
            av.Codec(name, mode)  # type: ignore[arg-type]
        except av.codec.codec.UnknownCodecError:
            missing.append(f"{name} ({'decoder' if mode == 'r' else 'encoder'})")
    return missing


def list_cameras() -> list[str]:
    """Names of the cameras the system knows. Opens none on Linux, where a list exists."""
    if sys.platform == "linux":
        return sorted(_linux_name(node) for node in Path("/sys/class/video4linux").glob("video*"))
    return [f"camera {number}" for number in range(LAST_CAMERA) if _opens(number)]


def _linux_name(node: Path) -> str:
    try:
        name = (node / "name").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return f"/dev/{node.name}"
    return f"{name} (/dev/{node.name})"


def _opens(number: int) -> bool:
    camera = cv2.VideoCapture(number)
    try:
        return bool(camera.isOpened())
    finally:
        camera.release()
