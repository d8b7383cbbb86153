"""How the numbers came about and what they cannot say, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from vidgait.outputs.facts import without_video
from vidgait.outputs.legs import is_one_legged
from vidgait.outputs.words import full_stop, listed

if TYPE_CHECKING:
    from vidgait.types import Analysis

__all__ = ["citation", "method_paragraphs", "provenance_entries"]


NOT_ON_REAL = "Movements on one leg and lunges were checked on such people only: they are not verified on real footage."

FACES = (
    "Heads of everybody who was found are made unrecognisable, also in profile and from behind, over gaps of up to "
    "2 s and half a second before and after. Somebody whom the network did not find, or did not find for longer, is "
    "not hidden: look through the video before you share it."
)


def method_paragraphs(analysis: Analysis) -> list[dict[str, str]]:
    """Titles and texts, in the order in which the numbers are made."""
    steps = listed([step.rstrip(".") for step in analysis.clean.steps]) or "none"
    bases = listed(list(dict.fromkeys(s.vertical_basis for s in analysis.segments))) or "not known"
    scales = listed(list(dict.fromkeys(s.scale_basis for s in analysis.segments))) or "not known"
    return [
        {
            "title": "From the picture to angles",
            "text": f"{_points(analysis)} They are cleaned over the whole clip "
            f"({steps}); angles are taken from the cleaned points, so the video, the curves and the numbers agree.",
        },
        {
            "title": "What the ± is",
            "text": "The points are moved about many times, as the network is known to err, together with the camera’s "
            "direction and the scale, and everything is computed again each time. “Error” is the half-width that holds "
            "19 of 20 results, with what is known of the network’s own bias: use it against the truth, a norm or "
            "another method. “Noise” is the part of it that this clip adds, without the network’s bias. Much of both "
            "is the same in all repetitions of a clip; which of them can be told apart is said by the ± of “largest "
            "difference in the set”, where that cancels. How far two clips must differ before a change is more than "
            "chance is only said for movements in which somebody measured it. That these bands hold the truth was "
            "checked on synthetic and rendered people, whose angles are known exactly, not on people in a laboratory."
            + (f" {NOT_ON_REAL}" if is_one_legged(analysis) else ""),
        },
        {
            "title": "Grades",
            "text": "A: everything about view, size and visibility is right. B: something small is not. C: look at the "
            "trend, not at the number. D: not good enough to be shown at the top.",
        },
        {
            "title": "What one camera cannot see",
            "text": "An angle is seen in the plane of the picture. From the side, knees that move inwards cannot be "
            "seen; from the front, how far knees and hips bend can only be estimated. Rotation of the thigh, the tilt "
            "of the pelvis forwards, the shape of the back, forces, and what a muscle does are not measurable here. "
            "From the front, a knee that seems to move inwards can also be a leg that is turned outwards. "
            "The knee against the line from hip to ankle (FPPA) is a trend only unless the camera is exactly in front: "
            "the camera’s direction is estimated from the picture, to several degrees, and a few degrees already "
            "change it (5° of turn read as 6° at 60° of knee bend), so it gets no better grade than C unless the turn "
            "is stated to ±3°. How strong a muscle is cannot be seen from how somebody stands.",
        },
        {
            "title": "How this clip was read",
            "text": " ".join(
                full_stop(f"{name}: {text.replace('+-', '±')}")
                for name, text in (
                    ("Movement", analysis.movement.basis),
                    ("Person", analysis.athlete_basis),
                    ("Vertical", bases),
                    ("Metres", scales),
                )
            ),
        },
        *([{"title": "Faces", "text": FACES}] if analysis.settings.get("output", {}).get("blur_faces") else []),
    ]


def _points(analysis: Analysis) -> str:
    if unfilmed := without_video(analysis):
        return (
            f"{unfilmed}: 33 points of the body in every frame were given, and no neural network looked at a picture."
        )
    return (
        "A neural network marks 33 points of the body in every picture. Nothing is attached to the person, "
        "and the points are near the joints, not in them."
    )


def provenance_entries(analysis: Analysis) -> list[dict[str, str]]:
    """Versions, weights and the video's sha256, flat, in the order in which they were recorded."""
    return [{"name": name, "value": value} for name, value in _flat(analysis.provenance, "")]


def _flat(values: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    for name, value in values.items():
        label = f"{prefix}{str(name).replace('_', ' ')}"
        if isinstance(value, Mapping):
            entries += _flat(value, f"{label}: ")
        elif isinstance(value, (list, tuple)):
            entries.append((label, listed([str(item) for item in value]) or "none"))
        else:
            entries.append((label, "not known" if value is None else str(value)))
    return entries


def citation(analysis: Analysis) -> str:
    """The version that made the analysis, not the one that prints it."""
    recorded = analysis.provenance.get("packages", {}).get("vidgait") or analysis.provenance.get("vidgait")
    return f"vidgait {recorded or _installed()} (The vidgait authors, Apache-2.0)."


def _installed() -> str:
    try:
        return version("vidgait")
    except PackageNotFoundError:
        return "of unknown version"
