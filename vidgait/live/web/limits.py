"""How much a browser may ask of this process."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BadMessageError", "Limits"]


class BadMessageError(Exception):
    """A message that is dropped and counted. Its text goes back to the page that sent it."""


@dataclass(frozen=True, slots=True)
class Limits:
    cameras: int = 2
    """Side by side: each has a pose network and a thread of its own."""
    viewers: int = 16
    devices: int = 32
    """That may be let in with a code, all told."""
    message_bytes: int = 1_500_000
    """A longer message is dropped and counted; a picture of 640 by 480 has about 50 000."""
    hard_bytes: int = 4_194_304
    """A longer message ends the connection: it would have to be held in memory whole before it could be dropped."""
    text_bytes: int = 2_048
    """Of an order: a text message."""
    side_min_px: int = 64
    side_max_px: int = 2_048
    picture_max_px: int = 2_100_000
    """Width times height, read off the header before anything is decoded."""
    messages_per_s: float = 90.0
    """Sustained; a page sends as many pictures as its camera takes at most."""
    burst: float = 180.0
    bad_cost: float = 10.0
    """A message that had to be dropped counts for so many."""
    away_s: float = 60.0
    """For so long a camera whose connection broke keeps its count."""
    send_wait_s: float = 10.0
    """A browser that takes nothing for so long is let go."""
    request_wait_s: float = 10.0
    """Until a whole request has come on a new connection."""
    connections: int = 128
    """At a time, all told."""
    connections_of_one: int = 48
    """At a time, of one address: a browser opens six or so."""
    hello_wait_s: float = 10.0
