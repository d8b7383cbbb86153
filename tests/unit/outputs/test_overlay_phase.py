"""Counter, phase and tempo of one instant; cues that noise could not explain."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from tests.support.analyses import synthetic_squat
from tests.support.one_leg import one_leg
from vidgait.outputs.cues import plan_cues, with_unit
from vidgait.outputs.overlay_phase import moment_at
from vidgait.types import Analysis, Measure, Movement, Rep

SQUAT = Rep(1, "rep", 1.0, 4.0, None, {"bottom": 2.3, "eccentric_end": 2.2, "concentric_start": 2.5})
UP = {"bottom": 1.0, "concentric_start": 1.0, "concentric_end": 2.0, "top": 2.1}
DOWN = {"eccentric_start": 2.5, "eccentric_end": 4.0}
STAND = Rep(1, "rep", 1.0, 4.0, None, UP | DOWN)


@pytest.fixture(scope="module")
def base() -> Analysis:
    return synthetic_squat("left", reps=4)


@pytest.mark.parametrize(
    ("time_s", "count", "word", "active"),
    [
        (0.5, 0, "standing", False),
        (1.0, 1, "going down", True),
        (2.3, 1, "pause", True),
        (3.0, 1, "coming up", True),
        (4.0, 1, "standing", False),
    ],
)
def test_moments_of_a_squat(base: Analysis, time_s: float, count: int, word: str, active: bool) -> None:
    moment = moment_at(replace(base, reps=(SQUAT,)), time_s)
    assert (moment.count, moment.total, moment.word, moment.active) == (count, 1, word, active)


def test_words_of_a_stand(base: Analysis) -> None:
    analysis = replace(base, reps=(STAND,), movement=Movement("sit_to_stand", 1.0, "named"))
    words = [moment_at(analysis, at).word for at in (0.5, 1.5, 2.2, 3.0, 5.0)]
    assert words == ["seated", "standing up", "standing", "sitting down", "seated"]


def measure(rep: int, value: float, noise: float = 2.0, verdict: str | None = None, **other: object) -> Measure:
    facts: dict[str, object] = {"id": "knee_flexion_bottom", "label": "Knee flexion", "unit": "deg", "side": "left"}
    return Measure(value=value, rep=rep, noise=noise, error=5.0, verdict=verdict, **(facts | other))  # type: ignore[arg-type]


def cues(base: Analysis, *measures: Measure) -> dict[int, str]:
    """Words by repetition."""
    found = plan_cues(replace(base, measures=measures))
    starts = {rep.index: rep.instants["concentric_start"] for rep in base.reps}
    return {index: cue.text for cue in found for index, start in starts.items() if cue.start_s == start}


def test_repetitions_within_the_noise_get_no_cue(base: Analysis) -> None:
    assert cues(base, *(measure(rep, 100 + (rep % 2)) for rep in (1, 2, 3, 4))) == {}


def test_a_change_beyond_the_noise_is_said_with_its_size(base: Analysis) -> None:
    said = cues(base, *(measure(rep, value) for rep, value in ((1, 100), (2, 102), (3, 101), (4, 90))))
    assert said == {4: "Knee bends 11° less than at first"}


def test_the_threshold_is_the_noise_of_both(base: Analysis) -> None:
    values = ((1, 100.0), (2, 100.0), (3, 102.7), (4, 103.0))
    assert set(cues(base, *(measure(rep, value) for rep, value in values))) == {4}
    assert cues(base, *(measure(rep, value, noise=3.0) for rep, value in values)) == {}


def test_without_noise_nothing_is_compared(base: Analysis) -> None:
    assert cues(base, *(replace(measure(rep, 100 - 10 * rep), noise=None) for rep in (1, 2, 3, 4))) == {}


def test_a_band_speaks_before_a_change(base: Analysis) -> None:
    values = [measure(rep, value) for rep, value in ((1, 100), (2, 100), (3, 80), (4, 80))]
    banded = measure(3, 12.0, verdict="watch", id="fppa_bottom", label="Knee position", side="right")
    assert cues(base, *values, banded)[3] == "Watch: knee position 12° ± 5°"


def test_excluded_and_partial_repetitions_get_no_cue(base: Analysis) -> None:
    reps = tuple(replace(rep, excluded="left out by you") if rep.index == 4 else rep for rep in base.reps)
    said = plan_cues(
        replace(base, reps=reps, measures=tuple(measure(rep, value) for rep, value in ((1, 100), (2, 100), (4, 60))))
    )
    assert said == ()


def test_cues_never_overlap_in_time(base: Analysis) -> None:
    found = plan_cues(replace(base, measures=tuple(measure(rep, 100, verdict="good") for rep in (1, 2, 3, 4))))
    assert len(found) == 4
    assert all(one.end_s <= later.start_s for one, later in itertools.pairwise(found))


def test_values_are_written_with_their_error() -> None:
    assert with_unit(measure(1, 118.4)) == "118° ± 5°"
    assert with_unit(measure(1, -3.2)) == "−3° ± 5°"
    assert with_unit(replace(measure(1, 1.26), unit="s", error=0.06)) == "1.3 s ± 0.1 s"
    assert with_unit(replace(measure(1, 1.26), unit="ratio", error=None)) == "1.26"
    assert with_unit(replace(measure(1, 0.0), value=None)) == ""


def test_repetitions_are_counted_by_leg() -> None:
    analysis = one_leg(reps=4)
    moments = [moment_at(analysis, rep.instants["bottom"]) for rep in analysis.reps]
    assert [(moment.side, moment.count, moment.total) for moment in moments] == [
        ("left", 1, 2),
        ("left", 2, 2),
        ("right", 1, 2),
        ("right", 2, 2),
    ]


def test_a_hold_has_a_clock_that_stops_when_the_foot_is_lowered() -> None:
    analysis = one_leg(reps=1, label="single_leg_stance", hold=True)
    hold = analysis.reps[0]
    lifted_s, lowered_s = hold.instants["lifted"], hold.instants["lowered"]
    clocks = [moment_at(analysis, at).clock for at in (hold.start_s, lifted_s + 0.5, lowered_s + 0.1, hold.end_s + 1)]
    whole = f"{lowered_s - lifted_s:.1f} s"
    assert clocks == ["0.0 s", "0.5 s", whole, whole]
    assert moment_at(analysis, hold.start_s + 0.1).word == "on one leg"
    assert moment_at(analysis, 0.0).word == "on two legs"


def test_a_leg_is_compared_with_its_own_first_repetitions() -> None:
    """The right leg's first number is far from the left's: nothing to say."""
    analysis = one_leg(reps=6)
    values = dict(zip((1, 2, 3, 4, 5, 6), (2.0, 2.0, 2.0, 14.0, 14.0, 26.0), strict=True))
    measures = tuple(
        replace(m, value=values[m.rep], noise=2.0) for m in analysis.measures if m.id == "fppa_change" and m.rep
    )
    said = [cue.text for cue in plan_cues(replace(analysis, measures=measures))]
    assert len(said) == 1 and "Right knee" in said[0] and "further in" in said[0]


def test_a_tempo_that_changed_by_less_than_a_second_is_told(base: Analysis) -> None:
    """ "0.7 s" begins with a zero too."""

    def timed(rep: int, value: float) -> Measure:
        return measure(rep, value, 0.1, id="eccentric_time", label="Way down", unit="s", side=None)

    said = cues(base, timed(1, 1.2), timed(2, 1.2), timed(3, 0.5), timed(4, 1.05))
    assert said == {3: "0.7 s faster down than at first"}
