"""Overlap of the stages: decoding ahead of, and encoding behind, the work in the caller's thread.

Decoding, inference and encoding release Python's lock, so two cores are kept busy with plain threads. Queues are
short, so memory does not grow with the clip. A failure in a thread is raised in the caller's, and leaving the
`with` block always ends the thread, also on Ctrl-C.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Generic, TypeVar

__all__ = ["Ahead", "Behind", "usable_cores"]

T = TypeVar("T")

QUEUE_LENGTH = 4
"""Enough to ride out the uneven cost of frames; 4 pictures of 4K are 100 MB."""

POLL_S = 0.1
"""How often a waiting thread looks whether it should stop."""


def usable_cores() -> int:
    """Cores this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _End:
    """Marks the end of a queue."""


class Ahead(Generic[T]):
    """Iterates `source` in a thread of its own, a few items ahead of the caller.

    >>> with Ahead(range(3)) as numbers:
    ...     list(numbers)
    [0, 1, 2]
    """

    def __init__(self, source: Iterable[T], length: int = QUEUE_LENGTH) -> None:
        self._source = source
        self._queue: queue.Queue[T | _End] = queue.Queue(length)
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="vidgait-ahead", daemon=True)

    def _run(self) -> None:
        try:
            for item in self._source:
                if not _put(self._queue, item, self._stop):
                    break
        except BaseException as error:
            self._error = error
        finally:
            close = getattr(self._source, "close", None)
            if close is not None:
                close()
            _put(self._queue, _End(), self._stop)

    def __enter__(self) -> Iterator[T]:
        self._thread.start()
        return self._items()

    def _items(self) -> Iterator[T]:
        while not isinstance(item := self._queue.get(), _End):
            yield item
        if self._error is not None:
            raise self._error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()


class Behind(Generic[T]):
    """Calls `sink` on each item in a thread of its own, a few items behind the caller.

    Leaving the `with` block without an exception waits until everything has been handed over.
    """

    def __init__(self, sink: Callable[[T], None], length: int = QUEUE_LENGTH) -> None:
        self._sink = sink
        self._queue: queue.Queue[T | _End] = queue.Queue(length)
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="vidgait-behind", daemon=True)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                item = self._queue.get(timeout=POLL_S)
            except queue.Empty:
                continue
            if isinstance(item, _End):
                return
            try:
                self._sink(item)
            except BaseException as error:
                self._error = error
                self._stop.set()

    def put(self, item: T) -> None:
        """Hand over one item; waits while the queue is full. Raises what the sink raised."""
        if not _put(self._queue, item, self._stop) and self._error is not None:
            raise self._error

    def __enter__(self) -> Behind[T]:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            _put(self._queue, _End(), self._stop)
        else:
            self._stop.set()
        self._thread.join()
        if kind is None and self._error is not None:
            raise self._error


def _put(target: queue.Queue[T | _End], item: T | _End, stop: threading.Event) -> bool:
    """Put with an eye on `stop`: a plain put would wait for ever on a full queue that nobody empties any more."""
    while not stop.is_set():
        try:
            target.put(item, timeout=POLL_S)
        except queue.Full:
            continue
        return True
    return False
