"""People made of lines with exactly known joint angles, filmed by a pinhole camera: truth for unit tests.

    motion = squat(depth_deg=100, reps=3, yaw_deg=90)           # what the person does
    track = film(motion, Camera(height_m=1.0))                  # what a perfect pose network would say
    track = spoil(track, np.random.default_rng(0), noise_px=2)  # what a real one says
    poses = clip_poses([track, other], CAMERA.size_px)          # several people, before tracking

World: metres, x to the image's right, y up, z towards the camera, floor y = 0, origin on the floor below the optical
axis at `distance_m`. Yaw, signs and sides follow `vidgait.types` and the biomechanics specification, section 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.interpolate import CubicSpline

from vidgait.types import BLAZEPOSE, ClipPoses, FloatArray, Side, Track

SIDES: tuple[Side, Side] = ("left", "right")
FOOT = ("ankle", "heel", "toe")
LEG = ("hip", "knee", *FOOT)

# Thigh and shank inclination against knee flexion in a squat with level feet (biomechanics, table of section 10.6).
_KNEE_DEG = (0.0, 30.0, 60.0, 90.0, 110.0, 120.0, 140.0)
_THIGH_DEG = (0.0, 17.0, 36.0, 58.0, 78.0, 90.0, 105.0)

# One stride of walking from foot contact, as thigh inclination and knee flexion (fractions of the stride; degrees).
_STRIDE = (0.0, 0.15, 0.40, 0.52, 0.62, 0.73, 0.87, 1.0)
_STRIDE_THIGH_DEG = (24.0, 20.0, -5.0, -14.0, -4.0, 14.0, 27.0, 24.0)
_STRIDE_KNEE_DEG = (5.0, 18.0, 6.0, 10.0, 38.0, 62.0, 30.0, 5.0)


@dataclass(frozen=True)
class Body:
    """Segment lengths as fractions of stature, near Drillis and Contini's."""

    height_m: float = 1.75
    thigh: float = 0.245
    shank: float = 0.246
    ankle_height: float = 0.039
    toe_length: float = 0.110
    heel_length: float = 0.035
    hip_half_width: float = 0.052
    shoulder_half_width: float = 0.115
    trunk: float = 0.288
    upper_arm: float = 0.186
    forearm: float = 0.146
    hand: float = 0.06

    def length_m(self, name: str) -> float:
        return float(getattr(self, name)) * self.height_m


@dataclass(frozen=True)
class Camera:
    """Stands at (0, height_m, distance_m) and looks along -z."""

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
        return turn @ tilt

    def project(self, points_m: FloatArray) -> FloatArray:
        """(..., 3) world -> (..., 2) pixels."""
        seen = (points_m - np.array([0.0, self.height_m, self.distance_m])) @ self.axes().T
        depth = -seen[..., 2:]
        centre = (np.array(self.size_px) - 1) / 2
        return centre + self.focal_px * seen[..., :2] * np.array([1.0, -1.0]) / depth


CAMERA = Camera()


def _per_side(value: float | FloatArray, count: int) -> dict[Side, FloatArray]:
    return {side: np.broadcast_to(np.asarray(value, float), (count,)).copy() for side in SIDES}


@dataclass(frozen=True)
class Motion:
    """What a person does: every array is (T,), degrees unless named otherwise. This is the truth."""

    time_s: FloatArray
    thigh_deg: Mapping[Side, FloatArray]
    """inclination, + knee ahead of hip"""
    shank_deg: Mapping[Side, FloatArray]
    """inclination, + knee ahead of ankle"""
    foot_deg: Mapping[Side, FloatArray]
    """+ toes up"""
    fppa_deg: Mapping[Side, FloatArray]
    """+ knee medial; the ankle stays as far from the midline as the hip"""
    trunk_deg: FloatArray
    """+ leans forward"""
    trunk_left_deg: FloatArray
    """+ leans to the person's left"""
    left_hip_down_deg: FloatArray
    """pelvic obliquity, + left side lower"""
    yaw_deg: FloatArray
    """as `Segment.yaw_deg`: 0 faces the camera, +90 shows the left side"""
    place_m: FloatArray
    """(T, 2): x and z of the mid-ankle point on the floor (feet_fixed) or of mid-hip"""
    feet_fixed: bool = True
    stance_half_width_m: float | None = None
    """half the distance between the ankles; None puts each under its hip"""
    arms: str = "hang"
    """hang, forward, overhead or hips"""
    instants: Mapping[str, FloatArray] = field(default_factory=dict)
    """Exactly known events in time_s: `bottom`, `start`, `end`, `left_contact`, ..."""

    @property
    def knee_flexion_deg(self) -> dict[Side, FloatArray]:
        return {side: self.thigh_deg[side] + self.shank_deg[side] for side in SIDES}

    @property
    def hip_flexion_deg(self) -> dict[Side, FloatArray]:
        return {side: self.thigh_deg[side] + self.trunk_deg for side in SIDES}

    @property
    def ankle_dorsiflexion_deg(self) -> dict[Side, FloatArray]:
        return {side: self.shank_deg[side] + self.foot_deg[side] for side in SIDES}


