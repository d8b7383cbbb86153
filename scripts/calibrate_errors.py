"""Holds the measures against rendered people whose every angle is known, and says how far off they are.

    python scripts/calibrate_errors.py RENDERS [--cache FOLDER] [--out benchmarks/error_calibration.md]

RENDERS holds NAME.mp4 with NAME.json (made by scripts/render_samples.py --calibration). Clips named found_* may be used
to set `vidgait/measures/model_error.json`; clips named tested_* only judge it: coverage is the share of true values
inside value +- error, and should be 95 % or more on them. Renders wear skin-tight clothes in plain rooms, so a model
term is never set below what studies on real people say; the table shows what the renders alone would ask for.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import vidgait  # noqa: E402
from vidgait.measures import CATALOGUE  # noqa: E402
from vidgait.measures.model_error import model_error  # noqa: E402
from vidgait.settings import OutputSettings, Settings  # noqa: E402

Z = 1.96
SIDES = ("left", "right")
HALF_WINDOW_S = 0.05


@dataclass(frozen=True)
class Row:
    """One measure of one repetition (or of its absence) against the truth."""

    clip: str
    id: str
    value: float | None
    truth: float
    noise: float
    error: float


def rows_of(clip: Path, cache: Path | None) -> list[Row]:
    truth = json.loads(clip.with_suffix(".json").read_text(encoding="utf-8"))
    analysis = _analysed(clip, cache)
    counted = [rep for rep in analysis.reps if rep.kind == "rep"]
    rows = []
    for true_rep in truth["reps"]:
        low_s = true_rep.get("bottom_s", (true_rep["start_s"] + true_rep["end_s"]) / 2)
        rep = next((one for one in counted if one.start_s <= low_s <= one.end_s), None)
        for measure in analysis.measures:
            expected = None if rep is None or measure.rep != rep.index else _truth(truth, true_rep, measure, rep)
            if expected is not None:
                rows.append(Row(clip.stem, measure.id, measure.value, expected, measure.noise or 0, measure.error or 0))
    print(f"{clip.stem}: {len(counted)} of {len(truth['reps'])} repetitions, {len(rows)} measures")
    return rows


def _analysed(clip: Path, cache: Path | None) -> Any:
    """The analysis, made again from saved arrays where there are some, so that a change of a measure costs seconds."""
    settings = Settings(output=OutputSettings(video=False))
    if cache is None:
        return vidgait.analyze(clip, settings=settings)
    folder = cache / clip.stem
    if folder.is_dir():
        return vidgait.report(folder)
    return vidgait.analyze(clip, out=folder, settings=settings)


def _truth(truth: dict[str, Any], rep: dict[str, Any], measure: Any, found: Any) -> float | None:
    squat = truth["movement"] == "squat"
    rep = rep | {"found_start_s": found.instants["bottom"], "found_top_s": found.instants.get("top", found.start_s)}
    if measure.unit == "s":
        return _time_truth(rep, measure.id) if squat else None
    # A chair stand's first instant has no sharp definition: its truth is read where it was found.
    low_s = rep["bottom_s"] if squat else rep["found_start_s"]
    stand_s = rep["start_s"] if squat else rep["found_top_s"]
    series = _series(truth, measure.id, measure.side)
    if series is None:
        return None
    time_s = np.array(truth["time_s"])
    if measure.id == "fppa_change_60_degrees":
        low_s = _knee_60_s(truth, rep, time_s)
    if measure.id == "knee_velocity_peak_concentric":
        inside = (time_s >= low_s) & (time_s <= (rep["end_s"] if squat else rep["standing_start_s"]))
        return float(series[inside].max())
    value = _at(time_s, series, low_s)
    if measure.id in _CHANGES:
        return value - _at(time_s, series, stand_s)
    return value


_CHANGES = frozenset(spec.id for spec in CATALOGUE if spec.reading in ("change", "left_right", "both_legs")) | {
    "ankle_dorsiflexion_bottom",
    "heel_rise_bottom",
}


def _time_truth(rep: dict[str, Any], measure_id: str) -> float | None:
    ends = {
        "eccentric_time": ("start_s", "bottom_start_s"),
        "pause_time": ("bottom_start_s", "bottom_end_s"),
        "concentric_time": ("bottom_end_s", "end_s"),
        "rep_time": ("start_s", "end_s"),
    }.get(measure_id)
    return None if ends is None else rep[ends[1]] - rep[ends[0]]


def _at(time_s: np.ndarray, series: np.ndarray, at_s: float) -> float:
    return float(np.interp(at_s + np.linspace(-HALF_WINDOW_S, HALF_WINDOW_S, 5), time_s, series).mean())


def _knee_60_s(truth: dict[str, Any], rep: dict[str, Any], time_s: np.ndarray) -> float:
    knee = np.mean([truth["angles_deg"][side]["knee_flexion_deg"] for side in SIDES], axis=0)
    low_s = rep.get("bottom_s", rep["start_s"])
    rows = np.flatnonzero((time_s >= rep["start_s"]) & (time_s <= low_s) & (knee >= 60))
    return float(time_s[rows[0]]) if rows.size else low_s


def _series(truth: dict[str, Any], measure_id: str, side: str | None) -> np.ndarray | None:
    """(T,) of the truth that a measure reads."""
    angles = {name: {k: np.array(v) for k, v in part.items()} for name, part in truth["angles_deg"].items()}
    of = angles.get(side or "both", {})
    simple = {
        "knee_flexion_bottom": "knee_flexion_deg",
        "knee_flexion_vertical_bottom": "knee_flexion_deg",
        "thigh_inclination_bottom": "thigh_inclination_deg",
        "thigh_inclination_vertical_bottom": "thigh_inclination_deg",
        "hip_flexion_bottom": "hip_flexion_deg",
        "shank_inclination_bottom": "shank_inclination_deg",
        "trunk_lean_bottom": "trunk_inclination_deg",
        "fppa_bottom": "fppa_deg",
        "fppa_change": "fppa_deg",
        "fppa_change_60_degrees": "fppa_deg",
    }
    if measure_id in simple:
        return of[simple[measure_id]]
    if measure_id == "ankle_dorsiflexion_bottom":
        return of["shank_inclination_deg"] + of["foot_inclination_deg"]
    if measure_id == "knee_velocity_peak_concentric":
        return -np.gradient(of["knee_flexion_deg"], np.array(truth["time_s"]))
    if measure_id == "pelvic_obliquity_bottom":
        return angles["left"]["pelvic_drop_deg"]
    if measure_id == "trunk_lateral_lean_bottom":
        return angles["right"]["lateral_trunk_lean_deg"]
    both = {"fppa_both_legs_change": (0.5, 0.5), "fppa_left_right_change": (1.0, -1.0)}.get(measure_id)
    if both is not None:
        return both[0] * angles["left"]["fppa_deg"] + both[1] * angles["right"]["fppa_deg"]
    return _from_points(truth, measure_id, side)


def _from_points(truth: dict[str, Any], measure_id: str, side: str | None) -> np.ndarray | None:
    """World: x to the person's left, y backwards, z up."""
    points = {name: np.array(xyz) for name, xyz in truth["points_m"].items()}

    def apart(part: str) -> np.ndarray:
        return np.abs(points[f"left_{part}"][:, 0] - points[f"right_{part}"][:, 0])

    def middle(part: str) -> np.ndarray:
        return (points[f"left_{part}"] + points[f"right_{part}"])[:, 0] / 2

    if measure_id == "knee_separation_hips":
        return 100 * apart("knee") / apart("hip")
    if measure_id == "knee_separation_ankles":
        return apart("knee") / apart("ankle")
    if measure_id == "hip_shift_bottom":
        return 100 * (middle("ankle") - middle("hip")) / truth["stature_m"]
    if measure_id == "heel_rise_bottom":
        return 100 * (points[f"{side}_heel"] - points[f"{side}_toe"])[:, 2] / truth["stature_m"]
    if measure_id == "knee_medial_displacement_bottom":
        return _knee_beside_percent(points, str(side))
    return None


def _knee_beside_percent(points: dict[str, np.ndarray], side: str) -> np.ndarray:
    hip, knee, ankle = (points[f"{side}_{part}"][:, [0, 2]] for part in ("hip", "knee", "ankle"))
    along, to_knee = ankle - hip, knee - hip
    cross = along[:, 0] * to_knee[:, 1] - along[:, 1] * to_knee[:, 0]
    full = {part: points[f"{side}_{part}"] for part in ("hip", "knee", "ankle")}
    leg = np.linalg.norm(full["hip"] - full["knee"], axis=1) + np.linalg.norm(full["knee"] - full["ankle"], axis=1)
    medial = -1.0 if side == "left" else 1.0
    return -medial * 100 * cross / np.linalg.norm(along, axis=1) / leg * -1.0


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
        "share of true values inside value ± error. Renders wear skin-tight clothes in plain rooms; model terms are "
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
