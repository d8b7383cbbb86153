"""How well `vidgait live` keeps up: pictures a second, lag from capture to drawn, processor; beside the plain script.

Both programs are fed from the same clip at its own pace, decode it themselves, draw every picture that they look at,
and open no window. They take turns, so that a machine that slows down slows both.
"""

from __future__ import annotations

import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
SIZES_PX = ((640, 480), (1280, 720))
RATE_HZ = 30
SLEEPS_S = 1.0


def padded_clip(clip: Path, target: Path, size_px: tuple[int, int]) -> None:
    """`clip` at 30 pictures a second, scaled to fit into `size_px` (width, height) and padded with grey."""
    import cv2

    from vidgait.settings import VideoSettings
    from vidgait.types import Frame
    from vidgait.video import VideoWriter, open_video
    from vidgait.video.picture import PlaneMaker

    width, height = size_px
    maker = PlaneMaker(size_px)
    with open_video(clip, VideoSettings()) as reader, VideoWriter(target, size_px) as writer:
        scale = min(width / reader.info.size_px[0], height / reader.info.size_px[1])
        inner = (round(reader.info.size_px[0] * scale), round(reader.info.size_px[1] * scale))
        left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
        step = 0
        for frame in reader.frames():
            if frame.time_s < step / RATE_HZ - 1e-6:
                continue
            image = np.full((height, width, 3), 128, np.uint8)
            image[top : top + inner[1], left : left + inner[0]] = cv2.resize(
                frame.image, inner, interpolation=cv2.INTER_AREA
            )
            time_s = step / RATE_HZ
            writer.write(maker.planar_frame(Frame(step, time_s, time_s, image)))
            step += 1


def over_and_over(clip: Path, duration_s: float) -> Iterator[Any]:
    """Pictures of `clip`, one copy after another, for so long."""
    from vidgait.settings import VideoSettings
    from vidgait.video import open_video

    offset_s, index = 0.0, itertools.count()
    with open_video(clip, VideoSettings()) as reader:
        while True:
            times_s: list[float] = []
            for frame in reader.frames():
                time_s = offset_s + frame.time_s
                if time_s >= duration_s:
                    return
                times_s.append(frame.time_s)
                yield replace(frame, index=next(index), time_s=time_s, media_time_s=time_s)
            offset_s += times_s[-1] + (times_s[-1] - times_s[0]) / max(len(times_s) - 1, 1)


class Painted:
    """A screen that draws all that the window draws, and shows nothing."""

    def show(self, image: Any, view: Any) -> None:
        from vidgait.live.picture import paint
        from vidgait.live.window import CANVAS_PX

        paint(image, view, False, size_px=CANVAS_PX)

    def keys(self) -> tuple[str, ...]:
        return ()


def run_ours(clip: Path, duration_s: float, movement: str) -> dict[str, Any]:
    """One session on `clip` in this process."""
    from vidgait.concurrency import Ahead
    from vidgait.live.clock import RealClock
    from vidgait.live.loop import Stop
    from vidgait.live.player import Player

    clock = RealClock()
    with Ahead(over_and_over(clip, duration_s)) as frames, live_loop(Player(frames, clock), clock, movement) as loop:
        used_s = time.process_time()
        loop.run(Stop())
        used_s = time.process_time() - used_s
        whole = loop.meter.whole(loop.source.counts)
        lags_ms = {"lag_ms": whole.lag_ms, "lag_worst_ms": whole.lag_worst_ms}
        return lags_ms | {
            "captured": whole.captured,
            "processed": whole.processed,
            "rate_hz": whole.processed / duration_s,
            "processor_share": used_s / duration_s,
            "stages_ms": dict(whole.stages_ms),
            "reps": len(loop.session.finish().reps),
        }


@contextmanager
def live_loop(source: Any, clock: Any, movement: str) -> Iterator[Any]:
    """The loop of `vidgait live` on a source of ours, everything loaded and warm."""
    from vidgait.live.assembly import live_estimator, load_parts, make_session, warm_up
    from vidgait.live.loop import Loop
    from vidgait.live.stats import Meter
    from vidgait.settings import Settings

    settings = Settings().with_options({"movement": movement})
    with ExitStack() as stack:
        estimator = stack.enter_context(live_estimator(settings.pose))
        warm_up(estimator)
        load_parts()

        def make(frame: Any) -> Any:
            size_px = (frame.image.shape[1], frame.image.shape[0])
            return make_session(settings, size_px, clock, estimator, closing=stack)

        yield Loop(source, make, clock, Painted(), meter=Meter())


