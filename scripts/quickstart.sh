#!/usr/bin/env bash
# From a fresh clone to a report about a squat: makes .venv, installs vidgait, analyses a sample video.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/environment.sh

say "1/3 Preparing a Python environment in .venv ..."
make_environment .venv
say "2/3 Installing vidgait (a minute the first time) ..."
install_once .venv "$(cksum <pyproject.toml)" --editable .
ensure_opencv .venv
say "3/3 Analysing sample_videos/squat_side.mp4 ..."
.venv/bin/vidgait analyze sample_videos/squat_side.mp4 --out vidgait_out --overwrite
say ""
say "Done. Open this report in your browser: $PWD/vidgait_out/squat_side/report.html"
say "Your own video: .venv/bin/vidgait analyze path/to/video.mp4"
