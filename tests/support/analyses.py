"""Plausible whole `Analysis` objects for the tests of what is drawn and written, without any network or video.

`synthetic_squat()` moves a stick figure of known size in front of a parallel camera: every joint angle is known.
`analysis_of_poses()` wraps the raw points of a real clip (an .npz with `time_s`, `media_time_s`, `xy_px`, `score`,
`size_px`) in the same way. The numbers are for looking at and for wiring, not for judging accuracy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np
from scipy.signal import butter, filtfilt, find_peaks

from vidgait.settings import Settings
from vidgait.types import (
    BLAZEPOSE,
    Analysis,
    ClipPoses,
    Facing,
    FloatArray,
    Issue,
    Measure,
    Movement,
    Rep,
    Segment,
    Series,
    Side,
    Track,
    VideoInfo,
    View,
)

__all__ = ["analysis_of_points", "analysis_of_poses", "squat_points", "synthetic_squat"]

SIDES: tuple[Side, Side] = ("left", "right")
FACING: dict[View, Facing] = {"front": "camera", "back": "away", "left": "image_left", "right": "image_right"}
YAW_DEG: dict[View, float] = {"front": 0.0, "back": 180.0, "left": 90.0, "right": -90.0, "oblique": 40.0}


def synthetic_squat(
    view: View = "left",
    *,
    reps: int = 3,
    rate_hz: float = 30.0,
    size_px: tuple[int, int] = (720, 1280),
    time_s: FloatArray | None = None,
    start_media_s: float = 0.0,
    lost: tuple[float, float] | None = None,
    settings: Settings | None = None,
) -> Analysis:
    """Bilateral squats of 2.4 s after one second of standing. `lost = (start_s, end_s)`: nobody is seen then."""
    if time_s is None:
        time_s = np.arange(int((1.5 + 2.4 * reps + 1.0) * rate_hz)) / rate_hz
    points_px = squat_points(time_s, view, reps=reps, size_px=size_px)
    score = np.full(points_px.shape[:2], 0.95)
    near = {"left": "left", "right": "right"}.get(view)
    for row, name in enumerate(BLAZEPOSE.keypoints):
        if near and name.startswith("right_" if near == "left" else "left_"):
            score[:, row] = 0.45
    if lost is not None:
        gone = (time_s >= lost[0]) & (time_s < lost[1])
        points_px[gone], score[gone] = np.nan, 0.0
    return analysis_of_points(time_s, time_s + start_media_s, points_px, score, size_px, view, settings=settings)


def squat_points(
    time_s: FloatArray, view: View, *, reps: int, size_px: tuple[int, int], height_m: float = 1.75
) -> FloatArray:
    """(T, 33, 2) pixels of a figure of `height_m` that fills 62 % of the picture's height."""
    deepest = 1.0 if view in SIDES else 0.6  # from the front a level thigh would be a point
    body_m = np.stack([_body_m(deepest * depth) for depth in _depth(time_s, reps)])
    forward, up, left = np.moveaxis(body_m, -1, 0)
    yaw = np.radians(YAW_DEG[view])
    px_per_m = 0.62 * size_px[1] / height_m
    x_px = 0.5 * size_px[0] + px_per_m * (np.cos(yaw) * left - np.sin(yaw) * forward)
    return np.stack([x_px, 0.86 * size_px[1] - px_per_m * up], axis=-1)


def _depth(time_s: FloatArray, reps: int) -> FloatArray:
    """How deep the figure is, 0 standing to 1; each repetition a little less deep than the one before."""
    depth = np.zeros(len(time_s))
    for rep in range(reps):
        phase = (time_s - 1.2 - 2.4 * rep) / 2.2
        bump = 0.5 - 0.5 * np.cos(2 * np.pi * np.clip(phase, 0, 1))
        depth += (1.0 - 0.06 * rep) * bump
    return depth


