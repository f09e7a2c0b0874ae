"""What all tuning shares: the protocol of a tuner, and the final scores.

All keep to one rule: cases on which weights are sought, cases on which the choice is confirmed,
and cases on which it is reported are never the same.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from wann.core.arrays import take_finite
from wann.core.network import Network
from wann.core.rng import Stream, generator
from wann.evaluation.engine.envpool import EnvPoolEvaluator
from wann.evaluation.evaluator import Evaluator
from wann.evaluation.gym import GymEvaluator
from wann.evaluation.pool import Pool

# The second key of `Stream.TUNING`: what cases are for.
SHARED, WEIGHTS, CASES, CONFIRM, REPORT = range(5)

# Times fewer cases of environments that are stepped, for what they cost; and of those with images.
STEPPED, SEEN = 8, 64


def affordable(evaluator: Evaluator, cases: int) -> int:
    """How many cases to use where compiled tasks use this many."""
    if not isinstance(evaluator, GymEvaluator | EnvPoolEvaluator):
        return cases
    return -(-cases // (SEEN if evaluator.task.observe else STEPPED))


class WeightTuner(Protocol):
    """A way to tune individual weights, step by step: CMA-ES, gradients.

    Attributes:
        weights: The best weights so far by the confirmation cases, float64[C].
        iteration: Number of steps so far.
        curve: A row for each step, with the names in `CURVE`.
    """

    weights: np.ndarray
    iteration: int
    curve: list[dict[str, Any]]

    def step(self) -> dict[str, Any]:
        """Take one step; its row of the curve."""

    def finished(self) -> bool:
        """Whether more steps would not help."""

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The state, for a checkpoint."""

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        """Take up the state that `to_arrays` gave.

        Raises:
            ValueError: If that cannot be done; it says why.
        """


# The row of a step: the number of steps, seconds and scored cases so far; the mean training score
# of the best and of the median candidate; the mean confirmation score of the best weights so far.
CURVE = ("iteration", "seconds", "evaluations", "best", "median", "confirmed")


def table(curve: list[dict[str, Any]]) -> np.ndarray:
    """The rows of a curve, float64[T, 6], for a checkpoint."""
    rows = [[row[name] for name in CURVE] for row in curve]
    return np.array(rows, np.float64).reshape(-1, len(CURVE))


def take_curve(arrays: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """The rows of a curve that `table` gave; whole numbers are floats, too.

    Raises:
        ValueError: If there is none, or a number is not of its column's kind.
    """
    rows = take_finite(arrays, "curve", None, len(CURVE))
    iteration, seconds, evaluations = rows.T[:3]
    if (iteration != np.arange(1, len(rows) + 1)).any():
        raise ValueError(f"curve: expected the iterations 1 to {len(rows)}, got others")
    whole = (evaluations % 1 == 0) & (evaluations >= 0) & (evaluations < 2**53)
    if not (whole & (seconds >= 0)).all():
        raise ValueError("curve: expected seconds and evaluations of 0 or more, got others")
    return [dict(zip(CURVE, row, strict=True)) for row in rows.tolist()]


def score(
    pool: Pool, network: Network, weights: float | np.ndarray, seed: int, episodes: int
) -> dict[str, Any]:
    """The final scores of a shared weight or [C] individual weights, on cases that chose nothing.

    Args:
        pool: The workers.
        network: The network.
        weights: The weights.
        seed: That of the tuning.
        episodes: Number of cases; all weights meet the same.

    Returns:
        on, what the cases are; mean and, of several cases, std and worst of the scores.
    """
    cases = pool.evaluator.report(generator(seed, Stream.TUNING, REPORT), episodes)
    choice = np.asarray(weights, dtype=np.float64)[None]
    scores = pool.scores([network], choice, cases)[0, 0]
    found = {"on": pool.evaluator.describe(cases), "mean": float(scores.mean())}
    if len(scores) > 1:
        found.update(std=float(scores.std()), worst=float(scores.min()))
    return found
