"""Knee valgus, hip adduction and pelvic drop on rendered people against truth: benchmarks/frontal_suite.{md,json}.

    python scripts/render_samples.py --calibration --out RENDERS                         # once: two hours
    python -m scripts.benchmarks.frontal_suite RENDERS sample_videos --keep FOLDER       # infer once, print the page
    python -m scripts.benchmarks.frontal_suite RENDERS sample_videos --keep FOLDER --write

Every clip of the folders that shows squats, or one leg, and has its truth beside it. `found_*` clips are those that
numbers were chosen on, `tested_*` clips those that judge them; clips without either name ship as samples.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vidgait.settings import Settings
from vidgait.truth.comparison import compare
from vidgait.truth.frontal_goals import ON_ONE_LEG
from vidgait.truth.kept import analysed
from vidgait.truth.rendered import is_truth_file, read_rendered

if TYPE_CHECKING:
    from vidgait.truth.results import ClipCheck, MeasureCheck

PAGES = Path(__file__).resolve().parents[2] / "benchmarks"
SETTINGS = Settings()
GROUPS = {"tested": "Tested-on clips", "found": "Found-on clips", "sample": "Samples"}
FACINGS, LEGS = ("front", "back"), ("left", "right")
MEASURES = {
    "fppa_change": 3.0,
    "hip_adduction_bottom": 3.0,
    "hip_adduction_change": 3.0,
    "pelvic_drop_bottom": 2.0,
    "pelvic_drop_hold": 2.0,
    "trunk_lean_stance_bottom": None,
    "trunk_lean_stance_hold": None,
    "fppa_bottom": None,
}
"""With the goal for their mean absolute error, degrees; the others beside them for what they say."""
JUDGED = ("fppa_change", "hip_adduction_bottom", "pelvic_drop_bottom", "pelvic_drop_hold")
"""Of these the answers are counted; the change of hip adduction is nearly the sum of two of them."""
SIGN_FROM_DEG = 3.0
BOTH_FEET = "both feet"


@dataclass(frozen=True)
class Cell:
    """One measure of one repetition."""

    group: str
    clip: str
    movement: str
    facing: str
    side: str
    id: str
    rep: int
    truth: float
    value: float | None
    error: float | None
    inside: bool
    why_none: str | None


def checks(folders: Sequence[Path], keep: Path) -> Iterator[ClipCheck]:
    for path in sorted((one for folder in folders for one in folder.glob("*.mp4")), key=lambda one: one.stem):
        if is_truth_file(path.with_suffix(".json")):
            reference = read_rendered(path.with_suffix(".json"))
            if reference.movement in (*ON_ONE_LEG, "squat") and reference.view not in ("left", "right"):
                yield compare(path.stem, analysed(path, keep, SETTINGS), reference)


def group_of(name: str) -> str:
    first = name.split("_")[0]
    return first if first in GROUPS else "sample"


def cells_of(check: ClipCheck) -> Iterator[Cell]:
    for one in check.measures:
        if one.id in MEASURES and one.side is not None and one.rep is not None:
            yield Cell(
                group_of(check.name), check.name, check.movement or "", check.view, one.side, one.id, one.rep,
                round(one.truth, 2), _rounded(one.value), _rounded(one.error), one.inside, _reason(one),
            )  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _reason(one: MeasureCheck) -> str | None:
    return one.why_none if one.value is None else None


# --- tables -----------------------------------------------------------------------------------------------------------

HEAD = "| {first} | measure | n | bias | mean abs. error | goal | wrong sign | in band | answered |"


def by_facing_and_leg(cells: Sequence[Cell]) -> Iterator[str]:
    yield HEAD.format(first="seen from, on")
    yield "|---|---|---|---|---|---|---|---|---|"
    for facing in FACINGS:
        for where in (*LEGS, BOTH_FEET):
            for id, goal in MEASURES.items():
                some = [one for one in cells if one.facing == facing and one.id == id and one.inside]
                some = [one for one in some if where == (BOTH_FEET if one.movement == "squat" else one.side)]
                if some:
                    on = where if where == BOTH_FEET else f"the {where} leg"
                    yield f"| {facing}, {on} | {_line(id, goal, some)} |"


def by_movement(cells: Sequence[Cell]) -> Iterator[str]:
    yield HEAD.format(first="movement, seen from")
    yield "|---|---|---|---|---|---|---|---|---|"
    for movement in dict.fromkeys(one.movement for one in cells):
        for facing in FACINGS:
            for id in JUDGED:
                some = [c for c in cells if (c.movement, c.facing, c.id) == (movement, facing, id) and c.inside]
                if some:
                    yield f"| {movement.replace('_', ' ')}, {facing} | {_line(id, MEASURES[id], some)} |"


def _line(id: str, goal: float | None, cells: Sequence[Cell]) -> str:
    shown = [(one.truth, one.value, one.error or 0.0) for one in cells if one.value is not None]
    asked = f"{len(shown)} of {len(cells)}"
    if not shown:
        return f"`{id}` | 0 |  |  | {_goal(goal, None)} |  |  | {asked}"
    truth, value, error = (np.array(column, float) for column in zip(*shown, strict=True))
    off = value - truth
    large = np.abs(truth) > SIGN_FROM_DEG
    wrong = f"{int((truth * value < 0)[large].sum())} of {int(large.sum())}" if large.any() else ""
    mae = float(np.abs(off).mean())
    band = f"{100 * np.mean(np.abs(off) <= error):.0f} %"
    return f"`{id}` | {len(shown)} | {off.mean():+.1f} | {mae:.1f} | {_goal(goal, mae)} | {wrong} | {band} | {asked}"


def _goal(goal: float | None, mae: float | None) -> str:
    if goal is None:
        return ""
    return f"{goal:g}: {'yes' if mae is not None and mae <= goal else '**no**'}"


def answers(cells: Sequence[Cell]) -> str:
    judged = [one for one in cells if one.id in JUDGED]
    inside, outside = ([one for one in judged if one.inside is within] for within in (True, False))
    given = [sum(one.value is not None for one in some) for some in (inside, outside)]
    words = f"Answered inside the gate: {given[0]} of {len(inside)} ({_percent(given[0], len(inside))}, goal 90 %)"
    words += f"; outside: {given[1]} of {len(outside)} ({_percent(given[1], len(outside))}, goal at most 5 %)."
    lacking = sorted({(one.why_none or "", one.clip) for one in inside if one.value is None})
    if lacking:
        words += " Not answered: " + "; ".join(f"`{clip}`, {why}" for why, clip in lacking) + "."
    return words


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "nothing asked"


def labels(some: Sequence[ClipCheck]) -> str:
    every = [one for check in some for one in check.patterns]
    shown = [one for one in every if one.shown is not None]
    wrong = sum(one.shown != one.truth for one in shown)
    named = sum(one.truth is not None for one in every)
    return (
        f"Labels of what pelvis, trunk and knee do together: {len(shown)} given for {named} repetitions whose true "
        f"numbers have one, {wrong} of them wrong; the others were left open or refused."
    )


def clip_table(some: Sequence[ClipCheck], cells: Sequence[Cell]) -> Iterator[str]:
    heads = ("clip", "read as", "from", "repetitions", "FPPA change", "hip adduction", "pelvic drop", "lean", "label")
    yield f"| {' | '.join(heads)} |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for check in some:
        own = [one for one in cells if one.clip == check.name]
        columns = [
            _reps_cell([one for one in own if one.id in ids])
            for ids in (
                ("fppa_change",),
                ("hip_adduction_bottom",),
                ("pelvic_drop_bottom", "pelvic_drop_hold"),
                ("trunk_lean_stance_bottom", "trunk_lean_stance_hold"),
            )
        ]
        found = sum(rep.found is not None for rep in check.reps)
        counted = f"{found} of {len(check.reps)}" + (f", {check.extra} invented" if check.extra else "")
        read = (check.movement_found or "nothing").replace("_", " ")
        seen = check.view + ("" if check.side is None else f", {check.side} leg")
        named = "; ".join(f"{one.truth or 'none'} → {one.shown or 'open'}" for one in check.patterns)
        yield f"| {check.name} | {read} | {seen} | {counted} | {' | '.join(columns)} | {named} |"


def _reps_cell(cells: Sequence[Cell]) -> str:
    return "; ".join(f"{one.truth:.0f} → {'none' if one.value is None else f'{one.value:.0f}'}" for one in cells)


TEXT = """# The frontal suite against rendered truth