def _body_m(depth: float) -> FloatArray:
    """(33, 3) forward, up, left in metres; feet on the floor at the origin."""
    shank, thigh, trunk = (np.radians(angle * depth) for angle in (32.0, 96.0, 40.0))
    points: dict[str, tuple[float, float, float]] = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        collapse = (0.030 if side == "left" else 0.055) * depth
        knee = (0.42 * np.sin(shank), 0.08 + 0.42 * np.cos(shank), sign * (0.13 - collapse))
        hip = (knee[0] - 0.43 * np.sin(thigh), knee[1] + 0.43 * np.cos(thigh), sign * 0.095)
        shoulder = (hip[0] + 0.50 * np.sin(trunk), hip[1] + 0.50 * np.cos(trunk), sign * 0.18)
        reach = 0.30 + 0.25 * depth
        points |= {
            f"{side}_ankle": (0.0, 0.08, sign * 0.13),
            f"{side}_heel": (-0.06, 0.03, sign * 0.13),
            f"{side}_toe": (0.19, 0.02, sign * 0.16),
            f"{side}_knee": knee,
            f"{side}_hip": hip,
            f"{side}_shoulder": shoulder,
            f"{side}_elbow": (shoulder[0] + 0.5 * reach, shoulder[1] - 0.16, sign * 0.20),
        }
        hand = (shoulder[0] + reach, shoulder[1] - 0.02, sign * 0.09)
        points |= {f"{side}_{part}": hand for part in ("wrist", "pinky", "index", "thumb")}
        head = (shoulder[0] + 0.02, shoulder[1] + 0.22)
        face = {"eye_inner": 0.02, "eye": 0.035, "eye_outer": 0.05, "ear": 0.075, "mouth": 0.025}
        for part, width in face.items():
            ahead, raised = (0.0, 0.0) if part == "ear" else (0.09, -0.05 if part == "mouth" else 0.03)
            points[f"{side}_{part}"] = (head[0] + ahead, head[1] + raised, sign * width)
        points["nose"] = (head[0] + 0.12, head[1], 0.0)
    return np.array([points[name] for name in BLAZEPOSE.keypoints])


def analysis_of_poses(
    pose_file: Path, view: View, *, path: str = "clip.mp4", settings: Settings | None = None, **parts: Any
) -> Analysis:
    """An Analysis around the saved raw points of one person."""
    saved = np.load(pose_file)
    size_px = (int(saved["size_px"][0]), int(saved["size_px"][1]))
    points_px, score = saved["xy_px"].astype(float), saved["score"].astype(float)
    analysis = analysis_of_points(
        saved["time_s"], saved["media_time_s"], points_px, score, size_px, view, path=path, settings=settings
    )
    return replace(analysis, **parts)


def analysis_of_points(
    time_s: FloatArray,
    media_time_s: FloatArray,
    points_px: FloatArray,
    score: FloatArray,
    size_px: tuple[int, int],
    view: View,
    *,
    path: str = "clip.mp4",
    settings: Settings | None = None,
) -> Analysis:
    """Everything that follows from one person's points, in a simple way."""
    seen = np.flatnonzero(np.isfinite(points_px).all(axis=(1, 2)))
    poses = ClipPoses(time_s, media_time_s, seen, points_px[seen], score[seen], None, BLAZEPOSE, size_px)
    raw = Track(time_s, points_px, np.nan_to_num(score), None, BLAZEPOSE)
    clean = _clean(raw)
    segments = (_segment(clean, view),)
    series = _series(clean, view)
    reps = _reps(clean, series, view)
    return Analysis(
        video=_video(path, size_px, time_s),
        settings=(settings or Settings()).to_mapping(),
        poses=poses,
        person_ids=np.zeros(len(seen), dtype=int),
        athlete=0,
        athlete_basis="the only person in the clip",
        raw=raw,
        clean=clean,
        evidence=(),
        segments=segments,
        series=series,
        movement=Movement("squat", 0.93, "both knees and hips bend and straighten together"),
        reps=reps,
        measures=_measures(clean, series, reps, view),
        issues=(Issue("low_frame_rate", "info", "30 pictures a second: tempo is good to about 0.03 s."),),
        provenance={"vidgait": "0.1.0", "input_sha256": "0" * 64, "weights": {}},
    )


def _video(path: str, size_px: tuple[int, int], time_s: FloatArray) -> VideoInfo:
    spacing_s = float(np.median(np.diff(time_s)))
    return VideoInfo(
        path=path,
        size_px=size_px,
        rate_hz=Fraction(round(1 / spacing_s), 1),
        capture_rate_hz=1 / spacing_s,
        duration_s=float(time_s[-1] - time_s[0] + spacing_s),
        variable_rate=bool(np.ptp(np.diff(time_s)) > 0.2 * spacing_s),
        rotation_deg=0,
        codec="h264",
    )


