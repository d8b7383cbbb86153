"""Headings read from rendered people on a turntable: the ways that were tried, for benchmarks/yaw.md.

    python -m scripts.benchmarks.yaw POSES.npz            # render and infer once (minutes), then print the tables
    python -m scripts.benchmarks.yaw POSES.npz --write    # and write benchmarks/yaw.md

Each person squats once at every heading; the network sees a few frames of it, from standing to the bottom. Numbers of
`vidgait/kinematics/view.py` were chosen on the bodies of FOUND only.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from scripts.rendering.calibration import LOOKS
from scripts.rendering.clip import ClipSpec, stage
from scripts.rendering.motion import Squat, SquatRep
from scripts.rendering.posture import Stance
from scripts.rendering.scene import ROOMS, room_mesh
from vidgait.kinematics import view
from vidgait.kinematics.angles import wrap_deg
from vidgait.kinematics.standing import points_of
from vidgait.settings import PoseSettings
from vidgait.types import BLAZEPOSE, Frame, Track

FOUND = {"man_average": ("blue", 1.3, 10.0), "woman_average": ("red", 1.6, 20.0)}
TESTED = {
    "man_heavy": ("white_loose", 1.4, 15.0),
    "woman_tall": ("leggings", 1.3, 8.0),
    "man_older": ("trousers", 1.5, 18.0),
}
HEADINGS_DEG = tuple(range(-165, 181, 15))
SHARES = (0.0, 0.1, 0.2, 0.6, 0.75, 0.9, 1.0)
"""Moments between the start of the clip and the bottom."""
TABLE = Path(__file__).resolve().parents[2] / "benchmarks" / "yaw.md"


def turntable(body: str, look: str, stance_hips: float, toe_out_deg: float, yaw_deg: float) -> Iterator[np.ndarray]:
    """RGB pictures of one squat."""
    from scripts.rendering.look import dress
    from scripts.rendering.picture import Studio

    rep = SquatRep(95.0, 36.0, (None, None), descent_s=0.9, ascent_s=0.8, rest_s=0.2)
    motion = Squat((rep,), Stance(stance_hips, toe_out_deg, "clasped"), lead_s=0.3, tail_s=0.2, seed=3)
    spec = ClipSpec(body, body, motion, LOOKS[look], yaw_deg=yaw_deg, size_px=(480, 854), body_height_px=620)
    whole = stage(spec)
    studio = Studio(
        dress(whole.body, spec.look), ROOMS[spec.room], room_mesh(ROOMS[spec.room], yaw_deg, None), spec.light
    )
    random = np.random.default_rng(round(yaw_deg) + 500)
    for share in SHARES:
        index = int(np.searchsorted(whole.time_s, share * (motion.lead_s + rep.descent_s)))
        yield studio.photograph(whole.poses[index], whole.cameras[index], spec.noise, random)


def seen(pictures: Iterator[np.ndarray]) -> Track:
    """What the network makes of them, as of one clip."""
    from vidgait.pose import create_estimator

    xy, score, xyz = [], [], []
    with create_estimator(PoseSettings(threads=1, max_people=1)) as estimator:
        for index, picture in enumerate(pictures):
            frame = Frame(index, index / 10, index / 10, np.ascontiguousarray(picture[..., ::-1]))
            poses = estimator.estimate([frame])[0]
            found = len(poses.xy_px) > 0
            xy.append(poses.xy_px[0] if found else np.full((33, 2), np.nan))
            score.append(poses.score[0] if found else np.zeros(33))
            xyz.append(poses.xyz_m[0] if found and poses.xyz_m is not None else np.full((33, 3), np.nan))
    return Track(np.arange(len(xy)) / 10, np.array(xy), np.array(score), np.array(xyz), BLAZEPOSE)


def collect(path: Path) -> None:
    """Every body at every heading into one file; goes on where it was stopped."""
    done = dict(np.load(path)) if path.is_file() else {}
    for body, (look, stance_hips, toe_out_deg) in (FOUND | TESTED).items():
        for yaw in HEADINGS_DEG:
            if f"{body} {yaw} xy" in done:
                continue
            track = seen(turntable(body, look, stance_hips, toe_out_deg, yaw))
            assert track.xyz_m is not None
            done |= {f"{body} {yaw} xy": track.xy_px, f"{body} {yaw} score": track.score}
            done[f"{body} {yaw} xyz"] = track.xyz_m
            np.savez(path, **done)
            print(body, yaw, flush=True)


def prior_deg(track: Track, *pairs: tuple[str, str]) -> float:
    """Heading from axes of the network's 3-D prior."""
    assert track.xyz_m is not None
    axes = [track.xyz_m[:, BLAZEPOSE.index(a)] - track.xyz_m[:, BLAZEPOSE.index(b)] for a, b in pairs]
    across = np.sum(axes, axis=0)
    yaw = np.degrees(np.arctan2(across[:, 2], across[:, 0]))
    return view.circular_median_deg(yaw[np.isfinite(yaw)])


