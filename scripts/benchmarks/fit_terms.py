"""Sets the calibrated model terms from the found cases: the smallest that hold, one number for each measure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from coverage_table import grouped, read_cases
from error_cases import KINDS
from scipy import stats

from vidgait.measures import spec_of
from vidgait.measures.model_error import LIKE, Z, error_half_width

__all__ = ["fit_terms"]

TARGET = 0.95
"""What the bands say of themselves; room for the next clip is in `widened`."""
EACH_MIN = 0.925
ROWS_MIN, KIND_ROWS_MIN = 20, 40
APART = ("sit_to_stand", "lunge", "single_leg_squat")
"""Movements with terms of their own, for measures that others have too: their instants lie where the trunk moves fast,
nobody stands straight, or one leg trembles."""
ONE_LEG = " in single_leg_squat"
"""What this movement alone has needs no second entry."""
FOUND_CLIPS = {"two_feet": 12, "one_foot": 21, "side": 11}
"""Rendered clips behind the found cases of each view."""
SOURCE = "people made of lines with the network's errors on rendered clips, found half (benchmarks/error_coverage.md)"


def fit_terms(scratch: Path, table: Path) -> None:
    """Writes `sd` of every measure that has enough found cases; its published part fills up to what it was before."""
    stored = json.loads(table.read_text(encoding="utf-8"))
    by_name: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for (measure, kind, _, half), rows in grouped(read_cases(scratch)).items():
        measured = [row for row in rows if row["value"] is not None and row["noise"] is not None]
        movement = LIKE.get(KINDS[kind].movement, KINDS[kind].movement)
        if half == "found" and measured:
            name = f"{measure} in {movement}" if movement in APART else measure
            by_name.setdefault(name, {})[kind] = measured
    for name in [name for name in by_name if name.endswith(ONE_LEG) and name.removesuffix(ONE_LEG) not in by_name]:
        by_name[name.removesuffix(ONE_LEG)] = by_name.pop(name)
    for name, kinds in by_name.items():
        rows = [row for some in kinds.values() for row in some]
        measure = name.split(" in ")[0]
        whole = stored["measures"].get(measure, {"sd": 0.0, "source": ""})
        # Where pixel evidence states an error of its own, no term is added: its cases say nothing of one.
        own = float(np.median([row["growth"] for row in rows])) > 0
        entry = stored["measures"].get(name, whole)
        if entry.get("fixed") or not own or spec_of(measure).reading == "index" or len(rows) < ROWS_MIN:
            continue
        sd = fitted_sd(list(kinds.values()), entry.get("share", 0.0))
        print(f"{name:60s} n {len(rows):4d}  sd {entry['sd']:6.3f} -> {sd:6.3f}")
        stored["measures"][name] = {**entry, "sd": sd, "source": SOURCE}
    table.write_text(_text(stored), encoding="utf-8")


def fitted_sd(kinds: list[list[dict[str, Any]]], share: float) -> float:
    """The smallest with TARGET of all rows inside their bands and EACH_MIN of each kind with enough rows."""
    pooled = [needed_sd(row, share) for rows in kinds for row in rows]
    asked = [float(np.percentile(pooled, 100 * TARGET))]
    asked += [
        float(np.percentile([needed_sd(row, share) for row in rows], 100 * EACH_MIN))
        for rows in kinds
        if len(rows) >= KIND_ROWS_MIN
    ]
    return float(f"{max(asked):.2g}")


def widened(family: str) -> float:
    """How much larger errors are taken, for few clips tell little of the next one: the 97.5 % quantile of what another
    clip would show, by a t distribution and with the mean's own error, over the normal's. 1.17, 1.12 and 1.33."""
    count = FOUND_CLIPS[family]
    return float(stats.t.ppf(0.975, count - 1) / Z * np.sqrt(1 + 1 / count))


def needed_sd(row: dict[str, Any], share: float) -> float:
    """The model term with which the truth of this row lies on the edge of its band; 0 where it is inside anyway."""
    without = error_half_width(row["noise"], row["growth"] * share * abs(row["value"]), row["bound"])
    away = (widened(row["family"]) * (row["value"] - row["truth"])) ** 2 - without**2
    return float(max(away, 0.0) ** 0.5 / (Z * row["growth"])) if row["growth"] > 0 else 0.0


def _text(stored: dict[str, Any]) -> str:
    lines = [f'    "{name}": {json.dumps(entry, ensure_ascii=False)}' for name, entry in stored["measures"].items()]
    note = json.dumps(stored["note"], ensure_ascii=False)
    return '{\n  "note": ' + note + ',\n  "measures": {\n' + ",\n".join(lines) + "\n  }\n}\n"
