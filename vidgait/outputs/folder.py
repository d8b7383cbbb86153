"""An output folder that appears complete or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vidgait.errors import OutputError

__all__ = ["check_target", "result_folder"]


def check_target(target: Path, overwrite: bool) -> None:
    """Fail before the long work rather than after it.

    Raises OutputError if `target` exists (unless `overwrite`), or if it or its parent cannot be made.
    """
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target} is a file, not a folder.", "Choose another place with --out.")
    if target.exists() and not overwrite and any(target.iterdir()):
        raise OutputError(f"{target} exists already.", "Use --overwrite to replace it, or --out for another place.")
    for parent in target.parents:
        if parent.exists():
            if not parent.is_dir():
                raise OutputError(f"{parent} is a file, so no folder can be made in it.", "Choose another --out.")
            if not os.access(parent, os.W_OK):
                raise OutputError(f"{parent} cannot be written to.", "Choose another place with --out.")
            return


@contextmanager
def result_folder(target: Path, overwrite: bool) -> Iterator[Path]:
    """A scratch folder beside `target` that takes its name when the block ends well, and vanishes when it does not.

    Raises OutputError for everything the file system refuses, a full disk included.
    """
    check_target(target, overwrite)
    made = [parent for parent in target.parents if not parent.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.partial-", dir=target.parent))
    except OSError as error:
        raise OutputError(f"{target} cannot be made: {error.strerror}.", "Choose another place with --out.") from None
    try:
        scratch.chmod(0o755)
        yield scratch
        _take_place(scratch, target)
    except OSError as error:
        if isinstance(error, OutputError) or error.errno is None:
            raise
        raise OutputError(f"{target} cannot be written: {error.strerror}.", "Free some space, or use --out.") from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        _remove_empty(made)


def _remove_empty(folders: list[Path]) -> None:
    """Folders made for nothing, innermost first; one that holds something stays."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


def _take_place(scratch: Path, target: Path) -> None:
    """The old folder steps aside first, so that there is never a moment with half of each."""
    if not target.exists():
        scratch.rename(target)
        return
    aside = scratch.with_name(scratch.name + ".old")
    target.rename(aside)
    scratch.rename(target)
    shutil.rmtree(aside, ignore_errors=True)
