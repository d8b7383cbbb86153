"""What every request passes first: the Host and the Origin it names. And the headers every answer carries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vidgait.live.web.access import Served

__all__ = ["Gate", "security_headers"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


def security_headers(scheme: str, host: str) -> list[tuple[bytes, bytes]]:
    """Nothing from elsewhere, nothing kept, nothing told to others. The WebSocket's address is spelled out because
    older Safari does not count it under 'self'."""
    socket = f"{'wss' if scheme == 'https' else 'ws'}://{host}"
    policy = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' blob:",
            "media-src 'self' blob:",
            f"connect-src 'self' {socket}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
    headers = {
        "content-security-policy": policy,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(self), microphone=(), geolocation=()",
    }
    return [(name.encode(), value.encode()) for name, value in headers.items()]


@dataclass(slots=True)
class Gate:
    """ASGI middleware. A request to an unknown Host, or from the page of another origin, gets no further."""

    app: App
    served: Served
    refused: int = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        host = _only(scope, b"host")
        if not self._admits(scope, host):
            self.refused += 1
            await _refuse(scope, send)
            return
        headers = security_headers(self.served.scheme, str(host))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = {name for name, _ in headers}
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in ours]
                message["headers"] = kept + headers
            await send(message)

        await self.app(scope, receive, with_headers)

    def _admits(self, scope: MutableMapping[str, Any], host: str | None) -> bool:
        if not self.served.knows_host(host):
            return False
        told = any(name == b"origin" for name, _ in scope["headers"])
        changes = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
        return not (told or changes) or self.served.knows_origin(_only(scope, b"origin"), host)


def _only(scope: MutableMapping[str, Any], name: bytes) -> str | None:
    """The value of a header that comes exactly once; None where it is missing, or comes twice."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin-1") if len(values) == 1 else None


async def _refuse(scope: MutableMapping[str, Any], send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    body = b"Not served under this name. Use the link that vidgait printed.\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
