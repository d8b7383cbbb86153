"""A file played by the clock: the newest picture wins, and lag stays bounded."""

from __future__ import annotations

import pytest

from tests.support.live_fakes import clip
from vidgait.live.capture import Captured
from vidgait.live.clock import SimulatedClock
from vidgait.live.player import Player
from vidgait.live.schedule import drop_bursts


def played(player: Player, clock: SimulatedClock, cost_s: float) -> list[tuple[Captured, float]]:
    """Every picture that was handed out, and when; each takes `cost_s`."""
    taken = []
    while not player.ended:
        captured = player.newest(0.05)
        if captured is not None:
            taken.append((captured, clock.now_s()))
            clock.advance(cost_s)
    return taken


def test_each_picture_comes_at_its_time() -> None:
    clock = SimulatedClock(100.0)
    taken = played(Player(clip(10), clock), clock, 0.0)
    assert [one.frame.index for one, _ in taken] == list(range(10))
    for index, (one, at_s) in enumerate(taken):
        assert at_s == pytest.approx(100.0 + index / 30)
        assert one.captured_s == at_s
    assert clock.now_s() == pytest.approx(100.0 + 9 / 30)


def test_a_slow_machine_gets_the_newest_and_drops_the_rest() -> None:
    """70 ms a picture at 30 a second: every second or third is seen, none is older than one step when it is taken."""
    clock = SimulatedClock()
    player = Player(clip(300), clock)
    taken = played(player, clock, 0.070)
    assert player.counts.captured == 300
    assert player.counts.dropped == 300 - len(taken)
    assert len(taken) == pytest.approx(10.0 / 0.070, abs=5)
    # The last one has no newer one after it, and may wait for its turn.
    assert max(at_s - one.captured_s for one, at_s in taken[:-1]) <= 1 / 30 + 1e-9
    indices = [one.frame.index for one, _ in taken]
    assert indices == sorted(set(indices))


def test_lag_does_not_grow_with_the_clip() -> None:
    clock = SimulatedClock()
    taken = played(Player(clip(1500), clock), clock, 0.2)
    lags_s = [at_s - one.captured_s for one, at_s in taken]
    assert max(lags_s[-20:-1]) <= 1 / 30 + 1e-9


def test_what_the_schedule_drops_is_captured_and_counted_but_not_seen() -> None:
    clock, recorded = SimulatedClock(), []
    player = Player(clip(20), clock, drop=drop_bursts(3, 10), tap=lambda frame: recorded.append(frame.index))
    taken = played(player, clock, 0.0)
    assert [one.frame.index for one, _ in taken] == [*range(3, 10), *range(13, 20)]
    assert (player.counts.captured, player.counts.dropped) == (20, 6)
    assert recorded == list(range(20)), "a recording has them all"


def test_waiting_is_cut_short_so_that_keys_are_looked_at() -> None:
    clock = SimulatedClock()
    player = Player(clip(2, step_s=1.0), clock)
    assert player.newest(0.05) is not None
    assert player.newest(0.05) is None
    assert clock.now_s() == pytest.approx(0.05)


def test_an_empty_file_ends_at_once() -> None:
    player = Player(clip(0), SimulatedClock())
    assert not player.ended
    assert player.newest(0.05) is None
    assert player.ended
