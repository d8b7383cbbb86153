"""Varied squats for calibrating keypoint noise and model error. Rendered on demand, not shipped.

`found_*` clips are for finding numbers, `tested_*` for judging them: no number may be chosen on a tested clip. The
tested half has bodies of its own (but for one clip each of `man_tall_lean` and `man_muscular`) and other combinations
of clothes, rooms, lights and cameras.
"""

from __future__ import annotations

from dataclasses import replace

from scripts.rendering.clip import ClipSpec
from scripts.rendering.motion import SitToStand, Squat, SquatRep
from scripts.rendering.posture import Stance
from scripts.rendering.scene import Light
from scripts.rendering.wardrobe import LOOKS

__all__ = ["CALIBRATION", "LIGHTS", "PORTRAIT"]

LIGHTS = {
    "day": Light(),
    "right": Light(direction=(0.7, -0.4, 0.8), lamp=0.70, room=0.24),
    "behind": Light(direction=(0.2, 0.6, 0.9), lamp=0.70, room=0.26),
    "warm_dim": Light(direction=(-0.3, -0.7, 1.0), lamp=0.55, room=0.22, warmth=0.10, exposure=0.62),
    "cold_flat": Light(direction=(-0.1, -0.5, 1.2), lamp=0.40, room=0.42, warmth=-0.05),
}
PORTRAIT, WIDE, LARGE = (480, 854), (1280, 720), (720, 1280)
SHIFTED_LEFT = {"pelvic_list_deg": 5.0, "hip_shift_m": 0.03, "side_lean_deg": 3.0}
SHIFTED_RIGHT = {"pelvic_list_deg": -6.0, "hip_shift_m": -0.035, "side_lean_deg": -2.0}
Fppa = tuple[float | None, float | None]
NO_VALGUS: Fppa = (None, None)


def _squats(
    knee_deg: tuple[float, ...], lean_deg: float, fppa_deg: Fppa = NO_VALGUS, arms: str = "forward", **rest: float
) -> Squat:
    """Quick squats of different depths; the second of two leans a little more."""
    stance = Stance(rest.pop("width_hips", 1.3), rest.pop("toe_out_deg", 10.0), arms)
    reps = tuple(
        SquatRep(depth_deg, lean_deg + 2 * index, fppa_deg, descent_s=0.85, ascent_s=0.75, rest_s=0.25, **rest)
        for index, depth_deg in enumerate(knee_deg)
    )
    return Squat(reps, stance, lead_s=0.45, tail_s=0.3, seed=round(sum(knee_deg)))


