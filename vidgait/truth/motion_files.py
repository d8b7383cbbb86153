"""Reads the tables of other systems as they are: OpenSim `.mot` and `.sto`, marker files `.trc`, and CSV.

Only numbers and names come out; what they mean is said in `coordinates` and `markers`. A file that is damaged raises
ReferenceFileError with one line that names the file and the line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vidgait.errors import ReferenceFileError
from vidgait.outputs.words import counted

if TYPE_CHECKING:
    from vidgait.types import FloatArray

__all__ = ["Markers", "Table", "read_csv", "read_mot", "read_trc"]

METRES = {"m": 1.0, "cm": 1e-2, "mm": 1e-3}
DELIMITERS = ",;\t"
ROWS_MIN = 5
MISSING = ("", "nan", "na", "n/a")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Named columns, (T,) each, NaN where a cell is empty."""

    name: str
    columns: Mapping[str, FloatArray]
    in_degrees: bool | None = None
    """What the file says of its angles; None where it does not say."""
    notes: tuple[str, ...] = ()
    """What was wrong with it, in words."""


@dataclass(frozen=True, slots=True, eq=False)
class Markers:
    """Named points in space."""

    name: str
    time_s: FloatArray
    """(T,)"""
    points_m: Mapping[str, FloatArray]
    """(T, 3) in the file's own axes, NaN where missing"""


def read_mot(path: Path) -> Table:
    """An OpenSim motion or storage file: header lines up to `endheader`, then names, then numbers."""
    lines = _text(path).splitlines()
    end = next((number for number, line in enumerate(lines) if line.strip().lower() == "endheader"), None)
    if end is None:
        raise ReferenceFileError(f"{path.name} has no line 'endheader': it is no OpenSim file.")
    said = {
        key.strip().lower(): value.strip().lower() for key, _, value in (line.partition("=") for line in lines[:end])
    }
    first = next((number for number in range(end + 1, len(lines)) if lines[number].strip()), len(lines))
    if first == len(lines):
        raise ReferenceFileError(f"{path.name} ends after its header.")
    names = lines[first].split()
    rows = _numbers(path, ((number, lines[number].split()) for number in range(first + 1, len(lines))), len(names))
    stated = said.get("indegrees")
    columns = {name: rows[:, column] for column, name in enumerate(names)}
    return Table(path.name, columns, None if stated is None else stated == "yes")


def read_csv(path: Path) -> Table:
    """Text with one line of names. Commas, semicolons or tabs between cells; with semicolons a decimal comma is
    understood. Lines that begin with # are skipped."""
    lines = [(number, line) for number, line in enumerate(_text(path).splitlines()) if _holds_data(line)]
    if len(lines) < 2:
        raise ReferenceFileError(f"{path.name} has no rows below a line of column names.")
    delimiter = max(DELIMITERS, key=lines[0][1].count)
    names = [name.strip() for name in _cells(lines[0][1], delimiter)]
    doubled = next((name for name in names if name and names.count(name) > 1), None)
    if doubled:
        raise ReferenceFileError(f"{path.name} has two columns '{doubled}'.")
    comma = delimiter == ";"
    parts = [(number, [cell.replace(",", ".") if comma else cell for cell in _cells(line, delimiter)])
             for number, line in lines[1:]]  # fmt: skip
    rows = _numbers(path, parts, len(names), words_are_missing=True)
    columns = {name: rows[:, column] for column, name in enumerate(names) if name}
    return Table(path.name, columns, notes=_words_among_numbers(path, parts, rows, names))


def _words_among_numbers(
    path: Path, parts: Sequence[tuple[int, Sequence[str]]], rows: FloatArray, names: Sequence[str]
) -> tuple[str, ...]:
    """How many cells of columns with numbers hold none; empty where all do. Columns of labels are no fault."""
    numeric = np.isfinite(rows).any(axis=0)
    wrong = [
        (number, names[column], cells[column].strip())
        for (number, cells), row in zip(parts, rows, strict=True)
        for column in np.flatnonzero(numeric & ~np.isfinite(row)).tolist()
        if cells[column].strip().lower() not in MISSING
    ]
    if not wrong:
        return ()
    line, name, cell = wrong[0]
    what = counted(len(wrong), "cell is no number and counts", "cells are no numbers and count")
    return (f"{path.name}: {what} as missing; first '{cell[:20]}' in '{name}', line {line + 1}",)


def read_trc(path: Path) -> Markers:
    """A marker file: two lines about the file, one with its values, marker names, axes, then frames."""
    lines = _text(path).splitlines()
    if len(lines) < 6 or not lines[0].startswith("PathFileType"):
        raise ReferenceFileError(f"{path.name} is no TRC file: its first line does not begin with PathFileType.")
    about = dict(zip(lines[1].split(), lines[2].split(), strict=False))
    unit = about.get("Units", "")
    if unit not in METRES:
        raise ReferenceFileError(f"{path.name} states the unit '{unit}'.", "Known: m, cm, mm.")
    names = [name.strip() for name in lines[3].split("\t")[2:] if name.strip()]
    width = 2 + 3 * len(names)
    parts = ((number, _padded(lines[number].split("\t"), width)) for number in range(5, len(lines)))
    rows = _numbers(path, ((number, cells) for number, cells in parts if any(cell.strip() for cell in cells)), width)
    points = rows[:, 2:].reshape(len(rows), len(names), 3) * METRES[unit]
    return Markers(path.name, rows[:, 1], {name: points[:, column] for column, name in enumerate(names)})


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ReferenceFileError(f"{path.name} cannot be read: {error.strerror}.", "Check --truth.") from None
    except UnicodeDecodeError:
        raise ReferenceFileError(f"{path.name} is not a text file.", "Save it as UTF-8 text.") from None


def _holds_data(line: str) -> bool:
    return bool(line.strip(f"{DELIMITERS} ")) and not line.lstrip().startswith("#")


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(line), delimiter=delimiter))


def _padded(cells: list[str], width: int) -> list[str]:
    """Trailing empty cells may be left out, or one too many be there."""
    kept = cells[:width] if not any(cell.strip() for cell in cells[width:]) else cells
    return kept + [""] * (width - len(kept))


def _numbers(
    path: Path, rows: Iterable[tuple[int, Sequence[str]]], width: int, words_are_missing: bool = False
) -> FloatArray:
    """(T, width). `rows` are (line from 0, cells). With `words_are_missing` a cell that is no number is NaN, as a
    column of labels is of no use, but no reason to refuse the file."""
    values: list[list[float]] = []
    for number, cells in rows:
        if not cells:
            continue
        if len(cells) != width:
            raise ReferenceFileError(f"{path.name}, line {number + 1}: {len(cells)} values for {width} columns.")
        values.append([_number(path, number, cell, words_are_missing) for cell in cells])
    if len(values) < ROWS_MIN:
        raise ReferenceFileError(f"{path.name} holds {len(values)} rows, too few to compare with.")
    return np.array(values)


def _number(path: Path, line: int, cell: str, words_are_missing: bool) -> float:
    text = cell.strip()
    if not text:
        return float("nan")
    try:
        return float(text)
    except ValueError:
        if words_are_missing:
            return float("nan")
        raise ReferenceFileError(f"{path.name}, line {line + 1}: '{text[:40]}' is not a number.") from None
