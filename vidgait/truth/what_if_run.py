"""`vidgait simulate`: simulate, analyse, compare, and write the folder. The only place of the simulator with files."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidgait.errors import SettingsError
from vidgait.known_poses import analyze_poses
from vidgait.store import write_atomically
from vidgait.truth.simulation import Gap, Simulation, Stretch, simulate
from vidgait.truth.what_if import WhatIf, what_if

if TYPE_CHECKING:
    from vidgait.settings import Settings

__all__ = ["TRUTH", "curves_from_csv", "gap_from_text", "run_what_if", "stretch_from_text"]

TRUTH = "truth.json"


def run_what_if(
    changes: Mapping[str, Any],
    *,
    gaps: Sequence[str] = (),
    swaps: Sequence[str] = (),
    curves: Path | None = None,
    out: Path | None = None,
    overwrite: bool = False,
    settings: Settings | None = None,
) -> tuple[Simulation, WhatIf]:
    """`changes` are fields of `Recipe`. With `out`, the folder of an analysis without pictures, and the truth beside it
    as truth.json, so that `vidgait report` and `vidgait validate --truth` work on it."""
    given = {"movement": "squat", **changes}
    simulation = simulate(
        **given,
        curves=None if curves is None else curves_from_csv(curves),
        gaps=[gap_from_text(text) for text in gaps],
        swaps=[stretch_from_text(text) for text in swaps],
    )
    analysis = analyze_poses(
        simulation.poses,
        name=simulation.name,
        source="simulated by vidgait simulate",
        out=out,
        overwrite=overwrite,
        settings=simulation.settings(settings),
    )
    if out is not None:
        write_atomically(out / TRUTH, simulation.truth_json().encode())
    return simulation, what_if(simulation, analysis)


def stretch_from_text(text: str) -> Stretch:
    """`1.5:2` in seconds. Raises SettingsError."""
    start, _, end = text.partition(":")
    try:
        return float(start), float(end)
    except ValueError:
        raise SettingsError(f"'{text}' is no stretch of time.", "Write START:END in seconds, as in 1.5:2.") from None


def gap_from_text(text: str) -> Gap:
    """`1.5:2`, or `1.5:2:left_knee,left_ankle` for some keypoints only. Raises SettingsError."""
    stretch, keypoints = text, ""
    if text.count(":") == 2:
        stretch, _, keypoints = text.rpartition(":")
    return Gap(*stretch_from_text(stretch), tuple(name.strip() for name in keypoints.split(",") if name.strip()))


def curves_from_csv(path: Path) -> dict[str, list[float]]:
    """Columns by name, one of them `time_s`. Raises SettingsError for a file that cannot be read so."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{path.name} cannot be read: {error}.", "Give a CSV file with a header line.") from None
    if not rows or "time_s" not in rows[0]:
        raise SettingsError(f"{path.name} has no rows, or no column time_s.", "Give a CSV file with a header line.")
    try:
        return {name: [float(row[name]) for row in rows] for name in rows[0] if name}
    except (TypeError, ValueError):
        raise SettingsError(f"{path.name} holds a cell that is no number.") from None