def times(duration_s: float, rate_hz: float = 30.0, jitter: float = 0.0, seed: int = 0) -> FloatArray:
    """Frame times from 0; `jitter` moves each by up to that fraction of a frame (variable frame rate)."""
    grid = np.arange(round(duration_s * rate_hz)) / rate_hz
    shift = np.random.default_rng(seed).uniform(-jitter, jitter, grid.size) / rate_hz
    return grid + np.where(np.arange(grid.size) > 0, shift, 0.0)


def standing(
    duration_s: float = 2.0,
    *,
    yaw_deg: float = 0.0,
    x_m: float = 0.0,
    z_m: float = 0.0,
    rate_hz: float = 30.0,
    time_s: FloatArray | None = None,
    arms: str = "hang",
) -> Motion:
    time = times(duration_s, rate_hz) if time_s is None else np.asarray(time_s, float)
    count = time.size
    zero = np.zeros(count)
    return Motion(
        time_s=time,
        thigh_deg=_per_side(0.0, count),
        shank_deg=_per_side(0.0, count),
        foot_deg=_per_side(0.0, count),
        fppa_deg=_per_side(0.0, count),
        trunk_deg=zero,
        trunk_left_deg=zero,
        left_hip_down_deg=zero,
        yaw_deg=np.full(count, float(yaw_deg)),
        place_m=np.tile([float(x_m), float(z_m)], (count, 1)),
        arms=arms,
    )


def squat(
    depth_deg: float | Sequence[float] = 100.0,
    reps: int = 3,
    *,
    down_s: float = 1.2,
    pause_s: float = 0.0,
    up_s: float = 1.0,
    rest_s: float = 1.0,
    valgus_deg: float | Mapping[Side, float] = 0.0,
    trunk_deg: float = 40.0,
    hip_drop_deg: float = 0.0,
    heel_rise_deg: float = 0.0,
    yaw_deg: float = 0.0,
    x_m: float = 0.0,
    z_m: float = 0.0,
    rate_hz: float = 30.0,
    time_s: FloatArray | None = None,
    arms: str = "forward",
) -> Motion:
    """Squats with standing before, between and after. Depth is knee flexion at the bottom, one value or one a rep;
    `valgus_deg` (FPPA), `trunk_deg`, `hip_drop_deg` (left hip lower) and `heel_rise_deg` are reached at the bottom and
    are 0 in standing."""
    depths = np.broadcast_to(np.asarray(depth_deg, float), (reps,))
    cycle_s = rest_s + down_s + pause_s + up_s
    if time_s is None:
        time_s = times(reps * cycle_s + rest_s, rate_hz)
    starts = rest_s + cycle_s * np.arange(reps)
    share = np.zeros(time_s.size)
    depth = np.full(time_s.size, depths.max(initial=0.0))
    for start, deep in zip(starts, depths, strict=True):
        low, rise, end = start + down_s, start + down_s + pause_s, start + cycle_s - rest_s
        ramp = np.interp(time_s, [start, low, rise, end], [0, 1, 1, 0], left=0, right=0)
        share += 0.5 - 0.5 * np.cos(np.pi * ramp)
        depth[(time_s >= start) & (time_s < end)] = deep
    stand = standing(time_s=time_s, yaw_deg=yaw_deg, x_m=x_m, z_m=z_m, arms=arms)
    knee = depth * share
    thigh = np.interp(knee, _KNEE_DEG, _THIGH_DEG)
    valgus = valgus_deg if isinstance(valgus_deg, Mapping) else dict.fromkeys(SIDES, valgus_deg)
    instants = {
        "start": starts,
        "bottom": starts + down_s + pause_s / 2,
        "end": starts + cycle_s - rest_s,
    }
    return replace(
        stand,
        thigh_deg=dict.fromkeys(SIDES, thigh),
        shank_deg=dict.fromkeys(SIDES, knee - thigh),
        foot_deg=dict.fromkeys(SIDES, -heel_rise_deg * share),
        fppa_deg={side: valgus.get(side, 0.0) * share for side in SIDES},
        trunk_deg=trunk_deg * share,
        left_hip_down_deg=hip_drop_deg * share,
        instants=instants,
    )


