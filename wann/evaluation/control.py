"""Evaluation on the episodes of a compiled control task."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from typing import Any

import numpy as np

from wann import envs
from wann.core.kernels.rollout import compile_rollout
from wann.core.network import Network
from wann.envs.task import ControlTask


class ControlEvaluator:
    """Episodes of a compiled control task; a case is an episode's initial state."""

    def __init__(self, task: ControlTask) -> None:
        """Compile the task's rollout, or load it from Numba's cache, where it was not used yet."""
        self.task = task
        self._kernel = _kernel(task)

    def __reduce__(self) -> tuple[Any, ...]:
        """To another machine goes the task's name: compiled code stays where it is."""
        return _received, (self.task.name, self.task.episode_limit)

    def draw(self, rng: np.random.Generator, rollouts: int) -> np.ndarray:
        """Initial states, float64[R, S]."""
        return self.task.initial_states(rng, rollouts)

    confirmation = report = draw

    def samples(self, what: str, cases: np.ndarray) -> int:
        """How many steps the episodes have with each choice of weights, if none ends early."""
        return len(cases) * self.task.episode_limit

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
                self._play(
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

    def _play(self, *arguments: Any) -> np.ndarray:
        from numba import TypingError

        try:
            returns: np.ndarray = self._kernel(*arguments)
        except TypingError:  # columns cannot be reshaped, for example
            self._kernel = _kernel(self.task, apart=True)
            returns = self._kernel(*arguments)
        return returns


MOST_KERNELS = 8  # that are kept
_kernels: dict[tuple[Any, ...], Any] = {}


def _kernel(task: ControlTask, apart: bool = False) -> Any:
    """A task's compiled rollout; one for all evaluators, as each takes memory for good.

    What was once compiled apart takes the place of what goes through columns.
    """
    sizes = (len(task.outputs), len(task.inputs))
    key = (task.observe, task.step, task.initial_states, *sizes)
    if apart or key not in _kernels:
        kernel = compile_rollout(task, apart)
        while len(_kernels) >= MOST_KERNELS:
            del _kernels[next(iter(_kernels))]
        _kernels[key] = kernel
    return _kernels[key]


@lru_cache(maxsize=2)
def _received(name: str, limit: int) -> ControlEvaluator:
    """An evaluator that came from another process."""
    task = envs.make(name)
    assert isinstance(task, ControlTask)
    return ControlEvaluator(dataclasses.replace(task, episode_limit=limit))
