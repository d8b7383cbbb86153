"""Independent clips of people made of lines, filmed and disturbed at random: the cases on which bands are judged.

Everything about a case follows from its kind, half and number: body, camera, frame times, movement, faults, sway, and
the disturbance (`disturbance`). Nothing of the engine's own models of noise and camera is used, but for the habits of
the 3-D prior, which the disturbance is counted from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from disturbance import Disturbance, Residual, bent_share, draw_disturbance, in_turn, posture_of

from vidgait.kinematics.pelvis import PELVIC_ROLL
from vidgait.truth.recipe import OWN, SIMULATED, Recipe, camera_of, motion_of
from vidgait.truth.simulated_truth import truth_mapping
from vidgait.truth.skeleton_film import Camera, clip_poses, film, network_habits
from vidgait.truth.skeleton_motion import Body, Motion, other_side
from vidgait.truth.skeleton_pose import skeleton_m
from vidgait.types import BLAZEPOSE, Evidence, Track

if TYPE_CHECKING:
    from vidgait.truth.recipe import Legs
    from vidgait.types import ClipPoses, FloatArray, Side

__all__ = ["KINDS", "Case", "make_case"]

SIDES: tuple[Side, Side] = ("left", "right")
SIZE_PX = (1080, 1920)
TURNED_M = 0.05
"""Of the picture's height and width that the person keeps free."""
STANDS_WITHIN = 0.1
"""Frames this little more bent (a share, `bent_share`) than the straightest are standing."""


@dataclass(frozen=True)
class Kind:
    """One movement from one side. Ranges are uniform; pairs of (mean, SD) are named so."""

    movement: str
    views: tuple[str, ...]
    family: str
    yaw_sd_deg: float
    knee_deg: tuple[float, float] | None
    trunk_deg: tuple[float, float] | None = None
    reps: int | None = None
    """As many in every clip; else 1 to 6, mostly few."""
    legs: Legs = "one"
    """both: first one leg, then the other, `reps` each."""
    judged: bool = True
    """False where no rendered clips say how the network errs in this posture."""


KINDS = {
    "squat_front": Kind("squat", ("front", "front", "back"), "two_feet", 6.0, (55, 120), (20, 50)),
    "squat_side": Kind("squat", ("left", "right"), "side", 8.0, (55, 125), (15, 55)),
    "sit_to_stand": Kind("sit_to_stand", ("left", "right"), "side", 10.0, (80, 105), (25, 50)),
    "single_leg_squat": Kind("single_leg_squat", ("front", "front", "back"), "one_foot", 5.0, (35, 80), (5, 35)),
    "step_down": Kind("step_down", ("front", "front", "back"), "one_foot", 5.0, (40, 80), (5, 30)),
    "single_leg_stance": Kind("single_leg_stance", ("front", "front", "back"), "one_foot", 5.0, None),
    "lunge": Kind("lunge", ("left", "right"), "side", 8.0, (65, 110), (0, 25)),
    "lunge_front": Kind("lunge", ("front", "back"), "one_foot", 5.0, (65, 105), (0, 20), judged=False),
    "hinge": Kind("hinge", ("left", "right"), "side", 8.0, (10, 35), (45, 85), judged=False),
    "squat_front_set": Kind("squat", ("front", "front", "back"), "two_feet", 6.0, (55, 120), (20, 50), reps=6),
    "squat_side_set": Kind("squat", ("left", "right"), "side", 8.0, (55, 125), (15, 55), reps=6),
    "single_leg_squat_both": Kind(
        "single_leg_squat", ("front", "front", "back"), "one_foot", 5.0, (35, 80), (5, 35), legs="both"
    ),
}
FEET_STAY = ("lunge", "step_down")
"""Movements in which a foot's place follows from the lengths: these keep usual proportions."""


@dataclass(frozen=True, eq=False)
class Case:
    recipe: Recipe
    poses: ClipPoses
    truth: dict[str, Any]
    evidence: tuple[Evidence, ...]
    facts: dict[str, Any]
    """What was drawn, to be kept beside the results."""


