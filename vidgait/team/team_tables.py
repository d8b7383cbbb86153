"""`team.csv` and `team.xlsx`: the numbers of the whole team for a spreadsheet.

Both hold the numbers of each set with their ±, and the videos that failed; single repetitions, and why a number is
missing, are in the Parquet set. Text from outside (names, paths) is never taken for a formula.
"""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter

from vidgait.outputs.words import NO_BREAK
from vidgait.store import write_atomically
from vidgait.team.comparing import leg_entries
from vidgait.team.csv_text import Cell, csv_text
from vidgait.team.groups import athlete_of, by_name, is_far, team_tests
from vidgait.team.team_words import film_again, finding_title, finding_words, told_once

if TYPE_CHECKING:
    from vidgait.team.ranking import Ranking
    from vidgait.team.results import ClipResult, TeamResult

__all__ = ["MEASURE_COLUMNS", "measure_rows", "report_of", "write_team_csv", "write_team_xlsx"]

MEASURE_COLUMNS = (
    "athlete",
    "test",
    "date",
    "movement",
    "view",
    "repetitions",
    "measure",
    "side",
    "value",
    "error",
    "unit",
    "grade",
    "verdict",
    "rests_on",
    "reasons",
    "id",
    "state",
    "code",
    "path",
    "report",
)
"""One row a number of a set; `error` is its ± (95 %). A failed video has one row with its code and no number."""

SHEET_ROWS_MAX = 1_048_575
CELL_LETTERS_MAX = 32_767
MADE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)
"""Workbooks carry when they were made; no clock is read, so that the same results are the same bytes."""


def write_team_csv(path: Path, result: TeamResult) -> None:
    """As `measure_rows`, with a byte order mark, which spreadsheets need for letters like ü. Raises OutputError."""
    write_atomically(path, csv_text(MEASURE_COLUMNS, measure_rows(result)).encode("utf-8-sig"))


def measure_rows(result: TeamResult) -> Iterable[tuple[Cell, ...]]:
    """Of every clip in order of its path, in the columns of MEASURE_COLUMNS."""
    for clip in result.clips:
        numbers = [m for m in clip.measures if m.rep is None and m.value is not None]
        counts = sum(rep.is_used for rep in clip.reps) if clip.state == "done" else None
        movement = clip.movement.label if clip.movement is not None else None
        first = (clip.who.athlete, clip.who.test, clip.who.date, movement, clip.view, counts)
        last = (clip.state, clip.code, clip.path, report_of(clip))
        for m in numbers:
            reasons = [*(["the leg behind the other one"] if is_far(clip, m.side) else []), *m.reasons]
            said = (m.label, m.side, m.value, m.error, m.unit, m.grade, m.verdict, m.n, "; ".join(reasons), m.id)
            yield (*first, *said, *last)
        if not numbers:
            yield (*first, *([None] * 8), clip.reason, None, *last)


def report_of(clip: ClipResult) -> str | None:
    """Where the clip's report lies, seen from the team's folder."""
    return f"{clip.folder}/report.html" if clip.folder and clip.state == "done" else None


# ---------------------------------------------------------------------------------------------------- xlsx


def write_team_xlsx(path: Path, result: TeamResult, ranking: Ranking) -> None:
    """Sheets `Overview`, `Measures`, `Left-right` and `Failures`, each with a frozen header. Raises OutputError."""
    buffer = io.BytesIO()
    # Nothing is written to a file of the system's own, and no text becomes a formula or a link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": "vidgait team", "created": MADE})
    sheet = _Sheets(book)
    sheet.add("Overview", _OVERVIEW, _overview_rows(result, ranking))
    sheet.add("Measures", _MEASURES, measure_rows(result))
    sheet.add("Left-right", _LEGS, _leg_rows(result, ranking))
    sheet.add("Failures", _FAILURES, _failure_rows(result))
    book.close()
    write_atomically(path, buffer.getvalue())


