"""Rendered people at many headings, as the pose network sees them: the ground that yaw is measured on.

Every scene draws at random what makes headings hard to read: how far the feet are turned out and how unequally, how
wide they stand, arms, depth, hip shift, side lean, valgus, camera height, distance and roll, clothes, room and light.
Bodies and clothes of FOUND are for finding numbers, those of TESTED only for judging them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scripts.rendering.body import SIDES, Body, load_body
from scripts.rendering.calibration import LIGHTS
from scripts.rendering.camera import place_camera
from scripts.rendering.gait import Walk
from scripts.rendering.posture import Posture, Stance, pose_body
from scripts.rendering.scene import ROOMS, room_mesh
from scripts.rendering.single_leg import OneLegRep, SingleLeg
from scripts.rendering.wardrobe import LOOKS
from vidgait.pose import PoseEstimator, create_estimator
from vidgait.settings import PoseSettings
from vidgait.types import BLAZEPOSE, Frame, Track

__all__ = ["FOUND", "TESTED", "Scene", "collect", "scenes"]

FOUND = ("man_average", "woman_average", "man_heavy", "man_tall_lean")
TESTED = ("woman_tall", "man_older", "woman_heavy", "woman_muscular", "man_muscular")
FOUND_LOOKS = ("blue", "red", "trousers", "green_checked")
TESTED_LOOKS = ("white_loose", "leggings", "dark_on_dark", "yellow")
COUNTS = {"squat": 64, "one_leg": 24, "walk": 8}
"""Scenes a body."""
SIZE_PX = (300, 540)
SQUAT_DEPTHS = (0.0, 0.0, 0.0, 0.35, 0.6, 0.85, 1.0)
ONE_LEG_SHARES = (0.0, 0.05, 0.3, 0.7, 1.0)
"""Of the way down, once the other foot has left the floor."""
WALK_FRAMES, WALK_RATE_HZ = 24, 10.0
FEET_TURNED_SD_DEG = 3.5
SCORE_MIN = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What was rendered, and what the network made of it."""

    body: str
    kind: str
    drawn: dict[str, Any]
    track: Track

    @property
    def yaw_deg(self) -> float:
        return float(self.drawn["yaw_deg"])


def _drawn(random: np.random.Generator, kind: str, found: bool) -> dict[str, Any]:
    """Everything that is left to chance."""
    low, high, towards = ((-25, 25, 0), (-25, 25, 180), (-180, 180, 0))[random.choice(3, p=(0.45, 0.35, 0.2))]
    valgus = [None, None] if random.random() < 0.6 else random.uniform(0, 14, 2).round(1).tolist()
    return {
        "yaw_deg": float((random.uniform(low, high) + towards + 180) % 360 - 180),
        "look": str(random.choice(FOUND_LOOKS if found else TESTED_LOOKS)),
        "room": str(random.choice(sorted(ROOMS))),
        "light": str(random.choice(sorted(LIGHTS))),
        "toe_out_deg": float(random.uniform(0, 22)),
        "feet_turned_deg": float(np.clip(random.normal(0, FEET_TURNED_SD_DEG), -8, 8)),
        "width_hips": float(random.uniform(0.9, 1.9)),
        "arms": str(random.choice(("forward", "clasped", "crossed", "hips"))),
        "camera_height_m": float(random.uniform(0.5, 1.6)),
        "camera_distance_m": float(random.uniform(2.3, 5.0)) + (1.5 if kind == "walk" else 0.0),
        "body_height_px": float(random.uniform(320, 410)) * (0.8 if kind == "walk" else 1.0),
        "roll_deg": float(random.normal(0, 1.0)),
        "noise": float(random.uniform(1, 4)),
        "knee_flexion_deg": float(random.uniform(55, 115)),
        "trunk_lean_deg": float(random.uniform(20, 50)),
        "fppa_deg": valgus,
        "hip_shift_m": float(random.normal(0, 0.012)),
        "side_lean_deg": float(random.normal(0, 1.0)),
        "pelvic_list_deg": float(random.normal(0, 1.5)),
        "side": str(random.choice(SIDES)),
        "free": str(random.choice(("front", "middle", "behind"))),
    }


def _squat(body: Body, drawn: dict[str, Any]) -> Iterator[np.ndarray]:
    stance = Stance(drawn["width_hips"], drawn["toe_out_deg"], drawn["arms"], drawn["feet_turned_deg"])
    for index, depth in enumerate(SQUAT_DEPTHS):
        yield pose_body(
            body,
            stance,
            Posture(
                depth,
                4 + (drawn["knee_flexion_deg"] - 4) * depth,
                3 + (drawn["trunk_lean_deg"] - 3) * depth,
                fppa_deg=tuple(drawn["fppa_deg"]),
                pelvic_list_deg=drawn["pelvic_list_deg"] * depth,
                hip_shift_m=drawn["hip_shift_m"] * depth,
                side_lean_deg=drawn["side_lean_deg"] * depth,
                sway_m=0.003 * float(np.sin(7 * index)),
            ),
        )


