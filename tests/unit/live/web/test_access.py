"""Codes, devices and the names that are served."""

from __future__ import annotations

import pytest

from vidgait.live.web.access import (
    ADDRESSES,
    ALPHABET,
    CODE_LETTERS,
    LONGEST_WAIT_S,
    Door,
    is_loopback,
    make_code,
    served_at,
    tidy_code,
)
from vidgait.live.web.limits import Limits


def test_codes_are_long_and_plain() -> None:
    codes = {make_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == CODE_LETTERS and set(code) <= set(ALPHABET) for code in codes)
    assert len(ALPHABET) ** CODE_LETTERS > 2**48


def test_a_code_may_be_typed_as_people_type() -> None:
    assert tidy_code(" abcd-efgh 23\n") == "ABCDEFGH23"


def test_a_code_lets_one_device_in_once() -> None:
    door = Door()
    code = door.code
    token = door.enter(code.lower(), "a", 0.0).token
    assert door.admits(token)
    assert door.code != code
    assert door.enter(code, "b", 0.0).token is None
    second = door.enter(door.code, "c", 0.0).token
    assert second != token
    assert door.admits(token)
    assert door.admits(second)
    assert door.devices == 2


@pytest.mark.parametrize("token", [None, "", "x", "ä" * 9])
def test_nobody_is_admitted_without_a_token(token: str | None) -> None:
    assert not Door().admits(token)


def test_wrong_codes_are_counted_and_slowed() -> None:
    door = Door()
    waits = []
    now_s = 0.0
    for _ in range(10):
        wait_s = door.enter("wrong", "thief", now_s).wait_s
        waits.append(wait_s)
        now_s += wait_s
    assert waits == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert door.wrong == 10


def test_who_waits_is_not_listened_to_even_with_the_right_code() -> None:
    door = Door()
    assert door.enter("wrong", "thief", 0.0).wait_s == 0.5
    entry = door.enter(door.code, "thief", 0.2)
    assert entry.token is None
    assert entry.wait_s == pytest.approx(0.3)
    assert door.wrong == 1, "it was not even looked at"
    assert door.enter(door.code, "thief", 0.5).token is not None


def test_others_do_not_wait_for_a_thief() -> None:
    door = Door()
    for k in range(8):
        door.enter("wrong", "thief", 100.0 * k)
    assert door.enter(door.code, "owner", 700.0).token is not None


def test_many_addresses_are_not_remembered_without_end() -> None:
    door = Door()
    for k in range(3 * ADDRESSES):
        door.enter("wrong", str(k), float(k) / 1000)
    assert door.wrong == 3 * ADDRESSES
    assert len(door._waits) == ADDRESSES
    assert max(wrong.until_s for wrong in door._waits.values()) <= 3 * ADDRESSES / 1000 + LONGEST_WAIT_S


def test_only_so_many_devices() -> None:
    door = Door(Limits(devices=1))
    assert door.enter(door.code, "a", 0.0).token
    assert door.enter(door.code, "b", 0.0).token is None


def test_the_door_keeps_no_token_in_plain() -> None:
    door = Door()
    token = door.enter(door.code, "a", 0.0).token
    assert token is not None
    assert token not in repr(door)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("192.168.1.4", False),
        ("localhost.evil.example", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_hosts_and_origins() -> None:
    served = served_at(("localhost", "127.0.0.1", "::1"), 8765, tls=False)
    assert served.authorities == {"localhost:8765", "127.0.0.1:8765", "[::1]:8765"}
    assert served.knows_host("LOCALHOST:8765")
    for stranger in (None, "", "localhost", "localhost:80", "evil.example:8765", "localhost:8765.evil.example"):
        assert not served.knows_host(stranger)
    assert served.knows_origin("http://localhost:8765", "localhost:8765")
    assert not served.knows_origin("https://localhost:8765", "localhost:8765")
    assert not served.knows_origin("http://127.0.0.1:8765", "localhost:8765"), "not the page that was asked"
    assert not served.knows_origin("null", "localhost:8765")
    assert not served.knows_origin(None, "localhost:8765")


def test_the_usual_port_is_not_written() -> None:
    assert served_at(("box.local",), 443, tls=True).authorities == {"box.local"}
    assert served_at(("box.local",), 443, tls=True).origins == {"https://box.local"}
    assert served_at(("box.local",), 443, tls=False).authorities == {"box.local:443"}
