"""What a broken video, a dead worker, a hang or a killed run costs: that video, once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vidgait.errors import NoPersonError, OutputError
from vidgait.settings import Settings
from vidgait.team.ledger import Entry, Ledger, locked
from vidgait.team.local_engine import run_local
from vidgait.team.plan import Job
from vidgait.team.worker import ProgressFile


def fake(job: Job, progress: ProgressFile) -> None:
    """Acts as the name of the video says; every call leaves a line beside it."""
    with job.out.with_suffix(".calls").open("a") as calls:
        calls.write(f"{os.getpid()}\n")
    first = len(job.out.with_suffix(".calls").read_text().splitlines()) == 1
    if job.name == "kill" or (job.name == "kill_once" and first):
        os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    if job.name == "hang":
        time.sleep(60)
    if job.name == "nobody":
        raise NoPersonError("Nobody was found.")
    if job.name == "crash":
        raise ZeroDivisionError


def jobs_named(folder: Path, *names: str) -> list[Job]:
    return [Job(name, folder / name, folder / name, Settings(), name, folder / f"{name}.progress") for name in names]


def test_faults_cost_their_own_video_only(tmp_path: Path) -> None:
    names = ("good_1", "kill", "nobody", "hang", "kill_once", "crash", "good_2")
    ended = {
        job.name: (done.code, tries)
        for job, done, tries in run_local(jobs_named(tmp_path, *names), fake, 2, 4.0, lambda _: None, lambda: None)
    }
    assert ended == {
        "good_1": (None, 1),
        "good_2": (None, 1),
        "kill": ("worker_died", 2),
        "kill_once": (None, 2),
        "hang": ("timeout", 2),
        "nobody": ("no_person", 1),
        "crash": ("crash", 2),
    }
    calls = {name: (tmp_path / f"{name}.calls").read_text().splitlines() for name in names}
    assert {name: len(said) for name, said in calls.items()} == {name: ended[name][1] for name in names}
    assert len(set(calls["crash"])) == 2, "the second try is in another process"


def test_a_worker_does_many_videos(tmp_path: Path) -> None:
    jobs = jobs_named(tmp_path, "a", "b", "c")
    assert len(list(run_local(jobs, fake, 1, None, lambda _: None, lambda: None))) == 3
    assert len({(tmp_path / f"{job.name}.calls").read_text() for job in jobs}) == 1


def test_a_second_run_is_refused_and_a_dead_one_is_not_in_the_way(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from vidgait.team.ledger import locked\n"
        "with locked(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with pytest.raises(OutputError, match="Another run"), locked(tmp_path):
            pass
    finally:
        other.kill()
        other.communicate()
    with locked(tmp_path):
        pass


def test_the_ledger_knows_only_just_this_work(tmp_path: Path) -> None:
    (tmp_path / "clip").mkdir()
    (tmp_path / "clip" / "analysis.json").write_text(json.dumps({}))
    with locked(tmp_path):
        ledger = Ledger(tmp_path)
        entry = Entry("key", "done", "clip")
        ledger.write("clip.mp4", entry)
        assert ledger.find("clip.mp4", "key", "clip") == entry
        assert ledger.find("clip.mp4", "other", "clip") is None
        assert ledger.find("other.mp4", "key", "clip") is None
        ledger.write("clip.mp4", Entry("key", "failed", "clip", "worker_died", lasting=False))
        assert ledger.find("clip.mp4", "key", "clip") is None
        ledger.write("clip.mp4", entry)
        (tmp_path / "clip" / "analysis.json").unlink()
        assert ledger.find("clip.mp4", "key", "clip") is None
