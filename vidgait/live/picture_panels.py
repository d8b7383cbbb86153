"""The parts of the live picture, each drawn into its box: counter, readings, bar, banner, guide, small print.

Letters are as large as their box allows: a laptop of 13 inches, three metres away, shows letters of a tenth of its
height about as large as a newspaper's headline in the hand.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vidgait.live.picture_paper import Paper, bgr_of, count_ink, fitted, glyphs_width_px, panel, width_px_of
from vidgait.outputs.canvas import Box
from vidgait.outputs.style import FAINT, INK, MUTED, PANEL, WATCH, side_colour
from vidgait.outputs.text import line_height_px
from vidgait.outputs.words import number, plus_minus, unit_after

if TYPE_CHECKING:
    from vidgait.live.state import Advice, LiveReading, LiveRep, LiveState, LiveStats, Phase, Tone

__all__ = [
    "GOOD",
    "TONES",
    "draw_advice",
    "draw_bar",
    "draw_checks",
    "draw_counter",
    "draw_cue",
    "draw_foot",
    "draw_notice",
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

CAPITAL, BASELINE = 0.727, 0.985
"""Height of digits, and where they stand below the top of their line, over the size of letters."""

NAME_SHARE = 0.42
"""How much of a reading's width its name has."""

SMALL_PRINT = 0.6
"""How much smaller small print may become before it takes another line."""

ONE_LINE = 0.75
"""The same of sentences that are to be read from afar."""

SHORT_WHY = 12
"""A reason of more letters than this takes two lines."""

LAST_CHECK = ("Standing still", "stand_still")
"""Is looked at when all others are in order."""

TRACK = "#4a505a"
FLASH_S = 0.7
"""How long the counter lights up for a new repetition."""

CHECKS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("One person", ("nobody", "two_people"), False),
    ("Whole body", ("step_back", "step_closer", "feet_cut_off", "head_cut_off"), True),
    ("Light", ("too_dark", "too_bright"), False),
    ("Camera level", ("lens_tilted",), True),
    ("Direction", ("turn",), True),
)
"""What is looked at before it begins: words, the advice that says it is not so, and whether it takes a person to
know."""


