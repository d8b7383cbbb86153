"""The table of what bands cover, from the cases that were kept (`error_coverage`)."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from error_cases import KINDS

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from vidgait.measures import spec_of
from vidgait.measures.grading import error_finding
from vidgait.measures.model_error import error_half_width, model_error, model_errors

__all__ = ["Coverage", "coverage_of", "read_cases", "write_table"]

COVERED = (0.90, 0.99)
RATIO_MAX = 1.5
CASES_MIN = 400

Groups = Mapping[tuple[str, str, str, str], list[dict[str, Any]]]
"""Rows by measure, kind of clip, level and half."""


@dataclass(frozen=True)
class Coverage:
    """One measure in one kind of clip."""

    id: str
    unit: str
    kind: str
    level: str
    half: str
    asked: int
    answered: int
    bias: float
    mean_abs: float
    p95_abs: float
    half_width: float
    ratio: float
    coverage: float

    @property
    def holds(self) -> bool:
        return COVERED[0] <= self.coverage <= COVERED[1] and self.ratio <= RATIO_MAX


def read_cases(scratch: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """(facts, row) of every measure of every case."""
    for path in sorted(scratch.glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            for line in file:
                case = json.loads(line)
                for row in case["rows"]:
                    yield case["facts"], row


def grouped(
    cases: Iterable[tuple[dict[str, Any], dict[str, Any]]],
) -> dict[tuple[str, str, str, str], list[dict[str, Any]]]:
    """Rows by measure, kind, level and half. Of sets only what has no value for single repetitions."""
    groups = defaultdict(list)
    for facts, row in cases:
        if row["level"] == "rep" or spec_of(row["id"]).level == "set":
            kind = KINDS[facts["kind"]]
            about = {"movement": kind.movement, "family": kind.family}
            groups[row["id"], facts["kind"], row["level"], facts["half"]].append(row | about)
    return groups


def half_width(row: dict[str, Any], value: float | None = None) -> float:
    """Of the band without the published term, with the model terms that ship now; about another `value` than its own
    where one is given. An index is made of other measures, whose terms are in its draws: its band is the one it was
    given."""
    if spec_of(row["id"]).reading == "index":
        return float(row["error"])
    sd = calibrated_sd(row["id"], row["value"] if value is None else value, row["movement"])
    return error_half_width(row["noise"], row["growth"] * sd, row["bound"])


def _useless(row: dict[str, Any]) -> bool:
    """The program refuses it, for the terms that ship now."""
    found = error_finding(spec_of(row["id"]), half_width(row), half_width(row, 0.0))
    return any(finding.grade == "D" for finding in found)


def calibrated_sd(measure_id: str, value: float, movement: str | None = None) -> float:
    spec = spec_of(measure_id)
    entry = model_error(spec.id, movement) or (None if spec.over_reps else model_error(spec.parent, movement))
    return 0.0 if entry is None else entry.calibrated_at(value)


def coverage_of(key: tuple[str, str, str, str], rows: list[dict[str, Any]]) -> Coverage | None:
    """None of nothing."""
    measured = [row for row in rows if row["value"] is not None and row["noise"] is not None and not _useless(row)]
    if not measured:
        return None
    away = np.array([row["value"] - row["truth"] for row in measured])
    widths = np.array([half_width(row) for row in measured])
    p95 = float(np.percentile(np.abs(away), 95))
    middle = float(np.median(widths))
    return Coverage(
        key[0], rows[0]["unit"], key[1], key[2], key[3], len(rows), len(measured), float(away.mean()),
        float(np.abs(away).mean()), p95, middle, middle / max(p95, 1e-9), float((np.abs(away) <= widths).mean()),
    )  # fmt: skip


def write_table(scratch: Path, out: Path) -> None:
    groups = grouped(read_cases(scratch))
    rows = [one for key, cases in sorted(groups.items()) if (one := coverage_of(key, cases))]
    tested = [one for one in rows if one.half == "tested"]
    whole = pooled(groups, "tested")
    out.write_text(_page(whole, tested, pooled(groups, "found"), silent(groups)), encoding="utf-8")
    out.with_suffix(".json").write_text(json.dumps(_stored(whole, rows), indent=1) + "\n", encoding="utf-8")
    held = sum(one.holds for one in whole)
    enough = sum(one.answered >= CASES_MIN for one in whole)
    print(f"{held} of {len(whole)} measures hold; {enough} have {CASES_MIN} answered cases or more")
    for one in whole:
        if not one.holds:
            print(f"  {one.id}: n {one.answered}, coverage {100 * one.coverage:.1f} %, ratio {one.ratio:.2f}")


def pooled(groups: Groups, half: str) -> list[Coverage]:
    """Every measure over all kinds of clips: each case gives it one value."""
    by_id: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for (name, _, level, of_half), rows in sorted(groups.items()):
        if of_half == half:
            by_id[name, level] += rows
    found = [coverage_of((name, "all", level, half), rows) for (name, level), rows in by_id.items()]
    return sorted((one for one in found if one), key=lambda one: (spec_of(one.id).over_reps, one.id))


def silent(groups: Groups) -> dict[str, tuple[int, str]]:
    """Measures that no tested case could give: how many were asked, and the reason most often said."""
    asked: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (name, _, _, half), rows in groups.items():
        if half == "tested":
            asked[name] += rows
    none = {name: rows for name, rows in asked.items() if all(row["value"] is None or _useless(row) for row in rows)}
    return {name: (len(rows), _usual([_why(row) for row in rows])) for name, rows in none.items()}


def _why(row: dict[str, Any]) -> str:
    return "not resolvable" if row["value"] is not None else str(row["why"]).split(":")[0]


def _usual(words: list[str]) -> str:
    return max(set(words), key=words.count)


def _stored(whole: list[Coverage], rows: list[Coverage]) -> dict[str, Any]:
    known = {one.id for one in whole}
    terms = {name: entry.sd for name, entry in model_errors().items() if name.split(" in ")[0] in known}
    return {
        "terms": terms,
        "known_not_to_hold": [one.id for one in whole if not one.holds],
        "measures": [_rounded(one) | {"holds": one.holds} for one in whole],
        "rows": [_rounded(one) for one in rows],
    }


def _rounded(one: Coverage) -> dict[str, Any]:
    return {name: round(v, 4) if isinstance(v, float) else v for name, v in asdict(one).items()}


def _page(
    whole: list[Coverage], tested: list[Coverage], found: list[Coverage], none: dict[str, tuple[int, str]]
) -> str:
    lines = [_HEAD, _COLUMNS, *(_line(row) for row in whole)]
    if none:
        lines.append("\n## Never given\n")
        lines += [f"- `{name}`: asked {asked} times; {why}." for name, (asked, why) in sorted(none.items())]
    lines.append(f"\n## On the found half, which set the terms\n\n{_COLUMNS}")
    lines += [_line(row) for row in found]
    for kind in dict.fromkeys(row.kind for row in tested):
        lines.append(f"\n## Tested, {kind.replace('_', ' ')} only\n\n{_COLUMNS}")
        lines += [_line(row) for row in tested if row.kind == kind]
    return "\n".join(lines) + "\n"


def _line(row: Coverage) -> str:
    digits = 1 if row.unit == "deg" and row.p95_abs >= 1 else 2
    numbers = " | ".join(f"{v:.{digits}f}" for v in (row.bias, row.mean_abs, row.p95_abs, row.half_width))
    share = f"{100 * row.answered / row.asked:.0f} %"
    word = "yes" if row.holds else "no"
    return (
        f"| `{row.id}` | {row.unit} | {row.answered} | {share} | {numbers} | {row.ratio:.2f} | "
        f"{100 * row.coverage:.1f} % | {word} |"
    )


_HEAD = """# Do the bands of the error engine hold?

