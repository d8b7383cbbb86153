"""Which files of a folder are videos to analyse, which are left out on purpose, and where the results of each go."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from vidgait.errors import VideoOpenError
from vidgait.team.parquet_set import PARQUET

__all__ = ["MARKER", "VIDEO_ENDINGS", "Found", "LeftOut", "Scan", "result_folders", "scan", "scan_listing"]

MARKER = ".vidgait-batch"
"""A folder of this name marks its parent as results of a batch, which no scan looks into."""

VIDEO_ENDINGS = frozenset(
    {".3gp", ".avi", ".flv", ".insv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogv", ".ts"}
    | {".webm", ".wmv"}
)
PICTURE_ENDINGS = frozenset({".heic", ".heif"})
CAMERA_PICTURE_ENDINGS = frozenset({".jpg", ".jpeg"})
_CAMERA_NAME = re.compile(r"img_e?\d{4}", re.IGNORECASE)
RESERVED = frozenset({"batch", "team", PARQUET.casefold()})


@dataclass(frozen=True, slots=True)
class Found:
    """A video: its path relative to the scanned folder, with forward slashes, and its size."""

    path: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that looks like a video and is not analysed, and why."""

    path: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scan:
    videos: tuple[Found, ...]
    left_out: tuple[LeftOut, ...]


def scan(folder: Path) -> Scan:
    """Everything below `folder`, in order of path. Hidden files and folders and the results of vidgait are not looked
    at; links to folders are not followed. Raises VideoOpenError where there is no such folder."""
    if not folder.is_dir():
        raise VideoOpenError(f"There is no folder {folder}.", "Give the folder that holds the videos.")
    sizes: dict[str, int | None] = {}
    for parent, folders, names in os.walk(folder):
        place = Path(parent)
        # Only for speed: scan_listing() would leave them out as well.
        folders[:] = [name for name in folders if not name.startswith(".")]
        if _is_results({*folders, *names, *((MARKER,) if (place / MARKER).exists() else ())}):
            folders[:] = []
            continue
        sizes.update({(place / name).relative_to(folder).as_posix(): _size(place / name) for name in names})
    return scan_listing(sizes)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def scan_listing(sizes: Mapping[str, int | None]) -> Scan:
    """Of files by relative path, with forward slashes, and size in bytes; None: cannot be read. In order of path."""
    beside: dict[str, set[str]] = {}
    for path in sizes:
        for one in (path, *map(str, PurePosixPath(path).parents))[:-1]:
            beside.setdefault(str(PurePosixPath(one).parent), set()).add(PurePosixPath(one).name)
    pictures: dict[tuple[str, str], list[str]] = {}
    for path in sorted(sizes):
        place = PurePosixPath(path)
        if place.suffix.casefold() in PICTURE_ENDINGS | CAMERA_PICTURE_ENDINGS:
            pictures.setdefault(_stem_place(place), []).append(place.name)
    results = {folder for folder, names in beside.items() if _is_results(names)}
    videos: list[Found] = []
    left_out: list[LeftOut] = []
    for path in sorted(sizes):
        place = PurePosixPath(path)
        if place.suffix.casefold() not in VIDEO_ENDINGS or any(part.startswith(".") for part in place.parts):
            continue
        if results.isdisjoint(map(str, place.parents)):
            found = _look(place, sizes[path], pictures.get(_stem_place(place), []))
            (videos if isinstance(found, Found) else left_out).append(found)  # type: ignore[arg-type]
    return Scan(tuple(videos), tuple(left_out))


def _is_results(names: Set[str]) -> bool:
    """Of the names of everything in a folder."""
    return MARKER in names or {"analysis.json", "poses.npz"} <= names


def _stem_place(path: PurePosixPath) -> tuple[str, str]:
    """The same for a video and the picture it belongs to."""
    return str(path.parent), path.stem.casefold()


def _look(path: PurePosixPath, size_bytes: int | None, pictures: Sequence[str]) -> Found | LeftOut:
    """`pictures`: those of the same name beside it."""
    if size_bytes is None:
        return LeftOut(str(path), "unreadable", "The file cannot be read.")
    if size_bytes == 0:
        return LeftOut(str(path), "empty_file", "The file is empty: copy it again from the camera.")
    twin = _live_photo(path, pictures)
    if twin is not None:
        return LeftOut(str(path), "live_photo", f"It is the moving half of the photo {twin}.")
    return Found(str(path), size_bytes)


def _live_photo(path: PurePosixPath, pictures: Sequence[str]) -> str | None:
    """The picture that a phone stored with these seconds: a HEIC of the same name, or a JPEG with a camera's name."""
    if path.suffix.casefold() != ".mov":
        return None
    of_a_camera = _CAMERA_NAME.fullmatch(path.stem) is not None
    for name in pictures:
        if of_a_camera or PurePosixPath(name).suffix.casefold() in PICTURE_ENDINGS:
            return name
    return None


def result_folders(paths: Sequence[str]) -> dict[str, str]:
    """The results' folder of every path: the path without its ending, so that subfolders are those of the input.

    Where that name is taken, by a subfolder, another ending or another case, the ending and, if need be, six digits of
    the path's hash tell them apart. It depends on the paths only, never on their order.
    """
    plain = {path: str(PurePosixPath(path).with_suffix("")) for path in paths}
    folders = {_folded(str(parent)) for path in paths for parent in PurePosixPath(path).parents}
    counts: dict[str, int] = {}
    for name in plain.values():
        counts[_folded(name)] = counts.get(_folded(name), 0) + 1
    taken = folders | RESERVED
    return {
        path: name if counts[_folded(name)] == 1 and _folded(name) not in taken else _told_apart(path)
        for path, name in plain.items()
    }


def _told_apart(path: str) -> str:
    place = PurePosixPath(path)
    digest = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:6]
    return str(place.with_name(f"{place.stem}-{place.suffix[1:].casefold()}-{digest}"))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
