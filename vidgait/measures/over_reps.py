"""Measures that speak about other measures: how they differ between the repetitions of a set."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidgait.measures.spec import MeasureSpec, OverReps

__all__ = ["OVER_REPS", "over_reps"]


def over_reps(parent: MeasureSpec, kind: OverReps) -> MeasureSpec:
    """How a measure differs over the repetitions of the set, as a measure of its own."""
    stem, _, last = parent.id.rpartition("_")
    word, label, unit, sign, says, means, does_not_mean, reps_min = OVER_REPS[kind]
    value = "{value} ± {error}" + ("°" if parent.unit == "deg" else f" {parent.unit}")
    return replace(
        parent,
        id=f"{parent.id}_{word}" if parent.reading == "time" else f"{stem}_{word}_{last}",
        label=f"{parent.label}: {label}",
        unit=parent.unit + unit,
        sign=sign,
        reading=kind,
        says=says.replace("{each}", value),
        means=means,
        does_not_mean=does_not_mean,
        parent=parent.id,
        reps_min=reps_min,
        mdc=None,
        mdc_movements=(),
        mdc_source="",
    )


OVER_REPS: dict[OverReps, tuple[str, str, str, str, str, str, str, int]] = {
    "spread": (
        "consistency",
        "spread over the set",
        "",
        "",
        "Repetitions differ by {each} (SD).",
        "Standard deviation over the repetitions, keypoint noise included.",
        "Not a quality by itself.",
        3,
    ),
    "range": (
        "range",
        "largest difference in the set",
        "",
        "",
        "The two repetitions that are farthest apart differ by {each}.",
        "Highest less lowest repetition. The ± is the largest difference that noise alone would make between equal "
        "repetitions, so differences above it can be told apart; what the camera's angle adds to all of them alike is "
        "not in it.",
        "Not a quality by itself: depth and pace change too.",
        2,
    ),
    "drift": (
        "drift",
        "drift over the set",
        "/rep",
        "+ grows from repetition to repetition",
        "It changes by {each} from repetition to repetition.",
        "Theil-Sen slope over the repetitions.",
        "Not proof of fatigue: technique and depth change too.",
        6,
    ),
}
"""Word in the id, label, what the unit gains, sign, sentence, meaning, what it does not mean, repetitions needed."""
