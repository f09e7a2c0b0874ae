"""The workers of a Dask cluster."""

from __future__ import annotations

import logging
import re
from asyncio import CancelledError as AsyncCancelledError
from asyncio import TimeoutError as FutureTimeout
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from wann.evaluation import cluster
from wann.evaluation.cluster import (
    ClusterLost,
    Machines,
    Patience,
    check_versions,
    version_teller,
)

LOGGERS = re.compile(r"distributed(\.|$)")  # Dask's loggers, and no other package's


class DaskCluster:
    """The workers of a Dask cluster, which gives the work of one that dies to another.

    joblib's back end for Dask is not used: it waits for ever for work that cannot be done, as
    where a worker has no wann, and works on this machine while the cluster has one core.

    Attributes:
        worthwhile: Seconds that a job should take at least, for what it costs to hand it over.
    """

    worthwhile = 0.5

    def __init__(self, address: str, timeout: float = Machines.cluster_timeout) -> None:
        """Connect to a scheduler; wait so many seconds for workers where all are lost.

        Raises:
            ConnectionError: If none answers, it has no workers, or one has another version of wann.
        """
        from distributed import Client

        self._name, self._timeout = f"the Dask scheduler at {address}", timeout
        # What it logs of a scheduler that is gone, with tracebacks, is told in a line. Its modules'
        # loggers have levels of their own.
        for name in [name for name in logging.root.manager.loggerDict if LOGGERS.match(name)]:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            self._client = Client(address, timeout=cluster.WAIT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ConnectionError(
                f"--address: no Dask scheduler answers at {address} ({error})"
            ) from None
        try:
            self.count, versions = self._workers()
            if not self.count:
                raise ConnectionError(
                    f"--address: {self._name} has no workers yet: dask worker {address}"
                )
            check_versions(versions)
        except BaseException:
            self.__exit__()
            raise

    def _workers(self) -> tuple[int, dict[str, Any]]:
        """How many there are, and the version of wann of each."""
        try:
            count = sum(self._client.ncores().values())
            versions = self._client.run(version_teller(), on_error="return")
        except OSError as error:
            raise ConnectionError(f"--address: {self._name} is gone ({error})") from None
        return count, versions

    def __enter__(self) -> DaskCluster:
        """Do nothing: the workers are there."""
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the cluster, which goes on."""
        with suppress(TimeoutError, FutureTimeout):  # one that is gone does not answer
            self._client.close(cluster.WAIT if self._client.status == "running" else 1.0)

    def run(
        self, function: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Any]]:
        """Call a function for each job's arguments; yields the number of each and its result.

        Raises:
            Exception: What the function raises.
            ClusterLost: If the scheduler is gone, or all workers for too long, or they die of it.
        """
        from concurrent.futures import CancelledError

        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker

        patience = Patience(self._name, self._timeout)
        left: dict[Any, int] = {}
        try:
            if self._client.status == "closed":  # it gave up on the scheduler
                raise CommClosedError
            for i, job in enumerate(jobs):
                left[self._client.submit(function, *job, pure=False)] = i
            while left:
                for future in self._done(list(left), patience):
                    yield left.pop(future), future.result()
        except KilledWorker as error:
            raise ClusterLost(f"workers of {self._name} died again and again ({error})") from None
        # It may go at any time: while work is sent, waited for, or fetched although it is done.
        except (OSError, CancelledError, AsyncCancelledError) as error:
            of_dask = not isinstance(error, OSError) or isinstance(error, CommClosedError)
            if not of_dask and self._client.status == "running":
                raise  # it is the function's own
            raise ClusterLost(f"{self._name} is gone") from None
        finally:
            if self._client.status == "running":
                with suppress(CommClosedError):
                    self._client.cancel(list(left))

    def _done(self, futures: list[Any], patience: Patience) -> list[Any]:
        """Those that are done after some seconds, or sooner.

        Raises:
            CommClosedError: If the scheduler is gone.
            ClusterLost: If all workers are gone for too long.
        """
        from distributed import wait
        from distributed.comm import CommClosedError

        try:
            with self._client.as_current():
                return list(wait(futures, timeout=cluster.STEP, return_when="FIRST_COMPLETED").done)
        except (TimeoutError, FutureTimeout):
            if self._client.status != "running":
                raise CommClosedError from None
        try:
            patience.see(sum(self._client.ncores().values()))
        except (OSError, AttributeError, TypeError):  # it went just now
            raise CommClosedError from None
        return []
