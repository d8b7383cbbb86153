from __future__ import annotations

import os
from pathlib import Path

import pytest

from vidgait.errors import NoPersonError, OutputError
from vidgait.outputs.folder import check_target, result_folder


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_dot_", ".")).write_text(text, encoding="utf-8")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_appears_when_all_went_well(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "er" / "out"
    with result_folder(target, overwrite=False) as folder:
        write(folder, report_dot_html="new")
        assert not target.exists()
    assert names(target) == ["report.html"]
    assert names(target.parent) == ["out"]


def test_nothing_is_left_when_it_failed(tmp_path: Path) -> None:
    with pytest.raises(NoPersonError), result_folder(tmp_path / "a" / "out", overwrite=False) as folder:
        write(folder, report_dot_html="new")
        raise NoPersonError("Nobody.")
    assert names(tmp_path) == []


def test_files_of_others_stay_when_results_are_replaced(tmp_path: Path) -> None:
    target = tmp_path / "squat"
    write(target, report_dot_html="old", frames_dot_csv="old", squat_dot_mp4="the only copy", notes_dot_txt="mine")
    with result_folder(target, overwrite=True) as folder:
        write(folder, report_dot_html="new")
    assert names(target) == ["notes.txt", "report.html", "squat.mp4"]
    assert (target / "report.html").read_text(encoding="utf-8") == "new"
    assert names(tmp_path) == ["squat"]


@pytest.mark.parametrize("failing", [1, 2, 3, 4])
def test_whatever_fails_while_changing_places_the_old_results_come_back(
    failing: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "squat"
    write(target, report_dot_html="old", notes_dot_txt="mine")
    calls = []
    rename = Path.rename

    def sometimes(self: Path, other: Path) -> Path:
        calls.append(self.name)
        if len(calls) == failing:
            raise KeyboardInterrupt
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", sometimes)
    if failing <= 3:
        with pytest.raises(KeyboardInterrupt), result_folder(target, overwrite=True) as folder:
            write(folder, report_dot_html="new")
        assert (target / "report.html").read_text(encoding="utf-8") == "old"
    else:
        with result_folder(target, overwrite=True) as folder:
            write(folder, report_dot_html="new")
    assert (target / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert names(tmp_path) == ["squat"]


def test_the_folder_one_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "here", report_dot_html="old")
    monkeypatch.chdir(tmp_path / "here")
    with result_folder(Path(), overwrite=True) as folder:
        write(folder, report_dot_html="new")
    assert (tmp_path / "here" / "report.html").read_text(encoding="utf-8") == "new"


def test_an_input_that_would_be_replaced_by_its_result_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "out", annotated_dot_mp4="a video to analyse once more")
    with pytest.raises(OutputError, match="its own result"):
        check_target(tmp_path / "out", overwrite=True, video=tmp_path / "out" / "annotated.mp4")


@pytest.mark.parametrize("number", [13, 36], ids=["not permitted", "name too long"])
def test_what_the_system_refuses_is_one_line(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, **_: object) -> bool:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "exists", refuse)
    with pytest.raises(OutputError, match=os.strerror(number)):
        check_target(tmp_path / "out", overwrite=False)


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No space left"), result_folder(tmp_path / "out", overwrite=False):
        raise OSError(28, "No space left on device")
    assert names(tmp_path) == []
