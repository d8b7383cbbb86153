"""Yaw near a front or back view: what each cue knows, how they are put together, and how right the outcome is.

    python -m scripts.benchmarks.yaw FOLDER            # render and infer once (half an hour), then print the tables
    python -m scripts.benchmarks.yaw FOLDER --write    # and write heading_table.json and benchmarks/yaw.md

Numbers come from the bodies and clothes of FOUND, judgement from those of TESTED (`turned_people.py`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from scripts.benchmarks.marked_page import write_part
from scripts.benchmarks.turned_people import FOUND, TESTED, Scene, collect, scenes
from vidgait.kinematics import heading, view
from vidgait.kinematics.angles import distance_px, midpoint, wrap_deg
from vidgait.kinematics.standing import points_of

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "vidgait" / "kinematics" / "heading_table.json"
PAGE = ROOT / "benchmarks" / "yaw.md"
JUDGED_WITHIN_DEG = 20.0
FOOTINGS = {"squat": "two_feet", "one_leg": "one_foot", "walk": "moving"}
UNSEEN_DEG2 = 1e4
"""Variance of a cue that was never seen: no weight."""
FLOOR_DEG2 = 0.5
"""Added to every cue's variance: no cue is better than that on another clip."""
EQUAL_FEET_DEG, UNEQUAL_FEET_DEG = 2.0, 4.0
"""Both feet turned by less, or more, than this to one side."""
SYMMETRIC = (True, False, False, True)
"""Cues that know no left and right: their offset is zero. The network's prior does."""


@dataclass(frozen=True)
class Row:
    """One scene near a front or back view."""

    scene: Scene
    view: str
    footing: str
    true_deg: float
    """Off the front or back."""
    cues: np.ndarray

    @property
    def key(self) -> str:
        return f"{self.view} {self.footing}"

    @property
    def nominal_deg(self) -> float:
        return 0.0 if self.view == "front" else 180.0

    @property
    def frames(self) -> np.ndarray:
        return np.ones(self.scene.track.time_s.shape, bool)


def rows_of(some: Sequence[Scene]) -> list[Row]:
    rows = []
    for scene in some:
        front = abs(scene.yaw_deg) <= 90
        off = float(wrap_deg(scene.yaw_deg - (0.0 if front else 180.0)))
        if abs(off) <= heading.FITTED_WITHIN_DEG:
            frames, footing = np.ones(scene.track.time_s.shape, bool), FOOTINGS[scene.kind]
            cues = heading.cues_deg(scene.track, frames, 0.0 if front else 180.0, footing)
            rows.append(Row(scene, "front" if front else "back", footing, off, cues))
    return rows


def fit(rows: Sequence[Row]) -> dict[str, Any]:
    """Offset, gain and error covariance of the cues, by regression on the truth; outliers are drawn in."""
    true, cues = np.array([row.true_deg for row in rows]), np.array([row.cues for row in rows])
    count = cues.shape[1]
    offset, gain, errors = np.zeros(count), np.ones(count), np.full(cues.shape, np.nan)
    for cue in range(count):
        if np.isfinite(cues[:, cue]).sum() >= len(rows) / 2:
            offset[cue], gain[cue], errors[:, cue] = _regressed(true, cues[:, cue], SYMMETRIC[cue])
    known = np.isfinite(errors).any(axis=0)
    covariance = np.diag(np.where(known, 0.0, UNSEEN_DEG2))
    for i in np.flatnonzero(known):
        for j in np.flatnonzero(known):
            covariance[i, j] = np.nanmean(errors[:, i] * errors[:, j])
    values, vectors = np.linalg.eigh(covariance)
    covariance = (vectors * np.clip(values, 0.1, None)) @ vectors.T + FLOOR_DEG2 * np.eye(count)
    return {
        "offset_deg": offset.round(2).tolist(),
        "gain": gain.round(3).tolist(),
        "covariance_deg2": covariance.round(2).tolist(),
        "widening": 1.0,
    }


def _regressed(true: np.ndarray, cue: np.ndarray, symmetric: bool) -> tuple[float, float, np.ndarray]:
    inside = np.isfinite(cue)
    terms = np.column_stack([np.full(len(true), 0.0 if symmetric else 1.0), true])
    for _ in range(3):
        found = np.linalg.lstsq(terms[inside], cue[inside], rcond=None)[0]
        error = cue - terms @ found
        limit = 4 * 1.48 * np.nanmedian(np.abs(error[inside]))
        inside = np.abs(error) < limit
    return float(found[0]), float(found[1]), np.clip(error, -limit, limit)


