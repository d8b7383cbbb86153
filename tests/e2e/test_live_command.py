"""`vidgait live` as it is typed: exit codes, one clear line, and a recording that plays after Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.samples import SAMPLES
from vidgait.settings import VideoSettings
from vidgait.video import open_video

CLIP = SAMPLES / "squat_front.mp4"


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "vidgait.cli", "live", *options]


def run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*options), capture_output=True, text=True, timeout=120, env=dict(os.environ) | environment
    )


def test_a_file_is_counted_to_its_end() -> None:
    result = run("--source", str(CLIP), "--headless", "--movement", "squat", "--json")
    assert result.returncode == 0, result.stderr
    said = json.loads(result.stdout)
    assert said["count"] == 3
    assert said["ending"] == "end"
    assert said["error"] is None
    assert said["stats"]["captured"] == 248
    assert said["stats"]["processed"] + said["stats"]["dropped"] == 248


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for another process on Windows")
def test_ctrl_c_leaves_a_recording_that_plays_and_its_report(tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = subprocess.Popen(
        command("--source", str(CLIP), "--headless", "--movement", "squat", "--record", str(out), "--stats"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "Ctrl-C ends it" in process.stderr.readline(), "it has begun"
    time.sleep(4.0)
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    with open_video(out / "recording.mp4", VideoSettings()) as reader:
        times_s = [frame.time_s for frame in reader.frames()]
    assert 3.0 < times_s[-1] < 8.0
    captured = int(re.search(r"(\d+) captured", said)[1])  # type: ignore[index]
    lacking = re.search(r"lacks (\d+) pictures", errors)
    assert len(times_s) + (int(lacking[1]) if lacking else 0) == captured, "also those that the loop dropped"
    assert "Processed a second" in said
    assert (out / "report.html").is_file()
    assert (out / "analysis.json").is_file()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--source", "nowhere.mp4", "--headless"], "There is no file nowhere.mp4"),
        (["--source", "http://127.0.0.1:9/x", "--headless"], "Nothing can be seen at http://127.0.0.1:9/x"),
        (["--source", "ftp://camera", "--headless"], "ftp:// addresses"),
        (["--movement", "juggling"], "Unknown movement 'juggling'"),
    ],
)
def test_what_cannot_be_opened_is_one_line_and_exit_code_1(options: list[str], said: str) -> None:
    result = run(*options)
    assert result.returncode == 1
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stdout == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells cameras without opening them")
def test_a_missing_camera_leaves_no_folder_behind(tmp_path: Path) -> None:
    result = run("--camera", "87", "--headless", "--record", str(tmp_path / "out"))
    assert result.returncode == 1
    assert result.stderr.startswith("There is no camera 87.")
    assert list(tmp_path.iterdir()) == []
    error = json.loads(run("--camera", "87", "--headless", "--json").stdout)["error"]
    assert error["code"] == "camera"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display_it_says_what_to_do() -> None:
    result = run("--source", str(CLIP), DISPLAY="")
    assert result.returncode == 1
    assert "--headless" in result.stderr


def test_results_that_exist_are_not_replaced_unasked(tmp_path: Path) -> None:
    (tmp_path / "analysis.json").write_text("{}", encoding="utf-8")
    result = run("--source", str(CLIP), "--headless", "--record", str(tmp_path))
    assert result.returncode == 1
    assert "exists already" in result.stderr


@pytest.mark.parametrize(
    "options", [["--camera", "0", "--source", "x.mp4"], ["--web", "--source", "x.mp4"], ["--port", "80"]]
)
def test_options_that_contradict_each_other_are_a_wrong_command_line(options: list[str]) -> None:
    assert run(*options).returncode == 2


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="no display to be had: apt-get install xvfb xauth")
def test_a_window_opens_and_closes_with_the_end_of_the_file() -> None:
    options = ["--source", str(SAMPLES / "squat_back.mp4"), "--movement", "squat", "--stats"]
    child = ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1280x800x24", *command(*options)]
    result = subprocess.run(child, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    assert "q in the window ends it" in result.stderr
    assert "drawing" in result.stdout, "the time of drawing is among the stages"


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for another process on Windows")
def test_the_page_with_json_prints_json_alone() -> None:
    process = subprocess.Popen(
        command("--web", "--json", "--port", "0"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert re.search(r"http://localhost:\d+/#\w+", process.stderr.readline()), "the link is needed all the same"
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert json.loads(said) == {"sets": [], "recordings": []}


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for another process on Windows")
def test_the_page_says_that_it_has_no_window_to_leave_out() -> None:
    process = subprocess.Popen(
        command("--web", "--headless", "--port", "0"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert "http://localhost" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert errors == "--web opens no window: --headless changes nothing.\n"
