"""`simulate`: a movement, a camera and a pose network's faults in; points and their exact truth out.

Points, not pixels: nothing is drawn and nothing inferred, so a clip takes milliseconds. It shows what geometry, noise
and timing do to every number; what clothes, light and most of a network's habits do, only pictures show.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from vidgait.errors import SettingsError
from vidgait.settings import Settings
from vidgait.truth.recipe import Recipe, camera_of, heading_deg, motion_of
from vidgait.truth.simulated_truth import truth_mapping
from vidgait.truth.skeleton_curves import with_curves
from vidgait.truth.skeleton_film import Camera, clip_poses, film, network_habits, network_noise, spoil
from vidgait.truth.skeleton_gait import walk
from vidgait.truth.skeleton_motion import Body, Motion, standing
from vidgait.types import BLAZEPOSE, ClipPoses

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from vidgait.types import FloatArray, Track

__all__ = ["Gap", "Simulation", "Stretch", "simulate"]

OUT_OF_PICTURE_SCORE = 0.2
"""Below what counts as seen (`SignalSettings.score_min`): a network guesses joints outside the picture."""
BESIDE_M, BEHIND_M = 1.1, 1.2
"""Where the second person stands, or passes."""

Stretch = tuple[float, float]
"""`[start_s, end_s)`"""


@dataclass(frozen=True, slots=True)
class Gap:
    """Nothing is seen in `[start_s, end_s)`: of the whole person, or of the named keypoints only."""

    start_s: float
    end_s: float
    keypoints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """Points as a pose network would have left them, and what is true."""

    recipe: Recipe
    poses: ClipPoses
    truth: Mapping[str, Any]
    """Schema `vidgait-truth-1`, over the frames of `poses` (the athlete's; `others` holds the second person's)."""

    @property
    def name(self) -> str:
        return str(self.truth["name"])

    def settings(self, settings: Settings | None = None) -> Settings:
        """`settings`, told which of the shipped network's habits these points have: an analysis that undoes habits
        which are not there gets a heading wrong by up to nine degrees."""
        habits = "prior" if self.recipe.network_habits else "none"
        return (settings or Settings()).merged({"view": {"heading_habits": habits}})

    def truth_json(self) -> str:
        """The truth as the text of a truth file."""
        return json.dumps(self.truth, indent=None, separators=(",", ":"), allow_nan=False) + "\n"


def simulate(
    movement: str | Recipe = "squat",
    *,
    curves: Mapping[str, npt.ArrayLike] | None = None,
    gaps: Sequence[Gap] = (),
    swaps: Sequence[Stretch] = (),
    time_s: npt.ArrayLike | None = None,
    **changes: Any,
) -> Simulation:
    """A person made of lines who does `movement`, as a pose network would see them.

    `changes` are the fields of `Recipe`: `simulate("squat", reps=5, knee_deg=110, fppa_left_deg=12, yaw_deg=8,
    noise_px=2)`. `curves` lays angles of your own over the movement (`left_knee_flexion_deg`, `trunk_inclination_deg`,
    ...: see `skeleton_curves.CURVES`); over "standing" they are the whole movement. `gaps` are stretches in which
    nothing is seen, `swaps` stretches in which the legs are taken for one another. `time_s` are frame times of your
    own, rising; otherwise `rate_hz`, `jitter` and `dropped` say when frames come. The same arguments give the same
    points, to the bit.

    Raises SettingsError for what cannot be simulated.

    >>> clip = simulate("squat", reps=2, yaw_deg=8)
    >>> clip.poses.xy_px.shape[1:]
    (33, 2)
    """
    recipe = _recipe(movement, changes)
    motion = motion_of(recipe, _frame_times(recipe, time_s))
    if curves:
        motion = with_curves(motion, curves)
    body, camera = Body(recipe.body_height_m), camera_of(recipe)
    random = np.random.default_rng(recipe.seed)
    athlete = _as_seen(film(motion, camera, body), recipe, camera, random)
    athlete = _with_faults(athlete, gaps, swaps)
    others = _others(recipe, motion, camera)
    truth = truth_mapping(
        _name(recipe), recipe.movement, motion, camera, body, others=[one.xy_px for one in others], seed=recipe.seed
    )
    tracks = [athlete, *(_as_seen(one, recipe, camera, random) for one in others)]
    return Simulation(recipe, clip_poses(tracks, camera.size_px), truth)


def _recipe(movement: str | Recipe, changes: Mapping[str, Any]) -> Recipe:
    known = [field.name for field in dataclasses.fields(Recipe)]
    for name in changes:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise SettingsError(
                f"There is nothing called '{name}' to simulate.",
                f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(known)}.",
            )
    if isinstance(movement, Recipe):
        return replace(movement, **changes)
    return Recipe(**({"movement": movement} | dict(changes)))


def _name(recipe: Recipe) -> str:
    return f"simulated_{recipe.movement}"


def _frame_times(recipe: Recipe, given: npt.ArrayLike | None) -> FloatArray | None:
    """None where the movement's own even times will do."""
    if given is not None:
        time_s = np.asarray(given, float)
        if time_s.ndim != 1 or time_s.size < 2 or not np.isfinite(time_s).all() or (np.diff(time_s) <= 0).any():
            raise SettingsError("time_s must be rising frame times in seconds, two at least.")
        return time_s
    if not (recipe.jitter or recipe.dropped):
        return None
    even = motion_of(recipe).time_s
    random = np.random.default_rng([recipe.seed, 1])
    shift = random.uniform(-recipe.jitter, recipe.jitter, even.size) * float(np.median(np.diff(even)))
    kept = random.uniform(size=even.size) >= recipe.dropped
    shift[0], kept[[0, -1]] = 0.0, True
    return np.asarray((even + shift)[kept])


