"""Make docs/images/squat.jpg: the two sample squats at their deepest, as the annotated videos show them.

vidgait analyze sample_videos/squat_side.mp4 sample_videos/squat_front.mp4 --out OUT
python scripts/make_readme_picture.py OUT
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import av
from PIL import Image

CLIPS = ("squat_side", "squat_front")
HEIGHT_PX = 720
GAP_PX = 8
MAX_BYTES = 150_000


def bottom_media_s(folder: Path, repetition: int) -> float:
    """When the repetition is at its deepest, on the video's own clock."""
    analysis = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))
    reps = {rep["index"]: rep for rep in analysis["reps"]}
    factor = analysis["video"]["slowmo_factor"]
    return float(reps[repetition]["instants"]["bottom"]) * float(factor)


def picture_at(video: Path, media_s: float) -> Image.Image:
    """The first picture of `video` that is shown at or after `media_s`."""
    with av.open(str(video)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= media_s:
                return frame.to_image()
    raise ValueError(f"{video.name} ends before {media_s:.2f} s")


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    scaled = [one.resize((round(one.width * HEIGHT_PX / one.height), HEIGHT_PX)) for one in pictures]
    width = sum(one.width for one in scaled) + GAP_PX * (len(scaled) - 1)
    together = Image.new("RGB", (width, HEIGHT_PX), "white")
    left = 0
    for one in scaled:
        together.paste(one, (left, 0))
        left += one.width + GAP_PX
    return together


def save(picture: Image.Image, path: Path) -> None:
    """The best quality that stays under MAX_BYTES."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for quality in range(92, 50, -3):
        picture.save(path, "JPEG", quality=quality, optimize=True, progressive=True)
        if path.stat().st_size < MAX_BYTES:
            return
    raise ValueError(f"{path.name} does not fit into {MAX_BYTES} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="what `vidgait analyze --out` wrote for both samples")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "docs" / "images" / "squat.jpg")
    parser.add_argument("--repetition", type=int, default=3)
    given = parser.parse_args()
    folders = [given.folder / clip for clip in CLIPS]
    pictures = [picture_at(one / "annotated.mp4", bottom_media_s(one, given.repetition)) for one in folders]
    save(side_by_side(pictures), given.out)


if __name__ == "__main__":
    main()
