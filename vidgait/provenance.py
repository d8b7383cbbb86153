"""What an analysis was made from and with: the input's hash, the pose backend, and the versions of everything that can
move a number."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from vidgait.errors import VideoOpenError
from vidgait.video import content_hash

__all__ = ["PACKAGES", "input_hash", "provenance", "provenance_now", "software"]

PACKAGES = ("vidgait", "onnxruntime", "opencv-python", "av", "numpy", "scipy")


def provenance(video: Path, estimator: Mapping[str, Any]) -> dict[str, Any]:
    """Of an analysis of `video` by an estimator that describes itself so. Raises VideoOpenError."""
    return {"input_sha256": input_hash(video), "pose": dict(estimator), **software(PACKAGES)}


def provenance_now(before: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers made again are those of today's versions; where the joints came from stays."""
    now = software(before["packages"])
    then = {name: before[name] for name in now}
    if now == then:
        return dict(before)
    return {**before, **now, "inferred_with": before.get("inferred_with", then)}


def input_hash(video: Path) -> str:
    """Raises VideoOpenError where the file cannot be read."""
    try:
        return content_hash(video)
    except OSError as error:
        raise VideoOpenError(
            f"{video.name} cannot be read: {error.strerror}.", "Check the file's permissions."
        ) from None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def software(packages: Iterable[str]) -> dict[str, Any]:
    """Versions of Python and of `packages`; None for one that is not installed as a package."""
    return {"python": platform.python_version(), "packages": {name: _version(name) for name in packages}}
