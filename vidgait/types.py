"""The central types. They know nothing of the rest of the program.

Conventions, everywhere:

- Axis 0 of an array is time (T). K is keypoints, N people, D draws of the error engine, R repetitions.
- Pixels: origin top left, x right, y **down**. Metres: y **up**.
- Missing is NaN in arrays and None elsewhere (null in JSON), always with a reason; never 0, never the last value.
- Left and right are the person's own.
- Angles are degrees at every public surface. Intervals are `[start, end)`.
- Two clocks. `time_s` is real time: slow motion undone, zero at the file's first presented frame.
  `media_time_s` is what a player shows for the same frame. Only `time_s` enters a measurement.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from vidgait.errors import SkeletonError

__all__ = [
    "BLAZEPOSE",
    "Analysis",
    "BoolArray",
    "ClipPoses",
    "Comparison",
    "Criterion",
    "Evidence",
    "Facing",
    "FloatArray",
    "Frame",
    "FramePoses",
    "Grade",
    "ImageArray",
    "IntArray",
    "Issue",
    "Measure",
    "Movement",
    "Pattern",
    "PlanarFrame",
    "Rep",
    "RepKind",
    "Segment",
    "Series",
    "Session",
    "SessionLink",
    "Severity",
    "Side",
    "Skeleton",
    "Track",
    "VideoInfo",
    "View",
    "YawSource",
]

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.integer[Any]]
BoolArray = npt.NDArray[np.bool_]
ImageArray = npt.NDArray[np.uint8]

Side = Literal["left", "right"]
View = Literal["front", "back", "left", "right", "oblique", "unknown"]
"""What the camera sees of the person: `left` means their left side is towards the camera."""
Facing = Literal["image_left", "image_right", "camera", "away", "unknown"]
"""Where the person looks, in the picture."""
YawSource = Literal["picture", "stated", "floor_line"]
"""Where the turn of the person comes from: read off their body, stated by the user, or from a line on the floor."""
Grade = Literal["A", "B", "C", "D"]
Severity = Literal["info", "warning", "serious"]
RepKind = Literal["rep", "partial", "stride", "jump", "hold"]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A keypoint layout. It travels in every pose object; nothing guesses a layout from K."""

    name: str
    keypoints: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    mirror_pairs: tuple[tuple[str, str], ...]

    def index(self, keypoint: str) -> int:
        """Row of `keypoint`. Raises SkeletonError if this layout does not have it."""
        try:
            return self.keypoints.index(keypoint)
        except ValueError:
            raise SkeletonError(f"The {self.name} skeleton has no keypoint '{keypoint}'.") from None

    def indices(self, *keypoints: str) -> list[int]:
        return [self.index(keypoint) for keypoint in keypoints]

    def mirror_order(self) -> list[int]:
        """Order that exchanges left and right: `xy[:, skeleton.mirror_order()]`."""
        partner = dict(self.mirror_pairs) | {b: a for a, b in self.mirror_pairs}
        return [self.index(partner.get(keypoint, keypoint)) for keypoint in self.keypoints]


def _blazepose() -> Skeleton:
    eye = ("eye_inner", "eye", "eye_outer")
    rest = (
        "ear", "mouth", "shoulder", "elbow", "wrist", "pinky", "index", "thumb", "hip", "knee", "ankle", "heel", "toe",
    )  # fmt: skip
    face = [f"{side}_{part}" for side in ("left", "right") for part in eye]
    body = [f"{side}_{part}" for part in rest for side in ("left", "right")]
    edges = [("left_shoulder", "right_shoulder"), ("left_hip", "right_hip")]
    for side in ("left", "right"):
        chain = ("shoulder", "elbow", "wrist", "index"), ("shoulder", "hip", "knee", "ankle", "heel", "toe", "ankle")
        edges += [(f"{side}_{a}", f"{side}_{b}") for part in chain for a, b in itertools.pairwise(part)]
    return Skeleton(
        name="blazepose",
        keypoints=("nose", *face, *body),
        edges=tuple(edges),
        mirror_pairs=tuple((f"left_{part}", f"right_{part}") for part in (*eye, *rest)),
    )


