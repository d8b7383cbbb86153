"""From one person's keypoints to angles: clean signals, segments of one view, series, and keypoint noise."""

from __future__ import annotations

__all__: list[str] = []
