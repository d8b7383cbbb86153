"""What vidgait means to reach from the front and from behind, on one leg and on both: by facing and by leg."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidgait.outputs.words import counted
from vidgait.truth.accuracy import combined

if TYPE_CHECKING:
    from vidgait.truth.accuracy import Row
    from vidgait.truth.accuracy_file import AccuracyTable, ClipRows

__all__ = ["FRONTAL_GOALS", "FrontalGoal", "Reached", "frontal_goals"]

FACINGS = ("front", "back")
LEGS = ("left", "right")
ON_ONE_LEG = ("single_leg_squat", "step_down", "single_leg_stance")
ANSWERED_MIN, OUTSIDE_MAX = 0.9, 0.05


@dataclass(frozen=True, slots=True)
class Reached:
    """One goal and what was found."""

    words: str
    wanted: str
    found: str
    met: bool


@dataclass(frozen=True, slots=True)
class FrontalGoal:
    """A mean absolute error that measures of one repetition must not exceed, for each facing and leg."""

    words: str
    ids: tuple[str, ...]
    limit_deg: float


FRONTAL_GOALS: Sequence[FrontalGoal] = (
    FrontalGoal("FPPA change", ("fppa_change",), 3.0),
    FrontalGoal("hip adduction", ("hip_adduction_bottom",), 3.0),
    FrontalGoal("pelvic drop", ("pelvic_drop_bottom", "pelvic_drop_hold"), 2.0),
)
_IDS = tuple(id for goal in FRONTAL_GOALS for id in goal.ids)


def frontal_goals(table: AccuracyTable) -> Iterator[Reached]:
    """Each goal that the clips speak of; cells are (repetition, measure), counted where the true view can give them."""
    for facing in FACINGS:
        for leg in LEGS:
            clips = [clip for clip in table.clips if clip.movement in ON_ONE_LEG and clip.side == leg]
            for goal in FRONTAL_GOALS:
                yield from _error(f"{facing.capitalize()}, {leg} leg: {goal.words}", goal, facing, clips)
        squats = [clip for clip in table.clips if clip.movement == "squat"]
        words = f"{facing.capitalize()}, both feet: {FRONTAL_GOALS[0].words}"
        yield from _error(words, FRONTAL_GOALS[0], facing, squats)
    yield from _signs_and_answers(_cells(table.clips))


def _error(words: str, goal: FrontalGoal, facing: str, clips: Sequence[ClipRows]) -> Iterator[Reached]:
    facing_it = [clip for clip in clips if clip.view == facing]
    rows = [row for clip in facing_it for row in _of(clip, goal.ids) if row.asked_inside]
    if not rows:
        return
    row = combined(rows, clips=len(facing_it))
    wanted = f"{goal.limit_deg:g}° mean absolute error"
    if row.mae is None:
        yield Reached(words, wanted, "no value was given", False)
    else:
        found = f"{row.mae:.2f}° over {counted(row.n, 'repetition')} of {counted(row.clips, 'clip')}"
        yield Reached(words, wanted, found, row.mae <= goal.limit_deg)


def _of(clip: ClipRows, ids: Sequence[str]) -> list[Row]:
    return [row for row in clip.rows if row.kind == "measure" and row.id in ids and row.leg != "free"]


def _cells(clips: Sequence[ClipRows]) -> list[Row]:
    return [row for clip in clips if clip.movement in (*ON_ONE_LEG, "squat") for row in _of(clip, _IDS)]


def _signs_and_answers(rows: Sequence[Row]) -> Iterator[Reached]:
    if not rows:
        return
    total = combined(rows)
    what = "FPPA change, hip adduction and pelvic drop"
    if total.signed:
        found = f"{total.wrong_signs} of {counted(total.signed, 'cell')}"
        yield Reached(f"{what} above 3°", "no wrong sign", found, not total.wrong_signs)
    inside, outside = total.answered_inside_share, total.answered_outside_share
    if inside is not None:
        found = f"{100 * inside:.0f} % of {counted(total.asked_inside, 'cell')}"
        yield Reached(f"{what}, answered inside the gate", "at least 90 %", found, inside >= ANSWERED_MIN)
    if outside is not None:
        found = f"{100 * outside:.0f} % of {counted(total.asked_outside, 'cell')}"
        yield Reached(f"{what}, answered outside the gate", "at most 5 %", found, outside <= OUTSIDE_MAX)
