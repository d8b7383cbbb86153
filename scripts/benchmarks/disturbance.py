"""What the pose network does to joints whose place is known, taken from rendered clips, and laid over other people.

A residual is network less truth in shares of body height, joint by joint and frame by frame. Of each clip it is split
in what follows the posture (values at a few knee angles, and what standing on one leg adds) and the rest, which keeps
its own course over time. A new person gets the postural part of a random blend of the clips of one view and half,
blended with the covariance that the clips show, so that joints err together as they do there; and the rest of one
clip, that of its standing in standing, that of its movement in movement. Cloth and waistband err as in that one clip.
Nothing of `vidgait.kinematics.noise` is used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vidgait.kinematics.angles import wrap_deg
from vidgait.kinematics.heading import footing_of, prior_reading_deg, prior_yaw_deg, upright_frames
from vidgait.kinematics.pelvis import PELVIC_ROLL
from vidgait.kinematics.standing import points_of
from vidgait.kinematics.swaps import exchange, find_swaps
from vidgait.store import load_analysis
from vidgait.types import BLAZEPOSE, BoolArray, Evidence, FloatArray, IntArray, Track

if TYPE_CHECKING:
    from vidgait.types import Analysis, Side

__all__ = [
    "SIDES",
    "Disturbance",
    "Residual",
    "bent_share",
    "draw_disturbance",
    "in_turn",
    "posture_of",
    "read_residuals",
]

SIDES: tuple[Side, Side] = ("left", "right")
PARTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe", "ear")
KNOTS_DEG = np.array([0.0, 45.0, 90.0, 120.0])
# The cloth and the waistband, in degrees, beside the joints.
EXTRA = ("prior_yaw", "cloth", "waistband")
FACING_WITHIN_DEG = 32.0
SIDE_WITHIN_DEG = 35.0
# Pulls the values at knots that a clip does not reach towards their neighbours; small against a few frames there.
SMOOTH = 1.0
LIFTED_LEGS = 0.08
REST_MAX = 0.0075
EVIDENCE_SD_MIN_DEG = 0.3
ROWS_MIN = 8


@dataclass(frozen=True, eq=False)
class Residual:
    """One clip. Joints in shares of body height: x toward the person's left in front and back views and forward in
    side views, y down. Mirrored so that `left` is the leg that stands, leads or is near."""

    clip: str
    half: str
    """found or tested"""
    family: str
    """two_feet, one_foot (front and back views) or side"""
    time_s: FloatArray
    postural: FloatArray
    """(P, C): knots, then one leg; channels are POINTS' x and y, then EXTRA"""
    rest: FloatArray
    """(T, C)"""
    bent: FloatArray
    """(T,) 0 standing still on straight legs, 1 bent or moving"""
    score: FloatArray
    """(T, 33)"""
    evidence_sd: FloatArray
    """(P, 2) degrees by posture, NaN without"""


@dataclass(frozen=True, eq=False)
class Disturbance:
    """For the frames of one new clip, with the sides of that clip."""

    error: FloatArray
    """(T, 33, 2) shares of body height, x and y as in the picture"""
    prior_yaw_deg: FloatArray
    """(T,) how much further turned the 3-D prior reads than its known habit"""
    score: FloatArray
    """(T, 33)"""
    evidence_deg: FloatArray
    """(T, 2) error of the tilt by cloth and waistband, + the person's right side lower"""
    evidence_sd: FloatArray
    """(T, 2)"""
    sources: tuple[str, ...]


POINTS = ("nose", *(f"{side}_{part}" for side in SIDES for part in PARTS))
_NEXT_TO = {"eye": "nose", "mouth": "nose", "pinky": "wrist", "index": "wrist", "thumb": "wrist"}


# --- from clips -----------------------------------------------------------------------------------------------------


def read_residuals(folders: Sequence[tuple[Path, Path]]) -> list[Residual]:
    """Of every analysis (folder) that has a truth file beside it in the second folder of its pair."""
    found = []
    for analyses, truths in folders:
        for folder in sorted(path for path in analyses.iterdir() if (path / "analysis.json").is_file()):
            truth = truths / f"{folder.name}.json"
            if truth.is_file():
                found += _residuals_of(folder.name, load_analysis(folder), json.loads(truth.read_text("utf-8")))
    return [one for one in found if not _lost(one)]


def _lost(one: Residual) -> bool:
    """Another person, or legs still exchanged: tracking's to say, not a matter of bands. Told by the nearer or standing
    leg, which is otherwise seen to 0.7 % of body height or better from moment to moment."""
    channels = [2 * POINTS.index(f"left_{part}") + axis for part in ("hip", "knee", "ankle") for axis in (0, 1)]
    return bool(np.sqrt(np.nanmean(one.rest[:, channels] ** 2, axis=0)).max() > REST_MAX)


