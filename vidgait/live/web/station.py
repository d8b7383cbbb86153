"""One camera: a thread that looks at its newest picture, one at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from vidgait.errors import VidgaitError
from vidgait.live.web.limits import BadMessageError, Limits
from vidgait.live.web.pictures import decode_picture
from vidgait.live.web.protocol import Choice, Order, Shot, view_message
from vidgait.types import Frame

if TYPE_CHECKING:
    from vidgait.live.state import LiveView
    from vidgait.types import ImageArray

__all__ = ["Answer", "MakeSession", "Station", "WebSession"]

Answer = Callable[[Mapping[str, Any]], None]
"""Takes a message for the page; called from the station's thread."""

ORDERS = 16
GAP_MAX_S = 3_600.0
"""One time that leaps further is taken for an error; the next one shows whether it was a long pause."""
GOES_ON_S = 10.0
CHOSEN = "A new count begins."


class WebSession(Protocol):
    """What a station asks of a live session: everything of one camera, one choice and one size of picture."""

    def push(self, frame: Frame) -> LiveView: ...

    def pause(self, paused: bool) -> None: ...

    def reset(self) -> None: ...

    def finish(self) -> Mapping[str, Any] | None:
        """The summary as the page shows it: `title`, `lines`, and `rows` where there is a table; None for nothing."""
        ...

    def close(self) -> None: ...


MakeSession = Callable[[Choice, tuple[int, int], int], WebSession]
"""Makes one for a choice, a size of picture (width, height) and the number of the camera; may take seconds."""


class Station:
    """Takes pictures and orders from the event loop, works on them in its own thread, and answers from there.

    No queue grows: a picture replaces the one before that nobody has looked at yet.
    """

    def __init__(self, camera: int, make: MakeSession, answer: Answer, limits: Limits, score_min: float = 0.3) -> None:
        self.camera = camera
        self._make, self._answer, self._limits, self._score_min = make, answer, limits, score_min
        self._changed = threading.Condition()
        self._shot: Shot | None = None
        self._orders: deque[Order] = deque(maxlen=ORDERS)
        self._closing = False
        self._choice = Choice()
        self._paused = False
        self.finished = False
        """The set was ended from the page: pictures that were still under way begin no other one."""
        self._session: WebSession | None = None
        self._size_px = (0, 0)
        self._index = 0
        self._first_ms: float | None = None
        self._last_s = -1.0
        self._leapt_s: float | None = None
        self.offered = self.looked_at = self.replaced = self.bad = 0
        self._thread = threading.Thread(target=self._work, name=f"camera-{camera}", daemon=True)

    def start(self, choice: Choice) -> None:
        self._choice = choice
        self._thread.start()

    def offer(self, shot: Shot) -> None:
        """The newest wins."""
        with self._changed:
            self.offered += 1
            self.replaced += self._shot is not None
            self._shot = shot
            self._changed.notify()

    def order(self, order: Order) -> None:
        with self._changed:
            self._orders.append(order)
            self._changed.notify()

    def close(self) -> None:
        """Returns at once; the thread ends with the picture it is at."""
        with self._changed:
            self._closing = True
            self._changed.notify()

    @property
    def alive(self) -> bool:
        """It works, or closes what it worked with."""
        return self._thread.is_alive()

    def join(self, seconds: float) -> None:
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _work(self) -> None:
        try:
            while (task := self._next()) is not None:
                self._attend(task)
        finally:
            self._last_words()

    def _last_words(self) -> None:
        """A set that nobody has finished is summed up all the same; whatever comes of that, its session is closed."""
        try:
            self._end(None)
        except Exception as error:
            self._answer({"type": "note", "camera": self.camera, "text": f"No summary ({type(error).__name__})."})
        finally:
            self._let_go()

    def _next(self) -> Order | Shot | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._orders or self._shot is not None)
            if self._closing:
                return None
            if self._orders:
                return self._orders.popleft()
            shot, self._shot = self._shot, None
            return shot

    def _attend(self, task: Order | Shot) -> None:
        """Nothing that goes wrong with one picture ends the camera."""
        try:
            if isinstance(task, Order):
                self._obey(task)
            else:
                self._look(task)
        except BadMessageError as error:
            self.bad += 1
            self._answer({"type": "refused", "n": getattr(task, "number", None), "why": str(error)})
        except VidgaitError as error:
            self._fail(task, str(error))
        except Exception as error:
            self._fail(task, f"Something went wrong here ({type(error).__name__}: {error}).")

    def _fail(self, task: Order | Shot, why: str) -> None:
        self._answer({"type": "failed", "n": getattr(task, "number", None), "why": why})

    def _look(self, shot: Shot) -> None:
        if self.finished:
            return
        image = decode_picture(shot.data, self._limits)
        time_s = self._time_s(shot.capture_ms)
        session = self._session_for(image)
        frame = Frame(self._index, time_s, time_s, image)
        self._index += 1
        view = session.push(frame)
        self.looked_at += 1
        dropped = self.replaced + self.bad
        stats = replace(view.stats, captured=self.offered, processed=self.looked_at, dropped=dropped)
        view = replace(view, stats=stats)
        self._answer(view_message(view, self._size_px, self.camera, shot.number, shot.capture_ms, self._score_min))

    def _time_s(self, capture_ms: float) -> float:
        """Since the camera's first picture. Raises BadMessageError where time stands still, runs back or leaps."""
        first_ms = capture_ms if self._first_ms is None else self._first_ms
        time_s = (capture_ms - first_ms) / 1000.0
        leapt_s, self._leapt_s = self._leapt_s, None
        goes_on = leapt_s is not None and 0.0 < time_s - leapt_s <= GOES_ON_S
        if time_s - self._last_s > GAP_MAX_S and not goes_on:
            self._leapt_s = time_s
            raise BadMessageError("a picture out of its time")
        if time_s <= self._last_s:
            raise BadMessageError("a picture out of its time")
        self._first_ms, self._last_s = first_ms, time_s
        return time_s

    def _session_for(self, image: ImageArray) -> WebSession:
        """The one at work, or a new one: for the first picture, and where the picture has another shape than before
        (a phone that was turned), because angles of the two cannot be compared."""
        size_px = (image.shape[1], image.shape[0])
        if self._session is None or size_px != self._size_px:
            if self._session is not None:
                self._end("The picture has another shape now, so the count begins again.")
            self._session = self._make(self._choice, size_px, self.camera)
            self._size_px = size_px
            self._session.pause(self._paused)
        return self._session

    def _obey(self, order: Order) -> None:
        if order.do in ("pause", "resume"):
            self._paused = order.do == "pause"
            if self._session is not None:
                self._session.pause(self._paused)
        elif order.do == "reset":
            if self._session is not None:
                self._session.reset()
        elif order.do == "finish":
            self.finished = True
            self._end(None, always=True)
        elif order.choice is not None and order.choice != self._choice:
            self._choice = order.choice
            self._end(CHOSEN)

    def _end(self, note: str | None, *, always: bool = False) -> None:
        """Ends the session and tells what came of it; with `always` even where that is nothing."""
        summary = None
        if self._session is not None:
            summary = self._session.finish()
            self._let_go()
        if summary is not None or always:
            self._answer({"type": "summary", "camera": self.camera, "summary": summary, "note": note})
        elif note is not None:
            self._answer({"type": "note", "camera": self.camera, "text": note})

    def _let_go(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()
