"""Vector drawings of the PDF: curves over the clip, and every repetition as a dot with its error.

The curves are those of `plots`, in its box of WIDTH by HEIGHT, set into the PDF's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reportlab.graphics.shapes import Circle, Drawing, Group, Line, Path, Rect, String

from vidgait.outputs import plots
from vidgait.outputs.pdf_type import (
    BOLD,
    INK,
    LINE,
    PANEL,
    REGULAR,
    SOFT,
    plain,
    side_colour,
)

if TYPE_CHECKING:
    from vidgait.types import Side

__all__ = [
    "AXIS_WIDTH",
    "LABEL_HEIGHT",
    "TEXT",
    "Dot",
    "DotPlot",
    "curve",
    "dots",
    "grid_lines",
    "legend",
    "mark",
    "string",
]

AXIS_WIDTH, LABEL_HEIGHT, TOP = 27.0, 11.0, 9.0
TEXT = 6.4
STROKES = {"left": 1.3, "right": 1.0}
"""Dark and thick, light and thin: the two sides in black and white."""

_STEP = re.compile(r"([MLhZ])([-\d.]*)(?: ([-\d.]+))?")


@dataclass(frozen=True, slots=True)
class Dot:
    """One repetition."""

    rep: int
    value: float
    error: float | None
    side: str | None
    used: bool = True
    """Whether the set's number rests on it."""


@dataclass(frozen=True, slots=True)
class DotPlot:
    """One quantity, every repetition a dot."""

    title: str
    unit: str
    dots: tuple[Dot, ...]
    bands: Mapping[Side | None, tuple[float, float | None]]
    """The set's own number and its error, by side."""
    ticks: int = 4


def string(x: float, y: float, text: str, **more: Any) -> Any:
    """Small letters at a point of a drawing."""
    style = {"fontName": REGULAR, "fontSize": TEXT, "fillColor": SOFT}
    return String(x, y, plain(text), **(style | more))


class _Box:
    """Where the drawing of a plot lies: `x`, `y` is its lower left corner."""

    def __init__(self, x: float, y: float, width: float, height: float) -> None:
        self.x, self.y, self.width, self.height = x, y, width, height

    def at(self, x: float, y: float) -> tuple[float, float]:
        """From the box of `plots`, whose y goes down."""
        return self.x + self.width * x / plots.WIDTH, self.y + self.height * (1 - y / plots.HEIGHT)


def _outline(svg: str, box: _Box, **style: Any) -> Any:
    """The path that `plots` writes for a page, as a path here."""
    path = Path(**style)
    for step, first, second in _STEP.findall(svg):
        if step == "Z":
            path.closePath()
        elif step == "h":
            x, y = path.points[-2:]
            path.lineTo(x + float(first) * box.width / plots.WIDTH + 0.3, y)
        else:
            (path.moveTo if step == "M" else path.lineTo)(*box.at(float(first), float(second)))
    return path


def curve(
    plot: plots.Plot, bands: Sequence[plots.Band], time_ticks: Sequence[plots.Tick], width: float, height: float
) -> Any:
    """One plot with its axes, the repetitions shaded behind it."""
    drawing = Drawing(width, height)
    box = _Box(AXIS_WIDTH, LABEL_HEIGHT, width - AXIS_WIDTH - 3, height - LABEL_HEIGHT - TOP)
    for part in (
        *_bands(bands, box),
        *grid_lines(plot.ticks, box.x, box.y, box.width, box.height),
        *_times(time_ticks, box),
    ):
        drawing.add(part)
    for line in plot.lines:
        colour = side_colour(line.side)
        if line.band and not line.far:
            drawing.add(_outline(line.band, box, fillColor=colour, fillOpacity=0.16, strokeColor=None))
    for line in plot.lines:
        style: dict[str, Any] = {
            "strokeColor": side_colour(line.side),
            "strokeWidth": STROKES.get(line.side or "", 1.1),
        }
        dash = {"strokeDashArray": [2.5, 2]} if line.far else {}
        drawing.add(_outline(line.path, box, fillColor=None, strokeLineJoin=1, strokeLineCap=1, **style, **dash))
    return drawing


def _bands(bands: Sequence[plots.Band], box: _Box) -> list[Any]:
    parts: list[Any] = []
    last_end = -1.0
    for band in bands:
        x, width = box.x + band.start * box.width, (band.end - band.start) * box.width
        if band.counted:
            parts.append(Rect(x, box.y, width, box.height, fillColor=PANEL, strokeColor=None))
            middle = x + width / 2
            if middle - last_end > 3 + 2.2 * len(band.label):
                parts.append(string(middle, box.y + box.height + 2.2, band.label, textAnchor="middle"))
                last_end = middle + 2.2 * len(band.label)
        else:
            style = {"fillColor": None, "strokeColor": LINE, "strokeWidth": 0.5, "strokeDashArray": [2, 2]}
            parts.append(Rect(x, box.y, width, box.height, **style))
    return parts


def grid_lines(ticks: Sequence[plots.Tick], x: float, y: float, width: float, height: float) -> list[Any]:
    """Lines across a box whose lower left corner is `x`, `y`, and the numbers beside them."""
    parts: list[Any] = []
    for tick in ticks:
        level = y + height * (1 - tick.share)
        parts.append(Line(x, level, x + width, level, strokeColor=LINE, strokeWidth=0.4))
        parts.append(string(x - 3, level - 2.2, tick.label, textAnchor="end"))
    return parts


