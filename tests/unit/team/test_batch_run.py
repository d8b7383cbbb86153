"""A whole batch, from a folder to a team: what is done, what is kept, what a killed or a second run does."""

from __future__ import annotations

import errno
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import vidgait
from tests.support.batches import calls_of, pretend, videos
from vidgait.errors import OutputError, SettingsError, VideoOpenError, VidgaitError
from vidgait.team.ledger import Entry
from vidgait.team.plan import Job
from vidgait.team.run import understand
from vidgait.team.storage import LocalFolder
from vidgait.team.worker import ProgressFile

ROOT = Path(__file__).resolve().parents[3]
TEAM = {
    "anna/squat.mp4": "good 1",
    "anna/squat.mov": "good 1",
    "ben/squat.MP4": "good 2",
    "ben/walk.mp4": "nobody",
    "carl.mp4": "no video",
    "carl/empty.mp4": "",
}
MADE = ("batch.json", "team.html", "team.csv", "team.xlsx")


def made(out: Path) -> dict[str, bytes]:
    """All bytes that a run leaves for people and programs, without each video's own folder."""
    parquet = {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.glob("parquet/**/*.parquet"))}
    return {name: (out / name).read_bytes() for name in MADE} | parquet


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a run without any trouble left its results; `team` beside it holds the videos."""
    place = tmp_path_factory.mktemp("whole")
    vidgait.batch(videos(place / "team", TEAM), out=place / "out", workers=2, analyse=pretend)
    return place / "out"


def test_every_video_is_told_of(whole: Path) -> None:
    told = json.loads((whole / "batch.json").read_text())
    assert told["counts"] == {"done": 3, "failed": 2, "skipped": 1}
    assert told["failure_codes"] == {"no_person": 1, "video_open": 1}
    assert {clip["path"]: clip["code"] for clip in told["clips"]} == {
        "anna/squat.mov": None,
        "anna/squat.mp4": None,
        "ben/squat.MP4": None,
        "ben/walk.mp4": "no_person",
        "carl.mp4": "video_open",
        "carl/empty.mp4": "empty_file",
    }
    folders = {clip["path"]: clip["folder"] for clip in told["clips"] if clip["folder"]}
    assert folders["ben/squat.MP4"] == "ben/squat"
    assert folders["anna/squat.mp4"] != folders["anna/squat.mov"]
    for folder in folders.values():
        assert vidgait.load_analysis(whole / folder).reps
    assert [clip["who"]["athlete"] for clip in told["clips"]][:5] == ["anna", "anna", "ben", "ben", "carl"]


def test_a_second_run_does_nothing_and_says_the_same(whole: Path) -> None:
    before, calls = made(whole), calls_of(whole)
    vidgait.batch(whole.parent / "team", out=whole, workers=1, analyse=pretend)
    assert calls_of(whole) == calls
    assert made(whole) == before


def test_another_place_and_order_of_work_say_the_same(whole: Path, tmp_path: Path) -> None:
    vidgait.batch(whole.parent / "team", out=tmp_path / "out", workers=1, analyse=pretend)
    assert made(tmp_path / "out") == made(whole)


def test_only_what_changed_is_done_again(tmp_path: Path) -> None:
    team = videos(tmp_path / "team", {"a.mp4": "good 1", "b.mp4": "good 2", "c.mp4": "nobody"})
    out = tmp_path / "out"
    vidgait.batch(team, out=out, workers=1, analyse=pretend)
    videos(team, {"b.mp4": "good 3", "d.mp4": "good 4"})
    vidgait.batch(team, out=out, workers=1, analyse=pretend)
    assert calls_of(out) == {"a.mp4": 1, "b.mp4": 2, "c.mp4": 1, "d.mp4": 1}
    vidgait.batch(team, out=out, workers=1, analyse=pretend, height_m=1.8)
    assert calls_of(out) == {"a.mp4": 2, "b.mp4": 3, "c.mp4": 2, "d.mp4": 2}
    vidgait.batch(team, out=out, workers=1, analyse=pretend, height_m=1.8, redo=True)
    assert calls_of(out) == {"a.mp4": 3, "b.mp4": 4, "c.mp4": 3, "d.mp4": 3}


def test_results_that_somebody_removed_are_made_again(tmp_path: Path) -> None:
    team, out = videos(tmp_path / "team", {"a.mp4": "good 1"}), tmp_path / "out"
    vidgait.batch(team, out=out, workers=1, analyse=pretend)
    (out / "a" / "analysis.json").unlink()
    assert vidgait.batch(team, out=out, workers=1, analyse=pretend).done
    assert calls_of(out) == {"a.mp4": 2}


def run_in_background(team: Path, out: Path) -> subprocess.Popen[bytes]:
    """A batch in a process (group) of its own, so that it can be killed."""
    code = (
        "import sys, vidgait\nfrom pathlib import Path\nfrom tests.support.batches import pretend\n"
        "if __name__ == '__main__':\n"
        "    vidgait.batch(Path(sys.argv[1]), out=Path(sys.argv[2]), workers=2, analyse=pretend)\n"
    )
    script = out.parent / "run.py"
    script.write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # A test run in the background ignores Ctrl-C, and so would this process.
    listen = None if sys.platform == "win32" else lambda: signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, str(script), str(team), str(out)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, preexec_fn=listen)


@pytest.mark.parametrize("seed", range(4))
def test_a_run_killed_at_any_moment_goes_on_where_it_was(whole: Path, tmp_path: Path, seed: int) -> None:
    team, out = whole.parent / "team", tmp_path / "out"
    run = run_in_background(team, out)
    waited = time.monotonic() + 60
    while not (out / ".vidgait-batch").exists() and time.monotonic() < waited:
        time.sleep(0.05)
    time.sleep(random.Random(seed).uniform(0.0, 4.0))
    run.send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    run.wait()
    known = {path.name: path.read_bytes() for path in (out / ".vidgait-batch" / "done").glob("*.json")}
    calls = calls_of(out)
    vidgait.batch(team, out=out, workers=2, analyse=pretend)
    assert made(out) == made(whole), "the same to the byte as without the kill"
    assert not list(out.rglob(".*partial-*")), "nothing half made is left"
    assert sum(calls_of(out).values()) - sum(calls.values()) <= 5 - len(known), "what was known is not done again"
    assert {name: (out / ".vidgait-batch" / "done" / name).read_bytes() for name in known} == known


def test_ctrl_c_leaves_what_is_done_and_nothing_half_made(tmp_path: Path) -> None:
    team, out = videos(tmp_path / "team", {"a.mp4": "good 1", "b.mp4": "half"}), tmp_path / "out"
    run = run_in_background(team, out)
    waited = time.monotonic() + 60
    while not (list(out.rglob(".b.partial-*/measures.csv")) and (out / "a").exists()) and time.monotonic() < waited:
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    assert run.wait(30) != 0
    assert sorted(path.name for path in out.iterdir()) == [".vidgait-batch", "a"]


def test_a_second_run_at_the_same_time_is_refused_and_harms_nothing(whole: Path, tmp_path: Path) -> None:
    team, out = whole.parent / "team", tmp_path / "out"
    run = run_in_background(team, out)
    waited = time.monotonic() + 60
    while not calls_of(out) and time.monotonic() < waited:
        time.sleep(0.05)
    with pytest.raises(OutputError, match="Another run is working"):
        vidgait.batch(team, out=out, workers=1, analyse=pretend)
    assert run.wait(120) == 0
    assert made(out) == made(whole)
    assert set(calls_of(out).values()) == {1}


def no_space(job: Job, progress: ProgressFile) -> None:
    """The disk is full for one video, once."""
    from vidgait.outputs.folder import result_folder

    note = job.progress.with_suffix(".full")
    if job.name == "b.mp4" and not note.exists():
        note.touch()
        with result_folder(job.out, True) as folder:
            (folder / "half").write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")
    pretend(job, progress)


def test_a_full_disk_costs_what_did_not_fit_until_there_is_room(tmp_path: Path) -> None:
    team = videos(tmp_path / "team", {"a.mp4": "good 1", "b.mp4": "good 2"})
    first = vidgait.batch(team, out=tmp_path / "out", workers=1, analyse=no_space)
    assert [(clip.path, clip.code) for clip in first.failed] == [("b.mp4", "output")]
    assert "No space left" in (first.failed[0].reason or "")
    assert not (tmp_path / "out" / "b").exists()
    second = vidgait.batch(team, out=tmp_path / "out", workers=1, analyse=no_space)
    assert not second.failed
    assert calls_of(tmp_path / "out") == {"a.mp4": 1, "b.mp4": 1}


def test_fail_fast_stops_and_keeps_what_was_done(tmp_path: Path) -> None:
    team = videos(tmp_path / "team", {"a.mp4": "good 1", "b.mp4": "nobody", "c.mp4": "good 2"})
    with pytest.raises(VidgaitError, match=r"b\.mp4.*Nobody") as stopped:
        vidgait.batch(team, out=tmp_path / "out", workers=1, analyse=pretend, fail_fast=True)
    assert stopped.value.code == "no_person"
    assert not (tmp_path / "out" / "batch.json").exists()
    vidgait.batch(team, out=tmp_path / "out", workers=1, analyse=pretend)
    assert calls_of(tmp_path / "out") == {"a.mp4": 1, "b.mp4": 1, "c.mp4": 1}


def test_no_name_is_anywhere_in_an_anonymous_run(tmp_path: Path) -> None:
    said = {"Zoltan Quist/squat.mp4": "good 1", "Bertil_walk.mp4": "nobody", "Zoltan Quist/empty.mp4": ""}
    out = tmp_path / "out"
    result = vidgait.batch(
        videos(tmp_path / "team", said), out=out, workers=1, analyse=pretend, anonymous=True, secret="s"
    )
    assert len(result.done) == len(result.failed) == 1
    for path in out.rglob("*"):
        assert not any(name in path.relative_to(out).as_posix().casefold() for name in ("zoltan", "quist", "bertil"))
        if path.is_file() and path.suffix in {".json", ".csv", ".html", ".calls"}:
            # Letters of an embedded font may spell anything.
            text = re.sub(r"base64,[\w+/=]+", "", path.read_text()).casefold()
            assert not any(name in text for name in ("zoltan", "quist", "bertil")), path
    key, options = tmp_path / "key.csv", {"workers": 1, "analyse": pretend, "secret": "s"}
    again = vidgait.batch(tmp_path / "team", out=out, anonymous=True, names_key=key, **options)  # type: ignore[arg-type]
    assert [clip.path for clip in again.clips] == [clip.path for clip in result.clips]
    assert max(calls_of(out).values()) == 1
    rows = dict(line.split(",")[:2] for line in key.read_text(encoding="utf-8-sig").splitlines())
    assert rows[again.done[0].path.split("/")[0]] == "Zoltan Quist"
    with pytest.raises(SettingsError, match="outside"):
        vidgait.batch(tmp_path / "team", out=out, anonymous=True, names_key=out / "key.csv")
    with pytest.raises(SettingsError, match="--anonymous"):
        vidgait.batch(tmp_path / "team", out=out, names_key=key)


def test_what_makes_no_sense_is_said_before_anything_is_done(tmp_path: Path) -> None:
    team = videos(tmp_path / "team", {"a.mp4": "good 1"})
    with pytest.raises(SettingsError, match="workers"):
        vidgait.batch(team, workers=0, analyse=pretend)
    with pytest.raises(SettingsError, match="timeout"):
        vidgait.batch(team, timeout_s=0, analyse=pretend)
    with pytest.raises(SettingsError, match="engine"):
        vidgait.batch(team, engine="grid", analyse=pretend)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="--engine ray"):
        vidgait.batch(team, address="auto", analyse=pretend)
    with pytest.raises(SettingsError, match="folder of their own"):
        vidgait.batch(team, out=team, analyse=pretend)
    with pytest.raises(SettingsError, match="movement"):
        vidgait.batch(team, movement="handstand", analyse=pretend)
    with pytest.raises(VideoOpenError, match="no folder"):
        vidgait.batch(tmp_path / "absent", analyse=pretend)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(OutputError, match="no video"):
        vidgait.batch(tmp_path / "nothing", analyse=pretend)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nothing", "team"]
    assert sorted(path.name for path in team.iterdir()) == ["a.mp4"]
    assert not list((tmp_path / "nothing").iterdir())


def test_a_video_that_vanishes_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    team = videos(tmp_path / "team", {"a.mp4": "good 1", "b.mp4": "good 2"})
    real = LocalFolder.identity

    def vanished(self: LocalFolder, path: str) -> str:
        if path == "a.mp4":
            (team / path).unlink(missing_ok=True)
        return real(self, path)

    monkeypatch.setattr(LocalFolder, "identity", vanished)
    told: list[str] = []

    class Listener:
        def looked(self, done: int, total: int) -> None: ...
        def start(self, total: int, already: int, workers: int | None) -> None:
            told.append(f"{total}, {already}")

        def begun(self, shown: str, progress: Path) -> None: ...
        def ended(self, shown: str, entry: Entry) -> None:
            told.append(f"{shown}: {entry.code}")

        def tick(self) -> None: ...

    result = vidgait.batch(team, out=tmp_path / "out", workers=1, analyse=pretend, watcher=Listener())
    assert told == ["2, 0", "a.mp4: video_open", "b.mp4: None"]
    assert [clip.code for clip in result.clips] == ["video_open", None]


def test_the_plan_is_known_before_the_run(tmp_path: Path) -> None:
    team = videos(tmp_path / "team", {"anna/squat_L.mp4": "good 1", "empty.mp4": ""})
    found = understand(team)
    assert [(one.path, one.athlete, one.who.side) for one in found.planned] == [("anna/squat_L.mp4", "anna", "left")]
    assert [one.path for one in found.left_out] == ["empty.mp4"]
    assert found.estimate().work_s > 0
