"""`vidgait doctor` on a good machine and on broken ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vidgait import doctor
from vidgait.cli import app
from vidgait.pose import weights

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copied_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models"
    shutil.copytree(ROOT / "models", folder)
    monkeypatch.setattr(weights, "_folder", lambda: folder)
    return folder


def test_a_good_machine_has_nothing_broken() -> None:
    findings = doctor.examine()
    assert [finding.topic for finding in findings if finding.state == "broken"] == []
    assert "works here" in doctor.findings_text(findings)
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == 0
    assert {finding["state"] for finding in json.loads(result.stdout)} <= {"fine", "note"}


def test_damaged_weights_are_found(copied_weights: Path) -> None:
    (copied_weights / "pose_detector.onnx").write_bytes(b"damaged")
    broken = [finding for finding in doctor.examine() if finding.state == "broken"]
    assert "pose_detector.onnx" in [finding.topic for finding in broken]
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 1


def test_missing_weights_are_a_finding_and_no_traceback(copied_weights: Path) -> None:
    shutil.rmtree(copied_weights)
    broken = {finding.topic for finding in doctor.examine() if finding.state == "broken"}
    assert "Weights" in broken


def test_two_runtimes_are_loud(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "onnxruntime and onnxruntime-gpu are both installed and overwrite each other."
    monkeypatch.setattr(doctor, "runtime_conflict", lambda: text)
    assert any(finding.state == "broken" and finding.text == text for finding in doctor.examine())


def test_models_lists_every_file_with_its_state() -> None:
    result = CliRunner().invoke(app, ["models", "--json"])
    assert result.exit_code == 0
    assert {one["state"] for one in json.loads(result.stdout)} == {"ok"}
    assert "pose_landmarks.onnx" in CliRunner().invoke(app, ["models"]).stdout
