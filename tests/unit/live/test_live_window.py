"""What the window decides without a display."""

from __future__ import annotations

import ctypes
from dataclasses import replace

import numpy as np
import pytest

from vidgait.errors import DisplayError
from vidgait.live import window
from vidgait.live.state import LiveState, LiveStats, LiveView
from vidgait.live.window import Columns, Window, display_missing, key_of

SIZE_PX = (1280, 720)


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (ord(" "), "pause"),
        (ord("r"), "reset"),
        (ord("m"), "mirror"),
        (ord("f"), "full_screen"),
        (ord("s"), "stats"),
        (ord("h"), "help"),
        (ord("q"), "quit"),
        (ord("Q"), "quit"),
        (27, "quit"),
        (0x100000 | ord("r"), "reset"),
        (0xFF51, None),
        (0x100000 | 0xFF52, None),
        (0x250000, None),
        (ord("x"), None),
        (-1, None),
    ],
)
def test_keys(code: int, key: str | None) -> None:
    assert key_of(code) == key


def test_without_a_display_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(DisplayError, match=r"^There is no display .*--headless.*--web") as caught:
        Window()
    assert "\n" not in str(caught.value)


def test_a_display_is_looked_for_only_where_one_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "_x_server_answers", lambda: False)
    assert display_missing({"DISPLAY": ":9"}, "linux") == "The display :9 does not answer."
    assert display_missing({"QT_QPA_PLATFORM": "offscreen"}, "linux") is None
    assert display_missing({}, "darwin") is None and display_missing({}, "win32") is None
    monkeypatch.setattr(window, "_x_server_answers", lambda: True)
    assert display_missing({"DISPLAY": ":9"}, "linux") is None


def test_without_the_library_of_x_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert display_missing({"DISPLAY": ":9"}, "linux") is None


def test_a_window_of_any_shape_is_painted_no_larger_than_needed() -> None:
    for window_px, painted_px in {
        (1280, 720): (1280, 720),
        (2560, 1440): (1280, 720),
        (1440, 2560): (720, 1280),
        (500, 700): (500, 700),
        (-1, -1): (1280, 720),
        (0, 0): (1280, 720),
        (1280, 20): (1280, 720),
    }.items():
        assert window._canvas_px(window_px) == painted_px


def at(x_px: float, time_s: float) -> LiveView:
    """Somebody whose every point is at one place, where it hides or does not."""
    state = LiveState(
        time_s,
        "working",
        np.full((33, 2), (x_px, 500.0)),
        np.ones(33),
        0.0,
        "front",
        "camera",
        None,
        None,
        "squat",
        "rest",
        0.0,
        (),
        (),
    )
    return LiveView(state, (), None, LiveStats())


def test_words_change_sides_only_after_a_while() -> None:
    columns = Columns()
    sides = [columns.push(at(250.0, time_s), SIZE_PX, SIZE_PX, False) for time_s in (0.0, 1.0, 1.9, 2.1, 3.0)]
    assert sides == ["left", "left", "left", "right", "right"]
    there = [columns.push(at(1030.0 if time_s % 2 else 640.0, time_s), SIZE_PX, SIZE_PX, False) for time_s in range(9)]
    assert set(there) == {"right"}, "a short visit moves nothing"
    back = [columns.push(at(1030.0, time_s), SIZE_PX, SIZE_PX, False) for time_s in (20.0, 22.5)]
    assert back == ["right", "left"]


def test_a_clock_that_starts_again_does_not_hasten_the_change() -> None:
    columns = Columns()
    view = at(250.0, 50.0)
    assert columns.push(view, SIZE_PX, SIZE_PX, False) == "left"
    restarted = replace(view, state=replace(view.state, time_s=0.0))
    assert columns.push(restarted, SIZE_PX, SIZE_PX, False) == "left"
    assert columns.push(at(250.0, 1.0), SIZE_PX, SIZE_PX, False) == "left"
