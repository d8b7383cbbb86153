"""Do two legs of a rendered body pass through each other? Capsules around the bones, as thick as the skin at rest."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from scripts.rendering.body import SIDES, load_body

Joints = Mapping[str, np.ndarray]
THIGH_FROM = 0.55
"""Above this part of the thigh, flesh touches flesh in anybody who stands."""
FOOT_RADIUS_M = 0.035


@cache
def leg_radii_m(name: str) -> dict[str, float]:
    """Mean thickness of lower thigh and shank, over their radius."""
    body = load_body(name)
    radii = {}
    for part, start, end, low, high in (("thigh", "hip", "knee", 0.6, 0.95), ("shank", "knee", "ankle", 0.1, 0.9)):
        origin, line = body.joints_m[f"left_{start}"], body.joints_m[f"left_{end}"] - body.joints_m[f"left_{start}"]
        skin = body.vertices_m[:13380]
        along = (skin - origin) @ line / (line @ line)
        away = np.linalg.norm(skin - origin - along[:, None] * line, axis=1)
        near = (along > low) & (along < high) & (away < 0.14) & (skin[:, 0] > 0)
        radii[part] = float(away[near].mean())
    return radii | {"foot": FOOT_RADIUS_M}


def segment_distance_m(first: np.ndarray, second: np.ndarray) -> float:
    """Between two segments, each (2, 3): sampled along one, exact along the other, both ways."""

    def one_way(sampled: np.ndarray, exact: np.ndarray) -> float:
        points = sampled[0] + np.linspace(0, 1, 41)[:, None] * (sampled[1] - sampled[0])
        line = exact[1] - exact[0]
        along = np.clip((points - exact[0]) @ line / (line @ line), 0, 1)
        return float(np.linalg.norm(points - exact[0] - along[:, None] * line, axis=1).min())

    return min(one_way(first, second), one_way(second, first))


def leg_clearance_m(body: str, joints: Joints) -> float:
    """Smallest gap between any part of one leg and any of the other; below 0 they overlap."""
    radii = leg_radii_m(body)
    parts = {}
    for side in SIDES:
        hip, knee, ankle, toe = (joints[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle", "toe"))
        start = hip + THIGH_FROM * (knee - hip)
        parts[side] = {"thigh": (start, knee), "shank": (knee, ankle), "foot": (ankle, toe)}
    return min(
        segment_distance_m(np.array(left), np.array(right)) - radii[left_part] - radii[right_part]
        for left_part, left in parts["left"].items()
        for right_part, right in parts["right"].items()
    )
