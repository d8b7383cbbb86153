"""A site of the browser page in a thread, with scripted sessions instead of a pose network."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from vidgait.live.state import Advice, LiveCue, LiveReading, LiveRep, LiveState, LiveStats, LiveView
from vidgait.live.web.greeting import make_greeting
from vidgait.live.web.limits import Limits
from vidgait.live.web.protocol import Choice
from vidgait.live.web.server import Assembled, assemble
from vidgait.types import BLAZEPOSE, FloatArray, Frame
from vidgait.video.libav import av

__all__ = ["Scripted", "ScriptedMaker", "standing_points", "web_site", "write_mjpeg"]


def standing_points(size_px: tuple[int, int], bend: float) -> FloatArray:
    """(33, 2) of somebody seen from the front; `bend` 0 stands, 1 squats."""
    shares = {
        "nose": (0.50, 0.14), "shoulder": (0.08, 0.25), "elbow": (0.12, 0.36), "wrist": (0.10, 0.46),
        "index": (0.10, 0.49), "hip": (0.05, 0.50), "knee": (0.06, 0.69), "ankle": (0.06, 0.88), "heel": (0.055, 0.90),
        "toe": (0.08, 0.92),
    }  # fmt: skip
    lowered = {"knee": 0.04, "ankle": 0.0, "heel": 0.0, "toe": 0.0}
    points = np.full((len(BLAZEPOSE.keypoints), 2), np.nan)
    for k, name in enumerate(BLAZEPOSE.keypoints):
        part = name.split("_", 1)[-1]
        if part not in shares:
            continue
        x, y = shares[part]
        sign = 1 if name.startswith("left_") else -1
        place = (x, y) if part == "nose" else (0.5 + sign * (x + (0.05 * bend if part == "knee" else 0.0)), y)
        points[k] = np.asarray((place[0], place[1] + lowered.get(part, 0.22) * bend)) * size_px
    return points


@dataclass
class Scripted:
    """Counts one repetition for every `rep_s` seconds; says what a test tells it to say."""

    size_px: tuple[int, int]
    choice: Choice
    camera: int
    rep_s: float = 2.0
    begin_s: float = 0.0
    stage: str | None = None
    advice: tuple[Advice, ...] = ()
    cue: LiveCue | None = None
    hold: threading.Event | None = None
    """Where it is given, every picture waits for it."""
    seen: list[Frame] = field(default_factory=list)
    paused: bool = False
    closed: bool = False
    resets: int = 0

    def push(self, frame: Frame) -> LiveView:
        if self.hold is not None:
            assert self.hold.wait(20)
        self.seen.append(Frame(frame.index, frame.time_s, frame.media_time_s, frame.image[:1, :1]))
        into_s = frame.time_s - self.begin_s
        count = int(into_s / self.rep_s)
        bend = 0.5 - 0.5 * float(np.cos(2 * np.pi * into_s / self.rep_s))
        reps = tuple(
            LiveRep(k + 1, None, k * self.rep_s, (k + 0.5) * self.rep_s, (k + 1) * self.rep_s, (k + 1) * self.rep_s)
            for k in range(count)
        )
        stage: Any = self.stage or ("working" if count else "ready")
        nobody = stage == "looking"
        knee_deg = None if nobody else 8 + 90 * bend
        readings = (
            LiveReading("knee_flexion_deg", "Knee bend", "left", knee_deg, 5.0, "deg"),
            LiveReading("knee_flexion_deg", "Knee bend", "right", knee_deg, 5.0, "deg"),
            LiveReading("trunk_deg", "Trunk lean", None, None, None, "deg", "not measurable from the front"),
        )
        state = LiveState(
            frame.time_s,
            stage,
            None if nobody else standing_points(self.size_px, bend),
            None if nobody else np.ones(len(BLAZEPOSE.keypoints)),
            0.0,
            "front",
            "camera",
            None,
            0.0,
            None if nobody else "squat",
            "down" if into_s / self.rep_s % 1 < 0.45 else "up",
            bend,
            readings,
            reps,
        )
        stats = LiveStats(len(self.seen), len(self.seen), 0, 25.0, stages_ms=(("pose", 31.0), ("analysis", 4.0)))
        return LiveView(state, self.advice, self.cue, stats, paused=self.paused)

    def pause(self, paused: bool) -> None:
        self.paused = paused

    def reset(self) -> None:
        self.resets += 1
        self.begin_s = self.seen[-1].time_s if self.seen else 0.0

    def finish(self) -> Mapping[str, Any] | None:
        if not self.seen:
            return None
        count = int((self.seen[-1].time_s - self.begin_s) / self.rep_s)
        return {
            "title": f"{count} squats",
            "lines": ["Tempo: 1.1 s down, 0.9 s up.", "Deepest: repetition 2. Shallowest: repetition 1."],
            "tables": [
                {"head": ["Rep", "Time", "Depth"], "rows": [[k + 1, "2.0 s", "98°"] for k in range(count)]},
            ],
        }

    def close(self) -> None:
        self.closed = True


@dataclass
class ScriptedMaker:
    """Remembers the sessions that it made; `options` go into each."""

    options: dict[str, Any] = field(default_factory=dict)
    made: list[Scripted] = field(default_factory=list)
    made_one: threading.Event = field(default_factory=threading.Event)

    def __call__(self, choice: Choice, size_px: tuple[int, int], camera: int) -> Scripted:
        session = Scripted(size_px, choice, camera, **self.options)
        self.made.append(session)
        self.made_one.set()
        return session


@contextmanager
def web_site(
    make_session: Any, limits: Limits | None = None, *, tls: bool = False, host: str = "127.0.0.1"
) -> Iterator[Assembled]:
    """Serves on a free port until the block ends. `announcer.site` and `desk.door.code` say how to get in."""
    said: list[str] = []
    opened = threading.Event()
    site = assemble(
        make_session, make_greeting(recording=False), host=host, port=0, tls=tls, limits=limits, say=said.append
    )
    announce, site.desk.ready = site.desk.ready, lambda: (announce(), opened.set())
    thread = threading.Thread(target=site.run)
    thread.start()
    try:
        assert opened.wait(20), "the server did not start"
        yield site
    finally:
        site.server.should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the server did not end"


def write_mjpeg(clip: Path, target: Path, height_px: int, stand_s: float = 0.0, rate_hz: float = 30.0) -> float:
    """A clip as Chromium's fake camera reads it: JPEGs one after another, shown at 30 a second, from the beginning
    again when they end. Its first picture is shown for `stand_s` before it moves. Returns the whole length, s."""
    number = 0
    with av.open(str(clip)) as container, target.open("wb") as out:
        for frame in container.decode(video=0):
            if frame.time is None:
                continue
            data = None
            while number / rate_hz <= frame.time + stand_s + 1e-6:
                data = data or _jpeg_of(frame.to_ndarray(format="bgr24"), height_px)
                out.write(data)
                number += 1
    return number / rate_hz


def _jpeg_of(image: Any, height_px: int) -> bytes:
    width_px = round(image.shape[1] * height_px / image.shape[0] / 2) * 2
    small = cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 90])[1])
