"""The window of `vidgait live`: shows views, takes keys.

OpenCV's window, because it is there wherever the program runs. Its errors are of one kind and come late, so a missing
display is looked for before the first window is asked for.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

import cv2

from vidgait.errors import DisplayError
from vidgait.live.picture import Extras, better_column, paint
from vidgait.types import BLAZEPOSE

if TYPE_CHECKING:
    from vidgait.live.state import LiveView
    from vidgait.types import ImageArray, Side, Skeleton

__all__ = ["Columns", "Key", "Window", "display_missing", "key_of"]

Key = Literal["pause", "reset", "mirror", "full_screen", "stats", "help", "quit"]

KEYS: Mapping[str, Key] = {
    " ": "pause",
    "r": "reset",
    "m": "mirror",
    "f": "full_screen",
    "s": "stats",
    "h": "help",
    "q": "quit",
    "\x1b": "quit",
}
"""What each key asks for. Escape quits too."""

NO_DISPLAY_HINT = "Use --headless (no picture) or --web (a page in a browser)."

CANVAS_PX = (1280, 720)
"""The window at first, and the most that is painted: more only costs time, for the letters are large anyway."""

CHANGE_OVER_S = 2.0
"""For how long the other side must be the better one before the words go there."""

LEAST_PX = 120
"""A window's side below which its size is taken for an error of the desktop."""


class Columns:
    """On which side the words stand: they change over when the other side has been better for a while, so that they
    do not jump."""

    def __init__(self, skeleton: Skeleton = BLAZEPOSE) -> None:
        self._skeleton = skeleton
        self._side: Side = "left"
        self._better_since_s: float | None = None

    def push(self, view: LiveView, source_px: tuple[int, int], size_px: tuple[int, int], mirror: bool) -> Side:
        now_s = view.state.time_s
        better = better_column(view, source_px, size_px, mirror, self._skeleton, self._side)
        if better == self._side or self._better_since_s is None or now_s < self._better_since_s:
            self._better_since_s = None if better == self._side else now_s
        elif now_s - self._better_since_s >= CHANGE_OVER_S:
            self._side, self._better_since_s = better, None
        return self._side


class Window:
    """Opens a window, shows views, and says which keys were pressed. Raises DisplayError where there is no display.

    What changes only the look (mirror, full screen, numbers, keys) it does itself; the rest is the caller's. Only for
    the main thread.
    """

    def __init__(
        self, title: str = "vidgait live", *, mirror: bool = False, stats: bool = False, skeleton: Skeleton = BLAZEPOSE
    ) -> None:
        missing = display_missing(os.environ, sys.platform)
        if missing:
            raise DisplayError(missing, NO_DISPLAY_HINT)
        self.mirror = mirror
        self._title, self._skeleton = title, skeleton
        self._extras = Extras(stats=stats)
        self._columns = Columns(skeleton)
        self._full_screen = self._closed = False
        self._was_open = False  # some desktops show a window only when events are seen to
        try:
            cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_FREERATIO | cv2.WINDOW_GUI_NORMAL)
            cv2.resizeWindow(title, *CANVAS_PX)
        except cv2.error as error:
            raise DisplayError("No window can be opened here.", NO_DISPLAY_HINT) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def closed(self) -> bool:
        return self._closed

    def show(self, image: ImageArray, view: LiveView) -> None:
        """Show `view` over `image`, the picture as filmed. Nothing after the window was closed."""
        if self._closed:
            return
        size_px = _canvas_px(self._window_px())
        source_px = (image.shape[1], image.shape[0])
        column = self._columns.push(view, source_px, size_px, self.mirror)
        self._extras = replace(self._extras, column=column)
        shown = paint(image, view, self.mirror, size_px=size_px, skeleton=self._skeleton, extras=self._extras)
        cv2.imshow(self._title, shown)

    def keys(self) -> tuple[Key, ...]:
        """What was pressed since the last time; lets the window live, so it is to be called often. Closing the window
        is a "quit"."""
        if self._closed:
            return ("quit",)
        code = _pressed()
        is_open = self._is_open()
        if self._was_open and not is_open:
            self._closed = True
            return ("quit",)
        self._was_open = is_open
        key = key_of(code)
        if key is None:
            return ()
        self._react(key)
        return (key,)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            with contextlib.suppress(cv2.error):  # gone already
                cv2.destroyWindow(self._title)
                cv2.pollKey()  # some desktops only let a window go when events are seen to

    def _is_open(self) -> bool:
        """Asked after events were seen to; with its last window OpenCV forgets how to answer."""
        try:
            return bool(cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1)
        except cv2.error:
            return False

    def _window_px(self) -> tuple[int, int]:
        try:
            _, _, width, height = cv2.getWindowImageRect(self._title)
        except cv2.error:
            return 0, 0
        return int(width), int(height)

    def _react(self, key: Key) -> None:
        if key == "mirror":
            self.mirror = not self.mirror
        elif key == "stats":
            self._extras = replace(self._extras, stats=not self._extras.stats)
        elif key == "help":
            self._extras = replace(self._extras, help=not self._extras.help)
        elif key == "full_screen":
            self._full_screen = not self._full_screen
            how = cv2.WINDOW_FULLSCREEN if self._full_screen else cv2.WINDOW_NORMAL
            cv2.setWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN, how)


def _pressed() -> int:
    """The whole code of a key, or -1. On most systems `pollKey` gives its last eight bits only, by which the left arrow
    is a Q and the upper one an R; Windows has a `pollKey` of its own, which gives all and waits for nothing."""
    return cv2.pollKey() if sys.platform == "win32" else cv2.waitKeyEx(1)


def key_of(code: int) -> Key | None:
    """From the whole code of a key: -1 is none. Above the last sixteen bits stand Num Lock and the like; arrows and
    function keys have something in the upper eight of them."""
    return None if code < 0 or code & 0xFF00 else KEYS.get(chr(code & 0xFF).lower())


def display_missing(environment: Mapping[str, str], platform: str) -> str | None:
    """Why no window can be opened, or None. On Linux OpenCV's window would end the whole program, not raise."""
    if not platform.startswith("linux") or environment.get("QT_QPA_PLATFORM", "xcb") != "xcb":
        return None
    if not environment.get("DISPLAY"):
        return "There is no display to open a window on."
    return None if _x_server_answers() else f"The display {environment['DISPLAY']} does not answer."


def _x_server_answers() -> bool:
    """True also where it cannot be found out."""
    try:
        library = ctypes.CDLL("libX11.so.6")
    except OSError:
        return True
    library.XOpenDisplay.restype = ctypes.c_void_p
    library.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = library.XOpenDisplay(None)
    if display:
        library.XCloseDisplay(display)
    return bool(display)


def _canvas_px(window_px: Sequence[int]) -> tuple[int, int]:
    """What to paint for a window of (width, height): its shape, at most as large as at first."""
    width, height = window_px
    if min(width, height) < LEAST_PX:
        return CANVAS_PX
    scale = min(1.0, max(CANVAS_PX) / max(width, height))
    return round(width * scale), round(height * scale)
