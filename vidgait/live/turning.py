"""Whether somebody should turn, which way, and by how much: from the heading and the views that show the movement."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from vidgait.live.state import Advice

if TYPE_CHECKING:
    from vidgait.live.state import LiveState

__all__ = ["Turning", "difference_deg"]

FRONT, BACK, LEFT, RIGHT = 0.0, 180.0, 90.0, -90.0
USEFUL_DEG: dict[str, tuple[float, ...]] = {
    "single_leg_squat": (FRONT, BACK),
    "step_down": (FRONT, BACK),
    "single_leg_stance": (FRONT, BACK),
    "hinge": (LEFT, RIGHT),
}
"""Headings that show a movement's main quantities; any straight view shows something of the others."""
STATED_DEG = {"front": FRONT, "back": BACK, "left": LEFT, "right": RIGHT}
NAMES = {FRONT: "the camera", BACK: "the wall behind you"}

LIMITS_DEG = {True: (18.0, 12.0), False: (30.0, 22.0)}
"""Beyond the first somebody is asked to turn, within the second it is enough. From front and back less is allowed:
knees seem to move inwards with every degree (biomechanics 2.2). From the side it is the limit beyond which angles are
blocked (section 11): a live heading is known to 10 degrees or so, and nearer is no reason to interrupt."""
KEEP_DEG = 12.0
"""Another heading must be this much nearer before it becomes the aim: nobody is sent to and fro."""
WINDOW_S = 1.0
SEEN_S = 0.4
STEP_DEG = 10.0


def difference_deg(to_deg: float, from_deg: float) -> float:
    """From one heading to another the short way round, in (-180, 180]."""
    return 180.0 - (180.0 - (to_deg - from_deg)) % 360.0


@dataclass(slots=True)
class Turning:
    """Headings are `Segment.yaw_deg`: 0 faces the camera, + shows more of the left side."""

    movement: str = "auto"
    view: str = "auto"
    stated_yaw_deg: float | None = None
    _recent: deque[tuple[float, float]] = field(default_factory=deque)
    _aim_deg: float | None = None
    _said_deg: float | None = None

    def reset(self) -> None:
        self._recent.clear()
        self._aim_deg = self._said_deg = None

    def push(self, state: LiveState) -> None:
        if state.yaw_deg is not None:
            self._recent.append((state.time_s, state.yaw_deg))
        while self._recent and state.time_s - self._recent[0][0] > WINDOW_S:
            self._recent.popleft()
        to_go = self._to_go_deg(state.movement or self.movement)
        if to_go is None:
            return
        if self._said_deg is None or abs(to_go - self._said_deg) > 0.8 * STEP_DEG:
            self._said_deg = STEP_DEG * round(to_go / STEP_DEG) or STEP_DEG * (1 if to_go > 0 else -1)

    def is_wrong(self, latched: bool) -> bool | None:
        """Whether to ask for a turn; None where the heading is not known. `latched`: it is being asked for."""
        to_go = self._to_go_deg(None)
        if to_go is None or self._aim_deg is None:
            return None
        limits = LIMITS_DEG[self._aim_deg in (FRONT, BACK)]
        return abs(to_go) > limits[1 if latched else 0]

    @property
    def is_undecided(self) -> bool:
        """The heading would matter, and is not known yet."""
        return self.stated_yaw_deg is None and self.view != "oblique" and self._to_go_deg(None) is None

    def advice(self) -> Advice:
        """To show more of their left side, who faces the camera turns to their own right; so does everybody else."""
        to_go = self._said_deg or STEP_DEG
        which = "right" if to_go > 0 else "left"
        aim = NAMES.get(self._aim_deg or 0.0, "") if self._aim_deg in NAMES else ""
        why = f"Until you face {aim}" if aim else "Until you stand sideways to the camera"
        return Advice("turn", f"Turn {abs(to_go):.0f}° to your {which}", why)

    def _to_go_deg(self, movement: str | None) -> float | None:
        """How far from the heading to the nearest useful one; chooses the aim where a movement is named."""
        if self.stated_yaw_deg is not None or self.view == "oblique":
            return None
        if len(self._recent) < 2 or self._recent[-1][0] - self._recent[0][0] < SEEN_S:
            return None
        latest = self._recent[-1][1]
        yaw_deg = latest + median(difference_deg(yaw, latest) for _, yaw in self._recent)
        if movement is not None:
            self._aim_deg = self._aim(yaw_deg, movement)
        return None if self._aim_deg is None else difference_deg(self._aim_deg, yaw_deg)

    def _aim(self, yaw_deg: float, movement: str) -> float:
        useful = USEFUL_DEG.get(movement, (FRONT, BACK, LEFT, RIGHT))
        if self.view in STATED_DEG:
            useful = (STATED_DEG[self.view],)
        nearest = min(useful, key=lambda one: abs(difference_deg(one, yaw_deg)))
        if self._aim_deg in useful:
            kept = self._aim_deg or 0.0
            gain = abs(difference_deg(kept, yaw_deg)) - abs(difference_deg(nearest, yaw_deg))
            return nearest if gain > KEEP_DEG else kept
        return nearest
