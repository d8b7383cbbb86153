"""A body at rest, its joints and its skin; posed by one rotation a bone.

The rest data are baked MakeHuman shapes (see `scripts/bake_bodies.py`). Two corrections to the rig make truth about the
hips and the pelvis usable:

- The rig's hip joint sits 0.068 of stature from the midline. It moves to 0.052, an anatomical estimate; the absolute
  value of projected knee angles depends on it.
- The rig bends its spine at the hip line, so the skin over the iliac crests would turn only part of the way with the
  pelvis. A human pelvis is rigid up to the lumbo-sacral joint, about 0.10 m above the hip centres: skin below that line
  is bound to the pelvis, fading out at 0.17 m.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from scripts.rendering.geometry import Array, blend_skin, frame_from, unit

__all__ = ["BODIES", "SIDES", "SKIN_VERTEX_COUNT", "Body", "lateral_sign", "load_body", "side_letter"]

BODIES = Path(__file__).parent / "bodies"
SIDES = ("left", "right")
SKIN_VERTEX_COUNT = 13380
"""Vertices of the skin; eyes, and whatever is dressed on, come after."""
HIP_LATERAL_PER_STATURE = 0.052
HIP_DEPTH_FRACTION = 0.47
"""The hip joint's place between the front and the back of the thigh, from the front."""
HEEL_ABOVE_SOLE_M = 0.02
RIGID_PELVIS_M = (0.10, 0.17)
ATTACHED_TO = {
    "hip": "pelvis",
    "knee": "upperleg01",
    "ankle": "lowerleg01",
    "heel": "foot",
    "toe": "toe1-1",
    "shoulder": "shoulder01",
    "elbow": "upperarm01",
    "wrist": "lowerarm01",
    "ear": "head",
}
"""The bone that carries each joint centre rigidly."""


def lateral_sign(side: str) -> float:
    """+1 for the left side (x grows to the person's left), -1 for the right."""
    return 1.0 if side == "left" else -1.0


def side_letter(side: str) -> str:
    return "L" if side == "left" else "R"


