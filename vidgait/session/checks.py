"""What two clips must have in common before anything is said of them together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from vidgait.errors import PairError
from vidgait.store import main_segment

if TYPE_CHECKING:
    from vidgait.types import Analysis, Rep, View

__all__ = ["check_pair", "counted", "movement_name", "name_of", "posture_of", "view_of_clip"]


def check_pair(first: Analysis, second: Analysis) -> None:
    """Raises PairError for the same file twice, and for clips of no or of unlike movements."""
    if first.provenance.get("input_sha256") == second.provenance.get("input_sha256"):
        raise PairError("Both clips are the same recording.", "Give two different clips.")
    for one in (first, second):
        if one.movement.label is None:
            raise PairError(
                f"No movement was recognised in {name_of(one)}: {one.movement.basis}.", "Name it with --movement."
            )
        if not counted(one):
            raise PairError(f"No repetition was counted in {name_of(one)}.", "Film the whole movement.")
    if first.movement.label != second.movement.label:
        raise PairError(
            f"The clips show different movements: {name_of(first)} a {movement_name(first)}, "
            f"{name_of(second)} a {movement_name(second)}.",
            "Pair clips of the same movement, or name it with --movement.",
        )
    variants = [set(one.movement.flags) for one in (first, second)]
    if variants[0] != variants[1]:
        said = [f"{name_of(one)} {', '.join(one.movement.flags) or 'plain'}" for one in (first, second)]
        raise PairError(f"The clips show different kinds of {movement_name(first)}: {said[0]}, {said[1]}.")


def counted(analysis: Analysis) -> tuple[Rep, ...]:
    """The repetitions and holds that the set's numbers rest on."""
    return tuple(rep for rep in analysis.reps if rep.is_used)


def name_of(analysis: Analysis) -> str:
    """The clip's file name, without a folder."""
    return analysis.video.path.replace("\\", "/").rsplit("/", 1)[-1]


def movement_name(analysis: Analysis) -> str:
    label = analysis.movement.label or "movement"
    return label.replace("single_leg", "single-leg").replace("_", " ")


def view_of_clip(analysis: Analysis) -> View:
    """From where most of the repetitions were filmed."""
    segment = main_segment(analysis)
    return "unknown" if segment is None else segment.view


def posture_of(analysis: Analysis, name: str) -> str | None:
    """What most repetitions did with `name` (free_leg, arms), or None where it was not told."""
    known = Counter(rep.posture[name] for rep in counted(analysis) if name in rep.posture)
    return known.most_common(1)[0][0] if known else None
