"""Key frames as the page embeds them: all of them together small enough, and again as thumbnails."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PIL import Image

from vidgait.outputs.keyframes import plan_key_frames
from vidgait.outputs.words import clock

if TYPE_CHECKING:
    from vidgait.outputs.keyframes import KeyFrame
    from vidgait.types import Analysis

__all__ = ["page_pictures", "thumbnail"]

PICTURES_MAX_BYTES = 1_600_000
"""Of all key frames together, before base64 makes a third more of it: the page stays under 3 MB."""

LEAST_PX = 64
"""No picture is made smaller than this."""

THUMBNAIL_PX = (150, 190)
THUMBNAIL_QUALITY = 70


def page_pictures(
    analysis: Analysis, key_frames: Mapping[str, bytes], keys: Sequence[KeyFrame] | None = None
) -> list[dict[str, str]]:
    """What the page shows of each planned key frame that there is: its bytes as text, and its words. `keys` picks some
    of them; all share the same allowance."""
    planned = [key for key in plan_key_frames(analysis) if key.name in key_frames]
    total = sum(len(key_frames[key.name]) for key in planned)
    share = min(1.0, PICTURES_MAX_BYTES / total) if total else 1.0
    wanted = planned if keys is None else [key for key in keys if key in planned]
    return [_picture(key, key_frames[key.name], share) for key in wanted]


def _picture(key: KeyFrame, picture: bytes, share: float) -> dict[str, str]:
    return {
        "name": key.name,
        "data": base64.b64encode(_at_most(picture, int(share * len(picture)))).decode(),
        "alt": f"Picture of the athlete at {clock(key.time_s)}: {key.caption}",
        "caption": key.caption,
    }


def _at_most(picture: bytes, limit: int) -> bytes:
    """The same JPEG in at most `limit` bytes, smaller if need be."""
    while len(picture) > limit:
        with Image.open(io.BytesIO(picture)) as image:
            smaller = image.convert("RGB")
        smaller.thumbnail((round(0.8 * smaller.width), round(0.8 * smaller.height)))
        if min(smaller.size) < LEAST_PX:
            return picture
        picture = _jpeg(smaller, 80)
    return picture


def thumbnail(picture: bytes) -> str:
    """A small JPEG of the same, as text."""
    with Image.open(io.BytesIO(picture)) as image:
        small = image.convert("RGB")
    small.thumbnail(THUMBNAIL_PX)
    return base64.b64encode(_jpeg(small, THUMBNAIL_QUALITY)).decode()


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
