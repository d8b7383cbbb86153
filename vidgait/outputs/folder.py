"""An output folder that appears complete or not at all, and in which nothing is lost that is not ours."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vidgait.errors import OutputError

__all__ = ["ANNOTATED", "KEY_FRAMES", "OWN", "check_target", "clear_leftovers", "result_folder"]

ANNOTATED = "annotated.mp4"
KEY_FRAMES = "key_frames"
OWN = frozenset(
    {
        ANNOTATED,
        KEY_FRAMES,
        "analysis.json",
        "frames.csv",
        "frames.parquet",
        "measures.csv",
        "poses.npz",
        "report.html",
        "session.html",
        "session.json",
        "report.pdf",
    }
)
"""What vidgait writes. Everything else in a folder belongs to somebody else, and stays when results are replaced."""


_LEFTOVER = re.compile(r"\.(?P<name>.+)\.partial-[0-9a-f]{8}(?P<old>\.old)?")


def check_target(target: Path, overwrite: bool, video: Path | None = None) -> None:
    """Fail before the long work rather than after it.

    Raises OutputError if `target` exists (unless `overwrite`), if it or its parent cannot be made, or if replacing its
    results would delete the input `video`.
    """
    try:
        _check(target, overwrite, video)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"{target} cannot be used: {error.strerror}.", "Choose another place with --out.") from None


def _check(target: Path, overwrite: bool, video: Path | None) -> None:
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target} is a file, not a folder.", "Choose another place with --out.")
    if target.exists() and not overwrite and any(target.iterdir()):
        raise OutputError(f"{target} exists already.", "Use --overwrite to replace it, or --out for another place.")
    if video is not None and video.name in OWN and video.resolve().parent == target.resolve():
        raise OutputError(f"{video} would be replaced by its own result.", "Choose another place with --out.")
    for parent in target.parents:
        if parent.exists():
            if not parent.is_dir():
                raise OutputError(f"{parent} is a file, so no folder can be made in it.", "Choose another --out.")
            if not os.access(parent, os.W_OK):
                raise OutputError(f"{parent} cannot be written to.", "Choose another place with --out.")
            return


@contextmanager
def result_folder(target: Path, overwrite: bool, video: Path | None = None) -> Iterator[Path]:
    """A scratch folder beside `target` that takes its name when the block ends well, and vanishes when it does not.

    Raises OutputError for everything the file system refuses, a full disk included.
    """
    target = Path(os.path.abspath(target))  # noqa: PTH100 (`.` and `..` by name, without following links)
    check_target(target, overwrite, video)
    made = [parent for parent in target.parents if not parent.exists()]
    scratch = target.parent / f".{target.name}.partial-{secrets.token_hex(4)}"
    try:
        scratch.mkdir(parents=True)
    except OSError as error:
        _remove_empty(made)
        raise OutputError(f"{target} cannot be made: {error.strerror}.", "Choose another place with --out.") from None
    try:
        yield scratch
        _take_place(scratch, target)
    except OSError as error:
        # Errors of this program say what they are about; a bare one comes from writing here.
        if type(error).__module__.startswith("vidgait."):
            raise
        raise OutputError(f"{target} cannot be written: {error.strerror or error}.", "Free some space.") from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        _remove_empty(made)


def _take_place(scratch: Path, target: Path) -> None:
    """The old results step aside first, so that there is never a mixture; whatever fails, they come back."""
    if not target.exists():
        scratch.rename(target)
        return
    aside = scratch.with_name(scratch.name + ".old")
    target.rename(aside)
    try:
        _move_foreign(aside, scratch)
        scratch.rename(target)
    except BaseException:
        _move_foreign(scratch, aside)
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _move_foreign(source: Path, target: Path) -> None:
    for item in list(source.iterdir()):
        if item.name not in OWN and not (target / item.name).exists():
            item.rename(target / item.name)


def clear_leftovers(parent: Path) -> None:
    """Undo in `parent` what a killed program left half done: results that had stepped aside get their place back,
    half-made ones go. Only while nobody else writes there."""
    # Reversed, `.old` comes before the half-made folder that was to take its place.
    for item in sorted(parent.glob(".*.partial-*"), reverse=True):
        match = _LEFTOVER.fullmatch(item.name)
        if match is None:
            continue
        target = parent / match["name"]
        if match["old"]:
            if not target.exists():
                item.rename(target)
            # Files that are not ours may have been on their way from the one to the other.
            for place in (item, item.with_suffix("")):
                if place.is_dir():
                    _move_foreign(place, target)
        shutil.rmtree(item, ignore_errors=True)


def _remove_empty(folders: list[Path]) -> None:
    """Folders made for nothing, innermost first; one that holds something stays."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return