def walking(
    duration_s: float = 4.0,
    *,
    cadence: float = 112.0,
    yaw_deg: float = 90.0,
    start_x_m: float | None = None,
    z_m: float = 0.0,
    rate_hz: float = 30.0,
    time_s: FloatArray | None = None,
    body: Body | None = None,
) -> Motion:
    """A steady walk along the heading, passing the middle of the picture at half time unless `start_x_m` is given.
    Feet hold the floor on average over a stance; `cadence` in steps a minute; `left_contact` and `right_contact` are
    the true foot contacts."""
    time = times(duration_s, rate_hz) if time_s is None else np.asarray(time_s, float)
    body = body or Body()
    stride_s = 120.0 / cadence
    thigh_at, knee_at = _stride_curves()
    phase = {"left": time / stride_s, "right": time / stride_s + 0.5}
    thigh = {side: thigh_at(phase[side] % 1.0) for side in SIDES}
    knee = {side: knee_at(phase[side] % 1.0) for side in SIDES}
    heading = np.array([-np.sin(np.radians(yaw_deg)), np.cos(np.radians(yaw_deg))])
    travel = _walking_speed_m_s(body, stride_s) * (time - time[0])
    start = np.array([0.0, z_m]) - heading * travel[-1] / 2
    if start_x_m is not None:
        start = np.array([start_x_m, z_m])
    count = np.arange(np.ceil(time[-1] / stride_s) + 1)
    contact = {"left_contact": count * stride_s, "right_contact": (count + 0.5) * stride_s}
    return replace(
        standing(time_s=time, yaw_deg=yaw_deg),
        thigh_deg=thigh,
        shank_deg={side: knee[side] - thigh[side] for side in SIDES},
        foot_deg={side: np.minimum(0.0, thigh[side] - knee[side] + 15.0) for side in SIDES},
        trunk_deg=np.full(time.size, 3.0),
        place_m=start + travel[:, None] * heading,
        feet_fixed=False,
        instants={name: at[(at >= time[0]) & (at <= time[-1])] for name, at in contact.items()},
    )


def walking_in(then: Motion, *, duration_s: float = 2.0, turn_s: float = 0.6, from_left: bool = True) -> Motion:
    """Walks in from the side of the picture, turns on the spot, then does `then` (which is shifted in time)."""
    rate_hz = 1.0 / float(np.median(np.diff(then.time_s)))
    heading = -90.0 if from_left else 90.0
    walk = walking(duration_s, yaw_deg=heading, rate_hz=rate_hz, start_x_m=0.0)
    arrive = then.place_m[0] - walk.place_m[-1]
    walk = replace(walk, place_m=walk.place_m + arrive)
    turn = standing(turn_s, rate_hz=rate_hz, x_m=float(then.place_m[0, 0]), z_m=float(then.place_m[0, 1]))
    share = 0.5 - 0.5 * np.cos(np.pi * np.linspace(0, 1, turn.time_s.size))
    return join(walk, replace(turn, yaw_deg=heading + (then.yaw_deg[0] - heading) * share), then)


