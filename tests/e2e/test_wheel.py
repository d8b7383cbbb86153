"""The wheel holds everything that vidgait reads when it runs, and works away from the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "vidgait"
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
OFFLINE = ("No matching distribution", "Could not find a version", "Failed to establish", "NewConnectionError")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what git would hold, so that nothing is written into the checkout."""
    source = tmp_path_factory.mktemp("source") / "vidgait"
    ignored = shutil.ignore_patterns(".git", ".venv*", ".*_cache", ".hypothesis", "__pycache__", "build", "dist")
    shutil.copytree(ROOT, source, ignore=ignored)
    target = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [*PIP, "wheel", "--no-deps", "--wheel-dir", str(target), str(source)], capture_output=True, text=True
    )
    if built.returncode and any(word in built.stderr for word in OFFLINE):
        pytest.skip("pip cannot get hatchling to build with: no network")
    assert built.returncode == 0, built.stdout + built.stderr
    (found,) = target.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        return set(archive.namelist())


def test_the_wheel_is_for_every_platform(wheel: Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")


def test_every_file_of_the_package_is_in_the_wheel(names: set[str]) -> None:
    """Modules, fonts, parts of the report, the schema, tables and the mark of typing."""
    files = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    wanted = {path.relative_to(ROOT).as_posix() for path in files}
    assert {Path(name).suffix for name in wanted} >= {".py", ".json", ".otf", ".j2", ".css", ".js", ".typed"}
    assert wanted - names == set()
    assert {"vidgait/py.typed", "vidgait/schema/analysis.schema.json"} <= names


def test_the_weights_are_in_the_wheel(names: set[str]) -> None:
    products = json.loads((ROOT / "models" / "manifest.json").read_text(encoding="utf-8"))["products"]
    wanted = {f"vidgait/models/{product['name']}" for product in products}
    assert {Path(name).suffix for name in wanted} == {".onnx", ".task"}
    assert wanted | {"vidgait/models/manifest.json"} <= names


def test_nothing_else_is_in_the_wheel(names: set[str]) -> None:
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"vidgait"}
    assert not [name for name in names if {"tests", "scripts", "sample_videos"} & set(name.split("/"))]
    assert not [name for name in names if name.endswith((".pyc", ".mp4", ".npz"))]
    licences = {Path(name).name for name in names if "/licenses/" in name}
    assert {"LICENSE", "NOTICE"} <= licences


def test_the_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Another folder, only the wheel's files: its own weights are found and verified."""
    installed, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    subprocess.run(
        [*PIP, "install", "--quiet", "--no-deps", "--no-index", "--target", str(installed), str(wheel)], check=True
    )
    environment = {**os.environ, "PYTHONPATH": str(installed)}

    def said(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=elsewhere, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    found = Path(said("-c", "from vidgait.pose.weights import weights_path as w; print(w('pose_landmarks.onnx'))"))
    assert found.is_relative_to(installed)
    listed = json.loads(said("-m", "vidgait.cli", "models", "--json"))
    states = {one["name"]: one["state"] for one in listed}
    assert len(states) == 3
    assert set(states.values()) == {"ok"}
    assert "pose_landmarks.onnx" in said("-m", "vidgait.cli", "models")