Made by `scripts/benchmarks/error_coverage.py`. One row is one measure over independent cases: each case is one clip and
gives each measure one value, of a repetition and a side at random (sets: the one value of the clip). The band is value
± error **without the published term** (`published_sd` of `vidgait/measures/model_error.json`): what is shown to users
is as wide or wider. Asked for: 90 to 99 % of true values inside, and a median half-width of at most 1.5 times the 95th
percentile of the absolute error. *Answered* is the share of values given where the true view allows the measure; a
repetition that was not counted is not answered.

**What is synthetic.** The people: lines between joints, of random stature (1.50 to 1.95 m), proportions (4 %, widths
8 %), standing alignment, sway, depth, tempo, trunk lean, knee position, pelvic drop and side lean, no two repetitions
alike. The camera: a pinhole at 0.5 to 1.6 m height and 2.3 to 6 m, focal length 0.62 to 1.5 of the long side, aimed
within 3 degrees (SD), rolled by 1.2 (SD), the person turned by 5 to 10 (SD) off the view; 24 to 60 frames a second,
with uneven and missing frames. The truth is computed from the posed joints.

**What is not.** The errors of the pose network. They are network less truth, joint by joint and frame by frame, on
rendered clips: the part that follows the posture as a random blend of the clips of that view (with their covariance, so
joints err together), the rest as one clip's own course over time, times a random factor (log-normal, SD 0.3); scores
are those of that clip; the turn that the network's 3-D points read beyond its known habit, and what cloth and waistband
err by in the tilt of the pelvis, come from the same clips. 0.3 px of white noise is added.

