"""Whose video is it, and of what: from a table (manifest), or from file and folder names.

Names are read as `ATHLETE_TEST_SIDE_DATE_LOAD` in any order, parts joined by `_`, ` - ` or blanks:
`Anna Berg_squat_2026-03-01_60kg.mp4`, `Berg_single_leg_squat_L.mp4`, `anna/squats front 2.mp4`. A part is a date
(`2026-03-01`, `20260301`), a side (`left`, `right`; `L`, `R` at the end of a part), a load (`60kg`), a take number, a
view, or words of a test that is known; what is left is the athlete. A file that says nothing about its athlete takes
the nearest folder that does, and so with test, date, side and load.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Literal

from vidgait.errors import SettingsError
from vidgait.movements import MOVEMENTS
from vidgait.team.results import Who

__all__ = ["COLUMNS", "Manifest", "read_manifest", "who_by_names"]

COLUMNS = ("path", "athlete", "test", "side", "date", "height_m", "height_cm", "mass_kg", "load_kg")
"""Of a manifest; `path` is needed, relative to the folder, or a bare file name where only one file has it."""

MANIFEST_BYTES_MAX = 64 * 2**20
TESTS = frozenset(
    {*MOVEMENTS, "overhead_squat", "ohs", "split_squat", "goblet_squat", "front_squat", "back_squat", "pistol_squat"}
    | {"sls", "slst", "lateral_step_down", "forward_step_down", "trendelenburg", "reverse_lunge", "walking_lunge"}
    | {"deadlift", "hip_hinge", "jump", "cmj", "drop_jump", "dj", "run", "walk", "gait", "landing"}
)
SIDES: dict[str, Literal["left", "right"]] = {"l": "left", "left": "left", "r": "right", "right": "right"}
_LOAD = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)\s?kg", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_UNIT_APART = re.compile(r"(?<=\d)\s+kg\b", re.IGNORECASE)
_WORD = re.compile(r"(.*?)(\s+-\s+|_+|\s)")
VIEW_WORDS = frozenset(
    {"front", "frontal", "side", "sagittal", "back", "rear", "behind", "oblique", "view", "cam", "camera"}
)
"""Said of the camera, not of a person; which view it is, is measured."""
_TAKE = re.compile(r"(?:take|set|trial|rep|t|s)?\d{1,3}", re.IGNORECASE)
_CAMERA = re.compile(r"(?:img|mvi|vid|dsc|dscn|gopr|gh|gx|pxl|mov|clip|video|trim|p)[-_]?e?[\d_]+", re.IGNORECASE)
RANGES = {"height_m": (0.5, 2.6), "mass_kg": (10.0, 300.0), "load_kg": (0.0, 1000.0)}


@dataclass(frozen=True, slots=True)
class Manifest:
    """Rows by the path they name, and every path the table names, for those that no file has."""

    rows: Mapping[str, Who]

    def find(self, path: str, by_names: Who, shares_name: bool) -> Who:
        """What the table says of `path`, and what it leaves open from the names. `shares_name`: another file of the
        folder has the same name, so that a bare name means neither."""
        row = self.rows.get(_plain(path))
        if row is None and not shares_name:
            row = self.rows.get(_plain(PurePosixPath(path).name))
        if row is None:
            return by_names
        filled = {
            name: getattr(by_names, name)
            for name in ("athlete", "test", "side", "date", "load_kg")
            if getattr(row, name) is None and getattr(by_names, name) is not None
        }
        return replace(row, **filled, source="manifest and names" if filled else "manifest")

    def unknown(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Paths of the table that belong to no file."""
        known = {_plain(path) for path in paths} | {_plain(PurePosixPath(path).name) for path in paths}
        return tuple(path for path in self.rows if path not in known)


