"""Every default of vidgait, once. Made from flags, from a TOML file, or in Python; saved with every analysis."""

from __future__ import annotations

import dataclasses
import difflib
import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict, get_type_hints

from vidgait.errors import SettingsError

__all__ = [
    "VIEWS",
    "ErrorSettings",
    "LiveSettings",
    "Options",
    "OutputSettings",
    "PoseSettings",
    "Settings",
    "SignalSettings",
    "SubjectSettings",
    "VideoSettings",
    "ViewSettings",
]


class Options(TypedDict, total=False):
    """The flat names of the command line and of the Python calls. An option that is left out keeps its default."""

    movement: str
    view: str
    yaw_deg: float | None
    yaw_error_deg: float
    floor_line: tuple[float, ...] | None
    camera_height_m: float | None
    person: str
    height_m: float | None
    mass_kg: float | None
    start: float | None
    end: float | None
    slowmo: float
    mirrored: bool
    backend: str
    device: str
    write_video: bool
    audio: bool
    full_size: bool
    blur_faces: bool
    pdf: bool
    exclude_reps: tuple[int, ...]


OPTION_PLACES: dict[str, tuple[str, ...]] = {
    "movement": ("movement",),
    "view": ("view", "view"),
    "yaw_deg": ("view", "yaw_deg"),
    "yaw_error_deg": ("view", "yaw_error_deg"),
    "floor_line": ("view", "floor_line"),
    "camera_height_m": ("view", "camera_height_m"),
    "person": ("subject", "person"),
    "height_m": ("subject", "height_m"),
    "mass_kg": ("subject", "mass_kg"),
    "start": ("video", "start_s"),
    "end": ("video", "end_s"),
    "slowmo": ("video", "slowmo"),
    "mirrored": ("video", "mirrored"),
    "backend": ("pose", "backend"),
    "device": ("pose", "device"),
    "write_video": ("output", "video"),
    "audio": ("output", "audio"),
    "full_size": ("output", "full_size"),
    "blur_faces": ("output", "blur_faces"),
    "pdf": ("output", "pdf"),
    "exclude_reps": ("exclude_reps",),
}
"""Where each flat option lives in Settings."""

HEADING_HABITS = ("all", "prior", "none")
VIEWS = ("auto", "front", "back", "left", "right", "oblique")
FLOOR_LINE_MIN_PX = 20
PERSON_RULES = ("auto", "largest", "central", "moving")


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """What part of the file is analysed, and how its clock runs."""

    start_s: float | None = None
    """Media time at which to start, or None for the beginning."""
    end_s: float | None = None
    slowmo: float = 1.0
    """How many times slower than life the file plays: 4 for 120 pictures a second stored as 30."""
    mirrored: bool = False
    """The picture is flipped left to right, as many front cameras save it."""


@dataclass(frozen=True, slots=True)
class PoseSettings:
    backend: str = "blazepose"
    device: str = "auto"
    """auto, or an ONNX Runtime provider by its short name: cpu, cuda, tensorrt, coreml, dml, openvino."""
    threads: int = 0
    """Threads of the pose network; 0 chooses for the whole pipeline."""
    max_people: int = 4
    search_every_s: float = 1.0
    """How often the detector looks for people who are not followed yet."""
    detection_score: float = 0.5
    presence_score: float = 0.5


@dataclass(frozen=True, slots=True)
class SubjectSettings:
    person: str = "auto"
    """auto, largest, central, moving, or a person's number."""
    height_m: float | None = None
    mass_kg: float | None = None


