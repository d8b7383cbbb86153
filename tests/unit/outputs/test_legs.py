"""The legs side by side: which instants, which pictures, which numbers at them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.analyses import synthetic_squat
from tests.support.one_leg import one_leg
from vidgait.outputs.keyframes import frame_of_item, plan_key_frames
from vidgait.outputs.leg_readings import LegReading, readings_at
from vidgait.outputs.legs import (
    compares_legs,
    is_one_legged,
    same_depth,
    shown_series,
    stance_rep_at,
    standing_legs,
)
from vidgait.outputs.overlay import OverlayPainter
from vidgait.types import Analysis, Measure, PlanarFrame, Series, Side

SIZE = (720, 1280)
T = "knee_flexion_vertical_deg"


@pytest.fixture(scope="module")
def both() -> Analysis:
    return one_leg(reps=6)


def bending(analysis: Analysis, left_deg: float, right_deg: float) -> Analysis:
    """Knee flexion that rises straight from 0 at the start of each repetition to the given depth at its turn."""
    series = [one for one in analysis.series if one.name not in (T, "knee_flexion_deg")]
    sides: tuple[tuple[Side, float], ...] = (("left", left_deg), ("right", right_deg))
    for side, deepest_deg in sides:
        value = np.full(analysis.clean.time_s.shape, np.nan)
        for rep in analysis.reps:
            inside = (analysis.clean.time_s >= rep.start_s) & (analysis.clean.time_s <= rep.instants["bottom"])
            share = (analysis.clean.time_s - rep.start_s) / (rep.instants["bottom"] - rep.start_s)
            value[inside] = deepest_deg * share[inside]
        series.append(Series(T, "deg", side, value))
    return replace(analysis, series=tuple(series))


def test_the_legs_are_compared_at_sixty_degrees_on_the_way_down(both: Analysis) -> None:
    found = same_depth(bending(both, 80.0, 120.0))
    assert found is not None and found.depth_deg == 60.0 and found.coarse
    assert [one.side for one in found.instants] == ["left", "right"]
    for one, share in zip(found.instants, (60 / 80, 60 / 120), strict=True):
        rep = both.reps[one.rep - 1]
        assert rep.side == one.side
        assert one.time_s == pytest.approx(rep.start_s + share * (rep.instants["bottom"] - rep.start_s), abs=0.05)


def test_or_as_deep_as_both_go(both: Analysis) -> None:
    found = same_depth(bending(both, 80.0, 45.0))
    assert found is not None and found.depth_deg == pytest.approx(45.0, abs=3.0)
    assert found.basis == "the deepest that both legs reach"
    assert found.instants[1].time_s == pytest.approx(both.reps[found.instants[1].rep - 1].instants["bottom"], abs=0.05)


def test_a_picture_is_of_the_moment_that_its_number_is_read_at(both: Analysis) -> None:
    """Where noise lets the knee pass a depth twice, the catalogue reads the last time."""
    bent = bending(both, 80.0, 80.0)
    time_s = both.clean.time_s
    rep = both.reps[1]
    turn_s = rep.instants["bottom"]
    early = np.flatnonzero((time_s > rep.start_s) & (time_s < rep.start_s + 0.3 * (turn_s - rep.start_s)))[-1]
    series = [replace(one, value=one.value.copy()) for one in bent.series]
    next(one for one in series if (one.name, one.side) == (T, "left")).value[early] = 61.0
    found = same_depth(replace(bent, series=tuple(series)))
    assert found is not None and found.instants[0].rep == rep.index
    assert found.instants[0].time_s == pytest.approx(rep.start_s + 0.75 * (turn_s - rep.start_s), abs=1e-6)


def test_of_a_repetition_that_begins_deeper_the_first_moment_is_shown(both: Analysis) -> None:
    deep = tuple(
        replace(one, value=np.full_like(one.value, 70.0)) if one.name == T else one
        for one in bending(both, 80, 80).series
    )
    found = same_depth(replace(both, series=deep))
    assert found is not None and found.depth_deg == 60.0
    for one in found.instants:
        assert one.time_s == pytest.approx(both.reps[one.rep - 1].start_s, abs=0.05)


def test_the_middle_repetition_stands_for_a_leg(both: Analysis) -> None:
    found = same_depth(bending(both, 80.0, 80.0))
    assert found is not None and [one.rep for one in found.instants] == [2, 5]


def test_holds_are_compared_in_their_middle() -> None:
    analysis = one_leg(reps=2, label="single_leg_stance", hold=True)
    found = same_depth(analysis)
    assert found is not None and found.depth_deg is None
    for one, rep in zip(found.instants, analysis.reps, strict=True):
        assert one.time_s == pytest.approx(0.5 * (rep.instants["lifted"] + rep.instants["lowered"]))


def test_one_leg_alone_and_two_legs_at_once() -> None:
    alone = one_leg(reps=1)
    assert standing_legs(alone) == ("left",)
    found = same_depth(alone)
    assert found is not None and len(found.instants) == 1
    squat = synthetic_squat("front", reps=2)
    assert not is_one_legged(squat) and compares_legs(squat)
    found = same_depth(squat)
    assert found is not None and [one.side for one in found.instants] == [None]


def test_squats_from_the_side_compare_no_legs() -> None:
    squat = synthetic_squat("left", reps=2)
    assert not compares_legs(squat) and same_depth(squat) is None


def test_without_any_depth_the_bottoms_are_compared(both: Analysis) -> None:
    blind = replace(both, series=tuple(s for s in both.series if "knee_flexion" not in s.name))
    found = same_depth(blind)
    assert found is not None and found.depth_deg is None and "could not be told" in found.basis


def test_the_leg_that_stands_is_known_at_every_instant(both: Analysis) -> None:
    rep = stance_rep_at(both, both.reps[3].instants["bottom"])
    assert rep is not None and (rep.side, rep.index) == ("right", 4)
    assert stance_rep_at(both, 0.1) is None
    assert stance_rep_at(synthetic_squat("front"), 2.0) is None


def test_every_leg_gets_its_pictures_under_names_a_reader_understands(both: Analysis) -> None:
    keys = plan_key_frames(bending(both, 80.0, 80.0))
    names = [key.name for key in keys]
    assert len(set(names)) == len(names)
    assert {"first", "left_leg_same_depth", "right_leg_same_depth"} < set(names)
    for side in ("left", "right"):
        assert sum(key.side == side and key.kind in ("best", "worst") for key in keys) == 2
    assert not any("best" in name or "worst" in name for name in names)


def test_a_fault_of_a_scale_has_its_picture_and_shares_one_that_is_there(both: Analysis) -> None:
    keys = plan_key_frames(both)
    trunk = both.criteria[0]
    shown = frame_of_item(keys, trunk)
    assert shown is not None and abs(shown.time_s - (trunk.time_s or 0.0)) <= 0.1
    elsewhere = replace(trunk, time_s=both.reps[4].start_s + 0.1)
    keys = plan_key_frames(replace(both, criteria=(elsewhere, replace(elsewhere, id="again"))))
    assert [key.name for key in keys if key.kind == "item"] == ["right_leg_trunk"]
    assert frame_of_item(keys, replace(trunk, time_s=None)) is None


def numbers(analysis: Analysis, rep: int, time_s: float) -> dict[str, LegReading]:
    return {reading.part: reading for reading in readings_at(analysis, analysis.reps[rep - 1], time_s)}


def test_at_the_bottom_the_picture_says_the_number_of_the_table(both: Analysis) -> None:
    rep = both.reps[1]
    for part, id in (("pelvis", "pelvic_drop_bottom"), ("trunk", "trunk_lean_stance_bottom"), ("knee", "fppa_bottom")):
        measure = both.find(id, "left", rep.index)
        reading = numbers(both, rep.index, rep.instants["bottom"])[part]
        assert measure is not None and reading.value == pytest.approx(measure.value)
        assert reading.error == measure.error


def test_away_from_the_bottom_it_moves_as_the_curve_does(both: Analysis) -> None:
    rep, name = both.reps[4], "contralateral_pelvic_drop_deg"
    kept = tuple(s for s in both.series if (s.name, s.side) != (name, "right"))
    sinking = Series(name, "deg", "right", 2.0 * both.clean.time_s)
    moved = replace(both, series=(*kept, sinking))
    at_bottom, before = (numbers(moved, 5, rep.instants["bottom"] - ago)["pelvis"].value for ago in (0.0, 0.6))
    assert at_bottom - before == pytest.approx(1.2, abs=0.05)


def test_what_is_refused_is_written_nowhere(both: Analysis) -> None:
    def refused(m: Measure) -> Measure:
        return replace(m, value=None, why_none="turned") if m.id == "pelvic_drop_bottom" else m

    poor = replace(both, measures=tuple(refused(m) for m in both.measures))
    assert set(numbers(poor, 1, poor.reps[0].instants["bottom"])) == {"trunk", "knee"}
    side = one_leg("left", reps=2)
    assert readings_at(side, side.reps[0], side.reps[0].instants["bottom"]) == ()


def test_directions_are_said_in_words() -> None:
    assert LegReading("pelvis", "left", 6.2, 2.6).text() == "6° ± 3° drop"
    assert LegReading("pelvis", "left", -6.2, None).text() == "6° hike"
    assert LegReading("trunk", "right", 4.0, 3.0).text() == "4° ± 3° over leg"
    assert LegReading("trunk", None, -4.0, 3.0).text(with_error=False) == "4° to the left"
    assert LegReading("knee", "right", 12.0, 0.3).text() == "12° ± 1° in"
    assert LegReading("knee", "right", -0.2, 3.0).text() == "0° ± 3°"


def picture(analysis: Analysis, rep: int) -> OverlayPainter:
    painter = OverlayPainter(analysis, SIZE)
    time_s = analysis.reps[rep - 1].instants["bottom"]
    row = int(np.argmin(np.abs(analysis.clean.time_s - time_s)))
    media_s = float(analysis.poses.media_time_s[row])
    painter.paint(PlanarFrame(row, time_s, media_s, np.full((SIZE[1] * 3 // 2, SIZE[0]), 128, np.uint8)))
    return painter


def test_the_video_speaks_of_the_leg_that_stands(both: Analysis) -> None:
    left, right = (" ".join(picture(both, rep).written) for rep in (1, 5))
    assert "L knee" in left and "R knee" not in left
    assert "R knee" in right and "L knee" not in right
    assert "pelvis" in left and "trunk" in left and "±" not in left


def test_the_pelvis_sinks_on_the_free_side_in_the_picture(both: Analysis) -> None:
    """From the front the person's right is on the left of the picture."""
    painter = picture(both, 5)
    assert any(words.startswith("pelvis 1") and words.endswith("drop") for words in painter.written)


