"""Clips for finding and judging estimators of pelvic drop. Rendered on demand, not shipped.

As in `calibration.py`, `found_*` clips are for finding numbers and `tested_*` for judging them. No body is in both
halves. Both halves have drops, hikes and level pelves, leaning trunks and upright ones, front and back views, tight and
loose clothes: whatever helps on one half because of its make-up should not help on the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from scripts.rendering.calibration import LIGHTS, PORTRAIT
from scripts.rendering.clip import ClipSpec
from scripts.rendering.motion import Motion, Squat, SquatRep
from scripts.rendering.posture import Stance
from scripts.rendering.single_leg import OneLegRep, SingleLeg
from scripts.rendering.wardrobe import LOOKS

__all__ = ["PELVIS_STUDY", "StudyRow", "study_specs"]

MORE_LOOKS = {
    "grey_tucked": replace(LOOKS["blue"], shirt=(0.55, 0.56, 0.58), shorts=(0.22, 0.25, 0.20), shirt_drop_m=-0.06),
    "navy_tucked": replace(LOOKS["green_checked"], shirt=(0.1, 0.2, 0.3), shorts_pattern="plain", shirt_drop_m=-0.05),
    "red_leggings": replace(LOOKS["leggings"], shirt=(0.62, 0.22, 0.20), shorts=(0.18, 0.19, 0.24)),
    "loose_dark": replace(LOOKS["white_loose"], shirt=(0.18, 0.17, 0.20), shorts=(0.25, 0.24, 0.24), loose_m=0.024),
}
PELVIS_LOOKS = LOOKS | MORE_LOOKS

StudyRow = tuple[str, Motion, str, str, str, float, dict[str, float]]
"""Body, motion, look, room, light, yaw, and whatever else differs."""


def _squat_on(side: str, drop_deg: float, lean_deg: float, **rest: float | str | None) -> SingleLeg:
    """One squat on one leg; `lean_deg` + over the standing leg."""
    knee_deg, fppa_deg = float(rest.pop("knee_deg", 55) or 0), rest.pop("fppa_deg", None)
    rep = OneLegRep(
        knee_deg, 0.4 * knee_deg, fppa_deg if fppa_deg is None else float(fppa_deg), drop_deg, lean_deg,
        descent_s=1.0, pause_s=0.3, ascent_s=0.8, rest_s=0.15,
    )  # fmt: skip
    stance = Stance(0.66, 6.0, str(rest.pop("arms", "hips")))
    seed = round(10 * abs(drop_deg) + abs(lean_deg) + knee_deg)
    return SingleLeg(side, (rep,), str(rest.pop("free", "behind")), stance, lead_s=0.6, lift_s=0.9, seed=seed)


def _stand_on(side: str, drop_deg: float, lean_deg: float, arms: str = "hips", free: str = "middle") -> SingleLeg:
    """Standing on one leg; the pelvis comes to its place within a second and stays there."""
    rep = OneLegRep(7.0, 4.0, None, drop_deg, lean_deg, descent_s=0.9, pause_s=1.2, ascent_s=0.7, rest_s=0.1)
    stance, seed = Stance(0.66, 6.0, arms), round(10 * abs(drop_deg) + abs(lean_deg))
    return SingleLeg(side, (rep,), free, stance, lead_s=0.6, lift_s=0.9, seed=seed, label="single_leg_stance")


def _squat(
    knee_deg: float, arms: str, list_deg: float = 0.0, shift_m: float = 0.0, side_lean_deg: float = 0.0
) -> Squat:
    """Two squats on both legs; list + right side down, shift and lean + to the person's left."""
    reps = tuple(
        SquatRep(
            depth_deg, 0.38 * depth_deg, pelvic_list_deg=list_deg, hip_shift_m=shift_m, side_lean_deg=side_lean_deg,
            descent_s=0.85, pause_s=0.2, ascent_s=0.75, rest_s=0.2,
        )
        for depth_deg in (knee_deg, knee_deg - 12)
    )  # fmt: skip
    return Squat(reps, Stance(1.25, 9.0, arms), lead_s=0.6, tail_s=0.2, seed=round(knee_deg + 10 * abs(list_deg)))


