"""Scores of connections: the higher, the more it is worth keeping.

A score is a function of a `Pruned` and a generator that gives an array [I_l, O_l] for each layer.
What they say of weights outside the masks does not count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import softmax

from wann.prune.networks import mlp as mlps
from wann.prune.networks.mlp import MLP, Masks

Scores = tuple[np.ndarray, ...]
IMAGES = 5_000  # at most so many training images for the diagonal of the Hessian


class Pruned(NamedTuple):
    """What is pruned.

    Attributes:
        mlp: The network as it is, trained or not; 0 outside its masks.
        initial: As it was before any training.
        masks: What is left of it.
        images: Training images [B, I].
    """

    mlp: MLP
    initial: MLP
    masks: Masks
    images: np.ndarray


def random(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """Uniform in [0, 1): a control."""
    return tuple(rng.random(w.shape) for w in pruned.mlp.weights)


def magnitude(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """|w| (Han et al., 2015; Frankle & Carbin, 2019)."""
    return tuple(np.abs(w) for w in pruned.mlp.weights)


def initial_magnitude(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """|w| before training (Frankle et al., 2021, as a control)."""
    return tuple(np.abs(w) for w in pruned.initial.weights)


def large_final_same_sign(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """|w| if training has not changed its sign, else 0 (Zhou et al., 2019)."""
    return tuple(
        np.where(np.sign(w) == np.sign(w0), np.abs(w), 0.0)
        for w, w0 in zip(pruned.mlp.weights, pruned.initial.weights, strict=True)
    )


def optimal_brain_damage(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """The saliency h w² / 2, with the diagonal h of the Hessian (LeCun et al., 1990)."""
    curvature = hessian_diagonal(pruned.mlp, pruned.images[:IMAGES])
    return tuple(h * w * w / 2 for h, w in zip(curvature, pruned.mlp.weights, strict=True))


def synflow(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """|w · ∂R/∂w| with R = 1ᵀ |W_1| ... |W_L| 1 (Tanaka et al., 2020): all paths through w."""
    weights = [np.abs(w).astype(np.float64) for w in pruned.mlp.weights]
    into = [np.ones(len(weights[0]))]
    for w in weights[:-1]:
        into.append(into[-1] @ w)
    out = [np.ones(weights[-1].shape[1])]
    for w in weights[:0:-1]:
        out.append(w @ out[-1])
    return tuple(
        a[:, None] * w * b[None, :] for a, w, b in zip(into, weights, out[::-1], strict=True)
    )


def hessian_diagonal(mlp: MLP, images: np.ndarray) -> Scores:
    """The diagonal of the Gauss-Newton matrix of the mean cross entropy, [I_l, O_l] a layer.

    It is the mean squared gradient of an image's log-likelihood, with labels as the network
    itself would draw them; here their expectation is taken over all classes, exactly. Products
    of what enters a layer and what comes back to it give it without a gradient for each image
    (LeCun et al., 1990, equations 5 to 8, with the Gauss-Newton approximation).

    Args:
        mlp: A network with hidden nodes that are relu.
        images: [B, I].
    """
    *inputs, outputs = mlps.layers(mlp, images)
    probabilities = softmax(outputs.astype(np.float64), axis=1).astype(np.float32)
    found = [np.zeros(w.shape) for w in mlp.weights]
    for label in range(outputs.shape[1]):
        back = probabilities - np.eye(outputs.shape[1], dtype=np.float32)[label]
        for i in reversed(range(len(mlp.weights))):
            weighted = back * back * probabilities[:, label, None]
            found[i] += (inputs[i] * inputs[i]).T @ weighted
            if i:
                back = (back @ mlp.weights[i].T) * (inputs[i] > 0)
    return tuple(h / len(images) for h in found)


SCORES: dict[str, Callable[[Pruned, np.random.Generator], Scores]] = {
    "random": random,
    "magnitude": magnitude,
    "initial-magnitude": initial_magnitude,
    "optimal-brain-damage": optimal_brain_damage,
    "synflow": synflow,
    "large-final-same-sign": large_final_same_sign,
}
# Those that are found on the network as it is initialised, without any training.
WITHOUT_TRAINING = ("random", "initial-magnitude", "synflow")
# Rounds in which the initial network is pruned; more than one keeps layers from collapsing.
ROUNDS = {"synflow": 100}
