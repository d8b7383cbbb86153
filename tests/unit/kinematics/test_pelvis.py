"""From pixel evidence to the tilt of the pelvis, its series, and the error of what is measured on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.skeletons import SIDES, squat
from tests.support.stages import Counted, count
from vidgait.kinematics.pelvis import PELVIC_ROLL, PULLED_DEG, joined, pelvic_tilt
from vidgait.kinematics.series import compute_series
from vidgait.measures import measure_clip
from vidgait.settings import Settings
from vidgait.truth.skeleton_single_leg import single_leg_squat
from vidgait.types import Evidence, FloatArray

VIEWS = {"front": 0.0, "back": 180.0}


@pytest.fixture(scope="module", params=VIEWS.values(), ids=VIEWS.keys())
def clip(request) -> Counted:
    """A level squat on both legs: whatever tilt is read comes from the evidence."""
    return count(squat(65, reps=2, pause_s=0.4, yaw_deg=request.param))


def evidence_of(clip: Counted, right_down_deg: FloatArray | float, sd_deg: float = 0.5) -> Evidence:
    """Both readings alike, every other frame, as the camera sees a tilt that sinks the person's right side."""
    time_s = clip.track.time_s[::2]
    seen = np.broadcast_to(right_down_deg, clip.track.time_s.shape)[::2]
    clockwise = seen if clip.segments[0].view == "back" else -seen
    return Evidence(PELVIC_ROLL, time_s, np.column_stack([clockwise] * 2), np.full((time_s.size, 2), sd_deg))


def depth(clip: Counted) -> FloatArray:
    """0 standing, 1 at the bottom."""
    height = clip.track.point("left_hip")[:, 1]
    return (height - height.min()) / np.ptp(height)


def series_of(clip: Counted, *evidence: Evidence) -> dict[tuple[str, str | None], FloatArray]:
    found = compute_series(clip.track, clip.segments, Settings().view, evidence)
    return {(one.name, one.side): one.value for one in found}


def test_readings_that_agree_are_their_mean_and_no_better_than_allowed() -> None:
    value, sd = joined(np.array([[0.0], [0.0], [0.0]]), np.array([[2.0], [1.0], [1.0]]))
    assert value == pytest.approx([0.0])
    assert 0.85 <= sd[0] < 1.0, "readings share faults: three are hardly better than one"


def test_the_more_certain_reading_counts_for_more() -> None:
    value, _ = joined(np.array([[0.0], [3.0]]), np.array([[2.0], [0.5]]))
    assert 2.6 < value[0] < 3.0


def test_the_odd_one_out_loses_its_say_but_widens_the_sd() -> None:
    together, sd = joined(np.array([[5.0], [5.4], [4.8]]), np.ones((3, 1)))
    with_odd, wider = joined(np.array([[5.0], [5.4], [-9.0]]), np.ones((3, 1)))
    assert abs(with_odd[0] - together[0]) < 1.5, "the plain mean would be 4.6 off"
    assert wider[0] > 3 * sd[0]


def test_what_was_not_read_is_missing_and_what_is_alone_is_taken() -> None:
    value, sd = joined(np.array([[np.nan, 2.0], [np.nan, np.nan]]), np.array([[1.0, 1.5], [1.0, 1.0]]))
    assert np.isnan([value[0], sd[0]]).all()
    assert value[1] == pytest.approx(2.0)
    assert sd[1] == pytest.approx(np.hypot(1.5, 0.15 * 2.0))


def test_the_order_of_readings_and_their_sign_do_not_matter() -> None:
    random = np.random.default_rng(2)
    readings, sds = random.normal(0, 4, (3, 50)), random.uniform(0.4, 3, (3, 50))
    value, sd = joined(readings, sds)
    again, sd_again = joined(readings[[0, 2, 1]], sds[[0, 2, 1]])
    assert again == pytest.approx(value, abs=0.05)
    mirrored, sd_mirrored = joined(-readings, sds)
    assert np.median(np.abs(mirrored + value)) < 1e-3
    assert np.median(np.abs(sd_mirrored - sd)) < 1e-3
    assert np.median(np.abs(sd_again - sd)) < 1e-3


def test_a_tilt_is_the_persons_own_from_the_front_and_from_behind(clip: Counted) -> None:
    tilt = pelvic_tilt(clip.track, clip.segments[0], [evidence_of(clip, 6.0 * depth(clip))])
    assert tilt is not None
    bottom = int(np.argmax(depth(clip)))
    assert tilt.value_deg[bottom] == pytest.approx(6.0, abs=1.0)
    assert abs(tilt.value_deg[0]) < 0.5
    assert tilt.seen.all()


def test_series_follow_the_evidence_with_the_sign_of_each_side(clip: Counted) -> None:
    bottom = int(np.argmax(depth(clip)))
    before, after = series_of(clip), series_of(clip, evidence_of(clip, 6.0 * depth(clip)))
    assert abs(before["pelvic_obliquity_deg", None][bottom]) < 1.5
    tilt = after["pelvic_obliquity_deg", None][bottom]
    assert tilt == pytest.approx(6.0, abs=1.0)
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        assert after["contralateral_pelvic_drop_deg", side][bottom] == pytest.approx(sign * tilt)
        adduction = after["hip_adduction_deg", side] - after["femoral_adduction_deg", side]
        assert adduction[bottom] == pytest.approx(sign * tilt)
        index = after["dynamic_valgus_index_deg", side] - after["hip_adduction_deg", side]
        assert index[bottom] == pytest.approx(after["fppa_deg", side][bottom])
    assert after["trunk_lateral_lean_deg", None] == pytest.approx(before["trunk_lateral_lean_deg", None], nan_ok=True)


