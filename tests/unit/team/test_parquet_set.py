"""The Parquet set: one schema whatever is in it, one state whatever came before, and tables for every reader."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from tests.support.teams import clip, measure, small_team, team
from vidgait.errors import OutputError
from vidgait.team import parquet_set
from vidgait.team.parquet_set import SCHEMAS, write_parquet_set
from vidgait.team.team_tables import MEASURE_COLUMNS


def table(folder: Path, name: str) -> pa.Table:
    return ds.dataset(folder / name, format="parquet", partitioning="hive").to_table()


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_row_of_every_clip_is_there(tmp_path: Path) -> None:
    result = small_team()
    write_parquet_set(tmp_path, result)
    rows = {name: table(tmp_path, name).num_rows for name in SCHEMAS}
    assert rows == {
        "measures": sum(len(one.measures) for one in result.clips),
        "reps": sum(len(one.reps) for one in result.clips),
        "issues": 1,
        "provenance": len(result.clips),
    }


def test_values_come_back_as_they_were(tmp_path: Path) -> None:
    write_parquet_set(tmp_path, small_team())
    measures = table(tmp_path, "measures").to_pylist()
    (zoe,) = [
        row for row in measures if row["athlete"] == "Zoë" and row["id"] == "knee_flexion_bottom" and not row["rep"]
    ]
    assert (zoe["value"], zoe["error"], zoe["side"], zoe["rep"], zoe["why_none"]) == (50.0, 4.0, "left", None, None)
    assert (zoe["movement"], zoe["test"], zoe["reasons"]) == ("squat", "squat side", [])
    (issue,) = table(tmp_path, "issues").to_pylist()
    assert (issue["code"], issue["first_frame"], issue["last_frame"]) == ("blurred", 3, 9)
    made = {row["path"]: row for row in table(tmp_path, "provenance").to_pylist()}
    assert made["Ida/squat side.mp4"]["state"] == "failed"
    assert made["Ida/squat side.mp4"]["duration_s"] == 12.0
    assert made["unknown.mp4"]["movement"] == "none"
    ada = made["Ada/squat side.mp4"]
    assert (ada["vidgait_version"], ada["input_sha256"], ada["reps"]) == ("9.9", "0" * 64, 5)
    assert json.loads(ada["provenance"])["pose"] == {"backend": "none"}


def test_the_schema_is_the_same_when_there_is_nothing(tmp_path: Path) -> None:
    write_parquet_set(tmp_path / "full", small_team())
    write_parquet_set(tmp_path / "empty", team([]))
    write_parquet_set(tmp_path / "failed", team([clip("Ida", state="failed", code="timeout")]))
    for name, schema in SCHEMAS.items():
        for state in ("full", "empty", "failed"):
            found = ds.dataset(tmp_path / state / name, partitioning="hive")
            assert found.schema == schema.append(pa.field("movement", pa.string())), (name, state)
            for path in found.files:
                assert pa.parquet.read_schema(path) == schema
    assert table(tmp_path / "empty", "measures").num_rows == 0


def test_a_resumed_run_leaves_the_same_files(tmp_path: Path) -> None:
    """Half of the clips first, then all: as if all had been written at once."""
    result = small_team()
    write_parquet_set(tmp_path / "resumed", team(result.clips[::2]))
    write_parquet_set(tmp_path / "resumed", result)
    write_parquet_set(tmp_path / "once", replace(result, clips=result.clips[::-1]))
    assert files(tmp_path / "resumed") == files(tmp_path / "once")


def test_what_is_right_already_is_left_alone(tmp_path: Path) -> None:
    write_parquet_set(tmp_path, small_team())
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}
    more = team([*small_team().clips, clip("Yan", movement="lunge", test="lunge")])
    write_parquet_set(tmp_path, more)
    same = [path for path, time_ns in before.items() if path.stat().st_mtime_ns == time_ns]
    assert sorted(path.parts[-2] for path in same if path.parts[-3] == "provenance") == [
        "movement=none",
        "movement=squat",
    ]


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    write_parquet_set(tmp_path, small_team())
    before = files(tmp_path)
    path = tmp_path / "measures" / "movement=squat" / "part-00000.parquet"
    path.write_bytes(bytes(len(path.read_bytes())))
    write_parquet_set(tmp_path, small_team())
    assert files(tmp_path) == before


def test_files_that_are_no_longer_wanted_go_and_foreign_ones_stay(tmp_path: Path) -> None:
    write_parquet_set(tmp_path, team([*small_team().clips, clip("Yan", movement="lunge")]))
    foreign = tmp_path / "measures" / "notes.txt"
    foreign.write_text("mine")
    write_parquet_set(tmp_path, small_team())
    assert foreign.read_text() == "mine"
    assert not (tmp_path / "provenance" / "movement=lunge").exists()
    assert (tmp_path / "provenance" / "movement=squat").exists()


def test_many_clips_are_cut_into_files_of_bounded_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_set, "CLIPS_A_FILE", 4)
    clips = [clip(f"P{at:02d}", [measure("rep_time", float(at))]) for at in range(10)]
    write_parquet_set(tmp_path, team(clips))
    parts = sorted((tmp_path / "measures" / "movement=squat").iterdir())
    assert [path.name for path in parts] == ["part-00000.parquet", "part-00001.parquet", "part-00002.parquet"]
    assert table(tmp_path, "measures")["value"].to_pylist() == [float(at) for at in range(10)]


def test_a_movement_of_a_foreign_version_cannot_leave_the_folder(tmp_path: Path) -> None:
    write_parquet_set(tmp_path / "set", team([clip("Ada", movement="../../x")]))
    (row,) = table(tmp_path / "set", "provenance").to_pylist()
    assert row["movement"] == "______x"
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_the_page_about_the_results_names_every_column() -> None:
    said = (Path(__file__).parents[3] / "docs" / "team.md").read_text(encoding="utf-8")
    columns = {*MEASURE_COLUMNS, *(name for schema in SCHEMAS.values() for name in schema.names)}
    assert not [name for name in columns if f"`{name}`" not in said]


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "measures").write_text("a file, not a folder")
    with pytest.raises(OutputError, match="measures"):
        write_parquet_set(tmp_path, small_team())


def test_pandas_reads_it_as_a_table(tmp_path: Path) -> None:
    import pandas

    write_parquet_set(tmp_path, small_team())
    for name, schema in SCHEMAS.items():
        read = pandas.read_parquet(tmp_path / name)
        assert list(read.columns) == [*schema.names, "movement"]
        assert len(read) == table(tmp_path, name).num_rows


def test_duckdb_reads_it_as_a_table(tmp_path: Path) -> None:
    import duckdb

    write_parquet_set(tmp_path, small_team())
    place = (tmp_path / "measures" / "*" / "*.parquet").as_posix()
    asked = f"SELECT value FROM read_parquet('{place}', hive_partitioning = true) WHERE movement = 'squat' AND rep = 1"
    assert len(duckdb.sql(asked).fetchall()) == 18
