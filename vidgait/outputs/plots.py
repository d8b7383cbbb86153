"""Curves over the clip as inline SVG, and the numbers behind them for the page's script.

A plot is drawn into a box of WIDTH by HEIGHT that the page stretches to whatever room there is; strokes keep their
width, and everything that is text stands beside the drawing as HTML. So it is sharp on a phone, on paper, and
without any script.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vidgait.outputs.legs import shown_series

if TYPE_CHECKING:
    from vidgait.types import Analysis, BoolArray, FloatArray, IntArray, Series, Side

__all__ = [
    "HEIGHT",
    "SPAN_MIN",
    "WIDTH",
    "Band",
    "Line",
    "Plot",
    "Tick",
    "axis",
    "far_side",
    "line_path",
    "make_plots",
    "page_data",
    "rep_bands",
    "time_ticks",
]

WIDTH, HEIGHT = 1000, 240
"""Of the drawing's own coordinates."""

POINTS_MAX = 1500
"""A curve with more points is drawn by the lowest and highest of each stretch, which looks the same."""

READOUT_MAX = 3000
"""How many instants the page's script knows; between them the nearest is shown."""

SPAN_MIN = {"deg": 30.0, "deg/s": 60.0, "ratio": 0.5, "leg lengths": 0.3}
"""Least height of a vertical axis, so that noise is not blown up to fill the box; 10 for other units."""


MARGIN_SHARE = 0.05
"""Free space above and below the curves."""

TICKS_MAX = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A number beside an axis; `share` from 0 (left, top) to 1."""

    label: str
    share: float


@dataclass(frozen=True, slots=True)
class Line:
    side: Side | None
    far: bool
    """The leg behind the other one, seen less well: drawn dashed."""
    path: str
    band: str
    """Outline of value plus and minus the error, empty where none is known."""


@dataclass(frozen=True, slots=True)
class Plot:
    id: str
    name: str
    """Series name, with its unit."""
    unit: str
    error: float | None
    """Half-width of the band."""
    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A repetition on the time axis; shares of the clip from 0 to 1."""

    label: str
    start: float
    end: float
    counted: bool


def make_plots(analysis: Analysis, errors: Mapping[tuple[str, Side | None], float]) -> tuple[Plot, ...]:
    """One plot for every series that has values, left and right together, in the order of the series.

    `errors` gives the half-width of the band by series name and side.
    """
    shown = shown_series(analysis)
    names = dict.fromkeys(series.name for series in shown if np.isfinite(series.value).sum() > 1)
    return tuple(
        _plot(f"plot-{number}", [s for s in shown if s.name == name], analysis, errors)
        for number, name in enumerate(names)
    )


def _plot(id: str, both: Sequence[Series], analysis: Analysis, errors: Mapping[tuple[str, Side | None], float]) -> Plot:
    shown = [series for series in both if np.isfinite(series.value).any()]
    known = [errors[s.name, s.side] for s in shown if (s.name, s.side) in errors]
    error = max(known) if known else None
    low, high, ticks = _scale(shown, error or 0.0)
    far = far_side(analysis)
    time_s = analysis.poses.time_s
    lines = tuple(
        Line(
            side=series.side,
            far=series.side is not None and series.side == far,
            path=line_path(time_s, series.value, low, high),
            band="" if error is None else _band_path(time_s, series.value, error, low, high),
        )
        for series in shown
    )
    return Plot(id, both[0].name, both[0].unit, error, lines, ticks)


def far_side(analysis: Analysis) -> Side | None:
    """The leg that is behind the other one throughout, or None where the view changes or shows both."""
    near = {segment.near_side for segment in analysis.segments}
    if near == {"left"}:
        return "right"
    return "left" if near == {"right"} else None


def _scale(shown: Sequence[Series], error: float) -> tuple[float, float, tuple[Tick, ...]]:
    """Limits of the vertical axis and its ticks, at round numbers."""
    values = np.concatenate([series.value[np.isfinite(series.value)] for series in shown])
    low, high = float(values.min()) - error, float(values.max()) + error
    lacking = SPAN_MIN.get(shown[0].unit, 10.0) - (high - low)
    if lacking > 0:
        low, high = low - lacking / 2, high + lacking / 2
    return axis(low, high)


def axis(low: float, high: float) -> tuple[float, float, tuple[Tick, ...]]:
    """Limits of a vertical axis that shows `low` to `high` with a little room, and its ticks at round numbers."""
    margin = MARGIN_SHARE * (high - low)
    low, high = low - margin, high + margin
    step = _round_step((high - low) / TICKS_MAX)
    decimals = max(0, -math.floor(math.log10(step)))
    rows = range(math.ceil(low / step), math.floor(high / step) + 1)
    ticks = [Tick(_number(row * step, decimals), (high - row * step) / (high - low)) for row in rows]
    return low, high, tuple(ticks)