def test_without_evidence_the_hip_line_is_all_there_is(clip: Counted) -> None:
    segment = clip.segments[0]
    other = Evidence("plate", clip.track.time_s, np.zeros((clip.track.time_s.size, 1)), np.ones((1, 1)))
    elsewhere = evidence_of(clip, 5.0)
    elsewhere = replace(elsewhere, time_s=elsewhere.time_s + 1e3)
    assert pelvic_tilt(clip.track, segment) is None
    assert pelvic_tilt(clip.track, segment, [other, elsewhere]) is None


def test_refused_pixels_leave_the_landmarks_and_their_wide_sd(clip: Counted) -> None:
    lost = evidence_of(clip, 5.0)
    lost = replace(lost, value=np.full(lost.value.shape, np.nan), sd=np.full(lost.sd.shape, np.nan))
    tilt = pelvic_tilt(clip.track, clip.segments[0], [lost])
    assert tilt is not None
    known = np.isfinite(tilt.value_deg)
    assert known.mean() > 0.9
    assert not tilt.seen.any()
    assert tilt.sd_deg[known].min() >= 2.0


def test_readings_that_contradict_one_another_are_refused(clip: Counted) -> None:
    """Cloth says one thing, the waistband the opposite: no number is better than either."""
    apart = evidence_of(clip, 9.0)
    apart = replace(apart, value=apart.value * np.array([1.0, -1.0]))
    tilt = pelvic_tilt(clip.track, clip.segments[0], [apart])
    assert tilt is not None
    assert np.isnan(tilt.value_deg).all()
    assert not tilt.seen.any()


def test_a_gap_is_not_bridged_by_evidence(clip: Counted) -> None:
    whole = evidence_of(clip, 5.0 * depth(clip))
    middle_s = float(clip.track.time_s[int(np.argmax(depth(clip)))])
    kept = np.abs(whole.time_s - middle_s) > 0.5
    part = Evidence(PELVIC_ROLL, whole.time_s[kept], whole.value[kept], whole.sd[kept])
    tilt = pelvic_tilt(clip.track, clip.segments[0], [part])
    assert tilt is not None
    inside = np.abs(clip.track.time_s - middle_s) < 0.3
    assert not tilt.seen[inside].any()
    assert tilt.sd_deg[inside].min() > 1.5 * np.median(tilt.sd_deg[tilt.seen])


def test_the_measure_carries_the_sd_of_the_evidence(clip: Counted) -> None:
    def measured(sd_deg: float):
        evidence = evidence_of(clip, 6.0 * depth(clip))
        widening = np.column_stack([0.3 + sd_deg * depth(clip)[::2]] * 2)
        found = measure_clip(
            clip.track, clip.noise, clip.segments, clip.series, clip.movement, clip.reps, Settings(),
            [replace(evidence, sd=widening)],
        )  # fmt: skip
        return next(one for one in found if one.id == "pelvic_obliquity_bottom" and one.rep == 1)

    sure, unsure = measured(0.2), measured(2.5)
    assert sure.value == pytest.approx(5.5, abs=1.0)
    assert sure.source == unsure.source == "evidence"
    assert sure.error == pytest.approx(sure.noise), "nothing is added to what the draws hold"
    assert unsure.error > 1.5 * sure.error
    assert unsure.error == pytest.approx(1.96 * 2.2, rel=0.5)


def test_other_measures_do_not_notice(clip: Counted) -> None:
    arguments = (clip.track, clip.noise, clip.segments, clip.series, clip.movement, clip.reps, Settings())
    before, after = measure_clip(*arguments), measure_clip(*arguments, [evidence_of(clip, 4.0 * depth(clip))])
    for one, other in zip(before, after, strict=True):
        if one.id != "pelvic_obliquity_bottom":
            assert one == other


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("view", VIEWS)
def test_on_one_leg_what_the_thighs_pull_is_given_back(view: str, side: str) -> None:
    """Cloth that reads level on one leg, the knee straight and bent, is the cloth of a pelvis that is not."""
    clip = count(single_leg_squat(65, reps=2, side=side, yaw_deg=VIEWS[view]), named="single_leg_squat")
    tilt = pelvic_tilt(clip.track, clip.segments[0], [evidence_of(clip, 0.0, sd_deg=0.2)])
    assert tilt is not None
    rep = clip.whole[0]
    bottom, straight = (
        int(np.argmin(np.abs(clip.track.time_s - at_s))) for at_s in (rep.instants["bottom"], rep.start_s)
    )
    drop_deg = tilt.value_deg if side == "left" else -tilt.value_deg
    assert abs(drop_deg[0]) < 0.3, "both feet carry"
    assert drop_deg[bottom] == pytest.approx(PULLED_DEG, abs=0.3)
    assert drop_deg[straight] == pytest.approx(PULLED_DEG if view == "front" else -PULLED_DEG, abs=0.6)


def test_a_free_foot_that_is_hidden_changes_nothing() -> None:
    clip = count(single_leg_squat(65, reps=2, side="left"), named="single_leg_squat")
    evidence, rep = evidence_of(clip, 0.0, sd_deg=0.2), clip.whole[0]
    hidden = np.array(clip.track.xy_px)
    deep = np.abs(clip.track.time_s - rep.instants["bottom"]) < 0.3
    hidden[deep, clip.track.skeleton.index("right_ankle")] = np.nan
    seen, unseen = (
        pelvic_tilt(track, clip.segments[0], [evidence]) for track in (clip.track, clip.track.replace(xy_px=hidden))
    )
    assert seen is not None
    assert unseen is not None
    assert unseen.value_deg[deep] == pytest.approx(seen.value_deg[deep], abs=0.05)
