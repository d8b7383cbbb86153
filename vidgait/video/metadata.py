"""What the tags of a file say about its making. Pure: tags in, facts out; nothing here names a device or a place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

__all__ = ["Tags", "focal_length", "recording_time", "slow_motion_hint", "was_reencoded"]

CAPTURE_RATE_KEYS = ("com.android.capture.fps", "com.apple.quicktime.capture-fps")
DEVICE_KEYS = ("com.apple.quicktime.make", "com.apple.quicktime.model", "com.android.version", "make", "model")
DEVICE_KEYS_LIKE = ("com.android.", "com.apple.quicktime.make", "com.samsung.", "com.xiaomi.", "com.oplus.")
FOCAL_KEY = "camera.focal_length.35mm_equivalent"
EDITOR_MARKS = (
    "lavf",
    "lavc",
    "x264",
    "x265",
    "handbrake",
    "google",
    "l-smash",
    "adobe",
    "davinci",
    "capcut",
    "imovie",
    "final cut",
    "whatsapp",
    "telegram",
    "instagram",
    "tiktok",
    "gpac",
    "mux",
)
"""Names that messengers, editors and transcoders leave in encoder and handler tags."""
FILM_WIDTH_MM = 36.0
HIGH_RATE_HZ = 100.0
"""Stored at this rate or above, a phone usually means slow motion; time is right all the same."""


@dataclass(frozen=True, slots=True)
class Tags:
    """All tags of the container and its streams, keys in lower case."""

    container: Mapping[str, str]
    video: Mapping[str, str]
    others: tuple[Mapping[str, str], ...] = ()

    @staticmethod
    def of(container: Mapping[str, str], video: Mapping[str, str], others: Iterable[Mapping[str, str]] = ()) -> Tags:
        return Tags(_lower(container), _lower(video), tuple(_lower(other) for other in others))

    def first(self, *keys: str) -> tuple[str, str] | None:
        """(key, value) of the first of `keys` that is set, the container's before the streams'."""
        for key in keys:
            for tags in (self.container, self.video, *self.others):
                if tags.get(key, "").strip():
                    return key, tags[key].strip()
        return None


def _lower(tags: Mapping[str, str]) -> dict[str, str]:
    return {key.lower(): value for key, value in tags.items()}


def focal_length(tags: Tags, size_px: tuple[int, int]) -> tuple[float, str] | tuple[None, None]:
    """(focal length in pixels, where it comes from), or (None, None).

    A 35 mm equivalent is turned into pixels with the long side as 36 mm of film. Stabilisation crops the picture, so
    the true value may be some ten per cent higher."""
    for group in (tags.video, tags.container, *tags.others):
        for key, value in group.items():
            if key.endswith(FOCAL_KEY):
                millimetres = _number(value)
                if millimetres and 8 <= millimetres <= 400:
                    return max(size_px) * millimetres / FILM_WIDTH_MM, f"35 mm equivalent of {millimetres:g} mm"
    return None, None


def recording_time(tags: Tags) -> tuple[str, str] | tuple[None, None]:
    """(ISO 8601, its source), or (None, None). The camera's local time with its zone goes first; creation_time is in
    UTC and says when the file was written, which an editor changes."""
    stated = tags.first("com.apple.quicktime.creationdate")
    if stated and (moment := _moment(stated[1])):
        return moment.isoformat(), "QuickTime creation date of the recording"
    stated = tags.first("creation_time")
    if stated and (moment := _moment(stated[1])) and moment.year > 1970:
        return moment.isoformat(), "creation time of the file"
    stated = tags.first("date_recorded", "date_digitized", "date")
    if stated and (moment := _moment(stated[1])):
        return moment.isoformat(), f"tag '{stated[0]}'"
    return None, None


def was_reencoded(tags: Tags, encoder_notes: str = "") -> bool | None:
    """True when an editor or a messenger left its mark, False when a recording device did and nobody else, None when
    neither is seen. `encoder_notes` is what the encoder wrote into the stream itself."""
    groups = (tags.container, tags.video, *tags.others)
    marks = [group.get(key, "") for group in groups for key in ("encoder", "handler_name", "software", "comment")]
    text = " ".join([*marks, encoder_notes]).lower()
    if any(mark in text for mark in EDITOR_MARKS):
        return True
    named = any(key in DEVICE_KEYS or key.startswith(DEVICE_KEYS_LIKE) for group in groups for key in group)
    return False if named else None


def slow_motion_hint(tags: Tags, stored_hz: float | None, slowmo: float) -> str | None:
    """Why the file looks like slow motion though `slowmo` is 1; None otherwise. `stored_hz` is the rate of the
    pictures on the media clock."""
    if slowmo != 1.0 or not stored_hz:
        return None
    stated = tags.first(*CAPTURE_RATE_KEYS)
    capture_hz = _number(stated[1]) if stated else None
    if capture_hz and capture_hz > 1.5 * stored_hz:
        factor = round(capture_hz / stored_hz)
        return (
            f"The file says it was recorded at {capture_hz:.0f} pictures a second and plays at {stored_hz:.0f}: "
            f"use --slowmo {factor}."
        )
    if stored_hz >= HIGH_RATE_HZ and capture_hz is None:
        return f"The file holds {stored_hz:.0f} pictures a second, as slow motion does; it is taken as real time."
    return None


def _number(text: str) -> float | None:
    found = re.search(r"\d+(?:\.\d+)?(?:/\d+)?", text)
    if not found:
        return None
    try:
        return float(Fraction(found.group())) if "/" in found.group() else float(found.group())
    except ZeroDivisionError:
        return None


def _moment(text: str) -> datetime | None:
    text = re.sub(r"^(\d{4})[/:](\d\d)[/:](\d\d)", r"\1-\2-\3", text.strip())
    text = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if text.endswith("Z") else moment
