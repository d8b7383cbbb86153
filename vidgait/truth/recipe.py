"""What to simulate, as one flat list of numbers: movement, tempo, camera, faults. Every default stands here once."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from vidgait.errors import SettingsError
from vidgait.truth.skeleton_film import Camera
from vidgait.truth.skeleton_gait import run, walk
from vidgait.truth.skeleton_jumps import counter_movement_jump, drop_jump
from vidgait.truth.skeleton_motion import VIEW_YAW_DEG, Body, Motion, other_side, standing
from vidgait.truth.skeleton_pose import at_times, join, on_the_spot
from vidgait.truth.skeleton_single_leg import Direction, FreeLeg, single_leg_squat, single_leg_stance, step_down
from vidgait.truth.skeleton_strength import hinge, lunge, sit_to_stand, squat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vidgait.types import FloatArray, Side

__all__ = ["SIMULATED", "Recipe", "camera_of", "heading_deg", "motion_of", "rate_hz_of"]

SecondPerson = Literal["none", "stands", "crosses"]
Legs = Literal["one", "both", "alternating"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """None takes what suits the movement. Angles in degrees with vidgait's signs, at the lowest point."""

    movement: str = "squat"
    reps: int = 3
    """Repetitions or jumps."""
    side: Side = "left"
    """Standing or leading leg of movements on one leg and lunges; of several sets, that of the first."""
    legs: Legs = "one"
    """Who works in movements on one leg and lunges: one leg, both (a set each, `reps` long), or the legs in turn
    (`alternating`, `reps` in all)."""
    free_leg: FreeLeg | None = None
    """Where a single-leg squat holds the other foot."""
    touch_down: bool = False
    """The other foot touches the floor between single-leg squats."""
    direction: Direction | None = None
    """Of a step-down."""
    knee_deg: float | None = None
    """Knee flexion: of both knees, or of the leg that works; on the seat for sit_to_stand."""
    fppa_left_deg: float = 0.0
    fppa_right_deg: float = 0.0
    """+ knee towards the midline"""
    pelvic_drop_deg: float = 0.0
    """+ the free side lower; on two feet + the right side"""
    trunk_deg: float | None = None
    """+ leans forward"""
    side_lean_deg: float = 0.0
    """+ toward the standing leg; on two feet + to the right"""
    heel_rise_deg: float = 0.0
    """Squat only."""
    jump_height_m: float | None = None
    cadence: float | None = None
    """Steps a minute of walk and run."""
    duration_s: float | None = None
    """Of walk, run, standing, and of the hold in single_leg_stance."""
    down_s: float | None = None
    pause_s: float | None = None
    up_s: float | None = None
    rest_s: float | None = None
    body_height_m: float = 1.75
    view: str | None = None
    """What the camera sees: front, back, left or right; from the side for walk, run and jumps, else from the front."""
    yaw_deg: float = 0.0
    """The person's turn away from that view, + shows more of their left side."""
    distance_m: float | None = None
    camera_height_m: float = 1.0
    pitch_deg: float = 0.0
    """+ the camera looks down"""
    roll_deg: float = 0.0
    """+ the picture is turned clockwise"""
    focal_px: float = 1500.0
    width_px: int | None = None
    height_px: int | None = None
    rate_hz: float | None = None
    jitter: float = 0.0
    """Each frame comes up to this share of a frame early or late."""
    dropped: float = 0.0
    """Share of frames that are missing."""
    noise_px: float = 0.0
    """SD of each coordinate of each joint."""
    noise_correlation_s: float = 0.0
    """Time in which the noise's correlation falls to 1/e; 0 is white."""
    offset_px: float = 0.0
    """SD of an offset that each joint keeps for the whole clip."""
    network_noise: bool = False
    """The shipped network's own jitter, wander and offsets, joint by joint, on top."""
    network_habits: bool = True
    """The 3-D points are turned as the shipped network turns those of people near a front or back view, about five
    degrees from the front; False leaves them exact. The picture's points are exact either way."""
    second_person: SecondPerson = "none"
    """Somebody who stands beside, or walks past behind."""
    seed: int = 0

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True, slots=True)
class _Kind:
    """One movement: how to make it, what it takes besides what all take, and the camera that suits it."""

    make: Callable[[Recipe, float, FloatArray | None], Motion]
    takes: str = ""
    view: str = "front"
    size_px: tuple[int, int] = (1080, 1920)
    distance_m: float = 3.5
    rate_hz: float = 30.0


