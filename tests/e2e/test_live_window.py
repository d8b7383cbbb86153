"""The window of `vidgait live` on a display of its own: what it shows, and real key presses through the X server."""

from __future__ import annotations

import ctypes.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 60

CHILD = """
import ctypes, ctypes.util, json, sys, time
import vidgait, vidgait.video
assert "av" in sys.modules
import numpy as np
from PIL import ImageGrab
from vidgait.live.state import LiveState, LiveStats, LiveView
from vidgait.live.window import Window

x11, xtest = (ctypes.CDLL(ctypes.util.find_library(name)) for name in ("X11", "Xtst"))
x11.XOpenDisplay.restype = ctypes.c_void_p
x11.XStringToKeysym.restype = ctypes.c_ulong
x11.XKeysymToKeycode.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
display = ctypes.c_void_p(x11.XOpenDisplay(None))
now = ctypes.c_ulong(0)

def press(name):
    code = x11.XKeysymToKeycode(display, x11.XStringToKeysym(name.encode()))
    for down in (1, 0):
        xtest.XTestFakeKeyEvent(display, code, down, now)
    x11.XFlush(display)

state = LiveState(1.0, "working", None, None, 0.0, "unknown", "unknown", None, None, "squat", "rest", 0.0, (), ())
view = LiveView(state, (), None, LiveStats())
image = np.full((360, 640, 3), 128, np.uint8)
image[:, :320], image[:, 320:] = (200, 40, 40), (40, 40, 200)  # BGR: blue at the left, red at the right

def live(window, times):
    found = []
    for _ in range(times):
        window.show(image, view)
        found += window.keys()
        time.sleep(0.02)
    return found

def colours():
    # below the middle, between the panels
    screen = ImageGrab.grab(xdisplay="")
    return [screen.getpixel((x, 600))[:3] for x in (500, 1000)]

told = {}
with Window(mirror=False) as window:
    xtest.XTestFakeMotionEvent(display, 0, 640, 400, now)
    told["before"] = live(window, 10)
    told["upright"] = colours()
    for name in ("Left", "Up", "Right", "Down", "space", "r", "s", "h", "f", "f", "x", "m"):
        press(name)
        told.setdefault("keys", []).append(live(window, 8))
    told["mirrored"] = colours()
    press("q")
    told["q"] = live(window, 8)
    press("Escape")
    told["escape"] = live(window, 8)
told["closed"] = [window.closed, *window.keys()]
window.show(image, view)

class ClientMessage(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong), ("message", ctypes.c_ulong), ("format", ctypes.c_int), ("data", ctypes.c_long * 5),
        ("room", ctypes.c_char * 128),
    ]

def press_the_cross(title):
    # what a desktop sends when the cross of a window is pressed
    x11.XDefaultRootWindow.restype = x11.XInternAtom.restype = ctypes.c_ulong
    root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
    children = ctypes.POINTER(ctypes.c_ulong)()
    at_root = ctypes.c_ulong(x11.XDefaultRootWindow(display))
    places = [ctypes.byref(each) for each in (root, parent, children, count)]
    x11.XQueryTree(display, at_root, *places)
    for each in children[: count.value]:
        name = ctypes.c_char_p()
        x11.XFetchName(display, ctypes.c_ulong(each), ctypes.byref(name))
        if (name.value or b"").decode() == title:
            atoms = [x11.XInternAtom(display, word, 0) for word in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")]
            message = ClientMessage(33, 0, 1, display, each, atoms[0], 32, (ctypes.c_long * 5)(atoms[1]))
            x11.XSendEvent(display, ctypes.c_ulong(each), 0, ctypes.c_long(0), ctypes.byref(message))
            x11.XFlush(display)
            return True
    return False

with Window("another") as window:
    live(window, 5)
    told["found"] = press_the_cross("another")
    told["cross"] = live(window, 8)
print(json.dumps(told))
"""


def on_a_display(script: str) -> subprocess.CompletedProcess[str]:
    child = ["timeout", "--kill-after=2", str(LIMIT_S), sys.executable, "-c", script]
    screen = ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1280x720x24"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*screen, *child], capture_output=True, text=True, env=environment, cwd=ROOT, timeout=LIMIT_S + 40
    )


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    missing = [tool for tool in ("xvfb-run", "Xvfb", "xauth") if shutil.which(tool) is None]
    missing += [f"lib{name}" for name in ("X11", "Xtst") if ctypes.util.find_library(name) is None]
    if missing:
        pytest.skip(
            f"no display or no keys to be had: {', '.join(missing)} missing (Debian: apt-get install xvfb xauth)"
        )
    said = on_a_display(CHILD)
    assert said.returncode == 0, f"{said.returncode}: {said.stderr}"
    result: dict[str, Any] = json.loads(said.stdout)
    return result


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has Xvfb"),
]


def test_the_picture_is_on_the_screen_and_a_key_mirrors_it(told: dict[str, Any]) -> None:
    blue, red = [40, 40, 200], [200, 40, 40]
    assert told["upright"] == [blue, red]
    assert told["mirrored"] == [red, blue]


def test_keys_are_told_once_each(told: dict[str, Any]) -> None:
    assert told["before"] == []
    arrows, letters = told["keys"][:4], told["keys"][4:]
    assert arrows == [[]] * 4, "their last eight bits are those of Q, R, S and T"
    assert letters == [["pause"], ["reset"], ["stats"], ["help"], ["full_screen"], ["full_screen"], [], ["mirror"]]
    assert (told["q"], told["escape"]) == (["quit"], ["quit"])


def test_a_closed_window_quits_and_stays_closed(told: dict[str, Any]) -> None:
    assert told["closed"] == [True, "quit"]
    assert told["found"] and told["cross"] and set(told["cross"]) == {"quit"}


def test_a_display_that_does_not_answer_is_told_in_one_line() -> None:
    script = "from vidgait.live.window import Window; Window()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DISPLAY": ":7391"}
    environment.pop("QT_QPA_PLATFORM", None)
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, timeout=60)
    assert said.returncode == 1, "an exception, not an abort"
    last = said.stderr.strip().splitlines()[-1]
    assert "The display :7391 does not answer." in last and "--headless" in last and "--web" in last
