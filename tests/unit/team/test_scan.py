"""Which files a batch takes, and where their results go."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidgait.errors import VideoOpenError
from vidgait.team.scan import MARKER, result_folders, scan, scan_listing


def put(folder: Path, *paths: str, text: str = "x") -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def test_videos_at_any_depth_and_of_any_case_are_found(tmp_path: Path) -> None:
    put(tmp_path, "a.mp4", "deep/er/B.MOV", "deep/c.WebM", "deep/notes.txt", "cover.jpg")
    assert [one.path for one in scan(tmp_path).videos] == ["a.mp4", "deep/c.WebM", "deep/er/B.MOV"]
    assert [one.size_bytes for one in scan(tmp_path).videos] == [1, 1, 1]


def test_hidden_files_and_results_are_not_looked_at(tmp_path: Path) -> None:
    put(tmp_path, "a.mp4", "._a.mp4", ".trash/b.mp4", "old/analysis.json", "old/poses.npz", "old/annotated.mp4")
    put(tmp_path, "vidgait_batch/a/annotated.mp4", f"vidgait_batch/{MARKER}/done/x.json")
    put(tmp_path, "elsewhere/deep/annotated.mp4", f"elsewhere/{MARKER}/lock")
    found = scan(tmp_path)
    assert [one.path for one in found.videos] == ["a.mp4"]
    assert found.left_out == ()


def test_a_results_folder_that_is_scanned_itself_holds_nothing(tmp_path: Path) -> None:
    put(tmp_path, "a/annotated.mp4", f"{MARKER}/lock")
    assert scan(tmp_path).videos == ()


def test_empty_files_and_live_photos_are_named(tmp_path: Path) -> None:
    put(tmp_path, "empty.mp4", text="")
    put(tmp_path, "IMG_0001.HEIC", "IMG_0001.MOV", "IMG_0002.JPG", "IMG_0002.mov", "anna.jpg", "anna.mov")
    found = scan(tmp_path)
    assert [(one.path, one.code) for one in found.left_out] == [
        ("IMG_0001.MOV", "live_photo"),
        ("IMG_0002.mov", "live_photo"),
        ("empty.mp4", "empty_file"),
    ]
    assert "IMG_0001.HEIC" in found.left_out[0].reason
    assert [one.path for one in found.videos] == ["anna.mov"], "a picture beside a named video is no Live Photo"


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "a/x.mp4")
    (tmp_path / "a" / "round").symlink_to(tmp_path)
    assert [one.path for one in scan(tmp_path).videos] == ["a/x.mp4"]


def test_a_listing_is_read_as_a_folder_is(tmp_path: Path) -> None:
    put(tmp_path, "a.mp4", "b/c.MOV", "b/.hidden.mp4", "r/analysis.json", "r/poses.npz", "r/annotated.mp4")
    put(tmp_path, f"out/{MARKER}/done/1.json", "out/a/annotated.mp4")
    sizes = {path.relative_to(tmp_path).as_posix(): 1 for path in tmp_path.rglob("*") if path.is_file()}
    assert scan_listing(sizes) == scan(tmp_path)


def test_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(VideoOpenError, match="no folder"):
        scan(tmp_path / "absent")


def test_results_mirror_the_folders_of_the_videos() -> None:
    assert result_folders(["a/b/x.mp4", "a/y.MOV"]) == {"a/b/x.mp4": "a/b/x", "a/y.MOV": "a/y"}


def test_two_of_one_name_do_not_collide() -> None:
    paths = ["a/x.mp4", "a/x.mov", "a/X.mp4", "b/x.mp4", "b/x/z.mp4", "team.mp4", "batch.mov"]
    folders = result_folders(paths)
    assert len({name.casefold() for name in folders.values()}) == len(paths)
    assert not {"team", "batch", "b/x"} & set(folders.values())
    assert folders["a/x.mp4"].startswith("a/x-mp4-")
    assert folders == result_folders(paths[::-1])


def test_one_more_video_renames_no_others_results() -> None:
    before = result_folders(["a/x.mp4", "a/y.mp4"])
    after = result_folders(["a/x.mp4", "a/y.mp4", "a/z.mp4"])
    assert before.items() <= after.items()
