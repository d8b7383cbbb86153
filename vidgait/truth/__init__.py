"""How far from the truth: analyses held against references, and people whose every joint is known.

Uses what every user of vidgait can use: `vidgait.analyze`, saved analyses, the types and the catalogue of measures.
"""

from __future__ import annotations
