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

__all__ = ["PACKAGES", "input_hash", "package_version", "provenance", "provenance_now"]

PACKAGES = ("vidgait", "onnxruntime", "opencv-python", "av", "numpy", "scipy")


def provenance(video: Path, estimator: Mapping[str, Any]) -> dict[str, Any]:
    """Of an analysis of `video` by an estimator that describes itself so. Raises VideoOpenError."""
    return {"input_sha256": input_hash(video), "pose": dict(estimator), **_software(PACKAGES)}


def provenance_now(before: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers made again are those of today's versions; where the joints came from stays."""
    now = _software(before["packages"])
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


def package_version(package: str) -> str | None:
    """None where it is not installed as a package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _software(packages: Iterable[str]) -> dict[str, Any]:
    return {"python": platform.python_version(), "packages": {name: package_version(name) for name in packages}}
