"""How well repetitions are counted, on people made of lines: hundreds of random clips, each with known repetitions.

    python scripts/benchmark.py reps

Squats and chair stands of every tempo, depth, view and frame rate, with noise, gaps, pauses, bounces at the bottom and
walks into the picture; and movements of which nothing may be counted. Points go through the same cleaning, segments
and counting as those of a video. Real footage is judged by tests/e2e/test_real_clips.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from tests.support import skeletons
from tests.support.skeletons import Body, Camera, Motion
from vidgait.kinematics.segments import find_segments
from vidgait.kinematics.series import compute_series
from vidgait.kinematics.signals import clean_track
from vidgait.movements import cutoff_hz, find_reps, recognise
from vidgait.settings import Settings

if TYPE_CHECKING:
    from vidgait.types import FloatArray, Rep

__all__ = ["Clip", "Score", "make_clip", "page", "score_clip", "table"]

RATES_HZ = (5.0, 10.0, 15.0, 24.0, 30.0, 30.0, 60.0, 120.0, 240.0)
VIEWS_DEG = (0.0, 90.0, -90.0, 35.0, -50.0, 65.0, 180.0)
ARMS = ("forward", "hang", "hips", "overhead")
KINDS_WITH_REPS = (
    "squat",
    "slow squat",
    "quick squat",
    "paused squat",
    "bouncing squat",
    "touch and go",
    "walk in, squat",
    "shallow squat (45 to 60 deg)",
    "squat with a rest below a full stand",
    "sit to stand",
)
KINDS_WITHOUT = (
    "walk",
    "march on the spot",
    "hinge",
    "jumping jacks",
    "jumps",
    "split stance lunges",
    "stand and sway",
    "sit still",
)

OTHER_NAMES = {"hinge": "hinge", "split stance lunges": "lunge"}
"""Movements of their own: nothing of them may be counted as a squat (benchmarks/movements.md counts them)."""


@dataclass(frozen=True)
class Clip:
    kind: str
    motion: Motion
    camera: Camera
    body: Body
    noise_px: float
    gaps_s: tuple[tuple[float, float], ...] = ()
    turns_s: tuple[float, ...] = ()
    """True bottoms of squats, full stands of chair stands."""


@dataclass
class Score:
    clips: int = 0
    exact: int = 0
    true: int = 0
    found: int = 0
    matched: int = 0
    named: int = 0
    late_s: list[float] = field(default_factory=list)

    def add(self, other: Score) -> None:
        for name in ("clips", "exact", "true", "found", "matched", "named"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.late_s += other.late_s

    @property
    def f1(self) -> float:
        return 2 * self.matched / (self.true + self.found) if self.true + self.found else 1.0


def _profile(
    rng: np.random.Generator, count: int, down_s: float, pause_s: float, up_s: float, rest_s: float, bounce: float = 0.0
) -> tuple[Callable[[FloatArray], FloatArray], FloatArray, float]:
    """Share of the depth over time, the true turning points, and the duration. Tempo varies from rep to rep."""
    knots, turns, time_s = [(0.0, 0.0)], [], max(rest_s, 0.3)
    for _ in range(count):
        stretch = rng.uniform(0.85, 1.2)
        down, up = down_s * stretch, up_s * stretch
        knots += [(time_s, 0.0), (time_s + down, 1.0)]
        if bounce:
            knots += [(time_s + down + 0.3 * up, 1.0 - bounce), (time_s + down + 0.6 * up, 0.98)]
            turns.append(time_s + down + 0.3 * up)
            time_s += down + 0.6 * up
        else:
            turns.append(time_s + down + pause_s / 2)
            time_s += down + pause_s
            knots.append((time_s, 1.0))
        time_s += up
        knots.append((time_s, 0.0))
        time_s += rest_s * rng.uniform(0.7, 1.3)
    knots.append((time_s + 0.3, 0.0))
    at, level = np.array(knots).T
    at = at + np.arange(at.size) * 1e-6

    def share(time: FloatArray) -> FloatArray:
        k = np.clip(np.searchsorted(at, time) - 1, 0, at.size - 2)
        part = np.clip((time - at[k]) / (at[k + 1] - at[k]), 0, 1)
        return level[k] + (level[k + 1] - level[k]) * (0.5 - 0.5 * np.cos(np.pi * part))

    return share, np.array(turns), time_s + 0.3


def _bent(motion: Motion, knee_deg: FloatArray, thigh_share: float, trunk_deg: FloatArray) -> Motion:
    thigh = knee_deg * np.interp(knee_deg, [0, 30, 60, 90, 120, 140], [0.57, 0.57, 0.6, 0.64, 0.75, 0.75])
    thigh = thigh * thigh_share
    sides = skeletons.SIDES
    return replace(
        motion,
        thigh_deg=dict.fromkeys(sides, thigh),
        shank_deg=dict.fromkeys(sides, knee_deg - thigh),
        trunk_deg=trunk_deg,
    )


def _squats(rng: np.random.Generator, kind: str, rate_hz: float, yaw_deg: float) -> Motion:
    pace = {"slow squat": (3.5, 4.0), "quick squat": (0.5, 0.5), "touch and go": (0.7, 0.6)}.get(kind, (1.2, 1.0))
    down_s, up_s = (part * rng.uniform(0.9, 1.3) for part in pace)
    pause_s = rng.uniform(1.0, 3.0) if kind == "paused squat" else 0.0
    rest_s = {"touch and go": 0.05, "quick squat": 0.3}.get(kind, rng.uniform(0.3, 2.0))
    bounce = rng.uniform(0.1, 0.35) if kind == "bouncing squat" else 0.0
    count = int(rng.integers(1, 9 if rate_hz <= 60 else 4))
    if rate_hz <= 10 and kind in ("quick squat", "touch and go", "bouncing squat"):
        down_s, up_s = down_s + 0.5, up_s + 0.5
    depth = rng.uniform(45, 60) if kind.startswith("shallow") else rng.uniform(70, 130)
    share, turns, duration_s = _profile(rng, count, down_s, pause_s, up_s, rest_s, bounce)
    time_s = skeletons.times(duration_s, rate_hz, jitter=float(rng.choice([0.0, 0.3])), seed=int(rng.integers(1e6)))
    level = share(time_s)
    if kind.endswith("full stand"):
        first = time_s > turns[0]
        level = np.where(first, 0.15 + 0.85 * level, level)
    stand = skeletons.standing(time_s=time_s, yaw_deg=yaw_deg, arms=str(rng.choice(ARMS)))
    lean = rng.uniform(15, 55) * depth / 110
    motion = _bent(stand, depth * level, 1.0, lean * level)
    heels = dict.fromkeys(skeletons.SIDES, -rng.uniform(0, 8) * level)
    return replace(motion, foot_deg=heels, instants={"turn": turns})


def _chair_stands(rng: np.random.Generator, rate_hz: float, yaw_deg: float) -> Motion:
    count = int(rng.integers(1, 7))
    share, turns, duration_s = _profile(
        rng, count, rng.uniform(0.7, 1.5), rng.uniform(0.1, 1.0), rng.uniform(0.7, 1.5), rng.uniform(0.5, 1.5)
    )
    time_s = skeletons.times(duration_s, rate_hz)
    seated = 1.0 - share(time_s)
    rising = np.clip(4 * seated * (1 - seated), 0, 1)
    stand = skeletons.standing(time_s=time_s, yaw_deg=yaw_deg, arms="hips")
    motion = _bent(stand, rng.uniform(85, 105) * seated, 1.3, 5 + rng.uniform(20, 40) * rising)
    return replace(motion, instants={"turn": turns})


def _nothing(rng: np.random.Generator, kind: str, rate_hz: float, yaw_deg: float) -> Motion:
    time_s = skeletons.times(rng.uniform(4, 9), rate_hz)
    beat = 2 * np.pi * time_s / rng.uniform(1.2, 2.5)
    wave = 0.5 - 0.5 * np.cos(beat)
    stand = skeletons.standing(time_s=time_s, yaw_deg=yaw_deg, arms=str(rng.choice(ARMS)))
    left, right = skeletons.SIDES
    if kind == "walk":
        return skeletons.walking(rng.uniform(2, 5), yaw_deg=yaw_deg, rate_hz=rate_hz)
    if kind == "march on the spot":
        lift = {left: 60 * np.maximum(np.sin(beat), 0), right: 60 * np.maximum(-np.sin(beat), 0)}
        return replace(stand, thigh_deg=lift, shank_deg={side: 0.4 * lift[side] for side in lift}, anchor="hips")
    if kind == "hinge":
        return _bent(stand, 20 * wave, 1.0, rng.uniform(60, 85) * wave)
    if kind == "jumping jacks":
        return replace(stand, anchor="hips", stance_half_width_m=0.09)
    if kind == "jumps":
        return _bent(stand, rng.uniform(60, 90) * _jump_dips(time_s)[0], 1.0, 30 * _jump_dips(time_s)[0])
    if kind == "split stance lunges":
        knee = 90 * wave
        thigh = {left: 25 + 60 * wave, right: -20 - 5 * wave}
        return replace(stand, thigh_deg=thigh, shank_deg={left: knee - 85 * wave, right: 20 + 65 * wave})
    if kind == "sit still":
        return _bent(stand, np.full(time_s.size, 95.0), 1.3, 8 + 12 * wave)
    return _bent(stand, 6 * wave, 1.0, 5 * wave)


JUMP_S = 2.0


def _jump_dips(time_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Share of knee bend, and height above the floor (m), of a jump every JUMP_S."""
    t = time_s % JUMP_S
    dip = np.interp(t, [0, 0.5, 0.8, 1.2, 1.4, 1.8, 2.0], [0, 1, 0, 0, 0.8, 0, 0])
    flight = np.where((t > 0.8) & (t < 1.2), 0.5 * 9.81 * (t - 0.8) * (1.2 - t), 0.0)
    return dip, flight