def test_curves_show_each_leg_while_it_stands(both: Analysis) -> None:
    shown = {(one.name, one.side): one.value for one in shown_series(both)}
    left, right = (shown["contralateral_pelvic_drop_deg", side] for side in ("left", "right"))
    assert not (np.isfinite(left) & np.isfinite(right)).any()
    for rep in both.reps:
        row = int(np.argmin(np.abs(both.clean.time_s - rep.instants["bottom"])))
        assert np.isfinite(left[row]) == (rep.side == "left") and np.isfinite(right[row]) == (rep.side == "right")
    squat = synthetic_squat("front", reps=2)
    assert shown_series(squat) == squat.series


def test_a_knee_that_the_bottom_refuses_is_told_at_sixty_degrees_and_only_there() -> None:
    squat = bending(synthetic_squat("front", reps=1), 120.0, 120.0)
    rep = squat.reps[0]
    change = Measure("fppa_change_60_degrees", "", -11.0, "deg", "left", rep.index, 1, 4.0, 8.0, grade="C")
    squat = replace(squat, measures=(change,))
    at_60_s = 0.5 * (rep.start_s + rep.instants["bottom"])
    (knee,) = readings_at(squat, rep, at_60_s)
    assert knee.side == "left" and knee.text() == "moved 11° ± 8° out"
    assert readings_at(squat, rep, rep.instants["bottom"]) == ()
    assert readings_at(squat, rep, rep.end_s) == ()
