"""Jobs in the workers of a Ray cluster, or of a Ray that is started here. Ray places the workers and tells when one is
lost; each does many videos in turn with its networks loaded.

A job whose worker died, hung or broke off, or whose machine was lost, is tried once more in a worker that has done
nothing yet.
"""

from __future__ import annotations

import os
import secrets
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidgait.errors import BackendMissingError, EngineError, SettingsError
from vidgait.team.estimates import CORES_A_WORKER, MEMORY_A_WORKER_BYTES
from vidgait.team.retrying import RETRIED, TRIES, timed_out, worker_died
from vidgait.team.worker import Done, do_job

if TYPE_CHECKING:
    from vidgait.team.plan import Job
    from vidgait.team.run import RunJobs
    from vidgait.team.worker import Analyse

__all__ = ["RayWorker", "ray_engine"]

POLL_S = 0.5
WORKER_WAIT_S = 600.0
"""A cluster that grows on demand starts machines in minutes; after this without a single worker nobody comes."""


class RayWorker:
    """What runs in each of Ray's worker processes."""

    def __init__(self) -> None:
        from vidgait.pose.runtime import keep_sessions

        keep_sessions()

    def sees(self, token: Path) -> bool:
        """Whether the folder of the results is the same one here."""
        return token.is_file()

    def do(self, job: Job, analyse: Analyse) -> Done:
        """See `worker.do_job`."""
        return do_job(job, analyse)


def ray_engine(address: str | None, gpu_share: float, asked: int | None) -> RunJobs:
    """The engine for `batch`. `address`: of a cluster, `auto` for one that this machine belongs to, None starts Ray
    here. `asked`: workers at a time; None: as many as the cluster's cores allow. Raises SettingsError and
    BackendMissingError."""
    if not 0 <= gpu_share <= 1:
        raise SettingsError(f"--gpu-share must be between 0 and 1, not {gpu_share:g}.")
    _ray()

    def run(
        jobs: Sequence[Job],
        analyse: Analyse,
        workers: int,
        timeout_s: float | None,
        begun: Callable[[Job], None],
        tick: Callable[[], None],
    ) -> Generator[tuple[Job, Done, int], None, None]:
        # `workers` is what fits this machine.
        with _connected(address) as ray, _token(jobs[0].progress.parent) as token:
            count = min(asked or _workers_that_fit(ray, gpu_share), len(jobs))
            with _Crew(ray, count, gpu_share, token) as crew:
                yield from crew.run(jobs, analyse, timeout_s, begun, tick)

    return run


def _ray() -> Any:
    # Set before the import: nothing of a video's owner is sent anywhere.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError:
        raise BackendMissingError("--engine ray needs Ray.", "Install it: pip install 'vidgait[ray]'.") from None
    return ray


@contextmanager
def _connected(address: str | None) -> Iterator[Any]:
    """Ray, connected; one that was connected before stays so."""
    ray = _ray()
    if ray.is_initialized():
        yield ray
        return
    try:
        ray.init(address=address or "local", include_dashboard=False if address is None else None, log_to_driver=False)
    except Exception as error:
        said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise EngineError(
            f"Ray cannot be used{f' at {address}' if address else ''}: {said}", "Check the address and Ray's version."
        ) from None
    try:
        yield ray
    finally:
        ray.shutdown()


@contextmanager
def _token(folder: Path) -> Iterator[Path]:
    """A file beside the results by which a worker knows that it sees the same folder."""
    token = folder / f"{secrets.token_hex(8)}.seen"
    token.touch()
    try:
        yield token
    finally:
        token.unlink(missing_ok=True)


def _workers_that_fit(ray: Any, gpu_share: float) -> int:
    offered = ray.cluster_resources()
    count = int(offered.get("CPU", 0)) // CORES_A_WORKER
    if gpu_share:
        count = min(count, int(offered.get("GPU", 0) / gpu_share))
    return max(1, count)


@dataclass(eq=False)
class _Member:
    """A worker as its supervisor knows it."""

    actor: Any
    fresh: bool = True
    """It has not been given a job yet."""
    job: Job | None = None
    number: int = 0
    since_s: float = field(default_factory=time.monotonic)