def make_clip(rng: np.random.Generator, kind: str) -> Clip:
    rate_hz, yaw_deg = float(rng.choice(RATES_HZ)), float(rng.choice(VIEWS_DEG)) + rng.uniform(-8, 8)
    if kind in KINDS_WITHOUT:
        rate_hz = max(rate_hz, 15.0)
        motion = _nothing(rng, kind, rate_hz, yaw_deg)
    elif kind == "sit to stand":
        motion = _chair_stands(rng, rate_hz, yaw_deg)
    else:
        motion = _squats(rng, kind, rate_hz, yaw_deg)
    if kind.startswith("walk in"):
        motion = skeletons.walking_in(motion, from_left=bool(rng.integers(2)))
    portrait = bool(rng.integers(2))
    camera = Camera(
        size_px=(1080, 1920) if portrait else (1920, 1080),
        height_m=rng.uniform(0.4, 1.5),
        distance_m=rng.uniform(3.0, 5.0) if portrait else rng.uniform(4.0, 6.0),
        roll_deg=rng.uniform(-4, 4),
    )
    body = Body(height_m=rng.uniform(1.5, 2.0), trunk=rng.uniform(0.27, 0.31), thigh=rng.uniform(0.23, 0.26))
    gaps = ()
    if rng.random() < 0.3:
        start = rng.uniform(0, motion.time_s[-1])
        gaps = ((start, start + rng.uniform(0.1, 0.3)),)
    return Clip(kind, motion, camera, body, float(rng.uniform(1, 6)), gaps, tuple(motion.instants.get("turn", ())))


