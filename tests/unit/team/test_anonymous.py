"""With ids instead of names no file of a team holds a name, a file's name or a way to it."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow.dataset as ds
import pytest

from tests.support.teams import clip, measure, small_team, team
from vidgait.team.anonymous import anonymised, anonymous_folder, anonymous_id, anonymous_path, write_key
from vidgait.team.results import TeamResult, Who
from vidgait.team.writing import write_team
from vidgait.types import Issue

NAMES = ("Ada", "Bea", "Cem", "Dörte", "Finn", "Gül", "Hanno", "Zoë", "Max", "Eve", "Ida", "unknown.mp4")


def everything(folder: Path) -> str:
    """All that a reader of the files could see, and all their names."""
    said = [(folder / name).read_text(encoding="utf-8") for name in ("team.html", "team.csv")]
    with zipfile.ZipFile(folder / "team.xlsx") as book:
        said += [book.read(name).decode() for name in book.namelist()]
    for name in ("measures", "reps", "issues", "provenance"):
        said.append(str(ds.dataset(folder / "parquet" / name, partitioning="hive").to_table().to_pylist()))
    return "\n".join([*said, *(path.as_posix() for path in folder.rglob("*"))])


def with_anonymous_folders(result: TeamResult) -> TeamResult:
    clips = [replace(one, folder=anonymous_folder(one)) if one.folder else one for one in result.clips]
    return replace(result, clips=tuple(clips), anonymous=True)


def test_no_name_is_left_anywhere(tmp_path: Path) -> None:
    result = replace(small_team(), anonymous=True)
    write_team(tmp_path, result)
    text = everything(tmp_path)
    for name in NAMES:
        assert not re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE if name != "Max" else 0), name
    assert anonymous_id("Zoë") in text


def test_links_stay_where_the_folders_are_anonymous_and_go_where_they_tell_a_name(tmp_path: Path) -> None:
    write_team(tmp_path, replace(small_team(), anonymous=True))
    assert "report.html" not in (tmp_path / "team.html").read_text(encoding="utf-8")
    write_team(tmp_path, with_anonymous_folders(small_team()))
    page = (tmp_path / "team.html").read_text(encoding="utf-8")
    one = next(one for one in small_team().clips if one.who.athlete == "Zoë")
    assert f'href="{anonymous_folder(one)}/report.html"' in page


def test_ids_are_stable_and_differ() -> None:
    ids = {anonymous_id(name) for name in NAMES}
    assert len(ids) == len(NAMES)
    assert anonymous_id("Zoë") == anonymous_id("zoe\u0308") == anonymous_id("  ZOË ")
    assert anonymous_id("Zoë") != anonymous_id("Zoë", "secret")
    more = team([*small_team().clips, clip("Aaron")])
    before = {one.who.athlete for one in anonymised(small_team()).clips}
    assert before < {one.who.athlete for one in anonymised(more).clips}


def test_the_id_is_the_documented_one() -> None:
    """HMAC-SHA256 of `A:` and the name in small letters, in base 32: results of other versions still fit."""
    assert anonymous_id("Ada") == "A-TLTZOI56"


def test_it_can_be_applied_twice() -> None:
    once = anonymised(with_anonymous_folders(small_team()))
    twice = anonymised(once)
    assert [one.path for one in once.clips] == [one.path for one in twice.clips]
    assert [one.folder for one in once.clips] == [one.folder for one in twice.clips]
    assert all(one.folder for one in once.done)


def test_names_in_sentences_go_too() -> None:
    who = Who("Anna-Lena Müller", "squat Anna")
    made = clip(
        "Anna-Lena Müller",
        who=who,
        path="u17/anna_lena_müller/squat.mp4",
        issues=(Issue("x", "warning", "anna_lena_müller/squat.mp4: MÜLLER is cut off."),),
        provenance={"input_sha256": "0", "note": ["from squat.mp4 of Lena"]},
    )
    (one,) = anonymised(team([made])).clips
    id = anonymous_id("Anna-Lena Müller")
    texts = f"{one.who} {one.issues} {one.provenance} {one.path}".casefold()
    for word in ("anna", "lena", "müller", "squat.mp4", "u17"):
        assert word not in texts, word
    assert one.who.athlete == id
    assert one.who.test == f"squat {id}"


def test_numbers_stay_as_they_are() -> None:
    made = clip("Ada", [measure("rep_time", 1.5)])
    (one,) = anonymised(team([made])).clips
    assert (one.measures, one.reps, one.who.height_m) == (made.measures, made.reps, made.who.height_m)


def test_paths_keep_the_clips_of_one_athlete_together() -> None:
    first, second = clip("Ada", test="a"), clip("Ada", test="b")
    assert anonymous_path(first).split("/")[0] == anonymous_path(second).split("/")[0] == anonymous_id("Ada")
    assert anonymous_path(first) != anonymous_path(second)
    assert anonymous_path(first).endswith(".mp4")
    nobody = clip(None, who=Who(), path="Ada.MOV")
    assert anonymous_path(nobody).startswith("V-") and anonymous_path(nobody).endswith(".mov")


def test_the_key_says_whose_an_id_is(tmp_path: Path) -> None:
    write_key(tmp_path / "key.csv", small_team(), "secret")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "key.csv").read_text(encoding="utf-8-sig"))))
    assert {"id": anonymous_id("Zoë", "secret"), "athlete": "Zoë", "path": ""} in rows
    shown = anonymised(small_team(), "secret")
    assert {one.path for one in shown.clips} <= {row["id"] for row in rows}


@pytest.mark.parametrize("anonymous", [False, True])
def test_no_key_is_written_unasked(tmp_path: Path, anonymous: bool) -> None:
    write_team(tmp_path, replace(small_team(), anonymous=anonymous))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parquet", "team.csv", "team.html", "team.xlsx"]