def motion_of(recipe: Recipe, time_s: FloatArray | None = None) -> Motion:
    """The movement at the frame times `time_s`, or evenly in its own time."""
    make = SIMULATED[recipe.movement].make
    if recipe.legs == "one":
        return make(recipe, heading_deg(recipe), time_s)
    parts = [make(part, heading_deg(recipe), None) for part in _parts(recipe)]
    body = Body(recipe.body_height_m)
    whole = join(*on_the_spot(*parts, body=body), body=body)
    whole = dataclasses.replace(whole, reps=tuple({**rep, "index": k + 1} for k, rep in enumerate(whole.reps)))
    return whole if time_s is None else at_times(whole, time_s)


def _parts(recipe: Recipe) -> list[Recipe]:
    """One recipe for each stretch on one leg."""
    first, second = recipe.side, other_side(recipe.side)
    if recipe.legs == "both":
        return [dataclasses.replace(recipe, legs="one", side=side) for side in (first, second)]
    sides = [first if k % 2 == 0 else second for k in range(recipe.reps)]
    return [dataclasses.replace(recipe, legs="one", side=side, reps=1) for side in sides]


def heading_deg(recipe: Recipe) -> float:
    """As `Segment.yaw_deg`."""
    view = recipe.view or SIMULATED[recipe.movement].view
    turned = VIEW_YAW_DEG[view] + recipe.yaw_deg
    return 180.0 - (180.0 - turned) % 360.0


def camera_of(recipe: Recipe) -> Camera:
    kind = SIMULATED[recipe.movement]
    return Camera(
        size_px=(recipe.width_px or kind.size_px[0], recipe.height_px or kind.size_px[1]),
        focal_px=recipe.focal_px,
        height_m=recipe.camera_height_m,
        distance_m=recipe.distance_m or kind.distance_m,
        pitch_deg=recipe.pitch_deg,
        roll_deg=recipe.roll_deg,
    )


def rate_hz_of(recipe: Recipe) -> float:
    return recipe.rate_hz or SIMULATED[recipe.movement].rate_hz


def _given(**values: float | None) -> dict[str, Any]:
    """Only what was asked for, so that each movement keeps its own defaults."""
    return {name: value for name, value in values.items() if value is not None}


def _fppa(recipe: Recipe) -> Mapping[Side, float]:
    return {"left": recipe.fppa_left_deg, "right": recipe.fppa_right_deg}


def _own_fppa(recipe: Recipe) -> float:
    return _fppa(recipe)[recipe.side]


def _squat(recipe: Recipe, yaw_deg: float, time_s: FloatArray | None) -> Motion:
    given = _given(
        depth_deg=recipe.knee_deg, trunk_deg=recipe.trunk_deg, down_s=recipe.down_s, pause_s=recipe.pause_s,
        up_s=recipe.up_s, rest_s=recipe.rest_s,
    )  # fmt: skip
    return squat(
        reps=recipe.reps, valgus_deg=_fppa(recipe), side_lean_deg=-recipe.side_lean_deg, shape="minimum_jerk",
        hip_drop_deg=-recipe.pelvic_drop_deg, heel_rise_deg=recipe.heel_rise_deg, yaw_deg=yaw_deg, time_s=time_s,
        rate_hz=rate_hz_of(recipe), **given,
    )  # fmt: skip


def _sit_to_stand(recipe: Recipe, yaw_deg: float, time_s: FloatArray | None) -> Motion:
    given = _given(
        knee_deg=recipe.knee_deg, trunk_deg=recipe.trunk_deg, rise_s=recipe.up_s, stand_s=recipe.pause_s,
        lower_s=recipe.down_s, rest_s=recipe.rest_s,
    )  # fmt: skip
    return sit_to_stand(
        reps=recipe.reps, valgus_deg=_fppa(recipe), yaw_deg=yaw_deg, time_s=time_s, rate_hz=rate_hz_of(recipe), **given
    )


def _lunge(recipe: Recipe, yaw_deg: float, time_s: FloatArray | None) -> Motion:
    return lunge(
        reps=recipe.reps, side=recipe.side, valgus_deg=_own_fppa(recipe), yaw_deg=yaw_deg, time_s=time_s,
        rate_hz=rate_hz_of(recipe), body=Body(recipe.body_height_m), **_tempo(recipe),
    )  # fmt: skip


def _tempo(recipe: Recipe) -> dict[str, Any]:
    return _given(
        knee_deg=recipe.knee_deg, trunk_deg=recipe.trunk_deg, down_s=recipe.down_s, pause_s=recipe.pause_s,
        up_s=recipe.up_s, rest_s=recipe.rest_s,
    )  # fmt: skip


