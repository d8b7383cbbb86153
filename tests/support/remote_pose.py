"""The mediapipe backend in an environment of its own, behind the protocol of every backend.

MediaPipe brings another OpenCV, which would overwrite the one under test, so the tests talk to it through pipes. Run
as a program, this file is the far end; it needs numpy, OpenCV, mediapipe and vidgait's source on PYTHONPATH.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import numpy as np

from vidgait.pose.mediapipe_tasks import MediapipeTasks
from vidgait.types import BLAZEPOSE, Frame, FramePoses

if TYPE_CHECKING:
    from vidgait.settings import PoseSettings

__all__ = ["RemoteMediapipe"]

ROOT = Path(__file__).resolve().parents[2]


class RemoteMediapipe:
    """`PoseEstimator` that passes everything on to a process of `python`."""

    skeleton = BLAZEPOSE
    batch_frames = 1

    def __init__(self, python: Path, settings: PoseSettings) -> None:
        self._process = subprocess.Popen(
            [str(python), str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        self._ask(settings)

    def estimate(self, frames: Sequence[Frame]) -> list[FramePoses]:
        if self._process.poll() is not None:
            raise ValueError("the estimator is closed")
        # Pictures through a pipe would come in hundreds of small pieces, each of which waits for a processor.
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "frames.pickle"
            path.write_bytes(pickle.dumps([(frame.index, frame.time_s, np.asarray(frame.image)) for frame in frames]))
            answer = self._ask(path)
        return [FramePoses(*arrays, BLAZEPOSE) for arrays in answer]

    def describe(self) -> dict[str, Any]:
        described: dict[str, Any] = self._ask("describe")
        return described

    def close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait(timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, question: object) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        pickle.dump(question, self._process.stdin)
        self._process.stdin.flush()
        good, answer = pickle.load(self._process.stdout)
        if not good:
            raise RuntimeError(f"the other environment says: {answer}")
        return answer


def _serve(questions: BinaryIO, answers: BinaryIO) -> None:
    settings = pickle.load(questions)
    with MediapipeTasks(settings) as estimator:
        pickle.dump((True, None), answers)
        answers.flush()
        while True:
            try:
                question = pickle.load(questions)
            except EOFError:
                return
            try:
                answer = (True, _answer(estimator, question))
            except Exception as error:
                answer = (False, repr(error))
            pickle.dump(answer, answers)
            answers.flush()


def _answer(estimator: MediapipeTasks, question: Any) -> Any:
    if question == "describe":
        return estimator.describe()
    frames = pickle.loads(question.read_bytes())
    poses = estimator.estimate([Frame(index, time_s, time_s, image) for index, time_s, image in frames])
    return [(one.xy_px, one.score, one.xyz_m) for one in poses]


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
