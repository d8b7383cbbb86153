"""Cut squares out of pictures, in any position, size and turn."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from vidgait.types import FloatArray, ImageArray

__all__ = ["Sampler"]

FRACTION_BITS = 5
"""Positions between pixels are rounded to 1/32 px."""
EXTRA_BITS = 5
"""Bits beyond those while positions are added up, so that rounding happens once."""
FARTHEST_PX = 30_000
"""`cv2.remap` takes positions as 16-bit numbers."""


class Sampler:
    """Makes squares of one size. Not for two threads at once: it keeps its scratch arrays, because making them
    anew for every crop takes longer than filling them.

    Positions are rounded to 1/32 px, as OpenCV's own warp did until release 4; release 5 does not round. Neither is
    better, but the same picture must give the same points whichever OpenCV is installed, and MediaPipe rounds: from
    frame to frame such differences add up, as each pose places the next crop.
    """

    def __init__(self, size_px: int) -> None:
        self._size_px = size_px
        self._step = np.arange(size_px)
        shape = size_px, size_px
        self._across, self._down, self._scratch = (np.empty(shape, np.int32) for _ in range(3))
        self._fraction = np.empty(shape, np.uint16)

    def square(self, image: ImageArray, to_image: FloatArray, repeat_edge: bool) -> ImageArray:
        """(size, size, 3) bilinear sample of `image` (H, W, 3) at `to_image` (2, 3) @ (x, y, 1). Outside the picture
        its edge is repeated, or everything is black."""
        across, down, scratch = self._across, self._down, self._scratch
        self._positions(to_image[0], across)
        self._positions(to_image[1], down)
        mask = (1 << FRACTION_BITS) - 1
        np.bitwise_and(down, mask, out=scratch)
        np.left_shift(scratch, FRACTION_BITS, out=scratch)
        np.bitwise_or(scratch, across & mask, out=scratch)
        np.copyto(self._fraction, scratch, casting="unsafe")
        # Whole pixels as pairs of 16-bit numbers: the two halves of one 32-bit number, x first in memory.
        low, high = (across, down) if sys.byteorder == "little" else (down, across)
        np.right_shift(low, FRACTION_BITS, out=low)
        np.bitwise_and(low, 0xFFFF, out=low)
        np.right_shift(high, FRACTION_BITS, out=high)
        np.left_shift(high, 16, out=high)
        np.bitwise_or(low, high, out=scratch)
        whole = scratch.view(np.int16).reshape(self._size_px, self._size_px, 2)
        border = cv2.BORDER_REPLICATE if repeat_edge else cv2.BORDER_CONSTANT
        return np.asarray(cv2.remap(image, whole, self._fraction, cv2.INTER_LINEAR, borderMode=border), np.uint8)

    def _positions(self, row: FloatArray, out: npt.NDArray[np.int32]) -> None:
        """row[0] * x + row[1] * y + row[2] of every pixel, in 1/32 px."""
        unit = 1 << (FRACTION_BITS + EXTRA_BITS)
        # Half each, so that their sum stays within what 16 bits hold.
        limit = FARTHEST_PX // 2 * unit
        along_x = np.clip(np.rint(row[0] * self._step * unit), -limit, limit).astype(np.int32)
        along_y = np.clip(np.rint((row[1] * self._step + row[2]) * unit), -limit, limit).astype(np.int32)
        along_y += 1 << (EXTRA_BITS - 1)
        np.add(along_y[:, None], along_x, out=out)
        np.right_shift(out, EXTRA_BITS, out=out)
