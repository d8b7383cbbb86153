"""The clips that ship in `sample_videos/`."""

from __future__ import annotations

from scripts.rendering.clip import ClipSpec
from scripts.rendering.look import Look
from scripts.rendering.motion import Squat, SquatRep
from scripts.rendering.posture import Stance
from scripts.rendering.scene import Light

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

SAMPLES: dict[str, ClipSpec] = {spec.name: spec for spec in (SQUAT_FRONT, SQUAT_SIDE)}
