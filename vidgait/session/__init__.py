"""Two clips that belong together: the two legs of one person, or two views of the same set."""

from __future__ import annotations

from vidgait.session.files import session_schema, session_to_mapping
from vidgait.session.pairing import PairKind, join, pair, pair_folder, pair_of

__all__ = ["PairKind", "join", "pair", "pair_folder", "pair_of", "session_schema", "session_to_mapping"]
