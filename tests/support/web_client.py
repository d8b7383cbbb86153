"""A browser's part of the conversation with a site, without a browser."""

from __future__ import annotations

import http.client
import json
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cv2
import numpy as np
from websockets.sync.client import ClientConnection, connect

from vidgait.live.web.server import Assembled

__all__ = ["Visitor", "camera_of", "jpeg", "open_socket", "picture", "read_until"]

KEY = "0123456789abcdef"


def jpeg(width_px: int = 160, height_px: int = 120, kind: str = ".jpg") -> bytes:
    image = np.zeros((height_px, width_px, 3), np.uint8)
    image[: height_px // 2] = (40, 120, 200)
    return bytes(cv2.imencode(kind, image)[1])


def picture(number: int, capture_ms: float, data: bytes | None = None) -> bytes:
    """One binary message as the page sends it."""
    return struct.pack("<2sBxId", b"VG", 1, number, capture_ms) + (jpeg() if data is None else data)


class Visitor:
    """Talks to a site under the name and from the origin that it is told."""

    def __init__(self, site: Assembled, host: str | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.port = site.announcer.port
        self.host = host or f"127.0.0.1:{self.port}"
        self.cookie = ""

    @classmethod
    def at(cls, port: int) -> Visitor:
        """Of a site in another process."""
        visitor = cls.__new__(cls)
        visitor.tls, visitor.port, visitor.host, visitor.cookie = None, port, f"127.0.0.1:{port}", ""
        return visitor

    @property
    def origin(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}"

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """(status, headers in lower case, body). Underscores of `headers` stand for dashes."""
        connection = (
            http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=self.tls)
            if self.tls
            else http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        )
        sent = {"Host": self.host, **({"Cookie": self.cookie} if self.cookie else {})}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def enter(self, code: str, origin: str | None = None) -> int:
        """Tries a code; keeps the cookie that it gets."""
        body = json.dumps({"code": code}).encode()
        status, headers, _ = self.ask("POST", "/enter", body, Origin=origin or self.origin)
        if "set-cookie" in headers:
            self.cookie = headers["set-cookie"].split(";")[0]
        return status


@contextmanager
def open_socket(visitor: Visitor, path: str, origin: str | None = "own", **headers: str) -> Iterator[ClientConnection]:
    sent = {"Cookie": visitor.cookie, **headers} if visitor.cookie else dict(headers)
    address = f"ws://{visitor.host}{path}"
    wanted: Any = visitor.origin if origin == "own" else origin
    with connect(
        address, origin=wanted, additional_headers=sent, max_size=None, open_timeout=20, close_timeout=5
    ) as socket:
        yield socket


@contextmanager
def camera_of(visitor: Visitor, key: str = KEY, **choice: str) -> Iterator[ClientConnection]:
    """A camera that was greeted."""
    with open_socket(visitor, "/ws/camera") as socket:
        socket.send(json.dumps({"do": "start", "key": key, **choice}))
        read_until(socket, "hello")
        yield socket


def read_until(socket: ClientConnection, kind: str, seconds: float = 20.0) -> dict[str, Any]:
    """The next message of a kind; others are passed over."""
    while True:
        said: dict[str, Any] = json.loads(socket.recv(timeout=seconds))
        if said["type"] == kind:
            return said
