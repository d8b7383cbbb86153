"""What is said of a live session when it ends: repetitions, tempo, best and worst, drift, cues, how it was seen."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from vidgait.live.ranking import Ends, ends_of, find_drift
from vidgait.movements import MOVEMENTS
from vidgait.outputs.words import counted, quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vidgait.live.coach import Given
    from vidgait.live.presence import Presence
    from vidgait.live.session import Finished
    from vidgait.live.state import LiveRep
    from vidgait.types import Measure, Side

__all__ = ["CueCount", "LiveSummary", "RepRow", "summarise", "summary_mapping", "summary_rows", "summary_text"]

TEMPO = ("eccentric_time", "pause_time", "concentric_time")
SHOWN = {
    "thigh_inclination_bottom": "depth (thigh)",
    "knee_flexion_bottom": "knee bend",
    "fppa_change": "{side} knee inwards",
    "pelvic_drop_bottom": "hip drop",
    "hold_time": "held",
    "thigh_inclination_vertical_bottom": "{side} depth, coarse",
}
"""What is told of each repetition besides its duration, where it was measured; at most two."""
WELL, FAIRLY = 0.8, 0.65
"""Scores of the quality gates (biomechanics section 11)."""


@dataclass(frozen=True, slots=True)
class RepRow:
    index: int
    side: Side | None
    duration_s: float
    excluded: str | None
    values: tuple[tuple[str, str], ...] = ()
    """Label and value with its error, in words."""


@dataclass(frozen=True, slots=True)
class CueCount:
    text: str
    given: int
    corrected: int
    """How many of them the next repetitions showed to be corrected."""


@dataclass(frozen=True, slots=True)
class LiveSummary:
    movement: str | None
    movement_label: str
    count: int
    sides: tuple[tuple[Side, int], ...]
    rows: tuple[RepRow, ...]
    tempo_s: tuple[float | None, float | None, float | None]
    """Down, pause, up: median over the repetitions."""
    rep_time_s: float | None
    best: tuple[int, str] | None
    """Repetition and why; None where the repetitions do not differ by more than the error."""
    worst: tuple[int, str] | None
    alike: bool
    """They could be ranked, and do not differ by more than the error."""
    drift: tuple[str, ...]
    cues: tuple[CueCount, ...]
    seen_share: float | None
    leg_score: float | None
    watched_s: float | None


def summarise(
    reps: Sequence[LiveRep],
    movement: str | None,
    given: Sequence[Given] = (),
    presence: Presence | None = None,
) -> LiveSummary:
    """Of a session that has ended; repetitions that are excluded are counted, and listed with the reason."""
    used = [rep for rep in reps if rep.excluded is None]
    ends = ends_of(used, movement)
    sides: tuple[Side, Side] = ("left", "right")
    return LiveSummary(
        movement=movement,
        movement_label=MOVEMENTS[movement].label
        if movement is not None and movement in MOVEMENTS
        else "Movement not recognised",
        count=len(reps),
        sides=tuple((side, count) for side in sides if (count := sum(rep.side == side for rep in reps))),
        rows=tuple(_row(rep) for rep in reps),
        tempo_s=(_typical(used, TEMPO[0]), _typical(used, TEMPO[1]), _typical(used, TEMPO[2])),
        rep_time_s=median(rep.end_s - rep.start_s for rep in used) if used else None,
        best=_end(ends, 0),
        worst=_end(ends, 1),
        alike=ends is not None and ends.alike,
        drift=find_drift(used),
        cues=_count(given),
        seen_share=presence.seen_share if presence else None,
        leg_score=presence.leg_score if presence else None,
        watched_s=presence.watched_s if presence else None,
    )


def _typical(reps: Sequence[LiveRep], id: str) -> float | None:
    values = [one.value for rep in reps for one in rep.measures if one.id == id and one.value is not None]
    return median(values) if values else None


def _row(rep: LiveRep) -> RepRow:
    known = [one for id in SHOWN for one in rep.measures if one.id == id and one.value is not None and one.grade != "D"]
    values = tuple((_label(one), quantity(one.value, one.error, one.unit)) for one in known[:2])
    return RepRow(rep.index, rep.side, rep.end_s - rep.start_s, rep.excluded, values)


def _label(measure: Measure) -> str:
    return SHOWN[measure.id].replace("{side}", measure.side or "").strip()


def _end(ends: Ends | None, at: int) -> tuple[int, str] | None:
    if ends is None or ends.alike:
        return None
    rep, measure, why = ends.best if at == 0 else ends.worst
    if at == 0:
        label = _label(measure) if measure.id in SHOWN else ""
        return rep.index, f"{why}, {label} {quantity(measure.value, measure.error, measure.unit)}".replace(",  ", ", ")
    # Of the difference only the noise is unsure: what is wrong with both alike is not in it.
    return rep.index, f"{why}, {quantity(ends.difference, ends.resolved, measure.unit)} from the best"


def _count(given: Sequence[Given]) -> tuple[CueCount, ...]:
    texts = dict.fromkeys(one.text for one in given)
    return tuple(
        CueCount(text, sum(one.text == text for one in given), sum(one.text == text and one.corrected for one in given))
        for text in texts
    )


def _summary_lines(summary: LiveSummary) -> list[str]:
    """One sentence each, without the list of repetitions."""
    lines = []
    if summary.rep_time_s is not None:
        lines.append(_tempo_words(summary))
    for name, end in (("Best", summary.best), ("Worst", summary.worst)):
        if end is not None:
            lines.append(f"{name}: repetition {end[0]} ({end[1]}).")
    if summary.alike:
        lines.append("Best and worst: the repetitions do not differ by more than the measurement error.")
    lines += [f"Over the set: {words}." for words in summary.drift]
    for cue in summary.cues:
        corrected = f", corrected {_times(cue.corrected)}" if cue.corrected else ", not seen corrected"
        lines.append(f"Cue “{cue.text}”: given {_times(cue.given)}{corrected}.")
    lines += _seen_words(summary)
    return lines


def _tempo_words(summary: LiveSummary) -> str:
    down, pause, up = summary.tempo_s
    said = f"Tempo: {summary.rep_time_s:.1f} s each"
    if down is not None and up is not None:
        said += f" (down {down:.1f} s, {'' if pause is None else f'pause {pause:.1f} s, '}up {up:.1f} s)"
    return f"{said}."


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _seen_words(summary: LiveSummary) -> list[str]:
    if summary.seen_share is None or summary.watched_s is None:
        return []
    said = f"Seen in {summary.seen_share:.0%} of {summary.watched_s:.0f} s"
    if summary.leg_score is not None:
        how = "clearly" if summary.leg_score >= WELL else "fairly clearly" if summary.leg_score >= FAIRLY else "poorly"
        said += f", the legs {how}"
    return [f"{said}."]


def _title(summary: LiveSummary) -> str:
    if summary.count == 0:
        return "No repetition was counted."
    sides = ", ".join(f"{count} {side}" for side, count in summary.sides)
    return f"{summary.movement_label}: {counted(summary.count, 'repetition')}{f' ({sides})' if sides else ''}"


def summary_text(summary: LiveSummary, width: int = 80) -> str:
    """For a terminal of `width` columns, without colours."""
    lines = [_title(summary)]
    for row in summary.rows:
        values = "; ".join(f"{label} {value}" for label, value in row.values)
        side = f" {row.side}" if row.side else ""
        said = f"{row.index:>3}{side}: {row.duration_s:.1f} s{'; ' if values else ''}{values}"
        lines += _wrapped(said + (f" (left out: {row.excluded})" if row.excluded else ""), width, "     ")
    for line in _summary_lines(summary):
        lines += _wrapped(line, width, "  ")
    return "\n".join(lines)


def _wrapped(line: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(line, width, subsequent_indent=indent) or [""]


def summary_mapping(summary: LiveSummary) -> dict[str, Any]:
    """Plain values for JSON."""
    plain: dict[str, Any] = dataclasses.asdict(summary)
    plain["sides"] = dict(summary.sides)
    plain["tempo_s"] = dict(zip(("down", "pause", "up"), summary.tempo_s, strict=True))
    plain["rows"] = [dataclasses.asdict(row) | {"values": dict(row.values)} for row in summary.rows]
    for name, end in (("best", summary.best), ("worst", summary.worst)):
        plain[name] = None if end is None else {"rep": end[0], "why": end[1]}
    return plain


def summary_rows(finished: Finished) -> Mapping[str, Any] | None:
    """As the browser page shows it: `title`, `lines`, `tables` of `head` and `rows`; None where nothing was counted."""
    if not finished.reps:
        return None
    summary = summarise(finished.reps, finished.movement, finished.given, finished.presence)
    labels = list(dict.fromkeys(label for row in summary.rows for label, _ in row.values))
    rows = [
        [row.index, row.side, f"{row.duration_s:.1f} s", *(dict(row.values).get(label) for label in labels)]
        for row in summary.rows
    ]
    table = {"head": ["Rep", "Side", "Time", *labels], "rows": rows}
    return {"title": _title(summary), "lines": _summary_lines(summary), "tables": [table]}
