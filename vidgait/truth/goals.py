"""What vidgait means to reach on clips whose truth is known, and whether it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidgait.outputs.words import counted
from vidgait.truth.accuracy import combined
from vidgait.truth.frontal_goals import Reached, frontal_goals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidgait.truth.accuracy import Row
    from vidgait.truth.accuracy_file import AccuracyTable, ClipRows

__all__ = ["GOALS", "Goal", "Reached", "goals_of"]

SIDE = ("left", "right")
STRAIGHT_ON = ("front", "back")
GAIT = ("walk", "run")


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
    without_offset: bool = False
    """Each curve's own constant difference is taken off first: what is judged is the change."""


def _side_squat(clip: ClipRows) -> bool:
    return clip.movement == "squat" and clip.view in SIDE


def _straight_on(clip: ClipRows) -> bool:
    return clip.view in STRAIGHT_ON


def _straight_on_no_gait(clip: ClipRows) -> bool:
    return _straight_on(clip) and clip.movement not in GAIT


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
    Goal(
        "Front and back: FPPA curve, constant offset taken off (walking and running left out)",
        "series", "fppa_deg", 3.0, "°", _straight_on_no_gait, without_offset=True,
    ),
    Goal("Front and back: pelvic drop", "series", "contralateral_pelvic_drop_deg", 2.0, "°", _straight_on),
    Goal("Turn of the camera, within 20° of front or back", "yaw", "yaw_within_20_of_front", 2.0, "°", _any),
)  # fmt: skip
"""Of mean absolute errors. Counts, instants and signs are judged apart."""


def goals_of(table: AccuracyTable) -> tuple[Reached, ...]:
    """Every goal that the clips at hand speak of; none for a table without a clip whose movement is stated, which is
    somebody else's data."""
    if not any(clip.movement for clip in table.clips):
        return ()
    errors = (reached for goal in GOALS for reached in _error(goal, table))
    return (*errors, *_pelvic_signs(table), *frontal_goals(table), *_reps(table), *_signs(table), *_patterns(table))


def _error(goal: Goal, table: AccuracyTable) -> Iterator[Reached]:
    row = _row(table, goal.kind, goal.id, goal.of, goal.leg)
    if row is None or not (row.n or row.asked_inside):
        return
    error = row.mae_without_offset if goal.without_offset else row.mae
    wanted = f"{goal.limit:g}{goal.unit} mean absolute error"
    if error is None:
        yield Reached(goal.words, wanted, "no value was given", False)
    else:
        found = f"{error:.2f}{goal.unit} over {counted(row.n, 'value')} of {counted(row.clips, 'clip')}"
        yield Reached(goal.words, wanted, found, error <= goal.limit)


def _row(
    table: AccuracyTable, kind: str, id: str, of: Callable[[ClipRows], bool], leg: str | None = None
) -> Row | None:
    """What the clips say together; `clips` counts those that gave a value."""
    found = {
        clip.name: [row for row in clip.rows if (row.kind, row.id) == (kind, id) and leg in (None, row.leg)]
        for clip in table.clips
        if of(clip)
    }
    rows = [row for of_clip in found.values() for row in of_clip]
    giving = sum(any(row.n for row in of_clip) for of_clip in found.values())
    return combined(rows, clips=giving) if rows else None


def _pelvic_signs(table: AccuracyTable) -> Iterator[Reached]:
    row = _row(table, "series", "contralateral_pelvic_drop_deg", _straight_on)
    if row is not None and row.signed:
        found = f"{row.wrong_signs} of {counted(row.signed, 'frame')}"
        yield Reached("Front and back: pelvic drop above 3°", "no wrong sign", found, not row.wrong_signs)


def _reps(table: AccuracyTable) -> Iterator[Reached]:
    reps = table.reps
    if reps.true or reps.extra:
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


def _patterns(table: AccuracyTable) -> Iterator[Reached]:
    rows = [row for clip in table.clips for row in clip.rows if row.kind == "pattern"]
    shown, right = sum(row.banded for row in rows), sum(row.covered for row in rows)
    if shown:
        found = f"{shown - right} of {counted(shown, 'label')}"
        yield Reached("Labels of pelvis, trunk and knee", "none wrong", found, shown == right)
