"""Ask pip whether vidgait's dependencies install as ready-made wheels on the platforms we name.

    python scripts/check_wheels.py                 # prints the table of the README
    python scripts/check_wheels.py --write         # puts it into the README

Every row is one real resolution: `pip install --dry-run --only-binary=:all:` for that Python and platform.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- wheels: begin -->", "<!-- wheels: end -->"

PYTHONS = ("3.11", "3.12", "3.13")
PLATFORMS = {
    "Linux x86-64": [f"manylinux_2_{minor}_x86_64" for minor in (28, 27, 17)] + ["manylinux2014_x86_64"],
    "Windows x86-64": ["win_amd64"],
    "macOS arm64": [f"macosx_{major}_0_arm64" for major in (14, 13, 12, 11)],
}


def requirements() -> dict[str, list[str]]:
    """Extra (or "core") -> the requirements it resolves, the core included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    core = project["dependencies"]
    extras = project["optional-dependencies"]

    def expand(items: list[str]) -> list[str]:
        found: list[str] = []
        for item in items:
            nested = re.fullmatch(r"vidgait\[(.+)\]", item)
            found += (
                [item] if nested is None else [one for name in nested[1].split(",") for one in expand(extras[name])]
            )
        return found

    return {"core": core} | {name: core + expand(items) for name, items in extras.items()}


def resolves(wanted: list[str], python: str, platforms: list[str]) -> tuple[bool, str]:
    """Whether pip finds wheels for all of it, and its last word when it does not."""
    with tempfile.TemporaryDirectory() as target:
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed"]
        command += ["--disable-pip-version-check", "--only-binary=:all:", "--target", target]
        command += ["--python-version", python, "--implementation", "cp"]
        command += [part for platform in platforms for part in ("--platform", platform)]
        result = subprocess.run([*command, *wanted], capture_output=True, text=True)
    errors = [line for line in result.stderr.splitlines() if line.startswith("ERROR")]
    return result.returncode == 0, errors[-1] if errors else ""


def table() -> str:
    rows = ["| | " + " | ".join(f"{platform}" for platform in PLATFORMS) + " |", "|---" * (len(PLATFORMS) + 1) + "|"]
    for name, wanted in requirements().items():
        cells = []
        for platform, tags in PLATFORMS.items():
            good = []
            for python in PYTHONS:
                found, word = resolves(wanted, python, tags)
                print(f"{name}, {platform}, Python {python}: {'yes' if found else word}", file=sys.stderr, flush=True)
                good += [python] if found else []
            cells.append(", ".join(good) if good else "none")
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    arguments = parser.parse_args()
    text = table()
    print(text)
    if arguments.write:
        readme = ROOT / "README.md"
        old = readme.read_text(encoding="utf-8")
        before, rest = old.split(BEGIN)
        after = rest.split(END)[1]
        readme.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
