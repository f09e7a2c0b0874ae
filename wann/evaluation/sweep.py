"""Sweeps: how a network does over a range of shared weights."""

from __future__ import annotations

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
        """The index of the weight with the greatest mean, the first on ties."""
        return int(self.mean.argmax())

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


def sweep(
    pool: Pool, network: Network, weights: np.ndarray, cases: Cases, solved_at: float | None
) -> Sweep:
    """Try a network with each of the shared weights [W] on R cases."""
    return Sweep(weights, pool.scores([network], weights, cases)[0], solved_at)
