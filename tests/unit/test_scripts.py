"""The scripts of a checkout: what they need is named once, and where something is missing they say so in one line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts.benchmarks import speed
from scripts.check_wheels import requirements

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
SHELL_SCRIPTS = sorted(SCRIPTS.glob("*.sh"))
BASH = shutil.which("bash")

needs_bash = pytest.mark.skipif(BASH is None or sys.platform == "win32", reason="no bash on this machine")


def bash(code: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Run `code` after sourcing environment.sh, with nothing on PATH but what lies in the folder `path`."""
    command = [str(BASH), "-c", f'. "{SCRIPTS / "environment.sh"}"; {code}']
    return subprocess.run(command, env={"PATH": str(path)}, capture_output=True, text=True, cwd=path)


def test_extras_are_resolved_to_what_pip_installs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    core, extras = project["dependencies"], project["optional-dependencies"]
    found = requirements()
    assert set(found) == {"core", *extras}
    assert found["core"] == core
    assert found["mediapipe"] == core + extras["mediapipe"]
    assert found["web"] == core + extras["web"]
    assert found["all"] == core + extras["mediapipe"] + extras["web"] + extras["cloud"]
    assert not [one for wanted in found.values() for one in wanted if one.startswith("vidgait")]


@needs_bash
@pytest.mark.parametrize("script", SHELL_SCRIPTS, ids=lambda path: path.name)
def test_shell_scripts_are_valid(script: Path) -> None:
    said = subprocess.run([str(BASH), "-n", str(script)], capture_output=True, text=True)
    assert (said.returncode, said.stderr) == (0, "")


def test_there_are_shell_scripts() -> None:
    assert [path.name for path in SHELL_SCRIPTS] == ["environment.sh", "quickstart.sh", "test.sh"]


def said_by(name: str) -> tuple[list[str], str, set[str]]:
    """(numbered steps, arguments of `vidgait`, Python versions) of a quick start, with / for every separator."""
    text = (SCRIPTS / name).read_text(encoding="utf-8").replace("\\", "/")
    steps = re.findall(r'"(\d/\d [^"]+)"', text)
    arguments = re.search(r"/vidgait(?:\.exe)? (analyze sample_videos/.*)$", text, re.MULTILINE)
    assert arguments is not None
    return steps, arguments[1], set(re.findall(r"\b3\.1\d\b", text))


def test_both_quick_starts_do_the_same() -> None:
    steps, arguments, _ = said_by("quickstart.sh")
    windows_steps, windows_arguments, windows_versions = said_by("quickstart.ps1")
    assert len(steps) == 3
    assert windows_steps == steps
    assert windows_arguments == arguments
    assert windows_versions == {"3.11", "3.12", "3.13"}
    sample = arguments.split()[1]
    assert (ROOT / sample).is_file()
    for name in ("quickstart.sh", "quickstart.ps1"):
        text = (SCRIPTS / name).read_text(encoding="utf-8").replace("\\", "/")
        assert f"vidgait_out/{Path(sample).stem}/report.html" in text


@needs_bash
@pytest.mark.parametrize("code", ["find_python", "make_environment here", "python=$(find_python) || exit 1"])
def test_no_python_is_one_clear_line(tmp_path: Path, code: str) -> None:
    said = bash(code, tmp_path)
    assert said.returncode == 1
    assert said.stdout == ""
    assert said.stderr.count("\n") == 1
    assert said.stderr.startswith("vidgait needs Python 3.11, 3.12 or 3.13. Install one")
    assert list(tmp_path.iterdir()) == []


@needs_bash
def test_an_old_python_is_not_taken(tmp_path: Path) -> None:
    for name, code in (("python3", "exit 1"), ("python", f'exec "{sys.executable}" "$@"')):
        (tmp_path / name).write_text(f"#!{BASH}\n{code}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    said = bash("find_python", tmp_path)
    assert (said.returncode, said.stdout.strip()) == (0, str(tmp_path / "python"))


@needs_bash
def test_nothing_is_installed_where_that_is_not_possible(tmp_path: Path) -> None:
    """Without apt-get, OpenCV that cannot start is one line with what to do."""
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text(f"#!{BASH}\nexit 1\n", encoding="utf-8")
    python.chmod(0o755)
    said = bash(f'ensure_opencv "{tmp_path}"', tmp_path)
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert "apt-get install libgl1 libglib2.0-0" in said.stderr


def test_peak_memory_is_read_in_the_units_of_the_system() -> None:
    assert speed.peak_mib(300 * 1024, "linux") == 300
    assert speed.peak_mib(300 * 1024**2, "darwin") == 300


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="the system has no wait4")
def test_a_timed_process_is_accounted_for() -> None:
    """In a process of its own, as the benchmark runs: a child is charged with what its parent held when it began."""
    code = "import time; block = bytearray(b'x') * (64 << 20); time.sleep(0.2)"
    timing = f"from scripts.benchmarks import speed; print(*speed.run_timed([{sys.executable!r}, '-c', {code!r}]))"
    said = subprocess.run([sys.executable, "-c", timing], capture_output=True, text=True, cwd=ROOT, check=True)
    wall_s, cpu_s, peak_mib = map(float, said.stdout.split())
    assert wall_s >= 0.2
    assert 0 < cpu_s < 60
    assert 64 < peak_mib < 1024


def test_the_speed_benchmark_says_where_it_cannot_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "wait4", raising=False)
    with pytest.raises(SystemExit, match=r"needs os\.wait4.*run it on Linux or macOS"):
        speed.run_timed([sys.executable, "-c", ""])
