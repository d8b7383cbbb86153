"""`team.csv` and `team.xlsx`: the numbers, failures too, and no formula out of a name."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.teams import clip, measure, small_team, team
from vidgait.errors import OutputError
from vidgait.team.csv_text import csv_text, harmless
from vidgait.team.ranking import rank
from vidgait.team.results import Who
from vidgait.team.team_tables import MEASURE_COLUMNS, write_team_csv, write_team_xlsx

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def sheets_of(path: Path) -> dict[str, list[list[str | float | None]]]:
    """Every sheet as rows of values, read from the file's own XML."""
    with zipfile.ZipFile(path) as book:
        tree = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        texts = ["".join(node.itertext()) for node in tree.iter(f"{SPACE}si")]
        names = [
            node.get("name") for node in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{SPACE}sheet")
        ]
        found = {}
        for number, name in enumerate(names, start=1):
            sheet = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            found[str(name)] = [_row(row, texts) for row in sheet.iter(f"{SPACE}row")]
    return found


def _row(row: ElementTree.Element, texts: list[str]) -> list[str | float | None]:
    values: dict[int, str | float] = {}
    for cell in row.iter(f"{SPACE}c"):
        letters = re.match("[A-Z]+", cell.get("r") or "")
        assert letters and len(letters.group()) == 1
        value = cell.find(f"{SPACE}v")
        if value is not None and value.text is not None:
            text = cell.get("t") == "s"
            values[ord(letters.group()) - 65] = texts[int(value.text)] if text else float(value.text)
    return [values.get(at) for at in range(max(values) + 1)]


# ------------------------------------------------------------------------------------------------ guarded text


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "＠x", '"=1', "\x00=1", "\n=1"]
)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert re.match(r"[\s\"]*'", harmless(text)), harmless(text)


def test_a_formula_does_not_come_up_where_another_separator_splits() -> None:
    assert harmless("a;=cmd|x") == "a;'=cmd|x"
    assert harmless("a,@b") == "a,'@b"


@pytest.mark.parametrize("text", ["Zoë", "a-b", "x = y", "3 ± 2°", "−3", "what (a=b)"])
def test_plain_text_stays(text: str) -> None:
    assert harmless(text) == text


def test_numbers_stay_numbers_and_missing_stays_empty() -> None:
    assert csv_text(("a", "b", "c", "d"), [(-1.5, None, float("nan"), -2)]) == "a,b,c,d\n-1.5,,,-2\n"


# ------------------------------------------------------------------------------------------------ csv


def test_the_csv_holds_every_number_of_a_set_and_every_failure(tmp_path: Path) -> None:
    result = small_team()
    write_team_csv(tmp_path / "team.csv", result)
    rows = rows_of(tmp_path / "team.csv")
    assert list(rows[0]) == list(MEASURE_COLUMNS)
    assert len(rows) == sum(max(1, sum(m.rep is None for m in one.measures)) for one in result.clips)
    (zoe,) = [row for row in rows if row["athlete"] == "Zoë" and row["id"] == "knee_flexion_bottom"]
    assert (zoe["value"], zoe["error"], zoe["unit"], zoe["side"]) == ("50.0", "4.0", "deg", "left")
    assert (zoe["repetitions"], zoe["report"]) == ("5", "Zoë/squat side/report.html")
    (ida,) = [row for row in rows if row["athlete"] == "Ida"]
    assert (ida["state"], ida["code"], ida["value"], ida["report"]) == ("failed", "timeout", "", "")
    assert ida["reasons"] == "It took longer than 600 s."
    assert (tmp_path / "team.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_names_that_are_formulas_are_text(tmp_path: Path) -> None:
    one = clip("=HYPERLINK(1)", [measure("rep_time", 1.0)], path="@evil/+x.mp4")
    result = team([one])
    write_team_csv(tmp_path / "team.csv", result)
    (row,) = rows_of(tmp_path / "team.csv")
    assert (row["athlete"], row["path"]) == ("'=HYPERLINK(1)", "'@evil/+x.mp4")
    write_team_xlsx(tmp_path / "team.xlsx", result, rank(result))
    with zipfile.ZipFile(tmp_path / "team.xlsx") as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets" in name]
    assert not any("<f>" in sheet or "hyperlink" in sheet.lower() for sheet in sheets)
    assert sheets_of(tmp_path / "team.xlsx")["Measures"][1][0] == "=HYPERLINK(1)", "as it is: a text is a text there"


# ------------------------------------------------------------------------------------------------ xlsx


def test_the_workbook_holds_its_four_sheets_with_frozen_headers(tmp_path: Path) -> None:
    result = small_team()
    write_team_xlsx(tmp_path / "team.xlsx", result, rank(result))
    sheets = sheets_of(tmp_path / "team.xlsx")
    assert list(sheets) == ["Overview", "Measures", "Left-right", "Failures"]
    with zipfile.ZipFile(tmp_path / "team.xlsx") as book:
        for number in range(1, 5):
            assert b'state="frozen"' in book.read(f"xl/worksheets/sheet{number}.xml")


def test_the_overview_lists_everybody_with_those_to_look_at_first(tmp_path: Path) -> None:
    result = small_team()
    write_team_xlsx(tmp_path / "team.xlsx", result, rank(result))
    head, first, second, *others = sheets_of(tmp_path / "team.xlsx")["Overview"]
    assert head[:3] == ["look_first", "athlete", "stands_out_in"]
    assert (first[:3], second[:3]) == ([1.0, "Zoë", "depth"], [2.0, "Max", "depth"])
    assert "50 ± 4°" in str(first[3])
    assert [row[1] for row in others] == [
        "Ada", "Bea", "Cem", "Dörte", "Eve", "Finn", "Gül", "Hanno", "Ida", "unknown.mp4",
    ]  # fmt: skip
    eve = next(row for row in others if row[1] == "Eve")
    assert eve[4:6] == [0.0, 2.0]


def test_left_and_right_and_failures_have_their_rows(tmp_path: Path) -> None:
    result = small_team()
    write_team_xlsx(tmp_path / "team.xlsx", result, rank(result))
    sheets = sheets_of(tmp_path / "team.xlsx")
    legs = {str(row[0]): row for row in sheets["Left-right"][1:]}
    assert len(legs) == 9
    assert (legs["Max"][3], legs["Max"][6], legs["Max"][8]) == (25.0, "left more, beyond the error", "yes")
    assert (legs["Ada"][6], legs["Ada"][8]) == ("cannot be told apart", "no")
    failures = [(row[0], row[2], row[3]) for row in sheets["Failures"][1:]]
    assert failures == [
        ("failed", "no_person", "Eve"), ("failed", "no_person", "Eve"), ("failed", "timeout", "Ida"),
        ("says little", "no_movement", "–"), ("left out", "live_photo", "Ada"),
    ]  # fmt: skip


def test_the_same_results_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_team_xlsx(tmp_path / name, small_team(), rank(small_team()))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_what_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        write_team_csv(tmp_path / "missing" / "team.csv", small_team())


def test_a_number_that_is_none_is_an_empty_cell(tmp_path: Path) -> None:
    who = replace(Who("Ada"), test=None)
    result = team([clip("Ada", [measure("rep_time", float("nan")), measure("pause_time", None)], who=who)])
    write_team_csv(tmp_path / "team.csv", result)
    write_team_xlsx(tmp_path / "team.xlsx", result, rank(result))
    (row,) = rows_of(tmp_path / "team.csv")
    assert (row["value"], row["test"]) == ("", "")