class _Crew:
    """Workers of the cluster, replaced where they are lost."""

    def __init__(self, ray: Any, count: int, gpu_share: float, token: Path) -> None:
        self._ray = ray
        self._count = count
        self._token = token
        cores = min(CORES_A_WORKER, max(1, int(ray.cluster_resources().get("CPU", 1))))
        self._make = ray.remote(RayWorker).options(
            num_cpus=cores, num_gpus=gpu_share, memory=_memory(ray), max_restarts=0, max_task_retries=0
        )
        self._waiting: deque[tuple[Job, int]] = deque()
        self._idle: list[_Member] = []
        self._asked: dict[Any, _Member] = {}
        """Members by the answer they owe: to a job, or, those without one, to whether they are there."""
        self._manned_s = time.monotonic()
        """When there was a worker last."""

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for member in [*self._idle, *self._asked.values()]:
            self._dismiss(member)

    def run(
        self,
        jobs: Sequence[Job],
        analyse: Analyse,
        timeout_s: float | None,
        begun: Callable[[Job], None],
        tick: Callable[[], None],
    ) -> Generator[tuple[Job, Done, int], None, None]:
        """See `RunJobs`."""
        self._waiting.extend((job, 1) for job in jobs)
        while self._waiting or any(member.job for member in self._asked.values()):
            self._hand_out(analyse, begun)
            answered, _ = self._ray.wait(list(self._asked), num_returns=1, timeout=POLL_S)
            tick()
            late = [ref for ref, member in self._asked.items() if self._is_late(member, timeout_s)]
            for ref in {*answered, *late}:
                ended = self._answer(ref, timed_out(timeout_s) if ref not in answered else None)
                if ended is not None:
                    yield ended
            if self._idle or any(member.job for member in self._asked.values()):
                self._manned_s = time.monotonic()
            elif time.monotonic() - self._manned_s > WORKER_WAIT_S:
                raise EngineError("The cluster gave no worker.", "Each needs two cores: ask for them, or fewer GPUs.")

    def _hand_out(self, analyse: Analyse, begun: Callable[[Job], None]) -> None:
        """Jobs to those who are idle, and no more workers than there is work for."""
        kept: list[tuple[Job, int]] = []
        while self._waiting and self._idle:
            job, number = self._waiting.popleft()
            member = next((one for one in self._idle if one.fresh or number == 1), None)
            if member is None:
                # The second try is never where something may be broken.
                self._dismiss(self._idle.pop())
                kept.append((job, number))
                continue
            self._idle.remove(member)
            member.job, member.number, member.fresh, member.since_s = job, number, False, time.monotonic()
            begun(job)
            self._asked[member.actor.do.remote(job, analyse)] = member
        self._waiting.extendleft(reversed(kept))
        busy = sum(member.job is not None for member in self._asked.values())
        while len(self._asked) + len(self._idle) < min(self._count, busy + len(self._waiting)):
            member = _Member(self._make.remote())
            self._asked[member.actor.sees.remote(self._token)] = member

    def _is_late(self, member: _Member, timeout_s: float | None) -> bool:
        return member.job is not None and timeout_s is not None and time.monotonic() - member.since_s > timeout_s

    def _answer(self, ref: Any, instead: Done | None) -> tuple[Job, Done, int] | None:
        """What a member has to say; `instead`: it is not listened to any more."""
        member = self._asked.pop(ref)
        job, number = member.job, member.number
        if job is None:
            self._welcome(member, ref)
            return None
        done = instead or self._listen(ref)
        member.job = None
        if done.code in RETRIED:
            self._dismiss(member)
            if number < TRIES:
                self._waiting.append((job, number + 1))
                return None
        else:
            self._idle.append(member)
        return job, done, number

    def _welcome(self, member: _Member, ref: Any) -> None:
        """Raises EngineError for a worker that cannot work."""
        try:
            sees = self._ray.get(ref)
        except self._ray.exceptions.RayActorError as error:
            # Its machine may have been lost while it started: another one is asked for, but not for ever.
            if isinstance(error.__cause__, Exception) or "creation task" in str(error):
                said = str(error).strip().splitlines()[-1]
                raise EngineError(
                    f"A worker could not be started: {said}", "vidgait must be installed there too."
                ) from None
            return
        if not sees:
            raise EngineError(
                f"A worker does not see {self._token.parent.parent}.",
                "Choose with --out a folder on storage that all machines of the cluster share.",
            )
        self._idle.append(member)

    def _listen(self, ref: Any) -> Done:
        try:
            done: Done = self._ray.get(ref)
        except self._ray.exceptions.RayError as error:
            return worker_died(type(error).__name__)
        return done

    def _dismiss(self, member: _Member) -> None:
        with suppress(self._ray.exceptions.RayError, ValueError):
            self._ray.kill(member.actor, no_restart=True)


def _memory(ray: Any) -> int | None:
    """What each is given, where the cluster keeps account of it and has as much."""
    offered = ray.cluster_resources().get("memory", 0)
    return MEMORY_A_WORKER_BYTES if offered > MEMORY_A_WORKER_BYTES else None
