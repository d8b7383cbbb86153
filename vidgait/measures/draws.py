"""What else the clip might have been: draws of the keypoints and of the camera, and the series they give.

A draw belongs to the clip, not to a measure: its constant offset per keypoint and its camera (yaw, pitch, roll, scale)
are the same in every repetition, so what two repetitions share cancels in their difference. Draw 0 is the value
itself. Each repetition is drawn over its own window, padded by more than the low-pass reaches.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.noise import NoiseModel, draw, draw_offsets
from vidgait.kinematics.series import CameraShift, series_from_points
from vidgait.kinematics.signals import frame_rate_hz, usable_cutoff_hz
from vidgait.kinematics.standing import POINTS, SIDES, Standing
from vidgait.measures.functions import passes_s, read_at, shifted_instants
from vidgait.movements import cutoff_hz

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vidgait.kinematics.pelvis import PelvicTilt
    from vidgait.settings import Settings, ViewSettings
    from vidgait.types import FloatArray, IntArray, Rep, Segment, Side, Track

__all__ = ["ClipDraws", "RepDraws", "draw_clip", "draw_rep", "drawn_instants_s", "standing_s", "upright_s"]

# Half a second holds the response of a 6 Hz low-pass many times over, and the standing that a change is counted from.
PAD_S = 0.5
# After the low-pass nothing above 6 Hz is left; more samples than this only cost time.
RATE_MAX_HZ = 60.0
# One standard deviation of what the segment does not state: a phone held or propped level by eye.
PITCH_SD_DEG = 4.0
ROLL_SD_DEG = 1.5
LENGTH_RATIO_SD = 0.02
# Where nobody stands the longest that legs appear stands for their length: a split stance shows them 5 to 10 % short.
GUESSED_LENGTHS = 3.0
HALF_WIDTHS_PER_SD = 1.96
STANDS_WITHIN_S = 0.35
# Which instants are found on the hips' height, as `vidgait.movements.phases` does; the rest on the shoulders'.
HIPS_TELL = frozenset({"bottom"})
HIPS_TELL_OF_A_RISE = frozenset({"start", "bottom", "concentric_start", "eccentric_end", "end"})
MATCHED_DEG = (45, 60)
"""Knee flexion, at which repetitions of different depth are compared."""


@dataclass(frozen=True, slots=True, eq=False)
class ClipDraws:
    """What all repetitions of a clip share. D draws, the first being the value."""

    count: int
    rng: np.random.Generator
    model: NoiseModel
    """Of POINTS only."""
    offsets_px: FloatArray
    """(D, len(POINTS), 2)"""
    unit_yaw: FloatArray
    """(D,) standard normal: scaled by each segment's own yaw error"""
    camera: CameraShift
    cutoff_hz: float
    tilt_rng: np.random.Generator
    """Of its own, so that evidence leaves all other draws as they are."""
    unit_tilt: FloatArray
    """(D,) standard normal: what the tilt of the pelvis errs by in all repetitions alike"""
    view: ViewSettings
    """With the gate of FPPA opened to that of other frontal measures: the mean of both legs is free of the yaw."""


@dataclass(frozen=True, slots=True, eq=False)
class RepDraws:
    """One repetition: series (D, T) of its window, and where each draw puts its instants."""

    time_s: FloatArray
    """(T,)"""
    values: dict[tuple[str, Side | None], FloatArray]
    instants: dict[str, FloatArray]
    """(D, 1) by name"""
    score: FloatArray
    """(T, len(POINTS))"""
    known: FloatArray
    """(T, len(POINTS)) 1 where the point was seen"""
    tilted: bool = False
    """The tilt of the pelvis comes from pixel evidence, and its draws hold all of its error."""

    stood: bool = True
    """The clip shows the person standing, so the lengths of legs and trunk are known."""
    cutoff_hz: float = np.inf
    """Of the low-pass that the points went through; none for a true curve."""

    def held_s(self) -> tuple[float, float]:
        """From where the free foot has come to rest to where it is lowered; of what is no hold, all of it."""
        first, last = (self.instants.get(name) for name in ("lifted", "lowered"))
        first = self.instants["start"] if first is None else first
        last = self.instants["end"] if last is None else last
        return float(first[0, 0]), float(last[0, 0])


def draw_clip(track: Track, noise: NoiseModel, movement_id: str | None, settings: Settings) -> ClipDraws:
    count = settings.error.draws + 1
    rng = np.random.default_rng(settings.error.seed)
    model = noise.take(track.skeleton.indices(*POINTS))
    offsets = draw_offsets(model, count, rng)
    unit = rng.standard_normal((4, count))
    unit[:, 0] = 0.0
    tilt_rng = np.random.default_rng([settings.error.seed, 1])
    wanted = settings.signals.cutoff_hz or cutoff_hz(movement_id)
    open_gate = max(settings.view.yaw_gate_fppa_deg, settings.view.yaw_gate_frontal_deg)
    return ClipDraws(
        count=count,
        rng=rng,
        model=model,
        offsets_px=offsets,
        unit_yaw=unit[0],
        camera=CameraShift(
            pitch_deg=PITCH_SD_DEG * unit[1],
            roll_deg=ROLL_SD_DEG * unit[2],
            length_ratio=np.exp(LENGTH_RATIO_SD * unit[3]),
        ),
        cutoff_hz=usable_cutoff_hz(track.time_s, wanted),
        tilt_rng=tilt_rng,
        unit_tilt=np.concatenate([[0.0], tilt_rng.standard_normal(count - 1)]),
        view=replace(settings.view, yaw_gate_fppa_deg=open_gate),
    )


