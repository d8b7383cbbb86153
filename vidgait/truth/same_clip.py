"""Is a truth file that of this video? Frames that do not fit are another clip's; a name alone may have been changed."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from vidgait.errors import ReferenceFileError

if TYPE_CHECKING:
    from vidgait.truth.reference import Reference
    from vidgait.types import Analysis

__all__ = ["check_same_clip", "name_note"]

MOST_APART = 0.1
"""By how much of the truth's the video's duration and frame spacing may differ: containers count them differently."""


def check_same_clip(analysis: Analysis, reference: Reference) -> None:
    """Raises ReferenceFileError where the picture's size, the duration or the spacing of frames is another clip's.
    `reference` must be on the video's clock."""
    video, own_s = analysis.video, analysis.clean.time_s
    wrong = []
    if reference.size_px is not None and reference.size_px != video.size_px:
        wrong.append("{} x {} px, the video {} x {}".format(*reference.size_px, *video.size_px))
    true_spacing_s, spacing_s = (float(np.median(np.diff(at_s))) for at_s in (reference.time_s, own_s))
    true_s = float(np.ptp(reference.time_s)) + true_spacing_s
    lasts_s = float(np.ptp(own_s)) + spacing_s if video.duration_s is None else video.duration_s / video.slowmo_factor
    if abs(lasts_s - true_s) > MOST_APART * true_s:
        wrong.append(f"{true_s:.1f} s long, the video {lasts_s:.1f} s")
    if abs(spacing_s - true_spacing_s) > MOST_APART * true_spacing_s:
        wrong.append(f"{1 / true_spacing_s:.3g} frames a second, the video {1 / spacing_s:.3g}")
    if wrong:
        raise ReferenceFileError(
            f"{reference.name}.json is the truth of another clip: {'; '.join(wrong)}.", "Check --truth."
        )


def name_note(name: str, analysis: Analysis, reference: Reference) -> str | None:
    """A line where the truth names another clip than `name` or the video's file, else None."""
    video = PurePath(analysis.video.path).stem
    if reference.clip is None or reference.clip in (name, video):
        return None
    return f"the truth says it is of '{reference.clip}', the video is '{video}': check that they belong together"
