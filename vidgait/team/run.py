"""`batch()`: a folder of videos through an engine, into a folder of results and one page about the team."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, Protocol, Unpack

from vidgait import store
from vidgait.errors import OutputError, SettingsError, StoreError, VidgaitError
from vidgait.pose import BACKENDS
from vidgait.settings import Options, Settings
from vidgait.team.anonymous import anonymised, write_key
from vidgait.team.estimates import Estimate, estimate, thread_count, worker_count
from vidgait.team.ledger import Entry, Ledger, locked, sweep
from vidgait.team.local_engine import run_local
from vidgait.team.manifest import read_manifest
from vidgait.team.plan import Job, Planned, left_out_results, plan, settings_of, work_key
from vidgait.team.results import ClipResult, TeamResult
from vidgait.team.scan import MARKER, LeftOut
from vidgait.team.storage import LocalFolder, VideoFolder, video_folder
from vidgait.team.worker import analyse_file
from vidgait.team.writing import write_team

if TYPE_CHECKING:
    from vidgait.team.worker import Analyse, Done

__all__ = [
    "BATCH_FILE",
    "TIMEOUT_S",
    "RunJobs",
    "Understood",
    "Watcher",
    "batch",
    "batch_mapping",
    "results_place",
    "understand",
]

BATCH_FILE = "batch.json"
RESULTS = "vidgait_batch"
SCHEMA_VERSION = 1
TIMEOUT_S = 3600.0


class Watcher(Protocol):
    """Told how a run goes. `workers` None: as the cluster has room."""

    def looked(self, done: int, total: int) -> None: ...

    def start(self, total: int, already: int, workers: int | None) -> None: ...

    def begun(self, shown: str, progress: Path) -> None: ...

    def ended(self, shown: str, entry: Entry) -> None: ...

    def tick(self) -> None: ...


class RunJobs(Protocol):
    """An engine: jobs as they end, in any order: how, and after how many tries. Leaving early stops the workers."""

    def __call__(
        self,
        jobs: Sequence[Job],
        analyse: Analyse,
        workers: int,
        timeout_s: float | None,
        begun: Callable[[Job], None],
        tick: Callable[[], None],
    ) -> Generator[tuple[Job, Done, int], None, None]: ...


class _Silent:
    def looked(self, done: int, total: int) -> None: ...

    def start(self, total: int, already: int, workers: int | None) -> None: ...

    def begun(self, shown: str, progress: Path) -> None: ...

    def ended(self, shown: str, entry: Entry) -> None: ...

    def tick(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Understood:
    """What a run would do."""

    folder: VideoFolder
    planned: tuple[Planned, ...]
    left_out: tuple[LeftOut, ...]
    shown_left_out: tuple[LeftOut, ...]
    """With the paths that may be read."""
    workers: int
    """At a time, on this machine."""

    def estimate(self, write_video: bool = True) -> Estimate:
        """What it would take of this machine."""
        local = isinstance(self.folder, LocalFolder)
        videos = [(Path(self.folder.place(one.path)) if local else None, one.size_bytes) for one in self.planned]
        return estimate(videos, self.workers, write_video)


def understand(
    folder: str | Path,
    *,
    manifest: str | Path | None = None,
    workers: int | None = None,
    anonymous: bool = False,
    secret: str = "",
) -> Understood:
    """Look, and do nothing: `--dry-run`. `folder` may be a URL. Raises VideoOpenError, VideoFetchError,
    BackendMissingError and SettingsError."""
    videos = video_folder(folder)
    found = videos.scan()
    table = None if manifest is None else read_manifest(Path(manifest))
    planned = plan(found, table, anonymous, secret)
    count = worker_count(_checked_workers(workers), len(planned))
    shown = _without_names(found.left_out, secret) if anonymous else found.left_out
    return Understood(videos, planned, found.left_out, shown, count)


def batch(
    folder: str | Path,
    *,
    out: str | Path | None = None,
    manifest: str | Path | None = None,
    engine: Literal["local", "ray"] = "local",
    address: str | None = None,
    gpu_share: float = 0.0,
    workers: int | None = None,
    timeout_s: float | None = TIMEOUT_S,
    redo: bool = False,
    fail_fast: bool = False,
    anonymous: bool = False,
    secret: str = "",
    names_key: str | Path | None = None,
    settings: Settings | None = None,
    watcher: Watcher | None = None,
    analyse: Analyse = analyse_file,
    **options: Unpack[Options],
) -> TeamResult:
    """Analyse all videos below `folder`, a path or a URL that fsspec knows, into the folder `out` (by default
    `vidgait_batch` in a folder of this machine), and write `batch.json` and the team's page and tables.

    `engine` `local`: worker processes of this machine. `ray`: workers of a Ray cluster at `address`, or of a Ray that
    is started here; all of them must see `out`, and `folder` if it is a path. `gpu_share`: of a GPU, for each of Ray's
    workers. `workers`: at a time; None: what fits.

    What an earlier run into the same folder did of the same work is kept, unless `redo`. A video that fails does not
    stop the others, unless `fail_fast`; it is a clip of the result, with a code and the reason. `anonymous`: ids, made
    with `secret`, instead of names; `names_key` is a file for whose they are, outside of `out`. `analyse` is what does
    one video: a function that can be pickled.

    Raises OutputError where the results cannot be written or another run has the folder, SettingsError for options or
    a manifest that make no sense, VideoOpenError and VideoFetchError without the folder, BackendMissingError without
    Ray or what a URL needs, and EngineError where the cluster cannot be used. With `fail_fast`, a VidgaitError with the
    code of the video that failed.
    """
    chosen = _checked_settings((settings or Settings()).with_options(options), timeout_s)
    run_jobs = _engine(engine, address, gpu_share, workers)
    target = results_place(folder, out)
    if names_key is not None:
        _check_key(Path(names_key), target, anonymous)
    understood = understand(folder, manifest=manifest, workers=workers, anonymous=anonymous, secret=secret)
    if not understood.planned:
        raise OutputError(f"There is no video in {folder}.", "Videos are .mp4, .mov, .avi, .mkv and the like.")
    with locked(target):
        sweep(target)
        # A worker of Ray has two cores of a machine that may have many: one thread for each part of the clip.
        local = engine == "local"
        threads = thread_count(understood.workers) if local else 1
        run = _Run(target, chosen, understood, watcher or _Silent(), anonymous, local, threads)
        try:
            clips = run.everything(run_jobs, analyse, redo, fail_fast, timeout_s)
        finally:
            # The workers are gone, however it ended: what they were at is half made.
            sweep(target)
        skipped = left_out_results(understood.left_out)
        ordered = tuple(sorted((*clips, *skipped), key=lambda clip: clip.path))
        result = TeamResult(ordered, chosen.to_mapping(), anonymous)
        shown = anonymised(result, secret) if anonymous else result
        if names_key is not None:
            write_key(Path(names_key), result, secret)
        write_team(target, shown, secret=secret)
        text = json.dumps(batch_mapping(shown), indent=1, ensure_ascii=False, allow_nan=False)
        store.write_atomically(target / BATCH_FILE, (text + "\n").encode("utf-8", "backslashreplace"))
    return shown


def results_place(folder: str | Path, out: str | Path | None) -> Path:
    """Where the results go. Raises SettingsError where that is the folder of the videos itself, which the next run
    would take for results, or where it is not said and the videos lie behind a URL."""
    if out is not None:
        target = Path(out).absolute()
        if not _is_apart(folder, target):
            raise SettingsError("The results need a folder of their own: the videos lie in this one.")
        return target
    if not isinstance(video_folder(folder), LocalFolder):
        raise SettingsError("Say with --out where the results go: the videos lie behind a URL.")
    return Path(folder).absolute() / RESULTS


def _is_apart(folder: str | Path, out: Path) -> bool:
    return not isinstance(video_folder(folder), LocalFolder) or Path(folder).resolve() != out.resolve()


def _check_key(key: Path, out: Path, anonymous: bool) -> None:
    if not anonymous:
        raise SettingsError("--names-key is for --anonymous: without it the names are in the results.")
    if key.resolve().is_relative_to(out.resolve()):
        raise SettingsError("--names-key must lie outside of the results: who gets them must not get the names.")


def _engine(name: str, address: str | None, gpu_share: float, workers: int | None) -> RunJobs:
    """Raises SettingsError and BackendMissingError."""
    if name == "local":
        if address is not None or gpu_share:
            raise SettingsError("--address and --gpu-share are for --engine ray.")
        return run_local
    if name != "ray":
        raise SettingsError(f"There is no engine '{name}'.", "Known: local, ray.")
    from vidgait.team.ray_engine import ray_engine

    return ray_engine(address, gpu_share, workers)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run, with its lock held."""

    out: Path
    settings: Settings
    understood: Understood
    watcher: Watcher
    anonymous: bool
    local: bool
    threads: int
    """Of the pose network in a worker, unless the settings say."""

    def everything(
        self, run_jobs: RunJobs, analyse: Analyse, redo: bool, fail_fast: bool, timeout_s: float | None
    ) -> list[ClipResult]:
        ledger = Ledger(self.out)
        entries: dict[str, Entry] = {}
        unread: dict[str, Entry] = {}
        jobs: dict[str, tuple[Planned, Job]] = {}
        for number, planned in enumerate(self.understood.planned):
            self.watcher.looked(number, len(self.understood.planned))
            found = self._prepare(planned)
            if isinstance(found, Entry):
                unread[planned.path] = found
            elif (known := None if redo else ledger.find(planned.path, found.key, planned.folder)) is not None:
                entries[planned.path] = known
            else:
                jobs[str(found.out)] = (planned, found)
        self.watcher.start(len(self.understood.planned), len(entries), self.understood.workers if self.local else None)
        for planned in self.understood.planned:
            if planned.path in unread:
                entries[planned.path] = unread[planned.path]
                self._ended(planned, unread[planned.path], fail_fast)
        # Closed at once whatever happens here: the workers end before the half-made results are cleared away.
        with closing(self._work(run_jobs, jobs, analyse, timeout_s)) as work:
            for planned, entry in work:
                ledger.write(planned.path, entry)
                entries[planned.path] = entry
                self._ended(planned, entry, fail_fast)
        return [_clip(self.out, planned, entries[planned.path]) for planned in self.understood.planned]

    def _ended(self, planned: Planned, entry: Entry, fail_fast: bool) -> None:
        self.watcher.ended(planned.shown, entry)
        if fail_fast and entry.state == "failed":
            error = VidgaitError(f"{planned.shown}: {entry.reason}", "Stopped there, because of --fail-fast.")
            error.code = entry.code or error.code
            raise error

    def _work(
        self,
        run_jobs: RunJobs,
        jobs: Mapping[str, tuple[Planned, Job]],
        analyse: Analyse,
        timeout_s: float | None,
    ) -> Generator[tuple[Planned, Entry], None, None]:
        if not jobs:
            return

        def begun(job: Job) -> None:
            self.watcher.begun(jobs[str(job.out)][0].shown, job.progress)

        work = [job for _, job in jobs.values()]
        workers = min(self.understood.workers, len(work))
        with closing(run_jobs(work, analyse, workers, timeout_s, begun, self.watcher.tick)) as ended:
            for job, done, tries in ended:
                planned = jobs[str(job.out)][0]
                yield planned, _entry(job, planned, done, tries)

    def _prepare(self, planned: Planned) -> Job | Entry:
        """The job of a video, or its failure where it cannot even be read."""
        folder = self.understood.folder
        try:
            settings = settings_of(self.settings, planned.who)
            key = work_key(folder.identity(planned.path), settings)
        except VidgaitError as error:
            said = error.message.replace(PurePosixPath(planned.path).name, PurePosixPath(planned.shown).name)
            return Entry("", "failed", planned.folder, error.code, said, error.hint, 1, lasting=False)
        threads = settings.pose.threads or self.threads
        return Job(
            name=PurePosixPath(planned.shown).name,
            place=folder.place(planned.path),
            out=self.out / planned.folder,
            settings=replace(settings, pose=replace(settings.pose, threads=threads)),
            key=key,
            progress=self.out / MARKER / f"{hashlib.sha256(planned.folder.encode()).hexdigest()[:16]}.progress",
            hidden=self.anonymous,
        )


