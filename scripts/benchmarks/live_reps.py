"""Counting live against counting the same clip offline, from saved poses: no video is decoded, no clock is read but to
tell what one picture costs.

    python -m scripts.benchmarks.live_reps FOLDER... --write

Each folder holds saved analyses. Live sees all pictures, 30 % fewer, or none for 0.2 s in every 1.3 s; offline all.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vidgait.interpretation import Seen, interpret
from vidgait.live.analyser import LiveAnalyser
from vidgait.live.schedule import DropSchedule, drop_bursts, drop_share, keep_all
from vidgait.movements import MOVEMENTS
from vidgait.settings import Settings
from vidgait.store import load_analysis
from vidgait.types import Analysis, ClipPoses, FramePoses, Rep

__all__ = ["SCHEDULES", "Clip", "Played", "differences", "lateness", "look_at", "main", "page_of", "people_of", "play"]

REPORT = Path(__file__).resolve().parents[2] / "benchmarks" / "live_reps.md"
SCHEDULES: dict[str, DropSchedule] = {
    "all": keep_all,
    "30 % dropped": drop_share(0.3),
    "bursts": drop_bursts(6, 40, first=11),
}
GOAL_S = 0.3
SLOW_PER_S = 20.0
Difference = tuple[float, float]
"""Of one picture: what is shown less the offline value, and how fast the offline value changes, a second."""


@dataclass(slots=True)
class Played:
    """What one clip gave live."""

    counted: int = 0
    movement: str | None = None
    ends_s: list[float] = field(default_factory=list)
    late_s: list[float] = field(default_factory=list)
    cost_ms: list[float] = field(default_factory=list)
    values: dict[tuple[str, str | None], list[tuple[float, float]]] = field(default_factory=dict)


def people_of(poses: ClipPoses) -> Iterator[tuple[int, float, FramePoses]]:
    """Index, time and everybody in each picture."""
    for index, time_s in enumerate(poses.time_s):
        rows = np.flatnonzero(poses.frame == index)
        world = None if poses.xyz_m is None else poses.xyz_m[rows]
        yield index, float(time_s), FramePoses(poses.xy_px[rows], poses.score[rows], world, poses.skeleton)


def play(poses: ClipPoses, movement: str, drop: DropSchedule, timed: bool = False) -> Played:
    """`timed`: jobs are left out, as they run in another thread; then nothing but the cost is of use."""
    settings = Settings().with_options({"movement": movement})
    analyser = LiveAnalyser(settings, poses.size_px, work=(lambda job: None) if timed else (lambda job: job()))
    found = Played()
    for index, time_s, people in people_of(poses):
        if drop(index):
            continue
        began = time.perf_counter()
        state = analyser.push(time_s, people)
        found.cost_ms.append((time.perf_counter() - began) * 1e3)
        if state.announced is not None:
            found.ends_s.append(state.announced.end_s)
            found.late_s.append(time_s - state.announced.end_s)
        for reading in state.readings:
            if reading.value is not None:
                found.values.setdefault((reading.name, reading.side), []).append((time_s, reading.value))
    found.counted = len(analyser.finish())
    found.movement = state.movement
    return found


def differences(found: Played, offline: Analysis) -> dict[str, list[Difference]]:
    """By quantity: what is shown less the offline series at the same picture, where both know it."""
    rows: dict[str, list[Difference]] = {}
    series = {(one.name, one.side): one.value for one in offline.series}
    times = offline.poses.time_s
    for (name, side), pairs in found.values.items():
        values = series.get((name, side))  # type: ignore[call-overload]
        if values is None:
            continue
        speed = np.gradient(values, times)
        for time_s, shown in pairs:
            row = int(np.searchsorted(times, time_s))
            if np.isfinite(values[row]) and np.isfinite(speed[row]):
                rows.setdefault(name, []).append((shown - float(values[row]), float(speed[row])))
    return rows


@dataclass(slots=True)
class Clip:
    """One line of the page and what is summed up below it."""

    line: str
    late: dict[str, list[float]]
    differences: dict[str, list[Difference]]
    cost_ms: list[float]


def look_at(name: str, stored: Analysis) -> Clip | None:
    """Of the stored analysis only the poses are used: what an older version made of them does not matter. None for a
    movement that is not counted."""
    named = interpret(Seen(stored.video, stored.poses, (), {}), Settings())
    label = named.movement.label
    if label not in MOVEMENTS:
        return None
    offline = interpret(Seen(stored.video, stored.poses, (), {}), Settings().with_options({"movement": label}))
    counted = [rep for rep in offline.reps if rep.index > 0]
    cells, late = [], {}
    shown: dict[str, list[Difference]] = {}
    for schedule, drop in SCHEDULES.items():
        for movement in (label, "auto"):
            found = play(offline.poses, movement, drop)
            key = f"{schedule}, {'auto' if movement == 'auto' else 'named'}"
            late[key] = lateness(found, counted, first=1 if movement == "auto" else 0)
            cells.append(str(found.counted) if found.counted == len(counted) else f"**{found.counted}**")
            if schedule == "all" and movement == label:
                shown = differences(found, offline)
    cost_ms = play(offline.poses, label, keep_all, timed=True).cost_ms
    return Clip(f"| {name} | {label} | {len(counted)} | {' | '.join(cells)} |", late, shown, cost_ms)


def lateness(found: Played, counted: Sequence[Rep], first: int) -> list[float]:
    """Seconds from the end that the recorded clip finds to when it was told, of each told from number `first` on."""
    ends = np.array([rep.end_s for rep in counted])
    if not ends.size:
        return []
    told = [(end_s, late_s + end_s) for end_s, late_s in zip(found.ends_s, found.late_s, strict=True)][first:]
    return [told_s - float(ends[np.argmin(np.abs(ends - end_s))]) for end_s, told_s in told]


def report(folders: Sequence[Path]) -> Iterator[str]:
    """The page after each clip, so that a run that is stopped leaves what it found."""
    clips: list[Clip] = []
    for folder in folders:
        clip = look_at(folder.name, load_analysis(folder))
        if clip is not None:
            clips.append(clip)
            print(clip.line, flush=True)
            yield page_of(clips)


def page_of(clips: Sequence[Clip]) -> str:
    plans = [f"{schedule}, {by}" for schedule in SCHEDULES for by in ("named", "auto")]
    cost_ms = np.concatenate([clip.cost_ms for clip in clips])
    median_ms, most_ms = np.percentile(cost_ms, (50, 99))
    return "\n".join(
        [
            "# Live counting against the recorded clip",
            "",
            "Made by `python -m scripts.benchmarks.live_reps FOLDER... --write` from saved poses: live sees all",
            "pictures, 30 % fewer, or none for 0.2 s in every 1.3 s; offline sees all. Bold: not the offline count.",
            "",
            f"| clip | movement | offline | {' | '.join(plans)} |",
            "|---" * (3 + len(plans)) + "|",
            *(clip.line for clip in clips),
            "",
            "How long after its end, as the recorded clip finds it, it is told, s (auto: from the second on).",
            "Those that only the end of the clip closes are not among them.",
            "",
            "| pictures | told | median | 95 % | worst | later than 0.3 s |",
            "|---|---|---|---|---|---|",
            *(_late_line(plan, [one for clip in clips for one in clip.late[plan]]) for plan in plans),
            "",
            "What is shown, less the recorded clip's own series at the same picture (all pictures). The delay is that",
            "of the line of the difference against the speed.",
            "",
            "| quantity | pictures | 95 % within | while slower than 20 a second | delay ms |",
            "|---|---|---|---|---|",
            *_shown_lines(clips),
            "",
            f"One picture costs {median_ms:.2f} ms at the median, {most_ms:.2f} ms at the 99th percentile, without the",
            "pose network and without the jobs that run beside it.",
            "",
        ]
    )


def _late_line(plan: str, late_s: Sequence[float]) -> str:
    if not late_s:
        return f"| {plan} | 0 | | | | |"
    median, most = np.percentile(late_s, (50, 95))
    over = sum(one > GOAL_S + 1e-9 for one in late_s)
    return f"| {plan} | {len(late_s)} | {median:.2f} | {most:.2f} | {max(late_s):.2f} | {over} |"


def _shown_lines(clips: Sequence[Clip]) -> Iterator[str]:
    for name in sorted({name for clip in clips for name in clip.differences}):
        both = np.array([one for clip in clips for one in clip.differences.get(name, [])])
        off, speed = both.T
        slow = np.abs(speed) < SLOW_PER_S
        delay_s = float(np.linalg.lstsq(-speed[:, None], off, rcond=None)[0][0])
        within, within_slow = np.percentile(np.abs(off), 95), np.percentile(np.abs(off[slow]), 95)
        yield f"| {name} | {len(off)} | {within:.1f} | {within_slow:.1f} | {1e3 * delay_s:.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--to", type=Path, default=REPORT)
    given = parser.parse_args()
    page = ""
    for page in report(given.folders):
        if given.write:
            given.to.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
