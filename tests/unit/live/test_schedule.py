"""Which pictures a schedule drops."""

from __future__ import annotations

import itertools

import pytest

from vidgait.live.clock import SimulatedClock
from vidgait.live.schedule import drop_bursts, drop_share, keep_all


def test_nothing_is_dropped_where_nothing_is_asked_for() -> None:
    assert not any(keep_all(index) for index in range(100))


def test_a_share_is_dropped_scattered_and_the_same_each_time() -> None:
    dropped = [drop_share(0.3)(index) for index in range(3000)]
    assert 0.27 < sum(dropped) / 3000 < 0.33
    assert dropped == [drop_share(0.3)(index) for index in range(3000)]
    assert dropped != [drop_share(0.3, seed=1)(index) for index in range(3000)]
    after_a_drop = [later for now, later in itertools.pairwise(dropped) if now]
    assert 0.22 < sum(after_a_drop) / len(after_a_drop) < 0.38, "one drop says nothing of the next"


def test_all_and_none_are_shares_too() -> None:
    assert all(drop_share(1.0)(index) for index in range(50))
    assert not any(drop_share(0.0)(index) for index in range(50))


def test_bursts_begin_where_they_should() -> None:
    dropped = drop_bursts(2, 5, first=3)
    assert [index for index in range(12) if dropped(index)] == [3, 4, 8, 9]


def test_a_burst_longer_than_its_round_is_refused() -> None:
    with pytest.raises(ValueError, match="6 pictures"):
        drop_bursts(6, 5)


def test_a_simulated_clock_never_runs_back() -> None:
    clock = SimulatedClock(5.0)
    clock.wait_until(4.0)
    clock.advance(-1.0)
    assert clock.now_s() == 5.0
    clock.wait_until(7.5)
    assert clock.now_s() == 7.5