def left_out(rows: Sequence[Row], chosen: Callable[[Row], np.ndarray]) -> list[tuple[Row, float, float]]:
    """Every row judged by a table that was fitted without its body."""
    result = []
    for body in sorted({row.scene.body for row in rows}):
        table = fit([row for row in rows if row.scene.body != body])
        result += [(row, *heading.combined_deg(chosen(row), table)) for row in rows if row.scene.body == body]
    return result


def fitted(rows: Sequence[Row]) -> dict[str, Any]:
    """The tables of all situations, errors widened until 95 % of the bodies left out are covered."""
    tables = {}
    for key in sorted({row.key for row in rows}):
        some = [row for row in rows if row.key == key]
        judged = [one for one in left_out(some, lambda row: row.cues) if abs(one[0].true_deg) <= JUDGED_WITHIN_DEG]
        shares = [abs(value - row.true_deg) / half_width for row, value, half_width in judged]
        tables[key] = fit(some) | {"widening": round(max(1.0, float(np.percentile(shares, 95))), 2)}
    return tables


# --- what is compared -------------------------------------------------------------------------------------------------


def _only(*names: str) -> Callable[[Row], np.ndarray]:
    kept = np.array([cue in names for cue in heading.CUES])
    return lambda row: np.where(kept, row.cues, np.nan)


def _standing(row: Row) -> np.ndarray:
    """The cues without any bent frame: nobody squats."""
    frames = row.frames & (np.arange(row.frames.size) < 3)
    return heading.cues_deg(row.scene.track, frames, row.nominal_deg, "two_feet")


def _raw_prior(row: Row) -> float:
    return float(row.cues[heading.CUES.index("prior_upright")])


def _rough(row: Row) -> float:
    """Feet, widths and a little of the prior: what answers away from the front."""
    points = points_of(row.scene.track)
    yaw, _ = view._rough_yaw_deg(row.scene.track, row.frames, points, True)
    return float(wrap_deg(yaw - row.nominal_deg))


def _knees(row: Row) -> float:
    """The task is symmetric: whatever both knees together travel sideways over the ankles is yaw."""
    points = points_of(row.scene.track)
    hip, knee, ankle = (midpoint(points[f"left_{part}"], points[f"right_{part}"]) for part in ("hip", "knee", "ankle"))
    leg = distance_px(hip, ankle)
    aside, squares = heading._travel_sums(knee - ankle, leg >= np.nanpercentile(leg, 90), 1.0)
    towards = 1.0 if row.view == "front" else -1.0
    return towards * float(np.degrees(np.arcsin(np.clip(aside / squares, -1, 1)))) if squares > 0 else float("nan")


CALIBRATED: dict[str, Callable[[Row], np.ndarray]] = {
    "feet": _only("feet"),
    "prior, upright": _only("prior_upright"),
    "prior, upright and bent": _only("prior_upright", "prior_bent"),
    "travel of hips and shoulders": _only("travel"),
    "feet and prior, standing only": _standing,
    "feet and prior": _only("feet", "prior_upright", "prior_bent"),
    "kept: feet, prior and travel": lambda row: row.cues,
}
PLAIN: dict[str, Callable[[Row], float]] = {
    "prior as it comes, upright": _raw_prior,
    "rough estimate: feet, widths and a little of the prior": _rough,
    "symmetric task: the knees' mean travel over the ankles is yaw": _knees,
}


def _feet(low: float, high: float) -> Callable[[Row], bool]:
    return lambda row: low <= abs(row.scene.drawn["feet_turned_deg"]) < high


def comparison(found: Sequence[Row], tested: Sequence[Row]) -> str:
    """Mean absolute error (95th percentile) within 20 degrees of the front or back, in squats."""
    head = ["front, found on", "front", "front, feet alike", "front, feet unlike"]
    head += ["back, found on", "back", "back, feet alike", "back, feet unlike"]
    lines = ["| estimator | " + " | ".join(head) + " |", "|---" * (len(head) + 1) + "|"]
    for name, plain in PLAIN.items():
        cells = [_cells([(row, plain(row)) for row in some]) for some in _views(found, tested)]
        lines.append(_line(name, [cell for part in cells for cell in part]))
    for name, chosen in CALIBRATED.items():
        cells = []
        for ours, theirs in zip(_by_view(found), _by_view(tested), strict=True):
            table = fit(ours)
            on_found = [one[:2] for one in left_out(ours, chosen)]
            on_tested = [(row, heading.combined_deg(chosen(row), table)[0]) for row in theirs]
            cells += [_cells(on_found)[:1], _cells(on_tested)]
        lines.append(_line(name, [cell for part in cells for cell in part]))
    return "\n".join(lines)