def join(*motions: Motion) -> Motion:
    """One after the other. Arms, stance and instants' names are those of the last; instants are shifted in time."""
    rate_s = float(np.median(np.diff(motions[-1].time_s)))
    shifts = np.concatenate([[0.0], np.cumsum([m.time_s[-1] - m.time_s[0] + rate_s for m in motions[:-1]])])

    def both(name: str) -> dict[Side, FloatArray]:
        return {side: np.concatenate([getattr(m, name)[side] for m in motions]) for side in SIDES}

    def all_of(name: str) -> FloatArray:
        return np.concatenate([getattr(m, name) for m in motions])

    instants: dict[str, list[FloatArray]] = {}
    for motion, shift in zip(motions, shifts, strict=True):
        for name, at in motion.instants.items():
            instants.setdefault(name, []).append(np.asarray(at) - motion.time_s[0] + shift)
    places = [hip_path_m(m) for m in motions]
    return replace(
        motions[-1],
        time_s=np.concatenate([m.time_s - m.time_s[0] + s for m, s in zip(motions, shifts, strict=True)]),
        thigh_deg=both("thigh_deg"),
        shank_deg=both("shank_deg"),
        foot_deg=both("foot_deg"),
        fppa_deg=both("fppa_deg"),
        trunk_deg=all_of("trunk_deg"),
        trunk_left_deg=all_of("trunk_left_deg"),
        left_hip_down_deg=all_of("left_hip_down_deg"),
        yaw_deg=all_of("yaw_deg"),
        place_m=np.concatenate(places),
        feet_fixed=False,
        instants={name: np.concatenate(parts) for name, parts in instants.items()},
    )


def hip_path_m(motion: Motion, body: Body | None = None) -> FloatArray:
    """(T, 2): x and z of mid-hip."""
    if not motion.feet_fixed:
        return motion.place_m
    hips: FloatArray = skeleton_m(motion, body)[:, _rows("left_hip", "right_hip")].mean(axis=1)
    return hips[:, [0, 2]]


def skeleton_m(motion: Motion, body: Body | None = None) -> FloatArray:
    """(T, 33, 3): the person in the world, lower foot on the floor."""
    body = body or Body()
    local = _local_points_m(motion, body)
    points = np.stack([local[name] for name in BLAZEPOSE.keypoints], axis=1)
    yaw = np.radians(motion.yaw_deg)
    zero, one = np.zeros_like(yaw), np.ones_like(yaw)
    axes = np.stack(  # rows: forward, up, left in the world
        [
            np.stack([-np.sin(yaw), zero, np.cos(yaw)], -1),
            np.stack([zero, one, zero], -1),
            np.stack([np.cos(yaw), zero, np.sin(yaw)], -1),
        ],
        axis=1,
    )
    world = np.einsum("tki,tij->tkj", points, axes)
    feet = world[:, _rows(*(f"{side}_{part}" for side in SIDES for part in ("heel", "toe")))]
    world[..., 1] -= feet[..., 1].min(axis=1)[:, None]
    held = _rows("left_ankle", "right_ankle") if motion.feet_fixed else _rows("left_hip", "right_hip")
    world[..., [0, 2]] += (motion.place_m - world[:, held].mean(axis=1)[:, [0, 2]])[:, None]
    return world