def draw_cue(paper: Paper, box: Box, words: str, colour: str) -> None:
    """One sentence, dark on a panel of its colour, as large as fits; the panel is no wider than it needs to be and
    stands in the middle of the box."""
    pad = _pad(box)
    size_px, lines = _fitted_in_one(words, box.width - 2 * pad, box.height, round(0.78 * box.height), 3)
    widest = max((width_px_of(text, size_px) for text in lines), default=0)
    width = min(box.width, widest + 2 * max(pad, size_px // 3))
    high = min(box.height, len(lines) * line_height_px(size_px) + pad)
    left = box.left + (box.width - width) // 2
    paper.lay(panel(width, high, _radius(box), colour, 0.95), left, box.top)
    top = box.top + (high - len(lines) * line_height_px(size_px)) / 2
    for text in lines:
        paper.write(text, left + (width - width_px_of(text, size_px)) / 2, top, size_px, PANEL)
        top += line_height_px(size_px)


def draw_advice(paper: Paper, box: Box, words: str, why: str, colour: str) -> int:
    """What to do as large as fits into the width, and why below it, on a dark panel no taller than they need.
    Returns where it ends."""
    pad = _pad(box)
    stripe = max(3, round(0.08 * box.height))
    left = box.left + 2 * pad + stripe
    room_px = box.right - pad - left
    why_px, why_lines = _fitted_in_one(why, room_px, box.height // 3, round(0.19 * box.height), 2)
    why_high = len(why_lines) * line_height_px(why_px)
    size_px, lines = _fitted_in_one(words, room_px, box.height - pad - why_high, round(0.42 * box.height), 2)
    bottom = min(box.bottom, box.top + len(lines) * line_height_px(size_px) + why_high + pad)
    paper.lay(panel(box.width, bottom - box.top, _radius(box)), box.left, box.top)
    paper.fill(Box(box.left + pad, box.top + pad, box.left + pad + stripe, bottom - pad), bgr_of(colour))
    top = box.top + (bottom - box.top - len(lines) * line_height_px(size_px) - why_high) / 2
    for text in lines:
        paper.write(text, left, top, size_px, INK)
        top += line_height_px(size_px)
    for text in why_lines:
        paper.write(text, left, top, why_px, MUTED)
        top += line_height_px(why_px)
    return bottom


def draw_checks(paper: Paper, box: Box, advice: Sequence[Advice], seen: bool) -> None:
    """What is in order and what is not; what cannot be known without a person has a dot."""
    wrong = {one.id for one in advice}
    rows = [(words, _mark(ids, wrong, needs and not seen)) for words, ids, needs in CHECKS]
    rows.append((LAST_CHECK[0], _mark(LAST_CHECK[1:], wrong, bool(wrong) or not seen)))
    pad = _pad(box)
    longest = max((words for words, _ in rows), key=len)
    row = (box.height - pad) // len(rows)
    size_px, _ = fitted(longest, round(0.84 * box.width) - 2 * pad, row, round(0.6 * row), 1)
    row = min(row, round(1.6 * size_px))
    mark_px, width = round(1.35 * size_px), width_px_of(longest, size_px) + round(1.35 * size_px) + 2 * pad
    paper.lay(panel(min(box.width, width), row * len(rows) + pad, _radius(box)), box.left, box.top)
    for at, (words, (mark, colour)) in enumerate(rows):
        top = box.top + pad / 2 + at * row + (row - line_height_px(size_px)) / 2
        paper.write(mark, box.left + pad, top, size_px, colour)
        paper.write(words, box.left + pad + mark_px, top, size_px, {GOOD: INK, WATCH: WATCH}.get(colour, MUTED))


def _mark(ids: Sequence[str], wrong: set[str], unknown: bool) -> tuple[str, str]:
    if wrong & set(ids):
        return "×", WATCH
    return ("·", FAINT) if unknown else ("✓", GOOD)


def draw_counter(paper: Paper, box: Box, state: LiveState, movement: str) -> None:
    """How many, of what, and of which leg."""
    flash = bool(state.reps) and 0 <= state.time_s - state.reps[-1].announced_s < FLASH_S
    pad, sides = _pad(box), _sides(state.reps)
    head, foot = round(0.2 * box.height), round(0.19 * box.height) if sides else 0
    paper.lay(panel(box.width, box.height, _radius(box)), box.left, box.top)
    size_px, lines = fitted(movement, box.width - 2 * pad, round(0.24 * box.height), round(0.19 * box.height), 1)
    for text in lines:
        paper.write(text, box.left + pad, box.top + pad / 2, size_px, MUTED)
    room = Box(box.left + pad, box.top + head + pad, box.right - pad, box.bottom - foot - pad)
    _draw_count(paper, room, str(len(state.reps)), GOOD if flash else INK)
    size_px = round(0.8 * foot)
    gap_px = size_px // 2
    left = box.left + (box.width - sum(width_px_of(words, size_px) for words, _ in sides) - gap_px) / 2
    for words, colour in sides:
        left = paper.write(words, left, box.bottom - foot - pad / 2, size_px, colour) + gap_px


def _draw_count(paper: Paper, room: Box, count: str, colour: str) -> None:
    """Digits from edge to edge of their room: they reach from the line they stand on up to CAPITAL of their size."""
    size_px = max(7, int(room.height / CAPITAL))
    ink = count_ink(count, size_px, colour)
    if ink.width_px > room.width:
        size_px = max(7, size_px * room.width // ink.width_px)
        ink = count_ink(count, size_px, colour)
    middle = (room.top + room.bottom) / 2
    paper.lay(ink, (room.left + room.right - ink.width_px) / 2, middle - (BASELINE - CAPITAL / 2) * size_px)


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
    room = round(NAME_SHARE * box.width) - _pad(box), round(0.9 * row)
    name_px = min(fitted(_name(reading), *room, round(0.34 * row), 2)[0] for reading in readings)
    for at, reading in enumerate(readings):
        top = box.top + at * row
        _draw_reading(paper, Box(box.left, top, box.right, top + row), reading, blank, name_px)


def _name(reading: LiveReading) -> str:
    return f"{reading.side.capitalize()} {reading.label.lower()}" if reading.side else reading.label


def _draw_reading(paper: Paper, box: Box, reading: LiveReading, blank: str | None, largest_px: int) -> None:
    """The name at the left, the number and its error at the right."""
    pad = _pad(box)
    middle = box.left + round(NAME_SHARE * box.width)
    size_px, lines = fitted(_name(reading), middle - box.left - pad, round(0.9 * box.height), largest_px, 2)
    top = box.top + (box.height - len(lines) * line_height_px(size_px)) / 2
    for words in lines:
        paper.write(words, box.left + pad, top, size_px, side_colour(reading.side) if reading.side else INK)
        top += line_height_px(size_px)
    right = Box(middle + pad // 2, box.top, box.right - pad, box.bottom)
    if blank is None and reading.value is not None and math.isfinite(reading.value):
        value = number(reading.value, reading.error) + unit_after(reading.unit)
        _draw_value(paper, right, value, plus_minus(reading.error, reading.unit))
    else:
        _draw_dash(paper, right, blank or reading.why_none or "not seen")


def _draw_value(paper: Paper, box: Box, value: str, error: str) -> None:
    """A number, and its error below it, both ending at the right edge of the box."""
    size_px, least_px = round(0.72 * box.height), max(7, round(0.28 * box.height))
    wide_px = glyphs_width_px(value, size_px)
    if wide_px > box.width:
        size_px = max(7, size_px * box.width // wide_px)
    low = box.top + (0.66 if error else 0.76) * box.height
    paper.write_number(value, box.right - glyphs_width_px(value, size_px), low - BASELINE * size_px, size_px)
    left = box.right - glyphs_width_px(error, least_px)
    paper.write_number(error, left, box.top + 0.93 * box.height - BASELINE * least_px, least_px, MUTED)


def _draw_dash(paper: Paper, box: Box, why: str) -> None:
    """No number, and why not."""
    size_px = max(7, round(0.6 * box.height))
    long_why = len(why) > SHORT_WHY
    dash = box.top + (0.3 if long_why else 0.5) * box.height
    paper.write_number("–", box.right - glyphs_width_px("–", size_px), dash - 0.72 * size_px, size_px, FAINT)
    room_px = round((0.56 if long_why else 0.3) * box.height)
    small_px, lines = fitted(why, box.width, room_px, round(0.25 * box.height), 2)
    top = box.top + 0.96 * box.height - len(lines) * line_height_px(small_px)
    for words in lines:
        paper.write(words, box.right - width_px_of(words, small_px), top, small_px, MUTED)
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
        left = box.left + (box.width - width_px_of(lines[0], size_px)) / 2
        paper.write(lines[0], left, box.top + pad / 2, size_px, colour)
    inner = Box(box.left + 3 * pad, box.top + head + pad, box.right - 3 * pad, box.bottom - 2 * pad)
    paper.fill(inner, bgr_of(TRACK))
    deepest = inner.top + round(0.9 * inner.height)
    if depth_share is not None and math.isfinite(depth_share) and depth_share > 0:
        low = min(inner.bottom, round(inner.top + depth_share * (deepest - inner.top)))
        paper.fill(Box(inner.left, inner.top, inner.right, low), bgr_of(colour))
    paper.fill(Box(inner.left - pad, deepest, inner.right + pad, deepest + max(1, pad // 2)), bgr_of(INK))


def draw_foot(paper: Paper, box: Box, lines: Sequence[str]) -> None:
    """Small print, one line above the other at the foot of the box; rather small than long, for feet are near."""
    bottom, largest_px = box.bottom, round(0.68 * box.height)
    for words in reversed(lines):
        room_px = box.width - box.height, 4 * box.height
        size_px, fitting = _fitted_in_one(words, *room_px, largest_px, 4, SMALL_PRINT)
        for text in reversed(fitting):
            high = line_height_px(size_px)
            width = width_px_of(text, size_px) + size_px
            paper.lay(panel(width, high, 0, PANEL), box.left, bottom - high)
            paper.write(text, box.left + size_px / 2, bottom - high, size_px, MUTED)
            bottom -= high


def draw_notice(paper: Paper, box: Box, top_px: int, words: str) -> None:
    """A line about the camera, in the middle of the box's width."""
    largest_px = max(7, round(0.05 * min(paper.size_px)))
    size_px, lines = fitted(words, box.width - 2 * largest_px, 4 * largest_px, largest_px, 2)
    width = max((width_px_of(text, size_px) for text in lines), default=0) + size_px
    high = line_height_px(size_px)
    left = box.left + (box.width - width) // 2
    paper.lay(panel(width, high * len(lines), high // 3), left, top_px)
    for at, text in enumerate(lines):
        paper.write(text, left + size_px / 2, top_px + at * high, size_px, WATCH)


def _fitted_in_one(
    words: str, width_px: int, height_px: int, largest_px: int, lines_max: int, worth: float = ONE_LINE
) -> tuple[int, tuple[str, ...]]:
    """As `fitted`, but in one line where that makes the letters smaller by no more than `worth`: a last word alone in
    its line reads badly."""
    size_px, lines = fitted(words, width_px, height_px, largest_px, lines_max)
    if len(lines) > 1:
        one_px, one = fitted(words, width_px, height_px, largest_px, 1)
        if one_px >= worth * size_px and width_px_of(words, one_px) <= width_px:
            return one_px, one
    return size_px, lines


def draw_recording(paper: Paper, right_px: int, top_px: int, size_px: int) -> None:
    """A red dot and a word, their right upper corner at the given place."""
    width, high = width_px_of("REC", size_px) + round(2 * size_px), line_height_px(size_px)
    paper.lay(panel(width, high, high // 3), right_px - width, top_px)
    paper.disc(right_px - width + 0.85 * size_px, top_px + high / 2, 0.36 * size_px, bgr_of(ALARM))
    paper.write("REC", right_px - width + 1.5 * size_px, top_px, size_px, INK)


def stats_words(stats: LiveStats) -> str:
    """`29.8 pictures/s, lag 61 ms (95 % under 90 ms), 12 of 400 dropped, pose 20.1 ms`."""
    parts = [f"{stats.rate_hz:.1f} pictures/s"]
    if stats.lag_ms is not None:
        worst = "" if stats.lag_worst_ms is None else f" (95 % under {stats.lag_worst_ms:.0f} ms)"
        parts.append(f"lag {stats.lag_ms:.0f} ms{worst}")
    parts.append(f"{stats.dropped} of {stats.captured} dropped")
    return ", ".join([*parts, *(f"{name} {stage_ms:.1f} ms" for name, stage_ms in stats.stages_ms)])


def _pad(box: Box) -> int:
    return max(2, round(0.06 * min(box.width, 2 * box.height)))


def _radius(box: Box) -> int:
    return max(2, round(0.05 * min(box.width, 2 * box.height)))
