"""Vector drawings of the PDF about legs: repetitions leg beside leg, and the parts of the monitoring index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reportlab.graphics.shapes import Drawing, Line, Rect
from reportlab.lib.colors import toColor, white

from vidgait.outputs.pdf_plots import AXIS_WIDTH, LABEL_HEIGHT, TEXT, grid_lines, mark, string
from vidgait.outputs.pdf_type import BOLD, INK, PANEL, side_colour, side_hex

if TYPE_CHECKING:
    from vidgait.outputs.control_bars import ControlBar, ControlPart
    from vidgait.outputs.leg_dots import LegBand, LegDot, LegDots

__all__ = ["control_scale", "leg_dots"]

BAR_HEIGHT, BAR_GAP, ANCHOR_HEIGHT = 6.0, 2.0, 8.5
NAMES_HEIGHT = 7.5
NUMBERS_MIN = 7.0
"""Points between two repetitions below which not all of them are numbered."""


class _Box:
    """Shares from 0 (left, top) to 1, as points."""

    def __init__(self, x: float, y: float, width: float, height: float) -> None:
        self.x, self.y, self.width, self.height = x, y, width, height

    def across(self, share: float) -> float:
        return self.x + share * self.width

    def up(self, share: float) -> float:
        return self.y + (1 - share) * self.height


def leg_dots(plot: LegDots, width: float, height: float) -> Any:
    """Every repetition of each leg as a mark with its whisker, the leg's own number as a line with its band."""
    drawing = Drawing(width, height)
    low = LABEL_HEIGHT + NAMES_HEIGHT
    box = _Box(AXIS_WIDTH, low, width - AXIS_WIDTH - 2, height - low - 4)
    for part in grid_lines(plot.ticks, box.x, box.y, box.width, box.height):
        drawing.add(part)
    if plot.norm_y is not None:
        y = box.up(plot.norm_y)
        style = {"strokeColor": INK, "strokeWidth": 0.6, "strokeDashArray": [0.8, 1.8]}
        drawing.add(Line(box.x, y, box.x + box.width, y, **style))
    for band in plot.bands:
        for part in _leg_band(band, box):
            drawing.add(part)
    every = max(1, -(-NUMBERS_MIN * len(plot.dots) // box.width))
    for place, dot in enumerate(plot.dots):
        for part in _leg_dot(dot, box, numbered=place % every == 0):
            drawing.add(part)
    return drawing


def _leg_band(band: LegBand, box: _Box) -> list[Any]:
    colour, left, right = side_colour(band.side), box.across(band.left), box.across(band.right)
    y, low, high = box.up(band.middle), box.up(band.low), box.up(band.high)
    dash = {"strokeDashArray": [3, 1.5]} if band.side == "right" else {}
    bold = {"textAnchor": "middle", "fontName": BOLD, "fillColor": toColor(f"#{side_hex(band.side)}")}
    return [
        Rect(left, low, right - left, high - low, fillColor=colour, fillOpacity=0.13, strokeColor=None),
        Line(left, y, right, y, strokeColor=colour, strokeWidth=0.9, **dash),
        string(0.5 * (left + right), 2.0, band.side, **bold),
    ]


def _leg_dot(dot: LegDot, box: _Box, *, numbered: bool) -> list[Any]:
    x, y = box.across(dot.x), box.up(dot.y)
    whisker = Line(x, box.up(dot.low), x, box.up(dot.high), strokeColor=side_colour(dot.side), strokeWidth=0.6)
    number = [string(x, NAMES_HEIGHT + 2.0, str(dot.rep), textAnchor="middle", fontSize=5.6)] if numbered else []
    return [whisker, *mark(x, y, dot.side, 2.0, filled=True), *number]


def control_scale(part: ControlPart, width: float) -> Any:
    """The part on its own scale: where it scores 100 and 0, and each leg's value with its error."""
    rows = len(part.bars)
    height = ANCHOR_HEIGHT + rows * (BAR_HEIGHT + BAR_GAP)
    drawing = Drawing(width, height)
    box = _Box(0.0, 0.0, width, height)
    drawing.add(Rect(0, 0, width, height - ANCHOR_HEIGHT, fillColor=PANEL, strokeColor=None))
    for place, bar in enumerate(part.bars):
        y = height - ANCHOR_HEIGHT - (place + 1) * (BAR_HEIGHT + BAR_GAP) + 0.5 * BAR_GAP
        for shape in _control_bar(bar, box, y):
            drawing.add(shape)
    for share, text in ((part.full, f"100 at {part.full_text}"), (part.zero, f"0 at {part.zero_text}")):
        x = box.across(share)
        drawing.add(Line(x, 0, x, height - ANCHOR_HEIGHT + 1.5, strokeColor=INK, strokeWidth=0.6))
        anchor = "end" if share > 0.8 else "middle"
        drawing.add(string(x, height - ANCHOR_HEIGHT + 2.6, text, textAnchor=anchor, fontSize=TEXT - 0.6))
    return drawing


def _control_bar(bar: ControlBar, box: _Box, y: float) -> list[Any]:
    start, end = box.across(bar.start), box.across(bar.end)
    low, high = box.across(max(bar.low, 0.0)), box.across(min(bar.high, 1.0))
    middle = y + 0.5 * BAR_HEIGHT
    whisker = [(low, middle, high, middle), *((x, y + 1, x, y + BAR_HEIGHT - 1) for x in (low, high))]
    return [
        Rect(start, y, max(end - start, 0.6), BAR_HEIGHT, fillColor=side_colour(bar.side), strokeColor=None),
        *(Line(*ends, strokeColor=white, strokeWidth=1.9) for ends in whisker),
        *(Line(*ends, strokeColor=INK, strokeWidth=0.7) for ends in whisker),
    ]
