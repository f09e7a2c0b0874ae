"""Sweeps: how a network does over a range of shared weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wann.core.network import Network
from wann.evaluation.evaluator import Cases
from wann.evaluation.pool import Pool

COLUMNS = ("weight", "mean", "std", "min", "max", "episodes")


@dataclass(frozen=True, eq=False)
class Sweep:
    """The scores of a network with each of W shared weights.

    Attributes:
        weights: float64[W].
        scores: float64[W, R], the score of each weight on each case, the same cases for all.
        solved_at: The mean score from which the task counts as solved, if there is one.
    """

    weights: np.ndarray
    scores: np.ndarray
    solved_at: float | None

    @property
    def mean(self) -> np.ndarray:
        """The mean score of each weight, float64[W]."""
        return self.scores.mean(axis=1)

    @property
    def std(self) -> np.ndarray:
        """The spread of the scores within each weight, a standard deviation, float64[W]."""
        return self.scores.std(axis=1)

    @property
    def best(self) -> int:
        """The index of the weight with the greatest mean; of equal ones that nearest to 1."""
        return best_of(self.weights, self.mean)

    @property
    def worst(self) -> int:
        """The index of the weight with the least mean, the first on ties."""
        return int(self.mean.argmin())

    @property
    def solved(self) -> float | None:
        """The share of the weights whose mean solves the task; None if that is not defined."""
        if self.solved_at is None:
            return None
        return float((self.mean >= self.solved_at).mean())

    def rows(self) -> list[dict[str, Any]]:
        """A row for each weight, with the `COLUMNS`."""
        columns = (
            self.weights,
            self.mean,
            self.std,
            self.scores.min(axis=1),
            self.scores.max(axis=1),
            np.full(len(self.weights), self.scores.shape[1]),
        )
        return [
            dict(zip(COLUMNS, row, strict=True))
            for row in zip(*(column.tolist() for column in columns), strict=True)
        ]


def best_of(weights: np.ndarray, means: np.ndarray) -> int:
    """The index of the best of shared weights [W] by their mean scores [W].

    Of equal ones it is the one nearest to 1, with which a network does what it does without a
    weight. One whose mean is not finite is never the best.
    """
    means = np.where(np.isfinite(means), means, -np.inf)
    best = np.flatnonzero(means == means.max())
    return int(best[np.abs(weights[best] - 1).argmin()])


def sweep(
    pool: Pool, network: Network, weights: np.ndarray, cases: Cases, solved_at: float | None
) -> Sweep:
    """Try a network with each of the shared weights [W] on R cases."""
    return Sweep(weights, pool.scores([network], weights, cases)[0], solved_at)


@dataclass(frozen=True)
class Line:
    """The sweeps of one network, or of all under one label.

    Attributes:
        weights: float64[W].
        mean: float64[W], over the networks.
        spread: float64[W], the sample deviation over the networks; None for a single one.
        solved: The share of the weights that solve the task, over the networks; None where it has
            no threshold.
    """

    weights: np.ndarray
    mean: np.ndarray
    spread: np.ndarray | None
    solved: float | None


def joint(sweeps: Sequence[Sweep]) -> Line:
    """The sweeps of networks under one label, over the same weights, as one line."""
    means = np.array([each.mean for each in sweeps])
    solved = [each.solved for each in sweeps if each.solved is not None]
    return Line(
        sweeps[0].weights,
        means.mean(axis=0),
        means.std(axis=0, ddof=1) if len(sweeps) > 1 else None,
        float(np.mean(solved)) if solved else None,
    )
