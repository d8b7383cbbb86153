from __future__ import annotations

import dataclasses
import errno
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from tests.support.analyses import synthetic_squat
from vidgait import store
from vidgait.errors import OutputError, StoreError
from vidgait.settings import Settings
from vidgait.types import BLAZEPOSE, Analysis, Evidence, Issue, Measure, Rep


def a_full_analysis() -> Analysis:
    """A squat with something in every optional place."""
    analysis = synthetic_squat("left", lost=(2.0, 2.3))
    poses = analysis.poses
    xyz_m = np.random.default_rng(1).normal(size=(*poses.score.shape, 3)).astype(np.float32)
    return replace(
        analysis,
        video=replace(
            analysis.video, path="/home/anna/clips/Übung 1 <b>.mp4", rate_hz=Fraction(30000, 1001), recorded_at=None
        ),
        poses=replace(poses, xyz_m=xyz_m),
        raw=replace(analysis.raw, xyz_m=np.full((len(poses.time_s), 33, 3), np.nan)),
        evidence=(
            Evidence("pelvis_patch", np.arange(3.0), np.arange(6.0).reshape(3, 2), np.full((3, 2), np.nan)),
            Evidence("plate", np.arange(2.0), np.ones((2, 1)), np.ones((2, 1))),
        ),
        reps=(
            *analysis.reps,
            Rep(0, "partial", 8.0, 8.9, excluded="cut off by the end of the clip"),
        ),
        measures=(
            *analysis.measures,
            Measure("fppa_bottom", "Knee position", None, "deg", "left", why_none="not measurable from the side"),
            Measure("oddity", "Odd", float("nan"), "deg", error=float("inf"), why_none="not a number"),
        ),
        issues=(*analysis.issues, Issue("gap", "warning", "Nobody was seen from 2.0 to 2.3 s.", (60, 69))),
    )


def same(a: Any, b: Any) -> bool:
    """Equal all through, arrays bit for bit and with their types; tuples and lists are the same to JSON."""
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.tobytes() == b.tobytes() and a.shape == b.shape
    if dataclasses.is_dataclass(a):
        return type(a) is type(b) and all(same(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(a))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


@pytest.mark.parametrize("view", ["left", "front"])
def test_what_is_saved_is_what_is_loaded(tmp_path: Path, view: Any) -> None:
    analysis = synthetic_squat(view)
    store.save_analysis(tmp_path, analysis)
    loaded = store.load_analysis(tmp_path)
    for field in dataclasses.fields(Analysis):
        assert same(getattr(analysis, field.name), getattr(loaded, field.name)), field.name


def test_optional_parts_come_back(tmp_path: Path) -> None:
    analysis = a_full_analysis()
    store.save_analysis(tmp_path, analysis)
    loaded = store.load_analysis(tmp_path)
    for name in ("poses", "raw", "clean", "evidence", "segments", "series", "reps", "issues", "movement"):
        assert same(getattr(analysis, name), getattr(loaded, name)), name
    assert loaded.video == replace(analysis.video, path="Übung 1 <b>.mp4")
    assert loaded.measures[-1].value is None and loaded.measures[-1].error is None
    assert loaded.settings == analysis.settings


def test_flags_of_the_movement_come_back_and_older_files_have_none(tmp_path: Path) -> None:
    analysis = synthetic_squat()
    overhead = replace(analysis, movement=replace(analysis.movement, flags=("overhead",)))
    store.save_analysis(tmp_path, overhead)
    mapping = json.loads((tmp_path / "analysis.json").read_text(encoding="utf-8"))
    jsonschema.validate(mapping, store.analysis_schema())
    assert mapping["movement"]["flags"] == ["overhead"]
    assert store.load_analysis(tmp_path).movement == overhead.movement
    del mapping["movement"]["flags"]
    jsonschema.validate(mapping, store.analysis_schema())
    _edited(tmp_path, movement=mapping["movement"])
    assert store.load_analysis(tmp_path).movement == analysis.movement


def test_settings_come_back_equal_and_older_files_get_the_defaults(tmp_path: Path) -> None:
    settings = Settings.from_mapping({"exclude_reps": [2], "subject": {"height_m": 1.8}})
    store.save_analysis(tmp_path, synthetic_squat(settings=settings))
    assert store.load_analysis(tmp_path).settings == settings.to_mapping()
    _edited(tmp_path, settings={"movement": "squat"})
    assert store.load_analysis(tmp_path).settings == Settings(movement="squat").to_mapping()


def test_poses_alone_can_be_loaded(tmp_path: Path) -> None:
    analysis = a_full_analysis()
    store.save_analysis(tmp_path, analysis)
    (tmp_path / "analysis.json").unlink()
    poses = store.load_poses(tmp_path)
    assert same(poses, analysis.poses)
    assert poses.skeleton == BLAZEPOSE


def test_the_same_analysis_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        store.save_analysis(tmp_path / name, a_full_analysis())
    for file in ("analysis.json", "poses.npz"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    loaded = store.load_analysis(tmp_path / "one")
    store.save_analysis(tmp_path / "two", loaded)
    assert (tmp_path / "one" / "analysis.json").read_bytes() == (tmp_path / "two" / "analysis.json").read_bytes()


def test_the_schema_is_valid_and_holds() -> None:
    schema = store.analysis_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for analysis in (a_full_analysis(), synthetic_squat("front"), synthetic_squat("oblique", reps=0)):
        jsonschema.validate(store.analysis_to_mapping(analysis), schema)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda m: m.pop("reps"), "'reps' is a required property"),
        (lambda m: m["video"].update(path="/home/anna/clip.mp4"), "does not match"),
        (lambda m: m["measures"][0].update(value=None, why_none=None), "is not of type 'number'"),
        (lambda m: m["reps"][0].update(kind="hop-ish"), "is not one of"),
    ],
)
def test_the_schema_refuses_what_is_wrong(change: Any, complaint: str) -> None:
    mapping = store.analysis_to_mapping(synthetic_squat())
    change(mapping)
    with pytest.raises(jsonschema.ValidationError, match=complaint):
        jsonschema.validate(mapping, store.analysis_schema())


