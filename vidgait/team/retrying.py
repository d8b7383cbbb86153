"""Which endings are tried again, whichever engine met them, and how they are told."""

from __future__ import annotations

from vidgait.team.worker import Done

__all__ = ["RETRIED", "TRIES", "timed_out", "worker_died"]

TRIES = 2
RETRIED = frozenset({"crash", "out_of_memory", "timeout", "video_fetch", "worker_died"})
"""Codes of what may go well in a fresh worker."""


def timed_out(timeout_s: float | None) -> Done:
    """The supervisor stopped it."""
    said = f"It was not done after {timeout_s:g} s."
    return Done("timeout", said, "Cut the video, or allow more with --timeout-s.", False)


def worker_died(how: str) -> Done:
    """`how`: an exit code, or what the engine says."""
    return Done(
        "worker_died", f"The worker process ended ({how}).", "Often a lack of memory: use fewer --workers.", False
    )
