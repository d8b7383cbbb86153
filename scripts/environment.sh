# Sourced by quickstart.sh and test.sh: a Python, a virtual environment and the system libraries, each only if needed.
# No command here reads from standard input, and every function can be called again and again.

say() { printf '%s\n' "$*"; }

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# The first Python from 3.11 on, as a command.
find_python() {
    local candidate
    for candidate in python3.13 python3.12 python3.11 python3 python; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    fail "vidgait needs Python 3.11, 3.12 or 3.13. Install one (Debian: apt-get install python3.11 python3.11-venv) and run this again."
}

# Whether this script may install system packages without asking.
may_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" = 0 ] || sudo -n true >/dev/null 2>&1
}

# install_system PACKAGE...: Debian packages, quietly.
install_system() {
    local sudo=""
    [ "$(id -u)" = 0 ] || sudo="sudo -n"
    export DEBIAN_FRONTEND=noninteractive
    if ! $sudo apt-get install -y -q --no-install-recommends "$@" </dev/null >/dev/null 2>&1; then
        $sudo apt-get update -q </dev/null >/dev/null 2>&1 || return 1
        $sudo apt-get install -y -q --no-install-recommends "$@" </dev/null >/dev/null 2>&1
    fi
}

# make_environment FOLDER: a virtual environment with pip in it.
make_environment() {
    local folder=$1 python
    if [ -x "$folder/bin/python" ] && "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
        return
    fi
    python=$(find_python) || exit 1
    rm -rf "$folder"
    if ! "$python" -m venv "$folder" >/dev/null 2>&1; then
        rm -rf "$folder"
        # Debian leaves venv's own pip out of the python3 package.
        local package
        package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
        if may_install; then
            say "Installing $package ..."
            install_system "$package" || install_system python3-venv || true
        fi
        "$python" -m venv "$folder" || fail "No virtual environment could be made. Install '$package' (Debian: apt-get install $package) and run this again."
    fi
}

# install_once FOLDER KEY ARGUMENT...: pip install in that environment unless the same was installed before.
install_once() {
    local folder=$1 key=$2 stamp
    shift 2
    stamp="$folder/.vidgait-$(printf '%s' "$key $*" | cksum | cut -d' ' -f1)"
    [ -e "$stamp" ] && return
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$@" ||
        fail "pip could not install what vidgait needs. Check the network connection and run this again."
    touch "$stamp"
}

# opencv_works FOLDER: opencv-python needs two system libraries that a bare container lacks.
ensure_opencv() {
    local python="$1/bin/python"
    "$python" -c 'import cv2' >/dev/null 2>&1 && return
    if may_install; then
        say "Installing the system libraries that OpenCV needs ..."
        install_system libgl1 libglib2.0-0 || install_system libgl1 libglib2.0-0t64 || true
    fi
    "$python" -c 'import cv2' >/dev/null 2>&1 ||
        fail "OpenCV cannot start because system libraries are missing. Install them (Debian, Ubuntu: apt-get install libgl1 libglib2.0-0) and run this again."
}
