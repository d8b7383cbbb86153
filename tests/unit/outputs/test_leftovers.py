"""What a killed program left half done in a folder of results."""

from __future__ import annotations

from pathlib import Path

from vidgait.outputs.folder import clear_leftovers


def put(folder: Path, **files: str) -> None:
    folder.mkdir()
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)


def test_killed_before_the_results_took_their_place(tmp_path: Path) -> None:
    put(tmp_path / "a", analysis_json="old", notes_txt="mine")
    put(tmp_path / ".a.partial-0123abcd", analysis_json="half")
    clear_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a" / "analysis.json").read_text() == "old"


def test_killed_while_the_old_results_stood_aside(tmp_path: Path) -> None:
    put(tmp_path / ".a.partial-0123abcd.old", analysis_json="old", notes_txt="mine")
    put(tmp_path / ".a.partial-0123abcd", analysis_json="new", more_txt="mine too")
    clear_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert {path.name: path.read_text() for path in (tmp_path / "a").iterdir()} == {
        "analysis.json": "old",
        "notes.txt": "mine",
        "more.txt": "mine too",
    }


def test_killed_before_the_old_results_were_removed(tmp_path: Path) -> None:
    put(tmp_path / "a", analysis_json="new", notes_txt="mine")
    put(tmp_path / ".a.partial-0123abcd.old", analysis_json="old")
    clear_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a" / "analysis.json").read_text() == "new"


def test_what_others_named_so_stays(tmp_path: Path) -> None:
    put(tmp_path / ".a.partial-mine", x_txt="x")
    put(tmp_path / ".b", y_txt="y")
    clear_leftovers(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".a.partial-mine", ".b"]
