"""Clips for judging the frontal measures of one-legged movements. Rendered on demand, not shipped.

They fill the table of `scripts/benchmarks/frontal_suite.py`: single-leg squats and step-downs, from the front and from
behind, on the left and on the right leg, each clip with a repetition that has a drop, a lean or a knee that falls in
and one that has not, or another of them. No number may be chosen on a `tested_*` clip. The `found_*` clips are for
looking into one-legged movements, which hardly another found clip shows; most from behind, where errors are largest.
Bodies are those of the halves of `pelvis_study`.
"""

from __future__ import annotations

from dataclasses import replace

from scripts.rendering.pelvis_study import StudyRow, study_specs
from scripts.rendering.posture import Stance
from scripts.rendering.single_leg import OneLegRep, SingleLeg
from scripts.rendering.step_down import StepDown

__all__ = ["FRONTAL_STUDY"]

Fault = tuple[float | None, float, float]
"""FPPA (None: the knee follows the toes), pelvic drop and trunk lean over the standing leg, degrees."""


def _legs(side: str, faults: tuple[Fault, ...], knee_deg: float, free: str, arms: str, seed: int) -> SingleLeg:
    """One repetition for each of `faults`, beginning and ending on both feet."""
    reps = tuple(
        OneLegRep(knee_deg, 0.38 * knee_deg, fppa_deg, drop_deg, lean_deg,
                  descent_s=1.0, pause_s=0.25, ascent_s=0.85, rest_s=0.35)
        for fppa_deg, drop_deg, lean_deg in faults
    )  # fmt: skip
    stance = Stance(0.66, 6.0, arms)
    return SingleLeg(side, reps, free, stance, lead_s=0.7, lift_s=0.9, lower_s=0.6, tail_s=0.2, seed=seed)


def _squat(side: str, *faults: Fault, knee_deg: float = 58, free: str = "behind", arms: str = "hips") -> SingleLeg:
    return _legs(side, faults, knee_deg, free, arms, round(knee_deg))


def _step(side: str, *faults: Fault, knee_deg: float = 78, arms: str = "hips", box_m: float = 0.13) -> StepDown:
    return StepDown(_legs(side, faults, knee_deg, "front", arms, round(knee_deg) + 1), box_m)


_ROWS: dict[str, StudyRow] = {
    "tested_frontal_step_right": (
        "woman_heavy", _step("right", (-2, 0, 0), (12, 8, 5)), "red_leggings", "clinic", "day", 2, {}),
    "tested_frontal_step_left": (
        "man_older", _step("left", (3, 6, 0), (6, 0, 9)), "navy_tucked", "living_room", "right", -4,
        {"camera_distance_m": 4.2}),
    "tested_frontal_step_left_back": (
        "man_muscular", _step("left", (10, 7, 4), (None, 0, 0), arms="crossed"), "blue", "studio", "day", 181, {}),
    "tested_frontal_step_right_back": (
        "woman_muscular", _step("right", (2, 0, 8), (9, 8, 0)), "yellow", "gym", "cold_flat", 177, {"noise": 3.0}),
    "tested_frontal_squat_right_back": (
        "woman_tall", _squat("right", (12, 9, 5), (0, 0, 0)), "leggings", "box_gym", "day", 183, {}),
    "tested_frontal_squat_left_back": (
        "man_older", _squat("left", (None, 0, 8), (9, -5, -2), arms="crossed", free="middle"), "trousers", "clinic",
        "right", 180, {"shake_px": 1.0}),
    "tested_frontal_squat_right": (
        "man_muscular", _squat("right", (15, 0, 0), (6, 7, -4), free="front"), "grey_tucked", "gym", "warm_dim", -3,
        {"camera_height_m": 1.2}),
    "tested_frontal_squat_left": (
        "woman_heavy", _squat("left", (0, 0, 0), (13, 4, 3), knee_deg=52), "red", "studio", "cold_flat", 4,
        {"camera_distance_m": 3.2}),
    "found_frontal_step_back": (
        "woman_average", _step("left", (None, 0, 0), (10, 7, 3)), "blue", "gym", "day", 180, {}),
    "found_frontal_step_right_back": (
        "man_average", _step("right", (9, 6, 3), (0, 0, 0), arms="crossed"), "green_checked", "clinic", "day", 177, {}),
    "found_frontal_step_left_back": (
        "man_tall_lean", _step("left", (-4, 0, 6), (12, 5, 0), knee_deg=70), "trousers", "studio", "right", 183,
        {"camera_distance_m": 4.2}),
    "found_frontal_step_low_back": (
        "man_heavy", _step("right", (8, 3, 0), (None, -4, 2), knee_deg=64, box_m=0.1), "grey_tucked", "living_room",
        "day", 180, {}),
    "found_frontal_squat_right_back": (
        "woman_average", _squat("right", (12, 8, 4), (-3, 0, 0)), "leggings", "studio", "cold_flat", 182, {}),
    "found_frontal_squat_left_back": (
        "man_heavy", _squat("left", (7, 0, -3), (None, 5, 5), arms="crossed", free="middle"), "navy_tucked", "gym",
        "right", 178, {"noise": 3.0}),
    "found_frontal_squat_deep_back": (
        "man_average", _squat("left", (10, 6, 0), (0, 0, 4), knee_deg=68), "red", "box_gym", "day", 180, {}),
    "found_frontal_squat_right": (
        "woman_average", _squat("right", (10, 6, 3), (0, 0, 0)), "grey_tucked", "clinic", "right", 3, {}),
    "found_frontal_squat_left": (
        "man_tall_lean", _squat("left", (None, 0, 6), (12, 4, 0), arms="crossed", free="middle"), "blue", "gym", "day",
        -2, {"camera_height_m": 1.2}),
    "found_frontal_step_right": (
        "man_heavy", _step("right", (9, 5, 0), (-2, 0, 4), knee_deg=68, box_m=0.1), "navy_tucked", "box_gym", "day", -4,
        {}),
    "found_frontal_step_left": (
        "man_average", _step("left", (0, 0, 0), (11, 7, 4)), "red_leggings", "living_room", "cold_flat", 2,
        {"noise": 3.0}),
    "found_frontal_squat_deep": (
        "man_heavy", _squat("left", (8, -4, 0), (None, 6, 3), knee_deg=64, free="front"), "trousers", "studio",
        "warm_dim", 4, {"camera_distance_m": 3.2}),
}  # fmt: skip


FRONTAL_STUDY = {
    name: replace(spec, aim_up_m=0.06) if isinstance(spec.motion, StepDown) else spec
    for name, spec in study_specs(_ROWS, 500).items()
}
"""Who stands on a step needs more of the picture above."""
