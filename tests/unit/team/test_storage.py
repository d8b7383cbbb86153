"""Videos behind a URL are read like those of a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

import vidgait
from tests.support.batches import calls_of, pretend, videos
from vidgait.errors import BackendMissingError, SettingsError, VideoFetchError, VideoOpenError
from vidgait.team.run import understand
from vidgait.team.scan import Found
from vidgait.team.storage import CloudFolder, LocalFolder, fetched, video_folder

SAID = {"anna/squat.mp4": "good 1", "ben/walk.mp4": "nobody", "ben/empty.mp4": "", "ben/._squat.mp4": "x"}


@pytest.fixture
def memory() -> Iterator[str]:
    files = fsspec.filesystem("memory")
    for path, text in SAID.items():
        files.pipe(f"/team/{path}", text.encode())
    yield "memory://team"
    files.rm("/team", recursive=True)


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("s3://club/team", "url"),
        ("zip://team::s3://club/all.zip", "url"),
        ("simplecache::gs://club/team", "url"),
        ("team", "path"),
        (r"C:\videos\team", "path"),
        ("/srv/team: 2026", "path"),
    ],
)
def test_a_url_is_told_from_a_path(place: str, kind: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("vidgait.team.storage._file_system", lambda url: (None, url))
    assert isinstance(video_folder(place), CloudFolder if kind == "url" else LocalFolder)


def test_a_url_is_scanned_like_a_folder(memory: str, tmp_path: Path) -> None:
    here = LocalFolder(videos(tmp_path / "team", SAID)).scan()
    assert video_folder(memory).scan() == here
    assert here.videos == (Found("anna/squat.mp4", 6), Found("ben/walk.mp4", 6))
    assert [one.code for one in here.left_out] == ["empty_file"]
    assert understand(memory).estimate().disk_bytes > 0


def test_a_video_is_fetched_and_removed(memory: str) -> None:
    with fetched(video_folder(memory).place("anna/squat.mp4")) as video:
        assert (video.name, video.read_text()) == ("squat.mp4", "good 1")
    assert not video.exists()
    with fetched(f"{memory}/anna/squat.mp4", "A-1.mp4") as video:
        assert video.name == "A-1.mp4"


def test_identity_follows_the_content(memory: str, tmp_path: Path) -> None:
    folder = video_folder(memory)
    before = folder.identity("anna/squat.mp4")
    assert folder.identity("anna/squat.mp4") == before
    fsspec.filesystem("memory").pipe("/team/anna/squat.mp4", b"good 22")
    assert folder.identity("anna/squat.mp4") != before


def test_what_is_not_there_is_said(memory: str) -> None:
    with pytest.raises(VideoOpenError, match="no folder memory://elsewhere"):
        video_folder("memory://elsewhere").scan()
    with pytest.raises(VideoOpenError, match="There is no"), fetched("memory://team/absent.mp4"):
        pass
    with pytest.raises(VideoOpenError, match="no place that can be read"):
        video_folder("nonsense://team")


def test_storage_that_fails_is_no_broken_video(memory: str, monkeypatch: Any) -> None:
    folder = video_folder(memory)

    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("Forbidden\nwith a long story")

    monkeypatch.setattr(type(fsspec.filesystem("memory")), "find", refuse)
    with pytest.raises(VideoFetchError, match=r"cannot be read: Forbidden\."):
        folder.scan()


def test_what_a_url_needs_is_named(monkeypatch: Any) -> None:
    def missing(url: str) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", missing)
    with pytest.raises(BackendMissingError, match="Install s3fs") as error:
        video_folder("s3://club/team")
    assert "vidgait[cloud]" in error.value.hint


def test_a_batch_from_a_url(tmp_path: Path) -> None:
    """Through `file://`, which worker processes see as well."""
    team, out = videos(tmp_path / "team", SAID), tmp_path / "out"
    result = vidgait.batch(f"file://{team}", out=out, workers=1, analyse=pretend)
    assert {clip.path: clip.code for clip in result.clips} == {
        "anna/squat.mp4": None,
        "ben/empty.mp4": "empty_file",
        "ben/walk.mp4": "no_person",
    }
    vidgait.batch(f"file://{team}", out=out, workers=1, analyse=pretend)
    assert set(calls_of(out).values()) == {1}
    with pytest.raises(SettingsError, match="--out"):
        vidgait.batch(f"file://{team}", analyse=pretend)
