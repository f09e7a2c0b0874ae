"""Edge-popup: the weights stay as they are drawn, and each has a score; the highest are used.

Ramanujan et al. (2020), section 3: the forward pass uses the k weights with the largest |score| of
each layer; the gradient reaches the scores of all as if each score multiplied its weight
(straight through). Biprop (Diffenderfer & Kailkhura, 2021, algorithm 1) does the same with weights
of one bit: their signs, times the mean |w| of those that are used in the layer. No biases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from wann.core.rng import Stream, generator
from wann.prune.images.descent import cross_entropy, descend, learned
from wann.prune.images.experiment import Chance, Experiment, Result
from wann.prune.images.outcome import Outcome
from wann.prune.images.training import forward
from wann.prune.masks.schedules import levels
from wann.prune.masks.selection import Masks, highest
from wann.prune.methods.base import ImageMethod, Method
from wann.prune.networks.mlp import MLP, masked
from wann.prune.run import TICKET

_OPTIONS = ("hidden", "steps", "batch", "optimizer", "learning_rate", "l2", "sparsity", "rate")
_DEFAULTS = {"optimizer": "sgd", "learning_rate": 0.1, "batch": 128, "l2": 1e-4}  # the paper's
Counts = tuple[int, ...]  # weights kept of each layer
HALVINGS = 32  # more than a number of 24 bits has


def results(binary: bool, experiment: Experiment, seed: int) -> Iterator[Result]:
    """The mask of each sparsity, each found from the start; `binary` for biprop."""
    for level, counts in enumerate(counts_of(experiment), 1):
        compute = partial(find, experiment, seed, level, counts, binary)
        outcome = experiment.step(f"s{seed}-edges-l{level}", compute)
        yield Result(TICKET, seed, level, "A", outcome, experiment.test(outcome), target=True)


def counts_of(experiment: Experiment) -> list[Counts]:
    """How many weights of each layer are kept at each sparsity, at least one."""
    sizes = [w.size for w in experiment.initial(0).weights]
    settings = experiment.settings
    rates = [settings.rate] * (len(sizes) - 1) + [settings.rate / 2]
    return [
        tuple(max(1, n - round(share * n)) for n, share in zip(sizes, shares, strict=True))
        for shares in levels(sizes, settings.sparsities(), rates, iterative=False)
    ]


def find(experiment: Experiment, seed: int, level: int, counts: Counts, binary: bool) -> Outcome:
    """Train scores; of the masks after equal parts of the training, the best on validation."""
    weights, training = experiment.initial(seed).weights, experiment.training
    rng = generator(seed, Stream.PRUNING, Chance.SCORES, level, 1)
    # As the released code draws them: Kaiming-uniform with a = √5, in ± 1 / √fan-in.
    start = tuple(
        rng.uniform(-1, 1, w.shape).astype(np.float32) / np.float32(np.sqrt(len(w)))
        for w in weights
    )
    fixed = (weights, tuple(np.int32(count) for count in counts))
    found = descend(
        experiment, Popup(binary, training.l2), start, fixed, training, seed, level, "cosine"
    )
    outcomes = (_drawn(weights, scores, counts, binary) for scores in found)
    return learned(experiment, outcomes, training)


@dataclass(frozen=True)
class Popup:
    """The loss of scores; fixed are the weights, and the number kept of each layer.

    Attributes:
        binary: Whether weights are signs times one number a layer.
        l2: Factor of half the sum of squared scores.
    """

    binary: bool
    l2: float

    def __call__(self, scores: Any, fixed: Any, X: Any, y: Any, key: Any, progress: Any) -> Any:
        """See `descent.Loss`."""
        import jax.numpy as jnp

        layers = tuple(popped(s, w, k, self.binary) for s, w, k in zip(scores, *fixed, strict=True))
        mlp = MLP(layers, tuple(jnp.zeros(w.shape[1]) for w in layers))
        decay = sum((s * s).sum() for s in scores)
        return cross_entropy(forward(mlp, X), y) + self.l2 / 2 * decay


def popped(scores: Any, weights: Any, count: Any, binary: bool) -> Any:
    """A layer's weights [I_l, O_l] as they are used; a JAX function whose gradient by the scores
    is straight through."""
    import jax
    import jax.numpy as jnp

    strength = jnp.abs(scores)
    mask = (strength >= least_of(strength, count)).astype(strength.dtype)
    gate = strength + jax.lax.stop_gradient(mask - strength)
    if binary:
        mean = (jnp.abs(weights) * mask).sum() / mask.sum()
        weights = jnp.sign(weights) * mean
    return weights * gate * jnp.sqrt(weights.size / count)  # section 3.2: keeps the deviation


def least_of(strength: Any, count: Any) -> Any:
    """The count-th largest of a layer's numbers of 0 or more, or hardly less; a JAX function.

    By bisection: on a CPU that takes a thirtieth of the time of sorting them.
    """
    import jax
    import jax.numpy as jnp

    def halve(_: Any, ends: Any) -> Any:
        low, high = ends
        middle = (low + high) / 2
        enough = (strength >= middle).sum() >= count
        return jnp.where(enough, middle, low), jnp.where(enough, high, middle)

    ends = (jnp.zeros((), strength.dtype), strength.max() + 1e-6)
    return jax.lax.fori_loop(0, HALVINGS, halve, ends)[0]


def _drawn(
    weights: tuple[np.ndarray, ...], scores: tuple[np.ndarray, ...], counts: Counts, binary: bool
) -> Outcome:
    masks: Masks = tuple(highest(np.abs(s), k) for s, k in zip(scores, counts, strict=True))
    if binary:
        weights = tuple(
            (np.sign(w) * np.abs(w[mask]).mean()).astype(np.float32)
            for w, mask in zip(weights, masks, strict=True)
        )
    scaled = tuple(
        w * np.float32(np.sqrt(w.size / k)) for w, k in zip(weights, counts, strict=True)
    )
    biases = tuple(np.zeros(w.shape[1], np.float32) for w in weights)
    return Outcome(masked(MLP(scaled, biases), masks), masks, 0.0, 0, 0)


METHODS = (
    Method(
        "edge-popup",
        "Ramanujan et al. 2020",
        "learn by gradients which untrained weights to keep, so many of each layer",
        ImageMethod(_DEFAULTS, _OPTIONS, partial(results, False)),
    ),
    Method(
        "biprop",
        "Diffenderfer & Kailkhura 2021",
        "as edge-popup, with weights of one bit: their signs, times one number a layer",
        ImageMethod(_DEFAULTS, _OPTIONS, partial(results, True)),
    ),
)
