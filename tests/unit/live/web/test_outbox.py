"""What waits for a browser never grows."""

from __future__ import annotations

import asyncio

from vidgait.live.web.limits import Limits
from vidgait.live.web.outbox import EVENTS, Outbox
from vidgait.live.web.sockets import Bucket


def taken(outbox: Outbox, count: int) -> list[str | None]:
    async def take() -> list[str | None]:
        return [await asyncio.wait_for(outbox.take(), 5) for _ in range(count)]

    return asyncio.run(take())


def test_of_each_camera_only_the_newest_view_waits() -> None:
    outbox = Outbox()
    for number in range(1000):
        outbox.show(1 + number % 2, f"view {number}")
    assert outbox.replaced == 998
    assert sorted(str(text) for text in taken(outbox, 2)) == ["view 998", "view 999"]


def test_what_must_not_be_lost_goes_first_and_in_order() -> None:
    outbox = Outbox()
    outbox.show(1, "view")
    outbox.tell("hello")
    outbox.tell("summary")
    assert taken(outbox, 3) == ["hello", "summary", "view"]


def test_events_are_limited_too() -> None:
    outbox = Outbox()
    for number in range(10 * EVENTS):
        outbox.tell(str(number))
    assert taken(outbox, EVENTS)[-1] == str(10 * EVENTS - 1)


def test_two_cameras_take_turns() -> None:
    outbox = Outbox()
    outbox.show(1, "a")
    outbox.show(2, "b")

    async def turns() -> list[str | None]:
        first = await outbox.take()
        outbox.show(1, "a2")
        return [first, await outbox.take(), await outbox.take()]

    assert asyncio.run(turns()) == ["a", "b", "a2"]


def test_closing_wakes_who_waits() -> None:
    async def closed() -> str | None:
        outbox = Outbox()
        waiting = asyncio.create_task(outbox.take())
        await asyncio.sleep(0)
        outbox.close()
        return await asyncio.wait_for(waiting, 5)

    assert asyncio.run(closed()) is None


def test_a_camera_that_went_away_leaves_no_view() -> None:
    outbox = Outbox()
    outbox.show(1, "old")
    outbox.forget(1)
    outbox.tell("away")
    assert taken(outbox, 1) == ["away"]


def test_a_bucket_takes_what_a_camera_sends_and_no_flood() -> None:
    bucket = Bucket(Limits())
    assert all(bucket.spend(1.0, k / 60) for k in range(3600)), "sixty a second, for a minute"
    flood = Bucket(Limits())
    assert not all(flood.spend(1.0, k / 1000) for k in range(1000))
    bad = Bucket(Limits())
    assert [bad.spend(10.0, 0.0) for _ in range(19)] == [True] * 18 + [False]
    rare = Bucket(Limits())
    assert all(rare.spend(10.0, 0.2 * k) for k in range(500)), "five bad ones a second are not fatal"
