"""Puts the parts of a live session together from settings."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import numpy as np

from vidgait.live.background import step_back
from vidgait.live.session import LiveSession, Parts
from vidgait.types import Frame

if TYPE_CHECKING:
    from vidgait.live.clock import Clock
    from vidgait.pose import PoseEstimator
    from vidgait.settings import PoseSettings, Settings

__all__ = ["live_estimator", "load_parts", "make_session", "warm_up"]

Work = Callable[[Callable[[], None]], object]
"""Runs a job, now or soon."""

WARM_PX = 320
PARTS = ("analyser", "coach", "guide", "picture_facts")


def live_estimator(settings: PoseSettings) -> PoseEstimator:
    """The network that the settings name, picture by picture also on a GPU: a batch would have to wait for later
    pictures. Raises as `create_estimator`."""
    if settings.backend == "blazepose":
        from vidgait.pose.blazepose import BlazePose

        return BlazePose(settings, batched=False)
    from vidgait.pose import create_estimator

    return create_estimator(settings)


def warm_up(estimator: PoseEstimator) -> None:
    """The first inference takes several times as long as any later one: not at the first picture, please."""
    twin = estimator.twin()
    if twin is None:
        return
    frame = Frame(0, 0.0, 0.0, np.zeros((WARM_PX, WARM_PX, 3), np.uint8))
    with twin:
        twin.estimate([frame])


def load_parts() -> None:
    """Loads what a session is made of: not at the first picture either."""
    for name in PARTS:
        importlib.import_module(f"vidgait.live.{name}")


def make_session(
    settings: Settings,
    size_px: tuple[int, int],
    clock: Clock,
    estimator: PoseEstimator,
    *,
    focal_px: float | None = None,
    work: Work | None = None,
    closing: ExitStack | None = None,
) -> LiveSession:
    """A session for pictures of this size (width, height). `work`: None takes a thread of its own for what may be a
    moment late, which `closing` ends."""
    from vidgait.live.analyser import LiveAnalyser
    from vidgait.live.coach import Coach
    from vidgait.live.guide import Guide
    from vidgait.live.picture_facts import picture_facts

    stack = closing or ExitStack()
    thread = ThreadPoolExecutor(1, thread_name_prefix="vidgait-measures", initializer=step_back)
    stack.enter_context(thread)

    def settle() -> None:
        """One thread works in order, so that this job comes last."""
        thread.submit(lambda: None).result()

    analyser = LiveAnalyser(settings, size_px, focal_px, work or thread.submit)
    return LiveSession(estimator, analyser, lambda: Parts(Guide(settings), Coach()), picture_facts, clock, settle)
