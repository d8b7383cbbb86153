"""Devices: what was asked for and does not load is an error, under `auto` a warning."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from vidgait.errors import BackendMissingError, ProviderError, SettingsError, WeightsCorruptError
from vidgait.pose import create_estimator, runtime
from vidgait.pose.weights import weights_path
from vidgait.settings import PoseSettings


@pytest.fixture
def detector() -> Path:
    return weights_path("pose_detector.onnx")


class FakeSession:
    def __init__(self, providers: list[str]) -> None:
        self._providers = providers

    def get_providers(self) -> list[str]:
        return self._providers


def fake(built_in: list[str], broken: dict[str, str], silent: tuple[str, ...] = ()) -> Any:
    """An ONNX Runtime in which the `broken` providers raise and the `silent` ones fall back to the CPU unasked."""

    def make(path: str, options: Any, providers: list[str]) -> FakeSession:
        if providers[0] in broken:
            raise RuntimeError(broken[providers[0]])
        return FakeSession(["CPUExecutionProvider"] if providers[0] in silent else providers)

    options = SimpleNamespace(add_session_config_entry=lambda key, value: None)
    return SimpleNamespace(
        get_available_providers=lambda: built_in, InferenceSession=make, SessionOptions=lambda: options
    )


def use(monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    monkeypatch.setattr(runtime, "_onnxruntime", lambda: module)


CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


def test_the_cpu_loads(detector: Path) -> None:
    made, device = runtime.session(detector, "cpu", 1)
    assert device == "cpu"
    assert [value.name for value in made.get_inputs()] == ["image"]


def test_an_unknown_device(detector: Path) -> None:
    with pytest.raises(ProviderError, match="no device 'quantum'"):
        runtime.session(detector, "quantum")


def test_a_device_this_build_lacks(detector: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, fake([CPU], {}))
    with pytest.raises(ProviderError, match="no CUDAExecutionProvider"):
        runtime.session(detector, "cuda")


def test_a_device_that_does_not_load_names_the_reason(detector: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, fake([CUDA, CPU], {CUDA: "libcublas.so.12:\n cannot open"}))
    with pytest.raises(ProviderError, match=r"libcublas\.so\.12: cannot open"):
        runtime.session(detector, "cuda")


def test_a_device_that_falls_back_in_silence_is_an_error_too(detector: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, fake([CUDA, CPU], {}, silent=(CUDA,)))
    with pytest.raises(ProviderError, match="fell back to the CPU"):
        runtime.session(detector, "cuda")


def test_auto_takes_the_first_that_loads(detector: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, fake([CUDA, CPU], {}))
    assert runtime.session(detector, "auto")[1] == "cuda"


def test_auto_warns_with_the_reason_and_goes_on(detector: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, fake([CUDA, CPU], {CUDA: "no driver"}))
    with pytest.warns(UserWarning, match="cuda is built in but does not load: no driver"):
        assert runtime.session(detector, "auto")[1] == "cpu"


def test_auto_is_silent_where_there_is_only_a_cpu(detector: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, fake([CPU], {}))
    assert runtime.session(detector, "auto")[1] == "cpu"


def test_a_file_that_is_no_network(tmp_path: Path) -> None:
    path = tmp_path / "text.onnx"
    path.write_text("not a network", encoding="utf-8")
    with pytest.raises(WeightsCorruptError, match=r"text\.onnx cannot be loaded"):
        runtime.session(path, "cpu")


def test_the_report_has_a_line_for_every_device(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, fake([CUDA, CPU], {CUDA: "no driver"}))
    states = {state.name: state for state in runtime.provider_report()}
    assert set(states) == set(runtime.DEVICES)
    assert (states["cpu"].usable, states["cpu"].reason) == (True, "")
    assert (states["cuda"].built_in, states["cuda"].usable, states["cuda"].reason) == (True, False, "no driver.")
    assert (states["coreml"].built_in, states["coreml"].usable) == (False, False)
    assert states["coreml"].reason


@pytest.mark.parametrize(("cores", "expected"), [(1, 1), (2, 2), (4, 2), (6, 4), (32, 4)])
def test_threads_follow_the_cores(cores: int, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "usable_cores", lambda: cores)
    assert runtime.choose_threads(0) == expected
    assert runtime.choose_threads(7) == 7


@pytest.mark.parametrize(("cores", "expected"), [(1, 1), (2, 1), (4, 1), (6, 2), (32, 4)])
def test_two_parts_share_the_threads(cores: int, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "usable_cores", lambda: cores)
    assert runtime.choose_threads(0, parts=2) == expected


def test_two_runtimes_are_a_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_installed", lambda name: name in ("onnxruntime", "onnxruntime-gpu"))
    assert "onnxruntime and onnxruntime-gpu" in (runtime.runtime_conflict() or "")
    monkeypatch.setattr(runtime, "_installed", lambda name: name == "onnxruntime")
    assert runtime.runtime_conflict() is None


def test_without_onnxruntime(monkeypatch: pytest.MonkeyPatch, detector: Path) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(BackendMissingError, match="pip install onnxruntime"):
        runtime.session(detector)


def test_an_unknown_backend() -> None:
    with pytest.raises(SettingsError, match=r"no pose backend 'psychic'.*blazepose, mediapipe"):
        create_estimator(PoseSettings(backend="psychic"))


def test_the_mediapipe_backend_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    with pytest.raises(BackendMissingError, match=r'pip install "vidgait\[mediapipe\]"'):
        create_estimator(PoseSettings(backend="mediapipe"))


def test_the_mediapipe_backend_has_no_gpu() -> None:
    with pytest.raises(ProviderError, match="CPU only"):
        create_estimator(PoseSettings(backend="mediapipe", device="cuda"))


def test_importing_the_package_loads_no_runtime() -> None:
    code = (
        "import sys, vidgait, vidgait.pose, vidgait.pose.runtime, vidgait.pose.weights; "
        "print(sorted({'onnxruntime', 'mediapipe', 'cv2', 'torch'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
