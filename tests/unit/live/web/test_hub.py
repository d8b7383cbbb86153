"""Places of cameras: kept for a while, given up to who is here, and limited."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from tests.support.web_client import jpeg
from tests.support.web_live import ScriptedMaker
from vidgait.live.web.hub import Hub, Place
from vidgait.live.web.limits import Limits
from vidgait.live.web.outbox import Outbox
from vidgait.live.web.protocol import Choice, Order, Shot


def with_hub(body: Callable[[Hub], Awaitable[None]], **limits: float) -> list[str]:
    """Runs `body` in a loop; returns what was said."""
    said: list[str] = []

    async def run() -> None:
        hub = Hub(ScriptedMaker(), Limits(**limits), say=said.append)  # type: ignore[arg-type]
        try:
            await body(hub)
        finally:
            hub.wait_for(hub.close())

    asyncio.run(run())
    return said


def placed(hub: Hub, key: str) -> tuple[Place, Outbox]:
    outbox = Outbox()
    place = hub.take_place(("device", key), Choice(), outbox)
    assert place is not None
    return place, outbox


def test_a_camera_that_is_away_gives_up_its_place() -> None:
    async def body(hub: Hub) -> None:
        first, outbox = placed(hub, "a")
        assert hub.take_place(("device", "b"), Choice(), Outbox()) is None
        hub.leave_place(first, outbox)
        second, _ = placed(hub, "b")
        assert (first.camera, second.camera) == (1, 1)
        assert list(hub.places.values()) == [second]

    assert with_hub(body, cameras=1) == ["Camera 1 is on.", "Camera 1 is off.", "Camera 1 is on."]


def test_a_camera_is_forgotten_after_a_while() -> None:
    async def body(hub: Hub) -> None:
        place, outbox = placed(hub, "a")
        hub.leave_place(place, outbox)
        assert hub.places
        await asyncio.sleep(0.05)
        assert not hub.places

    with_hub(body, away_s=0.01)


def test_a_camera_that_comes_back_is_not_forgotten() -> None:
    async def body(hub: Hub) -> None:
        place, outbox = placed(hub, "a")
        hub.leave_place(place, outbox)
        again, _ = placed(hub, "a")
        assert again is place
        await asyncio.sleep(0.05)
        assert hub.places

    with_hub(body, away_s=0.01)


def test_an_old_connection_does_not_take_the_place_of_the_new_one_away() -> None:
    async def body(hub: Hub) -> None:
        place, old = placed(hub, "a")
        _, new = placed(hub, "a")
        hub.leave_place(place, old)
        assert place.outbox is new
        assert await old.take() is None, "the old one was closed"

    with_hub(body)


def test_numbers_of_cameras_are_used_again() -> None:
    async def body(hub: Hub) -> None:
        first, outbox = placed(hub, "a")
        second, _ = placed(hub, "b")
        hub.leave_place(first, outbox)
        third, _ = placed(hub, "c")
        assert (first.camera, second.camera, third.camera) == (1, 2, 1)

    with_hub(body)


@pytest.mark.parametrize("finished", [True, False])
def test_a_set_that_was_finished_frees_its_place_at_once(finished: bool) -> None:
    async def body(hub: Hub) -> None:
        place, outbox = placed(hub, "a")
        if finished:
            place.station.order(Order("finish"))
            assert json.loads(await outbox.take() or "")["type"] == "summary"
        hub.leave_place(place, outbox)
        assert bool(hub.places) is not finished

    with_hub(body)


def test_an_answer_after_the_connection_broke_goes_nowhere() -> None:
    async def body(hub: Hub) -> None:
        place, outbox = placed(hub, "a")
        hub.leave_place(place, outbox)
        place.station.offer(Shot(1, 0.0, jpeg()))
        await asyncio.sleep(0.05)
        assert outbox._newest == {}

    with_hub(body)
