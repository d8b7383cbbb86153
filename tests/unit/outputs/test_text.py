"""Words come out whole, in any European language."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pytest

from vidgait.outputs.canvas import Sprite
from vidgait.outputs.text import Span, blank, label, line_height_px, panel, text_width_px, words, wrap, write

if TYPE_CHECKING:
    from vidgait.types import ImageArray


def written(text: str) -> ImageArray:
    picture = blank(900, 60)
    write(picture, 4, 4, [Span(text)], 40)
    return picture


MISSING = "\u4e00"
"""A character that the font does not have: it shows what a missing one looks like."""

NAMES = "Żółć Jürgen Đặng Ñandú Οδυσσεύς Жанна Øyvind Ağaoğlu Șerban Łukasz Þór Çelik"


@pytest.mark.parametrize("character", sorted(set((NAMES + "°±→←↑↓≥≤–—…−×·²³Δ▲▼●✓½").replace(" ", ""))))
def test_every_character_of_names_and_units_has_a_glyph(character: str) -> None:
    assert written(character).any()
    assert (written(character) != written(MISSING)).any(), f"{character} is not in the font"


def test_letters_and_accents_apart_are_written_as_one() -> None:
    apart = unicodedata.normalize("NFD", NAMES[:24])
    assert apart != NAMES[:24]
    assert (written(apart) == written(NAMES[:24])).all()


def test_digits_are_equally_wide_so_numbers_do_not_jitter() -> None:
    assert len({text_width_px(digit * 10, 40) for digit in "0123456789"}) == 1


def test_edges_of_letters_are_smooth_and_of_the_ink_colour() -> None:
    picture = blank(200, 60)
    write(picture, 4, 4, [Span("Og", "#ff8000")], 40)
    opacity = picture[..., 3].astype(int)
    assert ((opacity > 20) & (opacity < 235)).sum() > 50, "anti-aliased"
    assert np.abs(picture[..., 0].astype(int) - opacity).max() <= 1, "red is 255 times the opacity"
    assert np.abs(picture[..., 1].astype(int) - opacity * 128 / 255).max() <= 1
    assert picture[..., 2].max() <= 1


def test_writing_says_where_it_ends() -> None:
    end = write(blank(400, 60), 10, 0, [Span("knee "), Span("118°")], 30)
    assert end == pytest.approx(10 + text_width_px("knee 118°", 30), abs=2)


def test_wrapping_keeps_words_and_width() -> None:
    lines = wrap("Knee bends 12° less than at first", 30, 260)
    assert " ".join(lines) == "Knee bends 12° less than at first"
    assert len(lines) > 1
    assert all(text_width_px(line, 30) <= 260 for line in lines)


def test_a_word_wider_than_the_line_stands_alone() -> None:
    assert wrap("a Donaudampfschifffahrt b", 30, 50) == ["a", "Donaudampfschifffahrt", "b"]
    assert wrap("", 30, 50) == []


def test_a_panel_has_round_corners_and_its_opacity() -> None:
    picture = panel(60, 40, "#204060", 0.5, 10)
    assert picture[20, 30].tolist() == pytest.approx([16, 32, 48, 128], abs=1)
    assert picture[0, 0, 3] == 0
    assert picture[0, 30, 3] == pytest.approx(128, abs=1)


def test_labels_are_made_once() -> None:
    spans = (Span("knee "), Span("118°"))
    assert label(spans, 30, "#000000") is label(spans, 30, "#000000")
    assert isinstance(words(Span("up"), 30), Sprite)
    assert label(spans, 30, "#000000").size_px[1] in (line_height_px(30), line_height_px(30) + 1)


@pytest.mark.parametrize("size_px", [5, 9, 100])
def test_any_size_works(size_px: int) -> None:
    assert words(Span("123"), size_px).colour[0].any()
