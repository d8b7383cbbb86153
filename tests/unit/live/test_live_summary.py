"""What is said at the end: only differences that are real, in 80 columns, and plain values."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.support.live_states import measure, rep, state
from vidgait.live.coach import Given
from vidgait.live.presence import Presence
from vidgait.live.session import Finished
from vidgait.live.state import LiveRep
from vidgait.live.summary import summarise, summary_mapping, summary_rows, summary_text


def timed(id: str, value: float) -> object:
    return replace(measure(id, value, noise=0.1), unit="s")


def squats(*depths: float, noise: float = 3.0) -> list[LiveRep]:
    return [
        rep(
            at,
            measure("thigh_inclination_bottom", depth, "left", noise),
            timed("eccentric_time", 1.2),  # type: ignore[arg-type]
            timed("pause_time", 0.2),  # type: ignore[arg-type]
            timed("concentric_time", 0.6),  # type: ignore[arg-type]
        )
        for at, depth in enumerate(depths, 1)
    ]


def test_best_worst_and_tempo() -> None:
    summary = summarise(squats(90, 80, 95), "squat")
    assert summary.best is not None and summary.worst is not None
    assert (summary.best[0], summary.worst[0]) == (3, 2)
    assert "deepest" in summary.best[1] and "shallowest, 15 ± 4° from the best" in " ".join(summary.worst[1].split())
    assert summary.tempo_s == (1.2, 0.2, 0.6) and summary.rep_time_s == 2.0
    assert "down 1.2 s, pause 0.2 s, up 0.6 s" in summary_text(summary)


def test_repetitions_inside_the_error_are_alike() -> None:
    summary = summarise(squats(90, 88, 91, noise=5), "squat")
    assert summary.best is None and summary.worst is None and summary.alike
    assert "do not differ" in summary_text(summary)


@pytest.mark.parametrize(
    ("depths", "noise", "drifts"),
    [
        ((95, 94, 90, 80, 79), 3.0, True),
        ((95, 94, 90, 80, 79), 15.0, False),
        ((95, 70, 94, 95, 94), 3.0, False),
        ((95, 94, 80), 3.0, False),
    ],
)
def test_drift_is_told_only_beyond_the_error(depths: tuple[float, ...], noise: float, drifts: bool) -> None:
    said = summarise(squats(*depths, noise=noise), "squat").drift
    assert said == (("15° less deep at the end than at first",) if drifts else ())


def test_legs_are_never_compared_with_each_other() -> None:
    reps = [
        rep(at, measure("pelvic_drop_bottom", value, side), side=side)
        for at, (value, side) in enumerate([(2.0, "left"), (2.5, "left"), (9.0, "right"), (9.5, "right")], 1)  # type: ignore[misc]
    ]
    summary = summarise(reps, "single_leg_squat")
    assert summary.sides == (("left", 2), ("right", 2))
    assert summary.best is None and summary.alike and summary.drift == ()


def test_cues_and_presence() -> None:
    given = [Given("depth", "A little deeper", None, t, 3, corrected=t < 20) for t in (10.0, 20.0)]
    presence = Presence()
    for t in np.arange(0, 10, 0.1):
        seen = {} if t < 7.95 else {"points_px": None, "score": None}
        presence.push(state(float(t), **seen))
    summary = summarise(squats(90, 91), "squat", given, presence)
    text = summary_text(summary)
    assert "given twice, corrected once" in text
    assert "Seen in 80% of 10 s, the legs clearly" in text


def test_excluded_repetitions_are_counted_and_left_out() -> None:
    reps = squats(90, 91, 40)
    reps[2] = replace(reps[2], excluded="less than half as deep as the other repetitions")
    summary = summarise(reps, "squat")
    assert summary.count == 3 and summary.alike
    assert "left out: less than half as deep" in " ".join(summary_text(summary).split())


def test_nothing_counted() -> None:
    summary = summarise((), None)
    assert summary_text(summary) == "No repetition was counted."
    assert summary_rows(Finished((), None)) is None


def test_it_fits_a_terminal_and_is_plain() -> None:
    reps = [
        rep(at, measure("fppa_change", 10, "left"), measure("fppa_change", -8, "right"), excluded="much " * 20)
        for at in range(1, 12)
    ]
    summary = summarise(reps, "squat")
    assert max(map(len, summary_text(summary).splitlines())) <= 80
    assert json.loads(json.dumps(summary_mapping(summary), allow_nan=False))["count"] == 11
    shown = summary_rows(Finished(tuple(reps), "squat"))
    assert shown is not None
    [table] = shown["tables"]
    assert table["head"] == ["Rep", "Side", "Time", "left knee inwards", "right knee inwards"]
    assert all(len(row) == len(table["head"]) for row in table["rows"]) and len(table["rows"]) == 11