def _one_leg(body: Body, drawn: dict[str, Any]) -> list[np.ndarray]:
    rep = OneLegRep(
        0.6 * drawn["knee_flexion_deg"],
        0.6 * drawn["trunk_lean_deg"],
        fppa_deg=drawn["fppa_deg"][0],
        pelvic_drop_deg=2 * drawn["pelvic_list_deg"],
        side_lean_deg=3 * drawn["side_lean_deg"],
    )
    stance = Stance(0.66, drawn["toe_out_deg"], drawn["arms"])
    motion = SingleLeg(drawn["side"], (rep,), drawn["free"], stance)
    return motion.poses(body, motion.starts_s()[0] + np.array(ONE_LEG_SHARES) * rep.descent_s)


def _walk(body: Body, drawn: dict[str, Any]) -> list[np.ndarray]:
    drops = (4 + drawn["pelvic_list_deg"], 4 - drawn["pelvic_list_deg"])
    duration_s = WALK_FRAMES / WALK_RATE_HZ
    motion = Walk(duration_s=duration_s, travel=drawn["side"] == "left", pelvic_drop_deg=drops)
    return motion.poses(body, np.arange(WALK_FRAMES) / WALK_RATE_HZ)


POSES = {"squat": _squat, "one_leg": _one_leg, "walk": _walk}


class _Photographer:
    """Takes pictures of one body and reads them at once. Dressing changes a body: the one that is posed stays bare."""

    def __init__(self, name: str) -> None:
        from scripts.rendering.look import dress

        self.body = load_body(name)
        looks = FOUND_LOOKS if name in FOUND else TESTED_LOOKS
        self.figures = {look: dress(load_body(name), LOOKS[look]) for look in looks}

    def pictures(self, kind: str, drawn: dict[str, Any], random: np.random.Generator) -> Iterator[np.ndarray]:
        """BGR."""
        from scripts.rendering.picture import Studio

        yaw, stature = drawn["yaw_deg"], self.body.stature_m
        target = np.array([0.0, 0.10 * abs(np.sin(np.radians(yaw))), 0.485 * stature])
        distance = drawn["camera_distance_m"]
        focal_px = drawn["body_height_px"] * distance / stature
        camera = place_camera(
            yaw, distance, drawn["camera_height_m"], target, focal_px, SIZE_PX, roll_deg=drawn["roll_deg"]
        )
        room = ROOMS[drawn["room"]]
        studio = Studio(
            self.figures[drawn["look"]], room, room_mesh(room, yaw, None), LIGHTS[drawn["light"]], supersampling=1.3
        )
        for pose in POSES[kind](self.body, drawn):
            yield np.ascontiguousarray(studio.photograph(pose, camera, drawn["noise"], random)[..., ::-1])


def _seen(estimator: PoseEstimator, pictures: Iterator[np.ndarray]) -> dict[str, np.ndarray]:
    """What the network makes of them as of one clip. A black picture makes it forget the last clip, and the first
    picture is shown twice, to settle."""
    xy, score, xyz = [], [], []
    for index, image in enumerate(pictures):
        if index == 0:
            estimator.estimate([Frame(0, -0.2, -0.2, np.zeros_like(image))])
            estimator.estimate([Frame(0, -0.1, -0.1, image)])
        poses = estimator.estimate([Frame(index, index / 10, index / 10, image)])[0]
        found = len(poses.xy_px) > 0
        xy.append(poses.xy_px[0] if found else np.full((33, 2), np.nan))
        score.append(poses.score[0] if found else np.zeros(33))
        xyz.append(poses.xyz_m[0] if found and poses.xyz_m is not None else np.full((33, 3), np.nan))
    return {"xy": np.array(xy), "score": np.array(score), "xyz": np.array(xyz)}


def collect(folder: Path) -> None:
    """Render and infer every scene into one file a kind and body, half an hour in all; goes on where it was stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, count in COUNTS.items():
        for number, name in enumerate(FOUND + TESTED):
            path = folder / f"{kind}_{name}.npz"
            if path.is_file():
                continue
            photographer = _Photographer(name)
            random = np.random.default_rng([number, list(COUNTS).index(kind)])
            arrays, drawn = {}, [_drawn(random, kind, name in FOUND) for _ in range(count)]
            with create_estimator(PoseSettings(threads=1, max_people=1)) as estimator:
                for index, one in enumerate(drawn):
                    seen = _seen(estimator, photographer.pictures(kind, one, random))
                    arrays |= {f"{index} {part}": value for part, value in seen.items()}
            np.savez_compressed(path, drawn=json.dumps(drawn), **arrays)
            print(path.stem, flush=True)


def scenes(folder: Path, bodies: tuple[str, ...]) -> list[Scene]:
    """Everything that was collected of some bodies, in which the person was found throughout."""
    result = []
    files = [(kind, body, folder / f"{kind}_{body}.npz") for kind in COUNTS for body in bodies]
    for kind, body, path in files:
        if not path.is_file():
            continue
        with np.load(path) as data:
            for index, one in enumerate(json.loads(str(data["drawn"]))):
                xy, score, xyz = (data[f"{index} {part}"] for part in ("xy", "score", "xyz"))
                if np.isfinite(xy).all():
                    hidden = score[..., None] < SCORE_MIN
                    track = Track(np.arange(len(xy)) / 10, np.where(hidden, np.nan, xy), score, xyz, BLAZEPOSE)
                    result.append(Scene(body, kind, one, track))
    return result