BLAZEPOSE = _blazepose()
"""MediaPipe's 33 keypoints in its own order. `left_toe` is its `left_foot_index`: the tip of the shoe."""


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a file says of itself, after rotation."""

    path: str
    size_px: tuple[int, int]
    """(width, height) as presented."""
    rate_hz: Fraction | None
    """The stated average rate of the media clock, or None. For people to read; nothing computes time from it."""
    capture_rate_hz: float | None
    """Frames a second of real time, by the median frame spacing after slow motion is undone."""
    duration_s: float | None
    """Media duration as stated by the container, or None."""
    variable_rate: bool
    rotation_deg: int
    """Clockwise quarter turns that were applied to the stored picture: 0, 90, 180 or 270."""
    codec: str
    transfer: Literal["SDR", "HLG", "PQ"] = "SDR"
    focal_px: float | None = None
    focal_source: str | None = None
    recorded_at: str | None = None
    """ISO 8601 with zone where the file states one."""
    recorded_at_source: str | None = None
    has_audio: bool = False
    reencoded: bool | None = None
    """True when the file bears marks of a messenger or an editor rather than a camera; None when unknown."""
    slowmo_factor: float = 1.0
    slowmo_hint: str | None = None
    """Why the file looks like slow motion though no factor was given."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One presented picture. Nobody stores it."""

    index: int
    time_s: float
    media_time_s: float
    image: ImageArray
    """(H, W, 3) uint8 BGR, upright, BT.709 SDR, full range."""


@dataclass(frozen=True, slots=True, eq=False)
class PlanarFrame:
    """The same instant as planar YUV 4:2:0 (I420, BT.709, limited range), for drawing and encoding without a trip
    through BGR, which costs more than the drawing itself."""

    index: int
    time_s: float
    media_time_s: float
    planes: ImageArray
    """(H * 3 / 2, W) uint8, H and W even: Y, then U and V, packed as av's `to_ndarray(format="yuv420p")` does."""


@dataclass(frozen=True, slots=True, eq=False)
class FramePoses:
    """Everyone in one frame, N >= 0 people."""

    xy_px: FloatArray
    """(N, K, 2)"""
    score: FloatArray
    """(N, K) in [0, 1]: the network's own confidence that the keypoint is visible."""
    xyz_m: FloatArray | None
    """(N, K, 3) metres, origin at mid-hip, x to the image's right, y **up**, z towards the camera. A prior of the
    model, not a measurement. None where the backend has none."""
    skeleton: Skeleton

    @staticmethod
    def nobody(skeleton: Skeleton) -> FramePoses:
        k = len(skeleton.keypoints)
        return FramePoses(np.zeros((0, k, 2)), np.zeros((0, k)), np.zeros((0, k, 3)), skeleton)


