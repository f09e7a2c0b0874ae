"""Gates of nodes that are learned with the weights: L0 by hard concrete, and Bayesian compression.

L0 (Louizos, Welling & Kingma, 2018): what leaves a node is multiplied by a gate in [0, 1], drawn
from a distribution that is exactly 0 or 1 with some probability; the loss has the expected number
of weights that are not 0. Bayesian compression (Louizos, Ullrich & Welling, 2017, section 4.1):
the gate has a normal-Jeffreys (log-uniform) prior, and its posterior is normal; a node is pruned
whose dropout rate α, variance over squared mean, is above 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from wann.core.rng import Stream, generator
from wann.prune.images.descent import cross_entropy, descend, learned, to_the_end
from wann.prune.images.equal_budget import beside
from wann.prune.images.experiment import Chance, Experiment, Result
from wann.prune.images.outcome import Outcome
from wann.prune.masks.selection import Masks
from wann.prune.methods.base import BESIDE, TRAINED, TRAINING, ImageMethod, Method
from wann.prune.networks.mlp import MLP, masked
from wann.prune.run import TICKET

BETA, GAMMA, ZETA = 2 / 3, -0.1, 1.1  # of the hard concrete distribution, as in the paper
KEPT_FIRST = (0.8, 0.5)  # probability of a gate at first: of inputs, of hidden nodes
# Of the approximate divergence from the log-uniform prior (Molchanov et al., 2017, equation 14).
K1, K2, K3 = 0.63576, 1.87320, 1.48695


def gate(location: Any, uniform: Any) -> Any:
    """The gate for uniform numbers in (0, 1): equations 10 and 11 of Louizos et al. (2018)."""
    import jax
    import jax.numpy as jnp

    logistic = jnp.log(uniform) - jnp.log1p(-uniform)
    return jnp.clip(jax.nn.sigmoid((logistic + location) / BETA) * (ZETA - GAMMA) + GAMMA, 0, 1)


def open_(location: Any) -> Any:
    """The probability that a gate is not 0, equation 12."""
    import jax

    return jax.nn.sigmoid(location - BETA * np.log(-GAMMA / ZETA))


def settled(location: np.ndarray) -> np.ndarray:
    """The gate that is used after the training, equation 13."""
    return np.clip((ZETA - GAMMA) / (1 + np.exp(-location)) + GAMMA, 0, 1).astype(np.float32)


def l0_loss(both: Any, fixed: Any, X: Any, y: Any, key: Any, progress: Any) -> Any:
    """The loss of (network, locations of the gates [I_l]), see `descent.Loss`; fixed is the factor
    of the expected number of weights. Each image has gates of its own."""
    import jax

    mlp, locations = both
    count = 0.0
    keys = jax.random.split(key, len(locations))
    for i, (w, b, at) in enumerate(zip(mlp.weights, mlp.biases, locations, strict=True)):
        u = jax.random.uniform(keys[i], X.shape, minval=1e-6, maxval=1 - 1e-6)
        X = (X * gate(at, u)) @ w + b
        X = X if i == len(locations) - 1 else jax.nn.relu(X)
        count += open_(at).sum() * w.shape[1]
    return cross_entropy(X, y) + fixed * count


def divergence(log_alpha: Any) -> Any:
    """The divergence of a normal gate from its log-uniform prior, without a constant."""
    import jax

    near = K1 * jax.nn.sigmoid(K2 + K3 * log_alpha)
    return K1 - near + 0.5 * jax.nn.softplus(-log_alpha)


def log_alpha(mean: Any, log_variance: Any) -> Any:
    """The logarithm of the dropout rate."""
    import jax.numpy as jnp

    return log_variance - jnp.log(mean * mean + 1e-8)


def bayesian_loss(parts: Any, fixed: Any, X: Any, y: Any, key: Any, progress: Any) -> Any:
    """The loss of (network, log-variances of its weights, means and log-variances of gates), see
    `descent.Loss`; fixed is the factor of the divergences, which grows during the first half of
    the training. Noise is that of sums, not of weights (Kingma et al., 2015)."""
    import jax
    import jax.numpy as jnp

    mlp, spreads, means, variances = parts
    keys = jax.random.split(key, 2 * len(means))
    total = 0.0
    for i, (w, b, s, m, v) in enumerate(
        zip(mlp.weights, mlp.biases, spreads, means, variances, strict=True)
    ):
        X = X * (m + jnp.exp(v / 2) * jax.random.normal(keys[2 * i], X.shape))
        noise = jax.random.normal(keys[2 * i + 1], (len(X), w.shape[1]))
        X = X @ w + b + jnp.sqrt(X * X @ jnp.exp(s) + 1e-8) * noise
        X = X if i == len(means) - 1 else jax.nn.relu(X)
        total += divergence(log_alpha(m, v)).sum()
        total += 0.5 * (jnp.exp(s) + w * w - s - 1).sum()
    return cross_entropy(X, y) + fixed * jnp.minimum(1.0, 2 * progress) * total


def l0(experiment: Experiment, seed: int) -> Iterator[Result]:
    """The one network of a seed; which nodes it has follows from the penalty."""
    outcome = experiment.step(f"s{seed}-l0", partial(train_l0, experiment, seed))
    found = Result(TICKET, seed, 1, "C", outcome, experiment.test(outcome), target=True)
    yield from beside(experiment, found, [to_the_end(experiment.training)])


def train_l0(experiment: Experiment, seed: int) -> Outcome:
    """Train weights and gates to the end."""
    training, initial = to_the_end(experiment.training), experiment.initial(seed)
    rng = generator(seed, Stream.PRUNING, Chance.SCORES, 0, 1)
    locations = []
    for i, w in enumerate(initial.weights):
        kept = KEPT_FIRST[min(i, 1)]
        start = np.log(kept / (1 - kept)) + 0.01 * rng.standard_normal(len(w))
        locations.append(start.astype(np.float32))
    factor = np.float32(experiment.settings.penalty / len(experiment.data.train.y))
    found = descend(experiment, l0_loss, (initial, tuple(locations)), factor, training, seed)
    gated = ((mlp, tuple(map(settled, at))) for mlp, at in found)
    return learned(experiment, (_folded(mlp, gates) for mlp, gates in gated), training)


def bayesian(experiment: Experiment, seed: int) -> Iterator[Result]:
    """The one network of a seed, with the means of its weights and gates."""
    outcome = experiment.step(f"s{seed}-bayesian", partial(train_bayesian, experiment, seed))
    found = Result(TICKET, seed, 1, "C", outcome, experiment.test(outcome), target=True)
    yield from beside(experiment, found, [to_the_end(experiment.training)])


def train_bayesian(experiment: Experiment, seed: int) -> Outcome:
    """Train the posterior to the end."""
    training, initial = to_the_end(experiment.training), experiment.initial(seed)
    spreads = tuple(np.full(w.shape, -9.0, np.float32) for w in initial.weights)
    means = tuple(np.ones(len(w), np.float32) for w in initial.weights)
    variances = tuple(np.full(len(w), -9.0, np.float32) for w in initial.weights)
    factor = np.float32(experiment.settings.penalty / len(experiment.data.train.y))
    start = (initial, spreads, means, variances)
    found = descend(experiment, bayesian_loss, start, factor, training, seed)
    gated = (
        (
            mlp,
            tuple(
                np.where(v - np.log(m * m + 1e-8) < 0, m, 0).astype(np.float32)
                for m, v in zip(means, variances, strict=True)
            ),
        )
        for mlp, _, means, variances in found
    )
    return learned(experiment, (_folded(mlp, gates) for mlp, gates in gated), training)


def _folded(mlp: MLP, gates: tuple[np.ndarray, ...]) -> Outcome:
    """The network whose weights have their gates [I_l] in them, without nodes whose gate is 0."""
    weights = tuple(w * g[:, None] for w, g in zip(mlp.weights, gates, strict=True))
    masks: Masks = tuple(
        np.broadcast_to(g[:, None] != 0, w.shape).copy()
        for w, g in zip(mlp.weights, gates, strict=True)
    )
    # A hidden node that leads nowhere needs nothing that enters it.
    for i in range(len(masks) - 1):
        masks[i][:, gates[i + 1] == 0] = False
    return Outcome(masked(MLP(weights, mlp.biases), masks), masks, 0.0, 0, 0)


_OPTIONS = (*TRAINING, "penalty", "arms")
METHODS = (
    Method(
        "l0",
        "Louizos et al. 2018",
        "train with gates of nodes that are exactly 0 or 1 at times (hard concrete)",
        ImageMethod({**TRAINED, "penalty": 0.1, "batch": 100}, _OPTIONS, l0, arms=BESIDE),
    ),
    Method(
        "bayesian-compression",
        "Louizos et al. 2017",
        "train with noisy gates of nodes; drop nodes whose noise is above their signal",
        ImageMethod({**TRAINED, "batch": 128}, _OPTIONS, bayesian, arms=BESIDE),
    ),
)
