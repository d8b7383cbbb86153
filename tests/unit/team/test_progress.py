"""What a person sees of a run, on a terminal, without one, and in the log."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from vidgait.team.ledger import Entry
from vidgait.team.progress import BatchProgress, left_text, stage_and_share, time_left_s


def a_run(tmp_path: Path, console: Console, quiet: bool = False) -> list[str]:
    """Two videos, one known, one that fails; the log's lines without their times."""
    clock = iter(range(0, 1000, 30))
    progress = tmp_path / "b.progress"
    progress.write_text("Finding joints 47 %")
    with BatchProgress(console, tmp_path / "out" / "batch.log", quiet, lambda: float(next(clock))) as shown:
        shown.looked(0, 4)
        shown.start(4, 1, 1)
        shown.begun("a.mp4", progress)
        shown.tick()
        shown._bars.refresh()
        shown.ended("a.mp4", Entry("k", "done", "a"))
        shown.begun("b.mp4", progress)
        shown.begun("b.mp4", progress)
        shown.ended("b.mp4", Entry("k", "failed", "b", "timeout", "It was not done after 9 s.", attempts=2))
    return [line[20:] for line in (tmp_path / "out" / "batch.log").read_text().splitlines()]


def test_without_a_terminal_lines_say_it(tmp_path: Path) -> None:
    said = io.StringIO()
    log = a_run(tmp_path, Console(file=said, width=200))
    assert said.getvalue().splitlines() == [
        "4 videos, 1 of them known from before; 1 at a time",
        "2/4 done a.mp4 (about 0:01:00 left)",
        "3/4 FAILED b.mp4: timeout: It was not done after 9 s. (about 0:00:30 left)",
    ]
    assert log == [
        "4 videos, 1 of them known from before; 1 at a time",
        "begun   a.mp4",
        "2/4 done a.mp4",
        "begun   b.mp4",
        "begun   b.mp4",
        "3/4 FAILED b.mp4: timeout: It was not done after 9 s.",
    ]


def test_on_a_terminal_a_bar_a_video(tmp_path: Path) -> None:
    said = io.StringIO()
    a_run(tmp_path, Console(file=said, width=120, force_terminal=True))
    text = said.getvalue()
    assert "a.mp4: Finding joints" in text and "47 %" in text and "All videos" in text and "FAILED b.mp4" in text


def test_quiet_is_quiet_and_still_logs(tmp_path: Path) -> None:
    said = io.StringIO()
    assert a_run(tmp_path, Console(file=said), quiet=True)
    assert said.getvalue() == ""


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with BatchProgress(Console(file=io.StringIO()), tmp_path / "out" / "batch.log") as shown:
        shown.start(1, 0, None)


@pytest.mark.parametrize(
    ("said", "found"),
    [("Finding joints 47 %", ("Finding joints", 47)), ("Measuring", ("Measuring", None)), ("", ("", None))],
)
def test_stage_and_share(said: str, found: tuple[str, int | None]) -> None:
    assert stage_and_share(said) == found


def test_time_left() -> None:
    assert time_left_s(60.0, 3, 10) == 200.0
    assert time_left_s(60.0, 0, 10) is None
    assert left_text(200.4) == "about 0:03:20 left"
    assert left_text(None) == left_text(0.0) == ""
