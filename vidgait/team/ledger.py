"""What is done already, on disk: one small file a video, so that a killed run loses only what was being done.

A lock of the operating system keeps two runs out of one folder; it goes with the process that holds it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Literal

from vidgait.errors import OutputError
from vidgait.outputs.folder import clear_leftovers
from vidgait.store import write_atomically
from vidgait.team.scan import MARKER

__all__ = ["Entry", "Ledger", "locked", "sweep"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one piece of work."""

    key: str
    state: Literal["done", "failed"]
    folder: str
    code: str | None = None
    reason: str | None = None
    hint: str | None = None
    attempts: int = 1
    lasting: bool = True
    """The same work would end the same again: a failure that the video itself is the cause of."""


class Ledger:
    """Entries by path, below the marker of the results' folder."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._folder = out / MARKER / "done"

    def find(self, path: str, key: str, folder: str) -> Entry | None:
        """The entry of just this work where its results still lie there, or where it failed and would again."""
        try:
            entry = Entry(**json.loads(self._place(path).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        if (entry.key, entry.folder) != (key, folder) or not entry.lasting:
            return None
        return entry if entry.state == "failed" or (self._out / folder / "analysis.json").is_file() else None

    def write(self, path: str, entry: Entry) -> None:
        """Raises OutputError."""
        text = json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True)
        write_atomically(self._place(path), text.encode("utf-8", "surrogateescape"))

    def _place(self, path: str) -> Path:
        return self._folder / f"{hashlib.sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.json"


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """The folder `out`, made and marked as a batch's, for this run alone. Raises OutputError where another run has it,
    or where it cannot be written."""
    try:
        (out / MARKER / "done").mkdir(parents=True, exist_ok=True)
        held = (out / MARKER / "lock").open("a+b")
    except OSError as error:
        raise OutputError(f"{out} cannot be used: {error.strerror}.", "Choose another place with --out.") from None
    with held:
        if not _try_lock(held):
            raise OutputError(
                f"Another run is working in {out}.", "Wait until it is done, or choose another place with --out."
            )
        yield


def _try_lock(held: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            held.seek(0)
            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def sweep(out: Path) -> None:
    """Clear up after a killed run, at any depth. Only with the lock held."""
    for parent, folders, _ in os.walk(out):
        clear_leftovers(Path(parent))
        folders[:] = [name for name in folders if not name.startswith(".")]