def _round_step(rough: float) -> float:
    """The smallest of 1, 2, 5, 10, ... that is not below `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough * (1 - 1e-9))


def _number(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.replace("-", "−") if float(text) else text.replace("-", "")


def line_path(time_s: FloatArray, value: FloatArray, low: float, high: float) -> str:
    """SVG path of the curve; a missing value lifts the pen.

    `low` and `high` are the values at the lower and upper edge of the box.
    """
    rows = _drawn_rows(value)
    x, y = _x(time_s)[rows], _y(value[rows], low, high)
    parts = []
    for run in _runs(np.isfinite(y)):
        points = "L".join(f"{x[i]:.1f} {y[i]:.1f}" for i in run)
        parts.append(f"M{points}" if len(run) > 1 else f"M{points}h0.1")
    return "".join(parts)


def _band_path(time_s: FloatArray, value: FloatArray, error: float, low: float, high: float) -> str:
    rows = _drawn_rows(value, POINTS_MAX // 3)
    x, upper = _x(time_s)[rows], _y(value[rows] + error, low, high)
    lower = _y(value[rows] - error, low, high)
    parts = []
    for run in _runs(np.isfinite(upper)):
        there = [f"{x[i]:.0f} {upper[i]:.0f}" for i in run]
        back = [f"{x[i]:.0f} {lower[i]:.0f}" for i in run[::-1]]
        parts.append(f"M{'L'.join(there + back)}Z")
    return "".join(parts)


def _drawn_rows(value: FloatArray, most: int = POINTS_MAX) -> IntArray:
    """Rows to draw: all, or for a long clip the ends, lowest and highest of each stretch and every edge of a gap."""
    if len(value) <= most:
        return np.arange(len(value))
    kept = [_extremes(part, value) for part in np.array_split(np.arange(len(value)), most // 2)]
    seen = np.isfinite(value)
    edges = np.flatnonzero(np.diff(seen.astype(int)))
    return np.unique(np.concatenate([*kept, edges, edges + 1]))


def _extremes(rows: IntArray, value: FloatArray) -> IntArray:
    seen = rows[np.isfinite(value[rows])]
    if not len(seen):
        return rows[:1]
    return seen[[int(np.argmin(value[seen])), int(np.argmax(value[seen]))]]


def _runs(seen: BoolArray) -> list[IntArray]:
    """Indices of each unbroken stretch of True."""
    rows = np.flatnonzero(seen)
    if not len(rows):
        return []
    return list(np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1))


def _x(time_s: FloatArray) -> FloatArray:
    x: FloatArray = WIDTH * _share(time_s, time_s)
    return x


def _y(value: FloatArray, low: float, high: float) -> FloatArray:
    y: FloatArray = HEIGHT * (high - value) / (high - low)
    return y


def _share(at_s: FloatArray, time_s: FloatArray) -> FloatArray:
    """Place on the time axis, 0 at the first analysed frame and 1 at the last."""
    span_s = float(time_s[-1] - time_s[0]) or 1.0
    share: FloatArray = np.clip((np.asarray(at_s) - time_s[0]) / span_s, 0.0, 1.0)
    return share


def rep_bands(analysis: Analysis) -> tuple[Band, ...]:
    """Where the repetitions lie on the time axis. Partial and excluded ones are there but not counted."""
    time_s = analysis.poses.time_s
    return tuple(
        Band(
            label=str(rep.index) if rep.index > 0 else "",
            start=float(_share(np.array(rep.start_s), time_s)),
            end=float(_share(np.array(rep.end_s), time_s)),
            counted=rep.is_used,
        )
        for rep in analysis.reps
    )


def time_ticks(time_s: FloatArray) -> tuple[Tick, ...]:
    """About five round times, as minutes and seconds once the clip is that long."""
    start_s, end_s = float(time_s[0]), float(time_s[-1])
    if end_s <= start_s:
        return (Tick("0 s", 0.0),)
    step_s = _round_step((end_s - start_s) / 6)
    step_s = next((s for s in (60.0, 120.0, 300.0) if 20 < step_s <= s), step_s)
    first = math.ceil(start_s / step_s - 1e-9)
    times = [i * step_s for i in range(first, math.floor(end_s / step_s + 1e-9) + 1)]
    return tuple(Tick(_clock(t, step_s), float(_share(np.array(t), time_s))) for t in times)


def _clock(time_s: float, step_s: float) -> str:
    if step_s >= 60:
        return f"{round(time_s / 60)} min"
    return f"{time_s:.0f} s" if step_s >= 1 else f"{time_s:.1f} s"


def page_data(analysis: Analysis, plots: Sequence[Plot]) -> dict[str, Any]:
    """What the page's script needs to follow the video: times on both clocks and each curve's values, NaN as None."""
    count = len(analysis.poses.time_s)
    rows = np.unique(np.linspace(0, count - 1, min(count, READOUT_MAX)).round().astype(int))
    values = {(s.name, s.side): s.value for s in shown_series(analysis)}
    return {
        "time": _rounded(analysis.poses.time_s[rows], 4),
        "video": _rounded(_video_time_s(analysis)[rows], 4),
        "plots": {
            plot.id: [
                {"side": line.side, "values": _rounded(values[plot.name, line.side][rows], _decimals(plot.unit))}
                for line in plot.lines
            ]
            for plot in plots
        },
    }


def _video_time_s(analysis: Analysis) -> FloatArray:
    """(T,) what a player of the annotated video shows: the source's media time, but counted from the first picture
    where the beginning was cut off, as the video is written."""
    media_time_s = analysis.poses.media_time_s
    cut = analysis.settings.get("video", {}).get("start_s") is not None
    return media_time_s - media_time_s[0] if cut else media_time_s


def _decimals(unit: str) -> int:
    return 2 if unit in ("ratio", "leg lengths", "m", "m/s", "s") else 1


def _rounded(values: FloatArray, decimals: int) -> list[float | None]:
    return [round(float(value), decimals) if math.isfinite(value) else None for value in values]
