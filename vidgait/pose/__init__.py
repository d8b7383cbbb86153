"""Poses from pictures: one protocol, several backends behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from vidgait.errors import SettingsError

if TYPE_CHECKING:
    from vidgait.settings import PoseSettings
    from vidgait.types import Frame, FramePoses, Skeleton

__all__ = ["BACKENDS", "PoseEstimator", "create_estimator"]


class PoseEstimator(Protocol):
    """Finds everyone in each frame of one clip. One instance a clip; frames in the order of their time."""

    @property
    def skeleton(self) -> Skeleton: ...

    @property
    def batch_frames(self) -> int:
        """How many frames a call of `estimate` likes best: 1 where each is looked at alone."""
        ...

    def estimate(self, frames: Sequence[Frame]) -> list[FramePoses]:
        """One FramePoses a frame, in order. Continues where the last call ended."""
        ...

    def describe(self) -> dict[str, Any]:
        """Backend, device, threads and weights, for the provenance of an analysis."""
        ...

    def twin(self) -> PoseEstimator | None:
        """Another one for another part of the clip, to be used in another thread; None where that gains nothing. It
        shares the networks and is let go with this one."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...


def _blazepose(settings: PoseSettings, parts: int) -> PoseEstimator:
    from vidgait.pose.blazepose import BlazePose

    return BlazePose(settings, parts=parts)


def _mediapipe(settings: PoseSettings, parts: int) -> PoseEstimator:
    from vidgait.pose.mediapipe_tasks import MediapipeTasks

    return MediapipeTasks(settings)


BACKENDS: dict[str, Callable[[PoseSettings, int], PoseEstimator]] = {"blazepose": _blazepose, "mediapipe": _mediapipe}
"""Backends by name. `replay` is not among them: it is made from poses, not from settings (`replay.ReplayEstimator`)."""


def create_estimator(settings: PoseSettings, parts: int = 1) -> PoseEstimator:
    """The backend that `settings.backend` names. `parts`: how many parts of the clip will be looked at side by side,
    this one and its twins; the threads are shared out between them.

    Raises SettingsError for a name nobody knows, and what the backend raises: BackendMissingError, ProviderError,
    WeightsMissingError, WeightsCorruptError.
    """
    try:
        make = BACKENDS[settings.backend]
    except KeyError:
        raise SettingsError(
            f"There is no pose backend '{settings.backend}'.", f"Known: {', '.join(sorted(BACKENDS))}."
        ) from None
    return make(settings, parts)
