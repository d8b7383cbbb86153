"""Real footage with a reference in three dimensions: is it the right person, and are left and right theirs?"""

from __future__ import annotations

import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest

from vidgait.kinematics.signals import body_height_px, clean_track
from vidgait.pose import create_estimator
from vidgait.settings import PoseSettings, SignalSettings, VideoSettings
from vidgait.tracking import build_track, choose_athlete, link_people
from vidgait.types import ClipPoses, FloatArray, Track
from vidgait.video import open_video

pytestmark = [pytest.mark.clips, pytest.mark.slow]

MARKERS = {"left_knee": "LKnee", "right_knee": "RKnee", "left_ankle": "LAnkle", "right_ankle": "RAnkle"}
OTHER_LEG = {
    "left_knee": "right_knee",
    "right_knee": "left_knee",
    "left_ankle": "right_ankle",
    "right_ankle": "left_ankle",
}


def poses_of(clip: Path) -> ClipPoses:
    with open_video(clip, VideoSettings()) as video, create_estimator(PoseSettings(device="cpu")) as estimator:
        times, found = [], []
        for frame in video.frames():
            times.append(frame.time_s)
            found.append(estimator.estimate([frame])[0])
        size_px = video.info.size_px
    return ClipPoses(
        time_s=np.array(times),
        media_time_s=np.array(times),
        frame=np.repeat(np.arange(len(found)), [len(people.xy_px) for people in found]),
        xy_px=np.concatenate([people.xy_px for people in found]),
        score=np.concatenate([people.score for people in found]),
        xyz_m=None,
        skeleton=found[0].skeleton,
        size_px=size_px,
    )


def reference_px(folder: Path, camera: str) -> dict[str, FloatArray]:
    """The triangulated joints, (T, 2) in the picture of one camera."""
    calibration = tomllib.loads((folder / "Calib_qualisys.toml").read_text(encoding="utf-8"))
    view = next(part for name, part in calibration.items() if name.endswith(camera))
    lines = (folder / "S00_P00_T01_BalancingTrial_0-100_filt_butterworth.trc").read_text(encoding="utf-8").splitlines()
    names = [name for name in lines[3].split("\t")[2:] if name]
    rows = [line.split("\t")[2 : 2 + 3 * len(names)] for line in lines[5:] if line.strip()]
    points = np.array(rows, float).reshape(-1, len(names), 3)[..., [2, 0, 1]]
    parts = (np.array(view[name]) for name in ("rotation", "translation", "matrix", "distortions"))
    flat, _ = cv2.projectPoints(points.reshape(-1, 3), *parts)
    picture = flat.reshape(len(rows), len(names), 2)
    return {keypoint: picture[:, names.index(marker)] for keypoint, marker in MARKERS.items()}


def athlete(poses: ClipPoses) -> Track:
    ids = link_people(poses)
    return build_track(poses, ids, choose_athlete(poses, ids, "auto")[0])


def distances(track: Track, truth: dict[str, FloatArray]) -> tuple[FloatArray, FloatArray]:
    """(4, T) of each knee and ankle to its own and to the other leg's true place, in body heights."""
    height = body_height_px(track)
    count = min(track.time_s.size, len(truth["left_knee"]))

    def to(keypoint: str, place: str) -> FloatArray:
        gone: FloatArray = np.linalg.norm(track.point(keypoint)[:count] - truth[place][:count], axis=1) / height
        return gone

    own = [to(name, name) for name in MARKERS]
    other = [to(name, OTHER_LEG[name]) for name in MARKERS]
    return np.array(own), np.array(other)


def test_a_body_that_the_network_turns_round_is_put_right(clips: Path) -> None:
    """A man who loses his balance: for a third of the clip the network takes his front for his back."""
    truth = reference_px(clips / "pose2sim" / "reference", "2")
    raw = athlete(poses_of(clips / "pose2sim" / "SinglePerson" / "cam02.mp4"))
    clean = clean_track(raw, SignalSettings(), 6.0)
    raw_own, raw_other = distances(raw, truth)
    own, other = distances(clean.track, truth)
    assert (raw_own.mean(0) > raw_other.mean(0)).sum() > 15, "the network no longer errs: the test proves nothing"
    assert not (np.nanmean(own, axis=0) > np.nanmean(other, axis=0)).any()
    assert np.nanpercentile(own, 95) < 0.05
    assert np.isfinite(own).mean() > 0.9


def test_the_athlete_is_not_the_second_person(clips: Path) -> None:
    """The same man with somebody larger, who is seen for longer, at the edge of the picture."""
    truth = reference_px(clips / "pose2sim" / "reference", "2")
    track = athlete(poses_of(clips / "pose2sim" / "MultiPerson" / "cam02.mp4"))
    own, other = distances(track, truth)
    seen = np.isfinite(own).all(axis=0)
    nearest = np.minimum(own, other)[:, seen]
    assert seen.mean() > 0.5
    assert np.median(nearest) < 0.05
    assert np.median(nearest, axis=0).max() < 0.15, "a frame of somebody else is among them"