def film(
    motion: Motion,
    camera: Camera = CAMERA,
    body: Body | None = None,
    *,
    score: float | Mapping[str, float] = 0.98,
) -> Track:
    """What a perfect pose network sees. Points outside the picture are kept, as a network extrapolates them."""
    world = skeleton_m(motion, body)
    hip = world[:, _rows("left_hip", "right_hip")].mean(axis=1, keepdims=True)
    scores = np.full(world.shape[:2], score if isinstance(score, (int, float)) else 0.98)
    if isinstance(score, Mapping):
        for name, value in score.items():
            scores[:, BLAZEPOSE.index(name)] = value
    return Track(motion.time_s.copy(), camera.project(world), scores, (world - hip) @ camera.axes().T, BLAZEPOSE)


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
    all or the named keypoints (NaN, score 0), and stretches in which the legs are exchanged."""
    rng = rng or np.random.default_rng(0)
    xy, score = track.xy_px.copy(), track.score.copy()
    xy += noise_px * _coloured(rng, track.time_s, xy.shape, correlation_s)
    xy += offset_px * rng.standard_normal(xy.shape[1:])
    for start, end in swaps_s:
        rows = np.flatnonzero((track.time_s >= start) & (track.time_s < end))
        order = np.arange(xy.shape[1])
        left, right = (_rows(*(f"{side}_{part}" for part in LEG)) for side in SIDES)
        order[left], order[right] = right, left
        xy[rows], score[rows] = xy[rows][:, order], score[rows][:, order]
    columns = slice(None) if keypoints is None else _rows(*keypoints)
    for start, end in gaps_s:
        rows = np.flatnonzero((track.time_s >= start) & (track.time_s < end))
        lost = np.zeros(xy.shape[:2], bool)
        lost[rows[:, None], np.arange(xy.shape[1])[columns]] = True
        xy[lost], score[lost] = np.nan, 0.0
    return track.replace(xy_px=xy, score=score)


def clip_poses(tracks: Sequence[Track], size_px: tuple[int, int] = CAMERA.size_px) -> ClipPoses:
    """Everyone as pass one leaves them: rows by frame, then in the order of `tracks`; a frame without a single finite
    point has no row. All tracks share their time base."""
    time = tracks[0].time_s
    rows = [(t, n) for t in range(time.size) for n, track in enumerate(tracks) if np.isfinite(track.xy_px[t]).any()]
    world = [track.xyz_m for track in tracks]
    return ClipPoses(
        time_s=time,
        media_time_s=time.copy(),
        frame=np.array([t for t, _ in rows], dtype=np.intp),
        xy_px=np.array([tracks[n].xy_px[t] for t, n in rows]).reshape(-1, len(BLAZEPOSE.keypoints), 2),
        score=np.array([tracks[n].score[t] for t, n in rows]).reshape(-1, len(BLAZEPOSE.keypoints)),
        xyz_m=np.array([w[t] for t, n in rows if (w := world[n]) is not None]).reshape(-1, len(BLAZEPOSE.keypoints), 3),
        skeleton=BLAZEPOSE,
        size_px=size_px,
    )


def _rows(*names: str) -> list[int]:
    return BLAZEPOSE.indices(*names)


def _stride_curves() -> tuple[Callable[[FloatArray], FloatArray], Callable[[FloatArray], FloatArray]]:
    return (
        CubicSpline(_STRIDE, _STRIDE_THIGH_DEG, bc_type="periodic"),
        CubicSpline(_STRIDE, _STRIDE_KNEE_DEG, bc_type="periodic"),
    )


def _walking_speed_m_s(body: Body, stride_s: float) -> float:
    thigh_at, knee_at = _stride_curves()

    def ahead_m(phase: float) -> float:
        thigh = np.radians(thigh_at(np.array(phase)))
        shank = np.radians(knee_at(np.array(phase))) - thigh
        return float(body.length_m("thigh") * np.sin(thigh) - body.length_m("shank") * np.sin(shank))

    return (ahead_m(0.0) - ahead_m(0.5)) / (0.5 * stride_s)


def _coloured(rng: np.random.Generator, time_s: FloatArray, shape: tuple[int, ...], correlation_s: float) -> FloatArray:
    noise = rng.standard_normal(shape)
    if correlation_s > 0:
        for t in range(1, shape[0]):
            keep = np.exp(-(time_s[t] - time_s[t - 1]) / correlation_s)
            noise[t] = keep * noise[t - 1] + np.sqrt(1 - keep**2) * noise[t]
    return noise


def _vector(forward: FloatArray, up: FloatArray, left: FloatArray) -> FloatArray:
    return np.stack(np.broadcast_arrays(forward, up, left), axis=-1)


def _knee_medial_m(motion: Motion, body: Body, side: Side) -> FloatArray:
    """How far the knee leaves the hip-ankle line, so that the frontal projection shows exactly the FPPA."""
    thigh_m, shank_m = body.length_m("thigh"), body.length_m("shank")
    tangent = np.tan(np.radians(motion.fppa_deg[side]))
    medial = np.zeros_like(tangent)
    for _ in range(20):  # the height of the knee depends on the medial shift itself
        high = np.sqrt(thigh_m**2 - medial**2) * np.cos(np.radians(motion.thigh_deg[side]))
        low = np.sqrt(shank_m**2 - medial**2) * np.cos(np.radians(motion.shank_deg[side]))
        high = np.maximum(high, 0.02)
        total = 1 / high + 1 / low
        medial = 2 * tangent / (total + np.sqrt(total**2 + 4 * tangent**2 / (high * low)))
    return medial


def _leg_m(motion: Motion, body: Body, side: Side, hip: FloatArray) -> dict[str, FloatArray]:
    outward = 1.0 if side == "left" else -1.0
    thigh, shank, foot = (np.radians(angle[side]) for angle in (motion.thigh_deg, motion.shank_deg, motion.foot_deg))
    medial = _knee_medial_m(motion, body, side)
    spread = 0.0
    if motion.stance_half_width_m is not None:
        spread = (motion.stance_half_width_m - body.length_m("hip_half_width")) / 2
    aside_thigh = outward * (spread - medial)
    aside_shank = outward * (spread + medial)
    long = np.sqrt(body.length_m("thigh") ** 2 - aside_thigh**2)
    short = np.sqrt(body.length_m("shank") ** 2 - aside_shank**2)
    knee = hip + _vector(long * np.sin(thigh), -long * np.cos(thigh), aside_thigh)
    ankle = knee + _vector(-short * np.sin(shank), -short * np.cos(shank), aside_shank)
    ahead, up = _vector(np.cos(foot), np.sin(foot), 0 * foot), _vector(-np.sin(foot), np.cos(foot), 0 * foot)
    sole = ankle - body.length_m("ankle_height") * up
    return {
        f"{side}_hip": hip,
        f"{side}_knee": knee,
        f"{side}_ankle": ankle,
        f"{side}_heel": sole - body.length_m("heel_length") * ahead,
        f"{side}_toe": sole + body.length_m("toe_length") * ahead,
    }


def _arm_m(motion: Motion, body: Body, side: Side, shoulder: FloatArray, trunk: FloatArray) -> dict[str, FloatArray]:
    down, ahead = np.array([0.0, -1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    outward = np.array([0.0, 0.0, 1.0 if side == "left" else -1.0])
    upper = {"hang": down, "forward": ahead, "overhead": trunk, "hips": 0.8 * down + 0.6 * outward}[motion.arms]
    lower = {"hang": down, "forward": ahead, "overhead": trunk, "hips": 0.8 * down - 0.6 * outward}[motion.arms]
    elbow = shoulder + body.length_m("upper_arm") * upper
    wrist = elbow + body.length_m("forearm") * lower
    hand = wrist + body.length_m("hand") * lower
    points = {"shoulder": shoulder, "elbow": elbow, "wrist": wrist, "index": hand, "pinky": hand, "thumb": hand}
    return {f"{side}_{name}": point for name, point in points.items()}


def _head_m(body: Body, neck: FloatArray, trunk: FloatArray) -> dict[str, FloatArray]:
    ahead, left = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])
    middle = neck + 0.11 * body.height_m * trunk
    points = {"nose": middle + 0.06 * body.height_m * ahead}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        points[f"{side}_ear"] = middle + sign * 0.042 * body.height_m * left
        points[f"{side}_mouth"] = (
            middle + 0.05 * body.height_m * ahead + body.height_m * (sign * 0.012 * left - 0.02 * trunk)
        )
        for part, aside in (("eye_inner", 0.01), ("eye", 0.018), ("eye_outer", 0.026)):
            points[f"{side}_{part}"] = middle + body.height_m * (0.05 * ahead + 0.02 * trunk + sign * aside * left)
    return points


def _local_points_m(motion: Motion, body: Body) -> dict[str, FloatArray]:
    """Every keypoint as (T, 3) in forward, up, left of the person, mid-hip at the origin."""
    drop = np.radians(motion.left_hip_down_deg)
    lean, aside = np.radians(motion.trunk_deg), np.radians(motion.trunk_left_deg)
    left = _vector(0 * drop, -np.sin(drop), np.cos(drop))
    trunk = _vector(np.sin(lean) * np.cos(aside), np.cos(lean) * np.cos(aside), np.sin(aside))
    neck = body.length_m("trunk") * trunk
    points = _head_m(body, neck, trunk)
    for side in SIDES:
        sign = 1.0 if side == "left" else -1.0
        points |= _leg_m(motion, body, side, sign * body.length_m("hip_half_width") * left)
        shoulder = neck + _vector(0 * drop, 0 * drop, sign * body.length_m("shoulder_half_width") + 0 * drop)
        points |= _arm_m(motion, body, side, shoulder, trunk)
    return points