@dataclass(frozen=True, slots=True, eq=False)
class ClipPoses:
    """Everyone in every frame of a clip: what pass one leaves behind. P rows, one per person and frame."""

    time_s: FloatArray
    """(T,) of every analysed frame, people or not."""
    media_time_s: FloatArray
    """(T,)"""
    frame: IntArray
    """(P,) index into time_s, ascending."""
    xy_px: FloatArray
    """(P, K, 2)"""
    score: FloatArray
    """(P, K)"""
    xyz_m: FloatArray | None
    """(P, K, 3)"""
    skeleton: Skeleton
    size_px: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One person over the whole clip: T frames, NaN where they were not seen."""

    time_s: FloatArray
    """(T,)"""
    xy_px: FloatArray
    """(T, K, 2), NaN where missing"""
    score: FloatArray
    """(T, K), 0 where missing"""
    xyz_m: FloatArray | None
    """(T, K, 3)"""
    skeleton: Skeleton
    steps: tuple[str, ...] = ()
    """What was done to it, in order, in words. Empty for a raw track."""

    def point(self, keypoint: str) -> FloatArray:
        """(T, 2) pixels."""
        column: FloatArray = self.xy_px[:, self.skeleton.index(keypoint)]
        return column

    def replace(self, **changes: Any) -> Track:
        return replace(self, **changes)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Something read from pixels besides poses. Measures never see pixels."""

    name: str
    time_s: FloatArray
    value: FloatArray
    """(T, M)"""
    sd: FloatArray
    """(T, M)"""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch `[start_s, end_s)` of the clip with one view, one facing, one scale."""

    start_s: float
    end_s: float
    view: View
    yaw_deg: float | None
    """Heading about the vertical: 0 faces the camera, +90 shows the left side, -90 the right side, +-180 the back."""
    yaw_error_deg: float | None
    """95 % half-width of yaw_deg."""
    facing: Facing
    near_side: Side | None
    """The leg nearer to the camera in a side or oblique view; None from the front and the back."""
    scale_m_per_px: float | None
    scale_basis: str
    """Where the scale comes from, in words ("stated height 1.80 m"), or why there is none."""
    roll_deg: float
    """Rotation of the picture against gravity, clockwise positive; already undone in every inclination."""
    vertical_basis: str
    body_height_px: float | None
    leg_length_px: float | None
    focal_px: float | None = None
    """Distance of the eye point from the picture, for undoing perspective; None: as from far away."""
    focal_basis: str = "not stated"
    centre_x_px: float = 0.0
    centre_y_px: float = 0.0
    """Where the optical axis meets the picture: its middle. Read only beside a focal length."""
    yaw_source: YawSource = "picture"
    yaw_basis: str = "read from the picture"
    """Where yaw_deg comes from, in words."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One quantity over the whole clip."""

    name: str
    """Spelled out with its unit, without the side: `knee_flexion_deg`."""
    unit: str
    side: Side | None
    value: FloatArray
    """(T,), NaN where missing or not supported"""
    why_none: str | None = None
    """Why it could not be computed at all; then value is all NaN."""


@dataclass(frozen=True, slots=True)
class Movement:
    label: str | None
    """One of the ids of `movements`, or None: not recognised."""
    confidence: float
    """0 to 1; 1 where the user named the movement."""
    basis: str
    """How it was decided, in words."""
    flags: tuple[str, ...] = ()
    """Variants of the movement: `overhead` for squats with the arms up throughout."""


@dataclass(frozen=True, slots=True)
class Rep:
    """One repetition, `[start_s, end_s)`, in real time."""

    index: int
    """1-based, in order of time, over counted reps; partial reps have 0."""
    kind: RepKind
    start_s: float
    end_s: float
    side: Side | None = None
    instants: Mapping[str, float] = field(default_factory=dict)
    """Named instants in `time_s`. For squats, steps and lunges: `bottom`, `eccentric_end`, `concentric_start`; for
    holds: `lifted` (the free foot has left the floor and come to rest) and `lowered`."""
    segment: int = 0
    excluded: str | None = None
    """Why the rep is kept out of the set's numbers, or None."""
    set_index: int = 1
    """1-based: which set of the clip it belongs to. A longer rest, or the other leg, begins a new one."""
    posture: Mapping[str, str] = field(default_factory=dict)
    """What else the body did that changes the numbers, in words by name: `free_leg` (front, middle, behind), `arms`
    (overhead, front, hips, sides, other). A name that could not be told is left out."""

    @property
    def is_used(self) -> bool:
        """The set's numbers rest on it: it is counted, and nothing keeps it out."""
        return self.index > 0 and self.excluded is None


