from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from vidgait.concurrency import Ahead, Behind


def test_ahead_yields_everything_in_order() -> None:
    with Ahead(range(100)) as numbers:
        assert list(numbers) == list(range(100))


def test_ahead_raises_what_the_source_raised_after_what_came_before_it() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    seen = []
    with pytest.raises(ValueError, match="broken"), Ahead(source()) as numbers:
        for number in numbers:
            seen.append(number)
    assert seen == [1]


def test_leaving_early_closes_the_source_and_ends_the_thread() -> None:
    closed = threading.Event()

    def source() -> Iterator[int]:
        try:
            while True:
                yield 0
        finally:
            closed.set()

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt), Ahead(source()) as numbers:
        next(numbers)
        raise KeyboardInterrupt
    assert closed.is_set()
    assert threading.active_count() == before


def test_behind_hands_everything_over_before_it_leaves() -> None:
    seen: list[int] = []
    with Behind(seen.append) as sink:
        for number in range(50):
            sink.put(number)
    assert seen == list(range(50))


def test_behind_raises_what_the_sink_raised() -> None:
    def fail(number: int) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"), Behind(fail) as sink:
        for number in range(50):
            sink.put(number)


def test_behind_raises_a_failure_on_the_last_item() -> None:
    def fail(number: int) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"), Behind(fail) as sink:
        sink.put(1)


def test_an_error_in_the_caller_ends_the_thread_without_waiting_for_the_queue() -> None:
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt), Behind(lambda number: None) as sink:
        sink.put(1)
        raise KeyboardInterrupt
    assert threading.active_count() == before