def _hinge(recipe: Recipe, yaw_deg: float, time_s: FloatArray | None) -> Motion:
    return hinge(reps=recipe.reps, yaw_deg=yaw_deg, time_s=time_s, rate_hz=rate_hz_of(recipe), **_tempo(recipe))


def _one_leg(make: Callable[..., Motion]) -> Callable[[Recipe, float, FloatArray | None], Motion]:
    def made(recipe: Recipe, yaw_deg: float, time_s: FloatArray | None) -> Motion:
        return make(
            reps=recipe.reps, side=recipe.side, valgus_deg=_own_fppa(recipe), drop_deg=recipe.pelvic_drop_deg,
            side_lean_deg=recipe.side_lean_deg, yaw_deg=yaw_deg, time_s=time_s, rate_hz=rate_hz_of(recipe),
            body=Body(recipe.body_height_m), **_tempo(recipe), **_variant(recipe),
        )  # fmt: skip

    return made


def _variant(recipe: Recipe) -> dict[str, Any]:
    if recipe.movement == "step_down":
        return {} if recipe.direction is None else {"direction": recipe.direction}
    given: dict[str, Any] = {} if recipe.free_leg is None else {"free_leg": recipe.free_leg}
    return given | {"touch_down": recipe.touch_down}


def _single_leg_stance(recipe: Recipe, yaw_deg: float, time_s: FloatArray | None) -> Motion:
    return single_leg_stance(
        side=recipe.side, drop_deg=recipe.pelvic_drop_deg, side_lean_deg=recipe.side_lean_deg, yaw_deg=yaw_deg,
        time_s=time_s, rate_hz=rate_hz_of(recipe), body=Body(recipe.body_height_m), **_given(hold_s=recipe.duration_s),
    )  # fmt: skip


def _gait(make: Callable[..., Motion]) -> Callable[[Recipe, float, FloatArray | None], Motion]:
    def made(recipe: Recipe, yaw_deg: float, time_s: FloatArray | None) -> Motion:
        given = _given(cadence=recipe.cadence, trunk_deg=recipe.trunk_deg, duration_s=recipe.duration_s)
        return make(
            valgus_deg=_fppa(recipe), drop_deg=recipe.pelvic_drop_deg, yaw_deg=yaw_deg, time_s=time_s,
            rate_hz=rate_hz_of(recipe), body=Body(recipe.body_height_m), **given,
        )  # fmt: skip

    return made


def _jump(make: Callable[..., Motion]) -> Callable[[Recipe, float, FloatArray | None], Motion]:
    def made(recipe: Recipe, yaw_deg: float, time_s: FloatArray | None) -> Motion:
        given = _given(
            height_m=recipe.jump_height_m, knee_deg=recipe.knee_deg, trunk_deg=recipe.trunk_deg, rest_s=recipe.rest_s
        )
        return make(
            reps=1 if make is drop_jump else recipe.reps, valgus_deg=_fppa(recipe), yaw_deg=yaw_deg, time_s=time_s,
            rate_hz=rate_hz_of(recipe), body=Body(recipe.body_height_m), **given,
        )  # fmt: skip

    return made


def _standing(recipe: Recipe, yaw_deg: float, time_s: FloatArray | None) -> Motion:
    return standing(recipe.duration_s or 4.0, yaw_deg=yaw_deg, rate_hz=rate_hz_of(recipe), time_s=time_s)


