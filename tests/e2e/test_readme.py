"""What the README tells people to type works as it says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SAMPLE = ROOT / "sample_videos" / "squat_side.mp4"
VIEWS = "vidgait analyze front.mp4 side.mp4 --pair views"


def run(command: list[str], cwd: Path) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    result = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    return result.stdout


def commands() -> list[str]:
    """Every finished `vidgait ...` command of the README, in code blocks, tables and sentences."""
    blocks = "\n".join(re.findall(r"```bash\n(.*?)```", README, re.DOTALL))
    prose = re.sub(r"```.*?```", "", README, flags=re.DOTALL)
    typed = {line.split("#")[0].strip() for line in blocks.splitlines() if line.startswith("vidgait ")}
    typed |= {command.strip() for command in re.findall(r"`(vidgait [^`]+)`", prose)}
    return sorted(command for command in typed if "s3://" not in command and not needs_a_camera(command))


def needs_a_camera(command: str) -> bool:
    return command.startswith("vidgait live") and not command.endswith("--headless")


@pytest.mark.slow
@pytest.mark.alone
def test_quickstart_ends_with_a_report(tmp_path: Path) -> None:
    said = run(["bash", "scripts/quickstart.sh"], ROOT)
    report = re.search(r"in your browser: (\S+report\.html)", said)
    assert report is not None, said
    assert Path(report[1]).is_file()


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the README's example has been analysed under the README's names."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "path" / "to").mkdir(parents=True)
    for name in ("squat.mp4", "path/to/video.mp4"):
        (folder / name).symlink_to(SAMPLE)
    (folder / "squat.json").symlink_to(SAMPLE.with_suffix(".json"))
    for side in ("left", "right"):
        (folder / f"{side}.mp4").symlink_to(SAMPLE.with_name(f"single_leg_squat_{side}.mp4"))
    for view in ("front", "side"):
        (folder / f"{view}.mp4").symlink_to(SAMPLE.with_name(f"squat_{view}.mp4"))
    (folder / "team" / "anna").mkdir(parents=True)
    (folder / "team" / "anna" / "step_down_L.mp4").symlink_to(SAMPLE.with_name("step_down.mp4"))
    (folder / "players.csv").write_text("path,athlete,height_cm\nanna/step_down_L.mp4,Anna Berg,172\n")
    return folder


@pytest.mark.slow
def test_every_command_runs(analysed: Path) -> None:
    typed = [command for command in commands() if command != VIEWS]
    assert len(typed) >= 5
    order = {"analyze": 0, "report": 1}
    for command in sorted(typed, key=lambda one: order.get(one.split()[1], 2)):
        words = shlex.split(command)
        extra = ["--overwrite"] if words[1] == "analyze" else []
        said = run([sys.executable, "-m", "vidgait.cli", *words[1:], *extra], analysed)
        assert said.strip(), command
    made = {path.name for path in (analysed / "vidgait_out" / "squat").iterdir()}
    table = README.split("## What comes out")[1].split("##")[0]
    promised = set(re.findall(r"`([\w.]+)/?`", table.split("|---|---|")[1].split("\n\n")[0]))
    assert promised == made


@pytest.mark.slow
def test_two_views_of_different_sets_are_not_joined(analysed: Path) -> None:
    """No sample shows one set from two sides; these show three and four repetitions."""
    assert VIEWS in commands()
    command = [sys.executable, "-m", "vidgait.cli", *shlex.split(VIEWS)[1:], "--no-video", "-o", "views"]
    result = subprocess.run(command, cwd=analysed, capture_output=True, text=True, timeout=300)
    assert result.returncode == 1
    assert "3" in result.stderr and "4" in result.stderr and "Traceback" not in result.stderr
    assert not (analysed / "views").exists() or not list((analysed / "views").iterdir())


@pytest.mark.slow
def test_the_python_example_runs(tmp_path: Path) -> None:
    code = "".join(re.findall(r"```python\n(.+?)```", README, re.DOTALL))
    (tmp_path / "sample_videos").symlink_to(SAMPLE.parent)
    said = run([sys.executable, "-c", code], tmp_path)
    assert re.match(r"1: \d+ ± \d+ degrees", said) and "None" not in said


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target
