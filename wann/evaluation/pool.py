"""Evaluation: population x shared weights x rollouts -> rewards, on a pool of workers."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Protocol, TypeVar

import numpy as np

from wann import envs
from wann.core import checks
from wann.core.config import SearchConfig
from wann.core.genome import Genome
from wann.core.kernels.rollout import compile_rollout
from wann.core.network import Network
from wann.core.rng import Stream, generator
from wann.envs.classification import ClassificationTask
from wann.envs.gym import GymTask
from wann.envs.task import ControlTask, Task
from wann.evaluation.cluster import LOCAL, DaskCluster, Machines, RayCluster
from wann.evaluation.gym import Episodes
from wann.evaluation.images import Batches
from wann.evaluation.workers import Processes, Threads
from wann.search.proposals import Proposals

Stepped = TypeVar("Stepped", bound=ControlTask | GymTask)

# Whatever `draw` gives: a sequence that can be sliced.
Cases = Any


class Trials(Protocol):
    """What networks can be tried on in one task: cases, and what a network earns on them.

    The weights to try are shared ones, [W], or W choices of individual ones, [W, C], with one
    for each of the genome's C enabled connections in its order.
    """

    def draw(self, rng: np.random.Generator, rollouts: int) -> Cases:
        """R cases for selection."""

    def confirmation(self, rng: np.random.Generator, rollouts: int) -> Cases:
        """Cases on which a champion is confirmed; selection never sees them."""

    def report(self, rng: np.random.Generator, rollouts: int) -> Cases:
        """Cases for the scores that are reported; they choose nothing."""

    def describe(self, cases: Cases) -> str:
        """What cases for a report are, as in "scores on 100 fresh episodes a weight"."""

    def rewards(self, network: Network, weights: np.ndarray, cases: Cases) -> np.ndarray:
        """What selection goes by, for each choice of weights and case, float64[W, R]."""

    def scores(self, network: Network, weights: np.ndarray, cases: Cases) -> np.ndarray:
        """What champions are judged by, for each choice of weights and case, float64[W, R]."""


class Rollouts:
    """Episodes of a compiled control task; a case is an episode's initial state."""

    def __init__(self, task: ControlTask) -> None:
        """Compile the task's rollout, or load it from Numba's cache."""
        self.task = task
        self._kernel = compile_rollout(task)

    def __reduce__(self) -> tuple[Any, ...]:
        """To another machine goes the task's name: compiled code stays where it is."""
        return _rollouts, (self.task.name, self.task.episode_limit)

    def draw(self, rng: np.random.Generator, rollouts: int) -> np.ndarray:
        """Initial states, float64[R, S]."""
        return self.task.initial_states(rng, rollouts)

    confirmation = report = draw

    def describe(self, cases: np.ndarray) -> str:
        """What cases for a report are."""
        return f"{len(cases)} fresh episodes a weight"

    def rewards(self, network: Network, weights: np.ndarray, cases: np.ndarray) -> np.ndarray:
        """The return of each choice of weights from each initial state [R, S], float64[W, R]."""
        choices: list[tuple[np.ndarray | None, np.ndarray]]
        if weights.ndim == 1:
            choices = [(None, weights)]
        else:
            choices = [(network.strengths(individual)[0], np.ones(1)) for individual in weights]
        ones = np.ones(network.complexity, np.float32)
        task = self.task
        cases = np.array(cases, np.float64, order="C")  # else it would be compiled once more
        return np.concatenate(
            [
                self._kernel(
                    network.graph,
                    ones if strengths is None else strengths.astype(np.float32),
                    shared,
                    cases,
                    task.bounds,
                    task.episode_limit,
                )
                for strengths, shared in choices
            ]
        )

    scores = rewards


