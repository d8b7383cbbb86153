"""What the light of a picture is like, read from a few of its pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vidgait.types import ImageArray

__all__ = ["PictureFacts", "picture_facts"]

ACROSS = 64
"""Pixels that are looked at along each side, about."""

LUMA_BGR = (0.0722, 0.7152, 0.2126)
"""BT.709, blue first."""

BURNT = 0.97
"""Luma above which nothing is to be told apart any more."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """Shares from 0 to 1."""

    bright: float
    """Luma that nine tenths of the picture do not reach: 0 black, 1 white. A lit person in a dark hall keeps it up."""
    burnt_share: float
    """Part of the picture that is as good as white."""


def picture_facts(image: ImageArray) -> PictureFacts:
    """Of a picture (H, W, 3) uint8 BGR, full range. Looks at about 4000 pixels, whatever its size."""
    step_y, step_x = (max(1, length // ACROSS) for length in image.shape[:2])
    luma = image[::step_y, ::step_x].astype(np.float32) @ np.array(LUMA_BGR, np.float32) / 255
    return PictureFacts(float(np.quantile(luma, 0.9)), float(np.mean(luma > BURNT)))
