"""Many machines: the workers of a Dask or a Ray cluster."""

from __future__ import annotations

import logging
import socket
import sys
import time
from asyncio import CancelledError as AsyncCancelledError
from asyncio import TimeoutError as FutureTimeout
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from wann.core.checks import require
from wann.envs.failure import Failure, summary

WAIT = 10.0  # seconds for a scheduler to answer
STEP = 5.0  # seconds without a result after which the cluster is looked at


@dataclass(frozen=True)
class Machines:
    """Where the workers are."""

    backend: Literal["local", "dask", "ray"] = "local"
    """Workers on this machine, or those of a Dask or Ray cluster, then all of them."""
    address: str | None = None
    """That of the cluster: tcp://HOST:8786 for Dask, HOST:6379 for Ray."""
    cluster_timeout: float = 60.0
    """Seconds to wait for workers where the cluster has none left."""

    def __post_init__(self) -> None:
        """Check both.

        Raises:
            ValueError: If they do not go together, or a package is missing.
        """
        if not self.cluster_timeout > 0:
            raise ValueError(
                f"--cluster-timeout: expected seconds above 0, got {self.cluster_timeout}"
            )
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


class ClusterLost(Failure):
    """The scheduler of a cluster, or all of its workers, are gone."""


def _version() -> Callable[[], str | None]:
    """What tells the version of wann on a worker. It travels as code: there may be no wann."""

    def version() -> str | None:
        try:
            import wann

            return wann.__version__
        except ImportError:
            return None

    return version


def _check_versions(found: dict[str, Any]) -> None:
    """See that all workers have this version of wann, or rewards might differ.

    Args:
        found: The version of each worker, by its name; None where there is no wann.

    Raises:
        ConnectionError: If one has another, or none.
    """
    import wann

    for name, version in sorted(found.items()):
        if version != wann.__version__:
            what = f"wann {version}" if isinstance(version, str) else "no wann"
            raise ConnectionError(
                f"--address: the worker {name} has {what}: expected {wann.__version__} as here"
            )


