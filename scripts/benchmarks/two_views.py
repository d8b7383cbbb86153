"""How surely two views of one set are told from two sets, and how exact the offset is: simulated squats.

    python -m scripts.benchmarks.two_views            # print the table (some minutes)
    python -m scripts.benchmarks.two_views --write    # and put it into benchmarks/two_views.md

Every set has its own rhythm: each repetition lasts longer or shorter by a few per cent, as people do. One set is filmed
by two cameras with the network's noise; two sets are the same person's, the same number of repetitions later, with a
rhythm of their own around the same tempo.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scripts.benchmarks.marked_page import write_part
from vidgait.errors import PairError
from vidgait.known_poses import analyze_poses
from vidgait.session import join
from vidgait.settings import Settings
from vidgait.truth.simulation import simulate

if TYPE_CHECKING:
    from vidgait.types import Analysis, ClipPoses

PAGE = Path(__file__).resolve().parents[2] / "benchmarks" / "two_views.md"
SETS = 12
REPS = 4
FEW_DRAWS = Settings.from_mapping({"error": {"draws": 50}})
"""Nothing here depends on the errors of the numbers."""
RHYTHMS = (0.03, 0.06, 0.10)
"""SD of how much longer or shorter a repetition lasts."""
RATES_HZ = (30.0, 60.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    table = _table()
    print(table)
    if write:
        write_part(PAGE, "table", table)


def _table() -> str:
    lines = [
        "| repetitions differ by (SD) | one set joined | offset: mean absolute error, s | largest, s | stated, s | "
        "held | two sets refused |",
        "|" + "---|" * 7,
    ]
    for rhythm in RHYTHMS:
        offs, stated, joined, refused = [], [], 0, 0
        for number in range(SETS):
            rng = np.random.default_rng([number, int(1000 * rhythm)])
            one, other = (rng.normal(0, rhythm, REPS) for _ in range(2))
            later_s = float(rng.uniform(0.0, 0.8))
            front = _filmed("front", one, 0.0, RATES_HZ[0], 2 * number)
            side = _filmed("left", one, later_s, RATES_HZ[number % 2], 2 * number + 1)
            second = _filmed("left", other, later_s, RATES_HZ[number % 2], 2 * number + 1)
            found = _offset(front, side)
            if found is not None:
                joined += 1
                offs.append(abs(found[0] + later_s))
                stated.append(found[1])
            refused += _offset(front, second) is None
        held = np.mean(np.array(offs) <= np.array(stated))
        lines.append(
            f"| {100 * rhythm:.0f} % | {joined} of {SETS} | {np.mean(offs):.3f} | {np.max(offs):.3f} | "
            f"{np.median(stated):.3f} | {100 * held:.0f} % | {refused} of {SETS} |"
        )
    return "\n".join(lines)


def _offset(front: Analysis, side: Analysis) -> tuple[float, float] | None:
    try:
        link = join(front, side, "views").link
    except PairError:
        return None
    return link.offset_s or 0.0, link.offset_error_s or 0.0


def _filmed(view: str, longer: np.ndarray, later_s: float, rate_hz: float, seed: int) -> Analysis:
    """The set in its own rhythm, from a camera that was started `later_s` after the movement's clock."""
    plain = simulate("squat", reps=REPS, knee_deg=95, view=view, rate_hz=120.0)
    end_s = float(plain.poses.time_s[-1])
    knots = np.linspace(0.0, end_s, REPS + 1)
    real = np.concatenate([[0.0], np.cumsum(np.diff(knots) * (1.0 + longer))])
    seen_s = np.arange(later_s, real[-1] - 0.05, 1.0 / rate_hz)
    own_s = np.interp(seen_s, real, knots)  # the movement's own time at each picture
    clip = simulate("squat", reps=REPS, knee_deg=95, view=view, time_s=own_s, network_noise=True, seed=seed)
    return analyze_poses(
        _on_clock(clip.poses, seen_s - later_s), settings=clip.settings(FEW_DRAWS), name=f"{view}{seed}"
    )


def _on_clock(poses: ClipPoses, time_s: np.ndarray) -> ClipPoses:
    return replace(poses, time_s=time_s, media_time_s=time_s.copy())


if __name__ == "__main__":
    main()
