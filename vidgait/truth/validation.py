"""`validate`: analyse clips, hold each against its reference, and write the table. The only place here that reads
videos and writes files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from vidgait import store
from vidgait.errors import OutputError, ReferenceFileError, SettingsError, VideoOpenError, VidgaitError
from vidgait.settings import Options, Settings
from vidgait.truth.accuracy_file import table_of, to_json
from vidgait.truth.accuracy_page import accuracy_page
from vidgait.truth.accuracy_text import accuracy_markdown
from vidgait.truth.alignment import check_overlap, find_offset, shifted
from vidgait.truth.column_map import parse_map
from vidgait.truth.comparison import compare
from vidgait.truth.coordinates import reference_of_table
from vidgait.truth.kept import analysed
from vidgait.truth.markers import reference_of_markers
from vidgait.truth.motion_files import read_csv, read_mot, read_trc
from vidgait.truth.rendered import is_truth_file, read_rendered
from vidgait.truth.results import ClipCheck, Offset, Validation
from vidgait.truth.same_clip import check_same_clip, name_note

if TYPE_CHECKING:
    from vidgait.pipeline import Progress
    from vidgait.truth.column_map import Source
    from vidgait.truth.reference import Reference
    from vidgait.types import Analysis

__all__ = ["OUTPUTS", "analysed", "read_reference", "validate"]

VIDEOS = (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm")
OUTPUTS = ("accuracy.md", "accuracy.json", "accuracy.html")
OWN_TRUTH = "truth.json"
"""What `vidgait simulate` puts into the folder of its analysis."""
SAMPLES = Path("sample_videos")
"""What is validated when nothing is named."""


@dataclass(frozen=True, slots=True)
class _Task:
    """One clip and the file it is held against. `video` may be a folder with a saved analysis."""

    name: str
    video: Path
    truth: Path


class _Numbered:
    """Says which clip of how many is meant."""

    def __init__(self, inner: Progress, place: str) -> None:
        self._inner, self._place = inner, place

    def stage(self, name: str, total: float | None) -> None:
        self._inner.stage(f"{self._place}: {name.lower()}", total)

    def advance(self, done: float) -> None:
        self._inner.advance(done)


def validate(
    target: str | Path | None = None,
    *,
    truth: str | Path | None = None,
    maps: Sequence[str] = (),
    offset_s: float | None = None,
    out: str | Path | None = None,
    html: bool = False,
    overwrite: bool = False,
    analyses: str | Path | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Validation:
    """Analyse clips whose truth is known, and say how far off every number is.

    `target`: a folder of videos with a truth file beside each (`squat.mp4`, `squat.json`); or one video, or a folder
    that `analyze` made, together with `truth`; one that `simulate` made holds its own. Without it `sample_videos` is
    taken.

    `truth`: a truth file (.json), OpenSim coordinates (.mot), markers (.trc) or a table (.csv). `maps` name its columns
    or markers where they are not known by name (`knee_flexion_deg:left=-KneeL[rad]`, `time=Time`). A file of another
    system is brought onto the video's clock by its curves, or by `offset_s`: its time less the video's.

    `out`: folder for `accuracy.md` and `accuracy.json`, and with `html` a page. Nothing is written before all clips are
    done. `analyses`: a folder that keeps one saved analysis per clip; those that are there already are measured again
    from their saved poses, if they are of the same video and made with the same settings. `options` are those of
    `analyze`, and win over both; an analysed folder as `target` is taken as it is.

    Raises ReferenceFileError and AlignmentError for a reference that is of no use, OutputError, and, for a single clip,
    StoreError for a kept analysis of something else and whatever `analyze` raises. In a folder a clip that fails is
    named in `Validation.failed`, unless all of them do.

    >>> result = validate("sample_videos")                            # doctest: +SKIP
    >>> result.clips[0].measures[0].truth                             # doctest: +SKIP
    """
    tasks = list(_tasks(None if target is None else Path(target), None if truth is None else Path(truth)))
    if out is not None:
        _check_out(Path(out), html, overwrite)
    mapped = parse_map(maps)
    chosen = (settings or Settings()).with_options(options)
    keep = None if analyses is None else Path(analyses)
    checks: list[ClipCheck] = []
    failed: dict[str, str] = {}
    made_with: dict[str, Any] = {}
    for number, task in enumerate(tasks, start=1):
        watcher = None if progress is None else _Numbered(progress, f"{number} of {len(tasks)}, {task.name}")
        try:
            reference = read_reference(task.truth, mapped)
            analysis = _analysed(task.video, keep, chosen, watcher, options)
            if truth is not None:
                reference = _with_note(reference, name_note(task.name, analysis, reference))
            checks.append(compare(task.name, analysis, *_aligned(analysis, reference, offset_s)))
            made_with = _made_with(analysis)
        except VidgaitError as error:
            failed[task.name] = str(error)
            if not checks and len(failed) == len(tasks):
                raise
    command = _command(None if target is None else Path(target), truth, out)
    validation = Validation(tuple(checks), {"command": command, **made_with}, failed)
    if out is not None:
        _write(Path(out), validation, html)
    return validation


# --- what is validated ------------------------------------------------------------------------------------------------


def _tasks(target: Path | None, truth: Path | None) -> Iterator[_Task]:
    if target is None:
        if not SAMPLES.is_dir():
            raise SettingsError(
                "Nothing was named to validate.", "Name a folder of clips, or a VIDEO with --truth FILE."
            )
        target = SAMPLES
    if not target.exists():
        if target.suffix.lower() in VIDEOS:
            raise VideoOpenError(f"There is no video {target}.", "Check the path.")
        raise SettingsError(f"There is no folder {target}.", "Check the path.")
    own = target / OWN_TRUTH
    if truth is None and (target / store.ANALYSIS_FILE).is_file():
        if not is_truth_file(own):
            raise SettingsError(f"{target} is an analysis with no {OWN_TRUTH} in it.", "Name one with --truth FILE.")
        yield _Task(target.resolve().name, target, own)
    elif truth is not None:
        if target.is_dir() and not (target / store.ANALYSIS_FILE).is_file():
            raise SettingsError("--truth belongs to one video.", "Name the video, or leave --truth out.")
        yield _Task(target.stem, target, truth)
    elif target.is_dir():
        yield from _of_folder(target)
    else:
        beside = target.with_suffix(".json")
        if not is_truth_file(beside):
            raise SettingsError(f"{target.name} has no truth file beside it.", "Name one with --truth FILE.")
        yield _Task(target.stem, target, beside)


def _of_folder(folder: Path) -> Iterator[_Task]:
    videos = sorted(path for path in folder.iterdir() if path.suffix.lower() in VIDEOS)
    tasks = [_Task(path.stem, path, path.with_suffix(".json")) for path in videos]
    known = [task for task in tasks if is_truth_file(task.truth)]
    if not known:
        raise SettingsError(
            f"{folder} holds no video with a truth file beside it.",
            "Put NAME.json (as sample_videos/README.md describes) beside NAME.mp4, or use VIDEO --truth FILE.",
        )
    yield from known


def read_reference(path: Path, mapped: Mapping[str, Source]) -> Reference:
    """The reference in a file, by its ending. Raises ReferenceFileError."""
    if not path.is_file():
        raise ReferenceFileError(f"There is no file {path}.", "Check the path given with --truth.")
    ending = path.suffix.lower()
    if ending == ".json":
        return read_rendered(path)
    if ending == ".trc":
        return reference_of_markers(read_trc(path), mapped)
    if ending in (".mot", ".sto"):
        return reference_of_table(read_mot(path), mapped, "OpenSim coordinates")
    if ending in (".csv", ".tsv", ".txt"):
        return reference_of_table(read_csv(path), mapped, "table of angles")
    raise ReferenceFileError(f"{path.name} is of no known kind.", "Known: .json (truth), .mot, .sto, .trc, .csv.")


def _with_note(reference: Reference, note: str | None) -> Reference:
    return reference if note is None else replace(reference, notes=(*reference.notes, note))


def _aligned(analysis: Analysis, reference: Reference, stated_s: float | None) -> tuple[Reference, Offset | None]:
    """The reference on the video's clock, and how it got there."""
    if reference.on_video_clock and stated_s is None:
        check_same_clip(analysis, reference)
        return reference, None
    offset = find_offset(analysis, reference) if stated_s is None else Offset(stated_s, None)
    moved = shifted(reference, offset.seconds)
    check_overlap(analysis, moved)
    return moved, offset