class _Patience:
    """Waits for workers to come back, with a line now and then."""

    def __init__(self, where: str, timeout: float) -> None:
        """Wait for those of a cluster, so many seconds."""
        self._where, self._timeout = where, timeout
        self._since: float | None = None

    def see(self, workers: int) -> None:
        """Take note of how many there are.

        Raises:
            ClusterLost: If there were none for too long.
        """
        if workers:
            self._since = None
            return
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        waited = now - self._since
        if waited >= self._timeout:
            raise ClusterLost(f"{self._where} had no workers for {self._timeout:g} s")
        print(
            f"wann: {self._where} has no workers left; waiting for some, {waited:.0f} of "
            f"{self._timeout:g} s",
            file=sys.stderr,
        )


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
        # What it logs of a scheduler that is gone, with tracebacks, is told in a line.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            self._client = Client(address, timeout=WAIT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ConnectionError(
                f"--address: no Dask scheduler answers at {address} ({error})"
            ) from None
        try:
            self.count = sum(self._client.ncores().values())
            if not self.count:
                raise ConnectionError(
                    f"--address: the scheduler at {address} has no workers yet: dask worker "
                    f"{address}"
                )
            _check_versions(self._client.run(_version(), on_error="return"))
        except BaseException:
            self._client.close()
            raise

    def __enter__(self) -> DaskCluster:
        """Do nothing: the workers are there."""
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the cluster, which goes on."""
        with suppress(TimeoutError, FutureTimeout):  # one that is gone does not answer
            self._client.close(WAIT if self._client.status == "running" else 1.0)

    def run(
        self, function: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Any]]:
        """Call a function for each job's arguments; yields the number of each and its result.

        Raises:
            Exception: What the function raises.
            ClusterLost: If the scheduler is gone, or all workers for too long, or they die of it.
        """
        from distributed.scheduler import KilledWorker

        patience = _Patience(self._name, self._timeout)
        left: dict[Any, int] = {}
        try:
            for i, job in enumerate(jobs):
                left[self._client.submit(function, *job, pure=False)] = i
            while left:
                for future in self._done(list(left), patience):
                    yield left.pop(future), future.result()
        except KilledWorker as error:
            raise ClusterLost(f"workers of {self._name} died again and again ({error})") from None
        finally:
            if self._client.status == "running":
                self._client.cancel(list(left))

    def _done(self, futures: list[Any], patience: _Patience) -> list[Any]:
        """Those that are done after some seconds, or sooner.

        Raises:
            ClusterLost: If the scheduler is gone, or all workers for too long.
        """
        from concurrent.futures import CancelledError

        from distributed import wait

        lost = ClusterLost(f"{self._name} is gone")
        try:
            with self._client.as_current():
                done = list(wait(futures, timeout=STEP, return_when="FIRST_COMPLETED").done)
        except (TimeoutError, FutureTimeout):
            done = []
        except (CancelledError, AsyncCancelledError):
            raise lost from None
        if not done:
            if self._client.status != "running":
                raise lost
            try:
                patience.see(sum(self._client.ncores().values()))
            except (OSError, AttributeError, TypeError):  # it went just now
                raise lost from None
        if any(future.status in ("cancelled", "lost") for future in done):
            raise lost
        return done


class RayCluster:
    """The workers of a Ray cluster, which gives the work of one that dies to another.

    Attributes:
        worthwhile: Seconds that a job should take at least, for what it costs to hand it over.
    """

    worthwhile = 0.5

    def __init__(self, address: str | None, timeout: float = Machines.cluster_timeout) -> None:
        """Connect to a cluster, or start one on this machine where there is no address.

        Args:
            address: The cluster's.
            timeout: Seconds to wait for workers where all are lost.

        Raises:
            ConnectionError: If it does not answer, or a node has another version of wann.
        """
        import ray

        self._name, self._timeout = f"the Ray cluster at {address or 'this machine'}", timeout
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
        try:
            self._head = ray.get_runtime_context().gcs_address
            self.count = self._workers()
            _check_versions(self._versions())
        except BaseException:
            ray.shutdown()
            raise

    def _versions(self) -> dict[str, Any]:
        """The version of wann on each node, by its address."""
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        asked = {}
        remote: Any = ray.remote
        for node in ray.nodes():
            if node["Alive"]:
                there = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
                task = remote(num_cpus=0, scheduling_strategy=there)(_version())
                asked[node["NodeManagerAddress"]] = task.remote()
        return dict(zip(asked, ray.get(list(asked.values())), strict=True))

    def _workers(self) -> int:
        import ray

        return int(ray.cluster_resources().get("CPU", 0))

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
            Exception: What the function raises.
            ClusterLost: If the head is gone, or all workers for too long, or they die of it.
        """
        import ray

        patience = _Patience(self._name, self._timeout)
        remote: Any = ray.remote
        task = remote(function)
        left: dict[Any, int] = {}
        try:
            left |= {task.remote(*job): i for i, job in enumerate(jobs)}
            while left:
                done, _ = ray.wait(list(left), num_returns=1, timeout=STEP)
                if not done:
                    self._check_head()
                    patience.see(self._workers())
                for one in done:
                    yield left.pop(one), ray.get(one)
        except ray.exceptions.RayTaskError as error:
            raise error.cause from None
        except ray.exceptions.RayError as error:
            raise ClusterLost(f"{self._name} is gone ({summary(error):.200})") from None
        finally:
            with suppress(ray.exceptions.RayError):
                for reference in left:
                    ray.cancel(reference)

    def _check_head(self) -> None:
        """See that the head is there; without it Ray ends this process by itself after a while.

        Raises:
            ClusterLost: If it is gone.
        """
        host, _, port = self._head.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=WAIT).close()
        except OSError:
            raise ClusterLost(f"{self._name} is gone") from None
