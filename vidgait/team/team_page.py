"""`team.html`: one page that opens anywhere, offline, in the look of the reports.

This module gathers what the page shows; the words come from `team_words`, the drawings from `team_plots`, the look
from the report's parts and `page_parts`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from vidgait.outputs.facts import fact_of
from vidgait.outputs.words import counted, listed, quantity, short_unit
from vidgait.provenance import software
from vidgait.team.comparing import SPREAD_MIN, leg_entries
from vidgait.team.groups import athlete_of, by_name, family_of, groups_of, is_far, team_tests
from vidgait.team.team_plots import leg_plot, strip_plot
from vidgait.team.team_tables import report_of
from vidgait.team.team_words import (
    film_again,
    finding_title,
    finding_words,
    how_ranked,
    how_sure,
    looked_at,
    none_stand_out,
    test_name,
    told_once,
    trend_words,
)

if TYPE_CHECKING:
    from vidgait.team.comparing import Comparison
    from vidgait.team.groups import Group, TeamTest
    from vidgait.team.ranking import Ranked, Ranking
    from vidgait.team.results import ClipResult, TeamResult

__all__ = ["render_team"]

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
"""Even a mistake cannot make the page ask the network for anything."""

FIRST = 8
"""Athletes on the list that are shown at once; the others are one click away."""


def render_team(result: TeamResult, ranking: Ranking) -> str:
    """The page as text. The same results give the same text."""
    environment = Environment(
        loader=ChoiceLoader(
            [PackageLoader("vidgait.team", "page_parts"), PackageLoader("vidgait.outputs", "report_parts")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    tests = team_tests(result)
    athletes = _athletes(result)
    again = film_again(result)
    return environment.get_template("team.html.j2").render(
        policy=POLICY,
        style=Markup(_source(environment, "report.css") + _source(environment, "team.css")),
        script=Markup(_source(environment, "team.js")),
        title=_title(result),
        facts=_facts(result, tests),
        anonymous=result.anonymous,
        numbers={name: number for number, name in enumerate(athletes)},
        athletes=athletes,
        first=_ranked(ranking.athletes, result),
        shown=FIRST,
        trends=[_trend(one) for one in ranking.trends],
        nobody=none_stand_out(ranking),
        looked_at=looked_at(ranking),
        how_ranked=how_ranked(ranking),
        tests=[_test(test, ranking) for test in tests],
        legs=_legs(tests, ranking),
        spread_min=SPREAD_MIN,
        again=[one for one in again if one.kind != "skipped"],
        failed=len(result.failed),
        skipped=[one for one in again if one.kind == "skipped"],
        everybody=_everybody(result, ranking),
        data=_json(_table(result, athletes, ranking)),
        how_sure=how_sure(result),
        cite=_cite(result),
    )


def _source(environment: Environment, name: str) -> str:
    """A file of ours as it is: it holds no foreign text."""
    if environment.loader is None:
        raise TypeError("the environment has no loader")
    return environment.loader.get_source(environment, name)[0]


def _json(value: Any) -> Markup:
    """JSON that can stand inside a script element: no `<` can end it."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _cite(result: TeamResult) -> str:
    """The versions that made the analyses."""
    versions = sorted(
        {str((clip.provenance.get("packages") or {}).get("vidgait") or "") for clip in result.done} - {""}
    )
    known = versions or [str(software(["vidgait"])["packages"]["vidgait"] or "of unknown version")]
    return f"vidgait {listed(known)} (The vidgait authors, Apache-2.0)."


# ---------------------------------------------------------------------------------------------------- head


def _athletes(result: TeamResult) -> list[str]:
    names = {athlete_of(clip) for clip in result.clips if clip.state != "skipped"}
    return sorted(names, key=by_name)


def _title(result: TeamResult) -> str:
    named = {clip.who.athlete for clip in result.clips if clip.state != "skipped" and clip.who.athlete}
    if not named:
        return f"Team: {counted(len(result.done) + len(result.failed), 'video')}"
    return f"Team: {counted(len(named), 'athlete')}"


def _facts(result: TeamResult, tests: Sequence[TeamTest]) -> list[str]:
    facts = [counted(len(result.done), "video") + " analysed"]
    if result.failed:
        facts.append(f"{len(result.failed)} failed")
    skipped = len(result.clips) - len(result.done) - len(result.failed)
    if skipped:
        facts.append(f"{skipped} left out")
    facts.append(counted(len(tests), "test"))
    dates = sorted({clip.who.date for clip in result.clips if clip.who.date})
    if dates:
        facts.append(dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}")
    return facts


# ---------------------------------------------------------------------------------------------------- who first


def _ranked(ranked: Sequence[Ranked], result: TeamResult) -> list[dict[str, Any]]:
    missing: dict[str, int] = {}
    for clip in result.failed:
        missing[athlete_of(clip)] = missing.get(athlete_of(clip), 0) + 1
    return [
        {
            "place": place,
            "athlete": one.athlete,
            "topics": listed(one.topics),
            "failed": missing.get(one.athlete, 0),
            "findings": [_finding(found) for found in told_once(one.findings)],
        }
        for place, one in enumerate(ranked, start=1)
    ]


