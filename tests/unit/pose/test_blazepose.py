"""Who is followed, found, lost and told apart, with networks that know where people are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from vidgait.pose.blazepose import Follower, TimeSlicer, distinct, frame_poses, key_frames
from vidgait.pose.landmarks import Pose
from vidgait.pose.regions import Region
from vidgait.types import BLAZEPOSE, Frame, ImageArray

SIDE_PX = 100.0
SHAPE = np.random.default_rng(0).uniform(-40, 40, (33, 2))
"""One body, around its mid-hip."""
Place = Callable[[float], tuple[float, float] | None]


@dataclass
class World:
    """People at known places. A frame's picture carries only its time."""

    people: list[Place]
    detected: list[float] = field(default_factory=list)
    """Times at which the detector ran."""
    looked: int = 0
    """Crops the landmark network saw."""

    def detect(self, images: Sequence[ImageArray]) -> list[list[Region]]:
        times = [float(image[0, 0, 0]) for image in images]
        self.detected += times
        return [[Region(*place, SIDE_PX, 0.0) for place in self._at(time)] for time in times]

    def poses(self, images: Sequence[ImageArray], regions: Sequence[Region]) -> list[Pose | None]:
        self.looked += len(regions)
        return [self._pose(float(image[0, 0, 0]), region) for image, region in zip(images, regions, strict=True)]

    def _at(self, time_s: float) -> list[tuple[float, float]]:
        return [place for where in self.people if (place := where(time_s)) is not None]

    def _pose(self, time_s: float, region: Region) -> Pose | None:
        """The person nearest to the middle of the region, if any is within 40 px."""
        near = sorted((np.hypot(x - region.x_px, y - region.y_px), x, y) for x, y in self._at(time_s))
        if not near or near[0][0] > 40:
            return None
        centre = np.array(near[0][1:])
        after = Region(*centre, SIDE_PX, 0.0)
        return Pose(centre + SHAPE, np.ones(33), np.zeros((33, 3)), 1.0, region, after)


def frames(count: int, step_s: float = 0.04, start_s: float = 0.0) -> list[Frame]:
    times = [start_s + index * step_s for index in range(count)]
    # Pictures are bytes in life; these carry their time instead.
    return [Frame(i, t, t, np.full((1, 1, 3), t)) for i, t in enumerate(times)]  # type: ignore[arg-type]


def centres(people: Sequence[Pose]) -> list[tuple[float, float]]:
    return [tuple(np.round((pose.xy_px - SHAPE).mean(axis=0), 6)) for pose in people]


def still(x: float, y: float = 100.0) -> Place:
    return lambda time_s: (x, y)


def follower(world: World, max_people: int = 4, search_every_s: float = 1.0) -> Follower:
    return Follower(world, world, max_people, search_every_s)


def test_one_person_needs_the_detector_once_and_then_now_and_again() -> None:
    world = World([still(100)])
    found = follower(world).estimate(frames(120))
    assert [centres(people) for people in found] == [[(100.0, 100.0)]] * 120
    gaps = np.diff(world.detected)
    early = np.array(world.detected[1:]) <= 1.0
    assert ((gaps[early] >= 0.19) & (gaps[early] <= 0.25)).all(), "alert in the first second"
    assert ((gaps[~early][1:] >= 0.99) & (gaps[~early][1:] <= 1.05)).all(), "then every second"
    assert len(world.detected) <= 10
    assert world.looked == 120, "one crop a frame: searching must not look twice at a known person"


def test_with_room_for_one_the_detector_rests_while_they_are_followed() -> None:
    world = World([still(100)])
    follower(world, max_people=1).estimate(frames(60))
    assert world.detected == [0.0]


def test_a_moving_person_is_followed() -> None:
    world = World([lambda time_s: (100 + 300 * time_s, 100.0)])
    found = follower(world, max_people=1).estimate(frames(50))
    assert centres(found[-1]) == [(pytest.approx(100 + 300 * 49 * 0.04), 100.0)]
    assert world.detected == [0.0]


def test_nobody_is_searched_for_in_every_frame() -> None:
    world = World([])
    assert follower(world).estimate(frames(5)) == [[]] * 5
    assert len(world.detected) == 5


def test_a_lost_person_is_searched_for_in_the_same_frame() -> None:
    world = World([lambda time_s: (100.0, 100.0) if time_s < 0.2 else (400.0, 100.0)])
    found = follower(world, max_people=1).estimate(frames(10))
    assert all(len(people) == 1 for people in found), "a cut in the film loses no frame"
    assert centres(found[-1]) == [(400.0, 100.0)]


