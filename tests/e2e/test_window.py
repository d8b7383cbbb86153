"""A window opens beside PyAV. OpenCV and PyAV both bring an FFmpeg; imported in the wrong order every window hangs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 20

WINDOW = """
import sys
import vidgait, vidgait.video
assert "av" in sys.modules
import cv2, numpy as np
cv2.namedWindow("vidgait", cv2.WINDOW_NORMAL)
cv2.imshow("vidgait", np.full((120, 160, 3), 90, np.uint8))
cv2.waitKey(200)
shown = cv2.getWindowProperty("vidgait", cv2.WND_PROP_VISIBLE)
cv2.destroyAllWindows()
cv2.waitKey(50)
print("shown" if shown > 0 else "not shown")
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux hangs, and only it has Xvfb")
def test_a_window_opens_beside_pyav() -> None:
    missing = [tool for tool in ("xvfb-run", "Xvfb", "xauth") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"no display to be had: {', '.join(missing)} missing (Debian: apt-get install xvfb xauth)")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = ["timeout", "--kill-after=2", str(LIMIT_S), sys.executable, "-c", WINDOW]
    said = subprocess.run(
        ["xvfb-run", "--auto-servernum", *child],
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        timeout=LIMIT_S + 40,
    )
    assert said.returncode != 124, f"no window within {LIMIT_S} s: {said.stderr}"
    assert (said.returncode, said.stdout.strip()) == (0, "shown"), said.stderr
