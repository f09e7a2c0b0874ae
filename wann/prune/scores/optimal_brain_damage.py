"""Optimal Brain Damage: what the loss depends on least, by its second derivative."""

from __future__ import annotations

import numpy as np
from scipy.special import softmax

from wann.prune.networks.mlp import MLP, layer_inputs
from wann.prune.scores.pruned import Pruned, Scores

IMAGES = 5_000  # at most so many training images for the diagonal of the Hessian


def optimal_brain_damage(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """The saliency h w² / 2, with the diagonal h of the Hessian (LeCun et al., 1990)."""
    assert pruned.mlp is not None
    assert pruned.images is not None
    curvature = hessian_diagonal(pruned.mlp, pruned.images[:IMAGES])
    return tuple(h * w * w / 2 for h, w in zip(curvature, pruned.weights, strict=True))


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
    *inputs, outputs = layer_inputs(mlp, images)
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
