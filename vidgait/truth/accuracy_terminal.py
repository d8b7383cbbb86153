"""The accuracy table on a terminal: the clips, and what was shown, view by view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from vidgait.truth.accuracy_text import (
    CLIP_HEADS,
    clip_cells,
    number_text,
    offset_text,
    refused_rightly,
    worth_showing,
)
from vidgait.truth.goals import goals_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from vidgait.truth.accuracy import Row
    from vidgait.truth.accuracy_file import AccuracyTable
    from vidgait.truth.goals import Reached
    from vidgait.truth.results import Validation

__all__ = ["accuracy_terminal"]


def accuracy_terminal(table: AccuracyTable, validation: Validation) -> Group:
    """What `rich` can print."""
    return Group(*_parts(table, validation))


def _parts(table: AccuracyTable, validation: Validation) -> Iterator[RenderableType]:
    yield _table("Clips", CLIP_HEADS, map(clip_cells, table.clips))
    yield Text(LEGEND, style="dim")
    for clip in validation.clips:
        for note in (offset_text(clip), *clip.notes):
            if note:
                yield Text(f"{clip.name}: {note}")
    for view, rows in table.views.items():
        yield from _of_view(view, rows)
    yield from _goals(table)
    for name, why in validation.failed.items():
        yield Text(f"{name}: {why}", style="red")


def _goals(table: AccuracyTable) -> Iterator[RenderableType]:
    """One line each: reached or not, and what was found."""
    reached = goals_of(table)
    if reached:
        yield _table("\nGoals", ("reached", "what", "found", "wanted"), map(_goal_cells, reached))


def _goal_cells(goal: Reached) -> tuple[str, ...]:
    return (
        "yes" if goal.met else "[red]no[/red]",
        goal.words,
        goal.found.partition(" over ")[0],
        goal.wanted.removesuffix(" mean absolute error"),
    )


def _of_view(view: str, rows: Sequence[Row]) -> Iterator[RenderableType]:
    shown = [row for row in rows if worth_showing(row) and row.kind != "set"]
    values = [row for row in shown if row.kind != "series"]
    series = [row for row in shown if row.kind == "series"]
    if values:
        yield _table(f"\n{SEEN.get(view, view.capitalize())}", ("each repetition", *HEADS), map(_cells, values))
    if series:
        yield _table("", ("curves, frame by frame", *HEADS), map(_cells, series))
    for row in shown:
        if row.answered_outside and row.kind == "measure":
            yield Text(f"{row.id}: {row.answered_outside} values given that this view cannot give.", style="yellow")
    refused = sum(refused_rightly(row) and row.kind == "measure" for row in rows)
    if refused:
        yield Text(f"{refused} measures refused, as this view demands.", style="dim")


WORDY = ("movement", "repetitions", "on the athlete", "what", "found", "wanted")
"""Columns that may take several lines; the others, names of clips and numbers among them, are never broken."""
LEGEND = (
    "error: mean size of shown less true. band: true values inside value ± error (95 % is meant). signs: angles above "
    "3° shown with the other sign. given: of what this view can give. Times in s, angles in degrees."
)
SEEN = {
    "front": "Seen from the front",
    "back": "Seen from the back",
    "left": "Seen from the person's left",
    "right": "Seen from the person's right",
    "oblique": "Seen at an angle",
    "unknown": "The view is unknown",
}
HEADS = ("n", "bias", "error", "band", "signs", "given")


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.id + (f", {row.leg}" if row.leg else ""),
        str(row.n),
        number_text(row.bias, row.unit, sign=True),
        number_text(row.mae, row.unit),
        _percent(row.coverage),
        f"{row.wrong_signs}/{row.signed}" if row.signed else "",
        _percent(row.answered_inside_share),
    )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f} %"


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(title=title or None, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for number, head in enumerate(heads):
        table.add_column(
            head,
            justify="left" if number == 0 or head in WORDY else "right",
            no_wrap=head not in WORDY,
            overflow="ellipsis" if number == 0 else "fold",
        )
    for row in rows:
        table.add_row(*row)
    return table
