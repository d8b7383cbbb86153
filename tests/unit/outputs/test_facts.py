from __future__ import annotations

from typing import Any

import pytest

from vidgait.outputs import facts
from vidgait.types import Measure


def measure(id: str, value: float | None, unit: str = "deg", side: Any = "left", error: float | None = 5.0) -> Measure:
    return Measure(id, id, value, unit, side, None, 5, 2.0, error, grade="B")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "ending"),
    [(97.0, "deeper than parallel."), (88.0, "at parallel, within its error."), (70.0, "shallower than parallel.")],
)
def test_depth_is_said_against_parallel(value: float, ending: str) -> None:
    assert facts.sentence(measure("thigh_inclination_bottom", value)).endswith(ending)


def test_a_minus_sign_becomes_a_direction() -> None:
    inward = plain(facts.sentence(measure("fppa_change", 9.0)))
    outward = plain(facts.sentence(measure("fppa_change", -9.0)))
    assert "moves 9 ± 5° inwards" in inward
    assert "moves 9 ± 5° outwards" in outward
    shifted = plain(facts.sentence(measure("hip_shift_bottom", -2.0, "% body height", None, 1.5)))
    assert "2.0 ± 1.5 % of body height to the left" in shifted


def test_what_could_be_nothing_is_said_to_be() -> None:
    assert facts.sentence(measure("fppa_change", 3.0)).endswith("inwards: too little, for its error, to say which way.")
    assert "which way" not in facts.sentence(measure("fppa_change", 9.0))
    assert "which way" not in facts.sentence(measure("knee_flexion_bottom", 3.0))


def test_no_sentence_about_knees_needs_a_dictionary() -> None:
    for id in ("fppa_bottom", "fppa_change", "fppa_change_60_degrees", "knee_medial_displacement_bottom"):
        for value in (9.0, -9.0):
            text = facts.sentence(measure(id, value))
            assert "medial" not in text and "lateral" not in text
            assert ("out" in text) == (value < 0)


def test_only_the_knee_against_hip_and_ankle_is_a_trend() -> None:
    assert facts.is_a_trend("fppa_change") and facts.is_a_trend("fppa_left_right_change")
    assert not any(map(facts.is_a_trend, ("fppa_both_legs_change", "knee_separation_hips", "knee_flexion_bottom", "x")))


def test_both_sides() -> None:
    knees = [measure("knee_flexion_bottom", 97.0), measure("knee_flexion_bottom", 92.0, side="right")]
    assert plain(facts.sentence_of_sides(knees)) == "The left knee bends to 97 ± 5° at the bottom; the right 92 ± 5°."
    inward = [measure("fppa_change", 9.0), measure("fppa_change", -12.0, side="right")]
    text = plain(facts.sentence_of_sides(inward))
    assert "left knee moves 9 ± 5° inwards; the right 12 ± 5° outwards." in text


def test_what_both_knees_have_in_common_is_said_once() -> None:
    unsure = [measure("fppa_change", -2.0), measure("fppa_change", 3.0, side="right")]
    assert plain(facts.sentence_of_sides(unsure)).endswith(
        "the left knee moves 2 ± 5° outwards; the right 3 ± 5° inwards: both too little, for their errors, to say "
        "which way."
    )
    one = [measure("fppa_change", -2.0), measure("fppa_change", 9.0, side="right")]
    assert plain(facts.sentence_of_sides(one)).endswith(
        "outwards: too little, for its error, to say which way; the right 9 ± 5° inwards."
    )


def test_a_measure_of_another_version_is_said_plainly() -> None:
    assert facts.fact_of("no_such_measure") is None
    assert plain(facts.sentence(measure("no_such_measure", 3.2))) == "no_such_measure: 3 ± 5°."
    assert plain(facts.sentence(measure("knee_flexion_bottom", 97.0, error=None))) == "knee_flexion_bottom: 97°."


def test_speeds_and_heights_are_estimates() -> None:
    assert facts.is_estimated(measure("knee_velocity_peak_concentric", 200.0, "deg/s"))
    assert facts.is_estimated(measure("knee_flexion_vertical_bottom", 90.0))
    assert not facts.is_estimated(measure("knee_flexion_bottom", 90.0))


@pytest.mark.parametrize(
    ("id", "value", "words"),
    [
        ("pelvic_drop_bottom", -9.0, "the other side of the pelvis rises by 9 ± 5°"),
        ("trunk_lean_stance_bottom", -9.0, "leans 9 ± 5° away from the left leg"),
        ("trunk_lean_stance_hold", -9.0, "the trunk leans 9 ± 5° away from it"),
        ("pelvic_drop_hold", -9.0, "9 ± 5° higher than on both feet"),
        ("hip_adduction_bottom", -9.0, "9 ± 5° abducted"),
        ("hip_adduction_change", -9.0, "abducts by 9 ± 5°"),
        ("pelvic_drop_bottom_left_right", -9.0, "drops 9 ± 5° less than on the right"),
        ("trunk_lean_stance_bottom_left_right", -9.0, "9 ± 5° less toward the standing leg than on the right"),
        ("hip_adduction_change_left_right", -9.0, "9 ± 5° less than the right"),
        ("knee_flexion_bottom_left_right", -9.0, "9 ± 5° less far than the right"),
        ("fppa_change_left_right", -9.0, "9 ± 5° further out than the right"),
    ],
)
def test_every_direction_on_one_leg_is_said_in_words(id: str, value: float, words: str) -> None:
    assert words in plain(facts.sentence(measure(id, value))), facts.sentence(measure(id, value))
    assert "−" not in facts.sentence(measure(id, value))


def test_legs_that_do_the_same_are_told_in_one_sentence() -> None:
    sides = [measure("pelvic_drop_bottom", value, side=side) for side, value in (("left", 6.0), ("right", 11.0))]
    told = plain(facts.sentence_of_sides(sides))
    assert told == "On the left leg the other side of the pelvis sinks by 6 ± 5° at the bottom; 11 ± 5° on the right."
    one = plain(facts.sentence_of_sides([sides[0], measure("pelvic_drop_bottom", 2.0, side="right")]))
    assert one.count("too little") == 1 and one.endswith(
        "2 ± 5° on the right: too little, for its error, to say which way."
    )
    apart = plain(facts.sentence_of_sides([sides[0], measure("pelvic_drop_bottom", -8.0, side="right")]))
    assert "sinks by 6" in apart and "rises by 8" in apart
