from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.support.analyses import synthetic_squat
from vidgait.outputs import findings as said
from vidgait.types import Analysis, Measure, Movement, Rep


def measure(value: float | None, rep: int | None = None, **more: Any) -> Measure:
    facts: dict[str, Any] = {"noise": 2.0, "error": 5.0, "grade": "B", "n": 1} | more
    return Measure("knee_flexion_bottom", "Knee flexion at the bottom", value, "deg", "left", rep, **facts)


def with_reps(*reps: Rep, label: str | None = "squat") -> Analysis:
    return replace(synthetic_squat("left"), reps=reps, movement=Movement(label, 0.9, "as seen"))


def test_counting() -> None:
    one, two, part = Rep(1, "rep", 1.0, 3.0), Rep(2, "rep", 3.5, 6.04), Rep(0, "partial", 6.5, 7.0)
    assert said.counting_sentence(with_reps(one)) == "1 squat was counted, between 0:01.0 and 0:03.0."
    text = said.counting_sentence(with_reps(one, replace(two, excluded="left out by you"), part))
    assert text.startswith("2 squats were counted, between 0:01.0 and 0:06.0.")
    assert "1 other was not complete and was not counted." in text
    assert "Repetition 2 is not part of the set’s numbers: left out by you." in text
    both = [replace(rep, excluded="less than half as deep as the other repetitions") for rep in (one, two)]
    assert "Repetitions 1 and 2 are not part of the set’s numbers: less than half" in said.counting_sentence(
        with_reps(*both)
    )
    assert "no whole repetition" in said.counting_sentence(with_reps(part))


def test_a_variant_goes_by_its_own_name() -> None:
    names = {flag: said.movement_name(Movement(label, 1.0, "", (flag,))) for (label, flag) in said.VARIANTS}
    assert names["overhead"] == "overhead squat" and names["lateral"] == "lateral step-down"
    assert said.movement_name(Movement("squat", 1.0, "", ("unheard_of",))) == "squat"


def test_an_unrecognised_movement_gets_no_scores() -> None:
    analysis = with_reps(label=None)
    sentences = said.findings(analysis)
    assert len(sentences) == 1 and "not recognised" in sentences[0]


def test_both_sides_are_one_sentence() -> None:
    left, right = measure(97.3, n=5), replace(measure(92.0, n=5), side="right")
    (key,) = said.key_measures(replace(synthetic_squat("front"), measures=(left, measure(90.0, 1), right)))
    text = said.measure_sentence(key).replace("\u00a0", " ")
    assert text == (
        "The left knee bends to 97 ± 5° at the bottom; the right 92 ± 5° (measured, middle value of 5 repetitions)."
    )


def test_metres_and_heights_are_estimated_and_angles_measured() -> None:
    drop = Measure("drop", "Drop of the hips", 0.41, "m", n=1, error=0.05)
    coarse = replace(measure(97.0), id="knee_flexion_vertical_bottom")
    for one, verb in ((drop, "estimated"), (coarse, "estimated"), (measure(97.0), "measured")):
        assert said.measure_sentence(said.KeyMeasure(one.id, (one,))).endswith(f"({verb}).")


def test_the_coarse_number_stands_back_and_headlines_come_first() -> None:
    knee, coarse = measure(97.0), replace(measure(90.0), id="knee_flexion_vertical_bottom")
    heel, depth = replace(measure(2.0), id="heel_rise_bottom"), replace(measure(88.0), id="thigh_inclination_bottom")
    analysis = replace(synthetic_squat(), measures=(heel, coarse, knee, depth))
    ids = [key.id for key in said.key_measures(analysis)]
    assert ids == ["thigh_inclination_bottom", "knee_flexion_bottom", "heel_rise_bottom"]
    assert said.key_measures(replace(analysis, measures=(coarse,)))[0].id == coarse.id


def test_a_drift_is_said_once_it_exceeds_its_error() -> None:
    drift = Measure("knee_flexion_drift_bottom", "Knee flexion: drift over the set", -2.4, "deg/rep", "left", n=8)
    real, noise = replace(drift, error=1.1, grade="B"), replace(drift, error=3.0, grade="B")
    text = said.drift_sentence(replace(synthetic_squat(), measures=(real,))).replace("\u00a0", " ")
    assert text == "Knee flexion: drift over the set (left): −2.4 ± 1.1° per repetition, a trend beyond its error."
    assert said.drift_sentence(replace(synthetic_squat(), measures=(noise,))) == ""


