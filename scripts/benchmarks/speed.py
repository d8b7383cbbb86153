"""How fast `vidgait analyze` is: per stage, against the plain script of today, and against the floor.

Three whole programs take turns on the same clip, so that a machine that slows down slows all of them:

- *plain*: scripts/baseline_plain.py in its own environment with mediapipe 0.10.21;
- *vidgait*: `vidgait analyze`, annotated video, report and tables included, at source size and at the default size;
- *floor*: one decode plus one encode with vidgait's own settings, which no program that writes a video can undercut.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Runs:
    """Whole-process figures of one program over several runs."""

    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    peak_mb: float = 0.0


def speed(clip: Path, baseline_python: Path | None, repeats: int) -> dict[str, Any]:
    """Everything about one clip, as plain values for the JSON and the table."""
    programs = _programs(clip, baseline_python)
    runs = {name: Runs() for name in programs}
    for turn in range(-1, repeats):
        for name, command in programs.items():
            with tempfile.TemporaryDirectory() as scratch:
                wall_s, cpu_s, peak_mb = run_timed([part.replace("SCRATCH", scratch) for part in command])
            print(f"{clip.name}, {name}: {wall_s:.2f} s{' (warm-up)' if turn < 0 else ''}", file=sys.stderr, flush=True)
            if turn >= 0:
                runs[name].wall_s.append(wall_s)
                runs[name].cpu_s.append(cpu_s)
                runs[name].peak_mb = max(runs[name].peak_mb, peak_mb)
    return {
        "clip": clip.name,
        "runs": {name: vars(one) for name, one in runs.items()},
        "stages_ms": _stages_apart(clip),
    } | _clip_facts(clip)


def _programs(clip: Path, baseline_python: Path | None) -> dict[str, list[str]]:
    ours = [sys.executable, "-m", "vidgait.cli", "analyze", str(clip), "--out", "SCRATCH", "--quiet"]
    floor = [sys.executable, str(Path(__file__)), str(clip)]
    programs = {
        "vidgait, source size": [*ours, "--full-size"],
        "vidgait, default size": ours,
        "floor, source size": [*floor, "full"],
        "floor, default size": [*floor, "default"],
    }
    if baseline_python is not None:
        script = str(ROOT / "scripts" / "baseline_plain.py")
        plain = [str(baseline_python), script, str(clip), "SCRATCH/plain.mp4"]
        programs = {"plain script": plain} | programs
    return programs


def run_timed(command: Sequence[str]) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak MiB of one whole process, by the system's own account."""
    if not hasattr(os, "wait4"):
        raise SystemExit(
            f"The speed benchmark needs os.wait4, which {platform.system()} lacks: run it on Linux or macOS."
        )
    began = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)} failed:\n{said.read().decode(errors='replace')[-2000:]}")
    return wall_s, usage.ru_utime + usage.ru_stime, peak_mib(usage.ru_maxrss, sys.platform)


def peak_mib(maximum_resident: int, system: str) -> float:
    """`ru_maxrss` of getrusage(2): bytes on macOS, KiB elsewhere."""
    return maximum_resident / 1024**2 if system == "darwin" else maximum_resident / 1024