def make_case(kind: str, half: str, number: int, residuals: Sequence[Residual]) -> Case:
    """Raises ValueError where forty cameras in a row do not have the person in the picture."""
    seed = [list(KINDS).index(kind), 0 if half == "found" else 1, number]
    random = np.random.default_rng([20261122, *seed])
    what = KINDS[kind]
    recipe = _recipe(what, random)
    time_s = _times(recipe, random)
    motion = _lively(motion_of(recipe, time_s), what, random)
    body = _body(recipe, what, random)
    for _ in range(40):
        recipe, camera = _camera(recipe, random)
        seen = film(motion, camera, body)
        if _inside(seen, camera):
            break
    else:
        raise ValueError(f"{kind} {number}: no camera holds the person")
    height_px = _height_px(camera, body)
    truth = truth_mapping(f"{kind}_{half}_{number}", recipe.movement, motion, camera, body, seed=number)
    spoilt = _disturbance(what, recipe, motion, body, truth, residuals, half, random)
    track = _disturbed(seen, spoilt, height_px, random)
    evidence = _evidence(truth, spoilt, recipe, random)
    facts = {
        "kind": kind, "half": half, "number": number, "view": recipe.view, "yaw_deg": recipe.yaw_deg,
        "height_px": round(height_px), "rate_hz": recipe.rate_hz, "reps": recipe.reps, "side": recipe.side,
        "knee_deg": recipe.knee_deg, "source": spoilt.sources[0],
    }  # fmt: skip
    return Case(recipe, clip_poses([track], camera.size_px), truth, evidence, facts)


# --- the person -----------------------------------------------------------------------------------------------------


def _recipe(what: Kind, random: np.random.Generator) -> Recipe:
    def between(low: float, high: float) -> float:
        return float(random.uniform(low, high))

    view = what.views[int(random.integers(len(what.views)))]
    one_leg = what.family == "one_foot"
    values: dict[str, Any] = {
        "movement": what.movement,
        "view": view,
        "yaw_deg": float(np.clip(random.normal(0, what.yaw_sd_deg), -25, 25)),
        "side": SIDES[int(random.integers(2))],
        "reps": int(random.choice([1, 2, 3, 4, 6], p=[0.3, 0.35, 0.25, 0.05, 0.05])),
        "knee_deg": between(*what.knee_deg) if what.knee_deg else None,
        "trunk_deg": between(*what.trunk_deg) if what.trunk_deg else None,
        "fppa_left_deg": float(random.normal(4, 8)),
        "fppa_right_deg": float(random.normal(4, 8)),
        "pelvic_drop_deg": float(random.normal(3 if one_leg else 0, 5 if one_leg else 3)),
        "side_lean_deg": float(random.normal(2 if one_leg else 0, 5 if one_leg else 3)),
        "down_s": between(0.7, 2.0),
        "pause_s": between(0.0, 0.8),
        "up_s": between(0.6, 1.6),
        "rest_s": between(0.6, 1.4),
        "body_height_m": between(1.5, 1.95),
        "rate_hz": float(random.choice([24.0, 25.0, 30.0, 60.0], p=[0.25, 0.2, 0.5, 0.05])),
        "duration_s": between(4.0, 10.0) if what.movement == "single_leg_stance" else None,
        "jitter": float(random.choice([0.0, 0.05, 0.2])),
        "dropped": float(random.choice([0.0, 0.0, 0.03])),
    }
    values["reps"] = what.reps or values["reps"]
    takes = SIMULATED[what.movement].takes.split()
    own = {name: value for name, value in values.items() if name not in OWN or name in takes}
    return Recipe(**own, legs=what.legs)


def _times(recipe: Recipe, random: np.random.Generator) -> FloatArray:
    """Frames that come a little early or late, some not at all, as the recipe says."""
    even = motion_of(recipe).time_s
    step_s = float(np.median(np.diff(even)))
    kept = random.uniform(size=even.size) >= recipe.dropped
    kept[[0, -1]] = True
    shift = random.uniform(-recipe.jitter, recipe.jitter, even.size) * step_s
    shift[0] = 0.0
    times: FloatArray = (even + shift)[kept]
    return times