def run_plain(clip: Path, duration_s: float, python: Path) -> dict[str, Any]:
    """One run of the plain script in its own environment."""
    script = str(ROOT / "scripts" / "baseline_plain_live.py")
    said = subprocess.run(
        [str(python), script, str(clip), str(duration_s)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    raw = json.loads(said.stdout.splitlines()[-1])
    lags_ms = [1e3 * (drawn_s - captured_s) for captured_s, drawn_s in raw["drawn"]]
    return {
        "captured": raw["captured"],
        "processed": len(lags_ms),
        "rate_hz": len(lags_ms) / duration_s,
        "lag_ms": float(np.percentile(lags_ms, 50)),
        "lag_worst_ms": float(np.percentile(lags_ms, 95)),
        "processor_share": raw["processor_s"] / duration_s,
    }


def live(clip: Path, baseline_python: Path | None, seconds: float, repeats: int, movement: str) -> list[dict[str, Any]]:
    """Every program at every size, taking turns."""
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for size_px in SIZES_PX:
            source = Path(scratch) / f"{size_px[0]}x{size_px[1]}.mp4"
            padded_clip(clip, source, size_px)
            programs = {"vidgait live": partial(run_apart, source, seconds, movement)}
            if baseline_python is not None:
                programs["plain script"] = partial(run_plain, source, seconds, baseline_python)
            runs: dict[str, list[dict[str, Any]]] = {name: [] for name in programs}
            for _, name in itertools.product(range(repeats), programs):
                runs[name].append(programs[name]())
                print(f"{source.stem}, {name}: {_short(runs[name][-1])}", file=sys.stderr, flush=True)
                time.sleep(SLEEPS_S)
            results.append({"size_px": list(size_px), "runs": runs})
    return results


def run_apart(clip: Path, seconds: float, movement: str) -> dict[str, Any]:
    """`run_ours` in a process of its own."""
    command = [sys.executable, str(Path(__file__)), str(clip), str(seconds), movement]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    run: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return run


def _short(run: dict[str, Any]) -> str:
    return f"{run['rate_hz']:.1f} a second, lag {run['lag_ms']:.0f} ms (95 % below {run['lag_worst_ms']:.0f})"


def live_markdown(clip: str, seconds: float, results: Sequence[dict[str, Any]]) -> str:
    """The committed page."""
    lines = [
        "# Live",
        "",
        "Made by `python scripts/benchmark.py live CLIP --baseline-python PYTHON --write` with",
        f"`{clip}`, scaled and padded, {RATE_HZ} pictures a second, {seconds:g} s a run, over and over. Both programs",
        "decode the clip at its own pace, draw each picture that they look at, and open no window; they take turns.",
        "Lag is from the moment a picture was due to the moment it was drawn, which is what the",
        "program adds. Median (least to most) of the repeats. The plain script (`scripts/baseline_plain_live.py`)",
        "reads from a stand-in for a webcam with the usual four buffers.",
        "",
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.",
    ]
    for result in results:
        width, height = result["size_px"]
        lines += ["", f"## {width}x{height}", ""]
        lines += ["| program | processed a second | lag, median ms | lag, 95 % below ms | processor cores |"]
        lines += ["|---|---|---|---|---|"]
        for name, runs in result["runs"].items():
            cells = [_spread(runs, key, digits) for key, digits in _COLUMNS]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        stages = result["runs"]["vidgait live"][0]["stages_ms"]
        lines += ["", "Stages of vidgait, median ms: " + ", ".join(f"{k} {v:.1f}" for k, v in stages.items()) + "."]
    return "\n".join(lines) + "\n"


_COLUMNS = (("rate_hz", 1), ("lag_ms", 0), ("lag_worst_ms", 0), ("processor_share", 2))


def _spread(runs: Sequence[dict[str, Any]], key: str, digits: int) -> str:
    values = [run[key] for run in runs]
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def write_live(clip: str, seconds: float, results: Sequence[dict[str, Any]], folder: Path) -> None:
    (folder / "live.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (folder / "live.md").write_text(live_markdown(clip, seconds, results), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    print(json.dumps(run_ours(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3])))
