"""Tuning the weights of classification networks by their gradients: Adam (Kingma & Ba, 2015)."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from wann.core.arrays import take_finite, take_score, take_whole
from wann.core.kernels.gradients.descent import Moments, Rule, descend, no_moments
from wann.core.network import Network
from wann.core.rng import Stream, generator
from wann.evaluation.images import ImageEvaluator
from wann.evaluation.pool import Pool
from wann.tune.base import CONFIRM, WEIGHTS, table, take_curve

EPOCHS = 100
BATCH = 250
LEAST_BATCHES = 20  # an epoch has at least so many, with smaller ones for few examples
LEARNING_RATE = 0.01  # at the start; it falls to 0 along a cosine
ADAM = Rule(momentum=0.0, l2=0.0)


class WeightTraining:
    """Gradient descent on the weights of the connections that count, from one shared weight on.

    A step is one pass through the training examples in a new order, minimising the cross entropy
    of the right class. After each the weights are confirmed by their accuracy on the validation
    examples, and the best are kept.

    Attributes:
        weights: The best weights so far by the validation examples, float64[C].
        iteration: Number of steps so far.
        curve: A row for each step, with the columns `base.CURVE`.
    """

    def __init__(self, pool: Pool, network: Network, start: float, seed: int) -> None:
        """Start from one shared weight.

        Raises:
            ValueError: If no connection counts.
        """
        if network.complexity == 0:
            raise ValueError("expected a network with a connection to tune, got none")
        assert isinstance(pool.evaluator, ImageEvaluator)
        self._pool, self._network, self._seed = pool, network, seed
        self._task = pool.evaluator.task
        self._validation = pool.evaluator.confirmation(generator(seed, Stream.TUNING, CONFIRM), 1)
        self._batch = max(1, min(BATCH, len(self._task.train.y) // LEAST_BATCHES))
        self._per_epoch = len(self._task.train.y) // self._batch
        self._strengths = np.full(network.complexity, start, np.float32)
        self._moments = no_moments(network.complexity)
        self.iteration = 0
        self.weights = np.full(network.enabled, float(start))
        self._confirmed = -np.inf
        self.curve: list[dict[str, Any]] = []

    def _descend(self, batches: np.ndarray) -> float:
        """Take one step on each minibatch of examples, int64[S, B]; the accuracy before them."""
        X, y = self._task.train
        done = (self._moments.steps + np.arange(len(batches))) / (EPOCHS * self._per_epoch)
        hits = descend(
            self._network.graph,
            self._strengths,
            np.ones(len(self._strengths), bool),
            ADAM,
            self._moments,
            np.ascontiguousarray(X, np.float32),
            np.ascontiguousarray(y, np.int64),
            batches,
            (LEARNING_RATE * (1 + np.cos(np.pi * done)) / 2).astype(np.float32),
        )
        return float(hits / batches.size)

    def step(self) -> dict[str, Any]:
        """Go through the training examples once; the step's row of the curve."""
        started = time.monotonic()
        rng = generator(self._seed, Stream.TUNING, WEIGHTS, self.iteration)
        order = rng.permutation(len(self._task.train.y))[: self._per_epoch * self._batch]
        accuracy = self._descend(order.reshape(-1, self._batch))
        weights = self.weights.copy()
        weights[self._network.genes] = self._strengths
        confirmed = self._pool.scores([self._network], weights[None], self._validation).mean()
        if confirmed > self._confirmed:
            self._confirmed, self.weights = float(confirmed), weights
        before = self.curve[-1] if self.curve else {"seconds": 0.0, "evaluations": 0}
        self.iteration += 1
        row = {
            "iteration": self.iteration,
            "seconds": before["seconds"] + time.monotonic() - started,
            "evaluations": before["evaluations"] + self._per_epoch,
            "best": accuracy,
            "median": accuracy,
            "confirmed": self._confirmed,
        }
        self.curve.append(row)
        return row

    def finished(self) -> bool:
        """Whether the learning rate has fallen to 0."""
        return self.iteration >= EPOCHS

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The state, for a checkpoint."""
        moments = np.array(self._moments.steps[0]), *map(np.copy, self._moments[1:])
        return {
            "strengths": self._strengths.copy(),
            "weights": self.weights,
            "confirmed": np.array(self._confirmed),
            "curve": table(self.curve),
            # As optax names them, by which earlier versions trained.
            **{f"moment_{i}": moment for i, moment in enumerate(moments)},
        }

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        """Take up the state that `to_arrays` gave.

        Raises:
            ValueError: If an array is missing or does not fit, as with another network.
        """
        count = int(take_whole(arrays, "moment_0"))
        if count > (most := EPOCHS * self._per_epoch):
            raise ValueError(f"moment_0: expected at most {most} steps, got {count}")
        names = "strengths", "moment_1", "moment_2"
        self._strengths, mean, square = (
            take_finite(arrays, name, self._network.complexity, dtype=np.float32).copy()
            for name in names
        )
        if square.min() < 0:
            raise ValueError(f"moment_2: expected squares, got {square.min()}")
        self._moments = Moments(np.array([count]), mean, square)
        self.weights = take_finite(arrays, "weights", self._network.enabled)
        self._confirmed = take_score(arrays, "confirmed")
        self.curve = take_curve(arrays)
        self.iteration = len(self.curve)
