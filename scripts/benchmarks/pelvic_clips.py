"""Clips for pelvic drop beside those of `scripts.rendering.pelvis_study`: on both feet, more clothes, a turned camera
and one in the hand. No body is in both halves."""

from __future__ import annotations

from dataclasses import replace

from scripts.rendering.calibration import LIGHTS, PORTRAIT
from scripts.rendering.clip import ClipSpec
from scripts.rendering.motion import Squat, SquatRep
from scripts.rendering.posture import Stance
from scripts.rendering.wardrobe import LOOKS

__all__ = ["TWO_FEET"]


def _squat(knee_deg: float, lean_deg: float, list_deg: float, shift_m: float, side_lean_deg: float, arms: str) -> Squat:
    """One squat; list + right side down, shift and side lean + to the person's left."""
    rep = SquatRep(
        knee_deg, lean_deg, pelvic_list_deg=list_deg, hip_shift_m=shift_m, side_lean_deg=side_lean_deg,
        descent_s=1.0, pause_s=0.15, ascent_s=0.8, rest_s=0.2,
    )  # fmt: skip
    return Squat((rep,), Stance(1.3, 10.0, arms), lead_s=0.7, tail_s=0.4)


# Name: body, motion, look, room, light, yaw, and whatever else differs.
_ROWS = {
    "found_list_blue": ("man_average", _squat(22, 6, 8, 0.02, -4, "crossed"), "blue", "studio", "day", 0, {}),
    "found_back_list_red": ("woman_average", _squat(22, 6, -8, -0.02, 6, "crossed"), "red", "gym", "day", 180, {}),
    "found_squat_list_white": (
        "man_heavy", _squat(85, 32, 6, 0.03, 3, "clasped"), "white_loose", "clinic", "right", 0, {}),
    "found_squat_level_green": (
        "man_tall_lean", _squat(95, 36, 0, 0, 0, "forward"), "green_checked", "living_room", "day", 4, {}),
    "found_back_squat_list": (
        "man_average", _squat(80, 30, -6, -0.03, -3, "crossed"), "trousers", "box_gym", "cold_flat", 183, {}),
    "found_lean_level_yellow": ("woman_average", _squat(35, 10, 0, 0.01, 9, "hips"), "yellow", "clinic", "day", -4, {}),
    "found_list_dark": (
        "man_tall_lean", _squat(40, 12, -7, -0.02, -6, "hips"), "dark_on_dark", "dark_gym", "warm_dim", 0,
        {"noise": 4.0}),
    "found_back_level_leggings": (
        "woman_average", _squat(90, 34, 0, 0, 0, "crossed"), "leggings", "studio", "right", 178, {}),
    "found_oblique_17": ("man_average", _squat(70, 26, 7, 0.03, 2, "clasped"), "blue", "clinic", "day", 17, {}),
    "found_list_shaken": (
        "man_heavy", _squat(50, 16, 8, 0.02, -5, "crossed"), "blue", "living_room", "day", 2, {"shake_px": 4.0}),
    "found_back_list_white": (
        "man_heavy", _squat(25, 7, 9, 0.02, -7, "crossed"), "white_loose", "clinic", "day", 180, {}),
    "tested_list_trousers": ("woman_tall", _squat(22, 6, -9, -0.02, 5, "crossed"), "trousers", "clinic", "day", 3, {}),
    "tested_back_list_yellow": (
        "man_muscular", _squat(25, 7, 8, 0.02, -8, "crossed"), "yellow", "studio", "right", 181, {}),
    "tested_squat_list_red": ("woman_heavy", _squat(85, 32, -6, -0.03, -3, "clasped"), "red", "gym", "day", 0, {}),
    "tested_squat_level_dark": (
        "man_older", _squat(90, 34, 0, 0, 0, "forward"), "dark_on_dark", "living_room", "day", -5, {}),
    "tested_back_squat_list": (
        "woman_muscular", _squat(75, 28, 7, 0.03, 3, "crossed"), "green_checked", "box_gym", "cold_flat", 178, {}),
    "tested_lean_level": ("man_muscular", _squat(35, 10, 0, 0.01, -10, "hips"), "trousers", "clinic", "day", 2, {}),
    "tested_list_leggings": (
        "woman_tall", _squat(40, 12, 7, 0.02, 5, "hips"), "leggings", "dark_gym", "warm_dim", 0, {"noise": 4.0}),
    "tested_back_level_blue": ("man_older", _squat(92, 34, 0, 0, 0, "crossed"), "blue", "studio", "behind", 182, {}),
    "tested_oblique_17": (
        "woman_heavy", _squat(70, 26, -7, -0.03, -2, "clasped"), "white_loose", "clinic", "day", -17, {}),
    "tested_back_list_dark": (
        "woman_tall", _squat(24, 7, -8, -0.02, -3, "crossed"), "dark_on_dark", "gym", "day", 180, {}),
}  # fmt: skip


def _specs() -> dict[str, ClipSpec]:
    specs = {}
    counts = {"found": 0, "tested": 0}
    for name, (body, motion, look, room, light, yaw_deg, rest) in _ROWS.items():
        number = counts[name.split("_")[0]]
        counts[name.split("_")[0]] += 1
        spec = ClipSpec(
            name, body, replace(motion, seed=number), LOOKS[look], room, LIGHTS[light], yaw_deg, size_px=PORTRAIT,
            body_height_px=620, rate_hz=15, seed=300 + number, supersampling=1.5,
        )  # fmt: skip
        specs[name] = replace(spec, **rest)  # type: ignore[arg-type]
    return specs


TWO_FEET = _specs()
