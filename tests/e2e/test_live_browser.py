"""`vidgait live --web` as it is typed, and the page in a real Chromium whose camera films a sample clip: what the page
counts is the truth."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.chromium import Page, find_chromium, open_page
from tests.support.web_live import write_mjpeg
from vidgait.video.libav import av

pytestmark = pytest.mark.slow

SAMPLES = Path(__file__).parents[2] / "sample_videos"
COUNT = "document.querySelector('.count b').textContent"
SCREEN = "document.body?.dataset.screen"
STAND_S = 5.0
"""The person stands before the first repetition: the camera films while the networks are still being loaded."""
SLACK_S = 1.5
"""After one loop: the person stands again, at the beginning of the next one, and what was done last is told."""


class Program:
    """`vidgait live --web` in a process of its own."""

    def __init__(self, *options: str, folder: Path | None = None) -> None:
        self._lines: queue.Queue[str] = queue.Queue()
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "vidgait.cli", "live", "--web", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def link(self) -> str:
        deadline = time.monotonic() + 60
        while True:
            line = self._lines.get(timeout=max(0.1, deadline - time.monotonic()))
            self.said.append(line)
            if found := re.search(r"http://localhost:\d+/#\w+", line):
                return found.group()

    def interrupt(self, wait_s: float = 60.0) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(wait_s)

    def end(self) -> None:
        assert self.process.stdout is not None
        self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stdout.close()


@contextmanager
def program(*options: str, folder: Path | None = None) -> Iterator[Program]:
    running = Program(*options, folder=folder)
    try:
        yield running
    finally:
        running.end()


@contextmanager
def filming(clip: Path) -> Iterator[Page]:
    browser = find_chromium()
    if browser is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
    )
    with open_page(browser, *flags) as page:
        yield page


def begin(page: Page, link: str, movement: str) -> None:
    """Starts the page and waits for its first view."""
    page.load(link)
    page.wait_for(f"{SCREEN} === 'start' && document.getElementById('movement')?.options.length > 2", 20)
    page.run(f"document.getElementById('movement').value = '{movement}'")
    page.run("document.querySelector('#start button').click()")
    page.wait_for("vidgait.now.viewMs > 0", 60)


def watch_once(page: Page, link: str, movement: str, length_s: float) -> None:
    """Lets the clip run once, by the browser's own clock of the camera."""
    begin(page, link, movement)
    page.wait_for(f"document.querySelector('video').currentTime > {length_s + SLACK_S}", length_s + 30)


def truth_of(name: str) -> list[dict[str, float]]:
    reps: list[dict[str, float]] = json.loads((SAMPLES / f"{name}.json").read_text())["reps"]
    return reps


@pytest.mark.parametrize(("name", "movement"), [("squat_front", "squat"), ("squat_side", "auto")])
def test_the_page_counts_what_was_done(name: str, movement: str, tmp_path: Path) -> None:
    clip = tmp_path / "camera.mjpeg"
    length_s = write_mjpeg(SAMPLES / f"{name}.mp4", clip, 640, STAND_S)
    with program() as running, filming(clip) as page:
        watch_once(page, running.link(), movement, length_s)
        assert page.run(COUNT) == str(len(truth_of(name)))
        page.run("document.getElementById('finish').click()")
        page.wait_for(f"{SCREEN} === 'summary'", 20)
        assert page.problems == []
        assert running.interrupt() == 0


def test_nothing_touches_the_disk_unless_it_is_asked_for(tmp_path: Path) -> None:
    clip, here = tmp_path / "camera.mjpeg", tmp_path / "here"
    here.mkdir()
    write_mjpeg(SAMPLES / "squat_valgus_both.mp4", clip, 480)
    with program("--movement", "squat", folder=here) as running, filming(clip) as page:
        begin(page, running.link(), "squat")
        page.wait_for("document.querySelector('video').currentTime > 3", 30)
        assert running.interrupt() == 0
        page.wait_for(f"{COUNT} === '–' && !document.querySelector('.broken').hidden", 10)
    assert list(here.rglob("*")) == []


def test_a_recording_is_playable_and_has_its_report(tmp_path: Path) -> None:
    clip, here = tmp_path / "camera.mjpeg", tmp_path / "here"
    here.mkdir()
    length_s = write_mjpeg(SAMPLES / "squat_valgus_both.mp4", clip, 480, STAND_S)
    with program("--movement", "squat", "--record", "out", folder=here) as running, filming(clip) as page:
        begin(page, running.link(), "squat")
        page.wait_for("!document.querySelector('.recording').hidden", 20)
        page.wait_for(f"document.querySelector('video').currentTime > {length_s}", length_s + 30)
        assert running.interrupt(300) == 0
    with av.open(str(here / "out" / "recording.mp4")) as recording:
        times_s = [frame.time for frame in recording.decode(video=0)]
    assert times_s[-1] - times_s[0] == pytest.approx(length_s, abs=4.0), "less what passed before the first picture"
    analysis = json.loads((here / "out" / "analysis.json").read_text())
    assert [rep["kind"] for rep in analysis["reps"]] == ["rep"] * len(truth_of("squat_valgus_both"))
    assert (here / "out" / "report.html").exists()
