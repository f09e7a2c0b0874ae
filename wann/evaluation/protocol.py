"""The paper's four conditions: what a topology is worth with random, shared and tuned weights.

Each condition is a choice of weights, or many of them, scored on the same fresh cases (Gaier &
Ha, 2019, table 1). The paper gives one ± for each; there are two spreads, and they say different
things:

- within a weight: how much episodes differ for one choice of weights;
- over weights: how much choices of weights differ, in their means over the episodes.

They add up in squares to the spread of all scores together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wann.core.network import Network
from wann.core.rng import Stream, generator
from wann.evaluation import ensemble
from wann.evaluation.images import Batch, ImageEvaluator
from wann.evaluation.pool import Pool

DRAWS = 100  # random choices of weights, as in the paper
LIMIT = 2.0  # weights are drawn and sought in [-LIMIT, LIMIT]
GRID = 81  # shared weights among which the best is sought

RANDOM_WEIGHTS = "random weights"
RANDOM_SHARED = "random shared"
BEST_SHARED = "best shared"
VOTE = "ensemble, majority vote"
SOFTMAX = "ensemble, mean softmax"
TUNED_SHARED = "tuned shared"
TUNED_WEIGHTS = "tuned weights"

# Mean and spread of the paper's own networks; None where it gives none.
PAPER: dict[str, dict[str, tuple[float, float | None]]] = {
    "swingup": {
        RANDOM_WEIGHTS: (57, 121),
        RANDOM_SHARED: (515, 58),
        BEST_SHARED: (723, 16),
        TUNED_WEIGHTS: (932, 6),
    },
    "gym:BipedalWalker-v3": {
        RANDOM_WEIGHTS: (-46, 54),
        RANDOM_SHARED: (51, 108),
        BEST_SHARED: (261, 58),
        TUNED_WEIGHTS: (332, 1),
    },
    "mnist": {
        RANDOM_SHARED: (0.820, 0.187),
        BEST_SHARED: (0.919, None),
        VOTE: (0.916, None),
        TUNED_WEIGHTS: (0.942, None),
    },
}
PAPER_CONNECTIONS = {"swingup": 52, "mnist": 1849}
COLUMNS = (
    "condition",
    "mean",
    "within_weight",
    "over_weights",
    "weights",
    "episodes",
    "paper_mean",
    "paper_std",
)


@dataclass(frozen=True, eq=False)
class Condition:
    """The scores under one condition.

    Attributes:
        name: What the weights are.
        scores: float64[W, R], of W choices of weights on R cases.
        weight: The shared weight, where there is just one.
    """

    name: str
    scores: np.ndarray
    weight: float | None = None

    @property
    def mean(self) -> float:
        """The mean of all scores."""
        return float(self.scores.mean())

    @property
    def within_weight(self) -> float | None:
        """The spread of cases for one choice of weights: the root of the mean variance; None
        where there is one case, such as a set of images."""
        return float(np.sqrt(self.scores.var(axis=1).mean())) if self.scores.shape[1] > 1 else None

    @property
    def over_weights(self) -> float | None:
        """The standard deviation of the means [W]; None where there is one choice of weights."""
        return float(self.scores.mean(axis=1).std()) if len(self.scores) > 1 else None

    def row(self, task: str) -> dict[str, Any]:
        """The numbers, with the `COLUMNS`; None where there is none."""
        paper = PAPER.get(task, {}).get(self.name, (None, None))
        counts = self.scores.shape
        values = (self.name, self.mean, self.within_weight, self.over_weights, *counts, *paper)
        return dict(zip(COLUMNS, values, strict=True))


def run(
    pool: Pool, network: Network, tuned: float | np.ndarray | None, episodes: int, seed: int
) -> list[Condition]:
    """Score a network under the four conditions.

    Args:
        pool: The workers.
        network: The network, C enabled connections.
        tuned: A tuned shared weight, [C] tuned weights, or None to leave that condition out.
        episodes: Number of cases R for each choice of weights.
        seed: Of weights and cases.
    """
    cases = pool.evaluator.report(generator(seed, Stream.SWEEP), episodes)

    def condition(name: str, weights: np.ndarray, weight: float | None = None) -> Condition:
        return Condition(name, pool.scores([network], weights, cases)[0], weight)

    rng = generator(seed, Stream.SWEEP, 1)
    best = best_shared(pool, network, episodes, seed)
    found = [
        condition(RANDOM_WEIGHTS, rng.uniform(-LIMIT, LIMIT, (DRAWS, network.enabled))),
        condition(RANDOM_SHARED, rng.uniform(-LIMIT, LIMIT, DRAWS)),
        condition(BEST_SHARED, np.array([best]), best),
    ]
    if isinstance(pool.evaluator, ImageEvaluator):
        found += _ensembles(network, cases)
    if isinstance(tuned, np.ndarray):
        found.append(condition(TUNED_WEIGHTS, tuned[None, :]))
    elif tuned is not None:
        found.append(condition(TUNED_SHARED, np.array([tuned]), tuned))
    return found


def _ensembles(network: Network, cases: Sequence[Batch]) -> list[Condition]:
    """The accuracy of many shared weights together, by a vote each and by mean probabilities."""
    found = []
    for name, combine in ((VOTE, ensemble.votes), (SOFTMAX, ensemble.probabilities)):
        scores = [(combine(network, x).argmax(axis=1) == y).mean() for x, y in cases]
        found.append(Condition(name, np.array([scores])))
    return found


def best_shared(pool: Pool, network: Network, episodes: int, seed: int) -> float:
    """The best shared weight of a grid, on cases that are used for nothing else."""
    grid = np.linspace(-LIMIT, LIMIT, GRID)
    cases = pool.evaluator.draw(generator(seed, Stream.SWEEP, 2), episodes)
    return float(grid[pool.scores([network], grid, cases)[0].mean(axis=1).argmax()])
