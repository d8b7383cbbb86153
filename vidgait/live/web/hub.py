"""Who is connected: cameras with their stations, and viewers. Lives in the event loop; only stations have threads."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vidgait.live.web.limits import Limits
from vidgait.live.web.protocol import Choice, encode
from vidgait.live.web.station import MakeSession, Station

if TYPE_CHECKING:
    from vidgait.live.web.outbox import Outbox

__all__ = ["Counts", "Hub", "Place"]


@dataclass(slots=True)
class Counts:
    """What was dropped, refused and ended, since the start."""

    malformed: int = 0
    oversized: int = 0
    floods: int = 0
    slow: int = 0
    strangers: int = 0
    """WebSockets without the cookie of a device that was let in."""


@dataclass(slots=True, eq=False)
class Place:
    """A camera's place: its station, and the connection that it has now, if any."""

    camera: int
    owner: tuple[str, str]
    """The device's token and the page's key."""
    station: Station
    outbox: Outbox | None = None
    leaving: asyncio.TimerHandle | None = None


@dataclass(slots=True, eq=False)
class Hub:
    make_session: MakeSession
    limits: Limits = field(default_factory=Limits)
    score_min: float = 0.3
    say: Callable[[str], None] = print
    counts: Counts = field(default_factory=Counts)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    viewers: set[Outbox] = field(default_factory=set)
    _ending: list[Place] = field(default_factory=list)
    """Places that were given up, whose stations may still be at their last picture or closing a recording."""
    _loop: asyncio.AbstractEventLoop | None = None

    def take_place(self, owner: tuple[str, str], choice: Choice, outbox: Outbox) -> Place | None:
        """The place of this page: the one it had when its connection broke, or a new one; None where all are taken."""
        self._loop = asyncio.get_running_loop()
        place = self.places.get(owner)
        if place is not None:
            self._come_back(place, outbox)
            return place
        if len(self.places) >= self.limits.cameras:
            self._clear_one()
        if len(self.places) >= self.limits.cameras:
            return None
        return self._new_place(owner, choice, outbox)

    def _come_back(self, place: Place, outbox: Outbox) -> None:
        if place.outbox is not None:
            place.outbox.close()
        if place.leaving is not None:
            place.leaving.cancel()
            place.leaving = None
        place.outbox = outbox

    def _new_place(self, owner: tuple[str, str], choice: Choice, outbox: Outbox) -> Place:
        taken = {place.camera for place in self.places.values()}
        camera = next(number for number in range(1, self.limits.cameras + 1) if number not in taken)
        station = Station(camera, self.make_session, lambda message: self._answer(place, message), self.limits)
        place = Place(camera, owner, station, outbox)
        self.places[owner] = place
        station.start(choice)
        self._tell_cameras()
        self.say(f"Camera {camera} is on.")
        return place

    def _clear_one(self) -> None:
        """The camera that is away gives up its place to one that is here."""
        away = next((place for place in self.places.values() if place.outbox is None), None)
        if away is not None:
            self._close(away)

    def leave_place(self, place: Place, outbox: Outbox) -> None:
        """The connection is gone. Its count is kept for a while."""
        if place.outbox is not outbox or self._loop is None:
            return
        place.outbox = None
        if place.station.finished:
            self._close(place)
            return
        place.leaving = self._loop.call_later(self.limits.away_s, self._close, place)
        for viewer in self.viewers:
            viewer.forget(place.camera)
            viewer.tell(encode({"type": "away", "camera": place.camera}))

    def _close(self, place: Place) -> None:
        if self.places.get(place.owner) is place:
            del self.places[place.owner]
            place.station.close()
            self._ending = [one for one in (*self._ending, place) if one.station.alive]
            self._tell_cameras()
            self.say(f"Camera {place.camera} is off.")

    def _answer(self, place: Place, message: Mapping[str, Any]) -> None:
        """From the station's thread: written down there, handed over here. What came of a set whose page is gone is
        told here, where somebody may still look."""
        if message["type"] == "summary" and self.places.get(place.owner) is not place:
            self._tell_summary(place.camera, message["summary"])
        text = encode(message)
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the loop is closed: the program ends
            self._loop.call_soon_threadsafe(self._deliver, place, str(message["type"]), text)

    def _tell_summary(self, camera: int, summary: Mapping[str, Any]) -> None:
        lines = (f"Camera {camera}: {summary.get('title', '')}", *(f"  {line}" for line in summary.get("lines", ())))
        self.say("\n".join(lines))

    def _deliver(self, place: Place, kind: str, text: str) -> None:
        if place.outbox is not None:
            if kind == "view":
                place.outbox.show(place.camera, text)
            else:
                place.outbox.tell(text)
        for viewer in self.viewers:
            if kind == "view":
                viewer.show(place.camera, text)
            elif kind in ("summary", "note"):
                viewer.tell(text)

    def add_viewer(self, outbox: Outbox) -> bool:
        """False where there are as many as may be."""
        if len(self.viewers) >= self.limits.viewers:
            return False
        self.viewers.add(outbox)
        outbox.tell(self._cameras())
        return True

    def remove_viewer(self, outbox: Outbox) -> None:
        self.viewers.discard(outbox)

    def _cameras(self) -> str:
        return encode({"type": "cameras", "cameras": sorted(place.camera for place in self.places.values())})

    def _tell_cameras(self) -> None:
        text = self._cameras()
        for viewer in self.viewers:
            viewer.tell(text)

    def close(self) -> list[Place]:
        """Ends every connection and tells every station to end. Returns the places whose stations still are at it, for
        `wait_for`. May be called again, and outside the event loop once that is closed."""
        places = list(self.places.values())
        self.places.clear()
        for place in places:
            if place.leaving is not None:
                place.leaving.cancel()
            if place.outbox is not None:
                place.outbox.close()
            place.station.close()
        for viewer in self.viewers:
            viewer.close()
        self._ending = [one for one in (*self._ending, *places) if one.station.alive]
        return list(self._ending)

    @staticmethod
    def wait_for(places: list[Place], seconds: float = 10.0) -> None:
        """A moment for what the stations are at, so that a recording is closed."""
        for place in places:
            place.station.join(seconds)
