"""One topology as an ensemble: the same network with many shared weights, which vote.

Gaier & Ha (2019), section 4.3: each weight value sees the images a little differently.
"""

from __future__ import annotations

import numpy as np
from scipy.special import softmax

from wann.core.kernels import forward_batch
from wann.core.network import Network

# Evenly over [-2, 2]; an even number, so that none of them is 0.
WEIGHTS = np.linspace(-2, 2, 40)


def probabilities(
    network: Network,
    images: np.ndarray,
    weights: np.ndarray = WEIGHTS,
    strengths: np.ndarray | None = None,
) -> np.ndarray:
    """The mean over the weights of the softmax of the outputs.

    Args:
        network: I inputs, O outputs.
        images: float32[I, B], one a column.
        weights: Shared weights [W].
        strengths: [E], a factor for each connection; None stands for ones.

    Returns:
        float64[B, O]; the rows sum to 1.
    """
    outputs = forward_batch.outputs(network, images, weights, strengths).astype(np.float64)
    mean = softmax(outputs, axis=1).mean(axis=0).T
    return mean / mean.sum(axis=1, keepdims=True)


def votes(
    network: Network,
    images: np.ndarray,
    weights: np.ndarray = WEIGHTS,
    strengths: np.ndarray | None = None,
) -> np.ndarray:
    """How many of the weights choose each class.

    Args:
        network: I inputs, O outputs.
        images: float32[I, B], one a column.
        weights: Shared weights [W].
        strengths: [E], a factor for each connection; None stands for ones.

    Returns:
        int64[B, O]; the rows sum to W.
    """
    chosen = forward_batch.outputs(network, images, weights, strengths).argmax(axis=1)
    return (chosen[:, :, None] == np.arange(network.outputs)).sum(axis=0)
