"""Are the bands of the error engine as wide as the errors they stand for? Hundreds of independent cases a measure.

    python scripts/benchmarks/error_coverage.py run --residuals ANALYSES TRUTHS [ANALYSES TRUTHS ...] --scratch FOLDER
    python scripts/benchmarks/error_coverage.py fit --scratch FOLDER
    python scripts/benchmarks/error_coverage.py table --scratch FOLDER [--out benchmarks/error_coverage.md]

A case is one clip (`error_cases`): a person made of lines of random build, filmed by a random camera, with the errors
of the pose network as they were seen on rendered clips (`disturbance`). ANALYSES holds saved analyses of rendered clips
and TRUTHS their truth files. `run` goes on where it stopped: every case is written to FOLDER as it is done. Cases named
found use residuals of found clips and may set `vidgait/measures/model_error.json`; cases named tested use the others
and only judge.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from coverage_table import calibrated_sd, write_table  # noqa: E402
from disturbance import read_residuals  # noqa: E402
from error_cases import KINDS, make_case  # noqa: E402
from fit_terms import fit_terms  # noqa: E402

import vidgait.measures.engine as engine  # noqa: E402
import vidgait.measures.model_error as table  # noqa: E402
from vidgait.errors import VidgaitError  # noqa: E402
from vidgait.interpretation import Seen, interpret  # noqa: E402
from vidgait.known_poses import _video_of  # noqa: E402
from vidgait.measures import CATALOGUE  # noqa: E402
from vidgait.settings import Settings  # noqa: E402
from vidgait.truth.comparison import compare  # noqa: E402
from vidgait.truth.rendered import reference_of  # noqa: E402

if TYPE_CHECKING:
    from error_cases import Case

    from vidgait.types import Analysis

TERMS = ROOT / "vidgait" / "measures" / "model_error.json"
HALVES = ("found", "tested")
JUDGED = [name for name, kind in KINDS.items() if kind.judged]
SD_MIN = 1e-6
RECOGNISED = ("squat", "sit_to_stand")
"""The others are named to the analysis, as a user may: bands are judged here, not recognition."""


class _Parts:
    """Keeps what each error was made of: noise, model term and bound. The table of model terms is `terms`; no error is
    so large that its number is refused: that is judged with the terms that ship, when the page is made."""

    def __init__(self, terms: Mapping[str, table.ModelError]) -> None:
        self.of: dict[float, tuple[float, float, float]] = {}
        self._terms = terms

    def __enter__(self) -> _Parts:
        self._before = table._table, engine.error_half_width, engine.error_finding
        table._table = lambda: self._terms  # type: ignore[assignment, return-value]
        engine.error_half_width = self._keep  # type: ignore[attr-defined]
        engine.error_finding = lambda *_: []  # type: ignore[attr-defined]
        return self

    def __exit__(self, *_: object) -> None:
        table._table, engine.error_half_width, engine.error_finding = self._before  # type: ignore[attr-defined]

    def _keep(self, noise: float, model_sd: float, bound: float) -> float:
        error = self._before[1](noise, model_sd, bound)
        self.of[error] = (noise, model_sd, bound)
        return error


def terms_of(half: str) -> Mapping[str, table.ModelError]:
    """Found cases are measured with a model term of 1 everywhere, tested ones with the calibrated part of what ships.
    No term is quite 0, so that the factor that the engine multiplies it by can be told."""
    terms = {}
    for spec in CATALOGUE:
        entry = table.model_error(spec.id) or (None if spec.over_reps else table.model_error(spec.parent))
        if half == "found" or entry is None:
            entry = table.ModelError(1.0 if half == "found" else 0.0, 0.0, "")
        terms[spec.id] = replace(entry, sd=max(entry.sd, SD_MIN), published_sd=0.0)
    return terms


class _Everybody(dict[int, Any]):
    """The same evidence, whatever number the athlete gets."""

    def get(self, _: Any, default: Any = None) -> Any:  # type: ignore[override]
        return self[0]


def analysed(case: Case, draws: int | None = None) -> Analysis:
    """What `analyze_poses` does, with evidence."""
    settings = Settings().merged({"view": {"heading_habits": "prior", "low_knees": True}})
    if case.recipe.movement not in RECOGNISED:
        settings = settings.merged({"movement": case.recipe.movement})
    if draws is not None:
        settings = settings.merged({"error": {"draws": draws}})
    seen = Seen(_video_of(case.poses, "case"), case.poses, (), {}, evidence=_Everybody({0: case.evidence}))
    return interpret(seen, settings)


def rows_of(case: Case, parts: _Parts, analysis: Analysis) -> Iterator[dict[str, Any]]:
    """One line for each measure: of a repetition and side at random, and of the set."""
    random = np.random.default_rng(case.facts["number"])
    check = compare(case.facts["kind"], analysis, reference_of(case.facts["kind"], case.truth))
    for level, measures in (("rep", check.measures), ("set", check.sets)):
        by_id: dict[str, list[Any]] = {}
        for one in measures:
            if one.inside or one.value is not None:
                by_id.setdefault(one.id, []).append(one)
        for name, ones in by_id.items():
            one = ones[int(random.integers(len(ones)))]
            noise, model, bound = (
                parts.of.get(one.error, (None, 0.0, None)) if one.value is not None else (None, 0.0, None)
            )
            growth = model / calibrated_sd(name, one.value) if one.value is not None else None
            yield {
                "id": name, "level": level, "unit": one.unit, "truth": one.truth, "value": one.value, "noise": noise,
                "growth": growth, "bound": bound, "error": one.error, "why": one.why_none,
            }  # fmt: skip


def run(
    kinds: list[str], halves: list[str], cases: int, residuals: list[Any], scratch: Path, draws: int | None
) -> None:
    scratch.mkdir(parents=True, exist_ok=True)
    for kind in kinds:
        for half in halves:
            target = scratch / f"{kind}_{half}.jsonl"
            done = {json.loads(line)["facts"]["number"] for line in target.open()} if target.exists() else set()
            with target.open("a", encoding="utf-8") as file:
                for number in range(cases):
                    if number not in done:
                        file.write(json.dumps(_one(kind, half, number, residuals, draws)) + "\n")
                        file.flush()
            print(kind, half, cases, flush=True)


def _one(kind: str, half: str, number: int, residuals: list[Any], draws: int | None) -> Mapping[str, Any]:
    started = time.perf_counter()
    try:
        case = make_case(kind, half, number, residuals)
    except ValueError as error:
        return {"facts": {"kind": kind, "half": half, "number": number}, "failed": str(error), "rows": []}
    try:
        with _Parts(terms_of(half)) as parts:
            analysis = analysed(case, draws)
            rows = list(rows_of(case, parts, analysis))
    except VidgaitError as error:
        return {"facts": case.facts, "failed": str(error), "rows": []}
    facts = case.facts | {"found": analysis.movement.label, "seconds": round(time.perf_counter() - started, 2)}
    yaw = next((one.yaw_deg for one in analysis.segments), None)
    return {"facts": facts | {"read_yaw_deg": yaw}, "rows": rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("run", "fit", "table"))
    parser.add_argument("--residuals", nargs="+", type=Path, default=[])
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=JUDGED)
    parser.add_argument("--halves", nargs="+", choices=HALVES, default=list(HALVES))
    parser.add_argument("--cases", type=int, default=420)
    parser.add_argument("--draws", type=int)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "error_coverage.md")
    asked = parser.parse_args()
    if asked.what == "run":
        residuals = read_residuals(list(zip(asked.residuals[::2], asked.residuals[1::2], strict=True)))
        run(asked.kinds, asked.halves, asked.cases, residuals, asked.scratch, asked.draws)
    elif asked.what == "fit":
        fit_terms(asked.scratch, TERMS)
    else:
        write_table(asked.scratch, asked.out)


if __name__ == "__main__":
    main()
