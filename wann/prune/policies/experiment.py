"""Experiment: the task, the training and the rows of a pruning of policies.

Training is CMA-ES on the mean return of fresh episodes, with the same budget of environment steps
for every level and every control.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from wann.core.network import Network, express
from wann.core.rng import Stream, generator
from wann.envs.task import ControlTask
from wann.evaluation.pool import Pool
from wann.prune.networks import policy
from wann.prune.policies.settings import PolicySettings
from wann.prune.run import PruneRun, Row
from wann.tune.base import score
from wann.tune.cma_es import WeightEvolution

# Of the evolution. A larger population with fewer episodes each than in tuning a champion: from
# random weights on, a small one mostly ends in a poor local optimum.
STEP_SIZE, POPULATION, CASES = 0.5, 40, 8
EPISODES = 1000  # for the scores
LEAST = 2  # connections that CMA-ES can search; with one the first weight stays


class Chance(IntEnum):
    """What random numbers are drawn for, within `Stream.PRUNING`."""

    INITIAL = 0
    FRESH = 1
    SCORES = 2
    SHUFFLE = 3


class Level(NamedTuple):
    """A policy at one level, as a step's file keeps it.

    Attributes:
        mask: bool[C], what is left nominally.
        first: float64[C], the weights it began with: the mean of the first search distribution.
        weights: float64[C], the weights it has, the mean of the last one; 0 where dead.
        spread: float64[C], the standard deviation of that distribution; NaN where dead.
        scores: float64[3], the mean return and its standard deviation over episodes, and the
            mean return on the episodes that chose the weights.
        cost: int64[2], environment steps and multiply-adds, those of its mask included.
    """

    mask: np.ndarray
    first: np.ndarray
    weights: np.ndarray
    spread: np.ndarray
    scores: np.ndarray
    cost: np.ndarray


@dataclass(frozen=True)
class PolicyExperiment:
    """The settings of a run with the task they name and the workers.

    Attributes:
        settings: All settings.
        task: The task.
        run: Where steps and networks go.
        pool: The workers.
        tick: Called before each step of a training; it stops it by raising.
    """

    settings: PolicySettings
    task: ControlTask
    run: PruneRun
    pool: Pool
    tick: Callable[[], object] = lambda: None

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of inputs, hidden nodes and outputs of the dense policy."""
        return (len(self.task.inputs), *self.settings.hidden_sizes(), len(self.task.outputs))

    def rng(self, seed: int, chance: Chance, *keys: int) -> np.random.Generator:
        """The generator of a seed, for one purpose."""
        return generator(seed, Stream.PRUNING, chance, *keys)

    def alive(self, mask: np.ndarray) -> np.ndarray:
        """The connections of a mask [C] that count, bool[C]."""
        return policy.alive(mask, self.sizes)

    def trained(
        self,
        mask: np.ndarray,
        first: np.ndarray,
        origin: np.ndarray,
        cost: np.ndarray,
        seed: int,
        train: bool = True,
    ) -> Level:
        """What a mask leaves alive, trained and scored.

        Args:
            mask: The mask, bool[C].
            first: The weights at the very beginning, [C].
            origin: The weights that the training starts from, [C].
            cost: What it took to find the mask, int64[2].
            seed: Of the episodes.
            train: Whether to train; if not, the weights are the origin.
        """
        live = self.alive(mask)
        network = express(policy.genome(live, self.sizes))
        weights, spread = np.where(live, origin, 0.0), np.full(len(mask), np.nan)
        validation, steps = np.nan, 0
        if network.complexity >= LEAST and train:
            evolution = self.train(network, origin[live], seed)
            weights[live], spread[live] = evolution.weights, evolution.spread
            last = evolution.curve[-1]
            validation, steps = last["confirmed"], last["evaluations"] * self.task.episode_limit
        found = score(self.pool, network, weights[live], seed, EPISODES)
        scores = np.array([found["mean"], found["std"], validation])
        own = np.array([steps, steps * network.complexity], np.int64)
        return Level(mask, first, weights, spread, scores, cost + own)

    def train(self, network: Network, origin: np.ndarray, seed: int) -> WeightEvolution:
        """Search for weights until the budget is used up, or nothing better is found."""
        evolution = WeightEvolution(self.pool, network, origin, seed, STEP_SIZE, POPULATION, CASES)
        evaluations, budget = 0, self.settings.budget / self.task.episode_limit
        while evaluations < budget and not evolution.finished():
            self.tick()
            evaluations = evolution.step()["evaluations"]
        return evolution

    def save_network(self, arm: str, seed: int, number: int, level: Level) -> None:
        """Write the network of a level."""
        mean, deviation, _ = level.scores.tolist()
        model = policy.model(self.task, self.sizes, level.mask, level.weights, level.first)
        origin = {"method": self.settings.method, "arm": arm, "seed": seed, "level": number}
        scores = {"on": f"{EPISODES} fresh episodes", "mean": mean, "std": deviation}
        model = replace(model, scores=scores, search={**origin, **model.search})
        self.run.save_network(model, arm, seed, number)

    def row(self, arm: str, seed: int, number: int, level: Level) -> Row:
        """The row of a level."""
        live = self.alive(level.mask)
        mean, deviation, validation = level.scores.tolist()
        bias = policy.biases(live, self.sizes)
        kept = int(np.count_nonzero(level.mask))
        return Row(
            method=self.settings.method,
            arm=arm,
            seed=seed,
            level=number,
            regime="C",
            sparsity=1 - kept / len(live),
            kept=kept,
            connections=int(np.count_nonzero(live)) - bias,
            biases=bias,
            score=mean,
            validation=None if math.isnan(validation) else validation,
            spread=deviation,
            samples=int(level.cost[0]),
            multiply_adds=int(level.cost[1]),
        )
