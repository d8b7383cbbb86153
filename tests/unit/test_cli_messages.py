"""What the command line says is said in its own words: options as they are typed, paths as they were given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vidgait.cli import app


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--knee-deg", "400"], "--knee-deg must be"),
        (["--reps", "0"], "--reps must be"),
        (["--jitter", "7"], "--jitter must be"),
    ],
)
def test_a_wrong_value_names_the_option_as_it_is_typed(typed: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["simulate", *typed])
    assert result.exit_code == 1
    assert result.output.startswith(said)
    error = json.loads(CliRunner().invoke(app, ["simulate", *typed, "--json"]).output)["error"]
    assert error["message"].startswith(said)
    assert error["code"]


def test_curves_that_are_not_there_are_said_without_the_system_s_words(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["simulate", "--curves", str(tmp_path / "nope.csv")])
    assert result.exit_code == 1
    assert "There is no file" in result.output and "nope.csv" in result.output and "--curves" in result.output
    assert "Errno" not in result.output


def test_the_error_of_one_video_stands_beside_what_it_is_about(tmp_path: Path) -> None:
    """As README.md says of `--json`."""
    missing = tmp_path / "nope.mp4"
    result = CliRunner().invoke(app, ["analyze", str(missing), "-o", str(tmp_path / "out"), "--json"])
    said = json.loads(result.output)
    assert result.exit_code == 1
    assert set(said) == {"video", "folder", "analysis", "error"}
    assert said["analysis"] is None and set(said["error"]) == {"code", "message", "hint"}
    several = CliRunner().invoke(app, ["analyze", str(missing), str(missing), "-o", str(tmp_path / "out"), "--json"])
    assert [set(one) for one in json.loads(several.output)["results"]] == [set(said)] * 2
