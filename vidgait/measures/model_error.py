"""The calibrated part of each measure's error, from the table that ships with the package, and the sum of all parts."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

__all__ = ["LIKE", "ModelError", "error_half_width", "model_error", "model_errors"]

Z = 1.96
LIKE: Mapping[str | None, str] = {"step_down": "single_leg_squat"}
"""Movements without calibrated cases of their own, and whose terms they take."""


@dataclass(frozen=True, slots=True)
class ModelError:
    """One standard deviation of what draws and view do not explain, in the measure's unit."""

    sd: float
    """Calibrated on synthetic and rendered people (benchmarks/error_coverage.md)."""
    share: float
    """Of the value, added in quadrature."""
    source: str
    published_sd: float = 0.0
    """What studies on real people find beyond that: clothes, and bodies that no render has. Added in quadrature; the
    calibration leaves it out."""
    published: str = ""
    """Its source."""
    fixed: bool = False
    """Not set by the found half of the calibration; the source says why."""

    def sd_at(self, value: float) -> float:
        return float((self.calibrated_at(value) ** 2 + self.published_sd**2) ** 0.5)

    def calibrated_at(self, value: float) -> float:
        """Without the published term."""
        return float((self.sd**2 + (self.share * value) ** 2) ** 0.5)


def model_error(measure_id: str, movement: str | None = None) -> ModelError | None:
    """The entry of a measure in a movement, or in one that it is like, else that of the measure; None where there is
    none. Reads the table on first use."""
    table = _table()
    return table.get(f"{measure_id} in {LIKE.get(movement, movement)}") or table.get(measure_id)


def error_half_width(noise: float, model_sd: float, bound: float) -> float:
    """95 % half-width against the truth from that of the draws, the SD of the model term and the largest shift that
    the view may add, which counts as evenly distributed (specification 10.7)."""
    return float((noise**2 + Z**2 * (model_sd**2 + bound**2 / 3)) ** 0.5)


def model_errors() -> Mapping[str, ModelError]:
    """All entries: by measure, or "MEASURE in MOVEMENT"."""
    return _table()


@functools.cache
def _table() -> dict[str, ModelError]:
    text = resources.files("vidgait.measures").joinpath("model_error.json").read_text(encoding="utf-8")
    return {name: ModelError(**{"share": 0.0, **one}) for name, one in json.loads(text)["measures"].items()}
