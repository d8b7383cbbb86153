"""The people made of lines of `vidgait.truth`, in the words of the unit tests.

motion = squat(depth_deg=100, reps=3, yaw_deg=90)           # what the person does
track = film(motion, Camera(height_m=1.0))                  # what a perfect pose network would say
track = spoil(track, np.random.default_rng(0), noise_px=2)  # what a real one says
poses = clip_poses([track, other], CAMERA.size_px)          # several people, before tracking
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vidgait.truth.skeleton_film import CAMERA, Camera, clip_poses, film, spoil
from vidgait.truth.skeleton_gait import walk as walking
from vidgait.truth.skeleton_motion import SIDES, Body, Motion, standing
from vidgait.truth.skeleton_motion import frame_times as times
from vidgait.truth.skeleton_pose import hips_anchored, join, skeleton_m
from vidgait.truth.skeleton_strength import squat

__all__ = [
    "CAMERA",
    "SIDES",
    "Body",
    "Camera",
    "Motion",
    "clip_poses",
    "film",
    "join",
    "skeleton_m",
    "spoil",
    "squat",
    "standing",
    "times",
    "walking",
    "walking_in",
]


def walking_in(then: Motion, *, duration_s: float = 2.0, turn_s: float = 0.6, from_left: bool = True) -> Motion:
    """Walks in from the side of the picture, turns on the spot, then does `then` (which is shifted in time)."""
    rate_hz = 1.0 / float(np.median(np.diff(then.time_s)))
    heading = -90.0 if from_left else 90.0
    then = hips_anchored(then)
    steps = walking(duration_s, yaw_deg=heading, rate_hz=rate_hz, start_x_m=0.0)
    steps = replace(steps, place_m=steps.place_m + then.place_m[0] - steps.place_m[-1])
    stand = standing(turn_s, rate_hz=rate_hz, x_m=float(then.place_m[0, 0]), z_m=float(then.place_m[0, 1]))
    share = 0.5 - 0.5 * np.cos(np.pi * np.linspace(0, 1, stand.time_s.size))
    turn = replace(hips_anchored(stand), yaw_deg=heading + (then.yaw_deg[0] - heading) * share)
    return join(steps, turn, then)
