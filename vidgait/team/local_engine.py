"""Jobs in worker processes of this machine. The pool is pebble's: a worker that dies or hangs costs its own job only.

A job whose worker died, hung or broke off is tried once more, in a fresh process.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, TimeoutError, wait
from typing import TYPE_CHECKING

from pebble import ProcessExpired, ProcessPool

from vidgait.team.retrying import RETRIED, TRIES, timed_out, worker_died
from vidgait.team.worker import Done, do_job, start_worker

if TYPE_CHECKING:
    from vidgait.team.plan import Job
    from vidgait.team.worker import Analyse

__all__ = ["run_local"]

POLL_S = 0.5


def run_local(
    jobs: Sequence[Job],
    analyse: Analyse,
    workers: int,
    timeout_s: float | None,
    begun: Callable[[Job], None],
    tick: Callable[[], None],
) -> Generator[tuple[Job, Done, int], None, None]:
    """Jobs as they end, in any order: how, and after how many tries. `begun` is told when one is handed to a worker,
    `tick` is called twice a second. Leaving the iterator early stops the workers."""
    waiting = deque((job, 1) for job in jobs)
    running: dict[Future[Done], tuple[Job, int]] = {}
    context = multiprocessing.get_context("spawn")
    pool = ProcessPool(workers, context=context, initializer=start_worker, initargs=[os.getpid()])
    # A process of this one does a single job: the second try is never in a process that something broke in.
    fresh = ProcessPool(workers, 1, context=context, initializer=start_worker, initargs=[os.getpid()])
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                job, number = waiting.popleft()
                begun(job)
                chosen = pool if number == 1 else fresh
                running[chosen.schedule(do_job, args=[job, analyse], timeout=timeout_s)] = (job, number)
            ended, _ = wait(running, timeout=POLL_S, return_when=FIRST_COMPLETED)
            tick()
            for future in ended:
                job, number = running.pop(future)
                done = _outcome(future, timeout_s)
                if done.code in RETRIED and number < TRIES:
                    # Behind all others: what killed a worker once may be what everybody is short of just now.
                    waiting.append((job, number + 1))
                else:
                    yield job, done, number
    finally:
        for one in (pool, fresh):
            one.stop()  # type: ignore[no-untyped-call]
            one.join()


def _outcome(future: Future[Done], timeout_s: float | None) -> Done:
    try:
        return future.result()
    except TimeoutError:
        return timed_out(timeout_s)
    except ProcessExpired as error:
        return worker_died(str(error.exitcode))