def _as_seen(track: Track, recipe: Recipe, camera: Camera, random: np.random.Generator) -> Track:
    """With the habits and the noise asked for; joints outside the picture are guesses."""
    if recipe.network_habits:
        track = network_habits(track)
    if recipe.network_noise:
        track = network_noise(track, camera.focal_px * recipe.body_height_m / camera.distance_m, random)
    track = spoil(
        track,
        random,
        noise_px=recipe.noise_px,
        correlation_s=recipe.noise_correlation_s,
        offset_px=recipe.offset_px,
    )
    outside = ((track.xy_px < 0) | (track.xy_px > np.array(camera.size_px))).any(axis=-1)
    return track.replace(score=np.where(outside, OUT_OF_PICTURE_SCORE, track.score))


def _with_faults(track: Track, gaps: Sequence[Gap], swaps: Sequence[Stretch]) -> Track:
    track = spoil(track, swaps_s=[_ordered(*swap) for swap in swaps])
    for gap in gaps:
        unknown = sorted(set(gap.keypoints) - set(BLAZEPOSE.keypoints))
        if unknown:
            raise SettingsError(f"There is no keypoint '{unknown[0]}'.", f"Known: {', '.join(BLAZEPOSE.keypoints)}.")
        track = spoil(track, gaps_s=[_ordered(gap.start_s, gap.end_s)], keypoints=gap.keypoints or None)
    return track


def _ordered(start_s: float, end_s: float) -> Stretch:
    if not start_s < end_s:
        raise SettingsError(f"A stretch from {start_s:g} to {end_s:g} s is empty.", "Give the earlier time first.")
    return start_s, end_s


def _others(recipe: Recipe, motion: Motion, camera: Camera) -> list[Track]:
    """The second person, a little shorter and farther away, so that they are not taken for the athlete."""
    shorter = Body(0.95 * recipe.body_height_m)
    if recipe.second_person == "stands":
        there = standing(time_s=motion.time_s, yaw_deg=heading_deg(recipe), x_m=BESIDE_M, z_m=-BEHIND_M)
        return [film(there, camera, shorter)]
    if recipe.second_person == "crosses":
        passing = walk(time_s=motion.time_s, yaw_deg=90.0, z_m=-BEHIND_M, body=shorter)
        return [film(passing, camera, shorter)]
    return []