_ROWS: dict[str, StudyRow] = {
    "found_pelvis_drop_over_leg": (
        "man_average", _squat_on("right", 8, 5, fppa_deg=9), "blue", "studio", "day", 4, {}),
    "found_pelvis_level_lean": (
        "woman_average", _squat_on("left", 0, 8, free="middle", arms="crossed"), "leggings", "gym", "right", -6,
        {"camera_height_m": 1.25}),
    "found_pelvis_stance_drop_away": (
        "man_heavy", _stand_on("left", 9, -4), "white_loose", "clinic", "day", 0, {"noise": 3.0}),
    "found_pelvis_hike": (
        "man_tall_lean", _squat_on("right", -5, 3, knee_deg=48, free="front", arms="crossed"), "trousers",
        "living_room", "cold_flat", 2, {"camera_distance_m": 4.3}),
    "found_pelvis_squat_level": (
        "woman_average", _squat(85, "clasped"), "red", "box_gym", "day", -3, {"roll_deg": 1.0}),
    "found_pelvis_back_drop_away": (
        "man_average", _squat_on("left", 6, -3, fppa_deg=4, arms="crossed"), "green_checked", "gym", "day", 185,
        {"shake_px": 1.0}),
    "found_pelvis_squat_shift": (
        "man_heavy", _squat(75, "crossed", -5, -0.03, -2), "grey_tucked", "dark_gym", "cold_flat", 5, {}),
    "found_pelvis_back_stance_level": (
        "man_tall_lean", _stand_on("right", 0, 7, "crossed", "behind"), "red_leggings", "studio", "warm_dim", 176, {}),
    "found_pelvis_back_hike": (
        "woman_average", _stand_on("left", -7, -3), "dark_on_dark", "living_room", "right", 182,
        {"camera_height_m": 0.85}),
    "tested_pelvis_drop_valgus": (
        "woman_tall", _squat_on("left", 10, 7, fppa_deg=14, arms="crossed", knee_deg=58), "leggings", "clinic",
        "cold_flat", -8, {}),
    "tested_pelvis_level_lean": (
        "woman_heavy", _squat_on("right", 0, 9, knee_deg=45), "yellow", "living_room", "day", 3,
        {"camera_height_m": 1.3}),
    "tested_pelvis_stance_drop_away": (
        "man_muscular", _stand_on("right", 7, -5, "crossed"), "dark_on_dark", "box_gym", "right", 0, {"noise": 3.0}),
    "tested_pelvis_hike": (
        "woman_muscular", _squat_on("right", -6, -4, knee_deg=45, free="middle"), "trousers", "gym", "day", -3,
        {"camera_distance_m": 3.1}),
    "tested_pelvis_drop_upright": (
        "man_older", _squat_on("left", 5, 0, fppa_deg=5, free="middle"), "green_checked", "studio", "day", 6,
        {"roll_deg": -1.5}),
    "tested_pelvis_back_drop": (
        "woman_heavy", _squat_on("left", 8, 5, fppa_deg=8, knee_deg=50, arms="crossed"), "red_leggings", "clinic",
        "right", 180, {}),
    "tested_pelvis_back_stance_drop": (
        "man_older", _stand_on("left", 9, 6, free="behind"), "navy_tucked", "living_room", "day", 184,
        {"shake_px": 1.0}),
    "tested_pelvis_squat_level": (
        "man_muscular", _squat(92, "clasped"), "loose_dark", "gym", "cold_flat", 8, {"camera_height_m": 0.8}),
    "tested_pelvis_squat_shift": (
        "woman_tall", _squat(80, "crossed", 6, 0.03, 3), "grey_tucked", "dark_gym", "warm_dim", -5, {}),
    "tested_pelvis_back_level_lean": (
        "woman_muscular", _squat_on("right", 0, 6, fppa_deg=8), "red", "studio", "day", 175, {}),
    "tested_pelvis_back_squat_level": (
        "woman_tall", _squat(98, "forward"), "blue", "box_gym", "day", 180, {"roll_deg": 1.0}),
    "tested_pelvis_small_drop": (
        "man_muscular", _squat_on("left", 3, -6, free="front", arms="crossed", knee_deg=50), "white_loose", "clinic",
        "day", -2, {"camera_distance_m": 4.5}),
    "tested_pelvis_stance_hike": (
        "man_older", _stand_on("right", -8, 2), "blue", "dark_gym", "cold_flat", 1, {"noise": 4.0}),
}  # fmt: skip


def study_specs(rows: Mapping[str, StudyRow], first_seed: int) -> dict[str, ClipSpec]:
    """Upright clips of people 600 px tall; every clip has a seed of its own, from `first_seed` on."""
    specs = {}
    for index, (name, (body, motion, look, room, light, yaw_deg, rest)) in enumerate(rows.items()):
        spec = ClipSpec(
            name, body, motion, PELVIS_LOOKS[look], room, LIGHTS[light], yaw_deg, size_px=PORTRAIT, body_height_px=600,
            rate_hz=30, seed=first_seed + index, supersampling=1.5,
        )  # fmt: skip
        specs[name] = replace(spec, **rest)
    return specs


PELVIS_STUDY = study_specs(_ROWS, 300)
