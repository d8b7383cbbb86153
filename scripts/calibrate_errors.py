"""Holds the measures against rendered people whose every angle is known, and says how far off they are.

    python scripts/calibrate_errors.py RENDERS [--cache FOLDER] [--out benchmarks/error_calibration.md]

RENDERS holds NAME.mp4 with NAME.json (made by scripts/render_samples.py --calibration). Clips named found_* may be used
to set `vidgait/measures/model_error.json`; clips named tested_* only judge it: coverage is the share of true values
inside value +- error, and should be 95 % or more on them. Renders are no real people, so a model term
is never set below what studies on real people say; the table shows what the renders alone would ask for.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from vidgait.measures import CATALOGUE  # noqa: E402
from vidgait.measures.model_error import model_error  # noqa: E402
from vidgait.settings import Settings  # noqa: E402
from vidgait.truth.comparison import NOT_COUNTED, compare  # noqa: E402
from vidgait.truth.rendered import read_rendered  # noqa: E402
from vidgait.truth.validation import analysed  # noqa: E402

if TYPE_CHECKING:
    from vidgait.truth.results import MeasureCheck

Z = 1.96


@dataclass(frozen=True)
class Row:
    """One measure of one counted repetition against the truth."""

    clip: str
    check: MeasureCheck

    @property
    def id(self) -> str:
        return self.check.id

    @property
    def value(self) -> float | None:
        return self.check.value

    @property
    def truth(self) -> float:
        return self.check.truth

    @property
    def error(self) -> float:
        return self.check.error or 0.0


def rows_of(clip: Path, cache: Path | None) -> list[Row]:
    """What the view of the clip can give, and what was given all the same."""
    check = compare(clip.stem, analysed(clip, cache, Settings()), read_rendered(clip.with_suffix(".json")))
    asked = (one for one in check.measures if one.inside or one.value is not None)
    rows = [Row(clip.stem, one) for one in asked if one.why_none != NOT_COUNTED]
    print(f"{clip.stem}: {len(check.reps) - check.missed} of {len(check.reps)} repetitions, {len(rows)} measures")
    return rows


def asked_sd(rows: list[Row]) -> float:
    """The smallest model term with which 95 % of these true values lie inside value +- error."""
    current = [_model_sd(row) for row in rows]
    rest = [max(row.error**2 - (Z * sd) ** 2, 0.0) for row, sd in zip(rows, current, strict=True)]
    needed = [max((row.value - row.truth) ** 2 - left, 0.0) ** 0.5 / Z for row, left in zip(rows, rest, strict=True)]
    return float(np.percentile(needed, 95)) if needed else 0.0


def _model_sd(row: Row) -> float:
    entry = model_error(row.id)
    return 0.0 if entry is None else entry.sd_at(row.value or 0.0)


def table(rows: list[Row], clips: int) -> str:
    """Markdown: bias, mean absolute error, coverage and answer rate of each measure, for both groups of clips."""
    lines = [
        "# Measures against rendered people",
        "",
        "Made by `python scripts/calibrate_errors.py RENDERS`. "
        f"{clips} clips. Found: clips that may set the model term. Tested: clips that only judge it. Coverage is the "
        "share of true values inside value ± error. Renders are no real people; model terms are "
        "not set below what studies on real people say, so coverage near 100 % is expected here.",
        "",
        "| measure | group | n | answered | bias | mean abs. error | mean ± shown | coverage | model SD: used, asked |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for spec in CATALOGUE:
        for group in ("found", "tested"):
            mine = [row for row in rows if row.id == spec.id and row.clip.startswith(group)]
            if mine:
                lines.append(_line(spec.id, group, mine))
    return "\n".join(lines) + "\n"


def _line(measure_id: str, group: str, rows: list[Row]) -> str:
    answered = [row for row in rows if row.value is not None]
    head = f"| `{measure_id}` | {group} | {len(rows)} | {len(answered)} |"
    if not answered:
        return f"{head} | | | | |"
    off = np.array([row.value - row.truth for row in answered])
    error = np.array([row.error for row in answered])
    entry = model_error(measure_id)
    used = f"{entry.sd:g}" if entry else ""
    return (
        f"{head} {off.mean():.2f} | {np.abs(off).mean():.2f} | {error.mean():.2f} | "
        f"{100 * (np.abs(off) <= error).mean():.0f} % | {used}, {asked_sd(answered):.2f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("renders", type=Path)
    parser.add_argument("--cache", type=Path, help="keep the analyses here")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    clips = sorted(path for path in options.renders.glob("*.mp4") if path.with_suffix(".json").is_file())
    rows = [row for clip in clips for row in rows_of(clip, options.cache)]
    text = table(rows, len(clips))
    print(text)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
