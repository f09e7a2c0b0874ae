"""What networks can be tried on in a task: cases, and what a network earns on them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np

from wann.core.config import SearchConfig
from wann.core.network import Network
from wann.envs.classification import ClassificationTask
from wann.envs.envpool import EnvPoolTask
from wann.envs.gym import GymTask
from wann.envs.tables.regression import RegressionTask
from wann.envs.task import ControlTask, Task
from wann.evaluation.control import ControlEvaluator
from wann.evaluation.engine.envpool import EnvPoolEvaluator
from wann.evaluation.gym import GymEvaluator
from wann.evaluation.images import ImageEvaluator
from wann.evaluation.regression.evaluator import RegressionEvaluator

Stepped = TypeVar("Stepped", bound=ControlTask | GymTask)


# Whatever `draw` gives: a sequence that can be sliced.
Cases = Any


@runtime_checkable
class Evaluator(Protocol):
    """What networks can be tried on in one task: cases, and what a network earns on them.

    The weights to try are shared ones, [W], or W choices of individual ones, [W, C], with one
    for each of the genome's C enabled connections in its order.

    For a kind of task of one's own, derive from it and give ``draw`` and ``rewards``; what else is
    here then does the same. `wann.evolve` takes an evaluator that has the names of a `Task`, too.
    Workers are threads; an evaluator with an attribute ``processes`` that is true goes to
    processes instead, which is faster where its work is Python's own.
    """

    def draw(self, rng: np.random.Generator, rollouts: int) -> Cases:
        """R cases for selection."""

    def confirmation(self, rng: np.random.Generator, rollouts: int) -> Cases:
        """Cases on which a champion is confirmed; selection never sees them."""
        return self.draw(rng, rollouts)

    def report(self, rng: np.random.Generator, rollouts: int) -> Cases:
        """Cases for the scores that are reported; they choose nothing."""
        return self.draw(rng, rollouts)

    def describe(self, cases: Cases) -> str:
        """What cases for a report are, as in "scores on 100 fresh episodes a weight"."""
        return f"{len(cases)} fresh cases a weight"

    def rewards(self, network: Network, weights: np.ndarray, cases: Cases) -> np.ndarray:
        """What selection goes by, for each choice of weights and case, float64[W, R]."""

    def scores(self, network: Network, weights: np.ndarray, cases: Cases) -> np.ndarray:
        """What champions are judged by, for each choice of weights and case, float64[W, R]."""
        return self.rewards(network, weights, cases)


def drawn(
    draw: Callable[[np.random.Generator, int], Cases],
    rng: np.random.Generator,
    rollouts: int,
    weights: int,
    config: SearchConfig,
) -> Cases:
    """R cases for all of W weights or, with `own_episodes`, R for each of them, [R, W]."""
    if not config.own_episodes:
        return draw(rng, rollouts)
    return draw(rng, rollouts * weights).reshape(-1, weights)


def limit(task: Stepped, config: SearchConfig) -> Stepped:
    """The task, its episodes ended after the steps that the settings say, fewer or more."""
    return dataclasses.replace(task, episode_limit=config.max_steps or task.episode_limit)


def evaluator_for(task: Task, config: SearchConfig) -> Evaluator:
    """What networks are tried on in a search.

    Raises:
        TypeError: If it is no kind of task that is known.
        ValueError: If a setting does not go with it.
    """
    if isinstance(task, EnvPoolTask):
        if config.rollout_timeout < math.inf:
            raise ValueError(
                f"--rollout-timeout: expected none for {task.name}, whose episodes are not killed; "
                "--max-steps cuts them"
            )
        return EnvPoolEvaluator(limit(task, config), config.give_up, config.least_reward)
    for option, given in (
        ("--give-up", config.give_up > 0),
        ("--least-reward", config.least_reward > -math.inf),
    ):
        if given:
            raise ValueError(f"{option}: expected none for {task.name}: it is for envpool:ID only")
    if isinstance(task, GymTask):
        return GymEvaluator(limit(task, config), config.rollout_timeout)
    if isinstance(task, ControlTask):
        return ControlEvaluator(limit(task, config))
    if isinstance(task, ClassificationTask):
        return ImageEvaluator(task, config.batch, config.calibrated)
    if isinstance(task, RegressionTask):
        return RegressionEvaluator(task, config.batch)
    if isinstance(task, Evaluator):
        return task
    raise TypeError(
        "expected a ControlTask, a GymTask, a ClassificationTask, a RegressionTask or an "
        "Evaluator, got " + type(task).__name__
    )
