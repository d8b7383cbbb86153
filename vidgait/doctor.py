"""Looks at the machine and says, in words, what works, what does not, and what to do about it."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distributions, version
from typing import Any, Literal

from vidgait.errors import VidgaitError
from vidgait.pose.runtime import DISTRIBUTIONS, provider_report, runtime_conflict
from vidgait.pose.weights import list_weights

__all__ = ["Finding", "examine", "findings_text", "models_mapping", "models_text"]

State = Literal["fine", "note", "broken"]

PACKAGES = (
    "vidgait", "numpy", "scipy", "av", "opencv-python", "onnxruntime", "pyarrow", "pillow", "reportlab", "mediapipe",
)  # fmt: skip

OPENCV_FAMILY = "opencv"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    topic: str
    state: State
    text: str

    def to_mapping(self) -> dict[str, str]:
        return {"topic": self.topic, "state": self.state, "text": self.text}


def examine() -> list[Finding]:
    """Everything `vidgait doctor` prints. Never raises; what cannot be examined is a finding itself."""
    return [*_system(), *_packages(), *_families(), *_providers(), *_codecs(), *_cameras(), *_weights()]


def findings_text(findings: list[Finding]) -> str:
    marks = {"fine": "ok", "note": "--", "broken": "!!"}
    width = max(len(finding.topic) for finding in findings)
    lines = [f"{marks[finding.state]}  {finding.topic:<{width}}  {finding.text}" for finding in findings]
    broken = sum(finding.state == "broken" for finding in findings)
    verdict = "Everything vidgait needs works here." if not broken else f"{broken} of these must be mended first (!!)."
    return "\n".join([*lines, "", verdict])


def models_mapping() -> list[dict[str, Any]]:
    """The weights as plain values, for `vidgait models --json`."""
    return [
        {"name": one.name, "purpose": one.purpose, "bytes": one.size_bytes, "sha256": one.sha256, "state": one.state}
        for one in list_weights()
    ]


def models_text() -> str:
    rows = [(one.name, f"{one.size_bytes / 1e6:.1f} MB", one.state, one.purpose) for one in list_weights()]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)), row[3]]) for row in rows
    )


def _system() -> Iterator[Finding]:
    supported = sys.version_info >= (3, 11)
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    yield Finding("Python", "fine" if supported else "broken", text)


def _packages() -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding(name, "fine", version(name))
        except PackageNotFoundError:
            if name == "mediapipe":
                yield Finding(name, "note", 'not installed; optional: pip install "vidgait[mediapipe]"')
            elif name != "onnxruntime":
                yield Finding(name, "broken", "not installed: pip install --force-reinstall vidgait")


def _installed() -> dict[str, str]:
    return {one.metadata["Name"].lower(): one.version for one in distributions() if one.metadata["Name"]}


def _families() -> Iterator[Finding]:
    """Distributions that own the same folder overwrite each other without pip noticing."""
    runtimes = [name for name in DISTRIBUTIONS if name in _installed()]
    conflict = runtime_conflict()
    if conflict or not runtimes:
        yield Finding("ONNX Runtime", "broken", conflict or "not installed: pip install onnxruntime")
    else:
        yield Finding("ONNX Runtime", "fine", f"{runtimes[0]} is the only one installed")
    yield _opencv()


def _opencv() -> Finding:
    try:
        from vidgait.video.capabilities import opencv_version

        loaded = opencv_version()
    except ImportError as error:
        return Finding("OpenCV", "broken", f"does not load ({error}); Debian: apt-get install libgl1 libglib2.0-0")
    installed = {name: number for name, number in sorted(_installed().items()) if name.startswith(OPENCV_FAMILY)}
    strange = {name: number for name, number in installed.items() if not number.startswith(loaded)}
    if strange:
        names = ", ".join(f"{name} {number}" for name, number in strange.items())
        return Finding("OpenCV", "broken", f"{loaded} is loaded but {names} is installed: reinstall one of them")
    return Finding("OpenCV", "fine", f"{loaded}, from {', '.join(installed)}")


def _providers() -> Iterator[Finding]:
    try:
        report = provider_report()
    except VidgaitError as error:
        yield Finding("Providers", "broken", str(error))
        return
    for provider in report:
        state: State = "fine" if provider.usable else "note"
        yield Finding(provider.name, state, "usable" if provider.usable else f"not used: {provider.reason}")


def _codecs() -> Iterator[Finding]:
    try:
        from vidgait.video.capabilities import missing_codecs

        missing = missing_codecs()
    except ImportError as error:
        yield Finding("Video codecs", "broken", str(error))
        return
    if missing:
        yield Finding("Video codecs", "broken", f"this FFmpeg lacks {', '.join(missing)}: reinstall av from PyPI")
    else:
        yield Finding("Video codecs", "fine", "H.264, HEVC, VP9, AV1, MPEG-4 in; H.264 with AAC out")


def _cameras() -> Iterator[Finding]:
    try:
        from vidgait.video.capabilities import list_cameras

        names = list_cameras()
    except ImportError:
        return
    yield Finding("Cameras", "fine" if names else "note", ", ".join(names) or "none found; only needed for live use")


def _weights() -> Iterator[Finding]:
    try:
        for one in list_weights():
            state: State = "fine" if one.state == "ok" else "broken"
            yield Finding(one.name, state, f"{one.state}, {one.size_bytes / 1e6:.1f} MB")
    except VidgaitError as error:
        yield Finding("Weights", "broken", str(error))