def test_what_must_not_be_shown_is_not_said() -> None:
    hidden = (measure(97.0, grade="D"), measure(None, why_none="not measurable"))
    assert said.key_measures(replace(synthetic_squat(), measures=hidden)) == ()


def test_a_difference_is_only_one_when_it_exceeds_the_noise_of_both() -> None:
    def spread(*values: float) -> str:
        known = tuple(measure(value, rep) for rep, value in enumerate(values, 1))
        key = said.KeyMeasure(known[0].id, known[:1])
        return said.spread_sentence(replace(synthetic_squat("left"), measures=known), key).replace("\u00a0", " ")

    text = spread(90.0, 97.0, 93.0)
    assert "from 90° (repetition 1) to 97° (repetition 2)" in text and not text.startswith("from")
    assert "above 3°" in text
    assert "differ by less than can be told apart" in spread(90.0, 92.7, 91.0)
    assert spread(90.0, 97.0) == ""


def test_a_repetition_that_is_left_out_is_not_compared_either() -> None:
    values = (81.0, 34.0, 76.0, 70.0)
    known = tuple(measure(value, rep) for rep, value in enumerate(values, 1))
    reps = [Rep(rep, "rep", 2.0 * rep, 2.0 * rep + 1.5) for rep in range(1, 5)]
    reps[1] = replace(reps[1], excluded="less than half as deep as the other repetitions")
    analysis = replace(with_reps(*reps), measures=known)
    text = said.spread_sentence(analysis, said.KeyMeasure(known[0].id, known[:1])).replace("\u00a0", " ")
    assert "from 81° (repetition 1) to 70° (repetition 4)" in text
    few = replace(analysis, reps=tuple(replace(rep, excluded="left out by you") for rep in reps[:2]) + tuple(reps[2:]))
    assert said.spread_sentence(few, said.KeyMeasure(known[0].id, known[:1])) == "", "two are no spread"


def test_the_leg_behind_the_other_one_is_not_told() -> None:
    """From the left the right leg is the far one: it stays in the tables, and in no sentence."""
    near, far = measure(97.0), replace(measure(114.0), side="right")
    drift = Measure("knee_flexion_drift_bottom", "Drift", -2.4, "deg/rep", "right", n=8, error=1.1, grade="B")
    analysis = replace(synthetic_squat("left"), measures=(near, far, drift))
    (key,) = said.key_measures(analysis)
    assert key.sides == (near,)
    assert said.drift_sentence(analysis) == ""
    assert said.key_measures(replace(analysis, measures=(far,))) == ()
    front = replace(synthetic_squat("front"), measures=(near, far, drift))
    assert said.key_measures(front)[0].sides == (near, far)
    assert said.drift_sentence(front)


def test_what_all_repetitions_share_does_not_hide_a_difference() -> None:
    """A turned camera makes each number uncertain, but all alike: the range over the set knows that."""
    unsure = [replace(measure(value, rep), noise=15.0) for rep, value in enumerate((90.0, 97.0, 93.0), 1)]
    ranged = replace(measure(7.0), id="knee_flexion_range_bottom", noise=3.0)
    key = said.KeyMeasure(unsure[0].id, (unsure[0],))
    analysis = replace(synthetic_squat("left"), measures=(*unsure, ranged))
    assert "above 3" in said.spread_sentence(analysis, key)
    without = replace(analysis, measures=tuple(unsure))
    assert "less than can be told apart" in said.spread_sentence(without, key)


@pytest.mark.parametrize("view", ["left", "front"])
def test_two_to_five_sentences_that_never_diagnose(view: Any) -> None:
    analysis = synthetic_squat(view, reps=5)
    sentences = said.findings(analysis)
    assert 2 <= len(sentences) <= said.SENTENCES_MAX
    text = " ".join([*sentences, said.how_sure(analysis)]).lower()
    for word in ("diagnos", "risk", "injur", "weak", "instab", "patholog", "nan", "none"):
        assert word not in text


def test_how_sure_says_what_the_numbers_can_carry() -> None:
    ranged = replace(measure(7.0), id="knee_flexion_range_bottom", noise=2.0, error=2.0)
    text = said.how_sure(replace(synthetic_squat("left"), measures=(measure(97.0), ranged))).replace("\u00a0", " ")
    assert "filming from the person’s left" in text and "± 5°" in text
    assert re.search(r"differences above 2(\.0)?° can be told apart", text)
    bare = replace(synthetic_squat("left"), measures=(), segments=())
    assert "no number could be given" in said.how_sure(bare)
