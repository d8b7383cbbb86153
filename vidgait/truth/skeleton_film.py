"""A person made of lines in front of a pinhole camera, and what a pose network would say of the picture.

`film` is a perfect network; the rest gives it a real one's faults: `spoil` noise with a spectrum of its own, constant
offsets, gaps, exchanged legs; `network_noise` the shipped network's noise, `network_habits` how it misjudges a turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vidgait.kinematics.heading import footing_of, prior_reading_deg, prior_yaw_deg, upright_frames
from vidgait.kinematics.noise import noise_table
from vidgait.kinematics.standing import points_of
from vidgait.truth.skeleton_motion import SIDES, Body, Motion
from vidgait.truth.skeleton_pose import skeleton_m
from vidgait.types import BLAZEPOSE, ClipPoses, FloatArray, IntArray, Track

__all__ = ["CAMERA", "LEG", "Camera", "clip_poses", "film", "network_habits", "network_noise", "spoil"]

LEG = ("hip", "knee", "ankle", "heel", "toe")
SCORE = 0.98
"""What BlazePose says of a joint that it sees well."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Stands at (0, height_m, distance_m) and looks along -z. Pixels: origin top left, the first pixel's centre at
    0.5."""

    size_px: tuple[int, int] = (1080, 1920)
    focal_px: float = 1500.0
    height_m: float = 1.0
    distance_m: float = 3.5
    pitch_deg: float = 0.0
    """+ looks down"""
    roll_deg: float = 0.0
    """+ turns the picture clockwise, as `Segment.roll_deg` counts it"""

    def axes(self) -> FloatArray:
        """(3, 3): rows are the camera's right, up and towards-the-camera directions in the world."""
        pitch, roll = np.radians([self.pitch_deg, self.roll_deg])
        tilt = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
        turn = np.array([[np.cos(roll), np.sin(roll), 0], [-np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
        return np.asarray(turn @ tilt)

    def position_m(self) -> FloatArray:
        return np.array([0.0, self.height_m, self.distance_m])

    def project(self, points_m: FloatArray) -> FloatArray:
        """(..., 3) world -> (..., 2) pixels."""
        seen = (points_m - self.position_m()) @ self.axes().T
        depth = -seen[..., 2:]
        centre = np.array(self.size_px) / 2
        return np.asarray(centre + self.focal_px * seen[..., :2] * np.array([1.0, -1.0]) / depth)


CAMERA = Camera()


def film(
    motion: Motion,
    camera: Camera = CAMERA,
    body: Body | None = None,
    *,
    score: float | Mapping[str, float] = SCORE,
) -> Track:
    """What a perfect pose network sees. Points outside the picture are kept, as a network extrapolates them."""
    world = skeleton_m(motion, body)
    hips = world[:, BLAZEPOSE.indices("left_hip", "right_hip")].mean(axis=1, keepdims=True)
    scores = np.full(world.shape[:2], SCORE if isinstance(score, Mapping) else score)
    if isinstance(score, Mapping):
        for name, value in score.items():
            scores[:, BLAZEPOSE.index(name)] = value
    return Track(motion.time_s.copy(), camera.project(world), scores, (world - hips) @ camera.axes().T, BLAZEPOSE)


def spoil(
    track: Track,
    rng: np.random.Generator | None = None,
    *,
    noise_px: float = 0.0,
    correlation_s: float = 0.0,
    offset_px: float = 0.0,
    gaps_s: Sequence[tuple[float, float]] = (),
    keypoints: Sequence[str] | None = None,
    swaps_s: Sequence[tuple[float, float]] = (),
) -> Track:
    """Adds noise (white, or first-order with `correlation_s`), one constant offset a keypoint, gaps `[start, end)` in
    all or the named keypoints (NaN, score 0), and stretches in which the legs are exchanged, in 3-D too."""
    rng = rng or np.random.default_rng(0)
    xy, score = track.xy_px.copy(), track.score.copy()
    world = None if track.xyz_m is None else track.xyz_m.copy()
    xy += noise_px * _first_order(rng, track.time_s, xy.shape, correlation_s)
    xy += offset_px * rng.standard_normal(xy.shape[1:])
    for start, end in swaps_s:
        rows, order = _frames_in(track.time_s, start, end), _legs_exchanged()
        xy[rows], score[rows] = xy[rows][:, order], score[rows][:, order]
        if world is not None:
            world[rows] = world[rows][:, order]
    columns = np.arange(xy.shape[1]) if keypoints is None else np.array(BLAZEPOSE.indices(*keypoints))
    for start, end in gaps_s:
        lost = np.zeros(xy.shape[:2], bool)
        lost[_frames_in(track.time_s, start, end)[:, None], columns] = True
        xy[lost], score[lost] = np.nan, 0.0
    return track.replace(xy_px=xy, score=score, xyz_m=world)


def network_noise(track: Track, body_height_px: float, rng: np.random.Generator) -> Track:
    """Adds what the pose network that ships adds to well-seen joints: jitter, wander with its correlation time, and
    one offset a clip, by keypoint, from the table measured on rendered people (`kinematics.noise`)."""
    table = noise_table()
    best = len(table["score_edges"]) - 2
    parts = [name.removeprefix("left_").removeprefix("right_") for name in BLAZEPOSE.keypoints]
    rows = [table["keypoints"].get(part, table["keypoints"]["other"]) for part in parts]

    def sd_px(name: str) -> FloatArray:
        return body_height_px * np.array([row[name][best] for row in rows])[:, None]

    xy = track.xy_px + sd_px("jitter") * rng.standard_normal(track.xy_px.shape)
    for k, row in enumerate(rows):
        wander = _first_order(rng, track.time_s, (track.time_s.size, 2), row["correlation_s"][best])
        xy[:, k] += sd_px("wander")[k] * wander
    return track.replace(xy_px=xy + sd_px("offset") * rng.standard_normal(xy.shape[1:]))


def network_habits(track: Track) -> Track:
    """The 3-D points turned as the pose network that ships turns them: near a front view it sees people about five
    degrees off who are not (`kinematics.heading`, measured on rendered people). The picture's points stay exact."""
    if track.xyz_m is None:
        return track
    points, yaw = points_of(track), prior_yaw_deg(track)
    turn = np.radians(prior_reading_deg(yaw, ~upright_frames(points), footing_of(points, track.time_s)) - yaw)
    turn = np.nan_to_num(turn)[:, None]
    x, y, z = np.moveaxis(track.xyz_m, -1, 0)
    turned = [x * np.cos(turn) - z * np.sin(turn), y, x * np.sin(turn) + z * np.cos(turn)]
    return track.replace(xyz_m=np.stack(turned, axis=-1))


def clip_poses(tracks: Sequence[Track], size_px: tuple[int, int] = CAMERA.size_px) -> ClipPoses:
    """Everyone as pass one leaves them: rows by frame, then in the order of `tracks`; a frame without a single finite
    point has no row. All tracks share their time base."""
    time = tracks[0].time_s
    rows = [(t, n) for t in range(time.size) for n, track in enumerate(tracks) if np.isfinite(track.xy_px[t]).any()]
    world = [track.xyz_m for track in tracks]
    count = len(BLAZEPOSE.keypoints)
    return ClipPoses(
        time_s=time,
        media_time_s=time.copy(),
        frame=np.array([t for t, _ in rows], dtype=np.intp),
        xy_px=np.array([tracks[n].xy_px[t] for t, n in rows]).reshape(-1, count, 2),
        score=np.array([tracks[n].score[t] for t, n in rows]).reshape(-1, count),
        xyz_m=np.array([w[t] for t, n in rows if (w := world[n]) is not None]).reshape(-1, count, 3),
        skeleton=BLAZEPOSE,
        size_px=size_px,
    )


def _frames_in(time_s: FloatArray, start_s: float, end_s: float) -> IntArray:
    return np.flatnonzero((time_s >= start_s) & (time_s < end_s))


def _legs_exchanged() -> IntArray:
    order = np.arange(len(BLAZEPOSE.keypoints))
    left, right = (BLAZEPOSE.indices(*(f"{side}_{part}" for part in LEG)) for side in SIDES)
    order[left], order[right] = right, left
    return order


def _first_order(
    rng: np.random.Generator, time_s: FloatArray, shape: tuple[int, ...], correlation_s: float
) -> FloatArray:
    """Unit noise whose correlation falls to 1/e in `correlation_s`; white for 0."""
    noise = rng.standard_normal(shape)
    if correlation_s > 0:
        for t in range(1, shape[0]):
            keep = np.exp(-(time_s[t] - time_s[t - 1]) / correlation_s)
            noise[t] = keep * noise[t - 1] + np.sqrt(1 - keep**2) * noise[t]
    return noise
