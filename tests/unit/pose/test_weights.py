"""Weights that are missing or damaged say so, in one line, before anything runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from vidgait.errors import WeightsCorruptError, WeightsMissingError
from vidgait.pose import weights


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of models/ that a test may spoil."""
    copy = tmp_path / "models"
    shutil.copytree(weights._folder(), copy)
    monkeypatch.setattr(weights, "_folder", lambda: copy)
    return copy


def test_every_file_of_the_manifest_is_here_and_whole() -> None:
    listed = weights.list_weights()
    assert {one.name for one in listed} == {"pose_detector.onnx", "pose_landmarks.onnx", "pose_landmarker_full.task"}
    assert {one.state for one in listed} == {"ok"}
    assert {one.licence for one in listed} == {"Apache-2.0"}
    for one in listed:
        assert weights.weights_path(one.name).stat().st_size == one.size_bytes


def test_the_manifest_says_where_everything_comes_from() -> None:
    values = weights.manifest()
    assert len(values["source"]["sha256"]) == 64
    assert len(values["source"]["files"]) == 2
    for product in values["products"]:
        assert product["input"] and product["output"] and product["purpose"]


def test_a_missing_file(folder: Path) -> None:
    (folder / "pose_detector.onnx").unlink()
    with pytest.raises(WeightsMissingError, match=r"pose_detector\.onnx are missing") as caught:
        weights.weights_path("pose_detector.onnx")
    assert isinstance(caught.value, FileNotFoundError)
    assert "\n" not in str(caught.value)
    assert [one.state for one in weights.list_weights()] == ["missing", "ok", "ok"]


@pytest.mark.parametrize("spoil", ["flip a byte", "cut short", "empty"])
def test_a_damaged_file(folder: Path, spoil: str) -> None:
    path = folder / "pose_landmarks.onnx"
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes({"flip a byte": bytes(data), "cut short": bytes(data[:-1]), "empty": b""}[spoil])
    with pytest.raises(WeightsCorruptError, match=r"pose_landmarks\.onnx are damaged"):
        weights.weights_path("pose_landmarks.onnx")


def test_a_file_that_comes_back_is_used(folder: Path) -> None:
    path = folder / "pose_detector.onnx"
    data = path.read_bytes()
    path.unlink()
    with pytest.raises(WeightsMissingError):
        weights.weights_path("pose_detector.onnx")
    path.write_bytes(data)
    assert weights.weights_path("pose_detector.onnx") == path


def test_verified_once_a_process(folder: Path) -> None:
    first = weights.weights_path("pose_detector.onnx")
    first.write_bytes(b"changed while running")
    assert weights.weights_path("pose_detector.onnx") == first


def test_a_name_nobody_knows(folder: Path) -> None:
    with pytest.raises(WeightsMissingError, match="no weights called 'nonsense'"):
        weights.weights_path("nonsense")


def test_no_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    with pytest.raises(WeightsMissingError, match=r"no models/manifest\.json"):
        weights.list_weights()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"products": [{}]}', "not json"])
def test_a_damaged_manifest(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(WeightsCorruptError, match="damaged"):
        weights.manifest()


def test_a_manifest_that_names_a_file_twice(folder: Path) -> None:
    values = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    values["products"].append(values["products"][0])
    (folder / "manifest.json").write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(WeightsCorruptError, match="twice"):
        weights.manifest()