_WIDE = (1920, 1080)
_TEMPO = "reps knee_deg trunk_deg down_s pause_s up_s rest_s"
_FPPA = "fppa_left_deg fppa_right_deg"
_ONE_LEG = f"{_TEMPO} {_FPPA} side legs pelvic_drop_deg side_lean_deg"
_GAIT = f"cadence trunk_deg duration_s pelvic_drop_deg {_FPPA}"
_JUMP = f"jump_height_m knee_deg trunk_deg rest_s {_FPPA}"
SIMULATED: Mapping[str, _Kind] = {
    "squat": _Kind(_squat, f"{_TEMPO} {_FPPA} pelvic_drop_deg side_lean_deg heel_rise_deg"),
    "sit_to_stand": _Kind(_sit_to_stand, f"{_TEMPO} {_FPPA}", view="left"),
    "lunge": _Kind(_lunge, f"{_TEMPO} {_FPPA} side legs", view="left"),
    "hinge": _Kind(_hinge, _TEMPO, view="left"),
    "single_leg_squat": _Kind(_one_leg(single_leg_squat), f"{_ONE_LEG} free_leg touch_down"),
    "single_leg_stance": _Kind(_single_leg_stance, "side legs pelvic_drop_deg side_lean_deg duration_s"),
    "step_down": _Kind(_one_leg(step_down), f"{_ONE_LEG} direction"),
    "walk": _Kind(_gait(walk), _GAIT, view="left", size_px=_WIDE, distance_m=5.0, rate_hz=60.0),
    "run": _Kind(_gait(run), _GAIT, view="left", size_px=_WIDE, distance_m=6.0, rate_hz=60.0),
    "counter_movement_jump": _Kind(_jump(counter_movement_jump), f"reps {_JUMP}", view="left", rate_hz=60.0),
    "drop_jump": _Kind(_jump(drop_jump), _JUMP, view="left", rate_hz=60.0),
    "standing": _Kind(_standing, "duration_s"),
}
"""Every movement that can be simulated, by its id."""

RANGES: Mapping[str, tuple[float, float]] = {
    "reps": (1, 100),
    "knee_deg": (5, 150),
    "fppa_left_deg": (-40, 40),
    "fppa_right_deg": (-40, 40),
    "pelvic_drop_deg": (-25, 25),
    "trunk_deg": (-30, 85),
    "side_lean_deg": (-40, 40),
    "heel_rise_deg": (0, 45),
    "jump_height_m": (0.02, 1.0),
    "cadence": (30, 240),
    "duration_s": (0.5, 600),
    "down_s": (0.1, 30),
    "pause_s": (0, 60),
    "up_s": (0.1, 30),
    "rest_s": (0, 60),
    "body_height_m": (0.5, 2.5),
    "yaw_deg": (-360, 360),
    "distance_m": (1, 50),
    "camera_height_m": (0, 5),
    "pitch_deg": (-45, 45),
    "roll_deg": (-45, 45),
    "focal_px": (100, 20_000),
    "width_px": (64, 8192),
    "height_px": (64, 8192),
    "rate_hz": (5, 1000),
    "jitter": (0, 0.45),
    "dropped": (0, 0.8),
    "noise_px": (0, 100),
    "noise_correlation_s": (0, 10),
    "offset_px": (0, 100),
    "seed": (0, 2**63 - 1),
}


def _check(recipe: Recipe) -> None:
    choices: Mapping[str, tuple[str, ...]] = {
        "movement": tuple(SIMULATED),
        "side": ("left", "right"),
        "view": tuple(VIEW_YAW_DEG),
        "second_person": ("none", "stands", "crosses"),
        "legs": ("one", "both", "alternating"),
        "free_leg": ("front", "middle", "behind"),
        "direction": ("forward", "lateral"),
    }
    for field in dataclasses.fields(recipe):
        value = getattr(recipe, field.name)
        if value is None:
            continue
        if field.name in choices and value not in choices[field.name]:
            raise SettingsError(f"Unknown {field.name} '{value}'.", f"Known: {', '.join(choices[field.name])}.")
        if field.name in RANGES:
            _check_number(field.name, value)
    _check_fit(recipe)


OWN = frozenset(name for kind in SIMULATED.values() for name in kind.takes.split()) - {"reps", "side"}
"""What only some movements take. Repetitions and sides have defaults that cannot be told from a wish."""


def _check_fit(recipe: Recipe) -> None:
    """What a movement cannot follow is refused, not left aside."""
    takes = SIMULATED[recipe.movement].takes.split()
    for field in dataclasses.fields(recipe):
        if field.name in OWN and field.name not in takes and getattr(recipe, field.name) != field.default:
            fitting = ", ".join(name for name, kind in SIMULATED.items() if field.name in kind.takes.split())
            raise SettingsError(f"{field.name} does not fit {recipe.movement}.", f"It is for: {fitting}.")
    if recipe.movement == "single_leg_stance" and recipe.legs == "alternating":
        raise SettingsError("A stance is held on one leg or on both in turn, once each.", "Use legs 'both'.")


def _check_number(name: str, value: object) -> None:
    low, high = RANGES[name]
    whole = name in ("reps", "width_px", "height_px", "seed")
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number or (whole and value != int(value)) or not low <= value <= high:  # type: ignore[call-overload, operator]
        kind = "a whole number" if whole else "a number"
        raise SettingsError(f"{name} must be {kind} from {low:g} to {high:g}, not {value!r}.")
