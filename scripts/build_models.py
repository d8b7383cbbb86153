#!/usr/bin/env python
"""Make models/ from the mediapipe 0.10.21 wheel.

    python scripts/build_models.py [--wheel FILE] [--frames VIDEO ...] [--to FOLDER]

Writes the person detector and the full landmark network as ONNX (half-precision storage, computed in single
precision, free batch axis, segmentation head left out), the `.task` bundle for MediaPipe's own runtime, and a
manifest. The same wheel gives the same bytes. Before anything is written, the networks are compared with LiteRT on
real frames; beyond the limits below nothing is written and the exit code is 1. Needs `pip install -e ".[dev]"`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

# OpenCV before PyAV: the other way round its windows hang on Linux.
import cv2  # noqa: F401  isort: skip
import onnxruntime
from model_building.checks import Disagreement, compare, frames_of
from model_building.flatbuffer import read_network
from model_building.onnx_graph import OutputSpec, Preparation, convert
from model_building.task_bundle import bundle, with_metadata

ROOT = Path(__file__).resolve().parents[1]
WHEEL = "mediapipe-0.10.21-cp311-cp311-manylinux_2_28_x86_64.whl"
WHEEL_SHA256 = "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3"
DOWNLOAD = (
    *("download", "mediapipe==0.10.21", "--no-deps", "--only-binary=:all:"),
    *("--python-version", "3.11", "--platform", "manylinux_2_28_x86_64"),
)
DETECTOR = "mediapipe/modules/pose_detection/pose_detection.tflite"
LANDMARKS = "mediapipe/modules/pose_landmark/pose_landmark_full.tflite"
SCHEMAS = (
    "mediapipe/tasks/metadata/schema_py_generated.py",
    "mediapipe/tasks/metadata/metadata_schema_py_generated.py",
)
DETECTOR_OUTPUTS = [OutputSpec("Identity", "boxes", (2254, 12)), OutputSpec("Identity_1", "scores", (2254,))]
LANDMARK_OUTPUTS = [
    OutputSpec("Identity", "landmarks", (39, 5)),
    OutputSpec("Identity_1", "presence", (1,)),
    OutputSpec("Identity_3", "heatmap", (39, 64, 64)),
    OutputSpec("Identity_4", "world", (39, 3)),
]
LIMIT_PX = {"float32": 0.1, "float16": 0.25}
"""Allowed distance of any landmark from LiteRT's, in pixels of the 256 px crop, by storage."""
FRAMES_A_VIDEO = 12

CONTRACTS = {
    "pose_detector.onnx": {
        "purpose": "person detector",
        "input": {"image": "(N, 224, 224, 3) uint8, BGR, the whole picture letterboxed with black"},
        "output": {
            "boxes": "(N, 2254, 12) float32, pixels of the square relative to the anchor: centre x y, width, height, "
            "then four points x y: mid-hip, body edge, mid-shoulder, upper-body edge",
            "scores": "(N, 2254) float32, logits",
        },
    },
    "pose_landmarks.onnx": {
        "purpose": "landmark network (full)",
        "input": {"image": "(N, 256, 256, 3) uint8, BGR, the rotated crop of one person, border repeated"},
        "output": {
            "landmarks": "(N, 39, 5) float32: x y z in pixels of the crop, visibility and presence as logits; "
            "0 to 32 are keypoints, 33 and 34 give the next region",
            "presence": "(N, 1) float32, probability that the crop holds a person",
            "heatmap": "(N, 39, 64, 64) float32, logits",
            "world": "(N, 39, 3) float32, metres, hip-centred, y down, turned with the crop",
        },
    },
    "pose_landmarker_full.task": {
        "purpose": "both networks for MediaPipe's own runtime",
        "input": {"image": "SRGB picture, through mediapipe.tasks.vision.PoseLandmarker"},
        "output": {"result": "PoseLandmarkerResult"},
    },
}


