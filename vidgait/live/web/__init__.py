"""The page in a browser: its camera streams to this process, points, numbers and cues come back.

Needs the extra `web`. Nothing here is imported before `vidgait live --web` asks for it.
"""

from __future__ import annotations

__all__: list[str] = []
