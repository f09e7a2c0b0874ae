"""The workers of a Ray cluster."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from wann.envs.failure import summary
from wann.evaluation import cluster
from wann.evaluation.cluster import (
    ClusterLost,
    Machines,
    Patience,
    check_versions,
    version_teller,
)

ANSWER = 10.0  # seconds for a cluster to be reached


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
            _check_port(address)
            ray.init(
                address=address,
                log_to_driver=False,
                logging_level=logging.ERROR,
                include_dashboard=False if address is None else None,
                ignore_reinit_error=True,
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise ConnectionError(
                f"--address: no Ray cluster answers at {address} ({error})"
            ) from None
        try:
            self._head = ray.get_runtime_context().gcs_address
            self.count = self._workers()
            check_versions(self._versions())
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
                task = remote(num_cpus=0, scheduling_strategy=there)(version_teller())
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

        patience = Patience(self._name, self._timeout)
        remote: Any = ray.remote
        task = remote(function)
        left: dict[Any, int] = {}
        try:
            left |= {task.remote(*job): i for i, job in enumerate(jobs)}
            while left:
                done, _ = ray.wait(list(left), num_returns=1, timeout=cluster.STEP)
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
            socket.create_connection((host, int(port)), timeout=cluster.WAIT).close()
        except OSError:
            raise ClusterLost(f"{self._name} is gone") from None


def _check_port(address: str | None) -> None:
    """See that somebody listens at HOST:PORT: Ray itself tries for two minutes.

    Raises:
        OSError: If nobody does.
    """
    host, _, port = (address or "").rpartition(":")
    if host and "/" not in host and port.isdecimal() and int(port) < 2**16:
        socket.create_connection((host, int(port)), timeout=ANSWER).close()
