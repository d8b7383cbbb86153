"""Poses from a saved analysis. Tests and re-analysis need no weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from vidgait.types import ClipPoses, Frame, FramePoses

__all__ = ["ReplayEstimator"]

TOLERANCE_S = 5e-4
"""Frames and saved poses meet by time, within the rounding of the coarsest container clock (1 ms)."""


class ReplayEstimator:
    """`PoseEstimator` that gives back what `poses` hold for each frame's time; nobody where they hold no such time."""

    batch_frames = 1

    def __init__(self, poses: ClipPoses) -> None:
        self._poses = poses
        self.skeleton = poses.skeleton

    def estimate(self, frames: Sequence[Frame]) -> list[FramePoses]:
        return [self._at(frame.time_s) for frame in frames]

    def describe(self) -> dict[str, Any]:
        return {"backend": "replay", "skeleton": self.skeleton.name}

    def twin(self) -> ReplayEstimator:
        return ReplayEstimator(self._poses)

    def close(self) -> None:
        """Nothing to let go of."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _at(self, time_s: float) -> FramePoses:
        times_s = self._poses.time_s
        if not len(times_s):
            return FramePoses.nobody(self.skeleton)
        nearest = int(np.argmin(np.abs(times_s - time_s)))
        if abs(times_s[nearest] - time_s) > TOLERANCE_S:
            return FramePoses.nobody(self.skeleton)
        rows = self._poses.frame == nearest
        xyz_m = None if self._poses.xyz_m is None else self._poses.xyz_m[rows]
        return FramePoses(self._poses.xy_px[rows], self._poses.score[rows], xyz_m, self.skeleton)
