"""Which of the sample clips a test analyses: some of unlike kinds, unless it is told otherwise."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["SAMPLES", "chosen_samples"]

SAMPLES = Path(__file__).resolve().parents[2] / "sample_videos"
SOME = (
    "squat_front",
    "squat_side",
    "squat_back",
    "single_leg_squat_left",
    "walk_side",
    "drop_jump",
    "two_people",
    "turned_file",
    "uneven_times",
)


def chosen_samples() -> list[Path]:
    """All of them with VIDGAIT_CLIPS=all, which a release needs; those that VIDGAIT_CLIPS names, with commas between;
    or SOME."""
    wanted = os.environ.get("VIDGAIT_CLIPS", "")
    names = wanted.split(",") if wanted else SOME
    return [path for path in sorted(SAMPLES.glob("*.mp4")) if wanted == "all" or path.stem in names]
