"""Whose video it is, from a table and from names."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidgait.errors import SettingsError
from vidgait.team.manifest import read_manifest, who_by_names


@pytest.mark.parametrize(
    ("path", "athlete", "test", "side", "date", "load_kg"),
    [
        ("Anna Berg_squat_2026-03-01_60kg.mp4", "Anna Berg", "squat", None, "2026-03-01", 60.0),
        ("Berg_single_leg_squat_L.mp4", "Berg", "single_leg_squat", "left", None, None),
        ("anna/squats front 2.mp4", "anna", "squat", None, None, None),
        ("ben/single leg squat left.MP4", "ben", "single_leg_squat", "left", None, None),
        ("squats/Anna Berg.mp4", "Anna Berg", "squat", None, None, None),
        ("U19/John R Smith - SLS - R.mp4", "John R Smith", "sls", "right", None, None),
        ("anna/IMG_0034.MOV", "anna", None, None, None, None),
        ("20260301/Ben/cmj 2.mp4", "Ben", "cmj", None, "2026-03-01", None),
        ("Jörg_lateral_step-down_r_t2.mov", "Jörg", "lateral_step_down", "right", None, None),
        ("Lunges/left/Zoë.mp4", "Zoë", "lunge", "left", None, None),
        ("60 kg/anna squat.mp4", "anna", "squat", None, None, 60.0),
        ("anna_20269999.mp4", "anna 20269999", None, None, None, None),
    ],
)
def test_names(
    path: str, athlete: str | None, test: str | None, side: str | None, date: str | None, load_kg: float | None
) -> None:
    who = who_by_names(path)
    assert (who.athlete, who.test, who.side, who.date, who.load_kg) == (athlete, test, side, date, load_kg)
    assert who.source == "names"


def test_a_camera_name_alone_says_nothing() -> None:
    assert who_by_names("IMG_0034.MOV").source == "nothing"


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "players.csv"
    path.write_bytes(text.encode("utf-8-sig"))
    return path


def test_a_table_wins_and_names_fill_its_gaps(tmp_path: Path) -> None:
    rows = read_manifest(
        table(tmp_path, "Path;Athlete;height_cm;mass_kg;side\nx/a.mp4;Zoë Ångström;181,5;72,5;L\nb.MOV;Ben;;;\n")
    )
    who = rows.find("x/a.mp4", who_by_names("x/a_squat_60kg.mp4"), False)
    assert (who.athlete, who.height_m, who.mass_kg, who.side) == ("Zoë Ångström", pytest.approx(1.815), 72.5, "left")
    assert (who.test, who.load_kg, who.source) == ("squat", 60.0, "manifest and names")
    assert rows.find("deep/b.MOV", who_by_names("deep/b.MOV"), False).athlete == "Ben", "a bare name where only one is"
    assert rows.find("deep/b.MOV", who_by_names("deep/b.MOV"), True).athlete == "b", "and not where two are"
    assert rows.unknown(["x/a.mp4"]) == ("b.MOV",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("athlete\nAnna\n", "no column 'path'"),
        ("path,shoe\na.mp4,42\n", "'shoe'"),
        ("path,height_m\na.mp4,tall\n", "line 2: height_m is not a number: 'tall'"),
        ("path,height_m\na.mp4,181\n", "between 0.5 and 2.6, not 181"),
        ("path,side\na.mp4,middle\n", "left or right, not 'middle'"),
        ("path,date\na.mp4,1.3.2026\n", "like 2026-03-01"),
        ("path\na.mp4\na.mp4\n", "twice"),
        ("path,height_m,mass_kg\na.mp4,1,81,72\n", "line 2: more cells than columns"),
        ("path,athlete,Athlete\na.mp4,Anna,Ben\n", "column 'athlete' twice"),
    ],
)
def test_what_makes_no_sense_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said.replace("(", r"\(")):
        read_manifest(table(tmp_path, text))


def test_columns_without_a_name_are_let_be_while_they_are_empty(tmp_path: Path) -> None:
    assert read_manifest(table(tmp_path, "path,athlete,,\na.mp4,Anna,,\n")).rows["a.mp4"].athlete == "Anna"
    with pytest.raises(SettingsError, match="line 2: more cells than columns"):
        read_manifest(table(tmp_path, "path,athlete,\na.mp4,Anna,72\n"))


def test_a_table_in_another_encoding_is_said(tmp_path: Path) -> None:
    path = tmp_path / "players.csv"
    path.write_bytes("path,athlete\na.mp4,Jörg\n".encode("latin-1"))
    with pytest.raises(SettingsError, match="UTF-8"):
        read_manifest(path)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_manifest(tmp_path / "absent.csv")
