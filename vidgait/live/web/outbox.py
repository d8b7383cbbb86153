"""What waits to be sent to one browser: of each camera only the newest view."""

from __future__ import annotations

import asyncio
from collections import deque

__all__ = ["Outbox"]

EVENTS = 64


class Outbox:
    """Never grows: a view replaces the one before that was not taken yet; of what must not be replaced (greetings,
    summaries, refusals) the last ones are kept, in order, and go first."""

    def __init__(self) -> None:
        self._events: deque[str] = deque(maxlen=EVENTS)
        self._newest: dict[int, str] = {}
        self._filled = asyncio.Event()
        self._closed = False
        self.replaced = 0
        """Views that were never sent because a newer one came."""

    def tell(self, text: str) -> None:
        self._events.append(text)
        self._filled.set()

    def show(self, camera: int, text: str) -> None:
        self.replaced += camera in self._newest
        self._newest[camera] = text
        self._filled.set()

    def forget(self, camera: int) -> None:
        self._newest.pop(camera, None)

    def close(self) -> None:
        self._closed = True
        self._filled.set()

    async def take(self) -> str | None:
        """The next text, as soon as there is one; None when it was closed."""
        while not self._closed:
            if self._events:
                return self._events.popleft()
            if self._newest:
                return self._newest.pop(next(iter(self._newest)))
            self._filled.clear()
            await self._filled.wait()
        return None