def draw_rep(
    clip: ClipDraws,
    track: Track,
    segment: Segment,
    standing: Standing,
    rep: Rep,
    keep: frozenset[str],
    tilt: PelvicTilt | None = None,
) -> RepDraws | None:
    """`keep` names the series that will be read, `tilt` is that of the segment. None where the repetition lies outside
    its segment or has too few frames."""
    rows = _window(track, segment, rep)
    if rows.size < 3:
        return None
    time_s = track.time_s[rows]
    columns = np.array(track.skeleton.indices(*POINTS))
    points = draw(
        track.xy_px[rows][:, columns],
        _thinned(clip.model, track, time_s),
        clip.count,
        clip.rng,
        time_s,
        clip.cutoff_hz,
        clip.offsets_px,
    )
    by_name = {name: points[:, :, k] for k, name in enumerate(POINTS)}
    yaw_sd_deg = (segment.yaw_error_deg or 0.0) / HALF_WIDTHS_PER_SD
    guessed = 1.0 if standing.pose_px else GUESSED_LENGTHS
    values = series_from_points(
        by_name,
        time_s,
        segment,
        _moved(standing, clip.offsets_px),
        clip.view,
        replace(clip.camera, yaw_deg=yaw_sd_deg * clip.unit_yaw, length_ratio=clip.camera.length_ratio**guessed),
        None if tilt is None else _tilts(clip, tilt, rows, _bent_share(time_s, rep)),
        rep.side,
    )
    instants = _instants(values, _shoulder_height_px(by_name), time_s, rep)
    # A set of two hundred repetitions would fill a gigabyte with series that nobody reads.
    read = {key: series.astype(np.float32) for key, series in values.items() if key[0] in keep}
    return RepDraws(
        time_s,
        read,
        instants,
        track.score[rows][:, columns],
        np.isfinite(track.xy_px[rows][:, columns]).all(axis=-1).astype(float),
        tilt is not None,
        bool(standing.pose_px),
        clip.cutoff_hz,
    )


def _tilts(clip: ClipDraws, tilt: PelvicTilt, rows: IntArray, bent: FloatArray) -> FloatArray:
    """(D, T) draws of the tilt. Cloth errs slowly: half of its variance all of the clip has in common; the other half
    goes with posture, so that standing and the bottom of a repetition, `bent` (T,) 0 and 1, err independently, and one
    posture that is held errs by the same all along."""
    own = clip.tilt_rng.standard_normal((2, clip.count, 1))
    own[:, 0] = 0.0
    turn = bent * np.pi / 2
    shared: FloatArray = (clip.unit_tilt[:, None] + own[0] * np.cos(turn) + own[1] * np.sin(turn)) / np.sqrt(2.0)
    return tilt.value_deg[rows] + shared * tilt.sd_deg[rows]


def _bent_share(time_s: FloatArray, rep: Rep) -> FloatArray:
    """(T,) 0 at the ends of a repetition, 1 at its bottom, by time; 0 throughout a hold."""
    bottom_s = rep.instants.get("bottom")
    if bottom_s is None:
        return np.zeros(time_s.shape)
    return np.asarray(np.interp(time_s, [rep.start_s, bottom_s, rep.end_s], [0.0, 1.0, 0.0]))