# Name: body, motion, look, room, light, yaw, picture size, body height in pixels, and whatever else differs.
_ROWS = {
    "found_front_average": ("man_average", _squats((100, 90), 36), "blue", "studio", "day", 0, PORTRAIT, 620, {}),
    "tested_front_tall": ("woman_tall", _squats((95, 80), 34, arms="clasped"), "leggings", "clinic", "cold_flat",
                          0, LARGE, 1100, {"camera_distance_m": 3.2}),
    "found_right_deep": ("man_average", _squats((112, 95), 40), "trousers", "gym", "day", -90, PORTRAIT, 600, {}),
    "tested_left_tall": ("man_tall_lean", _squats((115, 60), 42, arms="crossed"), "green_checked", "box_gym", "right",
                         90, PORTRAIT, 640, {}),
    "found_front_valgus_both": ("woman_average", _squats((85, 75), 30, (14, 14), "clasped"), "red", "gym", "day",
                                0, PORTRAIT, 600, {}),
    "tested_front_valgus_right": ("woman_heavy", _squats((80, 70), 32, (None, 12), "crossed"), "yellow", "living_room",
                                  "warm_dim", 10, PORTRAIT, 560, {"noise": 3.5}),
    "found_left_half": ("woman_average", _squats((60, 95), 30, arms="clasped"), "leggings", "studio", "right",
                        90, PORTRAIT, 580, {}),
    "tested_right_heavy": ("woman_heavy", _squats((80, 100), 38), "white_loose", "clinic", "day",
                           -90, PORTRAIT, 540, {}),
    "found_oblique_20": ("woman_average", _squats((95, 80), 35, (None, 9)), "yellow", "clinic", "day",
                         20, PORTRAIT, 620, {}),
    "tested_oblique_20": ("man_muscular", _squats((100, 70), 36, arms="clasped"), "dark_on_dark", "gym", "behind",
                          -20, PORTRAIT, 600, {}),
    "found_oblique_40": ("man_average", _squats((100, 85), 38, arms="crossed"), "green_checked", "living_room", "day",
                         -40, PORTRAIT, 600, {}),
    "tested_oblique_40": ("woman_muscular", _squats((85, 105), 36), "red", "box_gym", "cold_flat",
                          40, PORTRAIT, 620, {}),
    "found_back": ("man_average", _squats((90, 105), 36), "white_loose", "gym", "right", 180, PORTRAIT, 600, {}),
    "tested_back": ("woman_tall", _squats((100, 80), 36, arms="crossed"), "blue", "studio", "warm_dim",
                    183, PORTRAIT, 580, {"noise": 3.0}),
    "found_front_heavy_valgus_left": ("man_heavy", _squats((80, 70), 32, (15, None)), "white_loose", "living_room",
                                      "day", 3, PORTRAIT, 600, {}),
    "tested_front_valgus_both": ("man_muscular", _squats((75, 90), 30, (11, 13), "clasped"), "trousers", "dark_gym",
                                 "cold_flat", -3, PORTRAIT, 520, {"noise": 4.0}),
    "found_right_lean_small": ("man_heavy", _squats((90, 75), 52, arms="crossed"), "blue", "box_gym", "day",
                               -87, WIDE, 450, {}),
    "tested_right_off_6": ("man_older", _squats((95, 75), 34), "trousers", "living_room", "right",
                           -96, PORTRAIT, 620, {"shake_px": 2.5}),
    "found_front_yaw_6": ("man_tall_lean", _squats((70, 85), 28, (None, 13), "clasped"), "trousers", "studio", "behind",
                          -6, LARGE, 1000, {"camera_distance_m": 4.5}),
    "tested_left_off_10": ("woman_tall", _squats((100, 85), 40), "yellow", "gym_side", "day", 80, PORTRAIT, 600, {}),
    "found_front_small": ("man_muscular", _squats((100, 80), 36), "red", "box_gym", "day", 0, WIDE, 300,
                          {"camera_distance_m": 6.0}),
    "tested_front_small_dim": ("man_older", _squats((50, 65), 24, (9, None), "hips"), "blue", "dark_gym", "warm_dim",
                               0, WIDE, 400, {"noise": 6.0, "camera_distance_m": 5.0}),
    "found_left_very_deep_roll": ("man_tall_lean", _squats((120, 105), 44), "green_checked", "clinic", "day",
                                  90, PORTRAIT, 620, {"roll_deg": 2.0, "camera_height_m": 0.8}),
    "tested_front_low_camera": ("man_older", _squats((90, 75), 34), "dark_on_dark", "studio", "right",
                                0, PORTRAIT, 600, {"camera_height_m": 0.45, "camera_distance_m": 3.0}),
    "found_front_hip_shift": ("woman_average", _squats((85, 90), 32, arms="crossed", **SHIFTED_LEFT), "leggings",
                              "clinic", "right", 0, PORTRAIT, 620, {}),
    "tested_front_list_high_camera": ("woman_muscular", _squats((80, 95), 34, arms="clasped", **SHIFTED_RIGHT),
                                      "green_checked", "living_room", "day", 2, PORTRAIT, 600,
                                      {"camera_height_m": 1.5}),
    "found_right_shallow": ("woman_average", _squats((40, 50), 18, arms="hips"), "blue", "living_room", "cold_flat",
                            -90, PORTRAIT, 560, {"shake_px": 1.5}),
    "tested_back_oblique": ("man_muscular", _squats((95, 85), 36), "yellow", "clinic", "day", 150, PORTRAIT, 600, {}),
    "found_rise_right": ("man_average", SitToStand(seed=7), "trousers", "living_room", "day", -90, PORTRAIT, 600, {}),
    "tested_rise_left": ("woman_heavy", SitToStand(seed=8, seated_knee_deg=88, peak_lean_deg=48), "leggings", "clinic",
                         "cold_flat", 84, PORTRAIT, 560, {}),
    "tested_rise_oblique": ("man_older", SitToStand(seed=9, peak_lean_deg=38), "green_checked", "living_room",
                            "warm_dim", 45, PORTRAIT, 580, {"noise": 3.0}),
    "found_left_average": ("man_average", _squats((100, 70), 34, arms="crossed"), "blue", "gym_side", "cold_flat", 86,
                           PORTRAIT, 600, {}),
    "found_right_tall": ("man_tall_lean", _squats((90, 110), 40, arms="clasped"), "red", "clinic", "right", -93,
                         PORTRAIT, 640, {}),
    "found_left_heavy": ("man_heavy", _squats((95, 80), 38), "white_loose", "box_gym", "day", 90, PORTRAIT, 580,
                         {"shake_px": 1.5}),
    "found_right_woman": ("woman_average", _squats((105, 85), 30, arms="hips"), "green_checked", "studio", "warm_dim",
                          -84, PORTRAIT, 560, {"camera_height_m": 1.3}),
    "found_back_heavy": ("man_heavy", _squats((100, 80), 36, width_hips=1.45, toe_out_deg=14.0), "white_loose",
                         "box_gym", "right", 180, PORTRAIT, 600, {}),
    "found_back_valgus": ("woman_average", _squats((85, 75), 30, (14, 14), "clasped"), "leggings", "studio", "day", 182,
                          PORTRAIT, 600, {}),
    "found_back_tall": ("man_tall_lean", _squats((95, 110), 38, arms="crossed", width_hips=1.5), "trousers", "clinic",
                        "day", 178, PORTRAIT, 620, {"camera_distance_m": 3.2}),
    "tested_back_wide": ("woman_heavy", _squats((90, 100), 36, arms="crossed", width_hips=1.45), "red", "living_room",
                         "day", 181, PORTRAIT, 600, {}),
    "tested_back_valgus": ("man_muscular", _squats((80, 70), 30, (None, 12), "clasped"), "trousers", "dark_gym",
                           "cold_flat", 178, PORTRAIT, 560, {"noise": 3.0}),
    "tested_back_older": ("man_older", _squats((85, 100), 34, toe_out_deg=14.0), "blue", "gym", "right", 180, PORTRAIT,
                          580, {}),
}  # fmt: skip


def _specs() -> dict[str, ClipSpec]:
    specs = {}
    for index, (name, row) in enumerate(_ROWS.items()):
        body, motion, look, room, light, yaw_deg, size_px, height_px, rest = row
        spec = ClipSpec(
            name, body, motion, LOOKS[look], room, LIGHTS[light], yaw_deg, size_px=size_px, body_height_px=height_px,
            rate_hz=(25, 30, 24)[index % 3], seed=100 + index, supersampling=1.5,
        )  # fmt: skip
        specs[name] = replace(spec, **rest)
    return specs


CALIBRATION = _specs()
