"""The options that several commands share: name, help and type of each, once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from vidgait.errors import BackendMissingError, SettingsError

__all__ = [
    "TYPED",
    "Audio",
    "BlurFaces",
    "CameraHeight",
    "Debug",
    "ExcludeRep",
    "FloorLine",
    "FullSize",
    "Height",
    "Json",
    "Mass",
    "Mirrored",
    "Movement",
    "OutFolder",
    "Pair",
    "Pdf",
    "Person",
    "Quiet",
    "View",
    "YawDeg",
    "YawErrorDeg",
    "as_typed",
    "heading_options",
    "missing_library",
]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text, errors included.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the whole traceback when something fails.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Movement = Annotated[
    str | None,
    typer.Option(
        help="What is being done: auto, squat, sit_to_stand, single_leg_squat, step_down, single_leg_stance, lunge, "
        "hinge.",
        metavar="NAME",
        show_default="auto",
    ),
]
View = Annotated[
    str | None,
    typer.Option(
        help="Which side the camera sees: auto, front, back, left, right, oblique.", metavar="VIEW", show_default="auto"
    ),
]
YawDeg = Annotated[
    str | None,
    typer.Option(
        help="How the person is turned, if you know it: 0 faces the camera, + shows more of their left side (90 all "
        "of it), - more of their right, 180 their back; auto reads it from the picture.",
        metavar="DEG",
        show_default="auto",
    ),
]
YawErrorDeg = Annotated[
    float | None, typer.Option(help="How far --yaw-deg may be off (95 %).", metavar="DEG", show_default="3")
]
FloorLine = Annotated[
    str | None,
    typer.Option(
        help="Two picture points (pixels, from the top left) of a line on the floor that runs straight ahead from the "
        "person towards the camera; tells how the person is turned.",
        metavar="X1,Y1,X2,Y2",
    ),
]
CameraHeight = Annotated[
    float | None,
    typer.Option("--camera-height-m", help="Height of the lens over the floor; makes --floor-line more exact."),
]
Pair = Annotated[
    str | None,
    typer.Option(
        help="Join two videos (or folders made by analyze) on one page: left-right, a clip of each leg; views, the "
        "same set from the front and from the side.",
        metavar="KIND",
    ),
]
Person = Annotated[
    str | None,
    typer.Option(help="Who is the athlete: auto, largest, central, moving, or a number.", show_default="auto"),
]
Height = Annotated[float | None, typer.Option("--height-m", help="Body height in metres; sets the picture's scale.")]
Mass = Annotated[float | None, typer.Option("--mass-kg", help="Body mass in kilograms, kept with the results.")]
Mirrored = Annotated[
    bool | None,
    typer.Option("--mirrored/--not-mirrored", help="The picture is flipped, as many front cameras save it."),
]
ExcludeRep = Annotated[
    list[int] | None, typer.Option(help="Leave this repetition out of the numbers; repeatable; 0 leaves none out.")
]
Audio = Annotated[bool | None, typer.Option("--audio/--no-audio", help="Keep the sound.")]
FullSize = Annotated[
    bool | None, typer.Option("--full-size", help="Annotated video as large as the source (else long side 1280).")
]
OutFolder = Annotated[Path, typer.Option("--out", "-o", help="Folder for the results; each video gets its own in it.")]
BlurFaces = Annotated[bool | None, typer.Option("--blur-faces/--no-blur-faces", help="Make faces unrecognisable.")]
Pdf = Annotated[bool | None, typer.Option("--pdf/--no-pdf", help="Write the report as a PDF too.")]


def heading_options(
    yaw_deg: str | None, yaw_error_deg: float | None, floor_line: str | None, camera_height_m: float | None
) -> dict[str, Any]:
    """The flat options of `Settings` for what was typed; `auto` takes back what an earlier run was told. Raises
    SettingsError for what is no number."""
    given: dict[str, Any] = {"yaw_error_deg": yaw_error_deg, "camera_height_m": camera_height_m}
    options = {name: value for name, value in given.items() if value is not None}
    if yaw_deg is not None:
        options["yaw_deg"] = None if yaw_deg == "auto" else _numbers("--yaw-deg", yaw_deg, "DEG")[0]
    if floor_line is not None:
        options["floor_line"] = _numbers("--floor-line", floor_line, "X1,Y1,X2,Y2")
    return options


def _numbers(option: str, typed: str, wanted: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in typed.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != len(wanted.split(",")):
        raise SettingsError(f"{option} takes {wanted}, not '{typed}'.")
    return numbers


TYPED = ("yaw_deg", "yaw_error_deg", "floor_line", "camera_height_m", "height_m", "mass_kg")
"""Settings that are typed under their own names."""


def as_typed(text: str, names: Iterable[str]) -> str:
    """`text` with the names of options, where they open it or can be nothing else, as they are typed: `--knee-deg`."""
    for name in names:
        place = rf"(?<![\w-]){name}\b" if "_" in name else rf"^{name}(?= must be )"
        text = re.sub(place, f"--{name.replace('_', '-')}", text)
    return text


def missing_library(error: ImportError) -> BackendMissingError:
    """A bare Linux machine lacks two libraries that OpenCV needs; pip cannot install them."""
    return BackendMissingError(
        f"A library that vidgait needs cannot be loaded: {error}.",
        "Debian, Ubuntu: apt-get install libgl1 libglib2.0-0. Elsewhere: pip install --force-reinstall vidgait.",
    )