def _by_view(rows: Sequence[Row]) -> list[list[Row]]:
    return [[row for row in rows if row.key == f"{side} two_feet"] for side in ("front", "back")]


def _views(found: Sequence[Row], tested: Sequence[Row]) -> list[list[Row]]:
    return [part for pair in zip(_by_view(found), _by_view(tested), strict=True) for part in pair]


def _cells(judged: Sequence[tuple[Row, float]]) -> list[str]:
    """All, feet alike, feet unlike; of the found-on half only the first is shown."""
    groups = (lambda row: True, _feet(0, EQUAL_FEET_DEG), _feet(UNEQUAL_FEET_DEG, np.inf))
    some = [one for one in judged if abs(one[0].true_deg) <= JUDGED_WITHIN_DEG]
    cells = []
    for group in groups:
        errors = np.array([abs(value - row.true_deg) for row, value in some if group(row)])
        errors = errors[np.isfinite(errors)]
        cells.append(f"{errors.mean():.1f} ({np.percentile(errors, 95):.1f})")
    return cells if some and some[0][0].scene.body in TESTED else cells[:1]


def _line(name: str, cells: Sequence[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"


def outcome(folder: Path) -> str:
    """The finished estimate, from any side, on the tested bodies."""
    head = ["situation", "n", "bias", "mean absolute error", "95th percentile", "stated half-width", "held"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for bodies, half in ((FOUND, "found on"), (TESTED, "tested on")):
        some = [(scene, *view.stretch_yaw_deg(scene.track, _all(scene))) for scene in scenes(folder, bodies)]
        for name, (kind, inside) in SITUATIONS.items():
            part = [one for one in some if one[0].kind == kind and inside(abs(one[0].yaw_deg))]
            errors = np.array([float(wrap_deg(yaw - scene.yaw_deg)) for scene, yaw, _ in part])
            half_widths = np.array([half_width for *_, half_width in part])
            values = [len(part), errors.mean(), np.abs(errors).mean(), np.percentile(np.abs(errors), 95)]
            cells = [str(values[0]), f"{values[1]:+.1f}", *(f"{value:.1f}" for value in values[2:])]
            held = 100 * float(np.mean(np.abs(errors) <= half_widths))
            lines.append(_line(f"{name}, {half}", [*cells, f"{half_widths.mean():.1f}", f"{held:.0f} %"]))
    return "\n".join(lines)


def _all(scene: Scene) -> np.ndarray:
    return np.ones(scene.track.time_s.shape, bool)


def _within(centre_deg: float, off_deg: float, off: float) -> bool:
    return abs(off - centre_deg) <= off_deg


SITUATIONS: dict[str, tuple[str, Callable[[float], bool]]] = {
    "squat, front (to 20)": ("squat", partial(_within, 0.0, 20.0)),
    "squat, back (from 160)": ("squat", partial(_within, 180.0, 20.0)),
    "squat, oblique (20 to 65, 115 to 160)": ("squat", lambda off: 20 < off < 65 or 115 < off < 160),
    "squat, side (within 25)": ("squat", partial(_within, 90.0, 25.0)),
    "on one leg, front (to 20)": ("one_leg", partial(_within, 0.0, 20.0)),
    "on one leg, back (from 160)": ("one_leg", partial(_within, 180.0, 20.0)),
    "walking, front (to 20)": ("walk", partial(_within, 0.0, 20.0)),
    "walking, back (from 160)": ("walk", partial(_within, 180.0, 20.0)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    collect(options.folder)
    found, tested = (rows_of(scenes(options.folder, bodies)) for bodies in (FOUND, TESTED))
    if options.write:
        TABLE.write_text(json.dumps(fitted(found), indent=1) + "\n", encoding="utf-8")
        heading.heading_table.cache_clear()
    parts = {"compared": comparison(found, tested), "outcome": outcome(options.folder)}
    for name, text in parts.items():
        print(f"\n{name}\n{text}")
        if options.write:
            write_part(PAGE, name, text)


if __name__ == "__main__":
    main()
