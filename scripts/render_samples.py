"""Render the sample clips and write their truth: `sample_videos/<name>.mp4` and `.json`.

    python scripts/render_samples.py [--out FOLDER] [--truth-only] [NAME ...]
    python scripts/render_samples.py --calibration --out FOLDER [NAME ...]

Needs the `dev` extra (numba). A 7 s clip takes about five minutes on one core; the truth alone takes seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.rendering.calibration import CALIBRATION  # noqa: E402
from scripts.rendering.clip import clip_truth, stage, write_clip  # noqa: E402
from scripts.rendering.pelvis_study import PELVIS_STUDY  # noqa: E402
from scripts.rendering.samples import SAMPLES  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SAMPLES)}; default: all")
    parser.add_argument("--out", type=Path, default=ROOT / "sample_videos")
    parser.add_argument("--truth-only", action="store_true", help="write no video")
    parser.add_argument(
        "--calibration", action="store_true", help="the clips for finding and judging numbers, which do not ship"
    )
    arguments = parser.parse_args()
    specs = CALIBRATION | PELVIS_STUDY if arguments.calibration else SAMPLES
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in arguments.names or list(specs):
        if arguments.truth_only:
            truth = clip_truth(specs[name], stage(specs[name]))
            (arguments.out / f"{name}.json").write_text(
                json.dumps(truth, separators=(",", ":")) + "\n", encoding="utf-8"
            )
        else:
            write_clip(specs[name], arguments.out)
        print(f"{name}: done", flush=True)


if __name__ == "__main__":
    main()
