"""People keep their numbers through crossings and occlusion, and the athlete is chosen with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.support.skeletons import Camera, Motion, clip_poses, film, spoil, squat, standing, times, walking
from vidgait.errors import NoPersonError, SettingsError
from vidgait.kinematics.segments import find_segments
from vidgait.kinematics.signals import clean_track
from vidgait.kinematics.standing import standing_reference
from vidgait.known_poses import analyze_poses
from vidgait.settings import SignalSettings, SubjectSettings, ViewSettings
from vidgait.tracking import build_track, choose_athlete, link_people, mirror_poses
from vidgait.truth.skeleton_jumps import counter_movement_jump, drop_jump
from vidgait.truth.skeleton_strength import sit_to_stand
from vidgait.types import BLAZEPOSE, ClipPoses, FloatArray, IntArray, Track

CAMERA = Camera(size_px=(1920, 1080), distance_m=6, focal_px=1400)
HIPS = BLAZEPOSE.indices("left_hip", "right_hip")


def squatter(time_s: FloatArray) -> Track:
    return spoil(film(squat(100, 2, yaw_deg=20, time_s=time_s), CAMERA), np.random.default_rng(0), noise_px=3)


def passer(time_s: FloatArray, yaw_deg: float, z_m: float) -> Track:
    walk = walking(float(time_s[-1]), yaw_deg=yaw_deg, time_s=time_s, z_m=z_m)
    return spoil(film(walk, CAMERA), np.random.default_rng(1), noise_px=3)


def hidden(track: Track, rows: IntArray | FloatArray) -> Track:
    xy = track.xy_px.copy()
    xy[rows] = np.nan
    return track.replace(xy_px=xy)


def behind(track: Track, front: Track, reach_px: float = 130) -> Track:
    """`track` without the frames in which `front` covers them."""
    apart = np.abs(track.xy_px[:, HIPS, 0].mean(1) - front.xy_px[:, HIPS, 0].mean(1))
    return hidden(track, np.flatnonzero(apart < reach_px))


def shuffled(tracks: Sequence[Track]) -> tuple[ClipPoses, IntArray]:
    """Poses with the rows of each frame in random order, and whose each row truly is."""
    poses = clip_poses(tracks, CAMERA.size_px)
    count = tracks[0].time_s.size
    owner = np.array([n for t in range(count) for n, tr in enumerate(tracks) if np.isfinite(tr.xy_px[t]).any()])
    order = np.argsort(poses.frame + np.random.default_rng(2).random(poses.frame.size) * 0.5)
    mixed = replace(poses, frame=poses.frame[order], xy_px=poses.xy_px[order], score=poses.score[order], xyz_m=None)
    return mixed, owner[order]


def mixed_people(ids: IntArray, owner: IntArray) -> int:
    """How many rows carry a number that mostly belongs to somebody else."""
    wrong = 0
    for person in np.unique(ids[ids >= 0]):
        owners = owner[ids == person]
        wrong += owners.size - np.bincount(owners).max()
    return int(wrong)


@pytest.mark.parametrize("rate_hz", [5.0, 25.0, 60.0])
def test_people_who_cross_keep_their_numbers(rate_hz: float) -> None:
    time_s = times(6, rate_hz)
    poses, owner = shuffled([passer(time_s, 90, -1), passer(time_s, -90, 1), squatter(time_s)])
    ids = link_people(poses)
    assert sorted(np.unique(ids[ids >= 0])) == [0, 1, 2]
    assert mixed_people(ids, owner) == 0
    assert (ids < 0).mean() < 0.04  # only where two lie exactly over each other


@pytest.mark.parametrize("rate_hz", [5.0, 25.0, 60.0])
def test_people_who_are_hidden_for_a_moment_come_back_as_themselves(rate_hz: float) -> None:
    time_s = times(6, rate_hz)
    front = passer(time_s, -90, 1)
    poses, owner = shuffled([behind(squatter(time_s), front), behind(passer(time_s, 90, -1), front), front])
    ids = link_people(poses)
    assert sorted(np.unique(ids)) == [0, 1, 2]
    assert mixed_people(ids, owner) == 0


@pytest.mark.parametrize("rate_hz", [25.0, 60.0])
@pytest.mark.parametrize("comes_back", [True, False])
def test_a_region_that_jumps_to_a_passer_by_is_cut_there(rate_hz: float, comes_back: bool) -> None:
    time_s = times(6, rate_hz)
    athlete, other = squatter(time_s), passer(time_s, -90, 1)
    first = int(np.flatnonzero(np.abs(other.xy_px[:, 23, 0] - athlete.xy_px[:, 23, 0]) < 60)[0])
    last = first + round(0.8 * rate_hz) if comes_back else time_s.size
    away = np.arange(first, last)
    only = np.setdiff1d(np.arange(time_s.size), away)
    poses, owner = shuffled([hidden(athlete, away), hidden(other, only)])
    ids = link_people(poses)
    assert mixed_people(ids, owner) == 0
    assert np.unique(ids[owner == 0]).size == 1


def taken_over(athlete: Track, other: Track, away: IntArray, way: int) -> tuple[Track, FloatArray]:
    """`athlete` with the points of `other` in the frames `away`, sliding there and back over `way` frames; and how much
    of each frame (T,) is the other's."""
    frames = np.arange(athlete.time_s.size)
    outside = np.maximum(away[0] - frames, frames - away[-1]).clip(min=0)
    share = np.clip(1 - outside / (way + 1), 0, 1)
    mixed = athlete.xy_px + share[:, None, None] * (other.xy_px - athlete.xy_px)
    return athlete.replace(xy_px=mixed), share


