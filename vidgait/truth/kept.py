"""Analyses that are kept between validations, so that a change of a measure costs seconds. A folder is trusted for what
is in it, never for its name: it must be of this very video and of these very settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from vidgait import store
from vidgait.errors import StoreError
from vidgait.pipeline import analyze, report
from vidgait.provenance import input_hash
from vidgait.settings import Options, Settings

if TYPE_CHECKING:
    from vidgait.pipeline import Progress
    from vidgait.types import Analysis

__all__ = ["analysed"]

_NUMBERS_STAY = ("output", "pose.device", "pose.threads")
"""Settings that move no number."""


def analysed(
    video: Path,
    keep: Path | None,
    settings: Settings,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Analysis:
    """The analysis of a video, taken from `keep`/NAME where it was kept before. Kept ones are measured again by the
    present program with `options` laid over what they were kept with; only the joints are old. `settings` include
    `options`.

    Raises StoreError where what was kept is of another video or was made with other settings, and whatever `analyze`
    and `report` raise."""
    if keep is None:
        return analyze(video, settings=settings, progress=progress)
    folder = keep / video.stem
    if folder.is_dir():
        _check(folder, video, settings, options)
        return report(folder, progress=progress, **options)
    undrawn = settings.merged({"output": {"video": False}})
    return analyze(video, out=folder, settings=undrawn, progress=progress)


def _check(folder: Path, video: Path, settings: Settings, options: Options) -> None:
    saved = store.load_analysis(folder)
    hint = "Remove it, or name another folder with --analyses."
    if saved.provenance.get("input_sha256") != input_hash(video):
        raise StoreError(f"{folder.name} among the kept analyses is that of another video.", hint)
    before = Settings.from_mapping(saved.settings).with_options(options)
    other = sorted(_differing(before.to_mapping(), settings.to_mapping()))
    if other:
        raise StoreError(f"{folder.name} was kept with other settings: {', '.join(other)}.", hint)


def _differing(first: Mapping[str, Any], second: Mapping[str, Any], inside: str = "") -> Iterator[str]:
    """Names of the settings in which two sets of them differ, but for those that move no number."""
    for name, value in first.items():
        path = f"{inside}{name}"
        if path in _NUMBERS_STAY:
            continue
        if isinstance(value, Mapping):
            yield from _differing(value, second[name], f"{path}.")
        elif value != second[name]:
            yield path
