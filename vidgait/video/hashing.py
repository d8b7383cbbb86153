"""The identity of a file is what is in it."""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["content_hash"]


def content_hash(path: Path) -> str:
    """SHA-256 of the file's bytes as hexadecimal digits, read in pieces. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
