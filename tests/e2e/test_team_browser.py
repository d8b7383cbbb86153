"""The page of a team of thirty in a real Chromium, from file://, on a desk and on a phone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.chromium import Page, find_chromium, open_page
from tests.support.teams import clip, measure, noise_team, team, with_reps
from vidgait.team.results import TeamResult
from vidgait.team.writing import write_team

pytestmark = pytest.mark.slow

DESK, PHONE = (1366, 900), (390, 844)
MARKED = (
    "(() => { const dot = document.querySelector('.strip .dot.marked');"
    "dot.scrollIntoView({block: 'center', behavior: 'instant'});"
    "const b = dot.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()"
)
"""Brings a black dot into view, and says where it is."""
ROWS = "document.querySelectorAll('#rows tr').length"


def thirty() -> TeamResult:
    """Thirty people, four tests; one goes far less deep, one differs between the legs, five videos failed."""
    random.seed(1)
    clips = []
    for base in noise_team(7).clips:
        name = base.who.athlete or ""
        front = with_reps(measure("fppa_both_legs_change", random.gauss(4, 2), 6.0), [4.0] * 5)
        lean = with_reps(measure("trunk_lean_stance_hold", random.gauss(3, 1), 3.0, "right", n=1), [3.0])
        clips += [
            base,
            clip(name, front, test="squat front", view="front"),
            clip(name, lean, test="balance", movement="single_leg_stance", view="front", reps=1, sides=("right",)),
            clip(name, [measure("rep_time", random.gauss(2, 0.1), 0.2)], test="hinge", movement="hinge"),
        ]
    for number in (3, 40, 77, 90, 111):
        one = clips[number]
        clips[number] = clip(
            one.who.athlete, test=one.who.test, state="failed", code="no_person" if number % 2 else "timeout",
            reason="Nobody was found in this video.", hint="The whole body must be in the picture.",
        )  # fmt: skip
    deep = with_reps(measure("knee_flexion_bottom", 45.0, 4.0, "left"), [45.0] * 5)
    apart = with_reps(measure("knee_flexion_left_right_bottom", 22.0, 4.0), [22.0] * 5)
    clips[0] = replace(clips[0], measures=(*deep, *clips[0].measures[6:18], *apart))
    return team(clips)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    browser = find_chromium()
    if browser is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    with open_page(browser) as page:
        yield page


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("Mannschaft & Söhne")
    result = thirty()
    write_team(folder, result)
    for one in result.done:
        place = folder / (one.folder or "")
        place.mkdir(parents=True)
        (place / "report.html").write_text("<title>a report</title>")
    return folder


def opened(page: Page, folder: Path, size: tuple[int, int] = DESK) -> Page:
    page.problems.clear()
    page.requests.clear()
    page.resize(*size, phone=size == PHONE)
    page.load((folder / "team.html").as_uri())
    return page


def choose(page: Page, name: str, text: str) -> None:
    page.run(
        f"(() => {{ const s = document.querySelector('#filters [name={name}]');"
        f"s.value = [...s.options].find(o => o.text === {text!r}).value; s.dispatchEvent(new Event('change')); }})()"
    )


def column(page: Page, number: int) -> list[str]:
    found: list[str] = page.run(
        f"[...document.querySelectorAll('#rows tr > :nth-child({number})')].map(e => e.textContent)"
    )
    return found


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_it_opens_without_a_complaint_a_request_or_a_sideways_scroll(page: Page, folder: Path, size: Any) -> None:
    opened(page, folder, size)
    assert page.problems == []
    assert page.requests == [(folder / "team.html").as_uri()]
    assert page.run("document.documentElement.scrollWidth <= window.innerWidth")
    too_wide = (
        "[...document.querySelectorAll('h1,h2,h3,p,li,figure,select,button,label')].filter(e => e.offsetParent && "
        "!e.closest('.scroll') && e.getBoundingClientRect().right > window.innerWidth + 1).map(e => e.outerHTML)"
    )
    assert page.run(too_wide) == []


def test_text_is_dark_on_light(page: Page, folder: Path) -> None:
    opened(page, folder)
    light = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number).every(v => v > 240)"
    dark = "getComputedStyle(document.body).color.match(/\\d+/g).map(Number).every(v => v < 60)"
    assert page.run(light) and page.run(dark)


def test_the_list_names_the_one_who_differs_and_every_link_leads_to_a_report(page: Page, folder: Path) -> None:
    opened(page, folder)
    assert page.run("[...document.querySelectorAll('.ranked .name')].map(e => e.textContent)") == ["P00"]
    assert "Goes less deep than the others" in page.run("document.querySelector('.ranked').textContent")
    assert "Left and right differ" in page.run("document.querySelector('.ranked').textContent")
    links: list[str] = page.run("[...document.querySelectorAll('a[href$=\"report.html\"]')].map(e => e.href)")
    assert len(set(links)) == 115
    page.load(links[0])
    assert page.run("document.title") == "a report"


def test_failures_stand_by_cause_with_what_to_do(page: Page, folder: Path) -> None:
    opened(page, folder)
    causes: list[str] = page.run("[...document.querySelectorAll('.cause')].map(e => e.innerText)")
    assert [text.splitlines()[0].strip() for text in causes] == [
        "Nobody was found 3 videos", "It took too long and was stopped 2 videos",
    ]  # fmt: skip
    assert all("The whole body must be in the picture." in text for text in causes)
    assert page.run("[...document.querySelectorAll('.matrix .again-link')].length") == 5


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_touched_dot_says_who_it_is_everywhere(page: Page, folder: Path, size: Any) -> None:
    opened(page, folder, size)
    place = page.run(MARKED)
    for kind in ("mousePressed", "mouseReleased"):
        page.mouse(kind, *place)
    outputs: list[str] = page.run(
        "[...document.querySelectorAll('.strip output')].map(e => e.textContent).filter(Boolean)"
    )
    assert "P00, left: 45 ± 4°" in [text.replace("\u00a0", " ") for text in outputs]
    assert all(text.startswith("P00") for text in outputs)
    assert len(outputs) == page.run("document.querySelectorAll('.dot.picked').length") == 6
    assert page.run("document.getElementById('pick').selectedOptions[0].text") == "P00"
    assert set(column(page, 1)) == {"P00"}
    page.run("document.getElementById('unpick').click()")
    assert page.run("document.querySelectorAll('.dot.picked').length") == 0


def test_a_pointer_over_a_dot_names_it_and_goes_away(page: Page, folder: Path) -> None:
    opened(page, folder)
    place = page.run(MARKED)
    page.mouse("mouseMoved", *place)
    page.wait_for("[...document.querySelectorAll('.strip output')].some(e => e.textContent.startsWith('P00'))")
    page.mouse("mouseMoved", 5, 5)
    page.wait_for("[...document.querySelectorAll('.strip output')].every(e => !e.textContent)")


def test_the_table_sorts_by_number_and_filters(page: Page, folder: Path) -> None:
    opened(page, folder)
    assert page.run(ROWS) == 50
    page.run("document.getElementById('more').click()")
    assert page.run(ROWS) > 100
    choose(page, "measure", "Knee flexion")
    choose(page, "side", "left")
    head = "document.querySelector('[data-column=value] button')"
    page.run(f"{head}.click()")
    values = [float(text.split("\u00a0")[0]) for text in column(page, 5)]
    assert values[0] == 45 and values == sorted(values) and len(values) == 29
    assert page.run("document.querySelector('[data-column=value]').getAttribute('aria-sort')") == "ascending"
    page.run(f"{head}.click()")
    assert [float(text.split("\u00a0")[0]) for text in column(page, 5)] == sorted(values, reverse=True)
    choose(page, "test", "Balance")
    assert page.run(ROWS) == 0
    assert "No number" in page.run("document.getElementById('count').textContent")
    page.run("document.querySelector('#filters [type=reset]').click()")
    page.wait_for(f"{ROWS} === 50")
    choose(page, "athlete", "P07")
    choose(page, "grade", "A")
    assert set(column(page, 1)) == {"P07"} and set(column(page, 6)) == {"A"}


def test_it_is_whole_without_scripts_but_for_the_table(page: Page, folder: Path) -> None:
    page.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        opened(page, folder)
        text = page.run("document.body.innerText")
    finally:
        page.send("Emulation.setScriptExecutionDisabled", value=False)
    assert "Goes less deep than the others" in text
    assert "This table needs a script" in text
    assert "Show one athlete" not in text


def test_it_prints(page: Page, folder: Path) -> None:
    pypdfium2 = pytest.importorskip("pypdfium2")
    document = pypdfium2.PdfDocument(opened(page, folder).pdf())
    text = "".join(part.get_textpage().get_text_bounded() for part in document)
    assert 3 <= len(document) <= 12
    assert "How this list is made" in text and "times its ±" in text
    assert "Apart: P00" in text