def guesses(track: Track) -> dict[str, float]:
    """Every estimator's answer, degrees."""
    points = points_of(track)
    sine, cosine = (float(np.nanmedian(cue[:3])) for cue in (view.sine_of_feet(points), view.cosine_of_widths(points)))
    hips, shoulders = ("left_hip", "right_hip"), ("left_shoulder", "right_shoulder")
    toes = [(f"{side}_toe", f"{side}_heel") for side in ("left", "right")]
    shipped, _ = view.stretch_yaw_deg(track, np.isfinite(track.xy_px[:, 0, 0]))
    return {
        "3-D prior, hips": prior_deg(track, hips),
        "3-D prior, shoulders": prior_deg(track, shoulders),
        "3-D prior, hips and shoulders": prior_deg(track, hips, shoulders),
        "3-D prior, feet": float(wrap_deg(prior_deg(track, *toes) - 90)),
        "picture, widths alone (side from the feet)": float(
            np.degrees(np.arccos(np.clip(cosine, -1, 1))) * np.sign(sine)
        ),
        "picture, feet and widths, standing": float(np.degrees(np.arctan2(sine, cosine))),
        "shipped: feet, widths, travel, a little prior": float("nan") if shipped is None else shipped,
    }


def errors(path: Path, bodies: dict[str, tuple[str, float, float]]) -> dict[str, np.ndarray]:
    """(N, 2) heading and error of each estimator."""
    data, result = np.load(path), {}
    for body in bodies:
        for yaw in HEADINGS_DEG:
            xy, score, xyz = (data[f"{body} {yaw} {name}"] for name in ("xy", "score", "xyz"))
            track = Track(np.arange(len(xy)) / 10, np.where(score[..., None] < 0.3, np.nan, xy), score, xyz, BLAZEPOSE)
            for name, guess in guesses(track).items():
                result.setdefault(name, []).append((yaw, float(wrap_deg(guess - yaw))))
    return {name: np.array(rows) for name, rows in result.items()}


def table(path: Path) -> str:
    """Mean absolute error (largest) by estimator and view, found-on and tested-on."""
    found, tested = errors(path, FOUND), errors(path, TESTED)
    head = "| estimator | " + " | ".join(f"{part}, {on}" for part in _PARTS for on in ("found on", "tested on")) + " |"
    lines = [head, "|---" * (1 + 2 * len(_PARTS)) + "|"]
    for name in found:
        cells = []
        for within in _PARTS.values():
            for rows in (found[name], tested[name]):
                error = np.abs(rows[within(np.abs(rows[:, 0])), 1])
                cells.append(f"{error.mean():.1f} ({error.max():.0f})")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


_PARTS = {
    "all": lambda off: off >= 0,
    "front (to 30)": lambda off: off <= 30,
    "oblique (45, 135)": lambda off: np.abs(off - 90) == 45,
    "side (within 30)": lambda off: np.abs(off - 90) <= 30,
    "back (from 150)": lambda off: off >= 150,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("poses", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    collect(options.poses)
    text = table(options.poses)
    print(text)
    if options.write:
        before, mark, _ = TABLE.read_text(encoding="utf-8").partition("<!-- turntable -->\n")
        TABLE.write_text(before + mark + text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