def _entry(job: Job, planned: Planned, done: Done, tries: int) -> Entry:
    state = "done" if done.code is None else "failed"
    return Entry(job.key, state, planned.folder, done.code, done.reason, done.hint, tries, done.lasting)  # type: ignore[arg-type]


def _clip(out: Path, planned: Planned, entry: Entry) -> ClipResult:
    """With what the results on disk say, whichever run made them."""
    clip = ClipResult(
        path=planned.path,
        who=planned.who,
        state=entry.state,
        key=entry.key,
        code=entry.code,
        reason=entry.reason,
        hint=entry.hint,
        # That a worker died on the way to good results is in the log; the results are the same.
        attempts=entry.attempts if entry.state == "failed" else 1,
    )
    if entry.state == "failed":
        return clip
    try:
        analysis = store.load_analysis(out / planned.folder)
    except StoreError as error:
        return replace(clip, state="failed", code=error.code, reason=error.message, hint="Run it again with --redo.")
    segment = store.main_segment(analysis)
    return replace(
        clip,
        folder=planned.folder,
        movement=analysis.movement,
        view=None if segment is None else segment.view,
        duration_s=analysis.video.duration_s,
        frames=len(analysis.clean.time_s),
        reps=analysis.reps,
        measures=analysis.measures,
        issues=analysis.issues,
        provenance=_without_threads(analysis.provenance),
    )


