"""Text that spreadsheets take for text.

A cell that begins with `=`, `+`, `-` or `@` is a formula to them, whoever wrote it, and names come from outside."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence

__all__ = ["Cell", "csv_text", "harmless"]

Cell = str | int | float | bool | None

DECIMALS = 6
"""A microsecond, a micrometre: far below what any number here means."""

_FORMULA = re.compile(r"(^|[;,|\t\r\n])([\s\"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""At the start, or after what separates cells where a spreadsheet splits at something else than the comma; also the
wide forms of the signs, which some spreadsheets read as the narrow ones."""

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def harmless(text: str) -> str:
    """With an apostrophe before whatever a spreadsheet would take for a formula, and without control characters."""
    return _FORMULA.sub(r"\1'\2", _UNSEEN.sub(" ", text))


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Missing is an empty cell, never 0. Numbers stay numbers, also negative ones."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: Cell) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, str):
        return harmless(value)
    return repr(round(value, DECIMALS)) if isinstance(value, float) else str(value)
