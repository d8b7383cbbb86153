"""Two clips in, one session out: analysed as always, each into its own folder, and joined on a page of their own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Unpack

from vidgait.errors import PairError, SettingsError, VidgaitError
from vidgait.outputs.folder import KEY_FRAMES, check_target, result_folder
from vidgait.outputs.session_page import SESSION_PAGE, render_session
from vidgait.pipeline import analyze
from vidgait.provenance import input_hash
from vidgait.session.files import SESSION_FILE, session_json
from vidgait.session.legs import pair_legs
from vidgait.session.views import join_views
from vidgait.settings import Settings
from vidgait.store import load_analysis, write_atomically
from vidgait.types import Analysis

if TYPE_CHECKING:
    from vidgait.pipeline import Progress
    from vidgait.settings import Options
    from vidgait.types import Session

__all__ = ["PairKind", "join", "pair", "pair_folder", "pair_of"]

PairKind = Literal["left-right", "views"]
"""`left-right`: a clip of each leg. `views`: the same set from the front (or behind) and from the side."""
KINDS = ("left-right", "views")
CLIPS = "clips"


@dataclass(frozen=True, slots=True)
class _Source:
    """One of the two: a video, a folder with its results, or an analysis."""

    given: Path | Analysis
    name: str
    """Of its folder"""

    @property
    def video(self) -> Path | None:
        return self.given if isinstance(self.given, Path) and not self.given.is_dir() else None

    @property
    def folder(self) -> Path | None:
        return self.given if isinstance(self.given, Path) and self.given.is_dir() else None


def join(first: Analysis, second: Analysis, kind: PairKind = "left-right") -> Session:
    """Two analyses as one session. Raises PairError where they do not belong together as `kind` says."""
    if kind not in KINDS:
        raise SettingsError(f"Unknown kind of pair '{kind}'.", f"Known: {', '.join(KINDS)}.")
    return pair_legs(first, second) if kind == "left-right" else join_views(first, second)


def pair(
    first: str | Path | Analysis,
    second: str | Path | Analysis,
    kind: PairKind = "left-right",
    *,
    out: str | Path | None = None,
    settings: Settings | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Session:
    """Analyse two videos and join them, or join what was analysed before.

    `first` and `second` are videos, folders that `analyze` made, or analyses; which of them is the left leg, or the
    front view, is read from what they show. `settings` and `options` are those of `analyze`, for videos. With `out`,
    each video gets its own folder in it, as always, and the session one more: `session.json` and `session.html`.

    Raises PairError where the two do not belong together, and what `analyze` raises, the clip's name before the
    message; then `out` is as it was before.

    >>> session = pair("left.mp4", "right.mp4", out="results")    # doctest: +SKIP
    >>> session.comparisons[0].difference.value                   # doctest: +SKIP
    """
    if kind not in KINDS:
        raise SettingsError(f"Unknown kind of pair '{kind}'.", f"Known: {', '.join(KINDS)}.")
    sources = _sources(first, second)
    chosen = (settings or Settings()).with_options(options)
    if out is None:
        one, other = (_analysis(source, None, chosen, progress) for source in sources)
        return join(one, other, kind)
    root = Path(out)
    targets = [root / source.name for source in sources]
    for source, target in zip(sources, targets, strict=True):
        if source.video is not None:
            check_target(target, overwrite, source.video)
    with result_folder(root / _session_name(sources), overwrite) as fresh:
        made = [fresh / CLIPS / source.name for source in sources]
        one, other = (_analysis(source, folder, chosen, progress) for source, folder in zip(sources, made, strict=True))
        session = join(one, other, kind)
        swapped = session.analyses[0] is other
        places = [
            _place(source, target, made_at) for source, target, made_at in zip(sources, targets, made, strict=True)
        ]
        _write(fresh, session, places[::-1] if swapped else places, root)
        for source, target, folder in zip(sources, targets, made, strict=True):
            if source.video is not None:
                _move(folder, target, overwrite, source.video)
        shutil.rmtree(fresh / CLIPS, ignore_errors=True)
    return session


def pair_of(
    clips: Sequence[Path],
    kind: str,
    *,
    out: Path,
    settings: Settings,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Session:
    """`pair` for what was typed: raises SettingsError for more or fewer than two clips, and PairError for a clip that
    is not there."""
    if len(clips) != 2:
        raise SettingsError(f"--pair joins two clips, not {len(clips)}.", "Give two videos, or two result folders.")
    if kind not in KINDS:
        raise SettingsError(f"Unknown kind of pair '{kind}'.", f"Known: {', '.join(KINDS)}.")
    named: PairKind = "views" if kind == "views" else "left-right"
    return pair(clips[0], clips[1], named, out=out, settings=settings, overwrite=overwrite, progress=progress)


def pair_folder(clips: Sequence[Path], out: Path) -> Path:
    """Where `pair` puts the session of two clips."""
    return out / _session_name(_sources(clips[0], clips[1]))


def _session_name(sources: tuple[_Source, _Source]) -> str:
    return f"{sources[0].name}-and-{sources[1].name}"


def _sources(first: str | Path | Analysis, second: str | Path | Analysis) -> tuple[_Source, _Source]:
    """Raises PairError for the same file twice, before any work."""
    given = [one if isinstance(one, Analysis) else Path(one) for one in (first, second)]
    files = [one for one in given if isinstance(one, Path) and one.is_file()]
    if len(files) == 2 and input_hash(files[0]) == input_hash(files[1]):
        raise PairError("Both clips are the same recording.", "Give two different clips.")
    names = [Path(one.video.path).stem if isinstance(one, Analysis) else _folder_name(one) for one in given]
    if names[0].casefold() == names[1].casefold():
        names = [f"{names[0]}-1", f"{names[1]}-2"]
    return _Source(given[0], names[0]), _Source(given[1], names[1])


def _folder_name(path: Path) -> str:
    return path.resolve().name if path.is_dir() else path.stem


def _analysis(source: _Source, folder: Path | None, settings: Settings, progress: Progress | None) -> Analysis:
    if isinstance(source.given, Analysis):
        return source.given
    try:
        if source.folder is not None:
            return load_analysis(source.folder)
        return analyze(source.given, out=folder, settings=settings, progress=progress)
    except VidgaitError as error:
        raise type(error)(f"{source.given.name}: {error.message}", error.hint) from error


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a clip's results will lie, and where its pictures lie now."""

    folder: Path | None
    pictures: Path | None


def _place(source: _Source, target: Path, made: Path) -> _Place:
    if source.video is not None:
        return _Place(target, made / KEY_FRAMES)
    if source.folder is not None:
        return _Place(source.folder, source.folder / KEY_FRAMES)
    return _Place(None, None)


def _write(fresh: Path, session: Session, places: Sequence[_Place], root: Path) -> None:
    inside = root / "session"  # every folder of a session lies one level below the root
    links = [None if place.folder is None else _seen_from(inside, place.folder) for place in places]
    pictures = [{} if place.pictures is None else _pictures(place.pictures) for place in places]
    write_atomically(fresh / SESSION_FILE, session_json(session, links))
    write_atomically(fresh / SESSION_PAGE, render_session(session, pictures, links).encode())


def _seen_from(folder: Path, other: Path) -> str | None:
    """A relative path with forward slashes, or None between drives."""
    try:
        return Path(os.path.relpath(other, folder)).as_posix()
    except ValueError:
        return None


def _pictures(folder: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.jpg"))}


def _move(made: Path, target: Path, overwrite: bool, video: Path) -> None:
    with result_folder(target, overwrite, video) as fresh:
        for item in made.iterdir():
            item.rename(fresh / item.name)
