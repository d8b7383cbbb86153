"""The parts of the live picture, each drawn into its box: counter, readings, bar, banner, guide, small print.

Letters are as large as their box allows: a laptop of 13 inches, three metres away, shows letters of a tenth of its
height about as large as a newspaper's headline in the hand.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vidgait.live.picture_paper import Paper, bgr_of, fitted, glyphs_width_px, panel
from vidgait.outputs.canvas import Box
from vidgait.outputs.style import FAINT, INK, MUTED, PANEL, WATCH, side_colour
from vidgait.outputs.text import line_height_px, text_width_px
from vidgait.outputs.words import number, plus_minus, unit_after

if TYPE_CHECKING:
    from vidgait.live.state import Advice, LiveReading, LiveRep, LiveState, LiveStats, Phase, Tone

__all__ = [
    "draw_banner",
    "draw_bar",
    "draw_checks",
    "draw_counter",
    "draw_foot",
    "draw_guide",
    "draw_readings",
    "draw_recording",
    "stats_words",
]

GOOD, CHANGE, ALARM = "#5fe3b2", "#b9a5ff", "#ff5a4f"
TONES: dict[Tone, str] = {"good": GOOD, "watch": WATCH, "change": CHANGE}
PHASES: dict[Phase, tuple[str, str]] = {
    "rest": ("", FAINT),
    "down": ("down", CHANGE),
    "bottom": ("bottom", WATCH),
    "up": ("up", GOOD),
    "hold": ("hold", WATCH),
}
"""Word and colour; the colours are those of the annotated video."""

TRACK = "#4a505a"
FLASH_S = 0.7
"""How long the counter lights up for a new repetition."""

CHECKS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("One person", ("nobody", "two_people"), False),
    ("Whole body in the picture", ("step_back", "step_closer", "feet_cut_off", "head_cut_off"), True),
    ("Enough light", ("too_dark", "too_bright"), False),
    ("Camera level", ("lens_tilted",), True),
    ("Turned the right way", ("turn",), True),
    ("Standing still", ("stand_still",), True),
)
"""What is looked at before it begins: words, the advice that says it is not so, and whether it takes a person to
know."""


def draw_banner(paper: Paper, box: Box, words: str, colour: str, small: str = "") -> Box:
    """One sentence as large as fits, on a panel with a stripe of its colour. Returns what it covers."""
    pad, radius = _pad(box), _radius(box)
    stripe = max(2, round(0.1 * box.height))
    room = box.width - 3 * pad - stripe, box.height - pad
    small_px = max(7, round(0.24 * room[1])) if small else 0
    size_px, lines = fitted(words, room[0], room[1] - line_height_px(small_px), round(0.72 * box.height), 3)
    below_px, below = fitted(small, room[0], line_height_px(small_px), small_px, 1) if small else (0, ())
    high = len(lines) * line_height_px(size_px) + len(below) * line_height_px(below_px)
    paper.lay(panel(box.width, box.height, radius), box.left, box.top)
    top = box.top + (box.height - high) / 2
    left = box.left + pad
    paper.fill(Box(left, box.top + pad // 2, left + stripe, box.bottom - pad // 2), bgr_of(colour))
    for text in lines:
        paper.write(text, left + stripe + pad, top, size_px, INK)
        top += line_height_px(size_px)
    for text in below:
        paper.write(text, left + stripe + pad, top, below_px, MUTED)
    return box


def draw_guide(paper: Paper, box: Box, advice: Sequence[Advice]) -> None:
    """The most urgent advice as large as fits, and why."""
    first = advice[0]
    draw_banner(paper, box, first.text, WATCH, first.why)


def draw_checks(paper: Paper, box: Box, advice: Sequence[Advice], seen: bool) -> None:
    """What is in order and what is not; what cannot be known without a person has a dot."""
    wrong = {one.id for one in advice}
    rows = [(words, _mark(ids, wrong, needs and not seen)) for words, ids, needs in CHECKS]
    pad = _pad(box)
    longest = max((words for words, _ in rows), key=len)
    row = min((box.height - pad) // len(rows), round(0.16 * box.width))
    size_px, _ = fitted(longest, box.width - 2 * pad - row, row, round(0.66 * row), 1)
    height = row * len(rows) + pad
    paper.lay(panel(box.width, height, _radius(box)), box.left, box.top)
    for at, (words, (mark, colour)) in enumerate(rows):
        top = box.top + pad / 2 + at * row + (row - line_height_px(size_px)) / 2
        paper.write(mark, box.left + pad, top, size_px, colour)
        paper.write(words, box.left + pad + row * 0.75, top, size_px, INK if mark != "·" else MUTED)


def _mark(ids: Sequence[str], wrong: set[str], unknown: bool) -> tuple[str, str]:
    if wrong & set(ids):
        return "×", WATCH
    return ("·", FAINT) if unknown else ("✓", GOOD)


def draw_counter(paper: Paper, box: Box, state: LiveState, movement: str) -> None:
    """How many, of what, and of which leg."""
    flash = bool(state.reps) and 0 <= state.time_s - state.reps[-1].announced_s < FLASH_S
    pad = _pad(box)
    paper.lay(panel(box.width, box.height, _radius(box)), box.left, box.top)
    head = round(0.2 * box.height)
    size_px, lines = fitted(movement, box.width - 2 * pad, head, round(0.16 * box.height), 1)
    for text in lines:
        paper.write(text, box.left + pad, box.top + pad / 2, size_px, MUTED)
    sides = _sides(state.reps)
    foot = round(0.2 * box.height) if sides else 0
    room = box.height - head - foot - pad
    count = str(len(state.reps))
    count_px = fitted(count, box.width - 2 * pad, 10 * room, round(0.98 * room), 1)[0]
    left = box.left + (box.width - glyphs_width_px(count, count_px)) / 2
    top = box.top + head + pad / 2 + (room - line_height_px(count_px)) / 2
    paper.write_number(count, left, top, count_px, GOOD if flash else INK)
    left, size_px = float(box.left + pad), round(0.72 * foot)
    for words, colour in sides:
        left = paper.write(words, left, box.bottom - foot - pad / 4, size_px, colour) + size_px


def _sides(reps: Sequence[LiveRep]) -> list[tuple[str, str]]:
    """How many of each leg, where repetitions belong to one."""
    legs = [rep.side for rep in reps]
    return [(f"{side[0].upper()} {legs.count(side)}", side_colour(side)) for side in ("left", "right") if any(legs)]


def draw_readings(paper: Paper, box: Box, readings: Sequence[LiveReading], blank: str | None) -> None:
    """Names and numbers below one another. `blank`: why none of them may be shown now, or None."""
    if not readings:
        return
    row = min(box.height // len(readings), round(0.6 * box.width))
    paper.lay(panel(box.width, row * len(readings), _radius(box)), box.left, box.top)
    for at, reading in enumerate(readings):
        top = box.top + at * row
        _draw_reading(paper, Box(box.left, top, box.right, top + row), reading, blank)


def _draw_reading(paper: Paper, box: Box, reading: LiveReading, blank: str | None) -> None:
    pad = _pad(box)
    label = f"{reading.side.capitalize()} {reading.label.lower()}" if reading.side else reading.label
    colour = side_colour(reading.side) if reading.side else MUTED
    room = box.width - 2 * pad
    size_px, lines = fitted(label, room, box.height, round(0.25 * box.height), 1)
    for words in lines:
        paper.write(words, box.left + pad, box.top + 0.06 * box.height, size_px, colour)
    top, room_px = box.top + 0.37 * box.height, 0.6 * box.height
    if blank is not None or reading.value is None or not math.isfinite(reading.value):
        why = blank if blank is not None else reading.why_none or "not seen"
        _draw_dash(paper, Box(box.left + pad, round(top), box.right - pad, box.bottom), why)
        return
    value = number(reading.value, reading.error) + unit_after(reading.unit)
    error = plus_minus(reading.error, reading.unit).replace("\u00a0", "")
    large, little = round(0.8 * room_px), round(0.42 * room_px)
    needed = glyphs_width_px(value, large) + glyphs_width_px(error, little) + little / 3
    if needed > room:
        large, little = int(large * room / needed), int(little * room / needed)
    end = paper.write_number(value, box.left + pad, top + (room_px - line_height_px(large)) / 2, large)
    low = top + (room_px + line_height_px(large)) / 2 - line_height_px(little) - 0.13 * large
    paper.write_number(error, end + little / 3, low, little, MUTED)


def _draw_dash(paper: Paper, box: Box, why: str) -> None:
    size_px = round(0.8 * 0.9 * box.height)
    end = paper.write_number("–", box.left, box.top, size_px, FAINT)
    left = round(end + 0.3 * size_px)
    small_px, lines = fitted(why, box.right - left, box.height, round(0.4 * box.height), 2)
    top = box.top + (box.height - len(lines) * line_height_px(small_px)) / 2
    for words in lines:
        paper.write(words, left, top, small_px, MUTED)
        top += line_height_px(small_px)


def draw_bar(paper: Paper, box: Box, phase: Phase, depth_share: float | None) -> None:
    """A bar that fills downwards as the person goes down, in the colour of the phase; the line is the deepest so far.
    Nothing fills it where the depth is not known."""
    words, colour = PHASES[phase]
    pad = max(2, round(0.1 * box.width))
    size_px, lines = fitted(words or "bottom", box.width - pad, box.width, round(0.4 * box.width), 1)
    head = line_height_px(size_px)
    paper.lay(panel(box.width, box.height, round(0.15 * box.width)), box.left, box.top)
    if words:
        left = box.left + (box.width - text_width_px(lines[0], size_px)) / 2
        paper.write(lines[0], left, box.top + pad / 2, size_px, colour)
    inner = Box(box.left + 3 * pad, box.top + head + pad, box.right - 3 * pad, box.bottom - 2 * pad)
    paper.fill(inner, bgr_of(TRACK))
    deepest = inner.top + round(0.9 * inner.height)
    if depth_share is not None and math.isfinite(depth_share) and depth_share > 0:
        low = min(inner.bottom, round(inner.top + depth_share * (deepest - inner.top)))
        paper.fill(Box(inner.left, inner.top, inner.right, low), bgr_of(colour))
    paper.fill(Box(inner.left - pad, deepest, inner.right + pad, deepest + max(1, pad // 2)), bgr_of(INK))


def draw_foot(paper: Paper, box: Box, lines: Sequence[str]) -> None:
    """Small print, one line above the other at the foot of the box."""
    bottom = box.bottom
    for words in reversed(lines):
        size_px, fitting = fitted(words, box.width - box.height // 2, 4 * box.height, round(0.68 * box.height), 3)
        for text in reversed(fitting):
            high = line_height_px(size_px)
            width = text_width_px(text, size_px) + size_px
            paper.lay(panel(width, high, 0, PANEL), box.left, bottom - high)
            paper.write(text, box.left + size_px / 2, bottom - high, size_px, MUTED)
            bottom -= high


def draw_recording(paper: Paper, right_px: int, top_px: int, size_px: int) -> None:
    """A red dot and a word, its right upper corner at the given place."""
    width = text_width_px("REC", size_px) + round(2.2 * size_px)
    high = line_height_px(size_px)
    paper.lay(panel(width, high, high // 3), right_px - width, top_px)
    paper.write("·", right_px - width + 0.5 * size_px, top_px, size_px, ALARM)
    paper.write("REC", right_px - width + 1.4 * size_px, top_px, size_px, INK)


def stats_words(stats: LiveStats) -> str:
    """`29.8 pictures/s · lag 61 ms, worst 90 ms · 12 of 400 dropped · pose 20 ms`."""
    parts = [f"{stats.rate_hz:.1f} pictures/s"]
    if stats.lag_ms is not None:
        worst = "" if stats.lag_worst_ms is None else f", 95 % under {stats.lag_worst_ms:.0f} ms"
        parts.append(f"lag {stats.lag_ms:.0f} ms{worst}")
    parts.append(f"{stats.dropped} of {stats.captured} dropped")
    parts += [f"{name} {stage_ms:.1f} ms" for name, stage_ms in stats.stages_ms]
    return " · ".join(parts)


def _pad(box: Box) -> int:
    return max(2, round(0.06 * min(box.width, 2 * box.height)))


def _radius(box: Box) -> int:
    return max(2, round(0.05 * min(box.width, 2 * box.height)))
