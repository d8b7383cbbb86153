"""Which column of a file means which series: what `--map` says, and the names that are known without it.

knee_flexion_deg:left=KneeL          the left knee's flexion is the column KneeL
knee_flexion_deg:left=-KneeL[rad]    the same, with the other sign, in radians
time=Frame time[ms]                  the column with the time, in milliseconds
left_knee=LKNE+LMKNE                 for marker files: the middle between two markers
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from vidgait.errors import SettingsError
from vidgait.kinematics.series import SERIES
from vidgait.kinematics.standing import POINTS

__all__ = ["TIME", "Source", "parse_map"]

TIME = "time"
FACTORS = {"deg": 1.0, "rad": 180 / math.pi, "s": 1.0, "ms": 1e-3}
_UNIT = re.compile(r"^(?P<name>.*?)(?:\[(?P<unit>\w+)\])?$")


@dataclass(frozen=True, slots=True)
class Source:
    """Where values come from."""

    columns: tuple[str, ...]
    """One column, or markers whose middle is meant."""
    factor: float = 1.0
    """Sign and unit."""
    literal: str = ""
    """The same as it was written, with the unit: a column or marker of just this name goes first."""

    def named_in(self, names: Collection[str]) -> tuple[str, ...]:
        """The columns or markers meant, of those that there are."""
        return (self.literal,) if self.literal in names else self.columns


def parse_map(entries: Iterable[str]) -> dict[str, Source]:
    """Sources by target: `time`, `NAME:left`, `NAME:right`, `NAME` of a series without a side, or a joint. Raises
    SettingsError for anything that is none of these."""
    found: dict[str, Source] = {}
    for entry in entries:
        target, equals, source = (part.strip() for part in entry.partition("="))
        if not equals or not target or not source:
            raise SettingsError(f"'{entry}' is no map.", "Write --map knee_flexion_deg:left=COLUMN.")
        if target in found:
            raise SettingsError(f"'{target}' is mapped twice.")
        _check_target(target)
        found[target] = _source(source)
    return found


def _check_target(target: str) -> None:
    name, _, side = target.partition(":")
    sided = {spec.name: spec.sided for spec in SERIES}
    if target == TIME or target in POINTS:
        return
    if name not in sided:
        near = difflib.get_close_matches(name, [*sided, *POINTS, TIME], n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(sided)}."
        raise SettingsError(f"There is no series '{name}' to map to.", hint)
    if sided[name] and side not in ("left", "right"):
        raise SettingsError(f"'{name}' has two sides.", f"Write --map {name}:left=COLUMN and {name}:right=COLUMN.")
    if not sided[name] and side:
        raise SettingsError(f"'{name}' has no sides.", f"Write --map {name}=COLUMN.")


def _source(text: str) -> Source:
    sign = -1.0 if text.startswith("-") else 1.0
    bare = text.removeprefix("-").removeprefix("+").strip()
    match = _UNIT.match(bare)
    name, unit = (text, None) if match is None else (match["name"].strip(), match["unit"])
    if unit is not None and unit not in FACTORS:
        raise SettingsError(f"Unknown unit '{unit}' in '{text}'.", f"Known: {', '.join(FACTORS)}.")
    return Source(tuple(part.strip() for part in name.split("+")), sign * FACTORS[unit or "deg"], bare)
