"""A clip: its specification, its truth and its video file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scripts.rendering.body import Body, load_body
from scripts.rendering.camera import Camera, picture_axes, place_camera, view_name
from scripts.rendering.frame_times import VARIABLE_TIME_BASE, UnevenTimes, frame_times_s
from scripts.rendering.look import Look
from scripts.rendering.motion import Motion, SitToStand
from scripts.rendering.people import Companion, companion_poses
from scripts.rendering.scene import ROOMS, Block, Furnished, Light
from scripts.rendering.truth import truth_of
from scripts.rendering.video_file import write_video

if TYPE_CHECKING:
    from scripts.rendering.geometry import Array

__all__ = ["Cast", "ClipSpec", "Staging", "clip_truth", "pictures", "stage", "write_clip"]

SEAT_SIZE_M = (0.46, 0.42)
"""Width and depth."""
SEAT_BELOW_HIP_M = 0.105
"""From the hip joints down to the seat: flesh and cloth."""


@dataclass(frozen=True, slots=True)
class ClipSpec:
    """Everything that decides a clip. The same specification gives the same truth bytes."""

    name: str
    body: str
    motion: Motion
    look: Look = field(default_factory=Look)
    room: str = "studio"
    light: Light = field(default_factory=Light)
    yaw_deg: float = 0.0
    """Of the person towards the camera: 0 front, +90 their left side, 180 back."""
    camera_height_m: float = 1.0
    camera_distance_m: float = 3.6
    roll_deg: float = 0.0
    size_px: tuple[int, int] = (720, 1280)
    body_height_px: float = 950.0
    """Of the standing person, about: stature over distance."""
    aim_right_m: float = 0.0
    """The camera stands and looks this far to its right of the athlete's origin, for movements that go somewhere."""
    aim_up_m: float = 0.0
    """It looks this far above the middle of the standing body."""
    rate_hz: int = 30
    """With `uneven`: the rate that the times deviate from."""
    uneven: UnevenTimes | None = None
    """None: a steady rate."""
    rotation_deg: int = 0
    """0, 90, 180 or 270: the file is stored turned and a player has to turn it clockwise by this much. `size_px`, the
    truth and everything else are of the upright picture."""
    others: tuple[Companion, ...] = ()
    """People besides the athlete."""
    noise: float = 2.0
    shake_px: float = 0.0
    """Standard deviation of a slow hand movement, in each direction."""
    shake_roll_deg: float = 0.0
    """Standard deviation of the roll that comes with it; 0.3 is an unsteady hand."""
    seed: int = 1
    crf: int = 23
    supersampling: float = 2.0
    """Rendered pixels a side for each pixel of the video."""


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """A companion brought to life."""

    body: Body
    poses: list[Array]


@dataclass(frozen=True, slots=True, eq=False)
class Staging:
    """A specification brought to life: body, times, poses, cameras."""

    body: Body
    time_s: Array
    poses: list[Array]
    cameras: list[Camera]
    others: tuple[Cast, ...] = ()


def stage(spec: ClipSpec, frames: slice = slice(None)) -> Staging:
    """Pose every frame, or a part of them."""
    body = load_body(spec.body)
    time_s = frame_times_s(spec.motion.duration_s, spec.rate_hz, spec.uneven, spec.seed)[frames]
    others = tuple(_cast(companion, time_s, spec.yaw_deg) for companion in spec.others)
    return Staging(body, time_s, spec.motion.poses(body, time_s), _cameras(spec, body, time_s), others)


def _cast(companion: Companion, time_s: Array, camera_yaw_deg: float) -> Cast:
    body = load_body(companion.body)
    return Cast(body, companion_poses(companion, body, time_s, camera_yaw_deg))


def _cameras(spec: ClipSpec, body: Body, time_s: Array) -> list[Camera]:
    """The camera of every frame, as the hand moves it."""
    camera = _camera(spec, body)
    offset_px = spec.shake_px * _hand_movement(time_s, 2, spec.seed + 1000)
    roll_deg = spec.shake_roll_deg * _hand_movement(time_s, 1, spec.seed + 3000)[:, 0]
    shifted = [camera.shifted(offset) for offset in offset_px]
    if spec.shake_roll_deg == 0:
        return shifted
    return [one.rolled(float(roll)) for one, roll in zip(shifted, roll_deg, strict=True)]


def _camera(spec: ClipSpec, body: Body) -> Camera:
    """Looks at the middle of the body, with room above the head; from the side, also at the middle of a deep squat."""
    yaw = np.radians(spec.yaw_deg)
    behind_m = 0.10 * abs(np.sin(yaw))
    aim_m = spec.aim_right_m * picture_axes(spec.yaw_deg)[0] + np.array([0.0, 0.0, spec.aim_up_m])
    target = np.array([0.0, behind_m, 0.485 * body.stature_m]) + aim_m
    focal_px = spec.body_height_px * spec.camera_distance_m / body.stature_m
    return place_camera(
        spec.yaw_deg, spec.camera_distance_m, spec.camera_height_m, target, focal_px, spec.size_px, spec.roll_deg
    )