def _film(clip: Clip, seed: int) -> skeletons.Track:
    track = skeletons.film(clip.motion, clip.camera, clip.body)
    if clip.kind == "jumps":
        rise_px = _jump_dips(clip.motion.time_s)[1] * clip.camera.focal_px / clip.camera.distance_m
        track = track.replace(xy_px=track.xy_px - np.stack([0 * rise_px, rise_px], axis=-1)[:, None])
    if clip.kind == "jumping jacks":
        track = _jacks(track, clip)
    rng = np.random.default_rng(seed)
    return skeletons.spoil(track, rng, noise_px=clip.noise_px, correlation_s=0.1, offset_px=3.0, gaps_s=clip.gaps_s)


def _jacks(track: skeletons.Track, clip: Clip) -> skeletons.Track:
    """Legs spread and close in the picture, the hips sink with them."""
    spread = np.radians(28) * (0.5 - 0.5 * np.cos(2 * np.pi * track.time_s / 0.9))
    xy, skeleton = track.xy_px.copy(), track.skeleton
    ankle = xy[:, skeleton.indices("left_ankle", "right_ankle")].mean(axis=1)
    leg = ankle[:, 1] - xy[:, skeleton.indices("left_hip", "right_hip")].mean(axis=1)[:, 1]
    sink = leg * (1 - np.cos(spread))
    for part, share in (("knee", 0.5), ("ankle", 1.0), ("heel", 1.0), ("toe", 1.0)):
        for side, sign in (("left", 1.0), ("right", -1.0)):
            xy[:, skeleton.index(f"{side}_{part}"), 0] += sign * share * leg * np.sin(spread)
            xy[:, skeleton.index(f"{side}_{part}"), 1] -= share * sink
    xy[..., 1] += sink[:, None]
    return track.replace(xy_px=xy)