def _without_threads(provenance: Mapping[str, Any]) -> Mapping[str, Any]:
    """How many threads looked depends on the machine and moves no number: the same work says the same everywhere."""
    pose = {name: value for name, value in provenance.get("pose", {}).items() if name != "threads"}
    return {**provenance, "pose": pose}


def batch_mapping(result: TeamResult) -> dict[str, Any]:
    """What `batch.json` holds: counts, codes, and what became of every video."""
    states = Counter(clip.state for clip in result.clips)
    codes = Counter(clip.code for clip in result.failed if clip.code)
    return {
        "schema_version": SCHEMA_VERSION,
        "counts": {state: states[state] for state in ("done", "failed", "skipped")},
        "failure_codes": dict(sorted(codes.items())),
        "clips": [_clip_mapping(clip) for clip in result.clips],
        "settings": result.settings,
    }


def _clip_mapping(clip: ClipResult) -> dict[str, Any]:
    who = clip.who
    return {
        "path": clip.path,
        "state": clip.state,
        "folder": clip.folder,
        "code": clip.code,
        "reason": clip.reason,
        "hint": clip.hint,
        "attempts": clip.attempts,
        "key": clip.key,
        "who": {name: getattr(who, name) for name in who.__slots__},
        "movement": None if clip.movement is None else clip.movement.label,
        "view": clip.view,
        "repetitions": sum(rep.index > 0 for rep in clip.reps),
        "issues": [issue.code for issue in clip.issues],
    }


def _without_names(left_out: tuple[LeftOut, ...], secret: str) -> tuple[LeftOut, ...]:
    clips = anonymised(TeamResult(left_out_results(left_out), {}), secret).clips
    return tuple(LeftOut(clip.path, clip.code or "", clip.reason or "") for clip in clips)


def _checked_workers(workers: int | None) -> int | None:
    if workers is not None and workers < 1:
        raise SettingsError(f"--workers must be at least 1, not {workers}.")
    return workers


def _checked_settings(settings: Settings, timeout_s: float | None) -> Settings:
    from vidgait.movements import MOVEMENTS

    if timeout_s is not None and not timeout_s > 0:
        raise SettingsError("--timeout-s must be more than 0.")
    if settings.movement not in ("auto", *MOVEMENTS):
        raise SettingsError(f"Unknown movement '{settings.movement}'.", f"Known: {', '.join(('auto', *MOVEMENTS))}.")
    if settings.pose.backend not in BACKENDS:
        raise SettingsError(f"There is no pose backend '{settings.pose.backend}'.", f"Known: {', '.join(BACKENDS)}.")
    return settings