_OVERVIEW = (
    ("look_first", 11),
    ("athlete", 24),
    ("stands_out_in", 20),
    ("why", 100),
    ("videos_analysed", 16),
    ("videos_failed", 14),
    ("tests", 44),
)
_MEASURES = tuple((name, width) for name, width in zip(
    MEASURE_COLUMNS, (24, 20, 11, 18, 9, 11, 34, 7, 10, 9, 14, 7, 9, 9, 40, 34, 8, 12, 36, 44), strict=True
))  # fmt: skip
_LEGS = (
    ("athlete", 24),
    ("test", 24),
    ("measure", 44),
    ("left_less_right", 15),
    ("error", 9),
    ("unit", 14),
    ("reading", 34),
    ("times_its_error", 15),
    ("on_the_list", 12),
    ("grade", 7),
    ("repetitions", 12),
    ("repetitions_agreeing", 20),
    ("path", 36),
)
_FAILURES = (
    ("kind", 12),
    ("cause", 34),
    ("code", 14),
    ("athlete", 24),
    ("test", 22),
    ("reason", 70),
    ("what_to_do", 70),
    ("attempts", 9),
    ("path", 36),
)


class _Sheets:
    def __init__(self, book: Any) -> None:
        self._book = book
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._text = book.add_format({"valign": "top", "text_wrap": False, "num_format": "@"})
        self._long = book.add_format({"valign": "top", "text_wrap": True, "num_format": "@"})
        self._real = book.add_format({"valign": "top", "num_format": "0.00"})
        self._whole = book.add_format({"valign": "top", "num_format": "0"})

    def add(self, name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Cell]]) -> None:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for at, (title, width) in enumerate(columns):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, title, self._head)
        last = 0
        for last, row in enumerate(rows, start=1):
            if last == SHEET_ROWS_MAX:
                sheet.write_string(last, 0, "Cut here: a sheet holds no more. See team.csv.", self._text)
                break
            for at, value in enumerate(row):
                self._write(sheet, last, at, value, columns[at][1])
        sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _write(self, sheet: Any, row: int, column: int, value: Cell, width: int) -> None:
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return
        if isinstance(value, bool):
            sheet.write_string(row, column, "yes" if value else "no", self._text)
        elif isinstance(value, str):
            text = value.replace(NO_BREAK, " ")[:CELL_LETTERS_MAX]
            sheet.write_string(row, column, text, self._long if width >= 70 else self._text)
        else:
            sheet.write_number(row, column, value, self._real if isinstance(value, float) else self._whole)


def _overview_rows(result: TeamResult, ranking: Ranking) -> Iterable[tuple[Cell, ...]]:
    """Everybody: those on the list first, in its order, then the others by name."""
    places = {one.athlete: place for place, one in enumerate(ranking.athletes, start=1)}
    findings = {one.athlete: one for one in ranking.athletes}
    names = {athlete_of(clip) for clip in result.clips if clip.state != "skipped"}
    for name in sorted(names, key=lambda one: (places.get(one, len(places) + 1), by_name(one))):
        own = [clip for clip in result.clips if athlete_of(clip) == name]
        found = findings.get(name)
        why = [
            f"{told[0].test}: {finding_title(told[0])}. {finding_words(*told)}"
            for told in (told_once(found.findings) if found else [])
        ]
        tests = sorted({clip.who.test for clip in own if clip.who.test and clip.state == "done"})
        states = [clip.state for clip in own]
        yield (
            places.get(name),
            name,
            ", ".join(found.topics) if found else None,
            "\n".join(why),
            states.count("done"),
            states.count("failed"),
            ", ".join(tests),
        )


def _leg_rows(result: TeamResult, ranking: Ranking) -> Iterable[tuple[Cell, ...]]:
    told = {(one.entry.athlete, one.test, one.family.name) for r in ranking.athletes for one in r.findings
            if one.kind == "legs"}  # fmt: skip
    for test in team_tests(result):
        for family, found in leg_entries(test):
            for one in sorted(found, key=lambda one: by_name(one.entry.athlete)):
                m = one.entry.measure
                more = "left more" if one.difference > 0 else "right more"
                trend = ", a trend only" if m.grade == "C" else ""
                reading = f"{more}, beyond the error{trend}" if one.ratio > 1 else "cannot be told apart"
                listed = (one.entry.athlete, test.title, family.name) in told
                yield (
                    one.entry.athlete, test.title, m.label, one.difference, one.error, m.unit, reading, one.ratio,
                    listed, m.grade, one.reps, one.reps_agreeing, one.entry.clip.path,
                )  # fmt: skip


def _failure_rows(result: TeamResult) -> Iterable[tuple[Cell, ...]]:
    kinds = {"failed": "failed", "little": "says little", "skipped": "left out"}
    for again in film_again(result):
        for clip in again.clips:
            yield (
                kinds[again.kind], again.cause, again.code, clip.athlete, clip.test, clip.reason, again.hint,
                clip.attempts, clip.path,
            )  # fmt: skip
