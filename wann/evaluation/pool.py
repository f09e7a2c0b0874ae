"""Evaluation: population x shared weights x rollouts -> rewards, on a pool of workers."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from wann.core import checks
from wann.core.network import Network
from wann.evaluation.cluster import LOCAL, Machines
from wann.evaluation.engine.envpool import EnvPoolEvaluator
from wann.evaluation.evaluator import Cases, Evaluator
from wann.evaluation.gym import GymEvaluator
from wann.evaluation.workers import Processes, Threads

if TYPE_CHECKING:  # a search on this machine starts sooner without asyncio
    from wann.evaluation.dask_cluster import DaskCluster
    from wann.evaluation.ray_cluster import RayCluster

Result = TypeVar("Result")


class OutOfTime(Exception):
    """The time is up before all is evaluated.

    Attributes:
        result: What is known so far, float64[P, W, R], NaN elsewhere.
    """

    def __init__(self, result: np.ndarray) -> None:
        """What is known so far."""
        super().__init__("the time is up")
        self.result = result


class Pool:
    """Workers that evaluate networks.

    Compiled tasks and EnvPool's are evaluated by threads, as they run outside Python's lock;
    Gymnasium environments by processes; and all, if asked to, by the workers of a cluster. The
    rewards do not depend on the workers. Use it as a context manager.

    Attributes:
        evaluator: What the networks are tried on.
        pace: Seconds that a worker needed for one rollout when it last had work.
        until: When to give up, by `time.monotonic`; threads end what they have begun, and nothing
            begins afterwards.
        rollouts: How many were evaluated so far.
        samples: Examples that networks saw, or steps of their episodes if none ended early, so far.
        multiply_adds: Those that the samples took: one for each connection.
        cpu_elsewhere: CPU seconds that workers outside this process took so far.
        watch: Called with the share of the work that is done, from 0 to 1.
    """

    def __init__(self, evaluator: Evaluator, workers: int = -1, machines: Machines = LOCAL) -> None:
        """Make a pool of a number of workers, -1 for one a core.

        Raises:
            ValueError: If the number of workers is neither positive nor -1.
            ConnectionError: If a cluster does not answer.
        """
        checks.check_workers(workers)
        self.evaluator = evaluator
        count = cores() if workers == -1 else workers
        self._crew: Threads | Processes | DaskCluster | RayCluster
        if machines.backend == "dask":
            from wann.evaluation.dask_cluster import DaskCluster

            assert machines.address is not None
            self._crew = DaskCluster(machines.address, machines.cluster_timeout)
        elif machines.backend == "ray":
            from wann.evaluation.ray_cluster import RayCluster

            self._crew = RayCluster(machines.address, machines.cluster_timeout)
        elif getattr(evaluator, "processes", False) or (
            isinstance(evaluator, GymEvaluator) and not (count == 1 and evaluator.is_own)
        ):
            self._crew = Processes(count)
        else:
            self._crew = Threads(count)
        self.pace = 0.0
        self.until = math.inf
        self.rollouts = self.samples = self.multiply_adds = 0
        self.cpu_elsewhere = 0.0
        self.watch: Callable[[float], object] = lambda share: None

    @property
    def workers(self) -> int:
        """The number of workers."""
        return self._crew.count

    def __enter__(self) -> Pool:
        """Start the workers."""
        self._crew.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        """Stop the workers."""
        self._crew.__exit__(*error)

    def rewards(self, networks: Sequence[Network], weights: np.ndarray, cases: Cases) -> np.ndarray:
        """What selection goes by, for all networks, weights and cases, float64[P, W, R]."""
        return self._evaluate("rewards", networks, weights, cases)

    def scores(self, networks: Sequence[Network], weights: np.ndarray, cases: Cases) -> np.ndarray:
        """What champions are judged by, for all networks, weights and cases, float64[P, W, R]."""
        return self._evaluate("scores", networks, weights, cases)

    def map(self, function: Callable[..., Result], jobs: Sequence[tuple[Any, ...]]) -> list[Result]:
        """What a function returns for each job's arguments, in their order.

        The function and the arguments go to processes or other machines where the workers are.

        Raises:
            OutOfTime: If the time of processes is up before.
        """
        if not isinstance(self._crew, Processes):
            found = dict(self._run(function, jobs))
            return [found[i] for i in range(len(jobs))]
        self._crew.until = self.until
        try:
            if time.monotonic() > self.until:  # processes need not start for that
                raise TimeoutError
            found = dict(self._run(function, jobs))
        except TimeoutError:
            raise OutOfTime(np.empty((0, 0, 0))) from None
        return [found[i] for i in range(len(jobs))]

    def _run(
        self, function: Callable[..., Result], jobs: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Result]]:
        """As the crew does; and count the time of other processes."""
        if isinstance(self._crew, Threads):
            yield from self._crew.run(function, jobs)
            return
        for job, (result, seconds) in self._crew.run(timed, [(function, *job) for job in jobs]):
            self.cpu_elsewhere += seconds
            yield job, result

    def _evaluate(
        self,
        what: str,
        networks: Sequence[Network],
        weights: np.ndarray,
        cases: Cases,
    ) -> np.ndarray:
        result = np.full((len(networks), len(weights), len(cases)), np.nan)
        if time.monotonic() > self.until:
            raise OutOfTime(result)
        parts = self.split(len(networks), len(weights), len(cases))
        jobs = [
            (
                self.evaluator,
                what,
                [networks[i] for i in members],
                weights[some],
                self._of_weights(cases[part], some),
            )
            for members, some, part in parts
        ]
        total, done = 0.0, 0
        timed = isinstance(self._crew, Processes)  # they see to it themselves
        if isinstance(self._crew, Processes):
            self._crew.until = self.until
        try:
            for job, (rewards, seconds) in self._run(evaluate, jobs):
                members, some, part = parts[job]
                tried = [networks[i] for i in members]
                self._count(what, tried, rewards.shape[1], cases[part])
                result[members.start : members.stop : members.step, some, part] = rewards
                total += seconds
                self.rollouts += rewards.size
                done += rewards.size
                self.watch(done / result.size)
                if done < result.size and time.monotonic() > self.until and not timed:
                    raise OutOfTime(result)
        except TimeoutError:
            raise OutOfTime(result) from None
        if result.size:
            self.pace = total / result.size
        return result

    def _count(self, what: str, networks: Sequence[Network], weights: int, cases: Cases) -> None:
        """Count what an evaluation took; of cases that nothing else is known of, one each."""
        counted = getattr(self.evaluator, "samples", None)
        each = weights * (len(cases) if counted is None else counted(what, cases))
        self.samples += each * len(networks)
        self.multiply_adds += each * sum(network.complexity for network in networks)

    @property
    def _stepped(self) -> bool:
        """Whether cases are episodes of an environment."""
        return isinstance(self.evaluator, GymEvaluator | EnvPoolEvaluator)

    def _of_weights(self, cases: Cases, some: slice) -> Cases:
        """The cases of some weights, where each has its own episodes, [R, W]; a compiled task's
        cases are states, [R, S], the same for all weights."""
        own = self._stepped and isinstance(cases, np.ndarray) and cases.ndim == 2
        return cases[:, some] if own else cases

    def split(self, networks: int, weights: int, rollouts: int) -> list[tuple[range, slice, slice]]:
        """What to do at a time: every n-th network, or a part of the rollouts where the networks
        are few and, in environments, of the weights where the rollouts are, too. There are some
        jobs for each worker, so that slow networks even out; the more, the longer the work takes,
        but for threads, which need no more. Lanes that go in step are the faster the more they are,
        unless they draw images.

        Returns:
            For each job the indices of its networks, and the slices of its weights and rollouts.
        """
        threads = isinstance(self._crew, Threads)
        each = 8
        if isinstance(self.evaluator, EnvPoolEvaluator):
            each = 2 if self.evaluator.task.observe else 1
        count = 1 if threads and self.workers == 1 else each * self.workers
        if self.pace and not isinstance(self._crew, Threads):
            seconds = self.pace * networks * weights * rollouts
            count = int(np.clip(seconds / self._crew.worthwhile, self.workers, 32 * self.workers))
            if self.until < math.inf:  # what is under way when the time is up, is lost
                count = max(count, int(min(seconds, networks)))
        if networks >= count:
            return [(range(i, networks, count), slice(None), slice(None)) for i in range(count)]
        most = self.workers if threads else -(-count // max(networks, 1))
        parts = _slices(rollouts, most)
        jobs = max(networks * len(parts), 1)
        some = _slices(weights, -(-self.workers // jobs) if self._stepped else 1)
        return [(range(i, i + 1), w, part) for i in range(networks) for w in some for part in parts]


def _slices(size: int, most: int) -> list[slice]:
    """That many slices of about the same length, or as many as there are places."""
    bounds = np.linspace(0, size, min(most, size) + 1).astype(int)
    return [slice(low, high) for low, high in pairwise(bounds)]


def evaluate(
    evaluator: Evaluator, what: str, networks: Sequence[Network], weights: np.ndarray, cases: Cases
) -> tuple[np.ndarray, float]:
    """A worker's job: the rewards or scores of P networks, float64[P, W, R], and its seconds."""
    started = time.monotonic()
    if isinstance(evaluator, EnvPoolEvaluator):
        return evaluator.returns(what, networks, weights, cases), time.monotonic() - started
    function = getattr(evaluator, what)
    found = [function(network, weights, cases) for network in networks]
    return np.array(found), time.monotonic() - started


def timed(function: Callable[..., Result], *arguments: Any) -> tuple[Result, float]:
    """What a function returns, and the CPU seconds it took: those of the thread, as a worker of a
    cluster may have several."""
    started = time.thread_time()
    return function(*arguments), time.thread_time() - started


def cores() -> int:
    """The number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
