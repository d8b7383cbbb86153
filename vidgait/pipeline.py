"""From a video to an analysis and its files: the only place that knows the order of the stages.

Two passes over the clip. The first decodes and infers, overlapped, and keeps only arrays. Everything is computed from
those. The second decodes again, draws the *cleaned* result and encodes, overlapped, joined to the first by
presentation time. So the video and the report show the same numbers, and all of it can be made again from the saved
arrays without inference (`report`).
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import os
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Unpack

import numpy as np

from vidgait import store
from vidgait.concurrency import Ahead, Behind
from vidgait.errors import (
    BackendMissingError,
    NoPersonError,
    SettingsError,
    StoreError,
    TooShortError,
    VideoOpenError,
    VidgaitError,
)
from vidgait.first_pass import look, parts_of
from vidgait.interpretation import Seen, interpret
from vidgait.outputs.folder import ANNOTATED, KEY_FRAMES, result_folder
from vidgait.pose import create_estimator
from vidgait.provenance import input_hash, provenance, provenance_now
from vidgait.settings import Options, OutputSettings, Settings
from vidgait.types import Analysis, ClipPoses, FloatArray, Issue, PlanarFrame, Skeleton, VideoInfo
from vidgait.video import Reel, VideoWriter, open_video, output_size

if TYPE_CHECKING:
    from vidgait.first_pass import Sighting
    from vidgait.outputs.keyframes import KeyFrame
    from vidgait.outputs.overlay import OverlayPainter

__all__ = ["Outcome", "Progress", "analyze", "analyze_all", "check_length", "measure_poses", "report"]

LATER = ("vidgait.measures", "vidgait.outputs.overlay", "vidgait.outputs.report", "vidgait.outputs.tables")
"""What is only needed after pass one. Loading it takes a second, so a thread does that while the first pictures are
decoded; the functions below import it where they use it."""

MIN_FRAMES = 5
MIN_DURATION_S = 0.4
"""Less than this holds no movement, whatever the frame rate."""


class Progress(Protocol):
    """Told how far the work is. `total` is in the same unit as `done`, or None when nobody knows."""

    def stage(self, name: str, total: float | None) -> None: ...

    def advance(self, done: float) -> None: ...


class _Silent:
    def stage(self, name: str, total: float | None) -> None:
        pass

    def advance(self, done: float) -> None:
        pass


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of one video of several."""

    video: Path
    folder: Path
    analysis: Analysis | None
    error: VidgaitError | None


