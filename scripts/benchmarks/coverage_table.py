"""The table of what bands cover, from the cases that were kept (`error_coverage`)."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from vidgait.measures import spec_of
from vidgait.measures.model_error import error_half_width, model_error

__all__ = ["Coverage", "coverage_of", "read_cases", "write_table"]

COVERED = (0.90, 0.99)
RATIO_MAX = 1.5
CASES_MIN = 400


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
            groups[row["id"], facts["kind"], row["level"], facts["half"]].append(row)
    return groups


def half_width(row: dict[str, Any], half: str) -> float:
    """Of the band without the published term: found cases know the factor of their model term, and are given that of
    the table that ships now; tested ones were measured with it."""
    if half == "tested":
        return float(row["error"])
    return error_half_width(row["noise"], row["growth"] * calibrated_sd(row["id"], row["value"]), row["bound"])


def calibrated_sd(measure_id: str, value: float) -> float:
    spec = spec_of(measure_id)
    entry = model_error(spec.id) or (None if spec.over_reps else model_error(spec.parent))
    return 0.0 if entry is None else entry.calibrated_at(value)


def coverage_of(key: tuple[str, str, str, str], rows: list[dict[str, Any]]) -> Coverage | None:
    """None of nothing."""
    measured = [row for row in rows if row["value"] is not None and row["noise"] is not None]
    if not measured:
        return None
    away = np.array([row["value"] - row["truth"] for row in measured])
    widths = np.array([half_width(row, key[3]) for row in measured])
    p95 = float(np.percentile(np.abs(away), 95))
    middle = float(np.median(widths))
    return Coverage(
        key[0], rows[0]["unit"], key[1], key[2], key[3], len(rows), len(measured), float(away.mean()),
        float(np.abs(away).mean()), p95, middle, middle / max(p95, 1e-9), float((np.abs(away) <= widths).mean()),
    )  # fmt: skip


def write_table(scratch: Path, out: Path) -> None:
    groups = grouped(read_cases(scratch))
    found = [one for key, rows in sorted(groups.items()) if (one := coverage_of(key, rows))]
    tested = [one for one in found if one.half == "tested"]
    out.write_text(_page(tested), encoding="utf-8")
    stored = [{k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(one).items()} for one in found]
    out.with_suffix(".json").write_text(json.dumps({"rows": stored}, indent=1) + "\n", encoding="utf-8")
    held = sum(one.holds for one in tested)
    print(f"{held} of {len(tested)} rows hold")


def _page(rows: list[Coverage]) -> str:
    lines = [_HEAD]
    for kind in dict.fromkeys(row.kind for row in rows):
        lines.append(f"\n## {kind.replace('_', ' ')}\n\n{_COLUMNS}")
        lines += [_line(row) for row in rows if row.kind == kind]
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


_HEAD = "# Error coverage"
_COLUMNS = (
    "| measure | unit | n | answered | bias | mean abs. error | p95 of abs. error | median ± | ± / p95 | coverage | "
    "holds |\n|---|---|---|---|---|---|---|---|---|---|---|"
)
