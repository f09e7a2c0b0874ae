"""Tuning the weights of classification networks: Adam, by the packages JAX and optax."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from wann.core.arrays import take_finite, take_score, take_whole
from wann.core.checks import require
from wann.core.network import Network
from wann.core.rng import Stream, generator
from wann.evaluation.images import ImageEvaluator
from wann.evaluation.pool import Pool
from wann.tune.base import CONFIRM, WEIGHTS, table, take_curve
from wann.tune.jax_forward import forward_function

EPOCHS = 100
BATCH = 250
LEAST_BATCHES = 20  # an epoch has at least so many, with smaller ones for few examples
LEARNING_RATE = 0.01  # at the start; it falls to 0 along a cosine


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
            ValueError: If JAX or optax is missing, or no connection counts.
        """
        if network.complexity == 0:
            raise ValueError("expected a network with a connection to tune, got none")
        require("train", "training by gradients", "jax", "optax")
        import optax

        assert isinstance(pool.evaluator, ImageEvaluator)
        self._pool, self._network, self._seed = pool, network, seed
        self._task = pool.evaluator.task
        self._validation = pool.evaluator.confirmation(generator(seed, Stream.TUNING, CONFIRM), 1)
        self._batch = max(1, min(BATCH, len(self._task.train.y) // LEAST_BATCHES))
        self._per_epoch = len(self._task.train.y) // self._batch
        schedule = optax.cosine_decay_schedule(LEARNING_RATE, EPOCHS * self._per_epoch)
        self._optimizer = optax.adam(schedule)
        self._strengths: Any = np.full(network.complexity, start, np.float32)
        self._moments: Any = self._optimizer.init(self._strengths)
        self._update = self._compile()
        self.iteration = 0
        self.weights = np.full(network.enabled, float(start))
        self._confirmed = -np.inf
        self.curve: list[dict[str, Any]] = []

    def _compile(self) -> Any:
        """``f(strengths, moments, X, y) -> (strengths, moments, accuracy)``, one minibatch."""
        import jax
        import jax.numpy as jnp
        import optax

        forward = forward_function(self._network)

        def loss(strengths: Any, X: Any, y: Any) -> Any:
            outputs = forward(strengths, X)
            hits = jnp.mean(jnp.argmax(outputs, axis=1) == y)
            return optax.softmax_cross_entropy_with_integer_labels(outputs, y).mean(), hits

        @jax.jit
        def update(strengths: Any, moments: Any, X: Any, y: Any) -> Any:
            gradient, hits = jax.grad(loss, has_aux=True)(strengths, X, y)
            changes, moments = self._optimizer.update(gradient, moments)
            return optax.apply_updates(strengths, changes), moments, hits

        return update

    def step(self) -> dict[str, Any]:
        """Go through the training examples once; the step's row of the curve."""
        started = time.monotonic()
        X, y = self._task.train
        order = generator(self._seed, Stream.TUNING, WEIGHTS, self.iteration).permutation(len(y))
        hits = []
        for batch in order[: self._per_epoch * self._batch].reshape(-1, self._batch):
            self._strengths, self._moments, accuracy = self._update(
                self._strengths, self._moments, X[batch], y[batch]
            )
            hits.append(accuracy)
        weights = self.weights.copy()
        weights[self._network.genes] = np.asarray(self._strengths)
        confirmed = self._pool.scores([self._network], weights[None], self._validation).mean()
        if confirmed > self._confirmed:
            self._confirmed, self.weights = float(confirmed), weights
        before = self.curve[-1] if self.curve else {"seconds": 0.0, "evaluations": 0}
        self.iteration += 1
        row = {
            "iteration": self.iteration,
            "seconds": before["seconds"] + time.monotonic() - started,
            "evaluations": before["evaluations"] + len(hits),
            "best": float(np.mean(hits)),
            "median": float(np.mean(hits)),
            "confirmed": self._confirmed,
        }
        self.curve.append(row)
        return row

    def finished(self) -> bool:
        """Whether the learning rate has fallen to 0."""
        return self.iteration >= EPOCHS

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The state, for a checkpoint."""
        import jax

        moments = {
            f"moment_{i}": np.asarray(m) for i, m in enumerate(jax.tree.leaves(self._moments))
        }
        return {
            "strengths": np.asarray(self._strengths),
            "weights": self.weights,
            "confirmed": np.array(self._confirmed),
            "curve": table(self.curve),
            **moments,
        }

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        """Take up the state that `to_arrays` gave.

        Raises:
            ValueError: If an array is missing or does not fit, as with another network.
        """
        import jax

        leaves, structure = jax.tree.flatten(self._moments)
        shape = self._strengths.shape
        self._strengths = take_finite(arrays, "strengths", *shape, dtype=np.float32)
        moments = [_moment(arrays, f"moment_{i}", leaf) for i, leaf in enumerate(leaves)]
        self._moments = jax.tree.unflatten(structure, moments)
        self.weights = take_finite(arrays, "weights", self._network.enabled)
        self._confirmed = take_score(arrays, "confirmed")
        self.curve = take_curve(arrays)
        self.iteration = len(self.curve)


def _moment(arrays: dict[str, np.ndarray], name: str, like: Any) -> np.ndarray:
    """What the optimizer knows of each weight, or how many steps it took.

    Raises:
        ValueError: If it is missing, has another shape, or a number is not one of its kind.
    """
    if np.issubdtype(like.dtype, np.floating):
        return take_finite(arrays, name, *like.shape, dtype=like.dtype)
    count = take_whole(arrays, name, *like.shape)
    if (most := np.iinfo(like.dtype).max) < count.max(initial=0):
        raise ValueError(f"{name}: expected at most {most} steps, got {count.max()}")
    return count.astype(like.dtype)