def _analysed(
    video: Path, keep: Path | None, settings: Settings, progress: Progress | None, options: Options
) -> Analysis:
    if (video / store.ANALYSIS_FILE).is_file():
        return store.load_analysis(video)
    return analysed(video, keep, settings, progress, **options)


def _made_with(analysis: Analysis) -> dict[str, Any]:
    packages, pose = (analysis.provenance.get(name) or {} for name in ("packages", "pose"))
    return {
        "vidgait": packages.get("vidgait"),
        "onnxruntime": packages.get("onnxruntime"),
        "backend": pose.get("backend"),
        "weights": dict(pose.get("weights") or {}),
    }


def _command(target: Path | None, truth: str | Path | None, out: str | Path | None) -> str:
    """What to type to do the same again. Absolute paths are nobody's business and shrink to their names."""
    words = ["vidgait", "validate", _shown(target or SAMPLES)]
    words += [] if truth is None else ["--truth", _shown(Path(truth))]
    words += [] if out is None else ["--out", _shown(Path(out))]
    return " ".join(words)


def _shown(path: Path) -> str:
    return path.name if path.is_absolute() else path.as_posix()


# --- what is written --------------------------------------------------------------------------------------------------


def _check_out(out: Path, html: bool, overwrite: bool) -> None:
    """Fail before the long work rather than after it."""
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out} is a file, not a folder.", "Choose another place with --out.")
    taken = [name for name in _names(html) if (out / name).exists()]
    if taken and not overwrite:
        raise OutputError(f"{out / taken[0]} exists already.", "Use --overwrite to replace it, or another --out.")


def _names(html: bool) -> Sequence[str]:
    return OUTPUTS if html else OUTPUTS[:2]


def _write(out: Path, validation: Validation, html: bool) -> None:
    """Everything is made before the first file is written, and each file appears whole."""
    table = table_of(validation)
    texts = {"accuracy.md": accuracy_markdown(table, validation), "accuracy.json": to_json(table)}
    if html:
        texts["accuracy.html"] = accuracy_page(table, validation)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out} cannot be made: {error.strerror}.", "Choose another place with --out.") from None
    for name, text in texts.items():
        store.write_atomically(out / name, text.encode("utf-8"))
