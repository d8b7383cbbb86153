"""Render the sample clips and write their truth: `sample_videos/<name>.mp4` and `.json`.

    python scripts/render_samples.py [--only NAME]... [--out FOLDER] [--truth-only]
    python scripts/render_samples.py --only squat_side --frames 10 --scale 0.2 --out FOLDER
    python scripts/render_samples.py --calibration --out FOLDER [--only NAME]...
    python scripts/render_samples.py --readme

Needs the `dev` extra (numba). The truth of a clip takes seconds, its pictures minutes. The same list gives the same
truth bytes and nearly the same pixels. `--frames` takes so many frames, evenly spread, and `--scale` shrinks them:
enough to see whether pictures and truth agree. `--readme` renders nothing; it updates the table and the small pictures
of `sample_videos/README.md` from the clips that lie there.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.rendering.calibration import CALIBRATION  # noqa: E402
from scripts.rendering.catalogue import END, START, picture_times_s, table  # noqa: E402
from scripts.rendering.clip import ClipSpec, clip_truth, stage, write_clip  # noqa: E402
from scripts.rendering.frame_times import frame_times_s  # noqa: E402
from scripts.rendering.frontal_study import FRONTAL_STUDY  # noqa: E402
from scripts.rendering.pelvis_study import PELVIS_STUDY  # noqa: E402
from scripts.rendering.samples import SAMPLES  # noqa: E402

PICTURE_HEIGHT_PX = 200
PICTURE_QUALITY = 72


def main() -> None:
    arguments = _arguments()
    specs = CALIBRATION | PELVIS_STUDY | FRONTAL_STUDY if arguments.calibration else SAMPLES
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in arguments.only or ([] if arguments.readme else list(specs)):
        spec = _shrunk(specs[name], arguments.scale)
        frames = _spread(spec, arguments.frames)
        if arguments.truth_only:
            truth = json.dumps(clip_truth(spec, stage(spec, frames)), separators=(",", ":"))
            (arguments.out / f"{name}.json").write_text(truth + "\n", encoding="utf-8")
        else:
            write_clip(spec, arguments.out, frames)
        print(f"{name}: done", flush=True)
    if arguments.readme:
        write_readme(arguments.out)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="NAME", help=f"of {', '.join(SAMPLES)}; default: all")
    parser.add_argument("--out", type=Path, default=ROOT / "sample_videos")
    parser.add_argument("--truth-only", action="store_true", help="write no video")
    parser.add_argument("--frames", type=int, help="so many frames, evenly spread over the clip")
    parser.add_argument("--scale", type=float, default=1.0, help="of the picture's sides")
    parser.add_argument("--readme", action="store_true", help="update the readme's table and pictures; renders nothing")
    parser.add_argument(
        "--calibration", action="store_true", help="the clips for finding and judging numbers, which do not ship"
    )
    return parser.parse_args()


def _shrunk(spec: ClipSpec, scale: float) -> ClipSpec:
    """`spec` with smaller pictures of the same view; sides stay even, as the video needs."""
    if scale == 1.0:
        return spec
    width, height = (2 * round(side * scale / 2) for side in spec.size_px)
    return replace(spec, size_px=(width, height), body_height_px=spec.body_height_px * scale, supersampling=1.0)


def _spread(spec: ClipSpec, count: int | None) -> slice:
    """About `count` frames from the first one on; None: all."""
    if count is None:
        return slice(None)
    total = len(frame_times_s(spec.motion.duration_s, spec.rate_hz, spec.uneven, spec.seed))
    step = max(total // count, 1)
    return slice(0, step * count, step)


def write_readme(folder: Path) -> None:
    """Write `pictures/<name>.jpg` from the clips in `folder`, and the table between its marks in the readme."""
    truths = {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in SAMPLES}
    (folder / "pictures").mkdir(exist_ok=True)
    for name, truth in truths.items():
        strip = _strip(folder / f"{name}.mp4", picture_times_s(truth), SAMPLES[name].rotation_deg)
        strip.save(folder / "pictures" / f"{name}.jpg", quality=PICTURE_QUALITY, optimize=True, progressive=True)
    readme = folder / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, after = text.split(START)[0], text.split(END)[1]
    readme.write_text(before + table(SAMPLES, truths) + after, encoding="utf-8")


def _strip(video: Path, times_s: list[float], rotation_deg: int) -> Image.Image:
    """The pictures shown at those times, upright, small and side by side."""
    import av

    found = []
    with av.open(str(video)) as container:
        for frame in container.decode(video=0):
            if len(found) < len(times_s) and frame.time is not None and frame.time >= times_s[len(found)]:
                upright = frame.to_image().rotate(-rotation_deg, expand=True)
                width = round(upright.width * PICTURE_HEIGHT_PX / upright.height)
                found.append(upright.resize((width, PICTURE_HEIGHT_PX)))
    strip = Image.new("RGB", (sum(one.width for one in found), PICTURE_HEIGHT_PX))
    for index, one in enumerate(found):
        strip.paste(one, (index * one.width, 0))
    return strip


if __name__ == "__main__":
    main()
