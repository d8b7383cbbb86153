"""The command and the function: what is validated, what is written, and what every wrong wish says. No network runs
here: analyses are saved ones."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import vidgait
from tests.support.analyses import synthetic_squat
from vidgait import store
from vidgait.cli import app
from vidgait.errors import OutputError, ReferenceFileError, SettingsError
from vidgait.settings import Settings
from vidgait.truth import kept
from vidgait.types import Analysis
from vidgait.video import content_hash

SAMPLES = Path(__file__).resolve().parents[3] / "sample_videos"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved analysis, and a laboratory's table of the same movement with a clock of its own."""
    analysis = synthetic_squat("left")
    place = tmp_path_factory.mktemp("validate") / "squat"
    place.mkdir()
    store.save_analysis(place, analysis)
    shown = {(one.name, one.side): one.value for one in analysis.series}
    knee = [shown["knee_flexion_deg", side] for side in ("left", "right")]
    known = np.isfinite(knee).all(axis=0)
    rows = [
        f"{time_s + 0.5:.4f},{left - 2:.4f},{right - 2:.4f}"
        for time_s, left, right in zip(analysis.clean.time_s[known], knee[0][known], knee[1][known], strict=True)
    ]
    (place.parent / "lab.csv").write_text("\n".join(["time,knee_angle_l,knee_angle_r", *rows]), encoding="utf-8")
    return place


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["validate", *map(str, words)])


def test_a_laboratorys_table_from_end_to_end(folder: Path, tmp_path: Path) -> None:
    """It reads two degrees less, on a clock half a second ahead: both are found."""
    out = tmp_path / "made" / "here"
    result = run(folder, "--truth", folder.parent / "lab.csv", "--out", out, "--html")
    assert result.exit_code == 0, result.output
    assert "+0.50" in result.output
    assert f"Table:  {out / 'accuracy.md'}" in result.output
    assert f"Page:   {out / 'accuracy.html'}" in result.output
    assert {path.name for path in out.iterdir()} == {"accuracy.md", "accuracy.json", "accuracy.html"}
    stored = json.loads((out / "accuracy.json").read_text(encoding="utf-8"))
    rows = {(row["id"], row.get("leg")): row for row in stored["clips"][0]["rows"]}
    assert rows["knee_flexion_deg", "near"]["bias"] == pytest.approx(2.0, abs=0.05)
    assert rows["knee_flexion_deg", "near"]["mae"] == pytest.approx(2.0, abs=0.05)
    assert "vidgait validate squat --truth lab.csv" in (out / "accuracy.md").read_text(encoding="utf-8")
    assert str(folder.parent) not in (out / "accuracy.html").read_text(encoding="utf-8")


def test_json_is_one_object(folder: Path) -> None:
    result = run(folder, "--truth", folder.parent / "lab.csv", "--json")
    assert json.loads(result.output)["schema"] == "vidgait-accuracy-1"


def test_a_stated_offset_is_taken(folder: Path) -> None:
    found = vidgait.validate(folder, truth=folder.parent / "lab.csv", offset_s=0.5)
    assert found.clips[0].offset is not None
    assert (found.clips[0].offset.seconds, found.clips[0].offset.correlation) == (0.5, None)