**What the engine shares with it.** The rendered clips named `found_*` made the engine's noise table, heading table and
model terms, and the 3-D habit that the extra turn is counted from is the table's. Cases of the *found* half take their
errors from found clips and set the model terms (`sd`); cases of the *tested* half take theirs from tested clips, other
bodies and other seeds, and set nothing. No error is drawn from the engine's noise model. Bodies of the renders are few
(eight), dressed simply, and nobody in them is real: **the bands are calibrated on synthetic and rendered people, not on
real ones.**

**Left out.** Clips whose network errors are gross (legs exchanged throughout, somebody else): tracking's matter. Views
between 32 and 55 degrees. Hinges: no rendered clip shows one. Lunges err as squats from the side do. Movements other
than squat and sit-to-stand are named to the analysis.

**Both legs in one clip.** First one leg, then the other. What the network makes of standing is the same before and
after; what it makes of each leg from there is drawn apart, though part of that is of body and camera and would cancel:
differences between legs err more here than they may in truth.

**People who are unsteady.** On one leg three knees in five tremble sideways (FPPA by 1 to 7 degrees RMS, mostly 1 to
4 Hz). In holds the trunk swings at first (up to 12 degrees, calming in 0.3 to 1.5 s), and the pelvis of every second
person sways over the ankle by 8 to 25 mm. Sway of knee and pelvis is given where it is twice what these pictures'
noise makes by itself, in about one case of four; it is refused in the others.

**How the terms were set.** The smallest with which 95 % of the found cases lie in their bands, no less than 92.5 % in
each kind of clip with 40 cases, when their errors are taken 1.17 times larger (front and back, 12 found clips), 1.09
(on one leg, 21) and 1.19 (side, 11): so much more the next clip may differ, by a t distribution. Lunges, single-leg
squats (step-downs, too) and sit-to-stands have terms of their own (trunk lean in sit-to-stand by rendered rises: the
synthetic ones ask for more, see its source in the file). The terms of `fppa_both_legs_change` and
`knee_separation_hips` were kept from before, as the tested cases showed that what the found half asks for is too
little: of these two the tested half is no test. Pelvic drop and obliquity have no term where pixels show the tilt: that
evidence states its own error. Repetitions of one synthetic set are much alike; in rendered found sets, where they
differ by up to 35 degrees, the network makes less of it. The ranges of thigh and knee therefore get a share of the
value, in steps of 5 %, with which four fifths of those sets lie in their bands, and that of trunk lean in squats a
term.

**In rendered clips themselves** (tested ones, one to six repetitions a clip, so far from independent) the same bands
hold 90 % or more of the true values of all measures with 20 or more values but `pelvic_drop_change` (82 % of 38),
`knee_flexion_vertical_range_bottom` (83 % of 41) and `thigh_inclination_vertical_range_bottom` (85 % of 41), in a
handful of clips each.

## Tested
"""
_COLUMNS = (
    "| measure | unit | n | answered | bias | mean abs. error | p95 of abs. error | median ± | ± / p95 | coverage | "
    "holds |\n|---|---|---|---|---|---|---|---|---|---|---|"
)
