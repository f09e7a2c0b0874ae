"""Workers on this machine: threads for compiled tasks, processes for those stepped in Python."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as OutOfTime
from concurrent.futures import as_completed, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, suppress
from multiprocessing.pool import ThreadPool
from typing import Any

import psutil
from threadpoolctl import threadpool_limits

from wann.envs.failure import Failure

# One thread each: two BLAS threads on a busy core are many times slower than one.
ENVIRONMENT = {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA")
}
IDLE = 300  # seconds without work after which a process ends
GRACE = 1.0  # seconds for jobs under way when the time is up
TRIES = 3  # times in a row that processes may die with nothing done in between


class WorkersDied(Failure):
    """Processes died again and again, with nothing done in between."""


class Threads:
    """A number of threads."""

    def __init__(self, count: int) -> None:
        """Choose a number of threads."""
        self.count = count
        self._pool: ThreadPool | None = None
        self._begun = ExitStack()

    def __enter__(self) -> Threads:
        """Start them, with one BLAS thread each; one alone is that of who calls."""
        self._begun.enter_context(threadpool_limits(1))
        if self.count > 1:
            self._pool = self._begun.enter_context(ThreadPool(self.count))
        return self

    def __exit__(self, *error: Any) -> None:
        """Stop them; none is waited for."""
        self._begun.close()
        self._pool = None

    def run(
        self, function: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Any]]:
        """Call a function for each job's arguments; yields the number of each and its result.

        Raises:
            Exception: What the function raises.
        """
        if self._pool is None:
            yield from enumerate([function(*job) for job in jobs])
        else:
            yield from enumerate(self._pool.starmap(function, jobs, chunksize=1))


class Processes:
    """A number of processes, by loky, kept for the next search in this program.

    A process that dies is replaced and its work done again. loky also replaces one that has grown
    by 300 MB, so that a task that leaks memory does not fill it.

    Attributes:
        worthwhile: Seconds that a job should take at least, for what it costs to hand it over.
        until: When to give up, by `time.monotonic`; jobs under way are killed then.
    """

    worthwhile = 0.1

    def __init__(self, count: int) -> None:
        """Choose a number of processes; they start with the first work."""
        self.count = count
        self.until = math.inf
        # loky starts another program right after it forks, so JAX's threads are in no danger.
        warnings.filterwarnings("ignore", r"os\.fork\(\) was called", RuntimeWarning)
        # That a process was replaced because it leaks is no news to the user.
        warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)

    def __enter__(self) -> Processes:
        """Do nothing: they start when there is work."""
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the processes waiting for more, for `IDLE` seconds."""

    def run(
        self, function: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Any]]:
        """Call a function for each job's arguments.

        Yields:
            The number of each job and its result, as they are done.

        Raises:
            Exception: What the function raises.
            TimeoutError: If the time is up.
            WorkersDied: If processes die again and again.
        """
        from joblib.externals.loky import get_reusable_executor

        left, deaths = set(range(len(jobs))), 0
        while left:
            executor = get_reusable_executor(
                self.count, timeout=IDLE, initializer=begin, env=ENVIRONMENT
            )
            try:
                futures = {executor.submit(function, *jobs[i]): i for i in sorted(left)}
                left_over = self.until - time.monotonic() if self.until < math.inf else None
                for future in as_completed(futures, left_over):
                    result = future.result()
                    left.remove(futures[future])
                    deaths = 0
                    yield futures[future], result
            except BrokenProcessPool as error:
                deaths += 1
                if deaths == TRIES:
                    raise WorkersDied(
                        f"worker processes died {TRIES} times in a row: killed for want of memory, "
                        "or by a crash in the task"
                    ) from error
            except OutOfTime:
                # New processes would take seconds to start: jobs about to end may do so.
                for future in futures:
                    future.cancel()
                if wait(futures, GRACE).not_done:
                    _kill(executor)
                raise TimeoutError("the time is up") from None
            except BaseException:
                _kill(executor)
                raise


def _kill(executor: Any) -> None:
    """Kill the processes; loky's own kill_workers stumbles over jobs that wait, and their
    traceback shows."""
    for process in list(executor._processes):
        with suppress(psutil.NoSuchProcess):
            psutil.Process(process).kill()
    executor.shutdown()


def begin() -> None:
    """Make a process a good worker: it leaves Ctrl-C to the main process, keeps what tasks print
    off the terminal, and does not outlive the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)