@dataclass(frozen=True, slots=True)
class ViewSettings:
    view: str = "auto"
    yaw_deg: float | None = None
    """The turn of the person as the user states it, as `Segment.yaw_deg` counts it: 0 faces the camera, + shows more of
    their left side (90 all of it), - of their right, 180 their back. None: it is read from the picture."""
    yaw_error_deg: float = 3.0
    """95 % half-width of a stated turn: as good as camera and person on one line of the floor give it."""
    floor_line: tuple[float, ...] | None = None
    """x1, y1, x2, y2: two points, in pixels of the upright picture as a player shows it, of a line on the floor that
    runs straight ahead from the person (from behind: straight back) towards the camera. None: no line."""
    camera_height_m: float | None = None
    """Height of the lens over the floor, for the floor line's horizon; None takes the camera as held level, roughly."""
    yaw_gate_sagittal_deg: float = 30.0
    """Beyond this turn from a true side view, sagittal angles are refused."""
    yaw_gate_fppa_deg: float = 8.0
    """Beyond this turn from a true front view, an absolute FPPA is refused."""
    yaw_gate_frontal_deg: float = 20.0
    """The same for pelvic obliquity, knee separation, trunk lean and hip shift."""
    heading_habits: str = "all"
    """What of the shipped network's habits the heading undoes: all; prior (those of its 3-D points only, where the
    picture's points are exact); or none (points of lines, or of another program)."""
    low_knees: bool | None = None
    """Whether the knees are drawn too low from behind, as the shipped network does. None: where `heading_habits` is
    all."""

    @property
    def draws_knees_low(self) -> bool:
        return self.heading_habits == "all" if self.low_knees is None else self.low_knees


@dataclass(frozen=True, slots=True)
class SignalSettings:
    score_min: float = 0.3
    """Keypoints below this confidence count as missing."""
    gap_max_s: float = 0.2
    hampel_window_s: float = 0.23
    hampel_sds: float = 3.0
    cutoff_hz: float | None = None
    """Low-pass cut-off after both passes; None takes the movement's own (6 Hz for a squat)."""
    swap_repair: bool = True


@dataclass(frozen=True, slots=True)
class ErrorSettings:
    draws: int = 200
    seed: int = 0


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """What only `vidgait live` uses."""

    smooth_cutoff_hz: float = 2.0
    """One-Euro filter: cut-off of a point at rest."""
    smooth_beta: float = 40.0
    """One-Euro filter: Hz more for each body height a second."""
    lost_s: float = 0.5
    """Unseen for longer than this, somebody is lost."""
    window_s: float = 30.0
    """How much of the past is looked at again when a repetition has ended."""