def test_someone_who_comes_in_is_found_within_the_search_interval() -> None:
    world = World([still(100), lambda time_s: (300.0, 100.0) if time_s >= 0.3 else None])
    counts = [len(people) for people in follower(world, search_every_s=0.2).estimate(frames(25))]
    assert counts[0] == 1
    assert counts[-1] == 2
    first = counts.index(2) * 0.04
    assert 0.3 <= first <= 0.3 + 0.2 + 0.04


def test_no_more_people_than_allowed() -> None:
    world = World([still(100 * k) for k in range(1, 7)])
    found = follower(world, max_people=3).estimate(frames(5))
    assert [len(people) for people in found] == [3] * 5


def test_two_regions_on_one_person_become_one() -> None:
    """B walks behind A and is hidden: both regions then show A, and A must not be reported twice."""
    world = World([still(100), lambda time_s: (200 - 200 * time_s, 100.0) if time_s < 0.45 else None])
    found = follower(world).estimate(frames(20))
    assert len(found[0]) == 2
    assert [centres(people) for people in found[12:]] == [[(100.0, 100.0)]] * 8


def test_a_hidden_person_is_found_again() -> None:
    world = World([still(100), lambda time_s: None if 0.3 < time_s < 0.7 else (300.0, 100.0)])
    counts = [len(people) for people in follower(world, search_every_s=0.2).estimate(frames(30))]
    assert counts[0] == 2
    assert counts[12] == 1
    assert counts[-1] == 2


def test_after_a_loss_the_detector_looks_more_often_for_a_while() -> None:
    world = World([still(100), lambda time_s: None if 2.0 < time_s < 2.3 else (300.0, 100.0)])
    counts = [len(people) for people in follower(world).estimate(frames(80))]
    back = next(index for index in range(58, 80) if counts[index] == 2) * 0.04
    assert back <= 2.3 + 0.2 + 0.04


def test_state_is_kept_between_calls() -> None:
    world = World([still(100)])
    one, other = follower(world, max_people=1), frames(20)
    whole = follower(World([still(100)]), max_people=1).estimate(other)
    parts = [people for frame in other for people in one.estimate([frame])]
    assert [centres(a) for a in parts] == [centres(a) for a in whole]
    assert world.detected == [0.0]


def test_distinct_keeps_neighbours_apart() -> None:
    world = World([still(100), still(130)])
    image = frames(1)[0].image
    near = [world._pose(0.0, Region(x, 100.0, SIDE_PX, 0.0)) for x in (100.0, 100.0, 130.0)]
    assert image.shape == (1, 1, 3)
    assert len(distinct([pose for pose in near if pose is not None])) == 2


@pytest.mark.parametrize("batch", [1, 7, 40])
def test_time_slices_see_what_the_follower_sees(batch: int) -> None:
    def people() -> list[Place]:
        return [still(100), lambda time_s: (300 + 200 * time_s, 100.0)]

    other = frames(40)
    world = World(people())
    slicer = TimeSlicer(world, world, 4, 0.5)
    sliced = [one for start in range(0, 40, batch) for one in slicer.estimate(other[start : start + batch])]
    followed = follower(World(people())).estimate(other)
    assert [sorted(centres(one)) for one in sliced] == [sorted(centres(one)) for one in followed]
    if batch == 40:
        assert len(world.detected) < 20, "only key frames are searched"


def test_time_slices_of_nothing_and_of_nobody() -> None:
    world = World([])
    slicer = TimeSlicer(world, world, 4, 0.5)
    assert slicer.estimate([]) == []
    assert slicer.estimate(frames(9)) == [[]] * 9


def test_time_slices_follow_someone_in_and_out() -> None:
    world = World([lambda time_s: (100.0, 100.0) if 0.35 < time_s < 1.05 else None])
    counts = [len(people) for people in TimeSlicer(world, world, 4, 0.5).estimate(frames(40))]
    assert counts == [1 if 0.35 < index * 0.04 < 1.05 else 0 for index in range(40)]


def test_key_frames_go_by_time_and_hold_both_ends() -> None:
    assert key_frames([0.0], 0.1) == [0]
    assert key_frames([0.0, 0.04, 0.08, 0.12, 0.16, 0.2, 0.24], 0.1) == [0, 3, 6]
    assert key_frames([0.0, 0.5, 0.51, 2.0], 0.1) == [0, 1, 3]


def test_frame_poses_stack_people() -> None:
    world = World([still(100), still(300)])
    poses = [world._pose(0.0, Region(x, 100.0, SIDE_PX, 0.0)) for x in (100.0, 300.0)]
    both = frame_poses([pose for pose in poses if pose is not None])
    assert both.xy_px.shape == (2, 33, 2)
    assert both.score.shape == (2, 33)
    assert both.xyz_m is not None and both.xyz_m.shape == (2, 33, 3)
    assert both.skeleton is BLAZEPOSE
    assert frame_poses([]).xy_px.shape == (0, 33, 2)
