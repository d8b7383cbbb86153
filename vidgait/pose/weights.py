"""The weights that ship: found, listed, and checked before first use."""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidgait.errors import WeightsCorruptError, WeightsMissingError

__all__ = ["WeightsFile", "list_weights", "manifest", "weights_path"]

REINSTALL = "Install vidgait again, or run scripts/build_models.py in a checkout."


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """One line of `vidgait models`."""

    name: str
    purpose: str
    size_bytes: int
    sha256: str
    licence: str
    state: str
    """`ok`, `missing` or `corrupt`."""


def manifest() -> dict[str, Any]:
    """models/manifest.json. Raises WeightsMissingError without one, WeightsCorruptError if it cannot be read."""
    path = _folder() / "manifest.json"
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        names = [product["name"] for product in values["products"]]
    except FileNotFoundError:
        raise WeightsMissingError("The weights are missing: there is no models/manifest.json.", REINSTALL) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsCorruptError(
            f"The list of weights, models/manifest.json, is damaged: {error}.", REINSTALL
        ) from None
    if len(set(names)) != len(names):
        raise WeightsCorruptError("The list of weights, models/manifest.json, names a file twice.", REINSTALL)
    return values


def weights_path(name: str) -> Path:
    """The file `name` of the manifest, its sha256 verified once a process.

    Raises WeightsMissingError or WeightsCorruptError.
    """
    return _verified(_folder(), name)


def list_weights() -> list[WeightsFile]:
    """Every file of the manifest and whether it is here and whole."""
    values = manifest()
    return [
        WeightsFile(
            name=product["name"],
            purpose=product["purpose"],
            size_bytes=product["size_bytes"],
            sha256=product["sha256"],
            licence=values["licence"],
            state=_state(product["name"]),
        )
        for product in values["products"]
    ]


def _folder() -> Path:
    """models/ inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "models"
    return inside if inside.is_dir() else package.parent / "models"


@functools.cache
def _verified(folder: Path, name: str) -> Path:
    product = next((item for item in manifest()["products"] if item["name"] == name), None)
    if product is None:
        raise WeightsMissingError(f"There are no weights called '{name}'.", "`vidgait models` lists them.")
    path = folder / name
    try:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        raise WeightsMissingError(f"The weights {name} are missing.", REINSTALL) from None
    if found != product["sha256"]:
        raise WeightsCorruptError(f"The weights {name} are damaged: their sha256 is not the manifest's.", REINSTALL)
    return path


def _state(name: str) -> str:
    try:
        weights_path(name)
    except WeightsMissingError:
        return "missing"
    except WeightsCorruptError:
        return "corrupt"
    return "ok"
