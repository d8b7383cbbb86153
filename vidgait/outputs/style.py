"""Colours and sizes of everything that is drawn into a picture.

Left is blue and right is orange everywhere: a pair that people with any common colour blindness tell apart, and that
differs in brightness too.
"""

from __future__ import annotations

from dataclasses import dataclass

from vidgait.outputs.canvas import Colour

__all__ = ["COLOURS", "FAINT", "INK", "LEFT", "MIDDLE", "MUTED", "PANEL", "RIGHT", "WATCH", "Style", "side_colour"]

LEFT = "#4fb8ff"
RIGHT = "#ffa62b"
MIDDLE = "#f2f3f5"
INK = "#ffffff"
MUTED = "#c3c9d2"
FAINT = "#8b93a0"
PANEL = "#14171c"
WATCH = "#ffd84d"

COLOURS = {name: Colour.of(name) for name in (LEFT, RIGHT, MIDDLE, INK, MUTED, PANEL, WATCH)}

TEXT_SHARE = 0.0235
"""Height of letters over the long side: what a phone held in the hand still shows."""

TEXT_MIN_PX = 9


def side_colour(side: str | None) -> str:
    return {"left": LEFT, "right": RIGHT}.get(side or "", MIDDLE)


@dataclass(frozen=True, slots=True)
class Style:
    """Sizes for one size of picture, in pixels."""

    text_px: int
    bone_px: float
    thin_px: float
    halo_px: float
    joint_px: float
    margin_px: int

    @property
    def small_px(self) -> int:
        """Letters of the panels, which stand still; those at the joints move and are larger."""
        return max(TEXT_MIN_PX, round(0.8 * self.text_px))

    @classmethod
    def of(cls, size_px: tuple[int, int], text_share: float = TEXT_SHARE) -> Style:
        long_px = max(size_px)
        return cls(
            text_px=max(TEXT_MIN_PX, round(text_share * long_px)),
            bone_px=max(1.0, 0.0047 * long_px),
            thin_px=max(1.0, 0.0022 * long_px),
            halo_px=max(1.0, 0.0022 * long_px),
            joint_px=max(1.5, 0.0052 * long_px),
            margin_px=round(0.018 * long_px),
        )
