"""The truth file: the same bytes every time, and pixels that a hand calculation gives."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scripts.rendering.body import load_body
from scripts.rendering.camera import place_camera, view_name
from scripts.rendering.clip import ClipSpec, clip_truth, stage
from scripts.rendering.motion import Squat, SquatRep
from scripts.rendering.samples import SAMPLES

SHIPPED = Path(__file__).resolve().parents[3] / "sample_videos"
TINY = ClipSpec(
    name="tiny",
    body="woman_average",
    motion=Squat((SquatRep(knee_flexion_deg=70, descent_s=0.3, ascent_s=0.3, rest_s=0.1),), lead_s=0.1, tail_s=0.1),
    yaw_deg=20.0,
    size_px=(160, 284),
    body_height_px=210,
    rate_hz=10,
    shake_px=1.0,
)


def digest(truth: object) -> str:
    return hashlib.sha256(json.dumps(truth).encode()).hexdigest()


def test_the_same_specification_gives_the_same_truth() -> None:
    first, second = (clip_truth(TINY, stage(TINY)) for _ in range(2))
    assert digest(first) == digest(second)
    other = clip_truth(replace(TINY, seed=TINY.seed + 1), stage(replace(TINY, seed=TINY.seed + 1)))
    assert digest(other) != digest(first), "the seed must matter: it shakes the camera"


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_shipped_truth_is_what_the_script_makes(name: str) -> None:
    spec = SAMPLES[name]
    shipped = json.loads((SHIPPED / f"{name}.json").read_text(encoding="utf-8"))
    part = clip_truth(spec, stage(spec, slice(None, None, 20)))
    assert shipped["reps"] == part["reps"]
    assert shipped["time_s"][::20] == part["time_s"]
    for group, angles in part["angles_deg"].items():
        for angle, values in angles.items():
            # Other processors may round the last digit differently.
            assert shipped["angles_deg"][group][angle][::20] == pytest.approx(values, abs=0.002), angle
    for point, places in part["points_px"].items():
        assert np.array(shipped["points_px"][point][::20]) == pytest.approx(np.array(places), abs=0.011), point


def test_projection_by_hand() -> None:
    """Camera 4 m before the person at 1 m height, level: a point 0.5 m to the person's left and 0.25 m above the
    camera, at the person's depth, is 1000 * 0.5 / 4 pixels to the picture's right and 1000 * 0.25 / 4 up."""
    camera = place_camera(0.0, 4.0, 1.0, np.array([0.0, 0.0, 1.0]), 1000.0, (720, 1280))
    assert camera.project(np.array([0.5, 0.0, 1.25])) == pytest.approx([360 + 125, 640 - 62.5, 4.0])
    assert camera.project(np.array([0.5, 1.0, 1.25])) == pytest.approx([360 + 100, 640 - 50, 5.0])


def test_roll_turns_the_picture_counter_clockwise() -> None:
    camera = place_camera(0.0, 4.0, 1.0, np.array([0.0, 0.0, 1.0]), 1000.0, (720, 1280), roll_deg=90.0)
    assert camera.project(np.array([0.0, 0.0, 1.4]))[:2] == pytest.approx([360 - 100, 640])


def test_yaw_shows_the_side_it_names() -> None:
    body = load_body("man_average")
    target = np.array([0.0, 0.0, 0.9])
    depths = {}
    for yaw in (90.0, -90.0):
        camera = place_camera(yaw, 4.0, 1.0, target, 1000.0, (720, 1280))
        depths[yaw] = [camera.project(body.joints_m[f"{side}_knee"])[2] for side in ("left", "right")]
        toe, heel = (camera.project(body.joints_m[f"left_{part}"])[0] for part in ("toe", "heel"))
        assert (toe < heel) == (yaw == 90.0), "+90 faces the picture's left"
    assert depths[90.0][0] < depths[90.0][1]
    assert depths[-90.0][0] > depths[-90.0][1]
    assert [view_name(yaw) for yaw in (0, 10, 88, -95, 183, 40)] == [
        "front",
        "front",
        "left",
        "right",
        "back",
        "oblique",
    ]


def test_pixels_are_the_projected_joints() -> None:
    staging = stage(TINY)
    truth = clip_truth(TINY, staging)
    last = len(staging.time_s) - 1
    knee = staging.body.posed_joints(staging.poses[last])["left_knee"]
    assert truth["points_px"]["left_knee"][last] == pytest.approx(
        staging.cameras[last].project(knee)[:2].round(2).tolist()
    )
    assert len(truth["time_s"]) == last + 1
    assert np.any(np.array(truth["camera_offset_px"])[1:] != 0)


def test_the_pelvis_turns_as_one_piece() -> None:
    """Skin at the height of the iliac crests turns with the pelvis bone, not with the spine."""
    motion = Squat((SquatRep(knee_flexion_deg=60, trunk_lean_deg=3, pelvic_list_deg=8),))
    body = load_body("man_average")
    level, tilted = motion.poses(body, np.array([0.0, motion.reps()[0]["bottom_s"]]))
    height = body.vertices_m[:, 2] - body.mid_hip_m[2]
    crest = np.flatnonzero((height > 0.06) & (height < 0.10) & (abs(body.vertices_m[:, 0]) > 0.10))
    crest = crest[abs(body.vertices_m[crest, 0]) < 0.22]
    left, right = (crest[sign * body.vertices_m[crest, 0] > 0] for sign in (1, -1))

    def list_deg(pose: np.ndarray) -> float:
        skin = body.skin(pose)
        across = skin[left].mean(0) - skin[right].mean(0)
        return float(np.degrees(np.arctan2(across[2], across[0])))

    assert list_deg(tilted) - list_deg(level) == pytest.approx(8, abs=0.8)