@dataclass(frozen=True, slots=True)
class OutputSettings:
    video: bool = True
    full_size: bool = False
    long_side_px: int = 1280
    """Longer side of the annotated video unless full_size."""
    audio: bool = True
    blur_faces: bool = False
    pdf: bool = False
    """Write the report as a PDF too."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All of them. `Settings()` is what the command line uses when it is given no option."""

    movement: str = "auto"
    exclude_reps: tuple[int, ...] = ()
    video: VideoSettings = field(default_factory=VideoSettings)
    pose: PoseSettings = field(default_factory=PoseSettings)
    subject: SubjectSettings = field(default_factory=SubjectSettings)
    view: ViewSettings = field(default_factory=ViewSettings)
    signals: SignalSettings = field(default_factory=SignalSettings)
    error: ErrorSettings = field(default_factory=ErrorSettings)
    live: LiveSettings = field(default_factory=LiveSettings)
    output: OutputSettings = field(default_factory=OutputSettings)

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Settings:
        """Settings from nested dicts, as a TOML file gives them. Unknown names raise SettingsError with the nearest
        known one."""
        settings: Settings = _build(cls, values, "")
        return settings

    @classmethod
    def from_toml(cls, path: Path) -> Settings:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise SettingsError(f"Cannot read the settings file {path.name}: {error.strerror}.") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path.name} is not valid TOML: {error}.") from None
        return cls.from_mapping(values)

    def with_options(self, options: Options | Mapping[str, Any]) -> Settings:
        """A copy with the flat options of the command line or of a Python call laid over it."""
        values: dict[str, Any] = {}
        for name, value in options.items():
            if name not in OPTION_PLACES:
                raise SettingsError(f"Unknown option '{name}'.", _suggestion(name, OPTION_PLACES))
            *sections, last = OPTION_PLACES[name]
            place = values
            for section in sections:
                place = place.setdefault(section, {})
            place[last] = value
        return self.merged(_one_heading(values))

    def merged(self, values: Mapping[str, Any]) -> Settings:
        """A copy with nested `values` laid over it."""
        return self.from_mapping(_overlay(self.to_mapping(), values))

    def to_mapping(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


def _one_heading(values: dict[str, Any]) -> dict[str, Any]:
    """Options with which a stated turn takes the place of an earlier floor line, and the other way round."""
    view = values.get("view", {})
    if "floor_line" in view and "yaw_deg" not in view:
        return values | {"view": {"yaw_deg": None} | view}
    if "yaw_deg" in view and "floor_line" not in view:
        return values | {"view": {"floor_line": None, "camera_height_m": None} | view}
    return values


def _overlay(base: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for name, value in values.items():
        nested = isinstance(value, Mapping) and isinstance(result.get(name), dict)
        result[name] = _overlay(result[name], value) if nested else value
    return result


def _suggestion(name: str, known: Mapping[str, Any], prefix: str = "") -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean '{prefix}{near[0]}'?" if near else f"Known: {', '.join(sorted(known))}."


def _build(cls: type[Any], values: Mapping[str, Any], prefix: str) -> Any:
    hints = get_type_hints(cls)
    known: dict[str, Any] = {}
    for name, value in values.items():
        if name not in hints:
            raise SettingsError(f"Unknown option '{prefix}{name}'.", _suggestion(name, hints, prefix))
        if dataclasses.is_dataclass(hints[name]):
            if not isinstance(value, Mapping):
                raise SettingsError(f"'{prefix}{name}' is a section, not a value.", f"Write [{prefix}{name}].")
            known[name] = _build(hints[name], value, f"{prefix}{name}.")
        else:
            known[name] = _value(prefix + name, hints[name], value)
    return cls(**known)


def _value(name: str, hint: Any, value: Any) -> Any:
    allowed = getattr(hint, "__args__", (hint,))
    if hint == tuple[int, ...]:
        if isinstance(value, (list, tuple)) and all(type(item) is int for item in value):
            return tuple(value)
    elif value is None and type(None) in allowed:
        return None
    elif tuple[float, ...] in allowed:
        if isinstance(value, (list, tuple)) and all(isinstance(item, int | float) for item in value):
            return tuple(float(item) for item in value)
    elif float in allowed and type(value) in (int, float):
        return float(value)
    elif type(value) in allowed:
        return value
    wanted = " or ".join(getattr(kind, "__name__", str(kind)) for kind in allowed if kind is not type(None))
    raise SettingsError(f"Option '{name}' must be {wanted}, not {value!r}.")


def _check(settings: Settings) -> None:
    video, subject, pose, signals, view = (
        settings.video, settings.subject, settings.pose, settings.signals, settings.view,
    )  # fmt: skip
    rules = [
        (0.1 <= video.slowmo <= 1000, "slowmo must be positive, between 0.1 and 1000."),
        (video.start_s is None or video.start_s >= 0, "start must not be negative."),
        (
            video.start_s is None or video.end_s is None or video.end_s > video.start_s,
            "end must come after start.",
        ),
        (subject.height_m is None or 0.5 <= subject.height_m <= 2.6, "height must be in metres, between 0.5 and 2.6."),
        (subject.mass_kg is None or 10 <= subject.mass_kg <= 400, "mass must be in kilograms, between 10 and 400."),
        *_heading_rules(view),
        (view.view in VIEWS, f"view must be one of {', '.join(VIEWS)}."),
        (view.heading_habits in HEADING_HABITS, f"heading_habits must be one of {', '.join(HEADING_HABITS)}."),
        (
            subject.person in PERSON_RULES or subject.person.isdecimal(),
            f"person must be one of {', '.join(PERSON_RULES)}, or a number.",
        ),
        (0 <= signals.score_min < 1, "score_min must be in [0, 1)."),
        (signals.cutoff_hz is None or 0 < signals.cutoff_hz <= 1000, "cutoff_hz must be positive, 1000 at most."),
        (0 <= signals.gap_max_s <= 2, "gap_max_s must be between 0 and 2."),
        (0 < signals.hampel_window_s <= 5, "hampel_window_s must be between 0 and 5."),
        (signals.hampel_sds > 0, "hampel_sds must be positive."),
        (1 <= pose.max_people <= 20, "max_people must be between 1 and 20."),
        (0 <= pose.threads <= 256, "threads must be between 0 and 256."),
        (0.05 <= pose.search_every_s <= 60, "search_every_s must be between 0.05 and 60."),
        (0 < pose.detection_score < 1, "detection_score must be between 0 and 1."),
        (0 < pose.presence_score < 1, "presence_score must be between 0 and 1."),
        (
            all(
                0 <= gate <= 90
                for gate in (view.yaw_gate_sagittal_deg, view.yaw_gate_fppa_deg, view.yaw_gate_frontal_deg)
            ),
            "yaw gates must be between 0 and 90 degrees.",
        ),
        (0.05 <= settings.live.smooth_cutoff_hz <= 30, "live.smooth_cutoff_hz must be between 0.05 and 30."),
        (0 <= settings.live.smooth_beta <= 1000, "live.smooth_beta must be between 0 and 1000."),
        (0.1 <= settings.live.lost_s <= 10, "live.lost_s must be between 0.1 and 10."),
        (5 <= settings.live.window_s <= 600, "live.window_s must be between 5 and 600."),
        (50 <= settings.error.draws <= 20_000, "draws must be between 50 and 20000."),
        (settings.error.seed >= 0, "seed must not be negative."),
        (160 <= settings.output.long_side_px <= 16_384, "long_side_px must be between 160 and 16384."),
    ]
    for holds, message in (*_finite(settings), *rules):
        if not holds:
            name = message.split(maxsplit=1)[0]
            raise SettingsError(message if "_" in name else message[0].upper() + message[1:])


def _heading_rules(view: ViewSettings) -> list[tuple[bool, str]]:
    """What a stated turn and a floor line may be before anybody has looked at the picture."""
    line = view.floor_line
    whole = line is None or (len(line) == 4 and all(math.isfinite(value) and value >= 0 for value in line))
    apart_px = math.dist(line[:2], line[2:]) if line is not None and whole else math.inf
    return [
        (view.yaw_deg is None or abs(view.yaw_deg) <= 180, "yaw_deg must be between -180 and 180 degrees."),
        (0.5 <= view.yaw_error_deg <= 45, "yaw_error_deg must be between 0.5 and 45 degrees."),
        (whole, "floor_line must be four numbers, x1,y1,x2,y2, in pixels of the picture."),
        (
            apart_px >= FLOOR_LINE_MIN_PX,
            f"floor_line: its two points must be {FLOOR_LINE_MIN_PX} pixels apart or more.",
        ),
        (
            line is None or view.yaw_deg is None,
            "yaw_deg and floor_line both say how the person is turned: give one of them.",
        ),
        (
            view.camera_height_m is None or 0.05 <= view.camera_height_m <= 3.0,
            "camera_height_m must be between 0.05 and 3 metres.",
        ),
        (
            view.camera_height_m is None or line is not None,
            "camera_height_m is only used beside floor_line.",
        ),
    ]


def _finite(section: Any, prefix: str = "") -> Iterator[tuple[bool, str]]:
    """No number of any section may be infinite or not a number, which would pass many a comparison."""
    for item in dataclasses.fields(section):
        value = getattr(section, item.name)
        if dataclasses.is_dataclass(value):
            yield from _finite(value, f"{prefix}{item.name}.")
        elif isinstance(value, float):
            yield math.isfinite(value), f"{prefix}{item.name} must be a finite number."
