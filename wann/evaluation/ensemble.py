"""One topology as an ensemble: the same network with many shared weights, which vote.

Gaier & Ha (2019), section 4.3: each weight value sees the images a little differently. All of it
works on the outputs with W weights for B images, [W, O, B], as `forward_batch.outputs` gives them.
"""

from __future__ import annotations

import numpy as np

# Evenly over [-2, 2]; an even number, so that none of them is 0.
WEIGHTS = np.linspace(-2, 2, 40)


def probabilities(outputs: np.ndarray) -> np.ndarray:
    """The mean over the weights of the softmax of the outputs, float64[B, O]; rows sum to 1."""
    from scipy.special import softmax  # only now: it takes a while, and searches do without

    mean = softmax(outputs.astype(np.float64), axis=1).mean(axis=0).T
    return mean / mean.sum(axis=1, keepdims=True)


def votes(outputs: np.ndarray) -> np.ndarray:
    """How many of the weights choose each class, int64[B, O]; rows sum to W."""
    chosen = outputs.argmax(axis=1)
    return (chosen[:, :, None] == np.arange(outputs.shape[1])).sum(axis=0)