def test_the_json_says_what_was_promised(tmp_path: Path) -> None:
    store.save_analysis(tmp_path, a_full_analysis())
    text = (tmp_path / "analysis.json").read_text(encoding="utf-8")
    stored = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in analysis.json"))
    assert "/home" not in text and "anna" not in text
    assert stored["video"]["path"] == "Übung 1 <b>.mp4"
    assert stored["view"] == {"label": "left", "yaw": 90.0, "error": 8.0}
    assert stored["schema_version"] == store.SCHEMA_VERSION
    rep = stored["reps"][0]
    assert set(rep["instants"]) == {"eccentric_end", "bottom", "concentric_start"}
    parts = rep["eccentric_s"] + rep["pause_s"] + rep["concentric_s"]
    assert parts == pytest.approx(rep["end_s"] - rep["start_s"])
    assert rep["bottom_s"] == rep["instants"]["bottom"]
    partial = stored["reps"][-1]
    assert (partial["index"], partial["bottom_s"], partial["eccentric_s"]) == (0, None, None)


def test_the_tempo_of_a_stand_counts_up_first() -> None:
    up, down = {"concentric_start": 1.0, "concentric_end": 2.0}, {"eccentric_start": 2.5, "eccentric_end": 4.0}
    stand = replace(synthetic_squat(), reps=(Rep(1, "rep", 1.0, 4.0, instants=up | down),))
    rep = store.analysis_to_mapping(stand)["reps"][0]
    assert (rep["eccentric_s"], rep["pause_s"], rep["concentric_s"]) == (1.5, 0.5, 1.0)


def test_the_view_is_that_of_the_repetitions() -> None:
    analysis = synthetic_squat("front")
    long, short = analysis.segments[0], replace(analysis.segments[0], view="left", yaw_deg=80.0)
    squats = tuple(replace(rep, segment=1) for rep in analysis.reps)
    turned = replace(analysis, segments=(replace(long, end_s=90.0), short), reps=squats)
    assert store.analysis_to_mapping(turned)["view"]["label"] == "left"
    assert store.analysis_to_mapping(replace(turned, reps=()))["view"]["label"] == "front"
    assert store.analysis_to_mapping(replace(turned, segments=(), reps=()))["view"]["label"] == "unknown"


def _edited(folder: Path, **changes: Any) -> None:
    path = folder / "analysis.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def _cut(path: Path, keep: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda f: (f / "analysis.json").unlink(), "There is no analysis.json in 'saved'"),
        (lambda f: (f / "poses.npz").unlink(), "There is no poses.npz in 'saved'"),
        (lambda f: _cut(f / "analysis.json", 0.5), "not valid JSON"),
        (lambda f: (f / "analysis.json").write_bytes(b"\xff\xfe\x00"), "not valid JSON"),
        (lambda f: (f / "analysis.json").write_text("[1, 2]", encoding="utf-8"), "not written by vidgait"),
        (lambda f: (f / "analysis.json").write_text('{"a": 1}', encoding="utf-8"), "not written by vidgait"),
        (lambda f: _edited(f, schema_version=99), "has schema 99"),
        (lambda f: _edited(f, video=None), "is damaged"),
        (lambda f: _edited(f, settings={"moovement": "squat"}), "is damaged: Unknown option 'moovement'"),
        (lambda f: _edited(f, reps=[{"index": 1}]), "is damaged"),
        (lambda f: _edited(f, series=[]), "0 series are described"),
        (lambda f: _edited(f, track={"frames": 3, "steps": []}), "belong to different runs"),
        (lambda f: _cut(f / "poses.npz", 0.5), "poses.npz in 'saved' is damaged"),
        (lambda f: (f / "poses.npz").write_text("no archive", encoding="utf-8"), "poses.npz in 'saved' is damaged"),
        (lambda f: np.savez(f / "poses.npz", other=np.zeros(3)), "'about' is missing"),
        (lambda f: np.savez(f / "poses.npz", a=np.array([{}], dtype=object)), "is damaged"),
    ],
)
def test_what_cannot_be_read_says_why_in_one_line(tmp_path: Path, damage: Any, says: str) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    store.save_analysis(folder, synthetic_squat())
    damage(folder)
    with pytest.raises(StoreError) as caught:
        store.load_analysis(folder)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value) and str(tmp_path) not in str(caught.value)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "analysis.json"
    target.write_text("old", encoding="utf-8")

    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match=r"Cannot write analysis\.json: No space left on device"):
        store.write_atomically(target, b"new content")
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["analysis.json"]


def test_a_folder_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"Cannot write poses\.npz"):
        store.save_analysis(tmp_path / "absent", synthetic_squat())
