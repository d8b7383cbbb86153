"""Whichever engine runs a batch, the results are the same to the byte, and a fault costs the same."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import vidgait
from tests.support.batches import calls_of, pretend, videos
from tests.support.clips import flat, make_clip, steady_times
from tests.support.samples import SAMPLES
from vidgait.errors import EngineError
from vidgait.team.results import TeamResult

MADE = ("batch.json", "team.html", "team.csv", "team.xlsx")


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    """A real Ray of two machines, as far as it can tell: two nodes with two cores each."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"
    ray = pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 2})
    cluster.add_node(num_cpus=2)
    ray.init(address=cluster.address, log_to_driver=False)
    ray.vidgait_cluster = cluster
    yield ray
    ray.shutdown()
    cluster.shutdown()


def made(out: Path) -> dict[str, bytes]:
    parquet = {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.glob("parquet/**/*.parquet"))}
    return {name: (out / name).read_bytes() for name in MADE} | parquet


def codes(result: TeamResult) -> dict[str, str | None]:
    return {clip.path: clip.code for clip in result.clips}


def enlarged(video: Path, count: int) -> list[Any]:
    """Its first pictures, as large as a phone's best."""
    capture = cv2.VideoCapture(str(video))
    pictures = [cv2.resize(capture.read()[1], None, fx=3, fy=3) for _ in range(count)]
    capture.release()
    return pictures


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good, twice the same, broken off, no video, huge, empty, and without anybody."""
    team = tmp_path_factory.mktemp("footage")
    for name in ("anna", "ben", "carl"):
        (team / name).mkdir()
    good = SAMPLES / "step_down.mp4"
    shutil.copy(good, team / "anna" / "good.mp4")
    shutil.copy(good, team / "ben" / "good.mp4")
    (team / "ben" / "half.mp4").write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    (team / "ben" / "text.MOV").write_text("not a video")
    (team / "carl" / "empty.mp4").touch()
    make_clip(team / "carl" / "huge.mp4", enlarged(good, 20), steady_times(20))
    make_clip(team / "carl" / "wall.mp4", [flat((640, 360), (90, 120, 90))] * 30, steady_times(30))
    return team


@pytest.fixture(scope="module")
def at_home(footage: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What worker processes of this machine made of it."""
    out = tmp_path_factory.mktemp("local") / "out"
    result = vidgait.batch(footage, out=out, workers=1, view="auto")
    assert codes(result) == {
        "anna/good.mp4": None,
        "ben/good.mp4": None,
        "ben/half.mp4": None,
        "ben/text.MOV": "video_open",
        "carl/empty.mp4": "empty_file",
        "carl/huge.mp4": None,
        "carl/wall.mp4": "no_person",
    }
    return out


def test_a_worker_says_what_a_process_of_its_own_says(footage: Path, at_home: Path) -> None:
    """Also of the second video that it does: nothing of the first is left in it."""
    alone = vidgait.analyze(footage / "ben" / "good.mp4")
    for name in ("anna", "ben"):
        one = vidgait.load_analysis(at_home / name / "good")
        assert [(rep.start_s, rep.end_s) for rep in one.reps] == [(rep.start_s, rep.end_s) for rep in alone.reps]
        assert [(this.id, this.value, this.error) for this in one.measures] == [
            (this.id, this.value, this.error) for this in alone.measures
        ]
        np.testing.assert_array_equal(one.clean.xy_px, alone.clean.xy_px)


def test_both_engines_make_the_same_of_footage(footage: Path, at_home: Path, ray: Any, tmp_path: Path) -> None:
    result = vidgait.batch(footage, out=tmp_path / "out", engine="ray", workers=2, view="auto")
    assert len(result.done) == 4
    assert made(tmp_path / "out") == made(at_home)


def test_both_engines_go_on_from_one_anothers_results(footage: Path, at_home: Path, ray: Any) -> None:
    before = made(at_home)
    stamps = {path: path.stat().st_mtime_ns for path in at_home.rglob("analysis.json")}
    vidgait.batch(footage, out=at_home, engine="ray", view="auto")
    assert made(at_home) == before
    assert {path: path.stat().st_mtime_ns for path in at_home.rglob("analysis.json")} == stamps


FAULTS = {
    "a.mp4": "good 1",
    "b.mp4": "kill",
    "c.mp4": "nobody",
    "d.mp4": "kill once",
    "e.mp4": "crash",
    "f.mp4": "hang",
    "g.mp4": "good 2",
}


@pytest.mark.parametrize("engine", ["local", "ray"])
def test_a_fault_costs_its_own_video(engine: Any, ray: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = vidgait.batch(
        videos(tmp_path / "team", FAULTS), out=out, engine=engine, workers=2, timeout_s=20.0, analyse=pretend
    )
    assert codes(result) == {
        "a.mp4": None,
        "b.mp4": "worker_died",
        "c.mp4": "no_person",
        "d.mp4": None,
        "e.mp4": "crash",
        "f.mp4": "timeout",
        "g.mp4": None,
    }
    assert calls_of(out) == {"a.mp4": 1, "b.mp4": 2, "c.mp4": 1, "d.mp4": 2, "e.mp4": 2, "f.mp4": 2, "g.mp4": 1}


def test_a_worker_that_does_not_see_the_results_is_told(ray: Any, tmp_path: Path, monkeypatch: Any) -> None:
    from vidgait.team import ray_engine

    monkeypatch.setattr(ray_engine.RayWorker, "sees", lambda self, token: False)
    with pytest.raises(EngineError, match="does not see"):
        vidgait.batch(videos(tmp_path / "team", {"a.mp4": "good 1"}), engine="ray", analyse=pretend)


def test_a_machine_that_is_lost_costs_nothing(ray: Any, tmp_path: Path) -> None:
    """The last test: one of the two nodes goes while both are at work."""
    said = {f"{number}.mp4": f"slow {number}" for number in range(6)}
    team, out = videos(tmp_path / "team", said), tmp_path / "out"
    cluster = ray.vidgait_cluster
    worker_node = next(node for node in cluster.list_all_nodes() if not node.head)

    def lose() -> None:
        until = time.monotonic() + 60
        while len(calls_of(out)) < 2 and time.monotonic() < until:
            time.sleep(0.1)
        cluster.remove_node(worker_node, allow_graceful=False)
        (out / ".vidgait-batch" / "go").touch()

    thread = threading.Thread(target=lose)
    thread.start()
    result = vidgait.batch(team, out=out, engine="ray", workers=2, analyse=pretend)
    thread.join()
    assert codes(result) == dict.fromkeys(said)
    calls = calls_of(out)
    assert sorted(calls) == sorted(said)
    assert sum(calls.values()) == len(said) + 1, "one was at work where the machine was lost, and is begun twice"
