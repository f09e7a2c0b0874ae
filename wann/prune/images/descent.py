"""Gradient descent on any loss: for methods that train more than the weights inside a mask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from wann.prune.images.experiment import PASSES, Chance, Experiment
from wann.prune.images.outcome import Outcome
from wann.prune.images.training import MOMENTUM, Training, batches_of, parts_of

# f(parameters, fixed, X [B, I], y [B], key, progress in [0, 1)) gives a loss. Losses are functions
# of modules, or frozen dataclasses: equal ones are compiled once. Where one has a method
# ``project(parameters, fixed, rate)``, the parameters pass through it after each step.
Loss = Callable[[Any, Any, Any, Any, Any, Any], Any]
Rates = Literal["constant", "cosine"]


def descend(
    experiment: Experiment,
    loss: Loss,
    start: Any,
    fixed: Any,
    training: Training,
    seed: int,
    level: int = 0,
    rates: Rates = "constant",
) -> Iterator[Any]:
    """The parameters after equal parts of a training, as arrays of NumPy.

    Args:
        experiment: What has the training images; it is ticked.
        loss: The loss.
        start: The parameters, in any nest of tuples and dicts.
        fixed: What the loss needs and nobody trains.
        training: Steps, images of a batch, optimizer and its rate; L2 is the loss's own affair.
        seed: Of the order of the images, and of the keys.
        level: Another one has other orders and keys.
        rates: The same rate at each step, or half a cosine down to 0.
    """
    import jax
    import jax.numpy as jnp

    X, y = (jnp.asarray(part) for part in experiment.data.train)
    run, prepare = compiled(loss, training.optimizer)
    parameters = jax.tree.map(jnp.asarray, start)
    fixed = jax.tree.map(jnp.asarray, fixed)
    moments = prepare(parameters)
    orders = batches_of(len(y), training.batch, experiment.rng(seed, Chance.BATCHES, level))
    key = jax.random.key(int(experiment.rng(seed, Chance.SCORES, level).integers(2**31)))
    done = 0
    for steps in parts_of(training.steps):
        key, now = jax.random.split(key)
        batches = jnp.asarray(np.stack([next(orders) for _ in range(steps)]), jnp.int32)
        progress = (done + np.arange(steps, dtype=np.float32)) / np.float32(training.steps)
        rate = np.full(steps, training.learning_rate, np.float32)
        if rates == "cosine":
            rate = rate * (1 + np.cos(np.pi * progress)) / 2
        parameters, moments = run(
            parameters, moments, fixed, X, y, batches, now, rate.astype("f4"), progress
        )
        done += steps
        yield jax.tree.map(np.asarray, parameters)
        experiment.tick(steps)


def learned(
    experiment: Experiment, found: Iterator[Outcome], training: Training, passes: int = PASSES
) -> Outcome:
    """Of the networks after equal parts of a training the best on the validation examples, the
    first on ties; or the last, where the training does not choose. Its cost is that of all.

    Args:
        experiment: What has the validation examples.
        found: The networks, without validation and cost.
        training: How they are trained.
        passes: Forward and backward ones through all weights, for each image.
    """
    best = None
    for outcome in found:
        outcome = outcome._replace(validation=experiment.validation(outcome))
        if best is None or not training.choose or outcome.validation > best.validation:
            best = outcome
    assert best is not None
    samples = training.steps * min(training.batch, len(experiment.data.train.y))
    return best._replace(samples=samples, multiply_adds=passes * samples * experiment.total)


def to_the_end(training: Training) -> Training:
    """The training whose last network counts: one on the way is not as sparse."""
    return replace(training, choose=False)


@lru_cache(maxsize=32)
def compiled(loss: Loss, optimizer: str) -> tuple[Any, Any]:
    """``run(parameters, moments, fixed, X, y, batches, key, rates, progress)`` gives parameters
    and moments after the batches [T, B]; ``prepare(parameters)`` the first moments."""
    import jax
    import optax

    rule = {"adam": optax.scale_by_adam(), "sgd": optax.trace(MOMENTUM)}[optimizer]
    project = getattr(loss, "project", None)

    def run(
        parameters: Any,
        moments: Any,
        fixed: Any,
        X: Any,
        y: Any,
        batches: Any,
        key: Any,
        rates: Any,
        progress: Any,
    ) -> Any:
        def step(state: Any, now: Any) -> Any:
            (parameters, moments), (batch, key, rate, share) = state, now
            gradient = jax.grad(loss)(parameters, fixed, X[batch], y[batch], key, share)
            changes, moments = rule.update(gradient, moments)
            parameters = jax.tree.map(lambda p, change: p - rate * change, parameters, changes)
            if project is not None:
                parameters = project(parameters, fixed, rate)
            return (parameters, moments), None

        keys = jax.random.split(key, len(batches))
        return jax.lax.scan(step, (parameters, moments), (batches, keys, rates, progress))[0]

    return jax.jit(run), jax.jit(rule.init)


def cross_entropy(outputs: Any, y: Any) -> Any:
    """The mean cross entropy of outputs [B, O] with the classes y [B], as a JAX function."""
    import optax

    return optax.softmax_cross_entropy_with_integer_labels(outputs, y).mean()
