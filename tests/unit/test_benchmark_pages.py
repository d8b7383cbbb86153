"""Pages of benchmarks whose tables are written by a script, and the text around them by people."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.benchmarks.marked_page import write_part

PAGES = Path(__file__).resolve().parents[2] / "benchmarks"
PAGE = "Above.\n\n<!-- one -->\nold\nlines\n<!-- end -->\n\nBetween.\n\n<!-- two -->\nkept\n<!-- end -->\nBelow.\n"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_only_what_stands_between_the_marks_changes(page: Path) -> None:
    for _ in range(2):
        write_part(page, "one", "| new |")
        assert page.read_text(encoding="utf-8") == PAGE.replace("old\nlines", "| new |")


@pytest.mark.parametrize("name", ["three", "on"])
def test_a_page_without_the_mark_stays_as_it_is(page: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"page\.md has no part"):
        write_part(page, name, "lost")
    assert page.read_text(encoding="utf-8") == PAGE


def test_a_part_that_does_not_end_stays_as_it_is(page: Path) -> None:
    page.write_text("<!-- one -->\nold\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no part"):
        write_part(page, "one", "new")
    assert page.read_text(encoding="utf-8") == "<!-- one -->\nold\n"


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("stated_yaw.md", ("tables",)),
        ("two_views.md", ("table",)),
        ("yaw.md", ("compared", "outcome")),
        ("pelvic_drop.md", ("tables",)),
    ],
)
def test_the_pages_have_the_parts_that_their_scripts_write(file: str, names: tuple[str, ...], page: Path) -> None:
    page.write_text((PAGES / file).read_text(encoding="utf-8"), encoding="utf-8")
    for name in names:
        write_part(page, name, "new")
        assert f"<!-- {name} -->\nnew\n<!-- end -->\n" in page.read_text(encoding="utf-8")
