from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.support.analyses import synthetic_squat
from vidgait.outputs import tables
from vidgait.types import Analysis, Measure, Rep


@pytest.fixture
def analysis() -> Analysis:
    return synthetic_squat("left", reps=2, lost=(2.0, 2.3))


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_csv_and_parquet_say_the_same(tmp_path: Path, analysis: Analysis) -> None:
    tables.write_frames_csv(tmp_path / "frames.csv", analysis)
    tables.write_frames_parquet(tmp_path / "frames.parquet", analysis)
    rows = read_csv(tmp_path / "frames.csv")
    parquet = pq.read_table(tmp_path / "frames.parquet").to_pylist()
    assert list(rows[0]) == list(parquet[0])
    assert len(rows) == len(parquet) == len(analysis.poses.time_s)
    for text, exact in zip(rows, parquet, strict=True):
        for name, value in exact.items():
            if value is None:
                assert text[name] == ""
            elif isinstance(value, float):
                assert float(text[name]) == pytest.approx(value, abs=1e-6)
            else:
                assert text[name] == str(value)


def test_missing_is_empty_and_zero_is_zero(tmp_path: Path, analysis: Analysis) -> None:
    tables.write_frames_csv(tmp_path / "frames.csv", analysis)
    rows = read_csv(tmp_path / "frames.csv")
    unseen = next(row for row in rows if 2.05 < float(row["time_s"]) < 2.25)
    assert unseen["left_knee_x_px"] == unseen["knee_flexion_left_deg"] == ""
    assert all(row["fppa_left_deg"] == "" for row in rows)
    assert float(rows[0]["time_s"]) == 0.0


def test_values_stand_in_the_right_rows(analysis: Analysis) -> None:
    table = tables.frame_table(analysis).to_pydict()
    at = 12
    knee = next(s for s in analysis.series if s.name == "knee_flexion_deg" and s.side == "right")
    assert table["knee_flexion_right_deg"][at] == pytest.approx(float(knee.value[at]), nan_ok=True) or knee.why_none
    assert table["left_knee_y_px"][at] == analysis.clean.point("left_knee")[at, 1]
    assert table["view"][at] == "left" and table["segment"][at] == 0


def test_reps_and_phases(analysis: Analysis) -> None:
    rep = Rep(1, "rep", 1.0, 2.0, instants={"bottom": 1.5, "eccentric_end": 1.4, "concentric_start": 1.6})
    partial = Rep(0, "partial", 3.0, 4.0)
    hold = Rep(2, "hold", 4.0, 5.0)
    table = tables.frame_table(replace(analysis, reps=(rep, partial, hold))).to_pydict()
    found = dict(zip(np.round(table["time_s"], 3), zip(table["rep"], table["phase"], strict=True), strict=True))
    expected: dict[float, Any] = {
        0.9: (None, None),
        1.0: (1, "eccentric"),
        1.4: (1, "pause"),
        1.6: (1, "concentric"),
        2.0: (None, None),
        3.5: (None, None),
        4.5: (2, None),
    }
    assert {time_s: found[time_s] for time_s in expected} == expected


def test_parquet_carries_units_and_provenance(tmp_path: Path, analysis: Analysis) -> None:
    hidden = replace(analysis, video=replace(analysis.video, path="/home/anna/clip.mp4"))
    tables.write_frames_parquet(tmp_path / "frames.parquet", hidden)
    schema = pq.read_schema(tmp_path / "frames.parquet")
    assert schema.field("knee_flexion_left_deg").metadata[b"unit"] == b"deg"
    about = json.loads(schema.metadata[b"vidgait"])
    assert about["provenance"]["vidgait"] == "0.1.0"
    assert about["why_empty"]["fppa_left_deg"] == "not measurable from the side"
    assert about["video"] == "clip.mp4" and "anna" not in json.dumps(about)


def test_excel_is_told_that_words_are_utf_8(tmp_path: Path, analysis: Analysis) -> None:
    refused = Measure("refused", "Refused", None, "deg", why_none="turned by 40 ± 8°")
    tables.write_measures_csv(tmp_path / "measures.csv", replace(analysis, measures=(refused,)))
    tables.write_frames_csv(tmp_path / "frames.csv", analysis)
    assert (tmp_path / "measures.csv").read_bytes().startswith(b"\xef\xbb\xbfid,")
    assert "40 ± 8°" in (tmp_path / "measures.csv").read_text(encoding="utf-8-sig")
    assert (tmp_path / "frames.csv").read_bytes().decode("ascii").startswith("frame,")


def test_measures(tmp_path: Path, analysis: Analysis) -> None:
    extra = (
        Measure("odd", 'A "quoted", label', 1.25, "deg", "left", 2, 1, 0.5, 1.0, None, "C", ("blurred", "few reps")),
        Measure("refused", "Refused", None, "deg", why_none="not measurable from the side"),
    )
    tables.write_measures_csv(tmp_path / "measures.csv", replace(analysis, measures=extra))
    odd, refused = read_csv(tmp_path / "measures.csv")
    assert tuple(odd) == tables.MEASURE_COLUMNS
    assert odd["label"] == 'A "quoted", label' and odd["reasons"] == "blurred; few reps"
    assert (odd["side"], odd["rep"], odd["value"], odd["error"], odd["mdc"]) == ("left", "2", "1.25", "1.0", "")
    assert (refused["value"], refused["rep"], refused["why_none"]) == ("", "", "not measurable from the side")


@pytest.mark.parametrize(
    ("name", "side", "column"),
    [
        ("knee_flexion_deg", "left", "knee_flexion_left_deg"),
        ("trunk_lean_deg", None, "trunk_lean_deg"),
        ("hip_height_m", "right", "hip_height_right_m"),
        ("knee_velocity_deg_s", "right", "knee_velocity_right_deg_s"),
        ("knee_separation_hips_ratio", "left", "knee_separation_hips_left_ratio"),
        ("phase", "left", "phase_left"),
    ],
)
def test_the_side_goes_before_the_unit(name: str, side: Any, column: str) -> None:
    assert tables.series_column(name, side) == column


def test_a_clip_without_anything_still_gives_tables(tmp_path: Path, analysis: Analysis) -> None:
    bare = replace(analysis, reps=(), measures=(), segments=(), series=())
    tables.write_measures_csv(tmp_path / "measures.csv", bare)
    tables.write_frames_csv(tmp_path / "frames.csv", bare)
    assert read_csv(tmp_path / "measures.csv") == []
    rows = read_csv(tmp_path / "frames.csv")
    assert rows[0]["view"] == rows[0]["rep"] == ""