def _body(recipe: Recipe, what: Kind, random: np.random.Generator) -> Body:
    """Proportions that differ by 4 % from person to person, widths by 8 %."""
    usual = Body(recipe.body_height_m)
    widths = {name: getattr(usual, name) * random.normal(1, 0.08) for name in ("hip_half_width", "shoulder_half_width")}
    if what.movement in FEET_STAY:
        return replace(usual, shoulder_half_width=widths["shoulder_half_width"])
    names = ("thigh", "shank", "trunk", "toe_length", "heel_length", "upper_arm", "forearm")
    return replace(usual, **widths, **{name: getattr(usual, name) * random.normal(1, 0.04) for name in names})


def _lively(motion: Motion, what: Kind, random: np.random.Generator) -> Motion:
    """No two repetitions alike, legs that are not straight in standing, a body that sways."""
    time_s = motion.time_s
    sizes = {name: _by_rep(motion, random.normal(1, sd, max(len(motion.reps), 1))) for name, sd in _VARIES.items()}
    sway = [_wander(time_s, 0.8, random) for _ in range(3)]
    fppa = dict(motion.fppa_deg)
    for side in SIDES:
        wobble = _wander(time_s, 0.1, random) * abs(random.normal(0, 0.6))
        fppa[side] = fppa[side] * sizes["fppa"] + random.normal(-1, 2.8) + wobble
    if what.movement in ("squat", "single_leg_squat"):
        legs = {name: {side: part[side] * _on_stance(motion, side, sizes["legs"]) for side in SIDES}
                for name, part in (("thigh_deg", motion.thigh_deg), ("shank_deg", motion.shank_deg))}  # fmt: skip
        motion = replace(motion, **legs)
    motion = replace(
        motion,
        fppa_deg=fppa,
        trunk_deg=motion.trunk_deg * sizes["trunk"] + 0.6 * sway[0],
        trunk_left_deg=motion.trunk_left_deg + 0.5 * sway[1],
        left_hip_down_deg=motion.left_hip_down_deg * sizes["drop"] + 0.3 * sway[2],
        toe_out_deg=float(random.uniform(0, 18)),
    )
    return _UNSTEADY.get(what.movement, _steady)(motion, random)


def _steady(motion: Motion, _: np.random.Generator) -> Motion:
    return motion


def _balancing(motion: Motion, random: np.random.Generator) -> Motion:
    """The trunk swings sideways when a foot has left the floor, ever less; all the time the pelvis sways over
    the other ankle."""
    time_s, swings = motion.time_s, np.zeros(motion.time_s.size)
    out_m = dict(motion.ankle_out_m or {})
    for rep in motion.reps:
        size_deg, rate_hz = abs(random.normal(0, 6)), random.uniform(0.4, 1.0)
        calms_s, phase = random.uniform(0.3, 1.5), random.uniform(0, 2 * np.pi)
        since_s = time_s - float(rep["start_s"])
        grown = np.clip(since_s / 0.3, 0, 1) * np.exp(-np.maximum(since_s, 0) / calms_s)
        swings += size_deg * grown * np.sin(2 * np.pi * rate_hz * since_s + phase)
        sways_m = random.uniform(0.008, 0.025) if random.uniform() < 0.5 else abs(random.normal(0, 0.005))
        out_m[rep["side"]] = out_m[rep["side"]] + sways_m * _wander(time_s, 0.25, random) * _held(rep, time_s)
    return replace(motion, trunk_left_deg=motion.trunk_left_deg + swings, ankle_out_m=out_m)


def _shaking(motion: Motion, random: np.random.Generator) -> Motion:
    """Most knees tremble from side to side while they bear the body."""
    fppa = dict(motion.fppa_deg)
    for side in SIDES:
        size_deg = random.uniform(1, 7) if random.uniform() < 0.6 else 0.0
        trembles = size_deg * _wander(motion.time_s, 0.05, random)
        for rep in motion.reps:
            if rep.get("side") == side:
                fppa[side] = fppa[side] + trembles * _held(rep, motion.time_s)
    return replace(motion, fppa_deg=fppa)


