"""A foot that is held behind the body is hidden from the front: the leg that stands is measured all the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vidgait.kinematics.segments import find_segments
from vidgait.kinematics.series import compute_series
from vidgait.settings import Settings
from vidgait.tracking import build_track, link_people
from vidgait.truth.simulation import simulate

SETTINGS = Settings()


@pytest.mark.parametrize("yaw_deg", [0.0, 5.0])
def test_what_the_standing_leg_does_needs_no_other_foot(yaw_deg: float) -> None:
    clip = simulate("single_leg_squat", reps=1, side="right", fppa_right_deg=10.0, pelvic_drop_deg=6.0, yaw_deg=yaw_deg)
    track = build_track(clip.poses, link_people(clip.poses), 0)
    segments = find_segments(track, clip.poses.size_px, SETTINGS.view, SETTINGS.subject)
    (segment,) = segments
    low = np.abs(track.time_s - clip.truth["reps"][0]["bottom_s"]) < 0.3
    hidden = track.xy_px.copy()
    for part in ("left_ankle", "left_heel", "left_toe"):
        hidden[low, track.skeleton.index(part)] = np.nan
    whole, lacking = (
        {(one.name, one.side): one.value for one in compute_series(each, (segment,), SETTINGS.view)}
        for each in (track, replace(track, xy_px=hidden))
    )
    for name in ("fppa_deg", "hip_adduction_deg", "knee_flexion_vertical_deg", "trunk_lean_stance_deg"):
        assert np.isfinite(lacking[name, "right"][low]).all(), name
        assert lacking[name, "right"][low] == pytest.approx(whole[name, "right"][low], abs=0.01), name
