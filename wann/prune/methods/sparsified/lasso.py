"""Penalties under which weights become exactly 0: L1, and the group lasso for whole nodes.

Each step of gradient descent is followed by the penalty's proximal step (Tibshirani, 1996; Yuan &
Lin, 2006), as a gradient alone never reaches 0. Groups are what leaves an input or a hidden node,
as in structured sparsity learning (Wen et al., 2016): one whose weights are all 0 is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from wann.prune.images.descent import cross_entropy, descend, learned, to_the_end
from wann.prune.images.equal_budget import beside
from wann.prune.images.experiment import Experiment, Result
from wann.prune.images.outcome import Outcome
from wann.prune.images.training import forward
from wann.prune.methods.base import BESIDE, TRAINED, TRAINING, ImageMethod, Method
from wann.prune.networks.mlp import MLP
from wann.prune.run import TICKET


def results(groups: bool, experiment: Experiment, seed: int) -> Iterator[Result]:
    """The one network of a seed; how sparse it is follows from the penalty."""
    name = f"s{seed}-{'group-' if groups else ''}lasso"
    outcome = experiment.step(name, partial(train, experiment, seed, groups))
    found = Result(TICKET, seed, 1, "C", outcome, experiment.test(outcome), target=True)
    yield from beside(experiment, found, [to_the_end(experiment.training)])


def train(experiment: Experiment, seed: int, groups: bool) -> Outcome:
    """Train to the end: a network on the way is not as sparse."""
    training = to_the_end(experiment.training)
    penalty = np.float32(experiment.settings.penalty)
    found = descend(experiment, Lasso(groups), experiment.initial(seed), penalty, training, seed)
    return learned(experiment, map(_outcome, found), training)


@dataclass(frozen=True)
class Lasso:
    """The loss of an `MLP`, and its proximal step; fixed is the penalty, the factor of the sum of
    |w|, or of the norms of groups times √size.

    Attributes:
        groups: Whether all weights that leave a node vanish together.
    """

    groups: bool

    def __call__(self, mlp: Any, fixed: Any, X: Any, y: Any, key: Any, progress: Any) -> Any:
        """See `descent.Loss`."""
        return cross_entropy(forward(mlp, X), y)

    def project(self, mlp: Any, fixed: Any, rate: Any) -> Any:
        """The network after the penalty's step: the biases stay."""
        shrink = rate * fixed
        return MLP(tuple(shrunk(w, shrink, self.groups) for w in mlp.weights), mlp.biases)


def shrunk(weights: Any, by: Any, groups: bool) -> Any:
    """The proximal step of a layer's weights [I_l, O_l], a JAX function: what minimises
    |v - w|² / 2 + by · penalty(v)."""
    import jax.numpy as jnp

    if not groups:
        return jnp.sign(weights) * jnp.maximum(jnp.abs(weights) - by, 0.0)
    norms = jnp.sqrt((weights * weights).sum(axis=1, keepdims=True))
    least = by * np.sqrt(weights.shape[1])
    return weights * jnp.maximum(1 - least / jnp.maximum(norms, 1e-12), 0.0)


def _outcome(mlp: MLP) -> Outcome:
    return Outcome(mlp, tuple(w != 0 for w in mlp.weights), 0.0, 0, 0)


METHODS = (
    Method(
        "l1",
        "Tibshirani 1996",
        "train under an L1 penalty until weights vanish; how many follows from it",
        ImageMethod(
            {**TRAINED, "optimizer": "sgd", "learning_rate": 0.1, "penalty": 1e-4},
            (*TRAINING, "penalty", "arms"),
            partial(results, False),
            arms=BESIDE,
        ),
    ),
    Method(
        "group-lasso",
        "Wen et al. 2016",
        "train under a penalty on all that leaves a node, until nodes vanish",
        ImageMethod(
            {**TRAINED, "optimizer": "sgd", "learning_rate": 0.1, "penalty": 3e-4},
            (*TRAINING, "penalty", "arms"),
            partial(results, True),
            arms=BESIDE,
        ),
    ),
)
