"""The two WebSockets: of a camera, and of a viewer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from vidgait.live.web.limits import BadMessageError, Limits
from vidgait.live.web.outbox import Outbox
from vidgait.live.web.protocol import encode, read_order, read_shot

if TYPE_CHECKING:
    from vidgait.live.web.greeting import Greeting
    from vidgait.live.web.hub import Hub, Place

__all__ = ["Bucket", "serve_camera", "serve_viewer"]

FLOOD = 1008
FULL = 4001
REPLACED = 4002
LATER = 1013
TOO_BIG = 1009
"""The connection was ended because of a message beyond `Limits.hard_bytes`."""


@dataclass(slots=True)
class Bucket:
    """How much one connection may still send: refilled with time, emptied by messages, faster by bad ones."""

    limits: Limits
    level: float = field(init=False)
    _last_s: float | None = None

    def __post_init__(self) -> None:
        self.level = self.limits.burst

    def spend(self, cost: float, now_s: float) -> bool:
        """False when it is empty: a flood."""
        if self._last_s is not None:
            grown = self.level + (now_s - self._last_s) * self.limits.messages_per_s
            self.level = min(self.limits.burst, grown)
        self._last_s = now_s
        self.level -= cost
        return self.level >= 0.0


async def serve_camera(socket: WebSocket, hub: Hub, greeting: Greeting, token: str) -> None:
    """Until the connection ends. The first message must be the order to start."""
    await socket.accept()
    outbox = Outbox()
    bucket = Bucket(hub.limits)
    place: Place | None = None
    sender = asyncio.create_task(_send_all(socket, outbox, hub))
    try:
        place = await _start(socket, hub, greeting, token, outbox)
        if place is None:
            return
        outbox.tell(encode({**greeting.message, "camera": place.camera}))
        await _receive_all(socket, hub, greeting, place, bucket, outbox)
    except (TimeoutError, WebSocketDisconnect):
        pass
    finally:
        if place is not None:
            hub.leave_place(place, outbox)
        outbox.close()
        await _end(sender)


async def _start(socket: WebSocket, hub: Hub, greeting: Greeting, token: str, outbox: Outbox) -> Place | None:
    """The place of the camera; None where there is none, or where the page does not say what it must."""
    try:
        said = await asyncio.wait_for(socket.receive(), hub.limits.hello_wait_s)
        if said["type"] != "websocket.receive":
            raise WebSocketDisconnect(said.get("code", 1000))
        order = read_order(said.get("text") or "", hub.limits, greeting.movements, greeting.views)
        if order.do != "start" or order.choice is None:
            raise BadMessageError("an order before the start")
    except BadMessageError as error:
        hub.counts.malformed += 1
        await socket.close(FLOOD, str(error))
        return None
    place = hub.take_place((token, order.key), order.choice, outbox)
    if place is None:
        await socket.close(FULL, f"No more cameras: {hub.limits.cameras} at a time.")
    return place


async def _receive_all(
    socket: WebSocket, hub: Hub, greeting: Greeting, place: Place, bucket: Bucket, outbox: Outbox
) -> None:
    """Messages as they come; bad ones are answered, counted and dropped."""
    now_s = asyncio.get_running_loop().time
    while True:
        said = await socket.receive()
        if said["type"] != "websocket.receive":
            hub.counts.oversized += said.get("code") == TOO_BIG
            return
        if place.outbox is not outbox:
            await socket.close(REPLACED, "This camera goes on in another connection.")
            return
        cost = _take(said, hub, greeting, place, outbox)
        if not bucket.spend(cost, now_s()):
            hub.counts.floods += 1
            await socket.close(FLOOD, "Too many messages.")
            return


def _take(said: Mapping[str, Any], hub: Hub, greeting: Greeting, place: Place, outbox: Outbox) -> float:
    """Hands one message to the station; returns what it costs."""
    data, text = said.get("bytes"), said.get("text")
    try:
        if data is not None:
            place.station.offer(read_shot(data, hub.limits))
        else:
            place.station.order(read_order(text or "", hub.limits, greeting.movements, greeting.views))
    except BadMessageError as error:
        too_long = len(data or text or "") > (hub.limits.text_bytes if data is None else hub.limits.message_bytes)
        hub.counts.oversized += too_long
        hub.counts.malformed += not too_long
        outbox.tell(encode({"type": "refused", "n": None, "why": str(error)}))
        return hub.limits.bad_cost
    return 1.0


async def serve_viewer(socket: WebSocket, hub: Hub, greeting: Greeting) -> None:
    """Sends until the connection ends. A viewer has nothing to say: what it sends is dropped and counted."""
    await socket.accept()
    outbox = Outbox()
    outbox.tell(encode(greeting.message))
    if not hub.add_viewer(outbox):
        await socket.close(LATER, f"{hub.limits.viewers} are watching already.")
        return
    bucket, now_s = Bucket(hub.limits), asyncio.get_running_loop().time
    sender = asyncio.create_task(_send_all(socket, outbox, hub))
    try:
        while (await socket.receive())["type"] == "websocket.receive":
            hub.counts.malformed += 1
            if not bucket.spend(hub.limits.bad_cost, now_s()):
                hub.counts.floods += 1
                await socket.close(FLOOD, "Too many messages.")
                break
    finally:
        hub.remove_viewer(outbox)
        outbox.close()
        await _end(sender)


async def _send_all(socket: WebSocket, outbox: Outbox, hub: Hub) -> None:
    """What the outbox holds, as fast as the browser takes it and no faster."""
    try:
        while (text := await outbox.take()) is not None:
            await asyncio.wait_for(socket.send_text(text), hub.limits.send_wait_s)
        await socket.close(1001)
    except TimeoutError:
        hub.counts.slow += 1
        await _quietly(lambda: socket.close(FLOOD, "Too slow."))
    except (RuntimeError, WebSocketDisconnect, OSError):
        return


async def _quietly(close: Callable[[], Any]) -> None:
    with contextlib.suppress(RuntimeError, WebSocketDisconnect, OSError):
        await close()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