MOVEMENTS = {
    "squat": "two_feet",
    "sit_to_stand": "two_feet",
    "single_leg_squat": "one_foot",
    "single_leg_stance": "one_foot",
    "step_down": "one_foot",
    "lunge": "two_feet",
}
# Samples belong to no half: every other one by name, so that each half has bodies and rooms of its own.
SAMPLES_FOUND = (
    "squat_front", "squat_side", "squat_dark", "single_leg_squat_left", "single_leg_stance", "turned_file",
)  # fmt: skip


def _residuals_of(name: str, analysis: Analysis, truth: dict[str, Any]) -> Iterator[Residual]:
    family, yaw = MOVEMENTS.get(truth["movement"]), float(truth["yaw_deg"])
    off_side = abs(abs(float(wrap_deg(yaw))) - 90.0)
    if family is None:
        return
    side_view = off_side <= SIDE_WITHIN_DEG
    if not side_view and 90.0 - off_side > FACING_WITHIN_DEG:
        return
    half = name.split("_")[0]
    half = half if half in ("found", "tested") else "found" if name in SAMPLES_FOUND else "tested"
    track = _put_right(analysis.raw)
    channels, posture, known = _channels(track, truth, analysis.evidence, side_view)
    stands = next((rep.get("side") for rep in truth["reps"] if rep.get("side")), None)
    near: Side = "left" if np.sin(np.radians(yaw)) > 0 else "right"
    first = near if side_view else stands
    score, sds = track.score, _evidence(analysis.evidence, track.time_s)[1]
    if first == "right":
        channels, score = _mirrored(channels, side_view), score[:, BLAZEPOSE.mirror_order()]
    postural, rest = _split(channels, posture, known)
    yield Residual(
        clip=name,
        half=half,
        family="side" if side_view else family,
        time_s=track.time_s[known],
        postural=postural,
        rest=rest,
        bent=bent_share(posture[known]),
        score=score[known],
        evidence_sd=_split(sds, posture, known)[0],
    )


def _put_right(track: Track) -> Track:
    height = _height_px(track)
    swaps = find_swaps(track.time_s, track.xy_px, track.score, track.skeleton, height)
    xy, score = (exchange(values, swaps, track.skeleton) for values in (track.xy_px, track.score))
    return track.replace(xy_px=xy, score=score)


def _height_px(track: Track) -> float:
    from vidgait.kinematics.signals import body_height_px

    return body_height_px(track)