def test_nothing_is_replaced_unasked(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "accuracy.md"
    table.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="--overwrite"):
        vidgait.validate(folder, truth=folder.parent / "lab.csv", out=tmp_path)
    assert table.read_text(encoding="utf-8") == "mine"
    vidgait.validate(folder, truth=folder.parent / "lab.csv", out=tmp_path, overwrite=True)
    assert table.read_text(encoding="utf-8").startswith("# How far from the truth")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("{here}",), "settings"),
        (("{here}", "--truth", "{here}/lab.csv"), "settings"),
        (("{here}/squat", "--truth", "{here}/absent.mot"), "reference"),
        (("{here}/squat", "--truth", "{here}/lab.csv", "--map", "knee=K"), "settings"),
        (("{here}/absent.mp4", "--truth", "{here}/lab.csv"), "video_open"),
        (("{here}/absent.mp4",), "video_open"),
        (("{here}/absent",), "settings"),
        (("{here}/lab.csv",), "settings"),
        (("{here}/squat", "--truth", "{here}/lab.csv", "--out", "{here}/lab.csv"), "output"),
    ],
)
def test_what_is_wrong_is_one_line_with_a_code(folder: Path, words: tuple[str, ...], code: str) -> None:
    typed = [word.format(here=folder.parent) for word in words]
    result = run(*typed, "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["error"]["code"] == code
    said = run(*typed)
    assert said.exit_code == 1
    assert len(said.output.strip().splitlines()) == 1


# --- folders of clips, with the analysis replaced ---------------------------------------------------------------------


@pytest.fixture
def clips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two clips with truth, and one without."""
    place = tmp_path / "clips"
    place.mkdir()
    for name in ("one", "two"):
        (place / f"{name}.mp4").write_bytes(b"not a video")
        (place / f"{name}.json").write_bytes((SAMPLES / "squat_side.json").read_bytes())
    (place / "three.mp4").write_bytes(b"not a video")
    (place / "three.json").write_text("{}", encoding="utf-8")
    analysis = synthetic_squat("right")
    pose = {"pose": {"backend": "blazepose", "weights": {"net.onnx": "abc"}}, "packages": {"vidgait": "0.1.0"}}

    def instead(video: Path, **_: object) -> Analysis:
        if video.stem == "two" and (place / "broken").exists():
            raise vidgait.VidgaitError("two.mp4 is broken.")
        if video.stem == "two" and (place / "stop").exists():
            raise KeyboardInterrupt
        return replace(analysis, provenance=pose)

    monkeypatch.setattr(kept, "analyze", instead)
    return place


def test_a_folder_is_every_video_with_a_truth_file(clips: Path) -> None:
    found = vidgait.validate(clips)
    assert [clip.name for clip in found.clips] == ["one", "two"]
    assert found.provenance["weights"] == {"net.onnx": "abc"}
    assert found.provenance["command"] == "vidgait validate clips"


def test_one_bad_clip_does_not_stop_the_rest_and_is_named(clips: Path, tmp_path: Path) -> None:
    (clips / "broken").touch()
    out = tmp_path / "out"
    result = run(clips, "--out", out)
    assert result.exit_code == 1
    assert "two.mp4 is broken." in result.output
    assert "two.mp4 is broken." in (out / "accuracy.md").read_text(encoding="utf-8")


def kept_two(clips: Path, place: Path, **changes: object) -> Path:
    """A kept analysis of clip two, as `--analyses` leaves one; `changes` are of the analysis."""
    folder = place / "kept" / "two"
    folder.mkdir(parents=True)
    analysis = synthetic_squat("right")
    made = analysis.provenance | {"input_sha256": content_hash(clips / "two.mp4")}
    store.save_analysis(folder, replace(analysis, **({"provenance": made} | changes)))
    return folder.parent


@pytest.fixture
def remeasured(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What `report` was asked for, instead of doing it."""
    asked: list[dict[str, object]] = []

    def again(folder: Path, *, progress: object, **options: object) -> Analysis:
        asked.append({"clip": folder.name, **options})
        return synthetic_squat("right")

    monkeypatch.setattr(kept, "report", again)
    return asked


def test_options_reach_analyses_that_were_kept_before(
    clips: Path, tmp_path: Path, remeasured: list[dict[str, object]]
) -> None:
    settings = Settings.from_mapping(synthetic_squat("right").settings)
    vidgait.validate(clips, analyses=kept_two(clips, tmp_path), settings=settings, height_m=1.8)
    assert remeasured == [{"clip": "two", "height_m": 1.8}]


def test_a_kept_analysis_of_another_video_is_not_taken(
    clips: Path, tmp_path: Path, remeasured: list[dict[str, object]]
) -> None:
    """The clip was made anew under the same name after it had been analysed."""
    place = kept_two(clips, tmp_path)
    (clips / "two.mp4").write_bytes(b"another video")
    settings = Settings.from_mapping(synthetic_squat("right").settings)
    found = vidgait.validate(clips, analyses=place, settings=settings)
    assert remeasured == []
    assert "that of another video" in found.failed["two"]
    assert [clip.name for clip in found.clips] == ["one"]


def test_a_kept_analysis_with_other_settings_is_not_taken(
    clips: Path, tmp_path: Path, remeasured: list[dict[str, object]]
) -> None:
    settings = Settings.from_mapping(synthetic_squat("right").settings)
    stated = settings.merged({"movement": "squat", "view": {"yaw_gate_fppa_deg": 20.0}, "pose": {"threads": 3}})
    place = kept_two(clips, tmp_path, settings=stated.to_mapping())
    found = vidgait.validate(clips, analyses=place, settings=settings)
    assert remeasured == []
    assert found.failed["two"].startswith("two was kept with other settings: movement, view.yaw_gate_fppa_deg.")


def test_an_interruption_leaves_nothing(clips: Path, tmp_path: Path) -> None:
    (clips / "stop").touch()
    out = tmp_path / "out"
    result = run(clips, "--out", out)
    assert result.exit_code == 130
    assert not out.exists()


def test_nothing_named_means_the_samples_of_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="Nothing was named"):
        vidgait.validate()


