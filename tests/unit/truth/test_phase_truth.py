"""When a movement on one leg truly begins, turns and ends, and what a hold is, in clips whose feet are known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from vidgait.truth.person_points import both_feet_of_points
from vidgait.truth.rendered import read_rendered, reference_of
from vidgait.truth.simulation import simulate

SAMPLES = Path(__file__).resolve().parents[3] / "sample_videos"


def points_of(name: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    stored = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return {point: np.array(xyz) for point, xyz in stored["points_m"].items()}, np.array(stored["time_s"])


@pytest.mark.parametrize("name", ["single_leg_squat_left", "single_leg_squat_right", "step_down"])
def test_bends_on_one_leg_have_their_events_in_order_on_that_leg(name: str) -> None:
    truth = read_rendered(SAMPLES / f"{name}.json")
    assert truth.reps is not None
    for rep in truth.reps:
        assert rep.side is not None
        known = [rep.instants[event] for event in ("start", "eccentric_end", "bottom", "concentric_start", "end")]
        assert known == sorted(known)
        flexion = truth.series["knee_flexion_deg", rep.side]
        at_bottom = np.interp(rep.instants["bottom"], truth.time_s, flexion)
        inside = (truth.time_s > rep.start_s) & (truth.time_s < rep.end_s)
        assert at_bottom == pytest.approx(flexion[inside].max(), abs=0.5)


@pytest.mark.parametrize("name, side", [("single_leg_stance", "left"), ("single_leg_stance_back", "right")])
def test_what_changes_while_the_foot_stays_up_is_one_hold(name: str, side: str) -> None:
    """Both clips prescribe two postures on one leg, one after the other, and never put the foot down."""
    truth = read_rendered(SAMPLES / f"{name}.json")
    assert truth.reps is not None
    (hold,) = truth.reps
    assert (hold.index, hold.kind, hold.side) == (1, "hold", side)
    points, time_s = points_of(name)
    free = "right" if side == "left" else "left"
    height = points[f"{free}_ankle"][:, 2]
    up = [time for time, lifted in zip(time_s, height > height[0] + 0.02, strict=True) if lifted]
    assert hold.instants["start"] == pytest.approx(up[0], abs=0.15)
    assert hold.instants["start"] < hold.instants["lifted"] < hold.instants["lowered"]
    assert hold.instants["lowered"] == pytest.approx(time_s[-1], abs=0.1)


def test_a_simulated_hold_is_lifted_and_lowered_where_it_was_prescribed() -> None:
    clip = simulate("single_leg_stance", duration_s=4.0, side="right", pelvic_drop_deg=6.0)
    truth = reference_of("made", clip.truth)
    assert truth.reps is not None
    (hold,), (prescribed,) = truth.reps, clip.truth["reps"]
    assert hold.side == "right"
    # A foot that comes to rest without a jerk is slow before it stands still.
    assert hold.instants["lifted"] == pytest.approx(prescribed["start_s"], abs=0.15)
    assert hold.instants["lowered"] == pytest.approx(prescribed["end_s"], abs=0.15)
    drop = truth.series["contralateral_pelvic_drop_deg", "right"]
    held = (truth.time_s > hold.instants["lifted"] + 0.2) & (truth.time_s < hold.instants["lowered"] - 0.2)
    assert drop[held] == pytest.approx(np.full(held.sum(), 6.0), abs=0.1)


def test_both_feet_stand_before_one_is_lifted() -> None:
    points, time_s = points_of("single_leg_stance")
    both = both_feet_of_points(points)
    assert both is not None
    assert both[time_s < 0.4].all()
    assert not both[time_s > 2.0].any()
