"""Form feedback while it happens: a camera, a window or a browser page, repetitions counted as they end, one cue at a
time. The numbers come from the same functions as those of a recorded clip."""

from __future__ import annotations

__all__: list[str] = []
