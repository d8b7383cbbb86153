"""Compare the made networks with LiteRT, which runs the originals, on crops of real frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from vidgait.pose import detector as detector_room
from vidgait.pose.detector import PersonDetector, letterbox
from vidgait.pose.landmarks import EDGE, SIZE_PX, refine
from vidgait.pose.sampling import Sampler

__all__ = ["Disagreement", "compare", "frames_of"]

DETECTOR_OUTPUTS = ("Identity", "Identity_1")
LANDMARK_OUTPUTS = ("Identity", "Identity_1", "Identity_3", "Identity_4")
SCORE_MIN = 0.5


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The largest differences from LiteRT over all crops."""

    people: int
    landmarks_px: float
    """Refined landmarks, in pixels of the 256 px crop."""
    presence: float
    world_m: float
    boxes_px: float
    """Boxes and keypoints of detector rows with a score of at least 0.5, in pixels of the 224 px square."""
    scores: float


class LiteRt:
    """The original network, with the outputs in the order of `names`."""

    def __init__(self, path: Path, names: tuple[str, ...]) -> None:
        self._interpreter = Interpreter(str(path), num_threads=2)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        index = {detail["name"]: detail["index"] for detail in self._interpreter.get_output_details()}
        self._outputs = [index[name] for name in names]

    def run(self, picture: np.ndarray) -> list[np.ndarray]:
        self._interpreter.set_tensor(self._input, picture[None].astype(np.float32))
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


def frames_of(path: Path, count: int) -> Iterator[np.ndarray]:
    """About `count` upright BGR pictures spread over the first minute of a video."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        length_s = min(60.0, float(container.duration or 1_000_000) / 1e6)
        wanted_s, step_s = 0.0, length_s / count
        for frame in container.decode(stream):
            if frame.time is not None and frame.time >= wanted_s:
                wanted_s += step_s
                yield np.ascontiguousarray(np.rot90(frame.to_ndarray(format="bgr24"), round(frame.rotation / 90)))
            if wanted_s > length_s:
                return


def compare(
    detector: object, landmarks: object, originals: tuple[Path, Path], frames: list[np.ndarray]
) -> Disagreement:
    """`detector` and `landmarks` are ONNX Runtime sessions, `originals` the two TFLite files."""
    detector_original = LiteRt(originals[0], DETECTOR_OUTPUTS)
    landmarks_original = LiteRt(originals[1], LANDMARK_OUTPUTS)
    finder, rows, people = PersonDetector(detector, SCORE_MIN), [], []
    for frame in frames:
        rows.append(_detector_row(detector, detector_original, frame))
        for region in finder.detect([frame])[0][:2]:
            people.append(
                _landmark_row(
                    landmarks,
                    landmarks_original,
                    Sampler(SIZE_PX).square(frame, region.to_image(SIZE_PX), repeat_edge=True),
                )
            )
    if not people:
        raise ValueError("nobody was detected in the frames given, so nothing was compared")
    boxes, scores = np.max(rows, axis=0)
    points, presence, world = np.max(people, axis=0)
    return Disagreement(len(people), float(points), float(presence), float(world), float(boxes), float(scores))


def _detector_row(session: object, original: LiteRt, frame: np.ndarray) -> tuple[float, float]:
    square, _ = letterbox(frame, Sampler(detector_room.SIZE_PX))
    boxes, logits = session.run(["boxes", "scores"], {"image": square[None]})
    boxes_original, logits_original = original.run(cv2.cvtColor(square, cv2.COLOR_BGR2RGB) / 127.5 - 1)
    score, score_original = _score(logits), _score(logits_original)
    sure = score_original >= SCORE_MIN
    difference = np.abs(boxes[0][sure] - boxes_original[0][sure])
    return float(difference.max(initial=0.0)), float(np.abs(score - score_original).max())


def _landmark_row(session: object, original: LiteRt, picture: np.ndarray) -> tuple[float, float, float]:
    points, presence, heatmap, world = session.run(
        ["landmarks", "presence", "heatmap", "world"], {"image": picture[None]}
    )
    wanted = original.run(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB) / 255)
    refined = refine(points[0, : EDGE + 1, :2], heatmap[0])
    refined_original = refine(wanted[0].reshape(39, 5)[: EDGE + 1, :2], wanted[2][0].transpose(2, 0, 1))
    return (
        float(np.linalg.norm(refined - refined_original, axis=1).max()),
        float(np.abs(presence - wanted[1]).max()),
        float(np.abs(world[0] - wanted[3].reshape(39, 3)).max()),
    )


def _score(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logits.ravel().astype(np.float64), -100, 100)))
