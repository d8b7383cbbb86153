"""What pelvis, trunk and knee do together on one leg: drop, lean, combined, knee-led or stable.

Source: biomechanics specification, section 3.3. The limits are the mean plus one standard deviation of people without
pain in the single-leg squat: pelvic drop 7.4 +- 3.8 and trunk lean 6.7 +- 3.0 (Nakagawa 2012, 3-D laboratory), FPPA
8.4 +- 5.1 degrees (Herrington 2014, women, by hand). A label is a description of this clip. It names no muscle and no
diagnosis, and it is left open wherever the error of a number would allow another one.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidgait.types import Pattern

if TYPE_CHECKING:
    from vidgait.types import Measure, Movement, Rep, Side

__all__ = ["LABELS", "LIMITS", "MOVEMENTS_WITH_PATTERNS", "Limits", "find_patterns", "label_of"]

LABELS: Mapping[str, str] = {
    "drop": "the free side of the pelvis sinks while the trunk stays over it",
    "lean": "the trunk leans over the standing leg while the pelvis stays level (Duchenne-type)",
    "combined": "the free side of the pelvis sinks and the trunk leans over the standing leg",
    "knee_led": "the knee moves medially while pelvis and trunk stay as in people without pain",
    "stable": "pelvis, trunk and knee stay as in people without pain",
}
"""What each label says, in words. For knee_led look at foot, ankle, rotation of the thigh and the camera's angle."""
MOVEMENTS_WITH_PATTERNS = ("single_leg_squat", "step_down")
"""The limits come from the single-leg squat; they are lent to the step-down, to no quiet stance."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Degrees. Beyond `high` is more than the mean plus one SD of people without pain."""

    drop_level: float = 7.4
    """Their mean: a lean is a lean only while the pelvis drops no more than this."""
    drop_high: float = 11.2
    lean_high: float = 9.7
    fppa_high: float = 13.5


LIMITS = Limits()
_INPUTS: tuple[tuple[str, str], ...] = (
    ("pelvic_drop_bottom", "pelvic drop"),
    ("trunk_lean_stance_bottom", "trunk lean to the standing side"),
    ("fppa_bottom", "FPPA"),
)
_Reading = tuple[float, float]
"""Value and 95 % half-width."""


def label_of(drop_deg: float, lean_deg: float, fppa_deg: float) -> str | None:
    """The label of exact angles: drop + free side lower, lean + toward the standing leg, FPPA + medial. None where the
    rules of the specification name nothing: a lean with a drop between 7.4 and 11.2 degrees, which is neither level
    nor high, and a lean away from the standing leg."""
    drops, leans = drop_deg > LIMITS.drop_high, lean_deg > LIMITS.lean_high
    if lean_deg < -LIMITS.lean_high:
        return None
    if drops:
        return "combined" if leans else "drop"
    if leans:
        return "lean" if drop_deg <= LIMITS.drop_level else None
    return "knee_led" if fppa_deg > LIMITS.fppa_high else "stable"


def find_patterns(movement: Movement, reps: Sequence[Rep], measures: Sequence[Measure]) -> tuple[Pattern, ...]:
    """Per leg: the set first, then each counted repetition in order of time. Empty for other movements than those on
    one leg, and for a leg without a repetition."""
    if movement.label not in MOVEMENTS_WITH_PATTERNS:
        return ()
    by_key = {(one.id, one.side, one.rep): one for one in measures}
    counted = [rep for rep in reps if rep.kind == "rep" and rep.side is not None]
    sides = sorted({rep.side for rep in counted if rep.side is not None})
    return tuple(
        _pattern(by_key, side, index)
        for side in sides
        for index in (None, *(rep.index for rep in counted if rep.side == side))
    )


def _pattern(by_key: Mapping[tuple[str, Side | None, int | None], Measure], side: Side, rep: int | None) -> Pattern:
    readings: dict[str, _Reading] = {}
    missing: dict[str, str] = {}
    for name, words in _INPUTS:
        one = by_key.get((name, side, rep))
        if one is not None and one.value is not None:
            readings[name] = (one.value, one.error or 0.0)
        else:
            missing[words] = (one.why_none if one else None) or "not measured"
    basis = _basis(readings, by_key, side, rep)
    if "pelvic_drop_bottom" not in readings or "trunk_lean_stance_bottom" not in readings:
        lost = "; ".join(f"{words}: {why}" for words, why in missing.items())
        return Pattern(side, None, basis or "nothing to go by", rep, f"cannot be told without {lost}")
    possible = _possible(readings)
    if len(possible) == 1 and None not in possible:
        return Pattern(side, next(iter(possible)), basis, rep)
    return Pattern(side, None, basis, rep, _why_open(readings, possible, missing))


