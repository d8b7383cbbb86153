"""What vidgait means to reach on clips whose truth is known, and whether it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidgait.truth.accuracy import combined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidgait.truth.accuracy import Row
    from vidgait.truth.accuracy_file import AccuracyTable, ClipRows

__all__ = ["GOALS", "Goal", "Reached", "goals_of"]

SIDE = ("left", "right")
STRAIGHT_ON = ("front", "back")


@dataclass(frozen=True, slots=True)
class Goal:
    """A mean absolute error that one quantity must not exceed."""

    words: str
    kind: str
    id: str
    limit: float
    unit: str
    of: Callable[[ClipRows], bool]
    leg: str | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """One goal and what was found; `met` None where no clip can tell."""

    words: str
    wanted: str
    found: str
    met: bool | None


def _side_squat(clip: ClipRows) -> bool:
    return clip.movement == "squat" and clip.view in SIDE


def _straight_on(clip: ClipRows) -> bool:
    return clip.view in STRAIGHT_ON


def _side_walk(clip: ClipRows) -> bool:
    return clip.movement == "walk" and clip.view in SIDE


def _any(clip: ClipRows) -> bool:
    return clip.movement is not None


GOALS: Sequence[Goal] = (
    Goal("Squat from the side, near leg: knee", "series", "knee_flexion_deg", 3.0, "°", _side_squat, "near"),
    Goal("Squat from the side, near leg: hip", "series", "hip_flexion_deg", 5.0, "°", _side_squat, "near"),
    Goal("Squat from the side, near leg: ankle", "series", "ankle_dorsiflexion_deg", 6.0, "°", _side_squat, "near"),
    Goal("Walking from the side, near leg: knee", "series", "knee_flexion_deg", 5.0, "°", _side_walk, "near"),
    Goal("Walking from the side, far leg: knee", "series", "knee_flexion_deg", 5.0, "°", _side_walk, "far"),
    Goal("Front and back: change of FPPA", "measure", "fppa_change", 3.0, "°", _straight_on),
    Goal("Front and back: pelvic drop", "series", "contralateral_pelvic_drop_deg", 2.0, "°", _straight_on),
    Goal("Turn of the camera, within 20° of front or back", "yaw", "yaw_within_20_of_front", 2.0, "°", _any),
)
"""Of mean absolute errors. Counts, instants and signs are judged apart."""


def goals_of(table: AccuracyTable) -> tuple[Reached, ...]:
    """Every goal; empty for a table without a clip whose movement is stated, which is somebody else's data."""
    if not any(clip.movement for clip in table.clips):
        return ()
    return (*(_error(goal, table) for goal in GOALS), *_pelvic_signs(table), *_reps(table), *_signs(table))


def _error(goal: Goal, table: AccuracyTable) -> Reached:
    row = _row(table, goal.kind, goal.id, goal.of, goal.leg)
    wanted = f"{goal.limit:g}{goal.unit} mean absolute error"
    if row is None or row.mae is None:
        return Reached(goal.words, wanted, "no clip shows it", None)
    found = f"{row.mae:.2f}{goal.unit} over {row.n} values of {row.clips} clips"
    return Reached(goal.words, wanted, found, row.mae <= goal.limit)


def _row(
    table: AccuracyTable, kind: str, id: str, of: Callable[[ClipRows], bool], leg: str | None = None
) -> Row | None:
    rows = [
        row
        for clip in table.clips
        if of(clip)
        for row in clip.rows
        if (row.kind, row.id) == (kind, id) and (leg is None or row.leg == leg)
    ]
    return combined(rows) if rows else None


def _pelvic_signs(table: AccuracyTable) -> Iterator[Reached]:
    row = _row(table, "series", "contralateral_pelvic_drop_deg", _straight_on)
    words, wanted = "Front and back: pelvic drop above 3°", "no wrong sign"
    if row is None or not row.signed:
        yield Reached(words, wanted, "no clip shows it", None)
    else:
        yield Reached(words, wanted, f"{row.wrong_signs} of {row.signed} frames", not row.wrong_signs)


def _reps(table: AccuracyTable) -> Iterator[Reached]:
    reps = table.reps
    found = f"{reps.missed} missed and {reps.extra} invented of {reps.true}"
    yield Reached("Repetitions", "all, and no others", found, not reps.missed and not reps.extra)
    rows = [row for clip in table.clips for row in clip.rows if row.kind == "timing"]
    if rows:
        within, banded = sum(row.covered for row in rows), sum(row.banded for row in rows)
        yield Reached("Instants of repetitions", "within one frame", f"{within} of {banded}", within == banded)


def _signs(table: AccuracyTable) -> Iterator[Reached]:
    rows = [row for clip in table.clips for row in clip.rows if row.kind == "measure" and row.signed]
    wrong, signed = sum(row.wrong_signs for row in rows), sum(row.signed for row in rows)
    if signed:
        found = f"{wrong} of {signed} measures"
        yield Reached("Angles above 3°, in all measures", "no wrong sign", found, not wrong)
