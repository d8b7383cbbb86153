"""Other people, uneven frame times, turned files and a shaken camera: truth and file say the same."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from scripts.rendering.body import load_body
from scripts.rendering.camera import picture_axes, place_camera
from scripts.rendering.clip import ClipSpec, clip_truth, stage
from scripts.rendering.frame_times import VARIABLE_TIME_BASE, UnevenTimes, frame_times_s
from scripts.rendering.motion import Squat, SquatRep
from scripts.rendering.people import Companion, Waypoint, companion_poses
from scripts.rendering.scene import FLOORS, ROOMS, WALLS, Block, room_mesh
from scripts.rendering.video_file import write_video

SHORT = Squat((SquatRep(knee_flexion_deg=60, descent_s=0.3, ascent_s=0.3, rest_s=0.1),), lead_s=0.1, tail_s=0.1)
TINY = ClipSpec("tiny", "woman_average", SHORT, size_px=(160, 284), body_height_px=210, rate_hz=10)


def test_a_steady_rate_has_even_times() -> None:
    assert frame_times_s(1.0, 60, None, seed=1) == pytest.approx(np.arange(60) / 60)


def test_uneven_times_keep_their_order_and_their_rate() -> None:
    times_s = frame_times_s(10.0, 30, UnevenTimes(jitter_s=0.01, dropped=0.0), seed=3)
    assert len(times_s) == 300
    assert times_s[0] == 0.0
    assert np.diff(times_s).min() > 0.3 / 30 - 1e-4
    assert np.std(times_s - np.arange(300) / 30) == pytest.approx(0.01, abs=0.003)
    ticks = times_s / float(VARIABLE_TIME_BASE)
    assert ticks == pytest.approx(np.round(ticks), abs=1e-6)


def test_dropped_frames_gaps_and_slower_parts() -> None:
    dropped = frame_times_s(20.0, 30, UnevenTimes(jitter_s=0.0, dropped=0.1), seed=4)
    assert len(dropped) == pytest.approx(540, abs=25)
    gapped = frame_times_s(2.0, 30, UnevenTimes(0.0, 0.0, gaps=((1.0, 0.4),)), seed=4)
    assert np.diff(gapped).max() == pytest.approx(0.4, abs=1e-4)
    assert not np.any((gapped > 1.0001) & (gapped < 1.3999))
    slowed = frame_times_s(3.0, 30, UnevenTimes(0.0, 0.0, slowed=((1.0, 2.0, 15.0),)), seed=4)
    assert len(slowed) == 30 + 15 + 30


def test_the_truth_is_of_the_uneven_times() -> None:
    spec = replace(TINY, uneven=UnevenTimes(gaps=((0.2, 0.25),)), rate_hz=30)
    staging = stage(spec)
    truth = clip_truth(spec, staging)
    assert truth["variable_rate"] is True
    assert truth["time_s"] == pytest.approx(staging.time_s, abs=1e-6)
    (pose,) = spec.motion.poses(staging.body, staging.time_s[7:8])
    assert pose == pytest.approx(staging.poses[7])


def colours(count: int, size_px: tuple[int, int]) -> list[np.ndarray]:
    """Pictures with a red corner top left; each one's green tells its number."""
    width, height = size_px
    pictures = []
    for index in range(count):
        picture = np.full((height, width, 3), (40, 60 + 15 * index, 40), np.uint8)
        picture[: height // 3, : width // 3] = (220, 30, 30)
        pictures.append(picture)
    return pictures


def test_the_file_has_the_given_times(tmp_path: Path) -> None:
    import av

    times_s = frame_times_s(0.4, 30, UnevenTimes(jitter_s=0.004, dropped=0.0, gaps=((0.1, 0.12),)), seed=5)
    path = tmp_path / "uneven.mp4"
    write_video(path, colours(len(times_s), (64, 48)), times_s, rate_hz=30, time_base=VARIABLE_TIME_BASE)
    with av.open(str(path)) as container:
        shown = [float(frame.pts * frame.time_base) for frame in container.decode(video=0)]
    assert shown == pytest.approx(times_s, abs=1e-6)


@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
def test_a_turned_file_is_upright_after_the_turn_it_asks_for(tmp_path: Path, rotation_deg: int) -> None:
    import av

    path = tmp_path / "turned.mp4"
    times_s = np.arange(2) / 30
    options = {"rate_hz": 30, "time_base": Fraction(1, 30), "crf": 10}
    write_video(path, colours(2, (64, 96)), times_s, rotation_deg=rotation_deg, **options)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        asked_deg = -frame.rotation % 360
        stored = frame.to_ndarray(format="rgb24")
    assert asked_deg == rotation_deg
    assert stored.shape[:2] == ((64, 96) if rotation_deg in (90, 270) else (96, 64))
    upright = np.rot90(stored, -asked_deg // 90)
    assert upright[10, 10, 0] > 150 > 100 > upright[-10, -10, 0]
    assert upright[10, -10, 0] < 100 and upright[-10, 10, 0] < 100


def test_other_turns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="quarter turns"):
        write_video(tmp_path / "x.mp4", [], np.zeros(0), rate_hz=30, time_base=Fraction(1, 30), rotation_deg=45)


def test_a_rolled_camera_turns_its_picture_about_the_middle() -> None:
    camera = place_camera(0.0, 4.0, 1.0, np.array([0.0, 0.0, 1.0]), 1000.0, (720, 1280))
    point = np.array([0.0, 0.0, 1.4])
    assert camera.project(point)[:2] == pytest.approx([360, 540])
    assert camera.rolled(90).project(point)[:2] == pytest.approx([260, 640])
    assert camera.rolled(20).rolled(-20).axes == pytest.approx(camera.axes)
    assert camera.rolled(3.0).roll_deg == 3.0


def test_shake_moves_and_rolls_and_the_truth_follows() -> None:
    spec = replace(TINY, motion=replace(SHORT, tail_s=20.0), shake_px=2.0, shake_roll_deg=0.4, roll_deg=1.0)
    staging = stage(spec)
    truth = clip_truth(spec, staging)
    rolls = np.array(truth["camera_roll_deg"])
    assert rolls.mean() == pytest.approx(1.0, abs=0.25)
    assert rolls.std() == pytest.approx(0.4, abs=0.15)
    offsets = np.array([camera.centre_px for camera in staging.cameras])
    assert offsets.std(axis=0) == pytest.approx([2.0, 2.0], abs=0.7)
    knee = staging.body.posed_joints(staging.poses[40])["left_knee"]
    assert truth["points_px"]["left_knee"][40] == pytest.approx(staging.cameras[40].project(knee)[:2].round(2).tolist())


@pytest.mark.parametrize("camera_yaw_deg", [0.0, -90.0, 180.0, 30.0])
def test_a_companion_stands_and_faces_as_the_camera_sees_it(camera_yaw_deg: float) -> None:
    """1.2 m to the picture's right and 0.5 m behind the athlete, facing the picture's left (yaw +90)."""
    body = load_body("man_average")
    companion = Companion("man_average", SHORT, path=(Waypoint(0.0, 1.2, 0.5),), yaw_deg=90.0)
    (alone,) = SHORT.poses(body, np.array([0.0]))
    (pose,) = companion_poses(companion, body, np.array([0.0]), camera_yaw_deg)
    own, placed = body.posed_joints(alone), body.posed_joints(pose)
    right, away, up = picture_axes(camera_yaw_deg) @ placed["left_ankle"]
    # Facing left, their own left (+x) is towards the camera and their back (+y) to the picture's right.
    assert right == pytest.approx(1.2 + own["left_ankle"][1])
    assert away == pytest.approx(0.5 - own["left_ankle"][0])
    assert up == pytest.approx(own["left_ankle"][2])
    camera = place_camera(camera_yaw_deg, 4.0, 1.0, np.array([0.0, 0.0, 0.9]), 300.0, (720, 1280))
    assert camera.project(placed["left_toe"])[0] < camera.project(placed["left_heel"])[0]
    assert camera.project(placed["left_knee"])[2] < camera.project(placed["right_knee"])[2]


def test_a_companion_crosses_the_picture_in_time() -> None:
    path = (Waypoint(0.2, -2.0, -0.8), Waypoint(0.7, 2.0, -0.8))
    spec = replace(TINY, others=(Companion("woman_tall", SHORT, path=path, yaw_deg=-90.0),), rate_hz=20)
    truth = clip_truth(spec, stage(spec))
    (other,) = truth["others"]
    ankle_x = [place[0] for place in other["points_px"]["left_ankle"]]
    assert other["body"] == "woman_tall"
    assert len(ankle_x) == len(truth["time_s"])
    assert ankle_x[0] < 0 < 160 < ankle_x[-1], "enters from the left, leaves to the right"
    middle = truth["time_s"].index(0.45)
    assert ankle_x[middle] == pytest.approx(80, abs=15)
    assert ankle_x[0] == pytest.approx(ankle_x[4], abs=1), "waits where the path begins"


def test_a_point_behind_the_camera_has_no_pixel() -> None:
    path = (Waypoint(0.0, 0.0, -9.0),)
    spec = replace(TINY, others=(Companion("woman_tall", SHORT, path=path),))
    staging = stage(spec, slice(0, 2))
    (other,) = clip_truth(spec, staging)["others"]
    assert other["points_px"]["nose"] == [None, None]


@pytest.mark.parametrize("name", sorted(ROOMS))
def test_a_room_is_built_behind_the_person_whatever_the_camera(name: str) -> None:
    room = ROOMS[name]
    assert room.floor in FLOORS and room.wall in WALLS
    for yaw_deg in (0.0, -90.0):
        mesh = room_mesh(room, yaw_deg)
        assert len(mesh.colours) == len(mesh.faces)
        places = mesh.vertices_m @ picture_axes(yaw_deg).T
        assert mesh.vertices_m.shape == (3 * len(mesh.faces), 3)
        assert np.all(places[:, 1] > 0.5), "nothing stands between the camera and the person"
        assert np.all(places[:, 2] > -0.01)


def test_blocks_stay_with_the_athlete() -> None:
    block = Block((0.0, 0.3, 0.1), (0.4, 0.2, 0.2))
    plain, with_block = (room_mesh(ROOMS["studio"], 30.0, blocks) for blocks in ((), (block,)))
    corners = with_block.vertices_m[len(plain.vertices_m) :]
    assert corners.min(0) == pytest.approx([-0.2, 0.2, 0.0])
    assert corners.max(0) == pytest.approx([0.2, 0.4, 0.2])