def main() -> int:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        wheel = arguments.wheel or _download(work)
        if _sha256(wheel.read_bytes()) != WHEEL_SHA256:
            print(f"build_models: {wheel.name} is not the wheel this script knows (sha256 differs)", file=sys.stderr)
            return 1
        _unpack(wheel, work)
        originals = work / DETECTOR, work / LANDMARKS
        frames = [frame for video in arguments.frames for frame in frames_of(video, FRAMES_A_VIDEO)]
        networks = {storage: _networks(originals, storage == "float16") for storage in LIMIT_PX}
        figures = {storage: _check(pair, originals, frames) for storage, pair in networks.items()}
        if not _within_limits(figures):
            return 1
        products = dict(zip(CONTRACTS, (*networks["float16"], _task(work)), strict=True))
        _write(arguments.to, products, _manifest(work, products))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", type=Path, help="the wheel, if it is already here; else pip downloads it")
    parser.add_argument("--frames", type=Path, nargs="+", help="videos to check on (default: sample_videos/*.mp4)")
    parser.add_argument("--to", type=Path, default=ROOT / "models")
    arguments = parser.parse_args()
    arguments.frames = arguments.frames or sorted((ROOT / "sample_videos").glob("*.mp4"))
    if not arguments.frames:
        parser.error("no frames to check on: give --frames VIDEO")
    return arguments


def _download(work: Path) -> Path:
    subprocess.run([sys.executable, "-m", "pip", *DOWNLOAD, "--dest", str(work)], check=True)
    return work / WHEEL


def _unpack(wheel: Path, work: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for member in (DETECTOR, LANDMARKS, *SCHEMAS):
            archive.extract(member, work)


def _networks(originals: tuple[Path, Path], half: bool) -> tuple[bytes, bytes]:
    detector, landmarks = (read_network(path) for path in originals)
    pair = (
        convert(detector, DETECTOR_OUTPUTS, Preparation(1 / 127.5, -1.0), "pose_detector", half),
        convert(landmarks, LANDMARK_OUTPUTS, Preparation(1 / 255, 0.0), "pose_landmarks", half),
    )
    return pair[0].SerializeToString(deterministic=True), pair[1].SerializeToString(deterministic=True)


def _check(pair: tuple[bytes, bytes], originals: tuple[Path, Path], frames: list) -> Disagreement:
    sessions = [onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"]) for data in pair]
    return compare(*sessions, originals, frames)


def _within_limits(figures: dict[str, Disagreement]) -> bool:
    good = True
    for storage, found in figures.items():
        within = found.landmarks_px <= LIMIT_PX[storage]
        good = good and within
        print(
            f"{storage}: {found.people} people, largest difference from LiteRT: landmarks {found.landmarks_px:.4f} px "
            f"of 256 (limit {LIMIT_PX[storage]}), presence {found.presence:.1e}, world {found.world_m * 1000:.3f} mm, "
            f"detector {found.boxes_px:.4f} px of 224, scores {found.scores:.1e}: {'ok' if within else 'TOO LARGE'}"
        )
    return good


def _task(work: Path) -> bytes:
    schemas = (work / SCHEMAS[0]).parent
    return bundle(
        [
            ("pose_detector.tflite", with_metadata(work / DETECTOR, schemas, 127.5, 127.5)),
            ("pose_landmarks_detector.tflite", with_metadata(work / LANDMARKS, schemas, 0.0, 255.0)),
        ]
    )


def _manifest(work: Path, products: dict[str, bytes]) -> dict[str, object]:
    return {
        "licence": "Apache-2.0",
        "source": {
            "wheel": WHEEL,
            "url": "https://pypi.org/project/mediapipe/0.10.21/",
            "sha256": WHEEL_SHA256,
            "files": [{"name": name, "sha256": _sha256((work / name).read_bytes())} for name in (DETECTOR, LANDMARKS)],
        },
        "made_by": "scripts/build_models.py",
        "storage": "float16 constants, computed in float32",
        "products": [
            {"name": name, "sha256": _sha256(data), "size_bytes": len(data), **CONTRACTS[name]}
            for name, data in products.items()
        ],
    }


def _write(folder: Path, products: dict[str, bytes], manifest: dict[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in products.items():
        (folder / name).write_bytes(data)
        print(f"{name}: {len(data) / 1e6:.1f} MB, sha256 {_sha256(data)}")
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
