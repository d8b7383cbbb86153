"""The calibrated part of each measure's error, from the table that ships with the package."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources

__all__ = ["ModelError", "model_error"]


@dataclass(frozen=True, slots=True)
class ModelError:
    """One standard deviation of what draws and view do not explain, in the measure's unit."""

    sd: float
    share: float
    """Of the value, added in quadrature."""
    source: str

    def sd_at(self, value: float) -> float:
        return float((self.sd**2 + (self.share * value) ** 2) ** 0.5)


def model_error(measure_id: str) -> ModelError | None:
    """The entry of a measure, or None where there is none. Reads the table on first use."""
    return _table().get(measure_id)


@functools.cache
def _table() -> dict[str, ModelError]:
    text = resources.files("vidgait.measures").joinpath("model_error.json").read_text(encoding="utf-8")
    entries = json.loads(text)["measures"]
    return {name: ModelError(one["sd"], one.get("share", 0.0), one["source"]) for name, one in entries.items()}
