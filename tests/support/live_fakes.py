"""Stand-ins for what the loop is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from vidgait.live.clock import SimulatedClock
from vidgait.live.coach import Given
from vidgait.live.session import LiveSession, Parts
from vidgait.live.state import Advice, LiveCue, LiveRep, LiveState, LiveView
from vidgait.types import BLAZEPOSE, Frame, FramePoses, ImageArray

SIZE_PX = (64, 48)


def picture(level: int = 90, size_px: tuple[int, int] = SIZE_PX) -> ImageArray:
    return np.full((size_px[1], size_px[0], 3), level, np.uint8)


def clip(count: int, step_s: float = 1 / 30, size_px: tuple[int, int] = SIZE_PX) -> Iterator[Frame]:
    for index in range(count):
        yield Frame(index, index * step_s, index * step_s, picture(index % 250, size_px))


def state(time_s: float, **changes: Any) -> LiveState:
    values: dict[str, Any] = {
        "time_s": time_s, "stage": "ready", "points_px": np.zeros((33, 2)), "score": np.ones(33), "roll_deg": 0.0,
        "view": "front", "facing": "camera", "near_side": None, "yaw_deg": 0.0, "movement": "squat", "phase": "rest",
        "depth_share": 0.0, "readings": (), "reps": (),
    }  # fmt: skip
    return LiveState(**values | changes)


class Estimator:
    """Sees nobody, and takes `cost_s` of the clock for it."""

    skeleton = BLAZEPOSE
    batch_frames = 1

    def __init__(self, clock: SimulatedClock, cost_s: float = 0.0) -> None:
        self.clock, self.cost_s, self.closed = clock, cost_s, False
        self.times_s: list[float] = []

    def estimate(self, frames: Sequence[Frame]) -> list[FramePoses]:
        self.clock.advance(self.cost_s)
        self.times_s += [frame.time_s for frame in frames]
        return [FramePoses.nobody(BLAZEPOSE) for _ in frames]

    def describe(self) -> dict[str, Any]:
        return {}

    def twin(self) -> None:
        return None

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> Estimator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Analyser:
    movement: str | None = "squat"

    def __init__(self) -> None:
        self.pushed: list[tuple[float, bool]] = []
        self.resets = 0

    def push(self, time_s: float, people: FramePoses, ready: bool = True) -> LiveState:
        self.pushed.append((time_s, ready))
        return state(time_s)

    def reset(self) -> None:
        self.resets += 1

    def finish(self) -> tuple[LiveRep, ...]:
        return (LiveRep(1, None, 0.0, 0.5, 1.0, 1.0),)


class Guide:
    """Asks to step back for the first `pictures` pictures."""

    def __init__(self, pictures: int = 0) -> None:
        self.left = pictures
        self.passed = False

    def push(self, state: LiveState, facts: Any, size_px: tuple[int, int]) -> tuple[Advice, ...]:
        self.left -= 1
        self.passed = self.left < 0
        return (Advice("step_back", "Step back"),) if self.left >= 0 else ()


class Coach:
    given: tuple[Given, ...] = ()

    def push(self, state: LiveState, held: bool = False) -> LiveCue | None:
        return None if held else LiveCue("deeper", "A little deeper", "change", None, state.time_s)


def session(clock: SimulatedClock, cost_s: float = 0.0, guide_pictures: int = 0) -> LiveSession:
    return LiveSession(
        Estimator(clock, cost_s), Analyser(), lambda: Parts(Guide(guide_pictures), Coach()), lambda image: None, clock
    )


class Screen:
    """Keeps what it is shown; presses the keys that it is told to, by the number of the view."""

    def __init__(self, clock: SimulatedClock, cost_s: float = 0.0, keys: dict[int, str] | None = None) -> None:
        self.clock, self.cost_s, self.pressed = clock, cost_s, keys or {}
        self.views: list[LiveView] = []

    def show(self, image: ImageArray, view: LiveView) -> None:
        self.clock.advance(self.cost_s)
        self.views.append(view)

    def keys(self) -> Sequence[str]:
        key = self.pressed.pop(len(self.views), None)
        return () if key is None else (key,)
