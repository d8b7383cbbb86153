"""What has to be done: one job a video, with the key that tells whether it has been done already."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from vidgait.errors import SettingsError
from vidgait.provenance import PACKAGES, software
from vidgait.team.anonymous import anonymous_folder, anonymous_id, anonymous_path
from vidgait.team.manifest import Manifest, who_by_names
from vidgait.team.results import ClipResult, Who
from vidgait.team.scan import LeftOut, Scan, result_folders

if TYPE_CHECKING:
    from vidgait.settings import Settings

__all__ = ["Job", "Planned", "left_out_results", "plan", "settings_of", "work_key"]

KEY_LETTERS = 32


@dataclass(frozen=True, slots=True)
class Planned:
    """One video, as it was understood."""

    path: str
    size_bytes: int
    who: Who
    folder: str
    shown: str
    """How it is called wherever somebody may read it: its path, or without names."""
    athlete: str | None
    """Who it is, likewise."""


@dataclass(frozen=True, slots=True)
class Job:
    """All that a worker needs. Plain values, so that it can be sent anywhere."""

    name: str
    """Of the file as results show it."""
    place: str
    """Path or URL of the video."""
    out: Path
    settings: Settings
    key: str
    progress: Path
    """A small file in which the worker says how far it is."""
    hidden: bool = False
    """The file's own name must not get into the results."""


def plan(found: Scan, manifest: Manifest | None, anonymous: bool, secret: str) -> tuple[Planned, ...]:
    """Who is in every video and where its results go. Raises SettingsError for lines of a manifest without a file."""
    paths = [video.path for video in found.videos]
    if manifest is not None:
        _check_manifest(manifest, [*paths, *(one.path for one in found.left_out)])
    names = Counter(PurePosixPath(path).name for path in paths)
    folders = result_folders(paths)
    planned = []
    for video in found.videos:
        who = who_by_names(video.path)
        if manifest is not None:
            who = manifest.find(video.path, who, names[PurePosixPath(video.path).name] > 1)
        one = Planned(video.path, video.size_bytes, who, folders[video.path], video.path, who.athlete)
        planned.append(_without_name(one, secret) if anonymous else one)
    return tuple(planned)


def _check_manifest(manifest: Manifest, paths: list[str]) -> None:
    unknown = manifest.unknown(paths)
    if unknown:
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        raise SettingsError(
            f"The manifest names a video that is not there: {unknown[0]}{more}.",
            "Paths are relative to the folder with the videos.",
        )


def _without_name(planned: Planned, secret: str) -> Planned:
    clip = ClipResult(planned.path, planned.who, "skipped", "")
    athlete = anonymous_id(planned.who.athlete, secret) if planned.who.athlete else None
    shown = anonymous_path(clip, secret)
    return replace(planned, folder=anonymous_folder(clip, secret), shown=shown, athlete=athlete)


def left_out_results(found: tuple[LeftOut, ...]) -> tuple[ClipResult, ...]:
    """Of files that were not analysed on purpose."""
    return tuple(
        ClipResult(one.path, who_by_names(one.path), "skipped", "", code=one.code, reason=one.reason, attempts=0)
        for one in found
    )


def settings_of(settings: Settings, who: Who) -> Settings:
    """Height and mass of the person win over those given for all."""
    given = {"height_m": who.height_m, "mass_kg": who.mass_kg}
    return settings.with_options({name: value for name, value in given.items() if value is not None})


def work_key(identity: str, settings: Settings) -> str:
    """Of content (`VideoFolder.identity`), settings and versions: equal keys mean equal results. How many threads do it
    does not matter, nor what only `live` reads."""
    values: dict[str, Any] = settings.to_mapping()
    values.pop("live", None)
    values["pose"] = {name: value for name, value in values["pose"].items() if name != "threads"}
    return _digest({"input": identity, "settings": values, "software": software(PACKAGES)})


def _digest(values: Mapping[str, Any]) -> str:
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_LETTERS]
