"""MediaPipe's own runtime (Tasks API) on the same networks: the reference that `blazepose` is checked against.

Its video mode behaves differently with one person and with several. With `max_people` 1 it follows that person and
smooths the points with a One-Euro filter, which delays slow movement. With more it smooths nothing, and runs its
detector on every frame until it has found that many.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import cv2
import numpy as np

from vidgait.errors import BackendMissingError, ProviderError
from vidgait.pose.weights import manifest, weights_path
from vidgait.types import BLAZEPOSE, Frame, FramePoses

if TYPE_CHECKING:
    from vidgait.settings import PoseSettings

__all__ = ["MediapipeTasks"]

TASK_FILE = "pose_landmarker_full.task"


class MediapipeTasks:
    """`PoseEstimator` on mediapipe's PoseLandmarker. Frames must come in the order of their time.

    Raises BackendMissingError without mediapipe, ProviderError for any device but the CPU, WeightsMissingError or
    WeightsCorruptError, when made.
    """

    skeleton = BLAZEPOSE
    batch_frames = 1

    def __init__(self, settings: PoseSettings) -> None:
        if settings.device not in ("auto", "cpu"):
            raise ProviderError(f"The mediapipe backend runs on the CPU only, not on '{settings.device}'.")
        self._mediapipe = _import()
        self._landmarker: Any = _landmarker(self._mediapipe, settings)
        self._last_ms = -1

    def estimate(self, frames: Sequence[Frame]) -> list[FramePoses]:
        if self._landmarker is None:
            raise ValueError("the estimator is closed")
        return [self._people(frame) for frame in frames]

    def describe(self) -> dict[str, Any]:
        listed = {product["name"]: product["sha256"] for product in manifest()["products"]}
        return {
            "backend": "mediapipe",
            "device": "cpu",
            "version": self._mediapipe.__version__,
            "weights": {TASK_FILE: listed[TASK_FILE]},
        }

    def twin(self) -> None:
        """Its runtime is not shared between threads."""

    def close(self) -> None:
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _people(self, frame: Frame) -> FramePoses:
        picture = self._mediapipe.Image(
            image_format=self._mediapipe.ImageFormat.SRGB, data=cv2.cvtColor(frame.image, cv2.COLOR_BGR2RGB)
        )
        # Its clock has whole milliseconds and refuses to stand still.
        self._last_ms = max(round(frame.time_s * 1000), self._last_ms + 1)
        result = self._landmarker.detect_for_video(picture, self._last_ms)
        if not result.pose_landmarks:
            return FramePoses.nobody(BLAZEPOSE)
        height, width = frame.image.shape[:2]
        points = np.array([[(p.x * width, p.y * height, p.visibility) for p in pose] for pose in result.pose_landmarks])
        world = np.array([[(p.x, -p.y, -p.z) for p in pose] for pose in result.pose_world_landmarks])
        return FramePoses(points[..., :2], points[..., 2], world, BLAZEPOSE)


def _import() -> Any:
    try:
        import mediapipe
        import mediapipe.tasks.python.vision
    except ImportError as error:
        raise BackendMissingError(
            f"The mediapipe backend is not installed ({error}).", 'pip install "vidgait[mediapipe]"'
        ) from error
    return mediapipe


def _landmarker(mediapipe: Any, settings: PoseSettings) -> Any:
    tasks = mediapipe.tasks
    options = tasks.vision.PoseLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_path=str(weights_path(TASK_FILE))),
        running_mode=tasks.vision.RunningMode.VIDEO,
        num_poses=settings.max_people,
        min_pose_detection_confidence=settings.detection_score,
        min_pose_presence_confidence=settings.presence_score,
    )
    return tasks.vision.PoseLandmarker.create_from_options(options)