def _stages_apart(clip: Path) -> dict[str, float]:
    """In a process of its own: the pictures it holds would count as memory of every program started afterwards."""
    command = [sys.executable, str(Path(__file__)), str(clip), "stages"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    stages: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    return stages


def _clip_facts(clip: Path) -> dict[str, Any]:
    from vidgait.settings import VideoSettings
    from vidgait.video import open_video

    with open_video(clip, VideoSettings()) as reader:
        frames = sum(1 for _ in reader.frames())
        return {"size_px": list(reader.info.size_px), "frames": frames, "codec": reader.info.codec}


def floor(clip: Path, full_size: bool) -> None:
    """One decode and one encode, overlapped as pass two overlaps them, and nothing else."""
    from vidgait.concurrency import Ahead
    from vidgait.settings import OutputSettings, VideoSettings
    from vidgait.video import VideoWriter, open_video, output_size

    settings = VideoSettings()
    with tempfile.TemporaryDirectory() as scratch, open_video(clip, settings) as reader:
        size_px = output_size(reader.info, OutputSettings(full_size=full_size))
        target = Path(scratch) / "floor.mp4"
        with VideoWriter(target, size_px, audio_from=None, video=settings) as writer:
            with Ahead(reader.planar_frames(size_px)) as frames:
                for frame in frames:
                    writer.write(frame)
            writer.close()


def stages_ms(clip: Path) -> dict[str, float]:
    """Milliseconds a frame of each stage on its own, nothing overlapped."""
    import vidgait
    from vidgait.outputs.overlay import OverlayPainter
    from vidgait.pose import create_estimator
    from vidgait.settings import OutputSettings, Settings
    from vidgait.video import VideoWriter, open_video, output_size

    settings = Settings()
    result: dict[str, float] = {}
    with open_video(clip, settings.video) as reader:
        frames, result["decode"] = _each(reader.frames())
        size_px = output_size(reader.info, OutputSettings(full_size=True))
    with create_estimator(settings.pose) as estimator:
        _, result["joints"] = _each(estimator.estimate([frame]) for frame in frames)
    analysis = vidgait.analyze(clip)
    painter = OverlayPainter(analysis, size_px)
    with open_video(clip, settings.video) as reader:
        planes, result["decode for drawing"] = _each(reader.planar_frames(size_px))
    _, result["draw"] = _each(map(painter.paint, planes))
    with (
        tempfile.TemporaryDirectory() as scratch,
        VideoWriter(Path(scratch) / "x.mp4", size_px, audio_from=None, video=settings.video) as writer,
    ):
        _, result["encode"] = _each(map(writer.write, planes), writer.close)
    return {name: round(value, 2) for name, value in result.items()}


LONGEST_STAGE_CLIP = 240
"""Frames held in memory while a stage is timed on its own."""


def _each(items: Iterable[Any], finish: Callable[[], Any] = lambda: None) -> tuple[list[Any], float]:
    """The first items of a stage and the mean milliseconds each took."""
    began = time.perf_counter()
    made = list(_first(items))
    finish()
    return made, 1e3 * (time.perf_counter() - began) / max(len(made), 1)


def _first(items: Iterable[Any]) -> Iterator[Any]:
    for count, item in enumerate(items, start=1):
        yield item
        if count == LONGEST_STAGE_CLIP:
            return


def speed_markdown(results: Sequence[dict[str, Any]]) -> str:
    """The committed page."""
    lines = [
        "# Speed",
        "",
        "Made by `python scripts/benchmark.py speed CLIP... --baseline-python PYTHON --write`. Whole processes, taking",
        "turns; median (least to most) of the repeats. Ratios are of medians within this one run: the machine is",
        "shared and noisy, so its seconds mean little and its ratios more.",
        "",
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.",
    ]
    for result in results:
        lines += ["", *_clip_lines(result)]
    return "\n".join(lines) + "\n"


def _clip_lines(result: dict[str, Any]) -> list[str]:
    width, height = result["size_px"]
    lines = [f"## {result['clip']}: {width}x{height}, {result['frames']} frames, {result['codec']}", ""]
    lines += ["| program | wall s | ms a frame | processor s | peak MB | plain / this |", "|---|---|---|---|---|---|"]
    plain = result["runs"].get("plain script")
    for name, run in result["runs"].items():
        median = statistics.median(run["wall_s"])
        ratio = f"{statistics.median(plain['wall_s']) / median:.2f}" if plain else ""
        spread = f"{median:.2f} ({min(run['wall_s']):.2f} to {max(run['wall_s']):.2f})"
        cpu_s = statistics.median(run["cpu_s"])
        per_frame = 1e3 * median / result["frames"]
        lines.append(f"| {name} | {spread} | {per_frame:.1f} | {cpu_s:.2f} | {run['peak_mb']:.0f} | {ratio} |")
    stages = ", ".join(f"{name} {value:.1f}" for name, value in result["stages_ms"].items())
    return [*lines, "", f"Each stage on its own, source size, ms a frame: {stages}."]


def write_speed(results: Sequence[dict[str, Any]], folder: Path) -> None:
    (folder / "speed.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (folder / "speed.md").write_text(speed_markdown(results), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[2] == "stages":
        print(json.dumps(stages_ms(Path(sys.argv[1]))))
    else:
        floor(Path(sys.argv[1]), sys.argv[2] == "full")