def _times(ticks: Sequence[plots.Tick], box: _Box) -> list[Any]:
    last = len(ticks) - 1
    parts: list[Any] = []
    for number, tick in enumerate(ticks):
        at_end = number == last and tick.share > 0.97
        anchor = "end" if at_end else "start" if tick.share < 0.02 else "middle"
        parts.append(string(box.x + tick.share * box.width, 2.0, tick.label, textAnchor=anchor))
    return parts


def dots(plot: DotPlot, width: float, height: float) -> Any:
    """Every repetition of one quantity as a dot with its error; behind them the set's own number with its error."""
    drawing = Drawing(width, height)
    box = _Box(AXIS_WIDTH, LABEL_HEIGHT, width - AXIS_WIDTH - 2, height - LABEL_HEIGHT - TOP - 3)
    low, high, ticks = _range_of(plot)

    def y_of(value: float) -> float:
        return box.y + box.height * (value - low) / (high - low)

    drawing.add(string(0, height - 7, plot.title, fontName=BOLD, fillColor=INK, fontSize=7.2))
    for part in grid_lines(ticks, box.x, box.y, box.width, box.height):
        drawing.add(part)
    for side, (value, error) in plot.bands.items():
        for part in _set_band(box, y_of, value, error, side):
            drawing.add(part)
    for part in _rep_dots(plot, box, y_of):
        drawing.add(part)
    return drawing


def _range_of(plot: DotPlot) -> tuple[float, float, tuple[plots.Tick, ...]]:
    known = [(dot.value, dot.error or 0.0) for dot in plot.dots]
    known += [(value, error or 0.0) for value, error in plot.bands.values()]
    low, high = min(v - e for v, e in known), max(v + e for v, e in known)
    lacking = plots.SPAN_MIN.get(plot.unit, 0.0) / 3 - (high - low)
    if lacking > 0 or high <= low:
        low, high = low - max(lacking, 0.1) / 2, high + max(lacking, 0.1) / 2
    return plots.axis(low, high)


def _set_band(box: _Box, y_of: Any, value: float, error: float | None, side: str | None) -> list[Any]:
    colour, y = side_colour(side), y_of(value)
    dash = {"strokeDashArray": [3, 1.5]} if side == "right" else {}
    parts: list[Any] = [Line(box.x, y, box.x + box.width, y, strokeColor=colour, strokeWidth=0.7, **dash)]
    if error is not None:
        low, high = y_of(value - error), y_of(value + error)
        band = Rect(box.x, low, box.width, high - low, fillColor=colour, fillOpacity=0.10, strokeColor=None)
        parts.insert(0, band)
    return parts


def _rep_dots(plot: DotPlot, box: _Box, y_of: Any) -> list[Any]:
    reps = sorted({dot.rep for dot in plot.dots})
    step = box.width / max(len(reps), 1)
    both = len({dot.side for dot in plot.dots}) > 1
    parts: list[Any] = []
    for place, rep in enumerate(reps):
        x = box.x + (place + 0.5) * step
        if place % (1 + len(reps) * 9 // max(int(box.width), 1)) == 0:
            parts.append(string(x, 2.0, str(rep), textAnchor="middle"))
        for dot in (dot for dot in plot.dots if dot.rep == rep):
            twin = both and sum(other.rep == rep for other in plot.dots) > 1
            shift = {"left": -0.12, "right": 0.12}.get(dot.side or "", 0.0) * step if twin else 0.0
            parts += _dot(x + shift, y_of(dot.value), dot, y_of, min(2.1, max(0.9, 0.16 * step)))
    return parts


def _dot(x: float, y: float, dot: Dot, y_of: Any, size: float) -> list[Any]:
    parts: list[Any] = []
    if dot.error is not None:
        low, high = y_of(dot.value - dot.error), y_of(dot.value + dot.error)
        parts.append(Line(x, low, x, high, strokeColor=side_colour(dot.side), strokeWidth=0.6))
    return [*parts, *mark(x, y, dot.side, size, filled=dot.used)]


def mark(x: float, y: float, side: str | None, size: float, *, filled: bool) -> list[Any]:
    """Left is a disc, right a square; what does not count is hollow."""
    colour = side_colour(side)
    style = {"fillColor": colour if filled else None, "strokeColor": colour, "strokeWidth": 0.7}
    if side == "right":
        return [Rect(x - 0.9 * size, y - 0.9 * size, 1.8 * size, 1.8 * size, **style)]
    return [Circle(x, y, size, **style)]


def legend(sides: Sequence[str], marks: bool) -> Any:
    """Which colour and mark is which side, in one line."""
    drawing = Drawing(62.0 * len(sides), 10)
    for place, side in enumerate(sides):
        x, colour = 62.0 * place, side_colour(side)
        group = Group(Line(x, 4, x + 14, 4, strokeColor=colour, strokeWidth=STROKES.get(side, 1.1)))
        if marks:
            for part in mark(x + 7, 4, side, 2.1, filled=True):
                group.add(part)
        group.add(string(x + 18, 1.8, side, fillColor=INK, fontName=BOLD, fontSize=7.2))
        drawing.add(group)
    return drawing
