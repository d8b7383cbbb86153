"""Any gait on a treadmill: the same movement, a step higher, and something to stand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts.rendering.scene import Block

if TYPE_CHECKING:
    from scripts.rendering.body import Body
    from scripts.rendering.geometry import Array
    from scripts.rendering.motion import Motion

__all__ = ["OnTreadmill"]

BELT_M = (0.62, 1.90, 0.14)
"""Width, length and height above the floor."""
BELT_COLOUR = (0.09, 0.09, 0.10)
FRAME_COLOUR = (0.45, 0.47, 0.50)
FRAME_WIDTH_M = 0.07


@dataclass(frozen=True, slots=True)
class OnTreadmill:
    """`gait` must not travel. Heights in the truth count from the floor, so the feet stand at the belt's height."""

    gait: Motion

    @property
    def label(self) -> str:
        return self.gait.label

    @property
    def seed(self) -> int:
        return self.gait.seed

    @property
    def duration_s(self) -> float:
        return self.gait.duration_s

    def reps(self) -> list[dict[str, Any]]:
        return self.gait.reps()

    def poses(self, body: Body, time_s: Array) -> list[Array]:
        poses = self.gait.poses(body, time_s)
        for pose in poses:
            pose[:, 2, 3] += BELT_M[2]
        return poses

    def blocks(self, body: Body) -> tuple[Block, ...]:
        """Belt and side rails. The top lies 2 mm below the soles, so that shoes do not flicker through it."""
        width_m, length_m, height_m = BELT_M
        rails = tuple(
            Block(
                (side * (width_m + FRAME_WIDTH_M) / 2, 0.0, (height_m + 0.02) / 2),
                (FRAME_WIDTH_M, length_m, height_m + 0.02),
                FRAME_COLOUR,
            )
            for side in (-1.0, 1.0)
        )
        belt = Block((0.0, 0.0, (height_m - 0.002) / 2), (width_m, length_m, height_m - 0.002), BELT_COLOUR)
        return (belt, *rails)
