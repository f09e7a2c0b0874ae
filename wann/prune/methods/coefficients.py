"""A coefficient for each hidden node, trained with an L1 penalty: nodes with small ones go.

Liu et al. (2017) prune channels by the factors of their batch normalisation, which an L1 penalty
drives to 0; You et al. (2020) draw Early-Bird tickets with them. Here the value of hidden node i is
c_i relu(...), with c_i = 1 at first, and the loss has the factor times the sum of all |c_i|.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from wann.prune.images.data import Data
from wann.prune.images.training import MOMENTUM, Training, batches_of
from wann.prune.networks.mlp import MLP


class Scaled(NamedTuple):
    """A network with coefficients.

    Attributes:
        mlp: The network without them.
        coefficients: [O_l] for each hidden layer.
    """

    mlp: MLP
    coefficients: tuple[Any, ...]

    def folded(self) -> MLP:
        """The plain network of the same function: the next layer's weights take them in."""
        scales = [np.float32(1), *(np.asarray(c)[:, None] for c in self.coefficients)]
        weights = tuple(np.asarray(w) * c for w, c in zip(self.mlp.weights, scales, strict=True))
        return MLP(weights, tuple(map(np.asarray, self.mlp.biases)))


def train(
    start: MLP,
    data: Data,
    training: Training,
    penalty: float,
    rng: np.random.Generator,
    parts: Iterable[int],
) -> Iterator[Scaled]:
    """The network after each part of a training, of so many steps.

    Args:
        start: The weights to start with.
        data: The examples.
        training: How.
        penalty: Factor of the sum of the absolute coefficients in the loss.
        rng: Of the order of the images.
        parts: Numbers of steps.
    """
    import jax
    import jax.numpy as jnp

    run, prepare = _compiled(training.optimizer, training.l2, penalty)
    ones = tuple(np.ones(len(b), np.float32) for b in start.biases[:-1])
    scaled: Any = jax.tree.map(jnp.asarray, Scaled(start, ones))
    moments = prepare(scaled)
    X, y = jnp.asarray(data.train.X), jnp.asarray(data.train.y, jnp.int32)
    orders = batches_of(len(y), training.batch, rng)
    for steps in parts:
        batches = jnp.asarray(np.stack([next(orders) for _ in range(steps)]), jnp.int32)
        scaled, moments = run(scaled, moments, X, y, batches, training.learning_rate)
        yield jax.tree.map(np.asarray, scaled)


@cache
def _compiled(optimizer: str, l2: float, penalty: float) -> tuple[Any, Any]:
    """``run(scaled, moments, X, y, batches, rate) -> (scaled, moments)`` and ``prepare``."""
    import jax
    import jax.numpy as jnp
    import optax

    rule = {"adam": optax.scale_by_adam(), "sgd": optax.trace(MOMENTUM)}[optimizer]

    def loss(scaled: Scaled, X: Any, y: Any) -> Any:
        mlp, coefficients = scaled
        for w, b, c in zip(mlp.weights, mlp.biases, coefficients, strict=False):
            X = c * jax.nn.relu(X @ w + b)
        outputs = X @ mlp.weights[-1] + mlp.biases[-1]
        found = optax.softmax_cross_entropy_with_integer_labels(outputs, y).mean()
        found += penalty * sum(jnp.abs(c).sum() for c in coefficients)
        return found + l2 / 2 * sum((w * w).sum() for w in mlp.weights)

    def run(scaled: Scaled, moments: Any, X: Any, y: Any, batches: Any, rate: Any) -> Any:
        def step(state: Any, batch: Any) -> Any:
            scaled, moments = state
            gradient = jax.grad(loss)(scaled, X[batch], y[batch])
            changes, moments = rule.update(gradient, moments)
            scaled = jax.tree.map(lambda value, change: value - rate * change, scaled, changes)
            return (scaled, moments), None

        return jax.lax.scan(step, (scaled, moments), batches)[0]

    return jax.jit(run), jax.jit(rule.init)