def _basis(
    readings: Mapping[str, _Reading],
    by_key: Mapping[tuple[str, Side | None, int | None], Measure],
    side: Side,
    rep: int | None,
) -> str:
    parts = [
        f"{words} {readings[name][0]:.0f} ± {readings[name][1]:.0f}° (limit {limit:g}°)"
        for (name, words), limit in zip(_INPUTS, (LIMITS.drop_high, LIMITS.lean_high, LIMITS.fppa_high), strict=True)
        if name in readings
    ]
    count = max((one.n for name, _ in _INPUTS if (one := by_key.get((name, side, rep)))), default=0)
    over = f", medians of {count} repetitions" if rep is None and count > 1 else ""
    return "; ".join(parts) + over if parts else ""


def _possible(readings: Mapping[str, _Reading]) -> set[str | None]:
    """Every label that the numbers allow within their errors. Without FPPA any knee position is possible."""
    drop = _stops(readings["pelvic_drop_bottom"], LIMITS.drop_level, LIMITS.drop_high)
    lean = _stops(readings["trunk_lean_stance_bottom"], -LIMITS.lean_high, LIMITS.lean_high)
    fppa = _stops(readings.get("fppa_bottom", (0.0, 90.0)), LIMITS.fppa_high)
    return {label_of(*each) for each in itertools.product(drop, lean, fppa)}


def _stops(reading: _Reading, *limits: float) -> list[float]:
    """One number in every zone between the limits that value +- error reaches."""
    value, error = reading
    low, high = value - error, value + error
    inside = [limit for limit in limits if low < limit < high]
    edges = [low, *inside, high]
    return [value, *((a + b) / 2 for a, b in itertools.pairwise(edges) if b > a)]


def _why_open(readings: Mapping[str, _Reading], possible: set[str | None], missing: Mapping[str, str]) -> str:
    known = [label.replace("_", "-") for label in LABELS if label in possible]
    if possible == {None}:
        drop, lean = readings["pelvic_drop_bottom"][0], readings["trunk_lean_stance_bottom"][0]
        if lean < 0:
            return f"the trunk leans {-lean:.0f}° away from the standing leg, and the rules have no name for that"
        return f"the trunk leans, and a drop of {drop:.0f}° is neither level (7.4°) nor high (11.2°)"
    reasons = _straddling(readings)
    said = f"the error of {_listed(reasons)}" if reasons else "the errors together reach over the limits"
    if "FPPA" in missing:
        lost = f"FPPA could not be measured ({missing['FPPA']})"
        said = f"{said}, and {lost}" if reasons else lost
    if len(known) == len(LABELS):
        return f"{said}: no pattern can be ruled out"
    return f"{said}: it may be {' or '.join(known)}{', or a mixture without a name' if None in possible else ''}"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', of '.join(parts[:-1])} and of {parts[-1]}"


def _straddling(readings: Mapping[str, _Reading]) -> list[str]:
    """The measures whose error decides, in words: without it the numbers would allow fewer labels. Empty where only
    several errors together do."""
    every = _possible(readings)
    limits = {
        "pelvic_drop_bottom": (LIMITS.drop_level, LIMITS.drop_high),
        "trunk_lean_stance_bottom": (-LIMITS.lean_high, LIMITS.lean_high),
        "fppa_bottom": (LIMITS.fppa_high,),
    }
    said: list[str] = []
    for name, words in _INPUTS:
        if name not in readings:
            continue
        value, error = readings[name]
        if _possible({**readings, name: (value, 0.0)}) < every:
            over = " and ".join(f"{limit:g}°" for limit in limits[name] if value - error < limit < value + error)
            reaches = "" if said else "reaches "
            said.append(f"{words} ({value:.0f} ± {error:.0f}°) {reaches}over {over}")
    return said
