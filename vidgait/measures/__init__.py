"""The catalogue: every number vidgait can say, with its facts, and the engine that gives each its error."""

from __future__ import annotations

from vidgait.measures.catalogue import CATALOGUE, Bands, MeasureSpec, say, spec_of
from vidgait.measures.compare import resolvable_difference
from vidgait.measures.engine import measure_clip
from vidgait.measures.page import catalogue_markdown

__all__ = [
    "CATALOGUE",
    "Bands",
    "MeasureSpec",
    "catalogue_markdown",
    "measure_clip",
    "resolvable_difference",
    "say",
    "spec_of",
]