_UNSTEADY = {"single_leg_stance": _balancing, "single_leg_squat": _shaking}


def _held(rep: Mapping[str, Any], time_s: FloatArray) -> FloatArray:
    """(T,) 1 in the repetition, 0 from 0.3 s beside it."""
    outside_s = np.maximum(float(rep["start_s"]) - time_s, time_s - float(rep["end_s"]))
    return np.asarray(np.clip(1 - outside_s / 0.3, 0, 1))


_VARIES = {"legs": 0.05, "fppa": 0.15, "trunk": 0.06, "drop": 0.15}


def _on_stance(motion: Motion, side: Side, size: FloatArray) -> FloatArray:
    """A free leg keeps its own course."""
    free = _by_rep(motion, np.array([rep.get("side") not in (None, side) for rep in motion.reps] or [False]))
    return np.where(free, 1.0, size)


def _by_rep(motion: Motion, values: np.ndarray) -> np.ndarray:
    """(T,) one value a repetition, changing in the middle of the rest between two."""
    ends = [float(rep["end_s"]) for rep in motion.reps]
    starts = [float(rep["start_s"]) for rep in motion.reps]
    borders = (np.array(ends[:-1]) + np.array(starts[1:])) / 2
    return np.asarray(values[np.searchsorted(borders, motion.time_s)])


def _wander(time_s: FloatArray, correlation_s: float, random: np.random.Generator) -> FloatArray:
    """(T,) smooth noise of SD 1: two first-order filters, one after the other."""
    noise = random.standard_normal(time_s.size)
    for _ in range(2):
        for t in range(1, time_s.size):
            keep = np.exp(-(time_s[t] - time_s[t - 1]) / correlation_s)
            noise[t] = keep * noise[t - 1] + (1 - keep) * noise[t]
    return noise / max(float(noise.std()), 1e-9)


# --- the camera -----------------------------------------------------------------------------------------------------


def _camera(recipe: Recipe, random: np.random.Generator) -> tuple[Recipe, Camera]:
    distance, height = float(random.uniform(2.3, 6.0)), float(random.uniform(0.5, 1.6))
    aimed = float(np.degrees(np.arctan2(height - 0.52 * recipe.body_height_m, distance)))
    recipe = replace(
        recipe,
        distance_m=distance,
        camera_height_m=height,
        pitch_deg=aimed + float(random.normal(0, 3)),
        roll_deg=float(random.normal(0, 1.2)),
        focal_px=SIZE_PX[1] * float(np.exp(random.uniform(np.log(0.62), np.log(1.5)))),
        width_px=SIZE_PX[0],
        height_px=SIZE_PX[1],
    )
    return recipe, camera_of(recipe)


def _inside(seen: Track, camera: Camera) -> bool:
    free = TURNED_M * np.array(camera.size_px)
    parts = (f"{side}_{part}" for side in SIDES for part in ("hip", "toe", "heel", "shoulder"))
    body = seen.xy_px[:, BLAZEPOSE.indices("nose", *parts)]
    return bool((body > free).all() and (body < np.array(camera.size_px) - free).all())


def _height_px(camera: Camera, body: Body) -> float:
    return camera.focal_px * body.height_m / camera.distance_m


# --- what the network makes of it -----------------------------------------------------------------------------------