def read_manifest(path: Path) -> Manifest:
    """Read a manifest as CSV, comma or semicolon, UTF-8. Raises SettingsError that names the line and the column."""
    try:
        if path.stat().st_size > MANIFEST_BYTES_MAX:
            raise SettingsError(f"The manifest {path.name} is larger than 64 MB.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError(f"The manifest {path.name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"The manifest {path.name} is not UTF-8.", "Save it as 'CSV UTF-8'.") from None
    head = text.split("\n", 1)[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    names = [(name or "").strip().casefold() for name in rows.fieldnames or ()]
    # Spreadsheets like to leave columns without a name behind the last one.
    wrong = sorted(set(names) - {*COLUMNS, ""})
    if "path" not in names or wrong:
        said = f"has a column '{wrong[0]}' that nobody knows" if wrong else "has no column 'path'"
        raise SettingsError(f"The manifest {path.name} {said}.", f"Columns: {', '.join(COLUMNS)}.")
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise SettingsError(f"The manifest {path.name} has the column '{twice}' twice.", "Keep one of them.")
    rows.fieldnames = names
    found: dict[str, Who] = {}
    try:
        for row in rows:
            named = _plain(row["path"] or "")
            if not named:
                continue
            # DictReader keeps what is beyond the columns under None.
            beyond: Sequence[str] = (*(row.get(None) or ()), row.get("") or "")
            if any(cell.strip() for cell in beyond):
                raise SettingsError(
                    f"{path.name}, line {rows.line_num}: more cells than columns.",
                    'Write 1.81 or "1,81", and quotes around text with a comma.',
                )
            if named in found:
                raise SettingsError(f"{path.name}, line {rows.line_num}: '{named}' stands there twice.")
            found[named] = _row(row, f"{path.name}, line {rows.line_num}")
    except csv.Error as error:
        raise SettingsError(f"The manifest {path.name} is no CSV: {error}.", "Save it as 'CSV UTF-8'.") from None
    return Manifest(found)


def _row(row: Mapping[str, str | None], where: str) -> Who:
    def text(name: str) -> str | None:
        return (row.get(name) or "").strip() or None

    side = text("side")
    if side is not None and side.casefold() not in SIDES:
        raise SettingsError(f"{where}: side must be left or right, not '{side}'.")
    day = text("date")
    if day is not None and _day(day) is None:
        raise SettingsError(f"{where}: date must be like 2026-03-01, not '{day}'.")
    height_cm = _number("height_cm", text("height_cm"), where, (50.0, 260.0))
    height_m = _number("height_m", text("height_m"), where, RANGES["height_m"])
    return Who(
        athlete=text("athlete"),
        test=text("test"),
        side=None if side is None else SIDES[side.casefold()],
        date=None if day is None else _day(day),
        height_m=height_m if height_cm is None else height_cm / 100,
        mass_kg=_number("mass_kg", text("mass_kg"), where, RANGES["mass_kg"]),
        load_kg=_number("load_kg", text("load_kg"), where, RANGES["load_kg"]),
        source="manifest",
    )


def _number(name: str, text: str | None, where: str, within: tuple[float, float]) -> float | None:
    if text is None:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise SettingsError(f"{where}: {name} is not a number: '{text}'.") from None
    if not within[0] <= value <= within[1]:
        raise SettingsError(f"{where}: {name} must be between {within[0]:g} and {within[1]:g}, not {text}.")
    return value


def who_by_names(path: str) -> Who:
    """What the name of a file and its folders say, the file first, then from the nearest folder outwards."""
    place = PurePosixPath(path)
    who = _read_name(place.stem)
    for folder in reversed(place.parent.parts):
        said = _read_name(folder)
        gaps = ("athlete", "test", "side", "date", "load_kg")
        who = replace(who, **{name: getattr(said, name) for name in gaps if getattr(who, name) is None})
    known = any(getattr(who, name) is not None for name in ("athlete", "test", "side", "date", "load_kg"))
    return replace(who, source="names" if known else "nothing")


def _read_name(name: str) -> Who:
    name = _UNIT_APART.sub("kg", unicodedata.normalize("NFC", name))
    if _CAMERA.fullmatch(name):
        return Who()
    # " - " and "_" stand between parts; a blank does too, but also within somebody's name.
    words = [(word, joint != " ") for word, joint in _WORD.findall(f"{name}_") if word]
    test, words = _take_test(words)
    said: dict[str, object] = {"test": test}
    left: list[str] = []
    for word, ends_part in words:
        load = _LOAD.fullmatch(word)
        if _day(word) is not None and "date" not in said:
            said["date"] = _day(word)
        elif word.casefold() in SIDES and (ends_part or len(word) > 1) and "side" not in said:
            said["side"] = SIDES[word.casefold()]
        elif load and "load_kg" not in said:
            said["load_kg"] = float(load.group(1).replace(",", "."))
        elif not _TAKE.fullmatch(word) and word.casefold() not in VIEW_WORDS:
            left.append(word)
    return Who(athlete=" ".join(left) or None, **said)  # type: ignore[arg-type]


def _take_test(words: list[tuple[str, bool]]) -> tuple[str | None, list[tuple[str, bool]]]:
    """The longest run of words that names a test, and what is left."""
    for length in range(min(4, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            named = "_".join(word for word, _ in words[start : start + length]).casefold().replace("-", "_")
            for one in (named, named.removesuffix("s"), named.removesuffix("es")):
                if one in TESTS:
                    return one, words[:start] + words[start + length :]
    return None, words


def _day(text: str) -> str | None:
    match = _DATE.fullmatch(text)
    try:
        return date(*map(int, match.groups())).isoformat() if match else None
    except ValueError:
        return None


def _plain(path: str) -> str:
    return unicodedata.normalize("NFC", path.strip().replace("\\", "/").removeprefix("./"))
