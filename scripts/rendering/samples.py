"""The clips that ship in `sample_videos/`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scripts.rendering.clip import ClipSpec
from scripts.rendering.frame_times import UnevenTimes
from scripts.rendering.gait import Run, Walk
from scripts.rendering.jumps import CounterMovementJump, DropJump, Jump
from scripts.rendering.look import Look
from scripts.rendering.lunge import Lunge, LungeRep
from scripts.rendering.motion import Motion, Squat, SquatRep
from scripts.rendering.people import Companion, Waypoint
from scripts.rendering.posture import Stance
from scripts.rendering.scene import Light
from scripts.rendering.single_leg import OneLegRep, SingleLeg
from scripts.rendering.step_down import StepDown
from scripts.rendering.wardrobe import LOOKS

__all__ = ["SAMPLES"]

BRISK = {"descent_s": 1.0, "ascent_s": 0.9, "rest_s": 0.35}

SQUAT_FRONT = ClipSpec(
    name="squat_front",
    body="woman_average",
    # The right knee falls inwards a little more in every repetition; the left follows its toes.
    motion=Squat(
        tuple(
            SquatRep(knee_flexion_deg=92, trunk_lean_deg=34, fppa_deg=(-6, right), pause_s=0.2, **BRISK)
            for right in (3, 9, 16)
        ),
        stance=Stance(width_hips=1.4, toe_out_deg=8, arms="clasped"),
        lead_s=0.6,
        tail_s=0.3,
        seed=3,
    ),
    look=Look(
        skin=(0.84, 0.63, 0.51), shirt=(0.16, 0.47, 0.50), shorts=(0.13, 0.14, 0.18), shoe=(0.86, 0.36, 0.26),
        hair=(0.24, 0.14, 0.08), sleeve=0.35, shorts_length=0.5, loose_m=0.006, long_hair=True, bun=True,
    ),
    room="gym",
    light=Light(direction=(-0.5, -0.6, 0.95), warmth=0.03),
    yaw_deg=0.0,
    camera_height_m=0.95,
    camera_distance_m=3.8,
    body_height_px=960,
    seed=11,
)  # fmt: skip

SQUAT_SIDE = ClipSpec(
    name="squat_side",
    body="man_average",
    # Four squats: the second stops short, the third rests at the bottom.
    motion=Squat(
        (
            SquatRep(knee_flexion_deg=112, trunk_lean_deg=40, **BRISK),
            SquatRep(knee_flexion_deg=72, trunk_lean_deg=29, descent_s=0.75, ascent_s=0.65, rest_s=0.3),
            SquatRep(knee_flexion_deg=110, trunk_lean_deg=41, descent_s=0.95, pause_s=0.8, ascent_s=0.8, rest_s=0.3),
            SquatRep(knee_flexion_deg=106, trunk_lean_deg=43, descent_s=0.95, ascent_s=0.85, rest_s=0.2),
        ),
        stance=Stance(width_hips=1.3, toe_out_deg=8, arms="clasped"),
        lead_s=0.5,
        tail_s=0.3,
        seed=5,
    ),
    look=Look(
        skin=(0.58, 0.39, 0.28), shirt=(0.72, 0.73, 0.72), shorts=(0.15, 0.20, 0.34), shoe=(0.16, 0.17, 0.19),
        shoe_accent=(0.85, 0.75, 0.25), hair=(0.06, 0.05, 0.045), shorts_length=0.72, loose_m=0.02,
    ),
    room="gym_side",
    light=Light(direction=(-0.55, -0.5, 0.95), warmth=0.02),
    yaw_deg=-90.0,
    camera_height_m=0.95,
    camera_distance_m=3.8,
    body_height_px=930,
    seed=12,
)  # fmt: skip

NAVY = replace(LOOKS["blue"], shirt=(0.16, 0.20, 0.33), shorts=(0.42, 0.43, 0.45), shoe=(0.80, 0.80, 0.78))
DAY, WARM = Light(), Light(direction=(-0.3, -0.7, 1.0), warmth=0.06, exposure=0.9)
FROM_RIGHT = Light(direction=(0.7, -0.4, 0.8), lamp=0.66, room=0.27)
COLD = Light(direction=(-0.1, -0.5, 1.2), lamp=0.45, room=0.40, warmth=-0.04)
DIM = Light(direction=(-0.3, -0.7, 1.0), lamp=0.55, room=0.24, warmth=0.08, exposure=0.75)
LANDSCAPE = (1280, 720)


def _clip(name: str, body: str, motion: Motion, look: str | Look, room: str, light: Light, **rest: Any) -> ClipSpec:
    dressed = LOOKS[look] if isinstance(look, str) else look
    return ClipSpec(name, body, motion, dressed, room, light, **({"supersampling": 1.5, "crf": 24} | rest))


SQUATS = (
    # To the knees' limit, cut short, and one that bounces: it gives back a fifth of its depth and takes it again.
    _clip(
        "squat_left", "woman_tall",
        Squat(
            (
                SquatRep(knee_flexion_deg=118, trunk_lean_deg=40, **BRISK),
                SquatRep(knee_flexion_deg=55, trunk_lean_deg=22, descent_s=0.7, ascent_s=0.6, rest_s=0.3),
                SquatRep(knee_flexion_deg=105, trunk_lean_deg=38, pause_s=0.5, bounce=0.2, descent_s=0.9, ascent_s=0.8,
                         rest_s=0.2),
            ),
            stance=Stance(width_hips=1.35, toe_out_deg=12, arms="forward"), lead_s=0.5, tail_s=0.2, seed=21,
        ),
        "patterned_leggings", "clinic", DAY, yaw_deg=90.0, aim_right_m=-0.33, body_height_px=900, seed=21,
    ),
    _clip(
        "squat_back", "man_heavy",
        Squat(
            (SquatRep(80, 34, **BRISK), SquatRep(100, 38, **BRISK)),
            stance=Stance(width_hips=1.45, toe_out_deg=14, arms="crossed"), lead_s=0.6, tail_s=0.2, seed=22,
        ),
        "loose", "box_gym", FROM_RIGHT, yaw_deg=180.0, camera_distance_m=3.6, body_height_px=940, seed=22,
    ),
    _clip(
        "squat_oblique", "man_older",
        Squat(
            (
                SquatRep(90, 34, fppa_deg=(9, None), pause_s=1.0, **BRISK),
                SquatRep(75, 30, fppa_deg=(5, None), **BRISK),
            ),
            stance=Stance(width_hips=1.2, toe_out_deg=10, arms="forward"), lead_s=0.6, tail_s=0.2, seed=23,
        ),
        "cap_striped", "living_room", WARM, yaw_deg=20.0, camera_height_m=1.1, body_height_px=930, seed=23,
    ),
    # Both knees fall in, and the pelvis shifts to the left in the second.
    _clip(
        "squat_valgus_both", "woman_heavy",
        Squat(
            (
                SquatRep(80, 32, fppa_deg=(12, 14), **BRISK),
                SquatRep(85, 33, fppa_deg=(10, 15), pelvic_list_deg=4, hip_shift_m=0.03, side_lean_deg=2, **BRISK),
            ),
            stance=Stance(width_hips=1.6, toe_out_deg=12, arms="clasped"), lead_s=0.6, tail_s=0.2, seed=24,
        ),
        "yellow", "furnished", DAY, yaw_deg=-4.0, camera_distance_m=3.4, body_height_px=900, seed=24,
    ),
    # Nothing to find: knees over the feet, in dark clothes before a dark wall, from an unsteady hand.
    _clip(
        "squat_dark", "man_tall_lean",
        Squat(
            (SquatRep(88, 34, **BRISK), SquatRep(96, 36, **BRISK)),
            stance=Stance(width_hips=1.3, toe_out_deg=9, arms="clasped"), lead_s=0.6, tail_s=0.2, seed=25,
        ),
        "dark_on_dark", "dark_gym", DIM, body_height_px=980, noise=3.0, shake_px=2.0, shake_roll_deg=0.25, seed=25,
    ),
)  # fmt: skip

ON_ONE_LEG = (
    _clip(
        "single_leg_squat_right", "woman_average",
        SingleLeg(
            "right",
            (
                OneLegRep(58, 24, fppa_deg=13, pelvic_drop_deg=8, side_lean_deg=5),
                OneLegRep(62, 26, fppa_deg=17, pelvic_drop_deg=10, side_lean_deg=7, rest_s=0.2),
            ),
            "behind", seed=31, tail_s=0.1,
        ),
        "waistband", "clinic", COLD, camera_distance_m=3.6, body_height_px=940, seed=31,
    ),
    _clip(
        "single_leg_squat_left", "man_muscular",
        SingleLeg(
            "left", (OneLegRep(64, 24, fppa_deg=-2), OneLegRep(70, 27, fppa_deg=-1, rest_s=0.2)), "front",
            stance=Stance(width_hips=0.66, toe_out_deg=6, arms="forward"), seed=32, tail_s=0.1,
        ),
        "bald_blotched", "box_gym", FROM_RIGHT, yaw_deg=3.0, camera_distance_m=3.8, body_height_px=950, seed=32,
    ),
    # A drop with the trunk leaning away, then a level pelvis bought with a lean over the standing leg.
    _clip(
        "single_leg_stance", "woman_muscular",
        SingleLeg(
            "left",
            (
                OneLegRep(7, 4, None, 9, -4, descent_s=0.6, pause_s=1.4, ascent_s=0.5, rest_s=0.2),
                OneLegRep(7, 4, None, 0, 9, descent_s=0.6, pause_s=1.2, ascent_s=0.5, rest_s=0.1),
            ),
            "middle", seed=33, label="single_leg_stance", tail_s=0.1,
        ),
        "sports_top", "studio", DAY, camera_distance_m=3.6, body_height_px=940, seed=33,
    ),
    # The body drops and hikes towards a camera behind it.
    _clip(
        "single_leg_stance_back", "man_average",
        SingleLeg(
            "right",
            (
                OneLegRep(7, 4, None, 7, 3, descent_s=0.6, pause_s=0.9, ascent_s=0.5, rest_s=0.2),
                OneLegRep(7, 4, None, -5, -2, descent_s=0.6, pause_s=0.9, ascent_s=0.5, rest_s=0.1),
            ),
            "middle", seed=34, label="single_leg_stance", tail_s=0.1,
        ),
        "bare_torso", "clinic", DAY, yaw_deg=180.0, body_height_px=940, seed=34,
    ),
    _clip(
        "step_down", "woman_tall",
        StepDown(
            SingleLeg(
                "left",
                tuple(OneLegRep(80, 20, fppa, drop, 3, 1.2, 0.15, 1.0, 0.2) for fppa, drop in ((8, 5), (12, 7))),
                stance=Stance(width_hips=0.7, toe_out_deg=5, arms="hips"), lift_s=0.8, seed=35, tail_s=0.1,
            )
        ),
        "leggings", "living_room", WARM, yaw_deg=-6.0, camera_distance_m=3.8, body_height_px=860, aim_up_m=0.06,
        seed=35,
    ),
    _clip(
        "lunge", "man_tall_lean",
        Lunge("left", (LungeRep(92, 10, 8), LungeRep(80, 4, 12, rest_s=0.2)), seed=36, tail_s=0.2),
        "trousers", "wallpaper", COLD, yaw_deg=90.0, camera_distance_m=4.2, body_height_px=840, aim_right_m=-0.66,
        seed=36,
    ),
)  # fmt: skip

FAST = (
    _clip(
        "counter_movement_jump", "man_muscular",
        CounterMovementJump((Jump(height_m=0.32, landing_knee_deg=82),), lead_s=0.8, rest_s=1.0, seed=41, arms="swing"),
        "green_checked", "gym_side", DAY, yaw_deg=-90.0, camera_distance_m=4.0, body_height_px=760, aim_up_m=0.16,
        aim_right_m=0.25, rate_hz=60, noise=1.5, crf=26, seed=41,
    ),
    # The left knee falls in at the first contact, and again at the landing.
    _clip(
        "drop_jump", "woman_average",
        DropJump(
            Jump(height_m=0.22, landing_fppa_deg=(11, 2)), contact_fppa_deg=(13, 3), seed=42, lead_s=0.6, rest_s=0.8,
        ),
        "red", "gym", DAY, camera_distance_m=4.2, body_height_px=740, aim_up_m=0.16, rate_hz=60, noise=1.5, crf=26,
        seed=42,
    ),
    _clip(
        "walk_side", "man_older", Walk(speed_m_s=1.0, cadence_per_min=102, duration_s=4.0, seed=43),
        "long_sleeves", "hall", DAY, yaw_deg=-90.0, size_px=LANDSCAPE, camera_distance_m=5.5, body_height_px=440,
        seed=43,
    ),
    # Towards the camera; the pelvis drops more when the left leg stands.
    _clip(
        "walk_front", "woman_heavy",
        Walk(speed_m_s=1.1, cadence_per_min=112, duration_s=4.0, pelvic_drop_deg=(8.0, 4.0), seed=44),
        "white_loose", "yard", COLD, camera_distance_m=5.0, body_height_px=620, seed=44,
    ),
    _clip(
        "run_side", "woman_muscular", Run(duration_s=4.0, seed=45),
        "patterned_leggings", "gym_side", FROM_RIGHT, yaw_deg=90.0, camera_distance_m=4.0, body_height_px=900, seed=45,
    ),
    _clip(
        "run_front", "man_average", Run(duration_s=4.0, pelvic_drop_deg=(4.0, 7.0), seed=46),
        "cap_striped", "gym", DAY, camera_distance_m=4.0, body_height_px=900, seed=46,
    ),
)  # fmt: skip

FILES = (
    # Somebody walks through, between the camera and the person who squats.
    _clip(
        "two_people", "man_average",
        Squat(
            (SquatRep(95, 36, **BRISK), SquatRep(85, 33, fppa_deg=(8, None), **BRISK)),
            stance=Stance(width_hips=1.3, toe_out_deg=9, arms="crossed"), lead_s=0.6, tail_s=0.4, seed=51,
        ),
        "blue", "gym", DAY, camera_distance_m=4.4, body_height_px=800, seed=51,
        others=(
            Companion(
                "woman_tall", Walk(speed_m_s=1.15, duration_s=4.2, seed=52), LOOKS["hoodie"],
                path=(Waypoint(0.0, 0.0, -1.1),), yaw_deg=-90.0, motion_start_s=0.6,
            ),
        ),
    ),
    # A phone that was held upright stores a picture that lies on its side, and says so.
    _clip(
        "turned_file", "woman_heavy",
        Squat(
            (SquatRep(85, 33, **BRISK), SquatRep(98, 37, **BRISK)),
            stance=Stance(width_hips=1.4, toe_out_deg=12, arms="forward"), lead_s=0.5, tail_s=0.2, seed=53,
        ),
        "long_loose_shirt", "garden", DAY, yaw_deg=-90.0, aim_right_m=0.3, body_height_px=860, rotation_deg=90,
        seed=53,
    ),
    # Frame times jitter, frames are missing, and for a second only half of them are there.
    _clip(
        "uneven_times", "man_muscular",
        Squat(
            (SquatRep(90, 34, fppa_deg=(None, 9), **BRISK), SquatRep(100, 37, fppa_deg=(None, 12), **BRISK)),
            stance=Stance(width_hips=1.35, toe_out_deg=9, arms="clasped"), lead_s=0.6, tail_s=0.2, seed=54,
        ),
        NAVY, "box_gym", WARM, camera_distance_m=3.8, body_height_px=930, shake_px=1.5, shake_roll_deg=0.15,
        uneven=UnevenTimes(jitter_s=0.002, dropped=0.04, gaps=((2.0, 0.12),), slowed=((3.2, 4.2, 15.0),)), seed=54,
    ),
)  # fmt: skip

SAMPLES: dict[str, ClipSpec] = {
    spec.name: spec for spec in (SQUAT_FRONT, SQUAT_SIDE, *SQUATS, *ON_ONE_LEG, *FAST, *FILES)
}
