"""The picture shows the person where the truth says they are. Rendered tiny and uncompiled: compiling takes longer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]
RENDER = """
import sys
from dataclasses import replace
import numpy as np
from scripts.rendering.clip import ClipSpec, clip_truth, pictures, stage
from scripts.rendering.look import Look
from scripts.rendering.motion import Squat, SquatRep
from scripts.rendering.people import Companion, Waypoint
motion = Squat((SquatRep(100),))
look = dict(noise=0, supersampling=1)
spec = ClipSpec("tiny", "woman_average", motion, size_px=(72, 128), body_height_px=96, rate_hz=1, **look)
staging = stage(spec, slice(0, 3, 2))
truth = clip_truth(spec, staging)
frames = np.stack(list(pictures(spec, staging)))
blue, shown = Look(shirt=(0.1, 0.2, 0.9)), {}
for name, away_m in (("before", -0.6), ("behind", 0.6)):
    other = Companion("woman_average", motion, blue, (Waypoint(0.0, 0.0, away_m),))
    shared = replace(spec, others=(other,), look=Look(shirt=(0.9, 0.2, 0.1)))
    (shown[name],) = pictures(shared, stage(shared, slice(0, 1)))
chest = 0.6 * np.array(truth["points_px"]["head"][0]) + 0.4 * np.array(truth["points_px"]["left_hip"][0])
np.savez(
    sys.argv[1], frames=frames, knee=truth["points_px"]["left_knee"], nose=truth["points_px"]["nose"],
    chest=chest, **shown,
)
"""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    """Two frames, standing and squatting, with the pixels of a knee and the nose."""
    out = tmp_path_factory.mktemp("rendered") / "tiny.npz"
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-c", RENDER, str(out)], cwd=ROOT, env=environment, check=True, timeout=120)
    with np.load(out) as arrays:
        return dict(arrays)


def pixel(frame: np.ndarray, place: np.ndarray) -> np.ndarray:
    x, y = np.floor(place).astype(int)
    return frame[y, x].astype(float)


def test_the_knee_and_the_face_are_skin(rendered: dict[str, np.ndarray]) -> None:
    for index, frame in enumerate(rendered["frames"]):
        for point in ("knee", "nose"):
            red, green, blue = pixel(frame, rendered[point][index])
            assert red > green + 15 > blue + 15, (index, point)


def test_the_wall_is_seen_where_the_head_was(rendered: dict[str, np.ndarray]) -> None:
    standing, squatting = rendered["frames"]
    red, green, blue = pixel(squatting, rendered["nose"][0])
    assert abs(red - green) < 15 and abs(green - blue) < 15
    assert rendered["nose"][1][1] > rendered["nose"][0][1] + 10, "the head goes down"
    assert standing[0, 0] == pytest.approx(squatting[0, 0], abs=1)


def test_the_nearer_person_hides_the_other(rendered: dict[str, np.ndarray]) -> None:
    red, _, blue = pixel(rendered["before"], rendered["chest"])
    assert blue > red + 40, "the companion in blue stands before the athlete"
    red, _, blue = pixel(rendered["behind"], rendered["chest"])
    assert red > blue + 40, "and here behind"
