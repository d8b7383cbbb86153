"""What the page says and draws. How it looks and what it does in a browser: tests/e2e/test_team_browser.py."""

from __future__ import annotations

import html
import itertools
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.teams import clip, measure, side_squats, small_team, team, with_reps
from vidgait.team.comparing import GROUP_MIN
from vidgait.team.groups import groups_of, team_tests
from vidgait.team.ranking import rank
from vidgait.team.results import TeamResult
from vidgait.team.team_page import render_team
from vidgait.team.team_plots import strip_plot
from vidgait.team.team_words import film_again
from vidgait.team.writing import write_team
from vidgait.types import Issue

FORBIDDEN = ("diagnosed", "weak ", "instability", "risk", "injur", "abnormal", "percentile")


def page_of(result: TeamResult) -> str:
    return render_team(result, rank(result))


def data_of(page: str) -> dict[str, list[object]]:
    found = re.search(r'id="page-data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, list[object]] = json.loads(found.group(1))
    return data


def plain(page: str) -> str:
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(text.replace("\u00a0", " ").split())


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_first_sentences_say_who_and_why() -> None:
    text = plain(page_of(small_team()))
    assert "1 Zoë depth Goes less deep than the others Squat side" in text
    assert "The left knee bends to 50 ± 4° at the bottom. The middle of the other 8 is 98°: 48° less" in text
    assert "2 Max depth Left and right differ Squat front" in text
    assert "At the bottom the left knee bends 25 ± 5° further than the right" in text
    assert "Seen in 5 of 5 repetitions." in text


def test_how_many_differences_were_looked_at_is_said() -> None:
    result = small_team()
    compared = rank(result).compared
    assert compared == 18
    text = plain(page_of(result))
    assert f"{compared} differences looked at" in text
    assert f"Here {compared} differences were looked at" in text


def test_an_empty_list_says_what_it_means() -> None:
    alike = side_squats({f"P{at}": 95.0 for at in range(8)})
    text = plain(page_of(team(alike)))
    assert "Nobody stands out: none of the 8 differences" in text
    few = plain(page_of(team(alike[: GROUP_MIN - 1])))
    assert "Nothing could be compared" in few


def test_failures_are_grouped_by_cause_with_what_to_do() -> None:
    first, second, third, fourth = film_again(small_team())
    assert (first.code, [one.athlete for one in first.clips], first.kind) == ("no_person", ["Eve", "Eve"], "failed")
    assert first.hint == "The whole body must be in the picture."
    assert (second.code, second.reason) == ("timeout", "It took longer than 600 s.")
    assert (third.code, third.kind) == ("no_movement", "little")
    assert (fourth.code, fourth.kind) == ("live_photo", "skipped")
    text = plain(page_of(small_team()))
    assert "Nobody was found 2 videos The whole body must be in the picture." in text
    assert "Left out on purpose (1)" in text


def test_a_code_nobody_knows_is_said_in_its_own_words() -> None:
    (again,) = film_again(team([clip("Ada", state="failed", code="disk_on_fire", reason="x")]))
    assert again.cause == "Disk on fire"


def test_a_video_without_good_numbers_is_to_be_filmed_again() -> None:
    def cause(*measures: object, **changes: object) -> list[str]:
        return [one.code for one in film_again(team([clip("Ada", measures, **changes)]))]  # type: ignore[arg-type]

    assert cause(measure("rep_time", 1.0, grade="C")) == ["no_numbers"]
    assert cause(measure("rep_time", 1.0)) == []
    assert cause(measure("rep_time", 1.0), reps=0) == ["no_reps"]
    assert cause(measure("rep_time", 1.0), issues=(Issue("legs_ambiguous", "serious", "x"),)) == ["serious_issue"]
    assert cause(measure("rep_time", 1.0), issues=(Issue("low_frame_rate", "warning", "x"),)) == []


def test_what_to_be_careful_with_stands_beside_what_stands_out() -> None:
    clips = side_squats({f"P{at}": 95.0 for at in range(8)} | {"Ida": 40.0})
    marked = replace(clips[-1], issues=(Issue("low_frame_rate", "warning", "Only 20 frames a second."),))
    assert "Careful: Only 20 frames a second." in plain(page_of(team([*clips[:-1], marked])))


def test_every_athlete_has_a_dot_in_every_drawing_and_a_link_to_each_report() -> None:
    page = page_of(small_team())
    names = re.findall(r'data-says="([^":,]+)', page)
    assert sorted(set(names)) == ["Ada", "Bea", "Cem", "Dörte", "Finn", "Gül", "Hanno", "Max", "Zoë"]
    assert len(names) == 18
    for one in small_team().done:
        href = f"{one.folder}/report.html".replace(" ", "%20").replace("ö", "%C3%B6").replace("ë", "%C3%AB")
        assert f'href="{href.replace("ü", "%C3%BC")}"' in page


def test_small_groups_get_dots_only() -> None:
    few, many = (side_squats({f"P{at}": 90.0 + at for at in range(count)}) for count in (7, 8))
    assert 'class="box-half"' not in page_of(team(few))
    assert 'class="box-half"' in page_of(team(many))


def test_dots_lie_on_no_other_and_at_their_values() -> None:
    clips = side_squats({f"P{at:02d}": 90.0 + 0.05 * at for at in range(14)})
    (test,) = team_tests(team(clips))
    plot = strip_plot(groups_of(test), frozenset())
    (row,) = plot.rows
    dots = sorted(row.dots, key=lambda dot: dot.athlete)
    assert all(a.x < b.x for a, b in itertools.pairwise(dots))
    apart = [(a.x - b.x) ** 2 + (a.y - b.y) ** 2 for a in dots for b in dots if a is not b]
    assert min(apart) ** 0.5 > 8.4
    scale = (dots[-1].x - dots[0].x) / (0.05 * 13)
    assert dots[0].reach == pytest.approx(4.0 * scale)
    assert plot.error_at[1] - plot.error_at[0] == pytest.approx(8.0 * scale)
    assert row.inked[0] < min(dot.y for dot in dots) < max(dot.y for dot in dots) < row.inked[1]


def test_the_table_has_every_number_of_a_set() -> None:
    result = small_team()
    data = data_of(page_of(result))
    assert len(data["rows"]) == sum(m.rep is None and m.value is not None for one in result.done for m in one.measures)
    assert data["athletes"][0] == "Ada"


def test_foreign_text_cannot_end_its_place() -> None:
    evil = '</script><img src=x onerror=alert(1)>"\u2028'
    made = clip(evil, with_reps(measure("rep_time", 1.0), [1.0] * 5), path="e.mp4", test=evil, folder='x" onclick="y')
    failed = clip(evil, state="failed", code="<b>", reason=evil, hint=evil, path="f.mp4", test=evil)
    page = page_of(team([made, failed]))
    assert "<img" not in page
    assert 'onclick="y' not in page
    assert "<b>" not in page
    assert data_of(page)["athletes"] == [evil]


def test_the_page_asks_for_nothing() -> None:
    page = page_of(small_team())
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)
    assert "default-src 'none'" in html.unescape(page)
    assert "url(" not in page


def test_words_that_nobody_should_read() -> None:
    text = plain(page_of(small_team())).casefold()
    assert not [word for word in FORBIDDEN if word in text]


def results(*changes: Iterable[object]) -> list[TeamResult]:
    whole = small_team()
    return [
        whole,
        team([]),
        team([clip("Ada", state="failed", code="timeout")]),
        team([clip("Ada", state="skipped", code="empty_file")]),
        team([clip("Ada", movement=None, reps=0)]),
        team([clip(None, [measure("rep_time", 1.0)], path="x.mp4")]),
        replace(whole, anonymous=True),
    ]


@pytest.mark.parametrize("number", range(7))
def test_the_same_results_are_the_same_bytes(tmp_path: Path, number: int) -> None:
    """Whatever is in them, and in whatever order they come."""
    for folder, order in (("one", 1), ("two", -1)):
        (tmp_path / folder).mkdir()
        result = results()[number]
        write_team(tmp_path / folder, replace(result, clips=result.clips[::order]))
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    write_team(tmp_path, small_team())
    before = files(tmp_path)
    write_team(tmp_path, small_team())
    assert files(tmp_path) == before