@pytest.mark.parametrize("rate_hz", [15.0, 30.0, 60.0])
@pytest.mark.parametrize("nearer_m", [1.2, 2.0])
@pytest.mark.parametrize("athlete_is", ["squatting", "standing"])
def test_a_region_that_slides_to_somebody_in_front_and_back_is_left_out(
    rate_hz: float, nearer_m: float, athlete_is: str
) -> None:
    time_s = times(6, rate_hz)
    still = spoil(film(standing(time_s=time_s), CAMERA), np.random.default_rng(0), noise_px=3)
    athlete = squatter(time_s) if athlete_is == "squatting" else still
    other = passer(time_s, -90, nearer_m)
    near = np.flatnonzero(np.abs(other.xy_px[:, HIPS, 0].mean(1) - athlete.xy_px[:, HIPS, 0].mean(1)) < 110)
    track, share = taken_over(athlete, other, near, way=max(1, round(0.1 * rate_hz)))
    ids = link_people(clip_poses([track], CAMERA.size_px))
    assert (ids[share > 0.5] == -1).all()
    left_out_s = (ids < 0).sum() / rate_hz
    assert left_out_s < near.size / rate_hz + 0.4
    assert (ids[share == 0] == 0).mean() > 0.9
    seen = build_track(clip_poses([track], CAMERA.size_px), ids, 0)
    assert np.nanmax(np.abs(seen.xy_px - athlete.xy_px)) < 0.3 * np.abs(other.xy_px - athlete.xy_px).max()