def analyze(
    video: str | Path,
    *,
    out: str | Path | None = None,
    settings: Settings | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Analysis:
    """Analyse one video.

    `out` is the folder for the annotated video, the report and the tables; without it nothing is written.
    `options` are those of the command line (`movement="squat"`, `height_m=1.8`, ...), laid over `settings`.

    Raises a VidgaitError that says what is wrong and what to do; then `out` is as it was before.

    >>> result = analyze("squat.mp4", height_m=1.80)             # doctest: +SKIP
    >>> result.find("knee_flexion_bottom", side="left").value    # doctest: +SKIP
    """
    chosen = _checked((settings or Settings()).with_options(options))
    path, watcher = Path(video), progress or _Silent()
    if out is None:
        return interpret(_see(path, chosen, watcher, draw=False), chosen)
    with result_folder(Path(out), overwrite, path) as folder:
        seen = _see(path, chosen, watcher, draw=chosen.output.video)
        watcher.stage("Measuring", None)
        return _write_all(folder, interpret(seen, chosen), path, watcher, seen.reels)


def analyze_all(
    videos: Sequence[str | Path],
    out: str | Path,
    *,
    settings: Settings | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Iterator[Outcome]:
    """Analyse several videos, each into a folder of its own under `out`; a bad one does not stop the rest."""
    paths = [Path(video) for video in videos]
    for path, folder in zip(paths, _folders(paths, Path(out)), strict=True):
        try:
            analysis = analyze(path, out=folder, settings=settings, overwrite=overwrite, progress=progress, **options)
            yield Outcome(path, folder, analysis, None)
        except VidgaitError as error:
            yield Outcome(path, folder, None, error)


def report(
    folder: str | Path,
    *,
    video: str | Path | None = None,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Analysis:
    """Make everything in `folder` again from its saved arrays, without inference.

    `options` change how the saved poses are read (movement, person, mirrored, exclude_reps, height_m, ...). The
    annotated video and the key frames are drawn again when `video` is given; otherwise they are kept if nothing they
    show has changed, and left out if it has.

    Raises SettingsError for what only inference could change, StoreError where `folder` holds no analysis or `video`
    is another one.
    """
    target, watcher = Path(folder), progress or _Silent()
    saved = store.load_analysis(target)
    before = Settings.from_mapping(saved.settings)
    chosen = _checked(before.with_options(_drawn_again(options) if video is not None else options))
    if chosen.video != replace(before.video, mirrored=chosen.video.mirrored) or chosen.pose != before.pose:
        raise SettingsError(
            "A report is made from the saved poses, so the part of the clip and the pose network are fixed.",
            "Run 'vidgait analyze' again to change them.",
        )
    from vidgait.evidence import mirrored
    from vidgait.tracking import mirror_poses

    path = _same_video(saved, video)
    flipped = chosen.video.mirrored != before.video.mirrored
    poses = mirror_poses(saved.poses) if flipped else saved.poses
    # Sound is dropped and cut while drawing, which says so again.
    kept = ("video_",) if path is not None else ("video_", "audio_")
    decoding = tuple(issue for issue in saved.issues if issue.code.startswith(kept))
    evidence = tuple(mirrored(one) for one in saved.evidence) if flipped else saved.evidence
    known = {saved.athlete: evidence}
    seen = Seen(saved.video, poses, decoding, provenance_now(saved.provenance), evidence=known)
    with result_folder(target, overwrite=True, video=path) as fresh:
        watcher.stage("Measuring", None)
        analysis = interpret(seen, chosen)
        if path is not None:
            return _write_all(fresh, analysis, path, watcher)
        return _keep_pictures(fresh, target, saved, analysis)


def measure_poses(
    info: VideoInfo,
    poses: ClipPoses,
    made_with: Mapping[str, Any],
    settings: Settings,
    *,
    out: Path | None = None,
    overwrite: bool = False,
) -> Analysis:
    """All that follows pass one, for joints that did not come from it; there are no pictures. Raises as `analyze`."""
    chosen, seen = _checked(settings), Seen(info, poses, (), made_with)
    if out is None:
        return interpret(seen, chosen)
    with result_folder(out, overwrite) as folder:
        analysis = interpret(seen, chosen)
        _write_files(folder, analysis, {}, None)
    return analysis


def _drawn_again(options: Options) -> Options:
    """Who gives the video wants it drawn, even if the first run was told not to."""
    return {"write_video": True, **options}


# --- pass one -------------------------------------------------------------------------------------------------------


def _see(path: Path, settings: Settings, progress: Progress, draw: bool) -> Seen:
    """Decode and infer. `draw`: pass two will want the pictures too."""
    threading.Thread(target=_load_later, name="vidgait-load", daemon=True).start()
    with ExitStack() as stack:
        reader = stack.enter_context(open_video(path, settings.video))
        estimator = stack.enter_context(create_estimator(settings.pose, parts_of(reader)))
        progress.stage("Finding joints", reader.expected_frames)
        keep_px = output_size(reader.info, settings.output) if draw else None
        sightings, reels, issues = look(reader, estimator, keep_px, progress.advance)
        poses = _gather(sightings, estimator.skeleton, reader.info.size_px)
        crops = tuple(crop for sighting in sightings for crop in sighting.crops)
        return Seen(reader.info, poses, issues, provenance(path, estimator.describe()), reels, crops)


def _load_later() -> None:
    for name in LATER:
        importlib.import_module(name)


def _gather(sightings: Sequence[Sighting], skeleton: Skeleton, size_px: tuple[int, int]) -> ClipPoses:
    clock = np.array([(one.time_s, one.media_time_s) for one in sightings], dtype=np.float64).reshape(-1, 2)
    check_length(clock[:, 0])
    people = [one.people for one in sightings]
    counts = [len(one.xy_px) for one in people]
    if not sum(counts):
        raise NoPersonError(
            "Nobody was found in this video.",
            "The whole body must be in the picture, a few metres from the camera, with enough light.",
        )
    worlds = [one.xyz_m for one in people]
    known = [world for world in worlds if world is not None]
    return ClipPoses(
        time_s=clock[:, 0],
        media_time_s=clock[:, 1],
        frame=np.repeat(np.arange(len(people)), counts),
        xy_px=np.concatenate([one.xy_px for one in people]),
        score=np.concatenate([one.score for one in people]),
        xyz_m=np.concatenate(known) if len(known) == len(worlds) else None,
        skeleton=skeleton,
        size_px=size_px,
    )


def check_length(time_s: FloatArray) -> None:
    """Raises TooShortError for frame times (T,) that cannot hold a movement."""
    span_s = float(time_s[-1] - time_s[0]) if len(time_s) else 0.0
    if len(time_s) < MIN_FRAMES or span_s < MIN_DURATION_S:
        pictures = "1 picture" if len(time_s) == 1 else f"{len(time_s)} pictures over {span_s:.2f} s"
        raise TooShortError(
            f"There {'is' if len(time_s) == 1 else 'are'} only {pictures}: too short to measure a movement.",
            "Film at least one whole repetition.",
        )


# --- pass two and the files -----------------------------------------------------------------------------------------


def _write_all(
    folder: Path, analysis: Analysis, video: Path, progress: Progress, reels: Sequence[Reel] = ()
) -> Analysis:
    """Draw, then write; returns the analysis with what drawing had to say. Tables and arrays, which
    drawing cannot change, are written meanwhile: the encoder leaves half a core free."""
    with ThreadPoolExecutor(1, thread_name_prefix="vidgait-arrays") as beside:
        arrays = beside.submit(_write_arrays, folder, analysis)
        drawn, pictures = _draw(folder, analysis, video, progress, reels)
        arrays.result()
    _write_pages(folder, drawn, pictures, ANNOTATED if analysis.settings["output"]["video"] else None)
    return drawn


def _draw(
    folder: Path, analysis: Analysis, video: Path, progress: Progress, reels: Sequence[Reel]
) -> tuple[Analysis, dict[str, bytes]]:
    """Decode, draw and encode, overlapped. Returns the analysis with the encoder's issues, and the key frames."""
    from vidgait.outputs.keyframes import plan_key_frames
    from vidgait.outputs.overlay import OverlayPainter

    settings = Settings.from_mapping(analysis.settings)
    size_px = output_size(analysis.video, settings.output)
    painter = OverlayPainter(analysis, size_px)
    waiting = list(plan_key_frames(analysis))
    pictures: dict[str, bytes] = {}
    with ExitStack() as stack:
        if reels:
            source: Iterator[PlanarFrame] = itertools.chain.from_iterable(reel.play() for reel in reels)
        else:
            source = stack.enter_context(open_video(video, settings.video)).planar_frames(size_px)
        frames = stack.enter_context(Ahead(source))
        progress.stage("Drawing", len(analysis.clean.time_s))
        if not settings.output.video:
            for count, frame in enumerate(frames, start=1):
                _take_key_frames(frame, waiting, painter, pictures)
                progress.advance(count)
                if not waiting:
                    break
            return analysis, pictures
        audio = video if settings.output.audio else None
        with VideoWriter(folder / ANNOTATED, size_px, audio_from=audio, video=settings.video) as writer:
            with Behind(writer.write) as encoder:
                for count, frame in enumerate(frames, start=1):
                    _take_key_frames(frame, waiting, painter, pictures)
                    painter.paint(frame)
                    encoder.put(frame)
                    progress.advance(count)
            said = writer.close()
    return replace(analysis, issues=(*analysis.issues, *said)), pictures


def _take_key_frames(
    frame: PlanarFrame, waiting: list[KeyFrame], painter: OverlayPainter, pictures: dict[str, bytes]
) -> None:
    """Key frames are planned at the times of analysed frames, and frames come in order of time."""
    for key in [key for key in waiting if key.time_s <= frame.time_s + 1e-6]:
        waiting.remove(key)
        pictures[key.name] = painter.key_frame(frame, key)


def _write_files(folder: Path, analysis: Analysis, pictures: Mapping[str, bytes], video_name: str | None) -> None:
    _write_arrays(folder, analysis)
    _write_pages(folder, analysis, pictures, video_name)


def _write_arrays(folder: Path, analysis: Analysis) -> None:
    from vidgait.outputs import tables

    tables.write_measures_csv(folder / "measures.csv", analysis)
    tables.write_frames_csv(folder / "frames.csv", analysis)
    tables.write_frames_parquet(folder / "frames.parquet", analysis)
    store.save_arrays(folder, analysis)


def _write_pages(folder: Path, analysis: Analysis, pictures: Mapping[str, bytes], video_name: str | None) -> None:
    from vidgait.outputs.report import write_report

    (folder / KEY_FRAMES).mkdir()
    for name, picture in pictures.items():
        (folder / KEY_FRAMES / f"{name}.jpg").write_bytes(picture)
    store.save_results(folder, analysis)
    write_report(folder / "report.html", analysis, pictures, video_name)
    if _drawing(analysis).pdf:
        from vidgait.outputs.pdf import write_pdf

        write_pdf(folder / "report.pdf", analysis, pictures)


def _keep_pictures(fresh: Path, old: Path, saved: Analysis, analysis: Analysis) -> Analysis:
    """Without the video nothing can be drawn: pictures stay if they still show the truth."""
    pictures = {path.stem: path.read_bytes() for path in sorted((old / KEY_FRAMES).glob("*.jpg"))}
    video_name = ANNOTATED if (old / ANNOTATED).exists() else None
    if not _shows_the_same(saved, analysis) and (pictures or video_name):
        message = (
            "The annotated video and the key frames showed other numbers than these and were removed. To draw them "
            f"again: vidgait report {old} --video {Path(saved.video.path).name}"
        )
        note = Issue("pictures_left_out", "warning", message)
        pictures, video_name, analysis = {}, None, replace(analysis, issues=(*analysis.issues, note))
    if video_name:
        shutil.copy2(old / video_name, fresh / video_name)
    _write_files(fresh, analysis, pictures, video_name)
    return analysis


def _shows_the_same(saved: Analysis, analysis: Analysis) -> bool:
    """Whether what was drawn of `saved` is also right for `analysis`: points, numbers and how they are drawn."""
    return (
        replace(_drawing(saved), pdf=False) == replace(_drawing(analysis), pdf=False)
        and (saved.reps, saved.measures, saved.segments) == (analysis.reps, analysis.measures, analysis.segments)
        and saved.movement.label == analysis.movement.label
        and np.array_equal(saved.clean.xy_px, analysis.clean.xy_px, equal_nan=True)
    )


# --- small things ---------------------------------------------------------------------------------------------------


def _drawing(analysis: Analysis) -> OutputSettings:
    """What it was drawn with; what an older version did not know has its default."""
    return Settings.from_mapping(analysis.settings).output


def _checked(settings: Settings) -> Settings:
    """A wrong name is said before the long work, not after it."""
    if settings.movement != "auto":
        from vidgait.movements import MOVEMENTS

        if settings.movement not in MOVEMENTS:
            known = ", ".join(("auto", *MOVEMENTS))
            raise SettingsError(f"Unknown movement '{settings.movement}'.", f"Known: {known}.")
    if settings.output.pdf and importlib.util.find_spec("reportlab") is None:
        raise BackendMissingError("The PDF needs the package reportlab, which is missing.", "pip install reportlab")
    return settings


def _same_video(saved: Analysis, video: str | Path | None) -> Path | None:
    if video is None:
        return None
    path = Path(video)
    if not path.is_file():
        raise VideoOpenError(f"There is no video {path}.", "Check the path given with --video.")
    if input_hash(path) != saved.provenance.get("input_sha256"):
        raise StoreError(
            f"{path.name} is not the video this analysis was made from.", "Give the original with --video."
        )
    return path


def _folders(paths: Sequence[Path], out: Path) -> list[Path]:
    """`out/<stem>`, with six digits of the content's hash where two inputs share a stem."""
    stems = [path.stem.casefold() for path in paths]
    folders: list[Path] = []
    for path, stem in zip(paths, stems, strict=True):
        shared = stems.count(stem) > 1 and os.access(path, os.R_OK) and path.is_file()
        name = f"{path.stem}-{input_hash(path)[:6]}" if shared else path.stem
        copies = sum(folder.name.startswith(name) for folder in folders) if shared else 0
        folders.append(out / (f"{name}-{copies + 1}" if copies else name))
    return folders
