"""Supermasks that are learned: the weights stay as they are initialised, the mask is trained.

Zhou et al. (2019), section 5: each weight w has a number m and is kept with probability
sigmoid(m). The gradient passes through the draw as if it were the probability. The weights are
signed constants; each layer's are scaled by the share that is kept ("dynamic weight rescaling").
At the end a weight is kept if m > 0. There are no biases.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from wann.prune.images.experiment import PASSES, Chance, Experiment, Result
from wann.prune.images.outcome import Outcome
from wann.prune.images.rewinding import Past, signed_constant
from wann.prune.images.training import MOMENTUM, batches_of, forward, parts_of
from wann.prune.masks.selection import Masks
from wann.prune.methods.base import ImageMethod, Method
from wann.prune.networks.mlp import MLP, masked
from wann.prune.run import TICKET


def results(experiment: Experiment, seed: int) -> Iterator[Result]:
    """The one mask of a seed."""
    outcome = experiment.step(f"s{seed}-learned", lambda: learn(experiment, seed))
    yield Result(TICKET, seed, 1, "A", outcome, experiment.test(outcome), target=True)


def learn(experiment: Experiment, seed: int) -> Outcome:
    """Learn a mask; of those after equal parts of the training, the best on validation."""
    import jax
    import jax.numpy as jnp

    initial, training = experiment.initial(seed), experiment.training
    weights = signed_constant(Past(initial, initial, initial), np.random.default_rng()).weights
    X, y = (jnp.asarray(part) for part in experiment.data.train)
    logits: Any = tuple(jnp.zeros(w.shape) for w in weights)
    moments: Any = tuple(jnp.zeros(w.shape) for w in weights)
    rng = experiment.rng(seed, Chance.BATCHES, 0)
    key = jax.random.key(int(experiment.rng(seed, Chance.SCORES, 0).integers(2**31)))
    orders = batches_of(len(y), training.batch, rng)
    run, best = _compiled(), None
    curve: list[tuple[int, float]] = []
    for steps in parts_of(training.steps):
        key, now = jax.random.split(key)
        batches = jnp.asarray(np.stack([next(orders) for _ in range(steps)]), jnp.int32)
        logits, moments = run(logits, moments, weights, X, y, batches, now, training.learning_rate)
        found = _drawn(initial, weights, logits)
        found = found._replace(validation=experiment.validation(found))
        at = steps + (int(curve[-1][0]) if curve else 0)
        curve.append((at, found.validation))
        if best is None or found.validation > best.validation:
            best = found._replace(step=at)
        experiment.tick(steps)
    assert best is not None
    samples = training.steps * min(training.batch, len(y))
    return best._replace(
        samples=samples,
        multiply_adds=PASSES * samples * initial.total,
        curve=np.array(curve, np.float64),
    )


def _drawn(initial: MLP, weights: tuple[np.ndarray, ...], logits: Any) -> Outcome:
    """The network of the likelier half of the masks."""
    masks: Masks = tuple(np.asarray(m) > 0 for m in logits)
    rescaled = tuple(
        w * np.float32(mask.size / max(1, mask.sum()))
        for w, mask in zip(weights, masks, strict=True)
    )
    return Outcome(masked(MLP(rescaled, initial.biases), masks), masks, 0.0, 0, 0)


@cache
def _compiled() -> Any:
    """``run(logits, moments, weights, X, y, batches, key, rate) -> (logits, moments)``."""
    import jax
    import jax.numpy as jnp
    import optax

    def loss(logits: Any, weights: Any, X: Any, y: Any, key: Any) -> Any:
        layers = []
        for m, w, k in zip(logits, weights, jax.random.split(key, len(weights)), strict=True):
            p = jax.nn.sigmoid(m)
            drawn = jax.random.bernoulli(k, p).astype(p.dtype)
            kept = p + jax.lax.stop_gradient(drawn - p)
            share = jnp.maximum(jax.lax.stop_gradient(drawn.mean()), 1 / w.size)
            layers.append(w * kept / share)
        mlp = MLP(tuple(layers), tuple(jnp.zeros(w.shape[1]) for w in weights))
        return optax.softmax_cross_entropy_with_integer_labels(forward(mlp, X), y).mean()

    @jax.jit
    def run(
        logits: Any, moments: Any, weights: Any, X: Any, y: Any, batches: Any, key: Any, rate: Any
    ) -> Any:
        def step(state: Any, at: Any) -> Any:
            (logits, moments), (batch, k) = state, at
            gradient = jax.grad(loss)(logits, weights, X[batch], y[batch], k)
            moments = jax.tree.map(lambda a, g: MOMENTUM * a + g, moments, gradient)
            return (jax.tree.map(lambda m, a: m - rate * a, logits, moments), moments), None

        keys = jax.random.split(key, len(batches))
        return jax.lax.scan(step, (logits, moments), (batches, keys))[0]

    return run


METHOD = Method(
    "learned-supermask",
    "Zhou et al. 2019",
    "learn by gradients which untrained weights to keep; how many follows from that",
    ImageMethod(
        {"optimizer": "sgd", "learning_rate": 100.0, "batch": 250},
        ("hidden", "steps", "batch", "learning_rate"),
        results,
    ),
)