def _channels(
    track: Track, truth: dict[str, Any], evidence: Sequence[Evidence], side_view: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(T, C) errors, (T, P) weights of the postures, (T,) frames in which everything of the body is known."""
    time_s, true_s, yaw = track.time_s, np.asarray(truth["time_s"]), float(truth["yaw_deg"])

    def at(values: Any) -> FloatArray:
        columns = np.asarray(values, float).reshape(len(true_s), -1)
        return np.stack([np.interp(time_s, true_s, column) for column in columns.T], axis=1)

    height = _height_px(track)
    x_sign = -np.sign(np.sin(np.radians(yaw))) if side_view else np.sign(np.cos(np.radians(yaw)))
    errors = [(track.point(name) - at(truth["points_px"][name])) / height * np.array([x_sign, 1.0]) for name in POINTS]
    heading = float(np.median(yaw))
    expected = (
        heading
        if side_view
        else prior_reading_deg(
            np.full(time_s.size, heading), ~upright_frames(points_of(track)), footing_of(points_of(track), time_s)
        )
    )
    prior = wrap_deg(prior_yaw_deg(track) - expected)
    drop = at(truth["angles_deg"]["left"]["pelvic_drop_deg"])[:, 0]
    tilt = _evidence(evidence, time_s)[0] * (1.0 if np.cos(np.radians(yaw)) < 0 else -1.0)
    tilt = tilt - (drop - np.median(drop[: max(3, time_s.size // 10)]))[:, None]
    channels = np.concatenate([*errors, prior[:, None], tilt], axis=1)
    known = np.isfinite(channels[:, : 2 * len(POINTS)]).all(axis=1)
    points_m = {name: at(truth["points_m"][name]) for name in ("left_ankle", "right_ankle", "left_hip", "right_hip")}
    flexion = np.maximum(*(at(truth["angles_deg"][side]["knee_flexion_3d_deg"])[:, 0] for side in SIDES))
    if MOVEMENTS[truth["movement"]] == "one_foot":
        stands = next(rep["side"] for rep in truth["reps"] if rep.get("side"))
        flexion = at(truth["angles_deg"][stands]["knee_flexion_3d_deg"])[:, 0]
    apart = np.abs(points_m["left_ankle"][:, 2] - points_m["right_ankle"][:, 2]) / (0.5 * truth["stature_m"])
    return channels, posture_of(flexion, apart), known


def posture_of(knee_deg: FloatArray, feet_apart_legs: FloatArray) -> FloatArray:
    """(T, P): weights of the values at KNOTS_DEG, then how much of standing on one leg there is."""
    knee = np.clip(knee_deg, KNOTS_DEG[0], KNOTS_DEG[-1])
    hats = np.stack([np.interp(knee, KNOTS_DEG, row) for row in np.eye(KNOTS_DEG.size)], axis=1)
    return np.column_stack([hats, np.clip(feet_apart_legs / LIFTED_LEGS, 0.0, 1.0)])


def _evidence(evidence: Sequence[Evidence], time_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(T, 2) value and SD at the frames; NaN where none was read within a tenth of a second."""
    value, sd = np.full((time_s.size, 2), np.nan), np.full((time_s.size, 2), np.nan)
    for one in evidence:
        if one.name != PELVIC_ROLL:
            continue
        for column in range(2):
            known = np.isfinite(one.value[:, column] + one.sd[:, column])
            if known.sum() < 2:
                continue
            at = one.time_s[known]
            near = np.abs(at[:, None] - time_s).min(axis=0) <= 0.1
            value[near, column] = np.interp(time_s[near], at, one.value[known, column])
            sd[near, column] = np.interp(time_s[near], at, one.sd[known, column])
    return value, sd


def _mirrored(channels: FloatArray, side_view: bool) -> FloatArray:
    """The same with left and right exchanged; sideways errors of front and back views, turns and tilts change sign."""
    joints = channels[..., : 2 * len(POINTS)].reshape(*channels.shape[:-1], len(POINTS), 2)
    order = [POINTS.index(_other(name)) for name in POINTS]
    swapped = joints[..., order, :] * (1.0 if side_view else np.array([-1.0, 1.0]))
    extra = channels[..., 2 * len(POINTS) :] * -1.0
    return np.concatenate([swapped.reshape(*channels.shape[:-1], -1), extra], axis=-1)


def _other(name: str) -> str:
    side, _, part = name.partition("_")
    return {"left": f"right_{part}", "right": f"left_{part}"}.get(side, name)


def _split(channels: FloatArray, posture: FloatArray, known: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What follows the posture (P, C), smoothed where the clip does not reach, and the rest (T, C) of known frames. A
    channel that a clip does not have is NaN in both."""
    weights, values = posture[known], channels[known]
    steps = SMOOTH * np.diff(np.eye(posture.shape[1])[:, :], axis=0)[: KNOTS_DEG.size - 1]
    one_leg = SMOOTH * np.eye(posture.shape[1])[-1:]
    rest, postural = np.full(values.shape, np.nan), np.full((posture.shape[1], values.shape[1]), np.nan)
    for column in range(values.shape[1]):
        seen = np.isfinite(values[:, column])
        if seen.sum() < 10:
            continue
        left = np.concatenate([weights[seen], steps, one_leg])
        right = np.concatenate([values[seen, column], np.zeros(len(steps) + 1)])
        postural[:, column] = np.linalg.lstsq(left, right, rcond=None)[0]
        rest[seen, column] = values[seen, column] - weights[seen] @ postural[:, column]
    return postural, rest


# --- onto a new person ----------------------------------------------------------------------------------------------


def draw_disturbance(
    residuals: Sequence[Residual],
    family: str,
    time_s: FloatArray,
    posture: FloatArray,
    first: Side,
    x_sign: float,
    noise_factor: float,
    moving: FloatArray,
    random: np.random.Generator,
) -> Disturbance:
    """For a clip of `time_s` (T,) and `posture` (T, P) in which `first` stands, leads or is near. `x_sign` +1 where the
    person's left (in side views: forward) is the picture's right. `noise_factor` multiplies what does not follow the
    posture; `moving` (T,) from 0 to 1 is whether that of a moving person is taken, or that of one who stands."""
    clips = [one for one in residuals if one.family == family]
    if family == "two_feet":
        clips = [*clips, *(_turned(one) for one in clips)]
    postural = _blend(
        np.stack([one.postural for one in clips]), len(clips) // (2 if family == "two_feet" else 1), random
    )
    source = clips[int(random.integers(len(clips)))]
    # What cloth and waistband err by goes with the SD that they state: both of one clip.
    postural[:, -2:] = np.nan_to_num(source.postural[:, -2:])
    moves, stands = (_rows(source, time_s, bent, random) for bent in (True, False))
    share = moving[:, None]
    rest = share * np.nan_to_num(source.rest[moves]) + (1 - share) * np.nan_to_num(source.rest[stands])
    channels = posture @ postural + noise_factor * rest
    score, sds = (
        source.score[np.where(share[:, 0] > 0.5, moves, stands)],
        np.maximum(posture @ source.evidence_sd, EVIDENCE_SD_MIN_DEG),
    )
    if first == "right":
        channels, score = _mirrored(channels, family == "side"), score[:, BLAZEPOSE.mirror_order()]
    joints = channels[:, : 2 * len(POINTS)].reshape(-1, len(POINTS), 2) * np.array([x_sign, 1.0])
    extra = channels[:, 2 * len(POINTS) :]
    columns = [POINTS.index(_nearest(name)) for name in BLAZEPOSE.keypoints]
    return Disturbance(joints[:, columns], extra[:, 0], score, extra[:, 1:], sds, (source.clip,))


def in_turn(first: Disturbance, second: Disturbance, share: FloatArray, standing: BoolArray) -> Disturbance:
    """Of somebody who stands on one leg and then on the other. `share` (T,) from 0 to 1: the second's part; `standing`
    (T,) where both feet are down and the legs straight. What the network makes of standing is one person's, the
    first's; what it makes of each leg from there is drawn apart, though part of it is of body and camera: that makes
    differences between legs err more, not less."""

    def meeting(one: FloatArray, other: FloatArray) -> FloatArray:
        """The other, moved to where they agree in standing."""
        apart = one[standing] - other[standing]
        known = np.isfinite(apart).any(axis=0)
        return other + np.nanmedian(np.where(known, apart, 0.0), axis=0)

    def mixed(one: FloatArray, other: FloatArray) -> FloatArray:
        part = share.reshape(-1, *([1] * (one.ndim - 1)))
        return np.where(part == 0, one, np.where(part == 1, other, (1 - part) * one + part * other))

    return Disturbance(
        mixed(first.error, meeting(first.error, second.error)),
        mixed(first.prior_yaw_deg, meeting(first.prior_yaw_deg, second.prior_yaw_deg)),
        mixed(first.score, second.score),
        mixed(first.evidence_deg, meeting(first.evidence_deg, second.evidence_deg)),
        mixed(first.evidence_sd, second.evidence_sd),
        first.sources + second.sources,
    )


def _turned(one: Residual) -> Residual:
    return replace(
        one,
        postural=_mirrored(one.postural, False),
        rest=_mirrored(one.rest, False),
        score=one.score[:, BLAZEPOSE.mirror_order()],
    )


def _blend(postural: FloatArray, independent: int, random: np.random.Generator) -> FloatArray:
    """(P, C): the mean over clips and a normal deviation with the clips' own covariance."""
    known = np.isfinite(postural)
    mean = np.where(known, postural, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    away = np.where(known, postural - mean, 0.0)
    weight = random.standard_normal(len(postural)) / np.sqrt(len(postural) * (1 - 1 / max(independent, 2)))
    blended: FloatArray = mean + np.tensordot(weight, away, axes=1)
    return blended


def bent_share(posture: FloatArray) -> FloatArray:
    """(T,) from 0 up to 5 degrees of knee flexion, or with both feet down, to 1 above 12."""
    share: FloatArray = np.clip((1 - posture[:, 0] - 0.11) / 0.16, 0.0, 1.0)
    return np.asarray(np.maximum(share, posture[:, -1]))


def _rows(source: Residual, time_s: FloatArray, bent: bool, random: np.random.Generator) -> IntArray:
    """Rows of the source for each new frame: those of a bent or moving person, or of one who stands, in their order
    from a random one on, forth and back. Errors wander more in movement, which must not reach into a rest."""
    kept = np.flatnonzero((source.bent > 0.5) == bent)
    kept = kept if kept.size >= ROWS_MIN else np.arange(source.bent.size)
    rate_hz = 1.0 / float(np.median(np.diff(source.time_s)))
    place = (random.uniform(0, kept.size) + (time_s - time_s[0]) * rate_hz) % (2 * kept.size - 1)
    place = np.where(place > kept.size - 1, 2 * kept.size - 2 - place, place)
    rows: IntArray = kept[np.clip(place.round().astype(int), 0, kept.size - 1)]
    return rows


def _nearest(name: str) -> str:
    side, _, part = name.rpartition("_") if name.split("_")[0] not in SIDES else name.partition("_")
    part = next((near for word, near in _NEXT_TO.items() if part.startswith(word)), part)
    return part if part == "nose" else f"{side}_{part}"
