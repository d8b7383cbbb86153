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
from vidgait.settings import Settings
from vidgait.store import load_analysis
from vidgait.types import Analysis, ClipPoses, FramePoses

__all__ = ["SCHEDULES", "Played", "differences", "main", "people_of", "play", "report"]

REPORT = Path(__file__).resolve().parents[2] / "benchmarks" / "live_reps.md"
SCHEDULES: dict[str, DropSchedule] = {
    "all": keep_all,
    "30 % dropped": drop_share(0.3),
    "bursts": drop_bursts(6, 40, first=11),
}
LAGS_S = np.arange(-0.1, 0.31, 0.01)


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


def differences(found: Played, offline: Analysis) -> list[tuple[str, float, float, float]]:
    """Of each reading: its name, lag (s) at which it fits the offline series best, RMS there, and RMS without shift."""
    rows = []
    known = {(one.name, one.side): one.value for one in offline.series}
    times = offline.poses.time_s
    for key, pairs in found.values.items():
        values = known.get(key)  # type: ignore[call-overload]
        if values is None or len(pairs) < 30:
            continue
        live_s, live = np.array(pairs).T
        ok = np.isfinite(values)
        if ok.sum() < 30 or np.ptp(values[ok]) < 15:
            continue
        errors = []
        for lag_s in (*LAGS_S, 0.0):
            there = np.interp(live_s - lag_s, times[ok], values[ok])
            errors.append(float(np.sqrt(np.mean((live - there) ** 2))))
        best = int(np.argmin(errors[:-1]))
        rows.append((key[0], float(LAGS_S[best]), errors[best], errors[-1]))
    return rows


def _line(name: str, stored: Analysis) -> tuple[str, dict[str, list[float]], list[tuple[str, float, float, float]]]:
    """Of the stored analysis only the poses are used: what an older version made of them does not matter."""
    offline = interpret(Seen(stored.video, stored.poses, (), {}), Settings())
    label = offline.movement.label or ""
    if label not in KNOWN:
        return "", {}, []
    again = interpret(Seen(stored.video, stored.poses, (), {}), Settings().with_options({"movement": label}))
    expected = len(again.reps)
    cells, late = [], {}
    rows: list[tuple[str, float, float, float]] = []
    for schedule, drop in SCHEDULES.items():
        for movement in (label, "auto"):
            found = play(offline.poses, movement, drop)
            named = "named" if movement == label else "auto"
            late[f"{schedule}, {named}"] = found.late_s[0 if named == "named" else 1 :]
            cells.append(str(found.counted) if found.counted == expected else f"**{found.counted}**")
            if schedule == "all" and named == "named":
                rows = differences(found, again)
    late["cost"] = play(offline.poses, label, keep_all, timed=True).cost_ms
    return f"| {name} | {label} | {expected} | {' | '.join(cells)} |", late, rows


def report(folders: Sequence[Path]) -> Iterator[str]:
    """The page after each clip, so that a run that is stopped leaves what it found."""
    lines: list[str] = []
    late: dict[str, list[float]] = {}
    rows: list[tuple[str, float, float, float]] = []
    for folder in folders:
        line, more, some = _line(folder.name, load_analysis(folder))
        if not line:
            continue
        lines.append(line)
        print(line, flush=True)
        for key, values in more.items():
            late.setdefault(key, []).extend(values)
        rows += some
        yield _page(lines, late, rows)


KNOWN = ("squat", "sit_to_stand", "single_leg_squat", "step_down", "single_leg_stance", "lunge", "hinge")


def _page(lines: list[str], late: dict[str, list[float]], rows: list[tuple[str, float, float, float]]) -> str:
    cost = np.array(late["cost"])
    out = [
        "# Live counting against the recorded clip",
        "",
        "Made by `python -m scripts.benchmarks.live_reps FOLDER... --write` from saved poses: live sees all pictures, "
        "30 % fewer, or none for 0.2 s in every 1.3 s; offline sees all. Bold: not the offline count.",
        "",
        "| clip | movement | offline | "
        + " | ".join(f"{one}, {by}" for one in SCHEDULES for by in ("named", "auto"))
        + " |",
        "|---" * (3 + 2 * len(SCHEDULES)) + "|",
        *lines,
        "",
        "How long after its end, as live found it, a repetition is told (with auto, from the second on), s:",
        "",
        "| pictures | told | median | 95 % | worst | later than 0.3 s |",
        "|---|---|---|---|---|---|",
    ]
    for key, values in late.items():
        if values and key != "cost":
            some = np.array(values)
            middle, most = np.percentile(some, (50, 95))
            late_ones = int((some > 0.3 + 1e-9).sum())
            out.append(f"| {key} | {len(some)} | {middle:.2f} | {most:.2f} | {some.max():.2f} | {late_ones} |")
    out += [
        "",
        "What is shown against the offline series at the same instants (all pictures, quantities that change by 15 "
        "degrees or more): the delay at which both fit best, what differs then, and without shifting, RMS:",
        "",
        "| quantity | curves | delay, median (s) | differs then (deg) | without shifting (deg) |",
        "|---|---|---|---|---|",
    ]
    for name in sorted({row[0] for row in rows}):
        some = np.array([row[1:] for row in rows if row[0] == name])
        lag, then, plain = np.median(some, axis=0)
        out.append(f"| {name} | {len(some)} | {lag:.2f} | {then:.1f} | {plain:.1f} |")
    median, most = np.percentile(cost, (50, 99))
    out += [
        "",
        f"One picture costs {median:.2f} ms at the median, {most:.2f} ms at the 99th percentile, without network "
        "and without the jobs that run beside it.",
        "",
    ]
    return "\n".join(out)


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
