"""The workers of a Ray cluster."""

from __future__ import annotations

import atexit
import logging
import os
import queue
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from wann.core.text import tell
from wann.envs.failure import summary
from wann.evaluation import cluster
from wann.evaluation.cluster import (
    ClusterLost,
    Machines,
    Patience,
    check_versions,
    version_teller,
)

ANSWER = 10.0  # seconds for somebody to listen at an address
START = 120.0  # seconds for a cluster to take this process in, or for one to start here
TOKEN = "; where it was begun with a token, RAY_AUTH_MODE=token has to be set here too"
Answer = TypeVar("Answer")


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
        self._ends_with: int | None = None  # the exit code where Ray cannot be left in order
        self._calls: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        # One thread, as what a thread has started is ended with it.
        threading.Thread(target=self._answer, daemon=True).start()
        atexit.register(self._leave)  # before what Ray has to do, to come after it
        # Of a node that dies Ray prints the last log, unless it is told before it is imported.
        os.environ.setdefault("RAY_DEDUP_LOGS_SKIP_REGEX", ".*")
        import ray

        address = address or os.environ.get("RAY_ADDRESS")
        self._name, self._timeout = f"the Ray cluster at {address or 'this machine'}", timeout
        try:
            _check_port(address)
            init = partial(
                ray.init,
                address=address or "local",  # not the last one of this machine, which may be gone
                log_to_driver=False,
                logging_level=logging.ERROR,
                include_dashboard=None if address else False,
                ignore_reinit_error=True,
            )
            began = time.monotonic()
            self._ask(init, lambda: self._check_start(time.monotonic() - began))
        except (OSError, ValueError, RuntimeError) as error:
            hint = "" if "RAY_AUTH_MODE" in os.environ else TOKEN
            raise ConnectionError(
                f"--address: no Ray cluster answers at {address or 'this machine'} ({error}){hint}"
            ) from None
        try:
            self._head = ray.get_runtime_context().gcs_address
            self.count = self._ask(self._workers)
            check_versions(self._ask(self._versions))
        except BaseException:
            self.__exit__()
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

        with suppress(ClusterLost):
            if self._ends_with is None:
                self._ask(ray.shutdown)
        self._calls.put(None)
        if self._ends_with is not None:
            atexit.unregister(ray.shutdown)
        else:
            atexit.unregister(self._leave)

    def _leave(self) -> None:
        """End the program where Ray would wait for ever, or crash."""
        if self._ends_with is not None:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(self._ends_with)

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
            left |= self._ask(lambda: {task.remote(*job): i for i, job in enumerate(jobs)})
            while left:
                wait = partial(ray.wait, list(left), num_returns=1, timeout=cluster.STEP)
                done, _ = self._ask(wait)
                if not done:
                    self._check_head()
                    patience.see(self._ask(self._workers))
                for one in done:
                    result = self._ask(partial(ray.get, one))
                    yield left.pop(one), result
        except ray.exceptions.RayTaskError as error:
            raise error.cause from None
        except ray.exceptions.RayError as error:
            raise ClusterLost(f"{self._name} is gone ({summary(error):.200})") from None
        finally:
            if self._ends_with is None:
                with suppress(ray.exceptions.RayError, ClusterLost):
                    self._ask(lambda: [ray.cancel(reference) for reference in left])

    def _ask(self, call: Callable[[], Answer], check: Callable[[], object] | None = None) -> Answer:
        """What Ray answers: without a head it waits, then ends the program by itself.

        Args:
            call: What asks it.
            check: Called now and then while there is no answer; by default that of the head.

        Raises:
            ClusterLost: If the head is gone.
        """
        answers: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put((call(), None))
            except BaseException as error:
                answers.put((None, error))

        self._calls.put(ask)
        while True:
            try:
                answer, error = answers.get(timeout=cluster.STEP)
            except queue.Empty:
                (check or self._check_head)()
                continue
            if error is not None:
                raise error
            return answer

    def _answer(self) -> None:
        """Call what is asked for."""
        while (call := self._calls.get()) is not None:
            call()

    def _check_start(self, waited: float) -> None:
        """Say that Ray does not answer yet.

        Raises:
            TimeoutError: If it did not for too long.
        """
        if waited >= START:
            self._ends_with = 2
            raise TimeoutError(f"no answer in {START:g} s")
        tell(f"waiting for {self._name}, {waited:.0f} of {START:g} s")

    def _check_head(self) -> None:
        """See that the head is there.

        Raises:
            ClusterLost: If it is gone.
        """
        host, _, port = self._head.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=cluster.WAIT).close()
        except OSError:
            self._ends_with = 1
            raise ClusterLost(f"{self._name} is gone") from None


def _check_port(address: str | None) -> None:
    """See that somebody listens at HOST:PORT: Ray itself tries for two minutes.

    Raises:
        OSError: If nobody does.
    """
    host, _, port = (address or "").rpartition(":")
    if host and "/" not in host and port.isdecimal() and int(port) < 2**16:
        socket.create_connection((host, int(port)), timeout=ANSWER).close()