class Body:
    """Rest shape, bones and joints of one body.

    `vertices_m` (V, 3), `faces` (F, 3) triangles, `face_group` (F,), `weight_index` and `weight` (V, W),
    `heads_m` (B, 3) bone heads, `joints_m` name -> (3,), all at rest.
    """

    def __init__(self, name: str, shape: Mapping[str, Array], topology: Mapping[str, np.ndarray]) -> None:
        self.name = name
        self.vertices_m = shape["vertices_m"].astype(float)
        self.heads_m = shape["heads_m"].astype(float)
        self.bones = [str(bone) for bone in topology["bones"]]
        self.bone_index = {bone: index for index, bone in enumerate(self.bones)}
        self.parents = topology["parents"].astype(int)
        self.order = _parents_first(self.parents)
        self.weight_index = topology["weight_index"].astype(int)
        self.weight = topology["weight"].astype(float)
        self.faces, self.face_group = _triangles(topology["faces"], topology["face_group"])
        self.stature_m = float(np.ptp(self.vertices_m[:SKIN_VERTEX_COUNT, 2]))
        self._move_hip_joints()
        self.foot_vertices = {side: self._vertices_led_by(("foot", "toe"), side) for side in SIDES}
        self.floor_z_m = min(self.vertices_m[index, 2].min() for index in self.foot_vertices.values())
        self.joints_m = self._rest_joints()
        self.mid_hip_m = (self.joints_m["left_hip"] + self.joints_m["right_hip"]) / 2
        self.hip_width_m = float(self.joints_m["left_hip"][0] - self.joints_m["right_hip"][0])
        self.thigh_m = self._distance("left_hip", "left_knee")
        self.shank_m = self._distance("left_knee", "left_ankle")
        self.ankle_height_m = float(self.joints_m["left_ankle"][2] - self.floor_z_m)
        self.foot_direction = {side: self._foot_direction(side) for side in SIDES}
        self.rest_frames = {side: self._leg_frames(side) for side in SIDES}
        self._bind_pelvis_rigidly()

    def _distance(self, first: str, second: str) -> float:
        return float(np.linalg.norm(self.joints_m[first] - self.joints_m[second]))

    def _move_hip_joints(self) -> None:
        skin = self.vertices_m[:SKIN_VERTEX_COUNT]
        for side in SIDES:
            bone = self.bone_index[f"upperleg01.{side_letter(side)}"]
            head = self.heads_m[bone]
            sign = lateral_sign(side)
            level = abs(skin[:, 2] - head[2]) < 0.012
            near = level & (skin[:, 0] * sign > 0) & (abs(skin[:, 0] - head[0]) < 0.16)
            depth = skin[near, 1]
            y = depth.min() + HIP_DEPTH_FRACTION * np.ptp(depth)
            self.heads_m[bone] = [sign * HIP_LATERAL_PER_STATURE * self.stature_m, y, head[2]]

    def _vertices_led_by(self, prefixes: tuple[str, ...], side: str) -> np.ndarray:
        leading = np.array(self.bones)[self.weight_index[:SKIN_VERTEX_COUNT, 0]]
        led = [bone.startswith(prefixes) and bone.endswith("." + side_letter(side)) for bone in leading]
        return np.flatnonzero(led)

    def _rest_joints(self) -> dict[str, Array]:
        bone_of = {
            "hip": "upperleg01",
            "knee": "lowerleg01",
            "ankle": "foot",
            "shoulder": "upperarm01",
            "elbow": "lowerarm01",
            "wrist": "wrist",
        }
        joints: dict[str, Array] = {}
        for side in SIDES:
            for joint, bone in bone_of.items():
                joints[f"{side}_{joint}"] = self.heads_m[self.bone_index[f"{bone}.{side_letter(side)}"]].copy()
            joints[f"{side}_heel"], joints[f"{side}_toe"] = self._foot_ends(side)
            joints[f"{side}_ear"] = self._ear(side)
        joints["head"] = self.heads_m[self.bone_index["head"]].copy()
        joints["nose"] = self._nose()
        return joints

    def _foot_ends(self, side: str) -> tuple[Array, Array]:
        """Back of the heel, 2 cm above the sole, and tip of the longest toe."""
        foot = self.foot_vertices[side]
        low = foot[self.vertices_m[foot, 2] < self.vertices_m[foot, 2].min() + 0.03]
        heel = self.vertices_m[low[self.vertices_m[low, 1].argmax()]].copy()
        toe = self.vertices_m[low[self.vertices_m[low, 1].argmin()]].copy()
        heel[2] += HEEL_ABOVE_SOLE_M
        return heel, toe

    def _head_vertices(self) -> np.ndarray:
        eye_z = self.heads_m[self.bone_index["eye.L"]][2]
        skin = self.vertices_m[:SKIN_VERTEX_COUNT]
        return np.flatnonzero((skin[:, 2] < eye_z + 0.02) & (skin[:, 2] > eye_z - 0.06) & (abs(skin[:, 0]) < 0.12))

    def _ear(self, side: str) -> Array:
        head = self._head_vertices()
        return self.vertices_m[head[(lateral_sign(side) * self.vertices_m[head, 0]).argmax()]].copy()

    def _nose(self) -> Array:
        head = self._head_vertices()
        return self.vertices_m[head[self.vertices_m[head, 1].argmin()]].copy()

    def _foot_direction(self, side: str) -> Array:
        along = self.joints_m[f"{side}_toe"] - self.joints_m[f"{side}_heel"]
        return unit(along * [1, 1, 0])

    def _leg_frames(self, side: str) -> tuple[Array, Array]:
        hip, knee, ankle = (self.joints_m[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
        across = np.cross(unit(ankle - hip), np.array([0.0, -1.0, 0.0]))
        return frame_from(knee - hip, across), frame_from(ankle - knee, across)

    def _bind_pelvis_rigidly(self) -> None:
        low, high = RIGID_PELVIS_M
        height = self.vertices_m[:, 2] - self.mid_hip_m[2]
        share = np.clip((high - height) / (high - low), 0, 1)
        share = share * share * (3 - 2 * share)
        spine = [bone.startswith(("spine04", "spine03", "spine02", "spine01", "breast")) for bone in self.bones]
        moved = np.array(spine)[self.weight_index]
        to_pelvis = (self.weight * moved).sum(1) * share
        self.weight = np.where(moved, self.weight * (1 - share[:, None]), self.weight)
        self.weight = np.hstack([self.weight, to_pelvis[:, None]])
        pelvis = np.full((len(self.weight), 1), self.bone_index["root"])
        self.weight_index = np.hstack([self.weight_index, pelvis])

    def pose(self, rotations: Mapping[str, Array], pelvis: Array, mid_hip_m: Array) -> Array:
        """Bone transforms (B, 4, 4) from world rotations relative to rest; bones not named follow their parent."""
        transforms = np.tile(np.eye(4), (len(self.bones), 1, 1))
        for bone in self.order:
            parent = self.parents[bone]
            if parent < 0:
                rotation, head = pelvis, mid_hip_m + pelvis @ (self.heads_m[bone] - self.mid_hip_m)
            else:
                rotation = rotations.get(self.bones[bone], transforms[parent, :3, :3])
                head = transforms[parent, :3, :3] @ self.heads_m[bone] + transforms[parent, :3, 3]
            transforms[bone, :3, :3] = rotation
            transforms[bone, :3, 3] = head - rotation @ self.heads_m[bone]
        return transforms

    def posed_joints(self, transforms: Array) -> dict[str, Array]:
        """Joint centres (3,) by name after `pose`."""
        return {name: self._carried(name, rest, transforms) for name, rest in self.joints_m.items()}

    def _carried(self, joint: str, rest: Array, transforms: Array) -> Array:
        if joint in ("head", "nose"):
            bone = "head"
        else:
            side, part = joint.split("_")
            bone = ATTACHED_TO[part] + ("" if part == "ear" else "." + side_letter(side))
        transform = transforms[self.bone_index[bone]]
        return transform[:3, :3] @ rest + transform[:3, 3]

    def skin(self, transforms: Array) -> Array:
        """Vertices (V, 3) by linear blend skinning."""
        return blend_skin(transforms, self.vertices_m, self.weight_index, self.weight)


def load_body(name: str) -> Body:
    """Body `name` of the folder `bodies`."""
    with np.load(BODIES / f"{name}.npz") as shape, np.load(BODIES / "topology.npz") as topology:
        return Body(name, dict(shape), dict(topology))


def _parents_first(parents: np.ndarray) -> list[int]:
    order: list[int] = []
    seen = {-1}
    while len(order) < len(parents):
        ready = [bone for bone in range(len(parents)) if bone not in seen and parents[bone] in seen]
        order += ready
        seen.update(ready)
    return order


def _triangles(quads: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    triangles = np.vstack([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int64)
    whole = (triangles[:, 0] != triangles[:, 2]) & (triangles[:, 1] != triangles[:, 2])
    return np.ascontiguousarray(triangles[whole]), np.concatenate([groups, groups])[whole]
