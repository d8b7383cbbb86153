"""Teams made by hand: numbers that are known, in the values that a batch hands over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from vidgait.measures import spec_of
from vidgait.team.results import ClipResult, TeamResult, Who
from vidgait.types import Issue, Measure, Movement, Rep, Side

__all__ = ["clip", "measure", "noise_team", "side_squats", "small_team", "team", "with_reps"]

PROVENANCE = {"input_sha256": "0" * 64, "packages": {"vidgait": "9.9"}, "pose": {"backend": "none"}}


def measure(
    id: str, value: float | None, error: float | None = 4.0, side: Side | None = None, **changes: Any
) -> Measure:
    """A number of the set, with the facts of the catalogue, graded A and resting on five repetitions."""
    spec = spec_of(id)
    given = {"n": 5, "grade": "A" if value is not None else "D", "noise": error} | changes
    return Measure(id, spec.label, value, spec.unit, side, error=error, **given)


def with_reps(one: Measure, values: Sequence[float]) -> tuple[Measure, ...]:
    """The number of the set and those of its repetitions, 1-based."""
    reps = [replace(one, rep=number, value=value, n=1) for number, value in enumerate(values, start=1)]
    return (one, *reps)


def clip(
    athlete: str | None,
    measures: Iterable[Measure] = (),
    *,
    test: str | None = "squat side",
    movement: str | None = "squat",
    view: str | None = "left",
    state: Any = "done",
    reps: int = 5,
    sides: Sequence[Side | None] = (None,),
    path: str | None = None,
    **changes: Any,
) -> ClipResult:
    """A video of an athlete; its repetitions belong to `sides` in turn."""
    name = path or f"{athlete}/{test}.mp4"
    kind: Any = "hold" if movement == "single_leg_stance" else "rep"
    done = [Rep(at + 1, kind, 2.0 * at, 2.0 * at + 1.5, sides[at % len(sides)]) for at in range(reps)]
    who = changes.pop("who", Who(athlete, test, None, "2026-11-21", 1.8, 75.0, None, "names"))
    filled = {
        "key": hashlib.sha256(name.encode()).hexdigest(),
        "folder": f"{name.removesuffix('.mp4')}",
        "duration_s": 12.0,
        "frames": 360,
        "provenance": PROVENANCE,
    } | changes
    if state != "done":
        return ClipResult(name, who, state, **(filled | {"folder": None, "provenance": {}}))
    moved = Movement(movement, 1.0, "given") if movement else Movement(None, 0.0, "no repetition was recognised")
    return ClipResult(name, who, state, movement=moved, view=view, reps=tuple(done), measures=tuple(measures), **filled)


def team(clips: Iterable[ClipResult], **changes: Any) -> TeamResult:
    return TeamResult(tuple(sorted(clips, key=lambda one: one.path)), {}, **changes)


def side_squats(values: Mapping[str, float], error: float = 4.0, grade: str = "A") -> list[ClipResult]:
    """Squats from the left, five repetitions alike, with this knee flexion of the near leg."""
    return [
        clip(name, with_reps(measure("knee_flexion_bottom", value, error, "left", grade=grade), [value] * 5))
        for name, value in values.items()
    ]


def noise_team(seed: int, people: int = 30, error: float = 4.0) -> TeamResult:
    """Nobody differs from anybody: every number is the same truth and normal noise of the stated error."""
    random = np.random.default_rng(seed)
    sd = error / 1.96
    clips = []
    for number in range(people):
        depth, lean, ankle = (middle + sd * random.standard_normal() for middle in (95.0, 40.0, 30.0))
        apart = sd * random.standard_normal()
        numbers = [
            *with_reps(measure("knee_flexion_bottom", depth, error, "left"), [depth] * 5),
            *with_reps(measure("trunk_lean_bottom", lean, error), [lean] * 5),
            *with_reps(measure("ankle_dorsiflexion_bottom", ankle, error, "left"), [ankle] * 5),
            *with_reps(measure("knee_flexion_left_right_bottom", apart, error), [apart] * 5),
        ]
        clips.append(clip(f"P{number:02d}", numbers))
    return team(clips)


def small_team() -> TeamResult:
    """Ten people: Zoë squats far less deep, Max bends his left knee more; Eve's video failed, Tom's is of nobody's."""
    names = ("Ada", "Bea", "Cem", "Dörte", "Finn", "Gül", "Hanno", "Zoë", "Max")
    depth = {name: 95.0 + at for at, name in enumerate(names)} | {"Zoë": 50.0}
    clips = side_squats(depth)
    for name in names:
        apart = 25.0 if name == "Max" else 1.0
        difference = measure("knee_flexion_left_right_bottom", apart, 5.0)
        clips.append(clip(name, with_reps(difference, [apart] * 5), test="squat front", view="front"))
    blurred = Issue("blurred", "warning", "Ada/squat side.mp4 is blurred.", (3, 9))
    clips[0] = replace(clips[0], issues=(blurred,))
    hint = "The whole body must be in the picture."
    clips.append(clip("Eve", state="failed", code="no_person", reason="Nobody was found in squat side.mp4.", hint=hint))
    clips.append(clip("Eve", test="squat front", state="failed", code="no_person", reason="Nobody.", hint=hint))
    clips.append(clip("Ida", state="failed", code="timeout", reason="It took longer than 600 s.", hint="Cut it."))
    clips.append(clip("Ada", test="live", state="skipped", code="live_photo", reason="Part of a Live Photo."))
    clips.append(clip(None, who=Who(), path="unknown.mp4", movement=None, reps=0))
    return team(clips)
