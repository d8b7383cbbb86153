"""A folder of videos, many analyses, one page about the team."""

from __future__ import annotations

__all__: list[str] = []
