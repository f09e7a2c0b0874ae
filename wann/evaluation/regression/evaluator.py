"""Evaluation on the examples of a regression task.

Selection goes by what no scale changes, the squared correlation of outputs and targets. Champions
are judged by R², once a scale and an offset are fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from wann import envs
from wann.core.network import Network
from wann.envs.classification import Examples
from wann.envs.tables.regression import RegressionTask
from wann.evaluation.regression.readout import (
    RegressionBatch,
    batch,
    fitted,
    outputs,
    r_squared,
    squared_correlation,
)


class RegressionEvaluator:
    """Batches of examples; a case is a batch."""

    def __init__(self, task: RegressionTask, size: int) -> None:
        """Evaluate on batches of a number of examples, all of them if the task has fewer."""
        self.task = task
        self.size = min(size, len(task.train.y))
        self._train = batch(task.train)
        self._confirmation, self._report = [batch(task.validation)], [batch(task.report)]

    def __reduce__(self) -> tuple[Any, ...]:
        """To another machine goes the task's name: examples are read where they are needed."""
        return _received, (self.task.name, self.size)

    def draw(self, rng: np.random.Generator, rollouts: int) -> list[RegressionBatch]:
        """R batches of training examples."""
        X, y = self.task.train
        chosen = [rng.choice(len(y), self.size, replace=False) for _ in range(rollouts)]
        return [batch(Examples(X[c], y[c])) for c in chosen]

    def confirmation(self, rng: np.random.Generator, rollouts: int) -> list[RegressionBatch]:
        """All validation examples, as one batch."""
        return self._confirmation

    def report(self, rng: np.random.Generator, rollouts: int) -> list[RegressionBatch]:
        """All test examples, as one batch."""
        return self._report

    def describe(self, cases: Sequence[RegressionBatch]) -> str:
        """What cases for a report are."""
        part = "validation" if self.task.test is None else "test"
        return f"{sum(case.targets.shape[1] for case in cases):,} {part} examples"

    def samples(self, what: str, cases: Sequence[RegressionBatch]) -> int:
        """How many examples a network sees with each choice of weights: those that a readout is
        fitted on come before scores."""
        fitted_on = self._train.targets.shape[1] if what == "scores" else 0
        return fitted_on + sum(case.targets.shape[1] for case in cases)

    def rewards(
        self, network: Network, weights: np.ndarray, cases: Sequence[RegressionBatch]
    ) -> np.ndarray:
        """The mean squared correlation for each choice of weights and batch, float64[W, R]."""
        found = [
            squared_correlation(outputs(network, weights, case), case.targets) for case in cases
        ]
        return np.stack(found, axis=1)

    def scores(
        self, network: Network, weights: np.ndarray, cases: Sequence[RegressionBatch]
    ) -> np.ndarray:
        """The mean R² of the targets for each choice of weights and batch, float64[W, R]."""
        readout = fitted(outputs(network, weights, self._train), self._train.targets)
        found = [
            r_squared(readout(outputs(network, weights, case)), case.targets) for case in cases
        ]
        return np.stack(found, axis=1)


@lru_cache(maxsize=2)
def _received(name: str, size: int) -> RegressionEvaluator:
    """An evaluator that came from another process."""
    task = envs.make(name)
    assert isinstance(task, RegressionTask)
    return RegressionEvaluator(task, size)
