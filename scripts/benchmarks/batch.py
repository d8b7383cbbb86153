"""What a batch costs beyond the analyses: against a plain loop in one warm process, and against the command line.

Programs take turns on the same clips. The loop and the batch's workers note how long each analysis took, so that the
batch's own share is known: between videos, at the start, and for the team's page and tables at the end.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from vidgait.team.worker import ProgressFile, analyse_file  # noqa: E402

if TYPE_CHECKING:
    from vidgait.team.plan import Job

__all__ = ["batch_markdown", "measure_batch", "timed"]

COUNT = 12


def timed(job: Job, progress: ProgressFile) -> None:
    """`analyse_file`, which leaves beside its results how long it took."""
    start_s = time.perf_counter()
    analyse_file(job, progress)
    seconds = [start_s, time.perf_counter()]
    (job.out.parent / f"{job.out.name}.seconds").write_text(json.dumps(seconds))


def measure_batch(clips: Sequence[Path], repeats: int, workers: Sequence[int]) -> dict[str, Any]:
    """Walls of the programs on a dozen videos made of `clips`, in turns; the batch also with more `workers`."""
    found: dict[str, Any] = {"clips": [clip.name for clip in clips], "runs": []}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "videos"
        folder.mkdir()
        for index in range(COUNT):
            clip = clips[index % len(clips)]
            shutil.copyfile(clip, folder / f"{index:02d}_{clip.name}")
        for turn in range(repeats):
            for name, arguments in [("loop", []), *((f"batch {count}", [str(count)]) for count in workers)]:
                out = Path(scratch) / "out"
                found["runs"].append(
                    {"program": name, **_process([name.split()[0], str(folder), str(out), *arguments])}
                )
                shutil.rmtree(out, ignore_errors=True)
                print(f"turn {turn + 1}, {name}: {found['runs'][-1]['wall_s']:.1f} s", file=sys.stderr, flush=True)
        found["command_line_s"], found["alone_s"] = _command_line(folder, Path(scratch) / "out")
    return found


def _process(arguments: Sequence[str]) -> dict[str, Any]:
    """One program in a process of its own, which prints what it measured."""
    result = subprocess.run([sys.executable, __file__, *arguments], check=True, stdout=subprocess.PIPE, cwd=ROOT)
    told: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return told


def _command_line(folder: Path, out: Path) -> tuple[float, float]:
    """Seconds of `vidgait analyze` for the first video, and of its analysis alone in a warm process: the difference
    is what starting costs."""
    video = sorted(folder.iterdir())[0]
    command = [sys.executable, "-m", "vidgait.cli", "analyze", str(video), "--out", str(out), "--overwrite", "--quiet"]
    walls = []
    for _ in range(3):
        start_s = time.perf_counter()
        subprocess.run(command, check=True, cwd=ROOT)
        walls.append(time.perf_counter() - start_s)
    alone = [_process(["alone", str(video), str(out)])["wall_s"] for _ in range(3)]
    return statistics.median(walls), statistics.median(alone)


def _alone(video: Path, out: Path) -> dict[str, Any]:
    import vidgait

    vidgait.analyze(video, out=out, overwrite=True)
    start_s = time.perf_counter()
    vidgait.analyze(video, out=out, overwrite=True)
    return {"wall_s": time.perf_counter() - start_s}


def _loop(folder: Path, out: Path) -> dict[str, Any]:
    import vidgait

    videos = sorted(folder.iterdir())
    # Warm: what is loaded once is loaded.
    vidgait.analyze(videos[0], out=out / "warm")
    start_s = time.perf_counter()
    for video in videos:
        vidgait.analyze(video, out=out / video.stem)
    return {"wall_s": time.perf_counter() - start_s}


def _batch(folder: Path, out: Path, workers: int) -> dict[str, Any]:
    import vidgait

    start_s = time.perf_counter()
    result = vidgait.batch(folder, out=out, workers=workers, analyse=timed)
    end_s = time.perf_counter()
    if result.failed:
        raise SystemExit(f"{result.failed[0].path}: {result.failed[0].reason}")
    spans = [json.loads(path.read_text()) for path in out.glob("*.seconds")]
    busy_s = sum(end - start for start, end in spans)
    first_s, last_s = min(start for start, _ in spans), max(end for _, end in spans)
    return {
        "wall_s": end_s - start_s,
        "analyses_s": busy_s,
        "start_s": first_s - start_s,
        "between_s": (last_s - first_s) * workers - busy_s,
        "team_s": end_s - last_s,
    }


def batch_markdown(found: dict[str, Any]) -> str:
    """The page benchmarks/batch.md."""
    runs: dict[str, list[dict[str, Any]]] = {}
    for run in found["runs"]:
        runs.setdefault(run["program"], []).append(run)
    middle = {
        name: {key: statistics.median(one[key] for one in ones) for key in ones[0] if key != "program"}
        for name, ones in runs.items()
    }
    loop_s = middle["loop"]["wall_s"]
    lines = [
        "# Batch",
        "",
        f"Made by `python scripts/benchmark.py batch CLIP... --write`: {COUNT} videos, made of",
        f"{', '.join(found['clips'])} in turn.",
        f"Whole programs take turns; medians of {len(runs['loop'])}. Ratios are of medians within this one run; the",
        "machine is shared and noisy, so its seconds mean little.",
        "",
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.",
        "",
        "| program | wall s (least to most) | clips an hour | loop / this |",
        "|---|---|---|---|",
    ]
    for name, ones in runs.items():
        walls = [one["wall_s"] for one in ones]
        wall_s = middle[name]["wall_s"]
        title = (
            "loop over `vidgait.analyze`, warm" if name == "loop" else f"`vidgait batch`, {name.split()[1]} at a time"
        )
        lines.append(
            f"| {title} | {wall_s:.1f} ({min(walls):.1f} to {max(walls):.1f}) | {3600 * COUNT / wall_s:.0f} "
            f"| {loop_s / wall_s:.2f} |"
        )
    lines += [
        "",
        "| where the batch's time goes | start s | between videos, % of analyses | team's page and tables s |",
    ]
    lines += ["|---|---|---|---|"]
    for name, one in middle.items():
        if name != "loop":
            share = 100 * one["between_s"] / one["analyses_s"]
            lines.append(f"| {name.split()[1]} at a time | {one['start_s']:.1f} | {share:.1f} | {one['team_s']:.1f} |")
    saved_s = found["command_line_s"] - found["alone_s"]
    lines += [
        "",
        f"`vidgait analyze` on the first video takes {found['command_line_s']:.1f} s as a program and "
        f"{found['alone_s']:.1f} s in a process that is warm: a batch saves about {saved_s:.1f} s a video of starting.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    program, videos, out, *rest = sys.argv[1:]
    if program == "alone":
        told = _alone(Path(videos), Path(out))
    elif program == "loop":
        told = _loop(Path(videos), Path(out))
    else:
        told = _batch(Path(videos), Path(out), int(rest[0]))
    print(json.dumps(told))
