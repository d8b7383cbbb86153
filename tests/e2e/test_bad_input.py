"""Bad input gets one clear line, exit code 1, no traceback, and leaves nothing half made."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.support.clips import beep, flat, make_clip, moving_square, steady_times

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_videos" / "squat_side.mp4"
TIMEOUT_S = 240


def vidgait(*arguments: str | Path, cwd: Path, limit_bytes: int | None = None) -> subprocess.CompletedProcess[str]:
    """The real program in a process of its own; `limit_bytes` makes every larger file fail like a full disk."""

    def limit() -> None:
        if limit_bytes is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    command = [sys.executable, "-m", "vidgait.cli", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, preexec_fn=limit
    )


def empty_room(index: int, time_s: float) -> np.ndarray:
    return moving_square((320, 240), 2)(index, time_s)


def audio_only(path: Path) -> Path:
    import av

    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(beep(1.0).astype(np.float32)[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 44100, 0, Fraction(1, 44100)
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=44100, frame_size=1024)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return path


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def truncated(path: Path) -> Path:
    """The beginning of a file whose index, at its end, is gone: nothing can be decoded."""
    make_clip(path, empty_room, steady_times(30))
    return write(path, path.read_bytes()[:2000])


@dataclass(frozen=True)
class Case:
    name: str
    make: Callable[[Path], Path]
    code: str
    words: str


CASES = (
    Case("missing file", lambda path: path, "video_open", "no file"),
    Case("folder", lambda path: path.mkdir() or path, "video_open", "folder"),
    Case("empty file", lambda path: write(path, b""), "video_open", "empty"),
    Case("text renamed", lambda path: write(path, b"this is not a video\n" * 50), "video_open", "not a video"),
    Case("audio only", audio_only, "video_open", "sound"),
    Case("truncated", truncated, "video_open", ""),
    Case("two pixels", lambda path: make_clip(path, [flat((2, 2), (9, 9, 9))] * 20), "video_open", "small"),
    Case("one frame", lambda path: make_clip(path, [flat((320, 240), (9, 9, 9))]), "too_short", "1 picture"),
    Case("nobody", lambda path: make_clip(path, empty_room, steady_times(30)), "no_person", "Nobody"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_clear_line(case: Case, tmp_path: Path) -> None:
    video = case.make(tmp_path / "clip.mp4")
    result = vidgait("analyze", video, "--out", "out", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stdout == ""
    assert case.words.lower() in result.stderr.lower()
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_code_is_stable_and_stderr_silent_under_json(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from vidgait.cli import main

    video = case.make(tmp_path / "clip.mp4")
    monkeypatch.setattr(sys, "argv", ["vidgait", "analyze", str(video), "--json", "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as stopped:
        main()
    said = capsys.readouterr()
    assert stopped.value.code == 1
    assert json.loads(said.out)["error"]["code"] == case.code
    assert said.err == ""


def test_zero_frames(tmp_path: Path) -> None:
    """A container that promises pictures and holds none."""
    import av

    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        out.start_encoding()
    result = vidgait("analyze", path, "--json", cwd=tmp_path)
    assert result.returncode == 1
    assert json.loads(result.stdout)["error"]["code"] in {"no_frames", "video_open"}
    assert result.stderr == ""


def test_json_carries_a_stable_code_and_a_hint(tmp_path: Path) -> None:
    result = vidgait("analyze", "absent.mp4", "--json", cwd=tmp_path)
    assert result.returncode == 1
    error = json.loads(result.stdout)["error"]
    assert error["code"] == "video_open"
    assert error["message"]
    assert error["hint"]
    assert result.stderr == ""


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    result = vidgait("analyze", "absent.mp4", "--debug", cwd=tmp_path)
    assert result.returncode == 1
    assert "Traceback" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--movement", "dance"], "dance"),
        (["--view", "top"], "view"),
        (["--backend", "magic"], "magic"),
        (["--device", "abacus"], "abacus"),
        (["--height-m", "180"], "metres"),
        (["--slowmo", "0"], "slowmo"),
        (["--start", "3", "--end", "2"], "after start"),
        (["--person", "tallest"], "person"),
        (["--config", "absent.toml"], "absent.toml"),
    ],
)
def test_options_that_make_no_sense(arguments: list[str], words: str, tmp_path: Path) -> None:
    result = vidgait("analyze", SAMPLE, *arguments, cwd=tmp_path)
    assert result.returncode == 1
    assert words in result.stderr.lower()
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert list(tmp_path.iterdir()) == []


def test_unknown_option_in_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[pose]\ndevic = 'cpu'\n", encoding="utf-8")
    result = vidgait("analyze", SAMPLE, "--config", "mine.toml", cwd=tmp_path)
    assert result.returncode == 1
    assert "Did you mean 'pose.device'" in result.stderr


@pytest.mark.parametrize("arguments", [["analyze"], ["analyze", "x.mp4", "--nonsense"], ["nonsense"]])
def test_wrong_command_line_is_exit_code_2(arguments: list[str], tmp_path: Path) -> None:
    assert vidgait(*arguments, cwd=tmp_path).returncode == 2


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    result = vidgait("analyze", SAMPLE, "--out", "out", cwd=tmp_path)
    assert result.returncode == 1
    assert "is a file" in result.stderr
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_existing_output_is_not_touched_without_overwrite(tmp_path: Path) -> None:
    old = tmp_path / "out" / SAMPLE.stem
    old.mkdir(parents=True)
    (old / "notes.txt").write_text("mine", encoding="utf-8")
    result = vidgait("analyze", SAMPLE, "--out", "out", cwd=tmp_path)
    assert result.returncode == 1
    assert "--overwrite" in result.stderr
    assert [path.name for path in old.iterdir()] == ["notes.txt"]


@pytest.mark.slow
@pytest.mark.parametrize("limit_bytes", [1_000, 60_000])
def test_a_full_disk(limit_bytes: int, tmp_path: Path) -> None:
    result = vidgait("analyze", SAMPLE, "--end", "1.5", "--out", "out", cwd=tmp_path, limit_bytes=limit_bytes)
    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert "written" in result.stderr or "space" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_failed_overwrite_keeps_what_was_there(tmp_path: Path) -> None:
    old = tmp_path / "out" / SAMPLE.stem
    old.mkdir(parents=True)
    (old / "notes.txt").write_text("mine", encoding="utf-8")
    result = vidgait("analyze", SAMPLE, "--end", "1.5", "--out", "out", "--overwrite", cwd=tmp_path, limit_bytes=60_000)
    assert result.returncode == 1
    assert (old / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in (tmp_path / "out").iterdir()] == [SAMPLE.stem]


@pytest.mark.slow
def test_a_bad_video_does_not_stop_the_others(tmp_path: Path) -> None:
    write(tmp_path / "bad.mp4", b"no video")
    shutil.copy(SAMPLE, tmp_path / "good.mp4")
    result = vidgait("analyze", "bad.mp4", "good.mp4", "--end", "2", "--no-video", "--out", "out", cwd=tmp_path)
    assert result.returncode == 1
    assert "bad.mp4" in result.stderr
    assert (tmp_path / "out" / "good" / "report.html").is_file()
    assert not (tmp_path / "out" / "bad").exists()


@pytest.mark.slow
def test_a_truncated_clip_that_still_holds_a_rep_is_analysed(tmp_path: Path) -> None:
    """Half of a file whose index comes first: what is there is used, and said to be incomplete."""
    import vidgait as api

    whole = SAMPLE.read_bytes()
    video = write(tmp_path / "half.mp4", whole[: int(len(whole) * 0.6)])
    result = api.analyze(video)
    assert any(rep.kind == "rep" for rep in result.reps)
    assert any(issue.code.startswith("video_") for issue in result.issues)


STAGES = ("Finding joints", "Measuring", "Drawing")

WATCHED = """
import sys, vidgait.cli as cli
old = cli.Bars.stage
def stage(self, name, total):
    print("stage", name, file=sys.stderr, flush=True)
    old(self, name, total)
cli.Bars.stage = stage
cli.main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
def test_interrupted_at_every_stage(stage: str, number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WATCHED, "analyze", str(SAMPLE), "--out", "out", "--quiet"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        # A test run in the background ignores Ctrl-C, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.strip() == f"stage {stage}":
            process.send_signal(number)
            break
    rest = process.stderr.read()
    process.stderr.close()
    assert process.wait(TIMEOUT_S) == (130 if number is signal.SIGINT else 143)
    assert "Traceback" not in rest
    assert list(tmp_path.iterdir()) == []
