"""The paper's conditions: what a topology is worth with random, shared and tuned weights.

Each condition is a choice of weights, or many of them (Gaier & Ha, 2019, table 1). All that
stand under one name were scored by `score`, whatever asked for it:

- random weights: 100 times all connections their own weights, from U(-2, 2);
- random shared: 100 shared weights from U(-2, 2), the same ones for every topology;
- six shared: the six weights of the paper's search;
- best shared: the best of 81 shared weights in [-2, 2] on cases that only choose;
- ensemble: on images, the 40 weights of `ensemble.WEIGHTS` together;
- tuned shared, tuned weights: those of a tuning.

A mask whose connections have signs of their own meets the weights above 0 alone, where nothing
chooses them: of random shared ones their size, of the six and the 40 the upper half.

The cases that choose are fresh episodes, or the validation images; those that are reported are
other episodes, or the test images, and choose nothing. (The paper chose on the training images.
Where a task has no test images, its validation images do both.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, cached_property
from typing import Protocol

import numpy as np

from wann.core.kernels import forward_batch
from wann.core.network import Network
from wann.core.rng import Stream, generator
from wann.evaluation import ensemble
from wann.evaluation.conditions import (
    BEST_SHARED,
    RANDOM_SHARED,
    RANDOM_WEIGHTS,
    SIX_SHARED,
    SOFTMAX,
    TUNED_SHARED,
    TUNED_WEIGHTS,
    VOTE,
    Condition,
)
from wann.evaluation.engine.envpool import EnvPoolEvaluator
from wann.evaluation.evaluator import Cases, Evaluator
from wann.evaluation.gym import GymEvaluator
from wann.evaluation.images import Batch, ImageEvaluator
from wann.evaluation.pool import Pool
from wann.evaluation.sweep import best_of

DRAWS = 100  # random choices of weights, as in the paper
LIMIT = 2.0  # weights are drawn and sought in [-LIMIT, LIMIT]
SIX_WEIGHTS = np.array([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0])  # those of the paper's search
GRID = np.linspace(-LIMIT, LIMIT, 81)  # shared weights among which the best is sought
STEPPED, SEEN = 100, 10  # usual episodes of environments; of those with images, which are dear
UNTUNED = (RANDOM_WEIGHTS, RANDOM_SHARED, BEST_SHARED, VOTE, SOFTMAX)  # the paper's, in its order
ENSEMBLES = {VOTE: ensemble.votes, SOFTMAX: ensemble.probabilities}


class Chance(IntEnum):
    """What random numbers are drawn for, within `Stream.SWEEP`; without a key, the reports."""

    WEIGHTS = 1
    CHOOSING = 2
    REWIRING = 3
    SHARED = 4
    NOISE = 5


class Topology(Protocol):
    """What is scored: a network whose weights are still to be chosen, and cases for it."""

    @property
    def connections(self) -> int | None:
        """How many individual weights C it takes; None where it only takes a shared one."""

    @property
    def signed(self) -> bool:
        """Whether connections bring signs of their own. Weights below 0 would turn all of them
        around, into another network: those that nothing chooses are above 0, then."""

    @property
    def classifies(self) -> bool:
        """Whether cases are a `Batch` each, and `outputs` can vote on its images."""

    @property
    def choosing(self) -> Cases:
        """Cases on which a weight is chosen; none of them is reported."""

    @property
    def reporting(self) -> Cases:
        """R cases for the scores; they choose nothing."""

    def scores(self, weights: np.ndarray, cases: Cases) -> np.ndarray:
        """The score of shared weights [W], or choices of individual ones [W, C], float64[W, R]."""

    def outputs(self, weights: np.ndarray, batch: Batch) -> np.ndarray:
        """The outputs with shared weights [W] for B images, float[W, O, B]."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A network as a topology to score, on the cases of a pool's evaluator.

    Attributes:
        pool: The workers.
        network: The network, C enabled connections.
        episodes: Number of cases R for each choice of weights; images are all tried at once.
        seed: Of the cases.
        signs: [C] factors -1 or 1 of the weights; None for none.
    """

    pool: Pool
    network: Network
    episodes: int
    seed: int
    signs: np.ndarray | None = None

    @property
    def connections(self) -> int:
        """The number of enabled connections C."""
        return self.network.enabled

    @property
    def signed(self) -> bool:
        """Whether there are signs."""
        return self.signs is not None

    @property
    def classifies(self) -> bool:
        """Whether the task is one of images."""
        return isinstance(self.pool.evaluator, ImageEvaluator)

    @cached_property
    def choosing(self) -> Cases:
        """Those that confirm champions."""
        rng = generator(self.seed, Stream.SWEEP, Chance.CHOOSING)
        return self.pool.evaluator.confirmation(rng, self.episodes)

    @cached_property
    def reporting(self) -> Cases:
        """Those that sweeps report on, too."""
        return self.pool.evaluator.report(generator(self.seed, Stream.SWEEP), self.episodes)

    def scores(self, weights: np.ndarray, cases: Cases) -> np.ndarray:
        """The scores of weights [W] or [W, C], times the signs, float64[W, R]."""
        if self.signs is not None:
            weights = (weights[:, None] if weights.ndim == 1 else weights) * self.signs
        return self.pool.scores([self.network], weights, cases)[0]

    def outputs(self, weights: np.ndarray, batch: Batch) -> np.ndarray:
        """The outputs with shared weights [W], times the signs, float32[W, O, B]."""
        strengths = None if self.signs is None else self.signs[self.network.genes]
        return forward_batch.outputs(self.network.graph, batch.images, weights, strengths)


def score(
    topology: Topology,
    seed: int,
    conditions: Sequence[str] = UNTUNED,
    tuned: float | np.ndarray | None = None,
) -> list[Condition]:
    """Score a topology under the paper's conditions.

    Args:
        topology: The network, and its cases.
        seed: Of the random weights.
        conditions: Which, by name, in their order. Those that the topology has not, such as an
            ensemble where there are no classes, are left out.
        tuned: A tuned shared weight or [C] tuned weights, which come last; None for none.
    """

    def at(name: str, weights: np.ndarray, weight: float | None = None) -> Condition:
        return Condition(name, topology.scores(weights, topology.reporting), weight)

    @cache  # both kinds of ensembles combine the same outputs
    def outputs() -> list[np.ndarray]:
        weights = above_0(ensemble.WEIGHTS)
        return [topology.outputs(weights, batch) for batch in topology.reporting]

    def above_0(weights: np.ndarray) -> np.ndarray:
        return weights[weights > 0] if topology.signed else weights

    found = []
    for name in conditions:
        if name == RANDOM_WEIGHTS and topology.connections is not None:
            found.append(at(name, random_weights(seed, topology.connections)))
        elif name == RANDOM_SHARED:
            drawn = random_shared(seed)
            found.append(at(name, abs(drawn) if topology.signed else drawn))
        elif name == SIX_SHARED:
            found.append(at(name, above_0(SIX_WEIGHTS)))
        elif name == BEST_SHARED:
            best = best_shared(topology)
            found.append(at(name, np.array([best]), best))
        elif name in ENSEMBLES and topology.classifies:
            chosen = [ENSEMBLES[name](each).argmax(axis=1) for each in outputs()]
            cases = zip(chosen, topology.reporting, strict=True)
            hits = [(classes == batch.labels).mean() for classes, batch in cases]
            found.append(Condition(name, np.array([hits])))
    if isinstance(tuned, np.ndarray):
        found.append(at(TUNED_WEIGHTS, tuned[None, :]))
    elif tuned is not None:
        found.append(at(TUNED_SHARED, np.array([tuned]), tuned))
    return found


def usual_episodes(evaluator: Evaluator, compiled: int) -> int:
    """How many episodes are tried where no number was asked for, and compiled tasks have so many;
    images are all tried at once."""
    if isinstance(evaluator, GymEvaluator | EnvPoolEvaluator):
        return SEEN if evaluator.task.observe else STEPPED
    return compiled


def random_weights(seed: int, connections: int) -> np.ndarray:
    """The random individual weights of a seed, float64[`DRAWS`, C]."""
    rng = generator(seed, Stream.SWEEP, Chance.WEIGHTS)
    return rng.uniform(-LIMIT, LIMIT, (DRAWS, connections))


def random_shared(seed: int) -> np.ndarray:
    """The random shared weights of a seed, float64[`DRAWS`]: all topologies meet the same."""
    return generator(seed, Stream.SWEEP, Chance.SHARED).uniform(-LIMIT, LIMIT, DRAWS)


def best_shared(topology: Topology) -> float:
    """The best shared weight of the `GRID` on the cases that choose; see `sweep.best_of`."""
    means = topology.scores(GRID, topology.choosing).mean(axis=1)
    return float(GRID[best_of(GRID, means)])
