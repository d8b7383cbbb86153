"""Who comes first: answers known by hand, and that noise alone puts nobody on the list."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from scipy.stats import norm

from tests.support.teams import clip, measure, noise_team, side_squats, small_team, team, with_reps
from vidgait.measures import CATALOGUE, Bands, spec_of
from vidgait.outputs.facts import fact_of
from vidgait.team import comparing
from vidgait.team.comparing import limit_for, spread_of
from vidgait.team.groups import FAMILIES, LEFT_RIGHT, NOT_RANKED, TIMES, by_name, groups_of, team_tests
from vidgait.team.ranking import rank
from vidgait.team.results import ClipResult, TeamResult, Who
from vidgait.types import Measure

GROUP = {"Ada": 90.0, "Bea": 92.0, "Cem": 94.0, "Dan": 95.0, "Eva": 96.0, "Fay": 98.0, "Gil": 100.0, "Hal": 101.0}


def names(result: TeamResult) -> list[str]:
    return [one.athlete for one in rank(result).athletes]


def stance(name: str, lean: float, left_less_right: float, grade: str = "A") -> ClipResult:
    """A single-leg squat of both legs, five repetitions each, with a left-right difference of the pelvis."""
    numbers: list[Measure] = []
    for side, value in (("left", 4.0 + left_less_right), ("right", 4.0)):
        one = measure("pelvic_drop_bottom", value, 8.0, side, grade="C")  # type: ignore[arg-type]
        reps = range(1, 6) if side == "left" else range(6, 11)
        numbers += [one, *(replace(one, rep=rep, n=1) for rep in reps)]
        numbers += [measure("trunk_lean_stance_bottom", lean, 3.0, side)]  # type: ignore[arg-type]
    numbers.append(measure("pelvic_drop_bottom_left_right", left_less_right, 4.0, grade=grade))
    made = clip(name, numbers, test="slsq", movement="single_leg_squat", view="front", reps=10)
    sided = [replace(rep, side="left" if rep.index <= 5 else "right") for rep in made.reps]
    return replace(made, reps=tuple(sided))


# ------------------------------------------------------------------------------------------------ the rule


def test_who_differs_from_the_group_by_enough_is_on_the_list() -> None:
    ranking = rank(team(side_squats(GROUP | {"Ida": 60.0})))
    (found,) = ranking.athletes
    (one,) = found.findings
    assert found.athlete == "Ida"
    assert (one.kind, one.middle, one.others) == ("group", 95.5, 8)
    assert one.difference == pytest.approx(-35.5)
    assert one.error == pytest.approx(math.hypot(4.0, 4.0))
    assert (one.reps, one.reps_agreeing) == (5, 5)


def test_the_same_difference_within_the_error_is_not() -> None:
    assert names(team(side_squats(GROUP | {"Ida": 60.0}, error=20.0))) == []


def test_a_difference_between_its_error_and_the_limit_is_not() -> None:
    """Nine differences are looked at: 1.4 times the error is not enough, though it is more than the plain error."""
    values = dict.fromkeys(GROUP, 95.0) | {"Ida": 95.0 - 1.4 * math.hypot(4.0, 4.0)}
    ranking = rank(team(side_squats(values)))
    assert ranking.compared == 9
    assert ranking.beyond_error == 1
    assert ranking.limit == pytest.approx(1.414, abs=0.01)
    assert ranking.athletes == ()


@pytest.mark.parametrize("count", [1, 9, 250, 1500])
def test_the_limit_is_bonferronis(count: int) -> None:
    assert limit_for(count) == pytest.approx(norm.isf(0.025 / count) / norm.isf(0.025))


def test_the_limit_of_nothing_is_that_of_one() -> None:
    assert limit_for(0) == limit_for(1) == pytest.approx(1.0)


def test_noise_alone_puts_nobody_on_the_list() -> None:
    """At most one team in twenty, for errors that are what they say; most teams exceed some plain error."""
    teams = [rank(noise_team(seed, people=16)) for seed in range(120)]
    assert sum(bool(one.athletes) for one in teams) <= 6
    assert sum(one.beyond_error > 0 for one in teams) > 60
    assert all(one.compared == 64 for one in teams)


def test_a_trend_puts_nobody_on_the_list_and_is_told_apart() -> None:
    clips = side_squats(GROUP) + side_squats({"Ida": 40.0}, grade="C")
    ranking = rank(team(clips))
    assert ranking.athletes == ()
    assert ranking.compared == 8, "neither is it among what was looked at"
    numbers = [replace(one, measures=tuple(replace(m, grade="C") for m in one.measures)) for one in clips]
    assert [one.entry.athlete for one in rank(team(numbers)).trends] == ["Ida"]


def test_it_must_show_in_more_than_half_of_the_repetitions() -> None:
    def ida(reps: list[float]) -> ClipResult:
        return clip("Ida", with_reps(measure("knee_flexion_bottom", 60.0, 4.0, "left"), reps))

    assert names(team([*side_squats(GROUP), ida([60, 60, 60, 120, 120])])) == ["Ida"]
    assert names(team([*side_squats(GROUP), ida([60, 60, 120, 120])])) == []


def test_one_repetition_is_not_enough_and_one_hold_is() -> None:
    def squat(name: str, value: float) -> ClipResult:
        numbers = with_reps(measure("knee_flexion_bottom", value, 4.0, "left", n=1), [value])
        return clip(name, numbers, reps=1)

    def hold(name: str, value: float) -> ClipResult:
        numbers = with_reps(measure("trunk_lean_stance_hold", value, 3.0, "right", n=1), [value])
        moved = {"movement": "single_leg_stance", "view": "front", "test": "stand", "sides": ("right",)}
        return clip(name, numbers, reps=1, **moved)

    assert names(team([squat(name, value) for name, value in (GROUP | {"Ida": 40.0}).items()])) == []
    assert names(team([hold(name, value / 20) for name, value in (GROUP | {"Ida": 400.0}).items()])) == ["Ida"]


def test_who_lies_within_the_spread_of_the_group_is_not_on_the_list() -> None:
    """A group that is spread wide, measured exactly: nearly all differ beyond the error, and nobody is unusual."""
    wide = {f"P{at}": 60.0 + 5 * at for at in range(12)}
    ranking = rank(team(side_squats(wide, error=0.5)))
    assert ranking.beyond_error == 12
    assert ranking.athletes == ()


def test_a_group_below_eight_has_no_quartiles_and_only_the_error_decides() -> None:
    few = {f"P{at}": 60.0 + 5 * at for at in range(6)}
    assert spread_of(list(few.values())) is None
    assert set(names(team(side_squats(few, error=0.5)))) == set(few)


def test_four_people_are_not_set_against_one_another() -> None:
    few = dict(list(GROUP.items())[:3]) | {"Ida": 20.0}
    ranking = rank(team(side_squats(few)))
    assert (ranking.compared, ranking.athletes) == (0, ())


def test_quartiles_are_those_of_spreadsheets() -> None:
    spread = spread_of([1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert spread is not None
    assert (spread.low, spread.middle, spread.high) == (3, 5, 7)
    assert spread.fences == (-3, 13)


def test_left_against_right_counts_at_its_own_error() -> None:
    clips = [stance(name, 2.0, 0.5) for name in GROUP]
    ranking = rank(team([*clips, stance("Ida", 2.0, 12.0)]))
    (found,) = ranking.athletes
    (one,) = found.findings
    assert (one.kind, one.difference, one.error) == ("legs", 12.0, 4.0)
    assert (one.reps, one.reps_agreeing) == (10, 10)


def test_legs_of_one_athlete_need_no_group() -> None:
    assert names(team([stance("Ida", 2.0, 12.0)])) == ["Ida"]
    assert names(team([stance("Ida", 2.0, 3.0)])) == []
    assert names(team([stance("Ida", 2.0, 12.0, grade="C")])) == []


def test_legs_filmed_one_by_one_are_compared_at_the_error_of_both() -> None:
    def leg(side: str, value: float) -> ClipResult:
        one = measure("trunk_lean_stance_bottom", value, 3.0, side)  # type: ignore[arg-type]
        made = {"movement": "single_leg_squat", "view": "front", "sides": (side,), "test": "slsq"}
        return clip("Ida", with_reps(one, [value] * 5), path=f"Ida/{side}.mp4", **made)  # type: ignore[arg-type]

    ranking = rank(team([leg("left", 22.0), leg("right", 2.0)]))
    (one,) = ranking.athletes[0].findings
    assert (one.kind, one.difference) == ("legs", 20.0)
    assert one.error == pytest.approx(math.hypot(3, 3))
    assert (one.reps, one.reps_agreeing) == (10, 10)


def test_the_leg_behind_the_other_is_left_out() -> None:
    clips = side_squats(GROUP | {"Ida": 60.0})
    flipped = [replace(one, view="right") for one in clips]
    assert rank(team(flipped)).compared == 0


def test_near_legs_are_compared_whichever_they_are() -> None:
    clips = side_squats(GROUP)
    other = replace(
        side_squats({"Ida": 60.0})[0],
        view="right",
        measures=with_reps(measure("knee_flexion_bottom", 60.0, 4.0, "right"), [60.0] * 5),
    )
    assert names(team([*clips, other])) == ["Ida"]


def test_times_put_nobody_on_the_list() -> None:
    def timed(name: str, value: float) -> ClipResult:
        return clip(name, with_reps(measure("rep_time", value, 0.1), [value] * 5))

    assert rank(team([timed(name, value) for name, value in (GROUP | {"Ida": 900.0}).items()])).compared == 0


def test_more_different_things_come_before_a_larger_one() -> None:
    def both(name: str, depth: float, lean: float) -> ClipResult:
        numbers = with_reps(measure("knee_flexion_bottom", depth, 4.0, "left"), [depth] * 5)
        return clip(name, (*numbers, *with_reps(measure("trunk_lean_bottom", lean, 4.0), [lean] * 5)))

    usual = [both(name, value, value - 50) for name, value in GROUP.items()]
    assert names(team([*usual, both("Two", 60.0, 80.0), both("Far", 20.0, 45.0)])) == ["Two", "Far"]


def test_the_order_of_the_clips_changes_nothing() -> None:
    result = small_team()
    turned = replace(result, clips=result.clips[::-1])
    first, second = rank(result), rank(turned)
    assert [one.athlete for one in first.athletes] == [one.athlete for one in second.athletes] == ["Zoë", "Max"]
    assert first.compared == second.compared


def test_of_two_videos_of_one_test_the_newest_counts() -> None:
    clips = side_squats(GROUP | {"Ida": 60.0})
    again = replace(clips[-1], path="Ida/again.mp4", who=replace(clips[-1].who, date="2026-11-22"))
    right = replace(again, measures=with_reps(measure("knee_flexion_bottom", 95.0, 4.0, "left"), [95.0] * 5))
    assert names(team([*clips, right])) == []
    older = replace(right, who=replace(right.who, date="2026-11-20"))
    assert names(team([*clips, older])) == ["Ida"]


# ------------------------------------------------------------------------------------------------ what is alike


def test_every_number_of_the_catalogue_is_ranked_by_or_left_out_on_purpose() -> None:
    ranked = [id for family in FAMILIES for id in family.ids]
    assert len(ranked) == len(set(ranked)), "in one family only"
    for spec in CATALOGUE:
        ways = [
            spec.id in ranked,
            spec.id in NOT_RANKED,
            spec.reading in TIMES,
            spec.over_reps,
            spec.reading in LEFT_RIGHT,
        ]
        assert sum(ways) == 1, f"{spec.id}: put it into a family, or say why it is not ranked"
        if spec.reading in LEFT_RIGHT:
            assert spec.parent in ranked
    assert not set(ranked) - {spec.id for spec in CATALOGUE}


def test_unlike_movements_and_views_of_one_name_are_tests_of_their_own() -> None:
    side, front = clip("Ada"), clip("Bea", view="front")
    other = clip("Cem", movement="hinge")
    assert [one.title for one in team_tests(team([side]))] == ["Squat side"]
    titles = [one.title for one in team_tests(team([side, clip("Dan"), front, other]))]
    assert titles == ["Squat side", "Squat side, hip hinge", "Squat side, from the front"]


def test_left_and_right_profiles_are_one_test() -> None:
    assert len(team_tests(team([clip("Ada"), clip("Bea", view="right")]))) == 1


def test_a_video_of_nobodys_stands_for_itself() -> None:
    nobody = [replace(one, who=Who()) for one in side_squats(GROUP | {"Ida": 60.0})]
    assert names(team(nobody)) == ["Ida/squat side.mp4"]


def test_one_number_of_a_family_is_compared() -> None:
    """The earlier one that as many have well."""
    numbers = [
        measure("thigh_inclination_bottom", 80.0, 4.0, "left"),
        measure("knee_flexion_bottom", 95.0, 4.0, "left"),
        measure("hip_flexion_bottom", 90.0, 4.0, "left", grade="C"),
    ]
    (test,) = team_tests(team([clip(name, numbers) for name in GROUP]))
    assert [group.measure_id for group in groups_of(test)] == ["knee_flexion_bottom", "hip_flexion_bottom"]


def test_names_are_in_order_of_their_letters() -> None:
    assert sorted(["Zoë", "Çelik", "ben", "Ådne", "Dörte"], key=by_name) == ["Ådne", "ben", "Çelik", "Dörte", "Zoë"]


# ------------------------------------------------------------------------------------------------ cited bands


@pytest.fixture
def banded(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a checked source called a trunk lean up to 45 degrees good and from 55 poor."""
    facts = {"trunk_lean_bottom": replace(spec_of("trunk_lean_bottom"), bands=Bands(45.0, 55.0, "Somebody 2020"))}
    monkeypatch.setattr(comparing, "fact_of", lambda id: facts.get(id) or fact_of(id))


def leaning(value: float, verdict: str | None, grade: str = "A") -> TeamResult:
    one = measure("trunk_lean_bottom", value, 4.0, verdict=verdict, grade=grade)
    return team([clip("Ida", with_reps(one, [value] * 5))])


@pytest.mark.usefixtures("banded")
def test_a_number_far_beyond_a_cited_good_is_on_the_list() -> None:
    (found,) = rank(leaning(62.0, "poor")).athletes
    (one,) = found.findings
    assert (one.kind, one.difference, one.error, one.reps_agreeing) == ("band", 17.0, 4.0, 5)


@pytest.mark.usefixtures("banded")
@pytest.mark.parametrize(("value", "verdict", "grade"), [(47.0, "watch", "A"), (62.0, None, "A"), (62.0, "poor", "C")])
def test_a_number_within_its_error_of_good_or_without_a_verdict_is_not(
    value: float, verdict: str | None, grade: str
) -> None:
    assert names(leaning(value, verdict, grade)) == []


def test_without_a_cited_band_a_verdict_counts_for_nothing() -> None:
    assert rank(leaning(62.0, "poor")).compared == 0
