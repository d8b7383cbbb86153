"""The web application: the door, the page, its two WebSockets, and the certificate."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response, WebSocket

from vidgait.live.web.gate import Gate
from vidgait.live.web.protocol import encode
from vidgait.live.web.qr import qr_svg
from vidgait.live.web.sockets import serve_camera, serve_viewer

if TYPE_CHECKING:
    from vidgait.live.web.access import Door, Served
    from vidgait.live.web.greeting import Greeting
    from vidgait.live.web.hub import Hub

__all__ = ["Desk", "make_app", "page_file"]

KINDS = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
PUBLIC = (
    "app.css",
    "app.js",
    "board.js",
    "camera.js",
    "door.js",
    "icon.svg",
    "link.js",
    "sound.js",
    "summary.js",
    "watch.js",
)
"""Files that anybody may load who reaches the address: they are those of the package, and hold no secret."""
ENTER_MAX_BYTES = 1_024


@dataclass(slots=True)
class Desk:
    """What the routes work with."""

    served: Served
    door: Door
    hub: Hub
    greeting: Greeting
    link: Callable[[str], str]
    """The address to give to another device, with this code in it."""
    cookie: str
    ca_pem: bytes | None = None
    """The certificate authority, where this is served under one."""
    entered: Callable[[int], None] = lambda devices: None
    """Told when a device was let in."""
    refused: Callable[[str], None] = lambda address: None
    """Told of the address that a wrong code came from."""
    ready: Callable[[], None] = lambda: None
    """Told when the first request can be answered."""


def page_file(name: str) -> Response:
    data = files("vidgait.live.web").joinpath("page", name).read_bytes()
    return Response(data, media_type=KINDS[name.rsplit(".", 1)[-1]])


def make_app(desk: Desk) -> Gate:
    """Everything behind the gate. Routes without `inside` are public: the door, static files, the certificate."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan(desk))
    app.state.desk = desk
    app.get("/")(_index)
    app.get("/watch")(_watch)
    app.post("/enter")(_enter)
    app.get("/invite")(_invite)
    app.get("/inside")(_inside)
    app.get("/choices")(_choices)
    app.get("/certificate")(_certificate)
    app.get("/certificate/vidgait-ca.crt")(_authority)
    app.get("/favicon.ico")(_icon)
    app.get("/{name}")(_static)
    app.websocket("/ws/camera")(_camera_socket)
    app.websocket("/ws/watch")(_viewer_socket)
    return Gate(app, desk.served)


def _lifespan(desk: Desk) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        desk.ready()
        yield
        places = desk.hub.close()
        await asyncio.to_thread(desk.hub.wait_for, places)

    return living


def _desk(asked: Request | WebSocket) -> Desk:
    desk: Desk = asked.app.state.desk
    return desk


def _token(asked: Request | WebSocket) -> str | None:
    """The token of a device that was let in; None of anybody else."""
    desk = _desk(asked)
    token = asked.cookies.get(desk.cookie)
    return token if desk.door.admits(token) else None


async def _index(request: Request) -> Response:
    return page_file("index.html" if _token(request) else "door.html")


async def _watch(request: Request) -> Response:
    return page_file("watch.html" if _token(request) else "door.html")


async def _static(request: Request, name: str) -> Response:
    return page_file(name) if name in PUBLIC else Response("Not found.", 404, media_type="text/plain")


async def _icon() -> Response:
    return page_file("icon.svg")


async def _enter(request: Request) -> Response:
    """One try with a code. A wrong one is answered late."""
    desk = _desk(request)
    code = await _code_in(request)
    if code is None:
        return Response(status_code=400)
    address = request.client.host if request.client else ""
    entry = desk.door.enter(code, address, asyncio.get_running_loop().time())
    if entry.token is None:
        if entry.looked_at:
            desk.refused(address)
        await asyncio.sleep(min(entry.wait_s, 0.5))
        body = json.dumps({"wait_s": round(entry.wait_s, 1)})
        return Response(body, 403, media_type="application/json")
    response = Response(status_code=204)
    secure = desk.served.scheme == "https"
    response.set_cookie(desk.cookie, entry.token, path="/", httponly=True, samesite="strict", secure=secure)
    desk.entered(desk.door.devices)
    return response


async def _code_in(request: Request) -> str | None:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > ENTER_MAX_BYTES:
            return None
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    code = said.get("code") if isinstance(said, dict) else None
    return code if isinstance(code, str) else None


async def _invite(request: Request) -> Response:
    """For a device that is in: the link for another one."""
    if not _token(request):
        return Response(status_code=403)
    desk = _desk(request)
    link = desk.link(desk.door.code)
    body = json.dumps({"link": link, "svg": qr_svg(link)})
    return Response(body, media_type="application/json")


async def _inside(request: Request) -> Response:
    return Response(status_code=204 if _token(request) else 403)


async def _choices(request: Request) -> Response:
    """What the page may choose from, before it asks for the camera."""
    if not _token(request):
        return Response(status_code=403)
    return Response(encode(_desk(request).greeting.message), media_type="application/json")


async def _certificate() -> Response:
    return page_file("certificate.html")


async def _authority(request: Request) -> Response:
    pem = _desk(request).ca_pem
    if pem is None:
        return Response("Start vidgait live --web with --tls to have a certificate.", 404, media_type="text/plain")
    headers = {"content-disposition": 'attachment; filename="vidgait-ca.crt"'}
    return Response(pem, media_type="application/x-x509-ca-cert", headers=headers)


async def _camera_socket(socket: WebSocket) -> None:
    desk, token = _desk(socket), _token(socket)
    if token is None:
        desk.hub.counts.strangers += 1
        await socket.close(1008)
        return
    await serve_camera(socket, desk.hub, desk.greeting, token)


async def _viewer_socket(socket: WebSocket) -> None:
    desk = _desk(socket)
    if _token(socket) is None:
        desk.hub.counts.strangers += 1
        await socket.close(1008)
        return
    await serve_viewer(socket, desk.hub, desk.greeting)
