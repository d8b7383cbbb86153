"""The counter with phase and tempo, the cue, and the trace.

They are made once as sprites; only a bar and a cursor are drawn live.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from vidgait.outputs.canvas import Box, Canvas, Colour, Sprite
from vidgait.outputs.overlay_phase import Moment, moment_at
from vidgait.outputs.style import COLOURS, FAINT, INK, MUTED, PANEL, WATCH, Style, side_colour
from vidgait.outputs.text import Span, line_height_px, panel, text_width_px, tint, words, wrap, write
from vidgait.tempo import PhaseKind, phases_of

if TYPE_CHECKING:
    from vidgait.outputs.cues import Cue, Tone
    from vidgait.types import Analysis, FloatArray, ImageArray, Rep, Side

__all__ = ["CounterPanel", "CuePanel", "TraceLine", "TracePanel", "counter_size_px", "panel_width_px", "trace_size_px"]

OPACITY = 0.74
NAME = "vidgait"
PHASES: dict[PhaseKind, Colour] = {
    "eccentric": Colour.of("#b9a5ff"),
    "pause": Colour.of("#ffd84d"),
    "concentric": Colour.of("#5fe3b2"),
}
TONES: dict[Tone, str] = {"good": "#5fe3b2", "watch": WATCH, "change": "#b9a5ff"}
TRACK = Colour.of("#4a505a")
SHADE = "#444d5a"

PAGE_S = 24.0
"""A longer clip turns its trace over like pages, so that one repetition stays wide enough to read."""

SMOOTH = 3
"""Traces are drawn this many times larger and shrunk."""


PAD = 0.4
"""Between the edge of a panel and its words, over the size of letters."""


def panel_width_px(style: Style) -> int:
    return 2 * round(4.55 * style.text_px)


def counter_size_px(style: Style, title: str, counted: bool) -> tuple[int, int]:
    """Room for the panel: in an upright picture it must fit beside the head of somebody in the middle. Without
    repetitions only its header is shown."""
    if counted:
        return panel_width_px(style), 2 * round(1.95 * style.text_px)
    words_px = text_width_px(title, style.small_px, "medium")
    return 2 * round(0.5 * words_px + PAD * style.text_px), 2 * round(0.7 * style.text_px)


def trace_size_px(style: Style) -> tuple[int, int]:
    return panel_width_px(style), 2 * round(1.75 * style.text_px)


class CounterPanel:
    """Movement and view; repetition, phase and tempo where the movement has any."""

    def __init__(self, analysis: Analysis, title: str, style: Style, box: Box) -> None:
        self._analysis = analysis
        self._title = title
        self._style = style
        self._box = box
        self._backs: dict[Side | None, Sprite] = {}

    def paint(self, canvas: Canvas, time_s: float, written: list[str]) -> None:
        moment = moment_at(self._analysis, time_s)
        side = moment.side if moment.rep is not None else None
        canvas.sprite(self._back(side), self._box.left, self._box.top)
        written.append(self._header(side).text)
        if not self._analysis.reps:
            return
        tempo = moment.clock or self._tempo(moment.rep, time_s)
        self._write(canvas, moment, tempo)
        written += [str(moment.count), f"of {moment.total}", moment.word, tempo]
        if moment.rep is not None:
            self._bar(canvas, moment.rep, time_s)

    def _header(self, side: Side | None) -> Span:
        """Movement and view; once a leg has begun, which one it is."""
        return (
            Span(self._title, MUTED, "medium") if side is None else Span(f"{side.capitalize()} leg", side_colour(side))
        )

    def _back(self, side: Side | None) -> Sprite:
        if side not in self._backs:
            picture = _background(self._box.width, self._box.height, round(0.4 * self._style.text_px))
            write(picture, self._pad_px, 0.18 * self._style.text_px, [self._header(side)], self._style.small_px)
            self._backs[side] = Sprite.from_premultiplied(picture)
        return self._backs[side]

    @property
    def _pad_px(self) -> int:
        return round(PAD * self._style.text_px)

    @property
    def _body_px(self) -> int:
        """Where the counter begins, below the header."""
        return round(0.18 * self._style.text_px) + line_height_px(self._style.small_px)

    @property
    def _column_px(self) -> int:
        """Where words begin, right of the number."""
        return round(2.75 * self._style.text_px)

    def _write(self, canvas: Canvas, moment: Moment, tempo: str) -> None:
        text_px, small_px, top = self._style.text_px, self._style.small_px, self._box.top + self._body_px
        below = self._box.bottom - line_height_px(small_px) - round(0.16 * text_px)
        middle = self._box.left + self._pad_px + (self._column_px - 1.5 * self._pad_px) / 2
        column = self._box.left + self._column_px
        number = words(Span(str(moment.count), INK), round(1.6 * text_px))
        canvas.sprite(number, middle - number.size_px[0] / 2, top - 0.32 * text_px)
        total = words(Span(f"of {moment.total}", MUTED, "medium"), small_px)
        canvas.sprite(total, middle - total.size_px[0] / 2, below)
        canvas.sprite(words(Span(moment.word, INK), self._fitting_px(moment.word)), column, top)
        if tempo:
            canvas.sprite(words(Span(tempo, MUTED, "medium"), self._fitting_px(tempo)), column, below)

    def _fitting_px(self, text: str) -> int:
        """Size of letters with which `text` fits beside the number: "coming up (partial)" needs smaller ones."""
        room_px = self._box.width - self._column_px - self._pad_px
        needed_px = text_width_px(text, self._style.small_px)
        return self._style.small_px if needed_px <= room_px else max(6, int(self._style.small_px * room_px / needed_px))

    def _tempo(self, rep: Rep | None, time_s: float) -> str:
        """Seconds of the finished phases: "1.4 · 0.3 · 1.1 s"."""
        if rep is None:
            return ""
        done = [phase for phase in phases_of(rep) if phase.end_s <= time_s]
        return " · ".join(f"{phase.duration_s:.1f}" for phase in done) + (" s" if done else "")

    def _bar(self, canvas: Canvas, rep: Rep, time_s: float) -> None:
        left = self._box.left + self._column_px
        width = self._box.right - self._pad_px - left
        top = self._box.top + self._body_px + round(1.14 * self._style.text_px)
        height = max(2, round(0.28 * self._style.text_px))
        canvas.rectangle(Box(left, top, left + width, top + height), TRACK)
        per_s = width / max(rep.end_s - rep.start_s, 1e-6)
        for phase in phases_of(rep):
            start, end = ((at - rep.start_s) * per_s for at in (phase.start_s, min(phase.end_s, time_s)))
            if end > start:
                canvas.rectangle(Box(left + round(start), top, left + round(end), top + height), PHASES[phase.kind])


@dataclass(frozen=True, slots=True, eq=False)
class TraceLine:
    """One curve: (T,) values on the clip's time, NaN where there is none."""

    value: FloatArray
    colour: str


