"""Which pictures are lost on the way, for tests: a slow machine, a bad line.

A schedule says of the picture with this index whether it is dropped. It is arithmetic, not chance, so that a test that
fails fails again.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["DropSchedule", "drop_bursts", "drop_share", "keep_all"]

DropSchedule = Callable[[int], bool]

MULTIPLIER, INCREMENT, MODULUS = 1_103_515_245, 12_345, 2**31
"""A linear congruential step (the example generator of ISO C): scatters neighbouring indices."""


def keep_all(index: int) -> bool:
    return False


def drop_share(share: float, seed: int = 0) -> DropSchedule:
    """Drops about this share of the pictures (0 to 1), scattered."""

    def dropped(index: int) -> bool:
        scattered = index + seed * 7919
        for _ in range(3):
            scattered = (scattered * MULTIPLIER + INCREMENT) % MODULUS
            scattered ^= scattered >> 15
        return scattered / MODULUS < share

    return dropped


def drop_bursts(length: int, every: int, first: int = 0) -> DropSchedule:
    """Drops `length` pictures in a row, every `every` pictures, from picture `first` on."""
    if not 0 <= length <= every:
        raise ValueError(f"bursts of {length} pictures do not fit into every {every}")

    def dropped(index: int) -> bool:
        return index >= first and (index - first) % every < length

    return dropped
