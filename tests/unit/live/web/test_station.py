"""One camera: newest wins, one at a time, and nothing that goes wrong with one picture ends it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from queue import Queue
from typing import Any

import pytest

from tests.support.web_client import jpeg
from tests.support.web_live import ScriptedMaker
from vidgait.errors import ProviderError
from vidgait.live.web.limits import Limits
from vidgait.live.web.protocol import Choice, Order, Shot
from vidgait.live.web.station import Station

Start = Callable[..., Station]
Answers = Queue[Mapping[str, Any]]


@pytest.fixture
def answers() -> Answers:
    return Queue()


@pytest.fixture
def start(answers: Answers) -> Iterator[Start]:
    stations = []

    def started(make: Any) -> Station:
        station = Station(1, make, answers.put, Limits())
        stations.append(station)
        station.start(Choice())
        return station

    yield started
    for station in stations:
        station.close()
        station.join(10)


def shot(number: int, capture_ms: float, data: bytes | None = None) -> Shot:
    return Shot(number, capture_ms, jpeg() if data is None else data)


def test_a_picture_is_answered_with_its_own_number_and_time(start: Start, answers: Answers) -> None:
    maker = ScriptedMaker()
    station = start(maker)
    station.offer(shot(5, 1000.0))
    said = answers.get(timeout=10)
    assert (said["type"], said["n"], said["t"], said["size"]) == ("view", 5, 1000.0, [160, 120])
    station.offer(shot(6, 1040.0))
    answers.get(timeout=10)
    assert [frame.time_s for frame in maker.made[0].seen] == pytest.approx([0.0, 0.04])
    assert [frame.index for frame in maker.made[0].seen] == [0, 1]


def test_the_newest_picture_wins_and_none_is_kept(start: Start, answers: Answers) -> None:
    hold = threading.Event()
    maker = ScriptedMaker({"hold": hold})
    station = start(maker)
    station.offer(shot(1, 0.0))
    assert maker.made_one.wait(10)
    for number in range(2, 40):
        station.offer(shot(number, 40.0 * number))
    hold.set()
    assert [answers.get(timeout=10)["n"] for _ in range(2)] == [1, 39]
    assert station.replaced == 37
    assert answers.empty()
    assert len(maker.made[0].seen) == 2


@pytest.mark.parametrize("capture_ms", [1000.0, 999.0, 1000.0 + 3.7e6])
def test_time_never_stands_still_runs_back_or_leaps(start: Start, answers: Answers, capture_ms: float) -> None:
    station = start(ScriptedMaker())
    station.offer(shot(1, 1000.0))
    answers.get(timeout=10)
    station.offer(shot(2, capture_ms))
    assert answers.get(timeout=10) == {"type": "refused", "n": 2, "why": "a picture out of its time"}
    station.offer(shot(3, 1040.0))
    assert answers.get(timeout=10)["type"] == "view"
    assert station.bad == 1


def test_a_pause_of_hours_costs_one_picture(start: Start, answers: Answers) -> None:
    station, lunch_ms = start(ScriptedMaker()), 4.0e6
    for number, capture_ms in enumerate((0.0, lunch_ms, lunch_ms + 40.0, lunch_ms + 80.0), start=1):
        station.offer(shot(number, capture_ms))
        said = answers.get(timeout=10)
        assert (said["type"], said["n"]) == ("refused" if number == 2 else "view", number)


def test_a_picture_that_is_none_is_answered_and_counted(start: Start, answers: Answers) -> None:
    station = start(ScriptedMaker())
    station.offer(shot(1, 0.0, b"no picture at all"))
    assert answers.get(timeout=10)["type"] == "refused"
    station.offer(shot(2, 40.0))
    assert answers.get(timeout=10)["type"] == "view"


@pytest.mark.parametrize("error", [RuntimeError("odd"), ProviderError("The device went away.")])
def test_a_session_that_fails_says_so_and_goes_on(start: Start, answers: Answers, error: Exception) -> None:
    maker = ScriptedMaker()
    fails = [True]

    def make(*details: Any) -> Any:
        session = maker(*details)
        push = session.push

        def broken(frame: Any) -> Any:
            if fails.pop() if fails else False:
                raise error
            return push(frame)

        session.push = broken  # type: ignore[method-assign]
        return session

    station = start(make)
    station.offer(shot(1, 0.0))
    said = answers.get(timeout=10)
    assert (said["type"], said["n"]) == ("failed", 1)
    assert str(error) in said["why"]
    station.offer(shot(2, 40.0))
    assert answers.get(timeout=10)["type"] == "view"


def test_a_session_that_cannot_be_made_says_why(start: Start, answers: Answers) -> None:
    def make(*_: Any) -> Any:
        raise ProviderError("There is no such device.", "Try --device cpu.")

    station = start(make)
    station.offer(shot(1, 0.0))
    assert answers.get(timeout=10) == {"type": "failed", "n": 1, "why": "There is no such device. Try --device cpu."}


def test_a_turned_phone_begins_anew_and_is_told(start: Start, answers: Answers) -> None:
    maker = ScriptedMaker()
    station = start(maker)
    station.offer(shot(1, 0.0, jpeg(160, 120)))
    answers.get(timeout=10)
    station.offer(shot(2, 40.0, jpeg(120, 160)))
    told = answers.get(timeout=10)
    assert told["type"] == "summary"
    assert "shape" in told["note"]
    assert answers.get(timeout=10)["size"] == [120, 160]
    assert [session.size_px for session in maker.made] == [(160, 120), (120, 160)]
    assert maker.made[0].closed


def test_orders_reach_the_session(start: Start, answers: Answers) -> None:
    maker = ScriptedMaker()
    station = start(maker)
    station.offer(shot(1, 0.0))
    assert answers.get(timeout=10)["paused"] is False
    station.order(Order("pause"))
    station.offer(shot(2, 5000.0))
    assert answers.get(timeout=10)["paused"] is True
    station.order(Order("resume"))
    station.order(Order("reset"))
    station.offer(shot(3, 5100.0))
    said = answers.get(timeout=10)
    assert (said["paused"], said["count"]) == (False, 0)
    assert maker.made[0].resets == 1


def test_another_choice_is_another_session(start: Start, answers: Answers) -> None:
    maker = ScriptedMaker()
    station = start(maker)
    station.offer(shot(1, 0.0))
    answers.get(timeout=10)
    station.offer(shot(2, 6100.0))
    answers.get(timeout=10)
    station.order(Order("choose", choice=Choice("squat", "left")))
    said = answers.get(timeout=10)
    assert (said["type"], said["summary"]["title"]) == ("summary", "3 squats"), "what was done is told"
    assert said["note"] == "A new count begins."
    station.offer(shot(3, 6140.0))
    answers.get(timeout=10)
    assert [session.choice for session in maker.made] == [Choice(), Choice("squat", "left")]
    assert maker.made[0].closed


def test_finishing_tells_the_summary_and_begins_nothing(start: Start, answers: Answers) -> None:
    maker = ScriptedMaker()
    station = start(maker)
    station.offer(shot(1, 0.0))
    answers.get(timeout=10)
    station.offer(shot(2, 6100.0))
    answers.get(timeout=10)
    station.order(Order("finish"))
    said = answers.get(timeout=10)
    assert said["type"] == "summary"
    assert said["summary"]["title"] == "3 squats"
    station.offer(shot(3, 6200.0))
    station.close()
    station.join(10)
    assert answers.empty()
    assert len(maker.made) == 1
    assert maker.made[0].closed


def test_finishing_before_anything_was_seen_is_a_summary_of_nothing(start: Start, answers: Answers) -> None:
    start(ScriptedMaker()).order(Order("finish"))
    assert answers.get(timeout=10)["summary"] is None