def _hand_movement(time_s: Array, dimensions: int, seed: int) -> Array:
    """(T, dimensions), standard deviation 1: a sum of slow sines with random phases."""
    random = np.random.default_rng(seed)
    rate_hz = random.uniform(0.2, 1.8, (6, dimensions))
    phase = random.uniform(0, 2 * np.pi, (6, dimensions))
    waves = np.sin(2 * np.pi * rate_hz * time_s[:, None, None] + phase)
    return waves.sum(1) / np.sqrt(3)


def clip_truth(spec: ClipSpec, staging: Staging) -> dict[str, Any]:
    """The truth file's content; sample_videos/README.md documents it."""
    body = staging.body
    joints = [body.posed_joints(pose) for pose in staging.poses]
    header = {
        "name": spec.name,
        "movement": spec.motion.label,
        "body": spec.body,
        "stature_m": round(body.stature_m, 4),
        "view": view_name(spec.yaw_deg),
        "yaw_deg": spec.yaw_deg,
        "rate_hz": spec.rate_hz,
        "variable_rate": spec.uneven is not None,
        "rotation_deg": spec.rotation_deg,
        "seed": spec.seed,
        "reps": spec.motion.reps(),
    }
    rolls = [round(camera.roll_deg, 4) + 0.0 for camera in staging.cameras]
    others = [
        _companion_truth(companion, cast, staging.cameras)
        for companion, cast in zip(spec.others, staging.others, strict=True)
    ]
    truth = truth_of(joints, staging.time_s, staging.cameras)
    return header | truth | {"camera_roll_deg": rolls, "others": others}


def _companion_truth(companion: Companion, cast: Cast, cameras: list[Camera]) -> dict[str, Any]:
    """Pixels (T, 2) of the joints, also where they are hidden or out of the picture; None behind the camera."""
    frames = [cast.body.posed_joints(pose) for pose in cast.poses]
    points_px = {
        name: [_seen_at(camera, joints[name]) for camera, joints in zip(cameras, frames, strict=True)]
        for name in frames[0]
    }
    return {"body": companion.body, "movement": companion.motion.label, "points_px": points_px}


def _seen_at(camera: Camera, point_m: Array) -> list[float] | None:
    x, y, depth_m = camera.project(point_m).round(2) + 0.0
    return [float(x), float(y)] if depth_m > 0 else None


def _blocks(spec: ClipSpec, body: Body) -> tuple[Block, ...]:
    """What the movement needs to stand about: its own blocks, or the seat of a sit-to-stand under the first frame."""
    if isinstance(spec.motion, Furnished):
        return spec.motion.blocks(body)
    if not isinstance(spec.motion, SitToStand):
        return ()
    _, hip_y, hip_z = body.posed_joints(spec.motion.poses(body, np.array([0.0]))[0])["left_hip"]
    height_m = float(hip_z) - SEAT_BELOW_HIP_M
    width_m, depth_m = SEAT_SIZE_M
    return (Block((0.0, float(hip_y) - 0.12 + depth_m / 2, height_m / 2), (width_m, depth_m, height_m)),)


def pictures(spec: ClipSpec, staging: Staging) -> Iterator[np.ndarray]:
    """The frames (H, W, 3), 8-bit sRGB, upright, one by one."""
    # numba compiles the renderer on its first import; truth must not wait for it.
    from scripts.rendering.look import dress
    from scripts.rendering.picture import Studio
    from scripts.rendering.scene import room_mesh

    room = ROOMS[spec.room]
    things = room_mesh(room, spec.yaw_deg, _blocks(spec, staging.body))
    others = [dress(cast.body, companion.look) for companion, cast in zip(spec.others, staging.others, strict=True)]
    studio = Studio(dress(staging.body, spec.look), room, things, spec.light, spec.supersampling, others)
    random = np.random.default_rng(spec.seed)
    passed_s = [None, *np.diff(staging.time_s).tolist()]
    for index, (pose, camera) in enumerate(zip(staging.poses, staging.cameras, strict=True)):
        others_now = [cast.poses[index] for cast in staging.others]
        yield studio.photograph(pose, camera, spec.noise, random, others_now, passed_s[index])


def write_clip(spec: ClipSpec, folder: Path, frames: slice = slice(None)) -> None:
    """Write `<name>.json` and `<name>.mp4`, all or a part of the frames: H.264, ready to stream."""
    staging = stage(spec, frames)
    truth = json.dumps(clip_truth(spec, staging), separators=(",", ":")) + "\n"
    (folder / f"{spec.name}.json").write_text(truth, encoding="utf-8")
    write_video(
        folder / f"{spec.name}.mp4",
        pictures(spec, staging),
        staging.time_s,
        rate_hz=spec.rate_hz,
        time_base=Fraction(1, spec.rate_hz) if spec.uneven is None else VARIABLE_TIME_BASE,
        rotation_deg=spec.rotation_deg,
        crf=spec.crf,
    )
