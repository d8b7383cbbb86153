"""Pictures and their times into an MP4 file: H.264, BT.709, ready to stream."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scripts.rendering.geometry import Array

__all__ = ["write_video"]

BT_709 = LIMITED_RANGE = 1
"""ISO/IEC 23091-2 code of BT.709, and FFmpeg's of the video range."""
QUARTER_TURN_DEG = 90


def write_video(
    path: Path,
    pictures: Iterable[np.ndarray],
    time_s: Array,
    *,
    rate_hz: int,
    time_base: Fraction,
    rotation_deg: int = 0,
    crf: int = 23,
) -> None:
    """Write upright `pictures` (H, W, 3), 8-bit sRGB, shown at `time_s` (T,), whole multiples of `time_base`.

    `rotation_deg` (0, 90, 180, 270) is the clockwise turn that a player has to apply: the pictures are stored turned
    the other way and the track carries a display matrix, as phones do it. Raises ValueError for other turns.
    """
    import av

    if rotation_deg % QUARTER_TURN_DEG:
        raise ValueError(f"a file can be turned by quarter turns only, not by {rotation_deg} degrees")
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream(
            "libx264", rate=rate_hz, options={"crf": str(crf), "preset": "medium", "threads": "1"}
        )
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = time_base
        if rotation_deg % 360:
            # PyAV counts a display matrix counter-clockwise, as FFmpeg does.
            stream.set_display_rotation(-rotation_deg)
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = BT_709
        context.color_range = LIMITED_RANGE
        for picture, shown_s in zip(pictures, time_s, strict=True):
            stored = np.ascontiguousarray(np.rot90(picture, rotation_deg // QUARTER_TURN_DEG))
            if not context.is_open:
                stream.height, stream.width = stored.shape[:2]
            coloured = av.VideoFrame.from_ndarray(stored, format="rgb24")
            frame = coloured.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
            frame.pts, frame.time_base = round(float(shown_s) / time_base), time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
