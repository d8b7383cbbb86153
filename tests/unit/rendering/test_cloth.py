"""Hanging cloth falls, holds together, stays outside the body and comes to rest."""

from __future__ import annotations

import numpy as np
import pytest

from scripts.rendering.body import load_body
from scripts.rendering.cloth import GAP_M, Cloth, tube_sheet
from scripts.rendering.look import Figure, dress
from scripts.rendering.motion import Squat, SquatRep
from scripts.rendering.wardrobe import LOOKS

RINGS, POINTS, RADIUS_M, LENGTH_M = 11, 16, 0.15, 0.30
FAR = np.array([[0.0, 0.0, -9.0], [0.1, 0.0, -9.0], [0.0, 0.1, -9.0]])
UP = np.tile([0.0, 0.0, 1.0], (3, 1))


def tube() -> np.ndarray:
    """A straight tube from z = 1 down, (RINGS * POINTS, 3)."""
    angle = np.linspace(0, 2 * np.pi, POINTS, endpoint=False)
    ring = RADIUS_M * np.column_stack([np.cos(angle), np.sin(angle)])
    heights = 1 - np.linspace(0, LENGTH_M, RINGS)
    return np.vstack([np.column_stack([ring, np.full(POINTS, z)]) for z in heights])


def hanging(tilt_deg: float = 0.0) -> Cloth:
    rest = tube()
    cloth = Cloth(tube_sheet(rest, RINGS, POINTS, held_rings=1))
    cos, sin = np.cos(np.radians(tilt_deg)), np.sin(np.radians(tilt_deg))
    turn = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
    cloth.settle((rest - [0, 0, 1]) @ turn.T + [0, 0, 1], FAR, UP)
    return cloth


def test_threads_do_not_stretch() -> None:
    cloth = hanging()
    first, second = (cloth.place_m[cloth.sheet.pairs[:, end]] for end in (0, 1))
    strong = cloth.sheet.pull == cloth.sheet.pull.max()
    stretch = np.linalg.norm(first - second, axis=1) / cloth.sheet.length_m
    assert stretch[strong].max() < 1.03
    assert cloth.place_m[-POINTS:, 2].mean() == pytest.approx(1 - LENGTH_M, abs=0.01)


def test_the_hem_hangs_down_from_a_tilted_rim() -> None:
    """Tilted with its rim by 30 degrees a stiff tube's hem would be 0.15 m aside; weight brings it back."""
    hem = hanging(30.0).place_m[-POINTS:]
    assert abs(hem[:, 0].mean()) < 0.06


def test_cloth_at_rest_stays_at_rest_and_repeats_itself() -> None:
    cloth, twin = hanging(), hanging()
    before = cloth.place_m.copy()
    for one in (cloth, twin):
        one.advance(1 / 30, one.place_m[:POINTS].copy(), FAR, UP)
    assert np.abs(cloth.place_m - before).max() < 0.001
    assert np.array_equal(cloth.place_m, twin.place_m)


def test_cloth_falls_onto_a_ball_and_stays_outside() -> None:
    """A ball of 0.2 m under the rim of 0.15 m: the tube has to open around it as far as its threads let it."""
    random = np.random.default_rng(1)
    normals = random.standard_normal((4000, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    centre = np.array([0.0, 0.0, 0.86])
    ball = centre + 0.14 * normals
    cloth = Cloth(tube_sheet(tube(), RINGS, POINTS, held_rings=1))
    cloth.settle(tube(), ball, normals)
    shifted = np.array([0.05, 0.0, 0.0])
    cloth.advance(0.2, cloth.place_m[:POINTS].copy(), ball + shifted, normals)
    from_centre = np.linalg.norm(cloth.place_m - centre - shifted, axis=1)
    assert from_centre[POINTS:].min() > 0.14 + 0.25 * GAP_M - 0.002


def figure(look: str) -> Figure:
    return dress(load_body("man_average"), LOOKS[look])


def hem_m(one: Figure, pose: np.ndarray, since_last_s: float | None) -> np.ndarray:
    """Points of the hem of the shirt, (P, 3)."""
    shirt = one.garments[-1]
    return one.skin(pose, since_last_s)[-len(shirt.rest_m) :][shirt.to_hem_m < 0.005]


def test_a_loose_hem_slides_over_the_hips() -> None:
    """The pelvis of a tilted squat drops to one side; the hem of a loose shirt shows less than half of it."""
    one = figure("loose")
    motion = Squat((SquatRep(knee_flexion_deg=40, trunk_lean_deg=5, pelvic_list_deg=10, descent_s=0.6),), lead_s=0.0)
    times_s = np.arange(0, 0.6, 1 / 30)
    poses = motion.poses(one.body, np.append(times_s, 0.62))
    first = hem_m(one, poses[0], None)
    for pose in poses[1:]:
        last = hem_m(one, pose, 1 / 30)

    def tilt_deg(hem: np.ndarray) -> float:
        left, right = hem[hem[:, 0].argmax()], hem[hem[:, 0].argmin()]
        return float(np.degrees(np.arctan2(right[2] - left[2], left[0] - right[0])))

    joints = one.body.posed_joints(poses[-1])
    pelvis = joints["right_hip"] - joints["left_hip"]
    assert abs(np.degrees(np.arctan2(pelvis[2], -pelvis[0]))) == pytest.approx(10, abs=1)
    assert abs(tilt_deg(last) - tilt_deg(first)) < 5


@pytest.mark.parametrize("look", [name for name, look in LOOKS.items() if look.loose_shirt or look.loose_legs])
def test_loose_clothes_stay_near_the_body_in_a_deep_squat(look: str) -> None:
    one = figure(look)
    motion = Squat((SquatRep(knee_flexion_deg=110, descent_s=0.5),), lead_s=0.0)
    poses = motion.poses(one.body, np.arange(0, 0.6, 1 / 15))
    one.skin(poses[0])
    for pose in poses[1:]:
        places = one.skin(pose, 1 / 15)
    cloth_count = sum(len(garment.rest_m) for garment in one.garments)
    skin, cloth = places[:-cloth_count], places[-cloth_count:]
    assert np.isfinite(cloth).all()
    from scipy.spatial import cKDTree

    distance_m, _ = cKDTree(skin).query(cloth)
    assert distance_m.max() < 0.22, "nothing flies off"
    assert np.quantile(distance_m, 0.5) < 0.08