def _clean(raw: Track) -> Track:
    """Low-pass at 6 Hz where the person was seen throughout; NaN stays NaN."""
    points_px = raw.xy_px.copy()
    rate_hz = 1 / float(np.median(np.diff(raw.time_s)))
    seen = np.isfinite(points_px).all(axis=(1, 2))
    if rate_hz > 14 and seen.sum() > 20:
        b, a = butter(2, 6.0 / (0.5 * rate_hz))
        edges = np.flatnonzero(np.diff(np.r_[False, seen, False]))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            if end - start > 12:
                points_px[start:end] = filtfilt(b, a, points_px[start:end], axis=0)
    points_px[raw.score < 0.3] = np.nan
    return raw.replace(xy_px=points_px, steps=("hidden points removed", "low-pass 6 Hz, zero phase"))


def _segment(track: Track, view: View) -> Segment:
    ankle = 0.5 * (track.point("left_ankle") + track.point("right_ankle"))
    near: Side | None = {"left": "left", "right": "right"}.get(view)  # type: ignore[assignment]
    if near:
        ankle = track.point(f"{near}_ankle")
    head = track.point(f"{near}_ear") if near else track.point("nose")
    body_px = float(np.nanpercentile(ankle[:, 1] - head[:, 1], 95)) * 1.12
    return Segment(
        start_s=float(track.time_s[0]),
        end_s=float(track.time_s[-1]) + 0.04,
        view=view,
        yaw_deg=YAW_DEG[view],
        yaw_error_deg=8.0,
        facing=FACING.get(view, "unknown"),
        near_side=near,
        scale_m_per_px=1.75 / body_px,
        scale_basis="assumed height 1.75 m",
        roll_deg=0.0,
        vertical_basis="quiet standing",
        body_height_px=body_px,
        leg_length_px=0.49 * body_px,
    )


def _series(track: Track, view: View) -> tuple[Series, ...]:
    sagittal, frontal = view in ("left", "right"), view in ("front", "back")
    direction = -1.0 if view == "left" else 1.0
    return tuple(_sagittal_series(track, sagittal, direction) + _frontal_series(track, frontal))


def _angle(x: FloatArray, y: FloatArray) -> FloatArray:
    angle_deg: FloatArray = np.degrees(np.arctan2(x, y))
    return angle_deg


def _one(name: str, side: Side | None, value: FloatArray, why_none: str | None, unit: str = "deg") -> Series:
    return Series(name, unit, side, value if why_none is None else np.full(len(value), np.nan), why_none)


def _sagittal_series(track: Track, valid: bool, direction: float) -> list[Series]:
    why_none = None if valid else "not measurable from the front"
    found = []
    for side in SIDES:
        hip, knee, ankle, heel, toe, shoulder = (
            track.point(f"{side}_{part}") for part in ("hip", "knee", "ankle", "heel", "toe", "shoulder")
        )
        thigh = _angle(direction * (knee - hip)[:, 0], (knee - hip)[:, 1])
        shank = _angle(direction * (knee - ankle)[:, 0], (ankle - knee)[:, 1])
        trunk = _angle(direction * (shoulder - hip)[:, 0], (hip - shoulder)[:, 1])
        foot = _angle((heel - toe)[:, 1], np.abs((toe - heel)[:, 0]))
        found += [
            _one("knee_flexion_deg", side, thigh + shank, why_none),
            _one("hip_flexion_deg", side, thigh + trunk, why_none),
            _one("ankle_dorsiflexion_deg", side, shank + foot - np.nanmedian((shank + foot)[:8]), why_none),
            _one("thigh_inclination_deg", side, thigh, why_none),
            _one("shank_inclination_deg", side, shank, why_none),
        ]
    middle = [0.5 * (track.point(f"left_{part}") + track.point(f"right_{part}")) for part in ("shoulder", "hip")]
    line = np.where(np.isfinite(middle[0] - middle[1]), middle[0] - middle[1], shoulder - hip)
    return [*found, _one("trunk_lean_deg", None, _angle(direction * line[:, 0], -line[:, 1]), why_none)]


def _frontal_series(track: Track, valid: bool) -> list[Series]:
    why_none = None if valid else "not measurable from the side"
    hips = {side: track.point(f"{side}_hip") for side in SIDES}
    found = []
    for side, other in (("left", "right"), ("right", "left")):
        medial = np.sign(hips[other][:, 0] - hips[side][:, 0])
        knee, ankle = track.point(f"{side}_knee"), track.point(f"{side}_ankle")
        thigh = _angle(medial * (knee - hips[side])[:, 0], (knee - hips[side])[:, 1])
        shank = _angle(medial * (ankle - knee)[:, 0], (ankle - knee)[:, 1])
        found.append(_one("fppa_deg", side, thigh - shank, why_none))  # type: ignore[arg-type]
    line = hips["left"] - hips["right"]
    knees = track.point("left_knee") - track.point("right_knee")
    with np.errstate(divide="ignore", invalid="ignore"):
        separation = np.abs(knees[:, 0] / line[:, 0])
    return [
        *found,
        _one("pelvic_obliquity_deg", None, _angle(line[:, 1], np.abs(line[:, 0])), why_none),
        _one("knee_separation_hips_percent", None, 100 * separation, why_none, "% hip distance"),
    ]