def _disturbance(
    what: Kind, recipe: Recipe, motion: Motion, body: Body, truth: dict[str, Any], residuals: Sequence[Residual],
    half: str, random: np.random.Generator,
) -> Disturbance:  # fmt: skip
    world = skeleton_m(motion, body)
    ankles = world[:, BLAZEPOSE.indices("left_ankle", "right_ankle"), 1]
    lifted = np.abs(ankles[:, 0] - ankles[:, 1]) / (0.5 * body.height_m)
    one_leg = what.family == "one_foot"
    knees = np.stack([np.asarray(truth["angles_deg"][side]["knee_flexion_3d_deg"], float) for side in SIDES])
    near: Side = "left" if recipe.view == "left" else "right"
    # Forward is to the picture's left where the left side is near.
    x_sign = {"front": 1.0, "back": -1.0, "left": -1.0, "right": 1.0}[str(recipe.view)]
    factor = float(np.exp(random.normal(0, 0.3)))
    mine = [one for one in residuals if one.half == half]

    def drawn(side: Side) -> Disturbance:
        knee = knees[SIDES.index(side)] if one_leg or what.movement == "lunge" else knees.max(axis=0)
        posture = posture_of(knee, lifted)
        first = near if what.family == "side" else side if one_leg else "left"
        moving = _moving(motion, knee) if what.movement == "sit_to_stand" else bent_share(posture)
        return draw_disturbance(mine, what.family, motion.time_s, posture, first, x_sign, factor, moving, random)

    if recipe.legs == "one":
        return drawn(recipe.side)
    share = _moved_over(motion.time_s, _by_rep(motion, np.array([rep["side"] != recipe.side for rep in motion.reps])))
    bent = bent_share(posture_of(knees.max(axis=0), lifted))
    return in_turn(drawn(recipe.side), drawn(other_side(recipe.side)), share, bent <= bent.min() + STANDS_WITHIN)


def _moved_over(time_s: FloatArray, second: np.ndarray) -> FloatArray:
    """(T,) from 0 to 1 where the second leg takes over, within half a second."""
    share: FloatArray = np.clip(0.5 + (time_s - time_s[np.argmax(second)]) / 0.5, 0.0, 1.0)
    return share


def _moving(motion: Motion, knee_deg: FloatArray) -> FloatArray:
    """(T,) Who sits is bent, and yet at rest: told by how fast knees and trunk move, 20 degrees a second being all."""
    time_s = motion.time_s
    speed = sum(np.abs(np.gradient(angle, time_s)) for angle in (knee_deg, motion.trunk_deg))
    near = np.exp(-0.5 * ((time_s[:, None] - time_s) / 0.1) ** 2)
    return np.asarray(np.clip((near @ speed) / near.sum(axis=1) / 20.0, 0.0, 1.0))


def _disturbed(seen: Track, spoilt: Disturbance, height_px: float, random: np.random.Generator) -> Track:
    seen = network_habits(seen)
    turn = np.radians(spoilt.prior_yaw_deg)[:, None]
    assert seen.xyz_m is not None
    x, y, z = np.moveaxis(seen.xyz_m, -1, 0)
    world = np.stack([x * np.cos(turn) - z * np.sin(turn), y, x * np.sin(turn) + z * np.cos(turn)], axis=-1)
    xy = seen.xy_px + height_px * spoilt.error + 0.3 * random.standard_normal(seen.xy_px.shape)
    return seen.replace(xy_px=xy, xyz_m=world, score=spoilt.score)


def _evidence(
    truth: dict[str, Any], spoilt: Disturbance, recipe: Recipe, random: np.random.Generator
) -> tuple[Evidence, ...]:
    """Cloth and waistband at about fifteen readings a second; none from the side, and none where the rendered clip
    that the rest comes from had none."""
    if recipe.view not in ("front", "back") or not np.isfinite(spoilt.evidence_sd).any():
        return ()
    time_s = np.asarray(truth["time_s"], float)
    drop = np.asarray(truth["angles_deg"]["left"]["pelvic_drop_deg"], float)
    read = (drop - np.median(drop[:10]))[:, None] + spoilt.evidence_deg
    turned = read * (1.0 if recipe.view == "back" else -1.0)
    turned[~np.isfinite(spoilt.evidence_sd)] = np.nan
    step = max(1, round(1 / 15 / float(np.median(np.diff(time_s)))))
    return (Evidence(PELVIC_ROLL, time_s[::step], turned[::step], spoilt.evidence_sd[::step]),)
