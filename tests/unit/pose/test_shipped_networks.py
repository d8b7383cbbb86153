"""The ONNX files that ship against LiteRT on the originals, which the `.task` bundle carries unchanged."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vidgait.pose.runtime import session
from vidgait.pose.weights import manifest, weights_path

ROOT = Path(__file__).resolve().parents[3]
LIMIT_PX = 0.25


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("originals")
    with zipfile.ZipFile(weights_path("pose_landmarker_full.task")) as bundle:
        bundle.extractall(folder)
    return folder


def litert(path: Path, picture: np.ndarray) -> dict[str, np.ndarray]:
    interpreter_module = pytest.importorskip("ai_edge_litert.interpreter")
    interpreter = interpreter_module.Interpreter(str(path), num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture[None].astype(np.float32))
    interpreter.invoke()
    return {one["name"]: interpreter.get_tensor(one["index"])[0] for one in interpreter.get_output_details()}


def picture(size_px: int) -> np.ndarray:
    """Smooth coloured blobs: bytes with edges and slopes, in BGR, different in every channel."""
    y, x = np.mgrid[0:size_px, 0:size_px] / size_px
    waves = [np.sin(7 * x + k) * np.cos(5 * y - k) + (np.hypot(x - 0.5, y - 0.4) < 0.2) for k in range(3)]
    return np.clip(np.stack(waves, axis=-1) * 90 + 120, 0, 255).astype(np.uint8)


def test_landmarks_agree(originals: Path) -> None:
    image = picture(256)
    wanted = litert(originals / "pose_landmarks_detector.tflite", image[..., ::-1] / 255)
    network: Any = session(weights_path("pose_landmarks.onnx"), "cpu", 1)[0]
    points, presence, heatmap, world = network.run(
        ["landmarks", "presence", "heatmap", "world"], {"image": np.stack([image, image[::-1], image])}
    )
    assert np.abs(points[0, :, :2] - wanted["Identity"].reshape(39, 5)[:, :2]).max() < LIMIT_PX
    assert presence[0] == pytest.approx(wanted["Identity_1"], abs=1e-3)
    assert heatmap[0] == pytest.approx(wanted["Identity_3"].transpose(2, 0, 1), abs=0.05)
    assert world[0] == pytest.approx(wanted["Identity_4"].reshape(39, 3), abs=1e-3)
    assert points[2] == pytest.approx(points[0], abs=1e-3), "the place in the batch changes nothing"
    assert np.abs(points[1] - points[0]).max() > 1, "another picture gives another answer"


def test_the_detector_agrees(originals: Path) -> None:
    image = picture(224)
    wanted = litert(originals / "pose_detector.tflite", image[..., ::-1] / 127.5 - 1)
    network: Any = session(weights_path("pose_detector.onnx"), "cpu", 1)[0]
    boxes, logits = network.run(["boxes", "scores"], {"image": image[None]})
    assert np.abs(boxes[0] - wanted["Identity"]).max() < LIMIT_PX
    assert logits[0] == pytest.approx(wanted["Identity_1"][:, 0], abs=0.02)


@pytest.mark.parametrize("name", ["pose_detector.onnx", "pose_landmarks.onnx"])
def test_storage_is_half_precision_and_the_contract_is_the_manifests(name: str) -> None:
    onnx = pytest.importorskip("onnx")
    model = onnx.load(weights_path(name))
    large = [
        one for one in model.graph.initializer if np.prod(one.dims) > 64 and one.data_type != onnx.TensorProto.INT64
    ]
    assert large
    assert {one.data_type for one in large} == {onnx.TensorProto.FLOAT16}
    listed = next(product for product in manifest()["products"] if product["name"] == name)
    assert {one.name for one in model.graph.input} == set(listed["input"])
    assert {one.name for one in model.graph.output} == set(listed["output"])
    for value in (*model.graph.input, *model.graph.output):
        assert value.type.tensor_type.shape.dim[0].dim_param == "N"


def test_the_script_makes_what_ships(originals: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Converting the originals again gives the networks that are committed, constant for constant."""
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("tflite")
    pytest.importorskip("ai_edge_litert")
    monkeypatch.syspath_prepend(ROOT / "scripts")
    import build_models
    from model_building.flatbuffer import read_network
    from model_building.onnx_graph import Preparation, convert

    made = convert(
        read_network(originals / "pose_landmarks_detector.tflite"),
        build_models.LANDMARK_OUTPUTS,
        Preparation(1 / 255, 0.0),
        "pose_landmarks",
        half=True,
    )
    shipped = onnx.load(weights_path("pose_landmarks.onnx"))
    assert [node.op_type for node in made.graph.node] == [node.op_type for node in shipped.graph.node]
    for ours, theirs in zip(made.graph.initializer, shipped.graph.initializer, strict=True):
        assert ours.name == theirs.name
        assert ours.raw_data == theirs.raw_data


def test_the_script_refuses_networks_that_differ(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in ("tflite", "ai_edge_litert", "onnx"):
        pytest.importorskip(module)
    monkeypatch.syspath_prepend(ROOT / "scripts")
    import build_models
    from model_building.checks import Disagreement

    def found(landmarks_px: float) -> Disagreement:
        return Disagreement(9, landmarks_px, 0.0, 0.0, 0.0, 0.0)

    assert build_models._within_limits({"float32": found(0.09), "float16": found(0.24)})
    assert not build_models._within_limits({"float32": found(0.11), "float16": found(0.11)})
    assert not build_models._within_limits({"float32": found(0.0), "float16": found(0.26)})
    assert not build_models._within_limits({"float32": found(float("nan")), "float16": found(0.0)})
    assert "TOO LARGE" in capsys.readouterr().out