def _reps(track: Track, series: Sequence[Series], view: View) -> tuple[Rep, ...]:
    """Squats by the height of the hips above the ankles, whatever the view."""
    near = view if view in SIDES else "left"
    height = track.point(f"{near}_ankle")[:, 1] - track.point(f"{near}_hip")[:, 1]
    if np.isfinite(height).sum() < 5:
        return ()
    top = np.nanpercentile(height, 92)
    depth = np.nan_to_num(1 - height / top)
    spacing_s = float(np.median(np.diff(track.time_s)))
    bottoms, _ = find_peaks(depth, height=0.17, distance=max(1, int(0.6 / spacing_s)), prominence=0.12)
    return tuple(_rep(number, int(row), depth, track.time_s) for number, row in enumerate(bottoms, 1))


def _rep(number: int, bottom: int, depth: FloatArray, time_s: FloatArray) -> Rep:
    start, end = bottom, bottom
    while start > 0 and depth[start] > 0.06:
        start -= 1
    while end < len(depth) - 1 and depth[end] > 0.06:
        end += 1
    low = np.flatnonzero(depth[start:end] > 0.97 * depth[bottom]) + start
    instants = {
        "bottom": float(time_s[bottom]),
        "eccentric_end": float(time_s[low[0]]),
        "concentric_start": float(time_s[low[-1]]),
    }
    return Rep(number, "rep", float(time_s[start]), float(time_s[end]), None, instants)


FACTS: dict[str, tuple[str, str, float, float, str]] = {
    "knee_flexion_bottom": ("Knee flexion at the bottom", "knee_flexion_deg", 1.5, 5.0, "deg"),
    "hip_flexion_bottom": ("Hip flexion at the bottom", "hip_flexion_deg", 2.0, 8.0, "deg"),
    "thigh_inclination_bottom": ("Depth: thigh against the horizontal", "thigh_inclination_deg", 1.5, 5.0, "deg"),
    "trunk_lean_bottom": ("Trunk lean at the bottom", "trunk_lean_deg", 1.2, 4.0, "deg"),
    "fppa_bottom": ("Knee position (FPPA) at the bottom", "fppa_deg", 2.0, 6.0, "deg"),
    "knee_separation_hips": (
        "Knee distance over hip distance",
        "knee_separation_hips_percent",
        5.0,
        15.0,
        "% hip distance",
    ),
}


def _measures(track: Track, series: Sequence[Series], reps: Sequence[Rep], view: View) -> tuple[Measure, ...]:
    found: list[Measure] = []
    for id, (label, name, noise, error, unit) in FACTS.items():
        for one in (s for s in series if s.name == name):
            if view in SIDES and one.side not in (None, view):
                continue
            base: dict[str, Any] = {"id": id, "label": label, "unit": unit, "side": one.side}
            if one.why_none:
                found.append(Measure(value=None, why_none=one.why_none, **base))
                continue
            values = [float(np.interp(rep.instants["bottom"], track.time_s, one.value)) for rep in reps]
            known: Literal["A", "B"] = "B" if unit == "deg" else "A"
            facts: Mapping[str, Any] = base | {"noise": noise, "error": error, "grade": known}
            found += [
                Measure(value=value, rep=rep.index, n=1, **facts) for value, rep in zip(values, reps, strict=True)
            ]
            if values:
                found.append(Measure(value=float(np.median(values)), n=len(values), **facts))
    return tuple(found + _tempo(reps))


def _tempo(reps: Sequence[Rep]) -> list[Measure]:
    found = []
    for rep in reps:
        down_s = rep.instants["eccentric_end"] - rep.start_s
        up_s = rep.end_s - rep.instants["concentric_start"]
        for id, label, value in (("eccentric_time", "Way down", down_s), ("concentric_time", "Way up", up_s)):
            found.append(Measure(id, label, value, "s", None, rep.index, 1, 0.03, 0.06, grade="A"))
    return found
