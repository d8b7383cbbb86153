"""Every number vidgait can say about a movement, with its facts beside it. Nothing about a measure is written twice:
the engine, the report, the tables, the command `vidgait measures` and the reference page all read this catalogue.

Source of definitions and signs: biomechanics specification, sections 0.3, 1.1 and 2.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidgait.measures.frontal import FRONTAL
from vidgait.measures.over_reps import OVER_REPS, over_reps
from vidgait.measures.sagittal import SAGITTAL
from vidgait.measures.single_leg import BETWEEN_LEGS, HOLD, SINGLE_LEG
from vidgait.measures.spec import Bands, MeasureSpec
from vidgait.measures.stability import STABILITY
from vidgait.measures.timing import ANY_VIEW, TEMPO

if TYPE_CHECKING:
    from vidgait.types import Measure

__all__ = ["CATALOGUE", "Bands", "MeasureSpec", "say", "spec_of"]

_FOLLOWED = (
    "thigh_inclination_bottom",
    "knee_flexion_bottom",
    "trunk_lean_bottom",
    "fppa_change",
    "thigh_inclination_vertical_bottom",
    "knee_flexion_vertical_bottom",
    "concentric_time",
    "rep_time",
)
"""What is followed over the set (specification 9.1)."""

_SINGLE = (*SAGITTAL, *TEMPO, *FRONTAL, *SINGLE_LEG, *HOLD, *STABILITY, *ANY_VIEW)

CATALOGUE: tuple[MeasureSpec, ...] = (
    *_SINGLE,
    *BETWEEN_LEGS,
    *(over_reps(spec, kind) for kind in OVER_REPS for spec in _SINGLE if spec.id in _FOLLOWED),
)


def spec_of(measure_id: str) -> MeasureSpec:
    """The catalogue's entry. Raises KeyError for an id that is not in it."""
    return next(spec for spec in CATALOGUE if spec.id == measure_id) if measure_id in _IDS else _unknown(measure_id)


_IDS = frozenset(spec.id for spec in CATALOGUE)


def _unknown(measure_id: str) -> MeasureSpec:
    raise KeyError(f"No measure '{measure_id}' in the catalogue.")


def say(measure: Measure) -> str:
    """The sentence a coach reads, or why there is no number."""
    spec = spec_of(measure.id)
    if measure.value is None:
        return f"{spec.label}: {measure.why_none or 'no value'}."
    digits = 2 if spec.unit in ("s", "ratio", "s/rep") else 1 if "%" in spec.unit else 0
    error = f"{measure.error:.{digits}f}" if measure.error is not None else "?"
    return spec.says.format(side=measure.side or "", value=f"{measure.value:.{digits}f}", error=error)
