"""From simulated points to the table of true beside shown, to files, and the way without a pose network."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import vidgait
from vidgait.cli import app
from vidgait.errors import NoPersonError, SettingsError, TooShortError
from vidgait.truth.recipe import SIMULATED, Recipe
from vidgait.truth.simulation import simulate
from vidgait.truth.what_if import WhatIf, what_if, what_if_text
from vidgait.truth.what_if_run import curves_from_csv, gap_from_text

QUICK = vidgait.Settings.from_mapping({"error": {"draws": 50}})


@pytest.fixture(scope="module")
def side_view() -> tuple[vidgait.Analysis, WhatIf]:
    clip = simulate("squat", view="left", knee_deg=95, distance_m=8, focal_px=3400)
    analysis = vidgait.analyze_poses(clip.poses, settings=QUICK)
    return analysis, what_if(clip, analysis)


def test_without_noise_the_shown_angles_are_the_true_ones(side_view: tuple[vidgait.Analysis, WhatIf]) -> None:
    _, result = side_view
    shown = {(row.id, row.side): row for row in result.measures if row.shown is not None}
    for name in ("knee_flexion_bottom", "thigh_inclination_bottom", "shank_inclination_bottom", "hip_flexion_bottom"):
        row = shown[name, "left"]
        assert row.shown == pytest.approx(row.truth, abs=1.0), name
        assert row.inside
    assert shown["knee_flexion_bottom", "left"].truth == pytest.approx(95, abs=0.5)
    assert (result.reps_true, result.reps_counted, result.movement_shown) == (3, 3, "squat")


def test_what_the_view_cannot_give_is_listed_with_its_reason(side_view: tuple[vidgait.Analysis, WhatIf]) -> None:
    refused = {row.id: row.why_none for row in side_view[1].measures if row.shown is None}
    assert "film from the front" in str(refused["fppa_bottom"])
    text = what_if_text(simulate("squat", view="left"), side_view[1])
    assert "Not given, and why:" in text and "film from the front" in text
    assert "Knee flexion (left)" in text and "±" in text


def test_a_movement_without_measures_is_told_series_by_series() -> None:
    clip = simulate("walk", duration_s=2.5)
    result = what_if(clip, vidgait.analyze_poses(clip.poses, settings=QUICK))
    assert result.reps_counted is None
    knee = next(row for row in result.series if (row.name, row.side) == ("knee_flexion_deg", "left"))
    assert knee.mean_error is not None and knee.mean_error < 1.5
    text = what_if_text(clip, result)
    assert "frame by frame" in text and "does not count this movement yet" in text


@pytest.mark.parametrize(
    "movement, words", [("counter_movement_jump", "In truth: 2 jumps."), ("standing", "Repetitions: none to count")]
)
def test_what_is_not_counted_is_said_in_words(movement: str, words: str) -> None:
    clip = simulate(movement, reps=2)
    text = what_if_text(clip, what_if(clip, vidgait.analyze_poses(clip.poses, settings=clip.settings(QUICK))))
    assert words in text and "Knee flexion" in text
    assert "_" not in text, "names of a program are no words"
    assert max(len(line) for line in text.splitlines()) <= 90


# --- points that are known already ------------------------------------------------------------------------------------


def test_the_folder_can_be_reported_and_validated(tmp_path: Path) -> None:
    out = tmp_path / "squat"
    command = ["simulate", "--reps", "2", "--view", "left", "--noise-px", "1", "--gap", "0.2:0.3", "-o", str(out)]
    done = CliRunner().invoke(app, [*command, "--json"])
    assert done.exit_code == 0, done.output
    printed = json.loads(done.output)
    assert printed["recipe"]["noise_px"] == 1 and printed["reps_counted"] == 2
    saved = vidgait.load_analysis(out)
    assert saved.provenance["pose"]["source"] == "simulated by vidgait simulate"
    again = vidgait.report(out, exclude_reps=(1,))
    assert [rep.excluded for rep in again.reps if rep.index] == ["left out by you", None]
    assert (out / "truth.json").exists(), "what is not the analysis's own stays"
    checked = vidgait.validate(out, truth=out / "truth.json")
    assert checked.clips[0].reps[0].found == 1


def test_the_command_line_says_what_is_wrong(tmp_path: Path) -> None:
    for options, words in (
        (["--movement", "cartwheel"], "Unknown movement"),
        (["--gap", "soon"], "no stretch of time"),
        (["--curves", str(tmp_path / "none.csv")], "There is no file"),
    ):
        done = CliRunner().invoke(app, ["simulate", *options, "--json"])
        assert done.exit_code == 1
        error = json.loads(done.output)["error"]
        assert error["code"] == "settings" and words in error["message"]


def test_everything_that_can_be_simulated_can_be_typed() -> None:
    said = CliRunner().invoke(app, ["simulate", "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
    for field in dataclasses.fields(Recipe):
        assert f"--{field.name.replace('_', '-')}" in said, field.name
    for movement in SIMULATED:
        assert movement in said


def test_curves_and_gaps_from_words(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("time_s,left_knee_flexion_deg\n0,0\n1,60\n", encoding="utf-8")
    assert curves_from_csv(file) == {"time_s": [0, 1], "left_knee_flexion_deg": [0, 60]}
    file.write_text("time_s,left_knee_flexion_deg\n0,deep\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="no number"):
        curves_from_csv(file)
    file.write_text("knee\n1\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="no column time_s"):
        curves_from_csv(file)
    gap = gap_from_text("1:2.5:left_knee, right_knee")
    assert (gap.start_s, gap.end_s, gap.keypoints) == (1, 2.5, ("left_knee", "right_knee"))


def test_poses_that_hold_no_movement_are_refused() -> None:
    poses = simulate("standing", duration_s=1).poses
    short = replace(poses, time_s=poses.time_s[:3], media_time_s=poses.media_time_s[:3])
    with pytest.raises(TooShortError):
        vidgait.analyze_poses(short)
    with pytest.raises(NoPersonError):
        vidgait.analyze_poses(replace(poses, xy_px=np.full_like(poses.xy_px, np.nan)))
    with pytest.raises(SettingsError, match="rise"):
        vidgait.analyze_poses(replace(poses, time_s=poses.time_s[::-1]))
    with pytest.raises(SettingsError, match="fit together"):
        vidgait.analyze_poses(replace(poses, score=poses.score[:5]))
    with pytest.raises(SettingsError, match="file name"):
        vidgait.analyze_poses(poses, name="../squat")
