"""The phases of a repetition, and that everything which shows them says the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.analyses import synthetic_squat
from vidgait import store
from vidgait.outputs import tables
from vidgait.outputs.overlay_phase import moment_at
from vidgait.tempo import phase_at, phases_of, rises_first
from vidgait.types import Movement, Rep

SQUAT = Rep(1, "rep", 1.0, 4.0, None, {"bottom": 2.3, "eccentric_end": 2.2, "concentric_start": 2.5})
UP = {"bottom": 1.0, "concentric_start": 1.0, "concentric_end": 2.0, "top": 2.1}
STAND = Rep(1, "rep", 1.0, 3.6, None, UP | {"eccentric_start": 2.5, "eccentric_end": 3.5})
UP_ONLY = replace(STAND, instants=UP)
CUT = replace(SQUAT, index=0, kind="partial", instants={"concentric_start": 2.5})


def spans(rep: Rep) -> list[tuple[str, float, float]]:
    return [(phase.kind, phase.start_s, phase.end_s) for phase in phases_of(rep)]


def test_a_squat_goes_down_pauses_and_comes_up() -> None:
    assert spans(SQUAT) == [("eccentric", 1.0, 2.2), ("pause", 2.2, 2.5), ("concentric", 2.5, 4.0)]
    assert rises_first(SQUAT) is False


def test_a_stand_rises_first_and_its_end_belongs_to_no_phase() -> None:
    assert spans(STAND) == [("concentric", 1.0, 2.0), ("pause", 2.0, 2.5), ("eccentric", 2.5, 3.5)]
    phases = [phase_at(STAND, time_s) for time_s in (0.9, 1.0, 1.9, 2.2, 3.0, 3.55)]
    assert phases == [None, "concentric", "concentric", "pause", "eccentric", None]
    assert rises_first(STAND) is True


def test_what_the_clip_cuts_off_is_not_made_up() -> None:
    assert spans(CUT) == [("concentric", 2.5, 4.0)]
    assert spans(UP_ONLY) == [("concentric", 1.0, 2.0)]
    assert rises_first(CUT) is None and rises_first(UP_ONLY) is None


def test_where_only_the_turn_is_known_no_pause_is_claimed() -> None:
    assert spans(replace(SQUAT, instants={"bottom": 2.3})) == [("eccentric", 1.0, 2.3), ("concentric", 2.3, 4.0)]
    assert spans(replace(STAND, instants={"top": 2.0})) == [("concentric", 1.0, 2.0), ("eccentric", 2.0, 3.6)]
    assert spans(replace(SQUAT, instants={})) == []
    assert spans(replace(SQUAT, instants={"bottom": 9.0})) == []


WORDS = {
    "going down": "eccentric",
    "coming up": "concentric",
    "pause": "pause",
    "sitting down": "eccentric",
    "standing up": "concentric",
    "standing": "pause",
}


@pytest.mark.parametrize(("rep", "movement"), [(SQUAT, "squat"), (STAND, "sit_to_stand"), (UP_ONLY, "sit_to_stand")])
def test_video_table_and_stored_result_agree(rep: Rep, movement: str) -> None:
    analysis = replace(synthetic_squat("left", reps=4), reps=(rep,), movement=Movement(movement, 1.0, "named"))
    table = tables.frame_table(analysis).to_pydict()
    inside = [(at, phase) for at, phase in zip(table["time_s"], table["phase"], strict=True) if phase]
    assert inside
    assert all(WORDS[moment_at(analysis, at).word] == phase for at, phase in inside)
    stored = store.analysis_to_mapping(analysis)["reps"][0]
    for phase in phases_of(rep):
        assert stored[f"{phase.kind}_s"] == pytest.approx(phase.duration_s)