class TracePanel:
    """A small curve of the quantity that matters most, with the repetitions shaded and a cursor at this instant."""

    def __init__(
        self,
        title: str,
        time_s: FloatArray,
        lines: Sequence[TraceLine],
        reps: Sequence[Rep],
        style: Style,
        box: Box,
        span: float = 1e-6,
    ) -> None:
        """`span`: the least that the height of the panel stands for, so that the noise of somebody who stands still
        does not look like a movement."""
        self._title, self._time_s, self._lines, self._reps = title, time_s, lines, reps
        self._style, self._box = style, box
        span_s = float(time_s[-1] - time_s[0])
        self._page_s = span_s if span_s <= PAGE_S else PAGE_S
        values = np.concatenate([line.value for line in lines])
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        self._range = max(high - low, span)
        self._low = 0.5 * (low + high - self._range)
        self._pages: dict[int, Sprite] = {}

    def paint(self, canvas: Canvas, row: int | None, time_s: float, written: list[str]) -> None:
        page = int((time_s - self._time_s[0]) // self._page_s) if self._page_s else 0
        if self._page_s and time_s >= self._time_s[-1] and page:
            page = int(np.ceil((self._time_s[-1] - self._time_s[0]) / self._page_s)) - 1
        if page not in self._pages:
            self._pages[page] = self._make(page)
        canvas.sprite(self._pages[page], self._box.left, self._box.top)
        written.append(self._title)
        x = self._box.left + float(self._x(np.array(time_s), page))
        top, bottom = self._box.top + self._top_px, self._box.bottom - self._pad_px
        canvas.strokes([np.array([(x, top), (x, bottom)])], (COLOURS[INK], 0.5 * self._style.thin_px))
        for line in self._lines:
            if row is not None and np.isfinite(line.value[row]):
                y = self._box.top + float(self._y(line.value[row]))
                radius_px = 0.85 * self._style.joint_px
                layers = (COLOURS[PANEL], 1.5 * radius_px), (COLOURS[line.colour], radius_px)
                canvas.discs(np.array([(x, y)]), *layers)

    @property
    def _pad_px(self) -> int:
        return round(PAD * self._style.text_px)

    @property
    def _top_px(self) -> int:
        return round(1.3 * self._style.text_px)

    def _x(self, time_s: FloatArray, page: int) -> FloatArray:
        start_s = self._time_s[0] + page * self._page_s
        share: FloatArray = (time_s - start_s) / max(self._page_s, 1e-6)
        return self._pad_px + share * (self._box.width - 2 * self._pad_px)

    def _y(self, value: FloatArray) -> FloatArray:
        share: FloatArray = (value - self._low) / self._range
        return self._box.height - self._pad_px - share * (self._box.height - self._top_px - self._pad_px)

    def _make(self, page: int) -> Sprite:
        small_px = self._style.small_px
        picture = _background(self._box.width, self._box.height, round(0.4 * self._style.text_px))
        curves = [(line.colour, self._curve(line, page)) for line in self._lines]
        for colour, mask in [(SHADE, self._shade(page)), *curves]:
            tint(picture, mask.resize((self._box.width, self._box.height), Image.Resampling.BOX), colour)
        end_px = write(
            picture, self._pad_px, 0.15 * self._style.text_px, [Span(self._title, MUTED, "medium")], small_px
        )
        left_px = self._box.width - self._pad_px - text_width_px(NAME, small_px, "medium")
        if left_px > end_px + 0.5 * small_px:
            write(picture, left_px, 0.15 * self._style.text_px, [Span(NAME, FAINT, "medium")], small_px)
        return Sprite.from_premultiplied(picture)

    def _mask(self) -> Image.Image:
        return Image.new("L", (self._box.width * SMOOTH, self._box.height * SMOOTH), 0)

    def _shade(self, page: int) -> Image.Image:
        """Where repetitions are."""
        mask = self._mask()
        left, right = self._pad_px, self._box.width - self._pad_px
        for rep in self._reps:
            start, end = (float(np.clip(self._x(np.array(at), page), left, right)) for at in (rep.start_s, rep.end_s))
            if end > start:
                corners = (start, self._top_px, end, self._box.height - self._pad_px)
                ImageDraw.Draw(mask).rectangle([SMOOTH * number for number in corners], fill=255)
        return mask

    def _curve(self, line: TraceLine, page: int) -> Image.Image:
        mask = self._mask()
        x, y = self._x(self._time_s, page), self._y(line.value)
        shown = np.isfinite(y) & (x >= 0) & (x <= self._box.width)
        edges = np.flatnonzero(np.diff(np.r_[False, shown, False]))
        width = max(1, round(SMOOTH * 0.9 * self._style.thin_px))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            points = np.stack([x[start:end], y[start:end]], axis=1) * SMOOTH
            ImageDraw.Draw(mask).line([(float(a), float(b)) for a, b in points], 255, width, joint="curve")
        return mask


class CuePanel:
    """The line of advice, below the counter, or above it where that stands at the foot of the picture."""

    def __init__(self, cues: Sequence[Cue], style: Style, counter: Box, size_px: tuple[int, int]) -> None:
        self._cues, self._style, self._counter = cues, style, counter
        self._below = counter.top < size_px[1] - counter.bottom
        self._sprites: dict[str, Sprite] = {}

    def paint(self, canvas: Canvas, time_s: float, written: list[str]) -> Box | None:
        """Returns where a cue stands, if one does."""
        cue = next((cue for cue in self._cues if cue.start_s <= time_s < cue.end_s), None)
        if cue is None:
            return None
        if cue.text not in self._sprites:
            self._sprites[cue.text] = self._make(cue)
        sprite, gap = self._sprites[cue.text], round(0.3 * self._style.text_px)
        top = self._counter.bottom + gap if self._below else self._counter.top - gap - sprite.size_px[1]
        written.append(cue.text)
        return canvas.sprite(sprite, self._counter.left, top)

    def _make(self, cue: Cue) -> Sprite:
        text_px, width = self._style.small_px, self._counter.width
        stripe, pad = max(2, round(0.22 * text_px)), round(0.5 * text_px)
        lines = wrap(cue.text, text_px, width - 2 * pad - 2 * stripe)
        line = line_height_px(text_px)
        picture = _background(width, len(lines) * line + pad, round(0.35 * text_px))
        stripe_mask = Image.new("L", (stripe, len(lines) * line), 255)
        tint(picture, stripe_mask, TONES[cue.tone], 1.0, round(0.45 * text_px), pad // 2)
        for number, text in enumerate(lines):
            write(picture, pad + 2 * stripe, pad / 2 + number * line, [Span(text, INK)], text_px)
        return Sprite.from_premultiplied(picture)


@functools.lru_cache(maxsize=16)
def _background_once(width_px: int, height_px: int, radius_px: int) -> ImageArray:
    return panel(width_px, height_px, PANEL, OPACITY, radius_px)


def _background(width_px: int, height_px: int, radius_px: int) -> ImageArray:
    return _background_once(width_px, height_px, radius_px).copy()
