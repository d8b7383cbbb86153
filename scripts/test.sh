#!/usr/bin/env bash
# Installs what the tests need and runs them all: style, types, tests. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/environment.sh

say "1/4 Preparing the environments ..."
make_environment .venv
install_once .venv "$(cksum <pyproject.toml)" --editable '.[dev]'
ensure_opencv .venv
# Google's own runtime brings another OpenCV, which would overwrite ours, so it lives apart.
make_environment .venv-mediapipe
install_once .venv-mediapipe "official runtime" 'mediapipe>=1.2'
export VIDGAIT_MEDIAPIPE_PYTHON="$PWD/.venv-mediapipe/bin/python"
if may_install; then
    # What mediapipe, the report's tests in a browser and the window test need. Tests say so where one is absent.
    command -v chromium >/dev/null 2>&1 || install_system chromium || true
    command -v chromedriver >/dev/null 2>&1 || install_system chromium-driver || true
    { command -v Xvfb && command -v xauth; } >/dev/null 2>&1 || install_system xvfb xauth || true
    ldconfig -p | grep -q libEGL.so.1 || install_system libegl1 || true
    ldconfig -p | grep -q libGLESv2.so.2 || install_system libgles2 || true
fi
say "2/4 Style ..."
.venv/bin/ruff check .
.venv/bin/ruff format --check .
say "3/4 Types ..."
.venv/bin/mypy
say "4/4 Tests ..."
# First what changes the environment that the others run in, alone. Then all others, side by side; a file's tests stay
# in one process, for they share what is expensive to make. 5: nothing of what was asked for is among these.
alone=0 others=0
.venv/bin/python -m pytest -q -m alone "$@" || alone=$?
[ "$alone" = 0 ] || [ "$alone" = 5 ] || exit "$alone"
.venv/bin/python -m pytest -q -n auto --dist loadfile -m "not alone" "$@" || others=$?
[ "$others" = 0 ] || { [ "$others" = 5 ] && [ "$alone" = 0 ]; } || exit "$others"
say "All tests passed."