def _window(track: Track, segment: Segment, rep: Rep) -> IntArray:
    start_s, end_s = max(rep.start_s - PAD_S, segment.start_s), min(rep.end_s + PAD_S, segment.end_s)
    rows = np.flatnonzero((track.time_s >= start_s) & (track.time_s < end_s))
    step = int(frame_rate_hz(track.time_s) // RATE_MAX_HZ)
    return rows[::step] if step > 1 else rows


def _thinned(model: NoiseModel, track: Track, time_s: FloatArray) -> NoiseModel:
    """Jitter is independent from frame to frame: of fewer frames a low-pass takes less of it away, so the jitter of a
    thinned window is made smaller to leave the same after the filter."""
    share = frame_rate_hz(time_s) / frame_rate_hz(track.time_s)
    return replace(model, jitter_sd_px=model.jitter_sd_px * np.sqrt(min(share, 1.0)))


def _moved(standing: Standing, offsets_px: FloatArray) -> Standing:
    """The standing pose of each draw: its constant offsets are in the standing pose too."""
    moved = {name: pose + offsets_px[:, POINTS.index(name)] for name, pose in standing.pose_px.items()}
    return replace(standing, pose_px=moved)


def _instants(
    values: dict[tuple[str, Side | None], FloatArray], shoulders_px: FloatArray, time_s: FloatArray, rep: Rep
) -> dict[str, FloatArray]:
    """(D, 1) of every instant. Those read off another signal than a height are the same in all draws."""
    height = values["hip_height_leg_lengths", None]
    instants = drawn_instants_s(height, shoulders_px, time_s, rep)
    known = {name: float(drawn[0, 0]) for name, drawn in instants.items()}
    found = {f"knee_{bend}": _knee_bend_s(values, time_s, known, bend, rep.side) for bend in MATCHED_DEG}
    found |= {f"fastest_{side}": _fastest_s(values, side, time_s, known) for side in SIDES}
    found["standing"] = standing_s(height[0], time_s, rep.start_s)
    found["upright"] = upright_s(values["trunk_lean_vertical_deg", None][0], time_s, rep.end_s)
    for name, at in found.items():
        if at is not None:
            instants[name] = np.full((height.shape[0], 1), at)
    return instants


def drawn_instants_s(hips: FloatArray, shoulders: FloatArray, time_s: FloatArray, rep: Rep) -> dict[str, FloatArray]:
    """(D, 1) where each draw puts the start, the end and the other instants of `rep`, from the heights `(D, T)`, upward
    and each in a unit of its own, that they were found on (`vidgait.movements.phases`): the shoulders' where they are
    seen throughout, but the hips' for the lowest point and for what a seat does. The feet are planted: the floor is the
    same in every draw. A hold begins and ends with a foot, of which neither knows anything: it is left as it is."""
    known = {"start": rep.start_s, "end": rep.end_s, **rep.instants}
    at_s = np.array(list(known.values()))
    by_hips = by_trunk = np.tile(at_s, (len(hips), 1))
    if rep.kind != "hold":
        by_hips = shifted_instants(hips, time_s, at_s)
        by_trunk = shifted_instants(shoulders, time_s, at_s) if np.isfinite(shoulders[0]).all() else by_hips
    on_hips = HIPS_TELL_OF_A_RISE if "top" in known else HIPS_TELL
    drawn = np.where([name in on_hips for name in known], by_hips, by_trunk)
    return {name: drawn[:, k : k + 1] for k, name in enumerate(known)}


def _shoulder_height_px(points_px: Mapping[str, FloatArray]) -> FloatArray:
    """(D, T) upward."""
    return np.asarray(-(points_px["left_shoulder"][..., 1] + points_px["right_shoulder"][..., 1]) / 2)


def standing_s(height: FloatArray, time_s: FloatArray, start_s: float) -> float:
    """The standing that a change is counted from: where the hips are highest shortly before the start, for a start is
    only told when the hips have gathered speed and the knees have bent by a seventh of their way."""
    before = np.flatnonzero((time_s >= start_s - STANDS_WITHIN_S) & (time_s <= start_s) & np.isfinite(height))
    return float(time_s[before[np.argmax(height[before])]]) if before.size else start_s


def upright_s(lean_deg: FloatArray, time_s: FloatArray, end_s: float) -> float:
    """Where the trunk is most upright shortly after the end, for an end is told before everything has come to rest."""
    after = np.flatnonzero((time_s >= end_s) & (time_s <= end_s + STANDS_WITHIN_S) & np.isfinite(lean_deg))
    return float(time_s[after[np.argmin(lean_deg[after])]]) if after.size else end_s


def _knee_bend_s(
    values: dict[tuple[str, Side | None], FloatArray],
    time_s: FloatArray,
    known: dict[str, float],
    bend_deg: float,
    leg: Side | None,
) -> float | None:
    """When the knee of `leg`, or both by their mean, last passes `bend_deg` of coarse flexion on the way down."""
    bottom_s = known.get("bottom", known["start"])
    legs = SIDES if leg is None else (leg,)
    bent = np.mean([values["knee_flexion_vertical_deg", side][0] for side in legs], axis=0)
    return passes_s(bent, time_s, known["start"], bottom_s, bend_deg)


def _fastest_s(
    values: dict[tuple[str, Side | None], FloatArray], side: Side, time_s: FloatArray, known: dict[str, float]
) -> float | None:
    """When the knee extends fastest on the value itself, by its change over 0.15 s, which noise moves little."""
    first, last = known.get("concentric_start"), known.get("concentric_end", known["end"])
    knee = values.get(("knee_flexion_deg", side))
    if knee is None or first is None or last <= first:
        return None
    at = np.linspace(first, last, 41)[None]
    fall = read_at(knee[:1], time_s, at - 0.075)[0] - read_at(knee[:1], time_s, at + 0.075)[0]
    return float(at[0, np.nanargmax(fall)]) if np.isfinite(fall).any() else None
