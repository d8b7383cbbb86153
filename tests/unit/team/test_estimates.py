"""How many workers a machine carries, and what a folder takes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.samples import SAMPLES
from vidgait.team import estimates
from vidgait.team.estimates import estimate, thread_count, worker_count


@pytest.mark.parametrize(
    ("cores", "memory_bytes", "jobs", "workers"),
    [(2, 16e9, 99, 1), (8, 64e9, 99, 4), (8, 64e9, 3, 3), (8, 3.2e9, 99, 2), (8, 0.5e9, 99, 1), (1, None, 99, 1)],
)
def test_cores_and_memory_decide(
    monkeypatch: pytest.MonkeyPatch, cores: int, memory_bytes: float | None, jobs: int, workers: int
) -> None:
    monkeypatch.setattr(estimates, "usable_cores", lambda: cores)
    monkeypatch.setattr(estimates, "available_memory_bytes", lambda: memory_bytes and int(memory_bytes))
    assert worker_count(None, jobs) == workers
    assert worker_count(6, jobs) == min(6, jobs)


def test_threads_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "usable_cores", lambda: 16)
    assert [thread_count(workers) for workers in (1, 2, 4, 8, 16)] == [0, 4, 2, 1, 1]


@pytest.mark.parametrize(
    "names",
    [
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ],
)
def test_a_container_has_what_its_limit_leaves(tmp_path: Path, names: tuple[str, str, str]) -> None:
    assert estimates._container(tmp_path, *names) is None
    (tmp_path / names[0]).write_text("max\n")
    (tmp_path / names[1]).write_text("3000000\n")
    (tmp_path / "memory.stat").write_text(f"anon 7\n{names[2]} 2000000\n")
    assert estimates._container(tmp_path, *names) is None
    (tmp_path / names[0]).write_text("5000000\n")
    assert estimates._container(tmp_path, *names) == 4_000_000, "two of the three are files that were read"


def test_an_estimate_follows_frames_and_workers() -> None:
    path = SAMPLES / "squat_side.mp4"
    one = estimate([(path, path.stat().st_size)], 1, write_video=True)
    assert one.frames == pytest.approx(297, abs=2)
    assert 3 < one.work_s < 15
    assert one.disk_bytes == pytest.approx(6.0e6, rel=0.15), "what its results took"
    assert estimate([(path, path.stat().st_size)] * 4, 2, write_video=True).work_s == pytest.approx(2 * one.work_s)
    assert estimate([(path, path.stat().st_size)], 1, write_video=False).disk_bytes < 0.5 * one.disk_bytes
