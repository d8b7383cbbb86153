"""How long, and how many at a time, strangers may hold connections on which they say nothing."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from vidgait.live.web.limits import Limits

__all__ = ["BriefProtocol", "connection_kind"]


class BriefProtocol(H11Protocol):
    """Closes a connection on which no whole request has come in time, and one too many of the same address. Uvicorn's
    own limit counts all together, so that a device which only opens connections would shut everybody out."""

    limits = Limits()
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._waiting = self.loop.call_later(self.limits.request_wait_s, self._give_up)
        if self._of_the_same_address() > self.limits.connections_of_one:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        """A request that has begun has a cycle; a WebSocket has taken the connection over."""
        if self.cycle is None and self.transport.get_protocol() is self:
            self.transport.abort()

    def _of_the_same_address(self) -> int:
        """WebSockets too; a connection without an address counts alone."""
        address = self.client[0] if self.client else None
        return sum(1 for one in self.connections if address is not None and _address(one) == address)


def _address(connection: Any) -> str | None:
    client = getattr(connection, "client", None)
    return client[0] if client else None


def connection_kind(limits: Limits) -> type[BriefProtocol]:
    """For uvicorn, which makes one for every connection."""
    return type("LimitedProtocol", (BriefProtocol,), {"limits": limits})
