"""Threads that must not take time from the loop."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

__all__ = ["step_back"]

NICENESS = 5
"""About a third of the weight of a thread of usual niceness: enough not to starve on a busy machine."""


def step_back() -> None:
    """Lets this thread, and those it starts, have only what the others leave. Linux has a niceness for each thread;
    elsewhere it would be the whole program's, so nothing is done."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
