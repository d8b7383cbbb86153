"""ONNX Runtime: which execution providers can be used, and sessions on them. The only module that imports it."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from vidgait.concurrency import usable_cores
from vidgait.errors import BackendMissingError, ProviderError, WeightsCorruptError
from vidgait.pose.weights import weights_path

__all__ = [
    "BATCHED",
    "DEVICES",
    "DISTRIBUTIONS",
    "ProviderState",
    "choose_threads",
    "keep_sessions",
    "provider_report",
    "runtime_conflict",
    "session",
]

DEVICES = {
    "tensorrt": "TensorrtExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "dml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "cpu": "CPUExecutionProvider",
}
"""Short name -> ONNX Runtime's name."""
AUTO_ORDER = ("cuda", "dml", "openvino")
"""What `auto` tries before the CPU. Not TensorRT, which compiles for minutes before the first frame, nor CoreML, which
is built in on every Mac and splits networks of free batch size into pieces."""
BATCHED = ("tensorrt", "cuda", "dml")
"""Devices that want many crops at once."""
DISTRIBUTIONS = ("onnxruntime", "onnxruntime-gpu", "onnxruntime-openvino", "onnxruntime-directml")
"""Packages that own one and the same folder; two of them overwrite each other."""
PROBE = "pose_detector.onnx"
"""The network that a provider must load to count as usable."""
QUIET = 3
"""Log only errors: what a user needs to know comes as an exception or a warning of ours."""


@dataclass(frozen=True, slots=True)
class ProviderState:
    """One line of `vidgait doctor`."""

    name: str
    """Short: `cuda`."""
    provider: str
    built_in: bool
    """This build of ONNX Runtime knows the provider."""
    usable: bool
    """A network was really loaded on it."""
    reason: str
    """Why it is not usable, in one line; empty where it is."""


_KEPT: dict[tuple[Path, str, int], tuple[Any, str]] | None = None
"""Sessions by what was asked for, in a process that keeps them."""


def session(path: Path, device: str = "auto", threads: int = 0) -> tuple[Any, str]:
    """An InferenceSession for an ONNX file, and the short name of the device it runs on.

    `device` is `auto` or a key of DEVICES. Raises ProviderError where a device that was asked for does not load,
    BackendMissingError without ONNX Runtime, WeightsCorruptError for a file that is no network. Under `auto` a
    provider that is built in and does not load is a UserWarning with the reason, and the next one is tried.
    """
    wanted = (path, device, threads)
    if _KEPT is None:
        return _session(*wanted)
    if wanted not in _KEPT:
        _KEPT[wanted] = _session(*wanted)
    return _KEPT[wanted]


def keep_sessions() -> None:
    """From now on this process makes each session once, and holds it: for workers that do many clips in turn. A
    session knows nothing of a clip, so results are the same."""
    global _KEPT
    if _KEPT is None:
        _KEPT = {}


def _session(path: Path, device: str, threads: int) -> tuple[Any, str]:
    runtime = _onnxruntime()
    if device != "auto":
        return _asked_for(runtime, path, device, threads), device
    for name in AUTO_ORDER:
        if DEVICES[name] not in runtime.get_available_providers():
            continue
        made, why = _try(runtime, path, name, threads)
        if made is not None:
            return made, name
        warnings.warn(f"{name} is built in but does not load: {why} The next device is used.", stacklevel=3)
    return _asked_for(runtime, path, "cpu", threads), "cpu"


def choose_threads(threads: int, parts: int = 1) -> int:
    """Threads of one network: as asked for, else what is best for the whole pipeline, where decoding runs beside it
    and `parts` of the clip are looked at side by side.

    Up to four cores, two threads in all; beyond, all but two cores, at most four a part: these networks are too small
    for more.
    """
    if threads > 0:
        return threads
    cores = usable_cores()
    return max(1, min(cores, 2) // parts) if cores <= 4 else max(1, min((cores - 2) // parts, 4))


def provider_report() -> list[ProviderState]:
    """Every provider vidgait knows: whether this build has it, and whether the person detector loads on it."""
    runtime, path = _onnxruntime(), weights_path(PROBE)
    built_in = runtime.get_available_providers()
    report = []
    for name, provider in DEVICES.items():
        if provider not in built_in:
            report.append(ProviderState(name, provider, False, False, "not in this build of ONNX Runtime"))
            continue
        made, why = _try(runtime, path, name, 1)
        report.append(ProviderState(name, provider, True, made is not None, why))
    return report


def runtime_conflict() -> str | None:
    """What is wrong with the installed ONNX Runtime packages, or None."""
    found = [name for name in DISTRIBUTIONS if _installed(name)]
    if len(found) > 1:
        both = " and ".join(found)
        return f"{both} are both installed and overwrite each other. Uninstall all of them, then install one."
    return None


def _installed(distribution: str) -> bool:
    try:
        importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _onnxruntime() -> ModuleType:
    try:
        onnxruntime = importlib.import_module("onnxruntime")
    except ImportError as error:
        raise BackendMissingError(f"ONNX Runtime cannot be imported: {error}.", "pip install onnxruntime") from error
    return onnxruntime


def _asked_for(runtime: ModuleType, path: Path, device: str, threads: int) -> Any:
    if device not in DEVICES:
        raise ProviderError(f"There is no device '{device}'.", f"Known: auto, {', '.join(DEVICES)}.")
    if DEVICES[device] not in runtime.get_available_providers():
        raise ProviderError(
            f"The device '{device}' was asked for, but this build of ONNX Runtime has no {DEVICES[device]}.",
            "`vidgait doctor` shows what there is; README.md says which package to swap in.",
        )
    made, why = _try(runtime, path, device, threads)
    if made is None:
        raise ProviderError(f"The device '{device}' was asked for and did not load: {why}", "See `vidgait doctor`.")
    return made


def _try(runtime: ModuleType, path: Path, device: str, threads: int) -> tuple[Any, str]:
    """(session, "") or (None, the reason in one line)."""
    provider = DEVICES[device]
    options = _options(runtime, threads)
    if device == "dml":
        options.enable_mem_pattern = False  # DirectML refuses it
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            if device in ("cuda", "tensorrt") and hasattr(runtime, "preload_dlls"):
                runtime.preload_dlls()  # finds CUDA's libraries where pip put them
            made = runtime.InferenceSession(str(path), options, providers=[provider])
    except Exception as error:  # ONNX Runtime raises its own classes, which differ between builds
        if device == "cpu":
            raise WeightsCorruptError(f"{path.name} cannot be loaded as a network: {_line(error)}") from None
        return None, _line(error)
    if provider not in made.get_providers():
        return None, "its libraries are missing or do not match, and ONNX Runtime fell back to the CPU."
    return made, ""


def _options(runtime: ModuleType, threads: int) -> Any:
    options = runtime.SessionOptions()
    options.log_severity_level = QUIET
    options.intra_op_num_threads = choose_threads(threads)
    options.inter_op_num_threads = 1
    # Threads that spin while they wait take the cores from decoding: measured twice as slow under load.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _line(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return f"{text[:200].rstrip('.')}."
