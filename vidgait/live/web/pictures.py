"""Pictures that come over the network: measured by their header first, decoded only if they are small enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from vidgait.live.web.limits import BadMessageError, Limits

if TYPE_CHECKING:
    from vidgait.types import ImageArray

__all__ = ["decode_picture", "picture_size_px"]

_SOF_BASELINE = frozenset({0xC0, 0xC1})
_SOF_OTHER = frozenset(range(0xC2, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers of a JPEG that carry no length."""


def picture_size_px(data: bytes) -> tuple[int, int]:
    """(width, height) as the header of a baseline JPEG or a still WebP states it; nothing is decoded.

    Raises BadMessageError for anything else. Progressive JPEG is refused: a small one can hold any number of scans,
    each of which costs a pass over the whole picture, and no browser writes one from a canvas.
    """
    if data[:2] == b"\xff\xd8":
        return _jpeg_size_px(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp_size_px(data)
    raise BadMessageError("a picture that is neither JPEG nor WebP")


def _jpeg_size_px(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xFF or marker in _ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _SOF_BASELINE:
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        if marker in _SOF_OTHER:
            raise BadMessageError("a JPEG that is not baseline")
        length = int.from_bytes(data[at + 2 : at + 4])
        # FF 00 is no marker: a decoder reads on behind it, where its "length" could hide another size.
        if length < 2 or marker in (0x00, 0xD9, 0xDA):
            break
        at += 2 + length
    raise BadMessageError("a JPEG without a size")


def _webp_size_px(data: bytes) -> tuple[int, int]:
    kind, body = data[12:16], data[20:30]
    if len(body) < 10:
        raise BadMessageError("a WebP without a size")
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    if kind == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    raise BadMessageError("a WebP that is not one plain picture")


def decode_picture(data: bytes, limits: Limits) -> ImageArray:
    """(H, W, 3) uint8 BGR. Raises BadMessageError where it is too large, too small, or cannot be decoded."""
    width_px, height_px = picture_size_px(data)
    sides = (width_px, height_px)
    if min(sides) < limits.side_min_px:
        raise BadMessageError(f"a picture of {width_px} by {height_px}: too small")
    if max(sides) > limits.side_max_px or width_px * height_px > limits.picture_max_px:
        raise BadMessageError(f"a picture of {width_px} by {height_px}: too large")
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        image = None
    if image is None or image.shape != (height_px, width_px, 3):
        raise BadMessageError("a picture that cannot be decoded")
    decoded: ImageArray = image.astype(np.uint8, copy=False)
    return decoded
