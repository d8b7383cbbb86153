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
from scripts.rendering.camera import Camera, place_camera, view_name
from scripts.rendering.look import Look
from scripts.rendering.motion import Motion, SitToStand
from scripts.rendering.scene import ROOMS, Light, Seat
from scripts.rendering.truth import truth_of

if TYPE_CHECKING:
    from scripts.rendering.geometry import Array

__all__ = ["ClipSpec", "Staging", "clip_truth", "pictures", "stage", "write_clip"]

BT_709 = LIMITED_RANGE = 1
"""ISO/IEC 23091-2 code of BT.709, and FFmpeg's of the video range."""
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
    rate_hz: int = 30
    noise: float = 2.0
    shake_px: float = 0.0
    """Standard deviation of a slow hand movement."""
    seed: int = 1
    crf: int = 23
    supersampling: float = 2.0
    """Rendered pixels a side for each pixel of the video."""


@dataclass(frozen=True, slots=True, eq=False)
class Staging:
    """A specification brought to life: body, times, poses, cameras."""

    body: Body
    time_s: Array
    poses: list[Array]
    cameras: list[Camera]


def stage(spec: ClipSpec, frames: slice = slice(None)) -> Staging:
    """Pose every frame, or a part of them."""
    body = load_body(spec.body)
    time_s = (np.arange(round(spec.motion.duration_s * spec.rate_hz)) / spec.rate_hz)[frames]
    poses = spec.motion.poses(body, time_s)
    camera = _camera(spec, body)
    shake = _shake_px(spec, time_s)
    return Staging(body, time_s, poses, [camera.shifted(offset) for offset in shake])


def _camera(spec: ClipSpec, body: Body) -> Camera:
    """Looks at the middle of the body, with room above the head; from the side, also at the middle of a deep squat."""
    yaw = np.radians(spec.yaw_deg)
    behind_m = 0.10 * abs(np.sin(yaw))
    target = np.array([0.0, behind_m, 0.485 * body.stature_m])
    focal_px = spec.body_height_px * spec.camera_distance_m / body.stature_m
    return place_camera(
        spec.yaw_deg, spec.camera_distance_m, spec.camera_height_m, target, focal_px, spec.size_px, spec.roll_deg
    )


def _shake_px(spec: ClipSpec, time_s: Array) -> Array:
    """(T, 2): a sum of slow sines with random phases."""
    random = np.random.default_rng(spec.seed + 1000)
    rate_hz, phase = random.uniform(0.2, 1.8, (6, 2)), random.uniform(0, 2 * np.pi, (6, 2))
    waves = np.sin(2 * np.pi * rate_hz * time_s[:, None, None] + phase)
    return spec.shake_px * waves.sum(1) / np.sqrt(3)


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
        "seed": spec.seed,
        "reps": spec.motion.reps(),
    }
    return header | truth_of(joints, staging.time_s, staging.cameras)


def _seat(spec: ClipSpec, body: Body) -> Seat | None:
    """The box that a sit-to-stand starts from, under the hips of the first frame."""
    if not isinstance(spec.motion, SitToStand):
        return None
    hip = body.posed_joints(spec.motion.poses(body, np.array([0.0]))[0])["left_hip"]
    return Seat(front_y_m=float(hip[1]) - 0.12, height_m=float(hip[2]) - SEAT_BELOW_HIP_M)


def pictures(spec: ClipSpec, staging: Staging) -> Iterator[np.ndarray]:
    """The frames (H, W, 3), 8-bit sRGB, one by one."""
    # numba compiles the renderer on its first import; truth must not wait for it.
    from scripts.rendering.look import dress
    from scripts.rendering.picture import Studio
    from scripts.rendering.scene import room_mesh

    seat = _seat(spec, staging.body)
    room = ROOMS[spec.room]
    studio = Studio(
        dress(staging.body, spec.look), room, room_mesh(room, spec.yaw_deg, seat), spec.light, spec.supersampling
    )
    random = np.random.default_rng(spec.seed)
    for pose, camera in zip(staging.poses, staging.cameras, strict=True):
        yield studio.photograph(pose, camera, spec.noise, random)


def write_clip(spec: ClipSpec, folder: Path) -> None:
    """Write `<name>.json` and `<name>.mp4`: H.264, constant frame rate, ready to stream."""
    staging = stage(spec)
    truth = json.dumps(clip_truth(spec, staging), separators=(",", ":")) + "\n"
    (folder / f"{spec.name}.json").write_text(truth, encoding="utf-8")
    _encode(folder / f"{spec.name}.mp4", pictures(spec, staging), spec)


def _encode(path: Path, frames: Iterator[np.ndarray], spec: ClipSpec) -> None:
    import av

    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        options = {"crf": str(spec.crf), "preset": "medium", "threads": "1"}
        stream = container.add_stream("libx264", rate=spec.rate_hz, options=options)
        stream.width, stream.height = spec.size_px
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, spec.rate_hz)
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = BT_709
        context.color_range = LIMITED_RANGE
        for index, picture in enumerate(frames):
            coloured = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame = coloured.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