def score_clip(clip: Clip, seed: int) -> Score:
    """Counted repetitions against the true ones; a match has a true turning point between its start and its end."""
    settings = Settings()
    raw = _film(clip, seed)
    clean = clean_track(raw, settings.signals, cutoff_hz(None)).track
    segments = find_segments(clean, clip.camera.size_px, settings.view, settings.subject)
    series = compute_series(clean, segments, settings.view)
    movement = recognise(clean, segments, series)
    reps, _ = find_reps(movement, clean, segments)
    expected = "sit_to_stand" if clip.kind == "sit to stand" else "squat" if clip.turns_s else None
    expected = OTHER_NAMES.get(clip.kind, expected)
    known = clip.kind in OTHER_NAMES and movement.label == expected
    counted = [] if known else [rep for rep in reps if rep.kind == "rep"]
    hits = []
    for rep in counted:
        inside = [at for at in clip.turns_s if rep.start_s <= at <= rep.end_s]
        hits += [_turn(rep) - inside[0]] if len(inside) == 1 else []
    return Score(
        clips=1,
        exact=int(len(counted) == len(clip.turns_s)),
        true=len(clip.turns_s),
        found=len(counted),
        matched=len(hits),
        named=int(movement.label == expected),
        late_s=hits,
    )


def _turn(rep: Rep) -> float:
    return rep.instants.get("top", rep.instants.get("bottom", rep.start_s))


def page(clips_per_kind: int = 40, seed: int = 0) -> str:
    """The committed page, as Markdown."""
    head = (
        "# Counting repetitions\n\nMade by `python scripts/benchmark.py reps --write`. "
        f"{clips_per_kind} random clips of each kind: people made of lines, 5 to 240 frames a second, 1 to 6 px of "
        "keypoint noise with 0.1 s correlation, gaps, variable frame rate, seven views, cameras 0.4 to 1.5 m high and "
        "rolled by up to 4 degrees. A counted repetition matches a true one that lies between its start and its end. "
        "Real footage is judged by `tests/e2e/test_real_clips.py`.\n\n"
    )
    return head + table(clips_per_kind, seed)


def table(clips_per_kind: int = 40, seed: int = 0) -> str:
    """One line a kind of clip, Markdown."""
    lines = [
        "| what | clips | named right | exact count | true | counted | F1 | turning point, median and 95 % off (s) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    whole = Score()
    for kind in (*KINDS_WITH_REPS, *KINDS_WITHOUT):
        rng = np.random.default_rng([seed, sum(map(ord, kind))])
        total = Score()
        for number in range(clips_per_kind):
            total.add(score_clip(make_clip(rng, kind), number))
        lines.append(_line(kind, total))
        whole.add(total)
    return "\n".join([*lines, _line("all", whole)]) + "\n"


def _line(kind: str, score: Score) -> str:
    off = np.abs(score.late_s) if score.late_s else None
    when = "" if off is None else f"{np.median(off):.3f}, {np.percentile(off, 95):.3f}"
    return (
        f"| {kind} | {score.clips} | {score.named} | {score.exact} | {score.true} | {score.found} | {score.f1:.3f} | "
        f"{when} |"
    )