def _finding(told: tuple[Comparison, ...]) -> dict[str, Any]:
    one = told[0]
    return {
        "title": finding_title(one),
        "test": one.test,
        "words": finding_words(*told),
        "report": _link(one.entry.clip),
        "careful": [issue.message for issue in one.entry.clip.issues if issue.severity != "info"],
    }


def _trend(one: Comparison) -> dict[str, Any]:
    return {"athlete": one.entry.athlete, "test": one.test, "words": trend_words(one), "report": _link(one.entry.clip)}


def _link(clip: ClipResult) -> str | None:
    report = report_of(clip)
    return None if report is None else quote(report)


def _told(ranking: Ranking, kind: str, test: str, family: str) -> frozenset[str]:
    return frozenset(
        ranked.athlete
        for ranked in ranking.athletes
        for one in ranked.findings
        if (one.kind, one.test, one.family.name) == (kind, test, family)
    )


# ---------------------------------------------------------------------------------------------------- tests


def _test(test: TeamTest, ranking: Ranking) -> dict[str, Any]:
    by_family: dict[str, list[Group]] = {}
    for family_name, group in _families(test):
        by_family.setdefault(family_name, []).append(group)
    plots = [strip_plot(groups, _told(ranking, "group", test.title, name)) for name, groups in by_family.items()]
    people = len({athlete_of(clip) for clip in test.clips})
    return {"title": test.title, "people": people, "plots": plots, "small": people < SPREAD_MIN}


def _families(test: TeamTest) -> list[tuple[str, Group]]:
    found = [(family_of(group.measure_id), group) for group in groups_of(test)]
    return [(family.name, group) for family, group in found if family is not None]


def _legs(tests: Sequence[TeamTest], ranking: Ranking) -> list[dict[str, Any]]:
    found = []
    for test in tests:
        plots = [
            leg_plot(family, compared, _told(ranking, "legs", test.title, family.name))
            for family, compared in leg_entries(test)
        ]
        if plots:
            found.append({"title": test.title, "plots": plots})
    return found


# ---------------------------------------------------------------------------------------------------- everybody


def _everybody(result: TeamResult, ranking: Ranking) -> dict[str, Any]:
    """Every athlete with every test as it was to be filmed: links to all reports, and what is missing."""
    places = {one.athlete: place for place, one in enumerate(ranking.athletes, start=1)}
    rows: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for clip in result.clips:
        if clip.state != "skipped":
            cells = rows.setdefault(athlete_of(clip), {})
            cells.setdefault(test_name(clip), []).append(_cell(clip))
    tests = sorted({test for cells in rows.values() for test in cells}, key=by_name)
    lines: list[Mapping[str, Any]] = [
        {"athlete": name, "place": places.get(name), "cells": [rows[name].get(test, []) for test in tests]}
        for name in sorted(rows, key=by_name)
    ]
    return {"tests": tests, "rows": lines}


def _cell(clip: ClipResult) -> dict[str, Any]:
    return {"state": clip.state, "report": _link(clip), "reps": sum(rep.is_used for rep in clip.reps)}


def _table(result: TeamResult, athletes: Sequence[str], ranking: Ranking) -> dict[str, Any]:
    """Rows of numbers into lists of names: athlete, test, side, measure, value, error, text, grade, report, far leg."""
    numbers = {name: number for number, name in enumerate(athletes)}
    tests: dict[str, int] = {}
    measures: dict[tuple[str, str], int] = {}
    reports: list[str] = []
    rows = []
    titles = {id(clip): test.title for test in team_tests(result) for clip in test.clips}
    for clip in result.done:
        title = titles.get(id(clip)) or test_name(clip)
        test = tests.setdefault(title, len(tests))
        reports.append(_link(clip) or "")
        for m in clip.measures:
            if m.rep is not None or m.value is None:
                continue
            measure = measures.setdefault((m.id, m.label), len(measures))
            text = quantity(m.value, m.error, short_unit(m.unit))
            far = int(is_far(clip, m.side))
            side = {"left": 1, "right": 2}.get(m.side or "", 0)
            rows.append(
                [
                    numbers[athlete_of(clip)], test, side, measure, round(m.value, 4), text, m.grade,
                    len(reports) - 1, far,
                ]
            )  # fmt: skip
    facts = [fact_of(id) for id, _ in measures]
    return {
        "athletes": list(athletes),
        "tests": list(tests),
        "measures": [label for _, label in measures],
        "units": ["" if fact is None or short_unit(fact.unit) == fact.unit else fact.unit for fact in facts],
        "signs": ["" if fact is None else fact.sign for fact in facts],
        "reports": reports,
        "rows": rows,
        "places": {numbers[one.athlete]: place for place, one in enumerate(ranking.athletes, start=1)},
    }