Made by `python -m scripts.benchmarks.frontal_suite RENDERS sample_videos --keep FOLDER --write` on the clips that
`scripts/render_samples.py --calibration` makes (people of the MakeHuman base mesh, known joints, one camera) and on the
samples. They show that geometry, signs, matching and gates are right; of real people they say nothing.

A cell is one measure of one repetition, counted where the true view can give it: FPPA and hip adduction within 8
degrees of a true front or back view, pelvic drop and lean within 20. Degrees; *bias* is shown less true. *Wrong sign*
counts true values above 3 degrees. *In band*: true values inside value ± error, 95 % is meant. `found_*` clips are
those that numbers were chosen on, `tested_*` clips judge them; `tested_pelvis_*` and `tested_front_*` were looked at
before (`pelvic_drop.md`, `frontal_angles.md`), `tested_frontal_*` for the first time here.
"""
NOTES = """## Where the error comes from

- **From behind, FPPA and hip adduction.** At the bottom the network draws the hip of the leg that stands 2 to 10
  pixels toward the midline (people 600 pixels tall) and the knee 9 to 26 pixels low, in a step-down more than in a
  squat: the thigh's lean is halved before any geometry begins. The low knee is where a far camera would show it, so on
  one leg its height is left as it was read when the perspective is undone (below). From the front the hip is 4 pixels
  off at most. The bands hold these cells, being 9 to 19 degrees wide on either side; single-leg tests are better
  filmed from the front.
