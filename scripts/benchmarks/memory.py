"""Peak memory of `vidgait analyze` over clips of growing length: it must not grow with the pixels of the clip."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

# isort: off
import cv2  # noqa: F401
import av
# isort: on

from scripts.benchmarks.speed import run_timed


def peak_by_length(clip: Path, minutes: Sequence[float]) -> list[tuple[float, float, float]]:
    """(minutes, peak MB, wall s) of one whole run each, annotated video and report included."""
    rows = []
    for length in minutes:
        with tempfile.TemporaryDirectory() as scratch:
            long = Path(scratch) / "long.mp4"
            repeat(clip, long, length * 60)
            command = [sys.executable, "-m", "vidgait.cli", "analyze", str(long), "--out", f"{scratch}/out", "--quiet"]
            wall_s, _, peak_mb = run_timed(command)
        rows.append((length, peak_mb, wall_s))
        print(f"{length:g} min: {peak_mb:.0f} MB, {wall_s:.0f} s", file=sys.stderr, flush=True)
    return rows


def repeat(clip: Path, target: Path, duration_s: float) -> None:
    """The clip's own packets, one copy after another, without encoding again."""
    with av.open(str(target), "w") as out:
        stream, offset = None, 0
        while True:
            with av.open(str(clip)) as source:
                video = source.streams.video[0]
                stream = stream or out.add_stream_from_template(video)
                last = 0
                for packet in source.demux(video):
                    if packet.dts is None or packet.pts is None:
                        continue
                    last = max(last, packet.pts + (packet.duration or 0))
                    packet.pts, packet.dts, packet.stream = packet.pts + offset, packet.dts + offset, stream
                    out.mux(packet)
                offset += last
                if offset * video.time_base >= duration_s:
                    return


def memory_markdown(name: str, rows: Sequence[tuple[float, float, float]]) -> str:
    lines = [
        "# Memory",
        "",
        f"Made by `python scripts/benchmark.py memory CLIP --write` with {name}, its packets repeated to the length",
        "stated. Whole processes, annotated video at the default size and report included.",
        "",
        "| minutes | peak MB | wall s |",
        "|---|---|---|",
        *(f"| {minutes:g} | {peak_mb:.0f} | {wall_s:.0f} |" for minutes, peak_mb, wall_s in rows),
    ]
    return "\n".join(lines) + "\n"
