"""The accuracy table in words: Markdown for the repository. The terminal and the page use the same cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from vidgait.measures import spec_of
from vidgait.outputs.words import counted
from vidgait.truth.alignment import CORRELATION_GOOD
from vidgait.truth.goals import goals_of

if TYPE_CHECKING:
    from vidgait.truth.accuracy import Row
    from vidgait.truth.accuracy_file import AccuracyTable, ClipRows
    from vidgait.truth.goals import Reached
    from vidgait.truth.results import ClipCheck, Validation

__all__ = [
    "CLIP_HEADS",
    "GOAL_HEADS",
    "READING",
    "SERIES_HEADS",
    "VALUE_HEADS",
    "accuracy_markdown",
    "clip_cells",
    "goal_cells",
    "number_text",
    "offset_text",
    "refused_rightly",
    "series_cells",
    "share_text",
    "value_cells",
    "worth_showing",
]

GOAL_HEADS = ("what", "goal", "found", "reached")
CLIP_HEADS = ("clip", "movement", "view", "turned", "repetitions", "on the athlete")
VALUE_HEADS = ("what", "n", "bias", "mean abs. error", "in band", "wrong signs", "answered", "answered outside")
SERIES_HEADS = (
    "what", "frames", "bias", "mean abs. error", "without offset", "in band", "wrong signs", "shown", "shown outside",
)  # fmt: skip

READING = """\
*Bias* is the mean of shown less true, *mean abs. error* the mean size of that difference. *In band*: true values inside
value ± error, 95 % is meant; for instants, those within one frame. *Wrong signs*: angles whose true size is above 3
degrees, shown with the other sign. *Answered*: values given, of those that the true view can give; a repetition that
was not counted is not answered. *Answered outside*: values given where the true view cannot give them and a refusal is
right. *Without offset*: the error that is left when each curve's own constant difference is taken off. *Near* and *far*
are the legs of a side or oblique view; the far leg's series are shown but kept out of the numbers. *Stance* and *free*
are those of a clip that is done on one leg."""


def number_text(value: float | None, unit: str = "deg", sign: bool = False) -> str:
    """As many decimals as an error in that unit deserves; empty for None."""
    if value is None:
        return ""
    digits = 3 if unit in ("s", "ratio", "leg lengths", "s/rep") else 1 if unit == "deg/s" else 2
    text = f"{value:{'+' if sign else ''}.{digits}f}"
    return text if float(text) else text.lstrip("+-")


def share_text(part: int, whole: int) -> str:
    """`96 % of 24`, or nothing where nothing was asked."""
    return f"{100 * part / whole:.0f} % of {whole}" if whole else ""


def value_cells(row: Row) -> tuple[str, ...]:
    """One row of VALUE_HEADS."""
    return (
        _what(row),
        str(row.n),
        number_text(row.bias, row.unit, sign=True),
        number_text(row.mae, row.unit),
        _percent(row.coverage),
        _signs(row),
        share_text(row.answered_inside, row.asked_inside),
        share_text(row.answered_outside, row.asked_outside),
    )


def series_cells(row: Row) -> tuple[str, ...]:
    """One row of SERIES_HEADS."""
    return (
        _what(row),
        str(row.n),
        number_text(row.bias, row.unit, sign=True),
        number_text(row.mae, row.unit),
        number_text(row.mae_without_offset, row.unit),
        _percent(row.coverage),
        _signs(row),
        share_text(row.answered_inside, row.asked_inside),
        share_text(row.answered_outside, row.asked_outside),
    )


def clip_cells(clip: ClipRows) -> tuple[str, ...]:
    """One row of CLIP_HEADS."""
    read = clip.movement_found
    if clip.movement is None:
        movement = f"{read}, as vidgait reads it" if read else "not recognised"
    else:
        heard = f", read as {read}" if read else ", not recognised"
        movement = clip.movement + ("" if read == clip.movement else heard)
    movement = movement.replace("_", " ")
    turned = "" if clip.yaw_deg is None else f"{round(clip.yaw_deg)}°"
    on_athlete = "" if clip.on_athlete is None else f"{100 * clip.on_athlete:.0f} %"
    return clip.name, movement, clip.view, turned, _reps_text(clip), on_athlete


def _reps_text(clip: ClipRows) -> str:
    reps = clip.reps
    if reps.not_counted_yet:
        text = f"{reps.not_counted_yet} not counted yet"
    elif reps.true:
        text = f"{reps.true - reps.missed} of {reps.true}"
    else:
        text = ""
    return f"{text}, {reps.extra} invented".lstrip(", ") if reps.extra else text


def offset_text(clip: ClipCheck) -> str:
    """How the two clocks were brought together; empty where they are one."""
    offset = clip.offset
    if offset is None:
        return ""
    if offset.correlation is None:
        return f"the reference's clock is {offset.seconds:+.3f} s from the video's, as stated"
    text = f"the reference's clock is {offset.seconds:+.3f} s from the video's (correlation {offset.correlation:.3f}"
    text += f", judged by {', '.join(offset.judged_by)})"
    if offset.correlation < CORRELATION_GOOD:
        text += "; they fit only fairly: check that it is the same trial"
    if offset.rival_s is not None:
        text += f"; {offset.rival_s:+.3f} s fits nearly as well: state it with --offset-s if you know it"
    return text


def _what(row: Row) -> str:
    return row.id + (f", {row.leg} leg" if row.leg else "")


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f} %"


def _signs(row: Row) -> str:
    return f"{row.wrong_signs} of {row.signed}" if row.signed else ""


def refused_rightly(row: Row) -> bool:
    """Nothing was to be given, and nothing was."""
    return row.kind != "timing" and not row.asked_inside and not row.n


def worth_showing(row: Row) -> bool:
    """Not what is refused as it should be, and not the medians of a set, which repeat what its repetitions say."""
    if row.kind == "set":
        spec = spec_of(row.id)
        return not refused_rightly(row) and (spec.over_reps or spec.reading == "legs")
    return not refused_rightly(row)


# --- Markdown ---------------------------------------------------------------------------------------------------------


def accuracy_markdown(table: AccuracyTable, validation: Validation) -> str:
    """`accuracy.md`. The same table gives the same text."""
    return (
        "\n".join(
            [*_head(table), *_goals(table), *_clips(table), *_views(table), *_refusals(table), *_failed(validation)]
        )
        + "\n"
    )


def _head(table: AccuracyTable) -> Iterator[str]:
    made = table.made_with
    yield "# How far from the truth"
    yield ""
    if made.get("command"):
        yield f"Made by `{made['command']}`."
    yield f"vidgait {made.get('vidgait')}, ONNX Runtime {made.get('onnxruntime')}, backend {made.get('backend')}."
    yield "Weights:"
    yield ""
    yield from (f"- `{name}` sha256 `{sha256}`" for name, sha256 in sorted(made.get("weights", {}).items()))
    yield ""
    yield READING
    yield ""


def goal_cells(goal: Reached) -> tuple[str, ...]:
    """One row of GOAL_HEADS."""
    return goal.words, goal.wanted, goal.found, "yes" if goal.met else "**no**"


def _goals(table: AccuracyTable) -> Iterator[str]:
    reached = goals_of(table)
    if reached:
        yield "## Goals"
        yield ""
        yield from _markdown_table(GOAL_HEADS, map(goal_cells, reached))


def _clips(table: AccuracyTable) -> Iterator[str]:
    reps = table.reps
    yield "## Clips"
    yield ""
    words = f"{counted(len(table.clips), 'clip')}. {reps.true - reps.missed} of {reps.true} repetitions counted, "
    words += f"{reps.missed} missed, {reps.extra} invented; "
    yield f"{words}{reps.not_counted_yet} of movements that are not counted yet."
    yield ""
    yield from _markdown_table(CLIP_HEADS, map(clip_cells, table.clips))


def _views(table: AccuracyTable) -> Iterator[str]:
    for view, rows in table.views.items():
        yield f"## {view.capitalize()} view"
        yield ""
        for kind, title, heads, cells in _SECTIONS:
            shown = [row for row in rows if row.kind == kind and worth_showing(row)]
            if shown:
                yield f"### {title}"
                yield ""
                yield from _markdown_table(heads, map(cells, shown))
        refused = [row for row in rows if refused_rightly(row) and row.kind == "measure"]
        if refused:
            names = ", ".join(f"`{_what(row)}`" for row in refused)
            yield f"Refused, as this view demands: {names}."
            yield ""


_SECTIONS = (
    ("yaw", "Turn against the camera (degrees)", VALUE_HEADS, value_cells),
    ("timing", "Instants of the repetitions (seconds, found less true)", VALUE_HEADS, value_cells),
    ("measure", "Measures, repetition by repetition", VALUE_HEADS, value_cells),
    ("set", "Differences between the repetitions of a set", VALUE_HEADS, value_cells),
    ("pattern", "Labels of pelvis, trunk and knee together (in band: the right one)", VALUE_HEADS, value_cells),
    ("series", "Series, frame by frame", SERIES_HEADS, series_cells),
)


def _refusals(table: AccuracyTable) -> Iterator[str]:
    """Why values that the view can give were not given."""
    lacking = [
        (view, row)
        for view, rows in table.views.items()
        for row in rows
        if row.kind == "measure" and row.answered_inside < row.asked_inside
    ]
    if not lacking:
        return
    yield "## Not answered though the view can give it"
    yield ""
    cells = (
        (view, _what(row), share_text(row.answered_inside, row.asked_inside), _reasons(row)) for view, row in lacking
    )
    yield from _markdown_table(("view", "what", "answered", "reasons given"), cells)


def _reasons(row: Row) -> str:
    return "; ".join(f"{why} ({count})" for why, count in sorted(row.refusals.items(), key=lambda one: -one[1]))


def _failed(validation: Validation) -> Iterator[str]:
    if validation.failed:
        yield "## Clips that could not be analysed"
        yield ""
        yield from (f"- {name}: {why}" for name, why in validation.failed.items())


def _markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    yield from (f"| {' | '.join(cells)} |" for cells in rows)
    yield ""
