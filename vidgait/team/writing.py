"""The files of a team's results, from values to disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vidgait.store import write_atomically
from vidgait.team.anonymous import anonymised
from vidgait.team.parquet_set import PARQUET, write_parquet_set
from vidgait.team.ranking import rank
from vidgait.team.team_page import render_team
from vidgait.team.team_tables import write_team_csv, write_team_xlsx

if TYPE_CHECKING:
    from vidgait.team.results import TeamResult

__all__ = ["TEAM_FILES", "write_team"]

TEAM_PAGE, TEAM_CSV, TEAM_XLSX = "team.html", "team.csv", "team.xlsx"
TEAM_FILES = (TEAM_PAGE, TEAM_CSV, TEAM_XLSX, PARQUET)


def write_team(folder: Path, result: TeamResult, *, secret: str = "") -> None:
    """Write `team.html`, `team.csv`, `team.xlsx` and the Parquet set into `folder`, which must exist.

    Where `result.anonymous` is set, names become ids first (`anonymous.anonymised`, with `secret`). The same results
    give the same bytes. Raises OutputError.
    """
    shown = anonymised(result, secret) if result.anonymous else result
    shown = replace(shown, clips=tuple(sorted(shown.clips, key=lambda clip: clip.path)))
    ranking = rank(shown)
    write_parquet_set(folder / PARQUET, shown)
    write_team_csv(folder / TEAM_CSV, shown)
    write_team_xlsx(folder / TEAM_XLSX, shown, ranking)
    # The page last: who sees it finds all the rest.
    write_atomically(folder / TEAM_PAGE, render_team(shown, ranking).encode())
