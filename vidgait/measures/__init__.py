"""The catalogue: every number vidgait can say, with its facts, and the engine that gives each its error."""

from __future__ import annotations

from vidgait.measures.catalogue import CATALOGUE, Bands, MeasureSpec, say, spec_of
from vidgait.measures.compare import resolvable_difference
from vidgait.measures.control_index import IndexPart, index_parts
from vidgait.measures.criteria import find_criteria
from vidgait.measures.engine import measure_clip
from vidgait.measures.page import catalogue_markdown
from vidgait.measures.patterns import find_patterns

__all__ = [
    "CATALOGUE",
    "Bands",
    "IndexPart",
    "MeasureSpec",
    "catalogue_markdown",
    "find_criteria",
    "find_patterns",
    "index_parts",
    "measure_clip",
    "resolvable_difference",
    "say",
    "spec_of",
]