- **Pelvic drop** is read 1 to 3 degrees too small or as a hike where a thigh comes forward and drags the cloth before
  it (`pelvic_drop.md`). `tested_pelvis_drop_upright` keeps its wrong sign.
- **Hip adduction** carries both: less than true by 1 degree from the front, by 2 to 5 from behind.
- **Labels**: the error of a drop on one leg is 4 to 7 degrees, that of FPPA 11 to 19, and a zone of the rule is 4
  degrees wide. So nearly every label is left open, and none that was given is wrong.
- **Knees on both feet**: loose shorts hide where the thigh is (`squat_back`: 13 degrees short); see
  `frontal_angles.md`.

## One leg from behind: which perspective to undo

Mean absolute error (bias) on the found clips, degrees; 6 repetitions of single-leg squats and 7 to 8 of step-downs.
Chosen for the least of the larger errors; the tested clips judged it once.

| | squat: FPPA change | squat: hip adduction | step-down: FPPA change | step-down: hip adduction |
|---|---|---|---|---|
| all of it, as from the front | 1.0 (-1.0) | 3.3 (-2.9) | 5.8 (-3.8) | 3.4 (-2.7) |
| knees keep their height: **kept** | 0.9 (+0.3) | 2.2 (-1.4) | 5.3 (-2.0) | 2.7 (-1.6) |
| the same, and depths from it too | 1.0 (-0.4) | 2.7 (-2.3) | 5.4 (-2.5) | 3.0 (-2.4) |
| all points keep their height | 0.9 (+0.2) | 2.2 (-1.5) | 5.3 (-2.0) | 2.7 (-1.6) |
| knees keep their place | 2.3 (+2.3) | 2.1 (+0.2) | 5.5 (+1.6) | 2.4 (+0.4) |
| half of it | 1.1 (+0.5) | 2.4 (-1.7) | 5.2 (-1.5) | 2.6 (-1.5) |
| none of it | 2.0 (+2.0) | 1.9 (-0.4) | 5.1 (+0.8) | 2.3 (-0.3) |

On both feet one found clip is too few to choose by (4.0, and 3.8 with the knees' height kept): left as it was.

## Tried and lost

- Hip joints kept as far apart on one leg as in standing, as joints of one bone are: hip adduction from the front 2.6
  for 3.1 on found clips and samples, FPPA change from behind 8.1 for 8.7; but a lunge comes nearer to the camera and
  grows, and is 1.6 degrees off without noise. On both feet it is worse from the front (FPPA change 3.8 for 3.2).
- The pelvis with the thighs' pull on the cloth taken out, and with the thighs hidden from the registration:
  `pelvic_drop.md`.
"""


def page(every: Sequence[ClipCheck]) -> str:
    parts = [TEXT]
    for group, title in GROUPS.items():
        some = [check for check in every if group_of(check.name) == group]
        cells = [cell for check in some for cell in cells_of(check)]
        if cells:
            parts += [f"## {title}", "", f"{len(some)} clips, {len(cells)} cells.", ""]
            parts += [answers(cells), "", labels(some), "", *by_facing_and_leg(cells), ""]
            parts += ["### Movement by movement", "", *by_movement(cells), ""]
            parts += ["### Clip by clip (true → shown)", "", *clip_table(some, cells), ""]
    return "\n".join([*parts, NOTES])


def stored(every: Sequence[ClipCheck]) -> str:
    """One cell a line."""
    cells = [json.dumps(asdict(cell), ensure_ascii=False) for check in every for cell in cells_of(check)]
    return '{"schema": "vidgait-frontal-suite-1", "cells": [\n' + ",\n".join(cells) + "\n]}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("renders", type=Path, nargs="+", help="folders of clips with their truth")
    parser.add_argument("--keep", type=Path, required=True, help="folder for the analyses, made once")
    parser.add_argument("--write", action="store_true", help="the pages in benchmarks/")
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    every = list(checks(options.renders, options.keep))
    text = page(every)
    print(text)
    if options.write:
        (PAGES / "frontal_suite.md").write_text(text, encoding="utf-8")
        (PAGES / "frontal_suite.json").write_text(stored(every), encoding="utf-8")


if __name__ == "__main__":
    main()
