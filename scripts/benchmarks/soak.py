"""A long session: memory and lag must stay flat."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from scripts.benchmarks.live import Painted, live_loop, over_and_over, padded_clip  # noqa: E402

SIZE_PX = (1280, 720)
PARTS = 10


class Watched(Painted):
    """Notes memory, lag and rate once in every part of the session."""

    def __init__(self, part_s: float) -> None:
        self.part_s, self.rows, self.next_s = part_s, [], part_s
        import psutil

        self.process = psutil.Process()

    def show(self, image: Any, view: Any) -> None:
        super().show(image, view)
        if view.state.time_s >= self.next_s and len(self.rows) < PARTS:
            self.next_s += self.part_s
            stats = view.stats
            self.rows.append(
                {
                    "minute": view.state.time_s / 60,
                    "memory_mib": self.process.memory_info().rss / 2**20,
                    "rate_hz": stats.rate_hz,
                    "lag_ms": stats.lag_ms,
                    "lag_worst_ms": stats.lag_worst_ms,
                    "reps": len(view.state.reps),
                }
            )


def run_soak(clip: Path, minutes: float, movement: str) -> list[dict[str, Any]]:
    """One session of `minutes` in this process; a row for each tenth of it."""
    from vidgait.concurrency import Ahead
    from vidgait.live.clock import RealClock
    from vidgait.live.loop import Stop
    from vidgait.live.player import Player

    clock = RealClock()
    duration_s = 60 * minutes
    with (
        Ahead(over_and_over(clip, duration_s + 5)) as frames,
        live_loop(Player(frames, clock), clock, movement) as loop,
    ):
        loop.screen = Watched(duration_s / PARTS)
        loop.run(Stop())
        return loop.screen.rows


def soak(clip: Path, minutes: float, movement: str) -> list[dict[str, Any]]:
    """In a process of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "soak.mp4"
        padded_clip(clip, source, SIZE_PX)
        command = [sys.executable, str(Path(__file__)), str(source), str(minutes), movement]
        said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    rows: list[dict[str, Any]] = json.loads(said.stdout.splitlines()[-1])
    return rows


def soak_markdown(clip: str, minutes: float, rows: Sequence[dict[str, Any]]) -> str:
    """The committed page."""
    growth = rows[-1]["memory_mib"] - rows[0]["memory_mib"] if rows else float("nan")
    return "\n".join(
        [
            "# A long live session",
            "",
            f"Made by `python scripts/benchmark.py soak CLIP --write` with `{clip}`, scaled and padded to",
            f"{SIZE_PX[0]}x{SIZE_PX[1]}, over and over for {minutes:g} minutes at its own pace. Memory is what the",
            "process holds at that moment; rate and lag are of the three seconds before.",
            "",
            f"Machine: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.",
            "",
            "| minute | memory MiB | processed a second | lag, median ms | lag, 95 % below ms | repetitions |",
            "|---|---|---|---|---|---|",
            *(
                f"| {row['minute']:.1f} | {row['memory_mib']:.0f} | {row['rate_hz']:.1f} | {row['lag_ms']:.0f}"
                f" | {row['lag_worst_ms']:.0f} | {row['reps']} |"
                for row in rows
            ),
            "",
            f"From the first row to the last, memory changed by {growth:+.0f} MiB.",
            "",
        ]
    )


if __name__ == "__main__":
    print(json.dumps(run_soak(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3])))