@dataclass(frozen=True, slots=True)
class Measure:
    """One number about the person, or the reason why there is none."""

    id: str
    label: str
    value: float | None
    unit: str
    side: Side | None = None
    rep: int | None = None
    """Rep index, or None for the whole set."""
    n: int = 0
    """How many reps or frames it rests on."""
    noise: float | None = None
    """95 % half-width from keypoint noise, camera angle and scale of this clip: says whether two numbers of the
    same clip differ."""
    error: float | None = None
    """95 % half-width against the truth: noise plus the bound of the view and the calibrated error of the pose
    network. This is the +- that is shown."""
    mdc: float | None = None
    """Smallest change between two clips that is not noise; published or the athlete's own. For change only."""
    grade: Grade = "D"
    reasons: tuple[str, ...] = ()
    verdict: str | None = None
    """`good`, `watch` or `poor` by a cited band; None where no checked source gives one."""
    why_none: str | None = None
    source: str = "2-D"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One item of a clinical rating scale, judged by a stated rule, or the reason why it is not."""

    scale: str
    """Id of the scale: `lateral_step_down`, `single_leg_squat_segments`, ..."""
    id: str
    says: str
    """The item in words a coach reads."""
    rule: str
    """The rule with its numbers, and where the rule is ours."""
    source: str
    verified: bool
    """The rule was read in the source. Items that were not are shown and never scored."""
    side: Side | None = None
    """The leg that stands."""
    met: bool | None = None
    """The fault was seen (True) or not (False); None where neither can be said."""
    points: int | None = None
    """What the scale counts for it; None where it is not scored."""
    rep: int | None = None
    """The repetition that shows it best."""
    time_s: float | None = None
    """The instant that shows it."""
    value: float | None = None
    error: float | None = None
    unit: str = ""
    why_none: str | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """What pelvis, trunk and knee do together on one leg, by a stated rule. A description, never a diagnosis."""

    side: Side | None
    label: str | None
    """drop, lean, combined, knee_led or stable; None where the errors leave it open."""
    basis: str
    """The numbers it rests on, in words."""
    rep: int | None = None
    """Rep index, or None for the whole set."""
    why_none: str | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """It ran, but do not trust this part."""

    code: str
    severity: Severity
    message: str
    frames: tuple[int, int] | None = None
    """First and last frame concerned, or None for the whole clip."""


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """Everything about one person of one clip."""

    video: VideoInfo
    settings: Mapping[str, Any]
    poses: ClipPoses
    person_ids: IntArray
    """(P,) which person each row of `poses` belongs to; -1 for none"""
    athlete: int
    athlete_basis: str
    """How the athlete was chosen, in words."""
    raw: Track
    clean: Track
    evidence: tuple[Evidence, ...]
    segments: tuple[Segment, ...]
    series: tuple[Series, ...]
    movement: Movement
    reps: tuple[Rep, ...]
    measures: tuple[Measure, ...]
    issues: tuple[Issue, ...]
    provenance: Mapping[str, Any]
    """Software and weight versions, and the sha256 of the input."""
    criteria: tuple[Criterion, ...] = ()
    patterns: tuple[Pattern, ...] = ()

    def find(self, id: str, side: Side | None = None, rep: int | None = None) -> Measure | None:
        """The measure with this id, side and rep, or None if the catalogue has none for this clip."""
        wanted = (id, side, rep)
        return next((m for m in self.measures if (m.id, m.side, m.rep) == wanted), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One quantity of the left leg beside that of the right, each from a clip of its own."""

    left: Measure
    right: Measure
    difference: Measure
    """Left less right, id `<id>_left_right`; `error` is that of the difference."""
    clear: bool | None
    """The legs differ by more than the error; None where there is no difference to judge."""


@dataclass(frozen=True, slots=True)
class SessionLink:
    """How two clips belong together."""

    kind: Literal["left_right", "two_views"]
    basis: str
    """How that was found, in words."""
    offset_s: float | None = None
    """Two views: `time_s` of the second clip less that of the first, for the same moment."""
    offset_error_s: float | None = None
    """95 % half-width."""
    reps: tuple[tuple[int, int], ...] = ()
    """Two views: which repetition of the first clip is which of the second."""


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """Analyses that belong together, and what only they say together."""

    analyses: tuple[Analysis, Analysis]
    """Left and right leg, or the view from the front (or behind) and that from the side."""
    roles: tuple[str, str]
    """`left` and `right`, or `front` (also from behind) and `side`."""
    link: SessionLink
    comparisons: tuple[Comparison, ...] = ()
    measures: tuple[Measure, ...] = ()
    """Two views: frontal quantities at the knee flexion that the side view shows, per repetition and for the set."""
    issues: tuple[Issue, ...] = ()
