"""Evaluation: population x shared weights x rollouts -> rewards, on a pool of workers."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import pairwise
from types import TracebackType
from typing import Any, Protocol

import numpy as np
from joblib import Parallel, delayed

from envs.classification import ClassificationTask
from envs.task import ControlTask, Task
from wann.batches import Batches
from wann.config import SearchConfig
from wann.network import Network
from wann.rollout import compile_rollout

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
    """Worker threads that evaluate networks; the compiled loops run outside Python's lock.

    The rewards do not depend on the number of workers. Use it as a context manager.
    """

    def __init__(self, trials: Trials, workers: int = -1) -> None:
        """Make a pool of a number of workers, -1 for one a core.

        Raises:
            ValueError: If the number of workers is neither positive nor -1.
        """
        check_workers(workers)
        self.trials = trials
        self.workers = _cores() if workers == -1 else workers
        self._parallel = Parallel(
            n_jobs=self.workers, backend="threading", batch_size=1, pre_dispatch="all"
        )

    def __enter__(self) -> Pool:
        """Start the workers."""
        self._parallel.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the workers."""
        self._parallel.__exit__(kind, error, traceback)

    def rewards(self, networks: Sequence[Network], weights: np.ndarray, cases: Cases) -> np.ndarray:
        """What selection goes by, for all networks, weights and cases, float64[P, W, R]."""
        return self._evaluate(self.trials.rewards, networks, weights, cases)

    def scores(self, networks: Sequence[Network], weights: np.ndarray, cases: Cases) -> np.ndarray:
        """What champions are judged by, for all networks, weights and cases, float64[P, W, R]."""
        return self._evaluate(self.trials.scores, networks, weights, cases)

    def _evaluate(
        self,
        function: Callable[..., np.ndarray],
        networks: Sequence[Network],
        weights: np.ndarray,
        cases: Cases,
    ) -> np.ndarray:
        result = np.empty((len(networks), len(weights), len(cases)))

        def evaluate(members: range, part: slice) -> None:
            for i in members:
                result[i, :, part] = function(networks[i], weights, cases[part])

        self._parallel(delayed(evaluate)(*job) for job in self._jobs(len(networks), len(cases)))
        return result

    def _jobs(self, networks: int, rollouts: int) -> list[tuple[range, slice]]:
        """A few jobs a worker, so that slow networks even out: every n-th network, or a part of
        the rollouts where the networks are few."""
        count = 1 if self.workers == 1 else 8 * self.workers
        if networks >= count:
            return [(range(i, networks, count), slice(None)) for i in range(count)]
        bounds = np.linspace(0, rollouts, min(self.workers, rollouts) + 1).astype(int)
        parts = [slice(low, high) for low, high in pairwise(bounds)]
        return [(range(i, i + 1), part) for i in range(networks) for part in parts]


def check_workers(workers: int) -> None:
    """Check a number of workers.

    Raises:
        ValueError: If it is neither positive nor -1.
    """
    if workers < 1 and workers != -1:
        raise ValueError(f"--workers: expected a positive number, or -1 for all, got {workers}")


def _cores() -> int:
    """The number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def trials_for(task: Task, config: SearchConfig) -> Trials:
    """What networks are tried on in a search.

    Raises:
        TypeError: If it is no kind of task that is known.
    """
    if isinstance(task, ControlTask):
        return Rollouts(task)
    if isinstance(task, ClassificationTask):
        return Batches(task, config.batch)
    raise TypeError(f"expected a ControlTask or a ClassificationTask, got {type(task).__name__}")
