"""Many machines: the workers of a Dask or a Ray cluster."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from wann.core.checks import require

WAIT = 10.0  # seconds for a scheduler to answer


@dataclass(frozen=True)
class Machines:
    """Where the workers are."""

    backend: Literal["local", "dask", "ray"] = "local"
    """Workers on this machine, or those of a Dask or Ray cluster, then all of them."""
    address: str | None = None
    """That of the cluster: tcp://HOST:8786 for Dask, HOST:6379 for Ray."""

    def __post_init__(self) -> None:
        """Check both.

        Raises:
            ValueError: If they do not go together, or a package is missing.
        """
        if self.backend == "local" and self.address is not None:
            raise ValueError("--address: expected --backend dask or --backend ray with it")
        if self.backend == "dask":
            if self.address is None:
                raise ValueError(
                    "--backend dask: expected the scheduler's --address, such as "
                    "tcp://localhost:8786"
                )
            require("dask", "--backend dask", "distributed")
        if self.backend == "ray":
            require("ray", "--backend ray", "ray")


LOCAL = Machines()


class DaskCluster:
    """The workers of a Dask cluster, which gives the work of one that dies to another.

    joblib's back end for Dask is not used: it waits for ever for work that cannot be done, as
    where a worker has no wann, and works on this machine while the cluster has one core.

    Attributes:
        worthwhile: Seconds that a job should take at least, for what it costs to hand it over.
    """

    worthwhile = 0.5

    def __init__(self, address: str) -> None:
        """Connect to a scheduler.

        Raises:
            ConnectionError: If none answers, or it has no workers.
        """
        from distributed import Client

        try:
            self._client = Client(address, timeout=WAIT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ConnectionError(
                f"--address: no Dask scheduler answers at {address} ({error})"
            ) from None
        self.count = sum(self._client.ncores().values())
        if not self.count:
            self._client.close()
            raise ConnectionError(
                f"--address: the scheduler at {address} has no workers yet: dask worker {address}"
            )

    def __enter__(self) -> DaskCluster:
        """Do nothing: the workers are there."""
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the cluster, which goes on."""
        self._client.close()

    def run(
        self, function: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Any]]:
        """Call a function for each job's arguments; yields the number of each and its result.

        Raises:
            Exception: What the function raises, or Dask where workers die of it.
        """
        from distributed import as_completed

        submit = self._client.submit
        futures = {submit(function, *job, pure=False): i for i, job in enumerate(jobs)}
        try:
            for future, result in as_completed(futures, loop=self._client.loop, with_results=True):
                yield futures[future], result
        finally:
            self._client.cancel(list(futures))


class RayCluster:
    """The workers of a Ray cluster, which gives the work of one that dies to another.

    Attributes:
        worthwhile: Seconds that a job should take at least, for what it costs to hand it over.
    """

    worthwhile = 0.5

    def __init__(self, address: str | None) -> None:
        """Connect to a cluster, or start one on this machine where there is no address.

        Raises:
            ConnectionError: If it does not answer.
        """
        import ray

        try:
            ray.init(
                address=address,
                log_to_driver=False,
                logging_level=logging.ERROR,
                include_dashboard=False if address is None else None,
                ignore_reinit_error=True,
            )
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise ConnectionError(
                f"--address: no Ray cluster answers at {address} ({error})"
            ) from None
        self.count = int(ray.cluster_resources()["CPU"])

    def __enter__(self) -> RayCluster:
        """Do nothing: the workers are there."""
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the cluster, which goes on unless it was started here."""
        import ray

        ray.shutdown()

    def run(
        self, function: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Any]]:
        """Call a function for each job's arguments; yields the number of each and its result.

        Raises:
            Exception: What the function raises, or Ray where workers die of it.
        """
        import ray

        task = ray.remote(function)
        left = {task.remote(*job): i for i, job in enumerate(jobs)}
        try:
            while left:
                (done,), _ = ray.wait(list(left), num_returns=1)
                yield left.pop(done), ray.get(done)
        except ray.exceptions.RayTaskError as error:
            raise error.cause from None
        finally:
            for reference in left:
                ray.cancel(reference)