@pytest.mark.parametrize("camera_height_m", [0.4, 1.0, 2.0])
@pytest.mark.parametrize(
    "motion",
    [
        # The trunk and the legs lengthen in the picture, briefly, between two long bottoms.
        squat(125, 3, down_s=3, pause_s=3, up_s=0.5, rest_s=0.0),
        squat(100, 3, down_s=0.5, up_s=0.4, rest_s=0.0),
        sit_to_stand(reps=3, rise_s=0.7, lower_s=0.8, stand_s=0.2, rest_s=3.0, yaw_deg=0),
        counter_movement_jump(0.4, 3, knee_deg=100, rest_s=0.1, yaw_deg=0),
        drop_jump(yaw_deg=0),
        walking(4, yaw_deg=0, z_m=-1.5),
    ],
    ids=["long bottoms", "fast squats", "stands", "jumps", "drop jump", "walking closer"],
)
def test_nobody_takes_the_place_of_somebody_who_moves_alone(motion: Motion, camera_height_m: float) -> None:
    camera = Camera(size_px=(1080, 1920), distance_m=3.0, focal_px=1000, height_m=camera_height_m)
    track = spoil(film(motion, camera), np.random.default_rng(3), noise_px=4)
    poses = clip_poses([track], camera.size_px)
    count = track.time_s.size
    # Whole, and as if the camera had been started and stopped in the middle of it.
    for first, last in ((0, count), (count // 5, count // 2), (count // 4, 2 * count // 3)):
        inside = (poses.frame >= first) & (poses.frame < last)
        part = replace(
            poses,
            time_s=poses.time_s[first:last],
            media_time_s=poses.media_time_s[first:last],
            frame=poses.frame[inside] - first,
            xy_px=poses.xy_px[inside],
            score=poses.score[inside],
            xyz_m=None,
        )
        assert (link_people(part) == 0).all()


def test_somebody_who_comes_nearer_and_stays_is_still_the_athlete() -> None:
    time_s = times(6, 30)
    far, near = (film(standing(time_s=time_s, z_m=z_m), CAMERA) for z_m in (0.0, 1.5))
    share = np.clip((time_s - 3) / 0.4, 0, 1)[:, None, None]
    poses = clip_poses([far.replace(xy_px=far.xy_px + share * (near.xy_px - far.xy_px))], CAMERA.size_px)
    assert (link_people(poses) == 0).all()


def test_standing_lengths_are_the_athletes_own_where_somebody_crossed_in_front() -> None:
    time_s = times(6, 30)
    athlete, other = squatter(time_s), passer(time_s, -90, 1.5)
    near = np.flatnonzero(np.abs(other.xy_px[:, HIPS, 0].mean(1) - athlete.xy_px[:, HIPS, 0].mean(1)) < 110)
    legs = []
    for track in (athlete, taken_over(athlete, other, near, way=3)[0]):
        poses = clip_poses([track], CAMERA.size_px)
        clean = clean_track(build_track(poses, link_people(poses), 0), SignalSettings(), 6.0).track
        segment = find_segments(clean, poses.size_px, ViewSettings(), SubjectSettings())[0]
        reference = standing_reference(clean, segment)
        legs.append([reference.thigh_px[side] + reference.shank_px[side] for side in ("left", "right")])
    assert legs[1] == pytest.approx(legs[0], rel=0.02)


def test_one_person_found_twice_is_one_person() -> None:
    time_s = times(4, 30)
    twin = spoil(squatter(time_s), np.random.default_rng(9), noise_px=4)
    ids = link_people(clip_poses([squatter(time_s), twin], CAMERA.size_px))
    assert (ids == 0).sum() == time_s.size
    assert (ids == -1).sum() == time_s.size


def test_leg_swaps_do_not_cut_a_person() -> None:
    track = spoil(film(walking(5), CAMERA), swaps_s=[(1, 1.2), (2, 2.3)], noise_px=2)
    assert np.unique(link_people(clip_poses([track], CAMERA.size_px))).tolist() == [0]


def test_a_glimpse_is_nobody() -> None:
    time_s = times(4, 30)
    ghost = hidden(film(standing(time_s=time_s, x_m=1.5), CAMERA), np.setdiff1d(np.arange(120), np.arange(40, 45)))
    poses, owner = shuffled([squatter(time_s), ghost])
    ids = link_people(poses)
    assert (ids[owner == 1] == -1).all()
    assert (ids[owner == 0] == 0).all()


def test_somebody_who_leaves_and_returns_at_the_same_place_is_the_same_person() -> None:
    track = film(squat(90, 2, time_s=times(8, 30)), CAMERA)
    away = hidden(track, np.arange(100, 190))
    assert np.unique(link_people(clip_poses([away], CAMERA.size_px))).tolist() == [0]


def test_numbers_follow_presence() -> None:
    time_s = times(4, 30)
    late = hidden(film(standing(time_s=time_s, x_m=1.0), CAMERA), np.arange(60))
    poses, owner = shuffled([late, squatter(time_s)])
    ids = link_people(poses)
    assert (ids[owner == 1] == 0).all()
    assert (ids[owner == 0] == 1).all()


def test_a_single_frame_is_enough() -> None:
    track = film(standing(time_s=np.array([0.0])), CAMERA)
    poses = clip_poses([track], CAMERA.size_px)
    ids = link_people(poses)
    assert ids.tolist() == [0]
    assert choose_athlete(poses, ids, "auto") == (0, "The only person seen.")


def test_missing_points_do_not_hurt() -> None:
    track = spoil(squatter(times(3, 30)), gaps_s=[(1, 2)], keypoints=["left_hip", "right_hip", "left_shoulder"])
    assert np.unique(link_people(clip_poses([track], CAMERA.size_px))).tolist() == [0]


def test_nobody() -> None:
    empty = clip_poses([hidden(squatter(times(1, 30)), np.arange(30))], CAMERA.size_px)
    ids = link_people(empty)
    assert ids.shape == (0,)
    with pytest.raises(NoPersonError):
        choose_athlete(empty, ids, "auto")
    with pytest.raises(NoPersonError):
        build_track(empty, ids, 0)


@pytest.fixture(scope="module")
def gym() -> tuple[ClipPoses, IntArray, dict[str, int]]:
    """A squatter in the middle, somebody nearer who stands at the side, and a passer-by."""
    time_s = times(6, 30)
    stander = spoil(film(standing(time_s=time_s, x_m=-1.4, z_m=1.2), CAMERA), np.random.default_rng(3), noise_px=3)
    poses, owner = shuffled([squatter(time_s), stander, hidden(passer(time_s, 90, -1.5), np.arange(90, 180))])
    ids = link_people(poses)
    names = {
        name: int(np.bincount(ids[(owner == n) & (ids >= 0)]).argmax())
        for n, name in enumerate(("squatter", "stander", "passer"))
    }
    return poses, ids, names


@pytest.mark.parametrize(
    ("rule", "who", "word"),
    [
        ("auto", "squatter", "central"),
        ("largest", "stander", "largest"),
        ("central", "squatter", "central"),
        ("moving", "passer", "move"),
    ],
)
def test_rules(gym: tuple[ClipPoses, IntArray, dict[str, int]], rule: str, who: str, word: str) -> None:
    poses, ids, names = gym
    person, basis = choose_athlete(poses, ids, rule)
    assert person == names[who]
    assert word in basis
    assert "2 other people were seen and left out" in basis


def test_a_person_by_number(gym: tuple[ClipPoses, IntArray, dict[str, int]]) -> None:
    poses, ids, _ = gym
    person, basis = choose_athlete(poses, ids, "1")
    assert person == 1
    assert basis.startswith("Person 1, as asked.")
    with pytest.raises(SettingsError, match="0, 1, 2"):
        choose_athlete(poses, ids, "7")
    with pytest.raises(SettingsError, match="prettiest"):
        choose_athlete(poses, ids, "prettiest")


def test_the_athletes_track_holds_nobody_else(gym: tuple[ClipPoses, IntArray, dict[str, int]]) -> None:
    poses, ids, names = gym
    track = build_track(poses, ids, names["squatter"])
    truth = squatter(times(6, 30))
    seen = np.isfinite(track.xy_px).all(axis=(1, 2))
    assert seen.mean() > 0.95
    assert np.array_equal(track.xy_px[seen], truth.xy_px[seen])
    assert (track.score[~seen] == 0).all()
    assert track.steps == ()


def test_mirror_twice_is_the_original_and_once_exchanges_sides() -> None:
    poses = clip_poses([squatter(times(2, 30))], CAMERA.size_px)
    once = mirror_poses(poses)
    left, right = BLAZEPOSE.indices("left_knee", "right_knee")
    assert once.xy_px[:, left, 0] == pytest.approx(1919 - poses.xy_px[:, right, 0])
    assert np.array_equal(once.xy_px[:, left, 1], poses.xy_px[:, right, 1])
    assert once.xyz_m is not None
    assert poses.xyz_m is not None
    assert np.array_equal(once.xyz_m[:, left] * (-1, 1, 1), poses.xyz_m[:, right])
    twice = mirror_poses(once)
    assert twice.xy_px == pytest.approx(poses.xy_px)
    assert np.array_equal(twice.score, poses.score)


def test_mirroring_does_not_change_who_is_who() -> None:
    time_s = times(6, 25)
    poses, _ = shuffled([passer(time_s, 90, -1), squatter(time_s)])
    assert np.array_equal(link_people(mirror_poses(poses)), link_people(poses))


@pytest.mark.parametrize("covered", [True, False])
def test_frames_that_were_somebody_elses_are_told(covered: bool) -> None:
    time_s = times(6)
    athlete, other = squatter(time_s), passer(time_s, -90, 1.2)
    near = np.flatnonzero(np.abs(other.xy_px[:, HIPS, 0].mean(1) - athlete.xy_px[:, HIPS, 0].mean(1)) < 110)
    track = taken_over(athlete, other, near, way=3)[0] if covered else athlete
    found = analyze_poses(clip_poses([track], CAMERA.size_px))
    told = [issue for issue in found.issues if issue.code == "athlete_covered"]
    assert len(told) == int(covered)
    if covered:
        assert told[0].frames is not None
        assert told[0].frames == pytest.approx((near[0], near[-1]), abs=8)
        assert "left out" in told[0].message