class Pool:
    """Workers that evaluate networks.

    Compiled tasks are evaluated by threads, as they run outside Python's lock; Gymnasium
    environments by processes; and both, if asked to, by the workers of a cluster. The rewards do
    not depend on the workers. Use it as a context manager.

    Attributes:
        trials: What the networks are tried on.
        pace: Seconds that a worker needed for one rollout when it last had work.
    """

    def __init__(self, trials: Trials, workers: int = -1, machines: Machines = LOCAL) -> None:
        """Make a pool of a number of workers, -1 for one a core.

        Raises:
            ValueError: If the number of workers is neither positive nor -1.
            ConnectionError: If a cluster does not answer.
        """
        check_workers(workers)
        self.trials = trials
        count = _cores() if workers == -1 else workers
        self._crew: Threads | Processes | DaskCluster | RayCluster
        if machines.backend == "dask":
            assert machines.address is not None
            self._crew = DaskCluster(machines.address)
        elif machines.backend == "ray":
            self._crew = RayCluster(machines.address)
        elif isinstance(trials, Episodes):
            self._crew = Processes(count)
        else:
            self._crew = Threads(count)
        self.pace = 0.0

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

    def propose(
        self,
        genomes: Sequence[Genome],
        weights: np.ndarray,
        cases: Cases,
        activations: np.ndarray,
        generation: int,
        seed: int,
    ) -> list[Proposals]:
        """The changes of each genome that should help on images.

        Args:
            genomes: P genomes.
            weights: [W] shared weights.
            cases: What `Batches.draw` gave.
            activations: uint8 indices of those that new nodes may have.
            generation: That of the search.
            seed: Of the search.
        """
        jobs = [
            (self.trials, genome, weights, cases, activations, generation, (seed, i))
            for i, genome in enumerate(genomes)
        ]
        found = dict(self._crew.run(propose, jobs))
        return [found[i] for i in range(len(genomes))]

    def _evaluate(
        self,
        what: str,
        networks: Sequence[Network],
        weights: np.ndarray,
        cases: Cases,
    ) -> np.ndarray:
        result = np.empty((len(networks), len(weights), len(cases)))
        parts = self._jobs(len(networks), len(weights), len(cases))
        jobs = [
            (self.trials, what, [networks[i] for i in members], weights, cases[part])
            for members, part in parts
        ]
        total = 0.0
        for job, (rewards, seconds) in self._crew.run(evaluate, jobs):
            members, part = parts[job]
            result[members.start : members.stop : members.step, :, part] = rewards
            total += seconds
        if result.size:
            self.pace = total / result.size
        return result

    def _jobs(self, networks: int, weights: int, rollouts: int) -> list[tuple[range, slice]]:
        """What to do at a time: every n-th network, or a part of the rollouts where the networks
        are few. There are some jobs for each worker, so that slow networks even out; the more,
        the longer the work takes, but for threads, which need no more."""
        threads = isinstance(self._crew, Threads)
        count = 1 if threads and self.workers == 1 else 8 * self.workers
        if self.pace and not isinstance(self._crew, Threads):
            seconds = self.pace * networks * weights * rollouts
            count = int(np.clip(seconds / self._crew.worthwhile, self.workers, 32 * self.workers))
        if networks >= count:
            return [(range(i, networks, count), slice(None)) for i in range(count)]
        most = self.workers if threads else -(-count // max(networks, 1))
        bounds = np.linspace(0, rollouts, min(most, rollouts) + 1).astype(int)
        parts = [slice(low, high) for low, high in pairwise(bounds)]
        return [(range(i, i + 1), part) for i in range(networks) for part in parts]


def evaluate(
    trials: Trials, what: str, networks: Sequence[Network], weights: np.ndarray, cases: Cases
) -> tuple[np.ndarray, float]:
    """A worker's job: the rewards or scores of P networks, float64[P, W, R], and its seconds."""
    started = time.monotonic()
    function = getattr(trials, what)
    found = [function(network, weights, cases) for network in networks]
    return np.array(found), time.monotonic() - started


def propose(
    trials: Batches,
    genome: Genome,
    weights: np.ndarray,
    cases: Cases,
    activations: np.ndarray,
    generation: int,
    key: tuple[int, int],
) -> Proposals:
    """A worker's job: what `Batches.propose` finds."""
    seed, number = key
    rng = generator(seed, Stream.GUIDANCE, generation, number)
    return trials.propose(genome, weights, cases, activations, generation, rng)


def check_workers(workers: int) -> None:
    """Check a number of workers.

    Raises:
        ValueError: If it is neither positive nor -1, or absurdly large.
    """
    if not 1 <= workers <= checks.MOST_WORKERS and workers != -1:
        raise ValueError(
            f"--workers: expected 1 to {checks.MOST_WORKERS}, or -1 for all, got {workers}"
        )


def _cores() -> int:
    """The number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@lru_cache(maxsize=2)
def _rollouts(name: str, limit: int) -> Rollouts:
    """Rollouts that came from another process."""
    task = envs.make(name)
    assert isinstance(task, ControlTask)
    return Rollouts(dataclasses.replace(task, episode_limit=limit))


def limit(task: Stepped, config: SearchConfig) -> Stepped:
    """The task, its episodes cut after the steps that the settings allow."""
    if not config.max_steps:
        return task
    return dataclasses.replace(task, episode_limit=min(task.episode_limit, config.max_steps))


def trials_for(task: Task, config: SearchConfig) -> Trials:
    """What networks are tried on in a search.

    Raises:
        TypeError: If it is no kind of task that is known.
    """
    if isinstance(task, GymTask):
        return Episodes(limit(task, config), config.rollout_timeout)
    if isinstance(task, ControlTask):
        return Rollouts(limit(task, config))
    if isinstance(task, ClassificationTask):
        return Batches(task, config.batch)
    raise TypeError(
        "expected a ControlTask, a GymTask or a ClassificationTask, got " + type(task).__name__
    )
