"""Labels of pelvis, trunk and knee, and when they are left open."""

from __future__ import annotations

import pytest

from vidgait.measures.patterns import LABELS, find_patterns, label_of
from vidgait.types import Measure, Movement, Pattern, Rep

EXACT = 0.0
SQUAT = Movement("single_leg_squat", 1.0, "named")


def measures(
    drop: float | None, lean: float | None, fppa: float | None, error: float = EXACT, side: str = "left", rep=None
) -> list[Measure]:
    named = {"pelvic_drop_bottom": drop, "trunk_lean_stance_bottom": lean, "fppa_bottom": fppa}
    return [
        Measure(id, id, value, "deg", side, rep, 3, error / 2, error, grade="B", why_none=None if value else "unseen")
        for id, value in named.items()
    ]


def reps(count: int = 0, side: str = "left") -> list[Rep]:
    return [Rep(k + 1, "rep", 2.0 * k, 2.0 * k + 2, side) for k in range(max(count, 1))]


def of_set(*args: float | None, error: float = EXACT, side: str = "left") -> Pattern:
    found = find_patterns(SQUAT, reps(side=side), measures(*args, error=error, side=side))
    return next(one for one in found if one.rep is None)


@pytest.mark.parametrize(
    ("drop", "lean", "fppa", "label"),
    [
        (3, 2, 5, "stable"),
        (-8, 2, 5, "stable"),
        (14, 2, 5, "drop"),
        (14, 2, 20, "drop"),
        (2, 14, 5, "lean"),
        (14, 14, 5, "combined"),
        (3, 2, 20, "knee_led"),
        (11.2, 9.7, 13.5, "stable"),
        (9, 14, 5, None),
        (3, -14, 5, None),
    ],
)
def test_labels_by_the_limits_of_the_specification(drop, lean, fppa, label) -> None:
    assert label_of(drop, lean, fppa) == label
    assert of_set(drop, lean, fppa).label == label


@pytest.mark.parametrize("side", ["left", "right"])
def test_each_leg_and_repetition_has_its_own_label(side: str) -> None:
    three = reps(3, side)
    known = [
        *measures(14, 2, 5, side=side),
        *measures(14, 2, 5, side=side, rep=1),
        *measures(3, 2, 5, side=side, rep=2),
        *measures(2, 14, 5, side=side, rep=3),
    ]
    found = find_patterns(SQUAT, three, known)
    assert [(one.side, one.rep, one.label) for one in found] == [
        (side, None, "drop"), (side, 1, "drop"), (side, 2, "stable"), (side, 3, "lean"),
    ]  # fmt: skip


def test_an_error_over_a_limit_leaves_it_open_and_says_which() -> None:
    found = of_set(10, 2, 5, error=3)
    assert found.label is None
    assert "pelvic drop (10 ± 3°)" in found.why_none
    assert "11.2" in found.why_none
    assert "trunk lean" not in found.why_none
    assert found.why_none.endswith("it may be drop or stable")


def test_an_error_that_cannot_change_the_label_does_not_matter() -> None:
    assert of_set(4, 1, 2, error=5).label == "stable"
    assert of_set(20, 1, 12, error=8).label == "drop"  # with a clear drop the knee decides nothing


def test_two_errors_are_both_named() -> None:
    why = of_set(10, 9, 2, error=3).why_none
    assert "pelvic drop" in why
    assert "trunk lean" in why
    assert "FPPA" not in why


def test_where_everything_is_open_no_list_is_made() -> None:
    why = of_set(10, 9, 14, error=6).why_none
    assert why.endswith("no pattern can be ruled out")
    assert "7.4° and 11.2°" in why
    assert why.count("the error of") == 1


def test_without_fppa_a_drop_is_still_a_drop_but_stable_cannot_be_said() -> None:
    assert of_set(16, 2, None).label == "drop"
    open_one = of_set(3, 2, None)
    assert open_one.label is None
    assert "FPPA could not be measured (unseen)" in open_one.why_none
    assert "knee-led or stable" in open_one.why_none


def test_without_pelvis_or_trunk_nothing_is_said() -> None:
    assert "pelvic drop: unseen" in of_set(None, 2, 3).why_none
    assert of_set(None, 2, 3).label is None
    assert of_set(14, None, 3).label is None


def test_what_has_no_name_says_so() -> None:
    assert "away from the standing leg" in of_set(3, -14, 5).why_none
    assert "neither level (7.4°) nor high (11.2°)" in of_set(9, 14, 5).why_none


def test_the_basis_holds_the_numbers() -> None:
    basis = of_set(14, 2, 5).basis
    for words in ("pelvic drop 14 ± 0° (limit 11.2°)", "trunk lean to the standing side 2", "FPPA 5", "3 repetitions"):
        assert words in basis


def test_only_movements_on_one_leg_have_patterns() -> None:
    for label in ("squat", "single_leg_stance", None):
        assert find_patterns(Movement(label, 1.0, ""), reps(), measures(14, 2, 5)) == ()
    assert find_patterns(SQUAT, [], measures(14, 2, 5)) == ()


def test_no_label_names_a_muscle_or_a_diagnosis() -> None:
    words = " ".join(LABELS.values()).lower()
    for banned in ("gluteus", "weak", "diagnos", "risk", "instab"):
        assert banned not in words
