"""Shipped clips through the whole live loop, on a simulated clock, with pictures lost on the way: the count is that of
the recorded clip, and each repetition is told soon after its end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.support.samples import SAMPLES
from vidgait.interpretation import Seen, interpret
from vidgait.live.assembly import live_estimator, make_session
from vidgait.live.clock import SimulatedClock
from vidgait.live.loop import Loop, Stop
from vidgait.live.player import Player
from vidgait.live.schedule import DropSchedule, drop_bursts, drop_share, keep_all
from vidgait.live.state import LiveRep, LiveView
from vidgait.pose.replay import ReplayEstimator
from vidgait.settings import Settings, VideoSettings
from vidgait.types import ClipPoses, Frame, VideoInfo
from vidgait.video import open_video

CLIPS = ("squat_front", "squat_side", "squat_left")
SCHEDULES = {"all": keep_all, "30 %": drop_share(0.3), "bursts": drop_bursts(6, 40, first=11)}
"""Bursts of 0.2 s, every 1.3 s."""
LOST = {"all": (0.0, 0.0), "30 %": (0.2, 0.4), "bursts": (0.1, 0.2)}
"""Least and greatest share of the pictures that each of them drops."""
TOLD_WITHIN_S = 0.3
BURST_S = 0.15
"""Longer without a picture than this is a burst."""


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    info: VideoInfo
    poses: ClipPoses
    offline: int
    true: int


@pytest.fixture(scope="module", params=CLIPS)
def clip(request: pytest.FixtureRequest) -> Clip:
    path: Path = SAMPLES / f"{request.param}.mp4"
    settings = Settings()
    with open_video(path, VideoSettings()) as reader, live_estimator(settings.pose) as estimator:
        frames = [(frame.time_s, frame.media_time_s, estimator.estimate([frame])[0]) for frame in reader.frames()]
    counts = [len(people.xy_px) for _, _, people in frames]
    poses = ClipPoses(
        time_s=np.array([time_s for time_s, _, _ in frames]),
        media_time_s=np.array([media_time_s for _, media_time_s, _ in frames]),
        frame=np.repeat(np.arange(len(frames)), counts),
        xy_px=np.concatenate([people.xy_px for _, _, people in frames]),
        score=np.concatenate([people.score for _, _, people in frames]),
        xyz_m=np.concatenate([people.xyz_m for _, _, people in frames if people.xyz_m is not None]),
        skeleton=estimator.skeleton,
        size_px=reader.info.size_px,
    )
    offline = interpret(Seen(reader.info, poses, (), {}), settings.with_options({"movement": "squat"}))
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return Clip(reader.info, poses, len(offline.reps), len(truth["reps"]))


def played(clip: Clip, movement: str, drop: DropSchedule) -> tuple[tuple[LiveRep, ...], list[LiveView]]:
    """All repetitions, and every view."""
    width, height = clip.info.size_px
    picture = np.full((height, width, 3), 110, np.uint8)
    frames = (Frame(index, float(time_s), float(time_s), picture) for index, time_s in enumerate(clip.poses.time_s))
    clock, views = SimulatedClock(), list[LiveView]()
    session = make_session(
        Settings().with_options({"movement": movement}),
        clip.info.size_px,
        clock,
        ReplayEstimator(clip.poses),
        work=lambda job: job(),
    )
    Loop(Player(frames, clock, drop=drop), lambda frame: session, clock, listen=views.append).run(Stop())
    return session.finish().reps, views


def seen_late_s(rep: LiveRep, views: list[LiveView]) -> float:
    """From its end to when it was told, less the bursts between in which nothing could be seen."""
    seen_s = np.array([view.state.time_s for view in views])
    seen_s = seen_s[(seen_s >= rep.end_s - 1e-9) & (seen_s <= rep.announced_s + 1e-9)]
    gaps_s = np.diff(seen_s)
    return rep.announced_s - rep.end_s - float(np.sum(gaps_s[gaps_s > BURST_S]))


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("movement", ["squat", "auto"])
def test_the_count_is_that_of_the_recorded_clip(clip: Clip, schedule: str, movement: str) -> None:
    reps, views = played(clip, movement, SCHEDULES[schedule])
    assert clip.offline == clip.true
    assert [rep.index for rep in reps] == list(range(1, clip.offline + 1))
    least, most = LOST[schedule]
    assert least <= 1 - len(views) / len(clip.poses.time_s) <= most, "the schedule really drops pictures"
    told = [view.state.announced for view in views if view.state.announced is not None]
    late_s = [seen_late_s(rep, views) for rep in told if movement == "squat" or rep.index > 1]
    assert late_s
    assert all(0.0 <= late <= TOLD_WITHIN_S + 1e-9 for late in late_s), late_s