def test_a_truth_file_beside_a_video_is_found(clips: Path) -> None:
    assert vidgait.validate(clips / "one.mp4").clips[0].movement == "squat"
    with pytest.raises(SettingsError, match="--truth"):
        vidgait.validate(clips / "three.mp4")


def test_a_single_clip_raises_what_is_wrong(clips: Path) -> None:
    (clips / "one.json").write_text('{"schema": "vidgait-truth-1"}', encoding="utf-8")
    with pytest.raises(ReferenceFileError):
        vidgait.validate(clips / "one.mp4")


def test_when_no_clip_can_be_analysed_nothing_is_written(clips: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (clips / f"{name}.json").write_text('{"schema": "vidgait-truth-1"}', encoding="utf-8")
    with pytest.raises(ReferenceFileError):
        vidgait.validate(clips, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_simulated_folder_holds_its_own_truth(tmp_path: Path) -> None:
    made = CliRunner().invoke(app, ["simulate", "--reps", "1", "-o", str(tmp_path / "what_if")])
    assert made.exit_code == 0, made.output
    folder = next(path.parent for path in tmp_path.rglob("truth.json"))
    result = run(folder)
    assert result.exit_code == 0, result.output
    assert "1 of 1" in result.output


def test_an_analysis_without_truth_asks_for_one(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"no truth.json in it.*--truth"):
        vidgait.validate(folder)


def truth_like(place: Path, **changes: object) -> Path:
    """The truth of a shipped clip that fits the saved analysis, with some of it changed."""
    stored = json.loads((SAMPLES / "squat_side.json").read_text(encoding="utf-8")) | {"name": "squat"}
    stored["camera"]["size_px"] = changes.pop("size_px", stored["camera"]["size_px"])
    stretch = changes.pop("stretch", 1.0)
    stored["time_s"] = [stretch * at_s for at_s in stored["time_s"]]
    path = place / "other.json"
    path.write_text(json.dumps(stored | changes), encoding="utf-8")
    return path


def test_the_truth_of_another_clip_is_refused(folder: Path, tmp_path: Path) -> None:
    for change, said in (
        ({"size_px": [1280, 720]}, "1280 x 720 px, the video 720 x 1280"),
        ({"stretch": 1.2}, "11.9 s long, the video 9.7 s"),
        ({"stretch": 0.5}, "60 frames a second, the video 30"),
    ):
        with pytest.raises(ReferenceFileError, match=f"other.json is the truth of another clip.*{said}"):
            vidgait.validate(folder, truth=truth_like(tmp_path, **change))


def test_another_name_alone_is_only_mentioned(folder: Path, tmp_path: Path) -> None:
    assert vidgait.validate(folder, truth=truth_like(tmp_path)).clips[0].notes == ()
    renamed = vidgait.validate(folder, truth=truth_like(tmp_path, name="lunge"))
    assert any("it is of 'lunge'" in note for note in renamed.clips[0].notes)


def test_no_moment_in_common_is_said(folder: Path) -> None:
    result = run(folder, "--truth", folder.parent / "lab.csv", "--offset-s", 400)
    assert result.exit_code == 1
    assert "no moment in common" in result.output
    assert len(result.output.strip().splitlines()) == 1
