"""People keep their numbers through crossings and occlusion, and the athlete is chosen with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.support.skeletons import Camera, clip_poses, film, spoil, squat, standing, times, walking
from vidgait.errors import NoPersonError, SettingsError
from vidgait.tracking import build_track, choose_athlete, link_people, mirror_poses
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
