"""How many workers fit this machine, how many threads each of them, and what a folder will take of time and disk."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from vidgait.concurrency import usable_cores
from vidgait.errors import VidgaitError
from vidgait.settings import VideoSettings
from vidgait.video import open_video

__all__ = [
    "CORES_A_WORKER",
    "MEMORY_A_WORKER_BYTES",
    "Estimate",
    "available_memory_bytes",
    "estimate",
    "thread_count",
    "worker_count",
]

CORES_A_WORKER = 2
"""One analysis keeps two cores busy: it decodes, looks and encodes side by side."""

MEMORY_A_WORKER_BYTES = 1_500_000_000
"""About twice the peak of one analysis in benchmarks/memory.md (781 MB at 1080p), for larger pictures."""


def worker_count(asked: int | None, jobs: int) -> int:
    """As asked for, else what cores and free memory allow; never more than there are jobs, and at least one."""
    most = max(jobs, 1)
    if asked is not None:
        return min(asked, most)
    by_cores = usable_cores() // CORES_A_WORKER
    memory = available_memory_bytes()
    by_memory = by_cores if memory is None else memory // MEMORY_A_WORKER_BYTES
    return max(1, min(by_cores, by_memory, most))


def thread_count(workers: int) -> int:
    """Threads of the pose network in each worker; 0 lets a worker that is alone choose. A worker looks at two parts of
    a clip side by side, each with so many."""
    return 0 if workers == 1 else max(1, min(4, usable_cores() // workers // 2))


def available_memory_bytes() -> int | None:
    """What could be taken now, a container's limit included; None where the system does not say."""
    container = _container(Path("/sys/fs/cgroup"), "memory.max", "memory.current", "inactive_file")
    older = _container(
        Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"
    )
    amounts = [amount for amount in (_meminfo(Path("/proc/meminfo")), container, older) if amount is not None]
    return min(amounts, default=None)


def _meminfo(path: Path) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        for line in path.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def _container(folder: Path, most: str, used: str, cached: str) -> int | None:
    """What a control group (version 2; version 1 under other names) has left. Files that were read and are kept in
    memory only while nobody needs it count as free."""
    with suppress(OSError, ValueError):
        stats = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        needed = int((folder / used).read_text()) - int(stats.get(cached, 0))
        return max(int((folder / most).read_text()) - needed, 0)
    return None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a folder will take, roughly."""

    frames: int
    work_s: float
    disk_bytes: int


SECONDS_A_FRAME, SECONDS_A_FRAME_AND_MEGAPIXEL = 0.012, 0.014
"""Two cores, from benchmarks/speed.md: 0.021 s a frame at 608x1080, about 0.04 s at 1080x1920."""
BYTES_A_CLIP, BYTES_A_FRAME, BYTES_A_FRAME_AND_MEGAPIXEL = 600_000, 6_500, 13_000
"""Report; joints and curves; annotated video. Of the results of the sample videos."""
DRAWN_MEGAPIXELS_MOST = 0.92
"""Annotated videos are at most 1280 pixels long unless somebody asks for more."""
INPUT_BYTES_A_FRAME, USUAL_MEGAPIXELS = 67_000, 2.07
"""A phone's 1080p at 16 Mbit/s and 30 frames a second: for files that cannot be opened from here."""
OPENED_MOST = 100


def estimate(videos: Sequence[tuple[Path | None, int]], workers: int, write_video: bool) -> Estimate:
    """Of videos, each with its size in bytes, and its path where it can be opened from here. A hundred of many are
    opened; the others are taken to be like them, by their size."""
    local = [(path, size) for path, size in videos if path is not None]
    opened = [look for path, _ in local[:: len(local) // OPENED_MOST + 1] if (look := _look(path)) is not None]
    input_bytes = sum(size for _, size in videos)
    seen_bytes = sum(size for size, _, _ in opened)
    if not opened:
        opened, seen_bytes = [(INPUT_BYTES_A_FRAME, 1.0, USUAL_MEGAPIXELS)], INPUT_BYTES_A_FRAME
    scale = input_bytes / seen_bytes
    frames = scale * sum(count for _, count, _ in opened)
    megapixel_frames = scale * sum(count * megapixels for _, count, megapixels in opened)
    work_s = (SECONDS_A_FRAME * frames + SECONDS_A_FRAME_AND_MEGAPIXEL * megapixel_frames) / workers
    drawn_pixels = scale * sum(count * min(megapixels, DRAWN_MEGAPIXELS_MOST) for _, count, megapixels in opened)
    drawn = BYTES_A_FRAME_AND_MEGAPIXEL * drawn_pixels if write_video else 0.0
    return Estimate(round(frames), work_s, round(BYTES_A_CLIP * len(videos) + BYTES_A_FRAME * frames + drawn))


def _look(path: Path) -> tuple[int, float, float] | None:
    """Bytes, frames and megapixels of a video; None where it cannot be opened or does not say how long it is."""
    try:
        with open_video(path, VideoSettings()) as reader:
            info = reader.info
    except VidgaitError:
        return None
    if not info.duration_s or not info.rate_hz:
        return None
    width_px, height_px = info.size_px
    return path.stat().st_size, info.duration_s * float(info.rate_hz), width_px * height_px / 1e6
